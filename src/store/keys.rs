//! How a page is found by its key: by a number, in an index a fifth of the size that the keys themselves would need.
//!
//! Different keys may share a number, so every statement compares both. docs/decisions/0012-pages-by-hash.md and
//! 0024-neighbours-by-the-sites-count.md tell why.

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use sqlx::{Row, SqliteConnection, SqlitePool};

use super::sql::{self, Connection};
use super::values::json;
use crate::model::{PageId, PageKey, PageUrl};

/// Bits of the number that say where in the index: pages that a host numbered or dated alike are neighbours there, and so
/// are the new links of a page.
const PLACE_BITS: u32 = 15;
/// Bits that the whole key gives. Together they are as many as SQLite stores in six bytes, without a sign.
const KEY_BITS: u32 = 32;
/// Bits of a site's count that make no difference: so many pages are about a leaf of the index.
const FINE_BITS: u32 = 8;

/// Rows that are hashed in one statement.
const BATCH: i64 = 5_000;

/// The migration since which numbers are made so.
const SINCE: i64 = 24;

/// The number by which a key is found, `pages.key_hash`.
///
/// It is stored, so this function never changes.
pub fn key_hash(key: &str) -> i64 {
    let (host, path) = key.split_once('/').unwrap_or((key, ""));
    let place = (first_bits(host, PLACE_BITS) + count_of(path)) % (1 << PLACE_BITS);
    let number = (place << KEY_BITS) | first_bits(key, KEY_BITS);
    i64::try_from(number).expect("47 bits fit")
}

/// What grows from one address of a site to the next that it published: the article's number, else the day or month of
/// its folders, in steps of some hundred pages; zero where neither stands there.
fn count_of(path: &str) -> u64 {
    let figures = || path.split(|c: char| !c.is_ascii_digit()).filter(|figures| !figures.is_empty());
    let number = figures().rfind(|figures| (5..=18).contains(&figures.len())).and_then(|figures| figures.parse().ok());
    match number {
        Some(number) => coarse(number),
        None => day_of(figures()),
    }
}

/// A count without its last bits; of a large one, as of seconds, only the first are left.
fn coarse(number: u64) -> u64 {
    let bits = u64::BITS - number.leading_zeros();
    number >> FINE_BITS.max(bits.saturating_sub(PLACE_BITS))
}

/// The day that a year and the two figures behind it make, months of 31 days; zero if there is no year.
fn day_of<'a>(mut figures: impl Iterator<Item = &'a str>) -> u64 {
    let year = figures.find(|figures| figures.len() == 4 && (figures.starts_with("19") || figures.starts_with("20")));
    let mut next = || figures.next().filter(|figures| figures.len() <= 2).and_then(|figures| figures.parse().ok());
    let year = year.and_then(|year| year.parse::<u64>().ok());
    year.map_or(0, |year| (year * 12 + next().unwrap_or(0)) * 31 + next().unwrap_or(0))
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

/// Computes what the migrations `0017_small_pages` and `0024_key_numbers` need of a file that was written before them; does
/// nothing after them.
pub(super) async fn prepare_migration(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let row = sqlx::query(
        "select
           (select count(*) from pragma_table_xinfo('pages')),
           (select count(*) from pragma_table_xinfo('pages') where name = 'key_hash'),
           (select count(*) from sqlite_schema where name = '_sqlx_migrations')",
    )
    .fetch_one(&mut *conn)
    .await?;
    let [exists, has_numbers, is_migrated] = [0, 1, 2].map(|at| row.get::<i64, _>(at) > 0);
    if is_migrated && is_done(conn).await? {
        return Ok(());
    }
    sqlx::raw_sql(
        "create table temp.page_hashes (id integer primary key, key_hash integer not null);
         create table temp.page_numbers (id integer primary key, key_hash integer not null)",
    )
    .execute(&mut *conn)
    .await?;
    // The older of the two migrations writes the numbers if it is still to come.
    let into = if has_numbers { "page_numbers" } else { "page_hashes" };
    let mut after = exists.then_some(i64::MIN);
    while let Some(last) = after {
        after = hash_batch(conn, into, last).await?;
    }
    Ok(())
}

async fn is_done(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let row =
        sqlx::query("select count(*) from _sqlx_migrations where version = ?1").bind(SINCE).fetch_one(conn).await?;
    Ok(row.get::<i64, _>(0) > 0)
}

/// Hashes the keys of some pages whose numbers are above `after`, into a temporary table; gives the last, `None` if there
/// was none.
async fn hash_batch(conn: &mut SqliteConnection, into: &str, after: i64) -> Result<Option<i64>, sqlx::Error> {
    let rows = sqlx::query("select id, key from pages where id > ?1 order by id limit ?2")
        .bind(after)
        .bind(BATCH)
        .fetch_all(&mut *conn)
        .await?;
    let hashes: Vec<(i64, i64)> = rows.iter().map(|row| (row.get(0), key_hash(row.get(1)))).collect();
    let insert = format!("insert into temp.{into} (id, key_hash) select value ->> 0, value ->> 1 from json_each(?1)");
    sqlx::query(sqlx::AssertSqlSafe(insert)).bind(json(&hashes)).execute(conn).await?;
    Ok(hashes.last().map(|(id, _)| *id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_key_never_changes() {
        // First bits of `printf example.com | sha256sum` and of `printf example.com/a | sha256sum`.
        assert_eq!(key_hash("example.com/a"), (0xa379 >> 1) << KEY_BITS | 0x036c_be16);
        for (path, count) in [
            ("b?c", 0),
            ("story-1999", 1_999 * 372),
            ("news/2026/11/a-wall", 2_026 * 372 + 11 * 31),
            ("2026-11-30/a-wall-4", 2_026 * 372 + 11 * 31 + 30),
            ("2026/nov/30/a", 2_026 * 372 + 30 * 31),
            ("2026/11/30/wall-2131234", 2_131_234 >> 8),
            ("article_7183231_3210.html", 7_183_231 >> 8),
            ("a/1764460800123", 1_764_460_800_123 >> 26),
            ("a/99999999999999999999", 0),
        ] {
            let (root, page) = (key_hash("example.com/"), key_hash(&format!("example.com/{path}")));
            assert_eq!(page >> KEY_BITS, ((root >> KEY_BITS) + count) % (1 << PLACE_BITS), "{path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_key_has_a_number_of_six_bytes(key in ".*") {
            proptest::prop_assert!((0..1 << 47).contains(&key_hash(&key)));
        }
    }
}
