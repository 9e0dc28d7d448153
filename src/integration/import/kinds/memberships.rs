//! `--as memberships`: seats in territorial councils.

use super::super::columns::{Column, Form, MatchBy, Spec};
use super::super::row::{Judge, Row};
use super::{Choices, VISIBILITIES, check_visibility};
use crate::identifiers::Broken;

const CATEGORIES: Choices = &[
    ("a", &["uffici periferici dello Stato"]),
    ("b", &["presidente della provincia"]),
    ("c", &["regione"]),
    ("d", &["sindaci"]),
    ("e", &["camera di commercio"]),
    ("f", &["parti sociali"]),
    ("g", &["associazioni di stranieri"]),
    ("h", &["enti di assistenza"]),
    ("invited", &["invitato", "invitati"]),
];
const SIDES: Choices = &[("workers", &["lavoratori"]), ("employers", &["datori di lavoro", "datori"])];
const ROLES: Choices = &[("member", &["componente", "membro"]), ("secretariat", &["segreteria"])];

pub const SPEC: Spec = Spec {
    name: "memberships",
    table: "council_seat",
    id: "id",
    match_by: MatchBy::AllOf(&["council_id", "organisation_id", "category", "valid_from"]),
    more_fields: &["role", "visibility"],
    has_provenance: true,
    columns: &[
        Column::new("council", &["consiglio", "provincia"], "council_id", Form::Council).required(),
        Column::new("organisation", &["organizzazione", "ente"], "organisation_id", Form::Body).required(),
        Column::new("category", &["categoria", "lettera"], "category", Form::Choice(CATEGORIES)).required(),
        Column::new("valid_from", &["valido_dal", "dal"], "valid_from", Form::Date).required(),
        Column::new("valid_until", &["valido_al", "al"], "valid_until", Form::Date),
        Column::new("side", &["parte"], "side", Form::Choice(SIDES)),
        Column::new("role", &["ruolo"], "role", Form::Choice(ROLES)).kept(),
        Column::new(
            "representative_office",
            &["incarico_del_rappresentante"],
            "representative_office",
            Form::Text { longest: 500 },
        ),
        Column::new("visibility", &["visibilità"], "visibility", Form::Choice(VISIBILITIES)).kept(),
    ],
    complete,
    check,
};

fn complete(row: &mut Row) {
    row.or_default("visibility", "public");
    row.or_default("role", "member");
}

fn check(judge: &mut Judge) {
    judge.check_period("valid_from", "valid_until");
    check_visibility(judge);
    if judge.will_be("side").is_some() && judge.will_be("category") != Some("f") {
        let (it, en) = ("solo la categoria f) ha due parti", "only category f) has sides");
        judge.refuse("side", Broken::new("side.category", it, en));
    }
}
