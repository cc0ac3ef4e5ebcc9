//! When two addresses are one page.

use std::fmt;
use std::sync::Arc;

use super::PageUrl;

/// Identity of a page: its address without scheme and without one leading `www.`.
///
/// Query pairs are sorted by name, escapes have one spelling, `index.html` and repeated slashes are dropped.
/// Copies share the text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageKey(Arc<str>);

impl PageKey {
    /// The key as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Computes the key of an address; [`PageUrl::key`] does so once.
    pub(super) fn of(url: &PageUrl) -> PageKey {
        let path = url.path();
        let plain = &url.as_str()[url.0.parts.host..];
        let plain = plain.strip_prefix("www.").unwrap_or(plain);
        if !may_be_respelt(plain.as_bytes()) && strip_index(path) == path {
            return PageKey(plain.into());
        }
        PageKey::built(url)
    }

    /// The key of an address part by part.
    fn built(url: &PageUrl) -> PageKey {
        let (host, path) = (url.host_name(), url.path());
        let mut key = String::with_capacity(url.as_str().len());
        key.push_str(host.strip_prefix("www.").unwrap_or(host));
        if let Some(port) = url.unusual_port() {
            key.push(':');
            key.push_str(&port.to_string());
        }
        push_path(&mut key, path);
        key.truncate(strip_index(&key).len());
        if let Some(query) = url.query() {
            push_query(&mut key, query);
        }
        PageKey(key.into())
    }
}

impl fmt::Display for PageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether an address has escapes, parameters or two slashes side by side; all bytes are asked at once.
fn may_be_respelt(address: &[u8]) -> bool {
    let pairs = address.iter().zip(address.get(1..).unwrap_or_default());
    let is_odd = |byte: u8| (byte == b'%') | (byte == b'&');
    let odd = pairs.fold(false, |odd, (byte, next)| odd | is_odd(*byte) | ((*byte == b'/') & (*next == b'/')));
    odd || address.last().is_some_and(|last| is_odd(*last))
}

/// `/a/index.html` and `/a/` are one page.
fn strip_index(path: &str) -> &str {
    const INDEXES: [&str; 6] =
        ["/index.html", "/index.htm", "/index.php", "/index.shtml", "/default.aspx", "/default.asp"];
    let index = INDEXES.iter().find(|index| path.ends_with(**index));
    index.map_or(path, |index| &path[..=path.len() - index.len()])
}

fn has_empty_segment(path: &str) -> bool {
    path.as_bytes().windows(2).any(|pair| pair == b"//")
}

/// Copies a path with one spelling of its escapes and single slashes.
fn push_path(out: &mut String, path: &str) {
    if !has_empty_segment(path) {
        push_normal_escapes(out, path);
        return;
    }
    for segment in path.split_inclusive('/') {
        if segment != "/" || !out.ends_with('/') {
            push_normal_escapes(out, segment);
        }
    }
}

/// The order of different names does not matter to servers; equal names keep their order. Empty pairs are dropped.
fn push_query(out: &mut String, query: &str) {
    let mut normal = String::with_capacity(query.len());
    push_normal_escapes(&mut normal, query);
    let mut pairs: Vec<&str> = normal.split('&').filter(|pair| !pair.is_empty()).collect();
    pairs.sort_by_key(|pair| pair.split('=').next().unwrap_or_default());
    let mut sign = '?';
    for pair in pairs {
        out.push(sign);
        out.push_str(pair);
        sign = '&';
    }
}

/// Copies text with its percent escapes in one spelling: upper-case digits, unreserved characters bare.
///
/// # Source
/// RFC 3986 §6.2.2.
fn push_normal_escapes(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        let value = tail.get(1..3).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        match value.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if is_unreserved(byte) && !completes_escape(out, byte) => out.push(char::from(byte)),
            Some(byte) => push_escape(out, byte),
            None => {
                out.push('%');
                rest = &tail[1..];
                continue;
            }
        }
        rest = &tail[3..];
    }
    out.push_str(rest);
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// Whether a digit would make an escape of a percent sign that stands for itself, so that the key of a key were another.
fn completes_escape(out: &str, byte: u8) -> bool {
    let begun = match out.as_bytes() {
        [.., b'%'] => true,
        [.., b'%', digit] => digit.is_ascii_hexdigit(),
        _ => false,
    };
    begun && byte.is_ascii_hexdigit()
}

fn push_escape(out: &mut String, byte: u8) {
    out.push('%');
    for digit in [byte >> 4, byte & 15] {
        out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_that_is_a_part_of_its_address_is_what_its_parts_make(
            host in prop::sample::select(vec!["paper.example", "www.paper.example", "www.www.example:8443", "[::1]", "http.example:80"]),
            rest in "(/|//|%|%[0-9a-f]{1,2}|[a-f0-9]{1,3}|/index\\.html|/default\\.asp|\\?|&|=|a=1|/\\.|;){0,9}",
        ) {
            for scheme in ["http", "https"] {
                let url = PageUrl::parse(&format!("{scheme}://{host}/{rest}")).expect("an address");
                let key = PageKey::of(&url);
                prop_assert_eq!(&key, &PageKey::built(&url));
                let again = PageUrl::parse(&format!("http://{key}")).expect("a key is an address");
                if url.unusual_port().is_none() {
                    prop_assert_eq!(PageKey::of(&again), key);
                }
            }
        }
    }
}
