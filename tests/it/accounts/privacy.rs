use raccordo::access::{Role, Viewer};
use raccordo::accounts::export;
use raccordo::graphql::Graph;
use raccordo::http::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use super::{OFFICE, OTHER, client, done, refused};
use crate::http::Served;
use crate::hub::{TODAY, TestHub};
use crate::levels::REFERENCE;
use crate::people::id;

const ERASE: &str = "mutation($input: EraseOwnAccountInput!) { done: eraseOwnAccount(input: $input) {
  erasedAt userErrors { code rule field message } } }";
const INVITE: &str = "mutation($input: InviteMemberInput!) { done: inviteMember(input: $input) {
  link userErrors { code rule field message } } }";
const CHANGE_ROLE: &str = "mutation($input: ChangeMemberRoleInput!) { done: changeMemberRole(input: $input) {
  membership { role } userErrors { code rule field message } } }";

#[tokio::test]
async fn an_erasure_leaves_no_name_and_no_address_and_an_audit_that_still_proves_itself() {
    let hub = TestHub::with(REFERENCE).await;
    let (anna, bruno) = (hub.somebody("ermengarda").await, hub.somebody("bruno").await);
    let (annas, _) = (hub.join(anna, OFFICE, Role::Administrator).await, hub.join(anna, OTHER, Role::Head).await);
    let brunos = hub.join(bruno, OTHER, Role::Administrator).await;
    let (viewer, other) = (hub.acting(anna, annas).await, hub.acting(bruno, brunos).await);
    // Her traces: an invitation that she made, one that waits for her elsewhere, and what she did.
    done(&hub, &viewer, INVITE, json!({ "email": "gina@example.it", "role": "VIEWER" })).await;
    let waiting = "insert into invitation (id, organisation_id, owner_number, role, email, secret_hash, expires_at)
        select gen_random_uuid(), id, number, 'viewer', 'Ermengarda.Persona@example.it', 'x', now() + interval '1 day'
        from organisation where office_code = 'PREF-TO'";
    sqlx::query(waiting).execute(&mut hub.maintenance().await).await.unwrap();
    assert_eq!(hub.tables_with("ermengarda").await, ["account", "account_identity", "invitation", "membership"]);

    let wrong = json!({ "confirmEmail": "other@example.it" });
    assert_eq!(refused(&hub, &viewer, ERASE, wrong.clone()).await, ["INVALID EMAIL_DIFFERS input.confirmEmail"]);
    for (caller, rule) in [(Viewer::public(), "SIGN_IN_REQUIRED"), (client(&viewer), "PERSON_REQUIRED")] {
        assert_eq!(refused(&hub, &caller, ERASE, wrong.clone()).await, [format!("FORBIDDEN {rule}")]);
    }
    assert_eq!(hub.tables_with("ermengarda").await.len(), 4, "nothing was erased yet");

    let made = done(&hub, &viewer, ERASE, json!({ "confirmEmail": " ERMENGARDA.persona@example.it" })).await;
    assert!(made["erasedAt"].is_string());
    for trace in ["ermengarda", "subject-of-ermengarda"] {
        assert_eq!(hub.tables_with(trace).await, Vec::<String>::new(), "{trace}");
    }
    let entry = hub.last_entry().await;
    assert_eq!((&entry["action"], &entry["account"]), (&json!("erase_own_account"), &json!(anna.account)));
    let changes = json!({
        "name": { "personal": true }, "email": { "personal": true },
        "identities": { "before": 1, "after": 0 }, "sessions": { "before": 1, "after": 0 },
        "memberships": { "before": 2, "after": 0 }, "invitations": { "before": 1, "after": 0 },
    });
    assert_eq!(entry["changes"], changes);
    assert_eq!(hub.broken_entries().await, 0);
    let count = async |what: &str| hub.value::<i64>(&format!("select count(*) from {what}")).await;
    assert_eq!(count("membership where ended_at is null").await, 1, "others' stay");
    assert_eq!(count("browser_session where ended_at is null").await, 1);
    assert_eq!(count("invitation where withdrawn_at is null and email = 'gina@example.it'").await, 1);

    // Who had seen her sees an ended membership of nobody.
    let query = "query($id: ID!) { node(id: $id) { id } }";
    let answer = hub.execute(&other, query, json!({ "id": id("Account", anna.account) })).await;
    assert!(!answer.json.to_string().to_lowercase().contains("ermengarda"), "{:#}", answer.json);
}

#[tokio::test]
async fn the_audit_without_an_entry_or_with_another_word_no_longer_proves_itself() {
    let hub = TestHub::with(REFERENCE).await;
    let anna = hub.somebody("anna").await;
    let membership = hub.join(anna, OFFICE, Role::Administrator).await;
    let viewer = hub.acting(anna, membership).await;
    for email in ["a@example.it", "b@example.it", "c@example.it"] {
        done(&hub, &viewer, INVITE, json!({ "email": email, "role": "VIEWER" })).await;
    }
    assert_eq!((hub.audited().await, hub.broken_entries().await), (3, 0));
    for tampering in [
        "update audit_entry set reason = 'x' where seq = 2",
        "delete from audit_entry where seq = 2",
        "update audit_change set changes = changes || '{\"role\": 1}' where seq = 3",
    ] {
        let before = hub.broken_entries().await;
        sqlx::query(tampering).execute(&mut hub.maintenance().await).await.unwrap();
        assert!(hub.broken_entries().await >= before.max(1), "{tampering}");
    }
}

#[tokio::test]
async fn a_person_takes_home_what_is_held_of_them_and_nothing_of_others() {
    let hub = TestHub::with(REFERENCE).await;
    let (anna, bruno) = (hub.somebody("anna").await, hub.somebody("bruno").await);
    let (annas, brunos) =
        (hub.join(anna, OFFICE, Role::Administrator).await, hub.join(bruno, OFFICE, Role::Viewer).await);
    let (viewer, own) = (hub.acting(anna, annas).await, hub.acting(bruno, brunos).await);
    done(&hub, &viewer, INVITE, json!({ "email": "gina@example.it", "role": "VIEWER" })).await;
    done(&hub, &viewer, CHANGE_ROLE, json!({ "membershipId": id("Membership", brunos), "role": "OFFICER" })).await;

    let graph = Graph::open_on(hub.hub.clone(), own, "test", TODAY);
    let data = export::own_data(&graph).await.unwrap().unwrap();
    assert_eq!(data["account"]["name"], "Bruno Persona");
    assert_eq!(data["account"]["email"], "bruno.persona@example.it");
    assert_eq!(data["identities"][0]["subject"], "subject-of-bruno");
    assert_eq!((&data["memberships"][0]["role"], &data["memberships"][0]["id"]), (&json!("officer"), &json!(brunos)));
    assert_eq!(data["sessions"][0]["id"], json!(bruno.session));
    let audit = data["audit"].as_array().unwrap();
    assert_eq!(audit.len(), 1, "what was done to his membership: {data:#}");
    assert_eq!((&audit[0]["action"], &audit[0]["byPerson"]), (&json!("change_member_role"), &json!(false)));
    let text = data.to_string();
    for foreign in ["anna", "gina", &anna.account.to_string(), "secret", "hash"] {
        assert!(!text.to_lowercase().contains(foreign), "{foreign} in {text}");
    }
    let entry = hub.last_entry().await;
    assert_eq!((&entry["action"], &entry["outcome"]), (&json!("export_own_data"), &json!("done")));
    assert_eq!((&entry["account"], &entry["changes"]), (&json!(bruno.account), &Value::Null));
    assert_eq!(hub.broken_entries().await, 0);
}

#[tokio::test]
async fn who_is_no_person_takes_nothing_home() {
    let served = Served::with(REFERENCE, Settings::default()).await;
    let ask = |token: Option<String>| {
        let request = served.request(Method::GET, "/export/own-data.json");
        token.into_iter().fold(request, |request, token| request.bearer_auth(token)).send()
    };
    for (token, status, reason) in
        [(None, 401, "SIGN_IN_REQUIRED"), (Some(served.token("dlci")), 403, "PERSON_REQUIRED")]
    {
        let answer = ask(token).await.unwrap();
        assert_eq!(answer.status(), status);
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["errors"][0]["extensions"]["reason"], reason, "{body:#}");
    }
}
