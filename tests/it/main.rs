//! The integration tests: one binary, one private PostgreSQL, a database of its own for each test.
//! The fixture is [`hub::TestHub`].

// The schema is one type made of many: its answer is one deeply nested future.
#![recursion_limit = "512"]

mod accounts;
mod agreements;
mod answers;
mod architecture;
mod attaching;
mod audit;
mod chain;
mod clients;
mod conformance;
mod councils;
mod coverage;
mod descriptions;
mod documents;
mod door;
mod embedded;
mod external_tokens;
mod federation;
mod gaps;
mod gexf;
mod hardening;
mod http;
mod hub;
mod import;
mod issuer;
mod levels;
mod listening;
mod logs;
mod machines;
mod migrations;
mod network;
mod network_export;
mod network_privacy;
mod network_questions;
mod network_upkeep;
mod oauth;
mod overview;
mod partners;
mod peers;
mod people;
mod plans;
mod policies;
mod probes;
mod projects;
mod proposals;
mod provider;
mod random_walk;
mod readme;
mod registry;
mod rights;
mod rules;
mod sdl;
mod search;
mod sessions;
mod sight;
mod sign_in;
mod token_attacks;
mod tokens;
mod unseen;
mod usage;
mod websocket;
mod work;
