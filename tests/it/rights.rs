//! Rights and data kept in memory: current after every change, on every day, whatever the database does meanwhile.

use raccordo::access::Viewer;
use raccordo::graphql::Error;
use raccordo::graphql::page::Cursor;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor as _};
use uuid::Uuid;

use crate::hub::TestHub;

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
