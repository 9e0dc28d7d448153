//! The steps that a generated project has taken, on which days, and its history that follows from them.

use chrono::{Days, Months, NaiveDate};
use serde_json::{Value, json};
use uuid::Uuid;

use super::events::{self, Step, Subject};
use super::scribe::{Scribe, TODAY, at};

/// Days of a project's steps; `None` where a step was not taken.
#[derive(Default)]
pub struct Course {
    is_rejected: bool,
    pub submitted_on: Option<NaiveDate>,
    pub decided_on: Option<NaiveDate>,
    pub funded_on: Option<NaiveDate>,
    pub started_on: Option<NaiveDate>,
    pub suspended_on: Option<NaiveDate>,
    pub closed_on: Option<NaiveDate>,
    pub revoked_on: Option<NaiveDate>,
}

impl Course {
    pub fn of(status: &str, from: NaiveDate, until: NaiveDate) -> Self {
        let before = |days: u64, latest: u64| Some((from - Days::new(days)).min(TODAY - Days::new(latest)));
        let mut course = Self { is_rejected: status == "rejected", ..Self::default() };
        if status == "idea" {
            return course;
        }
        course.submitted_on = before(240, 25);
        if status == "proposed" {
            return course;
        }
        course.decided_on = before(120, 15);
        if matches!(status, "rejected" | "admitted") {
            return course;
        }
        course.funded_on = before(45, 5);
        if status == "funded" {
            return course;
        }
        course.started_on = Some(from);
        let midway = (from + Months::new(6)).min(TODAY - Days::new(3)).max(from);
        match status {
            "suspended" => course.suspended_on = Some(midway),
            "revoked" => course.revoked_on = Some(midway),
            "closed" => course.closed_on = Some((until + Days::new(60)).min(TODAY - Days::new(1))),
            _ => {}
        }
        course
    }

    pub fn decision_reasons(&self) -> Option<&'static str> {
        let reasons = if self.is_rejected {
            "Punteggio inferiore alla soglia: partenariato non adeguato alle attività previste."
        } else {
            "Proposta coerente con i fabbisogni del territorio e con un partenariato qualificato."
        };
        self.decided_on.map(|_| reasons)
    }

    pub fn suspension_reason(&self) -> Option<&'static str> {
        self.suspended_on.map(|_| "In attesa della sostituzione di un partner.")
    }

    pub fn closing_report(&self) -> Option<&'static str> {
        self.closed_on.map(|_| "Attività concluse e rendicontate; risultati condivisi con il Consiglio territoriale.")
    }

    pub fn revocation_reason(&self) -> Option<&'static str> {
        self.revoked_on.map(|_| "Attività non avviate nei termini della convenzione.")
    }

    /// The steps in their order: day, action, state since, and what else was set.
    fn steps(
        &self,
        outcome: &Outcome,
    ) -> impl Iterator<Item = (NaiveDate, &'static str, &'static str, Vec<(&'static str, Value)>)> {
        let step = |day: Option<NaiveDate>, action, status, set| day.map(|day| (day, action, status, set));
        let day = |column, day: Option<NaiveDate>| (column, json!(day));
        let text = |column, text: Option<&str>| (column, json!(text));
        let decided = vec![day("decided_on", self.decided_on), text("decision_reasons", self.decision_reasons())];
        let admitted = [decided.clone(), vec![("public_funding", json!(outcome.funding))]].concat();
        let suspended =
            vec![day("suspended_on", self.suspended_on), text("suspension_reason", self.suspension_reason())];
        let closed = vec![day("closed_on", self.closed_on), text("closing_report", self.closing_report())];
        let revoked = vec![day("revoked_on", self.revoked_on), text("revocation_reason", self.revocation_reason())];
        let funded = vec![day("funded_on", self.funded_on), text("cup", outcome.cup)];
        let is_admitted = !self.is_rejected;
        [
            step(self.submitted_on, "submit_project", "proposed", vec![day("submitted_on", self.submitted_on)]),
            step(self.decided_on.filter(|_| !is_admitted), "reject_project", "rejected", decided),
            step(self.decided_on.filter(|_| is_admitted), "admit_project", "admitted", admitted),
            step(self.funded_on, "fund_project", "funded", funded),
            step(self.started_on, "start_project", "running", vec![day("started_on", self.started_on)]),
            step(self.suspended_on, "suspend_project", "suspended", suspended),
            step(self.closed_on, "close_project", "closed", closed),
            step(self.revoked_on, "revoke_project", "revoked", revoked),
        ]
        .into_iter()
        .flatten()
    }
}

/// What a project came to.
pub struct Outcome<'a> {
    pub id: Uuid,
    pub title: &'a str,
    pub visibility: &'static str,
    /// Its audience key by its visibility.
    pub key: &'a dyn Fn(&str) -> i32,
    pub funding: u32,
    pub cup: Option<&'a str>,
    pub lead: Uuid,
    /// Who decides on it.
    pub judge: Uuid,
}

/// Writes a project's history, which ends with the visibility that it has; returns its version.
pub fn tell(scribe: &mut Scribe, course: &Course, made_on: NaiveDate, outcome: &Outcome) -> u32 {
    let Outcome { id, key, .. } = *outcome;
    let subject = Subject { room: "projects", kind: "Project", table: "project", id, key };
    let made = Step {
        action: "propose_project",
        at: at(made_on, 8),
        by: outcome.lead,
        status: "idea",
        visibility: "owner",
        set: vec![("title", json!(outcome.title))],
    };
    let later = course.steps(outcome).map(|(day, action, status, set)| {
        let is_judges = matches!(status, "admitted" | "rejected" | "funded" | "revoked");
        Step {
            action,
            at: at(day, if is_judges { 11 } else { 9 }),
            by: if is_judges { outcome.judge } else { outcome.lead },
            status,
            visibility: if status == "proposed" { "owner" } else { outcome.visibility },
            set,
        }
    });
    events::tell(scribe, &subject, std::iter::once(made).chain(later).collect::<Vec<_>>())
}
