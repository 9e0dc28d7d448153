//! What is asked of the network, held against its limits.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{ID, OneofObject};
use chrono::NaiveDate;
use tokio::sync::Mutex;

use super::{Network, node};
use crate::funding::Programmes;
use crate::graphql::scalars::Date;
use crate::graphql::{Error, Graph, NodeId, Result};
use crate::locale::Message;
use crate::network::NetworkSnapshot;
use crate::network::model::{NetworkNodeKind, TieKind, day};
use crate::network::snapshot::province_number;
use crate::network::view::{Part, View, Wanted};
use crate::organisations::model::OrganisationKind;
use crate::plans::query::PLAN;
use crate::territory::Territory;

/// Steps from the centre at the most: with four, nearly everything is around everything.
const MOST_HOPS: i32 = 3;

/// The days that can be asked for: no record is older, no plan reaches further.
const DAYS: (NaiveDate, NaiveDate) =
    (NaiveDate::from_ymd_opt(1900, 1, 1).unwrap(), NaiveDate::from_ymd_opt(2100, 12, 31).unwrap());

/// Which part of the network is asked for: exactly one of these.
#[derive(OneofObject, Clone, PartialEq, Eq, Hash)]
pub enum NetworkScope {
    /// Around this node, by global id: a body, province, project, agreement or intervention.
    Around(ID),
    /// A province: abbreviation (`BO`) or ISTAT code (`037`) [provincia].
    Province(String),
    /// A region: ISTAT code [regione].
    Region(String),
    /// The whole country; only `true` is meant.
    National(bool),
}

/// What a question to the network is narrowed to.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Narrowing {
    pub hops: Option<i32>,
    pub as_of: Option<Date>,
    pub node_kinds: Option<Vec<NetworkNodeKind>>,
    pub tie_kinds: Option<Vec<TieKind>>,
    pub organisation_kinds: Option<Vec<OrganisationKind>>,
    /// Code of a node of the programme tree: it and all below it.
    pub programme: Option<String>,
    /// Global id of a territorial plan.
    pub plan: Option<ID>,
}

/// Answers of one request: the same question is walked once. One walk at a time, each in a turn of the runtime of its
/// own, so that the request's time can run out between two of them and other requests are served.
#[derive(Default)]
struct Answers(Mutex<HashMap<(NetworkScope, Narrowing), Option<Network>>>);

/// The part of the network that is asked for; `None` where the scope names nothing that the viewer may see.
pub async fn network(graph: &Graph, scope: NetworkScope, narrowing: Narrowing) -> Result<Option<Network>> {
    let answers = graph.kept::<Answers>();
    let mut answers = answers.0.lock().await;
    let question = (scope, narrowing);
    if let Some(known) = answers.get(&question) {
        return Ok(known.clone());
    }
    tokio::task::yield_now().await;
    let answer = walk(graph, &question.0, &question.1)?;
    answers.insert(question, answer.clone());
    Ok(answer)
}

/// Walks of one request come one after the other, so that its time limit can end it between two of them.
pub async fn in_turn<T>(graph: &Graph, walk: impl FnOnce() -> T) -> T {
    let answers = graph.kept::<Answers>();
    let _turn = answers.0.lock().await;
    tokio::task::yield_now().await;
    walk()
}

fn walk(graph: &Graph, scope: &NetworkScope, narrowing: &Narrowing) -> Result<Option<Network>> {
    let (view, as_of) = view(graph, narrowing)?;
    let Some(part) = part(graph, &view.snapshot, scope, narrowing)? else { return Ok(None) };
    let Some(view) = view.from(&part) else { return Ok(None) };
    let found = view.find(&part);
    Ok(Some(Network { view: Arc::new(view), part, as_of, found: Arc::new(found) }))
}

/// The part that a scope names; `None` where there is no such node or territory.
pub fn part(
    graph: &Graph,
    snapshot: &NetworkSnapshot,
    scope: &NetworkScope,
    narrowing: &Narrowing,
) -> Result<Option<Part>> {
    let hops = bounded(narrowing.hops)?;
    let territory = graph.reference::<Territory>();
    let within = |codes: Vec<String>| {
        let provinces: Vec<u16> = codes.iter().filter_map(|code| province_number(code)).collect();
        (!provinces.is_empty()).then_some(Part::Within { provinces, hops })
    };
    Ok(match scope {
        NetworkScope::Around(id) => find(snapshot, id)?.map(|centre| Part::Around { centre, hops }),
        NetworkScope::Province(name) => {
            let province = territory.province_named(name, narrowing.as_of.map_or(graph.today, |day| day.0));
            within(province.iter().map(|province| province.code.clone()).collect())
        }
        NetworkScope::Region(code) => within(territory.province_codes_of_region(code)),
        NetworkScope::National(true) => Some(Part::Whole),
        NetworkScope::National(false) => {
            return Err(Error::bad_input(
                "\"national\" può essere soltanto true; per altro indicare around, province o region.",
                "\"national\" can only be true; for anything else give around, province or region.",
            ));
        }
    })
}

/// What the caller sees on the day asked for, narrowed to what is asked for; an empty list of kinds is all kinds.
pub fn view(graph: &Graph, narrowing: &Narrowing) -> Result<(View, Date)> {
    view_of(graph, graph.reference::<NetworkSnapshot>(), narrowing)
}

/// The same of another snapshot than the newest.
pub fn view_of(graph: &Graph, snapshot: Arc<NetworkSnapshot>, narrowing: &Narrowing) -> Result<(View, Date)> {
    let as_of = checked(narrowing.as_of.unwrap_or(Date(graph.today)))?;
    let wanted = Wanted {
        nodes: narrowing.node_kinds.clone().filter(|kinds| !kinds.is_empty()),
        ties: narrowing.tie_kinds.clone().filter(|kinds| !kinds.is_empty()),
        organisations: narrowing.organisation_kinds.clone().filter(|kinds| !kinds.is_empty()),
        programmes: narrowing.programme.as_deref().map(|code| programmes(graph, code)).transpose()?,
        plan: narrowing.plan.as_deref().map(|id| NodeId::uuid(PLAN, id)).transpose()?,
    };
    let view = View::new(snapshot, graph.viewer.clone(), day(as_of.0));
    Ok((view.narrowed(wanted), as_of))
}

fn programmes(graph: &Graph, code: &str) -> Result<Vec<String>> {
    let codes = graph.reference::<Programmes>().subtree(code);
    if codes.is_empty() {
        return Err(Error::bad_input(
            format!("\"{}\" non è il codice di un programma: si vedano quelli di \"programmes\".", code.escape_debug()),
            format!("\"{}\" is no programme's code: see those of \"programmes\".", code.escape_debug()),
        ));
    }
    Ok(codes)
}

/// A day that can be asked for.
pub fn checked(day: Date) -> Result<Date> {
    let (first, last) = DAYS;
    if (first..=last).contains(&day.0) {
        return Ok(day);
    }
    Err(Error::bad_input(
        format!("La rete è nota dal {first} al {last}: {} non è compreso.", day.0),
        format!("The network is known from {first} to {last}: {} is not among these days.", day.0),
    ))
}

fn bounded(hops: Option<i32>) -> Result<u32> {
    match hops.unwrap_or(1) {
        hops if hops > MOST_HOPS => Err(Error::LimitExceeded {
            message: Message::new(
                format!(
                    "I passi sono al massimo {MOST_HOPS}; ne sono stati chiesti {hops}. Per due nodi lontani si veda \
                     \"path\"."
                ),
                format!(
                    "There are at most {MOST_HOPS} hops; {hops} were asked for. For two distant nodes see \"path\"."
                ),
            ),
            limit: MOST_HOPS as u64,
            requested: hops as u64,
        }),
        hops if hops < 1 => Err(Error::bad_input("\"hops\" deve essere almeno 1.", "\"hops\" must be at least 1.")),
        hops => Ok(hops as u32),
    }
}

/// How many items are wanted, 1 to `most`.
pub fn first(first: i32, most: i32) -> Result<usize> {
    if (1..=most).contains(&first) {
        return Ok(first as usize);
    }
    Err(Error::bad_input(
        format!("\"first\" va da 1 a {most}; è stato chiesto {first}."),
        format!("\"first\" is 1 to {most}; {first} was asked for."),
    ))
}

/// The node that a caller's id names; `None` where there is none of these records.
pub fn find(snapshot: &NetworkSnapshot, id: &str) -> Result<Option<u32>> {
    let id = NodeId::parse(id)?;
    match NetworkNodeKind::ALL.iter().find(|kind| node::id_kind(**kind) == id.kind) {
        Some(NetworkNodeKind::Province) => Ok(snapshot.find_province(&id.key)),
        Some(kind) => Ok(snapshot.find(*kind, id.as_uuid()?)),
        None => Err(Error::bad_input(
            format!("{} non è un nodo della rete.", id.kind),
            format!("{} is no node of the network.", id.kind),
        )),
    }
}
