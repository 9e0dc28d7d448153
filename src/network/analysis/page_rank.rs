//! Weight by the weight of one's neighbours: PageRank [centralità PageRank].

use rayon::prelude::*;

use super::degree::weighted_degrees;
use super::{Deadline, Stopped, Topology};

/// Share of a node's weight that comes from its neighbours.
const DAMPING: f64 = 0.85;
/// Largest change in a round, summed over all nodes whose ranks sum up to 1, at which the ranks are settled.
const SETTLED: f64 = 1e-9;
/// The rounds needed grow with the logarithm of the precision, not with the network: some 40 are enough.
const MOST_ROUNDS: usize = 200;
/// Nodes that one task takes on, and sums over: always the same, so that sums come out the same.
const PIECE: usize = 4096;

/// The rank of each node; ranks sum up to 1, except where there is no node. Whoever has no tie passes its weight on to
/// all alike.
///
/// On an undirected network all that a round does is to shrink errors by between -0.85 and 0.85 of them, so Chebyshev's
/// acceleration of the power method (Golub and Varga, 1961) settles in a third of the rounds.
pub fn page_rank(topology: &Topology, deadline: &Deadline) -> Result<Vec<f64>, Stopped> {
    let given_on: Vec<f64> = weighted_degrees(topology)
        .into_iter()
        .map(|strength| if strength > 0.0 { DAMPING / strength } else { 0.0 })
        .collect();
    let count = topology.len();
    // Before and now; where each begins alike, and what is passed on to all is left to the final scaling.
    let (mut before, mut ranks) = (vec![0.0; count], vec![1.0; count]);
    let mut passed: Vec<f64> = given_on.clone();
    let mut over = 1.0;
    for round in 0..MOST_ROUNDS {
        deadline.check()?;
        let (changes, sums): (Vec<f64>, Vec<f64>) = before
            .par_chunks_mut(PIECE)
            .zip(ranks.par_chunks(PIECE))
            .enumerate()
            .map(|(piece, (before, ranks))| {
                let (mut change, mut sum) = (0.0, 0.0);
                for (at, (before, rank)) in before.iter_mut().zip(ranks).enumerate() {
                    let ties = topology.ties((piece * PIECE + at) as u32);
                    let received: f64 = ties.map(|(other, weight)| passed[other as usize] * f64::from(weight)).sum();
                    let next = over * (1.0 + received - *before) + *before;
                    change += (next - rank).abs();
                    sum += next;
                    *before = next;
                }
                (change, sum)
            })
            .unzip();
        std::mem::swap(&mut before, &mut ranks);
        passed.par_iter_mut().zip(&ranks).zip(&given_on).for_each(|((passed, rank), share)| *passed = rank * share);
        if changes.iter().sum::<f64>() <= SETTLED * sums.iter().sum::<f64>() {
            break;
        }
        over = if round == 0 { 2.0 / (2.0 - DAMPING * DAMPING) } else { 1.0 / (1.0 - DAMPING * DAMPING * over / 4.0) };
    }
    let total: f64 = ranks.iter().sum();
    ranks.iter_mut().for_each(|rank| *rank /= total);
    Ok(ranks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranks(topology: &Topology) -> Vec<f64> {
        page_rank(topology, &Deadline::none()).unwrap()
    }

    #[test]
    fn ranks_satisfy_their_own_rule() {
        let topology = Topology::new(6, [(0, 1), (0, 2), (0, 3), (3, 4), (3, 4)]);
        let ranks = ranks(&topology);
        let strength = weighted_degrees(&topology);
        assert!((ranks.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        for node in topology.nodes() {
            let received: f64 = topology
                .ties(node)
                .map(|(other, w)| ranks[other as usize] * f64::from(w) / strength[other as usize])
                .sum();
            let rule = (1.0 - DAMPING) / 6.0 + DAMPING * (received + ranks[5] / 6.0);
            assert!((ranks[node as usize] - rule).abs() < 1e-9, "{node}: {} {rule}", ranks[node as usize]);
        }
    }

    #[test]
    fn nobody_and_nobody_tied_are_ranked_too() {
        assert_eq!(ranks(&Topology::new(0, [])), [0.0; 0]);
        assert_eq!(ranks(&Topology::new(4, [])), [0.25; 4]);
    }

    #[test]
    fn a_cancelled_ranking_stops() {
        let deadline = Deadline::none();
        deadline.cancel();
        assert_eq!(page_rank(&Topology::new(2, [(0, 1)]), &deadline), Err(Stopped::Cancelled));
    }
}
