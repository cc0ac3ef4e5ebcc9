//! The walk: one pass over the tree in reading order.

use html5ever::{local_name, ns};

use super::super::tree::{Data, Element, NodeId, Tag, Tree, is_block};
use super::around::Around;
use super::elements::{OWN, block_kind, facts, has_words};
use super::names::Names;
use super::{Block, BlockKind, MAX_ANCHORS, Mark, Picture, RawAnchor, Region, Scan, is_blank};

/// Marked elements of a page that are kept.
const MAX_MARKS: usize = 5_000;

struct Frame {
    link: bool,
    hidden: bool,
    block: NodeId,
    kind: BlockKind,
    anchor: Option<usize>,
    mark: Option<usize>,
    region: Option<usize>,
    is_block: bool,
    noscript: bool,
}

struct Walker<'t> {
    scan: Scan<'t>,
    stack: Vec<Frame>,
    names: Names<'t>,
    /// Start of the open block in the text.
    start: usize,
    pending_blank: bool,
    chars: u32,
    link_chars: u32,
    block_first: u32,
    block_last: u32,
    block_texts: (NodeId, NodeId),
    block_node: NodeId,
    block_kind: BlockKind,
    /// Number of the element or text at hand; they are numbered in reading order.
    number: u32,
}

/// Walks a tree once.
pub(crate) fn scan(tree: &Tree) -> Scan<'_> {
    let root = Tree::root();
    let nodes = tree.len();
    let mut walker = Walker {
        scan: Scan {
            tree,
            text: String::with_capacity(16 << 10),
            blocks: Vec::with_capacity(nodes / 16),
            anchors: Vec::with_capacity(nodes / 32),
            marks: Vec::with_capacity(nodes / 32),
            images: Vec::new(),
            metas: Vec::new(),
            links: Vec::new(),
            scripts: Vec::new(),
            title: None,
            base: None,
            html: None,
            body: None,
            too_many_links: false,
            regions: Vec::with_capacity(nodes / 8),
        },
        stack: Vec::new(),
        names: Names::default(),
        start: 0,
        pending_blank: false,
        chars: 0,
        link_chars: 0,
        block_first: 0,
        block_last: 0,
        block_texts: (root, root),
        block_node: root,
        block_kind: BlockKind::Loose,
        number: 0,
    };
    walker.walk(root);
    let mut scan = walker.scan;
    scan.settle();
    scan
}

impl<'t> Walker<'t> {
    fn walk(&mut self, root: NodeId) {
        let tree = self.scan.tree;
        let mut at = root;
        loop {
            self.number += 1;
            let descend = match tree.data(at) {
                Data::Void => at == root,
                Data::Text(text) => {
                    self.text(at, text);
                    false
                }
                Data::Element(element) => self.enter(at, element),
            };
            if descend && let Some(child) = tree.first_child(at) {
                at = child;
                continue;
            }
            if descend && at != root {
                self.leave();
            }
            loop {
                if at == root {
                    self.flush();
                    return;
                }
                if let Some(next) = tree.next_sibling(at) {
                    at = next;
                    break;
                }
                let Some(parent) = tree.parent(at) else { return };
                at = parent;
                if at != root {
                    self.leave();
                }
            }
        }
    }

    /// Looks at an element; true if what lies in it is to be walked (then [`Walker::leave`] follows).
    fn enter(&mut self, id: NodeId, element: Element<'t>) -> bool {
        match element.tag {
            // They speak of another page: the one that needs no scripts.
            Tag::Script | Tag::Meta | Tag::Link | Tag::Title | Tag::Base
                if self.stack.last().is_some_and(|frame| frame.noscript) =>
            {
                return false;
            }
            Tag::Noscript if !self.scan.tree.children(id).any(|below| self.scan.tree.element(below).is_some()) => {
                return false;
            }
            Tag::Script => {
                let kind = element.attribute(&local_name!("type")).unwrap_or_default();
                if kind.trim().to_ascii_lowercase().starts_with("application/ld+json") {
                    self.scan.scripts.push(id);
                }
                return false;
            }
            Tag::Style | Tag::Template | Tag::Object | Tag::Textarea | Tag::Select | Tag::Math | Tag::Svg => {
                return false;
            }
            Tag::Meta => self.scan.metas.push(id),
            Tag::Link => self.scan.links.push(id),
            Tag::Title => {
                if self.scan.title.is_none() && element.name.ns == ns!(html) {
                    self.scan.title = Some(id);
                }
                return false;
            }
            Tag::Base if element.attribute(&local_name!("href")).is_some() => {
                self.scan.base = self.scan.base.or(Some(id));
            }
            Tag::Br | Tag::Hr => {
                self.flush();
                return false;
            }
            Tag::Html => self.scan.html = self.scan.html.or(Some(id)),
            Tag::Body => self.scan.body = self.scan.body.or(Some(id)),
            _ => {}
        }
        if element.tag == Tag::Img {
            self.image(id);
            return false;
        }
        self.open(id, element);
        true
    }

    fn image(&mut self, id: NodeId) {
        if self.scan.images.len() < 1000 {
            let at = self.scan.text.len();
            self.scan.images.push(Picture { node: id, at, around: Around::NONE, number: self.number });
        }
        if let Some(anchor) = self.stack.iter().rev().take(8).find_map(|frame| frame.anchor) {
            self.scan.anchors[anchor].picture = true;
        }
    }

    fn open(&mut self, id: NodeId, element: Element<'t>) {
        let (mut link, mut hidden, mut block, mut kind) = match self.stack.last() {
            Some(frame) => (frame.link, frame.hidden, frame.block, frame.kind),
            None => (false, false, id, BlockKind::Loose),
        };
        let own = facts(element, &mut self.names);
        let noscript = element.tag == Tag::Noscript;
        let is_block = is_block(element.tag) || (noscript && has_words(self.scan.tree, id));
        if is_block {
            self.flush();
            block = id;
            kind = block_kind(element.tag, kind);
        }
        if element.tag == Tag::A {
            link = true;
        }
        hidden |= !is_block && (noscript || own.has(Around::HIDDEN));
        let noscript = noscript || self.stack.last().is_some_and(|frame| frame.noscript);
        let anchor = self.open_anchor(id, element);
        let heading = own.has(Around::HEADING);
        if heading && let Some(anchor) = self.stack.iter().rev().take(6).find_map(|frame| frame.anchor) {
            let seen = &mut self.scan.anchors[anchor].around;
            *seen = seen.with(Around::HEADING);
        }
        let mark = self.open_mark(id, element, own);
        let region = (own != Around::NONE).then(|| {
            self.scan.regions.push(Region {
                facts: own,
                first: self.number,
                last: u32::MAX,
                range: self.here()..usize::MAX,
            });
            self.scan.regions.len() - 1
        });
        self.stack.push(Frame { link, hidden, block, kind, anchor, mark, region, is_block, noscript });
    }

    fn open_mark(&mut self, id: NodeId, element: Element, own: Around) -> Option<usize> {
        let property = element.attribute(&local_name!("itemprop")).is_some()
            || element.attribute(&local_name!("property")).is_some();
        let wanted = property
            || own.has(OWN.with(Around::HEADING).with(Around::ARTICLE).with(Around::MAIN).with(Around::TAGS))
            || matches!(element.tag, Tag::Time | Tag::Address)
            || element.attribute(&local_name!("rel")).is_some_and(|rel| rel.contains("author"));
        if !wanted || self.scan.marks.len() >= MAX_MARKS {
            return None;
        }
        self.scan.marks.push(Mark {
            node: id,
            range: self.here()..usize::MAX,
            own,
            around: Around::NONE,
            property,
            number: self.number,
        });
        Some(self.scan.marks.len() - 1)
    }

    fn open_anchor(&mut self, id: NodeId, element: Element) -> Option<usize> {
        if element.tag != Tag::A || element.attribute(&local_name!("href")).is_none() {
            return None;
        }
        if self.scan.anchors.len() >= MAX_ANCHORS {
            self.scan.too_many_links = true;
            return None;
        }
        self.scan.anchors.push(RawAnchor {
            node: id,
            range: self.here()..usize::MAX,
            around: Around::NONE,
            picture: false,
            number: self.number,
        });
        Some(self.scan.anchors.len() - 1)
    }

    /// Where the next character will stand, the blank before it not counted.
    fn here(&self) -> usize {
        self.scan.text.len() + usize::from(self.pending_blank && self.scan.text.len() > self.start)
    }

    fn leave(&mut self) {
        let Some(frame) = self.stack.pop() else { return };
        if frame.is_block {
            self.flush();
        }
        let end = self.scan.text.len();
        if let Some(anchor) = frame.anchor {
            let range = &mut self.scan.anchors[anchor].range;
            *range = range.start.min(end)..end;
        }
        if let Some(mark) = frame.mark {
            let range = &mut self.scan.marks[mark].range;
            *range = range.start.min(end)..end;
        }
        if let Some(region) = frame.region {
            let region = &mut self.scan.regions[region];
            region.last = self.number;
            region.range = region.range.start.min(end)..end;
        }
    }

    fn text(&mut self, id: NodeId, text: &str) {
        let Some(frame) = self.stack.last() else { return };
        if frame.hidden {
            return;
        }
        let (block, kind, link) = (frame.block, frame.kind, frame.link);
        let mut rest = text;
        loop {
            let words = rest.get(blank_length(rest)..).unwrap_or_default();
            self.pending_blank |= words.len() < rest.len();
            if words.is_empty() {
                return;
            }
            let (end, blanks) = words_end(words);
            let (words, tail) = words.split_at(end);
            rest = tail;
            let out = &mut self.scan.text;
            if out.len() == self.start {
                self.block_first = self.number;
                self.block_texts.0 = id;
                self.block_node = block;
                self.block_kind = kind;
            } else if self.pending_blank {
                out.push(' ');
            }
            self.pending_blank = false;
            self.block_last = self.number;
            self.block_texts.1 = id;
            out.push_str(words);
            let weight = weight(words) - blanks;
            self.chars += weight;
            if link {
                self.link_chars += weight;
            }
        }
    }

    fn flush(&mut self) {
        let end = self.scan.text.len();
        if end > self.start {
            self.scan.blocks.push(Block {
                range: self.start..end,
                node: self.block_node,
                around: Around::NONE,
                kind: self.block_kind,
                chars: self.chars,
                link_chars: self.link_chars,
                texts: self.block_texts,
                first: self.block_first,
                last: self.block_last,
            });
            self.scan.text.push('\n');
        }
        self.start = self.scan.text.len();
        self.pending_blank = false;
        self.chars = 0;
        self.link_chars = 0;
    }
}

/// Bytes with which a blank may begin, those beyond ASCII included.
static MAY_BE_BLANK: [bool; 256] = {
    let mut list = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        list[byte] = matches!(byte as u8, 0..=b' ' | 0xc2 | 0xe1 | 0xe2 | 0xe3 | 0xef);
        byte += 1;
    }
    list
};

/// Length of the blank with which a text begins; 0 if it begins with none.
fn blank_at(text: &str, at: usize) -> usize {
    match text.as_bytes().get(at) {
        Some(0 | b'\t'..=b'\r' | b' ') => 1,
        // The first bytes of all blanks beyond ASCII.
        Some(0xc2 | 0xe1 | 0xe2 | 0xe3 | 0xef) => {
            text[at..].chars().next().filter(|c| is_blank(*c)).map_or(0, char::len_utf8)
        }
        _ => 0,
    }
}

/// Length of all blanks with which a text begins.
pub(super) fn blank_length(text: &str) -> usize {
    let is_plain = |byte: &u8| matches!(byte, b'\t'..=b'\r' | b' ');
    if text.as_bytes().first().is_some_and(|first| !MAY_BE_BLANK[usize::from(*first)]) {
        return 0;
    }
    let mut end = 0;
    loop {
        let rest = &text.as_bytes()[end..];
        end += rest.iter().position(|byte| !is_plain(byte)).unwrap_or(rest.len());
        match blank_at(text, end) {
            0 => return end,
            length => end += length,
        }
    }
}

/// Where the words that single spaces part end, and how many spaces these are.
pub(super) fn words_end(text: &str) -> (usize, u32) {
    let bytes = text.as_bytes();
    let may_be_blank = |byte: &u8| MAY_BE_BLANK[usize::from(*byte)];
    let (mut end, mut blanks) = (0, 0);
    let mut next_look = 0;
    while let Some(byte) = bytes.get(end) {
        if end >= next_look {
            if let Some(spaces) = single_spaces(&bytes[end..]) {
                end += CHUNK;
                blanks += spaces;
                continue;
            }
            next_look = end + CHUNK;
        }
        if may_be_blank(byte) && blank_at(text, end) > 0 {
            let next = bytes.get(end + 1).filter(|_| *byte == b' ');
            if next.is_none_or(|next| may_be_blank(next) && blank_at(text, end + 1) > 0) {
                break;
            }
            blanks += 1;
        }
        end += 1;
    }
    (end, blanks)
}

/// Bytes that [`single_spaces`] looks at at once.
const CHUNK: usize = 16;

/// The number of single spaces in the first bytes of a text; `None` if words may end there, or the text does.
fn single_spaces(text: &[u8]) -> Option<u32> {
    let here = text.first_chunk::<CHUNK>()?;
    let next = text[1..].first_chunk::<CHUNK>()?;
    // As in `MAY_BE_BLANK`, but in a form that is computed for all bytes together.
    let is_lead = |byte: u8| (byte == 0xc2) | (byte.wrapping_sub(0xe1) < 3) | (byte == 0xef);
    let (mut ends, mut spaces) = (false, 0_u8);
    for (byte, next) in here.iter().zip(next) {
        let is_space = *byte == b' ';
        ends |= (*byte < b' ') | is_lead(*byte) | is_space & ((*next <= b' ') | is_lead(*next));
        spaces += u8::from(is_space);
    }
    (!ends).then_some(u32::from(spaces))
}

/// How much a text says, in letters.
pub(crate) fn weight(text: &str) -> u32 {
    // The first byte of kana, the first characters that count for more.
    match text.bytes().fold(0, u8::max) {
        0..0x80 => text.len() as u32,
        0x80..0xe3 => text.chars().count() as u32,
        0xe3.. => text.chars().map(letters).sum(),
    }
}

/// How many letters a character stands for: an ideograph or kana for about three.
fn letters(c: char) -> u32 {
    match u32::from(c) {
        0x3040..=0x30ff
        | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xac00..=0xd7af
        | 0xf900..=0xfaff
        | 0x2_0000..=0x2_ffff => 3,
        _ => 1,
    }
}
