//! `raccordo import`

mod report;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::anyhow;

use super::open::Opened;
use crate::config::Config;
use crate::integration::import::{self, Kind, Options};
use crate::locale::Locale;
use report::Report;

#[derive(clap::Args)]
#[command(after_long_help = columns_help())]
pub(super) struct Arguments {
    /// CSV file: UTF-8, UTF-16 or Latin-1, separated by commas, semicolons or tabs
    #[arg(required_unless_present = "undo")]
    file: Option<PathBuf>,
    /// What its rows are
    #[arg(long = "as", value_enum, value_name = "KIND", required_unless_present = "undo")]
    kind: Option<Kind>,
    /// Show what would be added, changed, left and refused; write nothing
    #[arg(long)]
    dry_run: bool,
    /// Report as JSON, with one entry for each row
    #[arg(long)]
    json: bool,
    /// Import the good rows although others are refused; those come back as a file to correct
    #[arg(long, conflicts_with = "dry_run")]
    keep_going: bool,
    /// Where the records say that they come from [default: the file's name and the day]
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// Take an earlier import back, by its number
    #[arg(long, value_name = "RUN", conflicts_with_all = ["file", "kind", "dry_run", "keep_going", "source"])]
    undo: Option<i64>,
}

pub(super) async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let locale = locale_of(|name| std::env::var(name).ok());
    let work = async {
        let opened = Opened::beside_hub(config).await?;
        let result = work(&opened, arguments, locale, settings(config)).await;
        opened.close().await?;
        // The message is made here, where its language is known.
        result.map_err(|error| anyhow!("{error:#}"))
    };
    locale.scope(work).await
}

async fn work(opened: &Opened, arguments: Arguments, locale: Locale, settings: String) -> anyhow::Result<ExitCode> {
    let mut connection = opened.database.maintenance().await?;
    let Arguments { file, kind, dry_run, json, keep_going, source, undo } = arguments;
    let (Some(file), Some(kind)) = (&file, kind) else {
        let undone = import::undo(&mut connection, undo.unwrap_or_default()).await?;
        report::undone(undone, json);
        return Ok(ExitCode::SUCCESS);
    };
    let options = Options { file, kind, dry_run, keep_going, source };
    let mut report = Report::start(&options, json, locale, settings)?;
    let summary = import::run(&mut connection, &options, &mut report).await?;
    report.finish(&summary)?;
    Ok(if summary.refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Arguments that lead another command to the same database. The URL of an outside one holds a password: not shown.
fn settings(config: &Config) -> String {
    let folder = config.data_dir.display().to_string();
    if config.database_url.is_some() {
        " --database-url …".into()
    } else if folder == ".raccordo" {
        String::new()
    } else {
        format!(" --data-dir '{}'", folder.replace('\'', r"'\''"))
    }
}

/// The language of the system's messages: Italian where it says so, else English.
fn locale_of(variable: impl Fn(&str) -> Option<String>) -> Locale {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| variable(name).filter(|it| !it.is_empty()));
    if set.is_some_and(|language| language.starts_with("it")) { Locale::Italian } else { Locale::English }
}

/// Which columns each kind has, for the long help.
fn columns_help() -> String {
    let mut help = String::from("Columns, those that a file must have marked with *; docs/import.md explains them:\n");
    for kind in Kind::ALL {
        help.push_str(&format!("  {}\n", kind.name()));
        let columns = kind.spec().columns.iter();
        let names = columns.map(|column| format!("{}{}", column.name, if column.is_required() { "*" } else { "" }));
        for line in names.collect::<Vec<_>>().chunks(5) {
            help.push_str(&format!("    {}\n", line.join(", ")));
        }
    }
    help
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_that_of_the_systems_messages() {
        for (set, expected) in [
            (&[("LANG", "it_IT.UTF-8")][..], Locale::Italian),
            (&[("LANG", "it_IT.UTF-8"), ("LC_ALL", "C.UTF-8")], Locale::English),
            (&[("LANG", "en_GB.UTF-8"), ("LC_MESSAGES", "it_IT")], Locale::Italian),
            (&[], Locale::English),
        ] {
            let variable = |name: &str| set.iter().find(|(it, _)| *it == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(locale_of(variable), expected, "{set:?}");
        }
    }
}
