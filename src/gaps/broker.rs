//! On whom a network of bodies hangs: the body without which the most others lose the way to the rest.

/// Bodies and what they do together, as neighbours of each; a body is tied to projects and agreements, never to a body.
pub struct Working {
    pub neighbours: Vec<Vec<u32>>,
    pub is_body: Vec<bool>,
}

/// A body that others depend on.
#[derive(Debug, PartialEq, Eq)]
pub struct Broker {
    pub body: u32,
    /// Bodies that without it would be cut off from the largest part that stays together, in order.
    pub dependents: Vec<u32>,
    /// Bodies that are connected with it and with each other, itself left out.
    pub connected: usize,
}

/// Fewer bodies beside the broker are no network that could fall apart.
const FEWEST_CONNECTED: usize = 5;

/// Share of the connected bodies that must depend on the broker: one third, as `(parts, of)`.
const SHARE: (usize, usize) = (1, 3);

impl Working {
    /// The body of the largest connected part that the most others depend on, where these are a third or more; of
    /// several the first. In the time of one walk over the network.
    pub fn broker(&self) -> Option<Broker> {
        let part = self.largest_part()?;
        let bodies = part.iter().filter(|node| self.is_body[**node as usize]).count();
        if bodies <= FEWEST_CONNECTED {
            return None;
        }
        let connected = bodies - 1;
        let lost = self.lost_without(part[0], bodies);
        let most = lost.iter().copied().max().filter(|most| most * SHARE.1 >= connected * SHARE.0 && *most > 0)?;
        let body = lost.iter().position(|lost| *lost == most)? as u32;
        Some(Broker { body, dependents: self.dependents(&part, body), connected })
    }

    /// The connected part with the most bodies, of several the one met first; its nodes in order.
    fn largest_part(&self) -> Option<Vec<u32>> {
        let mut seen = vec![false; self.is_body.len()];
        let mut largest: Option<(usize, Vec<u32>)> = None;
        for start in (0..self.is_body.len() as u32).filter(|node| self.is_body[*node as usize]) {
            let part = self.reach(start, &mut seen);
            let bodies = part.iter().filter(|node| self.is_body[**node as usize]).count();
            if bodies > largest.as_ref().map_or(0, |(most, _)| *most) {
                largest = Some((bodies, part));
            }
        }
        largest.map(|(_, mut part)| {
            part.sort_unstable();
            part
        })
    }

    /// What is reached from a node over nodes not seen before.
    fn reach(&self, start: u32, seen: &mut [bool]) -> Vec<u32> {
        if std::mem::replace(&mut seen[start as usize], true) {
            return Vec::new();
        }
        let (mut part, mut next) = (vec![start], 0);
        while let Some(node) = part.get(next).copied() {
            next += 1;
            for other in &self.neighbours[node as usize] {
                if !std::mem::replace(&mut seen[*other as usize], true) {
                    part.push(*other);
                }
            }
        }
        part
    }

    /// For each body of the part around `start`, which has so many bodies: how many others lose the way to the largest
    /// part that is left without it. One depth-first walk (Hopcroft and Tarjan 1973).
    fn lost_without(&self, start: u32, bodies: usize) -> Vec<usize> {
        let size = self.is_body.len();
        let (mut found_at, mut low, mut below) = (vec![0_usize; size], vec![0_usize; size], vec![0_usize; size]);
        // Of what falls off without a node: bodies in all, and in the largest piece.
        let (mut fallen, mut piece) = (vec![0_usize; size], vec![0_usize; size]);
        let (mut clock, mut path) = (1, vec![(start, start, 0_usize)]);
        (found_at[start as usize], low[start as usize]) = (1, 1);
        below[start as usize] = usize::from(self.is_body[start as usize]);
        while let Some((node, parent, turn)) = path.pop() {
            let at = node as usize;
            if let Some(&other) = self.neighbours[at].get(turn) {
                path.push((node, parent, turn + 1));
                let to = other as usize;
                if found_at[to] == 0 {
                    clock += 1;
                    (found_at[to], low[to]) = (clock, clock);
                    below[to] = usize::from(self.is_body[to]);
                    path.push((other, node, 0));
                } else if other != parent {
                    low[at] = low[at].min(found_at[to]);
                }
            } else if node != start {
                let up = parent as usize;
                low[up] = low[up].min(low[at]);
                below[up] += below[at];
                if low[at] >= found_at[up] {
                    fallen[up] += below[at];
                    piece[up] = piece[up].max(below[at]);
                }
            }
        }
        let lost = |node: usize| {
            if found_at[node] == 0 || !self.is_body[node] {
                return 0;
            }
            let rest = bodies - 1 - fallen[node];
            bodies - 1 - piece[node].max(rest)
        };
        (0..size).map(lost).collect()
    }

    /// The bodies of a part that are cut off from its largest rest without this body.
    fn dependents(&self, part: &[u32], without: u32) -> Vec<u32> {
        let mut seen = vec![false; self.is_body.len()];
        seen[without as usize] = true;
        let pieces = part.iter().map(|node| self.reach(*node, &mut seen));
        let bodies = |piece: Vec<u32>| piece.into_iter().filter(|node| self.is_body[*node as usize]).collect();
        let mut pieces: Vec<Vec<u32>> = pieces.map(bodies).collect();
        let most = pieces.iter().map(Vec::len).max().unwrap_or(0);
        if let Some(largest) = pieces.iter().position(|piece: &Vec<u32>| piece.len() == most) {
            pieces.remove(largest);
        }
        let mut dependents = pieces.concat();
        dependents.sort_unstable();
        dependents
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bodies 0..bodies, and what some of them do together.
    fn working(bodies: u32, works: &[&[u32]]) -> Working {
        let mut neighbours = vec![Vec::new(); bodies as usize + works.len()];
        for (work, node) in works.iter().zip(bodies..) {
            for body in *work {
                neighbours[*body as usize].push(node);
                neighbours[node as usize].push(*body);
            }
        }
        let is_body = (0..neighbours.len() as u32).map(|node| node < bodies).collect();
        Working { neighbours, is_body }
    }

    #[test]
    fn the_middle_of_a_star_is_its_broker() {
        let star = working(7, &[&[3, 0], &[3, 1], &[3, 2], &[3, 4], &[3, 5], &[3, 6]]);
        // One of the six stays as the largest part that is left.
        let expected = Broker { body: 3, dependents: vec![1, 2, 4, 5, 6], connected: 6 };
        assert_eq!(star.broker(), Some(expected));
    }

    #[test]
    fn a_ring_and_a_common_table_hang_on_nobody() {
        let ring: Vec<Vec<u32>> = (0..8).map(|body| vec![body, (body + 1) % 8]).collect();
        let ring: Vec<&[u32]> = ring.iter().map(Vec::as_slice).collect();
        assert_eq!(working(8, &ring).broker(), None);
        assert_eq!(working(8, &[&[0, 1, 2, 3, 4, 5, 6, 7]]).broker(), None);
    }

    #[test]
    fn whoever_joins_two_tables_is_a_broker_when_a_third_depends_on_it() {
        let joined = |second: &[u32]| working(12, &[&[0, 1, 2, 3, 4, 5, 6], second]).broker();
        assert_eq!(joined(&[6, 7, 8, 9]).unwrap(), Broker { body: 6, dependents: vec![7, 8, 9], connected: 9 });
        assert_eq!(joined(&[6, 7, 8]), None, "two of eight are less than a third");
    }

    #[test]
    fn few_bodies_and_bodies_apart_are_no_network() {
        assert_eq!(working(5, &[&[2, 0], &[2, 1], &[2, 3], &[2, 4]]).broker(), None);
        assert_eq!(working(9, &[]).broker(), None);
    }

    /// What falls off is counted by one walk; here by taking each body out in turn.
    #[test]
    fn one_walk_finds_what_taking_out_each_body_finds() {
        let mut dice = 42_u64;
        let mut throw = |sides: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (dice >> 33) % sides
        };
        let mut brokers = 0;
        for _ in 0..300 {
            let bodies = 4 + throw(12) as u32;
            let works: Vec<Vec<u32>> = (0..throw(14) + 3)
                .map(|_| {
                    let mut work: Vec<u32> = (0..throw(3) + 1).map(|_| throw(bodies.into()) as u32).collect();
                    work.sort_unstable();
                    work.dedup();
                    work
                })
                .collect();
            let network = working(bodies, &works.iter().map(Vec::as_slice).collect::<Vec<_>>());
            let part = network.largest_part().unwrap();
            let in_part: Vec<u32> = part.iter().copied().filter(|node| network.is_body[*node as usize]).collect();
            let lost = network.lost_without(part[0], in_part.len());
            for body in &in_part {
                assert_eq!(lost[*body as usize], network.dependents(&part, *body).len(), "{works:?} without {body}");
            }
            brokers += usize::from(network.broker().is_some());
        }
        assert!(brokers > 20, "{brokers} of them hang on one body");
    }
}
