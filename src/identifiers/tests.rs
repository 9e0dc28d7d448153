use std::str::FromStr;

use serde_json::Value;

use super::{Broken, Cig, Cup, FiscalCode, IpaCode, RuntsNumber, VatNumber};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../tests/vectors/identifier-test-vectors.json"))
        .expect("the vectors are JSON")
}

fn listed(vectors: &Value, kind: &str, list: &str) -> Vec<String> {
    let texts = vectors[kind][list].as_array().into_iter().flatten();
    texts.map(|text| text.as_str().expect("a text").to_owned()).collect()
}

fn rule<T: FromStr<Err = Broken>>(text: &str) -> Option<&'static str> {
    text.parse::<T>().err().map(|broken| broken.rule)
}

#[track_caller]
fn hold<T: FromStr<Err = Broken>>(vectors: &Value, kind: &str) {
    let (valid, invalid) = (listed(vectors, kind, "valid"), listed(vectors, kind, "invalid"));
    assert!(!valid.is_empty(), "{kind} has vectors");
    for text in valid {
        assert_eq!(rule::<T>(&text), None, "{kind} {text}");
    }
    for text in invalid {
        assert!(rule::<T>(&text).is_some(), "{kind} {text} is refused");
    }
}

#[test]
fn every_vector_is_judged_as_it_says() {
    let vectors = vectors();
    hold::<Cig>(&vectors, "cig_standard");
    hold::<Cig>(&vectors, "smart_cig");
    hold::<Cup>(&vectors, "cup");
    hold::<FiscalCode>(&vectors, "codice_fiscale_ente_piva");
    hold::<VatNumber>(&vectors, "codice_fiscale_ente_piva");
    for person in listed(&vectors, "codice_fiscale_persona", "valid") {
        assert_eq!(rule::<FiscalCode>(&person), Some("fiscal_code.person"), "{person}");
    }
}

#[test]
fn a_refusal_names_the_rule_that_is_broken() {
    for (text, expected) in [
        ("8528645C7E", Some("cig.check_digits")),
        ("0000000000", Some("cig.serial")),
        ("Z1F31EB332", Some("cig.check_digits")),
        ("W123456789", Some("cig.form")),
        ("B0123456AF", None),
        ("ES27", None),
        ("ES28", Some("cig.exclusion")),
        ("ES1", Some("cig.exclusion")),
        ("8528645c7d", None),
        ("è528645C7D", Some("cig.form")),
    ] {
        assert_eq!(rule::<Cig>(text), expected, "{text}");
    }
    for (text, expected) in [
        ("01907990013", Some("fiscal_code.check_digit")),
        ("1907990012", Some("fiscal_code.form")),
        ("RSSMRA85T10A562T", Some("fiscal_code.form")),
        ("", Some("fiscal_code.form")),
    ] {
        assert_eq!(rule::<FiscalCode>(text), expected, "{text}");
    }
    assert_eq!(rule::<VatNumber>("IT 01907990012"), None);
    assert_eq!(rule::<IpaCode>("c a944"), Some("ipa_code.form"));
    assert_eq!(rule::<RuntsNumber>("12A"), Some("runts_number.form"));
}

#[test]
fn one_written_form_stands_for_all() {
    assert_eq!("f81i20001650007 ".parse::<Cup>().unwrap().as_str(), "F81I20001650007");
    assert_eq!("C_A944".parse::<IpaCode>().unwrap().as_str(), "c_a944");
}
