//! What changes people's records. The pattern of each is that of `graphql/mutation.rs`.

mod delegation;
mod invitation;
mod membership;
mod privacy;
mod session;

use crate::graphql::Graph;

pub use delegation::DelegationMutation;
pub use invitation::InvitationMutation;
pub(super) use invitation::{invited, link};
pub use membership::MembershipMutation;
pub use privacy::PrivacyMutation;
pub use session::SessionMutation;

/// This hub looks at what follows from the table anew with the next request; the others are told by the database.
fn changed(graph: &Graph, table: &str) {
    graph.hub.note_change(table);
}
