//! The newest articles by their simhashes, so that those near to another one are found without looking at all of them.
//!
//! A simhash has four bands of sixteen bits. Where at most seven bits differ, at most one differs in one of the bands: so
//! each band is looked up as it is and with each of its bits turned. (Manku, Jain and Das Sarma 2007, section 3, look
//! up blocks that are equal and so find three bits.)

use crate::model::simhash::{NEAR, distance};

/// Articles that are remembered at most: 6.4 MB, and 1 MB for the places. Of an agency's text most copies appear within
/// days.
pub(super) const REMEMBERED: usize = 200_000;
/// Articles of a place that are looked at, the newest.
const MOST_OF_A_PLACE: usize = 256;

const BANDS: usize = 4;
const BITS: usize = 16;
const _: () = assert!(NEAR as usize == 2 * BANDS - 1);

/// The articles that were added last; where there is no room, the one that was added first goes.
pub(super) struct Memory {
    /// A ring: the article with number n stands at (n - 1) modulo [`REMEMBERED`].
    entries: Vec<Entry>,
    /// How many were added: the number of the last.
    added: u32,
    /// Of each band and value, the number of the article that was added last; 0: none.
    places: [Vec<u32>; BANDS],
}

struct Entry {
    article: i64,
    simhash: u64,
    /// Of each band, the number of the article before it in its place; 0: none.
    before: [u32; BANDS],
}

impl Default for Memory {
    fn default() -> Memory {
        Memory { entries: Vec::new(), added: 0, places: std::array::from_fn(|_| vec![0; 1 << BITS]) }
    }
}

impl Memory {
    /// Adds an article; what was added of it before stays.
    pub(super) fn add(&mut self, article: i64, simhash: u64) {
        if self.added == u32::MAX {
            *self = Memory::default();
        }
        self.added += 1;
        let bands = bands(simhash);
        let before = std::array::from_fn(|band| std::mem::replace(&mut self.places[band][bands[band]], self.added));
        let entry = Entry { article, simhash, before };
        if self.entries.len() < REMEMBERED {
            self.entries.push(entry);
        } else {
            self.entries[(self.added - 1) as usize % REMEMBERED] = entry;
        }
    }

    /// Articles that were near when they were added: the nearest first, of equally near ones those with the lower number.
    pub(super) fn near(&self, simhash: u64) -> Vec<i64> {
        let mut found = Vec::new();
        let mut numbers = self.last(simhash);
        // One article of each place in turn: so the processor waits for all of them together.
        for _ in 0..MOST_OF_A_PLACE {
            if numbers.is_empty() {
                break;
            }
            numbers.retain_mut(|(band, number)| {
                let Some(entry) = self.entry(*number) else { return false };
                let bits = distance(simhash, entry.simhash);
                if bits <= NEAR {
                    found.push((entry.article, bits));
                }
                *number = entry.before[*band];
                true
            });
        }
        found.sort_unstable();
        found.dedup_by_key(|(article, _)| *article);
        found.sort_unstable_by_key(|(article, bits)| (*bits, *article));
        found.into_iter().map(|(article, _)| article).collect()
    }

    /// The last article of each place where a near one can be, by its band and number.
    fn last(&self, simhash: u64) -> Vec<(usize, u32)> {
        let turned = |value: usize| (0..BITS).map(move |bit| value ^ (1 << bit));
        let places = bands(simhash).into_iter().enumerate();
        let places = places.flat_map(|(band, value)| turned(value).chain([value]).map(move |value| (band, value)));
        places.map(|(band, value)| (band, self.places[band][value])).collect()
    }

    /// The article with this number; `None` if there is none, or no longer.
    fn entry(&self, number: u32) -> Option<&Entry> {
        let is_there = number > 0 && (self.added - number) < REMEMBERED as u32;
        is_there.then(|| &self.entries[(number - 1) as usize % REMEMBERED])
    }
}

/// The values of the bands.
fn bands(simhash: u64) -> [usize; BANDS] {
    std::array::from_fn(|band| ((simhash >> (BITS * band)) as u16).into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_nearest_come_first_and_of_these_the_first() {
        let mut memory = Memory::default();
        for (article, simhash) in [(1, 0b111), (2, 0), (3, 0b1), (4, 0), (5, u64::MAX), (6, 0xff)] {
            memory.add(article, simhash);
        }

        assert_eq!(memory.near(0), [2, 4, 3, 1]);
        assert_eq!(memory.near(u64::MAX), [5]);
    }

    #[test]
    fn an_article_with_another_text_is_found_once() {
        let mut memory = Memory::default();
        memory.add(1, 0b1);
        memory.add(1, 0b11);

        assert_eq!(memory.near(0), [1]);
    }

    #[test]
    fn the_first_gives_way_to_the_last() {
        let mut memory = Memory::default();
        let spread = |n: i64| (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for n in 0..=REMEMBERED as i64 {
            memory.add(n, spread(n));
        }

        assert_eq!(memory.near(spread(0)), [0_i64; 0]);
        assert_eq!(memory.near(spread(1)), [1]);
        assert_eq!(memory.near(spread(REMEMBERED as i64)), [REMEMBERED as i64]);
        assert_eq!(memory.entries.len(), REMEMBERED);
    }

    #[test]
    fn one_text_a_thousand_times_is_looked_at_within_a_bound() {
        let mut memory = Memory::default();
        for n in 0..1_000 {
            memory.add(n, 7);
        }

        assert_eq!(memory.near(7), (1_000 - MOST_OF_A_PLACE as i64..1_000).collect::<Vec<_>>());
    }

    proptest! {
        /// Up to seven bits, and none beyond, wherever they are.
        #[test]
        fn all_that_is_near_is_found(simhash: u64, turned in proptest::collection::btree_set(0..64_u32, 0..10)) {
            let mut memory = Memory::default();
            memory.add(1, turned.iter().fold(simhash, |all, bit| all ^ (1 << bit)));
            prop_assert_eq!(memory.near(simhash).len(), usize::from(turned.len() <= NEAR as usize));
        }
    }
}
