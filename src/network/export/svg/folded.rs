//! A network too large to draw every node: a circle for each province, a line for each two that are tied.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::frame::{Frame, sized};
use super::{MOST_LINES, Notes, TIE};
use crate::locale::Message;
use crate::network::export::Extract;
use crate::network::export::xml::Escaped;
use crate::network::layout::{Points, Position, sea};

const SIZES: [f32; 2] = [3.0, 26.0];
const WIDTHS: [f32; 2] = [0.3, 7.0];

/// What is folded into one circle: of a province, or of none.
#[derive(Default)]
struct Fold {
    nodes: u32,
    inside: u32,
    outside: u32,
}

pub fn write(extract: &Extract, out: &mut dyn Write) -> io::Result<Notes> {
    let snapshot = &extract.view.snapshot;
    let fold_of =
        |node: u32| snapshot.node(node).province.filter(|province| Points::embedded().of(*province).is_some());
    let (mut folds, mut pairs) = (BTreeMap::<Option<u16>, Fold>::new(), BTreeMap::<_, u32>::new());
    for node in &extract.found.nodes {
        folds.entry(fold_of(*node)).or_default().nodes += 1;
    }
    for tie in &extract.found.ties {
        let (from, to) = (fold_of(snapshot.tie(*tie).from), fold_of(snapshot.tie(*tie).to));
        if from == to {
            folds.entry(from).or_default().inside += 1;
            continue;
        }
        for end in [from, to] {
            folds.entry(end).or_default().outside += 1;
        }
        *pairs.entry((from.min(to), from.max(to))).or_default() += 1;
    }
    let centre = |fold: Option<u16>| fold.and_then(|province| Points::embedded().of(province)).unwrap_or(sea()).centre;
    let frame = Frame::of(folds.keys().map(|fold| centre(*fold)));
    lines(&pairs, |fold| frame.place(centre(fold)), out)?;
    writeln!(out, "<g fill=\"#0072b2\" fill-opacity=\"0.8\" stroke=\"#ffffff\">")?;
    let most = folds.values().map(|fold| fold.nodes).max().unwrap_or_default();
    for (province, fold) in &folds {
        let ([x, y], size) = (frame.place(centre(*province)), sized(fold.nodes, most, SIZES));
        let (name, Fold { nodes, inside, outside }) = (name(extract, *province), fold);
        let text = Message::new(
            format!("{name}: {nodes} nodi, {inside} legami interni, {outside} verso altre province"),
            format!("{name}: {nodes} nodes, {inside} ties inside, {outside} to other provinces"),
        );
        writeln!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{size:.1}\"><title>{}</title></circle>", Escaped(text))?;
    }
    writeln!(
        out,
        "</g>\n<g font-size=\"9\" text-anchor=\"middle\" stroke=\"#ffffff\" stroke-width=\"2.5\" paint-order=\"stroke\" aria-hidden=\"true\">"
    )?;
    let mut largest: Vec<_> = folds.iter().collect();
    largest.sort_by_key(|(province, fold)| (std::cmp::Reverse(fold.nodes), **province));
    // That of no province is no place on the map: it has to be said what it is.
    largest.sort_by_key(|(province, _)| province.is_some());
    let mut taken: Vec<[f32; 3]> = Vec::new();
    for (province, _) in largest {
        let [x, y] = frame.place(centre(*province));
        let half = 2.5 * name(extract, *province).chars().count() as f32;
        if taken.iter().any(|[left, right, at]| (at - y).abs() < 11.0 && x - half < *right && x + half > *left) {
            continue;
        }
        taken.push([x - half, x + half, y]);
        writeln!(out, "<text x=\"{x:.1}\" y=\"{:.1}\">{}</text>", y + 3.0, Escaped(name(extract, *province)))?;
    }
    writeln!(out, "</g>")?;
    let (nodes, ties) = (extract.found.nodes.len(), extract.found.ties.len());
    Ok(Notes {
        shapes: Vec::new(),
        natures: Vec::new(),
        sentences: vec![
            Message::new(
                format!("Ogni cerchio è una provincia: raccolti {nodes} nodi e {ties} legami, troppi per un disegno."),
                format!("Each circle is a province: {nodes} nodes and {ties} ties are folded, too many for a drawing."),
            ),
            Message::new(
                "Grandezza: quanti nodi della provincia; larghezza della linea: quanti legami fra le due province.",
                "Size: how many nodes of the province; width of a line: how many ties between the two provinces.",
            ),
        ],
    })
}

type Pair = (Option<u16>, Option<u16>);

/// The strongest last, so that they lie on top.
fn lines(pairs: &BTreeMap<Pair, u32>, place: impl Fn(Option<u16>) -> Position, out: &mut dyn Write) -> io::Result<()> {
    let mut pairs: Vec<(&Pair, &u32)> = pairs.iter().collect();
    pairs.sort_by_key(|(pair, count)| (**count, **pair));
    let most = pairs.last().map_or(1, |(_, count)| **count);
    let skipped = pairs.len().saturating_sub(MOST_LINES);
    writeln!(out, "<g stroke=\"{TIE}\" fill=\"none\">")?;
    for ((one, other), count) in pairs.into_iter().skip(skipped) {
        let ([x1, y1], [x2, y2]) = (place(*one), place(*other));
        let width = sized(*count, most, WIDTHS);
        let opacity = sized(*count, most, [0.08, 0.7]);
        writeln!(
            out,
            "<path d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\" stroke-width=\"{width:.1}\" stroke-opacity=\"{opacity:.2}\"/>"
        )?;
    }
    writeln!(out, "</g>")
}

/// A province's name where its node is known to the viewer, else its code.
fn name(extract: &Extract, province: Option<u16>) -> String {
    let Some(province) = province else { return Message::new("Senza provincia", "No province").to_string() };
    let code = format!("{province:03}");
    let node = extract.view.snapshot.find_province(&code).filter(|node| extract.view.knows(*node));
    node.map_or(code, |node| extract.view.snapshot.name(node).to_owned())
}
