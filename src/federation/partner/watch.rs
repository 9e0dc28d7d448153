use std::sync::Weak;
use std::time::Duration;

use super::standing::Partners;
use crate::federation::Setup;
use crate::hub::Hub;

/// How often services are looked after.
const ROUND: Duration = Duration::from_secs(5);
/// A service that was not called for so long is looked at.
const SILENT: Duration = Duration::from_secs(15);

/// Looks now and then whether services are there that nobody asks for anything, until the hub ends.
pub async fn watch(hub: Weak<Hub>) {
    loop {
        tokio::time::sleep(ROUND).await;
        let Some(hub) = hub.upgrade() else { return };
        let Some(setup) = hub.provided::<Setup>() else { continue };
        let partners = hub.reference::<Partners>();
        let silent = partners.all().filter(|partner| setup.partners.watch.is_silent(partner.subgraph, SILENT));
        futures_util::future::join_all(silent.map(|partner| setup.partners.look(partner))).await;
    }
}
