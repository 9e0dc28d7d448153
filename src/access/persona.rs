//! The demonstration's personas: one body for each level that signs in.

use uuid::Uuid;

/// Namespace of the ids that follow from a natural key, so that they are the same in every installation.
pub const NAMESPACE: Uuid = Uuid::from_u128(0x6f1d_0f4e_2b6a_5c1e_9f63_52ac_c04d_0d11);

/// The id of a record that has a stable natural key, e.g. `office:PREF-BO`.
pub fn stable_id(key: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, key.as_bytes())
}

/// A demonstration caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Persona {
    /// Name on the command line and in the token's subject.
    pub name: &'static str,
    /// Natural key of the organisation that it acts for.
    pub organisation: &'static str,
}

/// The four personas with a token; the fifth level, the public, has none.
pub const PERSONAS: [Persona; 4] = [
    Persona { name: "dlci", organisation: "authority:DLCI" },
    Persona { name: "prefettura-bologna", organisation: "office:PREF-BO" },
    Persona { name: "consiglio-bologna", organisation: "council:PREF-BO" },
    Persona { name: "ong-bologna", organisation: "persona:ong-bologna" },
];

impl Persona {
    pub fn find(name: &str) -> Option<Self> {
        PERSONAS.into_iter().find(|persona| persona.name == name)
    }

    /// Id of the organisation that it acts for.
    pub fn organisation_id(&self) -> Uuid {
        stable_id(self.organisation)
    }
}
