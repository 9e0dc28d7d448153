//! The audit as a file: one entry a line, oldest first. Names of columns and fields are English in every language, so
//! that what reads the file need not know who took it.

use std::sync::Arc;

use async_stream::stream;
use chrono::SecondsFormat;
use futures_util::Stream;
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::AuditFilter;
use super::store;
use crate::access::audit::{self, Changes, Entry, Record};
use crate::access::{Action, rules};
use crate::graphql::{Error, Graph, Result};

/// Entries that are read at once, and held in memory.
const BATCH: i64 = 1_000;

/// How entries are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line: <https://jsonlines.org>.
    Jsonl,
    /// RFC 4180, with a header.
    Csv,
}

/// The fields of a line. Those of a whole chain suffice to compute its hashes anew elsewhere.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a, C> {
    seq: i64,
    at: String,
    request_id: &'a str,
    action: &'a str,
    outcome: &'a str,
    reason: Option<&'a str>,
    account: Option<Uuid>,
    client: Option<Uuid>,
    persona: Option<&'a str>,
    organisation: Option<Uuid>,
    delegation: Option<Uuid>,
    purpose: Option<&'a str>,
    subject_kind: Option<&'a str>,
    subject: Option<Uuid>,
    owner_number: Option<i32>,
    changes: Option<C>,
    change_audience: Option<i32>,
    previous_hash: String,
    hash: String,
}

/// Names of the columns, in their order.
const COLUMNS: [&str; 19] = [
    "seq",
    "at",
    "requestId",
    "action",
    "outcome",
    "reason",
    "account",
    "client",
    "persona",
    "organisation",
    "delegation",
    "purpose",
    "subjectKind",
    "subject",
    "ownerNumber",
    "changes",
    "changeAudience",
    "previousHash",
    "hash",
];

impl Format {
    /// By the ending of a file's name.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension {
            "jsonl" => Some(Self::Jsonl),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }

    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jsonl => "application/jsonl",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }

    /// What stands before the first entry.
    pub fn header(self) -> Vec<u8> {
        match self {
            Self::Jsonl => Vec::new(),
            Self::Csv => csv_line(COLUMNS),
        }
    }

    fn write(self, record: &Record, out: &mut Vec<u8>) {
        match self {
            Self::Jsonl => {
                let changes = record.changes.clone().and_then(|changes| RawValue::from_string(changes).ok());
                serde_json::to_writer(&mut *out, &line(record, changes)).expect("plain values are JSON");
                out.push(b'\n');
            }
            Self::Csv => out.extend(csv_line(cells(record))),
        }
    }
}

fn line<C>(record: &Record, changes: Option<C>) -> Line<'_, C> {
    Line {
        seq: record.seq,
        at: record.at.to_rfc3339_opts(SecondsFormat::Micros, true),
        request_id: &record.request_id,
        action: &record.action,
        outcome: &record.outcome,
        reason: record.reason.as_deref(),
        account: record.account_id,
        client: record.client_id,
        persona: record.persona.as_deref(),
        organisation: record.organisation_id,
        delegation: record.delegation_id,
        purpose: record.purpose.as_deref(),
        subject_kind: record.subject_kind.as_deref(),
        subject: record.subject_id,
        owner_number: record.owner_number,
        changes,
        change_audience: record.change_audience,
        previous_hash: hexadecimal(&record.previous_hash),
        hash: hexadecimal(&record.hash),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn cells(record: &Record) -> Vec<String> {
    let line = serde_json::to_value(line(record, record.changes.as_deref())).expect("plain values are JSON");
    let cell = |column| match &line[column] {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => harmless(text),
        other => other.to_string(),
    };
    COLUMNS.iter().map(cell).collect()
}

/// A spreadsheet runs a cell that begins so as a formula: an apostrophe before it makes it text.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}") } else { text.to_owned() }
}

fn csv_line<T: AsRef<[u8]>>(cells: impl IntoIterator<Item = T>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(cells).expect("memory takes it");
    writer.into_inner().expect("memory takes it")
}

/// Whether the caller may take these entries home; if so, the audit says that they were taken.
///
/// # Errors
/// The outer: something failed, or there is no such organisation. The inner: the rule that refuses.
pub async fn begin(graph: &Arc<Graph>, filter: &AuditFilter, format: Format) -> Result<Result<(), rules::Refusal>> {
    let owner = filter.organisation.or(graph.viewer.organisation);
    if let Err(refusal) = graph.allow(Action::ExportAudit, owner, None).await? {
        return Ok(Err(refusal));
    }
    let mut change = graph.change_by_hub().await?;
    let subject = match owner {
        Some(owner) => audit::subject_of_organisation(change.statement(), owner).await?,
        None => None,
    };
    let none = || Error::bad_input("L'ente non esiste.", "There is no such organisation.");
    let changes = Changes::new()
        .field("format", None::<&str>, format.extension())
        .field("from", None::<String>, filter.from.map(|from| from.to_rfc3339()))
        .field("until", None::<String>, filter.until.map(|until| until.to_rfc3339()));
    change.commit(&Entry::done(Action::ExportAudit, subject.ok_or_else(none)?, changes)).await?;
    Ok(Ok(()))
}

/// The file in pieces, as the caller may see the entries. Between two pieces no connection is held.
pub fn pieces(graph: Arc<Graph>, filter: AuditFilter, format: Format) -> impl Stream<Item = Result<Vec<u8>>> {
    stream! {
        yield Ok(format.header());
        let mut next = Some(0);
        while let Some(after) = next {
            let read = async { Ok(batch(&mut *graph.statement().await?, &filter, format, after).await?) };
            let read: Result<_> = read.await;
            graph.renew().await;
            match read {
                Ok((text, following)) => {
                    next = following;
                    yield Ok(text);
                }
                Err(error) => {
                    next = None;
                    yield Err(error);
                }
            }
        }
    }
}

/// The next entries as text, after this number; with the number of the last, or `None` where there are no more.
///
/// Entries never change: each batch may be read in a transaction of its own, and together they are one state.
pub async fn batch(
    connection: &mut PgConnection,
    filter: &AuditFilter,
    format: Format,
    after: i64,
) -> sqlx::Result<(Vec<u8>, Option<i64>)> {
    let records = store::oldest(connection, filter, after, BATCH).await?;
    let mut text = Vec::new();
    records.iter().for_each(|record| format.write(record, &mut text));
    let is_full = records.len() as i64 == BATCH;
    Ok((text, records.last().filter(|_| is_full).map(|record| record.seq)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            seq: 7,
            at: "2026-11-24T10:00:00.5Z".parse().unwrap(),
            request_id: "=cmd()".into(),
            action: "change_client".into(),
            outcome: "done".into(),
            reason: Some("@a, \"b\"".into()),
            account_id: None,
            client_id: Some(Uuid::nil()),
            persona: Some("-x".into()),
            organisation_id: None,
            delegation_id: None,
            purpose: Some("+1".into()),
            subject_kind: Some("\tClient".into()),
            subject_id: None,
            owner_number: Some(-5),
            previous_hash: vec![0, 255],
            hash: vec![1],
            changes: Some(r#"{"name": {"after": "=x", "before": 1.50}}"#.into()),
            change_audience: Some(3),
        }
    }

    #[test]
    fn no_cell_of_a_spreadsheet_is_a_formula() {
        let mut out = Format::Csv.header();
        Format::Csv.write(&record(), &mut out);
        let mut reader = csv::Reader::from_reader(&*out);
        assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), COLUMNS);
        let row = reader.records().next().unwrap().unwrap();
        let texts = ["'=cmd()", "'@a, \"b\"", "'-x", "'+1", "'\tClient"];
        for text in texts {
            assert!(row.iter().any(|cell| cell == text), "{text}: {row:?}");
        }
        // Numbers of the product's own stay numbers.
        assert!(row.iter().any(|cell| cell == "-5") && row.iter().any(|cell| cell == "00ff"), "{row:?}");
    }

    #[test]
    fn a_line_of_json_holds_what_changed_as_it_was_hashed() {
        let mut out = Vec::new();
        Format::Jsonl.write(&record(), &mut out);
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains(r#""changes":{"name": {"after": "=x", "before": 1.50}}"#), "{text}");
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let names: std::collections::BTreeSet<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, COLUMNS.into_iter().collect());
        assert_eq!(json["at"], "2026-11-24T10:00:00.500000Z");
    }
}
