//! The right to erasure (GDPR, art. 17).

use async_graphql::{Context, InputObject, Object};
use chrono::{DateTime, Utc};

use super::changed;
use super::session::own_account;
use crate::access::Action;
use crate::access::audit::{Changes, Entry};
use crate::accounts::store;
use crate::graphql::mutation::{Flaws, answer, saved};
use crate::graphql::{Graph, Result};
use crate::payload;

/// That the person means it.
#[derive(InputObject)]
pub struct EraseOwnAccountInput {
    /// The account's own e-mail address, written once more.
    confirm_email: String,
}

payload! {
    /// What came of an erasure [esito della cancellazione].
    pub struct EraseOwnAccountPayload {
        /// When the account was erased.
        erased_at: DateTime<Utc>,
    }
}

/// Mutations of the privacy of one's own data.
#[derive(Default)]
pub struct PrivacyMutation;

#[Object]
impl PrivacyMutation {
    /// Erases the caller's own account, for good: name and address are emptied, sign-in, sessions and memberships end,
    /// pending invitations to the address are withdrawn. The audit keeps what was done under an opaque id. Who signs in
    /// again gets a new account [cancellazione del proprio account]. An organisation may lose its last administrator so:
    /// its operator invites another.
    async fn erase_own_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "That the person means it.")] input: EraseOwnAccountInput,
    ) -> Result<Option<EraseOwnAccountPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            graph.allow(Action::EraseOwnAccount, None, None).await??;
            let (person, own) = own_account(graph).await?;
            let is_confirmed = input.confirm_email.trim().to_lowercase() == own.email.to_lowercase();
            Flaws::default()
                .unless(
                    is_confirmed,
                    "confirmEmail",
                    "EMAIL_DIFFERS",
                    "Non è l'indirizzo e-mail di questo account.",
                    "This is not the account's e-mail address.",
                )
                .none()?;
            // By the hub: no policy lets a person see the memberships of every organisation that they belong to.
            let mut change = graph.change_by_hub().await?;
            let ended = store::account::end(change.statement(), person.account).await?;
            saved(store::account::empty(change.statement(), person.account).await?)?;
            let changes = Changes::new()
                .personal("name")
                .personal("email")
                .field("identities", ended.identities, 0)
                .field("sessions", ended.sessions, 0)
                .field("memberships", ended.memberships, 0)
                .field("invitations", ended.invitations, 0);
            change.commit(&Entry::done(Action::EraseOwnAccount, own.subject(), changes)).await?;
            changed(graph, "browser_session");
            changed(graph, "membership");
            Ok(EraseOwnAccountPayload { erased_at: Some(Utc::now()), ..Default::default() })
        })
        .await
    }
}
