//! Who may do what: the table as it was reviewed, and that it is the schema's and `explain`'s.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use raccordo::access::rules::may;
use raccordo::access::scope::Scopes;
use raccordo::access::{
    Action, Caller, Client, Delegation, DelegationMode, Level, Membership, Person, Role, Room, Sight, Viewer, audience,
};
use raccordo::graphql::NodeId;
use raccordo::schema;
use serde_json::json;
use uuid::Uuid;

use crate::hub::TestHub;
use crate::levels::SMALL;

/// The organisation that the caller acts for, and another one.
const OWN: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);

fn viewer(level: Level, caller: Caller) -> Viewer {
    let organisation = (caller != Caller::Public).then_some(OWN);
    Viewer { level, organisation, sight: Sight::everywhere([audience::PUBLIC]), caller }
}

fn person(role: Option<Role>, delegation: Option<Delegation>) -> Caller {
    let membership = role.map(|role| Membership { id: Uuid::from_u128(3), organisation: OWN, role });
    Caller::Person(Person {
        account: Uuid::from_u128(4),
        session: Uuid::from_u128(5),
        memberships: Arc::from(membership.clone().into_iter().collect::<Vec<_>>()),
        delegations: Arc::from(delegation.clone().into_iter().collect::<Vec<_>>()),
        membership,
        delegation,
    })
}

fn client(scopes: &str) -> Caller {
    Caller::Client(Client {
        id: Uuid::from_u128(6),
        scopes: Scopes::parse(scopes).unwrap(),
        purpose: None,
        requests_per_minute: 600,
        cost_per_minute: 1000,
    })
}

/// Every kind of caller.
fn callers() -> Vec<(String, Viewer)> {
    let mut callers = vec![("public".to_owned(), Viewer::public())];
    callers
        .push(("person for nobody".into(), Viewer { organisation: None, ..viewer(Level::Public, person(None, None)) }));
    for (level, of) in [
        (Level::Partner, "partner"),
        (Level::Council, "council"),
        (Level::Prefecture, "prefecture"),
        (Level::National, "department"),
    ] {
        for role in Role::ALL {
            callers.push((format!("{} of a {of}", role.as_str()), viewer(level, person(Some(*role), None))));
        }
    }
    let grant = Delegation {
        id: Uuid::from_u128(7),
        office: OTHER,
        delegate: OWN,
        rooms: vec![Room::Plans],
        mode: DelegationMode::Draft,
        until: crate::hub::TODAY,
    };
    for role in [Role::Administrator, Role::Officer] {
        let name = format!("{} under a delegation to draft", role.as_str());
        callers.push((name, viewer(Level::Partner, person(Some(role), Some(grant.clone())))));
    }
    let grant = Delegation { mode: DelegationMode::Read, ..grant };
    callers.push((
        "officer under a delegation to read".into(),
        viewer(Level::Partner, person(Some(Role::Officer), Some(grant))),
    ));
    callers.push(("client without the scope".into(), viewer(Level::Partner, client("project:read"))));
    callers.push(("client with audit:read".into(), viewer(Level::Partner, client("audit:read"))));
    callers.push(("client with network:export".into(), viewer(Level::Partner, client("network:export"))));
    callers.push(("client with plan:write".into(), viewer(Level::Partner, client("plan:write"))));
    callers.push(("persona of a prefecture".into(), viewer(Level::Prefecture, Caller::Persona("prefettura-bologna"))));
    callers.push(("persona of the department".into(), viewer(Level::National, Caller::Persona("dlci"))));
    callers
}

#[test]
fn the_table_of_rules_is_the_reviewed_one() {
    // A row for each caller, a column for each action: numbers stand for the rules, which are told below.
    let mut rules: Vec<&str> = Vec::new();
    let mut found = String::new();
    for (number, action) in Action::ALL.iter().enumerate() {
        writeln!(found, "{:>2} {}", number + 1, action.as_str()).unwrap();
    }
    for (whose, owner) in [("its own organisation's", OWN), ("another organisation's", OTHER)] {
        write!(found, "\n{:<36}", format!("on what is {whose}")).unwrap();
        for number in 1..=Action::ALL.len() {
            write!(found, " {number:>2}").unwrap();
        }
        for (name, viewer) in callers() {
            write!(found, "\n{name:<36}").unwrap();
            for action in Action::ALL {
                let (mark, rule) = match may(&viewer, *action, Some(owner)) {
                    Ok(grant) => ('+', grant.code()),
                    Err(refusal) => ('-', refusal.code()),
                };
                let number = rules.iter().position(|known| *known == rule).unwrap_or_else(|| {
                    rules.push(rule);
                    rules.len() - 1
                });
                let letter = char::from(b'a' + u8::try_from(number).unwrap());
                write!(found, " {mark}{letter}").unwrap();
            }
        }
        found.push('\n');
    }
    found += "\n+ allowed, - refused, by which rule:\n";
    for (letter, rule) in ('a'..).zip(rules) {
        writeln!(found, "{letter} {rule}").unwrap();
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/snapshots/rules.txt");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&file, &found).unwrap();
    }
    let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
    let line = found.lines().zip(reviewed.lines()).take_while(|(one, other)| one == other).count();
    assert!(
        found == reviewed,
        "not as reviewed from line {}: {:?}\nreview the difference, then accept it: UPDATE_SNAPSHOTS=1 cargo test rules",
        line + 1,
        found.lines().nth(line)
    );
}

/// Actions that are no mutation: what has an endpoint of its own, what is read, and what the hub itself does.
const NO_MUTATION: [Action; 9] = [
    Action::SignIn,
    Action::SignOut,
    Action::IssueToken,
    Action::ReadPersons,
    Action::ReadClients,
    Action::ReadAudit,
    Action::ExportAudit,
    Action::LetGoOfAudit,
    Action::AttachDocument,
];

#[tokio::test]
async fn every_mutation_is_an_action_of_its_name_and_every_action_a_mutation_or_named_here() {
    let query = "{ __schema { mutationType { fields { name } } } }";
    let answer = schema::builder().finish().execute(query).await.data.into_json().unwrap();
    let fields = answer["__schema"]["mutationType"]["fields"].as_array().unwrap();
    let mutations: BTreeSet<String> = fields.iter().map(|field| snake(field["name"].as_str().unwrap())).collect();
    let exports = [Action::ExportOwnData, Action::ExportNetwork].map(Action::as_str);
    let others = NO_MUTATION.map(Action::as_str);
    let actions: BTreeSet<String> = Action::ALL.iter().map(|action| action.as_str().to_owned()).collect();
    let unknown: Vec<_> = mutations.difference(&actions).collect();
    assert!(unknown.is_empty(), "mutations without an action: {unknown:?}");
    let without: Vec<_> = actions
        .difference(&mutations)
        .filter(|action| !others.contains(&action.as_str()) && !exports.contains(&action.as_str()))
        .collect();
    assert!(without.is_empty(), "actions that nobody can do: {without:?}");
    assert!(others.iter().all(|other| !mutations.contains(*other)), "named as no mutation, and one");
}

fn snake(name: &str) -> String {
    name.chars().fold(String::new(), |text, letter| match letter {
        'A'..='Z' => text + "_" + &letter.to_ascii_lowercase().to_string(),
        letter => text + &letter.to_string(),
    })
}

const EXPLAIN: &str = "query ($action: Action!, $on: ID) { explain(action: $action, on: $on) { allowed rule reason } }";

#[tokio::test]
async fn explain_says_what_the_rules_say() {
    let hub = TestHub::with(SMALL).await;
    let own = hub.viewer("prefettura-bologna").await;
    let other = hub.viewer("dlci").await.organisation.unwrap();
    for (name, viewer) in callers() {
        let organisation = viewer.organisation.and(own.organisation);
        let viewer = Viewer { organisation, ..viewer };
        for owner in [None, own.organisation, Some(other)] {
            for action in Action::ALL {
                let on = owner.map(|owner| NodeId::new("Organisation", owner).id().to_string());
                let variables = json!({ "action": action.as_str().to_uppercase(), "on": on });
                let answer = hub.execute(&viewer, EXPLAIN, variables).await;
                let explained = &answer.data()["explain"];
                let expected = may(&viewer, *action, owner.or(organisation));
                assert_eq!(explained["allowed"], expected.is_ok(), "{name}: {action:?} on {owner:?}");
                let (code, message) = match &expected {
                    Ok(grant) => (grant.code(), grant.message()),
                    Err(refusal) => (refusal.code(), refusal.message()),
                };
                assert_eq!((&explained["rule"], &explained["reason"]), (&json!(code), &json!(message.it)));
                assert_eq!(answer.statements, 0, "institutional bodies are in memory, and nothing is written");
            }
        }
    }
}

#[tokio::test]
async fn what_is_hidden_is_explained_as_what_is_not_there() {
    let hub = TestHub::with(SMALL).await;
    let mut connection = hub.maintenance().await;
    let stranger = hub.viewer("ong-bologna").await;
    let office = hub.viewer("prefettura-bologna").await;
    let client = Uuid::from_u128(0xc11e);
    sqlx::query(
        "insert into client (id, organisation_id, owner_number, name, scopes, authentication, requests_per_minute,
             cost_per_minute, expires_at)
         select $1, id, number, 'x', '{plan:read}', 'secret', 1, 1, now() + interval '1 day' from organisation where id = $2",
    )
    .bind(client)
    .bind(office.organisation)
    .execute(&mut connection)
    .await
    .unwrap();
    let hidden: Uuid = sqlx::query_scalar(
        "select id from territorial_plan where visibility not in ('public', 'network') order by id limit 1",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    let public = Viewer::public();
    for (viewer, kind, id) in [(&stranger, "Client", client), (&public, "TerritorialPlan", hidden)] {
        let mut answers = Vec::new();
        for id in [id, Uuid::from_u128(0xdead)] {
            let on = NodeId::new(kind, id).id().to_string();
            let answer = hub.execute(viewer, EXPLAIN, json!({ "action": "REVOKE_CLIENT", "on": on })).await;
            answers.push((answer.data()["explain"].clone(), answer.statements));
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!((&answers[0].0["allowed"], &answers[0].0["rule"]), (&json!(false), &json!("NOT_FOUND")));
    }
    let own = NodeId::new("Client", client).id().to_string();
    let answer = hub.execute(&office, EXPLAIN, json!({ "action": "REVOKE_CLIENT", "on": own })).await;
    assert_ne!(answer.data()["explain"]["rule"], "NOT_FOUND");
    for on in ["?".to_owned(), NodeId::new("Province", "037").id().to_string()] {
        let answer = hub.execute(&office, EXPLAIN, json!({ "action": "REVOKE_CLIENT", "on": on })).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    }
}
