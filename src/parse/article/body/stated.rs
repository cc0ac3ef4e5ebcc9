//! Agreement with JSON-LD `articleBody`: blocks whose words stand in it are text, whatever their surroundings say.

use memchr::memmem;

use super::super::super::scan::{Around, Block, BlockKind, Scan};
use super::super::text::fold;

/// Shortest `articleBody` that is believed, in bytes of its folded form.
const MIN_TEXT: usize = 400;
/// Longest that is looked at.
const MAX_TEXT: usize = 200_000;
/// Bytes that are searched through for all blocks together.
const MAX_SEARCHED: usize = 20_000_000;
/// Facts that the statement does not refute: captions stand in many an `articleBody` too.
const FIRM: Around = Around::HIDDEN.with(Around::CAPTION).with(Around::FIGURE).with(Around::BYLINE).with(Around::DATE);

/// Which blocks the page itself states to be its text.
#[derive(Debug, Default)]
pub(super) struct Stated {
    /// One mark for each block; empty if nothing is stated or it is of another text.
    marks: Vec<bool>,
    /// The last block, if the statement goes to the end of the text.
    last: Option<usize>,
}

impl Stated {
    /// Looks for the blocks of a page in what JSON-LD states.
    pub(super) fn of(scan: &Scan, statement: Option<&str>) -> Stated {
        let Some(statement) = statement.filter(|text| (MIN_TEXT..MAX_TEXT).contains(&text.len())) else {
            return Stated::default();
        };
        let text = fold(statement);
        if text.len() < MIN_TEXT {
            return Stated::default();
        }
        let mut marks = vec![false; scan.blocks.len()];
        let (mut found, mut searched, mut next, mut last) = (0, 0, 0, None);
        for (at, block) in scan.blocks.iter().enumerate() {
            if block.chars < 25 || block.around.has(FIRM) || block.link_chars * 2 > block.chars {
                continue;
            }
            searched += text.len();
            let folded = fold(&scan.text[block.range.clone()]);
            if searched > MAX_SEARCHED || folded.len() < 20 {
                continue;
            }
            // Mostly it stands behind the one before.
            let follows = text.get(next..).is_some_and(|rest| rest.starts_with(&folded));
            let place = || memmem::find(text.as_bytes(), folded.as_bytes());
            let Some(place) = follows.then_some(next).or_else(place) else { continue };
            next = place + folded.len() + " ".len();
            marks[at] = !matches!(block.kind, BlockKind::Heading(_));
            found += folded.len();
            if text.ends_with(&folded) {
                last = Some(at);
            }
        }
        if found * 100 < text.len() * 60 {
            return Stated::default();
        }
        let is_cut = statement.trim_end().ends_with(['…']) || statement.trim_end().ends_with("...");
        Stated { marks, last: last.filter(|_| !is_cut) }
    }

    /// What stands around a block, without what the statement refutes.
    pub(super) fn around(&self, at: usize, block: &Block) -> Around {
        if self.holds(at) { Around(block.around.0 & (FIRM.with(KEPT)).0) } else { block.around }
    }

    /// Whether a block is stated.
    pub(super) fn holds(&self, at: usize) -> bool {
        self.marks.get(at).copied().unwrap_or_default()
    }

    /// Whether a block lies behind the last word of the statement.
    pub(super) fn is_over(&self, at: usize) -> bool {
        self.last.is_some_and(|last| at > last)
    }
}

/// Facts that speak for a block.
const KEPT: Around = Around::ARTICLE.with(Around::MAIN).with(Around::BODY_PROP).with(Around::BODY_CLASS);
