//! Authors: names of people, without roles, agencies, cities, mail addresses and the word "by".

use super::super::scan::{Around, collapse};
use super::text::{fold, unescape};
use super::{Context, from_meta};
use crate::model::{Extractor, Found};

/// The authors.
pub(crate) fn authors(
    ctx: &Context,
    title: Option<&Found<String>>,
    publisher: Option<&Found<String>>,
) -> Option<Found<Vec<String>>> {
    let _ = title;
    if let Some((_, answers)) = ctx.profile
        && (ctx.answer("authors").is_some() || answers.fields.contains_key("title"))
    {
        let answer = ctx.answer("authors")?;
        let names = names(&answer.values, &[]);
        return (!names.is_empty()).then(|| Found::new(names, Extractor::Profile, answer.rule.clone()));
    }
    let mut sites = super::title::site_names(ctx);
    sites.extend(publisher.map(|found| fold(&found.value)));
    let mut all: Vec<(Vec<String>, Extractor, &'static str)> = Vec::new();
    for property in ["author", "creator"] {
        let found: Vec<String> = ctx
            .graph
            .names(property)
            .into_iter()
            .filter(|(_, person)| *person != Some(false))
            .map(|(name, _)| name)
            .collect();
        all.push((found, Extractor::JsonLd, "author.name"));
    }
    for found in from_meta(
        ctx.metas,
        &[
            "author",
            "article:author",
            "article:author_name",
            "og:article:author",
            "parsely-author",
            "byl",
            "sailthru.author",
            "dc.creator",
            "dcterms.creator",
            "cxenseparse:author",
            "citation_author",
            "authors",
        ],
    ) {
        let key = match &found.rule {
            std::borrow::Cow::Borrowed(key) => key,
            std::borrow::Cow::Owned(_) => "meta",
        };
        all.push((ctx.metas.all(key).to_vec(), Extractor::Meta, key));
    }
    let mut visible = Vec::new();
    for mark in &ctx.scan.marks {
        if mark.around.has(
            Around::COMMENTS
                .with(Around::RELATED)
                .with(Around::HIDDEN)
                .with(Around::NAV)
                .with(Around::FOOTER)
                .with(Around::ASIDE)
                .with(Around::CARD),
        ) {
            continue;
        }
        let rel = ctx.scan.attribute(mark.node, "rel").is_some_and(|rel| rel.contains("author"));
        let property = ctx.scan.attribute(mark.node, "itemprop").is_some_and(|p| p == "author");
        let text = ctx.scan.line(&mark.range);
        if (rel || property || mark.own.has(Around::AUTHOR)) && (2..=150).contains(&text.chars().count()) {
            visible.push(text);
            break;
        }
    }
    all.push((visible, Extractor::Html, "author class"));
    let mut chosen = None;
    for (raw, by, rule) in all {
        let list = names(&raw, &sites);
        let hit = chosen.is_none() && !list.is_empty();
        for value in &raw {
            ctx.note("authors", value, by, rule, hit, "");
        }
        if hit {
            chosen = Some(Found::new(list, by, rule));
        }
    }
    chosen
}

/// Clean names from raw texts.
pub(crate) fn names(raw: &[String], sites: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for text in raw {
        for part in unescape(text).split([',', ';', '&', '|', '\n', '•', '·', '،']) {
            let name = collapse(part);
            let folded = fold(&name);
            let length = name.chars().count();
            if length < 2 || length > 60 || name.contains("://") || name.contains('@') || sites.contains(&folded) {
                continue;
            }
            if folded == "email protected" || out.iter().any(|known| fold(known) == folded) {
                continue;
            }
            out.push(name);
        }
    }
    out
}
