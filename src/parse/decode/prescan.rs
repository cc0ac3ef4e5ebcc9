//! The encoding that a document or a header declares.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

/// How far a declaration is looked for, in bytes. The HTML Standard asks for at least 1,024 and lets a parser change
/// its mind at a later `<meta>`; looking further at once has the same result.
const WINDOW: usize = 16 * 1024;

/// The encoding that a document declares about itself.
///
/// # Source
/// HTML Standard, "prescan a byte stream to determine its encoding", and the XML declaration (XML 1.0 §4.3.3).
pub(super) fn declared(body: &[u8]) -> Option<&'static Encoding> {
    let window = &body[..body.len().min(WINDOW)];
    match window {
        [b'<', 0, b'?', 0, b'x', 0, ..] => return Some(UTF_16LE),
        [0, b'<', 0, b'?', 0, b'x', ..] => return Some(UTF_16BE),
        _ => {}
    }
    xml_declaration(window).or_else(|| meta(window, Pragma::Required)).map(readable)
}

/// What a `<meta content="…; charset=…">` says whose `http-equiv` is missing or misspelt.
///
/// No declaration by the standard, but better than a guess.
pub(super) fn hinted(body: &[u8]) -> Option<&'static Encoding> {
    meta(&body[..body.len().min(WINDOW)], Pragma::Ignored).map(readable)
}

/// Whether `content` counts only beside `http-equiv="content-type"`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pragma {
    Required,
    Ignored,
}

/// A document whose declaration could be read is not in UTF-16, whatever it says.
fn readable(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == UTF_16LE || encoding == UTF_16BE {
        UTF_8
    } else if encoding == X_USER_DEFINED {
        WINDOWS_1252
    } else {
        encoding
    }
}

fn xml_declaration(window: &[u8]) -> Option<&'static Encoding> {
    let start = window.iter().position(|b| !is_space(*b))?;
    let rest = window[start..].strip_prefix(b"<?xml")?;
    let end = rest.iter().position(|b| *b == b'>')?;
    let declaration = &rest[..end];
    let at = find(declaration, b"encoding")?;
    let value = skip_spaces(&declaration[at + 8..]).strip_prefix(b"=").map(skip_spaces)?;
    let (quote, value) = value.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    let end = value.iter().position(|b| b == quote)?;
    Encoding::for_label(&value[..end])
}

fn meta(window: &[u8], pragma: Pragma) -> Option<&'static Encoding> {
    let mut rest = window;
    loop {
        let at = rest.iter().position(|b| *b == b'<')?;
        rest = &rest[at..];
        rest = match rest {
            [b'<', b'!', b'-', b'-', ..] => {
                // The two dashes that open a comment may close it too.
                let end = find(&rest[2..], b"-->")?;
                &rest[2 + end + 3..]
            }
            _ if is_meta(rest) => {
                let mut attributes = Attributes { rest: &rest[5..] };
                let encoding = meta_encoding(&mut attributes, pragma);
                if attributes.rest.is_empty() {
                    return None;
                }
                if encoding.is_some() {
                    return encoding;
                }
                attributes.rest
            }
            [b'<', b'/', letter, ..] | [b'<', letter, ..] if letter.is_ascii_alphabetic() => {
                let end = rest.iter().position(|b| is_space(*b) || *b == b'>')?;
                let mut attributes = Attributes { rest: &rest[end..] };
                while attributes.next_pair().is_some() {}
                attributes.rest
            }
            [b'<', b'!' | b'/' | b'?', ..] => {
                let end = rest.iter().position(|b| *b == b'>')?;
                &rest[end..]
            }
            _ => &rest[1..],
        };
    }
}

fn is_meta(rest: &[u8]) -> bool {
    rest.get(1..5).is_some_and(|name| name.eq_ignore_ascii_case(b"meta"))
        && rest.get(5).is_some_and(|b| is_space(*b) || *b == b'/')
}

fn meta_encoding(attributes: &mut Attributes, rule: Pragma) -> Option<&'static Encoding> {
    let (mut pragma, mut needs_pragma, mut charset) = (rule == Pragma::Ignored, None, None);
    let mut seen: Vec<&[u8]> = Vec::new();
    while let Some((name, value)) = attributes.next_pair() {
        if seen.iter().any(|known| known.eq_ignore_ascii_case(name)) || seen.len() > 40 {
            continue;
        }
        if name.eq_ignore_ascii_case(b"http-equiv") {
            pragma |= value.eq_ignore_ascii_case(b"content-type");
        } else if name.eq_ignore_ascii_case(b"content") && charset.is_none() {
            let content = value.to_ascii_lowercase();
            if let Some(encoding) = content_charset(&content).and_then(Encoding::for_label) {
                charset = Some(encoding);
                needs_pragma = Some(true);
            }
        } else if name.eq_ignore_ascii_case(b"charset") {
            charset = Encoding::for_label(value);
            needs_pragma = Some(false);
        }
        seen.push(name);
    }
    match needs_pragma {
        Some(needed) if !needed || pragma => charset,
        Some(_) | None => None,
    }
}

/// The value after `charset=` in a `content` attribute.
///
/// # Source
/// HTML Standard, "extracting a character encoding from a meta element".
fn content_charset(content: &[u8]) -> Option<&[u8]> {
    let mut rest = content;
    loop {
        let at = find(rest, b"charset")?;
        rest = skip_spaces(&rest[at + 7..]);
        if let Some(value) = rest.strip_prefix(b"=") {
            rest = skip_spaces(value);
            break;
        }
    }
    if let (quote @ (b'"' | b'\''), value) = rest.split_first()? {
        return value.iter().position(|b| b == quote).map(|end| &value[..end]);
    }
    let end = rest.iter().position(|b| is_space(*b) || *b == b';').unwrap_or(rest.len());
    Some(&rest[..end])
}

/// Attributes of a tag as the prescan reads them.
struct Attributes<'a> {
    rest: &'a [u8],
}

impl<'a> Attributes<'a> {
    /// The next attribute; `None` at the tag's end, or with `rest` empty if the window ends inside the tag.
    fn next_pair(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        self.skip(|b| is_space(b) || b == b'/');
        if self.rest.first().is_none_or(|b| *b == b'>') {
            return None;
        }
        // An equals sign before a name is part of it.
        let is_end = |(at, b): (usize, &u8)| matches!(b, b'/' | b'>') || is_space(*b) || *b == b'=' && at > 0;
        let Some(end) = self.rest.iter().enumerate().position(is_end) else {
            self.rest = &[];
            return None;
        };
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.skip(is_space);
        match self.rest.first()? {
            b'=' => self.rest = &self.rest[1..],
            _ => return Some((name, &[])),
        }
        self.skip(is_space);
        self.value().map(|value| (name, value))
    }

    fn value(&mut self) -> Option<&'a [u8]> {
        if let quote @ (b'"' | b'\'') = self.rest.first()? {
            let Some(end) = self.rest[1..].iter().position(|b| b == quote) else {
                self.rest = &[];
                return None;
            };
            let value = &self.rest[1..=end];
            self.rest = &self.rest[end + 2..];
            return Some(value);
        }
        let Some(end) = self.rest.iter().position(|b| is_space(*b) || *b == b'>') else {
            self.rest = &[];
            return None;
        };
        let value = &self.rest[..end];
        self.rest = &self.rest[end..];
        Some(value)
    }

    fn skip(&mut self, skipped: impl Fn(u8) -> bool) {
        let end = self.rest.iter().position(|b| !skipped(*b)).unwrap_or(self.rest.len());
        self.rest = &self.rest[end..];
    }
}

/// The `charset` parameter of a `Content-Type`.
///
/// A value ends at a comma too, where two headers were put together.
///
/// # Source
/// MIME Sniffing Standard, "parse a MIME type".
pub(super) fn header_parameter(content_type: &str) -> Option<String> {
    let (essence, mut rest) = content_type.split_once(';')?;
    let (kind, subtype) = essence.trim_matches(is_http_space).split_once('/')?;
    if !is_token(kind) || !is_token(subtype.trim_end_matches(is_http_space)) {
        return None;
    }
    loop {
        rest = rest.trim_start_matches(is_http_space);
        let name_end = rest.find([';', '=']).unwrap_or(rest.len());
        let name = &rest[..name_end];
        rest = &rest[name_end..];
        if let Some(value) = rest.strip_prefix('=') {
            let (value, after) = parameter_value(value);
            let usable = value.as_ref().is_some_and(|value| is_quotable(value));
            if usable && name.eq_ignore_ascii_case("charset") {
                return value;
            }
            rest = after;
        }
        rest = rest.strip_prefix(';')?;
    }
}

/// A parameter's value, and what follows from the next semicolon on; an empty unquoted value is none.
fn parameter_value(text: &str) -> (Option<String>, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        let value = text[..end].split(',').next().unwrap_or_default().trim_end_matches(is_http_space);
        return ((!value.is_empty()).then(|| value.to_owned()), &text[end..]);
    };
    let mut value = String::new();
    let mut rest = quoted.char_indices();
    while let Some((at, c)) = rest.next() {
        match c {
            '"' => {
                let after = &quoted[at + 1..];
                return (Some(value), after.find(';').map_or("", |end| &after[end..]));
            }
            '\\' => value.push(rest.next().map_or('\\', |(_, escaped)| escaped)),
            _ => value.push(c),
        }
    }
    (Some(value), "")
}

fn is_http_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

fn is_quotable(text: &str) -> bool {
    text.chars().all(|c| c == '\t' || ('\u{20}'..='\u{7E}').contains(&c) || ('\u{80}'..='\u{FF}').contains(&c))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

fn skip_spaces(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|b| !is_space(*b)).unwrap_or(bytes.len());
    &bytes[start..]
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window.eq_ignore_ascii_case(wanted))
}
