//! Peers of an office: in which order and why, the same for everybody, and nothing of what is hidden.

use std::collections::{BTreeMap, BTreeSet};

use raccordo::access::{Settings, Viewer};
use raccordo::locale::Locale;
use serde_json::{Value, json};
use sqlx::Executor as _;

use crate::hub::TestHub;
use crate::levels::{SMALL, levels, operation};

const PEERS: &str = "query($province: String!, $first: Int, $bordering: Boolean, $asOf: Date) {
  prefecture(by: { province: $province }) { officeCode peers(first: $first, bordering: $bordering, asOf: $asOf) {
    office { officeCode } isBordering score
    factors { factor label explanation own theirs similarity weight }
    sharedNeeds { topic label own { interventionCount projectCount } theirs { interventionCount projectCount } } } } }";

async fn peers(hub: &TestHub, viewer: &Viewer, variables: Value) -> Vec<Value> {
    let answer = hub.execute(viewer, PEERS, variables).await;
    answer.data()["prefecture"]["peers"].as_array().unwrap().clone()
}

fn codes(peers: &[Value]) -> Vec<&str> {
    peers.iter().map(|peer| peer["office"]["officeCode"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_likest_come_first_and_a_score_is_nothing_but_its_factors() {
    let hub = TestHub::with(SMALL).await;
    let public = Viewer::public();
    let all = peers(&hub, &public, json!({ "province": "BO", "first": 100 })).await;
    assert_eq!(all.len(), 100);
    assert!(!codes(&all).contains(&"PREF-BO"), "no office is its own peer");
    assert_eq!(codes(&all).into_iter().collect::<BTreeSet<_>>().len(), 100, "each once");
    for pair in all.windows(2) {
        assert!(pair[0]["score"].as_f64() >= pair[1]["score"].as_f64());
    }
    for peer in &all {
        let factors = peer["factors"].as_array().unwrap();
        let number = |factor: &Value, of: &str| factor[of].as_f64().unwrap();
        let weights: f64 = factors.iter().map(|factor| number(factor, "weight")).sum();
        let score: f64 = factors.iter().map(|factor| number(factor, "weight") * number(factor, "similarity")).sum();
        assert!((weights - 1.0).abs() < 1e-9 && (score - peer["score"].as_f64().unwrap()).abs() < 1e-9, "{peer:#}");
        assert!(factors.iter().all(|factor| (0.0..=1.0).contains(&number(factor, "similarity"))), "{peer:#}");
        assert!(factors.windows(2).all(|pair| number(&pair[0], "weight") >= number(&pair[1], "weight")));
    }
    let five = peers(&hub, &public, json!({ "province": "BO" })).await;
    assert_eq!(five[..], all[..5], "five when nobody says how many");
    let another = TestHub::with(SMALL).await;
    assert_eq!(peers(&another, &public, json!({ "province": "BO", "first": 100 })).await, all, "on every replica");
}

#[tokio::test]
async fn bordering_offices_are_those_whose_provinces_share_a_border() {
    let hub = TestHub::with(SMALL).await;
    let query = "{ province(by: { code: \"037\" }) { neighbours { abbreviation } } }";
    let answer = hub.execute(&Viewer::public(), query, Value::Null).await;
    let neighbours = answer.data()["province"]["neighbours"].as_array().unwrap();
    let expected: BTreeSet<String> =
        neighbours.iter().map(|province| format!("PREF-{}", province["abbreviation"].as_str().unwrap())).collect();
    assert!(expected.len() > 3);
    let ask = async |bordering: Value| {
        peers(&hub, &Viewer::public(), json!({ "province": "BO", "first": 100, "bordering": bordering })).await
    };
    let (bordering, others, all) = (ask(json!(true)).await, ask(json!(false)).await, ask(Value::Null).await);
    assert_eq!(codes(&bordering).into_iter().map(String::from).collect::<BTreeSet<_>>(), expected);
    assert!(bordering.iter().all(|peer| peer["isBordering"] == true));
    assert!(
        others
            .iter()
            .all(|peer| peer["isBordering"] == false && !expected.contains(codes(std::slice::from_ref(peer))[0]))
    );
    assert!(all.iter().any(|peer| peer["isBordering"] == true) && all.iter().any(|peer| peer["isBordering"] == false));
}

#[tokio::test]
async fn two_offices_with_plans_are_as_like_one_way_as_the_other() {
    let hub = TestHub::with(SMALL).await;
    let mut told: BTreeMap<(String, String), Value> = BTreeMap::new();
    for province in ["BO", "MO", "RE", "PR", "PC", "FE", "RA", "FC", "RN"] {
        let all = peers(&hub, &Viewer::public(), json!({ "province": province, "first": 100 })).await;
        for peer in all {
            told.insert((format!("PREF-{province}"), codes(std::slice::from_ref(&peer))[0].to_owned()), peer);
        }
    }
    let mut compared = 0;
    for ((one, other), peer) in &told {
        let Some(back) = told.get(&(other.clone(), one.clone())) else { continue };
        let has_plan = |peer: &Value| peer["factors"].as_array().unwrap().iter().any(|it| it["factor"] == "NEEDS");
        if !has_plan(peer) || !has_plan(back) {
            continue;
        }
        let (there, back_score) = (peer["score"].as_f64().unwrap(), back["score"].as_f64().unwrap());
        assert!((there - back_score).abs() < 1e-9, "{one} {other}: {there} {back_score}");
        let (factors, mirrored) = (peer["factors"].as_array().unwrap(), back["factors"].as_array().unwrap());
        for (factor, mirror) in factors.iter().zip(mirrored) {
            assert_eq!(
                (&factor["label"], &factor["own"], &factor["theirs"]),
                (&mirror["label"], &mirror["theirs"], &mirror["own"])
            );
        }
        compared += 1;
    }
    assert!(compared >= 20, "{compared} pairs");
}

#[tokio::test]
async fn every_level_finds_the_same_peers_for_the_same_reasons() {
    let hub = TestHub::with(SMALL).await;
    let public = peers(&hub, &Viewer::public(), json!({ "province": "BO", "first": 20 })).await;
    for level in levels() {
        let seen = peers(&hub, &hub.viewer(level).await, json!({ "province": "BO", "first": 20 })).await;
        assert!(seen == public, "as {level}");
    }
    // Asked first by one who sees drafts, on a hub that kept nothing yet.
    let fresh = TestHub::with(SMALL).await;
    let own = peers(&fresh, &fresh.viewer("prefettura-bologna").await, json!({ "province": "BO", "first": 20 })).await;
    assert!(own == public);
}

/// What is laid beside the sample, hidden from the public: a plan in force with needs, and bodies.
const HIDDEN: [&str; 3] = [
    "insert into territorial_plan (id, office_id, owner_number, council_id, province_code, title, edition, status, adopted_on,
       period_from, period_until, visibility, source)
     select '00000000-0000-4000-8000-000000000001', o.id, o.number, c.organisation_id, o.province_code, 'Piano riservato', 99,
       'adopted', '2025-01-01', '2025-01-01', '2027-12-31', 'institutional', 'test'
     from organisation o join council c on c.office_id = o.id where o.office_code = 'PREF-BO'",
    "insert into plan_need (id, plan_id, audience, ordinal, topic, title, indicator, indicator_value)
     select gen_random_uuid(), id, audience, n, 'riservato_' || n, 'Bisogno riservato', 'Segreto', 777
     from territorial_plan, generate_series(1, 9) n where title = 'Piano riservato'",
    "insert into organisation (id, kind, name, province_code, visibility, source)
     select gen_random_uuid(), 'third_sector_organisation', 'Ente riservato ' || n, '037', 'owner', 'test'
     from generate_series(1, 400) n",
];

#[tokio::test]
async fn what_is_hidden_changes_nothing_for_anybody() {
    let plain = TestHub::with(SMALL).await;
    let hidden: Vec<String> = HIDDEN.iter().map(|sql| (*sql).to_owned()).collect();
    let with = TestHub::altered(SMALL, Settings::default(), &hidden).await;
    for province in ["BO", "MO"] {
        let variables = json!({ "province": province, "first": 100 });
        let expected = peers(&plain, &Viewer::public(), variables.clone()).await;
        for level in ["prefettura-bologna", "public", "dlci"] {
            let seen = peers(&with, &with.viewer(level).await, variables.clone()).await;
            assert!(seen == expected, "{province} as {level}");
        }
    }
    // The same shown to everybody does change them.
    let shown = hidden
        .iter()
        .map(|sql| sql.replace("'institutional'", "'public'").replace("'owner', 'test'", "'public', 'test'"));
    let shown = TestHub::altered(SMALL, Settings::default(), &shown.collect::<Vec<_>>()).await;
    let variables = json!({ "province": "BO", "first": 100 });
    assert_ne!(
        peers(&shown, &Viewer::public(), variables.clone()).await,
        peers(&plain, &Viewer::public(), variables).await
    );
}

#[tokio::test]
async fn a_changed_indicator_changes_the_order() {
    let hub = TestHub::with(SMALL).await;
    let ask = async || peers(&hub, &Viewer::public(), json!({ "province": "BO", "first": 100 })).await;
    let before = ask().await;
    let place = |peers: &[Value]| codes(peers).iter().position(|code| *code == "PREF-MO");
    let was = place(&before).unwrap();
    hub.maintenance().await.execute("update province set population = 900 where code = '036'").await.unwrap();
    // The hub hears of it by itself.
    let started = std::time::Instant::now();
    let after = loop {
        let now = ask().await;
        if now != before {
            break now;
        }
        assert!(started.elapsed() < std::time::Duration::from_secs(20), "the change is not followed");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert!(place(&after).is_none_or(|is| is > was), "Modena, with 900 people left, is less like Bologna");
    let all = peers(&hub, &Viewer::public(), json!({ "province": "BO", "first": 100, "bordering": true })).await;
    let modena = all.iter().find(|peer| peer["office"]["officeCode"] == "PREF-MO").unwrap();
    let people = modena["factors"].as_array().unwrap().iter().find(|factor| factor["factor"] == "POPULATION").unwrap();
    assert_eq!(people["theirs"], 900.0);
}

#[tokio::test]
async fn any_number_of_peers_costs_the_same_few_statements() {
    let hub = TestHub::with(SMALL).await;
    let public = Viewer::public();
    let first = hub.execute(&public, PEERS, json!({ "province": "BO", "first": 100 })).await;
    first.data();
    let again = hub.execute(&public, PEERS, json!({ "province": "MO", "first": 3 })).await;
    assert_eq!((first.statements, again.statements), (2, 1), "the version and the needs; then the version alone");
    let records = "query($first: Int) { prefecture(by: { province: \"BO\" }) { peers(first: $first) { sharedNeeds {
      own { needs { title } interventions { title } projects { title } }
      theirs { needs { title } interventions { title } projects { title lead { name } } } } } } }";
    let mut statements = Vec::new();
    for count in [3, 12] {
        let answer = hub.execute(&public, records, json!({ "first": count })).await;
        answer.data();
        statements.push(answer.statements);
    }
    assert_eq!(statements, [4, 4]);
    let committed = hub.execute(&public, &operation("office-peers"), Value::Null).await;
    committed.data();
    insta::assert_json_snapshot!(
        "office-peers",
        json!({ "statements": committed.statements, "answer": committed.json })
    );
}

#[tokio::test]
async fn likeness_is_told_in_the_callers_language() {
    let hub = TestHub::with(SMALL).await;
    let public = Viewer::public();
    let ask = || peers(&hub, &public, json!({ "province": "BO", "first": 1 }));
    let told = |peers: Vec<Value>| -> Vec<String> {
        let factors = peers[0]["factors"].as_array().unwrap().clone();
        factors
            .iter()
            .map(|it| format!("{}: {}", it["label"].as_str().unwrap(), it["explanation"].as_str().unwrap()))
            .collect()
    };
    let italian = told(Locale::Italian.scope(ask()).await);
    let english = told(Locale::English.scope(ask()).await);
    insta::assert_json_snapshot!("likeness-in-words", json!({ "it": italian, "en": english }));
}

#[tokio::test]
async fn wrong_input_is_refused_in_both_languages_with_what_to_ask_instead() {
    let later = "update office_competence set valid_from = '2020-01-01'
      where office_id = (select id from organisation where office_code = 'PREF-BO')";
    let hub = TestHub::altered(SMALL, Settings::default(), &[later.to_owned()]).await;
    for (variables, italian, english) in [
        (json!({ "province": "BO", "first": 0 }), "almeno 1", "at least 1"),
        (json!({ "province": "BO", "first": 101 }), "100", "100"),
        (
            json!({ "province": "BO", "asOf": "2019-01-01" }),
            "Il 01/01/2019 l'ufficio non era competente per alcuna provincia: indicare un'altra data.",
            "The office was competent for no province on 2019-01-01: give another day.",
        ),
    ] {
        for (locale, expected) in [(Locale::Italian, italian), (Locale::English, english)] {
            let answer = locale.scope(hub.execute(&Viewer::public(), PEERS, variables.clone())).await;
            assert!(
                ["BAD_USER_INPUT", "LIMIT_EXCEEDED"].contains(answer.codes().first().unwrap_or(&"none")),
                "{variables}: {:#}",
                answer.json
            );
            let message = answer.json["errors"][0]["message"].as_str().unwrap();
            assert!(message.contains(expected), "{message}");
        }
    }
}
