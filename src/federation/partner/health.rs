//! How partners' services do, as this hub sees them: from the calls that it makes.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::failure::Reason;

/// Failures in a row after which a service is left alone.
const FAILURES: u32 = 3;
/// For so long; then one call tries it, and the others wait for what comes of that.
const REST: Duration = Duration::from_secs(2);

/// How a partner's service does [salute].
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "SubgraphHealthState")]
pub enum HealthState {
    /// It was not called yet [non ancora interrogato].
    Unknown,
    /// It answered when it was called last [regolare].
    Well,
    /// It gave no answer when it was called last [guasto].
    Failing,
}

/// How a service does, as the hub that answers has seen it since it started [salute del servizio].
#[derive(SimpleObject, Clone, Debug, PartialEq)]
#[graphql(name = "SubgraphHealth")]
pub struct Health {
    /// How it does [stato].
    pub state: HealthState,
    /// Since when [dal].
    pub since: Option<DateTime<Utc>>,
    /// Calls, those among them by which the hub looks whether it is there [chiamate].
    pub calls: i32,
    /// Calls without an answer, or with an error in it [chiamate non riuscite].
    pub failures: i32,
    /// When a call failed last [ultimo guasto].
    pub last_failure_at: Option<DateTime<Utc>>,
    /// Why it did [motivo].
    pub last_failure: Option<Reason>,
}

impl Default for Health {
    fn default() -> Self {
        let state = HealthState::Unknown;
        Self { state, since: None, calls: 0, failures: 0, last_failure_at: None, last_failure: None }
    }
}

#[derive(Default)]
struct Watched {
    health: Health,
    failures_in_a_row: u32,
    called_at: Option<Instant>,
    rests_until: Option<Instant>,
}

/// All services that were called.
#[derive(Default)]
pub struct Watch(Mutex<HashMap<Uuid, Watched>>);

impl Watch {
    pub fn of(&self, subgraph: Uuid) -> Health {
        let all = self.0.lock().expect("no panic while held");
        all.get(&subgraph).map(|watched| watched.health.clone()).unwrap_or_default()
    }

    /// Whether it was not called for so long.
    pub fn is_silent(&self, subgraph: Uuid, since: Duration) -> bool {
        let all = self.0.lock().expect("no panic while held");
        all.get(&subgraph).and_then(|watched| watched.called_at).is_none_or(|called| called.elapsed() >= since)
    }

    /// Whether it may be called now. After a rest one call may, and the next rest begins.
    pub fn may_call(&self, subgraph: Uuid) -> bool {
        let mut all = self.0.lock().expect("no panic while held");
        let watched = all.entry(subgraph).or_default();
        let now = Instant::now();
        match watched.rests_until {
            Some(until) if now < until => false,
            Some(_) => {
                watched.rests_until = Some(now + REST);
                true
            }
            None => true,
        }
    }

    /// Notes what came of a call: an answer, or one with an error, or none.
    pub fn note(&self, subgraph: Uuid, failure: Option<Reason>) {
        if failure.is_some_and(Reason::is_of_the_hub) {
            return;
        }
        let mut all = self.0.lock().expect("no panic while held");
        let watched = all.entry(subgraph).or_default();
        let (now, health) = (Utc::now(), &mut watched.health);
        watched.called_at = Some(Instant::now());
        health.calls = health.calls.saturating_add(1);
        if let Some(reason) = failure {
            health.failures = health.failures.saturating_add(1);
            (health.last_failure, health.last_failure_at) = (Some(reason), Some(now));
        }
        let is_there = failure.is_none_or(Reason::is_of_an_answer);
        let state = if is_there { HealthState::Well } else { HealthState::Failing };
        if health.state != state {
            (health.state, health.since) = (state, Some(now));
        }
        watched.failures_in_a_row = if is_there { 0 } else { watched.failures_in_a_row + 1 };
        watched.rests_until = (watched.failures_in_a_row >= FAILURES).then(|| Instant::now() + REST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_failures_in_a_row_it_rests_and_an_answer_ends_that() {
        let (watch, id) = (Watch::default(), Uuid::from_u128(1));
        assert_eq!(watch.of(id), Health::default());
        for _ in 0..FAILURES {
            assert!(watch.may_call(id));
            watch.note(id, Some(Reason::Timeout));
        }
        assert!(!watch.may_call(id), "it rests");
        watch.note(id, Some(Reason::Resting));
        let health = watch.of(id);
        assert_eq!((health.state, health.calls, health.failures), (HealthState::Failing, 3, 3));
        watch.note(id, Some(Reason::Error));
        assert!(watch.may_call(id), "it answers, if not well");
        let health = watch.of(id);
        assert_eq!((health.state, health.failures, health.last_failure), (HealthState::Well, 4, Some(Reason::Error)));
    }

    #[test]
    fn after_a_rest_one_call_tries_it() {
        let (watch, id) = (Watch::default(), Uuid::from_u128(1));
        (0..FAILURES).for_each(|_| watch.note(id, Some(Reason::Unreachable)));
        watch.0.lock().unwrap().get_mut(&id).unwrap().rests_until = Some(Instant::now());
        assert!(watch.may_call(id) && !watch.may_call(id));
    }
}
