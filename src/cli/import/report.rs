//! What an import tells: for people, or as one JSON object whose rows are written as they are judged.

use std::io::{BufWriter, Stdout, Write};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::integration::import::{Change, Options, Outcome, Problem, RowReport, Summary, Watch};
use crate::locale::{Locale, Message};

/// Rows of each outcome that people are shown; the others are counted.
const SHOWN: usize = 50;

/// Follows an import and tells of it on standard output.
pub struct Report {
    out: BufWriter<Stdout>,
    json: bool,
    locale: Locale,
    kind: &'static str,
    file: String,
    dry_run: bool,
    /// Arguments with which another command works on the same database.
    settings: String,
    begun: bool,
    /// Lines for people: added, changed, refused.
    shown: [Vec<String>; 3],
    bar: ProgressBar,
}

impl Report {
    pub fn start(options: &Options<'_>, json: bool, locale: Locale, settings: String) -> anyhow::Result<Self> {
        let out = BufWriter::new(std::io::stdout());
        let file = options.file.display().to_string();
        let kind = options.kind.name();
        let bar = ProgressBar::new(0);
        bar.set_style(ProgressStyle::with_template("{wide_bar} {percent} % {elapsed}")?);
        let dry_run = options.dry_run;
        Ok(Self { out, json, locale, kind, file, dry_run, settings, begun: false, shown: Default::default(), bar })
    }

    pub fn finish(mut self, summary: &Summary) -> anyhow::Result<()> {
        self.bar.finish_and_clear();
        if self.json {
            self.begin_json()?;
            let end = json!({
                "added": summary.added,
                "changed": summary.changed,
                "left": summary.left,
                "refused": summary.refused,
                "organisationsAdded": summary.bodies_added,
                "written": summary.written,
                "run": summary.run,
                "encoding": summary.encoding,
                "delimiter": summary.delimiter,
                "ignoredColumns": summary.ignored_columns,
                "refusedFile": summary.refused_file,
            });
            let end = end.to_string();
            writeln!(self.out, "\n],{}", end.trim_start_matches('{'))?;
        } else {
            self.tell(summary)?;
        }
        self.out.flush()?;
        Ok(())
    }

    /// Begins the object, once; the rows are not gathered, they are written as they come.
    fn begin_json(&mut self) -> anyhow::Result<bool> {
        let first = !std::mem::replace(&mut self.begun, true);
        if first {
            let (file, kind) = (json!(self.file), json!(self.kind));
            writeln!(self.out, "{{\"file\":{file},\"kind\":{kind},\"dryRun\":{},\"rows\":[", self.dry_run)?;
        }
        Ok(first)
    }

    fn tell(&mut self, summary: &Summary) -> anyhow::Result<()> {
        let locale = self.locale;
        let say = |it: &str, en: &str| Message::new(it, en).in_locale(locale).to_owned();
        let [added, changed, left, refused] = [
            say("aggiunte", "added"),
            say("cambiate", "changed"),
            say("invariate", "left"),
            say("rifiutate", "refused"),
        ];
        writeln!(self.out, "{} · {} · {} {:?}", self.kind, self.file, summary.encoding, summary.delimiter)?;
        for (name, count) in
            [(&added, summary.added), (&changed, summary.changed), (&left, summary.left), (&refused, summary.refused)]
        {
            writeln!(self.out, "  {name:<12}{count:>9}")?;
        }
        if summary.bodies_added > 0 {
            let name = say("organizzazioni aggiunte insieme", "organisations added with them");
            writeln!(self.out, "  {name}: {}", summary.bodies_added)?;
        }
        if !summary.ignored_columns.is_empty() {
            let names = summary.ignored_columns.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
            let more = summary.ignored_columns.len().saturating_sub(10);
            let more = if more > 0 { format!(" (+ {more})") } else { String::new() };
            writeln!(self.out, "  {}: {names}{more}", say("colonne non lette", "columns not read"))?;
        }
        let counts = [summary.added, summary.changed, summary.refused];
        for ((name, lines), count) in [&added, &changed, &refused].into_iter().zip(&self.shown).zip(counts) {
            if !lines.is_empty() {
                writeln!(self.out, "\n{name}")?;
                lines.iter().try_for_each(|line| writeln!(self.out, "  {line}"))?;
                if count > lines.len() as u64 {
                    let rest = count - lines.len() as u64;
                    writeln!(self.out, "  … + {rest} ({})", say("tutte con --json", "all with --json"))?;
                }
            }
        }
        let end = match (summary.run, summary.written, self.dry_run) {
            (Some(run), ..) => {
                format!("{} {run}: raccordo import --undo {run}{}", say("Importazione", "Import"), self.settings)
            }
            (_, _, true) => say("Prova: nulla è stato scritto.", "Dry run: nothing was written."),
            (_, true, _) => say("Nulla da scrivere.", "Nothing to write."),
            _ => say(
                "Nulla è stato scritto: correggere il file, o importare le altre righe con --keep-going.",
                "Nothing was written: correct the file, or import the other rows with --keep-going.",
            ),
        };
        writeln!(self.out, "\n{end}")?;
        if let Some(file) = &summary.refused_file {
            let name = say("Righe da correggere e importare di nuovo", "Rows to correct and import again");
            writeln!(self.out, "{name}: {}", file.display())?;
        }
        Ok(())
    }

    fn line(&self, report: &RowReport) -> Option<(usize, String)> {
        let line = Message::new("riga", "line").in_locale(self.locale).to_owned();
        let start = format!("{line} {}  {}", report.line, report.record);
        let bodies = report.bodies_added.iter().map(|(code, name)| format!("  + {code} {name}")).collect::<String>();
        let shown = |value: &Option<String>| value.as_ref().map_or("–".into(), |it| format!("\"{}\"", short(it)));
        match &report.outcome {
            Outcome::Added => Some((0, format!("{start}{bodies}"))),
            Outcome::Changed(changes) => {
                let changes = changes
                    .iter()
                    .map(|Change { column, from, to }| format!("{column}: {} → {}", shown(from), shown(to)));
                Some((1, format!("{start}  {}{bodies}", changes.collect::<Vec<_>>().join(", "))))
            }
            Outcome::Left => None,
            Outcome::Refused(problems) => {
                let problems = problems.iter().map(|problem| {
                    let Problem { column, value, rule, message } = problem;
                    let column = column.as_ref().map(|column| format!("{column} \"{}\" ", short(value)));
                    format!("{}{} [{rule}]", column.unwrap_or_default(), message.in_locale(self.locale))
                });
                Some((2, format!("{line} {}  {}", report.line, problems.collect::<Vec<_>>().join("; "))))
            }
        }
    }
}

impl Watch for Report {
    fn row(&mut self, report: RowReport) -> anyhow::Result<()> {
        if self.json {
            let comma = if self.begin_json()? { "" } else { ",\n" };
            write!(self.out, "{comma}{}", as_json(&report))?;
        } else if let Some((outcome, line)) = self.line(&report)
            && self.shown[outcome].len() < SHOWN
        {
            self.shown[outcome].push(line);
        }
        Ok(())
    }

    fn progress(&mut self, read: u64, of: u64) {
        self.bar.set_length(of);
        self.bar.set_position(read);
    }
}

fn as_json(report: &RowReport) -> Value {
    let (outcome, name, details) = match &report.outcome {
        Outcome::Added => ("added", None, Vec::new()),
        Outcome::Left => ("left", None, Vec::new()),
        Outcome::Changed(changes) => {
            let change = |it: &Change| json!({"column": it.column, "from": it.from, "to": it.to});
            ("changed", Some("changes"), changes.iter().map(change).collect())
        }
        Outcome::Refused(problems) => {
            let problem = |it: &Problem| {
                let message = json!({"it": it.message.it, "en": it.message.en});
                json!({"column": it.column, "value": it.value, "rule": it.rule, "message": message})
            };
            ("refused", Some("problems"), problems.iter().map(problem).collect())
        }
    };
    let mut row = json!({"line": report.line, "outcome": outcome, "record": report.record});
    if let Some(name) = name {
        row[name] = Value::Array(details);
    }
    if !report.bodies_added.is_empty() {
        let body = |(code, name): &(String, String)| json!({"fiscalCode": code, "name": name});
        row["organisationsAdded"] = report.bodies_added.iter().map(body).collect();
    }
    row
}

/// A long value is cut for people.
fn short(value: &str) -> String {
    const LONGEST: usize = 60;
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Tells that an import was taken back.
pub fn undone(rows: u64, json: bool) {
    if json {
        println!("{}", json!({"undone": rows}));
    } else {
        let message = Message::new(
            format!("Importazione annullata: {rows} righe di tabelle riportate a prima."),
            format!("The import is taken back: {rows} rows of tables are as they were."),
        );
        println!("{message}");
    }
}
