use std::sync::Arc;

use async_graphql::{Context, Description, Object, SimpleObject};
use futures_util::future::try_join_all;

use super::sentence;
use crate::graphql::{Graph, Result};
use crate::organisations::Directory;
use crate::organisations::query::Prefecture;
use crate::peers::model::{Likeness, PeerFactorKind, Profile, TopicWork};
use crate::plans::query::{self as plans, PlanIntervention, PlanNeed};
use crate::projects::query::{self as projects, Project};

/// An office that is like another, and why [ufficio affine].
#[derive(Description)]
pub struct OfficePeer {
    pub profiles: Arc<[Profile]>,
    /// Places among the profiles.
    pub own: usize,
    pub theirs: usize,
    pub likeness: Likeness,
    pub is_bordering: bool,
}

/// One factor of the likeness of two offices [fattore di affinità].
#[derive(SimpleObject)]
pub struct OfficePeerFactor {
    /// What is compared.
    factor: PeerFactorKind,
    /// Its name in the caller's language; of an indicator the plans' own name for it.
    label: String,
    /// The comparison in one sentence, in the caller's language.
    explanation: String,
    /// The office's own value, in the factor's unit: people, people per km², shares of 1, counts, or the indicator's own.
    own: f64,
    /// The other's.
    theirs: f64,
    /// How like the two are in this, 0 to 1.
    similarity: f64,
    /// Its share in the score; those of all factors make 1 [peso].
    weight: f64,
}

/// A topic that the plans in force of both offices name a need of [bisogno comune].
#[derive(Description)]
pub struct SharedNeed {
    profiles: Arc<[Profile]>,
    own: usize,
    theirs: usize,
    topic: String,
}

/// What an office does about a topic, by its public plans in force [risposte al bisogno].
#[derive(Description)]
pub struct NeedWork(TopicWork);

#[Object(use_type_description)]
impl OfficePeer {
    /// The office [Prefettura – UTG].
    async fn office(&self, ctx: &Context<'_>) -> Option<Prefecture> {
        let directory = Graph::of(ctx).reference::<Directory>();
        directory.body(self.likeness.office).map(Prefecture::of)
    }

    /// Whether the two are competent for provinces that share a land border on that day [confinante].
    async fn is_bordering(&self) -> bool {
        self.is_bordering
    }

    /// How like the two are, 0 to 1: the sum of each factor's similarity by its weight [affinità].
    async fn score(&self) -> f64 {
        self.likeness.score
    }

    /// What the score is made of, the heaviest first [fattori].
    async fn factors(&self) -> Vec<OfficePeerFactor> {
        let (own, theirs) = (&self.profiles[self.own], &self.profiles[self.theirs]);
        let mut factors: Vec<_> = self.likeness.factors.iter().collect();
        factors.sort_by(|one, other| other.weight.total_cmp(&one.weight));
        let told = |factor: &crate::peers::model::Factor| OfficePeerFactor {
            factor: factor.kind,
            label: sentence::label(factor).to_string(),
            explanation: sentence::explanation(factor, own, theirs).to_string(),
            own: factor.own,
            theirs: factor.theirs,
            similarity: factor.similarity,
            weight: factor.weight,
        };
        factors.into_iter().map(told).collect()
    }

    /// The topics that the plans in force of both name needs of, with what each does about them [bisogni comuni].
    async fn shared_needs(&self) -> Vec<SharedNeed> {
        let (own, theirs) = (&self.profiles[self.own], &self.profiles[self.theirs]);
        let shared = own.topics.keys().filter(|topic| theirs.topics.contains_key(*topic));
        let need = |topic: &String| SharedNeed {
            profiles: self.profiles.clone(),
            own: self.own,
            theirs: self.theirs,
            topic: topic.clone(),
        };
        shared.map(need).collect()
    }
}

impl SharedNeed {
    fn work(&self, place: usize) -> NeedWork {
        NeedWork(self.profiles[place].topics.get(&self.topic).cloned().unwrap_or_default())
    }
}

#[Object(use_type_description)]
impl SharedNeed {
    /// The topic, as the plans write it [ambito].
    async fn topic(&self) -> &str {
        &self.topic
    }

    /// Its name in the caller's language.
    async fn label(&self) -> String {
        sentence::topic(&self.topic).to_string()
    }

    /// What the office itself does about it.
    async fn own(&self) -> NeedWork {
        self.work(self.own)
    }

    /// What the other does about it.
    async fn theirs(&self) -> NeedWork {
        self.work(self.theirs)
    }
}

/// Records of each sort that are given of an office's work on a topic, at the most.
const MOST: usize = 10;

#[Object(use_type_description)]
impl NeedWork {
    /// The needs, in the plan's order, up to 10 [fabbisogni].
    async fn needs(&self, ctx: &Context<'_>) -> Result<Vec<PlanNeed>> {
        let graph = Graph::of(ctx);
        let needs = self.0.needs.iter().take(MOST).map(|id| plans::need(graph, *id));
        Ok(try_join_all(needs).await?.into_iter().flatten().collect())
    }

    /// How many interventions answer them.
    async fn intervention_count(&self) -> usize {
        self.0.interventions.len()
    }

    /// The interventions that answer them, in the plan's order, up to 10 [interventi].
    async fn interventions(&self, ctx: &Context<'_>) -> Result<Vec<PlanIntervention>> {
        plans::interventions(Graph::of(ctx), &self.0.interventions[..self.0.interventions.len().min(MOST)]).await
    }

    /// How many projects, admitted or further and not revoked, carry these out.
    async fn project_count(&self) -> usize {
        self.0.projects.len()
    }

    /// The projects that carry these out, up to 10 [progetti].
    async fn projects(&self, ctx: &Context<'_>) -> Result<Vec<Project>> {
        let graph = Graph::of(ctx);
        let found = self.0.projects.iter().take(MOST).map(|id| projects::project(graph, *id));
        Ok(try_join_all(found).await?.into_iter().flatten().collect())
    }
}
