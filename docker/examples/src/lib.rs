//! Two subgraphs as partners of the hub have them: a directory of services and an observatory of training.
//!
//! Each is a query root with its types ([`services`], [`observatory`]); [`serving`] answers over HTTP, and [`access`] tells who
//! asks. Their data are synthetic.

pub mod access;
mod data;
mod lists;
pub mod observatory;
pub mod sdl;
pub mod services;
pub mod serving;
