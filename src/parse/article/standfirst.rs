//! The standfirst: the sentence between headline and text.

use super::body::Body;
use super::text::{fold, overlap};
use super::{Context, from_meta};
use crate::model::{Extractor, Found};
use crate::parse::scan::Around;

/// Longest standfirst, in characters.
const MAX_CHARS: usize = 700;

/// The standfirst.
pub(crate) fn subtitle(ctx: &Context, title: Option<&Found<String>>) -> Option<Found<String>> {
    if let Some((_, answers)) = ctx.profile
        && ctx.answer("title").is_some()
    {
        // A profile that knows the page's headline also knows whether there is a standfirst.
        let found = answers.fields.get("subtitle").and_then(|_| ctx.profiled("subtitle"));
        if let Some(found) = &found {
            ctx.note("subtitle", &found.value, found.by, &found.rule, true, "profile");
        }
        return found;
    }
    let title_fold = title.map(|found| fold(&found.value)).unwrap_or_default();
    let mut all = Vec::new();
    for mark in &ctx.scan.marks {
        if !mark.own.has(Around::SUBTITLE)
            || mark.around.has(
                Around::HIDDEN
                    .with(Around::NAV)
                    .with(Around::FOOTER)
                    .with(Around::ASIDE)
                    .with(Around::RELATED)
                    .with(Around::CARD)
                    .with(Around::COMMENTS),
            )
        {
            continue;
        }
        let value = ctx.scan.line(&mark.range);
        if (20..=MAX_CHARS).contains(&value.chars().count()) {
            all.push(Found::new(value, Extractor::Html, "standfirst class"));
            break;
        }
    }
    if let Some(text) = ctx.graph.text("alternativeHeadline") {
        all.push(Found::new(text, Extractor::JsonLd, "alternativeHeadline"));
    }
    if let Some(text) = ctx.graph.text("description") {
        all.push(Found::new(text, Extractor::JsonLd, "description"));
    }
    all.extend(from_meta(ctx.metas, &["og:description", "twitter:description", "description", "dc.description"]));
    let chosen = all
        .iter()
        .find(|found| {
            let folded = fold(&found.value);
            !folded.is_empty()
                && folded != title_fold
                && overlap(&folded, &title_fold) < 0.9
                && found.value.chars().count() <= MAX_CHARS
        })
        .cloned();
    ctx.note_all("subtitle", &all, chosen.as_ref(), "first in order that is no headline");
    chosen
}

/// Whether a description is only the beginning of the text.
pub(crate) fn repeats_body(_subtitle: &str, _body: Option<&Body>) -> bool {
    false
}
