//! Search: what it finds and in which order, what it costs, and that nothing hidden shows through it.

use std::collections::HashSet;

use raccordo::access::Viewer;
use raccordo::graphql::NodeId;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor as _, PgConnection};
use uuid::Uuid;

use crate::hub::TestHub;
use crate::levels::{REFERENCE, SMALL, levels};

const SEARCH: &str = "query($text: String!, $kinds: [SearchKind!], $first: Int, $after: String) {
  search(text: $text, kinds: $kinds, first: $first, after: $after) {
    totalCount
    edges { cursor node { id kind score title isSynthetic snippet { text isMatch } } }
    pageInfo { hasNextPage endCursor } } }";

/// What the public finds first, and the rest of the page.
async fn find(hub: &TestHub, viewer: &Viewer, text: &str) -> Value {
    let answer = hub.execute(viewer, SEARCH, json!({ "text": text })).await;
    assert_eq!(answer.statements, 1, "{text}");
    answer.data()["search"].clone()
}

fn titles(page: &Value) -> Vec<&str> {
    page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["title"].as_str().unwrap()).collect()
}

fn ids(page: &Value) -> Vec<String> {
    page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_source_documents_project_is_found_first_however_it_is_asked_for() {
    let hub = TestHub::with(SMALL).await;
    for text in [
        "empowerment prefetture",
        "prefettura empowerment",
        "EMPOWERMENT PREFETTURE",
        "empowermnt prefeture",
        "Enpowerment Prefetura",
        "\"empowerment delle prefetture\"",
        "empowerment progettualità",
        "empowerment PROGETTUALITA",
        "F81I20001650007",
        "8528645c7d",
    ] {
        for viewer in levels() {
            let page = find(&hub, &hub.viewer(viewer).await, text).await;
            let first = titles(&page).first().copied().unwrap_or_default().to_owned();
            assert!(first.contains("l'empowerment delle Prefetture"), "{text} as {viewer}: {page:#}");
        }
    }
}

#[tokio::test]
async fn a_title_that_is_just_what_was_asked_comes_first() {
    let hub = TestHub::with(REFERENCE).await;
    let page = find(&hub, &Viewer::public(), "bologna").await;
    let first: Vec<_> =
        page["edges"].as_array().unwrap()[..2].iter().map(|edge| edge["node"]["kind"].clone()).collect();
    assert_eq!(HashSet::<_>::from_iter(titles(&page)[..2].iter().copied()), HashSet::from(["Bologna"]));
    assert!(first.contains(&json!("PROVINCE")) && first.contains(&json!("MUNICIPALITY")), "{first:?}");
    let scores: Vec<_> =
        page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["score"].as_f64().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    assert!(scores[0] >= 2.0 && scores[1] >= 2.0 && scores[2] < 2.0, "{scores:?}");
}

#[tokio::test]
async fn every_kind_is_found_and_kinds_narrow() {
    let hub = TestHub::with(SMALL).await;
    for (kind, text) in [
        ("ORGANISATION", "Prefettura Bologna"),
        ("PROJECT", "empowerment"),
        ("TERRITORIAL_PLAN", "piano territoriale Bologna"),
        ("AGREEMENT", "protocollo d'intesa"),
        ("FUNDING_CALL", "avviso"),
        ("PROGRAMME_NODE", "capacity building"),
        ("REGION", "Emilia Romagna"),
        ("PROVINCE", "Reggio nell'Emilia"),
        ("MUNICIPALITY", "Bozen"),
    ] {
        let answer = hub.execute(&Viewer::public(), SEARCH, json!({ "text": text, "kinds": [kind] })).await;
        let page = &answer.data()["search"];
        assert!(page["totalCount"].as_i64() > Some(0), "{kind}: {page:#}");
        for edge in page["edges"].as_array().unwrap() {
            assert_eq!(edge["node"]["kind"], kind);
        }
    }
}

#[tokio::test]
async fn a_snippet_marks_what_matched_and_is_never_html() {
    let hub = TestHub::with(REFERENCE).await;
    let sql = "update project set summary = 'Un «testo» con <b>Prefettura</b> & altro' where cup = 'F81I20001650007'";
    hub.maintenance().await.execute(sql).await.unwrap();
    let page = find(&hub, &Viewer::public(), "empowerment prefetture").await;
    let snippet = &page["edges"][0]["node"]["snippet"];
    let whole: String = snippet.as_array().unwrap().iter().map(|part| part["text"].as_str().unwrap()).collect();
    assert_eq!(whole, "Un «testo» con  Prefettura  & altro");
    let marked: Vec<_> = snippet.as_array().unwrap().iter().filter(|part| part["isMatch"] == true).collect();
    assert_eq!(marked, [&json!({ "text": "Prefettura", "isMatch": true })]);
}

#[tokio::test]
async fn a_page_costs_one_statement_and_its_records_one_for_each_kind() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("dlci").await;
    let query = "query($kinds: [SearchKind!]) { search(text: \"Bologna\", kinds: $kinds, first: 50) {
        totalCount edges { node { id kind title record { id __typename } } } } }";
    for (kinds, statements) in [
        (&["REGION", "PROVINCE", "MUNICIPALITY"][..], 1),
        (&["PROJECT"], 2),
        (&["PROJECT", "AGREEMENT", "TERRITORIAL_PLAN"], 4),
        (&["ORGANISATION"], 2),
    ] {
        let answer = hub.execute(&viewer, query, json!({ "kinds": kinds })).await;
        let edges = answer.data()["search"]["edges"].as_array().unwrap();
        let found: HashSet<_> = edges.iter().map(|edge| edge["node"]["kind"].as_str().unwrap()).collect();
        assert!(kinds.iter().filter(|kind| **kind != "REGION").all(|kind| found.contains(kind)), "{found:?}");
        for edge in edges {
            assert_eq!(edge["node"]["record"]["id"], edge["node"]["id"]);
        }
        assert_eq!(answer.statements, statements, "{kinds:?}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let hub = TestHub::with(SMALL).await;
    let viewer = hub.viewer("dlci").await;
    for text in ["cooperativa", "coperativva", "protocollo bologna", "bologna"] {
        let (mut seen, mut after) = (Vec::new(), Value::Null);
        loop {
            let answer = hub.execute(&viewer, SEARCH, json!({ "text": text, "first": 7, "after": after })).await;
            let page = &answer.data()["search"];
            seen.extend(ids(page));
            if page["pageInfo"]["hasNextPage"] != true {
                assert_eq!(page["totalCount"], seen.len(), "{text}");
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert!(seen.len() > 7, "{text} fills more than one page");
        assert_eq!(HashSet::<&String>::from_iter(&seen).len(), seen.len(), "{text} repeats a record");
        let whole = hub.execute(&viewer, SEARCH, json!({ "text": text, "first": 100 })).await;
        let whole = ids(&whole.data()["search"]);
        assert_eq!(whole, seen[..whole.len()], "{text}");
    }
}

#[tokio::test]
async fn any_text_is_a_question_and_nothing_to_look_for_finds_nothing() {
    let hub = TestHub::with(REFERENCE).await;
    let long = "prefettura ".repeat(18).trim().to_owned();
    for text in [
        "",
        " ",
        "\n\t",
        "della",
        "di la per",
        "🙂",
        "!!! &&& |||",
        "-bologna",
        "-bologna or -milano",
        "\"",
        "\"\"",
        "'",
        "()",
        "<->",
        ":*",
        "\\",
        "%_",
        "a'b\"c",
        "${jndi}",
        "\u{e000}\u{e001}",
        "\u{202e}",
        "'; drop table project; --",
        "'&|!()<->:*\\",
        // 280 letters without their ligature.
        &"uﬃcio".repeat(40),
        &"x".repeat(200),
        &"ﷺ".repeat(200),
        &"𝔘".repeat(200),
        &"👩‍👩‍👧‍👦".repeat(28),
        &"מִנְהָל ".repeat(25),
        &"ab ".repeat(66),
        &format!("{} empowerment", "ŉ".repeat(180)),
    ] {
        let page = find(&hub, &Viewer::public(), text).await;
        assert_eq!(page["totalCount"], 0, "{text:?}: {page:#}");
        assert_eq!(page["edges"], json!([]), "{text:?}");
    }
    for text in
        [&long, "prefettura:* & !bologna", "(prefettura", "prefettura & | bologna", "\"prefettura di", "prefettura 🙂"]
    {
        assert!(find(&hub, &Viewer::public(), text).await["totalCount"].as_i64() > Some(0), "{text:?}");
    }
    for (arguments, code) in [
        (json!({ "text": "a\0b" }), "BAD_USER_INPUT"),
        (json!({ "text": "à".repeat(201) }), "LIMIT_EXCEEDED"),
        (json!({ "text": "x ".repeat(5000) }), "LIMIT_EXCEEDED"),
        (json!({ "text": "a", "first": 101 }), "LIMIT_EXCEEDED"),
        (json!({ "text": "a", "first": 0 }), "BAD_USER_INPUT"),
        (json!({ "text": "a", "after": "nothing" }), "BAD_USER_INPUT"),
        // A cursor of another list, and one whose rank is no number.
        (json!({ "text": "a", "after": cursor("name", "1") }), "BAD_USER_INPUT"),
        (json!({ "text": "a", "after": cursor("rank", "1e9") }), "BAD_USER_INPUT"),
    ] {
        let answer = hub.execute(&Viewer::public(), SEARCH, arguments.clone()).await;
        assert_eq!(answer.codes(), [code], "{arguments}");
    }
    let answer = hub.execute(&Viewer::public(), SEARCH, json!({ "text": "à".repeat(200) })).await;
    answer.data();
}

fn cursor(order: &str, value: &str) -> String {
    use async_graphql::connection::CursorType as _;
    raccordo::graphql::page::Cursor { order: order.into(), value: Some(value.into()), id: Uuid::nil() }.encode_cursor()
}

/// A word that no other record has, and that is spelled like none.
fn unheard() -> String {
    let letters = Uuid::new_v4().simple().to_string();
    letters.chars().take(14).map(|digit| char::from(b'a' + digit.to_digit(16).unwrap() as u8)).collect()
}

/// A record of every kind with a visibility, for every visibility: its id and the word that only it has.
async fn lay_records(connection: &mut PgConnection) -> Vec<(NodeId, String)> {
    let mut laid = Vec::new();
    for visibility in ["public", "network", "territory", "institutional", "owner"] {
        for (node, sql) in [
            (
                "Organisation",
                "insert into organisation (id, kind, name, description, province_code, visibility, source)
                 values ($id, 'other_organisation', 'Ente $word', null, '$province', '$visibility', 'test')",
            ),
            (
                "Project",
                "insert into project (id, title, status, lead_id, owner_number, province_code, visibility, source)
                 select $id, 'Progetto $word', 'running', id, number, '$province', '$visibility', 'test' from owner",
            ),
            (
                "FundingCall",
                "insert into funding_call (id, reference, title, programme_code, issuer_id, owner_number, opens_on,
                   province_code, visibility, source)
                 select $id, '$word', 'Avviso $word', 'FAMI-2014-2020', id, number, '2026-01-01', '$province',
                   '$visibility', 'test' from owner",
            ),
            (
                "Agreement",
                "insert into agreement (id, title, promoter_id, owner_number, valid_from, province_code, visibility, source)
                 select $id, 'Protocollo $word', id, number, '2026-01-01', '$province', '$visibility', 'test' from owner",
            ),
            (
                "TerritorialPlan",
                "insert into territorial_plan (id, office_id, owner_number, province_code, title, status, period_from,
                   period_until, visibility, source)
                 select $id, id, number, '$province', 'Piano $word', 'adopted', '2026-01-01', '2026-12-31',
                   '$visibility', 'test' from owner",
            ),
        ] {
            for (province, office) in [("037", "PREF-BO"), ("001", "PREF-TO")] {
                let (id, word) = (Uuid::new_v4(), unheard());
                let owner = format!("(select id, number from organisation where office_code = '{office}') owner");
                let sql = sql
                    .replace("from owner", &format!("from {owner}"))
                    .replace("$id", &format!("'{id}'"))
                    .replace("$word", &word)
                    .replace("$province", province)
                    .replace("$visibility", visibility);
                connection.execute(AssertSqlSafe(sql)).await.unwrap();
                laid.push((NodeId::new(node, id), word));
            }
        }
    }
    laid
}

#[tokio::test]
async fn a_record_is_found_by_exactly_those_who_may_see_it() {
    let hub = TestHub::with(SMALL).await;
    let laid = lay_records(&mut hub.maintenance().await).await;
    for name in levels() {
        let viewer = hub.viewer(name).await;
        let mut seen = 0;
        for (node, word) in &laid {
            let id = node.id().to_string();
            let record = hub.execute(&viewer, "query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
            let expected: Vec<String> = record.data()["node"]["id"].as_str().map(String::from).into_iter().collect();
            seen += expected.len();
            // As it is spelled, and with a letter left out.
            for text in [word.clone(), format!("{}{}", &word[..6], &word[7..])] {
                let page = find(&hub, &viewer, &text).await;
                assert_eq!(ids(&page), expected, "{node:?} as {name} by {text}");
                assert_eq!(page["totalCount"], expected.len());
            }
        }
        assert!(seen >= 10 && seen < laid.len(), "{name} sees {seen} of {}", laid.len());
    }
}

#[tokio::test]
async fn hidden_records_change_neither_ranks_nor_counts_nor_what_is_too_few() {
    let hub = TestHub::with(SMALL).await;
    let mut connection = hub.maintenance().await;
    let texts = ["empowerment prefetture", "empowerment", "empowermnt", "cooperativa bologna", "piano territoriale"];
    let ask = async || {
        let mut answers = Vec::new();
        for text in texts {
            answers.push(find(&hub, &Viewer::public(), text).await);
        }
        answers
    };
    let before = ask().await;
    let sql = "insert into agreement (id, title, subject, promoter_id, owner_number, valid_from, visibility, source)
        select gen_random_uuid(), title, 'empowerment empowermnt cooperativa bologna piano territoriale prefetture', id,
          number, '2026-01-01', 'owner', 'test'
        from organisation, unnest(array['Empowerment', 'Empowermnt', 'Cooperativa Bologna', 'Piano territoriale']) title,
          generate_series(1, 20)
        where office_code = 'PREF-BO'";
    connection.execute(sql).await.unwrap();
    assert_eq!(ask().await, before);
    let owner = find(&hub, &hub.viewer("prefettura-bologna").await, "empowermnt").await;
    assert!(owner["totalCount"].as_i64() >= Some(80), "their owner finds them: {owner:#}");
}

/// How many documents differ from what their records say.
async fn stale(connection: &mut PgConnection) -> i64 {
    let kinds = raccordo::search::model::SearchKind::ALL;
    let sources: Vec<_> = kinds.iter().map(|kind| format!("select * from search_source_{}", kind.as_str())).collect();
    let sql = format!(
        "with source as ({}), held as
           (select id, kind, key, audience, title, aliases, body, is_synthetic from search_document)
         select (select count(*) from (table source except table held) x)
              + (select count(*) from (table held except table source) y)",
        sources.join(" union all ")
    );
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn documents_follow_their_records_through_every_change() {
    let hub = TestHub::with(SMALL).await;
    let mut connection = hub.maintenance().await;
    assert_eq!(stale(&mut connection).await, 0, "after loading");
    let public = Viewer::public();
    let count = async |text: &str| find(&hub, &public, text).await["totalCount"].as_i64().unwrap();
    let plan = "(select id from territorial_plan where visibility = 'public' order by id limit 1)";
    let other = "(select id from territorial_plan where visibility = 'public' order by id desc limit 1)";
    let source = "cup = 'F81I20001650007'";

    // Each step: what is done, and what the public finds by its word afterwards.
    for (sql, text, expected) in [
        (format!("update project set title = 'Xilofonia' where {source}"), "xilofonia", 1),
        (format!("update project set status = 'running' where {source}"), "xilofonia", 1),
        (format!("update project set visibility = 'institutional' where {source}"), "xilofonia", 0),
        (format!("update project set visibility = 'public' where {source}"), "xilofonia", 1),
        ("update project_contract set cig = 'ZZ00000001' where cig = '8528645C7D'".into(), "ZZ00000001", 1),
        ("delete from project_contract where cig = 'ZZ00000001'".into(), "ZZ00000001", 0),
        (
            format!(
                "insert into plan_need (id, plan_id, audience, ordinal, topic, title)
                 select gen_random_uuid(), {plan}, 0, 99, 'casa', 'Quarzolite'"
            ),
            "quarzoliti",
            1,
        ),
        (format!("update plan_need set plan_id = {other} where title = 'Quarzolite'"), "quarzolite", 1),
        (format!("update territorial_plan set visibility = 'network' where id = {other}"), "quarzolite", 0),
        ("update territorial_plan set visibility = 'public' where status = 'adopted'".into(), "", 0),
        ("update plan_need set title = 'Feldspato', description = 'con ornitorinco'".into(), "quarzolite", 0),
        ("update plan_intervention set expected_results = 'sambuco' where ordinal = 1".into(), "", 0),
        ("delete from plan_need".into(), "ornitorinco", 0),
        (
            "insert into organisation (id, kind, name, visibility, source)
             select gen_random_uuid(), 'other_organisation', 'Ente wolframio ' || n, 'public', 'test'
             from generate_series(1, 30) n"
                .into(),
            "wolframio",
            30,
        ),
        ("update organisation set name = 'Ente tungsteno' where name like 'Ente wolframio 1%'".into(), "tungsteno", 11),
        ("delete from organisation where name like 'Ente wolframio %'".into(), "wolframio", 0),
        ("update province set name = 'Xantofillia' where code = '037'".into(), "xantofillia", 1),
        (
            "update programme_node set name_en = 'Ombudsmanship' where code = 'FAMI-2014-2020/OS2'".into(),
            "ombudsmanship",
            1,
        ),
        ("truncate agreement cascade".into(), "", 0),
    ] {
        let changed =
            connection.execute(AssertSqlSafe(sql.clone())).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert!(changed.rows_affected() > 0 || sql.starts_with("truncate"), "{sql}");
        assert_eq!(count(text).await, expected, "{text} after {sql}");
        assert_eq!(stale(&mut connection).await, 0, "after {sql}");
    }
}

#[tokio::test]
async fn a_change_that_a_document_does_not_show_leaves_it_untouched() {
    let hub = TestHub::with(REFERENCE).await;
    let mut connection = hub.maintenance().await;
    let row = "select xmin::text from search_document where title like '%empowerment%'";
    let before: String = sqlx::query_scalar(row).fetch_one(&mut connection).await.unwrap();
    connection.execute("update project set public_funding = 1").await.unwrap();
    let after: String = sqlx::query_scalar(row).fetch_one(&mut connection).await.unwrap();
    assert_eq!(before, after);
}
