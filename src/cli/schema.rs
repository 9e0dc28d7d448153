//! `raccordo schema`

use std::process::ExitCode;

use async_graphql::SDLExportOptions;

use crate::federation::subgraph;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Print the schema's definition.
    Print {
        /// As a subgraph, with the federation's directives
        #[arg(long)]
        federation: bool,
    },
}

pub(super) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    let Command::Print { federation } = command;
    print!("{}", definition(*federation));
    Ok(ExitCode::SUCCESS)
}

/// The schema in the definition language: what the repository keeps as `schema/raccordo.graphql`, and with the federation's
/// directives as `schema/raccordo.subgraph.graphql`.
pub fn definition(federation: bool) -> String {
    let options = SDLExportOptions::new().include_specified_by().prefer_single_line_descriptions().use_space_ident();
    let schema = crate::schema::builder().finish();
    match federation {
        true => subgraph::tagged(&schema.sdl_with_options(options.federation().compose_directive())),
        false => schema.sdl_with_options(options),
    }
}
