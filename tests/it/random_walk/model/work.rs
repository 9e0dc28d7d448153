//! What is done while a project is under way: begun, interrupted, closed, amended; contracts, money spent, deadlines, values.

use serde_json::{Value, json};

use super::draft::{amount, clean, known, put, required};
use super::proposals::{competent, set_budget, set_links, set_places};
use super::record::{Doc, Row, row};
use super::{Asked, Outcome, TODAY, World, all_hold, refused};

pub fn change(world: &World, asked: &Asked, doc: &mut Doc) -> Outcome {
    match asked.verb.name {
        "startProject" => {
            let day = if asked.text("on").is_empty() { TODAY } else { asked.text("on") };
            all_hold(&[(day <= TODAY && day >= doc.text("funded_on"), "DAY_OUTSIDE_PROJECT")])?;
            doc.set("started_on", day);
            doc.set("status", "running");
        }
        "suspendProject" => {
            doc.set("suspension_reason", required(asked, "reason")?);
            doc.set("suspended_on", TODAY);
            doc.set("status", "suspended");
        }
        "resumeProject" => {
            doc.set("suspension_reason", Value::Null);
            doc.set("suspended_on", Value::Null);
            doc.set("status", "running");
        }
        "closeProject" => close(asked, doc)?,
        "amendProject" => amend(world, asked, doc)?,
        "addProjectContract" => contract(world, asked, doc)?,
        "declareProjectSpending" => spend(world, asked, doc)?,
        "setProjectDeadline" => {
            all_hold(&[(asked.text("doneOn") <= TODAY, "DAY_IN_FUTURE")])?;
            let new = json!({ "id": world.new_id(), "done_on": null });
            let before = known(doc.rows("project_deadline"), asked, "deadlineId")?;
            let mut new = before.unwrap_or(row(new));
            new.insert("title".into(), json!(asked.text("title").trim()));
            new.insert("due_on".into(), json!(asked.text("dueOn")));
            new.insert("done_on".into(), asked.arg("doneOn").cloned().unwrap_or_default());
            replace(doc.rows_mut("project_deadline"), new);
        }
        "writeProjectIndicator" => {
            let last = doc.rows("project_indicator").len() + 1;
            let new = json!({ "id": world.new_id(), "ordinal": last });
            let mut new = known(doc.rows("project_indicator"), asked, "indicatorId")?.unwrap_or(row(new));
            new.insert("name".into(), json!(asked.text("name").trim()));
            new.insert("unit".into(), json!(asked.text("unit").trim()));
            new.insert("target".into(), asked.args["target"].clone());
            replace(doc.rows_mut("project_indicator"), new);
        }
        "recordProjectValue" => {
            let indicator = known(doc.rows("project_indicator"), asked, "indicatorId")?;
            let Some(indicator) = indicator else { return refused("NOT_FOUND") };
            let day = asked.text("measuredOn");
            within(doc, day)?;
            let rows = doc.rows_mut("project_value");
            rows.retain(|row| row["indicator_id"] != indicator["id"] || row["measured_on"] != day);
            if let Some(value) = asked.arg("value").filter(|value| !value.is_null()) {
                let source = clean(asked.arg("source"));
                rows.push(row(json!({ "indicator_id": indicator["id"], "measured_on": day, "value": value,
                    "value_source": source })));
            }
        }
        verb => unreachable!("{verb}"),
    }
    Ok(())
}

fn replace(rows: &mut Vec<Row>, new: Row) {
    match rows.iter_mut().find(|row| row["id"] == new["id"]) {
        Some(row) => *row = new,
        None => rows.push(new),
    }
}

/// A day on which something of a project can have happened.
fn within(doc: &Doc, day: &str) -> Outcome {
    all_hold(&[(doc.text("starts_on") <= day && day <= TODAY, "DAY_OUTSIDE_PROJECT")])
}

fn close(asked: &Asked, doc: &mut Doc) -> Outcome {
    let is_met = doc.rows("project_deadline").iter().all(|row| !row["done_on"].is_null());
    let values = doc.rows("project_value");
    let mut indicators = doc.rows("project_indicator").iter();
    let is_measured = indicators.all(|row| values.iter().any(|value| value["indicator_id"] == row["id"]));
    all_hold(&[(is_met, "DEADLINES_OPEN"), (is_measured, "INDICATORS_UNMEASURED")])?;
    doc.set("closed_on", TODAY);
    doc.set("closing_report", clean(asked.arg("report")));
    doc.set("status", "closed");
    Ok(())
}

fn amend(world: &World, asked: &Asked, doc: &mut Doc) -> Outcome {
    let reason = required(asked, "reason")?;
    put(&mut doc.root, &asked.args, &["startsOn", "endsOn", "publicFunding", "totalCost"]);
    if asked.arg("places").is_some() {
        set_places(asked, doc)?;
        competent(world, asked, doc)?;
    }
    set_links(asked, doc);
    set_budget(asked, doc)?;
    let ordinal = doc.rows("project_amendment").len() + 1;
    let new = json!({ "id": world.new_id(), "ordinal": ordinal, "amended_on": TODAY, "reason": reason });
    doc.rows_mut("project_amendment").push(row(new));
    Ok(())
}

fn contract(world: &World, asked: &Asked, doc: &mut Doc) -> Outcome {
    let cig = asked.text("cig").to_uppercase();
    let is_twice = doc.rows("project_contract").iter().any(|row| row["cig"] == cig);
    // Contracts that need no tender share their code.
    all_hold(&[(!is_twice || cig.starts_with("ES"), "CIG_TWICE")])?;
    let new = json!({ "id": world.new_id(), "cig": cig, "subject": clean(asked.arg("subject")),
        "amount": amount(asked.arg("amount")) });
    doc.rows_mut("project_contract").push(row(new));
    Ok(())
}

fn spend(world: &World, asked: &Asked, doc: &mut Doc) -> Outcome {
    let description = required(asked, "description")?;
    within(doc, asked.text("spentOn"))?;
    let own = world.who[asked.who].body.map(|own| json!(world.named(own)));
    let lead = doc.root["lead_id"].clone();
    let new = json!({ "id": world.new_id(), "organisation_id": own.unwrap_or(lead), "spent_on": asked.text("spentOn"),
        "amount": amount(asked.arg("amount")), "description": description, "declared_on": TODAY });
    let rows = doc.rows_mut("project_spending");
    rows.push(row(new));
    let spent: f64 = rows.iter().filter_map(|row| row["amount"].as_f64()).sum();
    let limit = doc.number("total_cost").or(doc.number("public_funding"));
    all_hold(&[(limit.is_none_or(|limit| spent <= limit), "SPENDING_ABOVE_COST")])
}
