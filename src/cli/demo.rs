//! `raccordo demo`

use std::process::ExitCode;
use std::str::FromStr;

use super::open::Opened;
use super::serve;
use crate::access::persona::PERSONAS;
use crate::access::token::DemoKey;
use crate::config::Config;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// How much synthetic data: small, national, or a multiple of national such as 10x
    #[arg(long, default_value = "small")]
    size: Size,
    /// Seed of the synthetic data: the same seed makes the same data
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// How much synthetic data there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    Small,
    /// The national size so many times.
    National(u32),
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let times = |text: &str| text.strip_suffix('x')?.parse().ok().filter(|times| (1..=100).contains(times));
        match text {
            "small" => Ok(Self::Small),
            "national" => Ok(Self::National(1)),
            _ => times(text).map(Self::National).ok_or_else(|| "small, national, or 2x to 100x".into()),
        }
    }
}

pub(super) async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<ExitCode> {
    serve::check_address(config.listen)?;
    let opened = Opened::migrated(config).await?;
    load(&opened, &arguments).await?;
    let key = DemoKey::read_or_make(&config.data_dir)?;
    introduce(config, &key)?;
    serve::until_signalled(opened, Some(&key), config.listen).await
}

async fn load(_opened: &Opened, _arguments: &Arguments) -> anyhow::Result<()> {
    Ok(())
}

/// Says where to go and as whom.
fn introduce(config: &Config, key: &DemoKey) -> anyhow::Result<()> {
    let base = format!("http://{}", config.listen);
    println!("Raccordo, demonstration\n");
    println!("  start here   {base}/");
    println!("  GraphiQL     {base}/graphiql");
    println!("  GraphQL      {base}/graphql   (subscriptions: {}/graphql/ws)\n", base.replacen("http", "ws", 1));
    println!("Without a token you are the public. To be somebody else, send \"Authorization: Bearer <token>\":\n");
    for persona in PERSONAS {
        println!("  {}\n    {}\n", persona.name, key.token(persona)?);
    }
    println!("Print one again with: raccordo token --persona {}", PERSONAS[0].name);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Size;

    #[test]
    fn sizes_are_named_or_multiples_of_national() {
        assert_eq!("small".parse(), Ok(Size::Small));
        assert_eq!("national".parse(), Ok(Size::National(1)));
        assert_eq!("10x".parse(), Ok(Size::National(10)));
        for wrong in ["", "x", "0x", "101x", "-1x", "large"] {
            assert!(wrong.parse::<Size>().is_err(), "{wrong}");
        }
    }
}
