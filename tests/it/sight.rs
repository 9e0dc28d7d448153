//! PostgreSQL and the program agree on every row: what the policies show a viewer is what [`Viewer::holds`] says, which
//! decides about data kept in memory.

use std::collections::{BTreeMap, BTreeSet};

use raccordo::access::scope::{Scope, Scopes};
use raccordo::access::{Client, Delegation, DelegationMode, Room, Sight, Viewer, audience};
use raccordo::graphql::Graph;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng as Dice;
use sqlx::{AssertSqlSafe, Executor as _};
use uuid::Uuid;

use crate::hub::{TODAY, TestHub};
use crate::levels::SMALL;

/// Every protected table that callers read, by the room whose keys its policy asks for.
const TABLES: [(&str, Room); 41] = [
    ("organisation", Room::Organisations),
    ("organisation_contact", Room::Organisations),
    ("organisation_register_entry", Room::Organisations),
    ("council_seat", Room::Councils),
    ("council_sitting", Room::Councils),
    ("sitting_item", Room::Councils),
    ("sitting_invitation", Room::Councils),
    ("council_resolution", Room::Councils),
    ("working_table", Room::Councils),
    ("table_member", Room::Councils),
    ("table_meeting", Room::Councils),
    ("funding_call", Room::Funding),
    ("territorial_plan", Room::Plans),
    ("plan_need", Room::Plans),
    ("plan_priority", Room::Plans),
    ("plan_intervention", Room::Plans),
    ("plan_indicator", Room::Plans),
    ("plan_partner", Room::Plans),
    ("plan_measure", Room::Plans),
    ("plan_measurement", Room::Plans),
    ("plan_contribution", Room::Plans),
    ("project", Room::Projects),
    ("project_participation", Room::Projects),
    ("project_place", Room::Projects),
    ("project_contract", Room::Projects),
    ("project_intervention", Room::Projects),
    ("project_invitation", Room::Projects),
    ("project_budget", Room::Projects),
    ("project_spending", Room::Projects),
    ("project_deadline", Room::Projects),
    ("project_indicator", Room::Projects),
    ("project_value", Room::Projects),
    ("project_amendment", Room::Projects),
    ("agreement", Room::Agreements),
    ("agreement_party", Room::Agreements),
    ("subgraph", Room::Federation),
    ("subgraph_version", Room::Federation),
    ("usage_operation", Room::Federation),
    ("usage_caller", Room::Federation),
    ("usage_day", Room::Federation),
    ("membership", Room::People),
];

/// Rows of a table by their audience key, named by where they stand.
type Rows = BTreeSet<(String, i32)>;

async fn rows(connection: &mut sqlx::PgConnection, table: &str) -> Rows {
    let statement = format!("select ctid::text, audience from {table}");
    sqlx::query_as(AssertSqlSafe(statement)).fetch_all(connection).await.unwrap().into_iter().collect()
}

/// A viewer as the product makes them: a body's keys, for a client narrowed by its scopes, for a delegate widened.
fn any_viewer(dice: &mut Dice, keys: &[i32]) -> Viewer {
    let some = |dice: &mut Dice| {
        let count = dice.random_range(0..12);
        let chosen: Vec<i32> = keys.choose_multiple(dice, count).copied().collect();
        Viewer { sight: Sight::everywhere(chosen.into_iter().chain([audience::PUBLIC])), ..Viewer::public() }
    };
    let viewer = some(dice);
    match dice.random_range(0..4) {
        0 => {
            let scopes: Scopes = Scope::ALL.into_iter().filter(|_| dice.random_bool(0.5)).collect();
            let client = Client { id: Uuid::nil(), scopes, purpose: None, requests_per_minute: 1, cost_per_minute: 1 };
            viewer.as_client(client)
        }
        1 => {
            let rooms = Room::ALL.iter().copied().filter(|_| dice.random_bool(0.4)).collect();
            let (office, mode) = (some(dice), DelegationMode::Read);
            let [id, office_id, delegate] = [Uuid::nil(); 3];
            viewer.under(Delegation { id, office: office_id, delegate, rooms, mode, until: TODAY }, &office)
        }
        _ => viewer,
    }
}

#[tokio::test]
async fn the_policies_and_the_program_agree_on_every_pair_of_viewer_and_row() {
    let hub = TestHub::with(SMALL).await;
    let mut all = hub.maintenance().await;
    all.execute(
        "insert into account (id) select gen_random_uuid() from generate_series(1, 40);
         insert into membership (id, account_id, organisation_id, owner_number, role, origin)
         select gen_random_uuid(), a.id, o.id, o.number, 'officer', 'invitation' from account a, lateral (
           select id, number from organisation order by md5(id::text || a.id::text) limit 5) o",
    )
    .await
    .unwrap();
    let mut records = BTreeMap::new();
    for (table, _) in TABLES {
        records.insert(table, rows(&mut all, table).await);
    }
    let keys: Vec<i32> = records.values().flatten().map(|(_, key)| *key).collect::<BTreeSet<_>>().into_iter().collect();
    let mut dice = Dice::seed_from_u64(3);
    let (mut pairs, mut seen) = (0, 0);
    for turn in 0..40 {
        let viewer = any_viewer(&mut dice, &keys);
        let graph = Graph::open_on(hub.hub.clone(), viewer.clone(), "test", TODAY);
        for (table, room) in TABLES {
            let shown = rows(&mut graph.statement().await.unwrap(), table).await;
            let held: Rows = records[table].iter().filter(|(_, key)| viewer.holds(room, *key)).cloned().collect();
            assert!(shown == held, "{table}, turn {turn}: {viewer:?}");
            pairs += records[table].len();
            seen += shown.len();
        }
    }
    assert!(pairs >= 10_000 && seen > pairs / 100 && seen < pairs, "{pairs} pairs, {seen} seen");
}

/// A protected table that no line above names would go unproved.
#[tokio::test]
async fn every_protected_table_is_among_those_that_are_compared() {
    let hub = TestHub::empty().await;
    let rooms: Vec<(String, String)> = sqlx::query_as(
        "select c.relname::text, substring(p.qual from 'raccordo.audiences_([a-z]+)')
         from pg_policies p join pg_class c on c.relname = p.tablename and c.relnamespace = 'public'::regnamespace
         where p.schemaname = 'public' and has_table_privilege('raccordo_app', c.oid, 'select') order by 1",
    )
    .fetch_all(&mut hub.maintenance().await)
    .await
    .unwrap();
    let known: BTreeMap<&str, Room> = TABLES.into_iter().collect();
    // The audit's entries have a policy of their own, those of people are granted by column, events and documents are of
    // many rooms: tests of their rooms.
    for (table, room) in rooms.iter().filter(|(table, _)| {
        !["audit_entry", "audit_change", "client", "delegation", "record_event", "record_event_change", "document"]
            .contains(&table.as_str())
    }) {
        let compared = known.get(table.as_str()).unwrap_or_else(|| panic!("{table} is not compared"));
        assert_eq!(compared.as_str(), room, "{table}");
    }
}

/// A kind of record of which one is laid out for each visibility: its table, and how it becomes one of the office of
/// Bologna.
const KINDS: [(&str, &str, &str); 8] = [
    ("an organisation", "organisation", "province_code = '037', group_number = null"),
    ("its contact data", "organisation_contact", ""),
    ("a seat", "council_seat", "province_code = '037', group_number = null"),
    (
        "a call",
        "funding_call",
        "issuer_id = $office, owner_number = $number, province_code = '037', group_number = null",
    ),
    ("a plan", "territorial_plan", "status = 'adopted', group_number = null"),
    (
        "a project",
        "project",
        "lead_id = $office, owner_number = $number, province_code = '037', status = 'running', group_number = null",
    ),
    (
        "an agreement",
        "agreement",
        "promoter_id = $office, owner_number = $number, province_code = '037', group_number = null",
    ),
    ("a register entry", "organisation_register_entry", ""),
];

/// Rows that can be made such a record, each once.
fn candidates(table: &str) -> &'static str {
    match table {
        "organisation" => "province_code = '037' and kind = 'local_authority'",
        "organisation_contact" => "organisation_id in (select id from organisation where office_code = 'PREF-BO')",
        "council_seat" => "province_code = '037'",
        "territorial_plan" => "province_code = '037'",
        "organisation_register_entry" => "section = 1",
        _ => "true",
    }
}

fn visibilities(table: &str) -> &'static [&'static str] {
    match table {
        "organisation_contact" => &["network", "institutional", "owner"],
        "organisation_register_entry" => &["public", "institutional"],
        _ => &["public", "network", "territory", "institutional", "owner"],
    }
}

/// Which of the office of Bologna's records each kind of caller sees, under the application role.
#[tokio::test]
async fn the_matrix_of_callers_kinds_of_records_and_visibilities_is_the_reviewed_one() {
    let hub = TestHub::with(SMALL).await;
    let mut all = hub.maintenance().await;
    let (office, number): (Uuid, i32) =
        sqlx::query_as("select id, number from organisation where office_code = 'PREF-BO'")
            .fetch_one(&mut all)
            .await
            .unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!(
        "insert into organisation_register_entry (organisation_id, section, entry_number, registered_on, visibility)
         values ('{office}', 1, '1', '2020-01-01', 'public');
         insert into organisation_contact (organisation_id, owner_number) values ('{office}', {number}) on conflict do nothing"
    )))
    .execute(&mut all)
    .await
    .unwrap();
    let ngo = hub.viewer("ong-bologna").await;
    let client = |scopes: Scopes| {
        let id = Uuid::nil();
        ngo.clone().as_client(Client { id, scopes, purpose: None, requests_per_minute: 1, cost_per_minute: 1 })
    };
    let bologna = hub.viewer("prefettura-bologna").await;
    let delegation = Delegation {
        id: Uuid::nil(),
        office,
        delegate: ngo.organisation.unwrap(),
        rooms: vec![Room::Plans],
        mode: DelegationMode::Read,
        until: TODAY,
    };
    let viewers = [
        ("DLCI", hub.viewer("dlci").await),
        ("office", bologna.clone()),
        ("council", hub.viewer("consiglio-bologna").await),
        ("NGO", ngo.clone()),
        ("its client, all scopes", client(Scope::ALL.into_iter().collect())),
        ("its client, plan:read", client([Scope::PlanRead].into_iter().collect())),
        ("NGO for the office's plans", ngo.clone().under(delegation, &bologna)),
        ("other office", hub.office("PREF-TO").await),
        ("public", Viewer::public()),
    ];
    let mut table = format!("{:<34}", "records of the office of Bologna");
    for (name, _) in &viewers {
        table += &format!(" | {name}");
    }
    for (label, name, becomes) in KINDS {
        for visibility in visibilities(name) {
            let becomes = becomes.replace("$office", &format!("'{office}'")).replace("$number", &number.to_string());
            let comma = if becomes.is_empty() { "" } else { ", " };
            let statement = format!(
                "update {name} set {becomes}{comma}visibility = '{visibility}' where ctid = (
                   select ctid from {name} where {} limit 1) returning ctid::text, audience",
                candidates(name)
            );
            let (row, _): (String, i32) =
                sqlx::query_as(AssertSqlSafe(statement)).fetch_one(&mut all).await.expect(label);
            table += &format!("\n{:<34}", format!("{label}, {visibility}"));
            for (caller, viewer) in &viewers {
                let graph = Graph::open_on(hub.hub.clone(), viewer.clone(), "test", TODAY);
                let count = format!("select count(*) from {name} where ctid = '{row}'::tid");
                let mut statement = graph.statement().await.unwrap();
                let seen: i64 = sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut *statement).await.unwrap();
                table += &format!(" | {:<width$}", if seen == 1 { "sees" } else { "-" }, width = caller.len());
            }
        }
    }
    insta::assert_snapshot!("matrix", table);
}
