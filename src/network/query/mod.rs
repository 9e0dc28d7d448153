//! The network in the graph.

mod edge;
pub mod export;
mod node;
mod root;

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object, OneofObject, SimpleObject};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::NetworkSnapshot;
use super::export::Format;
use super::model::{NetworkNodeKind, TieKind, day};
use super::snapshot::province_number;
use super::view::{Found, View};
use crate::graphql::flat::FlatList;
use crate::graphql::scalars::Date;
use crate::graphql::{Error, Graph, NodeId, Result};
use crate::locale::Message;
use crate::organisations::model::OrganisationKind;
use crate::organisations::query as organisations;
use crate::territory::Territory;

pub use edge::NetworkEdge;
pub use export::NetworkExport;
pub use node::{NetworkNode, node_id};
pub use root::NetworkQuery;

/// Steps from the centre at the most: with four, nearly everything is around everything.
const MOST_HOPS: i32 = 3;

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
    pub tie_kinds: Option<Vec<TieKind>>,
    pub organisation_kinds: Option<Vec<OrganisationKind>>,
}

/// A part of the coordination network on a day, as the caller may see it [rete di coordinamento].
#[derive(Clone, Description)]
pub struct Network {
    scope: NetworkScope,
    narrowing: Narrowing,
    view: Arc<View>,
    as_of: Date,
    found: Arc<Found>,
}

/// Answers of one request: the same question is walked once. One walk at a time, each in a turn of the runtime of its
/// own, so that the request's time can run out between two of them and other requests are served.
#[derive(Default)]
struct Answers(Mutex<HashMap<(NetworkScope, Narrowing), Option<Network>>>);

/// A step of a path: two nodes and all ties between them.
#[derive(SimpleObject)]
pub struct NetworkPathStep {
    /// Where the step starts.
    from: NetworkNode,
    /// Where it leads.
    to: NetworkNode,
    /// Every tie between the two on that day that the caller may see, whichever way it points [legami].
    edges: FlatList<NetworkEdge>,
}

/// A shortest connection between two nodes on a day [percorso].
#[derive(SimpleObject)]
pub struct NetworkPath {
    /// Data version of the network that it was found in.
    version: i64,
    /// The day.
    as_of: Date,
    /// How many steps it has; 0 from a node to itself.
    length: i32,
    /// Its steps, from the start to the end.
    steps: Vec<NetworkPathStep>,
}

/// What lies around a body, as its type shows it; `None` where the viewer may not see the body.
pub async fn around(graph: &Graph, organisation: Uuid, narrowing: Narrowing) -> Result<Option<Network>> {
    network(graph, NetworkScope::Around(NodeId::new(organisations::NODE, organisation).id()), narrowing).await
}

async fn network(graph: &Graph, scope: NetworkScope, narrowing: Narrowing) -> Result<Option<Network>> {
    let answers = graph.kept::<Answers>();
    let mut answers = answers.0.lock().await;
    let question = (scope, narrowing);
    if let Some(known) = answers.get(&question) {
        return Ok(known.clone());
    }
    tokio::task::yield_now().await;
    let (scope, narrowing) = question.clone();
    let answer = walk(graph, scope, narrowing)?;
    answers.insert(question, answer.clone());
    Ok(answer)
}

fn walk(graph: &Graph, scope: NetworkScope, narrowing: Narrowing) -> Result<Option<Network>> {
    let hops = bounded(narrowing.hops)?;
    let (view, as_of) = view(graph, &narrowing);
    let asked = scope.clone();
    let within = |provinces: Vec<String>, view: View| {
        let found = view.within(provinces.iter().filter_map(|code| province_number(code)), hops);
        (!provinces.is_empty()).then_some((view, found))
    };
    let answer = match scope {
        NetworkScope::Around(id) => find(&view.snapshot, &id)?.and_then(|centre| view.around(centre, hops)),
        NetworkScope::Province(name) => {
            let province = graph.reference::<Territory>().province_named(&name, as_of.0);
            within(province.iter().map(|province| province.code.clone()).collect(), view)
        }
        NetworkScope::Region(code) => within(graph.reference::<Territory>().province_codes_of_region(&code), view),
        NetworkScope::National(true) => {
            let found = view.whole();
            Some((view, found))
        }
        NetworkScope::National(false) => {
            return Err(Error::bad_input(
                "\"national\" può essere soltanto true; per altro indicare around, province o region.",
                "\"national\" can only be true; for anything else give around, province or region.",
            ));
        }
    };
    Ok(answer.map(|(view, found)| Network {
        scope: asked,
        narrowing,
        view: Arc::new(view),
        as_of,
        found: Arc::new(found),
    }))
}

async fn path(graph: &Graph, from: &str, to: &str, narrowing: Narrowing) -> Result<Option<NetworkPath>> {
    let answers = graph.kept::<Answers>();
    let _turn = answers.0.lock().await;
    tokio::task::yield_now().await;
    let (view, as_of) = view(graph, &narrowing);
    let view = Arc::new(view);
    let (from, to) = (find(&view.snapshot, from)?, find(&view.snapshot, to)?);
    let Some(nodes) = from.zip(to).and_then(|(from, to)| view.path(from, to)) else { return Ok(None) };
    let node = |index| NetworkNode { view: view.clone(), index };
    let step = |ends: &[u32]| NetworkPathStep {
        from: node(ends[0]),
        to: node(ends[1]),
        edges: NetworkEdge::list(&view, &view.between(ends[0], ends[1])),
    };
    Ok(Some(NetworkPath {
        version: view.snapshot.version,
        as_of,
        length: nodes.len() as i32 - 1,
        steps: nodes.windows(2).map(step).collect(),
    }))
}

/// What the caller sees on the day asked for, narrowed to the kinds asked for; no kinds are all kinds.
fn view(graph: &Graph, narrowing: &Narrowing) -> (View, Date) {
    let as_of = narrowing.as_of.unwrap_or(Date(graph.today));
    let tie_kinds = narrowing.tie_kinds.clone().filter(|kinds| !kinds.is_empty());
    let organisation_kinds = narrowing.organisation_kinds.clone().filter(|kinds| !kinds.is_empty());
    let view = View::new(graph.reference::<NetworkSnapshot>(), graph.viewer.clone(), day(as_of.0));
    (view.narrowed(tie_kinds, organisation_kinds), as_of)
}

fn bounded(hops: Option<i32>) -> Result<u32> {
    match hops.unwrap_or(1) {
        hops if hops > MOST_HOPS => Err(Error::LimitExceeded {
            message: Message::new(
                format!("I passi sono al massimo {MOST_HOPS}; ne sono stati chiesti {hops}."),
                format!("There are at most {MOST_HOPS} hops; {hops} were asked for."),
            ),
            limit: MOST_HOPS as u64,
            requested: hops as u64,
        }),
        hops if hops < 1 => Err(Error::bad_input("\"hops\" deve essere almeno 1.", "\"hops\" must be at least 1.")),
        hops => Ok(hops as u32),
    }
}

/// The node that a caller's id names; `None` where there is none of these records.
fn find(snapshot: &NetworkSnapshot, id: &str) -> Result<Option<u32>> {
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

#[Object(use_type_description)]
impl Network {
    /// Data version that it shows, to be held against `dataVersion`: a change is here as soon as the network was read
    /// anew, as a rule within a second of its commit, later while changes come without end [versione dei dati].
    async fn version(&self) -> i64 {
        self.view.snapshot.version
    }

    /// The day.
    async fn as_of(&self) -> Date {
        self.as_of
    }

    /// Its nodes, always in the same order. Up to 1,000 when their records are asked for; else as many as
    /// make, with all such lists of the request, 32 MiB of JSON [nodi].
    async fn nodes(&self) -> FlatList<NetworkNode> {
        NetworkNode::list(&self.view, &self.found.nodes)
    }

    /// All ties among its nodes, always in the same order. Up to 1,000 when their records are asked for;
    /// else as many as make, with all such lists of the request, 32 MiB of JSON [legami].
    async fn edges(&self) -> FlatList<NetworkEdge> {
        NetworkEdge::list(&self.view, &self.found.ties)
    }

    /// How many nodes it has.
    async fn node_count(&self) -> usize {
        self.found.nodes.len()
    }

    /// How many ties it has.
    async fn edge_count(&self) -> usize {
        self.found.ties.len()
    }

    /// The same as a file: an address that ends after 5 minutes [esportazione]. A client needs the scope `network:export`.
    async fn export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How the file is written.")] format: Format,
    ) -> Result<NetworkExport> {
        NetworkExport::of(Graph::of(ctx), self.question(), format).await
    }
}
