//! The network follows the records: after any change, what was amended is what would be read anew.

use raccordo::hub::Reference as _;
use raccordo::network::NetworkSnapshot;
use raccordo::network::model::{Node, Tie};
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::hub::TestHub;
use crate::levels::SMALL;

/// Kinds of changes, each to rows of its own choosing; `{n}` is a random number.
const CHANGES: [&str; 22] = [
    "update organisation set name = name || ' {n}' where id = (select id from organisation order by md5(id::text || '{n}') limit 1)",
    "update organisation set valid_until = '2025-01-{d}' where id in (select id from organisation where kind = 'third_sector_organisation' order by md5(id::text || '{n}') limit 3)",
    "update organisation set visibility = 'network' where id = (select id from organisation where kind = 'public_body' order by md5(id::text || '{n}') limit 1)",
    "update organisation set is_synthetic = not is_synthetic where office_code is not null and id in (select id from organisation order by md5(id::text || '{n}') limit 300)",
    "delete from organisation where id in (select o.id from organisation o where o.kind = 'foreigners_association'
       and not exists (select from project p where p.lead_id = o.id) and not exists (select from agreement a where a.promoter_id = o.id)
       and not exists (select from plan_intervention i where i.responsible_id = o.id) and not exists (select from organisation c where c.parent_id = o.id)
       order by md5(o.id::text || '{n}') limit 1)",
    "insert into organisation (id, kind, name, province_code, visibility, source) values (gen_random_uuid(), 'third_sector_organisation', 'Nuova {n}', '037', 'public', 'test')",
    "update province set valid_until = '2026-{m}-{d}' where code = (select code from province order by md5(code || '{n}') limit 1)",
    "update office_competence set valid_from = '2010-{m}-{d}' where id = (select id from office_competence order by md5(id::text || '{n}') limit 1)",
    "update council set established_on = '2001-{m}-{d}' where organisation_id = (select organisation_id from council order by md5(organisation_id::text || '{n}') limit 1)",
    "delete from council_seat where id in (select id from council_seat order by md5(id::text || '{n}') limit 4)",
    "update council_seat set category = 'h' where id in (select id from council_seat where category = 'g' order by md5(id::text || '{n}') limit 2)",
    "update project set status = 'rejected', visibility = 'owner' where id in (select id from project where status in ('running', 'closed') order by md5(id::text || '{n}') limit 2)",
    "update project set status = 'running' where status = 'rejected'",
    "update project set ends_on = starts_on + {m} where id in (select id from project order by md5(id::text || '{n}') limit 5)",
    "delete from project_participation where id in (select id from project_participation order by md5(id::text || '{n}') limit 3)",
    "insert into project_place (project_id, audience, province_code) select id, audience, '039' from project order by md5(id::text || '{n}') limit 2 on conflict do nothing",
    "delete from project_intervention where (project_id, intervention_id) in (select project_id, intervention_id from project_intervention order by md5(project_id::text || '{n}') limit 2)",
    "insert into project_intervention select j.id, j.audience, i.id from (select id, audience from project order by md5(id::text || '{n}') limit 1) j,
       (select id from plan_intervention order by md5(id::text || '{n}') limit 1) i on conflict do nothing",
    "update territorial_plan set status = case status when 'withdrawn' then 'draft' else 'withdrawn' end, visibility = 'owner' where id = (select id from territorial_plan order by md5(id::text || '{n}') limit 1)",
    "update plan_intervention set responsible_id = (select id from organisation order by md5(id::text || '{n}') limit 1) where id in (select id from plan_intervention order by md5(id::text || '{n}') limit 2)",
    "update funding_call set visibility = case visibility when 'public' then 'owner' else 'public' end where id = (select id from funding_call order by md5(id::text || '{n}') limit 1)",
    "delete from agreement where id = (select id from agreement order by md5(id::text || '{n}') limit 1)",
];

/// All that a snapshot tells, whatever its history.
#[derive(PartialEq)]
struct Told {
    nodes: Vec<(Node, String, Option<String>, Option<uuid::Uuid>)>,
    ties: Vec<Tie>,
    incoming: Vec<Vec<u32>>,
    places: Vec<Vec<u32>>,
}

fn told(network: &NetworkSnapshot) -> Told {
    let node = |(place, node): (u32, &Node)| {
        let plain = Node { programme: None, plan: None, ..node.clone() };
        let name = network.name(place).to_owned();
        (plain, name, network.programme(node).map(String::from), network.plan(node))
    };
    Told {
        nodes: (0..).zip(network.nodes()).map(node).collect(),
        ties: network.ties().to_vec(),
        incoming: (0..).zip(network.nodes()).map(|(place, _)| network.incoming(place).to_vec()).collect(),
        places: (0..=120).map(|province| network.placed_in(province).collect()).collect(),
    }
}

#[tokio::test]
async fn what_was_amended_is_what_would_be_read_anew_after_any_change() {
    let hub = TestHub::with(SMALL).await;
    let mut connection = hub.maintenance().await;
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(4);
    let mut amended = NetworkSnapshot::load(&mut connection).await.unwrap();
    let first = told(&amended);
    for turn in 0..30 {
        for _ in 0..random.random_range(1..4) {
            let change = CHANGES.choose(&mut random).unwrap().replace("{n}", &random.random_range(0..9999).to_string());
            let change = change.replace("{m}", &format!("{:02}", random.random_range(1..13)));
            let change = change.replace("{d}", &format!("{:02}", random.random_range(1..29)));
            connection.execute(AssertSqlSafe(change.clone())).await.unwrap_or_else(|error| panic!("{change}: {error}"));
        }
        amended = amended.renewed(&mut connection).await.unwrap();
        let anew = NetworkSnapshot::load(&mut connection).await.unwrap();
        assert_eq!(amended.version, anew.version);
        assert!(told(&amended) == told(&anew), "turn {turn}");
    }
    assert!(told(&amended) != first);
}

/// Another connection to the same database, which sees every row.
async fn another(hub: &TestHub) -> PgConnection {
    hub.maintenance().await
}

#[tokio::test]
async fn a_change_that_is_committed_late_is_not_missed() {
    let hub = TestHub::with(SMALL).await;
    let (mut early, mut late) = (another(&hub).await, another(&hub).await);
    let mut connection = hub.maintenance().await;
    let before = NetworkSnapshot::load(&mut connection).await.unwrap();
    let rename = |name: &str, kind: &str| {
        AssertSqlSafe(format!(
            "update organisation set name = '{name}' where id = (select id from organisation where kind = '{kind}' order by id limit 1)"
        ))
    };
    // The first to write is the last to commit: its numbers are lower than what is known by then.
    let mut begun_early = early.begin().await.unwrap();
    begun_early.execute(rename("Pasubio", "public_body")).await.unwrap();
    late.execute(rename("Bernina", "third_sector_organisation")).await.unwrap();
    let between = before.renewed(&mut connection).await.unwrap();
    begun_early.commit().await.unwrap();
    let after = between.renewed(&mut connection).await.unwrap();
    let has = |network: &NetworkSnapshot, name: &str| {
        (0..network.nodes().len() as u32).any(|node| network.name(node) == name)
    };
    assert!(has(&between, "Bernina") && !has(&between, "Pasubio"));
    assert!(has(&after, "Bernina") && has(&after, "Pasubio"));
}

#[tokio::test]
async fn a_change_of_very_many_records_is_read_in_full() {
    let hub = TestHub::with(SMALL).await;
    let mut connection = hub.maintenance().await;
    let before = NetworkSnapshot::load(&mut connection).await.unwrap();
    connection.execute("truncate project cascade").await.unwrap();
    let without = before.renewed(&mut connection).await.unwrap();
    assert!(told(&without) == told(&NetworkSnapshot::load(&mut connection).await.unwrap()));
    connection
        .execute("insert into organisation (id, kind, name, visibility, source)
            select gen_random_uuid(), 'other_organisation', 'Ente ' || n, 'public', 'test' from generate_series(1, 6000) n")
        .await
        .unwrap();
    let touches: i64 = sqlx::query_scalar("select count(*) from network_touch where node_id is null")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert!(touches >= 1);
    let with = without.renewed(&mut connection).await.unwrap();
    assert_eq!(with.nodes().len(), without.nodes().len() + 6000);
}
