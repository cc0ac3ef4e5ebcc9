//! The one writer: a task that owns the writing connections and commits in groups.
//!
//! Jobs that are queued or arrive within [`GROUP_WAIT`] share one transaction, at most [`GROUP_SIZE`] of them. Each
//! runs in a savepoint: one that breaks a rule of the schema is rolled back alone. An error of the disk rolls the whole
//! group back, and every caller in it is told. Nobody is answered before COMMIT.

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::error::Fault;
use super::names::Names;
use super::prepare::Prepared;
use super::record::Stored;
use super::{RunStart, SiteRecord, StoreError, admit, record, runs, sites, upkeep};
use crate::model::{Admission, HostId, PageId, Timestamp};

/// Jobs in one transaction.
const GROUP_SIZE: usize = 64;
/// How long the first job of a group waits for company.
const GROUP_WAIT: Duration = Duration::from_millis(3);
/// How often the write lock is asked for while another program holds it; each time waits the busy timeout (5 s).
const BEGIN_ATTEMPTS: u32 = 24;

/// Where a job's answer goes.
pub(super) type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// One thing to write, whole or not at all.
pub(super) enum Job {
    Record { visit: Box<Prepared>, reply: Reply<Stored> },
    Admit { admissions: Vec<Admission>, now: Timestamp, reply: Reply<u64> },
    SyncSites { sites: Vec<SiteRecord>, seeds: Vec<Admission>, now: Timestamp, reply: Reply<()> },
    BeginRun { now: Timestamp, reply: Reply<RunStart> },
    EndRun { run: i64, now: Timestamp, reply: Reply<()> },
    Quarantine { page: PageId, now: Timestamp, reply: Reply<()> },
    Rewake { hosts: Vec<HostId>, reply: Reply<()> },
    DropOldFetches { before: Timestamp, reply: Reply<u64> },
    DropOldRawPages { before: Timestamp, reply: Reply<u64> },
    Optimize { reply: Reply<()> },
    Close { reply: Reply<()> },
}

/// What the writing task owns.
pub(super) struct Writer {
    pub(super) path: PathBuf,
    pub(super) archive_path: Option<PathBuf>,
    pub(super) conn: SqliteConnection,
    pub(super) archive: Option<SqliteConnection>,
    /// A transaction is open in the archive.
    pub(super) archive_began: bool,
    pub(super) names: Names,
    /// The operating system's lock; released after the connections are closed.
    pub(super) lock: File,
}

/// Sends a job's answer, or the error of its group's commit.
type Acknowledge = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

impl Writer {
    /// Works until the store is closed or dropped.
    pub(super) async fn work(mut self, mut jobs: mpsc::Receiver<Job>) {
        while let Some(first) = jobs.recv().await {
            let (group, close) = gather(first, &mut jobs).await;
            if !group.is_empty() {
                self.commit(group).await;
            }
            if let Some(reply) = close {
                jobs.close();
                let result = self.close().await;
                // A caller that is gone has nobody to tell.
                let _ = reply.send(result);
                return;
            }
        }
        if let Err(error) = self.close().await {
            tracing::error!(%error, "the database was not closed well");
        }
    }

    async fn commit(&mut self, group: Vec<Job>) {
        let (acknowledgements, result) = self.run_group(group).await;
        if let Err(error) = &result {
            tracing::error!(%error, visits = acknowledgements.len(), "a group was not stored");
        }
        for acknowledge in acknowledgements {
            acknowledge(result.clone());
        }
    }

    /// Runs a group in one transaction. Every job of it is answered with the result unless it has an error of its own.
    async fn run_group(&mut self, group: Vec<Job>) -> (Vec<Acknowledge>, Result<(), StoreError>) {
        let mut acknowledgements = Vec::with_capacity(group.len());
        let mut result = self.begin().await;
        for job in group {
            if result.is_err() {
                acknowledgements.push(refuse(job));
                continue;
            }
            let (acknowledge, go_on) = self.run_in_savepoint(job).await;
            acknowledgements.push(acknowledge);
            result = go_on;
        }
        if result.is_ok() {
            result = self.end().await;
        }
        if result.is_err() {
            self.abandon().await;
        }
        (acknowledgements, result)
    }

    async fn begin(&mut self) -> Result<(), StoreError> {
        let mut attempt = 0;
        loop {
            let began = sqlx::query("begin immediate").execute(&mut self.conn).await;
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
    async fn end(&mut self) -> Result<(), StoreError> {
        if self.archive_began
            && let Some(archive) = &mut self.archive
        {
            let done = sqlx::query("commit").execute(archive).await;
            done.map_err(|e| self.name_fault(Fault::Archive(e)))?;
            self.archive_began = false;
        }
        self.control("commit").await
    }

    /// Rolls back whatever is open. SQLite may have done so itself: errors here say nothing new.
    async fn abandon(&mut self) {
        let _ = sqlx::query("rollback").execute(&mut self.conn).await;
        if let Some(archive) = &mut self.archive
            && self.archive_began
        {
            let _ = sqlx::query("rollback").execute(archive).await;
        }
        self.archive_began = false;
        self.names.forget();
    }

    /// Runs one job. The error is the group's: the job's own, if there is one, waits in its acknowledgement.
    async fn run_in_savepoint(&mut self, job: Job) -> (Acknowledge, Result<(), StoreError>) {
        if let Err(error) = self.control("savepoint job").await {
            return (refuse(job), Err(error));
        }
        let (own, acknowledge) = self.run(job).await;
        let go_on = match own {
            Ok(()) => self.control("release job").await,
            Err(error) if error.concerns_one_job() => {
                self.names.forget();
                self.control("rollback to job; release job").await
            }
            Err(error) => Err(error),
        };
        (acknowledge, go_on)
    }

    /// Runs a statement of the transaction itself. If it fails, the whole transaction is gone, whatever SQLite says.
    async fn control(&mut self, sql: &'static str) -> Result<(), StoreError> {
        let done = sqlx::query(sql).execute(&mut self.conn).await;
        done.map(|_| ()).map_err(|error| match StoreError::from_sql(&self.path, error) {
            StoreError::Sql { path, source } | StoreError::Constraint { path, source } => {
                StoreError::Io { path, source }
            }
            other => other,
        })
    }

    async fn run(&mut self, job: Job) -> (Result<(), StoreError>, Acknowledge) {
        match job {
            Job::Record { visit, reply } => {
                let done = record::record(self, &visit).await;
                self.settle(done, reply)
            }
            Job::Admit { admissions, now, reply } => {
                let done = admit::admit_alone(self, &admissions, now).await;
                self.settle(done, reply)
            }
            Job::SyncSites { sites, seeds, now, reply } => {
                let done = sites::sync(self, &sites, &seeds, now).await;
                self.settle(done, reply)
            }
            Job::BeginRun { now, reply } => {
                let done = runs::begin(&mut self.conn, now).await;
                self.settle(done, reply)
            }
            Job::EndRun { run, now, reply } => {
                let done = runs::end(&mut self.conn, run, now).await;
                self.settle(done, reply)
            }
            Job::Quarantine { page, now, reply } => {
                let done = record::quarantine(&mut self.conn, page, now).await;
                self.settle(done, reply)
            }
            Job::Rewake { hosts, reply } => {
                let done = record::rewake_all(&mut self.conn, &hosts).await;
                self.settle(done, reply)
            }
            Job::DropOldFetches { before, reply } => {
                let done = upkeep::drop_old_fetches(&mut self.conn, before).await;
                self.settle(done, reply)
            }
            Job::DropOldRawPages { before, reply } => {
                let done = upkeep::drop_old_raw_pages(self, before).await;
                self.settle(done, reply)
            }
            Job::Optimize { reply } => {
                let done = upkeep::optimize(&mut self.conn).await;
                self.settle(done, reply)
            }
            Job::Close { reply } => self.settle(Ok(()), reply),
        }
    }

    /// Names the file of an error and keeps the answer until the group is committed.
    fn settle<T: Send + 'static>(
        &self,
        done: Result<T, Fault>,
        reply: Reply<T>,
    ) -> (Result<(), StoreError>, Acknowledge) {
        let done = done.map_err(|fault| self.name_fault(fault));
        let own = done.as_ref().map(|_| ()).map_err(Clone::clone);
        let acknowledge: Acknowledge = Box::new(move |group| {
            // A caller that is gone has nobody to tell.
            let _ = reply.send(group.and(done));
        });
        (own, acknowledge)
    }

    fn name_fault(&self, fault: Fault) -> StoreError {
        match fault {
            Fault::Results(error) => StoreError::from_sql(&self.path, error),
            Fault::Archive(error) => StoreError::from_sql(self.archive_path.as_ref().unwrap_or(&self.path), error),
        }
    }

    /// Empties the write-ahead log, closes the files, lets the lock go.
    async fn close(self) -> Result<(), StoreError> {
        let Writer { path, archive_path, mut conn, archive, archive_began: _, names: _, lock } = self;
        let at = |e| StoreError::from_sql(&path, e);
        let checkpoint = sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut conn).await;
        conn.close().await.map_err(at)?;
        if let Some(archive) = archive {
            archive.close().await.map_err(|e| StoreError::from_sql(archive_path.as_ref().unwrap_or(&path), e))?;
        }
        drop(lock);
        checkpoint.map(|_| ()).map_err(at)
    }
}

/// The first job and those that join it; and the reply of a close request, which ends the group.
async fn gather(first: Job, jobs: &mut mpsc::Receiver<Job>) -> (Vec<Job>, Option<Reply<()>>) {
    let mut group = Vec::with_capacity(8);
    let deadline = Instant::now() + GROUP_WAIT;
    let mut next = Some(first);
    while let Some(job) = next {
        if let Job::Close { reply } = job {
            return (group, Some(reply));
        }
        group.push(job);
        if group.len() == GROUP_SIZE {
            break;
        }
        // The end of the wait and the end of the channel both end the group.
        next = tokio::time::timeout_at(deadline, jobs.recv()).await.ok().flatten();
    }
    (group, None)
}

/// Answers a job that did not run with its group's error.
fn refuse(job: Job) -> Acknowledge {
    fn tell<T: Send + 'static>(reply: Reply<T>) -> Acknowledge {
        Box::new(move |group| {
            if let Err(error) = group {
                // A caller that is gone has nobody to tell.
                let _ = reply.send(Err(error));
            }
        })
    }
    match job {
        Job::Record { reply, .. } => tell(reply),
        Job::Admit { reply, .. } | Job::DropOldFetches { reply, .. } | Job::DropOldRawPages { reply, .. } => {
            tell(reply)
        }
        Job::BeginRun { reply, .. } => tell(reply),
        Job::SyncSites { reply, .. }
        | Job::EndRun { reply, .. }
        | Job::Quarantine { reply, .. }
        | Job::Rewake { reply, .. }
        | Job::Optimize { reply }
        | Job::Close { reply } => tell(reply),
    }
}
