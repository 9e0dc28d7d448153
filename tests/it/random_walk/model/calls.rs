//! Calls: published with their terms, amended, cancelled. Once a call is open its terms may only become wider.

use serde_json::{Value, json};

use super::draft::{amount, clean, has_lines, in_order, put, put_lines};
use super::record::{Doc, Key, Kind, Record};
use super::who::{DLCI, is_office};
use super::{Asked, Outcome, TODAY, World, all_hold, refused};

pub fn readable(_world: &World, asked: &Asked) -> Outcome {
    all_hold(&[(asked.text("province") != "XX", "NOT_FOUND")])
}

pub fn make(world: &World, asked: &Asked) -> Outcome<Record> {
    let issuer = world.who[asked.who].body.filter(|body| *body == DLCI || is_office(*body)).expect("an issuer");
    if asked.text("programmeCode") == "FAMI/NOWHERE" {
        return refused("PROGRAMME_UNKNOWN");
    }
    let kinds: Vec<String> = kinds(asked.arg("eligibleKinds")).unwrap_or_default();
    let visibility = if asked.text("visibility").is_empty() { "PUBLIC" } else { asked.text("visibility") };
    let root = json!({
        "reference": asked.text("reference").trim(), "title": asked.text("title").trim(), "summary": null,
        "programme_code": asked.text("programmeCode"), "opens_on": asked.text("opensOn"), "closes_on": asked.arg("closesOn"),
        "budget": amount(asked.arg("budget")), "eligible_kinds": kinds,
        "min_partners": asked.arg("minPartners").unwrap_or(&json!(0)), "max_partners": asked.arg("maxPartners"),
        "requires_intervention": asked.arg("requiresIntervention").unwrap_or(&json!(false)),
        "cancelled_on": null, "cancellation_reason": null, "visibility": visibility.to_lowercase(),
        "issuer_id": world.named(issuer),
    });
    let province = match asked.text("province") {
        "BO" => Some("037"),
        "MO" => Some("036"),
        _ => None,
    };
    let made = Record::new(Kind::Call, issuer, province, root);
    check(world, asked, &made)?;
    Ok(made)
}

fn kinds(given: Option<&Value>) -> Option<Vec<String>> {
    Some(given?.as_array()?.iter().filter_map(Value::as_str).map(str::to_lowercase).collect())
}

fn check(world: &World, asked: &Asked, call: &Record) -> Outcome {
    let doc = &call.doc;
    let (fewest, most) = (doc.number("min_partners").unwrap_or_default(), doc.number("max_partners"));
    all_hold(&[
        (has_lines(&doc.root, &["reference", "title"]), "LINE_REQUIRED"),
        (in_order(doc.text("opens_on"), doc.text("closes_on")), "PERIOD_REVERSED"),
        (doc.number("budget").is_none_or(|budget| budget >= 0.0), "AMOUNT_NEGATIVE"),
        (fewest >= 0.0 && most.is_none_or(|most| fewest <= most), "PARTNERS_REVERSED"),
        (call.key() != Key::Territory("nowhere") && world.sees(asked.who, call), "ISSUER_MUST_SEE"),
    ])
}

pub fn change(world: &World, asked: &Asked, call: &mut Record) -> Outcome {
    if asked.verb.name == "cancelFundingCall" {
        let id = call.id.to_string();
        let is_admitted = world.all(Kind::Project).any(|(_, project)| {
            project.doc.text("call_id") == id
                && !project.doc.is(&["idea", "proposed", "rejected"])
                && world.sees(asked.who, project)
        });
        all_hold(&[
            (call.doc.root["cancelled_on"].is_null(), "CALL_CANCELLED"),
            (!is_admitted, "CALL_HAS_ADMITTED"),
            (!clean(asked.arg("reason")).is_null(), "LINE_REQUIRED"),
        ])?;
        call.doc.set("cancelled_on", TODAY);
        call.doc.set("cancellation_reason", clean(asked.arg("reason")));
        return Ok(());
    }
    let before = call.doc.clone();
    let doc = &mut call.doc;
    put_lines(&mut doc.root, &asked.args, &["title", "opensOn"]);
    put(
        &mut doc.root,
        &asked.args,
        &["summary", "closesOn", "budget", "maxPartners", "minPartners", "requiresIntervention"],
    );
    if let Some(kinds) = kinds(asked.arg("eligibleKinds")) {
        doc.set("eligible_kinds", kinds);
    }
    if asked.arg("visibility").is_some() {
        doc.set("visibility", asked.text("visibility").to_lowercase());
    }
    check(world, asked, call)?;
    amendable(&before, &call.doc)
}

/// Under the terms of an open call others have written proposals.
fn amendable(before: &Doc, after: &Doc) -> Outcome {
    if !before.root["cancelled_on"].is_null() {
        return refused("CALL_CANCELLED");
    }
    if TODAY < before.text("opens_on") {
        return Ok(());
    }
    let last = |doc: &Doc| Some(doc.text("closes_on").to_owned()).filter(|day| !day.is_empty());
    let is_later = match (last(before), last(after)) {
        (_, None) => true,
        (before, Some(after)) => after.as_str() >= TODAY && before.is_none_or(|before| after >= before),
    };
    let no_less = |column: &str| match (before.number(column), after.number(column)) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(before), Some(after)) => after >= before,
    };
    let kinds = |doc: &Doc| doc.root["eligible_kinds"].as_array().cloned().unwrap_or_default();
    let (old, new) = (kinds(before), kinds(after));
    let admits_as_many = new.is_empty() || (!old.is_empty() && old.iter().all(|kind| new.contains(kind)));
    let asks_no_more = after.root["requires_intervention"] == false || before.root["requires_intervention"] == true;
    let rank = |doc: &Doc| match doc.text("visibility") {
        "owner" => 0,
        "network" => 2,
        "public" => 3,
        _ => 1,
    };
    let is_seen = before.text("visibility") == after.text("visibility") || rank(after) > rank(before);
    all_hold(&[(
        is_later
            && no_less("budget")
            && no_less("max_partners")
            && after.number("min_partners") <= before.number("min_partners")
            && admits_as_many
            && asks_no_more
            && is_seen
            && before.text("opens_on") == after.text("opens_on"),
        "CALL_ALREADY_OPEN",
    )])
}
