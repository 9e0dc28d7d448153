//! A network as a file: its answer gathered, and the link under which it is fetched.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::SimpleObject;
use chrono::{DateTime, NaiveDate, Utc};

use super::{Narrowing, Network, NetworkScope, question};
use crate::access::audit::{self, Changes, Entry};
use crate::access::{Action, Caller, links, rules};
use crate::graphql::scalars::Date;
use crate::graphql::{Error, Graph, Result};
use crate::locale::{Locale, Message};
use crate::network::NetworkSnapshot;
use crate::network::analysis::{Deadline, Stopped};
use crate::network::export::about::About;
use crate::network::export::question::Span;
use crate::network::export::{Extract, Format, Part, Question};
use crate::network::layout::At;
use crate::network::model::Period;
use crate::network::shape::Shape;
use crate::network::study::study;
use crate::network::view::{Found, View};
use crate::territory::Territory;

/// No day is earlier: where a period without beginning begins.
const BEGINNING: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a day");

/// Where a network can be fetched as a file [esportazione].
#[derive(SimpleObject)]
pub struct NetworkExport {
    /// Address of the file: needs no further credentials, and answers with the rights that whoever asked for it has when
    /// it is opened. Not to be passed on: it stands for the caller.
    url: String,
    /// When the address ends.
    expires_at: DateTime<Utc>,
}

impl NetworkExport {
    /// Of what was asked, for the caller.
    pub async fn of(graph: &Arc<Graph>, question: Question, format: Format) -> Result<Self> {
        graph.allow(Action::ExportNetwork, None, None).await??;
        graph.note_moment();
        let asked = Asked { question, format, locale: Locale::current() };
        let access = &graph.hub;
        let Some((link, expires_at)) = links::seal(&access.authenticator, &graph.viewer, &asked.text()) else {
            return Err(Error::Unavailable);
        };
        let (hub, file) = (&graph.hub.access.public_url, format.extension());
        Ok(Self { url: format!("{hub}/export/network.{file}?link={link}"), expires_at })
    }
}

/// Everything that an export's bytes follow from, besides the data and who asks.
pub struct Asked {
    pub question: Question,
    pub format: Format,
    pub locale: Locale,
}

impl Asked {
    /// As it stands in a link.
    fn text(&self) -> String {
        let language = if self.locale == Locale::English { "en" } else { "it" };
        format!("{}/{language}?{}", self.format.extension(), self.question.query())
    }

    /// From a link; `None` where it is none of these.
    pub fn read(text: &str, today: NaiveDate) -> Option<Self> {
        let (path, query) = text.split_once('?')?;
        let (extension, language) = path.split_once('/')?;
        let locale = if language == "en" { Locale::English } else { Locale::Italian };
        let question = Question::read(query, today).ok()?;
        Some(Self { question, format: Format::of_extension(extension)?, locale })
    }
}

impl Network {
    /// The question that it answers, as an export asks it.
    pub(super) fn question(&self) -> Question {
        let narrowing = Narrowing { as_of: Some(self.as_of), ..self.narrowing.clone() };
        Question { scope: self.scope.clone(), narrowing, period: None, part: Part::default() }
    }
}

/// Writes into the audit that a caller who is somebody took the network home.
pub async fn note(graph: &Arc<Graph>, question: &Question, format: Format) -> Result<()> {
    if graph.viewer.caller == Caller::Public {
        return Ok(());
    }
    let mut change = graph.change_by_hub().await?;
    let subject = match graph.viewer.organisation {
        Some(organisation) => audit::subject_of_organisation(change.statement(), organisation).await?,
        None => None,
    };
    let changes = told(question, format);
    let entry = Entry { action: Action::ExportNetwork, outcome: audit::Outcome::Done, reason: None, subject, changes };
    change.commit(&entry).await
}

/// What the audit tells of an export.
pub fn told(question: &Question, format: Format) -> Changes {
    let told = question.parameters().into_iter();
    told.fold(Changes::new().field("format", None::<&str>, format.extension()), |changes, (name, value)| {
        changes.field(name, None::<&str>, value)
    })
}

/// Whether the caller may export what they see; a refusal is written into the audit.
pub async fn allow(graph: &Arc<Graph>) -> Result<Result<(), rules::Refusal>> {
    graph.allow(Action::ExportNetwork, None, None).await
}

/// What a file of this question holds for the caller; `None` where the scope names nothing that they may see. A caller who
/// waits no longer ends the work. Nodes stand where GraphQL says that they stand.
pub async fn extract(graph: &Arc<Graph>, asked: &Question) -> Result<Option<Extract>> {
    let answer = match asked.period {
        None => question::network(graph, asked.scope.clone(), asked.narrowing.clone()).await?,
        Some(span) => over(graph, asked, span).await?,
    };
    let Some(network) = answer else { return Ok(None) };
    let shape = match asked.period {
        None => network.shape(),
        Some(_) => Arc::new(Shape::of(&network.view, &network.found)),
    };
    shape.draw(&network.view, &network.part).await?;
    let Network { view, part, found, .. } = network;
    let positions = found.nodes.iter().map(|node| shape.position(*node).unwrap_or_default()).collect();
    let at = At::from(&part);
    let (scope, day) = (scope_name(graph, asked, &view, at), day(graph, asked));
    let about = About::new(asked, &scope, day, &graph.hub.access.public_url, &graph.viewer, &view, &found);
    Ok(Some(Extract { positions, degrees: degrees(&view, &found), view, found, at, about, part: asked.part }))
}

/// How many ties each node has, in the order of the nodes; several with the same node count each.
fn degrees(view: &View, found: &Found) -> Vec<u32> {
    let mut degrees = vec![0; found.nodes.len()];
    for tie in &found.ties {
        let tie = view.snapshot.tie(*tie);
        for end in [tie.from, tie.to] {
            if let Ok(place) = found.nodes.binary_search(&end) {
                degrees[place] += 1;
            }
        }
    }
    degrees
}

/// All that the answer holds on some day of a period.
async fn over(graph: &Arc<Graph>, asked: &Question, span: Span) -> Result<Option<Network>> {
    let (graph, asked) = (graph.clone(), asked.clone());
    study(move |deadline| match union(&graph, &asked, span, deadline) {
        Ok(answer) => Ok(Ok(answer)),
        Err(Ended::Stopped(stopped)) => Err(stopped),
        Err(Ended::Refused(error)) => Ok(Err(error)),
    })
    .await?
}

/// Why there is no answer.
enum Ended {
    Stopped(Stopped),
    Refused(Error),
}

impl From<Stopped> for Ended {
    fn from(stopped: Stopped) -> Self {
        Self::Stopped(stopped)
    }
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// The answers of all days that tell something new, of one state of the network.
fn union(graph: &Graph, asked: &Question, span: Span, deadline: &Deadline) -> Result<Option<Network>, Ended> {
    let snapshot = graph.reference::<NetworkSnapshot>();
    let by_itself = matches!(asked.scope, NetworkScope::National(_));
    let days = if by_itself { telling_days(&snapshot, span) } else { days_of_change(&snapshot, span) };
    let (mut nodes, mut ties) = (vec![false; snapshot.nodes().len()], vec![false; snapshot.ties().len()]);
    let mut last = None;
    for day in days {
        deadline.check()?;
        let narrowing = Narrowing { as_of: Some(Date(day)), ..asked.narrowing.clone() };
        let Some(answer) = question::walk(graph, snapshot.clone(), &asked.scope, &narrowing)? else { continue };
        answer.found.nodes.iter().for_each(|node| nodes[*node as usize] = true);
        answer.found.ties.iter().for_each(|tie| ties[*tie as usize] = true);
        last = Some(answer);
    }
    let marked = |marks: Vec<bool>| (0..).zip(marks).filter(|(_, is_in)| *is_in).map(|(place, _)| place).collect();
    let found = Arc::new(Found { nodes: marked(nodes), ties: marked(ties) });
    Ok(last.map(|answer| Network { found, ..answer }))
}

/// Days that suffice to find all that holds on some day of a period and asks for nothing else: each node's period, and
/// each tie's with those of its ends, has one of them, if it has any day of the period.
fn telling_days(snapshot: &NetworkSnapshot, span: Span) -> Vec<NaiveDate> {
    let common = |periods: &[Period]| {
        let from = periods.iter().filter_map(|period| period.from()).max().unwrap_or(BEGINNING);
        let until = periods.iter().filter_map(|period| period.until()).min().unwrap_or(span.until);
        let (from, until) = (from.max(span.from.unwrap_or(BEGINNING)), until.min(span.until));
        (from <= until).then_some((until, from))
    };
    let ends = |node: u32| snapshot.node(node).period;
    let nodes = snapshot.nodes().iter().filter_map(|node| common(&[node.period]));
    let ties = snapshot.ties().iter().filter_map(|tie| common(&[tie.period, ends(tie.from), ends(tie.to)]));
    let mut spans: Vec<(NaiveDate, NaiveDate)> = nodes.chain(ties).collect();
    spans.sort_unstable();
    let mut days: Vec<NaiveDate> = Vec::new();
    for (until, from) in spans {
        if days.last().is_none_or(|last| *last < from) {
            days.push(until);
        }
    }
    days
}

/// The first day of a period and every later one on which something begins: between two of them the network only shrinks,
/// and with it whatever is reached in it.
fn days_of_change(snapshot: &NetworkSnapshot, span: Span) -> Vec<NaiveDate> {
    let first = span.from.unwrap_or(BEGINNING);
    let periods = snapshot.nodes().iter().map(|node| node.period).chain(snapshot.ties().iter().map(|tie| tie.period));
    let starts = periods.filter_map(Period::from).filter(|day| first < *day && *day <= span.until);
    starts.chain([first]).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The day that a file shows, or the last of its period.
fn day(graph: &Graph, question: &Question) -> NaiveDate {
    question.period.map(|span| span.until).or(question.narrowing.as_of.map(|day| day.0)).unwrap_or(graph.today)
}

/// What people call the part of the network.
fn scope_name(graph: &Graph, question: &Question, view: &View, at: At) -> String {
    let territory = graph.reference::<Territory>();
    let name = match &question.scope {
        NetworkScope::Province(name) => {
            territory.province_named(name, day(graph, question)).map(|province| province.name.clone())
        }
        NetworkScope::Region(code) => territory.region(code).map(|region| region.name.clone()),
        _ => None,
    };
    match (name, at) {
        (Some(name), _) => name,
        (None, At::Around(centre)) => view.snapshot.name(centre).to_owned(),
        (None, At::Country) => Message::new("Italia", "Italy").to_string(),
    }
}
