//! The shape of what one viewer sees of a part on a day, with all that was worked out of it, kept with the snapshot.

use std::sync::{Arc, Mutex};

use tokio::sync::OnceCell;

use super::affiliation::{Affiliation, TwoMode};
use super::analysis::betweenness::{Accuracy, Sampling, betweenness};
use super::analysis::brokerage::{Direction, Roles, brokerage};
use super::analysis::communities::{Communities, communities};
use super::analysis::components::{Components, components};
use super::analysis::core::core_numbers;
use super::analysis::cuts::{Cuts, cuts};
use super::analysis::degree::{degrees, weighted_degrees};
use super::analysis::page_rank::page_rank;
use super::analysis::projection::ProjectionError;
use super::analysis::{Deadline, Stopped, Topology};
use super::model::{Day, NetworkMetric};
use super::study::study;
use super::view::{Found, Part, View, Wanted};
use crate::access::Sight;
use crate::graphql::Result;

/// A part of the network without names: who is tied to whom, and how often.
pub struct Shape {
    /// Places in the snapshot of the nodes that the topology numbers from 0.
    pub found: Arc<Found>,
    pub topology: Topology,
    measures: [OnceCell<Arc<Measure>>; NetworkMetric::ALL.len()],
    communities: OnceCell<Arc<Communities>>,
    components: OnceCell<Arc<Components>>,
    cuts: OnceCell<Arc<Cuts>>,
    brokers: OnceCell<Arc<Brokers>>,
}

/// A value for each node of a shape.
#[derive(Debug)]
pub struct Measure {
    pub values: Vec<f64>,
    pub accuracy: Accuracy,
}

/// The bodies of a shape and how each mediates between levels; none of them where too much is shared to be told.
pub struct Brokers {
    pub bodies: Vec<u32>,
    pub roles: Result<Vec<Roles>, ProjectionError>,
}

impl Shape {
    fn of(view: &View, found: &Arc<Found>) -> Self {
        let mut numbers = vec![u32::MAX; view.snapshot.nodes().len()];
        for (number, node) in (0..).zip(&found.nodes) {
            numbers[*node as usize] = number;
        }
        let pairs = found.ties.iter().map(|tie| view.snapshot.tie(*tie));
        let pairs = pairs.map(|tie| (numbers[tie.from as usize], numbers[tie.to as usize]));
        Self {
            topology: Topology::new(found.nodes.len(), pairs),
            found: found.clone(),
            measures: Default::default(),
            communities: OnceCell::new(),
            components: OnceCell::new(),
            cuts: OnceCell::new(),
            brokers: OnceCell::new(),
        }
    }

    /// The values of a metric, in the order of the nodes found.
    pub async fn measure(self: &Arc<Self>, metric: NetworkMetric) -> Result<Arc<Measure>> {
        let exact = |values| Arc::new(Measure { values, accuracy: Accuracy::Exact });
        let numbers = |of: &[u32]| exact(of.iter().copied().map(f64::from).collect());
        let measured = || async {
            Ok(match metric {
                NetworkMetric::Degree => numbers(&degrees(&self.topology)),
                NetworkMetric::WeightedDegree => exact(weighted_degrees(&self.topology)),
                NetworkMetric::Betweenness => {
                    let sampling = Sampling::default();
                    let found = self.work(move |topology, deadline| betweenness(topology, &sampling, deadline)).await?;
                    Arc::new(Measure { values: found.values, accuracy: found.accuracy })
                }
                NetworkMetric::PageRank => exact(self.work(page_rank).await?),
                NetworkMetric::Core => numbers(&self.work(|topology, _| Ok(core_numbers(topology))).await?),
                NetworkMetric::Community => numbers(&self.communities().await?.of),
                NetworkMetric::Component => numbers(&self.components().await?.of),
            })
        };
        self.measures[metric as usize].get_or_try_init(measured).await.cloned()
    }

    pub async fn communities(self: &Arc<Self>) -> Result<Arc<Communities>> {
        let found = || async { Ok(Arc::new(self.work(communities).await?)) };
        self.communities.get_or_try_init(found).await.cloned()
    }

    pub async fn components(self: &Arc<Self>) -> Result<Arc<Components>> {
        let found = || async { Ok(Arc::new(self.work(|topology, _| Ok(components(topology))).await?)) };
        self.components.get_or_try_init(found).await.cloned()
    }

    pub async fn cuts(self: &Arc<Self>) -> Result<Arc<Cuts>> {
        let found = || async { Ok(Arc::new(self.work(|topology, _| Ok(cuts(topology))).await?)) };
        self.cuts.get_or_try_init(found).await.cloned()
    }

    /// How the bodies mediate between levels, through all that they take part in.
    pub async fn brokers(self: &Arc<Self>, view: &Arc<View>) -> Result<Arc<Brokers>> {
        let (view, found) = (view.clone(), self.found.clone());
        let worked_out = || async { study(move |deadline| brokers(&view, &found, deadline).map(Arc::new)).await };
        self.brokers.get_or_try_init(worked_out).await.cloned()
    }

    async fn work<T: Send + 'static>(
        self: &Arc<Self>,
        analysis: impl FnOnce(&Topology, &Deadline) -> Result<T, Stopped> + Send + 'static,
    ) -> Result<T> {
        let shape = self.clone();
        study(move |deadline| analysis(&shape.topology, deadline)).await
    }
}

fn brokers(view: &View, found: &Found, deadline: &Deadline) -> Result<Brokers, Stopped> {
    let two_mode = TwoMode::of(&view.snapshot, found, Affiliation::ALL);
    let bodies = two_mode.bodies.clone();
    let level = |body: &u32| view.snapshot.node(*body).organisation.map_or(0, |kind| kind.level() as u16);
    let groups: Vec<u16> = bodies.iter().map(level).collect();
    let roles = match two_mode.shared(&view.snapshot, deadline) {
        Ok(shared) => {
            Ok(brokerage(&groups, shared.iter().map(|pair| (pair.one, pair.other)), Direction::Ignored, deadline)?)
        }
        Err(ProjectionError::Stopped(stopped)) => return Err(stopped),
        Err(refused) => Err(refused),
    };
    Ok(Brokers { bodies, roles })
}

/// What tells two shapes of a snapshot apart. Two viewers with the same sight share theirs.
#[derive(Clone, PartialEq)]
struct Question {
    sight: Sight,
    day: Day,
    wanted: Wanted,
    part: Part,
}

/// The shapes of a snapshot that were asked for last.
#[derive(Default)]
pub struct Shapes(Mutex<Vec<(Question, Arc<Shape>)>>);

/// How many shapes are kept, and of how many nodes in all.
const MOST: (usize, usize) = (24, 1_000_000);

impl Shapes {
    /// The shape of what a view found of a part.
    pub fn get(&self, view: &View, part: &Part, found: &Arc<Found>) -> Arc<Shape> {
        let question = Question {
            sight: view.sight().clone(),
            day: view.day(),
            wanted: view.wanted().clone(),
            part: part.clone(),
        };
        if let Some(known) = self.take(&question) {
            return known;
        }
        let shape = Arc::new(Shape::of(view, found));
        let mut kept = self.0.lock().expect("no panic while held");
        kept.push((question, shape.clone()));
        let nodes = |kept: &[(Question, Arc<Shape>)]| kept.iter().map(|(_, shape)| shape.topology.len()).sum::<usize>();
        while kept.len() > MOST.0 || (kept.len() > 1 && nodes(&kept) > MOST.1) {
            kept.remove(0);
        }
        shape
    }

    /// A shape that is kept, which thereby becomes the last one asked for.
    fn take(&self, question: &Question) -> Option<Arc<Shape>> {
        let mut kept = self.0.lock().expect("no panic while held");
        let at = kept.iter().position(|(known, _)| known == question)?;
        let found = kept.remove(at);
        let shape = found.1.clone();
        kept.push(found);
        Some(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::super::view::tests::view;
    use super::*;
    use crate::network::snapshot::tests::network;

    async fn measured(keys: &[i32], metric: NetworkMetric) -> Vec<f64> {
        // A star around 2, of which 5 is for key 9 alone; twice tied to 1.
        let ties = [(1, 2, 0), (1, 2, 0), (3, 2, 0), (2, 4, 0), (5, 2, 0)];
        let view = view(network(&[0, 0, 0, 0, 9], &ties), keys);
        let found = Arc::new(view.whole());
        let shape = view.snapshot.shapes().get(&view, &Part::Whole, &found);
        shape.measure(metric).await.unwrap().values.clone()
    }

    #[tokio::test]
    async fn measures_are_of_what_the_viewer_sees() {
        assert_eq!(measured(&[0, 9], NetworkMetric::Degree).await, [1.0, 4.0, 1.0, 1.0, 1.0]);
        assert_eq!(measured(&[0], NetworkMetric::Degree).await, [1.0, 3.0, 1.0, 1.0]);
        assert_eq!(measured(&[0], NetworkMetric::WeightedDegree).await, [2.0, 4.0, 1.0, 1.0]);
        assert_eq!(measured(&[0], NetworkMetric::Betweenness).await, [0.0, 1.0, 0.0, 0.0]);
    }

    #[tokio::test]
    async fn the_same_question_has_the_same_shape_and_another_sight_another() {
        let network = Arc::new(network(&[0, 0, 9], &[(1, 2, 0), (3, 2, 0)]));
        let shape = |keys: &[i32]| {
            let view = view(NetworkSnapshot::empty(), keys).over(network.clone());
            let found = Arc::new(view.whole());
            network.shapes().get(&view, &Part::Whole, &found)
        };
        assert!(Arc::ptr_eq(&shape(&[0]), &shape(&[0])));
        assert_eq!((shape(&[0]).topology.len(), shape(&[0, 9]).topology.len()), (2, 3));
    }

    use crate::network::NetworkSnapshot;
}
