//! Bodies that are compressed once and sent many times, with an end that may differ each time.
//!
//! What is compressed is all but the end. The end is put behind it as a block that is not compressed, which both formats
//! have: a stored block of deflate (RFC 1951, section 3.2.4), a raw block of Zstandard (RFC 8878, section 3.1.1.2).

use std::io::{self, Write as _};

use axum::http::{HeaderMap, HeaderValue, header};
use bytes::Bytes;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// The codings in which bodies are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Identity,
    Gzip,
    Zstd,
}

impl Coding {
    /// The best of those that the caller accepts (RFC 9110, section 12.5.3); where none is, the body goes as it is.
    pub fn negotiate(headers: &HeaderMap) -> Self {
        let (mut any, mut gzip, mut zstd, mut identity) = (None, None, None, None);
        let values = headers.get_all(header::ACCEPT_ENCODING).iter();
        for range in values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            match name.as_str() {
                "zstd" => zstd = Some(quality),
                "gzip" | "x-gzip" => gzip = Some(quality),
                "identity" => identity = Some(quality),
                "*" => any = Some(quality),
                _ => {}
            }
        }
        let [zstd, gzip] = [zstd, gzip].map(|named| named.or(any).unwrap_or(0.0));
        let best = zstd.max(gzip);
        if best <= 0.0 || identity.is_some_and(|identity| identity > best) {
            Self::Identity
        } else if zstd >= gzip {
            Self::Zstd
        } else {
            Self::Gzip
        }
    }

    /// What `Content-Encoding` says; nothing for a body as it is.
    pub fn header(self) -> Option<HeaderValue> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
            Self::Zstd => Some(HeaderValue::from_static("zstd")),
        }
    }
}

/// A body in one coding, whole, and open for another end.
#[derive(Debug)]
pub struct Encoded {
    coding: Coding,
    /// With its usual end.
    whole: Bytes,
    /// How much of it is without.
    open: usize,
    /// Of the text without its end.
    crc: Crc,
}

/// The header of a gzip member without name and time (RFC 1952, section 2.3).
const GZIP: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// The start of a zstd frame without size, dictionary and checksum; its window is 2 MiB (RFC 8878, section 3.1.1).
const ZSTD: [u8; 6] = [0x28, 0xb5, 0x2f, 0xfd, 0, 0x58];

impl Encoded {
    /// Encodes a text whose last bytes, from `end` on, may be another end each time it is sent: at most 64 KiB. What is
    /// sent as it is shares the text's memory.
    pub fn new(coding: Coding, text: &Bytes, end: usize) -> io::Result<Self> {
        let (before, usual) = text.split_at(end);
        let mut crc = Crc::new();
        let mut whole = match coding {
            Coding::Identity => {
                return Ok(Self { coding, whole: text.clone(), open: end, crc });
            }
            Coding::Gzip => {
                crc.update(before);
                let mut encoder = DeflateEncoder::new(GZIP.to_vec(), Compression::default());
                encoder.write_all(before)?;
                encoder.flush()?;
                encoder.get_ref().clone()
            }
            Coding::Zstd => {
                let mut encoder = zstd::Encoder::new(Vec::new(), zstd::DEFAULT_COMPRESSION_LEVEL)?;
                encoder.write_all(before)?;
                encoder.flush()?;
                // Of nothing, the encoder writes no header.
                if before.is_empty() { ZSTD.to_vec() } else { encoder.get_ref().clone() }
            }
        };
        let open = whole.len();
        let mut encoded = Self { coding, whole: Bytes::new(), open, crc };
        whole.extend_from_slice(&encoded.end(usual));
        encoded.whole = whole.into();
        Ok(encoded)
    }

    /// The body with its usual end.
    pub fn whole(&self) -> Bytes {
        self.whole.clone()
    }

    /// The body in two parts, with this end: at most 64 KiB.
    pub fn with_end(&self, end: &str) -> [Bytes; 2] {
        [self.whole.slice(..self.open), self.end(end.as_bytes()).into()]
    }

    pub fn coding(&self) -> Coding {
        self.coding
    }

    /// Bytes that it takes.
    pub fn len(&self) -> usize {
        self.whole.len()
    }

    fn end(&self, text: &[u8]) -> Vec<u8> {
        let size = u16::try_from(text.len()).expect("an end is short");
        let mut end = Vec::with_capacity(text.len() + 16);
        match self.coding {
            Coding::Identity => end.extend_from_slice(text),
            Coding::Gzip => {
                let (mut crc, mut of_end) = (Crc::new(), Crc::new());
                of_end.update(text);
                crc.combine(&self.crc);
                crc.combine(&of_end);
                end.push(1);
                end.extend_from_slice(&size.to_le_bytes());
                end.extend_from_slice(&(!size).to_le_bytes());
                end.extend_from_slice(text);
                end.extend_from_slice(&crc.sum().to_le_bytes());
                end.extend_from_slice(&crc.amount().to_le_bytes());
            }
            Coding::Zstd => {
                // The last block, raw, of this size.
                end.extend_from_slice(&(u32::from(size) << 3 | 1).to_le_bytes()[..3]);
                end.extend_from_slice(text);
            }
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn decoded(coding: Coding, body: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        match coding {
            Coding::Identity => text.extend_from_slice(body),
            // Of one member alone: some clients read no more.
            Coding::Gzip => drop(flate2::read::GzDecoder::new(body).read_to_end(&mut text).unwrap()),
            Coding::Zstd => drop(zstd::Decoder::new(body).unwrap().single_frame().read_to_end(&mut text).unwrap()),
        }
        text
    }

    #[test]
    fn a_body_is_read_as_it_was_written_whatever_its_end() {
        let numbers: String = (0..200_000_u64).map(|n| format!("{},", n * n % 7919)).collect();
        for before in ["", "{\"data\":1", &numbers] {
            let text = Bytes::from(format!("{before}}}"));
            for coding in [Coding::Identity, Coding::Gzip, Coding::Zstd] {
                let encoded = Encoded::new(coding, &text, before.len()).unwrap();
                assert_eq!(decoded(coding, &encoded.whole()), text, "{coding:?}");
                for end in ["", "}}", &"x".repeat(65_535)] {
                    let body = encoded.with_end(end).concat();
                    assert_eq!(decoded(coding, &body), [before, end].concat().into_bytes(), "{coding:?}");
                }
            }
        }
    }

    #[test]
    fn the_best_coding_that_the_caller_accepts_is_chosen() {
        for (accepted, expected) in [
            (None, Coding::Identity),
            (Some(""), Coding::Identity),
            (Some("br"), Coding::Identity),
            (Some("gzip, deflate, br, zstd"), Coding::Zstd),
            (Some("gzip, deflate, br"), Coding::Gzip),
            (Some("zstd;q=0.5, gzip;q=0.8"), Coding::Gzip),
            (Some("gzip;q=0"), Coding::Identity),
            (Some("*"), Coding::Zstd),
            (Some("*, zstd;q=0"), Coding::Gzip),
            (Some("identity, gzip;q=0.5"), Coding::Identity),
            (Some("X-GZIP"), Coding::Gzip),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accepted) = accepted {
                headers.insert(header::ACCEPT_ENCODING, accepted.parse().unwrap());
            }
            assert_eq!(Coding::negotiate(&headers), expected, "{accepted:?}");
        }
    }
}
