//! Territorial plans: listening → draft → before the council → (returned | endorsed) → adopted → in implementation →
//! closed; withdrawn before it is adopted. What was adopted changes no more; a revision is another edition.

use serde_json::{Value, json};

use super::draft::{clean, day_of, known, place, put, put_lines, required};
use super::record::{Doc, Kind, Record, Row, row};
use super::sections::{
    add_measure, check, clean_line, indicator, intervention, set_partners, write, write_intervention,
};
use super::who::{BOLOGNA, COUNCIL, MODENA, is_office};
use super::{Asked, Outcome, TODAY, World, all_hold, refused};

const ADOPTED: &[&str] = &["adopted", "in_implementation", "closed"];
const OPEN: &[&str] = &["listening", "draft", "returned"];

pub fn owner(own: Option<usize>, asked: &Asked, record: &Record) -> Option<usize> {
    let is_councils = matches!(asked.verb.name, "endorseTerritorialPlan" | "returnTerritorialPlan");
    let is_its = is_councils && own == Some(COUNCIL) && record.owner == BOLOGNA;
    Some(if is_its { COUNCIL } else { record.owner })
}

pub fn owner_of_new(world: &World, asked: &Asked) -> Outcome<Option<usize>> {
    if asked.verb.name == "reviseTerritorialPlan" {
        let plan = &world.records[asked.of.expect("a plan")];
        return if world.sees(asked.who, plan) { Ok(Some(plan.owner)) } else { refused("NOT_FOUND") };
    }
    let own = world.who[asked.who].makes_for(Kind::Plan);
    if own.is_some_and(is_office) { Ok(own) } else { refused("OFFICE_REQUIRED") }
}

pub fn make(world: &World, asked: &Asked) -> Outcome<Record> {
    if asked.verb.name == "reviseTerritorialPlan" {
        return revise(world, &world.records[asked.of.expect("a plan")]);
    }
    let office = world.who[asked.who].makes_for(Kind::Plan).expect("an office");
    let province = if office == MODENA { "036" } else { "037" };
    let is_draft = asked.arg("isDraft") == Some(&json!(true));
    let mut root = blank(if is_draft { "draft" } else { "listening" });
    put_lines(&mut root, &asked.args, &["title", "periodFrom", "periodUntil"]);
    put(&mut root, &asked.args, &["contextAnalysis", "objectives", "resources"]);
    root.insert("edition".into(), json!(1));
    root.insert("previous_edition_id".into(), Value::Null);
    let mut plan = Record::new(Kind::Plan, office, Some(province), Value::Object(root));
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    for given in list(&asked.args, "indicators") {
        let new = indicator(world, &given);
        place(plan.doc.rows_mut("plan_indicator"), new, None);
    }
    for need in list(&asked.args, "needs") {
        let id = world.new_id();
        let new = json!({ "id": id, "topic": clean_line(&need["topic"]), "title": clean_line(&need["title"]) });
        place(plan.doc.rows_mut("plan_need"), row(new), None);
        for priority in list(&need, "priorities") {
            let priority_id = world.new_id();
            let new = json!({ "id": priority_id, "need_id": id, "title": clean_line(&priority["title"]) });
            place(plan.doc.rows_mut("plan_priority"), row(new), None);
            for work in list(&priority, "interventions") {
                let mut new = intervention(world, &priority_id);
                write_intervention(&mut new, &work);
                let id = new["id"].clone();
                place(plan.doc.rows_mut("plan_intervention"), new, None);
                set_partners(&mut plan.doc, &id, &list(&work, "partners"))?;
                for given in list(&work, "measures") {
                    add_measure(world, &mut plan.doc, &id, &given);
                }
            }
        }
    }
    check(&plan.doc)?;
    Ok(plan)
}

/// The root of a plan of which nothing has happened yet.
fn blank(status: &str) -> Row {
    row(json!({
        "status": status, "visibility": "owner", "submitted_on": null, "council_remarks": null, "endorsed_on": null,
        "adopted_on": null, "started_on": null, "closed_on": null, "closing_report": null, "withdrawn_on": null,
        "withdrawal_reason": null, "context_analysis": null, "objectives": null, "resources": null,
    }))
}

fn revise(world: &World, old: &Record) -> Outcome<Record> {
    if !old.doc.is(ADOPTED) {
        return refused("PLAN_NOT_ADOPTED");
    }
    let mut root = blank("draft");
    for column in ["title", "period_from", "period_until", "context_analysis", "objectives", "resources"] {
        root.insert(column.into(), old.doc.root[column].clone());
    }
    root.insert("edition".into(), json!(old.doc.root["edition"].as_i64().unwrap_or_default() + 1));
    root.insert("previous_edition_id".into(), json!(old.id.to_string()));
    let mut new = Record::new(Kind::Plan, old.owner, old.province, Value::Object(root));
    let mut text = serde_json::to_string(&old.doc.parts).expect("rows are JSON");
    for table in ["plan_indicator", "plan_need", "plan_priority", "plan_intervention", "plan_measure"] {
        for row in old.doc.rows(table) {
            let id = world.new_id();
            text = text.replace(row["id"].as_str().expect("an id"), id.as_str().expect("an id"));
        }
    }
    let renamed: Value = serde_json::from_str(&text).expect("rows are JSON");
    for (table, ..) in Kind::Plan.parts() {
        let rows = renamed[*table].as_array().cloned().unwrap_or_default();
        *new.doc.rows_mut(table) = rows.into_iter().map(row).collect();
    }
    new.doc.rows_mut("plan_measurement").clear();
    Ok(new)
}

pub fn change(world: &World, asked: &Asked, plan: &mut Record) -> Outcome {
    match asked.verb.name {
        "draftTerritorialPlan"
        | "writePlanIndicator"
        | "writePlanNeed"
        | "writePlanPriority"
        | "writePlanIntervention"
        | "writePlanMeasure"
        | "removePlanPart" => {
            if !plan.doc.is(OPEN) {
                return refused("PLAN_NOT_OPEN");
            }
            write(world, asked, &mut plan.doc)?;
            check(&plan.doc)
        }
        "shareTerritorialPlan" => {
            share(asked, &mut plan.doc);
            visible(&plan.doc)
        }
        "recordPlanMeasurement" => measure(asked, &mut plan.doc),
        _ => step(world, asked, plan),
    }
}

fn share(asked: &Asked, doc: &mut Doc) {
    doc.set("visibility", asked.text("visibility").to_lowercase());
}

/// A plan that is not adopted is not public, and the council sees what is before it.
fn visible(doc: &Doc) -> Outcome {
    if doc.text("visibility") == "public" && !doc.is(ADOPTED) {
        return refused("NOT_ADOPTED_NOT_PUBLIC");
    }
    let is_councils = doc.is(&["before_council", "returned", "endorsed"]);
    all_hold(&[(!is_councils || matches!(doc.text("visibility"), "territory" | "network"), "COUNCIL_MUST_SEE")])
}

fn measure(asked: &Asked, doc: &mut Doc) -> Outcome {
    if !doc.is(&["adopted", "in_implementation"]) {
        return refused("PLAN_NOT_MEASURED");
    }
    let Some(measure) = known(doc.rows("plan_measure"), asked, "measureId")? else { return refused("NOT_FOUND") };
    if asked.text("measuredOn") > TODAY {
        return refused("DAY_IN_FUTURE");
    }
    let rows = doc.rows_mut("plan_measurement");
    rows.retain(|row| row["measure_id"] != measure["id"] || row["measured_on"] != asked.text("measuredOn"));
    if let Some(value) = asked.arg("value").filter(|value| !value.is_null()) {
        rows.push(row(json!({ "measure_id": measure["id"], "measured_on": asked.text("measuredOn"), "value": value,
            "value_source": clean(asked.arg("source")) })));
    }
    Ok(())
}

fn step(world: &World, asked: &Asked, plan: &mut Record) -> Outcome {
    let (from, to): (&[&str], &str) = match asked.verb.name {
        "startPlanDrafting" => (&["listening"], "draft"),
        "submitTerritorialPlan" => (&["draft", "returned"], "before_council"),
        "returnTerritorialPlan" => (&["before_council"], "returned"),
        "endorseTerritorialPlan" => (&["before_council"], "endorsed"),
        "adoptTerritorialPlan" => (&["endorsed"], "adopted"),
        "startPlanImplementation" => (&["adopted"], "in_implementation"),
        "closeTerritorialPlan" => (&["in_implementation"], "closed"),
        _ => (&["listening", "draft", "before_council", "returned", "endorsed"], "withdrawn"),
    };
    if !plan.doc.is(from) {
        return refused("STEP_NOT_ALLOWED");
    }
    missing(world, asked, plan)?;
    let doc = &mut plan.doc;
    doc.set("status", to);
    let day = |doc: &mut Doc, column: &str, after: &str| -> Outcome {
        let after = doc.text(after).to_owned();
        doc.set(column, day_of(asked, &after)?);
        Ok(())
    };
    match asked.verb.name {
        "startPlanDrafting" => day_of(asked, "").map(drop),
        "submitTerritorialPlan" => {
            day(doc, "submitted_on", "submitted_on")?;
            share(asked, doc);
            visible(doc)
        }
        "returnTerritorialPlan" => {
            doc.set("council_remarks", required(asked, "remarks")?);
            Ok(())
        }
        "endorseTerritorialPlan" => day(doc, "endorsed_on", "submitted_on"),
        "adoptTerritorialPlan" => {
            day(doc, "adopted_on", "endorsed_on")?;
            share(asked, doc);
            visible(doc)
        }
        "startPlanImplementation" => day(doc, "started_on", "adopted_on"),
        "closeTerritorialPlan" => {
            day(doc, "closed_on", "started_on")?;
            put_report(asked, doc);
            Ok(())
        }
        _ => {
            doc.set("withdrawn_on", TODAY);
            doc.set("withdrawal_reason", required(asked, "reason")?);
            Ok(())
        }
    }
}

fn put_report(asked: &Asked, doc: &mut Doc) {
    doc.set("closing_report", clean(asked.arg("report")));
}

/// What a step asks for and is not there.
fn missing(world: &World, asked: &Asked, plan: &Record) -> Outcome {
    let doc = &plan.doc;
    match asked.verb.name {
        "submitTerritorialPlan" => {
            let work = doc.rows("plan_intervention");
            let says = |column: &str| work.iter().all(|row| !row[column].is_null());
            let has = |table: &str| !doc.rows(table).is_empty();
            let answered = |table: &str, of: &str, by: &str| {
                let mut rows = doc.rows(table).iter();
                rows.all(|row| doc.rows(by).iter().any(|answer| answer[of] == row["id"]))
            };
            all_hold(&[
                (!doc.root["context_analysis"].is_null(), "CONTEXT_MISSING"),
                (has("plan_indicator"), "INDICATORS_MISSING"),
                (!doc.root["objectives"].is_null(), "OBJECTIVES_MISSING"),
                (!doc.root["resources"].is_null(), "RESOURCES_MISSING"),
                (has("plan_need"), "NEEDS_MISSING"),
                (answered("plan_need", "need_id", "plan_priority"), "NEED_WITHOUT_PRIORITY"),
                (answered("plan_priority", "priority_id", "plan_intervention"), "PRIORITY_WITHOUT_INTERVENTION"),
                (says("responsible_id"), "INTERVENTION_WITHOUT_ACTOR"),
                (says("starts_on") && says("ends_on"), "INTERVENTION_WITHOUT_PERIOD"),
                (says("expected_results"), "INTERVENTION_WITHOUT_RESULTS"),
            ])
        }
        "adoptTerritorialPlan" => {
            let id = plan.id.to_string();
            let mut asked = world.all(Kind::Contribution).map(|(_, record)| &record.doc);
            let is_waiting = asked.any(|doc| doc.text("plan_id") == id && doc.is(&["submitted"]));
            all_hold(&[(!is_waiting, "CONTRIBUTIONS_UNANSWERED")])
        }
        "startPlanImplementation" => all_hold(&[(doc.text("period_from") <= TODAY, "PERIOD_NOT_BEGUN")]),
        "closeTerritorialPlan" => {
            let own: Vec<&Value> = doc.rows("plan_intervention").iter().map(|row| &row["id"]).collect();
            let is_at_work = world.all(Kind::Project).any(|(_, project)| {
                project.doc.is(&["admitted", "funded", "running", "suspended"])
                    && project.doc.rows("project_intervention").iter().any(|row| own.contains(&&row["intervention_id"]))
                    && world.sees(asked.who, project)
            });
            all_hold(&[(!is_at_work, "PROJECTS_UNDER_WAY")])
        }
        _ => Ok(()),
    }
}

/// Whether an intervention stands in a plan that is adopted and not over; nothing where somebody does not see it.
pub fn is_adopted(world: &World, who: usize, intervention: &Value) -> Option<bool> {
    plan_of(world, who, intervention).map(|plan| plan.doc.is(&["adopted", "in_implementation"]))
}

/// Whether an intervention stands in a plan that was adopted; nothing where somebody does not see it.
pub fn stands(world: &World, who: usize, intervention: &Value) -> Option<bool> {
    plan_of(world, who, intervention).map(|plan| plan.doc.is(ADOPTED))
}

/// The plan of an intervention, where somebody sees it.
pub fn plan_of<'a>(world: &'a World, who: usize, intervention: &Value) -> Option<&'a Record> {
    let mut plans = world.all(Kind::Plan).map(|(_, plan)| plan);
    let plan = plans.find(|plan| plan.doc.rows("plan_intervention").iter().any(|row| row["id"] == *intervention));
    plan.filter(|plan| world.sees(who, plan))
}
