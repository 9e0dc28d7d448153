use uuid::Uuid;

use super::*;

/// A network of four provinces in which bodies work on projects, some over a border; the office and the council of each
/// are tied to many. Body `n` is the same in every network, however many there are.
struct Sample {
    nodes: Vec<Placed>,
    pairs: Vec<(u32, u32)>,
}

const PROVINCES: [u16; 4] = [37, 36, 58, 15];

impl Sample {
    fn new(bodies: u32) -> Self {
        let mut sample = Self { nodes: Vec::new(), pairs: Vec::new() };
        for province in PROVINCES {
            for rank in [Rank::Place, Rank::Office, Rank::Council] {
                sample.add(rank, Some(province));
            }
        }
        let department = sample.add(Rank::Office, None);
        for (at, province) in (0..).zip(PROVINCES) {
            let (office, council) = (3 * at + 1, 3 * at + 2);
            sample.pairs.extend([(office, 3 * at), (office, council), (department, office)]);
            let first = sample.nodes.len() as u32;
            for body in 0..bodies {
                let body_node = sample.add(Rank::Body, Some(province));
                if body % 3 == 0 {
                    sample.pairs.push((body_node, council));
                }
            }
            for project in 0..bodies / 4 {
                let node = sample.add(Rank::Work, Some(province));
                let near = |step: u32| first + (project * 4 + step * step * 7) % bodies;
                sample.pairs.extend((0..4).map(|step| (near(step), node)));
            }
        }
        // Bodies of Modena take part in projects of Bologna.
        for step in 0..bodies / 10 {
            let per_province = bodies + bodies / 4;
            let body = 13 + per_province + step * 3;
            sample.pairs.push((body, 13 + bodies + step));
        }
        sample
    }

    fn add(&mut self, rank: Rank, province: Option<u16>) -> u32 {
        let node = self.nodes.len() as u32;
        self.nodes.push(Placed { seed: Seed::of(Uuid::from_u128(u128::from(node) + 1)), rank, province });
        node
    }

    fn laid(&self) -> Vec<Position> {
        let topology = Topology::new(self.nodes.len(), self.pairs.iter().copied());
        country(&self.nodes, &topology, Points::embedded(), &Deadline::none()).unwrap()
    }

    fn is_in(&self, node: usize, province: u16) -> bool {
        self.nodes[node].province == Some(province)
    }
}

fn apart(one: Position, other: Position) -> f32 {
    (one[0] - other[0]).hypot(one[1] - other[1])
}

/// How far the nodes of a province moved, as shares of its radius, the least first.
fn movements(sample: &Sample, province: u16, before: &[Position], after: &[Position]) -> Vec<f32> {
    let radius = Points::embedded().of(province).unwrap().radius;
    let nodes = (0..before.len()).filter(|node| sample.is_in(*node, province));
    let mut moved: Vec<f32> = nodes.map(|node| apart(before[node], after[node]) / radius).collect();
    moved.sort_by(f32::total_cmp);
    moved
}

#[test]
fn every_node_lies_within_its_province_with_office_and_council_in_the_middle() {
    let sample = Sample::new(240);
    let places = sample.laid();
    for (node, place) in sample.nodes.iter().zip(&places) {
        let Some(province) = node.province else { continue };
        let disc = Points::embedded().of(province).unwrap();
        let away = apart(*place, disc.centre) / disc.radius;
        let (least, most) = match node.rank {
            Rank::Place => (0.0, 0.001),
            Rank::Office => (0.05, 0.07),
            Rank::Council => (0.12, 0.14),
            Rank::Body | Rank::Work => (0.17, 0.99),
        };
        assert!((least..most).contains(&away), "{node:?} at {away}");
    }
    let mean = |rank: Rank| {
        let disc = Points::embedded().of(37).unwrap();
        let away = (0..places.len()).filter(|node| sample.is_in(*node, 37) && sample.nodes[*node].rank == rank);
        let away: Vec<f32> = away.map(|node| apart(places[node], disc.centre)).collect();
        away.iter().sum::<f32>() / away.len() as f32
    };
    assert!(mean(Rank::Work) > 1.2 * mean(Rank::Body), "{} {}", mean(Rank::Work), mean(Rank::Body));
}

#[test]
fn the_same_network_is_drawn_the_same_with_any_number_of_threads() {
    let sample = Sample::new(120);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(sample.laid(), pool.install(|| sample.laid()));
}

#[test]
fn tied_nodes_lie_nearer_than_others_and_none_upon_another() {
    let sample = Sample::new(240);
    let places = sample.laid();
    let works: Vec<(u32, u32)> = sample
        .pairs
        .iter()
        .copied()
        .filter(|(body, work)| {
            sample.nodes[*work as usize].rank == Rank::Work
                && sample.nodes[*body as usize].province == sample.nodes[*work as usize].province
        })
        .collect();
    let distance = |(one, other): (u32, u32)| f64::from(apart(places[one as usize], places[other as usize]));
    let tied = works.iter().map(|pair| distance(*pair)).sum::<f64>() / works.len() as f64;
    let shifted = works.iter().zip(works.iter().cycle().skip(48));
    let same =
        shifted.filter(|(one, other)| sample.nodes[one.0 as usize].province == sample.nodes[other.1 as usize].province);
    let others: Vec<f64> = same.map(|(one, other)| distance((one.0, other.1))).collect();
    let other = others.iter().sum::<f64>() / others.len() as f64;
    assert!(tied < 0.8 * other, "{tied} {other}");
    let mut nearest = f32::MAX;
    for one in 0..places.len() {
        for other in 0..one {
            nearest = nearest.min(apart(places[one], places[other]));
        }
    }
    assert!(nearest > 0.0005, "{nearest}");
}

/// Lays the sample out before and after a change in Bologna.
#[track_caller]
fn assert_moves_little(change: impl Fn(&mut Sample)) {
    let mut sample = Sample::new(240);
    let before = sample.laid();
    change(&mut sample);
    let after = sample.laid();
    let moved = movements(&sample, 37, &before, &after);
    let (median, most) = (moved[moved.len() / 2], moved[moved.len() * 95 / 100]);
    assert!(median < 0.006 && most < 0.04, "half move less than {median} of the radius, 95 % less than {most}");
    for province in [36, 58, 15] {
        assert_eq!(movements(&sample, province, &before, &after).last(), Some(&0.0));
    }
}

#[test]
fn a_new_tie_moves_little_in_its_province_and_nothing_elsewhere() {
    assert_moves_little(|sample| sample.pairs.push((20, 13 + 240 + 50)));
}

#[test]
fn a_new_node_moves_little_in_its_province_and_nothing_elsewhere() {
    assert_moves_little(|sample| {
        let node = sample.add(Rank::Body, Some(37));
        sample.pairs.extend([(node, 2), (node, 13 + 240 + 7)]);
    });
}

#[test]
fn a_tie_over_a_border_draws_to_that_side() {
    let mut sample = Sample::new(120);
    let (body, other) = (13 + 17, 13 + 150 + 5);
    let before = sample.laid();
    sample.pairs.extend([(body, other), (body, other + 1), (body, other + 2)]);
    let after = sample.laid();
    let middle = |province| Points::embedded().of(province).unwrap().centre;
    let (bologna, modena) = (middle(37), middle(36));
    let side = |place: Position| {
        (place[0] - bologna[0]) * (modena[0] - bologna[0]) + (place[1] - bologna[1]) * (modena[1] - bologna[1])
    };
    assert!(side(after[body as usize]) > side(before[body as usize]).max(0.0));
}

#[test]
fn what_belongs_to_no_province_lies_in_the_sea_or_between_those_of_its_bodies() {
    let mut sample = Sample::new(40);
    let between = sample.add(Rank::Work, None);
    let alone = sample.add(Rank::Work, None);
    let lost = sample.add(Rank::Work, None);
    sample.pairs.extend([(13, between), (13 + 50, between), (14, alone), (15, alone)]);
    let places = sample.laid();
    let disc = |province| Points::embedded().of(province).unwrap();
    let middle = [0, 1].map(|axis| (disc(37).centre[axis] + disc(36).centre[axis]) / 2.0);
    assert!(apart(places[between as usize], middle) < 0.13);
    assert!(apart(places[alone as usize], disc(37).centre) < disc(37).radius);
    for node in [12, lost as usize] {
        assert!(apart(places[node], [11.55, 45.1]) < 1.15, "{:?}", places[node]);
        assert!(
            (0..=999)
                .filter_map(|code| Points::embedded().of(code))
                .all(|it| apart(it.centre, places[node]) > it.radius)
        );
    }
}

#[test]
fn a_layout_that_is_waited_for_no_more_stops() {
    let sample = Sample::new(40);
    let topology = Topology::new(sample.nodes.len(), sample.pairs.iter().copied());
    let deadline = Deadline::none();
    deadline.cancel();
    let stopped = country(&sample.nodes, &topology, Points::embedded(), &deadline);
    assert_eq!(stopped.unwrap_err(), Stopped::Cancelled);
    assert!(country(&[], &Topology::new(0, []), Points::embedded(), &Deadline::none()).unwrap().is_empty());
}

#[test]
fn rings_keep_the_steps_and_those_of_one_inner_node_together() {
    // Three branches of four, with a tie between the second and the third, and a pair out of reach.
    let mut pairs = vec![(14, 15), (4, 8)];
    for branch in 1..=3 {
        pairs.push((0, branch));
        pairs.extend((0..3).map(|leaf| (branch, 4 + 3 * (branch - 1) + leaf)));
    }
    let places = rings(&Topology::new(16, pairs), 0);
    let ring = |node: usize| places[node][0].hypot(places[node][1]);
    assert_eq!(places[0], [0.0, 0.0]);
    assert!((1..4).all(|node| (ring(node) - 1.0).abs() < 1e-5));
    assert!((4..13).all(|node| (ring(node) - 2.0).abs() < 1e-5));
    assert!((13..16).all(|node| (ring(node) - 3.0).abs() < 1e-5));
    for branch in 1..4 {
        for leaf in 0..3 {
            let node = 4 + 3 * (branch - 1) + leaf;
            let nearest = (1..4)
                .min_by(|one, other| apart(places[*one], places[node]).total_cmp(&apart(places[*other], places[node])));
            assert_eq!(nearest, Some(branch), "leaf {node}");
        }
    }
    let alone = rings(&Topology::new(1, []), 0);
    assert_eq!(alone, [[0.0, 0.0]]);
}
