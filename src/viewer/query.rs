//! `viewer`.

use async_graphql::{Context, Object};

use crate::access::Level;
use crate::graphql::{Graph, Result};
use crate::organisations::query::{self as organisations, Organisation};
use crate::territory::Territory;
use crate::territory::query::Province;

/// The caller: at which level they act, and for which body [chi interroga].
pub struct Viewer;

#[Object]
impl Viewer {
    /// Level of governance that the caller acts at [livello].
    async fn level(&self, ctx: &Context<'_>) -> Level {
        Graph::of(ctx).viewer.level
    }

    /// The body that the caller acts for; null for the public.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        let graph = Graph::of(ctx);
        match graph.viewer.organisation {
            Some(organisation) => organisations::organisation(graph, organisation).await,
            None => Ok(None),
        }
    }

    /// Provinces whose territory-wide records the caller may see, existing today, by ISTAT code [territorio].
    async fn provinces(&self, ctx: &Context<'_>) -> Vec<Province> {
        let graph = Graph::of(ctx);
        let territory = graph.reference::<Territory>();
        let held = |code: &str| crate::access::audience::province(code).is_some_and(|key| graph.viewer.holds(key));
        let mine = territory
            .provinces
            .iter()
            .filter(|province| province.validity().holds_on(graph.today) && held(&province.code));
        mine.cloned().map(Province).collect()
    }
}

/// The caller's entry point.
#[derive(Default)]
pub struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// The caller [chi interroga].
    async fn viewer(&self) -> Viewer {
        Viewer
    }
}
