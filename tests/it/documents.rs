//! Documents attached to records: what is taken in, who gets it, and that nothing is left behind.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::body::Bytes;
use axum::extract::{Path as UrlPath, RawQuery, State};
use axum::http::StatusCode;
use axum::routing::get;
use futures_util::TryStreamExt as _;
use raccordo::access::persona::stable_id;
use raccordo::documents::store::{Content, S3, S3Settings, Store as _};
use raccordo::http::Settings;
use reqwest::{Body, Method, Response, header};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use crate::http::Served;
use crate::levels::SMALL;
use crate::people::id;

const AGREEMENT: &str = "agreement { id version status }";
pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n";

/// A served hub with a folder for content, up to a kilobyte each.
pub struct Archive {
    pub hub: Served,
    pub folder: tempfile::TempDir,
}

impl Archive {
    pub async fn open() -> Self {
        let hub = Served::with(SMALL, Settings::default()).await;
        let folder = tempfile::tempdir().unwrap();
        hub.hub.hub.provide(Content::in_directory(folder.path(), 1024).unwrap());
        Self { hub, folder }
    }

    pub async fn send(&self, persona: &str, query: &str, body: impl Into<Body>) -> Response {
        let mut request = self.hub.request(Method::POST, &format!("/documents?{query}")).body(body);
        if persona != "public" {
            request = request.bearer_auth(self.hub.token(persona));
        }
        request.send().await.unwrap()
    }

    /// Attaches a PDF as the office of Bologna; gives what was answered.
    async fn attach(&self, record: &str, title: &str) -> Value {
        let query = format!("record={record}&fileName=atto.pdf&title={title}");
        let answer = self.send("prefettura-bologna", &query, PDF).await;
        assert_eq!(answer.status(), 201, "{:?}", answer.text().await);
        answer.json().await.unwrap()
    }

    pub async fn get(&self, persona: &str, path: &str) -> Response {
        let mut request = self.hub.request(Method::GET, path);
        if persona != "public" {
            request = request.bearer_auth(self.hub.token(persona));
        }
        request.send().await.unwrap()
    }

    /// `done`: what a persona does in the graph.
    async fn done(&self, persona: &str, verb: &str, input: Value) -> Value {
        let viewer = self.hub.hub.persona(persona).await;
        self.hub.hub.done(&viewer, verb, AGREEMENT, input).await
    }

    /// An agreement that the office of Bologna drafts with an association.
    pub async fn agreement(&self) -> Value {
        let party = id("Organisation", stable_id("persona:ong-bologna"));
        let draft = json!({ "title": "Protocollo", "partyIds": [party], "validFrom": "2026-01-01" });
        self.done("prefettura-bologna", "draftAgreement", draft).await
    }

    pub async fn rows(&self) -> i64 {
        let mut connection = self.hub.hub.maintenance().await;
        sqlx::query_scalar("select count(*) from document").fetch_one(&mut connection).await.unwrap()
    }

    /// Files of content and of uploads under way.
    pub fn files(&self) -> (usize, usize) {
        (files(&self.folder.path().join("content")), files(&self.folder.path().join("incoming")))
    }
}

fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

fn on(payload: &Value) -> Value {
    json!({ "agreementId": payload["agreement"]["id"], "expectedVersion": payload["agreement"]["version"] })
}

/// Status and stable reason of a refusal.
pub async fn refusal(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    let told = &body["errors"][0]["extensions"];
    (status, told["reason"].as_str().or(told["code"].as_str()).unwrap_or_default().to_owned())
}

pub fn path(document: &Value) -> String {
    let url = document["url"].as_str().unwrap();
    url[url.find("/documents/").unwrap()..].to_owned()
}

#[tokio::test]
async fn a_document_is_there_for_whom_its_record_is_there_and_follows_it() {
    let archive = Archive::open().await;
    let made = archive.agreement().await;
    let record = made["agreement"]["id"].as_str().unwrap();
    let document = archive.attach(record, "Testo+firmato").await;
    assert_eq!((&document["title"], &document["contentType"]), (&json!("Testo firmato"), &json!("application/pdf")));
    assert_eq!(document["size"], PDF.len());
    let seen_by = async |expected: &[&str]| {
        for persona in ["dlci", "prefettura-bologna", "consiglio-bologna", "ong-bologna", "public"] {
            let status = archive.get(persona, &path(&document)).await.status().as_u16();
            assert_eq!(status, if expected.contains(&persona) { 200 } else { 404 }, "{persona}");
        }
    };
    seen_by(&["prefettura-bologna"]).await;
    let opened = archive.done("prefettura-bologna", "openAgreementForSigning", on(&made)).await;
    seen_by(&["prefettura-bologna", "ong-bologna"]).await;
    archive.done("prefettura-bologna", "signAgreement", on(&opened)).await;
    archive.done("ong-bologna", "signAgreement", on(&opened)).await;
    seen_by(&["dlci", "prefettura-bologna", "consiglio-bologna", "ong-bologna", "public"]).await;

    let query =
        "query($id: ID!) { agreement(by: { id: $id }) { documents { totalCount nodes { id title fileName contentType
        size sha256 url version uploadedBy { name } history { nodes { action } } } } } }";
    let public = raccordo::access::Viewer::public();
    let answer = archive.hub.hub.execute(&public, query, json!({ "id": record })).await;
    let listed = &answer.data()["agreement"]["documents"];
    assert_eq!((&listed["totalCount"], &listed["nodes"][0]["id"]), (&json!(1), &document["id"]));
    for field in ["title", "fileName", "contentType", "size", "sha256", "url", "version"] {
        assert_eq!(listed["nodes"][0][field], document[field], "{field}");
    }
    assert_eq!(listed["nodes"][0]["history"]["nodes"], json!([]), "it was attached before the public saw it");
    assert!(listed["nodes"][0]["uploadedBy"]["name"].is_string());
}

#[tokio::test]
async fn content_is_stored_by_browsers_and_shown_only_where_nothing_can_run() {
    let archive = Archive::open().await;
    let made = archive.agreement().await;
    let record = made["agreement"]["id"].as_str().unwrap();
    let text =
        archive.send("prefettura-bologna", &format!("record={record}&fileName=l%27et%C3%A0.txt"), "età;1\n").await;
    let text: Value = text.json().await.unwrap();
    let pdf = archive.attach(record, "Atto").await;
    for (document, query, disposition) in [
        (&pdf, "", "attachment; filename*=UTF-8''atto.pdf"),
        (&pdf, "?inline", "inline; filename*=UTF-8''atto.pdf"),
        (&text, "?inline", "attachment; filename*=UTF-8''l%27et%C3%A0.txt"),
    ] {
        let answer = archive.get("prefettura-bologna", &(path(document) + query)).await;
        let headers = answer.headers();
        let told = |name: header::HeaderName| headers[name].to_str().unwrap().to_owned();
        assert_eq!(told(header::CONTENT_DISPOSITION), disposition);
        assert_eq!(told(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert!(told(header::CONTENT_SECURITY_POLICY).starts_with("sandbox;"));
        assert_eq!(told(header::CONTENT_TYPE), document["contentType"].as_str().unwrap());
        assert_eq!(told(header::ETAG), format!("\"{}\"", document["sha256"].as_str().unwrap()));
        assert!(told(header::CACHE_CONTROL).starts_with("private"));
    }
    let token = archive.hub.token("prefettura-bologna");
    let again = archive.hub.request(Method::GET, &path(&pdf)).bearer_auth(token);
    let again = again.header(header::IF_NONE_MATCH, format!("\"{}\"", pdf["sha256"].as_str().unwrap()));
    assert_eq!(again.send().await.unwrap().status(), 304);
    assert_eq!(archive.get("prefettura-bologna", &path(&pdf)).await.bytes().await.unwrap(), PDF);
    for path in ["/documents/x".to_owned(), format!("/documents/{}", Uuid::nil())] {
        assert_eq!(archive.get("prefettura-bologna", &path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn what_is_refused_leaves_nothing_behind() {
    let archive = Archive::open().await;
    let made = archive.agreement().await;
    let record = made["agreement"]["id"].as_str().unwrap().to_owned();
    let (office, large) = ("prefettura-bologna", vec![b'a'; 1025]);
    let council = id("Organisation", stable_id("office:PREF-BO"));
    for (persona, query, body, expected) in [
        (
            office,
            format!("record={record}&fileName=atto.pdf"),
            b"MZ\x90\x00\x03".to_vec(),
            (415, "FILE_TYPE_NOT_ALLOWED"),
        ),
        (
            office,
            format!("record={record}&fileName=atto.pdf"),
            b"<html><script>".to_vec(),
            (415, "FILE_TYPE_NOT_ALLOWED"),
        ),
        (
            office,
            format!("record={record}&fileName=atto.txt"),
            b" <svg onload=x>".to_vec(),
            (415, "FILE_TYPE_NOT_ALLOWED"),
        ),
        (office, format!("record={record}&fileName=atto.png"), PDF.to_vec(), (415, "FILE_TYPE_MISMATCH")),
        (office, format!("record={record}&fileName=atto.pdf.exe"), PDF.to_vec(), (415, "FILE_TYPE_MISMATCH")),
        (office, format!("record={record}"), Vec::new(), (400, "FILE_EMPTY")),
        (office, format!("record={record}"), large.clone(), (413, "FILE_TOO_LARGE")),
        (office, format!("record={record}&title={}", "x".repeat(501)), PDF.to_vec(), (400, "TITLE_INVALID")),
        (office, "record=%3F".into(), PDF.to_vec(), (400, "RECORD_REQUIRED")),
        (office, String::new(), PDF.to_vec(), (400, "RECORD_REQUIRED")),
        (office, format!("record={}", id("Agreement", Uuid::nil())), PDF.to_vec(), (404, "NOT_FOUND")),
        // An organisation that is no council has no documents.
        (office, format!("record={council}"), PDF.to_vec(), (404, "NOT_FOUND")),
        // A draft of another body is not there.
        ("ong-bologna", format!("record={record}"), PDF.to_vec(), (404, "NOT_FOUND")),
        ("public", format!("record={record}"), PDF.to_vec(), (404, "NOT_FOUND")),
    ] {
        let answer = archive.send(persona, &query, body).await;
        assert_eq!(refusal(answer).await, (expected.0, expected.1.to_owned()), "{persona} {query}");
    }
    // Without a length it is cut off where it is too much.
    let pieces = futures_util::stream::iter((0..4).map(|_| Ok::<_, std::io::Error>(vec![b'a'; 512])));
    let answer = archive.send(office, &format!("record={record}"), Body::wrap_stream(pieces)).await;
    assert_eq!(refusal(answer).await, (413, "FILE_TOO_LARGE".into()));

    let opened = archive.done(office, "openAgreementForSigning", on(&made)).await;
    let answer = archive.send("ong-bologna", &format!("record={record}"), PDF).await;
    assert_eq!(refusal(answer).await, (403, "OWN_ORGANISATION_ONLY".into()), "{opened}");
    assert_eq!((archive.rows().await, archive.files()), (0, (0, 0)));
    let mut connection = archive.hub.hub.maintenance().await;
    let refused = "select count(*) from audit_entry where action = 'attach_document' and outcome = 'refused'";
    assert_eq!(sqlx::query_scalar::<_, i64>(refused).fetch_one(&mut connection).await.unwrap(), 1);
    assert_eq!(archive.hub.hub.broken_entries().await, 0);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing_behind() {
    let archive = Archive::open().await;
    let made = archive.agreement().await;
    let head = format!(
        "POST /documents?record={}&fileName=atto.pdf HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer {}\r\ncontent-length: 1000\r\n\r\n",
        made["agreement"]["id"].as_str().unwrap(),
        archive.hub.token("prefettura-bologna"),
    );
    let mut connection = tokio::net::TcpStream::connect(&archive.hub.address).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(PDF).await.unwrap();
    connection.flush().await.unwrap();
    let waiting = async |files: (usize, usize)| {
        for _ in 0..200 {
            if archive.files() == files {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{:?} and not {files:?}", archive.files());
    };
    waiting((0, 1)).await;
    drop(connection);
    waiting((0, 0)).await;
    assert_eq!(archive.rows().await, 0);
}

#[tokio::test]
async fn a_removed_document_is_gone_and_that_it_was_there_is_remembered() {
    let archive = Archive::open().await;
    let made = archive.agreement().await;
    let document = archive.attach(made["agreement"]["id"].as_str().unwrap(), "Atto").await;
    assert_eq!(archive.files(), (1, 0));
    let hub = &archive.hub.hub;
    let office = hub.persona("prefettura-bologna").await;
    let input = json!({ "documentId": document["id"], "expectedVersion": document["version"] });
    let stranger = hub.persona("ong-bologna").await;
    let refused = hub.refused(&stranger, "removeDocument", "document { id }", input.clone()).await;
    assert_eq!(refused, ["NOT_FOUND NOT_FOUND input.documentId"]);
    let mut trial = input.clone();
    trial["dryRun"] = json!(true);
    hub.done(&office, "removeDocument", "document { id }", trial).await;
    assert_eq!(archive.get("prefettura-bologna", &path(&document)).await.status(), 200, "nothing was removed");
    let record = "document { title history { nodes { action version } } }";
    let removed = hub.done(&office, "removeDocument", record, input.clone()).await;
    let actions = &removed["document"]["history"]["nodes"];
    assert_eq!((&actions[0]["action"], &actions[1]["action"]), (&json!("REMOVE_DOCUMENT"), &json!("ATTACH_DOCUMENT")));
    assert_eq!(
        (archive.get("prefettura-bologna", &path(&document)).await.status().as_u16(), archive.files()),
        (404, (0, 0))
    );
    let mut again = input;
    again["expectedVersion"] = json!(2);
    let refused = hub.refused(&office, "removeDocument", "document { id }", again).await;
    assert_eq!(refused, ["CONFLICT REMOVED_ALREADY input.documentId"]);
    assert_eq!(hub.broken_entries().await, 0);
}

#[tokio::test]
async fn the_office_keeps_its_councils_papers_and_a_partner_its_projects() {
    let archive = Archive::open().await;
    let mut connection = archive.hub.hub.maintenance().await;
    let council: Uuid = sqlx::query_scalar("select organisation_id from council where office_id = $1")
        .bind(stable_id("office:PREF-BO"))
        .fetch_one(&mut connection)
        .await
        .unwrap();
    let project: Uuid = sqlx::query_scalar("select id from project where lead_id = $1 order by id limit 1")
        .bind(stable_id("persona:ong-bologna"))
        .fetch_one(&mut connection)
        .await
        .unwrap();
    let council = id("Organisation", council);
    let project = id("Project", project);
    for (persona, record, expected) in [
        ("prefettura-bologna", &council, 201),
        ("consiglio-bologna", &council, 201),
        ("ong-bologna", &council, 403),
        ("public", &council, 401),
        ("ong-bologna", &project, 201),
    ] {
        let answer = archive.send(persona, &format!("record={record}&fileName=verbale.pdf"), PDF).await;
        assert_eq!(answer.status().as_u16(), expected, "{persona}");
    }
}

#[tokio::test]
async fn what_a_hub_left_behind_is_swept_away_when_it_is_old() {
    let archive = Archive::open().await;
    let made = archive.agreement().await;
    archive.attach(made["agreement"]["id"].as_str().unwrap(), "Atto").await;
    let content = Content::in_directory(archive.folder.path(), 1024).unwrap();
    let old = SystemTime::now() - Duration::from_secs(7200);
    let lay = |name: &str, is_old: bool| {
        let file = archive.folder.path().join(name).join(Uuid::now_v7().to_string());
        std::fs::write(&file, "x").unwrap();
        if is_old {
            std::fs::File::options().write(true).open(&file).unwrap().set_modified(old).unwrap();
        }
        file
    };
    lay("incoming", true);
    lay("incoming", false);
    for is_old in [true, false] {
        content.store.put(Uuid::now_v7(), &lay("incoming", is_old)).await.unwrap();
    }
    assert_eq!(archive.files(), (3, 2));
    assert_eq!(content.tidy(&archive.hub.hub.hub.database).await.unwrap(), 2);
    assert_eq!(archive.files(), (2, 1), "what is young may belong to an upload under way");
}

/// Keys with their content.
type Bucket = Arc<Mutex<HashMap<String, Bytes>>>;

/// As much of S3's protocol as is used, without a look at the signatures.
async fn bucket() -> String {
    async fn found(State(bucket): State<Bucket>, UrlPath(key): UrlPath<String>) -> Result<Bytes, StatusCode> {
        bucket.lock().unwrap().get(&key).cloned().ok_or(StatusCode::NOT_FOUND)
    }
    async fn put(
        State(bucket): State<Bucket>,
        UrlPath(key): UrlPath<String>,
        body: Bytes,
    ) -> [(&'static str, String); 1] {
        bucket.lock().unwrap().insert(key, body);
        [("etag", "\"x\"".into())]
    }
    async fn delete(State(bucket): State<Bucket>, UrlPath(key): UrlPath<String>) -> StatusCode {
        bucket.lock().unwrap().remove(&key);
        StatusCode::NO_CONTENT
    }
    async fn list(State(bucket): State<Bucket>, RawQuery(query): RawQuery) -> String {
        assert!(query.unwrap().contains("prefix=documenti"));
        let contents = bucket.lock().unwrap().keys().fold(String::new(), |all, key| {
            all + &format!(
                "<Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00Z</LastModified><Size>1</Size><ETag>x</ETag></Contents>"
            )
        });
        format!("<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>")
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = axum::Router::new()
        .route("/raccordo", get(list))
        .route("/raccordo/{*key}", get(found).put(put).delete(delete))
        .with_state(Bucket::default());
    tokio::spawn(async { axum::serve(listener, router).await });
    format!("http://{address}")
}

#[tokio::test]
async fn content_is_kept_in_a_bucket_as_in_a_folder() {
    let settings = json!({ "bucket": "raccordo", "region": "eu-south-1", "endpoint": bucket().await, "prefix": "documenti",
        "access_key_id": "id", "secret_access_key": "secret" });
    let read = |settings: Value| serde_json::from_value::<S3Settings>(settings).unwrap();
    let store = S3::new(&read(settings.clone())).unwrap();
    let (id, file) = (Uuid::now_v7(), tempfile::NamedTempFile::new().unwrap());
    std::fs::write(file.path(), PDF).unwrap();
    assert!(store.get(id).await.unwrap().is_none());
    store.put(id, file.path()).await.unwrap();
    let kept: Vec<Bytes> = store.get(id).await.unwrap().unwrap().try_collect().await.unwrap();
    assert_eq!(kept.concat(), PDF);
    assert_eq!(store.all().await.unwrap().iter().map(|(id, _)| *id).collect::<Vec<_>>(), [id]);
    store.delete(id).await.unwrap();
    store.delete(id).await.unwrap();
    assert!(store.get(id).await.unwrap().is_none());
    for (field, value) in [("endpoint", json!("http://s3.example")), ("secret_access_key", Value::Null)] {
        let mut settings = settings.clone();
        settings[field] = value;
        let error = S3::new(&read(settings)).err().expect("it cannot be meant").to_string();
        assert!(error.starts_with("documents_s3") && !error.contains("secret\""), "{error}");
    }
}
