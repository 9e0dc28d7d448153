//! Raccordo: one federated GraphQL graph for the governance of migration.
//!
//! The house, from the street to the cellar; each may use only what stands below it:
//!
//! - [`http`]: the endpoints.
//! - [`schema`]: merges the rooms' parts; nothing else.
//! - the rooms, one for each area of the domain: [`territory`], [`organisations`], [`councils`],
//!   [`funding`], [`plans`], [`projects`], [`agreements`], [`network`], [`search`].
//!   Each owns its tables, its types and its part of the schema.
//! - [`integration`]: data from outside: the reference data that every installation holds.
//! - [`graphql`], [`hub`]: the kit that every room uses.
//! - [`access`]: who the caller is and which rows that makes visible.
//! - [`db`]: PostgreSQL, embedded or outside.

pub mod access;
pub mod db;
pub mod demo;
pub mod graphql;
pub mod hub;
pub mod integration;
pub mod schema;
