//! Global ids: opaque to callers, stable, the same in every installation for records with a natural key.

use std::fmt;

use async_graphql::ID;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::{Error, Result};

/// Type name and key of a record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NodeId {
    /// Name of the record's kind: `Organisation`, `Project`, `Province`, …
    pub kind: String,
    /// A UUID or a code, as text.
    pub key: String,
}

impl NodeId {
    pub fn new(kind: &str, key: impl fmt::Display) -> Self {
        Self { kind: kind.into(), key: key.to_string() }
    }

    /// The id as callers see it.
    pub fn id(&self) -> ID {
        ID(URL_SAFE_NO_PAD.encode(format!("{}:{}", self.kind, self.key)))
    }

    /// Writes a record's id as JSON text, without memory of its own: for long lists.
    pub fn write_json(kind: &str, key: impl fmt::Display, out: &mut Vec<u8>) {
        use std::io::Write as _;
        let mut plain = [0; 256];
        let mut rest = &mut plain[..];
        write!(rest, "{kind}:{key}").expect("an id is short");
        let length = 256 - rest.len();
        out.push(b'"');
        let start = out.len();
        out.resize(start + length.div_ceil(3) * 4, 0);
        let written = URL_SAFE_NO_PAD.encode_slice(&plain[..length], &mut out[start..]).expect("the room was made");
        out.truncate(start + written);
        out.push(b'"');
    }

    /// Reads a caller's id of any kind.
    pub fn parse(id: &str) -> Result<Self> {
        let refused = || Error::bad_input("L'identificativo non è valido.", "The id is not valid.");
        let bytes = URL_SAFE_NO_PAD.decode(id).map_err(|_| refused())?;
        let text = String::from_utf8(bytes).map_err(|_| refused())?;
        let (kind, key) = text.split_once(':').ok_or_else(refused)?;
        if kind.is_empty() || key.is_empty() || key.len() > 200 || key.contains(char::is_control) {
            return Err(refused());
        }
        Ok(Self { kind: kind.into(), key: key.into() })
    }

    /// Reads a caller's id that must be of this kind.
    pub fn parse_as(kind: &'static str, id: &str) -> Result<Self> {
        let node = Self::parse(id)?;
        if node.kind != kind {
            return Err(Error::bad_input(
                format!("L'identificativo non è di tipo {kind}."),
                format!("The id is not of type {kind}."),
            ));
        }
        Ok(node)
    }

    /// Reads a caller's id of this kind, whose key is a UUID.
    pub fn uuid(kind: &'static str, id: &str) -> Result<Uuid> {
        Self::parse_as(kind, id)?.as_uuid()
    }

    /// The key as a UUID.
    pub fn as_uuid(&self) -> Result<Uuid> {
        Uuid::try_parse(&self.key)
            .map_err(|_| Error::bad_input("L'identificativo non è valido.", "The id is not valid."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_back_as_it_went() {
        let key = Uuid::from_u128(7);
        let id = NodeId::new("Project", key).id();
        assert_eq!(NodeId::uuid("Project", &id).unwrap(), key);
        for key in ["1", "12", "123", &"x".repeat(200)] {
            let mut json = Vec::new();
            NodeId::write_json("Project", key, &mut json);
            assert_eq!(serde_json::from_slice::<String>(&json).unwrap(), *NodeId::new("Project", key).id());
        }
    }

    #[test]
    fn ids_of_another_kind_and_broken_ids_are_bad_input() {
        let id = NodeId::new("Project", Uuid::from_u128(7)).id();
        for broken in [&*id, "", "?", "%%%", "UHJvamVjdA", "OnE", "UHJvamVjdDo", "cHJvdmluY2U6Xw=="] {
            let error = NodeId::uuid("Organisation", broken).unwrap_err();
            assert_eq!(error.code(), "BAD_USER_INPUT", "{broken}");
        }
    }
}
