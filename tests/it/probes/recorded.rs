//! How probes are recorded, and what stands for the ids in them.
//!
//! A file of this folder is a group of ways; `#` begins a remark. A probe begins with `+` or `-`, its name and a colon;
//! lines that are set in go on with it:
//!
//! - `+` can tell something: whoever may see the hidden records gets another answer in the one world than in the other;
//! - `-` tells nothing to anybody: it fails, or speaks of what all may know.
//!
//! What follows the name is a GraphQL document; or a request over HTTP (`POST /graphql`, then headers and an empty line,
//! if any, then the body); or the payload of an operation over the WebSocket (`WS {…}`).

use async_graphql::connection::CursorType as _;
use raccordo::access::persona::stable_id;
use raccordo::graphql::NodeId;
use raccordo::graphql::page::Cursor;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// The records of the twin worlds, as they are laid.
pub const WORLDS: &str = include_str!("worlds.sql");

/// What records' names begin with, and the kind in their global ids.
const KINDS: [(&str, &str); 11] = [
    ("plan", "TerritorialPlan"),
    ("need", "PlanNeed"),
    ("priority", "PlanPriority"),
    ("intervention", "PlanIntervention"),
    ("project", "Project"),
    ("part", "ProjectParticipation"),
    ("agreement", "Agreement"),
    ("party", "AgreementParty"),
    ("call", "FundingCall"),
    ("body", "Organisation"),
    ("seat", "CouncilSeat"),
];

/// Bodies that everybody may see, by the key that their id follows from.
const BODIES: [(&str, &str); 5] = [
    ("dlci", "authority:DLCI"),
    ("office", "office:PREF-MO"),
    ("council", "council:PREF-MO"),
    ("own_council", "council:PREF-BO"),
    ("ngo", "persona:ong-bologna"),
];

/// One recorded way to ask.
pub struct Probe {
    /// Its group and its own name.
    pub name: String,
    /// Whether it tells something to those who may see the hidden records.
    pub tells: bool,
    pub way: Way,
}

#[derive(PartialEq, Eq)]
pub enum Way {
    /// A GraphQL document.
    Graphql(String),
    Http(Request),
    /// The payload of an operation over the WebSocket.
    Socket(Value),
}

#[derive(PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Way {
    /// A document as clients send it.
    pub fn posted(&self) -> Option<Self> {
        let Self::Graphql(document) = self else { return None };
        let body = json!({ "query": document }).to_string();
        Some(Self::Http(Request { method: Method::POST, path: "/graphql".into(), headers: Vec::new(), body }))
    }
}

/// All recorded probes.
pub fn probes() -> Vec<Probe> {
    let folder = format!("{}/tests/it/probes", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    let group = |path: &std::path::PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    files.iter().flat_map(|path| read(&group(path), &std::fs::read_to_string(path).unwrap())).collect()
}

fn read(group: &str, text: &str) -> Vec<Probe> {
    let mut recorded: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match recorded.last_mut() {
            Some((_, more)) if line.is_empty() || line.starts_with("  ") => more.push(line.trim_start()),
            _ if line.is_empty() => {}
            _ => recorded.push((line, Vec::new())),
        }
    }
    recorded.into_iter().map(|(head, more)| probe(group, head, &more)).collect()
}

fn probe(group: &str, head: &str, more: &[&str]) -> Probe {
    let read = || {
        let (mark, rest) = head.split_once(' ')?;
        let tells = ["-", "+"].iter().position(|known| *known == mark)? == 1;
        let (name, first) = rest.split_once(':')?;
        Some((tells, name, first.trim()))
    };
    let (tells, name, first) = read().unwrap_or_else(|| panic!("{group}: neither probe nor remark: {head}"));
    Probe { name: format!("{group}: {name}"), tells, way: way(&filled(first), &filled(more.join("\n").trim_end())) }
}

fn way(first: &str, more: &str) -> Way {
    match first.split_once(' ') {
        Some(("WS", payload)) => Way::Socket(serde_json::from_str(payload).expect(payload)),
        Some((method @ ("GET" | "POST" | "PUT" | "HEAD"), path)) => {
            let (headers, body) = more.split_once("\n\n").unwrap_or(("", more));
            let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
            Way::Http(Request {
                method: method.parse().unwrap(),
                path: path.to_owned(),
                headers: headers.lines().map(|line| header(line).expect(line)).collect(),
                body: body.to_owned(),
            })
        }
        _ => Way::Graphql(format!("{first}\n{more}")),
    }
}

/// A text with each `{{…}}` replaced, the inner ones first:
///
/// - `{{plan}}`: the global id of the record of that name; `{{plan as Project}}`: of that kind, whatever the record is;
/// - `{{uuid plan}}`: its key alone; `{{key … as Kind}}`: a global id with any key;
/// - `{{cursor plan -period 2026-06-01}}`: the cursor of such a place in a list; `nil` comes before all records;
/// - `{{times 101 …}}`: the same text so many times.
pub fn filled(text: &str) -> String {
    let mut text = text.to_owned();
    while let Some(start) = text.rfind("{{") {
        let length = text[start..].find("}}").unwrap_or_else(|| panic!("not closed: {text}"));
        let put = meant(&text[start + 2..start + length]);
        text.replace_range(start..start + length + 2, &put);
    }
    text
}

fn meant(asked: &str) -> String {
    let (word, rest) = asked.split_once(' ').unwrap_or((asked, ""));
    match (word, rest.split_once(' ')) {
        ("uuid", _) => uuid(rest).to_string(),
        ("key", _) => {
            let (key, kind) = rest.split_once(" as ").expect(asked);
            NodeId::new(kind, key).id().to_string()
        }
        ("cursor", Some((record, place))) => {
            let (order, value) = place.split_once(' ').expect(asked);
            Cursor { order: order.into(), value: Some(value.into()), id: uuid(record) }.encode_cursor()
        }
        ("times", Some((times, text))) => text.repeat(times.parse().expect(asked)),
        (record, Some(("as", kind))) => NodeId::new(kind, uuid(record)).id().to_string(),
        (record, _) => NodeId::new(kind(record), uuid(record)).id().to_string(),
    }
}

fn uuid(record: &str) -> Uuid {
    match BODIES.iter().find(|(name, _)| *name == record) {
        Some((_, key)) => stable_id(key),
        None if record == "nil" => Uuid::nil(),
        None => {
            let is_laid = record == "nothing" || WORLDS.contains(&format!("{{{{uuid {record}}}}}"));
            assert!(is_laid, "there is no record {record}");
            stable_id(&format!("probe:{record}"))
        }
    }
}

fn kind(record: &str) -> &'static str {
    if BODIES.iter().any(|(name, _)| *name == record) {
        return "Organisation";
    }
    let word = record.trim_start_matches("public_").split('_').next().unwrap_or_default();
    let known = KINDS.iter().find(|(name, _)| *name == word || (*name, record) == ("plan", "nothing"));
    known.unwrap_or_else(|| panic!("of no known kind: {record}")).1
}
