use anyhow::Context as _;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection};

/// Inserts or updates rows in one statement. A row is a JSON object whose names are the table's columns; all rows have
/// the same ones. `key` names the columns that a row is recognised by. Equal rows are left alone.
pub async fn upsert(
    connection: &mut PgConnection,
    table: &'static str,
    key: &'static str,
    rows: Vec<Value>,
) -> anyhow::Result<()> {
    let columns: Vec<&str> =
        rows.first().and_then(Value::as_object).context("rows are objects")?.keys().map(String::as_str).collect();
    let keys: Vec<&str> = key.split(", ").collect();
    let of = |prefix: &str| {
        let rest = columns.iter().filter(|column| !keys.contains(column));
        rest.map(|column| format!("{prefix}.{column}")).collect::<Vec<_>>().join(", ")
    };
    let changes = columns.iter().filter(|column| !keys.contains(column));
    let changes = changes.map(|column| format!("{column} = excluded.{column}")).collect::<Vec<_>>().join(", ");
    let action = if changes.is_empty() {
        "do nothing".into()
    } else {
        format!("do update set {changes} where ({}) is distinct from ({})", of("held"), of("excluded"))
    };
    let columns = columns.join(", ");
    // Only names that this program states itself stand in the text.
    let statement = format!(
        "insert into {table} as held ({columns}) select {columns} from jsonb_populate_recordset(null::{table}, $1)
         on conflict ({key}) {action}"
    );
    sqlx::query(AssertSqlSafe(statement)).bind(Value::Array(rows)).execute(connection).await.context(table)?;
    Ok(())
}
