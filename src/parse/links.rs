//! Links of a page: anchors with their place, and `rel` links.

use std::collections::hash_map::Entry;

use encoding_rs::{Encoding, UTF_8};
use html5ever::local_name;
use memchr::memchr;

use super::scan::{Around, RawAnchor, Scan};
use super::tree::NodeId;
use super::{Map, first_chars};
use crate::model::{Anchor, Discovered, PageKey, PageKind, PageUrl, Place, Rel};

/// Longest text of an anchor that is read, in bytes; one may lie around the whole page, and others around it.
const MAX_ANCHOR_BYTES: usize = 4 << 10;
/// `<link>` elements that are read.
const MAX_HEAD_LINKS: usize = 500;
/// Characters of a link's text that are kept.
const MAX_TEXT: usize = 500;

/// What references of the page are resolved against.
pub(crate) fn base(scan: &Scan, url: &PageUrl) -> PageUrl {
    scan.base
        .and_then(|id| scan.attribute(id, "href"))
        .and_then(|href| url.join(href.trim()).ok())
        .unwrap_or_else(|| url.clone())
}

/// The `<link>` elements of one relation.
pub(crate) fn with_rel<'s>(scan: &'s Scan, rel: &'s str) -> impl Iterator<Item = NodeId> + 's {
    scan.links.iter().copied().filter(move |id| has_rel(scan, *id, rel))
}

fn has_rel(scan: &Scan, id: NodeId, word: &str) -> bool {
    scan.attribute(id, "rel").is_some_and(|rel| holds(rel, word))
}

fn holds(rel: &str, word: &str) -> bool {
    rel.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case(word))
}

/// The page's anchors, resolved; the index of each leads back to the scan. `encoding` is the page's.
pub(crate) fn anchors(scan: &Scan, base: &PageUrl, encoding: &str) -> Vec<(usize, Anchor)> {
    let encoding = Encoding::for_label(encoding.as_bytes()).map_or(UTF_8, Encoding::output_encoding);
    let mut out = Vec::with_capacity(scan.anchors.len());
    // A story's picture, headline and teaser lead to one address: it is resolved once, and copies share its key.
    let mut resolved: Map<&str, Option<PageUrl>> = Map::default();
    resolved.reserve(scan.anchors.len());
    for (at, raw) in scan.anchors.iter().enumerate() {
        let Some(element) = scan.tree.element(raw.node) else { continue };
        let Some(href) = element.attribute(&local_name!("href")).map(str::trim) else { continue };
        if href.is_empty() || href.starts_with('#') || is_action(href) || is_template(href) {
            continue;
        }
        let resolve = || {
            if encoding == UTF_8 || href.is_ascii() {
                base.join(href)
            } else {
                base.join_encoded(href, &|query| encoding.encode(query).0)
            }
        };
        let Some(url) = resolved.entry(href).or_insert_with(|| resolve().ok()).clone() else { continue };
        let rel = element.attribute(&local_name!("rel")).map_or(Rel::NONE, Rel::parse);
        let start = raw.range.start;
        let end = raw.range.end.min(scan.text.floor_char_boundary(start + MAX_ANCHOR_BYTES));
        out.push((at, Anchor { url, text: scan.whole_line(&(start..end)), place: place(raw), rel }));
    }
    out
}

/// Schemes that only do something; joining them would fail anyway, but at a cost.
fn is_action(href: &str) -> bool {
    ["javascript:", "mailto:", "tel:", "data:", "whatsapp:"]
        .iter()
        .any(|scheme| href.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)))
}

/// A placeholder that a script should have filled in: `{{url}}`, `{link}`, `${href}`.
fn is_template(href: &str) -> bool {
    memchr(b'{', href.as_bytes()).is_some_and(|at| href[at..].contains('}'))
}

fn place(raw: &RawAnchor) -> Place {
    let around = raw.around;
    if around.has(Around::TICKER) {
        Place::Ticker
    } else if around.has(Around::FOOTER) {
        Place::Footer
    } else if around.has(Around::NAV.with(Around::TAGS)) {
        Place::Navigation
    } else if around
        .has(Around::ASIDE.with(Around::RELATED).with(Around::MOST_READ).with(Around::ADVERT).with(Around::COMMENTS))
    {
        Place::Aside
    } else {
        Place::Main
    }
}

/// Addresses worth knowing, each once, in page order: head links first.
pub(crate) fn discovered(scan: &Scan, base: &PageUrl, own: &PageUrl, anchors: Vec<(usize, Anchor)>) -> Vec<Discovered> {
    // Where an address stands in the list; `None` for those that are known and not listed.
    let mut seen: Map<PageKey, Option<usize>> = Map::default();
    seen.reserve(anchors.len() + 1);
    seen.insert(own.key(), None);
    let mut out: Vec<Discovered> = Vec::with_capacity(anchors.len());
    for id in scan.links.iter().take(MAX_HEAD_LINKS) {
        let Some(relation) = relation(scan, *id) else { continue };
        let Some(url) = scan.attribute(*id, "href").and_then(|href| base.join(href.trim()).ok()) else { continue };
        let Entry::Vacant(place) = seen.entry(url.key()) else { continue };
        place.insert(None);
        if let Relation::Leads(kind) = relation {
            let text = scan.attribute(*id, "title").unwrap_or_default();
            let text = first_chars(text, MAX_TEXT).to_owned();
            let rel = scan.attribute(*id, "rel").map_or(Rel::NONE, Rel::parse).vouched();
            out.push(Discovered { url, kind, text, place: Place::Head, published: None, rel });
        }
    }
    for (_, Anchor { url, mut text, place, rel }) in anchors {
        match seen.entry(url.key()) {
            Entry::Vacant(place) => place.insert(Some(out.len())),
            Entry::Occupied(known) => {
                if let Some(known) = known.get() {
                    // A later anchor with a text tells more.
                    let known = &mut out[*known];
                    if known.text.is_empty() {
                        known.text = text;
                    }
                    known.rel = known.rel.and(rel);
                }
                continue;
            }
        };
        text.truncate(first_chars(&text, MAX_TEXT).len());
        out.push(Discovered { url, kind: PageKind::Unknown, text, place, published: None, rel });
    }
    out
}

/// What a `<link>` of the head means for what is visited.
enum Relation {
    /// Its target is worth a visit, as this.
    Leads(PageKind),
    /// Its target is this page in another dress, AMP or for small screens: not visited, also where an anchor leads there.
    Variant,
}

fn relation(scan: &Scan, id: NodeId) -> Option<Relation> {
    let rel = scan.attribute(id, "rel")?;
    if holds(rel, "amphtml") {
        return Some(Relation::Variant);
    }
    if holds(rel, "sitemap") {
        return Some(Relation::Leads(PageKind::Sitemap));
    }
    if holds(rel, "alternate") {
        let kind = scan.attribute(id, "type").unwrap_or_default().trim().to_ascii_lowercase();
        return match kind.as_str() {
            "application/rss+xml" | "application/atom+xml" | "application/feed+json" => {
                Some(Relation::Leads(PageKind::Feed))
            }
            "" | "text/html" if scan.attribute(id, "media").is_some() => Some(Relation::Variant),
            // The same in another language is a page of its own.
            "" | "text/html" if scan.attribute(id, "hreflang").is_some() => Some(Relation::Leads(PageKind::Unknown)),
            _ => None,
        };
    }
    (holds(rel, "next") || holds(rel, "prev")).then_some(Relation::Leads(PageKind::Unknown))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a page leads to: path, kind, place, rel, text.
    fn found_on(page: &str) -> Vec<(String, PageKind, Place, String, String)> {
        let tree = super::super::tree::Tree::parse(page);
        let scan = super::super::scan::scan(&tree);
        let own = PageUrl::parse("https://a.example/news/").expect("an address");
        let base = base(&scan, &own);
        let found = discovered(&scan, &base, &own, anchors(&scan, &base, "utf-8")).into_iter();
        found
            .map(|found| (found.url.as_str().to_owned(), found.kind, found.place, found.rel.to_string(), found.text))
            .collect()
    }

    #[test]
    fn anchors_tell_their_text_place_and_rel() {
        let found = found_on(
            "<nav><a href=/politics>Politics</a></nav><main><p>See <a href=one>The <b>first</b> story</a>\
             <a href='two' rel='ugc nofollow'>two</a> <a href='/by/ann' rel='author noopener'>Ann</a> <a href=#top>up</a> <a href='mailto:x@a.example'>mail</a>\
             <a href=one rel=bookmark>again</a></main><aside><a href='//b.example/x'>Elsewhere</a></aside>\
             <footer><a href='/about?utm_source=foot'>About</a></footer>",
        );
        let expected = [
            ("https://a.example/politics", Place::Navigation, "", "Politics"),
            ("https://a.example/news/one", Place::Main, "bookmark", "The first story"),
            ("https://a.example/news/two", Place::Main, "nofollow ugc", "two"),
            ("https://a.example/by/ann", Place::Main, "author", "Ann"),
            ("https://b.example/x", Place::Aside, "", "Elsewhere"),
            ("https://a.example/about", Place::Footer, "", "About"),
        ];
        let expected = expected
            .map(|(url, place, rel, text)| (url.to_owned(), PageKind::Unknown, place, rel.to_owned(), text.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn the_query_of_a_link_goes_out_in_the_pages_encoding() {
        let tree = super::super::tree::Tree::parse("<a href='/بحث/?q=خبر&amp;x=1'>x</a><a href='{{ url }}'>y</a>");
        let scan = super::super::scan::scan(&tree);
        let own = PageUrl::parse("https://a.example/").expect("an address");
        let found = |encoding| {
            let found = anchors(&scan, &own, encoding);
            assert_eq!(found.len(), 1, "a placeholder is no address");
            found[0].1.url.path_and_query()
        };
        assert_eq!(found("windows-1256"), "/%D8%A8%D8%AD%D8%AB/?q=%CE%C8%D1&x=1");
        assert_eq!(found("utf-8"), "/%D8%A8%D8%AD%D8%AB/?q=%D8%AE%D8%A8%D8%B1&x=1");
        assert_eq!(found("utf-16le"), found("utf-8"));
    }

    #[test]
    fn head_links_lead_on_or_name_variants() {
        let kinds = |link: &str| {
            let page = format!("<head>{link}</head><body><a href='/v/1'>Read on</a>");
            found_on(&page).into_iter().map(|(url, kind, place, ..)| (url, kind, place)).collect::<Vec<_>>()
        };
        let anchor = || ("https://a.example/v/1".to_owned(), PageKind::Unknown, Place::Main);
        let head = |kind| ("https://a.example/v/1".to_owned(), kind, Place::Head);

        assert_eq!(kinds("<link rel=icon href=/v/1>"), [anchor()]);
        assert_eq!(kinds("<link rel=canonical href=/v/1>"), [anchor()]);
        assert_eq!(kinds("<link rel=amphtml href=/v/1>"), [], "an AMP variant is no article of its own");
        assert_eq!(kinds("<link rel=alternate media='only screen and (max-width: 640px)' href=/v/1>"), []);
        assert_eq!(kinds("<link rel='alternate home' type='application/RSS+xml' href=/v/1>"), [head(PageKind::Feed)]);
        assert_eq!(kinds("<link rel=alternate type=application/feed+json href=/v/1>"), [head(PageKind::Feed)]);
        assert_eq!(kinds("<link rel=alternate hreflang=fr href=/v/1>"), [head(PageKind::Unknown)]);
        assert_eq!(kinds("<link rel=alternate type=application/json+oembed href=/v/1>"), [anchor()]);
        assert_eq!(kinds("<link rel=next href=/v/1>"), [head(PageKind::Unknown)]);
        assert_eq!(kinds("<link rel=sitemap href=/v/1>"), [head(PageKind::Sitemap)]);
        assert_eq!(kinds("<base href='/v/'><link rel=next href=1>"), [head(PageKind::Unknown)]);
    }
}
