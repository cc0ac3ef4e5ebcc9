//! What the headers of an answer say: validators, freshness, canonical address, targets of redirects.

use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::model::{PageUrl, Timestamp, Validators};

use super::retry_after::http_date;

/// Longest validator that is kept; real ones have less than a hundred bytes.
const MAX_VALIDATOR_BYTES: usize = 1024;
/// Longest `Content-Type` that is kept.
const MAX_CONTENT_TYPE_BYTES: usize = 300;
/// `X-Robots-Tag` values that are kept, and their longest length.
const MAX_ROBOTS_TAGS: usize = 20;
const MAX_ROBOTS_TAG_BYTES: usize = 500;
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

/// `Content-Type` as received, cut if absurdly long.
pub(super) fn content_type(headers: &HeaderMap) -> Option<String> {
    text(headers, header::CONTENT_TYPE).map(|value| cut(value, MAX_CONTENT_TYPE_BYTES))
}

/// `X-Robots-Tag` values in order; a `tdm-reservation` header follows as a value of its own.
pub(super) fn robots_tags(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all("x-robots-tag").iter().take(MAX_ROBOTS_TAGS);
    let reservation = text(headers, HeaderName::from_static("tdm-reservation"));
    values
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .chain(reservation.map(|value| format!("tdm-reservation: {}", value.trim())))
        .map(|value| cut(value, MAX_ROBOTS_TAG_BYTES))
        .collect()
}

fn cut(mut value: String, most: usize) -> String {
    if value.len() > most {
        value.truncate(value.floor_char_boundary(most));
    }
    value
}

/// Validators for the next visit. One that could not be sent back byte for byte is left out.
pub(super) fn validators(headers: &HeaderMap) -> Validators {
    let exact = |name: HeaderName| {
        let bytes = headers.get(name)?.as_bytes();
        let sound = !bytes.is_empty() && bytes.len() <= MAX_VALIDATOR_BYTES;
        sound.then(|| String::from_utf8(bytes.to_vec()).ok()).flatten()
    };
    Validators { etag: exact(header::ETAG), last_modified: exact(header::LAST_MODIFIED) }
}

/// The headers of a conditional request; empty without validators.
pub(super) fn conditions(validators: &Validators) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let pairs = [(header::IF_NONE_MATCH, &validators.etag), (header::IF_MODIFIED_SINCE, &validators.last_modified)];
    for (name, value) in pairs {
        if let Some(value) = value.as_ref().and_then(|value| HeaderValue::from_bytes(value.as_bytes()).ok()) {
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
pub(super) fn redirect_target(headers: &HeaderMap, from: &PageUrl) -> Result<PageUrl, String> {
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

/// The target of `Link: <…>; rel="canonical"`, resolved against the page.
///
/// # Source
/// RFC 8288 §3, RFC 6596.
pub(super) fn canonical(headers: &HeaderMap, page: &PageUrl) -> Option<PageUrl> {
    let links = list(headers, &header::LINK);
    let mut rest = links.as_str();
    while let Some((_, after)) = rest.split_once('<') {
        let (target, parameters) = after.split_once('>')?;
        // A comma inside a quoted parameter is not seen; then the next `<` begins a link all the same.
        let end = parameters.find('<').unwrap_or(parameters.len());
        if parameters[..end].split([';', ',']).any(is_canonical) {
            return page.join(target.trim()).ok();
        }
        rest = &parameters[end..];
    }
    None
}

fn is_canonical(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    let relations = value.trim().trim_matches('"').to_ascii_lowercase();
    name.trim().eq_ignore_ascii_case("rel") && relations.split_whitespace().any(|relation| relation == "canonical")
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
            let found = canonical(&headers(&[("link", link)]), &page);
            assert_eq!(found.as_ref().map(PageUrl::as_str), expected, "{link}");
        }
    }

    #[test]
    fn a_reservation_follows_the_robots_tags() {
        let sent = headers(&[("tdm-reservation", "1"), ("x-robots-tag", "noai"), ("x-robots-tag", "noindex")]);
        assert_eq!(robots_tags(&sent), ["noai", "noindex", "tdm-reservation: 1"]);
    }

    #[test]
    fn a_validator_that_cannot_be_sent_back_is_left_out() {
        let long = "x".repeat(MAX_VALIDATOR_BYTES + 1);
        assert_eq!(validators(&headers(&[("etag", &long), ("last-modified", "")])), Validators::default());
    }
}
