//! The service: builds the parts, obeys signals, reports readiness, ends clean.
//!
//! What a signal does: SIGTERM and SIGINT let visits finish and end with success, a second one ends at once;
//! SIGHUP reads the configuration anew and takes it whole or not at all. `tests/daemon.rs` sends them.

mod signals;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info};

use crate::config::Config;
use crate::crawl::{Crawler, Ended, Limits};
use crate::model::Timestamp;
use crate::store::Store;

use signals::{Signals, Wish};

/// How to read the configuration again; the error is for the log.
pub type Reload = Box<dyn Fn() -> Result<Config, String> + Send + Sync>;

/// What a run is asked to do beyond its configuration.
pub struct RunOptions {
    /// The results file.
    pub database: PathBuf,
    /// When it ends by itself.
    pub limits: Limits,
    /// For SIGHUP.
    pub reload: Reload,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunEnd {
    /// Well.
    Done,
    /// Well, but these sources failed at their last visit: `address: reason`.
    SourcesFailed(Vec<String>),
}

/// Runs the crawler until a signal or a limit ends it.
///
/// # Errors
/// The database cannot be opened or used; another process owns it; a part cannot be built.
pub async fn run(config: Config, options: RunOptions) -> anyhow::Result<RunEnd> {
    let mut signals = Signals::listen().context("listening for signals")?;
    let archive = archive_path(&config);
    let store = tokio::select! {
        biased;
        store = Store::open(&options.database, archive.as_deref()) => store.context("opening the database")?,
        () = signals.stop() => return Ok(RunEnd::Done),
    };
    store.limit_wal(config.crawler.wal_limit);
    let start = store.begin_run(Timestamp::now()).await.context("beginning the run")?;
    if !start.clean {
        info!("the last run ended without a clean stop: every host waits its own delay once");
    }
    let outcome = crawl(config, &options, &store, &mut signals).await;
    let clean = matches!(outcome, Ok(true));
    let failed = failed_sources(&store).await;
    if clean {
        store.end_run(start.run, Timestamp::now()).await.context("ending the run")?;
    }
    store.close().await.context("closing the database")?;
    outcome?;
    let failed = failed?;
    Ok(if failed.is_empty() { RunEnd::Done } else { RunEnd::SourcesFailed(failed) })
}

/// Crawls under one configuration after the other; true if every visit was finished.
async fn crawl(config: Config, options: &RunOptions, store: &Store, signals: &mut Signals) -> anyhow::Result<bool> {
    let end = options.limits.time.map(|time| Instant::now() + time);
    let mut crawler = Crawler::new(Arc::new(config), store.clone(), &options.database).await?;
    let mut clean = true;
    loop {
        let time = end.map(|end| end.saturating_duration_since(Instant::now()));
        let (ended, finished, next) = crawl_on(&crawler, Limits { time, ..options.limits }, options, signals).await?;
        clean &= finished;
        tell_gaps(&crawler);
        match (ended, next) {
            (Ended::Stopped, Some(fresh)) => crawler = crawler.renewed(Arc::new(fresh), &options.database).await?,
            (Ended::Stopped | Ended::Idle | Ended::TimeUp, _) => return Ok(clean),
        }
    }
}

/// Crawls until a limit, a signal to end, or one that brings another configuration; tells whether every visit was
/// finished.
async fn crawl_on(
    crawler: &Crawler,
    limits: Limits,
    options: &RunOptions,
    signals: &mut Signals,
) -> anyhow::Result<(Ended, bool, Option<Config>)> {
    let stop = CancellationToken::new();
    let mut next = None;
    let run = crawler.run(&stop, limits);
    tokio::pin!(run);
    notify(&[sd_notify::NotifyState::Ready]);
    info!(sites = crawler.sites(), "crawling");
    let mut watchdog = tokio::time::interval(heartbeat());
    watchdog.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            ended = &mut run => {
                let (ended, finished) = ended?;
                return Ok((ended, finished, next));
            }
            _ = watchdog.tick() => notify(&[sd_notify::NotifyState::Watchdog]),
            wish = signals.next() => match wish {
                Wish::Stop => {
                    info!("stopping: visits under way may finish");
                    notify(&[sd_notify::NotifyState::Stopping]);
                    signals.next_stop_ends_at_once();
                    next = None;
                    stop.cancel();
                }
                Wish::Reload if signals.is_stopping() => {}
                Wish::Reload => {
                    if let Some(fresh) = reload(options) {
                        next = Some(fresh);
                        stop.cancel();
                    }
                }
            },
        }
    }
}

/// How close two requests to one host came, at the most.
fn tell_gaps(crawler: &Crawler) {
    let gaps = crawler.smallest_gaps();
    for (host, gap) in &gaps {
        debug!(%host, smallest_gap_us = gap.as_micros() as u64, "asked");
    }
    if let Some((host, gap)) = gaps.iter().min_by_key(|(_, gap)| *gap) {
        let (hosts, smallest_gap_us) = (gaps.len(), gap.as_micros() as u64);
        info!(hosts, smallest_gap_us, %host, "no two requests to one host were closer");
    }
}

/// The new configuration, or `None` if it is broken: then the old one stays.
fn reload(options: &RunOptions) -> Option<Config> {
    match (options.reload)() {
        Ok(config) => {
            info!("configuration reloaded");
            Some(config)
        }
        Err(reason) => {
            error!(reason, "the new configuration is broken; the old one stays in force");
            None
        }
    }
}

/// Between two signs of life: twice within what the service manager allows, as sd_watchdog_enabled(3) recommends.
fn heartbeat() -> Duration {
    sd_notify::watchdog_enabled().map_or(Duration::from_secs(10), |limit| limit / 2).max(Duration::from_millis(1))
}

fn notify(state: &[sd_notify::NotifyState]) {
    // Outside systemd there is nobody to tell.
    let _ = sd_notify::notify(state);
}

/// The file of raw pages; `None` if it is turned off.
pub fn archive_path(config: &Config) -> Option<PathBuf> {
    (config.crawler.archive != "none").then(|| PathBuf::from(&config.crawler.archive))
}

async fn failed_sources(store: &Store) -> anyhow::Result<Vec<String>> {
    let status = store.reader().status(Timestamp::now()).await.context("reading the state of sources")?;
    // One that is retired is not watched any more; its page says why.
    let watched = status.sources.into_iter().filter(|source| source.due_at.is_some());
    let failed = watched.filter_map(|source| Some(format!("{}: {}", source.url, source.error?)));
    Ok(failed.collect())
}
