//! What a page is: its address, its metadata and its content are weighed, each observation with a word.

use super::article::ld::Graph;
use super::article::meta::Metas;
use crate::model::{Article, PageKind, PageUrl, reason};

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
    /// Anchors that look like articles, outside the text.
    pub(crate) article_links: usize,
    /// Letters of the body, ideographs counted as three.
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
        None => {
            let shape = evidence.url.shape();
            let points = match shape.kind {
                PageKind::Article => 2,
                PageKind::Unknown => 0,
                PageKind::Front | PageKind::Section | PageKind::Feed | PageKind::Sitemap | PageKind::Other => -1,
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
    match evidence.metas.first("og:type") {
        Some("article" | "news" | "blog" | "news.article") => say(2, "og-article"),
        Some("website") => say(-1, "og-website"),
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
    }
    match evidence.body_chars {
        0..80 => say(-4, "text-none"),
        80..300 => say(0, "text-little"),
        300..1000 => say(2, "text"),
        _ => say(3, "text-much"),
    }
    let headed = evidence.headed && evidence.body_chars >= 300;
    if headed {
        say(1, "headed");
    }
    if evidence.article_links > 40 && evidence.body_chars < 1_500 && !headed {
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
