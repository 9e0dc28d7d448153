//! The hub's two cookies. Their names begin with `__Host-`: a browser takes them from this host alone, over a secure
//! connection (or from the machine itself), for all paths
//! ([RFC 6265bis](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis), section 4.1.3.2).

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};

use crate::access::people::is_of_terminal;
use crate::access::secret::Secret;

/// The session of a person who signed in.
pub const SESSION: &str = "__Host-raccordo-session";
/// The browser in which a sign-in is under way.
pub const SIGN_IN: &str = "__Host-raccordo-sign-in";

/// Seconds that a sign-in's cookie lasts.
const SIGN_IN_SECONDS: i64 = 600;
/// Characters of a value at the most: longer ones are not the hub's.
const LONGEST: usize = 64;

/// The secret in a request's cookie. One that could not be the hub's is none that is known, and none that stands twice, or is
/// that of the command line, which comes as a token.
pub fn find(headers: &HeaderMap, name: &str) -> Option<Secret> {
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut found = sent
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .filter(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().chars().take(LONGEST).collect::<String>());
    let first = found.next()?;
    let is_none = found.next().is_some() || is_of_terminal(&first);
    Some(Secret::from(if is_none { String::new() } else { first }))
}

/// Sets the session's cookie. It ends with the browser at the latest; when before, the hub knows.
pub fn session(secret: &Secret) -> HeaderValue {
    written(Cookie::build((SESSION, secret.reveal())))
}

/// Sets the cookie of a sign-in under way.
pub fn sign_in(secret: &Secret) -> HeaderValue {
    written(Cookie::build((SIGN_IN, secret.reveal())).max_age(cookie::time::Duration::seconds(SIGN_IN_SECONDS)))
}

/// Takes a cookie away.
pub fn removed(name: &str) -> HeaderValue {
    written(Cookie::build((name, "")).max_age(cookie::time::Duration::ZERO))
}

fn written(cookie: cookie::CookieBuilder<'_>) -> HeaderValue {
    let cookie = cookie.path("/").secure(true).http_only(true).same_site(SameSite::Lax).build();
    HeaderValue::try_from(cookie.to_string()).expect("names and secrets are plain text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_for_this_host_alone_and_not_for_scripts() {
        let secret = Secret::random();
        let set = session(&secret);
        assert_eq!(
            set.to_str().unwrap(),
            format!("__Host-raccordo-session={}; HttpOnly; SameSite=Lax; Secure; Path=/", secret.reveal())
        );
        assert!(removed(SESSION).to_str().unwrap().contains("Max-Age=0"));
    }

    #[test]
    fn the_secret_is_found_among_others_and_not_where_it_stands_twice() {
        let of = |sent: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in sent {
                headers.append(header::COOKIE, value.parse().unwrap());
            }
            find(&headers, SESSION).map(|secret| secret.reveal().to_owned())
        };
        let text = |value: &str| Some(value.to_owned());
        assert_eq!(of(&["a=b; __Host-raccordo-session=s; c"]), text("s"));
        assert_eq!(of(&["a=b", "__Host-raccordo-session=s"]), text("s"));
        assert_eq!(of(&["__Host-raccordo-session=s; __Host-raccordo-session=t"]), text(""));
        assert_eq!(of(&["raccordo-session=s; __host-raccordo-session=s"]), None);
        assert_eq!(of(&[&format!("__Host-raccordo-session={}", "x".repeat(9000))]), text(&"x".repeat(LONGEST)));
    }
}
