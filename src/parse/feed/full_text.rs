//! The full text that a feed's entry carries, as a candidate for the body of a page that shows only its beginning.

use crate::model::{Article, Extractor, Found};
use crate::parse::article::Candidate;
use crate::parse::article::html::escape;
use crate::parse::scan::{self, Around};
use crate::parse::tree::Tree;

/// Characters from which on an entry's content may be an article's text; what is shorter is a teaser.
pub(crate) const LEAST_CONTENT: usize = 300;
/// Likewise for the element that is meant for a summary, and is often used for all.
pub(crate) const LEAST_SUMMARY: usize = 1_000;
/// Longest text of an entry that is kept, in bytes.
const MAX_TEXT: usize = 64 * 1024;
/// A page's own text counts as a stub if the feed's is so many times as long.
const STUB: usize = 2;

/// The paragraphs of an entry's HTML, parted by a blank line, at most 64 KiB; `None` if they have fewer than
/// `least` characters outside of links.
pub(crate) fn full_text(html: &str, least: usize) -> Option<String> {
    // Markup only makes it longer.
    html.chars().nth(least - 1)?;
    let tree = Tree::parse(html);
    let scan = scan::scan(&tree);
    let mut text = String::new();
    for block in
        scan.blocks.iter().filter(|block| block.link_chars * 2 < block.chars && !block.around.has(Around::HIDDEN))
    {
        let line = scan.line(&block.range);
        if line.is_empty() {
            continue;
        }
        if text.len() + 2 + line.len() > MAX_TEXT {
            break;
        }
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&line);
    }
    (text.chars().count() >= least).then_some(text)
}

/// Gives an article the feed's text as its body where its page has none or a stub of it; tells what was decided.
pub(crate) fn complete(article: &mut Article, text: &str) -> Candidate {
    let own: usize = article.paragraphs().iter().map(|paragraph| paragraph.chars().count()).sum();
    let paragraphs: Vec<String> = text.split("\n\n").filter(|it| !it.trim().is_empty()).map(str::to_owned).collect();
    let feeds: usize = paragraphs.iter().map(|paragraph| paragraph.chars().count()).sum();
    let by_profile = article.body.as_ref().is_some_and(|body| body.by == Extractor::Profile);
    let chosen = !by_profile && feeds > 0 && own * STUB <= feeds;
    let candidate = Candidate {
        field: "body",
        value: text.chars().take(300).collect(),
        by: Extractor::Feed,
        rule: "entry content".to_owned(),
        chosen,
        note: format!("{feeds} characters; the page has {own}"),
    };
    if chosen {
        article.body_html = Some(html_of(&paragraphs));
        article.body = Some(Found::new(paragraphs, Extractor::Feed, "entry content"));
    }
    candidate
}

fn html_of(paragraphs: &[String]) -> String {
    let mut html = String::new();
    for paragraph in paragraphs {
        html.push_str("<p>");
        escape(paragraph, &mut html);
        html.push_str("</p>");
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prose(words: usize) -> String {
        "The harbour wall is repaired before winter comes. ".repeat(words.div_ceil(8))
    }

    #[test]
    fn an_entry_gives_its_paragraphs_and_a_teaser_gives_none() {
        let html = format!(
            "<p>{}</p><ul><li><a href='/x'>More about the harbour</a></li></ul><p>{}</p>",
            prose(40),
            prose(40)
        );
        let text = full_text(&html, LEAST_CONTENT).expect("a text");
        assert_eq!(text.split("\n\n").count(), 2, "{text}");
        assert!(!text.contains("More about"), "{text}");
        assert_eq!(full_text("<p>A short teaser of a few words.</p>", LEAST_CONTENT), None);
        assert_eq!(full_text(&prose(60), LEAST_SUMMARY), None);
        assert!(full_text(&format!("<p>{}", prose(40_000)), LEAST_CONTENT).is_none_or(|text| text.len() <= MAX_TEXT));
    }

    #[test]
    fn a_stub_takes_the_feeds_text_and_a_whole_text_keeps_its_own() {
        let own = |text: &str| Article {
            body: Some(Found::new(vec![text.to_owned()], Extractor::Html, "p")),
            ..Article::default()
        };
        let text = format!("{}\n\n{}", prose(80), prose(80));

        let mut none = Article::default();
        assert!(complete(&mut none, &text).chosen);
        let body = none.body.expect("a body");
        assert_eq!((body.by, body.value.len()), (Extractor::Feed, 2));
        assert_eq!(none.body_html.map(|html| html.matches("<p>").count()), Some(2));

        let mut stub = own("The harbour wall is repaired … Read on for one euro.");
        assert!(complete(&mut stub, &text).chosen);
        let mut whole = own(&prose(150));
        assert!(!complete(&mut whole, &text).chosen);
        assert_eq!(whole.body.expect("a body").by, Extractor::Html);
    }
}
