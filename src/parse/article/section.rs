//! The section that an article belongs to.

use super::super::first_chars;
use super::super::scan::{Around, Block, RawAnchor, Scan, collapse};
use super::kicker::is_kicker;
use super::{Context, first, from_meta};
use crate::model::letters::is_number;
use crate::model::{Extractor, Found};

/// Longest name of a section, in characters.
const MAX_CHARS: usize = 80;
/// How far before and behind the headline a section's name stands, in bytes of the page's text.
const NEAR: usize = 400;
/// Longest name that is believed by its place alone, in characters.
const MAX_SHOWN: usize = 40;

/// The section: stated for machines, else shown beside the headline, else the last step of the path from the front page.
pub(crate) fn section(ctx: &Context, title: Option<&Found<String>>) -> Option<Found<String>> {
    let mut all: Vec<Found<String>> = ctx.profiled("section").into_iter().collect();
    let stated = ctx.graph.texts("articleSection");
    all.extend(stated.into_iter().take(1).map(|text| Found::new(text, Extractor::JsonLd, "articleSection")));
    all.extend(from_meta(
        ctx.metas,
        &[
            "article:section",
            "parsely-section",
            "sailthru.section",
            "section",
            "cxenseparse:recs:category",
            "dc.subject",
            "articlesection",
        ],
    ));
    all.extend(marked(ctx));
    let path = path(ctx, title);
    let shown = shown(ctx, title, path.is_some());
    all.extend(shown);
    all.extend(path);
    all.retain(|found| !found.value.starts_with("http") && found.value.chars().count() <= MAX_CHARS);
    let chosen = first(&all);
    ctx.note_all("section", &all, chosen.as_ref(), "first in order");
    chosen
}

/// Microdata.
fn marked(ctx: &Context) -> Option<Found<String>> {
    let is_section = |name: &str| matches!(name, "articleSection" | "genre");
    let mark = ctx
        .scan
        .marks
        .iter()
        .find(|mark| mark.property && ctx.scan.attribute(mark.node, "itemprop").is_some_and(is_section))?;
    let text = ctx.scan.attribute(mark.node, "content").map_or_else(|| ctx.scan.line(&mark.range), collapse);
    Some(Found::new(text, Extractor::Microdata, "itemprop=articleSection")).filter(|found| !found.value.is_empty())
}

/// A name marked by its class, or a link alone on its line, close to the headline. Where a path from the front page names
/// the section, a kicker names something else.
fn shown(ctx: &Context, title: Option<&Found<String>>, has_path: bool) -> Option<Found<String>> {
    let place = super::title::place(ctx, title).range;
    if place.end == 0 {
        return None;
    }
    let near = |at: usize| at + NEAR >= place.start && at <= place.end + NEAR;
    let away = Around::NAV
        .with(Around::RELATED)
        .with(Around::CARD)
        .with(Around::TICKER)
        .with(Around::ASIDE)
        .with(Around::MOST_READ)
        .with(Around::FOOTER)
        .with(Around::HIDDEN)
        .with(Around::COMMENTS);
    let is_name = |text: &str| {
        let count = text.chars().count();
        (2..=MAX_SHOWN).contains(&count) && text.chars().any(char::is_alphabetic) && !text.chars().any(is_number)
    };
    let by_class = ctx.scan.marks.iter().find_map(|mark| {
        let hit = mark.own.has(Around::SECTION_NAME)
            && near(mark.range.start)
            && !(has_path && is_kicker(ctx, mark.node))
            && !mark.around.has(away.without(Around::TAGS));
        let text = hit.then(|| ctx.scan.line_within(&mark.range, 4 * MAX_SHOWN))?;
        is_name(&text).then(|| Found::new(text, Extractor::Html, "section class"))
    });
    by_class.or_else(|| {
        let headline = ctx.scan.blocks.partition_point(|block| block.range.start < place.start);
        let before = (headline.saturating_sub(2)..headline).rev();
        let line = before.map(|at| (at, &ctx.scan.blocks[at])).find(|(at, block)| {
            !block.around.has(away)
                && lone_link(ctx.scan, *at).is_some_and(|link| !is_front(ctx, link))
                && is_name(text_of(ctx.scan, block))
        });
        line.map(|(_, block)| {
            Found::new(text_of(ctx.scan, block).to_owned(), Extractor::Html, "link above the headline")
        })
    })
}

fn text_of<'a>(scan: &'a Scan, block: &Block) -> &'a str {
    scan.text.get(block.range.clone()).unwrap_or_default()
}

/// The link that is a block by itself; several blocks of this kind beside each other are a menu or a list.
pub(super) fn lone_link<'s>(scan: &'s Scan, at: usize) -> Option<&'s RawAnchor> {
    let block = scan.blocks.get(at).filter(|block| block.link_chars == block.chars)?;
    let is_alike = |at: usize| {
        let other = scan.blocks.get(at);
        other.is_some_and(|other| other.link_chars == other.chars && other.around == block.around)
    };
    if is_alike(at + 1) || at.checked_sub(1).is_some_and(is_alike) {
        return None;
    }
    let mut links = scan.anchors.iter().filter(|anchor| {
        anchor.range.start >= block.range.start && anchor.range.end <= block.range.end && !anchor.range.is_empty()
    });
    let link = links.next()?;
    links.next().is_none().then_some(link)
}

/// Whether an address is the site's front page, or that of one of its languages.
fn is_front(ctx: &Context, link: &RawAnchor) -> bool {
    let href = ctx.scan.attribute(link.node, "href").unwrap_or_default();
    ctx.base.join(href).is_ok_and(|url| url.path().trim_matches('/').len() <= 2 || url.path().starts_with("/index."))
}

/// The last link of the path from the front page that is not the page itself.
fn path(ctx: &Context, title: Option<&Found<String>>) -> Option<Found<String>> {
    let is_path = |node| {
        ["class", "id", "itemtype"].iter().filter_map(|name| ctx.scan.attribute(node, name)).any(|value| {
            let value = first_chars(value, 200).to_ascii_lowercase();
            ["breadcrumb", "bread-crumb", "pathway", "crumbs", "ariane"].iter().any(|word| value.contains(word))
        })
    };
    let path = ctx.scan.marks.iter().find(|mark| mark.own.has(Around::TAGS) && is_path(mark.node))?;
    let title = title.map(|title| title.value.as_str()).unwrap_or_default();
    let links = ctx.scan.anchors.iter().filter(|anchor| {
        anchor.range.start >= path.range.start && anchor.range.end <= path.range.end && !anchor.range.is_empty()
    });
    let names: Vec<String> =
        links.map(|anchor| ctx.scan.line(&anchor.range)).filter(|text| text != title).take(10).collect();
    // The first is the front page, unless the path begins with the section.
    let first = ctx.scan.anchors.iter().find(|anchor| anchor.range.start >= path.range.start);
    let root = first.is_some_and(|anchor| is_front(ctx, anchor));
    let last = names.last().filter(|_| names.len() > usize::from(root))?;
    Some(Found::new(last.clone(), Extractor::Html, "path from the front page"))
}
