//! A network of a million nodes and ten million ties, or of as many as are named: what it takes of memory, how long it is
//! made, amended and walked. `cargo bench --bench scale [-- NODES TIES]`; it needs no database.

use std::collections::HashSet;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use chrono::NaiveDate;
use raccordo::access::Viewer;
use raccordo::network::model::{NetworkNodeKind, TieKind, TieRecordKind, day};
use raccordo::network::view::View;
use raccordo::network::{NetworkSnapshot, NodeRow, NodesBuilder, TieRow, Touched};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();

/// Resident memory of this process, in megabytes.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}

fn node(number: u128) -> NodeRow {
    NodeRow {
        id: Uuid::from_u128(number),
        name: format!("Associazione per l'inclusione n. {number}"),
        organisation_kind: None,
        province_code: Some(format!("{:03}", number % 107 + 1)),
        audience: 0,
        valid_from: None,
        valid_until: None,
        programme_code: None,
        plan_id: None,
        is_synthetic: true,
    }
}

/// A body takes part in a project: most often one of its neighbourhood, as in the country.
fn tie(number: u128, bodies: u128, projects: u128, chance: &mut ChaCha8Rng) -> TieRow {
    let body = chance.random_range(1..=bodies);
    let near = bodies + (body * projects / bodies + chance.random_range(0..40)) % projects + 1;
    let far = bodies + chance.random_range(1..=projects);
    TieRow {
        from_id: Uuid::from_u128(body),
        to_id: Uuid::from_u128(if chance.random_bool(0.9) { near } else { far }),
        record_id: Uuid::from_u128(number),
        audience: 0,
        valid_from: NaiveDate::from_ymd_opt(chance.random_range(2015..2026), 1, 1),
        valid_until: None,
        category: None,
        role: None,
        is_synthetic: true,
    }
}

/// Half of the nodes are bodies, half are projects.
fn network(nodes: u128, ties: u128) -> NetworkSnapshot {
    let (empty, none) = (NetworkSnapshot::empty(), Touched::default());
    let mut builder = NodesBuilder::over(&empty, &none);
    let bodies = nodes / 2;
    for number in 1..=nodes {
        let kind = if number <= bodies { NetworkNodeKind::Organisation } else { NetworkNodeKind::Project };
        builder.node(kind, node(number));
    }
    let mut builder = builder.ties();
    let mut chance = ChaCha8Rng::seed_from_u64(4);
    for number in 1..=ties {
        let row = tie(number, bodies, nodes - bodies, &mut chance);
        builder.tie(TieKind::PartnerIn, TieRecordKind::ProjectParticipation, row);
    }
    builder.finish(1, "")
}

fn main() {
    let numbers: Vec<u128> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let (nodes, ties) = match numbers[..] {
        [nodes, ties] => (nodes, ties),
        _ => (1_000_000, 10_000_000),
    };
    let (before, begun) = (resident(), Instant::now());
    let snapshot = Arc::new(network(nodes, ties));
    println!("{} nodes, {} ties, made in {:.2?}", snapshot.nodes().len(), snapshot.ties().len(), begun.elapsed());
    println!("{:.0} MB in arrays; resident {:.0} MB more", snapshot.size() as f64 / 1e6, resident() - before);

    let body = Uuid::from_u128(nodes / 3);
    let touched: Touched = HashSet::from([(NetworkNodeKind::Organisation, body)]);
    let begun = Instant::now();
    let mut builder = NodesBuilder::over(&snapshot, &touched);
    builder.node(NetworkNodeKind::Organisation, node(nodes / 3));
    let amended = builder.ties().finish(2, "");
    println!("amended by one node in {:.2?}; resident {:.0} MB more", begun.elapsed(), resident() - before);
    drop(amended);

    let view = View::new(snapshot.clone(), Viewer::public(), day(TODAY));
    let mut chance = ChaCha8Rng::seed_from_u64(5);
    let centres: Vec<u32> = (0..1000).map(|_| chance.random_range(0..snapshot.nodes().len() as u32)).collect();
    let mut times = Vec::new();
    let mut found = 0;
    for centre in centres {
        let begun = Instant::now();
        let around = black_box(view.clone().around(centre, 2));
        times.push(begun.elapsed());
        found += around.map_or(0, |(_, around)| around.nodes.len());
    }
    times.sort_unstable();
    println!("2 hops around one: {:.1?} as a rule, {} nodes each", times[times.len() / 2], found / times.len());
    let begun = Instant::now();
    println!("the whole of it: {} ties in {:.2?}", view.whole().ties.len(), begun.elapsed());
}
