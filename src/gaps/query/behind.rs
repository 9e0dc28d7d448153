//! The records that a gap is about and those that show it; all read under the caller's rights, batched for a page.

use futures_util::future::try_join_all;
use uuid::Uuid;

use crate::agreements::query::AGREEMENT;
use crate::councils::loader::SeatsOfCouncil;
use crate::councils::model::{SeatCategory, SeatRole};
use crate::councils::query::SEAT;
use crate::gaps::loader::PlansInForce;
use crate::gaps::model::{CoordinationGapKind, Detail, Gap};
use crate::gaps::network::Reading;
use crate::graphql::{Graph, NodeId, Result};
use crate::network::model::NetworkNodeKind;
use crate::organisations::query as organisations;
use crate::plans::loader::{InterventionById, InterventionsOfPriority, NeedById, PrioritiesOfNeed, PriorityById};
use crate::plans::query as plans;
use crate::projects::loader::ProjectById;
use crate::projects::query::PROJECT;
use crate::relay::query::{self as relay, Node};

/// Records that show a gap, at the most.
const MOST: usize = 20;

fn body(id: Uuid) -> NodeId {
    NodeId::new(organisations::NODE, id)
}

/// The record that a gap is about.
pub fn subject(gap: &Gap) -> NodeId {
    let kind = match gap.kind {
        CoordinationGapKind::NeedWithoutActor => plans::NEED,
        CoordinationGapKind::InterventionWithoutProject => plans::INTERVENTION,
        CoordinationGapKind::ProjectOutsidePlan => PROJECT,
        CoordinationGapKind::EmptySeat
        | CoordinationGapKind::IsolatedOrganisation
        | CoordinationGapKind::ProvinceOnOneBroker
        | CoordinationGapKind::OfficeWithoutExchange => organisations::NODE,
    };
    NodeId::new(kind, gap.subject)
}

/// The records that show it, those of them that the caller may see.
pub async fn evidence(graph: &Graph, gap: &Gap, reading: &Reading) -> Result<Vec<Node>> {
    let ids = shown_by(graph, gap, reading).await?;
    let found = try_join_all(ids.iter().map(|id| relay::node(graph, id))).await?;
    Ok(found.into_iter().flatten().collect())
}

/// Reads what a page of gaps needs level by level, each in one statement a kind of record. Left to the gaps themselves, a
/// second load of each would be no batch: many siblings come through the first one by one.
pub async fn gather(graph: &Graph, gaps: &[Gap], reading: &Reading, with_evidence: bool) -> Result<()> {
    let subjects: Vec<_> = gaps.iter().map(subject).collect();
    try_join_all(subjects.iter().map(|id| relay::node(graph, id))).await?;
    let mut ids: Vec<NodeId> =
        try_join_all(gaps.iter().map(|gap| named_in(graph, gap, reading))).await?.into_iter().flatten().collect();
    if with_evidence {
        let needs = gaps.iter().filter(|gap| gap.kind == CoordinationGapKind::NeedWithoutActor);
        try_join_all(needs.map(|gap| graph.load(PrioritiesOfNeed(gap.subject)))).await?;
        ids.extend(try_join_all(gaps.iter().map(|gap| shown_by(graph, gap, reading))).await?.into_iter().flatten());
    }
    try_join_all(ids.iter().map(|id| relay::node(graph, id))).await?;
    Ok(())
}

/// The record beside its own that a gap's sentence names.
async fn named_in(graph: &Graph, gap: &Gap, reading: &Reading) -> Result<Option<NodeId>> {
    let plan = |id| NodeId::new(plans::PLAN, id);
    Ok(match gap.kind {
        CoordinationGapKind::NeedWithoutActor => {
            graph.load(NeedById(gap.subject)).await?.map(|need| plan(need.plan_id))
        }
        CoordinationGapKind::InterventionWithoutProject => {
            graph.load(InterventionById(gap.subject)).await?.map(|found| plan(found.row.plan_id))
        }
        CoordinationGapKind::IsolatedOrganisation => {
            reading.last_work(gap.subject).and_then(|(_, kind, id)| work(kind, id))
        }
        _ => None,
    })
}

async fn shown_by(graph: &Graph, gap: &Gap, reading: &Reading) -> Result<Vec<NodeId>> {
    let mut ids = match gap.kind {
        CoordinationGapKind::NeedWithoutActor => of_need(graph, gap.subject).await?,
        CoordinationGapKind::InterventionWithoutProject => of_intervention(graph, gap.subject).await?,
        CoordinationGapKind::ProjectOutsidePlan => of_project(graph, gap, reading).await?,
        CoordinationGapKind::EmptySeat => of_seat(graph, gap, reading).await?,
        CoordinationGapKind::IsolatedOrganisation => {
            reading.last_work(gap.subject).into_iter().filter_map(|(_, kind, id)| work(kind, id)).collect()
        }
        CoordinationGapKind::ProvinceOnOneBroker => match &gap.detail {
            Detail::Broker { dependents, .. } => dependents.iter().take(MOST).map(|id| body(*id)).collect(),
            _ => Vec::new(),
        },
        CoordinationGapKind::OfficeWithoutExchange => {
            let works = reading.works(gap.subject).into_iter().take(MOST);
            works.filter_map(|(kind, id)| work(kind, id)).collect()
        }
    };
    ids.truncate(MOST);
    Ok(ids)
}

fn work(kind: NetworkNodeKind, id: Uuid) -> Option<NodeId> {
    Some(match kind {
        NetworkNodeKind::Organisation => body(id),
        NetworkNodeKind::Project => NodeId::new(PROJECT, id),
        NetworkNodeKind::Agreement => NodeId::new(AGREEMENT, id),
        NetworkNodeKind::Intervention => NodeId::new(plans::INTERVENTION, id),
        _ => return None,
    })
}

async fn of_need(graph: &Graph, id: Uuid) -> Result<Vec<NodeId>> {
    let Some(need) = graph.load(NeedById(id)).await? else { return Ok(Vec::new()) };
    let priorities = graph.load(PrioritiesOfNeed(id)).await?;
    let priorities = priorities.as_deref().unwrap_or_default();
    let interventions = try_join_all(priorities.iter().map(|it| graph.load(InterventionsOfPriority(it.id)))).await?;
    let interventions = interventions.iter().flatten().flat_map(|found| found.iter().map(|it| it.row.id));
    let plan = NodeId::new(plans::PLAN, need.plan_id);
    let priorities = priorities.iter().map(|it| NodeId::new(plans::PRIORITY, it.id));
    Ok([plan]
        .into_iter()
        .chain(priorities)
        .chain(interventions.map(|it| NodeId::new(plans::INTERVENTION, it)))
        .collect())
}

async fn of_intervention(graph: &Graph, id: Uuid) -> Result<Vec<NodeId>> {
    let Some(found) = graph.load(InterventionById(id)).await? else { return Ok(Vec::new()) };
    let priority = graph.load(PriorityById(found.row.priority_id)).await?;
    let plan = NodeId::new(plans::PLAN, found.row.plan_id);
    let need = priority.iter().map(|it| NodeId::new(plans::NEED, it.need_id));
    let priority = priority.iter().map(|it| NodeId::new(plans::PRIORITY, it.id));
    Ok([plan].into_iter().chain(need).chain(priority).chain(found.row.responsible_id.map(body)).collect())
}

async fn of_project(graph: &Graph, gap: &Gap, reading: &Reading) -> Result<Vec<NodeId>> {
    let project = graph.load(ProjectById(gap.subject)).await?;
    let plans = try_join_all(gap.offices.iter().map(|office| graph.load(PlansInForce(*office, reading.day)))).await?;
    let plans = plans.iter().flatten().flat_map(|plans| plans.iter().map(|plan| NodeId::new(plans::PLAN, plan)));
    Ok(project.iter().map(|it| body(it.row.lead_id)).chain(plans).collect())
}

async fn of_seat(graph: &Graph, gap: &Gap, reading: &Reading) -> Result<Vec<NodeId>> {
    let wanted = |category: SeatCategory| matches!(gap.detail, Detail::Seats { category: of, .. } if of == category);
    let seats = graph.load(SeatsOfCouncil(gap.subject, None)).await?;
    let seats = seats.iter().flat_map(|seats| seats.iter().map(|seat| &seat.row));
    let mut seats: Vec<_> = seats
        .filter(|seat| seat.role == SeatRole::Member && wanted(seat.category) && seat.valid_from <= reading.day)
        .collect();
    let ended = |until: Option<chrono::NaiveDate>| until.filter(|until| *until < reading.day);
    seats.sort_by_key(|seat| (ended(seat.valid_until).map(std::cmp::Reverse), seat.valid_from, seat.id));
    Ok(seats.iter().map(|seat| NodeId::new(SEAT, seat.id)).collect())
}
