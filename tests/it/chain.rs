//! The whole chain, from a need found at a sitting to the project closed: the operations of `schema/operations/chain`, done in
//! their order by the people that they name, and after each step what every level sees of it.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use raccordo::access::persona::{Persona, stable_id};
use raccordo::access::{Role, Viewer};
use raccordo::graphql::NodeId;
use raccordo::http::Settings;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::http::Served;
use crate::hub::{TODAY, TestHub};
use crate::levels::{SMALL, operation};
use crate::people::{Somebody, id};
use crate::plans;
use crate::work::{MOST_STATEMENTS, PLAN};

/// Records of the chain by the variable that names them.
const RECORDS: [(&str, &str); 5] = [
    ("sittingId", "sitting"),
    ("planId", "plan"),
    ("opinionSittingId", "second sitting"),
    ("callId", "call"),
    ("projectId", "project"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/operations/chain")
}

/// A step as its file has it.
struct Step {
    name: String,
    /// Body and role.
    whom: (String, Role),
    query: String,
}

fn steps() -> Vec<Step> {
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|file| file.extension().is_some_and(|it| it == "graphql")).collect();
    files.sort();
    let step = |file: PathBuf| {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let query = std::fs::read_to_string(&file).unwrap();
        let whom = query.lines().find_map(|line| line.strip_prefix("# As: "));
        let (body, role) = whom.unwrap_or_else(|| panic!("{name} does not say as whom")).split_once(", ").unwrap();
        Step { whom: (body.to_owned(), role.parse().unwrap()), name, query }
    };
    files.into_iter().filter(|file| !file.ends_with("view.graphql")).map(step).collect()
}

/// Every scalar of an answer by its name there: the variables of later steps.
fn scalars(value: &Value, found: &mut Map<String, Value>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(_) | Value::Number(_) => drop(found.insert(name.clone(), value.clone())),
                    value => scalars(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| scalars(item, found)),
        _ => {}
    }
}

/// The body that a step, or a view, names: a persona's, or one that an earlier step found.
fn body(name: &str, known: &Map<String, Value>) -> Uuid {
    match name.strip_prefix('$') {
        Some(variable) => {
            let id = async_graphql::ID::from(known[variable].as_str().unwrap());
            NodeId::uuid("Organisation", &id).unwrap()
        }
        None => Persona::find(name).unwrap_or_else(|| panic!("{name} is no persona")).organisation_id(),
    }
}

/// The people of the chain: one for each body and role, made when first needed.
#[derive(Default)]
struct People(HashMap<(Uuid, Role), (Somebody, Uuid)>);

impl People {
    async fn acting(&mut self, hub: &TestHub, body: Uuid, role: Role) -> Viewer {
        if !self.0.contains_key(&(body, role)) {
            let somebody = hub.somebody(&format!("{}{}", role.as_str(), self.0.len())).await;
            let membership = hub.join_body(somebody, body, role).await;
            self.0.insert((body, role), (somebody, membership));
        }
        let (somebody, membership) = self.0[&(body, role)];
        hub.acting(somebody, membership).await
    }
}

/// Whose view is shown, from the department to the public. The outsider works in another region.
async fn viewers(hub: &TestHub, known: &Map<String, Value>, outsider: Uuid) -> Vec<(&'static str, Viewer)> {
    let mut viewers = Vec::new();
    for (name, body) in [
        ("DLCI", stable_id("authority:DLCI")),
        ("own prefecture", stable_id("office:PREF-BO")),
        ("other prefecture", stable_id("office:PREF-MO")),
        ("council", stable_id("council:PREF-BO")),
        ("lead", stable_id("persona:ong-bologna")),
        ("partner", body("$communityId", known)),
        ("outsider", outsider),
    ] {
        viewers.push((name, hub.for_body(body, TODAY).await));
    }
    viewers.push(("public", Viewer::public()));
    viewers
}

/// What is seen of a record, in one line: what is null or empty is left out, what has a name alone stands for it.
fn told(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().filter_map(told).collect();
            (!items.is_empty()).then(|| format!("[{}]", items.join("; ")))
        }
        Value::Object(fields) => {
            let own = fields.iter().filter(|(name, _)| !["__typename", "id"].contains(&name.as_str()));
            let own: Vec<_> = own.filter_map(|(name, value)| Some((name.as_str(), told(value)?))).collect();
            match &own[..] {
                [("title" | "name" | "totalCount" | "value" | "latest", value)] => Some(value.clone()),
                [] => None,
                own => Some(own.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")),
            }
        }
        value => Some(value.to_string()),
    }
}

#[tokio::test]
async fn the_whole_chain_is_done_step_by_step_and_each_level_sees_just_what_it_may() {
    let hub = TestHub::with(SMALL).await;
    let outsider =
        "select o.id from organisation o where o.kind = 'third_sector_organisation' and o.visibility = 'public'
        and o.province_code = '048' and o.valid_until is null and not exists (select from project_place a
          join project_participation b using (project_id) where b.organisation_id = o.id and a.province_code = '037')
        order by o.number limit 1";
    let outsider: Uuid = hub.value(outsider).await;
    let given = json!({ "today": TODAY, "year": 2026, "lastDay": "2028-12-31", "startsAt": format!("{TODAY}T09:00:00Z"),
        "reference": "AVV-CATENA", "cup": "B11I26000010001" });
    let Value::Object(mut known) = given else { unreachable!() };
    let view = operation("chain/view");
    let mut people = People::default();
    let mut seen: BTreeMap<(&str, &str), String> = BTreeMap::new();
    let mut account = String::new();
    for step in steps() {
        let (whom, role) = &step.whom;
        let actor = people.acting(&hub, body(whom, &known), *role).await;
        let answer = hub.execute(&actor, &step.query, Value::Object(known.clone())).await;
        let data = answer.data().as_object().unwrap().clone();
        let refused: Vec<_> = data.values().filter_map(|payload| payload["userErrors"].as_array()).flatten().collect();
        assert!(refused.is_empty(), "{}: {refused:#?}", step.name);
        if step.query.contains("\nmutation") {
            assert!(answer.statements <= MOST_STATEMENTS, "{}: {} statements", step.name, answer.statements);
        }
        scalars(&Value::Object(data), &mut known);

        account += &format!("\n{} · {whom}, {}\n", step.name, role.as_str());
        let records: Vec<_> = RECORDS.iter().filter(|(variable, _)| known.contains_key(*variable)).collect();
        let ids: Vec<_> = records.iter().map(|(variable, _)| known[*variable].clone()).collect();
        let mut changed: Vec<(Vec<&str>, String)> = Vec::new();
        for (name, viewer) in viewers(&hub, &known, outsider).await {
            let answer = hub.execute(&viewer, &view, json!({ "ids": ids })).await;
            let mut lines = String::new();
            for ((_, record), node) in records.iter().zip(answer.data()["nodes"].as_array().unwrap()) {
                let now = told(node).unwrap_or_else(|| "-".into());
                let before = seen.insert((name, record), now.clone()).unwrap_or_else(|| "-".into());
                if before != now {
                    lines += &format!("    {record}: {now}\n");
                }
            }
            match changed.iter_mut().find(|(_, known)| *known == lines) {
                Some((names, _)) => names.push(name),
                None => changed.push((vec![name], lines)),
            }
        }
        for (names, lines) in changed.iter().filter(|(_, lines)| !lines.is_empty()) {
            account += &format!("  {}\n{lines}", names.join(", "));
        }
    }
    insta::assert_snapshot!("chain", account.trim_start());
    assert_eq!(hub.broken_entries().await, 0);
}

#[tokio::test]
async fn a_need_names_a_sitting_of_its_own_council_that_was_held() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let council = id("Organisation", stable_id("council:PREF-BO"));
    let planned = json!({ "councilId": council, "title": "Seduta", "startsAt": "2026-12-20T09:00:00Z" });
    let planned = hub.done(&office, "planCouncilSitting", "councilSitting { id }", planned).await;
    let planned = planned["councilSitting"]["id"].clone();
    let past = "query($province: String!) { council(by: { province: $province }) {
        sittings(first: 1, filter: { statuses: [MINUTES_APPROVED] }) { nodes { id } } } }";
    let past = async |province: &str| {
        let found = hub.execute(&office, past, json!({ "province": province })).await;
        found.data()["council"]["sittings"]["nodes"][0]["id"].clone()
    };
    let (own, others) = (past("BO").await, past("MO").await);

    let mut whole = plans::whole();
    whole["needs"][0]["foundAtId"] = planned.clone();
    let refused = hub.refused(&office, "createTerritorialPlan", PLAN, whole.clone()).await;
    assert_eq!(refused, ["INVALID SITTING_NOT_HELD input.needs.0.foundAtId"]);
    whole["needs"][0]["foundAtId"] = own.clone();
    let mut plan = plans::at(&hub.done(&office, "createTerritorialPlan", PLAN, whole).await);
    let need = |sitting: &Value| json!({ "topic": "work", "title": "Trasporti", "foundAtId": sitting });
    for (sitting, reason) in [
        (&others, "INVALID SITTING_OF_OTHER_COUNCIL input.foundAtId"),
        (&planned, "INVALID SITTING_NOT_HELD input.foundAtId"),
        (&json!(id("CouncilSitting", Uuid::nil())), "NOT_FOUND NOT_FOUND input.foundAtId"),
        (&json!(council), "INVALID ID_INVALID input.foundAtId"),
    ] {
        assert_eq!(hub.refused(&office, "writePlanNeed", PLAN, plans::on(&plan, need(sitting))).await, [reason]);
    }
    plan = plans::at(&hub.done(&office, "writePlanNeed", PLAN, plans::on(&plan, need(&own))).await);
    let query = "query($sitting: ID!) { councilSitting(id: $sitting) { needs { title foundAt { id } } } }";
    let told = hub.execute(&office, query, json!({ "sitting": own })).await;
    let needs = told.data()["councilSitting"]["needs"].as_array().unwrap().clone();
    assert!(needs.iter().all(|need| need["foundAt"]["id"] == own), "{needs:?}");
    assert!(needs.iter().any(|need| need["title"] == "Trasporti"), "{needs:?}");
    let told = hub.execute(&hub.persona("consiglio-bologna").await, query, json!({ "sitting": own })).await;
    let others = told.data()["councilSitting"]["needs"].as_array().unwrap().clone();
    assert!(others.iter().all(|need| need["title"] != "Trasporti"), "the draft is the office's");

    let history = "query($id: ID!) { territorialPlan(id: $id) {
        needs { id title } history(first: 1) { nodes { action changes { field after } } } } }";
    let told = hub.execute(&office, history, json!({ "id": plan.0 })).await;
    let told = &told.data()["territorialPlan"];
    let last = &told["history"]["nodes"][0];
    assert_eq!(last["action"], "WRITE_PLAN_NEED");
    assert!(last["changes"].as_array().unwrap().contains(&json!({ "field": "foundAt", "after": own })), "{last}");
    let cleared = json!({ "needId": told["needs"][1]["id"], "foundAtId": null });
    hub.done(&office, "writePlanNeed", PLAN, plans::on(&plan, cleared)).await;
    let told = hub.execute(&office, query, json!({ "sitting": own })).await;
    assert_eq!(told.data()["councilSitting"]["needs"].as_array().unwrap().len() + 1, needs.len());
}

#[tokio::test]
async fn the_chain_is_walked_on_a_running_demonstration_with_curl() {
    let is_there = |program: &str| std::process::Command::new(program).arg("--version").output().is_ok();
    if !is_there("curl") || !is_there("jq") {
        return;
    }
    let served = Served::with(SMALL, Settings::default()).await;
    let mut walk = tokio::process::Command::new(folder().join("walk"));
    walk.arg(format!("http://{}", served.address)).arg("consiglio-bologna");
    walk.env("RACCORDO", env!("CARGO_BIN_EXE_raccordo")).env("RACCORDO_DATA_DIR", served.data_dir.path());
    let walked = walk.output().await.unwrap();
    let told = String::from_utf8_lossy(&walked.stdout);
    assert!(walked.status.success(), "{told}\n{}", String::from_utf8_lossy(&walked.stderr));
    let last = told.lines().last().unwrap();
    assert!(last.contains("\"TerritorialPlan CLOSED\"") && last.contains("\"Project CLOSED\""), "{told}");
}
