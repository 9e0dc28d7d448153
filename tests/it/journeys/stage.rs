//! A deployment: two replicas of the hub over one database, behind a balancer, and two partners whose subgraphs are in the graph.

use std::sync::Arc;

use raccordo::access::persona::Persona;
use raccordo::access::secret::Secret;
use raccordo::access::token::DemoKey;
use raccordo_examples::access::Hub;
use raccordo_examples::serving::{self, Schema};
use raccordo_examples::{observatory, sdl, services};
use reqwest::Client;
use serde_json::{Value, json};
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use tokio::sync::SemaphorePermit;

use super::processes::{Replica, Service, Settings, balance};
use super::writers;
use crate::embedded::folder;
use crate::hub::{Copy, places};
use crate::levels::SMALL;

/// By which gateways get the graph.
pub const ROUTER_KEY: &str = "a key that routers know";

/// Projects that the observatory's courses are paid by are not for everybody: each kind of visibility is among them.
const VISIBILITIES: &str =
    "with paid as (select id, row_number() over (order by cup) as place from project where cup like 'Z%')
    update project set visibility = (array['public', 'network', 'territory', 'institutional', 'owner'])[1 + place % 5]
    from paid where paid.id = project.id";

pub struct Stage {
    /// Where the balancer is.
    pub hub: String,
    pub replicas: Vec<Replica>,
    pub services: Service,
    pub observatory: Service,
    pub client: Client,
    key: DemoKey,
    copy: Copy,
    _data: tempfile::TempDir,
    _places: SemaphorePermit<'static>,
}

impl Stage {
    pub async fn set() -> Self {
        let places = places(2).await;
        let copy = Copy::of(SMALL);
        let mut connection = PgConnection::connect_with(&copy.options()).await.unwrap();
        connection.execute(VISIBILITIES).await.unwrap();

        let data = folder();
        let key = DemoKey::read_or_make(data.path()).unwrap();
        let file = |name: &str, content: &str| {
            let path = data.path().join(name);
            std::fs::write(&path, content).unwrap();
            path.display().to_string()
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hub = format!("http://{}", listener.local_addr().unwrap());
        let environment = vec![
            ("DATABASE_URL", copy.options().to_url_lossy().to_string()),
            ("RACCORDO_DATABASE_POOL_SIZE", "3".to_owned()),
            ("RACCORDO_HUB_KEY_FILE", file("hub-key", Secret::random().reveal())),
            ("RACCORDO_ROUTER_KEY_FILE", file("router-key", ROUTER_KEY)),
            ("RACCORDO_PUBLIC_URL", hub.clone()),
            ("RACCORDO_CONFIG", file("raccordo.toml", "partner_networks = [\"127.0.0.0/8\"]\n")),
            ("RACCORDO_REQUEST_TIMEOUT", "60s".to_owned()),
            ("RUST_LOG", "warn,sqlx=error".to_owned()),
        ];
        let settings = Arc::new(Settings { data_dir: data.path().to_owned(), environment });
        let replicas = vec![Replica::start(&settings).await, Replica::start(&settings).await];
        tokio::spawn(balance(listener, replicas.iter().map(|replica| replica.port).collect()));

        let (desks, courses) = (services::schema().unwrap(), observatory::schema().unwrap());
        let offers = [
            (services::NAME, sdl::published(&desks), ["Municipality.code", "Municipality.population"]),
            (observatory::NAME, sdl::published(&courses), ["Province.code", "Project.cup"]),
        ];
        let services = service(&hub, services::NAME, desks);
        let observatory = service(&hub, observatory::NAME, courses);
        let client = Client::new();
        let stage = Self { hub, replicas, services, observatory, client, key, copy, _data: data, _places: places };
        for ((name, sdl, terms), service) in offers.into_iter().zip([&stage.services, &stage.observatory]) {
            stage.join(name, &sdl, &terms, &service.url()).await;
        }
        stage
    }

    pub fn token(&self, persona: &str) -> Option<String> {
        Persona::find(persona).map(|persona| self.key.token(persona).unwrap())
    }

    /// What the hub or a gateway answers to somebody; `public` has no token.
    ///
    /// # Errors
    /// There is no answer, or none that is JSON.
    pub async fn ask(&self, url: &str, persona: &str, query: &str, variables: Value) -> reqwest::Result<Value> {
        let mut request = self.client.post(url).json(&json!({ "query": query, "variables": variables }));
        if let Some(token) = self.token(persona) {
            request = request.bearer_auth(token);
        }
        request.header("accept-language", "en").send().await?.json().await
    }

    /// What the hub itself answers.
    pub async fn direct(&self, persona: &str, query: &str, variables: Value) -> Value {
        self.ask(&format!("{}/graphql", self.hub), persona, query, variables).await.expect("the hub answers")
    }

    /// An office drafts an agreement.
    pub async fn draft(&self, title: &str) {
        let input = json!({ "title": title, "partyIds": [], "validFrom": "2026-01-01" });
        let answer = self.direct("prefettura-bologna", writers::DRAFT, json!({ "input": input })).await;
        assert!(answer["data"]["draftAgreement"]["agreement"].is_object(), "{answer:#}");
    }

    pub async fn connection(&self) -> PgConnection {
        PgConnection::connect_with(&self.copy.options()).await.unwrap()
    }

    /// A subgraph is handed in and approved.
    async fn join(&self, name: &str, sdl: &str, terms: &[&str], url: &str) {
        let offer = json!({ "name": name, "description": name, "contact": "servizi@example.org", "routingUrl": url,
            "sdl": sdl, "terms": { "fields": terms, "purpose": "Dati d'esempio", "until": "2099-12-31" } });
        let propose = "mutation($input: ProposeSubgraphInput!) {
            done: proposeSubgraph(input: $input) { subgraph { id version } userErrors { message } } }";
        let made = self.done("ong-bologna", propose, offer).await;
        let input = json!({ "subgraphId": made["id"], "expectedVersion": made["version"] });
        let approve = "mutation($input: ApproveSubgraphInput!) {
            done: approveSubgraph(input: $input) { subgraph { id version } userErrors { message } } }";
        self.done("dlci", approve, input).await;
    }

    async fn done(&self, persona: &str, mutation: &str, input: Value) -> Value {
        let answer = self.direct(persona, mutation, json!({ "input": input })).await;
        assert!(answer["data"]["done"]["subgraph"].is_object(), "{answer:#}");
        answer["data"]["done"]["subgraph"].clone()
    }
}

fn service<Q: async_graphql::ObjectType + 'static>(hub: &str, name: &str, schema: Schema<Q>) -> Service {
    let hub = hub.parse().unwrap();
    Service::new(serving::router(schema, Some(Hub::new(&hub, &hub, name).unwrap())))
}
