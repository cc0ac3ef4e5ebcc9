//! store remembers: the only home of SQL.
//!
//! One process owns a database: [`Store`] holds the operating system's lock, one task writes ([`writer`]'s groups
//! share a commit), a pool reads. [`Reader`] is the read-only half, for the command line beside a running daemon.
//! No `sqlx` type and no row leaves this module; it decides nothing and knows nothing of the network.
//! `tests/store.rs` shows every method in use, `docs/SCHEMA.md` the tables.

mod admit;
mod aliases;
mod archive;
mod articles;
mod boilerplate;
mod checkpoint;
mod claim;
mod complete;
mod drift;
mod error;
mod fetch_log;
mod fields;
mod headlines;
mod health;
mod history;
mod hosts;
mod keys;
mod known;
mod learnt;
mod lists;
mod names;
mod near;
mod near_memory;
mod open;
mod parts;
mod prepare;
mod promise;
mod reader;
mod recall;
mod record;
mod robots;
mod runs;
mod search;
mod sites;
mod sources;
mod sql;
mod upkeep;
mod values;
mod wal;
mod when;
mod why;
mod writer;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use self::admit::Admitted;
use self::checkpoint::Checkpoint;
pub use self::error::{Cause, StoreError};
pub use self::keys::key_hash;
use self::known::KnownPages;
use self::prepare::Prepared;
use self::promise::Promise;
pub use self::reader::Reader;
use self::search::SearchQueue;
use self::wal::Wal;
use self::writer::{Job, Writer};
use crate::config;
use crate::model::{Admission, Claim, HostId, HostPace, Outcome, PageId, PageUrl, RobotsUse, Timestamp, Visit};

/// Jobs that wait for the writer; more wait at the door.
const QUEUE: usize = 256;
/// Body size from which a visit is prepared on the blocking pool: below it takes less than a millisecond.
const LARGE_BODY: usize = 256 << 10;
/// Addresses that are admitted in one job.
const SLICE: usize = 1_000;

/// Between two looks at a log that is too long.
const PAUSE: Duration = Duration::from_secs(1);

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

/// A field that used to be found on a site is not found any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its row, for [`Store::suggest`].
    pub id: i64,
    /// The field: `title`; `profile:title` if the site's profile used to give it; `article` if pages that look like
    /// articles are none.
    pub field: String,
}

/// What recording a visit did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The article.
    pub article: ArticleChange,
    /// Pages that were not known before.
    pub new_pages: u32,
    /// Headlines that were not known before.
    pub new_headlines: u32,
    /// Alerts that it raised.
    pub alerts: Vec<Alert>,
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
    /// Raw pages are kept.
    has_archive: bool,
    jobs: mpsc::Sender<Job>,
    reader: Reader,
    /// Claims are some statements of a tenth of a millisecond: they run where they are asked for.
    /// `None` once the store is closed.
    claims: Mutex<Option<sql::Connection>>,
    robots: Mutex<robots::Cache>,
    learnt: Mutex<learnt::Cache>,
    boilerplate: Mutex<boilerplate::Cache>,
    wal: Arc<Wal>,
    known: Arc<Mutex<KnownPages>>,
}

impl Store {
    /// Opens the results file and, if named, the archive of raw pages; creates and migrates them.
    ///
    /// Must run inside a tokio runtime, whose clock the writing thread uses.
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
        open::all_readers(reader.pool(), path).await?;
        Store::start(
            Writer {
                path: path.to_owned(),
                archive_path: archive.map(Path::to_owned),
                conn,
                archive: archive_conn,
                archive_began: false,
                names: names::Names::default(),
                recall: recall::Recall::default(),
                wal: Arc::new(Wal::new(path)),
                search: SearchQueue::default(),
                watch: drift::Watch::default(),
                checkpoint: Checkpoint::default(),
                near: near::Near::default(),
                lock,
            },
            reader,
        )
    }

    fn start(writer: Writer, reader: Reader) -> Result<Store, StoreError> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let has_archive = writer.archive.is_some();
        let (path, wal, known) = (writer.path.clone(), writer.wal.clone(), writer.names.pages.clone());
        let claims = open::for_reading(&path).map_err(|e| StoreError::from_sql(&path, e))?;
        let inner = Inner {
            path,
            has_archive,
            jobs,
            reader,
            claims: Mutex::new(Some(claims)),
            robots: Mutex::default(),
            learnt: Mutex::default(),
            boilerplate: Mutex::default(),
            wal,
            known,
        };
        // A thread of its own, on which SQLite works: no statement is handed to another.
        let clock = tokio::runtime::Handle::current();
        let work = move || writer.work(queue, &clock);
        std::thread::Builder::new()
            .name("store".into())
            .spawn(work)
            .map_err(|e| StoreError::from_io(&inner.path, e))?;
        Ok(Store { inner: Arc::new(inner) })
    }

    /// Pauses claims while the write-ahead log is longer than this; without a call there is no limit.
    pub fn limit_wal(&self, bytes: u64) {
        self.inner.wal.set_limit(bytes);
    }

    /// The read-only half.
    pub fn reader(&self) -> &Reader {
        &self.inner.reader
    }

    /// Whether all addresses of the frontier are known by heart. After [`Store::sync_sites`] they are read in the background;
    /// until then each is looked up when it is found again.
    pub fn knows_the_frontier(&self) -> bool {
        recall::lock(&self.inner.known).is_whole()
    }

    /// Notes a start. If the run before it did not end well, every host first waits its own delay once, because its
    /// last request may not be recorded: so the pace holds across a crash. If the clock was set back since the last
    /// request, all plans move along.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn begin_run(&self, now: Timestamp) -> Result<RunStart, StoreError> {
        self.ask(|reply| Job::BeginRun { now, reply }).await
    }

    /// Moves the times of all plans back by this much, because the wall clock was: hosts and pages wait as long as they
    /// would have.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn move_plans_back(&self, by: Duration) -> Result<(), StoreError> {
        self.ask(|reply| Job::MovePlansBack { by, reply }).await
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
        let admitted = self.ask(|reply| Job::Admit { admissions, found_on: None, now, reply }).await?;
        Ok(u64::from(admitted.new_pages))
    }

    /// The next page of each ready host that is not busy, at most `limit`, the longest waiting host first.
    ///
    /// Empty, after a second, while the write-ahead log is over its limit.
    ///
    /// A due source goes before new pages, and these before revisits. Writes nothing: a page stays due until it is
    /// recorded. A row that cannot be turned into a claim is put aside and reported, so that it blocks nobody.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn claim(&self, now: Timestamp, limit: usize, busy: &HashSet<HostId>) -> Result<Vec<Claim>, StoreError> {
        if self.is_paused().await? {
            return Ok(Vec::new());
        }
        let mut found = self.look_up(|conn| claim::due(conn, now, limit, busy))?;
        let idle = std::mem::take(&mut found.idle);
        if !idle.is_empty() {
            self.ask(|reply| Job::Rewake { hosts: idle, reply }).await?;
        }
        self.complete(found).await
    }

    /// The earliest instant at which a host that is not busy has something to do; `None` if none ever has.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn next_wake(&self, busy: &HashSet<HostId>) -> Result<Option<Timestamp>, StoreError> {
        self.look_up(|conn| claim::next_wake(conn, busy))
    }

    /// Remembers a visit, whole or not at all; returns after COMMIT. Safe to repeat.
    ///
    /// Of more than [`SLICE`] addresses that it found, the others are admitted before, in slices: other visits are recorded
    /// between these. If the process dies meanwhile, the page is still due and its addresses are known already.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] and [`StoreError::Sql`]: this visit broke a rule and nothing of it is stored.
    /// Everything else: the disk failed, nothing of its group is stored, and the page is still due.
    pub async fn record(&self, mut visit: Visit) -> Result<Recorded, StoreError> {
        let read = match &visit.fetched.receipt.robots {
            RobotsUse::Read(copy) => Some(copy.clone()),
            RobotsUse::None | RobotsUse::Known(_) => None,
        };
        let host = visit.claim.host_id;
        let admitted = self.admit_slices(&mut visit).await?;
        let visit = Box::new(Prepared { admitted, ..self.prepare(visit).await? });
        let stored = self.ask(|reply| Job::Record { visit, reply }).await?;
        if let Some(mut copy) = read {
            copy.id = stored.robots;
            self.cache().put(copy.authority.clone(), Some(copy));
        }
        if stored.boilerplate_changed {
            self.boilerplate_cache().forget(host);
        }
        Ok(stored.recorded)
    }

    /// Notes the pace of a host that was asked so many times outside a visit; enters the host if it is new.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn note_pace(&self, pace: HostPace, requests: usize, now: Timestamp) -> Result<(), StoreError> {
        let pace = Box::new(pace);
        self.ask(|reply| Job::NotePace { pace, requests, now, reply }).await
    }

    /// Notes the selector that was proposed for an alert.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn suggest(&self, alert: i64, css: String) -> Result<(), StoreError> {
        self.ask(|reply| Job::Suggest { alert, css, reply }).await
    }

    /// Puts a page aside until an instant: its parsing killed the process, or its visit could not be recorded.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn quarantine(&self, page: PageId, until: Timestamp) -> Result<(), StoreError> {
        self.ask(|reply| Job::Quarantine { page, until, reply }).await
    }

    /// The claim of one address, due or not; `None` if the frontier does not know it.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn claim_url(&self, url: &PageUrl) -> Result<Option<Claim>, StoreError> {
        let page = self.look_up(|conn| keys::find(conn, &url.key()))?;
        let found = self.look_up(|conn| claim::load(conn, page.as_slice()))?;
        let claims = self.complete(found).await?;
        Ok(claims.into_iter().next())
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
        self.inner.reader.pool().close().await;
        self.claims().take();
        self.ask(|reply| Job::Close { reply }).await
    }

    /// Whether the log is over its limit even after another try to empty it; then a second is spent here, so that a
    /// caller's loop does not spin.
    async fn is_paused(&self) -> Result<bool, StoreError> {
        let wal = &self.inner.wal;
        let mut over = wal.is_over();
        if over {
            // Every group, this empty one as well, ends with a look at the log.
            self.ask(|reply| Job::Rewake { hosts: Vec::new(), reply }).await?;
            over = wal.is_over();
        }
        wal.report(over);
        if over {
            tokio::time::sleep(PAUSE).await;
        }
        Ok(over)
    }

    /// Reads what is committed, at once.
    fn look_up<T>(&self, read: impl FnOnce(&sql::Connection) -> Result<T, sql::Error>) -> Result<T, StoreError> {
        let path = &self.inner.path;
        let claims = self.claims();
        let conn = claims.as_ref().ok_or_else(|| StoreError::Closed { path: path.clone() })?;
        read(conn).map_err(|e| StoreError::from_sql(path, e))
    }

    fn claims(&self) -> std::sync::MutexGuard<'_, Option<sql::Connection>> {
        // A statement that panicked has ended.
        self.inner.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, robots::Cache> {
        // The cache is whole after every step, so a panic elsewhere cannot have broken it.
        self.inner.robots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn learnt_cache(&self) -> std::sync::MutexGuard<'_, learnt::Cache> {
        // As above.
        self.inner.learnt.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn boilerplate_cache(&self) -> std::sync::MutexGuard<'_, boilerplate::Cache> {
        // As above.
        self.inner.boilerplate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a job to the writer and waits for its answer.
    async fn ask<T>(&self, job: impl FnOnce(Promise<T>) -> Job) -> Result<T, StoreError> {
        let closed = || StoreError::Closed { path: self.inner.path.clone() };
        let (reply, answer) = oneshot::channel();
        self.inner.jobs.send(job(Promise::new(reply))).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Admits all but the first slice of a visit's addresses.
    async fn admit_slices(&self, visit: &mut Visit) -> Result<Admitted, StoreError> {
        let mut admitted = Admitted::default();
        let first = visit.plan.admit.len().min(SLICE);
        let mut rest = visit.plan.admit.split_off(first).into_iter();
        while rest.len() > 0 {
            let admissions = rest.by_ref().take(SLICE).collect();
            let found_on = Some(visit.claim.page);
            admitted.add(self.ask(|reply| Job::Admit { admissions, found_on, now: visit.at, reply }).await?);
        }
        Ok(admitted)
    }

    async fn prepare(&self, visit: Visit) -> Result<Prepared, StoreError> {
        let large = match &visit.fetched.outcome {
            Outcome::Page(page) => page.body.len() >= LARGE_BODY,
            Outcome::NotModified { .. } | Outcome::Redirect { .. } | Outcome::Refused(_) | Outcome::Failed(_) => false,
        };
        if !large {
            return Ok(Prepared::new(visit, self.inner.has_archive));
        }
        let has_archive = self.inner.has_archive;
        let prepared = tokio::task::spawn_blocking(move || Prepared::new(visit, has_archive)).await;
        prepared.map_err(|e| StoreError::Sql { path: self.inner.path.clone(), source: Arc::new(e) })
    }
}

fn ago(now: Timestamp, age: Duration) -> Timestamp {
    now.checked_sub(age).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FoundBy, PageKind, PageUrl};

    fn admissions(host: &str, count: usize) -> Vec<Admission> {
        let url = |n| PageUrl::parse(&format!("http://{host}/{n}/{}", "x".repeat(1000))).expect("an address");
        let admission = |n| Admission {
            url: url(n),
            site: "paper".into(),
            kind: PageKind::Unknown,
            depth: 0,
            hops: 0,
            priority: 0,
            dated: true,
            found_by: FoundBy::Seed,
        };
        (0..count).map(admission).collect()
    }

    /// A store that may grow by about 400 KiB.
    async fn small_store(path: &Path) -> Store {
        let conn = open::results(path).await.expect("creates");
        let pages: i64 = sql::query("pragma page_count").fetch_one(&conn).expect("a number").get(0);
        sql::query(&format!("pragma max_page_count = {}", pages + 100)).execute(&conn).expect("limits");
        let reader = Reader::open(path).await.expect("opens");
        let lock = open::lock(path).await.expect("locks");
        let wal = Arc::new(Wal::new(path));
        let path = path.to_owned();
        let names = names::Names::default();
        Store::start(
            Writer {
                path,
                archive_path: None,
                conn,
                archive: None,
                archive_began: false,
                names,
                recall: recall::Recall::default(),
                search: SearchQueue::default(),
                watch: drift::Watch::default(),
                checkpoint: Checkpoint::default(),
                near: near::Near::default(),
                wal,
                lock,
            },
            reader,
        )
        .expect("starts")
    }

    #[tokio::test]
    async fn a_full_disk_is_told_to_the_whole_group_and_work_goes_on_after() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = small_store(&folder.path().join("m.db")).await;

        let (first, second, third) = tokio::join!(
            store.admit(admissions("a.example", 1), Timestamp::UNIX_EPOCH),
            store.admit(admissions("b.example", 1000), Timestamp::UNIX_EPOCH),
            store.admit(admissions("c.example", 1), Timestamp::UNIX_EPOCH),
        );
        for answer in [first, second, third] {
            assert!(matches!(answer, Err(StoreError::Full { .. })), "{answer:?}");
        }

        assert_eq!(store.admit(admissions("a.example", 2), Timestamp::UNIX_EPOCH).await.expect("fits"), 2);
        let claims = store.claim(Timestamp::UNIX_EPOCH, 9, &HashSet::new()).await.expect("claims");
        assert_eq!(claims.len(), 1);
        assert!(store.reader().integrity().await.expect("checks").is_empty());
    }
}
