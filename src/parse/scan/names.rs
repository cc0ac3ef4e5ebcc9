//! What classes and ids say of their elements.

use memchr::memchr;

use super::super::Map;
use super::around::Around;
use super::vocabulary::WORDS;

/// Bytes of a class that are read.
const MAX_CLASS: usize = 400;
/// Longest id that is read, in bytes: a longer one numbers its element.
const MAX_ID: usize = 40;
/// Most words of an id that is read: a longer one repeats a heading.
const MAX_ID_WORDS: usize = 4;
/// Classes of most pages.
const USUAL: usize = 200;
/// Classes of a page that are remembered.
const MAX_KNOWN: usize = 5_000;

/// What the names of a page's elements say; each class is looked up once.
#[derive(Debug, Default)]
pub(super) struct Names<'t> {
    /// By class: most ids stand once.
    known: Map<&'t str, Around>,
    /// The name at hand, in normal form.
    text: Vec<u8>,
    /// Where its words begin.
    starts: Vec<usize>,
}

impl<'t> Names<'t> {
    /// What a class and an id say of their element.
    pub(super) fn facts(&mut self, class: &'t str, id: &'t str) -> Around {
        let class = &class[..class.floor_char_boundary(MAX_CLASS)];
        let lines = || id.bytes().filter(|byte| matches!(byte, b'-' | b'_')).count();
        let is_read = id.len() <= MAX_ID && lines() < MAX_ID_WORDS;
        let id = if is_read { id } else { "" };
        let mut facts = if is_post(id) { self.look_up(class, || true) } else { self.class(class) };
        if !id.is_empty() {
            facts = facts.with(self.look_up(id, || is_post(class)));
        }
        if facts.has(Around::BODY_CLASS) {
            // The text that a table of contents leads to is called after it.
            facts = facts.without(Around::NAV);
        }
        if facts.has(Around::FAQ) {
            // What is folded up is neither a card nor a tool.
            facts = facts.without(Around::CARD.with(Around::META_BAR).with(Around::TITLE));
        }
        facts
    }

    fn class(&mut self, class: &'t str) -> Around {
        if let Some(known) = self.known.get(class) {
            return *known;
        }
        let facts = self.look_up(class, || false);
        if self.known.is_empty() {
            self.known.reserve(USUAL);
        }
        if self.known.len() < MAX_KNOWN {
            self.known.insert(class, facts);
        }
        facts
    }

    /// What the words of a name say; `in_post` if it stands beside one that names a post.
    fn look_up(&mut self, name: &str, in_post: impl Fn() -> bool) -> Around {
        // The most used system of all writes an article's keywords into its classes, those of its own kinds last.
        let has_keywords = || in_post() || is_post(name);
        let mut in_kinds = false;
        self.text.clear();
        self.starts.clear();
        for part in name.split_ascii_whitespace() {
            in_kinds |= part == "hentry";
            // A label that is not shown says nothing of what it would name.
            if in_kinds || is_keyword(part) && has_keywords() || part.ends_with("label-hidden") {
                continue;
            }
            self.push_normal(part);
        }
        self.starts.iter().map(|start| WORDS.facts(&self.text[*start..])).fold(Around::NONE, Around::with)
    }

    /// Adds a name in lower case with `-` for every separator and border of camel case, and two behind it.
    fn push_normal(&mut self, name: &str) {
        let mut previous = b'-';
        for byte in name.bytes() {
            let normal = NORMAL[usize::from(byte)];
            let is_border = normal != byte && normal != b'-' && previous.is_ascii_lowercase();
            if is_border {
                self.text.push(b'-');
            }
            if normal != b'-' && (is_border || NORMAL[usize::from(previous)] == b'-') {
                self.starts.push(self.text.len());
            }
            self.text.push(normal);
            previous = byte;
        }
        self.text.extend(b"--");
    }
}

/// Whether a name is that of a post, whose keywords stand beside it.
fn is_post(name: &str) -> bool {
    // Both have the same rare letter.
    memchr(b'y', name.as_bytes()).is_some() && (name.contains("hentry") || name.contains("type-post"))
}

fn is_keyword(class: &str) -> bool {
    class.starts_with("category-")
        || class.starts_with("tag-")
        || class.starts_with("author-")
        || class.starts_with("format-")
        || class.starts_with("has-")
}

/// Each byte in lower case; `-` for those that part words.
static NORMAL: [u8; 256] = {
    let mut normal = [b'-'; 256];
    let mut byte = 0;
    while byte < 256 {
        if !(byte as u8).is_ascii() || (byte as u8).is_ascii_alphanumeric() {
            normal[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    normal
};

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(class: &str) -> String {
        Names::default().facts(class, "").names()
    }

    #[test]
    fn words_of_names_say_what_an_element_is() {
        assert_eq!(facts("article-body"), "body_class ");
        assert_eq!(facts("articleBody"), "body_class ");
        assert_eq!(facts("l-grid related_articles"), "related other_stories ");
        assert_eq!(facts("pagination"), "related ");
        assert_eq!(facts("onetrust-pc-dark-filter"), "dialog ");
        assert_eq!(facts("relationship"), "");
        assert_eq!(Names::default().facts("", "comments").names(), "comments ");
        assert_eq!(Names::default().facts("", &format!("comments-{}", "1".repeat(60))).names(), "");
    }

    #[test]
    fn words_of_two_classes_make_no_run() {
        assert_eq!(facts("story body"), "");
        assert_eq!(facts("story-body"), "body_class ");
    }

    #[test]
    fn keywords_among_the_classes_of_a_post_say_nothing() {
        assert_eq!(facts("post-1 type-post hentry category-comments tag-menu"), facts("post-1 type-post hentry"));
        assert_eq!(facts("post-1 type-post hentry topic-menu language-fr"), facts("post-1 type-post hentry"));
        assert!(facts("tag-list category").contains("tags"));
    }

    #[test]
    fn ids_of_many_words_and_labels_that_are_not_shown_say_nothing() {
        assert_eq!(Names::default().facts("", "the-menu-of-the-day").names(), "");
        assert_eq!(Names::default().facts("", "site-menu-bar").names(), "nav ");
        assert_eq!(facts("field field--label-hidden"), "");
        assert_eq!(facts("cmp-text"), "");
        assert!(facts("cmp-banner").contains("dialog "));
    }
}
