//! The seed page and its family's real pages, crawled over HTTP into a database.
//!
//! The pages are third-party and lie beside the project; without them the tests say so and pass.

mod support;

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use murasil::config::{Config, Cookies, Follow, Seed, Site, Tls};
use murasil::model::ArticleFilter;
use murasil::model::query::StoredArticle;
use murasil::store::Reader;
use serde_json::Value;
use support::{crawl, number, rows};

const SOON: Duration = Duration::from_secs(5);

fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seed");
    if folder.exists() {
        return Some(folder);
    }
    assert!(std::env::var_os("MURASIL_REQUIRE_SHARED").is_none(), "{} is missing", folder.display());
    eprintln!("SKIP: {} is missing, so the seed page is not crawled", folder.display());
    None
}

fn read(path: &Path) -> String {
    let bytes = std::fs::read(path).expect("the file is there");
    if path.extension().is_some_and(|ending| ending == "gz") {
        let mut text = String::new();
        flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).expect("it is gzip of UTF-8");
        return text;
    }
    String::from_utf8(bytes).expect("it is UTF-8")
}

fn record(path: &Path) -> Value {
    serde_json::from_str(&read(path)).expect("it is JSON")
}

type Pages = Arc<Mutex<Vec<(String, String)>>>;

/// Serves pages by path; everything else is 404.
async fn serve(pages: Pages) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = Router::new().fallback(answer).with_state(pages);
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn answer(State(pages): State<Pages>, uri: Uri) -> Response {
    let pages = pages.lock().expect("no panic elsewhere");
    match pages.iter().find(|(path, _)| path == uri.path()) {
        Some((_, page)) => Html(page.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A configuration that fetches exactly these pages.
fn config(address: SocketAddr, paths: &[&str]) -> Config {
    let mut config = Config::default();
    config.politeness.delay = Duration::from_millis(10);
    config.politeness.floor = config.politeness.delay;
    config.fetch.ports = vec![address.port()];
    config.fetch.allow_private = vec!["127.0.0.0/8".into()];
    config.schedule.sources.min = Duration::from_mins(1);
    config.sites = vec![Site {
        name: "family".into(),
        domains: vec![address.to_string()],
        seeds: paths.iter().map(|path| Seed::Url(format!("http://{address}{path}"))).collect(),
        follow: Follow { depth: 0, ..Follow::default() },
        profile: Some("arabress".into()),
        timezone: None,
        delay: None,
        daily_pages: None,
        tls: Tls::default(),
        cookies: Cookies::default(),
        secrets: Vec::new(),
    }];
    config
}

async fn stored(database: &Path, path: &str) -> StoredArticle {
    let reader = Reader::open(database).await.expect("the database opens");
    let list = reader.articles(&ArticleFilter { limit: 100, ..ArticleFilter::default() }).await.expect("a list");
    let summary = list.iter().find(|summary| summary.url.ends_with(path)).expect("the article is stored");
    reader.article(summary.id).await.expect("a query").expect("a listed article")
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().expect("a list").iter().map(|item| item.as_str().expect("a text").to_owned()).collect()
}

/// Makes every page due now, and what was seen long ago.
async fn make_due(database: &Path) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database);
    let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.expect("a writer");
    for sql in [
        "update pages set state = 'scheduled', lane = 'revisit', due_at_ms = 0 where kind = 'article' and visited_at_ms is not null",
        "update hosts set wake_at_ms = 0",
        "update headline_sightings set first_seen_at = '2026-01-01T00:00:00Z', last_seen_at = '2026-01-01T00:00:00Z'",
    ] {
        sqlx::query(sql).execute(&mut connection).await.expect("the rows are changed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_seed_page_is_stored_exactly_and_its_ticker_is_history_of_its_own() {
    let Some(shared) = shared() else { return };
    let page = read(&shared.join("sauress_article_1019284.html"));
    let expected = record(&shared.join("seed_expected_record.json"));
    let pages: Pages = Arc::new(Mutex::new(vec![("/alriyadh/1019284".into(), page.clone())]));
    let address = serve(pages.clone()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");
    let config = config(address, &["/alriyadh/1019284"]);

    crawl(&config, &database, SOON).await;

    let got = stored(&database, "/alriyadh/1019284").await;
    assert_eq!(got.summary.title.as_deref(), expected["headline"].as_str());
    assert_eq!(got.subtitle.as_deref(), expected["subtitle"].as_str());
    assert_eq!(got.summary.publisher.as_deref(), expected["publisher"].as_str());
    assert_eq!(got.summary.published_day.as_deref(), expected["published_date"].as_str());
    assert_eq!(got.published_precision.as_deref(), Some("day"));
    assert_eq!(got.published_raw.as_deref(), expected["published_raw"].as_str());
    assert_eq!(got.summary.language.as_deref(), expected["lang"].as_str());
    assert_eq!(got.summary.authors, Vec::<String>::new());
    assert_eq!(got.body, strings(&expected["body_paragraphs"]));
    assert_eq!(got.source_url.as_deref(), expected["source_url"].as_str());
    let ticker = rows(
        &database,
        "select h.text, h.target_url from headline_sightings s join headlines h on h.id = s.headline_id
         where s.role = 'ticker' order by s.first_position",
    )
    .await;
    let texts: Vec<String> = ticker.iter().map(|row| row[0].clone()).collect();
    assert_eq!(texts, strings(&expected["ticker_headlines"]));
    let own = format!("http://{address}/");
    let targets: Vec<String> = ticker.iter().map(|row| row[1].replace(&own, "https://sauress.com/")).collect();
    assert_eq!(targets, strings(&expected["ticker_targets"]));

    // Fifty-eight other headlines: no article row changes, fifty-eight sightings more.
    let before = rows(&database, "select id, title, body, version, changed_at, hex(hash) from articles").await;
    let mut other = page.clone();
    for (n, text) in texts.iter().enumerate() {
        let escaped = text.replace('&', "&amp;");
        assert!(other.contains(escaped.as_str()) || other.contains(text.as_str()), "{text}");
        other = other.replacen(&format!(">{escaped}</a>"), &format!(">خبر آخر رقم {n}</a>"), 1);
    }
    pages.lock().expect("no panic elsewhere")[0].1 = other;
    make_due(&database).await;
    crawl(&config, &database, SOON).await;
    assert_eq!(rows(&database, "select id, title, body, version, changed_at, hex(hash) from articles").await, before);
    let sightings = "select count(*) from headline_sightings where role = 'ticker'";
    assert_eq!(number(&database, sightings).await, 2 * 58);

    // The same ticker again only moves the last sighting.
    make_due(&database).await;
    let rows_before =
        rows(&database, "select page_id, headline_id, first_seen_at, first_position from headline_sightings").await;
    crawl(&config, &database, SOON).await;
    assert_eq!(number(&database, sightings).await, 2 * 58);
    assert_eq!(number(&database, "select count(*) from headline_sightings where times_seen = 2").await, 58);
    assert_eq!(
        rows(&database, "select page_id, headline_id, first_seen_at, first_position from headline_sightings").await,
        rows_before
    );
    assert_eq!(number(&database, "select count(*) from article_versions").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_familys_real_article_and_front_page_are_stored_exactly() {
    let Some(shared) = shared() else { return };
    let expected = record(&shared.join("maghress_1384068_expected_record.json"));
    let home = record(&shared.join("maghress_home_expected.json"));
    let pages: Pages = Arc::new(Mutex::new(vec![
        ("/alyaoum24/1384068".into(), read(&shared.join("maghress_article_1384068.html.gz"))),
        ("/".into(), read(&shared.join("maghress_home.html.gz"))),
    ]));
    let address = serve(pages).await;
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");

    crawl(&config(address, &["/", "/alyaoum24/1384068"]), &database, SOON).await;

    let got = stored(&database, "/alyaoum24/1384068").await;
    assert_eq!(got.summary.title.as_deref(), expected["title"].as_str());
    assert_eq!(got.subtitle.as_deref(), expected["subtitle"].as_str());
    assert_eq!(got.summary.authors, strings(&expected["authors"]));
    assert_eq!(got.summary.publisher.as_deref(), expected["publisher"].as_str());
    assert_eq!(got.summary.published_day.as_deref(), expected["published_day"].as_str());
    assert_eq!(got.published_precision.as_deref(), expected["published_precision"].as_str());
    assert_eq!(got.body.join("\n\n"), expected["body"].as_str().expect("a body"));
    // The page gives the picture's address without a scheme, and this copy of it is served over http.
    let image = expected["image"].as_str().expect("an image").replace("https://", "http://");
    assert_eq!(got.image_url, Some(image));
    assert_eq!(got.source_url.as_deref(), expected["source_url"].as_str());

    let own = format!("http://{address}");
    let shown: Vec<(String, String)> = rows(
        &database,
        "select h.text, h.target_url from headline_sightings s join headlines h on h.id = s.headline_id
         join pages p on p.id = s.page_id where p.kind = 'front' order by s.first_position",
    )
    .await
    .into_iter()
    .map(|row| (row[0].clone(), row[1].replace(&own, "")))
    .collect();
    for link in home["links"].as_array().expect("a list") {
        let href = link["href"].as_str().expect("an address");
        assert!(shown.iter().any(|(_, target)| target == href), "{href} is among the front page's headlines");
    }
}
