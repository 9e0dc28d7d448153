//! Whether the audit is still what was written.

use std::ops::RangeInclusive;

use futures_util::TryStreamExt as _;
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::store::{self, Chain};
use super::{Anchor, Hash, Record};
use crate::access::Action;

/// What a sound chain consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub entries: i64,
    pub head: Anchor,
    /// Anchors older than the first entry: nothing is left to hold them against.
    pub out_of_reach: Vec<Anchor>,
}

/// The first thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("{} missing", numbers(.0))]
    Missing(RangeInclusive<i64>),
    #[error("entry {0} is altered: it, or what it says has changed, is not what was written")]
    Altered(i64),
    #[error("entry {0} does not follow the one before it: one of the two stands in the place of another")]
    Unlinked(i64),
    #[error("entry {0} was inserted: it stands outside the chain")]
    Inserted(i64),
    #[error("entry {0} is not the one with which the chain ended")]
    End(i64),
    #[error("the chain begins with entry {0}, and no entry says that those before it were let go")]
    Beginning(i64),
    #[error("entry {seq} is not the one of the anchor {0}", seq = .0.seq)]
    Anchor(Anchor),
    #[error("the chain ends with entry {end}, before the anchor {anchor}: its end was cut off")]
    BeyondEnd { anchor: Anchor, end: i64 },
}

fn numbers(range: &RangeInclusive<i64>) -> String {
    let (first, last) = (range.start(), range.end());
    if first == last { format!("entry {first} is") } else { format!("entries {first} to {last} are") }
}

/// Reads the whole chain once, in one snapshot, and computes every hash anew. Needs a connection that sees every row.
///
/// # Errors
/// The inner one is the first flaw, in the order of the entries.
pub async fn verify(connection: &mut PgConnection, anchors: &[Anchor]) -> sqlx::Result<Result<Verified, Flaw>> {
    let mut snapshot = connection.begin().await?;
    snapshot.execute("set transaction isolation level repeatable read, read only").await?;
    let chain = store::chain(&mut snapshot).await?;
    let mut walk = Walk::from(&chain, anchors);
    let mut records = store::all(&mut snapshot);
    while let Some(record) = records.try_next().await? {
        if let Err(flaw) = walk.step(&record) {
            return Ok(Err(flaw));
        }
    }
    drop(records);
    snapshot.rollback().await?;
    Ok(walk.end())
}

/// How far the reading has come.
struct Walk<'a> {
    chain: &'a Chain,
    anchors: &'a [Anchor],
    last: i64,
    /// What the next entry must hold as the hash before it.
    link: Vec<u8>,
    entries: i64,
    /// The first entry that is left, as the newest entry about letting go says.
    begins: i64,
}

impl<'a> Walk<'a> {
    fn from(chain: &'a Chain, anchors: &'a [Anchor]) -> Self {
        let link = chain.first_previous_hash.clone();
        Self { chain, anchors, last: chain.first_seq - 1, link, entries: 0, begins: 1 }
    }

    fn step(&mut self, record: &Record) -> Result<(), Flaw> {
        let seq = record.seq;
        if seq < self.chain.first_seq || seq > self.chain.last_seq {
            return Err(Flaw::Inserted(seq));
        }
        if seq > self.last + 1 {
            return Err(Flaw::Missing(self.last + 1..=seq - 1));
        }
        let hash = record.expected_hash();
        if record.hash != hash.0 {
            return Err(Flaw::Altered(seq));
        }
        if record.previous_hash != self.link {
            return Err(Flaw::Unlinked(seq));
        }
        self.hold_against_anchors(seq, &hash.0)?;
        if record.action == Action::LetGoOfAudit.as_str() {
            self.begins = first_left(record).unwrap_or(self.begins);
        }
        (self.last, self.link, self.entries) = (seq, hash.0.to_vec(), self.entries + 1);
        Ok(())
    }

    fn hold_against_anchors(&self, seq: i64, hash: &[u8]) -> Result<(), Flaw> {
        let broken = self.anchors.iter().find(|anchor| anchor.seq == seq && anchor.hash.0 != hash);
        broken.map_or(Ok(()), |anchor| Err(Flaw::Anchor(*anchor)))
    }

    fn end(self) -> Result<Verified, Flaw> {
        let Self { chain, anchors, last, .. } = &self;
        if *last < chain.last_seq {
            return Err(Flaw::Missing(last + 1..=chain.last_seq));
        }
        let Some(hash) = Hash::try_from(chain.last_hash.clone()).ok().filter(|hash| hash.0[..] == self.link) else {
            return Err(Flaw::End(*last));
        };
        if self.begins != chain.first_seq {
            return Err(Flaw::Beginning(chain.first_seq));
        }
        // What the first entry holds as the hash before it is all that is left of those let go.
        self.hold_against_anchors(chain.first_seq - 1, &chain.first_previous_hash)?;
        if let Some(anchor) = anchors.iter().find(|anchor| anchor.seq > *last) {
            return Err(Flaw::BeyondEnd { anchor: *anchor, end: *last });
        }
        let out_of_reach = anchors.iter().filter(|anchor| anchor.seq < chain.first_seq - 1).copied().collect();
        Ok(Verified { entries: self.entries, head: Anchor { seq: *last, hash }, out_of_reach })
    }
}

/// Of an entry about letting go: the number of the first entry that was left.
fn first_left(record: &Record) -> Option<i64> {
    let changes: serde_json::Value = serde_json::from_str(record.changes.as_deref()?).ok()?;
    changes["first_seq"]["after"].as_i64()
}
