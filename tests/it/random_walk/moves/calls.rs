//! What is asked about calls.

use serde_json::{Value, json};

use super::Dice;

pub fn args(dice: &mut Dice, verb: &str) -> Value {
    let mut args = json!({});
    match verb {
        "publishFundingCall" => {
            let number = if dice.chance(6) { 1 } else { dice.number() };
            args = json!({ "reference": format!("AVV-{number}"), "title": dice.words(), "opensOn": opens(dice),
                "programmeCode": if dice.chance(3) { "FAMI/NOWHERE" } else { "FAMI-2021-2027/OS2" } });
            dice.perhaps(&mut args, 80, "closesOn", closes);
            dice.perhaps(&mut args, 60, "budget", |dice| dice.money(1_000_000));
            dice.perhaps(&mut args, 40, "minPartners", |dice| json!(dice.pick(&[0, 1, 1, 2, -1])));
            dice.perhaps(&mut args, 40, "maxPartners", |dice| json!(dice.pick(&[1, 2, 3])));
            dice.perhaps(&mut args, 20, "eligibleKinds", kinds);
            dice.perhaps(&mut args, 25, "requiresIntervention", |_| json!(true));
            dice.perhaps(&mut args, 30, "province", |dice| json!(dice.pick(&["BO", "BO", "MO", "XX"])));
            dice.perhaps(&mut args, 40, "visibility", |dice| dice.visibility(&["PUBLIC", "NETWORK"]));
        }
        "amendFundingCall" => {
            dice.perhaps(&mut args, 30, "title", Dice::words);
            dice.perhaps(&mut args, 40, "closesOn", |dice| if dice.chance(20) { Value::Null } else { closes(dice) });
            dice.perhaps(&mut args, 40, "budget", |dice| dice.money(2_000_000));
            dice.perhaps(&mut args, 10, "opensOn", opens);
            dice.perhaps(&mut args, 20, "minPartners", |dice| json!(dice.pick(&[0, 1, 2])));
            dice.perhaps(&mut args, 20, "maxPartners", |dice| json!(dice.pick(&[1, 3, 5])));
            dice.perhaps(&mut args, 15, "eligibleKinds", kinds);
            dice.perhaps(&mut args, 15, "requiresIntervention", |dice| json!(dice.chance(30)));
            dice.perhaps(&mut args, 15, "visibility", |dice| dice.visibility(&["PUBLIC", "NETWORK"]));
        }
        "cancelFundingCall" => args["reason"] = dice.words(),
        _ => unreachable!("{verb}"),
    }
    args
}

fn opens(dice: &mut Dice) -> Value {
    json!(dice.pick(&["2026-11-01", "2026-11-01", "2026-11-24", "2026-11-25"]))
}

fn closes(dice: &mut Dice) -> Value {
    json!(dice.pick(&["2026-12-31", "2027-01-31", "2026-11-24", "2026-11-23", "2026-10-01"]))
}

fn kinds(dice: &mut Dice) -> Value {
    let choice = [json!([]), json!(["PREFECTURE"]), json!(["PREFECTURE", "CENTRAL_AUTHORITY"])];
    dice.pick(&choice).clone()
}
