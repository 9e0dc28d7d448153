//! The integration tests: one binary, one private PostgreSQL, a database of its own for each test.
//! The fixture is [`hub::TestHub`].

// The schema is one type made of many: its answer is one deeply nested future.
#![recursion_limit = "512"]

mod architecture;
mod audit;
mod clients;
mod conformance;
mod descriptions;
mod embedded;
mod federation;
mod hardening;
mod http;
mod hub;
mod import;
mod levels;
mod migrations;
mod network;
mod overview;
mod policies;
mod probes;
mod readme;
mod rights;
mod rules;
mod sdl;
mod search;
mod sight;
mod websocket;
