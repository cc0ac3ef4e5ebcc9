//! Why a page counts as what it does: stable words, each with its meaning.

/// Every word that [`Signals::reasons`](super::Signals::reasons) and `pages.kind_reasons` can hold, with its meaning
/// for people. Words are added, never changed.
pub const REASONS: &[(&str, &str)] = &[
    ("profile-article", "the site's profile says that the address is an article's, or it found a text"),
    ("profile-other", "the site's profile says that the address is no article's"),
    ("url-root", "the address is the site's root, or the root of one of its languages"),
    ("url-date", "the address has a date and a name"),
    ("url-number", "the address has a number as articles have it"),
    ("url-slug", "the last part of the address is many words"),
    ("url-query", "the query calls an article by its number"),
    ("url-archive", "the address is a day or a month and no more"),
    ("url-tag", "the address names a tag or topic"),
    ("url-author", "the address names an author or user"),
    ("url-list", "the address names a list: a category, an archive, a gallery, a further page"),
    ("url-plain", "the address is one or two plain words"),
    ("url-feed", "the address is called like a feed"),
    ("url-sitemap", "the address is called like a sitemap"),
    ("url-file", "the address ends like a file that is no page"),
    ("url-service", "the address names a service: search, contact, login …"),
    ("url-unclear", "the address does not tell"),
    ("announced-article", "a feed, a sitemap or the operator called it an article"),
    ("announced-source", "it was found or configured as a front page, section, feed or sitemap"),
    ("ld-article", "JSON-LD names an article"),
    ("ld-many", "JSON-LD names more than three articles"),
    ("ld-collection", "JSON-LD names a collection"),
    ("og-article", "og:type is article"),
    ("og-website", "og:type is website"),
    ("og-video", "og:type is a kind of video"),
    ("og-profile", "og:type is profile"),
    ("ld-profile", "JSON-LD names a profile page and no article"),
    ("ld-video", "JSON-LD names a film and no article, and there is a text"),
    ("time-stated", "a meta element states a time of publication"),
    ("service-undated", "the address names a service and there is no date of publication"),
    ("date", "a date of publication was found"),
    ("text-none", "there are fewer than 80 characters of text"),
    ("text-little", "there are fewer than 300 characters of text"),
    ("text", "there are 300 characters of text or more"),
    ("text-much", "there are 1,000 characters of text or more"),
    ("headed", "the text stands right below the headline"),
    ("links-many", "more than 40 links to articles stand beside fewer than 1,500 characters of text"),
    ("links", "eight or more links look like articles'"),
    ("links-few", "three or more links look like articles', on a page of a tag or an author"),
    ("title-none", "there is no title"),
    ("stand-in", "an error page, a bot challenge or a default page stands in an article's place"),
    ("answers-alike", "its host answers an address that it cannot have with the same page"),
    ("document-feed", "the document is a feed"),
    ("document-sitemap", "the document is a sitemap"),
    ("document-other", "the document is neither HTML nor a feed nor a sitemap"),
    ("stays-front", "it is a configured front page and no article today"),
    ("stays-article", "it was stored as an article before and is nothing else today"),
    ("stays-list", "it worked as a feed or sitemap before"),
    ("answers-anything", "a feed or sitemap was looked for and something else answered"),
    ("no-place", "an article at a root, or where a list was looked for, is what a server sends for everything"),
];

/// What a word means; `None` for a word that is not ours.
pub fn meaning(word: &str) -> Option<&'static str> {
    REASONS.iter().find(|(known, _)| *known == word).map(|(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_lists_every_reason_with_this_meaning() {
        let page = include_str!("../../docs/EXTRACTION.md");
        for (word, meaning) in REASONS {
            assert!(page.contains(&format!("| `{word}` | {meaning} |")), "docs/EXTRACTION.md lacks `{word}`");
        }
    }

    #[test]
    fn a_reason_is_one_word_without_commas_and_listed_once() {
        for (word, _) in REASONS {
            assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{word}");
            assert_eq!(REASONS.iter().filter(|(other, _)| other == word).count(), 1, "{word}");
        }
    }
}
