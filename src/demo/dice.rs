use chrono::{Days, NaiveDate};
use rand::{RngCore as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

/// Midnight of [`super::TODAY`], in milliseconds since 1970: the time part of generated ids.
const FIRST_MILLISECOND: u64 = 1_795_478_400_000;

/// Every choice of the generator. The same seed makes the same choices on every machine: whole numbers only, and
/// nothing that depends on a library's idea of a range.
pub struct Dice {
    rng: ChaCha8Rng,
    ids: u64,
}

impl Dice {
    /// `country`: which of the generated countries (see [`super::Size`]) the choices are for.
    pub fn new(seed: u64, country: u32) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(country.into());
        Self { rng, ids: u64::from(country) << 24 }
    }

    /// Choices of the same country that stand beside the others: what came to the generator later makes these, so that
    /// everything before it stays as it was.
    pub fn beside(seed: u64, country: u32) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(1 << 32 | u64::from(country));
        Self { rng, ids: u64::from(country) << 24 | 1 << 23 }
    }

    /// A number below `limit`, which must not be 0.
    pub fn below(&mut self, limit: u32) -> u32 {
        ((u64::from(self.rng.next_u32()) * u64::from(limit)) >> 32) as u32
    }

    /// A number of this interval, both ends included.
    pub fn between(&mut self, least: u32, most: u32) -> u32 {
        least + self.below(most - least + 1)
    }

    /// True so many times out of a thousand.
    pub fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u32) as usize]
    }

    /// Like [`Dice::pick`], but the first are chosen far more often than the last: a few bodies do most of the work.
    pub fn pick_skewed<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let limit = from.len() as u32;
        let bound = self.below(limit) + 1;
        &from[self.below(bound) as usize]
    }

    /// One of the values, each as often as its weight says.
    pub fn weighted<T: Copy>(&mut self, values: &[(T, u32)]) -> T {
        let mut left = self.below(values.iter().map(|(_, weight)| weight).sum());
        for (value, weight) in values {
            if left < *weight {
                return *value;
            }
            left -= weight;
        }
        unreachable!("the choice is below the sum of the weights")
    }

    /// A day of this interval, both ends included.
    pub fn day(&mut self, from: NaiveDate, until: NaiveDate) -> NaiveDate {
        let days = (until - from).num_days().max(0) as u32;
        from + Days::new(self.between(0, days).into())
    }

    /// A new id, in rising order: what is written together stands together in the indexes.
    pub fn id(&mut self) -> Uuid {
        let mut random = [0; 10];
        self.rng.fill_bytes(&mut random);
        self.ids += 1;
        uuid::Builder::from_unix_timestamp_millis(FIRST_MILLISECOND + self.ids, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_choices_and_another_one_others() {
        let throw = |seed| {
            let mut dice = Dice::new(seed, 0);
            (0..50).map(|_| dice.below(1_000_000)).collect::<Vec<_>>()
        };
        assert_eq!(throw(7), throw(7));
        assert_ne!(throw(7), throw(8));
    }

    #[test]
    fn weights_are_kept() {
        let mut dice = Dice::new(1, 0);
        let rare = (0..10_000).filter(|_| dice.weighted(&[("often", 9), ("rare", 1)]) == "rare").count();
        assert!((800..1200).contains(&rare), "{rare} of 10000");
    }

    #[test]
    fn ids_of_different_countries_differ_and_rise() {
        let (mut one, mut other) = (Dice::new(1, 0), Dice::new(1, 1));
        let ids: Vec<Uuid> = (0..100).map(|_| one.id()).collect();
        assert!(ids.is_sorted());
        assert!(!ids.contains(&other.id()));
    }

    #[test]
    fn choices_beside_others_are_others() {
        let (mut one, mut beside) = (Dice::new(1, 0), Dice::beside(1, 0));
        let throw = |dice: &mut Dice| (0..50).map(|_| dice.below(1_000_000)).collect::<Vec<_>>();
        assert_ne!(throw(&mut one), throw(&mut beside));
    }
}
