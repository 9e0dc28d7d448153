//! Takes an import back: every row of a table that it touched is again what it was before, or nothing is.

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use super::broken_file;
use super::store::{self, FOLLOWS};

/// A table that imports write.
struct Table {
    name: &'static str,
    key: &'static [&'static str],
    /// For members of lists: the table of their record, and the column that names it.
    record: Option<(&'static str, &'static str)>,
}

const fn table(name: &'static str, key: &'static [&'static str]) -> Table {
    Table { name, key, record: None }
}

const fn members(name: &'static str, key: &'static [&'static str], of: &'static str, by: &'static str) -> Table {
    Table { name, key, record: Some((of, by)) }
}

/// Each stands behind those that its rows name.
const TABLES: [Table; 9] = [
    table("organisation", &["id"]),
    table("programme_node", &["code"]),
    table("council_seat", &["id"]),
    table("project", &["id"]),
    members("project_participation", &["id"], "project", "project_id"),
    members("project_place", &["project_id", "province_code", "municipality_code"], "project", "project_id"),
    members("project_contract", &["id"], "project", "project_id"),
    table("agreement", &["id"]),
    members("agreement_party", &["id"], "agreement", "agreement_id"),
];

/// Takes an import back, by its number; answers with how many rows of tables it had touched.
///
/// # Errors
/// When a row that it touched has changed since, or another record has come to need one that it added.
pub async fn undo(connection: &mut PgConnection, run: i64) -> anyhow::Result<u64> {
    let mut transaction = connection.begin().await?;
    store::lock(&mut transaction).await?;
    let Some(undone) = store::close_run(&mut transaction, run).await? else {
        return Err(broken_file(
            format!("Non c'è un'importazione {run} da annullare."),
            format!("There is no import {run} to take back."),
        ));
    };
    // The plans below must know how large the run was.
    transaction.execute("analyze import_change").await?;
    for table in &TABLES {
        table.refuse_if_changed(&mut transaction, run).await?;
    }
    for table in TABLES.iter().rev() {
        table.take_away_what_was_added(&mut transaction, run).await?;
    }
    for table in &TABLES {
        table.restore(&mut transaction, run).await.map_err(changed_since_if_broken)?;
    }
    transaction.commit().await?;
    Ok(undone)
}

impl Table {
    /// The row `t` of the table is the one that the change `c` is about.
    fn same(&self) -> String {
        let same = self.key.iter().map(|key| {
            // In its own type, so that the primary key's index serves.
            let of_type = if key.ends_with("id") { "uuid" } else { "text" };
            format!("t.{key} = (coalesce(c.after, c.before) ->> '{key}')::{of_type}")
        });
        format!("c.run = $1 and c.table_name = '{}' and {}", self.name, same.collect::<Vec<_>>().join(" and "))
    }

    async fn refuse_if_changed(&self, connection: &mut PgConnection, run: i64) -> anyhow::Result<()> {
        let Self { name, key, .. } = self;
        // What the run left behind is there as it left it; what it took away is not there.
        let statement = format!(
            "select '{name}: ' || {} from import_change c left join {name} t on {}
             where c.run = $1 and c.table_name = '{name}'
               and case when c.after is null then t.{} is not null
                   else not coalesce(to_jsonb(t) @> c.after, false) end
             limit {}",
            named("coalesce(c.after, c.before)"),
            self.same(),
            key[0],
            NAMED + 1
        );
        ask(connection, statement, run).await
    }

    async fn take_away_what_was_added(&self, connection: &mut PgConnection, run: i64) -> anyhow::Result<()> {
        let Self { name, .. } = self;
        // Deleting would take along, silently, what has been attached to the row since.
        for (user, column, key) in store::references_to(connection, name).await? {
            let statement = format!(
                "select '{name}: ' || {} || ' ← {user}: ' || {}
                 from import_change c join {name} t on {} join {user} u on u.{column} = t.{key}
                 where c.before is null limit {}",
                named("c.after"),
                named("to_jsonb(u)"),
                self.same(),
                NAMED + 1
            );
            ask(connection, statement, run).await?;
        }
        let statement =
            format!("delete from {name} t using import_change c where {} and c.before is null", self.same());
        sqlx::query(AssertSqlSafe(statement)).bind(run).execute(connection).await.map_err(changed_since_if_broken)?;
        Ok(())
    }

    async fn restore(&self, connection: &mut PgConnection, run: i64) -> sqlx::Result<()> {
        let Self { name, .. } = self;
        let columns = store::written_columns(connection, name).await?;
        let own = columns.iter().filter(|column| !FOLLOWS.contains(&column.as_str())).collect::<Vec<_>>();
        let mut sets = own.iter().map(|column| format!("{column} = b.{column}")).collect::<Vec<_>>().join(", ");
        if columns.iter().any(|column| column == "version") {
            sets.push_str(", version = t.version + 1, updated_at = now()");
        }
        // Columns that came later than the import keep what they hold.
        let same_row = self.key.iter().map(|key| format!("t.{key} = b.{key}")).collect::<Vec<_>>().join(" and ");
        let statement = format!(
            "with b as (select (jsonb_populate_record(t, c.before)).* from import_change c join {name} t on {}
                 where c.before is not null and c.after is not null)
             update {name} t set {sets} from b where {same_row}",
            self.same()
        );
        sqlx::query(AssertSqlSafe(statement)).bind(run).execute(&mut *connection).await?;

        let Some((record, column)) = self.record else { return Ok(()) };
        let list = |prefix: &str| own.iter().map(|column| format!("{prefix}{column}")).collect::<Vec<_>>().join(", ");
        let statement = format!(
            "insert into {name} ({}, audience)
             select {}, r.audience from import_change c, jsonb_populate_record(null::{name}, c.before) b
             join {record} r on r.id = b.{column}
             where c.run = $1 and c.table_name = '{name}' and c.after is null",
            list(""),
            list("b.")
        );
        sqlx::query(AssertSqlSafe(statement)).bind(run).execute(connection).await?;
        Ok(())
    }
}

/// Records that a refusal names.
const NAMED: usize = 3;

/// A row, as JSON, by the first natural key that it has; a member of a list by its organisation.
fn named(row: &str) -> String {
    let keys =
        ["fiscal_code", "ipa_code", "runts_number", "office_code", "cup", "local_code", "reference", "code", "cig"];
    let keys = keys.map(|key| format!("{row} ->> '{key}'")).join(", ");
    format!(
        "coalesce({keys}, (select coalesce(b.fiscal_code, b.ipa_code, b.runts_number, b.office_code, b.name)
           from organisation b where b.id = ({row} ->> 'organisation_id')::uuid),
         {row} ->> 'title', {row} ->> 'name', {row} ->> 'municipality_code', {row} ->> 'province_code',
         {row} ->> 'id', '')"
    )
}

/// Refuses when the answer names records.
async fn ask(connection: &mut PgConnection, statement: String, run: i64) -> anyhow::Result<()> {
    let records: Vec<String> = sqlx::query_scalar(AssertSqlSafe(statement)).bind(run).fetch_all(connection).await?;
    if records.is_empty() { Ok(()) } else { Err(changed_since(&records)) }
}

fn changed_since(records: &[String]) -> anyhow::Error {
    let more = if records.len() > NAMED { ", …" } else { "" };
    let list = records.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let list = if list.is_empty() { list } else { format!(" ({list}{more})") };
    broken_file(
        format!("Dopo l'importazione i suoi record sono cambiati, o altri ne dipendono: non si può annullare{list}."),
        format!(
            "Since the import its records have changed, or others have come to need them: it cannot be taken back{list}."
        ),
    )
}

/// Constraints that hold no longer say the same.
fn changed_since_if_broken(error: sqlx::Error) -> anyhow::Error {
    let broken = error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code.starts_with("23"));
    if broken { changed_since(&[]) } else { error.into() }
}
