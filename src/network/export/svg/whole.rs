//! Every node and every tie.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::frame::{Frame, sized};
use super::look::{Look, Nature, Shape};
use super::{MOST_LINES, MOST_MARKS, Notes, TIE};
use crate::locale::Message;
use crate::network::export::Extract;
use crate::network::export::xml::Escaped;
use crate::network::layout::{At, Position};

/// Nodes with a name beside them at the most.
const MOST_NAMES: usize = 60;
/// Radius of the mark with the fewest and the most ties.
const SIZES: [f32; 2] = [3.0, 13.0];

pub fn write(extract: &Extract, out: &mut dyn Write) -> io::Result<Notes> {
    let drawn = drawn(extract);
    let is_drawn = |node: u32| extract.found.nodes.binary_search(&node).ok().filter(|at| drawn.contains(at));
    let places = drawn.iter().map(|at| extract.positions[*at]);
    let frame = match extract.at {
        At::Country => Frame::of_most(places),
        At::Around(_) => Frame::of(places),
    };
    let mut natures = BTreeSet::new();
    let mut lines = 0;
    writeln!(out, "<g fill=\"{TIE}\" stroke=\"none\" fill-opacity=\"0.5\">")?;
    for tie in &extract.found.ties {
        let tie = extract.view.snapshot.tie(*tie);
        let Some((from, to)) = is_drawn(tie.from).zip(is_drawn(tie.to)).filter(|_| lines < MOST_LINES) else {
            continue;
        };
        let nature = Nature::of(tie.kind);
        natures.insert(nature);
        lines += 1;
        line(out, nature, frame.place(extract.positions[from]), frame.place(extract.positions[to]))?;
    }
    writeln!(out, "</g>\n<g>")?;
    let most = drawn.iter().map(|at| extract.degrees[*at]).max().unwrap_or_default();
    let mut shapes = BTreeSet::new();
    for at in &drawn {
        let node = extract.found.nodes[*at];
        let look = Look::of(extract.view.snapshot.node(node));
        shapes.insert(look.shape);
        let ([x, y], size) = (frame.place(extract.positions[*at]), sized(extract.degrees[*at], most, SIZES));
        writeln!(
            out,
            "<path d=\"{}\" fill=\"{}\" fill-rule=\"evenodd\" transform=\"translate({x:.1} {y:.1}) scale({size:.1})\">\
             <title>{}</title></path>",
            look.shape.outline(),
            look.hex(),
            Escaped(text(extract, *at, look.shape))
        )?;
    }
    writeln!(out, "</g>")?;
    names(extract, &drawn, &frame, out)?;
    let mut sentences = vec![Message::new(
        "Grandezza: quanti legami ha in questo disegno.",
        "Size: how many ties it has in this drawing.",
    )];
    if extract.at == At::Country {
        sentences.push(Message::new(
            "Vicino al margine: ciò che sta più lontano, nella sua direzione.",
            "Near the edge: what lies farther away, in its direction.",
        ));
    }
    let (nodes, ties) = (extract.found.nodes.len() - drawn.len(), extract.found.ties.len() - lines);
    if nodes + ties > 0 {
        sentences.push(Message::new(
            format!("Non disegnati, perché troppi: {nodes} nodi e {ties} legami. Gli altri formati li contengono."),
            format!("Not drawn, being too many: {nodes} nodes and {ties} ties. The other formats hold them."),
        ));
    }
    Ok(Notes { shapes: shapes.into_iter().collect(), natures: natures.into_iter().collect(), sentences })
}

/// Places of the nodes that are drawn: of too many those nearest to the centre, and of these those with the most ties.
fn drawn(extract: &Extract) -> BTreeSet<usize> {
    let mut all: Vec<usize> = (0..extract.found.nodes.len()).collect();
    if all.len() > MOST_MARKS {
        let ring = |at: usize| match extract.at {
            At::Around(_) => extract.positions[at][0].hypot(extract.positions[at][1]).round() as u32,
            At::Country => 0,
        };
        all.sort_by_key(|at| (ring(*at), std::cmp::Reverse(extract.degrees[*at]), *at));
        all.truncate(MOST_MARKS);
    }
    all.into_iter().collect()
}

/// What the mark of a node says: its name, what it is, and where.
fn text(extract: &Extract, at: usize, shape: Shape) -> String {
    let index = extract.found.nodes[at];
    let (name, label) = (extract.view.snapshot.name(index), shape.label());
    match extract.view.snapshot.node(index).province {
        Some(province) => format!("{name} ({label}, {province:03}): {}", extract.degrees[at]),
        None => format!("{name} ({label}): {}", extract.degrees[at]),
    }
}

/// A line that narrows towards its end; dotted where it is only declared.
fn line(out: &mut dyn Write, nature: Nature, [x1, y1]: Position, [x2, y2]: Position) -> io::Result<()> {
    let width = nature.width();
    if nature == Nature::Declared {
        return writeln!(
            out,
            "<path d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\" stroke=\"{TIE}\" stroke-opacity=\"0.5\" \
             stroke-width=\"{width}\" stroke-dasharray=\"2 3\" fill=\"none\"/>"
        );
    }
    let (dx, dy) = (x2 - x1, y2 - y1);
    let length = dx.hypot(dy).max(0.01);
    let (ax, ay) = (-dy / length * width / 2.0, dx / length * width / 2.0);
    let (bx, by) = (ax / 4.0, ay / 4.0);
    writeln!(
        out,
        "<path d=\"M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z\"/>",
        x1 + ax,
        y1 + ay,
        x2 + bx,
        y2 + by,
        x2 - bx,
        y2 - by,
        x1 - ax,
        y1 - ay
    )
}

/// Names beside the institutions and the nodes with the most ties, as far as there is room for them.
fn names(extract: &Extract, drawn: &BTreeSet<usize>, frame: &Frame, out: &mut dyn Write) -> io::Result<()> {
    let shape = |at: usize| Look::of(extract.view.snapshot.node(extract.found.nodes[at])).shape;
    let mut order: Vec<usize> = drawn.iter().copied().collect();
    order.sort_by_key(|at| (shape(*at) > Shape::Ring, std::cmp::Reverse(extract.degrees[*at]), *at));
    let mut taken: Vec<[f32; 4]> = Vec::new();
    writeln!(
        out,
        "<g font-size=\"10\" stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\" aria-hidden=\"true\">"
    )?;
    for at in order {
        if taken.len() == MOST_NAMES {
            break;
        }
        let name = extract.view.snapshot.name(extract.found.nodes[at]);
        let short: String = name.chars().take(40).chain((name.chars().count() > 40).then_some('…')).collect();
        let [x, y] = frame.place(extract.positions[at]);
        let [left, right, top, bottom] = [x + 9.0, x + 9.0 + 5.2 * short.chars().count() as f32, y - 8.0, y + 4.0];
        let is_free = |other: &[f32; 4]| right < other[0] || left > other[1] || bottom < other[2] || top > other[3];
        if right > super::frame::PICTURE[2] + 20.0 || !taken.iter().all(is_free) {
            continue;
        }
        taken.push([left, right, top, bottom]);
        writeln!(out, "<text x=\"{left:.1}\" y=\"{:.1}\">{}</text>", y + 3.5, Escaped(&short))?;
    }
    writeln!(out, "</g>")
}
