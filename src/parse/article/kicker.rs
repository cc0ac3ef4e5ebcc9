//! The short line above the headline.

use std::sync::LazyLock;

use regex::Regex;

use super::super::scan::{Around, Mark};
use super::super::tree::NodeId;
use super::Context;
use super::text::{fold, unescape};
use super::title::Place;
use crate::model::{Extractor, Found};

/// Longest kicker, in characters.
const MAX_CHARS: usize = 90;
/// How far before the headline it may begin, in bytes of the page's text.
const BEFORE: usize = 250;

/// Words of classes that name a kicker in several languages.
static CLASS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[\s_-])(?:[a-z]*kicker|eyebrow|overline|over-?title|dachzeile|spitzmarke|topline|roof-?line|surtitre|sur-?titre|ante-?titulo|volanta|occhiello|catchline|super-?title|supra-?title|pre-?title|pre-?heading|cejilla|nadtitulek|nadnaslov|supertitulo|upper-?title)(?:$|[\s_-])")
        .expect("a constant pattern, checked by every test here")
});

/// The kicker.
pub(crate) fn kicker(
    ctx: &Context,
    title: Option<&Found<String>>,
    subtitle: Option<&Found<String>>,
    place: &Place,
) -> Option<Found<String>> {
    if let Some(found) = ctx.profiled("kicker") {
        ctx.note("kicker", &found.value, found.by, &found.rule, true, "profile");
        return Some(found);
    }
    let title = fold(&title?.value);
    let headings = ctx.scan.marks.iter().filter(|mark| mark.own.has(Around::HEADING)).take(40);
    let mut all: Vec<Found<String>> = headings
        .filter_map(|mark| parted(ctx, mark, |part| part == title))
        .map(|(kicker, _)| Found::new(kicker, Extractor::Html, "part of the heading"))
        .take(1)
        .collect();
    let before = place.range.start.saturating_sub(BEFORE)..place.range.start;
    let blocks = if place.range.end == 0 { &[][..] } else { ctx.scan.blocks_in(&before) };
    for block in blocks.iter().rev().take(4) {
        let named = std::iter::once(block.node)
            .chain(ctx.scan.tree.ancestors(block.node).take(2))
            .any(|node| is_kicker(ctx, node));
        if named && !block.around.has(Around::HIDDEN.with(Around::NAV)) {
            let text = ctx.scan.text.get(block.range.clone()).unwrap_or_default();
            all.push(Found::new(text.trim().to_owned(), Extractor::Html, "kicker class"));
        }
    }
    let standfirst = subtitle.map(|found| fold(&found.value)).unwrap_or_default();
    all.retain(|found| {
        let folded = fold(&found.value);
        (2..=MAX_CHARS).contains(&found.value.chars().count()) && folded != title && folded != standfirst
    });
    let chosen = all.first().cloned();
    ctx.note_all("kicker", &all, chosen.as_ref(), "first in order");
    chosen
}

/// Whether an element's class names a kicker.
pub(super) fn is_kicker(ctx: &Context, node: NodeId) -> bool {
    ctx.scan.attribute(node, "class").is_some_and(|class| CLASS.is_match(class))
}

/// A heading whose markup parts it in two: the kicker and the headline. `wanted` knows the headline's folded text where
/// no class tells it.
pub(crate) fn parted(ctx: &Context, heading: &Mark, wanted: impl Fn(&str) -> bool) -> Option<(String, String)> {
    let tree = &ctx.scan.tree;
    let inside = tree.descendants(heading.node).skip(1).take(30);
    let mut elements = inside.filter(|node| tree.element(*node).is_some()).peekable();
    elements.peek()?;
    let line = ctx.scan.line(&heading.range);
    let whole = unescape(&line);
    let folded = fold(&whole);
    let is_whole = wanted(&folded);
    let inner: Vec<NodeId> = ctx
        .scan
        .marks
        .iter()
        .filter(|mark| mark.own.has(Around::TITLE) && mark.range.start >= heading.range.start)
        .take_while(|mark| mark.range.start < heading.range.end)
        .map(|mark| mark.node)
        .collect();
    // What is stated as it stands is one headline, whatever its classes say.
    let titled = |node: NodeId| !is_whole && inner.contains(&node);
    for node in elements {
        let part = super::super::scan::collapse(&unescape(&ctx.scan.raw_text(node)));
        if part == whole {
            continue;
        }
        let part_folded = fold(&part);
        if part_folded.is_empty() || part_folded == folded {
            continue;
        }
        let (kicker, headline) = if folded.ends_with(&part_folded) && (wanted(&part_folded) || titled(node)) {
            (whole.strip_suffix(part.as_str()).map(str::to_owned)?, part)
        } else if folded.starts_with(&part_folded) {
            let rest = whole.strip_prefix(part.as_str())?.trim_start_matches(is_joint).to_owned();
            if wanted(&fold(&rest)) || (!is_whole && is_kicker(ctx, node)) {
                (part, rest)
            } else if wanted(&part_folded) && !is_whole {
                // The headline comes first, and a second line of it after.
                (String::new(), part)
            } else {
                continue;
            }
        } else {
            continue;
        };
        let kicker = kicker.trim_matches(is_joint).to_owned();
        let fit = kicker.chars().count() <= MAX_CHARS && headline.chars().count() >= 8;
        if fit {
            return Some((kicker, headline));
        }
    }
    None
}

/// Signs between a kicker and its headline.
fn is_joint(c: char) -> bool {
    c.is_whitespace() || matches!(c, ':' | '-' | '–' | '—' | '|' | '/' | '·' | '•' | '+')
}
