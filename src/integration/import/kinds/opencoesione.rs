//! `--as opencoesione`: the columns of projects that OpenCoesione publishes.

use super::super::columns::{Column, Form, MatchBy, Member, Spec};
use super::super::row::{Judge, Row};
use super::Choices;
use super::projects::{self, part};
use crate::identifiers::Broken;

/// OpenCoesione's projects have all been admitted. One that is paid in full is finished.
const STATUSES: Choices = &[
    ("funded", &["non avviato"]),
    ("running", &["in corso"]),
    ("suspended", &["sospeso"]),
    ("closed", &["concluso", "liquidato"]),
    ("revoked", &["revocato"]),
];

const PROGRAMMER: &str = "OC_CODFISC_PROGRAMMATORE";
const IMPLEMENTER: &str = "OC_CODFISC_ATTUATORE";
const BENEFICIARY: &str = "OC_CODFISC_BENEFICIARIO";
const PERFORMER: &str = "OC_CODFISC_REALIZZATORE";

/// Whose project it is, of those that a row names: who receives the money before who passes it on.
const LEADS: [&str; 4] = [BENEFICIARY, IMPLEMENTER, PERFORMER, PROGRAMMER];

pub const SPEC: Spec = Spec {
    name: "opencoesione",
    table: "project",
    id: "id",
    match_by: MatchBy::AnyOf(&["local_code", "cup"]),
    more_fields: &["visibility", "province_code", "lead_id", "owner_number"],
    has_provenance: true,
    columns: &[
        Column::new("COD_LOCALE_PROGETTO", &[], "local_code", Form::Text { longest: 100 }).required(),
        Column::new("CUP", &[], "cup", Form::Cup).kept(),
        Column::new("OC_TITOLO_PROGETTO", &[], "title", Form::Text { longest: 2_000 }).required(),
        Column::new("OC_STATO_PROGETTO", &[], "status", Form::Choice(STATUSES)).required(),
        Column::new("OC_SINTESI_PROGETTO", &[], "summary", Form::Text { longest: 10_000 }),
        Column::new("OC_DATA_INIZIO_PROGETTO", &[], "starts_on", Form::Date),
        Column::new("OC_DATA_FINE_PROGETTO_PREVISTA", &[], "ends_on", Form::Date),
        Column::new("FINANZ_TOTALE_PUBBLICO", &[], "public_funding", Form::Amount),
        Column::list(PROGRAMMER, &[], part("programmer", Member::BodyOrNew { names: "OC_DENOM_PROGRAMMATORE" })),
        Column::names("OC_DENOM_PROGRAMMATORE"),
        Column::list(IMPLEMENTER, &[], part("implementer", Member::BodyOrNew { names: "OC_DENOM_ATTUATORE" })),
        Column::names("OC_DENOM_ATTUATORE"),
        Column::list(BENEFICIARY, &[], part("beneficiary", Member::BodyOrNew { names: "OC_DENOM_BENEFICIARIO" })),
        Column::names("OC_DENOM_BENEFICIARIO"),
        Column::list(PERFORMER, &[], part("performer", Member::BodyOrNew { names: "OC_DENOM_REALIZZATORE" })),
        Column::names("OC_DENOM_REALIZZATORE"),
    ],
    complete,
    check,
};

fn complete(row: &mut Row) {
    projects::complete_visibility(row);
    let body = LEADS.iter().find_map(|name| {
        let column = SPEC.columns.iter().position(|column| column.name == *name)?;
        row.lists.get(&column)?.first()?.body.clone()
    });
    if let Some(body) = body {
        row.fields.insert("lead_id", Some(body.id.to_string()));
        row.fields.insert("owner_number", Some(body.number.to_string()));
    }
}

fn check(judge: &mut Judge) {
    projects::check(judge);
    if judge.is_new() && judge.will_be("lead_id").is_none() && judge.row.problems.is_empty() {
        let column = judge.layout.header(BENEFICIARY).unwrap_or(BENEFICIARY).to_owned();
        let (it, en) =
            ("manca un ente a cui intestare il progetto", "no body is named that the project could be led by");
        judge.row.refuse(Some(&column), "", Broken::new("lead.missing", it, en));
    }
}
