//! What deeds leave, done one after the other.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::Value;
use sqlx::PgConnection;

use super::checks;
use super::model::{self, Asked, Verdict, World};
use super::run::Answer;

pub struct Left {
    pub world: World,
    /// Verbs by which something was changed.
    pub done: Vec<&'static str>,
    changed: BTreeSet<usize>,
    entries: Vec<Value>,
}

impl Left {
    pub fn of(before: &World, settled: &[(Asked, Verdict, Answer)]) -> Self {
        let mut left = Self { world: before.clone(), done: Vec::new(), changed: BTreeSet::new(), entries: Vec::new() };
        for (asked, verdict, answer) in settled {
            match (verdict, answer) {
                (Verdict::Done(record), Answer::Done { id, .. }) if !asked.dry => {
                    let mut record = record.clone();
                    record.id = *id;
                    let place = left.world.commit(asked, *record);
                    left.entries.push(checks::entry(&left.world, asked, Some(&left.world.records[place])));
                    left.changed.insert(place);
                    left.done.push(asked.verb.name);
                }
                (_, Answer::Refused(reasons)) => {
                    let is_forbidden = reasons.iter().any(|(code, _)| code == "FORBIDDEN");
                    if is_forbidden && left.world.who[asked.who].way != model::who::Way::Public {
                        left.entries.push(checks::entry(&left.world, asked, None));
                    }
                }
                _ => {}
            }
        }
        left
    }

    /// What is otherwise in the database, or in the new entries of the audit. Ids that the database gave are taken over.
    pub async fn amiss(&mut self, connection: &mut PgConnection, found: &[Value]) -> Option<String> {
        for place in &self.changed {
            let record = Rc::make_mut(&mut self.world.records[*place]);
            let stored = checks::stored(connection, record.kind, &[record.id]).await;
            checks::adopt(record, &stored[0]);
            if let Some(deviation) = checks::deviation(record, &stored[0]) {
                return Some(deviation);
            }
        }
        let is_told = |entry: &Value| found.iter().any(|found| checks::says(entry, found));
        let is_whole = found.len() == self.entries.len() && self.entries.iter().all(is_told);
        (!is_whole).then(|| format!("the audit has {found:#?}, not {:#?}", self.entries))
    }
}
