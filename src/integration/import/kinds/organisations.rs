//! `--as organisations`

use super::super::columns::{Column, Form, MatchBy, Spec};
use super::super::row::{Judge, Row};
use super::{Choices, VISIBILITIES, check_visibility};
use crate::identifiers::Broken;

const TEXT: Form = Form::Text { longest: 10_000 };

pub const KINDS: Choices = &[
    ("central_authority", &["autorità centrale"]),
    ("prefecture", &["prefettura"]),
    ("territorial_council", &["consiglio territoriale"]),
    ("local_authority", &["ente locale"]),
    ("public_body", &["ente pubblico"]),
    ("third_sector_organisation", &["ente del terzo settore", "ETS"]),
    ("social_partner", &["parte sociale"]),
    ("foreigners_association", &["associazione di stranieri"]),
    ("economic_body", &["organismo economico"]),
    ("religious_body", &["ente religioso"]),
    ("other_organisation", &["altro ente", "altro"]),
];

/// Kinds whose records come with the reference data.
const GIVEN: [&str; 3] = ["central_authority", "prefecture", "territorial_council"];

const RUNTS_SECTIONS: Choices = &[
    ("odv", &["organizzazioni di volontariato"]),
    ("aps", &["associazioni di promozione sociale"]),
    ("enti_filantropici", &[]),
    ("imprese_sociali", &["imprese sociali, incluse le cooperative sociali"]),
    ("reti_associative", &[]),
    ("societa_di_mutuo_soccorso", &["SOMS"]),
    ("altri_ets", &["altri enti del terzo settore"]),
];

pub const SPEC: Spec = Spec {
    name: "organisations",
    table: "organisation",
    id: "id",
    match_by: MatchBy::AnyOf(&["fiscal_code", "ipa_code", "runts_number", "office_code"]),
    more_fields: &[],
    has_provenance: true,
    columns: &[
        Column::new("fiscal_code", &["codice_fiscale", "cf"], "fiscal_code", Form::FiscalCode).kept(),
        Column::new("ipa_code", &["codice_ipa", "ipa"], "ipa_code", Form::IpaCode).kept(),
        Column::new("runts_number", &["numero_runts", "runts"], "runts_number", Form::RuntsNumber).kept(),
        Column::new("office_code", &["codice_ufficio"], "office_code", Form::OfficeCode).kept(),
        Column::new("name", &["denominazione", "nome"], "name", Form::Text { longest: 500 }).required(),
        Column::new("kind", &["tipo", "tipo_ente"], "kind", Form::Choice(KINDS)).required(),
        Column::new("short_name", &["denominazione_breve", "sigla_ente"], "short_name", Form::Text { longest: 200 }),
        Column::new("description", &["descrizione"], "description", TEXT),
        Column::new("vat_number", &["partita_iva", "piva"], "vat_number", Form::VatNumber),
        Column::new("runts_section", &["sezione_runts"], "runts_section", Form::Choice(RUNTS_SECTIONS)),
        Column::new("province", &["provincia", "sigla_provincia"], "province_code", Form::Province),
        Column::new("municipality", &["comune"], "municipality_code", Form::Municipality),
        Column::new("website", &["sito_web", "sito"], "website", Form::Text { longest: 500 }),
        Column::new("valid_from", &["valido_dal", "dal"], "valid_from", Form::Date),
        Column::new("valid_until", &["valido_al", "al"], "valid_until", Form::Date),
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
    if let Some(website) = judge.will_be("website")
        && !(website.starts_with("https://") || website.starts_with("http://"))
    {
        let (it, en) = ("deve iniziare con https:// o http://", "must begin with https:// or http://");
        judge.refuse("website", Broken::new("website.form", it, en));
    }
    let kind = judge.will_be("kind").unwrap_or_default().to_owned();
    let held = judge.row.held.as_ref().and_then(|held| held.fields.get("kind").cloned().flatten());
    match held {
        None if GIVEN.contains(&kind.as_str()) => judge.refuse(
            "kind",
            Broken::new(
                "kind.reference",
                "uffici, consigli e autorità centrali fanno parte dei dati di riferimento: non se ne aggiungono",
                "offices, councils and central authorities are part of the reference data: none is added",
            ),
        ),
        None if judge.will_be("office_code").is_some() => {
            let (it, en) = ("non è il codice di un ufficio", "is no office's code");
            judge.refuse("office_code", Broken::new("office.unknown", it, en));
        }
        Some(held) if held != kind && (GIVEN.contains(&held.as_str()) || GIVEN.contains(&kind.as_str())) => judge
            .refuse(
                "kind",
                Broken::new(
                    "kind.reference",
                    format!("il tipo di un record di riferimento non cambia ({held})"),
                    format!("the kind of a record of the reference data does not change ({held})"),
                ),
            ),
        Some(held) if GIVEN.contains(&held.as_str()) && judge.will_be("visibility") != Some("public") => judge.refuse(
            "visibility",
            Broken::new(
                "visibility.reference",
                "un record di riferimento è sempre pubblico",
                "a record of the reference data is always public",
            ),
        ),
        // Only an office has an office's code.
        Some(held) if held != "prefecture" && judge.will_be("office_code").is_some() => {
            let (it, en) = ("l'organizzazione non è un ufficio", "the organisation is no office");
            judge.refuse("office_code", Broken::new("office.unknown", it, en));
        }
        _ => {}
    }
}
