//! The part of recording that costs CPU and needs no database: done by the caller, not by the one writer.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::admit::Admitted;
use super::boilerplate;
use super::fields::{self, Fields};
use super::lists::Details;
use super::values::{clean, utc_text};
use super::when::StoredWhen;
use crate::model::arabic::normalise;
use crate::model::boilerplate::Paragraph;
use crate::model::simhash::simhash;
use crate::model::{Article, ArticleHash, Found, LeftOut, Outcome, RobotsCopy, RobotsUse, Timestamp, Visit};

/// zstd's own default.
const LEVEL: i32 = 3;

/// A visit with everything computed that is stored of it.
pub(super) struct Prepared {
    pub(super) visit: Visit,
    /// `visit.at` as `*_at` columns keep it.
    pub(super) at: String,
    /// When the visit began.
    pub(super) started: Timestamp,
    /// The article that is to be stored.
    pub(super) article: Option<PreparedArticle>,
    /// The robots.txt that is to be stored.
    pub(super) robots: Option<PreparedRobots>,
    /// What became of those of its addresses that were admitted before: a long list is admitted in slices.
    pub(super) admitted: Admitted,
}

/// What is computed of an article.
pub(super) struct PreparedArticle {
    pub(super) hash: ArticleHash,
    /// `None` if the claim already knew these fields.
    pub(super) written: Option<Written>,
    /// When the page says that it was changed. Many say the time of the request: it is in no hash, and is written at
    /// every visit.
    pub(super) modified: StoredWhen,
    /// Who found what follows the page, as a patch for `found_by`.
    pub(super) followed: String,
    /// What stands beside the words.
    pub(super) details: Details,
    /// The paragraphs that are counted; none if the article is stored already.
    pub(super) paragraphs: Vec<Paragraph>,
    /// With the paragraphs that were left out, if the article is not stored yet; `None`: none were.
    pub(super) whole_hash: Option<ArticleHash>,
    /// `None` if the page is not kept.
    pub(super) raw: Option<RawPage>,
}

/// The words of an article as they are stored.
pub(super) struct Written {
    pub(super) fields: Fields,
    pub(super) search: Arc<SearchText>,
    /// Of the body; `None` if it is too short.
    pub(super) simhash: Option<u64>,
}

/// Normalised text.
pub(super) struct SearchText {
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) body: String,
}

/// A page as the archive keeps it.
pub(super) struct RawPage {
    pub(super) body: Vec<u8>,
    pub(super) body_bytes: i64,
}

/// A robots.txt as it is kept.
pub(super) struct PreparedRobots {
    pub(super) text_hash: Vec<u8>,
    pub(super) body: Vec<u8>,
}

impl Prepared {
    /// `keep_raw`: there is an archive for raw pages.
    pub(super) fn new(visit: Visit, keep_raw: bool) -> Prepared {
        let started = visit.fetched.receipt.requests.first().map_or(visit.at, |request| request.started_at);
        let article = visit.parsed.article.as_ref().filter(|_| visit.plan.store_article);
        let article = article.map(|article| PreparedArticle::new(article, &visit, keep_raw));
        let robots = match &visit.fetched.receipt.robots {
            RobotsUse::Read(copy) => Some(PreparedRobots::new(copy)),
            RobotsUse::None | RobotsUse::Known(_) => None,
        };
        Prepared { at: utc_text(visit.at), started, article, robots, admitted: Admitted::default(), visit }
    }
}

impl PreparedArticle {
    fn new(article: &Article, visit: &Visit, keep_raw: bool) -> PreparedArticle {
        let hash = article.hash();
        let known = visit.claim.history.article == Some(hash);
        let raw = if let Outcome::Page(page) = &visit.fetched.outcome
            && keep_raw
            && visit.plan.keep_raw
            && !known
        {
            compress(&page.body).map(|body| RawPage { body, body_bytes: page.body.len() as i64 })
        } else {
            None
        };
        let left_out = &visit.parsed.left_out;
        let is_new = visit.claim.history.article.is_none();
        PreparedArticle {
            hash,
            written: (!known).then(|| Written::new(article)),
            modified: StoredWhen::new(article.modified.as_ref()),
            followed: fields::followed(article),
            details: Details::new(article, &visit.parsed),
            paragraphs: if is_new { boilerplate::paragraphs(article, left_out) } else { Vec::new() },
            whole_hash: (is_new && !left_out.is_empty()).then(|| whole(article, left_out).hash()),
            raw,
        }
    }
}

/// The article with the paragraphs that were left out.
fn whole(article: &Article, left_out: &[LeftOut]) -> Article {
    let mut whole = article.clone();
    if let Some(body) = &mut whole.body {
        for LeftOut { at, text } in left_out {
            body.value.insert((*at).min(body.value.len()), text.clone());
        }
    }
    whole
}

impl Written {
    pub(super) fn new(article: &Article) -> Written {
        let search = SearchText::new(article);
        Written { fields: Fields::new(article), simhash: simhash(&search.body), search: Arc::new(search) }
    }
}

impl SearchText {
    pub(super) fn new(article: &Article) -> SearchText {
        let text = |found: &Option<Found<String>>| found.as_ref().map(|found| found.value.clone()).unwrap_or_default();
        let body = article.body_text().unwrap_or_default();
        SearchText::of(&text(&article.title), &text(&article.subtitle), &body)
    }

    /// The words of these texts.
    pub(super) fn of(title: &str, subtitle: &str, body: &str) -> SearchText {
        let text = |text: &str| normalise(&clean(text));
        SearchText { title: text(title), subtitle: text(subtitle), body: text(body) }
    }
}

impl PreparedRobots {
    fn new(copy: &RobotsCopy) -> PreparedRobots {
        let digest = Sha256::digest(copy.text.as_bytes());
        PreparedRobots { text_hash: digest[..16].to_vec(), body: compress(copy.text.as_bytes()).unwrap_or_default() }
    }
}

/// zstd; `None` if the library refuses, which it does only without memory.
fn compress(bytes: &[u8]) -> Option<Vec<u8>> {
    zstd::bulk::compress(bytes, LEVEL).ok()
}
