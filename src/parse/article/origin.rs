//! Addresses of the same article elsewhere: canonical, AMP, and the original of a copy.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::scan::Around;
use super::Context;
use super::text::fold;
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
    let by_link = super::super::links::canonical(ctx.scan, ctx.base);
    by_link.map(|url| Found::new(url, Extractor::Meta, "link rel=canonical")).or_else(|| {
        let url = ctx.base.join(ctx.metas.first("og:url")?).ok()?;
        Some(Found::new(url, Extractor::Meta, "og:url"))
    })
}

/// `rel=amphtml`.
pub(crate) fn amp(ctx: &Context) -> Option<Found<PageUrl>> {
    let url = ctx.scan.links.iter().find_map(|link| {
        let is_amp = ctx.scan.attribute(*link, "rel").is_some_and(|rel| rel.trim().eq_ignore_ascii_case("amphtml"));
        ctx.base.join(ctx.scan.attribute(*link, "href").filter(|_| is_amp)?.trim()).ok()
    })?;
    Some(Found::new(url, Extractor::Meta, "link rel=amphtml"))
}

/// The original of a copy, on another domain: the profile's word, a meta element, a link that says so.
pub(crate) fn source(ctx: &Context) -> Option<Found<PageUrl>> {
    if let Some(found) = ctx.profiled("source_url") {
        let url = ctx.base.join(&found.value).ok()?;
        return Some(Found { value: url, by: found.by, rule: found.rule });
    }
    let elsewhere = |url: &PageUrl| url.registrable_domain() != ctx.url.registrable_domain();
    for key in ["original-source", "syndication-source"] {
        if let Some(stated) = ctx.metas.first(key) {
            let url = ctx.base.join(stated).ok().filter(elsewhere)?;
            return Some(Found::new(url, Extractor::Meta, key));
        }
    }
    let away = Around::COMMENTS.with(Around::NAV).with(Around::FOOTER).with(Around::RELATED).with(Around::ADVERT);
    let says_so = |range: &Range<usize>| {
        let text = ctx.scan.line(range);
        text.chars().count() <= MAX_CHARS && ORIGINAL.is_match(&fold(&normalise(&text)))
    };
    let (_, link) = ctx.anchors.iter().find(|(at, Anchor { url, .. })| {
        let raw = &ctx.scan.anchors[*at];
        let is_short = (1..=MAX_CHARS * 4).contains(&raw.range.len());
        is_short && !raw.around.has(away) && !url.is_same_site(ctx.url) && url.path() != "/" && says_so(&raw.range)
    })?;
    Some(Found::new(link.url.clone(), Extractor::Html, "link to the original"))
}
