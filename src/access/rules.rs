//! Who may do what: one table, which says why not. What a caller may *see* is decided elsewhere, and first: a record
//! that it does not see is not there, and no rule is asked about it.

use uuid::Uuid;

use super::Action;
use super::Room;
use super::scope::Scope;
use super::viewer::{Caller, DelegationMode, Level, Role};
use crate::locale::Message;

use Action::*;
use Role::*;

/// Who may do an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// Whoever asks: the action proves by itself who it is.
    Anyone,
    /// Whoever asks; a client needs the scope.
    AnyoneAndClients(Scope),
    /// No caller: the hub itself, by its settings or on its operator's machine.
    Nobody,
    /// A person, on what is their own.
    Themselves,
    /// These roles of the organisation that the thing belongs to; none of them while it works for an office under a
    /// delegation. A client of that organisation that has the scope, if one is named.
    Of(&'static [Role], Option<Scope>),
    /// As [`Allowed::Of`], with these roles; and those of a body to which the organisation has delegated the drafting of what
    /// is in this room.
    Drafting(Room, &'static [Role], Scope),
    /// As [`Allowed::Drafting`], by people alone.
    DraftingInPerson(Room, &'static [Role]),
    /// As it is allowed to draft what is in the room: see [`drafting_in`].
    DraftingInItsRoom,
    /// As [`Allowed::Of`], at these levels alone.
    At(&'static [Level], &'static [Role]),
    /// As [`Allowed::Of`], and the same roles of the central department for any organisation.
    OfOrCentral(&'static [Role], Option<Scope>),
}

const ADMINISTRATORS: &[Role] = &[Administrator];
const RESPONSIBLE: &[Role] = &[Head, Administrator];
/// Who prepares what a head decides.
const DRAFTERS: &[Role] = &[Officer, Head];
const HEADS: &[Role] = &[Head];
/// Who writes down what a council decided: its secretariat, or the office that keeps it.
const RECORDERS: &[Role] = &[Secretariat, Officer, Head];
/// Who takes part in the work of the councils, not only reads.
const TAKING_PART: &[Role] = &[Member, Secretariat, Officer, Head, Administrator];
const CENTRAL: &[Level] = &[Level::National];
const OFFICES: &[Level] = &[Level::National, Level::Prefecture];

/// The table. `tests/it/snapshots/rules.txt` shows it for every kind of caller.
pub const fn allowed(action: Action) -> Allowed {
    match action {
        SignIn | IssueToken => Allowed::Anyone,
        SignOut | SignOutEverywhere | EndSession | SwitchMembership | AcceptInvitation | ExportOwnData
        | EraseOwnAccount => Allowed::Themselves,
        InviteMember | WithdrawInvitation | ChangeMemberRole | EndMembership => Allowed::Of(ADMINISTRATORS, None),
        RegisterClient | ChangeClient | RotateClientSecret | RevokeClient => Allowed::Of(ADMINISTRATORS, None),
        ReadPersons | ReadClients => Allowed::Of(RESPONSIBLE, None),
        GrantDelegation | EndDelegation => Allowed::At(OFFICES, RESPONSIBLE),
        ReadAudit | ExportAudit => Allowed::OfOrCentral(RESPONSIBLE, Some(Scope::AuditRead)),
        ExportNetwork => Allowed::AnyoneAndClients(Scope::NetworkExport),
        LetGoOfAudit => Allowed::Nobody,
        CreateTerritorialPlan
        | DraftTerritorialPlan
        | WritePlanIndicator
        | WritePlanNeed
        | WritePlanPriority
        | WritePlanIntervention
        | WritePlanMeasure
        | RemovePlanPart
        | StartPlanDrafting
        | RecordPlanMeasurement
        | ReviseTerritorialPlan
        | InvitePlanContribution
        | WithdrawPlanInvitation
        | AnswerPlanContribution => Allowed::Drafting(Room::Plans, DRAFTERS, Scope::PlanWrite),
        ReturnTerritorialPlan | EndorseTerritorialPlan => Allowed::Of(RECORDERS, None),
        SubmitTerritorialPlan
        | AdoptTerritorialPlan
        | StartPlanImplementation
        | CloseTerritorialPlan
        | WithdrawTerritorialPlan
        | ShareTerritorialPlan => Allowed::Of(HEADS, None),
        ContributeToPlan => Allowed::Of(DRAFTERS, None),
        PublishFundingCall | AmendFundingCall | CancelFundingCall => Allowed::At(OFFICES, HEADS),
        ProposeProject
        | ChangeProposal
        | InviteProjectPartner
        | WithdrawProjectInvitation
        | AddProjectContract
        | DeclareProjectSpending
        | SetProjectDeadline
        | WriteProjectIndicator
        | RecordProjectValue => Allowed::Drafting(Room::Projects, DRAFTERS, Scope::ProjectWrite),
        AnswerProjectInvitation | SubmitProject | StartProject | SuspendProject | ResumeProject | CloseProject => {
            Allowed::Of(HEADS, None)
        }
        AdmitProject | RejectProject | FundProject | RevokeProject | AmendProject => Allowed::OfOrCentral(HEADS, None),
        RegisterProject => Allowed::At(OFFICES, DRAFTERS),
        AppointCouncilMember | EndCouncilSeat => Allowed::Of(HEADS, None),
        PlanCouncilSitting
        | ChangeCouncilSitting
        | SetSittingAgenda
        | ConveneCouncilSitting
        | CancelCouncilSitting
        | RecordSittingAttendance
        | HoldCouncilSitting
        | RecordCouncilResolution
        | DraftSittingMinutes
        | ApproveSittingMinutes
        | OpenWorkingTable
        | ChangeWorkingTable
        | AddTableMember
        | RemoveTableMember
        | RecordTableMeeting
        | CloseWorkingTable => Allowed::Of(RECORDERS, None),
        AnswerSittingInvitation => Allowed::Of(DRAFTERS, None),
        CreateCalendarFeed | RevokeCalendarFeed => Allowed::Of(TAKING_PART, None),
        DraftAgreement | ChangeAgreement | RenewAgreement => Allowed::DraftingInPerson(Room::Agreements, DRAFTERS),
        OpenAgreementForSigning | SignAgreement | WithdrawFromAgreement | EndAgreement => Allowed::Of(HEADS, None),
        AttachDocument | RemoveDocument => Allowed::DraftingInItsRoom,
        InviteSittingGuests | WithdrawSittingInvitation => Allowed::Of(RECORDERS, None),
        ProposeSubgraph => Allowed::Of(RESPONSIBLE, None),
        PublishSubgraph => Allowed::Of(RESPONSIBLE, Some(Scope::SubgraphWrite)),
        ApproveSubgraph | RefuseSubgraph | RollBackSupergraph => Allowed::At(CENTRAL, RESPONSIBLE),
        WithdrawSubgraph => Allowed::OfOrCentral(RESPONSIBLE, None),
    }
}

/// Who drafts what is in a room, and so what belongs to it wherever it may be, such as its documents; without a room, who
/// does so in most.
pub const fn drafting_in(room: Option<Room>) -> Allowed {
    match room {
        Some(Room::Plans) => Allowed::Drafting(Room::Plans, DRAFTERS, Scope::PlanWrite),
        Some(Room::Projects) => Allowed::Drafting(Room::Projects, DRAFTERS, Scope::ProjectWrite),
        Some(Room::Agreements) => Allowed::DraftingInPerson(Room::Agreements, DRAFTERS),
        Some(Room::Councils) => Allowed::Of(RECORDERS, None),
        _ => Allowed::Of(DRAFTERS, None),
    }
}

/// By which rule a caller may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    Anyone,
    /// On what is their own.
    Themselves,
    /// By their role in the organisation that it belongs to.
    Role,
    /// By their role in the central department, whosever it is.
    CentralDepartment,
    /// A client, by its scope.
    Scope(Scope),
    /// By the office's delegation to draft.
    Delegation,
    /// As the demonstration's caller, who has every role of its body.
    Demonstration,
}

impl Grant {
    /// The rule's stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Anyone => "ANYONE",
            Self::Themselves => "THEMSELVES",
            Self::Role => "ROLE",
            Self::CentralDepartment => "CENTRAL_DEPARTMENT",
            Self::Scope(_) => "SCOPE",
            Self::Delegation => "DELEGATION",
            Self::Demonstration => "DEMONSTRATION",
        }
    }

    /// Why, for people.
    pub fn message(&self) -> Message {
        match self {
            Self::Anyone => Message::new("È consentito a chiunque.", "Anyone may do this."),
            Self::Themselves => {
                Message::new("È consentito a ciascuno per quanto lo riguarda.", "Everybody may do this for themselves.")
            }
            Self::Role => Message::new("Lo consente il ruolo nell'ente.", "The role in the organisation allows it."),
            Self::CentralDepartment => Message::new(
                "Lo consente il ruolo nel Dipartimento, per ogni ente.",
                "The role in the central department allows it, for every organisation.",
            ),
            Self::Scope(scope) => Message::new(
                format!("Lo consente lo scope {scope} del client."),
                format!("The client's scope {scope} allows it."),
            ),
            Self::Delegation => Message::new(
                "Lo consente la delega dell'ufficio a predisporre bozze.",
                "The office's delegation to prepare drafts allows it.",
            ),
            Self::Demonstration => Message::new(
                "Nella dimostrazione si agisce con ogni ruolo del proprio ente.",
                "In the demonstration one acts with every role of one's body.",
            ),
        }
    }
}

/// Why a caller may not do something. Each has a stable code and says what it would take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Only the hub itself.
    Operator,
    /// Only who signed in.
    SignIn,
    /// Only a person, not a program.
    Person,
    /// The person belongs to no organisation, or acts for none.
    Membership,
    /// Only on what belongs to the organisation that the caller acts for.
    OwnOrganisation,
    /// Only these roles.
    Role(&'static [Role]),
    /// Only these levels.
    Level(&'static [Level]),
    /// A client without the scope.
    Scope(Scope),
    /// Not while working for an office under a delegation.
    Delegation,
}

impl Refusal {
    /// The rule's stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Operator => "OPERATOR_ONLY",
            Self::SignIn => "SIGN_IN_REQUIRED",
            Self::Person => "PERSON_REQUIRED",
            Self::Membership => "MEMBERSHIP_REQUIRED",
            Self::OwnOrganisation => "OWN_ORGANISATION_ONLY",
            Self::Role(_) => "ROLE_REQUIRED",
            Self::Level(_) => "LEVEL_REQUIRED",
            Self::Scope(_) => "SCOPE_REQUIRED",
            Self::Delegation => "NOT_UNDER_DELEGATION",
        }
    }

    /// What it would take, for people.
    pub fn message(&self) -> Message {
        match self {
            Self::Operator => Message::new(
                "Lo fa solo chi gestisce il sistema, non chi lo interroga.",
                "Only the hub's operator does this, no caller.",
            ),
            Self::SignIn => Message::new("Occorre accedere.", "Sign in first."),
            Self::Person => Message::new(
                "Può farlo solo una persona che ha effettuato l'accesso, non un programma.",
                "Only a person who signed in may do this, not a program.",
            ),
            Self::Membership => Message::new(
                "Occorre agire per un ente: scegliere un'appartenenza o chiedere un invito.",
                "Act for an organisation first: choose a membership or ask for an invitation.",
            ),
            Self::OwnOrganisation => Message::new(
                "È consentito solo per l'ente per cui si agisce.",
                "This is allowed only for the organisation that you act for.",
            ),
            Self::Role(roles) => {
                let list = |name: fn(Role) -> &'static str| {
                    roles.iter().map(|role| name(*role)).collect::<Vec<_>>().join(", ")
                };
                Message::new(
                    format!("Occorre uno di questi ruoli nell'ente: {}.", list(in_italian)),
                    format!("One of these roles in the organisation is needed: {}.", list(Role::as_str)),
                )
            }
            Self::Level([Level::National]) => {
                Message::new("È consentito solo al Dipartimento.", "This is allowed only to the central department.")
            }
            Self::Level(_) => Message::new(
                "È consentito solo a una Prefettura o al Dipartimento.",
                "This is allowed only to an office of the prefect or the central department.",
            ),
            Self::Scope(scope) => Message::new(
                format!("Il client non ha lo scope {scope}."),
                format!("The client lacks the scope {scope}."),
            ),
            Self::Delegation => Message::new(
                "Non è consentito mentre si lavora per un ufficio con una delega.",
                "This is not allowed while working for an office under a delegation.",
            ),
        }
    }
}

const fn in_italian(role: Role) -> &'static str {
    match role {
        Viewer => "consultazione",
        Member => "componente",
        Secretariat => "segreteria",
        Officer => "funzionario",
        Head => "dirigente",
        Administrator => "amministratore",
    }
}

/// Whether a caller may do an action on something that belongs to `owner`; `None` for what is the caller's own or
/// nobody's.
///
/// # Errors
/// The first rule that stands in the way.
pub fn may(viewer: &super::Viewer, action: Action, owner: Option<Uuid>) -> Result<Grant, Refusal> {
    may_in(viewer, action, None, owner)
}

/// The same on something in a room, for an action that is done in several.
///
/// # Errors
/// The first rule that stands in the way.
pub fn may_in(
    viewer: &super::Viewer,
    action: Action,
    room: Option<Room>,
    owner: Option<Uuid>,
) -> Result<Grant, Refusal> {
    let allowed = match allowed(action) {
        Allowed::DraftingInItsRoom => drafting_in(room),
        allowed => allowed,
    };
    match allowed {
        Allowed::Anyone => Ok(Grant::Anyone),
        Allowed::AnyoneAndClients(scope) => match viewer.client() {
            None => Ok(Grant::Anyone),
            Some(client) if client.scopes.has(scope) => Ok(Grant::Scope(scope)),
            Some(_) => Err(Refusal::Scope(scope)),
        },
        Allowed::Nobody => Err(Refusal::Operator),
        Allowed::Themselves => match &viewer.caller {
            Caller::Person(_) => Ok(Grant::Themselves),
            Caller::Public => Err(Refusal::SignIn),
            Caller::Persona(_) | Caller::Client(_) => Err(Refusal::Person),
        },
        Allowed::Of(roles, scope) => of(viewer, roles, scope, owner),
        Allowed::DraftingInItsRoom => of(viewer, DRAFTERS, None, owner),
        Allowed::Drafting(room, roles, scope) => drafting(viewer, room, roles, Some(scope), owner),
        Allowed::DraftingInPerson(room, roles) => drafting(viewer, room, roles, None, owner),
        Allowed::At(levels, roles) => {
            let grant = of(viewer, roles, None, owner)?;
            if levels.contains(&viewer.level) { Ok(grant) } else { Err(Refusal::Level(levels)) }
        }
        Allowed::OfOrCentral(roles, scope) => {
            let is_anothers = viewer.level == Level::National && owner != viewer.organisation;
            let grant = of(viewer, roles, scope, if is_anothers { viewer.organisation } else { owner })?;
            Ok(if is_anothers && grant == Grant::Role { Grant::CentralDepartment } else { grant })
        }
    }
}

fn drafting(
    viewer: &super::Viewer,
    room: Room,
    roles: &'static [Role],
    scope: Option<Scope>,
    owner: Option<Uuid>,
) -> Result<Grant, Refusal> {
    match drafts_under_delegation(viewer, room) {
        Some((office, role)) if owner == Some(office) => {
            if roles.contains(&role) {
                Ok(Grant::Delegation)
            } else {
                Err(Refusal::Role(roles))
            }
        }
        _ => of(viewer, roles, scope, owner),
    }
}

/// The office that the caller prepares drafts for in a room, and the role that it has in its own body.
fn drafts_under_delegation(viewer: &super::Viewer, room: Room) -> Option<(Uuid, Role)> {
    let Caller::Person(person) = &viewer.caller else { return None };
    let grant =
        person.delegation.as_ref().filter(|grant| grant.mode == DelegationMode::Draft && grant.rooms.contains(&room));
    Some((grant?.office, person.membership.as_ref()?.role))
}

/// For which organisation the caller makes new records in a room: the office that has delegated that to it, else its own.
pub fn makes_for(viewer: &super::Viewer, room: Room) -> Option<Uuid> {
    drafts_under_delegation(viewer, room).map(|(office, _)| office).or(viewer.organisation)
}

fn of(
    viewer: &super::Viewer,
    roles: &'static [Role],
    scope: Option<Scope>,
    owner: Option<Uuid>,
) -> Result<Grant, Refusal> {
    let grant = match &viewer.caller {
        Caller::Public => return Err(Refusal::SignIn),
        Caller::Persona(_) => Some(Grant::Demonstration),
        Caller::Client(client) => match scope {
            None => return Err(Refusal::Person),
            Some(scope) if !client.scopes.has(scope) => return Err(Refusal::Scope(scope)),
            Some(scope) => Some(Grant::Scope(scope)),
        },
        Caller::Person(person) => {
            if person.delegation.is_some() {
                return Err(Refusal::Delegation);
            }
            let held = person.membership.as_ref().ok_or(Refusal::Membership)?.role;
            roles.contains(&held).then_some(Grant::Role)
        }
    };
    if owner.is_some() && viewer.organisation != owner {
        return Err(Refusal::OwnOrganisation);
    }
    grant.ok_or(Refusal::Role(roles))
}
