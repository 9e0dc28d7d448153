//! Lists of records: one way to filter, order, page and count them, alone or below many parents at once.
//!
//! A room says once how its record is selected ([`Listed`]); a list below parents (the projects of each of fifty
//! organisations) is then one statement for all of them, and so is its count.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use async_graphql::OutputType;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::page::{Keyset, Total};
use super::{Batched, Graph, Page, PageArgs, Result};
use crate::db::columns::grouped;

/// A record that lists show. Cheap to clone.
pub trait Listed: Clone + Send + Sync + 'static {
    /// Kind of parent that a list may stand below.
    type Parent: Copy + Eq + Hash + Send + Sync + 'static;
    type Filter: Clone + Eq + Hash + Send + Sync + 'static;
    type Order: Copy + Eq + Hash + Send + Sync + 'static;

    /// The record's table and alias: `project p`.
    const TABLE: &'static str;
    /// Joins that the select list needs and a count does not.
    const JOINS: &'static str;

    /// Select list.
    fn columns() -> String;
    /// Reads what [`Self::columns`] selected.
    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self>;
    /// Condition that binds a record to its parent, whose key is the text `k.id`.
    fn within(parent: Self::Parent) -> &'static str;
    /// Adds ` and …` for each condition of the filter.
    fn push_filter(filter: &Self::Filter, query: &mut QueryBuilder<Postgres>);
    fn keyset(order: Self::Order) -> Keyset;
    /// The record's value in that order, as text.
    fn sort_value(&self, order: Self::Order) -> Option<String>;
    fn id(&self) -> Uuid;
}

/// Which list: below which parent, narrowed and ordered how.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct List<P, F, O> {
    pub within: Option<(P, String)>,
    pub filter: F,
    pub order: O,
}

/// The list type of a record.
pub type ListOf<R> = List<<R as Listed>::Parent, <R as Listed>::Filter, <R as Listed>::Order>;

/// A page of a list: checks the arguments, batches with the lists of sibling parents, counts only if asked.
pub async fn page<R: Listed, T: OutputType>(
    graph: &Graph,
    list: ListOf<R>,
    first: Option<i32>,
    after: Option<String>,
    item: impl Fn(R) -> T,
) -> Result<Page<T>> {
    let order = list.order;
    let keyset = R::keyset(order);
    let args = keyset.args(first, after)?;
    let rows = graph.load(Rows::<R>(list.clone(), args.clone(), PhantomData)).await?;
    let total = Total::new(move |graph| {
        let list = list.clone();
        async move { Ok(graph.load(Count::<R>(list, PhantomData)).await?.unwrap_or(0)) }
    });
    let rows = rows.map_or_else(Vec::new, |rows| rows.to_vec());
    Ok(args.page(rows, total, |row| keyset.cursor(row.sort_value(order), row.id()), item))
}

/// Key of a list's page.
struct Rows<R: Listed>(ListOf<R>, PageArgs, PhantomData<fn() -> R>);

/// Key of a list's count.
struct Count<R: Listed>(ListOf<R>, PhantomData<fn() -> R>);

impl<R: Listed> Batched for Rows<R> {
    type Value = Arc<[R]>;

    fn shares_statement(&self, other: &Self) -> bool {
        self.1 == other.1 && below_siblings::<R>(&self.0, &other.0)
    }

    async fn fetch(connection: &mut PgConnection, keys: &[Self]) -> Result<HashMap<Self, Arc<[R]>>> {
        let Self(list, page, _) = &keys[0];
        let keyset = R::keyset(list.order);
        let select = |query: &mut QueryBuilder<Postgres>| {
            query.push(format!("select {} from {} {} where ", R::columns(), R::TABLE, R::JOINS));
            query.push(list.within.as_ref().map_or("true", |(parent, _)| R::within(*parent)));
            R::push_filter(&list.filter, query);
            keyset.push(query, page);
        };
        if list.within.is_none() {
            let mut query = QueryBuilder::new("");
            select(&mut query);
            let rows = query.build().fetch_all(connection).await?;
            let rows = rows.iter().map(|row| R::read(row, 0)).collect::<sqlx::Result<Vec<_>>>()?;
            return Ok(HashMap::from([(keys[0].clone(), rows.into())]));
        }
        let mut query = QueryBuilder::new("select k.id, x.* from unnest(");
        query.push_bind(parents::<R>(keys.iter().map(|key| &key.0))).push("::text[]) k(id) cross join lateral (");
        select(&mut query);
        query.push(") x");
        let rows = query.build().fetch_all(connection).await?;
        let rows = rows.iter().map(|row| Ok((row.try_get::<String, _>(0)?, R::read(row, 1)?)));
        let mut groups = grouped(rows.collect::<sqlx::Result<Vec<_>>>()?);
        let own = |key: &Self| groups.remove(&key.0.within.as_ref()?.1).map(|rows| (key.clone(), rows));
        Ok(keys.iter().filter_map(own).collect())
    }
}

impl<R: Listed> Batched for Count<R> {
    type Value = i64;

    fn shares_statement(&self, other: &Self) -> bool {
        below_siblings::<R>(&self.0, &other.0)
    }

    async fn fetch(connection: &mut PgConnection, keys: &[Self]) -> Result<HashMap<Self, i64>> {
        let list = &keys[0].0;
        let Some((parent, _)) = list.within else {
            let mut query = QueryBuilder::new(format!("select count(*) from {} where true", R::TABLE));
            R::push_filter(&list.filter, &mut query);
            let count = query.build_query_scalar().fetch_one(connection).await?;
            return Ok(HashMap::from([(keys[0].clone(), count)]));
        };
        let mut query = QueryBuilder::new("select k.id, x.count from unnest(");
        query.push_bind(parents::<R>(keys.iter().map(|key| &key.0)));
        query.push(format!(
            "::text[]) k(id) cross join lateral (select count(*) from {} where {}",
            R::TABLE,
            R::within(parent)
        ));
        R::push_filter(&list.filter, &mut query);
        query.push(") x");
        let counts: Vec<(String, i64)> = query.build_query_as().fetch_all(connection).await?;
        let counts: HashMap<String, i64> = counts.into_iter().collect();
        let own = |key: &Self| Some((key.clone(), *counts.get(&key.0.within.as_ref()?.1)?));
        Ok(keys.iter().filter_map(own).collect())
    }
}

/// Whether two lists differ in their parent's key alone.
fn below_siblings<R: Listed>(one: &ListOf<R>, other: &ListOf<R>) -> bool {
    match (&one.within, &other.within) {
        (Some((a, _)), Some((b, _))) => a == b && one.filter == other.filter && one.order == other.order,
        _ => one == other,
    }
}

fn parents<'a, R: Listed>(lists: impl Iterator<Item = &'a ListOf<R>>) -> Vec<String> {
    lists.filter_map(|list| list.within.as_ref().map(|(_, key)| key.clone())).collect()
}

// Derives would ask the record itself for `Eq` and `Hash`; only the list's description counts.
impl<R: Listed> Clone for Rows<R> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), self.1.clone(), PhantomData)
    }
}
impl<R: Listed> PartialEq for Rows<R> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 && self.1 == other.1
    }
}
impl<R: Listed> Eq for Rows<R> {}
impl<R: Listed> Hash for Rows<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.0, &self.1).hash(state);
    }
}
impl<R: Listed> Clone for Count<R> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}
impl<R: Listed> PartialEq for Count<R> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<R: Listed> Eq for Count<R> {}
impl<R: Listed> Hash for Count<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
