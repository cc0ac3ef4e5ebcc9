//! Path patterns of robots.txt, and the one spelling in which they and paths are compared. Pure.
//!
//! # Source
//! RFC 9309 §2.2.2 and §2.2.3.

/// A path pattern with `*` for anything and `$` at its end for the end of the path.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pattern {
    text: Box<str>,
    to_end: bool,
    /// Length as written, by which patterns are compared.
    pub(super) weight: usize,
}

impl Pattern {
    /// Takes a pattern as written.
    pub(super) fn new(written: &str) -> Pattern {
        let (body, to_end) = match written.strip_suffix('$') {
            Some(body) => (body, true),
            None => (written, false),
        };
        let text = normal(body, Side::Rule);
        let weight = text.len() + usize::from(to_end);
        Pattern { text: text.into(), to_end, weight }
    }

    /// Whether a path, in [`normal`] spelling, begins with this.
    ///
    /// Pieces between stars are taken as early as possible, which finds a match if there is one; so the path is
    /// walked once.
    pub(super) fn matches(&self, path: &str) -> bool {
        let mut pieces = self.text.split('*');
        let Some(mut rest) = path.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
        let mut pieces = pieces.peekable();
        while let Some(piece) = pieces.next() {
            if self.to_end && pieces.peek().is_none() {
                return rest.ends_with(piece);
            }
            let Some(at) = rest.find(piece) else { return false };
            rest = &rest[at + piece.len()..];
        }
        !self.to_end || rest.is_empty()
    }

    /// Bytes of its text.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }
}

/// Which side of the comparison a text stands on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Rule,
    Path,
}

/// One spelling for both sides: escapes in upper case, unreserved characters bare, in rules all others than ASCII
/// escaped (in paths they are already). A `*` of a path and a `$` within either are escaped, so that they are
/// compared as themselves, and so are the characters that addresses have escaped or may have.
pub(super) fn normal(text: &str, side: Side) -> String {
    if side == Side::Path && !text.is_ascii() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'%' => match bytes.get(at..at + 2).and_then(escaped) {
                Some(value) => {
                    at += 2;
                    if value.is_ascii_alphanumeric() || b"-._~".contains(&value) {
                        out.push(char::from(value));
                    } else {
                        push_escape(&mut out, value);
                    }
                }
                None => out.push('%'),
            },
            b'*' if side == Side::Rule => out.push('*'),
            0x21..=0x7e if !b"*$\"<>\\^`{|}".contains(&byte) => out.push(char::from(byte)),
            _ => push_escape(&mut out, byte),
        }
    }
    out
}

fn escaped(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    Some(digit(*digits.first()?)? << 4 | digit(*digits.get(1)?)?)
}

/// Writes a byte as its percent escape.
pub(super) fn push_escape(out: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(DIGITS[usize::from(byte >> 4)]));
    out.push(char::from(DIGITS[usize::from(byte & 15)]));
}
