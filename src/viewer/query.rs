//! `viewer`.

use async_graphql::{Context, Description, Object};

use crate::access::{Level, Role};
use crate::accounts::query::{self as accounts, Account};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, Result};
use crate::network::model::TieKind;
use crate::network::query::{self as network, Narrowing, Network};
use crate::organisations::model::OrganisationKind;
use crate::organisations::query::{self as organisations, Organisation};
use crate::territory::Territory;
use crate::territory::query::Province;

/// The caller: at which level they act, and for which body [chi interroga].
#[derive(Description)]
pub struct Viewer;

#[Object(use_type_description)]
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

    /// What the person is in that body; null where no person asks, or acts for nobody [ruolo].
    async fn role(&self, ctx: &Context<'_>) -> Option<Role> {
        Some(Graph::of(ctx).viewer.person()?.membership.as_ref()?.role)
    }

    /// The account of the person who asks; null for any other caller [account].
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<Account>> {
        accounts::account(Graph::of(ctx)).await
    }

    /// What lies around the body that the caller acts for in the coordination network on a day; null for the public
    /// [rete di coordinamento].
    async fn network(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Steps from the body, 1 to 3; 1 when left out.")] hops: Option<i32>,
        #[graphql(desc = "Day; today when left out.")] as_of: Option<Date>,
        #[graphql(desc = "Only these kinds of ties, also to walk over.")] tie_kinds: Option<Vec<TieKind>>,
        #[graphql(
            desc = "Of the bodies only these kinds, also to walk over; the centre stays, and what is no body stays."
        )]
        organisation_kinds: Option<Vec<OrganisationKind>>,
    ) -> Result<Option<Network>> {
        let narrowing = Narrowing { hops, as_of, tie_kinds, organisation_kinds, ..Narrowing::default() };
        let graph = Graph::of(ctx);
        match graph.viewer.organisation {
            Some(body) => network::around(graph, body, narrowing).await,
            None => Ok(None),
        }
    }

    /// Provinces whose territory-wide records the caller may see, existing today, by ISTAT code [territorio].
    async fn provinces(&self, ctx: &Context<'_>) -> Vec<Province> {
        let graph = Graph::of(ctx);
        let territory = graph.reference::<Territory>();
        let held = |code: &str| {
            crate::access::audience::province(code).is_some_and(|key| graph.viewer.sight.common().contains(&key))
        };
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
