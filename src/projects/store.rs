//! All SQL of projects.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::model::{
    ContractRow, Participation, ParticipationRow, PlaceRow, Project, ProjectFilter, ProjectKey, ProjectOrder,
    ProjectRow, ProjectsOf, Work, WorkRow,
};
use crate::db::columns::{Columns, grouped};
use crate::graphql::Result;
use crate::graphql::list::Listed;
use crate::graphql::page::Keyset;
use crate::organisations::model::OrganisationRow;

/// Partners, places, contracts or links that one project shows at the most.
const MOST_PARTS: i32 = 500;

pub async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<Project>>> {
    let sql = format!(
        "select {} from {} {} where j.id = any($1)",
        Arc::<Project>::columns(),
        Arc::<Project>::TABLE,
        Arc::<Project>::JOINS
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let read = |row| Arc::<Project>::read(row, 0).map(|project| (project.row.id, project));
    Ok(rows.iter().map(read).collect::<sqlx::Result<_>>()?)
}

/// By natural keys of any kind, in one statement.
pub async fn by_natural_keys(
    connection: &mut PgConnection,
    keys: &[ProjectKey],
) -> Result<HashMap<ProjectKey, Arc<Project>>> {
    let (mut cups, mut local_codes) = (Vec::new(), Vec::new());
    for key in keys {
        match key {
            ProjectKey::Cup(cup) => cups.push(cup.clone()),
            ProjectKey::LocalCode(code) => local_codes.push(code.clone()),
        }
    }
    let sql = format!(
        "select {} from {} {} where j.cup = any($1) or j.local_code = any($2)",
        Arc::<Project>::columns(),
        Arc::<Project>::TABLE,
        Arc::<Project>::JOINS
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(cups).bind(local_codes).fetch_all(connection).await?;
    let found = rows.iter().map(|row| Arc::<Project>::read(row, 0)).collect::<sqlx::Result<Vec<_>>>()?;
    let bears = |project: &Project, key: &ProjectKey| match key {
        ProjectKey::Cup(cup) => project.row.cup.as_ref() == Some(cup),
        ProjectKey::LocalCode(code) => project.row.local_code.as_ref() == Some(code),
    };
    let of_key =
        |key: &ProjectKey| found.iter().find(|project| bears(project, key)).map(|found| (key.clone(), found.clone()));
    Ok(keys.iter().filter_map(of_key).collect())
}

/// The projects that carry out interventions.
pub async fn of_interventions(
    connection: &mut PgConnection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Arc<[Arc<Project>]>>> {
    let sql = format!(
        "select k.id, x.* from unnest($1::uuid[]) k(id) cross join lateral (
           select {} from project_intervention l join {} on j.id = l.project_id {}
           where l.intervention_id = k.id order by j.starts_on desc nulls last, j.id limit {MOST_PARTS}
         ) x",
        Arc::<Project>::columns(),
        Arc::<Project>::TABLE,
        Arc::<Project>::JOINS
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let read = |row: &PgRow| Ok((row.try_get(0)?, Arc::<Project>::read(row, 1)?));
    Ok(grouped(rows.iter().map(read).collect::<sqlx::Result<Vec<_>>>()?))
}

/// The projects that carry out plans, each once a plan, with their money.
pub async fn work_of_plans(connection: &mut PgConnection, plans: &[Uuid]) -> Result<HashMap<Uuid, Arc<Work>>> {
    let rows: Vec<WorkRow> = sqlx::query_as(
        "select i.plan_id, j.id as project_id, j.status, j.requested_funding, j.public_funding,
           (select coalesce(sum(s.amount), 0) from project_spending s where s.project_id = j.id) as spent,
           array_agg(i.id) as interventions,
           (select count(*) from project_intervention k join plan_intervention q on q.id = k.intervention_id
             where k.project_id = j.id) as interventions_in_all
         from plan_intervention i join project_intervention l on l.intervention_id = i.id
           join project j on j.id = l.project_id
         where i.plan_id = any($1) group by i.plan_id, j.id",
    )
    .bind(plans)
    .fetch_all(connection)
    .await?;
    let mut found: HashMap<Uuid, Work> = HashMap::new();
    for row in rows {
        let row = Arc::new(row);
        let work = found.entry(row.plan_id).or_default();
        row.interventions.iter().for_each(|intervention| work.entry(*intervention).or_default().push(row.clone()));
    }
    Ok(found.into_iter().map(|(plan, work)| (plan, Arc::new(work))).collect())
}

/// Ids of the interventions that projects carry out. A link has the project's audience: the join leaves out those of
/// plans that the viewer may not see, so that nothing is loaded, or not, because of them.
pub async fn interventions(connection: &mut PgConnection, projects: &[Uuid]) -> Result<HashMap<Uuid, Arc<[Uuid]>>> {
    let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "select l.project_id, i.id from project_intervention l join plan_intervention i on i.id = l.intervention_id
         where l.project_id = any($1) order by 1, 2",
    )
    .bind(projects)
    .fetch_all(connection)
    .await?;
    Ok(grouped(rows))
}

pub async fn participations(
    connection: &mut PgConnection,
    projects: &[Uuid],
) -> Result<HashMap<Uuid, Arc<[Participation]>>> {
    let sql = format!(
        "select k.id, x.* from unnest($1::uuid[]) k(id) cross join lateral (
           select {}, {} from project_participation w left join organisation o on o.id = w.organisation_id
           where w.project_id = k.id order by w.role, o.sort_key, w.id limit {MOST_PARTS}
         ) x",
        ParticipationRow::LIST,
        OrganisationRow::LIST
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(projects).fetch_all(connection).await?;
    let read = |row: &PgRow| {
        let organisation = OrganisationRow::read_joined(row, 1 + ParticipationRow::WIDTH)?.map(Arc::new);
        Ok((row.try_get(0)?, Participation { row: ParticipationRow::read(row, 1)?, organisation }))
    };
    Ok(grouped(rows.iter().map(read).collect::<sqlx::Result<Vec<_>>>()?))
}

pub async fn participations_by_ids(
    connection: &mut PgConnection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Arc<Participation>>> {
    let sql = format!(
        "select {}, {} from project_participation w left join organisation o on o.id = w.organisation_id
         where w.id = any($1)",
        ParticipationRow::LIST,
        OrganisationRow::LIST
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let read = |row: &PgRow| {
        let organisation = OrganisationRow::read_joined(row, ParticipationRow::WIDTH)?.map(Arc::new);
        let row = ParticipationRow::read(row, 0)?;
        Ok((row.id, Arc::new(Participation { row, organisation })))
    };
    Ok(rows.iter().map(read).collect::<sqlx::Result<_>>()?)
}

pub async fn places(connection: &mut PgConnection, projects: &[Uuid]) -> Result<HashMap<Uuid, Arc<[PlaceRow]>>> {
    let rows: Vec<PlaceRow> = sqlx::query_as(
        "select project_id, province_code, municipality_code from project_place
         where project_id = any($1) order by project_id, province_code, municipality_code",
    )
    .bind(projects)
    .fetch_all(connection)
    .await?;
    Ok(grouped(rows.into_iter().map(|row| (row.project_id, row))))
}

pub async fn contracts(connection: &mut PgConnection, projects: &[Uuid]) -> Result<HashMap<Uuid, Arc<[ContractRow]>>> {
    let rows: Vec<ContractRow> = sqlx::query_as(
        "select id, project_id, cig, subject, amount, signed_on, is_synthetic, source from project_contract
         where project_id = any($1) order by project_id, signed_on, cig",
    )
    .bind(projects)
    .fetch_all(connection)
    .await?;
    Ok(grouped(rows.into_iter().map(|row| (row.project_id, row))))
}

impl Listed for Arc<Project> {
    type Parent = ProjectsOf;
    type Filter = ProjectFilter;
    type Order = ProjectOrder;

    const TABLE: &'static str = "project j";
    const JOINS: &'static str = "left join organisation o on o.id = j.lead_id";

    fn columns() -> String {
        format!("{}, {}", ProjectRow::LIST, OrganisationRow::LIST)
    }

    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self> {
        let lead = OrganisationRow::read_joined(row, offset + ProjectRow::WIDTH)?.map(Arc::new);
        Ok(Arc::new(Project { row: ProjectRow::read(row, offset)?, lead }))
    }

    fn within(parent: ProjectsOf) -> &'static str {
        match parent {
            ProjectsOf::Organisation => {
                "j.id in (select l.id from project l where l.lead_id = k.id::uuid \
                 union select m.project_id from project_participation m where m.organisation_id = k.id::uuid)"
            }
            ProjectsOf::Call => "j.call_id = k.id::uuid",
            ProjectsOf::Province => "j.id in (select l.project_id from project_place l where l.province_code = k.id)",
        }
    }

    fn push_filter(filter: &ProjectFilter, query: &mut QueryBuilder<Postgres>) {
        if !filter.statuses.is_empty() {
            let statuses: Vec<_> = filter.statuses.iter().map(|status| status.as_str()).collect();
            query.push(" and j.status = any(").push_bind(statuses).push(")");
        }
        if let Some(programmes) = &filter.programmes {
            query.push(" and j.programme_code = any(").push_bind(programmes.clone()).push(")");
        }
        if let Some(provinces) = &filter.provinces {
            query.push(" and exists (select from project_place l where l.project_id = j.id and l.province_code = any(");
            query.push_bind(provinces.clone()).push("))");
        }
        if let Some(day) = filter.active_on {
            query.push(" and j.status not in ('idea', 'proposed', 'rejected') and j.starts_on <= ").push_bind(day);
            query.push(" and (j.ends_on is null or j.ends_on >= ").push_bind(day).push(")");
        }
        if let Some(synthetic) = filter.is_synthetic {
            query.push(" and j.is_synthetic = ").push_bind(synthetic);
        }
        if let Some(invited) = filter.invited {
            // By a body that the viewer may not see, nothing is found.
            query.push(
                " and exists (select from project_invitation i join organisation o on o.id = i.organisation_id
                   where i.project_id = j.id and i.status = 'invited' and o.id = ",
            );
            query.push_bind(invited).push(")");
        }
    }

    fn keyset(order: ProjectOrder) -> Keyset {
        let newest_first = Keyset {
            name: "-starts",
            column: "j.starts_on",
            id: "j.id",
            sql_type: "date",
            descending: true,
            nullable: true,
        };
        match order {
            ProjectOrder::NewestFirst => newest_first,
            ProjectOrder::OldestFirst => Keyset { name: "starts", descending: false, ..newest_first },
        }
    }

    fn sort_value(&self, _order: ProjectOrder) -> Option<String> {
        self.row.starts_on.map(|day| day.to_string())
    }

    fn id(&self) -> Uuid {
        self.row.id
    }
}
