//! Texts on several pages: the page on which this one goes on. What addresses say of pages is in `numbers.rs`.

use html5ever::local_name;

use super::super::scan::{Around, RawAnchor, collapse};
use super::super::tree::{Data, NodeId, Tag};
use super::Context;
use super::numbers::{Form, Page, Pages, digits};
use crate::model::PageUrl;

/// Longest text that is its number, in bytes: two digits of any script.
const MAX_NUMBER: usize = 8;
/// Longest text of a link that says "next" and is no headline, in characters.
const MAX_LABEL: usize = 24;
/// Links whose surroundings are searched for the pages of a text, and links that may lead back.
const MAX_PAGERS: usize = 10;
/// Elements above a link among which its pager is looked for, nodes of one, and letters of its words that are no numbers.
const MAX_ABOVE: usize = 3;
const MAX_NODES: usize = 300;
const MAX_WORDS: usize = 60;

/// The next page of the same text: what the profile points at; without a profile's rule `rel=next` or a link of a pager,
/// whose address is this one's with the next number. `rel=next` to another article is none.
pub(crate) fn next(ctx: &Context) -> Option<PageUrl> {
    let leads_on = |url: &PageUrl| url.key() != ctx.url.key() && url.authority() == ctx.url.authority();
    if let Some(answer) = ctx.answer("next_page") {
        return ctx.base.join(answer.values.first()?).ok().filter(leads_on);
    }
    let here = Pages::of(ctx.url);
    by_head(ctx, &here).or_else(|| by_anchor(ctx, &here))
}

/// A link element with a title names another text.
fn by_head(ctx: &Context, here: &Pages) -> Option<PageUrl> {
    ctx.scan.links.iter().filter(|node| has_rel(ctx, **node, "next")).find_map(|node| {
        let url = resolve(ctx, *node)?;
        let (form, _) = here.step(&url)?;
        (form != Form::Slug || ctx.scan.attribute(*node, "title").is_none()).then_some(url)
    })
}

fn by_anchor(ctx: &Context, here: &Pages) -> Option<PageUrl> {
    let mut doubtful = Vec::new();
    for anchor in ctx.scan.anchors.iter().filter(|anchor| !anchor.around.has(Around::COMMENTS)) {
        let Some(claim) = Claim::of(ctx, anchor) else { continue };
        let Some(url) = resolve(ctx, anchor.node) else { continue };
        let Some((form, page)) = here.step(&url) else { continue };
        let is_sure = match (claim, form) {
            (Claim::Number(number), _) if number != page.number + 1 => continue,
            (_, Form::Query) | (Claim::Number(_) | Claim::Next, Form::Segment) => true,
            (Claim::Next, Form::Slug) => is_label(ctx, anchor, page),
            // What follows the fifth of a list is no sixth page.
            (Claim::NextStory | Claim::Pager, Form::Segment) => page.number == 1,
            (Claim::NextStory | Claim::Number(_) | Claim::Pager, Form::Slug) => false,
        };
        if is_sure {
            return Some(url);
        }
        if doubtful.len() < MAX_PAGERS {
            doubtful.push((url, form, anchor.node, page));
        }
    }
    let is_proved = |form, node, page| is_in_pager(ctx, node, page) || form == Form::Slug && follows(ctx, page);
    doubtful.into_iter().find(|(_, form, node, page)| is_proved(*form, *node, page)).map(|(url, ..)| url)
}

/// Why an anchor may lead to the next page.
#[derive(Clone, Copy)]
enum Claim {
    /// It says so.
    Next,
    /// It says so among links to other articles.
    NextStory,
    /// Its text is this number.
    Number(u32),
    /// It stands in a pager.
    Pager,
}

impl Claim {
    fn of(ctx: &Context, anchor: &RawAnchor) -> Option<Claim> {
        let away = Around::OTHER_STORIES.with(Around::MOST_READ).with(Around::TICKER);
        let is_away = anchor.around.has(away);
        if has_rel(ctx, anchor.node, "next") {
            return Some(if is_away { Claim::NextStory } else { Claim::Next });
        }
        if is_away {
            return None;
        }
        // Most texts have no digit, and that is seen at once.
        let text = ctx.scan.text.get(anchor.range.clone()).unwrap_or_default();
        let may_be = text.bytes().any(|byte| byte.is_ascii_digit() || !byte.is_ascii());
        let number = may_be.then(|| digits(&ctx.scan.line_within(&anchor.range, MAX_NUMBER))).flatten();
        let in_pager = anchor.around.has(Around::RELATED).then_some(Claim::Pager);
        number.map(Claim::Number).or(in_pager)
    }
}

/// Whether the page says that it follows the page before: `rel=prev`.
fn follows(ctx: &Context, page: &Page) -> bool {
    let leads_back = |node| {
        let url = resolve(ctx, node);
        url.is_some_and(|url| Pages::of(&url).are(&page.stem, page.number.saturating_sub(1)))
    };
    let is_prev = |node| has_rel(ctx, node, "prev") || has_rel(ctx, node, "previous");
    let head = || ctx.scan.links.iter().filter(|node| is_prev(**node) && ctx.scan.attribute(**node, "title").is_none());
    let anchors = || ctx.scan.anchors.iter().filter(|anchor| is_prev(anchor.node) && is_label(ctx, anchor, page));
    let all = head().copied().chain(anchors().map(|anchor| anchor.node));
    page.number > 1 && all.take(MAX_PAGERS).any(leads_back)
}

/// Whether the surroundings of an anchor are the pager of a text of which the present page is this one: they link to
/// its first page, or show the present number, which leads nowhere else, and the first.
fn is_in_pager(ctx: &Context, anchor: NodeId, page: &Page) -> bool {
    let above = ctx.scan.tree.ancestors(anchor).take(MAX_ABOVE);
    above
        .map_while(|element| Pager::read(ctx, element, page))
        .any(|pager| pager.links_first || pager.shows_present && (pager.shows_first || page.number == 1))
}

/// What an element shows of the pages of a text.
#[derive(Default)]
struct Pager {
    links_first: bool,
    shows_first: bool,
    shows_present: bool,
}

impl Pager {
    /// `None` for an element that holds more than a pager does.
    fn read(ctx: &Context, element: NodeId, page: &Page) -> Option<Pager> {
        let tree = ctx.scan.tree;
        let mut pager = Pager::default();
        let (mut nodes, mut others) = (0, 0);
        // The links that are read, the last one open until its end.
        let mut link: Option<(Option<NodeId>, bool)> = None;
        for node in tree.descendants(element) {
            nodes += 1;
            if nodes > MAX_NODES {
                return None;
            }
            link = link.filter(|(end, _)| *end != Some(node));
            if tree.tag(node) == Tag::A
                && let Some(url) = resolve(ctx, node)
            {
                let leads_away = url.key() != ctx.url.key();
                pager.links_first |= page.number > 1 && leads_away && Pages::of(&url).are(&page.stem, 1);
                link = Some((tree.after(node, element), leads_away));
            }
            let Data::Text(text) = tree.data(node) else { continue };
            if text.len() > 8 * MAX_WORDS {
                return None;
            }
            for word in collapse(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
                match digits(word) {
                    Some(number) => {
                        pager.shows_first |= number == 1;
                        pager.shows_present |= number == page.number && !link.is_some_and(|(_, away)| away);
                    }
                    None => others += word.chars().count(),
                }
            }
        }
        (others <= MAX_WORDS).then_some(pager)
    }
}

/// Whether a link is a word for the next or the last page, and no headline.
fn is_label(ctx: &Context, anchor: &RawAnchor, page: &Page) -> bool {
    let text = ctx.scan.line_within(&anchor.range, 4 * MAX_LABEL).to_lowercase();
    let slug = page.stem.rsplit('/').next().unwrap_or_default();
    let is_of_slug = |word: &str| word.chars().count() > 3 && slug.split(['-', '_', '.']).any(|part| part == word);
    text.chars().count() <= MAX_LABEL && !text.split(|c: char| !c.is_alphanumeric()).any(is_of_slug)
}

fn has_rel(ctx: &Context, node: NodeId, word: &str) -> bool {
    let rel = ctx.scan.tree.element(node).and_then(|element| element.attribute(&local_name!("rel")));
    rel.is_some_and(|rel| rel.split_ascii_whitespace().any(|it| it.eq_ignore_ascii_case(word)))
}

fn resolve(ctx: &Context, node: NodeId) -> Option<PageUrl> {
    ctx.base.join(ctx.scan.attribute(node, "href")?.trim()).ok()
}
