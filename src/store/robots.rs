//! Stored robots.txt: one row an authority, meaning and text; the copies in use are kept in memory.

use std::collections::HashMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlitePool};

use super::error::Fault;
use super::prepare::Prepared;
use super::sql::{self, Connection};
use super::values::{clean_owned, from_utc_text, json, unknown_word, utc_text};
use super::{Reader, StoreError};
use crate::model::{Authority, RobotsCopy, RobotsId, RobotsStatus, RobotsUse, Timestamp};

/// RFC 9309 §2.4: a copy is used for at most 24 hours.
const FRESH_SECONDS: i64 = 24 * 3600;
/// Text that the cache holds at most; one file may have 500 KiB.
const MOST_CACHED_BYTES: usize = 8 << 20;
/// Cost of an entry beside its text, for the bound.
const ENTRY_BYTES: usize = 200;
/// No text is larger than this; read from a damaged file it would be an attack on memory.
const MOST_TEXT_BYTES: usize = 1 << 20;

/// Stores the copy that a visit read, if it read one. Gives the row that decided over the visit.
pub(super) fn record(conn: &Connection, p: &Prepared) -> Result<Option<RobotsId>, Fault> {
    let (copy, prepared) = match (&p.visit.fetched.receipt.robots, &p.robots) {
        (RobotsUse::Known(id), _) => return Ok(Some(*id)),
        (RobotsUse::Read(copy), Some(prepared)) => (copy, prepared),
        (RobotsUse::None | RobotsUse::Read(_), _) => return Ok(None),
    };
    let RobotsCopy { id: _, authority, fetched_at, status, text, failed_at } = copy;
    let expires = Timestamp::from_second(fetched_at.as_second() + FRESH_SECONDS).unwrap_or(*fetched_at);
    let row = sql::query(
        "insert into robots (
           authority, status, text_hash, body, body_bytes, first_fetched_at, fetched_at, expires_at, failed_at, decided)
         values (
           ?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8,
           -- index robots_in_force
           (select coalesce(max(decided), 0) + 1 from robots where authority = ?1))
         on conflict (authority, status, text_hash) do update set
           fetched_at = excluded.fetched_at,
           expires_at = excluded.expires_at,
           failed_at = excluded.failed_at,
           decided = excluded.decided
         returning id",
    )
    .bind(authority.as_str())
    .bind(status.as_str())
    .bind(&prepared.text_hash)
    .bind(&prepared.body)
    .bind(text.len() as i64)
    .bind(utc_text(*fetched_at))
    .bind(utc_text(expires))
    .bind(clean_owned(failed_at.map(utc_text).as_deref()))
    .fetch_one(conn)?;
    Ok(Some(RobotsId(row.get(0))))
}

impl Reader {
    /// The copies in force for some authorities; of those without one there is none.
    pub(super) async fn robots(&self, authorities: &[Authority]) -> Result<Vec<RobotsCopy>, StoreError> {
        if authorities.is_empty() {
            return Ok(Vec::new());
        }
        load(self.pool(), authorities).await.map_err(|e| self.at(e))
    }
}

async fn load(pool: &SqlitePool, authorities: &[Authority]) -> Result<Vec<RobotsCopy>, sqlx::Error> {
    let names: Vec<&str> = authorities.iter().map(Authority::as_str).collect();
    let rows = sqlx::query(
        "select r.authority, r.id, r.fetched_at, r.status, r.body, r.failed_at
         from json_each(?1) wanted
         cross join robots r on r.id = (
           select id
           from robots
           where authority = wanted.value
           order by decided desc -- index robots_in_force
           limit 1)",
    )
    .bind(json(&names))
    .fetch_all(pool)
    .await?;
    rows.iter().map(copy).collect()
}

fn copy(row: &SqliteRow) -> Result<RobotsCopy, sqlx::Error> {
    let status: &str = row.get(3);
    let text = zstd::bulk::decompress(row.get::<&[u8], _>(4), MOST_TEXT_BYTES)?;
    Ok(RobotsCopy {
        id: Some(RobotsId(row.get(1))),
        authority: Authority::from_stored(row.get::<String, _>(0)),
        fetched_at: from_utc_text(row.get(2))?,
        status: RobotsStatus::from_word(status).ok_or_else(|| unknown_word("robots.status", status))?,
        text: String::from_utf8_lossy(&text).into_owned(),
        failed_at: row.get::<Option<&str>, _>(5).map(from_utc_text).transpose()?,
    })
}

/// Copies by authority, at most [`MOST_CACHED_BYTES`]; when full, those not used since the last time it was full go.
#[derive(Default)]
pub(super) struct Cache {
    entries: HashMap<Authority, Entry>,
    bytes: usize,
    round: u64,
}

/// An answer of the cache.
#[derive(Debug, PartialEq)]
pub(super) enum Cached {
    /// It must be looked up.
    Unknown,
    /// The copy in force; `None` if none is stored.
    Known(Option<RobotsCopy>),
}

struct Entry {
    copy: Option<RobotsCopy>,
    round: u64,
}

impl Cache {
    /// What is in force for an authority, if the cache knows.
    pub(super) fn find(&mut self, authority: &Authority) -> Cached {
        let Some(entry) = self.entries.get_mut(authority) else { return Cached::Unknown };
        entry.round = self.round;
        Cached::Known(entry.copy.clone())
    }

    /// Remembers what is in force for an authority.
    pub(super) fn put(&mut self, authority: Authority, copy: Option<RobotsCopy>) {
        self.bytes += weight(copy.as_ref());
        let old = self.entries.insert(authority, Entry { copy, round: self.round });
        self.bytes -= old.map_or(0, |old| weight(old.copy.as_ref()));
        if self.bytes > MOST_CACHED_BYTES {
            self.make_room();
        }
    }

    fn make_room(&mut self) {
        let round = self.round;
        self.entries.retain(|_, entry| entry.round == round);
        self.round += 1;
        self.bytes = self.entries.values().map(|entry| weight(entry.copy.as_ref())).sum();
        if self.bytes > MOST_CACHED_BYTES / 2 {
            self.entries.clear();
            self.bytes = 0;
        }
    }
}

fn weight(copy: Option<&RobotsCopy>) -> usize {
    ENTRY_BYTES + copy.map_or(0, |copy| copy.text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_has_a_bound() {
        let mut cache = Cache::default();
        let authority = |n: usize| Authority::from_stored(format!("https://h{n}.example"));
        for n in 0..200 {
            let copy = RobotsCopy {
                id: None,
                authority: authority(n),
                fetched_at: Timestamp::UNIX_EPOCH,
                status: RobotsStatus::Rules,
                text: "x".repeat(100_000),
                failed_at: None,
            };
            cache.put(authority(n), Some(copy));
            assert!(cache.bytes <= MOST_CACHED_BYTES);
        }
        assert!(matches!(cache.find(&authority(199)), Cached::Known(Some(_))));
        assert_eq!(cache.find(&authority(0)), Cached::Unknown);
    }
}
