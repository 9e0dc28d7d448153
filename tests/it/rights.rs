//! Rights and data kept in memory: current after every change, on every day, whatever the database does meanwhile.

use std::time::Duration;

use chrono::NaiveDate;
use raccordo::access::audience::{self, Viewers};
use raccordo::access::{Settings, Viewer};
use raccordo::graphql::Error;
use raccordo::graphql::page::Cursor;
use raccordo::hub::{Hub, Reference, References};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor as _, PgConnection};
use uuid::Uuid;

use crate::hub::{Copy, EMPTY, TODAY, TestHub};
use crate::levels::REFERENCE;

#[tokio::test]
async fn a_forged_cursor_is_the_callers_fault_before_postgresql_is_asked() {
    use async_graphql::connection::CursorType as _;
    let hub = TestHub::empty().await;
    for (list, order) in [("projects", "-starts"), ("agreements", "-from"), ("territorialPlans", "-period")] {
        let after = |value: &str| Cursor { order: order.into(), value: Some(value.into()), id: Uuid::nil() };
        let query = format!("query ($after: String) {{ {list}(after: $after) {{ edges {{ cursor }} }} }}");
        for forged in [
            "-0001-01-01",
            "0000-01-01",
            "+99999-01-01",
            "+1999-1-01",
            "1999- 1- 1",
            "1899-12-31",
            "2201-01-01",
            "2026-02-30",
            "infinity",
            "",
        ] {
            let variables = json!({ "after": after(forged).encode_cursor() });
            let answer = hub.execute(&Viewer::public(), &query, variables).await;
            assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{list} after {forged:?}: {:#}", answer.json);
            assert_eq!(answer.statements, 0, "{list} after {forged:?}");
        }
        for honest in ["1900-01-01", "2200-12-31"] {
            let variables = json!({ "after": after(honest).encode_cursor() });
            let answer = hub.execute(&Viewer::public(), &query, variables).await;
            assert_eq!(answer.data()[list]["edges"], json!([]), "{list} after {honest}");
        }
    }
}

#[tokio::test]
async fn a_day_is_written_in_one_way_only() {
    let hub = TestHub::empty().await;
    for day in ["+1999-1-01", "1999- 1- 1"] {
        let query = format!("{{ network(scope: {{ national: true }}, asOf: \"{day}\") {{ version }} }}");
        let answer = hub.execute(&Viewer::public(), &query, Value::Null).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{day:?}: {:#}", answer.json);
    }
}

#[tokio::test]
async fn a_database_that_stops_starts_or_is_full_is_unavailable_and_no_internal_error() {
    let hub = TestHub::empty().await;
    for (state, code) in [
        ("57P01", "UNAVAILABLE"),
        ("57P02", "UNAVAILABLE"),
        ("57P03", "UNAVAILABLE"),
        ("53300", "UNAVAILABLE"),
        ("57014", "TIMEOUT"),
        ("42P01", "INTERNAL_SERVER_ERROR"),
    ] {
        let raise = format!("do $$ begin raise exception using errcode = '{state}'; end $$");
        let error = hub.maintenance().await.execute(AssertSqlSafe(raise)).await.unwrap_err();
        assert_eq!(Error::from(error).code(), code, "{state}");
    }
    let mut own = hub.maintenance().await;
    let error = own.execute("select pg_terminate_backend(pg_backend_pid())").await.unwrap_err();
    assert_eq!(Error::from(error).code(), "UNAVAILABLE", "a connection that the server ended");
}

/// A body without a province that sits in Bologna's council until and on [`TODAY`].
async fn member_until_today(hub: &TestHub) -> Uuid {
    let body = Uuid::from_u128(0x5ea7);
    let statement = format!(
        "insert into organisation (id, kind, name, visibility, source, valid_until)
         values ('{body}', 'other_organisation', 'A member until today', 'public', 'test', '2030-12-31');
         insert into council_seat (id, council_id, organisation_id, category, valid_from, valid_until, owner_number,
             province_code, visibility, source)
         select gen_random_uuid(), c.organisation_id, '{body}', 'invited', '2026-01-01', '{TODAY}', o.number, c.province_code,
             'public', 'test'
         from council c join organisation o on o.id = c.organisation_id where c.province_code = '037'"
    );
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut hub.maintenance().await).await.unwrap();
    body
}

/// Waits until so many sessions of the hub's database wait for a lock.
pub async fn until_waiting(hub: &TestHub, sessions: i64) {
    let mut connection = hub.maintenance().await;
    while waiting(&mut connection).await < sessions {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn waiting(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )
    .fetch_one(connection)
    .await
    .unwrap()
}

#[tokio::test]
async fn rights_that_end_by_date_end_with_the_day() {
    let hub = TestHub::with(REFERENCE).await;
    let body = member_until_today(&hub).await;
    let (viewers, bologna) = (Viewers::default(), audience::province("037").unwrap());
    let day = |day: NaiveDate| viewers.acting_for(body, day, &hub.hub.database);
    let tomorrow = TODAY.succ_opt().unwrap();
    for (on, sits) in [(TODAY, true), (tomorrow, false), (TODAY, true)] {
        assert_eq!(day(on).await.unwrap().unwrap().sight.common().contains(&bologna), sits, "on {on}");
    }
    assert!(day(NaiveDate::from_ymd_opt(2030, 12, 31).unwrap()).await.unwrap().is_some());
    assert!(day(NaiveDate::from_ymd_opt(2031, 1, 1).unwrap()).await.unwrap().is_none(), "the body is no more");
}

#[tokio::test]
async fn rights_that_were_read_before_a_change_are_not_kept_after_it() {
    let hub = TestHub::with(REFERENCE).await;
    let body = member_until_today(&hub).await;
    let (viewers, bologna) = (Viewers::default(), audience::province("037").unwrap());
    let mut change = hub.maintenance().await;
    change.execute("begin; lock table council_seat in access exclusive mode").await.unwrap();
    let (before, ()) = tokio::join!(viewers.acting_for(body, TODAY, &hub.hub.database), async {
        until_waiting(&hub, 1).await;
        sqlx::query("delete from council_seat where organisation_id = $1")
            .bind(body)
            .execute(&mut change)
            .await
            .unwrap();
        viewers.forget();
        change.execute("commit").await.unwrap();
    });
    assert!(before.unwrap().unwrap().sight.common().contains(&bologna), "it was read as it stood before the change");
    let after = viewers.acting_for(body, TODAY, &hub.hub.database).await.unwrap().unwrap();
    assert!(!after.sight.common().contains(&bologna));
}

#[tokio::test]
async fn a_burst_of_sign_ins_takes_three_connections_at_the_most() {
    let hub = TestHub::with(REFERENCE).await;
    let bodies: Vec<Uuid> = sqlx::query_scalar("select id from organisation order by id limit 12")
        .fetch_all(&mut hub.maintenance().await)
        .await
        .unwrap();
    let viewers = Viewers::default();
    let mut change = hub.maintenance().await;
    change.execute("begin; lock table council_seat in access exclusive mode").await.unwrap();
    let burst = bodies.iter().map(|body| viewers.acting_for(*body, TODAY, &hub.hub.database));
    let (found, ()) = tokio::join!(futures_util::future::try_join_all(burst), async {
        until_waiting(&hub, 3).await;
        // Time enough for more to come.
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(waiting(&mut hub.maintenance().await).await, 3);
        change.execute("commit").await.unwrap();
    });
    assert_eq!(found.unwrap().iter().flatten().count(), 12);
}

/// How often the table `told` was written, read by way of a view that a test can take away.
struct Frail(i64);
/// The same, read from the table.
struct Steady(i64);

impl Reference for Frail {
    const TABLES: &'static [&'static str] = &["told"];
    async fn load(connection: &mut PgConnection) -> sqlx::Result<Self> {
        sqlx::query_scalar("select count(*) from retold").fetch_one(connection).await.map(Self)
    }
}

impl Reference for Steady {
    const TABLES: &'static [&'static str] = &["told"];
    async fn load(connection: &mut PgConnection) -> sqlx::Result<Self> {
        sqlx::query_scalar("select count(*) from told").fetch_one(connection).await.map(Self)
    }
}

#[tokio::test]
async fn reference_data_that_could_not_be_refreshed_are_tried_again_and_hold_up_no_others() {
    let copy = Copy::of(EMPTY);
    let database = copy.open().await;
    let mut own = database.maintenance().await.unwrap();
    own.execute("create table told (n int); create view retold as table told; select watch('{told}')").await.unwrap();
    let kinds = References::default().keep::<Frail>().keep::<Steady>();
    let hub = Hub::start(database, Settings::default(), kinds).await.unwrap();
    let until = |what: &'static str, holds: fn(&Hub) -> bool| {
        let hub = &hub;
        let waiting = async move {
            while !holds(hub) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        async move { tokio::time::timeout(Duration::from_secs(15), waiting).await.expect(what) }
    };
    own.execute("alter view retold rename to lost").await.unwrap();
    own.execute("insert into told values (1)").await.unwrap();
    until("another kind is refreshed", |hub| hub.reference::<Steady>().0 == 1).await;
    own.execute("insert into told values (2)").await.unwrap();
    until("it is refreshed again", |hub| hub.reference::<Steady>().0 == 2).await;
    assert_eq!(hub.reference::<Frail>().0, 0, "what could be read last stays");
    // No change of data follows that would be heard.
    own.execute("alter view lost rename to retold").await.unwrap();
    until("the failed kind is tried again", |hub| hub.reference::<Frail>().0 == 2).await;
    hub.stop();
}
