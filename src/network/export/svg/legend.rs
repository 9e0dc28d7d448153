use std::io::{self, Write};

use super::look::{Look, Nature};
use super::{Notes, TIE};
use crate::locale::Message;
use crate::network::export::Extract;
use crate::network::export::xml::Escaped;

const LEFT: f32 = 1010.0;
/// Characters of a line.
const LINE: usize = 42;

/// What shapes, lines and sizes mean, and what the drawing is.
pub fn write(extract: &Extract, notes: &Notes, out: &mut dyn Write) -> io::Result<()> {
    let mut y = 76.0;
    writeln!(out, "<g font-size=\"11\">")?;
    heading(out, &Message::new("Legenda", "Legend"), &mut y)?;
    for shape in &notes.shapes {
        let look = Look { shape: *shape };
        writeln!(
            out,
            "<path d=\"{}\" fill=\"{}\" fill-rule=\"evenodd\" transform=\"translate({} {y}) scale(6)\"/>",
            shape.outline(),
            look.hex(),
            LEFT + 8.0
        )?;
        sentence(out, &shape.label().to_string(), LEFT + 24.0, &mut y)?;
    }
    for nature in &notes.natures {
        let dots = if *nature == Nature::Declared { " stroke-dasharray=\"2 3\"" } else { "" };
        writeln!(out, "<path d=\"M{LEFT} {y}h18\" stroke=\"{TIE}\" stroke-width=\"{}\"{dots}/>", nature.width())?;
        sentence(out, &nature.label().to_string(), LEFT + 24.0, &mut y)?;
    }
    if !notes.natures.is_empty() {
        let direction =
            Message::new("La linea si assottiglia verso l'arrivo.", "A line narrows towards where it leads.");
        sentence(out, &direction.to_string(), LEFT, &mut y)?;
    }
    for note in &notes.sentences {
        sentence(out, &note.to_string(), LEFT, &mut y)?;
    }
    y += 14.0;
    heading(out, &Message::new("Informazioni", "About"), &mut y)?;
    for entry in &extract.about.entries {
        sentence(out, &format!("{}: {}", entry.label, entry.value), LEFT, &mut y)?;
    }
    writeln!(out, "</g>")
}

fn heading(out: &mut dyn Write, text: &Message, y: &mut f32) -> io::Result<()> {
    writeln!(out, "<text x=\"{LEFT}\" y=\"{y}\" font-size=\"13\" font-weight=\"600\">{}</text>", Escaped(text))?;
    *y += 20.0;
    Ok(())
}

/// A text in lines, `y` being the middle of the first; afterwards that of the line below it.
fn sentence(out: &mut dyn Write, text: &str, x: f32, y: &mut f32) -> io::Result<()> {
    for line in wrapped(text) {
        writeln!(out, "<text x=\"{x}\" y=\"{}\">{}</text>", *y + 4.0, Escaped(line))?;
        *y += 15.0;
    }
    *y += 3.0;
    Ok(())
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_inclusive([' ', ',']) {
        let line = lines.last().expect("there is one");
        if !line.is_empty() && line.chars().count() + word.trim_end().chars().count() > LINE {
            lines.push(String::new());
        }
        lines.last_mut().expect("there is one").push_str(word);
    }
    lines
}
