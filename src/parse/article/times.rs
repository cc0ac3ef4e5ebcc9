//! When the article was published and changed. A wrong date is worse than none.

use super::super::dates::{find_date, parse_date, url_date};
use super::super::scan::Around;
use super::super::tree::Tag;
use super::{Context, from_meta};
use crate::model::{Extractor, Found, When};

const PUBLISHED: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "datepublished",
    "date_published",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.issued",
    "dcterms.date",
    "dc.date.created",
    "dc.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "publicationdate",
    "published",
    "published_time",
    "article.published",
    "article_date_original",
    "originalpublicationdate",
    "ptime",
    "displaydate",
    "rnews:datepublished",
    "last-published",
    "citation_publication_date",
    "citation_date",
    "vr:published_time",
    "date",
];
const MODIFIED: &[&str] = &[
    "article:modified_time",
    "og:article:modified_time",
    "og:updated_time",
    "article:updated_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "lastmod",
    "last-modified",
    "modified",
    "utime",
    "date.modified",
    "revised",
];

/// When it was published.
pub(crate) fn published(ctx: &Context, title: Option<&Found<String>>) -> Option<Found<When>> {
    let dates = ctx.dates();
    if let Some(answer) = ctx.answer("published") {
        let raw = answer.values.first().cloned().unwrap_or_default();
        let mut dates = dates;
        if let Some(zone) = &answer.zone {
            dates.zone = zone;
        }
        let found = parse_date(&raw, &dates).or_else(|| find_date(&raw, &dates));
        ctx.note("published", &raw, Extractor::Profile, &answer.rule, found.is_some(), "profile");
        if found.is_none() {
            ctx.bad_dates.borrow_mut().push(raw);
        }
        // A date that the profile points at and that cannot be is no reason to take another.
        return found.map(|when| Found::new(when, Extractor::Profile, answer.rule.clone()));
    }
    let mut all = Vec::new();
    if let Some(text) = ctx.graph.text("datePublished").or_else(|| ctx.graph.text("uploadDate")) {
        all.push(Found::new(text, Extractor::JsonLd, "datePublished"));
    }
    if let Some(text) = ctx.graph.text("dateCreated") {
        all.push(Found::new(text, Extractor::JsonLd, "dateCreated"));
    }
    all.extend(from_meta(ctx.metas, PUBLISHED));
    all.extend(visible(ctx, title));
    if let Some(text) = ctx.graph.page_text("datePublished") {
        all.push(Found::new(text, Extractor::JsonLd, "WebPage.datePublished"));
    }
    pick(ctx, "published", &all).or_else(|| {
        let day = url_date(ctx.url.path())?;
        let raw = ctx.url.path().chars().take(200).collect::<String>();
        ctx.note("published", &day.to_string(), Extractor::Url, "path", true, "nothing else");
        Some(Found::new(When::day(day, raw), Extractor::Url, "path"))
    })
}

fn pick(ctx: &Context, field: &'static str, all: &[Found<String>]) -> Option<Found<When>> {
    let dates = ctx.dates();
    let mut chosen = None;
    for found in all {
        let when = if matches!(found.by, Extractor::Html) {
            parse_date(&found.value, &dates).or_else(|| find_date(&found.value, &dates))
        } else {
            parse_date(&found.value, &dates)
        };
        let note = if when.is_none() { "not a date that can be" } else { "first in order" };
        ctx.note(field, &found.value, found.by, &found.rule, when.is_some() && chosen.is_none(), note);
        if chosen.is_none() {
            chosen = when.map(|when| Found { value: when, by: found.by, rule: found.rule.clone() });
        }
    }
    chosen
}

/// Dates that the page shows, best first.
fn visible(ctx: &Context, title: Option<&Found<String>>) -> Vec<Found<String>> {
    let _ = title;
    let mut out = Vec::new();
    for mark in &ctx.scan.marks {
        if mark.around.has(Around::COMMENTS.with(Around::RELATED).with(Around::TICKER).with(Around::MOST_READ).with(Around::NAV).with(Around::FOOTER).with(Around::ASIDE).with(Around::CARD)) {
            continue;
        }
        let Some(element) = ctx.scan.tree.element(mark.node) else { continue };
        let property = element.attribute_named("itemprop").unwrap_or_default();
        if property.contains("datePublished") {
            if let Some(value) = element.attribute_named("content").or_else(|| element.attribute_named("datetime")) {
                out.push(Found::new(value.to_owned(), Extractor::Microdata, "itemprop=datePublished"));
            }
            out.push(Found::new(ctx.scan.line(&mark.range), Extractor::Microdata, "itemprop=datePublished"));
        }
    }
    for mark in &ctx.scan.marks {
        if mark.around.has(Around::COMMENTS.with(Around::RELATED).with(Around::TICKER).with(Around::MOST_READ).with(Around::NAV).with(Around::FOOTER).with(Around::ASIDE).with(Around::CARD)) {
            continue;
        }
        let Some(element) = ctx.scan.tree.element(mark.node) else { continue };
        let text = ctx.scan.line(&mark.range);
        if element.tag == Tag::Time {
            if let Some(value) = element.attribute_named("datetime") {
                out.push(Found::new(value.to_owned(), Extractor::Html, "time[datetime]"));
            }
            out.push(Found::new(text, Extractor::Html, "time"));
        } else if mark.own.has(Around::DATE.with(Around::BYLINE)) && text.chars().count() <= 200 {
            out.push(Found::new(text, Extractor::Html, "date class"));
        }
        if out.len() >= 20 {
            break;
        }
    }
    out
}

/// When it was changed.
pub(crate) fn modified(ctx: &Context, published: Option<&Found<When>>) -> Option<Found<When>> {
    let mut all: Vec<Found<String>> = ctx.profiled("modified").into_iter().collect();
    if let Some(text) = ctx.graph.text("dateModified") {
        all.push(Found::new(text, Extractor::JsonLd, "dateModified"));
    }
    all.extend(from_meta(ctx.metas, MODIFIED));
    let found = pick(ctx, "modified", &all)?;
    let earlier = published.is_some_and(|published| found.value.day < published.value.day);
    (!earlier).then_some(found)
}
