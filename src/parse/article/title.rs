//! The headline. Site name and section leave `<title>` and `og:title` only where other evidence says so.

use std::ops::Range;

use super::super::scan::{Around, Block, BlockKind, Mark};
use super::super::tree::Tag;
use super::kicker;
use super::text::{Words, fold, folds_to, same_letters, unescape};
use super::{Context, from_meta};
use crate::model::{Extractor, Found};

/// Longest title that is kept, in characters.
const MAX_CHARS: usize = 500;
/// Segments of a title that are told apart; more are no title's.
const MAX_SEGMENTS: usize = 12;

/// The headline.
pub(crate) fn title(ctx: &Context) -> Option<Found<String>> {
    if let Some(found) = ctx.profiled("title") {
        ctx.note("title", &found.value, found.by, &found.rule, true, "profile");
        return Some(found);
    }
    let all = candidates(ctx);
    let chosen = choose(ctx, &all);
    ctx.note_all("title", &all, chosen.as_ref(), "most agreement");
    chosen
}

fn candidates(ctx: &Context) -> Vec<Found<String>> {
    let mut all = Vec::new();
    if let Some(text) = ctx.graph.text("headline") {
        all.push(Found::new(text, Extractor::JsonLd, "headline"));
    } else if let Some(text) = ctx.graph.text("name") {
        all.push(Found::new(text, Extractor::JsonLd, "name"));
    }
    all.extend(from_meta(
        ctx.metas,
        &[
            "og:title",
            "twitter:title",
            "parsely-title",
            "dc.title",
            "dcterms.title",
            "sailthru.title",
            "title",
            "headline",
            "cxenseparse:title",
        ],
    ));
    if let Some(text) = &ctx.metas.title {
        all.push(Found::new(text.clone(), Extractor::Meta, "title element"));
    }
    for found in &mut all {
        if let Some((end, _)) = found.value.char_indices().nth(MAX_CHARS) {
            found.value.truncate(end);
        }
    }
    let mut hints: Vec<String> = all.iter().map(|found| fold(&found.value)).collect();
    // Most pages state one title many times.
    hints.sort_unstable();
    hints.dedup();
    let stated: Vec<Words> = hints.iter().map(|hint| Words::of(hint)).collect();
    let mut headings: Vec<(f32, Found<String>)> = Vec::new();
    for mark in &ctx.scan.marks {
        let Some((base, rule)) = heading_rank(ctx, mark) else { continue };
        let known = |part: &str| hints.iter().any(|hint| hint.starts_with(part) && !part.is_empty());
        let (value, rule) = match kicker::parted(ctx, mark, known) {
            Some((_, headline)) if rule.starts_with("h1") => (headline, "part of h1"),
            Some((_, headline)) => (headline, rule),
            None => (unescape(&ctx.scan.line(&mark.range)).into_owned(), rule),
        };
        let length = value.chars().count();
        if !(2..=300).contains(&length) {
            continue;
        }
        let folded = fold(&value);
        let words = Words::of(&folded);
        let agreement = stated.iter().map(|hint| words.share_in(hint) + hint.share_in(&words)).fold(0.0_f32, f32::max);
        let by = if mark.property { Extractor::Microdata } else { Extractor::Html };
        headings.push((base + agreement * 2.0, Found::new(value, by, rule)));
        if headings.len() >= 60 {
            break;
        }
    }
    if headings.is_empty() {
        all.extend(super::typography::headline(ctx));
    }
    headings.sort_by(|a, b| b.0.total_cmp(&a.0));
    let needed = if hints.is_empty() { 0.0 } else { 1.5 };
    let visible = headings.into_iter().filter(|(rank, _)| *rank >= needed).map(|(_, found)| found).take(3);
    let mut out: Vec<Found<String>> = visible.collect();
    out.append(&mut all);
    out
}

/// How likely a marked element is the headline, by its markup alone.
fn heading_rank(ctx: &Context, mark: &Mark) -> Option<(f32, &'static str)> {
    if mark
        .around
        .has(Around::HIDDEN.with(Around::NAV).with(Around::FOOTER).with(Around::DIALOG).with(Around::COMMENTS))
    {
        return None;
    }
    let element = ctx.scan.tree.element(mark.node)?;
    let property =
        element.attribute_named("itemprop").is_some_and(|p| p.split_ascii_whitespace().any(|p| p == "headline"));
    let away = if mark.around.has(Around::ASIDE.with(Around::RELATED).with(Around::CARD).with(Around::ADVERT)) {
        -1.0
    } else {
        0.0
    };
    match element.tag {
        Tag::H1 if property => Some((1.2 + away, "h1 itemprop=headline")),
        Tag::H1 => Some((1.0 + away, "h1")),
        _ if property => Some((0.9 + away, "itemprop=headline")),
        Tag::H2 if mark.own.has(Around::TITLE) => Some((0.5 + away, "h2 of a title class")),
        Tag::H2 => Some((0.2 + away, "h2")),
        Tag::H3 => Some((-0.2 + away, "h3")),
        Tag::Div | Tag::Span | Tag::P | Tag::Td if mark.own.has(Around::TITLE) => Some((0.0 + away, "title class")),
        _ => None,
    }
}

/// Weighs the candidates: those that say the same thing count together.
fn choose(ctx: &Context, all: &[Found<String>]) -> Option<Found<String>> {
    let sites = site_names(ctx);
    let cleaned: Vec<(Found<String>, String)> = all
        .iter()
        .map(|found| {
            let value =
                if found.by == Extractor::Html { found.value.clone() } else { stripped(&found.value, all, &sites) };
            let folded = fold(&value);
            (Found { value, by: found.by, rule: found.rule.clone() }, folded)
        })
        .filter(|(_, folded)| !folded.is_empty())
        .collect();
    let cleaned = if cleaned.iter().all(|(_, folded)| sites.contains(folded)) {
        cleaned
    } else {
        cleaned.into_iter().filter(|(_, folded)| !sites.contains(folded)).collect()
    };
    let metas: Vec<&String> = cleaned.iter().filter(|(found, _)| is_stated(found)).map(|(_, folded)| folded).collect();
    let headings = cleaned.iter().filter(|(found, _)| found.rule.contains("h1")).count();
    let mut groups: Vec<(&String, f32, &Found<String>)> = Vec::new();
    for (found, folded) in &cleaned {
        let weight = weight(found, folded, &metas, headings);
        match groups.iter_mut().find(|(known, _, _)| *known == folded) {
            Some((_, sum, _)) => *sum += weight,
            None => groups.push((folded, weight, found)),
        }
    }
    let mut best: Option<&(&String, f32, &Found<String>)> = None;
    for group in &groups {
        if best.is_none_or(|known| group.1 > known.1 + 0.001) {
            best = Some(group);
        }
    }
    best.map(|(_, _, found)| (*found).clone())
}

/// Whether a candidate is stated for machines, not shown.
fn is_stated(found: &Found<String>) -> bool {
    matches!(found.by, Extractor::JsonLd | Extractor::Meta)
}

fn weight(found: &Found<String>, folded: &str, metas: &[&String], headings: usize) -> f32 {
    let words = Words::of(folded);
    let stated = metas.iter().map(|meta| Words::of(meta));
    let agreement = stated.map(|meta| words.share_in(&meta).max(meta.share_in(&words))).fold(0.0_f32, f32::max);
    match &*found.rule {
        // What the site wrote for search engines differs from the headline in other words; what it shows wins.
        // A ticker's headlines in a row are today's, not the article's.
        "h1" | "h1 itemprop=headline" if found.value.contains(" +++ ") => 1.2,
        "h1" | "h1 itemprop=headline" if metas.is_empty() || agreement >= 0.25 => {
            // A longer stated form adds a kicker; any other difference is the search engine's.
            let extended = metas
                .iter()
                .any(|meta| meta.as_str() != folded && (meta.ends_with(folded) || meta.starts_with(folded)));
            match (extended, headings) {
                (true, _) => 2.05,
                // The only heading of its level is what readers see as the headline.
                (false, 1) if metas.iter().any(|meta| differ_in_one_word(meta, folded)) => 3.2,
                (false, 1) => 3.4,
                (false, _) => 2.9,
            }
        }
        "part of h1" => 3.4,
        // It says it in wholly other words, but it is the only heading of its level and no site's name.
        "h1" | "h1 itemprop=headline" if headings == 1 && folded.split(' ').count() >= 5 => 2.6,
        "h1" | "h1 itemprop=headline" | "name" => 0.6,
        // Whatever its level, a heading that says exactly what is stated is the headline.
        "itemprop=headline" | "h2 of a title class" | "title class" | "h2" | "h3"
            if agreement >= 0.999 && metas.iter().any(|meta| *meta == folded) =>
        {
            1.3
        }
        "itemprop=headline" => 0.9,
        // Without a heading of its own, the page's editors say it here and its marketing elsewhere.
        "headline" if headings == 0 => 2.2,
        "headline" => 1.2,
        "og:title" => 1.05,
        "largest type" => 0.7,
        "h2 of a title class" | "title class" | "title element" | "twitter:title" => 0.5,
        _ => 0.3,
    }
}

/// Whether two texts are the same but for one word: a heading shortens it, or spells it otherwise.
fn differ_in_one_word(one: &str, other: &str) -> bool {
    let words = |text: &str| text.split(' ').count();
    words(one) == words(other) && one.split(' ').zip(other.split(' ')).filter(|(a, b)| a != b).count() == 1
}

/// Folded names of the site.
pub(crate) fn site_names(ctx: &Context) -> Vec<String> {
    let mut names = Vec::new();
    for key in [
        "og:site_name",
        "application-name",
        "apple-mobile-web-app-title",
        "twitter:site",
        "dc.publisher",
        "publisher",
        "copyright",
        "al:ios:app_name",
    ] {
        names.extend(ctx.metas.first(key).map(fold));
    }
    names.extend(ctx.graph.names("publisher").into_iter().map(|(name, _)| fold(&name)));
    names.extend(ctx.graph.organisations().iter().map(|name| fold(name)));
    let host = ctx.url.host_name().trim_start_matches("www.");
    names.push(fold(host));
    let domain = ctx.url.registrable_domain();
    names.push(fold(domain));
    names.push(fold(domain.split('.').next().unwrap_or_default()));
    names.retain(|name| name.chars().count() >= 2);
    names
}

/// A title without segments that are the site's name, or that no other candidate has.
fn stripped(title: &str, all: &[Found<String>], sites: &[String]) -> String {
    let parts = segments(title);
    if !(2..=MAX_SEGMENTS).contains(&parts.len()) {
        return title.to_owned();
    }
    let is_site = |part: &str| {
        let folded = fold(part);
        sites
            .iter()
            .any(|site| same_letters(site, &folded) || (folded.chars().count() >= 4 && site.starts_with(&folded)))
    };
    let strong = |found: &&Found<String>| {
        found.value != title
            && matches!(
                &*found.rule,
                "h1" | "h1 itemprop=headline"
                    | "part of h1"
                    | "itemprop=headline"
                    | "headline"
                    | "og:title"
                    | "h2 of a title class"
                    | "title class"
            )
    };
    let lesser = |found: &&Found<String>| {
        matches!(&*found.rule, "h2" | "h3") && found.value != title && found.value.split(' ').count() >= 4
    };
    let folded = |kept: &dyn Fn(&&Found<String>) -> bool| -> Vec<String> {
        all.iter().filter(|found| kept(found)).map(|found| fold(&found.value)).collect()
    };
    let proofs = [folded(&strong), folded(&lesser)];
    let mut end = parts.len();
    let mut start = 0;
    while end > start + 1 && is_site(parts[end - 1].1) {
        end -= 1;
    }
    while end > start + 1 && is_site(parts[start].1) {
        start += 1;
    }
    // Another candidate that is exactly a run of segments proves the rest to be furniture.
    for others in proofs.iter().filter(|others| !others.is_empty()) {
        for from in start..end {
            for to in (from + 1..=end).rev() {
                let run = &title[parts[from].0..parts[to - 1].0 + parts[to - 1].1.len()];
                if (from, to) != (start, end) && run.len() * 3 > title.len() && others.contains(&fold(run)) {
                    return run.trim().to_owned();
                }
            }
        }
    }
    title[parts[start].0..parts[end - 1].0 + parts[end - 1].1.len()].trim().to_owned()
}

/// The parts of a title between the usual separators, with their places.
pub(super) fn segments(title: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let mut start = 0;
    let separators = [
        " | ",
        " - ",
        " – ",
        " — ",
        " :: ",
        " » ",
        " « ",
        " · ",
        " • ",
        " / ",
        " ‹ ",
        " › ",
        "|",
        "：",
        "｜",
        " : ",
        " > ",
        " ~ ",
        " \u{2015} ",
    ];
    let mut at = 0;
    while at < title.len() {
        let hit = separators.iter().find(|separator| title[at..].starts_with(**separator));
        match hit {
            Some(separator) => {
                parts.push((start, &title[start..at]));
                at += separator.len();
                start = at;
            }
            None => at += title[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    parts.push((start, &title[start..]));
    parts.retain(|(_, part)| !part.trim().is_empty());
    parts
}

/// Where the headline stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Its place in the page's text; empty at 0 if it stands nowhere.
    pub(crate) range: Range<usize>,
    /// What surrounds the headline itself: of what stands beside it, these facts say nothing.
    pub(crate) around: Around,
}

/// Facts that may be wrong of a whole article: one word of a class that its theme uses otherwise.
const DOUBTFUL: Around = Around::ASIDE
    .with(Around::CARD)
    .with(Around::RELATED)
    .with(Around::ADVERT)
    .with(Around::DIALOG)
    .with(Around::NEWSLETTER)
    .with(Around::AUTHOR_BOX)
    .with(Around::CAPTION)
    .with(Around::FIGURE)
    .with(Around::FOOTER)
    .with(Around::FORM)
    .with(Around::SHARE)
    .with(Around::LI)
    .with(Around::TAGS);

/// Where the headline stands in the page's text; else the first heading of level 1.
pub(crate) fn place(ctx: &Context, title: Option<&Found<String>>) -> Place {
    let title = title.map(|found| fold(&found.value)).unwrap_or_default();
    let text = |block: &Block| ctx.scan.text.get(block.range.clone()).unwrap_or_default();
    let candidate =
        |block: &&Block| !title.is_empty() && block.chars < 400 && !block.around.has(Around::HIDDEN.with(Around::NAV));
    let hit = |block: &&Block| candidate(block) && folds_to(text(block), &title);
    let is_heading = |block: &&Block| matches!(block.kind, BlockKind::Heading(_));
    let with_kicker = |block: &&Block| {
        let folded = if candidate(block) && !block.around.has(DOUBTFUL) { fold(text(block)) } else { String::new() };
        folded.ends_with(&title) && folded.len() <= title.len() + 100
    };
    let with_more = |block: &&Block| {
        let folded = if candidate(block) && !block.around.has(DOUBTFUL) { fold(text(block)) } else { String::new() };
        !title.is_empty() && folded.starts_with(&title) && folded.len() <= title.len() + 100
    };
    let is_first = |block: &&Block| matches!(block.kind, BlockKind::Heading(1)) && !block.around.has(Around::HIDDEN);
    let blocks = &ctx.scan.blocks;
    let found = blocks
        .iter()
        .filter(is_heading)
        .find(hit)
        .or_else(|| blocks.iter().find(hit))
        .or_else(|| blocks.iter().filter(is_heading).find(with_kicker))
        .or_else(|| blocks.iter().filter(is_heading).find(with_more))
        .or_else(|| blocks.iter().find(is_first));
    found.map_or(Place { range: 0..0, around: Around::NONE }, |block| Place {
        range: block.range.clone(),
        around: Around(block.around.0 & DOUBTFUL.0),
    })
}
