//! Network [rete di coordinamento]: who works with whom, on what, at any date.
//!
//! Nobody draws it: every tie follows from a record of another room and names it. All of it, of every date, is kept in
//! memory as one immutable [`NetworkSnapshot`] in compressed adjacency, made by one pass over the records; when they
//! change, another takes its place, for which only what was touched is read. It holds what not everybody may see: each
//! node and tie carries its record's audience key, and a [`view::View`] walks only over what its viewer may see, so that
//! the hidden neither appears, connects nor counts.
//!
//! Invariants: a tie holds on a day when its own validity and those of both its ends include the day; a viewer sees it
//! when they hold the key of its record and of both ends, exactly as row-level security decides for these records.
//! Tables owned: `network_touch`, written by triggers on the records' tables.

mod affiliation;
pub mod analysis;
mod difference;
pub mod export;
pub mod layout;
pub mod model;
mod news;
pub mod operator;
mod path;
mod provinces;
pub mod query;
mod shape;
mod snapshot;
pub mod store;
mod study;
mod timeline;
pub mod view;

use sqlx::PgConnection;

use crate::hub::Reference;
pub use analysis::{Deadline, Stopped};
pub use snapshot::{NetworkSnapshot, NodeRow, NodesBuilder, TieRow, Touched};
pub use view::{View, Wanted};

impl NetworkSnapshot {
    /// Runs an analysis of it apart from the requests, and waits for it.
    ///
    /// # Errors
    /// `TIMEOUT` when its time is up.
    pub async fn study<T: Send + 'static>(
        analysis: impl FnOnce(&Deadline) -> Result<T, Stopped> + Send + 'static,
    ) -> crate::graphql::Result<T> {
        study::study(analysis).await
    }
}

impl Reference for NetworkSnapshot {
    const TABLES: &'static [&'static str] = &[
        "organisation",
        "office_competence",
        "province",
        "council",
        "council_seat",
        "funding_call",
        "territorial_plan",
        "plan_intervention",
        "project",
        "project_participation",
        "project_place",
        "project_intervention",
        "agreement",
        "agreement_party",
    ];

    async fn load(connection: &mut PgConnection) -> sqlx::Result<Self> {
        store::snapshot(connection).await
    }

    async fn renewed(&self, connection: &mut PgConnection) -> sqlx::Result<Self> {
        store::amended(connection, self).await
    }
}
