//! The steps that a generated plan has taken, on which days, and its history that follows from them.

use chrono::{Days, Months, NaiveDate};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::events::{self, Event};
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

    /// The steps in their order: day, action, whether it is the council's, state since, column of the day.
    fn steps(&self) -> Vec<(NaiveDate, &'static str, bool, &'static str, Option<&'static str>)> {
        let step = |day: Option<NaiveDate>, action, status, column| day.map(|day| (day, action, false, status, column));
        let by_council =
            |day: Option<NaiveDate>, action, status, column| day.map(|day| (day, action, true, status, column));
        [
            step(self.drafted_on, "start_plan_drafting", "draft", None),
            step(self.submitted_on, "submit_territorial_plan", "before_council", Some("submitted_on")),
            by_council(self.returned_on, "return_territorial_plan", "returned", None),
            by_council(self.endorsed_on, "endorse_territorial_plan", "endorsed", Some("endorsed_on")),
            step(self.adopted_on, "adopt_territorial_plan", "adopted", Some("adopted_on")),
            step(self.started_on, "start_plan_implementation", "in_implementation", Some("started_on")),
            step(self.closed_on, "close_territorial_plan", "closed", Some("closed_on")),
            step(self.withdrawn_on, "withdraw_territorial_plan", "withdrawn", Some("withdrawn_on")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Writes a plan's history, which ends with the visibility that it has; returns its version.
pub fn tell(scribe: &mut Scribe, office: &Office, (id, title): (Uuid, &str), (visibility, life): (&str, &Life)) -> u32 {
    let key = |visibility: &str| Head::new(id, visibility, &office.province, office.owner.number, None).audience;
    let change = |before: Value, after: Value| json!([{ "part": "territorial_plan", "kind": "TerritorialPlan", "key": id, "before": before, "after": after }]);
    let (mut status, mut seen) = ("listening", "owner");
    let mut version = 1;
    let mut event = Event {
        room: "plans",
        kind: "TerritorialPlan",
        record: id,
        version,
        action: "create_territorial_plan",
        at: at(life.created_on, 8),
        by: office.owner.id,
        audience: key(seen),
        audience_before: key(seen),
        changes: change(Value::Null, json!({ "title": title, "status": status, "visibility": seen })),
    };
    events::tell(scribe, &event);
    for (day, action, is_councils, next, column) in life.steps() {
        version += 1;
        let since = match next {
            "draft" => "owner",
            "before_council" | "returned" | "endorsed" => "territory",
            _ => visibility,
        };
        let (mut before, mut after) = (Map::new(), Map::new());
        let mut differ = |column: &str, was: Value, is: Value| {
            if was != is {
                before.insert(column.into(), was);
                after.insert(column.into(), is);
            }
        };
        differ("status", json!(status), json!(next));
        differ("visibility", json!(seen), json!(since));
        if let Some(column) = column {
            differ(column, Value::Null, json!(day));
        }
        for (name, text) in [
            ("council_remarks", life.council_remarks().filter(|_| next == "returned")),
            ("closing_report", life.closing_report().filter(|_| next == "closed")),
            ("withdrawal_reason", life.withdrawal_reason().filter(|_| next == "withdrawn")),
        ] {
            differ(name, Value::Null, json!(text));
        }
        event = Event {
            version,
            action,
            at: at(day, if is_councils { 11 } else { 9 }),
            by: if is_councils { office.council.id } else { office.owner.id },
            audience: key(since),
            audience_before: key(seen),
            changes: change(Value::Object(before), Value::Object(after)),
            ..event
        };
        events::tell(scribe, &event);
        (status, seen) = (next, since);
    }
    debug_assert_eq!(status, life.status, "the last step leads to where the plan stands");
    version
}
