//! Lists: Relay connections with stable keyset cursors, a bounded page and a count only when asked for.

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;

use async_graphql::connection::{CursorType, Edge, EmptyFields, PageInfo};
use async_graphql::{Context, Description, Object, OutputType, TypeName};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Error, Graph, Result};

/// Items of a page at the most.
pub const MOST: i32 = 100;
/// Items of a page when `first` is not given.
pub const USUAL: i32 = 20;

/// How many items are wanted, 1 to [`MOST`].
pub fn bounded(first: Option<i32>) -> Result<usize> {
    match first.unwrap_or(USUAL) {
        first if first > MOST => Err(Error::LimitExceeded {
            message: crate::locale::Message::new(
                format!("Una pagina ha al massimo {MOST} elementi; ne sono stati chiesti {first}."),
                format!("A page has at most {MOST} items; {first} were asked for."),
            ),
            limit: MOST as u64,
            requested: first as u64,
        }),
        first if first < 1 => Err(Error::bad_input("\"first\" deve essere almeno 1.", "\"first\" must be at least 1.")),
        first => Ok(first as usize),
    }
}

/// A page of a list, as a Relay connection: what of the whole list the caller may see, in its order.
#[derive(Description)]
pub struct Page<T: OutputType> {
    edges: Vec<Edge<Cursor, T, EmptyFields>>,
    has_previous: bool,
    has_next: bool,
    total: Total,
}

impl<T: OutputType> TypeName for Page<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

// The framework's own connection has no description.
#[Object(name_type, use_type_description)]
impl<T: OutputType> Page<T> {
    /// The page's items, each with its cursor.
    async fn edges(&self) -> &[Edge<Cursor, T, EmptyFields>] {
        &self.edges
    }

    /// The page's items alone.
    async fn nodes(&self) -> Vec<&T> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where the page stands in the list: whether there is more, and the cursor to go on from.
    async fn page_info(&self) -> PageInfo {
        let cursor = |edge: &Edge<Cursor, T, EmptyFields>| edge.cursor.encode_cursor();
        PageInfo {
            has_previous_page: self.has_previous,
            has_next_page: self.has_next,
            start_cursor: self.edges.first().map(cursor),
            end_cursor: self.edges.last().map(cursor),
        }
    }

    /// How many items the whole list has for this caller; costs a count of its own: ask only when it is shown.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        (self.total.0)(Graph::of(ctx).clone()).await
    }
}

/// Where a page starts: the sort value and the id of the last row before it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    /// Name of the order that the cursor belongs to.
    #[serde(rename = "o")]
    pub order: String,
    /// The row's value in that order, as text; `None` where it has none.
    #[serde(rename = "v")]
    pub value: Option<String>,
    #[serde(rename = "i")]
    pub id: Uuid,
}

impl CursorType for Cursor {
    type Error = Error;

    fn decode_cursor(text: &str) -> Result<Self> {
        let refused = || Error::bad_input("Il cursore non è valido.", "The cursor is not valid.");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
        let cursor: Self = serde_json::from_slice(&bytes).map_err(|_| refused())?;
        let has_nul = cursor.value.as_deref().is_some_and(|value| value.contains('\0'));
        if has_nul { Err(refused()) } else { Ok(cursor) }
    }

    fn encode_cursor(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).expect("a cursor is plain data"))
    }
}

/// A checked request for a page.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageArgs {
    /// Items wanted, 1 to [`MOST`].
    pub first: i32,
    pub after: Option<Cursor>,
}

impl PageArgs {
    /// Checks the caller's arguments for a list in this order.
    pub fn new(first: Option<i32>, after: Option<String>, order: &str) -> Result<Self> {
        let first = bounded(first)? as i32;
        let after = after.map(|text| Cursor::decode_cursor(&text)).transpose()?;
        if after.as_ref().is_some_and(|cursor| cursor.order != order) {
            return Err(Error::bad_input(
                "Il cursore appartiene a un altro ordinamento.",
                "The cursor belongs to another order.",
            ));
        }
        Ok(Self { first, after })
    }

    /// Rows to ask of the database: one more than wanted, to know whether there is a next page.
    pub fn limit(&self) -> i64 {
        i64::from(self.first) + 1
    }

    /// Makes the page from up to [`Self::limit`] rows.
    pub fn page<R, T: OutputType>(
        &self,
        mut rows: Vec<R>,
        total: Total,
        cursor: impl Fn(&R) -> Cursor,
        item: impl Fn(R) -> T,
    ) -> Page<T> {
        let has_next = rows.len() > self.first as usize;
        rows.truncate(self.first as usize);
        let edges = rows.into_iter().map(|row| Edge::new(cursor(&row), item(row))).collect();
        Page { edges, has_previous: self.after.is_some(), has_next, total }
    }
}

type Count = Arc<dyn Fn(Arc<Graph>) -> BoxFuture<'static, Result<i64>> + Send + Sync>;

/// The count of a whole list, run only when it is asked for.
pub struct Total(Count);

impl Total {
    /// From the function that counts under the viewer's rights, in one statement.
    pub fn new<F, Fut>(count: F) -> Self
    where
        F: Fn(Arc<Graph>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<i64>> + Send + 'static,
    {
        Self(Arc::new(move |graph| Box::pin(count(graph))))
    }
}

/// An order that pages follow: a column, then the id as the tie-breaker. One index serves each.
#[derive(Clone, Copy, Debug)]
pub struct Keyset {
    /// Name in cursors.
    pub name: &'static str,
    /// Column expression.
    pub column: &'static str,
    /// Id column.
    pub id: &'static str,
    /// SQL type of the column.
    pub sql_type: &'static str,
    pub descending: bool,
    /// Whether rows without a value exist; they come last.
    pub nullable: bool,
}

impl Keyset {
    /// The order by a day that every row has.
    pub const fn by_date(name: &'static str, column: &'static str, id: &'static str, descending: bool) -> Self {
        Self { name, column, id, sql_type: "date", descending, nullable: false }
    }

    /// The order by an instant that every row has; its cursors hold it as RFC 3339 writes it.
    pub const fn by_instant(name: &'static str, column: &'static str, id: &'static str, descending: bool) -> Self {
        Self { name, column, id, sql_type: "timestamptz", descending, nullable: false }
    }

    /// The cursor of a row.
    pub fn cursor(&self, value: Option<String>, id: Uuid) -> Cursor {
        Cursor { order: self.name.into(), value, id }
    }

    /// Adds ` and <row comes after the cursor>` to a `where`, then the order and the limit.
    pub fn push(&self, query: &mut sqlx::QueryBuilder<sqlx::Postgres>, page: &PageArgs) {
        let Self { column, id, sql_type, .. } = *self;
        if let Some(cursor) = &page.after {
            match &cursor.value {
                Some(value) => {
                    let (reaches, beyond) = if self.descending { ("<=", "<") } else { (">=", ">") };
                    let mut value_is = |before: &str, comparison: &str, after: &str| {
                        query.push(format!("{before}{column} {comparison} "));
                        query.push_bind(value.clone()).push(format!("::text::{sql_type}{after}"));
                    };
                    value_is(" and ((", reaches, "");
                    value_is(" and (", beyond, " or ");
                    query.push(format!("{id} > ")).push_bind(cursor.id).push("))");
                    query.push(if self.nullable { format!(" or {column} is null)") } else { ")".into() });
                }
                None => {
                    query.push(format!(" and {column} is null and {id} > ")).push_bind(cursor.id);
                }
            }
        }
        let direction = match (self.descending, self.nullable) {
            (false, _) => "",
            (true, false) => " desc",
            (true, true) => " desc nulls last",
        };
        query.push(format!(" order by {column}{direction}, {id} limit ")).push_bind(page.limit());
    }

    /// Checks that a cursor's value is of the column's type, before PostgreSQL is asked.
    pub fn args(&self, first: Option<i32>, after: Option<String>) -> Result<PageArgs> {
        let args = PageArgs::new(first, after, self.name)?;
        let fits =
            args.after.as_ref().and_then(|cursor| cursor.value.as_deref()).is_none_or(|value| match self.sql_type {
                "date" => super::scalars::Date::written(value).is_some(),
                "timestamptz" => super::scalars::is_instant(value),
                _ => true,
            });
        let nullable = self.nullable || args.after.as_ref().is_none_or(|cursor| cursor.value.is_some());
        if fits && nullable {
            Ok(args)
        } else {
            Err(Error::bad_input("Il cursore non è valido.", "The cursor is not valid."))
        }
    }
}
