//! Projects that exist already and come into the graph with all that is known of them.

use async_graphql::{Context, ID, InputObject, Object};
use uuid::Uuid;

use super::decisions::cup;
use super::proposal::{interventions, links};
use super::work::cig;
use super::{competent, new_project, places};
use crate::access::Action;
use crate::deed_payload;
use crate::deeds::given::{clean, line};
use crate::deeds::{self, Manner};
use crate::funding::Programmes;
use crate::graphql::mutation::{Flaws, answer};
use crate::graphql::scalars::{Date, Euro};
use crate::graphql::{Graph, Result, UserError};
use crate::locale::Message;
use crate::organisations::loader;
use crate::organisations::model::Visibility;
use crate::projects::check::check;
use crate::projects::model::{ContractRow, ParticipationRow, ProjectRole, ProjectStatus};
use crate::projects::query::Project;

/// A body's part in a project that is registered.
#[derive(InputObject)]
pub struct RegisteredPartInput {
    /// Global id of the body.
    organisation_id: ID,
    /// Its role [ruolo].
    role: ProjectRole,
    /// Its share of the project's money, euros [quota].
    budget_share: Option<Euro>,
}

/// A contract of a project that is registered.
#[derive(InputObject)]
pub struct RegisteredContractInput {
    /// Code of the tender [CIG].
    cig: String,
    /// What it is about [oggetto].
    subject: Option<String>,
    /// Amount, euros [importo].
    amount: Option<Euro>,
    /// Day of signature [data di stipula].
    signed_on: Option<Date>,
}

/// A project that was funded before it came into the graph, as its own page or papers tell it.
#[derive(InputObject)]
pub struct RegisterProjectInput {
    /// Title [titolo].
    title: String,
    /// What it does, in a few sentences [sintesi].
    summary: Option<String>,
    /// Where it stands: funded or later [stato].
    status: ProjectStatus,
    /// Unique project code, 15 characters [CUP].
    cup: String,
    /// Number of the initiative in the fund's own system [numero iniziativa].
    initiative_number: Option<String>,
    /// First day of the project [data di inizio].
    starts_on: Date,
    /// Last day of the project [data di fine].
    ends_on: Option<Date>,
    /// Code of the node of the funding programme that pays it [nodo della programmazione].
    programme_code: Option<String>,
    /// Global id of the lead; the caller's own organisation when left out [capofila].
    lead_id: Option<ID>,
    /// Who takes part beside the lead.
    #[graphql(default)]
    parts: Vec<RegisteredPartInput>,
    /// Its contracts.
    #[graphql(default)]
    contracts: Vec<RegisteredContractInput>,
    /// Where it works: abbreviations or ISTAT codes of provinces, or ISTAT codes of municipalities [luoghi].
    #[graphql(default)]
    places: Vec<String>,
    /// Global ids of the interventions of territorial plans that it carries out [interventi].
    #[graphql(default)]
    intervention_ids: Vec<ID>,
    /// Public money, euros [finanziamento pubblico].
    public_funding: Option<Euro>,
    /// Whole cost, euros [costo totale].
    total_cost: Option<Euro>,
    /// Where the record comes from, e.g. the address of its page [fonte].
    source: String,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

deed_payload! {
    /// What became of a project that was to be registered.
    pub struct RegisterProjectPayload {
        /// The project.
        project: Project
    }
}

/// States in which a project can be when it is registered.
const REGISTERED: [ProjectStatus; 5] = [
    ProjectStatus::Funded,
    ProjectStatus::Running,
    ProjectStatus::Suspended,
    ProjectStatus::Closed,
    ProjectStatus::Revoked,
];

/// Registration of projects.
#[derive(Default)]
pub struct ProjectRegistration;

#[Object]
impl ProjectRegistration {
    /// Registers a project that was funded before it came into the graph, public from now on [registrazione di un progetto].
    /// By officers and heads of the central department and of the offices of the prefect; the record is that of their body.
    async fn register_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The project.")] input: RegisterProjectInput,
    ) -> Result<Option<RegisterProjectPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let own = graph.viewer.organisation;
            let own_id = own.map(|own| crate::graphql::NodeId::new("Organisation", own).id());
            let lead = input.lead_id.as_ref().or(own_id.as_ref()).map(|id| (id, "leadId".to_owned()));
            let parts = input.parts.iter().enumerate();
            let parts = parts.map(|(place, part)| (&part.organisation_id, format!("parts.{place}.organisationId")));
            let named: Vec<_> = lead.into_iter().chain(parts).collect();
            let seen = loader::seen(graph, &named).await?;
            let cup = cup(Some(&input.cup))?;
            let interventions = interventions(graph, &input.intervention_ids).await?;
            let told = deeds::make(ctx, (Action::RegisterProject, &input.manner), own.unwrap_or_default(), || {
                let lead = seen.first().ok_or_else(|| UserError::not_found("leadId"))?;
                let mut project = new_project(lead, &input.title);
                let project_id = project.project.id;
                let is_programme = input
                    .programme_code
                    .as_ref()
                    .is_none_or(|code| graph.reference::<Programmes>().node(code).is_some());
                Flaws::default()
                    .unless(
                        REGISTERED.contains(&input.status),
                        "status",
                        "STATUS_NOT_FUNDED",
                        "Si registrano progetti già finanziati; gli altri si propongono.",
                        "Projects are registered once they are funded; others are proposed.",
                    )
                    .unless(
                        is_programme,
                        "programmeCode",
                        "PROGRAMME_UNKNOWN",
                        "Non c'è un nodo della programmazione con questo codice.",
                        "No node of a programme has this code.",
                    )
                    .and(line(&input.source, "source"))
                    .none()?;
                let row = project.row();
                (row.summary, row.status, row.cup) = (clean(input.summary.clone()), input.status, cup);
                row.initiative_number = clean(input.initiative_number.clone());
                (row.starts_on, row.ends_on) = (Some(input.starts_on.0), input.ends_on.map(|day| day.0));
                row.programme_code = input.programme_code.clone();
                row.public_funding = input.public_funding.map(|amount| amount.0.normalize());
                row.total_cost = input.total_cost.map(|amount| amount.0.normalize());
                row.visibility = Visibility::Public;
                row.source = input.source.trim().to_owned();
                project.project_place = places(graph, project_id, &input.places)?;
                competent(graph, &project)?;
                project.project_intervention = links(project_id, &interventions);
                for (part, body) in input.parts.iter().zip(seen.iter().skip(1)) {
                    project.project_participation.push(ParticipationRow {
                        id: Uuid::now_v7(),
                        project_id,
                        organisation_id: body.id,
                        role: part.role,
                        valid_from: None,
                        valid_until: None,
                        budget_share: part.budget_share.map(|share| share.0.normalize()),
                        through_id: None,
                        is_synthetic: false,
                        source: input.source.trim().to_owned(),
                    });
                }
                for contract in &input.contracts {
                    project.project_contract.push(ContractRow {
                        id: Uuid::now_v7(),
                        project_id,
                        cig: cig(&contract.cig)?,
                        subject: clean(contract.subject.clone()),
                        amount: contract.amount.map(|amount| amount.0.normalize()),
                        signed_on: contract.signed_on.map(|day| day.0),
                        is_synthetic: false,
                        source: input.source.trim().to_owned(),
                    });
                }
                if unique(&project) {
                    check(&project)?;
                    return Ok(project);
                }
                let message = Message::new("Una parte o un CIG compare due volte.", "A part or a CIG stands twice.");
                Err(UserError::invalid("", "PART_TWICE", message).into())
            });
            Ok(told.await?.into())
        })
        .await
    }
}

/// Whether each body stands once in each role, and each CIG once.
fn unique(project: &crate::projects::document::ProjectDocument) -> bool {
    let mut parts: Vec<_> = project.project_participation.iter().map(|row| (row.organisation_id, row.role)).collect();
    // Contracts that need no tender share their code.
    let cigs = project.project_contract.iter().map(|row| row.cig.as_str());
    let mut cigs: Vec<_> = cigs.filter(|cig| !cig.starts_with("ES")).collect();
    let counts = (parts.len(), cigs.len());
    parts.sort_unstable();
    parts.dedup();
    cigs.sort_unstable();
    cigs.dedup();
    counts == (parts.len(), cigs.len())
}
