//! Who acts in the walk, what each sees and what each may do.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::World;
use super::record::{Key, Kind, Past, Record};

pub const DLCI: usize = 0;
pub const BOLOGNA: usize = 1;
pub const MODENA: usize = 2;
pub const COUNCIL: usize = 3;
pub const NGO: usize = 4;

/// Bodies by their natural keys.
pub const BODIES: [&str; 5] =
    ["authority:DLCI", "office:PREF-BO", "office:PREF-MO", "council:PREF-BO", "persona:ong-bologna"];

pub fn is_office(body: usize) -> bool {
    body == BOLOGNA || body == MODENA
}

/// A body as the model knows it.
#[derive(Clone, Debug)]
pub struct Body {
    pub id: Uuid,
    /// Its id as rows name it.
    pub named: String,
    /// Codes of the provinces in which it is seated, competent or active whatever happens in the walk.
    pub provinces: BTreeSet<&'static str>,
}

/// How somebody comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Public,
    /// Signed in, and a member of nothing any more.
    Nobody,
    /// With this role in the body.
    Person(&'static str),
    /// A program of the body that may read and write plans.
    Program,
    /// An officer of the body that drafts the plans of Bologna's office for it.
    Delegate,
}

#[derive(Clone, Debug)]
pub struct Who {
    pub name: String,
    pub body: Option<usize>,
    pub way: Way,
    /// The account, or the program.
    pub id: Uuid,
}

/// Everybody who acts in the walk.
pub fn everybody() -> Vec<Who> {
    let mut all: Vec<(Option<usize>, Way)> =
        vec![(None, Way::Public), (None, Way::Nobody), (Some(BOLOGNA), Way::Program), (Some(NGO), Way::Delegate)];
    for (body, roles) in [
        (DLCI, &["officer", "head"][..]),
        (BOLOGNA, &["viewer", "secretariat", "officer", "head", "administrator"]),
        (MODENA, &["officer", "head"]),
        (COUNCIL, &["member", "secretariat", "head"]),
        (NGO, &["viewer", "member", "officer", "head"]),
    ] {
        all.extend(roles.iter().map(|role| (Some(body), Way::Person(role))));
    }
    let who = |(number, (body, way)): (usize, (Option<usize>, Way))| {
        let name = format!("{} as {way:?}", body.map_or("nobody", |body| BODIES[body]));
        Who { name, body, way, id: Uuid::from_u128(0xac00 + number as u128) }
    };
    all.into_iter().enumerate().map(who).collect()
}

impl Who {
    /// Through whose eyes it sees records of a kind.
    fn eyes(&self, kind: Kind) -> Vec<usize> {
        let is_of_plans = matches!(kind, Kind::Plan | Kind::Contribution);
        match self.way {
            Way::Public | Way::Nobody => Vec::new(),
            Way::Program if !is_of_plans => Vec::new(),
            Way::Delegate if is_of_plans => vec![NGO, BOLOGNA],
            _ => self.body.into_iter().collect(),
        }
    }

    /// The body for which it makes new records of a kind.
    pub fn makes_for(&self, kind: Kind) -> Option<usize> {
        if self.way == Way::Delegate && kind == Kind::Plan { Some(BOLOGNA) } else { self.body }
    }
}

impl World {
    /// Where a body works on the projects of the walk that are under way, or is at home.
    fn knows(&self, body: usize, province: &str) -> bool {
        self.bodies[body].provinces.contains(province)
            || self.all(Kind::Project).any(|(_, project)| {
                project.doc.is(&["funded", "running", "suspended"])
                    && self.takes_part(project, body)
                    && project.doc.rows("project_place").iter().any(|place| place["province_code"] == province)
            })
    }

    /// Whether a body leads a project or takes part in it.
    pub fn takes_part(&self, project: &Record, body: usize) -> bool {
        let named = self.named(body);
        project.doc.root["lead_id"] == named
            || project.doc.rows("project_participation").iter().any(|row| row["organisation_id"] == named)
    }

    /// A body as rows name it.
    pub fn named(&self, body: usize) -> &str {
        &self.bodies[body].named
    }

    /// The body that rows name so.
    pub fn body(&self, named: &str) -> Option<usize> {
        self.bodies.iter().position(|body| named.ends_with(&body.named))
    }

    /// Whether a body holds a key of a record.
    pub fn body_holds(&self, body: usize, record: &Record, key: Key) -> bool {
        match key {
            Key::Public | Key::Network => true,
            Key::Institutional => body == DLCI || is_office(body),
            Key::Territory(province) => body == DLCI || self.knows(body, province),
            Key::Shared(province) => {
                self.body_holds(body, record, Key::Territory(province)) || self.body_holds(body, record, Key::Group)
            }
            Key::Group => body == record.owner || record.group.as_ref().is_some_and(|group| group.contains(&body)),
            Key::Body(owner) => body == owner,
        }
    }

    /// Whether somebody does.
    pub fn holds(&self, who: usize, record: &Record, key: Key) -> bool {
        let eyes = self.who[who].eyes(record.kind);
        key == Key::Public || eyes.into_iter().any(|body| self.body_holds(body, record, key))
    }

    pub fn sees(&self, who: usize, record: &Record) -> bool {
        self.holds(who, record, record.key())
    }

    /// Whether somebody knows how a record became what it is since a version: every deed, and what each found.
    pub fn knows_since(&self, who: usize, record: &Record, version: i64) -> bool {
        let first = usize::try_from(version).expect("a version").max(1);
        (first..record.past.len())
            .all(|at| self.holds(who, record, record.past[at].key) && self.holds(who, record, record.past[at - 1].key))
    }

    /// The record as it was at a version, where somebody may know that.
    pub fn was<'a>(&self, who: usize, record: &'a Record, version: i64) -> Option<&'a Past> {
        let past = &record.past[usize::try_from(version - 1).expect("a version")];
        let may = self.sees(who, record) && self.knows_since(who, record, version) && self.holds(who, record, past.key);
        may.then_some(&**past)
    }
}

/// Who does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Roles {
    /// Officers and heads.
    Drafters,
    /// Of plans: also programs that write plans, and who drafts for the office.
    PlanDrafters,
    Heads,
    /// Heads of the body, and of the central department.
    HeadsOrCentral,
    /// Heads of an office or the central department.
    OfficeHeads,
    /// Officers and heads of an office or the central department.
    OfficeDrafters,
    /// Who writes down what a council does.
    Recorders,
}

impl World {
    /// Whether somebody may do what these roles do to what belongs to a body.
    pub fn may(&self, who: usize, roles: Roles, owner: Option<usize>) -> bool {
        let who = &self.who[who];
        let is_own = owner.is_some() && who.body == owner;
        let role = match who.way {
            Way::Public | Way::Nobody => return false,
            Way::Program => return roles == Roles::PlanDrafters && is_own,
            Way::Delegate => return roles == Roles::PlanDrafters && owner == Some(BOLOGNA),
            Way::Person(role) => role,
        };
        let body = who.body.expect("a member");
        let is_high = body == DLCI || is_office(body);
        match roles {
            Roles::Drafters | Roles::PlanDrafters => is_own && matches!(role, "officer" | "head"),
            Roles::Heads => is_own && role == "head",
            Roles::HeadsOrCentral => (is_own || body == DLCI) && role == "head",
            Roles::OfficeHeads => is_own && is_high && role == "head",
            Roles::OfficeDrafters => is_own && is_high && matches!(role, "officer" | "head"),
            Roles::Recorders => is_own && matches!(role, "secretariat" | "officer" | "head"),
        }
    }
}
