//! The pace of hosts, for verbs that ask a host without recording a visit.

use sqlx::SqlitePool;

use super::error::Fault;
use super::writer::Writer;
use super::{Reader, StoreError, claim, record};
use crate::model::{Host, HostPace, Timestamp};

impl Reader {
    /// A host's pace; `None` if the database does not know the host.
    ///
    /// # Errors
    /// Only if the file cannot be read.
    pub async fn host_pace(&self, host: &Host) -> Result<Option<HostPace>, StoreError> {
        load(self.pool(), host).await.map_err(|e| self.at(e))
    }
}

async fn load(pool: &SqlitePool, host: &Host) -> Result<Option<HostPace>, sqlx::Error> {
    let row = sqlx::query(
        "select name, next_at_ms, delay_ms, crawl_delay_ms, backoff_ms, failures, day, pages_today, revisits_today, note
         from hosts
         where name = ?1",
    )
    .bind(host.as_str())
    .fetch_optional(pool)
    .await?;
    row.as_ref().map(|row| claim::pace(row, 0)).transpose()
}

/// Writes the pace of a host that was asked so many times; enters the host if it is new.
pub(super) async fn note(w: &mut Writer, pace: &HostPace, requests: usize, now: Timestamp) -> Result<(), Fault> {
    let host = w.names.host(&mut w.conn, pace.host.clone(), now).await?;
    record::update_host(&mut w.conn, host, pace, requests, &[]).await?;
    Ok(())
}
