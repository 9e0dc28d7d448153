//! The migrations, from nothing to the present schema.

use raccordo::access::Viewer;
use serde_json::json;

use crate::hub::{Copy, EMPTY, TestHub};

#[tokio::test]
async fn an_empty_database_is_migrated_and_answers() {
    let hub = TestHub::empty().await;
    let answer = hub.execute(&Viewer::public(), "{ dataVersion }", json!({})).await;
    assert_eq!(*answer.data(), json!({ "dataVersion": 0 }));
    assert_eq!(answer.statements, 1);
}

#[tokio::test]
async fn to_migrate_again_changes_nothing() {
    let copy = Copy::of(EMPTY);
    let database = copy.open().await;
    database.migrate().await.expect("a migrated database is left as it is");
}

#[tokio::test]
async fn the_parts_of_a_record_are_found_by_it() {
    let hub = TestHub::empty().await;
    // A part repeats its record's audience, which stands in the key by which it belongs to the record.
    let parts = "from pg_constraint c where c.contype = 'f' and exists (
      select from pg_attribute a where a.attrelid = c.conrelid and a.attnum = any(c.conkey) and a.attname = 'audience')";
    let without = format!(
        "select c.conrelid::regclass || ' ' || c.conname {parts} and not exists (
           select from pg_index i
           where i.indrelid = c.conrelid and i.indpred is null and (i.indkey::int2[])[0] = c.conkey[1]) order by 1"
    );
    let mut connection = hub.maintenance().await;
    let counted = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) {parts}")));
    let all: i64 = counted.fetch_one(&mut connection).await.unwrap();
    assert!(all > 10, "there are {all}");
    let without: Vec<String> =
        sqlx::query_scalar(sqlx::AssertSqlSafe(without)).fetch_all(&mut connection).await.unwrap();
    assert_eq!(without, Vec::<String>::new(), "of these every row is read to find a record's own");
}
