//! XML 1.0 by hand: what is written is flat and long.

use std::fmt::{self, Write as _};

/// A text as content or as an attribute's value in double quotes. Characters that XML cannot hold are left out.
pub struct Escaped<T>(pub T);

impl<T: fmt::Display> fmt::Display for Escaped<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaping(formatter), "{}", self.0)
    }
}

struct Escaping<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl fmt::Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars() {
            match letter {
                '&' => self.0.write_str("&amp;")?,
                '<' => self.0.write_str("&lt;")?,
                '>' => self.0.write_str("&gt;")?,
                '"' => self.0.write_str("&quot;")?,
                // In an attribute they would be read as blanks.
                '\t' => self.0.write_str("&#9;")?,
                '\n' => self.0.write_str("&#10;")?,
                '\r' => self.0.write_str("&#13;")?,
                '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
                letter => self.0.write_char(letter)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_no_markup_and_nothing_that_xml_cannot_hold() {
        let text = Escaped("<a b=\"c\">&amp;\u{0}\u{8}è\u{ffff}\n'").to_string();
        assert_eq!(text, "&lt;a b=&quot;c&quot;&gt;&amp;amp;è&#10;'");
    }
}
