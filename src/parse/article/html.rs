//! The body as HTML of a small safe subset, from the blocks that were chosen as text.
//!
//! Written, never copied: only names of our own reach the output, and every character of it is the body's, so that
//! the words of `body_html` are the words of `body`. `tests/body_html.rs` reads it with another parser.

use super::super::scan::{Block, BlockKind, Scan, is_unread};
use super::super::tree::{Data, NodeId, Tag, Tree};
use super::body::Body;
use crate::model::PageUrl;

/// Longest address of a link that is kept, in bytes.
const MAX_HREF: usize = 2_000;
/// Bytes of HTML for a byte of text beyond which links are left out: more than a body has that is nothing but links.
const HTML_PER_TEXT: usize = 8;
/// The same for a short text.
const HTML_AT_LEAST: usize = 16 << 10;
/// Elements above a text in which links and emphasis are looked for.
const MAX_INLINE: usize = 24;
/// Nodes between the first and the last text of a block that are looked at.
const MAX_NODES: usize = 20_000;

/// The body as HTML.
pub(crate) fn body_html(scan: &Scan, base: &PageUrl, body: &Body) -> String {
    let text_bytes: usize = body.paragraphs.iter().map(String::len).sum();
    let most = HTML_PER_TEXT * text_bytes + HTML_AT_LEAST;
    let mut writer = Writer { scan, base, out: String::new(), most, open: Vec::new(), inline: Inline::default() };
    let blocks: Vec<Option<&Block>> = body
        .paragraphs
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let block = scan.blocks.get(*body.blocks.get(at)?)?;
            (scan.text.get(block.range.clone()) == Some(text)).then_some(block)
        })
        .collect();
    let (mut at, mut plain_until) = (0, 0);
    while at < blocks.len() {
        if at >= plain_until {
            match writer.table(&blocks[at..], &body.paragraphs[at..]) {
                Run::Table(count) => at += count,
                Run::Plain(count) => plain_until = at + count,
            }
        }
        let (Some(text), Some(block)) = (body.paragraphs.get(at), blocks.get(at)) else { break };
        writer.block(*block, text);
        at += 1;
    }
    writer.close_to(0);
    writer.out
}

/// What blocks that stand in cells come to.
enum Run {
    /// So many became a table.
    Table(usize),
    /// So many do not begin one; zero if there are no cells.
    Plain(usize),
}

/// What surrounds a run of characters within its block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Inline {
    link: Option<String>,
    strong: bool,
    em: bool,
}

struct Writer<'a> {
    scan: &'a Scan<'a>,
    base: &'a PageUrl,
    out: String,
    /// Length from which on links are left out.
    most: usize,
    /// Containers that are open, with the elements of the page they stand for.
    open: Vec<(&'static str, NodeId)>,
    /// Inline elements that are open.
    inline: Inline,
}

impl Writer<'_> {
    /// Closes containers down to a depth.
    fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            if let Some((name, _)) = self.open.pop() {
                self.out.push_str("</");
                self.out.push_str(name);
                self.out.push('>');
            }
        }
    }

    /// Closes what does not lie around the next block, and opens what does.
    fn within(&mut self, containers: &[(&'static str, NodeId)]) {
        let shared = self.open.iter().zip(containers).take_while(|(open, wanted)| open == wanted).count();
        self.close_to(shared);
        for (name, node) in &containers[shared..] {
            self.out.push('<');
            self.out.push_str(name);
            self.out.push('>');
            self.open.push((name, *node));
        }
    }

    fn block(&mut self, block: Option<&Block>, text: &str) {
        let Some(block) = block else {
            self.close_to(0);
            self.element("p", |writer| escape(text, &mut writer.out));
            return;
        };
        let nearest = |tags: &[Tag]| {
            std::iter::once(block.node)
                .chain(self.scan.tree.ancestors(block.node).take(MAX_INLINE))
                .find(|node| tags.contains(&self.scan.tree.tag(*node)))
        };
        let mut containers: Vec<(&'static str, NodeId)> = Vec::new();
        if let Some(quote) = nearest(&[Tag::Blockquote]) {
            containers.push(("blockquote", quote));
        }
        let mut name = match block.kind {
            BlockKind::Heading(1 | 2) => "h2",
            BlockKind::Heading(3) => "h3",
            BlockKind::Heading(_) => "h4",
            BlockKind::Paragraph
            | BlockKind::Item
            | BlockKind::Quote
            | BlockKind::Cell
            | BlockKind::Loose
            | BlockKind::Pre => "p",
        };
        if block.kind == BlockKind::Item
            && let Some(list) = nearest(&[Tag::Ul, Tag::Ol, Tag::Dl])
            && self.scan.tree.tag(list) != Tag::Dl
        {
            containers.push((if self.scan.tree.tag(list) == Tag::Ol { "ol" } else { "ul" }, list));
            name = "li";
        } else if let Some(caption) = nearest(&[Tag::Figcaption]) {
            containers.push(("figure", caption));
            name = "figcaption";
        }
        self.within(&containers);
        self.element(name, |writer| writer.text(block, text));
    }

    /// Writes the table that begins here, if one does: cells of which some stand beside each other, none holding two
    /// blocks. No block is asked for more than twice: where a cell holds two, the rest of the run may be a table.
    fn table(&mut self, blocks: &[Option<&Block>], texts: &[String]) -> Run {
        let tree = self.scan.tree;
        let place = |block: &Block| {
            let row = tree.ancestors(block.node).take(2).find(|node| tree.tag(*node) == Tag::Tr)?;
            let table = tree.ancestors(row).take(3).find(|node| tree.tag(*node) == Tag::Table)?;
            (block.kind == BlockKind::Cell).then_some((table, row, block.node))
        };
        let Some((table, _, _)) = blocks.first().and_then(|block| place((*block)?)) else { return Run::Plain(0) };
        let run: Vec<(NodeId, NodeId)> = blocks
            .iter()
            .map_while(|block| place((*block)?))
            .take_while(|(other, _, _)| *other == table)
            .map(|(_, row, cell)| (row, cell))
            .collect();
        let beside = run.windows(2).any(|pair| pair[0].0 == pair[1].0);
        if !beside {
            return Run::Plain(run.len());
        }
        if let Some(shared) = run.windows(2).rposition(|pair| pair[0].1 == pair[1].1) {
            return Run::Plain(shared + 1);
        }
        self.within(&[("table", table)]);
        for (at, (row, cell)) in run.iter().enumerate() {
            self.within(&[("table", table), ("tr", *row)]);
            let name = if tree.tag(*cell) == Tag::Th { "th" } else { "td" };
            if let Some(block) = blocks[at] {
                self.element(name, |writer| writer.text(block, &texts[at]));
            }
        }
        self.close_to(0);
        Run::Table(run.len())
    }

    fn element(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push('>');
        inner(self);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// Writes a block's text with its links and emphasis; plainly, if the page's texts are not these characters.
    fn text(&mut self, block: &Block, text: &str) {
        let start = self.out.len();
        if !self.marked_text(block, text) {
            self.out.truncate(start);
            self.inline = Inline::default();
            escape(text, &mut self.out);
        }
    }

    fn marked_text(&mut self, block: &Block, text: &str) -> bool {
        let tree = self.scan.tree;
        let (first, last) = block.texts;
        let mut rest = text;
        let mut at = Some(first);
        for _ in 0..MAX_NODES {
            let Some(node) = at else { break };
            let skipped = match tree.data(node) {
                Data::Text(piece) => {
                    rest = self.piece(block, node, piece, rest);
                    false
                }
                Data::Element(element) => is_unread(element),
                Data::Void => false,
            };
            if node == last {
                break;
            }
            at = if skipped { tree.after(node, Tree::root()) } else { tree.following(node, Tree::root()) };
        }
        self.turn_to(Inline::default());
        rest.is_empty()
    }

    /// Writes as much of `rest` as stands in one text of the page, and gives back what is left of it.
    fn piece<'t>(&mut self, block: &Block, node: NodeId, piece: &str, rest: &'t str) -> &'t str {
        let is_blank = |c: char| c.is_whitespace() || is_dropped(c);
        let words = piece.trim_matches(is_blank);
        if words.is_empty() {
            return rest;
        }
        let mut left = rest;
        // Most pieces stand in the text as they are, the others without some of their blanks.
        if let Some(after) = rest.trim_start().strip_prefix(words) {
            left = after;
        } else {
            for word in words.split(is_blank).filter(|word| !word.is_empty()) {
                match left.trim_start().strip_prefix(word) {
                    Some(after) => left = after,
                    // A text that is hidden, or not the block's.
                    None => return rest,
                }
            }
        }
        let taken = &rest[..rest.len() - left.len()];
        if !taken.is_empty() {
            let inline = self.inline_of(block, node);
            let (blank, words) = taken.split_at(taken.len() - taken.trim_start().len());
            if self.inline != inline {
                // The blank before a link is not part of it.
                self.turn_to(Inline::default());
            }
            self.out.push_str(blank);
            self.turn_to(inline);
            escape(words, &mut self.out);
        }
        left
    }

    /// Closes and opens inline elements until these are open.
    fn turn_to(&mut self, wanted: Inline) {
        if self.inline == wanted {
            return;
        }
        for (open, tag) in
            [(self.inline.em, "</em>"), (self.inline.strong, "</strong>"), (self.inline.link.is_some(), "</a>")]
        {
            if open {
                self.out.push_str(tag);
            }
        }
        if let Some(href) = &wanted.link {
            self.out.push_str("<a href=\"");
            escape(href, &mut self.out);
            self.out.push_str("\">");
        }
        for (open, tag) in [(wanted.strong, "<strong>"), (wanted.em, "<em>")] {
            if open {
                self.out.push_str(tag);
            }
        }
        self.inline = wanted;
    }

    /// A link around many small pieces is written anew for each, and a short one brings the whole of the base.
    fn has_room_for(&self, href: &str) -> bool {
        href.len() <= MAX_HREF && self.out.len() + href.len() <= self.most
    }

    fn inline_of(&self, block: &Block, node: NodeId) -> Inline {
        let mut inline = Inline::default();
        for above in self.scan.tree.ancestors(node).take(MAX_INLINE).take_while(|above| *above != block.node) {
            match self.scan.tree.tag(above) {
                Tag::Strong | Tag::B => inline.strong = true,
                Tag::Em | Tag::I | Tag::Cite => inline.em = true,
                Tag::A => {
                    let href = self.scan.attribute(above, "href").map(str::trim).filter(|href| !href.starts_with('#'));
                    let url = href.and_then(|href| self.base.join(href).ok());
                    inline.link = url.map(|url| url.as_str().to_owned()).filter(|href| self.has_room_for(href));
                }
                _ => {}
            }
        }
        inline
    }
}

/// What the walk over the page leaves out of texts, beside blanks.
fn is_dropped(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{feff}' | '\0')
}

/// Writes text so that it is text in HTML, in an element as in a quoted attribute.
pub(crate) fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = first_sign(rest.as_bytes()) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

/// Where the first sign stands that is written as a reference. Most of a text has none: sixteen bytes are asked at once.
fn first_sign(text: &[u8]) -> Option<usize> {
    let is_sign = |byte: u8| (byte == b'&') | (byte == b'<') | (byte == b'>') | (byte == b'"');
    let (chunks, _) = text.as_chunks::<16>();
    let has_none = |chunk: &[u8; 16]| !chunk.iter().fold(false, |found, byte| found | is_sign(*byte));
    let plain = 16 * chunks.iter().take_while(|chunk| has_none(chunk)).count();
    text[plain..].iter().position(|byte| is_sign(*byte)).map(|at| plain + at)
}
