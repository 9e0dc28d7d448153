//! Names of services are looked up as any are; addresses where no service may be are left out. A name that was fit when it was
//! written down may lead elsewhere by now.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::federation::address::Neighbourhood;

/// There is an address, and no service may be there.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to addresses where no service may be")]
pub struct Private;

/// Looks names up for calls to partners.
pub struct Resolver(pub Neighbourhood);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let neighbourhood = self.0.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let admitted: Vec<_> = found.iter().copied().filter(|found| neighbourhood.admits(found.ip())).collect();
            if admitted.is_empty() && !found.is_empty() {
                return Err(Private.into());
            }
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}
