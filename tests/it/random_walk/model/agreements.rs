//! Agreements: drafted by their promoter, signed party by party, in force when all have signed, left, ended, renewed.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::draft::{clean, day_of, given, has_lines, in_order, put, put_lines, required, years_after};
use super::record::{Doc, Kind, Record, Row, row};
use super::who::{DLCI, is_office};
use super::{Asked, Outcome, TODAY, World, all_hold, refused};

pub fn owner_of_new(world: &World, asked: &Asked) -> Outcome<Option<usize>> {
    let Some(of) = asked.of else { return Ok(world.who[asked.who].body) };
    let old = &world.records[of];
    if world.sees(asked.who, old) { Ok(Some(old.owner)) } else { refused("NOT_FOUND") }
}

/// The promoter; each party signs and leaves for itself.
pub fn owner(world: &World, asked: &Asked, record: &Record) -> Option<usize> {
    let is_partys = matches!(asked.verb.name, "signAgreement" | "withdrawFromAgreement");
    let own = world.who[asked.who].body.filter(|own| is_partys && party(&record.doc, world.named(*own)).is_some());
    Some(own.unwrap_or(record.owner))
}

fn party<'a>(doc: &'a Doc, body: &str) -> Option<&'a Row> {
    doc.rows("agreement_party").iter().find(|row| row["organisation_id"] == body)
}

pub fn make(world: &World, asked: &Asked) -> Outcome<Record> {
    if asked.verb.name == "renewAgreement" {
        return renew(world, asked, &world.records[asked.of.expect("an agreement")]);
    }
    let own = world.who[asked.who].body.expect("a body");
    let in_force = if own == DLCI || is_office(own) { "public" } else { "owner" };
    let mut made = Record::new(Kind::Agreement, own, None, blank(in_force));
    write(world, asked, &mut made)?;
    Ok(made)
}

fn blank(in_force: &str) -> Value {
    json!({
        "status": "draft", "title": "", "subject": null, "reference": null, "valid_from": null, "valid_until": null,
        "opened_on": null, "signed_on": null, "ended_on": null, "end_reason": null, "renews_id": null,
        "visibility": "owner", "visibility_in_force": in_force,
    })
}

fn write(world: &World, asked: &Asked, agreement: &mut Record) -> Outcome {
    let promoter = world.named(agreement.owner);
    let doc = &mut agreement.doc;
    if let Some(named) = asked.arg("partyIds").and_then(Value::as_array) {
        let bodies: Vec<Value> = named.iter().map(|id| given(Some(id), false)).collect();
        let each: BTreeSet<String> = bodies.iter().map(Value::to_string).collect();
        all_hold(&[(each.len() == bodies.len(), "PARTY_TWICE")])?;
        set_parties(world, doc, promoter, &bodies);
    }
    put_lines(&mut doc.root, &asked.args, &["title", "validFrom"]);
    put(&mut doc.root, &asked.args, &["subject", "reference", "validUntil"]);
    if !asked.text("visibilityInForce").is_empty() {
        doc.set("visibility_in_force", asked.text("visibilityInForce").to_lowercase());
    }
    check(doc)
}

fn set_parties(world: &World, doc: &mut Doc, promoter: &str, bodies: &[Value]) {
    let mut all = vec![json!(promoter)];
    all.extend(bodies.iter().filter(|body| **body != json!(promoter)).cloned());
    let rows = doc.rows_mut("agreement_party");
    rows.retain(|row| all.contains(&row["organisation_id"]));
    for body in all {
        if !rows.iter().any(|row| row["organisation_id"] == body) {
            rows.push(row(json!({ "id": world.new_id(), "organisation_id": body, "signed_on": null,
                "withdrew_on": null, "withdrawal_reason": null })));
        }
    }
}

fn check(doc: &Doc) -> Outcome {
    let (from, until) = (doc.text("valid_from"), doc.text("valid_until"));
    all_hold(&[
        (has_lines(&doc.root, &["title"]), "LINE_REQUIRED"),
        (in_order(from, until), "PERIOD_REVERSED"),
        (until.is_empty() || until < years_after(from, 30).as_str(), "PERIOD_TOO_LONG"),
        (matches!(doc.text("visibility_in_force"), "public" | "network" | "owner"), "PARTIES_MUST_SEE"),
    ])
}

fn renew(world: &World, asked: &Asked, old: &Record) -> Outcome<Record> {
    if !old.doc.is(&["in_force", "ended"]) {
        return refused("AGREEMENT_NOT_SIGNED");
    }
    all_hold(&[(asked.text("validFrom") > old.doc.text("valid_from"), "RENEWAL_TOO_EARLY")])?;
    let mut made = Record::new(Kind::Agreement, old.owner, None, blank(old.doc.text("visibility_in_force")));
    for column in ["title", "subject"] {
        made.doc.set(column, old.doc.root[column].clone());
    }
    made.doc.set("renews_id", old.id.to_string());
    made.doc.set("valid_from", asked.text("validFrom"));
    put(&mut made.doc.root, &asked.args, &["validUntil", "reference"]);
    let standing: Vec<Value> = standing(&old.doc).map(|row| row["organisation_id"].clone()).collect();
    set_parties(world, &mut made.doc, world.named(old.owner), &standing);
    check(&made.doc)?;
    Ok(made)
}

fn standing(doc: &Doc) -> impl Iterator<Item = &Row> {
    doc.rows("agreement_party").iter().filter(|row| row["withdrew_on"].is_null())
}

pub fn change(world: &World, asked: &Asked, agreement: &mut Record) -> Outcome {
    let states: &[&str] = match asked.verb.name {
        "changeAgreement" => {
            all_hold(&[(agreement.doc.is(&["draft"]), "AGREEMENT_NOT_DRAFT")])?;
            return write(world, asked, agreement);
        }
        "openAgreementForSigning" => &["draft"],
        "signAgreement" => &["signing"],
        "withdrawFromAgreement" => &["signing", "in_force"],
        _ => &["draft", "signing", "in_force"],
    };
    if !agreement.doc.is(states) {
        return refused("STEP_NOT_ALLOWED");
    }
    let until = agreement.doc.text("valid_until");
    let is_over = !until.is_empty() && until < TODAY;
    let doc = &mut agreement.doc;
    match asked.verb.name {
        "openAgreementForSigning" => {
            let is_alone = doc.rows("agreement_party").len() < 2;
            all_hold(&[(!is_over, "PERIOD_OVER"), (!is_alone, "PARTIES_MISSING")])?;
            doc.set("status", "signing");
            doc.set("opened_on", TODAY);
            let bodies =
                doc.rows("agreement_party").iter().filter_map(|row| world.body(row["organisation_id"].as_str()?));
            agreement.group = Some(bodies.collect());
        }
        "signAgreement" => {
            all_hold(&[(!is_over, "PERIOD_OVER")])?;
            let day = day_of(asked, doc.text("opened_on"))?;
            let party = own_party(world, asked, doc)?;
            all_hold(&[(party["signed_on"].is_null(), "SIGNED_ALREADY")])?;
            party.insert("signed_on".into(), json!(day));
            settle(doc);
        }
        "withdrawFromAgreement" => {
            all_hold(&[(world.who[asked.who].body != Some(agreement.owner), "PROMOTER_ENDS")])?;
            let day = day_since(asked, doc)?;
            let reason = required(asked, "reason")?;
            let party = own_party(world, asked, doc)?;
            party.insert("withdrew_on".into(), json!(day));
            party.insert("withdrawal_reason".into(), reason);
            settle(doc);
            if standing(doc).count() < 2 {
                over(doc, &day, Value::Null);
            }
        }
        _ => {
            let day = day_since(asked, doc)?;
            let reason = required(asked, "reason")?;
            over(doc, &day, reason);
        }
    }
    Ok(())
}

/// A day since it was signed, or else since its parties were asked to sign.
fn day_since(asked: &Asked, doc: &Doc) -> Outcome<String> {
    let signed = doc.text("signed_on");
    day_of(asked, if signed.is_empty() { doc.text("opened_on") } else { signed })
}

fn own_party<'a>(world: &World, asked: &Asked, doc: &'a mut Doc) -> Outcome<&'a mut Row> {
    let own = world.who[asked.who].body.map(|own| world.named(own)).unwrap_or_default();
    match doc.rows_mut("agreement_party").iter_mut().find(|row| row["organisation_id"] == own) {
        Some(row) if row["withdrew_on"].is_null() => Ok(row),
        Some(_) => refused("PARTY_WITHDREW"),
        None => refused("NOT_FOUND"),
    }
}

/// In force on the day of the last signature, once all that have not left have signed.
fn settle(doc: &mut Doc) {
    let days: Vec<String> = standing(doc).map(|row| row["signed_on"].as_str().unwrap_or_default().into()).collect();
    if doc.is(&["signing"]) && days.len() >= 2 && days.iter().all(|day| !day.is_empty()) {
        doc.set("status", "in_force");
        doc.set("signed_on", days.into_iter().max());
        doc.set("visibility", doc.root["visibility_in_force"].clone());
    }
}

fn over(doc: &mut Doc, day: &str, reason: Value) {
    doc.set("status", if doc.is(&["in_force"]) { "ended" } else { "withdrawn" });
    doc.set("ended_on", day);
    doc.set("end_reason", clean(Some(&reason)));
}
