//! The text: which element holds it, and which of that element's blocks belong to it.

mod boilerplate;
mod container;
mod lines;
mod stated;
mod stretch;

use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::super::scan::{Around, Block, BlockKind, Scan};
use super::super::tree::{NodeId, Tag, Tree};
use super::Context;
use super::text::{fold, folds_to};
use crate::model::{Extractor, Found};
use container::{container, prefer_marked, range_of, score, teasers};
use lines::is_notice;
use stated::Stated;
use stretch::Verdict;

/// A text with its place.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    /// Paragraphs in order, none blank.
    pub(crate) paragraphs: Vec<String>,
    /// The blocks of the page they were taken from, one a paragraph; empty if a profile gave the text.
    pub(crate) blocks: Vec<usize>,
    /// Who found it.
    pub(crate) by: Extractor,
    /// The rule.
    pub(crate) rule: String,
    /// The stretch of the page's text in which it lies.
    pub(crate) range: Range<usize>,
}

/// What is never text.
const NEVER: Around = Around::HIDDEN
    .with(Around::BEHIND)
    .with(Around::NAV)
    .with(Around::FOOTER)
    .with(Around::ASIDE)
    .with(Around::COMMENTS)
    .with(Around::RELATED)
    .with(Around::SHARE)
    .with(Around::NEWSLETTER)
    .with(Around::AUTHOR_BOX)
    .with(Around::ADVERT)
    .with(Around::BUTTON)
    .with(Around::TICKER)
    .with(Around::MOST_READ)
    .with(Around::DIALOG)
    .with(Around::TAGS)
    .with(Around::CAPTION)
    .with(Around::META_BAR)
    .with(Around::UNLIKELY)
    .with(Around::BYLINE)
    .with(Around::DATE)
    .with(Around::AUTHOR)
    .with(Around::SECTION_NAME);
/// What is no text unless it stands in a paragraph of its own.
const SELDOM: Around = Around::FORM.with(Around::FIGURE).with(Around::HEADER).with(Around::TITLE);

/// Most characters that may stand between a headline and its text.
const MAX_BETWEEN: u32 = 600;

/// Surroundings in which a picture is not the story's.
pub(crate) const REMOVED_FOR_IMAGES: Around = Around::HIDDEN
    .with(Around::NAV)
    .with(Around::FOOTER)
    .with(Around::ASIDE)
    .with(Around::COMMENTS)
    .with(Around::RELATED)
    .with(Around::SHARE)
    .with(Around::AUTHOR_BOX)
    .with(Around::ADVERT)
    .with(Around::AUTHOR)
    .with(Around::MOST_READ);

/// The text of the page's article.
pub(crate) fn body(ctx: &Context, title: Option<&Found<String>>, subtitle: Option<&Found<String>>) -> Option<Body> {
    if let Some(answer) = ctx.answer("body") {
        ctx.note("body", &answer.values.join(" ¶ "), Extractor::Profile, &answer.rule, true, "profile");
        return Some(Body {
            paragraphs: answer.values.clone(),
            blocks: Vec::new(),
            by: Extractor::Profile,
            rule: answer.rule.clone(),
            range: 0..ctx.scan.text.len(),
        });
    }
    let scan = ctx.scan;
    let title = title.map(|found| fold(&found.value)).unwrap_or_default();
    let title_end = title_place(scan, &title);
    let stated = Stated::of(scan, ctx.graph.text("articleBody").as_deref());
    let mut scores: Vec<f32> =
        scan.blocks.iter().enumerate().map(|(at, block)| score(block, stated.around(at, block))).collect();
    for (score, teaser) in scores.iter_mut().zip(teasers(scan)) {
        if teaser {
            *score *= 0.1;
        }
    }
    prefer_marked(scan, &mut scores);
    let Some(top) = container(scan, &scores) else {
        note_blocks(ctx, &[], &[], &[]);
        return None;
    };
    let range = range_of(scan, top)?;
    let verdicts = stretch::judge(scan, &range, &title, title_end, &stated);
    let kept: Vec<usize> =
        verdicts.iter().filter(|verdict| verdict.objection.is_none()).map(|verdict| verdict.at).collect();
    let mut blocks: Vec<usize> =
        lead_in(scan, &kept, title_end, &title, subtitle).into_iter().chain(kept.iter().copied()).collect();
    let left_out = boilerplate::take(ctx, &mut blocks);
    if ctx.trace.is_some() {
        note_blocks(ctx, &verdicts, &blocks, &left_out);
    }
    if blocks.is_empty() {
        return None;
    }
    let text = |at: &usize| scan.text.get(scan.blocks[*at].range.clone()).unwrap_or_default().to_owned();
    let paragraphs: Vec<String> = blocks.iter().map(text).collect();
    let first = scan.blocks[kept.first().copied().unwrap_or(blocks[0])].range.start;
    let between = scan.blocks_in(&(title_end.min(first)..first)).iter().map(|block| block.chars).sum::<u32>();
    ctx.headed.set(title_end > 0 && title_end <= first && between <= MAX_BETWEEN);
    let rule = describe(scan.tree, top);
    ctx.note("body", &paragraphs.join(" ¶ "), Extractor::Html, &rule, true, "most prose");
    Some(Body { paragraphs, blocks, by: Extractor::Html, rule, range })
}

/// Where the headline ends in the page's text; 0 if it is not shown.
fn title_place(scan: &Scan, title: &str) -> usize {
    if title.is_empty() {
        return 0;
    }
    let hit = |block: &&Block| {
        block.chars < 400
            && !block.around.has(Around::HIDDEN.with(Around::NAV).with(Around::TICKER))
            && block.link_chars * 2 <= block.chars
            && folds_to(scan.text.get(block.range.clone()).unwrap_or_default(), title)
    };
    let heading = scan.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Heading(_))).find(hit);
    heading.or_else(|| scan.blocks.iter().find(hit)).map_or(0, |block| block.range.end)
}

/// The objection to short texts in places that seldom hold text.
const SHORT_ELSEWHERE: &str = "short text in a form, figure or header";

/// Why a block does not belong to the text; `None` if it does.
fn objection(scan: &Scan, block: &Block, around: Around, title: &str) -> Option<&'static str> {
    if around.has(NEVER) || block.chars == 0 {
        return Some("furniture");
    }
    let text = scan.text.get(block.range.clone()).unwrap_or_default();
    let linked = block.link_chars as f32 / block.chars as f32;
    let seldom = match block.kind {
        BlockKind::Heading(_) => SELDOM.without(Around::TITLE),
        _ if around.has(Around::TABLE) => SELDOM.without(Around::FIGURE),
        _ => SELDOM,
    };
    if around.has(seldom) && block.chars < 60 {
        return Some(SHORT_ELSEWHERE);
    }
    if linked > 0.8 {
        return Some("links");
    }
    if matches!(block.kind, BlockKind::Heading(1)) || (block.chars < 400 && folds_to(text, title)) {
        return Some("headline");
    }
    let in_time = |node| scan.tree.ancestors(node).take(3).any(|above| scan.tree.tag(above) == Tag::Time);
    if block.chars < 60 && in_time(block.texts.0) && in_time(block.texts.1) {
        return Some("date");
    }
    if is_notice(text, block) {
        return Some("notice");
    }
    if text.contains('©') && block.chars < 250 && !text.ends_with(['.', '!', '?']) {
        return Some("credit");
    }
    (!text.chars().any(char::is_alphanumeric)).then_some("no letters")
}

fn note_blocks(ctx: &Context, verdicts: &[Verdict], chosen: &[usize], left_out: &[usize]) {
    let objections: HashMap<usize, &'static str> = verdicts
        .iter()
        .filter_map(|verdict| Some((verdict.at, verdict.objection?)))
        .chain(left_out.iter().map(|at| (*at, "boilerplate of the host")))
        .collect();
    let chosen: HashSet<usize> = chosen.iter().copied().collect();
    for (at, block) in ctx.scan.blocks.iter().enumerate().take(2_000) {
        let text = ctx.scan.text.get(block.range.clone()).unwrap_or_default();
        let rule = format!("{:?} {}/{} {}", block.kind, block.link_chars, block.chars, block.around.names());
        let is_chosen = chosen.contains(&at);
        let note = if is_chosen { "" } else { objections.get(&at).copied().unwrap_or("outside") };
        ctx.note("block", text, Extractor::Html, &rule, is_chosen, note);
    }
}

/// Standfirst and key points that stand between headline and text but outside of the text's element.
fn lead_in(scan: &Scan, kept: &[usize], title_end: usize, title: &str, subtitle: Option<&Found<String>>) -> Vec<usize> {
    let Some(first) = kept.first().map(|at| &scan.blocks[*at]) else { return Vec::new() };
    if title_end == 0 || title_end >= first.range.start {
        return Vec::new();
    }
    let away = Around::HIDDEN
        .with(Around::NAV)
        .with(Around::CAPTION)
        .with(Around::RELATED)
        .with(Around::FORM)
        .with(Around::ADVERT)
        .with(Around::ASIDE)
        .with(Around::NEWSLETTER)
        .with(Around::DIALOG);
    let subtitle = subtitle.map(|found| fold(&found.value)).unwrap_or_default();
    let text = |at: usize| fold(&scan.text[scan.blocks[at].range.clone()]);
    let start = LazyCell::new(|| kept.iter().take(3).map(|at| text(*at)).collect::<String>());
    let leads = |at: &usize| {
        let block = &scan.blocks[*at];
        if block.chars < 30 || block.chars > 900 || block.link_chars * 2 > block.chars || block.around.has(away) {
            return false;
        }
        // What a header holds beside its paragraphs belongs to the headline.
        if block.around.has(Around::HEADER) && matches!(block.kind, BlockKind::Heading(_) | BlockKind::Loose) {
            return false;
        }
        let text = text(*at);
        let is_subtitle = !subtitle.is_empty()
            && (text == subtitle || (subtitle.chars().count() > 40 && text.starts_with(&subtitle)));
        let is_summary =
            block.around.has(Around::SUMMARY) && matches!(block.kind, BlockKind::Item | BlockKind::Paragraph);
        (is_subtitle || is_summary || is_standfirst(scan, block)) && text != title && !start.contains(&text)
    };
    scan.block_numbers(&(title_end..first.range.start)).filter(leads).collect()
}

/// Whether a block above the text reads like its first sentences: it says so, or it is a paragraph of whole sentences.
fn is_standfirst(scan: &Scan, block: &Block) -> bool {
    let away = NEVER.with(Around::CARD).with(Around::BUTTON);
    if block.chars < 60 || block.around.has(away) {
        return false;
    }
    let paragraph = block.kind == BlockKind::Paragraph;
    if block.around.has(Around::SUBTITLE) {
        return true;
    }
    let text = &scan.text[block.range.clone()];
    paragraph
        && !block.around.has(Around::HEADER)
        && text.ends_with(['.', '!', '?', '…', '。', '।', '؟', '”', '"', '»'])
}

/// An element in the form of a selector.
fn describe(tree: &Tree, id: NodeId) -> String {
    let Some(element) = tree.element(id) else { return "page".into() };
    let mut out = element.name.local.to_string();
    if let Some(id) = element.attribute_named("id").filter(|id| id.len() <= 60) {
        out.push('#');
        out.push_str(id);
    } else if let Some(class) = element
        .attribute_named("class")
        .and_then(|class| class.split_ascii_whitespace().next())
        .filter(|c| c.len() <= 60)
    {
        out.push('.');
        out.push_str(class);
    }
    out
}
