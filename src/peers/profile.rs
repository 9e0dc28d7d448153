//! Profiles of all offices, from the territory, the plans and the public network.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use super::model::{Profile, TopicWork};
use super::store::NeedWorkRow;
use crate::access::{Level, Viewer};
use crate::network::model::{NetworkNodeKind, TieKind, day};
use crate::network::{NetworkSnapshot, View};
use crate::organisations::Directory;
use crate::territory::Territory;

/// What profiles are made from.
pub struct Sources {
    pub territory: Arc<Territory>,
    pub directory: Arc<Directory>,
    pub snapshot: Arc<NetworkSnapshot>,
    pub needs: Vec<NeedWorkRow>,
    pub day: NaiveDate,
}

/// Topics and indicators of an office's plans in force.
type Planned = (BTreeMap<String, TopicWork>, BTreeMap<String, f64>);

impl Sources {
    /// The profiles of the offices that are competent for a province on the day, by office code.
    pub fn profiles(&self) -> Arc<[Profile]> {
        let view = View::new(self.snapshot.clone(), Viewer::public(), day(self.day));
        let mut topics = self.topics();
        let mut profiles = Vec::new();
        for office in self.directory.offices() {
            let provinces = self.directory.provinces_of(office.id, self.day);
            if provinces.is_empty() {
                continue;
            }
            let (topics, indicators) = topics.remove(&office.id).unwrap_or_default();
            let mut profile = Profile { office: office.id, provinces, topics, indicators, ..Profile::default() };
            self.add_territory(&mut profile);
            add_network(&mut profile, &view);
            profiles.push(profile);
        }
        profiles.into()
    }

    fn topics(&self) -> BTreeMap<Uuid, Planned> {
        let mut offices: BTreeMap<Uuid, Planned> = BTreeMap::new();
        for row in &self.needs {
            let (topics, indicators) = offices.entry(row.office_id).or_default();
            let work = topics.entry(row.topic.clone()).or_default();
            work.needs.push(row.id);
            work.interventions.extend(&row.interventions);
            let known: BTreeSet<_> = work.projects.iter().copied().collect();
            work.projects.extend(row.projects.iter().filter(|project| !known.contains(project)));
            // Of two plans in force the later one's value stands.
            indicators.extend(row.indicator.clone().zip(row.indicator_value));
        }
        offices
    }

    fn add_territory(&self, profile: &mut Profile) {
        for province in profile.provinces.iter().filter_map(|code| self.territory.province(code)) {
            if let Some(people) = province.population {
                *profile.population.get_or_insert(0.0) += f64::from(people);
            }
            profile.area_km2 += f64::try_from(province.area_km2).unwrap_or_default();
            let towns = self.territory.municipalities_of(&province.code).iter();
            let capitals = towns.filter(|town| town.is_province_capital && town.validity().holds_on(self.day));
            profile.in_capitals += capitals.filter_map(|town| town.population).map(f64::from).sum::<f64>();
        }
    }
}

/// Bodies, projects and ties of the office's provinces, as the public sees them.
fn add_network(profile: &mut Profile, view: &View) {
    let snapshot = &view.snapshot;
    let numbers = profile.provinces.iter().filter_map(|code| code.parse::<u16>().ok());
    let placed: BTreeSet<u32> = numbers.flat_map(|number| snapshot.placed_in(number)).collect();
    for index in placed.into_iter().filter(|node| view.has_node(*node)) {
        let node = snapshot.node(index);
        match node.organisation {
            Some(kind) if kind.level() == Level::Partner => {
                *profile.bodies.entry(kind).or_default() += 1.0;
                for (tie, _) in view.steps(index) {
                    *profile.ties.entry(snapshot.tie(tie).kind).or_default() += 1.0;
                }
            }
            None if node.kind == NetworkNodeKind::Project => profile.projects += 1.0,
            _ => {}
        }
    }
    profile.ties.remove(&TieKind::Supervises);
}
