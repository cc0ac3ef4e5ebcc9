//! Facts are tested against the text they hold before a block is given them.

use std::ops::Range;

use super::super::tree::Tag;
use super::around::Around;
use super::{Block, BlockKind, Region, Scan};

/// Facts that take text out of the body, unless most of the page's text lies in the element that states them.
pub(super) const FURNITURE: Around = Around::HIDDEN
    .with(Around::NAV)
    .with(Around::HEADER)
    .with(Around::FOOTER)
    .with(Around::ASIDE)
    .with(Around::FORM)
    .with(Around::FIGURE)
    .with(Around::CAPTION)
    .with(Around::COMMENTS)
    .with(Around::RELATED)
    .with(Around::OTHER_STORIES)
    .with(Around::SHARE)
    .with(Around::NEWSLETTER)
    .with(Around::AUTHOR_BOX)
    .with(Around::ADVERT)
    .with(Around::BYLINE)
    .with(Around::BUTTON)
    .with(Around::TICKER)
    .with(Around::MOST_READ)
    .with(Around::DIALOG)
    .with(Around::TAGS)
    .with(Around::SUBTITLE)
    .with(Around::DATE)
    .with(Around::META_BAR)
    .with(Around::TITLE)
    .with(Around::AUTHOR)
    .with(Around::CARD)
    .with(Around::UNLIKELY)
    .with(Around::PAYWALL)
    .with(Around::SECTION_NAME)
    .with(Around::FACTBOX)
    .with(Around::SUMMARY)
    .with(Around::CORRECTION);

impl Scan<'_> {
    /// Gives every block, anchor, mark and picture the facts of the elements around it.
    pub(super) fn settle(&mut self) {
        self.void_wrappers();
        let regions = std::mem::take(&mut self.regions);
        let mut sweep = Sweep::new(&regions);
        for block in &mut self.blocks {
            block.around = sweep.at(block.first, block.last);
            if block.chars >= 160 && block.link_chars * 4 < block.chars {
                block.around = block.around.without(SHORTER);
            }
        }
        let mut sweep = Sweep::new(&regions);
        for anchor in &mut self.anchors {
            anchor.around = anchor.around.with(sweep.at(anchor.number, anchor.number));
        }
        let mut sweep = Sweep::new(&regions);
        for mark in &mut self.marks {
            mark.around = sweep.at(mark.number, mark.number);
        }
        let mut sweep = Sweep::new(&regions);
        for picture in &mut self.images {
            picture.around = sweep.at(picture.number, picture.number);
        }
    }

    /// A class on an element that holds most of the page's prose is no word about that prose.
    fn void_wrappers(&mut self) {
        let is_prose = |block: &Block| {
            block.chars >= 60 && block.link_chars * 3 < block.chars && !matches!(block.kind, BlockKind::Heading(_))
        };
        let counted = |sums: &mut dyn FnMut(&Block) -> bool, blocks: &[Block]| {
            let mut out = Vec::with_capacity(blocks.len() + 1);
            let mut sum = 0_u64;
            out.push(0);
            for block in blocks {
                if sums(block) {
                    sum += u64::from(block.chars);
                }
                out.push(sum);
            }
            out
        };
        let prose = counted(&mut |block| is_prose(block), &self.blocks);
        let headings: Vec<u32> =
            self.marks.iter().filter(|mark| self.tree.tag(mark.node) == Tag::H1).map(|mark| mark.number).collect();
        let mut regions = std::mem::take(&mut self.regions);
        find_behind(&mut regions, &self.blocks, &prose, headings.first().copied());
        // First what is apart for sure; then, without the text that is, all else.
        void(&mut regions, &self.blocks, &prose, &headings, |region| region.facts.has(APART));
        let mut sweep = Sweep::new(&regions);
        let own = counted(&mut |block| is_prose(block) && !sweep.at(block.first, block.last).has(APART), &self.blocks);
        void(&mut regions, &self.blocks, &own, &headings, |region| !region.facts.has(APART));
        let common = self.common_facts(&regions, is_prose);
        self.void_covers(&mut regions);
        void_around_marked(&mut regions, &self.blocks);
        for region in &mut regions {
            region.facts = region.facts.without(common);
        }
        self.regions = regions;
    }
}

impl Scan<'_> {
    /// A class on an element around nearly the whole page says nothing, not even of a page of short lines.
    fn void_covers(&self, regions: &mut [Region]) {
        let total: u32 = self.blocks.iter().map(|block| block.chars).sum();
        for region in regions.iter_mut().filter(|region| region.facts.has(FURNITURE) && !region.facts.has(APART)) {
            let inside: u32 = self.blocks_in(&region.range).iter().map(|block| block.chars).sum();
            if inside * 10 > total * 8 {
                region.facts = region.facts.without(FURNITURE);
            }
        }
    }

    /// Facts that hold for most of the prose, in however many elements: a site's own use of a word.
    fn common_facts(&self, regions: &[Region], is_prose: impl Fn(&Block) -> bool) -> Around {
        let mut sweep = Sweep::new(regions);
        let mut sums = [0_u64; 64];
        let mut runs = [0_u32; 64];
        let mut previous = 0;
        let mut total = 0;
        for block in self.blocks.iter().filter(|block| is_prose(block)) {
            let around = sweep.at(block.first, block.last);
            if around.has(APART.without(Around::NAV)) {
                continue;
            }
            total += u64::from(block.chars);
            for (bit, sum) in sums.iter_mut().enumerate() {
                if around.0 & (1 << bit) != 0 {
                    *sum += u64::from(block.chars);
                    runs[bit] += u32::from(previous & (1 << bit) == 0);
                }
            }
            previous = around.0;
        }
        // What comes and goes all along the text is how the site builds its texts.
        let woven = |bit: usize, sum: u64| WOVEN.has(Around(1 << bit)) && runs[bit] >= 4 && sum * 100 > total * 20;
        let common = sums
            .iter()
            .enumerate()
            .filter(|(bit, sum)| total >= 400 && (**sum * 100 > total * 55 || woven(*bit, **sum)));
        let common = common.fold(Around::NONE, |all, (bit, _)| all.with(Around(1 << bit)));
        Around(common.0 & FURNITURE.0)
    }
}

/// An element that holds the marked text of the article is no furniture.
fn void_around_marked(regions: &mut [Region], blocks: &[Block]) {
    let inside = |range: &Range<usize>| -> u32 {
        let first = blocks.partition_point(|block| block.range.end <= range.start);
        let last = blocks.partition_point(|block| block.range.start < range.end).max(first);
        blocks[first..last].iter().map(|block| block.chars.saturating_sub(block.link_chars)).sum()
    };
    let marked = regions.iter().filter(|region| region.facts.has(Around::BODY_PROP.with(Around::BODY_CLASS)));
    let Some((chars, first, last)) =
        marked.take(50).map(|region| (inside(&region.range), region.first, region.last)).max_by_key(|found| found.0)
    else {
        return;
    };
    if chars < 200 {
        return;
    }
    for region in regions.iter_mut().take_while(|region| region.first <= first).filter(|region| region.last >= last) {
        region.facts = region.facts.without(AROUND_TEXT);
    }
}

/// A list of other articles is one whatever texts it holds where the headline and a text of its own stand before it.
fn find_behind(regions: &mut [Region], blocks: &[Block], prose: &[u64], headline: Option<u32>) {
    let Some(headline) = headline else { return };
    for region in regions.iter_mut().filter(|region| region.first > headline && region.facts.has(Around::RELATED)) {
        let first = blocks.partition_point(|block| block.range.end <= region.range.start);
        let start = blocks.partition_point(|block| block.first <= headline);
        if prose[first].saturating_sub(prose[start.min(first)]) >= 1_000 {
            region.facts = region.facts.with(Around::BEHIND);
        }
    }
}

/// Facts that cannot hold of an element around the article's text.
const AROUND_TEXT: Around = Around::ASIDE
    .with(Around::RELATED)
    .with(Around::OTHER_STORIES)
    .with(Around::ADVERT)
    .with(Around::TAGS)
    .with(Around::DATE)
    .with(Around::CARD)
    .with(Around::META_BAR)
    .with(Around::UNLIKELY)
    .with(Around::NEWSLETTER)
    .with(Around::SECTION_NAME)
    .with(Around::BYLINE)
    .with(Around::AUTHOR)
    .with(Around::SHARE)
    .with(Around::MOST_READ);

/// Takes facts from the elements for which `asked` holds and whose share of the prose refutes them.
fn void(regions: &mut [Region], blocks: &[Block], prose: &[u64], headings: &[u32], asked: impl Fn(&Region) -> bool) {
    let total = prose.last().copied().unwrap_or_default();
    for region in regions {
        if !region.facts.has(FURNITURE) || !asked(region) {
            continue;
        }
        let first = blocks.partition_point(|block| block.range.end <= region.range.start);
        let last = blocks.partition_point(|block| block.range.start < region.range.end).max(first);
        let inside = prose[last] - prose[first];
        if inside > 400 {
            region.facts = region.facts.without(SHORT);
        }
        let titled = headings.iter().any(|at| (region.first..=region.last).contains(at));
        let share = match (titled, region.facts.has(Around::COMMENTS)) {
            (true, _) => 35,
            (false, true) => 90,
            (false, false) => 50,
        };
        if total >= 200 && inside * 100 > total * share {
            region.facts = region.facts.without(FURNITURE);
        }
    }
}

/// Facts that a site's own markup of its texts may look like.
const WOVEN: Around = Around::NAV
    .with(Around::ASIDE)
    .with(Around::FIGURE)
    .with(Around::CARD)
    .with(Around::META_BAR)
    .with(Around::FACTBOX)
    .with(Around::AUTHOR)
    .with(Around::DATE)
    .with(Around::TITLE);
/// Facts of text that is no part of the article for sure.
const APART: Around = Around::BEHIND
    .with(Around::HIDDEN)
    .with(Around::COMMENTS)
    .with(Around::DIALOG)
    .with(Around::FOOTER)
    .with(Around::NAV);
/// Facts of elements that hold little text; more than two paragraphs of prose show that the class meant another thing.
pub(super) const SHORT: Around = Around::NAV
    .with(Around::FIGURE)
    .with(Around::CAPTION)
    .with(Around::SHARE)
    .with(Around::BYLINE)
    .with(Around::BUTTON)
    .with(Around::TICKER)
    .with(Around::TAGS)
    .with(Around::DATE)
    .with(Around::META_BAR)
    .with(Around::TITLE)
    .with(Around::AUTHOR)
    .with(Around::CARD)
    .with(Around::UNLIKELY)
    .with(Around::PAYWALL)
    .with(Around::SECTION_NAME);
/// Facts that a long paragraph refutes.
const SHORTER: Around = Around::BYLINE
    .with(Around::TAGS)
    .with(Around::DATE)
    .with(Around::META_BAR)
    .with(Around::TITLE)
    .with(Around::AUTHOR)
    .with(Around::UNLIKELY)
    .with(Around::SECTION_NAME);

/// Finds the facts around ascending places, by a stack of open regions.
struct Sweep<'r> {
    regions: &'r [Region],
    next: usize,
    /// Last numbers of the regions that are open, each within the one before, and the facts of all down to it.
    open: Vec<(u32, Around)>,
}

impl<'r> Sweep<'r> {
    fn new(regions: &'r [Region]) -> Sweep<'r> {
        Sweep { regions, next: 0, open: Vec::new() }
    }

    /// Facts of all regions that hold the whole stretch.
    fn at(&mut self, first: u32, last: u32) -> Around {
        while let Some(region) = self.regions.get(self.next).filter(|region| region.first <= first) {
            self.close_before(region.first);
            let outer = self.open.last().map_or(Around::NONE, |open| open.1);
            self.open.push((region.last, outer.with(region.facts)));
            self.next += 1;
        }
        self.close_before(first);
        self.open.iter().rev().find(|open| open.0 >= last).map_or(Around::NONE, |open| open.1)
    }

    fn close_before(&mut self, number: u32) {
        while self.open.last().is_some_and(|open| open.0 < number) {
            self.open.pop();
        }
    }
}
