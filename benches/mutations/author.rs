//! A caller who draws up plans: each lives from draft to closing, and between its deeds the author lends a hand to a
//! plan of the whole office, which others change at the same time.

use raccordo::access::persona::{Persona, stable_id};
use raccordo::access::token::DemoKey;
use raccordo::graphql::NodeId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// What is done to a plan of one's own, from its making to its end.
const LIFE: [Deed; 22] = [
    Deed::Create,
    Deed::Section("objectives"),
    Deed::Need,
    Deed::Indicator,
    Deed::Section("resources"),
    Deed::Need,
    Deed::Section("contextAnalysis"),
    Deed::Indicator,
    Deed::Section("title"),
    Deed::Need,
    Deed::Submit,
    Deed::Endorse,
    Deed::Adopt,
    Deed::Start,
    Deed::Measure,
    Deed::Measure,
    Deed::Measure,
    Deed::Measure,
    Deed::Measure,
    Deed::Measure,
    Deed::Measure,
    Deed::Close,
];

/// Every so many deeds one is done to the office's plan.
const SHARED: usize = 6;

/// What is written there: two authors seldom write the same section at once, and now and then do.
const SECTIONS: [&str; 4] = ["objectives", "resources", "contextAnalysis", "title"];

#[derive(Clone, Copy)]
enum Deed {
    Create,
    Section(&'static str),
    Need,
    Indicator,
    Submit,
    Endorse,
    Adopt,
    Start,
    Measure,
    Close,
}

/// The bodies of an author, and what lets it in.
#[derive(Clone, Serialize, Deserialize)]
pub struct Office {
    id: Uuid,
    token: String,
    /// Of the office's council.
    council: String,
    /// The office's plan, which all of its authors change, and its version.
    pub shared: Option<(String, i64)>,
}

impl Office {
    /// The office with this code, e.g. `PREF-BO`.
    pub fn new(code: &str, key: &DemoKey) -> anyhow::Result<Self> {
        // The demonstration's key signs for any body; the name must be one of its personas'.
        let token = |name, body: String| key.token(Persona { name, organisation: body.leak() });
        Ok(Self {
            id: stable_id(&format!("office:{code}")),
            token: token("prefettura-bologna", format!("office:{code}"))?,
            council: token("consiglio-bologna", format!("council:{code}"))?,
            shared: None,
        })
    }
}

/// A request: what it is called, by whom it is made, and its body.
pub struct Asked {
    pub name: &'static str,
    pub token: String,
    pub body: Value,
}

/// What became of a mutation.
pub enum Became {
    /// The plan's global id and its version since.
    Done(String, i64),
    /// Somebody else changed the same of the office's plan meanwhile.
    Meanwhile,
    Refused(String),
}

struct Plan {
    id: String,
    version: i64,
    need: Value,
    measure: Value,
}

pub struct Author {
    office: Office,
    own: Option<Plan>,
    /// Deeds asked for so far, and how far the own plan has come.
    turn: usize,
    step: usize,
    is_shared: bool,
    /// Tells this author's words and keys from others'.
    seed: String,
}

impl Author {
    pub fn new(office: Office, seed: String) -> Self {
        Self { office, own: None, turn: 0, step: 0, is_shared: false, seed }
    }

    /// The next mutation.
    pub fn next(&mut self) -> Asked {
        self.turn += 1;
        self.is_shared = self.office.shared.is_some() && self.turn.is_multiple_of(SHARED);
        let text = format!("Testo {} di {}.", self.turn, self.seed);
        let (verb, more) = match self.deed() {
            Deed::Create => ("createTerritorialPlan", self.whole(&text)),
            Deed::Section(name) => ("draftTerritorialPlan", json!({ name: text })),
            Deed::Need => ("writePlanNeed", json!({ "needId": self.plan().need, "description": text })),
            Deed::Indicator => ("writePlanIndicator", json!({ "indicator": indicator(&text) })),
            Deed::Submit => ("submitTerritorialPlan", json!({})),
            Deed::Endorse => ("endorseTerritorialPlan", json!({})),
            Deed::Adopt => ("adoptTerritorialPlan", json!({})),
            Deed::Start => ("startPlanImplementation", json!({})),
            Deed::Measure => {
                let day = format!("2026-02-{:02}", self.step);
                let value = json!({ "measureId": self.plan().measure, "measuredOn": day, "value": self.step,
                    "source": "Registro" });
                ("recordPlanMeasurement", value)
            }
            Deed::Close => ("closeTerritorialPlan", json!({ "report": text })),
        };
        let mut input = more.as_object().expect("inputs are objects").clone();
        let on = match (self.is_shared, &self.own, &self.office.shared) {
            (true, _, Some((id, version))) => Some((id.clone(), *version)),
            (_, Some(plan), _) => Some((plan.id.clone(), plan.version)),
            _ => None,
        };
        if let Some((id, version)) = on {
            input.extend([("planId".to_owned(), id.into()), ("expectedVersion".to_owned(), version.into())]);
        }
        // As callers do who send a request again when no answer came.
        if self.turn.is_multiple_of(2) {
            input.insert("idempotencyKey".into(), format!("{}-{}", self.seed, self.turn).into());
        }
        let is_council = matches!(self.deed(), Deed::Endorse);
        let token = if is_council { &self.office.council } else { &self.office.token };
        let record =
            if self.own.is_some() { "id version" } else { "id version needs { id } interventions { measures { id } }" };
        let ty = verb[..1].to_uppercase() + &verb[1..];
        let query = format!(
            "mutation($input: {ty}Input!) {{ done: {verb}(input: $input) {{ territorialPlan {{ {record} }}
               userErrors {{ code rule message }} }} }}"
        );
        Asked { name: verb, token: token.clone(), body: json!({ "query": query, "variables": { "input": input } }) }
    }

    fn deed(&self) -> Deed {
        match (self.is_shared, &self.own) {
            (true, _) => Deed::Section(SECTIONS[(self.turn / SHARED + self.seed.len()) % SECTIONS.len()]),
            (false, None) => Deed::Create,
            (false, Some(_)) => LIFE[self.step],
        }
    }

    fn plan(&self) -> &Plan {
        self.own.as_ref().expect("what follows the making of a plan is done to it")
    }

    fn whole(&self, text: &str) -> Value {
        let intervention = json!({ "title": "Sportello mobile", "startsOn": "2026-02-01", "endsOn": "2027-12-31",
            "responsibleId": NodeId::new("Organisation", self.office.id).id(), "budget": "250000.00",
            "expectedResults": "500 persone",
            "measures": [{ "name": "Persone seguite", "unit": "persone", "baseline": 0, "target": 500 }] });
        json!({ "title": text, "periodFrom": "2026-01-01", "periodUntil": "2028-12-31", "isDraft": true,
            "contextAnalysis": "Il contesto.", "objectives": "Gli obiettivi.", "resources": "Le risorse.",
            "indicators": [indicator("Residenti stranieri")],
            "needs": [{ "topic": "work", "title": "Lavoro regolare", "priorities": [{ "title": "Contrasto al caporalato",
                "interventions": [intervention] }] }] })
    }

    /// Takes notice of an answer.
    pub fn hear(&mut self, answer: &Value) -> Became {
        let done = &answer["data"]["done"];
        let plan = &done["territorialPlan"];
        let (Some(id), Some(version)) = (plan["id"].as_str(), plan["version"].as_i64()) else {
            let errors = &done["userErrors"];
            if self.is_shared && errors[0]["rule"] == "CHANGED_MEANWHILE" {
                return Became::Meanwhile;
            }
            if !self.is_shared {
                (self.own, self.step) = (None, 0);
            }
            return Became::Refused(if errors.is_array() { errors } else { &answer["errors"] }.to_string());
        };
        match (&mut self.own, &mut self.office.shared) {
            (_, Some(shared)) if self.is_shared => shared.1 = version,
            (Some(own), _) => (own.version, self.step) = (version, self.step + 1),
            (own, _) => {
                let measure = plan["interventions"][0]["measures"][0]["id"].clone();
                *own = Some(Plan { id: id.to_owned(), version, need: plan["needs"][0]["id"].clone(), measure });
                self.step = 1;
            }
        }
        if self.step == LIFE.len() {
            (self.own, self.step) = (None, 0);
        }
        Became::Done(id.to_owned(), version)
    }

    /// A query for the office's plan as it stands.
    pub fn look(&self) -> Asked {
        let id = self.office.shared.as_ref().map(|(id, _)| id);
        let query = "query($id: ID!) { done: territorialPlan(id: $id) { version } }";
        let body = json!({ "query": query, "variables": { "id": id } });
        Asked { name: "territorialPlan", token: self.office.token.clone(), body }
    }

    /// Takes notice of its answer.
    pub fn see(&mut self, answer: &Value) {
        if let (Some(shared), Some(version)) = (&mut self.office.shared, answer["data"]["done"]["version"].as_i64()) {
            shared.1 = version;
        }
    }
}

fn indicator(name: &str) -> Value {
    json!({ "name": name, "value": 124_000, "unit": "persone", "measuredOn": "2026-01-01", "source": "ISTAT" })
}
