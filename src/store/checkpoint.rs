//! Moves what was committed from the write-ahead log into the file, on a thread of its own: a commit does not wait for the
//! tens of thousands of pages that come together, and the log begins anew at the next commit after it.

use std::path::Path;
use std::thread::JoinHandle;
use std::time::Duration;

use super::sql::{self, Connection};

/// Pages of 4 KiB in the log after which it is emptied: with those that come meanwhile under 64 MB (LIMITS: larger is
/// faster, this is the bound).
const DUE: u32 = 9_000;
/// Pages after which the writer does it itself, because the thread cannot keep up.
const OVERDUE: u32 = 5 * DUE;
/// Pages that the thread may leave to the writer: some always come while it is at work, and only a log of which all was
/// copied begins anew.
const REST: u32 = DUE / 9;

/// When the log is emptied, and the thread that does it at present, if any.
pub(super) struct Checkpoint {
    due: u32,
    overdue: u32,
    /// Gives how many pages of the log it has copied.
    thread: Option<JoinHandle<u32>>,
}

impl Default for Checkpoint {
    fn default() -> Checkpoint {
        Checkpoint { due: DUE, overdue: OVERDUE, thread: None }
    }
}

impl Checkpoint {
    /// Empties the log if it is long; the writer calls it after its commits.
    pub(super) fn keep_short(&mut self, path: &Path, writer: &Connection) {
        let pages = sql::log_pages();
        // Asked for short logs too: what was copied of one says nothing of the next.
        let rest = self.copied().map(|copied| pages.saturating_sub(copied));
        if pages < self.due {
            return;
        }
        if pages >= self.overdue || rest.is_some_and(|rest| rest <= REST) {
            // A reader in the way is no error of ours; the next commit tries again.
            let _ = empty(writer);
        } else if self.thread.is_none() {
            self.begin(path);
        }
    }

    /// How many pages of the log the thread has copied, once it has ended; `None` if it copied none.
    fn copied(&mut self) -> Option<u32> {
        let thread = self.thread.take_if(|thread| thread.is_finished())?;
        thread.join().ok().filter(|copied| *copied > 0)
    }

    fn begin(&mut self, path: &Path) {
        let path = path.to_owned();
        let work = move || {
            let emptied = Connection::open(&path, Duration::ZERO).and_then(|conn| empty(&conn));
            emptied.unwrap_or_else(|error| {
                tracing::warn!(%error, "the write-ahead log was not emptied; it is tried again");
                0
            })
        };
        // Without the thread the log grows until the writer does it.
        self.thread = std::thread::Builder::new().name("checkpoint".into()).spawn(work).ok();
    }

    /// Waits for the thread.
    pub(super) fn end(&mut self) {
        if let Some(thread) = self.thread.take() {
            // What a thread that broke left in the log is emptied when the file is closed.
            let _ = thread.join();
        }
    }
}

/// Copies what is in the log, as far as no reader needs what it replaces; gives how many pages of the log are copied now.
/// Nobody is waited for.
fn empty(conn: &Connection) -> Result<u32, sql::Error> {
    let row = sql::query("pragma wal_checkpoint(passive)").fetch_one(conn)?;
    // Minus one: somebody else is at it.
    Ok(u32::try_from(row.get::<i64>(2)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::open;

    const ROWS: i64 = 5_000;

    /// A file, and a connection whose last commit is still in its log.
    async fn written(path: &Path) -> Connection {
        let conn = open::results(path).await.expect("creates");
        let rows = "with recursive n (at) as (values (1) union all select at + 1 from n where at < ?1)
                    insert into sites (name) select at from n";
        sql::query(rows).bind(ROWS).execute(&conn).expect("writes");
        assert!(sql::log_pages() > 10);
        conn
    }

    /// Rows in the file without its log.
    fn rows_of_file(path: &Path) -> i64 {
        let copy = path.with_extension("copy");
        std::fs::copy(path, &copy).expect("copies");
        let copy = Connection::open(&copy, Duration::ZERO).expect("opens");
        sql::query("select count(*) from sites").fetch_one(&copy).expect("reads").get(0)
    }

    #[tokio::test]
    async fn a_long_log_is_emptied_beside_the_writer() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("m.db");
        let conn = written(&path).await;

        let mut checkpoint = Checkpoint { due: 10, overdue: u32::MAX, thread: None };
        checkpoint.keep_short(&path, &conn);
        checkpoint.end();

        assert_eq!(rows_of_file(&path), ROWS);
        sql::query("insert into sites (name) values ('a')").execute(&conn).expect("writes");
        assert!(sql::log_pages() <= 10, "the log begins anew");
    }

    #[tokio::test]
    async fn the_writer_empties_what_came_meanwhile() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("m.db");
        let conn = written(&path).await;

        let mut checkpoint = Checkpoint { due: 10, overdue: u32::MAX, thread: None };
        // A reader sees the first commit only, so that the log cannot begin anew at the second.
        let reader = open::for_reading(&path).expect("opens");
        sql::query("begin; select count(*) from sites").execute(&reader).expect("reads");
        checkpoint.keep_short(&path, &conn);
        while checkpoint.thread.as_ref().is_some_and(|thread| !thread.is_finished()) {
            std::thread::yield_now();
        }
        let before = sql::log_pages();
        sql::query("insert into sites (name) values ('a')").execute(&conn).expect("writes");
        assert!(sql::log_pages() > before, "the log goes on");
        sql::query("commit").execute(&reader).expect("ends");
        checkpoint.keep_short(&path, &conn);
        assert!(checkpoint.thread.is_none());
        assert_eq!(rows_of_file(&path), ROWS + 1);
    }

    #[tokio::test]
    async fn a_log_that_is_far_too_long_is_emptied_by_the_writer_and_a_short_one_by_nobody() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("m.db");
        let conn = written(&path).await;

        for (limit, expected) in [(u32::MAX, 0), (10, ROWS)] {
            let mut checkpoint = Checkpoint { due: limit, overdue: limit, thread: None };
            checkpoint.keep_short(&path, &conn);
            assert!(checkpoint.thread.is_none());
            assert_eq!(rows_of_file(&path), expected);
        }
    }
}
