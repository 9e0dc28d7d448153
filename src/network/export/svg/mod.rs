//! A drawing in the map's grammar: shape is the level, colour a second channel, size one metric, line style the tie's
//! nature; direction by a line that tapers. Never more marks than can be read: a network too large is drawn as its
//! provinces, or without its outermost nodes, and says so. Every mark has a text beside its form.

mod folded;
mod frame;
mod legend;
mod look;
mod whole;

use std::io::{self, Write};

use super::Extract;
use super::xml::Escaped;
use crate::locale::{Locale, Message};
use crate::network::layout::At;
use frame::{HEIGHT, WIDTH};

pub use look::{Look, Shape};

/// Nodes of the map up to which each is drawn.
const MOST_OF_MAP: usize = 1000;
/// Marks and lines of a drawing at the most.
const MOST_MARKS: usize = 2000;
const MOST_LINES: usize = 6000;

const TEXT: &str = "#17324d";
const TIE: &str = "#5a6f85";

pub fn write(extract: &Extract, out: &mut dyn Write) -> io::Result<()> {
    let language = match Locale::current() {
        Locale::Italian => "it",
        Locale::English => "en",
    };
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         role=\"img\" aria-labelledby=\"title description\" xml:lang=\"{language}\" \
         font-family=\"Titillium Web, Segoe UI, Arial, sans-serif\" font-size=\"12\" fill=\"{TEXT}\">"
    )?;
    writeln!(out, "<title id=\"title\">{}</title>", Escaped(&extract.about.title))?;
    writeln!(out, "<desc id=\"description\">{}</desc>", Escaped(extract.about.lines()))?;
    writeln!(out, "<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>")?;
    writeln!(
        out,
        "<text x=\"24\" y=\"38\" font-size=\"20\" font-weight=\"600\">{}</text>",
        Escaped(&extract.about.title)
    )?;
    let is_large = extract.found.nodes.len() > MOST_OF_MAP || extract.found.ties.len() > MOST_LINES;
    let notes = match extract.at {
        At::Country if is_large => folded::write(extract, out)?,
        _ => whole::write(extract, out)?,
    };
    legend::write(extract, &notes, out)?;
    writeln!(out, "</svg>")
}

/// What a drawing tells in its legend.
struct Notes {
    shapes: Vec<Shape>,
    natures: Vec<look::Nature>,
    sentences: Vec<Message>,
}
