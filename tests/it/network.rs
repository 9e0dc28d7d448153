//! The coordination network: it tells what the records tell, to each viewer what they may see, on each day what held.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::NaiveDate;
use raccordo::access::audience::Viewers;
use raccordo::access::persona::stable_id;
use raccordo::access::{Sight, Viewer};
use raccordo::graphql::{Graph, NodeId};
use raccordo::network::NetworkSnapshot;
use raccordo::network::model::day;
use raccordo::network::view::{Found, View};
use raccordo::schema;
use serde_json::{Value, json};
use sqlx::Executor as _;
use uuid::Uuid;

use crate::hub::{Answer, TODAY, TestHub};
use crate::levels::{REFERENCE, SMALL, levels};

const THEN: NaiveDate = NaiveDate::from_ymd_opt(2019, 6, 30).unwrap();

/// All nodes and ties that one viewer may see on a day, told by SQL alone, under the row-level security of the records.
const RECORDS: &str = "
with body as (
  select id, kind, parent_id, valid_from, valid_until from organisation
  where (valid_from is null or valid_from <= $1) and (valid_until is null or valid_until >= $1)
), unit as (
  select node_id, code from province
  where (valid_from is null or valid_from <= $1) and (valid_until is null or valid_until >= $1)
), work as (
  select * from project
  where status <> 'rejected' and (starts_on is null or starts_on <= $1) and (ends_on is null or ends_on >= $1)
), pact as (
  select * from agreement where valid_from <= $1 and (valid_until is null or valid_until >= $1)
), action as (
  select i.id, i.responsible_id from plan_intervention i join territorial_plan t on t.id = i.plan_id
  where t.status <> 'withdrawn' and coalesce(i.starts_on, t.period_from) <= $1 and coalesce(i.ends_on, t.period_until) >= $1
), part as (
  select w.*, j.lead_id, j.status from project_participation w join work j on j.id = w.project_id
  where (w.valid_from is null or w.valid_from <= $1) and (w.valid_until is null or w.valid_until >= $1)
), tie as (
  select 'supervises' as kind, o.id as record, o.parent_id as a, o.id as b from body o
    where o.parent_id in (select id from body where kind = 'central_authority')
  union all select 'competent_for', c.id, c.office_id, u.node_id from office_competence c join unit u on u.code = c.province_code
    where (c.valid_from is null or c.valid_from <= $1) and (c.valid_until is null or c.valid_until >= $1)
  union all select 'chairs', c.organisation_id, c.office_id, c.organisation_id from council c
    where c.established_on is null or c.established_on <= $1
  union all select 'member_of', s.id, s.organisation_id, s.council_id from council_seat s
    where s.valid_from <= $1 and (s.valid_until is null or s.valid_until >= $1)
  union all select 'leads', j.id, j.lead_id, j.id from work j
  union all select 'partner_in', id, organisation_id, project_id from part
    where role in ('implementer', 'beneficiary', 'performer', 'partner') and organisation_id <> lead_id
  union all select 'contracted_for', id, organisation_id, project_id from part where role = 'contractor'
  union all select 'funds', id, organisation_id, project_id from part
    where role = 'programmer' and status not in ('idea', 'proposed', 'admitted')
  union all select 'funds', c.id, c.issuer_id, j.id from work j join funding_call c on c.id = j.call_id
    where j.status not in ('idea', 'proposed', 'admitted')
  union all select 'signatory_of', b.id, b.organisation_id, a.id from agreement_party b join pact a on a.id = b.agreement_id
    where (b.signed_on is null or b.signed_on <= $1) and (b.withdrew_on is null or b.withdrew_on >= $1)
  union all select 'responsible_for', id, responsible_id, id from action
  union all select 'carries_out', w.project_id, w.project_id, a.id
    from project_intervention w join action a on a.id = w.intervention_id
)
select null as kind, null::uuid as record, id as a, null::uuid as b from body
union all select null, null::uuid, node_id, null::uuid from unit
union all select null, null::uuid, id, null::uuid from work
union all select null, null::uuid, id, null::uuid from pact
union all select null, null::uuid, id, null::uuid from action
union all select kind, record, a, b from tie
  where (a in (select id from body) or kind = 'carries_out' and a in (select id from work))
    and (b in (select id from body) or kind not in ('supervises', 'chairs', 'member_of'))";

type Row = (Option<String>, Option<Uuid>, Uuid, Option<Uuid>);

async fn told_by_records(hub: &TestHub, viewer: &Viewer, on: NaiveDate) -> BTreeSet<Row> {
    let graph = Graph::open_on(hub.hub.clone(), viewer.clone(), "test", TODAY);
    let mut statement = graph.statement().await.unwrap();
    let rows: Vec<Row> = sqlx::query_as(RECORDS).bind(on).fetch_all(&mut *statement).await.unwrap();
    let told: BTreeSet<Row> = rows.iter().cloned().collect();
    assert_eq!(told.len(), rows.len(), "nothing is told twice");
    told
}

fn told_by_network(hub: &TestHub, viewer: &Viewer, on: NaiveDate) -> BTreeSet<Row> {
    let view = View::new(hub.hub.reference::<NetworkSnapshot>(), viewer.clone(), day(on));
    let Found { nodes, ties } = view.whole();
    let id = |node: u32| view.snapshot.node(node).id;
    let nodes = nodes.into_iter().map(|node| (None, None, id(node), None));
    let ties = ties.into_iter().map(|tie| view.snapshot.tie(tie));
    nodes.chain(ties.map(|t| (Some(t.kind.as_str().into()), Some(t.record), id(t.from), Some(id(t.to))))).collect()
}

/// Every 7th organisation that exists, so that each kind and both ends of the order of names are among them.
async fn bodies(hub: &TestHub) -> Vec<Uuid> {
    sqlx::query_scalar(
        "select id from organisation where valid_until is null or valid_until >= $1 order by id limit 1470",
    )
    .bind(TODAY)
    .fetch_all(&mut hub.maintenance().await)
    .await
    .map(|ids: Vec<Uuid>| ids.into_iter().step_by(7).collect())
    .unwrap()
}

#[tokio::test]
async fn every_viewer_sees_of_the_network_what_row_level_security_shows_of_the_records() {
    let hub = TestHub::with(SMALL).await;
    let mut viewers = Vec::new();
    for level in levels() {
        viewers.push(hub.viewer(level).await);
    }
    let known = Viewers::default();
    for body in bodies(&hub).await {
        viewers.extend(known.acting_for(body, TODAY, &hub.hub.database).await.unwrap());
    }
    assert!(viewers.len() >= 205, "{} viewers", viewers.len());
    let mut sizes = BTreeSet::new();
    for (turn, viewer) in viewers.iter().enumerate() {
        let on = if turn % 4 == 3 { THEN } else { TODAY };
        let (records, network) = (told_by_records(&hub, viewer, on).await, told_by_network(&hub, viewer, on));
        let missing: Vec<_> = records.difference(&network).take(3).collect();
        let extra: Vec<_> = network.difference(&records).take(3).collect();
        assert!(missing.is_empty() && extra.is_empty(), "{viewer:?} on {on}: lacks {missing:?}, shows {extra:?}");
        sizes.insert(network.len());
    }
    assert!(sizes.len() > 10, "what they see differs: {sizes:?}");
}

#[tokio::test]
async fn a_viewer_who_holds_no_key_sees_no_protected_record() {
    let hub = TestHub::with(SMALL).await;
    let nobody = Viewer { sight: Sight::everywhere([]), ..Viewer::public() };
    assert_eq!(told_by_network(&hub, &nobody, TODAY), BTreeSet::new());
}

const COUNTS: &str = "query($scope: NetworkScope!, $asOf: Date) {
  network(scope: $scope, asOf: $asOf) { version asOf nodeCount edgeCount nodes { id kind } edges { id kind from to recordId } } }";

fn strings<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    list.as_array().unwrap().iter().map(|item| item[field].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_whole_country_is_complete_and_hangs_together() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("dlci").await;
    let answer = hub.execute(&viewer, COUNTS, json!({ "scope": { "national": true } })).await;
    let network = &answer.data()["network"];
    assert_eq!(answer.statements, 0);
    let records = told_by_records(&hub, &viewer, TODAY).await;
    let ties = records.iter().filter(|row| row.0.is_some()).count();
    assert_eq!(network["edgeCount"], ties);
    assert_eq!(network["nodeCount"], records.len() - ties);
    let nodes: BTreeSet<&str> = strings(&network["nodes"], "id").into_iter().collect();
    assert_eq!(nodes.len(), records.len() - ties, "each node once");
    let edges: BTreeSet<&str> = strings(&network["edges"], "id").into_iter().collect();
    assert_eq!(edges.len(), ties, "each tie has an id of its own");
    for end in ["from", "to"] {
        assert!(strings(&network["edges"], end).into_iter().all(|id| nodes.contains(id)));
    }
    let version: i64 = sqlx::query_scalar("select max(version) from data_change")
        .fetch_one(&mut hub.maintenance().await)
        .await
        .unwrap();
    assert_eq!(network["version"], version);
}

pub async fn council_of_bologna(hub: &TestHub) -> String {
    let answer = hub.execute(&Viewer::public(), "{ council(by: {province: \"BO\"}) { id } }", json!({})).await;
    answer.data()["council"]["id"].as_str().unwrap().into()
}

async fn around(hub: &TestHub, viewer: &Viewer, id: &str, hops: i32, on: NaiveDate) -> Answer {
    let query = "query($id: ID!, $hops: Int, $on: Date) { network(scope: {around: $id}, hops: $hops, asOf: $on) {
        nodeCount edgeCount nodes { id kind name degree }
        edges { kind from to validFrom validUntil recordKind recordId category } } }";
    hub.execute(viewer, query, json!({ "id": id, "hops": hops, "on": on })).await
}

#[tokio::test]
async fn a_councils_surroundings_are_its_members_and_their_work_without_a_statement() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("consiglio-bologna").await;
    let council = council_of_bologna(&hub).await;
    let seats = "{ council(by: {province: \"BO\"}) { seats { id organisation { id } } } }";
    let seats = hub.execute(&viewer, seats, json!({})).await;
    let seats: BTreeSet<&str> = strings(&seats.data()["council"]["seats"], "id").into_iter().collect();
    assert!(seats.len() > 10);

    let one = around(&hub, &viewer, &council, 1, TODAY).await;
    assert_eq!(one.statements, 0);
    let edges = one.data()["network"]["edges"].as_array().unwrap();
    let members: BTreeSet<&str> = edges
        .iter()
        .filter(|edge| edge["kind"] == "MEMBER_OF" && edge["to"] == council.as_str())
        .map(|edge| edge["recordId"].as_str().unwrap())
        .collect();
    assert_eq!(members, seats, "its seats, and each names its record");
    assert!(edges.iter().any(|edge| edge["kind"] == "CHAIRS" && edge["to"] == council.as_str()));

    let two = around(&hub, &viewer, &council, 2, TODAY).await;
    assert_eq!(two.statements, 0);
    let (one, two) = (&one.data()["network"]["nodes"], &two.data()["network"]["nodes"]);
    let (one, two): (BTreeSet<_>, BTreeSet<_>) =
        (strings(one, "id").into_iter().collect(), strings(two, "id").into_iter().collect());
    assert!(one.is_subset(&two) && two.len() > one.len() + 10, "{} {}", one.len(), two.len());

    let mine = hub.execute(&viewer, "{ viewer { network(hops: 2) { nodes { id } } } }", json!({})).await;
    assert_eq!(strings(&mine.data()["viewer"]["network"]["nodes"], "id").into_iter().collect::<BTreeSet<_>>(), two);
    let public = hub.execute(&Viewer::public(), "{ viewer { network { nodeCount } } }", json!({})).await;
    assert_eq!(public.data()["viewer"]["network"], Value::Null);
}

#[tokio::test]
async fn the_network_of_2019_is_not_that_of_2026() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("dlci").await;
    let council = council_of_bologna(&hub).await;
    let mut records = Vec::new();
    for on in [THEN, TODAY] {
        let answer = around(&hub, &viewer, &council, 1, on).await;
        let on = on.to_string();
        let mut of_day = BTreeSet::new();
        for edge in answer.data()["network"]["edges"].as_array().unwrap() {
            assert!(edge["validFrom"].as_str().is_none_or(|from| from <= on.as_str()), "{edge}");
            assert!(edge["validUntil"].as_str().is_none_or(|until| on.as_str() <= until), "{edge}");
            of_day.insert(edge["recordId"].as_str().unwrap().to_owned());
        }
        records.push(of_day);
    }
    assert!(!records[0].is_subset(&records[1]) && !records[1].is_subset(&records[0]), "some ended, some began");

    // The Sardinian reform: the office of Cagliari was competent for Sud Sardegna until the end of 2025.
    let query = "query($on: Date) { network(scope: {region: \"20\"}, asOf: $on, tieKinds: [COMPETENT_FOR]) {
        nodes { kind } edges { kind } } }";
    let mut provinces = Vec::new();
    for on in [THEN, TODAY] {
        let answer = hub.execute(&Viewer::public(), query, json!({ "on": on })).await;
        let network = &answer.data()["network"];
        provinces.push(strings(&network["nodes"], "kind").into_iter().filter(|kind| *kind == "PROVINCE").count());
        assert_eq!(network["edges"].as_array().unwrap().len(), provinces[provinces.len() - 1]);
    }
    assert_eq!(provinces, [5, 8]);
}

/// A draft of the NGO's with a body that nobody else works with.
async fn draft(hub: &TestHub) -> (String, String) {
    let (ngo, partner) = (stable_id("persona:ong-bologna"), Uuid::from_u128(1));
    let mut connection = hub.maintenance().await;
    connection
        .execute(
            "insert into organisation (id, kind, name, visibility, source)
             values ('00000000-0000-0000-0000-000000000001', 'public_body', 'Partner', 'public', 'test')",
        )
        .await
        .unwrap();
    sqlx::query(
        "insert into project (id, title, status, starts_on, ends_on, lead_id, owner_number, visibility, source)
         select '00000000-0000-0000-0000-000000000002', 'Draft', 'idea', '2026-01-01', '2027-12-31', id, number, 'owner', 'test'
         from organisation where id = $1",
    )
    .bind(ngo)
    .execute(&mut connection)
    .await
    .unwrap();
    connection
        .execute(
            "insert into project_participation (id, project_id, audience, organisation_id, role, source)
             select '00000000-0000-0000-0000-000000000003', id, audience, '00000000-0000-0000-0000-000000000001', 'partner', 'test'
             from project where id = '00000000-0000-0000-0000-000000000002'",
        )
        .await
        .unwrap();
    let id = |key| NodeId::new("Organisation", key).id().to_string();
    (id(ngo), id(partner))
}

const PATH: &str = "query($from: ID!, $to: ID!, $kinds: [TieKind!]) { path(from: $from, to: $to, tieKinds: $kinds) {
    length steps { from { id name kind } to { id } edges { kind from to recordId record { __typename id } } } } }";

#[tokio::test]
async fn a_hidden_project_neither_appears_nor_connects_and_a_committed_change_is_followed() {
    let hub = TestHub::with(SMALL).await;
    let (ngo, partner) = draft(&hub).await;
    // The hub hears of it by itself.
    let started = std::time::Instant::now();
    let project = NodeId::new("Project", Uuid::from_u128(2)).id().to_string();
    let member = hub.viewer("ong-bologna").await;
    loop {
        let answer = around(&hub, &member, &project, 1, TODAY).await;
        if answer.data()["network"]["nodeCount"] == 3 {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "the change is not followed: {:#}", answer.json);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let variables = json!({ "from": ngo, "to": partner });
    let answer = hub.execute(&member, PATH, variables.clone()).await;
    let path = &answer.data()["path"];
    assert_eq!(path["length"], 2);
    assert_eq!(path["steps"][0]["to"]["id"], project.as_str());
    assert_eq!(strings(&path["steps"][0]["edges"], "kind"), ["LEADS"]);
    assert_eq!(strings(&path["steps"][1]["edges"], "kind"), ["PARTNER_IN"]);

    for viewer in [Viewer::public(), hub.viewer("prefettura-bologna").await] {
        let answer = hub.execute(&viewer, PATH, variables.clone()).await;
        assert_eq!(answer.data()["path"], Value::Null, "connected by a hidden project");
        let answer = around(&hub, &viewer, &partner, 3, TODAY).await;
        assert_eq!(answer.data()["network"]["nodes"].as_array().unwrap().len(), 1);
        assert_eq!(answer.data()["network"]["nodes"][0]["degree"], 0);
        // A hidden end is answered as one that does not exist.
        let unknown = NodeId::new("Project", Uuid::from_u128(99)).id();
        for id in [project.as_str(), unknown.as_str()] {
            assert_eq!(around(&hub, &viewer, id, 1, TODAY).await.data()["network"], Value::Null);
            let answer = hub.execute(&viewer, PATH, json!({ "from": ngo, "to": id })).await;
            assert_eq!(answer.data()["path"], Value::Null);
        }
    }
}

#[tokio::test]
async fn a_path_names_the_records_that_connect_and_can_leave_the_hierarchy_out() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("ong-bologna").await;
    let ngo = NodeId::new("Organisation", stable_id("persona:ong-bologna")).id().to_string();
    let other = "{ council(by: {province: \"RA\"}) { id } }";
    let other = hub.execute(&viewer, other, json!({})).await.data()["council"]["id"].clone();
    let mut lengths = Vec::new();
    for kinds in [json!(null), json!(["MEMBER_OF", "LEADS", "PARTNER_IN", "SIGNATORY_OF", "CHAIRS"])] {
        let answer = hub.execute(&viewer, PATH, json!({ "from": ngo, "to": other, "kinds": kinds })).await;
        let path = &answer.data()["path"];
        let steps = path["steps"].as_array().unwrap();
        assert_eq!(path["length"], steps.len());
        assert_eq!((&steps[0]["from"]["id"], &steps[steps.len() - 1]["to"]["id"]), (&json!(ngo), &other));
        for pair in steps.windows(2) {
            assert_eq!(pair[0]["to"]["id"], pair[1]["from"]["id"]);
        }
        for step in steps {
            let ends = BTreeSet::from([step["from"]["id"].as_str(), step["to"]["id"].as_str()]);
            assert!(!step["edges"].as_array().unwrap().is_empty());
            for edge in step["edges"].as_array().unwrap() {
                assert_eq!(BTreeSet::from([edge["from"].as_str(), edge["to"].as_str()]), ends);
                assert_eq!(edge["record"]["id"], edge["recordId"]);
                assert!(kinds.as_array().is_none_or(|kinds| kinds.contains(&edge["kind"])), "{edge}");
            }
        }
        lengths.push(steps.len());
    }
    assert!(lengths[0] <= lengths[1], "{lengths:?}");
    let same = hub.execute(&viewer, PATH, json!({ "from": ngo, "to": ngo })).await;
    assert_eq!(same.data()["path"], json!({ "length": 0, "steps": [] }));
}

/// Fields of a type in the schema that are no objects.
async fn plain_fields(hub: &TestHub, name: &str) -> Vec<String> {
    let query = "query($name: String!) { __type(name: $name) { fields { name } } }";
    let answer = hub.execute(&Viewer::public(), query, json!({ "name": name })).await;
    let fields = strings(&answer.data()["__type"]["fields"], "name");
    fields.into_iter().filter(|field| *field != "record").map(String::from).collect()
}

/// The data of an answer as it is sent, and how many statements it took.
async fn sent(hub: &TestHub, viewer: &Viewer, query: &str) -> (String, u32) {
    let graph = Graph::open_on(hub.hub.clone(), viewer.clone(), "test", TODAY);
    let schema = schema::builder().data(hub.hub.clone()).finish();
    let response = schema.execute(async_graphql::Request::new(query).data(graph.clone())).await;
    assert_eq!(response.errors, []);
    (serde_json::to_string(&response.data).unwrap(), graph.session.statements())
}

/// Takes every `"record":…` member, which must come last, out of an answer.
fn without_records(mut json: String) -> String {
    while let Some(start) = json.find(",\"record\":") {
        let end =
            start + json[start..].find("\"}}").map_or_else(|| json[start..].find("null}").unwrap() + 4, |at| at + 2);
        json.replace_range(start..end, "");
    }
    json
}

#[tokio::test]
async fn plain_fields_written_at_once_are_the_same_as_resolved_one_by_one() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("consiglio-bologna").await;
    let nodes = plain_fields(&hub, "NetworkNode").await.join(" ");
    let edges = plain_fields(&hub, "NetworkEdge").await.join(" ");
    let council = council_of_bologna(&hub).await;
    let scope = format!("network(scope: {{around: \"{council}\"}}, hops: 1)");
    for (nodes, edges) in [
        (nodes.as_str(), edges.as_str()),
        ("name id", "to from"),
        (
            "__typename a: name b: name ...More",
            "type: __typename ... on NetworkEdge { kind } ... @include(if: true) { from }",
        ),
        ("id name @skip(if: true) kind id @include(if: true)", "id ... @skip(if: true) { to }"),
    ] {
        let fragment = if nodes.contains("...More") { "fragment More on NetworkNode { kind level }" } else { "" };
        // The framework answers fields in the order in which they are done: each list by itself.
        let lists = [("nodes", nodes, fragment), ("edges", edges, "")];
        let both = async |record: &str| {
            let (mut json, mut statements) = (String::new(), 0);
            for (list, fields, fragment) in lists {
                let query = format!("{{ {scope} {{ {list} {{ {fields} {record} }} }} }} {fragment}");
                let (answered, cost) = sent(&hub, &viewer, &query).await;
                json += &answered;
                statements += cost;
            }
            (json, statements)
        };
        let (at_once, statements) = both("").await;
        assert_eq!(statements, 0);
        assert!(at_once.len() > 1000);
        let (one_by_one, statements) = both("record { id }").await;
        assert!(one_by_one.contains("\"record\":{"));
        // Of the records around a council only seats and the bodies that are no institutions need asking for.
        assert!((1..=8).contains(&statements), "{statements} statements");
        assert_eq!(at_once, without_records(one_by_one), "{nodes} | {edges}");
    }
}

#[tokio::test]
async fn a_list_selected_twice_is_merged() {
    let hub = TestHub::with(REFERENCE).await;
    let scope = "network(scope: {province: \"BO\"})";
    let viewer = Viewer::public();
    let twice = format!(
        "{{ {scope} {{ nodes {{ id }} ...Names }} x: {scope} {{ nodes {{ kind }} }} {scope} {{ edges {{ to }} }} }}
         fragment Names on Network {{ nodes {{ name }} edges {{ from }} }}"
    );
    let once = format!("{{ {scope} {{ nodes {{ id name }} edges {{ from to }} }} x: {scope} {{ nodes {{ kind }} }} }}");
    let (twice, once) = (sent(&hub, &viewer, &twice).await.0, sent(&hub, &viewer, &once).await.0);
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(parsed(&twice), parsed(&once));
}

#[tokio::test]
async fn a_fragment_of_another_type_adds_nothing_to_a_list() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("dlci").await;
    let council = council_of_bologna(&hub).await;
    let same = |fragments: String, expected: &'static str| {
        let (hub, viewer, council) = (&hub, &viewer, &council);
        async move {
            let answer = sent(hub, viewer, &format!("{{ node(id: \"{council}\") {{ {fragments} }} }}")).await.0;
            let once = format!("{{ node(id: \"{council}\") {{ ... on TerritorialCouncil {{ {expected} }} }} }}");
            let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            assert_eq!(parsed(&answer), parsed(&sent(hub, viewer, &once).await.0), "{fragments}");
        }
    };
    let on = |name: &str, nodes: &str| format!("... on {name} {{ network {{ nodes {{ {nodes} }} }} }} ");
    let named = "network { nodes { x: name } }";
    same(on("Prefecture", "x: id") + &on("TerritorialCouncil", "x: name"), named).await;
    same(on("TerritorialCouncil", "x: name") + &on("Prefecture", "x: id"), named).await;
    // Whether the second applies is told by the body alone.
    same(on("Organisation", "x: name") + &on("Prefecture", "kind"), named).await;
    same(on("Organisation", "x: name") + &on("TerritorialCouncil", "kind"), "network { nodes { x: name kind } }").await;
    same(
        on("Organisation", "x: name") + &on("TerritorialCouncil", "kind") + &on("Prefecture", "record { id }"),
        "network { nodes { x: name kind } }",
    )
    .await;
    same(
        on("Organisation", "x: name") + &on("TerritorialCouncil", "record { id }"),
        "network { nodes { x: name record { id } } }",
    )
    .await;
}

#[tokio::test]
async fn a_record_asked_of_another_type_leaves_a_list_its_text() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("dlci").await;
    let council = council_of_bologna(&hub).await;
    let schema = schema::builder().data(hub.hub.clone()).finish();
    let on = |name: &str, nodes: &str| format!("... on {name} {{ network {{ nodes {{ {nodes} }} }} }} ");
    for (other, is_text) in [("Prefecture", true), ("TerritorialCouncil", false)] {
        let fragments = on(other, "record { id }") + &on("TerritorialCouncil", "id");
        let query = format!("{{ node(id: \"{council}\") {{ {fragments} }} }}");
        let graph = Graph::open_on(hub.hub.clone(), viewer.clone(), "test", TODAY);
        let response = schema.execute(async_graphql::Request::new(query).data(graph)).await;
        let mut value = &response.data;
        for field in ["node", "network", "nodes"] {
            let async_graphql::Value::Object(fields) = value else { panic!("{value}") };
            value = &fields[field];
        }
        // Text that is passed through is no list yet.
        assert_eq!(!matches!(value, async_graphql::Value::List(_)), is_text, "{other}");
    }
}

#[tokio::test]
async fn every_tie_leads_to_its_record() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("dlci").await;
    let mut found = BTreeSet::new();
    for kind in [
        "SUPERVISES",
        "COMPETENT_FOR",
        "CHAIRS",
        "MEMBER_OF",
        "LEADS",
        "PARTNER_IN",
        "CONTRACTED_FOR",
        "FUNDS",
        "SIGNATORY_OF",
        "RESPONSIBLE_FOR",
    ] {
        let query = format!(
            "{{ network(scope: {{province: \"BO\"}}, tieKinds: [{kind}]) {{
                edges {{ kind from to recordKind recordId record {{ __typename id }} }} nodes {{ id record {{ id }} }} }} }}"
        );
        let answer = hub.execute(&viewer, &query, json!({})).await;
        let network = &answer.data()["network"];
        for edge in network["edges"].as_array().unwrap() {
            assert_eq!((&edge["record"]["id"], edge["kind"].as_str()), (&edge["recordId"], Some(kind)));
            found.insert((kind, edge["recordKind"].as_str().unwrap().to_owned()));
        }
        for node in network["nodes"].as_array().unwrap() {
            assert_eq!(node["record"]["id"], node["id"]);
        }
        assert!(answer.statements <= 6, "{kind}: {} statements", answer.statements);
    }
    assert_eq!(found.len(), 10, "{found:?}");
}

#[tokio::test]
async fn kinds_narrow_what_is_walked() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("dlci").await;
    let council = council_of_bologna(&hub).await;
    let query = "query($id: ID!) { network(scope: {around: $id}, hops: 2, tieKinds: [MEMBER_OF],
        organisationKinds: [SOCIAL_PARTNER]) { nodes { id organisationKind } edges { kind category } } }";
    let answer = hub.execute(&viewer, query, json!({ "id": council })).await;
    let network = &answer.data()["network"];
    assert!(network["edges"].as_array().unwrap().len() >= 2, "{network:#}");
    assert!(strings(&network["edges"], "category").iter().all(|category| *category == "SOCIAL_PARTNERS"));
    for node in network["nodes"].as_array().unwrap() {
        assert!(node["organisationKind"] == "SOCIAL_PARTNER" || node["id"] == council.as_str(), "{node}");
    }
    let query = "{ viewer { network(hops: 2, tieKinds: [MEMBER_OF], organisationKinds: [SOCIAL_PARTNER]) {
        nodes { id organisationKind } edges { kind category } } } }";
    let member = hub.execute(&hub.viewer("consiglio-bologna").await, query, json!({})).await;
    assert_eq!(&member.data()["viewer"]["network"], network);
}

#[tokio::test]
async fn a_province_and_its_region_hold_what_is_theirs() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("dlci").await;
    let names = |answer: &Answer| -> BTreeSet<String> {
        strings(&answer.data()["network"]["nodes"], "id").into_iter().map(String::from).collect()
    };
    let of_province = hub.execute(&viewer, COUNTS, json!({ "scope": { "province": "BO" } })).await;
    let by_code = hub.execute(&viewer, COUNTS, json!({ "scope": { "province": "037" } })).await;
    assert_eq!(of_province.data(), by_code.data());
    let of_region = hub.execute(&viewer, COUNTS, json!({ "scope": { "region": "08" } })).await;
    assert!(names(&of_province).is_subset(&names(&of_region)));
    let seated: Vec<Uuid> = sqlx::query_scalar(
        "select id from organisation where province_code = '037' and audience in (select unnest($1::int[]))
         and (valid_from is null or valid_from <= $2) and (valid_until is null or valid_until >= $2)",
    )
    .bind(viewer.sight.common().to_vec())
    .bind(TODAY)
    .fetch_all(&mut hub.maintenance().await)
    .await
    .unwrap();
    let seated: BTreeSet<String> = seated.iter().map(|id| NodeId::new("Organisation", id).id().to_string()).collect();
    assert!(seated.len() > 50 && seated.is_subset(&names(&of_province)));
    for scope in [json!({ "province": "XX" }), json!({ "region": "99" })] {
        let answer = hub.execute(&viewer, COUNTS, json!({ "scope": scope })).await;
        assert_eq!(answer.data()["network"], Value::Null);
    }
}

#[tokio::test]
async fn the_office_competent_for_a_province_is_there_whatever_kinds_of_ties_are_wanted() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("dlci").await;
    let query = "query($province: String!, $kinds: [TieKind!]) {
        network(scope: {province: $province}, tieKinds: $kinds) { nodes { id } } }";
    // The new Sardinian provinces have no office seated in them.
    for province in ["113", "116", "117", "119", "037"] {
        let offices: Vec<Uuid> = sqlx::query_scalar(
            "select office_id from office_competence where province_code = $1
             and (valid_from is null or valid_from <= $2) and (valid_until is null or valid_until >= $2)",
        )
        .bind(province)
        .bind(TODAY)
        .fetch_all(&mut hub.maintenance().await)
        .await
        .unwrap();
        assert!(!offices.is_empty(), "{province}");
        for kinds in [json!(null), json!(["LEADS"])] {
            let answer = hub.execute(&viewer, query, json!({ "province": province, "kinds": kinds })).await;
            let nodes = strings(&answer.data()["network"]["nodes"], "id");
            for office in &offices {
                let office = NodeId::new("Organisation", office).id().to_string();
                assert!(nodes.contains(&office.as_str()), "{province} {kinds}");
            }
        }
    }
}

#[tokio::test]
async fn a_province_is_found_by_its_own_id_alone() {
    let hub = TestHub::with(REFERENCE).await;
    for (code, is_found) in [("037", true), ("37", false), ("+037", false), ("+37", false), ("0037", false)] {
        let id = NodeId::new("Province", code).id().to_string();
        let query = "query($id: ID!) { network(scope: {around: $id}) { nodeCount } node(id: $id) { id } }";
        let answer = hub.execute(&Viewer::public(), query, json!({ "id": id })).await;
        let data = answer.data();
        assert_eq!((data["network"].is_object(), data["node"].is_object()), (is_found, is_found), "{code}");
    }
}

#[tokio::test]
async fn many_walks_can_be_interrupted_and_the_same_question_is_walked_once() {
    let hub = TestHub::with(SMALL).await;
    let schema = schema::builder().data(hub.hub.clone()).finish();
    let viewer = hub.viewer("dlci").await;
    // Answers once polled so often, as a time limit would find out between the turns.
    let turns = async |query: String| {
        let graph = Graph::open_on(hub.hub.clone(), viewer.clone(), "test", TODAY);
        let mut answer = std::pin::pin!(schema.execute(async_graphql::Request::new(query).data(graph)));
        let mut turns = 0;
        let response = std::future::poll_fn(|task| {
            turns += 1;
            answer.as_mut().poll(task)
        });
        assert_eq!(response.await.errors, []);
        turns
    };
    let asked = |field: &dyn Fn(i32) -> String| {
        let fields: Vec<String> = (0..40).map(|n| format!("a{n}: {}", field(n))).collect();
        format!("{{ {} }}", fields.join(" "))
    };
    let day = |n: i32| TODAY - chrono::Days::new(n as u64);
    let apart = |n| format!("network(scope: {{province: \"BO\"}}, hops: 3, asOf: \"{}\") {{ nodeCount }}", day(n));
    let same = |_| String::from("network(scope: {province: \"BO\"}, hops: 3) { nodeCount }");
    let ends = [council_of_bologna(&hub).await, NodeId::new("Province", "092").id().to_string()];
    let paths = |_| format!("path(from: \"{}\", to: \"{}\") {{ length }}", ends[0], ends[1]);
    let since = |n| {
        format!("network(scope: {{national: true}}) {{ a{n}: difference(since: \"{}\") {{ endedNodeCount }} }}", day(n))
    };
    let (apart, same, paths) = (turns(asked(&apart)).await, turns(asked(&same)).await, turns(asked(&paths)).await);
    let since = turns(asked(&since)).await;
    assert!(apart >= 40 && paths >= 40 && since >= 40, "{apart} {paths} {since}");
    assert!(same < 10, "{same}");
}

#[tokio::test]
async fn the_text_of_a_request_has_a_limit() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("dlci").await;
    let schema = schema::builder().data(hub.hub.clone()).finish();
    let answer = async |lists: usize, ids: usize| {
        let ids: Vec<_> = (0..ids).map(|id| format!("a{id}: id")).collect();
        let list = format!("network(scope: {{national: true}}) {{ edges {{ {} }} }}", ids.join(" "));
        let lists: Vec<_> = (0..lists).map(|name| format!("n{name}: {list}")).collect();
        let graph = Graph::open_on(hub.hub.clone(), viewer.clone(), "test", TODAY);
        schema.execute(async_graphql::Request::new(format!("{{ {} }}", lists.join(" "))).data(graph)).await
    };
    let size = async |lists, ids| {
        let response = answer(lists, ids).await;
        assert_eq!(response.errors, []);
        serde_json::to_vec(&response.data).unwrap().len()
    };
    const MOST: usize = 32 * 1024 * 1024;
    let one = size(1, 10).await;
    // In one list and in many, to just below the limit and beyond it.
    let (below, beyond) = (MOST * 8 / 10 / one, MOST * 12 / 10 / one + 1);
    for (lists, ids) in [(1, 10 * below), (below, 10)] {
        assert!(size(lists, ids).await > MOST / 2);
    }
    for (lists, ids) in [(1, 10 * beyond), (beyond, 10)] {
        let response = answer(lists, ids).await;
        match response.errors.first().and_then(|error| error.source::<raccordo::graphql::Error>()) {
            Some(raccordo::graphql::Error::LimitExceeded { limit, requested, .. }) => {
                assert_eq!(*limit, MOST as u64);
                assert!((MOST as u64..2 * MOST as u64).contains(requested), "{requested}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_by_name() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("dlci").await;
    let ngo = NodeId::new("Organisation", stable_id("persona:ong-bologna")).id().to_string();
    let region = NodeId::new("Region", "08").id().to_string();
    let not_uuid = NodeId::new("Project", "x").id().to_string();
    for (arguments, code) in [
        (format!("scope: {{around: \"{ngo}\"}}, hops: 0"), "BAD_USER_INPUT"),
        (format!("scope: {{around: \"{ngo}\"}}, hops: 4"), "LIMIT_EXCEEDED"),
        (format!("scope: {{around: \"{region}\"}}"), "BAD_USER_INPUT"),
        (format!("scope: {{around: \"{not_uuid}\"}}"), "BAD_USER_INPUT"),
        ("scope: {around: \"%%%\"}".into(), "BAD_USER_INPUT"),
        ("scope: {national: false}".into(), "BAD_USER_INPUT"),
        ("scope: {national: true, province: \"BO\"}".into(), "GRAPHQL_VALIDATION_FAILED"),
        ("scope: {national: true}, asOf: \"2026-02-30\"".into(), "BAD_USER_INPUT"),
    ] {
        let answer = hub.execute(&viewer, &format!("{{ network({arguments}) {{ nodeCount }} }}"), json!({})).await;
        assert!(answer.codes().starts_with(&[code]), "{arguments}: {:#}", answer.json);
    }
    for id in [region.as_str(), "%%%", not_uuid.as_str()] {
        let answer = hub.execute(&viewer, PATH, json!({ "from": ngo, "to": id })).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    }
    let answer =
        hub.execute(&viewer, "{ network(scope: {national: true}) { nodes { record { id } } } }", json!({})).await;
    assert_eq!(answer.codes(), ["LIMIT_EXCEEDED"]);
    let extensions = &answer.json["errors"][0]["extensions"];
    assert_eq!(extensions["limit"], 1000);
    assert!(extensions["requested"].as_u64().unwrap() > 1000);
}

#[tokio::test]
async fn the_committed_operations_are_answered_from_memory() {
    let hub = TestHub::with(SMALL).await;
    for level in levels() {
        let viewer = hub.viewer(level).await;
        for (query, least) in [
            (include_str!("../../schema/operations/network-around.graphql"), 20),
            (include_str!("../../schema/operations/network-national.graphql"), 2000),
        ] {
            let answer = hub.execute(&viewer, query, json!({ "asOf": TODAY })).await;
            let network = &answer.data()["network"];
            assert_eq!(answer.statements, 0);
            for (list, count) in [("nodes", "nodeCount"), ("edges", "edgeCount")] {
                let length = network[list].as_array().unwrap().len();
                assert_eq!(network[count], length);
                assert!(length >= least / 2, "{level}: {length} {list}");
            }
        }
    }
}
