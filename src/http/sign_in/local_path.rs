//! Where a sign-in may lead to: a page of the hub, never another site.

/// Bytes of a path at the most.
const LONGEST: usize = 1000;

/// The path on the hub that an address means to a browser; `None` where that is not on the hub.
pub fn of(wanted: &str, public_url: &str) -> Option<String> {
    // Browsers read "//host" and "/\host" as another host, and drop tabs and line breaks before they read.
    let is_plain = wanted.starts_with('/') && !wanted.contains('\\') && !wanted.chars().any(char::is_control);
    if !is_plain || wanted.len() > LONGEST {
        return None;
    }
    let base = reqwest::Url::parse(public_url).ok()?;
    let meant = base.join(wanted).ok()?;
    let path = meant.as_str().strip_prefix(&base.origin().ascii_serialization())?;
    (path.starts_with('/') && !path.starts_with("//")).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_sign_in_never_leads_to_another_site() {
        for (wanted, expected) in [
            ("/", Some("/")),
            ("/account?x=1#y", Some("/account?x=1#y")),
            ("/graphiql?operation=council&as=a", Some("/graphiql?operation=council&as=a")),
            ("/a/../b", Some("/b")),
            ("/è", Some("/%C3%A8")),
            ("", None),
            ("account", None),
            ("//evil.example", None),
            ("///evil.example", None),
            ("/\\evil.example", None),
            ("/\t/evil.example", None),
            ("/\n/evil.example", None),
            ("/..//evil.example", None),
            ("https://evil.example/", None),
            ("https://hub.example/", None),
            ("javascript:alert(1)", None),
            ("@evil.example", None),
        ] {
            assert_eq!(of(wanted, "https://hub.example").as_deref(), expected, "{wanted:?}");
        }
        assert_eq!(of(&format!("/{}", "x".repeat(2000)), "https://hub.example"), None);
    }
}
