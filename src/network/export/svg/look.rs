//! The grammar of the map: what a node and a tie look like.

use crate::locale::Message;
use crate::network::model::{NetworkNodeKind, Node, TieKind};
use crate::organisations::model::OrganisationKind;

/// Shape is the level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    Square,
    Hexagon,
    Ring,
    Circle,
    Diamond,
    Document,
    Triangle,
    Pentagon,
}

/// What a node looks like.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub shape: Shape,
}

impl Look {
    pub fn of(node: &Node) -> Self {
        let shape = match (node.kind, node.organisation) {
            (_, Some(OrganisationKind::CentralAuthority)) => Shape::Square,
            (_, Some(OrganisationKind::Prefecture)) => Shape::Hexagon,
            (_, Some(OrganisationKind::TerritorialCouncil)) => Shape::Ring,
            (NetworkNodeKind::Organisation, _) => Shape::Circle,
            (NetworkNodeKind::Project, _) => Shape::Diamond,
            (NetworkNodeKind::Agreement, _) => Shape::Document,
            (NetworkNodeKind::Intervention, _) => Shape::Triangle,
            (NetworkNodeKind::Province, _) => Shape::Pentagon,
        };
        Self { shape }
    }

    /// Okabe and Ito's colours, deepened for 3:1 or more on white.
    pub const fn colour(self) -> [u8; 3] {
        match self.shape {
            Shape::Square => [0x17, 0x32, 0x4d],
            Shape::Hexagon => [0x00, 0x72, 0xb2],
            Shape::Ring => [0xd5, 0x5e, 0x00],
            Shape::Circle => [0x00, 0x84, 0x5f],
            Shape::Diamond => [0xb0, 0x50, 0x8a],
            Shape::Document => [0xa5, 0x6a, 0x00],
            Shape::Triangle => [0x2b, 0x84, 0xb8],
            Shape::Pentagon => [0x6b, 0x7c, 0x8e],
        }
    }

    pub fn hex(self) -> String {
        let [r, g, b] = self.colour();
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    /// Width in the units of a drawing program.
    pub const fn size(self) -> u32 {
        match self.shape {
            Shape::Square => 14,
            Shape::Hexagon | Shape::Ring => 10,
            Shape::Pentagon => 6,
            _ => 4,
        }
    }
}

impl Shape {
    pub fn label(self) -> Message {
        match self {
            Self::Square => Message::new("Autorità centrale", "Central authority"),
            Self::Hexagon => Message::new("Prefettura", "Prefecture"),
            Self::Ring => Message::new("Consiglio territoriale", "Territorial council"),
            Self::Circle => Message::new("Altro ente", "Other body"),
            Self::Diamond => Message::new("Progetto", "Project"),
            Self::Document => Message::new("Protocollo d'intesa", "Agreement"),
            Self::Triangle => Message::new("Intervento di piano", "Plan intervention"),
            Self::Pentagon => Message::new("Provincia", "Province"),
        }
    }

    /// Its outline within a circle of radius one, as an SVG path; filled by the even-odd rule.
    pub const fn outline(self) -> &'static str {
        match self {
            Self::Square => "M-.8-.8H.8V.8H-.8Z",
            Self::Hexagon => "M1 0L.5.87L-.5.87L-1 0L-.5-.87L.5-.87Z",
            Self::Ring => "M-1 0A1 1 0 1 0 1 0A1 1 0 1 0-1 0ZM-.5 0A.5 .5 0 1 0 .5 0A.5 .5 0 1 0-.5 0Z",
            Self::Circle => "M-1 0A1 1 0 1 0 1 0A1 1 0 1 0-1 0Z",
            Self::Diamond => "M0-1L1 0L0 1L-1 0Z",
            Self::Document => "M-.68-.92H.24L.68-.48V.92H-.68Z",
            Self::Triangle => "M0-.9L.87.6H-.87Z",
            Self::Pentagon => "M0-1L.95-.31L.59.81H-.59L-.95-.31Z",
        }
    }
}

/// What kind of bond a tie is: told by its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nature {
    Institutional,
    Membership,
    Partnership,
    Declared,
}

impl Nature {
    pub const fn of(kind: TieKind) -> Self {
        match kind {
            TieKind::Supervises | TieKind::CompetentFor | TieKind::Chairs => Self::Institutional,
            TieKind::MemberOf => Self::Membership,
            TieKind::ResponsibleFor => Self::Declared,
            _ => Self::Partnership,
        }
    }

    /// Of the line where it starts, in pixels; it narrows to a quarter.
    pub const fn width(self) -> f32 {
        match self {
            Self::Institutional => 4.0,
            Self::Membership => 2.4,
            Self::Partnership => 1.4,
            Self::Declared => 2.0,
        }
    }

    pub fn label(self) -> Message {
        match self {
            Self::Institutional => Message::new(
                "Istituzionale: vigilanza, competenza, presidenza",
                "Institutional: supervises, competent, chairs",
            ),
            Self::Membership => Message::new("Componente di un Consiglio", "Member of a council"),
            Self::Partnership => {
                Message::new("Collaborazione: progetti e protocolli", "Partnership: projects and agreements")
            }
            Self::Declared => Message::new("Dichiarato in un piano", "Declared in a plan"),
        }
    }
}
