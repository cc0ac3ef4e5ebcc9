//! When the article was published and changed. A wrong date is worse than none.

use super::super::dates::{find_date, parse_date, url_date};
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::scan::{Around, Mark};
use super::super::tree::Tag;
use super::{Context, from_meta};
use crate::model::{Extractor, Found, Precision, When};

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
    let place = super::title::place(ctx, title);
    let stated = pick(ctx, "published", &all).map(|found| as_shown(ctx, found, &place));
    stated
        .or_else(|| pick(ctx, "published", &microdata(ctx)))
        .or_else(|| pick(ctx, "published", &near(ctx, &place)))
        .or_else(|| by_address(ctx))
        .or_else(|| {
            let mut rest = elsewhere(ctx, &place);
            if let Some(text) = ctx.graph.page_text("datePublished") {
                rest.insert(0, Found::new(text, Extractor::JsonLd, "WebPage.datePublished"));
            }
            pick(ctx, "published", &rest)
        })
}

/// The date in the address.
fn by_address(ctx: &Context) -> Option<Found<When>> {
    let day = url_date(ctx.url.path())?;
    let raw = ctx.url.path().chars().take(200).collect::<String>();
    ctx.note("published", &day.to_string(), Extractor::Url, "path", true, "nothing better");
    Some(Found::new(When::day(day, raw), Extractor::Url, "path"))
}

/// A stated instant in UTC is told in the page's own zone where the page shows the day beside it.
fn as_shown(ctx: &Context, found: Found<When>, place: &Range<usize>) -> Found<When> {
    let utc = found.value.precision != Precision::Day && found.value.offset_seconds == 0;
    if !utc {
        return found;
    }
    let dates = ctx.dates();
    let shown = near(ctx, place).into_iter().take(8).find_map(|candidate| {
        let when = parse_date(&candidate.value, &dates).or_else(|| find_date(&candidate.value, &dates))?;
        is_same_moment(&when, &found.value).then_some((when, candidate))
    });
    match shown {
        Some((when, candidate)) if when.day != found.value.day => {
            ctx.note(
                "published",
                &candidate.value,
                candidate.by,
                &candidate.rule,
                true,
                "the stated instant in the page's own zone",
            );
            Found { value: when, by: candidate.by, rule: candidate.rule }
        }
        _ => found,
    }
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

/// Whether a shown time may be a stated UTC instant in a zone of the world: by the minutes, or by the day's edge.
fn is_same_moment(shown: &When, utc: &When) -> bool {
    let days = shown.day.duration_since(utc.day).as_hours() / 24;
    let seconds = utc.at.as_second().rem_euclid(86_400);
    let by_day = match days {
        0 => true,
        -1 => seconds < 12 * 3_600,
        1 => seconds >= 10 * 3_600,
        _ => false,
    };
    let minute = |when: &When| when.at.as_second().div_euclid(60).rem_euclid(15);
    by_day && (shown.precision == Precision::Day || minute(shown) == minute(utc))
}

/// Surroundings whose dates are not the article's.
const AWAY: Around = Around::COMMENTS
    .with(Around::RELATED)
    .with(Around::TICKER)
    .with(Around::MOST_READ)
    .with(Around::NAV)
    .with(Around::FOOTER)
    .with(Around::ASIDE)
    .with(Around::CARD)
    .with(Around::ADVERT)
    .with(Around::DIALOG)
    .with(Around::AUTHOR_BOX)
    .with(Around::NEWSLETTER);
/// Surroundings whose dates are not the article's although they stand close behind its headline.
const AWAY_CLOSE: Around = Around::COMMENTS
    .with(Around::TICKER)
    .with(Around::MOST_READ)
    .with(Around::NAV)
    .with(Around::DIALOG)
    .with(Around::LI);
/// How far behind the headline that is, in bytes of the page's text.
const CLOSE: usize = 300;
/// How far before and behind the headline a date is the article's, in bytes of the page's text.
const BEFORE: usize = 400;
const BEHIND: usize = 1_500;

/// Words that tell of a change, not of publication.
static CHANGED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("(?i)updated|modified|revised|aktualisiert|geändert|letzte änderung|mis à jour|modifié|actualizado|aggiornato|atualizado|bijgewerkt|oppdatert|uppdaterad|opdateret|обновлен|изменен|zaktualizowano|aktualizacja|ενημέρωση|güncelle|آخر تحديث|تم التحديث|به.?روز|更新")
        .expect("a constant pattern, checked by every test here")
});

/// Words that tell of publication.
static PUBLISHED_WORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("(?i)published|posted|veröffentlicht|erstellt|erschienen|publié|mis en ligne|publicado|pubblicato|gepubliceerd|publisert|publicerad|опубликован|opublikowan|data dodania|δημοσίευση|yayın|نشر|تاريخ|انتشار|发布|掲載|公開")
        .expect("a constant pattern, checked by every test here")
});

/// Microdata.
fn microdata(ctx: &Context) -> Vec<Found<String>> {
    let mut out = Vec::new();
    for mark in ctx.scan.marks.iter().filter(|mark| mark.property && !mark.around.has(AWAY)) {
        let property = ctx
            .scan
            .attribute(mark.node, "itemprop")
            .or_else(|| ctx.scan.attribute(mark.node, "property"))
            .unwrap_or_default();
        if !property.contains("datePublished") && !property.contains("dateCreated") {
            continue;
        }
        for name in ["content", "datetime"] {
            if let Some(value) = ctx.scan.attribute(mark.node, name) {
                out.push(Found::new(value.to_owned(), Extractor::Microdata, "itemprop=datePublished"));
            }
        }
        out.push(Found::new(ctx.scan.line(&mark.range), Extractor::Microdata, "itemprop=datePublished"));
    }
    out
}

/// Dates that stand beside the headline: `<time>`, date classes, then short lines; what tells of a change comes last.
fn near(ctx: &Context, place: &Range<usize>) -> Vec<Found<String>> {
    if place.end == 0 {
        return Vec::new();
    }
    let inside = |at: usize| at + BEFORE >= place.start && at <= place.end + BEHIND;
    let close = |at: usize| at >= place.end && at <= place.end + CLOSE;
    let away = |at: usize| if close(at) { AWAY_CLOSE } else { AWAY };
    let mut out = marked(ctx, |mark| inside(mark.range.start) && !mark.around.has(away(mark.range.start)));
    let stretch = place.start.saturating_sub(BEFORE)..(place.end + BEHIND).min(ctx.scan.text.len());
    for block in ctx.scan.blocks_in(&floor(&ctx.scan.text, stretch)).iter().take(30) {
        let text = ctx.scan.text.get(block.range.clone()).unwrap_or_default();
        let mut away = away(block.range.start);
        if PUBLISHED_WORD.is_match(text) {
            // A bar of tools, or a card, that says "published" beside the headline speaks of the article.
            away = away.without(Around::NAV.with(Around::CARD));
        }
        let line = block.chars <= 120
            && !block.around.has(away.with(Around::HIDDEN).with(Around::CAPTION))
            && block.range != *place;
        if line && text.chars().any(char::is_numeric) && !super::clock::is_clock(text) {
            out.push(Found::new(text.to_owned(), Extractor::Html, "line beside the headline"));
        }
    }
    out.sort_by_key(|found| CHANGED.is_match(&found.value));
    out.truncate(40);
    out
}

/// A range whose ends are borders of characters.
fn floor(text: &str, range: Range<usize>) -> Range<usize> {
    let border = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    border(range.start)..border(range.end)
}

/// Marked dates anywhere in the main column, then lines at the end of the text that say "published".
fn elsewhere(ctx: &Context, place: &Range<usize>) -> Vec<Found<String>> {
    let mut out = marked(ctx, |mark| mark.range.start >= place.start && !mark.around.has(AWAY));
    out.truncate(6);
    let away = Around::COMMENTS
        .with(Around::RELATED)
        .with(Around::CARD)
        .with(Around::HIDDEN)
        .with(Around::MOST_READ)
        .with(Around::TICKER);
    for block in ctx
        .scan
        .blocks
        .iter()
        .filter(|block| block.range.start >= place.end && block.chars <= 140 && !block.around.has(away))
    {
        let text = ctx.scan.text.get(block.range.clone()).unwrap_or_default();
        if text.chars().any(char::is_numeric) && PUBLISHED_WORD.is_match(text) {
            out.push(Found::new(text.to_owned(), Extractor::Html, "line that says published"));
        }
    }
    // A dateline: the date with which the text begins.
    let first = ctx.scan.blocks.iter().find(|block| {
        block.range.start >= place.end
            && block.chars >= 100
            && block.link_chars * 3 < block.chars
            && !block.around.has(AWAY)
    });
    if let Some(block) = first {
        let start: String = ctx.scan.text.get(block.range.clone()).unwrap_or_default().chars().take(40).collect();
        if start.chars().filter(|c| c.is_numeric()).count() >= 4 {
            out.push(Found::new(start, Extractor::Html, "dateline"));
        }
    }
    out.retain(|found| !CHANGED.is_match(&found.value));
    out
}

fn marked(ctx: &Context, wanted: impl Fn(&Mark) -> bool) -> Vec<Found<String>> {
    let mut times = Vec::new();
    let mut classes = Vec::new();
    for mark in ctx.scan.marks.iter().filter(|mark| wanted(mark)) {
        let text = ctx.scan.line(&mark.range);
        if ctx.scan.tree.tag(mark.node) == Tag::Time {
            let label = ctx.scan.attribute(mark.node, "class").unwrap_or_default();
            let changed = CHANGED.is_match(&text) || CHANGED.is_match(label);
            if let Some(value) = ctx.scan.attribute(mark.node, "datetime").filter(|_| !changed) {
                times.push(Found::new(value.to_owned(), Extractor::Html, "time[datetime]"));
            }
            times.push(Found::new(text, Extractor::Html, "time"));
        } else if mark.own.has(Around::DATE.with(Around::BYLINE))
            && text.chars().count() <= 200
            && text.chars().any(char::is_numeric)
        {
            classes.push(Found::new(text, Extractor::Html, "date class"));
        }
        if times.len() + classes.len() >= 40 {
            break;
        }
    }
    times.append(&mut classes);
    times
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
