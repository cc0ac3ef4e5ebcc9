//! The date in an address.

use jiff::civil::Date;

use super::words::{self, Calendar};

/// The date that an address carries in its path: `/2020/05/01/…`, `/2020/may/01/…`, `/2020-05-01-…`, `/20200501/`.
///
/// Years from 1990 to 2100; two parts (`/2020/05/`) are no date.
pub fn url_date(path: &str) -> Option<Date> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).take(20).collect();
    let three = segments.windows(3).find_map(|parts| match parts {
        [year, month, day] => day_of(year, month, leading_digits(day)),
        _ => None,
    });
    three.or_else(|| segments.iter().find_map(|segment| date_in(segment)))
}

/// `2020-05-01`, `2020_05_01` or `20200501` at either end of a segment, or standing free in it.
fn date_in(segment: &str) -> Option<Date> {
    let mut parts = segment.split(['-', '_', '.']).filter(|part| !part.is_empty());
    let parts: Vec<&str> = parts.by_ref().take(60).collect();
    parts
        .windows(3)
        .find_map(|parts| match parts {
            [year, month, day] if month.len() == 2 && day.len() == 2 => day_of(year, month, day),
            // Day first, where the numbers leave no choice.
            [day, month, year] if month.len() == 2 && day.len() == 2 && day > month && *day > "12" => {
                day_of(year, month, day)
            }
            _ => None,
        })
        .or_else(|| parts.iter().find_map(|part| compact(part)))
}

fn compact(part: &str) -> Option<Date> {
    let digits = part.len() == 8 && part.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| day_of(&part[..4], &part[4..6], &part[6..]))?
}

fn day_of(year: &str, month: &str, day: &str) -> Option<Date> {
    if year.len() != 4 || day.is_empty() || day.len() > 2 || month.len() > 9 {
        return None;
    }
    let year: i16 = digits(year)?;
    let month = match digits::<i8>(month) {
        Some(month) if month > 0 => month,
        _ => named_month(month)?,
    };
    (1990..=2100).contains(&year).then(|| Date::new(year, month, digits(day)?).ok())?
}

fn named_month(name: &str) -> Option<i8> {
    let month = words::month(&name.to_ascii_lowercase()).filter(|month| month.calendar == Calendar::Gregorian)?;
    i8::try_from(month.number).ok()
}

fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The day of `01-slug` or `01.html`.
fn leading_digits(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if text[end..].starts_with(char::is_alphanumeric) { "" } else { &text[..end] }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_address_tells_its_day_only_in_full() {
        let check = |path: &str, expected: Option<Date>| assert_eq!(url_date(path), expected, "{path}");
        check("/2020/05/01/slug", Some(date(2020, 5, 1)));
        check("/news/2020/5/1", Some(date(2020, 5, 1)));
        check("/world/2020/may/01/slug", Some(date(2020, 5, 1)));
        check("/2020-05-01-slug.html", Some(date(2020, 5, 1)));
        check("/a/slug-2020-05-01", Some(date(2020, 5, 1)));
        check("/20200501/x", Some(date(2020, 5, 1)));
        check("/news/23-05-2020-slug", Some(date(2020, 5, 23)));
        check("/news/05-06-2020-slug", None);
        check("/2020/02/31/x", None);
        check("/2020/05/", None);
        check("/2020/05/slug", None);
        check("/1019284", None);
        check("/20201301/", None);
        check("/id/12345678", None);
        check("/2020/05/01a", None);
    }
}
