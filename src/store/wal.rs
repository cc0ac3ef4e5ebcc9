//! The size of the write-ahead log. A reader that keeps an old snapshot stops it from being emptied; beyond a limit
//! the crawl pauses, so that the disk is not filled behind its back.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the operator is told of one pause.
const REMIND: Duration = Duration::from_secs(30);

/// Watches the log's file.
#[derive(Debug)]
pub(super) struct Wal {
    path: PathBuf,
    limit: AtomicU64,
    told: Mutex<Option<Instant>>,
}

impl Wal {
    pub(super) fn new(database: &Path) -> Wal {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        Wal { path: path.into(), limit: AtomicU64::new(u64::MAX), told: Mutex::default() }
    }

    pub(super) fn set_limit(&self, bytes: u64) {
        self.limit.store(bytes, Ordering::Relaxed);
    }

    /// Whether the log is longer than the limit. A file that is not there has no length.
    pub(super) fn is_over(&self) -> bool {
        std::fs::metadata(&self.path).is_ok_and(|file| file.len() > self.limit.load(Ordering::Relaxed))
    }

    /// Says that the crawl is paused, and that it goes on, each at the right moment.
    pub(super) fn report(&self, over: bool) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match *told {
            Some(_) if !over => {
                *told = None;
                tracing::info!(file = %self.path.display(), "the write-ahead log is short again: the crawl goes on");
            }
            Some(at) if at.elapsed() < REMIND => {}
            None if !over => {}
            Some(_) | None => {
                *told = Some(Instant::now());
                tracing::warn!(
                    file = %self.path.display(),
                    "paused: a reader keeps the write-ahead log from being emptied; end its transaction"
                );
            }
        }
    }
}
