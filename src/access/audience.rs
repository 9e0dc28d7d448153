//! Audience keys: one integer on each protected row, a set of them held by each viewer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Caller, Level, Room, Sight, Viewer};
use crate::db::Database;

/// Everybody.
pub const PUBLIC: i32 = 0;
/// Any signed-in body of the network.
pub const NETWORK: i32 = 1;
/// Offices and DLCI.
pub const INSTITUTIONAL: i32 = 2;
/// The central department: every entry of the audit, whosever record it is about, and who uses which fields of the graph.
pub const OVERSIGHT: i32 = 3;
/// Plus the province's ISTAT number: bodies seated or active in that province.
pub const PROVINCE_BASE: i32 = 1_000;
/// Plus the organisation's number: that organisation alone.
pub const ORGANISATION_BASE: i32 = 1_000_000;

/// The key of one province's bodies. `code` is the three-digit ISTAT code.
pub fn province(code: &str) -> Option<i32> {
    code.parse::<i32>().ok().map(|number| PROVINCE_BASE + number)
}

/// The key of a record, as the database computes it (`audience_key()`); `None` where nobody would see it.
pub fn key(visibility: &str, province_code: Option<&str>, owner_number: i32, group: Option<i32>) -> Option<i32> {
    match visibility {
        "public" => Some(PUBLIC),
        "network" => Some(NETWORK),
        "institutional" => Some(INSTITUTIONAL),
        "territory" => group.or_else(|| province_code.and_then(province)),
        "owner" => Some(group.unwrap_or_else(|| organisation(owner_number))),
        _ => None,
    }
}

/// The key of one organisation.
pub fn organisation(number: i32) -> i32 {
    ORGANISATION_BASE + number
}

/// The key of one person, for their own account and sessions.
pub fn account(number: i32) -> i32 {
    -number
}

/// Viewers by organisation, kept until data change that their rights follow from, or the day ends. Clones share them.
#[derive(Clone, Default)]
pub struct Viewers {
    known: Arc<Mutex<Known>>,
}

/// What is known on one day.
#[derive(Default)]
struct Known {
    day: NaiveDate,
    viewers: HashMap<Uuid, Option<Viewer>>,
    /// Grows whenever all is forgotten: what was asked for before that is not kept after it.
    generation: u64,
}

impl Known {
    fn forget(&mut self) {
        self.viewers.clear();
        self.generation += 1;
    }
}

impl Viewers {
    /// Tables from which an organisation's audience keys follow.
    pub const TABLES: [&'static str; 9] = [
        "*",
        "organisation",
        "office_competence",
        "council",
        "council_seat",
        "project",
        "project_participation",
        "project_place",
        "audience_group_member",
    ];

    /// Forgets every viewer: their rights are computed anew at the next request.
    pub fn forget(&self) {
        self.known.lock().expect("no panic while held").forget();
    }

    /// Whoever acts for an organisation on a day, not yet said who; `None` when there is no such organisation any more.
    pub async fn acting_for(
        &self,
        organisation: Uuid,
        day: NaiveDate,
        database: &Database,
    ) -> anyhow::Result<Option<Viewer>> {
        let generation = {
            let mut known = self.known.lock().expect("no panic while held");
            if known.day != day {
                known.forget();
                known.day = day;
            }
            if let Some(viewer) = known.viewers.get(&organisation) {
                return Ok(viewer.clone());
            }
            known.generation
        };
        let viewer = load(&mut *database.upkeep().await?, organisation, day).await?;
        let mut known = self.known.lock().expect("no panic while held");
        if known.generation == generation {
            known.viewers.insert(organisation, viewer.clone());
        }
        Ok(viewer)
    }
}

async fn load(connection: &mut PgConnection, organisation: Uuid, day: NaiveDate) -> sqlx::Result<Option<Viewer>> {
    let Some((kind, audiences)) = sqlx::query_as::<_, (String, Vec<i32>)>(
        "select kind, viewer_audiences(id, $2) from organisation
         where id = $1 and (valid_until is null or valid_until >= $2)",
    )
    .bind(organisation)
    .bind(day)
    .fetch_optional(connection)
    .await?
    else {
        return Ok(None);
    };
    let level = match kind.as_str() {
        "central_authority" => Level::National,
        "prefecture" => Level::Prefecture,
        "territorial_council" => Level::Council,
        _ => Level::Partner,
    };
    let mut sight = Sight::everywhere(audiences);
    if level == Level::National {
        sight = sight.in_rooms([Room::Audit, Room::Federation], |held| [held, &[OVERSIGHT]].concat());
    }
    Ok(Some(Viewer { level, organisation: Some(organisation), sight, caller: Caller::Public }))
}
