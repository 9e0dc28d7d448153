//! What identifies a project.

use super::{Broken, identifier};

identifier!(
    /// Unique project code [codice unico di progetto, CUP]: fifteen characters. Its rule has no check digit.
    Cup,
    cup
);

fn cup(text: &str) -> Result<String, Broken> {
    let text = text.to_ascii_uppercase();
    let letter = |index| index == 0 || index == 3;
    let fits = |(index, byte): (usize, u8)| {
        if letter(index) { byte.is_ascii_uppercase() } else { byte.is_ascii_digit() }
    };
    if text.len() != 15 || !text.bytes().enumerate().all(fits) {
        return Err(Broken::new(
            "cup.form",
            "deve avere 15 caratteri: una lettera, 2 cifre, una lettera, 11 cifre",
            "must have 15 characters: a letter, 2 digits, a letter, 11 digits",
        ));
    }
    Ok(text)
}
