//! Partners and the central department work with subgraphs on the command line, against a hub that is served.

use std::process::Stdio;

use raccordo::access::Settings;
use raccordo::access::persona::Persona;
use raccordo::access::secret::Secret;
use raccordo::access::token::DemoKey;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::levels::SMALL;
use crate::machines::{Machines, Registration, Shows};

const PARTNER: &str = "ong-bologna";
const CENTRAL: &str = "dlci";
/// What a first version needs besides its schema.
const FIRST: [&str; 12] = [
    "--url",
    "https://sportelli.example.org/graphql",
    "--term",
    "Municipality.population",
    "--purpose",
    "Sportelli per abitante",
    "--until",
    "2099-12-31",
    "--contact",
    "sportelli@example.org",
    "--description",
    "Sportelli",
];

fn sdl(more: &str) -> String {
    format!(
        "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.5\", import: [\"@key\", \"@external\", \"@requires\"])
type Municipality @key(fields: \"id\") {{
  id: ID!
  population: Int @external
  sportelliRate: Float @requires(fields: \"population\")
  {more}
}}"
    )
}

/// A served hub, and a folder with the schema `sportelli.graphql`.
struct Registry {
    machines: Machines,
    key: DemoKey,
    folder: tempfile::TempDir,
}

/// How a command ended.
#[derive(Debug)]
struct Ran {
    code: i32,
    told: String,
    error: String,
}

impl Ran {
    /// Lines of the answer.
    fn lines(&self) -> Vec<&str> {
        self.told.lines().collect()
    }
}

impl Registry {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = DemoKey::read_or_make(folder.path()).unwrap();
        let access = Settings { demo_key: Some(key.clone()), hub_key: Some(Secret::random()), ..Settings::default() };
        let registry = Self { machines: Machines::start(SMALL, access).await, key, folder };
        registry.writes(&sdl(""));
        registry
    }

    fn writes(&self, sdl: &str) {
        std::fs::write(self.folder.path().join("sportelli.graphql"), sdl).unwrap();
    }

    fn token(&self, persona: &str) -> String {
        self.key.token(Persona::find(persona).unwrap()).unwrap()
    }

    /// `raccordo` with these variables, and what it reads from standard input.
    async fn with(&self, variables: &[(&str, &str)], arguments: &[&str], input: &str) -> Ran {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_raccordo"));
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command
            .env("XDG_CONFIG_HOME", self.folder.path())
            .env("RACCORDO_HUB", format!("http://{}", self.machines.address))
            .envs(variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut running = command.spawn().unwrap();
        running.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
        let ended = running.wait_with_output().await.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: ended.status.code().unwrap(), told: text(ended.stdout), error: text(ended.stderr) }
    }

    async fn run(&self, persona: &str, arguments: &[&str]) -> Ran {
        self.with(&[("RACCORDO_TOKEN", &self.token(persona))], arguments, "").await
    }

    async fn publish(&self, more: &[&str]) -> Ran {
        let arguments = ["subgraph", "publish", "--name", "sportelli", "--sdl", "sportelli.graphql"];
        self.run(PARTNER, &[&arguments, more].concat()).await
    }

    async fn approve(&self, more: &[&str]) -> Ran {
        self.run(CENTRAL, &[&["subgraph", "approve", "--name", "sportelli"], more].concat()).await
    }

    /// The list's line about the subgraph, as far as the columns before its health.
    async fn listed(&self, persona: &str) -> Vec<String> {
        let listed = self.run(persona, &["subgraph", "list"]).await;
        assert_eq!(listed.code, 0, "{listed:?}");
        let line = listed.lines().get(1).copied().unwrap_or_default().to_owned();
        line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).take(5).map(str::to_owned).collect()
    }
}

#[tokio::test]
async fn a_subgraph_is_handed_in_approved_published_anew_and_withdrawn() {
    let hub = Registry::open().await;
    let lacking = hub.publish(&["--url", "https://sportelli.example.org/graphql"]).await;
    assert_eq!((lacking.code, lacking.told.as_str()), (2, ""));
    assert!(lacking.error.contains("needs --purpose, --until, --contact, --description"), "{lacking:?}");

    let tried = hub.publish(&[&FIRST[..], &["--dry-run"]].concat()).await;
    assert_eq!(tried.code, 0, "{tried:?}");
    assert_eq!(tried.lines()[0], "sportelli: version 1 would wait for the central department's approval");
    assert_eq!(hub.listed(PARTNER).await, Vec::<String>::new(), "a dry run leaves nothing");

    let first = hub.publish(&FIRST).await;
    assert_eq!(first.code, 0, "{first:?}");
    let told = "sportelli: version 1 waits for the central department's approval";
    assert_eq!(first.lines()[..2], [told, "For callers:"]);
    assert!(first.told.contains("sportelliRate"), "{first:?}");
    let again = hub.publish(&[]).await;
    let told = "sportelli: version 1 says the same and waits for the central department's approval\n";
    assert_eq!((again.code, again.told.as_str()), (0, told));
    let listed = hub.listed(PARTNER).await;
    assert_eq!(listed[..3], ["sportelli", "proposed", "1 waits"]);
    assert_eq!(listed[4], "2099-12-31");

    let looked = hub.approve(&["--dry-run"]).await;
    let terms = "is sent Municipality.population, until 2099-12-31, for: Sportelli per abitante";
    let at = format!("sportelli: version 1 at https://sportelli.example.org/graphql {terms}");
    assert_eq!(looked.lines()[..2], [at.as_str(), "sportelli: version 1 would be served"]);
    let other = hub.approve(&["--only-version", "2"]).await;
    assert_eq!((other.code, other.error.as_str()), (1, "error: version 1 of sportelli waits for approval\n"));
    let own = hub.run(PARTNER, &["subgraph", "approve", "--name", "sportelli"]).await;
    assert_eq!(own.code, 1);
    assert!(own.lines()[1].starts_with("OWN_ORGANISATION_ONLY "), "{own:?}");
    let approved = hub.approve(&["--only-version", "1"]).await;
    assert_eq!((approved.code, approved.lines()[1]), (0, "sportelli: version 1 is served"));
    let again = hub.approve(&["--only-version", "1"]).await;
    assert_eq!((again.code, again.told.as_str()), (0, "sportelli: version 1 is served already\n"));

    // What is not given again is as it was; what does not change is told, and publishes nothing.
    hub.writes(&sdl("sportelliOpen: Boolean"));
    let second = hub.publish(&[]).await;
    assert_eq!((second.code, second.lines()[0]), (0, "sportelli: version 2 is served"));
    assert!(second.told.contains("sportelliOpen") && !second.told.contains("(breaking)"), "{second:?}");
    let again = hub.publish(&FIRST).await;
    assert_eq!((again.code, again.told.as_str()), (0, "sportelli: version 2 says the same and is served\n"));
    let other = hub.publish(&["--contact", "altri@example.org"]).await;
    assert_eq!(other.error, "--contact is left as it was first handed in: sportelli@example.org\n");
    hub.writes(&sdl(""));
    let third = hub.publish(&[]).await;
    let told = "sportelli: version 3 waits for the central department's approval; version 2 is served";
    assert_eq!((third.code, third.lines()[0]), (0, told));
    assert!(third.lines()[2].ends_with("(breaking)"), "{third:?}");
    assert_eq!(hub.listed(CENTRAL).await[..3], ["sportelli", "approved", "2, 3 waits"]);
    assert_eq!(hub.listed("prefettura-bologna").await, Vec::<String>::new(), "it is not for others to see");

    let withdraw = ["subgraph", "withdraw", "--name", "sportelli", "--reason"];
    let tried = hub.run(PARTNER, &[&withdraw[..], &["Cessato", "--dry-run"]].concat()).await;
    assert_eq!((tried.code, tried.told.as_str()), (0, "sportelli: would be withdrawn from the graph, for good\n"));
    let unsaid = hub.run(PARTNER, &[&withdraw[..], &[" "]].concat()).await;
    assert!(unsaid.code == 1 && unsaid.told.starts_with("--reason: LINE_REQUIRED "), "{unsaid:?}");
    let gone = hub.run(PARTNER, &[&withdraw[..], &["Cessato"]].concat()).await;
    assert_eq!((gone.code, gone.told.as_str()), (0, "sportelli: withdrawn from the graph, for good\n"));
    assert_eq!(hub.listed(PARTNER).await[..3], ["sportelli", "withdrawn", "-"]);
    let late = hub.publish(&[]).await;
    assert!(late.code == 1 && late.told.starts_with("STEP_NOT_ALLOWED "), "{late:?}");
    let nothing = hub.approve(&[]).await;
    assert_eq!((nothing.code, nothing.error.as_str()), (1, "error: no version of sportelli waits for approval\n"));
}

#[tokio::test]
async fn what_breaks_a_rule_is_told_by_its_place_in_the_file_or_by_its_argument() {
    let hub = Registry::open().await;
    hub.writes(&sdl("name: String"));
    let refused = hub.publish(&FIRST).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    let expected = "sportelli.graphql:6:3 FIELD_SHADOWED Municipality.name: ";
    assert!(refused.lines()[0].starts_with(expected), "{refused:?}");
    assert!(refused.lines().iter().all(|line| line.starts_with("sportelli.graphql:6:")), "{refused:?}");

    let variables = [("RACCORDO_TOKEN", &*hub.token(PARTNER))];
    let arguments = [&["subgraph", "publish", "--name", "sportelli", "--sdl", "-"], &FIRST[..]].concat();
    let piped = hub.with(&variables, &arguments, "type Query {").await;
    assert!(piped.code == 1 && piped.told.starts_with("-:1:"), "{piped:?}");

    hub.writes(&sdl(""));
    let mut elsewhere = FIRST;
    (elsewhere[1], elsewhere[7]) = ("https://10.0.0.1/graphql", "2020-01-01");
    let refused = hub.publish(&elsewhere).await;
    let starts: Vec<String> =
        refused.lines().iter().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!((refused.code, starts), (1, vec!["--url: ADDRESS_PRIVATE".into(), "--until: TERMS_OVER".into()]));
    assert_eq!(hub.publish(&["--until", "tomorrow"]).await.code, 2);
    assert_eq!(hub.publish(&["--no-terms", "--term", "Municipality.name"]).await.code, 2);
    assert_eq!(hub.listed(PARTNER).await, Vec::<String>::new());
    let unknown = hub.approve(&[]).await;
    let told = "error: the hub has no subgraph \"sportelli\" that you may see\n";
    assert_eq!((unknown.code, unknown.error.as_str()), (1, told));
}

#[tokio::test]
async fn an_earlier_graph_is_put_back_in_one_command() {
    let hub = Registry::open().await;
    let back = ["supergraph", "roll-back", "--to", "1"];
    let none = hub.run(CENTRAL, &back).await;
    assert_eq!((none.code, none.error.as_str()), (1, "error: the hub has served no graph yet\n"));
    hub.publish(&FIRST).await;
    hub.approve(&[]).await;
    hub.writes(&sdl("sportelliOpen: Boolean"));
    hub.publish(&[]).await;
    let partners = hub.run(PARTNER, &back).await;
    assert!(partners.code == 1 && partners.told.starts_with("OWN_ORGANISATION_ONLY "), "{partners:?}");
    let nowhere = hub.run(CENTRAL, &["supergraph", "roll-back", "--to", "9"]).await;
    assert!(nowhere.code == 1 && nowhere.told.starts_with("--to: NOT_FOUND "), "{nowhere:?}");
    let done = hub.run(CENTRAL, &back).await;
    assert_eq!((done.code, done.told.as_str()), (0, "graph 3 is served in place of 2, like 1: sportelli 1\n"));

    // Which graphs there were is no secret.
    let listed = hub.with(&[], &["supergraph", "list"], "").await;
    assert_eq!(listed.code, 0, "{listed:?}");
    let rows: Vec<Vec<&str>> = listed.lines()[1..]
        .iter()
        .map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect())
        .collect();
    let told: Vec<[&str; 3]> = rows.iter().map(|row| [row[0], row[2], row[3]]).collect();
    let expected = [
        ["3", "rolled back to 1", "sportelli 1"],
        ["2", "publication", "sportelli 2"],
        ["1", "publication", "sportelli 1"],
    ];
    assert_eq!(told, expected);
    // A version that was put aside may be published again.
    let again = hub.publish(&[]).await;
    assert_eq!((again.code, again.lines()[0]), (0, "sportelli: version 3 is served"));
}

#[tokio::test]
async fn a_program_publishes_with_its_secret() {
    let hub = Registry::open().await;
    hub.publish(&FIRST).await;
    hub.approve(&[]).await;
    hub.writes(&sdl("sportelliOpen: Boolean"));
    let program = Registration {
        organisation: "persona:ong-bologna",
        scopes: &["subgraph:write"],
        ..Registration::new(Shows::Secret)
    };
    let client = hub.machines.register(program).await;
    let (id, secret) = (client.to_string(), hub.machines.secret(client).await);
    let arguments = ["subgraph", "publish", "--name", "sportelli", "--sdl", "sportelli.graphql"];
    let wrong = hub.with(&[("RACCORDO_CLIENT_ID", &id), ("RACCORDO_CLIENT_SECRET", "wrong")], &arguments, "").await;
    assert_eq!(wrong.code, 1);
    assert!(wrong.error.starts_with("error: the hub gives this program no token (invalid_client): "), "{wrong:?}");
    let variables = [("RACCORDO_CLIENT_ID", &*id), ("RACCORDO_CLIENT_SECRET", secret.reveal())];
    let published = hub.with(&variables, &arguments, "").await;
    assert_eq!((published.code, published.lines()[0]), (0, "sportelli: version 2 is served"));
    let withdraw = ["subgraph", "withdraw", "--name", "sportelli", "--reason", "Cessato"];
    let persons = hub.with(&variables, &withdraw, "").await;
    assert!(persons.code == 1 && persons.told.starts_with("PERSON_REQUIRED "), "{persons:?}");
    std::fs::write(hub.folder.path().join("secret"), secret.reveal()).unwrap();
    let by_file = ["subgraph", "list", "--client-id", &id, "--client-secret-file", "secret"];
    let listed = hub.with(&[], &by_file, "").await;
    assert!(listed.code == 0 && listed.told.contains("sportelli"), "{listed:?}");
}

#[tokio::test]
async fn who_is_not_let_in_or_finds_no_hub_is_told_so_in_a_line() {
    let hub = Registry::open().await;
    let list = ["subgraph", "list"];
    let none = hub.with(&[], &list, "").await;
    assert!(none.code == 2 && none.error.starts_with("error: no credential: "), "{none:?}");
    let wrong = hub.with(&[("RACCORDO_TOKEN", "a.b.c")], &list, "").await;
    let told = "error: the hub refuses the credential: The token is not valid here.\n";
    assert_eq!((wrong.code, wrong.error.as_str()), (1, told));

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let away = hub.with(&[], &["supergraph", "list", "--hub", &format!("http://{free}")], "").await;
    let told = format!("error: the hub at http://{free} cannot be reached: ");
    assert!(away.code == 1 && away.error.starts_with(&told) && away.error.lines().count() == 1, "{away:?}");

    let page = axum::Router::new().route("/graphql", axum::routing::post(|| async { "<p>A page</p>" }));
    let moved = axum::Router::new().route(
        "/graphql",
        axum::routing::post(|| async { axum::response::Redirect::permanent("https://hub.example") }),
    );
    for (other, why) in [(page, "is no hub (200 OK)"), (moved, "sends elsewhere (308 Permanent Redirect)")] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, other).await });
        let ran =
            hub.with(&[("RACCORDO_TOKEN", "secret-token")], &[&list[..], &["--hub", &address]].concat(), "").await;
        assert!(ran.code == 1 && ran.error.contains(why) && !ran.error.contains("secret-token"), "{ran:?}");
    }
    for wrong in ["hub.example", "ftp://hub.example", "https://name:password@hub.example"] {
        assert_eq!(hub.with(&[], &["supergraph", "list", "--hub", wrong], "").await.code, 2, "{wrong}");
    }
}
