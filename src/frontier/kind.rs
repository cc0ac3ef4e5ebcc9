//! What an address looks like before anybody visited it.

use crate::model::{PageKind, PageUrl};

/// Words that open a list of articles.
const LIST_WORDS: &[&str] = &[
    "tag",
    "tags",
    "category",
    "categories",
    "topic",
    "topics",
    "section",
    "sections",
    "author",
    "authors",
    "archive",
    "archives",
    "page",
    "rubrique",
    "rubriques",
    "thema",
    "themen",
    "ressort",
    "keyword",
    "keywords",
    "label",
];
const FEED_WORDS: &[&str] =
    &["rss", "feed", "feeds", "atom", "rss.xml", "feed.xml", "atom.xml", "index.rdf", "feed.json"];

/// The likely kind of a page from its address alone; `Unknown` where it does not tell.
///
/// Lists have short wordy paths; articles carry a number of four or more digits, a date, or a slug of four or
/// more words in the last segment.
pub(super) fn guess_kind(url: &PageUrl) -> PageKind {
    let path = url.path();
    let segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
    let Some(last) = segments.last().copied() else {
        return if url.query().is_none() { PageKind::Front } else { query_kind(url) };
    };
    let lower = last.to_ascii_lowercase();
    if FEED_WORDS.contains(&lower.as_str()) {
        return PageKind::Feed;
    }
    if lower.contains("sitemap") && lower.trim_end_matches(".gz").strip_suffix(".xml").is_some() {
        return PageKind::Sitemap;
    }
    let list_word = segments.iter().any(|s| LIST_WORDS.contains(&s.to_ascii_lowercase().as_str()));
    if list_word && !has_long_number(last) {
        return PageKind::Section;
    }
    let stem = lower.rsplit_once('.').map_or(lower.as_str(), |(stem, _)| stem);
    if has_long_number(stem) || words(stem) >= 4 || (has_date(&segments) && segments.len() > 3) {
        return PageKind::Article;
    }
    if url.query().is_some() {
        return query_kind(url);
    }
    if segments.len() <= 2 && segments.iter().all(|s| is_plain_word(s)) { PageKind::Section } else { PageKind::Unknown }
}

/// `?p=1234`, `?id=77`, `?article=…`: a number in the query names an article.
fn query_kind(url: &PageUrl) -> PageKind {
    let named = url.query().unwrap_or_default().split('&').any(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        matches!(name, "p" | "id" | "article" | "articleid" | "newsid" | "nid" | "story" | "aid")
            && value.len() >= 2
            && value.bytes().all(|b| b.is_ascii_digit())
    });
    if named { PageKind::Article } else { PageKind::Unknown }
}

fn has_long_number(segment: &str) -> bool {
    let mut run = 0;
    let mut bytes = segment.bytes().peekable();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            // Digits of an escape are no number.
            run = 0;
            bytes.next();
            bytes.next();
        } else if byte.is_ascii_digit() {
            run += 1;
            if run >= 4 {
                return true;
            }
        } else {
            run = 0;
        }
    }
    false
}

/// Words of a slug: parts between hyphens or underscores, escaped blanks too.
fn words(stem: &str) -> usize {
    stem.split(['-', '_', '+']).flat_map(|part| part.split("%20")).filter(|part| !part.is_empty()).count()
}

/// `/2020/05/…`: a year and a month in a row.
fn has_date(segments: &[&str]) -> bool {
    segments.windows(2).any(|pair| {
        let year = pair[0].len() == 4 && pair[0].parse::<u16>().is_ok_and(|y| (1990..=2100).contains(&y));
        let month = pair[1].len() <= 2 && pair[1].parse::<u8>().is_ok_and(|m| (1..=12).contains(&m));
        year && month
    })
}

fn is_plain_word(segment: &str) -> bool {
    segment.len() <= 24 && segment.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-') && words(segment) <= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: PageKind) {
        let url = PageUrl::parse(&format!("https://paper.example{path}")).expect("parses");
        assert_eq!(guess_kind(&url), expected, "{path}");
    }

    #[test]
    fn an_address_is_judged_by_its_shape() {
        check("/", PageKind::Front);
        check("/politics", PageKind::Section);
        check("/world/europe/", PageKind::Section);
        check("/tag/elections", PageKind::Section);
        check("/politics/page/7", PageKind::Section);
        check("/alriyadh/1019284", PageKind::Article);
        check("/tag/story-20201234", PageKind::Article);
        check("/2020/05/17/harbour", PageKind::Article);
        check("/news/harbour-wall-repair-approved.html", PageKind::Article);
        check("/?p=4711", PageKind::Article);
        check("/index.php?id=77", PageKind::Article);
        check("/rss", PageKind::Feed);
        check("/sitemap-news.xml", PageKind::Sitemap);
        check("/%D8%AE%D8%A8%D8%B1", PageKind::Unknown);
        check("/about.html", PageKind::Unknown);
    }
}
