//! A partner's answer, held against the question and the types of its schema.
//!
//! What was not asked is left out; a value of a wrong type is null, and where that may not be, the object around it is; what the
//! partner says of its own errors is not passed on, for it may tell what is nobody's business. Where it points to records of the
//! hub's, those that the caller does not see are absent.

mod fit;

use std::collections::HashSet;

use async_graphql::indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use self::fit::Fitted;
use super::failure::Reason;
use super::question::Question;
use super::schema::PartnerSchema;
use crate::federation::ownership::HubSchema;

/// Errors that one answer tells.
const MOST_ERRORS: usize = 50;
/// Records of the hub's to which an answer points at the most: each is looked up.
const MOST_REFERENCES: usize = 5_000;

/// What is answered to a question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub data: Json,
    /// What failed, and where: field names and places in lists; nowhere for the whole.
    pub failures: Vec<(Reason, Option<Vec<Json>>)>,
    /// The records of the hub's to which it points, each once, by their keys.
    references: IndexMap<String, Json>,
}

impl Answer {
    /// The answer where there is none.
    pub fn failed(reason: Reason) -> Self {
        Self { failures: vec![(reason, None)], ..Self::default() }
    }

    /// The answer to a question of which nothing is left to ask.
    pub(super) fn empty(question: &Question) -> Self {
        let data = question.entities.iter().map(|(key, _)| (key.clone(), Json::Array(Vec::new()))).collect();
        Self { data: Json::Object(data), ..Self::default() }
    }

    /// Fits what a partner answered to the question; `None`: it is no answer of GraphQL.
    pub(super) fn fitted(
        question: &Question,
        (schema, hub): (&PartnerSchema, &HubSchema),
        mut given: Map<String, Json>,
    ) -> Option<Self> {
        let errors = match given.remove("errors") {
            Some(Json::Array(errors)) => errors,
            None | Some(Json::Null) => Vec::new(),
            Some(_) => return None,
        };
        let failures: Vec<_> =
            errors.iter().take(MOST_ERRORS).map(|error| (Reason::Error, path(error.get("path")))).collect();
        let data = match given.remove("data") {
            Some(Json::Object(data)) => data,
            None | Some(Json::Null) if !failures.is_empty() => return Some(Self { failures, ..Self::default() }),
            _ => return None,
        };
        let mut answer = Self { failures, ..Self::default() };
        answer.fit(question, (schema, hub), data, None);
        match answer.references.len() > MOST_REFERENCES {
            true => Some(Self::failed(Reason::TooLarge)),
            false => Some(answer),
        }
    }

    /// The records of the hub's to which it points, by one of their keys.
    pub fn references(&self) -> Vec<Json> {
        self.references.values().cloned().collect()
    }

    /// The answer as the caller gets it: without the records that the caller does not see, of [`Self::references`], and with each
    /// record in the place in which it was asked for.
    #[must_use]
    pub fn as_seen(mut self, question: &Question, of: (&PartnerSchema, &HubSchema), seen: &[bool]) -> Self {
        let references = std::mem::take(&mut self.references).into_keys().zip(seen);
        let hidden: HashSet<String> = references.filter(|(_, is_seen)| !**is_seen).map(|(key, _)| key).collect();
        if let (true, Json::Object(data)) = (question.has_added || !hidden.is_empty(), &mut self.data) {
            let data = std::mem::take(data);
            self.fit(question, of, data, Some(&hidden));
        }
        self.spread(question);
        self
    }

    fn fit(
        &mut self,
        question: &Question,
        schemas: (&PartnerSchema, &HubSchema),
        data: Map<String, Json>,
        hidden: Option<&HashSet<String>>,
    ) {
        // What is wrong was told the first time.
        let is_told = !self.failures.is_empty() || hidden.is_some();
        let Fitted { data, wrong, references } = Fitted::of(question, schemas, data, (hidden, is_told));
        self.failures.extend(wrong.into_iter().map(|path| (Reason::WrongType, Some(path))));
        self.data = data;
        self.references = references;
    }

    /// Puts the records back to the places in which they were asked for, with null for those that were not sent.
    fn spread(&mut self, question: &Question) {
        for (key, variable) in &question.entities {
            let records = &question.records[variable];
            let sent: Vec<usize> = (0..records.len()).filter(|at| records[*at].is_seen).collect();
            if let Some(Json::Array(found)) = self.data.get_mut(key) {
                let mut places = vec![Json::Null; records.len()];
                sent.iter().zip(std::mem::take(found)).for_each(|(at, value)| places[*at] = value);
                *found = places;
            }
            for (_, path) in &mut self.failures {
                let Some([field, place, ..]) = path.as_deref_mut() else { continue };
                let at = place.as_u64().and_then(|at| sent.get(at as usize));
                if let (Some(at), true) = (at, field.as_str() == Some(key)) {
                    *place = json!(at);
                }
            }
        }
    }
}

/// A path of names and places; nothing else is passed on.
fn path(given: Option<&Json>) -> Option<Vec<Json>> {
    let path = given?.as_array()?;
    let is_step = |step: &Json| step.is_u64() || step.as_str().is_some_and(|name| name.len() <= 255);
    (path.len() <= 100 && path.iter().all(is_step)).then(|| path.clone())
}

#[cfg(test)]
mod tests;
