//! All SQL by which the audit is read.

use std::collections::HashMap;

use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::model::AuditFilter;
use crate::access::audit::Record;
use crate::graphql::Result;

fn push_filter(filter: &AuditFilter, query: &mut QueryBuilder<Postgres>) {
    query.push(" where true");
    if let Some(organisation) = filter.organisation {
        query.push(" and e.owner_number = (select number from organisation where id = ");
        query.push_bind(organisation).push(")");
    }
    if let Some((kind, id)) = &filter.subject {
        query.push(" and e.subject_id = ").push_bind(*id).push(" and e.subject_kind = ").push_bind(kind.clone());
    }
    if !filter.actions.is_empty() {
        let actions: Vec<String> = filter.actions.iter().map(|action| action.as_str().into()).collect();
        query.push(" and e.action = any(").push_bind(actions).push(")");
    }
    if let Some(outcome) = filter.outcome {
        query.push(" and e.outcome = ").push_bind(outcome.as_str());
    }
    if let Some(from) = filter.from {
        query.push(" and e.at >= ").push_bind(from);
    }
    if let Some(until) = filter.until {
        query.push(" and e.at < ").push_bind(until);
    }
}

/// The newest first, from before this number on.
pub async fn newest(
    connection: &mut PgConnection,
    filter: &AuditFilter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Record>> {
    let mut query = QueryBuilder::new(Record::SELECT);
    push_filter(filter, &mut query);
    if let Some(before) = before {
        query.push(" and e.seq < ").push_bind(before);
    }
    query.push(" order by e.seq desc limit ").push_bind(limit);
    Ok(query.build_query_as().fetch_all(connection).await?)
}

/// The oldest first, from after this number on.
pub async fn oldest(
    connection: &mut PgConnection,
    filter: &AuditFilter,
    after: i64,
    limit: i64,
) -> sqlx::Result<Vec<Record>> {
    let mut query = QueryBuilder::new(Record::SELECT);
    push_filter(filter, &mut query);
    query.push(" and e.seq > ").push_bind(after);
    query.push(" order by e.seq limit ").push_bind(limit);
    query.build_query_as().fetch_all(connection).await
}

pub async fn count(connection: &mut PgConnection, filter: &AuditFilter) -> Result<i64> {
    let mut query = QueryBuilder::new("select count(*) from audit_entry e");
    push_filter(filter, &mut query);
    Ok(query.build_query_scalar().fetch_one(connection).await?)
}

/// Names of people in the organisations for which they acted; none once the account is erased.
pub async fn names(connection: &mut PgConnection, of: &[(Uuid, Uuid)]) -> Result<HashMap<(Uuid, Uuid), String>> {
    let (accounts, organisations): (Vec<Uuid>, Vec<Uuid>) = of.iter().copied().unzip();
    let names: Vec<(Uuid, Uuid, String)> = sqlx::query_as(
        "select distinct m.account_id, m.organisation_id, m.person_name from membership m
         join unnest($1::uuid[], $2::uuid[]) k(account, organisation)
           on k.account = m.account_id and k.organisation = m.organisation_id
         where m.person_name <> ''",
    )
    .bind(accounts)
    .bind(organisations)
    .fetch_all(connection)
    .await?;
    Ok(names.into_iter().map(|(account, organisation, name)| ((account, organisation), name)).collect())
}
