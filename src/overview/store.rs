//! All SQL of the overview: one statement, which reads each table once and groups by office.

use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use uuid::Uuid;

use super::model::{Counts, Figure, OverviewBasis, Scope};
use crate::councils::model::{SeatCategory, SocialSide};
use crate::graphql::Result;

/// The figure's counts for every office and for the country. `$1` is the day; `competent` says which office a
/// province's records belong to, `article_57` which seats a council needs; `{public …}` is a condition on that audience where only public records count.
fn counted(figure: Figure) -> &'static str {
    match figure {
        Figure::Organisations => {
            "select {group m.office_id}, count(*)
             from organisation o left join competent m on m.province_code = o.province_code
             where (o.valid_from is null or o.valid_from <= $1) and (o.valid_until is null or o.valid_until >= $1)
               {public o} group by grouping sets ((m.office_id), ())"
        }
        Figure::ActiveProjects => {
            "select {group m.office_id}, count(distinct j.id)
             from project j left join project_place l on l.project_id = j.id
               left join competent m on m.province_code = l.province_code
             where {admitted j} and j.starts_on <= $1
               and (j.ends_on is null or j.ends_on >= $1) {public j} group by grouping sets ((m.office_id), ())"
        }
        Figure::PlansInForce => {
            "select {group t.office_id}, count(*) from territorial_plan t
             where {in force t} {public t} group by grouping sets ((t.office_id), ())"
        }
        Figure::AgreementsInForce => {
            "select {group m.office_id}, count(*)
             from agreement a left join competent m on m.province_code = a.province_code
             where a.status in ('in_force', 'ended') and a.valid_from <= $1 and (a.signed_on is null or a.signed_on <= $1)
               and (a.valid_until is null or a.valid_until >= $1) and (a.ended_on is null or a.ended_on >= $1)
               {public a} group by grouping sets ((m.office_id), ())"
        }
        Figure::CouncilSeatsFilled => {
            "select {group c.office_id}, count(*) from council_seat s join council c on c.organisation_id = s.council_id
             where s.role = 'member' and s.category in (select r.category from article_57 r) and s.valid_from <= $1
               and (s.valid_until is null or s.valid_until >= $1) {public s} group by grouping sets ((c.office_id), ())"
        }
        Figure::CouncilSeatsMissing => {
            "select {group c.office_id},
               sum(greatest(r.required - coalesce(h.held, 0), r.sides - coalesce(h.sides, 0), 0))::bigint
             from council c join organisation b on b.id = c.organisation_id join organisation f on f.id = c.office_id
               cross join article_57 r left join (
               select s.council_id, s.category, count(*) as held, count(distinct s.side) as sides from council_seat s
               where s.role = 'member' and s.valid_from <= $1 and (s.valid_until is null or s.valid_until >= $1)
                 {public s} group by s.council_id, s.category
             ) h on h.council_id = c.organisation_id and h.category = r.category
             where (c.established_on is null or c.established_on <= $1)
               and (b.valid_from is null or b.valid_from <= $1) and (b.valid_until is null or b.valid_until >= $1)
               and (f.valid_from is null or f.valid_from <= $1) and (f.valid_until is null or f.valid_until >= $1)
             group by grouping sets ((c.office_id), ())"
        }
        Figure::UncoveredNeeds => {
            "select {group t.office_id}, count(*) from plan_need n join territorial_plan t on t.id = n.plan_id
             where {in force t} {public n} and not exists (
               select from plan_priority y join plan_intervention i on i.priority_id = y.id where y.need_id = n.id)
             group by grouping sets ((t.office_id), ())"
        }
        Figure::InterventionsWithoutProject => {
            "select {group t.office_id}, count(*) from plan_intervention i join territorial_plan t on t.id = i.plan_id
             where {in force t} {public i} and not exists (
               select from project_intervention l join project j on j.id = l.project_id
               where l.intervention_id = i.id and {admitted j} {public j})
             group by grouping sets ((t.office_id), ())"
        }
    }
}

/// Whether a plan is in force on the day: adopted by then, its period not over.
const IN_FORCE: &str = "t.status in ('adopted', 'in_implementation', 'closed')
    and t.period_from <= $1 and t.period_until >= $1 and (t.adopted_on is null or t.adopted_on <= $1)";

/// Whether a project is admitted or further; a revoked one carries nothing out any more.
const ADMITTED: &str = "j.status in ('admitted', 'funded', 'running', 'suspended', 'closed')";

/// Counts all figures in one statement, the data version along with them.
pub async fn count(connection: &mut PgConnection, scope: &Scope, figures: &[Figure]) -> Result<Counts> {
    let mut sql = String::from(
        "with day as (select $1::date),
           competent(province_code, office_id) as (select * from unnest($2::text[], $3::uuid[])),
           article_57(category, required, sides) as (select * from unnest($4::text[], $5::bigint[], $6::bigint[]))
         select null, true, null::uuid, coalesce(max(version), 0) from data_change",
    );
    for figure in figures {
        sql += " union all ";
        sql += &fill_in(counted(*figure), *figure, scope.basis);
    }
    let (provinces, offices): (Vec<&str>, Vec<Uuid>) =
        scope.offices.iter().map(|(province, office)| (province.as_str(), *office)).unzip();
    let lettered = || SeatCategory::ALL.iter().filter(|category| category.required() > 0);
    let sides = |category: &SeatCategory| match category {
        SeatCategory::SocialPartners => SocialSide::ALL.len() as i64,
        _ => 0,
    };
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(scope.as_of)
        .bind(provinces)
        .bind(offices)
        .bind(lettered().map(|category| category.as_str()).collect::<Vec<_>>())
        .bind(lettered().map(|category| category.required() as i64).collect::<Vec<_>>())
        .bind(lettered().map(sides).collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
    let mut counts = Counts::default();
    for row in rows {
        let count: i64 = row.try_get(3)?;
        match (row.try_get::<Option<Figure>, _>(0)?, row.try_get(1)?, row.try_get::<Option<Uuid>, _>(2)?) {
            (None, ..) => counts.data_version = count,
            (Some(figure), true, _) => drop(counts.of_country.insert(figure, count)),
            (Some(figure), false, Some(office)) => drop(counts.of_offices.insert((figure, office), count)),
            // What lies in no province counts for the country alone.
            (Some(_), false, None) => {}
        }
    }
    Ok(counts)
}

fn fill_in(counted: &str, figure: Figure, basis: OverviewBasis) -> String {
    let mut sql = counted.replace("{in force t}", IN_FORCE).replace("{admitted j}", ADMITTED);
    for alias in ["o", "j", "t", "a", "s", "n", "i"] {
        let condition = match basis {
            OverviewBasis::AllVisible => String::new(),
            OverviewBasis::Public => format!("and {alias}.audience = {}", crate::access::audience::PUBLIC),
        };
        sql = sql.replace(&format!("{{public {alias}}}"), &condition);
    }
    for column in ["m.office_id", "t.office_id", "c.office_id"] {
        let columns = format!("'{}', grouping({column}) = 1, {column}", figure.as_str());
        sql = sql.replace(&format!("{{group {column}}}"), &columns);
    }
    sql
}
