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
