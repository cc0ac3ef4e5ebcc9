//! Values that carry their unit in the text: `"5s"`, `"14d"`, `"5 MiB"`.

use std::borrow::Cow;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// What a duration may look like, for error messages.
pub const DURATION_FORM: &str = "a number with a unit: ms, s, m, h or d (\"500ms\", \"5s\", \"10m\", \"24h\", \"14d\")";
/// What a size may look like, for error messages.
pub const BYTES_FORM: &str = "a number with a unit: B, KiB, MiB or GiB (\"5 MiB\")";
/// The schema's `format` of a duration with its unit.
pub(super) const DURATION_FORMAT: &str = "duration-with-unit";
/// The schema's `format` of a size with its unit.
pub(super) const BYTES_FORMAT: &str = "bytes-with-unit";
/// The schema's `format` of an address with its port.
pub(super) const SOCKET_FORMAT: &str = "socket-address";

/// Reads a duration.
///
/// # Errors
/// A message that says what is allowed.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let error = || format!("must be {DURATION_FORM}");
    let (number, unit) = split_unit(text).ok_or_else(error)?;
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(error()),
    };
    let value: u64 = number.parse().map_err(|_| error())?;
    value
        .checked_mul(milliseconds)
        .filter(|ms| *ms <= 100 * 366 * 86_400_000)
        .map(Duration::from_millis)
        .ok_or_else(|| "must be at most 100 years".to_owned())
}

/// A duration as configuration writes it, in the largest unit that fits.
pub fn format_duration(duration: Duration) -> String {
    let ms = duration.as_millis();
    [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")]
        .into_iter()
        .find(|(unit, _)| ms >= *unit && ms.is_multiple_of(*unit))
        .map_or_else(|| format!("{ms}ms"), |(unit, name)| format!("{}{name}", ms / unit))
}

/// Reads a size in bytes.
///
/// # Errors
/// A message that says what is allowed.
pub fn parse_bytes(text: &str) -> Result<u64, String> {
    let error = || format!("must be {BYTES_FORM}");
    let (number, unit) = split_unit(text).ok_or_else(error)?;
    let factor: u64 = match unit {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(error()),
    };
    let value: u64 = number.parse().map_err(|_| error())?;
    value.checked_mul(factor).ok_or_else(error)
}

fn split_unit(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let at = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(at);
    Some((number, unit.trim_start())).filter(|(number, _)| !number.is_empty())
}

/// Stands for a duration in the JSON schema.
pub(super) struct DurationText;

impl JsonSchema for DurationText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": DURATION_FORMAT, "pattern": "^[0-9]+ *(ms|s|m|min|h|d)$" })
    }
}

/// Stands for a size in the JSON schema.
pub(super) struct BytesText;

impl JsonSchema for BytesText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Bytes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": BYTES_FORMAT, "pattern": "^[0-9]+ *(B|KiB|MiB|GiB)$" })
    }
}

/// Stands for `address:port` in the JSON schema.
pub(super) struct SocketText;

impl JsonSchema for SocketText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Socket".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": SOCKET_FORMAT })
    }
}

pub(super) fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    parse_duration(&String::deserialize(deserializer)?).map_err(Error::custom)
}

pub(super) fn optional_duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    duration(deserializer).map(Some)
}

pub(super) fn durations<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Duration>, D::Error> {
    Vec::<String>::deserialize(deserializer)?.iter().map(|text| parse_duration(text).map_err(Error::custom)).collect()
}

pub(super) fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    parse_bytes(&String::deserialize(deserializer)?).map_err(Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_needs_its_unit() {
        assert_eq!(parse_duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(parse_duration("14d"), Ok(Duration::from_hours(14 * 24)));
        for bad in ["5", "s", "", "-5s", "5 weeks", "1.5h", "99999999999999999999s", "40000000000d"] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_size_needs_its_unit() {
        assert_eq!(parse_bytes("5 MiB"), Ok(5 << 20));
        assert_eq!(parse_bytes("500KiB"), Ok(500 << 10));
        for bad in ["5", "5 MB", "MiB", "20000000000000 GiB"] {
            assert!(parse_bytes(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn durations_are_shown_in_their_largest_unit() {
        for (ms, text) in [(0, "0ms"), (1500, "1500ms"), (5000, "5s"), (600_000, "10m"), (86_400_000, "1d")] {
            assert_eq!(format_duration(Duration::from_millis(ms)), text);
        }
    }
}
