//! The sections of a plan, part by part: what is written into them, and what holds of them all.

use serde_json::{Value, json};

use super::draft::{clean, given, has_lines, in_order, known, number, place, put, put_lines, years_after};
use super::record::{Doc, Kind, Row, row, text};
use super::{Asked, Outcome, World, all_hold, refused};

pub fn clean_line(value: &Value) -> Value {
    json!(value.as_str().unwrap_or_default().trim())
}

pub fn indicator(world: &World, given: &Value) -> Row {
    row(json!({ "id": world.new_id(), "name": clean_line(&given["name"]), "value": given["value"],
        "unit": clean_line(&given["unit"]), "measured_on": given["measuredOn"],
        "indicator_source": clean_line(&given["source"]) }))
}

pub fn intervention(world: &World, priority_id: &Value) -> Row {
    row(
        json!({ "id": world.new_id(), "priority_id": priority_id, "title": "", "responsible_id": null, "starts_on": null,
        "ends_on": null, "budget": null, "expected_results": null }),
    )
}

pub fn write_intervention(row: &mut Row, args: &Value) {
    put_lines(row, args, &["title"]);
    put(row, args, &["responsibleId", "startsOn", "endsOn", "budget", "expectedResults"]);
}

pub fn set_partners(doc: &mut Doc, intervention: &Value, partners: &[Value]) -> Outcome {
    let rows = doc.rows("plan_intervention");
    let responsible = rows.iter().find(|row| row["id"] == *intervention).map(|row| row["responsible_id"].clone());
    let all = doc.rows_mut("plan_partner");
    all.retain(|row| row["intervention_id"] != *intervention);
    for partner in partners {
        let body = given(partner.get("organisationId"), false);
        if responsible.as_ref() == Some(&body) {
            return refused("PARTNER_IS_RESPONSIBLE");
        }
        if all.iter().any(|row| row["intervention_id"] == *intervention && row["organisation_id"] == body) {
            return refused("PARTNER_TWICE");
        }
        let task = clean(partner.get("task"));
        all.push(row(json!({ "intervention_id": intervention, "organisation_id": body, "task": task })));
    }
    Ok(())
}

pub fn add_measure(world: &World, doc: &mut Doc, intervention: &Value, given: &Value) {
    let of_it = doc.rows("plan_measure").iter().filter(|row| row["intervention_id"] == *intervention);
    let last = of_it.filter_map(|row| row["ordinal"].as_i64()).max().unwrap_or_default();
    let new = json!({ "id": world.new_id(), "intervention_id": intervention, "ordinal": last + 1,
        "name": clean_line(&given["name"]), "unit": clean_line(&given["unit"]), "baseline": given["baseline"],
        "target": given["target"] });
    doc.rows_mut("plan_measure").push(row(new));
}

/// What holds of every plan.
pub fn check(doc: &Doc) -> Outcome {
    let (from, until) = (doc.text("period_from"), doc.text("period_until"));
    let all = |table: &str, columns: &[&str]| doc.rows(table).iter().all(|row| has_lines(row, columns));
    let work = doc.rows("plan_intervention");
    let within = |day: &str| day.is_empty() || (from <= day && day <= until);
    all_hold(&[
        (
            has_lines(&doc.root, &["title"])
                && all("plan_indicator", &["name", "unit", "indicator_source"])
                && all("plan_need", &["topic", "title"])
                && all("plan_priority", &["title"])
                && all("plan_intervention", &["title"])
                && all("plan_measure", &["name", "unit"]),
            "LINE_REQUIRED",
        ),
        (
            in_order(from, until) && work.iter().all(|row| in_order(text(row, "starts_on"), text(row, "ends_on"))),
            "PERIOD_REVERSED",
        ),
        (until < years_after(from, 10).as_str(), "PERIOD_TOO_LONG"),
        (work.iter().all(|row| row["budget"].as_f64().is_none_or(|budget| budget >= 0.0)), "AMOUNT_NEGATIVE"),
        (work.iter().all(|row| within(text(row, "starts_on")) && within(text(row, "ends_on"))), "OUTSIDE_PLAN_PERIOD"),
    ])
}

pub fn write(world: &World, asked: &Asked, doc: &mut Doc) -> Outcome {
    let ordinal = asked.arg("ordinal").and_then(Value::as_i64);
    match asked.verb.name {
        "draftTerritorialPlan" => {
            put_lines(&mut doc.root, &asked.args, &["title", "periodFrom", "periodUntil"]);
            put(&mut doc.root, &asked.args, &["contextAnalysis", "objectives", "resources"]);
        }
        "writePlanIndicator" => {
            let before = known(doc.rows("plan_indicator"), asked, "indicatorId")?;
            let mut new = indicator(world, &asked.args["indicator"]);
            if let Some(before) = before {
                new.insert("id".into(), before["id"].clone());
            }
            place(doc.rows_mut("plan_indicator"), new, ordinal);
        }
        "writePlanNeed" => {
            let new = json!({ "id": world.new_id(), "topic": "", "title": "" });
            let mut new = known(doc.rows("plan_need"), asked, "needId")?.unwrap_or(row(new));
            put_lines(&mut new, &asked.args, &["topic", "title"]);
            place(doc.rows_mut("plan_need"), new, ordinal);
        }
        "writePlanPriority" => {
            let new = json!({ "id": world.new_id(), "need_id": null, "title": "" });
            let mut new = known(doc.rows("plan_priority"), asked, "priorityId")?.unwrap_or(row(new));
            put(&mut new, &asked.args, &["needId"]);
            if !doc.rows("plan_need").iter().any(|need| need["id"] == new["need_id"]) {
                return refused("NOT_FOUND");
            }
            put_lines(&mut new, &asked.args, &["title"]);
            place(doc.rows_mut("plan_priority"), new, ordinal);
        }
        "writePlanIntervention" => {
            let new = intervention(world, &Value::Null);
            let mut new = known(doc.rows("plan_intervention"), asked, "interventionId")?.unwrap_or(new);
            put(&mut new, &asked.args, &["priorityId"]);
            if !doc.rows("plan_priority").iter().any(|priority| priority["id"] == new["priority_id"]) {
                return refused("NOT_FOUND");
            }
            write_intervention(&mut new, &asked.args);
            let id = new["id"].clone();
            place(doc.rows_mut("plan_intervention"), new, ordinal);
            let as_is = || {
                let own = doc.rows("plan_partner").iter().filter(|row| row["intervention_id"] == id);
                own.map(|row| json!({ "organisationId": row["organisation_id"], "task": row["task"] })).collect()
            };
            let partners = asked.arg("partners").and_then(Value::as_array).cloned().unwrap_or_else(as_is);
            set_partners(doc, &id, &partners)?;
        }
        "writePlanMeasure" => {
            let before = known(doc.rows("plan_measure"), asked, "measureId")?;
            let of = asked.id("interventionId").map(|id| json!(id));
            let of = of.or(before.as_ref().map(|row| row["intervention_id"].clone())).unwrap_or_default();
            if !doc.rows("plan_intervention").iter().any(|row| row["id"] == of) {
                return refused("NOT_FOUND");
            }
            add_measure(world, doc, &of, &asked.args["measure"]);
            if let Some(before) = before {
                let rows = doc.rows_mut("plan_measure");
                rows.retain(|row| row["id"] != before["id"]);
                let new = rows.last_mut().expect("it was added");
                new.insert("id".into(), before["id"].clone());
                if before["intervention_id"] == of {
                    new.insert("ordinal".into(), before["ordinal"].clone());
                }
            }
        }
        _ => remove(asked, doc)?,
    }
    Ok(())
}

/// Takes a part out, unless another rests on it.
fn remove(asked: &Asked, doc: &mut Doc) -> Outcome {
    let id = json!(asked.id("partId"));
    let rests = |table: &str, column: &str| doc.rows(table).iter().any(|row| row[column] == id);
    if rests("plan_priority", "need_id") || rests("plan_intervention", "priority_id") {
        return refused("PART_IN_USE");
    }
    let gone: Vec<Value> = doc
        .rows("plan_measure")
        .iter()
        .filter(|row| row["intervention_id"] == id || row["id"] == id)
        .map(|row| row["id"].clone())
        .collect();
    let mut is_found = false;
    for (table, ..) in Kind::Plan.parts() {
        let rows = doc.rows_mut(table);
        is_found |= rows.iter().any(|row| row.get("id") == Some(&id));
        let names = |row: &Row, column: &str, ids: &[Value]| row.get(column).is_some_and(|value| ids.contains(value));
        let one = std::slice::from_ref(&id);
        rows.retain(|row| {
            !(names(row, "id", one) || names(row, "intervention_id", one) || names(row, "measure_id", &gone))
        });
        if rows.first().is_some_and(|row| row.contains_key("ordinal")) && *table != "plan_measure" {
            number(rows);
        }
    }
    all_hold(&[(is_found, "NOT_FOUND")])
}
