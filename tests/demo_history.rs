//! Two days of the demo newspapers, crawled by the whole program over loopback, as a history for `murasil simulate`.
//!
//! The papers publish at rates of their own. Between two passes of the crawl nobody sleeps: every instant that the
//! program has noted is moved into the past instead, which is the same to it as if the time had gone by.

mod support;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use jiff::SignedDuration;
use murasil::config::{Bounds, Config, Schedule};
use murasil::demo::{Web, WebOptions};
use murasil::model::Timestamp;
use serde_json::Value as Json;
use sqlx::Row as _;
use support::{crawl, murasil, number, write_config};

/// Papers and the seconds between two of their articles: 48, 16 and 4 a day.
const PAPERS: [(&str, i64); 3] = [("feed-only", 1_800), ("json-ld", 5_400), ("open-graph", 21_600)];
/// Seconds between two passes of the crawl.
const STEP: i64 = 900;
/// Passes after the first: two days.
const PASSES: i64 = 2 * 86_400 / STEP;
/// Passes at the end in which nothing appears, so that the latest articles are found, too: six hours.
const QUIET: i64 = 6 * 3_600 / STEP;
/// Between two requests to a paper.
const DELAY: Duration = Duration::from_millis(2);

/// How many articles a paper publishes that does so every so many seconds.
fn appearances(every: i64) -> i64 {
    (PASSES - QUIET) * STEP / every
}

/// The second of the two days at which its article of this number appears: not quite regularly.
fn appears(every: i64, number: i64) -> i64 {
    number * every + number * number % 11 * every / 11 + 1
}

/// Starts the papers that take part, each on a free port.
async fn web(newest: Timestamp) -> Web {
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let places = PAPERS.iter().map(|(name, _)| (*name, anywhere)).collect();
    Web::start(WebOptions { newest, places, ..WebOptions::default() }).await.expect("ports are free")
}

/// Moves every instant that the program noted into the past; what pages say of themselves stays.
async fn let_time_pass(database: &Path, seconds: i64) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database);
    let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.expect("opens");
    let columns = sqlx::query(
        "select t.name, c.name, c.type from pragma_table_list t, pragma_table_info(t.name) c
         where t.type = 'table' and t.schema = 'main'
           and (c.name glob '*_at' or c.name glob '*_at_s' or c.name glob '*_at_ms')
           and c.name not in ('published_at', 'modified_at')",
    )
    .fetch_all(&mut connection)
    .await
    .expect("the schema is read");
    let mut tables: std::collections::BTreeMap<String, Vec<String>> = std::collections::BTreeMap::new();
    for row in columns {
        let (table, column, kind): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        let earlier = match kind.to_ascii_lowercase().as_str() {
            "text" => format!("{column} = strftime('%Y-%m-%dT%H:%M:%SZ', {column}, '-{seconds} seconds')"),
            _ if column.ends_with("_ms") => format!("{column} = {column} - {seconds} * 1000"),
            _ => format!("{column} = {column} - {seconds}"),
        };
        tables.entry(table).or_default().push(earlier);
    }
    for (table, changes) in tables {
        let sql = format!("update {table} set {}", changes.join(", "));
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.expect("the instants move");
    }
    sqlx::Connection::close(connection).await.expect("closes");
}

/// Crawls the papers for two days, during which they publish; gives the number of articles that appeared, by paper.
async fn record(web: &Web, database: &Path) -> Vec<(&'static str, i64)> {
    let config = Config {
        schedule: Schedule { sources: Bounds::default(), revisit: Vec::new(), ..Schedule::default() },
        ..web.config(DELAY)
    };
    let mut published: Vec<(&str, i64)> = PAPERS.iter().map(|(name, _)| (*name, 0)).collect();
    crawl(&config, database, Duration::ZERO).await;
    for pass in 1..=PASSES {
        let_time_pass(database, STEP).await;
        // The pass happens now; to its database the end of the two days is later by the passes that are left.
        let now = Timestamp::now();
        let end = now - SignedDuration::from_secs((PASSES - pass) * STEP);
        for ((name, every), (_, count)) in PAPERS.iter().zip(&mut published) {
            while *count < appearances(*every) && appears(*every, *count) <= pass * STEP {
                web.publish_at(name, end - SignedDuration::from_secs(pass * STEP - appears(*every, *count)));
                *count += 1;
            }
        }
        crawl(&config, database, Duration::ZERO).await;
    }
    published
}

/// Runs `murasil simulate` over the history.
async fn simulate(config: &Path, arguments: &[&str]) -> Output {
    let mut command = murasil();
    command.arg("-c").arg(config).arg("simulate").args(arguments).env_remove("MURASIL_LOG").env_remove("RUST_LOG");
    tokio::task::spawn_blocking(move || command.output().expect("the binary runs")).await.expect("no panic")
}

/// Figures by policy and key.
struct Figures(Json);

impl Figures {
    fn of(&self, policy: &str, key: &str) -> f64 {
        let policies = self.0["policies"].as_array().expect("a list");
        let line = policies.iter().find(|line| line["policy"] == policy).unwrap_or_else(|| panic!("{policy}"));
        line[key].as_f64().unwrap_or_else(|| panic!("{policy} {key}: {line}"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn simulate_replays_two_days_of_the_demo_newspapers() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("murasil.db");
    let newest = Timestamp::now() - SignedDuration::from_secs(PASSES * STEP + 7_200);
    let web = web(newest).await;
    let at_start: usize = web.papers().iter().map(|paper| paper.expected.len()).sum();

    let published = record(&web, &database).await;

    let appeared: i64 = published.iter().map(|(_, count)| count).sum();
    assert_eq!(published, [("feed-only", 84), ("json-ld", 28), ("open-graph", 7)]);
    let stored = number(&database, "select count(*) from articles").await;
    assert_eq!(stored, appeared + i64::try_from(at_start).expect("few"), "every article of every paper is found");
    let requests = "select count(*) from fetches join articles using (page_id) where kind = 'page'";
    assert_eq!(number(&database, requests).await, stored, "and asked for once");

    let config = write_config(&web, folder.path(), DELAY);
    let table = simulate(&config, &[]).await;
    println!("{}", String::from_utf8_lossy(&table.stdout));
    assert!(table.status.success(), "{}", String::from_utf8_lossy(&table.stderr));
    let answer = simulate(&config, &["--json"]).await;
    let figures = Figures(serde_json::from_slice(&answer.stdout).expect("JSON"));
    judge(&figures, appeared, i64::try_from(at_start).expect("few"), &web, &database).await;
    web.stop().await;
}

async fn judge(figures: &Figures, appeared: i64, at_start: i64, web: &Web, database: &Path) {
    let Figures(document) = figures;
    assert_eq!(document["articles"], appeared, "all that appeared between two visits");
    let before = document["articles_before"].as_i64().expect("a number");
    assert!((1..=at_start).contains(&before), "others that were there at the start were named by articles: {before}");
    let exact = document["articles_with_exact_time"].as_i64().expect("a number");
    assert!(exact * 20 >= appeared * 19, "the papers say when: {exact} of {appeared}");
    // What the recording says was asked is what the papers were asked.
    let urls = support::rows(database, "select p.url from sources o join pages p on p.id = o.page_id").await;
    let answered = web.log().into_iter().filter(|arrival| {
        let url = format!("{}{}", web.paper(arrival.paper).authority, arrival.path);
        matches!(arrival.status, 200 | 304) && urls.iter().any(|row| row[0] == url)
    });
    assert_eq!(figures.of("as recorded", "requests") as usize, answered.count());

    // A fixed interval asks each source once an interval, and finds an article half an interval late on average.
    let sources = document["sources"].as_f64().expect("a number");
    let days = 2.0 * 86_400.0;
    for (policy, interval) in [("fixed:15m", 900.0), ("fixed:1h", 3_600.0), ("fixed:6h", 21_600.0)] {
        let expected = sources * (days / interval);
        let requests = figures.of(policy, "requests");
        assert!((requests - expected).abs() <= 2.0 * sources + 0.05 * expected, "{policy}: {requests}, not {expected}");
        assert!(figures.of(policy, "mean_seconds") <= interval, "{policy}: none waits longer than an interval");
    }
    // More requests, earlier finds.
    for (often, rarely) in [("fixed:15m", "fixed:1h"), ("fixed:1h", "fixed:6h")] {
        assert!(figures.of(often, "requests") > 3.5 * figures.of(rarely, "requests"), "{often} {rarely}");
        for late in ["mean_seconds", "median_seconds", "p90_seconds"] {
            assert!(figures.of(often, late) < figures.of(rarely, late), "{late}: {often} {rarely}");
        }
        for share in ["within_15_minutes", "within_1_hour", "within_6_hours"] {
            assert!(figures.of(often, share) >= figures.of(rarely, share), "{share}: {often} {rarely}");
        }
    }
    // The present policy finds most articles within the hour for a fraction of the requests of every quarter.
    assert!(figures.of("current", "requests") < 0.5 * figures.of("fixed:15m", "requests"));
    assert!(figures.of("current", "within_1_hour") > figures.of("fixed:6h", "within_1_hour"));
}
