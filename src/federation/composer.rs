//! Composes subgraphs to a supergraph and compares schemas.
//!
//! How Federation 2 composes is settled by libraries in JavaScript that the routers' makers keep: one script of them is part
//! of the program (`web/composition`), and runs in an engine within it. What a partner hands in is untrusted: each call has an
//! engine of its own, with bounds on memory, stack and time, and nothing of the system in reach.

mod kept;

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rquickjs::promise::MaybePromise;
use rquickjs::{CatchResultExt as _, Context, Ctx, Exception, Function, Object, Runtime};
use rust_embed::RustEmbed;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use kept::{Answers, Key};

/// Bytes that a call may hold at the most; the hub's own schema takes a twentieth.
const MEMORY: usize = 256 * 1024 * 1024;
/// Of a call's stack.
const STACK: usize = 4 * 1024 * 1024;
/// Longest time of one call; hub and a few partners take a hundredth.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(RustEmbed)]
#[folder = "web/dist/composition"]
#[allow_missing = true]
struct Built;

const SCRIPT: &str = "composer.js";

/// The only things that the script asks of its surroundings: to take the address of a specification apart, and a place for
/// what nobody reads.
const SURROUNDINGS: &str = "globalThis.console = { log() {}, warn() {}, error() {} }; globalThis.URL = class URL { constructor(text, base) { Object.assign(this, parseUrl(text, base)) } \
    toString() { return this.href } }";

/// A subgraph as it takes part.
#[derive(Clone, Debug, Serialize)]
pub struct Part<'a> {
    pub name: &'a str,
    /// Where routers reach it.
    pub url: &'a str,
    pub sdl: &'a str,
}

/// What a graph for some callers holds of the whole: what bears one of the tags and none of the others. A tag at a type is one at
/// each of its fields.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Contract {
    pub include: &'static [&'static str],
    pub exclude: &'static [&'static str],
}

/// What subgraphs compose to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Composed {
    /// For routers.
    pub supergraph: String,
    /// What callers see of it, as SDL.
    pub schema: String,
}

/// One reason why subgraphs do not compose.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Obstacle {
    pub message: String,
    /// The library's code, e.g. `FIELD_TYPE_MISMATCH`.
    pub code: Option<String>,
}

/// How much a change means to callers [peso della modifica].
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[graphql(name = "SchemaChangeWeight")]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Every operation means what it meant.
    Harmless,
    /// Callers may be surprised, e.g. by a new value of an enum.
    Dangerous,
    /// Operations that were valid may be so no more.
    Breaking,
}

/// One difference between two schemas.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SchemaChange {
    pub weight: Weight,
    /// In English.
    pub message: String,
    /// E.g. `Query.projects.first`.
    pub path: Option<String>,
    /// The library's name of the change, e.g. `FIELD_REMOVED`.
    pub kind: String,
}

/// The script could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("the script for composition is not part of this build: run `make web` and build anew")]
    NotBuilt,
    #[error("composition took more than {} s", PATIENCE.as_secs())]
    TooSlow,
    /// It ran out of memory, or met what it does not know.
    #[error("the script failed: {0}")]
    Script(String),
    #[error(transparent)]
    Thread(#[from] io::Error),
}

/// Composes subgraphs to the whole graph, or to that of a contract.
///
/// # Errors
/// The outer one: [`Failure`]. The inner one: why they do not compose, at least one reason.
pub fn compose(parts: &[Part<'_>], contract: Option<Contract>) -> Result<Result<Composed, Vec<Obstacle>>, Failure> {
    #[derive(Serialize)]
    struct Asked<'a> {
        subgraphs: &'a [Part<'a>],
        #[serde(skip_serializing_if = "Option::is_none")]
        contract: Option<Contract>,
    }
    #[derive(Deserialize)]
    struct Answer {
        supergraph: Option<String>,
        schema: Option<String>,
        errors: Vec<Obstacle>,
    }
    let answer: Answer = call("compose", &Asked { subgraphs: parts, contract })?;
    Ok(match (answer.supergraph, answer.schema) {
        (Some(supergraph), Some(schema)) => Ok(Composed { supergraph, schema }),
        _ => Err(answer.errors),
    })
}

/// How a schema that callers see would change.
///
/// # Errors
/// [`Failure`], also where one of the two is no schema.
pub fn compare(before: &str, after: &str) -> Result<Vec<SchemaChange>, Failure> {
    #[derive(Serialize)]
    struct Asked<'a> {
        before: &'a str,
        after: &'a str,
    }
    call("compare", &Asked { before, after })
}

static KEPT: Answers = Answers::none();

/// Calls one of the script's functions, in a thread that has the stack for it; what it answered lately is known still.
fn call<T: DeserializeOwned + Send>(function: &'static str, asked: &impl Serialize) -> Result<T, Failure> {
    let unreadable = |error: serde_json::Error| Failure::Script(error.to_string());
    let asked = serde_json::to_string(asked).map_err(unreadable)?;
    let key = Key::of(function, &asked);
    if let Some(answer) = KEPT.find(key) {
        return serde_json::from_str(&answer).map_err(unreadable);
    }
    let script = Built::get(SCRIPT).ok_or(Failure::NotBuilt)?;
    let worker = std::thread::Builder::new().stack_size(2 * STACK).spawn(move || run(&script.data, function, asked))?;
    let answer: Arc<str> = worker.join().map_err(|_| Failure::Script("the engine panicked".into()))??.into();
    let read = serde_json::from_str(&answer).map_err(unreadable)?;
    KEPT.keep(key, answer);
    Ok(read)
}

fn run(script: &[u8], function: &str, asked: String) -> Result<String, Failure> {
    let failed = |error: rquickjs::Error| Failure::Script(error.to_string());
    let runtime = Runtime::new().map_err(failed)?;
    runtime.set_memory_limit(MEMORY);
    runtime.set_max_stack_size(STACK);
    let end = Instant::now() + PATIENCE;
    runtime.set_interrupt_handler(Some(Box::new(move || Instant::now() > end)));
    let context = Context::full(&runtime).map_err(failed)?;
    context.with(|ctx| {
        let answer = || {
            let globals = ctx.globals();
            globals.set("parseUrl", Function::new(ctx.clone(), parse_url)?)?;
            ctx.eval::<(), _>(SURROUNDINGS)?;
            ctx.eval::<(), _>(script)?;
            globals.get::<_, Function>(function)?.call::<_, MaybePromise>((asked,))?.finish::<String>()
        };
        answer().catch(&ctx).map_err(|error| match Instant::now() > end {
            true => Failure::TooSlow,
            false => Failure::Script(error.to_string()),
        })
    })
}

fn parse_url<'js>(ctx: Ctx<'js>, text: String, base: Option<String>) -> rquickjs::Result<Object<'js>> {
    let base = base.map(|base| reqwest::Url::parse(&base)).transpose();
    let url = base.and_then(|base| reqwest::Url::options().base_url(base.as_ref()).parse(&text));
    let url = url.map_err(|error| Exception::throw_type(&ctx, &error.to_string()))?;
    let parts = Object::new(ctx)?;
    parts.set("href", url.as_str())?;
    parts.set("protocol", format!("{}:", url.scheme()))?;
    parts.set("host", url.host_str().unwrap_or_default())?;
    parts.set("pathname", url.path())?;
    parts.set("search", url.query().map(|query| format!("?{query}")).unwrap_or_default())?;
    parts.set("hash", url.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default())?;
    parts.set("origin", url.origin().ascii_serialization())?;
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\",
        import: [\"@key\", \"@tag\", \"@shareable\"])";

    fn hub() -> String {
        format!(
            "{LINK} type Query @tag(name: \"public\") {{ body(id: ID!): Body }}
            type Body @key(fields: \"id\") @tag(name: \"public\") {{
              id: ID! name: String! staff: Int @tag(name: \"institutional\") }}"
        )
    }

    fn partner(more: &str) -> String {
        format!("{LINK} type Body @key(fields: \"id\") {{ id: ID! {more} }}")
    }

    fn composed(partner: &str, contract: Option<Contract>) -> Result<Composed, Vec<Obstacle>> {
        let hub = hub();
        let parts = [
            Part { name: "hub", url: "http://hub.example/graphql", sdl: &hub },
            Part { name: "services", url: "http://services.example/graphql", sdl: partner },
        ];
        compose(&parts, contract).expect("the script runs")
    }

    #[test]
    fn hub_and_partner_compose_to_one_graph() {
        let found = composed(&partner("courses: Int"), None).unwrap();
        assert!(
            found.supergraph.contains("@join__graph(name: \"services\", url: \"http://services.example/graphql\")")
        );
        let body = &found.schema[found.schema.find("type Body").expect("callers see it")..];
        assert!(body.contains("courses: Int") && body.contains("staff: Int"), "{body}");
        assert!(!found.schema.contains("join__"), "what routers need is nothing to callers");
    }

    #[test]
    fn a_contract_leaves_out_what_does_not_bear_its_tag() {
        let partner = partner("courses(first: Int): Int places: Int @tag(name: \"institutional\")");
        let found = composed(&partner, Some(crate::federation::PUBLIC)).unwrap();
        let body = &found.schema[found.schema.find("type Body").expect("callers see it")..];
        assert!(body.contains("courses(first: Int): Int"), "{body}");
        assert!(!body.contains("staff") && !body.contains("places"), "{body}");
        let found = composed(&partner, Some(crate::federation::INSTITUTIONAL)).unwrap();
        let body = &found.schema[found.schema.find("type Body").expect("callers see it")..];
        assert!(body.contains("staff") && body.contains("places"), "{body}");
    }

    #[test]
    fn what_does_not_compose_is_told_with_its_reason() {
        let found = composed(&partner("name: Int!"), None).unwrap_err();
        assert!(found.iter().any(|obstacle| obstacle.code.as_deref() == Some("INVALID_FIELD_SHARING")), "{found:?}");
    }

    #[test]
    fn changes_are_weighed() {
        let before = "type Query { a: String b: Int } enum E { X }";
        let changes = compare(before, "type Query { b: Int c: E } enum E { X Y }").unwrap();
        let weight = |path: &str| changes.iter().find(|change| change.path.as_deref() == Some(path)).unwrap().weight;
        assert_eq!(weight("Query.a"), Weight::Breaking);
        assert_eq!(weight("Query.c"), Weight::Harmless);
        assert_eq!(weight("E.Y"), Weight::Dangerous);
        assert_eq!(compare(before, before).unwrap(), []);
    }

    #[test]
    fn what_is_new_is_told_once_and_not_what_stands_in_it() {
        let after = "\"All\" type Query { \"Old\" a: String \"New\" b(\"How many\" first: Int = 1): B }
            \"Thing\" type B { \"Inner\" c: Int @deprecated d: E } enum E { X \"Letter\" Y } enum F { \"Kind\" Z }";
        let changes = compare("type Query { a: String } enum E { X }", after).unwrap();
        let mut told: Vec<_> = changes.iter().map(|change| change.message.as_str()).collect();
        told.sort_unstable();
        let expected = [
            "Enum value 'Y' was added to enum 'E'",
            "Field 'Query.a' has description 'Old'",
            "Field 'b' was added to object type 'Query'",
            "Object type 'Query' has description 'All'",
            "Type 'B' was added",
            "Type 'F' was added",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_is_no_schema_fails_and_is_contained() {
        assert!(matches!(compare("type Query {", "type Query { a: Int }"), Err(Failure::Script(_))));
        let deep = format!("type Query {{ a: {}Int{} }}", "[".repeat(200_000), "]".repeat(200_000));
        assert!(compare(&deep, "type Query { a: Int }").is_err());
    }
}
