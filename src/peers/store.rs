//! All SQL of the peers: what the plans in force of every office say and do.

use chrono::NaiveDate;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use crate::access::audience::PUBLIC;
use crate::graphql::Result;

/// A need of a public plan in force, with what answers it.
#[derive(sqlx::FromRow)]
pub struct NeedWorkRow {
    pub office_id: Uuid,
    pub id: Uuid,
    pub topic: String,
    pub indicator: Option<String>,
    pub indicator_value: Option<f64>,
    pub interventions: Vec<Uuid>,
    /// Admitted or further, not revoked.
    pub projects: Vec<Uuid>,
}

/// The needs of all public plans in force on the day, in one statement; in the order of offices, topics and plans.
pub async fn needs(connection: &mut PgConnection, day: NaiveDate) -> Result<Vec<NeedWorkRow>> {
    let sql = format!(
        "select t.office_id, n.id, n.topic, n.indicator, n.indicator_value::float8 as indicator_value,
           array(select i.id from plan_priority y join plan_intervention i on i.priority_id = y.id
             where y.need_id = n.id order by i.ordinal, i.id) as interventions,
           array(select distinct j.id from plan_priority y join plan_intervention i on i.priority_id = y.id
             join project_intervention l on l.intervention_id = i.id join project j on j.id = l.project_id
             where y.need_id = n.id and j.audience = {PUBLIC}
               and j.status in ('admitted', 'funded', 'running', 'suspended', 'closed') order by j.id) as projects
         from plan_need n join territorial_plan t on t.id = n.plan_id
         where t.status in ('adopted', 'in_implementation', 'closed') and (t.adopted_on is null or t.adopted_on <= $1)
           and t.period_from <= $1 and t.period_until >= $1 and n.audience = {PUBLIC}
         order by t.office_id, n.topic, t.period_from, t.id, n.ordinal, n.id"
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(day).fetch_all(connection).await?)
}
