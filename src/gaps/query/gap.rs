use std::sync::Arc;

use async_graphql::{Context, Description, Object};

use super::{behind, sentence};
use crate::councils::model::{SeatCategory, SocialSide};
use crate::gaps::model::{CoordinationGapKind, Detail, Gap};
use crate::gaps::network::Reading;
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, Result};
use crate::organisations::Directory;
use crate::organisations::query::Prefecture;
use crate::relay::query::{self as relay, Node};
use crate::territory::query::{self as territory, Province};

/// Something that coordination lacks on a day [lacuna di coordinamento].
#[derive(Description)]
pub struct CoordinationGap {
    pub gap: Gap,
    pub reading: Arc<Reading>,
}

#[Object(use_type_description)]
impl CoordinationGap {
    /// Its kind [tipo di lacuna].
    async fn kind(&self) -> CoordinationGapKind {
        self.gap.kind
    }

    /// The gap in one plain sentence, in the caller's language.
    async fn sentence(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(sentence::of(Graph::of(ctx), &self.gap, &self.reading).await?.to_string())
    }

    /// The offices that it belongs to: one as a rule; several for a project of several provinces, none for what lies in no
    /// province [uffici].
    async fn offices(&self, ctx: &Context<'_>) -> Vec<Prefecture> {
        let directory = Graph::of(ctx).reference::<Directory>();
        self.gap.offices.iter().filter_map(|office| directory.body(*office)).map(Prefecture::of).collect()
    }

    /// Where it is [provincia].
    async fn province(&self, ctx: &Context<'_>) -> Option<Province> {
        territory::province(Graph::of(ctx), self.gap.province.as_ref()?)
    }

    /// The record that it is about: the need, intervention, project, council, body or office; null where it has just been
    /// removed [record].
    async fn subject(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        relay::node(Graph::of(ctx), &behind::subject(&self.gap)).await
    }

    /// The records that show it, up to 20: of a need or intervention the plan and the chain within it; of a project its
    /// lead and the plans in force where it works; of an empty seat the seats held in the category, then those that ended,
    /// the last first; of an isolated body its last project, agreement, council or intervention; of a broker the bodies
    /// that depend on it; of an office its own projects and agreements [record collegati].
    async fn evidence(&self, ctx: &Context<'_>) -> Result<Vec<Node>> {
        behind::evidence(Graph::of(ctx), &self.gap, &self.reading).await
    }

    /// Since when: the plan is in force, the project runs, the last seat of the category ended or the council was
    /// established, the body's last tie ended; null where that is not known.
    async fn since(&self) -> Option<Date> {
        match self.gap.kind {
            CoordinationGapKind::IsolatedOrganisation => {
                let (last, ..) = self.reading.last_work(self.gap.subject)?;
                last.succ_opt().map(Date)
            }
            _ => self.gap.since.map(Date),
        }
    }

    /// Of a need, whether an intervention answers it, though nobody is named to carry it out.
    async fn has_intervention(&self) -> Option<bool> {
        match self.gap.detail {
            Detail::Need { has_intervention } => Some(has_intervention),
            _ => None,
        }
    }

    /// Of an empty seat, the category of art. 57 [categoria].
    async fn seat_category(&self) -> Option<SeatCategory> {
        match self.gap.detail {
            Detail::Seats { category, .. } => Some(category),
            _ => None,
        }
    }

    /// Of an empty seat, how many are missing [posti vacanti].
    async fn missing_seats(&self) -> Option<usize> {
        match self.gap.detail {
            Detail::Seats { missing, .. } => Some(missing),
            _ => None,
        }
    }

    /// Of an empty seat of category f), the sides without one [parti mancanti].
    async fn missing_sides(&self) -> Option<&[SocialSide]> {
        match &self.gap.detail {
            Detail::Seats { category: SeatCategory::SocialPartners, missing_sides, .. } => Some(missing_sides),
            _ => None,
        }
    }

    /// Of a broker, how many bodies would lose the way to the others without it.
    async fn dependent_count(&self) -> Option<usize> {
        match &self.gap.detail {
            Detail::Broker { dependents, .. } => Some(dependents.len()),
            _ => None,
        }
    }

    /// Of a broker, how many bodies are connected beside it.
    async fn connected_count(&self) -> Option<usize> {
        match self.gap.detail {
            Detail::Broker { connected, .. } => Some(connected),
            _ => None,
        }
    }
}
