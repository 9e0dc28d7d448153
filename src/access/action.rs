use crate::text_enum;

text_enum! {
    /// What a caller does under its own name: every mutation and export, and what the audit records besides [azione].
    /// A mutation's action bears the name of its field.
    pub enum Action {
        /// Sign in through an identity provider [accesso].
        SignIn = "sign_in",
        /// Sign out of this browser [uscita].
        SignOut = "sign_out",
        /// Sign out of every browser [uscita da tutti i dispositivi].
        SignOutEverywhere = "sign_out_everywhere",
        /// End one of one's own sessions [chiusura di una sessione].
        EndSession = "end_session",
        /// Choose for whom one acts [cambio di appartenenza].
        SwitchMembership = "switch_membership",
        /// Take up an invitation [accettazione dell'invito].
        AcceptInvitation = "accept_invitation",
        /// Take home what the product knows of oneself [esportazione dei propri dati].
        ExportOwnData = "export_own_data",
        /// Have one's account erased [cancellazione del proprio account].
        EraseOwnAccount = "erase_own_account",
        /// Invite a person into the organisation [invito].
        InviteMember = "invite_member",
        /// Take an invitation back [ritiro dell'invito].
        WithdrawInvitation = "withdraw_invitation",
        /// Give a member another role [cambio di ruolo].
        ChangeMemberRole = "change_member_role",
        /// End a membership [fine dell'appartenenza].
        EndMembership = "end_membership",
        /// See names and addresses of the organisation's people [consultazione delle persone].
        ReadPersons = "read_persons",
        /// Let an office's contractor work for it [delega].
        GrantDelegation = "grant_delegation",
        /// End a delegation before its time [revoca della delega].
        EndDelegation = "end_delegation",
        /// See the organisation's programs and when their secrets end [consultazione dei client].
        ReadClients = "read_clients",
        /// Register a program of the organisation [registrazione di un client].
        RegisterClient = "register_client",
        /// Change a program's scopes, budgets or end [modifica di un client].
        ChangeClient = "change_client",
        /// Give a program a new secret while the old one still works [rotazione del segreto].
        RotateClientSecret = "rotate_client_secret",
        /// Let a program in no more [revoca di un client].
        RevokeClient = "revoke_client",
        /// Get a token from the hub [rilascio di un token].
        IssueToken = "issue_token",
        /// Read the audit of the organisation's records [consultazione del registro].
        ReadAudit = "read_audit",
        /// Take the audit home as a file [esportazione del registro].
        ExportAudit = "export_audit",
        /// Take the network home as a file, as far as one sees it [esportazione della rete].
        ExportNetwork = "export_network",
        /// Let go of old entries of the audit: the hub itself, as its settings or its operator say [scarto del registro].
        LetGoOfAudit = "let_go_of_audit",
        /// Make a territorial plan [creazione del piano].
        CreateTerritorialPlan = "create_territorial_plan",
        /// Draft a plan's texts, title and period [redazione del piano].
        DraftTerritorialPlan = "draft_territorial_plan",
        /// Write down an indicator of the context of a plan [indicatore di contesto].
        WritePlanIndicator = "write_plan_indicator",
        /// Write down a need of a plan [fabbisogno].
        WritePlanNeed = "write_plan_need",
        /// Write down a priority of a plan [priorità].
        WritePlanPriority = "write_plan_priority",
        /// Write down an intervention of a plan [intervento].
        WritePlanIntervention = "write_plan_intervention",
        /// Write down what shows the progress of an intervention [indicatore di risultato].
        WritePlanMeasure = "write_plan_measure",
        /// Take a part out of a plan [eliminazione di un elemento del piano].
        RemovePlanPart = "remove_plan_part",
        /// Write down a measured value of an intervention [rilevazione di un indicatore].
        RecordPlanMeasurement = "record_plan_measurement",
        /// Begin to draft a plan after listening [avvio della redazione].
        StartPlanDrafting = "start_plan_drafting",
        /// Put a plan before the council [presentazione al Consiglio].
        SubmitTerritorialPlan = "submit_territorial_plan",
        /// Return a plan with the council's remarks [rinvio del piano].
        ReturnTerritorialPlan = "return_territorial_plan",
        /// Write down that the council endorses a plan [parere favorevole].
        EndorseTerritorialPlan = "endorse_territorial_plan",
        /// Adopt a plan [adozione del piano].
        AdoptTerritorialPlan = "adopt_territorial_plan",
        /// Begin to carry a plan out [avvio dell'attuazione].
        StartPlanImplementation = "start_plan_implementation",
        /// Close a plan [chiusura del piano].
        CloseTerritorialPlan = "close_territorial_plan",
        /// Give a plan up before it is adopted [ritiro del piano].
        WithdrawTerritorialPlan = "withdraw_territorial_plan",
        /// Open a new edition of an adopted plan [revisione del piano].
        ReviseTerritorialPlan = "revise_territorial_plan",
        /// Say who may see a plan [condivisione del piano].
        ShareTerritorialPlan = "share_territorial_plan",
        /// Invite bodies to comment on a section of a plan [invito a contribuire].
        InvitePlanContribution = "invite_plan_contribution",
        /// Take such an invitation back [ritiro dell'invito a contribuire].
        WithdrawPlanInvitation = "withdraw_plan_invitation",
        /// Comment on a section of a plan [contributo al piano].
        ContributeToPlan = "contribute_to_plan",
        /// Answer such a comment [risposta a un contributo].
        AnswerPlanContribution = "answer_plan_contribution",
        /// Publish a call [pubblicazione di un avviso].
        PublishFundingCall = "publish_funding_call",
        /// Change a call [rettifica dell'avviso].
        AmendFundingCall = "amend_funding_call",
        /// Cancel a call [annullamento dell'avviso].
        CancelFundingCall = "cancel_funding_call",
        /// Begin a proposal [nuova proposta].
        ProposeProject = "propose_project",
        /// Change a proposal that is not handed in [modifica della proposta].
        ChangeProposal = "change_proposal",
        /// Ask a body to take part in a proposal [invito a un partner].
        InviteProjectPartner = "invite_project_partner",
        /// Take such an invitation back [ritiro dell'invito a un partner].
        WithdrawProjectInvitation = "withdraw_project_invitation",
        /// Say whether one takes part [risposta all'invito].
        AnswerProjectInvitation = "answer_project_invitation",
        /// Hand a proposal in [presentazione del progetto].
        SubmitProject = "submit_project",
        /// Admit a proposal to funding [ammissione].
        AdmitProject = "admit_project",
        /// Reject a proposal [non ammissione].
        RejectProject = "reject_project",
        /// Agree on the money of an admitted project [finanziamento].
        FundProject = "fund_project",
        /// Take the money of a project back [revoca].
        RevokeProject = "revoke_project",
        /// Amend a funded project [variazione del progetto].
        AmendProject = "amend_project",
        /// Begin the work of a funded project [avvio del progetto].
        StartProject = "start_project",
        /// Interrupt a project [sospensione].
        SuspendProject = "suspend_project",
        /// Take an interrupted project up again [ripresa].
        ResumeProject = "resume_project",
        /// Close a project [chiusura del progetto].
        CloseProject = "close_project",
        /// Add a contract to a project [contratto].
        AddProjectContract = "add_project_contract",
        /// Declare money spent for a project [rendicontazione della spesa].
        DeclareProjectSpending = "declare_project_spending",
        /// Write down a deadline of a project [scadenza].
        SetProjectDeadline = "set_project_deadline",
        /// Write down what shows what a project achieves [indicatore di progetto].
        WriteProjectIndicator = "write_project_indicator",
        /// Write down a measured value of a project [rilevazione di progetto].
        RecordProjectValue = "record_project_value",
        /// Register a project that exists already [registrazione di un progetto].
        RegisterProject = "register_project",
        /// Appoint a body to a seat of a council [nomina di un componente].
        AppointCouncilMember = "appoint_council_member",
        /// End a seat of a council [cessazione di un componente].
        EndCouncilSeat = "end_council_seat",
        /// Plan a sitting of a council [preparazione della seduta].
        PlanCouncilSitting = "plan_council_sitting",
        /// Change title, date or place of a sitting [modifica della seduta].
        ChangeCouncilSitting = "change_council_sitting",
        /// Set the agenda of a sitting [ordine del giorno].
        SetSittingAgenda = "set_sitting_agenda",
        /// Call the members to a sitting [convocazione].
        ConveneCouncilSitting = "convene_council_sitting",
        /// Call a sitting off [annullamento della seduta].
        CancelCouncilSitting = "cancel_council_sitting",
        /// Answer the invitation to a sitting [risposta all'invito].
        AnswerSittingInvitation = "answer_sitting_invitation",
        /// Write down who came to a sitting [registrazione delle presenze].
        RecordSittingAttendance = "record_sitting_attendance",
        /// Write down that a sitting was held [svolgimento della seduta].
        HoldCouncilSitting = "hold_council_sitting",
        /// Write down what a council resolved [deliberazione].
        RecordCouncilResolution = "record_council_resolution",
        /// Write the minutes of a sitting [redazione del verbale].
        DraftSittingMinutes = "draft_sitting_minutes",
        /// Approve the minutes of a sitting [approvazione del verbale].
        ApproveSittingMinutes = "approve_sitting_minutes",
        /// Open a working table of a council [apertura di un tavolo].
        OpenWorkingTable = "open_working_table",
        /// Change a working table [modifica di un tavolo].
        ChangeWorkingTable = "change_working_table",
        /// Let a body take part in a working table [ingresso in un tavolo].
        AddTableMember = "add_table_member",
        /// End a body's part in a working table [uscita da un tavolo].
        RemoveTableMember = "remove_table_member",
        /// Write a meeting of a working table down [incontro di un tavolo].
        RecordTableMeeting = "record_table_meeting",
        /// Close a working table [chiusura di un tavolo].
        CloseWorkingTable = "close_working_table",
        /// Make a secret address of a council's calendar [creazione di un calendario].
        CreateCalendarFeed = "create_calendar_feed",
        /// End a secret address of a council's calendar [revoca di un calendario].
        RevokeCalendarFeed = "revoke_calendar_feed",
        /// Draft an agreement [redazione del protocollo].
        DraftAgreement = "draft_agreement",
        /// Change a drafted agreement [modifica del protocollo].
        ChangeAgreement = "change_agreement",
        /// Ask the parties to sign an agreement [apertura alla firma].
        OpenAgreementForSigning = "open_agreement_for_signing",
        /// Sign an agreement for one of its parties [firma del protocollo].
        SignAgreement = "sign_agreement",
        /// Leave an agreement [recesso dal protocollo].
        WithdrawFromAgreement = "withdraw_from_agreement",
        /// Draft the agreement that renews another [rinnovo del protocollo].
        RenewAgreement = "renew_agreement",
        /// End an agreement [conclusione del protocollo].
        EndAgreement = "end_agreement",
        /// Attach a document to a record [allegazione di un documento].
        AttachDocument = "attach_document",
        /// Take a document off a record [rimozione di un documento].
        RemoveDocument = "remove_document",
        /// Call guests to a sitting that is convened [invito di ospiti alla seduta].
        InviteSittingGuests = "invite_sitting_guests",
        /// Take the invitation of a guest to a sitting back [ritiro dell'invito alla seduta].
        WithdrawSittingInvitation = "withdraw_sitting_invitation",
        /// Hand in a subgraph of the organisation [proposta di un sottografo].
        ProposeSubgraph = "propose_subgraph",
        /// Publish a version of a subgraph [pubblicazione di una versione].
        PublishSubgraph = "publish_subgraph",
        /// Approve a version of a subgraph with its terms [approvazione di un sottografo].
        ApproveSubgraph = "approve_subgraph",
        /// Refuse a version of a subgraph [diniego di un sottografo].
        RefuseSubgraph = "refuse_subgraph",
        /// Take a subgraph out of the graph [ritiro di un sottografo].
        WithdrawSubgraph = "withdraw_subgraph",
        /// Put an earlier supergraph back [ripristino del supergrafo].
        RollBackSupergraph = "roll_back_supergraph",
    }
}
