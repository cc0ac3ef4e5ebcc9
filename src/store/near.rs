//! Articles that print nearly the same text, found when a text is stored.
//!
//! The memory only tells where to look; what a row says of an article is read from the database. So what was undone or
//! changed since does no harm, and nothing need be forgotten. `docs/decisions/0023-near-copies.md` has the reasons.

use super::error::Fault;
use super::near_memory::{Memory, REMEMBERED};
use super::sql::{self, Connection};
use crate::model::simhash::{NEAR, distance};

/// Pairs that an article brings.
const MOST_PAIRS: usize = 20;
/// Articles that are looked up for them: some have another text by now.
const MOST_LOOKED_UP: usize = 64;
/// Articles that are read at once when the memory is filled.
const BATCH: i64 = 1_000;

/// What the writer remembers of the articles' texts; read when the first text is stored.
#[derive(Default)]
pub(super) struct Near {
    memory: Option<Memory>,
}

impl Near {
    /// Makes the pairs of an article anew, whose text is another now.
    pub(super) fn record_changed(
        &mut self,
        conn: &Connection,
        article: i64,
        simhash: Option<u64>,
    ) -> Result<(), Fault> {
        // Two statements: each has its index.
        sql::query("delete from near_copies where article_id = ?1; delete from near_copies where other_id = ?1")
            .bind(article)
            .execute(conn)?;
        self.record_new(conn, article, simhash)
    }

    /// Makes the pairs of an article that has none.
    pub(super) fn record_new(&mut self, conn: &Connection, article: i64, simhash: Option<u64>) -> Result<(), Fault> {
        let Some(simhash) = simhash else { return Ok(()) };
        let memory = match &mut self.memory {
            Some(memory) => memory,
            None => self.memory.insert(recall(conn)?),
        };
        let others = memory.near(simhash).into_iter().filter(|other| *other != article);
        let mut pairs = 0;
        for other in others.take(MOST_LOOKED_UP) {
            pairs += usize::from(pair(conn, article, simhash, other)?);
            if pairs == MOST_PAIRS {
                break;
            }
        }
        memory.add(article, simhash);
        Ok(())
    }
}

/// Stores a pair if the other article has nearly this text at present.
fn pair(conn: &Connection, article: i64, simhash: u64, other: i64) -> Result<bool, Fault> {
    let row = sql::query(
        "select simhash
         from articles indexed by articles_simhash
         where id = ?1 and simhash is not null",
    )
    .bind(other)
    .fetch_optional(conn)?;
    let bits = row.map(|row| distance(simhash, row.get::<i64>(0) as u64));
    let Some(bits) = bits.filter(|bits| *bits <= NEAR) else { return Ok(false) };
    // There is such a row only if somebody deleted an article and left it behind.
    sql::query(
        "insert into near_copies (article_id, other_id, distance)
         values (?1, ?2, ?3)
         on conflict do update set distance = excluded.distance",
    )
    .bind(article.min(other))
    .bind(article.max(other))
    .bind(bits)
    .execute(conn)?;
    Ok(true)
}

/// Reads the newest articles.
fn recall(conn: &Connection) -> Result<Memory, sql::Error> {
    let last_before = sql::query(
        "select id
         from articles indexed by articles_simhash
         where simhash is not null
         order by id desc
         limit 1 offset ?1",
    )
    .bind(REMEMBERED as i64)
    .fetch_optional(conn)?;
    let mut after = last_before.map_or(i64::MIN, |row| row.get(0));
    let mut memory = Memory::default();
    loop {
        let rows = sql::query(
            "select id, simhash
             from articles indexed by articles_simhash
             where id > ?1 and simhash is not null
             order by id
             limit ?2",
        )
        .bind(after)
        .bind(BATCH)
        .fetch_all(conn)?;
        for row in &rows {
            memory.add(row.get(0), row.get::<i64>(1) as u64);
        }
        let Some(last) = rows.last() else { return Ok(memory) };
        after = last.get(0);
    }
}
