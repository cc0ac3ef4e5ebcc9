//! `Content-Type`: one value parsed, and several made one. Pure.
//!
//! # Source
//! WHATWG MIME Sniffing Standard §4.4 (parsing, serialising); Fetch Standard, "extract a MIME type".

use std::fmt;

/// A media type with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MimeType {
    /// `type/subtype`, lower case.
    essence: String,
    /// Names in lower case, each once, in the order of the header.
    parameters: Vec<(String, String)>,
}

impl MimeType {
    /// Reads one value; `None` if it is none.
    pub fn parse(text: &str) -> Option<MimeType> {
        let text = text.trim_matches(is_blank);
        let (essence, rest) = text.split_once(';').unwrap_or((text, ""));
        let (kind, subtype) = essence.split_once('/')?;
        let subtype = subtype.trim_end_matches(is_blank);
        if !is_token(kind) || !is_token(subtype) {
            return None;
        }
        let mut found = MimeType { essence: format!("{kind}/{subtype}").to_ascii_lowercase(), parameters: Vec::new() };
        found.read_parameters(rest);
        Some(found)
    }

    fn read_parameters(&mut self, mut rest: &str) {
        while !rest.is_empty() {
            rest = rest.trim_start_matches(is_blank);
            let end = rest.find([';', '=']).unwrap_or(rest.len());
            let name = rest[..end].to_ascii_lowercase();
            rest = &rest[end..];
            let Some(after) = rest.strip_prefix('=') else {
                rest = rest.strip_prefix(';').unwrap_or_default();
                continue;
            };
            let value;
            if after.starts_with('"') {
                (value, rest) = quoted(after);
                rest = rest.split_once(';').map_or("", |(_, rest)| rest);
            } else {
                let (plain, more) = after.split_once(';').unwrap_or((after, ""));
                rest = more;
                value = plain.trim_end_matches(is_blank).to_owned();
                if value.is_empty() {
                    continue;
                }
            }
            let is_new = self.parameters.iter().all(|(known, _)| *known != name);
            if is_token(&name) && value.chars().all(is_quotable) && is_new {
                self.parameters.push((name, value));
            }
        }
    }

    fn charset(&self) -> Option<&str> {
        self.parameters.iter().find(|(name, _)| name == "charset").map(|(_, value)| value.as_str())
    }
}

impl fmt::Display for MimeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.essence)?;
        for (name, value) in &self.parameters {
            if is_token(value) {
                write!(f, ";{name}={value}")?;
            } else {
                write!(f, ";{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))?;
            }
        }
        Ok(())
    }
}

/// What several `Content-Type` headers say together: the last type that is one, with the charset of an earlier header
/// of the same type if it names none itself. `None` if none is one.
///
/// `values` are the headers joined by commas.
pub fn extract(values: &str) -> Option<MimeType> {
    let mut found: Option<MimeType> = None;
    let mut charset: Option<String> = None;
    for value in split_outside_quotes(values) {
        let Some(mut next) = MimeType::parse(value).filter(|next| next.essence != "*/*") else { continue };
        if found.as_ref().is_none_or(|found| found.essence != next.essence) {
            charset = next.charset().map(str::to_owned);
        } else if let (None, Some(known)) = (next.charset(), &charset) {
            next.parameters.push(("charset".to_owned(), known.clone()));
        }
        found = Some(next);
    }
    found
}

/// The pieces between commas that stand in no quotes.
fn split_outside_quotes(values: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(values);
    std::iter::from_fn(move || {
        let text = rest?;
        let (mut is_quoted, mut is_escaped) = (false, false);
        let end = text.find(|c| {
            let is_end = c == ',' && !is_quoted;
            is_quoted ^= c == '"' && !is_escaped;
            is_escaped = is_quoted && c == '\\' && !is_escaped;
            is_end
        });
        rest = end.map(|end| &text[end + 1..]);
        Some(&text[..end.unwrap_or(text.len())])
    })
}

/// The value of a quoted string, whose end may be missing, and what follows it.
fn quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &text[at + 1..]),
            // A backslash at the very end stands for itself.
            '\\' => value.push(chars.next().map_or('\\', |(_, next)| next)),
            c => value.push(c),
        }
    }
    (value, "")
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

fn is_quotable(c: char) -> bool {
    matches!(c, '\t' | ' '..='~' | '\u{80}'..='\u{ff}')
}

fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' ')
}
