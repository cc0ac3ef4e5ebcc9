//! Moves what was committed from the write-ahead log into the file, on a thread of its own: a commit does not wait for the
//! tens of thousands of pages that come together, and the log begins anew at the next commit after it.

use std::path::Path;
use std::thread::JoinHandle;

use super::sql::{self, Connection};

/// Pages of 4 KiB in the log after which it is emptied: under 64 MB in normal work (LIMITS: larger is faster, this is the
/// bound).
const DUE: u32 = 12_000;
/// Pages after which the writer does it itself, because the thread cannot keep up.
const OVERDUE: u32 = 4 * DUE;
/// Looks at what was committed while the looks before were at work.
const LOOKS: usize = 3;

/// The thread that empties the log at present, if any.
#[derive(Default)]
pub(super) struct Checkpoint {
    thread: Option<JoinHandle<()>>,
}

impl Checkpoint {
    /// Empties the log if it is long; the writer calls it after its commits.
    pub(super) fn keep_short(&mut self, path: &Path, writer: &Connection) {
        let pages = sql::log_pages();
        if pages >= OVERDUE {
            // A reader in the way is no error of ours; the next commit tries again.
            let _ = empty(writer);
        } else if pages >= DUE && self.thread.as_ref().is_none_or(JoinHandle::is_finished) {
            let path = path.to_owned();
            let work = move || {
                let emptied = Connection::open(&path, std::time::Duration::ZERO).and_then(|conn| empty(&conn));
                if let Err(error) = emptied {
                    tracing::warn!(%error, "the write-ahead log was not emptied; it is tried again");
                }
            };
            // Without the thread the log grows until the writer does it.
            self.thread = std::thread::Builder::new().name("checkpoint".into()).spawn(work).ok();
        }
    }

    /// Waits for the thread.
    pub(super) fn end(&mut self) {
        if let Some(thread) = self.thread.take() {
            // What a thread that broke left in the log is emptied when the file is closed.
            let _ = thread.join();
        }
    }
}

/// Copies what is in the log, as far as no reader needs what it replaces. Nobody is waited for.
fn empty(conn: &Connection) -> Result<(), sql::Error> {
    for _ in 0..LOOKS {
        let row = sql::query("pragma wal_checkpoint(passive)").fetch_one(conn)?;
        let (pages, copied): (i64, i64) = (row.get(1), row.get(2));
        if copied == pages {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::open;

    #[tokio::test]
    async fn what_was_committed_is_in_the_file_without_its_log() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("m.db");
        let conn = open::results(&path).await.expect("creates");
        let rows = "with recursive n (at) as (values (1) union all select at + 1 from n where at < 5000)
                    insert into sites (name) select at from n";
        sql::query(rows).execute(&conn).expect("writes");
        assert!(sql::log_pages() > 10);

        let other = Connection::open(&path, std::time::Duration::ZERO).expect("opens");
        empty(&other).expect("empties");

        let copy = folder.path().join("copy.db");
        std::fs::copy(&path, &copy).expect("copies");
        let copy = Connection::open(&copy, std::time::Duration::ZERO).expect("opens");
        let row = sql::query("select count(*) from sites").fetch_one(&copy).expect("reads");
        assert_eq!(row.get::<i64>(0), 5_000);
        sql::query("insert into sites (name) values ('a')").execute(&conn).expect("writes");
        assert!(sql::log_pages() <= 10, "the log begins anew");
    }
}
