//! A time that a page tells, as its six columns keep it.

use serde::Serialize;

use super::sql::Query;
use super::values::{clean_owned, utc_text};
use crate::model::{Found, When};

/// Everything that is stored of `published` or `modified`; nothing where the page tells no such time.
#[derive(Default, Serialize)]
pub(super) struct StoredWhen {
    at: Option<String>,
    day: Option<String>,
    precision: Option<&'static str>,
    offset_minutes: Option<i32>,
    raw: Option<String>,
    source: Option<&'static str>,
}

impl StoredWhen {
    pub(super) fn new(found: Option<&Found<When>>) -> StoredWhen {
        let Some(Found { value: when, by, rule: _ }) = found else { return StoredWhen::default() };
        StoredWhen {
            at: Some(utc_text(when.at)),
            day: Some(when.day.to_string()),
            precision: Some(when.precision.as_str()),
            offset_minutes: when.stated_offset_minutes(),
            raw: clean_owned(Some(&when.raw)),
            source: Some(by.as_str()),
        }
    }

    /// The values of six parameters: `_at`, `_day`, `_precision`, `_offset_minutes`, `_raw`, `_source`.
    pub(super) fn bind<'q>(&'q self, query: Query<'q>) -> Query<'q> {
        let StoredWhen { at, day, precision, offset_minutes, raw, source } = self;
        query.bind(at).bind(day).bind(*precision).bind(*offset_minutes).bind(raw).bind(*source)
    }
}
