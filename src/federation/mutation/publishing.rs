//! What a partner hands in: a subgraph, and further versions of it.

use async_graphql::{Context, ID, InputObject, Object};
use uuid::Uuid;

use super::offer::{Held, Offer, SubgraphTermsInput};
use super::{ATTEMPTS, On, central, is_moved, publication_payload, within};
use crate::access::{Action, Room};
use crate::deeds::given::line;
use crate::deeds::{self, Manner};
use crate::federation::document::{Beside, Facts, SubgraphDocument};
use crate::federation::life;
use crate::federation::loader::SchemaText;
use crate::federation::model::{SubgraphRow, SubgraphStatus};
use crate::federation::ownership::is_name;
use crate::federation::store;
use crate::federation::usage::Weighed;
use crate::graphql::mutation::{Flaws, answer};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, Outcome, Result, UserError};
use crate::locale::Message;
use crate::organisations::loader::OrganisationById;
use crate::organisations::model::Visibility;

/// A subgraph of the caller's organisation.
#[derive(InputObject)]
pub struct ProposeSubgraphInput {
    /// Its name, e.g. `servizi-lazio`, which says how its types and fields begin: 3 to 30 small letters, digits and single
    /// hyphens, a letter first. It never changes [nome].
    name: String,
    /// What it adds to the graph, in a few sentences [descrizione].
    description: String,
    /// Where its keepers are reached, e.g. a functional mailbox [contatto].
    contact: String,
    /// Where the service is: an address of the open network, with https [indirizzo del servizio].
    routing_url: String,
    /// Its schema, up to 512 KiB [SDL].
    sdl: String,
    /// What it may be sent of the hub's data [condizioni sui dati].
    terms: SubgraphTermsInput,
    /// How it is to be done. A dry run checks the schema and changes nothing.
    #[graphql(flatten)]
    manner: Manner,
}

/// A version of a subgraph; what is left out is as in the version approved last.
#[derive(InputObject)]
pub struct PublishSubgraphInput {
    /// Global id of the subgraph.
    subgraph_id: ID,
    /// Version of the record that the caller has read.
    expected_version: i32,
    /// Where the service is [indirizzo del servizio].
    routing_url: Option<String>,
    /// Its schema, up to 512 KiB [SDL].
    sdl: Option<String>,
    /// What it may be sent of the hub's data [condizioni sui dati].
    terms: Option<SubgraphTermsInput>,
    /// How it is to be done. A dry run checks the schema and changes nothing.
    #[graphql(flatten)]
    manner: Manner,
}

publication_payload! {
    /// What became of a new subgraph.
    ProposeSubgraphPayload,
    /// What became of a version.
    PublishSubgraphPayload,
}

/// What partners do about their subgraphs.
#[derive(Default)]
pub struct SubgraphPublication;

#[Object]
impl SubgraphPublication {
    /// Hands in a subgraph of one's organisation: held against the rules of ownership and against the graph at once, in the
    /// graph once the central department approves it with its terms [proposta di un sottografo]. By heads and administrators.
    async fn propose_subgraph(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The subgraph.")] input: ProposeSubgraphInput,
    ) -> Result<Option<ProposeSubgraphPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let owner = graph.viewer.organisation.unwrap_or_default();
            graph.allow_in((Action::ProposeSubgraph, Room::Federation), owner, None).await??;
            let row = new_subgraph(graph, &input).await?;
            let manner = input.manner.clone();
            let ready = proposal(graph, &row, input).await;
            let changes = changes(&ready);
            let told = deeds::make(ctx, (Action::ProposeSubgraph, &manner), owner, || {
                let (offer, _) = ready?;
                Ok(SubgraphDocument {
                    subgraph: row,
                    subgraph_version: vec![offer.version],
                    facts: Facts { central: central(graph), ..Facts::default() },
                    beside: Beside { sdl: Some(offer.sdl), joined: None },
                })
            });
            Ok(ProposeSubgraphPayload::of(told.await?, changes))
        })
        .await
    }

    /// Publishes a version of a subgraph. It stands in the graph at once where its terms and the place of its service are those
    /// approved, or narrower, and it breaks nothing that counts as used; otherwise it waits for the central department, and what
    /// is served stays [pubblicazione di una versione]. By heads and administrators of its organisation, and clients with
    /// `subgraph:write`.
    async fn publish_subgraph(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version.")] input: PublishSubgraphInput,
    ) -> Result<Option<PublishSubgraphPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let on = On(&input.subgraph_id, input.expected_version, &input.manner);
            let known = on.allowed(ctx, Action::PublishSubgraph).await?;
            let mut attempt = 1;
            loop {
                let ready = version(graph, &known, &input).await;
                let (changes, mut made) = (changes(&ready), None);
                let told = deeds::alter(ctx, on.deed(Action::PublishSubgraph)?, |subgraph: &mut SubgraphDocument| {
                    let (offer, held) = ready?;
                    let is_felt = held.changes.iter().any(Weighed::is_felt);
                    let asks = life::asks_approval(subgraph.approved(), &offer.version, is_felt);
                    life::hand_in(subgraph, offer.version, asks.is_empty())?;
                    made = asks.is_empty().then_some(held.joined);
                    subgraph.beside = Beside { sdl: Some(offer.sdl), joined: made.clone() };
                    Ok(())
                });
                match told.await {
                    Err(stop) if attempt < ATTEMPTS && is_moved(&stop) => attempt += 1,
                    told => return Ok(PublishSubgraphPayload::of(within(told?, made), changes)),
                }
            }
        })
        .await
    }
}

fn changes(ready: &Outcome<(Offer, Held)>) -> Vec<Weighed> {
    ready.as_ref().map(|(_, held)| held.changes.clone()).unwrap_or_default()
}

/// A first version, held against everything.
async fn proposal(graph: &Graph, row: &SubgraphRow, input: ProposeSubgraphInput) -> Outcome<(Offer, Held)> {
    // The other one may be hidden from the caller: it is not named.
    let is_taken = store::is_name_taken(&mut *graph.hub.database.upkeep().await?, &row.name).await?;
    let in_the_way = is_taken.then(|| {
        let message = Message::new(
            "Il nome è già preso, o un altro comincia allo stesso modo: non si saprebbe di chi sono i campi.",
            "The name is taken, or another begins like it: nobody could tell whose fields are whose.",
        );
        UserError::conflict("name", "NAME_TAKEN", message)
    });
    Flaws::default()
        .unless(
            is_name(&row.name),
            "name",
            "NAME_INVALID",
            "Il nome ha da 3 a 30 lettere minuscole, cifre e trattini singoli, comincia con una lettera e non è «hub».",
            "A name has 3 to 30 small letters, digits and single hyphens, begins with a letter and is not \"hub\".",
        )
        .and(in_the_way)
        .and(line(&row.description, "description"))
        .and(line(&row.contact, "contact"))
        .none()?;
    let offer = Offer::new(graph, (row.id, 1), (&input.routing_url, input.sdl), input.terms)?;
    let held = offer.hold(graph, row).await?;
    Ok((offer, held))
}

/// A further version, held against everything.
async fn version(graph: &Graph, known: &SubgraphDocument, input: &PublishSubgraphInput) -> Outcome<(Offer, Held)> {
    let last = known.approved().or(known.subgraph_version.last()).ok_or_else(|| UserError::not_found("subgraphId"))?;
    let sdl = match &input.sdl {
        Some(sdl) => sdl.clone(),
        None => graph.load(SchemaText(last.sdl_hash.clone())).await?.unwrap_or_default().to_string(),
    };
    let terms = input.terms.clone().unwrap_or_else(|| SubgraphTermsInput {
        fields: last.term_fields.clone(),
        purpose: last.term_purpose.clone(),
        until: Date(last.term_until),
    });
    let url = input.routing_url.as_deref().unwrap_or(&last.routing_url);
    let offer = Offer::new(graph, (known.subgraph.id, known.next_number()), (url, sdl), terms)?;
    let held = offer.hold(graph, &known.subgraph).await?;
    Ok((offer, held))
}

async fn new_subgraph(graph: &Graph, input: &ProposeSubgraphInput) -> Outcome<SubgraphRow> {
    let own = graph.viewer.organisation.unwrap_or_default();
    let owner = graph.load(OrganisationById(own)).await?.ok_or_else(|| UserError::not_found(""))?;
    Ok(SubgraphRow {
        id: Uuid::now_v7(),
        name: input.name.trim().to_owned(),
        organisation_id: own,
        owner_number: owner.number,
        description: input.description.trim().to_owned(),
        contact: input.contact.trim().to_owned(),
        status: SubgraphStatus::Proposed,
        withdrawn_on: None,
        withdrawal_reason: None,
        visibility: Visibility::Owner,
        group_number: None,
        audience: 0,
        is_synthetic: false,
        version: 1,
        updated_at: chrono::Utc::now(),
    })
}
