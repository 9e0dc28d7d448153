//! What identifies a public contract.

use super::{Broken, check_digits, identifier};

identifier!(
    /// Code of a tender [codice identificativo di gara, CIG] in any of its forms: standard, SmartCIG, the form in use
    /// since 2024 (whose check digits are not public) and the codes of contracts that need none (ES01 to ES27).
    Cig,
    cig
);

fn cig(text: &str) -> Result<String, Broken> {
    let text = text.to_ascii_uppercase();
    if let Some(exclusion) = text.strip_prefix("ES") {
        return match exclusion.parse::<u32>() {
            Ok(1..=27) if exclusion.len() == 2 => Ok(text),
            _ => Err(Broken::new("cig.exclusion", "va da ES01 a ES27", "goes from ES01 to ES27")),
        };
    }
    let bytes = text.as_bytes();
    let hexadecimal = |part: &[u8]| part.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'));
    if bytes.len() == 10 {
        match bytes[0] {
            b'0'..=b'9' if bytes[..7].iter().all(u8::is_ascii_digit) && hexadecimal(&bytes[7..]) => {
                return checked(&text, &text[..7], 10, &text[7..], check_digits::cig);
            }
            b'X'..=b'Z' if hexadecimal(&bytes[1..]) => {
                return checked(&text, &text[3..], 16, &text[1..3], check_digits::smart_cig);
            }
            b'A'..=b'U' if hexadecimal(&bytes[1..]) => return Ok(text),
            _ => {}
        }
    }
    Err(Broken::new(
        "cig.form",
        "deve avere 10 caratteri: 7 cifre e 3 esadecimali, oppure una lettera da A a U o da X a Z e 9 esadecimali",
        "must have 10 characters: 7 digits and 3 hexadecimal ones, or a letter from A to U or X to Z and 9 hexadecimal ones",
    ))
}

fn checked(text: &str, serial: &str, radix: u32, check: &str, rule: fn(u64) -> u64) -> Result<String, Broken> {
    let number = u64::from_str_radix(serial, radix).unwrap_or_default();
    let expected = format!("{:0width$X}", rule(number), width = check.len());
    if number == 0 {
        return Err(Broken::new("cig.serial", "il numero non può essere zero", "the number cannot be zero"));
    }
    if check != expected {
        return Err(Broken::new(
            "cig.check_digits",
            format!("le cifre di controllo dovrebbero essere {expected}"),
            format!("the check digits should be {expected}"),
        ));
    }
    Ok(text.into())
}
