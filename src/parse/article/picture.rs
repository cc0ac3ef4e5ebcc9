//! The lead picture.

use super::super::scan::{Around, Picture};
use super::super::tree::{NodeId, Tag, Tree};
use super::body::Body;
use super::text::{fold, unescape};
use super::{Context, from_meta};
use crate::model::{Extractor, Found, PageUrl};

/// The lead picture's address.
pub(crate) fn image(ctx: &Context, title: Option<&Found<String>>, body: Option<&Body>) -> Option<Found<PageUrl>> {
    let mut all: Vec<Found<String>> = ctx.profiled("image").into_iter().collect();
    let mut stated = from_meta(ctx.metas, &["og:image", "og:image:url", "og:image:secure_url"]);
    if let Some(text) = ctx.graph.address("image") {
        stated.push(Found::new(unescape(&text).into_owned(), Extractor::JsonLd, "image"));
    }
    stated.extend(from_meta(
        ctx.metas,
        &["twitter:image", "twitter:image:src", "parsely-image-url", "sailthru.image.full", "image", "thumbnail"],
    ));
    for link in &ctx.scan.links {
        if ctx.scan.attribute(*link, "rel") == Some("image_src")
            && let Some(href) = ctx.scan.attribute(*link, "href")
        {
            stated.push(Found::new(href.to_owned(), Extractor::Meta, "link rel=image_src"));
        }
    }
    let shown = shown(ctx, title, body);
    // Where the page offers the picture in many sizes, what is stated is a rendition for social networks; and of
    // several stated ones that which the page shows is the article's. What readers without scripts get is a small one.
    let is_shown = |shown: &&Shown| {
        let name = file_name(&shown.found.value).filter(|_| !shown.spare);
        let same = |other: &str| {
            (name.is_some() && name == file_name(other)) || (shown.sizes && same_picture(&shown.found.value, other))
        };
        stated.iter().any(|other| same(&other.value))
    };
    all.extend(shown.iter().find(is_shown).map(|shown| shown.found.clone()));
    all.extend(stated);
    all.extend(shown.into_iter().take(1).map(|shown| shown.found));
    super::first_address(ctx, "image", &all, "shown and stated, else first in order", is_picture)
}

/// A picture of the page.
struct Shown {
    found: Found<String>,
    /// The page has it in several sizes.
    sizes: bool,
    /// It is for readers without scripts.
    spare: bool,
}

/// Pictures that the page shows between its headline and the first third of its text.
fn shown(ctx: &Context, title: Option<&Found<String>>, body: Option<&Body>) -> Vec<Shown> {
    let Some(body) = body else { return Vec::new() };
    let title = title.map(|found| fold(&found.value)).unwrap_or_default();
    let heading =
        ctx.scan.marks.iter().find(|mark| mark.own.has(Around::HEADING) && fold(&ctx.scan.line(&mark.range)) == title);
    let start = heading.map_or(body.range.start, |mark| mark.range.start.min(body.range.start));
    // A short text is over soon: there the standfirst and the byline may part the picture from its start.
    let end = body.range.start + (body.range.len() / 3).max(body.range.len().clamp(200, 600));
    let inside = ctx.scan.images.iter().filter(|picture| {
        (start..=end).contains(&picture.at)
            && !is_spare(ctx, picture.node)
            && !picture.around.has(super::body::REMOVED_FOR_IMAGES)
            && source(ctx, picture.node)
                .and_then(|url| ctx.base.join(url.trim()).ok())
                .is_some_and(|url| !is_sign(ctx, picture.node, &url))
    });
    let found = |picture: &Picture| {
        let url = source(ctx, picture.node)?;
        let in_picture =
            ctx.scan.tree.parent(picture.node).is_some_and(|above| ctx.scan.tree.tag(above) == Tag::Picture);
        let spare = noscript(ctx.scan.tree, picture.node).is_some();
        let listed = ["srcset", "data-srcset"].iter().any(|name| ctx.scan.attribute(picture.node, name).is_some());
        let sizes = !spare && (in_picture || listed);
        Some(Shown { found: Found::new(url, Extractor::Html, "picture beside the headline"), sizes, spare })
    };
    inside.filter_map(found).take(12).collect()
}

/// The address of a picture, whatever attribute keeps it until it is loaded.
pub(super) fn source(ctx: &Context, node: NodeId) -> Option<String> {
    let real = |value: &&str| {
        let empty = ["transparent", "placeholder", "blank.", "spacer", "1x1", "pixel."];
        !value.trim().is_empty() && !value.starts_with("data:") && !empty.iter().any(|word| value.contains(word))
    };
    let widest = ["srcset", "data-srcset"].iter().find_map(|name| widest(ctx.scan.attribute(node, name)?).filter(real));
    if let Some(url) = widest {
        return Some(url.to_owned());
    }
    let direct = ["data-src", "data-original", "data-lazy-src", "src"]
        .iter()
        .find_map(|name| ctx.scan.attribute(node, name).filter(real));
    let listed = || {
        ["srcset", "data-srcset"]
            .iter()
            .find_map(|name| ctx.scan.attribute(node, name)?.split_whitespace().next().filter(real))
    };
    direct.or_else(listed).map(|url| url.trim_end_matches(',').to_owned())
}

/// Whether a picture for readers without scripts only repeats the one beside it, or counts readers.
pub(super) fn is_spare(ctx: &Context, node: NodeId) -> bool {
    let tree = ctx.scan.tree;
    let Some(noscript) = noscript(tree, node) else { return false };
    let beside = |step: fn(&Tree, NodeId) -> Option<NodeId>| {
        std::iter::successors(step(tree, noscript), move |at| step(tree, *at)).find(|at| tree.element(*at).is_some())
    };
    let beside = [beside(Tree::previous_sibling), beside(Tree::next_sibling)];
    let mut shown = beside.into_iter().flatten().flat_map(|element| tree.descendants(element).take(8));
    shown.any(|node| tree.tag(node) == Tag::Img && source(ctx, node).is_some())
        || !source(ctx, node).is_some_and(|url| is_file(&url))
}

/// The `noscript` element in which a picture lies.
pub(super) fn noscript(tree: &Tree, node: NodeId) -> Option<NodeId> {
    tree.ancestors(node).take(6).find(|above| tree.tag(*above) == Tag::Noscript)
}

/// Whether an address ends like a picture's.
fn is_file(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    [".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif"].iter().any(|ending| path.ends_with(ending))
}

/// The last part of an address's path; nothing for one that is too short to be a picture's own or names a program.
fn file_name(url: &str) -> Option<&str> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let name = path.trim_end_matches('/').rsplit('/').next()?;
    let program = [".php", ".aspx"].iter().any(|ending| name.ends_with(ending));
    (name.len() >= 12 && !program).then_some(name)
}

/// The widest picture of a list of sizes, at most 2,400 pixels wide.
fn widest(list: &str) -> Option<&str> {
    let mut best: Option<(u32, &str)> = None;
    let mut url = None;
    for word in list.split_whitespace() {
        let size = word.trim_end_matches(',');
        match size.strip_suffix('w').and_then(|width| width.parse::<u32>().ok()) {
            Some(width) => {
                let known = best.map_or(0, |(width, _)| width);
                if let Some(url) = url.take().filter(|_| width > known && width <= 2_400) {
                    best = Some((width, url));
                }
            }
            None => url = Some(word),
        }
    }
    best.map(|(_, url)| url)
}

/// Whether two addresses name one picture in two sizes: they share a long token that has a digit in it.
pub(super) fn same_picture(one: &str, other: &str) -> bool {
    let tokens = |url: &str| -> Vec<String> {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        path.rsplit('/')
            .take(4)
            .flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric()))
            .filter(|t| t.len() >= 6 && t.bytes().any(|b| b.is_ascii_digit()))
            .map(str::to_ascii_lowercase)
            .collect()
    };
    let theirs = tokens(other);
    tokens(one).iter().any(|token| theirs.contains(token))
}

/// Whether an address may be a story's picture and not the site's sign.
pub(super) fn is_picture(url: &PageUrl) -> bool {
    let path = url.path().to_ascii_lowercase();
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    path.len() > 1 && ending != "svg" && !path.ends_with("/thumb")
}

/// Words in names of files that are furniture: the site's sign, buttons, rating stars, rules.
const SIGNS: &[&str] = &[
    "logo",
    "icon",
    "icons",
    "sprite",
    "spacer",
    "pixel",
    "blank",
    "rating",
    "star",
    "stars",
    "print",
    "printer",
    "email",
    "mail",
    "arrow",
    "button",
    "btn",
    "loading",
    "loader",
    "spinner",
    "dot",
    "bullet",
    "separator",
    "share",
    "facebook",
    "twitter",
    "whatsapp",
    "telegram",
    "rss",
];

/// Whether a picture is furniture by the name of its file, or by a size in which nobody prints a photograph.
pub(super) fn is_sign(ctx: &Context, node: NodeId, url: &PageUrl) -> bool {
    let file = url.path().rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem);
    let words = stem.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    // A long name with such a word in it describes what a photograph shows.
    let named = words.clone().count() <= 3 && words.clone().any(|word| SIGNS.contains(&word));
    let side =
        |name| ctx.scan.attribute(node, name).and_then(|value| value.trim().trim_end_matches("px").parse::<f32>().ok());
    let (width, height) = (side("width"), side("height"));
    let tiny = [width, height].into_iter().flatten().any(|side| side < 50.0);
    named || tiny || width.zip(height).is_some_and(|(width, height)| width > height * 4.0)
}
