//! What changes people's records. The pattern of each is that of `graphql/mutation.rs`.

mod delegation;
mod invitation;
mod membership;
mod privacy;
mod session;

pub use delegation::DelegationMutation;
pub use invitation::InvitationMutation;
pub(super) use invitation::{invited, link};
pub use membership::MembershipMutation;
pub use privacy::PrivacyMutation;
pub use session::SessionMutation;
