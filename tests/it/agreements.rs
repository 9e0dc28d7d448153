//! The work on agreements: drafted, signed party by party, in force, left, renewed, ended.

use raccordo::access::persona::stable_id;
use raccordo::access::{Role, Viewer};
use raccordo::graphql::NodeId;
use raccordo::hub::Reference as _;
use raccordo::network::NetworkSnapshot;
use serde_json::{Value, json};

use crate::hub::TestHub;
use crate::levels::SMALL;
use crate::people::id;

const AGREEMENT: &str = "agreement { id version status visibility signedOn endedOn
  parties { signedOn withdrewOn withdrawalReason } signatures { count missing { id } } }";

fn body(key: &str) -> String {
    id("Organisation", stable_id(key))
}

fn ong() -> String {
    body("persona:ong-bologna")
}

fn draft(parties: &[String]) -> Value {
    json!({ "title": "Protocollo d'intesa sul lavoro", "subject": "Contrasto al caporalato", "partyIds": parties,
        "validFrom": "2026-01-01", "validUntil": "2027-12-31" })
}

fn on(payload: &Value, more: Value) -> Value {
    let agreement = &payload["agreement"];
    let mut input = json!({ "agreementId": agreement["id"], "expectedVersion": agreement["version"] });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

async fn seen(hub: &TestHub, viewer: &Viewer, payload: &Value) -> Value {
    let query = "query($id: ID!) { agreement(by: { id: $id }) { status parties { signedOn } } }";
    let answer = hub.execute(viewer, query, json!({ "id": payload["agreement"]["id"] })).await;
    answer.data()["agreement"].clone()
}

/// An agreement of the office of Bologna with these, opened for signature.
async fn opened(hub: &TestHub, parties: &[String]) -> Value {
    let office = hub.persona("prefettura-bologna").await;
    let made = hub.done(&office, "draftAgreement", AGREEMENT, draft(parties)).await;
    hub.done(&office, "openAgreementForSigning", AGREEMENT, on(&made, json!({}))).await
}

/// Parties that the network ties to the agreement, read anew.
async fn ties(hub: &TestHub, payload: &Value) -> usize {
    let key = async_graphql::ID::from(payload["agreement"]["id"].as_str().unwrap());
    let agreement = NodeId::uuid("Agreement", &key).unwrap();
    let network = NetworkSnapshot::load(&mut hub.maintenance().await).await.unwrap();
    network.ties().iter().filter(|tie| network.node(tie.to).id == agreement).count()
}

#[tokio::test]
async fn an_agreement_is_in_force_when_all_have_signed_and_each_level_sees_it_when_it_may() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let outsider = hub.persona("consiglio-bologna").await;
    let public = Viewer::public();

    let made = hub.done(&office, "draftAgreement", AGREEMENT, draft(&[ong(), body("authority:DLCI")])).await;
    assert_eq!(made["agreement"]["status"], "DRAFT");
    assert_eq!(made["agreement"]["parties"].as_array().unwrap().len(), 3, "the promoter is a party, too");
    for viewer in [&hub.persona("ong-bologna").await, &outsider, &public] {
        assert_eq!(seen(&hub, viewer, &made).await, Value::Null, "a draft is the promoter's");
    }
    let changed = json!({ "reference": "PI-PROVA-1", "partyIds": [ong()] });
    let made = hub.done(&office, "changeAgreement", AGREEMENT, on(&made, changed)).await;
    let opened = hub.done(&office, "openAgreementForSigning", AGREEMENT, on(&made, json!({}))).await;
    assert_eq!(opened["agreement"]["signatures"]["missing"].as_array().unwrap().len(), 2);

    // The parties see it from now on, those who signed in before with their next request; nobody else does.
    let (office, party) = (hub.persona("prefettura-bologna").await, hub.persona("ong-bologna").await);
    assert_eq!(seen(&hub, &party, &opened).await["status"], "SIGNING");
    assert_eq!(seen(&hub, &party, &opened).await["parties"].as_array().unwrap().len(), 2);
    for viewer in [&hub.persona("dlci").await, &outsider, &public] {
        assert_eq!(seen(&hub, viewer, &opened).await, Value::Null);
    }
    assert_eq!(
        hub.refused(&outsider, "signAgreement", AGREEMENT, on(&opened, json!({}))).await,
        ["NOT_FOUND NOT_FOUND input.agreementId"]
    );
    let refused = hub.refused(&office, "changeAgreement", AGREEMENT, on(&opened, json!({ "title": "Altro" }))).await;
    assert_eq!(refused, ["CONFLICT AGREEMENT_NOT_DRAFT input.agreementId"]);

    let signed = hub.done(&party, "signAgreement", AGREEMENT, on(&opened, json!({ "on": "2026-11-24" }))).await;
    assert_eq!((&signed["agreement"]["status"], &signed["agreement"]["signedOn"]), (&json!("SIGNING"), &Value::Null));
    let refused = hub.refused(&party, "signAgreement", AGREEMENT, on(&signed, json!({}))).await;
    assert_eq!(refused, ["CONFLICT SIGNED_ALREADY input.agreementId"]);
    // The other party signs what it read before: a signature is in nobody's way.
    let signed = hub.done(&office, "signAgreement", AGREEMENT, on(&opened, json!({}))).await;
    let agreement = &signed["agreement"];
    assert_eq!((&agreement["status"], &agreement["signedOn"]), (&json!("IN_FORCE"), &json!("2026-11-24")));
    assert_eq!(agreement["visibility"], "PUBLIC", "an office's agreements are public unless it says otherwise");
    assert_eq!(seen(&hub, &public, &signed).await["status"], "IN_FORCE");

    let history =
        "query($id: ID!) { agreement(by: { id: $id }) { version history(first: 50) { nodes { action by { name } }
        totalCount } } }";
    for (viewer, count) in [(&office, 5), (&party, 3), (&public, 1)] {
        let told = hub.execute(viewer, history, json!({ "id": agreement["id"] })).await;
        assert_eq!(told.data()["agreement"]["history"]["totalCount"], count);
    }
    assert_eq!(hub.broken_entries().await, 0);
}

#[tokio::test]
async fn a_party_that_leaves_is_bound_no_more_and_without_a_second_one_the_agreement_is_over() {
    let hub = TestHub::with(SMALL).await;
    let opened = opened(&hub, &[ong(), body("authority:DLCI")]).await;
    let office = hub.persona("prefettura-bologna").await;
    let (party, dlci) = (hub.persona("ong-bologna").await, hub.persona("dlci").await);
    hub.done(&office, "signAgreement", AGREEMENT, on(&opened, json!({}))).await;
    let signed = hub.done(&party, "signAgreement", AGREEMENT, on(&opened, json!({}))).await;
    assert_eq!(ties(&hub, &opened).await, 0, "what is still being signed ties nobody");
    let refused = hub.refused(&dlci, "withdrawFromAgreement", AGREEMENT, on(&signed, json!({ "reason": " " }))).await;
    assert_eq!(refused, ["INVALID LINE_REQUIRED input.reason"]);
    let reason = json!({ "reason": "Competenza di altra direzione" });
    let left = hub.done(&dlci, "withdrawFromAgreement", AGREEMENT, on(&opened, reason.clone())).await;
    assert_eq!(left["agreement"]["status"], "IN_FORCE", "all that are left have signed");
    assert_eq!(ties(&hub, &left).await, 2, "who left before it was in force is not tied");
    let refused = hub.refused(&dlci, "signAgreement", AGREEMENT, on(&left, json!({}))).await;
    assert_eq!(refused, ["CONFLICT STEP_NOT_ALLOWED input.agreementId"]);
    let refused = hub.refused(&office, "withdrawFromAgreement", AGREEMENT, on(&left, reason.clone())).await;
    assert_eq!(refused, ["INVALID PROMOTER_ENDS input.agreementId"]);
    let left = hub.done(&party, "withdrawFromAgreement", AGREEMENT, on(&left, reason)).await;
    assert_eq!((&left["agreement"]["status"], &left["agreement"]["endedOn"]), (&json!("ENDED"), &json!("2026-11-24")));
    let withdrew =
        left["agreement"]["parties"].as_array().unwrap().iter().filter(|party| !party["withdrewOn"].is_null());
    assert_eq!(withdrew.count(), 2);
}

#[tokio::test]
async fn an_agreement_is_renewed_by_one_that_starts_from_it_and_ended_by_its_promoter() {
    let hub = TestHub::with(SMALL).await;
    let opened = opened(&hub, &[ong()]).await;
    let office = hub.persona("prefettura-bologna").await;
    let period =
        json!({ "agreementId": opened["agreement"]["id"], "validFrom": "2028-01-01", "validUntil": "2029-12-31" });
    let refused = hub.refused(&office, "renewAgreement", AGREEMENT, period.clone()).await;
    assert_eq!(refused, ["CONFLICT AGREEMENT_NOT_SIGNED input.agreementId"]);
    hub.done(&hub.persona("ong-bologna").await, "signAgreement", AGREEMENT, on(&opened, json!({}))).await;
    let signed = hub.done(&office, "signAgreement", AGREEMENT, on(&opened, json!({}))).await;
    let mut early = period.clone();
    early["validFrom"] = json!("2025-01-01");
    let refused = hub.refused(&office, "renewAgreement", AGREEMENT, early).await;
    assert_eq!(refused, ["INVALID RENEWAL_TOO_EARLY input.validFrom"]);
    let renewal = hub.done(&office, "renewAgreement", AGREEMENT, period.clone()).await;
    assert_eq!(renewal["agreement"]["parties"].as_array().unwrap().len(), 2);
    let refused = hub.refused(&office, "renewAgreement", AGREEMENT, period).await;
    assert_eq!(refused, ["CONFLICT RENEWED_ALREADY"]);
    let query = "query($id: ID!) { agreement(by: { id: $id }) { renewedBy { id renews { id } } } }";
    let id = json!({ "id": signed["agreement"]["id"] });
    let told = hub.execute(&office, query, id.clone()).await;
    let renewed_by = &told.data()["agreement"]["renewedBy"];
    assert_eq!(
        (&renewed_by["id"], &renewed_by["renews"]["id"]),
        (&renewal["agreement"]["id"], &signed["agreement"]["id"])
    );
    let told = hub.execute(&Viewer::public(), query, id).await;
    assert_eq!(told.data()["agreement"]["renewedBy"], Value::Null, "a draft is hidden");

    let reason = json!({ "reason": "Superato dal rinnovo" });
    let ended = hub.done(&office, "endAgreement", AGREEMENT, on(&signed, reason.clone())).await;
    assert_eq!(
        (&ended["agreement"]["status"], &ended["agreement"]["endedOn"]),
        (&json!("ENDED"), &json!("2026-11-24"))
    );
    let given_up = hub.done(&office, "endAgreement", AGREEMENT, on(&renewal, reason)).await;
    assert_eq!(given_up["agreement"]["status"], "WITHDRAWN");
}

#[tokio::test]
async fn bad_agreements_are_refused_with_the_field() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    for (field, value, expected) in [
        ("title", json!(" "), "INVALID LINE_REQUIRED input.title"),
        ("validUntil", json!("2025-12-31"), "INVALID PERIOD_REVERSED input.validUntil"),
        ("validUntil", json!("2066-12-31"), "INVALID PERIOD_TOO_LONG input.validUntil"),
        ("visibilityInForce", json!("INSTITUTIONAL"), "INVALID PARTIES_MUST_SEE input.visibilityInForce"),
        ("partyIds", json!([ong(), ong()]), "INVALID PARTY_TWICE input.partyIds.1"),
        ("partyIds", json!([body("nobody")]), "NOT_FOUND NOT_FOUND input.partyIds.0"),
        ("partyIds", json!([id("Project", stable_id("x"))]), "INVALID ID_INVALID input.partyIds.0"),
        ("province", json!("XX"), "INVALID PROVINCE_UNKNOWN input.province"),
    ] {
        let mut input = draft(&[ong()]);
        input[field] = value;
        assert_eq!(hub.refused(&office, "draftAgreement", AGREEMENT, input).await, [expected]);
    }
    let public = hub.refused(&Viewer::public(), "draftAgreement", AGREEMENT, draft(&[])).await;
    assert_eq!(public, ["FORBIDDEN SIGN_IN_REQUIRED"]);
    let alone = hub.done(&office, "draftAgreement", AGREEMENT, draft(&[])).await;
    let refused = hub.refused(&office, "openAgreementForSigning", AGREEMENT, on(&alone, json!({}))).await;
    assert_eq!(refused, ["INVALID PARTIES_MISSING input.agreementId"]);
    let mut twice = draft(&[ong()]);
    twice["reference"] = json!("PI-PROVA-2");
    hub.done(&office, "draftAgreement", AGREEMENT, twice.clone()).await;
    assert_eq!(hub.refused(&office, "draftAgreement", AGREEMENT, twice.clone()).await, ["CONFLICT REFERENCE_TAKEN"]);
    // That another body has drafted one with this reference is not told.
    hub.done(&hub.persona("ong-bologna").await, "draftAgreement", AGREEMENT, twice).await;

    // Officers draft, heads sign.
    let anna = hub.somebody("anna").await;
    let membership = hub.join(anna, "office:PREF-BO", Role::Officer).await;
    let officer = hub.acting(anna, membership).await;
    let made = hub.done(&officer, "draftAgreement", AGREEMENT, draft(&[ong()])).await;
    for verb in ["openAgreementForSigning", "signAgreement"] {
        assert_eq!(hub.refused(&officer, verb, AGREEMENT, on(&made, json!({}))).await, ["FORBIDDEN ROLE_REQUIRED"]);
    }
    let mut trial = on(&made, json!({}));
    trial["dryRun"] = json!(true);
    let tried = hub.done(&office, "openAgreementForSigning", AGREEMENT, trial).await;
    assert_eq!((&tried["agreement"]["status"], &tried["isDryRun"]), (&json!("SIGNING"), &json!(true)));
    assert_eq!(seen(&hub, &hub.persona("ong-bologna").await, &made).await, Value::Null, "nothing was changed");
}
