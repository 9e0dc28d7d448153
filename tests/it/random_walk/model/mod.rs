//! A plain model of the rules of plans, calls, projects, agreements and sittings, written after the issue and the domain:
//! it knows nothing of the product. It says of each deed whether it is done, and what the record says then.

pub mod agreements;
pub mod calls;
pub mod contributions;
pub mod draft;
pub mod plans;
pub mod projects;
pub mod proposals;
pub mod record;
pub mod sections;
pub mod sittings;
pub mod verbs;
pub mod who;
pub mod work;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::{Value, json};

use record::{Doc, Kind, Record, difference, meets};
use verbs::Verb;
use who::{Body, Who};

/// The day of the walk.
pub const TODAY: &str = "2026-11-24";

/// What somebody asks.
#[derive(Clone, Debug)]
pub struct Asked {
    pub verb: &'static Verb,
    pub who: usize,
    /// The record that it is about, by its place in the world.
    pub of: Option<usize>,
    /// The input's other fields; ids as `Kind:uuid`.
    pub args: Value,
    pub expected: i64,
    pub key: Option<String>,
    pub dry: bool,
}

impl Asked {
    pub fn arg(&self, name: &str) -> Option<&Value> {
        self.args.get(name)
    }

    /// A text that is given; empty where none is.
    pub fn text(&self, name: &str) -> &str {
        self.arg(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// The uuid of what an argument names.
    pub fn id(&self, name: &str) -> Option<String> {
        self.arg(name).and_then(Value::as_str).map(key_of)
    }
}

/// The uuid in `Kind:uuid`.
pub fn key_of(named: &str) -> String {
    named.rsplit(':').next().unwrap_or_default().to_owned()
}

/// Why something is not done: the rules that stand in the way. `FORBIDDEN` stands for all rules of who may do what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub BTreeSet<&'static str>);

pub type Outcome<T = ()> = Result<T, Refused>;

pub fn refused<T>(rule: &'static str) -> Outcome<T> {
    Err(Refused(BTreeSet::from([rule])))
}

/// Goes on where all of these hold.
pub fn all_hold(rules: &[(bool, &'static str)]) -> Outcome {
    let broken: BTreeSet<_> = rules.iter().filter(|(holds, _)| !holds).map(|(_, rule)| *rule).collect();
    if broken.is_empty() { Ok(()) } else { Err(Refused(broken)) }
}

/// What becomes of what somebody asks.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Done: the record as it is then.
    Done(Box<Record>),
    /// Done, and nothing was to be changed.
    Unchanged,
    /// It was done before: the record, and its version then.
    Repeated(usize, i64),
    Refused(Refused),
}

/// What a key stands for: the verb with all that was said, the record, and its version then.
#[derive(Clone, Debug)]
pub struct Claim {
    pub said: Asked,
    pub record: usize,
    pub version: i64,
}

/// All that the model knows.
#[derive(Clone, Debug)]
pub struct World {
    pub bodies: Rc<[Body]>,
    pub who: Rc<[Who]>,
    pub records: Vec<Rc<Record>>,
    /// Where the records of each kind are.
    pub places: BTreeMap<Kind, Vec<usize>>,
    pub claims: Rc<BTreeMap<(usize, String), Claim>>,
    /// Bodies with a seat in the council on the day, and how many members' seats each has.
    pub seats: Rc<BTreeMap<String, i64>>,
    /// Parts that have no id yet are numbered.
    pub made: Cell<u64>,
}

impl World {
    pub fn judge(&self, asked: &Asked) -> Verdict {
        match self.weigh(asked) {
            Ok(verdict) => verdict,
            Err(refused) => Verdict::Refused(refused),
        }
    }

    fn weigh(&self, asked: &Asked) -> Outcome<Verdict> {
        self.readable(asked)?;
        if asked.verb.makes {
            let owner = self.owner_of_new(asked)?;
            if !self.may(asked.who, asked.verb.roles, owner) {
                return refused("FORBIDDEN");
            }
            if let Some(done) = self.claimed(asked)? {
                return Ok(done);
            }
            let new = self.make(asked)?;
            self.unique(&new, None)?;
            return Ok(Verdict::Done(Box::new(new)));
        }
        if let Some(done) = self.claimed(asked)? {
            return Ok(done);
        }
        let place = asked.of.expect("a record");
        let record = &*self.records[place];
        if !self.sees(asked.who, record) {
            return refused("NOT_FOUND");
        }
        let owner = self.owner(asked, record);
        if !self.may(asked.who, asked.verb.roles, owner) {
            return refused("FORBIDDEN");
        }
        let mut after = record.clone();
        let outcome = self.change(asked, &mut after);
        if asked.expected != record.version() {
            let is_known =
                (1..record.version()).contains(&asked.expected) && self.knows_since(asked.who, record, asked.expected);
            if !is_known || outcome.is_err() || self.overwrites(asked, record, &after.doc) {
                return refused("CHANGED_MEANWHILE");
            }
        }
        outcome?;
        // In whatever order its rows stand.
        if difference(record.kind, &record.doc, &after.doc).is_empty() {
            return Ok(Verdict::Unchanged);
        }
        self.unique(&after, Some(place))?;
        Ok(Verdict::Done(Box::new(after)))
    }

    /// Whether a deed rests on what changed since its caller read the record.
    fn overwrites(&self, asked: &Asked, record: &Record, after: &Doc) -> bool {
        let mine = difference(record.kind, &record.doc, after);
        let first = usize::try_from(asked.expected).expect("a version");
        (first..record.past.len()).any(|at| {
            let since = difference(record.kind, &record.past[at - 1].doc, &record.past[at].doc);
            asked.verb.is_step || since.iter().any(|since| mine.iter().any(|mine| meets(mine, since)))
        })
    }

    /// Whether it was done before under the same key.
    fn claimed(&self, asked: &Asked) -> Outcome<Option<Verdict>> {
        let Some(key) = asked.key.clone().filter(|_| !asked.dry) else { return Ok(None) };
        let Some(claim) = self.claims.get(&(asked.who, key)) else { return Ok(None) };
        let said = &claim.said;
        let is_same = said.verb.name == asked.verb.name
            && (said.of, said.expected, &said.args) == (asked.of, asked.expected, &asked.args);
        if !is_same {
            return refused("IDEMPOTENCY_KEY_REUSED");
        }
        match self.was(asked.who, &self.records[claim.record], claim.version) {
            Some(_) => Ok(Some(Verdict::Repeated(claim.record, claim.version))),
            None => refused("NOT_FOUND"),
        }
    }

    /// Writes down what was done; gives the record's place.
    pub fn commit(&mut self, asked: &Asked, mut record: Record) -> usize {
        record.settle();
        let version = record.version();
        let place = if asked.verb.makes {
            let place = self.records.len();
            self.places.entry(record.kind).or_default().push(place);
            self.records.push(Rc::new(record));
            place
        } else {
            let place = asked.of.expect("a record");
            self.records[place] = Rc::new(record);
            place
        };
        if let Some(key) = asked.key.clone() {
            let said = asked.clone();
            Rc::make_mut(&mut self.claims).insert((asked.who, key), Claim { said, record: place, version });
        }
        place
    }

    /// An id for a part that has none yet.
    pub fn new_id(&self) -> Value {
        self.made.set(self.made.get() + 1);
        json!(format!("new:{}", self.made.get()))
    }

    /// Records of a kind with their places.
    pub fn all(&self, kind: Kind) -> impl DoubleEndedIterator<Item = (usize, &Record)> {
        let places = self.places.get(&kind).map_or(&[][..], Vec::as_slice);
        places.iter().map(|place| (*place, &*self.records[*place]))
    }

    /// The record that an argument names, where the caller sees it.
    pub fn seen(&self, asked: &Asked, name: &str) -> Outcome<Option<&Record>> {
        let Some(id) = asked.id(name) else { return Ok(None) };
        let id: uuid::Uuid = id.parse().unwrap_or_default();
        match self.records.iter().find(|record| record.id == id) {
            Some(record) if self.sees(asked.who, record) => Ok(Some(record)),
            _ => refused("NOT_FOUND"),
        }
    }

    /// Of two that do the same thing at once, the second is told.
    fn unique(&self, record: &Record, place: Option<usize>) -> Outcome {
        let others = || self.all(record.kind).filter(|(at, _)| Some(*at) != place).map(|(_, other)| other);
        let has = |other: &Record, column: &str| {
            let value = record.doc.root.get(column).filter(|value| !value.is_null());
            value.is_some() && other.doc.root.get(column) == value
        };
        let same = |column: &str| others().any(|other| has(other, column));
        match record.kind {
            Kind::Project if same("cup") || record.doc.text("cup") == "F81I20001650007" => refused("CUP_IN_USE"),
            Kind::Call if same("reference") => refused("REFERENCE_IN_USE"),
            Kind::Plan => {
                let open = ["listening", "draft", "before_council", "returned", "endorsed"];
                let rivals = |other: &Record| other.doc.is(&open) && has(other, "previous_edition_id");
                let is_twice = record.doc.is(&open) && others().any(rivals);
                all_hold(&[(!is_twice, "REVISION_OPEN")])
            }
            Kind::Agreement => {
                let is_taken = others().any(|other| other.owner == record.owner && has(other, "reference"));
                let live = ["draft", "signing", "in_force"];
                let rivals = |other: &Record| other.doc.is(&live) && has(other, "renews_id");
                let is_twice = record.doc.is(&live) && others().any(rivals);
                all_hold(&[(!is_twice, "RENEWED_ALREADY")])?;
                all_hold(&[(!is_taken, "REFERENCE_TAKEN")])
            }
            _ => Ok(()),
        }
    }
}
