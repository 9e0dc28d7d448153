//! What a partner's client may ask for: the words of OAuth scopes, the same in tokens, in the schema and in the settings.

use std::fmt;
use std::str::FromStr;

use super::Room;

/// A scope of a client, e.g. `project:read`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    OrganisationRead,
    CouncilRead,
    FundingRead,
    PlanRead,
    ProjectRead,
    AgreementRead,
    /// The network as a file.
    NetworkExport,
    /// The audit of the organisation's own records.
    AuditRead,
    PlanWrite,
    ProjectWrite,
    /// Publish versions of the organisation's subgraphs.
    SubgraphWrite,
}

impl Scope {
    pub const ALL: [Self; 11] = [
        Self::OrganisationRead,
        Self::CouncilRead,
        Self::FundingRead,
        Self::PlanRead,
        Self::ProjectRead,
        Self::AgreementRead,
        Self::NetworkExport,
        Self::AuditRead,
        Self::PlanWrite,
        Self::ProjectWrite,
        Self::SubgraphWrite,
    ];

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OrganisationRead => "organisation:read",
            Self::CouncilRead => "council:read",
            Self::FundingRead => "funding:read",
            Self::PlanRead => "plan:read",
            Self::ProjectRead => "project:read",
            Self::AgreementRead => "agreement:read",
            Self::NetworkExport => "network:export",
            Self::AuditRead => "audit:read",
            Self::PlanWrite => "plan:write",
            Self::ProjectWrite => "project:write",
            Self::SubgraphWrite => "subgraph:write",
        }
    }

    /// The scope without which a client sees in a room what is public and no more; `None` where no client sees more.
    pub const fn of_reading(room: Room) -> Option<Self> {
        match room {
            Room::Organisations => Some(Self::OrganisationRead),
            Room::Councils => Some(Self::CouncilRead),
            Room::Funding => Some(Self::FundingRead),
            Room::Plans => Some(Self::PlanRead),
            Room::Projects => Some(Self::ProjectRead),
            Room::Agreements => Some(Self::AgreementRead),
            Room::Audit => Some(Self::AuditRead),
            // Who publishes a subgraph reads what became of it.
            Room::Federation => Some(Self::SubgraphWrite),
            Room::People => None,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;
    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or_else(|| UnknownScope(text.into()))
    }
}

/// A word that is no scope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no scope")]
pub struct UnknownScope(pub String);

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u32);

impl Scopes {
    pub fn has(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u32) != 0
    }

    /// Those in both.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether every one of these is in the other set.
    pub fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// In the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.has(*scope))
    }

    /// From words parted by spaces (RFC 6749, section 3.3).
    ///
    /// # Errors
    /// Names the first word that is no scope.
    pub fn parse(words: &str) -> Result<Self, UnknownScope> {
        words.split_ascii_whitespace().map(str::parse).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | 1 << scope as u32))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.iter().map(Scope::as_str).collect();
        formatter.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_and_written_as_words() {
        let scopes = Scopes::parse("project:read  network:export").unwrap();
        assert_eq!(scopes.to_string(), "project:read network:export");
        assert!(scopes.has(Scope::ProjectRead) && !scopes.has(Scope::ProjectWrite));
        assert!(scopes.within(Scope::ALL.into_iter().collect()) && !scopes.within(Scopes::default()));
        assert_eq!(Scopes::parse("project:read all").unwrap_err(), UnknownScope("all".into()));
    }
}
