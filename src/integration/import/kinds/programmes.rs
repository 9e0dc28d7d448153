//! `--as programmes`: nodes of the funding programmes, each under the node that its code begins with.

use super::super::columns::{Column, Form, MatchBy, Spec};
use super::super::row::{Judge, Row};
use super::Choices;
use crate::identifiers::Broken;

const KINDS: Choices = &[
    ("programme", &["programma"]),
    ("specific_objective", &["obiettivo specifico"]),
    ("national_objective", &["obiettivo nazionale"]),
    ("implementation_measure", &["misura di attuazione"]),
    ("field_of_application", &["ambito di applicazione"]),
    ("intervention", &["intervento"]),
    ("action", &["azione"]),
];

pub const SPEC: Spec = Spec {
    name: "programmes",
    table: "programme_node",
    id: "code",
    match_by: MatchBy::AllOf(&["code"]),
    more_fields: &[],
    has_provenance: false,
    columns: &[
        Column::new("code", &["codice"], "code", Form::ProgrammePath).required(),
        Column::new("kind", &["tipo", "livello"], "kind", Form::Choice(KINDS)).required(),
        Column::new("name", &["denominazione", "nome"], "name", Form::Text { longest: 2_000 }).required(),
        Column::new("name_en", &["denominazione_inglese"], "name_en", Form::Text { longest: 2_000 }),
        Column::new("budget", &["dotazione"], "budget", Form::Amount),
        Column::new("cci", &[], "cci", Form::Text { longest: 100 }),
        Column::new("legal_basis", &["base_giuridica"], "legal_basis", Form::Text { longest: 500 }),
        Column::new("valid_from", &["valido_dal", "dal"], "valid_from", Form::Date),
        Column::new("valid_until", &["valido_al", "al"], "valid_until", Form::Date),
    ],
    complete: |_: &mut Row| {},
    check,
};

fn check(judge: &mut Judge) {
    judge.check_period("valid_from", "valid_until");
    let is_root = judge.will_be("parent_code").is_none();
    if is_root != (judge.will_be("kind") == Some("programme")) {
        let (it, en) = (
            "un programma, e solo un programma, sta in cima all'albero",
            "a programme, and nothing else, stands at the top of the tree",
        );
        judge.refuse("kind", Broken::new("programme.kind", it, en));
    }
}
