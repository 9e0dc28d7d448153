//! The integration tests: one binary, one private PostgreSQL, a database of its own for each test.
//! The fixture is [`hub::TestHub`].

mod architecture;
mod embedded;
mod hub;
mod migrations;
mod policies;
