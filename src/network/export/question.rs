//! What an export is asked for: what stands in its address after `?`.

use std::str::FromStr;

use async_graphql::ID;
use chrono::NaiveDate;

use super::Part;
use crate::graphql::scalars::Date;
use crate::graphql::{Error, Result};
use crate::network::query::{Narrowing, NetworkScope};

/// A part of the network, narrowed; on a day, or all that held on some day of a period.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Question {
    pub scope: NetworkScope,
    pub narrowing: Narrowing,
    /// In place of the day.
    pub period: Option<Span>,
    pub part: Part,
}

/// Days from and until, both included; from the beginning where `from` is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    pub from: Option<NaiveDate>,
    pub until: NaiveDate,
}

impl Question {
    /// Reads an address' parameters. `today` ends a period that says only how it begins.
    ///
    /// # Errors
    /// Names the parameter that is wrong, or says which are missing or exclude each other.
    pub fn read(query: &str, today: NaiveDate) -> Result<Self> {
        let mut scopes = Vec::new();
        let mut narrowing = Narrowing::default();
        let (mut from, mut until, mut part) = (None, None, Part::default());
        let mut seen = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if seen.contains(&name) {
                return Err(invalid(&name));
            }
            match &*name {
                "around" => scopes.push(NetworkScope::Around(ID(value.into_owned()))),
                "province" => scopes.push(NetworkScope::Province(value.into_owned())),
                "region" => scopes.push(NetworkScope::Region(value.into_owned())),
                "national" if value == "true" => scopes.push(NetworkScope::National(true)),
                "hops" => narrowing.hops = Some(parsed(&name, &value)?),
                "asOf" => narrowing.as_of = Some(day(&name, &value)?),
                "nodeKinds" => narrowing.node_kinds = Some(kinds(&name, &value)?),
                "tieKinds" => narrowing.tie_kinds = Some(kinds(&name, &value)?),
                "organisationKinds" => narrowing.organisation_kinds = Some(kinds(&name, &value)?),
                "programme" => narrowing.programme = Some(value.into_owned()),
                "plan" => narrowing.plan = Some(ID(value.into_owned())),
                "from" => from = Some(day(&name, &value)?.0),
                "until" => until = Some(day(&name, &value)?.0),
                "part" => {
                    part = Part::ALL.into_iter().find(|part| part.as_str() == value).ok_or_else(|| invalid(&name))?
                }
                _ => return Err(invalid(&name)),
            }
            seen.push(name);
        }
        let [scope] = <[NetworkScope; 1]>::try_from(scopes).map_err(|_| {
            Error::bad_input(
                "Indicare esattamente un ambito: around, province, region o national=true.",
                "Give exactly one scope: around, province, region or national=true.",
            )
        })?;
        let period = match (from, until) {
            (None, None) => None,
            _ if narrowing.as_of.is_some() => {
                return Err(Error::bad_input(
                    "\"asOf\" e \"from\"/\"until\" si escludono: un giorno oppure un periodo.",
                    "\"asOf\" and \"from\"/\"until\" exclude each other: either a day or a period.",
                ));
            }
            (from, until) => Some(Span { from, until: until.unwrap_or(today) }),
        };
        if period.is_some_and(|Span { from, until }| from.is_some_and(|from| from > until)) {
            return Err(Error::bad_input("\"from\" deve precedere \"until\".", "\"from\" must come before \"until\"."));
        }
        Ok(Self { scope, narrowing, period, part })
    }

    /// The parameters that say it, in a fixed order: which part, and what it is narrowed to.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let Self { scope, narrowing, period, part } = self;
        let mut all = vec![match scope {
            NetworkScope::Around(id) => ("around", id.to_string()),
            NetworkScope::Province(name) => ("province", name.clone()),
            NetworkScope::Region(code) => ("region", code.clone()),
            NetworkScope::National(is_it) => ("national", is_it.to_string()),
        }];
        let mut add = |name, value: Option<String>| all.extend(value.map(|value| (name, value)));
        add("hops", narrowing.hops.map(|hops| hops.to_string()));
        add("asOf", narrowing.as_of.map(|day| day.0.to_string()));
        add("from", period.and_then(|period| period.from).map(|day| day.to_string()));
        add("until", period.map(|period| period.until.to_string()));
        let nodes = narrowing.node_kinds.as_ref();
        add("nodeKinds", nodes.map(|kinds| joined(kinds.iter().map(|kind| kind.as_str()))));
        add("tieKinds", narrowing.tie_kinds.as_ref().map(|kinds| joined(kinds.iter().map(|kind| kind.as_str()))));
        let organisations = narrowing.organisation_kinds.as_ref();
        add("organisationKinds", organisations.map(|kinds| joined(kinds.iter().map(|kind| kind.as_str()))));
        add("programme", narrowing.programme.clone());
        add("plan", narrowing.plan.as_ref().map(|plan| plan.to_string()));
        add("part", (*part != Part::default()).then(|| part.as_str().to_owned()));
        all
    }

    /// What stands in an address after `?`.
    pub fn query(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.parameters()).finish()
    }
}

/// Names of kinds as GraphQL has them, with commas.
fn joined(names: impl Iterator<Item = &'static str>) -> String {
    names.map(str::to_ascii_uppercase).collect::<Vec<_>>().join(",")
}

fn invalid(name: &str) -> Error {
    Error::bad_input(
        format!("Il parametro \"{}\" non è valido.", name.escape_debug()),
        format!("The parameter \"{}\" is not valid.", name.escape_debug()),
    )
}

fn parsed<T: FromStr>(name: &str, value: &str) -> Result<T> {
    value.parse().map_err(|_| invalid(name))
}

fn day(name: &str, value: &str) -> Result<Date> {
    Date::written(value).ok_or_else(|| invalid(name))
}

fn kinds<T: FromStr>(name: &str, value: &str) -> Result<Vec<T>> {
    value.split(',').map(|kind| parsed(name, &kind.to_ascii_lowercase())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();

    fn read(query: &str) -> Result<Question, String> {
        Question::read(query, TODAY).map_err(|error| match error {
            Error::BadInput(message) => message.en,
            other => panic!("{other}"),
        })
    }

    #[test]
    fn a_question_comes_back_as_it_went() {
        for query in [
            "national=true",
            "province=BO&hops=2&asOf=2024-01-01&tieKinds=MEMBER_OF%2CLEADS&organisationKinds=PREFECTURE",
            "region=08&from=2019-01-01&until=2020-12-31&part=nodes",
            "around=T3Jn&until=2020-12-31",
            "national=true&nodeKinds=ORGANISATION%2CPROJECT&programme=FAMI-OS2&plan=UGxhbg",
        ] {
            assert_eq!(read(query).unwrap().query(), query);
        }
        assert_eq!(read("region=08&from=2019-01-01").unwrap().query(), "region=08&from=2019-01-01&until=2026-11-24");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (query, part) in [
            ("", "exactly one scope"),
            ("province=BO&national=true", "exactly one scope"),
            ("national=false", "\"national\""),
            ("national=true&national=true", "\"national\""),
            ("national=true&hops=two", "\"hops\""),
            ("national=true&asOf=yesterday", "\"asOf\""),
            ("national=true&asOf=2024-1-1", "\"asOf\""),
            ("national=true&tieKinds=LEADS,FRIENDS", "\"tieKinds\""),
            ("national=true&tieKinds=", "\"tieKinds\""),
            ("national=true&nodeKinds=PREFECTURE", "\"nodeKinds\""),
            ("national=true&organisationKinds=MEMBER_OF", "\"organisationKinds\""),
            ("national=true&asOf=2024-01-01&from=2023-01-01", "exclude each other"),
            ("national=true&from=2024-01-01&until=2023-01-01", "before \"until\""),
            ("national=true&part=everything", "\"part\""),
            ("national=true&everything=%00", "\"everything\""),
        ] {
            let error = read(query).err().unwrap_or_else(|| panic!("{query} is accepted"));
            assert!(error.contains(part), "{query}: {error}");
        }
    }
}
