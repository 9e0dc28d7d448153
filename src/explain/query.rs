//! `explain`

use async_graphql::{Context, ID, Object, SimpleObject};
use uuid::Uuid;

use crate::access::{Action, Room, rules};
use crate::accounts::loader::{DelegationById, InvitationById, MembershipById};
use crate::accounts::model::{DELEGATION, INVITATION, MEMBERSHIP};
use crate::agreements::loader::AgreementById;
use crate::agreements::query::AGREEMENT;
use crate::clients::loader::ClientById;
use crate::clients::model::CLIENT;
use crate::councils::Councils;
use crate::graphql::{Error, Graph, NodeId, Result, UserError};
use crate::organisations::loader as organisations;
use crate::organisations::query::NODE as ORGANISATION;
use crate::plans::loader::PlanById;
use crate::plans::query::PLAN;
use crate::projects::loader::ProjectById;
use crate::projects::query::PROJECT;

/// Whether the caller may do something, and by which rule [spiegazione].
#[derive(SimpleObject)]
pub struct Explanation {
    /// Whether the rules let the caller do it; the thing's own state may still stand in the way [consentito].
    allowed: bool,
    /// Stable code of the rule that allows or refuses it, e.g. `ROLE` or `ROLE_REQUIRED`; `NOT_FOUND` where there is no
    /// such record, or the caller may not see it [regola].
    rule: String,
    /// The rule, for people: why it is allowed, or what it would take [motivo].
    reason: String,
}

/// Why the caller may do what.
#[derive(Default)]
pub struct ExplainQuery;

#[Object]
impl ExplainQuery {
    /// Whether the caller may do an action, and which rule allows or refuses it; nothing is done, and nothing is written into the
    /// audit [spiegazione].
    async fn explain(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What would be done.")] action: Action,
        #[graphql(
            desc = "Global id of what it would be done to: an organisation, a client, membership, invitation or \
                          delegation, a plan, project or agreement; when left out, the organisation that the caller \
                          acts for."
        )]
        on: Option<ID>,
    ) -> Result<Explanation> {
        let graph = Graph::of(ctx);
        let (owner, room) = match on {
            None => (graph.viewer.organisation, None),
            Some(id) => match owner(graph, &NodeId::parse(&id)?).await? {
                Some((owner, room)) => (Some(owner), room),
                None => {
                    let UserError { rule, message, .. } = UserError::not_found("");
                    return Ok(Explanation { allowed: false, rule, reason: message });
                }
            },
        };
        Ok(match rules::may_in(&graph.viewer, action, room, owner) {
            Ok(grant) => Explanation { allowed: true, rule: grant.code().into(), reason: grant.message().to_string() },
            Err(refusal) => {
                Explanation { allowed: false, rule: refusal.code().into(), reason: refusal.message().to_string() }
            }
        })
    }
}

/// The organisation that a record belongs to, and its room where callers draft in it; `None` where the caller sees no such
/// record.
async fn owner(graph: &Graph, id: &NodeId) -> Result<Option<(Uuid, Option<Room>)>> {
    let key = id.as_uuid()?;
    let owner = match id.kind.as_str() {
        ORGANISATION => organisations::organisation(graph, key).await?.map(|it| it.id),
        CLIENT => graph.load(ClientById(key)).await?.map(|it| it.organisation_id),
        MEMBERSHIP => graph.load(MembershipById(key)).await?.map(|it| it.organisation_id),
        INVITATION => graph.load(InvitationById(key)).await?.map(|it| it.organisation_id),
        DELEGATION => graph.load(DelegationById(key)).await?.map(|it| it.office_id),
        PLAN => graph.load(PlanById(key)).await?.map(|it| it.office_id),
        PROJECT => graph.load(ProjectById(key)).await?.map(|it| it.row.lead_id),
        AGREEMENT => graph.load(AgreementById(key)).await?.map(|it| it.row.promoter_id),
        _ => {
            return Err(Error::bad_input(
                "Non è qualcosa che appartiene a un ente.",
                "This is nothing that belongs to an organisation.",
            ));
        }
    };
    let room = match id.kind.as_str() {
        PLAN => Some(Room::Plans),
        PROJECT => Some(Room::Projects),
        AGREEMENT => Some(Room::Agreements),
        ORGANISATION => graph.reference::<Councils>().council(key).map(|_| Room::Councils),
        _ => None,
    };
    Ok(owner.map(|owner| (owner, room)))
}
