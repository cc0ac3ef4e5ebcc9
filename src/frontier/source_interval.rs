//! How long a source is left alone: a pure rule over what its visits brought.
//!
//! `murasil simulate` replays recorded visits through the same function under other rules.

use std::time::Duration;

use crate::model::{SourceHealth, SourceHints, SourceMemory, Timestamp};

/// The first interval, in units of the shortest one: cautious until the source's own rate is known.
const FIRST_INTERVAL: u32 = 2;
/// An interval grows at most so much from one visit to the next, so that a quiet night is not taken for the end.
const GROWTH: u32 = 2;
/// Visits in a row that brought nothing, and items that others had brought before, after which a source counts as one
/// that only repeats.
const REPEATS: u32 = 6;
/// How often a source is looked at that only repeats others.
const REPEATS_INTERVAL: Duration = Duration::from_hours(24);
/// The shortest interval of a list that gathers what others bring.
const SLOWEST_MIN: Duration = Duration::from_hours(6);
/// The longest mean time between items that is kept: beyond it a source is silent, however long.
const LONGEST_GAP: Duration = Duration::from_hours(24 * 365);

/// The longest that skipped hours and days can hold a source back.
const LONGEST_SKIP_HOURS: u32 = 72;

/// How the interval between two visits of a source is chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct SourcePolicy {
    /// Never sooner.
    pub min: Duration,
    /// Never later.
    pub max: Duration,
    /// What decides between them.
    pub rule: SourceRule,
}

impl SourcePolicy {
    /// The same for a list that gathers what others bring, under a tag or an author: never sooner than after six hours,
    /// if the policy has intervals so long.
    #[must_use]
    pub fn slow(&self) -> SourcePolicy {
        SourcePolicy { min: self.min.max(SLOWEST_MIN.min(self.max)), ..self.clone() }
    }
}

/// What decides about a source's interval.
#[derive(Debug, Clone, PartialEq)]
pub enum SourceRule {
    /// Its own rate of new items, observed with weights that fade with time.
    OwnRate {
        /// New items that a visit should find on average. Less is fresher and costs more requests.
        per_visit: f64,
        /// Over this time an observation's weight falls to 1/e; longer for sources that bring less than one item in it.
        memory: Duration,
    },
    /// Half of the last after a visit that brought something, one and a half of it after one that did not.
    Halving,
    /// The same for every source.
    Fixed(Duration),
}

impl Default for SourceRule {
    /// One new item at every second visit: then an item waits half of the mean gap between two items at worst.
    fn default() -> SourceRule {
        SourceRule::OwnRate { per_visit: 0.5, memory: Duration::from_hours(6) }
    }
}

/// A visit that was answered, in the terms of the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceVisit {
    /// Since the visit before; `None` for the first.
    pub elapsed: Option<Duration>,
    /// Since the source was found: a young one's observations weigh more.
    pub age: Duration,
    /// Answers in a row before this one that brought nothing.
    pub barren: u32,
    /// Items that this visit was the first to bring.
    pub brought: u32,
}

/// What follows from a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourcePace {
    /// Until the next visit.
    pub interval: Duration,
    /// Mean time between new items from now on; `None` before the second visit.
    pub gap: Option<Duration>,
    /// How the source does.
    pub health: SourceHealth,
}

/// The interval that follows from a visit, within the policy's bounds.
///
/// What the first visit brings says nothing about a rate: it is all that the source holds.
pub fn next_interval(policy: &SourcePolicy, known: &SourceMemory, visit: &SourceVisit) -> SourcePace {
    let bounded = |interval: Duration| interval.clamp(policy.min.min(policy.max), policy.max);
    let last = known.interval.unwrap_or(policy.min * FIRST_INTERVAL);
    let Some(elapsed) = visit.elapsed else {
        let first = match policy.rule {
            SourceRule::OwnRate { .. } => last,
            SourceRule::Halving => last / 2,
            SourceRule::Fixed(interval) => interval,
        };
        return SourcePace { interval: bounded(first), gap: known.gap, health: SourceHealth::New };
    };
    let gap = gap_after(policy, known, visit, elapsed);
    let repeats = visit.brought == 0 && visit.barren + 1 >= REPEATS && known.echoes >= REPEATS;
    let wanted = match policy.rule {
        SourceRule::OwnRate { .. } if repeats => last.max(REPEATS_INTERVAL),
        SourceRule::OwnRate { per_visit, .. } => scaled(gap, per_visit).min(last.saturating_mul(GROWTH)),
        SourceRule::Halving if visit.brought > 0 => last / 2,
        SourceRule::Halving => last.saturating_add(last / 2),
        SourceRule::Fixed(interval) => interval,
    };
    let interval = bounded(wanted);
    let health = if repeats {
        SourceHealth::Repeats
    } else if visit.brought == 0 && interval >= policy.max && wanted >= policy.max {
        SourceHealth::Silent
    } else {
        SourceHealth::Good
    };
    SourcePace { interval, gap: Some(gap), health }
}

/// The first instant from `at` on that lies outside of the hours and days in which a feed asks not to be read.
///
/// Unchanged where none does within three days: then the wish is a mistake.
///
/// # Source
/// RSS 2.0, `skipHours` (GMT) and `skipDays`.
pub fn outside_skipped(at: Timestamp, hints: SourceHints) -> Timestamp {
    const HOUR: i64 = 3600;
    let mut second = at.as_second();
    for _ in 0..LONGEST_SKIP_HOURS {
        let hour = second.div_euclid(HOUR);
        // 1970-01-01 was a Thursday.
        let day = (hour.div_euclid(24) + 4).rem_euclid(7);
        if hints.skip_hours >> hour.rem_euclid(24) & 1 == 0 && hints.skip_days >> day & 1 == 0 {
            return if second == at.as_second() { at } else { Timestamp::from_second(second).unwrap_or(at) };
        }
        second = (hour + 1) * HOUR;
    }
    at
}

/// The mean time between new items after a visit: the rate so far fades, the rate since the last visit takes its place.
fn gap_after(policy: &SourcePolicy, known: &SourceMemory, visit: &SourceVisit, elapsed: Duration) -> Duration {
    let memory = match policy.rule {
        SourceRule::OwnRate { memory, .. } => memory,
        SourceRule::Halving | SourceRule::Fixed(_) => Duration::from_hours(6),
    };
    let elapsed = elapsed.max(Duration::from_secs(1));
    let observed = f64::from(visit.brought) / elapsed.as_secs_f64();
    let rate = match known.gap {
        Some(gap) => {
            let memory = memory.min(visit.age).max(gap).max(Duration::from_secs(1));
            let faded = (-elapsed.as_secs_f64() / memory.as_secs_f64()).exp();
            faded / gap.as_secs_f64().max(1.0) + observed * (1.0 - faded)
        }
        // Nothing yet is taken for half an item.
        None => observed.max(0.5 / elapsed.as_secs_f64()),
    };
    let longest = LONGEST_GAP.as_secs_f64();
    Duration::from_secs_f64((1.0 / rate).clamp(1.0, longest)).max(Duration::from_secs(1))
}

fn scaled(gap: Duration, by: f64) -> Duration {
    Duration::try_from_secs_f64(gap.as_secs_f64() * by).unwrap_or(LONGEST_GAP)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> SourcePolicy {
        SourcePolicy { min: minutes(10), max: Duration::from_hours(14 * 24), rule: SourceRule::default() }
    }

    fn minutes(n: u64) -> Duration {
        Duration::from_mins(n)
    }

    /// Visits a source that brings `per_day` items evenly; gives its interval after `days` and the number of visits.
    fn settle(policy: &SourcePolicy, per_day: f64, days: f64) -> (Duration, u32) {
        let mut known = SourceMemory::default();
        let (mut at, mut visits, mut barren, mut seen) = (0.0, 0, 0, 0.0_f64);
        let mut elapsed = None;
        while at < days * 86_400.0 {
            let total = (at / 86_400.0 * per_day).floor();
            let brought = (total - seen) as u32;
            seen = total;
            let pace = next_interval(
                policy,
                &known,
                &SourceVisit { elapsed, age: Duration::from_secs_f64(at), barren, brought },
            );
            barren = if brought == 0 { barren + 1 } else { 0 };
            known = SourceMemory { interval: Some(pace.interval), gap: pace.gap, ..known };
            at += pace.interval.as_secs_f64();
            elapsed = Some(pace.interval);
            visits += 1;
        }
        (known.interval.unwrap_or_default(), visits)
    }

    #[test]
    fn the_interval_follows_the_rate_of_new_items() {
        for (per_day, least, most) in
            [(1000.0, 10, 10), (48.0, 10, 25), (12.0, 40, 110), (1.0, 6 * 60, 24 * 60), (0.1, 48 * 60, 10 * 24 * 60)]
        {
            let (interval, _) = settle(&policy(), per_day, 60.0);
            assert!((minutes(least)..=minutes(most)).contains(&interval), "{per_day} a day: {interval:?}");
        }
    }

    #[test]
    fn a_source_that_brings_nothing_is_soon_visited_rarely_and_counts_as_silent() {
        let (interval, visits) = settle(&policy(), 0.0, 60.0);
        assert_eq!(interval, policy().max);
        assert!(visits < 30, "{visits}");

        let known =
            SourceMemory { interval: Some(policy().max), gap: Some(Duration::from_hours(800)), ..Default::default() };
        let visit = SourceVisit { elapsed: Some(policy().max), age: LONGEST_GAP, barren: 9, brought: 0 };
        assert_eq!(next_interval(&policy(), &known, &visit).health, SourceHealth::Silent);
        let woken = next_interval(&policy(), &known, &SourceVisit { brought: 100, ..visit });
        assert_eq!(woken.health, SourceHealth::Good);
        assert!(woken.interval < Duration::from_hours(6), "{woken:?}");
    }

    #[test]
    fn a_quiet_night_does_not_put_a_busy_source_to_sleep() {
        let mut known = SourceMemory { interval: Some(minutes(10)), gap: Some(minutes(15)), ..SourceMemory::default() };
        let mut slept = Duration::ZERO;
        while slept < Duration::from_hours(7) {
            let visit = SourceVisit { elapsed: known.interval, age: LONGEST_GAP, barren: 0, brought: 0 };
            let pace = next_interval(&policy(), &known, &visit);
            slept += pace.interval;
            known = SourceMemory { interval: Some(pace.interval), gap: pace.gap, ..known };
        }
        assert!(known.interval < Some(minutes(45)), "{known:?}");
    }

    #[test]
    fn a_source_that_only_repeats_others_is_retired_to_slow() {
        let known =
            SourceMemory { interval: Some(minutes(20)), gap: Some(minutes(30)), echoes: 6, ..Default::default() };
        let visit = SourceVisit { elapsed: Some(minutes(20)), age: LONGEST_GAP, barren: 5, brought: 0 };

        let pace = next_interval(&policy(), &known, &visit);

        assert_eq!((pace.health, pace.interval), (SourceHealth::Repeats, REPEATS_INTERVAL));
        let first = next_interval(&policy(), &known, &SourceVisit { brought: 1, ..visit });
        assert_eq!(first.health, SourceHealth::Good);
        assert!(first.interval < Duration::from_hours(1), "{first:?}");
    }

    #[test]
    fn every_interval_lies_within_the_bounds() {
        let rules = [SourceRule::default(), SourceRule::Halving, SourceRule::Fixed(minutes(1))];
        for rule in rules {
            let policy = SourcePolicy { rule, ..policy() };
            for interval in [None, Some(Duration::ZERO), Some(minutes(60)), Some(Duration::MAX)] {
                for gap in [None, Some(Duration::ZERO), Some(Duration::MAX)] {
                    for elapsed in [None, Some(Duration::ZERO), Some(Duration::MAX)] {
                        for brought in [0, 1, u32::MAX] {
                            let known = SourceMemory { interval, gap, echoes: u32::MAX, ..Default::default() };
                            let visit = SourceVisit { elapsed, age: Duration::ZERO, barren: 7, brought };
                            let pace = next_interval(&policy, &known, &visit);
                            assert!((policy.min..=policy.max).contains(&pace.interval), "{known:?} {visit:?} {pace:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn skipped_hours_and_days_are_left_out() {
        let at = |text: &str| -> Timestamp { text.parse().expect("a timestamp") };
        let night = SourceHints { skip_hours: 0b111, ..SourceHints::default() };
        let saturday = SourceHints { skip_days: 1 << 6, ..SourceHints::default() };

        // A Saturday.
        let one = at("2026-11-21T01:20:30Z");
        assert_eq!(outside_skipped(one, SourceHints::default()), one);
        assert_eq!(outside_skipped(one, night), at("2026-11-21T03:00:00Z"));
        assert_eq!(outside_skipped(one, saturday), at("2026-11-22T00:00:00Z"));
        let both = SourceHints { skip_days: saturday.skip_days, ..night };
        assert_eq!(outside_skipped(one, both), at("2026-11-22T03:00:00Z"));
        let always = SourceHints { skip_hours: 0xFF_FFFF, ..SourceHints::default() };
        assert_eq!(outside_skipped(one, always), one);
    }

    #[test]
    fn the_first_visit_says_nothing_about_a_rate() {
        let visit = SourceVisit { elapsed: None, age: Duration::ZERO, barren: 0, brought: 500 };
        let pace = next_interval(&policy(), &SourceMemory::default(), &visit);
        assert_eq!((pace.interval, pace.gap, pace.health), (minutes(20), None, SourceHealth::New));
    }
}
