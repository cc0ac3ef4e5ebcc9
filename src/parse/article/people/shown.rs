//! Bylines that the page shows: marked names, links to authors' pages, lines that begin with "by".

use super::super::super::scan::{Around, Block, Mark, RawAnchor};
use super::super::super::tree::{Data, NodeId, Tag};
use super::super::Context;
use super::super::title::Place;
use super::Candidate;
use super::names::{looks_like_person, names};
use super::words::{AUTHOR_PAGES, BY, LABELS, POSTED_BY, STRICT_PAGES};
use crate::model::Extractor;
use crate::model::letters::is_number;

/// Longest line that is read as a byline, in characters.
const MAX_LINE: usize = 300;
/// How far before and behind the headline a byline is near, in bytes of the page's text.
const BEFORE: usize = 800;
const BEHIND: usize = 3_000;
/// How far from the headline even a side box is the article's own.
const CLOSE: usize = 500;
/// Marked names that are looked at.
const MAX_MARKS: usize = 12;

/// Surroundings in which names are not the article's authors.
const AWAY: Around = Around::COMMENTS
    .with(Around::RELATED)
    .with(Around::HIDDEN)
    .with(Around::NAV)
    .with(Around::FOOTER)
    .with(Around::ASIDE)
    .with(Around::MOST_READ)
    .with(Around::ADVERT)
    .with(Around::CARD);

/// What the page shows, the likeliest first.
pub(super) fn shown(ctx: &Context, place: &Place) -> Vec<Candidate> {
    let range = &place.range;
    let away = |at: usize, around: Around| {
        // Whatever its classes say, a name directly before or behind the headline is its author's.
        let adjacent = (at + 40 >= range.start && at < range.start) || (at >= range.end && at <= range.end + 2);
        if adjacent && range.end > 0 {
            return Around::COMMENTS.with(Around::HIDDEN);
        }
        let close = at + CLOSE >= range.start && at <= range.end + CLOSE && range.end > 0;
        let aside = if close { Around::ASIDE } else { Around::NONE };
        let footer =
            if around.has(Around::BYLINE) && around.has(Around::ARTICLE) { Around::FOOTER } else { Around::NONE };
        AWAY.without(place.around).without(aside.with(footer))
    };
    let near = |at: usize| at + BEFORE >= range.start && at <= range.end + BEHIND;
    let marks: Vec<&Mark> = ctx
        .scan
        .marks
        .iter()
        .filter(|mark| {
            // An author's own property in the footer of a page is that of its text.
            let property =
                mark.property && matches!(ctx.scan.attribute(mark.node, "itemprop"), Some("author" | "creator"));
            let away = away(mark.range.start, mark.around);
            let away = if property { away.without(Around::FOOTER) } else { away };
            is_author(ctx, mark) && !mark.around.has(away)
        })
        .collect();
    // What stands before the headline comes after what stands behind it.
    let (behind, before): (Vec<&Mark>, Vec<&Mark>) = marks.iter().partition(|mark| mark.range.start >= range.start);
    let marks: Vec<&Mark> = behind.into_iter().chain(before).collect();
    let links: Vec<(&RawAnchor, bool)> = ctx
        .scan
        .anchors
        .iter()
        .filter(|anchor| !anchor.around.has(away(anchor.range.start, anchor.around)))
        .filter_map(|anchor| Some((anchor, author_page(ctx, anchor.node)?)))
        .collect();
    let mut out = Vec::new();
    let candidate =
        |raw, rule, strict| Candidate { raw, by: Extractor::Html, rule, sure: false, office: false, strict };
    for is_near in [true, false] {
        for mark in marks.iter().filter(|mark| !is_near || near(mark.range.start)).take(MAX_MARKS) {
            let raw = names_in(ctx, mark);
            if !raw.is_empty() {
                out.push(candidate(raw, "author class", true));
            }
        }
        let wanted = |(anchor, strict): &&(&RawAnchor, bool)| {
            if is_near { near(anchor.range.start) } else { *strict && alone(ctx, anchor) }
        };
        let (people, others): (Vec<_>, Vec<_>) = links
            .iter()
            .filter(wanted)
            .take(MAX_MARKS)
            .map(|(anchor, strict)| (ctx.scan.line(&anchor.range), *strict))
            .partition(|(text, _)| looks_like_person(text));
        let people: Vec<String> = people.into_iter().map(|(text, _)| text).take(if is_near { 6 } else { 1 }).collect();
        if !people.is_empty() {
            out.push(candidate(people, "link to an author's page", is_near));
        }
        out.extend(
            others
                .into_iter()
                .filter(|(text, strict)| *strict && !text.is_empty())
                .take(2)
                .map(|(text, _)| candidate(vec![text], "link to an author's page", is_near)),
        );
        out.extend(if is_near { byline(ctx, place) } else { signature(ctx) });
    }
    out.extend(below(ctx));
    out
}

fn is_author(ctx: &Context, mark: &Mark) -> bool {
    let attribute = |name| ctx.scan.attribute(mark.node, name).unwrap_or_default();
    mark.own.has(Around::AUTHOR)
        || attribute("rel").contains("author")
        || matches!(attribute("itemprop"), "author" | "creator")
}

/// Whether an anchor leads to an author's page; true inside if its address says nothing else.
fn author_page(ctx: &Context, node: NodeId) -> Option<bool> {
    let href = ctx.scan.attribute(node, "href")?;
    let path = href.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let mut parts = path.as_bytes().rsplit(|byte| *byte == b'/');
    let last = parts.next()?;
    let listed = |part: &[u8], list: &[&str]| list.iter().any(|known| part.eq_ignore_ascii_case(known.as_bytes()));
    let found = parts.take(4).find(|part| listed(part, AUTHOR_PAGES));
    if found.is_none() && !href.contains("?author=") {
        return None;
    }
    // What the page itself lies under is a section.
    let below =
        path.find("://").map_or(path, |at| path[at + 3..].find('/').map_or("", |slash| &path[at + 3 + slash..]));
    if !below.is_empty() && ctx.url.path().strip_prefix(below).is_some_and(|rest| rest.starts_with('/')) {
        return None;
    }
    let Some(found) = found else { return Some(true) };
    (last.len() >= 2).then(|| listed(found, STRICT_PAGES))
}

/// Whether an anchor is most of its line, not a word of a paragraph.
fn alone(ctx: &Context, anchor: &RawAnchor) -> bool {
    ctx.scan
        .blocks_in(&anchor.range)
        .first()
        .is_some_and(|block| block.chars <= 80 && block.link_chars * 3 >= block.chars)
}

/// The names in a marked element: its links, its innermost elements, if each is a name, else its lines.
fn names_in(ctx: &Context, mark: &Mark) -> Vec<String> {
    let line = ctx.scan.line_within(&mark.range, 4 * MAX_LINE);
    if line.is_empty() || line.chars().count() > MAX_LINE {
        return Vec::new();
    }
    let anchors: Vec<String> = ctx
        .scan
        .anchors
        .iter()
        .filter(|anchor| anchor.range.start >= mark.range.start && anchor.range.end <= mark.range.end)
        .map(|anchor| ctx.scan.line(&anchor.range))
        .filter(|text| looks_like_person(text))
        .collect();
    if anchors.len() >= 2 || (anchors.len() == 1 && !is_below(ctx, mark.node, Tag::A)) {
        return anchors;
    }
    let leaves = leaves(ctx, mark.node);
    if leaves.len() >= 2 && leaves.iter().all(|text| looks_like_person(text)) {
        return leaves;
    }
    // Blocks part names from roles and dates, and so does the markup of a byline.
    let blocks = ctx.scan.blocks_in(&mark.range).iter().filter(|block| !block.around.has(Around::HIDDEN));
    blocks
        .filter_map(|block| {
            let text =
                ctx.scan.text.get(block.range.start.max(mark.range.start)..block.range.end.min(mark.range.end))?;
            Some(
                part_with_by(ctx, block).filter(|part| text.contains(part.as_str())).unwrap_or_else(|| text.to_owned()),
            )
        })
        .collect()
}

/// The texts of the innermost elements below a node; empty where text stands outside of them.
fn leaves(ctx: &Context, top: NodeId) -> Vec<String> {
    let tree = &ctx.scan.tree;
    let mut out = Vec::new();
    for node in tree.descendants(top).take(60) {
        if let Data::Text(text) = tree.data(node) {
            let text = text.trim();
            let only = tree.parent(node).is_some_and(|parent| parent != top && tree.children(parent).count() == 1);
            match (text.is_empty(), only) {
                (true, _) => {}
                (false, true) => out.push(text.to_owned()),
                (false, false) => return Vec::new(),
            }
        }
    }
    out
}

fn is_below(ctx: &Context, node: NodeId, tag: Tag) -> bool {
    ctx.scan.tree.tag(node) == tag || ctx.scan.tree.ancestors(node).take(3).any(|above| ctx.scan.tree.tag(above) == tag)
}

/// Lines beside the headline that begin with "by" and go on with a name, or are a name beside a date.
fn byline(ctx: &Context, place: &Place) -> Option<Candidate> {
    let away = AWAY.with(Around::CAPTION).without(Around::CARD).without(place.around);
    let end = (place.range.end + 1_500).min(ctx.scan.text.len());
    let blocks = ctx.scan.blocks_in(&(place.range.end..end));
    let lines = || blocks.iter().take(25).filter(|block| !block.around.has(away));
    let raw = lines().find_map(|block| part_with_by(ctx, block).or_else(|| line_with_by(ctx, block)));
    let after_label = || lines().zip(lines().skip(1)).find_map(|(label, name)| labelled(ctx, label, name));
    let raw = raw.or_else(after_label);
    // One name alone where the words before it say nothing else, or where it is a link behind the word.
    let named = |block| posted_by(ctx, block).or_else(|| linked(ctx, block));
    let single = || lines().filter(|block| block.chars <= 60).find_map(named);
    if raw.is_none()
        && let Some(name) = single()
    {
        let rule = "line with posted by";
        return Some(Candidate {
            raw: vec![name],
            by: Extractor::Html,
            rule,
            sure: false,
            office: false,
            strict: false,
        });
    }
    let beside_date = || lines().take(6).find_map(|block| name_beside_date(ctx, block));
    let (raw, rule) =
        raw.map(|raw| (raw, "line with by")).or_else(|| beside_date().map(|raw| (raw, "name beside the date")))?;
    Some(Candidate {
        raw: vec![raw],
        by: Extractor::Html,
        rule,
        sure: false,
        office: false,
        strict: rule == "line with by",
    })
}

/// The name in the line behind a line that is only a label: "Author", then "Ann Lee".
fn labelled(ctx: &Context, label: &Block, name: &Block) -> Option<String> {
    if label.chars > 20 || !(4..=80).contains(&name.chars) {
        return None;
    }
    let text = |block: &Block| ctx.scan.text.get(block.range.clone()).map(str::trim);
    let label = text(label)?.trim_end_matches([':', '：', ' ']).to_lowercase();
    if !LABELS.contains(&label.as_str()) {
        return None;
    }
    let list = names(&[text(name)?.to_owned()], &[]);
    (!list.is_empty() && list.iter().all(|name| looks_like_person(name))).then(|| list.join("\n"))
}

/// The one name of a line such as "Posted by Ann on Monday".
fn posted_by(ctx: &Context, block: &Block) -> Option<String> {
    let text = ctx.scan.text.get(block.range.clone())?.trim();
    let lower = text.to_lowercase();
    let by = POSTED_BY.iter().find(|by| lower.starts_with(**by))?;
    let list = names(&[text.get(by.len()..)?.to_owned()], &[]);
    (list.len() == 1 && !list[0].contains(' ')).then(|| list[0].clone())
}

/// The one name of a line that is the word for "by" and a link: `von <a>Ann</a>`.
fn linked(ctx: &Context, block: &Block) -> Option<String> {
    if block.link_chars == 0 || block.link_chars >= block.chars {
        return None;
    }
    let parts = ctx.scan.parts(block);
    let [by, name] = parts.as_slice() else { return None };
    if !LABELS.contains(&by.trim_end_matches([':', ' ']).to_lowercase().as_str()) {
        return None;
    }
    let list = names(std::slice::from_ref(name), &[]);
    (list.len() == 1 && !list[0].contains(' ')).then(|| list[0].clone())
}

/// The first line elsewhere that says who wrote it: "Text: Ann Lee".
fn signature(ctx: &Context) -> Option<Candidate> {
    let away = AWAY.with(Around::CAPTION).with(Around::FIGURE);
    let lines = || ctx.scan.blocks.iter().filter(|block| !block.around.has(away));
    let after_label = || lines().zip(lines().skip(1)).find_map(|(label, name)| labelled(ctx, label, name));
    let raw = lines().find_map(|block| line_with_by(ctx, block)).or_else(after_label)?;
    Some(Candidate {
        raw: vec![raw],
        by: Extractor::Html,
        rule: "line with by",
        sure: false,
        office: false,
        strict: false,
    })
}

/// The name that stands alone below the last paragraph of the article.
fn below(ctx: &Context) -> Option<Candidate> {
    let away = AWAY.with(Around::CAPTION).with(Around::FIGURE).with(Around::TAGS);
    let column = |block: &&Block| block.around.has(Around::ARTICLE.with(Around::BODY_PROP)) && !block.around.has(away);
    let blocks: Vec<&Block> = ctx.scan.blocks.iter().filter(column).collect();
    let last = blocks.iter().rposition(|block| block.chars >= 100)?;
    let name = blocks.get(last + 1)?;
    let text = ctx.scan.text.get(name.range.clone())?.trim();
    let fit = name.chars <= 40
        && name.link_chars == 0
        && !text.ends_with([':', '.', '!', '?', '…'])
        && looks_like_person(text);
    let rule = "name below the text";
    fit.then(|| Candidate {
        raw: vec![text.to_owned()],
        by: Extractor::Html,
        rule,
        sure: false,
        office: false,
        strict: false,
    })
}

/// The element of a line that is a byline by itself: `<span>Date</span> <span>By Ann Lee</span> <span>Agency</span>`.
fn part_with_by(ctx: &Context, block: &Block) -> Option<String> {
    if block.chars as usize > MAX_LINE {
        return None;
    }
    let parts = ctx.scan.parts(block);
    let is_joint = |next: &String| {
        let word = next.split_whitespace().next().unwrap_or_default();
        next.starts_with([',', '&', '،', '、', '+', '/']) || names(&[format!("Ann Lee {word} Bob Ray")], &[]).len() == 2
    };
    let byline =
        |(at, part): (usize, &String)| with_by(part).filter(|_| parts.get(at + 1).is_none_or(|next| !is_joint(next)));
    if parts.len() < 2 { None } else { parts.iter().enumerate().find_map(byline) }
}

/// A line that begins with "by", perhaps after a date or a sign, and goes on with the name of a person.
fn line_with_by(ctx: &Context, block: &Block) -> Option<String> {
    with_by(ctx.scan.text.get(block.range.clone()).filter(|_| block.chars <= 120)?)
}

fn with_by(text: &str) -> Option<String> {
    if !(5..=120).contains(&text.chars().count()) {
        return None;
    }
    let text = text.trim_start_matches(|c: char| !c.is_alphabetic());
    let lower = text.to_lowercase();
    let by = BY.find(&lower)?;
    // "de" and its like begin many lines that are no bylines.
    let word = by.as_str().trim();
    if word.chars().count() < 2
        || matches!(
            word,
            "de" | "di" | "avec" | "av" | "af" | "text" | "texte" | "textes" | "texto" | "testo" | "artikel"
        )
    {
        return None;
    }
    let list = names(&[text.to_owned()], &[]);
    (!list.is_empty() && list.iter().all(|name| looks_like_person(name))).then(|| text.to_owned())
}

/// The name in a line that is a date and a name: `11.12.2019 - Ann Lee`.
fn name_beside_date(ctx: &Context, block: &Block) -> Option<String> {
    let text = ctx.scan.text.get(block.range.clone())?;
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    if block.chars > 70 || !(4..=16).contains(&digits) {
        return None;
    }
    let parts = text.split(['|', '•', '·', '–', '—', '\u{a0}']).flat_map(|part| part.split(" - "));
    let (dates, names): (Vec<&str>, Vec<&str>) = parts.partition(|part| part.chars().any(is_number));
    let mut people = names.into_iter().map(str::trim).filter(|part| looks_like_person(part));
    let name = people.next()?;
    (dates.len() == 1 && people.next().is_none()).then(|| name.to_owned())
}
