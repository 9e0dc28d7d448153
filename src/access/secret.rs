//! Secrets: made at random, kept as hashes, compared in constant time, never shown by `Debug`.

use std::fmt;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
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

    /// Argon2id in the PHC string format (RFC 9106): how a client's secret is kept. Takes tens of milliseconds and 19 MiB:
    /// run it where blocking is allowed.
    pub fn argon2(&self) -> String {
        Argon2::default().hash_password(self.0.as_bytes()).expect("the usual parameters are valid").to_string()
    }

    /// Whether this is the secret behind an Argon2 hash, in a time that does not tell how nearly.
    pub fn is_behind(&self, hash: &str) -> bool {
        PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(self.0.as_bytes(), &hash).is_ok())
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
        let kept = one.argon2();
        assert!(
            kept.starts_with("$argon2id$") && one.is_behind(&kept) && !other.is_behind(&kept) && !one.is_behind("x")
        );
        assert!(same(&one.hash(), &one.hash()) && !same(&one.hash(), &other.hash()));
    }
}
