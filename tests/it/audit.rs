//! The audit: what tampering is found, who reads what of it, how it is taken home and how long it is kept.

use chrono::Utc;
use raccordo::access::audit::{self, Anchor, Changes, Entry, Flaw, Subject, verify};
use raccordo::access::{Action, Caller, Viewer, audience};
use raccordo::graphql::NodeId;
use raccordo::http::Settings;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor as _, PgConnection};
use uuid::Uuid;

use crate::http::Served;
use crate::hub::TestHub;
use crate::levels::REFERENCE;

/// The number of an organisation's own audience key.
async fn number(connection: &mut PgConnection, viewer: &Viewer) -> i32 {
    let sql = "select number from organisation where id = $1";
    sqlx::query_scalar(sql).bind(viewer.organisation).fetch_one(connection).await.unwrap()
}

fn subject(owner: i32, key: i32) -> Subject {
    Subject { kind: "Client", id: Uuid::from_u128(7), owner_number: Some(owner), audience: key }
}

/// Six entries about a record of this organisation; the first two say what changed.
async fn six_entries(hub: &TestHub) -> PgConnection {
    let viewer = hub.persona("prefettura-bologna").await;
    let mut connection = hub.maintenance().await;
    let owner = number(&mut connection, &viewer).await;
    for n in 1..=6 {
        let subject = subject(owner, audience::organisation(owner));
        let changes = if n <= 2 { Changes::new().field("name", "è \"così\"\n", n) } else { Changes::new() };
        let entry = Entry::done(Action::ChangeClient, subject, changes);
        audit::add(&mut connection, &viewer, "test", &entry).await.unwrap();
    }
    connection
}

async fn anchor(connection: &mut PgConnection, seq: i64) -> Anchor {
    let hash: Vec<u8> = sqlx::query_scalar("select hash from audit_entry where seq = $1")
        .bind(seq)
        .fetch_one(connection)
        .await
        .unwrap();
    Anchor { seq, hash: hash.try_into().unwrap() }
}

/// Computes every hash anew from an entry on, as somebody who rules over the database can.
const REWRITE: &str = "do $$ declare e audit_entry; link bytea; begin
    for e in select * from audit_entry where seq >= 3 order by seq loop
      select hash into link from audit_entry where seq = e.seq - 1;
      e.previous_hash := link;
      update audit_entry set previous_hash = link, hash = audit_hash(e, c.changes, c.audience)
        from (values (1)) v left join audit_change c on c.seq = e.seq where audit_entry.seq = e.seq;
    end loop;
    update audit_chain set last_hash = (select hash from audit_entry order by seq desc limit 1);
  end $$";

#[tokio::test]
async fn every_kind_of_tampering_is_found_and_the_first_place_named() {
    let hub = TestHub::with(REFERENCE).await;
    let mut connection = six_entries(&hub).await;
    let sound = verify(&mut connection, &[]).await.unwrap().unwrap();
    assert_eq!((sound.entries, sound.head.seq), (6, 6));
    assert_eq!(sound.head, audit::head(&mut connection).await.unwrap());

    let copy = "insert into audit_entry (seq, at, request_id, action, outcome, previous_hash, hash)
                select 7, at, request_id, action, outcome, previous_hash, hash from audit_entry where seq = 6";
    let swap = "update audit_entry set seq = 100 where seq = 3; update audit_entry set seq = 3 where seq = 4;
                update audit_entry set seq = 4 where seq = 100";
    let rehashed = "update audit_entry e set reason = 'x' where seq = 3;
                    update audit_entry e set hash = audit_hash(e, null, null) where seq = 3";
    for (tampering, flaw) in [
        ("update audit_entry set outcome = 'refused' where seq = 3", Flaw::Altered(3)),
        ("update audit_entry set at = at + interval '1 microsecond' where seq >= 3", Flaw::Altered(3)),
        ("update audit_entry set account_id = gen_random_uuid() where seq in (5, 4)", Flaw::Altered(4)),
        (
            "update audit_change set changes = '{\"name\": {\"before\": 1, \"after\": 2}}' where seq = 2",
            Flaw::Altered(2),
        ),
        ("update audit_change set audience = 0 where seq = 2", Flaw::Altered(2)),
        ("delete from audit_change where seq = 1", Flaw::Altered(1)),
        ("insert into audit_change values (4, '{}', 0)", Flaw::Altered(4)),
        ("delete from audit_entry where seq = 1", Flaw::Missing(1..=1)),
        ("delete from audit_entry where seq in (3, 4)", Flaw::Missing(3..=4)),
        ("delete from audit_entry where seq = 6", Flaw::Missing(6..=6)),
        (copy, Flaw::Inserted(7)),
        (swap, Flaw::Altered(3)),
        ("update audit_chain set last_hash = sha256('x')", Flaw::End(6)),
        (
            "delete from audit_entry where seq < 3; update audit_chain set first_seq = 3,
             first_previous_hash = (select previous_hash from audit_entry where seq = 3)",
            Flaw::Beginning(3),
        ),
    ] {
        connection.execute("begin").await.unwrap();
        connection.execute(sqlx::raw_sql(AssertSqlSafe(tampering))).await.unwrap();
        connection.execute("commit").await.unwrap();
        let found = verify(&mut connection, &[]).await.unwrap();
        assert_eq!(found, Err(flaw), "{tampering}");
        restore(&mut connection, &hub).await;
    }
    // The adversary who makes an entry sound in itself is given away by the one after it.
    connection.execute(sqlx::raw_sql(rehashed)).await.unwrap();
    let found = verify(&mut connection, &[]).await.unwrap();
    assert_eq!(found, Err(Flaw::Unlinked(4)));
}

/// Six sound entries in place of those that were tampered with.
async fn restore(connection: &mut PgConnection, hub: &TestHub) {
    connection
        .execute(sqlx::raw_sql(
            "delete from audit_entry; update audit_chain set first_seq = 1, first_previous_hash = sha256('raccordo'),
             last_seq = 0, last_hash = sha256('raccordo')",
        ))
        .await
        .unwrap();
    drop(six_entries(hub).await);
    assert!(verify(connection, &[]).await.unwrap().is_ok());
}

#[tokio::test]
async fn a_chain_that_was_rewritten_or_cut_off_is_found_by_an_anchor_kept_elsewhere() {
    let hub = TestHub::with(REFERENCE).await;
    let mut connection = six_entries(&hub).await;
    let (early, late) = (anchor(&mut connection, 2).await, anchor(&mut connection, 5).await);
    assert!(verify(&mut connection, &[early, late]).await.unwrap().is_ok());
    connection.execute("update audit_entry set reason = 'x' where seq = 3").await.unwrap();
    connection.execute(REWRITE).await.unwrap();
    assert!(verify(&mut connection, &[early]).await.unwrap().is_ok(), "in itself the chain is sound again");
    assert_eq!(verify(&mut connection, &[early, late]).await.unwrap(), Err(Flaw::Anchor(late)));

    connection
        .execute(sqlx::raw_sql(
            "delete from audit_entry where seq > 4;
             update audit_chain set last_seq = 4, last_hash = (select hash from audit_entry where seq = 4)",
        ))
        .await
        .unwrap();
    assert!(verify(&mut connection, &[]).await.unwrap().is_ok());
    let cut = verify(&mut connection, &[late]).await.unwrap();
    assert_eq!(cut, Err(Flaw::BeyondEnd { anchor: late, end: 4 }));
}

#[tokio::test]
async fn old_entries_are_let_go_never_the_last_and_the_chain_says_so() {
    let hub = TestHub::with(REFERENCE).await;
    let mut connection = six_entries(&hub).await;
    let (gone, kept) = (anchor(&mut connection, 2).await, anchor(&mut connection, 5).await);
    assert_eq!(
        audit::let_go(&mut connection, Utc::now() + chrono::TimeDelta::hours(1), Some("BY_OPERATOR")).await.unwrap(),
        5
    );
    let sound = verify(&mut connection, &[gone, kept]).await.unwrap().unwrap();
    assert_eq!((sound.entries, sound.head.seq, sound.out_of_reach), (2, 7, vec![gone]));
    let (action, reason): (String, Option<String>) =
        sqlx::query_as("select action, reason from audit_entry where seq = 7")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!((action.as_str(), reason.as_deref()), ("let_go_of_audit", Some("BY_OPERATOR")));
    let before = Utc::now() - chrono::TimeDelta::hours(1);
    assert_eq!(audit::let_go(&mut connection, before, None).await.unwrap(), 0);
    assert_eq!(audit::head(&mut connection).await.unwrap().seq, 7, "nothing was let go: nothing is said");
}

const ENTRIES: &str = "query ($organisation: ID, $first: Int, $after: String, $action: [Action!]) {
  auditEntries(organisation: $organisation, first: $first, after: $after, action: $action) {
    nodes { seq action outcome reason requestId subject { kind id } changes { field before after isPersonal }
      actor { kind id name organisation { id } client { id } } }
    pageInfo { hasNextPage endCursor } totalCount } }";

fn nodes(answer: &crate::hub::Answer) -> Vec<Value> {
    answer.data()["auditEntries"]["nodes"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_owner_reads_its_entries_and_the_department_all_without_what_it_may_not_see() {
    let hub = TestHub::with(REFERENCE).await;
    let mut connection = six_entries(&hub).await;
    let (dlci, office) = (hub.persona("dlci").await, hub.persona("prefettura-bologna").await);
    let other = Viewer { caller: Caller::Persona("prefettura-modena"), ..hub.office("PREF-MO").await };
    let own = number(&mut connection, &dlci).await;
    let entry = Entry::done(Action::RevokeClient, subject(own, audience::organisation(own)), Changes::new());
    audit::add(&mut connection, &dlci, "test", &entry).await.unwrap();

    let answer = hub.execute(&office, ENTRIES, json!({})).await;
    let seen = nodes(&answer);
    assert_eq!(
        seen.iter().map(|entry| entry["seq"].as_str().unwrap()).collect::<Vec<_>>(),
        ["6", "5", "4", "3", "2", "1"]
    );
    assert_eq!(answer.data()["auditEntries"]["totalCount"], 6);
    // The page and its count.
    assert_eq!(answer.statements, 2);
    assert_eq!(
        seen[5]["changes"],
        json!([{ "field": "name", "before": "è \"così\"\n", "after": 1, "isPersonal": false }])
    );
    assert_eq!(seen[0]["changes"], Value::Null);
    assert_eq!(seen[0]["subject"]["id"], *NodeId::new("Client", Uuid::from_u128(7)).id());

    let seen = nodes(&hub.execute(&dlci, ENTRIES, json!({})).await);
    assert_eq!(seen.len(), 7);
    assert!(seen.iter().all(|entry| entry["changes"].is_null()), "the department has no key of the record itself");
    let organisation = NodeId::new("Organisation", office.organisation.unwrap()).id().to_string();
    let of_one = nodes(&hub.execute(&dlci, ENTRIES, json!({ "organisation": organisation })).await);
    assert_eq!(of_one.len(), 6);
    let narrowed = nodes(&hub.execute(&dlci, ENTRIES, json!({ "action": ["REVOKE_CLIENT"] })).await);
    assert_eq!(narrowed.len(), 1);

    assert!(nodes(&hub.execute(&other, ENTRIES, json!({})).await).is_empty());
    for (viewer, rule) in [(&other, "OWN_ORGANISATION_ONLY"), (&Viewer::public(), "SIGN_IN_REQUIRED")] {
        let answer = hub.execute(viewer, ENTRIES, json!({ "organisation": organisation })).await;
        assert_eq!(answer.codes(), ["FORBIDDEN"], "{:#}", answer.json);
        assert_eq!(answer.json["errors"][0]["extensions"]["rule"], rule);
        assert_eq!(answer.json["data"], json!({ "auditEntries": null }), "the object stands, the field is null");
    }
    let newest = &nodes(&hub.execute(&office, ENTRIES, json!({ "first": 1 })).await)[0];
    assert_eq!((&newest["action"], &newest["outcome"]), (&json!("READ_AUDIT"), &json!("REFUSED")), "who tried is seen");
}

#[tokio::test]
async fn pages_follow_each_other_and_foreign_cursors_are_refused() {
    let hub = TestHub::with(REFERENCE).await;
    drop(six_entries(&hub).await);
    let office = hub.persona("prefettura-bologna").await;
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let answer = hub.execute(&office, ENTRIES, json!({ "first": 4, "after": after })).await;
        seen.extend(nodes(&answer).iter().map(|entry| entry["seq"].as_str().unwrap().to_owned()));
        let page = &answer.data()["auditEntries"]["pageInfo"];
        after = page["endCursor"].clone();
        if page["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen, ["6", "5", "4", "3", "2", "1"]);
    let answer = hub.execute(&office, ENTRIES, json!({ "after": "eyJvIjoiLXNlcSIsInYiOiJ4IiwiaSI6Im4ifQ" })).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
}

#[tokio::test]
async fn the_audit_is_taken_home_as_a_file_and_that_is_written_down() {
    let served = Served::with(REFERENCE, Settings::default()).await;
    let mut connection = six_entries(&served.hub).await;
    let ask = async |path: &str, persona: Option<&str>| {
        let request = served.request(Method::GET, path);
        let request = match persona {
            Some(persona) => request.bearer_auth(served.token(persona)),
            None => request,
        };
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.headers().clone(), answer.text().await.unwrap())
    };
    let (status, headers, text) = ask("/export/audit.jsonl", Some("prefettura-bologna")).await;
    assert_eq!((status, &headers["content-type"]), (200, &"application/jsonl".parse().unwrap()));
    assert_eq!(headers["content-disposition"], "attachment; filename=\"raccordo-audit.jsonl\"");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 7, "its own entry stands in it");
    assert_eq!(lines[6]["action"], "export_audit");
    assert_eq!(lines[0]["changes"]["name"]["after"], 1);

    let (status, _, text) = ask("/export/audit.csv", Some("dlci")).await;
    assert_eq!(status, 200);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap().get(0), Some("seq"));
    assert_eq!(reader.records().count(), 8);

    for (path, persona, expected) in [
        ("/export/audit.jsonl", None, 401),
        ("/export/audit.jsonl?everything=1", Some("dlci"), 400),
        ("/export/audit.jsonl?from=yesterday", Some("dlci"), 400),
        ("/export/audit.xml", Some("dlci"), 404),
    ] {
        assert_eq!(ask(path, persona).await.0, expected, "{path}");
    }
    let dlci = served.hub.persona("dlci").await.organisation.unwrap();
    let path = format!("/export/audit.csv?organisation={}", *NodeId::new("Organisation", dlci).id());
    assert_eq!(ask(&path, Some("prefettura-bologna")).await.0, 403);
    let later = "/export/audit.jsonl?from=2100-01-01T00:00:00Z";
    assert_eq!(ask(later, Some("dlci")).await.2, "");
    assert!(verify(&mut connection, &[]).await.unwrap().is_ok());
}
