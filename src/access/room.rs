use std::sync::Arc;

use crate::text_enum;

text_enum! {
    /// A room of the graph, for which a caller's sight may be narrowed or widened [ambito].
    pub enum Room {
        /// Bodies of the network, their contacts and registers [enti].
        Organisations = "organisations",
        /// Territorial councils and their seats [consigli territoriali].
        Councils = "councils",
        /// Programmes and calls [programmi e avvisi].
        Funding = "funding",
        /// Territorial plans [piani territoriali].
        Plans = "plans",
        /// Projects [progetti].
        Projects = "projects",
        /// Agreements [protocolli d'intesa].
        Agreements = "agreements",
        /// Subgraphs of partners and their terms [sottografi dei partner].
        Federation = "federation",
        /// Accounts, memberships, clients, delegations [persone e programmi abilitati].
        People = "people",
        /// What was done, by whom [registro delle operazioni].
        Audit = "audit",
    }
}

/// Audience keys, sorted, each once.
pub type Keys = Arc<[i32]>;

/// Which audience keys a viewer holds: one set, and others for single rooms. What may be seen follows from them and from
/// nothing else: in the database by the policy that `protect()` sets, in memory by [`Sight::holds`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    everywhere: Keys,
    /// Rooms in which another set holds, each once.
    apart: Arc<[(Room, Keys)]>,
}

impl Sight {
    /// The same keys in every room.
    pub fn everywhere(keys: impl IntoIterator<Item = i32>) -> Self {
        Self { everywhere: sorted(keys), apart: Arc::new([]) }
    }

    /// With another set of keys in these rooms, made from the one that holds there so far.
    pub fn in_rooms<K: IntoIterator<Item = i32>>(
        &self,
        rooms: impl IntoIterator<Item = Room>,
        keys: impl Fn(&[i32]) -> K,
    ) -> Self {
        let mut apart = self.apart.to_vec();
        for room in rooms {
            let changed = sorted(keys(self.keys(room)));
            match apart.iter_mut().find(|(known, _)| *known == room) {
                Some((_, held)) => *held = changed,
                None => apart.push((room, changed)),
            }
        }
        Self { everywhere: self.everywhere.clone(), apart: apart.into() }
    }

    /// The keys that hold in a room.
    pub fn keys(&self, room: Room) -> &[i32] {
        self.apart.iter().find(|(known, _)| *known == room).map_or(&self.everywhere, |(_, keys)| keys)
    }

    /// The keys that hold wherever no others do.
    pub fn common(&self) -> &[i32] {
        &self.everywhere
    }

    /// The rooms in which others hold, with those.
    pub fn apart(&self) -> impl Iterator<Item = (Room, &[i32])> {
        self.apart.iter().map(|(room, keys)| (*room, &**keys))
    }

    /// Whether a record of this room with this audience key is seen.
    pub fn holds(&self, room: Room, key: i32) -> bool {
        self.keys(room).binary_search(&key).is_ok()
    }
}

fn sorted(keys: impl IntoIterator<Item = i32>) -> Keys {
    let mut keys: Vec<i32> = keys.into_iter().collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_apart_has_its_own_keys_and_the_others_the_common_ones() {
        let sight = Sight::everywhere([5, 0, 1, 1]);
        let narrowed = sight.in_rooms([Room::Projects], |_| [0]);
        let both = narrowed
            .in_rooms([Room::Projects, Room::Plans], |held| held.iter().copied().chain([9]).collect::<Vec<_>>());
        assert_eq!(sight.keys(Room::Projects), [0, 1, 5]);
        assert_eq!(both.keys(Room::Projects), [0, 9]);
        assert_eq!(both.keys(Room::Plans), [0, 1, 5, 9]);
        assert_eq!(both.keys(Room::Councils), [0, 1, 5]);
        assert!(both.holds(Room::Plans, 9) && !both.holds(Room::Councils, 9) && !both.holds(Room::Projects, 5));
        assert_eq!(both.apart().count(), 2);
    }
}
