//! Nodes move to the community that gains most by them, until none wants to move.

use std::collections::VecDeque;

use super::super::chance::Chance;
use super::super::{Pace, Stopped};
use super::graph::{Graph, Weights};

/// Moves nodes from a partition that is given; numbers communities from 0 and returns how many there are.
/// Communities are numbered below the number of nodes.
pub fn settle(graph: &Graph, of: &mut [u32], chance: &mut Chance, pace: &mut Pace) -> Result<usize, Stopped> {
    let count = graph.len();
    let mut strengths = vec![0.0; count];
    let mut sizes = vec![0_u32; count];
    for (node, community) in of.iter().enumerate() {
        strengths[*community as usize] += graph.strengths[node];
        sizes[*community as usize] += 1;
    }
    let mut empty: Vec<u32> = (0..count as u32).rev().filter(|community| sizes[*community as usize] == 0).collect();

    let mut order: Vec<u32> = (0..count as u32).filter(|node| graph.degree(*node) > 0).collect();
    let drawn = order.len();
    chance.draw(&mut order, drawn);
    let mut waiting = VecDeque::from(order);
    let mut waits = vec![true; count];
    let mut weights = Weights::new(count);
    while let Some(node) = waiting.pop_front() {
        waits[node as usize] = false;
        pace.spend(graph.degree(node) + 1)?;
        for (other, weight) in graph.ties(node) {
            weights.add(of[other as usize], weight);
        }
        let old = of[node as usize];
        let strength = graph.strengths[node as usize];
        strengths[old as usize] -= strength;
        sizes[old as usize] -= 1;
        // What a community gains by the node; to be alone gains nothing.
        let expected = strength / graph.total;
        let gain = |community: u32, weight: f64| weight - expected * strengths[community as usize];
        let mut best = (old, gain(old, weights.of(old)));
        weights.drain(|community, weight| {
            let gain = gain(community, weight);
            if gain > best.1 {
                best = (community, gain);
            }
        });
        if best.1 < 0.0 && sizes[old as usize] > 0 {
            best.0 = *empty.last().expect("a community less than there are nodes");
        }
        let new = best.0;
        if sizes[old as usize] == 0 && new != old {
            empty.push(old);
        }
        if sizes[new as usize] == 0 && new != old {
            empty.pop();
        }
        strengths[new as usize] += strength;
        sizes[new as usize] += 1;
        if new == old {
            continue;
        }
        of[node as usize] = new;
        for (other, _) in graph.ties(node) {
            if of[other as usize] != new && !std::mem::replace(&mut waits[other as usize], true) {
                waiting.push_back(other);
            }
        }
    }
    Ok(numbered(of, &sizes))
}

/// Numbers communities without a gap.
fn numbered(of: &mut [u32], sizes: &[u32]) -> usize {
    let mut numbers = vec![0; sizes.len()];
    let mut count = 0;
    for (community, size) in sizes.iter().enumerate() {
        numbers[community] = count;
        count += u32::from(*size > 0);
    }
    for community in of {
        *community = numbers[*community as usize];
    }
    count as usize
}
