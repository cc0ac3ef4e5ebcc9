//! Hosts: their pace, when they have something to do, and what was turned away at them.

use std::collections::HashSet;

use super::admit::Admitted;
use super::error::Fault;
use super::sql::{self, Connection};
use super::values::{clean_owned, host_list, json, utc_text};
use super::writer::Writer;
use super::{Reader, StoreError, claim, open};
use crate::model::{Host, HostId, HostPace, Timestamp, Visit};

impl Reader {
    /// A host's pace; `None` if the database does not know the host.
    ///
    /// # Errors
    /// Only if the file cannot be read.
    pub fn host_pace(&self, host: &Host) -> Result<Option<HostPace>, StoreError> {
        let at = |e| StoreError::from_sql(&self.path, e);
        let conn = open::for_reading(&self.path).map_err(at)?;
        load(&conn, host).map_err(at)
    }
}

fn load(conn: &Connection, host: &Host) -> Result<Option<HostPace>, sql::Error> {
    let row = sql::query(
        "select name, next_at_ms, delay_ms, crawl_delay_ms, backoff_ms, failures, day, pages_today, revisits_today, note
         from hosts
         where name = ?1",
    )
    .bind(host.as_str())
    .fetch_optional(conn)?;
    row.as_ref().map(|row| claim::pace(row, 0)).transpose()
}

/// Writes the pace of a host that was asked so many times; enters the host if it is new.
pub(super) fn note_pace(w: &mut Writer, pace: &HostPace, requests: usize, now: Timestamp) -> Result<(), Fault> {
    let host = w.names.host(&w.conn, pace.host.clone(), now)?;
    update(&w.conn, host, pace, requests, &[])?;
    Ok(())
}

/// Computes anew when hosts have something to do.
pub(super) fn rewake_all(conn: &Connection, hosts: &[HostId]) -> Result<(), Fault> {
    for host in hosts {
        rewake(conn, *host)?;
    }
    Ok(())
}

/// Computes anew when host ?1 has something to do. Three looks at three indexes, whatever the number of its pages.
macro_rules! wake_sql {
    () => {
        "update hosts
         set wake_at_ms = nullif(
           max(
             next_at_ms,
             min(
               iif(exists (select 1 from pages where host_id = ?1 and lane = 'new'), 0, 9223372036854775807),
               -- index pages_source
               coalesce(
                 (select due_at_ms from pages where host_id = ?1 and lane = 'source' order by due_at_ms limit 1),
                 9223372036854775807),
               -- index pages_revisit
               coalesce(
                 (select due_at_ms from pages where host_id = ?1 and lane = 'revisit' order by due_at_ms limit 1),
                 9223372036854775807))),
           9223372036854775807)
         where id = ?1"
    };
}

/// Computes anew when a host has something to do.
pub(super) fn rewake(conn: &Connection, host: HostId) -> Result<(), sql::Error> {
    sql::query(wake_sql!()).bind(host.0).execute(conn)?;
    Ok(())
}

/// A row of `turned_away`, in the order that the statement reads: site, reason, times, example and when.
pub(super) type Away<'a> = (i64, &'a str, u32, &'a str, String);

/// Addresses that were turned away, one row a reason.
pub(super) fn turned_away<'a>(visit: &'a Visit, admitted: &'a Admitted, site: i64) -> Vec<Away<'a>> {
    let at = utc_text(visit.at);
    let planned = visit.plan.turned_away.iter().map(|away| (away.reason, away.count, away.example.as_str()));
    let crowded = admitted.crowded.iter().map(|(count, example)| ("share", *count, example.as_str()));
    planned.chain(crowded).map(|(reason, count, example)| (site, reason, count, example, at.clone())).collect()
}

/// Writes the host's pace and computes anew when it has something to do, after the pages; and counts what was turned
/// away. One call.
pub(super) fn update(
    conn: &Connection,
    host: HostId,
    pace: &HostPace,
    requests: usize,
    away: &[Away<'_>],
) -> Result<(), sql::Error> {
    let HostPace { host: _, next_at, delay, crawl_delay, backoff, failures, day, pages_today, revisits_today, note } =
        pace;
    sql::query(concat!(
        "update hosts
         set
           next_at_ms = ?2, delay_ms = ?3, crawl_delay_ms = ?4, backoff_ms = ?5, failures = ?6, day = ?7,
           pages_today = ?8, revisits_today = ?9, note = ?10, requests = requests + ?11
         where id = ?1;",
        wake_sql!(),
        ";
         insert into turned_away (site_id, reason, times, example_url, last_at)
         select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
         from json_each(?12)
         where true
         on conflict do update set
           times = times + excluded.times, example_url = excluded.example_url, last_at = excluded.last_at"
    ))
    .bind(host.0)
    .bind(next_at.as_millisecond())
    .bind(delay.as_millis() as i64)
    .bind(crawl_delay.map(|delay| delay.as_millis() as i64))
    .bind(backoff.as_millis() as i64)
    .bind(*failures)
    .bind(day.to_string())
    .bind(*pages_today)
    .bind(*revisits_today)
    .bind(clean_owned(note.as_deref()))
    .bind(requests as i64)
    .bind(json(away))
    .execute(conn)?;
    Ok(())
}

/// Other hosts that got new pages wake when they may be asked.
pub(super) fn wake_others(w: &mut Writer, own: HostId, admitted: &Admitted) -> Result<(), Fault> {
    let others = admitted.hosts.iter().copied().filter(|host| *host != own).collect::<HashSet<_>>();
    if others.is_empty() {
        return Ok(());
    }
    sql::query(
        "update hosts
         set wake_at_ms = next_at_ms
         where id in (select value from json_each(?1))
           and (wake_at_ms is null or wake_at_ms > next_at_ms)
           and exists (select 1 from pages where host_id = hosts.id and lane = 'new')",
    )
    .bind(host_list(&others))
    .execute(&w.conn)?;
    Ok(())
}
