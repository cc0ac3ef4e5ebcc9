//! Where the text is: how much prose every block is, and the element that holds it.

use std::ops::Range;

use super::super::super::scan::{Around, Block, BlockKind, Scan};
use super::super::super::tree::{Data, NodeId, Tag};
use super::{NEVER, SELDOM};

/// How much prose a block is.
pub(super) fn score(block: &Block, around: Around) -> f32 {
    if around.has(NEVER) || matches!(block.kind, BlockKind::Heading(_)) || block.chars == 0 {
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
    if around.has(SELDOM) {
        score *= 0.4;
    }
    if around.has(Around::BODY_PROP.with(Around::BODY_CLASS)) {
        score *= 1.5;
    }
    if around.has(Around::ARTICLE.with(Around::MAIN)) {
        score *= 1.2;
    }
    score
}

/// Where the page itself marks its text or its main part and that holds enough prose, other prose does not count.
pub(super) fn prefer_marked(scan: &Scan, scores: &mut [f32]) {
    let sum = |fact: Around| -> f32 {
        scan.blocks.iter().zip(scores.iter()).filter(|(block, _)| block.around.has(fact)).map(|(_, score)| *score).sum()
    };
    let all: f32 = scores.iter().sum();
    let by_main = sum(Around::MAIN);
    let (by_property, by_class) = (sum(Around::BODY_PROP), sum(Around::BODY_CLASS));
    for (block, score) in scan.blocks.iter().zip(scores.iter_mut()) {
        if by_main > all * 0.7 && !block.around.has(Around::MAIN)
            || by_property > all * 0.35 && by_property > 400.0 && !block.around.has(Around::BODY_PROP)
        {
            *score = 0.0;
        } else if by_class > all * 0.6 && !block.around.has(Around::BODY_CLASS) {
            *score *= 0.6;
        }
    }
}

/// The element that holds the text: from the root down, as long as one child holds nearly all prose.
pub(super) fn container(scan: &Scan, scores: &[f32]) -> Option<NodeId> {
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
    // Sums of paragraphs that are certainly prose.
    let mut prose = vec![0.0_f32; tree.len()];
    for (block, score) in scan.blocks.iter().zip(scores) {
        if *score > 40.0 && is_prose(block) {
            prose[block.node.index()] += score;
            for above in tree.ancestors(block.node) {
                prose[above.index()] += score;
            }
        }
    }
    loop {
        let total = sums[at.index()];
        let Some(best) = tree.children(at).max_by(|a, b| sums[a.index()].total_cmp(&sums[b.index()])) else {
            return Some(at);
        };
        let share = sums[best.index()] / total;
        let beside = prose[at.index()] - prose[best.index()];
        if is_leaf(tree.tag(best)) || share < 0.55 || beside > prose[at.index()] * 0.06 {
            return Some(at);
        }
        at = best;
    }
}

pub(super) fn is_prose(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Paragraph | BlockKind::Quote | BlockKind::Loose | BlockKind::Pre)
        && block.chars >= 90
        && block.link_chars * 4 < block.chars
        && !block.around.has(Around::CARD)
}

fn is_leaf(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::P
            | Tag::Li
            | Tag::Blockquote
            | Tag::Ul
            | Tag::Ol
            | Tag::Pre
            | Tag::H1
            | Tag::H2
            | Tag::H3
            | Tag::H4
            | Tag::Span
            | Tag::Tr
    )
}

pub(super) fn range_of(scan: &Scan, top: NodeId) -> Option<Range<usize>> {
    let below = |block: &&Block| block.node == top || scan.tree.ancestors(block.node).any(|above| above == top);
    let first = scan.blocks.iter().find(below)?;
    let last = scan.blocks.iter().rev().find(below)?;
    Some(first.range.start..last.range.end)
}

/// Marks the blocks that are teasers: a little prose in one small element with a link to where it goes on.
pub(super) fn teasers(scan: &Scan) -> Vec<bool> {
    let blocks = &scan.blocks;
    let mut out = vec![false; blocks.len()];
    for at in 0..blocks.len() {
        let block = &blocks[at];
        if block.chars < 30
            || block.chars > 600
            || block.link_chars * 2 > block.chars
            || matches!(block.kind, BlockKind::Heading(_))
        {
            continue;
        }
        let neighbours = [at.checked_sub(1), Some(at + 1)];
        out[at] = neighbours.into_iter().flatten().filter_map(|n| blocks.get(n)).any(|link| {
            link.chars >= 12 && link.link_chars * 5 >= link.chars * 4 && shares_card(scan, block.node, link.node)
        });
    }
    out
}

/// Whether the lowest element around both nodes is small: at most six blocks, at most two of them prose.
fn shares_card(scan: &Scan, one: NodeId, other: NodeId) -> bool {
    let tree = scan.tree;
    let mut above: Vec<NodeId> = vec![one];
    above.extend(tree.ancestors(one).take(4));
    let common = std::iter::once(other).chain(tree.ancestors(other).take(4)).find(|node| above.contains(node));
    let Some(common) = common else { return false };
    let mut blocks = 0;
    let mut texts = 0;
    let mut prose = 0;
    for node in tree.descendants(common) {
        match tree.tag(node) {
            Tag::P | Tag::Li | Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::Br => blocks += 1,
            _ => {}
        }
        if let Data::Text(text) = tree.data(node) {
            prose += usize::from(text.len() >= 120);
        }
        texts += 1;
        if blocks > 6 || texts > 40 || prose > 2 {
            return false;
        }
    }
    true
}
