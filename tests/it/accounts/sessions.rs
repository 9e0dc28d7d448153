use raccordo::access::{Role, Viewer};
use serde_json::{Value, json};
use sqlx::Executor as _;
use uuid::Uuid;

use super::{OFFICE, OTHER, client, done, refused};
use crate::hub::{TODAY, TestHub};
use crate::levels::REFERENCE;
use crate::people::{Somebody, id};

const SWITCH: &str = "mutation($input: SwitchMembershipInput!) { done: switchMembership(input: $input) {
  membership { id organisation { id } } delegation { id office { id } } userErrors { code rule field message } } }";
const END: &str = "mutation($input: EndSessionInput!) { done: endSession(input: $input) {
  account { sessions { id isCurrent } } userErrors { code rule field message } } }";
const SIGN_OUT: &str = "mutation { done: signOutEverywhere { sessionsEnded userErrors { code rule field message } } }";

/// For whom a session acts, as the database has it.
async fn acts_for(hub: &TestHub, somebody: Somebody) -> (Option<Uuid>, Option<Uuid>) {
    let session = somebody.session;
    let column = async |name: &str| {
        hub.value::<Option<Uuid>>(&format!("select {name} from browser_session where id = '{session}'")).await
    };
    (column("membership_id").await, column("delegation_id").await)
}

#[tokio::test]
async fn a_person_chooses_for_whom_the_session_acts() {
    let hub = TestHub::with(REFERENCE).await;
    let anna = hub.somebody("anna").await;
    let (office, other) = (hub.join(anna, OFFICE, Role::Officer).await, hub.join(anna, OTHER, Role::Head).await);
    let grant = hub.grant(OFFICE, OTHER, &["plans"], TODAY).await;
    let viewer = hub.acting(anna, office).await;
    let membership = |key| json!({ "membershipId": id("Membership", key) });

    let made = done(&hub, &viewer, SWITCH, membership(other)).await;
    assert_eq!((&made["membership"]["id"], &made["delegation"]), (&json!(id("Membership", other)), &Value::Null));
    assert_eq!(acts_for(&hub, anna).await, (Some(other), None));
    let entry = hub.last_entry().await;
    assert_eq!((&entry["action"], &entry["kind"]), (&json!("switch_membership"), &json!("Account")));
    assert_eq!(entry["changes"], json!({ "membership": { "before": office, "after": other } }));

    let mut under = membership(other);
    under["delegationId"] = id("Delegation", grant).into();
    let made = done(&hub, &viewer, SWITCH, under.clone()).await;
    assert_eq!(made["delegation"]["id"], id("Delegation", grant));
    assert_eq!(acts_for(&hub, anna).await, (Some(other), Some(grant)));

    under["membershipId"] = id("Membership", office).into();
    let elsewhere = "INVALID DELEGATE_MEMBERSHIP_REQUIRED input.delegationId";
    assert_eq!(refused(&hub, &viewer, SWITCH, under).await, [elsewhere]);
    let alone = json!({ "delegationId": id("Delegation", grant) });
    assert_eq!(refused(&hub, &viewer, SWITCH, alone).await, [elsewhere]);

    let made = done(&hub, &viewer, SWITCH, json!({})).await;
    assert_eq!(made["membership"], Value::Null);
    assert_eq!(acts_for(&hub, anna).await, (None, None));
}

#[tokio::test]
async fn nobody_acts_for_a_membership_or_under_a_delegation_of_others() {
    let hub = TestHub::with(REFERENCE).await;
    let (anna, bruno) = (hub.somebody("anna").await, hub.somebody("bruno").await);
    let (annas, brunos) = (hub.join(anna, OFFICE, Role::Head).await, hub.join(bruno, OFFICE, Role::Head).await);
    let foreign = hub.grant(OTHER, "council:PREF-BO", &["plans"], TODAY).await;
    let viewer = hub.acting(anna, annas).await;
    let others = json!({ "membershipId": id("Membership", brunos) });
    assert_eq!(refused(&hub, &viewer, SWITCH, others.clone()).await, ["NOT_FOUND NOT_FOUND input.membershipId"]);
    let grant = json!({ "membershipId": id("Membership", annas), "delegationId": id("Delegation", foreign) });
    assert_eq!(refused(&hub, &viewer, SWITCH, grant).await, ["NOT_FOUND NOT_FOUND input.delegationId"]);
    let wrong = json!({ "membershipId": "x" });
    assert_eq!(refused(&hub, &viewer, SWITCH, wrong).await, ["INVALID ID_INVALID input.membershipId"]);
    for (viewer, rule) in [(Viewer::public(), "SIGN_IN_REQUIRED"), (client(&viewer), "PERSON_REQUIRED")] {
        assert_eq!(refused(&hub, &viewer, SWITCH, others.clone()).await, [format!("FORBIDDEN {rule}")]);
    }
    assert_eq!(acts_for(&hub, anna).await, (None, None));
}

#[tokio::test]
async fn a_person_ends_their_own_sessions_and_no_others() {
    let hub = TestHub::with(REFERENCE).await;
    let (anna, bruno) = (hub.somebody("anna").await, hub.somebody("bruno").await);
    let (second, third) = (Uuid::now_v7(), Uuid::now_v7());
    hub.session_of(anna.account, second).await;
    hub.session_of(anna.account, third).await;
    let viewer = hub.acting(anna, None).await;
    let of = |session| json!({ "sessionId": id("Session", session) });

    let made = done(&hub, &viewer, END, of(second)).await;
    let left = json!([
        { "id": id("Session", third), "isCurrent": false },
        { "id": id("Session", anna.session), "isCurrent": true },
    ]);
    assert_eq!(made["account"]["sessions"], left);
    let entry = hub.last_entry().await;
    assert_eq!((&entry["action"], &entry["subject"]), (&json!("end_session"), &json!(second)));
    assert_eq!(entry["changes"], json!({ "isOpen": { "before": true, "after": false } }));

    let absent = "NOT_FOUND NOT_FOUND input.sessionId";
    for session in [second, bruno.session, Uuid::now_v7()] {
        assert_eq!(refused(&hub, &viewer, END, of(session)).await, [absent]);
    }
    assert_eq!(refused(&hub, &viewer, END, json!({ "sessionId": "x" })).await, ["INVALID ID_INVALID input.sessionId"]);
    for (document, input) in [(END, of(third)), (SIGN_OUT, json!({}))] {
        for (viewer, rule) in [(Viewer::public(), "SIGN_IN_REQUIRED"), (client(&viewer), "PERSON_REQUIRED")] {
            assert_eq!(refused(&hub, &viewer, document, input.clone()).await, [format!("FORBIDDEN {rule}")]);
        }
    }

    let made = done(&hub, &viewer, SIGN_OUT, json!({})).await;
    assert_eq!(made["sessionsEnded"], 2);
    assert_eq!(hub.last_entry().await["changes"], json!({ "sessions": { "before": 2, "after": 0 } }));
    let open: Vec<Uuid> = hub.value("select array_agg(id) from browser_session where ended_at is null").await;
    assert_eq!(open, [bruno.session]);
}

#[tokio::test]
async fn the_hub_lets_go_of_sessions_that_are_over_for_a_month() {
    let hub = TestHub::with(REFERENCE).await;
    let somebody = hub.somebody("Anna Bianchi").await;
    let [long_over, signed_out, over, open] = [1, 2, 3, 4].map(Uuid::from_u128);
    for (session, dates) in [
        (long_over, "expires_at = now() - interval '31 days'"),
        (signed_out, "ended_at = now() - interval '31 days'"),
        (over, "expires_at = now() - interval '29 days'"),
        (open, "seen_at = now()"),
    ] {
        hub.session_of(somebody.account, session).await;
        let statement = format!("update browser_session set {dates} where id = '{session}'");
        hub.maintenance().await.execute(sqlx::AssertSqlSafe(statement)).await.unwrap();
    }
    hub.hub.people.tend().await;
    let kept: Vec<Uuid> = hub.value("select array_agg(id order by id) from browser_session").await;
    assert_eq!(kept, [over, open, somebody.session]);
}
