//! All SQL of the network: one pass over the records, in one moment of the data.

use futures_util::TryStreamExt as _;
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::NetworkSnapshot;
use super::model::{NetworkNodeKind, TieKind, TieRecordKind};
use super::snapshot::{Builder, NodeRow, TieRow};
use crate::db::changes;

/// What the nodes are, in the order of their kinds; each by id.
const NODES: [(NetworkNodeKind, &str); 5] = [
    (
        NetworkNodeKind::Organisation,
        "select id, name, kind as organisation_kind, province_code, audience, valid_from, valid_until, is_synthetic
         from organisation order by id",
    ),
    (
        NetworkNodeKind::Province,
        "select node_id as id, name, null::text as organisation_kind, code as province_code, 0 as audience,
                valid_from, valid_until, false as is_synthetic
         from province order by node_id",
    ),
    (
        NetworkNodeKind::Project,
        "select id, title as name, null::text as organisation_kind, province_code, audience,
                starts_on as valid_from, ends_on as valid_until, is_synthetic
         from project where status <> 'rejected' order by id",
    ),
    (
        NetworkNodeKind::Agreement,
        "select id, title as name, null::text as organisation_kind, province_code, audience,
                valid_from, valid_until, is_synthetic
         from agreement order by id",
    ),
    (
        NetworkNodeKind::Intervention,
        "select i.id, i.title as name, null::text as organisation_kind, t.province_code, i.audience,
                coalesce(i.starts_on, t.period_from) as valid_from, coalesce(i.ends_on, t.period_until) as valid_until,
                i.is_synthetic
         from plan_intervention i join territorial_plan t on t.id = i.plan_id
         where t.status <> 'withdrawn' order by i.id",
    ),
];

/// From which records the ties follow.
const TIES: [(TieKind, TieRecordKind, &str); 11] = [
    (
        TieKind::Supervises,
        TieRecordKind::Organisation,
        "select p.id as from_id, o.id as to_id, o.id as record_id, o.audience, o.valid_from, o.valid_until,
                null::text as category, null::text as role, o.is_synthetic
         from organisation o join organisation p on p.id = o.parent_id where p.kind = 'central_authority'",
    ),
    (
        TieKind::CompetentFor,
        TieRecordKind::OfficeCompetence,
        "select c.office_id as from_id, p.node_id as to_id, c.id as record_id, 0 as audience, c.valid_from, c.valid_until,
                null::text as category, null::text as role, o.is_synthetic
         from office_competence c join province p on p.code = c.province_code join organisation o on o.id = c.office_id",
    ),
    (
        TieKind::Chairs,
        TieRecordKind::Organisation,
        "select c.office_id as from_id, c.organisation_id as to_id, c.organisation_id as record_id, 0 as audience,
                c.established_on as valid_from, null::date as valid_until,
                null::text as category, null::text as role, o.is_synthetic
         from council c join organisation o on o.id = c.organisation_id",
    ),
    (
        TieKind::MemberOf,
        TieRecordKind::CouncilSeat,
        "select organisation_id as from_id, council_id as to_id, id as record_id, audience, valid_from, valid_until,
                category, null::text as role, is_synthetic
         from council_seat",
    ),
    (
        TieKind::Leads,
        TieRecordKind::Project,
        "select lead_id as from_id, id as to_id, id as record_id, audience, starts_on as valid_from, ends_on as valid_until,
                null::text as category, null::text as role, is_synthetic
         from project",
    ),
    // The lead's own parts say again that it leads.
    (
        TieKind::PartnerIn,
        TieRecordKind::ProjectParticipation,
        "select w.organisation_id as from_id, w.project_id as to_id, w.id as record_id, w.audience,
                coalesce(w.valid_from, j.starts_on) as valid_from, coalesce(w.valid_until, j.ends_on) as valid_until,
                null::text as category, w.role, w.is_synthetic
         from project_participation w join project j on j.id = w.project_id
         where w.role not in ('programmer', 'contractor') and w.organisation_id <> j.lead_id",
    ),
    (
        TieKind::ContractedFor,
        TieRecordKind::ProjectParticipation,
        "select w.organisation_id as from_id, w.project_id as to_id, w.id as record_id, w.audience,
                coalesce(w.valid_from, j.starts_on) as valid_from, coalesce(w.valid_until, j.ends_on) as valid_until,
                null::text as category, w.role, w.is_synthetic
         from project_participation w join project j on j.id = w.project_id where w.role = 'contractor'",
    ),
    (
        TieKind::Funds,
        TieRecordKind::ProjectParticipation,
        "select w.organisation_id as from_id, w.project_id as to_id, w.id as record_id, w.audience,
                coalesce(w.valid_from, j.starts_on) as valid_from, coalesce(w.valid_until, j.ends_on) as valid_until,
                null::text as category, w.role, w.is_synthetic
         from project_participation w join project j on j.id = w.project_id
         where w.role = 'programmer' and j.status in ('funded', 'running', 'suspended', 'closed', 'revoked')",
    ),
    // The project's own key stands with the project, its end.
    (
        TieKind::Funds,
        TieRecordKind::FundingCall,
        "select c.issuer_id as from_id, j.id as to_id, c.id as record_id, c.audience,
                j.starts_on as valid_from, j.ends_on as valid_until, null::text as category, null::text as role,
                j.is_synthetic
         from project j join funding_call c on c.id = j.call_id
         where j.status in ('funded', 'running', 'suspended', 'closed', 'revoked')",
    ),
    (
        TieKind::SignatoryOf,
        TieRecordKind::AgreementParty,
        "select b.organisation_id as from_id, b.agreement_id as to_id, b.id as record_id, b.audience,
                greatest(b.signed_on, a.valid_from) as valid_from, least(b.withdrew_on, a.valid_until) as valid_until,
                null::text as category, null::text as role, b.is_synthetic
         from agreement_party b join agreement a on a.id = b.agreement_id",
    ),
    (
        TieKind::ResponsibleFor,
        TieRecordKind::PlanIntervention,
        "select i.responsible_id as from_id, i.id as to_id, i.id as record_id, i.audience,
                coalesce(i.starts_on, t.period_from) as valid_from, coalesce(i.ends_on, t.period_until) as valid_until,
                null::text as category, null::text as role, i.is_synthetic
         from plan_intervention i join territorial_plan t on t.id = i.plan_id where i.responsible_id is not null",
    ),
];

/// Reads the whole network in one repeatable-read transaction, row by row.
pub async fn snapshot(connection: &mut PgConnection) -> sqlx::Result<NetworkSnapshot> {
    let mut moment = connection.begin_with("begin isolation level repeatable read read only").await?;
    let version = changes::current_version(&mut moment).await?;
    let mut builder = Builder::default();
    for (kind, sql) in NODES {
        let mut rows = sqlx::query_as::<_, NodeRow>(sql).fetch(&mut *moment);
        while let Some(row) = rows.try_next().await? {
            builder.node(kind, row);
        }
    }
    for (kind, record_kind, sql) in TIES {
        let mut rows = sqlx::query_as::<_, TieRow>(sql).fetch(&mut *moment);
        while let Some(row) = rows.try_next().await? {
            builder.tie(kind, record_kind, row);
        }
    }
    let mut places =
        sqlx::query_as::<_, (Uuid, String)>("select project_id, province_code from project_place").fetch(&mut *moment);
    while let Some((project, province)) = places.try_next().await? {
        builder.project_place(project, &province);
    }
    drop(places);
    moment.commit().await?;
    Ok(builder.finish(version))
}
