use raccordo::access::persona::stable_id;
use raccordo::access::{Role, Viewer};
use serde_json::{Value, json};
use sqlx::Executor as _;
use uuid::Uuid;

use super::{OFFICE, OTHER, client, done, refused};
use crate::hub::{TODAY, TestHub};
use crate::levels::REFERENCE;
use crate::people::{Somebody, id};
use crate::rights::until_waiting;

const CHANGE_ROLE: &str = "mutation($input: ChangeMemberRoleInput!) { done: changeMemberRole(input: $input) {
  membership { id role version isActive origin endedAt person { name email } organisation { id } }
  userErrors { code rule field message } } }";
const END: &str = "mutation($input: EndMembershipInput!) { done: endMembership(input: $input) {
  membership { id role version endedAt } userErrors { code rule field message } } }";

/// An office with one administrator and one officer.
struct Office {
    hub: TestHub,
    anna: Somebody,
    bruno: Somebody,
    annas: Uuid,
    brunos: Uuid,
}

impl Office {
    async fn new() -> Self {
        let hub = TestHub::with(REFERENCE).await;
        let (anna, bruno) = (hub.somebody("anna").await, hub.somebody("bruno").await);
        let annas = hub.join(anna, OFFICE, Role::Administrator).await;
        let brunos = hub.join(bruno, OFFICE, Role::Officer).await;
        Self { hub, anna, bruno, annas, brunos }
    }

    async fn administrator(&self) -> Viewer {
        self.hub.acting(self.anna, self.annas).await
    }

    async fn officer(&self) -> Viewer {
        self.hub.acting(self.bruno, self.brunos).await
    }
}

fn of(membership: Uuid) -> Value {
    json!({ "membershipId": id("Membership", membership) })
}

fn to(membership: Uuid, role: &str) -> Value {
    json!({ "membershipId": id("Membership", membership), "role": role })
}

#[tokio::test]
async fn an_administrator_gives_roles_and_ends_memberships_and_the_audit_tells_so() {
    let office = Office::new().await;
    let (hub, anna) = (&office.hub, office.administrator().await);
    let input = json!({ "membershipId": id("Membership", office.brunos), "role": "HEAD", "expectedVersion": 1 });
    let payload = done(hub, &anna, CHANGE_ROLE, input).await;
    assert_eq!(
        payload["membership"],
        json!({
            "id": id("Membership", office.brunos), "role": "HEAD", "version": 2, "isActive": false,
            "origin": "INVITATION", "endedAt": null,
            "person": { "name": "Bruno Persona", "email": "bruno.persona@example.it" },
            "organisation": { "id": id("Organisation", stable_id(OFFICE)) },
        })
    );
    let mut entry = json!({
        "action": "change_member_role", "outcome": "done", "reason": null, "account": office.anna.account,
        "organisation": stable_id(OFFICE), "delegation": null, "kind": "Membership", "subject": office.brunos,
        "changes": { "role": { "before": "officer", "after": "head" } },
    });
    assert_eq!(hub.last_entry().await, entry);

    let payload = done(hub, &anna, END, of(office.brunos)).await;
    assert!(payload["membership"]["endedAt"].is_string() && payload["membership"]["version"] == 3, "{payload:#}");
    entry["action"] = "end_membership".into();
    entry["changes"] = json!({ "isInForce": { "before": true, "after": false } });
    assert_eq!(hub.last_entry().await, entry);
    assert_eq!(hub.tables_with("bruno.persona").await, ["account", "membership"], "the audit holds no address");
    assert_eq!(hub.broken_entries().await, 0);
}

#[tokio::test]
async fn who_may_not_change_members_is_told_the_rule_or_that_there_is_no_such_membership() {
    let office = Office::new().await;
    let hub = &office.hub;
    let carla = hub.somebody("carla").await;
    let carlas = hub.join(carla, OTHER, Role::Administrator).await;
    let grant = hub.grant(OFFICE, OTHER, &["organisations", "plans"], TODAY).await;
    let (other, officer) = (hub.acting(carla, carlas).await, office.officer().await);
    let delegated = hub.delegated(carla, carlas, grant).await;
    let program = client(&office.administrator().await);
    let absent = "NOT_FOUND NOT_FOUND input.membershipId";
    let role = "FORBIDDEN ROLE_REQUIRED";
    let delegation = "FORBIDDEN NOT_UNDER_DELEGATION";
    for (viewer, membership, reason, is_audited) in [
        (Viewer::public(), office.brunos, absent, false),
        (other.clone(), office.brunos, absent, false),
        (delegated.clone(), office.brunos, absent, false),
        (program, office.brunos, absent, false),
        (hub.acting(carla, None).await, carlas, absent, false),
        (officer, office.annas, role, true),
        (delegated, carlas, delegation, true),
        (other, Uuid::now_v7(), absent, false),
    ] {
        for (document, input) in [(CHANGE_ROLE, to(membership, "VIEWER")), (END, of(membership))] {
            let before = hub.audited().await;
            assert_eq!(refused(hub, &viewer, document, input).await, [reason], "{:?}", viewer.caller);
            assert_eq!(hub.audited().await - before, i64::from(is_audited), "{:?}", viewer.caller);
            if is_audited {
                let entry = hub.last_entry().await;
                assert_eq!(entry["outcome"], "refused");
                assert_eq!(entry["reason"], reason.split_once(' ').unwrap().1);
                assert_eq!((&entry["subject"], &entry["changes"]), (&json!(membership), &Value::Null));
            }
        }
    }
    let untouched: i64 = hub.value("select count(*) from membership where version = 1 and ended_at is null").await;
    assert_eq!(untouched, 3);
    assert_eq!(hub.broken_entries().await, 0);
}

#[tokio::test]
async fn what_stands_against_a_change_of_a_membership_is_told_with_its_rule() {
    let office = Office::new().await;
    let (hub, anna) = (&office.hub, office.administrator().await);
    let dino = hub.somebody("dino").await;
    let dinos = hub.join(dino, OFFICE, Role::Officer).await;
    let mapped = format!("update membership set origin = 'mapping' where id = '{dinos}'");
    hub.maintenance().await.execute(sqlx::AssertSqlSafe(mapped)).await.unwrap();
    let audited = hub.audited().await;
    for (input, reason) in [
        (json!({ "membershipId": "x", "role": "HEAD" }), "INVALID ID_INVALID input.membershipId"),
        (
            json!({ "membershipId": id("Organisation", office.brunos), "role": "HEAD" }),
            "INVALID ID_INVALID input.membershipId",
        ),
        (
            json!({ "membershipId": id("Membership", office.brunos), "role": "HEAD", "expectedVersion": 7 }),
            "CONFLICT CHANGED_MEANWHILE input.expectedVersion",
        ),
        (to(dinos, "HEAD"), "CONFLICT SET_BY_PROVIDER input.membershipId"),
        (to(office.annas, "HEAD"), "CONFLICT LAST_ADMINISTRATOR input.membershipId"),
    ] {
        assert_eq!(refused(hub, &anna, CHANGE_ROLE, input).await, [reason]);
    }
    assert_eq!(refused(hub, &anna, END, of(office.annas)).await, ["CONFLICT LAST_ADMINISTRATOR input.membershipId"]);
    assert_eq!(hub.audited().await, audited, "nothing was done, and no right was missing");
    // The refusals hold no lock: another administrator comes, and the first may go.
    done(hub, &anna, CHANGE_ROLE, to(office.brunos, "ADMINISTRATOR")).await;
    done(hub, &anna, END, of(office.annas)).await;
    let bruno = office.officer().await;
    assert_eq!(refused(hub, &bruno, END, of(office.annas)).await, ["CONFLICT ENDED_ALREADY input.membershipId"]);
    done(hub, &bruno, END, of(dinos)).await;
}

#[tokio::test]
async fn of_two_administrators_who_end_each_other_at_once_one_stays() {
    let office = Office::new().await;
    let hub = &office.hub;
    let elsa = hub.somebody("elsa").await;
    let elsas = hub.join(elsa, OFFICE, Role::Administrator).await;
    let (anna, elsa) = (office.administrator().await, hub.acting(elsa, elsas).await);
    let mut held = hub.maintenance().await;
    held.execute("begin; select from membership where role = 'administrator' for update").await.unwrap();
    let variables = |membership| json!({ "input": of(membership) });
    let (one, other, ()) = tokio::join!(
        hub.execute(&anna, END, variables(elsas)),
        hub.execute(&elsa, END, variables(office.annas)),
        async {
            until_waiting(hub, 2).await;
            held.execute("commit").await.unwrap();
        }
    );
    let mut rules: Vec<String> =
        [one, other].iter().map(|answer| answer.data()["done"]["userErrors"][0]["rule"].to_string()).collect();
    rules.sort();
    assert_eq!(rules, ["\"LAST_ADMINISTRATOR\"", "null"]);
    let left: i64 =
        hub.value("select count(*) from membership where role = 'administrator' and ended_at is null").await;
    assert_eq!(left, 1);
}

#[tokio::test]
async fn fields_beside_a_refused_one_stand() {
    let office = Office::new().await;
    let (hub, anna) = (&office.hub, office.administrator().await);
    let document = format!(
        "mutation {{
           last: endMembership(input: {{ membershipId: \"{0}\" }}) {{ membership {{ id }} userErrors {{ rule }} }}
           head: changeMemberRole(input: {{ membershipId: \"{1}\", role: HEAD }}) {{ membership {{ role }} userErrors {{ rule }} }}
           signOutEverywhere {{ sessionsEnded userErrors {{ rule }} }}
         }}",
        id("Membership", office.annas),
        id("Membership", office.brunos)
    );
    let answer = hub.execute(&anna, &document, Value::Null).await;
    let expected = json!({
        "last": { "membership": null, "userErrors": [{ "rule": "LAST_ADMINISTRATOR" }] },
        "head": { "membership": { "role": "HEAD" }, "userErrors": [] },
        "signOutEverywhere": { "sessionsEnded": 1, "userErrors": [] },
    });
    assert_eq!(answer.data(), &expected);
}

#[tokio::test]
async fn names_are_told_to_heads_and_administrators_and_to_oneself_and_the_rest_of_the_list_stands() {
    let office = Office::new().await;
    let hub = &office.hub;
    let query = "query($id: ID!) { organisation(by: { id: $id }) { name memberships(first: 10) {
        edges { node { role person { name } } } } } }";
    let ask = async |viewer: &Viewer| {
        hub.execute(viewer, query, json!({ "id": id("Organisation", stable_id(OFFICE)) })).await
    };
    let told = ask(&office.administrator().await).await;
    let names = json!([
        { "node": { "role": "ADMINISTRATOR", "person": { "name": "Anna Persona" } } },
        { "node": { "role": "OFFICER", "person": { "name": "Bruno Persona" } } },
    ]);
    assert_eq!(told.data()["organisation"]["memberships"]["edges"], names);

    for name in ["carla", "dino"] {
        let more = hub.somebody(name).await;
        hub.join(more, OFFICE, Role::Viewer).await;
    }
    let audited = hub.audited().await;
    let told = ask(&office.officer().await).await;
    assert_eq!(told.codes(), ["FORBIDDEN"; 3]);
    let list = &told.json["data"]["organisation"]["memberships"]["edges"];
    assert_eq!(list[0]["node"], json!({ "role": "ADMINISTRATOR", "person": null }));
    assert_eq!(list[1]["node"]["person"]["name"], "Bruno Persona");
    assert_eq!(hub.audited().await - audited, 1, "a refused list is one entry");
    assert_eq!(hub.last_entry().await["reason"], "ROLE_REQUIRED");

    for viewer in [Viewer::public(), hub.office("PREF-MO").await, client(&office.administrator().await)] {
        assert_eq!(ask(&viewer).await.data()["organisation"]["memberships"]["edges"], json!([]));
    }
}
