//! `--as agreements`

use super::super::columns::{Column, Form, List, MatchBy, Member, Spec};
use super::super::row::{Judge, Row};
use super::{VISIBILITIES, check_visibility};

const PARTIES: List = List { table: "agreement_party", parent: "agreement_id", role: None, member: Member::Body };

pub const SPEC: Spec = Spec {
    name: "agreements",
    table: "agreement",
    id: "id",
    match_by: MatchBy::AllOf(&["reference"]),
    more_fields: &["visibility"],
    has_provenance: true,
    columns: &[
        Column::new("reference", &["riferimento", "protocollo"], "reference", Form::Text { longest: 200 }).required(),
        Column::new("title", &["titolo"], "title", Form::Text { longest: 2_000 }).required(),
        Column::new("promoter", &["promotore"], "promoter_id", Form::Owner).required(),
        Column::new("valid_from", &["valido_dal", "dal"], "valid_from", Form::Date).required(),
        Column::new("valid_until", &["valido_al", "al"], "valid_until", Form::Date),
        Column::new("signed_on", &["data_firma", "firmato_il"], "signed_on", Form::Date),
        Column::new("subject", &["oggetto"], "subject", Form::Text { longest: 10_000 }),
        Column::new("province", &["provincia"], "province_code", Form::Province),
        Column::list("parties", &["parti", "firmatari"], PARTIES),
        Column::new("visibility", &["visibilità"], "visibility", Form::Choice(VISIBILITIES)).kept(),
    ],
    complete,
    check,
};

fn complete(row: &mut Row) {
    row.or_default("visibility", "public");
}

fn check(judge: &mut Judge) {
    judge.check_period("valid_from", "valid_until");
    check_visibility(judge);
}
