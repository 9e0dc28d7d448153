//! Cytoscape JSON, <https://js.cytoscape.org/#notation/elements-json>; read by Cytoscape, Cytoscape.js and networkx.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::rows::{Cell, Column, NODE, TIE};
use super::{Extract, layout_scale};

fn value(cell: &Cell<'_>) -> Value {
    match cell {
        Cell::Text(text) => json!(text),
        Cell::Whole(number) => json!(number),
        Cell::Real(number) => json!(number),
        Cell::Flag(flag) => json!(flag),
        Cell::Day(day) => json!(day.to_string()),
        Cell::Nothing => Value::Null,
    }
}

fn data(columns: &[Column], cells: &[Cell<'_>]) -> Map<String, Value> {
    columns.iter().zip(cells).map(|((name, _), cell)| ((*name).to_owned(), value(cell))).collect()
}

pub fn write(extract: &Extract, out: &mut dyn Write) -> io::Result<()> {
    let about = &extract.about;
    let mut told: Map<String, Value> =
        about.entries.iter().map(|entry| (entry.name.to_owned(), json!(entry.value))).collect();
    told.insert("name".into(), json!(about.title));
    write!(
        out,
        "{{\"format_version\":\"1.0\",\"generated_by\":\"raccordo\",\"directed\":true,\"multigraph\":true,\"data\":"
    )?;
    serde_json::to_writer(&mut *out, &told)?;
    write!(out, ",\"elements\":{{\"nodes\":[")?;
    let scale = layout_scale(extract.at);
    for at in 0..extract.found.nodes.len() {
        let cells = extract.node(at);
        let mut data = data(&NODE, &cells);
        // By this networkx names a node.
        data.insert("value".into(), value(&cells[0]));
        // Downwards, as on a screen.
        let [x, y] = extract.positions[at];
        let node = json!({ "data": data, "position": { "x": x * scale, "y": -y * scale } });
        element(out, at, &node)?;
    }
    write!(out, "\n],\"edges\":[")?;
    for (at, tie) in extract.found.ties.iter().enumerate() {
        let cells = extract.tie(*tie);
        let mut data = data(&TIE, &cells);
        data.insert("interaction".into(), value(&cells[3]));
        // By this networkx tells parallel ties apart.
        data.insert("key".into(), value(&cells[0]));
        element(out, at, &json!({ "data": data }))?;
    }
    writeln!(out, "\n]}}}}")
}

fn element(out: &mut dyn Write, at: usize, element: &Value) -> io::Result<()> {
    out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
    Ok(serde_json::to_writer(out, element)?)
}
