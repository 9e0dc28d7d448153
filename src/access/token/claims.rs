//! What a token says, and the checks of it that are the same whoever said it.

use chrono::Utc;
use serde_json::{Map, Value};

use super::Refusal;
use crate::access::scope::Scopes;

/// Clocks may differ by so many seconds.
pub const LEEWAY: i64 = 30;

/// Characters of a name (subject, client, purpose) at the most.
const LONGEST_NAME: usize = 255;

/// Seconds since 1970.
pub fn now() -> i64 {
    Utc::now().timestamp()
}

/// A token's claims (RFC 7519, section 4), or what its issuer answers about it (RFC 7662, section 2.2).
#[derive(Clone, Debug)]
pub struct Claims(Map<String, Value>);

impl Claims {
    pub fn new(members: Map<String, Value>) -> Self {
        Self(members)
    }

    /// A claim that is text; `None` where it is not there.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for any other type, null among them.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        self.0.get(name).map(|value| value.as_str().ok_or(Refusal::Invalid)).transpose()
    }

    /// A name that must be there: 1 to 255 printable characters.
    pub fn name(&self, claim: &str) -> Result<&str, Refusal> {
        let fits = |name: &&str| (1..=LONGEST_NAME).contains(&name.len()) && !name.contains(char::is_control);
        self.text(claim)?.filter(fits).ok_or(Refusal::Invalid)
    }

    /// A time in whole seconds since 1970; `None` where it is not there. The standard allows fractions, which nobody needs
    /// and readers round differently.
    fn seconds(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let read = |value: &Value| value.as_i64().filter(|seconds| *seconds >= 0).ok_or(Refusal::Invalid);
        self.0.get(name).map(read).transpose()
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether a flag is set.
    pub fn is_true(&self, name: &str) -> bool {
        self.0.get(name) == Some(&Value::Bool(true))
    }

    /// Whether the token is for this audience: the claim is its name, or a list of names with it.
    pub fn is_for(&self, audience: &str) -> bool {
        match self.0.get("aud") {
            Some(Value::String(one)) => one == audience,
            Some(Value::Array(several)) => {
                several.iter().all(Value::is_string) && several.iter().any(|one| one == audience)
            }
            _ => false,
        }
    }

    /// Whether the token is for one of these and for nobody else.
    pub fn is_only_for(&self, audiences: &[&str]) -> bool {
        match self.0.get("aud") {
            Some(Value::String(one)) => audiences.contains(&one.as_str()),
            Some(Value::Array(several)) => {
                several.len() == 1 && several[0].as_str().is_some_and(|one| audiences.contains(&one))
            }
            _ => false,
        }
    }

    /// Checks `exp`, `nbf` and `iat`, with [`LEEWAY`]; returns `exp`. A signed token must say when it was issued, and must
    /// not be meant to hold for longer than this.
    pub fn holds_now(&self, longest: i64) -> Result<i64, Refusal> {
        let issued = self.seconds("iat")?.ok_or(Refusal::Invalid)?;
        let expires = self.seconds("exp")?.ok_or(Refusal::Invalid)?;
        if expires <= issued || expires - issued > longest {
            return Err(Refusal::Invalid);
        }
        self.is_in_time()?;
        Ok(expires)
    }

    /// Checks `exp`, `nbf` and `iat`, as far as they are there, with [`LEEWAY`]; returns `exp`.
    pub fn is_in_time(&self) -> Result<Option<i64>, Refusal> {
        let now = now();
        for begins in ["nbf", "iat"] {
            if self.seconds(begins)?.is_some_and(|begins| begins > now + LEEWAY) {
                return Err(Refusal::Invalid);
            }
        }
        let expires = self.seconds("exp")?;
        if expires.is_some_and(|expires| is_over(expires, now)) {
            return Err(Refusal::Expired);
        }
        Ok(expires)
    }

    /// The scopes that it names; `None` where it names none at all. Words that mean something elsewhere are passed over.
    pub fn scopes(&self) -> Result<Option<Scopes>, Refusal> {
        let words = self.text("scope")?;
        Ok(words.map(|words| words.split_ascii_whitespace().filter_map(|word| word.parse().ok()).collect()))
    }
}

/// Whether what expires then has expired by now.
pub fn is_over(expires: i64, now: i64) -> bool {
    expires.saturating_add(LEEWAY) <= now
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: Value) -> Claims {
        let Value::Object(members) = value else { panic!("an object") };
        Claims::new(members)
    }

    #[test]
    fn times_are_whole_seconds_with_thirty_of_leeway() {
        let now = now();
        let check = |value| claims(value).holds_now(3600);
        assert_eq!(check(json!({ "iat": now, "exp": now + 60 })), Ok(now + 60));
        assert_eq!(check(json!({ "iat": now - 60, "exp": now - 20, "nbf": now + 20 })), Ok(now - 20));
        assert_eq!(check(json!({ "iat": now - 60, "exp": now - 30 })), Err(Refusal::Expired));
        for (iat, exp) in [
            (json!(now), Value::Null),
            (Value::Null, json!(now + 60)),
            (json!(now + 40), json!(now + 60)),
            (json!(now), json!(now + 3601)),
            (json!(now), json!(now)),
            (json!(now), json!((now + 60).to_string())),
            (json!(now), json!(now as f64 + 60.5)),
            (json!(now), json!(1e300)),
            (json!(now), json!(u64::MAX)),
            (json!(0), json!(i64::MAX)),
            (json!(-1), json!(now + 60)),
        ] {
            let given = json!({ "iat": iat, "exp": exp });
            assert_eq!(check(given.clone()), Err(Refusal::Invalid), "{given}");
        }
    }

    #[test]
    fn an_audience_is_one_name_or_a_list_of_names() {
        for (aud, within, alone) in [
            (json!("hub"), true, true),
            (json!(["hub"]), true, true),
            (json!(["other", "hub"]), true, false),
            (json!([]), false, false),
            (json!(""), false, false),
            (json!("hub/"), false, false),
            (json!("HUB"), false, false),
            (json!([["hub"]]), false, false),
            (json!(["hub", 1]), false, false),
            (json!({ "hub": true }), false, false),
            (Value::Null, false, false),
        ] {
            let claims = claims(json!({ "aud": aud }));
            assert_eq!((claims.is_for("hub"), claims.is_only_for(&["x", "hub"])), (within, alone), "{aud}");
        }
    }
}
