//! Fills the memory of known addresses from the frontier, on a thread of its own, after it was emptied: at a start, and when a
//! transaction was undone. A crawl goes on meanwhile; what is not known yet is looked up.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::known::{KnownPages, Offer};
use super::open;
use super::sql::{self, Connection};
use crate::model::{HostId, PageKind};

/// Rows that are read at once, a millisecond's work.
const BATCH: i64 = 1_000;

/// The thread that fills the memory at present, if any.
#[derive(Default)]
pub(super) struct Recall {
    thread: Option<JoinHandle<()>>,
}

impl Recall {
    /// Empties the memory and fills it anew. `addresses`: how many the frontier has.
    pub(super) fn start(&mut self, path: &Path, known: &Arc<Mutex<KnownPages>>, addresses: usize) {
        self.end(known);
        let epoch = lock(known).begin(addresses);
        let (known, path) = (known.clone(), path.to_owned());
        let work = move || {
            if let Err(error) = fill(&path, &known, epoch) {
                tracing::warn!(%error, "the known addresses were not all read; they are looked up instead");
            }
        };
        // Without the thread each address is looked up when it is found again.
        self.thread = std::thread::Builder::new().name("recall".into()).spawn(work).ok();
    }

    /// Empties the memory and waits for the thread, which then ends within a batch.
    pub(super) fn end(&mut self, known: &Mutex<KnownPages>) {
        lock(known).empty();
        if let Some(thread) = self.thread.take() {
            // A thread that broke has filled less.
            let _ = thread.join();
        }
    }
}

/// The memory of known addresses, which is whole after every step.
pub(super) fn lock(known: &Mutex<KnownPages>) -> std::sync::MutexGuard<'_, KnownPages> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

fn fill(path: &Path, known: &Mutex<KnownPages>, epoch: u64) -> Result<(), sql::Error> {
    let conn = open::for_reading(path)?;
    let mut after = i64::MIN;
    while let Some(last) = fill_batch(&conn, known, epoch, after)? {
        after = last;
    }
    Ok(())
}

/// Reads some pages whose numbers are above `after`; gives the last, `None` if there is nothing more to do.
fn fill_batch(conn: &Connection, known: &Mutex<KnownPages>, epoch: u64, after: i64) -> Result<Option<i64>, sql::Error> {
    // The plus hides the value from the planner, see `keys`.
    let rows = sql::query(
        "select id, key, kind, depth, priority, state = 'new', host_id
         from pages
         where id > +?1 and state <> 'out-of-scope'
         order by id
         limit +?2",
    )
    .bind(after)
    .bind(BATCH)
    .fetch_all(conn)?;
    let mut known = lock(known);
    if !known.is_in(epoch) {
        return Ok(None);
    }
    for row in &rows {
        let kind = PageKind::from_word(row.get(2)).unwrap_or(PageKind::Unknown);
        let depth = u16::try_from(row.get::<i64>(3)).unwrap_or(u16::MAX);
        let offer = if row.get(5) { Offer::new(kind, depth, row.get(4)) } else { Offer::SETTLED };
        known.recall(row.get(1), HostId(row.get(6)), offer);
    }
    if rows.is_empty() {
        known.end();
    }
    Ok(rows.last().map(|row| row.get(0)))
}
