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
    }
}
