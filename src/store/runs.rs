//! Starts and ends of the daemon, by which a crash is told from a stop.

use std::time::Duration;

use super::RunStart;
use super::error::Fault;
use super::sql::{self, Connection};
use super::values::utc_text;
use crate::model::Timestamp;

/// How long a host that was never recorded waits after a crash: it may have been asked just before it.
/// The default of `politeness.delay`.
const UNKNOWN_DELAY_MS: i64 = 5000;

/// A last request that lies further ahead than this was noted by a clock that has been set back since.
const SET_BACK: Duration = Duration::from_mins(1);

/// Notes a start. After an unclean end every host waits its own delay once.
pub(super) fn begin(conn: &Connection, now: Timestamp) -> Result<RunStart, Fault> {
    if let Some(by) = set_back(conn, now)? {
        tracing::warn!("the clock was set back by {} s: what is planned moves along", by.as_secs());
        move_plans_back(conn, by)?;
    }
    let last = sql::query(
        "select ended_at is not null
         from runs
         order by id desc
         limit 1",
    )
    .fetch_optional(conn)?;
    let clean = last.is_none_or(|row| row.get(0));
    if !clean {
        sql::query(
            "update hosts
             set
               next_at_ms = max(next_at_ms, ?1 + iif(requests = 0, ?2, delay_ms)),
               wake_at_ms = max(wake_at_ms, ?1 + iif(requests = 0, ?2, delay_ms))",
        )
        .bind(now.as_millisecond())
        .bind(UNKNOWN_DELAY_MS)
        .execute(conn)?;
    }
    let row =
        sql::query("insert into runs (started_at) values (?1) returning id").bind(utc_text(now)).fetch_one(conn)?;
    Ok(RunStart { run: row.get(0), clean })
}

/// By how much the clock was set back since the last request, as far as that is known.
fn set_back(conn: &Connection, now: Timestamp) -> Result<Option<Duration>, Fault> {
    let last = sql::query(
        "select started_at_ms
         from fetches
         where id > coalesce((select cast(value as integer) from meta where key = 'plans_moved_at_fetch'), 0)
         order by id desc
         limit 1",
    )
    .fetch_optional(conn)?;
    let ahead = last.map_or(0, |row| row.get::<i64>(0).saturating_sub(now.as_millisecond()));
    Ok(u64::try_from(ahead).ok().map(Duration::from_millis).filter(|by| *by > SET_BACK))
}

/// Moves all plans back, and remembers which requests were noted by the clock as it was, so that this happens once.
pub(super) fn move_plans_back(conn: &Connection, by: Duration) -> Result<(), Fault> {
    sql::query(
        "update hosts set next_at_ms = next_at_ms - ?1, wake_at_ms = wake_at_ms - ?1;
         update pages set due_at_ms = due_at_ms - ?1 where lane in ('source', 'revisit');
         insert into meta (key, value)
         select 'plans_moved_at_fetch', cast(coalesce(max(id), 0) as text)
         from fetches
         where true
         on conflict (key) do update set value = excluded.value",
    )
    .bind(i64::try_from(by.as_millis()).unwrap_or(i64::MAX))
    .execute(conn)?;
    Ok(())
}

/// Notes a clean end.
pub(super) fn end(conn: &Connection, run: i64, now: Timestamp) -> Result<(), Fault> {
    sql::query("update runs set ended_at = ?2 where id = ?1").bind(run).bind(utc_text(now)).execute(conn)?;
    Ok(())
}
