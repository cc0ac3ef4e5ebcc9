//! What the end-to-end tests share: a crawl of the demo newspapers into a fresh database, and judgement of pace.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod pages;
pub(crate) mod room;
pub(crate) mod serve;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use murasil::config::Config;
use murasil::crawl::{Crawler, Ended, Limits};
use murasil::demo::{Arrival, Web};
use murasil::model::Timestamp;
use murasil::store::Store;
use sqlx::migrate::Migrator;
use sqlx::{Connection as _, Row as _, SqliteConnection};
use tokio_util::sync::CancellationToken;

/// Between two requests to a paper in these tests.
pub(crate) const DELAY: Duration = Duration::from_millis(60);

/// Crawls until nothing is due within `idle`, with a run's beginning and end.
pub(crate) async fn crawl(config: &Config, database: &Path, idle: Duration) {
    let store = Store::open(database, None).await.expect("the database opens");
    let start = store.begin_run(Timestamp::now()).await.expect("the run begins");
    let crawler = Crawler::new(Arc::new(config.clone()), store.clone(), database).await.expect("the crawler is built");

    let limits = Limits { idle: Some(idle), time: Some(Duration::from_mins(2)) };
    let (ended, clean) = crawler.run(&CancellationToken::new(), limits).await.expect("the crawl runs");

    assert_eq!(ended, Ended::Idle, "the crawl ended by itself");
    assert!(clean);
    store.end_run(start.run, Timestamp::now()).await.expect("the run ends");
    drop(crawler);
    store.close().await.expect("the database closes");
}

/// One number from the database.
pub(crate) async fn number(database: &Path, sql: &'static str) -> i64 {
    rows(database, sql)
        .await
        .first()
        .and_then(|row| row.first().cloned())
        .and_then(|text| text.parse().ok())
        .unwrap_or(-1)
}

/// All rows of a query, every value as text, null as the empty text.
pub(crate) async fn rows(database: &Path, sql: &'static str) -> Vec<Vec<String>> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options).await.expect("a reader");
    let rows = sqlx::query(sql).fetch_all(&mut connection).await.expect("the query runs");
    rows.iter()
        .map(|row| {
            (0..row.len())
                .map(|at| {
                    let text = row.try_get_unchecked::<Option<String>, _>(at).ok().flatten();
                    text.or_else(|| row.try_get_unchecked::<Option<i64>, _>(at).ok().flatten().map(|n| n.to_string()))
                        .unwrap_or_default()
                })
                .collect()
        })
        .collect()
}

/// Changes the database, which no daemon uses at the moment.
pub(crate) async fn execute(database: &Path, sql: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database);
    let mut connection = SqliteConnection::connect_with(&options).await.expect("opens");
    sqlx::query(sql).execute(&mut connection).await.expect("the statement runs");
    connection.close().await.expect("closes");
}

/// A results file as a program left it that knew no migration after this one.
pub(crate) async fn old_file(database: &Path, newest: i64) -> SqliteConnection {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut migrator = Migrator::new(folder).await.expect("reads the migrations");
    migrator.migrations.to_mut().retain(|migration| migration.version <= newest);
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options.foreign_keys(false)).await.expect("connects");
    // The table is what the program prepares for migration 17.
    let marks = "pragma application_id = 1836217196;
                 create table temp.page_hashes (id integer primary key, key_hash integer not null)";
    sqlx::raw_sql(marks).execute(&mut connection).await.expect("prepares");
    migrator.run_direct(None, &mut connection, false).await.expect("migrates");
    connection
}

/// What may be added to one request's way and not to the next one's.
fn travel(delay: Duration) -> Duration {
    Duration::from_millis(5).max(delay / 50)
}

/// What a machine adds that is busy with other tests: to one request in twenty, at the most, more than [`travel`]. The
/// server's clock says when a request was read, and both ends wait for their turn at a processor.
const BUSY: Duration = Duration::from_millis(25);

/// Holds every paper's arrivals against the delay, one at a time and robots.txt first; and the log of sending times in
/// the database, where nothing travels, to the millisecond of the wall clock.
pub(crate) async fn assert_polite(web: &Web, log: &[Arrival], database: &Path, delay: Duration) {
    let (mut gaps, mut short) = (0, Vec::new());
    for paper in web.papers() {
        let arrivals: Vec<&Arrival> = log.iter().filter(|arrival| arrival.paper == paper.name).collect();
        for pair in arrivals.windows(2) {
            let gap = pair[1].at - pair[0].at;
            let what = || format!("{}: {gap:?} between {} and {}", paper.name, pair[0].path, pair[1].path);
            assert!(gap + BUSY >= delay, "{}", what());
            gaps += 1;
            if gap + travel(delay) < delay {
                short.push(what());
            }
        }
        assert!(arrivals.iter().all(|arrival| arrival.concurrent <= 1), "{}: two at a time", paper.name);
        if let Some(first) = arrivals.first() {
            assert_eq!(first.path, "/robots.txt", "{}: robots.txt comes first", paper.name);
        }
    }
    println!("{} of {gaps} gaps at the server are short by more than {:?}", short.len(), travel(delay));
    assert!(short.len() * 20 <= gaps, "{} of {gaps}: {short:#?}", short.len());
    assert!(smallest_gap_ms(database).await >= delay.as_millis() as i64 - 1);
}

/// The smallest gap between two sent requests to a host, in milliseconds.
pub(crate) async fn smallest_gap_ms(database: &Path) -> i64 {
    let sql = "select min(gap) from (
                 select f.started_at_ms - lag(f.started_at_ms) over (partition by p.host_id order by f.started_at_ms) as gap
                 from fetches f join pages p on p.id = f.page_id where f.sent = 1)";
    number(database, sql).await
}

/// The binary under test.
pub(crate) fn murasil() -> std::process::Command {
    std::process::Command::new(env!("CARGO_BIN_EXE_murasil"))
}

/// A configuration file for the demo newspapers, in a folder.
pub(crate) fn write_config(web: &Web, folder: &Path, delay: Duration) -> PathBuf {
    use std::fmt::Write as _;
    let ports: Vec<&str> = web.papers().iter().filter_map(|paper| paper.authority.rsplit(':').next()).collect();
    let mut text = format!(
        "[crawler]\ncontact = 'https://example.org/bot'\narchive = 'none'\n\
         [politeness]\ndelay = '{0}ms'\nfloor = '{0}ms'\n\
         [schedule]\nsources = {{ min = '10m', max = '14d' }}\n\
         [fetch]\nallow_private = ['127.0.0.0/8']\nports = [{1}]\n[serve]\nlisten = 'off'\n",
        delay.as_millis(),
        ports.join(", ")
    );
    for paper in web.papers() {
        let domain = paper.authority.trim_start_matches("http://");
        let seeds: Vec<String> = paper.seeds.iter().map(|(url, _)| format!("'{url}'")).collect();
        write!(text, "[[site]]\nname = '{}'\ndomains = ['{domain}']\nseeds = [{}]\n", paper.name, seeds.join(", "))
            .expect("a string takes text");
        if let Some(profile) = paper.profile {
            writeln!(text, "profile = '{profile}'").expect("a string takes text");
        }
    }
    let path = folder.join("crawler.toml");
    std::fs::write(&path, text).expect("the configuration is written");
    path
}
