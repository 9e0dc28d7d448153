use std::sync::Arc;

use async_graphql::{Description, ID, Object, SimpleObject};

use super::{Network, NetworkEdge, NetworkNode, node, question};
use crate::graphql::flat::{Flat, FlatList, Writer, json};
use crate::graphql::{Error, Result};
use crate::locale::Message;
use crate::network::affiliation::{Affiliation, TwoMode};
use crate::network::analysis::brokerage::Roles;
use crate::network::analysis::projection::{ProjectionError, SharedCount};
use crate::network::study::study;
use crate::network::view::View;

/// Bodies on one side, on the other what they take part in [rete bimodale].
#[derive(Description)]
pub struct NetworkTwoMode {
    view: Arc<View>,
    two_mode: Arc<TwoMode>,
}

/// Two bodies and how much both take part in [legame di compartecipazione].
#[derive(Description)]
pub struct SharedTie {
    view: Arc<View>,
    one: u32,
    other: u32,
    count: u32,
}

/// A body that stands between others [intermediario]. Each number counts pairs of bodies that have nothing in common
/// themselves, and both have something in common with this one.
#[derive(SimpleObject)]
pub struct NetworkBroker {
    /// The body.
    node: NetworkNode,
    /// All pairs.
    total: u64,
    /// Both of the broker's own level of governance [coordinatore].
    coordinator: u64,
    /// One of the broker's level, the other of another: it stands between the two levels [gatekeeper, rappresentante].
    representative: u64,
    /// Both of one level, the broker of another [consulente].
    consultant: u64,
    /// All three of different levels [collegamento].
    liaison: u64,
}

impl NetworkTwoMode {
    pub fn of(network: &Network, through: Option<Vec<Affiliation>>) -> Self {
        let through = through.filter(|kinds| !kinds.is_empty());
        let through = through.as_deref().unwrap_or(Affiliation::ALL);
        let two_mode = TwoMode::of(&network.view.snapshot, &network.found, through);
        Self { view: network.view.clone(), two_mode: Arc::new(two_mode) }
    }
}

impl NetworkBroker {
    pub async fn list(network: &Network, first: i32) -> Result<Vec<Self>> {
        let first = question::first(first, 100)?;
        let brokers = network.shape().brokers(&network.view).await?;
        let roles = brokers.roles.as_ref().map_err(|error| refused(*error))?;
        // Without direction who speaks for one level also lets in the other: both roles count the same pairs.
        let pairs = |roles: &Roles| roles.coordinator + roles.representative + roles.consultant + roles.liaison;
        let mut ranked: Vec<(u32, Roles)> =
            brokers.bodies.iter().copied().zip(roles.iter().copied()).filter(|(_, roles)| pairs(roles) > 0).collect();
        ranked.sort_by_key(|(_, roles)| std::cmp::Reverse(pairs(roles)));
        let broker = |(index, roles): (u32, Roles)| Self {
            node: NetworkNode { view: network.view.clone(), index },
            total: pairs(&roles),
            coordinator: roles.coordinator,
            representative: roles.representative,
            consultant: roles.consultant,
            liaison: roles.liaison,
        };
        Ok(ranked.into_iter().take(first).map(broker).collect())
    }
}

fn refused(error: ProjectionError) -> Error {
    match error {
        ProjectionError::Stopped(stopped) => stopped.into(),
        ProjectionError::TooManyPairs { limit } => Error::LimitExceeded {
            message: Message::new(
                format!(
                    "Più di {limit} coppie di enti hanno qualcosa in comune: restringere la rete (una provincia, una \
                     regione) o chiedere meno tipi di partecipazione."
                ),
                format!(
                    "More than {limit} pairs of bodies have something in common: narrow the network (a province, a \
                     region) or ask for fewer kinds of taking part."
                ),
            ),
            limit: limit as u64,
            requested: limit as u64 + 1,
        },
    }
}

impl Flat for SharedTie {
    fn writer(field: &str) -> Option<Writer<Self>> {
        Some(match field {
            "one" => |tie, out| node::write_id(tie.view.snapshot.node(tie.one), out),
            "other" => |tie, out| node::write_id(tie.view.snapshot.node(tie.other), out),
            "sharedCount" => |tie, out| json(out, &tie.count),
            _ => return None,
        })
    }
}

#[Object(use_type_description)]
impl SharedTie {
    /// Global id of the one body.
    async fn one(&self) -> ID {
        node::node_id(self.view.snapshot.node(self.one)).id()
    }

    /// Global id of the other.
    async fn other(&self) -> ID {
        node::node_id(self.view.snapshot.node(self.other)).id()
    }

    /// How many projects, councils, agreements and interventions both take part in.
    async fn shared_count(&self) -> u32 {
        self.count
    }
}

#[Object(use_type_description)]
impl NetworkTwoMode {
    /// The bodies [enti].
    async fn bodies(&self) -> FlatList<NetworkNode> {
        NetworkNode::list(&self.view, &self.two_mode.bodies)
    }

    /// What they take part in [affiliazioni].
    async fn affiliations(&self) -> FlatList<NetworkNode> {
        NetworkNode::list(&self.view, &self.two_mode.affiliations)
    }

    /// Who takes part in what [legami].
    async fn edges(&self) -> FlatList<NetworkEdge> {
        NetworkEdge::list(&self.view, &self.two_mode.ties)
    }

    /// The bodies alone: each two that take part in the same, with how much they share [proiezione].
    ///
    /// Errors: `LIMIT_EXCEEDED` where more than 500,000 pairs share something.
    async fn projection(
        &self,
        #[graphql(desc = "Only pairs that share at least so much.", default = 1)] at_least: u32,
    ) -> Result<FlatList<SharedTie>> {
        let (view, two_mode) = (self.view.clone(), self.two_mode.clone());
        let shared = study(move |deadline| match two_mode.shared(&view.snapshot, deadline) {
            Err(ProjectionError::Stopped(stopped)) => Err(stopped),
            other => Ok(other),
        });
        let shared = shared.await?.map_err(refused)?;
        let tie = |pair: SharedCount| SharedTie {
            view: self.view.clone(),
            one: self.two_mode.bodies[pair.one as usize],
            other: self.two_mode.bodies[pair.other as usize],
            count: pair.count,
        };
        Ok(FlatList(shared.into_iter().filter(|pair| pair.count >= at_least).map(tie).collect()))
    }
}
