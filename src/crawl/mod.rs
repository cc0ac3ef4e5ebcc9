//! The loop: claim → fetch → understand → decide → remember.
//!
//! This module conducts and knows all four leaves; it decides nothing itself. `visit.rs` holds the whole
//! program; `tests/crawl.rs` shows it at work against the demo newspapers.

pub mod discover;
pub mod extract;
mod ledger;
pub mod oneshot;
mod pool;
pub mod profiles;
mod run;
pub mod simulate;
mod stranger;
mod suspects;
mod visit;
pub mod why;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Config;
use crate::fetch::{FetchError, Fetcher};
use crate::frontier::Frontier;
use crate::model::{Host, Timestamp};
use crate::parse::{Parser, ProfileError};
use crate::store::{SiteRecord, Store, StoreError};

pub use ledger::NotNow;
pub use run::{Ended, Limits};

use pool::ParsePool;
use stranger::Strangers;

/// Why a crawl cannot begin, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum CrawlError {
    /// A pattern of a site is no regular expression.
    #[error("a pattern of a site")]
    Pattern(#[from] regex::Error),
    /// The network door cannot be built.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A profile cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The database.
    #[error("the database")]
    Store(#[from] StoreError),
    /// A host rests for longer than a verb waits.
    #[error("not now")]
    NotNow(#[from] NotNow),
    /// The file of parse slots beside the database.
    #[error("the parse slots beside the database {path}")]
    Slots {
        /// The file.
        path: std::path::PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
}

/// Everything that a crawl needs. Cheap to clone.
#[derive(Clone)]
pub struct Crawler {
    parts: Arc<Parts>,
}

struct Parts {
    config: Arc<Config>,
    store: Store,
    fetcher: Fetcher,
    frontier: Frontier,
    parser: Arc<Parser>,
    pool: ParsePool,
    strangers: Arc<Strangers>,
}

impl Crawler {
    /// Builds the parts, enters the configured sites and seeds, and looks for pages that killed an earlier process.
    ///
    /// `database` is the path of the results file; small files of the crawl lie beside it.
    ///
    /// # Errors
    /// [`CrawlError`] says which part cannot be built.
    pub async fn new(config: Arc<Config>, store: Store, database: &Path) -> Result<Crawler, CrawlError> {
        let fetcher = Fetcher::new(config.clone())?;
        Crawler::build(config, store, database, fetcher, Arc::new(Strangers::new())).await
    }

    /// The crawler of another configuration that takes over from this one. It knows when each host was asked last, also by
    /// requests of which no visit tells because it was dropped.
    ///
    /// # Errors
    /// As [`Crawler::new`].
    pub async fn renewed(self, config: Arc<Config>, database: &Path) -> Result<Crawler, CrawlError> {
        let Parts { store, fetcher, strangers, .. } = &*self.parts;
        let (store, fetcher, strangers) = (store.clone(), fetcher.renewed(config.clone())?, strangers.clone());
        // The parser's threads end before others begin.
        drop(self);
        Crawler::build(config, store, database, fetcher, strangers).await
    }

    async fn build(
        config: Arc<Config>,
        store: Store,
        database: &Path,
        fetcher: Fetcher,
        strangers: Arc<Strangers>,
    ) -> Result<Crawler, CrawlError> {
        let frontier = Frontier::new(config.clone())?;
        let parser = Arc::new(Parser::new(&config)?);
        let now = Timestamp::now();
        let sites: Vec<SiteRecord> = config.sites.iter().map(|site| SiteRecord { name: site.name.clone() }).collect();
        store.sync_sites(&sites, frontier.seeds(now), now).await?;
        let (pool, quarantined) = ParsePool::start(&parser, database)?;
        for page in quarantined {
            tracing::error!(
                page = page.0,
                "a page was being parsed at three deaths of the process: quarantined for a day"
            );
            store.quarantine(page, quarantine_end(now)).await?;
        }
        Ok(Crawler { parts: Arc::new(Parts { config, store, fetcher, frontier, parser, pool, strangers }) })
    }

    /// Configured sites.
    pub fn sites(&self) -> usize {
        self.parts.config.sites.len()
    }

    /// The smallest gap between two requests to each host so far, by the monotonic clock, for hosts asked more than once.
    pub fn smallest_gaps(&self) -> Vec<(Host, Duration)> {
        self.parts.fetcher.smallest_gaps()
    }
}

/// Pages that break us are left alone for a day.
fn quarantine_end(now: Timestamp) -> Timestamp {
    now.checked_add(jiff::SignedDuration::from_hours(24)).unwrap_or(now)
}
