//! Organisations [organizzazioni, enti]: the bodies of the network, from the department to an association.
//!
//! Invariants: central authorities, offices and councils are always public; contact data and the second
//! section of the register of art. 42 TUI never are, and live in tables of their own.
//! Tables owned: `organisation`, `organisation_contact`, `organisation_register_entry`, `office_competence`.

pub mod loader;
pub mod model;
pub mod query;
mod store;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::hub::Reference;
use model::{Competence, OrganisationKind, OrganisationRow};

/// The institutional bodies (central authorities, offices, councils): few, public, asked for in every answer.
pub struct Directory {
    bodies: HashMap<Uuid, Arc<OrganisationRow>>,
    /// By office code.
    offices: Vec<Arc<OrganisationRow>>,
    competences: Vec<Competence>,
}

impl Reference for Directory {
    const TABLES: &'static [&'static str] = &["organisation", "office_competence"];

    async fn load(connection: &mut PgConnection) -> sqlx::Result<Self> {
        let bodies = store::institutional(connection).await?;
        let competences = store::competences(connection).await?;
        let mut offices: Vec<_> =
            bodies.iter().filter(|body| body.kind == OrganisationKind::Prefecture).cloned().collect();
        offices.sort_by(|a, b| a.office_code.cmp(&b.office_code));
        let bodies = bodies.into_iter().map(|body| (body.id, body)).collect();
        Ok(Self { bodies, offices, competences })
    }
}

impl Directory {
    /// An institutional body by its id.
    pub fn body(&self, id: Uuid) -> Option<Arc<OrganisationRow>> {
        self.bodies.get(&id).cloned()
    }

    /// All offices, by code.
    pub fn offices(&self) -> &[Arc<OrganisationRow>] {
        &self.offices
    }

    /// The central department: the authority that has none above it.
    pub fn central(&self) -> Option<&Arc<OrganisationRow>> {
        let is_central =
            |body: &&Arc<OrganisationRow>| body.kind == OrganisationKind::CentralAuthority && body.parent_id.is_none();
        self.bodies.values().filter(is_central).min_by_key(|body| body.number)
    }

    /// Bodies whose parent this is, by name.
    pub fn children(&self, id: Uuid) -> Vec<Arc<OrganisationRow>> {
        let mut children: Vec<_> = self.bodies.values().filter(|body| body.parent_id == Some(id)).cloned().collect();
        children.sort_by(|a, b| a.sort_key.cmp(&b.sort_key));
        children
    }

    /// Provinces for which an office is competent on that day.
    pub fn provinces_of(&self, office: Uuid, day: NaiveDate) -> Vec<String> {
        let held = self.competences.iter().filter(|held| held.office_id == office && held.validity().holds_on(day));
        held.map(|held| held.province_code.clone()).collect()
    }

    /// Every province of any date, with the office that its records belong to on that day: the one competent for it
    /// then; where none is, because the province does not exist, the one competent nearest to that day.
    pub fn office_of_each_province(&self, day: NaiveDate) -> Vec<(String, Uuid)> {
        let mut nearest: HashMap<&str, &Competence> = HashMap::new();
        for held in &self.competences {
            let kept = nearest.entry(&held.province_code).or_insert(held);
            if held.validity().days_to(day) < kept.validity().days_to(day) {
                *kept = held;
            }
        }
        nearest.into_iter().map(|(province, held)| (province.to_owned(), held.office_id)).collect()
    }

    /// A competence by its id.
    pub fn competence(&self, id: Uuid) -> Option<&Competence> {
        self.competences.iter().find(|held| held.id == id)
    }

    /// The office competent for a province on that day.
    pub fn office_for(&self, province: &str, day: NaiveDate) -> Option<Arc<OrganisationRow>> {
        let held =
            self.competences.iter().find(|held| held.province_code == province && held.validity().holds_on(day))?;
        self.body(held.office_id)
    }
}
