//! Rows read by position, so that one statement can join several of them: `select p.…, o.…`.

use sqlx::postgres::PgRow;

/// A row type that knows its own select list.
pub trait Columns: Sized {
    /// Select list under the type's fixed table alias: `o.id, o.name, …`.
    const LIST: &'static str;
    /// How many columns it has.
    const WIDTH: usize;
    /// Reads the row from these columns on.
    fn read(row: &PgRow, offset: usize) -> sqlx::Result<Self>;

    /// The same for an outer join that may have found nothing (the first column is never null in a real row).
    fn read_joined(row: &PgRow, offset: usize) -> sqlx::Result<Option<Self>> {
        use sqlx::{Row as _, ValueRef as _};
        if row.try_get_raw(offset)?.is_null() { Ok(None) } else { Self::read(row, offset).map(Some) }
    }
}

/// Declares a row struct with its table alias:
/// `columns! { /// doc  pub struct SeatRow as "s" { /// doc  id: Uuid, … } }`.
#[macro_export]
macro_rules! columns {
    ($(#[$outer:meta])* pub struct $name:ident as $alias:literal {
        $(#[$meta0:meta])* $field0:ident : $type0:ty, $($(#[$meta:meta])* $field:ident : $type:ty),* $(,)?
    }) => {
        $(#[$outer])*
        #[derive(Clone, Debug)]
        pub struct $name { $(#[$meta0])* pub $field0: $type0, $($(#[$meta])* pub $field: $type),* }

        impl $crate::db::columns::Columns for $name {
            const LIST: &'static str =
                concat!($alias, ".", stringify!($field0) $(, ", ", $alias, ".", stringify!($field))*);
            const WIDTH: usize = 1 $(+ { let _ = stringify!($field); 1 })*;
            fn read(row: &sqlx::postgres::PgRow, offset: usize) -> sqlx::Result<Self> {
                use sqlx::Row as _;
                let mut column = offset;
                let mut next = || { let at = column; column += 1; at };
                Ok(Self { $field0: row.try_get(next())?, $($field: row.try_get(next())?),* })
            }
        }
    };
}

/// Gathers rows under their parents, keeping their order.
pub fn grouped<K: Eq + std::hash::Hash, R>(
    rows: impl IntoIterator<Item = (K, R)>,
) -> std::collections::HashMap<K, std::sync::Arc<[R]>> {
    let mut groups: std::collections::HashMap<K, Vec<R>> = std::collections::HashMap::new();
    for (parent, row) in rows {
        groups.entry(parent).or_default().push(row);
    }
    groups.into_iter().map(|(parent, rows)| (parent, rows.into())).collect()
}
