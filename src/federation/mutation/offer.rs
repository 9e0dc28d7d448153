//! A version of a subgraph as it is handed in, and all that is held against it before it may stand beside the others.

use std::collections::BTreeSet;

use async_graphql::InputObject;
use uuid::Uuid;

use crate::deeds::given::{line, required};
use crate::federation::composer::Obstacle;
use crate::federation::joining::{self, Joined, Standing};
use crate::federation::model::{Member, MemberRow, SubgraphRow, SubgraphVersionStatus, SupergraphCause, VersionRow};
use crate::federation::ownership::{self, Finding, Partner};
use crate::federation::store;
use crate::federation::usage::Weighed;
use crate::graphql::mutation::{Flaws, Stop};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, Outcome, UserError};
use crate::locale::Message;

/// Fields of the hub's that terms may name.
const MOST_TERMS: usize = 200;

/// What of the hub's data a subgraph may be sent [condizioni sui dati].
#[derive(InputObject, Clone)]
pub struct SubgraphTermsInput {
    /// Fields of the hub's that its resolvers may be sent besides global ids, e.g. `Municipality.code` [campi].
    #[graphql(default)]
    pub fields: Vec<String>,
    /// What they are used for [finalità].
    pub purpose: String,
    /// Last day [scadenza].
    pub until: Date,
}

/// A version that would stand in the graph: what it makes of it, and what that means to callers.
pub struct Held {
    pub joined: Joined,
    pub changes: Vec<Weighed>,
}

/// A new version of a subgraph with its text.
pub struct Offer {
    pub version: VersionRow,
    pub sdl: String,
}

impl Offer {
    /// # Errors
    /// `ADDRESS_INVALID`, `ADDRESS_PRIVATE`, `TERM_UNKNOWN`, `TERMS_OVER`, `LINE_REQUIRED`: all of them at once.
    pub fn new(
        graph: &Graph,
        (subgraph, number): (Uuid, i32),
        (routing_url, sdl): (&str, String),
        terms: SubgraphTermsInput,
    ) -> Outcome<Self> {
        let setup = joining::setup(&graph.hub)?;
        let url = setup.neighbourhood.read(routing_url, "routingUrl");
        let fields: BTreeSet<String> = terms.fields.iter().map(|field| field.trim().to_owned()).collect();
        let unknown = fields.iter().find(|field| !setup.schema().has(field)).map(|field| {
            let message =
                Message::new(format!("L'hub non ha il campo «{field}»."), format!("The hub has no field \"{field}\"."));
            UserError::invalid("terms.fields", "TERM_UNKNOWN", message)
        });
        Flaws::default()
            .and(url.as_ref().err().cloned())
            .and(unknown)
            .unless(
                fields.len() <= MOST_TERMS,
                "terms.fields",
                "TOO_MANY_TERMS",
                "I campi sono al massimo 200.",
                "There are 200 fields at the most.",
            )
            .and(line(&terms.purpose, "terms.purpose"))
            .unless(
                terms.until.0 >= graph.today,
                "terms.until",
                "TERMS_OVER",
                "Le condizioni sui dati sono già scadute.",
                "Its terms have ended already.",
            )
            .none()?;
        let version = VersionRow {
            id: Uuid::now_v7(),
            subgraph_id: subgraph,
            number,
            routing_url: url?.to_string(),
            sdl_hash: store::hash(&sdl),
            term_fields: fields.into_iter().collect(),
            term_purpose: required(&terms.purpose, "terms.purpose")?,
            term_until: terms.until.0,
            status: SubgraphVersionStatus::Proposed,
            submitted_on: graph.today,
            decided_on: None,
            decision_reason: None,
        };
        Ok(Self { version, sdl })
    }

    /// Holds it against the rules of ownership and against what stands.
    ///
    /// # Errors
    /// Each finding, by its rule; `DOES_NOT_COMPOSE`.
    pub async fn hold(&self, graph: &Graph, subgraph: &SubgraphRow) -> Outcome<Held> {
        let (name, terms, sdl) = (subgraph.name.clone(), self.version.term_fields.clone(), self.sdl.clone());
        let setup = joining::setup(&graph.hub)?;
        let findings = joining::in_turn(move || {
            let terms = terms.into_iter().collect();
            Ok(ownership::check(setup.schema(), &Partner { name: &name, terms: &terms }, &sdl))
        });
        let findings = findings.await?;
        if !findings.is_empty() {
            return Err(Stop::Refused(findings.into_iter().take(MOST_TOLD).map(refused).collect()));
        }
        let before = Standing::read(&graph.hub, None, graph.today).await?;
        let after = before.clone().with(subgraph.id, Some(self.member(subgraph)));
        let joined = Joined::compose(&graph.hub, &after, SupergraphCause::Publication, None).await?;
        let joined = joined.map_err(|obstacles| obstructed(obstacles, "sdl"))?;
        let changes = joined.changes(&graph.hub, before.row.as_ref(), graph.today).await?;
        Ok(Held { joined, changes })
    }

    fn member(&self, subgraph: &SubgraphRow) -> Member {
        let row = MemberRow {
            number: 0,
            subgraph_id: subgraph.id,
            version_id: self.version.id,
            name: subgraph.name.clone(),
            version_number: self.version.number,
            organisation_id: subgraph.organisation_id,
        };
        let (url, sdl, until) = (self.version.routing_url.clone(), self.sdl.clone(), self.version.term_until);
        Member { row, url, sdl, until }
    }
}

/// Findings and obstacles that one answer tells.
const MOST_TOLD: usize = 100;

fn refused(finding: Finding) -> UserError {
    let Finding { rule, line, column, subject, message: Message { it, en } } = finding;
    let subject = if subject.is_empty() { subject } else { format!("{subject}: ") };
    let message = Message::new(
        format!("riga {line}, colonna {column}: {subject}{it}"),
        format!("line {line}, column {column}: {subject}{en}"),
    );
    UserError::invalid("sdl", &rule.as_str().to_uppercase(), message)
}

/// Why a graph does not compose, as refusals; the library's words are English.
pub fn obstructed(obstacles: Vec<Obstacle>, field: &str) -> Stop {
    let told = |obstacle: Obstacle| {
        let text = match obstacle.code {
            Some(code) => format!("{code}: {}", obstacle.message),
            None => obstacle.message,
        };
        let message = Message::new(
            format!("Non si compone con il grafo: {text}"),
            format!("It does not compose with the graph: {text}"),
        );
        UserError::invalid(field, "DOES_NOT_COMPOSE", message)
    };
    Stop::Refused(obstacles.into_iter().take(MOST_TOLD).map(told).collect())
}
