//! What is too old is deleted, in small batches so that no visit waits long.

use super::error::Fault;
use super::open;
use super::sql::{self, Connection};
use super::values::utc_text;
use super::writer::Writer;
use crate::model::Timestamp;

/// Rows that one transaction deletes: a few milliseconds.
pub(super) const BATCH: u64 = 500;

/// Deletes some rows of the fetch log; gives how many.
pub(super) fn drop_old_fetches(conn: &Connection, before: Timestamp) -> Result<u64, Fault> {
    let done = sql::query(
        "delete from fetches
         where id in (
           select id
           from fetches
           where started_at < ?1
           order by started_at -- index fetches_started
           limit ?2)",
    )
    .bind(utc_text(before))
    .bind(BATCH as i64)
    .execute(conn)?;
    Ok(done)
}

/// Deletes some raw pages; gives how many. Versions go on naming them: a row that is gone is a page not kept.
pub(super) fn drop_old_raw_pages(w: &mut Writer, before: Timestamp) -> Result<u64, Fault> {
    let Some(archive) = &w.archive else { return Ok(0) };
    if !w.archive_began {
        sql::query("begin immediate").execute(archive).map_err(Fault::Archive)?;
        w.archive_began = true;
    }
    let done = sql::query(
        "delete from raw_pages
         where id in (
           select id
           from raw_pages
           where fetched_at < ?1
           order by fetched_at -- index raw_pages_fetched
           limit ?2)",
    )
    .bind(utc_text(before))
    .bind(BATCH as i64)
    .execute(archive)
    .map_err(Fault::Archive)?;
    Ok(done)
}

/// Lets SQLite refresh its statistics where they are stale, and its cache fit the file; bounded work.
pub(super) fn optimize(conn: &Connection) -> Result<(), Fault> {
    sql::query("pragma analysis_limit = 400; pragma optimize").execute(conn)?;
    open::fit_cache(conn)?;
    Ok(())
}
