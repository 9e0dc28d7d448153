//! Coordination gaps against plain reading of the records: true, complete, the same by list and by count, and nothing
//! of what is hidden.

use std::collections::{BTreeMap, BTreeSet};

use raccordo::access::{Settings, Viewer};
use raccordo::locale::Locale;
use serde_json::{Value, json};

use crate::hub::{TODAY, TestHub};
use crate::levels::{SMALL, levels, operation};

const KINDS: [&str; 7] = [
    "NEED_WITHOUT_ACTOR",
    "INTERVENTION_WITHOUT_PROJECT",
    "PROJECT_OUTSIDE_PLAN",
    "EMPTY_SEAT",
    "ISOLATED_ORGANISATION",
    "PROVINCE_ON_ONE_BROKER",
    "OFFICE_WITHOUT_EXCHANGE",
];

const GAPS: &str =
    "query($kinds: [CoordinationGapKind!], $province: String, $region: String, $basis: OverviewBasis, $day: Date,
    $then: Date, $first: Int, $after: String) {
  coordinationGaps(kinds: $kinds, province: $province, region: $region, basis: $basis, asOf: $day, compareWith: $then) {
    basis totals { kind count countThen appeared resolved }
    offices { office { officeCode } counts { kind count appeared resolved } }
    appeared(first: $first) { totalCount } resolved(first: $first) { totalCount }
    gaps(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node {
      kind sentence offices { officeCode } province { abbreviation } subject { id } evidence { id } } } } } }";

async fn ask(hub: &TestHub, viewer: &Viewer, variables: Value) -> Value {
    hub.execute(viewer, GAPS, variables).await.data()["coordinationGaps"].clone()
}

/// Every gap, page by page.
async fn list(hub: &TestHub, viewer: &Viewer, variables: Value) -> Vec<Value> {
    let (mut found, mut variables) = (Vec::new(), variables);
    variables["first"] = json!(100);
    loop {
        let page = ask(hub, viewer, variables.clone()).await["gaps"].clone();
        found.extend(page["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            assert_eq!(page["totalCount"], found.len());
            return found;
        }
        variables["after"] = page["pageInfo"]["endCursor"].clone();
    }
}

fn totals(gaps: &Value) -> BTreeMap<&str, i64> {
    let totals = gaps["totals"].as_array().unwrap();
    totals.iter().map(|total| (total["kind"].as_str().unwrap(), total["count"].as_i64().unwrap())).collect()
}

/// Needs without actor, interventions without project and projects outside any plan, by a plain reading of public records.
const PLAINLY: &str = "
  with plans as (select * from territorial_plan where audience = 0 and status in ('adopted', 'in_implementation', 'closed')
      and $1 between period_from and period_until and coalesce(adopted_on, '-infinity') <= $1),
    projects as (select * from project where audience = 0 and status not in ('idea', 'proposed', 'rejected', 'revoked')),
    work as (select i.*, y.need_id, exists (select from project_intervention l join projects j on j.id = l.project_id
        where l.intervention_id = i.id) as is_carried_out
      from plan_intervention i join plan_priority y on y.id = i.priority_id)
  select (select count(*) from plan_need n join plans t on t.id = n.plan_id where not exists (
            select from work where work.need_id = n.id and (work.is_carried_out or work.responsible_id is not null))),
    (select count(*) from work join plans t on t.id = work.plan_id where not is_carried_out),
    (select count(*) from projects j where $1 between j.starts_on and coalesce(j.ends_on, 'infinity') and not exists (
       select from project_intervention l join plan_intervention i on i.id = l.intervention_id
         join territorial_plan t on t.id = i.plan_id where l.project_id = j.id and t.audience = 0
           and t.status in ('adopted', 'in_implementation', 'closed') and coalesce(t.adopted_on, '-infinity') <= $1))";

#[tokio::test]
async fn gaps_of_plans_and_projects_are_those_that_a_plain_reading_finds() {
    let hub = TestHub::with(SMALL).await;
    let expected: (i64, i64, i64) =
        sqlx::query_as(PLAINLY).bind(TODAY).fetch_one(&mut hub.maintenance().await).await.unwrap();
    let gaps = ask(&hub, &Viewer::public(), Value::Null).await;
    let told = totals(&gaps);
    assert_eq!((told[KINDS[0]], told[KINDS[1]], told[KINDS[2]]), expected);
    assert!(KINDS.iter().take(5).all(|kind| told[kind] > 0), "there is something to find: {told:?}");
}

#[tokio::test]
async fn isolated_bodies_are_those_without_a_tie_of_work_in_the_network() {
    let hub = TestHub::with(SMALL).await;
    let query = "{ network(scope: { national: true }, nodeKinds: [ORGANISATION, PROJECT, AGREEMENT, INTERVENTION],
        tieKinds: [LEADS, PARTNER_IN, CONTRACTED_FOR, SIGNATORY_OF, MEMBER_OF, RESPONSIBLE_FOR, FUNDS, CARRIES_OUT]) {
      nodes { id degree kind level } } }";
    let answer = hub.execute(&Viewer::public(), query, Value::Null).await;
    let nodes = answer.data()["network"]["nodes"].as_array().unwrap();
    let is_alone = |node: &&Value| node["kind"] == "ORGANISATION" && node["level"] == "PARTNER" && node["degree"] == 0;
    let expected: BTreeSet<&str> = nodes.iter().filter(is_alone).map(|node| node["id"].as_str().unwrap()).collect();
    let found = list(&hub, &Viewer::public(), json!({ "kinds": ["ISOLATED_ORGANISATION"] })).await;
    let found: BTreeSet<&str> = found.iter().map(|gap| gap["subject"]["id"].as_str().unwrap()).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn lists_counts_and_offices_agree_and_each_gap_is_told_in_a_sentence() {
    let hub = TestHub::with(SMALL).await;
    let public = Viewer::public();
    let gaps = ask(&hub, &public, json!({ "region": "08" })).await;
    let told = totals(&gaps);
    let all = list(&hub, &public, json!({ "region": "08" })).await;
    for kind in KINDS {
        let of_kind: Vec<_> = all.iter().filter(|gap| gap["kind"] == kind).collect();
        assert_eq!(of_kind.len() as i64, told[kind], "{kind}");
        for office in gaps["offices"].as_array().unwrap() {
            let is_theirs = |gap: &&&Value| gap["offices"].as_array().unwrap().contains(&office["office"]);
            let count = office["counts"].as_array().unwrap().iter().find(|count| count["kind"] == kind).unwrap();
            assert_eq!(count["count"], of_kind.iter().filter(is_theirs).count(), "{kind} of {}", office["office"]);
        }
    }
    for gap in &all {
        let sentence = gap["sentence"].as_str().unwrap();
        assert!(sentence.ends_with('.') && !sentence.contains("«»") && !sentence.contains("  "), "{sentence}");
        assert!(gap["subject"]["id"].is_string(), "{gap:#}");
    }
}

#[tokio::test]
async fn two_days_differ_by_what_appeared_and_what_was_resolved() {
    let hub = TestHub::with(SMALL).await;
    let public = Viewer::public();
    let compared = ask(&hub, &public, json!({ "then": "2025-06-30" })).await;
    let then = ask(&hub, &public, json!({ "day": "2025-06-30" })).await;
    let then = totals(&then);
    let mut moved = 0;
    for total in compared["totals"].as_array().unwrap() {
        let number = |of: &str| total[of].as_i64().unwrap();
        assert_eq!(number("countThen"), then[total["kind"].as_str().unwrap()]);
        assert_eq!(number("count"), number("countThen") + number("appeared") - number("resolved"));
        moved += number("appeared") + number("resolved");
    }
    assert!(moved > 0);
}

#[tokio::test]
async fn below_the_national_level_all_find_the_same_gaps_unless_they_ask_for_their_own() {
    let hub = TestHub::with(SMALL).await;
    let public = ask(&hub, &Viewer::public(), Value::Null).await;
    for level in levels() {
        let viewer = hub.viewer(level).await;
        let gaps = ask(&hub, &viewer, Value::Null).await;
        match level {
            "dlci" => assert_eq!(gaps["basis"], "ALL_VISIBLE"),
            _ => assert!(gaps == public, "as {level}"),
        }
    }
}

/// Hides from the public a plan in force, some bodies and some projects, or removes them.
const WITHHELD: [(&str, &str); 2] = [
    (
        "update organisation set visibility = 'owner' where {which}",
        "kind = 'third_sector_organisation' and id in (select id from organisation o where not exists (
           select from project where lead_id = o.id) order by md5(id::text) limit 60)",
    ),
    (
        "update project set visibility = 'institutional' where {which}",
        "id in (select id from project order by md5(id::text) limit 40)",
    ),
];

#[tokio::test]
async fn a_gap_never_tells_of_what_its_basis_does_not_hold() {
    let hidden: Vec<String> = WITHHELD.iter().map(|(sql, which)| sql.replace("{which}", which)).collect();
    let hub = TestHub::altered(SMALL, Settings::default(), &hidden).await;
    let removed = "set session_replication_role = replica;
      delete from organisation where audience <> 0; delete from project where audience <> 0;
      delete from project_participation where audience <> 0; delete from project_intervention where audience <> 0;
      delete from project_place where audience <> 0";
    let without = [hidden, vec![removed.to_owned()]].concat();
    let without = TestHub::altered(SMALL, Settings::default(), &without).await;
    let network = json!({ "kinds": ["PROJECT_OUTSIDE_PLAN", "INTERVENTION_WITHOUT_PROJECT", "ISOLATED_ORGANISATION",
                                    "PROVINCE_ON_ONE_BROKER", "OFFICE_WITHOUT_EXCHANGE"] });
    let expected = list(&without, &Viewer::public(), network.clone()).await;
    for level in ["public", "prefettura-bologna"] {
        let found = list(&hub, &hub.viewer(level).await, network.clone()).await;
        let what = |gaps: &[Value]| gaps.iter().map(|gap| gap["subject"]["id"].clone()).collect::<Vec<_>>();
        assert_eq!(what(&found), what(&expected), "as {level}");
    }
}

#[tokio::test]
async fn a_page_of_gaps_costs_a_fixed_number_of_statements() {
    let hub = TestHub::with(SMALL).await;
    let ask = async |first: i32| {
        let answer = hub.execute(&Viewer::public(), GAPS, json!({ "first": first, "region": "08" })).await;
        answer.data();
        answer.statements
    };
    let counted = "{ coordinationGaps { totals { count } offices { counts { count } } } }";
    assert_eq!(hub.execute(&Viewer::public(), counted, Value::Null).await.statements, 1);
    // 60 and 75 are needs and interventions; then come projects and seats, which have statements of their own.
    assert_eq!((ask(60).await, ask(75).await, ask(100).await), (10, 10, 14));
    let committed = hub.execute(&Viewer::public(), &operation("coordination-gaps"), Value::Null).await;
    committed.data();
    insta::assert_json_snapshot!(
        "coordination-gaps",
        json!({ "statements": committed.statements, "answer": committed.json })
    );
}

#[tokio::test]
async fn wrong_input_is_refused_in_both_languages() {
    let hub = TestHub::with(SMALL).await;
    for (variables, italian, english) in [
        (
            json!({ "province": "XX" }),
            "nessun ufficio è competente per la provincia «XX»",
            "competent for the province \"XX\"",
        ),
        (json!({ "region": "99" }), "non è il codice ISTAT di una regione", "no region's ISTAT code"),
        (json!({ "first": 101 }), "100", "100"),
        (json!({ "after": "nonsense" }), "cursore", "cursor"),
    ] {
        for (locale, expected) in [(Locale::Italian, italian), (Locale::English, english)] {
            let answer = locale.scope(hub.execute(&Viewer::public(), GAPS, variables.clone())).await;
            assert!(
                answer.codes().iter().all(|code| ["BAD_USER_INPUT", "LIMIT_EXCEEDED"].contains(code)),
                "{variables}: {:#}",
                answer.json
            );
            let message = answer.json["errors"][0]["message"].as_str().unwrap();
            assert!(message.contains(expected), "{message}");
        }
    }
}
