//! All SQL of sign-in and sessions.

mod account;
mod attempt;
mod membership;
mod session;
mod terminal;

pub use account::{Account, account, note_sign_in};
pub use attempt::{Attempt, begin_attempt, take_attempt};
pub use membership::{
    accept_invitation, begin_membership, change_membership, end_membership, forget_addresses, invitation, memberships,
    organisations_by_code,
};
pub use session::{
    NewSession, begin_session, end_session, hash_of_session, last_used, let_go_of_sessions, note_seen, session,
};
pub use terminal::{Beside, Grant, begin_beside, begin_grant, take_grant};
