//! Texts on several pages: the page on which this one goes on.

use std::ops::Range;

use html5ever::local_name;

use super::super::scan::Around;
use super::Context;
use crate::model::PageUrl;

/// Highest number of a page that counts as one of a text.
const MAX_PAGE: u32 = 50;
/// Longest text that is its number, in bytes: two digits of any script.
const MAX_NUMBER: usize = 8;

/// The next page of the same text: what the profile points at; without a profile's rule `rel=next` or a link with the
/// next number, whose address is this one's with that number. `rel=next` to another article is none.
pub(crate) fn next(ctx: &Context) -> Option<PageUrl> {
    let leads_on = |url: &PageUrl| url.key() != ctx.url.key() && url.authority() == ctx.url.authority();
    if let Some(answer) = ctx.answer("next_page") {
        return ctx.base.join(answer.values.first()?).ok().filter(leads_on);
    }
    let (stem, number) = numbered(ctx.url);
    let continues = |url: &PageUrl| {
        let (other, next) = numbered(url);
        url.key() != ctx.url.key() && other == stem && next == number + 1
    };
    let resolve = |node| ctx.base.join(ctx.scan.attribute(node, "href")?.trim()).ok();
    let rel = |node| {
        let rel = ctx.scan.tree.element(node).and_then(|element| element.attribute(&local_name!("rel")));
        rel.is_some_and(|rel| rel.split_ascii_whitespace().any(|r| r == "next"))
    };
    let by_head = ctx.scan.links.iter().filter(|node| rel(**node)).find_map(|node| resolve(*node).filter(continues));
    by_head.or_else(|| {
        let away = Around::COMMENTS.with(Around::RELATED).with(Around::MOST_READ).with(Around::TICKER);
        let anchors = ctx.scan.anchors.iter().filter(|anchor| !anchor.around.has(away));
        let wanted = (number + 1).to_string();
        let is_wanted = |range: &Range<usize>| {
            // Most texts have no digit, and that is seen at once.
            let text = ctx.scan.text.get(range.clone()).unwrap_or_default();
            text.bytes().any(|byte| byte.is_ascii_digit() || !byte.is_ascii())
                && digits(&ctx.scan.line_within(range, MAX_NUMBER)) == wanted
        };
        anchors
            .filter(|anchor| rel(anchor.node) || is_wanted(&anchor.range))
            .find_map(|anchor| resolve(anchor.node).filter(continues))
    })
}

/// A number in any digits, written in ASCII; empty for all other texts.
fn digits(text: &str) -> String {
    let number: Option<String> = text
        .trim()
        .chars()
        .map(|c| match u32::from(c) {
            code @ 0x30..=0x39 => char::from_digit(code - 0x30, 10),
            code @ 0x660..=0x669 => char::from_digit(code - 0x660, 10),
            code @ 0x6f0..=0x6f9 => char::from_digit(code - 0x6f0, 10),
            code @ 0x966..=0x96f => char::from_digit(code - 0x966, 10),
            _ => None,
        })
        .collect();
    number.filter(|number| number.len() <= 2).unwrap_or_default()
}

/// An address without the number of its page, and that number: `…?page=2`, `…/page/2/`, `…/2`, `…-2.html`, `…,2`.
fn numbered(url: &PageUrl) -> (String, u32) {
    let key = url.key();
    let key = key.as_str().trim_end_matches('/');
    let (path, query) = key.split_once('?').unwrap_or((key, ""));
    let mut page = 1;
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| {
            let number = pair.split_once('=').filter(|(name, _)| {
                ["page", "p", "pg", "paged", "pagenum", "pagina", "seite"].contains(&name.to_ascii_lowercase().as_str())
            });
            match number.and_then(|(_, value)| in_bounds(value)) {
                Some(number) => {
                    page = number;
                    false
                }
                None => !pair.is_empty(),
            }
        })
        .collect();
    let mut path = path.to_owned();
    if page == 1
        && let Some((stem, number)) = path_number(&path)
    {
        (path, page) = (stem, number);
    }
    (if kept.is_empty() { path } else { format!("{path}?{}", kept.join("&")) }, page)
}

fn path_number(path: &str) -> Option<(String, u32)> {
    let (head, ending) = match path.rsplit_once('.') {
        Some((head, ending)) if ["html", "htm", "php", "shtml"].contains(&ending) => (head, format!(".{ending}")),
        _ => (path, String::new()),
    };
    let at = head.rfind(['/', '-', '_', ','])?;
    let number = in_bounds(&head[at + 1..])?;
    let stem = head[..at].strip_suffix("/page").unwrap_or(&head[..at]);
    // The number of a page is small; that of an article is not, nor is a day of the month a page.
    let is_date =
        stem.rsplit('/').next().is_some_and(|part| part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit()));
    (!is_date).then(|| (format!("{stem}{ending}"), number))
}

fn in_bounds(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number| (2..=MAX_PAGE).contains(number) && !text.starts_with(['0', '+']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_page_is_told_from_the_rest_of_its_address() {
        for (url, stem, number) in [
            ("https://a.example/news/a-long-story?page=2", "a.example/news/a-long-story", 2),
            ("https://a.example/news/a-long-story/3", "a.example/news/a-long-story", 3),
            ("https://a.example/news/a-long-story/page/2/", "a.example/news/a-long-story", 2),
            ("https://a.example/a-long-story-2.html", "a.example/a-long-story.html", 2),
            ("https://a.example/node/48213", "a.example/node/48213", 1),
            ("https://a.example/2024/03/05", "a.example/2024/03/05", 1),
            ("https://a.example/2024/3/5", "a.example/2024/3/5", 1),
        ] {
            let url = PageUrl::parse(url).expect("an address");
            assert_eq!(numbered(&url), (stem.to_owned(), number), "{}", url.as_str());
        }
    }
}
