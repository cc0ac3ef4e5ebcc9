//! What visits of a site's pages showed about the shapes of its addresses.

use std::collections::BTreeMap;

use super::{PageKind, PageUrl};

/// Segments of a path that make its shape; what lies deeper is one more mark.
const MOST_SEGMENTS: usize = 5;
/// Parameters of a query that make its shape.
const MOST_PARAMETERS: usize = 4;

/// How often first visits of a site's pages found which kind, by the shape of the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteLearning {
    /// Shape → kinds with their counts. The store keeps at most 200 shapes.
    pub shapes: BTreeMap<String, Vec<(PageKind, u32)>>,
}

/// The shape of an address: what it has in common with its neighbours.
///
/// Up to two leading words of the path stay as they are. Otherwise a number is `#`, a segment with a number of four or more digits
/// `*#`, a slug of four or more words `*`, anything else `+`. An extension stays; of a query, the sorted names.
pub fn shape(url: &PageUrl) -> String {
    let mut shape = String::with_capacity(url.path().len().min(64));
    let mut segments = url.path().split('/').filter(|it| !it.is_empty()).enumerate().peekable();
    while let Some((at, segment)) = segments.next() {
        if at == MOST_SEGMENTS {
            shape.push_str("/…");
            break;
        }
        shape.push('/');
        let is_last = segments.peek().is_none();
        if at < 2 && !is_last && is_word(segment) {
            push_lower(&mut shape, segment);
        } else {
            let (stem, extension) = split_extension(segment);
            shape.push_str(mark(stem));
            push_lower(&mut shape, extension);
        }
    }
    if shape.is_empty() {
        shape.push('/');
    }
    let Some(query) = url.query() else { return shape };
    let mut names: Vec<&str> = query.split('&').filter_map(|it| it.split('=').next()).collect();
    names.retain(|name| !name.is_empty() && name.len() <= 24);
    names.sort_unstable();
    names.dedup();
    for (at, name) in names.iter().take(MOST_PARAMETERS).enumerate() {
        shape.push(if at == 0 { '?' } else { '&' });
        shape.push_str(name);
    }
    shape
}

fn push_lower(out: &mut String, text: &str) {
    let start = out.len();
    out.push_str(text);
    out[start..].make_ascii_lowercase();
}

fn is_word(segment: &str) -> bool {
    segment.len() <= 24 && segment.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-') && words(segment) <= 3
}

/// A segment and its extension with the dot; empty if it has none.
fn split_extension(segment: &str) -> (&str, &str) {
    match segment.rfind('.').map(|dot| segment.split_at(dot)) {
        Some((stem, extension))
            if !stem.is_empty()
                && extension.len() <= 6
                && extension[1..].bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            (stem, extension)
        }
        _ => (segment, ""),
    }
}

fn mark(stem: &str) -> &'static str {
    if !stem.is_empty() && stem.bytes().all(|b| b.is_ascii_digit()) {
        "#"
    } else if has_long_number(stem) {
        "*#"
    } else if words(stem) >= 4 {
        "*"
    } else {
        "+"
    }
}

fn words(stem: &str) -> usize {
    let is_sign = |byte: &u8| matches!(byte, b'-' | b'_' | b'+');
    let words = |text: &str| text.as_bytes().split(is_sign).filter(|part| !part.is_empty()).count();
    if stem.contains('%') { stem.split("%20").map(words).sum() } else { words(stem) }
}

/// Four or more digits in a row; digits of an escape are no number.
fn has_long_number(stem: &str) -> bool {
    let (mut run, mut escape) = (0, 0);
    stem.bytes().any(|byte| {
        match byte {
            _ if escape > 0 => escape -= 1,
            b'%' => (run, escape) = (0, 2),
            b'0'..=b'9' => run += 1,
            _ => run = 0,
        }
        run >= 4
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, expected: &str) {
        let url = PageUrl::parse(&format!("https://paper.example{address}")).expect("an address");
        assert_eq!(shape(&url), expected, "{address}");
    }

    #[test]
    fn addresses_of_one_kind_have_one_shape() {
        check("/", "/");
        check("/news", "/+");
        check("/news/harbour-wall-repair-approved.html", "/news/*.html");
        check("/News/fishing-fleet-returns-late.HTML", "/news/*.html");
        check("/world/europe/1234567", "/world/europe/#");
        check("/2024/05/17/harbour-wall", "/#/#/#/+");
        check("/story-20241234", "/*#");
        check("/%D8%AE%D8%A8%D8%B1/%D8%B9%D8%A7%D8%AC%D9%84-1234", "/+/*#");
        check("/a/b/c/d/e/f/g", "/a/b/+/+/+/…");
        check("/index.php?nid=7&cat=2", "/+.php?cat&nid");
    }
}
