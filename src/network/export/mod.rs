//! The network as a file, as one caller may see it.
//!
//! A [`Question`] says which part on which day, or over which period, narrowed to what; it is what stands in an export's
//! address. Its answer is an [`Extract`], which a [`Format`] writes piece by piece, so that no file stands in memory as a
//! whole. All formats tell the same nodes and ties with the same names and values as GraphQL, and each says what it is
//! ([`about`]): scope, dates, filters, version of the data, for whom, and whether there is made-up data in it. The same
//! question on the same data gives the same bytes.
//!
//! `docs/network-exports.md` tells readers what stands where.

pub mod about;
mod cytoscape;
mod gexf;
mod graphml;
pub mod question;
mod rows;
mod svg;
mod tables;
mod xlsx;
mod xml;

use std::io;
use std::sync::Arc;

use async_graphql::Enum;

use super::layout::{At, Position};
use super::view::{Found, View};
use about::About;

pub use question::Question;

/// How a network is written as a file [formato].
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(name = "NetworkExportFormat")]
pub enum Format {
    /// GEXF 1.3 with the period of every node and tie, for Gephi.
    Gexf,
    /// GraphML, for networkx, igraph, yEd.
    Graphml,
    /// Cytoscape JSON.
    Json,
    /// A table, RFC 4180: the ties; `part` in the address chooses another.
    Csv,
    /// A workbook with nodes, ties and what it is about.
    Xlsx,
    /// A drawing.
    Svg,
}

impl Format {
    pub const ALL: [Self; 6] = [Self::Gexf, Self::Graphml, Self::Json, Self::Csv, Self::Xlsx, Self::Svg];

    /// The ending of a file's name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Gexf => "gexf",
            Self::Graphml => "graphml",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Svg => "svg",
        }
    }

    pub fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.extension() == extension)
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Gexf => "application/gexf+xml",
            Self::Graphml => "application/graphml+xml",
            Self::Json => "application/vnd.cytoscape.cyjs+json",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Svg => "image/svg+xml",
        }
    }
}

/// Which table of a network a CSV file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Part {
    Nodes,
    #[default]
    Edges,
    /// What the other two are about.
    About,
}

impl Part {
    pub const ALL: [Self; 3] = [Self::Nodes, Self::Edges, Self::About];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nodes => "nodes",
            Self::Edges => "edges",
            Self::About => "about",
        }
    }
}

/// A part of the network, ready to be written.
pub struct Extract {
    pub view: Arc<View>,
    pub found: Arc<Found>,
    /// Of the nodes, in their order.
    pub positions: Vec<Position>,
    /// How many of its ties are in the extract, of the nodes in their order.
    pub degrees: Vec<u32>,
    pub at: At,
    pub about: About,
    pub part: Part,
}

impl Extract {
    /// The file's name: what is in it and of when.
    pub fn file_name(&self, format: Format) -> String {
        let part = match format {
            Format::Csv => format!("-{}", self.part.as_str()),
            _ => String::new(),
        };
        format!("{}{part}.{}", self.about.file_stem, format.extension())
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Those of `out`; for a workbook also that there are more rows than a sheet can have.
    pub fn write(&self, format: Format, out: &mut dyn io::Write) -> io::Result<()> {
        match format {
            Format::Gexf => gexf::write(self, out),
            Format::Graphml => graphml::write(self, out),
            Format::Json => cytoscape::write(self, out),
            Format::Csv => tables::write(self, out),
            Format::Xlsx => xlsx::write(self, out),
            Format::Svg => svg::write(self, out),
        }
    }
}

/// How many units of a drawing a unit of the layout is: programs draw nodes some units wide, a province is a third of a degree.
const fn layout_scale(at: At) -> f32 {
    match at {
        At::Country => 1000.0,
        At::Around(_) => 200.0,
    }
}
