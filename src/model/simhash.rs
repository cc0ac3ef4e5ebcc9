//! The number of a text that nearly the same texts nearly share: so a copy is found that was touched here and there.
//!
//! docs/decisions/0023-near-copies.md says how the length of a shingle and the bound were chosen.

use super::letters::{is_letter_or_number, letters_of_a_word};

/// Bits in which the simhashes of two copies of one text may differ.
pub const NEAR: u32 = 7;
/// Words from which on a text says enough to be told from others.
const MIN_WORDS: usize = 50;
/// Words that are looked at; what follows them changes nothing.
const MOST_WORDS: usize = (1 << PLANES) - 1;
/// Bits of a counter.
const PLANES: usize = 16;

/// The simhash of a text as [`super::arabic::normalise`] gives it; `None` if it has less than fifty words.
///
/// A word is a run of letters and digits; in scripts without blanks each letter is one, and two or four of them count as
/// a word. Every two words that follow each other vote on each bit.
///
/// # Source
/// Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002; over shingles for pages: Manku, Jain
/// and Das Sarma, "Detecting near-duplicates for web crawling", WWW 2007. A word's hash is FNV-1a with 64 bits over its
/// characters' numbers instead of bytes. The result is stored, so none of this may ever change.
pub fn simhash(normalised: &str) -> Option<u64> {
    let mut votes = Votes::default();
    let (mut words, mut quarters, mut last) = (0, 0, None);
    each_word(normalised, |word, parts| {
        if words == MOST_WORDS {
            return;
        }
        if let Some(last) = last.replace(word) {
            votes.add(mix(u64::rotate_left(last, 21) ^ word));
        }
        words += 1;
        quarters += parts;
    });
    (quarters >= 4 * MIN_WORDS).then(|| votes.majority())
}

/// In how many bits two simhashes differ.
pub fn distance(one: u64, other: u64) -> u32 {
    (one ^ other).count_ones()
}

/// Calls with the hash of each word, and how many quarters of a word it is.
fn each_word(text: &str, mut found: impl FnMut(u64, usize)) {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let step = |hash: u64, c: char| (hash ^ u64::from(u32::from(c))).wrapping_mul(PRIME);
    let mut hash = BASIS;
    for c in text.chars().chain([' ']) {
        let is_part = is_letter_or_number(c);
        let alone = letters_of_a_word(c).filter(|_| is_part);
        if is_part && alone.is_none() {
            hash = step(hash, c);
            continue;
        }
        if hash != BASIS {
            found(hash, 4);
            hash = BASIS;
        }
        if let Some(letters) = alone {
            found(step(BASIS, c), 4 / letters);
        }
    }
}

/// Lets every bit of a hash depend on every other.
///
/// # Source
/// The finaliser of MurmurHash3 with 64 bits, by Appleby; public domain.
fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

/// Sixty-four counters side by side: each word of `planes` has one bit of all of them.
#[derive(Default)]
struct Votes {
    planes: [u64; PLANES],
    all: u32,
}

impl Votes {
    /// Counts the bits that are set; no more than [`MOST_WORDS`] times.
    fn add(&mut self, hash: u64) {
        let mut carry = hash;
        for plane in &mut self.planes {
            if carry == 0 {
                break;
            }
            (*plane, carry) = (*plane ^ carry, *plane & carry);
        }
        self.all += 1;
    }

    /// The bits that more than half of the hashes had.
    fn majority(&self) -> u64 {
        let count = |bit: usize| -> u32 {
            let digits = self.planes.iter().enumerate();
            digits.map(|(n, plane)| u32::try_from((plane >> bit) & 1).unwrap_or_default() << n).sum()
        };
        (0..64).filter(|bit| 2 * count(*bit) > self.all).fold(0, |all, bit| all | (1 << bit))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::arabic::normalise;
    use super::*;

    /// So many words, none of which stands in a text with another seed.
    fn text(seed: usize, words: usize) -> Vec<String> {
        (0..words).map(|n| format!("w{}", (n * 7_919 + seed * 1_000_003) % 100_003)).collect()
    }

    fn of(words: &[String]) -> u64 {
        simhash(&words.join(" ")).expect("is long enough")
    }

    #[test]
    fn what_is_stored_never_changes() {
        let of = |text: String| simhash(&normalise(&text));
        let texts = [
            "The harbour wall would hold for another winter. ".repeat(8),
            "تُرحِّب الأمّة بالزائرين إلى المدينة ".repeat(10),
            "港口的墙可以再坚持一个冬天".repeat(10),
            text(1, 400).join(" "),
        ];
        let expected = [
            Some(0x5605_f944_a939_080a),
            Some(0xe275_c177_3fda_8ad5),
            Some(0xfab4_05bd_4289_4a3c),
            Some(0xd841_8a3f_80c2_d382),
        ];
        assert_eq!(texts.map(of), expected);
    }

    #[test]
    fn a_text_that_was_touched_stays_near() {
        let whole = text(1, 400);
        for at in (0..400).step_by(17) {
            let mut touched = whole.clone();
            touched[at] = "another".into();
            assert!(distance(of(&whole), of(&touched)) <= NEAR, "{at}");
        }
        let signed: Vec<String> =
            ["london", "agency"].into_iter().map(str::to_owned).chain(whole.iter().cloned()).collect();
        assert!(distance(of(&whole), of(&signed)) <= NEAR);
        assert!(distance(of(&whole), of(&whole[..385])) <= NEAR);
    }

    #[test]
    fn other_texts_are_far() {
        let all: Vec<u64> = (0..300).map(|seed| of(&text(seed, 200))).collect();
        for (n, one) in all.iter().enumerate() {
            for other in &all[..n] {
                assert!(distance(*one, *other) > NEAR + 3);
            }
        }
    }

    #[test]
    fn blanks_signs_case_and_vowel_marks_do_not_count() {
        let same = |one: &str, other: &str| {
            let (one, other) = (simhash(&normalise(&one.repeat(10))), simhash(&normalise(&other.repeat(10))));
            assert!(one.is_some());
            assert_eq!(one, other);
        };
        same("تُرحِّب الأُمَّة بالزائرين إلى المدينة ", "ترحب الامه بالزائرين، الي المدينه. ");
        same("The Wall would hold; he said. ", "the wall\n\nwould «hold» – he said ");
    }

    #[test]
    fn a_text_that_says_little_has_none() {
        assert_eq!(simhash(""), None);
        assert_eq!(simhash(&"word ".repeat(49)), None);
        assert!(simhash(&"word ".repeat(50)).is_some());
        assert_eq!(simhash(&"…! ".repeat(1_000)), None);
        // Two letters a word of Han, four of Thai.
        assert_eq!(simhash(&"港口".repeat(49)), None);
        assert!(simhash(&"港口".repeat(50)).is_some());
        assert_eq!(simhash(&"กขคง".repeat(49)), None);
        assert!(simhash(&"กขคง".repeat(50)).is_some());
    }

    #[test]
    fn what_follows_the_last_word_that_is_looked_at_changes_nothing() {
        let whole = text(1, MOST_WORDS);
        assert_eq!(of(&whole), of(&[whole.clone(), text(2, 10_000)].concat()));
    }

    proptest! {
        /// Against counters that are counted one by one.
        #[test]
        fn every_bit_is_that_of_the_majority(hashes in proptest::collection::vec(any::<u64>(), 0..700)) {
            let mut votes = Votes::default();
            for hash in &hashes {
                votes.add(*hash);
            }
            for bit in 0..64 {
                let set = hashes.iter().filter(|hash| *hash >> bit & 1 == 1).count();
                prop_assert_eq!(votes.majority() >> bit & 1 == 1, 2 * set > hashes.len());
            }
        }

        #[test]
        fn any_text_has_one_answer(text in "(\\PC{0,9}[ \n]){0,80}") {
            let normal = normalise(&text);
            prop_assert_eq!(simhash(&normal), simhash(&normal));
            prop_assert_eq!(simhash(&normal), simhash(&normal.replace(' ', " \u{a0}. ")));
        }
    }
}
