//! `raccordo serve`

use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::open::{Opened, access, lend_documents};
use crate::config::Config;
use crate::federation::{partner, usage};
use crate::hub::Hub;
use crate::{http, schema};

/// Requests under way have this long to finish after the signal to end.
const DRAINING: Duration = Duration::from_secs(10);
/// What was used since the last minute has this long to be written down.
const WRITING: Duration = Duration::from_secs(2);

pub(super) async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    check_address(config.listen)?;
    let opened = Opened::migrated(config).await?;
    let hub = Hub::start(opened.database.clone(), access(config)?, schema::references()).await?;
    lend_documents(config, &hub).await?;
    hub.provide(config.federation());
    until_signalled(opened, hub, config.http()?, config.listen).await
}

/// Says that the address is taken before anything long begins.
pub(super) fn check_address(listen: SocketAddr) -> anyhow::Result<()> {
    TcpListener::bind(listen).with_context(|| {
        format!("cannot serve on {listen}: stop what uses it, or choose another address with --listen")
    })?;
    Ok(())
}

/// Serves until SIGTERM or SIGINT, lets requests under way finish, then closes the database.
/// A second signal ends the waiting.
pub(super) async fn until_signalled(
    opened: Opened,
    hub: Arc<Hub>,
    settings: http::Settings,
    listen: SocketAddr,
) -> anyhow::Result<ExitCode> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (stop, mut stopping) = watch::channel(false);
    let shutdown = async move {
        // An error means that the sender is gone: time to stop, too.
        let _ = stopping.wait_for(|stop| *stop).await;
    };

    let watching = tokio::spawn(partner::watch(Arc::downgrade(&hub)));
    let keeping = tokio::spawn(usage::keep(Arc::downgrade(&hub)));
    let mut server = tokio::spawn(http::serve(hub.clone(), settings, listen, shutdown));
    let result = tokio::select! {
        served = &mut server => served?,
        () = either(&mut terminate, &mut interrupt) => {
            tracing::info!("stopping: requests under way have {} s", DRAINING.as_secs());
            stop.send_replace(true);
            tokio::select! {
                served = &mut server => served?,
                () = tokio::time::sleep(DRAINING) => {
                    tracing::warn!("some requests were not finished");
                    Ok(())
                }
                () = either(&mut terminate, &mut interrupt) => Ok(()),
            }
        }
        () = opened.lost() => Err(anyhow::anyhow!("the private PostgreSQL has ended; its log is in the data directory")),
    };
    watching.abort();
    keeping.abort();
    server.abort();
    let writing = usage::write_down(&hub, chrono::Local::now().date_naive());
    match tokio::time::timeout(WRITING, writing).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "what was used last could not be written down"),
        Err(_) => tracing::warn!("what was used last could not be written down in time"),
    }
    hub.stop();
    opened.close().await?;
    result.map(|()| ExitCode::SUCCESS)
}

async fn either(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
