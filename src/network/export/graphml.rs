//! GraphML 1.0, <http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd>, with typed keys.

use std::io::{self, Write};

use super::Extract;
use super::rows::{Cell, NODE, TIE, TIE_NAMES, Type};
use super::xml::Escaped;

const fn type_of(column: Type) -> &'static str {
    match column {
        Type::Text | Type::Day => "string",
        Type::Whole => "int",
        Type::Real => "double",
        Type::Flag => "boolean",
    }
}

/// The id is no attribute; the name is one here.
const NODE_NAMES: usize = 1;

pub fn write(extract: &Extract, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:schemaLocation=\"http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd\">"
    )?;
    let about = &extract.about;
    for entry in &about.entries {
        let name = entry.name;
        writeln!(out, "<key id=\"g_{name}\" for=\"graph\" attr.name=\"{name}\" attr.type=\"string\"/>")?;
    }
    for (prefix, class, columns) in [("n", "node", &NODE[NODE_NAMES..]), ("e", "edge", &TIE[TIE_NAMES..])] {
        for (name, holds) in columns {
            let holds = type_of(*holds);
            writeln!(out, "<key id=\"{prefix}_{name}\" for=\"{class}\" attr.name=\"{name}\" attr.type=\"{holds}\"/>")?;
        }
    }
    writeln!(out, "<graph id=\"network\" edgedefault=\"directed\">")?;
    for entry in &about.entries {
        writeln!(out, "<data key=\"g_{}\">{}</data>", entry.name, Escaped(&entry.value))?;
    }
    for at in 0..extract.found.nodes.len() {
        let cells = extract.node(at);
        writeln!(out, "<node id=\"{}\">", Escaped(&cells[0]))?;
        for ((name, _), cell) in NODE.iter().zip(&cells).skip(NODE_NAMES) {
            data(out, "n", name, cell)?;
        }
        writeln!(out, "</node>")?;
    }
    for tie in &extract.found.ties {
        let cells = extract.tie(*tie);
        let [id, source, target] = [0, 1, 2].map(|at| Escaped(&cells[at]));
        writeln!(out, "<edge id=\"{id}\" source=\"{source}\" target=\"{target}\">")?;
        for ((name, _), cell) in TIE.iter().zip(&cells).skip(TIE_NAMES) {
            data(out, "e", name, cell)?;
        }
        writeln!(out, "</edge>")?;
    }
    writeln!(out, "</graph>\n</graphml>")
}

fn data(out: &mut dyn Write, prefix: &str, name: &str, cell: &Cell<'_>) -> io::Result<()> {
    match cell {
        Cell::Nothing => Ok(()),
        cell => writeln!(out, "<data key=\"{prefix}_{name}\">{}</data>", Escaped(cell)),
    }
}
