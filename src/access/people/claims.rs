//! What a provider tells of a person, and which memberships follow from it.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::access::{MappingRule, Membership, Role};

/// Characters of a name at the most; longer ones are cut.
const LONGEST_NAME: usize = 200;
/// Characters of an address at the most (RFC 5321, section 4.5.3.1); longer ones are none.
const LONGEST_EMAIL: usize = 320;

/// The claims of one person, of the id token and of the provider's answer about the user together.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims(pub Map<String, Value>);

impl Claims {
    /// The name, or what stands for it; empty where none is told.
    pub fn name(&self) -> String {
        let text = |claim: &str| {
            let text = self.0.get(claim).and_then(Value::as_str).map(clean).unwrap_or_default();
            (!text.is_empty()).then_some(text)
        };
        let parts = || {
            let parts: Vec<String> = ["given_name", "family_name"].into_iter().filter_map(text).collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        };
        let name = text("name").or_else(parts).or_else(|| text("preferred_username")).unwrap_or_default();
        name.chars().take(LONGEST_NAME).collect()
    }

    /// The address; empty where none is told, or where the provider says that it is not known to be the person's.
    pub fn email(&self) -> String {
        let is_denied = matches!(self.0.get("email_verified"), Some(Value::Bool(false)));
        let email = self.0.get("email").and_then(Value::as_str).map(clean).unwrap_or_default();
        let is_fit = email.chars().count() <= LONGEST_EMAIL && email.contains('@');
        if is_fit && !is_denied { email } else { String::new() }
    }

    /// Whether a claim has a value, alone or in a list. A name with dots is looked for as it is, then as a way into
    /// objects.
    fn has(&self, claim: &str, value: &str) -> bool {
        let found = self.0.get(claim).or_else(|| {
            let mut steps = claim.split('.');
            let first = self.0.get(steps.next()?)?;
            steps.try_fold(first, |at, step| at.get(step))
        });
        let is_it = |one: &Value| match one {
            Value::String(text) => text == value,
            Value::Bool(is_so) => is_so.to_string() == value,
            Value::Number(number) => number.to_string() == value,
            _ => false,
        };
        match found {
            Some(Value::Array(list)) => list.iter().any(is_it),
            Some(one) => is_it(one),
            None => false,
        }
    }

    /// The rules that hold for this person, in their order.
    pub fn holding<'a>(&self, rules: &'a [MappingRule]) -> impl Iterator<Item = &'a MappingRule> {
        rules.iter().filter(|rule| self.has(&rule.claim, &rule.equals))
    }
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned()
}

/// A membership in force, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub membership: Membership,
    /// Number of the organisation.
    pub owner_number: i32,
    pub by_mapping: bool,
}

/// What has to be done so that the memberships are as the rules say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Begin { organisation: Uuid, role: Role },
    Change { held: Held, role: Role },
    End { held: Held },
}

/// Holds the memberships against what the rules give, `(organisation, role)` in the rules' order: of several for one
/// organisation the first counts. A membership by invitation stays as it is, whatever the rules say.
pub fn steps(held: &[Held], given: &[(Uuid, Role)]) -> Vec<Step> {
    let given_in = |organisation: Uuid| given.iter().find(|(of, _)| *of == organisation).map(|(_, role)| *role);
    let mut steps: Vec<Step> = held
        .iter()
        .filter(|held| held.by_mapping)
        .filter_map(|held| match given_in(held.membership.organisation) {
            None => Some(Step::End { held: held.clone() }),
            Some(role) if role != held.membership.role => Some(Step::Change { held: held.clone(), role }),
            Some(_) => None,
        })
        .collect();
    for (index, (organisation, role)) in given.iter().enumerate() {
        let is_first = !given[..index].iter().any(|(before, _)| before == organisation);
        if is_first && !held.iter().any(|held| held.membership.organisation == *organisation) {
            steps.push(Step::Begin { organisation: *organisation, role: *role });
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: Value) -> Claims {
        Claims(value.as_object().unwrap().clone())
    }

    #[test]
    fn a_rule_finds_values_lists_ways_into_objects_and_names_with_dots() {
        let told = claims(json!({
            "role": "officer", "groups": ["a", "b", 7], "realm": { "access": { "roles": ["c"] } },
            "https://claims.example/roles": ["d"], "level": 3, "is_staff": true, "nothing": null
        }));
        for (claim, value, holds) in [
            ("role", "officer", true),
            ("role", "office", false),
            ("groups", "b", true),
            ("groups", "7", true),
            ("groups", "[\"a\"]", false),
            ("realm.access.roles", "c", true),
            ("realm.access", "c", false),
            ("realm.roles", "c", false),
            ("https://claims.example/roles", "d", true),
            ("level", "3", true),
            ("is_staff", "true", true),
            ("nothing", "null", false),
            ("absent", "", false),
        ] {
            assert_eq!(told.has(claim, value), holds, "{claim} = {value}");
        }
    }

    #[test]
    fn names_and_addresses_are_fit_to_be_kept() {
        let long = "x".repeat(300);
        for (told, name, email) in [
            (json!({ "name": " Ada\u{0} Bianchi ", "email": "a@b.example" }), "Ada Bianchi", "a@b.example"),
            (json!({ "given_name": "Ada", "family_name": "Bianchi" }), "Ada Bianchi", ""),
            (json!({ "preferred_username": "ada", "email": "a@b.example", "email_verified": false }), "ada", ""),
            (json!({ "name": long, "email": format!("{long}{long}@b.example") }), &long[..200], ""),
            (json!({ "name": 7, "email": ["a@b.example"] }), "", ""),
        ] {
            assert_eq!((claims(told.clone()).name().as_str(), claims(told).email().as_str()), (name, email));
        }
    }

    #[test]
    fn memberships_follow_the_rules_and_invitations_stay() {
        let [a, b, c, d] = [1, 2, 3, 4].map(Uuid::from_u128);
        let held = |organisation, role, by_mapping| Held {
            membership: Membership { id: Uuid::nil(), organisation, role },
            owner_number: 1,
            by_mapping,
        };
        let held = [held(a, Role::Officer, true), held(b, Role::Viewer, true), held(c, Role::Head, false)];
        let given = [(a, Role::Head), (a, Role::Viewer), (c, Role::Viewer), (d, Role::Member), (d, Role::Head)];
        assert_eq!(
            steps(&held, &given),
            [
                Step::Change { held: held[0].clone(), role: Role::Head },
                Step::End { held: held[1].clone() },
                Step::Begin { organisation: d, role: Role::Member },
            ]
        );
        assert_eq!(steps(&held, &[(a, Role::Officer), (b, Role::Viewer)]), []);
    }
}
