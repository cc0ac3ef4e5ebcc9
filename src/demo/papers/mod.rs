//! The six papers, each a way of making pages that real sites use.

mod family;
mod feed_only;
mod json_ld;
mod open_graph;
mod refusals;
mod windows_1256;

use std::fmt::Write as _;

use super::edition::{Edition, Press, Story, escape};
pub(super) use family::VIEW_STATE;

/// All papers in the order of their ports.
pub(super) const PAPERS: [&Press; 6] =
    [&family::PRESS, &windows_1256::PRESS, &json_ld::PRESS, &open_graph::PRESS, &feed_only::PRESS, &refusals::PRESS];

/// The number at the end of an address such as `/city/some-words-1234.html`.
fn trailing_number(path: &str) -> Option<u64> {
    let path = path.strip_suffix(".html").unwrap_or(path);
    path.rsplit(['-', '/']).next()?.parse().ok()
}

/// The article at a path, if the path is exactly its address.
fn story_at<'e>(edition: &'e Edition, path: &str) -> Option<&'e Story> {
    edition.story(trailing_number(path)?).filter(|story| edition.path(story) == path)
}

/// A path part without its percent escapes; what is not UTF-8 gives an empty text.
fn plain(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part;
    while let Some((head, tail)) = rest.split_once('%') {
        bytes.extend_from_slice(head.as_bytes());
        let escaped = tail.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.extend(escaped);
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).unwrap_or_default()
}

/// Paragraphs as `<p>` elements; a word of every second one is emphasised, and some tags are inline links.
fn marked_paragraphs(edition: &Edition, story: &Story, class: &str) -> String {
    let mut out = String::new();
    for (at, paragraph) in story.paragraphs.iter().enumerate() {
        let mut text = escape(paragraph);
        if let Some(city) = story.tags.last().map(|city| escape(city))
            && at % 2 == 1
        {
            let link = format!("<a href=\"/tag/{}\" rel=\"nofollow\">{city}</a>", edition.press.first_id);
            text = text.replacen(&city, &link, 1);
        }
        if at % 2 == 0
            && let Some((head, tail)) = text.split_once(' ')
        {
            text = format!("<em>{head}</em> {tail}");
        }
        let _ = writeln!(out, "<p class=\"{class}\">{text}</p>");
    }
    out
}

/// A one-pixel PNG, for every picture of the web.
const PICTURE: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8,
    0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 0x0a, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82,
    0, 0x81, 0x77, 0xcd, 0x72, 0xb6, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];
