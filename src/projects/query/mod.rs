//! Projects in the graph.

mod parts;
mod project;
mod root;

pub use parts::{ProjectContract, ProjectParticipation, ProjectPlace};
pub use project::{PROJECT, Project, project, projects, projects_of, projects_of_intervention};
pub use root::ProjectQuery;
