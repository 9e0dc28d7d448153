//! People laid out by hand: accounts, memberships, sessions, delegations; and the viewers that follow from them.

use chrono::NaiveDate;
use raccordo::access::audience::Viewers;
use raccordo::access::persona::stable_id;
use raccordo::access::{Delegation, DelegationMode, Membership, Person, Role, Viewer};
use raccordo::graphql::NodeId;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::hub::{TODAY, TestHub};

/// A person with an account and a session under way.
#[derive(Clone, Copy, Debug)]
pub struct Somebody {
    pub account: Uuid,
    pub session: Uuid,
    number: i32,
}

/// The global id of a record.
pub fn id(kind: &str, key: Uuid) -> String {
    NodeId::new(kind, key).id().to_string()
}

impl TestHub {
    /// A new account, e.g. `anna`: Anna Persona, `anna.persona@example.it`.
    pub async fn somebody(&self, name: &str) -> Somebody {
        let (account, session) = (Uuid::now_v7(), Uuid::now_v7());
        let mut connection = self.maintenance().await;
        let number = sqlx::query_scalar(
            "insert into account (id, name, email) values ($1, initcap($2 || ' persona'), $2 || '.persona@example.it')
             returning number",
        )
        .bind(account)
        .bind(name)
        .fetch_one(&mut connection)
        .await
        .unwrap();
        sqlx::query("insert into account_identity (issuer, subject, account_id) values ('https://id.example', $2, $1)")
            .bind(account)
            .bind(format!("subject-of-{name}"))
            .execute(&mut connection)
            .await
            .unwrap();
        self.session_of(account, session).await;
        Somebody { account, session, number }
    }

    /// One more session of an account.
    pub async fn session_of(&self, account: Uuid, session: Uuid) {
        sqlx::query(
            "insert into browser_session (id, secret_hash, account_id, account_number, provider, expires_at)
             select $2, sha256($2::text::bytea), id, number, 'test', now() + interval '8 hours' from account where id = $1",
        )
        .bind(account)
        .bind(session)
        .execute(&mut self.maintenance().await)
        .await
        .unwrap();
    }

    /// Makes a person a member of the organisation with this natural key, e.g. `office:PREF-BO`; returns the membership.
    pub async fn join(&self, somebody: Somebody, organisation: &str, role: Role) -> Uuid {
        self.join_body(somebody, stable_id(organisation), role).await
    }

    /// Makes a person a member of the organisation with this id; returns the membership.
    pub async fn join_body(&self, somebody: Somebody, organisation: Uuid, role: Role) -> Uuid {
        let membership = Uuid::now_v7();
        let joined = sqlx::query(
            "insert into membership (id, account_id, organisation_id, owner_number, role, origin, person_name, person_email)
             select $1, a.id, o.id, o.number, $4, 'invitation', a.name, a.email from account a, organisation o
             where a.id = $2 and o.id = $3",
        )
        .bind(membership)
        .bind(somebody.account)
        .bind(organisation)
        .bind(role.as_str())
        .execute(&mut self.maintenance().await)
        .await
        .unwrap();
        assert_eq!(joined.rows_affected(), 1, "there is no {organisation}");
        membership
    }

    /// Lets `delegate` work for `office` in these rooms until a day; returns the delegation.
    pub async fn grant(&self, office: &str, delegate: &str, rooms: &[&str], until: NaiveDate) -> Uuid {
        let delegation = Uuid::now_v7();
        sqlx::query(
            "with g as (insert into audience_group (purpose) values ('delegation') returning number),
                  m as (insert into audience_group_member (group_number, member)
                        select g.number, 1000000 + o.number from g, organisation o where o.id in ($2, $3))
             insert into delegation (id, office_id, delegate_id, owner_number, rooms, mode, reason, valid_from, valid_until,
                 group_number)
             select $1, $2, $3, o.number, $4, 'read', 'Contratto', '2026-01-01', $5, g.number
             from organisation o, g where o.id = $2",
        )
        .bind(delegation)
        .bind(stable_id(office))
        .bind(stable_id(delegate))
        .bind(rooms)
        .bind(until)
        .execute(&mut self.maintenance().await)
        .await
        .unwrap();
        delegation
    }

    /// A person who acts for one of their memberships, or for nobody.
    pub async fn acting(&self, somebody: Somebody, membership: impl Into<Option<Uuid>>) -> Viewer {
        self.acting_on(TODAY, somebody, membership.into(), None).await
    }

    /// A person who works for an office under a delegation to the body of one of their memberships.
    pub async fn delegated(&self, somebody: Somebody, membership: Uuid, delegation: Uuid) -> Viewer {
        self.acting_on(TODAY, somebody, Some(membership), Some(delegation)).await
    }

    /// The same on another day.
    pub async fn acting_on(
        &self,
        day: NaiveDate,
        somebody: Somebody,
        membership: Option<Uuid>,
        delegation: Option<Uuid>,
    ) -> Viewer {
        let mut connection = self.maintenance().await;
        let memberships: Vec<(Uuid, Uuid, Role)> = sqlx::query_as(
            "select id, organisation_id, role from membership where account_id = $1 and ended_at is null order by since, id",
        )
        .bind(somebody.account)
        .fetch_all(&mut connection)
        .await
        .unwrap();
        let memberships: Vec<Membership> =
            memberships.into_iter().map(|(id, organisation, role)| Membership { id, organisation, role }).collect();
        let bodies: Vec<Uuid> = memberships.iter().map(|membership| membership.organisation).collect();
        type Row = (Uuid, Uuid, Uuid, Vec<String>, DelegationMode, NaiveDate);
        let delegations: Vec<Row> = sqlx::query_as(
            "select id, office_id, delegate_id, rooms, mode, valid_until from delegation
             where delegate_id = any($1) and ended_at is null and $2 between valid_from and valid_until order by id",
        )
        .bind(bodies)
        .bind(day)
        .fetch_all(&mut connection)
        .await
        .unwrap();
        let delegations: Vec<Delegation> = delegations
            .into_iter()
            .map(|(id, office, delegate, rooms, mode, until)| {
                let rooms = rooms.iter().map(|room| room.parse().unwrap()).collect();
                Delegation { id, office, delegate, rooms, mode, until }
            })
            .collect();
        let acting = memberships.iter().find(|held| Some(held.id) == membership).cloned();
        let under = delegations.iter().find(|held| Some(held.id) == delegation).cloned();
        let viewer = match &acting {
            Some(membership) => self.for_body(membership.organisation, day).await,
            None => Viewer::public(),
        };
        let viewer = viewer.as_person(
            Person {
                account: somebody.account,
                session: somebody.session,
                memberships: memberships.into(),
                delegations: delegations.into(),
                membership: acting,
                delegation: None,
            },
            somebody.number,
        );
        match under {
            Some(delegation) => {
                let office = self.for_body(delegation.office, day).await;
                viewer.under(delegation, &office)
            }
            None => viewer,
        }
    }

    /// Whoever acts for a body on a day, not yet said who.
    pub async fn for_body(&self, organisation: Uuid, day: NaiveDate) -> Viewer {
        let viewer = Viewers::default().acting_for(organisation, day, &self.hub.database).await;
        viewer.expect("the database answers").expect("there is such an organisation")
    }

    /// One value that the database holds.
    pub async fn value<T>(&self, query: &str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        let mut connection = self.maintenance().await;
        sqlx::query_scalar(AssertSqlSafe(query.to_owned())).fetch_one(&mut connection).await.expect(query)
    }

    /// How many entries the audit has.
    pub async fn audited(&self) -> i64 {
        self.value("select count(*) from audit_entry").await
    }

    /// The audit's last entry: what was done, by whom, to what, and what changed.
    pub async fn last_entry(&self) -> Value {
        self.value(
            "select jsonb_build_object('action', e.action, 'outcome', e.outcome, 'reason', e.reason,
                 'account', e.account_id, 'organisation', e.organisation_id, 'delegation', e.delegation_id,
                 'kind', e.subject_kind, 'subject', e.subject_id, 'changes', c.changes)
             from audit_entry e left join audit_change c using (seq) order by e.seq desc limit 1",
        )
        .await
    }

    /// Entries of the audit whose hash does not follow from what they say and from the entry before.
    pub async fn broken_entries(&self) -> i64 {
        self.value(
            "select count(*) from (
               select e.hash <> audit_hash(e, c.changes, c.audience)
                 or e.previous_hash <> coalesce(lag(e.hash) over (order by e.seq), (select first_previous_hash from audit_chain))
                 as is_broken
               from audit_entry e left join audit_change c using (seq)) e where is_broken",
        )
        .await
    }

    /// The tables in which some row holds this text, in whatever column.
    pub async fn tables_with(&self, text: &str) -> Vec<String> {
        let mut connection = self.maintenance().await;
        let tables: Vec<String> = sqlx::query_scalar(
            "select quote_ident(relname) from pg_class
             where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        let mut found = Vec::new();
        for table in tables {
            let query = format!("select exists (select from {table} t where t::text ilike '%' || $1 || '%')");
            if sqlx::query_scalar(AssertSqlSafe(query)).bind(text).fetch_one(&mut connection).await.unwrap() {
                found.push(table);
            }
        }
        found
    }
}
