//! All SQL of plans.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::contribution::ContributionRow;
use super::coverage::ChainRow;
use super::model::{
    ContributionFilter, IndicatorRow, Intervention, InterventionRow, MeasureRow, MeasurementRow, NeedRow, PartnerRow,
    PlanFilter, PlanOrder, PlanRow, PlansOf, PriorityRow,
};
use crate::db::columns::{Columns, grouped};
use crate::graphql::Result;
use crate::graphql::list::Listed;
use crate::graphql::page::Keyset;
use crate::organisations::model::OrganisationRow;
use crate::projects::model::ProjectStatus;

async fn rows<R>(
    connection: &mut PgConnection,
    sql: String,
    ids: &[Uuid],
    read: impl Fn(&PgRow) -> sqlx::Result<R>,
) -> Result<Vec<R>> {
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    Ok(rows.iter().map(read).collect::<sqlx::Result<_>>()?)
}

pub async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<PlanRow>>> {
    let sql = format!("select {} from territorial_plan t where t.id = any($1)", PlanRow::LIST);
    let plans = rows(connection, sql, ids, |row| PlanRow::read(row, 0)).await?;
    Ok(plans.into_iter().map(|plan| (plan.id, Arc::new(plan))).collect())
}

pub async fn plans_of_interventions(
    connection: &mut PgConnection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Arc<PlanRow>>> {
    let sql = format!(
        "select {}, i.id from plan_intervention i join territorial_plan t on t.id = i.plan_id where i.id = any($1)",
        PlanRow::LIST
    );
    let plan = |row: &PgRow| Ok((row.try_get(PlanRow::WIDTH)?, Arc::new(PlanRow::read(row, 0)?)));
    Ok(rows(connection, sql, ids, plan).await?.into_iter().collect())
}

async fn needs(connection: &mut PgConnection, column: &str, ids: &[Uuid]) -> Result<Vec<Arc<NeedRow>>> {
    let sql =
        format!("select {} from plan_need n where n.{column} = any($1) order by n.plan_id, n.ordinal", NeedRow::LIST);
    rows(connection, sql, ids, |row| NeedRow::read(row, 0).map(Arc::new)).await
}

pub async fn needs_by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<NeedRow>>> {
    Ok(needs(connection, "id", ids).await?.into_iter().map(|need| (need.id, need)).collect())
}

pub async fn needs_of_plans(
    connection: &mut PgConnection,
    plans: &[Uuid],
) -> Result<HashMap<Uuid, Arc<[Arc<NeedRow>]>>> {
    Ok(grouped(needs(connection, "plan_id", plans).await?.into_iter().map(|need| (need.plan_id, need))))
}

pub async fn needs_of_sittings(
    connection: &mut PgConnection,
    sittings: &[Uuid],
) -> Result<HashMap<Uuid, Arc<[Arc<NeedRow>]>>> {
    let found = needs(connection, "found_at_id", sittings).await?;
    Ok(grouped(found.into_iter().filter_map(|need| Some((need.found_at_id?, need)))))
}

async fn priorities(connection: &mut PgConnection, column: &str, ids: &[Uuid]) -> Result<Vec<Arc<PriorityRow>>> {
    let sql =
        format!("select {} from plan_priority y where y.{column} = any($1) order by y.ordinal", PriorityRow::LIST);
    rows(connection, sql, ids, |row| PriorityRow::read(row, 0).map(Arc::new)).await
}

pub async fn priorities_by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<PriorityRow>>> {
    Ok(priorities(connection, "id", ids).await?.into_iter().map(|priority| (priority.id, priority)).collect())
}

pub async fn priorities_of_needs(
    connection: &mut PgConnection,
    needs: &[Uuid],
) -> Result<HashMap<Uuid, Arc<[Arc<PriorityRow>]>>> {
    let found = priorities(connection, "need_id", needs).await?;
    Ok(grouped(found.into_iter().map(|priority| (priority.need_id, priority))))
}

pub async fn priorities_of_plans(
    connection: &mut PgConnection,
    plans: &[Uuid],
) -> Result<HashMap<Uuid, Arc<[Arc<PriorityRow>]>>> {
    let found = priorities(connection, "plan_id", plans).await?;
    Ok(grouped(found.into_iter().map(|priority| (priority.plan_id, priority))))
}

async fn interventions(connection: &mut PgConnection, column: &str, ids: &[Uuid]) -> Result<Vec<Arc<Intervention>>> {
    let sql = format!(
        "select {}, {} from plan_intervention i left join organisation o on o.id = i.responsible_id
         where i.{column} = any($1) order by i.ordinal",
        InterventionRow::LIST,
        OrganisationRow::LIST
    );
    let read = |row: &PgRow| {
        let responsible = OrganisationRow::read_joined(row, InterventionRow::WIDTH)?.map(Arc::new);
        Ok(Arc::new(Intervention { row: InterventionRow::read(row, 0)?, responsible }))
    };
    rows(connection, sql, ids, read).await
}

pub async fn interventions_by_ids(
    connection: &mut PgConnection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Arc<Intervention>>> {
    let found = interventions(connection, "id", ids).await?;
    Ok(found.into_iter().map(|intervention| (intervention.row.id, intervention)).collect())
}

pub async fn interventions_of_plans(
    connection: &mut PgConnection,
    plans: &[Uuid],
) -> Result<HashMap<Uuid, Arc<[Arc<Intervention>]>>> {
    let found = interventions(connection, "plan_id", plans).await?;
    Ok(grouped(found.into_iter().map(|intervention| (intervention.row.plan_id, intervention))))
}

pub async fn interventions_of_priorities(
    connection: &mut PgConnection,
    priorities: &[Uuid],
) -> Result<HashMap<Uuid, Arc<[Arc<Intervention>]>>> {
    let found = interventions(connection, "priority_id", priorities).await?;
    Ok(grouped(found.into_iter().map(|intervention| (intervention.row.priority_id, intervention))))
}

pub async fn indicators_of_plans(
    connection: &mut PgConnection,
    plans: &[Uuid],
) -> Result<HashMap<Uuid, Arc<[Arc<IndicatorRow>]>>> {
    let sql =
        format!("select {} from plan_indicator c where c.plan_id = any($1) order by c.ordinal", IndicatorRow::LIST);
    let found = rows(connection, sql, plans, |row| IndicatorRow::read(row, 0).map(Arc::new)).await?;
    Ok(grouped(found.into_iter().map(|indicator| (indicator.plan_id, indicator))))
}

pub async fn partners_of_interventions(
    connection: &mut PgConnection,
    interventions: &[Uuid],
) -> Result<HashMap<Uuid, Arc<[Arc<PartnerRow>]>>> {
    let sql = format!(
        "select {} from plan_partner b where b.intervention_id = any($1) order by b.intervention_id, b.organisation_id",
        PartnerRow::LIST
    );
    let found = rows(connection, sql, interventions, |row| PartnerRow::read(row, 0).map(Arc::new)).await?;
    Ok(grouped(found.into_iter().map(|partner| (partner.intervention_id, partner))))
}

pub async fn measures_of_interventions(
    connection: &mut PgConnection,
    interventions: &[Uuid],
) -> Result<HashMap<Uuid, Arc<[Arc<MeasureRow>]>>> {
    let sql = format!(
        "select {} from plan_measure m where m.intervention_id = any($1) order by m.intervention_id, m.ordinal",
        MeasureRow::LIST
    );
    let found = rows(connection, sql, interventions, |row| MeasureRow::read(row, 0).map(Arc::new)).await?;
    Ok(grouped(found.into_iter().map(|measure| (measure.intervention_id, measure))))
}

pub async fn measurements_of_measures(
    connection: &mut PgConnection,
    measures: &[Uuid],
) -> Result<HashMap<Uuid, Arc<[Arc<MeasurementRow>]>>> {
    let sql = format!(
        "select {} from plan_measurement v where v.measure_id = any($1) order by v.measure_id, v.measured_on",
        MeasurementRow::LIST
    );
    let found = rows(connection, sql, measures, |row| MeasurementRow::read(row, 0).map(Arc::new)).await?;
    Ok(grouped(found.into_iter().map(|value| (value.measure_id, value))))
}

/// The ways from a need by a priority to an intervention, as far as each goes, in the plan's order.
pub async fn chains(connection: &mut PgConnection, plans: &[Uuid]) -> Result<HashMap<Uuid, Arc<[ChainRow]>>> {
    let rows: Vec<ChainRow> = sqlx::query_as(
        "select n.plan_id, n.id as need_id, y.id as priority_id, i.id as intervention_id, i.ordinal, i.budget,
           i.responsible_id is not null as has_actor
         from plan_need n left join plan_priority y on y.need_id = n.id
           left join plan_intervention i on i.priority_id = y.id
         where n.plan_id = any($1) order by n.ordinal, y.ordinal, i.ordinal",
    )
    .bind(plans)
    .fetch_all(connection)
    .await?;
    Ok(grouped(rows.into_iter().map(|row| (row.plan_id, row))))
}

impl Listed for Arc<PlanRow> {
    type Parent = PlansOf;
    type Filter = PlanFilter;
    type Order = PlanOrder;

    const TABLE: &'static str = "territorial_plan t";
    const JOINS: &'static str = "";

    fn columns() -> String {
        PlanRow::LIST.into()
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        PlanRow::read(row, offset).map(Arc::new)
    }

    fn within(parent: PlansOf) -> &'static str {
        match parent {
            PlansOf::Office => "t.office_id = k.id::uuid",
            PlansOf::Council => "t.council_id = k.id::uuid",
            PlansOf::Province => "t.province_code = k.id",
        }
    }

    fn push_filter(filter: &PlanFilter, query: &mut QueryBuilder<Postgres>) {
        if !filter.statuses.is_empty() {
            let statuses: Vec<_> = filter.statuses.iter().map(|status| status.as_str()).collect();
            query.push(" and t.status = any(").push_bind(statuses).push(")");
        }
        if let Some(provinces) = &filter.provinces {
            query.push(" and t.province_code = any(").push_bind(provinces.clone()).push(")");
        }
        if let Some(day) = filter.in_force_on {
            query.push(" and t.period_from <= ").push_bind(day).push(" and t.period_until >= ").push_bind(day);
        }
        if let Some(has) = filter.has_uncovered_needs {
            let carry: Vec<_> = ProjectStatus::ALL.iter().filter(|status| status.carries_out()).collect();
            query.push(if has { " and exists (" } else { " and not exists (" });
            query.push(
                "select from plan_need n where n.plan_id = t.id and not exists (
                   select from plan_priority y join plan_intervention i on i.priority_id = y.id
                     join project_intervention l on l.intervention_id = i.id join project j on j.id = l.project_id
                   where y.need_id = n.id and j.status = any(",
            );
            query.push_bind(carry.into_iter().map(|status| status.as_str()).collect::<Vec<_>>()).push(")))");
        }
        if let Some(synthetic) = filter.is_synthetic {
            query.push(" and t.is_synthetic = ").push_bind(synthetic);
        }
    }

    fn keyset(order: PlanOrder) -> Keyset {
        match order {
            PlanOrder::NewestFirst => Keyset::by_date("-period", "t.period_from", "t.id", true),
            PlanOrder::OldestFirst => Keyset::by_date("period", "t.period_from", "t.id", false),
        }
    }

    fn sort_value(&self, _order: PlanOrder) -> Option<String> {
        Some(self.period_from.to_string())
    }

    fn id(&self) -> Uuid {
        self.id
    }
}

pub async fn contributions_by_ids(
    connection: &mut PgConnection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Arc<ContributionRow>>> {
    let sql = format!("select {} from plan_contribution c where c.id = any($1)", ContributionRow::LIST);
    let found = rows(connection, sql, ids, |row| ContributionRow::read(row, 0).map(Arc::new)).await?;
    Ok(found.into_iter().map(|row| (row.id, row)).collect())
}

/// The last asked for first.
impl Listed for Arc<ContributionRow> {
    /// The plan, by its id.
    type Parent = ();
    type Filter = ContributionFilter;
    type Order = ();

    const TABLE: &'static str = "plan_contribution c";
    const JOINS: &'static str = "";

    fn columns() -> String {
        ContributionRow::LIST.into()
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        ContributionRow::read(row, offset).map(Arc::new)
    }

    fn within((): ()) -> &'static str {
        "c.plan_id = k.id::uuid"
    }

    fn push_filter(filter: &ContributionFilter, query: &mut QueryBuilder<Postgres>) {
        if !filter.statuses.is_empty() {
            let statuses: Vec<_> = filter.statuses.iter().map(|status| status.as_str()).collect();
            query.push(" and c.status = any(").push_bind(statuses).push(")");
        }
        if let Some(organisation) = filter.organisation {
            // By a body that the viewer may not see, nothing is found.
            query.push(" and c.organisation_id = (select id from organisation where id = ");
            query.push_bind(organisation).push(")");
        }
    }

    fn keyset((): ()) -> Keyset {
        Keyset::by_date("-opens", "c.opens_on", "c.id", true)
    }

    fn sort_value(&self, (): ()) -> Option<String> {
        Some(self.opens_on.to_string())
    }

    fn id(&self) -> Uuid {
        self.id
    }
}
