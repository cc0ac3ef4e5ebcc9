//! When the article was published and changed. A wrong date is worse than none.

mod shown;
mod words;

use std::cell::LazyCell;

use jiff::civil::{Date, Time};

use self::shown::Near;
use super::super::dates::{find_date, parse_date, url_date};
use super::super::profile::Answer;
use super::title::Place;
use super::{Context, from_meta};
use crate::model::{Extractor, Found, Precision, When};

/// Keys that name the publication.
const STRONG: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "datepublished",
    "date_published",
    "og:datepublished",
    "og:published",
    "og:publish_date",
    "og:pubdate",
    "og:regdate",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.issued",
    "dc.date.created",
    "dc.issued",
    "dc.created",
    "dc.date.published",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "publicationdate",
    "published",
    "published_time",
    "published_date",
    "published_at",
    "published-date",
    "publisheddate",
    "publishtime",
    "publish_time",
    "pub_date",
    "post_date",
    "postdate",
    "regdate",
    "bt:pubdate",
    "bytedance:published_time",
    "mediator_published_time",
    "shareaholic:article_published_time",
    "article:publish_time",
    "article:publication_date",
    "article.published",
    "article_date_original",
    "originalpublicationdate",
    "ptime",
    "rnews:datepublished",
    "citation_publication_date",
    "citation_date",
    "citation_online_date",
    "prism.publicationdate",
    "vr:published_time",
    "datecreated",
    "date_created",
    "creation_date",
    "created",
];
/// Keys that name only a date.
const WEAK: &[&str] = &["dcterms.date", "dc.date", "displaydate", "last-published", "date"];
/// Keys that name the last change.
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
    "lastmodified",
    "last_modified",
    "last-updated",
    "last_updated",
    "lastupdated",
    "article:modified",
    "og:modified_time",
    "bytedance:updated_time",
    "dc.modified",
    "date_modified",
    "modified_time",
    "updated_time",
    "modified",
    "utime",
    "date.modified",
    "revised",
];

/// The first year of which pages show their own dates.
const FIRST_YEAR: i16 = 1993;

/// When it was published.
///
/// What is stated as the publication comes first; the headline's surroundings go before metas that say only "date",
/// which many systems renew with each change.
pub(crate) fn published(ctx: &Context, place: &Place) -> Option<Found<When>> {
    if let Some(answer) = ctx.answer("published") {
        return by_profile(ctx, "published", answer);
    }
    let near = LazyCell::new(|| shown::near(ctx, place));
    pick(ctx, &in_doubt(ctx, strong(ctx), &near))
        .map(|found| as_shown(ctx, found, &near))
        .or_else(|| pick(ctx, &shown::microdata(ctx, place)))
        .or_else(|| pick(ctx, &near.marked))
        .or_else(|| pick(ctx, &near.labelled))
        .or_else(|| pick(ctx, &shown::labelled(ctx, place)))
        .or_else(|| pick(ctx, &shown::sentences(ctx, place)))
        .or_else(|| pick(ctx, &from_meta(ctx.metas, WEAK)).map(|found| as_shown(ctx, found, &near)))
        .or_else(|| pick(ctx, &near.lines))
        .or_else(|| pick(ctx, &in_titles(ctx)))
        .or_else(|| pick(ctx, &of_page(ctx)))
        .or_else(|| pick(ctx, &of_film(ctx)))
        .or_else(|| by_address(ctx))
        .or_else(|| pick(ctx, &shown::elsewhere(ctx, place)))
        .or_else(|| pick(ctx, &shown::lone(ctx, place)))
        .or_else(|| pick(ctx, &shown::changed(ctx, place)))
}

/// The date that the profile points at. One that cannot be is no reason to take another.
fn by_profile(ctx: &Context, field: &'static str, answer: &Answer) -> Option<Found<When>> {
    let raw = answer.values.first().map(String::as_str).unwrap_or_default();
    let mut dates = ctx.dates();
    if let Some(zone) = &answer.zone {
        dates.zone = zone;
    }
    let found = answer.form.read(raw, &dates);
    ctx.note(field, raw, Extractor::Profile, &answer.rule, found.is_some(), "profile");
    if found.is_none() {
        ctx.bad_dates.borrow_mut().push(raw.to_owned());
    }
    found.map(|when| Found::new(when, Extractor::Profile, answer.rule.clone()))
}

/// What states the publication itself.
fn strong(ctx: &Context) -> Vec<Found<String>> {
    let mut all = Vec::new();
    for name in ["datePublished", "uploadDate", "dateCreated"] {
        if let Some(text) = ctx.graph.text(name) {
            all.push(Found::new(text, Extractor::JsonLd, name));
        }
    }
    all.extend(from_meta(ctx.metas, STRONG));
    all
}

/// Statements that are days apart, the one first whose day the page shows beside its headline, and not as that of a
/// change; of several the earliest.
fn in_doubt(ctx: &Context, mut stated: Vec<Found<String>>, near: &Near) -> Vec<Found<String>> {
    let day = |found: &Found<String>| read(ctx, found).map(|when| when.day);
    // What many systems renew with each change confirms nothing.
    let days: Vec<Option<Date>> =
        stated.iter().map(|found| day(found).filter(|_| &*found.rule != "sailthru.date")).collect();
    let known = || days.iter().flatten();
    let apart =
        known().min().zip(known().max()).is_some_and(|(first, last)| last.duration_since(*first).as_hours() >= 48);
    if !apart {
        return stated;
    }
    let (changed, shown): (Vec<_>, Vec<_>) =
        near.all().take(12).partition(|found| shown::tells_of_change(&found.value));
    let holds = |all: &[&Found<String>], wanted: Date| all.iter().any(|found| day(found) == Some(wanted));
    let confirmed = known().copied().filter(|day| holds(&shown, *day) && !holds(&changed, *day)).min();
    if let Some(at) = confirmed.and_then(|day| days.iter().position(|known| *known == Some(day))) {
        stated[..=at].rotate_right(1);
    }
    stated
}

/// When the only film of a page that names no article was put there.
fn of_film(ctx: &Context) -> Vec<Found<String>> {
    let text = ctx.graph.film_text("uploadDate");
    text.map(|text| Found::new(text, Extractor::JsonLd, "VideoObject.uploadDate")).into_iter().collect()
}

/// What JSON-LD says of the page where it names no article.
fn of_page(ctx: &Context) -> Vec<Found<String>> {
    let text = ctx.graph.page_text("datePublished");
    text.map(|text| Found::new(text, Extractor::JsonLd, "WebPage.datePublished")).into_iter().collect()
}

/// A date that is a part of `<title>` or `og:title` by itself.
fn in_titles(ctx: &Context) -> Vec<Found<String>> {
    let titles = [ctx.metas.title.as_deref().map(|text| ("title element", text)), ctx.metas.any(&["og:title"])];
    let parts = titles.into_iter().flatten().flat_map(|(rule, title)| {
        let parts = super::title::segments(title);
        let parts = if parts.len() < 2 { Vec::new() } else { parts };
        parts.into_iter().map(move |(_, part)| (rule, part))
    });
    parts
        .filter(|(_, part)| {
            let digits = part.chars().filter(|c| c.is_numeric()).count();
            digits >= 5 && part.chars().filter(|c| c.is_alphabetic()).count() <= 12
        })
        .map(|(rule, part)| Found::new(part.trim().to_owned(), Extractor::Meta, rule))
        .collect()
}

/// The date in the address, or else in the one that the page claims.
fn by_address(ctx: &Context) -> Option<Found<When>> {
    let claimed = super::origin::canonical(ctx).map(|found| found.value);
    [Some((ctx.url, "path")), claimed.as_ref().map(|url| (url, "path of the canonical address"))]
        .into_iter()
        .flatten()
        .find_map(|(url, rule)| {
            let day = url_date(url.path())?;
            let raw = url.path().chars().take(200).collect::<String>();
            ctx.note("published", &day.to_string(), Extractor::Url, rule, true, "nothing better");
            Some(Found::new(When::day(day, raw), Extractor::Url, rule))
        })
}

/// A stated instant in UTC is told in the page's own zone where the page shows the day beside it; exactly midnight of
/// the page's country is a day.
fn as_shown(ctx: &Context, found: Found<When>, near: &Near) -> Found<When> {
    let utc = found.value.precision != Precision::Day && found.value.offset_seconds == 0;
    if !utc {
        return found;
    }
    let west = ctx.locale().language.as_deref() == Some("en-us");
    let shown = near.all().take(8).find_map(|candidate| {
        let when = read(ctx, candidate)?;
        is_same_moment(&when, &found.value, west).then_some((when, candidate))
    });
    match shown {
        Some((when, candidate)) if when.day != found.value.day => {
            let note = "the stated instant in the page's own zone";
            ctx.note("published", &candidate.value, candidate.by, &candidate.rule, true, note);
            Found { value: when, by: candidate.by, rule: candidate.rule.clone() }
        }
        Some(_) => found,
        None => Found { value: local_midnight(ctx, &found.value).unwrap_or(found.value), ..found },
    }
}

/// The day that an instant is the first moment of, in the country of the page.
fn local_midnight(ctx: &Context, when: &When) -> Option<When> {
    let local = ctx.locale().zone.as_ref()?.to_datetime(when.at);
    let midnight = local.time() == Time::midnight() && local.date() != when.day;
    midnight.then(|| When::day(local.date(), when.raw.clone()))
}

/// The first candidate for the publication that is a date.
fn pick(ctx: &Context, all: &[Found<String>]) -> Option<Found<When>> {
    first_date(ctx, "published", all, |_| true)
}

/// The time that a candidate tells; what people read may stand in a line.
fn read(ctx: &Context, found: &Found<String>) -> Option<When> {
    let dates = ctx.dates();
    let whole = parse_date(&found.value, &dates);
    if found.by != Extractor::Html {
        return whole;
    }
    // What people read of a time before there were pages tells of something else.
    whole.or_else(|| find_date(&found.value, &dates)).filter(|when| when.day.year() >= FIRST_YEAR)
}

/// The first candidate that is a date; none where that one does not fit.
fn first_date(
    ctx: &Context,
    field: &'static str,
    all: &[Found<String>],
    fits: impl Fn(&When) -> bool,
) -> Option<Found<When>> {
    let mut first: Option<Found<When>> = None;
    for found in all {
        let when = read(ctx, found);
        let (is_chosen, note) = match &when {
            None => (false, "not a date that can be"),
            Some(_) if first.is_some() => (false, ""),
            Some(when) if fits(when) => (true, "first in order"),
            Some(_) => (false, "first in order, but before the publication: none is believed"),
        };
        ctx.note(field, &found.value, found.by, &found.rule, is_chosen, note);
        if first.is_none() {
            first = when.map(|when| Found { value: when, by: found.by, rule: found.rule.clone() });
        }
    }
    first.filter(|found| fits(&found.value))
}

/// Whether a shown time may be a stated UTC instant in a zone of the world (`west`: of America): by the minutes, or by
/// the day's edge.
fn is_same_moment(shown: &When, utc: &When, west: bool) -> bool {
    let days = shown.day.duration_since(utc.day).as_hours() / 24;
    let seconds = utc.at.as_second().rem_euclid(86_400);
    let by_day = match days {
        0 => true,
        -1 => seconds < 10 * 3_600,
        1 => seconds >= 10 * 3_600 && !west,
        _ => false,
    };
    let minute = |when: &When| when.at.as_second().div_euclid(60).rem_euclid(15);
    by_day && (shown.precision == Precision::Day || minute(shown) == minute(utc))
}

/// When it was changed.
pub(crate) fn modified(ctx: &Context, place: &Place, published: Option<&Found<When>>) -> Option<Found<When>> {
    if let Some(answer) = ctx.answer("modified") {
        return by_profile(ctx, "modified", answer);
    }
    let mut all = Vec::new();
    if let Some(text) = ctx.graph.text("dateModified") {
        all.push(Found::new(text, Extractor::JsonLd, "dateModified"));
    }
    all.extend(from_meta(ctx.metas, MODIFIED));
    all.extend(shown::modified(ctx, place));
    first_date(ctx, "modified", &all, |when| published.is_none_or(|published| when.day >= published.value.day))
}
