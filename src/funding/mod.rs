//! Funding [finanziamenti]: the tree of the funding programmes and the calls [avvisi] opened on its nodes.
//!
//! The tree (FAMI 2014–2020: Reg. (EU) 516/2014; FAMI 2021–2027: Reg. (EU) 2021/1147) is public and small: it is kept
//! in memory. A node's code is its path: `FAMI-2021-2027/OS2/2.d`. Tables owned: `programme_node`, `funding_call`.

mod document;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
mod rules;
mod store;

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::PgConnection;

use crate::hub::Reference;
use model::ProgrammeRow;

/// All funding programmes.
pub struct Programmes {
    /// By code, so that a parent stands before its children.
    nodes: Vec<Arc<ProgrammeRow>>,
    by_code: HashMap<String, Arc<ProgrammeRow>>,
}

impl Reference for Programmes {
    const TABLES: &'static [&'static str] = &["programme_node"];

    async fn load(connection: &mut PgConnection) -> sqlx::Result<Self> {
        let nodes = store::programmes(connection).await?;
        let by_code = nodes.iter().map(|node| (node.code.clone(), node.clone())).collect();
        Ok(Self { nodes, by_code })
    }
}

impl Programmes {
    pub fn node(&self, code: &str) -> Option<Arc<ProgrammeRow>> {
        self.by_code.get(code).cloned()
    }

    /// The nodes right below this one; the programmes themselves for `None`.
    pub fn children(&self, parent: Option<&str>) -> impl Iterator<Item = &Arc<ProgrammeRow>> {
        self.nodes.iter().filter(move |node| node.parent_code.as_deref() == parent)
    }

    /// Codes of a node and of everything below it.
    pub fn subtree(&self, code: &str) -> Vec<String> {
        let below = |node: &&Arc<ProgrammeRow>| {
            node.code.strip_prefix(code).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.nodes.iter().filter(below).map(|node| node.code.clone()).collect()
    }
}
