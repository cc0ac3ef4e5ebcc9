//! What stands between tokenizer and tree builder: tags that would open elements too deep go no further, and neither
//! do blanks and comments that nobody reads.
//!
//! Blanks beside the tags of blocks are most of the texts of a page, and words are parted there anyway. Whether a tag
//! begins or ends a block the tree builder alone knows (an end tag without its start tag does nothing), so blanks before
//! one are held until it is built, and come behind it if they were read after all. Blanks within a line are kept, and all
//! in elements that show them, or that may be opened anew by them.

use std::cell::{Cell, RefCell};

use html5ever::interface::Tracer;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    CharacterTokens, CommentToken, EndTag, StartTag, Tag, TagToken, Token, TokenSink, TokenSinkResult,
};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{LocalName, local_name};

use super::super::tokens::is_blank;
use super::tag::{is_block, tag_of};
use super::{MAX_DEPTH, NodeId, Place, Sink};

/// Stands between tokenizer and tree builder.
pub(super) struct Gate {
    builder: TreeBuilder<NodeId, Sink>,
    /// Names of swallowed start tags with their number: as many end tags are swallowed.
    dropped: RefCell<Vec<(LocalName, u32)>>,
    /// Names of elements that keep their blanks, with the number of start tags without their end tags.
    keeping: RefCell<Vec<(LocalName, u32)>>,
    /// Blanks that wait for what follows.
    held: Cell<Option<StrTendril>>,
}

impl Gate {
    pub(super) fn new(sink: Sink) -> Gate {
        Gate::before(TreeBuilder::new(sink, TreeBuilderOpts::default()))
    }

    /// For a text that stands in this element; it becomes the document's last child.
    pub(super) fn within(sink: Sink, element: NodeId) -> Gate {
        Gate::before(TreeBuilder::new_for_fragment(sink, element, None, TreeBuilderOpts::default()))
    }

    fn before(builder: TreeBuilder<NodeId, Sink>) -> Gate {
        Gate { builder, dropped: RefCell::default(), keeping: RefCell::default(), held: Cell::default() }
    }

    /// Where the nodes are put.
    pub(super) fn sink(&self) -> &Sink {
        &self.builder.sink
    }

    /// The same, when all is built.
    pub(super) fn into_sink(self) -> Sink {
        self.builder.sink
    }

    /// Where the next token would come to stand.
    fn place(&self) -> Place {
        // The tree builder tells which element is open only by asking for its name.
        let _known = self.builder.adjusted_current_node_present_but_not_in_html_namespace();
        self.sink().place()
    }

    fn keeps_blanks(&self) -> bool {
        self.keeping.borrow().iter().any(|(_, count)| *count > 0)
    }

    fn pass(&self, blanks: StrTendril) {
        let _read = self.builder.process_token(CharacterTokens(blanks), 1);
    }

    fn count(&self, tag: &Tag) {
        if !keeps_blanks(&tag.name) {
            return;
        }
        let mut keeping = self.keeping.borrow_mut();
        let known = keeping.iter_mut().find(|(name, _)| *name == tag.name);
        match (tag.kind, known) {
            (StartTag, Some((_, count))) => *count += 1,
            (StartTag, None) => keeping.push((tag.name.clone(), 1)),
            (EndTag, Some((_, count))) => *count = count.saturating_sub(1),
            (EndTag, None) => {}
        }
    }

    fn swallows(&self, tag: &Tag) -> bool {
        match tag.kind {
            StartTag => {
                let sink = &self.builder.sink;
                let open = sink.is_full() || sink.depth.get() < MAX_DEPTH || tag.self_closing || is_raw_text(&tag.name);
                if open {
                    return sink.is_full();
                }
                // The tree builder does not tell of every element that it closes: count those that are open.
                let counter = Counter::default();
                self.builder.trace_handles(&counter);
                if counter.0.get() < MAX_DEPTH {
                    sink.depth.set(counter.0.get());
                    return false;
                }
                sink.too_deep.set(true);
                let mut dropped = self.dropped.borrow_mut();
                if let Some((_, count)) = dropped.iter_mut().find(|(name, _)| *name == tag.name) {
                    *count += 1;
                } else if dropped.len() < 64 {
                    dropped.push((tag.name.clone(), 1));
                }
                true
            }
            EndTag => {
                let mut dropped = self.dropped.borrow_mut();
                dropped.iter_mut().find(|(name, count)| *name == tag.name && *count > 0).is_some_and(|(_, count)| {
                    *count -= 1;
                    true
                })
            }
        }
    }
}

/// Counts the elements that the tree builder holds.
#[derive(Default)]
struct Counter(Cell<u32>);

impl Tracer for Counter {
    type Handle = NodeId;

    fn trace_handle(&self, _node: &NodeId) {
        self.0.set(self.0.get() + 1);
    }
}

impl TokenSink for Gate {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        match &token {
            CharacterTokens(text) if is_blank(text) && !self.keeps_blanks() => {
                if self.place() != Place::Border {
                    self.held.set(Some(text.clone()));
                }
                return TokenSinkResult::Continue;
            }
            CommentToken(_) if self.place() == Place::Border => return TokenSinkResult::Continue,
            TagToken(tag) => {
                if self.swallows(tag) {
                    return TokenSinkResult::Continue;
                }
                self.count(tag);
                if let Some(blanks) = self.held.take() {
                    // Words that follow the tag of a table at once come to stand before it, behind these blanks.
                    let opens_table = tag.kind == StartTag && tag.name == local_name!("table");
                    if is_block(tag_of(&tag.name)) && !opens_table {
                        let result = self.builder.process_token(token, line);
                        // A tag that did nothing where it stands parts nothing.
                        if self.place() == Place::Within {
                            self.pass(blanks);
                        }
                        return result;
                    }
                    self.pass(blanks);
                }
            }
            _ => {
                if let Some(blanks) = self.held.take() {
                    self.pass(blanks);
                }
            }
        }
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Elements whose text the tokenizer reads in a state of its own; they hold no elements.
fn is_raw_text(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("script")
            | local_name!("style")
            | local_name!("title")
            | local_name!("textarea")
            | local_name!("xmp")
            | local_name!("iframe")
            | local_name!("noembed")
            | local_name!("noframes")
            | local_name!("noscript")
    )
}

/// Elements in which blanks are shown, and those that a blank opens anew in the next block if their own left them open.
fn keeps_blanks(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("pre")
            | local_name!("listing")
            | local_name!("a")
            | local_name!("b")
            | local_name!("big")
            | local_name!("code")
            | local_name!("em")
            | local_name!("font")
            | local_name!("i")
            | local_name!("nobr")
            | local_name!("s")
            | local_name!("small")
            | local_name!("strike")
            | local_name!("strong")
            | local_name!("tt")
            | local_name!("u")
    )
}
