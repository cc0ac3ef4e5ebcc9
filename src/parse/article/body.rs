//! The text: which element holds it, and which of that element's blocks belong to it.

use std::collections::HashSet;
use std::ops::Range;

use super::super::scan::{Around, Block, BlockKind, Scan};
use super::super::tree::{NodeId, Tag, Tree};
use super::text::fold;
use super::Context;
use crate::model::{Extractor, Found};

/// A text with its place.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    /// Paragraphs in order, none blank.
    pub(crate) paragraphs: Vec<String>,
    /// Who found it.
    pub(crate) by: Extractor,
    /// The rule.
    pub(crate) rule: String,
    /// The stretch of the page's text in which it lies.
    pub(crate) range: Range<usize>,
}

/// What is never text.
const NEVER: Around = Around::HIDDEN
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
    .with(Around::SECTION_NAME)
    .with(Around::PAYWALL);
/// What is no text unless it stands in a paragraph of its own.
const SELDOM: Around = Around::FORM.with(Around::FIGURE).with(Around::HEADER).with(Around::TITLE);

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
        return Some(Body { paragraphs: answer.values.clone(), by: Extractor::Profile, rule: answer.rule.clone(), range: 0..ctx.scan.text.len() });
    }
    let _ = subtitle;
    let scan = ctx.scan;
    let scores: Vec<f32> = scan.blocks.iter().map(score).collect();
    let Some(top) = container(scan, &scores) else {
        note_blocks(ctx, &(0..0), &[], "");
        return None;
    };
    let range = range_of(scan, top)?;
    let title = title.map(|found| fold(&found.value)).unwrap_or_default();
    let kept = trimmed(scan, scan.blocks_in(&range), &title);
    if ctx.trace.is_some() {
        note_blocks(ctx, &range, &kept, &title);
    }
    let paragraphs: Vec<String> = kept.into_iter().filter_map(|block| scan.text.get(block.range.clone())).map(str::to_owned).collect();
    if paragraphs.is_empty() {
        return None;
    }
    let rule = describe(scan.tree, top);
    ctx.note("body", &paragraphs.join(" ¶ "), Extractor::Html, &rule, true, "most prose");
    Some(Body { paragraphs, by: Extractor::Html, rule, range })
}

/// How much prose a block is.
fn score(block: &Block) -> f32 {
    if block.around.has(NEVER) || matches!(block.kind, BlockKind::Heading(_)) || block.chars == 0 {
        return 0.0;
    }
    let linked = block.link_chars as f32 / block.chars as f32;
    if linked > 0.5 {
        return 0.0;
    }
    let mut score = block.chars.min(1_500) as f32 * (1.0 - linked) * (1.0 - linked);
    score *= match block.chars {
        0..25 => 0.1,
        25..60 => 0.4,
        60..100 => 0.8,
        _ => 1.0,
    };
    score *= match block.kind {
        BlockKind::Paragraph | BlockKind::Quote => 1.0,
        BlockKind::Loose | BlockKind::Pre => 0.8,
        BlockKind::Item => 0.6,
        BlockKind::Cell => 0.5,
        BlockKind::Heading(_) => 0.0,
    };
    if block.around.has(SELDOM) {
        score *= 0.4;
    }
    if block.around.has(Around::CARD) {
        score *= 0.5;
    }
    if block.around.has(Around::BODY_PROP.with(Around::BODY_CLASS)) {
        score *= 1.5;
    }
    if block.around.has(Around::ARTICLE.with(Around::MAIN)) {
        score *= 1.2;
    }
    score
}

/// The element that holds the text: from the root down, as long as one child holds nearly all prose.
fn container(scan: &Scan, scores: &[f32]) -> Option<NodeId> {
    let tree = scan.tree;
    let mut sums = vec![0.0_f32; tree.len()];
    for (block, score) in scan.blocks.iter().zip(scores) {
        if *score > 0.0 {
            sums[block.node.index()] += score;
            for above in tree.ancestors(block.node) {
                sums[above.index()] += score;
            }
        }
    }
    let mut at = scan.body.or(scan.html)?;
    if sums[at.index()] <= 0.0 {
        return None;
    }
    loop {
        let total = sums[at.index()];
        let Some(best) = tree.children(at).max_by(|a, b| sums[a.index()].total_cmp(&sums[b.index()])) else { return Some(at) };
        let share = sums[best.index()] / total;
        if is_leaf(tree.tag(best)) || share < 0.5 {
            return Some(at);
        }
        if share < 0.9 && !stands_alone(scan, &sums, at, best) {
            return Some(at);
        }
        at = best;
    }
}

fn is_leaf(tag: Tag) -> bool {
    matches!(tag, Tag::P | Tag::Li | Tag::Blockquote | Tag::Ul | Tag::Ol | Tag::Pre | Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::Span | Tag::Tr)
}

/// Whether the prose beside the best child is other text than the child's.
fn stands_alone(scan: &Scan, sums: &[f32], at: NodeId, best: NodeId) -> bool {
    let tree = scan.tree;
    let total = sums[at.index()];
    let mut beside = sums[at.index()] - sums[best.index()];
    let class = scan.attribute(best, "class").unwrap_or_default();
    for child in tree.children(at).filter(|child| *child != best) {
        let share = sums[child.index()];
        if share <= 0.0 {
            continue;
        }
        if is_leaf(tree.tag(child)) {
            // Paragraphs beside the child are the same text.
            if share > total * 0.04 {
                return false;
            }
        } else if !class.is_empty() && scan.attribute(child, "class") == Some(class) && share > total * 0.08 {
            return false;
        }
        beside -= share;
    }
    // What is left of `beside` stands directly in the element.
    beside <= total * 0.1
}

fn range_of(scan: &Scan, top: NodeId) -> Option<Range<usize>> {
    let below: HashSet<NodeId> = scan.tree.descendants(top).collect();
    let first = scan.blocks.iter().find(|block| below.contains(&block.node))?;
    let last = scan.blocks.iter().rev().find(|block| below.contains(&block.node))?;
    Some(first.range.start..last.range.end)
}

/// The blocks of a stretch that belong to the text.
fn trimmed<'b>(scan: &Scan, blocks: &'b [Block], title: &str) -> Vec<&'b Block> {
    let mut kept: Vec<&Block> = blocks.iter().filter(|block| objection(scan, block, title).is_none()).collect();
    while kept.last().is_some_and(|block| matches!(block.kind, BlockKind::Heading(_))) {
        kept.pop();
    }
    kept
}

/// Why a block does not belong to the text; `None` if it does.
fn objection(scan: &Scan, block: &Block, title: &str) -> Option<&'static str> {
    if block.around.has(NEVER) || block.chars == 0 {
        return Some("furniture");
    }
    let text = scan.text.get(block.range.clone()).unwrap_or_default();
    let linked = block.link_chars as f32 / block.chars as f32;
    if block.around.has(SELDOM) && block.chars < 60 {
        return Some("short text in a form, figure or header");
    }
    if linked > 0.8 {
        return Some("links");
    }
    if matches!(block.kind, BlockKind::Heading(1)) || (block.chars < 400 && fold(text) == title) {
        return Some("headline");
    }
    if matches!(block.kind, BlockKind::Heading(_)) && linked >= 0.5 {
        return Some("linked heading");
    }
    (!text.chars().any(char::is_alphanumeric)).then_some("no letters")
}

fn note_blocks(ctx: &Context, range: &Range<usize>, kept: &[&Block], title: &str) {
    for block in &ctx.scan.blocks {
        let text = ctx.scan.text.get(block.range.clone()).unwrap_or_default();
        let chosen = kept.iter().any(|other| other.range == block.range);
        let outside = block.range.start < range.start || block.range.end > range.end;
        let why = if outside { "outside" } else { objection(ctx.scan, block, title).unwrap_or(if chosen { "" } else { "trimmed" }) };
        let rule = format!("{:?} {}/{} {}", block.kind, block.link_chars, block.chars, block.around.names());
        ctx.note("block", text, Extractor::Html, &rule, chosen, why);
    }
}

/// An element in the form of a selector.
fn describe(tree: &Tree, id: NodeId) -> String {
    let Some(element) = tree.element(id) else { return "page".into() };
    let mut out = element.name.local.to_string();
    if let Some(id) = element.attribute_named("id").filter(|id| id.len() <= 60) {
        out.push('#');
        out.push_str(id);
    } else if let Some(class) = element.attribute_named("class").and_then(|class| class.split_ascii_whitespace().next()).filter(|c| c.len() <= 60) {
        out.push('.');
        out.push_str(class);
    }
    out
}
