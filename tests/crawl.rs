//! The main job end to end against the demo newspapers, judged by their own truth and their own log.

mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use murasil::demo::{Expected, Web, WebOptions};
use murasil::model::query::StoredArticle;
use murasil::model::{ArticleFilter, PageKey, PageUrl};
use murasil::store::Reader;
use support::{DELAY, assert_polite, crawl, number, rows};

const SOON: Duration = Duration::from_secs(20);

/// What is stored of each page.
async fn stored(database: &std::path::Path) -> BTreeMap<PageKey, StoredArticle> {
    let reader = Reader::open(database).await.expect("the database opens");
    let list = reader.articles(&ArticleFilter { limit: 10_000, ..ArticleFilter::default() }).await.expect("a list");
    let mut articles = BTreeMap::new();
    for summary in list {
        let article = reader.article(summary.id).await.expect("a query").expect("a listed article");
        assert!(articles.insert(key(&summary.url), article).is_none(), "one row a page: {}", summary.url);
    }
    articles
}

fn key(url: &str) -> PageKey {
    PageUrl::parse(url).expect("an address").key()
}

fn assert_equal(expected: &Expected, got: &StoredArticle) {
    let url = &expected.url;
    assert_eq!(got.summary.title.as_deref(), Some(expected.title.as_str()), "title of {url}");
    assert_eq!(got.subtitle, expected.subtitle, "subtitle of {url}");
    assert_eq!(got.summary.authors, expected.authors, "authors of {url}");
    assert_eq!(got.summary.published_day, Some(expected.published_day.to_string()), "day of {url}");
    assert_eq!(got.summary.language.as_deref(), Some(expected.language), "language of {url}");
    // A standfirst between headline and text is the subtitle and opens the body (docs/FIELDS.md).
    let body = match got.body.split_first() {
        Some((first, rest)) if expected.subtitle.as_ref() == Some(first) => rest,
        _ => &got.body,
    };
    assert_eq!(body, expected.body, "body of {url}");
    assert_eq!(got.source_url, expected.source_url, "source of {url}");
    if let Some(publisher) = &expected.publisher {
        assert_eq!(got.summary.publisher.as_ref(), Some(publisher), "publisher of {url}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_paper_is_crawled_whole_and_politely_and_a_second_run_asks_little() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");
    let config = web.config(DELAY);

    crawl(&config, &database, SOON).await;

    let first = web.log();
    assert_polite(&web, &first, &database, DELAY).await;
    let articles = stored(&database).await;
    let mut wanted = 0;
    for paper in web.papers() {
        for expected in web.expected(paper.name) {
            let got = articles.get(&key(&expected.url)).unwrap_or_else(|| panic!("{} is missing", expected.url));
            assert_equal(&expected, got);
            wanted += 1;
        }
    }
    assert_eq!(articles.len(), wanted, "nothing else is stored");
    assert_eq!(number(&database, "select count(*) from articles where version > 1").await, 0);
    assert_eq!(number(&database, "select count(*) from article_versions").await, wanted as i64);
    assert_eq!(number(&database, "select count(*) from pages group by key order by 1 desc limit 1").await, 1);
    let sightings = "select count(*) from headline_sightings where role = 'ticker'";
    assert_eq!(number(&database, sightings).await, 58, "one ticker of the family's front page");

    // Sources due again are asked with validators; nothing is stored twice.
    web.clear_log();
    let later = crawl_sources_again(&config, &database).await;
    assert!(later > 0, "sources were due");
    let second = web.log();
    assert!(second.iter().all(|arrival| arrival.path != "/robots.txt"), "robots.txt is fresh for a day");
    assert!(support::smallest_gap_ms(&database).await >= DELAY.as_millis() as i64 - 1);
    assert!(second.iter().any(|arrival| arrival.conditional && arrival.status == 304), "304s");
    assert_eq!(number(&database, "select count(*) from article_versions").await, wanted as i64);
    assert_eq!(number(&database, sightings).await, 58);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_paper_is_found_whole_from_its_home_page_alone() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");
    let mut config = web.config(DELAY);
    for (site, paper) in config.sites.iter_mut().zip(web.papers()) {
        site.seeds = vec![murasil::config::Seed::Url(format!("{}/", paper.authority))];
    }

    crawl(&config, &database, SOON).await;

    let articles = stored(&database).await;
    for paper in web.papers() {
        let missing: Vec<String> = web
            .expected(paper.name)
            .iter()
            .filter(|expected| !articles.contains_key(&key(&expected.url)))
            .map(|expected| expected.url.clone())
            .collect();
        assert!(missing.is_empty(), "{}: {missing:?}", paper.name);
    }
    let found = "select distinct p.kind || ' by ' || p.found_by from sources o join pages p on p.id = o.page_id
                 where p.successes > 0 order by 1";
    let found: Vec<String> = rows(&database, found).await.into_iter().map(|mut row| row.remove(0)).collect();
    for way in ["feed by head", "front by seed", "sitemap by robots", "sitemap by sitemap", "section by navigation"] {
        assert!(found.iter().any(|it| it == way), "{way} is not among {found:?}");
    }
    // What is not offered is asked for at a few places, once; and once what no paper can have.
    let guesses: Vec<String> = web.log().iter().filter(|it| it.status == 404).map(|it| it.path.clone()).collect();
    assert!(guesses.len() <= 5 * web.papers().len(), "{guesses:?}");
    assert_polite(&web, &web.log(), &database, DELAY).await;
}

/// Lets every source fall due now, as after a night, and crawls them.
async fn crawl_sources_again(config: &murasil::config::Config, database: &std::path::Path) -> i64 {
    let due = number(database, "select count(*) from pages where lane = 'source'").await;
    make_due(database).await;
    crawl(config, database, SOON).await;
    due
}

async fn make_due(database: &std::path::Path) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database);
    let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.expect("a writer");
    for sql in [
        "update pages set due_at_ms = 0 where lane in ('source', 'revisit')",
        "update hosts set wake_at_ms = 0 where wake_at_ms is not null",
    ] {
        sqlx::query(sql).execute(&mut connection).await.expect("the rows are changed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_paper_changes_is_history_and_a_new_ticker_is_none() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");
    let config = web.config(DELAY);
    crawl(&config, &database, SOON).await;
    let before = stored(&database).await;
    let versions = number(&database, "select count(*) from article_versions").await;

    web.edit("json-ld", 0);
    web.publish("open-graph", 2);
    web.rotate_ticker();
    make_due(&database).await;
    crawl(&config, &database, SOON).await;

    let after = stored(&database).await;
    assert_eq!(after.len(), before.len() + 2 + 58, "two new articles, and those that the new ticker names");
    let edited: Vec<_> = after.values().filter(|article| article.summary.version > 1).collect();
    assert_eq!(edited.len(), 1, "one edited article, and no article of the paper whose ticker moved");
    assert!(edited[0].versions[1].changed.contains("title") && edited[0].versions[1].changed.contains("body"));
    assert_eq!(number(&database, "select count(*) from article_versions").await, versions + 3 + 58);
    for expected in web.expected("json-ld").iter().chain(&web.expected("open-graph")) {
        assert_equal(expected, &after[&key(&expected.url)]);
    }
    let sightings = "select count(*) from headline_sightings where role = 'ticker'";
    assert_eq!(number(&database, sightings).await, 2 * 58, "58 more sightings");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_robots_forbids_is_not_asked_and_the_reason_is_kept() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");

    crawl(&web.config(DELAY), &database, SOON).await;

    let log = web.log();
    assert!(log.iter().all(|arrival| !arrival.path.starts_with("/private/")), "a disallowed page was asked for");
    let refused = rows(&database, "select url, reason, detail from pages where state = 'refused'").await;
    assert!(
        refused.iter().any(|row| row[0].contains("/private/") && row[1] == "robots" && row[2].contains("Disallow"))
    );
    assert!(log.iter().all(|arrival| arrival.user_agent.starts_with("murasil/")), "we say who we are");
}

#[tokio::test]
async fn html_bombs_cost_seconds_and_the_heartbeat_goes_on() {
    use axum::response::{Html, IntoResponse as _};
    let attributes = (0..100_000).map(|n| format!("a{n}=1 ")).collect::<Vec<_>>().concat();
    let bombs = [
        ("/nested", "<div>".repeat(100_000)),
        ("/lists", "<ul><li>".repeat(100_000)),
        ("/tables", "<table><tr><td>".repeat(100_000)),
        ("/formatting", "<b><i><a href=x>".repeat(100_000)),
        ("/attributes", format!("<p {attributes}>x")),
        ("/comment", format!("<p>x<!--{}", "<p>- ".repeat(400_000))),
    ];
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let address = listener.local_addr().expect("has an address");
    let mut config = murasil::config::Config::default();
    config.politeness.delay = Duration::from_millis(10);
    config.politeness.floor = config.politeness.delay;
    config.fetch.ports = vec![address.port()];
    config.fetch.allow_private = vec!["127.0.0.0/8".into()];
    let seeds = bombs.iter().map(|(path, _)| murasil::config::Seed::Url(format!("http://{address}{path}"))).collect();
    let home = PageUrl::parse(&format!("http://{address}/")).expect("an address");
    config.sites = vec![murasil::config::Site { seeds, ..murasil::config::Site::from_seed(&home) }];
    let answer = move |uri: axum::http::Uri| async move {
        match bombs.iter().find(|(path, _)| *path == uri.path()) {
            Some((_, page)) => Html(page.clone()).into_response(),
            None => axum::http::StatusCode::NOT_FOUND.into_response(),
        }
    };
    let app = axum::Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, app).await });
    let late = std::sync::Arc::new(std::sync::Mutex::new(Duration::ZERO));
    let worst = late.clone();
    // One thread for everything: what holds it up holds up the beat.
    let heart = tokio::spawn(async move {
        let beat = Duration::from_millis(20);
        loop {
            let before = std::time::Instant::now();
            tokio::time::sleep(beat).await;
            let mut worst = worst.lock().expect("not poisoned");
            *worst = (*worst).max(before.elapsed().saturating_sub(beat));
        }
    });
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");

    let started = std::time::Instant::now();
    crawl(&config, &database, Duration::from_secs(5)).await;

    heart.abort();
    let (span, late) = (started.elapsed(), *late.lock().expect("not poisoned"));
    println!("6 bombs in {span:?}, the beat at most {late:?} late");
    assert_eq!(number(&database, "select count(*) from pages where outcome = 'page'").await, 6);
    assert!(late < Duration::from_secs(1), "{late:?}");
    assert!(span < Duration::from_secs(30), "{span:?}");
}
