//! All SQL of councils: of seats here, of what else a council has beside.

pub mod feed;
pub mod resolution;
pub mod sitting;
pub mod table;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use crate::councils::model::{CouncilRow, Seat, SeatRow};
use crate::db::columns::{Columns, grouped};
use crate::graphql::Result;
use crate::organisations::model::OrganisationRow;

pub async fn councils(connection: &mut PgConnection) -> sqlx::Result<Vec<Arc<CouncilRow>>> {
    let rows: Vec<CouncilRow> = sqlx::query_as(
        "select organisation_id, office_id, province_code, established_on from council order by province_code",
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Arc::new).collect())
}

/// Seats in force on a day (`None`: of every date) by the council or by the organisation that holds them.
/// A council has tens of seats, so the lists are whole; `most` bounds them all the same.
async fn seats(
    connection: &mut PgConnection,
    parent: &'static str,
    parents: &[Uuid],
    day: Option<NaiveDate>,
) -> Result<HashMap<Uuid, Arc<[Seat]>>> {
    let sql = format!(
        "select k.id, x.* from unnest($1::uuid[]) k(id) cross join lateral (
           select {}, {} from council_seat s left join organisation o on o.id = s.organisation_id
           where s.{parent} = k.id and ($2::date is null or (s.valid_from <= $2 and (s.valid_until is null or s.valid_until >= $2)))
           order by s.category, s.valid_from, s.id limit {MOST_SEATS}
         ) x",
        SeatRow::LIST,
        OrganisationRow::LIST
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(parents).bind(day).fetch_all(connection).await?;
    let seats = rows
        .iter()
        .map(|row| {
            use sqlx::Row as _;
            let organisation = OrganisationRow::read_joined(row, 1 + SeatRow::WIDTH)?.map(Arc::new);
            Ok((row.try_get(0)?, Seat { row: SeatRow::read(row, 1)?, organisation }))
        })
        .collect::<sqlx::Result<Vec<_>>>()?;
    Ok(grouped(seats))
}

/// More than any council or member has had in eleven years.
const MOST_SEATS: i32 = 500;

pub async fn seats_of_councils(
    connection: &mut PgConnection,
    councils: &[Uuid],
    day: Option<NaiveDate>,
) -> Result<HashMap<Uuid, Arc<[Seat]>>> {
    seats(connection, "council_id", councils, day).await
}

pub async fn seats_held_by(
    connection: &mut PgConnection,
    organisations: &[Uuid],
    day: Option<NaiveDate>,
) -> Result<HashMap<Uuid, Arc<[Seat]>>> {
    seats(connection, "organisation_id", organisations, day).await
}

pub async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<Seat>>> {
    Ok(seats(connection, "id", ids, None)
        .await?
        .into_iter()
        .map(|(id, seats)| (id, Arc::new(seats[0].clone())))
        .collect())
}
