//! Days: three numbers, or a day, a month's name and a year in any order, in four calendars.

use icu_calendar::cal::{Hijri, Iso, Persian};
use jiff::civil::Date;

use super::DateContext;
use super::clock::{self, Clock};
use super::token::{Kind, Tokens};
use super::words::{self, Calendar, Month};

/// Years of the Buddhist era before the first Gregorian one.
const BUDDHIST: u32 = 543;

/// What the whole text tells about its dates.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    pub(super) ctx: &'a DateContext<'a>,
    /// Arabic letters occur.
    pub(super) arabic: bool,
    /// Letters or digits occur that Persian has and Arabic has not, or the page is Persian.
    persian: bool,
    thai: bool,
    /// The weekday that the text names, Monday being 1.
    weekday: Option<u8>,
    /// The text is one date as a whole, so a form that would be rash in prose is taken.
    pub(super) whole: bool,
}

impl<'a> Scene<'a> {
    pub(super) fn of(text: &str, tokens: &Tokens, ctx: &'a DateContext<'a>, whole: bool) -> Scene<'a> {
        let persian_page = ctx.language.is_some_and(|it| it.starts_with("fa"));
        Scene {
            ctx,
            arabic: text.chars().any(|c| matches!(c, '\u{0600}'..='\u{06FF}' | '\u{FB50}'..='\u{FEFC}')),
            persian: persian_page || text.chars().any(|c| "پچژگیک".contains(c) || ('۰'..='۹').contains(&c)),
            thai: ctx.language.is_some_and(|it| it.starts_with("th"))
                || text.chars().any(|c| ('\u{0E00}'..='\u{0E7F}').contains(&c)),
            weekday: (0..tokens.len()).find_map(|at| tokens.name(at, words::weekday)).map(|(day, _)| day),
            whole,
        }
    }
}

/// A day found in a text.
#[derive(Debug, Clone)]
pub(super) struct Day {
    pub(super) date: Date,
    /// Converted from a lunar or solar Hijri date: a Gregorian one beside it goes first.
    pub(super) converted: bool,
    /// First token and the one after the last.
    pub(super) from: usize,
    pub(super) to: usize,
    /// A time that stands between the day and its year.
    pub(super) clock: Option<Clock>,
}

/// The day that begins at this token.
pub(super) fn day_at(tokens: &Tokens, at: usize, scene: &Scene) -> Option<Day> {
    if !begins_clean(tokens, at) {
        return None;
    }
    let day = match tokens.get(at)?.kind {
        Kind::Number { .. } => counted(tokens, at, scene)
            .or_else(|| numeric(tokens, at, scene))
            .or_else(|| compact(tokens, at, scene))
            .or_else(|| day_month_year(tokens, at, scene))
            .or_else(|| year_month_day(tokens, at, scene)),
        Kind::Word(_) => month_day_year(tokens, at, scene).or_else(|| of_era(tokens, at, scene)),
        Kind::Sign(_) => None,
    }?;
    ends_clean(tokens, day.to).then_some(day)
}

/// Nothing is glued to the front that would make the number part of something else.
fn begins_clean(tokens: &Tokens, at: usize) -> bool {
    if at == 0 || tokens.spaced(at) {
        return true;
    }
    match tokens.get(at - 1).map(|token| &token.kind) {
        Some(Kind::Number { .. }) => false,
        // Templates glue their words to it: "Published on06.02.2015".
        Some(Kind::Word(word)) => !word.is_ascii() || (word.len() > 1 && words::is_filler(word)),
        Some(Kind::Sign('-' | '/' | '.' | ':')) => at < 2 || tokens.spaced(at - 1) || tokens.number(at - 2).is_none(),
        Some(Kind::Sign(_)) | None => true,
    }
}

/// Nothing is glued to the end that would continue it.
pub(super) fn ends_clean(tokens: &Tokens, to: usize) -> bool {
    if to >= tokens.len() || tokens.spaced(to) {
        return true;
    }
    match tokens.get(to).map(|token| &token.kind) {
        // A counter closes what it counts: `5月1日10:30`.
        Some(Kind::Number { .. }) => to > 0 && tokens.word(to - 1).is_some_and(|word| !word.is_ascii()),
        Some(Kind::Word(word)) => !word.is_ascii() || matches!(word.as_str(), "t" | "h" | "ad" | "ce" | "ah"),
        Some(Kind::Sign('-' | '/' | '+')) => tokens.spaced(to + 1) || !is_alphanumeric(tokens, to + 1),
        Some(Kind::Sign('.')) => tokens.spaced(to + 1) || tokens.number(to + 1).is_none(),
        Some(Kind::Sign(':')) => tokens.spaced(to + 1) || tokens.word(to + 1).is_none_or(|word| !word.is_ascii()),
        Some(Kind::Sign(_)) | None => true,
    }
}

fn is_alphanumeric(tokens: &Tokens, at: usize) -> bool {
    tokens.number(at).is_some() || tokens.word(at).is_some()
}

/// `2020年5月1日`, `2020년 5월 1일`, `2020年（令和2年）5月1日`.
fn counted(tokens: &Tokens, at: usize, scene: &Scene) -> Option<Day> {
    let year = four_digits(tokens, at)?;
    if !is_counter(tokens, at + 1, &["年", "년"]) {
        return None;
    }
    let month_at = match tokens.is_sign(at + 2, '(').then(|| era_year(tokens, at + 3)) {
        Some(Some((same, end))) if same == year && tokens.is_sign(end, ')') => end + 1,
        Some(_) => return None,
        None => at + 2,
    };
    month_and_day(tokens, at, year, month_at, scene)
}

/// `令和2年5月1日`, `平成元年5月1日`, `民國109年5月1日`.
fn of_era(tokens: &Tokens, at: usize, scene: &Scene) -> Option<Day> {
    let (year, month_at) = era_year(tokens, at)?;
    month_and_day(tokens, at, year, month_at, scene)
}

/// The Gregorian year of `令和2年`, and the place after it.
fn era_year(tokens: &Tokens, at: usize) -> Option<(u32, usize)> {
    let word = tokens.word(at)?;
    let (before, number, year_at) = match word.strip_suffix('元') {
        Some(first) => (words::era(first)?, 1, at + 1),
        None => (words::era(word)?, tokens.short_number(at + 1, 3)?, at + 2),
    };
    is_counter(tokens, year_at, &["年"]).then_some((before + number, year_at + 1))
}

/// The `5月1日` that follows a year.
fn month_and_day(tokens: &Tokens, from: usize, year: u32, at: usize, scene: &Scene) -> Option<Day> {
    let month = tokens.short_number(at, 2)?;
    let day = tokens.short_number(at + 2, 2)?;
    if !is_counter(tokens, at + 1, &["月", "월"]) || !is_counter(tokens, at + 3, &["日", "號", "号", "일"]) {
        return None;
    }
    let (date, converted) = resolve(Calendar::Gregorian, year, month, day, scene)?;
    Some(Day { date, converted, from, to: at + 4, clock: None })
}

fn is_counter(tokens: &Tokens, at: usize, of: &[&str]) -> bool {
    tokens.word(at).is_some_and(|word| of.contains(&word))
}

/// `2015-02-06`, `06 - 02 - 2015`, `7/3/1429 هـ`, `06.02.15`.
fn numeric(tokens: &Tokens, at: usize, scene: &Scene) -> Option<Day> {
    let separator = tokens.sign(at + 1).filter(|sign| matches!(sign, '-' | '/' | '.'))?;
    if tokens.sign(at + 3) != Some(separator) {
        return None;
    }
    let (first, first_digits) = tokens.number(at)?;
    let (last, last_digits) = tokens.number(at + 4)?;
    let middle = tokens.short_number(at + 2, 2)?;
    let to = at + 5;
    let (year, month, day) = if first_digits == 4 {
        (first as u32, middle, tokens.short_number(at + 4, 2)?)
    } else {
        let first = tokens.short_number(at, 2)?;
        let year = match last_digits {
            4 => last as u32,
            2 if first_digits == 1 && separator == '/' => expand_year(last as u32, scene),
            2 => short_year(last as u32, first, middle, separator, scene)?,
            _ => return None,
        };
        let (month, day) = order(first, middle, separator, year, scene)?;
        (year, month, day)
    };
    let marked = hijri_mark_end(tokens, to);
    let (date, converted) = match numeric_calendar(year, marked.is_some(), scene) {
        Some(calendar) => resolve(calendar, year, month, day, scene)?,
        None => return None,
    };
    Some(Day { date, converted, from: at, to: marked.unwrap_or(to), clock: None })
}

/// The place after a `هـ` that follows a year.
fn hijri_mark_end(tokens: &Tokens, at: usize) -> Option<usize> {
    let at = if tokens.is_sign(at, '(') { at + 1 } else { at };
    tokens.word(at).filter(|word| words::is_hijri_mark(word)).map(|_| at + 1)
}

/// Whose year this is; `None` for a year that no calendar of this text has.
fn numeric_calendar(year: u32, marked: bool, scene: &Scene) -> Option<Calendar> {
    match year {
        1250..=1500 if scene.persian && !marked => Some(Calendar::Jalali),
        1250..=1500 if marked || scene.arabic || scene.ctx.language.is_some_and(|it| it.starts_with("ar")) => {
            Some(Calendar::Hijri)
        }
        1250..=1500 => None,
        _ => Some(Calendar::Gregorian),
    }
}

/// A year of two digits, where its form is clear: European dots, or an order that the site states.
fn short_year(year: u32, first: u32, middle: u32, separator: char, scene: &Scene) -> Option<u32> {
    let clear = match separator {
        '.' => first <= 31 && middle <= 12,
        '/' => scene.ctx.day_first.is_some() || (year > 31 && first > 12) || (first <= 12 && middle > 12),
        _ => false,
    };
    clear.then(|| expand_year(year, scene))
}

/// The century in which a year of two digits is no further ahead than now. In Thai it is one of the Buddhist era
/// where that gives a year of web pages.
fn expand_year(year: u32, scene: &Scene) -> u32 {
    /// The first year of which pages show their own dates.
    const FIRST: u32 = 1993;
    let this_year = u32::try_from(scene.ctx.zone.to_datetime(scene.ctx.now).year()).unwrap_or(2000);
    if scene.thai && (FIRST..=this_year).contains(&(2500 + year - BUDDHIST)) {
        return 2500 + year - BUDDHIST;
    }
    let year = this_year - this_year % 100 + year;
    if year > this_year { year - 100 } else { year }
}

/// Month and day of two numbers before a year; `None` if they could be both ways round.
///
/// Evidence in this order: a number above 12, equal numbers, dots (day first everywhere), the site's own order, the
/// weekday that the text names, the language with its region. Bare `en` is ambiguous; every other language is day first,
/// and so is an unknown one (SEED.md, "Dates").
fn order(first: u32, second: u32, separator: char, year: u32, scene: &Scene) -> Option<(u32, u32)> {
    let day_first = Some((second, first));
    let month_first = Some((first, second));
    if second > 12 {
        return if first <= 12 && separator != '.' { month_first } else { None };
    }
    if first > 12 || first == second || separator == '.' {
        return day_first;
    }
    match scene.ctx.day_first {
        Some(true) => return day_first,
        Some(false) => return month_first,
        None => {}
    }
    if let Some(weekday) = scene.weekday {
        let falls = |month, day| gregorian(year, month, day).is_some_and(|date| weekday_number(date) == weekday);
        match (falls(second, first), falls(first, second)) {
            (true, false) => return day_first,
            (false, true) => return month_first,
            _ => {}
        }
    }
    match scene.ctx.language.map(str::to_ascii_lowercase).as_deref() {
        _ if scene.arabic => day_first,
        Some("en") => None,
        Some("en-us" | "en-ph" | "en_us" | "en_ph") => month_first,
        Some(_) | None => day_first,
    }
}

fn weekday_number(date: Date) -> u8 {
    u8::try_from(date.weekday().to_monday_one_offset()).unwrap_or(0)
}

/// `20200501`, alone or before a time; `202005011030` and `20200501103015` alone.
fn compact(tokens: &Tokens, at: usize, scene: &Scene) -> Option<Day> {
    let (value, digits) = tokens.number(at)?;
    let before_time = tokens.word(at + 1) == Some("t") && !tokens.spaced(at + 1) && !tokens.spaced(at + 2);
    let alone = scene.whole && tokens.len() == 1;
    let (day, time) = match digits {
        8 if before_time || alone => (value, None),
        12 if alone => (value / 10_000, Some((value % 10_000, 4))),
        14 if alone => (value / 1_000_000, Some((value % 1_000_000, 6))),
        _ => return None,
    };
    let day = day as u32;
    let (date, converted) = resolve(Calendar::Gregorian, day / 10_000, day / 100 % 100, day % 100, scene)?;
    let clock = time.and_then(|(value, digits)| clock::of_digits(value, digits, at + 1));
    Some(Day { date, converted, from: at, to: at + 1, clock })
}

/// `6 février 2015`, `06-Feb-15`, `٢٠ ذو الحجة ١٤٣٧`, `14 يناير (كانون الثاني) عام 1902م`.
fn day_month_year(tokens: &Tokens, at: usize, scene: &Scene) -> Option<Day> {
    let day = tokens.short_number(at, 2)?;
    let month_at = skip_glue(tokens, at + 1);
    let (month, after) = month_with_aliases(tokens, month_at)?;
    let year_at = skip_glue(tokens, after);
    if let Some(word) = tokens.word(year_at).or_else(|| tokens.word(after))
        && words::means_current_year(word)
    {
        let year = u32::try_from(scene.ctx.zone.to_datetime(scene.ctx.now).year()).ok()?;
        let (date, converted) = resolve(month.calendar, year, u32::from(month.number), day, scene)?;
        return Some(Day { date, converted, from: at, to: year_at.max(after) + 1, clock: None });
    }
    let (year, to) = year_at_end(tokens, after, year_at, scene)?;
    Named { month, year, day, from: at, to }.resolve(None, tokens, scene)
}

/// `May 3, 2020`, `Thu Aug 30 17:26:16 +0200 2012` from the month on.
fn month_day_year(tokens: &Tokens, at: usize, scene: &Scene) -> Option<Day> {
    let (month, after) = month_with_aliases(tokens, at)?;
    let day_at = skip_glue(tokens, after);
    let day = tokens.short_number(day_at, 2)?;
    if is_time_sign(tokens, day_at + 1) {
        return None;
    }
    let year_at = skip_glue(tokens, day_at + 1);
    if let Some((year, to)) = year_at_end(tokens, day_at + 1, year_at, scene) {
        return Named { month, year, day, from: at, to }.resolve(None, tokens, scene);
    }
    let clock = clock::clock_at(tokens, year_at, scene)?;
    let year_at = skip_glue(tokens, clock.to);
    let year = four_digits(tokens, year_at)?;
    Named { month, year, day, from: at, to: year_at + 1 }.resolve(Some(clock), tokens, scene)
}

/// `2020 May 1`, `2015. február 6.`, `2020-Mar-01`.
fn year_month_day(tokens: &Tokens, at: usize, scene: &Scene) -> Option<Day> {
    let year = four_digits(tokens, at)?;
    let (month, after) = month_with_aliases(tokens, skip_glue(tokens, at + 1))?;
    let day_at = skip_glue(tokens, after);
    let day = tokens.short_number(day_at, 2)?;
    if is_time_sign(tokens, day_at + 1) {
        return None;
    }
    Named { month, year, day, from: at, to: day_at + 1 }.resolve(None, tokens, scene)
}

/// A day, a named month and a year, and where they stand.
struct Named {
    month: Month,
    year: u32,
    day: u32,
    from: usize,
    to: usize,
}

impl Named {
    fn resolve(self, clock: Option<Clock>, tokens: &Tokens, scene: &Scene) -> Option<Day> {
        let (date, converted) = resolve(self.month.calendar, self.year, u32::from(self.month.number), self.day, scene)?;
        let marked = hijri_mark_end(tokens, self.to).filter(|_| converted);
        Some(Day { date, converted, from: self.from, to: marked.unwrap_or(self.to), clock })
    }
}

/// A month's name, with the same month in other words behind it: `كانون الثاني/ يناير`, `يناير (كانون الثاني)`.
fn month_with_aliases(tokens: &Tokens, at: usize) -> Option<(Month, usize)> {
    let (month, mut after) = tokens.name(at, words::month)?;
    for _ in 0..2 {
        let mut next = after;
        while matches!(tokens.sign(next), Some('/' | '(' | '-' | ',' | '.')) {
            next += 1;
        }
        match tokens.name(next, words::month) {
            Some((alias, end)) if alias == month => {
                after = if tokens.is_sign(end, ')') { end + 1 } else { end };
            }
            _ => break,
        }
    }
    Some((month, after))
}

/// A year of four digits, or a clear one of two, and the place after it.
fn year_at_end(tokens: &Tokens, before: usize, at: usize, scene: &Scene) -> Option<(u32, usize)> {
    if let Some(year) = four_digits(tokens, at) {
        return (!is_time_sign(tokens, at + 1)).then_some((year, at + 1));
    }
    let (value, digits) = tokens.number(at)?;
    if digits != 2 || is_time_sign(tokens, at + 1) {
        return None;
    }
    let apostrophe = at > 0 && tokens.is_sign(at - 1, '\'') && !tokens.spaced(at);
    let joined = at == before + 1 && matches!(tokens.sign(before), Some('-' | '/')) && !tokens.spaced(at);
    let last = ends_with_time(tokens, at + 1);
    let clear = apostrophe || joined || (last && (scene.thai || (scene.whole && at == before)));
    clear.then(|| (expand_year(value as u32, scene), at + 1))
}

/// The text ends here, or a time follows.
fn ends_with_time(tokens: &Tokens, at: usize) -> bool {
    let introduced = || tokens.name(at, |name| words::introduces_time(name).then_some(())).is_some();
    at >= tokens.len()
        || (tokens.number(at).is_some() && is_time_sign(tokens, at + 1))
        || tokens.is_sign(at, ',')
        || introduced()
}

/// A colon or `h` that makes the number before it an hour.
fn is_time_sign(tokens: &Tokens, at: usize) -> bool {
    tokens.is_sign(at, ':') && tokens.number(at + 1).is_some()
        || tokens
            .word(at)
            .is_some_and(|word| matches!(word, "h" | "uhr" | "am" | "pm") && tokens.sign(at + 1) != Some('.'))
}

fn four_digits(tokens: &Tokens, at: usize) -> Option<u32> {
    tokens.number(at).filter(|(_, digits)| *digits == 4).map(|(value, _)| value as u32)
}

/// Signs and small words that may stand between day, month and year; at most five of them.
fn skip_glue(tokens: &Tokens, at: usize) -> usize {
    let mut next = at;
    for _ in 0..5 {
        let skipped = match tokens.get(next).map(|token| &token.kind) {
            Some(Kind::Sign('.' | ',' | '-' | '/' | '\'' | '(' | ')' | 'º' | '°')) => next + 1,
            Some(Kind::Word(_)) => match tokens.name(next, |name| {
                (words::is_filler(name) && words::month(name).is_none() && !words::means_current_year(name))
                    .then_some(())
            }) {
                Some(((), end)) => end,
                None => break,
            },
            Some(Kind::Number { .. } | Kind::Sign(_)) | None => break,
        };
        next = skipped;
    }
    next
}

/// The Gregorian day, and whether it was converted. Never clamps: what a calendar has not is no day.
fn resolve(calendar: Calendar, year: u32, month: u32, day: u32, scene: &Scene) -> Option<(Date, bool)> {
    let (month8, day8) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
    match calendar {
        Calendar::Gregorian if scene.thai && (2400..2700).contains(&year) => {
            Some((gregorian(year - BUDDHIST, month, day)?, false))
        }
        // A Gregorian month with a Hijri year is a slip of the pen.
        Calendar::Gregorian => Some((gregorian(year, month, day)?, false)),
        Calendar::Hijri => {
            let year = i32::try_from(year).ok().filter(|it| (1300..=1500).contains(it))?;
            let calendar = Hijri::new_umm_al_qura();
            let date = icu_calendar::Date::try_new_hijri_with_calendar(year, month8, day8, calendar).ok()?;
            iso_day(&date).map(|date| (date, true))
        }
        Calendar::Jalali => {
            let year = i32::try_from(year).ok().filter(|it| (1250..=1500).contains(it))?;
            let date = icu_calendar::Date::<Persian>::try_new_persian(year, month8, day8).ok()?;
            iso_day(&date).map(|date| (date, true))
        }
    }
}

fn iso_day<C: icu_calendar::Calendar>(date: &icu_calendar::Date<C>) -> Option<Date> {
    let iso = date.to_calendar(Iso);
    Date::new(
        i16::try_from(iso.year().extended_year()).ok()?,
        i8::try_from(iso.month().ordinal).ok()?,
        i8::try_from(iso.day_of_month().0).ok()?,
    )
    .ok()
}

fn gregorian(year: u32, month: u32, day: u32) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
