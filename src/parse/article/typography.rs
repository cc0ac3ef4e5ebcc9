//! The headline of pages that have no headings: the line in the largest type.

use super::super::scan::{Around, Block, Scan};
use super::super::tree::NodeId;
use super::Context;
use crate::model::{Extractor, Found};

/// Size of type, as `<font size>` counts, from which a line may be a headline; 3 is that of the text.
const LARGE: f32 = 4.0;
/// Elements above a line in which its size is looked for.
const MAX_ABOVE: usize = 5;

/// The line in the largest type that stands before the first long paragraph; `None` if no type is larger than that one's.
pub(crate) fn headline(ctx: &Context) -> Option<Found<String>> {
    let scan = ctx.scan;
    let prose = scan.blocks.iter().position(|block| block.chars >= 120 && block.link_chars * 4 < block.chars)?;
    let text_size = size(scan, scan.blocks[prose].node);
    let away = Around::HIDDEN.with(Around::NAV).with(Around::FOOTER).with(Around::DIALOG).with(Around::TICKER);
    let is_line =
        |block: &&Block| (12..=200).contains(&block.chars) && block.link_chars == 0 && !block.around.has(away);
    let mut best: Option<(f32, &Block)> = None;
    for block in scan.blocks[..prose].iter().filter(is_line) {
        let size = size(scan, block.node);
        if size >= LARGE && size > text_size && best.is_none_or(|(known, _)| size > known) {
            best = Some((size, block));
        }
    }
    let (_, block) = best?;
    Some(Found::new(scan.text.get(block.range.clone())?.to_owned(), Extractor::Html, "largest type"))
}

/// The size of type in which the first text below an element, or above it, stands.
fn size(scan: &Scan, node: NodeId) -> f32 {
    let stated = |node: NodeId| {
        let font =
            scan.attribute(node, "size").filter(|_| scan.tree.element(node).is_some_and(|e| &*e.name.local == "font"));
        let by_font = font.and_then(|value| {
            let value = value.trim();
            let number: f32 = value.trim_start_matches('+').parse().ok()?;
            Some(if value.starts_with(['+', '-']) { 3.0 + number } else { number })
        });
        by_font.or_else(|| styled(scan.attribute(node, "style")?))
    };
    let below = || scan.tree.descendants(node).take(8).find_map(stated);
    let above = || scan.tree.ancestors(node).take(MAX_ABOVE).find_map(stated);
    stated(node).or_else(below).or_else(above).unwrap_or(3.0)
}

/// `font-size` of an inline style in pixels or points, as `<font size>` counts: 16 pixels are 3, 24 are 5.
fn styled(style: &str) -> Option<f32> {
    let style = style.get(..style.len().min(400))?.to_ascii_lowercase();
    let value = style.split_once("font-size")?.1.trim_start().strip_prefix(':')?.trim_start();
    let end = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    let number: f32 = value[..end].parse().ok()?;
    let pixels = match value[end..].trim_start() {
        unit if unit.starts_with("px") => number,
        unit if unit.starts_with("pt") => number * 4.0 / 3.0,
        unit if unit.starts_with("em") => number * 16.0,
        _ => return None,
    };
    Some((pixels / 4.0 - 1.0).clamp(1.0, 7.0))
}
