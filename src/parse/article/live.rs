//! Live blogs: their entries, from JSON-LD or from the repetition of entries with a time.

use std::collections::HashMap;

use super::super::dates::parse_date;
use super::super::scan::{Around, BlockKind, Mark, collapse};
use super::super::tree::{NodeId, Tag};
use super::Context;
use crate::model::{LiveEntry, Precision, When};

/// Entries of a page that are kept.
const MAX_ENTRIES: usize = 500;
/// Fewest entries that make a live blog of markup.
const FEWEST: usize = 3;
/// Elements above a time among which its entry is looked for.
const MAX_ABOVE: usize = 5;
/// Longest text of an entry that is kept, in characters.
const MAX_TEXT: usize = 20_000;

/// Entries that the page's JSON-LD lists; empty if it lists none.
pub(crate) fn stated(ctx: &Context) -> Vec<LiveEntry> {
    let entries = ctx.graph.updates().into_iter().take(MAX_ENTRIES);
    let entries = entries.filter_map(|(title, text, at)| {
        let text = text.unwrap_or_default();
        if title.is_none() && text.is_empty() {
            return None;
        }
        let raw: String = at.as_deref().unwrap_or_default().chars().take(100).collect();
        Some(LiveEntry { at: at.and_then(|at| instant(ctx, &at)), raw, title, text: cut(text) })
    });
    entries.collect()
}

/// What entries of one list share: parent, name and first class.
type Family<'a> = (NodeId, Tag, &'a str);

/// Entries that the page shows: three or more neighbours of one kind, each with a time of its own and a text.
pub(crate) fn shown(ctx: &Context) -> Vec<LiveEntry> {
    let tree = ctx.scan.tree;
    let away = Around::COMMENTS
        .with(Around::RELATED)
        .with(Around::NAV)
        .with(Around::FOOTER)
        .with(Around::ASIDE)
        .with(Around::MOST_READ)
        .with(Around::TICKER)
        .with(Around::HIDDEN);
    let is_time =
        |mark: &&Mark| (tree.tag(mark.node) == Tag::Time || mark.own.has(Around::DATE)) && !mark.around.has(away);
    // The elements above each time, by what they share with their neighbours: parent, name and class.
    let mut families: HashMap<Family, Vec<(NodeId, &Mark)>> = HashMap::new();
    for mark in ctx.scan.marks.iter().filter(is_time) {
        for entry in tree.ancestors(mark.node).take(MAX_ABOVE) {
            let Some(parent) = tree.parent(entry) else { break };
            let class = ctx.scan.attribute(entry, "class").and_then(|class| class.split_ascii_whitespace().next());
            let family = families.entry((parent, tree.tag(entry), class.unwrap_or_default())).or_default();
            if family.last().is_none_or(|(last, _)| *last != entry) && family.len() < MAX_ENTRIES {
                family.push((entry, mark));
            }
        }
    }
    let entries = families.into_values().filter(|family| family.len() >= FEWEST).map(|family| {
        let entries = family.iter().filter_map(|(entry, mark)| read(ctx, *entry, mark));
        entries.collect::<Vec<_>>()
    });
    let entries = entries.filter(|entries| entries.len() >= FEWEST);
    let size = |entries: &Vec<LiveEntry>| entries.iter().map(|entry| entry.text.len()).sum::<usize>();
    entries.max_by_key(|entries| (size(entries), entries.len())).unwrap_or_default()
}

fn read(ctx: &Context, entry: NodeId, time: &Mark) -> Option<LiveEntry> {
    let scan = ctx.scan;
    let nodes: std::collections::HashSet<NodeId> = scan.tree.descendants(entry).take(2_000).collect();
    let furniture = Around::SHARE.with(Around::BUTTON).with(Around::HIDDEN).with(Around::CAPTION).with(Around::TAGS);
    let mut title = None;
    let mut text = String::new();
    let start = scan.blocks.partition_point(|block| block.range.end <= time.range.start.saturating_sub(400));
    for block in scan.blocks[start..].iter().take(200) {
        let whole = scan.text.get(block.range.clone()).unwrap_or_default();
        let is_own = nodes.contains(&block.node) && !block.around.has(furniture);
        let is_time = block.range.start <= time.range.start && time.range.end <= block.range.end && block.chars <= 40;
        if !is_own || is_time || block.link_chars * 2 > block.chars {
            continue;
        }
        if matches!(block.kind, BlockKind::Heading(_)) && title.is_none() && text.is_empty() {
            title = Some(whole.to_owned());
        } else {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(whole);
        }
    }
    if text.is_empty() {
        return None;
    }
    let raw: String = scan.line(&time.range).chars().take(100).collect();
    let machine = scan.attribute(time.node, "datetime");
    let at = machine.and_then(|at| instant(ctx, at)).or_else(|| instant(ctx, &raw));
    Some(LiveEntry { at, raw, title, text: cut(text) })
}

/// A time with its day; a day alone or a bare clock is none.
fn instant(ctx: &Context, text: &str) -> Option<When> {
    parse_date(&collapse(text), &ctx.dates()).filter(|when| when.precision != Precision::Day)
}

fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MAX_TEXT) {
        text.truncate(end);
    }
    text
}
