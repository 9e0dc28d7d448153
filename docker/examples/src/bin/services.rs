use std::net::SocketAddr;

use clap::Parser;
use raccordo_examples::services::{NAME, schema};
use raccordo_examples::serving::{Options, run};

/// A directory of services, as a subgraph of the hub. Its data are synthetic.
#[derive(Parser)]
#[command(name = "services", version)]
struct Cli {
    /// Address to serve on
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4001")]
    listen: SocketAddr,
    #[command(flatten)]
    options: Options,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    run(NAME, schema()?, cli.listen, cli.options).await
}
