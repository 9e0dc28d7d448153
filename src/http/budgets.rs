//! How much a client may ask for in a minute: so many requests, and so much estimated cost. Kept by each hub for itself:
//! with several replicas a client has so much at each.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{NotUntil, Quota, RateLimiter};
use uuid::Uuid;

use super::reply::Refused;
use crate::access::{Client, Viewer};
use crate::locale::Message;

const MINUTE: u64 = 60;

/// The budgets of all clients that asked for something since the start.
#[derive(Default)]
pub struct Budgets(Mutex<HashMap<Uuid, Arc<Budget>>>);

impl Budgets {
    /// The budget of whoever asks, if it is a client.
    pub fn of(&self, viewer: &Viewer) -> Option<Arc<Budget>> {
        let client = viewer.client()?;
        let mut budgets = self.0.lock().expect("no panic while held");
        let budget = budgets.entry(client.id).or_insert_with(|| Arc::new(Budget::new(client)));
        // Its administrators may have changed it.
        if !budget.is_of(client) {
            *budget = Arc::new(Budget::new(client));
        }
        Some(budget.clone())
    }
}

/// One client's.
pub struct Budget {
    requests: Bucket,
    cost: Bucket,
}

impl Budget {
    fn new(client: &Client) -> Self {
        Self { requests: Bucket::new(client.requests_per_minute), cost: Bucket::new(client.cost_per_minute) }
    }

    fn is_of(&self, client: &Client) -> bool {
        (self.requests.size, self.cost.size) == (client.requests_per_minute.max(1), client.cost_per_minute.max(1))
    }

    /// Takes one request.
    ///
    /// # Errors
    /// 429 `LIMIT_EXCEEDED` with the time to wait.
    pub fn request(&self) -> Result<(), Refused> {
        self.requests.take(1).map_err(|wait| {
            let size = self.requests.size;
            let message = Message::new(
                format!("Il client ha esaurito le {size} richieste al minuto."),
                format!("The client has used up its {size} requests a minute."),
            );
            refused(message, size, size as usize + 1, wait)
        })
    }

    /// Takes the estimated cost of an operation; returns what is left.
    ///
    /// # Errors
    /// 429 `LIMIT_EXCEEDED` with the time to wait; without one where the operation alone exceeds a minute's budget.
    pub fn spend(&self, cost: u64) -> Result<u32, Refused> {
        let asked = u32::try_from(cost).unwrap_or(u32::MAX).max(1);
        self.cost.take(asked).map(|()| self.cost.left()).map_err(|wait| {
            let size = self.cost.size;
            let message = Message::new(
                format!("L'operazione costa {cost}: il client ha {size} al minuto e ne restano meno."),
                format!("The operation costs {cost}: the client has {size} a minute, and less is left."),
            );
            refused(message, size, asked as usize, wait)
        })
    }

    /// Tells what is left, as `RateLimit` headers (draft-ietf-httpapi-ratelimit-headers).
    pub fn tell(&self, headers: &mut HeaderMap) {
        let buckets = [("requests", &self.requests), ("cost", &self.cost)];
        let policy = buckets.map(|(name, bucket)| format!("\"{name}\";q={};w={MINUTE}", bucket.size)).join(", ");
        let left = buckets.map(|(name, bucket)| format!("\"{name}\";r={};t={MINUTE}", bucket.left())).join(", ");
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

fn refused(message: Message, limit: u32, requested: usize, wait: Option<Duration>) -> Refused {
    let refused = Refused::limit(StatusCode::TOO_MANY_REQUESTS, message, limit as usize, requested);
    match wait {
        Some(wait) => refused.retry_after(wait),
        None => refused,
    }
}

/// Fills evenly up to its size within a minute.
struct Bucket {
    size: u32,
    limiter: RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>,
    left: AtomicU32,
}

impl Bucket {
    fn new(size: u32) -> Self {
        let size = NonZeroU32::new(size).unwrap_or(NonZeroU32::MIN);
        let limiter = RateLimiter::direct(Quota::per_minute(size)).with_middleware();
        Self { size: size.get(), limiter, left: AtomicU32::new(size.get()) }
    }

    /// Takes so much, or says when there will be as much; never, where it is more than the whole.
    fn take(&self, amount: u32) -> Result<(), Option<Duration>> {
        let amount = NonZeroU32::new(amount).unwrap_or(NonZeroU32::MIN);
        let wait = |until: NotUntil<_>| until.wait_time_from(DefaultClock::default().now());
        let state = self.limiter.check_n(amount).map_err(|_| None)?.map_err(|until| Some(wait(until)))?;
        self.left.store(state.remaining_burst_capacity(), Ordering::Relaxed);
        Ok(())
    }

    /// As of the last request that was let in.
    fn left(&self) -> u32 {
        self.left.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::scope::Scopes;

    fn client(requests: u32, cost: u32) -> Viewer {
        Viewer::public().as_client(Client {
            id: Uuid::from_u128(1),
            scopes: Scopes::default(),
            purpose: None,
            requests_per_minute: requests,
            cost_per_minute: cost,
        })
    }

    #[test]
    fn a_budget_is_used_up_and_says_when_there_is_more() {
        let budgets = Budgets::default();
        assert!(budgets.of(&Viewer::public()).is_none());
        let budget = budgets.of(&client(2, 100)).unwrap();
        assert!(budget.request().is_ok() && budget.request().is_ok());
        assert_eq!(budget.request().unwrap_err().status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(budget.spend(60).unwrap(), 40);
        assert!(budget.spend(60).is_err(), "forty are left");
        assert!(budget.spend(40).is_ok());
        assert!(budget.spend(101).is_err(), "more than the whole");
        // The same while its numbers are the same; a new one when they change.
        assert!(budgets.of(&client(2, 100)).unwrap().request().is_err());
        assert!(budgets.of(&client(3, 100)).unwrap().request().is_ok());
    }
}
