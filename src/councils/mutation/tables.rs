//! Working tables: opened, joined, met in, closed.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use chrono::{DateTime, Utc};

use super::{On, council, keeper, table};
use crate::access::Action;
use crate::councils::query::WorkingTable;
use crate::councils::table::{self as tables, MEETING, MEMBER, Meeting};
use crate::deed_payload;
use crate::deeds::given::{clean, put, put_line, put_text};
use crate::deeds::{self, Manner};
use crate::graphql::mutation::{answer, record};
use crate::graphql::scalars::Date;
use crate::graphql::{Graph, Result};
use crate::organisations::loader::seen;

/// A new working table.
#[derive(InputObject)]
pub struct OpenWorkingTableInput {
    /// Global id of the council.
    council_id: ID,
    /// What it is called [nome].
    name: String,
    /// Topic, e.g. school, health, housing, work [ambito].
    topic: String,
    /// What it is to do [mandato].
    mandate: Option<String>,
    /// First day; today when left out.
    opens_on: Option<Date>,
    /// Day by which it is to be done.
    closes_on: Option<Date>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// What changes in a working table; what is left out stays, what is null is cleared.
#[derive(InputObject)]
pub struct ChangeWorkingTableInput {
    /// Global id of the table.
    table_id: ID,
    /// Version of the table that the caller has read.
    expected_version: i32,
    /// What it is called [nome].
    name: Option<String>,
    /// Topic, e.g. school, health, housing, work [ambito].
    topic: Option<String>,
    /// What it is to do [mandato].
    mandate: MaybeUndefined<String>,
    /// Day by which it is to be done.
    closes_on: MaybeUndefined<Date>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// A body that takes part in a working table.
#[derive(InputObject)]
pub struct AddTableMemberInput {
    /// Global id of the table.
    table_id: ID,
    /// Version of the table that the caller has read.
    expected_version: i32,
    /// Global id of the body; of one that takes part already it is said anew whether it coordinates.
    organisation_id: ID,
    /// Whether it coordinates the table [coordinatore].
    #[graphql(default)]
    is_coordinator: bool,
    /// First day; today, or the first of the table, when left out.
    from: Option<Date>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// A body that leaves a working table.
#[derive(InputObject)]
pub struct RemoveTableMemberInput {
    /// Global id of the table.
    table_id: ID,
    /// Version of the table that the caller has read.
    expected_version: i32,
    /// Global id of the member.
    member_id: ID,
    /// Its last day; today when left out.
    last_day: Option<Date>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// A meeting of a working table, planned or held.
#[derive(InputObject)]
pub struct RecordTableMeetingInput {
    /// Global id of the table.
    table_id: ID,
    /// Version of the table that the caller has read.
    expected_version: i32,
    /// Global id of a meeting that is written anew; left out: another one.
    meeting_id: Option<ID>,
    /// When it begins.
    starts_at: DateTime<Utc>,
    /// When it ends.
    ends_at: Option<DateTime<Utc>>,
    /// Where it takes place [luogo].
    place: Option<String>,
    /// What was said, or is to be [appunti].
    notes: Option<String>,
    /// What came of it, once it was held [esito].
    outcome: Option<String>,
    /// Whether it was called off [annullato].
    #[graphql(default)]
    is_cancelled: bool,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

/// A working table that is closed.
#[derive(InputObject)]
pub struct CloseWorkingTableInput {
    /// Global id of the table.
    table_id: ID,
    /// Version of the table that the caller has read: the step is taken on what it says.
    expected_version: i32,
    /// Last day; today when left out.
    on: Option<Date>,
    /// What came of it [relazione finale].
    report: Option<String>,
    /// How it is to be done.
    #[graphql(flatten)]
    manner: Manner,
}

deed_payload! {
    /// What became of a new working table.
    pub struct OpenWorkingTablePayload {
        /// The new table.
        working_table: WorkingTable
    }

    /// What became of a change of a working table.
    pub struct ChangeWorkingTablePayload {
        /// The table.
        working_table: WorkingTable
    }

    /// What became of a new member.
    pub struct AddTableMemberPayload {
        /// The table.
        working_table: WorkingTable
    }

    /// What became of a member that leaves.
    pub struct RemoveTableMemberPayload {
        /// The table.
        working_table: WorkingTable
    }

    /// What became of a meeting.
    pub struct RecordTableMeetingPayload {
        /// The table.
        working_table: WorkingTable
    }

    /// What became of the end of a working table.
    pub struct CloseWorkingTablePayload {
        /// The table.
        working_table: WorkingTable
    }
}

/// What changes working tables.
#[derive(Default)]
pub struct TableMutation;

#[Object]
impl TableMutation {
    /// Opens a working table of the council; the bodies of the territory see it [apertura di un tavolo]. By secretariat,
    /// officers and heads of the council or of the office that chairs it.
    async fn open_working_table(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The table.")] input: OpenWorkingTableInput,
    ) -> Result<Option<OpenWorkingTablePayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let (council, number) = council(graph, &input.council_id)?;
            let opens_on = input.opens_on.map_or(graph.today, |day| day.0);
            let made = (Action::OpenWorkingTable, &input.manner);
            let told = deeds::make(ctx, made, keeper(graph, &council), || {
                tables::open((&council, number), opens_on, |row| {
                    put_line(&mut row.name, Some(input.name));
                    put_line(&mut row.topic, Some(input.topic));
                    row.mandate = clean(input.mandate);
                    row.closes_on = input.closes_on.map(|day| day.0);
                })
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Changes name, topic, mandate or planned end of a working table [modifica di un tavolo]. By secretariat, officers and
    /// heads of the council or of the office that chairs it.
    async fn change_working_table(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: ChangeWorkingTableInput,
    ) -> Result<Option<ChangeWorkingTablePayload>> {
        answer(async {
            let on = On(&input.table_id, input.expected_version, &input.manner);
            let told = table(ctx, (Action::ChangeWorkingTable, false), on, |table| {
                tables::change(table, |row| {
                    put_line(&mut row.name, input.name);
                    put_line(&mut row.topic, input.topic);
                    put_text(&mut row.mandate, input.mandate);
                    put(&mut row.closes_on, input.closes_on.map_value(|day| day.0));
                })
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Lets a body take part in a working table [ingresso in un tavolo]. By secretariat, officers and heads of the council
    /// or of the office that chairs it.
    async fn add_table_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which body.")] input: AddTableMemberInput,
    ) -> Result<Option<AddTableMemberPayload>> {
        answer(async {
            let graph = Graph::of(ctx);
            let bodies = seen(graph, &[(&input.organisation_id, "organisationId".to_owned())]).await?;
            let today = graph.today;
            let on = On(&input.table_id, input.expected_version, &input.manner);
            let told = table(ctx, (Action::AddTableMember, false), on, |table| {
                let from = input.from.map_or_else(|| today.max(table.working_table.opens_on), |day| day.0);
                tables::join(table, bodies[0].id, input.is_coordinator, from)
            });
            Ok(told.await?.into())
        })
        .await
    }

    /// Ends the part of a body in a working table [uscita da un tavolo]. By secretariat, officers and heads of the council or
    /// of the office that chairs it.
    async fn remove_table_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which member.")] input: RemoveTableMemberInput,
    ) -> Result<Option<RemoveTableMemberPayload>> {
        answer(async {
            let member = record(MEMBER, &input.member_id, "memberId")?;
            let last_day = input.last_day.map_or(Graph::of(ctx).today, |day| day.0);
            let on = On(&input.table_id, input.expected_version, &input.manner);
            let told =
                table(ctx, (Action::RemoveTableMember, false), on, |table| tables::leave(table, member, last_day));
            Ok(told.await?.into())
        })
        .await
    }

    /// Writes a meeting of a working table down, planned or held [incontro di un tavolo]. By secretariat, officers and heads
    /// of the council or of the office that chairs it.
    async fn record_table_meeting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The meeting.")] input: RecordTableMeetingInput,
    ) -> Result<Option<RecordTableMeetingPayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let meeting = Meeting {
                id: input.meeting_id.as_ref().map(|id| record(MEETING, id, "meetingId")).transpose()?,
                starts_at: input.starts_at,
                ends_at: input.ends_at,
                place: input.place,
                notes: input.notes,
                outcome: input.outcome,
                is_cancelled: input.is_cancelled,
            };
            let on = On(&input.table_id, input.expected_version, &input.manner);
            let told = table(ctx, (Action::RecordTableMeeting, false), on, |table| tables::meet(table, meeting, today));
            Ok(told.await?.into())
        })
        .await
    }

    /// Closes a working table: it changes no more, and its members leave it [chiusura di un tavolo]. By secretariat, officers
    /// and heads of the council or of the office that chairs it.
    async fn close_working_table(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which table.")] input: CloseWorkingTableInput,
    ) -> Result<Option<CloseWorkingTablePayload>> {
        answer(async {
            let today = Graph::of(ctx).today;
            let on = On(&input.table_id, input.expected_version, &input.manner);
            let told = table(ctx, (Action::CloseWorkingTable, true), on, |table| {
                tables::close(table, input.on.map(|day| day.0), input.report, today)
            });
            Ok(told.await?.into())
        })
        .await
    }
}
