//! What is asked about sittings of the council.

use rand::seq::IndexedRandom as _;
use serde_json::{Value, json};

use super::Dice;
use crate::random_walk::model::World;
use crate::random_walk::model::record::{Kind, Row};
use crate::random_walk::model::who::COUNCIL;

pub fn args(world: &World, dice: &mut Dice, verb: &str, of: Option<usize>) -> Value {
    let rows = |table: &str| of.map_or(&[][..], |of| world.records[of].doc.rows(table));
    let mut args = json!({});
    match verb {
        "planCouncilSitting" => {
            args = json!({ "councilId": format!("Organisation:{}", world.named(COUNCIL)), "title": dice.words(),
                "startsAt": starts(dice), "items": items(world, dice, &[]) });
            dice.perhaps(&mut args, 50, "endsAt", ends);
            dice.perhaps(&mut args, 90, "place", Dice::words);
        }
        "changeCouncilSitting" => {
            dice.perhaps(&mut args, 40, "title", Dice::words);
            dice.perhaps(&mut args, 20, "startsAt", starts);
            dice.perhaps(&mut args, 30, "endsAt", |dice| if dice.chance(20) { Value::Null } else { ends(dice) });
            dice.perhaps(&mut args, 40, "place", Dice::words);
        }
        "setSittingAgenda" => args["items"] = items(world, dice, rows("sitting_item")),
        "conveneCouncilSitting" => dice.perhaps(&mut args, 30, "guestIds", |dice| json!([dice.body(world)])),
        "inviteSittingGuests" => args["guestIds"] = json!([dice.body(world)]),
        "withdrawSittingInvitation" => {
            args["organisationId"] = dice.row("Organisation", rows("sitting_invitation"), "organisation_id")
        }
        "cancelCouncilSitting" => args["reason"] = dice.words(),
        "answerSittingInvitation" => {
            args["comes"] = json!(dice.chance(70));
            dice.perhaps(&mut args, 40, "representedBy", Dice::words);
        }
        "recordSittingAttendance" => args["attendance"] = attendance(dice, rows("sitting_invitation")),
        "holdCouncilSitting" => {}
        "recordCouncilResolution" => {
            args = json!({ "title": dice.words(), "text": dice.words(),
                "kind": dice.pick(&["OPINION_ON_PLAN", "PROPOSAL_TO_DLCI", "OTHER"]),
                "outcome": dice.pick(&["FAVOURABLE", "WITH_REMARKS", "UNFAVOURABLE", "ADOPTED"]) });
            dice.perhaps(&mut args, 50, "votesFor", |dice| json!(dice.pick(&[1, 2, 3, 90, -1])));
            dice.perhaps(&mut args, 30, "votesAgainst", |dice| json!(dice.pick(&[0, 1])));
            dice.perhaps(&mut args, 60, "planId", |dice| plan(world, dice));
            dice.perhaps(&mut args, 30, "resolutionId", |dice| {
                dice.row("CouncilResolution", rows("council_resolution"), "id")
            });
        }
        "draftSittingMinutes" => args["text"] = dice.words(),
        "approveSittingMinutes" => {
            dice.perhaps(&mut args, 30, "on", Dice::day);
            args["publish"] = json!(dice.chance(40));
        }
        _ => unreachable!("{verb}"),
    }
    args
}

fn starts(dice: &mut Dice) -> Value {
    let day = dice.pick(&["2026-11-24", "2026-11-24", "2026-11-24", "2026-11-23", "2026-11-25"]);
    json!(format!("{day}T09:00:00Z"))
}

fn ends(dice: &mut Dice) -> Value {
    json!(dice.pick(&["2026-11-25T12:00:00Z", "2026-11-24T12:00:00Z", "2026-11-23T08:00:00Z"]))
}

fn plan(world: &World, dice: &mut Dice) -> Value {
    let plans: Vec<Value> = world.all(Kind::Plan).map(|(_, plan)| plan.named()).rev().take(12).collect();
    plans.choose(&mut dice.rng).cloned().unwrap_or_else(|| dice.row("TerritorialPlan", &[], "id"))
}

/// An agenda: some of the items that are on it, and new ones.
fn items(world: &World, dice: &mut Dice, known: &[Row]) -> Value {
    let mut items: Vec<Value> = Vec::new();
    for row in known {
        if dice.chance(60) {
            let id = row["id"].as_str().unwrap_or_default();
            items.push(json!({ "itemId": format!("SittingItem:{id}"), "title": dice.words() }));
        }
    }
    for _ in 0..*dice.pick(&[0, 1, 1, 2]) {
        let mut item = json!({ "title": dice.words() });
        dice.perhaps(&mut item, 40, "planId", |dice| plan(world, dice));
        items.push(item);
    }
    items.reverse();
    json!(items)
}

/// Who came: more often than not most of those called.
fn attendance(dice: &mut Dice, called: &[Row]) -> Value {
    let percent = *dice.pick(&[95, 80, 20]);
    let came = |row: &Row| {
        let body = row["organisation_id"].as_str().unwrap_or_default();
        json!({ "organisationId": format!("Organisation:{body}"), "attended": dice.chance(percent) })
    };
    let mut came: Vec<Value> = called.iter().map(came).collect();
    if dice.chance(3) {
        came.push(json!({ "organisationId": dice.row("Organisation", &[], "id"), "attended": true }));
    }
    json!(came)
}
