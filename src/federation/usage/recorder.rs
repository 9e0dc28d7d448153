use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use chrono::NaiveDate;
use uuid::Uuid;

use super::used::Used;

/// Operations of one caller that are told apart on one day. Of what comes beyond, only the fields are counted: whoever sends
/// ever new operations fills neither memory nor database, and hides no use of a field.
pub const MOST_OPERATIONS: usize = 500;

/// Calls of one operation by one caller.
#[derive(Clone, Debug)]
pub struct Counted {
    pub caller: Uuid,
    pub used: Arc<Used>,
    pub calls: u64,
}

/// Counts in memory what is used, until it is written down.
#[derive(Default)]
pub struct Recorder {
    counts: Mutex<Counts>,
    /// Held by whoever writes down: who waits for it finds all written that was counted before.
    pub(super) turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Counts {
    day: NaiveDate,
    /// By caller and operation.
    calls: HashMap<(Uuid, Uuid), (Arc<Used>, u64)>,
    /// Operations of each caller that are told apart on this day.
    told_apart: HashMap<Uuid, HashSet<Uuid>>,
    /// Of operations that are not, by caller and coordinate.
    others: HashMap<Uuid, HashMap<Arc<str>, u64>>,
}

impl Recorder {
    /// Counts one call. What asks for the schema alone uses nothing.
    pub fn count(&self, caller: Uuid, used: &Arc<Used>) {
        if !used.coordinates.is_empty() {
            self.counts.lock().expect("no panic while held").add(caller, used, 1);
        }
    }

    /// All that was counted since it was last taken. On a new day operations are told apart anew.
    pub(super) fn take(&self, day: NaiveDate) -> Vec<Counted> {
        let mut counts = self.counts.lock().expect("no panic while held");
        if counts.day != day {
            counts.day = day;
            counts.told_apart.clear();
        }
        let calls = std::mem::take(&mut counts.calls);
        let others = std::mem::take(&mut counts.others);
        drop(counts);
        let calls = calls.into_iter().map(|((caller, _), (used, calls))| Counted { caller, used, calls });
        let others = others.into_iter().flat_map(|(caller, coordinates)| {
            let counted = move |(coordinate, calls)| Counted { caller, used: Arc::new(Used::other(coordinate)), calls };
            coordinates.into_iter().map(counted)
        });
        calls.chain(others).collect()
    }

    /// Takes back what could not be written down.
    pub(super) fn take_back(&self, counted: Vec<Counted>) {
        let mut counts = self.counts.lock().expect("no panic while held");
        for Counted { caller, used, calls } in counted {
            counts.add(caller, &used, calls);
        }
    }
}

impl Counts {
    fn add(&mut self, caller: Uuid, used: &Arc<Used>, calls: u64) {
        if let Some((_, known)) = self.calls.get_mut(&(caller, used.id)) {
            *known += calls;
            return;
        }
        let told_apart = self.told_apart.entry(caller).or_default();
        if told_apart.len() < MOST_OPERATIONS || told_apart.contains(&used.id) {
            told_apart.insert(used.id);
            self.calls.insert((caller, used.id), (used.clone(), calls));
            return;
        }
        let others = self.others.entry(caller).or_default();
        for coordinate in &used.coordinates {
            *others.entry(coordinate.clone()).or_default() += calls;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::FieldOperationKind;
    use super::*;

    fn used(number: u128, coordinates: &[&str]) -> Arc<Used> {
        let coordinates = coordinates.iter().map(|&coordinate| coordinate.into()).collect();
        Arc::new(Used { id: Uuid::from_u128(number), kind: FieldOperationKind::Query, name: None, coordinates })
    }

    fn told(mut counted: Vec<Counted>) -> Vec<(u128, FieldOperationKind, String, u64)> {
        counted.sort_by_key(|it| (it.caller, it.used.coordinates.clone(), it.used.id));
        let told = |it: Counted| (it.caller.as_u128(), it.used.kind, it.used.coordinates.join(" "), it.calls);
        counted.into_iter().map(told).collect()
    }

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    #[test]
    fn calls_add_up_by_caller_and_operation_until_they_are_taken() {
        let (recorder, [one, other]) = (Recorder::default(), [1, 2].map(Uuid::from_u128));
        let [a, b] = [used(1, &["Q.a"]), used(2, &["Q.b", "Q.c"])];
        for (caller, used) in [(one, &a), (one, &a), (one, &b), (other, &a), (one, &used(3, &[]))] {
            recorder.count(caller, used);
        }
        let query = FieldOperationKind::Query;
        let expected = [(1, query, "Q.a".into(), 2), (1, query, "Q.b Q.c".into(), 1), (2, query, "Q.a".into(), 1)];
        let taken = recorder.take(day(1));
        assert_eq!(told(taken.clone()), expected);
        assert!(recorder.take(day(1)).is_empty());
        recorder.take_back(taken);
        recorder.count(one, &a);
        assert_eq!(told(recorder.take(day(1)))[0], (1, query, "Q.a".into(), 3));
    }

    #[test]
    fn ever_new_operations_are_not_told_apart_and_their_fields_are_counted_all_the_same() {
        let (recorder, [one, other]) = (Recorder::default(), [1, 2].map(Uuid::from_u128));
        recorder.take(day(1));
        for number in 0..MOST_OPERATIONS as u128 + 10 {
            recorder.count(one, &used(number, &["Q.a", "Q.b"]));
        }
        recorder.count(one, &used(0, &["Q.a", "Q.b"]));
        recorder.count(other, &used(9_999, &["Q.a", "Q.b"]));
        let beyond = |taken: &[Counted]| {
            let others = taken.iter().filter(|it| it.used.kind == FieldOperationKind::Other).cloned().collect();
            told(others)
                .into_iter()
                .map(|(caller, _, coordinate, calls)| (caller, coordinate, calls))
                .collect::<Vec<_>>()
        };
        let taken = recorder.take(day(1));
        assert_eq!(taken.len(), MOST_OPERATIONS + 2 + 1);
        assert_eq!(beyond(&taken), [(1, "Q.a".into(), 10), (1, "Q.b".into(), 10)]);
        recorder.count(one, &used(9_999, &["Q.a"]));
        assert_eq!(beyond(&recorder.take(day(1))).len(), 1, "until the day is over");
        recorder.count(one, &used(9_999, &["Q.a"]));
        recorder.take(day(2));
        recorder.count(one, &used(9_999, &["Q.a"]));
        assert_eq!(beyond(&recorder.take(day(2))), []);
    }
}
