//! Tables as CSV, RFC 4180.

use std::borrow::Cow;
use std::io::{self, Write};

use super::rows::{Cell, NODE, TIE};
use super::{Extract, Part};

/// The names of both ends, which a reader of the ties alone would miss.
pub const END_NAMES: [&str; 2] = ["sourceName", "targetName"];

pub fn write(extract: &Extract, out: &mut dyn Write) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    match extract.part {
        Part::Nodes => {
            table.write_record(NODE.map(|(name, _)| name))?;
            for at in 0..extract.found.nodes.len() {
                table.write_record(extract.node(at).iter().map(|cell| harmless(cell).into_owned()))?;
            }
        }
        Part::Edges => {
            table.write_record(TIE.iter().map(|(name, _)| *name).chain(END_NAMES))?;
            for tie in &extract.found.ties {
                let ends = extract.end_names(*tie).map(|name| Cell::Text(name.into()));
                let cells = extract.tie(*tie);
                table.write_record(cells.iter().chain(&ends).map(|cell| harmless(cell).into_owned()))?;
            }
        }
        Part::About => {
            table.write_record(["name", "label", "value"])?;
            for entry in &extract.about.entries {
                let cells = [entry.name, &entry.label, &entry.value].map(|text| Cell::Text(text.into()));
                table.write_record(cells.iter().map(|cell| harmless(cell).into_owned()))?;
            }
        }
    }
    table.flush()
}

impl Extract {
    /// Names of where a tie starts and where it leads.
    pub fn end_names(&self, tie: u32) -> [&str; 2] {
        let tie = self.view.snapshot.tie(tie);
        [tie.from, tie.to].map(|node| self.view.snapshot.name(node))
    }
}

/// A spreadsheet runs a text that begins so as a formula: an apostrophe before it makes it a text.
fn harmless<'a>(cell: &'a Cell<'_>) -> Cow<'a, str> {
    match cell {
        Cell::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) => format!("'{text}").into(),
        Cell::Text(text) => text.as_ref().into(),
        other => other.to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_of_a_spreadsheet_is_a_formula_and_numbers_stay_numbers() {
        for text in ["=1+1", "+39 051", "-x", "@a", "\t=1", "\r=1", "\n=1"] {
            assert_eq!(harmless(&Cell::Text(text.into())), format!("'{text}"));
        }
        assert_eq!(harmless(&Cell::Text("Comune di Bologna = capofila".into())), "Comune di Bologna = capofila");
        assert_eq!(harmless(&Cell::Real(-1.5)), "-1.5");
        assert_eq!(harmless(&Cell::Nothing), "");
    }
}
