//! The published arithmetic of check digits.

/// Check digit of an eleven-digit fiscal code or VAT number, from its first ten digits: every second one is doubled.
pub fn fiscal_code(digits: &str) -> u32 {
    let sum: u32 = digits
        .bytes()
        .map(|byte| u32::from(byte - b'0'))
        .enumerate()
        .map(|(index, digit)| match (index % 2, digit * 2) {
            (0, _) => digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    (10 - sum % 10) % 10
}

/// The number that the three hexadecimal check digits of a standard CIG stand for, from its seven digits.
pub fn cig(serial: u64) -> u64 {
    serial * 211 % 4091
}

/// The number that the two hexadecimal check digits of a SmartCIG stand for, from its seven hexadecimal digits.
pub fn smart_cig(serial: u64) -> u64 {
    serial * 211 % 251
}

/// Last letter of a person's fiscal code, from its first fifteen characters (capital letters and digits).
pub fn person(code: &[u8; 15]) -> u8 {
    /// What a digit, or the letter that stands at its place in the alphabet, counts at an odd place.
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let sum: u32 = code
        .iter()
        .enumerate()
        .map(|(index, &byte)| {
            let order = if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' };
            if index % 2 == 0 { ODD[usize::from(order)] } else { u32::from(order) }
        })
        .sum();
    b'A' + (sum % 26) as u8
}
