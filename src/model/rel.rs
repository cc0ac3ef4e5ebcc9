//! What a link says of itself: the words of `rel` that tell something, as a set of two bytes.

use std::fmt;

/// The known words, each with the place of its bit. Others say nothing about the target (`noopener`, `external` …).
const WORDS: [&str; 12] = [
    "nofollow",
    "ugc",
    "sponsored",
    "author",
    "tag",
    "category",
    "bookmark",
    "next",
    "prev",
    "canonical",
    "alternate",
    "license",
];

/// The words of `rel` that matter, without order.
///
/// # Source
/// HTML, "Link types"; microformats.org, "existing rel values" (`category`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Rel(u16);

impl Rel {
    /// Nothing is said.
    pub const NONE: Rel = Rel(0);
    /// `nofollow`: the page does not vouch for the target.
    pub const NOFOLLOW: Rel = Rel(1);
    /// `author`: the target is about the author.
    pub const AUTHOR: Rel = Rel(1 << 3);
    /// `tag`: the target is about a tag of this page.
    pub const TAG: Rel = Rel(1 << 4);
    /// `nofollow`, `ugc` and `sponsored`: only what every link to an address says holds for the address.
    const RESERVED: u16 = 0b111;

    /// Reads an attribute; words that are not known, and their order, are lost.
    pub fn parse(attribute: &str) -> Rel {
        let bit = |word: &str| {
            let word = if word.eq_ignore_ascii_case("previous") { "prev" } else { word };
            WORDS.iter().position(|known| known.eq_ignore_ascii_case(word))
        };
        Rel(attribute.split_ascii_whitespace().filter_map(bit).fold(0, |set, bit| set | 1 << bit))
    }

    /// Whether all words of another are in it.
    pub fn has(self, words: Rel) -> bool {
        self.0 & words.0 == words.0
    }

    /// Whether it asks not to be followed: `nofollow`, `ugc` or `sponsored`.
    pub fn is_nofollow(self) -> bool {
        self.0 & Rel::RESERVED != 0
    }

    /// What two links to one address say of it: all words, but `nofollow` and its kin only where neither link vouches.
    #[must_use]
    pub fn and(self, other: Rel) -> Rel {
        let reserved = if self.is_nofollow() && other.is_nofollow() { Rel::RESERVED } else { 0 };
        Rel((self.0 | other.0) & (!Rel::RESERVED | reserved))
    }

    /// Without `nofollow`, `ugc` and `sponsored`.
    #[must_use]
    pub fn vouched(self) -> Rel {
        Rel(self.0 & !Rel::RESERVED)
    }

    /// The words parted by blanks; `None` if there are none.
    pub fn text(self) -> Option<String> {
        (self != Rel::NONE).then(|| self.to_string())
    }
}

impl fmt::Display for Rel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = WORDS.iter().enumerate().filter(|(bit, _)| self.0 >> bit & 1 == 1);
        for (nth, (_, word)) in words.enumerate() {
            f.write_str(if nth > 0 { " " } else { "" })?;
            f.write_str(word)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_that_matter_are_kept_whatever_their_case_and_company() {
        for (attribute, expected) in [
            ("", ""),
            ("noopener noreferrer", ""),
            ("Category TAG", "tag category"),
            ("noopener previous next nofollow nofollow", "nofollow next prev"),
            ("author\tbookmark\nlicense", "author bookmark license"),
        ] {
            assert_eq!(Rel::parse(attribute).to_string(), expected, "{attribute:?}");
        }
        assert_eq!(Rel::parse("x").text(), None);
        assert!(Rel::parse("tag author").has(Rel::TAG) && !Rel::parse("tag").has(Rel::AUTHOR));
    }

    #[test]
    fn two_links_reserve_only_what_both_do() {
        let and = |one: &str, other: &str| Rel::parse(one).and(Rel::parse(other)).to_string();
        assert_eq!(and("nofollow tag", "author"), "author tag");
        assert_eq!(and("nofollow tag", "ugc"), "nofollow ugc tag");
        assert!(Rel::parse("sponsored").is_nofollow() && !Rel::parse("sponsored next").vouched().is_nofollow());
    }
}
