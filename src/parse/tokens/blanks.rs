//! Blanks that nobody reads: those beside a tag that parts words anyway, every other text of a page.

use std::ops::Range;

use html5ever::tokenizer::TagKind;
use html5ever::{LocalName, local_name};

/// What an element says of the blanks beside its tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Both tags part words, whether or not the element is open.
    Line,
    /// It parts words; an end tag without its start tag is nothing.
    Block,
    /// The same; the parts of tables lie in one.
    Table,
    /// The same within a table; elsewhere it is nothing.
    Cell,
    /// As a block, but blanks in it are kept.
    Verbatim,
    /// As within a line; if it is not closed in its block, it is opened anew in the next, by blanks too.
    Formatting,
    /// In the head of the page, where no words are, nothing beside it is read; elsewhere it is not seen.
    Unseen,
}

macro_rules! kinds {
    ($($kind:ident: [$($name:tt)+],)+) => { &[$($((local_name!($name), Kind::$kind),)+)+] };
}

/// All elements but those that stand within a line.
static KINDS: &[(LocalName, Kind)] = kinds! {
    Line: ["br" "hr" "p"],
    Block: ["address" "article" "aside" "blockquote" "center" "dd" "details" "dialog" "dir" "div" "dl" "dt" "fieldset"
        "figcaption" "figure" "footer" "form" "h1" "h2" "h3" "h4" "h5" "h6" "header" "hgroup" "legend" "li" "main" "menu"
        "nav" "ol" "optgroup" "option" "section" "summary" "ul"],
    Table: ["table"],
    Cell: ["caption" "col" "colgroup" "tbody" "td" "tfoot" "th" "thead" "tr"],
    Verbatim: ["listing" "pre"],
    Formatting: ["a" "b" "big" "code" "em" "font" "i" "nobr" "s" "small" "strike" "strong" "tt" "u"],
    Unseen: ["base" "head" "html" "link" "meta" "noscript" "script" "style" "template" "title"],
};
const COUNT: usize = KINDS.len();

/// An element's place among those that are not just inline; `None` if it is, as unknown ones are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side(Option<u8>);

impl Side {
    pub(super) fn of(name: &LocalName) -> Side {
        Side(KINDS.iter().position(|(known, _)| known == name).map(|at| at as u8))
    }
}

/// Which blanks may be left out at the place at hand.
pub(super) struct Blanks {
    /// Blanks that wait for the tag behind them.
    pub(super) held: Option<Range<usize>>,
    /// No tag has come that does not belong into the head.
    in_head: bool,
    /// The last tag parts words, and no text came since.
    are_parted: bool,
    /// Start tags without their end tags, by element.
    open: [u32; COUNT],
    tables: u32,
    /// Of those in which blanks count.
    strict: u32,
}

impl Blanks {
    pub(super) fn new() -> Blanks {
        Blanks { held: None, in_head: true, are_parted: true, open: [0; COUNT], tables: 0, strict: 0 }
    }

    /// Blanks and nothing else, up to markup; true if they go to the sink at once.
    pub(super) fn are_read(&mut self, range: Range<usize>) -> bool {
        if self.strict == 0 && !self.are_parted {
            self.held = Some(range);
        }
        self.strict > 0
    }

    /// Text that is not all blank.
    pub(super) fn text(&mut self) {
        self.are_parted = false;
    }

    /// A tag; what is still held then goes before it.
    pub(super) fn tag(&mut self, tag: TagKind, side: Side) {
        let Some(number) = side.0.map(usize::from) else {
            self.in_head = false;
            self.are_parted = false;
            return;
        };
        let kind = KINDS[number].1;
        self.in_head &= kind == Kind::Unseen;
        let is_real = self.count(tag, number, kind);
        self.are_parted = match kind {
            Kind::Line => true,
            Kind::Block | Kind::Table | Kind::Verbatim => is_real,
            Kind::Cell => is_real && self.tables > 0,
            Kind::Formatting => false,
            Kind::Unseen => self.in_head,
        };
        if self.are_parted {
            self.held = None;
        }
    }

    /// Counts a tag; false for an end tag without its start tag.
    fn count(&mut self, tag: TagKind, number: usize, kind: Kind) -> bool {
        let open = &mut self.open[number];
        let step = |count: &mut u32| match tag {
            TagKind::StartTag => *count += 1,
            TagKind::EndTag => *count -= 1,
        };
        if tag == TagKind::EndTag && *open == 0 {
            return false;
        }
        step(open);
        match kind {
            Kind::Table => step(&mut self.tables),
            Kind::Verbatim | Kind::Formatting => step(&mut self.strict),
            Kind::Line | Kind::Block | Kind::Cell | Kind::Unseen => {}
        }
        true
    }
}
