//! How often a node lies between others: betweenness [centralità di intermediazione].

use rayon::prelude::*;

use super::chance::Chance;
use super::trimming::{Heart, trim};
use super::{Deadline, Pace, Stopped, Topology};

/// When betweenness is worked out from all nodes, and from how many otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Sampling {
    /// Number of nodes up to which it is exact.
    pub exact_up_to: usize,
    /// Number of nodes that are drawn where there are more; at least 2.
    pub sources: usize,
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { exact_up_to: 5_000, sources: 256, seed: 1 }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Betweenness {
    /// For each node the share, 0 to 1, of all pairs of other nodes between which it lies on a shortest way; where
    /// there are several shortest ways, the share of them that it lies on counts.
    pub values: Vec<f64>,
    pub accuracy: Accuracy,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Accuracy {
    Exact,
    /// Worked out from so many nodes drawn by chance, without bias.
    Sampled {
        sources: usize,
        /// The greatest of all nodes' standard errors, in the units of the values.
        standard_error: f64,
    },
}

/// Parts that the work is cut into and summed up by: always as many, so that sums come out the same.
const PARTS: usize = 16;

/// After Brandes (2001), on what is left when all branches are trimmed, whose part is known beforehand. Sampled after
/// Brandes and Pich (2007).
pub fn betweenness(topology: &Topology, sampling: &Sampling, deadline: &Deadline) -> Result<Betweenness, Stopped> {
    let count = topology.len();
    deadline.check()?;
    let trimmed = trim(topology);
    let is_exact = count <= sampling.exact_up_to.max(sampling.sources);
    let sources: Vec<(u32, f64)> = if is_exact {
        trimmed.heart.stands_for.iter().enumerate().map(|(node, members)| (node as u32, *members)).collect()
    } else {
        let mut drawn: Vec<u32> = topology.nodes().collect();
        Chance::new(sampling.seed).draw(&mut drawn, sampling.sources);
        weighed(drawn[..sampling.sources].iter().map(|node| trimmed.root[*node as usize]).collect())
    };

    let parts: Vec<Sums> = sources
        .par_chunks(sources.len().div_ceil(PARTS).max(1))
        .map(|sources| Sums::from(&trimmed.heart, sources, !is_exact, deadline))
        .collect::<Result<_, _>>()?;

    let scale = if count > 2 { 1.0 / ((count - 1) as f64 * (count - 2) as f64) } else { 0.0 };
    let mut values: Vec<f64> = trimmed.between.iter().map(|pairs| pairs * scale).collect();
    let drawn = if is_exact { count as f64 } else { sampling.sources as f64 };
    let per_source = count as f64 / drawn * scale;
    let mut greatest_variance = 0.0_f64;
    for (place, node) in trimmed.heart.nodes.iter().enumerate() {
        let sum: f64 = parts.iter().map(|part| part.pairs[place]).sum();
        values[*node as usize] += sum * per_source;
        if !is_exact {
            let squares: f64 = parts.iter().map(|part| part.squares[place]).sum();
            greatest_variance = greatest_variance.max((squares - sum * sum / drawn) / (drawn - 1.0));
        }
    }
    let accuracy = if is_exact {
        Accuracy::Exact
    } else {
        // Drawn without replacement: what all nodes would give has no error.
        let unseen = 1.0 - drawn / count as f64;
        let standard_error = (greatest_variance * unseen * drawn).sqrt() * per_source;
        Accuracy::Sampled { sources: sampling.sources, standard_error }
    };
    Ok(Betweenness { values, accuracy })
}

/// Each node once, in order, with how often it comes.
fn weighed(mut nodes: Vec<u32>) -> Vec<(u32, f64)> {
    nodes.sort_unstable();
    nodes.chunk_by(|one, other| one == other).map(|same| (same[0], same.len() as f64)).collect()
}

/// What some sources give for each node.
struct Sums {
    /// Sum over sources of the pairs that begin at the source and that the node lies between.
    pairs: Vec<f64>,
    /// Sum of their squares, where an error is to be stated.
    squares: Vec<f64>,
}

impl Sums {
    /// Sources come with how often each counts.
    fn from(heart: &Heart, sources: &[(u32, f64)], with_squares: bool, deadline: &Deadline) -> Result<Self, Stopped> {
        let count = heart.nodes.len();
        let mut sums = Self { pairs: vec![0.0; count], squares: vec![0.0; if with_squares { count } else { 0 }] };
        let mut search = Search::new(heart);
        let mut pace = deadline.pace();
        for (source, times) in sources {
            search.outward(*source, &mut pace)?;
            search.back(&mut pace, |node, pairs| {
                sums.pairs[node] += pairs * times;
                if with_squares {
                    sums.squares[node] += pairs * pairs * times;
                }
            })?;
        }
        Ok(sums)
    }
}

const UNSEEN: u32 = u32::MAX;

/// The shortest ways from one node to all. Everything but `place` is in the order in which nodes are reached, so that
/// memory is gone through from one end to the other.
struct Search<'a> {
    heart: &'a Heart,
    /// Of each node in the order.
    place: Vec<u32>,
    order: Vec<u32>,
    /// Number of shortest ways; on the way back, the pairs per way that go through or to the node.
    ways: Vec<f64>,
    /// The nodes one step further on, as places; and where each node's end.
    onward: Vec<u32>,
    onward_ends: Vec<u32>,
}

impl<'a> Search<'a> {
    fn new(heart: &'a Heart) -> Self {
        Self {
            heart,
            place: vec![UNSEEN; heart.nodes.len()],
            order: Vec::new(),
            ways: Vec::new(),
            onward: Vec::new(),
            onward_ends: Vec::new(),
        }
    }

    fn outward(&mut self, source: u32, pace: &mut Pace) -> Result<(), Stopped> {
        for node in self.order.drain(..) {
            self.place[node as usize] = UNSEEN;
        }
        self.ways.clear();
        self.onward.clear();
        self.onward_ends.clear();
        self.place[source as usize] = 0;
        self.order.push(source);
        self.ways.push(1.0);
        // Where the nodes begin that are one step further than the one at hand.
        let (mut at, mut further) = (0, 1);
        while at < self.order.len() {
            if at == further {
                further = self.order.len();
            }
            let ways = self.ways[at];
            let neighbours = self.heart.neighbours(self.order[at]);
            for other in neighbours {
                let place = self.place[*other as usize];
                if place == UNSEEN {
                    let place = self.order.len() as u32;
                    self.place[*other as usize] = place;
                    self.order.push(*other);
                    self.ways.push(ways);
                    self.onward.push(place);
                } else if place as usize >= further {
                    self.ways[place as usize] += ways;
                    self.onward.push(place);
                }
            }
            self.onward_ends.push(self.onward.len() as u32);
            pace.spend(neighbours.len() + 1)?;
            at += 1;
        }
        Ok(())
    }

    /// Tells for each node but the source how many pairs that begin at the source it lies between.
    fn back(&mut self, pace: &mut Pace, mut tell: impl FnMut(usize, f64)) -> Result<(), Stopped> {
        let mut end = self.onward.len();
        for at in (1..self.order.len()).rev() {
            let begin = self.onward_ends[at - 1] as usize;
            let per_way: f64 = self.onward[begin..end].iter().map(|place| self.ways[*place as usize]).sum();
            let node = self.order[at] as usize;
            tell(node, per_way * self.ways[at]);
            self.ways[at] = per_way + self.heart.stands_for[node] / self.ways[at];
            pace.spend(end - begin + 1)?;
            end = begin;
        }
        Ok(())
    }
}
