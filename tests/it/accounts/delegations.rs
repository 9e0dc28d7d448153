use std::time::Duration;

use chrono::NaiveDate;
use raccordo::access::persona::stable_id;
use raccordo::access::secret::Secret;
use raccordo::access::{Role, Room, Viewer, audience};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor as _};
use uuid::Uuid;

use super::{OFFICE, OTHER, client, done, refused};
use crate::hub::{TODAY, TestHub};
use crate::levels::{REFERENCE, SMALL};
use crate::people::{Somebody, id};

const GRANT: &str = "mutation($input: GrantDelegationInput!) { done: grantDelegation(input: $input) {
  delegation { id rooms mode reason validFrom validUntil isInForce version delegate { id } office { id } }
  userErrors { code rule field message } } }";
const END: &str = "mutation($input: EndDelegationInput!) { done: endDelegation(input: $input) {
  delegation { endedAt isInForce version } userErrors { code rule field message } } }";

fn to(delegate: &str) -> Value {
    json!({
        "delegateId": id("Organisation", stable_id(delegate)), "rooms": ["PROJECTS", "PLANS", "PLANS"], "mode": "READ",
        "validUntil": "2027-11-23", "reason": " Contratto 12/2026 ",
    })
}

async fn member(hub: &TestHub, name: &str, organisation: &str, role: Role) -> Viewer {
    let somebody = hub.somebody(name).await;
    let membership = hub.join(somebody, organisation, role).await;
    hub.acting(somebody, membership).await
}

#[tokio::test]
async fn an_office_lets_another_body_work_for_it_and_ends_that_before_its_time() {
    let hub = TestHub::with(REFERENCE).await;
    let anna = member(&hub, "anna", OFFICE, Role::Head).await;
    let made = done(&hub, &anna, GRANT, to(OTHER)).await["delegation"].clone();
    let expected = json!({
        "id": made["id"], "rooms": ["PLANS", "PROJECTS"], "mode": "READ", "reason": "Contratto 12/2026",
        "validFrom": "2026-11-24", "validUntil": "2027-11-23", "isInForce": true, "version": 1,
        "delegate": { "id": id("Organisation", stable_id(OTHER)) },
        "office": { "id": id("Organisation", stable_id(OFFICE)) },
    });
    assert_eq!(made, expected);
    let entry = hub.last_entry().await;
    assert_eq!((&entry["action"], &entry["kind"]), (&json!("grant_delegation"), &json!("Delegation")));
    assert_eq!(entry["changes"]["rooms"]["after"], "plans, projects");
    assert_eq!(entry["changes"]["validUntil"]["after"], "2027-11-23");

    // Both see it, whoever comes from now on; nobody else does.
    let query = "query($id: ID!) { organisation(by: { id: $id }) { delegations { edges { node { id } } } } }";
    let variables = json!({ "id": id("Organisation", stable_id(OFFICE)) });
    for (viewer, count) in
        [(hub.office("PREF-BO").await, 1), (hub.office("PREF-MO").await, 1), (hub.office("PREF-TO").await, 0)]
    {
        let answer = hub.execute(&viewer, query, variables.clone()).await;
        assert_eq!(answer.data()["organisation"]["delegations"]["edges"].as_array().unwrap().len(), count);
    }

    let input = json!({ "delegationId": made["id"] });
    let absent = "NOT_FOUND NOT_FOUND input.delegationId";
    for (viewer, reason) in [
        (Viewer::public(), absent),
        (member(&hub, "tea", "office:PREF-TO", Role::Head).await, absent),
        (member(&hub, "carla", OTHER, Role::Head).await, "FORBIDDEN OWN_ORGANISATION_ONLY"),
        (member(&hub, "bruno", OFFICE, Role::Officer).await, "FORBIDDEN ROLE_REQUIRED"),
    ] {
        assert_eq!(refused(&hub, &viewer, END, input.clone()).await, [reason]);
    }
    let head = member(&hub, "elsa", OFFICE, Role::Head).await;
    let stale = json!({ "delegationId": made["id"], "expectedVersion": 4 });
    assert_eq!(refused(&hub, &head, END, stale).await, ["CONFLICT CHANGED_MEANWHILE input.expectedVersion"]);
    assert_eq!(
        refused(&hub, &head, END, json!({ "delegationId": "x" })).await,
        ["INVALID ID_INVALID input.delegationId"]
    );
    let ended = done(&hub, &head, END, input.clone()).await["delegation"].clone();
    assert!(ended["endedAt"].is_string() && ended["isInForce"] == false && ended["version"] == 2, "{ended:#}");
    assert_eq!(hub.last_entry().await["changes"], json!({ "isEnded": { "before": false, "after": true } }));
    assert_eq!(refused(&hub, &head, END, input).await, ["CONFLICT ENDED_ALREADY input.delegationId"]);
    assert_eq!(hub.broken_entries().await, 0);
}

#[tokio::test]
async fn a_grant_is_refused_to_who_may_not_make_it_and_where_it_breaks_a_rule() {
    let hub = TestHub::with(REFERENCE).await;
    let anna = member(&hub, "anna", OFFICE, Role::Administrator).await;
    for (viewer, rule) in [
        (Viewer::public(), "SIGN_IN_REQUIRED"),
        (client(&anna), "PERSON_REQUIRED"),
        (member(&hub, "bruno", OFFICE, Role::Officer).await, "ROLE_REQUIRED"),
        (member(&hub, "carla", "council:PREF-BO", Role::Head).await, "LEVEL_REQUIRED"),
    ] {
        assert_eq!(refused(&hub, &viewer, GRANT, to(OTHER)).await, [format!("FORBIDDEN {rule}")]);
    }
    let with = |field: &str, value: Value| {
        let mut input = to(OTHER);
        input[field] = value;
        input
    };
    for (input, reason) in [
        (to(OFFICE), "INVALID DELEGATE_IS_OFFICE input.delegateId"),
        (to("office:NO-SUCH"), "NOT_FOUND NOT_FOUND input.delegateId"),
        (with("delegateId", json!("x")), "INVALID ID_INVALID input.delegateId"),
        (with("rooms", json!([])), "INVALID ROOMS_REQUIRED input.rooms"),
        (with("rooms", json!(["PLANS", "PEOPLE"])), "INVALID ROOM_NOT_DELEGABLE input.rooms"),
        (with("rooms", json!(["AUDIT"])), "INVALID ROOM_NOT_DELEGABLE input.rooms"),
        (with("reason", json!("  ")), "INVALID REASON_REQUIRED input.reason"),
        (with("reason", json!("x".repeat(501))), "INVALID REASON_REQUIRED input.reason"),
        (with("validUntil", json!("2026-11-23")), "INVALID PERIOD_OVER input.validUntil"),
        (with("validFrom", json!("2027-11-24")), "INVALID PERIOD_OVER input.validUntil"),
        (with("validUntil", json!("2029-11-24")), "INVALID PERIOD_TOO_LONG input.validUntil"),
    ] {
        assert_eq!(refused(&hub, &anna, GRANT, input).await, [reason]);
    }
    assert_eq!(hub.value::<i64>("select count(*) from delegation").await, 0);
    done(&hub, &anna, GRANT, with("validUntil", json!("2029-11-23"))).await;
}

/// A contractor's administrator, who works for the office of Bologna in its plans, until today; and two of the office's
/// records that nobody else sees.
struct Contractor {
    hub: TestHub,
    olga: Somebody,
    membership: Uuid,
    grant: Uuid,
    plan: Uuid,
    project: Uuid,
}

impl Contractor {
    async fn new() -> Self {
        let hub = TestHub::with(SMALL).await;
        let (plan, project) = (
            hidden(&hub, "territorial_plan", "office_id", "status = 'draft', title = 'Zirudella del piano'").await,
            hidden(&hub, "project", "lead_id", "status = 'running', starts_on = '2026-01-01', ends_on = '2027-12-31', title = 'Zirudella del progetto'").await,
        );
        let named =
            format!("update plan_intervention set title = 'Zirudella dell''intervento' where plan_id = '{plan}'");
        sqlx::query(AssertSqlSafe(named)).execute(&mut hub.maintenance().await).await.unwrap();
        let olga = hub.somebody("olga").await;
        let membership = hub.join(olga, "persona:ong-bologna", Role::Administrator).await;
        let grant = hub.grant(OFFICE, "persona:ong-bologna", &["plans"], TODAY).await;
        let this = Self { hub, olga, membership, grant, plan, project };
        this.until_current().await;
        this
    }

    /// Waits until the network in memory shows the data as they are.
    async fn until_current(&self) {
        let query = "{ dataVersion network(scope: { national: true }) { version } }";
        loop {
            let answer = self.hub.execute(&Viewer::public(), query, Value::Null).await;
            if answer.data()["dataVersion"] == answer.data()["network"]["version"] {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The names of the two records that each way of asking tells this viewer.
    async fn told(&self, viewer: &Viewer) -> Value {
        let query = "query($plan: ID!, $project: ID!) {
            territorialPlan(id: $plan) { title }
            project(by: { id: $project }) { title }
            nodes(ids: [$plan, $project]) { __typename }
            search(text: \"Zirudella\") { totalCount edges { node { title } } }
            network(scope: { national: true }) { nodes { name } } }";
        let variables = json!({
            "plan": id("TerritorialPlan", self.plan), "project": id("Project", self.project),
        });
        let answer = self.hub.execute(viewer, query, variables).await;
        let data = answer.data();
        let sorted = |names: Vec<&Value>| {
            let mut names: Vec<&str> = names.iter().filter_map(|name| name.as_str()).collect();
            names.retain(|name| name.contains("Zirudella"));
            names.sort_unstable();
            json!(names)
        };
        let items = |list: &Value| list.as_array().unwrap().clone();
        let (hits, nodes) = (items(&data["search"]["edges"]), items(&data["network"]["nodes"]));
        json!({
            "plan": data["territorialPlan"]["title"], "project": data["project"]["title"], "nodes": data["nodes"],
            "count": data["search"]["totalCount"],
            "search": sorted(hits.iter().map(|hit| &hit["node"]["title"]).collect()),
            "network": sorted(nodes.iter().map(|node| &node["name"]).collect()),
        })
    }

    async fn on(&self, day: NaiveDate, delegation: Option<Uuid>) -> Viewer {
        self.hub.acting_on(day, self.olga, Some(self.membership), delegation).await
    }
}

/// Makes one of a table's records the office's alone, with these values; returns its id.
async fn hidden(hub: &TestHub, table: &str, owner: &str, values: &str) -> Uuid {
    let office = stable_id(OFFICE);
    let statement = format!(
        "update {table} t set {owner} = o.id, owner_number = o.number, province_code = '037', visibility = 'owner',
             group_number = null, {values}
         from organisation o where o.id = '{office}'
           and t.id = (select id from {table} where province_code = '037' order by id limit 1) returning t.id"
    );
    sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(&mut hub.maintenance().await).await.unwrap()
}

#[tokio::test]
async fn a_delegate_sees_with_the_offices_eyes_in_the_rooms_of_the_grant_and_nowhere_else_until_its_last_day() {
    let contractor = Contractor::new().await;
    let hub = &contractor.hub;
    let (plan, project) = ("Zirudella del piano", "Zirudella del progetto");
    let all = contractor.told(&hub.office("PREF-BO").await).await;
    assert_eq!(all["search"], json!([plan, project]), "the office itself sees both: {all:#}");
    assert_eq!((&all["plan"], &all["project"]), (&json!(plan), &json!(project)));
    assert!(all["network"].as_array().unwrap().contains(&json!(project)), "{all:#}");
    let network: Vec<&Value> = all["network"].as_array().unwrap().iter().filter(|name| *name != project).collect();

    let nothing =
        json!({ "plan": null, "project": null, "nodes": [null, null], "count": 0, "search": [], "network": [] });
    let own = contractor.on(TODAY, None).await;
    assert_eq!(contractor.told(&own).await, nothing);
    let under = contractor.on(TODAY, Some(contractor.grant)).await;
    let plans_alone = json!({
        "plan": plan, "project": null, "nodes": [{ "__typename": "TerritorialPlan" }, null], "count": 1,
        "search": [plan], "network": network,
    });
    assert_eq!(contractor.told(&under).await, plans_alone);

    let after = TODAY.succ_opt().unwrap();
    let late = contractor.on(after, Some(contractor.grant)).await;
    assert_eq!(late.person().unwrap().delegation, None);
    assert_eq!(contractor.told(&late).await, nothing);
}

#[tokio::test]
async fn a_delegate_does_none_of_an_administrators_actions_for_neither_body() {
    let contractor = Contractor::new().await;
    let hub = &contractor.hub;
    let anna = hub.somebody("anna").await;
    hub.join(anna, OFFICE, Role::Administrator).await;
    let under = contractor.on(TODAY, Some(contractor.grant)).await;
    let invite = "mutation($input: InviteMemberInput!) { done: inviteMember(input: $input) {
        link userErrors { code rule field message } } }";
    let rule = "FORBIDDEN NOT_UNDER_DELEGATION";
    let input = json!({ "email": "x@example.it", "role": "VIEWER" });
    assert_eq!(refused(hub, &under, invite, input).await, [rule]);
    assert_eq!(hub.last_entry().await["delegation"], json!(contractor.grant), "the audit tells under which grant");
    assert_eq!(refused(hub, &under, GRANT, to(OTHER)).await, [rule]);
    let end = json!({ "delegationId": id("Delegation", contractor.grant) });
    assert_eq!(refused(hub, &under, END, end).await, [rule]);
    let query = "query($id: ID!) { organisation(by: { id: $id }) {
        memberships { edges { node { id } } } invitations { edges { node { id } } } } }";
    let answer = hub.execute(&under, query, json!({ "id": id("Organisation", stable_id(OFFICE)) })).await;
    let nobody = json!({ "memberships": { "edges": [] }, "invitations": { "edges": [] } });
    assert_eq!(answer.data()["organisation"], nobody, "the office's people stay its own");
}

/// The sight of a delegate as the session's cookie itself gives it, to the last day and not a day longer.
#[tokio::test]
async fn a_cookie_sees_with_the_offices_eyes_to_the_last_day_of_the_grant() {
    let hub = TestHub::with(SMALL).await;
    let gina = hub.somebody("Gina Verdi").await;
    let membership = hub.join(gina, "persona:ong-bologna", Role::Officer).await;
    let today = chrono::Local::now().date_naive();
    let delegation = hub.grant("office:PREF-BO", "persona:ong-bologna", &["plans"], today).await;
    let statement = format!(
        "update browser_session set membership_id = '{membership}', delegation_id = '{delegation}' where id = '{}'",
        gina.session
    );
    hub.maintenance().await.execute(AssertSqlSafe(statement)).await.unwrap();
    let number: i32 = hub.value("select number from organisation where office_code = 'PREF-BO'").await;
    let office = audience::organisation(number);
    let cookie = Secret::from(gina.session.to_string());
    let seen = async || {
        let viewer = hub.hub.people.viewer(&cookie).await.unwrap();
        let rooms: Vec<Room> = Room::ALL.iter().copied().filter(|room| viewer.holds(*room, office)).collect();
        (rooms, viewer.person().unwrap().delegation.is_some())
    };
    assert_eq!(seen().await, (vec![Room::Plans], true));
    let over = format!("update delegation set valid_until = '{}' where id = '{delegation}'", today.pred_opt().unwrap());
    hub.maintenance().await.execute(AssertSqlSafe(over)).await.unwrap();
    hub.hub.note_change("delegation");
    assert_eq!(seen().await, (vec![], false));
}
