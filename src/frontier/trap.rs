//! Addresses that are endlessly many, or no pages: each is recognised by its form and reported by name.
//!
//! `docs/ADDRESSES.md` lists the words; `frontier/tests.rs` shows each of them, and what it must leave alone.

use crate::model::page::day_of;
use crate::model::{PageUrl, Timestamp};

/// Path segments beyond which an address is a trap; the deepest papers that we know use eight.
const MAX_SEGMENTS: usize = 12;
/// Labels before the registrable domain beyond which a host is made up; `www.de.news.example.com` has three.
const MAX_LABELS: usize = 4;
/// Query parameters beyond which an address is one of a faceted search.
const MAX_PARAMETERS: usize = 5;
/// Characters from which on a value under a session's name is one.
const SESSION_CHARS: usize = 12;

/// Endings of files that are no pages.
const MEDIA: &[&str] = &[
    "jpg", "jpeg", "png", "gif", "webp", "svg", "avif", "ico", "bmp", "tif", "tiff", "mp3", "mp4", "m4a", "m4v", "ogg",
    "oga", "ogv", "wav", "webm", "avi", "mov", "wmv", "flv", "mkv", "m3u8", "pdf", "doc", "docx", "xls", "xlsx", "ppt",
    "pptx", "zip", "rar", "7z", "gz", "tgz", "bz2", "exe", "dmg", "apk", "iso", "css", "js", "woff", "woff2", "ttf",
    "eot", "epub", "torrent", "ics",
];

/// First or last segments of pages that serve readers and hold no news.
const UTILITY: &[&str] = &[
    "login",
    "logout",
    "signin",
    "signup",
    "register",
    "cart",
    "checkout",
    "account",
    "wp-admin",
    "wp-login.php",
    "wp-json",
    "xmlrpc.php",
    "search",
    "print",
    "share",
    "cgi-bin",
    "ads",
    "mailto",
    "privacy",
    "cookie-policy",
];

/// Parameters that put the same list in another order or form.
const FACETS: &[&str] = &[
    "dir",
    "direction",
    "display",
    "facet",
    "facets",
    "filter",
    "filters",
    "layout",
    "limit",
    "order",
    "order_by",
    "orderby",
    "per_page",
    "perpage",
    "sort",
    "sort_by",
    "sortby",
    "view",
];

/// Words by which a calendar calls itself, in paths and as names of parameters.
const CALENDARS: &[&str] = &["calendar", "calendrier", "kalender", "calendario", "ical", "tribe-bar-date"];

/// Why an address looks like one of endlessly many, or like no page; `None` if it does not.
pub(super) fn trap(url: &PageUrl, now: Timestamp) -> Option<&'static str> {
    if is_made_up_host(url) {
        return Some("trap-host");
    }
    let path = url.path().to_ascii_lowercase();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    if segments.len() > MAX_SEGMENTS {
        return Some("trap-depth");
    }
    if repeats(&segments) {
        return Some("trap-repeat");
    }
    let query = url.query().unwrap_or_default().to_ascii_lowercase();
    let pairs: Vec<(&str, &str)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();
    if is_calendar(&segments, &pairs, now) {
        return Some("trap-calendar");
    }
    if pairs.iter().any(|(name, value)| is_session(name, value)) {
        return Some("trap-session");
    }
    if is_facet(&pairs) {
        return Some("trap-facets");
    }
    let last = segments.last().copied().unwrap_or_default();
    if last.rsplit_once('.').is_some_and(|(_, ending)| MEDIA.contains(&ending)) {
        return Some("media");
    }
    let is_utility = [segments.first(), segments.last()].into_iter().flatten().any(|word| UTILITY.contains(word));
    is_utility.then_some("utility")
}

/// Hosts of a server that answers under every name: too many labels, or one three times.
fn is_made_up_host(url: &PageUrl) -> bool {
    let (host, domain) = (url.host_name(), url.registrable_domain());
    let Some(before) = host.strip_suffix(domain).map(|rest| rest.trim_end_matches('.')).filter(|rest| !rest.is_empty())
    else {
        return false;
    };
    let labels: Vec<&str> = before.split('.').take(MAX_LABELS + 1).collect();
    labels.len() > MAX_LABELS || labels.iter().any(|label| labels.iter().filter(|other| *other == label).count() >= 3)
}

/// A word three times, or two or more words twice in a row: links that grow from themselves. Numbers may recur: dates.
fn repeats(segments: &[&str]) -> bool {
    let is_word = |segment: &str| !segment.bytes().all(|b| b.is_ascii_digit());
    let thrice =
        segments.iter().any(|word| is_word(word) && segments.iter().filter(|other| *other == word).count() >= 3);
    thrice
        || (2..=segments.len() / 2).any(|length| {
            segments.windows(2 * length).any(|run| {
                let (first, second) = run.split_at(length);
                first == second && first.iter().any(|segment| is_word(segment))
            })
        })
}

/// Calendars: a path or parameter that says so, a month in the future, or a query that chooses a month and a year.
fn is_calendar(segments: &[&str], pairs: &[(&str, &str)], now: Timestamp) -> bool {
    let named = segments.iter().any(|segment| CALENDARS.contains(segment));
    if named && (segments.len() > 1 || !pairs.is_empty()) || pairs.iter().any(|(name, _)| CALENDARS.contains(name)) {
        return true;
    }
    let has = |wanted: &[&str]| pairs.iter().any(|(name, _)| wanted.contains(name));
    if has(&["year", "yr", "y"]) && has(&["month", "mon", "m", "week"]) {
        return true;
    }
    let today = day_of(now);
    let is_future = |year: &str, month: &str| match (year.parse::<i16>(), month.parse::<i8>()) {
        (Ok(year @ 1900..=2999), Ok(month @ 1..=12)) => (year, month) > (today.year(), today.month()),
        _ => false,
    };
    let month_of =
        |value: &str| value.get(..4).zip(value.get(5..7)).is_some_and(|(year, month)| is_future(year, month));
    segments.windows(2).any(|pair| pair[0].len() == 4 && is_future(pair[0], pair[1]))
        || pairs
            .iter()
            .any(|(name, value)| matches!(*name, "date" | "day" | "month" | "from" | "start") && month_of(value))
}

/// A session that the canonicaliser does not know by name: a long value with digits under a name that means one.
fn is_session(name: &str, value: &str) -> bool {
    let is_named = name.contains("sess") || matches!(name, "sid" | "token" | "nonce" | "csrf" | "_token" | "visitor");
    is_named && value.len() >= SESSION_CHARS && value.bytes().any(|b| b.is_ascii_digit())
}

/// One of the many views of a list: too many parameters, one name three times, or a choice of order beside others.
fn is_facet(pairs: &[(&str, &str)]) -> bool {
    let facets = pairs.iter().filter(|(name, _)| FACETS.contains(name)).count();
    pairs.len() > MAX_PARAMETERS
        || facets >= 2
        || facets == 1 && pairs.len() >= 3
        || pairs.iter().any(|(name, _)| pairs.iter().filter(|(other, _)| other == name).count() >= 3)
}
