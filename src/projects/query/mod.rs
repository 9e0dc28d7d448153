//! Projects in the graph.

mod course;
mod money;
mod parts;
mod project;
mod root;
mod subscription;

pub use parts::{PARTICIPATION, ProjectContract, ProjectParticipation, ProjectPlace, participation};
pub use project::{PROJECT, Project, project, projects, projects_of, projects_of_intervention};
pub use root::ProjectQuery;
pub use subscription::ProjectSubscription;
