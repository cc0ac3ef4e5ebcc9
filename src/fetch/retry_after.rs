//! `Retry-After`, and the dates of HTTP.

use std::time::{Duration, SystemTime};

use crate::model::Timestamp;

/// What a `Retry-After` value asks for, counted from `now`, at most `cap`.
///
/// A date in the past gives zero. `None` if the value is neither whole seconds nor a date.
///
/// # Source
/// RFC 9110 §10.2.3.
pub fn retry_after(value: &str, now: Timestamp, cap: Duration) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are more than any cap.
        return Some(value.parse().map_or(cap, Duration::from_secs).min(cap));
    }
    let at = http_date(value)?;
    let wait = at.duration_since(now);
    Some(Duration::try_from(wait).unwrap_or_default().min(cap))
}

/// Reads a date in one of HTTP's three forms.
///
/// # Source
/// RFC 9110 §5.6.7.
pub fn http_date(value: &str) -> Option<Timestamp> {
    let at: SystemTime = httpdate::parse_http_date(value).ok()?;
    Timestamp::try_from(at).ok().or(Some(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_seconds_or_a_date_and_never_above_the_cap() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().expect("an instant");
        for (value, expected) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("86400", Some(3600)),
            ("Mon, 23 Nov 2026 12:01:00 GMT", Some(60)),
            ("Monday, 23-Nov-26 12:01:00 GMT", Some(60)),
            ("Mon Nov 23 12:01:00 2026", Some(60)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(3600)),
            ("-10", None),
            ("1e3", None),
            ("\u{665}", None),
            ("", None),
        ] {
            let wait = retry_after(value, now, Duration::from_hours(1));
            assert_eq!(wait.map(|wait| wait.as_secs()), expected, "{value}");
        }
    }
}
