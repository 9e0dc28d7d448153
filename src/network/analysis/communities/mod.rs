//! Groups that have more to do with each other than with the rest: communities [comunità].

mod graph;
mod moving;
mod refining;

use super::chance::Chance;
use super::components::number_by_size;
use super::{Deadline, Stopped, Topology};
use graph::Graph;

/// Communities do not change from run to run: every choice is by this seed.
const SEED: u64 = 1;
/// How often the whole is gone through again from what was found; a second time finds most of what there is to find.
const ROUNDS: usize = 2;

/// A partition of the nodes. Numbered from 0 by size, the largest first, then by smallest node.
#[derive(Clone, Debug, PartialEq)]
pub struct Communities {
    /// Number of each node's community.
    pub of: Vec<u32>,
    /// Number of nodes of each community.
    pub sizes: Vec<u32>,
    /// How much more of the weight lies within communities than chance would put there: below 1, and 0 where all is
    /// one [modularità].
    pub modularity: f64,
}

/// Communities of high modularity, resolution 1, by the Leiden method (Traag, Waltman and van Eck, 2019): each is
/// connected within itself.
pub fn communities(topology: &Topology, deadline: &Deadline) -> Result<Communities, Stopped> {
    let whole = Graph::of(topology);
    let mut of: Vec<u32> = topology.nodes().collect();
    let mut chance = Chance::new(SEED);
    for _ in 0..ROUNDS {
        let found = better(&whole, of.clone(), &mut chance, deadline)?;
        let is_settled = found == of;
        of = found;
        if is_settled {
            break;
        }
    }
    let count = of.iter().max().map_or(0, |most| *most as usize + 1);
    let sizes = number_by_size(&mut of, count);
    let modularity = modularity(topology, &of);
    Ok(Communities { of, sizes, modularity })
}

/// One run: nodes move, communities are refined, what is refined becomes the nodes, until nothing moves.
fn better(whole: &Graph, start: Vec<u32>, chance: &mut Chance, deadline: &Deadline) -> Result<Vec<u32>, Stopped> {
    let mut pace = deadline.pace();
    // The node of the graph at hand that each node of the whole became part of.
    let mut part: Vec<u32> = (0..whole.len() as u32).collect();
    let mut of = start;
    let mut smaller: Option<Graph> = None;
    loop {
        let graph = smaller.as_ref().unwrap_or(whole);
        let count = moving::settle(graph, &mut of, chance, &mut pace)?;
        if count == graph.len() {
            break;
        }
        let (refined, parts) = refining::refine(graph, &of, count, chance, &mut pace)?;
        if parts == graph.len() {
            break;
        }
        let merged = graph.merged(&refined, parts, &mut pace)?;
        let mut of_parts = vec![0; parts];
        for (node, part) in refined.iter().enumerate() {
            of_parts[*part as usize] = of[node];
        }
        part.iter_mut().for_each(|part| *part = refined[*part as usize]);
        of = of_parts;
        smaller = Some(merged);
    }
    Ok(part.into_iter().map(|part| of[part as usize]).collect())
}

/// Newman's modularity of a partition, by weight, resolution 1. 0 where nothing is tied.
pub fn modularity(topology: &Topology, of: &[u32]) -> f64 {
    let count = of.iter().max().map_or(0, |most| *most as usize + 1);
    let (mut within, mut strengths) = (vec![0.0; count], vec![0.0; count]);
    for node in topology.nodes() {
        let group = of[node as usize];
        for (other, weight) in topology.ties(node) {
            strengths[group as usize] += f64::from(weight);
            if of[other as usize] == group {
                within[group as usize] += f64::from(weight);
            }
        }
    }
    let total: f64 = strengths.iter().sum();
    if total == 0.0 {
        return 0.0;
    }
    within.iter().zip(&strengths).map(|(within, strength)| within / total - (strength / total).powi(2)).sum()
}
