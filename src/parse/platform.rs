//! What a site is made with, as far as its front page tells: for people, never for a decision.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexSet};

/// What of a page is looked at; marks stand in its head or beside its first pictures and scripts.
const MAX_BYTES: usize = 512 << 10;
/// Longest name that a page may give its generator, in characters.
const MAX_NAME: usize = 80;

/// Each platform with addresses or names that only its pages carry.
const MARKS: &[(&str, &str)] = &[
    ("WordPress", r"/wp-content/|/wp-includes/|/wp-json/"),
    ("Drupal", r"/sites/default/files/|drupal-settings-json|Drupal\.settings"),
    ("Joomla", r"/media/jui/|option=com_content|/media/system/js/core"),
    ("Blogger", r"www\.blogger\.com/static|\.bp\.blogspot\.com"),
    ("Ghost", r"ghost-portal|ghost-sdk|/ghost/api/"),
    ("Arc XP", r"Fusion\.globalContent|Fusion\.arcSite|/pf/resources/"),
    ("Next.js", r"__NEXT_DATA__|/_next/static/"),
    ("Nuxt", r"__NUXT__|/_nuxt/"),
    ("Wix", r"static\.wixstatic\.com"),
    ("Squarespace", r"static1\.squarespace\.com"),
    ("TYPO3", r"/typo3temp/|/typo3conf/"),
];

static SET: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new(MARKS.iter().map(|(_, mark)| *mark)).expect("patterns are constants, checked by the tests below")
});
static GENERATOR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)<meta\b[^>]{0,300}\bname\s*=\s*["']?generator\b[^>]{0,300}>"#)
        .expect("the pattern is a constant, checked by the tests below")
});
static CONTENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)')"#)
        .expect("the pattern is a constant, checked by the tests below")
});

/// Names of the platforms whose marks a page carries, and what it calls its generator; empty if it tells nothing.
///
/// `body` is a page's decompressed bytes; the first 512 KiB are read, in linear time.
pub fn hints(body: &[u8]) -> Vec<String> {
    let body = body.get(..MAX_BYTES).unwrap_or(body);
    let mut hints: Vec<String> = SET.matches(body).iter().map(|at| MARKS[at].0.to_owned()).collect();
    let generator = GENERATOR.find(body).and_then(|tag| CONTENT.captures(tag.as_bytes()));
    if let Some(name) = generator.and_then(|found| found.get(1).or_else(|| found.get(2))) {
        let name: String = String::from_utf8_lossy(name.as_bytes()).trim().chars().take(MAX_NAME).collect();
        let known = hints.iter().position(|hint| name.to_ascii_lowercase().starts_with(&hint.to_ascii_lowercase()));
        match known {
            _ if name.is_empty() => {}
            // The page's own words tell the version, too.
            Some(at) => hints[at] = name,
            None => hints.push(name),
        }
    }
    hints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(page: &str, expected: &[&str]) {
        assert_eq!(hints(page.as_bytes()), expected, "{page}");
    }

    #[test]
    fn a_platform_is_told_by_its_marks_and_its_own_words() {
        check("<img src='/wp-content/uploads/1.jpg'>", &["WordPress"]);
        check("<meta name='generator' content='WordPress 6.5'><script src=/wp-includes/x.js>", &["WordPress 6.5"]);
        check("<META content=\"Our Own Press\" NAME=generator>", &["Our Own Press"]);
        check("<script id=__NEXT_DATA__>", &["Next.js"]);
        check("<meta name=generator content=''>", &[]);
        check("<p>WordPress is a program.</p>", &[]);
    }

    #[test]
    fn only_the_beginning_of_a_page_is_read_and_a_name_has_a_limit() {
        check(&format!("{}<img src='/wp-content/1.jpg'>", " ".repeat(MAX_BYTES)), &[]);
        check(&format!("<meta name=generator content='{}'>", "x".repeat(200)), &["x".repeat(MAX_NAME).as_str()]);
    }
}
