//! `raccordo keys`

use std::process::ExitCode;

use chrono::{DateTime, Utc};

use super::open::{Opened, hub_key};
use crate::access::keys::{HubKey, Keys, Rotation, SigningKey};
use crate::config::Config;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Print the keys with which the hub signs tokens, the newest first.
    List,
    /// Publish a new key; ten minutes later it signs in place of the old one, whose tokens stay good.
    Rotate {
        /// After a leak: the new key signs at once, and every token of older keys is refused
        #[arg(long)]
        at_once: bool,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let hub_key = HubKey::read(&hub_key(config)?)?;
    let opened = Opened::beside_hub(config).await?;
    let keys = Keys::new(opened.database.clone(), Some(hub_key));
    match command {
        Command::List => {
            for key in keys.all().await?.iter() {
                println!("{}  {}", key.kid, state(key, Utc::now()));
            }
        }
        Command::Rotate { at_once } => {
            let rotation = if at_once { Rotation::AtOnce } else { Rotation::InTime };
            let (kid, signs_from) = keys.rotate(rotation).await?;
            println!("{kid}  signs from {}", minute(signs_from));
        }
    }
    opened.close().await?;
    Ok(ExitCode::SUCCESS)
}

fn state(key: &SigningKey, now: DateTime<Utc>) -> String {
    match (key.published_until, key.signs_until) {
        (Some(until), _) if until <= now => format!("is over since {}", minute(until)),
        _ if key.signs_from > now => format!("is published, signs from {}", minute(key.signs_from)),
        (_, Some(until)) if until > now => format!("signs until {}", minute(until)),
        (Some(until), _) => format!("signs no more, is published until {}", minute(until)),
        (None, _) => format!("signs since {}", minute(key.signs_from)),
    }
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}
