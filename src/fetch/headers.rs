//! What the headers of an answer say: validators, freshness, links, targets of redirects.

use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::model::{HeaderLinks, PageUrl, Timestamp, Validators};

use super::mime_type;
use super::retry_after::http_date;
use super::tdmrep::Reservation;

/// Longest validator that is kept; real ones have less than a hundred bytes.
const MAX_VALIDATOR_BYTES: usize = 1024;
/// Longest `Content-Type` that is kept.
const MAX_CONTENT_TYPE_BYTES: usize = 300;
/// WebSub hubs that are read of one answer.
const MAX_HUBS: usize = 50;
/// Longest value that is kept of a header that says what a meta element could say.
const MAX_LIKE_META_BYTES: usize = 500;
/// Longest freshness that is believed.
const LONGEST_FRESH: Duration = Duration::from_hours(30 * 24);

/// The first value of a header as text; bytes that are no UTF-8 are replaced.
pub(super) fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// All values of a header, joined by commas as RFC 9110 §5.3 allows.
pub(super) fn list(headers: &HeaderMap, name: &HeaderName) -> String {
    let values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    values.collect::<Vec<_>>().join(",")
}

/// `Content-Type` as received, cut if absurdly long; what several headers say together.
pub(super) fn content_type(headers: &HeaderMap) -> Option<String> {
    let several = headers.get_all(header::CONTENT_TYPE).iter().count() > 1;
    let extracted = || mime_type::extract(&cut(list(headers, &header::CONTENT_TYPE), 4 * MAX_CONTENT_TYPE_BYTES));
    let value = match several.then(extracted).flatten() {
        Some(extracted) => extracted.to_string(),
        None => text(headers, header::CONTENT_TYPE)?,
    };
    Some(cut(value, MAX_CONTENT_TYPE_BYTES))
}

/// Headers beside `X-Robots-Tag` that say what a meta element could say, too.
const LIKE_META: [&str; 4] = ["tdm-reservation", "tdm-policy", "content-signal", "refresh"];

/// What an answer asks of its reader: `X-Robots-Tag` values in order and whole (the bounds of all headers are theirs:
/// what is cut off could be the `noindex`), then `name: value` of the headers that say what a
/// meta element could say, and of what the host's robots.txt and tdmrep.json say in their place.
pub(super) fn robots_tags(
    headers: &HeaderMap,
    content_signal: Option<&str>,
    reservation: Option<&Reservation>,
) -> Vec<String> {
    let own = headers.get_all("x-robots-tag").iter();
    let mut tags: Vec<String> = own.map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned()).collect();
    let mut like_meta = Vec::new();
    for name in LIKE_META {
        like_meta.extend(text(headers, name).map(|value| format!("{name}: {}", value.trim())));
    }
    if let Some(signal) = content_signal.filter(|_| !headers.contains_key("content-signal")) {
        like_meta.push(format!("content-signal: {signal}"));
    }
    if let Some(reservation) = reservation.filter(|_| !headers.contains_key("tdm-reservation")) {
        like_meta.push(format!("tdm-reservation: {}", u8::from(reservation.is_reserved)));
        like_meta.extend(reservation.policy.iter().map(|policy| format!("tdm-policy: {policy}")));
    }
    tags.extend(like_meta.into_iter().map(|tag| cut(tag, MAX_LIKE_META_BYTES)));
    tags
}

fn cut(mut value: String, most: usize) -> String {
    if value.len() > most {
        value.truncate(value.floor_char_boundary(most));
    }
    value
}

/// Validators for the next visit. One that could not be sent back byte for byte is left out.
pub fn validators(headers: &HeaderMap) -> Validators {
    let exact = |name: HeaderName| {
        let bytes = headers.get(name)?.as_bytes();
        let sound = !bytes.is_empty() && bytes.len() <= MAX_VALIDATOR_BYTES;
        sound.then(|| text_of_bytes(bytes)).flatten()
    };
    Validators { etag: exact(header::ETAG), last_modified: exact(header::LAST_MODIFIED) }
}

/// Where bytes that are no UTF-8 stand in a validator's text: a byte and this make a character of private use.
const NO_UTF8: u32 = 0xf700;

/// Bytes as text from which [`bytes_of_text`] makes the same bytes; `None` where that cannot be.
fn text_of_bytes(bytes: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().filter_map(|byte| char::from_u32(NO_UTF8 + u32::from(*byte))));
    }
    (bytes_of_text(&text) == bytes).then_some(text)
}

fn bytes_of_text(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match u32::from(c).checked_sub(NO_UTF8).and_then(|byte| u8::try_from(byte).ok()).filter(|byte| *byte >= 0x80) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

/// The headers of a conditional request; empty without validators.
pub fn conditions(validators: &Validators) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let pairs = [(header::IF_NONE_MATCH, &validators.etag), (header::IF_MODIFIED_SINCE, &validators.last_modified)];
    for (name, value) in pairs {
        if let Some(value) = value.as_ref().and_then(|value| HeaderValue::from_bytes(&bytes_of_text(value)).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

/// How long the answer stays fresh for a private cache; `None` if it does not say, at most 30 days.
///
/// # Source
/// RFC 9111 §4.2. `s-maxage` speaks to shared caches and is passed over.
pub(super) fn fresh_for(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let directives = list(headers, &header::CACHE_CONTROL).to_ascii_lowercase();
    let mut max_age = None;
    for directive in directives.split(',').map(str::trim) {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim() {
            "no-cache" | "no-store" => return Some(Duration::ZERO),
            "max-age" => max_age = max_age.or(Some(seconds(value.trim().trim_matches('"')).unwrap_or_default())),
            _ => {}
        }
    }
    let lifetime = match max_age {
        Some(seconds) => seconds,
        None => expires_in(headers, now)?,
    };
    let age = text(headers, header::AGE).and_then(|value| seconds(value.trim())).unwrap_or_default();
    Some(lifetime.saturating_sub(age).min(LONGEST_FRESH))
}

/// An unreadable `Expires` is in the past (RFC 9111 §5.3).
fn expires_in(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let expires = text(headers, header::EXPIRES)?;
    let Some(expires) = http_date(expires.trim()) else { return Some(Duration::ZERO) };
    let date = text(headers, header::DATE).and_then(|value| http_date(value.trim())).unwrap_or(now);
    Some(Duration::try_from(expires.duration_since(date)).unwrap_or_default())
}

/// Whole seconds; more digits than fit are very long.
fn seconds(text: &str) -> Option<Duration> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().map_or(LONGEST_FRESH, Duration::from_secs))
}

/// The target of a redirect.
///
/// Bytes that are no UTF-8 become percent escapes, as browsers make them.
///
/// # Errors
/// What is wrong with it, for people.
pub fn redirect_target(headers: &HeaderMap, from: &PageUrl) -> Result<PageUrl, String> {
    let value = headers.get(header::LOCATION).ok_or("no Location")?;
    let mut location = String::new();
    for chunk in value.as_bytes().utf8_chunks() {
        location.push_str(chunk.valid());
        location.extend(chunk.invalid().iter().map(|byte| format!("%{byte:02X}")));
    }
    if location.trim().is_empty() {
        return Err("empty Location".into());
    }
    from.join(location.trim()).map_err(|error| error.to_string())
}

/// What `Link` headers name, resolved against the page.
///
/// # Source
/// RFC 8288 §3, RFC 6596, WebSub §4.
pub(super) fn links(headers: &HeaderMap, page: &PageUrl) -> HeaderLinks {
    let mut out = HeaderLinks::default();
    let links = list(headers, &header::LINK);
    let mut rest = links.as_str();
    while let Some((target, after)) = rest.split_once('<').and_then(|(_, after)| after.split_once('>')) {
        // A comma inside a quoted parameter is not seen; then the next `<` begins a link all the same.
        let (parameters, others) = after.split_at(after.find('<').unwrap_or(after.len()));
        rest = others;
        let relations: String = parameters.split([';', ',']).filter_map(relations).collect::<Vec<_>>().join(" ");
        if relations.is_empty() {
            continue;
        }
        let Ok(url) = page.join(target.trim()) else { continue };
        for relation in relations.split_whitespace() {
            match relation {
                "canonical" if out.canonical.is_none() => out.canonical = Some(url.clone()),
                "self" if out.topic.is_none() => out.topic = Some(url.clone()),
                "hub" if out.hubs.len() < MAX_HUBS && !out.hubs.contains(&url) => out.hubs.push(url.clone()),
                _ => {}
            }
        }
    }
    out
}

/// The relations that a parameter of a link states, in lower case; `None` if it states something else.
fn relations(parameter: &str) -> Option<String> {
    let (name, value) = parameter.split_once('=')?;
    name.trim().eq_ignore_ascii_case("rel").then(|| value.trim().trim_matches('"').to_ascii_lowercase())
}

/// Whether all values of `Content-Length`, which may stand in one header, are the same to the letter.
///
/// # Source
/// RFC 9110 §8.6; the Fetch Standard compares the values before it reads them as numbers.
pub(super) fn has_one_length(headers: &HeaderMap) -> bool {
    let lengths = list(headers, &header::CONTENT_LENGTH);
    let mut values = lengths.split(',').map(str::trim);
    let first = values.next();
    values.all(|value| Some(value) == first)
}

/// Bytes of all names and values.
pub(super) fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
        }
        headers
    }

    #[test]
    fn freshness_is_read_as_a_private_cache_reads_it() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().expect("an instant");
        let date = ("date", "Mon, 23 Nov 2026 11:00:00 GMT");
        for (lines, seconds) in [
            (&[][..], None),
            (&[("cache-control", "public")], None),
            (&[("cache-control", "max-age=60")], Some(60)),
            (&[("cache-control", "s-maxage=9, Max-Age=\"60\""), ("age", "20")], Some(40)),
            (&[("cache-control", "max-age=60"), ("age", "100")], Some(0)),
            (&[("cache-control", "max-age=60"), ("cache-control", "no-cache")], Some(0)),
            (&[("cache-control", "no-store")], Some(0)),
            (&[("cache-control", "max-age=soon")], Some(0)),
            (&[("cache-control", "max-age=99999999999999999999")], Some(30 * 86_400)),
            (&[("expires", "Mon, 23 Nov 2026 12:10:00 GMT")], Some(600)),
            (&[("expires", "Mon, 23 Nov 2026 12:10:00 GMT"), date], Some(4200)),
            (&[("expires", "0")], Some(0)),
            (&[("expires", "Mon, 23 Nov 2026 12:10:00 GMT"), ("cache-control", "max-age=5")], Some(5)),
        ] {
            assert_eq!(fresh_for(&headers(lines), now), seconds.map(Duration::from_secs), "{lines:?}");
        }
    }

    #[test]
    fn a_canonical_link_is_found_among_others() {
        let page = PageUrl::parse("https://a.example/dir/page").expect("an address");
        for (link, expected) in [
            ("<https://b.example/c>; rel=\"canonical\"", Some("https://b.example/c")),
            ("</feed>; rel=alternate; title=\"a, b\", <x>; REL=canonical", Some("https://a.example/dir/x")),
            ("<x>; rel=\"next canonical\"", Some("https://a.example/dir/x")),
            ("<x>; rel=alternate", None),
            ("<javascript:x>; rel=canonical", None),
            ("<x", None),
            ("", None),
        ] {
            let found = links(&headers(&[("link", link)]), &page);
            assert_eq!(found.canonical.as_ref().map(PageUrl::as_str), expected, "{link}");
        }
    }

    #[test]
    fn hubs_and_the_address_at_them_are_found_in_all_link_headers() {
        let page = PageUrl::parse("https://a.example/dir/feed").expect("an address");
        let sent = headers(&[
            ("link", "<https://hub.example/>; rel=\"hub\", <https://hub.example/>; rel=hub, <mailto:x>; rel=hub"),
            ("link", "</hub>; title=\"x\"; REL=\"other HUB\""),
            ("link", "<feed>; rel=self, <other>; rel=self"),
        ]);
        let found = links(&sent, &page);
        let hubs: Vec<&str> = found.hubs.iter().map(PageUrl::as_str).collect();
        assert_eq!(hubs, ["https://hub.example/", "https://a.example/hub"]);
        assert_eq!(found.topic.as_ref(), Some(&page));

        let many: Vec<String> = (0..200).map(|n| format!("<https://hub.example/{n}>; rel=hub")).collect();
        assert_eq!(links(&headers(&[("link", &many.join(","))]), &page).hubs.len(), MAX_HUBS);
    }

    #[test]
    fn a_reservation_follows_the_robots_tags() {
        let sent = headers(&[("tdm-reservation", "1"), ("x-robots-tag", "noai"), ("x-robots-tag", "noindex")]);
        assert_eq!(robots_tags(&sent, None, None), ["noai", "noindex", "tdm-reservation: 1"]);
    }

    #[test]
    fn a_robots_tag_is_read_however_many_or_long_they_are() {
        let long = format!("{}noindex", "max-snippet:-1, ".repeat(1_000));
        let lines = [[("x-robots-tag", "max-snippet:-1")].repeat(25), vec![("x-robots-tag", long.as_str())]].concat();
        let tags = robots_tags(&headers(&lines), None, None);
        assert!(tags.len() == 26 && tags[25] == long);
        let policy = format!("https://a.example/{}", "x".repeat(1_000));
        let tags = robots_tags(&headers(&[("tdm-policy", &policy)]), None, None);
        assert_eq!(tags[0].len(), MAX_LIKE_META_BYTES);
    }

    #[test]
    fn an_answer_s_own_words_go_before_those_of_its_host() {
        let of_host = Reservation { is_reserved: true, policy: Some("https://a.example/terms".into()) };
        let tags = |sent: &HeaderMap| robots_tags(sent, Some("ai-train=no"), Some(&of_host));
        assert_eq!(
            tags(&headers(&[("refresh", "0; url=/x")])),
            [
                "refresh: 0; url=/x",
                "content-signal: ai-train=no",
                "tdm-reservation: 1",
                "tdm-policy: https://a.example/terms"
            ]
        );
        let own = headers(&[("tdm-reservation", "0"), ("content-signal", "ai-train=yes")]);
        assert_eq!(tags(&own), ["tdm-reservation: 0", "content-signal: ai-train=yes"]);
    }

    #[test]
    fn a_validator_s_bytes_come_back_whatever_they_are() {
        for bytes in [&b"\"plain\""[..], b"\"\xfc\"", "\"é\"".as_bytes(), b"\xff\xfe\x80"] {
            let mut sent = HeaderMap::new();
            sent.insert(header::ETAG, HeaderValue::from_bytes(bytes).expect("a value"));
            let again = conditions(&validators(&sent));
            assert_eq!(again.get(header::IF_NONE_MATCH).map(HeaderValue::as_bytes), Some(bytes));
        }
        // Characters that stand for such bytes cannot be told from them.
        assert_eq!(text_of_bytes("\u{f7fc}".as_bytes()), None);
    }

    #[test]
    fn a_validator_that_cannot_be_sent_back_is_left_out() {
        let long = "x".repeat(MAX_VALIDATOR_BYTES + 1);
        assert_eq!(validators(&headers(&[("etag", &long), ("last-modified", "")])), Validators::default());
    }
}
