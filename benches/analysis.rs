//! The measures of the network on graphs of its shape, made by chance that falls the same way each time.
//!
//! `cargo bench --bench analysis` prints what each takes with one thread and with two. Beside python-igraph and
//! rustworkx, which read the same graphs from files: `benches/peers/compare.py`, which runs `analysis write FOLDER` and
//! then `analysis measure FOLDER`.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use raccordo::network::analysis::betweenness::{Sampling, betweenness};
use raccordo::network::analysis::communities::communities;
use raccordo::network::analysis::k_paths::{shortest_path, shortest_paths};
use raccordo::network::analysis::page_rank::page_rank;
use raccordo::network::analysis::{Deadline, Topology};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// How large a graph is made: numbers of nodes by what they stand for.
struct Size {
    name: &'static str,
    offices: u32,
    bodies: u32,
    projects: u32,
    agreements: u32,
    interventions: u32,
    /// Partners of a project, at most.
    partners: u32,
}

const SIZES: [Size; 3] = [
    Size { name: "5k", offices: 20, bodies: 2_000, projects: 1_600, agreements: 350, interventions: 980, partners: 2 },
    Size {
        name: "national",
        offices: 106,
        bodies: 11_000,
        projects: 9_000,
        agreements: 2_000,
        interventions: 5_700,
        partners: 2,
    },
    Size {
        name: "10x",
        offices: 106,
        bodies: 82_000,
        projects: 68_000,
        agreements: 15_000,
        interventions: 42_500,
        partners: 4,
    },
];

/// Ties as pairs of nodes, each pair as often as it is tied, and how many nodes there are.
fn network(size: &Size) -> (u32, Vec<(u32, u32)>) {
    let mut chance = ChaCha8Rng::seed_from_u64(4);
    let mut count = 0;
    let mut some = |number: u32| {
        count += number;
        count - number..count
    };
    let department = some(1).start;
    let (offices, councils, provinces) = (some(size.offices), some(size.offices), some(size.offices));
    let bodies = some(size.bodies);
    let (projects, agreements, interventions) = (some(size.projects), some(size.agreements), some(size.interventions));
    let mut ties = Vec::new();
    for at in 0..size.offices {
        let office = offices.start + at;
        ties.extend([(department, office), (office, provinces.start + at), (office, councils.start + at)]);
    }
    // Bodies by province, where a few of them do most of the work; now and then one from elsewhere.
    let per_province = size.bodies / size.offices;
    let body = |chance: &mut ChaCha8Rng, province: u32| {
        let province = if chance.random_bool(0.1) { chance.random_range(0..size.offices) } else { province };
        let place = (f64::from(per_province) * chance.random::<f64>().powi(2)) as u32;
        bodies.start + province * per_province + place
    };
    for member in bodies.clone() {
        if chance.random_bool(0.4) {
            let province = ((member - bodies.start) / per_province).min(size.offices - 1);
            ties.push((member, councils.start + province));
        }
    }
    for project in projects {
        let province = chance.random_range(0..size.offices);
        ties.push((body(&mut chance, province), project));
        for _ in 0..chance.random_range(0..=size.partners) {
            ties.push((body(&mut chance, province), project));
        }
        let funds = if chance.random_bool(0.3) { department } else { offices.start + province };
        ties.push((funds, project));
    }
    for agreement in agreements {
        let province = chance.random_range(0..size.offices);
        ties.push((offices.start + province, agreement));
        for _ in 0..chance.random_range(1..4) {
            ties.push((body(&mut chance, province), agreement));
        }
    }
    for intervention in interventions {
        let province = chance.random_range(0..size.offices);
        ties.push((body(&mut chance, province), intervention));
    }
    (count, ties)
}

/// Pairs of bodies whose ways are asked for, and around which one looks.
fn asked(nodes: u32) -> Vec<(u32, u32)> {
    let mut chance = ChaCha8Rng::seed_from_u64(5);
    (0..200).map(|_| (chance.random_range(0..nodes), chance.random_range(0..nodes))).collect()
}

fn write(folder: &Path) -> std::io::Result<()> {
    for size in &SIZES {
        let (nodes, ties) = network(size);
        let topology = Topology::new(nodes as usize, ties);
        let mut text = format!("{nodes}\n");
        for node in topology.nodes() {
            for (other, weight) in topology.ties(node).filter(|(other, _)| *other > node) {
                writeln!(text, "{node} {other} {weight}").expect("text takes text");
            }
        }
        std::fs::write(folder.join(format!("{}.edges", size.name)), text)?;
        let mut text = String::new();
        for (from, to) in asked(nodes) {
            writeln!(text, "{from} {to}").expect("text takes text");
        }
        std::fs::write(folder.join(format!("{}.asked", size.name)), text)?;
    }
    Ok(())
}

/// Seconds that a run takes, on the clock and of the processors: of several runs the one that took least of these.
fn seconds(runs: usize, mut run: impl FnMut()) -> (f64, f64) {
    let mut times: Vec<(f64, f64)> = (0..runs)
        .map(|_| {
            let (begun, before) = (Instant::now(), processor_seconds());
            run();
            (begun.elapsed().as_secs_f64(), processor_seconds() - before)
        })
        .collect();
    times.sort_by(|one, other| one.1.total_cmp(&other.1));
    times[0]
}

/// Seconds that the processors have spent on this process.
fn processor_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes a time to the place that it is given, and nothing else.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    assert_eq!(status, 0, "the clock of the process");
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The nodes within two steps, over bare adjacency.
fn around(topology: &Topology, centre: u32, is_in: &mut [bool]) -> Vec<u32> {
    let mut nodes = vec![centre];
    is_in[centre as usize] = true;
    let mut begin = 0;
    for _ in 0..2 {
        let end = nodes.len();
        for at in begin..end {
            for other in topology.neighbours(nodes[at]) {
                if !std::mem::replace(&mut is_in[*other as usize], true) {
                    nodes.push(*other);
                }
            }
        }
        begin = end;
    }
    nodes.iter().for_each(|node| is_in[*node as usize] = false);
    nodes
}

/// Prints a line for each: threads, graph, measure, seconds on the clock, seconds of the processors, what came out.
fn measure() {
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        for size in &SIZES {
            let (nodes, ties) = network(size);
            let topology = Topology::new(nodes as usize, ties);
            pool.install(|| {
                measured(&topology, |measure, (clock, processors), note| {
                    println!("{threads}\t{}\t{measure}\t{clock:.9}\t{processors:.9}\t{note}", size.name);
                });
            });
        }
    }
}

fn measured(topology: &Topology, tell: impl Fn(&str, (f64, f64), String)) {
    let none = Deadline::none();
    tell("size", (0.0, 0.0), format!("{} nodes, {} pairs", topology.len(), topology.edge_count()));
    let asked = asked(topology.len() as u32);
    let each = |(clock, processors): (f64, f64)| (clock / asked.len() as f64, processors / asked.len() as f64);
    let mut is_in = vec![false; topology.len()];
    let mut found = 0;
    let all = seconds(9, || found = asked.iter().map(|(centre, _)| around(topology, *centre, &mut is_in).len()).sum());
    tell("2-hop ego", each(all), format!("{found} nodes in all"));

    let neighbours = |node: u32, list: &mut Vec<u32>| list.extend_from_slice(topology.neighbours(node));
    let all = seconds(3, || {
        let way = |(from, to): &(u32, u32)| shortest_path(topology.len(), neighbours, *from, *to, &none).unwrap();
        found = asked.iter().map(|ends| way(ends).map_or(0, |way| way.len())).sum();
    });
    tell("shortest path", each(all), format!("{found} nodes in all"));
    let all = seconds(1, || {
        let ways = |(from, to): &(u32, u32)| shortest_paths(topology.len(), neighbours, *from, *to, 10, &none).unwrap();
        found = asked.iter().flat_map(ways).map(|way| way.len()).sum();
    });
    tell("10 shortest paths", each(all), format!("{found} nodes in all"));

    tell("PageRank", seconds(7, || drop(page_rank(topology, &none))), String::new());
    let mut modularity = 0.0;
    let time = seconds(5, || modularity = communities(topology, &none).unwrap().modularity);
    tell("Leiden", time, format!("modularity {modularity:.4}"));

    let mut accuracy = String::new();
    let sampling = Sampling::default();
    let measure =
        if topology.len() <= sampling.exact_up_to { "betweenness, exact" } else { "betweenness, 256 sources" };
    let time = seconds(2, || {
        accuracy = format!("{:?}", betweenness(topology, &sampling, &none).unwrap().accuracy);
    });
    tell(measure, time, accuracy);
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", folder] => write(Path::new(folder))?,
        _ => measure(),
    }
    Ok(())
}
