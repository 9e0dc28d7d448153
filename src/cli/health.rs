//! `raccordo health`

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::config::Config;

const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    match ask(config.listen, "/readyz").await? {
        200 => {
            println!("ready");
            Ok(ExitCode::SUCCESS)
        }
        status => bail!("the hub on {} is not ready ({status})", config.listen),
    }
}

/// The status with which the hub answers a GET.
pub(super) async fn ask(listen: SocketAddr, path: &str) -> anyhow::Result<u16> {
    let address = SocketAddr::new(reachable(listen.ip()), listen.port());
    let asked = async {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut start = [0; 12];
        stream.read_exact(&mut start).await?;
        std::io::Result::Ok(start)
    };
    let start = tokio::time::timeout(PATIENCE, asked)
        .await
        .with_context(|| format!("nothing answers on {address} within {} s", PATIENCE.as_secs()))?
        .with_context(|| format!("no hub answers on {address}"))?;
    let text = std::str::from_utf8(&start).unwrap_or_default();
    let status = text.strip_prefix("HTTP/1.1 ").and_then(|status| status.parse().ok());
    status.with_context(|| format!("what answers on {address} is not the hub"))
}

/// A hub that serves on every address is asked on the loopback one.
fn reachable(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        other => other,
    }
}
