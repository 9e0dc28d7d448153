//! What is asked about plans and contributions to them.

use serde_json::{Value, json};

use super::Dice;
use crate::random_walk::model::World;

pub fn args(world: &World, dice: &mut Dice, verb: &str, of: Option<usize>) -> Value {
    let rows = |table: &str| of.map_or(&[][..], |of| world.records[of].doc.rows(table));
    let mut args = json!({});
    match verb {
        "createTerritorialPlan" => args = whole(world, dice),
        "reviseTerritorialPlan" => {}
        "draftTerritorialPlan" => {
            dice.perhaps(&mut args, 30, "title", Dice::words);
            for field in ["contextAnalysis", "objectives", "resources"] {
                dice.perhaps(&mut args, 50, field, |dice| if dice.chance(8) { Value::Null } else { dice.words() });
            }
            dice.perhaps(&mut args, 15, "periodUntil", |dice| {
                json!(dice.pick(&["2028-06-30", "2029-12-31", "2025-12-31", "2040-01-01"]))
            });
        }
        "writePlanIndicator" => {
            args["indicator"] = indicator(dice);
            dice.perhaps(&mut args, 50, "indicatorId", |dice| dice.row("PlanIndicator", rows("plan_indicator"), "id"));
            dice.perhaps(&mut args, 30, "ordinal", |dice| json!(dice.pick(&[-1, 1, 2, 9])));
        }
        "writePlanNeed" => {
            let is_known = dice.chance(60);
            if is_known {
                args["needId"] = dice.row("PlanNeed", rows("plan_need"), "id");
            }
            dice.perhaps(&mut args, if is_known { 30 } else { 95 }, "topic", |_| json!("work"));
            dice.perhaps(&mut args, if is_known { 60 } else { 95 }, "title", Dice::words);
            dice.perhaps(&mut args, 30, "ordinal", |dice| json!(dice.pick(&[1, 2, 3])));
        }
        "writePlanPriority" => {
            let is_known = dice.chance(50);
            if is_known {
                args["priorityId"] = dice.row("PlanPriority", rows("plan_priority"), "id");
            }
            dice.perhaps(&mut args, if is_known { 20 } else { 95 }, "needId", |dice| {
                dice.row("PlanNeed", rows("plan_need"), "id")
            });
            dice.perhaps(&mut args, if is_known { 60 } else { 95 }, "title", Dice::words);
        }
        "writePlanIntervention" => {
            let is_known = dice.chance(60);
            if is_known {
                args["interventionId"] = dice.row("PlanIntervention", rows("plan_intervention"), "id");
            } else {
                args = intervention(world, dice);
                args.as_object_mut().expect("an input").remove("measures");
            }
            dice.perhaps(&mut args, if is_known { 20 } else { 95 }, "priorityId", |dice| {
                dice.row("PlanPriority", rows("plan_priority"), "id")
            });
            if is_known {
                dice.perhaps(&mut args, 40, "title", Dice::words);
                dice.perhaps(&mut args, 30, "budget", |dice| dice.money(300_000));
                dice.perhaps(&mut args, 20, "endsOn", end);
                dice.perhaps(&mut args, 20, "responsibleId", |dice| dice.body(world));
                dice.perhaps(
                    &mut args,
                    20,
                    "partners",
                    |dice| json!([{ "organisationId": dice.body(world), "task": "Mediazione" }]),
                );
            }
        }
        "writePlanMeasure" => {
            args["measure"] = measure(dice);
            let is_known = dice.chance(50);
            if is_known {
                args["measureId"] = dice.row("PlanMeasure", rows("plan_measure"), "id");
            }
            dice.perhaps(&mut args, if is_known { 20 } else { 95 }, "interventionId", |dice| {
                dice.row("PlanIntervention", rows("plan_intervention"), "id")
            });
        }
        "removePlanPart" => {
            let kinds = [
                ("PlanIndicator", "plan_indicator"),
                ("PlanNeed", "plan_need"),
                ("PlanPriority", "plan_priority"),
                ("PlanIntervention", "plan_intervention"),
                ("PlanMeasure", "plan_measure"),
            ];
            let (kind, table) = dice.pick(&kinds);
            args["partId"] = dice.row(kind, rows(table), "id");
        }
        "submitTerritorialPlan" => {
            dice.perhaps(&mut args, 20, "on", Dice::day);
            args["visibility"] = dice.visibility(&["TERRITORY", "NETWORK"]);
        }
        "adoptTerritorialPlan" => {
            dice.perhaps(&mut args, 20, "on", Dice::day);
            args["visibility"] = dice.visibility(&["PUBLIC", "NETWORK"]);
        }
        "startPlanDrafting" | "endorseTerritorialPlan" | "startPlanImplementation" => {
            dice.perhaps(&mut args, 20, "on", Dice::day);
        }
        "returnTerritorialPlan" => args["remarks"] = dice.words(),
        "closeTerritorialPlan" => {
            dice.perhaps(&mut args, 20, "on", Dice::day);
            dice.perhaps(&mut args, 60, "report", Dice::words);
        }
        "withdrawTerritorialPlan" => args["reason"] = dice.words(),
        "shareTerritorialPlan" => args["visibility"] = dice.visibility(&["TERRITORY", "NETWORK", "OWNER"]),
        "recordPlanMeasurement" => {
            args =
                json!({ "measureId": dice.row("PlanMeasure", rows("plan_measure"), "id"), "measuredOn": dice.day() });
            dice.perhaps(&mut args, 80, "value", |dice| json!(dice.number() as f64));
            dice.perhaps(&mut args, 40, "source", Dice::words);
        }
        "invitePlanContribution" => {
            args = json!({ "organisationId": dice.body(world), "section": dice.pick(&["NEEDS", "OBJECTIVES", "CONTEXT"]),
                "closesOn": dice.pick(&["2026-12-31", "2026-11-24", "2026-11-23"]) });
            dice.perhaps(&mut args, 40, "question", Dice::words);
            dice.perhaps(&mut args, 20, "opensOn", Dice::day);
        }
        "contributeToPlan" => args["comment"] = dice.words(),
        "answerPlanContribution" => {
            args["outcome"] = json!(dice.pick(&["ACCEPTED", "PARTLY", "NOT_ACCEPTED"]));
            dice.perhaps(&mut args, 70, "answer", Dice::words);
        }
        "withdrawPlanInvitation" => {}
        _ => unreachable!("{verb}"),
    }
    args
}

fn end(dice: &mut Dice) -> Value {
    json!(dice.pick(&["2027-12-31", "2027-12-31", "2028-06-30", "2031-01-01", "2025-01-01"]))
}

fn indicator(dice: &mut Dice) -> Value {
    json!({ "name": dice.words(), "value": dice.number() as f64, "unit": "persone", "measuredOn": dice.day(), "source": "ISTAT" })
}

fn measure(dice: &mut Dice) -> Value {
    let baseline = if dice.chance(50) { json!(0.0) } else { Value::Null };
    json!({ "name": dice.words(), "unit": "persone", "baseline": baseline, "target": dice.number() as f64 })
}

fn intervention(world: &World, dice: &mut Dice) -> Value {
    let mut made = json!({ "title": dice.words(), "startsOn": "2026-02-01", "endsOn": end(dice) });
    dice.perhaps(&mut made, 95, "responsibleId", |dice| dice.body(world));
    dice.perhaps(&mut made, 95, "expectedResults", Dice::words);
    dice.perhaps(&mut made, 60, "budget", |dice| dice.money(250_000));
    dice.perhaps(&mut made, 60, "partners", |dice| json!([{ "organisationId": dice.body(world) }]));
    dice.perhaps(&mut made, 60, "measures", |dice| json!([measure(dice)]));
    made
}

/// A plan with all that a council asks for, more often than not.
fn whole(world: &World, dice: &mut Dice) -> Value {
    let until = if dice.chance(93) { "2028-12-31" } else { *dice.pick(&["2025-12-31", "2036-01-01"]) };
    let from = if dice.chance(93) { "2026-01-01" } else { "2027-01-01" };
    let mut needs = Vec::new();
    for _ in 0..1 + u32::from(dice.chance(40)) {
        let work = intervention(world, dice);
        let priorities = json!([{ "title": dice.words(), "interventions": [work] }]);
        needs.push(json!({ "topic": "work", "title": dice.words(), "priorities": priorities }));
    }
    let mut args = json!({ "title": dice.words(), "periodFrom": from, "periodUntil": until, "isDraft": dice.chance(60),
        "needs": needs, "indicators": [indicator(dice)] });
    for field in ["contextAnalysis", "objectives", "resources"] {
        dice.perhaps(&mut args, 96, field, Dice::words);
    }
    args
}
