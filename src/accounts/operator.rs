//! What the hub's operator does at the command line: the first administrator of an organisation comes in so.

use anyhow::{Context as _, ensure};
use chrono::{TimeDelta, Utc};
use uuid::Uuid;

use super::model::{self, INVITATION_DAYS};
use super::mutation::{invited, link};
use super::store;
use super::store::invitation::New;
use crate::access::audit::{self, Entry};
use crate::access::people::organisations_by_code;
use crate::access::secret::Secret;
use crate::access::{Role, Viewer};
use crate::db::Database;

/// Invites a person into the organisation that a code names (`office:PREF-BO`, `ipa:…`, `fiscal:…`, `id:…`), for `days`
/// days. Returns the link, which is not kept. In the audit it is an act of nobody who signed in, with the reason
/// [`audit::BY_OPERATOR`].
///
/// # Errors
/// There is no such organisation; the address or the number of days cannot be.
pub async fn invite(
    database: &Database,
    public_url: &str,
    code: &str,
    role: Role,
    email: &str,
    days: i32,
) -> anyhow::Result<String> {
    let (least, _, most) = INVITATION_DAYS;
    let email = model::email(email).with_context(|| format!("{email} is no e-mail address"))?;
    ensure!((least..=most).contains(&days), "an invitation waits for {least} to {most} days");
    let mut writing = database.write_for_hub().await?;
    let connection = writing.connection();
    let organisation = organisations_by_code(connection, &[code]).await?.get(code).copied();
    let organisation = organisation.with_context(|| format!("there is no organisation {code}"))?;
    let secret = Secret::random();
    let new = New {
        organisation,
        role,
        email: &email,
        secret_hash: secret.hash(),
        invited_by: None,
        expires_at: Utc::now() + TimeDelta::days(days.into()),
    };
    let made = store::invitation::insert(connection, &new).await?.context("the organisation is no more")?;
    let entry = Entry { reason: Some(audit::BY_OPERATOR.into()), ..invited(&made) };
    audit::add(connection, &Viewer::public(), &Uuid::now_v7().to_string(), &entry).await?;
    writing.commit().await?;
    Ok(link(public_url, &secret))
}
