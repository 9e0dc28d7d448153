//! The network as a file: each format holds what GraphQL answers the same caller and no more; a link stands for whoever
//! asked for it, as they are when it is opened.

use std::collections::BTreeSet;
use std::io::Read as _;

use chrono::NaiveDate;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use raccordo::access::secret::Secret;
use raccordo::access::token::DemoKey;
use raccordo::access::{Role, Settings, Viewer};
use raccordo::graphql::NodeId;
use raccordo::http;
use raccordo::locale::Locale;
use raccordo::network::NetworkSnapshot;
use raccordo::network::export::{Format, Question};
use raccordo::network::model::day;
use raccordo::network::operator;
use raccordo::network::view::{Part, View};
use reqwest::header::{self, HeaderMap};
use serde_json::{Value, json};

use crate::gexf;
use crate::hub::{TODAY, TestHub};
use crate::levels::{SMALL, levels};
use crate::machines::{Machines, Registration, Shows};

/// A served hub that has a key of its own, and the demonstration's callers.
struct House {
    hub: TestHub,
    key: DemoKey,
    origin: String,
    client: reqwest::Client,
    _folder: tempfile::TempDir,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = DemoKey::read_or_make(folder.path()).unwrap();
        let settings = Settings { demo_key: Some(key.clone()), hub_key: Some(Secret::random()), ..Settings::default() };
        let hub = TestHub::start(SMALL, settings).await;
        let origin = format!("http://{}", hub.serve(http::Settings::default()).await);
        Self { hub, key, origin, client: reqwest::Client::new(), _folder: folder }
    }

    fn request(&self, request: reqwest::RequestBuilder, level: &str) -> reqwest::RequestBuilder {
        match raccordo::access::persona::Persona::find(level) {
            Some(persona) => request.bearer_auth(self.key.token(persona).unwrap()),
            None => request,
        }
    }

    /// Status, headers and body of an address below `/export/`, asked for at this level.
    async fn fetch(&self, path: &str, level: &str) -> (u16, HeaderMap, Vec<u8>) {
        let request = self.request(self.client.get(format!("{}/export/{path}", self.origin)), level);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.headers().clone(), answer.bytes().await.unwrap().to_vec())
    }

    async fn file(&self, path: &str, level: &str) -> Vec<u8> {
        let (status, _, body) = self.fetch(path, level).await;
        assert_eq!(status, 200, "{path} as {level}: {}", String::from_utf8_lossy(&body));
        body
    }

    async fn graphql(&self, query: &str, level: &str) -> Value {
        let request = self.client.post(format!("{}/graphql", self.origin)).json(&json!({ "query": query }));
        let answer: Value = self.request(request, level).send().await.unwrap().json().await.unwrap();
        assert_eq!(answer.get("errors"), None, "{answer}");
        answer["data"].clone()
    }

    /// The path and query below `/export/` of a file's link, as the hub gives it to a viewer.
    async fn link(&self, viewer: &Viewer, scope: &str, format: &str) -> String {
        let query = format!("{{ network({scope}) {{ export(format: {format}) {{ url expiresAt }} }} }}");
        let answer = self.hub.execute(viewer, &query, Value::Null).await;
        let url = answer.data()["network"]["export"]["url"].as_str().unwrap().to_owned();
        let prefix = "http://127.0.0.1:8080/export/";
        url.strip_prefix(prefix).unwrap_or_else(|| panic!("{url}")).to_owned()
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.try_get_attribute(name).unwrap()?;
    Some(found.normalized_value(XmlVersion::Explicit1_0).unwrap().into_owned())
}

/// Ids of the nodes and of the ties of an XML file, which must be well-formed, and each id there once.
fn ids_of_xml(file: &[u8]) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut nodes, mut ties) = (BTreeSet::new(), BTreeSet::new());
    let mut reader = Reader::from_reader(file);
    let mut ends = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) | Event::Empty(element) => match element.name().as_ref() {
                "node" => assert!(nodes.insert(attribute(&element, "id").unwrap())),
                "edge" => {
                    assert!(ties.insert(attribute(&element, "id").unwrap()));
                    ends.extend(["source", "target"].map(|end| attribute(&element, end).unwrap()));
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(ends.iter().all(|end| nodes.contains(end)), "every tie has both its ends");
    (nodes, ties)
}

fn column(file: &[u8], name: &str) -> BTreeSet<String> {
    let mut reader = csv::Reader::from_reader(file);
    let at = reader.headers().unwrap().iter().position(|column| column == name).unwrap();
    reader.records().map(|row| row.unwrap()[at].to_owned()).collect()
}

fn ids(list: &Value, of: impl Fn(&Value) -> &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|item| of(item).as_str().unwrap().to_owned()).collect()
}

/// The files inside a ZIP archive, by name, read by its central directory.
fn unpacked(archive: &[u8]) -> Vec<(String, String)> {
    let number = |at: usize, bytes: usize| {
        archive[at..at + bytes].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let starts = archive.windows(4).enumerate().filter(|(_, window)| window == b"PK\x01\x02").map(|(at, _)| at);
    let file = |at: usize| {
        let (packed, name, start) = (number(at + 20, 4), number(at + 28, 2), number(at + 42, 4));
        let data = start + 30 + number(start + 26, 2) + number(start + 28, 2);
        let (mut text, packed) = (String::new(), &archive[data..data + packed]);
        flate2::read::DeflateDecoder::new(packed).read_to_string(&mut text).unwrap();
        (String::from_utf8(archive[at + 46..at + 46 + name].to_vec()).unwrap(), text)
    };
    starts.map(file).collect()
}

#[tokio::test]
async fn every_format_holds_what_graphql_answers_the_same_caller_and_no_more() {
    let house = House::new().await;
    let asked = "scope: { province: \"BO\" }, hops: 2, asOf: \"2024-06-30\"";
    let parameters = "province=BO&hops=2&asOf=2024-06-30";
    let mut counts = Vec::new();
    for level in levels() {
        let query = format!("{{ network({asked}) {{ version nodes {{ id }} edges {{ id }} }} }}");
        let answer = house.graphql(&query, level).await["network"].clone();
        let nodes = ids(&answer["nodes"], |node| &node["id"]);
        let ties = ids(&answer["edges"], |edge| &edge["id"]);
        counts.push((nodes.len(), ties.len()));
        let file = async |format: &str| house.file(&format!("network.{format}{parameters}"), level).await;

        gexf::assert_valid(&file("gexf?").await);
        for format in ["gexf?", "graphml?"] {
            assert_eq!(ids_of_xml(&file(format).await), (nodes.clone(), ties.clone()), "{format} as {level}");
        }
        let json: Value = serde_json::from_slice(&file("json?").await).unwrap();
        let data = |element: &Value| element["data"]["id"].clone();
        let found = |kind: &str| -> BTreeSet<String> {
            let all = json["elements"][kind].as_array().unwrap();
            all.iter().map(|element| data(element).as_str().unwrap().to_owned()).collect()
        };
        assert_eq!((found("nodes"), found("edges")), (nodes.clone(), ties.clone()), "json as {level}");
        assert_eq!(json["data"]["dataVersion"], answer["version"].to_string());
        assert_eq!(column(&file("csv?part=nodes&").await, "id"), nodes);
        assert_eq!(column(&file("csv?part=edges&").await, "id"), ties);
        let about = column(&file("csv?part=about&").await, "name");
        for name in ["scope", "asOf", "hops", "dataVersion", "visibleTo", "synthetic", "attribution"] {
            assert!(about.contains(name), "{name}: {about:?}");
        }

        let sheets = unpacked(&file("xlsx?").await);
        let rows = |number: usize| {
            let name = format!("xl/worksheets/sheet{number}.xml");
            let (_, sheet) = sheets.iter().find(|(known, _)| *known == name).unwrap();
            assert!(!sheet.contains("<f>"), "no cell is a formula");
            sheet.matches("<row ").count()
        };
        assert_eq!((rows(1), rows(2)), (nodes.len() + 1, ties.len() + 1), "xlsx as {level}");

        let svg = String::from_utf8(file("svg?").await).unwrap();
        ids_of_xml(svg.as_bytes());
        assert_eq!(svg.matches("<title>").count(), nodes.len().min(2000), "every mark has a text");
        assert!(svg.contains("Bologna") && svg.contains("2024-06-30") && svg.contains("Legenda"));
    }
    assert!(counts[0] > counts[4] && counts[1] > counts[4], "the public sees less: {counts:?}");
}

#[tokio::test]
async fn what_is_narrowed_in_graphql_is_narrowed_alike_in_an_address_and_in_a_link() {
    let house = House::new().await;
    let viewer = house.hub.persona("prefettura-bologna").await;
    let query = "{ plans: territorialPlans(first: 50) { nodes { id interventions { id } } } programmes { code } }";
    let known = house.graphql(query, "prefettura-bologna").await;
    let plans = known["plans"]["nodes"].as_array().unwrap().iter();
    let plan = plans.max_by_key(|plan| plan["interventions"].as_array().unwrap().len()).unwrap()["id"].clone();
    let plan = plan.as_str().unwrap();
    let all = house.file("network.csv?national=true&part=nodes", "prefettura-bologna").await;
    let mut narrower = 0;
    let mut asked = vec![("plan", plan.to_owned())];
    let codes = known["programmes"].as_array().unwrap().iter();
    asked.extend(codes.map(|programme| ("programme", programme["code"].as_str().unwrap().to_owned())));
    for (name, value) in asked {
        let scope = format!(
            "scope: {{ national: true }}, asOf: \"{TODAY}\", nodeKinds: [PROJECT, INTERVENTION], {name}: \"{value}\""
        );
        let graph =
            house.graphql(&format!("{{ network({scope}) {{ nodes {{ id x y }} }} }}"), "prefettura-bologna").await;
        let nodes = graph["network"]["nodes"].as_array().unwrap();
        let parameters = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("national", "true"),
                ("asOf", &TODAY.to_string()),
                ("nodeKinds", "PROJECT,INTERVENTION"),
                (name, &value),
            ])
            .finish();
        let file = house.file(&format!("network.json?{parameters}"), "prefettura-bologna").await;
        assert!(house.file(&house.link(&viewer, &scope, "JSON").await, "public").await == file, "{name} {value}");
        let file: Value = serde_json::from_slice(&file).unwrap();
        let written = file["elements"]["nodes"].as_array().unwrap();
        assert_eq!(written.len(), nodes.len(), "{name} {value}");
        for (written, node) in written.iter().map(|node| &node["data"]).zip(nodes) {
            assert_eq!((&written["id"], &file["data"][name]), (&node["id"], &json!(value)));
            for axis in ["x", "y"] {
                let away = written[axis].as_f64().unwrap() - node[axis].as_f64().unwrap();
                assert!(away.abs() < 1e-4, "where GraphQL has it: {written} {node}");
            }
        }
        narrower += usize::from(!nodes.is_empty() && nodes.len() < column(&all, "id").len());
    }
    assert!(narrower > 1, "something is left, and something is left out");
}

#[tokio::test]
async fn the_whole_country_is_written_and_drawn_as_its_provinces() {
    let house = House::new().await;
    let answer = house.graphql("{ network(scope: { national: true }) { nodeCount edgeCount } }", "public").await;
    let (nodes, ties) = ids_of_xml(&house.file("network.gexf?national=true", "public").await);
    assert_eq!(json!({ "nodeCount": nodes.len(), "edgeCount": ties.len() }), answer["network"]);
    gexf::assert_valid(&house.file("network.gexf?national=true&from=2015-01-01", "dlci").await);
    let svg = String::from_utf8(house.file("network.svg?national=true", "public").await).unwrap();
    assert!(svg.len() < 1_000_000 && svg.contains("Ogni cerchio") && svg.contains("Bologna:"), "{}", svg.len());
    // Around a node everything reached has a ring.
    let office = NodeId::new("Organisation", house.hub.viewer("prefettura-bologna").await.organisation.unwrap()).id();
    let json = house.file(&format!("network.json?around={}", *office), "public").await;
    let json: Value = serde_json::from_slice(&json).unwrap();
    for node in json["elements"]["nodes"].as_array().unwrap() {
        let away = node["data"]["x"].as_f64().unwrap().hypot(node["data"]["y"].as_f64().unwrap());
        assert!((away - f64::from(u8::from(node["data"]["id"] != *office.0))).abs() < 1e-4, "{node}");
    }
}

/// All that a viewer finds in a province on some day, day by day.
fn day_by_day(hub: &TestHub, viewer: &Viewer, from: NaiveDate, until: NaiveDate) -> (BTreeSet<u32>, BTreeSet<u32>) {
    let (mut nodes, mut ties) = (BTreeSet::new(), BTreeSet::new());
    for date in from.iter_days().take_while(|date| *date <= until) {
        let view = View::new(hub.hub.reference::<NetworkSnapshot>(), viewer.clone(), day(date));
        let found = view.find(&Part::Within { provinces: vec![37], hops: 1 });
        nodes.extend(found.nodes);
        ties.extend(found.ties);
    }
    (nodes, ties)
}

#[tokio::test]
async fn a_period_holds_what_held_on_some_day_of_it() {
    let house = House::new().await;
    let (from, until) = ("2019-03-01".parse().unwrap(), "2019-09-30".parse().unwrap());
    for level in ["public", "prefettura-bologna"] {
        let file = house.file("network.gexf?province=037&from=2019-03-01&until=2019-09-30", level).await;
        let (nodes, ties) = ids_of_xml(&file);
        let (expected_nodes, expected_ties) = day_by_day(&house.hub, &house.hub.viewer(level).await, from, until);
        assert_eq!((nodes.len(), ties.len()), (expected_nodes.len(), expected_ties.len()), "as {level}");
        let text = String::from_utf8(file).unwrap();
        assert!(text.contains(" start=\"2019-03-01\" end=\"2019-09-30\">"));
    }
    // The country, for which few days are asked: every period that has a day in common counts.
    let snapshot = house.hub.hub.reference::<NetworkSnapshot>();
    let view = View::new(snapshot.clone(), Viewer::public(), day(until));
    let meets = |period: raccordo::network::model::Period| {
        period.from().is_none_or(|it| it <= until) && period.until().is_none_or(|it| it >= from)
    };
    let expected =
        (0..snapshot.nodes().len() as u32).filter(|node| view.knows(*node) && meets(snapshot.node(*node).period));
    let (nodes, ties) =
        ids_of_xml(&house.file("network.gexf?national=true&from=2019-03-01&until=2019-09-30", "public").await);
    assert_eq!(nodes.len(), expected.count());
    let mut all = BTreeSet::new();
    for date in from.iter_days().take_while(|date| *date <= until) {
        all.extend(View::new(snapshot.clone(), Viewer::public(), day(date)).whole().ties);
    }
    assert_eq!(ties.len(), all.len());
}

#[tokio::test]
async fn a_link_gives_the_file_that_its_maker_gets_and_nothing_else() {
    let house = House::new().await;
    for level in levels() {
        let viewer = match level {
            "public" => Viewer::public(),
            persona => house.hub.persona(persona).await,
        };
        for format in ["gexf", "graphml", "json", "csv", "xlsx", "svg"] {
            let scope = "scope: { province: \"BO\" }, asOf: \"2024-06-30\", tieKinds: [MEMBER_OF, LEADS]";
            let link = house.link(&viewer, scope, &format.to_uppercase()).await;
            let direct = format!("network.{format}?province=BO&asOf=2024-06-30&tieKinds=MEMBER_OF,LEADS");
            assert!(house.file(&link, "public").await == house.file(&direct, level).await, "{format} as {level}");
        }
    }
    let viewer = house.hub.persona("prefettura-bologna").await;
    let link = house.link(&viewer, "scope: { province: \"BO\" }", "CSV").await;
    let (_, headers, _) = house.fetch(&link, "public").await;
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    let sealed = link.split_once("link=").unwrap().1;
    let letter = if &sealed[20..21] == "A" { "B" } else { "A" };
    let altered = format!("network.csv?link={}{letter}{}", &sealed[..20], &sealed[21..]);
    for path in [
        altered.as_str(),
        &link.replace(".csv", ".json"),
        &format!("{link}&province=MO"),
        &format!("{link}&{}", link.split_once('?').unwrap().1),
        "network.csv?link=",
    ] {
        let (status, _, body) = house.fetch(path, "public").await;
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((status, &body["errors"][0]["extensions"]["code"]), (403, &json!("FORBIDDEN")), "{path}");
        assert_eq!(body["errors"][0]["extensions"].get("reason"), None, "no details");
    }
    // It is no token.
    let request = house.client.post(format!("{}/graphql", house.origin)).bearer_auth(sealed);
    let answer = request.json(&json!({ "query": "{ viewer { level } }" })).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert!(!sealed.contains(&viewer.organisation.unwrap().simple().to_string()), "it is sealed, not only signed");
}

#[tokio::test]
async fn a_persons_link_ends_with_the_session_the_membership_and_the_choice_behind_it() {
    let house = House::new().await;
    let ada = house.hub.somebody("ada").await;
    let membership = house.hub.join(ada, "office:PREF-BO", Role::Officer).await;
    let mut connection = house.hub.maintenance().await;
    let sql = async |statement: &'static str, connection: &mut sqlx::PgConnection| {
        sqlx::query(statement).bind(ada.session).bind(membership).execute(connection).await.unwrap();
        // Word of the change comes a little later; the hub must not wait for it.
        for table in ["browser_session", "membership"] {
            house.hub.hub.note_change(table);
        }
    };
    let acts = "update browser_session set membership_id = $2 where id = $1";
    sql(acts, &mut connection).await;
    let viewer = house.hub.acting(ada, membership).await;
    let link = house.link(&viewer, "scope: { province: \"BO\" }, asOf: \"2024-06-30\"", "GEXF").await;
    let own = ids_of_xml(&house.file(&link, "public").await);
    let office = ids_of_xml(&house.file("network.gexf?province=BO&asOf=2024-06-30", "prefettura-bologna").await);
    assert!(own == office, "what the office sees");

    for (change, undone) in [
        ("update browser_session set membership_id = null where id = $1 and $2::uuid is not null", acts),
        (
            "update membership set ended_at = now() where id = $2 and $1::uuid is not null",
            "update membership set ended_at = null where id = $2 and $1::uuid is not null",
        ),
        (
            "update browser_session set ended_at = now() where id = $1 and $2::uuid is not null",
            "update browser_session set ended_at = null where id = $1 and $2::uuid is not null",
        ),
    ] {
        sql(change, &mut connection).await;
        assert_eq!(house.fetch(&link, "public").await.0, 403, "{change}");
        sql(undone, &mut connection).await;
        assert_eq!(house.fetch(&link, "public").await.0, 200, "{undone}");
    }
}

#[tokio::test]
async fn a_client_needs_the_scope_and_its_link_ends_when_it_is_revoked() {
    let machines = Machines::start(SMALL, Settings { hub_key: Some(Secret::random()), ..Settings::default() }).await;
    let scopes = &["organisation:read", "project:read", "network:export"];
    let client = machines.register(Registration { scopes, ..Registration::new(Shows::Secret) }).await;
    let secret = machines.secret(client).await;
    let token = async |scope: &str| {
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("grant_type", "client_credentials"), ("scope", scope)])
            .finish();
        let request = machines.post("/oauth/token").basic_auth(client, Some(secret.reveal()));
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let body: Value = request.send().await.unwrap().json().await.unwrap();
        body["access_token"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
    };
    let link = "{ network(scope: { province: \"BO\" }) { export(format: JSON) { url } } }";
    let (_, refused) = machines.ask(&token("organisation:read project:read").await, link).await;
    assert_eq!(refused["errors"][0]["extensions"]["rule"], "SCOPE_REQUIRED");
    let (_, answer) = machines.ask(&token("organisation:read network:export").await, link).await;
    let url = answer["data"]["network"]["export"]["url"].as_str().unwrap();
    let path = url.strip_prefix("http://127.0.0.1:8080").unwrap();
    assert_eq!(machines.get(path).await.status(), 200);
    let written = machines.audit(client).await;
    let exports: Vec<_> = written.iter().filter(|entry| entry["action"] == "export_network").collect();
    let outcomes: Vec<_> = exports.iter().map(|entry| entry["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["refused", "done"]);

    let changed = format!("update client set scopes = '{{project:read}}' where id = '{client}'");
    machines.sql(changed).await;
    machines.hub.hub.note_change("client");
    assert_eq!(machines.get(path).await.status(), 403, "the scope is gone");
    machines
        .sql(format!("update client set scopes = '{{network:export}}', revoked_at = now() where id = '{client}'"))
        .await;
    machines.hub.hub.note_change("client");
    assert_eq!(machines.get(path).await.status(), 403, "the client is revoked");
}

#[tokio::test]
async fn what_is_wrong_is_named_and_what_cannot_be_seen_is_not_there() {
    let house = House::new().await;
    for (query, status, code) in [
        ("", 400, "BAD_USER_INPUT"),
        ("province=BO&region=08", 400, "BAD_USER_INPUT"),
        ("province=BO&hops=4", 400, "LIMIT_EXCEEDED"),
        ("province=BO&hops=0", 400, "BAD_USER_INPUT"),
        ("province=BO&asOf=2024-02-30", 400, "BAD_USER_INPUT"),
        ("province=BO&tieKinds=FRIENDS", 400, "BAD_USER_INPUT"),
        ("province=BO&everything=1", 400, "BAD_USER_INPUT"),
        ("around=x", 400, "BAD_USER_INPUT"),
        ("province=BO&asOf=1800-01-01", 400, "BAD_USER_INPUT"),
        ("province=BO&from=1800-01-01", 400, "BAD_USER_INPUT"),
        ("province=BO&nodeKinds=PREFECTURE", 400, "BAD_USER_INPUT"),
        ("province=BO&programme=no%27such", 400, "BAD_USER_INPUT"),
        ("province=BO&plan=x", 400, "BAD_USER_INPUT"),
        ("province=XX", 404, "NOT_FOUND"),
    ] {
        let (found, _, body) = house.fetch(&format!("network.gexf?{query}"), "public").await;
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((found, body["errors"][0]["extensions"]["code"].as_str()), (status, Some(code)), "{query}: {body}");
    }
    for (language, text) in
        [("it", "Il parametro \"hops\" non è valido."), ("en", "The parameter \"hops\" is not valid.")]
    {
        let request = house.client.get(format!("{}/export/network.svg?province=BO&hops=x", house.origin));
        let answer = request.header(header::ACCEPT_LANGUAGE, language).send().await.unwrap();
        let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        assert_eq!(body["errors"][0]["message"], text);
    }
    assert_eq!(house.fetch("network.pdf?national=true", "public").await.0, 404);
    // A project that the public may not see, and one that never was.
    let hidden: uuid::Uuid =
        sqlx::query_scalar("select id from project where audience > 2 and status <> 'rejected' order by id limit 1")
            .fetch_one(&mut house.hub.maintenance().await)
            .await
            .unwrap();
    let mut answers = Vec::new();
    for id in [hidden, uuid::Uuid::from_u128(7)] {
        let path = format!("network.json?around={}", *NodeId::new("Project", id).id());
        let (status, _, body) = house.fetch(&path, "public").await;
        let mut body: Value = serde_json::from_slice(&body).unwrap();
        body["errors"][0]["extensions"]["requestId"].take();
        answers.push((status, body));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0, 404);
}

#[tokio::test]
async fn a_public_file_may_be_kept_and_what_is_somebodys_is_written_into_the_audit() {
    let house = House::new().await;
    let path = "network.csv?province=BO&asOf=2024-06-30";
    let (_, headers, _) = house.fetch(path, "public").await;
    let version = house.hub.hub.reference::<NetworkSnapshot>().version;
    let name = format!("attachment; filename=\"raccordo-network-bologna-2024-06-30-v{version}-edges.csv\"");
    assert_eq!(headers[header::CONTENT_DISPOSITION], name);
    let request = house.client.get(format!("{}/export/{path}", house.origin));
    let again = request.header(header::IF_NONE_MATCH, &headers[header::ETAG]).send().await.unwrap();
    assert_eq!((again.status().as_u16(), again.bytes().await.unwrap().len()), (304, 0));
    let (_, headers, _) = house.fetch(path, "dlci").await;
    assert_eq!((headers.get(header::ETAG), &headers[header::CACHE_CONTROL]), (None, &"no-store".parse().unwrap()));

    let written: Vec<(Option<String>, String, Value)> = sqlx::query_as(
        "select persona, outcome, c.changes from audit_entry e join audit_change c on c.seq = e.seq
         where action = 'export_network' order by e.seq",
    )
    .fetch_all(&mut house.hub.maintenance().await)
    .await
    .unwrap();
    assert_eq!(written.len(), 1, "none for the public");
    assert_eq!((written[0].0.as_deref(), written[0].1.as_str()), (Some("dlci"), "done"));
    assert_eq!((&written[0].2["format"]["after"], &written[0].2["province"]["after"]), (&json!("csv"), &json!("BO")));
}

#[tokio::test]
async fn the_operator_gets_the_same_file_whole_or_none() {
    let house = House::new().await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("bologna.gexf");
    let office = house.hub.viewer("prefettura-bologna").await.organisation;
    let question = Question::read("province=BO&asOf=2024-06-30", TODAY).unwrap();
    for (organisation, level) in [(None, "public"), (office, "prefettura-bologna")] {
        operator::export(&house.hub.hub, &question, Format::Gexf, organisation, Locale::Italian, &out).await.unwrap();
        let direct = house.file("network.gexf?province=BO&asOf=2024-06-30", level).await;
        assert!(std::fs::read(&out).unwrap() == direct, "as {level}");
    }
    let nowhere = Question::read("province=XX", TODAY).unwrap();
    let kept = std::fs::read(&out).unwrap();
    let refused = operator::export(&house.hub.hub, &nowhere, Format::Gexf, None, Locale::Italian, &out).await;
    assert!(refused.is_err() && std::fs::read(&out).unwrap() == kept, "what was there stays");
    let refused =
        operator::export(&house.hub.hub, &question, Format::Gexf, Some(uuid::Uuid::nil()), Locale::Italian, &out).await;
    assert!(refused.unwrap_err().to_string().contains("no organisation"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half is left");
}

#[tokio::test]
async fn a_link_is_a_new_one_each_time_that_it_is_asked_for() {
    let house = House::new().await;
    let export = "export(format: CSV) { url expiresAt }";
    for fields in [export, "nodeCount nodes { id x y } export(format: CSV) { url }"] {
        let query = format!("{{ network(scope: {{ province: \"BO\" }}) {{ {fields} }} }}");
        let mut links = std::collections::BTreeSet::new();
        for _ in 0..5 {
            let answer = house.graphql(&query, "dlci").await;
            links.insert(answer["network"]["export"]["url"].as_str().unwrap().to_owned());
        }
        assert_eq!(links.len(), 5, "{fields}: an answer with a link is not kept");
    }
}
