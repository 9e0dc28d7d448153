//! Identifiers that satisfy the public rules and, where a range is free, belong to no real body.

use crate::identifiers::check_digits;

/// Codice fiscale of a body, also its partita IVA: seven digits, office 799 (assigned to no revenue office), check digit.
/// Distinct numbers below ten million give distinct codes.
pub fn fiscal_code(number: i32) -> String {
    // 3 571 429 has no factor in common with 10^7: a permutation, so that neighbours do not look alike.
    let serial = i64::from(number) * 3_571_429 % 10_000_000;
    let digits = format!("{serial:07}799");
    format!("{digits}{}", check_digits::fiscal_code(&digits))
}

/// CUP of a project that starts in `year`. No real one begins with Z.
pub fn cup(number: u32, year: i32) -> String {
    format!("Z{:02}I{:02}{number:09}", number % 90 + 10, year % 100)
}

/// Standard CIG: seven digits and three hexadecimal check digits.
pub fn cig(number: u32) -> String {
    let serial = u64::from(number) * 7_654_321 % 9_999_999 + 1;
    format!("{serial:07}{:03X}", check_digits::cig(serial))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::identifiers::{Cig, Cup, FiscalCode};

    #[test]
    fn what_is_generated_obeys_the_rules() {
        for number in [0, 1, 42, 12_345, 9_999_999] {
            assert!(fiscal_code(number).parse::<FiscalCode>().is_ok(), "{}", fiscal_code(number));
            assert!(cig(number as u32).parse::<Cig>().is_ok(), "{}", cig(number as u32));
        }
        assert!(cup(1, 2021).parse::<Cup>().is_ok());
    }

    #[test]
    fn identifiers_are_unique() {
        let codes: HashSet<String> = (10_000..60_000).map(fiscal_code).collect();
        let contracts: HashSet<String> = (0..50_000).map(cig).collect();
        assert_eq!((codes.len(), contracts.len()), (50_000, 50_000));
    }
}
