//! Headlines: which anchors lead to articles, and in what kind of place they stand.

use std::cell::LazyCell;
use std::collections::HashSet;

use super::Map;
use super::profile::{Answers, Compiled};
use super::scan::{Around, Scan};
use super::tree::NodeId;
use crate::model::{Anchor, Headline, HeadlineRole, PageKey, PageKind, PageUrl, learning};

/// Headlines of a page that are kept.
const MAX_HEADLINES: usize = 1_000;

/// The page's headlines, each role with its own positions.
pub(crate) fn headlines(
    scan: &Scan,
    own: &PageUrl,
    kind: PageKind,
    anchors: &[(usize, Anchor)],
    profile: Option<(&Compiled, &Answers)>,
) -> Vec<Headline> {
    if let Some((_, answers)) = profile.filter(|(_, answers)| answers.has_boxes) {
        return from_boxes(scan, kind, anchors, answers);
    }
    if anchors.iter().all(|(at, _)| role(scan.anchors[*at].around, kind).is_none()) {
        return Vec::new();
    }
    let usual = LazyCell::new(|| UsualWords::of(own, anchors));
    let mut out = Vec::new();
    let mut positions: Map<HeadlineRole, u32> = Map::default();
    let mut seen: Map<(HeadlineRole, PageKey), usize> = Map::default();
    for (at, anchor) in anchors {
        let raw = &scan.anchors[*at];
        let Some(role) = role(raw.around, kind) else { continue };
        if !leads_to_article(own, anchor, raw.around, || usual.to(&anchor.url)) {
            continue;
        }
        push(&mut out, &mut positions, &mut seen, role, anchor);
        if out.len() >= MAX_HEADLINES {
            break;
        }
    }
    out.retain(|headline| headline.role == HeadlineRole::Ticker || !headline.text.is_empty());
    renumber(&mut out);
    out
}

/// How many words texts that lead to addresses of a shape have.
struct UsualWords {
    /// The number of each address's shape, and the words of its longest text.
    texts: Map<PageKey, (usize, usize)>,
    /// The mean of each shape.
    means: Vec<f32>,
}

impl UsualWords {
    /// Of the addresses of the site those with a text count, each with its longest.
    fn of(own: &PageUrl, anchors: &[(usize, Anchor)]) -> UsualWords {
        let mut numbers: Map<String, usize> = Map::default();
        let mut texts: Map<PageKey, (usize, usize)> = Map::default();
        texts.reserve(anchors.len());
        for (_, anchor) in anchors.iter().filter(|(_, anchor)| anchor.url.is_same_site(own)) {
            let number = |numbers: &mut Map<String, usize>| {
                let next = numbers.len();
                *numbers.entry(learning::shape(&anchor.url)).or_insert(next)
            };
            let entry = texts.entry(anchor.url.key()).or_insert_with(|| (number(&mut numbers), 0));
            entry.1 = entry.1.max(words(&anchor.text));
        }
        let mut sums = vec![(0, 0); numbers.len()];
        for (shape, words) in texts.values().filter(|(_, words)| *words > 0) {
            sums[*shape].0 += words;
            sums[*shape].1 += 1;
        }
        let mean = |(sum, count): (usize, usize)| if count == 0 { 0.0 } else { sum as f32 / count as f32 };
        UsualWords { texts, means: sums.into_iter().map(mean).collect() }
    }

    fn to(&self, url: &PageUrl) -> f32 {
        self.texts.get(&url.key()).map_or(0.0, |(shape, _)| self.means[*shape])
    }
}

/// Words of a text; three letters of a script without blanks count as one.
fn words(text: &str) -> usize {
    if text.is_ascii() {
        return text.split_ascii_whitespace().count();
    }
    let dense =
        text.chars().filter(|c| matches!(u32::from(*c), 0xe00..=0xe7f | 0x3040..=0x30ff | 0x4e00..=0x9fff)).count();
    text.split_whitespace().count() + dense / 3
}

fn renumber(headlines: &mut [Headline]) {
    let mut positions: Map<HeadlineRole, u32> = Map::default();
    for headline in headlines {
        let position = positions.entry(headline.role).or_default();
        *position += 1;
        headline.position = *position;
    }
}

/// Adds a headline; a second anchor of the same role and target only brings its text, if that says more.
fn push(
    out: &mut Vec<Headline>,
    positions: &mut Map<HeadlineRole, u32>,
    seen: &mut Map<(HeadlineRole, PageKey), usize>,
    role: HeadlineRole,
    anchor: &Anchor,
) {
    let key = (role, anchor.url.key());
    if let Some(known) = seen.get(&key) {
        let known = &mut out[*known];
        if known.text.is_empty() {
            known.text.clone_from(&anchor.text);
        }
        return;
    }
    let position = positions.entry(role).or_default();
    *position += 1;
    seen.insert(key, out.len());
    out.push(Headline { text: anchor.text.clone(), target: anchor.url.clone(), role, position: *position });
}

fn from_boxes(scan: &Scan, kind: PageKind, anchors: &[(usize, Anchor)], answers: &Answers) -> Vec<Headline> {
    let by_node: Map<NodeId, &Anchor> = anchors.iter().map(|(at, anchor)| (scan.anchors[*at].node, anchor)).collect();
    let mut out = Vec::new();
    let mut positions = Map::default();
    let mut seen = Map::default();
    let mut taken = HashSet::new();
    for (node, role) in &answers.headlines {
        let Some(anchor) = by_node.get(node) else { continue };
        if *role == HeadlineRole::Front && kind == PageKind::Article || !taken.insert(*node) {
            continue;
        }
        if *role == HeadlineRole::Ticker {
            // A ticker is kept as it stands: also what it says twice.
            let position = positions.entry(*role).or_insert(0);
            *position += 1;
            out.push(Headline {
                text: anchor.text.clone(),
                target: anchor.url.clone(),
                role: *role,
                position: *position,
            });
        } else {
            push(&mut out, &mut positions, &mut seen, *role, anchor);
        }
        if out.len() >= MAX_HEADLINES {
            break;
        }
    }
    out
}

/// The role of an anchor's place; `None` where no headlines stand.
fn role(around: Around, kind: PageKind) -> Option<HeadlineRole> {
    let nowhere = Around::COMMENTS.with(Around::SHARE);
    if around.has(Around::TICKER) {
        return Some(HeadlineRole::Ticker);
    }
    if around.has(Around::MOST_READ) {
        return Some(HeadlineRole::MostRead);
    }
    match kind {
        PageKind::Article => {
            around.has(Around::RELATED.with(Around::ASIDE).with(Around::CARD)).then_some(HeadlineRole::Related)
        }
        PageKind::Front
        | PageKind::Section
        | PageKind::Tag
        | PageKind::Author
        | PageKind::Unknown
        | PageKind::Other => (!around.has(nowhere)).then_some(HeadlineRole::Front),
        PageKind::Feed | PageKind::Sitemap => None,
    }
}

/// Whether an anchor leads to an article of the same site.
fn leads_to_article(own: &PageUrl, anchor: &Anchor, around: Around, usual: impl Fn() -> f32) -> bool {
    if !anchor.url.is_same_site(own) || anchor.url.key() == own.key() {
        return false;
    }
    match anchor.url.shape().kind {
        PageKind::Article => words(&anchor.text) >= 5 || usual() >= 3.5,
        PageKind::Unknown => around.has(Around::HEADING) && words(&anchor.text) >= 4 && usual() >= 3.0,
        PageKind::Front
        | PageKind::Section
        | PageKind::Tag
        | PageKind::Author
        | PageKind::Feed
        | PageKind::Sitemap
        | PageKind::Other => false,
    }
}
