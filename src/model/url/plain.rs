//! References in normal form, as most are: what they lead to is told without the `url` crate.

use super::{MAX_HOST_BYTES, Parts, noise};

/// What a byte is in references.
const PATH: u8 = 1;
const QUERY: u8 = 2;
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'*' | b'+' | b',' | b'=' | b':' | b'@' | b'%' | b'/' => {
                PATH | QUERY
            }
            // In a path they may belong to a session.
            b';' | b'(' | b')' | b'?' => QUERY,
            other if other.is_ascii_alphanumeric() => PATH | QUERY,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

/// Path and query of a reference that begins with its path and is in normal form; `None` for all others, and for many
/// that are: nothing is escaped, no segment says where it lies (`..`), nothing tracks. A fragment goes.
pub(super) fn path_and_query(reference: &str) -> Option<&str> {
    let bytes = reference.as_bytes();
    // Two slashes begin a host.
    if bytes.first() != Some(&b'/') || bytes.get(1) == Some(&b'/') {
        return None;
    }
    let path_end = end_of(PATH, bytes, 0);
    let (end, query) = match bytes.get(path_end) {
        Some(b'?') => {
            let end = end_of(QUERY, bytes, path_end + 1);
            (end, Some(&reference[path_end + 1..end]))
        }
        _ => (path_end, None),
    };
    let is_plain = matches!(bytes.get(end), None | Some(b'#')) && !query.is_some_and(noise::is_in);
    (is_plain && !has_dots(&bytes[..path_end])).then(|| &reference[..end])
}

/// An absolute address in normal form with its parts, the fragment cut off; `None` for all others, as above.
pub(super) fn address(text: &str) -> Option<(&str, Parts)> {
    let host = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme))?.len();
    let path = host + text[host..].find('/')?;
    let path_and_query = path_and_query(&text[path..])?;
    let query = path + path_and_query.find('?').unwrap_or(path_and_query.len());
    let parts = Parts { host, host_end: path, path, query };
    is_host(&text[host..path]).then(|| (&text[..path + path_and_query.len()], parts))
}

/// Whether a text is a host's usual name: lower case, no port, nothing that is encoded. One whose last label is a number, even
/// a hexadecimal one, is an address.
fn is_host(text: &str) -> bool {
    let is_sign = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let is_label = |label: &str| {
        let has_ends = !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
        has_ends && label.len() <= 63 && label.bytes().all(is_sign) && label.as_bytes().get(2..4) != Some(b"--")
    };
    let is_number = text.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()));
    text.len() <= MAX_HOST_BYTES && !is_number && text.split('.').all(is_label)
}

fn end_of(class: u8, bytes: &[u8], from: usize) -> usize {
    let rest = &bytes[from..];
    from + rest.iter().position(|byte| CLASSES[usize::from(*byte)] & class == 0).unwrap_or(rest.len())
}

/// Whether a segment begins with a dot, or with an escape that may be one.
fn has_dots(path: &[u8]) -> bool {
    let (second, third) = (path.get(1..).unwrap_or_default(), path.get(2..).unwrap_or_default());
    // All places are asked at once.
    let pairs = path.iter().zip(second);
    let dot = pairs.clone().fold(false, |found, (one, two)| found | ((*one == b'/') & (*two == b'.')));
    let is_escape = |one: u8, two: u8, three: u8| (one == b'/') & (two == b'%') & (three == b'2');
    dot || pairs.zip(third).fold(false, |found, ((one, two), three)| found | is_escape(*one, *two, *three))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::PageUrl;
    use super::path_and_query;

    /// What the `url` crate makes of it, by way of [`PageUrl::join_encoded`].
    fn joined(base: &PageUrl, reference: &str) -> Option<PageUrl> {
        base.join_encoded(reference, &|query| query.as_bytes().into()).ok()
    }

    #[test]
    fn usual_references_are_in_normal_form() {
        for plain in ["/", "/news/2026/11/30/harbour-wall_1.html", "/%D8%AE/a,b:c@d", "/a?id=7&b=x/y?z", "//"] {
            assert_eq!(path_and_query(plain).is_some(), plain != "//", "{plain}");
        }
        assert_eq!(path_and_query("/a#ä b"), Some("/a"));
        assert!(PageUrl::parse("https://a.0x1/").is_err(), "the last label is a number");
        for other in ["", "a", "?a", "/a b", "/ä", "/../a", "/a/.", "/%2e/a", "/a\\b", "/a?", "/a?utm_source=x", "/a;b"]
        {
            assert_eq!(path_and_query(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn addresses_are_read_as_the_url_crate_does(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "https://", "http://", "a", "9", "0x1", "xn--", "--", "-", ".", "..", "example", "com", "A", ":80", ":8080", "@", "ä", "[::1]",
                "/", "//", "/a", "/b?c=1", "?", "#d", "%41", "_", " ", "\u{ad}",
            ]), 0..9),
        ) {
            let nowhere = PageUrl::parse("http://nowhere.example/").expect("an address");
            for address in [pieces.concat(), format!("https://{}", pieces.concat()), format!("http://a.{}/b", pieces.concat())] {
                let Ok(found) = PageUrl::parse(&address) else { continue };
                let expected = joined(&nowhere, &address).expect("an address");
                prop_assert_eq!(&found, &expected);
                prop_assert_eq!(found.host_name(), expected.host_name());
            }
        }

        #[test]
        fn references_lead_where_the_url_crate_says(
            base in prop::sample::select(vec!["http://a.example/", "https://b.example:8443/x/y?z=1", "http://[::1]/c/"]),
            pieces in prop::collection::vec(prop::sample::select(vec![
                "/", "//", "a", "Z9", ".", "..", "%2e", "%2E", "%2f", "%D8%A7", "%", "?", "#", "&", "=", "\\", "\t", "\n", " ", "'",
                "\"", "<", "|", "^", "`", "{", "}", "[", "]", "!", "$", "*", "+", ",", ":", "@", "~", "-", "_", "(", ")", ";", "ä",
                "\u{7f}", "\0", "utm_source=x", "&ref=1", "sid=0123456789abcdef", ";jsessionid=1", "(S(lit3py55t21z5v55vlm25s55))",
                "http://a.example", "https://b.example:8443", "http:", "HTTP://A.example", "/index.html",
            ]), 0..9),
        ) {
            let base = PageUrl::parse(base).expect("an address");
            for reference in [pieces.concat(), format!("/{}", pieces.concat())] {
                let found = base.join(&reference).ok();
                let expected = joined(&base, &reference);
                prop_assert_eq!(&found, &expected);
                if let (Some(found), Some(expected)) = (found, expected) {
                    prop_assert_eq!(found.path(), expected.path());
                    prop_assert_eq!(found.query(), expected.query());
                    prop_assert_eq!(found.host(), expected.host());
                    prop_assert_eq!(found.port(), expected.port());
                    prop_assert_eq!(found.host_address(), expected.host_address());
                    prop_assert_eq!(found.key(), expected.key());
                }
            }
        }
    }
}
