//! Accounts: what the product holds of a person, given out whole or erased.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use crate::accounts::model::AccountRow;
use crate::db::columns::Columns;
use crate::graphql::Result;

pub async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<AccountRow>>> {
    let sql = format!("select {} from account a where a.id = any($1)", AccountRow::LIST);
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let rows = rows.iter().map(|row| AccountRow::read(row, 0).map(|row| (row.id, Arc::new(row))));
    Ok(rows.collect::<sqlx::Result<_>>()?)
}

/// What an erasure took away.
#[derive(Debug, sqlx::FromRow)]
pub struct Erased {
    pub identities: i64,
    pub sessions: i64,
    pub memberships: i64,
    pub invitations: i64,
}

/// Ends what an account holds: identities, sessions, memberships, invitations to its address. The address goes last:
/// [`empty`]. The rows of one statement are changed once, and emptying changes the memberships' again.
pub async fn end(connection: &mut PgConnection, account: Uuid) -> sqlx::Result<Erased> {
    sqlx::query_as(
        "with i as (delete from account_identity where account_id = $1 returning 1),
              s as (update browser_session set ended_at = now() where account_id = $1 and ended_at is null returning 1),
              m as (update membership set ended_at = now(), version = version + 1
                    where account_id = $1 and ended_at is null returning 1),
              v as (update invitation set email = '', withdrawn_at = coalesce(withdrawn_at, now())
                    where accepted_at is null and email <> ''
                      and lower(email) = (select lower(email) from account where id = $1) returning 1)
         select (select count(*) from i) as identities, (select count(*) from s) as sessions,
                (select count(*) from m) as memberships, (select count(*) from v) as invitations",
    )
    .bind(account)
    .fetch_one(connection)
    .await
}

/// Takes name and address away, here and from the memberships; tells whether that had not been done before.
pub async fn empty(connection: &mut PgConnection, account: Uuid) -> sqlx::Result<bool> {
    let sql = "update account set name = '', email = '', erased_at = now() where id = $1 and erased_at is null";
    Ok(sqlx::query(sql).bind(account).execute(connection).await?.rows_affected() == 1)
}

/// Everything that the product holds of a person, as JSON; of the audit what the person did, and what others did to
/// their memberships. Secrets' hashes are left out: they are no data of the person.
pub async fn own_data(connection: &mut PgConnection, account: Uuid) -> sqlx::Result<Value> {
    sqlx::query_scalar(
        "select jsonb_build_object(
           'account', (select jsonb_build_object('id', a.id, 'name', a.name, 'email', a.email, 'createdAt', a.created_at,
               'lastSignInAt', a.last_sign_in_at) from account a where a.id = $1),
           'identities', (select coalesce(jsonb_agg(jsonb_build_object('issuer', i.issuer, 'subject', i.subject,
               'linkedAt', i.linked_at) order by i.linked_at), '[]') from account_identity i where i.account_id = $1),
           'memberships', (select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'organisation', o.name, 'role', m.role,
               'origin', m.origin, 'since', m.since, 'endedAt', m.ended_at) order by m.since, m.id), '[]')
             from membership m join organisation o on o.id = m.organisation_id where m.account_id = $1),
           'sessions', (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'provider', s.provider,
               'isTerminal', s.is_terminal, 'createdAt', s.created_at, 'seenAt', s.seen_at, 'expiresAt', s.expires_at,
               'endedAt', s.ended_at)
               order by s.created_at, s.id), '[]') from browser_session s where s.account_id = $1),
           'invitations', (select coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'organisation', o.name, 'role', i.role,
               'createdAt', i.created_at, 'expiresAt', i.expires_at, 'acceptedAt', i.accepted_at,
               'withdrawnAt', i.withdrawn_at, 'sent', coalesce(i.invited_by = $1, false)) order by i.created_at, i.id), '[]')
             from invitation i join organisation o on o.id = i.organisation_id
             where i.accepted_by = $1 or i.invited_by = $1
                or (i.email <> '' and lower(i.email) = (select lower(a.email) from account a where a.id = $1))),
           'audit', (select coalesce(jsonb_agg(jsonb_build_object('number', e.seq, 'at', e.at, 'action', e.action,
               'outcome', e.outcome, 'reason', e.reason, 'requestId', e.request_id, 'organisationId', e.organisation_id,
               'delegationId', e.delegation_id, 'subjectKind', e.subject_kind, 'subjectId', e.subject_id,
               'byPerson', coalesce(e.account_id = $1, false)) order by e.seq), '[]') from audit_entry e
             where e.account_id = $1 or e.subject_id in (select m.id from membership m where m.account_id = $1)))",
    )
    .bind(account)
    .fetch_one(connection)
    .await
}
