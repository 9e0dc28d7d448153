//! How what is asked is done: through the schema, as a caller does, and held against what the model says of it.

use std::collections::BTreeSet;

use raccordo::access::scope::Scopes;
use raccordo::access::{Client, Delegation, DelegationMode, Level, Membership, Person, Room, Sight, Viewer};
use raccordo::graphql::NodeId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::model::who::{BOLOGNA, Way};
use super::model::{Asked, World};
use crate::hub::{TODAY, TestHub};

/// What a caller was answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Done: the record's id and version, and whether it was a dry run or a repetition.
    Done { id: Uuid, version: i64, is_dry: bool, is_repeated: bool },
    /// The codes and rules of what stood in the way.
    Refused(Vec<(String, String)>),
    /// What no caller should be answered.
    Fault(String),
}

impl Answer {
    /// The rules that refused; of those about who may do what their code, and alone where the record has changed.
    pub fn rules(&self) -> BTreeSet<&str> {
        let Self::Refused(reasons) = self else { return BTreeSet::new() };
        if reasons.iter().any(|(_, rule)| rule == "CHANGED_MEANWHILE") {
            return BTreeSet::from(["CHANGED_MEANWHILE"]);
        }
        reasons.iter().map(|(code, rule)| if code == "FORBIDDEN" { code.as_str() } else { rule.as_str() }).collect()
    }
}

/// Ids as `Kind:uuid` into those of the graph.
fn encode(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            match text.split_once(':').and_then(|(kind, id)| Some((kind, Uuid::parse_str(id).ok()?))) {
                Some((kind, id)) => json!(NodeId::new(kind, id).id().to_string()),
                None => value.clone(),
            }
        }
        Value::Array(items) => items.iter().map(encode).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), encode(value))).collect(),
        value => value.clone(),
    }
}

impl Asked {
    /// The input, as it is sent.
    pub fn input(&self, world: &World) -> Value {
        let mut input = encode(&self.args);
        if let Some(of) = self.of {
            let record = &world.records[of];
            input[record.kind.names().3] = encode(&record.named());
            if !self.verb.makes {
                input["expectedVersion"] = json!(self.expected);
            }
        }
        if let Some(key) = &self.key {
            input["idempotencyKey"] = json!(key);
        }
        if self.dry {
            input["dryRun"] = json!(true);
        }
        input
    }
}

impl TestHub {
    /// The viewer that somebody of the walk is now, as the hub itself knows their body.
    pub async fn walker(&self, world: &World, who: usize) -> Viewer {
        let who = &world.who[who];
        let of_body = async |body: usize| {
            let viewers = self.hub.authenticator.viewers();
            let viewer = viewers.acting_for(world.bodies[body].id, TODAY, &self.hub.database).await;
            viewer.expect("the database answers").expect("there is such a body")
        };
        let person = |membership| Person {
            account: who.id,
            session: who.id,
            memberships: [].into(),
            delegations: [].into(),
            membership,
            delegation: None,
        };
        let number = 900_000 + (who.id.as_u128() % 1000) as i32;
        let member = |body: usize, role: &str| {
            let role = role.parse().expect("a role");
            Some(Membership { id: who.id, organisation: world.bodies[body].id, role })
        };
        match (who.way, who.body) {
            (Way::Public, _) => Viewer::public(),
            (Way::Program, Some(body)) => {
                let scopes = Scopes::parse("plan:read plan:write").expect("scopes");
                let (requests_per_minute, cost_per_minute) = (1_000_000, i32::MAX as u32);
                let client = Client { id: who.id, scopes, purpose: None, requests_per_minute, cost_per_minute };
                of_body(body).await.as_client(client)
            }
            (Way::Person(role), Some(body)) => of_body(body).await.as_person(person(member(body, role)), number),
            (Way::Delegate, Some(body)) => {
                let office = of_body(BOLOGNA).await;
                let grant = Delegation {
                    id: who.id,
                    office: world.bodies[BOLOGNA].id,
                    delegate: world.bodies[body].id,
                    rooms: vec![Room::Plans],
                    mode: DelegationMode::Draft,
                    until: TODAY,
                };
                of_body(body).await.as_person(person(member(body, "officer")), number).under(grant, &office)
            }
            (_, _) => {
                let sight = Sight::everywhere([raccordo::access::audience::PUBLIC]);
                let stranger = Viewer { level: Level::Public, organisation: None, sight, ..Viewer::public() };
                stranger.as_person(person(None), number)
            }
        }
    }

    /// Asks, and gives what was answered.
    pub async fn ask(&self, world: &World, asked: &Asked) -> Answer {
        let viewer = self.walker(world, asked.who).await;
        let record = asked.verb.kind.names().2;
        let selection = format!("{record} {{ id version }}");
        let answer = self.mutate(&viewer, asked.verb.name, &selection, &asked.input(world)).await;
        if answer.json.get("errors").is_some() {
            return Answer::Fault(answer.json["errors"].to_string());
        }
        let done = &answer.json["data"]["done"];
        let errors = done["userErrors"].as_array().expect("a list");
        if !errors.is_empty() {
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            return Answer::Refused(errors.iter().map(|error| (text(&error["code"]), text(&error["rule"]))).collect());
        }
        let Some(id) = done[record]["id"].as_str() else { return Answer::Fault(format!("no record: {done}")) };
        let id = NodeId::parse(id).expect("an id").as_uuid().expect("a uuid");
        let version = done[record]["version"].as_i64().expect("a version");
        let is = |name: &str| done[name] == true;
        Answer::Done { id, version, is_dry: is("isDryRun"), is_repeated: is("isRepeated") }
    }
}
