//! The nodes of one province, in a disc of radius one: office and council in the middle, bodies around them, works further
//! out; tied nodes near each other, none upon another.

use super::anchors::{Inside, anchors, is_middle};
use super::{Placed, Position};
use crate::network::analysis::{Deadline, Stopped, Topology};

const ROUNDS: usize = 20;
/// How strongly a node is drawn to its anchor, and to the middle of what it is tied to, in a round.
const ANCHORED: f32 = 0.12;
const TIED: f32 = 0.08;
/// Nodes push each other off up to this share of the distance that they would have if they filled the disc evenly.
const APART: f32 = 0.85;
const INNERMOST: f32 = 0.18;
const OUTERMOST: f32 = 0.98;

/// Places in the unit disc, in the order of `members`, which stand in order. `direction` tells which way the home of a
/// node elsewhere lies.
pub fn lay(
    members: &[u32],
    nodes: &[Placed],
    topology: &Topology,
    direction: impl Fn(u32) -> Option<Position>,
    deadline: &Deadline,
) -> Result<Vec<Position>, Stopped> {
    deadline.check()?;
    let inside = inside(members, nodes, topology, direction);
    let anchors = anchors(&inside);
    let apart = APART * (std::f32::consts::PI / (members.len() as f32 + 3.0)).sqrt();
    let mut places = anchors.clone();
    for round in 0..ROUNDS {
        deadline.check()?;
        // Later rounds only smooth out what earlier ones did.
        let longest = 0.5 * apart * (1.0 - round as f32 / ROUNDS as f32);
        places = moved(&inside, &anchors, &places, apart, longest);
    }
    Ok(places)
}

fn inside<'a>(
    members: &[u32],
    nodes: &'a [Placed],
    topology: &Topology,
    direction: impl Fn(u32) -> Option<Position>,
) -> Inside<'a> {
    let nodes_of: Vec<&Placed> = members.iter().map(|node| &nodes[*node as usize]).collect();
    let (mut ties, mut outward) = (Vec::with_capacity(members.len()), Vec::with_capacity(members.len()));
    for node in members {
        let (mut within, mut sum, mut out, mut all) = (Vec::new(), [0.0; 2], 0.0, 0.0);
        for (other, weight) in topology.ties(*node) {
            all += weight;
            if let Ok(place) = members.binary_search(&other) {
                if !is_middle(nodes_of[place]) {
                    within.push((place as u32, weight));
                }
            } else if let Some([x, y]) = direction(other) {
                sum = [sum[0] + weight * x, sum[1] + weight * y];
                out += weight;
            }
        }
        ties.push(within);
        outward.push(if out > 0.0 { (sum.map(|sum| sum / out), out / all) } else { ([0.0; 2], 0.0) });
    }
    Inside { nodes: nodes_of, ties, outward }
}

/// One round: all move at once, by what all places were before it.
fn moved(inside: &Inside<'_>, anchors: &[Position], places: &[Position], apart: f32, longest: f32) -> Vec<Position> {
    let grid = Grid::new(places, apart);
    let next = |node: usize| {
        if is_middle(inside.nodes[node]) {
            return anchors[node];
        }
        let [x, y] = places[node];
        let pull = |to: Position, by: f32| [by * (to[0] - x), by * (to[1] - y)];
        let mut step = pull(anchors[node], ANCHORED);
        let ties = &inside.ties[node];
        let total: f32 = ties.iter().map(|(_, weight)| weight).sum();
        for (other, weight) in ties {
            let [dx, dy] = pull(places[*other as usize], TIED * weight / total);
            step = [step[0] + dx, step[1] + dy];
        }
        grid.near(places[node], |other| {
            let [dx, dy] = [x - places[other][0], y - places[other][1]];
            let distance = (dx * dx + dy * dy).sqrt();
            if other == node || distance >= apart {
                return;
            }
            let push = 0.3 * (apart - distance);
            let [dx, dy] = match distance {
                0.0 => inside.nodes[node].seed.direction(),
                _ => [dx / distance, dy / distance],
            };
            step = [step[0] + push * dx, step[1] + push * dy];
        });
        let length = (step[0] * step[0] + step[1] * step[1]).sqrt();
        let by = if length > longest { longest / length } else { 1.0 };
        in_ring([x + by * step[0], y + by * step[1]])
    };
    (0..places.len()).map(next).collect()
}

fn in_ring([x, y]: Position) -> Position {
    let length = (x * x + y * y).sqrt().max(f32::EPSILON);
    let by = length.clamp(INNERMOST, OUTERMOST) / length;
    [by * x, by * y]
}

/// Squares of the distance at which nodes push each other: those that do are in the same one or beside it.
struct Grid {
    side: i32,
    cell: f32,
    /// Where each square's nodes begin; one more than there are squares.
    starts: Vec<u32>,
    nodes: Vec<u32>,
}

impl Grid {
    /// Squares along a side at the most: smaller ones would be mostly empty.
    const MOST: i32 = 512;

    fn new(places: &[Position], cell: f32) -> Self {
        let side = ((2.0 / cell).ceil() as i32).clamp(1, Self::MOST);
        let mut grid = Self { side, cell: (2.0 / side as f32).max(cell), starts: Vec::new(), nodes: Vec::new() };
        let squares: Vec<usize> =
            places.iter().map(|place| grid.square(grid.column(place[0]), grid.column(place[1]))).collect();
        let mut starts = vec![0; (side * side) as usize + 1];
        for square in &squares {
            starts[square + 1] += 1;
        }
        for square in 1..starts.len() {
            starts[square] += starts[square - 1];
        }
        let mut next = starts.clone();
        grid.nodes = vec![0; places.len()];
        for (node, square) in (0..).zip(squares) {
            grid.nodes[next[square] as usize] = node;
            next[square] += 1;
        }
        grid.starts = starts;
        grid
    }

    fn column(&self, x: f32) -> i32 {
        (((x + 1.0) / self.cell) as i32).clamp(0, self.side - 1)
    }

    fn square(&self, column: i32, row: i32) -> usize {
        (row * self.side + column) as usize
    }

    /// Tells every node in the square of a place and in those beside it.
    fn near(&self, [x, y]: Position, mut tell: impl FnMut(usize)) {
        let (column, row) = (self.column(x), self.column(y));
        for row in (row - 1).max(0)..=(row + 1).min(self.side - 1) {
            let (first, last) = ((column - 1).max(0), (column + 1).min(self.side - 1));
            let from = self.starts[self.square(first, row)] as usize;
            let until = self.starts[self.square(last, row) + 1] as usize;
            self.nodes[from..until].iter().for_each(|node| tell(*node as usize));
        }
    }
}
