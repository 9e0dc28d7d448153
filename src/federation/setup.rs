use std::sync::OnceLock;

use super::HUB;
use super::address::Neighbourhood;
use super::composer::{self, Failure, Part};
use super::ownership::HubSchema;
use super::partner::{DOOR, Way};
use super::store;
use super::usage::Recorder;

/// In place of the hub's address where a graph is composed and kept: which one routers need is a matter of the settings, and may be
/// another one tomorrow (RFC 2606: nobody has this name).
const ANYWHERE: &str = "http://hub.invalid";

/// What the registry needs of its surroundings: lent to the hub by whoever starts it.
pub struct Setup {
    /// Where routers reach the hub, without a slash at the end.
    hub_url: String,
    /// Where partners' services may be.
    pub neighbourhood: Neighbourhood,
    /// The way to them.
    pub partners: Way,
    /// Counts what is used.
    pub usage: Recorder,
    print: fn() -> String,
    own: OnceLock<Own>,
    alone: OnceLock<String>,
}

/// The hub's own subgraph.
struct Own {
    url: String,
    sdl: String,
    schema: HubSchema,
    hash: String,
}

impl Setup {
    /// `print` makes the hub's own subgraph, once it is needed.
    pub fn new(hub_url: impl Into<String>, neighbourhood: Neighbourhood, print: fn() -> String) -> Self {
        let partners = Way::new(neighbourhood.clone());
        let (usage, hub_url) = (Recorder::default(), hub_url.into());
        Self { hub_url, neighbourhood, partners, usage, print, own: OnceLock::new(), alone: OnceLock::new() }
    }

    /// The hub's own subgraph.
    pub fn own(&self) -> Part<'_> {
        let Own { url, sdl, .. } = self.made();
        Part { name: HUB, url, sdl }
    }

    /// Where routers ask a partner: at the hub's own door.
    pub fn door(&self, name: &str) -> String {
        format!("{ANYWHERE}{DOOR}{name}")
    }

    /// A graph as routers are served it: with the address at which they reach the hub.
    pub fn addressed(&self, graph: &str) -> String {
        graph.replace(ANYWHERE, &self.hub_url)
    }

    /// By what a router knows whether it has a graph: the hash of the text as it is kept, and the address in it.
    pub fn tag(&self, hash: &str) -> String {
        format!("\"{hash}@{}\"", self.hub_url)
    }

    /// What partners' schemas are held against.
    pub fn schema(&self) -> &HubSchema {
        &self.made().schema
    }

    /// The hash by which its text is known.
    pub fn own_hash(&self) -> &str {
        &self.made().hash
    }

    /// What callers see of the hub alone, composed once.
    ///
    /// # Errors
    /// The composer failed, or the hub's own subgraph does not compose.
    pub fn alone(&self) -> Result<&str, Failure> {
        if let Some(schema) = self.alone.get() {
            return Ok(schema);
        }
        match composer::compose(&[self.own()], None)? {
            Ok(alone) => Ok(self.alone.get_or_init(|| alone.schema)),
            Err(obstacles) => Err(Failure::Script(format!("the hub's own subgraph does not compose: {obstacles:?}"))),
        }
    }

    fn made(&self) -> &Own {
        self.own.get_or_init(|| {
            let sdl = (self.print)();
            let schema = HubSchema::read(&sdl).expect("the hub's schema is valid");
            Own { url: format!("{ANYWHERE}/graphql"), hash: store::hash(&sdl), schema, sdl }
        })
    }
}
