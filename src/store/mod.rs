//! store remembers: the only home of SQL.
//!
//! One process owns a database: [`Store`] holds the operating system's lock, one task writes ([`writer`]'s groups
//! share a commit), a pool reads. [`Reader`] is the read-only half, for the command line beside a running daemon.
//! No `sqlx` type and no row leaves this module; it decides nothing and knows nothing of the network.
//! `tests/store.rs` shows every method in use, `docs/SCHEMA.md` the tables.

mod admit;
mod archive;
mod articles;
mod claim;
mod error;
mod headlines;
mod names;
mod open;
mod prepare;
mod reader;
mod record;
mod robots;
mod runs;
mod sites;
mod upkeep;
mod values;
mod writer;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

pub use self::error::{Cause, StoreError};
use self::prepare::Prepared;
pub use self::reader::Reader;
use self::writer::{Job, Reply, Writer};
use crate::config;
use crate::model::{Admission, Claim, HostId, Outcome, PageId, RobotsUse, Timestamp, Visit};

/// Jobs that wait for the writer; more wait at the door.
const QUEUE: usize = 256;
/// Body size from which a visit is prepared on the blocking pool: below it takes less than a millisecond.
const LARGE_BODY: usize = 256 << 10;

/// A configured site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRecord {
    /// Its name; unique.
    pub name: String,
}

/// A start of the daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunStart {
    /// Its row, for [`Store::end_run`].
    pub run: i64,
    /// Whether the run before it ended well, or there was none.
    pub clean: bool,
}

/// What a visit did to its article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArticleChange {
    /// There was none to store.
    None,
    /// It was stored for the first time.
    New,
    /// It became a new version.
    Changed,
    /// It is as it was.
    Unchanged,
}

/// What recording a visit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// The article.
    pub article: ArticleChange,
    /// Pages that were not known before.
    pub new_pages: u32,
    /// Headlines that were not known before.
    pub new_headlines: u32,
}

/// The database, owned. Cheap to clone; all clones are one store.
///
/// Dropping the last clone lets the writer finish and close; [`Store::close`] also tells whether that went well.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    jobs: mpsc::Sender<Job>,
    reader: Reader,
    robots: Mutex<robots::Cache>,
}

impl Store {
    /// Opens the results file and, if named, the archive of raw pages; creates and migrates them.
    ///
    /// Must run inside a tokio runtime, which then carries the writing task.
    ///
    /// # Errors
    /// [`StoreError::Locked`] within half a second if another process owns the database; [`StoreError::Newer`] or
    /// [`StoreError::Foreign`] if this program must not write to the file; [`StoreError::Io`] and the like.
    pub async fn open(path: &Path, archive: Option<&Path>) -> Result<Store, StoreError> {
        let lock = open::lock(path).await?;
        let conn = open::results(path).await?;
        let archive_conn = match archive {
            Some(path) => Some(open::archive(path).await?),
            None => None,
        };
        let reader = Reader::open(path).await?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let writer = Writer {
            path: path.to_owned(),
            archive_path: archive.map(Path::to_owned),
            conn,
            archive: archive_conn,
            archive_began: false,
            names: names::Names::default(),
            lock,
        };
        tokio::spawn(writer.work(queue));
        let inner = Inner { path: path.to_owned(), jobs, reader, robots: Mutex::default() };
        Ok(Store { inner: Arc::new(inner) })
    }

    /// The read-only half.
    pub fn reader(&self) -> &Reader {
        &self.inner.reader
    }

    /// Notes a start. If the run before it did not end well, every host first waits its own delay once, because its
    /// last request may not be recorded: so the pace holds across a crash.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn begin_run(&self, now: Timestamp) -> Result<RunStart, StoreError> {
        self.ask(|reply| Job::BeginRun { now, reply }).await
    }

    /// Notes a clean end of a run.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn end_run(&self, run: i64, now: Timestamp) -> Result<(), StoreError> {
        self.ask(|reply| Job::EndRun { run, now, reply }).await
    }

    /// Brings sites and seeds in line with the configuration; safe to repeat.
    ///
    /// A seed that is known keeps its history. Pages of a site that is no longer configured rest as `out-of-scope`
    /// and come back with it.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn sync_sites(
        &self,
        sites: &[SiteRecord],
        seeds: Vec<Admission>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sites = sites.to_vec();
        self.ask(|reply| Job::SyncSites { sites, seeds, now, reply }).await
    }

    /// Admits addresses to the frontier; gives the number of pages that were not known before.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn admit(&self, admissions: Vec<Admission>, now: Timestamp) -> Result<u64, StoreError> {
        self.ask(|reply| Job::Admit { admissions, now, reply }).await
    }

    /// The next page of each ready host that is not busy, at most `limit`, the longest waiting host first.
    ///
    /// A due source goes before new pages, and these before revisits. Writes nothing: a page stays due until it is
    /// recorded. A row that cannot be turned into a claim is put aside and reported, so that it blocks nobody.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn claim(&self, now: Timestamp, limit: usize, busy: &HashSet<HostId>) -> Result<Vec<Claim>, StoreError> {
        let due = claim::due(self.pool(), now, limit, busy).await.map_err(|e| self.at(e))?;
        if !due.idle.is_empty() {
            self.ask(|reply| Job::Rewake { hosts: due.idle, reply }).await?;
        }
        self.load(&due.pages).await
    }

    /// The earliest instant at which a host that is not busy has something to do; `None` if none ever has.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn next_wake(&self, busy: &HashSet<HostId>) -> Result<Option<Timestamp>, StoreError> {
        claim::next_wake(self.pool(), busy).await.map_err(|e| self.at(e))
    }

    /// Claims for exactly these pages, due or not; unknown ones are left out.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn suspects(&self, pages: &[PageId]) -> Result<Vec<Claim>, StoreError> {
        self.load(pages).await
    }

    /// Remembers a visit, whole or not at all; returns after COMMIT. Safe to repeat.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] and [`StoreError::Sql`]: this visit broke a rule and nothing of it is stored.
    /// Everything else: the disk failed, nothing of its group is stored, and the page is still due.
    pub async fn record(&self, visit: Visit) -> Result<Recorded, StoreError> {
        let read = match &visit.fetched.receipt.robots {
            RobotsUse::Read(copy) => Some(copy.clone()),
            RobotsUse::None | RobotsUse::Known(_) => None,
        };
        let visit = Box::new(self.prepare(visit).await?);
        let stored = self.ask(|reply| Job::Record { visit, reply }).await?;
        if let Some(mut copy) = read {
            copy.id = stored.robots;
            self.cache().put(copy.authority.clone(), Some(copy));
        }
        Ok(stored.recorded)
    }

    /// Puts a page aside whose parsing killed the process repeatedly.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn quarantine(&self, page: PageId, _now: Timestamp) -> Result<(), StoreError> {
        self.ask(|reply| Job::Quarantine { page, reply }).await
    }

    /// Deletes what is older than the configuration keeps, in small batches, and refreshes SQLite's statistics.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn upkeep(&self, cfg: &config::Retention, now: Timestamp) -> Result<(), StoreError> {
        let before = ago(now, cfg.fetch_log);
        while self.ask(|reply| Job::DropOldFetches { before, reply }).await? == upkeep::BATCH {}
        let before = ago(now, cfg.raw_pages);
        while self.ask(|reply| Job::DropOldRawPages { before, reply }).await? == upkeep::BATCH {}
        self.ask(|reply| Job::Optimize { reply }).await
    }

    /// Finishes what is queued, empties the write-ahead log, closes the files and lets the lock go. Other clones then
    /// get [`StoreError::Closed`].
    ///
    /// # Errors
    /// If the disk fails; the files are closed all the same.
    pub async fn close(self) -> Result<(), StoreError> {
        self.pool().close().await;
        self.ask(|reply| Job::Close { reply }).await
    }

    fn pool(&self) -> &sqlx::SqlitePool {
        self.inner.reader.pool()
    }

    fn at(&self, error: sqlx::Error) -> StoreError {
        StoreError::from_sql(&self.inner.path, error)
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, robots::Cache> {
        // The cache is whole after every step, so a panic elsewhere cannot have broken it.
        self.inner.robots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a job to the writer and waits for its answer.
    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, StoreError> {
        let closed = || StoreError::Closed { path: self.inner.path.clone() };
        let (reply, answer) = oneshot::channel();
        self.inner.jobs.send(job(reply)).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    async fn prepare(&self, visit: Visit) -> Result<Prepared, StoreError> {
        let large = match &visit.fetched.outcome {
            Outcome::Page(page) => page.body.len() >= LARGE_BODY,
            Outcome::NotModified { .. } | Outcome::Redirect { .. } | Outcome::Refused(_) | Outcome::Failed(_) => false,
        };
        if !large {
            return Ok(Prepared::new(visit));
        }
        let prepared = tokio::task::spawn_blocking(|| Prepared::new(visit)).await;
        prepared.map_err(|e| StoreError::Sql { path: self.inner.path.clone(), source: Arc::new(e) })
    }

    /// Loads claims and joins the robots.txt that is in force for each.
    async fn load(&self, pages: &[PageId]) -> Result<Vec<Claim>, StoreError> {
        if pages.is_empty() {
            return Ok(Vec::new());
        }
        let (mut claims, unreadable) = claim::load(self.pool(), pages).await.map_err(|e| self.at(e))?;
        for (page, error) in unreadable {
            tracing::error!(page = page.0, %error, "a stored page cannot be read and is put aside");
            self.ask(|reply| Job::Quarantine { page, reply }).await?;
        }
        for claim in &mut claims {
            let authority = claim.url.authority();
            let known = self.cache().find(&authority);
            claim.robots = if let Some(copy) = known {
                copy
            } else {
                let copy = robots::load(self.pool(), &authority).await.map_err(|e| self.at(e))?;
                self.cache().put(authority, copy.clone());
                copy
            };
        }
        Ok(claims)
    }
}

fn ago(now: Timestamp, age: Duration) -> Timestamp {
    now.checked_sub(age).unwrap_or(Timestamp::MIN)
}
