//! The FAMI tree, as far as public sources that we checked state it; an installation adds more by import.

use serde_json::{Value, json};
use sqlx::PgConnection;

use super::upsert::upsert;

/// A node: kind, last part of its code, name, name in English, budget in millions of euro.
type Node = (&'static str, &'static str, &'static str, &'static str, Option<&'static str>);

/// Regulation (EU) 516/2014: three specific objectives, each with three national ones.
const FAMI_2014: [(Node, [(&str, &str); 3]); 3] = [
    (("specific_objective", "OS1", "Asilo", "Asylum", None), UNNAMED),
    (
        ("specific_objective", "OS2", "Integrazione/Migrazione legale", "Integration/Legal migration", None),
        [UNNAMED[0], UNNAMED[1], ("Capacity building", "Capacity building")],
    ),
    (("specific_objective", "OS3", "Rimpatrio", "Return", None), UNNAMED),
];
const UNNAMED: [(&str, &str); 3] = [
    ("Obiettivo nazionale 1", "National objective 1"),
    ("Obiettivo nazionale 2", "National objective 2"),
    ("Obiettivo nazionale 3", "National objective 3"),
];

/// Regulation (EU) 2021/1147, by path below the programme.
const FAMI_2021: [Node; 5] = [
    ("specific_objective", "OS1", "Obiettivo specifico 1", "Specific objective 1", Some("222200000")),
    ("specific_objective", "OS2", "Obiettivo specifico 2", "Specific objective 2", Some("199600000")),
    ("implementation_measure", "OS2/2.d", "Misura di attuazione 2.d", "Implementation measure 2.d", None),
    ("field_of_application", "OS2/2.d/2.m", "Ambito di applicazione 2.m", "Field of application 2.m", None),
    ("intervention", "OS2/2.d/2.m/a", "Intervento a)", "Intervention a)", None),
];

struct Programme {
    code: &'static str,
    name: &'static str,
    name_en: &'static str,
    cci: Option<&'static str>,
    legal_basis: &'static str,
    years: (&'static str, &'static str),
}

const P2014: Programme = Programme {
    code: "FAMI-2014-2020",
    name: "Fondo Asilo, Migrazione e Integrazione 2014–2020",
    name_en: "Asylum, Migration and Integration Fund 2014–2020",
    cci: Some("2014IT65AMNP001"),
    legal_basis: "Reg. (UE) 516/2014",
    years: ("2014-01-01", "2020-12-31"),
};
const P2021: Programme = Programme {
    code: "FAMI-2021-2027",
    name: "Fondo Asilo, Migrazione e Integrazione 2021–2027",
    name_en: "Asylum, Migration and Integration Fund 2021–2027",
    cci: None,
    legal_basis: "Reg. (UE) 2021/1147",
    years: ("2021-01-01", "2027-12-31"),
};

impl Programme {
    fn root(&self, budget: Option<&str>) -> Value {
        let mut row = self.row("programme", "", self.name, self.name_en, budget);
        row["cci"] = json!(self.cci);
        row["legal_basis"] = json!(self.legal_basis);
        row
    }

    /// The node at a path below the programme; the empty path is the programme itself.
    fn row(&self, kind: &str, path: &str, name: &str, name_en: &str, budget: Option<&str>) -> Value {
        let code = if path.is_empty() { self.code.to_owned() } else { format!("{}/{path}", self.code) };
        let (parent, label) = match code.rsplit_once('/') {
            Some((parent, label)) => (Some(parent), label),
            None => (None, self.code),
        };
        json!({
            "code": code,
            "parent_code": parent,
            "kind": kind,
            "label": label,
            "name": name,
            "name_en": name_en,
            "budget": budget,
            "cci": null,
            "legal_basis": null,
            "valid_from": self.years.0,
            "valid_until": self.years.1,
        })
    }
}

pub async fn load(connection: &mut PgConnection) -> anyhow::Result<()> {
    upsert(connection, "programme_node", "code", tree()).await
}

/// Parents stand before their children.
fn tree() -> Vec<Value> {
    let mut rows = vec![P2014.root(None)];
    for ((kind, path, name, name_en, budget), objectives) in FAMI_2014 {
        rows.push(P2014.row(kind, path, name, name_en, budget));
        rows.extend(objectives.iter().zip(1..).map(|((name, name_en), number)| {
            P2014.row("national_objective", &format!("{path}/ON{number}"), name, name_en, None)
        }));
    }
    rows.push(P2021.root(Some("512600000")));
    rows.extend(FAMI_2021.map(|(kind, path, name, name_en, budget)| P2021.row(kind, path, name, name_en, budget)));
    rows
}
