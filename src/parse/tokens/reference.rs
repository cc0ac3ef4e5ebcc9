//! Character references.
//!
//! # Source
//! HTML Standard §13.2.5.72 to §13.2.5.80.

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};
use memchr::memchr;

/// A text with its references resolved, by the rules of attributes or of text.
pub(super) fn resolved(text: &str, attribute: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let found = match tail.strip_prefix('#') {
            Some(number) => numbered(number).map(|(c, length)| ((c, None), length + 1)),
            None => named(tail, attribute),
        };
        let length = if let Some(((first, second), length)) = found {
            out.push(first);
            out.extend(second);
            length
        } else {
            out.push('&');
            0
        };
        rest = &tail[length..];
    }
    out.push_str(rest);
    out
}

/// The character of a number behind `&#`, and the length of what stands for it.
fn numbered(text: &str) -> Option<(char, usize)> {
    let (radix, start) = if text.starts_with(['x', 'X']) { (16, 1) } else { (10, 0) };
    let digits = text[start..].bytes().take_while(|byte| char::from(*byte).is_digit(radix)).count();
    if digits == 0 {
        return None;
    }
    let end = start + digits;
    let code = text[start..end]
        .chars()
        .filter_map(|c| c.to_digit(radix))
        .fold(0_u32, |code, digit| code.saturating_mul(radix).saturating_add(digit));
    let c = match code {
        0 => None,
        0x80..=0x9f => C1_REPLACEMENTS[code as usize - 0x80].or(char::from_u32(code)),
        _ => char::from_u32(code),
    };
    Some((c.unwrap_or('\u{fffd}'), end + usize::from(text[end..].starts_with(';'))))
}

/// One or two characters by the longest name behind `&`, and its length.
fn named(text: &str, attribute: bool) -> Option<((char, Option<char>), usize)> {
    let bytes = text.as_bytes();
    let letters = bytes.iter().take(40).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    if letters == 0 {
        return None;
    }
    let known = |length: usize| NAMED_ENTITIES.get(&text[..length]).map(|codes| (codes, length));
    let is_name = |found: &(&(u32, u32), usize)| found.0.0 != 0;
    let closed = (bytes.get(letters) == Some(&b';')).then(|| known(letters + 1)).flatten().filter(is_name);
    // The table also holds all beginnings of names.
    let (codes, length) = closed.or_else(|| (1..=letters).map_while(known).filter(is_name).last())?;
    let next = bytes.get(length).copied().unwrap_or_default();
    if attribute && bytes[length - 1] != b';' && (next == b'=' || next.is_ascii_alphanumeric()) {
        return None;
    }
    let second = char::from_u32(codes.1).filter(|c| *c != '\0');
    Some(((char::from_u32(codes.0)?, second), length))
}
