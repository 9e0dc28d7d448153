//! Gaps that the network tells: who is tied to nobody, and who holds the others together.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use super::broker::Working;
use super::model::{CoordinationGapKind, Detail, Gap, Scope};
use crate::access::{Level, Viewer};
use crate::network::model::{NetworkNodeKind, Node, TieKind, day};
use crate::network::{Deadline, NetworkSnapshot, Stopped, View, Wanted};
use crate::organisations::model::OrganisationKind;

/// The network of a day as it is read for gaps: over public records, or over what a viewer may see.
#[derive(Clone)]
pub struct Reading {
    pub snapshot: Arc<NetworkSnapshot>,
    pub viewer: Viewer,
    pub day: NaiveDate,
    /// Each province with the office that its records belong to on the day.
    pub competent: Arc<HashMap<String, Uuid>>,
}

/// Ties that follow from the institutions' order and not from work that bodies do together.
const INSTITUTIONAL: [TieKind; 3] = [TieKind::Supervises, TieKind::CompetentFor, TieKind::Chairs];

/// Ties of bodies that do something together; whoever pays for it, or sits in a council, does not yet do it.
fn is_working(kind: TieKind) -> bool {
    !INSTITUTIONAL.contains(&kind) && !matches!(kind, TieKind::MemberOf | TieKind::Funds)
}

fn kinds(wanted: impl Fn(TieKind) -> bool) -> Vec<TieKind> {
    TieKind::ALL.iter().copied().filter(|kind| wanted(*kind)).collect()
}

/// Whether a body stands below the institutional level: no department, office or council.
fn is_partner(node: &Node) -> bool {
    node.organisation.is_some_and(|kind| kind.level() == Level::Partner)
}

fn code(number: u16) -> String {
    format!("{number:03}")
}

impl Reading {
    fn view(&self, on: NaiveDate, ties: Vec<TieKind>) -> View {
        View::new(self.snapshot.clone(), self.viewer.clone(), day(on))
            .narrowed(Wanted { ties: Some(ties), ..Wanted::default() })
    }

    /// The gaps of the network's kinds that are asked for.
    ///
    /// # Errors
    /// [`Stopped`] when nobody waits any more, or it takes too long.
    pub fn find(&self, scope: &Scope, deadline: &Deadline) -> Result<Vec<Gap>, Stopped> {
        let wants = |kind| scope.kinds.contains(&kind);
        let mut gaps = Vec::new();
        if wants(CoordinationGapKind::IsolatedOrganisation) {
            gaps.extend(self.isolated());
        }
        if wants(CoordinationGapKind::ProvinceOnOneBroker) {
            gaps.extend(self.brokers(scope, deadline)?);
        }
        if wants(CoordinationGapKind::OfficeWithoutExchange) {
            gaps.extend(self.offices_alone());
        }
        gaps.retain(|gap| scope.includes(&gap.offices));
        Ok(gaps)
    }

    fn gap(&self, kind: CoordinationGapKind, node: u32, detail: Detail) -> Gap {
        let node = self.snapshot.node(node);
        let province = node.province.map(code);
        let offices = province.iter().filter_map(|province| self.competent.get(province).copied()).collect();
        Gap { kind, subject: node.id, offices, province, since: None, detail }
    }

    /// Nodes of the day that are bodies of this sort.
    fn bodies<'a>(&'a self, view: &'a View, is_wanted: impl Fn(&Node) -> bool + 'a) -> impl Iterator<Item = u32> + 'a {
        let all = 0..self.snapshot.nodes().len() as u32;
        all.filter(move |node| is_wanted(self.snapshot.node(*node)) && view.has_node(*node))
    }

    fn isolated(&self) -> Vec<Gap> {
        let view = self.view(self.day, kinds(|kind| !INSTITUTIONAL.contains(&kind)));
        let alone = self.bodies(&view, is_partner).filter(|node| view.steps(*node).next().is_none());
        alone.map(|node| self.gap(CoordinationGapKind::IsolatedOrganisation, node, Detail::Plain)).collect()
    }

    fn offices_alone(&self) -> Vec<Gap> {
        let view = self.view(self.day, kinds(is_working));
        let is_office = |node: &Node| node.organisation == Some(OrganisationKind::Prefecture);
        let meets_another = |office: u32| {
            view.steps(office).any(|(_, work)| {
                view.steps(work).any(|(_, body)| body != office && is_office(self.snapshot.node(body)))
            })
        };
        let alone = self.bodies(&view, is_office).filter(|office| !meets_another(*office));
        let gap = |office| {
            let kind = CoordinationGapKind::OfficeWithoutExchange;
            let gap = self.gap(kind, office, Detail::Plain);
            Gap { offices: vec![gap.subject], ..gap }
        };
        alone.map(gap).collect()
    }

    fn brokers(&self, scope: &Scope, deadline: &Deadline) -> Result<Vec<Gap>, Stopped> {
        let view = self.view(self.day, kinds(is_working));
        let is_province = |node: &u32| self.snapshot.node(*node).kind == NetworkNodeKind::Province;
        let provinces =
            (0..self.snapshot.nodes().len() as u32).filter(|node| is_province(node) && view.has_node(*node));
        let numbers = provinces.filter_map(|node| self.snapshot.node(node).province);
        let is_asked = |number: &u16| {
            let office = self.competent.get(&code(*number)).copied();
            scope.includes(office.as_slice())
        };
        let broker = |number| deadline.check().map(|()| self.broker(&view, number)).transpose();
        numbers.filter(is_asked).filter_map(broker).collect()
    }

    fn broker(&self, view: &View, province: u16) -> Option<Gap> {
        let found = view.within([province], 1);
        let stays = |node: &Node| {
            is_partner(node) || !matches!(node.kind, NetworkNodeKind::Organisation | NetworkNodeKind::Province)
        };
        let nodes: Vec<u32> = found.nodes.into_iter().filter(|node| stays(self.snapshot.node(*node))).collect();
        let place = |node: u32| nodes.binary_search(&node).ok();
        let mut neighbours = vec![Vec::new(); nodes.len()];
        for tie in &found.ties {
            let tie = self.snapshot.tie(*tie);
            if let Some((from, to)) = place(tie.from).zip(place(tie.to)) {
                neighbours[from].push(to as u32);
                neighbours[to].push(from as u32);
            }
        }
        let is_body = nodes.iter().map(|node| is_partner(self.snapshot.node(*node))).collect();
        let broker = Working { neighbours, is_body }.broker()?;
        let id = |place: &u32| self.snapshot.node(nodes[*place as usize]).id;
        let dependents = broker.dependents.iter().map(id).collect();
        let province = code(province);
        Some(Gap {
            kind: CoordinationGapKind::ProvinceOnOneBroker,
            subject: id(&broker.body),
            offices: self.competent.get(&province).copied().into_iter().collect(),
            province: Some(province),
            since: None,
            detail: Detail::Broker { dependents, connected: broker.connected },
        })
    }

    /// The last work that a body had before the day and when it ended; `None` where it had none that may be seen.
    pub fn last_work(&self, body: Uuid) -> Option<(NaiveDate, NetworkNodeKind, Uuid)> {
        let node = self.snapshot.find(NetworkNodeKind::Organisation, body)?;
        let ties = self.snapshot.outgoing(node).map(|tie| (tie, self.snapshot.tie(tie)));
        let ended = |tie: &crate::network::model::Tie| tie.period.until().filter(|until| *until < self.day);
        // Of what the viewer may see alone, or the hidden would count against the number that is looked through.
        let view = self.view(self.day, kinds(|kind| !INSTITUTIONAL.contains(&kind)));
        let mut past: Vec<_> = ties
            .filter(|(_, tie)| view.admits_tie(tie) && view.admits(tie.to))
            .filter_map(|(index, tie)| Some((ended(tie)?, index)))
            .collect();
        past.sort_unstable_by(|one, other| other.cmp(one));
        let is_seen = |(until, tie): &&(NaiveDate, u32)| view.on(day(*until)).steps(node).any(|(step, _)| step == *tie);
        let (until, tie) = past.iter().take(MOST_PAST).find(is_seen)?;
        let work = self.snapshot.node(self.snapshot.tie(*tie).to);
        Some((*until, work.kind, work.id))
    }

    /// What an office works at on the day, alone among the offices: kinds and ids.
    pub fn works(&self, office: Uuid) -> Vec<(NetworkNodeKind, Uuid)> {
        let Some(node) = self.snapshot.find(NetworkNodeKind::Organisation, office) else { return Vec::new() };
        let view = self.view(self.day, kinds(is_working));
        let mut works: Vec<_> = view.steps(node).map(|(_, work)| work).collect();
        works.sort_unstable();
        works.dedup();
        works.into_iter().map(|work| self.snapshot.node(work)).map(|work| (work.kind, work.id)).collect()
    }
}

/// Ended ties of a body that are looked through for the last one that may be seen.
const MOST_PAST: usize = 50;
