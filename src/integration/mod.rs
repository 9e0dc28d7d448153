//! Integration: data that come from outside the hub.

pub mod import;
pub mod reference;
