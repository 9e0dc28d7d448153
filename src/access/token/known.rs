//! Tokens that were looked at before: by their SHA-256, so that the tokens themselves are not kept.

use std::collections::HashMap;
use std::sync::Mutex;

use aws_lc_rs::digest;

use super::Refusal;
use super::claims::now;
use super::trusted::Verified;

/// Tokens at the most, in each of two halves: when one is full it takes the place of the older one, which is let go.
const HALF: usize = 10_000;

/// SHA-256 of a token.
pub type Fingerprint = [u8; 32];

/// The name under which a token is kept.
pub fn fingerprint(token: &str) -> Fingerprint {
    digest::digest(&digest::SHA256, token.as_bytes()).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// What was found about a token.
#[derive(Clone, Debug)]
pub struct Finding {
    pub result: Result<Verified, Refusal>,
    /// In seconds since 1970.
    pub until: i64,
    /// Which of the trusted issuers it comes from.
    pub issuer: usize,
    /// That issuer's era then: a finding of an earlier one is worth nothing.
    pub era: u64,
}

/// Findings that still hold.
#[derive(Default)]
pub struct Known(Mutex<Halves>);

#[derive(Default)]
struct Halves {
    young: HashMap<Fingerprint, Finding>,
    old: HashMap<Fingerprint, Finding>,
}

impl Known {
    pub fn find(&self, token: &Fingerprint) -> Option<Finding> {
        let halves = self.0.lock().expect("no panic while held");
        let found = halves.young.get(token).or_else(|| halves.old.get(token))?;
        (found.until > now()).then(|| found.clone())
    }

    pub fn keep(&self, token: Fingerprint, finding: Finding) {
        let mut halves = self.0.lock().expect("no panic while held");
        if halves.young.len() >= HALF {
            halves.old = std::mem::take(&mut halves.young);
        }
        halves.young.insert(token, finding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_bounded_and_end() {
        let known = Known::default();
        let finding = |until| Finding { result: Err(Refusal::Invalid), until, issuer: 0, era: 0 };
        let name = |n: usize| fingerprint(&n.to_string());
        for n in 0..3 * HALF {
            known.keep(name(n), finding(now() + 60));
        }
        let halves = known.0.lock().unwrap();
        assert_eq!((halves.young.len(), halves.old.len()), (HALF, HALF));
        drop(halves);
        assert!(known.find(&name(0)).is_none() && known.find(&name(3 * HALF - 1)).is_some());
        known.keep(name(0), finding(now()));
        assert!(known.find(&name(0)).is_none());
    }
}
