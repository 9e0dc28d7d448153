//! GEXF 1.3, <https://gexf.net/schema.html>: a dynamic graph, whose nodes and ties hold within their records' periods.

use std::io::{self, Write};

use super::rows::{Cell, Column, NODE, NODE_NAMES, TIE, TIE_NAMES, Type};
use super::svg::{Look, Shape};
use super::xml::Escaped;
use super::{Extract, layout_scale};

const fn type_of(column: Type) -> &'static str {
    match column {
        Type::Text | Type::Day => "string",
        Type::Whole => "integer",
        Type::Real => "double",
        Type::Flag => "boolean",
    }
}

/// Periods are told as such, places as places.
fn attributes(columns: &'static [Column]) -> impl Iterator<Item = (usize, &'static Column)> {
    columns.iter().enumerate().filter(|(_, (name, _))| !["validFrom", "validUntil", "x", "y"].contains(name))
}

pub fn write(extract: &Extract, out: &mut dyn Write) -> io::Result<()> {
    let about = &extract.about;
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<gexf xmlns=\"http://gexf.net/1.3\" xmlns:viz=\"http://gexf.net/1.3/viz\" version=\"1.3\">")?;
    writeln!(out, "<meta><creator>Raccordo</creator><keywords>{}</keywords>", Escaped(&about.title))?;
    writeln!(out, "<description>{}</description></meta>", Escaped(about.lines()))?;
    write!(out, "<graph defaultedgetype=\"directed\" idtype=\"string\" mode=\"dynamic\" timeformat=\"date\" ")?;
    write!(out, "timerepresentation=\"interval\"")?;
    if let Some(period) = about.period {
        if let Some(from) = period.from {
            write!(out, " start=\"{from}\"")?;
        }
        write!(out, " end=\"{}\"", period.until)?;
    }
    writeln!(out, ">")?;
    for (class, columns, names) in [("node", &NODE[..], NODE_NAMES), ("edge", &TIE[..], TIE_NAMES)] {
        writeln!(out, "<attributes class=\"{class}\">")?;
        for (at, (name, holds)) in attributes(columns).filter(|(at, _)| *at >= names) {
            writeln!(out, "<attribute id=\"{at}\" title=\"{name}\" type=\"{}\"/>", type_of(*holds))?;
        }
        writeln!(out, "</attributes>")?;
    }
    writeln!(out, "<nodes count=\"{}\">", extract.found.nodes.len())?;
    let scale = layout_scale(extract.at);
    for at in 0..extract.found.nodes.len() {
        let cells = extract.node(at);
        write!(out, "<node id=\"{}\" label=\"{}\"", Escaped(&cells[0]), Escaped(&cells[1]))?;
        period(out, &cells[7], &cells[8])?;
        writeln!(out, ">")?;
        values(out, &NODE, NODE_NAMES, &cells)?;
        let look = Look::of(extract.view.snapshot.node(extract.found.nodes[at]));
        let [x, y] = extract.positions[at];
        writeln!(out, "<viz:size value=\"{}\"/>", look.size())?;
        writeln!(out, "<viz:position x=\"{:.3}\" y=\"{:.3}\" z=\"0\"/>", x * scale, y * scale)?;
        let [r, g, b] = look.colour();
        writeln!(out, "<viz:color r=\"{r}\" g=\"{g}\" b=\"{b}\"/>")?;
        // No others are drawn by the programs that read the format.
        let shape = match look.shape {
            Shape::Square | Shape::Document => "square",
            Shape::Diamond => "diamond",
            Shape::Triangle => "triangle",
            _ => "disc",
        };
        writeln!(out, "<viz:shape value=\"{shape}\"/>\n</node>")?;
    }
    writeln!(out, "</nodes>\n<edges count=\"{}\">", extract.found.ties.len())?;
    for tie in &extract.found.ties {
        let cells = extract.tie(*tie);
        let [id, source, target, kind] = [0, 1, 2, 3].map(|at| Escaped(&cells[at]));
        write!(out, "<edge id=\"{id}\" source=\"{source}\" target=\"{target}\" kind=\"{kind}\" label=\"{kind}\"")?;
        period(out, &cells[4], &cells[5])?;
        writeln!(out, ">")?;
        values(out, &TIE, TIE_NAMES, &cells)?;
        writeln!(out, "</edge>")?;
    }
    writeln!(out, "</edges>\n</graph>\n</gexf>")
}

/// Both days are included; an open end is left out.
fn period(out: &mut dyn Write, from: &Cell<'_>, until: &Cell<'_>) -> io::Result<()> {
    for (name, day) in [("start", from), ("end", until)] {
        if *day != Cell::Nothing {
            write!(out, " {name}=\"{day}\"")?;
        }
    }
    Ok(())
}

fn values(out: &mut dyn Write, columns: &'static [Column], names: usize, cells: &[Cell<'_>]) -> io::Result<()> {
    writeln!(out, "<attvalues>")?;
    for (at, _) in attributes(columns).filter(|(at, _)| *at >= names && cells[*at] != Cell::Nothing) {
        writeln!(out, "<attvalue for=\"{at}\" value=\"{}\"/>", Escaped(&cells[at]))?;
    }
    writeln!(out, "</attvalues>")
}
