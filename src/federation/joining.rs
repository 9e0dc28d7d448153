//! How a supergraph comes to be: the hub's own subgraph and the partners' that take part, composed outside of any transaction,
//! and written down with the number after the one that it was composed from. Whoever composed from the same one meanwhile finds
//! the number taken, and nothing of what it did stands.

use std::sync::Arc;

use chrono::NaiveDate;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::composer::{self, Failure, Obstacle, Part};
use super::graphs::{self, Graphs};
use super::model::{Member, MemberRow, SupergraphCause, SupergraphRow};
use super::setup::Setup;
use super::store::{self, NewSupergraph};
use super::usage::{self, Weighed};
use crate::graphql::{Change, Error, Outcome, Result};
use crate::hub::Hub;

/// Compositions at one time: of the hub's whole schema each takes a core for seconds.
static TURNS: Semaphore = Semaphore::const_new(2);

/// What stands: the last supergraph with its members, of those that may still take part. Without any, the hub is alone.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    pub row: Option<SupergraphRow>,
    pub members: Vec<Member>,
    /// Whether terms of somebody are over who still stands in it.
    pub is_over: bool,
}

impl Standing {
    /// As the database has it, whoever asks; or the last one with the members of another.
    ///
    /// # Errors
    /// The database's.
    pub async fn read(hub: &Hub, like: Option<i32>, today: NaiveDate) -> Result<Self> {
        let mut connection = hub.database.upkeep().await?;
        let row = store::supergraph(&mut connection, None).await?;
        let of = like.or(row.as_ref().map(|row| row.number));
        let all = match of {
            Some(number) => store::whole_members(&mut connection, number).await?,
            None => Vec::new(),
        };
        let (members, over): (Vec<_>, Vec<_>) = all.into_iter().partition(|member| today <= member.until);
        Ok(Self { row, members, is_over: !over.is_empty() })
    }

    fn number(&self) -> i32 {
        self.row.as_ref().map_or(0, |row| row.number)
    }

    /// Without one of its members, or with another in its place.
    pub fn with(mut self, subgraph: Uuid, member: Option<Member>) -> Self {
        self.members.retain(|known| known.row.subgraph_id != subgraph);
        self.members.extend(member);
        self
    }
}

/// A supergraph that is composed and not written down yet.
#[derive(Clone, Debug)]
pub struct Joined {
    number: i32,
    cause: SupergraphCause,
    like_number: Option<i32>,
    hub: Arc<str>,
    graphs: Arc<Graphs>,
    members: Vec<MemberRow>,
}

impl Joined {
    /// Composes what shall stand after `standing`.
    ///
    /// # Errors
    /// The outer one: the composer failed. The inner one: why it does not compose.
    pub async fn compose(
        hub: &Hub,
        standing: &Standing,
        cause: SupergraphCause,
        like_number: Option<i32>,
    ) -> Result<Result<Self, Vec<Obstacle>>> {
        let setup = setup(hub)?;
        let (own, members) = (setup.clone(), standing.members.clone());
        let graphs = in_turn(move || {
            let doors: Vec<String> = members.iter().map(|member| own.door(&member.row.name)).collect();
            let partners = members.iter().zip(&doors);
            let partners = partners.map(|(member, url)| Part { name: &member.row.name, url, sdl: &member.sdl });
            graphs::compose(&std::iter::once(own.own()).chain(partners).collect::<Vec<_>>())
        });
        let graphs = graphs.await?;
        let number = standing.number() + 1;
        Ok(graphs.map(|graphs| Self {
            number,
            cause,
            like_number,
            hub: setup.own().sdl.into(),
            graphs: Arc::new(graphs),
            members: standing.members.iter().map(|member| MemberRow { number, ..member.row.clone() }).collect(),
        }))
    }

    /// The same, without those that stand in the way, who joined last first: the others' graph stands.
    ///
    /// # Errors
    /// The composer failed.
    pub async fn compose_what_fits(hub: &Hub, mut standing: Standing, cause: SupergraphCause) -> Result<Self> {
        loop {
            let obstacles = match Self::compose(hub, &standing, cause, None).await? {
                Ok(joined) => return Ok(joined),
                Err(obstacles) => obstacles,
            };
            let Some(left_out) = standing.members.pop() else {
                return Err(Error::Internal(Arc::new(Failure::Script(format!("{obstacles:?}")))));
            };
            tracing::error!(
                name = left_out.row.name,
                ?obstacles,
                "a subgraph does not compose any more and is left out"
            );
        }
    }

    pub fn number(&self) -> i32 {
        self.number
    }

    /// The version of a subgraph that takes part.
    pub fn version_of(&self, subgraph: Uuid) -> Option<Uuid> {
        self.members.iter().find(|member| member.subgraph_id == subgraph).map(|member| member.version_id)
    }

    /// How it differs for callers from what stands, and whether any of them would notice.
    ///
    /// # Errors
    /// The composer failed; the database's.
    pub async fn changes(&self, hub: &Hub, before: Option<&SupergraphRow>, today: NaiveDate) -> Result<Vec<Weighed>> {
        let before = match before {
            Some(row) => {
                let mut connection = hub.database.upkeep().await?;
                store::texts(&mut connection, std::slice::from_ref(&row.schema_hash)).await?.remove(&row.schema_hash)
            }
            None => None,
        };
        let (setup, graphs) = (setup(hub)?, self.graphs.clone());
        let changes = in_turn(move || {
            let before = match &before {
                Some(before) => before,
                None => setup.alone()?,
            };
            Ok(usage::trace(before, composer::compare(before, &graphs.schema)?))
        });
        usage::weigh(hub, today, changes.await?).await
    }

    /// Writes it down, within a change, with a member's schema that is not kept yet.
    ///
    /// # Errors
    /// `SUPERGRAPH_MOVED`: another was written meanwhile.
    pub async fn write(&self, writing: &mut Change<'_>, new_member: Option<&str>) -> Outcome<()> {
        Ok(store::insert_supergraph(writing.statement(), &self.told(new_member)).await?)
    }

    fn told<'a>(&'a self, new_member: Option<&'a str>) -> NewSupergraph<'a> {
        let Graphs { whole, public, institutional, schema } = &*self.graphs;
        NewSupergraph {
            number: self.number,
            cause: self.cause,
            like_number: self.like_number,
            texts: [&self.hub, whole, public, institutional, schema],
            new_member,
            members: &self.members,
        }
    }
}

/// What the hub was lent for its registry.
///
/// # Errors
/// It was lent nothing.
pub fn setup(hub: &Hub) -> Result<Arc<Setup>> {
    hub.provided::<Setup>().ok_or(Error::Unavailable)
}

/// Composes anew what does not fit any more: the hub's own subgraph is another, or somebody's terms are over.
///
/// # Errors
/// The database's, and the composer's.
pub async fn settle(hub: &Hub, today: NaiveDate) -> Result<()> {
    let setup = setup(hub)?;
    let standing = Standing::read(hub, None, today).await?;
    let is_old = match &standing.row {
        Some(row) if row.hub_hash == setup.own_hash() => false,
        Some(_) => !store::knows_hub(&mut *hub.database.upkeep().await?, setup.own_hash()).await?,
        None => true,
    };
    let cause = match (is_old, standing.is_over) {
        (true, _) => SupergraphCause::Hub,
        (false, true) => SupergraphCause::Terms,
        (false, false) => return Ok(()),
    };
    let joined = Joined::compose_what_fits(hub, standing, cause).await?;
    let mut writing = hub.database.write_for_hub().await?;
    match store::insert_supergraph(writing.connection(), &joined.told(None)).await {
        Ok(()) => Ok(writing.commit().await?),
        // Another hub was faster.
        Err(error) if error.as_database_error().is_some_and(|cause| cause.is_unique_violation()) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Lets the composer work when it is its turn, beside the requests.
pub async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> Result<T, Failure> + Send + 'static) -> Result<T> {
    let turn = TURNS.acquire().await.expect("never closed");
    let done = tokio::task::spawn_blocking(move || {
        // The turn lasts as long as the work, also where nobody waits for it any more.
        let _turn = turn;
        work()
    });
    let done = done.await;
    let failed = |error: Failure| Error::Internal(Arc::new(error));
    done.map_err(|error| failed(Failure::Script(error.to_string())))?.map_err(failed)
}
