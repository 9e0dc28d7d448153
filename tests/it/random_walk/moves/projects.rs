//! What is asked about projects.

use rand::Rng as _;
use rand::seq::IndexedRandom as _;
use serde_json::{Value, json};

use super::Dice;
use crate::random_walk::model::record::{Kind, Record};
use crate::random_walk::model::{TODAY, World};

pub fn args(world: &World, dice: &mut Dice, verb: &str, of: Option<usize>) -> Value {
    let rows = |table: &str| of.map_or(&[][..], |of| world.records[of].doc.rows(table));
    let mut args = json!({});
    match verb {
        "proposeProject" => args = proposal(world, dice),
        "registerProject" => {
            args = json!({ "title": dice.words(), "cup": cup(world, dice), "startsOn": "2026-01-01", "source": dice.words(),
                "status": dice.pick(&["FUNDED", "RUNNING", "RUNNING", "CLOSED", "IDEA"]) });
            dice.perhaps(&mut args, 50, "leadId", |dice| dice.body(world));
            dice.perhaps(&mut args, 60, "places", places);
        }
        "changeProposal" => {
            dice.perhaps(&mut args, 30, "title", Dice::words);
            dice.perhaps(&mut args, 30, "summary", Dice::words);
            dice.perhaps(&mut args, 20, "endsOn", ends);
            dice.perhaps(&mut args, 30, "requestedFunding", |dice| dice.money(400_000));
            dice.perhaps(&mut args, 20, "totalCost", |dice| dice.money(500_000));
            dice.perhaps(&mut args, 20, "places", places);
            dice.perhaps(&mut args, 20, "interventionIds", |dice| interventions(world, dice));
            dice.perhaps(&mut args, 20, "budget", |dice| budget(world, dice));
        }
        "inviteProjectPartner" => args["partner"] = partner(world, dice),
        "withdrawProjectInvitation" => {
            args["invitationId"] = dice.row("ProjectInvitation", rows("project_invitation"), "id");
        }
        "answerProjectInvitation" => {
            args["accepts"] = json!(dice.chance(75));
            dice.perhaps(&mut args, 30, "reason", Dice::words);
        }
        "admitProject" => {
            dice.perhaps(&mut args, 50, "publicFunding", |dice| dice.money(300_000));
            dice.perhaps(&mut args, 40, "reasons", Dice::words);
            dice.perhaps(&mut args, 30, "cup", |dice| cup(world, dice));
        }
        "rejectProject" => args["reasons"] = dice.words(),
        "fundProject" => {
            dice.perhaps(&mut args, 55, "cup", |dice| cup(world, dice));
            dice.perhaps(&mut args, 30, "visibility", |dice| dice.visibility(&["PUBLIC", "NETWORK", "OWNER"]));
        }
        "revokeProject" | "suspendProject" => args["reason"] = dice.words(),
        "submitProject" | "resumeProject" => {}
        "startProject" => dice.perhaps(&mut args, 30, "on", Dice::day),
        "closeProject" => dice.perhaps(&mut args, 50, "report", Dice::words),
        "amendProject" => {
            args["reason"] = dice.words();
            dice.perhaps(&mut args, 40, "endsOn", ends);
            dice.perhaps(&mut args, 30, "publicFunding", |dice| dice.money(400_000));
            dice.perhaps(&mut args, 30, "totalCost", |dice| dice.money(500_000));
            dice.perhaps(&mut args, 30, "places", places);
            dice.perhaps(&mut args, 20, "interventionIds", |dice| interventions(world, dice));
            dice.perhaps(&mut args, 20, "budget", |dice| budget(world, dice));
        }
        "addProjectContract" => {
            let new = format!("A{:09X}", dice.number());
            args["cig"] = json!(if dice.chance(60) { &new } else { *dice.pick(&["ES01", "8528645C7D", "8528645C7E"]) });
            dice.perhaps(&mut args, 50, "subject", Dice::words);
            dice.perhaps(&mut args, 50, "amount", |dice| dice.money(50_000));
        }
        "declareProjectSpending" => {
            args = json!({ "spentOn": dice.day(), "amount": dice.money(60_000), "description": dice.words() });
        }
        "setProjectDeadline" => {
            args = json!({ "title": dice.words(), "dueOn": ends(dice) });
            dice.perhaps(&mut args, 50, "deadlineId", |dice| {
                dice.row("ProjectDeadline", rows("project_deadline"), "id")
            });
            dice.perhaps(&mut args, 70, "doneOn", Dice::day);
        }
        "writeProjectIndicator" => {
            args = json!({ "name": dice.words(), "unit": "persone", "target": dice.number() as f64 });
            dice.perhaps(&mut args, 60, "indicatorId", |dice| {
                dice.row("ProjectIndicator", rows("project_indicator"), "id")
            });
        }
        "recordProjectValue" => {
            args["indicatorId"] = dice.row("ProjectIndicator", rows("project_indicator"), "id");
            args["measuredOn"] = dice.day();
            dice.perhaps(&mut args, 85, "value", |dice| json!(dice.number() as f64));
        }
        _ => unreachable!("{verb}"),
    }
    args
}

/// A CUP: a new one, one that is used, one in small letters, one that is none.
fn cup(world: &World, dice: &mut Dice) -> Value {
    let number = dice.number();
    let cups = world.all(Kind::Project).map(|(_, project)| &project.doc.root["cup"]);
    let used: Vec<_> = cups.filter(|cup| !cup.is_null()).collect();
    match dice.rng.random_range(0..20) {
        0 => json!("F81I20001650007"),
        1 => json!("F81I2000165000"),
        2 => json!(format!("b11i26{number:09}")),
        3 | 4 if !used.is_empty() => (*dice.pick(&used)).clone(),
        _ => json!(format!("B11I26{number:09}")),
    }
}

fn ends(dice: &mut Dice) -> Value {
    json!(dice.pick(&["2027-12-31", "2028-06-30", "2028-12-31", "2025-01-01"]))
}

fn places(dice: &mut Dice) -> Value {
    let choice = [json!(["BO"]), json!(["BO"]), json!(["MO"]), json!(["BO", "MO"]), json!(["XX"])];
    dice.pick(&choice).clone()
}

fn partner(world: &World, dice: &mut Dice) -> Value {
    let mut partner = json!({ "organisationId": dice.body(world) });
    dice.perhaps(&mut partner, 25, "throughId", |dice| dice.body(world));
    dice.perhaps(&mut partner, 40, "budgetShare", |dice| dice.money(50_000));
    partner
}

fn budget(world: &World, dice: &mut Dice) -> Value {
    let line =
        |dice: &mut Dice| json!({ "organisationId": dice.body(world), "year": 2027, "amount": dice.money(100_000) });
    json!([line(dice), line(dice)])
}

/// An intervention of some plan of the walk.
fn interventions(world: &World, dice: &mut Dice) -> Value {
    let plans: Vec<_> = world.all(Kind::Plan).map(|(_, plan)| plan).rev().take(12).collect();
    let adopted = |plan: &&&Record| plan.doc.is(&["adopted", "in_implementation"]);
    let adopted: Vec<_> = plans.iter().filter(adopted).copied().collect();
    let from = if adopted.is_empty() || dice.chance(20) { &plans } else { &adopted };
    let Some(plan) = from.choose(&mut dice.rng) else { return json!([]) };
    json!([dice.row("PlanIntervention", plan.doc.rows("plan_intervention"), "id")])
}

fn proposal(world: &World, dice: &mut Dice) -> Value {
    let mut args =
        json!({ "title": dice.words(), "places": places(dice), "startsOn": "2026-11-01", "endsOn": ends(dice) });
    dice.perhaps(&mut args, 90, "summary", Dice::words);
    dice.perhaps(&mut args, 95, "requestedFunding", |dice| dice.money(300_000));
    dice.perhaps(&mut args, 60, "totalCost", |dice| dice.money(400_000));
    let is_open = |call: &&Record| {
        let (doc, closes) = (&call.doc, call.doc.text("closes_on"));
        doc.root["cancelled_on"].is_null() && doc.text("opens_on") <= TODAY && (closes.is_empty() || TODAY <= closes)
    };
    let all = || world.all(Kind::Call).map(|(_, call)| call).rev();
    let open: Vec<_> = all().filter(is_open).map(Record::named).take(8).collect();
    let calls = if open.is_empty() || dice.chance(20) { all().map(Record::named).take(8).collect() } else { open };
    if !calls.is_empty() && dice.chance(75) {
        args["callId"] = dice.pick(&calls).clone();
    }
    let has_call = args.get("callId").is_some();
    dice.perhaps(&mut args, if has_call { 10 } else { 70 }, "programmeCode", |dice| {
        json!(dice.pick(&["FAMI-2021-2027/OS2", "FAMI-2021-2027/OS1", "FAMI/NOWHERE"]))
    });
    if dice.chance(50) {
        // Fit to be handed in, where the call asks for nothing more.
        let fit = json!({ "summary": "Sintesi", "places": ["BO"], "endsOn": "2028-06-30", "requestedFunding": "90000.50",
            "interventionIds": interventions(world, dice), "partners": [] });
        args.as_object_mut().expect("an object").extend(fit.as_object().expect("an object").clone());
        return args;
    }
    dice.perhaps(&mut args, 50, "interventionIds", |dice| interventions(world, dice));
    let partners: Vec<Value> = (0..*dice.pick(&[0, 0, 0, 0, 1, 1, 2, 3])).map(|_| partner(world, dice)).collect();
    args["partners"] = json!(partners);
    dice.perhaps(&mut args, 15, "budget", |dice| budget(world, dice));
    args
}
