//! The pictures of the story with their captions and credits.

use std::sync::LazyLock;

use html5ever::local_name;
use regex::Regex;

use super::super::scan::{Around, Block, Scan, collapse};
use super::super::tree::{NodeId, Tag};
use super::Context;
use super::body::{Body, REMOVED_FOR_IMAGES};
use super::picture;
use crate::model::{Extractor, Found, PageUrl, Picture};

/// Pictures of an article that are kept.
const MAX_PICTURES: usize = 100;
/// Elements above a picture among which its figure is looked for.
const MAX_ABOVE: usize = 4;
/// How far above the headline a picture is the story's, in bytes of the page's text.
const ABOVE: usize = 600;
/// Longest caption, and longest credit, in characters.
const MAX_CAPTION: usize = 1_000;
const MAX_CREDIT: usize = 300;

/// A credit at the end of a caption: behind a sign or a word for it. Bare brackets say as often who stands where.
static CREDIT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:\s[|–—-]\s*)?(?:©|\(c\)\s|\b(?:photo|foto|photograph|picture|image|credit|crédit photo|bild|quelle|fotografía|ph)\b(?:\s+by|\s+credit)?\s*[:/]|",
        r"تصوير\s*[:/]|عدسة\s*[:/]|صورة\s*:|عکس\s*:|عکاس\s*:|фото\s*:|צילום\s*:|写真\s*[:：]|摄影\s*[:：]|撮影\s*[:：]|ภาพ\s*:|फोटो\s*:|φωτογραφία\s*:)\s*(.{2,120})$",
    ))
    .expect("a constant pattern, checked by every test here")
});

/// The lead picture, then the pictures between headline and end of the text, each once.
pub(crate) fn pictures(
    ctx: &Context,
    lead: Option<&Found<PageUrl>>,
    title_start: usize,
    body: Option<&Body>,
) -> Vec<Picture> {
    let found = gather(ctx, lead, title_start, body);
    for (at, picture) in found.iter().enumerate() {
        let (by, rule) = match lead.filter(|_| at == 0) {
            Some(lead) => (lead.by, lead.rule.as_ref()),
            None => (Extractor::Html, "between headline and end of the text"),
        };
        let labels = [picture.caption.as_deref(), picture.credit.as_deref()].map(Option::unwrap_or_default);
        ctx.note("images", picture.url.as_str(), by, rule, true, labels.join(" | ").trim_matches([' ', '|']));
    }
    found
}

fn gather(ctx: &Context, lead: Option<&Found<PageUrl>>, title_start: usize, body: Option<&Body>) -> Vec<Picture> {
    let mut out: Vec<Picture> = Vec::new();
    // A picture above the headline stands there by design; one that follows the text without another text between them
    // belongs to it.
    let start = title_start.saturating_sub(ABOVE);
    let range = match body {
        Some(body) => start.min(body.range.start)..=body.range.end + 1,
        None => start..=ctx.scan.text.len(),
    };
    let shown = ctx.scan.images.iter().filter(|image| {
        range.contains(&image.at) && !image.around.has(REMOVED_FOR_IMAGES.with(Around::CARD).with(Around::TICKER))
    });
    for image in shown.take(MAX_PICTURES) {
        let Some(url) = picture::source(ctx, image.node).and_then(|url| ctx.base.join(url.trim()).ok()) else {
            continue;
        };
        if !picture::is_picture(&url) || picture::is_sign(ctx, image.node, &url) || picture::is_spare(ctx, image.node) {
            continue;
        }
        let (caption, credit) = labels(ctx.scan, image.node, 0);
        match out.iter_mut().find(|known| known.url == url) {
            Some(known) => {
                known.caption = known.caption.take().or(caption);
                known.credit = known.credit.take().or(credit);
            }
            None => out.push(Picture { url, caption, credit }),
        }
    }
    let Some(lead) = lead else { return out };
    let at = out
        .iter()
        .position(|shown| shown.url == lead.value || picture::same_picture(shown.url.as_str(), lead.value.as_str()));
    let first = if let Some(at) = at {
        Picture { url: lead.value.clone(), ..out.remove(at) }
    } else {
        // The lead picture is only stated, or shown by a script: the first caption is its.
        let is_caption = |block: &&Block| block.around.has(Around::CAPTION) && !block.around.has(REMOVED_FOR_IMAGES);
        let end = (*range.end()).min(ctx.scan.text.len());
        let first = ctx.scan.blocks_in(&(*range.start()..end)).iter().find(is_caption);
        let (caption, credit) =
            first.filter(|_| out.is_empty()).map(|block| labels(ctx.scan, block.node, 1)).unwrap_or_default();
        Picture { url: lead.value.clone(), caption, credit }
    };
    out.insert(0, first);
    out.truncate(MAX_PICTURES);
    out
}

/// Caption and credit beside a picture: of its figure, or of a small element with a caption's class; none where the
/// element holds more than `others` other pictures.
fn labels(scan: &Scan, node: NodeId, others: usize) -> (Option<String>, Option<String>) {
    let tree = scan.tree;
    let mut figure = None;
    for above in tree.ancestors(node).take(MAX_ABOVE) {
        let has_caption = tree.descendants(above).take(60).any(|node| is_caption(scan, node));
        if has_caption {
            figure = Some(above);
            break;
        }
        if tree.tag(above) == Tag::Figure {
            break;
        }
    }
    let Some(figure) = figure else { return (None, None) };
    // An element with more pictures does not say whose caption it is.
    // The same picture once more for readers without scripts, or with, is no other one.
    let scripted = picture::noscript(tree, node).is_none();
    let is_other = |other: &NodeId| {
        tree.tag(*other) == Tag::Img && *other != node && picture::noscript(tree, *other).is_none() == scripted
    };
    if tree.descendants(figure).take(60).filter(is_other).count() > others {
        return (None, None);
    }
    let mut caption: Option<String> = None;
    let mut credit: Option<String> = None;
    for node in tree.descendants(figure).take(60).filter(|node| is_caption(scan, *node)) {
        if tree
            .ancestors(node)
            .take(MAX_ABOVE)
            .any(|above| above != figure && is_caption(scan, above) && !is_credit(scan, node))
        {
            continue;
        }
        let text = collapse(&scan.raw_text(node));
        if text.is_empty() {
            continue;
        }
        if is_credit(scan, node) {
            credit = credit.or(Some(text));
        } else {
            caption = caption.or(Some(text));
        }
    }
    split(caption, credit)
}

/// A caption without the credit that it ends with.
fn split(caption: Option<String>, credit: Option<String>) -> (Option<String>, Option<String>) {
    let trim = |text: &str| text.trim_matches(|c: char| c.is_whitespace() || "|()（）–—-＝©:/".contains(c)).to_owned();
    let bounded =
        |text: String, limit: usize| Some(text.chars().take(limit).collect::<String>()).filter(|t| !t.is_empty());
    let Some(caption) = caption else { return (None, credit.and_then(|c| bounded(trim(&c), MAX_CREDIT))) };
    if let Some(credit) = credit {
        let rest = caption.strip_suffix(credit.as_str()).unwrap_or(&caption);
        return (bounded(trim(rest), MAX_CAPTION), bounded(trim(&credit), MAX_CREDIT));
    }
    let may_end_in_credit = caption.contains(['©', '(', ':', '：', '/']);
    let hit = if may_end_in_credit { CREDIT.captures(&caption) } else { None };
    let found = hit.and_then(|hit| Some((hit.get(0)?.start(), trim(hit.get(1)?.as_str()))));
    match found {
        Some((at, name)) => (bounded(trim(&caption[..at]), MAX_CAPTION), bounded(name, MAX_CREDIT)),
        None => (bounded(caption.trim().to_owned(), MAX_CAPTION), None),
    }
}

/// Words of classes.
struct Words {
    list: &'static [&'static str],
    /// A bit for each first letter, found by the lower five of a byte.
    firsts: u32,
}

impl Words {
    const fn of(list: &'static [&'static str]) -> Words {
        let (mut firsts, mut at) = (0, 0);
        while at < list.len() {
            firsts |= 1 << (list[at].as_bytes()[0] & 31);
            at += 1;
        }
        Words { list, firsts }
    }
}

const CAPTIONS: Words = Words::of(&["caption", "legend", "cutline", "credit", "copyright", "photographer", "byline"]);
const CREDITS: Words = Words::of(&["credit", "copyright", "photographer", "byline"]);

fn is_caption(scan: &Scan, node: NodeId) -> bool {
    scan.tree.tag(node) == Tag::Figcaption || names(scan, node, &CAPTIONS)
}

fn is_credit(scan: &Scan, node: NodeId) -> bool {
    scan.tree.tag(node) != Tag::Figcaption && names(scan, node, &CREDITS)
}

/// Whether class or `itemprop` of an element holds one of these words; `body` and `html` have too many.
fn names(scan: &Scan, node: NodeId, words: &Words) -> bool {
    if matches!(scan.tree.tag(node), Tag::Body | Tag::Html | Tag::Img | Tag::Figure) {
        return false;
    }
    let Some(element) = scan.tree.element(node) else { return false };
    let values = [local_name!("class"), local_name!("itemprop")];
    let mut values = values.iter().filter_map(|name| element.attribute(name)).filter(|value| value.len() <= 200);
    values.any(|value| holds(value.as_bytes(), words))
}

/// Whether a text holds one of these words of lower-case letters in whatever case.
fn holds(text: &[u8], words: &Words) -> bool {
    let begins = |at: usize, word: &str| {
        text.get(at..at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
    };
    let may_begin = |byte: u8| words.firsts >> (byte & 31) & 1 == 1;
    text.iter().enumerate().any(|(at, byte)| may_begin(*byte) && words.list.iter().any(|word| begins(at, word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credit_at_the_end_of_a_caption_is_told_apart() {
        for (text, caption, credit) in [
            ("قوارب في الميناء | تصوير: هدى شرف", "قوارب في الميناء", Some("هدى شرف")),
            ("The bridge at dawn. Photo: Ann Lee", "The bridge at dawn.", Some("Ann Lee")),
            ("Der Hafen (Foto: dpa)", "Der Hafen", Some("dpa")),
            ("Le port © Jean Petit", "Le port", Some("Jean Petit")),
            ("نمای بیرونی | عکس: کاوه بردبار", "نمای بیرونی", Some("کاوه بردبار")),
            ("Мост ночью. Фото: Иван Петров", "Мост ночью.", Some("Иван Петров")),
            ("The mayor (left)", "The mayor (left)", None),
        ] {
            let found = split(Some(text.to_owned()), None);
            assert_eq!(found, (Some(caption.to_owned()), credit.map(str::to_owned)), "{text}");
        }
    }
}
