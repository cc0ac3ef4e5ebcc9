//! What an article has beside its fields: flags, pictures, entries of a live blog, the direction of its text.

use super::letters::{is_letter, is_letter_or_number, letters_of_a_word};
use super::{PageUrl, When};

/// Something a reader should know of an article, and how it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// What it is.
    pub kind: FlagKind,
    /// The evidence, at most 300 characters: a property with its value, a class, the words that say so.
    pub reason: String,
}

/// What an article can be flagged as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FlagKind {
    /// The text, or its rest, is for subscribers.
    Paywalled,
    /// The page holds only the beginning of the text.
    Truncated,
    /// A report in entries that grows while its event goes on.
    Live,
    /// A comment, column or editorial.
    Opinion,
    /// Paid for by somebody.
    Sponsored,
    /// The paper corrects or amends what it wrote.
    Correction,
    /// A film with a text beside it.
    Video,
    /// Pictures with a text beside them.
    Gallery,
    /// The text goes on on further pages; the reason names the next one.
    MultiPage,
}

impl FlagKind {
    /// All kinds.
    pub const ALL: [FlagKind; 9] = [
        FlagKind::Paywalled,
        FlagKind::Truncated,
        FlagKind::Live,
        FlagKind::Opinion,
        FlagKind::Sponsored,
        FlagKind::Correction,
        FlagKind::Video,
        FlagKind::Gallery,
        FlagKind::MultiPage,
    ];

    /// The word for it in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            FlagKind::Paywalled => "paywalled",
            FlagKind::Truncated => "truncated",
            FlagKind::Live => "live",
            FlagKind::Opinion => "opinion",
            FlagKind::Sponsored => "sponsored",
            FlagKind::Correction => "correction",
            FlagKind::Video => "video",
            FlagKind::Gallery => "gallery",
            FlagKind::MultiPage => "multi-page",
        }
    }
}

/// A picture of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its address.
    pub url: PageUrl,
    /// What it shows, at most 1,000 characters.
    pub caption: Option<String>,
    /// Who made it, at most 300 characters.
    pub credit: Option<String>,
}

/// An entry of a live blog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveEntry {
    /// When it was written; `None` if the page does not say. A clock alone is one of the article's day.
    pub at: Option<When>,
    /// The time as it is shown, at most 100 characters; empty if none is.
    pub raw: String,
    /// Its heading.
    pub title: Option<String>,
    /// Its paragraphs, parted by a blank line.
    pub text: String,
}

/// In which direction a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

impl Direction {
    /// The word for it in SQL, JSON and HTML.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Ltr => "ltr",
            Direction::Rtl => "rtl",
        }
    }

    /// The direction of most letters of a text; `None` if it has no letters.
    ///
    /// # Source
    /// Unicode Standard Annex 9, classes R and AL, by block.
    pub fn of(text: &str) -> Option<Direction> {
        // Mostly ASCII letters decide it: of the other characters, two bytes or more each, there are fewer.
        let (ascii, others) = (text.bytes().filter(u8::is_ascii_alphabetic), text.bytes().filter(|it| !it.is_ascii()));
        if ascii.count() > others.count() / 2 {
            return Some(Direction::Ltr);
        }
        let (mut left, mut right) = (0_usize, 0_usize);
        for c in text.chars().filter(|c| is_letter(*c)) {
            match u32::from(c) {
                0x0590..=0x08ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff => {
                    right += 1;
                }
                _ => left += 1,
            }
        }
        match (left, right) {
            (0, 0) => None,
            (left, right) if right > left => Some(Direction::Rtl),
            _ => Some(Direction::Ltr),
        }
    }
}

/// Words of a text.
///
/// A word is a run between blanks that has a letter or digit. Chinese, Japanese, Thai, Lao, Khmer and Burmese are
/// written without blanks; there the count is an estimate: two letters a word of Han and kana, four of the others.
pub fn word_count(text: &str) -> usize {
    text.split_whitespace()
        .map(|run| {
            if run.is_ascii() {
                return usize::from(run.bytes().any(|byte| byte.is_ascii_alphanumeric()));
            }
            let (mut pairs, mut fours, mut others) = (0_usize, 0_usize, false);
            for c in run.chars().filter(|c| is_letter_or_number(*c)) {
                match letters_of_a_word(c) {
                    Some(2) => pairs += 1,
                    Some(_) => fours += 1,
                    None => others = true,
                }
            }
            pairs.div_ceil(2) + fours.div_ceil(4) + usize::from(others)
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_direction_is_that_of_most_letters() {
        for (text, expected) in [
            ("قال BBC إن", Some(Direction::Rtl)),
            ("שלום", Some(Direction::Rtl)),
            ("The word سلام means peace", Some(Direction::Ltr)),
            ("新闻", Some(Direction::Ltr)),
            ("2024 — 12", None),
        ] {
            assert_eq!(Direction::of(text), expected, "{text}");
        }
    }

    #[test]
    fn words_are_counted_in_scripts_with_and_without_blanks() {
        for (text, expected) in [
            ("One two – three.", 3),
            ("من دون أن", 3),
            ("می‌شود", 1),
            ("今日は良い天気", 4),
            ("กรุงเทพ", 2),
            ("2024年", 2),
            ("… — …", 0),
        ] {
            assert_eq!(word_count(text), expected, "{text}");
        }
    }

    #[test]
    fn words_for_flags_are_distinct() {
        let words: std::collections::BTreeSet<_> = FlagKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(words.len(), FlagKind::ALL.len());
    }
}
