//! What of a plan is covered: which needs something answers, with what money, and how far it has come.

use raccordo::access::Viewer;
use raccordo::access::persona::stable_id;
use serde_json::{Value, json};

use crate::hub::TestHub;
use crate::levels::{SMALL, operation};
use crate::people::id;
use crate::plans::{at, on, whole};
use crate::projects::{self, CALL, PROJECT, call, proposal};
use crate::work::PLAN;

const COVERED: &str = "query($id: ID!, $at: DateTime) { territorialPlan(id: $id, asOf: $at) {
    coverage { needs interventions projectsAsOf money { ...M } uncoveredNeeds { title coverageState }
      needsWithoutIntervention { title } interventionsWithoutProject { title } interventionsWithoutActor { title } }
    needs { title coverageState money { ...M }
      priorities { coverageState money { ...M }
        interventions { title coverageState money { ...M } projects { title } } } } } }
  fragment M on PlanMoney { budget asked admitted spent projectsCount sharedProjectsCount }";

fn intervention(title: &str, budget: Option<&str>) -> Value {
    json!({ "title": title, "responsibleId": id("Organisation", stable_id("office:PREF-BO")), "budget": budget,
        "startsOn": "2026-02-01", "endsOn": "2027-12-31", "expectedResults": "Da misurare." })
}

/// Two needs, three priorities, four interventions; all that a council asks of a plan.
fn plan() -> Value {
    let mut input = whole();
    input["needs"] = json!([
        { "topic": "work", "title": "Lavoro", "priorities": [
            { "title": "Caporalato", "interventions": [intervention("Sportello", Some("250000.00")), intervention("Trasporti", None)] },
            { "title": "Formazione", "interventions": [intervention("Corsi", Some("50000.00"))] }] },
        { "topic": "housing", "title": "Casa", "priorities": [
            { "title": "Alloggi", "interventions": [intervention("Garanzie", Some("90000.00"))] }] }]);
    input["needs"][0]["priorities"][0]["interventions"][0]["measures"] = json!([
        { "name": "Persone seguite", "unit": "persone", "target": 500 },
        { "name": "Giorni di attesa", "unit": "giorni", "baseline": 90, "target": 30 },
        { "name": "Sportelli", "unit": "sportelli", "baseline": 1, "target": 4 }]);
    input
}

/// The plan of Bologna, adopted and under way; the ids of its interventions, in its order.
async fn under_way(hub: &TestHub) -> ((Value, Value), Vec<Value>) {
    let office = hub.persona("prefettura-bologna").await;
    let mut plan = at(&hub.done(&office, "createTerritorialPlan", PLAN, plan()).await);
    for verb in ["submitTerritorialPlan", "endorseTerritorialPlan", "adoptTerritorialPlan", "startPlanImplementation"] {
        plan = at(&hub.done(&office, verb, PLAN, on(&plan, json!({}))).await);
    }
    let query = "query($id: ID!) { territorialPlan(id: $id) { interventions { id } } }";
    let told = hub.execute(&office, query, json!({ "id": plan.0 })).await;
    let ids = told.data()["territorialPlan"]["interventions"].as_array().unwrap();
    (plan, ids.iter().map(|row| row["id"].clone()).collect())
}

/// A proposal that was handed in.
async fn handed_in(hub: &TestHub, call: &Value, title: &str, asked: &str, interventions: &[Value]) -> Value {
    let lead = hub.persona("ong-bologna").await;
    let mut input = proposal(call, &[]);
    (input["title"], input["requestedFunding"], input["interventionIds"]) =
        (json!(title), json!(asked), json!(interventions));
    let project = hub.done(&lead, "proposeProject", PROJECT, input).await;
    let lead = hub.persona("ong-bologna").await;
    hub.done(&lead, "submitProject", PROJECT, projects::on(&project, json!({}))).await
}

async fn admitted(hub: &TestHub, project: &Value, money: &str) -> Value {
    let dlci = hub.persona("dlci").await;
    let terms = projects::on(project, json!({ "publicFunding": money, "reasons": "Coerente." }));
    hub.done(&dlci, "admitProject", PROJECT, terms).await
}

async fn told(hub: &TestHub, viewer: &Viewer, plan: &Value) -> Value {
    hub.execute(viewer, COVERED, json!({ "id": plan })).await.data()["territorialPlan"].clone()
}

/// `budget asked admitted spent projects/shared` without the cents.
fn money(of: &Value) -> String {
    let money = &of["money"];
    let each = ["budget", "asked", "admitted", "spent"].map(|field| money[field].as_str().unwrap_or("-"));
    format!("{} {}/{}", each.join(" ").replace(".00", ""), money["projectsCount"], money["sharedProjectsCount"])
}

/// The states of the needs, in the plan's order.
fn states(told: &Value) -> Vec<&str> {
    told["needs"].as_array().unwrap().iter().map(|need| need["coverageState"].as_str().unwrap()).collect()
}

fn titles(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn each_level_is_told_the_coverage_by_the_projects_that_it_sees() {
    let hub = TestHub::with(SMALL).await;
    let (plan, interventions) = under_way(&hub).await;
    let dlci = hub.persona("dlci").await;
    let mut terms = call("AVV-C");
    terms["minPartners"] = json!(0);
    let call = hub.done(&dlci, "publishFundingCall", CALL, terms).await["fundingCall"]["id"].clone();

    // One project carries out all of the first need; of the second, one is only proposed and one is an idea.
    let mut project = handed_in(&hub, &call, "Lavoro sicuro", "300000.00", &interventions[..3]).await;
    project = admitted(&hub, &project, "280000.00").await;
    let dlci = hub.persona("dlci").await;
    let cup = json!({ "cup": "B11I26000010001" });
    project = hub.done(&dlci, "fundProject", PROJECT, projects::on(&project, cup)).await;
    let lead = hub.persona("ong-bologna").await;
    project = hub.done(&lead, "startProject", PROJECT, projects::on(&project, json!({}))).await;
    let spent = json!({ "spentOn": "2026-11-20", "amount": "2000.50", "description": "Personale" });
    project = hub.done(&lead, "declareProjectSpending", PROJECT, projects::on(&project, spent)).await;
    let housing = handed_in(&hub, &call, "Casa prima", "40000.00", &interventions[3..]).await;
    let office = hub.persona("prefettura-bologna").await;
    let mut idea = proposal(&call, &[]);
    (idea["title"], idea["interventionIds"]) = (json!("Un'idea"), json!(interventions));
    hub.done(&office, "proposeProject", PROJECT, idea).await;

    let first = "300000 300000 280000 2000.50 1/0";
    for (viewer, name, second, projects, plan_money) in [
        (Viewer::public(), "public", ("NO_PROJECT", "90000 0 0 0 0/0"), vec![], "390000 300000 280000 2000.50 1/0"),
        (
            hub.viewer("ong-bologna").await,
            "the lead of both",
            ("PROPOSED", "90000 40000 0 0 1/0"),
            vec!["Casa prima"],
            "390000 340000 280000 2000.50 2/0",
        ),
        (
            hub.viewer("consiglio-bologna").await,
            "the council",
            ("NO_PROJECT", "90000 0 0 0 0/0"),
            vec![],
            "390000 300000 280000 2000.50 1/0",
        ),
        (
            hub.office("PREF-MO").await,
            "another prefecture",
            ("NO_PROJECT", "90000 0 0 0 0/0"),
            vec![],
            "390000 300000 280000 2000.50 1/0",
        ),
        (
            hub.viewer("prefettura-bologna").await,
            "the prefecture, with an idea of its own",
            ("NO_PROJECT", "90000 0 0 0 0/0"),
            vec!["Un'idea"],
            "390000 300000 280000 2000.50 1/0",
        ),
        (
            hub.viewer("dlci").await,
            "who decides",
            ("PROPOSED", "90000 40000 0 0 1/0"),
            vec!["Casa prima"],
            "390000 340000 280000 2000.50 2/0",
        ),
    ] {
        let told = told(&hub, &viewer, &plan.0).await;
        let needs = &told["needs"];
        assert_eq!(states(&told), ["COVERED", second.0], "{name}");
        assert_eq!((money(&needs[0]).as_str(), money(&needs[1]).as_str()), (first, second.1), "{name}");
        assert_eq!(titles(&needs[1]["priorities"][0]["interventions"][0]["projects"]), projects, "{name}");
        let coverage = &told["coverage"];
        assert_eq!(money(coverage), plan_money, "{name}");
        assert_eq!(coverage["uncoveredNeeds"], json!([{ "title": "Casa", "coverageState": second.0 }]), "{name}");
        assert_eq!(titles(&coverage["interventionsWithoutProject"]), ["Garanzie"], "{name}");
        assert_eq!((&coverage["needs"], &coverage["interventions"]), (&json!(2), &json!(4)));
        assert_eq!(coverage["projectsAsOf"], "2026-11-24");
    }
    // Each priority tells the whole money of its projects, and that it is shared.
    let seen = told(&hub, &Viewer::public(), &plan.0).await;
    let priorities = &seen["needs"][0]["priorities"];
    assert_eq!(money(&priorities[0]), "250000 300000 280000 2000.50 1/1");
    assert_eq!(money(&priorities[1]), "50000 300000 280000 2000.50 1/1");
    assert_eq!(money(&priorities[0]["interventions"][1]), "- 300000 280000 2000.50 1/1");

    // That it carries out an intervention of a plan that is hidden is told to those who see that plan.
    let draft = at(&hub.done(&office, "createTerritorialPlan", PLAN, whole()).await);
    let link = format!(
        "insert into project_intervention (project_id, audience, intervention_id)
         select p.id, p.audience, i.id from project p, plan_intervention i join territorial_plan t on t.id = i.plan_id
         where p.cup = 'B11I26000010001' and t.title = '{}' and t.status = 'draft'",
        whole()["title"].as_str().unwrap()
    );
    let mut connection = hub.maintenance().await;
    assert_eq!(sqlx::query(sqlx::AssertSqlSafe(link)).execute(&mut connection).await.unwrap().rows_affected(), 1);
    assert_eq!(told(&hub, &Viewer::public(), &plan.0).await, seen);
    let own = told(&hub, &hub.viewer("prefettura-bologna").await, &plan.0).await;
    assert_eq!(money(&own["coverage"]), "390000 300000 280000 2000.50 1/1");
    assert_eq!(states(&told(&hub, &office, &draft.0).await), ["COVERED"]);

    // Once it is admitted the second need is covered for who decides; for the public nothing has changed.
    admitted(&hub, &housing, "35000.00").await;
    let dlci = hub.persona("dlci").await;
    let decides = told(&hub, &dlci, &plan.0).await;
    assert_eq!((states(&decides)[1], money(&decides["needs"][1]).as_str()), ("COVERED", "90000 40000 35000 0 1/0"));
    assert_eq!(told(&hub, &Viewer::public(), &plan.0).await, seen);
    let found = async |viewer: &Viewer, has: bool| {
        let query = "query($has: Boolean) { territorialPlans(first: 100, filter: { province: \"BO\",
            hasUncoveredNeeds: $has }) { nodes { id } } }";
        let found = hub.execute(viewer, query, json!({ "has": has })).await;
        found.data()["territorialPlans"]["nodes"].as_array().unwrap().iter().any(|node| node["id"] == plan.0)
    };
    for (viewer, has) in [(&dlci, false), (&Viewer::public(), true), (&office, true)] {
        assert_eq!((found(viewer, has).await, found(viewer, !has).await), (true, false), "{:?}", viewer.level);
    }

    // Money taken back is not admitted any more; that it was asked for and spent remains.
    let reason = json!({ "reason": "Rinuncia." });
    hub.done(&dlci, "revokeProject", PROJECT, projects::on(&project, reason)).await;
    let revoked = told(&hub, &Viewer::public(), &plan.0).await;
    assert_eq!(states(&revoked), ["NO_PROJECT", "NO_PROJECT"]);
    assert_eq!(money(&revoked["coverage"]), "390000 300000 0 2000.50 1/0");
}

#[tokio::test]
async fn a_draft_tells_why_its_needs_are_uncovered_now_then_and_as_it_would_be() {
    let hub = TestHub::with(SMALL).await;
    let office = hub.persona("prefettura-bologna").await;
    let mut input = plan();
    input["needs"][1]["priorities"][0]["interventions"] = json!([]);
    let made = hub.done(&office, "createTerritorialPlan", PLAN, input).await;
    let before = chrono::Utc::now();
    let health = json!({ "topic": "health", "title": "Salute" });
    let plan = at(&hub.done(&office, "writePlanNeed", PLAN, on(&at(&made), health)).await);

    let now = told(&hub, &office, &plan.0).await;
    assert_eq!(states(&now), ["NO_PROJECT", "NO_INTERVENTION", "NO_PRIORITY"]);
    let coverage = &now["coverage"];
    assert_eq!(titles(&coverage["uncoveredNeeds"]), ["Lavoro", "Casa", "Salute"]);
    assert_eq!(titles(&coverage["needsWithoutIntervention"]), ["Casa", "Salute"]);
    assert_eq!(titles(&coverage["interventionsWithoutProject"]), ["Sportello", "Trasporti", "Corsi"]);
    assert_eq!((money(coverage), money(&now["needs"][2])), ("300000 0 0 0 0/0".into(), "- 0 0 0 0/0".into()));
    for name in ["dlci", "consiglio-bologna", "ong-bologna", "public"] {
        assert_eq!(told(&hub, &hub.viewer(name).await, &plan.0).await, Value::Null, "{name}: a draft is the office's");
    }

    let then = hub.execute(&office, COVERED, json!({ "id": plan.0, "at": before.to_rfc3339() })).await;
    let then = &then.data()["territorialPlan"];
    assert_eq!(states(then), ["NO_PROJECT", "NO_INTERVENTION"]);
    assert_eq!((&then["coverage"]["needs"], &then["coverage"]["projectsAsOf"]), (&json!(2), &json!("2026-11-24")));
    assert_eq!(titles(&then["coverage"]["needsWithoutIntervention"]), ["Casa"]);

    let would = "territorialPlan { coverage { uncoveredNeeds { title coverageState }
        interventionsWithoutActor { title } } needs { id title coverageState } }";
    let query = "query($id: ID!) { territorialPlan(id: $id) { needs { id } } }";
    let needs = hub.execute(&office, query, json!({ "id": plan.0 })).await.data()["territorialPlan"]["needs"].clone();
    let tried = on(&plan, json!({ "needId": needs[2]["id"], "title": "Ambulatori", "dryRun": true }));
    let tried = hub.done(&office, "writePlanPriority", would, tried).await;
    assert_eq!(tried["territorialPlan"]["needs"][2]["coverageState"], "NO_INTERVENTION");
    assert_eq!(told(&hub, &office, &plan.0).await, now, "it was only tried");
}

#[tokio::test]
async fn an_intervention_tells_how_far_it_has_come_by_its_own_and_its_projects_indicators() {
    let hub = TestHub::with(SMALL).await;
    let (mut plan, interventions) = under_way(&hub).await;
    let office = hub.persona("prefettura-bologna").await;
    let query = "query($id: ID!) { node(id: $id) { ... on PlanIntervention {
        progress { measuresCount measuredCount reachedCount share lastMeasuredOn }
        measures { id name baseline target latest { value } progress measurements { measuredOn value } }
        projects { indicators { name baseline target latest { measuredOn value } progress values { value } } } } } }";
    let intervention = async |viewer: &Viewer| {
        hub.execute(viewer, query, json!({ "id": interventions[0] })).await.data()["node"].clone()
    };
    let before = intervention(&office).await;
    let none =
        json!({ "measuresCount": 3, "measuredCount": 0, "reachedCount": 0, "share": null, "lastMeasuredOn": null });
    assert_eq!((&before["progress"], &before["projects"]), (&none, &json!([])));
    for (measure, day, value) in
        [(0, "2026-06-30", 40.0), (0, "2026-11-01", 620.0), (1, "2026-09-30", 75.0), (1, "2026-11-15", 60.0)]
    {
        let value = json!({ "measureId": before["measures"][measure]["id"], "measuredOn": day, "value": value });
        plan = at(&hub.done(&office, "recordPlanMeasurement", PLAN, on(&plan, value)).await);
    }
    let registered = json!({ "title": "Attese più brevi", "status": "RUNNING", "cup": "B11I26000010002",
        "startsOn": "2026-01-01", "places": ["BO"], "source": "Atti", "interventionIds": [interventions[0]] });
    let mut project = hub.done(&office, "registerProject", PROJECT, registered).await;
    let falling = json!({ "name": "Attesa", "unit": "giorni", "baseline": 80.0, "target": 40.0 });
    let selection = "project { id version indicators { id } }";
    project = hub.done(&office, "writeProjectIndicator", selection, projects::on(&project, falling)).await;
    let indicator = project["project"]["indicators"][0]["id"].clone();
    for (day, value) in [("2026-05-31", 90.0), ("2026-10-31", 70.0)] {
        let value = json!({ "indicatorId": indicator, "measuredOn": day, "value": value });
        project = hub.done(&office, "recordProjectValue", selection, projects::on(&project, value)).await;
    }

    let after = intervention(&Viewer::public()).await;
    // More than all of the one way counts as all of it; half of the other is gone, downwards; nobody measured the third.
    let progress = json!({ "measuresCount": 3, "measuredCount": 2, "reachedCount": 1, "share": 0.75,
        "lastMeasuredOn": "2026-11-15" });
    assert_eq!(after["progress"], progress);
    let measures: Vec<_> = after["measures"].as_array().unwrap().iter().map(|row| row["progress"].clone()).collect();
    assert_eq!(measures, [json!(1.24), json!(0.5), Value::Null]);
    let values = json!([{ "measuredOn": "2026-09-30", "value": 75.0 }, { "measuredOn": "2026-11-15", "value": 60.0 }]);
    assert_eq!(after["measures"][1]["measurements"], values);
    assert_eq!(
        after["projects"][0]["indicators"],
        json!([{ "name": "Attesa", "baseline": 80.0, "target": 40.0, "progress": 0.25,
            "latest": { "measuredOn": "2026-10-31", "value": 70.0 }, "values": [{ "value": 90.0 }, { "value": 70.0 }] }])
    );
}

#[tokio::test]
async fn a_page_of_plans_with_their_coverage_takes_as_many_statements_as_one() {
    let hub = TestHub::with(SMALL).await;
    let query = "query($first: Int) { territorialPlans(first: $first) { nodes {
        coverage { needs money { asked admitted spent } uncoveredNeeds { coverageState } interventionsWithoutProject { title } }
        needs { coverageState money { asked } priorities { money { asked } interventions { coverageState money { spent }
          progress { share } projects { title } } } } } } }";
    for viewer in [hub.viewer("dlci").await, Viewer::public()] {
        let mut statements = Vec::new();
        for first in [2, 20] {
            let answer = hub.execute(&viewer, query, json!({ "first": first })).await;
            let plans = answer.data()["territorialPlans"]["nodes"].as_array().unwrap().len();
            assert!(plans == first, "{plans} plans");
            statements.push(answer.statements);
        }
        assert_eq!(statements, [11, 11], "{:?}", viewer.level);
    }
}

#[tokio::test]
async fn the_committed_operation_tells_the_prefecture_its_plan() {
    let hub = TestHub::with(SMALL).await;
    let answer =
        hub.execute(&hub.viewer("prefettura-bologna").await, &operation("prefecture-coverage"), Value::Null).await;
    let plan = &answer.data()["viewer"]["organisation"]["plans"]["nodes"][0];
    assert_eq!(money(&plan["coverage"]), "2290000 1170000 1170000 643285 2/0");
    assert_eq!(states(plan), ["PARTLY_COVERED", "NO_INTERVENTION", "NO_PROJECT", "NO_PROJECT", "NO_PROJECT"]);
    assert!(answer.statements <= 13, "{} statements", answer.statements);
}
