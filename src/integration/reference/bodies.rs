//! DLCI with its directorates, the 106 offices and their competences, and one council for each office's province.

use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::files::table;
use super::territory::{BEFORE_REFORM, REFORM, codes_of_today};
use super::upsert::upsert;
use crate::access::persona::stable_id;

/// The central directorates of DLCI (DPCM 78/2019, art. 5).
const DIRECTORATES: [&str; 6] = [
    "Direzione centrale per la programmazione e i servizi generali",
    "Direzione centrale per le politiche migratorie – Autorità FAMI",
    "Direzione centrale dei servizi civili per l'immigrazione e l'asilo",
    "Direzione centrale per i diritti civili, la cittadinanza e le minoranze",
    "Direzione centrale degli affari dei culti e per l'amministrazione del Fondo edifici di culto",
    "Direzione centrale per le risorse finanziarie",
];

/// Which offices cover Sardinia's eight provinces from 2026-01-01. Our own derivation: each new province is assigned
/// to the office that was competent for most of its municipalities until the day before.
const SARDINIA_2026: [(&str, &str); 8] = [
    ("PREF-SS", "112"),
    ("PREF-SS", "113"),
    ("PREF-NU", "114"),
    ("PREF-NU", "116"),
    ("PREF-OR", "115"),
    ("PREF-CA", "117"),
    ("PREF-CA", "118"),
    ("PREF-CA", "119"),
];

/// A province and the office competent for it, as of 2025.
#[derive(Deserialize)]
struct Office {
    office_code: String,
    province_istat: String,
    office_type: String,
    official_name: String,
    short_name: String,
    seat_istat: String,
    competent_office: String,
}

impl Office {
    /// Sud Sardegna has no office of its own: its row only says who is competent.
    fn exists(&self) -> bool {
        self.office_type != "none"
    }

    fn id(&self) -> Uuid {
        stable_id(&format!("office:{}", self.office_code))
    }

    fn council_id(&self) -> Uuid {
        stable_id(&format!("council:{}", self.office_code))
    }
}

pub async fn load(connection: &mut PgConnection) -> anyhow::Result<()> {
    let provinces = table::<Office>("prefectures.csv")?;
    let offices: Vec<&Office> = provinces.iter().filter(|office| office.exists()).collect();
    let today = codes_of_today()?;
    // An office stands where its seat lies today.
    let seats: Vec<(&str, &str)> = offices
        .iter()
        .map(|office| today.get(&office.seat_istat).map(|(code, province)| (code.as_str(), province.as_str())))
        .collect::<Option<_>>()
        .ok_or_else(|| anyhow::anyhow!("an office has its seat in no municipality"))?;

    let mut bodies = central_authority();
    bodies.extend(offices.iter().zip(&seats).map(|(office, seat)| office_row(office, *seat)));
    bodies.extend(offices.iter().zip(&seats).map(|(office, seat)| council_body(office, *seat)));
    upsert(connection, "organisation", "id", bodies).await?;

    let mut competences: Vec<Value> = provinces
        .iter()
        .map(|office| {
            let ended = today.values().all(|(_, province)| *province != office.province_istat);
            competence(&office.competent_office, &office.province_istat, None, ended.then_some(BEFORE_REFORM))
        })
        .collect();
    competences.extend(SARDINIA_2026.map(|(office, province)| competence(office, province, Some(REFORM), None)));
    upsert(connection, "office_competence", "id", competences).await?;

    let councils = offices.iter().zip(&seats).map(|(office, (_, province))| {
        json!({"organisation_id": office.council_id(), "office_id": office.id(), "province_code": province})
    });
    upsert(connection, "council", "organisation_id", councils.collect()).await
}

fn central_authority() -> Vec<Value> {
    let department = stable_id("authority:DLCI");
    let name = "Dipartimento per le Libertà Civili e l'Immigrazione";
    let mut rows = vec![central(department, name, Some("DLCI"), None, "Ministero dell'Interno")];
    rows.extend(DIRECTORATES.iter().zip(1..).map(|(name, number)| {
        let id = stable_id(&format!("authority:DLCI/{number}"));
        central(id, name, None, Some(department), "DPCM 78/2019, art. 5")
    }));
    rows
}

fn central(id: Uuid, name: &str, short_name: Option<&str>, parent: Option<Uuid>, source: &str) -> Value {
    body(id, "central_authority", name, short_name, parent, None, source)
}

fn office_row(office: &Office, seat: (&str, &str)) -> Value {
    let parent = Some(stable_id("authority:DLCI"));
    let mut row = body(
        office.id(),
        "prefecture",
        &office.official_name,
        Some(&office.short_name),
        parent,
        Some(seat),
        "Elenco degli uffici: data/reference/PROVENANCE.md",
    );
    row["office_code"] = json!(office.office_code);
    row["office_kind"] = json!(office.office_type);
    row
}

fn council_body(office: &Office, seat: (&str, &str)) -> Value {
    let of = if office.office_code == "REG-AO" { "della" } else { "di" };
    let name = format!("Consiglio territoriale per l'immigrazione {of} {}", office.short_name);
    let source = "D.Lgs. 286/1998, art. 3 c. 6; DPR 394/1999, art. 57";
    body(office.council_id(), "territorial_council", &name, None, None, Some(seat), source)
}

/// `seat`: municipality and province.
fn body(
    id: Uuid,
    kind: &str,
    name: &str,
    short_name: Option<&str>,
    parent: Option<Uuid>,
    seat: Option<(&str, &str)>,
    source: &str,
) -> Value {
    json!({
        "id": id,
        "kind": kind,
        "name": name,
        "short_name": short_name,
        "parent_id": parent,
        "office_code": null,
        "office_kind": null,
        "municipality_code": seat.map(|(municipality, _)| municipality),
        "province_code": seat.map(|(_, province)| province),
        "visibility": "public",
        "is_synthetic": false,
        "source": source,
    })
}

fn competence(office: &str, province: &str, valid_from: Option<&str>, valid_until: Option<&str>) -> Value {
    json!({
        "id": stable_id(&format!("competence:{office}:{province}")),
        "office_id": stable_id(&format!("office:{office}")),
        "province_code": province,
        "valid_from": valid_from,
        "valid_until": valid_until,
    })
}
