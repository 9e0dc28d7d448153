//! Identifiers that satisfy the public rules and, where a range is free, belong to no real body.

/// Codice fiscale of a body, also its partita IVA: seven digits, office 799 (assigned to no revenue office), check digit.
/// Distinct numbers below ten million give distinct codes.
pub fn fiscal_code(number: i32) -> String {
    // 3 571 429 has no factor in common with 10^7: a permutation, so that neighbours do not look alike.
    let serial = i64::from(number) * 3_571_429 % 10_000_000;
    let digits = format!("{serial:07}799");
    let sum: u32 = digits
        .bytes()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte - b'0');
            match (index % 2, digit * 2) {
                (0, _) => digit,
                (_, double) if double > 9 => double - 9,
                (_, double) => double,
            }
        })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// CUP of a project that starts in `year`. No real one begins with Z.
pub fn cup(number: u32, year: i32) -> String {
    format!("Z{:02}I{:02}{number:09}", number % 90 + 10, year % 100)
}

/// Standard CIG: seven digits and three hexadecimal check digits.
pub fn cig(number: u32) -> String {
    let serial = u64::from(number) * 7_654_321 % 9_999_999 + 1;
    format!("{serial:07}{:03X}", serial * 211 % 4091)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn check_digits_follow_the_published_rules() {
        let code = fiscal_code(12_345);
        let odd: u32 = code.bytes().step_by(2).map(|byte| u32::from(byte - b'0')).sum();
        let even: u32 =
            code.bytes().skip(1).step_by(2).map(|byte| u32::from(byte - b'0') * 2).map(|d| d / 10 + d % 10).sum();
        assert_eq!((code.len(), (odd + even) % 10), (11, 0), "{code}");

        let cig = cig(42);
        let serial: u64 = cig[..7].parse().expect("digits");
        assert_eq!(u64::from_str_radix(&cig[7..], 16).expect("hexadecimal"), serial * 211 % 4091);
        assert_eq!(cup(1, 2021).len(), 15);
    }

    #[test]
    fn identifiers_are_unique() {
        let codes: HashSet<String> = (10_000..60_000).map(fiscal_code).collect();
        let contracts: HashSet<String> = (0..50_000).map(cig).collect();
        assert_eq!((codes.len(), contracts.len()), (50_000, 50_000));
    }
}
