//! Recorded history under another schedule: what it would have cost, and how late articles would have been found.
//!
//! Pure. The interval comes from the very function by which the crawl plans, [`next_interval`]. What the recording
//! cannot tell is left out: what articles themselves cost (each schedule fetches each once), failures, and entries that
//! left a list before a rarer visit would have seen them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use super::pace::later;
use super::source_interval::{SourcePolicy, SourceVisit, next_interval};
use crate::model::recording::{RecordedSource, Recording};
use crate::model::{SourceMemory, Timestamp};

/// What a schedule would have cost and brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// Visits of sources in the time of the recording.
    pub requests: u64,
    /// How late articles would have been found.
    pub lateness: Lateness,
}

/// How late articles were found, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lateness(Vec<Duration>);

impl Lateness {
    /// Takes the times between appearance and finding, in any order.
    pub fn new(mut times: Vec<Duration>) -> Lateness {
        times.sort_unstable();
        Lateness(times)
    }

    /// How many articles there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The lateness that a share of the articles does not exceed, by nearest rank; `None` without articles.
    ///
    /// `share` lies between 0 and 1.
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let rank = (self.0.len() as f64 * share).ceil() as usize;
        self.0.get(rank.saturating_sub(1)).copied()
    }

    /// The mean; `None` without articles.
    pub fn mean(&self) -> Option<Duration> {
        let sum: f64 = self.0.iter().map(Duration::as_secs_f64).sum();
        Duration::try_from_secs_f64(sum / self.0.len() as f64).ok()
    }

    /// The share of articles found within a time, between 0 and 1; 0 without articles.
    pub fn within(&self, time: Duration) -> f64 {
        let found = self.0.partition_point(|lateness| *lateness <= time);
        found as f64 / self.0.len().max(1) as f64
    }
}

/// How late the recorded articles were found in fact.
pub fn recorded_lateness(recording: &Recording) -> Lateness {
    let measured = recording.items.iter().filter(|item| item.measured);
    Lateness::new(measured.map(|item| between(item.appeared, item.found)).collect())
}

/// Visits every source from its first recorded visit on as a policy says, and notes when each article is found.
///
/// Two requests to a host keep its least time apart. Visits after the end of the recording are not counted; they go on
/// until every article is found, so that the last ones count with their whole lateness.
pub fn replay(recording: &Recording, policy: &SourcePolicy) -> Replay {
    let mut found: Vec<Option<Timestamp>> = vec![None; recording.items.len()];
    let mut missing = found.len();
    let mut free: Vec<Timestamp> = vec![recording.from; recording.hosts.len()];
    let mut watched: Vec<Watched> = recording.sources.iter().map(Watched::new).collect();
    let first = |(at, source): (usize, &RecordedSource)| Reverse((source.first_visit, at));
    let mut due: BinaryHeap<Reverse<(Timestamp, usize)>> = recording.sources.iter().enumerate().map(first).collect();
    let mut requests = 0;
    while let Some(Reverse((at, source))) = due.pop() {
        if at > recording.until && missing == 0 {
            break;
        }
        let Some(watched) = watched.get_mut(source) else { continue };
        let host = watched.source.host;
        if let Some(free) = free.get_mut(host) {
            if *free > at {
                due.push(Reverse((*free, source)));
                continue;
            }
            *free = later(at, recording.hosts.get(host).copied().unwrap_or_default());
        }
        requests += u64::from(at <= recording.until);
        let next = watched.visit(policy, at, &mut found, &mut missing);
        due.push(Reverse((next, source)));
    }
    let measured = recording.items.iter().zip(found).filter(|(item, _)| item.measured);
    let times = measured.filter_map(|(item, found)| Some(between(item.appeared, found?)));
    Replay { requests, lateness: Lateness::new(times.collect()) }
}

fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

/// A source while it is replayed.
struct Watched<'a> {
    source: &'a RecordedSource,
    /// Appearances that a visit has seen.
    seen: usize,
    memory: SourceMemory,
    barren: u32,
    visited: Option<Timestamp>,
}

impl<'a> Watched<'a> {
    fn new(source: &'a RecordedSource) -> Watched<'a> {
        Watched { source, seen: 0, memory: SourceMemory::default(), barren: 0, visited: None }
    }

    /// Takes note of what has appeared; gives the time of the next visit.
    fn visit(
        &mut self,
        policy: &SourcePolicy,
        at: Timestamp,
        found: &mut [Option<Timestamp>],
        missing: &mut usize,
    ) -> Timestamp {
        let appearances = self.source.appearances.get(self.seen..).unwrap_or_default();
        let listed = appearances.partition_point(|(appeared, _)| *appeared <= at);
        let mut brought: u32 = 0;
        for (_, item) in &appearances[..listed] {
            if let Some(first) = found.get_mut(*item).filter(|first| first.is_none()) {
                *first = Some(at);
                *missing -= 1;
                brought += 1;
            }
        }
        self.seen += listed;
        let elapsed = self.visited.map(|last| between(last, at));
        let age = between(self.source.first_visit, at);
        let slow = self.source.slow.then(|| policy.slow());
        let policy = slow.as_ref().unwrap_or(policy);
        let pace = next_interval(policy, &self.memory, &SourceVisit { elapsed, age, barren: self.barren, brought });
        if brought > 0 {
            self.barren = 0;
            self.memory.echoes = 0;
        } else {
            self.barren += 1;
            self.memory.echoes = self.memory.echoes.saturating_add(u32::try_from(listed).unwrap_or(u32::MAX));
        }
        self.memory.interval = Some(pace.interval);
        self.memory.gap = pace.gap;
        self.visited = Some(at);
        // A policy without a least interval must not stand still.
        later(at, pace.interval.max(Duration::from_secs(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontier::source_interval::SourceRule;
    use crate::model::recording::RecordedItem;

    const MINUTE: i64 = 60;
    const HOUR: i64 = 3600;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("a timestamp")
    }

    fn minutes(n: u64) -> Duration {
        Duration::from_mins(n)
    }

    fn fixed(interval: Duration) -> SourcePolicy {
        SourcePolicy { min: interval, max: interval, rule: SourceRule::Fixed(interval) }
    }

    /// A day of sources on one host, each with the seconds at which articles appeared on it; the same second is the
    /// same article.
    fn day(sources: &[&[i64]], delay: Duration) -> Recording {
        let mut times: Vec<i64> = sources.iter().flat_map(|times| times.iter().copied()).collect();
        times.sort_unstable();
        times.dedup();
        let item =
            |seconds: &i64| RecordedItem { appeared: at(*seconds), exact: true, found: at(*seconds), measured: true };
        let source = |appeared: &&[i64]| RecordedSource {
            url: "https://a.example/".into(),
            site: "a".into(),
            host: 0,
            slow: false,
            first_visit: at(0),
            appearances: appeared
                .iter()
                .map(|seconds| (at(*seconds), times.binary_search(seconds).expect("is an item")))
                .collect(),
        };
        Recording {
            from: at(0),
            until: at(24 * HOUR),
            visits: 0,
            hosts: vec![delay],
            sources: sources.iter().map(source).collect(),
            items: times.iter().map(item).collect(),
        }
    }

    #[test]
    fn an_article_every_hour_and_a_visit_every_half_hour_make_a_quarter_of_an_hour() {
        let times: Vec<i64> = (0..24).map(|hour| hour * HOUR + 15 * MINUTE).collect();

        let replay = replay(&day(&[&times], Duration::ZERO), &fixed(minutes(30)));

        assert_eq!(replay.requests, 49, "at midnight, and 48 times after it");
        assert_eq!(replay.lateness.count(), 24);
        assert_eq!(replay.lateness.mean(), Some(minutes(15)));
        assert_eq!(
            (replay.lateness.quantile(0.5), replay.lateness.quantile(0.9)),
            (Some(minutes(15)), Some(minutes(15)))
        );
    }

    #[test]
    fn lateness_is_counted_as_one_would_by_hand() {
        // Found at the next full half hour: 20, 10, 30, 5 and 25 minutes late.
        let times = [10 * MINUTE, 50 * MINUTE, 90 * MINUTE + 1, 145 * MINUTE, 155 * MINUTE];

        let lateness = replay(&day(&[&times], Duration::ZERO), &fixed(minutes(30))).lateness;

        assert_eq!(lateness.quantile(0.5), Some(minutes(20)));
        assert_eq!(lateness.quantile(0.9), Some(Duration::from_secs(30 * 60 - 1)));
        assert!((lateness.within(minutes(15)) - 0.4).abs() < 1e-9);
        assert!((lateness.within(minutes(60)) - 1.0).abs() < 1e-9);
        assert_eq!(Lateness::new(Vec::new()).quantile(0.5), None);
    }

    #[test]
    fn an_article_is_found_by_the_source_that_is_visited_first() {
        let mut recording = day(&[&[10 * MINUTE], &[10 * MINUTE]], Duration::ZERO);
        recording.sources[1].first_visit = at(20 * MINUTE);

        let replay = replay(&recording, &fixed(minutes(60)));

        assert_eq!(replay.lateness.mean(), Some(minutes(10)), "by the second source, at twenty past midnight");
    }

    #[test]
    fn a_list_that_gathers_is_replayed_at_its_slow_pace() {
        let mut recording = day(&[&[10 * MINUTE], &[]], Duration::ZERO);
        let policy = SourcePolicy { min: minutes(5), max: minutes(15), rule: SourceRule::default() };
        let before = replay(&recording, &policy).requests;
        recording.sources[1].slow = true;
        assert_eq!(replay(&recording, &policy).requests, before, "never more slowly than the policy's longest interval");

        let policy = SourcePolicy { max: Duration::from_hours(24), ..policy };
        recording.sources[1].slow = false;
        let before = replay(&recording, &policy);
        recording.sources[1].slow = true;
        let slow = replay(&recording, &policy);
        assert!(slow.requests < before.requests, "{slow:?} {before:?}");
        assert_eq!(slow.lateness, before.lateness);
    }

    #[test]
    fn two_sources_of_a_host_wait_for_each_other() {
        let recording = day(&[&[], &[10 * MINUTE]], minutes(2));

        let replay = replay(&recording, &fixed(minutes(30)));

        // The second source comes two minutes after the first, at 0:02 and 0:32.
        assert_eq!(replay.lateness.mean(), Some(minutes(22)));
    }

    #[test]
    fn what_appeared_last_counts_though_the_recording_has_ended() {
        let recording = day(&[&[24 * HOUR - 1]], Duration::ZERO);

        let replay = replay(&recording, &fixed(Duration::from_hours(7)));

        assert_eq!(replay.requests, 4, "at 0, 7, 14 and 21 o'clock");
        assert_eq!(replay.lateness.mean(), Some(Duration::from_secs(4 * 3600 + 1)));
    }

    #[test]
    fn what_was_there_before_the_first_visit_is_not_measured() {
        let mut recording = day(&[&[-HOUR, 15 * MINUTE]], Duration::ZERO);
        recording.items[0].measured = false;

        assert_eq!(replay(&recording, &fixed(minutes(30))).lateness.count(), 1);
        assert_eq!(recorded_lateness(&recording).count(), 1);
    }

    #[test]
    fn the_rate_rule_spends_its_requests_where_articles_appear() {
        let busy: Vec<i64> = (0..96).map(|n| n * 15 * MINUTE + 7 * MINUTE).collect();
        let policy = SourcePolicy { min: minutes(5), max: Duration::from_hours(24), rule: SourceRule::default() };

        let alone = replay(&day(&[&busy], Duration::ZERO), &policy);
        let both = replay(&day(&[&busy, &[]], Duration::ZERO), &policy);

        assert!(both.requests < alone.requests + 30, "{} beside {}", both.requests, alone.requests);
        assert!(alone.lateness.quantile(0.5) < Some(minutes(15)), "{alone:?}");
        assert_eq!(both.lateness, alone.lateness);
    }
}
