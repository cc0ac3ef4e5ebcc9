//! Addresses of the same article elsewhere: canonical, AMP, and the original of a copy.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::links;
use super::super::scan::Around;
use super::text::fold;
use super::{Context, first_address, from_meta};
use crate::model::arabic::normalise;
use crate::model::{Anchor, Extractor, Found, PageUrl};

/// Longest text of a link to the original, in characters.
const MAX_CHARS: usize = 80;

/// Words of a link that leads to the original, letters and digits only, one form of each letter.
static ORIGINAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&normalise(concat!(
        r"(?:read|see|view|to)(?: the)? (?:full |complete )?original|original (?:article|story|source|post|report)|(?:article|story|post) originally (?:appeared|published)|source article|",
        r"l ?article (?:original|d origine|complet sur)|article original|source originale|zum originalartikel|originalartikel|originalbeitrag|quelle und volltext|artículo original|noticia original|fuente original|",
        r"articolo originale|fonte originale|artigo original|matéria original|oorspronkelijk artikel|оригинал (?:статьи|материала|публикации|новости)|читать в источнике|πηγή άρθρου|πρωτότυπο άρθρο|",
        r"(?:الخبر|المقال|الموضوع)(?: كاملا)? (?:من|في|على) (?:مصدره|المصدر)|من المصدر(?: الأصلي)?|المصدر الأصلي|رابط المصدر|(?:در|از) منبع(?: اصلی| خبر)|منبع اصلی|لینک منبع|לכתבה המקורית|למאמר המקורי|元記事|原文(?:链接|链接地址|を読む)?|阅读原文|查看原文|ต้นฉบับ|मूल लेख",
    )))
    .expect("a constant pattern, checked by every test here")
});

/// `rel=canonical`, else `og:url`.
pub(crate) fn canonical(ctx: &Context) -> Option<Found<PageUrl>> {
    let mut all = by_links(ctx, "canonical", "link rel=canonical");
    all.extend(from_meta(ctx.metas, &["og:url"]));
    first_address(ctx, "canonical", &all, "first in order", |_| true)
}

/// `rel=amphtml`.
pub(crate) fn amp(ctx: &Context) -> Option<Found<PageUrl>> {
    let all = by_links(ctx, "amphtml", "link rel=amphtml");
    first_address(ctx, "amp", &all, "first in order", |_| true)
}

/// Addresses of the `<link>` elements of one relation.
fn by_links(ctx: &Context, rel: &str, rule: &'static str) -> Vec<Found<String>> {
    let links = links::with_rel(ctx.scan, rel).filter_map(|link| ctx.scan.attribute(link, "href"));
    links.take(10).map(|href| Found::new(href.to_owned(), Extractor::Meta, rule)).collect()
}

/// The original of a copy, on another domain: the profile's word, a meta element, a link that says so.
pub(crate) fn source(ctx: &Context) -> Option<Found<PageUrl>> {
    let elsewhere = |url: &PageUrl| url.registrable_domain() != ctx.url.registrable_domain();
    let own: Vec<Found<String>> = ctx.profiled("source_url").into_iter().collect();
    let stated = from_meta(ctx.metas, &["original-source", "syndication-source"]);
    if !own.is_empty() {
        return first_address(ctx, "source", &own, "profile", |_| true);
    }
    if !stated.is_empty() {
        return first_address(ctx, "source", &stated, "first in order", elsewhere);
    }
    let away = Around::COMMENTS.with(Around::NAV).with(Around::FOOTER).with(Around::RELATED).with(Around::ADVERT);
    let says_so = |range: &Range<usize>| {
        let text = ctx.scan.line(range);
        text.chars().count() <= MAX_CHARS && ORIGINAL.is_match(&fold(&normalise(&text)))
    };
    let leading = ctx.anchors.iter().filter(|(at, Anchor { url, .. })| {
        let raw = &ctx.scan.anchors[*at];
        let is_short = (1..=MAX_CHARS * 4).contains(&raw.range.len());
        is_short && !raw.around.has(away) && !url.is_same_site(ctx.url) && url.path() != "/" && says_so(&raw.range)
    });
    let shown: Vec<Found<String>> = leading
        .map(|(_, anchor)| Found::new(anchor.url.to_string(), Extractor::Html, "link to the original"))
        .collect();
    first_address(ctx, "source", &shown, "leads elsewhere", elsewhere)
}

/// The paper's own number, from one of the profile's patterns.
pub(crate) fn source_id(ctx: &Context) -> Option<Found<String>> {
    let found = ctx.profiled("source_id")?;
    ctx.note("source_id", &found.value, found.by, &found.rule, true, "profile");
    Some(found)
}
