//! An HTML tree in one flat vector, built by html5ever within a budget of nodes, depth and time.
//!
//! Nothing here recurses: nodes are numbers, walks follow links, dropping the tree drops one vector.

mod gate;
mod tag;

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};
use std::ops::Range;
use std::time::{Duration, Instant};

#[cfg(test)]
use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
#[cfg(test)]
use html5ever::tokenizer::{Tokenizer, TokenizerOpts};
#[cfg(test)]
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, LocalName, QualName};

use super::tokens::{self, MAX_ATTRIBUTES, Names, Spare, Tokens};
use gate::Gate;
use tag::tag_of;
pub(crate) use tag::{Tag, is_block};

/// Nodes of a page that are kept; real pages stay under 30,000.
const MAX_NODES: usize = 200_000;
/// Attributes of all elements together; formatting is opened anew in every paragraph, with all of its own.
const MAX_ALL_ATTRIBUTES: usize = 500_000;
/// Open elements of a page; browsers stop at 512 too. html5ever looks through all of them at every tag.
const MAX_DEPTH: u32 = 512;
/// Time for building one tree.
const MAX_TIME: Duration = Duration::from_secs(2);
/// Scripts and the like that are passed over in search of the last text.
const MAX_UNREAD: usize = 8;
/// Tokens between two looks at the clock.
const LOOK: u32 = 64;

/// A node's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(u32);

impl NodeId {
    /// As an index of a vector with one slot a node.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

const NONE: u32 = u32::MAX;
const ROOT: NodeId = NodeId(0);

/// What a node is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Data<'t> {
    /// The document, a comment, a processing instruction: nothing that is read.
    Void,
    /// An element.
    Element(Element<'t>),
    /// A text.
    Text(&'t str),
}

/// An element: its name and attributes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'t> {
    /// The name, as one of those that are asked for.
    pub(crate) tag: Tag,
    /// The name as it stands.
    pub(crate) name: &'t QualName,
    /// Attributes in source order.
    pub(crate) attributes: &'t [Attribute],
}

impl<'t> Element<'t> {
    /// The value of an attribute.
    pub(crate) fn attribute(&self, name: &LocalName) -> Option<&'t str> {
        self.attributes.iter().find(|a| a.name.local == *name).map(|a| &*a.value)
    }

    /// The value of an attribute that is known by text only.
    pub(crate) fn attribute_named(&self, name: &str) -> Option<&'t str> {
        self.attributes.iter().find(|a| &*a.name.local == name).map(|a| &*a.value)
    }
}

#[derive(Debug)]
struct Node {
    parent: u32,
    first: u32,
    last: u32,
    previous: u32,
    next: u32,
    depth: u32,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Void,
    /// The attributes are a range of the tree's: one allocation for all of them.
    Element(Tag, QualName, Range<u32>),
    Text(StrTendril),
}

/// A parsed page.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    /// Which budget cut the page; `None` if all of it was read.
    pub(crate) cut: Option<&'static str>,
}

impl Tree {
    /// Parses a text; never fails, and never takes much longer than two seconds.
    pub(crate) fn parse(text: &str) -> Tree {
        let started = Instant::now();
        let whole = tokens::prepared(text);
        let mut names = Names::default();
        let (mut sink, mut cut) = build(&whole, &mut names, Gate::new(Sink::new(whole.len())), started);
        for (noscript, text) in sink.unread() {
            if cut.is_none() && started.elapsed() > MAX_TIME {
                cut = Some("time");
            }
            if cut.is_some() {
                break;
            }
            let top = sink.nodes.borrow().len();
            (sink, cut) = build(&text, &mut names, Gate::within(sink, noscript), started);
            sink.unfold(noscript, NodeId(top as u32));
        }
        if cut.is_none() && sink.too_deep.get() {
            cut = Some("depth");
        }
        let (nodes, attributes) = sink.finish();
        Tree { nodes, attributes, cut }
    }

    /// The tree as html5ever builds it for browsers that run scripts.
    #[cfg(test)]
    pub(super) fn for_scripts(text: &str) -> Tree {
        let whole = tokens::prepared(text);
        let gate = Gate::new(Sink::new(whole.len()));
        let (sink, cut) = build(&whole, &mut Names::default(), gate, Instant::now());
        let (nodes, attributes) = sink.finish();
        Tree { nodes, attributes, cut }
    }

    /// The tree as html5ever builds it from its own tokens.
    #[cfg(test)]
    pub(super) fn by_html5ever(text: &str) -> Tree {
        let builder = TreeBuilder::new(Sink::new(text.len()), TreeBuilderOpts::default());
        let tokenizer = Tokenizer::new(builder, TokenizerOpts::default());
        let input = BufferQueue::default();
        input.push_back(StrTendril::from_slice(text));
        // It stops behind a script, and at what names an encoding.
        while !input.is_empty() {
            let _stopped = tokenizer.feed(&input);
        }
        tokenizer.end();
        let (nodes, attributes) = tokenizer.sink.sink.finish();
        Tree { nodes, attributes, cut: None }
    }

    /// The document node.
    pub(crate) fn root() -> NodeId {
        ROOT
    }

    /// Number of nodes.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// What a node is.
    pub(crate) fn data(&self, id: NodeId) -> Data<'_> {
        match &self.nodes[id.index()].content {
            Content::Void => Data::Void,
            Content::Element(tag, name, attributes) => {
                let attributes = &self.attributes[places(attributes)];
                Data::Element(Element { tag: *tag, name, attributes })
            }
            Content::Text(text) => Data::Text(text),
        }
    }

    /// The element, if the node is one.
    pub(crate) fn element(&self, id: NodeId) -> Option<Element<'_>> {
        match self.data(id) {
            Data::Element(element) => Some(element),
            Data::Void | Data::Text(_) => None,
        }
    }

    /// The name of the element; `Other` for all other nodes.
    pub(crate) fn tag(&self, id: NodeId) -> Tag {
        match &self.nodes[id.index()].content {
            Content::Element(tag, ..) => *tag,
            Content::Void | Content::Text(_) => Tag::Other,
        }
    }

    /// The node above.
    pub(crate) fn parent(&self, id: NodeId) -> Option<NodeId> {
        known(self.nodes[id.index()].parent)
    }

    /// The first node below.
    pub(crate) fn first_child(&self, id: NodeId) -> Option<NodeId> {
        known(self.nodes[id.index()].first)
    }

    /// The node before, with the same parent.
    pub(crate) fn previous_sibling(&self, id: NodeId) -> Option<NodeId> {
        known(self.nodes[id.index()].previous)
    }

    /// The node after, with the same parent.
    pub(crate) fn next_sibling(&self, id: NodeId) -> Option<NodeId> {
        known(self.nodes[id.index()].next)
    }

    /// The nodes above, nearest first.
    pub(crate) fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(id), |id| self.parent(*id))
    }

    /// The nodes directly below.
    pub(crate) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.first_child(id), |id| self.next_sibling(*id))
    }

    /// The next node in document order within `top`; `None` at its end.
    pub(crate) fn following(&self, id: NodeId, top: NodeId) -> Option<NodeId> {
        self.first_child(id).or_else(|| self.after(id, top))
    }

    /// The next node in document order that does not lie below `id`.
    pub(crate) fn after(&self, id: NodeId, top: NodeId) -> Option<NodeId> {
        let mut at = id;
        while at != top {
            if let Some(next) = self.next_sibling(at) {
                return Some(next);
            }
            at = self.parent(at)?;
        }
        None
    }

    /// All nodes at and below `top` in document order.
    pub(crate) fn descendants(&self, top: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(Some(top), move |id| self.following(*id, top))
    }
}

fn places(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

fn known(id: u32) -> Option<NodeId> {
    (id != NONE).then_some(NodeId(id))
}

/// Builds what a text says, and tells which budget cut it.
fn build(text: &StrTendril, names: &mut Names, gate: Gate, started: Instant) -> (Sink, Option<&'static str>) {
    let spare = gate.sink().spare.clone();
    let mut tokens = Tokens::new(text, names, spare, gate);
    let mut cut = None;
    let mut steps = 0_u32;
    while cut.is_none() && tokens.step() {
        steps += 1;
        if tokens.sink.sink().is_full() {
            cut = Some("nodes");
        } else if steps.is_multiple_of(LOOK) && started.elapsed() > MAX_TIME {
            cut = Some("time");
        }
    }
    if cut.is_none() {
        tokens.finish();
    }
    (tokens.sink.into_sink(), cut)
}

/// What stands before a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Words, or an element that does not part them from what follows.
    Within,
    /// The tag of an element that parts words, and no words behind it.
    Border,
    /// A tag of a table, outside of its cells: words that follow at once come to stand before the table.
    Table,
}

/// Where html5ever's tree builder puts its nodes.
struct Sink {
    nodes: RefCell<Vec<Node>>,
    /// Attributes of all elements.
    attributes: RefCell<Vec<Attribute>>,
    spare: Spare,
    noscripts: RefCell<Vec<NodeId>>,
    /// Depth of the element that is open at the moment; one too many after elements that stay empty.
    depth: Cell<u32>,
    too_deep: Cell<bool>,
    /// A bound of nodes or attributes is reached.
    full: Cell<bool>,
    /// The element whose name was asked for last.
    asked: Cell<NodeId>,
}

impl Sink {
    fn new(text_bytes: usize) -> Sink {
        let mut nodes = Vec::with_capacity((text_bytes / 40).min(MAX_NODES) + 16);
        nodes.push(Node::new(Content::Void));
        let attributes = Vec::with_capacity((text_bytes / 60).min(MAX_ALL_ATTRIBUTES));
        Sink {
            nodes: RefCell::new(nodes),
            attributes: RefCell::new(attributes),
            spare: Spare::default(),
            noscripts: RefCell::default(),
            depth: Cell::new(0),
            too_deep: Cell::new(false),
            full: Cell::new(false),
            asked: Cell::new(ROOT),
        }
    }

    fn is_full(&self) -> bool {
        self.full.get()
    }

    /// What parts the place at hand, at the end of the element that was asked for last, from the words before it.
    fn place(&self) -> Place {
        let nodes = self.nodes.borrow();
        let Node { content: Content::Element(tag, ..), last, .. } = &nodes[self.asked.get().index()] else {
            return Place::Within;
        };
        match tag {
            // In the head of a page no words stand.
            Tag::Head => return Place::Border,
            Tag::Table | Tag::Tbody | Tag::Tfoot | Tag::Thead | Tag::Tr => return Place::Table,
            _ => {}
        }
        let mut last = *last;
        for _ in 0..MAX_UNREAD {
            let Some(node) = known(last).map(|id| &nodes[id.index()]) else { break };
            match &node.content {
                Content::Void | Content::Element(Tag::Script | Tag::Style | Tag::Meta | Tag::Link, ..) => {
                    last = node.previous;
                }
                Content::Element(tag, ..) if is_block(*tag) || matches!(tag, Tag::Br | Tag::Hr | Tag::Head) => {
                    return Place::Border;
                }
                Content::Element(..) | Content::Text(_) => return Place::Within,
            }
        }
        if last == NONE && is_block(*tag) { Place::Border } else { Place::Within }
    }

    /// What browsers keep for readers without scripts: `noscript` elements of the body whose text has tags in it.
    fn unread(&self) -> Vec<(NodeId, StrTendril)> {
        let nodes = self.nodes.borrow();
        let tag = |node: &Node| match &node.content {
            Content::Element(tag, ..) => *tag,
            Content::Text(_) | Content::Void => Tag::Other,
        };
        let is_in_head = |node: &Node| known(node.parent).is_some_and(|above| tag(&nodes[above.index()]) == Tag::Head);
        let text = |node: &Node| match &nodes[known(node.first)?.index()].content {
            Content::Text(text) => text.contains('<').then(|| text.clone()),
            Content::Element(..) | Content::Void => None,
        };
        let unread = |id: &NodeId| {
            let node = &nodes[id.index()];
            (!is_in_head(node)).then(|| Some((*id, text(node)?)))?
        };
        self.noscripts.borrow().iter().filter_map(unread).collect()
    }

    /// Hangs what was built below `top` into an element, in place of its text.
    fn unfold(&self, element: NodeId, top: NodeId) {
        let text = known(self.nodes.borrow()[element.index()].first);
        if let Some(text) = text {
            self.remove_from_parent(&text);
        }
        self.reparent_children(&top, &element);
        self.remove_from_parent(&top);
    }

    fn add(&self, content: Content) -> NodeId {
        let mut nodes = self.nodes.borrow_mut();
        let id = NodeId(nodes.len() as u32);
        nodes.push(Node::new(content));
        if nodes.len() >= MAX_NODES {
            self.full.set(true);
        }
        id
    }

    fn attach(&self, parent: NodeId, child: NodeId) {
        let mut nodes = self.nodes.borrow_mut();
        detach(&mut nodes, child);
        let last = nodes[parent.index()].last;
        let depth = nodes[parent.index()].depth + 1;
        {
            let node = &mut nodes[child.index()];
            node.parent = parent.0;
            node.previous = last;
            node.next = NONE;
            node.depth = depth;
        }
        match known(last) {
            Some(last) => nodes[last.index()].next = child.0,
            None => nodes[parent.index()].first = child.0,
        }
        nodes[parent.index()].last = child.0;
        self.note_depth(&nodes, child);
    }

    fn attach_before(&self, sibling: NodeId, child: NodeId) {
        let mut nodes = self.nodes.borrow_mut();
        detach(&mut nodes, child);
        let Node { parent, previous, depth, .. } = nodes[sibling.index()];
        {
            let node = &mut nodes[child.index()];
            node.parent = parent;
            node.previous = previous;
            node.next = sibling.0;
            node.depth = depth;
        }
        nodes[sibling.index()].previous = child.0;
        match known(previous) {
            Some(previous) => nodes[previous.index()].next = child.0,
            None => {
                if let Some(parent) = known(parent) {
                    nodes[parent.index()].first = child.0;
                }
            }
        }
        self.note_depth(&nodes, child);
    }

    fn note_depth(&self, nodes: &[Node], child: NodeId) {
        let node = &nodes[child.index()];
        if matches!(node.content, Content::Element(..)) {
            self.depth.set(node.depth);
        }
    }

    /// Adds a text after the last child, or to it.
    fn append_text(&self, parent: NodeId, text: StrTendril) {
        let last = known(self.nodes.borrow()[parent.index()].last);
        if !last.is_some_and(|last| self.extend_text(last, &text)) {
            let id = self.add(Content::Text(text));
            self.attach(parent, id);
        }
    }

    fn extend_text(&self, id: NodeId, text: &StrTendril) -> bool {
        match &mut self.nodes.borrow_mut()[id.index()].content {
            Content::Text(existing) => {
                existing.push_tendril(text);
                true
            }
            Content::Void | Content::Element(..) => false,
        }
    }
}

impl Node {
    fn new(content: Content) -> Node {
        Node { parent: NONE, first: NONE, last: NONE, previous: NONE, next: NONE, depth: 0, content }
    }
}

fn detach(nodes: &mut [Node], child: NodeId) {
    let Node { parent, previous, next, .. } = nodes[child.index()];
    let Some(parent) = known(parent) else { return };
    match known(previous) {
        Some(previous) => nodes[previous.index()].next = next,
        None => nodes[parent.index()].first = next,
    }
    match known(next) {
        Some(next) => nodes[next.index()].previous = previous,
        None => nodes[parent.index()].last = previous,
    }
    let node = &mut nodes[child.index()];
    node.parent = NONE;
    node.previous = NONE;
    node.next = NONE;
}

impl TreeSink for Sink {
    type Handle = NodeId;
    type Output = (Vec<Node>, Vec<Attribute>);
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> (Vec<Node>, Vec<Attribute>) {
        (self.nodes.into_inner(), self.attributes.into_inner())
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        self.asked.set(*target);
        Ref::map(self.nodes.borrow(), |nodes| match &nodes[target.index()].content {
            Content::Element(_, name, _) => name,
            Content::Void | Content::Text(_) => unreachable!("html5ever asks for the names of elements only"),
        })
    }

    fn create_element(&self, name: QualName, mut attributes: Vec<Attribute>, _flags: ElementFlags) -> NodeId {
        let tag = tag_of(&name.local);
        let mut all = self.attributes.borrow_mut();
        let start = all.len() as u32;
        all.append(&mut attributes);
        self.spare.set(attributes);
        if all.len() >= MAX_ALL_ATTRIBUTES {
            self.full.set(true);
        }
        let id = self.add(Content::Element(tag, name, start..all.len() as u32));
        if tag == Tag::Noscript {
            self.noscripts.borrow_mut().push(id);
        }
        id
    }

    fn create_comment(&self, _text: StrTendril) -> NodeId {
        self.add(Content::Void)
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> NodeId {
        self.add(Content::Void)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        match child {
            NodeOrText::AppendNode(node) => self.attach(*parent, node),
            NodeOrText::AppendText(text) => self.append_text(*parent, text),
        }
    }

    fn append_based_on_parent_node(&self, element: &NodeId, previous: &NodeId, child: NodeOrText<NodeId>) {
        let has_parent = self.nodes.borrow()[element.index()].parent != NONE;
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _name: StrTendril, _public_id: StrTendril, _system_id: StrTendril) {}

    fn pop(&self, node: &NodeId) {
        self.depth.set(self.nodes.borrow()[node.index()].depth.saturating_sub(1));
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        *target
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        match child {
            NodeOrText::AppendNode(node) => self.attach_before(*sibling, node),
            NodeOrText::AppendText(text) => {
                let previous = known(self.nodes.borrow()[sibling.index()].previous);
                if !previous.is_some_and(|previous| self.extend_text(previous, &text)) {
                    let id = self.add(Content::Text(text));
                    self.attach_before(*sibling, id);
                }
            }
        }
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attributes: Vec<Attribute>) {
        let mut nodes = self.nodes.borrow_mut();
        let Content::Element(_, _, range) = &mut nodes[target.index()].content else { return };
        let mut all = self.attributes.borrow_mut();
        let known = &all[places(range)];
        let mut missing = attributes;
        missing.retain(|new| known.iter().all(|known| known.name != new.name));
        missing.truncate(MAX_ATTRIBUTES.saturating_sub(known.len()));
        if !missing.is_empty() {
            let start = all.len();
            all.extend_from_within(places(range));
            all.append(&mut missing);
            self.full.set(self.full.get() || all.len() >= MAX_ALL_ATTRIBUTES);
            *range = start as u32..all.len() as u32;
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        detach(&mut self.nodes.borrow_mut(), *target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        loop {
            let child = known(self.nodes.borrow()[node.index()].first);
            let Some(child) = child else { return };
            self.attach(*new_parent, child);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(tree: &Tree) -> String {
        tree.descendants(ROOT)
            .filter_map(|id| tree.element(id))
            .map(|e| e.name.local.to_string())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn a_page_becomes_a_tree_as_the_standard_says() {
        let tree = Tree::parse("<title>x</title><p>a<p>b<table><p>c<tr><td>d</table>");
        assert_eq!(names(&tree), "html head title body p p p table tbody tr td");
        assert_eq!(tree.cut, None);
    }

    #[test]
    fn what_stands_in_noscript_is_read_as_a_page_of_its_own() {
        let tree = Tree::parse("<p>a<noscript><div><img src=x></noscript>b<noscript>c</noscript><table><tr><td>d");
        assert_eq!(names(&tree), "html head body p noscript div img noscript table tbody tr td");
        let tree = Tree::parse("<head><noscript><p>a</p></noscript><title>t</title>");
        assert_eq!(names(&tree), "html head noscript title body");
    }

    #[test]
    fn deep_nesting_is_cut_and_costs_little() {
        for unit in ["<div>", "<ul><li>", "<b>", "<svg>", "<table><tr><td>", "<a><table>", "<font color=x>"] {
            let started = Instant::now();
            let tree = Tree::parse(&unit.repeat(100_000));
            assert!(started.elapsed() < Duration::from_secs(10), "{unit} took {:?}", started.elapsed());
            assert!(tree.cut.is_some(), "{unit}");
            assert!(tree.descendants(ROOT).count() <= MAX_NODES + 1000);
        }
    }

    #[test]
    fn many_noscripts_cost_little() {
        let deep = format!("<noscript>{}</noscript>", "<div>".repeat(100_000));
        for page in
            ["<noscript><p>x</noscript>".repeat(100_000), deep.repeat(3), format!("{}{deep}", "<div>".repeat(600))]
        {
            let started = Instant::now();
            let tree = Tree::parse(&page);
            assert!(started.elapsed() < Duration::from_secs(10), "took {:?}", started.elapsed());
            assert!(tree.len() <= MAX_NODES + 1000);
            assert!(
                tree.descendants(ROOT).step_by(1000).all(|id| tree.ancestors(id).count() <= 2 * MAX_DEPTH as usize + 2)
            );
        }
    }

    #[test]
    fn end_tags_of_swallowed_elements_close_nothing() {
        let page = format!("<main>{}{}<p>after", "<div>".repeat(2000), "</div>".repeat(2000));
        let tree = Tree::parse(&page);
        let p = tree.descendants(ROOT).find(|id| tree.tag(*id) == Tag::P).expect("a paragraph");
        assert_eq!(tree.parent(p).map(|id| tree.tag(id)), Some(Tag::Main));
    }
}
