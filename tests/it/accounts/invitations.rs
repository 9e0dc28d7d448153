use raccordo::access::persona::stable_id;
use raccordo::access::{Role, Viewer};
use raccordo::accounts::operator;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor as _};
use uuid::Uuid;

use super::{OFFICE, OTHER, client, done, refused};
use crate::hub::{TODAY, TestHub};
use crate::levels::REFERENCE;
use crate::people::id;

const INVITE: &str = "mutation($input: InviteMemberInput!) { done: inviteMember(input: $input) {
  link invitation { id role status email organisation { id } } userErrors { code rule field message } } }";
const WITHDRAW: &str = "mutation($input: WithdrawInvitationInput!) { done: withdrawInvitation(input: $input) {
  invitation { status email } userErrors { code rule field message } } }";
const ACCEPT: &str = "mutation($input: AcceptInvitationInput!) { done: acceptInvitation(input: $input) {
  membership { id role origin organisation { id } } userErrors { code rule field message } } }";

async fn hub_with_administrator() -> (TestHub, Viewer) {
    let hub = TestHub::with(REFERENCE).await;
    let anna = hub.somebody("anna").await;
    let membership = hub.join(anna, OFFICE, Role::Administrator).await;
    let viewer = hub.acting(anna, membership).await;
    (hub, viewer)
}

/// Invites an address as an officer; the secret of the link and the invitation's global id.
async fn invite(hub: &TestHub, administrator: &Viewer, email: &str) -> (String, String) {
    let made = done(hub, administrator, INVITE, json!({ "email": email, "role": "OFFICER" })).await;
    let secret = made["link"].as_str().unwrap().split_once("invitation=").unwrap().1.to_owned();
    (secret, made["invitation"]["id"].as_str().unwrap().to_owned())
}

async fn nobody(hub: &TestHub, name: &str) -> Viewer {
    let somebody = hub.somebody(name).await;
    hub.acting(somebody, None).await
}

#[tokio::test]
async fn an_administrator_invites_and_the_link_is_told_once() {
    let (hub, anna) = hub_with_administrator().await;
    let made =
        done(&hub, &anna, INVITE, json!({ "email": " Gina@Example.it ", "role": "SECRETARIAT", "days": 3 })).await;
    let link = made["link"].as_str().unwrap();
    let secret = link.strip_prefix(&format!("{}/sign-in?invitation=", hub.hub.access.public_url)).expect(link);
    let invitation = &made["invitation"];
    assert_eq!(
        (&invitation["role"], &invitation["status"], &invitation["email"], &invitation["organisation"]["id"]),
        (
            &json!("SECRETARIAT"),
            &json!("PENDING"),
            &json!("Gina@Example.it"),
            &json!(id("Organisation", stable_id(OFFICE)))
        )
    );
    assert_eq!(hub.tables_with(secret).await, Vec::<String>::new(), "the secret is not kept");
    assert_eq!(hub.tables_with("gina@example.it").await, ["invitation"], "nor the address in the audit");
    let entry = hub.last_entry().await;
    assert_eq!(
        (&entry["action"], &entry["outcome"], &entry["kind"]),
        (&json!("invite_member"), &json!("done"), &json!("Invitation"))
    );
    assert_eq!(entry["changes"]["role"], json!({ "before": null, "after": "secretariat" }));
    assert_eq!(entry["changes"]["email"], json!({ "personal": true }));
}

#[tokio::test]
async fn who_may_not_invite_is_told_the_rule_and_all_that_is_wrong_at_once() {
    let (hub, anna) = hub_with_administrator().await;
    let bruno = hub.somebody("bruno").await;
    let (brunos, elsewhere) =
        (hub.join(bruno, OFFICE, Role::Head).await, hub.join(bruno, OTHER, Role::Administrator).await);
    let grant = hub.grant(OFFICE, OTHER, &["plans"], TODAY).await;
    let input = json!({ "email": "gina@example.it", "role": "VIEWER" });
    for (viewer, rule, is_audited) in [
        (Viewer::public(), "SIGN_IN_REQUIRED", false),
        (client(&anna), "PERSON_REQUIRED", true),
        (hub.acting(bruno, None).await, "MEMBERSHIP_REQUIRED", true),
        (hub.acting(bruno, brunos).await, "ROLE_REQUIRED", true),
        (hub.delegated(bruno, elsewhere, grant).await, "NOT_UNDER_DELEGATION", true),
    ] {
        let before = hub.audited().await;
        assert_eq!(refused(&hub, &viewer, INVITE, input.clone()).await, [format!("FORBIDDEN {rule}")]);
        assert_eq!(hub.audited().await - before, i64::from(is_audited), "{rule}");
        if is_audited {
            assert_eq!(hub.last_entry().await["reason"], rule);
        }
    }
    let wrong = json!({ "email": "gina", "role": "VIEWER", "days": 61 });
    assert_eq!(
        refused(&hub, &anna, INVITE, wrong).await,
        ["INVALID EMAIL_INVALID input.email", "INVALID DAYS_OUT_OF_RANGE input.days"]
    );
    let member = json!({ "email": "BRUNO.persona@example.it", "role": "VIEWER" });
    assert_eq!(refused(&hub, &anna, INVITE, member).await, ["CONFLICT ALREADY_MEMBER input.email"]);
    done(&hub, &anna, INVITE, input.clone()).await;
    assert_eq!(refused(&hub, &anna, INVITE, input).await, ["CONFLICT ALREADY_INVITED input.email"]);
    assert_eq!(hub.value::<i64>("select count(*) from invitation").await, 1);
}

#[tokio::test]
async fn an_invitation_is_accepted_once_and_the_session_acts_for_the_organisation() {
    let (hub, anna) = hub_with_administrator().await;
    let (secret, _) = invite(&hub, &anna, "gina@example.it").await;
    let gina = hub.somebody("gina").await;
    let input = json!({ "secret": secret });
    let made = done(&hub, &hub.acting(gina, None).await, ACCEPT, input.clone()).await;
    let membership = &made["membership"];
    assert_eq!((&membership["role"], &membership["origin"]), (&json!("OFFICER"), &json!("INVITATION")));
    assert_eq!(membership["organisation"]["id"], id("Organisation", stable_id(OFFICE)));
    let acts_for: Uuid =
        hub.value(&format!("select membership_id from browser_session where id = '{}'", gina.session)).await;
    assert_eq!(membership["id"], id("Membership", acts_for));
    assert_eq!(hub.tables_with("gina@example.it").await, Vec::<String>::new(), "the address is let go");
    let entry = hub.last_entry().await;
    assert_eq!((&entry["action"], &entry["account"]), (&json!("accept_invitation"), &json!(gina.account)));
    assert_eq!((&entry["kind"], &entry["subject"]), (&json!("Membership"), &json!(acts_for)));
    assert_eq!(entry["changes"]["role"]["after"], "officer");

    let piero = nobody(&hub, "piero").await;
    assert_eq!(refused(&hub, &piero, ACCEPT, input).await, ["CONFLICT INVITATION_ACCEPTED input.secret"]);
}

#[tokio::test]
async fn an_invitation_that_two_accept_at_once_lets_one_in() {
    let (hub, anna) = hub_with_administrator().await;
    let (secret, _) = invite(&hub, &anna, "gina@example.it").await;
    let (gina, piero) = (nobody(&hub, "gina").await, nobody(&hub, "piero").await);
    let variables = || json!({ "input": { "secret": secret } });
    let answers = tokio::join!(hub.execute(&gina, ACCEPT, variables()), hub.execute(&piero, ACCEPT, variables()));
    let rule = |answer: &crate::hub::Answer| answer.data()["done"]["userErrors"][0]["rule"].clone();
    let mut rules = [rule(&answers.0), rule(&answers.1)];
    rules.sort_by_key(Value::is_null);
    assert_eq!(rules, [json!("INVITATION_ACCEPTED"), Value::Null]);
    assert_eq!(hub.value::<i64>("select count(*) from membership").await, 2);
}

#[tokio::test]
async fn an_invitation_that_cannot_be_accepted_says_why() {
    let (hub, anna) = hub_with_administrator().await;
    let gina = nobody(&hub, "gina").await;
    let unknown = json!({ "secret": "no-such-secret" });
    assert_eq!(refused(&hub, &gina, ACCEPT, unknown.clone()).await, ["CONFLICT INVITATION_UNKNOWN input.secret"]);
    for (viewer, rule) in [(Viewer::public(), "SIGN_IN_REQUIRED"), (client(&anna), "PERSON_REQUIRED")] {
        assert_eq!(refused(&hub, &viewer, ACCEPT, unknown.clone()).await, [format!("FORBIDDEN {rule}")]);
    }
    let (withdrawn, invitation) = invite(&hub, &anna, "one@example.it").await;
    done(&hub, &anna, WITHDRAW, json!({ "invitationId": invitation })).await;
    let (expired, _) = invite(&hub, &anna, "two@example.it").await;
    let over = "update invitation set expires_at = now() - interval '1 second' where email = 'two@example.it'";
    hub.maintenance().await.execute(over).await.unwrap();
    let (own, _) = invite(&hub, &anna, "three@example.it").await;
    for (viewer, secret, rule) in [
        (&gina, withdrawn, "INVITATION_WITHDRAWN"),
        (&gina, expired, "INVITATION_EXPIRED"),
        (&anna, own.clone(), "ALREADY_MEMBER"),
    ] {
        let input = json!({ "secret": secret });
        assert_eq!(refused(&hub, viewer, ACCEPT, input).await, [format!("CONFLICT {rule} input.secret")]);
    }
    // A member's attempt uses it up for nobody.
    done(&hub, &gina, ACCEPT, json!({ "secret": own })).await;
}

#[tokio::test]
async fn an_invitation_is_withdrawn_by_administrators_of_its_organisation_while_it_waits() {
    let (hub, anna) = hub_with_administrator().await;
    let (_, invitation) = invite(&hub, &anna, "gina@example.it").await;
    let input = json!({ "invitationId": invitation });
    let (bruno, carla) = (hub.somebody("bruno").await, hub.somebody("carla").await);
    let (brunos, carlas) =
        (hub.join(bruno, OFFICE, Role::Head).await, hub.join(carla, OTHER, Role::Administrator).await);
    let absent = "NOT_FOUND NOT_FOUND input.invitationId";
    for (viewer, reason) in [
        (Viewer::public(), absent),
        (client(&anna), absent),
        (hub.acting(carla, carlas).await, absent),
        (hub.acting(bruno, brunos).await, "FORBIDDEN ROLE_REQUIRED"),
    ] {
        assert_eq!(refused(&hub, &viewer, WITHDRAW, input.clone()).await, [reason]);
    }
    let wrong = json!({ "invitationId": "x" });
    assert_eq!(refused(&hub, &anna, WITHDRAW, wrong).await, ["INVALID ID_INVALID input.invitationId"]);
    let made = done(&hub, &anna, WITHDRAW, input.clone()).await;
    assert_eq!(made["invitation"], json!({ "status": "WITHDRAWN", "email": null }));
    assert_eq!(hub.tables_with("gina@example.it").await, Vec::<String>::new());
    let changes = json!({ "status": { "before": "pending", "after": "withdrawn" }, "email": { "personal": true } });
    assert_eq!(hub.last_entry().await["changes"], changes);
    assert_eq!(refused(&hub, &anna, WITHDRAW, input).await, ["CONFLICT NOT_PENDING input.invitationId"]);
}

#[tokio::test]
async fn the_hub_lets_go_of_addresses_that_nobody_answered_from() {
    let (hub, anna) = hub_with_administrator().await;
    for email in ["over@example.it", "waiting@example.it"] {
        invite(&hub, &anna, email).await;
    }
    let over = "update invitation set expires_at = now() where email = 'over@example.it'";
    hub.maintenance().await.execute(over).await.unwrap();
    hub.hub.people.tend().await;
    let kept: Vec<String> = hub.value("select array_agg(email order by email) from invitation").await;
    assert_eq!(kept, ["", "waiting@example.it"]);
}

#[tokio::test]
async fn the_operator_invites_the_first_administrator() {
    let hub = TestHub::with(REFERENCE).await;
    let invite = async |code: &str, email: &str, days: i32| {
        let (database, url) = (&hub.hub.database, "https://raccordo.example.it");
        operator::invite(database, url, code, Role::Administrator, email, days).await
    };
    for (code, email, days, reason) in [
        ("office:NO-SUCH", "anna@example.it", 14, "office:NO-SUCH"),
        (OFFICE, "anna", 14, "anna"),
        (OFFICE, "anna@example.it", 0, "1 to 60"),
    ] {
        let error = invite(code, email, days).await.unwrap_err();
        assert!(format!("{error:#}").contains(reason), "{error:#}");
    }
    assert_eq!(hub.audited().await, 0);
    let ids = [OFFICE.to_owned(), format!("id:{}", stable_id(OTHER))];
    for code in &ids {
        let link = invite(code, "anna@example.it", 14).await.unwrap();
        let secret = link.strip_prefix("https://raccordo.example.it/sign-in?invitation=").expect(&link);
        let entry = hub.last_entry().await;
        assert_eq!((&entry["reason"], &entry["account"]), (&json!("BY_OPERATOR"), &Value::Null));
        assert!(!entry.to_string().contains("anna"), "{entry}");
        let first = nobody(&hub, &format!("first{}", code.len())).await;
        let made = done(&hub, &first, ACCEPT, json!({ "secret": secret })).await;
        assert_eq!(made["membership"]["role"], "ADMINISTRATOR");
    }
    let statement = format!("select count(*) from membership where organisation_id = '{}'", stable_id(OTHER));
    let joined: i64 =
        sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(&mut hub.maintenance().await).await.unwrap();
    assert_eq!(joined, 1);
}
