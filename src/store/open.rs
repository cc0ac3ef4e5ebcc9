//! Opening the files: who may, with which settings, and bringing the schema up to date.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};

use super::{StoreError, keys, sql};

static RESULTS: Migrator = sqlx::migrate!("./migrations");
static ARCHIVE: Migrator = sqlx::migrate!("./migrations/archive");

/// `PRAGMA application_id` of our files: "mrsl" and "mrsr" in ASCII, so that `file` and others can tell them.
const RESULTS_ID: &str = "1836217196";
const ARCHIVE_ID: &str = "1836217202";

/// How long a lock is waited for: a predecessor that was just dropped or killed lets go within it.
const LOCK_PATIENCE: Duration = Duration::from_millis(400);
/// How long one statement waits for another program's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// The writer's cache for a small file; the operating system caches the rest.
const MIN_CACHE_KIB: i64 = 6 << 10;
/// The writer's cache at most: for fourteen million pages.
const MAX_CACHE_KIB: i64 = 64 << 10;
/// Connections that read at the same time.
const READERS: u32 = 4;

/// Takes the operating system's lock that says who owns the database. It dies with the process.
pub(super) async fn lock(path: &Path) -> Result<File, StoreError> {
    let lock_path = suffixed(path, ".lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock_path)
        .map_err(|e| StoreError::from_io(&lock_path, e))?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if start.elapsed() < LOCK_PATIENCE => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked { path: path.to_owned() }),
            Err(TryLockError::Error(e)) => return Err(StoreError::from_io(&lock_path, e)),
        }
    }
}

/// Opens the results file for the one writer; creates and migrates it.
pub(super) async fn results(path: &Path) -> Result<sql::Connection, StoreError> {
    let mut conn = writable(path, RESULTS_ID).await?;
    keys::prepare_migration(&mut conn).await.map_err(|e| StoreError::from_sqlx(path, e))?;
    migrate(conn, path, &RESULTS).await?;
    let at = |e| StoreError::from_sql(path, e);
    let conn = for_writing(path).map_err(at)?;
    conn.count_log();
    fit_cache(&conn).map_err(at)?;
    Ok(conn)
}

/// Lets the writer's cache grow with the frontier: 4 bytes a page, so that the leaves that a group of visits changes are
/// written once. What is only looked up is known by heart.
pub(super) fn fit_cache(conn: &sql::Connection) -> Result<(), sql::Error> {
    let kib = (MIN_CACHE_KIB + addresses(conn)? as i64 / 256).min(MAX_CACHE_KIB);
    sql::query(&format!("pragma cache_size = -{kib}")).execute(conn)?;
    Ok(())
}

/// How many addresses the frontier has.
pub(super) fn addresses(conn: &sql::Connection) -> Result<usize, sql::Error> {
    let last: i64 = sql::query("select coalesce(max(id), 0) from pages").fetch_one(conn)?.get(0);
    Ok(usize::try_from(last).unwrap_or_default())
}

/// A connection that reads on the thread that calls, with half a mebibyte of cache: a claim reads a few pages of each host.
pub(super) fn for_reading(path: &Path) -> Result<sql::Connection, sql::Error> {
    let conn = sql::Connection::open_read_only(path, BUSY_TIMEOUT)?;
    sql::query("pragma cache_size = -512").execute(&conn)?;
    Ok(conn)
}

/// Opens the file of raw pages for the one writer; creates and migrates it.
pub(super) async fn archive(path: &Path) -> Result<sql::Connection, StoreError> {
    migrate(writable(path, ARCHIVE_ID).await?, path, &ARCHIVE).await?;
    for_writing(path).map_err(|e| StoreError::from_sql(path, e))
}

/// Opens the results file for reading only.
pub(super) async fn readers(path: &Path) -> Result<SqlitePool, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging();
    SqlitePoolOptions::new()
        .max_connections(READERS)
        // A file does not hang up: asking before each statement whether it is still there would double their cost.
        .test_before_acquire(false)
        // Nor is one closed that may be needed when no more files can be opened.
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await
        .map_err(|e| StoreError::from_sqlx(path, e))
}

/// Opens all connections of a pool that otherwise would be opened when they are needed: a crawl may have used up the files
/// of its process by then.
pub(super) async fn all_readers(pool: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    let mut opened = Vec::new();
    for _ in 0..READERS {
        opened.push(pool.acquire().await.map_err(|e| StoreError::from_sqlx(path, e))?);
    }
    Ok(())
}

/// Refuses files that this program cannot read.
pub(super) async fn check_schema(pool: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    let at = |e| StoreError::from_sqlx(path, e);
    let ours = sqlx::query("select count(*) from sqlite_schema where name in ('_sqlx_migrations', 'articles')")
        .fetch_one(pool)
        .await
        .map_err(at)?;
    if ours.get::<i64, _>(0) != 2 {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    let row = sqlx::query("select max(version) from _sqlx_migrations").fetch_one(pool).await.map_err(at)?;
    let (found, known) = (row.get::<Option<i64>, _>(0).unwrap_or(0), newest(&RESULTS));
    if found > known {
        return Err(StoreError::Newer { path: path.to_owned(), found, known });
    }
    if found < known {
        return Err(StoreError::Older { path: path.to_owned() });
    }
    Ok(())
}

/// A connection that may migrate the file: foreign keys are off, because a migration may rebuild a table that others name.
async fn writable(path: &Path, application_id: &'static str) -> Result<SqliteConnection, StoreError> {
    let at = |e| StoreError::from_sqlx(path, e);
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging();
    let mut conn = options.connect().await.map_err(at)?;
    refuse_foreign(&mut conn, path, application_id).await?;
    conn.close().await.map_err(at)?;

    let options = options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(false)
        .pragma("application_id", application_id);
    options.connect().await.map_err(at)
}

/// Brings the schema up to date and closes the file.
async fn migrate(mut conn: SqliteConnection, path: &Path, migrator: &Migrator) -> Result<(), StoreError> {
    migrator.run_direct(None, &mut conn, false).await.map_err(|e| migration_error(path, migrator, e))?;
    conn.close().await.map_err(|e| StoreError::from_sqlx(path, e))
}

/// The connection on which the writer works.
fn for_writing(path: &Path) -> Result<sql::Connection, sql::Error> {
    let conn = sql::Connection::open(path, BUSY_TIMEOUT)?;
    // The log of the archive is emptied by its commits, that of the results by `checkpoint`.
    sql::query(
        "pragma synchronous = full;
         pragma foreign_keys = on;
         pragma wal_autocheckpoint = 12000;
         pragma journal_size_limit = 67108864",
    )
    .execute(&conn)?;
    Ok(conn)
}

/// A file that has tables, but neither our mark nor our migrations, belongs to somebody else.
async fn refuse_foreign(conn: &mut SqliteConnection, path: &Path, application_id: &str) -> Result<(), StoreError> {
    let at = |e| StoreError::from_sqlx(path, e);
    let row = sqlx::query("select application_id, (select count(*) from sqlite_schema) from pragma_application_id")
        .fetch_one(conn)
        .await
        .map_err(at)?;
    let (id, tables) = (row.get::<i64, _>(0), row.get::<i64, _>(1));
    if tables > 0 && id.to_string() != application_id {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    Ok(())
}

fn migration_error(path: &Path, migrator: &Migrator, error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(found) if found > newest(migrator) => {
            StoreError::Newer { path: path.to_owned(), found, known: newest(migrator) }
        }
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => StoreError::from_sqlx(path, e),
        other => StoreError::Sql { path: path.to_owned(), source: Arc::new(other) },
    }
}

/// Number of the newest migration that we know.
fn newest(migrator: &Migrator) -> i64 {
    migrator.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// The path with a suffix after its whole name: `x.db` → `x.db.lock`.
fn suffixed(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
