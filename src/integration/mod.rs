//! Integration: data that come from outside the hub.

pub mod reference;
