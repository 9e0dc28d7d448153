//! Contributions: a body is invited to comment on a section of a plan within a window, comments, and is answered.

use serde_json::json;

use super::draft::{clean, in_order, required};
use super::record::{Kind, Record};
use super::{Asked, Outcome, TODAY, World, all_hold, refused};

pub fn owner_of_new(world: &World, asked: &Asked) -> Outcome<Option<usize>> {
    let plan = &world.records[asked.of.expect("a plan")];
    if world.sees(asked.who, plan) { Ok(Some(plan.owner)) } else { refused("NOT_FOUND") }
}

pub fn owner(world: &World, asked: &Asked, record: &Record) -> Option<usize> {
    match asked.verb.name {
        "contributeToPlan" => world.body(record.doc.text("organisation_id")),
        _ => Some(record.owner),
    }
}

pub fn make(world: &World, asked: &Asked) -> Outcome<Record> {
    let plan = &world.records[asked.of.expect("a plan")];
    if !plan.doc.is(&["listening", "draft", "returned"]) {
        return refused("PLAN_NOT_OPEN");
    }
    let opens = if asked.text("opensOn").is_empty() { TODAY } else { asked.text("opensOn") };
    let closes = asked.text("closesOn");
    let body = world.body(asked.text("organisationId")).expect("a body");
    all_hold(&[
        (in_order(opens, closes), "PERIOD_REVERSED"),
        (closes >= TODAY, "WINDOW_OVER"),
        (body != plan.owner, "BODY_IS_OFFICE"),
    ])?;
    let root = json!({
        "plan_id": plan.id.to_string(), "organisation_id": world.named(body), "status": "invited", "visibility": "owner",
        "section": asked.text("section").to_lowercase(), "question": clean(asked.arg("question")),
        "plan_title": plan.doc.text("title"), "opens_on": opens, "closes_on": closes, "comment": null,
        "submitted_on": null, "outcome": null, "answer": null, "answered_on": null,
    });
    let mut made = Record::new(Kind::Contribution, plan.owner, plan.province, root);
    made.group = Some([body].into());
    Ok(made)
}

pub fn change(asked: &Asked, record: &mut Record) -> Outcome {
    let doc = &mut record.doc;
    let from: &[&str] = match asked.verb.name {
        "withdrawPlanInvitation" => &["invited"],
        "contributeToPlan" => &["invited", "submitted"],
        _ => &["submitted"],
    };
    if !doc.is(from) {
        return refused("STEP_NOT_ALLOWED");
    }
    match asked.verb.name {
        "withdrawPlanInvitation" => doc.set("status", "withdrawn"),
        "contributeToPlan" => {
            let is_within = doc.text("opens_on") <= TODAY && TODAY <= doc.text("closes_on");
            all_hold(&[(is_within, "WINDOW_CLOSED")])?;
            doc.set("comment", required(asked, "comment")?);
            doc.set("submitted_on", TODAY);
            doc.set("status", "submitted");
        }
        _ => {
            let answer = clean(asked.arg("answer"));
            let is_enough = asked.text("outcome") == "ACCEPTED" || !answer.is_null();
            all_hold(&[(is_enough, "REASON_REQUIRED")])?;
            doc.set("outcome", asked.text("outcome").to_lowercase());
            doc.set("answer", answer);
            doc.set("answered_on", TODAY);
            doc.set("status", "answered");
        }
    }
    Ok(())
}
