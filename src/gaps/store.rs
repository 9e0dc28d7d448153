//! All SQL of the gaps: one statement for a day, and what stands behind a page of them.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use uuid::Uuid;

use super::model::{CoordinationGapKind, Detail, Gap, Scope};
use crate::access::audience::PUBLIC;
use crate::councils::model::{SeatCategory, SocialSide};
use crate::db::columns::grouped;
use crate::graphql::Result;
use crate::overview::model::OverviewBasis;

/// Columns of every kind: kind, record, offices, province, since, part, number, texts. `$1` is the day; `competent` says
/// which office a province's records belong to, `article_57` which seats a council needs, `$7` whose gaps are wanted;
/// `{public …}` is a condition on that audience where only public records count.
fn found(kind: CoordinationGapKind) -> Option<&'static str> {
    Some(match kind {
        CoordinationGapKind::NeedWithoutActor => {
            "select 'need_without_actor', n.id, array[t.office_id], t.province_code, greatest(t.period_from, t.adopted_on),
               null, (select count(*) from plan_priority y join plan_intervention i on i.priority_id = y.id
                      where y.need_id = n.id), null::text[]
             from plan_need n join territorial_plan t on t.id = n.plan_id
             where {in force t} {public n} {wanted t.office_id} and not exists (
               select from plan_priority y join plan_intervention i on i.priority_id = y.id
               where y.need_id = n.id and (i.responsible_id is not null or exists (
                 select from project_intervention l join project j on j.id = l.project_id
                 where l.intervention_id = i.id and {admitted j} {public j})))"
        }
        CoordinationGapKind::InterventionWithoutProject => {
            "select 'intervention_without_project', i.id, array[t.office_id], t.province_code,
               greatest(t.period_from, t.adopted_on), null, 0::bigint, null::text[]
             from plan_intervention i join territorial_plan t on t.id = i.plan_id
             where {in force t} {public i} {wanted t.office_id} and not exists (
               select from project_intervention l join project j on j.id = l.project_id
               where l.intervention_id = i.id and {admitted j} {public j})"
        }
        CoordinationGapKind::ProjectOutsidePlan => {
            "select 'project_outside_plan', j.id, array_remove(array_agg(distinct m.office_id), null), min(l.province_code),
               j.starts_on, null, 0::bigint, null::text[]
             from project j left join project_place l on l.project_id = j.id
               left join competent m on m.province_code = l.province_code
             where {admitted j} and j.starts_on <= $1 and (j.ends_on is null or j.ends_on >= $1) {public j}
               and not exists (
                 select from project_intervention x join plan_intervention i on i.id = x.intervention_id
                   join territorial_plan t on t.id = i.plan_id
                 where x.project_id = j.id and {adopted t} {public t})
             group by j.id having $7::uuid[] is null or array_agg(m.office_id) && $7"
        }
        CoordinationGapKind::EmptySeat => {
            "select 'empty_seat', c.organisation_id, array[c.office_id], c.province_code,
               coalesce(h.lapsed, c.established_on), r.category,
               greatest(r.required - coalesce(h.held, 0), r.sides - coalesce(h.sides, 0)), h.sides_held
             from council c join organisation b on b.id = c.organisation_id join organisation f on f.id = c.office_id
               cross join article_57 r left join (
               select s.council_id, s.category, count(*) filter (where s.is_held) as held,
                 count(distinct s.side) filter (where s.is_held) as sides,
                 array_agg(distinct s.side) filter (where s.is_held and s.side is not null) as sides_held,
                 max(s.valid_until) filter (where s.valid_until < $1) + 1 as lapsed
               from (
                 select s.*, s.valid_from <= $1 and (s.valid_until is null or s.valid_until >= $1) as is_held
                 from council_seat s where s.role = 'member' and s.valid_from <= $1 {public s}
               ) s group by s.council_id, s.category
             ) h on h.council_id = c.organisation_id and h.category = r.category
             where (c.established_on is null or c.established_on <= $1)
               and (b.valid_from is null or b.valid_from <= $1) and (b.valid_until is null or b.valid_until >= $1)
               and (f.valid_from is null or f.valid_from <= $1) and (f.valid_until is null or f.valid_until >= $1)
               {wanted c.office_id}
               and greatest(r.required - coalesce(h.held, 0), r.sides - coalesce(h.sides, 0)) > 0"
        }
        CoordinationGapKind::IsolatedOrganisation
        | CoordinationGapKind::ProvinceOnOneBroker
        | CoordinationGapKind::OfficeWithoutExchange => return None,
    })
}

/// Whether a plan is adopted by the day.
const ADOPTED: &str =
    "t.status in ('adopted', 'in_implementation', 'closed') and (t.adopted_on is null or t.adopted_on <= $1)";

/// Whether a plan is in force on the day, as the overview has it.
const IN_FORCE: &str = "{adopted t} and t.period_from <= $1 and t.period_until >= $1";

/// Whether a project is admitted or further; a revoked one carries nothing out any more.
const ADMITTED: &str = "j.status in ('admitted', 'funded', 'running', 'suspended', 'closed')";

/// The gaps of a day that the records' tables tell, and the data version. `competent`: each province with the office
/// that its records belong to on the day.
pub async fn find(
    connection: &mut PgConnection,
    scope: &Scope,
    day: NaiveDate,
    competent: &[(String, Uuid)],
) -> Result<(Vec<Gap>, i64)> {
    let mut sql = String::from(
        "with competent(province_code, office_id) as (select * from unnest($2::text[], $3::uuid[])),
           article_57(category, required, sides) as (select * from unnest($4::text[], $5::bigint[], $6::bigint[])),
           wanted as (select $1::date, $7::uuid[])
         select null::text, null::uuid, null::uuid[], null::text, null::date, null::text,
           coalesce(max(version), 0), null::text[] from data_change",
    );
    for select in scope.kinds.iter().filter_map(|kind| found(*kind)) {
        sql += " union all ";
        sql += &fill_in(select, scope.basis);
    }
    let (provinces, offices): (Vec<&str>, Vec<Uuid>) =
        competent.iter().map(|(province, office)| (province.as_str(), *office)).unzip();
    let lettered = || SeatCategory::ALL.iter().filter(|category| category.required() > 0);
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(day)
        .bind(provinces)
        .bind(offices)
        .bind(lettered().map(|category| category.as_str()).collect::<Vec<_>>())
        .bind(lettered().map(|category| category.required() as i64).collect::<Vec<_>>())
        .bind(lettered().map(|category| sides(*category).len() as i64).collect::<Vec<_>>())
        .bind(&scope.offices)
        .fetch_all(connection)
        .await?;
    let (mut gaps, mut version) = (Vec::with_capacity(rows.len()), 0);
    for row in &rows {
        match row.try_get(0)? {
            Some(kind) => gaps.push(read(row, kind)?),
            None => version = row.try_get(6)?,
        }
    }
    Ok((gaps, version))
}

/// The sides that a category asks for.
fn sides(category: SeatCategory) -> &'static [SocialSide] {
    match category {
        SeatCategory::SocialPartners => SocialSide::ALL,
        _ => &[],
    }
}

fn read(row: &PgRow, kind: CoordinationGapKind) -> sqlx::Result<Gap> {
    let number: i64 = row.try_get(6)?;
    let detail = match (kind, row.try_get::<Option<SeatCategory>, _>(5)?) {
        (CoordinationGapKind::NeedWithoutActor, _) => Detail::Need { has_intervention: number > 0 },
        (_, Some(category)) => {
            let held: Option<Vec<String>> = row.try_get(7)?;
            let is_missing = |side: &&SocialSide| !held.iter().flatten().any(|held| held == side.as_str());
            let missing_sides = sides(category).iter().filter(is_missing).copied().collect();
            Detail::Seats { category, missing: number as usize, missing_sides }
        }
        _ => Detail::Plain,
    };
    let mut offices: Vec<Uuid> = row.try_get(2)?;
    offices.sort_unstable();
    Ok(Gap { kind, subject: row.try_get(1)?, offices, province: row.try_get(3)?, since: row.try_get(4)?, detail })
}

fn fill_in(select: &str, basis: OverviewBasis) -> String {
    let mut sql =
        select.replace("{in force t}", IN_FORCE).replace("{adopted t}", ADOPTED).replace("{admitted j}", ADMITTED);
    for alias in ["n", "i", "j", "t", "s"] {
        let condition = match basis {
            OverviewBasis::AllVisible => String::new(),
            OverviewBasis::Public => format!("and {alias}.audience = {PUBLIC}"),
        };
        sql = sql.replace(&format!("{{public {alias}}}"), &condition);
    }
    for column in ["t.office_id", "c.office_id"] {
        let condition = format!("and ($7::uuid[] is null or {column} = any ($7))");
        sql = sql.replace(&format!("{{wanted {column}}}"), &condition);
    }
    sql
}

/// The plans of each office that are in force on the day, by their ids; under the caller's rights.
pub async fn plans_in_force(
    connection: &mut PgConnection,
    offices: &[Uuid],
    day: NaiveDate,
) -> Result<HashMap<Uuid, Arc<[Uuid]>>> {
    let condition = IN_FORCE.replace("{adopted t}", ADOPTED);
    let sql = format!(
        "select t.office_id, t.id from territorial_plan t where {condition} and t.office_id = any ($2)
         order by t.period_from desc, t.id"
    );
    let rows: Vec<(Uuid, Uuid)> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(day).bind(offices).fetch_all(connection).await?;
    Ok(grouped(rows))
}
