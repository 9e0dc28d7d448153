//! A bounded memory: two halves, of which the older is let go when the younger is full. What is asked for stays.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// Values by their keys, each with its weight; both halves together weigh about `most` at the most.
pub struct Halves<K, V> {
    young: HashMap<K, (V, usize)>,
    old: HashMap<K, (V, usize)>,
    /// Of the younger half.
    weight: usize,
    /// Of one half.
    most: usize,
}

impl<K: Hash + Eq, V> Halves<K, V> {
    pub fn new(most: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), weight: 0, most: most / 2 }
    }

    /// The key's value, which becomes young again.
    pub fn find<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        if let Some((key, (value, weight))) = self.old.remove_entry(key) {
            self.put(key, value, weight);
        }
        self.young.get(key).map(|(value, _)| value)
    }

    /// Files a value in place of the key's earlier one. What weighs more than a half is not kept.
    pub fn put(&mut self, key: K, value: V, weight: usize) {
        self.remove(&key);
        if weight > self.most {
            return;
        }
        if self.weight + weight > self.most {
            self.old = std::mem::take(&mut self.young);
            self.weight = 0;
        }
        self.weight += weight;
        self.young.insert(key, (value, weight));
    }

    /// Lets go of a value.
    pub fn remove(&mut self, key: &K) {
        self.old.remove(key);
        if let Some((_, weight)) = self.young.remove(key) {
            self.weight -= weight;
        }
    }

    #[cfg(test)]
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.young.values().chain(self.old.values()).map(|(value, _)| value)
    }

    /// Lets go of everything.
    pub fn clear(&mut self) {
        (self.young, self.old, self.weight) = (HashMap::new(), HashMap::new(), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::Halves;

    fn kept(halves: &Halves<u32, ()>) -> usize {
        halves.young.values().chain(halves.old.values()).map(|(_, weight)| weight).sum()
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_is_let_go() {
        let mut halves = Halves::new(100);
        for key in 0..1000 {
            halves.put(key, (), 1 + key as usize % 7);
            assert!(kept(&halves) <= 100);
            assert!(key == 0 || halves.find(&0).is_some(), "{key}");
        }
        assert!(halves.find(&500).is_none() && halves.find(&999).is_some());
    }

    #[test]
    fn what_is_filed_again_weighs_once_and_what_is_too_heavy_not_at_all() {
        let mut halves = Halves::new(100);
        for weight in [10, 50, 20] {
            halves.put(1, (), weight);
        }
        assert_eq!(kept(&halves), 20);
        halves.put(2, (), 51);
        assert!(halves.find(&2).is_none() && halves.find(&1).is_some());
        halves.put(1, (), 51);
        assert!(halves.find(&1).is_none(), "the earlier value is not the key's any more");
        halves.put(1, (), 5);
        halves.clear();
        assert_eq!((kept(&halves), halves.weight), (0, 0));
    }
}
