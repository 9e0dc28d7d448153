//! What a proposal is assembled of: places, partners, a budget; who shares it, and what holds of it all.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::draft::{amount, clean, given, has_lines, in_order};
use super::plans::plan_of;
use super::projects::call_of;
use super::record::{Doc, Record, Row, row, text};
use super::who::{BOLOGNA, DLCI, MODENA};
use super::{Asked, Outcome, TODAY, World, all_hold, refused};

pub fn set_places(asked: &Asked, doc: &mut Doc) -> Outcome {
    let Some(places) = asked.arg("places").and_then(Value::as_array) else { return Ok(()) };
    let mut codes = BTreeSet::new();
    for place in places {
        codes.insert(match place.as_str() {
            Some("BO") => "037",
            Some("MO") => "036",
            _ => return refused("NOT_FOUND"),
        });
    }
    *doc.rows_mut("project_place") = codes.into_iter().map(|code| row(json!({ "province_code": code }))).collect();
    Ok(())
}

pub fn set_links(asked: &Asked, doc: &mut Doc) {
    let Some(links) = asked.arg("interventionIds").and_then(Value::as_array) else { return };
    let ids: BTreeSet<String> =
        links.iter().map(|id| given(Some(id), false).as_str().unwrap_or_default().into()).collect();
    *doc.rows_mut("project_intervention") = ids.into_iter().map(|id| row(json!({ "intervention_id": id }))).collect();
}

pub fn set_budget(asked: &Asked, doc: &mut Doc) -> Outcome {
    let Some(lines) = asked.arg("budget").and_then(Value::as_array) else { return Ok(()) };
    let mut rows: Vec<Row> = Vec::new();
    for line in lines {
        let body = given(line.get("organisationId"), false);
        if rows.iter().any(|row| row["organisation_id"] == body && row["year"] == line["year"]) {
            return refused("BUDGET_LINE_TWICE");
        }
        rows.push(row(json!({ "organisation_id": body, "year": line["year"], "amount": amount(line.get("amount")) })));
    }
    *doc.rows_mut("project_budget") = rows;
    Ok(())
}

/// Who decides gives sight of a territory with its places: an office of its own provinces, the department of all.
pub fn competent(world: &World, asked: &Asked, doc: &Doc) -> Outcome {
    let own = match world.who[asked.who].body {
        Some(DLCI) => return Ok(()),
        Some(BOLOGNA) => "037",
        Some(MODENA) => "036",
        _ => "",
    };
    let is_own = doc.rows("project_place").iter().all(|place| place["province_code"] == own);
    all_hold(&[(is_own, "PLACE_NOT_COMPETENT")])
}

pub fn invite(world: &World, doc: &mut Doc, partner: &Value) -> Outcome {
    let (body, lead) = (given(partner.get("organisationId"), false), doc.root["lead_id"].clone());
    if body == lead {
        return refused("PARTNER_IS_LEAD");
    }
    let rows = doc.rows_mut("project_invitation");
    if rows.iter().any(|row| row["organisation_id"] == body && row["status"] != "declined") {
        return refused("PARTNER_TWICE");
    }
    // Who declined may be asked again, by the same invitation.
    let known = rows.iter().find(|row| row["organisation_id"] == body).map(|row| row["id"].clone());
    rows.retain(|row| row["organisation_id"] != body);
    let through = Some(given(partner.get("throughId"), false)).filter(|through| *through != lead);
    rows.push(row(json!({
        "id": known.unwrap_or_else(|| world.new_id()), "organisation_id": body, "role": "partner",
        "budget_share": amount(partner.get("budgetShare")), "through_id": through, "status": "invited",
        "invited_on": TODAY, "answered_on": null, "reason": null,
    })));
    Ok(())
}

/// Who takes part, or is asked to and has not declined; the lead first.
fn concerned(doc: &Doc) -> BTreeSet<String> {
    let parts = doc.rows("project_participation").iter();
    let asked = doc.rows("project_invitation").iter().filter(|row| row["status"] != "declined");
    let all = parts.chain(asked).map(|row| text(row, "organisation_id").to_owned());
    all.chain([doc.text("lead_id").to_owned()]).collect()
}

/// What holds of every project.
pub fn check(doc: &Doc) -> Outcome {
    let concerned = concerned(doc);
    let parts = doc.rows("project_participation").iter();
    let asked = doc.rows("project_invitation").iter().filter(|row| row["status"] != "declined");
    let with = parts.chain(asked).filter(|row| !row["through_id"].is_null());
    let through: BTreeMap<&str, &str> =
        with.map(|row| (text(row, "organisation_id"), text(row, "through_id"))).collect();
    let ends = |body: &&str| {
        let mut steps = std::iter::successors(Some(*body), |body| through.get(body).copied());
        steps.nth(through.len() + 1).is_none()
    };
    let budget = doc.rows("project_budget");
    let planned: f64 = budget.iter().filter_map(|row| row["amount"].as_f64()).sum();
    let all_lines = |table: &str, columns: &[&str]| doc.rows(table).iter().all(|row| has_lines(row, columns));
    let amounts = ["requested_funding", "public_funding", "total_cost"].map(|column| doc.number(column));
    let of_rows = ["project_invitation", "project_participation", "project_contract", "project_budget"];
    let of_rows = of_rows.into_iter().flat_map(|table| doc.rows(table));
    let of_rows = of_rows.flat_map(|row| [row.get("amount"), row.get("budget_share")]).flatten().map(Value::as_f64);
    all_hold(&[
        (
            has_lines(&doc.root, &["title"])
                && all_lines("project_deadline", &["title"])
                && all_lines("project_indicator", &["name", "unit"]),
            "LINE_REQUIRED",
        ),
        (in_order(doc.text("starts_on"), doc.text("ends_on")), "PERIOD_REVERSED"),
        (amounts.into_iter().chain(of_rows).flatten().all(|amount| amount >= 0.0), "AMOUNT_NEGATIVE"),
        (doc.text("visibility") != "public" || !doc.is(&["idea", "proposed", "rejected"]), "NOT_ADMITTED_NOT_PUBLIC"),
        (through.values().all(|via| concerned.contains(*via)), "THROUGH_NOT_PARTNER"),
        (through.keys().all(ends), "PARTNER_CHAIN_CIRCULAR"),
        (budget.iter().all(|row| concerned.contains(text(row, "organisation_id"))), "BUDGET_OF_STRANGER"),
        (doc.number("total_cost").is_none_or(|cost| planned <= cost), "BUDGET_ABOVE_COST"),
    ])
}

/// Until it is everybody's, a project is shared by who takes part or is asked to; once handed in, by who decides; once
/// admitted, by the offices whose plans it carries out. It stays as it is where the caller cannot tell who they are.
pub fn regroup(world: &World, who: usize, project: &mut Record) {
    let doc = &project.doc;
    let is_idea = doc.is(&["idea"]);
    let call = call_of(world, who, doc);
    let is_unknown = !is_idea && call.is_none() && !doc.root["call_id"].is_null();
    if doc.text("visibility") != "owner" || is_unknown {
        return;
    }
    let is_judged = !doc.is(&["idea", "proposed", "rejected"]);
    let links = doc.rows("project_intervention").iter().filter(|_| is_judged);
    let plans = links.map(|link| plan_of(world, who, &link["intervention_id"]).map(|plan| plan.owner));
    let Some(offices) = plans.collect::<Option<Vec<usize>>>() else { return };
    let decides = call.map_or(DLCI, |call| call.owner);
    let concerned = concerned(doc);
    let mut group: BTreeSet<usize> =
        concerned.iter().filter_map(|named| world.body(named)).filter(|body| *body != project.owner).collect();
    group.extend((!is_idea).then_some(decides));
    group.extend(offices);
    if !group.is_empty() || project.group.is_some() {
        project.group = Some(group);
    }
}

pub fn answer(world: &World, asked: &Asked, doc: &mut Doc) -> Outcome {
    let own = world.who[asked.who].body.map(|own| world.named(own)).unwrap_or_default();
    let accepts = asked.arg("accepts") == Some(&json!(true));
    let rows = doc.rows_mut("project_invitation");
    let Some(row) = rows.iter_mut().find(|row| row["organisation_id"] == own && row["status"] == "invited") else {
        return refused("NOT_INVITED");
    };
    row.insert("status".into(), json!(if accepts { "accepted" } else { "declined" }));
    row.insert("answered_on".into(), json!(TODAY));
    row.insert("reason".into(), clean(asked.arg("reason")));
    let mut part = row.clone();
    part.retain(|column, _| ["id", "organisation_id", "role", "budget_share", "through_id"].contains(&column.as_str()));
    if accepts {
        doc.rows_mut("project_participation").push(part);
    }
    Ok(())
}
