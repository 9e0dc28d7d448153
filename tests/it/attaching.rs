//! Who attaches documents to which records, and that an upload sent again is one.

use chrono::NaiveDate;
use raccordo::access::persona::stable_id;
use raccordo::access::secret::Secret;
use raccordo::access::token::DemoKey;
use raccordo::access::{Role, Settings, Viewer};
use raccordo::documents::model::KINDS;
use raccordo::documents::store::Content;
use raccordo::documents::{self, Attachment};
use raccordo::graphql::mutation::Stop;
use raccordo::graphql::{Graph, NodeId};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::councils::{council, today};
use crate::documents::{Archive, PDF, path, refusal};
use crate::hub::{TODAY, TestHub};
use crate::levels::SMALL;
use crate::machines::{Machines, Registration, Shows};
use crate::people::id;
use crate::plans::{at, whole};
use crate::projects::{CALL, call};
use crate::work::PLAN;

#[tokio::test]
async fn the_kinds_of_record_with_documents_are_those_of_the_database() {
    let hub = TestHub::empty().await;
    let kinds: Vec<String> = sqlx::query_scalar("select kind from document_kind order by kind")
        .fetch_all(&mut hub.maintenance().await)
        .await
        .unwrap();
    let mut known = KINDS;
    known.sort_unstable();
    assert_eq!(kinds, known);
}

#[tokio::test]
async fn documents_are_on_calls_sittings_tables_seats_and_contributions_as_on_plans() {
    let archive = Archive::open().await;
    let hub = &archive.hub.hub;
    let office = hub.persona("prefettura-bologna").await;
    let dlci = hub.persona("dlci").await;
    let made = hub.done(&office, "planCouncilSitting", "councilSitting { id }", today()).await;
    let sitting = made["councilSitting"]["id"].clone();
    let table = json!({ "councilId": council(), "name": "Tavolo salute", "topic": "health" });
    let table = hub.done(&office, "openWorkingTable", "workingTable { id }", table).await["workingTable"]["id"].clone();
    let seat = json!({ "councilId": council(), "organisationId": id("Organisation", stable_id("authority:DLCI")),
        "category": "INVITED" });
    let seat = hub.done(&office, "appointCouncilMember", "councilSeat { id }", seat).await["councilSeat"]["id"].clone();
    let call = hub.done(&dlci, "publishFundingCall", CALL, call("AVV-9")).await["fundingCall"]["id"].clone();
    let plan = hub.done(&office, "createTerritorialPlan", PLAN, whole()).await["territorialPlan"]["id"].clone();
    let asked = json!({ "planId": plan, "organisationId": id("Organisation", stable_id("persona:ong-bologna")),
        "section": "NEEDS", "closesOn": "2026-12-31" });
    let asked = hub.done(&office, "invitePlanContribution", "contribution { id }", asked).await;
    let contribution = asked["contribution"]["id"].clone();

    let all = ["prefettura-bologna", "consiglio-bologna", "ong-bologna", "dlci", "public"];
    let territory = &all[..4];
    for (kind, record, attaches, refused, sees) in [
        ("CouncilSitting", &sitting, &["prefettura-bologna", "consiglio-bologna"][..], Some("ong-bologna"), territory),
        ("WorkingTable", &table, &["prefettura-bologna", "consiglio-bologna"], Some("ong-bologna"), territory),
        ("CouncilSeat", &seat, &["prefettura-bologna", "consiglio-bologna"], Some("ong-bologna"), &all),
        ("FundingCall", &call, &["dlci"], Some("prefettura-bologna"), &all),
        ("TerritorialPlan", &plan, &["prefettura-bologna"], None, &all[..1]),
        (
            "PlanContribution",
            &contribution,
            &["prefettura-bologna", "ong-bologna"],
            None,
            &["prefettura-bologna", "ong-bologna"],
        ),
    ] {
        let query = format!("record={}&fileName=allegato.pdf", record.as_str().unwrap());
        let mut attached = Vec::new();
        for persona in attaches {
            let answer = archive.send(persona, &query, PDF).await;
            assert_eq!(answer.status(), 201, "{kind} by {persona}");
            attached.push(answer.json::<Value>().await.unwrap());
        }
        if let Some(persona) = refused {
            let answer = archive.send(persona, &query, PDF).await;
            assert_eq!(refusal(answer).await, (403, "OWN_ORGANISATION_ONLY".into()), "{kind} by {persona}");
        }
        let listed =
            format!("query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ documents {{ totalCount }} }} }} }}");
        for persona in all {
            let count = hub.execute(&hub.viewer(persona).await, &listed, json!({ "id": record })).await;
            let is_seen = sees.contains(&persona);
            let expected = if is_seen { json!({ "documents": { "totalCount": attached.len() } }) } else { Value::Null };
            assert_eq!(count.data()["node"], expected, "{kind} by {persona}");
            let status = archive.get(persona, &path(&attached[0])).await.status().as_u16();
            assert_eq!(status, if is_seen { 200 } else { 404 }, "{kind} by {persona}");
        }
    }

    // The secretariat keeps a council's papers, though it drafts nothing elsewhere.
    let somebody = hub.somebody("anna").await;
    let membership = hub.join(somebody, "council:PREF-BO", Role::Secretariat).await;
    let secretary = hub.acting(somebody, membership).await;
    attach(&archive, &secretary, &sitting).await.expect("it may");
    assert_eq!(hub.broken_entries().await, 0);
}

/// Attaches a PDF in this process; gives the rule that refuses.
async fn attach(archive: &Archive, viewer: &Viewer, record: &Value) -> Result<Value, String> {
    let graph = Graph::open_on(archive.hub.hub.hub.clone(), viewer.clone(), "test", TODAY);
    let node = NodeId::parse(record.as_str().unwrap()).unwrap();
    let target = documents::target(&graph, &node).await.unwrap().ok_or("NOT_FOUND")?;
    let content = Content::in_directory(archive.folder.path(), 1024).unwrap();
    let pieces = futures_util::stream::iter([Ok::<_, std::io::Error>(PDF.into())]);
    let received = documents::receive(&content, pieces).await.unwrap();
    let attachment = Attachment { title: "Atto".into(), file_name: "atto.pdf".into(), content_type: "application/pdf" };
    match documents::attach(&graph, &content, target, received, attachment, None).await {
        Ok(told) => Ok(json!(NodeId::new("Document", told.record.document.id).id().as_str())),
        Err(Stop::Refused(errors)) => Err(errors[0].rule.clone()),
        Err(Stop::Failed(error)) => Err(error.code().into()),
    }
}

#[tokio::test]
async fn who_drafts_for_an_office_under_a_delegation_attaches_for_it_and_takes_off_again() {
    let archive = Archive::open().await;
    let hub = &archive.hub.hub;
    let office = hub.persona("prefettura-bologna").await;
    let plan = at(&hub.done(&office, "createTerritorialPlan", PLAN, whole()).await).0;
    let sitting = hub.done(&office, "planCouncilSitting", "councilSitting { id }", today()).await;
    let sitting = sitting["councilSitting"]["id"].clone();
    let until = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
    let delegation = hub.grant("office:PREF-BO", "persona:ong-bologna", &["plans", "councils"], until).await;
    let somebody = hub.somebody("dario").await;
    let officer = hub.join(somebody, "persona:ong-bologna", Role::Officer).await;
    let refused = attach(&archive, &hub.acting(somebody, officer).await, &plan).await;
    assert_eq!(refused, Err("NOT_FOUND".into()), "a draft is the office's");
    let reading = hub.delegated(somebody, officer, delegation).await;
    assert_eq!(attach(&archive, &reading, &plan).await, Err("NOT_UNDER_DELEGATION".into()), "it may read");

    let mut connection = hub.maintenance().await;
    sqlx::query("update delegation set mode = 'draft'").execute(&mut connection).await.unwrap();
    let drafting = hub.delegated(somebody, officer, delegation).await;
    let document = attach(&archive, &drafting, &plan).await.expect("it drafts the plan");
    assert_eq!(
        attach(&archive, &drafting, &sitting).await,
        Err("NOT_UNDER_DELEGATION".into()),
        "nobody drafts sittings so"
    );
    let explain = "query($on: ID) { explain(action: ATTACH_DOCUMENT, on: $on) { allowed rule } }";
    let explained = hub.execute(&drafting, explain, json!({ "on": plan })).await;
    assert_eq!(explained.data()["explain"], json!({ "allowed": true, "rule": "DELEGATION" }));
    let whose = "query($id: ID!) { node(id: $id) { ... on Document { uploadedBy { id } } } }";
    let whose = hub.execute(&office, whose, json!({ "id": document })).await;
    assert_eq!(whose.data()["node"]["uploadedBy"]["id"], json!(id("Organisation", stable_id("office:PREF-BO"))));
    let own = hub.acting(somebody, officer).await;
    let input = json!({ "documentId": document, "expectedVersion": 1 });
    let refused = hub.refused(&own, "removeDocument", "document { id }", input.clone()).await;
    assert_eq!(refused, ["NOT_FOUND NOT_FOUND input.documentId"]);
    hub.done(&drafting, "removeDocument", "document { id }", input).await;
    assert_eq!(hub.broken_entries().await, 0);
}

#[tokio::test]
async fn a_program_attaches_to_what_its_scopes_let_it_draft() {
    let data_dir = tempfile::tempdir().unwrap();
    let key = DemoKey::read_or_make(data_dir.path()).unwrap();
    let hub_key = Secret::from("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=".to_owned());
    let machines =
        Machines::start(SMALL, Settings { demo_key: Some(key), hub_key: Some(hub_key), ..Settings::default() }).await;
    let folder = tempfile::tempdir().unwrap();
    machines.hub.hub.provide(Content::in_directory(folder.path(), 1024).unwrap());
    let office = machines.hub.persona("prefettura-bologna").await;
    let plan = at(&machines.hub.done(&office, "createTerritorialPlan", PLAN, whole()).await).0;
    let sitting = machines.hub.done(&office, "planCouncilSitting", "councilSitting { id }", today()).await;
    let sitting = sitting["councilSitting"]["id"].clone();
    for (scopes, record, expected) in [
        (&["plan:read", "plan:write"][..], &plan, (201, "")),
        (&["plan:read"], &plan, (403, "SCOPE_REQUIRED")),
        (&["project:read", "project:write"], &plan, (404, "NOT_FOUND")),
        (&["council:read", "plan:write"], &sitting, (403, "PERSON_REQUIRED")),
    ] {
        let client = machines.register(Registration { scopes, ..Registration::new(Shows::Secret) }).await;
        let secret = machines.secret(client).await;
        let form = format!("grant_type=client_credentials&client_id={client}&client_secret={}", secret.reveal());
        let request = machines.post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
        let token: Value = request.body(form).send().await.unwrap().json().await.unwrap();
        let token = token["access_token"].as_str().unwrap_or_else(|| panic!("{token}"));
        let path = format!("/documents?record={}&fileName=atto.pdf", record.as_str().unwrap());
        let answer = machines.post(&path).bearer_auth(token).body(PDF).send().await.unwrap();
        if expected.0 == 201 {
            let document: Value = answer.json().await.unwrap();
            let removal = format!(
                "mutation {{ removeDocument(input: {{ documentId: {}, expectedVersion: 1 }}) {{ userErrors {{ rule }} }} }}",
                document["id"]
            );
            let removed = machines.ask(token, &removal).await.1;
            assert_eq!(removed["data"]["removeDocument"]["userErrors"], json!([]), "{document} {removed}");
        } else {
            assert_eq!(refusal(answer).await, (expected.0, expected.1.to_owned()), "{scopes:?}");
        }
    }
}

async fn keyed(archive: &Archive, key: &str, query: &str, body: &'static [u8]) -> Response {
    let request = archive.hub.request(Method::POST, &format!("/documents?{query}")).body(body);
    let request = request.bearer_auth(archive.hub.token("prefettura-bologna")).header("accept-language", "en");
    request.header("idempotency-key", key).send().await.unwrap()
}

#[tokio::test]
async fn an_upload_sent_again_under_its_key_is_one_and_another_under_it_is_refused() {
    let archive = Archive::open().await;
    let made = archive.agreement().await;
    let record = made["agreement"]["id"].as_str().unwrap();
    let query = format!("record={record}&fileName=atto.pdf");
    let told = async |answer: Response| {
        assert_eq!(answer.status(), 201);
        let told: Value = answer.json().await.unwrap();
        (told["id"].clone(), told["isRepeated"].clone())
    };
    let (document, is_repeated) = told(keyed(&archive, "\"8e03978e\"", &query, PDF).await).await;
    assert_eq!(is_repeated, false);
    let (again, other) =
        tokio::join!(keyed(&archive, "\"8e03978e\"", &query, PDF), keyed(&archive, "8e03978e", &query, PDF));
    for answer in [again, other] {
        assert_eq!(told(answer).await, (document.clone(), json!(true)));
    }
    assert_eq!((archive.rows().await, archive.files()), (1, (1, 0)), "nothing is kept twice");
    for (query, body) in [
        (query.clone(), &b"%PDF-1.7\nother"[..]),
        (format!("{query}&title=Altro"), PDF),
        (format!("record={record}&fileName=altro.pdf"), PDF),
    ] {
        let answer = keyed(&archive, "8e03978e", &query, body).await;
        assert_eq!(answer.status(), 422);
        let said: Value = answer.json().await.unwrap();
        assert_eq!(said["errors"][0]["extensions"]["reason"], "IDEMPOTENCY_KEY_REUSED");
        let message = said["errors"][0]["message"].as_str().unwrap();
        assert!(message.starts_with("The idempotency key was used"), "{message}");
    }
    let answer = keyed(&archive, &"x".repeat(201), &query, PDF).await;
    assert_eq!(refusal(answer).await, (400, "IDEMPOTENCY_KEY_INVALID".into()));
    let (one, other) = tokio::join!(keyed(&archive, "b", &query, PDF), keyed(&archive, "b", &query, PDF));
    let (one, other) = (told(one).await, told(other).await);
    assert!(one.0 == other.0 && one.1 != other.1, "{one:?} {other:?}");
    assert_eq!((archive.rows().await, archive.files()), (2, (2, 0)));
    assert_eq!(archive.hub.hub.broken_entries().await, 0);
}
