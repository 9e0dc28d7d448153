//! `--as projects`

use super::super::columns::{Column, Form, List, MatchBy, Member, Spec};
use super::super::ground::Place;
use super::super::row::{Entry, Judge, Row};
use super::{Choices, VISIBILITIES, check_visibility};
use crate::identifiers::Broken;

const TEXT: Form = Form::Text { longest: 10_000 };

const STATUSES: Choices = &[
    ("idea", &[]),
    ("proposed", &["presentato", "proposto"]),
    ("admitted", &["ammesso"]),
    ("rejected", &["non ammesso", "respinto"]),
    ("funded", &["finanziato"]),
    ("running", &["in corso"]),
    ("suspended", &["sospeso"]),
    ("closed", &["concluso", "chiuso"]),
    ("revoked", &["revocato"]),
];

/// Statuses in which a project has not been admitted: it is not public.
const UNADMITTED: [&str; 3] = ["idea", "proposed", "rejected"];

/// Organisations that take part in this role.
pub const fn part(role: &'static str, member: Member) -> List {
    List { table: "project_participation", parent: "project_id", role: Some(role), member }
}

const PLACES: List = List { table: "project_place", parent: "project_id", role: None, member: Member::Place };
const CONTRACTS: List = List { table: "project_contract", parent: "project_id", role: None, member: Member::Contract };

pub const SPEC: Spec = Spec {
    name: "projects",
    table: "project",
    id: "id",
    match_by: MatchBy::AnyOf(&["cup", "local_code"]),
    more_fields: &["visibility", "province_code"],
    has_provenance: true,
    columns: &[
        Column::new("cup", &["codice_cup"], "cup", Form::Cup).kept(),
        Column::new(
            "local_code",
            &["codice_locale", "codice_locale_progetto"],
            "local_code",
            Form::Text { longest: 100 },
        )
        .kept(),
        Column::new("title", &["titolo"], "title", Form::Text { longest: 2_000 }).required(),
        Column::new("status", &["stato"], "status", Form::Choice(STATUSES)).required(),
        Column::new("lead", &["capofila"], "lead_id", Form::Owner).required(),
        Column::new("summary", &["sintesi", "descrizione"], "summary", TEXT),
        Column::new("initiative_number", &["numero_iniziativa"], "initiative_number", Form::Text { longest: 100 }),
        Column::new("starts_on", &["data_inizio", "inizio"], "starts_on", Form::Date),
        Column::new("ends_on", &["data_fine", "fine"], "ends_on", Form::Date),
        Column::new("programme", &["programma"], "programme_code", Form::Programme),
        Column::new("call", &["avviso"], "call_id", Form::Call),
        Column::new("province", &["provincia"], "province_code", Form::Province),
        Column::new("public_funding", &["finanziamento_pubblico"], "public_funding", Form::Amount),
        Column::new("total_cost", &["costo_totale"], "total_cost", Form::Amount),
        Column::list("partners", &["partner"], part("partner", Member::Body)),
        Column::list("programmers", &["programmatori"], part("programmer", Member::Body)),
        Column::list("implementers", &["attuatori"], part("implementer", Member::Body)),
        Column::list("beneficiaries", &["beneficiari"], part("beneficiary", Member::Body)),
        Column::list("performers", &["realizzatori"], part("performer", Member::Body)),
        Column::list("contractors", &["affidatari"], part("contractor", Member::Body)),
        Column::list("places", &["luoghi", "territori"], PLACES),
        Column::list("contracts", &["cig", "contratti"], CONTRACTS),
        Column::new("visibility", &["visibilità"], "visibility", Form::Choice(VISIBILITIES)).kept(),
    ],
    complete,
    check,
};

/// Without places a project works in its province.
fn complete(row: &mut Row) {
    complete_visibility(row);
    let places = SPEC.columns.iter().position(|column| column.name == "places");
    if let (Some(places), Some(province)) = (places, row.given("province_code").map(String::from)) {
        let whole = Place { province, municipality: String::new() };
        row.lists.entry(places).or_insert_with(|| vec![Entry::place(&whole)]);
    }
}

/// What has not been admitted is its lead's own until somebody decides otherwise.
pub fn complete_visibility(row: &mut Row) {
    let unadmitted = row.given("status").is_some_and(|status| UNADMITTED.contains(&status));
    row.or_default("visibility", if unadmitted { "owner" } else { "public" });
}

pub fn check(judge: &mut Judge) {
    judge.check_period("starts_on", "ends_on");
    check_visibility(judge);
    let unadmitted = judge.will_be("status").is_some_and(|status| UNADMITTED.contains(&status));
    if unadmitted && judge.will_be("visibility") == Some("public") {
        let field = if judge.layout.header_of("visibility").is_some() { "visibility" } else { "status" };
        judge.refuse(
            field,
            Broken::new(
                "visibility.unadmitted",
                "un progetto non ammesso non è pubblico: indicare un'altra visibilità",
                "a project that is not admitted is not public: give another visibility",
            ),
        );
    }
}
