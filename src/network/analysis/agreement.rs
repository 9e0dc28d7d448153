//! Every measure agrees with what networkx recorded of 200 random graphs (`benches/peers/record_fixtures.py`).

use std::io::Read as _;

use serde::Deserialize;

use super::betweenness::{Accuracy, Sampling, betweenness};
use super::chance::Chance;
use super::communities::{communities, modularity};
use super::components::components;
use super::core::core_numbers;
use super::cuts::cuts;
use super::degree::{degrees, weighted_degrees};
use super::density::{density, reciprocity};
use super::k_paths::shortest_paths;
use super::page_rank::page_rank;
use super::projection::shared_counts;
use super::{Deadline, Topology};

#[derive(Deserialize)]
struct Recorded {
    graphs: Vec<Graph>,
}

#[derive(Deserialize)]
struct Graph {
    model: String,
    nodes: usize,
    ties: Vec<(u32, u32)>,
    degree: Vec<u32>,
    weighted_degree: Vec<f64>,
    betweenness: Vec<f64>,
    page_rank: Vec<f64>,
    core: Vec<u32>,
    components: Vec<Vec<u32>>,
    bridges: Vec<(u32, u32)>,
    cut_nodes: Vec<u32>,
    density: f64,
    reciprocity: Option<f64>,
    ends: Vec<u32>,
    path_lengths: Vec<usize>,
    partition: Vec<u32>,
    modularity: f64,
    louvain: f64,
    bodies: usize,
    events: usize,
    memberships: Vec<(u32, u32)>,
    shared: Vec<(u32, u32, u32)>,
}

impl Graph {
    fn topology(&self) -> Topology {
        Topology::new(self.nodes, self.ties.iter().copied())
    }
}

fn graphs() -> Vec<Graph> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/networks/networkx.json.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(file).unwrap()).read_to_string(&mut text).unwrap();
    serde_json::from_str::<Recorded>(&text).unwrap().graphs
}

/// Runs a check on each graph, whose model and number it names where it fails.
fn each(check: impl Fn(&Graph, &Topology)) {
    let graphs = graphs();
    assert_eq!(graphs.len(), 200);
    for (number, graph) in graphs.iter().enumerate() {
        let run = || check(graph, &graph.topology());
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err() {
            panic!("graph {number}, {}: {:?}", graph.model, graph.ties);
        }
    }
}

#[track_caller]
fn assert_near(ours: &[f64], theirs: &[f64]) {
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert!((ours - theirs).abs() < 1e-8, "{ours} {theirs}");
    }
}

fn exact(topology: &Topology) -> Vec<f64> {
    let found = betweenness(topology, &Sampling::default(), &Deadline::none()).unwrap();
    assert_eq!(found.accuracy, Accuracy::Exact);
    found.values
}

#[test]
fn degrees_cores_density_and_reciprocity_are_networkx_s() {
    each(|graph, topology| {
        assert_eq!(degrees(topology), graph.degree);
        assert_eq!(weighted_degrees(topology), graph.weighted_degree);
        assert_eq!(core_numbers(topology), graph.core);
        assert_near(&[density(topology)], &[graph.density]);
        assert_near(reciprocity(graph.ties.iter().copied()).as_slice(), graph.reciprocity.as_slice());
    });
}

#[test]
fn components_bridges_and_cut_nodes_are_networkx_s() {
    each(|graph, topology| {
        let found = components(topology);
        let mut members = vec![Vec::new(); found.sizes.len()];
        found.of.iter().enumerate().for_each(|(node, part)| members[*part as usize].push(node as u32));
        assert!(members.is_sorted_by_key(|part| (std::cmp::Reverse(part.len()), part[0])));
        assert!(members.iter().map(Vec::len).eq(found.sizes.iter().map(|size| *size as usize)));
        members.sort();
        assert_eq!(members, graph.components);
        let found = cuts(topology);
        assert_eq!((found.bridges, found.nodes), (graph.bridges.clone(), graph.cut_nodes.clone()));
    });
}

#[test]
fn betweenness_is_networkx_s() {
    each(|graph, topology| assert_near(&exact(topology), &graph.betweenness));
}

#[test]
fn page_ranks_are_networkx_s() {
    each(|graph, topology| assert_near(&page_rank(topology, &Deadline::none()).unwrap(), &graph.page_rank));
}

#[test]
fn shortest_ways_are_as_long_as_networkx_s() {
    each(|graph, topology| {
        let [from, to] = graph.ends[..] else { return };
        let neighbours = |node, list: &mut Vec<u32>| list.extend_from_slice(topology.neighbours(node));
        let ways = shortest_paths(graph.nodes, neighbours, from, to, 8, &Deadline::none()).unwrap();
        assert_eq!(ways.iter().map(Vec::len).collect::<Vec<_>>(), graph.path_lengths);
        for way in ways {
            assert!(way.windows(2).all(|step| topology.neighbours(step[0]).contains(&step[1])));
            assert_eq!((way.first(), way.last()), (Some(&from), Some(&to)));
        }
    });
}

#[test]
fn projections_are_networkx_s() {
    each(|graph, _| {
        let memberships = graph.memberships.iter().copied();
        let found = shared_counts(graph.bodies, graph.events, memberships, usize::MAX, &Deadline::none()).unwrap();
        let found: Vec<_> = found.into_iter().map(|pair| (pair.one, pair.other, pair.count)).collect();
        assert_eq!(found, graph.shared);
    });
}

#[test]
fn communities_are_connected_and_no_worse_than_networkx_s() {
    let (mut ours, mut theirs) = (0.0, 0.0);
    for (number, graph) in graphs().iter().enumerate() {
        let topology = graph.topology();
        assert_near(&[modularity(&topology, &graph.partition)], &[graph.modularity]);
        let found = communities(&topology, &Deadline::none()).unwrap();
        assert_eq!(found, communities(&topology, &Deadline::none()).unwrap(), "always the same");
        // As many connected parts as communities: each is connected.
        let is_within = |(one, other): &(u32, u32)| found.of[*one as usize] == found.of[*other as usize];
        let within = Topology::new(graph.nodes, graph.ties.iter().copied().filter(is_within));
        assert_eq!(components(&within).of, found.of, "graph {number}");
        assert!(
            found.modularity >= graph.louvain - 0.02,
            "graph {number}, {}: {} {}",
            graph.model,
            found.modularity,
            graph.louvain
        );
        ours += found.modularity;
        theirs += graph.louvain;
    }
    assert!(ours >= theirs, "on the whole no worse: {ours} {theirs}");
}

#[test]
fn sampled_betweenness_errs_as_little_as_it_says() {
    let graphs = graphs();
    let (mut within, mut count) = (0, 0);
    for topology in graphs.iter().map(Graph::topology).filter(|topology| topology.len() > 30) {
        let exact = exact(&topology);
        for seed in 0..20 {
            let sampling = Sampling { exact_up_to: 0, sources: 12, seed };
            let found = betweenness(&topology, &sampling, &Deadline::none()).unwrap();
            let Accuracy::Sampled { sources: 12, standard_error } = found.accuracy else { panic!("{found:?}") };
            let errors = found.values.iter().zip(&exact).map(|(sampled, exact)| (sampled - exact).abs());
            within += errors.filter(|error| *error <= 2.0 * standard_error + 1e-12).count();
            count += topology.len();
        }
    }
    // Of estimates that err by chance 95 % are within two standard errors; here it is the greatest of all.
    assert!(count > 10_000 && within as f64 >= 0.95 * count as f64, "{within} of {count}");
}

#[test]
fn sampling_has_no_bias() {
    let graph = graphs().into_iter().find(|graph| graph.model == "councils" && graph.nodes > 30).unwrap();
    let topology = graph.topology();
    let mut mean = vec![0.0; topology.len()];
    for seed in 0..4000 {
        let sampling = Sampling { exact_up_to: 0, sources: 8, seed };
        let found = betweenness(&topology, &sampling, &Deadline::none()).unwrap();
        mean.iter_mut().zip(found.values).for_each(|(mean, value)| *mean += value / 4000.0);
    }
    for (mean, exact) in mean.iter().zip(&graph.betweenness) {
        assert!((mean - exact).abs() < 0.004, "{mean} {exact}");
    }
}

#[test]
fn answers_do_not_depend_on_the_number_of_threads() {
    let mut chance = Chance::new(11);
    let nodes = 20_000;
    let ties: Vec<(u32, u32)> = (0..30_000)
        .map(|_| {
            (
                chance.below(nodes) as u32,
                ({
                    let most = 1 + chance.below(nodes);
                    chance.below(most)
                }) as u32,
            )
        })
        .collect();
    let topology = Topology::new(nodes, ties);
    let sampling = Sampling { sources: 40, ..Sampling::default() };
    let answers = || {
        let none = Deadline::none();
        (
            betweenness(&topology, &sampling, &none).unwrap(),
            page_rank(&topology, &none).unwrap(),
            communities(&topology, &none).unwrap(),
        )
    };
    let with = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(answers);
    let alone = with(1);
    assert!(alone == with(2) && alone == with(5), "bit by bit");
}
