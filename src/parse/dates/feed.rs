//! Dates of feeds and sitemaps, whose formats are prescribed and often missed.

use jiff::civil::Date;

use super::{DateContext, parse_date};
use crate::model::When;

/// Reads a date of a feed or sitemap.
///
/// RSS asks for RFC 822, Atom and sitemaps for W3C-DTF; everything that [`parse_date`] reads is taken as well. Beyond
/// it, the short forms of ISO 8601 count here, because the place says that a date must stand: `2003-12` is the first of
/// that month, `03-12-31` and `03335` have a year of this century.
///
/// # Source
/// RFC 822 §5, W3C NOTE-datetime, ISO 8601:1988 §5.2.1 (truncated forms).
pub fn feed_date(text: &str, ctx: &DateContext) -> Option<When> {
    let text = text.trim();
    if let Some(day) = short_iso(text) {
        return super::plausible_day(day, ctx).then(|| When::day(day, text));
    }
    parse_date(text, ctx)
}

/// `2003`, `2003-12`, `-03-12`, `-0312`, `03-12-31`, `03335`.
fn short_iso(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() > 8 || !bytes.iter().all(|b| b.is_ascii_digit() || *b == b'-') {
        return None;
    }
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i16>().ok();
    let day =
        |year: i16, month: i16, day: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    let shape: String = text.chars().map(|c| if c == '-' { '-' } else { 'n' }).collect();
    match shape.as_str() {
        "nnnn" => day(number(0..4)?, 1, 1),
        "nnnn-nn" => day(number(0..4)?, number(5..7)?, 1),
        "-nn-nn" => day(2000 + number(1..3)?, number(4..6)?, 1),
        "-nnnn" => day(2000 + number(1..3)?, number(3..5)?, 1),
        "nn-nn-nn" => day(2000 + number(0..2)?, number(3..5)?, number(6..8)?),
        "nnnnn" => Date::new(2000 + number(0..2)?, 1, 1).ok()?.with().day_of_year(number(2..5)?).build().ok(),
        _ => None,
    }
}
