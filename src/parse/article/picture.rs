//! The lead picture.

use super::body::Body;
use super::{Context, from_meta};
use crate::model::{Extractor, Found, PageUrl};

/// The lead picture's address.
pub(crate) fn image(ctx: &Context, body: Option<&Body>) -> Option<Found<PageUrl>> {
    let mut all: Vec<Found<String>> = ctx.profiled("image").into_iter().collect();
    all.extend(from_meta(ctx.metas, &["og:image", "og:image:url", "og:image:secure_url"]));
    if let Some(text) = ctx.graph.address("image") {
        all.push(Found::new(text, Extractor::JsonLd, "image"));
    }
    all.extend(from_meta(
        ctx.metas,
        &["twitter:image", "twitter:image:src", "parsely-image-url", "sailthru.image.full", "image", "thumbnail"],
    ));
    for link in &ctx.scan.links {
        if ctx.scan.attribute(*link, "rel") == Some("image_src")
            && let Some(href) = ctx.scan.attribute(*link, "href")
        {
            all.push(Found::new(href.to_owned(), Extractor::Meta, "link rel=image_src"));
        }
    }
    if let Some(body) = body {
        all.extend(from_body(ctx, body));
    }
    let chosen = all.iter().find_map(|found| {
        let url = ctx.base.join(found.value.trim()).ok()?;
        is_picture(&url).then(|| Found { value: url, by: found.by, rule: found.rule.clone() })
    });
    let mark =
        chosen.as_ref().and_then(|chosen| all.iter().find(|found| found.rule == chosen.rule && found.by == chosen.by));
    ctx.note_all("image", &all, mark, "first in order that is an address");
    chosen
}

fn from_body(ctx: &Context, body: &Body) -> Option<Found<String>> {
    let picture = ctx
        .scan
        .images
        .iter()
        .find(|picture| body.range.contains(&picture.at) && !picture.around.has(super::body::REMOVED_FOR_IMAGES))?;
    let source = ["src", "data-src", "data-original", "data-lazy-src"].iter().find_map(|name| {
        ctx.scan.attribute(picture.node, name).filter(|value| !value.starts_with("data:") && !value.trim().is_empty())
    })?;
    Some(Found::new(source.to_owned(), Extractor::Html, "first picture of the text"))
}

/// Whether an address may be a story's picture and not the site's sign.
fn is_picture(url: &PageUrl) -> bool {
    let path = url.path().to_ascii_lowercase();
    path.len() > 1 && !path.ends_with(".svg") && !path.ends_with("/thumb")
}
