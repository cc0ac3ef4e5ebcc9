//! Small helpers for texts: entities, tags, forms for comparison.

use std::collections::HashSet;

pub(crate) use super::fold::{fold, folds_to};

/// Decodes character references in text that was escaped once too often; twice at most.
pub(crate) fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let once = unescape_once(text);
    if once.contains('&') && once.contains(';') { unescape_once(&once) } else { once }
}

fn unescape_once(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|b| b == b';');
        let decoded = end.and_then(|end| reference(&rest[1..end]).map(|c| (c, end + 1)));
        if let Some((c, length)) = decoded {
            out.push_str(&c);
            rest = &rest[length..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| *c != '\0').map(String::from);
    }
    Some(
        match name {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            "nbsp" => "\u{a0}",
            "ndash" => "–",
            "mdash" => "—",
            "lsquo" => "‘",
            "rsquo" => "’",
            "sbquo" => "‚",
            "ldquo" => "“",
            "rdquo" => "”",
            "bdquo" => "„",
            "laquo" => "«",
            "raquo" => "»",
            "hellip" => "…",
            "bull" => "•",
            "middot" => "·",
            "euro" => "€",
            "pound" => "£",
            "copy" => "©",
            "reg" => "®",
            "trade" => "™",
            "shy" => "\u{ad}",
            "zwnj" => "\u{200c}",
            "zwj" => "\u{200d}",
            "rlm" => "\u{200f}",
            "lrm" => "\u{200e}",
            "auml" => "ä",
            "ouml" => "ö",
            "uuml" => "ü",
            "Auml" => "Ä",
            "Ouml" => "Ö",
            "Uuml" => "Ü",
            "szlig" => "ß",
            "aacute" => "á",
            "eacute" => "é",
            "iacute" => "í",
            "oacute" => "ó",
            "uacute" => "ú",
            "agrave" => "à",
            "egrave" => "è",
            "igrave" => "ì",
            "ograve" => "ò",
            "ugrave" => "ù",
            "acirc" => "â",
            "ecirc" => "ê",
            "icirc" => "î",
            "ocirc" => "ô",
            "ucirc" => "û",
            "ntilde" => "ñ",
            "ccedil" => "ç",
            "Eacute" => "É",
            "Aacute" => "Á",
            "Oacute" => "Ó",
            "iuml" => "ï",
            "euml" => "ë",
            "aring" => "å",
            "Aring" => "Å",
            "aelig" => "æ",
            "oslash" => "ø",
            "Oslash" => "Ø",
            "atilde" => "ã",
            "otilde" => "õ",
            "iexcl" => "¡",
            "iquest" => "¿",
            "deg" => "°",
            _ => return None,
        }
        .to_owned(),
    )
}

/// Drops everything between `<` and `>`; block ends become blanks.
pub(crate) fn strip_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        let is_tag = tail[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match tail.find('>') {
            Some(end) if is_tag => {
                let name = tail[1..end].trim_start_matches('/');
                if ["p", "br", "div", "li", "h", "td"].iter().any(|block| name.starts_with(block)) {
                    out.push(' ');
                }
                rest = &tail[end + 1..];
            }
            _ => {
                out.push('<');
                rest = &tail[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Words of a text that are looked through one by one.
const MAX_LOOKED: usize = 40;

/// The words of a folded text; they are short, and looked at byte by byte.
fn words(folded: &str) -> impl Iterator<Item = &[u8]> {
    folded.as_bytes().split(|byte| *byte == b' ').filter(|word| !word.is_empty())
}

/// Share of the words of `a` (folded) that also stand in `b` (folded), in 0..=1.
pub(crate) fn overlap(a: &str, b: &str) -> f32 {
    if a == b && !a.is_empty() {
        return 1.0;
    }
    let words: Vec<&[u8]> = words(b).collect();
    // In a title, looking is quicker than hashing.
    let many: HashSet<&[u8]> = if words.len() > MAX_LOOKED { words.iter().copied().collect() } else { HashSet::new() };
    let holds = |word: &[u8]| if words.len() > MAX_LOOKED { many.contains(word) } else { words.contains(&word) };
    let (mut all, mut shared) = (0_u32, 0_u32);
    for word in self::words(a) {
        all += 1;
        shared += u32::from(holds(word));
    }
    if all == 0 { 0.0 } else { shared as f32 / all as f32 }
}
