//! Small helpers for texts: entities, tags, forms for comparison.

use std::borrow::Cow;
use std::collections::HashSet;

use memchr::memchr;

pub(crate) use super::fold::{fold, fold_start, folds_to};

/// Decodes character references in text that was escaped once too often; twice at most.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    if memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let once = unescape_once(text);
    Cow::Owned(if once.contains('&') && once.contains(';') { unescape_once(&once) } else { once })
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

/// Whether two folded texts are the same but for blanks.
pub(crate) fn same_letters(one: &str, other: &str) -> bool {
    let is_letter = |byte: &u8| *byte != b' ';
    one.bytes().filter(is_letter).eq(other.bytes().filter(is_letter))
}

/// Words of a text that are looked through one by one.
const MAX_LOOKED: usize = 40;

/// A folded text, cut into its words; they are short, and looked at byte by byte.
pub(crate) struct Words<'t> {
    text: &'t str,
    /// Each with its length and its first letter, which tell most apart.
    list: Vec<(usize, u8, &'t [u8])>,
    /// A bit for each length and first letter, which others may share.
    seen: u64,
}

fn bit((length, first, _): &(usize, u8, &[u8])) -> u64 {
    1 << ((usize::from(*first) + 11 * length) % 64)
}

impl<'t> Words<'t> {
    /// Cuts a folded text.
    pub(crate) fn of(text: &'t str) -> Words<'t> {
        let mut list = Vec::with_capacity(16);
        let parts = text.as_bytes().split(|byte| *byte == b' ');
        list.extend(parts.filter_map(|word| Some((word.len(), *word.first()?, word))));
        let seen = list.iter().fold(0, |seen, word| seen | bit(word));
        Words { text, list, seen }
    }

    /// Share of the words that also stand in another text, in 0..=1.
    pub(crate) fn share_in(&self, other: &Words) -> f32 {
        if self.text == other.text && !self.text.is_empty() {
            return 1.0;
        }
        if self.list.is_empty() {
            return 0.0;
        }
        let shared = if other.list.len() > MAX_LOOKED {
            let many: HashSet<&(usize, u8, &[u8])> = other.list.iter().collect();
            self.list.iter().filter(|word| many.contains(*word)).count()
        } else {
            // In a title, looking is quicker than hashing.
            self.list.iter().filter(|word| other.seen & bit(word) != 0 && other.list.contains(word)).count()
        };
        shared as f32 / self.list.len() as f32
    }
}
