//! Some rows at a time: read, matched with the records that they mean, judged and written.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use csv::StringRecord;
use serde_json::{Map, Value};
use sqlx::PgConnection;
use uuid::Uuid;

use super::cell::{Lookups, body_key, members};
use super::columns::{Empty, Form, Layout, MatchBy, Member};
use super::ground::Ground;
use super::row::{Body, Held, Judge, Outcome, Row, RowReport};
use super::store::{self, Run};
use super::writing;
use crate::identifiers::Broken;

/// What every batch of one import shares.
pub struct Batches<'a> {
    pub connection: &'a mut PgConnection,
    pub layout: &'a Layout,
    pub ground: &'a Ground,
    pub run: Run<'a>,
}

/// A judged row with its cells as they were read.
pub type Judged = (RowReport, StringRecord);

impl<'a> Batches<'a> {
    /// Brings the rows into the database, but for those that are refused.
    pub async fn import(&mut self, read: Vec<(u64, StringRecord)>) -> anyhow::Result<Vec<Judged>> {
        let mut rows: Vec<Row> = read.into_iter().map(|(line, cells)| Row::new(line, cells)).collect();
        let mut lookups = self.look_up(&rows).await?;
        for row in &mut rows {
            self.read(row, &lookups);
        }
        self.match_records(&mut rows).await?;
        for row in rows.iter_mut().filter(|row| row.problems.is_empty()) {
            self.judge(row, &mut lookups);
        }
        self.refuse_repeated(&mut rows).await?;
        let mut changes = writing::write(self, &rows).await?;

        let mut told = HashSet::new();
        let judged = rows.into_iter().enumerate().map(|(index, mut row)| {
            let record = self.record_of(&row);
            let (outcome, bodies) = match (&row.held, changes.remove(&index)) {
                _ if !row.problems.is_empty() => (Outcome::Refused(std::mem::take(&mut row.problems)), Vec::new()),
                (None, _) => (Outcome::Added, row.new_bodies()),
                (Some(_), Some(changes)) => (Outcome::Changed(changes), row.new_bodies()),
                (Some(_), None) => (Outcome::Left, Vec::new()),
            };
            let bodies = bodies.into_iter().filter(|body| told.insert(body.id));
            let bodies_added = bodies.map(|body| (body.new_fiscal_code.clone().unwrap_or_default(), body.name.clone()));
            (RowReport { line: row.line, record, outcome, bodies_added: bodies_added.collect() }, row.cells)
        });
        Ok(judged.collect())
    }

    /// Finds what the rows' cells name in other tables.
    async fn look_up(&mut self, rows: &[Row]) -> anyhow::Result<Lookups<'a>> {
        let (mut bodies, mut programmes, mut calls) = (HashSet::new(), HashSet::new(), HashSet::new());
        let mut new_names = BTreeMap::new();
        for row in rows {
            for (_, column, place) in self.layout.present() {
                let Some(text) = row.cells.get(place).map(str::trim) else { continue };
                match &column.form {
                    Form::Body | Form::Owner => bodies.extend(body_key(text).ok()),
                    Form::List(list) => match list.member {
                        Member::Body => bodies.extend(members(text).filter_map(|member| body_key(member).ok())),
                        Member::BodyOrNew { names } => {
                            let codes = text.split(":::").map(|member| body_key(member.trim()));
                            let names = self.layout.cell(names, &row.cells).unwrap_or_default();
                            for (code, name) in codes.zip(names.split(":::").map(str::trim)) {
                                let Ok(code) = code else { continue };
                                if !name.is_empty() {
                                    new_names.entry(code.clone()).or_insert_with(|| name.to_owned());
                                }
                                bodies.insert(code);
                            }
                        }
                        Member::Place | Member::Contract => {}
                    },
                    Form::Programme => _ = programmes.insert(text.to_owned()),
                    Form::ProgrammePath => {
                        programmes.extend(text.rsplit_once('/').map(|(parent, _)| parent.to_owned()))
                    }
                    Form::Call => _ = calls.insert(text.to_owned()),
                    _ => {}
                }
            }
        }
        let bodies = self.find_bodies(bodies, new_names).await?;
        let listed = |set: HashSet<String>| set.into_iter().collect::<Vec<_>>();
        let programmes = match programmes.is_empty() {
            true => Vec::new(),
            false => store::programmes(self.connection, &listed(programmes)).await?,
        };
        let calls = match calls.is_empty() {
            true => Vec::new(),
            false => store::calls(self.connection, &listed(calls)).await?,
        };
        let (programmes, calls) = (programmes.into_iter().collect(), calls.into_iter().collect());
        Ok(Lookups { ground: self.ground, bodies, programmes, calls })
    }

    /// Organisations by natural key. Those in `new_names` that are unknown are made up here, and added
    /// with the first row that is taken.
    async fn find_bodies(
        &mut self,
        keys: HashSet<String>,
        new_names: BTreeMap<String, String>,
    ) -> anyhow::Result<HashMap<String, Vec<Arc<Body>>>> {
        let mut bodies: HashMap<String, Vec<Arc<Body>>> = HashMap::new();
        if keys.is_empty() {
            return Ok(bodies);
        }
        for found in store::bodies(self.connection, &keys.into_iter().collect::<Vec<_>>()).await? {
            let body = Body { id: found.id, number: found.number, name: found.name, new_fiscal_code: None };
            let body = Arc::new(body);
            for key in found.keys {
                bodies.entry(key).or_default().push(body.clone());
            }
        }
        let unknown: Vec<_> = new_names.into_iter().filter(|(code, _)| !bodies.contains_key(code)).collect();
        let numbers = store::new_numbers(self.connection, unknown.len()).await?;
        for ((code, name), number) in unknown.into_iter().zip(numbers) {
            let name = name.chars().take(500).collect();
            let body = Body { id: Uuid::now_v7(), number, name, new_fiscal_code: Some(code.clone()) };
            bodies.insert(code, vec![Arc::new(body)]);
        }
        Ok(bodies)
    }

    /// Reads a row's cells.
    fn read(&self, row: &mut Row, lookups: &Lookups) {
        let width = self.layout.headers.len();
        if row.cells.len() != width {
            // The reasons of an earlier import are not the file's own.
            let reason = usize::from(self.layout.reason.is_some());
            let (count, width) = (row.cells.len() - reason, width - reason);
            return row.refuse(
                None,
                "",
                Broken::new(
                    "row.cells",
                    format!("la riga ha {count} celle, l'intestazione {width}"),
                    format!("the row has {count} cells, the header {width}"),
                ),
            );
        }
        for (index, column, place) in self.layout.present() {
            let header = Some(self.layout.headers[place].as_str());
            let text = row.cells[place].trim().to_owned();
            match (&column.form, text.is_empty()) {
                (_, true) if matches!(column.empty, Empty::Refused) => {
                    row.refuse(header, "", Broken::new("cell.missing", "non può mancare", "must not be empty"));
                }
                (_, true) if matches!(column.empty, Empty::Kept) => {}
                (Form::List(list), _) => {
                    let names = match list.member {
                        Member::BodyOrNew { names } if !text.is_empty() => self.layout.cell(names, &row.cells),
                        _ => None,
                    };
                    match lookups.read_list(list, &text, names) {
                        Ok(entries) => _ = row.lists.insert(index, entries),
                        Err(refusals) => {
                            refusals.into_iter().for_each(|(value, rule)| row.refuse(header, &value, rule))
                        }
                    }
                }
                (_, true) => row.fields.extend(column.field.map(|field| (field, None))),
                (form, false) => {
                    if let Err((value, broken)) = lookups.read(row, column.field, form, &text) {
                        row.refuse(header, &value, broken);
                    }
                }
            }
        }
        if let MatchBy::AnyOf(keys) = self.layout.spec.match_by
            && row.problems.is_empty()
            && keys.iter().all(|key| row.given(key).is_none())
        {
            let names = keys.iter().filter_map(|key| self.layout.header_of(key)).collect::<Vec<_>>().join(", ");
            let (it, en) = (format!("manca un codice: indicare {names}"), format!("no code is given: fill in {names}"));
            row.refuse(self.layout.header_of(keys[0]), "", Broken::new("key.missing", it, en));
        }
    }

    /// Finds the record that each row means.
    async fn match_records(&mut self, rows: &mut [Row]) -> anyhow::Result<()> {
        let spec = self.layout.spec;
        let fields = spec.match_by.fields();
        let key_of = |row: &Row| {
            let given = fields.iter().filter_map(|field| Some(((*field).to_owned(), row.given(field)?.into())));
            Value::Object(given.collect::<Map<_, _>>())
        };
        let keys: Vec<Value> = rows.iter().filter(|row| row.problems.is_empty()).map(key_of).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let mut by_key: HashMap<String, Vec<Arc<Held>>> = HashMap::new();
        for held in store::held(self.connection, spec, &keys).await? {
            let held = Arc::new(held);
            for key in spec.match_by.keys(|field| held.fields.get(field)?.as_deref()) {
                by_key.entry(key).or_default().push(held.clone());
            }
        }
        for row in rows.iter_mut().filter(|row| row.problems.is_empty()) {
            let keys = spec.match_by.keys(|field| row.given(field));
            let found: Vec<&Arc<Held>> = keys.iter().filter_map(|key| by_key.get(key)).flatten().collect();
            match found[..] {
                [] => {}
                [held, ..] if found.iter().all(|other| other.id == held.id) => row.held = Some(held.clone()),
                _ => {
                    let column = fields.iter().find_map(|field| row.given(field).and(self.layout.header_of(field)));
                    let value = self.record_of(row);
                    let (it, en) = ("i codici indicano più record diversi", "the codes mean several different records");
                    row.refuse(column, &value, Broken::new("key.conflict", it, en));
                }
            }
        }
        Ok(())
    }

    /// Holds a row against the rules between its columns.
    fn judge(&self, row: &mut Row, lookups: &mut Lookups) {
        let spec = self.layout.spec;
        if row.held.is_none() {
            (spec.complete)(row);
        }
        let mut judge = Judge { row, layout: self.layout };
        (spec.check)(&mut judge);
        let Some(code) = row.given("code").map(String::from) else { return };
        // A node may stand below one that an earlier row adds.
        if row.given("parent_code").is_some_and(|parent| !lookups.programmes.contains(parent)) {
            let column = self.layout.header_of("code");
            row.refuse(
                column,
                &code,
                Broken::new(
                    "programme.parent",
                    "il nodo superiore non esiste e non sta in una riga precedente",
                    "its parent does not exist and stands in no earlier row",
                ),
            );
        }
        if row.problems.is_empty() {
            lookups.programmes.insert(code);
        }
    }

    /// Refuses rows about a record that an earlier row of the file is about.
    async fn refuse_repeated(&mut self, rows: &mut [Row]) -> anyhow::Result<()> {
        let match_by = &self.layout.spec.match_by;
        let keys_of = |row: &Row| {
            let mut keys = match_by.keys(|field| row.given(field));
            keys.extend(row.held.iter().map(|held| format!("id={}", held.id)));
            keys
        };
        let (mut keys, mut lines) = (Vec::new(), Vec::new());
        for row in rows.iter().filter(|row| row.problems.is_empty()) {
            for key in keys_of(row) {
                keys.push(key);
                lines.push(row.line as i64);
            }
        }
        if keys.is_empty() {
            return Ok(());
        }
        let first: HashMap<String, i64> =
            store::first_lines(self.connection, &keys, &lines).await?.into_iter().collect();
        for row in rows.iter_mut().filter(|row| row.problems.is_empty()) {
            let earlier =
                keys_of(row).iter().find_map(|key| first.get(key).filter(|line| **line != row.line as i64)).copied();
            if let Some(line) = earlier {
                let column =
                    match_by.fields().iter().find_map(|field| row.given(field).and(self.layout.header_of(field)));
                let value = self.record_of(row);
                let (it, en) = (format!("è già nella riga {line}"), format!("stands in line {line} already"));
                row.refuse(column, &value, Broken::new("key.repeated", it, en));
            }
        }
        Ok(())
    }

    /// What a row's record is recognised by, as the file writes it.
    fn record_of(&self, row: &Row) -> String {
        let match_by = &self.layout.spec.match_by;
        let cells = match_by.fields().iter().filter_map(|field| {
            let (_, _, place) = self.layout.present().find(|(_, column, _)| column.field == Some(*field))?;
            row.cells.get(place).map(str::trim).filter(|text| !text.is_empty())
        });
        match match_by {
            MatchBy::AnyOf(_) => cells.take(1).collect(),
            MatchBy::AllOf(_) => cells.collect::<Vec<_>>().join(" / "),
        }
    }
}
