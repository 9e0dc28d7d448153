//! People in the graph.

mod account;
mod delegation;
mod invitation;
mod membership;

pub use account::{Account, Session, account};
pub use delegation::{Delegation, delegations_of};
pub use invitation::{Invitation, invitations_of};
pub use membership::{Membership, Person, memberships_of};
