//! Times relative to now: "3 hours ago", "منذ ساعتين", "gestern, 10:30 Uhr".

use jiff::civil::DateTime;
use jiff::{Span, ToSpan};

use super::calendar::Scene;
use super::clock::{self, Clock};
use super::token::{Kind, Tokens};
use super::words::{self, Unit};
use crate::model::Precision;

/// A relative time found in a text.
#[derive(Debug)]
pub(super) struct Relative {
    /// The local day and time in the page's zone.
    pub(super) local: DateTime,
    pub(super) precision: Precision,
    /// A time of day that was stated beside it, with its zone.
    pub(super) clock: Option<Clock>,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Most parts of an amount: "1 year, 1 month, 1 week, 1 day, 1 hour and 1 minute".
const MAX_PARTS: usize = 8;

/// The relative time that begins at this token.
pub(super) fn relative_at(tokens: &Tokens, at: usize, scene: &Scene) -> Option<Relative> {
    if continues_number(tokens, at) {
        return None;
    }
    now_at(tokens, at, scene).or_else(|| past_at(tokens, at, scene)).or_else(|| named_day_at(tokens, at, scene))
}

/// The rest of "2.5 hours ago" is not "5 hours ago".
fn continues_number(tokens: &Tokens, at: usize) -> bool {
    let glued_to = |before: usize| at >= before && tokens.number(at - before).is_some();
    !tokens.spaced(at)
        && (glued_to(1) || (glued_to(2) && !tokens.spaced(at - 1) && matches!(tokens.sign(at - 1), Some('.' | ','))))
}

fn local_now(scene: &Scene) -> Option<DateTime> {
    Some(scene.ctx.zone.to_datetime(scene.ctx.visited?))
}

fn now_at(tokens: &Tokens, at: usize, scene: &Scene) -> Option<Relative> {
    let ((), to) = tokens.name(at, |name| words::means_now(name).then_some(()))?;
    let clear = scene.whole && at == 0 && to == tokens.len() || to > at + 1;
    let local = local_now(scene)?;
    clear.then_some(Relative { local, precision: Precision::Minute, clock: None, from: at, to })
}

/// An amount that a word before or after it, or the text as a whole, makes past.
fn past_at(tokens: &Tokens, at: usize, scene: &Scene) -> Option<Relative> {
    let before = tokens.name(at, |name| words::is_ago_before(name).then_some(()));
    let start = before.map_or(at, |((), end)| end);
    let after = |amount: &Amount| tokens.name(amount.to, |name| words::is_ago_after(name).then_some(()));
    let counted = at.checked_sub(1).is_some_and(|before| tokens.number(before).is_some());
    let amount = amount_at(tokens, start, before.is_some())
        .or_else(|| (!counted).then(|| amount_at(tokens, start, true))?.filter(|amount| after(amount).is_some()))?;
    let after = after(&amount);
    let future = tokens.word(at).is_some_and(words::is_future_before);
    let bare = scene.whole && at == 0 && !future && amount.parts > 1 && amount.to == tokens.len();
    if before.is_none() && after.is_none() && !bare {
        return None;
    }
    let to = after.map_or(amount.to, |((), end)| end);
    // Hours and less count on the instant, days and more on the calendar.
    let local = local_now(scene)?.checked_sub(amount.span).ok()?;
    let precision = if amount.finest_is_clock { Precision::Minute } else { Precision::Day };
    let clock = (!amount.finest_is_clock).then(|| clock::clock_after(tokens, to, scene)).flatten();
    let to = clock.as_ref().map_or(to, |clock| clock.to);
    Some(Relative { local, precision, clock, from: at, to })
}

struct Amount {
    span: Span,
    parts: usize,
    /// Its smallest unit is an hour or less.
    finest_is_clock: bool,
    to: usize,
}

/// "2 hours and 5 minutes", "ساعتين", "einer Stunde", and after a word like "منذ" a bare unit.
fn amount_at(tokens: &Tokens, at: usize, bare_unit: bool) -> Option<Amount> {
    let mut amount = Amount { span: Span::new(), parts: 0, finest_is_clock: false, to: at };
    let mut next = at;
    let mut coarsest_left = None;
    while amount.parts < MAX_PARTS {
        let start = if amount.parts == 0 { skip_fillers(tokens, next, 3) } else { skip_joints(tokens, next) };
        let Some((count, unit, to)) = part_at(tokens, start, bare_unit || amount.parts > 0) else { break };
        if coarsest_left.is_some_and(|left| rank(unit) >= left) {
            break;
        }
        coarsest_left = Some(rank(unit));
        amount.span = add(amount.span, unit, count)?;
        amount.finest_is_clock = matches!(unit, Unit::Second | Unit::Minute | Unit::Hour);
        amount.parts += 1;
        amount.to = to;
        next = to;
    }
    (amount.parts > 0).then_some(amount)
}

fn part_at(tokens: &Tokens, at: usize, bare_unit: bool) -> Option<(i64, Unit, usize)> {
    if let Some((unit, to)) = tokens.name(at, words::dual) {
        return Some((2, unit, to));
    }
    let (count, unit_at) = match tokens.get(at).map(|token| &token.kind)? {
        Kind::Number { .. } => (i64::from(tokens.short_number(at, 3)?), at + 1),
        Kind::Word(_) => match tokens.name(at, words::number) {
            Some((count, end)) if tokens.name(end, words::unit).is_some() => (i64::from(count), end),
            _ if bare_unit => (1, at),
            _ => return None,
        },
        Kind::Sign(_) => return None,
    };
    let (unit, to) = tokens.name(unit_at, words::unit)?;
    // An abbreviation may end in a dot.
    let to = if tokens.is_sign(to, '.') && !tokens.spaced(to) { to + 1 } else { to };
    Some((count, unit, to))
}

fn skip_fillers(tokens: &Tokens, at: usize, most: usize) -> usize {
    let mut next = at;
    for _ in 0..most {
        match tokens.name(next, |name| words::is_amount_filler(name).then_some(())) {
            Some(((), end)) if tokens.number(next).is_none() && part_at(tokens, next, false).is_none() => next = end,
            _ => break,
        }
    }
    next
}

/// Between two parts: a comma, "and".
fn skip_joints(tokens: &Tokens, at: usize) -> usize {
    let next = if tokens.is_sign(at, ',') { at + 1 } else { at };
    skip_fillers(tokens, next, 2)
}

fn rank(unit: Unit) -> u8 {
    match unit {
        Unit::Second => 0,
        Unit::Minute => 1,
        Unit::Hour => 2,
        Unit::Day => 3,
        Unit::Week => 4,
        Unit::Month => 5,
        Unit::Year => 6,
    }
}

fn add(span: Span, unit: Unit, count: i64) -> Option<Span> {
    match unit {
        Unit::Second => span.try_seconds(count),
        Unit::Minute => span.try_minutes(count),
        Unit::Hour => span.try_hours(count),
        Unit::Day => span.try_days(count),
        Unit::Week => span.try_weeks(count),
        Unit::Month => span.try_months(count),
        Unit::Year => span.try_years(count),
    }
    .ok()
}

/// "yesterday", "heute um 10:30"; inside a longer line only together with a time of day.
fn named_day_at(tokens: &Tokens, at: usize, scene: &Scene) -> Option<Relative> {
    let (days, end) = tokens.name(at, words::relative_day)?;
    let clock = clock::clock_after(tokens, end, scene);
    if clock.is_none() && !(scene.whole && tokens.len() <= end + 2) {
        return None;
    }
    let local = local_now(scene)?.checked_add(i64::from(days).days()).ok()?;
    let to = clock.as_ref().map_or(end, |clock| clock.to);
    Some(Relative { local, precision: Precision::Day, clock, from: at, to })
}
