//! How a page is found by its key: by a number, in an index a fifth of the size that the keys themselves would need.
//!
//! Different keys may share a number, so every statement compares both. docs/decisions/0012-pages-by-hash.md tells why.

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use sqlx::{Row, SqliteConnection, SqlitePool};

use super::sql::{self, Connection};
use super::values::json;
use crate::model::{PageId, PageKey, PageUrl};

/// Bits of the number that the host gives: pages of one host are neighbours in the index, and so are the links of a page.
const HOST_BITS: u32 = 12;
/// Bits that the whole key gives. Together they are as many as SQLite stores in six bytes, without a sign.
const KEY_BITS: u32 = 35;

/// Rows that are hashed in one statement.
const BATCH: i64 = 5_000;

/// The number by which a key is found, `pages.key_hash`.
///
/// It is stored, so this function never changes.
pub fn key_hash(key: &str) -> i64 {
    let host = key.split('/').next().unwrap_or_default();
    let number = (first_bits(host, HOST_BITS) << KEY_BITS) | first_bits(key, KEY_BITS);
    i64::try_from(number).expect("47 bits fit")
}

/// The first bits of the text's SHA-256.
fn first_bits(text: &str, bits: u32) -> u64 {
    let digest = Sha256::digest(text);
    let first = digest.iter().take(8).fold(0, |number: u64, byte| (number << 8) | u64::from(*byte));
    first >> (u64::BITS - bits)
}

/// A key as statements look for it: its number and its text.
#[derive(Debug, Serialize)]
pub(super) struct Sought(i64, #[serde(serialize_with = "as_text")] PageKey);

impl Sought {
    pub(super) fn new(url: &PageUrl) -> Sought {
        Sought::from(url.key())
    }

    pub(super) fn hash(&self) -> i64 {
        self.0
    }

    pub(super) fn key(&self) -> &PageKey {
        &self.1
    }
}

impl From<PageKey> for Sought {
    fn from(key: PageKey) -> Sought {
        Sought(key_hash(key.as_str()), key)
    }
}

fn as_text<S: Serializer>(key: &PageKey, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(key.as_str())
}

/// The page with a key. The plus hides the value from the planner, which would otherwise plan anew at every call (SQLite
/// with STAT4).
const FIND: &str = "select id from pages indexed by pages_key where key_hash = +?1 and key = ?2";

/// The page with a key.
pub(super) fn find(conn: &Connection, key: &PageKey) -> Result<Option<PageId>, sql::Error> {
    let row = sql::query(FIND).bind(key_hash(key.as_str())).bind(key.as_str()).fetch_optional(conn)?;
    Ok(row.map(|row| PageId(row.get(0))))
}

/// As [`find`], for a reader.
pub(super) async fn find_committed(pool: &SqlitePool, key: &PageKey) -> Result<Option<PageId>, sqlx::Error> {
    let row = sqlx::query(FIND).bind(key_hash(key.as_str())).bind(key.as_str()).fetch_optional(pool).await?;
    Ok(row.map(|row| PageId(row.get(0))))
}

/// What the column `key` computes of an address where the row has no `own_key`: the rest after the scheme and one `www.`.
pub(super) fn plain_key(url: &PageUrl) -> &str {
    let text = url.as_str();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    rest.strip_prefix("www.").unwrap_or(rest)
}

/// Computes what the migration `0017_small_pages` needs of a file that was written before it; does nothing after it.
pub(super) async fn prepare_migration(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let row = sqlx::query(
        "select
           (select count(*) from pragma_table_xinfo('pages')),
           (select count(*) from pragma_table_xinfo('pages') where name = 'key_hash')",
    )
    .fetch_one(&mut *conn)
    .await?;
    let (exists, done) = (row.get::<i64, _>(0) > 0, row.get::<i64, _>(1) > 0);
    if done {
        return Ok(());
    }
    sqlx::query("create table temp.page_hashes (id integer primary key, key_hash integer not null)")
        .execute(&mut *conn)
        .await?;
    let mut after = exists.then_some(i64::MIN);
    while let Some(last) = after {
        after = hash_batch(conn, last).await?;
    }
    Ok(())
}

/// Hashes the keys of some pages whose numbers are above `after`; gives the last, `None` if there was none.
async fn hash_batch(conn: &mut SqliteConnection, after: i64) -> Result<Option<i64>, sqlx::Error> {
    let rows = sqlx::query("select id, key from pages where id > ?1 order by id limit ?2")
        .bind(after)
        .bind(BATCH)
        .fetch_all(&mut *conn)
        .await?;
    let hashes: Vec<(i64, i64)> = rows.iter().map(|row| (row.get(0), key_hash(row.get(1)))).collect();
    sqlx::query(
        "insert into temp.page_hashes (id, key_hash)
         select value ->> 0, value ->> 1
         from json_each(?1)",
    )
    .bind(json(&hashes))
    .execute(conn)
    .await?;
    Ok(hashes.last().map(|(id, _)| *id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_key_never_changes() {
        // First bits of `printf example.com | sha256sum` and of `printf example.com/a | sha256sum`.
        assert_eq!(key_hash("example.com/a"), 0xa37 << KEY_BITS | 0x1b65_f0b5);
        assert_eq!(key_hash("example.com/a") >> KEY_BITS, key_hash("example.com/b?c") >> KEY_BITS);
    }
}
