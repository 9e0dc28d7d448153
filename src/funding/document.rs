//! A call as deeds change it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::CallRow;
use crate::access::{Action, Room, Viewer};
use crate::deeds::{Aggregate, Part};

/// A call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallDocument {
    pub funding_call: CallRow,
    #[serde(default, skip_serializing)]
    pub facts: Facts,
}

/// What changes of a call ask of the projects proposed to it, as far as the caller sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Facts {
    /// Proposals handed in.
    pub proposals: i64,
    /// Projects admitted.
    pub admitted: i64,
}

/// Kind of the global ids of calls.
pub const CALL: &str = "FundingCall";

impl Aggregate for CallDocument {
    const KIND: &'static str = CALL;
    const ROOM: Room = Room::Funding;
    const ROOT: &'static str = "funding_call";
    const PARTS: &'static [Part] = &[];
    const FACTS: Option<&'static str> = Some(
        "(select jsonb_build_object('proposals', count(*) filter (where j.status <> 'idea'),
             'admitted', count(*) filter (where j.status not in ('idea', 'proposed', 'rejected')))
           from project j where j.call_id = r.id)",
    );

    fn id(&self) -> Uuid {
        self.funding_call.id
    }

    fn version(&self) -> i32 {
        self.funding_call.version
    }

    fn audience(&self) -> i32 {
        self.funding_call.audience
    }

    fn owner_number(&self) -> i32 {
        self.funding_call.owner_number
    }

    fn owner(&self, _action: Action, _viewer: &Viewer) -> Uuid {
        self.funding_call.issuer_id
    }
}
