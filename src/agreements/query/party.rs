use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object};
use uuid::Uuid;

use super::{Agreement, PARTY, Told, agreement};
use crate::agreements::document::AgreementDocument;
use crate::agreements::loader::PartyById;
use crate::agreements::model::{Party, PartyRow};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, NodeId, Result};
use crate::organisations::query::{self as organisations, Organisation};

/// A body that is party to an agreement [parte firmataria].
#[derive(Description)]
pub struct AgreementParty(Party, Told);

impl AgreementParty {
    /// As it stands.
    pub fn of(party: Party) -> Self {
        Self(party, None)
    }

    /// As it stood at a time, or would stand.
    pub fn told(row: &PartyRow, agreement: &Arc<AgreementDocument>) -> Self {
        Self(Party { row: row.clone(), organisation: None }, Some(agreement.clone()))
    }
}

/// A party to an agreement by its id; `None` where the viewer may not see it.
pub async fn party(graph: &Graph, id: Uuid) -> Result<Option<AgreementParty>> {
    Ok(graph.load(PartyById(id)).await?.map(|party| AgreementParty::of((*party).clone())))
}

#[Object(use_type_description)]
impl AgreementParty {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeId::new(PARTY, self.0.row.id).id()
    }

    /// The agreement.
    async fn agreement(&self, ctx: &Context<'_>) -> Result<Option<Agreement>> {
        if let Some(told) = &self.1 {
            return Ok(Some(Agreement::told(told.clone())));
        }
        agreement(Graph::of(ctx), self.0.row.agreement_id).await
    }

    /// The body [ente]; null where the caller may not see it.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        match &self.1 {
            Some(_) => organisations::organisation(Graph::of(ctx), self.0.row.organisation_id).await,
            None => Ok(self.0.organisation.clone().map(Organisation::from)),
        }
    }

    /// Day on which it signed; null while it has not [adesione].
    async fn signed_on(&self) -> Option<Date> {
        self.0.row.signed_on.map(Date)
    }

    /// Day on which it withdrew, if it did [recesso].
    async fn withdrew_on(&self) -> Option<Date> {
        self.0.row.withdrew_on.map(Date)
    }

    /// Why it withdrew [motivo del recesso].
    async fn withdrawal_reason(&self) -> Option<&str> {
        self.0.row.withdrawal_reason.as_deref()
    }

    /// Whether this is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.0.row.is_synthetic
    }
}
