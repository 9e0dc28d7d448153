//! What is asked about agreements.

use serde_json::{Value, json};

use super::Dice;
use crate::random_walk::model::World;

pub fn args(world: &World, dice: &mut Dice, verb: &str, _of: Option<usize>) -> Value {
    let mut args = json!({});
    match verb {
        "draftAgreement" => {
            args = json!({ "title": dice.words(), "validFrom": "2026-01-01", "partyIds": parties(world, dice) });
            dice.perhaps(&mut args, 60, "validUntil", until);
            terms(dice, &mut args);
        }
        "changeAgreement" => {
            dice.perhaps(&mut args, 40, "title", Dice::words);
            dice.perhaps(&mut args, 40, "partyIds", |dice| parties(world, dice));
            dice.perhaps(&mut args, 30, "validUntil", |dice| if dice.chance(20) { Value::Null } else { until(dice) });
            terms(dice, &mut args);
        }
        "renewAgreement" => {
            args["validFrom"] = json!(dice.pick(&["2026-01-02", "2027-01-01", "2028-01-01", "2025-06-01"]));
            dice.perhaps(&mut args, 30, "validUntil", |_| json!("2030-12-31"));
            dice.perhaps(&mut args, 30, "reference", reference);
        }
        "openAgreementForSigning" => {}
        "signAgreement" => dice.perhaps(&mut args, 20, "on", Dice::day),
        "withdrawFromAgreement" | "endAgreement" => {
            args["reason"] = dice.words();
            dice.perhaps(&mut args, 20, "on", Dice::day);
        }
        _ => unreachable!("{verb}"),
    }
    args
}

fn terms(dice: &mut Dice, args: &mut Value) {
    dice.perhaps(args, 30, "subject", Dice::words);
    dice.perhaps(args, 30, "reference", reference);
    dice.perhaps(args, 30, "visibilityInForce", |dice| dice.visibility(&["PUBLIC", "NETWORK", "OWNER"]));
}

fn reference(dice: &mut Dice) -> Value {
    let number = if dice.chance(15) { 1 } else { dice.number() };
    json!(format!("PROT-{number}"))
}

fn until(dice: &mut Dice) -> Value {
    json!(dice.pick(&["2028-12-31", "2026-11-24", "2026-11-23", "2025-12-31", "2056-01-01"]))
}

fn parties(world: &World, dice: &mut Dice) -> Value {
    let count = *dice.pick(&[0, 1, 1, 2, 3]);
    (0..count).map(|_| dice.body(world)).collect()
}
