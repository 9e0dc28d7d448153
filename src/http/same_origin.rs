//! Whether a request comes from the hub's own pages: a browser adds the session's cookie whoever asked it to send.

use axum::http::{HeaderMap, StatusCode, header};

use super::reply::Refused;
use crate::locale::Message;

/// Refuses what does not come from a page of the hub: `Origin` must be that of `public_url`; where a browser sends none,
/// `Sec-Fetch-Site` must say so. A request with neither is refused, too: whoever is no browser brings a token.
///
/// # Errors
/// 403 `FORBIDDEN`, reason `CSRF_REFUSED`.
pub fn check(headers: &HeaderMap, public_url: &str) -> Result<(), Refused> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let is_own = match (origins.next(), origins.next()) {
        (Some(origin), None) => origin.as_bytes().eq_ignore_ascii_case(public_url.as_bytes()),
        (None, _) => headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin"),
        (Some(_), Some(_)) => false,
    };
    if is_own {
        return Ok(());
    }
    let message = Message::new(
        format!("Con il cookie di sessione si agisce solo dalle pagine di {public_url}; i programmi usano un token."),
        format!("With the session's cookie one acts only from the pages of {public_url}; programs use a token."),
    );
    Err(Refused::new(StatusCode::FORBIDDEN, "FORBIDDEN", message).because("CSRF_REFUSED"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hubs_own_pages_act_with_the_cookie() {
        let hub = "https://hub.example";
        for (origin, site, passes) in [
            (Some("https://hub.example"), None, true),
            (Some("https://hub.example"), Some("same-origin"), true),
            (None, Some("same-origin"), true),
            (None, None, false),
            (None, Some("none"), false),
            (None, Some("same-site"), false),
            (None, Some("cross-site"), false),
            (Some("null"), Some("same-origin"), false),
            (Some("https://evil.example"), None, false),
            (Some("https://evil.example"), Some("same-origin"), false),
            (Some("http://hub.example"), None, false),
            (Some("https://hub.example:444"), None, false),
            (Some("https://hub.example.evil.example"), None, false),
            (Some("https://sub.hub.example"), None, false),
            (Some(""), Some("same-origin"), false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            if let Some(site) = site {
                headers.insert("sec-fetch-site", site.parse().unwrap());
            }
            assert_eq!(check(&headers, hub).is_ok(), passes, "{origin:?} {site:?}");
        }
        let mut twice = HeaderMap::new();
        twice.append(header::ORIGIN, hub.parse().unwrap());
        twice.append(header::ORIGIN, "https://evil.example".parse().unwrap());
        assert!(check(&twice, hub).is_err());
    }
}
