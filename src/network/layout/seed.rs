//! Numbers that follow from a node's id: the same on every replica and at every time.

use uuid::Uuid;

/// What is particular to a node and never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(u64);

/// Mixes bits so that neighbouring numbers have nothing in common (SplitMix64).
const fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

impl Seed {
    pub fn of(id: Uuid) -> Self {
        let (high, low) = id.as_u64_pair();
        Self(mixed(high ^ mixed(low)))
    }

    /// A number from 0 to 1, another for each use.
    pub fn share(self, of: u64) -> f32 {
        (mixed(self.0 ^ mixed(of + 1)) >> 40) as f32 / (1u32 << 24) as f32
    }

    /// A direction of length one. Made by trial instead of by sine and cosine, whose last digits differ by machine.
    pub fn direction(self) -> [f32; 2] {
        for trial in 0..64 {
            let [x, y] = [self.share(2 * trial + 100), self.share(2 * trial + 101)].map(|share| 2.0 * share - 1.0);
            let square = x * x + y * y;
            if (0.01..=1.0).contains(&square) {
                return [x / square.sqrt(), y / square.sqrt()];
            }
        }
        [1.0, 0.0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_go_everywhere_and_stay_the_same() {
        let directions: Vec<_> = (0..4000).map(|id| Seed::of(Uuid::from_u128(id)).direction()).collect();
        let quarters = directions.iter().fold([0; 4], |mut counts, [x, y]| {
            counts[usize::from(*x > 0.0) + 2 * usize::from(*y > 0.0)] += 1;
            counts
        });
        assert!(quarters.iter().all(|count| (900..1100).contains(count)), "{quarters:?}");
        assert!(directions.iter().all(|[x, y]| (x.hypot(*y) - 1.0).abs() < 1e-6));
        assert_eq!(Seed::of(Uuid::from_u128(7)).direction(), Seed::of(Uuid::from_u128(7)).direction());
    }
}
