//! Sittings [sedute] of a council: agenda, invitations, attendance, minutes and resolutions.

mod agenda;
mod document;
mod invitations;
mod life;
pub mod model;
mod proceedings;

pub use agenda::{Item, change, plan, set_agenda};
pub use document::{ITEM, RESOLUTION, SITTING, SittingDocument};
pub use invitations::{convene, invite, withdraw};
pub use life::{SittingStep, take};
pub use proceedings::{Answer, Attendance, Resolving, answer, approve, record_attendance, resolve};
