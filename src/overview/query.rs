//! `nationalOverview`.

use std::sync::Arc;

use async_graphql::{Context, Description, Lookahead, MergedObject, Object};
use uuid::Uuid;

use super::model::{Counts, Figure, OverviewBasis, Scope};
use super::store;
use crate::councils::Councils;
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, Result};
use crate::organisations::Directory;
use crate::organisations::model::OrganisationRow;
use crate::organisations::query::{Prefecture, TerritorialCouncil};
use crate::territory::Territory;
use crate::territory::query::{self as territory, Province};

/// The country at a glance, office by office, on a day [quadro nazionale].
#[derive(Description)]
pub struct NationalOverview {
    scope: Scope,
    counts: Arc<Counts>,
}

/// The figures of an office, or of the country [indicatori]. All are of the overview's day and over its basis.
#[derive(Description)]
pub struct OverviewFigures {
    counts: Arc<Counts>,
    /// `None` for the country.
    office: Option<Uuid>,
}

/// An office and where it stands.
#[derive(Description)]
pub struct OfficeOverviewPlace {
    office: Arc<OrganisationRow>,
    as_of: chrono::NaiveDate,
}

/// An office with its figures [quadro dell'ufficio]. A record in a province belongs to the office competent for it on
/// the day; where the province did not exist on that day, to the office competent nearest to it in time.
#[derive(MergedObject)]
pub struct OfficeOverview(OfficeOverviewPlace, OverviewFigures);

impl OverviewFigures {
    fn get(&self, figure: Figure) -> i64 {
        self.counts.get(figure, self.office)
    }
}

#[Object(use_type_description)]
impl OverviewFigures {
    /// Bodies that exist on the day, seated in the office's provinces, the office and its council among them [enti].
    async fn organisations_count(&self) -> i64 {
        self.get(Figure::Organisations)
    }

    /// Projects admitted or further and not revoked, started and not ended on the day, that work in the office's
    /// provinces; each counts once for every office where it works, and once for the country [progetti attivi].
    async fn active_projects_count(&self) -> i64 {
        self.get(Figure::ActiveProjects)
    }

    /// The office's territorial plans adopted by the day whose period includes it [piani vigenti].
    async fn plans_in_force_count(&self) -> i64 {
        self.get(Figure::PlansInForce)
    }

    /// Agreements for the office's provinces in force on the day [protocolli vigenti].
    async fn agreements_in_force_count(&self) -> i64 {
        self.get(Figure::AgreementsInForce)
    }

    /// Members' seats of the categories a) to h) of art. 57 held on the day in the office's council [posti coperti].
    async fn council_seats_filled(&self) -> i64 {
        self.get(Figure::CouncilSeatsFilled)
    }

    /// Seats that art. 57 asks for at the least and that nobody holds on the day, of a council that exists on it
    /// [posti vacanti].
    async fn council_seats_missing(&self) -> i64 {
        self.get(Figure::CouncilSeatsMissing)
    }

    /// Needs of the plans in force that no intervention answers [bisogni scoperti].
    async fn uncovered_needs_count(&self) -> i64 {
        self.get(Figure::UncoveredNeeds)
    }

    /// Interventions of the plans in force that no project, admitted or further and not revoked, carries out
    /// [interventi senza progetto].
    async fn interventions_without_project_count(&self) -> i64 {
        self.get(Figure::InterventionsWithoutProject)
    }
}

/// The figure behind a field of [`OverviewFigures`].
fn field(figure: Figure) -> &'static str {
    match figure {
        Figure::Organisations => "organisationsCount",
        Figure::ActiveProjects => "activeProjectsCount",
        Figure::PlansInForce => "plansInForceCount",
        Figure::AgreementsInForce => "agreementsInForceCount",
        Figure::CouncilSeatsFilled => "councilSeatsFilled",
        Figure::CouncilSeatsMissing => "councilSeatsMissing",
        Figure::UncoveredNeeds => "uncoveredNeedsCount",
        Figure::InterventionsWithoutProject => "interventionsWithoutProjectCount",
    }
}

#[Object(use_type_description)]
impl OfficeOverviewPlace {
    /// The office [Prefettura – UTG].
    async fn office(&self) -> Prefecture {
        Prefecture::of(self.office.clone())
    }

    /// Provinces that it is competent for on the day, by ISTAT code [province di competenza].
    async fn provinces(&self, ctx: &Context<'_>) -> Vec<Province> {
        let graph = Graph::of(ctx);
        let codes = graph.reference::<Directory>().provinces_of(self.office.id, self.as_of);
        codes.iter().filter_map(|code| territory::province(graph, code)).collect()
    }

    /// The council that its prefect chairs [Consiglio territoriale per l'immigrazione].
    async fn council(&self, ctx: &Context<'_>) -> Option<TerritorialCouncil> {
        let graph = Graph::of(ctx);
        let council = graph.reference::<Councils>().of_office(self.office.id)?;
        graph.reference::<Directory>().body(council.organisation_id).map(TerritorialCouncil::of)
    }
}

#[Object(use_type_description)]
impl NationalOverview {
    /// The day that the figures are of.
    async fn as_of(&self) -> Date {
        Date(self.scope.as_of)
    }

    /// Version of the data that the figures were counted from [versione dei dati].
    async fn data_version(&self) -> i64 {
        self.counts.data_version
    }

    /// Over which records the figures are counted: for the national level all that it may see, for the others the
    /// public ones alone, their own province included [base di calcolo].
    async fn basis(&self) -> OverviewBasis {
        self.scope.basis
    }

    /// The figures of the whole country, records of no province included. A project that works for several offices
    /// counts once: this is not the offices' sum [totali nazionali].
    async fn totals(&self) -> OverviewFigures {
        OverviewFigures { counts: self.counts.clone(), office: None }
    }

    /// Every office with its figures, by office code: about 106 [uffici].
    async fn offices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those seated in this region, by ISTAT code.")] region: Option<String>,
    ) -> Vec<OfficeOverview> {
        let graph = Graph::of(ctx);
        let of_region = region.map(|code| graph.reference::<Territory>().province_codes_of_region(&code));
        let wanted = |office: &&Arc<OrganisationRow>| match &of_region {
            Some(codes) => office.province_code.as_ref().is_some_and(|code| codes.contains(code)),
            None => true,
        };
        let overview = |office: &Arc<OrganisationRow>| {
            OfficeOverview(
                OfficeOverviewPlace { office: office.clone(), as_of: self.scope.as_of },
                OverviewFigures { counts: self.counts.clone(), office: Some(office.id) },
            )
        };
        graph.reference::<Directory>().offices().iter().filter(wanted).map(overview).collect()
    }
}

/// The overview of the graph.
#[derive(Default)]
pub struct OverviewQuery;

#[Object]
impl OverviewQuery {
    /// The same figures for every office, side by side, and for the country [quadro nazionale]. The figures that are
    /// asked for cost one statement together; those that are not, nothing.
    async fn national_overview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Day; today when left out.")] as_of: Option<Date>,
    ) -> Result<NationalOverview> {
        let graph = Graph::of(ctx);
        let as_of = as_of.map_or(graph.today, |day| day.0);
        let offices = graph.reference::<Directory>().office_of_each_province(as_of);
        let scope = Scope { as_of, basis: OverviewBasis::of(graph.viewer.level), offices };
        let asked = ctx.look_ahead();
        let figures: Vec<_> = Figure::ALL.iter().copied().filter(|figure| is_asked(&asked, *figure)).collect();
        let counts = if figures.is_empty() && !asked.field("dataVersion").exists() {
            Counts::default()
        } else {
            store::count(&mut *graph.statement().await?, &scope, &figures).await?
        };
        Ok(NationalOverview { scope, counts: Arc::new(counts) })
    }
}

fn is_asked(asked: &Lookahead<'_>, figure: Figure) -> bool {
    ["offices", "totals"].iter().any(|part| asked.field(part).field(field(figure)).exists())
}
