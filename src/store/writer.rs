//! The one writer: a task that owns the writing connections and commits in groups.
//!
//! Jobs that are queued share one transaction, at most [`GROUP_SIZE`] of them, and so do visits and addresses that arrive
//! within [`GROUP_WAIT`]; nothing else waits for company. If one breaks a rule of the schema, the group is rolled back
//! and run again with a savepoint for each job, so that only the broken one is lost. (Savepoints for all from the start
//! would cost more than everything else: FTS5 writes its pending words to disk at each.) An error of the disk rolls the
//! whole group back, and every caller in it is told. Nobody is answered before COMMIT.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::admit::{self, Admitted};
use super::checkpoint::Checkpoint;
use super::drift::{self, Watch};
use super::error::Fault;
use super::names::Names;
use super::prepare::Prepared;
use super::promise::Promise;
use super::recall::Recall;
use super::record::Stored;
use super::search::SearchQueue;
use super::sql::{self, Connection};
use super::wal::Wal;
use super::{RunStart, SiteRecord, StoreError, hosts, near, open, recall, record, runs, sites, upkeep};
use crate::model::{Admission, HostId, HostPace, PageId, Timestamp};

/// Jobs in one transaction.
const GROUP_SIZE: usize = 64;
/// How long the first job of a group waits for company: a page of the file that several of them change is written once.
/// Its host waits longer anyway, out of politeness.
const GROUP_WAIT: Duration = Duration::from_millis(15);
/// How often the write lock is asked for while another program holds it; each time waits the busy timeout (5 s).
const BEGIN_ATTEMPTS: u32 = 24;

/// One thing to write, whole or not at all.
pub(super) enum Job {
    Record { visit: Box<Prepared>, reply: Promise<Stored> },
    Admit { admissions: Vec<Admission>, found_on: Option<PageId>, now: Timestamp, reply: Promise<Admitted> },
    SyncSites { sites: Vec<SiteRecord>, seeds: Vec<Admission>, now: Timestamp, reply: Promise<()> },
    BeginRun { now: Timestamp, reply: Promise<RunStart> },
    MovePlansBack { by: Duration, reply: Promise<()> },
    EndRun { run: i64, now: Timestamp, reply: Promise<()> },
    Quarantine { page: PageId, until: Timestamp, reply: Promise<()> },
    Rewake { hosts: Vec<HostId>, reply: Promise<()> },
    NotePace { pace: Box<HostPace>, requests: usize, now: Timestamp, reply: Promise<()> },
    Suggest { alert: i64, css: String, reply: Promise<()> },
    DropOldFetches { before: Timestamp, reply: Promise<u64> },
    DropOldRawPages { before: Timestamp, reply: Promise<u64> },
    Optimize { reply: Promise<()> },
    Close { reply: Promise<()> },
}

/// What the writing task owns.
pub(super) struct Writer {
    pub(super) path: PathBuf,
    pub(super) archive_path: Option<PathBuf>,
    pub(super) conn: Connection,
    pub(super) archive: Option<Connection>,
    /// A transaction is open in the archive.
    pub(super) archive_began: bool,
    pub(super) names: Names,
    pub(super) recall: Recall,
    /// Empty between groups.
    pub(super) search: SearchQueue,
    pub(super) watch: Watch,
    pub(super) checkpoint: Checkpoint,
    pub(super) near: near::Near,
    /// Shared with the store, which pauses claims by it.
    pub(super) wal: Arc<Wal>,
    /// The operating system's lock; released after the connections are closed.
    pub(super) lock: File,
}

impl Writer {
    /// Works until the store is closed or dropped.
    pub(super) fn work(mut self, mut jobs: mpsc::Receiver<Job>, clock: &Handle) {
        while let Some(first) = jobs.blocking_recv() {
            let (group, close) = clock.block_on(gather(first, &mut jobs));
            if !group.is_empty() {
                self.commit(group);
            }
            if let Some(mut reply) = close {
                jobs.close();
                let result = reply.keep(self.close());
                reply.tell(result);
                return;
            }
        }
        if let Err(error) = self.close() {
            tracing::error!(%error, "the database was not closed well");
        }
    }

    /// Tries to empty a log that is over its limit, without holding the writer longer than 100 ms.
    fn shorten_log(&mut self) {
        if !self.wal.is_over() {
            return;
        }
        for pragma in ["pragma busy_timeout = 100", "pragma wal_checkpoint(truncate)", "pragma busy_timeout = 5000"] {
            // A reader in the way is no error of ours; the next group tries again.
            let _ = sql::query(pragma).execute(&self.conn);
        }
    }

    /// Lets the known addresses be read if they were forgotten or are too many for their table.
    fn recall_pages(&mut self) {
        // Room for fewer is no fault of the group.
        let addresses = || open::addresses(&self.conn).unwrap_or_default();
        let known = recall::lock(&self.names.pages);
        let is_due = known.is_emptied() || known.is_small_for(addresses);
        drop(known);
        if is_due {
            self.recall.start(&self.path, &self.names.pages, addresses());
        }
    }

    fn commit(&mut self, mut group: Vec<Job>) {
        let mut result = self.run_together(&mut group);
        if result.as_ref().is_err_and(StoreError::concerns_one_job) {
            result = self.run_apart(&mut group);
        }
        if let Err(error) = &result {
            tracing::error!(%error, jobs = group.len(), "a group was not stored");
        }
        self.checkpoint.keep_short(&self.path, &self.conn);
        self.shorten_log();
        self.recall_pages();
        for job in group {
            job.tell(result.clone());
        }
    }

    /// Runs a group in one transaction; the first error ends it.
    fn run_together(&mut self, group: &mut [Job]) -> Result<(), StoreError> {
        let mut result = self.begin();
        for job in group {
            if result.is_ok() {
                result = self.run(job);
            }
            if result.is_ok() && self.search.is_large() {
                result = self.write_search();
            }
        }
        if result.is_ok() {
            result = self.write_pending();
        }
        self.end_or_abandon(result)
    }

    /// Writes what jobs left for later; the search index last, see its module.
    fn write_pending(&mut self) -> Result<(), StoreError> {
        let done = self.watch.write(&self.conn);
        done.map_err(|error| self.name_fault(Fault::Results(error)))?;
        self.write_search()
    }

    fn write_search(&mut self) -> Result<(), StoreError> {
        let done = self.search.write(&self.conn);
        done.map_err(|fault| self.name_fault(fault))
    }

    /// Runs a group in one transaction, each job in a savepoint. The result is the group's; a job that broke a rule
    /// keeps its own error.
    fn run_apart(&mut self, group: &mut [Job]) -> Result<(), StoreError> {
        let mut result = self.begin();
        for job in group {
            if result.is_ok() {
                result = self.run_in_savepoint(job);
            }
        }
        self.end_or_abandon(result)
    }

    fn end_or_abandon(&mut self, ran: Result<(), StoreError>) -> Result<(), StoreError> {
        let result = match ran {
            Ok(()) => self.end(),
            Err(error) => Err(error),
        };
        if result.is_err() {
            self.abandon();
        }
        result
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        let mut attempt = 0;
        loop {
            let began = sql::query("begin immediate").execute(&self.conn);
            let error = match began {
                Ok(_) => return Ok(()),
                Err(error) => StoreError::from_sql(&self.path, error),
            };
            attempt += 1;
            if !matches!(error, StoreError::Busy { .. }) || attempt == BEGIN_ATTEMPTS {
                return Err(error);
            }
            tracing::warn!(database = %self.path.display(), "another program holds the write lock; waiting");
        }
    }

    /// Commits; the archive first, so that no row of the results names a page that is not there.
    fn end(&mut self) -> Result<(), StoreError> {
        if self.archive_began
            && let Some(archive) = &mut self.archive
        {
            let done = sql::query("commit").execute(archive);
            done.map_err(|e| self.name_fault(Fault::Archive(e)))?;
            self.archive_began = false;
        }
        self.control("commit")
    }

    /// Rolls back whatever is open. SQLite may have done so itself: errors here say nothing new.
    fn abandon(&mut self) {
        let _ = sql::query("rollback").execute(&self.conn);
        if let Some(archive) = &mut self.archive
            && self.archive_began
        {
            let _ = sql::query("rollback").execute(archive);
        }
        self.archive_began = false;
        self.search.clear();
        self.names.forget();
        self.watch.forget();
    }

    /// Runs one job. An error is the whole group's.
    fn run_in_savepoint(&mut self, job: &mut Job) -> Result<(), StoreError> {
        self.control("savepoint job")?;
        match self.run(job) {
            Ok(()) => {
                // The job has its answer by now, so a failure here must be the group's.
                self.write_pending().map_err(of_the_group)?;
                self.control("release job")
            }
            Err(error) if error.concerns_one_job() => {
                tracing::error!(%error, "a job broke a rule and was rolled back");
                self.search.clear();
                self.names.forget();
                self.watch.forget();
                self.control("rollback to job; release job")
            }
            Err(error) => Err(error),
        }
    }

    /// Runs a statement of the transaction itself. If it fails, the whole transaction is gone, whatever SQLite says.
    fn control(&mut self, sql: &'static str) -> Result<(), StoreError> {
        let done = sql::query(sql).execute(&self.conn);
        done.map(|_| ()).map_err(|error| of_the_group(StoreError::from_sql(&self.path, error)))
    }

    /// Runs one job and keeps its answer; gives its own error.
    fn run(&mut self, job: &mut Job) -> Result<(), StoreError> {
        match job {
            Job::Record { visit, reply } => {
                let done = record::record(self, visit);
                reply.keep(done.map_err(|fault| self.name_fault(fault)))
            }
            Job::Admit { admissions, found_on, now, reply } => {
                let done = admit::admit_alone(self, admissions, *found_on, *now);
                reply.keep(done.map_err(|fault| self.name_fault(fault)))
            }
            Job::SyncSites { sites, seeds, now, reply } => {
                let done = sites::sync(self, sites, seeds, *now);
                reply.keep(done.map_err(|fault| self.name_fault(fault)))
            }
            Job::BeginRun { now, reply } => {
                let done = runs::begin(&self.conn, *now);
                reply.keep(done.map_err(|fault| self.name_fault(fault)))
            }
            Job::MovePlansBack { by, reply } => {
                let done = runs::move_plans_back(&self.conn, *by);
                reply.keep(done.map_err(|fault| self.name_fault(fault)))
            }
            Job::EndRun { run, now, reply } => {
                let done = runs::end(&self.conn, *run, *now);
                reply.keep(done.map_err(|fault| self.name_fault(fault)))
            }
            Job::Quarantine { page, until, reply } => {
                let done = record::quarantine(&self.conn, *page, *until);
                reply.keep(done.map_err(|fault| self.name_fault(fault)))
            }
            Job::Rewake { hosts, reply } => {
                let done = hosts::rewake_all(&self.conn, hosts);
                reply.keep(done.map_err(|fault| self.name_fault(fault)))
            }
            Job::NotePace { pace, requests, now, reply } => {
                let done = hosts::note_pace(self, pace, *requests, *now);
                reply.keep(done.map_err(|fault| self.name_fault(fault)))
            }
            Job::Suggest { alert, css, reply } => {
                let done = drift::suggest(&self.conn, *alert, css);
                reply.keep(done.map_err(|error| self.name_fault(Fault::Results(error))))
            }
            Job::DropOldFetches { before, reply } => {
                let done = upkeep::drop_old_fetches(&self.conn, *before);
                reply.keep(done.map_err(|fault| self.name_fault(fault)))
            }
            Job::DropOldRawPages { before, reply } => {
                let done = upkeep::drop_old_raw_pages(self, *before);
                reply.keep(done.map_err(|fault| self.name_fault(fault)))
            }
            Job::Optimize { reply } => {
                let done = upkeep::optimize(&self.conn);
                reply.keep(done.map_err(|fault| self.name_fault(fault)))
            }
            // Ends the loop; it is never part of a group.
            Job::Close { reply } => reply.keep(Ok(())),
        }
    }

    fn name_fault(&self, fault: Fault) -> StoreError {
        match fault {
            Fault::Results(error) => StoreError::from_sql(&self.path, error),
            Fault::Archive(error) => StoreError::from_sql(self.archive_path.as_ref().unwrap_or(&self.path), error),
        }
    }

    /// Empties the write-ahead log, closes the files, lets the lock go.
    fn close(self) -> Result<(), StoreError> {
        let Writer {
            path,
            archive_path,
            conn,
            archive,
            archive_began: _,
            names,
            mut recall,
            search: _,
            watch: _,
            mut checkpoint,
            near: _,
            wal: _,
            lock,
        } = self;
        let at = |e| StoreError::from_sql(&path, e);
        recall.end(&names.pages);
        checkpoint.end();
        let checkpoint = sql::query("pragma wal_checkpoint(truncate)").execute(&conn);
        conn.close().map_err(at)?;
        if let Some(archive) = archive {
            archive.close().map_err(|e| StoreError::from_sql(archive_path.as_ref().unwrap_or(&path), e))?;
        }
        drop(lock);
        checkpoint.map(|_| ()).map_err(at)
    }
}

/// The error as one that concerns more than one job.
fn of_the_group(error: StoreError) -> StoreError {
    match error {
        StoreError::Sql { path, source } | StoreError::Constraint { path, source } => StoreError::Io { path, source },
        other => other,
    }
}

/// The first job and those that join it; and the reply of a close request, which ends the group.
async fn gather(first: Job, jobs: &mut mpsc::Receiver<Job>) -> (Vec<Job>, Option<Promise<()>>) {
    let mut group = Vec::with_capacity(8);
    let deadline = Instant::now() + GROUP_WAIT;
    let (mut next, mut waits) = (Some(first), true);
    while let Some(job) = next {
        if let Job::Close { reply } = job {
            return (group, Some(reply));
        }
        waits &= matches!(job, Job::Record { .. } | Job::Admit { .. });
        group.push(job);
        if group.len() == GROUP_SIZE {
            break;
        }
        // The end of the wait and the end of the channel both end the group.
        next = if waits {
            tokio::time::timeout_at(deadline, jobs.recv()).await.ok().flatten()
        } else {
            jobs.try_recv().ok()
        };
    }
    (group, None)
}

impl Job {
    /// Sends the answer, or the error of the group's transaction.
    fn tell(self, group: Result<(), StoreError>) {
        match self {
            Job::Record { reply, .. } => reply.tell(group),
            Job::BeginRun { reply, .. } => reply.tell(group),
            Job::Admit { reply, .. } => reply.tell(group),
            Job::DropOldFetches { reply, .. } | Job::DropOldRawPages { reply, .. } => reply.tell(group),
            Job::SyncSites { reply, .. }
            | Job::MovePlansBack { reply, .. }
            | Job::EndRun { reply, .. }
            | Job::Quarantine { reply, .. }
            | Job::Rewake { reply, .. }
            | Job::NotePace { reply, .. }
            | Job::Suggest { reply, .. }
            | Job::Optimize { reply }
            | Job::Close { reply } => reply.tell(group),
        }
    }
}
