use std::fmt::Write as _;
use std::sync::Arc;

use async_graphql::Enum;
use chrono::NaiveDate;
use uuid::Uuid;

use super::scope::{Scope, Scopes};
use super::{Room, Sight, audience};
use crate::text_enum;

/// Level of governance that the caller acts at [livello di governance].
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// The central department, DLCI [livello centrale].
    National,
    /// An office of the prefect [Prefettura – Ufficio territoriale del Governo].
    Prefecture,
    /// A territorial council for immigration [Consiglio territoriale per l'immigrazione].
    Council,
    /// Any other body of the network [ente partner].
    Partner,
    /// Anyone, without sign-in [pubblico].
    Public,
}

text_enum! {
    /// What a person is in an organisation [ruolo]. What each may do is one table: `access/rules.rs`.
    pub enum Role {
        /// Reads [consultazione].
        Viewer = "viewer",
        /// Takes part in the work of the council [componente].
        Member = "member",
        /// Keeps the council's papers [segreteria].
        Secretariat = "secretariat",
        /// Drafts the organisation's records [funzionario].
        Officer = "officer",
        /// Answers for the organisation: adopts, signs, submits [dirigente].
        Head = "head",
        /// Lets people and programs in [amministratore].
        Administrator = "administrator",
    }
}

text_enum! {
    /// What a delegation lets its holder do in the rooms that it names [modalità].
    pub enum DelegationMode {
        /// Read as the office does [lettura].
        Read = "read",
        /// Prepare drafts, too; adopting, signing and submitting stay with the office [bozza].
        Draft = "draft",
    }
}

/// A person's place in an organisation, in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub id: Uuid,
    pub organisation: Uuid,
    pub role: Role,
}

/// An office's grant to a body that works for it, in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    pub id: Uuid,
    pub office: Uuid,
    /// The body that the office lets work for it.
    pub delegate: Uuid,
    pub rooms: Vec<Room>,
    pub mode: DelegationMode,
    /// Last day.
    pub until: NaiveDate,
}

/// A person who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub account: Uuid,
    pub session: Uuid,
    /// Every membership in force, for whom the person may act.
    pub memberships: Arc<[Membership]>,
    /// Every grant in force to a body that the person belongs to.
    pub delegations: Arc<[Delegation]>,
    /// For whom the person acts now; `None`: for nobody.
    pub membership: Option<Membership>,
    /// Under which grant; [`Viewer::organisation`] stays the delegate's own.
    pub delegation: Option<Delegation>,
}

/// A partner's program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub id: Uuid,
    pub scopes: Scopes,
    /// Of a PDND voucher: for what the data are asked.
    pub purpose: Option<String>,
    pub requests_per_minute: u32,
    pub cost_per_minute: u32,
}

/// Who it is that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Nobody signed in.
    Public,
    /// The demonstration's, by its name; acts with every role of its body.
    Persona(&'static str),
    Person(Person),
    Client(Client),
}

/// Who asks: made once per request, then only read.
#[derive(Clone, Debug, PartialEq)]
pub struct Viewer {
    pub level: Level,
    /// The organisation that the caller acts for; `None` for the public and for a person without membership.
    pub organisation: Option<Uuid>,
    pub sight: Sight,
    pub caller: Caller,
}

impl Viewer {
    /// The public: no token, no session.
    pub fn public() -> Self {
        Self {
            level: Level::Public,
            organisation: None,
            sight: Sight::everywhere([audience::PUBLIC]),
            caller: Caller::Public,
        }
    }

    /// Whether the viewer sees a record of this room with this audience key.
    pub fn holds(&self, room: Room, key: i32) -> bool {
        self.sight.holds(room, key)
    }

    /// The same viewer as a client, which sees what is public in the rooms that none of its scopes opens.
    pub fn as_client(self, client: Client) -> Self {
        let is_closed = |room: &Room| !Scope::of_reading(*room).is_some_and(|scope| client.scopes.has(scope));
        let closed = Room::ALL.iter().copied().filter(is_closed);
        let sight = self.sight.in_rooms(closed, |_| [audience::PUBLIC]);
        Self { sight, caller: Caller::Client(client), ..self }
    }

    /// The same viewer as a person, who also sees their own account.
    pub fn as_person(self, person: Person, account_number: i32) -> Self {
        let own = audience::account(account_number);
        let sight = self.sight.in_rooms([Room::People, Room::Audit], |held| [held, &[own]].concat());
        Self { sight, caller: Caller::Person(person), ..self }
    }

    /// The same viewer under an office's grant: with the office's eyes, too, in the rooms that it names.
    pub fn under(self, delegation: Delegation, office: &Viewer) -> Self {
        let mut viewer = self;
        for room in &delegation.rooms {
            viewer.sight = viewer.sight.in_rooms([*room], |held| [held, office.sight.keys(*room)].concat());
        }
        if let Caller::Person(person) = &mut viewer.caller {
            person.delegation = Some(delegation);
        }
        viewer
    }

    /// What a transaction sets so that the policies know what this viewer holds: `set local …; …;`.
    pub fn settings(&self) -> String {
        let list = |keys: &[i32]| keys.iter().map(i32::to_string).collect::<Vec<_>>().join(",");
        let mut settings = format!("set local raccordo.audiences = '{{{}}}';", list(self.sight.common()));
        for (room, keys) in self.sight.apart() {
            let _ = write!(settings, " set local raccordo.audiences_{} = '{{{}}}';", room.as_str(), list(keys));
        }
        settings
    }

    /// The person who asks, if one signed in.
    pub fn person(&self) -> Option<&Person> {
        match &self.caller {
            Caller::Person(person) => Some(person),
            _ => None,
        }
    }

    /// The client that asks, if it is one.
    pub fn client(&self) -> Option<&Client> {
        match &self.caller {
            Caller::Client(client) => Some(client),
            _ => None,
        }
    }
}
