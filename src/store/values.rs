//! Times and texts as SQL keeps them.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::model::{HostId, Timestamp};

/// The kinds of pages for which [`crate::model::PageKind::is_source`] is true, as a list of SQL.
macro_rules! source_kinds {
    () => {
        "('front', 'section', 'tag', 'author', 'feed', 'sitemap')"
    };
}
pub(super) use source_kinds;

/// UTC text of fixed width, `YYYY-MM-DDTHH:MM:SSZ`; fractions of a second are cut off.
pub(super) fn utc_text(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// The instant that [`utc_text`] wrote.
pub(super) fn from_utc_text(text: &str) -> Result<Timestamp, Unreadable> {
    text.parse().map_err(unreadable::<jiff::Error>)
}

/// The instant of a `*_at_ms` column; the nearest representable one for values that no clock shows.
pub(super) fn from_millis(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// The instant of a `*_at_s` column.
pub(super) fn from_seconds(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// A text without NUL, which would end it for many readers.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{FFFD}")) } else { Cow::Borrowed(text) }
}

/// As [`clean`], owned.
pub(super) fn clean_owned(text: Option<&str>) -> Option<String> {
    text.map(|text| clean(text).into_owned())
}

/// Rows as JSON for `json_each`.
pub(super) fn json<T: serde::Serialize + ?Sized>(rows: &T) -> String {
    serde_json::to_string(rows).expect("lists of texts and numbers have a JSON form")
}

/// Host ids as JSON for `json_each`.
pub(super) fn host_list(hosts: &HashSet<HostId>) -> String {
    let mut out = String::with_capacity(2 + hosts.len() * 6);
    out.push('[');
    for (n, host) in hosts.iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        out.push_str(&host.0.to_string());
    }
    out.push(']');
    out
}

/// A stored value that means nothing to this program.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unreadable(pub(super) String);

impl From<Unreadable> for sqlx::Error {
    fn from(error: Unreadable) -> sqlx::Error {
        sqlx::Error::Decode(Box::new(error))
    }
}

/// An error of whoever read a stored value.
pub(super) fn unreadable<E: std::fmt::Display>(error: E) -> Unreadable {
    Unreadable(error.to_string())
}

/// An error for a stored word that no enum knows.
pub(super) fn unknown_word(column: &str, word: &str) -> Unreadable {
    Unreadable(format!("{column}: unknown word {word:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PageKind;

    #[test]
    fn times_have_one_width_and_come_back() {
        let at: Timestamp = "2024-11-24T23:15:01.987Z".parse().expect("a timestamp");
        assert_eq!(utc_text(at), "2024-11-24T23:15:01Z");
        assert_eq!(from_utc_text(&utc_text(at)).expect("parses").as_second(), at.as_second());
        assert_eq!(from_millis(i64::MAX), Timestamp::MAX);
    }

    #[test]
    fn the_kinds_of_sources_are_those_of_the_model() {
        let kinds = PageKind::ALL.into_iter().filter(|kind| kind.is_source());
        let list: Vec<String> = kinds.map(|kind| format!("'{}'", kind.as_str())).collect();
        assert_eq!(source_kinds!(), format!("({})", list.join(", ")));
    }

    #[test]
    fn a_text_is_stored_without_nul() {
        assert_eq!(clean("a\0b"), "a\u{FFFD}b");
        assert_eq!(clean_owned(Some("ab")).as_deref(), Some("ab"));
    }
}
