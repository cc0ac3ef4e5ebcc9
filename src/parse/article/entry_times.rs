//! Times of live entries that show a clock only: on the article's day, over midnight where their order says so.

use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};

use super::super::dates::{DateContext, clock_on};
use super::Context;
use crate::model::{LiveEntry, Precision, When};

/// Minutes of half a day: neighbours are no further apart than this, or nobody knows which of two days a clock means.
const HALF_DAY: i32 = 12 * 60;
/// Minutes by which an entry may stand before one that is older.
const DISORDER: i32 = 60;
/// Hours by which a clock of an unknown zone may be ahead of the visit.
const FARTHEST_ZONE: i64 = 14;

/// Gives a day to the entries that tell none: the oldest is of the article's day, and each other of the day that its
/// distance from the one before says; where the newest would then be of the future, it is the one of the article's day.
/// Where the order is a riddle (a pinned entry, a long pause), the rest tell no time.
pub(super) fn date(ctx: &Context, entries: &mut [LiveEntry], published: Option<&When>) {
    let Some(published) = published.filter(|_| entries.iter().any(|entry| entry.at.is_none())) else { return };
    let zone = zone(published);
    let dates = ctx.dates();
    // The oldest is tried on the article's own day first, on which it may still be to come.
    let now = dates.now.saturating_add(SignedDuration::from_hours(24)).unwrap_or(dates.now);
    let dates = DateContext { zone: zone.as_ref().unwrap_or(dates.zone), now, ..dates };
    let on = |entry: &LiveEntry, day: Date| {
        let when = clock_on(&entry.raw, day, &dates)?;
        let stated = when.offset_stated || (zone.is_some() && published.offset_stated);
        Some(When { offset_stated: stated, ..when })
    };
    let told = |entry: &LiveEntry| entry.at.clone().or_else(|| on(entry, published.day)).map(|when| clock(&when));
    let mut clocks: Vec<(usize, Time)> =
        entries.iter().enumerate().filter_map(|(at, entry)| Some((at, told(entry)?))).collect();
    if is_newest_first(&clocks) {
        clocks.reverse();
    }
    let mut days: Vec<(usize, Date)> = Vec::new();
    let mut last = (published.day, Time::midnight());
    for (at, time) in clocks {
        let stated = entries[at].at.as_ref().map(|when| when.day);
        let Some(day) = stated.or_else(|| next_day(last.0, minutes(last.1, time))) else { break };
        days.push((at, day));
        last = (day, time);
    }
    let is_future = |when: When| {
        let doubt = if when.offset_stated { 1 } else { FARTHEST_ZONE };
        when.at.duration_since(ctx.visited.unwrap_or(ctx.now)).as_hours() >= doubt
    };
    let newest = days.last().filter(|(at, _)| entries[*at].at.is_none());
    let over = newest.filter(|(at, day)| on(&entries[*at], *day).is_none_or(is_future));
    let over = over.map_or(SignedDuration::ZERO, |(_, day)| day.duration_since(published.day));
    for (at, day) in days {
        if entries[at].at.is_none() {
            entries[at].at = day.checked_sub(over).ok().and_then(|day| on(&entries[at], day));
        }
    }
}

/// The article's own zone; a stated instant in UTC is a machine's and tells of none.
fn zone(published: &When) -> Option<TimeZone> {
    let known = published.precision != Precision::Day && !(published.offset_stated && published.offset_seconds == 0);
    let offset = Offset::from_seconds(published.offset_seconds).ok().filter(|_| known)?;
    Some(TimeZone::fixed(offset))
}

/// The time of day of an instant, where it was written.
fn clock(when: &When) -> Time {
    Offset::from_seconds(when.offset_seconds).unwrap_or(Offset::UTC).to_datetime(when.at).time()
}

/// The day of an entry behind one of this day, if the step to it is no riddle.
fn next_day(day: Date, step: i32) -> Option<Date> {
    match step {
        step if step >= -DISORDER => Some(day),
        step if step < -HALF_DAY => day.tomorrow().ok(),
        _ => None,
    }
}

fn minutes(from: Time, to: Time) -> i32 {
    let of_day = |time: Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
    of_day(to) - of_day(from)
}

/// Whether most steps go back in time, each taken the shorter way round the clock.
fn is_newest_first(clocks: &[(usize, Time)]) -> bool {
    let shorter = |step: i32| (step + 3 * HALF_DAY).rem_euclid(2 * HALF_DAY) - HALF_DAY;
    clocks.windows(2).map(|pair| shorter(minutes(pair[0].1, pair[1].1)).signum()).sum::<i32>() < 0
}
