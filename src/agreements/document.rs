//! An agreement with its parties, as deeds change it and as it stood at a time.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::{AgreementRow, AgreementStatus, PartyRow};
use crate::access::{Action, Room, Viewer};
use crate::deeds::{Aggregate, Group, Part};

/// Kinds of the global ids of agreements and of their parties.
pub const AGREEMENT: &str = "Agreement";
pub const PARTY: &str = "AgreementParty";

/// An agreement with its parties.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgreementDocument {
    pub agreement: Arc<AgreementRow>,
    pub agreement_party: Vec<Arc<PartyRow>>,
}

impl Aggregate for AgreementDocument {
    const KIND: &'static str = AGREEMENT;
    const ROOM: Room = Room::Agreements;
    const ROOT: &'static str = "agreement";
    const PARTS: &'static [Part] =
        &[Part { table: "agreement_party", kind: PARTY, key: &["id"], of: "agreement_id", order: "signed_on, id" }];

    fn id(&self) -> Uuid {
        self.agreement.id
    }

    fn version(&self) -> i32 {
        self.agreement.version
    }

    fn audience(&self) -> i32 {
        self.agreement.audience
    }

    fn owner_number(&self) -> i32 {
        self.agreement.owner_number
    }

    /// The promoter; each party signs and leaves for itself.
    fn owner(&self, action: Action, viewer: &Viewer) -> Uuid {
        let is_partys = matches!(action, Action::SignAgreement | Action::WithdrawFromAgreement);
        let party = viewer.organisation.filter(|own| is_partys && self.party(*own).is_some());
        party.unwrap_or(self.agreement.promoter_id)
    }

    /// The parties, from the day on which they are asked to sign.
    fn group(&mut self) -> Option<Group<'_>> {
        if self.agreement.status == AgreementStatus::Draft || self.agreement.opened_on.is_none() {
            return None;
        }
        let bodies = self.agreement_party.iter().map(|party| party.organisation_id).collect();
        Some(Group { number: &mut self.row().group_number, bodies, province: None })
    }
}

impl AgreementDocument {
    /// The agreement's own row, to be changed.
    pub fn row(&mut self) -> &mut AgreementRow {
        Arc::make_mut(&mut self.agreement)
    }

    /// The party that an organisation is.
    pub fn party(&self, organisation: Uuid) -> Option<&PartyRow> {
        self.agreement_party.iter().map(Arc::as_ref).find(|party| party.organisation_id == organisation)
    }

    /// The same, to be changed.
    pub fn party_mut(&mut self, organisation: Uuid) -> Option<&mut PartyRow> {
        let found = self.agreement_party.iter_mut().find(|party| party.organisation_id == organisation);
        found.map(Arc::make_mut)
    }

    /// The parties that have not left.
    pub fn standing(&self) -> impl Iterator<Item = &PartyRow> {
        self.agreement_party.iter().map(Arc::as_ref).filter(|party| party.withdrew_on.is_none())
    }
}
