//! Dates in the form of one site, as its profile states it.

use jiff::civil::Time;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::Offset;

use super::words::Zone;
use super::{DateContext, MAX_DATE, Match, Moment, cut, find_date, parse_date};
use crate::model::arabic::{ascii_digits, normalise};
use crate::model::{Precision, When};

/// The months as formats know them.
const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// How a site writes its dates: formats in order, and names of months that are its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form {
    formats: Vec<String>,
    /// Name as search sees it, with its number from 0; longer names first.
    months: Vec<(String, usize)>,
}

impl Form {
    /// `months` are none or twelve; several names of one month are parted by `|`.
    pub(crate) fn new(formats: &[String], months: &[String]) -> Form {
        let named = months.iter().take(12).enumerate();
        let mut months: Vec<(String, usize)> = named
            .flat_map(|(at, names)| names.split('|').map(move |name| (normalise(name.trim()), at)))
            .filter(|(name, _)| !name.is_empty())
            .collect();
        months.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        Form { formats: formats.to_vec(), months }
    }

    /// The date that a text is by one of the formats; else, if it has one, as dates are read anywhere.
    pub(crate) fn read(&self, text: &str, ctx: &DateContext) -> Option<When> {
        let text = cut(text.trim(), MAX_DATE);
        let plain = self.with_months(text);
        if let Some(moment) = self.formats.iter().find_map(|format| exact(format, &plain)) {
            return Match { moment, from: 0, to: 0 }.when(text, ctx);
        }
        let general = |text: &str| parse_date(text, ctx).or_else(|| find_date(text, ctx));
        if self.months.is_empty() {
            return general(text);
        }
        general(&plain).map(|when| When { raw: text.to_owned(), ..when })
    }

    /// The text with ASCII digits, and English names in place of the site's.
    fn with_months(&self, text: &str) -> String {
        let mut out = ascii_digits(text).into_owned();
        if self.months.is_empty() {
            return out;
        }
        out = normalise(&out);
        if let Some((name, at)) = self.months.iter().find(|(name, _)| holds_word(&out, name)) {
            out = out.replacen(name.as_str(), ENGLISH[*at], 1);
        }
        out
    }
}

/// Whether a text holds a name with no letter on either side.
fn holds_word(text: &str, name: &str) -> bool {
    text.find(name).is_some_and(|at| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(char::is_alphabetic) && !after.is_some_and(char::is_alphabetic)
    })
}

fn exact(format: &str, text: &str) -> Option<Moment> {
    let parts = BrokenDownTime::parse(format, text).ok()?;
    let day = parts.to_date().ok()?;
    if parts.hour().is_none() {
        return Some(Moment::Day(day));
    }
    let time: Time = parts.to_time().ok()?;
    let precision = if parts.second().is_some() { Precision::Second } else { Precision::Minute };
    let zone = parts.offset().map(Offset::seconds).map(Zone::Fixed);
    Some(Moment::Time { local: day.to_datetime(time), zone, precision })
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn read(formats: &[&str], months: &[&str], text: &str) -> Option<String> {
        let owned = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let zone = TimeZone::UTC;
        let now = "2025-01-01T00:00:00Z".parse().expect("a timestamp");
        let ctx = DateContext { now, visited: None, zone: &zone, language: Some("en"), day_first: None };
        Form::new(&owned(formats), &owned(months)).read(text, &ctx).map(|when| when.to_string())
    }

    #[test]
    fn a_format_tells_what_the_text_alone_does_not() {
        assert_eq!(read(&[], &[], "03/04/2020"), None);
        assert_eq!(read(&["%d/%m/%Y"], &[], "03/04/2020").as_deref(), Some("2020-04-03"));
        assert_eq!(read(&["%m/%d/%Y"], &[], "03/04/2020").as_deref(), Some("2020-03-04"));
        assert_eq!(read(&["%Y%j"], &[], "2020060").as_deref(), Some("2020-02-29"));
        let both = ["%d.%m.%y", "%d/%m/%Y %H.%M %z"];
        assert_eq!(read(&both, &[], "٠٣/٠٤/٢٠٢٠ ١٧.٠٥ +0300").as_deref(), Some("2020-04-03T17:05:00+03:00"));
        assert_eq!(read(&both, &[], "3.4.20").as_deref(), Some("2020-04-03"));
        assert_eq!(read(&both, &[], "3 April 2020").as_deref(), Some("2020-04-03"), "else as anywhere");
    }

    #[test]
    fn what_cannot_be_stays_none() {
        assert_eq!(read(&["%d/%m/%Y"], &[], "31/02/2020"), None);
        assert_eq!(read(&["%d/%m/%Y"], &[], "03/04/2031"), None, "the future");
        assert_eq!(read(&["%d/%m/%Y"], &[], ""), None);
        assert_eq!(read(&["%H:%M"], &[], "12:30"), None);
    }

    #[test]
    fn a_site_may_have_its_own_months() {
        let months = [
            "yannayer",
            "furar",
            "meɣres",
            "yebrir",
            "mayyu",
            "yunyu",
            "yulyu",
            "ɣuct|awussu",
            "ctember",
            "tuber",
            "wamber",
            "dujember",
        ];
        assert_eq!(read(&[], &months, "12 Awussu 2020").as_deref(), Some("2020-08-12"));
        assert_eq!(read(&["%B %d, %Y"], &months, "Tuber 12, 2020").as_deref(), Some("2020-10-12"));
        assert_eq!(read(&[], &["x"], "12 March 2020").as_deref(), Some("2020-03-12"));
    }
}
