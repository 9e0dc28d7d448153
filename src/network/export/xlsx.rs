//! A workbook, ECMA-376: nodes, ties, and what they are about. Texts are written as texts, so that none is a formula.

use std::io::{self, Write};

use chrono::{NaiveDate, NaiveTime};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::Extract;
use super::rows::{Cell, Column, NODE, TIE, Type};
use super::tables::END_NAMES;
use crate::locale::Message;

/// Rows of a sheet at the most, its header among them.
const MOST_ROWS: usize = 1_048_576;
/// Characters of a cell at the most.
const LONGEST: usize = 32_767;

pub fn write(extract: &Extract, out: &mut dyn Write) -> io::Result<()> {
    let most = extract.found.nodes.len().max(extract.found.ties.len());
    if most >= MOST_ROWS {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "a sheet has 1,048,576 rows at the most"));
    }
    let mut workbook = workbook(extract).map_err(io::Error::other)?;
    let file = workbook.save_to_buffer().map_err(io::Error::other)?;
    out.write_all(&file)
}

fn workbook(extract: &Extract) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    // Not when it was made: the same data make the same file.
    let properties =
        DocProperties::new().set_title(&extract.about.title).set_creation_datetime(&midnight(extract.about.until)?);
    workbook.set_properties(&properties);
    let (head, date) = (Format::new().set_bold(), Format::new().set_num_format("yyyy-mm-dd"));

    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name(Message::new("Nodi", "Nodes").to_string())?;
    header(sheet, &NODE, &[], &head)?;
    for at in 0..extract.found.nodes.len() {
        row(sheet, at as u32 + 1, &extract.node(at), &date)?;
    }

    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name(Message::new("Legami", "Ties").to_string())?;
    header(sheet, &TIE, &END_NAMES, &head)?;
    for (at, tie) in (1..).zip(&extract.found.ties) {
        row(sheet, at, &extract.tie(*tie), &date)?;
        for (column, name) in (TIE.len() as u16..).zip(extract.end_names(*tie)) {
            sheet.write_string(at, column, short(name))?;
        }
    }

    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name(Message::new("Informazioni", "About").to_string())?;
    sheet.set_column_width(0, 30)?.set_column_width(1, 80)?;
    sheet.write_string_with_format(0, 0, short(&extract.about.title), &head)?;
    for (at, entry) in (1..).zip(&extract.about.entries) {
        sheet.write_string(at, 0, &entry.label)?.write_string(at, 1, short(&entry.value))?;
    }
    Ok(workbook)
}

fn header(sheet: &mut Worksheet, columns: &[Column], more: &[&str], head: &Format) -> Result<(), XlsxError> {
    let names = columns.iter().map(|(name, _)| *name).chain(more.iter().copied());
    sheet.set_freeze_panes(1, 0)?;
    for (at, name) in (0..).zip(names) {
        let width = match columns.get(usize::from(at)) {
            Some((_, Type::Text)) if name == "name" => 50,
            Some((_, Type::Text)) => 24,
            Some(_) => 12,
            None => 50,
        };
        sheet.set_column_width(at, width)?.write_string_with_format(0, at, name, head)?;
    }
    Ok(())
}

fn row(sheet: &mut Worksheet, row: u32, cells: &[Cell<'_>], date: &Format) -> Result<(), XlsxError> {
    for (column, cell) in (0..).zip(cells) {
        match cell {
            Cell::Text(text) => sheet.write_string(row, column, short(text))?,
            Cell::Whole(number) => sheet.write_number(row, column, *number)?,
            Cell::Real(number) => sheet.write_number(row, column, *number)?,
            Cell::Flag(flag) => sheet.write_boolean(row, column, *flag)?,
            // A workbook knows no day before 1900.
            Cell::Day(day) => match midnight(*day) {
                Ok(midnight) => sheet.write_datetime_with_format(row, column, midnight, date)?,
                Err(_) => sheet.write_string(row, column, day.to_string())?,
            },
            Cell::Nothing => continue,
        };
    }
    Ok(())
}

fn midnight(day: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_timestamp(day.and_time(NaiveTime::MIN).and_utc().timestamp())
}

fn short(text: &str) -> &str {
    match text.char_indices().nth(LONGEST / 2) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}
