//! Starts and ends of the daemon, by which a crash is told from a stop.

use sqlx::{Row, SqliteConnection};

use super::RunStart;
use super::error::Fault;
use super::values::utc_text;
use crate::model::Timestamp;

/// How long a host that was never recorded waits after a crash: it may have been asked just before it.
/// The default of `politeness.delay`.
const UNKNOWN_DELAY_MS: i64 = 5000;

/// Notes a start. After an unclean end every host waits its own delay once.
pub(super) async fn begin(conn: &mut SqliteConnection, now: Timestamp) -> Result<RunStart, Fault> {
    let last = sqlx::query(
        "select ended_at is not null
         from runs
         order by id desc
         limit 1",
    )
    .fetch_optional(&mut *conn)
    .await?;
    let clean = last.is_none_or(|row| row.get(0));
    if !clean {
        sqlx::query(
            "update hosts
             set
               next_at_ms = max(next_at_ms, ?1 + iif(requests = 0, ?2, delay_ms)),
               wake_at_ms = max(wake_at_ms, ?1 + iif(requests = 0, ?2, delay_ms))",
        )
        .bind(now.as_millisecond())
        .bind(UNKNOWN_DELAY_MS)
        .execute(&mut *conn)
        .await?;
    }
    let row = sqlx::query("insert into runs (started_at) values (?1) returning id")
        .bind(utc_text(now))
        .fetch_one(conn)
        .await?;
    Ok(RunStart { run: row.get(0), clean })
}

/// Notes a clean end.
pub(super) async fn end(conn: &mut SqliteConnection, run: i64, now: Timestamp) -> Result<(), Fault> {
    sqlx::query("update runs set ended_at = ?2 where id = ?1").bind(run).bind(utc_text(now)).execute(conn).await?;
    Ok(())
}
