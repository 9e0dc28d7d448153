//! Imports of files: CSV whose rows are matched with records by natural keys, added or changed in one transaction.
//!
//! A file is read twice: first to know its encoding and checksum, then in batches of rows that are read ([`cell`]),
//! matched and judged ([`batch`]) and written ([`writing`]). What a kind of file may hold is a table of columns
//! ([`columns`], [`kinds`]). All of it happens in one transaction; a dry run does the same and takes it back.

mod batch;
mod cell;
mod columns;
mod ground;
mod input;
mod kinds;
mod refused;
mod row;
mod store;
mod undo;
mod writing;

use std::path::{Path, PathBuf};

use csv::StringRecord;
use sqlx::{Connection as _, PgConnection};

pub use columns::{Column, Empty, Form, MatchBy, Spec};
pub use kinds::Kind;
pub use row::{Change, Outcome, Problem, RowReport};
pub use undo::undo;

use crate::locale::Message;
use batch::Batches;
use ground::Ground;
use input::{Inspected, Rows};
use refused::RefusedFile;

/// Rows that are held in memory and written at a time.
const BATCH: usize = 1_000;

/// What to import, and how.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    pub file: &'a Path,
    pub kind: Kind,
    /// Do everything, then take it back.
    pub dry_run: bool,
    /// Keep the good rows although others are refused.
    pub keep_going: bool,
    /// Where the rows say that they come from; without it the file's name and the day.
    pub source: Option<String>,
}

/// Who watches an import.
pub trait Watch {
    /// A row has been judged; rows come in the file's order.
    fn row(&mut self, report: RowReport) -> anyhow::Result<()>;
    /// So much of the file has been read, of so much.
    fn progress(&mut self, _read: u64, _of: u64) {}
}

impl<F: FnMut(RowReport) -> anyhow::Result<()>> Watch for F {
    fn row(&mut self, report: RowReport) -> anyhow::Result<()> {
        self(report)
    }
}

/// What an import came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    pub added: u64,
    pub changed: u64,
    pub left: u64,
    pub refused: u64,
    /// Organisations that rows named and that were added with them.
    pub bodies_added: u64,
    /// Whether the database now holds the rows that were not refused.
    pub written: bool,
    /// Number under which the import can be undone; none where nothing was written.
    pub run: Option<i64>,
    pub encoding: &'static str,
    pub delimiter: char,
    /// Columns of the file that were not read.
    pub ignored_columns: Vec<String>,
    /// Where the refused rows are, to correct and import again.
    pub refused_file: Option<PathBuf>,
}

/// Imports a file, over a maintenance connection.
///
/// # Errors
/// When the file cannot be read as a file of its kind; that rows are refused is no error.
pub async fn run(
    connection: &mut PgConnection,
    options: &Options<'_>,
    watch: &mut (dyn Watch + Send),
) -> anyhow::Result<Summary> {
    let spec = options.kind.spec();
    let inspected = Inspected::of(options.file)?;
    let mut rows = Rows::open(options.file, inspected.encoding, |name| spec.knows(name))?;
    let layout = spec.layout(&rows.header)?;
    let refused_file = match options.keep_going && !options.dry_run {
        true => Some(RefusedFile::beside(options.file, &layout, rows.delimiter)?),
        false => None,
    };
    let mut summary = Summary {
        added: 0,
        changed: 0,
        left: 0,
        refused: 0,
        bodies_added: 0,
        written: false,
        run: None,
        encoding: inspected.encoding.name(),
        delimiter: rows.delimiter.into(),
        ignored_columns: layout.ignored.clone(),
        refused_file: None,
    };

    let today = chrono::Local::now().date_naive();
    let name = options.file.file_name().unwrap_or_default().to_string_lossy();
    let source = options.source.clone().unwrap_or_else(|| format!("{name}, {today}"));
    let mut transaction = connection.begin().await?;
    store::lock(&mut transaction).await?;
    let number = store::start_run(&mut transaction, spec.name, &name, &inspected.checksum, &source).await?;
    let ground = Ground::load(&mut transaction, today).await?;
    let run = store::Run { number, source: &source };
    let mut batches = Batches { connection: &mut transaction, layout: &layout, ground: &ground, run };
    let mut refused_file = refused_file;
    loop {
        let batch = read_batch(&mut rows)?;
        if batch.is_empty() {
            break;
        }
        for (report, cells) in batches.import(batch).await? {
            summary.count(&report);
            if let (Outcome::Refused(problems), Some(file)) = (&report.outcome, &mut refused_file) {
                file.add(&cells, problems)?;
            }
            watch.row(report)?;
        }
        watch.progress(rows.position().min(inspected.bytes), inspected.bytes);
    }

    summary.written = !options.dry_run && (summary.refused == 0 || options.keep_going);
    let touched = summary.added + summary.changed > 0;
    if summary.written && touched {
        let Summary { added, changed, left, refused, .. } = summary;
        store::finish_run(&mut transaction, number, [added, changed, left, refused]).await?;
        transaction.commit().await?;
        summary.run = Some(number);
    } else {
        // A run that changed nothing leaves no trace.
        transaction.rollback().await?;
    }
    summary.refused_file = refused_file.map(RefusedFile::finish).transpose()?.flatten();
    Ok(summary)
}

fn read_batch(rows: &mut Rows) -> anyhow::Result<Vec<(u64, StringRecord)>> {
    let mut batch = Vec::new();
    let mut row = StringRecord::new();
    while batch.len() < BATCH
        && let Some(line) = rows.read(&mut row)?
    {
        batch.push((line, row.clone()));
    }
    Ok(batch)
}

impl Summary {
    fn count(&mut self, report: &RowReport) {
        *match report.outcome {
            Outcome::Added => &mut self.added,
            Outcome::Changed(_) => &mut self.changed,
            Outcome::Left => &mut self.left,
            Outcome::Refused(_) => &mut self.refused,
        } += 1;
        self.bodies_added += report.bodies_added.len() as u64;
    }
}

/// The file as a whole cannot be imported.
fn broken_file(it: impl Into<String>, en: impl Into<String>) -> anyhow::Error {
    anyhow::Error::msg(Message::new(it, en))
}
