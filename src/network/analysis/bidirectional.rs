//! One shortest way between two nodes, searched from both ends at once.

use super::{Pace, Stopped};

/// Finds shortest ways over neighbours that are asked for one node at a time. Kept between searches: it holds two
/// numbers for each node.
pub struct Search<F> {
    neighbours: F,
    asked: Vec<u32>,
    ahead: Reached,
    behind: Reached,
    is_barred: Vec<bool>,
}

/// What has been reached from one end.
struct Reached {
    /// Steps from the end, plus one; 0 for what has not been reached.
    steps: Vec<u32>,
    /// In the order of being reached.
    nodes: Vec<u32>,
    /// Where in `nodes` the last step begins.
    last: usize,
}

impl Reached {
    fn new(nodes: usize) -> Self {
        Self { steps: vec![0; nodes], nodes: Vec::new(), last: 0 }
    }

    fn begin(&mut self, node: u32) {
        for node in self.nodes.drain(..) {
            self.steps[node as usize] = 0;
        }
        self.last = 0;
        self.enter(node, 1);
    }

    fn enter(&mut self, node: u32, steps: u32) {
        self.steps[node as usize] = steps;
        self.nodes.push(node);
    }

    /// Steps to what was reached last, plus one.
    fn reach(&self) -> u32 {
        self.nodes.last().map_or(0, |node| self.steps[*node as usize])
    }

    fn width(&self) -> usize {
        self.nodes.len() - self.last
    }

    fn take_last(&mut self) -> std::ops::Range<usize> {
        let last = self.last..self.nodes.len();
        self.last = last.end;
        last
    }
}

impl<F: Fn(u32, &mut Vec<u32>)> Search<F> {
    /// `neighbours` adds those of a node, in any order; who is a neighbour of one must have that one as its own.
    pub fn new(nodes: usize, neighbours: F) -> Self {
        let asked = Vec::new();
        Self {
            neighbours,
            asked,
            ahead: Reached::new(nodes),
            behind: Reached::new(nodes),
            is_barred: vec![false; nodes],
        }
    }

    /// No way may lead over these nodes, until they are let again.
    pub fn bar(&mut self, nodes: &[u32], is_barred: bool) {
        nodes.iter().for_each(|node| self.is_barred[*node as usize] = is_barred);
    }

    /// The shortest way, both ends included, that does not begin with a step to one of `not_first`; of several the one
    /// whose nodes are the smallest, the first deciding first.
    pub fn way(&mut self, from: u32, to: u32, not_first: &[u32], pace: &mut Pace) -> Result<Option<Vec<u32>>, Stopped> {
        if from == to {
            return Ok(Some(vec![from]));
        }
        self.ahead.begin(from);
        self.behind.begin(to);
        let met = loop {
            if self.ahead.width() == 0 || self.behind.width() == 0 {
                return Ok(None);
            }
            // The first step is always made from the start.
            let met = if self.ahead.width() <= self.behind.width() {
                step(&self.neighbours, &mut self.asked, &mut self.ahead, &self.behind, pace, |at, node| {
                    self.is_barred[node as usize] || (at == from && not_first.contains(&node))
                })?
            } else {
                step(&self.neighbours, &mut self.asked, &mut self.behind, &self.ahead, pace, |at, node| {
                    self.is_barred[node as usize] || (node == from && not_first.contains(&at))
                })?
            };
            if !met.is_empty() {
                break met;
            }
        };
        self.lead_back(met, pace)?;
        let mut way = vec![from];
        let mut at = from;
        while at != to {
            let left = self.behind.steps[at as usize];
            self.ask(at, pace)?;
            let leads = |node: &&u32| {
                self.behind.steps[**node as usize] == left - 1
                    && !self.is_barred[**node as usize]
                    && !(at == from && not_first.contains(node))
            };
            at = *self.asked.iter().filter(leads).min().expect("a step nearer to the end");
            way.push(at);
        }
        Ok(Some(way))
    }

    fn ask(&mut self, node: u32, pace: &mut Pace) -> Result<(), Stopped> {
        self.asked.clear();
        (self.neighbours)(node, &mut self.asked);
        pace.spend(self.asked.len() + 1)
    }

    /// Tells the nodes ahead that are on a shortest way how far they are from the end.
    fn lead_back(&mut self, met: Vec<u32>, pace: &mut Pace) -> Result<(), Stopped> {
        let mut front = met;
        while let Some(first) = front.first() {
            let steps = self.ahead.steps[*first as usize] - 1;
            let left = self.behind.steps[*first as usize] + 1;
            let mut nearer = Vec::new();
            for node in front {
                self.ask(node, pace)?;
                for other in &self.asked {
                    if steps > 0
                        && self.ahead.steps[*other as usize] == steps
                        && self.behind.steps[*other as usize] == 0
                    {
                        self.behind.enter(*other, left);
                        nearer.push(*other);
                    }
                }
            }
            front = nearer;
        }
        Ok(())
    }
}

/// Goes one step further on one side, and tells what is met that the other side reached.
fn step(
    neighbours: &impl Fn(u32, &mut Vec<u32>),
    asked: &mut Vec<u32>,
    side: &mut Reached,
    other_side: &Reached,
    pace: &mut Pace,
    is_barred: impl Fn(u32, u32) -> bool,
) -> Result<Vec<u32>, Stopped> {
    let steps = side.reach() + 1;
    let mut met = Vec::new();
    for at in side.take_last() {
        let at = side.nodes[at];
        asked.clear();
        neighbours(at, asked);
        pace.spend(asked.len() + 1)?;
        for node in asked.iter() {
            if side.steps[*node as usize] == 0 && !is_barred(at, *node) {
                side.enter(*node, steps);
                if other_side.steps[*node as usize] > 0 {
                    met.push(*node);
                }
            }
        }
    }
    Ok(met)
}
