//! Officers who write through a gateway while something is killed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::stage::Stage;
use super::within;

const WRITERS: usize = 4;
pub const DRAFT: &str = "mutation($input: DraftAgreementInput!) {
    draftAgreement(input: $input) { agreement { id } userErrors { message } } }";

/// A write that was acknowledged.
struct Written {
    writer: usize,
    title: String,
    began: Instant,
    ended: Instant,
}

/// Each drafts one agreement after another. What was not acknowledged is sent again under its key of idempotency, as a careful
/// client does.
pub struct Writers {
    written: Arc<Mutex<Vec<Written>>>,
    stop: Arc<AtomicBool>,
    tasks: JoinSet<()>,
}

impl Writers {
    /// They begin; all have written something when this returns.
    pub async fn begin(stage: &Stage, url: &str, run: &str) -> Self {
        let (written, stop) = (Arc::<Mutex<Vec<Written>>>::default(), Arc::<AtomicBool>::default());
        let mut tasks = JoinSet::new();
        let token = stage.token("prefettura-bologna").unwrap();
        for writer in 0..WRITERS {
            let (client, url, token, run) = (stage.client.clone(), url.to_owned(), token.clone(), run.to_owned());
            let (written, stop) = (written.clone(), stop.clone());
            tasks.spawn(async move {
                for number in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let title = format!("{run} {writer} {number}");
                    let began = Instant::now();
                    while !is_acknowledged(&client, &url, &token, &title).await {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    written.lock().unwrap().push(Written { writer, title, began, ended: Instant::now() });
                }
            });
        }
        let writers = Self { written, stop, tasks };
        writers.until_all_wrote_after(Instant::now()).await;
        writers
    }

    /// Waits until each has begun and ended a write after a moment; the time from then to the last of these.
    pub async fn until_all_wrote_after(&self, moment: Instant) -> Duration {
        let last = || {
            let written = self.written.lock().unwrap();
            let first = |writer| written.iter().find(|it| it.writer == writer && it.began > moment).map(|it| it.ended);
            (0..WRITERS).map(first).collect::<Option<Vec<_>>>().and_then(|ended| ended.into_iter().max())
        };
        within("everybody can write again", async || last().is_some()).await;
        last().expect("they wrote") - moment
    }

    /// They end, and each acknowledged write is there once; how many they were.
    pub async fn end(mut self, stage: &Stage) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
        let mut connection = stage.connection().await;
        let titles: Vec<String> =
            sqlx::query_scalar("select title from agreement").fetch_all(&mut connection).await.unwrap();
        let written = self.written.lock().unwrap();
        for Written { title, .. } in written.iter() {
            assert_eq!(titles.iter().filter(|it| *it == title).count(), 1, "{title} was acknowledged");
        }
        written.len()
    }
}

async fn is_acknowledged(client: &Client, url: &str, token: &str, title: &str) -> bool {
    let input = json!({ "title": title, "partyIds": [], "validFrom": "2026-01-01", "idempotencyKey": title });
    let body = json!({ "query": DRAFT, "variables": { "input": input } });
    let Ok(answer) = client.post(url).bearer_auth(token).json(&body).send().await else { return false };
    let Ok(answer) = answer.json::<Value>().await else { return false };
    assert!(answer["data"]["draftAgreement"]["userErrors"].as_array().is_none_or(Vec::is_empty), "{answer:#}");
    answer["data"]["draftAgreement"]["agreement"]["id"].is_string()
}
