//! Identifiers of bodies, projects and contracts: each type holds only what obeys its rule, and a text that does not
//! is told which rule it breaks. The rules and where they come from: `tests/vectors/identifier-test-vectors.json`.

mod bodies;
pub mod check_digits;
mod contracts;
mod projects;

pub use bodies::{FiscalCode, IpaCode, RuntsNumber, VatNumber};
pub use contracts::Cig;
pub use projects::Cup;

use crate::locale::Message;

/// Why a text is not an identifier of the kind asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Stable name of the rule, e.g. `cup.form`.
    pub rule: &'static str,
    pub message: Message,
}

impl Broken {
    pub fn new(rule: &'static str, it: impl Into<String>, en: impl Into<String>) -> Self {
        Self { rule, message: Message::new(it, en) }
    }
}

impl std::fmt::Display for Broken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.message.fmt(formatter)
    }
}

impl std::error::Error for Broken {}

/// Declares an identifier that is a text in its one written form; `$check` brings a text into that form or refuses it.
macro_rules! identifier {
    ($(#[$outer:meta])* $name:ident, $check:path) => {
        $(#[$outer])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::identifiers::Broken;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $check(text.trim()).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(identifier: $name) -> Self {
                identifier.0
            }
        }
    };
}
use identifier;

#[cfg(test)]
mod tests;
