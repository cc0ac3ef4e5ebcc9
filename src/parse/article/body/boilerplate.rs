//! What the host prints in article after article, as the crawl has learnt: it is left out of the text.

use super::super::super::scan::{BlockKind, Scan};
use super::super::Context;
use crate::model::{Boilerplate, LeftOut};

/// A shorter text is left out only along with a longer one: "More", a name and the like stand in many an article.
const LEAST_CHARS: u32 = 40;

/// Takes what is known to be boilerplate out of the blocks of a text, unless that were most of it; notes what was
/// taken, and gives it.
pub(super) fn take(ctx: &Context, blocks: &mut Vec<usize>) -> Vec<usize> {
    let Some(known) = ctx.boilerplate.filter(|known| !known.paragraphs.is_empty()) else { return Vec::new() };
    let scan = ctx.scan;
    let places = places(scan, known, blocks);
    let chars = |places: &mut dyn Iterator<Item = usize>| places.map(|block| scan.blocks[block].chars).sum::<u32>();
    let all = chars(&mut blocks.iter().copied());
    if places.is_empty() || chars(&mut places.iter().map(|at| blocks[*at])) * 2 > all {
        return Vec::new();
    }
    let left_out: Vec<usize> = places.iter().map(|at| blocks[*at]).collect();
    let text = |block: usize| scan.text.get(scan.blocks[block].range.clone()).unwrap_or_default().to_owned();
    ctx.left_out.replace(places.iter().map(|at| LeftOut { at: *at, text: text(blocks[*at]) }).collect());
    let mut at = 0;
    blocks.retain(|_| {
        at += 1;
        places.binary_search(&(at - 1)).is_err()
    });
    left_out
}

/// Which of the blocks are boilerplate: runs of known ones of which one is long, but not the heading of what follows.
fn places(scan: &Scan, known: &Boilerplate, blocks: &[usize]) -> Vec<usize> {
    let is_known = |at: usize| scan.text.get(scan.blocks[blocks[at]].range.clone()).is_some_and(|text| known.holds(text));
    let is_heading = |at: usize| matches!(scan.blocks[blocks[at]].kind, BlockKind::Heading(_));
    let all: Vec<usize> = (0..blocks.len()).filter(|at| is_known(*at)).collect();
    let mut places = Vec::new();
    for run in all.chunk_by(|at, next| at + 1 == *next) {
        let is_long = run.iter().any(|at| !is_heading(*at) && scan.blocks[blocks[*at]].chars >= LEAST_CHARS);
        let end = run.iter().rposition(|at| !is_heading(*at)).map_or(0, |last| last + 1);
        if is_long {
            places.extend(&run[..end]);
        }
    }
    places
}
