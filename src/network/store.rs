//! All SQL of the network: one pass over the records, or over those touched since, in one moment of the data.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Postgres, Transaction};
use uuid::Uuid;

use super::NetworkSnapshot;
use super::model::{NetworkNodeKind, TieKind, TieRecordKind};
use super::snapshot::{NodeRow, NodesBuilder, TieRow, Touched};
use crate::db::changes;

/// What the nodes are, in the order of their kinds: kind, records, and the column of their id.
const NODES: [(NetworkNodeKind, &str, &str); 5] = [
    (
        NetworkNodeKind::Organisation,
        "select id, name, kind as organisation_kind, province_code, audience, valid_from, valid_until,
                null::text as programme_code, null::uuid as plan_id, is_synthetic
         from organisation where true",
        "id",
    ),
    (
        NetworkNodeKind::Province,
        "select node_id as id, name, null::text as organisation_kind, code as province_code, 0 as audience,
                valid_from, valid_until, null::text as programme_code, null::uuid as plan_id, false as is_synthetic
         from province where true",
        "node_id",
    ),
    (
        NetworkNodeKind::Project,
        "select id, title as name, null::text as organisation_kind, province_code, audience,
                starts_on as valid_from, ends_on as valid_until, programme_code, null::uuid as plan_id, is_synthetic
         from project where status <> 'rejected'",
        "id",
    ),
    (
        NetworkNodeKind::Agreement,
        "select id, title as name, null::text as organisation_kind, province_code, audience,
                greatest(signed_on, valid_from) as valid_from, least(ended_on, valid_until) as valid_until,
                null::text as programme_code, null::uuid as plan_id, is_synthetic
         from agreement where status in ('in_force', 'ended')",
        "id",
    ),
    (
        NetworkNodeKind::Intervention,
        "select i.id, i.title as name, null::text as organisation_kind, t.province_code, i.audience,
                coalesce(i.starts_on, t.period_from) as valid_from, coalesce(i.ends_on, t.period_until) as valid_until,
                null::text as programme_code, i.plan_id, i.is_synthetic
         from plan_intervention i join territorial_plan t on t.id = i.plan_id
         where t.status <> 'withdrawn'",
        "i.id",
    ),
];

/// From which records the ties follow: kinds, records, and the columns of the ends with which they are read again.
const TIES: [(TieKind, TieRecordKind, &str, &[&str]); 12] = [
    (
        TieKind::Supervises,
        TieRecordKind::Organisation,
        "select p.id as from_id, o.id as to_id, o.id as record_id, o.audience, o.valid_from, o.valid_until,
                null::text as category, null::text as role, o.is_synthetic
         from organisation o join organisation p on p.id = o.parent_id where p.kind = 'central_authority'",
        &["o.id"],
    ),
    (
        TieKind::CompetentFor,
        TieRecordKind::OfficeCompetence,
        "select c.office_id as from_id, p.node_id as to_id, c.id as record_id, 0 as audience, c.valid_from, c.valid_until,
                null::text as category, null::text as role, o.is_synthetic
         from office_competence c join province p on p.code = c.province_code join organisation o on o.id = c.office_id
         where true",
        &["p.node_id"],
    ),
    (
        TieKind::Chairs,
        TieRecordKind::Organisation,
        "select c.office_id as from_id, c.organisation_id as to_id, c.organisation_id as record_id, 0 as audience,
                c.established_on as valid_from, null::date as valid_until,
                null::text as category, null::text as role, o.is_synthetic
         from council c join organisation o on o.id = c.organisation_id where true",
        &["c.organisation_id"],
    ),
    (
        TieKind::MemberOf,
        TieRecordKind::CouncilSeat,
        "select organisation_id as from_id, council_id as to_id, id as record_id, audience, valid_from, valid_until,
                category, null::text as role, is_synthetic
         from council_seat where true",
        &["council_id"],
    ),
    (
        TieKind::Leads,
        TieRecordKind::Project,
        "select lead_id as from_id, id as to_id, id as record_id, audience, starts_on as valid_from, ends_on as valid_until,
                null::text as category, null::text as role, is_synthetic
         from project where true",
        &["id"],
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
        &["w.project_id"],
    ),
    (
        TieKind::ContractedFor,
        TieRecordKind::ProjectParticipation,
        "select w.organisation_id as from_id, w.project_id as to_id, w.id as record_id, w.audience,
                coalesce(w.valid_from, j.starts_on) as valid_from, coalesce(w.valid_until, j.ends_on) as valid_until,
                null::text as category, w.role, w.is_synthetic
         from project_participation w join project j on j.id = w.project_id where w.role = 'contractor'",
        &["w.project_id"],
    ),
    (
        TieKind::Funds,
        TieRecordKind::ProjectParticipation,
        "select w.organisation_id as from_id, w.project_id as to_id, w.id as record_id, w.audience,
                coalesce(w.valid_from, j.starts_on) as valid_from, coalesce(w.valid_until, j.ends_on) as valid_until,
                null::text as category, w.role, w.is_synthetic
         from project_participation w join project j on j.id = w.project_id
         where w.role = 'programmer' and j.status in ('funded', 'running', 'suspended', 'closed', 'revoked')",
        &["w.project_id"],
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
        &["j.id"],
    ),
    // Once all have signed; who withdrew before that never was bound. An imported agreement's parties have signed it,
    // whether it says when or not.
    (
        TieKind::SignatoryOf,
        TieRecordKind::AgreementParty,
        "select b.organisation_id as from_id, b.agreement_id as to_id, b.id as record_id, b.audience,
                greatest(b.signed_on, a.signed_on, a.valid_from) as valid_from,
                least(b.withdrew_on, a.ended_on, a.valid_until) as valid_until,
                null::text as category, null::text as role, b.is_synthetic
         from agreement_party b join agreement a on a.id = b.agreement_id
         where a.status in ('in_force', 'ended') and (b.withdrew_on is null or a.signed_on is null
           or b.signed_on is not null and b.withdrew_on >= a.signed_on)",
        &["b.agreement_id"],
    ),
    (
        TieKind::ResponsibleFor,
        TieRecordKind::PlanIntervention,
        "select i.responsible_id as from_id, i.id as to_id, i.id as record_id, i.audience,
                coalesce(i.starts_on, t.period_from) as valid_from, coalesce(i.ends_on, t.period_until) as valid_until,
                null::text as category, null::text as role, i.is_synthetic
         from plan_intervention i join territorial_plan t on t.id = i.plan_id where i.responsible_id is not null",
        &["i.id"],
    ),
    // The project says which interventions it carries out; the intervention's plan has a key of its own.
    (
        TieKind::CarriesOut,
        TieRecordKind::Project,
        "select w.project_id as from_id, w.intervention_id as to_id, w.project_id as record_id, w.audience,
                null::date as valid_from, null::date as valid_until,
                null::text as category, null::text as role, j.is_synthetic
         from project_intervention w join project j on j.id = w.project_id where true",
        &["w.intervention_id", "w.project_id"],
    ),
];

/// Where projects work besides.
const PLACES: &str = "select project_id, province_code from project_place where true";

/// A touch older than this is known to every hub, or the hub reads everything.
const REMEMBERED: Duration = Duration::from_secs(12 * 3600);

/// Reads the whole network in one repeatable-read transaction, row by row.
pub async fn snapshot(connection: &mut PgConnection) -> sqlx::Result<NetworkSnapshot> {
    let mut moment = moment(connection).await?;
    let snapshot = read(&mut moment, &NetworkSnapshot::empty(), None).await?;
    moment.commit().await?;
    sqlx::query("delete from network_touch where touched_at < now() - $1::interval")
        .bind(format!("{} seconds", 2 * REMEMBERED.as_secs()))
        .execute(connection)
        .await?;
    Ok(snapshot)
}

/// Reads what was touched since a snapshot, in a moment of its own; everything where that cannot be told.
pub async fn amended(connection: &mut PgConnection, old: &NetworkSnapshot) -> sqlx::Result<NetworkSnapshot> {
    if old.read_at.elapsed() > REMEMBERED {
        return snapshot(connection).await;
    }
    let mut moment = moment(connection).await?;
    let touched = sqlx::query_as::<_, (Option<NetworkNodeKind>, Option<Uuid>)>(
        "select distinct node_kind, node_id from network_touch
         where xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(xid, $1::pg_snapshot)",
    )
    .bind(&*old.moment)
    .fetch_all(&mut *moment)
    .await?;
    let touched: Option<Touched> = touched.into_iter().map(|(kind, id)| kind.zip(id)).collect();
    let snapshot = match touched {
        Some(touched) => read(&mut moment, old, Some(&touched)).await?,
        None => read(&mut moment, &NetworkSnapshot::empty(), None).await?,
    };
    moment.commit().await?;
    Ok(snapshot)
}

/// Notes that everything was touched: the next renewal reads the network in full.
pub async fn touch_all(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("insert into network_touch default values").execute(connection).await?;
    Ok(())
}

async fn moment(connection: &mut PgConnection) -> sqlx::Result<Transaction<'_, Postgres>> {
    connection.begin_with("begin isolation level repeatable read read only").await
}

/// Reads the touched records, or all for `None`, as they stand in this transaction.
async fn read(
    moment: &mut PgConnection,
    old: &NetworkSnapshot,
    touched: Option<&Touched>,
) -> sqlx::Result<NetworkSnapshot> {
    let version = changes::current_version(moment).await?;
    let shown: String = sqlx::query_scalar("select pg_current_snapshot()::text").fetch_one(&mut *moment).await?;
    if touched.is_some_and(Touched::is_empty) {
        return Ok(old.at(version, &shown));
    }
    let ids: Option<Vec<Uuid>> = touched.map(|touched| touched.iter().map(|(_, id)| *id).collect());
    let none = Touched::new();
    let touched = touched.unwrap_or(&none);
    let mut builder = NodesBuilder::over(old, touched);
    for (kind, sql, id) in NODES {
        let sql = format!("{} order by {id}", touching(sql, &[id], &ids));
        let mut rows = sqlx::query_as::<_, NodeRow>(AssertSqlSafe(sql)).bind(&ids).fetch(&mut *moment);
        while let Some(row) = rows.try_next().await? {
            builder.node(kind, row);
        }
    }
    let mut builder = builder.ties();
    for (kind, record_kind, sql, ends) in TIES {
        let sql = touching(sql, ends, &ids);
        let mut rows = sqlx::query_as::<_, TieRow>(AssertSqlSafe(sql)).bind(&ids).fetch(&mut *moment);
        while let Some(row) = rows.try_next().await? {
            builder.tie(kind, record_kind, row);
        }
    }
    let sql = touching(PLACES, &["project_id"], &ids);
    let mut places = sqlx::query_as::<_, (Uuid, String)>(AssertSqlSafe(sql)).bind(&ids).fetch(&mut *moment);
    while let Some((project, province)) = places.try_next().await? {
        builder.project_place(project, &province);
    }
    Ok(builder.finish(version, &shown))
}

/// Only the rows of which one of these columns names a touched record; all rows where all are read.
fn touching(sql: &str, columns: &[&str], ids: &Option<Vec<Uuid>>) -> String {
    let condition = match ids {
        Some(_) => columns.iter().map(|column| format!("{column} = any($1)")).collect::<Vec<_>>().join(" or "),
        None => "$1::uuid[] is null".into(),
    };
    format!("{sql} and ({condition})")
}
