//! Where the nodes of a disc want to be: those with much in common in the same direction.
//!
//! Every node starts from a direction of its own. Some rounds of averaging over its ties, each mixed with the start again,
//! bring those together that are tied, also over several steps; what changes at one place fades with every step from it.

use super::{Placed, Position, Rank};

/// The part of a disc's nodes that is laid out, with the ties among them.
pub struct Inside<'a> {
    pub nodes: Vec<&'a Placed>,
    /// Of each node, to nodes of the same disc that are no middle: place in `nodes`, weight.
    pub ties: Vec<Vec<(u32, f32)>>,
    /// Of each node, the mean direction of what it is tied to elsewhere, and the share of its ties that lead there.
    pub outward: Vec<(Position, f32)>,
}

const ROUNDS: usize = 8;
/// How much of a round comes from the ties; the rest is the start.
const TIED: f32 = 0.6;
/// How much of its own a node keeps at the end, so that those with the same ties do not fall together.
const OWN: f32 = 0.4;
/// Rings begin and end here, as shares of the radius.
const INNERMOST: f32 = 0.2;
const OUTERMOST: f32 = 0.97;

/// Each node's anchor in the unit disc; the middle's are fixed.
pub fn anchors(inside: &Inside<'_>) -> Vec<Position> {
    let starts: Vec<Position> = inside.nodes.iter().zip(&inside.outward).map(|(node, out)| start(node, *out)).collect();
    let directions = smoothed(inside, &starts);
    let split = split(&inside.nodes);
    let anchor = |(node, direction): (&&Placed, &Position)| match node.rank {
        Rank::Place => [0.0; 2],
        Rank::Office => scaled(node.seed.direction(), 0.06),
        Rank::Council => scaled(node.seed.direction(), 0.13),
        Rank::Body => scaled(*direction, within(INNERMOST, split, node.seed.share(1))),
        Rank::Work => scaled(*direction, within(split, OUTERMOST, node.seed.share(1))),
    };
    inside.nodes.iter().zip(&directions).map(anchor).collect()
}

/// Whether a node is fixed in the middle.
pub fn is_middle(node: &Placed) -> bool {
    node.rank < Rank::Body
}

/// What a node's direction starts from: its own, bent to where its ties elsewhere lead.
fn start(node: &Placed, (outward, share): (Position, f32)) -> Position {
    let own = node.seed.direction();
    [own[0] + 2.0 * share * outward[0], own[1] + 2.0 * share * outward[1]]
}

fn smoothed(inside: &Inside<'_>, starts: &[Position]) -> Vec<Position> {
    let mut now = starts.to_vec();
    for _ in 0..ROUNDS {
        let next = |(ties, start): (&Vec<(u32, f32)>, &Position)| {
            let (mut sum, mut total) = ([0.0; 2], 0.0);
            for (other, weight) in ties {
                let [x, y] = now[*other as usize];
                sum = [sum[0] + weight * x, sum[1] + weight * y];
                total += weight;
            }
            if total == 0.0 {
                return *start;
            }
            let mixed = |axis: usize| (1.0 - TIED) * start[axis] + TIED * sum[axis] / total;
            [mixed(0), mixed(1)]
        };
        now = inside.ties.iter().zip(starts).map(next).collect();
    }
    // What all that are tied have in common tells nothing: it is taken off, and the differences made large again.
    let tied: Vec<usize> = (0..now.len()).filter(|node| !inside.ties[*node].is_empty()).collect();
    let count = tied.len().max(1) as f32;
    let mean = [0, 1].map(|axis| tied.iter().map(|node| now[*node][axis]).sum::<f32>() / count);
    let spread = |[x, y]: Position| (x - mean[0]) * (x - mean[0]) + (y - mean[1]) * (y - mean[1]);
    let deviation = (tied.iter().map(|node| spread(now[*node])).sum::<f32>() / count).sqrt().max(1e-6);
    for node in tied {
        let own = starts[node];
        now[node] = [0, 1].map(|axis| (now[node][axis] - mean[axis]) / deviation + OWN * own[axis]);
    }
    now.into_iter().zip(starts).map(|(direction, start)| unit(direction, *start)).collect()
}

/// Where the ring of the bodies ends and that of their works begins, so that both are as full as each other.
fn split(nodes: &[&Placed]) -> f32 {
    let count = |rank| nodes.iter().filter(|node| node.rank == rank).count() as f32;
    let bodies = count(Rank::Body) + 1.0;
    let share = (bodies / (bodies + count(Rank::Work) + 1.0)).clamp(0.3, 0.85);
    within(INNERMOST, OUTERMOST, share)
}

/// The radius inside of which this share of a ring's area lies.
fn within(inner: f32, outer: f32, share: f32) -> f32 {
    (inner * inner + share * (outer * outer - inner * inner)).sqrt()
}

fn scaled([x, y]: Position, by: f32) -> Position {
    [by * x, by * y]
}

/// Of length one; the other one where it is too short to have a direction.
fn unit([x, y]: Position, otherwise: Position) -> Position {
    let length = (x * x + y * y).sqrt();
    if length > 1e-6 {
        [x / length, y / length]
    } else if otherwise == [x, y] {
        [1.0, 0.0]
    } else {
        unit(otherwise, otherwise)
    }
}
