use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object, SimpleObject};
use chrono::NaiveDate;
use uuid::Uuid;

use super::gap::CoordinationGap;
use super::{behind, sentence};
use crate::access::Viewer;
use crate::gaps::model::{CoordinationGapKind, Findings, Gap, Scope, Tally, place};
use crate::gaps::network::Reading;
use crate::gaps::store;
use crate::graphql::page::{Cursor, Total};
use crate::graphql::scalars::Date;
use crate::graphql::{Error, Graph, NodeId, Page, PageArgs, Result};
use crate::network::NetworkSnapshot;
use crate::organisations::Directory;
use crate::organisations::model::{OrganisationKind, OrganisationRow};
use crate::organisations::query::{NODE, Prefecture};
use crate::overview::model::OverviewBasis;
use crate::territory::Territory;

/// What coordination lacks on a day: for the country, office by office, and item by item [lacune di coordinamento].
#[derive(Description)]
pub struct CoordinationGaps {
    scope: Scope,
    as_of: NaiveDate,
    compared: Option<NaiveDate>,
    data_version: i64,
    findings: Arc<Findings>,
    /// The network as it was read on the day, and on the day compared with.
    readings: (Arc<Reading>, Arc<Reading>),
}

/// How many gaps of a kind there are, and how that changed since the day compared with [conteggio].
#[derive(SimpleObject)]
pub struct CoordinationGapCount {
    /// The kind.
    kind: CoordinationGapKind,
    /// Its name in the caller's language.
    label: String,
    /// What counts as a gap of this kind, in the caller's language, thresholds included.
    explanation: String,
    /// How many there are on the day.
    count: i64,
    /// How many there were on the day compared with; null where none is.
    count_then: Option<i64>,
    /// Gaps of the day that were none on the day compared with; null where none is [comparse].
    appeared: Option<i64>,
    /// Gaps of the day compared with that are none any more, also because their plan or record ended; null where none is
    /// [risolte].
    resolved: Option<i64>,
}

/// An office and its gaps [lacune dell'ufficio].
#[derive(Description)]
pub struct OfficeGaps {
    office: Arc<OrganisationRow>,
    kinds: Vec<CoordinationGapKind>,
    compared: bool,
    findings: Arc<Findings>,
}

fn counts(
    kinds: &[CoordinationGapKind],
    findings: &Findings,
    office: Option<Uuid>,
    compared: bool,
) -> Vec<CoordinationGapCount> {
    let count = |kind: &CoordinationGapKind| {
        let Tally { now, then, appeared, resolved } = findings.tally(*kind, office);
        let told = |number: i64| compared.then_some(number);
        CoordinationGapCount {
            kind: *kind,
            label: sentence::label(*kind).to_string(),
            explanation: sentence::explanation(*kind).to_string(),
            count: now,
            count_then: told(then),
            appeared: told(appeared),
            resolved: told(resolved),
        }
    };
    kinds.iter().map(count).collect()
}

#[Object(use_type_description)]
impl OfficeGaps {
    /// The office [Prefettura – UTG].
    async fn office(&self) -> Prefecture {
        Prefecture::of(self.office.clone())
    }

    /// How many gaps of each kind asked for it has.
    async fn counts(&self) -> Vec<CoordinationGapCount> {
        counts(&self.kinds, &self.findings, Some(self.office.id), self.compared)
    }
}

impl CoordinationGaps {
    /// A page of one of the lists; a cursor names a gap's place and holds wherever the list stands by then.
    async fn page(
        &self,
        ctx: &Context<'_>,
        gaps: fn(&Findings) -> &[Gap],
        reading: &Arc<Reading>,
        kind: Option<CoordinationGapKind>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<CoordinationGap>> {
        let args = PageArgs::new(first, after, ORDER)?;
        let is_wanted = move |gap: &&Gap| kind.is_none_or(|kind| gap.kind == kind);
        let start = match &args.after {
            None => 0,
            Some(cursor) => {
                let last = place_of(cursor)?;
                gaps(&self.findings).partition_point(|gap| place(gap) <= last)
            }
        };
        let rest = gaps(&self.findings)[start..].iter().filter(is_wanted);
        let rows: Vec<Gap> = rest.take(args.limit() as usize).cloned().collect();
        let selects = |field: &str| {
            let edges = ctx.look_ahead().field("edges").field("node").field(field);
            edges.exists() || ctx.look_ahead().field("nodes").field(field).exists()
        };
        let with_evidence = selects("evidence");
        if with_evidence || selects("sentence") || selects("subject") {
            behind::gather(Graph::of(ctx), &rows, reading, with_evidence).await?;
        }
        let findings = self.findings.clone();
        let count = move || gaps(&findings).iter().filter(is_wanted).count() as i64;
        let total = Total::new(move |_| std::future::ready(Ok(count())));
        Ok(args.page(rows, total, cursor, |gap| CoordinationGap { gap, reading: reading.clone() }))
    }
}

/// Name of the lists' order in cursors.
const ORDER: &str = "gap";

/// `kind province part`; none of the three has a blank.
fn cursor(gap: &Gap) -> Cursor {
    let (kind, province, (_, subject, part)) = place(gap);
    Cursor { order: ORDER.into(), value: Some(format!("{} {province} {part}", kind.as_str())), id: subject }
}

fn place_of(cursor: &Cursor) -> Result<(CoordinationGapKind, String, (CoordinationGapKind, Uuid, String))> {
    let parts: Vec<&str> = cursor.value.as_deref().unwrap_or_default().split(' ').collect();
    match parts[..] {
        [kind, province, part] if let Ok(kind) = kind.parse() => {
            Ok((kind, province.to_owned(), (kind, cursor.id, part.to_owned())))
        }
        _ => Err(Error::bad_input("Il cursore non è valido.", "The cursor is not valid.")),
    }
}

#[Object(use_type_description)]
impl CoordinationGaps {
    /// The day that the gaps are of.
    async fn as_of(&self) -> Date {
        Date(self.as_of)
    }

    /// The day that they are held against; null where none was asked for.
    async fn compared_with(&self) -> Option<Date> {
        self.compared.map(Date)
    }

    /// Version of the data that the gaps of plans, projects and councils were found in [versione dei dati].
    async fn data_version(&self) -> i64 {
        self.data_version
    }

    /// Version of the data that the gaps of the network were found in: as a rule the same, or a second older.
    async fn network_version(&self) -> i64 {
        self.readings.0.snapshot.version
    }

    /// Over which records the gaps were found [base di calcolo].
    async fn basis(&self) -> OverviewBasis {
        self.scope.basis
    }

    /// How many gaps of each kind there are, of all the offices asked for; a gap of several offices counts once [totali].
    async fn totals(&self) -> Vec<CoordinationGapCount> {
        counts(&self.scope.kinds, &self.findings, None, self.compared.is_some())
    }

    /// Every office asked for with its gaps, by office code: about 106 for the country [uffici].
    async fn offices(&self, ctx: &Context<'_>) -> Vec<OfficeGaps> {
        let directory = Graph::of(ctx).reference::<Directory>();
        let offices = directory.offices().iter().filter(|office| self.scope.includes(&[office.id]));
        let gaps = |office: &Arc<OrganisationRow>| OfficeGaps {
            office: office.clone(),
            kinds: self.scope.kinds.clone(),
            compared: self.compared.is_some(),
            findings: self.findings.clone(),
        };
        offices.map(gaps).collect()
    }

    /// The gaps of the day, by kind, province and record [elenco].
    async fn gaps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this kind.")] kind: Option<CoordinationGapKind>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<CoordinationGap>> {
        self.page(ctx, |findings| &findings.now, &self.readings.0, kind, first, after).await
    }

    /// Gaps of the day that were none on the day compared with, in the same order; empty where none is [comparse].
    async fn appeared(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this kind.")] kind: Option<CoordinationGapKind>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<CoordinationGap>> {
        self.page(ctx, |findings| &findings.appeared, &self.readings.0, kind, first, after).await
    }

    /// Gaps of the day compared with that are none any more, as they were then, in the same order; empty where no day is
    /// compared with [risolte].
    async fn resolved(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this kind.")] kind: Option<CoordinationGapKind>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Page<CoordinationGap>> {
        self.page(ctx, |findings| &findings.resolved, &self.readings.1, kind, first, after).await
    }
}

/// Coordination gaps of the graph.
#[derive(Default)]
pub struct GapQuery;

#[Object]
impl GapQuery {
    /// Where coordination falls short on a day: needs nobody answers, interventions no project carries out, projects
    /// outside any plan, empty seats, bodies tied to nobody, provinces that hang on one body, offices that work with no
    /// other [lacune di coordinamento].
    ///
    /// Each comes with its list and the records behind it, comparable between offices and between two days. Finding
    /// them costs one statement for each day, and none for the kinds of the network.
    #[allow(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn coordination_gaps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Day; today when left out.")] as_of: Option<Date>,
        #[graphql(desc = "Day to hold the gaps against: what appeared since, what was resolved.")] compare_with: Option<
            Date,
        >,
        #[graphql(desc = "Only these kinds; all when left out.")] kinds: Option<Vec<CoordinationGapKind>>,
        #[graphql(
            desc = "Only gaps of the office competent for this province on the day: abbreviation (`BO`) or ISTAT \
                          code (`037`) [provincia]."
        )]
        province: Option<String>,
        #[graphql(desc = "Only gaps of the offices seated in this region, by ISTAT code [regione].")] region: Option<
            String,
        >,
        #[graphql(desc = "Only gaps of this office, by global id [Prefettura – UTG].")] office: Option<ID>,
        #[graphql(
            desc = "Over which records: when left out, all that the caller may see for the national level, and for the \
                          others public records, so that offices compare. Ask for ALL_VISIBLE to find the gaps of drafts and \
                          of records of one's own, too."
        )]
        basis: Option<OverviewBasis>,
    ) -> Result<CoordinationGaps> {
        let graph = Graph::of(ctx);
        let as_of = as_of.map_or(graph.today, |day| day.0);
        let compared = compare_with.map(|day| day.0);
        let asked = kinds.filter(|kinds| !kinds.is_empty());
        let is_asked = |kind: &CoordinationGapKind| asked.as_ref().is_none_or(|asked| asked.contains(kind));
        let scope = Scope {
            kinds: CoordinationGapKind::ALL.iter().copied().filter(is_asked).collect(),
            basis: basis.unwrap_or_else(|| OverviewBasis::of(graph.viewer.level)),
            offices: offices(graph, as_of, province.as_deref(), region.as_deref(), office)?,
        };
        let (now, data_version, reading) = find(graph, &scope, as_of).await?;
        let (then, past) = match compared {
            Some(day) => {
                let (gaps, _, reading) = find(graph, &scope, day).await?;
                (Some(gaps), reading)
            }
            None => (None, reading.clone()),
        };
        let findings = Arc::new(Findings::new(now, then));
        Ok(CoordinationGaps { scope, as_of, compared, data_version, findings, readings: (reading, past) })
    }
}

/// All gaps of a day. The network is walked beside the requests' own threads.
async fn find(graph: &Graph, scope: &Scope, day: NaiveDate) -> Result<(Vec<Gap>, i64, Arc<Reading>)> {
    let competent = graph.reference::<Directory>().office_of_each_province(day);
    let (mut gaps, version) = store::find(&mut *graph.statement().await?, scope, day, &competent).await?;
    let viewer = match scope.basis {
        OverviewBasis::AllVisible => graph.viewer.clone(),
        OverviewBasis::Public => Viewer::public(),
    };
    let competent: Arc<HashMap<String, Uuid>> = Arc::new(competent.into_iter().collect());
    let reading = Arc::new(Reading { snapshot: graph.reference::<NetworkSnapshot>(), viewer, day, competent });
    if scope.kinds.iter().any(|kind| kind.is_of_network()) {
        let (reading, scope) = (reading.clone(), scope.clone());
        gaps.extend(NetworkSnapshot::study(move |deadline| reading.find(&scope, deadline)).await?);
    }
    Ok((gaps, version, reading))
}

/// The offices that a question is narrowed to; `None` for the country.
fn offices(
    graph: &Graph,
    day: NaiveDate,
    province: Option<&str>,
    region: Option<&str>,
    office: Option<ID>,
) -> Result<Option<Vec<Uuid>>> {
    let (directory, territory) = (graph.reference::<Directory>(), graph.reference::<Territory>());
    let mut wanted: Option<Vec<Uuid>> = None;
    let mut narrow = |offices: Vec<Uuid>| {
        wanted = Some(match wanted.take() {
            Some(wanted) => wanted.into_iter().filter(|office| offices.contains(office)).collect(),
            None => offices,
        });
    };
    if let Some(name) = province {
        let found = territory.province_named(name, day);
        let found = found.and_then(|province| directory.office_for(&province.code, day)).ok_or_else(|| {
            Error::bad_input(
                format!("Il {} nessun ufficio è competente per la provincia «{name}».", day.format("%d/%m/%Y")),
                format!("No office is competent for the province \"{name}\" on {day}."),
            )
        })?;
        narrow(vec![found.id]);
    }
    if let Some(code) = region {
        if territory.region(code).is_none() {
            return Err(Error::bad_input(
                format!("«{code}» non è il codice ISTAT di una regione."),
                format!("\"{code}\" is no region's ISTAT code."),
            ));
        }
        let codes = territory.province_codes_of_region(code);
        let is_there = |office: &&Arc<OrganisationRow>| {
            office.province_code.as_ref().is_some_and(|province| codes.contains(province))
        };
        narrow(directory.offices().iter().filter(is_there).map(|office| office.id).collect());
    }
    if let Some(id) = office {
        let found = directory.body(NodeId::uuid(NODE, &id)?);
        let found = found.filter(|body| body.kind == OrganisationKind::Prefecture).ok_or_else(|| {
            Error::bad_input(
                "L'identificativo non è quello di una Prefettura – UTG.",
                "The id is not that of an office of the prefect.",
            )
        })?;
        narrow(vec![found.id]);
    }
    Ok(wanted)
}
