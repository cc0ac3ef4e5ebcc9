//! What a page is, and what an address looks like.

use super::article::ld::Graph;
use super::article::meta::Metas;
use crate::model::{Article, PageKind, PageUrl, reason};

/// What an address alone says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looks {
    /// Like an article's.
    Article,
    /// Like a list's, a tool's, a file's.
    Other,
    /// Nothing.
    Unsure,
}

/// Path segments that name lists and services, not articles.
const LIST_WORDS: &[&str] = &[
    "tag",
    "tags",
    "album",
    "albums",
    "program",
    "programs",
    "topic",
    "topics",
    "category",
    "categories",
    "author",
    "authors",
    "section",
    "sections",
    "search",
    "page",
    "archive",
    "archives",
    "about",
    "contact",
    "privacy",
    "terms",
    "login",
    "register",
    "subscribe",
    "newsletter",
    "newsletters",
    "rss",
    "feed",
    "feeds",
    "sitemap",
    "profile",
    "user",
    "users",
    "account",
    "jobs",
    "advertise",
    "advertising",
    "help",
    "faq",
    "video",
    "videos",
    "gallery",
    "galleries",
    "live",
    "weather",
    "tv",
    "radio",
    "podcasts",
    "shop",
    "legal",
    "cookies",
    "impressum",
    "kontakt",
    "datenschutz",
    "thema",
    "themen",
    "autor",
    "autoren",
    "about-us",
    "contact-us",
    "privacy-policy",
    "terms-of-use",
    "sitemaps",
    "wp-login.php",
    "cart",
    "cdn-cgi",
    "share",
    "print",
];
const FILES: &[&str] = &[
    ".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".pdf", ".mp3", ".mp4", ".zip", ".xml", ".css", ".js", ".ico",
    ".apk", ".rss",
];

/// Judges an address by its form.
pub(crate) fn looks(url: &PageUrl) -> Looks {
    let path = url.path();
    let lower = path.to_ascii_lowercase();
    if FILES.iter().any(|ending| lower.ends_with(ending)) {
        return Looks::Other;
    }
    let segments: Vec<&str> = lower.split('/').filter(|s| !s.is_empty()).collect();
    let Some(last) = segments.last() else {
        return if has_numbered_query(url) { Looks::Article } else { Looks::Other };
    };
    let digits = longest_digits(&lower);
    let words = last.split(['-', '_']).filter(|word| word.len() >= 2).count();
    let escaped = last.matches('%').count();
    let dated = super::dates::url_date(path).is_some();
    if dated && (words >= 2 || digits >= 3 || escaped >= 8) {
        return Looks::Article;
    }
    if segments.iter().any(|segment| LIST_WORDS.contains(segment)) && digits < 5 {
        return Looks::Other;
    }
    if segments.first().is_some_and(|first| {
        ["tag", "tags", "author", "authors", "category", "search", "user", "wp-content", "wp-admin", "cdn-cgi", "cdn"]
            .contains(first)
    }) {
        return Looks::Other;
    }
    if has_numbered_query(url) && segments.len() <= 2 {
        return Looks::Article;
    }
    if digits >= 5 || words >= 5 || escaped >= 24 {
        return Looks::Article;
    }
    if words >= 4
        || (digits >= 3 && segments.len() >= 2)
        || (last.rsplit_once('.').is_some_and(|(_, ending)| ending == "html") && words >= 3)
    {
        return Looks::Article;
    }
    if segments.len() == 1 && words <= 2 && digits < 3 {
        return Looks::Other;
    }
    Looks::Unsure
}

fn has_numbered_query(url: &PageUrl) -> bool {
    url.query().is_some_and(|query| {
        query.split('&').any(|pair| {
            pair.split_once('=').is_some_and(|(name, value)| {
                let name = name.to_ascii_lowercase();
                value.len() >= 2
                    && value.bytes().all(|b| b.is_ascii_digit())
                    && ![
                        "page",
                        "paged",
                        "cat",
                        "start",
                        "offset",
                        "pageid",
                        "page_id",
                        "section",
                        "sectionid",
                        "year",
                        "month",
                    ]
                    .contains(&name.as_str())
            })
        })
    })
}

/// What addresses of one kind have in common: words of the path, with numbers and long names masked.
pub(crate) fn shape(url: &PageUrl) -> String {
    let mut out = String::new();
    for segment in url.path().split('/').filter(|segment| !segment.is_empty()) {
        out.push('/');
        let digits = segment.bytes().filter(u8::is_ascii_digit).count();
        if segment.bytes().all(|b| b.is_ascii_digit()) {
            out.push('#');
        } else if segment.contains('%') || segment.split(['-', '_']).count() >= 4 {
            out.push('*');
        } else if digits >= 3 {
            out.push_str("a#");
        } else {
            out.push_str(segment);
        }
    }
    if has_numbered_query(url) {
        out.push_str("?#");
    }
    out
}

/// Length of the longest run of digits outside percent escapes.
fn longest_digits(path: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    let bytes = path.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            at += 3;
            run = 0;
            continue;
        }
        run = if bytes[at].is_ascii_digit() { run + 1 } else { 0 };
        longest = longest.max(run);
        at += 1;
    }
    longest
}

/// What is judged.
pub(crate) struct Evidence<'a> {
    pub(crate) url: &'a PageUrl,
    pub(crate) expected: PageKind,
    pub(crate) graph: &'a Graph,
    pub(crate) metas: &'a Metas,
    pub(crate) article: &'a Article,
    pub(crate) by_profile: Option<bool>,
    /// Anchors that look like articles, outside the text.
    pub(crate) article_links: usize,
    /// Characters of the body.
    pub(crate) body_chars: usize,
}

/// Judges a page; the reasons are those of `docs/EXTRACTION.md`, in the order in which they were weighed.
pub(crate) fn judge(evidence: &Evidence) -> (PageKind, Vec<&'static str>) {
    let mut reasons = Vec::new();
    let mut points = 0_i32;
    let mut say = |value: i32, reason: &'static str| {
        debug_assert!(reason::meaning(reason).is_some(), "{reason} is documented");
        points += value;
        reasons.push(reason);
    };
    // "/" or the root of one language: "/ar/".
    let root = evidence.url.path().trim_matches('/').len() <= 2 && evidence.url.query().is_none();
    match evidence.by_profile {
        Some(true) => say(6, "profile-article"),
        Some(false) => say(-6, "profile-other"),
        None if root => say(-3, "url-root"),
        None => match looks(evidence.url) {
            Looks::Article => say(2, "url-article"),
            Looks::Other => say(-1, "url-other"),
            Looks::Unsure => {}
        },
    }
    if evidence.expected == PageKind::Article {
        say(4, "announced-article");
    } else if evidence.expected.is_source() {
        say(-3, "announced-source");
    }
    if evidence.graph.article_type().is_some() {
        if evidence.graph.article_count() > 3 {
            say(-1, "ld-many");
        } else {
            say(3, "ld-article");
        }
    }
    if evidence.graph.has_type("CollectionPage")
        || evidence.graph.has_type("ItemList") && evidence.graph.article_type().is_none()
    {
        say(-3, "ld-collection");
    }
    match evidence.metas.first("og:type") {
        Some("article" | "news" | "blog" | "news.article") => say(2, "og-article"),
        Some("website") => say(-1, "og-website"),
        Some(kind) if kind.starts_with("video") => say(2, "og-video"),
        _ => {}
    }
    if evidence.graph.has_type("VideoObject") && evidence.graph.article_type().is_none() && evidence.article.body.is_some() {
        say(1, "ld-video");
    }
    if evidence.metas.first("article:published_time").is_some() {
        say(2, "time-stated");
    }
    if evidence.article.published.is_some() {
        say(1, "date");
    }
    match evidence.body_chars {
        0..80 => say(-4, "text-none"),
        80..300 => say(0, "text-little"),
        300..1000 => say(2, "text"),
        _ => say(3, "text-much"),
    }
    if evidence.article_links > 40 && evidence.body_chars < 1_500 {
        say(-2, "links-many");
    }
    if evidence.article.title.is_none() {
        say(-2, "title-none");
    }
    let kind = if points >= 2 {
        PageKind::Article
    } else if root {
        PageKind::Front
    } else if evidence.article_links >= 8 {
        reasons.push("links");
        PageKind::Section
    } else {
        PageKind::Other
    };
    (kind, reasons)
}
