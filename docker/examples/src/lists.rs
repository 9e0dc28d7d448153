//! How long lists may be, and what they cost.

use std::sync::Arc;

use async_graphql::Result;

/// Items of a list where nobody says how many.
const USUAL: i32 = 50;
/// Items of a list at the most.
const MOST: i32 = 200;

/// A list that may fail. The library leaves a field that fails out of its object; one of this type is null, as callers expect.
pub type List<T> = Option<Result<Vec<Arc<T>>>>;

/// As many of these records as are wanted; fails where more are wanted than a list may have, or none.
pub fn page<'a, T: 'a>(records: impl Iterator<Item = &'a Arc<T>>, first: Option<i32>) -> List<T> {
    let first = first.unwrap_or(USUAL);
    Some(match first {
        1..=MOST => Ok(records.take(first as usize).cloned().collect()),
        _ => Err(format!("first: a number from 1 to {MOST}").into()),
    })
}

/// What a list costs when each of its items costs so much. Known before there are any items: the longest is reckoned with.
pub fn cost(first: Option<i32>, each: usize) -> usize {
    1 + each * first.unwrap_or(USUAL).clamp(0, MOST) as usize
}
