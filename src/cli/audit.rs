//! `raccordo audit`

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{NaiveDate, NaiveTime};

use super::open::Opened;
use crate::access::audit::{self, Anchor, BY_OPERATOR};
use crate::audit::export::Format;
use crate::audit::operator;
use crate::config::Config;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Compute every entry's hash anew; name the first that is not what was written.
    Verify {
        /// An earlier head, kept elsewhere, that the chain must still hold; may be given several times
        #[arg(long, value_name = "SEQ:HASH")]
        anchor: Vec<Anchor>,
    },
    /// Print the newest entry's number and hash: an anchor, to be kept elsewhere.
    Head,
    /// Write all entries to a file, oldest first; its ending says how: .jsonl or .csv.
    Export {
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Let go of the entries before a day (UTC), never of the last one.
    Prune {
        #[arg(long, value_name = "YYYY-MM-DD")]
        before: NaiveDate,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let opened = Opened::beside_hub(config).await?;
    let result = done(&opened, command).await;
    opened.close().await?;
    result
}

async fn done(opened: &Opened, command: Command) -> anyhow::Result<ExitCode> {
    let mut connection = opened.database.maintenance().await?;
    match command {
        Command::Verify { anchor } => match audit::verify(&mut connection, &anchor).await? {
            Ok(verified) => {
                for anchor in &verified.out_of_reach {
                    eprintln!("anchor {anchor} is older than the first entry: not checked");
                }
                println!("{} entries are what was written; head {}", verified.entries, verified.head);
            }
            Err(flaw) => {
                println!("{flaw}");
                return Ok(ExitCode::FAILURE);
            }
        },
        Command::Head => println!("{}", audit::head(&mut connection).await?),
        Command::Export { out } => {
            let extension = out.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            let format = Format::of_extension(extension).context("the file's name must end in .jsonl or .csv")?;
            let file = File::create(&out).with_context(|| out.display().to_string())?;
            operator::export(&opened.database, format, &mut BufWriter::new(file)).await?;
        }
        Command::Prune { before } => {
            let before = before.and_time(NaiveTime::MIN).and_utc();
            let gone = audit::let_go(&mut connection, before, Some(BY_OPERATOR)).await?;
            println!("{gone} entries were let go; head {}", audit::head(&mut connection).await?);
        }
    }
    Ok(ExitCode::SUCCESS)
}
