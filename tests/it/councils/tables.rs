use raccordo::access::Viewer;
use serde_json::{Value, json};

use super::{at, body, council, on};
use crate::hub::TestHub;
use crate::levels::SMALL;

const TABLE: &str = "workingTable { id version closedOn members { id isCoordinator memberUntil }
    meetings { id startsAt outcome isCancelled } }";

impl TestHub {
    async fn table(&self, viewer: &Viewer, verb: &str, table: &(Value, Value), more: Value) -> Value {
        self.done(viewer, verb, TABLE, on("tableId", table, more)).await["workingTable"].clone()
    }
}

fn of(table: &Value) -> (Value, Value) {
    (table["id"].clone(), table["version"].clone())
}

#[tokio::test]
async fn a_table_is_opened_joined_met_in_and_closed() {
    let hub = TestHub::with(SMALL).await;
    let council_itself = hub.persona("consiglio-bologna").await;
    let office = hub.persona("prefettura-bologna").await;
    let input = json!({ "councilId": council(), "name": "Tavolo scuola", "topic": "school", "opensOn": "2026-10-01" });
    let mut table = hub.done(&council_itself, "openWorkingTable", TABLE, input).await["workingTable"].clone();
    let partner = json!({ "organisationId": body("persona:ong-bologna") });
    table = hub.table(&office, "addTableMember", &of(&table), partner.clone()).await;
    let again = hub.refused(&office, "addTableMember", TABLE, on("tableId", &of(&table), partner.clone())).await;
    assert_eq!(again, ["CONFLICT MEMBER_ALREADY input.organisationId"]);
    let coordinator = json!({ "organisationId": body("persona:ong-bologna"), "isCoordinator": true });
    table = hub.table(&office, "addTableMember", &of(&table), coordinator).await;
    assert_eq!(table["members"][0]["isCoordinator"], true);
    let ahead = json!({ "startsAt": "2026-12-10T09:00:00Z", "outcome": "Fatto" });
    let refused = hub.refused(&office, "recordTableMeeting", TABLE, on("tableId", &of(&table), ahead)).await;
    assert_eq!(refused, ["INVALID OUTCOME_AHEAD input.outcome"]);
    table = hub.table(&office, "recordTableMeeting", &of(&table), json!({ "startsAt": "2026-11-10T09:00:00Z" })).await;
    let met =
        json!({ "meetingId": table["meetings"][0]["id"], "startsAt": "2026-11-10T10:00:00Z", "outcome": "Intesa" });
    table = hub.table(&council_itself, "recordTableMeeting", &of(&table), met).await;
    assert_eq!(table["meetings"][0]["startsAt"], "2026-11-10T10:00:00+00:00");
    table = hub.table(&office, "changeWorkingTable", &of(&table), json!({ "mandate": "Alfabetizzazione" })).await;
    let office_joins = json!({ "organisationId": body("office:PREF-BO") });
    table = hub.table(&office, "addTableMember", &of(&table), office_joins).await;
    let left = json!({ "memberId": table["members"][1]["id"], "lastDay": "2026-11-24" });
    table = hub.table(&office, "removeTableMember", &of(&table), left).await;
    table = hub.table(&office, "closeWorkingTable", &of(&table), json!({ "report": "Concluso" })).await;
    assert_eq!((&table["closedOn"], &table["members"][0]["memberUntil"]), (&json!("2026-11-24"), &json!("2026-11-24")));
    let refused = hub.refused(&office, "addTableMember", TABLE, on("tableId", &of(&table), partner)).await;
    assert_eq!(refused, ["CONFLICT TABLE_CLOSED input.tableId"]);

    let query = "query($id: ID!) { council(by: { province: \"BO\" }) { workingTables(isOpen: false) { nodes { name
        meetings { outcome } history { totalCount } } } } workingTable(id: $id) { name } }";
    let told = hub.execute(&hub.persona("ong-bologna").await, query, json!({ "id": table["id"] })).await;
    let listed = &told.data()["council"]["workingTables"]["nodes"][0];
    assert_eq!((&listed["name"], &listed["meetings"][0]["outcome"]), (&json!("Tavolo scuola"), &json!("Intesa")));
    assert_eq!(listed["history"]["totalCount"], table["version"]);
    let told = hub.execute(&Viewer::public(), query, json!({ "id": table["id"] })).await;
    assert_eq!(told.data()["workingTable"], Value::Null);
    assert_eq!(told.data()["council"]["workingTables"]["nodes"], json!([]));
    assert_eq!(hub.broken_entries().await, 0);
}

#[tokio::test]
async fn a_table_that_breaks_a_rule_is_refused_with_its_field() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let open = |more: Value| {
        let mut input = json!({ "councilId": council(), "name": "Tavolo", "topic": "work" });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    for (more, expected) in [
        (json!({ "name": " " }), "INVALID LINE_REQUIRED input.name"),
        (json!({ "closesOn": "2026-01-01" }), "INVALID PERIOD_REVERSED input.closesOn"),
    ] {
        assert_eq!(hub.refused(&office, "openWorkingTable", TABLE, open(more)).await, [expected]);
    }
    let refused = hub.refused(&hub.persona("ong-bologna").await, "openWorkingTable", TABLE, open(json!({}))).await;
    assert_eq!(refused, ["FORBIDDEN OWN_ORGANISATION_ONLY"]);
    let table = at(&hub.done(&office, "openWorkingTable", TABLE, open(json!({}))).await, "workingTable");
    for (verb, more, expected) in [
        (
            "addTableMember",
            json!({ "organisationId": body("persona:ong-bologna"), "from": "2026-01-01" }),
            "INVALID MEMBER_BEFORE_OPENING input.from",
        ),
        ("addTableMember", json!({ "organisationId": body("nobody") }), "NOT_FOUND NOT_FOUND input.organisationId"),
        (
            "recordTableMeeting",
            json!({ "startsAt": "2026-01-01T09:00:00Z" }),
            "INVALID MEETING_OUTSIDE_TABLE input.startsAt",
        ),
        ("closeWorkingTable", json!({ "on": "2027-01-01" }), "INVALID DAY_IN_FUTURE input.on"),
        (
            "removeTableMember",
            json!({ "memberId": crate::people::id("TableMember", uuid::Uuid::nil()) }),
            "NOT_FOUND NOT_FOUND input.memberId",
        ),
    ] {
        assert_eq!(hub.refused(&office, verb, TABLE, on("tableId", &table, more)).await, [expected], "{verb}");
    }
}
