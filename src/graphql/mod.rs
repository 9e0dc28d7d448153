//! The GraphQL kit: what every room's part of the schema is written with.

pub mod apart;
pub mod batch;
pub mod change;
pub mod completion;
pub mod context;
pub mod error;
pub mod flat;
pub mod limits;
pub mod list;
pub mod mutation;
pub mod nesting;
pub mod node_id;
pub mod page;
pub mod scalars;
pub mod text_enum;
pub mod user_error;

pub use apart::Apart;
pub use batch::Batched;
pub use change::Change;
pub use context::{Graph, Renewal};
pub use error::{Error, Result};
pub use mutation::Outcome;
pub use node_id::NodeId;
pub use page::{Page, PageArgs};
pub use user_error::{UserError, UserErrorCode};
