//! Times of day and their zones.

use jiff::civil::Time;

use super::calendar::Scene;
use super::token::{Kind, Tokens};
use super::words::{self, Half, Zone};

/// A time of day as written; whether such a time exists is asked with [`Clock::time`].
#[derive(Debug, Clone)]
pub(super) struct Clock {
    hour: u32,
    minute: u32,
    second: Option<u32>,
    half: Option<Half>,
    pub(super) zone: Option<Zone>,
    /// First token and the one after the last.
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Clock {
    /// The time; `None` if a day has no such time (`25:14`).
    pub(super) fn time(&self) -> Option<Time> {
        let hour = match self.half {
            Some(Half::Morning) if self.hour == 12 => 0,
            Some(Half::Afternoon) if self.hour < 12 => self.hour + 12,
            Some(Half::Morning | Half::Afternoon) | None => self.hour,
        };
        let part = |value: u32| i8::try_from(value).ok();
        // A leap second is the last one of its minute to us.
        let second = match self.second.unwrap_or(0) {
            60 if self.minute == 59 => 59,
            second => second,
        };
        Time::new(part(hour)?, part(self.minute)?, part(second)?, 0).ok()
    }

    pub(super) fn has_seconds(&self) -> bool {
        self.second.is_some()
    }
}

/// How a time was led in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// By the `T` of ISO 8601.
    Iso,
    /// By a word like "at".
    Word,
    /// By blanks and signs.
    Bare,
}

/// The time that follows a day, over signs and small words.
pub(super) fn clock_after(tokens: &Tokens, at: usize, scene: &Scene) -> Option<Clock> {
    if tokens.word(at) == Some("t") && !tokens.spaced(at) {
        return clock_with(tokens, at + 1, Lead::Iso, scene);
    }
    let mut next = at;
    let mut lead = Lead::Bare;
    for _ in 0..8 {
        if let Some(clock) = clock_with(tokens, next, lead, scene) {
            return Some(clock);
        }
        next = match tokens.get(next).map(|token| &token.kind)? {
            Kind::Sign('.' | ',' | '-' | '|' | '/' | '(' | ')' | '•' | '·' | ':' | ';' | '»' | '~' | '@' | '_') => {
                next + 1
            }
            Kind::Word(_) => {
                let ((), end) = tokens.name(next, |name| words::is_filler(name).then_some(()))?;
                if tokens.name(next, |name| words::introduces_time(name).then_some(())).is_some() {
                    lead = Lead::Word;
                }
                end
            }
            Kind::Number { .. } | Kind::Sign(_) => return None,
        };
    }
    None
}

/// The time that stands directly before a day.
pub(super) fn clock_before(tokens: &Tokens, day_from: usize, scene: &Scene) -> Option<Clock> {
    /// A time, its zone and the words between it and the day are no longer than this.
    const REACH: usize = 12;
    (day_from.saturating_sub(REACH)..day_from).find_map(|at| {
        let clock = clock_at(tokens, at, scene)?;
        let between = clock.to..day_from;
        let joined = clock.to <= day_from
            && between.into_iter().all(|at| match tokens.get(at).map(|token| &token.kind) {
                Some(Kind::Sign(',' | '-' | '|' | '(' | ')' | '.' | '/' | '•' | '·')) => true,
                Some(Kind::Word(word)) => words::is_filler(word),
                Some(Kind::Number { .. } | Kind::Sign(_)) | None => false,
            });
        joined.then_some(clock)
    })
}

/// The time that begins at this token.
pub(super) fn clock_at(tokens: &Tokens, at: usize, scene: &Scene) -> Option<Clock> {
    clock_with(tokens, at, Lead::Bare, scene)
}

fn clock_with(tokens: &Tokens, at: usize, lead: Lead, scene: &Scene) -> Option<Clock> {
    let (half_before, number_at) = match tokens.name(at, words::half) {
        Some((half, end)) => (Some(half), end),
        None => (None, at),
    };
    let mut clock = compact(tokens, number_at, lead)
        .or_else(|| with_colons(tokens, number_at))
        .or_else(|| with_hour_word(tokens, number_at, lead))
        .or_else(|| with_dot(tokens, number_at, lead, scene))
        .or_else(|| bare_hour(tokens, number_at))?;
    clock.from = at;
    clock.half = half_before;
    if clock.half.is_none()
        && let Some((half, end)) = tokens.name(clock.to, words::half)
    {
        clock.half = Some(half);
        clock.to = if tokens.is_sign(end, '.') && !tokens.spaced(end) { end + 1 } else { end };
    }
    if let Some((zone, end)) = zone_at(tokens, clock.to, lead, clock.second.is_some(), scene) {
        clock.zone = Some(zone);
        clock.to = end;
    }
    Some(clock)
}

fn clock(hour: u32, minute: u32, second: Option<u32>, to: usize) -> Clock {
    Clock { hour, minute, second, half: None, zone: None, from: 0, to }
}

/// `T101500`, `T1015`.
fn compact(tokens: &Tokens, at: usize, lead: Lead) -> Option<Clock> {
    if lead != Lead::Iso {
        return None;
    }
    let (value, digits) = tokens.number(at)?;
    of_digits(value, digits, at + 1)
}

/// `101500`, `1015`, with the place after them.
pub(super) fn of_digits(value: u64, digits: usize, to: usize) -> Option<Clock> {
    let value = u32::try_from(value).ok()?;
    match digits {
        6 => Some(clock(value / 10_000, value / 100 % 100, Some(value % 100), to)),
        4 => Some(clock(value / 100, value % 100, None, to)),
        _ => None,
    }
}

/// `16:25`, `16:25:30`, `16:25:30.123`.
fn with_colons(tokens: &Tokens, at: usize) -> Option<Clock> {
    let hour = tokens.short_number(at, 2)?;
    if !tokens.is_sign(at + 1, ':') {
        return None;
    }
    let minute = tokens.short_number(at + 2, 2)?;
    let second = tokens.is_sign(at + 3, ':').then(|| tokens.short_number(at + 4, 2)).flatten();
    let mut to = if second.is_some() { at + 5 } else { at + 3 };
    let fraction = matches!(tokens.sign(to), Some('.' | ',' | ':')) && !tokens.spaced(to) && !tokens.spaced(to + 1);
    if second.is_some() && fraction && tokens.number(to + 1).is_some() {
        to += 2;
    }
    Some(clock(hour, minute, second, to))
}

/// `10h30`, `10 Uhr`, `10時30分`, `10시 30분 15초`.
fn with_hour_word(tokens: &Tokens, at: usize, lead: Lead) -> Option<Clock> {
    let hour = tokens.short_number(at, 2)?;
    let word = tokens.word(at + 1)?;
    let (counted, needs_minutes) = match word {
        "時" | "时" | "点" | "點" | "시" => (true, false),
        "uhr" => (false, false),
        "h" | "heures" | "heure" | "ч" | "giờ" => (false, lead != Lead::Word),
        _ => return None,
    };
    let minute = tokens.short_number(at + 2, 2).filter(|_| word != "uhr");
    let Some(minute) = minute else {
        return (!needs_minutes).then(|| clock(hour, 0, None, at + 2));
    };
    let after = tokens.word(at + 3);
    let counted = counted && matches!(after, Some("分" | "분"));
    let to = if counted || matches!(after, Some("min" | "m" | "minutes")) { at + 4 } else { at + 3 };
    let second = counted.then(|| tokens.short_number(to, 2)).flatten();
    match second.filter(|_| matches!(tokens.word(to + 1), Some("秒" | "초"))) {
        Some(second) => Some(clock(hour, minute, Some(second), to + 2)),
        None => Some(clock(hour, minute, None, to)),
    }
}

/// `kl. 10.30`, `10.30 Uhr`.
fn with_dot(tokens: &Tokens, at: usize, lead: Lead, scene: &Scene) -> Option<Clock> {
    let hour = tokens.short_number(at, 2)?;
    if !tokens.is_sign(at + 1, '.') || tokens.spaced(at + 1) || tokens.spaced(at + 2) {
        return None;
    }
    let minute = tokens.number(at + 2).filter(|(_, digits)| *digits == 2)?.0 as u32;
    let named = matches!(tokens.word(at + 3), Some("uhr" | "wib" | "wita" | "wit" | "น"));
    let last = scene.whole && at + 3 == tokens.len();
    let dotted_date = tokens.is_sign(at + 3, '.') && tokens.number(at + 4).is_some();
    (!dotted_date && (named || last || lead == Lead::Word)).then(|| clock(hour, minute, None, at + 3))
}

/// `5 pm`, `الساعة 10 مساء`.
fn bare_hour(tokens: &Tokens, at: usize) -> Option<Clock> {
    let hour = tokens.short_number(at, 2).filter(|hour| (1..=12).contains(hour))?;
    let (name, _) = tokens.name(at + 1, |name| words::half(name).map(|_| name.to_owned()))?;
    matches!(name.as_str(), "am" | "pm" | "a.m" | "p.m" | "صباحا" | "مساء").then(|| clock(hour, 0, None, at + 1))
}

/// The zone after a time, and the place after it.
fn zone_at(tokens: &Tokens, at: usize, lead: Lead, has_seconds: bool, scene: &Scene) -> Option<(Zone, usize)> {
    if let Some((seconds, to)) = offset_at(tokens, at, lead == Lead::Iso || has_seconds) {
        return Some((Zone::Fixed(seconds), skip_comment(tokens, to)));
    }
    let mut next = at;
    for _ in 0..3 {
        let opens = matches!(tokens.sign(next), Some('(' | ',' | '-' | '|' | '['));
        let says_zone = matches!(tokens.word(next), Some("بتوقيت" | "توقيت" | "حسب" | "etc" | "بالتوقيت"));
        let slash = tokens.is_sign(next, '/') && next > 0 && tokens.word(next - 1) == Some("etc");
        if !(opens || says_zone || slash) {
            break;
        }
        next += 1;
    }
    let (zone, mut to) = tokens.name(next, |name| named_zone(name, scene))?;
    let abbreviation = tokens.word(next).filter(|word| word.is_ascii() && to == next + 1);
    if let Some(name) = abbreviation {
        let spelled_large = tokens.capital(next) || matches!(name, "z" | "gmt" | "utc" | "etc");
        let last = to == tokens.len();
        if !spelled_large || (name == "at" && !last) {
            return None;
        }
        if matches!(name, "gmt" | "utc")
            && let Some((seconds, to)) = hours_at(tokens, to)
        {
            return Some((Zone::Fixed(seconds), skip_comment(tokens, to)));
        }
    }
    if matches!(tokens.sign(to), Some(')' | ']')) {
        to += 1;
    }
    Some((zone, to))
}

fn named_zone(name: &str, scene: &Scene) -> Option<Zone> {
    if name == "ast" {
        let arabia = scene.arabic || scene.ctx.language.is_some_and(|it| it.starts_with("ar"));
        return Some(Zone::Fixed(if arabia { 3 * 3600 } else { -4 * 3600 }));
    }
    words::zone(name)
}

/// `+03:00`, `-0500`, `+03`: seconds east and the place after it. The sign is glued to its number.
///
/// `exact` says that seconds or a `T` stand before, so that `10:00-12:00` is no time with an offset.
fn offset_at(tokens: &Tokens, at: usize, exact: bool) -> Option<(i32, usize)> {
    let sign = tokens.sign(at).filter(|sign| matches!(sign, '+' | '-'))?;
    if tokens.spaced(at + 1) || (sign == '-' && !exact && !tokens.spaced(at)) {
        return None;
    }
    let (value, digits) = tokens.number(at + 1)?;
    let value = i32::try_from(value).ok()?;
    let (hours, minutes, to) = match digits {
        4 => (value / 100, value % 100, at + 2),
        2 if tokens.is_sign(at + 2, ':') && !tokens.spaced(at + 2) => {
            let minutes = tokens.number(at + 3).filter(|(_, digits)| *digits == 2)?.0;
            (value, i32::try_from(minutes).ok()?, at + 4)
        }
        2 if sign == '+' || exact => (value, 0, at + 2),
        _ => return None,
    };
    signed_offset(sign, hours, minutes).map(|seconds| (seconds, to))
}

/// The hours after `GMT`: `+3`, `+ 3`, `+03:00`, `+0300`.
fn hours_at(tokens: &Tokens, at: usize) -> Option<(i32, usize)> {
    let sign = tokens.sign(at).filter(|sign| matches!(sign, '+' | '-'))?;
    let (value, digits) = tokens.number(at + 1)?;
    let value = i32::try_from(value).ok()?;
    let (hours, minutes, to) = match digits {
        4 => (value / 100, value % 100, at + 2),
        1 | 2 if tokens.is_sign(at + 2, ':') => match tokens.short_number(at + 3, 2) {
            Some(minutes) => (value, i32::try_from(minutes).ok()?, at + 4),
            None => (value, 0, at + 2),
        },
        1 | 2 => (value, 0, at + 2),
        _ => return None,
    };
    signed_offset(sign, hours, minutes).map(|seconds| (seconds, to))
}

/// No place is further than 14 hours east or 12 west.
fn signed_offset(sign: char, hours: i32, minutes: i32) -> Option<i32> {
    let most = if sign == '+' { 14 } else { 12 };
    let seconds = hours * 3600 + minutes * 60;
    (minutes < 60 && seconds <= most * 3600).then_some(if sign == '+' { seconds } else { -seconds })
}

/// A name in brackets that repeats the offset: `+0300 (Arabian Standard Time)`, `+03:00[Asia/Riyadh]`.
fn skip_comment(tokens: &Tokens, at: usize) -> usize {
    let close = match tokens.sign(at) {
        Some('(') => ')',
        Some('[') => ']',
        _ => return at,
    };
    (at + 1..at + 8).find(|next| tokens.is_sign(*next, close)).map_or(at, |end| end + 1)
}
