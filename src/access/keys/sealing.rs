//! The hub's own key, which is not in the database: it encrypts what the hub signs with.

use std::path::Path;

use anyhow::{Context as _, anyhow, ensure};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::access::secret::Secret;

/// AES-256-GCM under the hub's own key, and names that only its holder can tell.
pub struct HubKey(RandomizedNonceKey, hmac::Key);

impl HubKey {
    /// From 32 bytes as base64, e.g. of `openssl rand -base64 32`, or as base64url.
    pub fn read(text: &Secret) -> anyhow::Result<Self> {
        let text = text.reveal();
        let bytes = URL_SAFE_NO_PAD.decode(text).or_else(|_| STANDARD.decode(text)).unwrap_or_default();
        ensure!(bytes.len() == 32, "the hub's key is not 32 bytes in base64: openssl rand -base64 32");
        let key = RandomizedNonceKey::new(&AES_256_GCM, &bytes).map_err(|_| anyhow!("the hub's key is of no use"))?;
        let names = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &bytes), b"raccordo pseudonyms");
        Ok(Self(key, hmac::Key::new(hmac::HMAC_SHA256, names.as_ref())))
    }

    /// The text of the key that a file holds.
    ///
    /// # Errors
    /// Names the file that cannot be read.
    pub fn in_file(file: &Path) -> anyhow::Result<Secret> {
        let text = std::fs::read_to_string(file).with_context(|| format!("hub_key_file: {}", file.display()))?;
        Ok(Secret::from(text.trim().to_owned()))
    }

    /// The same; makes the file, readable by its owner alone, where there is none.
    pub fn in_file_or_made(file: &Path) -> anyhow::Result<Secret> {
        use std::io::Write as _;
        use std::os::unix::fs::OpenOptionsExt as _;
        if !file.exists() {
            let key = Secret::random();
            let mut made = std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(file)
                .with_context(|| file.display().to_string())?;
            made.write_all(key.reveal().as_bytes())?;
        }
        Self::in_file(file)
    }

    /// A name for somebody that is the same each time, and another for each reader.
    pub(in crate::access) fn pseudonym(&self, reader: &str, who: &str) -> String {
        let name = hmac::sign(&self.1, format!("{reader}\n{who}").as_bytes());
        URL_SAFE_NO_PAD.encode(&name.as_ref()[..16])
    }

    /// Encrypts; what is sealed under one name opens under no other.
    pub(in crate::access) fn seal(&self, name: &str, plain: &[u8]) -> anyhow::Result<Vec<u8>> {
        let mut sealed = plain.to_vec();
        let nonce = self.0.seal_in_place_append_tag(Aad::from(name.as_bytes()), &mut sealed);
        let nonce = nonce.map_err(|_| anyhow!("a key could not be encrypted"))?;
        Ok([nonce.as_ref(), sealed.as_slice()].concat())
    }

    /// Decrypts.
    ///
    /// # Errors
    /// It was sealed under another key or name, or altered since.
    pub(in crate::access) fn open(&self, name: &str, sealed: &[u8]) -> anyhow::Result<Vec<u8>> {
        let refused = || anyhow!("the signing key {name} was encrypted under another hub key than this one");
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or_else(refused)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| refused())?;
        let mut plain = sealed.to_vec();
        let length = self.0.open_in_place(nonce, Aad::from(name.as_bytes()), &mut plain).map_err(|_| refused())?.len();
        plain.truncate(length);
        Ok(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_under_the_same_key_and_name_alone() {
        let text = Secret::random();
        let key = HubKey::read(&text).unwrap();
        let sealed = key.seal("a", b"private").unwrap();
        assert_eq!(HubKey::read(&text).unwrap().open("a", &sealed).unwrap(), b"private");
        assert!(!sealed.windows(7).any(|bytes| bytes == b"private"));
        assert_ne!(sealed, key.seal("a", b"private").unwrap());
        assert!(key.open("b", &sealed).is_err());
        assert!(HubKey::read(&Secret::random()).unwrap().open("a", &sealed).is_err());
        for place in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[place] ^= 1;
            assert!(key.open("a", &altered).is_err());
        }
        assert!(key.open("a", b"short").is_err());
    }

    #[test]
    fn the_hubs_key_is_32_bytes_and_made_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        for text in ["", "short", "AAAA", &"A".repeat(86)] {
            assert!(HubKey::read(&Secret::from(text.to_owned())).is_err(), "{text}");
        }
        assert!(HubKey::read(&Secret::from(STANDARD.encode([255; 32]))).is_ok());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hub-key");
        assert!(HubKey::in_file(&file).unwrap_err().to_string().contains("hub_key_file"));
        let made = HubKey::in_file_or_made(&file).unwrap();
        assert!(HubKey::read(&made).is_ok());
        assert_eq!(HubKey::in_file_or_made(&file).unwrap(), made);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
