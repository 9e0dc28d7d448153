//! The refused rows as a file that can be corrected and imported again.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use csv::StringRecord;

use super::columns::{Layout, REASON};
use super::row::Problem;

/// The file of the refused rows: the file's columns and delimiter, in UTF-8, and the reasons in a last column.
pub struct RefusedFile {
    path: PathBuf,
    writer: csv::Writer<BufWriter<File>>,
    /// Column of the reasons of an earlier import.
    reason: Option<usize>,
    width: usize,
    rows: u64,
}

impl RefusedFile {
    /// Makes it beside the file, under a name that nothing has yet: `bodies.refused.csv`, `bodies.refused-2.csv`.
    pub fn beside(file: &Path, layout: &Layout, delimiter: u8) -> anyhow::Result<Self> {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        let stem = stem.split(".refused").next().unwrap_or_default().to_owned();
        let mut number = 1;
        let (path, mut file) = loop {
            let suffix = if number == 1 { String::new() } else { format!("-{number}") };
            let path = file.with_file_name(format!("{stem}.refused{suffix}.csv"));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => break (path, file),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(error).with_context(|| path.display().to_string()),
            }
        };
        // Spreadsheets know UTF-8 by its mark.
        file.write_all("\u{feff}".as_bytes())?;
        let writer = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(BufWriter::new(file));
        let mut refused = Self { path, writer, reason: layout.reason, width: layout.headers.len(), rows: 0 };
        let header: StringRecord = layout.headers.iter().collect();
        refused.write(&header, REASON)?;
        Ok(refused)
    }

    /// Adds a row as it was read, so that one with too many or too few cells still is one.
    pub fn add(&mut self, cells: &StringRecord, problems: &[Problem]) -> anyhow::Result<()> {
        let reasons = problems.iter().map(|problem| match &problem.column {
            Some(column) => format!("{column}: {}", problem.message),
            None => problem.message.to_string(),
        });
        self.rows += 1;
        self.write(cells, &reasons.collect::<Vec<_>>().join("; "))
    }

    fn write(&mut self, cells: &StringRecord, reason: &str) -> anyhow::Result<()> {
        // In a row with too many or too few cells the reason is where it was written: at the end.
        let old = self.reason.map(|place| if cells.len() == self.width { place } else { cells.len() - 1 });
        let kept = cells.iter().enumerate().filter(|(place, _)| Some(*place) != old).map(|(_, cell)| cell);
        let row = kept.chain([reason]);
        self.writer.write_record(row).with_context(|| self.path.display().to_string())
    }

    /// Where it is; takes it away when it holds no row.
    pub fn finish(mut self) -> anyhow::Result<Option<PathBuf>> {
        self.writer.flush()?;
        if self.rows > 0 {
            return Ok(Some(std::mem::take(&mut self.path)));
        }
        Ok(None)
    }
}

impl Drop for RefusedFile {
    /// An import that failed leaves no half of a file.
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
