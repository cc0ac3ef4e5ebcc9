//! Paragraphs that a host prints in article after article: newsletters, notices, lines about the paper.
//!
//! Counted are articles, never visits; docs/decisions/0018-boilerplate-learnt.md says why as it is done here.

use std::collections::{BTreeMap, BTreeSet};

/// Longest paragraph that is looked at, in bytes.
const MAX_BYTES: usize = 2_000;
/// Paragraphs of a host that are remembered. They fill a page of SQLite.
const MOST_REMEMBERED: usize = 200;
/// A body of more paragraphs would push out what others left; it teaches nothing.
const MOST_OF_A_BODY: usize = 120;
/// An article of whose text more than one part in so many is known is another form of a known one.
const COPY: usize = 3;
/// Articles in which a paragraph must stand: so many, and one of four since it was first seen.
const LEAST: u32 = 2;
const ONE_OF: u32 = 4;
/// When memory is full, an article more in which a paragraph stood is worth so many articles of age.
const WORTH: u32 = 4;
/// Articles from which on another one does not add to that.
const MOST_WORTH: u32 = 16;
/// Bytes of a remembered paragraph.
const ENTRY_BYTES: usize = 20;

/// Paragraphs that are left out of a body, by their fingerprints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Boilerplate {
    /// At most 200 of a host.
    pub paragraphs: BTreeSet<i64>,
}

impl Boilerplate {
    /// Whether a paragraph is one of them.
    pub fn holds(&self, text: &str) -> bool {
        !self.paragraphs.is_empty() && fingerprint(text).is_some_and(|it| self.paragraphs.contains(&it))
    }
}

/// A paragraph that was left out of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its place among all paragraphs, those that were left out included.
    pub at: usize,
    /// Its text.
    pub text: String,
}

/// A paragraph of an article's body, as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paragraph {
    /// Its identity; see [`fingerprint`].
    pub fingerprint: Option<i64>,
    /// Its length.
    pub bytes: usize,
}

impl Paragraph {
    /// The paragraph with this text.
    pub fn new(text: &str) -> Paragraph {
        Paragraph { fingerprint: fingerprint(text), bytes: text.len() }
    }
}

/// Identity of a paragraph, whatever its blanks, its ASCII punctuation and the case of its ASCII letters; `None` if it
/// is too long or nothing is left.
///
/// # Source
/// FNV-1a with 64 bits, by Fowler, Noll and Vo. It is stored, so it must never change.
pub fn fingerprint(text: &str) -> Option<i64> {
    if text.len() > MAX_BYTES { None } else { identity(text) }
}

/// The same of a text of any length.
pub(super) fn identity(text: &str) -> Option<i64> {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let letters = text.bytes().filter(|byte| !byte.is_ascii() || byte.is_ascii_alphanumeric());
    let hash = letters.fold(BASIS, |hash, byte| (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(PRIME));
    (hash != BASIS).then_some(hash as i64)
}

/// In how many of a host's articles each paragraph stood; bounded, see the constants of this file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParagraphCounts {
    /// Articles that were counted.
    articles: u32,
    seen: BTreeMap<i64, Seen>,
}

/// A paragraph's articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    articles: u32,
    /// Number of the first.
    first: u32,
    /// Number of the last.
    last: u32,
}

impl ParagraphCounts {
    /// Counts the paragraphs of another article; false if it teaches nothing, because it is another form of what was
    /// counted before, or too long.
    pub fn count(&mut self, body: &[Paragraph]) -> bool {
        let is_shared = |it: &&Paragraph| {
            let seen = it.fingerprint.and_then(|it| self.seen.get(&it));
            seen.is_some_and(|seen| !self.is_boilerplate(*seen))
        };
        let all: usize = body.iter().map(|it| it.bytes).sum();
        let shared: usize = body.iter().filter(is_shared).map(|it| it.bytes).sum();
        if body.len() > MOST_OF_A_BODY || shared * COPY > all {
            return false;
        }
        let body: BTreeSet<i64> = body.iter().filter_map(|it| it.fingerprint).collect();
        self.articles = self.articles.saturating_add(1);
        let number = self.articles;
        for paragraph in body {
            let seen = self.seen.entry(paragraph).or_insert(Seen { articles: 0, first: number, last: number });
            seen.articles = seen.articles.saturating_add(1);
            seen.last = number;
        }
        self.forget();
        true
    }

    /// The paragraphs that are no part of any article's text.
    pub fn boilerplate(&self) -> Boilerplate {
        let paragraphs = self.seen.iter().filter(|(_, seen)| self.is_boilerplate(**seen));
        Boilerplate { paragraphs: paragraphs.map(|(paragraph, _)| *paragraph).collect() }
    }

    fn is_boilerplate(&self, seen: Seen) -> bool {
        let since = self.articles.saturating_sub(seen.first).saturating_add(1);
        seen.articles >= LEAST.saturating_add(since.div_ceil(ONE_OF))
    }

    /// Drops what was seen longest ago and most seldom.
    fn forget(&mut self) {
        let surplus = self.seen.len().saturating_sub(MOST_REMEMBERED);
        if surplus == 0 {
            return;
        }
        let worth = |seen: &Seen| seen.last.saturating_add(WORTH * seen.articles.min(MOST_WORTH));
        let mut all: Vec<(u32, i64)> = self.seen.iter().map(|(paragraph, seen)| (worth(seen), *paragraph)).collect();
        all.sort_unstable();
        for (_, paragraph) in &all[..surplus] {
            self.seen.remove(paragraph);
        }
    }

    /// As it is stored: the number of articles, then fingerprint, articles, first and last of each paragraph, all
    /// little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(4 + ENTRY_BYTES * self.seen.len());
        bytes.extend(self.articles.to_le_bytes());
        for (paragraph, seen) in &self.seen {
            bytes.extend(paragraph.to_le_bytes());
            for number in [seen.articles, seen.first, seen.last] {
                bytes.extend(number.to_le_bytes());
            }
        }
        bytes
    }

    /// What [`ParagraphCounts::to_bytes`] wrote; of anything else what can be read.
    pub fn from_bytes(bytes: &[u8]) -> ParagraphCounts {
        fn number(bytes: &[u8], at: usize) -> u32 {
            bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
        }
        let entries = bytes.get(4..).unwrap_or_default().chunks_exact(ENTRY_BYTES).take(MOST_REMEMBERED);
        let seen = entries.map(|entry| {
            let low = i64::from(number(entry, 0));
            let paragraph = low | (i64::from(number(entry, 4)) << 32);
            (paragraph, Seen { articles: number(entry, 8), first: number(entry, 12), last: number(entry, 16) })
        });
        ParagraphCounts { articles: number(bytes, 0), seen: seen.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWSLETTER: i64 = -1;
    const BACKGROUND: i64 = -2;
    const NOTHING: [i64; 0] = [];

    fn paragraph(fingerprint: i64) -> Paragraph {
        Paragraph { fingerprint: Some(fingerprint), bytes: 100 }
    }

    /// Eight paragraphs that only this article has, and others.
    fn article(number: i64, others: &[i64]) -> Vec<Paragraph> {
        (0..8).map(|own| number * 100 + own).chain(others.iter().copied()).map(paragraph).collect()
    }

    /// The boilerplate after articles that have these beside their own.
    fn after(articles: &[&[i64]]) -> Vec<i64> {
        let mut counts = ParagraphCounts::default();
        for (number, others) in articles.iter().enumerate() {
            counts.count(&article(number as i64, others));
        }
        counts.boilerplate().paragraphs.into_iter().collect()
    }

    #[test]
    fn what_stands_in_three_articles_is_boilerplate() {
        assert_eq!(after(&[&[NEWSLETTER], &[NEWSLETTER]]), NOTHING);
        assert_eq!(after(&[&[NEWSLETTER], &[NEWSLETTER], &[NEWSLETTER]]), [NEWSLETTER]);
        assert_eq!(after(&[&[], &[NEWSLETTER], &[NEWSLETTER], &[], &[NEWSLETTER]]), [NEWSLETTER]);
    }

    #[test]
    fn what_stands_in_few_of_many_articles_is_text() {
        let mut articles: Vec<&[i64]> = vec![&[]; 40];
        for number in [0, 5, 12, 30, 39] {
            articles[number] = &[BACKGROUND];
        }
        assert_eq!(after(&articles), NOTHING);
        assert_eq!(after(&[&[BACKGROUND][..]; 3]), [BACKGROUND]);
        let early = [&[&[BACKGROUND][..]; 3][..], &[&[][..]; 20][..]].concat();
        assert_eq!(after(&early), NOTHING, "it was taken for boilerplate too early");
    }

    #[test]
    fn a_paragraph_that_stands_twice_in_an_article_counts_once() {
        assert_eq!(after(&[&[NEWSLETTER, NEWSLETTER, NEWSLETTER], &[NEWSLETTER]]), NOTHING);
    }

    #[test]
    fn other_forms_of_one_story_teach_nothing() {
        let mut counts = ParagraphCounts::default();
        let story = article(1, &[]);
        assert!(counts.count(&story));
        for edited in 2..9 {
            let mut form = article(edited, &[]);
            form[..4].copy_from_slice(&story[..4]);
            assert!(!counts.count(&form), "half of it is known");
        }
        assert!(!counts.count(&story));
        assert_eq!(counts.boilerplate(), Boilerplate::default());
    }

    #[test]
    fn how_much_is_shared_is_a_matter_of_length() {
        let mut counts = ParagraphCounts::default();
        let long = |fingerprint| Paragraph { fingerprint, bytes: 2_000 };
        let small = [NEWSLETTER, NEWSLETTER - 1, NEWSLETTER - 2].map(paragraph);
        for number in 0..3 {
            assert!(counts.count(&[&small[..], &[long(None), long(Some(number))]].concat()));
        }
        assert_eq!(counts.boilerplate().paragraphs.len(), 3);
        assert!(!counts.count(&[paragraph(1), long(Some(0))]), "most of it is known");
    }

    #[test]
    fn memory_is_bounded_and_keeps_what_comes_again() {
        let mut counts = ParagraphCounts::default();
        for number in 0..500 {
            let others: &[i64] = if number % 3 == 0 { &[NEWSLETTER] } else { &[] };
            counts.count(&article(number, others));
        }
        assert_eq!(counts.seen.len(), MOST_REMEMBERED);
        assert_eq!(counts.boilerplate().paragraphs.into_iter().collect::<Vec<_>>(), [NEWSLETTER]);
        assert!(!counts.count(&(9_000..9_900).map(paragraph).collect::<Vec<_>>()), "a flood is not counted");
    }

    #[test]
    fn counts_come_back_as_they_were_stored_and_junk_is_no_harm() {
        let mut counts = ParagraphCounts::default();
        for number in 0..3 {
            counts.count(&article(number, &[i64::MIN, NEWSLETTER, i64::MAX]));
        }
        let bytes = counts.to_bytes();
        assert_eq!(ParagraphCounts::from_bytes(&bytes), counts);
        for cut in 0..bytes.len() {
            ParagraphCounts::from_bytes(&bytes[..cut]);
        }
        let mut junk = ParagraphCounts::from_bytes(&[0xff; 9_999]);
        junk.count(&article(1, &[]));
        assert_eq!(ParagraphCounts::from_bytes(&[]), ParagraphCounts::default());
    }

    #[test]
    fn a_paragraph_is_known_whatever_its_blanks_signs_and_capitals() {
        let one = fingerprint("Sign up for our newsletter: it's free.");
        assert_eq!(one, fingerprint("SIGN UP  for our newsletter - it's free!"));
        assert_ne!(one, fingerprint("Sign up for our newsletters: it's free."));
        assert_ne!(fingerprint("اشترك في نشرتنا"), fingerprint("اشترك في نشرتك"));
        assert_eq!(fingerprint(" - "), None);
        assert_eq!(fingerprint(&"x".repeat(MAX_BYTES + 1)), None);
    }

    #[test]
    fn a_fingerprint_is_the_published_function() {
        // Test vectors of the algorithm's authors: "a", "foobar".
        assert_eq!(fingerprint("a"), Some(0xaf63_dc4c_8601_ec8c_u64 as i64));
        assert_eq!(fingerprint("foobar"), Some(0x8594_4171_f739_67e8_u64 as i64));
    }
}
