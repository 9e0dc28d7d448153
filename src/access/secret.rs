//! Secrets: made at random, kept as hashes, compared in constant time, never shown by `Debug`.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest;
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Text that must not show: in the log, in an error, in a debugger's print.
#[derive(Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// 256 random bits, as text fit for a URL, a cookie or a header.
    pub fn random() -> Self {
        let mut bytes = [0; 32];
        SystemRandom::new().fill(&mut bytes).expect("the system gives random numbers");
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The text itself: to send it, never to write it down.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// SHA-256: how a random secret is looked up. What people choose needs more than this.
    pub fn hash(&self) -> [u8; 32] {
        digest::digest(&digest::SHA256, self.0.as_bytes()).as_ref().try_into().expect("SHA-256 has 32 bytes")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(secret)")
    }
}

/// Whether two byte strings are the same, in a time that does not tell where they differ.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    verify_slices_are_equal(one, other).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_are_long_and_do_not_show() {
        let (one, other) = (Secret::random(), Secret::random());
        assert_ne!(one, other);
        assert_eq!(one.reveal().len(), 43);
        assert_eq!(format!("{one:?}"), "(secret)");
        assert!(same(&one.hash(), &one.hash()) && !same(&one.hash(), &other.hash()));
    }
}
