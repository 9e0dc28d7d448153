//! What identifies a body.

use super::{Broken, check_digits, identifier};

identifier!(
    /// Fiscal code of a body [codice fiscale dell'ente]: eleven digits, the last one a check digit.
    FiscalCode,
    fiscal_code
);
identifier!(
    /// VAT number [partita IVA]: by the rule of the fiscal code; "IT" before it is dropped.
    VatNumber,
    vat_number
);
identifier!(
    /// Code of a public body in the index of public administrations [codice IPA], in small letters.
    IpaCode,
    ipa_code
);
identifier!(
    /// Number in the national register of the third sector [numero RUNTS].
    RuntsNumber,
    runts_number
);

fn fiscal_code(text: &str) -> Result<String, Broken> {
    if is_of_a_person(text) {
        return Err(Broken::new(
            "fiscal_code.person",
            "è il codice fiscale di una persona: non si registrano dati personali",
            "is the fiscal code of a person: personal data are not kept",
        ));
    }
    eleven_digits(text, "fiscal_code.form", "fiscal_code.check_digit")
}

fn vat_number(text: &str) -> Result<String, Broken> {
    let digits = text.get(..2).filter(|start| start.eq_ignore_ascii_case("it")).map_or(text, |_| text[2..].trim());
    eleven_digits(digits, "vat_number.form", "vat_number.check_digit")
}

fn eleven_digits(text: &str, form: &'static str, check_digit: &'static str) -> Result<String, Broken> {
    if text.len() != 11 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        let (mut it, mut en) = ("deve avere 11 cifre".to_owned(), "must have 11 digits".to_owned());
        if (8..11).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
            it.push_str(" (i fogli di calcolo tolgono gli zeri iniziali)");
            en.push_str(" (spreadsheets drop zeros at the start)");
        }
        return Err(Broken::new(form, it, en));
    }
    let expected = check_digits::fiscal_code(&text[..10]);
    if text.as_bytes()[10] != b'0' + expected as u8 {
        return Err(Broken::new(
            check_digit,
            format!("la cifra di controllo dovrebbe essere {expected}"),
            format!("the check digit should be {expected}"),
        ));
    }
    Ok(text.into())
}

/// Sixteen characters with the check letter of a person's fiscal code.
fn is_of_a_person(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    let Some((code, &[letter])) = text.as_bytes().split_first_chunk::<15>() else {
        return false;
    };
    let plain = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    code.iter().all(plain) && code[..6].iter().all(u8::is_ascii_uppercase) && check_digits::person(code) == letter
}

fn ipa_code(text: &str) -> Result<String, Broken> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if text.is_empty() || text.len() > 32 || !text.bytes().all(plain) {
        return Err(Broken::new(
            "ipa_code.form",
            "deve avere da 1 a 32 lettere, cifre, '_' o '-'",
            "must have 1 to 32 letters, digits, '_' or '-'",
        ));
    }
    Ok(text.to_ascii_lowercase())
}

fn runts_number(text: &str) -> Result<String, Broken> {
    if text.is_empty() || text.len() > 10 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Broken::new("runts_number.form", "deve avere da 1 a 10 cifre", "must have 1 to 10 digits"));
    }
    Ok(text.into())
}
