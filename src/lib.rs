//! Raccordo: one federated GraphQL graph for the governance of migration.
//!
//! The house, from the street to the cellar; each may use only what stands below it:
//!
//! - [`cli`], with [`config`] and [`telemetry`]: the command line.
//! - [`http`]: the endpoints.
//! - [`schema`]: merges the rooms' parts; nothing else.
//! - [`demo`]: the synthetic network of the demonstration.
//! - [`integration`]: data from outside: the reference data that every installation holds, and imports.
//! - the rooms, one for each area of the domain: [`territory`], [`organisations`], [`councils`],
//!   [`funding`], [`plans`], [`projects`], [`agreements`], each with its tables, its types and its part of the
//!   schema; [`documents`] are the files attached to their records, [`accounts`] are the people who come in, [`clients`] the
//!   programs, [`audit`] what was done, [`federation`] the subgraphs of partners; [`explain`], [`network`], [`search`],
//!   [`overview`], [`gaps`], [`peers`], [`relay`] and [`viewer`] are ways through all of them.
//! - [`identifiers`]: CUP, CIG, fiscal codes and the like, with the rules that they obey.
//! - [`graphql`], [`hub`], [`deeds`]: the kit that every room uses; `deeds` is how callers change records.
//! - [`access`]: who the caller is and which rows that makes visible.
//! - [`db`]: PostgreSQL, embedded or outside; [`locale`]: the two languages of texts for people; [`trace`]: which trace a request
//!   belongs to.

// The schema is one type made of many: its answer is one deeply nested future.
#![recursion_limit = "512"]

pub mod access;
pub mod accounts;
pub mod agreements;
pub mod audit;
pub mod cli;
pub mod clients;
pub mod config;
pub mod councils;
pub mod db;
pub mod deeds;
pub mod demo;
pub mod documents;
pub mod explain;
pub mod federation;
pub mod funding;
pub mod gaps;
pub mod graphql;
pub mod history;
pub mod http;
pub mod hub;
pub mod identifiers;
pub mod integration;
pub mod locale;
pub mod network;
pub mod organisations;
pub mod overview;
pub mod peers;
pub mod plans;
pub mod projects;
pub mod relay;
pub mod schema;
pub mod search;
pub mod telemetry;
pub mod territory;
pub mod trace;
pub mod viewer;
