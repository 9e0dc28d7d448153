//! All SQL of the territory: read once, kept in memory.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, PgConnection};

use super::model::{MunicipalityRow, ProvinceRow, RegionRow};
use crate::db::columns::Columns;

async fn all<R: Columns>(connection: &mut PgConnection, from: &str) -> sqlx::Result<Vec<Arc<R>>> {
    let rows = sqlx::query(AssertSqlSafe(format!("select {} from {from}", R::LIST))).fetch_all(connection).await?;
    rows.iter().map(|row| R::read(row, 0).map(Arc::new)).collect()
}

pub async fn regions(connection: &mut PgConnection) -> sqlx::Result<Vec<Arc<RegionRow>>> {
    all(connection, "region r order by r.code").await
}

pub async fn provinces(connection: &mut PgConnection) -> sqlx::Result<Vec<Arc<ProvinceRow>>> {
    all(connection, "province p order by p.code").await
}

pub async fn municipalities(connection: &mut PgConnection) -> sqlx::Result<Vec<Arc<MunicipalityRow>>> {
    all(connection, "municipality m order by m.province_code, m.sort_key, m.code").await
}

pub async fn adjacency(connection: &mut PgConnection) -> sqlx::Result<Vec<(String, String)>> {
    sqlx::query_as("select province_a, province_b from province_adjacency").fetch_all(connection).await
}
