//! The standfirst: the sentence between headline and text.

use std::ops::Range;

use super::super::scan::{Around, BlockKind};
use super::body::Body;
use super::text::{fold, overlap};
use super::{Context, from_meta};
use crate::model::{Extractor, Found};

/// Longest standfirst, in characters.
const MAX_CHARS: usize = 700;
/// How far behind the headline it may stand, in bytes of the page's text.
const REACH: usize = 1_500;

/// Surroundings in which no standfirst stands.
const AWAY: Around = Around::HIDDEN
    .with(Around::NAV)
    .with(Around::FOOTER)
    .with(Around::ASIDE)
    .with(Around::RELATED)
    .with(Around::COMMENTS)
    .with(Around::CAPTION)
    .with(Around::AUTHOR_BOX)
    .with(Around::SHARE)
    .with(Around::NEWSLETTER)
    .with(Around::FORM)
    .with(Around::ADVERT)
    .with(Around::DIALOG)
    .with(Around::BUTTON);

/// The standfirst.
pub(crate) fn subtitle(ctx: &Context, title: Option<&Found<String>>) -> Option<Found<String>> {
    if ctx.profile.is_some() && ctx.answer("title").is_some() {
        // A profile that knows the page's headline also knows whether there is a standfirst.
        let found = ctx.profiled("subtitle");
        if let Some(found) = &found {
            ctx.note("subtitle", &found.value, found.by, &found.rule, true, "profile");
        }
        return found;
    }
    let title_fold = title.map(|found| fold(&found.value)).unwrap_or_default();
    let place = super::title::place(ctx, title);
    let mut all = below(ctx, &place);
    all.extend(stated(ctx));
    all.retain(|found| {
        let folded = fold(&found.value);
        let count = found.value.chars().count();
        (15..=MAX_CHARS).contains(&count)
            && folded != title_fold
            && overlap(&folded, &title_fold) < 0.9
            && (title_fold.is_empty() || !folded.contains(&title_fold))
    });
    // What is both stated and shown below the headline is the standfirst.
    let shown = |found: &&Found<String>| found.by != Extractor::Html && stands_below(ctx, &place, &fold(&found.value));
    // A class that two rules agree on beats a description that is shown nowhere.
    let twice = |found: &&Found<String>| {
        all.iter().filter(|other| other.by == Extractor::Html && other.value == found.value).count() > 1
    };
    let chosen = all.iter().find(shown).or_else(|| all.iter().find(twice)).or_else(|| all.first()).cloned();
    ctx.note_all("subtitle", &all, chosen.as_ref(), "shown below the headline, else first in order");
    chosen
}

/// What JSON-LD and meta elements state.
fn stated(ctx: &Context) -> Vec<Found<String>> {
    let mut all = from_meta(ctx.metas, &["og:description"]);
    for name in ["description", "alternativeHeadline"] {
        if let Some(text) = ctx.graph.text(name) {
            all.push(Found::new(text, Extractor::JsonLd, name));
        }
    }
    all.extend(from_meta(ctx.metas, &["twitter:description", "description", "dc.description"]));
    all
}

/// Marked elements and headings below the headline.
fn below(ctx: &Context, place: &Range<usize>) -> Vec<Found<String>> {
    let scan = ctx.scan;
    let mut all = Vec::new();
    if place.end == 0 {
        return all;
    }
    for mark in &scan.marks {
        let near = mark.range.start + 300 >= place.start && mark.range.start <= place.end + REACH;
        if !near || mark.around.has(AWAY) || !mark.own.has(Around::SUBTITLE) {
            continue;
        }
        let value = scan.line(&mark.range);
        if value.chars().count() >= 30 {
            all.push(Found::new(value, Extractor::Html, "standfirst class"));
        }
        if all.len() >= 3 {
            break;
        }
    }
    let reach = (place.end + REACH).min(scan.text.len());
    for block in scan.blocks_in(&(place.end..reach)).iter().take(3) {
        let heading =
            matches!(block.kind, BlockKind::Heading(2..=4)) || (block.around.has(Around::HEADER) && block.chars >= 60);
        let heading = heading && !block.around.has(Around::BYLINE.with(Around::DATE).with(Around::AUTHOR));
        if heading && block.chars >= 40 && block.link_chars * 2 < block.chars && !block.around.has(AWAY) {
            let value = scan.text.get(block.range.clone()).unwrap_or_default().to_owned();
            all.push(Found::new(value, Extractor::Html, "below the headline"));
            break;
        }
    }
    all
}

/// Whether a text stands by itself below the headline.
fn stands_below(ctx: &Context, place: &Range<usize>, folded: &str) -> bool {
    if place.end == 0 {
        return false;
    }
    let reach = (place.end + REACH).min(ctx.scan.text.len());
    ctx.scan.blocks_in(&(place.end..reach)).iter().take(12).any(|block| {
        let text = fold(ctx.scan.text.get(block.range.clone()).unwrap_or_default());
        !text.is_empty()
            && !block.around.has(AWAY)
            && (text == *folded
                || (text.len() > 60
                    && (text.ends_with(folded) || folded.ends_with(&text))
                    && text.len().abs_diff(folded.len()) < 40))
    })
}

/// Whether a description is only the beginning of the text, cut off.
pub(crate) fn repeats_body(subtitle: &Found<String>, body: Option<&Body>) -> bool {
    let Some(first) = body.and_then(|body| body.paragraphs.first()) else { return false };
    let cut = subtitle.value.trim_end_matches(['…', '.', ' ']);
    subtitle.by == Extractor::Meta
        && (subtitle.value.ends_with('…') || subtitle.value.ends_with("..."))
        && cut.chars().count() >= 60
        && first.starts_with(cut)
}
