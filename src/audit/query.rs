//! The audit in the graph.

use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::loader::PersonName;
use super::model::{self, ActorKind, AuditFilter};
use super::store;
use crate::access::audit::{Outcome, Record};
use crate::access::{Action, rules};
use crate::clients::query::{self as clients, Client};
use crate::graphql::page::{Cursor, Total};
use crate::graphql::{Error, Graph, NodeId, Page, PageArgs, Result};
use crate::organisations::query::{self as organisations, Organisation};

/// One entry of the audit: what somebody did, or tried to do [operazione registrata].
#[derive(Description)]
pub struct AuditEntry(Arc<Record>);

/// Who acted, and for whom [autore].
#[derive(Description)]
pub struct AuditActor(Arc<Record>);

/// What it was done to [oggetto dell'operazione].
#[derive(SimpleObject)]
pub struct AuditSubject {
    /// Name of its kind, as in the graph [tipo].
    kind: String,
    /// Global id; the record may be gone, or hidden from the caller.
    id: ID,
}

/// A field that changed [campo modificato].
#[derive(SimpleObject)]
pub struct AuditChange {
    /// Name of the field [campo].
    field: String,
    /// Its value before; null where it had none [valore precedente].
    before: Option<Value>,
    /// Its value after; null where it has none [valore successivo].
    after: Option<Value>,
    /// Whether it holds personal data or a secret: then neither value was written down [dato personale].
    is_personal: bool,
}

#[Object(use_type_description)]
impl AuditEntry {
    /// Its number in the chain of all entries, in decimal digits: each is one more than the one before it [numero].
    async fn seq(&self) -> String {
        self.0.seq.to_string()
    }

    /// When it was written.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Id of the request, as it stood in the answer [identificativo della richiesta].
    async fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// What was done; null for an action that this version of the hub does not know [azione].
    async fn action(&self) -> Option<Action> {
        self.0.action.parse().ok()
    }

    /// How it ended [esito].
    async fn outcome(&self) -> Result<Outcome> {
        self.0.outcome.parse().map_err(|unknown: String| {
            let unknown: Box<dyn std::error::Error + Send + Sync> = unknown.into();
            Error::Internal(unknown.into())
        })
    }

    /// Code of the rule that refused, or of what went wrong; null where it was done [motivo].
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Who acted, and for whom [autore].
    async fn actor(&self) -> AuditActor {
        AuditActor(self.0.clone())
    }

    /// Id of the delegation under which the actor worked for an office; null where it was under none [delega].
    async fn delegation(&self) -> Option<ID> {
        self.0.delegation_id.map(|id| NodeId::new("Delegation", id).id())
    }

    /// Of a PDND voucher: for what the data were asked [finalità].
    async fn purpose(&self) -> Option<&str> {
        self.0.purpose.as_deref()
    }

    /// What it was done to; null for what is about no record [oggetto].
    async fn subject(&self) -> Option<AuditSubject> {
        let (kind, id) = (self.0.subject_kind.as_ref()?, self.0.subject_id?);
        Some(AuditSubject { kind: kind.clone(), id: NodeId::new(kind, id).id() })
    }

    /// What changed; null where nothing did, or where the caller may not see the record itself [modifiche].
    async fn changes(&self) -> Option<Vec<AuditChange>> {
        let given = |value: Value| (!value.is_null()).then_some(value);
        let change = |change: model::FieldChange| AuditChange {
            field: change.field,
            before: given(change.before),
            after: given(change.after),
            is_personal: change.is_personal,
        };
        Some(model::changes(&self.0)?.into_iter().map(change).collect())
    }
}

#[Object(use_type_description)]
impl AuditActor {
    /// Who it was [tipo].
    async fn kind(&self) -> ActorKind {
        ActorKind::of(&self.0)
    }

    /// The body that the actor acted for [ente]; null where it was for none, or the caller may not see it.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        let Some(organisation) = self.0.organisation_id else { return Ok(None) };
        organisations::organisation(Graph::of(ctx), organisation).await
    }

    /// The program; null where it was none, or the caller may not see it [client].
    async fn client(&self, ctx: &Context<'_>) -> Result<Option<Client>> {
        let Some(client) = self.0.client_id else { return Ok(None) };
        clients::client(Graph::of(ctx), client).await
    }

    /// Opaque id of the account or program, the same in all of its entries; null for others.
    async fn id(&self) -> Option<ID> {
        let account = self.0.account_id.map(|id| NodeId::new("Account", id));
        account.or_else(|| self.0.client_id.map(|id| NodeId::new("Client", id))).map(|node| node.id())
    }

    /// Name of the person, for whom may read the persons of the body that they acted for, until their account is erased;
    /// name of the demonstration's caller [nome].
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let graph = Graph::of(ctx);
        match (self.0.account_id, self.0.organisation_id) {
            (Some(account), Some(organisation))
                if rules::may(&graph.viewer, Action::ReadPersons, Some(organisation)).is_ok() =>
            {
                graph.load(PersonName { account, organisation }).await
            }
            (Some(_), _) => Ok(None),
            (None, _) => Ok(self.0.persona.clone()),
        }
    }
}

/// Name of the one order of the audit in cursors.
const ORDER: &str = "-seq";

/// The audit.
#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// What was done to an organisation's records, newest first [registro delle operazioni]. For its heads and
    /// administrators, for its clients with the scope `audit:read`, and for the central department, which reads of every
    /// organisation. Null with an error `FORBIDDEN`, whose `extensions.rule` says why, for everybody else.
    #[allow(clippy::too_many_arguments, reason = "the arguments of one field")]
    async fn audit_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Global id of the organisation whose records they are about; when left out, all that the caller \
                          may see: the own organisation's, for the central department everybody's."
        )]
        organisation: Option<ID>,
        #[graphql(desc = "Global id of the record that they are about.")] subject: Option<ID>,
        #[graphql(desc = "Only these actions.")] action: Option<Vec<Action>>,
        #[graphql(desc = "Only those that ended so.")] outcome: Option<Outcome>,
        #[graphql(desc = "From this instant on.")] from: Option<DateTime<Utc>>,
        #[graphql(desc = "Before this instant.")] until: Option<DateTime<Utc>>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the item after which the page begins.")] after: Option<String>,
    ) -> Result<Option<Page<AuditEntry>>> {
        let graph = Graph::of(ctx);
        let filter = AuditFilter {
            organisation: organisation.map(|id| NodeId::uuid(organisations::NODE, &id)).transpose()?,
            subject: subject.map(|id| subject_of(&id)).transpose()?,
            actions: action.unwrap_or_default(),
            outcome,
            from,
            until,
        };
        let args = PageArgs::new(first, after, ORDER)?;
        let before = args.after.as_ref().map(number).transpose()?;
        let owner = filter.organisation.or(graph.viewer.organisation);
        graph.allow(Action::ReadAudit, owner, None).await??;
        let rows = store::newest(&mut *graph.statement().await?, &filter, before, args.limit()).await?;
        let total = Total::new(move |graph| {
            let filter = filter.clone();
            async move { store::count(&mut *graph.statement().await?, &filter).await }
        });
        let cursor = |row: &Record| Cursor { order: ORDER.into(), value: Some(row.seq.to_string()), id: Uuid::nil() };
        Ok(Some(args.page(rows, total, cursor, |row| AuditEntry(Arc::new(row)))))
    }
}

/// A record of any kind: its kind and its UUID.
pub fn subject_of(id: &str) -> Result<(String, Uuid)> {
    let node = NodeId::parse(id)?;
    let key = node.as_uuid()?;
    Ok((node.kind, key))
}

fn number(cursor: &Cursor) -> Result<i64> {
    let number = cursor.value.as_deref().and_then(|value| value.parse().ok());
    number.ok_or_else(|| Error::bad_input("Il cursore non è valido.", "The cursor is not valid."))
}
