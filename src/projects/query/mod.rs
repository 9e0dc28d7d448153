//! Projects in the graph.

mod parts;
mod project;
mod root;

pub use parts::{PARTICIPATION, ProjectContract, ProjectParticipation, ProjectPlace, participation};
pub use project::{PROJECT, Project, project, projects, projects_of, projects_of_intervention};
pub use root::ProjectQuery;
