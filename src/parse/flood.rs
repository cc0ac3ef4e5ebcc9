//! Tags with more attributes than any page has, shortened before the tokenizer sees them.
//!
//! html5ever compares each attribute of a tag with all before it, so a megabyte of them would cost minutes. One pass that
//! finds tags as the tokenizer will; where the two disagree (scripts within comments within scripts) a tag keeps its
//! attributes, and the budget of time in [`super::tree`] holds.
//!
//! # Source
//! HTML Standard §13.2.5, the states from "data" to "self-closing start tag".

use std::borrow::Cow;

/// Attributes of one tag that are kept; the richest tags that we know have some sixty.
pub(super) const MAX_ATTRIBUTES: usize = 256;
/// Elements whose text is no markup.
const RAW_TEXT: [&str; 9] =
    ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"];

/// The text with at most [`MAX_ATTRIBUTES`] attributes in every tag.
pub(super) fn without_floods(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(opening) = text[at..].find('<') {
        at += opening + 1;
        let rest = &text[at..];
        if rest.starts_with("!--") {
            at = end_of_comment(text.as_bytes(), at + 1);
            continue;
        }
        let is_end = rest.starts_with('/');
        let name = &rest[usize::from(is_end)..];
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let name = &name[..name.find(|c: char| ends_word(c) || c == '=').unwrap_or(name.len())];
        let tag = Tag::read(text.as_bytes(), at + usize::from(is_end) + name.len());
        if let Some(excess) = tag.excess {
            out.push_str(&text[copied..excess]);
            copied = tag.end;
        }
        at = tag.end;
        if !is_end && RAW_TEXT.iter().any(|raw| name.eq_ignore_ascii_case(raw)) {
            at = end_of_raw_text(text, at, name);
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// The place behind a comment's end, `-->` or `--!>`, from its first two dashes, which may be part of the end.
fn end_of_comment(bytes: &[u8], from: usize) -> usize {
    let ends = |at: &usize| {
        let rest = &bytes[*at..];
        rest.starts_with(b"-->") || rest.starts_with(b"--!>")
    };
    (from..bytes.len()).find(ends).map_or(bytes.len(), |at| at + 2)
}

fn ends_word(c: char) -> bool {
    c.is_ascii_whitespace() || matches!(c, '/' | '>')
}

/// Where the closing tag of a raw text begins, or the text ends.
fn end_of_raw_text(text: &str, from: usize, name: &str) -> usize {
    let mut at = from;
    while let Some(end) = text[at..].find("</") {
        at += end;
        let found = text.as_bytes().get(at + 2..at + 2 + name.len());
        if found.is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes())) {
            return at;
        }
        at += 2;
    }
    text.len()
}

/// A tag behind its name.
struct Tag {
    /// Where its `>` stands; the end of the text if it has none.
    end: usize,
    /// Where the first attribute beyond the bound begins.
    excess: Option<usize>,
}

impl Tag {
    fn read(bytes: &[u8], from: usize) -> Tag {
        let mut at = from;
        let mut attributes = 0;
        let mut excess = None;
        let skip = |at: &mut usize, what: fn(u8) -> bool| {
            *at += bytes[*at..].iter().position(|byte| !what(*byte)).unwrap_or(bytes.len() - *at);
        };
        loop {
            skip(&mut at, |byte| byte.is_ascii_whitespace() || byte == b'/');
            if bytes.get(at).is_none_or(|byte| *byte == b'>') {
                return Tag { end: at, excess };
            }
            attributes += 1;
            if attributes > MAX_ATTRIBUTES {
                excess = excess.or(Some(at));
            }
            // An equals sign before a name is part of it.
            at += 1;
            skip(&mut at, |byte| !(ends_word(char::from(byte)) || byte == b'='));
            skip(&mut at, |byte| byte.is_ascii_whitespace());
            if bytes.get(at) != Some(&b'=') {
                continue;
            }
            at += 1;
            skip(&mut at, |byte| byte.is_ascii_whitespace());
            match bytes.get(at) {
                Some(b'"') => at = after(bytes, at + 1, b'"'),
                Some(b'\'') => at = after(bytes, at + 1, b'\''),
                _ => skip(&mut at, |byte| !(byte.is_ascii_whitespace() || byte == b'>')),
            }
        }
    }
}

/// The place behind the next such byte.
fn after(bytes: &[u8], from: usize, wanted: u8) -> usize {
    bytes[from..].iter().position(|byte| *byte == wanted).map_or(bytes.len(), |end| from + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(count: usize) -> String {
        (0..count).map(|n| format!(" a{n}='>'")).collect::<Vec<_>>().concat()
    }

    #[test]
    fn a_flooded_tag_keeps_its_first_attributes_and_nothing_else_is_touched() {
        let page = |count: usize| format!("<a{}>x<b c=d/></b>", attributes(count));
        assert_eq!(without_floods(&page(1000)), page(256).replace("'>'>x", "'>' >x"));
        assert!(matches!(without_floods(&page(256)), Cow::Borrowed(_)));
    }

    #[test]
    fn what_looks_like_a_tag_in_a_script_or_comment_is_text() {
        let words = "b ".repeat(1000);
        for page in [
            format!("<script>if (a <{words}) x()</SCRIPT><p>"),
            format!("<!-- <p {words}> --><p>"),
            format!("<style><p {words}"),
            format!("1 < 2 {words}"),
        ] {
            assert_eq!(without_floods(&page), page);
        }
    }

    #[test]
    fn a_tag_without_end_is_cut() {
        let cut = without_floods(&format!("<p{}", attributes(1000))).into_owned();
        assert!(cut.len() < attributes(258).len());
    }
}
