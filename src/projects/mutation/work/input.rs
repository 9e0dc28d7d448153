//! What work on a project is told with, and what becomes of it.

use async_graphql::{ID, InputObject};

use crate::deed_payload;
use crate::deeds::Manner;
use crate::graphql::scalars::{Date, Euro};
use crate::projects::query::Project;

/// Declares the input of a step that asks for nothing, or for a reason.
macro_rules! inputs {
    ($($(#[$doc:meta])* $name:ident { $($(#[$inner:meta])* $field:ident : $type:ty),* })+) => { $(
        $(#[$doc])*
        #[derive(InputObject)]
        pub struct $name {
            /// Global id of the project.
            pub(super) project_id: ID,
            /// Version of the project that the caller has read.
            pub(super) expected_version: i32,
            $($(#[$inner])* pub(super) $field: $type,)*
            /// How it is to be done.
            #[graphql(flatten)]
            pub(super) manner: Manner,
        }
    )+ };
}
inputs! {
    /// A funded project that begins.
    StartProjectInput {
        /// Day of the step; today when left out.
        on: Option<Date>
    }
    /// A project that is interrupted.
    SuspendProjectInput {
        /// Why [motivo].
        reason: String
    }
    /// A project that is taken up again.
    ResumeProjectInput {}
    /// A project that is closed.
    CloseProjectInput {
        /// What came of it [relazione finale].
        report: Option<String>
    }
    /// A contract of a project.
    AddProjectContractInput {
        /// Code of the tender [CIG].
        cig: String,
        /// What it is about [oggetto].
        subject: Option<String>,
        /// Amount, euros [importo].
        amount: Option<Euro>,
        /// Day of signature [data di stipula].
        signed_on: Option<Date>
    }
    /// Money spent by the caller's organisation, or by the lead.
    DeclareProjectSpendingInput {
        /// Day of the expense [data della spesa].
        spent_on: Date,
        /// Amount, euros, more than zero [importo].
        amount: Euro,
        /// What for [causale].
        description: String
    }
    /// A deadline: a new one, or a known one said anew.
    SetProjectDeadlineInput {
        /// Global id of the deadline that is said anew; a new one when left out.
        deadline_id: Option<ID>,
        /// What is due [adempimento].
        title: String,
        /// By when [scadenza].
        due_on: Date,
        /// Day on which it was met; null while it is not.
        done_on: Option<Date>
    }
    /// An indicator: a new one, or a known one said anew.
    WriteProjectIndicatorInput {
        /// Global id of the indicator that is said anew; a new one when left out.
        indicator_id: Option<ID>,
        /// What is measured.
        name: String,
        /// Unit of its values [unità di misura].
        unit: String,
        /// Value from which the project starts; left out: from nothing [valore iniziale].
        baseline: Option<f64>,
        /// Value that is to be reached [valore atteso].
        target: f64
    }
    /// A measured value.
    RecordProjectValueInput {
        /// Global id of the indicator.
        indicator_id: ID,
        /// Day that the value is of; a value of the same day is replaced.
        measured_on: Date,
        /// The value, in the indicator's unit; null takes the value of that day away.
        value: Option<f64>,
        /// Where it comes from [fonte].
        source: Option<String>
    }
}

deed_payload! {
    /// What became of a start.
    pub struct StartProjectPayload {
        /// The project.
        project: Project
    }

    /// What became of an interruption.
    pub struct SuspendProjectPayload {
        /// The project.
        project: Project
    }

    /// What became of a resumption.
    pub struct ResumeProjectPayload {
        /// The project.
        project: Project
    }

    /// What became of a closing.
    pub struct CloseProjectPayload {
        /// The project.
        project: Project
    }

    /// What became of a contract.
    pub struct AddProjectContractPayload {
        /// The project.
        project: Project
    }

    /// What became of a declaration of spending.
    pub struct DeclareProjectSpendingPayload {
        /// The project.
        project: Project
    }

    /// What became of a deadline.
    pub struct SetProjectDeadlinePayload {
        /// The project.
        project: Project
    }

    /// What became of an indicator.
    pub struct WriteProjectIndicatorPayload {
        /// The project.
        project: Project
    }

    /// What became of a measured value.
    pub struct RecordProjectValuePayload {
        /// The project.
        project: Project
    }
}
