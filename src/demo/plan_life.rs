//! The steps that a generated plan has taken, on which days, and its history that follows from them.

use chrono::{Days, Months, NaiveDate};
use serde_json::{Value, json};
use uuid::Uuid;

use super::events::{self, Step, Subject};
use super::ground::Office;
use super::scribe::{Head, Scribe, TODAY, at};

/// Days of a plan's steps; `None` where a step was not taken.
pub struct Life {
    status: &'static str,
    created_on: NaiveDate,
    drafted_on: Option<NaiveDate>,
    pub submitted_on: Option<NaiveDate>,
    returned_on: Option<NaiveDate>,
    endorsed_on: Option<NaiveDate>,
    adopted_on: Option<NaiveDate>,
    pub started_on: Option<NaiveDate>,
    pub closed_on: Option<NaiveDate>,
    pub withdrawn_on: Option<NaiveDate>,
}

impl Life {
    pub fn of(
        status: &'static str,
        (from, until): (NaiveDate, NaiveDate),
        endorsed_on: Option<NaiveDate>,
        adopted_on: Option<NaiveDate>,
    ) -> Self {
        // When the council says what it thinks of it, or will.
        let turn = endorsed_on.unwrap_or((from - Months::new(2)).min(TODAY - Days::new(15)));
        let before = |days: u64| turn - Days::new(days);
        let is_submitted = !matches!(status, "listening" | "draft" | "withdrawn");
        let is_started = matches!(status, "in_implementation" | "closed");
        Self {
            status,
            created_on: before(220),
            drafted_on: (status != "listening").then(|| before(130)),
            submitted_on: is_submitted.then(|| before(40)),
            returned_on: (status == "returned").then(|| before(10)),
            endorsed_on,
            adopted_on,
            started_on: adopted_on.filter(|_| is_started).map(|adopted| from.max(adopted + Days::new(1))),
            closed_on: (status == "closed").then(|| (until + Days::new(30)).min(TODAY - Days::new(20))),
            withdrawn_on: (status == "withdrawn").then(|| before(60)),
        }
    }

    pub fn council_remarks(&self) -> Option<&'static str> {
        self.returned_on.map(|_| "Precisare i tempi degli interventi e il raccordo con i piani sociali di zona.")
    }

    pub fn closing_report(&self) -> Option<&'static str> {
        self.closed_on.map(|_| {
            "Interventi in gran parte realizzati; restano da consolidare i servizi nei comuni minori. Dato dimostrativo."
        })
    }

    pub fn withdrawal_reason(&self) -> Option<&'static str> {
        self.withdrawn_on.map(|_| "Priorità da ridefinire con il nuovo ciclo di programmazione.")
    }

    /// The steps in their order: day, action, state since, and what else was set.
    fn steps(&self) -> impl Iterator<Item = (NaiveDate, &'static str, &'static str, Vec<(&'static str, Value)>)> {
        let step = |day: Option<NaiveDate>, action, status, set| day.map(|day| (day, action, status, set));
        let day = |column, day: Option<NaiveDate>| vec![(column, json!(day))];
        let text = |column, text: Option<&str>| (column, json!(text));
        let closed = [day("closed_on", self.closed_on), vec![text("closing_report", self.closing_report())]];
        let withdrawn =
            [day("withdrawn_on", self.withdrawn_on), vec![text("withdrawal_reason", self.withdrawal_reason())]];
        let returned = vec![text("council_remarks", self.council_remarks())];
        let submitted = day("submitted_on", self.submitted_on);
        [
            step(self.drafted_on, "start_plan_drafting", "draft", Vec::new()),
            step(self.submitted_on, "submit_territorial_plan", "before_council", submitted),
            step(self.returned_on, "return_territorial_plan", "returned", returned),
            step(self.endorsed_on, "endorse_territorial_plan", "endorsed", day("endorsed_on", self.endorsed_on)),
            step(self.adopted_on, "adopt_territorial_plan", "adopted", day("adopted_on", self.adopted_on)),
            step(self.started_on, "start_plan_implementation", "in_implementation", day("started_on", self.started_on)),
            step(self.closed_on, "close_territorial_plan", "closed", closed.concat()),
            step(self.withdrawn_on, "withdraw_territorial_plan", "withdrawn", withdrawn.concat()),
        ]
        .into_iter()
        .flatten()
    }
}

/// Writes a plan's history, which ends with the visibility that it has; returns its version.
pub fn tell(scribe: &mut Scribe, office: &Office, (id, title): (Uuid, &str), (visibility, life): (&str, &Life)) -> u32 {
    let key = |visibility: &str| Head::new(id, visibility, &office.province, office.owner.number, None).audience;
    let subject = Subject { room: "plans", kind: "TerritorialPlan", table: "territorial_plan", id, key: &key };
    let made = Step {
        action: "create_territorial_plan",
        at: at(life.created_on, 8),
        by: office.owner.id,
        status: "listening",
        visibility: "owner",
        set: vec![("title", json!(title))],
    };
    let later = life.steps().map(|(day, action, status, set)| {
        let is_councils = matches!(status, "returned" | "endorsed");
        Step {
            action,
            at: at(day, if is_councils { 11 } else { 9 }),
            by: if is_councils { office.council.id } else { office.owner.id },
            status,
            visibility: match status {
                "draft" => "owner",
                "before_council" | "returned" | "endorsed" => "territory",
                _ => visibility,
            },
            set,
        }
    });
    let steps: Vec<Step> = std::iter::once(made).chain(later).collect();
    debug_assert_eq!(steps.last().map(|step| step.status), Some(life.status), "the last step leads to where it stands");
    events::tell(scribe, &subject, steps)
}
