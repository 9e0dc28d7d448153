//! What changes agreements. Each goes the way of every deed; what is particular to it is in the room's model.

mod drafts;
mod signing;

use async_graphql::ID;

pub use drafts::AgreementDrafting;
pub use signing::AgreementSteps;

use super::document::AGREEMENT;
use crate::access::Action;
use crate::deeds::{Deed, Manner};
use crate::graphql::Outcome;
use crate::graphql::mutation::record;

/// Which agreement, as the caller has read it, and how.
struct On<'a>(&'a ID, i32, &'a Manner);

impl<'a> On<'a> {
    fn deed(&self, action: Action, is_step: bool) -> Outcome<Deed<'a>> {
        let record = (record(AGREEMENT, self.0, "agreementId")?, "agreementId");
        Ok(Deed { action, manner: self.2, record, expected: self.1, is_step })
    }
}
