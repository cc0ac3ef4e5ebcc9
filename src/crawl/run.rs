//! The scheduler: hands due pages to visits, one a host at a time, and waits for the next to fall due.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::Crawler;
use crate::model::{HostId, PageId, Timestamp};
use crate::store::{Recorded, StoreError};

/// How long visits that are under way may finish after a stop; well below the 10 s that a service manager grants.
const DRAIN: Duration = Duration::from_secs(6);
/// The scheduler looks again at least this often, whatever the clock did meanwhile.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// How long the crawl rests when the disk refuses.
const DISK_REST: Duration = Duration::from_secs(5);
/// A wall clock that went back by more than this was set; what was planned by the old one is moved along.
const SET_BACK: Duration = Duration::from_mins(1);
/// Old rows are cleared away this often.
const UPKEEP: Duration = Duration::from_hours(1);

/// When a crawl ends by itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// End when nothing is due within this time; `None`: never.
    pub idle: Option<Duration>,
    /// End after this time; `None`: never.
    pub time: Option<Duration>,
}

/// Why a crawl ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was told to stop.
    Stopped,
    /// Nothing is due within the limit.
    Idle,
    /// Its time is up.
    TimeUp,
}

type Outcome = Result<Option<Recorded>, StoreError>;

/// What is under way. Bounded by `fetch.concurrency`.
struct Flight {
    visits: JoinSet<Outcome>,
    busy: HashSet<HostId>,
    pages: HashMap<Id, (HostId, PageId)>,
    /// Nothing is started before: the disk refused.
    rest_until: Option<Instant>,
}

impl Flight {
    /// What is left of a rest for the disk's sake; `None` outside of one.
    fn rest(&self) -> Option<Duration> {
        self.rest_until.map(|until| until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }
}

impl Crawler {
    /// Crawls until `stop` is cancelled or a limit is reached, then lets visits finish.
    ///
    /// The second value is true if all of them did: only then is the stored pace exact.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn run(&self, stop: &CancellationToken, limits: Limits) -> Result<(Ended, bool), StoreError> {
        let hurry = CancellationToken::new();
        let mut flight =
            Flight { visits: JoinSet::new(), busy: HashSet::new(), pages: HashMap::new(), rest_until: None };
        let ended = self.schedule(stop, limits, &hurry, &mut flight).await;
        let clean = self.drain(&hurry, &mut flight).await;
        Ok((ended?, clean))
    }

    async fn schedule(
        &self,
        stop: &CancellationToken,
        limits: Limits,
        hurry: &CancellationToken,
        flight: &mut Flight,
    ) -> Result<Ended, StoreError> {
        let end = limits.time.map(|time| Instant::now() + time);
        let mut upkeep_at = Instant::now() + UPKEEP;
        let mut last_seen = Timestamp::now();
        loop {
            last_seen = self.watch_the_clock(last_seen).await?;
            self.launch(hurry, flight).await?;
            let wake = self.next_wake(flight)?;
            let now = Timestamp::now();
            if let Some(idle) = limits.idle
                && flight.visits.is_empty()
                && wake.is_none_or(|at| until(now, at) > idle)
            {
                return Ok(Ended::Idle);
            }
            let due = wake.map_or(LONGEST_SLEEP, |at| until(now, at)).min(LONGEST_SLEEP);
            let sleep = due.max(flight.rest().unwrap_or_default());
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(Ended::Stopped),
                () = at_or_never(end) => return Ok(Ended::TimeUp),
                Some(joined) = flight.visits.join_next_with_id() => self.land_finished(flight, joined).await?,
                () = tokio::time::sleep(sleep) => {}
            }
            if Instant::now() >= upkeep_at {
                self.parts.store.upkeep(&self.parts.config.retention, Timestamp::now()).await?;
                upkeep_at = Instant::now() + UPKEEP;
            }
        }
    }

    /// Moves what is planned along with a wall clock that was set back since it was `last` looked at, or else nobody would
    /// be asked until it has caught up. One that was set forward makes everything due, which each host's pace spreads.
    async fn watch_the_clock(&self, last: Timestamp) -> Result<Timestamp, StoreError> {
        let now = Timestamp::now();
        if let Some(by) = set_back(last, now) {
            warn!("the clock was set back by {} s: what is planned moves along", by.as_secs());
            self.parts.store.move_plans_back(by).await?;
        }
        Ok(now)
    }

    /// Starts visits for as many due pages as there is room for.
    async fn launch(&self, hurry: &CancellationToken, flight: &mut Flight) -> Result<(), StoreError> {
        let room = (self.parts.config.fetch.concurrency as usize).saturating_sub(flight.visits.len());
        if room == 0 || flight.rest().is_some() {
            return Ok(());
        }
        for claim in self.parts.store.claim(Timestamp::now(), room, &flight.busy).await? {
            let (host, page) = (claim.host_id, claim.page);
            let (crawler, hurry) = (self.clone(), hurry.clone());
            let task = flight.visits.spawn(async move { crawler.visit(claim, &hurry).await });
            flight.busy.insert(host);
            flight.pages.insert(task.id(), (host, page));
        }
        Ok(())
    }

    fn next_wake(&self, flight: &Flight) -> Result<Option<Timestamp>, StoreError> {
        if flight.visits.len() >= self.parts.config.fetch.concurrency as usize {
            return Ok(None);
        }
        self.parts.store.next_wake(&flight.busy)
    }

    /// Takes note of all visits that have ended. Those of one commit end together: one claim then serves them all.
    async fn land_finished(
        &self,
        flight: &mut Flight,
        first: Result<(Id, Outcome), JoinError>,
    ) -> Result<(), StoreError> {
        let mut next = Some(first);
        while let Some(joined) = next {
            self.land(flight, joined).await?;
            next = flight.visits.try_join_next_with_id();
        }
        Ok(())
    }

    /// Takes note of a visit's end. One that broke puts its page aside, so that it cannot loop.
    async fn land(&self, flight: &mut Flight, joined: Result<(Id, Outcome), JoinError>) -> Result<(), StoreError> {
        let id = joined.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let Some((host, page)) = flight.pages.remove(&id) else { return Ok(()) };
        flight.busy.remove(&host);
        let trouble = match joined {
            Ok((_, Ok(_))) => return Ok(()),
            Ok((_, Err(error))) if error.is_disk() => {
                warn!(%error, "paused for {} s: the disk refuses", DISK_REST.as_secs());
                flight.rest_until = Some(Instant::now() + DISK_REST);
                return Ok(());
            }
            Ok((_, Err(error))) if error.concerns_one_job() => with_causes(&error),
            Ok((_, Err(error))) => return Err(error),
            Err(error) => error.to_string(),
        };
        error!(page = page.0, trouble, "a visit broke: its page is put aside for a day");
        self.parts.store.quarantine(page, super::quarantine_end(Timestamp::now())).await
    }

    /// Lets visits finish; those that do not in time are dropped and their pages stay due.
    async fn drain(&self, hurry: &CancellationToken, flight: &mut Flight) -> bool {
        if flight.visits.is_empty() {
            return true;
        }
        info!("finishing {} visits", flight.visits.len());
        let finished = tokio::time::timeout(DRAIN, self.land_all(flight)).await.is_ok();
        if !finished {
            hurry.cancel();
            // What is left only parses and records; give it a moment, then let go.
            let _ = tokio::time::timeout(Duration::from_secs(2), self.land_all(flight)).await;
            flight.visits.abort_all();
        }
        finished
    }

    async fn land_all(&self, flight: &mut Flight) {
        while let Some(joined) = flight.visits.join_next_with_id().await {
            if let Err(error) = self.land(flight, joined).await {
                error!(%error, "while finishing");
            }
        }
    }
}

/// An error and what lies behind it, in one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// By how much a wall clock was set back between two looks at it; `None` if it was not.
fn set_back(before: Timestamp, now: Timestamp) -> Option<Duration> {
    Some(until(now, before)).filter(|by| *by > SET_BACK)
}

fn until(now: Timestamp, at: Timestamp) -> Duration {
    at.duration_since(now).try_into().unwrap_or(Duration::ZERO)
}

async fn at_or_never(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clock_that_went_back_was_set_back() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a timestamp");
        let noon = at("2026-11-24T12:00:00Z");
        for (now, by) in [
            ("2026-11-24T12:00:30Z", None),
            ("2036-11-24T12:00:00Z", None),
            ("2026-11-24T11:59:30Z", None),
            ("2026-11-24T11:00:00Z", Some(3600)),
            ("2025-11-24T12:00:00Z", Some(365 * 86_400)),
        ] {
            assert_eq!(set_back(noon, at(now)), by.map(Duration::from_secs), "{now}");
        }
    }
}
