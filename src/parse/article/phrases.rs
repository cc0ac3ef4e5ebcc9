//! Patterns that are lists of phrases and are asked of every block: what no phrase can do without is looked for first, all at
//! once.

use aho_corasick::AhoCorasick;
use regex::Regex;

/// A list of phrases.
pub(super) struct Phrases {
    stems: AhoCorasick,
    pattern: Regex,
}

impl Phrases {
    /// Whatever the pattern finds holds one of the stems. ASCII letters of these stand for both cases; others are
    /// written in every case in which a phrase may be set.
    pub(super) fn new(stems: &[&str], pattern: &str) -> Phrases {
        let built = AhoCorasick::builder().ascii_case_insensitive(true).build(stems);
        Phrases {
            stems: built.expect("constant stems, checked by every test here"),
            pattern: Regex::new(pattern).expect("a constant pattern, checked by every test here"),
        }
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.stems.is_match(text) && self.pattern.is_match(text)
    }
}

#[cfg(test)]
impl Phrases {
    /// Fails for a text of the pattern that holds no stem.
    pub(super) fn check(&self) {
        use proptest::prelude::*;
        use proptest::string::string_regex;
        use proptest::test_runner::TestRunner;

        let set_in_one_case = |text: &String| {
            let others = || text.chars().filter(|c| !c.is_ascii());
            // Two signs that stand for `s` and `k` where case is ignored, and which nobody writes.
            let is_usual = !text.contains(['\u{17f}', '\u{212a}']);
            is_usual && (others().all(|c| !c.is_uppercase()) || others().all(|c| !c.is_lowercase()))
        };
        let texts = string_regex(&without_anchors(self.pattern.as_str())).expect("generates");
        let texts = texts.prop_filter("cases", set_in_one_case);
        let mut runner =
            TestRunner::new(ProptestConfig { cases: 3_000, max_global_rejects: 1 << 20, ..Default::default() });
        let check = |text: String| {
            prop_assert!(self.is_match(&text), "{text}");
            Ok(())
        };
        runner.run(&texts, check).expect("a stem in each");
    }
}

/// A pattern whose texts are those that the anchored one finds as a whole; it has no signs for them in its classes.
#[cfg(test)]
fn without_anchors(pattern: &str) -> String {
    pattern.replace(['^', '$'], "")
}
