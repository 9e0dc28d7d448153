//! Nodes and ties as rows of values, the same in every format and as GraphQL names and writes them.

use std::borrow::Cow;

use async_graphql::resolver_utils::EnumType;
use chrono::NaiveDate;

use super::Extract;
use crate::graphql::flat::Flat as _;
use crate::network::query::{NetworkEdge, node_id};
use crate::organisations::model::OrganisationKind;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Text,
    Whole,
    Real,
    Flag,
    Day,
}

/// One value; `Nothing` where the record has none.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    Text(Cow<'a, str>),
    Whole(u32),
    Real(f32),
    Flag(bool),
    Day(NaiveDate),
    Nothing,
}

impl std::fmt::Display for Cell<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => formatter.write_str(text),
            Self::Whole(number) => number.fmt(formatter),
            Self::Real(number) => number.fmt(formatter),
            Self::Flag(flag) => flag.fmt(formatter),
            Self::Day(day) => day.fmt(formatter),
            Self::Nothing => Ok(()),
        }
    }
}

/// A column's name and what it holds.
pub type Column = (&'static str, Type);

/// Columns of a node; its id and name come first.
pub const NODE: [Column; 12] = [
    ("id", Type::Text),
    ("name", Type::Text),
    ("kind", Type::Text),
    ("organisationKind", Type::Text),
    ("level", Type::Text),
    ("province", Type::Text),
    ("degree", Type::Whole),
    ("validFrom", Type::Day),
    ("validUntil", Type::Day),
    ("isSynthetic", Type::Flag),
    ("x", Type::Real),
    ("y", Type::Real),
];

/// Columns of a tie; its id and both ends come first.
pub const TIE: [Column; 11] = [
    ("id", Type::Text),
    ("source", Type::Text),
    ("target", Type::Text),
    ("kind", Type::Text),
    ("validFrom", Type::Day),
    ("validUntil", Type::Day),
    ("recordKind", Type::Text),
    ("recordId", Type::Text),
    ("category", Type::Text),
    ("role", Type::Text),
    ("isSynthetic", Type::Flag),
];

/// Columns of a node and of a tie that tell which it is; the others are its attributes.
pub const NODE_NAMES: usize = 2;
pub const TIE_NAMES: usize = 3;

/// An enum's value by its name in the schema.
pub fn name<T: EnumType>(value: T) -> &'static str {
    T::items().iter().find(|item| item.value == value).map_or("", |item| item.name)
}

fn text<'a, T: EnumType>(value: Option<T>) -> Cell<'a> {
    value.map_or(Cell::Nothing, |value| Cell::Text(name(value).into()))
}

fn day<'a>(day: Option<NaiveDate>) -> Cell<'a> {
    day.map_or(Cell::Nothing, Cell::Day)
}

impl Extract {
    /// The values of the node that stands there.
    pub fn node(&self, at: usize) -> [Cell<'_>; NODE.len()] {
        let index = self.found.nodes[at];
        let (node, [x, y]) = (self.view.snapshot.node(index), self.positions[at]);
        [
            Cell::Text(node_id(node).id().0.into()),
            Cell::Text(self.view.snapshot.name(index).into()),
            text(Some(node.kind)),
            text(node.organisation),
            text(node.organisation.map(OrganisationKind::level)),
            node.province.map_or(Cell::Nothing, |province| Cell::Text(format!("{province:03}").into())),
            Cell::Whole(self.degrees[at]),
            day(node.period.from()),
            day(node.period.until()),
            Cell::Flag(node.is_synthetic),
            Cell::Real(x),
            Cell::Real(y),
        ]
    }

    /// The values of a tie, by its place in the snapshot.
    pub fn tie(&self, index: u32) -> [Cell<'_>; TIE.len()] {
        let (snapshot, tie) = (&self.view.snapshot, self.view.snapshot.tie(index));
        let edge = &NetworkEdge::list(&self.view, &[index]).0[0];
        let id = |node: u32| Cell::Text(node_id(snapshot.node(node)).id().0.into());
        [
            written(edge, "id"),
            id(tie.from),
            id(tie.to),
            text(Some(tie.kind)),
            day(tie.period.from()),
            day(tie.period.until()),
            text(Some(tie.record_kind)),
            written(edge, "recordId"),
            text(tie.category),
            text(tie.role),
            Cell::Flag(tie.is_synthetic),
        ]
    }
}

/// An id as GraphQL writes it.
fn written<'a>(edge: &NetworkEdge, field: &str) -> Cell<'a> {
    let mut json = Vec::new();
    if let Some(write) = NetworkEdge::writer(field) {
        write(edge, &mut json);
    }
    let id: String = serde_json::from_slice(&json).unwrap_or_default();
    Cell::Text(id.into())
}
