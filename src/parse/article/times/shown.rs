//! Dates that the page shows: beside its headline, in its column, at its end.

use std::ops::Range;

use super::super::super::dates::{find_date, parse_date};
use super::super::super::scan::{Around, Block, Mark};
use super::super::super::tree::Tag;
use super::super::Context;
use super::super::clock::is_clock;
use super::super::title::Place;
use super::words::{CHANGED, NAMED, POSTED, PUBLISHED};
use crate::model::letters::is_number;
use crate::model::{Extractor, Found, When};

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
/// Surroundings whose dates are not the article's although they stand close to its headline.
const AWAY_CLOSE: Around =
    Around::COMMENTS.with(Around::TICKER).with(Around::MOST_READ).with(Around::NAV).with(Around::DIALOG);
/// Surroundings where a date is another's even if a word names it.
const OTHERS: Around =
    Around::COMMENTS.with(Around::RELATED).with(Around::MOST_READ).with(Around::TICKER).with(Around::CARD);
/// How far behind and before the headline "close" is, in bytes of the page's text.
const CLOSE: usize = 300;
const CLOSE_BEFORE: usize = 60;
/// How far before and behind the headline a date is the article's, in bytes of the page's text.
const BEFORE: usize = 400;
const BEHIND: usize = 1_500;
/// Longest line that is a date with its label, in characters.
const MAX_LABELLED: u32 = 80;
/// Longest sentence that is read for its date, in characters.
const MAX_SENTENCE: u32 = 400;
/// Candidates of one kind that are looked at.
const MAX_CANDIDATES: usize = 40;

/// Dates beside the headline.
#[derive(Debug, Default)]
pub(super) struct Near {
    /// `<time>` and date classes.
    pub(super) marked: Vec<Found<String>>,
    /// Lines that name the publication.
    pub(super) labelled: Vec<Found<String>>,
    /// Other short lines; what tells of a change comes last.
    pub(super) lines: Vec<Found<String>>,
}

impl Near {
    /// All of them, the likeliest first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Found<String>> {
        self.marked.iter().chain(&self.labelled).chain(&self.lines)
    }
}

/// Whether the date of a text is said to be that of a change.
pub(super) fn tells_of_change(text: &str) -> bool {
    let number = text.find(is_number).unwrap_or(text.len());
    CHANGED
        .find(text)
        .is_some_and(|found| found.start() < number || (ends(text, found.end()) && !PUBLISHED.is_match(text)))
}

/// Whether at most a few letters stand behind a word: languages that put the verb last date a change so.
fn ends(text: &str, at: usize) -> bool {
    let rest = text[at..].trim();
    rest.chars().count() <= 12 && !rest.chars().any(is_number)
}

/// The surroundings in which a date at this place is not the article's; what surrounds the headline, too, says nothing.
fn away(place: &Place, at: usize, around: Around) -> Around {
    if is_adjacent(place, at) {
        return Around::COMMENTS;
    }
    // A byline keeps its date a little further off.
    let reach = if around.has(Around::BYLINE.with(Around::DATE)) { 2 * CLOSE } else { CLOSE };
    let behind = at >= place.range.start && at <= place.range.end + reach;
    let before = at < place.range.start && at + CLOSE_BEFORE >= place.range.start;
    let footer = if around.has(Around::BYLINE) { Around::FOOTER } else { Around::NONE };
    if behind || before { AWAY_CLOSE } else { AWAY.without(footer) }.without(place.around)
}

/// Whether a text begins in the headline or directly behind it.
fn is_adjacent(place: &Place, at: usize) -> bool {
    at >= place.range.start && at <= place.range.end + 2
}

/// Dates that stand beside the headline.
pub(super) fn near(ctx: &Context, place: &Place) -> Near {
    let mut near = Near::default();
    if place.range.end == 0 {
        return near;
    }
    let inside = |at: usize| at + BEFORE >= place.range.start && at <= place.range.end + BEHIND;
    let marked = marked(ctx, |mark| {
        let at = mark.range.start;
        // A headline may name a day, too.
        let holds_headline = at <= place.range.start && mark.range.end >= place.range.end;
        inside(at) && !holds_headline && !mark.around.has(away(place, at, mark.around))
    });
    let (changed, marked) = marked.into_iter().partition(|found| tells_of_change(&found.value));
    near.marked = marked;
    let changed: Vec<Found<String>> = changed;
    let stretch = place.range.start.saturating_sub(BEFORE)..(place.range.end + BEHIND).min(ctx.scan.text.len());
    for block in ctx.scan.blocks_in(&floor(&ctx.scan.text, stretch)).iter().take(40) {
        let text = text_of(ctx, block);
        let at = block.range.start;
        let figure = block.around.has(Around::CAPTION) && block.around.has(Around::FIGURE);
        let quoted = block.around.has(Around::QUOTE) && !is_adjacent(place, at);
        let hidden = block.around.has(Around::HIDDEN) || quoted || (figure && !place.around.has(Around::FIGURE));
        if block.chars > 120 || hidden || block.range == place.range || !text.chars().any(is_number) || is_clock(text) {
            continue;
        }
        let published = says_published(text);
        let away = away(place, at, block.around);
        // A bar of tools, or a card, that says "published" beside the headline speaks of the article.
        let allowed = if published { Around::NAV.with(Around::CARD) } else { Around::NONE };
        if block.around.has(away.without(allowed)) {
            continue;
        }
        let found = Found::new(text.to_owned(), Extractor::Html, "line beside the headline");
        let above = block.range.end + 2 >= place.range.start && at < place.range.start;
        let beside = is_adjacent(place, at) || above;
        let begins = beside && text.starts_with(is_number);
        if (published || begins) && !tells_of_change(text) {
            near.labelled.push(found);
        } else {
            near.lines.push(found);
        }
    }
    near.lines.extend(changed);
    near.lines.sort_by_key(|found| tells_of_change(&found.value));
    near.lines.truncate(MAX_CANDIDATES);
    near
}

fn text_of<'a>(ctx: &'a Context, block: &Block) -> &'a str {
    ctx.scan.text.get(block.range.clone()).unwrap_or_default()
}

/// Whether a line says that it is published, before it tells when.
fn says_published(text: &str) -> bool {
    let number = text.find(is_number).unwrap_or(text.len());
    NAMED.is_match(text) || PUBLISHED.find(text).is_some_and(|found| found.start() < number)
}

/// Whether a line is only the name of a date.
fn is_label(text: &str) -> bool {
    text.len() <= 40
        && !text.chars().any(is_number)
        && !CHANGED.is_match(text)
        && (NAMED.is_match(text) || PUBLISHED.is_match(text))
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

/// Microdata.
pub(super) fn microdata(ctx: &Context, place: &Place) -> Vec<Found<String>> {
    let mut out = Vec::new();
    for mark in ctx
        .scan
        .marks
        .iter()
        .filter(|mark| mark.property && !mark.around.has(away(place, mark.range.start, mark.around)))
    {
        let attribute = |name| ctx.scan.attribute(mark.node, name);
        let property = attribute("itemprop").or_else(|| attribute("property")).unwrap_or_default();
        if !property.contains("datePublished") && !property.contains("dateCreated") {
            continue;
        }
        let texts = ["content", "datetime", "title"].into_iter().filter_map(attribute).map(str::to_owned);
        out.extend(texts.map(|text| Found::new(text, Extractor::Microdata, "itemprop=datePublished")));
        out.push(Found::new(ctx.scan.line(&mark.range), Extractor::Microdata, "itemprop=datePublished"));
        if out.len() >= MAX_CANDIDATES {
            break;
        }
    }
    out
}

/// Lines anywhere that are the name of the publication date and that date: "Published on March 2, 2025".
pub(super) fn labelled(ctx: &Context, place: &Place) -> Vec<Found<String>> {
    let mut out = Vec::new();
    let mut before = "";
    for block in &ctx.scan.blocks {
        let text = text_of(ctx, block);
        let line_before = std::mem::replace(&mut before, if block.chars <= 40 { text } else { "" });
        let near = block.range.start >= place.range.start && block.range.start <= place.range.end + BEHIND;
        let doubtful = if near { Around::CARD.with(Around::RELATED) } else { Around::NONE };
        let others = OTHERS.without(doubtful).without(place.around);
        if block.chars > MAX_LABELLED || block.around.has(others) || !text.chars().any(is_number) {
            continue;
        }
        let early = || NAMED.is_match(text) || PUBLISHED.find(text).is_some_and(|found| found.start() <= 25);
        if (is_label(line_before) || (early() && says_published(text))) && !tells_of_change(text) {
            out.push(Found::new(text.to_owned(), Extractor::Html, "line that says published"));
        }
        if out.len() >= 10 {
            break;
        }
    }
    out
}

/// Marked dates anywhere in the main column, then the date with which the text begins.
pub(super) fn elsewhere(ctx: &Context, place: &Place) -> Vec<Found<String>> {
    let start = place.range.start;
    let mut out = marked(ctx, |mark| mark.range.start >= start && !mark.around.has(AWAY.without(place.around)));
    out.truncate(6);
    let prose = ctx.scan.blocks.iter().filter(|block| {
        block.range.start >= place.range.end
            && block.chars >= 100
            && block.link_chars * 3 < block.chars
            && !block.around.has(AWAY.without(place.around))
    });
    for block in prose.take(3) {
        let start: String = text_of(ctx, block).chars().take(40).collect();
        let early = start.find(is_number).is_some_and(|at| at <= 25);
        if early && start.chars().filter(|c| c.is_numeric()).count() >= 4 {
            out.push(Found::new(start, Extractor::Html, "dateline"));
        }
    }
    // A byline below the text.
    let below = ctx.scan.blocks.iter().filter(|block| {
        block.range.start >= place.range.end
            && block.chars <= MAX_LABELLED
            && block.around.has(Around::BYLINE)
            && !block.around.has(OTHERS.without(place.around))
    });
    let lines = below.map(|block| text_of(ctx, block)).filter(|text| text.chars().any(is_number)).take(3);
    out.extend(lines.map(|text| Found::new(text.to_owned(), Extractor::Html, "byline below the text")));
    out.retain(|found| !tells_of_change(&found.value));
    out
}

/// The only line of the page's column before its text that is a date and nothing else.
pub(super) fn lone(ctx: &Context, place: &Place) -> Vec<Found<String>> {
    let away = AWAY.with(Around::HIDDEN).with(Around::QUOTE).without(place.around);
    let dates = ctx.dates();
    let column = ctx.scan.blocks.iter().filter(|block| !block.around.has(away));
    let lines = column.take_while(|block| block.chars < 100).filter(|block| (6..=40).contains(&block.chars));
    let mut found = lines
        .map(|block| text_of(ctx, block).trim())
        .filter(|text| text.bytes().filter(u8::is_ascii_digit).count() >= 5)
        .take(MAX_CANDIDATES)
        .filter(|text| parse_date(text, &dates).is_some());
    let first = found.next();
    let is_alone = found.all(|text| Some(text) == first);
    let line =
        first.filter(|_| is_alone).map(|text| Found::new(text.to_owned(), Extractor::Html, "only line with a date"));
    line.into_iter().collect()
}

/// Where the page tells only of a change: lines that do so, in the column or at the end of the page.
pub(super) fn changed(ctx: &Context, place: &Place) -> Vec<Found<String>> {
    let away = AWAY.without(Around::FOOTER.with(Around::DIALOG)).without(place.around);
    let lines = ctx.scan.blocks.iter().filter(|block| block.chars <= MAX_LABELLED && !block.around.has(away));
    lines
        .map(|block| text_of(ctx, block))
        .filter(|text| text.chars().any(is_number) && tells_of_change(text))
        .take(5)
        .map(|text| Found::new(text.to_owned(), Extractor::Html, "line that says updated"))
        .collect()
}

/// What the page says of a change: marked for machines, beside the headline, or in a line that tells of nothing else.
pub(super) fn modified(ctx: &Context, place: &Place) -> Vec<Found<String>> {
    let marks = ctx.scan.marks.iter().filter(|mark| !mark.around.has(away(place, mark.range.start, mark.around)));
    let mut out = Vec::new();
    for mark in marks {
        let attribute = |name| ctx.scan.attribute(mark.node, name);
        let property =
            attribute("itemprop").or_else(|| attribute("property")).is_some_and(|it| it.contains("dateModified"));
        let time = ctx.scan.tree.tag(mark.node) == Tag::Time
            && attribute("class").is_some_and(|class| CHANGED.is_match(class) && !PUBLISHED.is_match(class));
        if property || time {
            let text = ["content", "datetime"].into_iter().find_map(attribute);
            let text = text.map_or_else(|| ctx.scan.line(&mark.range), str::to_owned);
            let (by, rule) = if property {
                (Extractor::Microdata, "itemprop=dateModified")
            } else {
                (Extractor::Html, "time of a class that says updated")
            };
            out.push(Found::new(text, by, rule));
        }
        if out.len() >= 4 {
            break;
        }
    }
    let stretch = place.range.start.saturating_sub(BEFORE)..(place.range.end + BEHIND).min(ctx.scan.text.len());
    let beside = if place.range.end == 0 { &[][..] } else { ctx.scan.blocks_in(&floor(&ctx.scan.text, stretch)) };
    let lines = beside
        .iter()
        .filter(|block| block.chars <= 120 && !block.around.has(away(place, block.range.start, block.around)));
    out.extend(
        lines
            .take(40)
            .filter_map(|block| changed_part(text_of(ctx, block)))
            .take(3)
            .map(|text| Found::new(text.to_owned(), Extractor::Html, "line that says updated")),
    );
    out.extend(changed(ctx, place));
    out
}

/// The part of a line that tells of a change: what follows its word, or all of it where the word stands last.
fn changed_part(text: &str) -> Option<&str> {
    let found = CHANGED.find(text)?;
    let rest = &text[found.end()..];
    if rest.chars().any(is_number) {
        return Some(rest);
    }
    tells_of_change(text).then_some(text)
}

/// Whether a text says that the publication was on another day than its attribute: templates put the last change there.
fn contradicts(ctx: &Context, text: &str, value: &str) -> bool {
    let dates = ctx.dates();
    let day = |when: Option<When>| when.map(|when| when.day);
    says_published(text)
        && day(find_date(text, &dates))
            .zip(day(parse_date(value, &dates)))
            .is_some_and(|(shown, stated)| shown.duration_since(stated).as_hours().abs() > 24)
}

/// Sentences that tell when the article was published: "This entry was posted on Monday, May 3rd, 2021 at 5 pm and is …".
pub(super) fn sentences(ctx: &Context, place: &Place) -> Vec<Found<String>> {
    let blocks = ctx.scan.blocks.iter().filter(|block| {
        block.chars <= MAX_SENTENCE && block.range.start >= place.range.end && !block.around.has(Around::COMMENTS)
    });
    blocks
        .map(|block| text_of(ctx, block).trim_start())
        .filter(|text| POSTED.is_match(text) && !tells_of_change(text))
        .take(3)
        .map(|text| Found::new(text.to_owned(), Extractor::Html, "sentence that says posted"))
        .collect()
}

/// Bytes of a marked element that are looked at for a date.
const MAX_MARKED: usize = 4 << 10;

/// Marked dates: `<time>` first, then date classes.
fn marked(ctx: &Context, wanted: impl Fn(&Mark) -> bool) -> Vec<Found<String>> {
    let mut times = Vec::new();
    let mut classes = Vec::new();
    for mark in ctx.scan.marks.iter().filter(|mark| wanted(mark)) {
        let text = ctx.scan.line_within(&mark.range, MAX_MARKED);
        let attribute = |name| ctx.scan.attribute(mark.node, name);
        if ctx.scan.tree.tag(mark.node) == Tag::Time {
            let label = attribute("class").unwrap_or_default();
            let changed = CHANGED.is_match(&text) || (CHANGED.is_match(label) && !PUBLISHED.is_match(label));
            if let Some(value) = attribute("datetime").filter(|value| !changed && !contradicts(ctx, &text, value)) {
                times.push(Found::new(value.to_owned(), Extractor::Html, "time[datetime]"));
            }
            times.push(Found::new(text, Extractor::Html, "time"));
        } else if mark.own.has(Around::DATE.with(Around::BYLINE)) {
            let values = ["title", "data-datetime", "data-date", "data-timestamp", "data-time"];
            let value =
                values.into_iter().filter_map(attribute).find(|v| v.bytes().filter(u8::is_ascii_digit).count() >= 5);
            if let Some(value) = value.filter(|_| mark.own.has(Around::DATE) && !CHANGED.is_match(&text)) {
                classes.push(Found::new(value.to_owned(), Extractor::Html, "attribute of a date class"));
            }
            // "Yesterday" has no digits.
            let relative =
                || mark.own.has(Around::DATE) && text.len() <= 100 && parse_date(&text, &ctx.dates()).is_some();
            if text.chars().count() <= 200 && (text.chars().any(is_number) || relative()) {
                classes.push(Found::new(text, Extractor::Html, "date class"));
            }
        }
        if times.len() + classes.len() >= MAX_CANDIDATES {
            break;
        }
    }
    times.append(&mut classes);
    times
}
