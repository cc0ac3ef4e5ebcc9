//! Dates as newspapers print them, in some thirty languages and four calendars.
//!
//! Never clamps and never guesses silently: what is impossible, what lies before 1900 or more than two days after the
//! visit, and what could be two days (`05/06/2020` on an English page) is no date. A Gregorian date goes before a Hijri
//! one beside it. All functions take time linear in the text, which is cut at a few hundred characters.
//!
//! Known gaps: ISO week dates, Hebrew-calendar dates, quarters and bare months are not read.
//! `tests/suites_parse.rs` holds this module to the date suites of others.

mod calendar;
mod clock;
mod feed;
mod form;
mod relative;
#[cfg(test)]
mod tests;
mod token;
mod words;

use jiff::SignedDuration;
use jiff::civil::{self, DateTime};
use jiff::tz::{Offset, TimeZone};

use self::calendar::{Day, Scene};
use self::clock::Clock;
use self::relative::Relative;
use self::token::{Kind, Tokens};
use self::words::Zone;
use crate::model::{Date, Precision, Timestamp, When};

pub use crate::model::shape::url_date;
pub use feed::feed_date;
pub(crate) use form::Form;

/// What is known about the place where a date was found.
#[derive(Debug, Clone, Copy)]
pub struct DateContext<'a> {
    /// The time of reading: dates more than two days after it are refused.
    pub now: Timestamp,
    /// The time of the visit, from which relative dates count; `None` where nobody knows when the page was fetched, and
    /// then no relative date is read.
    pub visited: Option<Timestamp>,
    /// The zone of times that state none.
    pub zone: &'a TimeZone,
    /// The page's language as BCP 47 (`ar`, `en-GB`); `None` if unknown.
    pub language: Option<&'a str>,
    /// The site's order in `05/06/2020`; `None` leaves it to the language.
    pub day_first: Option<bool>,
}

/// Longest text that [`parse_date`] looks at, in characters.
const MAX_DATE: usize = 300;
/// Longest text that [`find_date`] looks at, in characters.
const MAX_LINE: usize = 2000;
/// Longest `raw`, in characters.
const MAX_RAW: usize = 200;
/// Words beside the date that [`parse_date`] does not know and still accepts: a city, an agency, "issue no. 13493".
const MAX_STRANGERS: usize = 4;

/// Reads a text that is, as a whole, one date.
///
/// Weekdays, "published on" and the like may stand around it, and up to four words that say nothing about it. Epoch
/// seconds (ten digits) and milliseconds (thirteen) are read too, and stamps of digits (`20170901`, `201709011234`,
/// `20170901123456`). `None` if it is no date or could be two.
pub fn parse_date(text: &str, ctx: &DateContext) -> Option<When> {
    let text = cut(text.trim(), MAX_DATE);
    let tokens = Tokens::of(text);
    let scene = Scene::of(text, &tokens, ctx, true);
    if let Some(when) = epoch(text, &tokens, ctx) {
        return Some(when);
    }
    let found = first_absolute(&tokens, &scene).or_else(|| first_relative(&tokens, &scene))?;
    if strangers(&tokens, &found) > MAX_STRANGERS {
        return None;
    }
    found.when(text, ctx)
}

/// The first complete date inside a longer line.
///
/// An absolute date goes before a relative one, a Gregorian one before a Hijri one. `raw` is the piece that was read.
pub fn find_date(text: &str, ctx: &DateContext) -> Option<When> {
    let text = cut(text.trim(), MAX_LINE);
    let tokens = Tokens::of(text);
    let scene = Scene::of(text, &tokens, ctx, false);
    let found = first_absolute(&tokens, &scene).or_else(|| first_relative(&tokens, &scene))?;
    let (first, last) = (tokens.get(found.from)?, tokens.get(found.to.checked_sub(1)?)?);
    found.when(text.get(first.start..last.end)?, ctx)
}

/// Reads a text that is, as a whole, a time of day (`14:05`, `الساعة 14:05`), as a time on this day.
///
/// `None` if anything in it tells of a day.
pub(crate) fn clock_on(text: &str, day: Date, ctx: &DateContext) -> Option<When> {
    let text = cut(text.trim(), MAX_DATE);
    let tokens = Tokens::of(text);
    let scene = Scene::of(text, &tokens, ctx, true);
    let clock = (0..tokens.len()).find_map(|at| clock::clock_at(&tokens, at, &scene))?;
    let is_silent = |at: usize| match tokens.get(at).map(|token| &token.kind) {
        Some(Kind::Word(word)) => words::is_filler(word) && words::weekday(word).is_none(),
        Some(Kind::Number { .. }) => false,
        Some(Kind::Sign(_)) | None => true,
    };
    if !(0..clock.from).chain(clock.to..tokens.len()).all(is_silent) {
        return None;
    }
    Match { moment: timed(day, &clock)?, from: clock.from, to: clock.to }.when(text, ctx)
}

/// A date and the tokens that it takes.
struct Match {
    moment: Moment,
    from: usize,
    to: usize,
}

enum Moment {
    Day(Date),
    /// A local time, with its zone if that is stated.
    Time {
        local: DateTime,
        zone: Option<Zone>,
        precision: Precision,
    },
}

impl Match {
    fn when(&self, raw: &str, ctx: &DateContext) -> Option<When> {
        let raw = cut(raw, MAX_RAW);
        match self.moment {
            Moment::Day(day) => plausible_day(day, ctx).then(|| When::day(day, raw)),
            Moment::Time { local, zone, precision } => {
                let (at, offset, stated) = instant(local, zone, ctx)?;
                plausible(at, ctx).then(|| When {
                    day: local.date(),
                    at,
                    precision,
                    offset_seconds: offset.seconds(),
                    offset_stated: stated,
                    raw: raw.to_owned(),
                })
            }
        }
    }
}

/// The instant of a local time; a time that the clock skips or repeats is taken as most calendars do.
fn instant(local: DateTime, zone: Option<Zone>, ctx: &DateContext) -> Option<(Timestamp, Offset, bool)> {
    match zone {
        Some(Zone::Fixed(seconds)) => {
            let offset = Offset::from_seconds(seconds).ok()?;
            Some((offset.to_timestamp(local).ok()?, offset, true))
        }
        Some(Zone::Place(name)) => {
            let zone = TimeZone::get(name).ok()?;
            let at = zone.to_ambiguous_timestamp(local).compatible().ok()?;
            Some((at, zone.to_offset(at), true))
        }
        None => {
            let at = ctx.zone.to_ambiguous_timestamp(local).compatible().ok()?;
            Some((at, ctx.zone.to_offset(at), false))
        }
    }
}

/// Days that a newspaper on the web can mean: up to two days ahead, for zones, embargoes and the morning paper of tomorrow.
fn plausible_day(day: Date, ctx: &DateContext) -> bool {
    day.year() >= 1900 && day <= Offset::UTC.to_datetime(ahead(ctx, 48)).date()
}

/// Instants: up to as far ahead as zones go, for pages that give their own clock another zone's name.
fn plausible(at: Timestamp, ctx: &DateContext) -> bool {
    let first = civil::date(1900, 1, 1).yesterday().unwrap_or(Date::MIN);
    at <= ahead(ctx, 14) && Offset::UTC.to_datetime(at).date() >= first
}

fn ahead(ctx: &DateContext, hours: i64) -> Timestamp {
    ctx.now.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX)
}

/// The first Gregorian day, or else the first one of another calendar, with its time.
fn first_absolute(tokens: &Tokens, scene: &Scene) -> Option<Match> {
    let mut converted = None;
    let mut at = 0;
    while at < tokens.len() {
        match calendar::day_at(tokens, at, scene) {
            Some(day) if day.converted => {
                at = day.to;
                converted = converted.or(Some(day));
            }
            Some(day) => return with_clock(tokens, &day, scene),
            None => at += 1,
        }
    }
    with_clock(tokens, &converted?, scene)
}

/// Adds the time of day that stands beside a day; `None` if it is no time that exists.
fn with_clock(tokens: &Tokens, day: &Day, scene: &Scene) -> Option<Match> {
    let clock = day
        .clock
        .clone()
        .or_else(|| clock::clock_after(tokens, day.to, scene))
        .or_else(|| clock::clock_before(tokens, day.from, scene));
    let Some(clock) = clock else {
        return Some(Match { moment: Moment::Day(day.date), from: day.from, to: day.to });
    };
    if !calendar::ends_clean(tokens, clock.to) {
        // What is glued to the seconds makes the time doubtful, not the day.
        let known = clock.has_seconds() && clock.time().is_some();
        return known.then_some(Match { moment: Moment::Day(day.date), from: day.from, to: day.to });
    }
    Some(Match { moment: timed(day.date, &clock)?, from: day.from.min(clock.from), to: day.to.max(clock.to) })
}

fn timed(date: Date, clock: &Clock) -> Option<Moment> {
    let precision = if clock.has_seconds() { Precision::Second } else { Precision::Minute };
    Some(Moment::Time { local: date.to_datetime(clock.time()?), zone: clock.zone, precision })
}

fn first_relative(tokens: &Tokens, scene: &Scene) -> Option<Match> {
    let found = (0..tokens.len()).find_map(|at| relative::relative_at(tokens, at, scene))?;
    let Relative { local, precision, clock, from, to } = found;
    let moment = match (clock, precision) {
        (Some(clock), _) => timed(local.date(), &clock)?,
        (None, Precision::Day) => Moment::Day(local.date()),
        (None, Precision::Minute | Precision::Second) => Moment::Time { local, zone: None, precision },
    };
    Some(Match { moment, from, to })
}

/// Words and numbers outside of the date that are not known to stand beside dates.
fn strangers(tokens: &Tokens, found: &Match) -> usize {
    let outside = (0..found.from).chain(found.to..tokens.len());
    outside
        .filter(|at| match tokens.get(*at).map(|token| &token.kind) {
            Some(Kind::Word(word)) => !words::is_filler(word) && words::month(word).is_none(),
            Some(Kind::Number { .. }) => true,
            Some(Kind::Sign(_)) | None => false,
        })
        .count()
}

/// Epoch seconds or milliseconds.
fn epoch(text: &str, tokens: &Tokens, ctx: &DateContext) -> Option<When> {
    let (negative, at) = if tokens.is_sign(0, '-') { (true, 1) } else { (false, 0) };
    let (value, digits) = tokens.number(at)?;
    if tokens.len() != at + 1 {
        return None;
    }
    let value = i64::try_from(value).ok()?;
    let value = if negative { -value } else { value };
    let stamp = match digits {
        10 => Timestamp::from_second(value),
        13 => Timestamp::from_millisecond(value),
        _ => return None,
    }
    .ok()?;
    plausible(stamp, ctx).then(|| When {
        day: Offset::UTC.to_datetime(stamp).date(),
        at: stamp,
        precision: Precision::Second,
        offset_seconds: 0,
        offset_stated: true,
        raw: text.to_owned(),
    })
}

/// The text's first characters.
fn cut(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}
