//! The standfirst: the sentence between headline and text.

use std::cell::LazyCell;

use super::super::scan::{Around, Block, BlockKind};
use super::super::tree::NodeId;
use super::body::Body;
use super::text::{Words, fold};
use super::title::Place;
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
pub(crate) fn subtitle(ctx: &Context, title: Option<&Found<String>>, place: &Place) -> Option<Found<String>> {
    if ctx.profile.is_some() && ctx.answer("title").is_some() {
        // A profile that knows the page's headline also knows whether there is a standfirst.
        let found = ctx.profiled("subtitle");
        if let Some(found) = &found {
            ctx.note("subtitle", &found.value, found.by, &found.rule, true, "profile");
        }
        return found;
    }
    let title_fold = title.map(|found| fold(&found.value)).unwrap_or_default();
    let mut all = below(ctx, place);
    all.extend(stated(ctx));
    all.retain(|found| {
        let folded = fold(&found.value);
        let count = found.value.chars().count();
        (15..=MAX_CHARS).contains(&count)
            && folded != title_fold
            && Words::of(&folded).share_in(&Words::of(&title_fold)) < 0.9
            && (title_fold.is_empty() || !folded.contains(&title_fold))
    });
    // What is both stated and shown below the headline is the standfirst.
    let lines = LazyCell::new(|| lines_below(ctx, place));
    let shown = |found: &&Found<String>| found.by != Extractor::Html && stands_among(&lines, &fold(&found.value));
    // What two rules find below the headline beats any description.
    let twice = |found: &&Found<String>| {
        all.iter().filter(|other| other.by == Extractor::Html && other.value == found.value).count() > 1
    };
    let chosen = all.iter().find(twice).or_else(|| all.iter().find(shown)).or_else(|| all.first()).cloned();
    // A description that is cut off after its first sentence: the whole stands below the headline.
    let whole = chosen.as_ref().and_then(|chosen| {
        let start = chosen.value.trim_end_matches(['.', '…', ' ']);
        all.iter().find(|found| {
            found.by == Extractor::Html && found.value.len() > chosen.value.len() && found.value.starts_with(start)
        })
    });
    let chosen = whole.cloned().or(chosen);
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
fn below(ctx: &Context, place: &Place) -> Vec<Found<String>> {
    let scan = ctx.scan;
    let range = &place.range;
    let away = AWAY.without(place.around);
    let mut all = Vec::new();
    if range.end == 0 {
        return all;
    }
    for mark in &scan.marks {
        let near = mark.range.start + 300 >= range.start && mark.range.start <= range.end + REACH;
        if !near || mark.around.has(away.with(Around::FIGURE.without(place.around))) || !mark.own.has(Around::SUBTITLE)
        {
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
    let reach = (range.end + REACH).min(scan.text.len());
    for block in scan.blocks_in(&(range.end..reach)).iter().take(3) {
        let heading =
            matches!(block.kind, BlockKind::Heading(2..=4)) || (block.around.has(Around::HEADER) && block.chars >= 60);
        let heading = heading && !block.around.has(Around::BYLINE.with(Around::DATE).with(Around::AUTHOR));
        if heading && block.chars >= 40 && block.link_chars * 2 < block.chars && !block.around.has(away) {
            let value = scan.text.get(block.range.clone()).unwrap_or_default().to_owned();
            all.push(Found::new(value, Extractor::Html, "below the headline"));
            break;
        }
    }
    all.extend(in_own_box(ctx, place));
    all
}

/// The first prose below the headline, where it lies in a box of another kind than the paragraphs that follow.
fn in_own_box(ctx: &Context, place: &Place) -> Option<Found<String>> {
    let scan = ctx.scan;
    let away = AWAY.without(place.around);
    let prose = |block: &&Block| {
        block.chars >= 50
            && block.link_chars * 2 < block.chars
            && !block.around.has(away.with(Around::BYLINE.with(Around::DATE).with(Around::LIST)))
            && !matches!(block.kind, BlockKind::Heading(_))
    };
    let reach = (place.range.end + 2 * REACH).min(scan.text.len());
    let mut blocks = scan.blocks_in(&(place.range.end..reach)).iter().filter(prose);
    let (first, second, third) = (blocks.next()?, blocks.next()?, blocks.next()?);
    let close = first.range.start <= place.range.end + 400 && first.chars <= 400;
    // What a box is like: its element and class, and those of the element around it.
    let kind = |node: NodeId| {
        let of = |node: NodeId| (scan.tree.tag(node), scan.attribute(node, "class").unwrap_or_default());
        (of(node), scan.tree.parent(node).map(of))
    };
    let parent = |block: &Block| scan.tree.parent(block.node);
    let alone = kind(first.node) != kind(second.node) && parent(first) != parent(second);
    let alike = kind(second.node) == kind(third.node) || parent(second) == parent(third);
    (close && alone && alike).then(|| {
        let value = scan.text.get(first.range.clone()).unwrap_or_default().to_owned();
        Found::new(value, Extractor::Html, "box of its own below the headline")
    })
}

/// What stands by itself below the headline, folded.
fn lines_below(ctx: &Context, place: &Place) -> Vec<String> {
    let (range, away) = (&place.range, AWAY.without(place.around));
    if range.end == 0 {
        return Vec::new();
    }
    let reach = (range.end + REACH).min(ctx.scan.text.len());
    let blocks = ctx.scan.blocks_in(&(range.end..reach)).iter().take(12).filter(|block| !block.around.has(away));
    blocks.map(|block| fold(ctx.scan.text.get(block.range.clone()).unwrap_or_default())).collect()
}

/// Whether a folded text is one of these lines, or nearly.
fn stands_among(lines: &[String], folded: &str) -> bool {
    lines.iter().filter(|line| !line.is_empty()).any(|line| {
        *line == folded
            || (line.len() > 60
                && (line.ends_with(folded) || folded.ends_with(line.as_str()))
                && line.len().abs_diff(folded.len()) < 40)
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
