//! Proposals and what becomes of them: idea → proposed → admitted | rejected → funded → running → suspended | closed |
//! revoked.

use serde_json::{Value, json};

use super::draft::{amount, clean, given, put, put_lines, required};
use super::proposals::{answer, check, competent, invite, regroup, set_budget, set_links, set_places};
use super::record::{Doc, Kind, Record, row};
use super::who::{DLCI, is_office};
use super::{Asked, Outcome, TODAY, World, all_hold, plans, refused, work};

pub fn readable(world: &World, asked: &Asked) -> Outcome {
    let call = world.seen(asked, "callId")?;
    if !asked.text("programmeCode").is_empty() {
        let node = asked.text("programmeCode");
        let is_within = call.is_none_or(|call| node.starts_with(call.doc.text("programme_code")));
        all_hold(&[(node != "FAMI/NOWHERE" && is_within, "PROGRAMME_UNKNOWN")])?;
    }
    if asked.verb.name == "registerProject" {
        cup(asked)?;
    }
    let mut links = asked.arg("interventionIds").and_then(Value::as_array).into_iter().flatten();
    let stands = |id: &Value| plans::stands(world, asked.who, &given(Some(id), false));
    let links: Vec<Option<bool>> = links.by_ref().map(stands).collect();
    all_hold(&[(!links.contains(&None), "NOT_FOUND")])?;
    all_hold(&[(!links.contains(&Some(false)), "INTERVENTION_NOT_ADOPTED")])?;
    match asked.verb.name {
        "admitProject" | "fundProject" => cup(asked),
        "addProjectContract" => all_hold(&[(asked.text("cig") != "8528645C7E", "CIG_INVALID")]),
        "declareProjectSpending" => {
            all_hold(&[(amount(asked.arg("amount")).as_f64() > Some(0.0), "AMOUNT_NOT_POSITIVE")])
        }
        _ => Ok(()),
    }
}

fn cup(asked: &Asked) -> Outcome {
    all_hold(&[(asked.text("cup").is_empty() || asked.text("cup").len() == 15, "CUP_INVALID")])
}

pub fn owner_of_new(world: &World, asked: &Asked) -> Outcome<Option<usize>> {
    Ok(world.who[asked.who].body)
}

pub fn owner(world: &World, asked: &Asked, project: &Record) -> Option<usize> {
    let own = world.who[asked.who].body;
    let named = own.map(|own| world.named(own)).unwrap_or_default();
    let mut invitations = project.doc.rows("project_invitation").iter();
    match asked.verb.name {
        "answerProjectInvitation"
            if invitations.any(|row| row["organisation_id"] == named && row["status"] == "invited") =>
        {
            own
        }
        "declareProjectSpending" if own.is_some_and(|own| world.takes_part(project, own)) => own,
        "admitProject" | "rejectProject" | "fundProject" | "revokeProject" | "amendProject" => {
            call_of(world, asked.who, &project.doc).map(|call| call.owner)
        }
        _ => Some(project.owner),
    }
}

/// The call that a project is proposed to, where somebody sees it.
pub fn call_of<'a>(world: &'a World, who: usize, doc: &Doc) -> Option<&'a Record> {
    let id: uuid::Uuid = doc.text("call_id").parse().ok()?;
    let call = world.all(Kind::Call).map(|(_, call)| call).find(|call| call.id == id);
    call.filter(|call| world.sees(who, call))
}

pub fn make(world: &World, asked: &Asked) -> Outcome<Record> {
    let own = world.who[asked.who].body.expect("a body");
    let is_registered = asked.verb.name == "registerProject";
    let lead = world.body(asked.text("leadId")).filter(|_| is_registered).unwrap_or(own);
    let mut root = row(json!({
        "status": "idea", "title": "", "summary": null, "cup": null, "initiative_number": null, "starts_on": null,
        "ends_on": null, "programme_code": null, "call_id": null, "requested_funding": null, "public_funding": null,
        "total_cost": null, "submitted_on": null, "decided_on": null, "decision_reasons": null, "funded_on": null,
        "started_on": null, "suspended_on": null, "suspension_reason": null, "closed_on": null, "closing_report": null,
        "revoked_on": null, "revocation_reason": null, "visibility": "owner", "lead_id": world.named(lead),
    }));
    put_lines(&mut root, &asked.args, &["title"]);
    put(
        &mut root,
        &asked.args,
        &["summary", "startsOn", "endsOn", "callId", "programmeCode", "requestedFunding", "totalCost"],
    );
    let mut made = Record::new(Kind::Project, lead, None, Value::Object(root));
    if is_registered {
        let is_funded = matches!(asked.text("status"), "FUNDED" | "RUNNING" | "SUSPENDED" | "CLOSED" | "REVOKED");
        let is_sourced = !clean(asked.arg("source")).is_null();
        all_hold(&[(is_funded, "STATUS_NOT_FUNDED"), (is_sourced, "LINE_REQUIRED")])?;
        made.doc.set("status", asked.text("status").to_lowercase());
        made.doc.set("cup", asked.text("cup").to_uppercase());
        made.doc.set("visibility", "public");
        set_places(asked, &mut made.doc)?;
        competent(world, asked, &made.doc)?;
        check(&made.doc)?;
        return Ok(made);
    }
    if let Some(call) = call_of(world, asked.who, &made.doc).filter(|_| asked.text("programmeCode").is_empty()) {
        made.doc.set("programme_code", call.doc.text("programme_code"));
    }
    set_places(asked, &mut made.doc)?;
    set_links(asked, &mut made.doc);
    for partner in asked.arg("partners").and_then(Value::as_array).into_iter().flatten() {
        invite(world, &mut made.doc, partner)?;
    }
    set_budget(asked, &mut made.doc)?;
    check(&made.doc)?;
    regroup(world, asked.who, &mut made);
    Ok(made)
}

pub fn change(world: &World, asked: &Asked, project: &mut Record) -> Outcome {
    let verb = asked.verb.name;
    let states: &[&str] = match verb {
        "changeProposal"
        | "inviteProjectPartner"
        | "withdrawProjectInvitation"
        | "answerProjectInvitation"
        | "submitProject" => &["idea"],
        "admitProject" | "rejectProject" => &["proposed"],
        "fundProject" => &["admitted"],
        "revokeProject" => &["admitted", "funded", "running", "suspended"],
        "startProject" => &["funded"],
        "suspendProject" | "closeProject" => &["running"],
        "resumeProject" => &["suspended"],
        "setProjectDeadline" | "writeProjectIndicator" => &["idea", "admitted", "funded", "running", "suspended"],
        _ => &["funded", "running", "suspended"],
    };
    if !project.doc.is(states) {
        return refused("STEP_NOT_ALLOWED");
    }
    let doc = &mut project.doc;
    match verb {
        "changeProposal" => {
            put_lines(&mut doc.root, &asked.args, &["title"]);
            put(&mut doc.root, &asked.args, &["summary", "startsOn", "endsOn", "requestedFunding", "totalCost"]);
            set_places(asked, doc)?;
            set_links(asked, doc);
            set_budget(asked, doc)?;
        }
        "inviteProjectPartner" => invite(world, doc, &asked.args["partner"])?,
        "withdrawProjectInvitation" => {
            let id = json!(asked.id("invitationId"));
            let is_there = doc.rows("project_invitation").iter().any(|row| row["id"] == id);
            all_hold(&[(is_there, "NOT_FOUND")])?;
            doc.rows_mut("project_invitation").retain(|row| row["id"] != id);
            doc.rows_mut("project_participation").retain(|row| row["id"] != id);
        }
        "answerProjectInvitation" => {
            answer(world, asked, doc)?;
            regroup(world, asked.who, project);
            // Whoever took part through a body that declines is the lead's to see to, before it hands the proposal in.
            return Ok(());
        }
        _ if is_decision(verb) => decide(world, asked, project)?,
        _ => work::change(world, asked, doc)?,
    }
    check(&project.doc)?;
    regroup(world, asked.who, project);
    Ok(())
}

fn is_decision(verb: &str) -> bool {
    matches!(verb, "submitProject" | "admitProject" | "rejectProject" | "fundProject" | "revokeProject")
}

fn decide(world: &World, asked: &Asked, project: &mut Record) -> Outcome {
    let call = call_of(world, asked.who, &project.doc);
    let doc = &mut project.doc;
    match asked.verb.name {
        "submitProject" => {
            fits(world, asked, doc, call)?;
            doc.set("submitted_on", TODAY);
            doc.set("status", "proposed");
        }
        "admitProject" => {
            let funding = amount(asked.arg("publicFunding"));
            let asked_for = doc.root["requested_funding"].clone();
            doc.set("public_funding", if funding.is_null() { asked_for } else { funding });
            doc.set("decided_on", TODAY);
            doc.set("decision_reasons", clean(asked.arg("reasons")));
            put_cup(asked, doc);
            doc.set("status", "admitted");
        }
        "rejectProject" => {
            doc.set("decided_on", TODAY);
            doc.set("decision_reasons", required(asked, "reasons")?);
            doc.set("status", "rejected");
        }
        "fundProject" => {
            competent(world, asked, doc)?;
            let visibility = if asked.text("visibility").is_empty() { "PUBLIC" } else { asked.text("visibility") };
            let is_theirs = matches!(visibility, "PUBLIC" | "NETWORK" | "OWNER");
            all_hold(&[(is_theirs, "PARTIES_MUST_SEE")])?;
            put_cup(asked, doc);
            all_hold(&[(!doc.root["cup"].is_null(), "CUP_MISSING")])?;
            doc.set("visibility", visibility.to_lowercase());
            doc.set("funded_on", TODAY);
            doc.set("status", "funded");
            doc.rows_mut("project_invitation").clear();
        }
        _ => {
            doc.set("revoked_on", TODAY);
            doc.set("revocation_reason", required(asked, "reason")?);
            doc.set("status", "revoked");
        }
    }
    Ok(())
}

fn put_cup(asked: &Asked, doc: &mut Doc) {
    if !asked.text("cup").is_empty() {
        doc.set("cup", asked.text("cup").to_uppercase());
    }
}

/// What a proposal must have, and how it must fit its call.
fn fits(world: &World, asked: &Asked, doc: &Doc, call: Option<&Record>) -> Outcome {
    let has = |column: &str| !doc.root[column].is_null();
    let is_pending = doc.rows("project_invitation").iter().any(|row| row["status"] == "invited");
    let mut rules = vec![
        (if has("call_id") { call.is_some() } else { has("programme_code") }, "CALL_MISSING"),
        (has("summary"), "SUMMARY_MISSING"),
        (has("starts_on") && has("ends_on"), "PERIOD_MISSING"),
        (doc.number("requested_funding").unwrap_or_default() != 0.0, "FUNDING_MISSING"),
        (!doc.rows("project_place").is_empty(), "PLACES_MISSING"),
        (!is_pending, "PARTNERS_PENDING"),
    ];
    if let Some(call) = call.map(|call| &call.doc) {
        let partners = doc.rows("project_participation").len() as f64;
        let kind = world.body(doc.text("lead_id")).map_or("", kind);
        let kinds = call.root["eligible_kinds"].as_array().cloned().unwrap_or_default();
        let links = doc.rows("project_intervention").iter();
        let is_linked =
            links.filter_map(|row| plans::is_adopted(world, asked.who, &row["intervention_id"])).any(|is| is);
        let asked_for = doc.number("requested_funding").unwrap_or_default();
        rules.extend([
            (call.root["cancelled_on"].is_null(), "CALL_CANCELLED"),
            (call.text("opens_on") <= TODAY, "CALL_NOT_OPEN"),
            (call.text("closes_on").is_empty() || TODAY <= call.text("closes_on"), "CALL_CLOSED"),
            (kinds.is_empty() || kinds.contains(&json!(kind)), "LEAD_NOT_ELIGIBLE"),
            (call.number("max_partners").is_none_or(|most| partners <= most), "TOO_MANY_PARTNERS"),
            (call.number("min_partners").is_none_or(|fewest| partners >= fewest), "TOO_FEW_PARTNERS"),
            (call.root["requires_intervention"] == false || is_linked, "INTERVENTION_MISSING"),
            (call.number("budget").is_none_or(|budget| asked_for <= budget), "ABOVE_CALL_BUDGET"),
        ]);
    }
    all_hold(&rules)
}

fn kind(body: usize) -> &'static str {
    match body {
        DLCI => "central_authority",
        body if is_office(body) => "prefecture",
        _ => "other",
    }
}
