//! The spacing between any two requests to a host.
//!
//! A host is asked by one request at a time, and the starts of two are never closer than the delay. Time is the
//! monotonic clock's, so a jump of the wall clock neither hurries nor stalls anybody.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;

use crate::model::Host;

use super::swept::{Swept, locked};

/// Hosts whose smallest gap is remembered; later ones are not measured.
const MAX_MEASURED: usize = 4096;
/// An idle host is forgotten after its delay, but not sooner than this.
const SHORTEST_MEMORY: Duration = Duration::from_mins(1);

/// Lets requests through one by one.
pub(super) struct Gate {
    hosts: Mutex<Swept<Host, Arc<tokio::sync::Mutex<Starts>>>>,
    gaps: Arc<Mutex<HashMap<Host, Duration>>>,
}

/// When a host was asked last.
#[derive(Debug, Default)]
struct Starts {
    last: Option<Instant>,
    /// Needed at least until then.
    keep_until: Option<Instant>,
}

/// The right to send one request to a host now; the host is free again when this is dropped.
pub(super) struct Turn {
    host: Host,
    starts: OwnedMutexGuard<Starts>,
    delay: Duration,
    gaps: Arc<Mutex<HashMap<Host, Duration>>>,
}

impl Gate {
    pub(super) fn new() -> Gate {
        Gate { hosts: Mutex::new(Swept::new()), gaps: Arc::default() }
    }

    /// Waits until the host is free.
    pub(super) async fn enter(&self, host: &Host) -> Turn {
        let lock = {
            let now = Instant::now();
            let is_needed = |starts: &Arc<tokio::sync::Mutex<Starts>>| {
                // Nobody else can take the lock of an entry that only the map holds.
                Arc::strong_count(starts) > 1
                    || starts.try_lock().map_or(true, |starts| starts.keep_until.is_some_and(|until| now < until))
            };
            locked(&self.hosts).entry(host.clone(), is_needed, Arc::default).clone()
        };
        let starts = lock.lock_owned().await;
        Turn { host: host.clone(), starts, delay: Duration::ZERO, gaps: self.gaps.clone() }
    }

    /// The smallest gap between the starts of two requests of each host that was asked more than once.
    pub(super) fn smallest_gaps(&self) -> Vec<(Host, Duration)> {
        let mut gaps: Vec<_> = locked(&self.gaps).iter().map(|(host, gap)| (host.clone(), *gap)).collect();
        gaps.sort();
        gaps
    }
}

impl Turn {
    /// Waits until the last request to this host started `delay` ago, and at least until `not_before`.
    pub(super) async fn wait(&mut self, delay: Duration, not_before: Instant) {
        self.delay = delay;
        let ready = self.starts.last.map_or(not_before, |last| not_before.max(last + delay));
        if ready > Instant::now() {
            tokio::time::sleep_until(ready).await;
        }
    }

    /// Notes that a request starts now, and returns this instant.
    pub(super) fn start(&mut self) -> Instant {
        let now = Instant::now();
        if let Some(last) = self.starts.last {
            let gap = now - last;
            let mut gaps = locked(&self.gaps);
            if let Some(smallest) = gaps.get_mut(&self.host) {
                *smallest = gap.min(*smallest);
            } else if gaps.len() < MAX_MEASURED {
                gaps.insert(self.host.clone(), gap);
            }
        }
        self.mark(now);
        now
    }

    /// Notes that the request that started could be sent only now, because a connection had to be made first.
    /// The next request is spaced from here, so that the server sees the delay too.
    pub(super) fn sent(&mut self, at: Instant) {
        if self.starts.last.is_none_or(|last| last < at) {
            self.mark(at);
        }
    }

    fn mark(&mut self, at: Instant) {
        self.starts.last = Some(at);
        self.starts.keep_until = Some(at + self.delay.max(SHORTEST_MEMORY));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host() -> Host {
        Host::from_stored("a.example")
    }

    #[tokio::test]
    async fn a_request_starts_when_the_delay_is_over_and_not_before() {
        let gate = Gate::new();
        let delay = Duration::from_millis(20);
        let mut starts = Vec::new();
        for _ in 0..4 {
            let mut turn = gate.enter(&host()).await;
            turn.wait(delay, Instant::now()).await;
            starts.push(turn.start());
        }
        let smallest = starts.windows(2).map(|pair| pair[1] - pair[0]).min();
        assert!(smallest.is_some_and(|gap| gap >= delay), "{smallest:?}");
        assert_eq!(gate.smallest_gaps(), [(host(), smallest.unwrap_or_default())]);
    }

    #[tokio::test]
    async fn the_delay_counts_from_the_connection_that_a_request_had_to_wait_for() {
        let gate = Gate::new();
        let mut turn = gate.enter(&host()).await;
        turn.wait(Duration::ZERO, Instant::now()).await;
        let sent = turn.start() + Duration::from_millis(30);
        turn.sent(sent);
        drop(turn);

        let mut turn = gate.enter(&host()).await;
        turn.wait(Duration::from_millis(20), Instant::now()).await;

        assert!(turn.start() >= sent + Duration::from_millis(20));
    }

    #[tokio::test]
    async fn a_host_is_free_again_when_its_turn_is_dropped() {
        let gate = Gate::new();
        let host = host();
        let turn = gate.enter(&host).await;
        let entering = gate.enter(&host);
        tokio::pin!(entering);
        assert!(tokio::time::timeout(Duration::from_millis(5), entering.as_mut()).await.is_err());

        drop(turn);

        assert!(tokio::time::timeout(Duration::from_secs(5), entering).await.is_ok());
    }
}
