//! The life of a subgraph: handed in, decided on, published anew, withdrawn.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use url::Url;

use super::document::SubgraphDocument;
use super::model::SubgraphStatus::{self, Approved, Proposed, Refused, Withdrawn};
use super::model::{SubgraphVersionStatus, VersionRow};
use crate::deeds::Named;
use crate::deeds::given::required;
use crate::graphql::Outcome;
use crate::graphql::mutation::Flaws;
use crate::locale::Message;

/// How refusals name a subgraph.
const SUBGRAPH: Named = Named { field: "subgraphId", it: "Il sottografo", en: "The subgraph" };

/// Hands in a version. It waits for the central department, in the place of one that does, unless it `is_free` to be published.
///
/// # Errors
/// `STEP_NOT_ALLOWED`.
pub fn hand_in(subgraph: &mut SubgraphDocument, mut version: VersionRow, is_free: bool) -> Outcome<()> {
    let step = Message::new("pubblicazione", "publication");
    stands(subgraph, &[Proposed, Approved, Refused], &step)?;
    for pending in subgraph.subgraph_version.iter_mut() {
        if pending.status == SubgraphVersionStatus::Proposed {
            pending.status = SubgraphVersionStatus::Superseded;
        }
    }
    if is_free {
        (version.status, version.decided_on) = (SubgraphVersionStatus::Approved, Some(version.submitted_on));
    }
    if subgraph.subgraph.status == Refused {
        subgraph.subgraph.status = Proposed;
    }
    subgraph.subgraph_version.push(version);
    Ok(())
}

/// What of a new version asks for the central department's approval; empty: it may be published at once.
pub fn asks_approval(known: Option<&VersionRow>, new: &VersionRow, is_felt: bool) -> Vec<Message> {
    let Some(known) = known else {
        return vec![Message::new("è la prima versione.", "it is the first version.")];
    };
    let fields = |version: &VersionRow| version.term_fields.iter().cloned().collect::<BTreeSet<_>>();
    let is_wider = !fields(new).is_subset(&fields(known))
        || new.term_purpose != known.term_purpose
        || new.term_until > known.term_until;
    let origin = |version: &VersionRow| Url::parse(&version.routing_url).ok().map(|url| url.origin());
    let reasons = [
        (is_wider, Message::new("le condizioni sui dati sono altre.", "its terms are others.")),
        (origin(known) != origin(new), Message::new("il servizio è altrove.", "the service is elsewhere.")),
        (
            is_felt,
            Message::new(
                "operazioni in uso non sarebbero più valide.",
                "operations that are in use would not be valid any more.",
            ),
        ),
    ];
    reasons.into_iter().filter(|(is_so, _)| *is_so).map(|(_, reason)| reason).collect()
}

/// Approves the version that waits: it is published.
///
/// # Errors
/// `STEP_NOT_ALLOWED`; `NOTHING_PENDING`; `TERMS_OVER`.
pub fn approve(subgraph: &mut SubgraphDocument, today: NaiveDate) -> Outcome<()> {
    let until = pending(subgraph, &Message::new("approvazione", "approval"))?.term_until;
    let (it, en) = ("Le condizioni sui dati sono già scadute.", "Its terms have ended already.");
    Flaws::default().unless(today <= until, "subgraphId", "TERMS_OVER", it, en).none()?;
    decide(subgraph, SubgraphVersionStatus::Approved, None, today);
    subgraph.subgraph.status = Approved;
    Ok(())
}

/// Refuses the version that waits; what is published stays.
///
/// # Errors
/// `STEP_NOT_ALLOWED`; `NOTHING_PENDING`; `LINE_REQUIRED`.
pub fn refuse(subgraph: &mut SubgraphDocument, reason: &str, today: NaiveDate) -> Outcome<()> {
    pending(subgraph, &Message::new("diniego", "refusal"))?;
    let reason = required(reason, "reason")?;
    decide(subgraph, SubgraphVersionStatus::Refused, Some(reason), today);
    if subgraph.subgraph.status == Proposed {
        subgraph.subgraph.status = Refused;
    }
    Ok(())
}

/// Takes the subgraph out of the graph, for good.
///
/// # Errors
/// `STEP_NOT_ALLOWED`; `LINE_REQUIRED`.
pub fn withdraw(subgraph: &mut SubgraphDocument, reason: &str, today: NaiveDate) -> Outcome<()> {
    stands(subgraph, &[Proposed, Approved, Refused], &Message::new("ritiro", "withdrawal"))?;
    let reason = required(reason, "reason")?;
    for pending in subgraph.subgraph_version.iter_mut() {
        if pending.status == SubgraphVersionStatus::Proposed {
            pending.status = SubgraphVersionStatus::Superseded;
        }
    }
    let row = &mut subgraph.subgraph;
    (row.status, row.withdrawn_on, row.withdrawal_reason) = (Withdrawn, Some(today), Some(reason));
    Ok(())
}

fn decide(subgraph: &mut SubgraphDocument, status: SubgraphVersionStatus, reason: Option<String>, today: NaiveDate) {
    for version in subgraph.subgraph_version.iter_mut() {
        if version.status == SubgraphVersionStatus::Proposed {
            (version.status, version.decided_on, version.decision_reason) = (status, Some(today), reason.clone());
        }
    }
}

fn pending<'a>(subgraph: &'a SubgraphDocument, step: &Message) -> Outcome<&'a VersionRow> {
    stands(subgraph, &[Proposed, Approved], step)?;
    let nothing = || {
        let (it, en) = ("nessuna versione attende una decisione.", "no version waits for a decision.");
        SUBGRAPH.refusal(&name(subgraph.subgraph.status), "NOTHING_PENDING", it, en)
    };
    Ok(subgraph.pending().ok_or_else(nothing)?)
}

fn stands(subgraph: &SubgraphDocument, from: &[SubgraphStatus], step: &Message) -> Outcome<()> {
    SUBGRAPH.allows((subgraph.subgraph.status, name), from, step)
}

fn name(status: SubgraphStatus) -> Message {
    match status {
        Proposed => Message::new("proposto", "proposed"),
        Approved => Message::new("approvato", "approved"),
        Refused => Message::new("respinto", "refused"),
        Withdrawn => Message::new("ritirato", "withdrawn"),
    }
}
