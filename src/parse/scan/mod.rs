//! One walk over the tree that gathers everything the extractors look at.
//!
//! The walk writes the page's text into one string, blanks collapsed, a newline between blocks. Blocks, anchors
//! and marked elements are ranges of that string, so a place in it is also an order of reading.

mod around;
mod elements;
mod names;
mod settle;
mod vocabulary;
mod walk;

use std::ops::Range;

use memchr::memchr;

use super::tree::{Data, NodeId, Tag, Tree, is_block};
pub(crate) use around::Around;
pub(crate) use elements::is_unread;
use walk::{blank_length, words_end};
pub(crate) use walk::{scan, weight};

/// Anchors of a page that are kept.
pub(crate) const MAX_ANCHORS: usize = 5_000;
/// Nodes of a block that are looked at for its parts.
const MAX_PARTS: usize = 60;
/// Bytes of most lines: room for so many is taken at once.
const USUAL_LINE: usize = 200;
/// Longest JSON-LD script that is read, in bytes.
const MAX_SCRIPT: usize = 1 << 20;

/// What kind of block a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockKind {
    /// A paragraph element.
    Paragraph,
    /// A heading of this level.
    Heading(u8),
    /// A list item.
    Item,
    /// Part of a quotation.
    Quote,
    /// A table cell.
    Cell,
    /// Text directly in a div, section or table cell.
    Loose,
    /// Preformatted text.
    Pre,
}

/// A run of text between two block borders.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// Its place in the page's text.
    pub(crate) range: Range<usize>,
    /// The nearest block element.
    pub(crate) node: NodeId,
    /// What stands around it.
    pub(crate) around: Around,
    /// Its kind.
    pub(crate) kind: BlockKind,
    /// Characters without blanks; letters of scripts without blanks count twice.
    pub(crate) chars: u32,
    /// Of these, in anchors.
    pub(crate) link_chars: u32,
    /// Its first and its last text; what lies between them is the block.
    pub(crate) texts: (NodeId, NodeId),
    /// Numbers of these.
    first: u32,
    last: u32,
}

/// An anchor.
#[derive(Debug, Clone)]
pub(crate) struct RawAnchor {
    /// The element.
    pub(crate) node: NodeId,
    /// Its text's place.
    pub(crate) range: Range<usize>,
    /// What stands around it, and what it holds (`HEADING`).
    pub(crate) around: Around,
    /// A picture lies in it.
    pub(crate) picture: bool,
    /// Its number.
    number: u32,
}

/// An element that some extractor may ask for.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// The element.
    pub(crate) node: NodeId,
    /// Its text's place.
    pub(crate) range: Range<usize>,
    /// What its own class, id or name says.
    pub(crate) own: Around,
    /// What stands around it.
    pub(crate) around: Around,
    /// It has an `itemprop`.
    pub(crate) property: bool,
    /// Its number.
    number: u32,
}

/// A picture.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    /// The element.
    pub(crate) node: NodeId,
    /// The place in the text before which it stands.
    pub(crate) at: usize,
    /// What stands around it.
    pub(crate) around: Around,
    /// Its number.
    number: u32,
}

/// An element that says something of all that lies in it.
#[derive(Debug, Clone)]
struct Region {
    facts: Around,
    first: u32,
    last: u32,
    range: Range<usize>,
}

/// Everything one walk gathered.
pub(crate) struct Scan<'t> {
    /// The tree.
    pub(crate) tree: &'t Tree,
    /// The page's text.
    pub(crate) text: String,
    /// Its blocks, in order.
    pub(crate) blocks: Vec<Block>,
    /// Its anchors, in order, at most [`MAX_ANCHORS`].
    pub(crate) anchors: Vec<RawAnchor>,
    /// Marked elements, in the order of their start tags.
    pub(crate) marks: Vec<Mark>,
    /// Pictures, in order, with the place where they stand.
    pub(crate) images: Vec<Picture>,
    /// `<meta>` elements.
    pub(crate) metas: Vec<NodeId>,
    /// `<link>` elements.
    pub(crate) links: Vec<NodeId>,
    /// JSON-LD scripts.
    pub(crate) scripts: Vec<NodeId>,
    /// The first `<title>` outside SVG.
    pub(crate) title: Option<NodeId>,
    /// The first `<base href>`.
    pub(crate) base: Option<NodeId>,
    /// The root element.
    pub(crate) html: Option<NodeId>,
    /// The body element.
    pub(crate) body: Option<NodeId>,
    /// Links beyond the bound were dropped.
    pub(crate) too_many_links: bool,
    regions: Vec<Region>,
}

impl Scan<'_> {
    /// A range of the text as one line, without what is not shown.
    pub(crate) fn line(&self, range: &Range<usize>) -> String {
        self.line_within(range, usize::MAX)
    }

    /// The same for who has no use for a longer one: cut behind so many bytes, or a few more.
    ///
    /// Elements around the whole page are asked for their line, too, and there may be hundreds of them.
    pub(crate) fn line_within(&self, range: &Range<usize>, most: usize) -> String {
        let mut out = String::with_capacity(range.len().min(most).min(USUAL_LINE));
        for block in self.blocks_in(range) {
            if out.len() > most {
                break;
            }
            let part = block.range.start.max(range.start)..block.range.end.min(range.end);
            let text = self.text.get(part).unwrap_or_default().trim();
            if text.is_empty() || block.around.has(Around::HIDDEN) {
                continue;
            }
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(&text[..text.ceil_char_boundary(most.saturating_add(1) - out.len().min(most))]);
        }
        out
    }

    /// A range of the text as one line, also what is not shown yet: slides wait for their turn.
    pub(crate) fn whole_line(&self, range: &Range<usize>) -> String {
        let text = self.text.get(range.clone()).unwrap_or_default();
        if memchr(b'\n', text.as_bytes()).is_some() { collapse(text) } else { text.trim().to_owned() }
    }

    /// The blocks within a range of the text.
    pub(crate) fn blocks_in(&self, range: &Range<usize>) -> &[Block] {
        self.blocks.get(self.block_numbers(range)).unwrap_or_default()
    }

    /// The pieces into which the markup within a block cuts its line.
    pub(crate) fn parts(&self, block: &Block) -> Vec<String> {
        let line = self.text.get(block.range.clone()).unwrap_or_default();
        let texts = self.tree.descendants(block.node).take(MAX_PARTS).filter_map(|node| match self.tree.data(node) {
            Data::Text(text) => Some(collapse(text)),
            Data::Element(_) | Data::Void => None,
        });
        texts.filter(|text| !text.is_empty() && line.contains(text.as_str())).collect()
    }

    /// The numbers of the blocks within a range of the text.
    pub(crate) fn block_numbers(&self, range: &Range<usize>) -> Range<usize> {
        let first = self.blocks.partition_point(|block| block.range.end <= range.start);
        let last = self.blocks.partition_point(|block| block.range.start < range.end);
        first..last.max(first)
    }

    /// An attribute of a node.
    pub(crate) fn attribute(&self, id: NodeId, name: &str) -> Option<&str> {
        self.tree.element(id).and_then(|element| element.attribute_named(name))
    }

    /// The text below a node whatever stands around it, with a blank where something parts words.
    pub(crate) fn raw_text(&self, id: NodeId) -> String {
        let mut out = String::new();
        // What comes behind each open block.
        let mut behind: Vec<Option<NodeId>> = Vec::new();
        for node in self.tree.descendants(id) {
            while behind.pop_if(|after| *after == Some(node)).is_some() {
                out.push(' ');
            }
            match self.tree.data(node) {
                Data::Text(_) if out.len() > MAX_SCRIPT => break,
                Data::Text(text) => out.push_str(text),
                Data::Element(element) if is_block(element.tag) => {
                    out.push(' ');
                    behind.push(self.tree.after(node, id));
                }
                Data::Element(element) if matches!(element.tag, Tag::Br | Tag::Hr) => out.push(' '),
                Data::Element(_) | Data::Void => {}
            }
        }
        out
    }
}

/// Collapses blanks; the form in which every short text leaves the module.
pub(crate) fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = &text[blank_length(text)..];
    while !rest.is_empty() {
        let (words, tail) = rest.split_at(words_end(rest).0);
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(words);
        rest = &tail[blank_length(tail)..];
    }
    out
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\0')
}
