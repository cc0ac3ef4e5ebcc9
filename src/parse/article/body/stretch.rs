//! Which blocks of the container are text: the stretch where most of it stands, without its edges.

use std::cmp::Reverse;
use std::ops::Range;

use super::super::super::Map;
use super::super::super::scan::{Around, Block, BlockKind, Scan};
use super::super::super::tree::{Data, NodeId, Tag, Tree};
use super::super::text::fold;
use super::container::is_prose;
use super::lines::{Ending, ending};
use super::stated::Stated;
use super::{SHORT_ELSEWHERE, objection};

/// A block of the container and what speaks against it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verdict<'b> {
    /// Its number among the blocks of the page.
    pub(super) at: usize,
    /// The block.
    pub(super) block: &'b Block,
    /// The element in which it stands.
    home: NodeId,
    /// The lowest element around it that also holds something else.
    outer: NodeId,
    /// JSON-LD states it.
    stated: bool,
    /// Why it is no text; `None` if it is.
    pub(super) objection: Option<&'static str>,
}

impl Verdict<'_> {
    fn is_kept(&self) -> bool {
        self.objection.is_none()
    }

    /// Prose, be it short, that leads nowhere.
    fn is_plain(&self) -> bool {
        matches!(self.block.kind, BlockKind::Paragraph | BlockKind::Quote | BlockKind::Loose)
            && self.block.chars >= 60
            && self.block.link_chars * 4 < self.block.chars
    }

    fn is_heading(&self) -> bool {
        matches!(self.block.kind, BlockKind::Heading(_))
    }
}

/// Judges the blocks of a stretch of the page's text.
pub(super) fn judge<'b>(
    scan: &'b Scan,
    range: &Range<usize>,
    title: &str,
    title_end: usize,
    stated: &Stated,
) -> Vec<Verdict<'b>> {
    let verdict = |at: usize| {
        let block = &scan.blocks[at];
        let home = home(scan.tree, block.node);
        let objection = objection(scan, block, stated.around(at, block), title);
        Verdict { at, block, home, outer: outer(scan.tree, home), stated: stated.holds(at), objection }
    };
    let mut all: Vec<Verdict> = scan.block_numbers(range).map(verdict).collect();
    for verdict in all.iter_mut().filter(|verdict| verdict.objection == Some(SHORT_ELSEWHERE)) {
        if heads_entry(scan, verdict.block, title_end) {
            verdict.objection = None;
        }
    }
    drop_copies(scan, &mut all);
    let main = Main::of(scan, &all);
    restore_links(scan, &main, &mut all);
    drop_boxes(scan, &main, &mut all);
    for verdict in all.iter_mut().filter(|verdict| verdict.is_kept() && stated.is_over(verdict.at)) {
        verdict.objection = Some("behind the stated text");
    }
    let places: Vec<usize> = (0..all.len()).filter(|at| all[*at].is_kept()).collect();
    let kept: Vec<Verdict> = places.iter().map(|at| all[*at]).collect();
    let core = core(scan, &kept, title_end);
    for (nth, at) in places.iter().enumerate() {
        if !core.contains(&nth) {
            all[*at].objection = Some("beside the main text");
        }
    }
    drop_labels(scan, &mut all);
    for verdict in all.iter_mut().rev().filter(|verdict| verdict.is_kept()) {
        if !verdict.is_heading() {
            break;
        }
        verdict.objection = Some("heading of nothing");
    }
    all
}

/// What stands above a live blog alone, folded.
const LIVE_LABELS: &[&str] =
    &["live", "live blog", "liveblog", "liveticker", "en direct", "direct", "en vivo", "in diretta", "مباشر", "زنده"];

/// Drops what stands before the first prose and behind the last without being a sentence: cells of a table that lays
/// out the page (the section, the day, the byline; "Print", "Send"), and above it lines with a date and the word "Live".
fn drop_labels(scan: &Scan, all: &mut [Verdict]) {
    let is_prose =
        |v: &Verdict| v.is_kept() && (v.is_plain() || v.block.kind == BlockKind::Cell && v.block.chars >= 100);
    let Some(first) = all.iter().position(is_prose) else { return };
    let last = all.iter().rposition(is_prose).unwrap_or(first);
    for (at, verdict) in all
        .iter_mut()
        .enumerate()
        .filter(|(at, verdict)| verdict.is_kept() && !verdict.stated && !(first..=last).contains(at))
    {
        let text = scan.text.get(verdict.block.range.clone()).unwrap_or_default();
        let is_sentence =
            text.trim_end_matches(['"', '”', '»', '’', ')']).ends_with(['.', '!', '?', '؟', '。', ':', '…']);
        let is_cell = verdict.block.kind == BlockKind::Cell && verdict.block.chars < 60;
        let is_dated = at < first && verdict.block.chars < 140 && has_date(text);
        let is_live = at < first && verdict.block.chars < 20 && LIVE_LABELS.contains(&fold(text).as_str());
        if is_live || !is_sentence && (is_cell || is_dated) {
            verdict.objection = Some("label beside the text");
        }
    }
}

/// Whether a text holds a date in figures: `05/10/2018`, `22.4.24`.
fn has_date(text: &str) -> bool {
    text.split(|c: char| !(c.is_numeric() || matches!(c, '.' | '/' | '-'))).any(|word| {
        let parts: Vec<usize> =
            word.split(['.', '/', '-']).map(str::chars).map(Iterator::count).filter(|n| *n > 0).collect();
        matches!(parts[..], [1..=2 | 4, 1..=2, 1..=2 | 4])
    })
}

/// Whether a heading in a `<header>` heads an entry of the text (of a live blog, of a list) and not the page.
fn heads_entry(scan: &Scan, block: &Block, title_end: usize) -> bool {
    if !matches!(block.kind, BlockKind::Heading(2..=4))
        || block.link_chars > 0
        || title_end == 0
        || block.range.start < title_end
        || block.around.has(Around::FORM.with(Around::FIGURE).with(Around::CARD))
    {
        return false;
    }
    let entry = scan.tree.ancestors(block.node).take(4).find(|above| scan.tree.tag(*above) == Tag::Article);
    let mark = entry.and_then(|entry| scan.marks.iter().find(|mark| mark.node == entry));
    mark.is_some_and(|mark| mark.range.start >= title_end)
}

/// Where most of the text stands: one element, or elements of one kind.
struct Main<'s> {
    scan: &'s Scan<'s>,
    by_outer: Map<NodeId, u32>,
    kind: Option<Signature<'s>>,
    total: u32,
}

impl<'s> Main<'s> {
    fn of(scan: &'s Scan<'s>, all: &[Verdict]) -> Main<'s> {
        let mut by_outer: Map<NodeId, u32> = Map::default();
        let mut by_kind: Map<Signature, (u32, Reverse<NodeId>)> = Map::default();
        let mut total = 0;
        for verdict in all.iter().filter(|verdict| verdict.is_kept()) {
            if verdict.is_heading() {
                continue;
            }
            let chars = verdict.block.chars.saturating_sub(verdict.block.link_chars);
            *by_outer.entry(verdict.outer).or_default() += chars;
            let sum = by_kind.entry(signature(scan, verdict.home)).or_insert((0, Reverse(verdict.home)));
            sum.0 += chars;
            total += chars;
        }
        let kind = by_kind.into_iter().max_by_key(|(_, sum)| *sum).map(|(kind, _)| kind);
        Main { scan, by_outer, kind, total }
    }

    /// Whether a block stands where most of the text stands.
    fn holds(&self, verdict: &Verdict) -> bool {
        verdict.stated
            || self.kind == Some(signature(self.scan, verdict.home))
            || self.by_outer.get(&verdict.outer).is_some_and(|chars| chars * 100 >= self.total * 30)
    }
}

/// Headings that are anchors are headings if prose of the main text follows; an address in full is text there too.
fn restore_links(scan: &Scan, main: &Main, all: &mut [Verdict]) {
    for at in 0..all.len() {
        if all[at].objection != Some("links") || !main.holds(&all[at]) {
            continue;
        }
        let is_text = |verdict: Option<&Verdict>| {
            verdict.is_some_and(|verdict| verdict.is_kept() && verdict.is_plain() && main.holds(verdict))
        };
        let is_part = |verdict: &Verdict| verdict.is_kept() && main.holds(verdict);
        let next = is_text(all.get(at + 1));
        let is_address = scan.text[all[at].block.range.clone()].starts_with("http");
        if next && all[at].is_heading()
            || is_address && (next || at.checked_sub(1).is_some_and(|before| is_part(&all[before])))
        {
            all[at].objection = None;
        }
    }
}

/// Drops boxes of links inside the text, and everything behind a line that ends it.
fn drop_boxes(scan: &Scan, main: &Main, all: &mut [Verdict]) {
    let is_rest = |verdict: &Verdict| verdict.is_kept() && verdict.is_plain() && main.holds(verdict);
    let total: u32 = all.iter().filter(|verdict| verdict.is_kept()).map(|verdict| verdict.block.chars).sum();
    let mut rest: u32 = all.iter().filter(|verdict| is_rest(verdict)).map(|verdict| verdict.block.chars).sum();
    let (mut before, mut over, mut boxed) = (0, false, false);
    for at in 0..all.len() {
        if !all[at].is_kept() {
            continue;
        }
        let block = all[at].block;
        let late = before * 2 > total && rest * 100 <= total * 15;
        match ending(scan.text.get(block.range.clone()).unwrap_or_default(), block) {
            Some(Ending::Leads) if before > 0 => boxed = true,
            Some(Ending::Over) => over |= late,
            _ if boxed && goes_on(main, all, at) => boxed = false,
            _ => over |= boxed && late,
        }
        before += block.chars;
        if is_rest(&all[at]) {
            rest = rest.saturating_sub(block.chars);
        }
        if over || boxed {
            all[at].objection = Some("after the end");
        }
    }
}

/// Whether the text goes on at this block, be it by a heading: prose of the main text that is no teaser between links.
fn goes_on(main: &Main, all: &[Verdict], at: usize) -> bool {
    let leads = |verdict: Option<&Verdict>| verdict.is_some_and(|v| v.block.link_chars * 5 >= v.block.chars * 4);
    let Some(nth) = all[at..].iter().position(|verdict| verdict.is_kept() && !verdict.is_heading()) else {
        return false;
    };
    let text = at + nth;
    let between = leads(text.checked_sub(1).and_then(|before| all.get(before))) && leads(all.get(text + 1));
    all[text].is_plain() && main.holds(&all[text]) && !between
}

/// A long block without paragraphs that repeats the paragraphs before it is their copy for machines.
fn drop_copies(scan: &Scan, all: &mut [Verdict]) {
    let text = |verdict: &Verdict| &scan.text[verdict.block.range.clone()];
    for at in 0..all.len() {
        if !all[at].is_kept() || all[at].block.chars < 1_000 || at < 4 {
            continue;
        }
        let copy = text(&all[at]);
        let asked = |verdict: &&Verdict| verdict.is_kept() && (60..800).contains(&verdict.block.chars);
        let (mut known, mut missing) = (0, 0);
        for other in all[..at].iter().rev().filter(asked).take(12) {
            *(if copy.contains(text(other)) { &mut known } else { &mut missing }) += 1;
        }
        if known >= 4 && known > missing {
            all[at].objection = Some("copy");
        }
    }
}

/// The stretch of the blocks that stand where most of the text stands, with what leads into it.
fn core(scan: &Scan, kept: &[Verdict], title_end: usize) -> Range<usize> {
    let main = Main::of(scan, kept);
    let Some(first) = kept.iter().position(|verdict| main.holds(verdict)) else { return 0..kept.len() };
    let mut last = kept.iter().rposition(|verdict| main.holds(verdict)).unwrap_or(first);
    // A long tail is a part of the text; a short one is about the author, the paper or the law.
    let around = kept[last].block.around;
    let marked = Around::BODY_PROP.with(Around::BODY_CLASS);
    let nearby: Vec<NodeId> = scan.tree.ancestors(kept[last].home).take(2).collect();
    let belongs = |verdict: &Verdict| {
        is_prose(verdict.block)
            && !verdict.block.around.has(Around::CARD.with(Around::LI))
            && Around(verdict.block.around.0 & marked.0) == Around(around.0 & marked.0)
            && (frame(scan, verdict.home) == frame(scan, kept[last].home)
                || scan.tree.ancestors(verdict.home).take(3).any(|above| nearby.contains(&above)))
    };
    let tail: Vec<usize> = (last + 1..kept.len()).filter(|at| belongs(&kept[*at])).collect();
    let tail_chars: u32 = tail.iter().map(|at| kept[*at].block.chars).sum();
    if tail.len() >= 2 && tail_chars * 100 > main.total * 15 {
        last = tail.last().copied().unwrap_or(last);
    }
    // Questions with answers end many a text, in a place of their own.
    last = kept.iter().rposition(|verdict| verdict.block.around.has(Around::FAQ)).map_or(last, |faq| faq.max(last));
    // What leads into the text stands between headline and text.
    let leads = |verdict: &Verdict| {
        verdict.block.range.start >= title_end
            && (is_prose(verdict.block) || verdict.block.around.has(Around::SUBTITLE))
    };
    kept[..first].iter().position(leads).unwrap_or(first)..last + 1
}

/// The element in which a paragraph stands, lists and quotations not counted.
fn home(tree: &Tree, node: NodeId) -> NodeId {
    let mut at = node;
    while let Some(parent) = tree.parent(at) {
        let inner = matches!(
            tree.tag(at),
            Tag::P
                | Tag::Li
                | Tag::Ul
                | Tag::Ol
                | Tag::Dl
                | Tag::Dd
                | Tag::Dt
                | Tag::Blockquote
                | Tag::Pre
                | Tag::Span
                | Tag::H1
                | Tag::H2
                | Tag::H3
                | Tag::H4
                | Tag::H5
                | Tag::H6
                | Tag::Figure
        );
        if !inner {
            break;
        }
        at = parent;
    }
    at
}

/// The element itself, or the lowest one above it that holds anything else.
fn outer(tree: &Tree, home: NodeId) -> NodeId {
    let mut at = home;
    while let Some(parent) = tree.parent(at).filter(|parent| is_alone(tree, at, *parent)) {
        at = parent;
    }
    tree.parent(at).filter(|_| at != home || is_single(tree, home)).unwrap_or(at)
}

/// Whether an element holds at most one element.
fn is_single(tree: &Tree, node: NodeId) -> bool {
    tree.children(node).filter(|child| tree.element(*child).is_some()).nth(1).is_none()
}

/// Whether an element is all that its parent holds.
fn is_alone(tree: &Tree, node: NodeId, parent: NodeId) -> bool {
    tree.children(parent).filter(|child| *child != node).all(|child| match tree.data(child) {
        Data::Void => true,
        Data::Text(text) => text.chars().all(char::is_whitespace),
        Data::Element(_) => false,
    })
}

type Signature<'s> = (Tag, &'s str, Option<NodeId>);

/// What elements of one kind have in common: name and class, or name and parent where they have no class.
fn signature<'s>(scan: &'s Scan, node: NodeId) -> Signature<'s> {
    let class = scan.attribute(node, "class").map(str::trim).unwrap_or_default();
    (scan.tree.tag(node), class, if class.is_empty() { scan.tree.parent(node) } else { None })
}

/// Name and class of an element; where it has no class, its own name and the class of what is right around it.
fn frame<'s>(scan: &'s Scan, node: NodeId) -> Option<(Tag, &'s str)> {
    let class = |node: NodeId| scan.attribute(node, "class").map(str::trim).filter(|class| !class.is_empty());
    std::iter::once(node)
        .chain(scan.tree.ancestors(node))
        .take(3)
        .find_map(class)
        .map(|class| (scan.tree.tag(node), class))
}
