//! Links of a page: anchors with their place, `rel` links, meta robots and refresh.

use std::collections::HashSet;

use super::article::meta::Metas;
use super::scan::{Around, RawAnchor, Scan};
use crate::model::{Anchor, Discovered, OptOut, OptOutKind, PageKey, PageKind, PageUrl, Place, Signals};

/// Longest text of an anchor that is read, in bytes; one may lie around the whole page, and others around it.
const MAX_TEXT: usize = 4 << 10;

/// What references of the page are resolved against.
pub(crate) fn base(scan: &Scan, url: &PageUrl) -> PageUrl {
    scan.base
        .and_then(|id| scan.attribute(id, "href"))
        .and_then(|href| url.join(href.trim()).ok())
        .unwrap_or_else(|| url.clone())
}

/// `rel=canonical`.
pub(crate) fn canonical(scan: &Scan, base: &PageUrl) -> Option<PageUrl> {
    scan.links
        .iter()
        .filter(|id| has_rel(scan, **id, "canonical"))
        .find_map(|id| base.join(scan.attribute(*id, "href")?.trim()).ok())
}

fn has_rel(scan: &Scan, id: super::tree::NodeId, word: &str) -> bool {
    scan.attribute(id, "rel").is_some_and(|rel| rel.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case(word)))
}

/// The page's anchors, resolved; the index of each leads back to the scan.
pub(crate) fn anchors(scan: &Scan, base: &PageUrl) -> Vec<(usize, Anchor)> {
    let mut out = Vec::with_capacity(scan.anchors.len());
    for (at, raw) in scan.anchors.iter().enumerate() {
        let Some(href) = scan.attribute(raw.node, "href").map(str::trim) else { continue };
        if href.is_empty() || href.starts_with('#') || is_action(href) {
            continue;
        }
        let Ok(url) = base.join(href) else { continue };
        let rel = scan.attribute(raw.node, "rel").unwrap_or_default();
        let nofollow = rel
            .split_ascii_whitespace()
            .any(|r| ["nofollow", "ugc", "sponsored"].iter().any(|n| r.eq_ignore_ascii_case(n)));
        let start = raw.range.start;
        let end = raw.range.end.min(scan.text.floor_char_boundary(start + MAX_TEXT));
        out.push((at, Anchor { url, text: scan.whole_line(&(start..end)), place: place(raw), nofollow }));
    }
    out
}

/// Schemes that only do something; joining them would fail anyway, but at a cost.
fn is_action(href: &str) -> bool {
    ["javascript:", "mailto:", "tel:", "data:", "whatsapp:"]
        .iter()
        .any(|scheme| href.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)))
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
pub(crate) fn discovered(scan: &Scan, base: &PageUrl, own: &PageUrl, anchors: &[(usize, Anchor)]) -> Vec<Discovered> {
    let mut seen: HashSet<PageKey> = HashSet::from([own.key()]);
    let mut out: Vec<Discovered> = Vec::new();
    for id in scan.links.iter().take(500) {
        let Some(kind) = head_kind(scan, *id) else { continue };
        let Some(url) = scan.attribute(*id, "href").and_then(|href| base.join(href.trim()).ok()) else { continue };
        if seen.insert(url.key()) {
            let text = scan.attribute(*id, "title").unwrap_or_default().to_owned();
            out.push(Discovered { url, kind, text, place: Place::Head, published: None, nofollow: false });
        }
    }
    let mut places: std::collections::HashMap<PageKey, usize> = std::collections::HashMap::new();
    for (_, anchor) in anchors {
        let key = anchor.url.key();
        if let Some(known) = places.get(&key) {
            // A later anchor with a text or a better place tells more.
            let known = &mut out[*known];
            if known.text.is_empty() {
                known.text.clone_from(&anchor.text);
            }
            known.nofollow &= anchor.nofollow;
            continue;
        }
        if !seen.insert(key.clone()) {
            continue;
        }
        places.insert(key, out.len());
        out.push(Discovered {
            url: anchor.url.clone(),
            kind: PageKind::Unknown,
            text: anchor.text.chars().take(500).collect(),
            place: anchor.place,
            published: None,
            nofollow: anchor.nofollow,
        });
    }
    out
}

/// What a `<link>` of the head leads to, if it is worth a visit.
fn head_kind(scan: &Scan, id: super::tree::NodeId) -> Option<PageKind> {
    let kind = scan.attribute(id, "type").unwrap_or_default().trim().to_ascii_lowercase();
    if has_rel(scan, id, "alternate")
        && ["application/rss+xml", "application/atom+xml", "application/feed+json"].contains(&kind.as_str())
    {
        return Some(PageKind::Feed);
    }
    if has_rel(scan, id, "sitemap") {
        return Some(PageKind::Sitemap);
    }
    (has_rel(scan, id, "next") || has_rel(scan, id, "prev")).then_some(PageKind::Unknown)
}

/// Reads meta robots, `X-Robots-Tag` and meta refresh.
pub(crate) fn signals(metas: &Metas, base: &PageUrl, robots_tags: &[String], robot: &str) -> Signals {
    let mut signals = Signals::default();
    let robot = robot.to_ascii_lowercase();
    for key in ["robots", robot.as_str()] {
        for value in metas.all(key) {
            apply_robots(&mut signals, value);
        }
    }
    for tag in robots_tags {
        // "agent: rules" or "rules".
        match tag.split_once(':') {
            Some((agent, value)) if agent.trim() == "tdm-reservation" => reserve(&mut signals, value),
            Some((agent, rules)) if !agent.contains(',') && !takes_value(agent) => {
                if agent.trim().eq_ignore_ascii_case(&robot) {
                    apply_robots(&mut signals, rules);
                }
            }
            _ => apply_robots(&mut signals, tag),
        }
    }
    if let Some(value) = metas.first("tdm-reservation") {
        reserve(&mut signals, value);
    }
    signals.refresh = metas.first("refresh").and_then(|value| refresh(value, base));
    signals
}

/// Rules that are followed by a colon, as names of agents are.
fn takes_value(rule: &str) -> bool {
    ["unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"]
        .iter()
        .any(|name| rule.trim().eq_ignore_ascii_case(name))
}

/// Any value but 1 reserves nothing.
fn reserve(signals: &mut Signals, value: &str) {
    if value.trim() == "1" {
        opt_out(signals, OptOutKind::TdmReservation, value);
    }
}

fn opt_out(signals: &mut Signals, kind: OptOutKind, value: &str) {
    if signals.opt_outs.iter().all(|known| known.kind != kind) {
        signals.opt_outs.push(OptOut { kind, value: value.trim().chars().take(200).collect() });
    }
}

fn apply_robots(signals: &mut Signals, rules: &str) {
    for rule in rules.split(',').map(|rule| rule.trim().to_ascii_lowercase()) {
        match rule.as_str() {
            "noindex" => signals.noindex = true,
            "nofollow" => signals.nofollow = true,
            "noarchive" | "nocache" => signals.noarchive = true,
            "noai" => opt_out(signals, OptOutKind::NoAi, rules),
            "noimageai" => opt_out(signals, OptOutKind::NoImageAi, rules),
            "none" => {
                signals.noindex = true;
                signals.nofollow = true;
            }
            _ => {}
        }
    }
}

/// `5; url=/x` within ten seconds.
fn refresh(value: &str, base: &PageUrl) -> Option<PageUrl> {
    let (delay, rest) = value.split_once([';', ','])?;
    let delay: f32 = delay.trim().parse().ok()?;
    if !(0.0..=10.0).contains(&delay) {
        return None;
    }
    let rest = rest.trim();
    let target = match rest.get(..3) {
        Some(head) if head.eq_ignore_ascii_case("url") => rest[3..].trim_start().strip_prefix('=')?.trim(),
        _ => rest,
    };
    base.join(target.trim_matches(['"', '\''])).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_tags(tags: &[&str]) -> Signals {
        let tags: Vec<String> = tags.iter().map(|&tag| tag.to_owned()).collect();
        signals(&Metas::default(), &PageUrl::parse("https://a.example/").expect("an address"), &tags, "murasil")
    }

    #[test]
    fn a_tag_for_an_agent_holds_for_it_alone() {
        for (tag, noindex) in [
            ("noindex", true),
            ("murasil: noindex, nofollow", true),
            ("Murasil: none", true),
            ("otherbot: noindex", false),
            ("max-snippet:-1, noindex", true),
            ("unavailable_after: 25 Jun 2010 15:00:00 PST", false),
            ("noindex, max-image-preview:large", true),
        ] {
            assert_eq!(of_tags(&[tag]).noindex, noindex, "{tag}");
        }
    }

    #[test]
    fn wishes_about_mining_and_training_are_read() {
        let kinds = |tags: &[&str]| of_tags(tags).opt_outs.into_iter().map(|wish| wish.kind).collect::<Vec<_>>();
        assert_eq!(kinds(&["noai, noimageai", "noai"]), [OptOutKind::NoAi, OptOutKind::NoImageAi]);
        assert_eq!(kinds(&["tdm-reservation: 1"]), [OptOutKind::TdmReservation]);
        assert_eq!(kinds(&["tdm-reservation: 0", "otherbot: noai"]), []);
    }
}
