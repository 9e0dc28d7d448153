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
