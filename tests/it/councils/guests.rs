use raccordo::access::audience::Viewers;
use raccordo::access::{Caller, Viewer};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{SITTING, at, body, council, on, today};
use crate::hub::{TODAY, TestHub};
use crate::levels::SMALL;
use crate::people::id;

/// Bodies of the private social sector that have nothing to do with the province of Bologna.
async fn strangers(hub: &TestHub) -> Vec<Uuid> {
    sqlx::query_scalar(
        "select id from organisation where kind = 'third_sector_organisation' and visibility = 'public'
           and (valid_until is null or valid_until >= current_date) and not 1037 = any(viewer_audiences(id, current_date))
         order by id limit 2",
    )
    .fetch_all(&mut hub.maintenance().await)
    .await
    .unwrap()
}

/// Whoever acts for a body by now.
async fn acting(hub: &TestHub, body: Uuid) -> Viewer {
    let viewer = Viewers::default().acting_for(body, TODAY, &hub.hub.database).await.unwrap().unwrap();
    Viewer { caller: Caller::Persona("ente-di-fuori"), ..viewer }
}

/// Which of these a body sees by now, by id and in the council's list.
async fn sees(hub: &TestHub, body: Uuid, sittings: &[&(Value, Value)]) -> Vec<bool> {
    let viewer = acting(hub, body).await;
    let query = "query($ids: [ID!]!, $council: ID!) { nodes(ids: $ids) { id }
        council(by: { id: $council }) { sittings(first: 100) { nodes { id } } } }";
    let ids: Vec<_> = sittings.iter().map(|sitting| &sitting.0).collect();
    let answer = hub.execute(&viewer, query, json!({ "ids": ids, "council": council() })).await;
    let answer = answer.data();
    let listed: Vec<_> = answer["council"]["sittings"]["nodes"].as_array().unwrap().iter().collect();
    let nodes = answer["nodes"].as_array().unwrap().iter().zip(&ids);
    let seen = nodes.map(|(node, sitting)| {
        let is_listed = listed.iter().any(|listed| listed["id"] == **sitting);
        assert_eq!(is_listed, !node.is_null(), "by its id as in the list");
        is_listed
    });
    seen.collect()
}

/// The sittings to come that a body is called to, as somebody sees them.
async fn called(hub: &TestHub, viewer: &Viewer, body: Uuid) -> Vec<Value> {
    let query = "query($called: ID!) { councilSittings(filter: { called: $called, statuses: [CONVENED] }) {
        totalCount nodes { id } } }";
    let answer = hub.execute(viewer, query, json!({ "called": id("Organisation", body) })).await;
    let listed = answer.data()["councilSittings"]["nodes"].as_array().unwrap().clone();
    assert_eq!(answer.data()["councilSittings"]["totalCount"], listed.len());
    assert_eq!(answer.statements, 2, "the page, the count");
    listed.into_iter().map(|sitting| sitting["id"].clone()).collect()
}

async fn convened(hub: &TestHub, viewer: &Viewer, guests: &[Uuid]) -> (Value, Value) {
    let sitting = at(&hub.done(viewer, "planCouncilSitting", SITTING, today()).await, "councilSitting");
    let guests: Vec<_> = guests.iter().map(|guest| id("Organisation", *guest)).collect();
    let input = on("sittingId", &sitting, json!({ "guestIds": guests }));
    at(&hub.done(viewer, "conveneCouncilSitting", SITTING, input).await, "councilSitting")
}

#[tokio::test]
async fn a_guest_of_another_territory_sees_its_sitting_alone_answers_and_sees_it_no_more_once_uninvited() {
    let hub = TestHub::with(SMALL).await;
    let secretariat = hub.persona("consiglio-bologna").await;
    let [guest, other] = strangers(&hub).await[..] else { panic!("there are two") };
    let elsewhere = convened(&hub, &secretariat, &[]).await;
    let mut sitting = convened(&hub, &secretariat, &[guest]).await;
    assert_eq!(sees(&hub, guest, &[&sitting, &elsewhere]).await, [true, false]);
    assert_eq!(sees(&hub, other, &[&sitting, &elsewhere]).await, [false, false]);
    let secretariat = hub.persona("consiglio-bologna").await;
    for viewer in [&acting(&hub, guest).await, &secretariat] {
        assert_eq!(called(&hub, viewer, guest).await, [sitting.0.clone()]);
    }
    for viewer in [&acting(&hub, other).await, &Viewer::public()] {
        assert!(called(&hub, viewer, guest).await.is_empty());
    }
    for name in ["prefettura-bologna", "ong-bologna", "dlci"] {
        let body = hub.persona(name).await.organisation.unwrap();
        assert_eq!(
            sees(&hub, body, &[&sitting, &elsewhere]).await,
            [true, true],
            "{name}: it is still the territory's"
        );
    }

    let answer = json!({ "comes": true, "representedBy": "Presidente" });
    let viewer = acting(&hub, guest).await;
    let told = on("sittingId", &sitting, answer.clone());
    sitting = at(&hub.done(&viewer, "answerSittingInvitation", SITTING, told).await, "councilSitting");
    let query = "query($id: ID!) { councilSitting(id: $id) { invitations { isGuest answer seats organisation { id } }
        history { nodes { action changes { field } } } } }";
    let answered = hub.execute(&viewer, query, json!({ "id": sitting.0 })).await;
    let told = &answered.data()["councilSitting"];
    let own = told["invitations"].as_array().unwrap().iter().find(|row| row["isGuest"] == true);
    assert_eq!(
        own.unwrap(),
        &json!({ "isGuest": true, "answer": "YES", "seats": 0, "organisation": { "id": id("Organisation", guest) } })
    );
    let history = &told["history"]["nodes"];
    let actions: Vec<_> = history.as_array().unwrap().iter().map(|event| &event["action"]).collect();
    assert_eq!(actions, ["ANSWER_SITTING_INVITATION", "CONVENE_COUNCIL_SITTING"], "what came before was not its own");
    assert_eq!(history[1]["changes"], Value::Null);
    let refused = hub.unseated(&acting(&hub, other).await, "answerSittingInvitation", &sitting, answer.clone()).await;
    assert_eq!(refused, ["NOT_FOUND NOT_FOUND input.sittingId"]);

    let named = |body: Uuid| json!({ "organisationId": id("Organisation", body) });
    let partner = hub.persona("ong-bologna").await;
    for (viewer, body, expected) in [
        (&secretariat, partner.organisation.unwrap(), "INVALID NOT_A_GUEST input.organisationId"),
        (&secretariat, other, "INVALID NOT_INVITED input.organisationId"),
        (&partner, guest, "FORBIDDEN OWN_ORGANISATION_ONLY"),
        (&viewer, guest, "FORBIDDEN OWN_ORGANISATION_ONLY"),
    ] {
        let refused = hub.unseated(viewer, "withdrawSittingInvitation", &sitting, named(body)).await;
        assert_eq!(refused, [expected]);
    }
    sitting = hub.sit(&secretariat, "withdrawSittingInvitation", &sitting, named(guest)).await;
    assert_eq!(sees(&hub, guest, &[&sitting, &elsewhere]).await, [false, false]);
    assert!(called(&hub, &acting(&hub, guest).await, guest).await.is_empty());
    assert_eq!(sees(&hub, partner.organisation.unwrap(), &[&sitting]).await, [true]);
    let refused = hub.unseated(&acting(&hub, guest).await, "answerSittingInvitation", &sitting, answer).await;
    assert_eq!(refused, ["NOT_FOUND NOT_FOUND input.sittingId"]);
    assert_eq!(hub.broken_entries().await, 0);
}

#[tokio::test]
async fn by_a_body_that_one_may_not_see_nobody_finds_where_it_is_called() {
    let hub = TestHub::with(SMALL).await;
    let [guest, _] = strangers(&hub).await[..] else { panic!("there are two") };
    let sitting = convened(&hub, &hub.persona("consiglio-bologna").await, &[guest]).await;
    let secretariat = hub.persona("consiglio-bologna").await;
    assert_eq!(called(&hub, &secretariat, guest).await, std::slice::from_ref(&sitting.0));
    let hide = "update organisation set visibility = 'owner' where id = $1";
    sqlx::query(hide).bind(guest).execute(&mut hub.maintenance().await).await.unwrap();
    assert!(called(&hub, &secretariat, guest).await.is_empty());
    assert_eq!(called(&hub, &acting(&hub, guest).await, guest).await, [sitting.0], "it sees itself");
}

#[tokio::test]
async fn guests_are_called_while_the_sitting_lies_ahead_each_once() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let mut sitting = at(&hub.done(&office, "planCouncilSitting", SITTING, today()).await, "councilSitting");
    let guests = |keys: &[&str]| json!({ "guestIds": keys.iter().map(|key| body(key)).collect::<Vec<_>>() });
    let refused = hub.unseated(&office, "inviteSittingGuests", &sitting, guests(&["office:PREF-MO"])).await;
    assert_eq!(refused, ["CONFLICT NOT_CONVENED input.sittingId"]);
    sitting = hub.sit(&office, "conveneCouncilSitting", &sitting, guests(&["authority:DLCI"])).await;
    // From now on those who share it are told by a group of its own, which the next request knows of.
    let office = hub.persona("prefettura-bologna").await;
    let modena = hub.office("PREF-MO").await.organisation.unwrap();
    assert_eq!(sees(&hub, modena, &[&sitting]).await, [false]);
    for (keys, expected) in [
        (&["authority:DLCI"][..], "CONFLICT GUEST_CALLED_ALREADY input.guestIds.0"),
        (&["office:PREF-MO", "persona:ong-bologna"], "CONFLICT GUEST_CALLED_ALREADY input.guestIds.1"),
        (&["office:PREF-MO", "office:PREF-MO"], "CONFLICT GUEST_CALLED_ALREADY input.guestIds.1"),
        (&["nobody"], "NOT_FOUND NOT_FOUND input.guestIds.0"),
    ] {
        let refused = hub.unseated(&office, "inviteSittingGuests", &sitting, guests(keys)).await;
        assert_eq!(refused, [expected], "{keys:?}");
    }
    sitting = hub.sit(&office, "inviteSittingGuests", &sitting, guests(&["office:PREF-MO"])).await;
    assert_eq!(sees(&hub, modena, &[&sitting]).await, [true]);
    let came = json!({ "attendance": [{ "organisationId": body("office:PREF-MO"), "attended": true }] });
    sitting = hub.sit(&office, "recordSittingAttendance", &sitting, came).await;
    let withdrawn = json!({ "organisationId": body("office:PREF-MO") });
    let refused = hub.unseated(&office, "withdrawSittingInvitation", &sitting, withdrawn.clone()).await;
    assert_eq!(refused, ["CONFLICT GUEST_CAME input.organisationId"]);
    sitting = hub.sit(&office, "cancelCouncilSitting", &sitting, json!({ "reason": "Neve" })).await;
    assert_eq!(sees(&hub, modena, &[&sitting]).await, [true], "who was called sees that it is called off");
    let refused = hub.unseated(&office, "withdrawSittingInvitation", &sitting, withdrawn).await;
    assert_eq!(refused, ["CONFLICT NOT_CONVENED input.sittingId"]);
}
