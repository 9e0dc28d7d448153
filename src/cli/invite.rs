//! `raccordo invite`

use std::process::ExitCode;

use super::open::Opened;
use crate::access::Role;
use crate::accounts::{model::INVITATION_DAYS, operator};
use crate::config::Config;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Into which organisation: office:PREF-BO, ipa:<code>, fiscal:<code> or id:<UUID>
    #[arg(long, value_name = "CODE")]
    organisation: String,
    /// As what: viewer, member, secretariat, officer, head, administrator
    #[arg(long, default_value = "administrator")]
    role: Role,
    /// E-mail address of the person; no mail is sent
    #[arg(long)]
    email: String,
    /// For how many days the link works, 1 to 60
    #[arg(long, default_value_t = INVITATION_DAYS.1)]
    days: i32,
}

pub(super) async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { organisation, role, email, days } = arguments;
    let opened = Opened::beside_hub(config).await?;
    let link = operator::invite(&opened.database, &config.public_url, &organisation, role, &email, days).await;
    opened.close().await?;
    println!("{}", link?);
    Ok(ExitCode::SUCCESS)
}
