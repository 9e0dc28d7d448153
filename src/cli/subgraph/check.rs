//! `raccordo subgraph check`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::ensure;

use super::{read_sdl, told};
use crate::federation::HUB;
use crate::federation::check::{self, Report};
use crate::federation::composer::Part;
use crate::federation::ownership::{HubSchema, Partner, is_name};

#[derive(clap::Args)]
pub struct Check {
    /// Name of the subgraph, e.g. servizi-lazio: its types begin with ServiziLazio, its fields with serviziLazio
    #[arg(long)]
    name: String,
    /// File with its schema; - reads standard input
    #[arg(long, value_name = "FILE")]
    sdl: PathBuf,
    /// A field of the hub's that its resolvers may be sent, e.g. Municipality.code; may be given several times
    #[arg(long = "term", value_name = "TYPE.FIELD")]
    terms: Vec<String>,
}

pub fn run(arguments: Check) -> anyhow::Result<ExitCode> {
    let Check { name, sdl: file, terms } = arguments;
    ensure!(
        is_name(&name),
        "{name:?} is no name for a subgraph: 3 to 30 small letters, digits and single hyphens, a letter first, not \"{HUB}\""
    );
    let sdl = read_sdl(&file)?;
    let hub = crate::schema::definition(true);
    let known = HubSchema::read(&hub)?;
    if let Some(term) = terms.iter().find(|term| !known.has(term)) {
        anyhow::bail!("--term {term}: the hub has no such field");
    }
    let terms = terms.into_iter().collect();
    let partner = Partner { name: &name, terms: &terms };
    let others = [Part { name: HUB, url: "http://localhost/graphql", sdl: &hub }];
    match check::check(&others, &partner, "http://localhost/partner", &sdl)? {
        Report::Refused(findings) => {
            for finding in findings {
                let (rule, message) = (finding.rule.as_str().to_uppercase(), finding.message.en);
                println!(
                    "{}:{}:{} {rule} {}: {message}",
                    file.display(),
                    finding.line,
                    finding.column,
                    finding.subject
                );
            }
            Ok(ExitCode::FAILURE)
        }
        Report::DoesNotCompose(obstacles) => {
            for obstacle in obstacles {
                println!("{}: {} {}", file.display(), obstacle.code.unwrap_or_default(), obstacle.message);
            }
            Ok(ExitCode::FAILURE)
        }
        Report::Composes { changes, .. } => {
            println!("{name} composes with the hub.");
            told::changes(changes.into_iter().map(|change| (change.weight, change.message)));
            Ok(ExitCode::SUCCESS)
        }
    }
}
