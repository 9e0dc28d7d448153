//! The coordination network at national size: made from the records, walked around a body, written as one answer.
//! `cargo bench --bench network`; the first run loads the demonstration, later runs find it.

#![recursion_limit = "512"]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use async_graphql::{Request, Variables};
use chrono::NaiveDate;
use criterion::Criterion;
use raccordo::access::audience::Viewers;
use raccordo::access::persona::{Persona, stable_id};
use raccordo::access::{Settings, Viewer};
use raccordo::db::embedded::Embedded;
use raccordo::db::{Database, DatabaseSettings};
use raccordo::demo::{self, Size};
use raccordo::graphql::{Graph, NodeId};
use raccordo::hub::{Hub, Reference as _};
use raccordo::network::NetworkSnapshot;
use raccordo::network::model::{NetworkNodeKind, day};
use raccordo::network::view::View;
use raccordo::schema::{self, RaccordoSchema};
use serde_json::{Value, json};

const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
const AROUND: &str = include_str!("../schema/operations/network-around.graphql");
const NATIONAL: &str = include_str!("../schema/operations/network-national.graphql");

/// Resident memory of this process, in megabytes.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}

async fn answer(schema: &RaccordoSchema, hub: &Arc<Hub>, viewer: &Viewer, query: &str, variables: Value) -> String {
    let graph = Graph::open_on(hub.clone(), viewer.clone(), "test", TODAY);
    let response = schema.execute(Request::new(query).variables(Variables::from_json(variables)).data(graph)).await;
    assert!(response.is_ok(), "{:?}", response.errors);
    serde_json::to_string(&response).expect("an answer is JSON")
}

fn main() -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-national");
    let server = Embedded::start(&folder, None)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let (hub, viewer) = runtime.block_on(async {
        let database = Database::open(server.options(), DatabaseSettings::default()).await?;
        database.migrate().await?;
        demo::load(&database, Size::National(1), 1, |_| ()).await?;

        let (before, start) = (resident(), Instant::now());
        let hub = Hub::start(database, Settings::default(), schema::references()).await?;
        println!("start of the hub: {:?}, {before:.1} MB before, {:.1} MB after", start.elapsed(), resident());
        let dlci = Persona::find("dlci").expect("a persona").organisation_id();
        let today = chrono::Local::now().date_naive();
        let viewer = Viewers::default().acting_for(dlci, today, &hub.database).await?.expect("DLCI is there");
        anyhow::Ok((hub, viewer))
    })?;

    let snapshot = hub.reference::<NetworkSnapshot>();
    let megabytes = snapshot.size() as f64 / 1e6;
    println!(
        "snapshot: {} nodes, {} ties of every date, {megabytes:.1} MB",
        snapshot.nodes().len(),
        snapshot.ties().len()
    );
    let schema = schema::builder().data(hub.clone()).finish();
    let council = stable_id("council:PREF-BO");
    let centre = snapshot.find(NetworkNodeKind::Organisation, council).expect("the council is a node");
    let variables = json!({ "id": NodeId::new("Organisation", council).id(), "hops": 2 });
    let national = runtime.block_on(answer(&schema, &hub, &viewer, NATIONAL, json!({})));
    println!("national answer: {:.1} MB, {}", national.len() as f64 / 1e6, &national[..120]);
    let around = runtime.block_on(answer(&schema, &hub, &viewer, AROUND, variables.clone()));
    println!("2 hops around a council: {:.1} KB, {}", around.len() as f64 / 1e3, &around[..90]);

    let mut criterion = Criterion::default().sample_size(20).configure_from_args();
    criterion.bench_function("snapshot of the records", |bencher| {
        let mut connection = runtime.block_on(hub.database.maintenance()).expect("the database answers");
        bencher.iter(|| runtime.block_on(NetworkSnapshot::load(&mut connection)).expect("the records are read"));
    });
    criterion.bench_function("2 hops around a council, walked", |bencher| {
        let around =
            || View::new(snapshot.clone(), viewer.clone(), day(TODAY)).around(centre, 2).map(|(_, found)| found);
        bencher.iter(around);
    });
    criterion.bench_function("2 hops around a council, as an answer", |bencher| {
        bencher.iter(|| runtime.block_on(answer(&schema, &hub, &viewer, AROUND, variables.clone())));
    });
    criterion.bench_function("the whole country, walked", |bencher| {
        bencher.iter(|| View::new(snapshot.clone(), viewer.clone(), day(TODAY)).whole());
    });
    criterion.bench_function("the whole country, as an answer", |bencher| {
        bencher.iter(|| runtime.block_on(answer(&schema, &hub, &viewer, NATIONAL, json!({}))));
    });
    criterion.final_summary();
    println!("{:.1} MB at the end", resident());
    Ok(())
}
