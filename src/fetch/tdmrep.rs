//! `/.well-known/tdmrep.json`: which parts of a site are reserved against text and data mining. Pure.
//!
//! # Source
//! TDM Reservation Protocol, W3C Community Group Report, "tdmrep.json": a list of locations with their properties. A
//! location is a path pattern as in robots.txt; of several the most specific holds, which is the longest.

use serde_json::Value;

use super::pattern::{Pattern, Side, normal};

/// Decoded bytes of the file that are read.
pub(super) const MAX_BYTES: u64 = 32 << 10;
/// Locations that are taken.
const MAX_LOCATIONS: usize = 200;
/// Longest location and policy address.
const MAX_TEXT_BYTES: usize = 2083;

/// What a site reserves.
#[derive(Debug, Default)]
pub(super) struct Reservations(Vec<Location>);

#[derive(Debug)]
struct Location {
    pattern: Pattern,
    is_reserved: bool,
    policy: Option<String>,
}

/// What holds for one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reservation {
    pub(super) is_reserved: bool,
    /// Address of the licence terms; `None` if none is named.
    pub(super) policy: Option<String>,
}

impl Reservations {
    /// Reads the file; what is no such file reserves nothing.
    pub(super) fn parse(body: &[u8]) -> Reservations {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let read = serde_json::from_slice::<Value>(body).unwrap_or_default();
        let list = read.as_array().map(Vec::as_slice).unwrap_or_default();
        Reservations(list.iter().filter_map(location).take(MAX_LOCATIONS).collect())
    }

    /// What holds for a path with its query; `None` if no location covers it.
    pub(super) fn of(&self, path_and_query: &str) -> Option<Reservation> {
        let path = normal(path_and_query, Side::Path);
        let covering = self.0.iter().filter(|location| location.pattern.matches(&path));
        let found = covering.max_by_key(|location| (location.pattern.weight, location.is_reserved))?;
        Some(Reservation { is_reserved: found.is_reserved, policy: found.policy.clone() })
    }
}

fn location(value: &Value) -> Option<Location> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).filter(|text| text.len() <= MAX_TEXT_BYTES);
    let is_reserved = match value.get("tdm-reservation")? {
        Value::Number(number) => number.as_i64()? == 1,
        Value::String(text) => text.trim() == "1",
        _ => return None,
    };
    Some(Location {
        pattern: Pattern::new(text("location")?),
        is_reserved,
        policy: text("tdm-policy").map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_location_that_covers_a_path_holds_for_it() {
        let file = br#"[
            {"location": "/", "tdm-reservation": 1, "tdm-policy": "https://a.example/terms"},
            {"location": "/free/", "tdm-reservation": 0},
            {"location": "/*.jpg$", "tdm-reservation": "1"},
            {"location": 5, "tdm-reservation": 1}, {"location": "/free/x"}, 7
        ]"#;
        let found = Reservations::parse(file);
        let of = |path: &str| found.of(path).map(|it| (it.is_reserved, it.policy.is_some()));
        assert_eq!(of("/news/1"), Some((true, true)));
        assert_eq!(of("/free/x"), Some((false, false)));
        assert_eq!(of("/free.jpg"), Some((true, false)));
    }

    #[test]
    fn what_is_no_such_file_reserves_nothing() {
        for file in [&b""[..], b"<html>", b"{}", b"[[[[", b"[{\"location\":\"/\"}]", b"\xff\xfe"] {
            assert_eq!(Reservations::parse(file).of("/"), None);
        }
        let deep = "[".repeat(30_000);
        assert_eq!(Reservations::parse(deep.as_bytes()).of("/"), None);
    }
}
