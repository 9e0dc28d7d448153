use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest;

/// A SHA-256 hash of the chain, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Of these parts, one after the other.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        parts.iter().for_each(|part| context.update(part));
        Self(context.finish().as_ref().try_into().expect("SHA-256 has 32 bytes"))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// What the database holds in place of a hash may be no hash any more: then it is equal to none.
impl TryFrom<Vec<u8>> for Hash {
    type Error = Vec<u8>;
    fn try_from(bytes: Vec<u8>) -> Result<Self, Vec<u8>> {
        bytes.try_into().map(Self)
    }
}

/// An entry's number and hash, kept where nobody who can change the database can change it: `SEQ:HASH`. Whoever holds
/// one can tell later whether everything up to it is still what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    pub seq: i64,
    pub hash: Hash,
}

impl fmt::Display for Anchor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.seq, self.hash)
    }
}

impl FromStr for Anchor {
    type Err = NoAnchor;
    fn from_str(text: &str) -> Result<Self, NoAnchor> {
        let (seq, hash) = text.trim().split_once(':').ok_or(NoAnchor)?;
        let seq = seq.parse().ok().filter(|seq| *seq >= 0).ok_or(NoAnchor)?;
        if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NoAnchor);
        }
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hash[2 * at..2 * at + 2], 16).map_err(|_| NoAnchor)?;
        }
        Ok(Self { seq, hash: Hash(bytes) })
    }
}

/// A text that is no anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an anchor is written SEQ:HASH, a number and 64 hexadecimal digits, as \"raccordo audit head\" prints it")]
pub struct NoAnchor;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_is_read_as_it_is_written() {
        let anchor = Anchor { seq: 7, hash: Hash::of(&[b"raccordo"]) };
        assert_eq!(anchor.to_string().parse(), Ok(anchor));
        let digits = "0".repeat(64);
        for text in
            ["", "7", "7:", ":", "7:00", &format!("-1:{digits}"), &format!("x:{digits}"), &format!("7:{digits}0")]
        {
            assert_eq!(text.parse::<Anchor>(), Err(NoAnchor), "{text}");
        }
        assert_eq!(format!("7:{}", "é".repeat(32)).parse::<Anchor>(), Err(NoAnchor));
    }
}
