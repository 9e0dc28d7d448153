//! All SQL of search: one call of the function that reads the documents.

use sqlx::{PgConnection, Row as _};

use super::model::{After, Found, Hit, Question, SearchKind};
use crate::graphql::Result;

/// Up to `most` hits after a place, the best first. `kinds` empty is any kind.
pub async fn search(
    connection: &mut PgConnection,
    question: &Question,
    kinds: &[SearchKind],
    after: After,
    most: i64,
    with_excerpts: bool,
) -> Result<Found> {
    let kinds = (!kinds.is_empty()).then(|| kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>());
    let (after_rank, after_id) = after.unzip();
    let rows = sqlx::query(
        "select total, id, kind, key, title, is_synthetic, rank, excerpt
         from search_records($1, $2, $3, $4, $5, $6::int, $7)",
    )
    .bind(&question.text)
    .bind(&question.words)
    .bind(kinds)
    .bind(after_rank)
    .bind(after_id)
    .bind(most)
    .bind(with_excerpts)
    .fetch_all(connection)
    .await?;
    let mut found = Found { total: 0, hits: Vec::with_capacity(rows.len()) };
    for row in rows {
        found.total = row.try_get("total")?;
        // An empty page is one row that bears the total alone.
        let Some(id) = row.try_get("id")? else { continue };
        found.hits.push(Hit {
            id,
            kind: row.try_get("kind")?,
            key: row.try_get("key")?,
            title: row.try_get("title")?,
            is_synthetic: row.try_get("is_synthetic")?,
            rank: row.try_get("rank")?,
            excerpt: row.try_get("excerpt")?,
        });
    }
    Ok(found)
}
