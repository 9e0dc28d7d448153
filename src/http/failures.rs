//! Addresses from which credentials fail: after a number of failures in a minute they are asked to wait. Whoever shows
//! valid credentials from the same address is let in all the same: offices share addresses.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;

use super::reply::{MediaType, Refused};
use super::{App, caller};
use crate::locale::Message;

/// Failures of one address within a minute.
const FAILURES: NonZeroU32 = NonZeroU32::new(30).expect("not zero");
/// Addresses remembered at the most before those whose time is up are forgotten.
const REMEMBERED: usize = 10_000;
/// Where each try costs the hub much: not even looked at while the address waits.
const COSTLY: [&str; 2] = ["/oauth/token", "/sign-in/callback"];

/// Who failed, and who waits.
pub struct Failures {
    counted: DefaultKeyedRateLimiter<IpAddr>,
    waiting: Mutex<HashMap<IpAddr, Instant>>,
}

impl Default for Failures {
    fn default() -> Self {
        Self { counted: RateLimiter::keyed(Quota::per_minute(FAILURES)), waiting: Mutex::default() }
    }
}

impl Failures {
    /// Counts a failure.
    pub fn note(&self, address: IpAddr) {
        let Err(until) = self.counted.check_key(&address) else { return };
        let wait = until.wait_time_from(DefaultClock::default().now());
        let mut waiting = self.waiting.lock().expect("no panic while held");
        if waiting.len() >= REMEMBERED {
            let now = Instant::now();
            waiting.retain(|_, until| *until > now);
            self.counted.retain_recent();
        }
        // At least a second: what is told to wait is a program that tries on and on.
        waiting.insert(address, Instant::now() + wait.max(Duration::from_secs(1)));
    }

    /// How long the address has to wait.
    pub fn wait(&self, address: IpAddr) -> Option<Duration> {
        let waiting = self.waiting.lock().expect("no panic while held");
        waiting.get(&address)?.checked_duration_since(Instant::now())
    }
}

/// Where a request comes from: the peer, or, where that is a trusted proxy, the nearest address in `X-Forwarded-For`
/// that is none. An IPv6 address stands for its network of 64 bits, which one host has.
pub fn address(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let peer = peer.ip().to_canonical();
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        if !is_trusted(&nearest) {
            break;
        }
        let Ok(hop) = hop.parse::<IpAddr>() else { break };
        nearest = hop.to_canonical();
    }
    match nearest {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}

/// Where a request comes from, for endpoints whose answer does not tell of the failure: a WebSocket that is open.
#[derive(Clone, Copy)]
pub struct Address(pub IpAddr);

/// Counts refused credentials, and answers 429 in their place once there were too many.
pub async fn count(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() else {
        return next.run(request).await;
    };
    let address = address(peer, request.headers(), &app.settings.trusted_proxies);
    request.extensions_mut().insert(Address(address));
    let (locale, request_id) = (caller::locale(request.headers()), caller::request_id(request.headers()));
    let too_many = |wait: Duration| {
        let message = Message::new(
            "Troppi tentativi non riusciti da questo indirizzo: attendere.",
            "Too many failed attempts from this address: wait.",
        );
        let refused = Refused::new(StatusCode::TOO_MANY_REQUESTS, "LIMIT_EXCEEDED", message).retry_after(wait);
        locale.scope(async move { refused.into_response(MediaType::Json, &request_id) })
    };
    let is_costly = COSTLY.contains(&request.uri().path());
    if let Some(wait) = app.failures.wait(address).filter(|_| is_costly) {
        return too_many(wait).await;
    }
    let response: Response<Body> = next.run(request).await;
    // A session's cookie whose time is up is no guess: people come back in the morning, an office behind one address.
    if response.status() != StatusCode::UNAUTHORIZED || response.headers().contains_key(header::SET_COOKIE) {
        return response;
    }
    app.failures.note(address);
    match app.failures.wait(address) {
        Some(wait) => too_many(wait).await,
        None => response,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        address(SocketAddr::new(peer.parse().unwrap(), 1), &headers, &trusted).to_string()
    }

    #[test]
    fn an_address_is_believed_only_from_a_trusted_proxy() {
        assert_eq!(from("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(from("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(
            from("10.0.0.1", &["203.0.113.9, 198.51.100.7", "10.0.0.2"]),
            "198.51.100.7",
            "the client's own claim"
        );
        assert_eq!(from("10.0.0.1", &["nonsense"]), "10.0.0.1");
        assert_eq!(from("2001:db8:1:2:3:4:5:6", &[]), "2001:db8:1:2::");
        assert_eq!(from("::ffff:192.0.2.1", &[]), "192.0.2.1");
    }

    #[test]
    fn who_fails_too_often_waits_and_others_do_not() {
        let failures = Failures::default();
        let [one, other]: [IpAddr; 2] = ["192.0.2.1", "192.0.2.2"].map(|address| address.parse().unwrap());
        for _ in 0..FAILURES.get() {
            failures.note(one);
        }
        assert_eq!(failures.wait(one), None);
        failures.note(one);
        assert!(failures.wait(one).is_some() && failures.wait(other).is_none());
    }
}
