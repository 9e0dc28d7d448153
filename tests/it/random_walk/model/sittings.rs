//! Sittings of a council: planned, convened, held with a quorum, its minutes drafted and approved; or called off.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::draft::{clean, day_of, given, has_lines, put, put_lines, required};
use super::record::{Doc, Kind, Record, Row, row, text};
use super::who::{BOLOGNA, COUNCIL};
use super::{Asked, Outcome, TODAY, World, all_hold, refused};

pub fn readable(world: &World, asked: &Asked) -> Outcome {
    world.seen(asked, "planId")?;
    for item in asked.arg("items").and_then(Value::as_array).into_iter().flatten() {
        let named = Asked { args: item.clone(), ..asked.clone() };
        world.seen(&named, "planId")?;
    }
    Ok(())
}

/// The council where it acts itself, else the office that keeps it.
fn keeper(world: &World, asked: &Asked) -> usize {
    if world.who[asked.who].body == Some(COUNCIL) { COUNCIL } else { BOLOGNA }
}

pub fn owner_of_new(world: &World, asked: &Asked) -> Outcome<Option<usize>> {
    Ok(Some(keeper(world, asked)))
}

pub fn owner(world: &World, asked: &Asked, record: &Record) -> Option<usize> {
    if asked.verb.name != "answerSittingInvitation" {
        return Some(keeper(world, asked));
    }
    let own = world.who[asked.who].body;
    let is_called = |own: &usize| called(&record.doc, world.named(*own)).is_some();
    Some(own.filter(is_called).unwrap_or(COUNCIL))
}

fn called<'a>(doc: &'a Doc, body: &str) -> Option<&'a Row> {
    doc.rows("sitting_invitation").iter().find(|row| row["organisation_id"] == body)
}

pub fn make(world: &World, asked: &Asked) -> Outcome<Record> {
    let root = json!({
        "status": "planned", "title": asked.text("title").trim(), "starts_at": asked.text("startsAt"), "ends_at": null,
        "place": null, "remote_address": null, "convened_on": null, "minutes": null, "minutes_approved_on": null,
        "cancelled_on": null, "cancellation_reason": null, "visibility": "territory",
    });
    let mut made = Record::new(Kind::Sitting, COUNCIL, Some("037"), root);
    rewrite(asked, &mut made.doc)?;
    set_agenda(world, asked, &mut made.doc)?;
    Ok(made)
}

fn day(doc: &Doc) -> &str {
    &doc.text("starts_at")[..10]
}

fn rewrite(asked: &Asked, doc: &mut Doc) -> Outcome {
    let was = doc.text("starts_at").to_owned();
    put_lines(&mut doc.root, &asked.args, &["title", "startsAt"]);
    if let Some(ends) = asked.arg("endsAt") {
        doc.set("ends_at", ends.clone());
    }
    put(&mut doc.root, &asked.args, &["place"]);
    let is_planned = doc.is(&["planned"]);
    all_hold(&[
        (has_lines(&doc.root, &["title"]), "LINE_REQUIRED"),
        (doc.text("ends_at").is_empty() || doc.text("starts_at") <= doc.text("ends_at"), "PERIOD_REVERSED"),
        (is_planned || doc.text("starts_at") == was || day(doc) >= TODAY, "DATE_PAST"),
        (is_planned || !doc.root["place"].is_null(), "PLACE_MISSING"),
    ])
}

fn set_agenda(world: &World, asked: &Asked, doc: &mut Doc) -> Outcome {
    let items = asked.arg("items").and_then(Value::as_array).cloned().unwrap_or_default();
    all_hold(&[(!items.is_empty() || !doc.is(&["convened"]), "AGENDA_MISSING")])?;
    let mut known = std::mem::take(doc.rows_mut("sitting_item"));
    let mut all_named = true;
    for (item, ordinal) in items.iter().zip(1..) {
        let id = match item.get("itemId") {
            Some(id) => {
                let id = given(Some(id), false);
                let Some(place) = known.iter().position(|row| row["id"] == id) else { return refused("NOT_FOUND") };
                known.remove(place)["id"].clone()
            }
            None => world.new_id(),
        };
        let title = item["title"].as_str().unwrap_or_default().trim().to_owned();
        all_named &= !title.is_empty();
        doc.rows_mut("sitting_item").push(row(json!({ "id": id, "ordinal": ordinal, "title": title,
            "plan_id": given(item.get("planId"), false) })));
    }
    all_hold(&[(all_named, "LINE_REQUIRED")])
}

pub fn change(world: &World, asked: &Asked, sitting: &mut Record) -> Outcome {
    let verb = asked.verb.name;
    if verb == "conveneCouncilSitting" {
        return convene(world, asked, sitting);
    }
    if ["inviteSittingGuests", "withdrawSittingInvitation"].contains(&verb) {
        return change_guests(world, asked, sitting);
    }
    let doc = &mut sitting.doc;
    match verb {
        "changeCouncilSitting" | "setSittingAgenda" => {
            all_hold(&[(doc.is(&["planned", "convened"]), "SITTING_NOT_OPEN")])?;
            if verb == "setSittingAgenda" { set_agenda(world, asked, doc) } else { rewrite(asked, doc) }
        }
        "answerSittingInvitation" => answer(world, asked, doc),
        "recordSittingAttendance" => attend(asked, doc),
        "recordCouncilResolution" => resolve(world, asked, doc),
        _ => step(asked, doc),
    }
}

fn convene(world: &World, asked: &Asked, sitting: &mut Record) -> Outcome {
    let doc = &mut sitting.doc;
    all_hold(&[(doc.is(&["planned"]), "STEP_NOT_ALLOWED")])?;
    all_hold(&[
        (!doc.rows("sitting_item").is_empty(), "AGENDA_MISSING"),
        (!doc.root["place"].is_null(), "PLACE_MISSING"),
        (day(doc) >= TODAY, "DATE_PAST"),
    ])?;
    let seats = world.seats.iter();
    *doc.rows_mut("sitting_invitation") = seats.map(|(body, seats)| invitation(body, Some(*seats))).collect();
    for guest in guests(asked) {
        if called(doc, &guest).is_none() {
            doc.rows_mut("sitting_invitation").push(invitation(&guest, None));
        }
    }
    doc.set("convened_on", TODAY);
    doc.set("status", "convened");
    share(world, sitting);
    Ok(())
}

fn guests(asked: &Asked) -> Vec<String> {
    let given_ids = asked.arg("guestIds").and_then(Value::as_array).into_iter().flatten();
    given_ids.map(|id| given(Some(id), false).as_str().unwrap_or_default().into()).collect()
}

/// The invitation of a body with so many seats; nothing: of a guest.
fn invitation(body: &str, seats: Option<i64>) -> Row {
    row(json!({ "organisation_id": body, "seats": seats.unwrap_or_default(), "is_guest": seats.is_none(),
        "answer": "unknown", "answered_on": null, "attended": null, "represented_by": null }))
}

/// From its first guest on a sitting is its territory's and its guests'.
fn share(world: &World, sitting: &mut Record) {
    let guests = sitting.doc.rows("sitting_invitation").iter().filter(|row| row["is_guest"] == true);
    let guests: BTreeSet<usize> = guests.filter_map(|row| world.body(text(row, "organisation_id"))).collect();
    if !guests.is_empty() || sitting.group.is_some() {
        sitting.group = Some(guests);
    }
}

/// Calls guests, or takes the invitation of one back, while the sitting lies ahead.
fn change_guests(world: &World, asked: &Asked, sitting: &mut Record) -> Outcome {
    let doc = &mut sitting.doc;
    all_hold(&[(doc.is(&["convened"]), "NOT_CONVENED")])?;
    all_hold(&[(day(doc) >= TODAY, "SITTING_OVER")])?;
    if asked.verb.name == "inviteSittingGuests" {
        for guest in guests(asked) {
            all_hold(&[(called(doc, &guest).is_none(), "GUEST_CALLED_ALREADY")])?;
            doc.rows_mut("sitting_invitation").push(invitation(&guest, None));
        }
    } else {
        let body = given(asked.arg("organisationId"), false);
        let Some(row) = called(doc, body.as_str().unwrap_or_default()) else { return refused("NOT_INVITED") };
        all_hold(&[(row["is_guest"] == true, "NOT_A_GUEST")])?;
        all_hold(&[(row["attended"] != true, "GUEST_CAME")])?;
        doc.rows_mut("sitting_invitation").retain(|row| row["organisation_id"] != body);
    }
    share(world, sitting);
    Ok(())
}

fn answer(world: &World, asked: &Asked, doc: &mut Doc) -> Outcome {
    all_hold(&[(doc.is(&["convened"]), "NOT_CONVENED")])?;
    all_hold(&[(day(doc) >= TODAY, "SITTING_OVER")])?;
    let own = world.who[asked.who].body.map(|own| world.named(own)).unwrap_or_default();
    let mut rows = doc.rows_mut("sitting_invitation").iter_mut();
    let Some(row) = rows.find(|row| row["organisation_id"] == own) else { return refused("NOT_INVITED") };
    let office = clean(asked.arg("representedBy"));
    all_hold(&[(asked.arg("representedBy").is_none() || !office.is_null(), "LINE_REQUIRED")])?;
    row.insert("answer".into(), json!(if asked.arg("comes") == Some(&json!(true)) { "yes" } else { "no" }));
    row.insert("answered_on".into(), json!(TODAY));
    row.insert("represented_by".into(), office);
    Ok(())
}

fn attend(asked: &Asked, doc: &mut Doc) -> Outcome {
    all_hold(&[(doc.is(&["convened", "held", "minutes_drafted"]), "ATTENDANCE_CLOSED")])?;
    all_hold(&[(day(doc) <= TODAY, "SITTING_AHEAD")])?;
    for came in asked.arg("attendance").and_then(Value::as_array).into_iter().flatten() {
        let body = given(came.get("organisationId"), false);
        let mut rows = doc.rows_mut("sitting_invitation").iter_mut();
        let Some(row) = rows.find(|row| row["organisation_id"] == body) else { return refused("NOT_FOUND") };
        row.insert("attended".into(), came["attended"].clone());
    }
    let (present, seats) = quorum(doc);
    all_hold(&[(doc.rows("council_resolution").is_empty() || present > seats / 2, "QUORUM_NEEDED")])
}

/// Members' seats that are present, and that were called.
fn quorum(doc: &Doc) -> (i64, i64) {
    let sum = |rows: &mut dyn Iterator<Item = &Row>| rows.filter_map(|row| row["seats"].as_i64()).sum();
    let rows = doc.rows("sitting_invitation");
    (sum(&mut rows.iter().filter(|row| row["attended"] == true)), sum(&mut rows.iter()))
}

fn resolve(world: &World, asked: &Asked, doc: &mut Doc) -> Outcome {
    all_hold(&[(doc.is(&["held", "minutes_drafted"]), "SITTING_NOT_HELD")])?;
    let (present, seats) = quorum(doc);
    all_hold(&[(present > seats / 2, "QUORUM_MISSING")])?;
    let is_opinion = asked.text("kind") == "OPINION_ON_PLAN";
    let outcomes: &[&str] =
        if is_opinion { &["FAVOURABLE", "WITH_REMARKS", "UNFAVOURABLE"] } else { &["ADOPTED", "UNFAVOURABLE"] };
    let votes = ["votesFor", "votesAgainst"].map(|field| asked.arg(field).and_then(Value::as_i64).unwrap_or_default());
    all_hold(&[
        (!clean(asked.arg("title")).is_null(), "LINE_REQUIRED"),
        (!is_opinion || asked.id("planId").is_some(), "PLAN_REQUIRED"),
        (outcomes.contains(&asked.text("outcome")), "OUTCOME_UNFIT"),
        (votes.iter().all(|votes| *votes >= 0), "VOTES_NEGATIVE"),
        (votes.iter().sum::<i64>() <= present, "VOTES_EXCEED_PRESENT"),
    ])?;
    let said = required(asked, "text")?;
    let rows = doc.rows("council_resolution");
    let (id, ordinal) = match asked.id("resolutionId") {
        Some(id) => match rows.iter().position(|row| text(row, "id") == id) {
            Some(place) => (json!(id), place + 1),
            None => return refused("NOT_FOUND"),
        },
        None => (world.new_id(), rows.len() + 1),
    };
    let new = row(json!({
        "id": id, "ordinal": ordinal, "kind": asked.text("kind").to_lowercase(), "title": asked.text("title").trim(),
        "text": said, "outcome": asked.text("outcome").to_lowercase(), "votes_for": asked.arg("votesFor"),
        "votes_against": asked.arg("votesAgainst"), "plan_id": asked.id("planId"),
    }));
    let rows = doc.rows_mut("council_resolution");
    match rows.get_mut(ordinal - 1) {
        Some(known) => *known = new,
        None => rows.push(new),
    }
    Ok(())
}

fn step(asked: &Asked, doc: &mut Doc) -> Outcome {
    let (from, to): (&[&str], &str) = match asked.verb.name {
        "holdCouncilSitting" => (&["convened"], "held"),
        "draftSittingMinutes" => (&["held", "minutes_drafted"], "minutes_drafted"),
        "approveSittingMinutes" => (&["minutes_drafted"], "minutes_approved"),
        _ => (&["planned", "convened"], "cancelled"),
    };
    all_hold(&[(doc.is(from), "STEP_NOT_ALLOWED")])?;
    match to {
        "held" => {
            let is_attended = doc.rows("sitting_invitation").iter().any(|row| row["attended"] == true);
            all_hold(&[(day(doc) <= TODAY, "SITTING_AHEAD"), (is_attended, "ATTENDANCE_MISSING")])?;
        }
        "minutes_drafted" => doc.set("minutes", required(asked, "text")?),
        "minutes_approved" => {
            doc.set("minutes_approved_on", day_of(asked, day(doc))?);
            if asked.arg("publish") == Some(&json!(true)) {
                doc.set("visibility", "public");
            }
        }
        _ => {
            doc.set("cancelled_on", TODAY);
            doc.set("cancellation_reason", required(asked, "reason")?);
        }
    }
    doc.set("status", to);
    Ok(())
}
