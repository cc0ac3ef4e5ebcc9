//! What a page is: its address, its metadata and its content are weighed, each observation with a word.

use super::article::ld::Graph;
use super::article::meta::Metas;
use crate::model::{Anchor, Article, PageKind, PageUrl, reason};

/// Links to articles that make a list.
const MANY_LINKS: usize = 8;
/// Links to articles that make a list of a page which says that it is a tag's or an author's.
const FEW_LINKS: usize = 3;

/// The least text that is more than a little, in letters.
const TEXT: usize = 300;
/// The longest text that is little, in letters.
pub(crate) const MUCH_OF_LITTLE: usize = TEXT - 1;

/// What is judged.
pub(crate) struct Evidence<'a> {
    pub(crate) url: &'a PageUrl,
    pub(crate) expected: PageKind,
    pub(crate) graph: &'a Graph,
    pub(crate) metas: &'a Metas,
    pub(crate) article: &'a Article,
    pub(crate) by_profile: Option<bool>,
    /// The headline stands right above the text.
    pub(crate) headed: bool,
    /// The page's links.
    pub(crate) anchors: &'a [(usize, Anchor)],
    /// Letters of the body, ideographs counted as three; of a mere gallery those of its captions.
    pub(crate) body_chars: usize,
}

impl Evidence<'_> {
    /// Links that look like articles. Few pages are asked for them.
    fn article_links(&self) -> usize {
        self.anchors.iter().filter(|(_, anchor)| anchor.url.shape().kind == PageKind::Article).count()
    }
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
        None => {
            let shape = evidence.url.shape();
            let points = match shape.kind {
                PageKind::Article => 2,
                PageKind::Unknown => 0,
                PageKind::Front
                | PageKind::Section
                | PageKind::Tag
                | PageKind::Author
                | PageKind::Feed
                | PageKind::Sitemap
                | PageKind::Other => -1,
            };
            say(points, shape.reason);
        }
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
    let is_profile = evidence.graph.has_type("ProfilePage") && evidence.graph.article_type().is_none();
    if is_profile {
        say(-2, "ld-profile");
    }
    let og_type = evidence.metas.first("og:type");
    match og_type {
        Some("article" | "news" | "blog" | "news.article") => say(2, "og-article"),
        Some("website") => say(-1, "og-website"),
        Some("profile") => say(-2, "og-profile"),
        Some(kind) if kind.starts_with("video") => say(2, "og-video"),
        _ => {}
    }
    if evidence.graph.has_type("VideoObject")
        && evidence.graph.article_type().is_none()
        && evidence.article.body.is_some()
    {
        say(1, "ld-video");
    }
    if evidence.metas.first("article:published_time").is_some() {
        say(2, "time-stated");
    }
    if evidence.article.published.is_some() {
        say(1, "date");
    } else if evidence.url.shape().reason == "url-service" {
        say(-3, "service-undated");
    }
    match evidence.body_chars {
        0..80 => say(-4, "text-none"),
        80..TEXT => say(0, "text-little"),
        TEXT..1000 => say(2, "text"),
        _ => say(3, "text-much"),
    }
    let headed = evidence.headed && evidence.body_chars >= TEXT;
    if headed {
        say(1, "headed");
    }
    // What was announced at an article's address is one without a text sooner than a list.
    let addressed = evidence.expected == PageKind::Article && evidence.url.shape().kind == PageKind::Article;
    if evidence.body_chars < 1_500 && !headed && !addressed && evidence.article_links() > 40 {
        say(-2, "links-many");
    }
    if evidence.article.title.is_none() {
        say(-2, "title-none");
    }
    let kind = if points >= 2 {
        PageKind::Article
    } else if root {
        PageKind::Front
    } else {
        let (kind, reason) = list(evidence, is_profile || og_type == Some("profile"));
        reasons.extend(reason);
        kind
    };
    (kind, reasons)
}

/// Which list a page is that is no article, by its address and its links, and the reason; else it is nothing of ours.
fn list(evidence: &Evidence, is_profile: bool) -> (PageKind, Option<&'static str>) {
    let (kind, least) = match evidence.url.shape().kind {
        kind if kind.gathers() => (kind, FEW_LINKS),
        _ if is_profile => (PageKind::Author, FEW_LINKS),
        _ => (PageKind::Section, MANY_LINKS),
    };
    match evidence.article_links() {
        MANY_LINKS.. => (kind, Some("links")),
        links if links >= least => (kind, Some("links-few")),
        _ => (PageKind::Other, None),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Input, Parser};
    use super::*;
    use crate::config::Config;

    /// What a page with so many links to articles is judged to be.
    fn kind(path: &str, head: &str, links: usize) -> PageKind {
        let list: Vec<String> =
            (0..links).map(|n| format!("<li><a href=/news/10{n}00>The harbour wall, part {n}</a>")).collect();
        let page = format!("<head><title>The harbour</title>{head}</head><body><ul>{}</ul>", list.concat());
        let parser = Parser::new(&Config::default()).expect("built-in profiles compile");
        let parsed = parser.parse(&Input {
            kind: PageKind::Unknown,
            ..Input::bare(
                &PageUrl::parse(&format!("https://paper.example{path}")).expect("an address"),
                page.as_bytes(),
            )
        });
        parsed.kind
    }

    #[test]
    fn lists_of_tags_and_authors_are_told_by_address_or_metadata() {
        let profile = "<meta property=og:type content=profile>";
        let graph = "<script type=application/ld+json>{\"@type\":\"ProfilePage\"}</script>";
        for (path, head, links, expected) in [
            ("/tag/harbour", "", 9, PageKind::Tag),
            ("/tag/harbour", "", 3, PageKind::Tag),
            ("/tag/harbour", "", 2, PageKind::Other),
            ("/author/ann-lee", "", 3, PageKind::Author),
            ("/people/ann/lee", profile, 3, PageKind::Author),
            ("/people/ann/lee", graph, 3, PageKind::Author),
            ("/people/ann/lee", "", 3, PageKind::Other),
            ("/people/ann/lee", "", 9, PageKind::Section),
            ("/category/harbour", "", 9, PageKind::Section),
        ] {
            assert_eq!(kind(path, head, links), expected, "{path} {head} with {links} links");
        }
    }
}
