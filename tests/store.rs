//! The store's contract, on real files: what each method promises.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use murasil::config::Retention;
use murasil::model::query::ArticleFilter;
use murasil::model::{
    Admission, Article, Claim, Discovered, Extractor, Failure, FeedText, Fetched, Flag, FlagKind, Found, FoundBy,
    Headline, HeadlineRole, HostPace, LastmodRecord, LiveEntry, NextVisit, OptOut, OptOutKind, Outcome, Page, PageKind,
    PageUrl, Parsed, Picture, Place, Plan, Receipt, Refusal, Request, RequestKind, Retired, RobotsCopy, RobotsStatus,
    RobotsUse, SourceHealth, SourceHints, SourceStep, Timestamp, Validators, Visit, When,
};
use murasil::store::{ArticleChange, Reader, SiteRecord, Store, StoreError};
use sqlx::{ConnectOptions, Row, SqliteConnection};

/// A database in a folder of its own.
struct Fixture {
    folder: tempfile::TempDir,
    store: Store,
}

impl Fixture {
    async fn new() -> Fixture {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("m.db"), Some(&folder.path().join("pages.db"))).await;
        Fixture { store: store.expect("opens"), folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("m.db")
    }

    async fn admit(&self, urls: &[&str]) {
        let admissions = urls.iter().map(|url| admission(url)).collect();
        self.store.admit(admissions, at(0)).await.expect("admits");
    }

    async fn claim_one(&self, now: Timestamp) -> Claim {
        let claims = self.store.claim(now, 1, &HashSet::new()).await.expect("claims");
        claims.into_iter().next().expect("a page is due")
    }

    /// The page as the store knows it, due or not.
    async fn known(&self, address: &str) -> Claim {
        self.store.claim_url(&url(address)).await.expect("claims").expect("is known")
    }

    /// The first column of the first row.
    async fn number(&self, sql: &'static str) -> i64 {
        number(&self.path(), sql).await
    }

    async fn text(&self, sql: &'static str) -> String {
        let mut conn = connect(&self.path()).await;
        sqlx::query(sql).fetch_one(&mut conn).await.expect("a row").get(0)
    }
}

async fn connect(path: &Path) -> SqliteConnection {
    sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.expect("connects")
}

async fn number(path: &Path, sql: &'static str) -> i64 {
    let mut conn = connect(path).await;
    sqlx::query(sql).fetch_one(&mut conn).await.expect("a row").get(0)
}

async fn execute(path: &Path, sql: &'static str) {
    let mut conn = connect(path).await;
    sqlx::query(sql).execute(&mut conn).await.expect("executes");
}

/// The test's clock: seconds after an instant of our own.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + seconds).expect("in range")
}

fn url(text: &str) -> PageUrl {
    PageUrl::parse(text).expect("an address")
}

fn admission(address: &str) -> Admission {
    Admission {
        url: url(address),
        site: "paper".into(),
        kind: PageKind::Unknown,
        depth: 1,
        hops: 0,
        priority: 0,
        dated: true,
        found_by: FoundBy::Link(Place::Main),
    }
}

fn seed(address: &str, kind: PageKind) -> Admission {
    Admission { kind, depth: 0, found_by: FoundBy::Seed, ..admission(address) }
}

fn found<T>(value: T) -> Found<T> {
    Found::new(value, Extractor::Html, "test")
}

fn article(title: &str, body: &[&str]) -> Article {
    Article {
        title: Some(found(title.into())),
        body: Some(found(body.iter().map(|&text| text.to_owned()).collect())),
        ..Article::default()
    }
}

fn headline(text: &str, target: &str, role: HeadlineRole, position: u32) -> Headline {
    Headline { text: text.into(), target: url(target), role, position }
}

fn link(address: &str, place: Place) -> Discovered {
    Discovered {
        url: url(address),
        kind: PageKind::Unknown,
        text: String::new(),
        place,
        published: None,
        rel: murasil::model::Rel::NONE,
    }
}

fn request(claim: &Claim, now: Timestamp, status: Option<u16>) -> Request {
    Request {
        kind: RequestKind::Page,
        url: claim.url.clone(),
        started_at: now,
        elapsed: Duration::from_millis(12),
        status,
        wire_bytes: 10,
        body_bytes: 20,
        remote: None,
        error: None,
    }
}

/// A visit that answered 200 and is done for good; the tests change what they are about.
fn visit(claim: &Claim, now: Timestamp) -> Visit {
    let page = Page {
        url: claim.url.clone(),
        status: 200,
        content_type: Some("text/html".into()),
        robots_tags: Vec::new(),
        links: murasil::model::HeaderLinks::default(),
        validators: Validators { etag: Some("\"1\"".into()), last_modified: None },
        fresh_for: None,
        body: Bytes::from_static(b"<html>raw</html>"),
    };
    let receipt = Receipt {
        requests: vec![request(claim, now, Some(200))],
        robots: RobotsUse::None,
        crawl_delay: None,
        sitemaps: Vec::new(),
    };
    let mut after = HostPace::new(claim.url.host(), Duration::from_secs(5), now);
    after.next_at = now + Duration::from_secs(5);
    after.pages_today = claim.pace.pages_today + 1;
    let plan = Plan {
        kind: PageKind::Other,
        settled: None,
        next: NextVisit::Never(Retired::Done),
        pace: after,
        admit: Vec::new(),
        turned_away: Vec::new(),
        store_article: false,
        keep_raw: false,
        alias_of: None,
        steers: false,
    };
    let fetched = Fetched { outcome: Outcome::Page(page), receipt };
    Visit::new(claim.clone(), fetched, Parsed::nothing(PageKind::Other), plan, now)
}

fn article_visit(claim: &Claim, now: Timestamp, article: Article) -> Visit {
    let mut visit = visit(claim, now);
    visit.plan.kind = PageKind::Article;
    visit.plan.next = NextVisit::At(now + Duration::from_hours(1));
    visit.plan.store_article = true;
    visit.plan.keep_raw = true;
    visit.parsed.kind = PageKind::Article;
    visit.parsed.article = Some(article);
    visit
}

fn source_visit(claim: &Claim, now: Timestamp) -> Visit {
    let mut visit = visit(claim, now);
    visit.plan.kind = PageKind::Front;
    let step = |brought, minutes| SourceStep {
        brought,
        at: now + Duration::from_mins(minutes),
        gap: Some(Duration::from_mins(2 * minutes)),
        health: SourceHealth::Good,
    };
    visit.plan.next = NextVisit::ByYield(vec![step(0, 20), step(1, 10), step(5, 5)]);
    visit
}

fn failed_visit(claim: &Claim, now: Timestamp, retry: Timestamp) -> Visit {
    let mut visit = visit(claim, now);
    visit.fetched.outcome = Outcome::Failed(Failure::Status { status: 503, retry_after: None });
    visit.fetched.receipt.requests[0].status = Some(503);
    visit.plan.kind = claim.kind;
    visit.plan.next = NextVisit::At(retry);
    visit
}

fn summaries(found: &[murasil::model::query::ArticleSummary]) -> Vec<String> {
    found.iter().filter_map(|article| article.title.clone()).collect()
}

// Opening

#[tokio::test]
async fn a_second_owner_is_refused_quickly_and_the_first_goes_on() {
    let fixture = Fixture::new().await;
    let start = std::time::Instant::now();

    let second = Store::open(&fixture.path(), None).await;

    assert!(matches!(second, Err(StoreError::Locked { .. })));
    assert!(start.elapsed() < Duration::from_secs(1));
    fixture.admit(&["http://a.example/"]).await;
}

#[tokio::test]
async fn a_closed_store_lets_another_open_and_leaves_no_log_behind() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/"]).await;
    let clone = fixture.store.clone();

    fixture.store.clone().close().await.expect("closes");

    assert!(!fixture.folder.path().join("m.db-wal").exists());
    let after = clone.admit(vec![admission("http://b.example/")], at(1)).await;
    assert!(matches!(after, Err(StoreError::Closed { .. })));
    let again = Store::open(&fixture.path(), None).await.expect("opens again");
    assert_eq!(again.claim(at(1), 9, &HashSet::new()).await.expect("claims").len(), 1);
}

#[tokio::test]
async fn a_file_of_a_newer_program_or_of_another_one_is_refused() {
    let fixture = Fixture::new().await;
    fixture.store.clone().close().await.expect("closes");
    execute(
        &fixture.path(),
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (9999, 'later', 1, x'00', 0)",
    )
    .await;
    let foreign = fixture.folder.path().join("foreign.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&foreign).create_if_missing(true);
    let mut conn = options.connect().await.expect("creates");
    sqlx::query("create table t (x)").execute(&mut conn).await.expect("creates a table");
    let text = fixture.folder.path().join("text.db");
    std::fs::write(&text, "no database at all, but long enough to be read as a header of one\n".repeat(20))
        .expect("writes");

    assert!(matches!(Store::open(&fixture.path(), None).await, Err(StoreError::Newer { found: 9999, .. })));
    assert!(matches!(Reader::open(&fixture.path()).await, Err(StoreError::Newer { .. })));
    assert!(matches!(Store::open(&foreign, None).await, Err(StoreError::Foreign { .. })));
    assert!(matches!(Reader::open(&foreign).await, Err(StoreError::Foreign { .. })));
    assert!(matches!(Store::open(&text, None).await, Err(StoreError::Foreign { .. })));
}

#[tokio::test]
async fn a_reader_creates_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("none.db");

    let error = Reader::open(&path).await.expect_err("there is none");

    assert!(matches!(&error, StoreError::Missing { path: named } if *named == path));
    assert!(error.to_string().contains("none.db"));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

// Runs

#[tokio::test]
async fn after_a_crash_every_host_waits_its_own_delay_once() {
    let fixture = Fixture::new().await;
    assert!(fixture.store.begin_run(at(0)).await.expect("begins").clean);
    fixture.admit(&["http://a.example/1", "http://a.example/2"]).await;
    let claim = fixture.claim_one(at(0)).await;
    fixture.store.record(visit(&claim, at(0))).await.expect("records");
    let path = fixture.path();
    drop(fixture.store);

    let store = Store::open(&path, None).await.expect("opens");
    assert!(!store.begin_run(at(100)).await.expect("begins").clean);

    assert!(store.claim(at(104), 9, &HashSet::new()).await.expect("claims").is_empty());
    assert_eq!(store.next_wake(&HashSet::new()).expect("wakes"), Some(at(105)));
    assert_eq!(store.claim(at(105), 9, &HashSet::new()).await.expect("claims").len(), 1);
}

#[tokio::test]
async fn after_a_clean_end_a_ready_host_is_asked_at_once() {
    let fixture = Fixture::new().await;
    let run = fixture.store.begin_run(at(0)).await.expect("begins");
    fixture.admit(&["http://a.example/1"]).await;
    fixture.store.end_run(run.run, at(1)).await.expect("ends");

    assert!(fixture.store.begin_run(at(100)).await.expect("begins").clean);

    assert_eq!(fixture.store.claim(at(100), 9, &HashSet::new()).await.expect("claims").len(), 1);
}

#[tokio::test]
async fn a_clock_that_was_set_back_while_the_daemon_rested_moves_all_plans_along_once() {
    const YEAR: i64 = 365 * 86_400;
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1"]).await;
    let run = fixture.store.begin_run(at(YEAR)).await.expect("begins");
    let claim = fixture.claim_one(at(YEAR)).await;
    let mut visit = article_visit(&claim, at(YEAR), article("t", &["b"]));
    visit.plan.next = NextVisit::At(at(YEAR + 3600));
    visit.plan.pace.next_at = at(YEAR + 5);
    fixture.store.record(visit).await.expect("records");
    fixture.store.end_run(run.run, at(YEAR)).await.expect("ends");

    for _ in 0..2 {
        fixture.store.begin_run(at(60)).await.expect("begins");
        let wake = fixture.store.next_wake(&HashSet::new()).expect("wakes").expect("something to do");
        assert_eq!(wake, at(60 + 3600), "the page waits for its hour, not for a year");
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_while_the_daemon_runs_makes_nobody_wait_longer() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1", "http://a.example/2"]).await;
    let claim = fixture.claim_one(at(100_000)).await;
    let mut visit = article_visit(&claim, at(100_000), article("t", &["b"]));
    visit.plan.pace.next_at = at(100_005);
    fixture.store.record(visit).await.expect("records");

    fixture.store.move_plans_back(Duration::from_hours(25)).await.expect("moves");

    let none = HashSet::new();
    assert_eq!(fixture.store.next_wake(&none).expect("wakes"), Some(at(10_005)));
    assert!(fixture.store.claim(at(10_004), 9, &none).await.expect("claims").is_empty());
    assert_eq!(fixture.store.claim(at(10_005), 9, &none).await.expect("claims").len(), 1);
}

// Sites and seeds

#[tokio::test]
async fn syncing_sites_twice_changes_nothing() {
    let fixture = Fixture::new().await;
    let sites = [SiteRecord { name: "paper".into() }];
    let seeds = || vec![seed("http://a.example/", PageKind::Front)];
    fixture.store.sync_sites(&sites, seeds(), at(0)).await.expect("syncs");
    let claim = fixture.claim_one(at(0)).await;
    assert_eq!((claim.depth, claim.kind, claim.site.as_str()), (0, PageKind::Front, "paper"));
    fixture.store.record(source_visit(&claim, at(0))).await.expect("records");

    fixture.store.sync_sites(&sites, seeds(), at(60)).await.expect("syncs");

    assert!(fixture.store.claim(at(60), 9, &HashSet::new()).await.expect("claims").is_empty());
    let claim = fixture.claim_one(at(1200)).await;
    assert_eq!(claim.history.successes, 1);
    assert_eq!(claim.history.source.interval, Some(Duration::from_mins(20)));
    assert_eq!(fixture.number("select count(*) from seeds").await, 1);
}

#[tokio::test]
async fn a_site_taken_out_rests_and_comes_back_with_its_history() {
    let fixture = Fixture::new().await;
    let paper = [SiteRecord { name: "paper".into() }];
    let seeds = || vec![seed("http://a.example/", PageKind::Front)];
    fixture.store.sync_sites(&paper, seeds(), at(0)).await.expect("syncs");
    let claim = fixture.claim_one(at(0)).await;
    let mut first = source_visit(&claim, at(0));
    first.plan.admit = vec![admission("http://a.example/1")];
    fixture.store.record(first).await.expect("records");

    fixture.store.sync_sites(&[SiteRecord { name: "other".into() }], Vec::new(), at(10)).await.expect("syncs");
    assert_eq!(fixture.store.next_wake(&HashSet::new()).expect("wakes"), None);
    assert!(fixture.store.claim(at(9000), 9, &HashSet::new()).await.expect("claims").is_empty());

    fixture.store.sync_sites(&paper, seeds(), at(9000)).await.expect("syncs");
    let claim = fixture.claim_one(at(9000)).await;
    assert_eq!((claim.url.as_str(), claim.history.successes), ("http://a.example/", 1));
    assert_eq!(fixture.number("select count(*) from pages where state = 'new'").await, 1);
}

#[tokio::test]
async fn a_page_put_aside_is_watched_once_it_is_configured_as_a_source() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/news"]).await;
    let claim = fixture.claim_one(at(0)).await;
    fixture.store.record(visit(&claim, at(0))).await.expect("records");
    assert_eq!(fixture.store.next_wake(&HashSet::new()).expect("wakes"), None);

    let seeds = vec![seed("http://a.example/news", PageKind::Section)];
    fixture.store.sync_sites(&[SiteRecord { name: "paper".into() }], seeds, at(10)).await.expect("syncs");

    assert_eq!(fixture.claim_one(at(10)).await.kind, PageKind::Section);
}

// Admission

#[tokio::test]
async fn one_page_is_one_row_whatever_its_spelling() {
    let fixture = Fixture::new().await;
    let spellings = [
        "http://a.example/x?b=1&a=2",
        "https://www.a.example/x?a=2&b=1",
        "https://a.example/x?a=2&b=1&utm_source=mail#top",
    ];

    let admitted = fixture.store.admit(spellings.map(admission).to_vec(), at(0)).await.expect("admits");
    let again = fixture.store.admit(spellings.map(admission).to_vec(), at(1)).await.expect("admits");

    assert_eq!((admitted, again), (1, 0));
    assert_eq!(fixture.number("select count(*) from pages").await, 1);
    assert_eq!(fixture.claim_one(at(1)).await.url.as_str(), "http://a.example/x?b=1&a=2");
}

/// A visit that found so many addresses, each twice.
fn long_list(claim: &Claim, now: Timestamp, addresses: usize) -> Visit {
    let mut visit = visit(claim, now);
    visit.plan.admit = (0..2 * addresses).map(|n| admission(&format!("http://a.example/{}", n % addresses))).collect();
    visit
}

#[tokio::test]
async fn a_long_list_enters_whole_and_counts_once() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/list", "http://a.example/7"]).await;
    let claims = fixture.store.claim(at(0), 1, &HashSet::new()).await.expect("claims");

    let first = fixture.store.record(long_list(&claims[0], at(0), 2_500)).await.expect("records");
    let again = fixture.store.record(long_list(&claims[0], at(9), 2_500)).await.expect("records");

    assert_eq!((first.new_pages, again.new_pages), (2_499, 0));
    assert_eq!(number(&fixture.path(), "select count(*) from pages where found_on = 1").await, 2_499);
}

#[tokio::test]
async fn other_visits_are_recorded_between_the_slices_of_a_long_list() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/list", "http://b.example/"]).await;
    let claims = fixture.store.claim(at(0), 9, &HashSet::new()).await.expect("claims");
    let [long, short] = &claims[..] else { panic!("two hosts are ready") };
    let mut long = Box::pin(fixture.store.record(long_list(long, at(0), 2_500)));

    tokio::select! {
        biased;
        _ = &mut long => panic!("the long list keeps the short one waiting"),
        short = fixture.store.record(visit(short, at(0))) => drop(short.expect("records")),
    }

    assert_eq!(long.await.expect("records").new_pages, 2_500);
}

#[tokio::test]
async fn a_page_that_is_still_new_takes_over_what_is_better() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/feed", "http://a.example/other"]).await;
    let better = Admission {
        kind: PageKind::Feed,
        depth: 0,
        priority: -5,
        found_by: FoundBy::Link(Place::Head),
        ..admission("http://a.example/feed")
    };
    fixture.store.admit(vec![better], at(1)).await.expect("admits");
    let worse = Admission { kind: PageKind::Article, depth: 7, priority: 9, ..admission("http://a.example/feed") };
    fixture.store.admit(vec![worse], at(2)).await.expect("admits");

    let claim = fixture.claim_one(at(2)).await;

    assert_eq!((claim.url.path(), claim.kind, claim.depth), ("/feed", PageKind::Feed, 0));
    assert_eq!(fixture.number("select count(*) from sources").await, 1);
}

// Claims

#[tokio::test]
async fn a_frontier_that_was_read_into_memory_still_takes_over_what_is_better() {
    let fixture = Fixture::new().await;
    fixture.admit(&["https://paper.example/a", "https://paper.example/b"]).await;
    fixture.store.sync_sites(&[SiteRecord { name: "paper".into() }], Vec::new(), at(1)).await.expect("syncs");
    let reading = async {
        while !fixture.store.knows_the_frontier() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reading).await.expect("is read");

    let nearer = Admission { depth: 0, ..admission("https://paper.example/a") };
    let listed = vec![nearer, admission("https://paper.example/b"), admission("https://paper.example/c")];
    assert_eq!(fixture.store.admit(listed, at(2)).await.expect("admits"), 1);

    assert_eq!(fixture.number("select depth from pages where url like '%/a'").await, 0);
    assert_eq!(fixture.number("select depth from pages where url like '%/b'").await, 1);
}

#[tokio::test]
async fn a_due_source_goes_before_new_pages_and_these_before_revisits() {
    let fixture = Fixture::new().await;
    fixture.store.admit(vec![seed("http://a.example/", PageKind::Front)], at(0)).await.expect("admits");
    let front = fixture.claim_one(at(0)).await;
    let mut first = source_visit(&front, at(0));
    first.plan.admit = vec![
        Admission { priority: 5, ..admission("http://a.example/late") },
        Admission { priority: 1, ..admission("http://a.example/early") },
        Admission { priority: 1, ..admission("http://a.example/early2") },
    ];
    fixture.store.record(first).await.expect("records");

    let mut order = Vec::new();
    for now in [at(10), at(20), at(600), at(700), at(4000), at(4300)] {
        let claim = fixture.claim_one(now).await;
        order.push(claim.url.path().to_owned());
        let visit = if claim.kind == PageKind::Front {
            source_visit(&claim, now)
        } else {
            article_visit(&claim, now, article("t", &["b"]))
        };
        fixture.store.record(visit).await.expect("records");
    }

    // The front page brought something, so it is due after 600 s, then after 1200 s.
    assert_eq!(order, ["/early", "/early2", "/", "/late", "/", "/early"]);
}

#[tokio::test]
async fn a_claim_takes_one_page_a_host_skips_busy_hosts_and_writes_nothing() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1", "http://a.example/2", "http://b.example/1", "http://c.example/1"]).await;

    let all = fixture.store.claim(at(0), 9, &HashSet::new()).await.expect("claims");
    let again = fixture.store.claim(at(0), 9, &HashSet::new()).await.expect("claims");
    let busy: HashSet<_> = all.iter().take(2).map(|claim| claim.host_id).collect();
    let rest = fixture.store.claim(at(0), 9, &busy).await.expect("claims");
    let limited = fixture.store.claim(at(0), 2, &HashSet::new()).await.expect("claims");

    assert_eq!(all.len(), 3);
    assert_eq!(all, again);
    assert_eq!(rest, all[2..]);
    assert_eq!(limited.len(), 2);
    let everybody = all.iter().map(|claim| claim.host_id).collect();
    assert_eq!(fixture.store.next_wake(&everybody).expect("wakes"), None);
    assert_eq!(fixture.store.next_wake(&busy).expect("wakes"), Some(at(0)));
}

#[tokio::test]
async fn a_host_is_not_asked_before_its_pace_allows() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1", "http://a.example/2"]).await;
    let claim = fixture.claim_one(at(0)).await;
    fixture.store.record(visit(&claim, at(0))).await.expect("records");

    assert!(fixture.store.claim(at(4), 9, &HashSet::new()).await.expect("claims").is_empty());
    assert_eq!(fixture.store.next_wake(&HashSet::new()).expect("wakes"), Some(at(5)));

    let claim = fixture.claim_one(at(5)).await;
    assert_eq!((claim.pace.delay, claim.pace.next_at), (Duration::from_secs(5), at(5)));
    assert_eq!(claim.pace.pages_today, 1);
}

#[tokio::test]
async fn a_failed_first_visit_is_tried_again_before_new_pages() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1", "http://a.example/2", "http://a.example/3"]).await;
    let claim = fixture.claim_one(at(0)).await;
    fixture.store.record(failed_visit(&claim, at(0), at(60))).await.expect("records");

    assert_eq!(fixture.claim_one(at(59)).await.url.path(), "/2");
    let again = fixture.claim_one(at(60)).await;

    assert_eq!((again.url.path(), again.history.failures, again.history.successes), ("/1", 1, 0));
    assert_eq!(again.history.visited_at, Some(at(0)));
}

#[tokio::test]
async fn a_host_that_wakes_for_nothing_goes_back_to_sleep() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1"]).await;
    execute(&fixture.path(), "update pages set state = 'done', lane = null").await;

    assert!(fixture.store.claim(at(0), 9, &HashSet::new()).await.expect("claims").is_empty());

    assert_eq!(fixture.store.next_wake(&HashSet::new()).expect("wakes"), None);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_blocks_nobody() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1", "http://a.example/2"]).await;
    execute(&fixture.path(), "update pages set url = 'no address' where id = 1").await;

    assert!(fixture.store.claim(at(0), 9, &HashSet::new()).await.expect("claims").is_empty());

    assert_eq!(fixture.claim_one(at(0)).await.url.path(), "/2");
}

#[tokio::test]
async fn an_address_is_claimed_due_or_not_and_quarantine_holds() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1", "http://b.example/1"]).await;
    let claims = fixture.store.claim(at(0), 9, &HashSet::new()).await.expect("claims");
    fixture.store.record(visit(&claims[0], at(0))).await.expect("records");
    fixture.store.quarantine(claims[1].page, at(500)).await.expect("puts aside");

    let put_aside = fixture.store.claim_url(&claims[1].url).await.expect("loads").expect("is known");
    assert_eq!(put_aside.page, claims[1].page);
    assert_eq!(fixture.store.claim_url(&url("http://c.example/")).await.expect("loads"), None);
    let b = HashSet::from([claims[0].host_id]);
    assert_eq!(fixture.store.next_wake(&b).expect("wakes"), Some(at(500)));
    fixture.store.record(article_visit(&put_aside, at(2), article("t", &["b"]))).await.expect("records");
    assert_eq!(fixture.text("select state from pages where id = 2").await, "scheduled");
}

// Robots

fn robots_copy(claim: &Claim, text: &str, now: Timestamp) -> RobotsCopy {
    RobotsCopy {
        id: None,
        authority: claim.url.authority(),
        fetched_at: now,
        status: RobotsStatus::Rules,
        text: text.into(),
        failed_at: None,
    }
}

#[tokio::test]
async fn a_robots_copy_that_was_read_comes_with_the_next_claim_also_after_a_restart() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1", "http://a.example/2"]).await;
    let claim = fixture.claim_one(at(0)).await;
    assert_eq!(claim.robots, None);
    let copy = robots_copy(&claim, "User-agent: *\nDisallow: /x", at(0));
    let mut first = visit(&claim, at(0));
    first.fetched.receipt.robots = RobotsUse::Read(copy.clone());
    fixture.store.record(first).await.expect("records");

    let next = fixture.claim_one(at(5)).await.robots.expect("a copy");
    assert_eq!(RobotsCopy { id: None, ..next.clone() }, copy);
    assert!(next.id.is_some());

    fixture.store.clone().close().await.expect("closes");
    let store = Store::open(&fixture.path(), None).await.expect("opens");
    let claims = store.claim(at(5), 1, &HashSet::new()).await.expect("claims");
    assert_eq!(claims[0].robots.as_ref(), Some(&next));
}

#[tokio::test]
async fn claims_that_are_made_together_have_each_the_copy_of_its_own_host() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1", "http://a.example/2", "http://b.example/1", "http://b.example/2"]).await;
    for claim in fixture.store.claim(at(0), 9, &HashSet::new()).await.expect("claims") {
        let mut visit = visit(&claim, at(0));
        visit.fetched.receipt.robots = RobotsUse::Read(robots_copy(&claim, claim.url.host_name(), at(0)));
        fixture.store.record(visit).await.expect("records");
    }
    fixture.admit(&["http://c.example/1"]).await;
    fixture.store.clone().close().await.expect("closes");

    let store = Store::open(&fixture.path(), None).await.expect("opens");

    for _read_then_remembered in 0..2 {
        let claims = store.claim(at(5), 9, &HashSet::new()).await.expect("claims");
        let copies = claims.iter().map(|claim| {
            (claim.url.host_name(), claim.robots.as_ref().map(|copy| (copy.authority.as_str(), copy.text.as_str())))
        });
        let mut copies: Vec<_> = copies.collect();
        copies.sort_unstable();
        let of = |authority, text| Some((authority, text));
        assert_eq!(
            copies,
            [
                ("a.example", of("http://a.example", "a.example")),
                ("b.example", of("http://b.example", "b.example")),
                ("c.example", None),
            ]
        );
    }
}

#[tokio::test]
async fn a_robots_copy_that_could_not_be_read_anew_stays_in_force_with_its_age_across_a_restart() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1", "http://a.example/2"]).await;
    let claim = fixture.claim_one(at(0)).await;
    let read = robots_copy(&claim, "User-agent: *\nDisallow: /x", at(0));
    let failed = RobotsCopy { failed_at: Some(at(30 * 3600)), ..read.clone() };
    for (copy, now) in [(read, at(0)), (failed.clone(), at(30 * 3600))] {
        let mut visit = visit(&claim, now);
        visit.fetched.receipt.robots = RobotsUse::Read(copy);
        fixture.store.record(visit).await.expect("records");
    }
    fixture.store.clone().close().await.expect("closes");

    let store = Store::open(&fixture.path(), None).await.expect("opens");

    let claims = store.claim(at(40 * 3600), 1, &HashSet::new()).await.expect("claims");
    let kept = claims[0].robots.clone().expect("a copy");
    assert_eq!(RobotsCopy { id: None, ..kept }, failed);
}

#[tokio::test]
async fn the_same_text_is_one_row_and_the_last_decision_is_in_force() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1"]).await;
    let claim = fixture.claim_one(at(0)).await;
    let old = robots_copy(&claim, "old", at(0));
    let new = robots_copy(&claim, "new", at(10));
    let kept = RobotsCopy { failed_at: Some(at(20)), ..old.clone() };
    for (n, copy) in [&old, &new, &kept].into_iter().enumerate() {
        let mut visit = failed_visit(&claim, at(n as i64 * 10), at(n as i64 * 10 + 10));
        visit.fetched.receipt.robots = RobotsUse::Read(copy.clone());
        fixture.store.record(visit).await.expect("records");
    }

    let store = {
        fixture.store.clone().close().await.expect("closes");
        Store::open(&fixture.path(), None).await.expect("opens")
    };
    let claims = store.claim(at(100), 1, &HashSet::new()).await.expect("claims");

    let in_force = claims[0].robots.clone().expect("a copy");
    assert_eq!(RobotsCopy { id: None, ..in_force }, kept);
    assert_eq!(fixture.number("select count(*) from robots").await, 2);
}

#[tokio::test]
async fn the_log_names_the_copy_that_refused() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1", "http://a.example/2"]).await;
    let claim = fixture.claim_one(at(0)).await;
    let mut read = visit(&claim, at(0));
    read.fetched.receipt.robots = RobotsUse::Read(robots_copy(&claim, "Disallow: /", at(0)));
    read.fetched.receipt.requests[0].kind = RequestKind::Robots;
    read.fetched.outcome = Outcome::Refused(Refusal::Robots { rule: "Disallow: /".into() });
    read.plan.next = NextVisit::Never(Retired::Refused);
    fixture.store.record(read).await.expect("records");

    let claim = fixture.claim_one(at(5)).await;
    let mut refused = visit(&claim, at(5));
    refused.fetched.receipt.requests.clear();
    refused.fetched.receipt.robots = RobotsUse::Known(claim.robots.as_ref().and_then(|copy| copy.id).expect("an id"));
    refused.fetched.outcome = Outcome::Refused(Refusal::Robots { rule: "Disallow: /".into() });
    refused.plan.next = NextVisit::Never(Retired::Refused);
    fixture.store.record(refused).await.expect("records");

    assert_eq!(fixture.number("select count(*) from fetches where robots_id = 1 and outcome = 'refused'").await, 2);
    assert_eq!(fixture.number("select count(*) from fetches where sent = 1").await, 1);
    let status = fixture.store.reader().status(at(5)).await.expect("a status");
    assert_eq!(status.hosts[0].requests, 1);
    let refusals = status.outcomes_24h.iter().find(|count| count.outcome == "refused").expect("counted");
    assert_eq!((refusals.reason.as_deref(), refusals.count), (Some("robots"), 2));
}

// Articles

#[tokio::test]
async fn an_article_is_stored_with_every_field() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1"]).await;
    let claim = fixture.claim_one(at(0)).await;
    let full = Article {
        title: Some(found("Title\0 here".into())),
        subtitle: Some(found("Standfirst".into())),
        kicker: Some(found("Elections".into())),
        authors: Some(found(vec!["Zoe".into(), "Adam".into()])),
        agency: Some(found("AFP".into())),
        dateline: Some(found("Oslo".into())),
        publisher: Some(found("Paper".into())),
        published: Some(found(When::day(jiff::civil::date(2015, 2, 6), "06 - 02 - 2015"))),
        modified: Some(found(When::day(jiff::civil::date(2015, 2, 7), ""))),
        language: Some(found("en".into())),
        section: Some(found("World".into())),
        tags: Some(found(vec!["b".into(), "a".into()])),
        body: Some(found(vec!["One two.".into(), "Three.".into()])),
        body_html: Some("<p>One two.</p><p>Three.</p>".into()),
        image: Some(found(url("http://a.example/i.jpg"))),
        canonical: Some(found(url("http://a.example/1"))),
        amp: Some(found(url("http://a.example/amp/1"))),
        source: Some(found(url("http://b.example/9"))),
        source_id: Some(found("9".into())),
        flags: vec![
            Flag { kind: FlagKind::Opinion, reason: "its section is Opinion".into() },
            Flag { kind: FlagKind::Live, reason: "JSON-LD\0".into() },
        ],
        pictures: vec![
            Picture { url: url("http://a.example/i.jpg"), caption: Some("The bridge".into()), credit: None },
            Picture { url: url("http://a.example/j.jpg"), caption: None, credit: Some("Zoe".into()) },
        ],
        entries: vec![LiveEntry {
            at: Some(When::day(jiff::civil::date(2015, 2, 6), "6 Feb")),
            raw: "6 Feb".into(),
            title: None,
            text: "It begins.".into(),
        }],
    };

    let recorded = fixture.store.record(article_visit(&claim, at(0), full)).await.expect("records");

    assert_eq!(recorded.article, ArticleChange::New);
    let reader = fixture.store.reader();
    let stored = reader.article(1).await.expect("reads").expect("is there");
    assert_eq!(stored.summary.title.as_deref(), Some("Title\u{FFFD} here"));
    assert_eq!(stored.summary.authors, ["Zoe", "Adam"]);
    assert_eq!(stored.summary.published_at.as_deref(), Some("2015-02-06T00:00:00Z"));
    assert_eq!(stored.summary.published_day.as_deref(), Some("2015-02-06"));
    assert_eq!((stored.summary.word_count, stored.summary.version), (3, 1));
    assert_eq!(stored.subtitle.as_deref(), Some("Standfirst"));
    assert_eq!(stored.published_raw.as_deref(), Some("06 - 02 - 2015"));
    assert_eq!(stored.tags, ["b", "a"]);
    let lines = [&stored.kicker, &stored.agency, &stored.dateline].map(Option::as_deref);
    assert_eq!(lines, [Some("Elections"), Some("AFP"), Some("Oslo")]);
    assert_eq!(fixture.text("select kicker || agency || dateline from v_articles").await, "ElectionsAFPOslo");
    assert_eq!(stored.body, ["One two.", "Three."]);
    assert_eq!(stored.source_url.as_deref(), Some("http://b.example/9"));
    assert_eq!(stored.found_by["title"], "html test");
    assert_eq!(stored.body_html.as_deref(), Some("<p>One two.</p><p>Three.</p>"));
    assert_eq!(stored.direction.as_deref(), Some("ltr"));
    assert_eq!(stored.flags["opinion"], "its section is Opinion");
    assert_eq!(fixture.text("select flags || ' ' || direction from v_articles").await, "live,opinion ltr");
    assert_eq!(
        fixture
            .text(
                "select group_concat(url || '|' || ifnull(caption, '') || '|' || ifnull(credit, ''), ' ') from images"
            )
            .await,
        "http://a.example/i.jpg|The bridge| http://a.example/j.jpg||Zoe"
    );
    assert_eq!(
        fixture.text("select at || '|' || at_raw || '|' || ifnull(title, '') || '|' || text from live_entries").await,
        "2015-02-06T00:00:00Z|6 Feb||It begins."
    );
    assert_eq!(fixture.text("select amp_url from articles").await, "http://a.example/amp/1");
    assert_eq!(stored.found_by.len(), 18);
    assert_eq!(stored.versions.len(), 1);
    assert_eq!(stored.first_seen_at, "2025-06-15T15:06:40Z");
    assert_eq!(fixture.text("select authors from v_articles").await, "Zoe, Adam");
    assert_eq!(reader.article(2).await.expect("reads"), None);
    assert_eq!(number(&fixture.folder.path().join("pages.db"), "select count(*) from raw_pages").await, 1);
    assert_eq!(fixture.number("select raw_page_id from article_versions").await, 1);
}

fn with_details(body: &str, flag: FlagKind, pictures: &[&str], entries: &[&str]) -> Article {
    let entry = |text: &&str| LiveEntry { at: None, raw: "18:30".into(), title: None, text: (*text).into() };
    let picture = |address: &&str| Picture { url: url(address), caption: None, credit: None };
    Article {
        flags: vec![Flag { kind: flag, reason: "said so".into() }],
        pictures: pictures.iter().map(picture).collect(),
        image: pictures.first().map(|address| found(url(address))),
        entries: entries.iter().map(entry).collect(),
        ..article("Title", &[body])
    }
}

#[tokio::test]
async fn flags_pictures_and_entries_follow_the_page_without_a_version() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1"]).await;
    let (one, two) = ("http://a.example/1.jpg", "http://a.example/2.jpg");
    let states = [
        (with_details("old", FlagKind::Live, &[one, two], &["one"]), "live", "one.two", "1one"),
        (with_details("new", FlagKind::Live, &[two], &["two", "one"]), "live", "two", "1two,2one"),
        // The same words.
        (
            with_details("new", FlagKind::Paywalled, &[one], &["three", "two", "one"]),
            "paywalled",
            "one",
            "1three,2two,3one",
        ),
        (with_details("new", FlagKind::Opinion, &[one, two], &[]), "opinion", "one.two", ""),
    ];
    for (n, (article, flags, pictures, entries)) in states.into_iter().enumerate() {
        let now = at(n as i64 * 3600);
        let claim = fixture.claim_one(now).await;
        fixture.store.record(article_visit(&claim, now, article)).await.expect("records");

        assert_eq!(fixture.text("select group_concat(flag) from article_flags").await, flags);
        let shown =
            "select coalesce(group_concat(position || text), '') from (select * from live_entries order by position)";
        assert_eq!(fixture.text(shown).await, entries);
        let shown = "select group_concat(iif(url like '%1.jpg', 'one', 'two'), '.') from (select * from images order by position)";
        assert_eq!(fixture.text(shown).await, pictures);
        let lead = "select iif(image_url like '%1.jpg', 'one', 'two') from articles";
        assert_eq!(fixture.text(lead).await, pictures[..3]);
    }
    assert_eq!(fixture.number("select version from articles").await, 2);
}

#[tokio::test]
async fn a_lead_picture_that_is_gone_was_found_by_nobody() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1"]).await;
    for (n, pictures, found_by) in [(0, &["http://a.example/1.jpg"][..], "html test"), (1, &[], "nobody")] {
        let claim = fixture.claim_one(at(n * 3600)).await;
        let article = with_details("text", FlagKind::Live, pictures, &[]);
        fixture.store.record(article_visit(&claim, at(n * 3600), article)).await.expect("records");

        let sql = "select ifnull(found_by ->> 'image', 'nobody') from articles
                   where (image_url is null) = (found_by ->> 'image' is null)";
        assert_eq!(fixture.text(sql).await, found_by);
    }
    assert_eq!(fixture.number("select version from articles").await, 1);
}

#[tokio::test]
async fn details_that_are_the_same_are_not_written_again() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1"]).await;
    let visit = async |n: i64, entries: &[&str]| {
        let article = with_details("text", FlagKind::Live, &["http://a.example/1.jpg"], entries);
        let claim = fixture.claim_one(at(n * 3600)).await;
        fixture.store.record(article_visit(&claim, at(n * 3600), article)).await.expect("records");
    };
    visit(0, &["one"]).await;
    for table in ["images", "article_flags", "live_entries"] {
        for change in ["insert", "update", "delete"] {
            let trigger = format!(
                "create trigger {table}_{change} before {change} on {table}
                 begin select raise(abort, '{table} is written'); end"
            );
            sqlx::query(sqlx::AssertSqlSafe(trigger))
                .execute(&mut connect(&fixture.path()).await)
                .await
                .expect("executes");
        }
    }

    visit(1, &["one"]).await;
    // As in a database of an older program.
    execute(&fixture.path(), "update articles set details_hash = null").await;
    execute(
        &fixture.path(),
        "drop trigger images_insert; drop trigger article_flags_insert; drop trigger live_entries_insert",
    )
    .await;
    visit(2, &["one"]).await;
    visit(3, &["one", "two"]).await;
    assert_eq!(fixture.number("select count(*) from live_entries").await, 2);
}

#[tokio::test]
async fn an_edited_article_gets_a_version_and_an_unchanged_one_does_not() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1"]).await;
    let states = [
        (article("First", &["old body"]), ArticleChange::New),
        (article("First", &["old body"]), ArticleChange::Unchanged),
        (article("Second", &["new body"]), ArticleChange::Changed),
        (article("Second", &["new body"]), ArticleChange::Unchanged),
    ];
    for (n, (article, expected)) in states.into_iter().enumerate() {
        let now = at(n as i64 * 3600);
        let claim = fixture.claim_one(now).await;
        let recorded = fixture.store.record(article_visit(&claim, now, article)).await.expect("records");
        assert_eq!(recorded.article, expected, "visit {n}");
    }

    let stored = fixture.store.reader().article(1).await.expect("reads").expect("is there");
    assert_eq!(stored.summary.version, 2);
    assert_eq!(stored.versions[1].changed, "title,body");
    assert_eq!(
        (stored.changed_at.as_str(), stored.fetched_at.as_str()),
        ("2025-06-15T17:06:40Z", "2025-06-15T18:06:40Z")
    );
    let claim = fixture.claim_one(at(4 * 3600)).await;
    assert_eq!((claim.history.successes, claim.history.unchanged), (4, 1));
    assert_eq!(claim.history.article, Some(article("Second", &["new body"]).hash()));
    assert_eq!(claim.history.article_at, Some(at(0)));
    let reader = fixture.store.reader();
    assert!(reader.search("old", 9).await.expect("searches").is_empty());
    assert_eq!(summaries(&reader.search("new", 9).await.expect("searches")), ["Second"]);
    assert_eq!(number(&fixture.folder.path().join("pages.db"), "select count(*) from raw_pages").await, 2);
}

#[tokio::test]
async fn a_304_confirms_an_article_and_a_404_marks_it_removed() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1"]).await;
    let claim = fixture.claim_one(at(0)).await;
    fixture.store.record(article_visit(&claim, at(0), article("t", &["b"]))).await.expect("records");
    let claim = fixture.claim_one(at(3600)).await;
    assert_eq!(claim.validators.etag.as_deref(), Some("\"1\""));
    let mut same = visit(&claim, at(3600));
    same.fetched.outcome = Outcome::NotModified { validators: Validators::default(), fresh_for: None };
    same.plan.kind = PageKind::Article;
    same.plan.next = NextVisit::At(at(7200));
    fixture.store.record(same).await.expect("records");
    let claim = fixture.claim_one(at(7200)).await;
    assert_eq!((claim.history.successes, claim.history.unchanged), (2, 1));
    assert_eq!(claim.validators.etag.as_deref(), Some("\"1\""));
    assert_eq!(fixture.text("select fetched_at from articles").await, "2025-06-15T16:06:40Z");

    let mut gone = failed_visit(&claim, at(7200), at(0));
    gone.plan.next = NextVisit::Never(Retired::Gone);
    fixture.store.record(gone).await.expect("records");

    assert_eq!(fixture.text("select removed_at from v_articles").await, "2025-06-15T17:06:40Z");
    assert_eq!(fixture.text("select state from pages").await, "gone");
}

#[tokio::test]
async fn recording_a_visit_twice_is_recording_it_once() {
    let fixture = Fixture::new().await;
    fixture.store.admit(vec![seed("http://a.example/", PageKind::Front)], at(0)).await.expect("admits");
    let claim = fixture.claim_one(at(0)).await;
    let mut first = article_visit(&claim, at(0), article("t", &["b"]));
    first.plan.admit = vec![admission("http://a.example/1"), admission("http://b.example/1")];
    first.parsed.discovered = vec![link("http://a.example/1", Place::Main), link("http://b.example/1", Place::Footer)];
    first.parsed.headlines = vec![headline("h", "http://a.example/1", HeadlineRole::Related, 1)];

    let once = fixture.store.record(first.clone()).await.expect("records");
    let twice = fixture.store.record(first).await.expect("records");

    assert_eq!((once.article, once.new_pages, once.new_headlines), (ArticleChange::New, 2, 1));
    assert_eq!((twice.article, twice.new_pages, twice.new_headlines), (ArticleChange::Unchanged, 0, 0));
    for (table, expected) in [
        ("select count(*) from pages", 3),
        ("select count(*) from fetches", 1),
        ("select requests from hosts where id = 1", 1),
        ("select successes from pages where id = 1", 1),
        ("select count(*) from article_versions", 1),
        ("select count(*) from links", 1),
        ("select sum(times_seen) from headline_sightings", 1),
    ] {
        assert_eq!(fixture.number(table).await, expected, "{table}");
    }
}

// Sources and headlines

#[tokio::test]
async fn a_source_comes_back_sooner_if_it_brought_something() {
    let fixture = Fixture::new().await;
    fixture.store.admit(vec![seed("http://a.example/", PageKind::Front)], at(0)).await.expect("admits");
    let claim = fixture.claim_one(at(0)).await;
    let mut first = source_visit(&claim, at(0));
    first.parsed.headlines = vec![headline("new", "http://x.example/", HeadlineRole::Front, 1)];
    let recorded = fixture.store.record(first).await.expect("records");
    assert_eq!((recorded.new_pages, recorded.new_headlines), (0, 1));

    let claim = fixture.claim_one(at(600)).await;
    assert_eq!(claim.history.source.interval, Some(Duration::from_mins(10)));
    let mut second = source_visit(&claim, at(600));
    second.parsed.headlines = vec![headline("new", "http://x.example/", HeadlineRole::Front, 2)];
    fixture.store.record(second).await.expect("records");

    assert_eq!(fixture.store.next_wake(&HashSet::new()).expect("wakes"), Some(at(1800)));
    let claim = fixture.claim_one(at(1800)).await;
    assert_eq!((claim.history.source.interval, claim.history.unchanged), (Some(Duration::from_mins(20)), 1));
    let mut third = failed_visit(&claim, at(1800), at(1860));
    third.plan.kind = PageKind::Front;
    fixture.store.record(third).await.expect("records");
    let status = fixture.store.reader().status(at(1800)).await.expect("a status");
    let source = &status.sources[0];
    assert_eq!((source.visits, source.brought, source.failures), (2, 1, 1));
    assert_eq!((source.interval_seconds, source.error.as_deref()), (Some(1200), Some("status 503")));
    assert_eq!(source.due_at.as_deref(), Some("2025-06-15T15:37:40Z"));
}

#[tokio::test]
async fn a_source_is_known_by_what_it_brings_first_and_by_what_it_repeats() {
    let fixture = Fixture::new().await;
    let sources = ["http://a.example/", "http://b.example/"];
    fixture.store.admit(sources.iter().map(|url| seed(url, PageKind::Front)).collect(), at(0)).await.expect("admits");
    let item = |n: i64| vec![admission(&format!("http://c.example/{n}"))];
    for n in 0..3 {
        // The first names the item a minute before the second does.
        for (lag, address) in [(0, sources[0]), (60, sources[1])] {
            let now = at(n * 1200 + lag);
            let mut visit = source_visit(&fixture.known(address).await, now);
            visit.plan.admit = item(n);
            fixture.store.record(visit).await.expect("records");
        }
    }

    let figures = "select group_concat(line, '; ') from (
                     select visits || ' ' || brought || ' ' || listed || ' ' || echoes || ' ' || (gap_ms / 60000) as line
                     from sources order by page_id)";
    assert_eq!(fixture.text(figures).await, "3 3 3 0 20; 3 0 2 2 40");
    assert_eq!(fixture.known(sources[1]).await.history.source.echoes, 2);
}

#[tokio::test]
async fn a_feeds_wishes_and_hubs_are_kept_over_an_answer_that_nothing_changed() {
    let fixture = Fixture::new().await;
    fixture.store.admit(vec![seed("http://a.example/rss", PageKind::Feed)], at(0)).await.expect("admits");
    let hints = SourceHints { ttl: Some(Duration::from_mins(30)), skip_hours: 7, skip_days: 64 };
    let claim = fixture.claim_one(at(0)).await;
    let mut first = source_visit(&claim, at(0));
    first.plan.kind = PageKind::Feed;
    first.parsed.feed.hints = hints;
    first.parsed.feed.hubs = vec![url("https://hub.example/"), url("https://hub2.example/")];
    first.parsed.feed.topic = Some(url("http://a.example/rss"));
    let Outcome::Page(page) = &mut first.fetched.outcome else { panic!("a page") };
    page.links.hubs = vec![url("https://hub3.example/"), url("https://hub2.example/")];
    fixture.store.record(first).await.expect("records");
    let claim = fixture.claim_one(at(1200)).await;
    let mut second = source_visit(&claim, at(1200));
    second.plan.kind = PageKind::Feed;
    second.fetched.outcome = Outcome::NotModified { validators: Validators::default(), fresh_for: None };
    fixture.store.record(second).await.expect("records");

    let claim = fixture.claim_one(at(2400)).await;
    assert_eq!(claim.history.source.hints, hints);
    let hubs = fixture.text("select hubs || ' ' || topic_url from sources").await;
    assert_eq!(hubs, "https://hub3.example/\nhttps://hub2.example/\nhttps://hub.example/ http://a.example/rss");
}

#[tokio::test]
async fn a_feeds_full_text_waits_for_its_page_and_goes_when_the_page_gives_its_own() {
    let fixture = Fixture::new().await;
    fixture.store.admit(vec![seed("http://a.example/rss", PageKind::Feed)], at(0)).await.expect("admits");
    let feed = fixture.claim_one(at(0)).await;
    let mut visit = source_visit(&feed, at(0));
    visit.plan.kind = PageKind::Feed;
    visit.plan.admit = vec![admission("http://b.example/1"), admission("http://c.example/1")];
    let text = |address: &str| FeedText { url: url(address), text: "one\n\ntwo".into() };
    visit.parsed.feed.texts = vec![text("http://b.example/1"), text("http://c.example/1"), text("http://d.example/1")];
    fixture.store.record(visit.clone()).await.expect("records");
    fixture.store.record(visit).await.expect("records twice");
    assert_eq!(fixture.number("select count(*) from feed_texts").await, 2, "a page that did not enter has none");

    let own = fixture.known("http://b.example/1").await;
    assert_eq!(own.history.feed_text.as_deref(), Some("one\n\ntwo"));
    fixture.store.record(article_visit(&own, at(1), article("t", &["its own"]))).await.expect("records");
    let stub = fixture.known("http://c.example/1").await;
    let mut lent = article("t", &["one", "two"]);
    lent.body = lent.body.map(|body| Found::new(body.value, Extractor::Feed, "entry content"));
    fixture.store.record(article_visit(&stub, at(1), lent)).await.expect("records");

    assert_eq!(fixture.known("http://b.example/1").await.history.feed_text, None);
    assert!(fixture.known("http://c.example/1").await.history.feed_text.is_some(), "its revisits need it, too");
    let by = "select a.found_by from articles a join pages p on p.id = a.page_id where p.url = 'http://c.example/1'";
    assert!(fixture.text(by).await.contains("feed entry content"));
}

#[tokio::test]
async fn a_page_that_was_read_as_a_stub_is_read_again_once_a_feed_gives_its_text() {
    let fixture = Fixture::new().await;
    fixture.store.admit(vec![admission("http://b.example/1")], at(0)).await.expect("admits");
    let page = fixture.claim_one(at(0)).await;
    fixture.store.record(visit(&page, at(0))).await.expect("records");
    assert_eq!(fixture.text("select state from pages").await, "done");
    fixture.store.admit(vec![seed("http://a.example/rss", PageKind::Feed)], at(9)).await.expect("admits");
    for now in [at(10), at(1300)] {
        let feed = fixture.claim_one(now).await;
        let mut visit = source_visit(&feed, now);
        visit.plan.kind = PageKind::Feed;
        visit.plan.admit = vec![admission("http://b.example/1")];
        // Some feeds change a counter in each text at every visit.
        visit.parsed.feed.texts = vec![FeedText { url: url("http://b.example/1"), text: format!("text {now}") }];
        fixture.store.record(visit).await.expect("records");

        let due = fixture.store.claim(now, 9, &HashSet::new()).await.expect("claims");
        let again: Vec<&str> = due.iter().map(|claim| claim.url.as_str()).collect();
        assert_eq!(again.len(), usize::from(now == at(10)), "{again:?}");
        for claim in &due {
            fixture.store.record(self::visit(claim, now)).await.expect("records");
        }
    }
}

#[tokio::test]
async fn a_sitemaps_word_is_checked_by_the_next_visit_and_steers_when_it_may() {
    let fixture = Fixture::new().await;
    let pages = ["http://b.example/1", "http://c.example/1"];
    fixture.store.admit(pages.iter().map(|url| admission(url)).collect(), at(0)).await.expect("admits");
    for claim in fixture.store.claim(at(0), 9, &HashSet::new()).await.expect("claims") {
        fixture.store.record(article_visit(&claim, at(0), article(claim.url.as_str(), &["b"]))).await.expect("records");
    }
    fixture.store.admit(vec![seed("http://a.example/sitemap.xml", PageKind::Sitemap)], at(1)).await.expect("admits");
    let map = |claim: &Claim, now: Timestamp, changed: Timestamp, steers| {
        let mut visit = source_visit(claim, now);
        visit.plan.kind = PageKind::Sitemap;
        visit.plan.steers = steers;
        visit.parsed.lastmods.dates = pages.iter().map(|address| (url(address), changed)).collect();
        visit
    };
    let sitemap = fixture.claim_one(at(600)).await;
    fixture.store.record(map(&sitemap, at(600), at(-60), false)).await.expect("records");
    assert_eq!(fixture.number("select count(*) from lastmods").await, 0, "dates before our visit claim nothing");
    let sitemap = fixture.claim_one(at(1800)).await;
    fixture.store.record(map(&sitemap, at(1800), at(900), false)).await.expect("records");
    assert_eq!(fixture.number("select count(*) from lastmods").await, 2);
    assert_eq!(
        fixture.number("select count(*) from pages where lane = 'revisit' and due_at_ms > 1750001800000").await,
        2
    );

    for (address, body) in [(pages[0], "changed"), (pages[1], "b")] {
        let claim = fixture.known(address).await;
        fixture.store.record(article_visit(&claim, at(1900), article(address, &[body]))).await.expect("records");
    }
    assert_eq!(fixture.text("select lastmod_right || ' ' || lastmod_wrong from sources").await, "1 1");
    let sitemap = fixture.known("http://a.example/sitemap.xml").await;
    assert_eq!(sitemap.history.source.lastmod, LastmodRecord { right: 1, wrong: 1 });

    fixture.store.record(map(&sitemap, at(3000), at(2500), true)).await.expect("records");
    let due = fixture.store.claim(at(3000), 9, &HashSet::new()).await.expect("claims");
    assert_eq!(due.len(), 2, "a sitemap that proved right makes them due");
}

#[tokio::test]
async fn a_host_vouches_for_a_sitemap_elsewhere_as_long_as_its_robots_txt_names_it() {
    let fixture = Fixture::new().await;
    fixture.store.admit(vec![seed("http://b.example/", PageKind::Front)], at(0)).await.expect("admits");
    let index = "http://a.example/index.xml";
    let read = |claim: &Claim, now: Timestamp, names: &[&str]| {
        let mut visit = source_visit(claim, now);
        let copy = robots_copy(claim, &names.join(" "), now);
        visit.fetched.receipt.robots = RobotsUse::Read(copy);
        visit.fetched.receipt.sitemaps = names.iter().map(|name| url(name)).collect();
        let named = |name: &&str| Admission { found_by: FoundBy::Robots, ..seed(name, PageKind::Sitemap) };
        visit.plan.admit = names.iter().map(named).collect();
        visit
    };
    let front = fixture.claim_one(at(0)).await;
    fixture.store.record(read(&front, at(0), &[index, "http://b.example/own.xml"])).await.expect("records");
    let own_word = [url("http://b.example/").host()];
    let claim = fixture.known(index).await;
    assert_eq!(claim.history.source.vouched_by, own_word);
    let own = fixture.known("http://b.example/own.xml").await;
    assert!(own.history.source.vouched_by.is_empty(), "its own host needs nobody's word");

    let mut visit = source_visit(&claim, at(1));
    visit.plan.kind = PageKind::Sitemap;
    visit.plan.admit = vec![seed("http://a.example/child.xml", PageKind::Sitemap)];
    fixture.store.record(visit).await.expect("records");
    let child = fixture.known("http://a.example/child.xml").await;
    assert_eq!(child.history.source.vouched_by, own_word, "what an index may say its sitemaps may say");

    let front = fixture.known("http://b.example/").await;
    fixture.store.record(read(&front, at(90_000), &[])).await.expect("records");
    assert!(fixture.known(index).await.history.source.vouched_by.is_empty());
}

#[tokio::test]
async fn first_visits_teach_the_shapes_of_a_sites_addresses_within_a_bound() {
    let fixture = Fixture::new().await;
    for n in 0..400_i64 {
        let letter = |at: i64| char::from(b'a' + (at % 26) as u8);
        let address = match n % 3 {
            0 => format!("http://a.example/n/more-words-of-{n}"),
            _ => format!("http://a.example/s{}{}/x", letter(n / 26), letter(n)),
        };
        fixture.admit(&[&address]).await;
        let claim = fixture.known(&address).await;
        fixture.store.record(visit(&claim, at(n))).await.expect("records");
    }

    assert!(fixture.number("select count(*) from learnt").await <= 200);
    assert_eq!(fixture.number("select times from learnt where shape = '/n/*' and kind = 'other'").await, 134);
    let learning = fixture.known("http://a.example/n/more-words-of-0").await.history.learning;
    assert!(learning.shapes["/n/*"][0].1 >= 100, "{:?}", learning.shapes["/n/*"]);
    let learning = fixture.store.reader().learning("paper").await.expect("reads");
    assert_eq!(learning.shapes["/n/*"], [(PageKind::Other, 134)]);
}

#[tokio::test]
async fn the_same_list_again_moves_times_and_positions_only() {
    let fixture = Fixture::new().await;
    fixture.store.admit(vec![seed("http://a.example/", PageKind::Front)], at(0)).await.expect("admits");
    let list = |order: [u32; 2]| {
        vec![
            headline("one", "http://a.example/1", HeadlineRole::Front, order[0]),
            headline("two", "http://a.example/2", HeadlineRole::Front, order[1]),
            headline("", "http://a.example/3", HeadlineRole::Front, 3),
        ]
    };
    for (now, order) in [(at(0), [1, 2]), (at(600), [2, 1])] {
        let claim = fixture.claim_one(now).await;
        let mut visit = source_visit(&claim, now);
        visit.parsed.headlines = list(order);
        fixture.store.record(visit).await.expect("records");
    }

    assert_eq!(fixture.number("select count(*) from headline_sightings").await, 2);
    let line = "select h.text || ' ' || s.first_seen_at || ' ' || s.last_seen_at || ' ' || s.first_position || ' '
                  || s.last_position || ' ' || s.times_seen
                from headline_sightings s join headlines h on h.id = s.headline_id order by h.id";
    assert_eq!(fixture.text(line).await, "one 2025-06-15T15:06:40Z 2025-06-15T15:16:40Z 1 2 2");
    assert_eq!(fixture.text("select text from v_front_page_now order by position").await, "two");
}

#[tokio::test]
async fn a_ticker_belongs_to_the_front_page_and_related_boxes_to_their_page() {
    let fixture = Fixture::new().await;
    let seeds = vec![seed("http://a.example/feed", PageKind::Feed), seed("http://a.example/", PageKind::Front)];
    fixture.store.sync_sites(&[SiteRecord { name: "paper".into() }], seeds, at(0)).await.expect("syncs");
    fixture
        .store
        .admit(vec![Admission { priority: -9, ..admission("http://a.example/1") }], at(0))
        .await
        .expect("admits");
    let claim = fixture.claim_one(at(0)).await;
    assert_eq!(claim.url.path(), "/1");
    let mut visit = article_visit(&claim, at(0), article("t", &["b"]));
    visit.parsed.headlines = vec![
        headline("tick", "http://a.example/2", HeadlineRole::Ticker, 1),
        headline("box", "http://a.example/3", HeadlineRole::Related, 1),
    ];
    fixture.store.record(visit).await.expect("records");

    let place = "select p.url from headline_sightings s join pages p on p.id = s.page_id where role = 'ticker'";
    assert_eq!(fixture.text(place).await, "http://a.example/");
    let place = "select p.url from headline_sightings s join pages p on p.id = s.page_id where role = 'related'";
    assert_eq!(fixture.text(place).await, "http://a.example/1");
}

#[tokio::test]
async fn a_headline_that_changed_is_shown_with_the_one_before() {
    let fixture = Fixture::new().await;
    fixture.store.admit(vec![seed("http://a.example/", PageKind::Front)], at(0)).await.expect("admits");
    for (now, text) in [(at(0), "before"), (at(600), "after")] {
        let claim = fixture.claim_one(now).await;
        let mut visit = source_visit(&claim, now);
        visit.parsed.headlines = vec![headline(text, "http://a.example/1", HeadlineRole::Front, 1)];
        fixture.store.record(visit).await.expect("records");
    }

    let change = fixture.text("select text_before || ' → ' || text from v_headline_changes").await;

    assert_eq!(change, "before → after");
}

#[tokio::test]
async fn pages_of_tags_and_authors_are_sources_of_their_own_kinds() {
    let fixture = Fixture::new().await;
    let seeds =
        vec![seed("http://a.example/tag/x", PageKind::Tag), seed("http://a.example/author/y", PageKind::Author)];
    fixture.store.admit(seeds, at(0)).await.expect("admits");

    let claim = fixture.claim_one(at(0)).await;
    assert!(claim.kind.gathers(), "{:?}", claim.kind);
    let mut visit = source_visit(&claim, at(0));
    visit.plan.kind = PageKind::Author;
    fixture.store.record(visit).await.expect("the schema knows the word");

    assert_eq!(fixture.number("select count(*) from sources").await, 2);
    assert_eq!(fixture.number("select count(*) from pages where kind in ('tag', 'author')").await, 2);
    assert_eq!(fixture.text("pragma integrity_check").await, "ok");
    let other = sqlx::query("update pages set kind = 'list'").execute(&mut connect(&fixture.path()).await).await;
    assert!(other.is_err_and(|error| error.to_string().contains("CHECK")), "other words are refused as before");
}

#[tokio::test]
async fn links_are_kept_from_text_and_boxes_of_articles_only() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1"]).await;
    let claim = fixture.claim_one(at(0)).await;
    let mut visit = article_visit(&claim, at(0), article("t", &["b"]));
    visit.plan.admit = ["2", "3", "4"].map(|n| admission(&format!("http://a.example/{n}"))).to_vec();
    visit.parsed.discovered = vec![
        link("http://a.example/2", Place::Main),
        Discovered { rel: murasil::model::Rel::parse("tag x"), ..link("http://a.example/3", Place::Aside) },
        link("http://a.example/4", Place::Footer),
        link("http://elsewhere.example/", Place::Main),
        link("http://a.example/1", Place::Main),
    ];
    fixture.store.record(visit).await.expect("records");

    assert_eq!(fixture.number("select count(*) from links where from_page_id = 1").await, 2);
    assert_eq!(
        fixture.text("select group_concat(place || ' ' || coalesce(rel, '-')) from links").await,
        "main -,aside tag"
    );
    for (address, expected) in [("http://a.example/2", None), ("http://a.example/3", Some("tag"))] {
        let story =
            fixture.store.reader().page_story(&url(address).key(), at(1)).await.expect("reads").expect("is there");
        assert_eq!(story.found_rel.as_deref(), expected, "{address}");
    }
}

// Redirects and aliases

#[tokio::test]
async fn a_redirected_page_names_its_target() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/old"]).await;
    let claim = fixture.claim_one(at(0)).await;
    let mut moved = visit(&claim, at(0));
    moved.fetched.outcome = Outcome::Redirect { to: url("http://a.example/new"), permanent: true };
    moved.plan.next = NextVisit::Never(Retired::Redirected);
    moved.plan.admit = vec![Admission { hops: 1, found_by: FoundBy::Redirect, ..admission("http://a.example/new") }];
    fixture.store.record(moved).await.expect("records");

    assert_eq!(
        fixture.text("select alias_of_url from v_pages where state = 'redirected'").await,
        "http://a.example/new"
    );
    let next = fixture.claim_one(at(5)).await;
    assert_eq!((next.url.path(), next.hops), ("/new", 1));
}

#[tokio::test]
async fn a_redirect_to_another_spelling_keeps_the_row_and_takes_the_spelling() {
    let fixture = Fixture::new().await;
    fixture.store.admit(vec![seed("http://a.example/", PageKind::Front)], at(0)).await.expect("admits");
    let claim = fixture.claim_one(at(0)).await;
    let target = Admission { hops: 1, ..seed("https://www.a.example/", PageKind::Front) };
    let mut moved = visit(&claim, at(0));
    moved.fetched.outcome = Outcome::Redirect { to: target.url.clone(), permanent: true };
    moved.plan.kind = PageKind::Front;
    moved.plan.next = NextVisit::Never(Retired::Redirected);
    moved.plan.admit = vec![target];
    fixture.store.record(moved).await.expect("records");

    let claims = fixture.store.claim(at(0), 9, &HashSet::new()).await.expect("claims");

    assert_eq!(claims.len(), 1, "the other host is ready at once");
    assert_eq!((claims[0].page, claims[0].url.as_str()), (claim.page, "https://www.a.example/"));
    assert_eq!((claims[0].hops, claims[0].pace.host.as_str()), (1, "www.a.example"));
}

#[tokio::test]
async fn a_page_keeps_its_key_under_every_spelling_of_its_address() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/x?b=1&a=2"]).await;
    let key = "select coalesce(own_key, 'none') || ' ' || key || ' ' || url from pages";
    assert_eq!(fixture.text(key).await, "a.example/x?a=2&b=1 a.example/x?a=2&b=1 http://a.example/x?b=1&a=2");

    let claim = fixture.claim_one(at(0)).await;
    let target = Admission { hops: 1, ..admission("https://www.a.example/x?a=2&b=1") };
    let mut moved = visit(&claim, at(0));
    moved.fetched.outcome = Outcome::Redirect { to: target.url.clone(), permanent: true };
    moved.plan.next = NextVisit::Never(Retired::Redirected);
    moved.plan.admit = vec![target];
    fixture.store.record(moved).await.expect("records");
    assert_eq!(fixture.text(key).await, "none a.example/x?a=2&b=1 https://www.a.example/x?a=2&b=1");

    let claim = fixture.known("http://a.example/x?a=2&b=1").await;
    let mut answered = article_visit(&claim, at(9), article("t", &["b"]));
    if let Outcome::Page(page) = &mut answered.fetched.outcome {
        page.url = url("https://www.a.example/x?b=1&a=2");
    }
    fixture.store.record(answered).await.expect("records");
    assert_eq!(fixture.text(key).await, "a.example/x?a=2&b=1 a.example/x?a=2&b=1 https://www.a.example/x?b=1&a=2");
    assert_eq!(fixture.known("http://a.example/x?a=2&b=1").await.page, claim.page);
}

fn aliased(claim: &Claim, now: Timestamp, title: &str, canonical: &str) -> Visit {
    let mut visit = article_visit(claim, now, article(title, &["b"]));
    visit.plan.alias_of = Some(url(canonical));
    visit
}

#[tokio::test]
async fn a_canonical_address_with_the_same_title_keeps_the_article() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1"]).await;
    let claim = fixture.claim_one(at(0)).await;
    fixture.store.record(article_visit(&claim, at(0), article("same", &["b"]))).await.expect("records");
    fixture.admit(&["http://a.example/1/print", "http://a.example/other"]).await;

    let print = fixture.claim_one(at(10)).await;
    let recorded = fixture.store.record(aliased(&print, at(10), "same", "http://a.example/1")).await.expect("records");
    assert_eq!(recorded.article, ArticleChange::None);
    assert_eq!(fixture.text("select alias_of_url from v_pages where state = 'alias'").await, "http://a.example/1");

    // A wrong canonical (every page names the same one) hides no article with another title.
    let other = fixture.claim_one(at(20)).await;
    let recorded =
        fixture.store.record(aliased(&other, at(20), "another", "http://a.example/1")).await.expect("records");
    assert_eq!(recorded.article, ArticleChange::New);
}

#[tokio::test]
async fn a_canonical_address_that_was_never_visited_becomes_the_alias() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1?x=1", "http://a.example/1"]).await;
    let claim = fixture.claim_one(at(0)).await;
    fixture.store.record(aliased(&claim, at(0), "t", "http://a.example/1")).await.expect("records");
    assert_eq!(fixture.text("select alias_of_url from v_pages where state = 'alias'").await, "http://a.example/1?x=1");

    // One that nobody linked yet is inserted as an alias, so that it is never visited; a second one joins it.
    fixture.admit(&["http://a.example/2?x=1", "http://a.example/2?x=2"]).await;
    for (now, expected) in [(at(10), ArticleChange::New), (at(20), ArticleChange::None)] {
        let claim = fixture.claim_one(now).await;
        let recorded = fixture.store.record(aliased(&claim, now, "u", "http://a.example/2")).await.expect("records");
        assert_eq!(recorded.article, expected);
    }
    assert_eq!(fixture.store.admit(vec![admission("http://a.example/2")], at(30)).await.expect("admits"), 0);
    assert_eq!(fixture.number("select count(*) from articles").await, 2);
    assert_eq!(fixture.number("select count(*) from pages where lane = 'new'").await, 0);
}

#[tokio::test]
async fn one_article_under_several_addresses_of_a_site_is_stored_once() {
    let fixture = Fixture::new().await;
    let text = "word ".repeat(25);
    fixture
        .admit(&["http://a.example/1", "http://a.example/1?sid=2", "http://a.example/2", "http://a.example/3"])
        .await;
    for (now, title, body, expected) in [
        (at(0), "same", text.as_str(), ArticleChange::New),
        (at(10), "same", text.as_str(), ArticleChange::None),
        // Too short to tell, twice.
        (at(20), "stub", "Read on", ArticleChange::New),
        (at(30), "stub", "Read on", ArticleChange::New),
    ] {
        let claim = fixture.claim_one(now).await;
        let recorded =
            fixture.store.record(article_visit(&claim, now, article(title, &[body]))).await.expect("records");
        assert_eq!(recorded.article, expected, "{title} at {now}");
    }
    assert_eq!(fixture.text("select alias_of_url from v_pages where state = 'alias'").await, "http://a.example/1");
}

#[tokio::test]
async fn what_stands_in_three_articles_of_a_host_comes_with_its_claims() {
    let fixture = Fixture::new().await;
    let address = |n: usize| format!("http://a.example/{n}");
    for n in 0..5 {
        fixture.admit(&[&address(n)]).await;
    }
    fixture.admit(&["http://b.example/1"]).await;
    for n in 0..3 {
        assert!(fixture.known(&address(3)).await.history.boilerplate.paragraphs.is_empty());
        let own: Vec<String> = (0..4).map(|paragraph| format!("paragraph {paragraph} of {n}")).collect();
        let body: Vec<&str> = own.iter().map(String::as_str).chain(["Our letter comes on Friday."]).collect();
        let claim = fixture.known(&address(n)).await;
        let visit = article_visit(&claim, at(n as i64), article(&format!("Title {n}"), &body));
        // Recorded twice, counted once.
        fixture.store.record(visit.clone()).await.expect("records");
        fixture.store.record(visit).await.expect("records");
    }

    let known = |claim: Claim| claim.history.boilerplate.holds("Our letter comes on Friday!");
    assert!(known(fixture.known(&address(3)).await));
    assert!(!known(fixture.known(&address(0)).await), "its body has it");
    assert!(!known(fixture.known("http://b.example/1").await), "another host");
    let claim = fixture.known(&address(3)).await;
    assert_eq!(claim.history.boilerplate.paragraphs.len(), 1);
    fixture.store.clone().close().await.expect("closes");
    let again = Store::open(&fixture.path(), None).await.expect("opens");
    let claim = again.claim_url(&url(&address(4))).await.expect("claims").expect("is known");
    assert!(known(claim), "a restart keeps it");
}

#[tokio::test]
async fn wishes_beyond_robots_txt_are_recorded_with_their_times() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1"]).await;
    let claim = fixture.claim_one(at(0)).await;
    for now in [at(0), at(60)] {
        let mut visit = article_visit(&claim, now, article("t", &["b"]));
        visit.parsed.signals.opt_outs.push(OptOut { kind: OptOutKind::NoAi, value: "noai".into() });
        fixture.store.record(visit).await.expect("records");
    }
    let sql = "select kind || ' ' || value || ' ' || (last_seen_at > first_seen_at) from opt_outs";
    assert_eq!(fixture.text(sql).await, "noai noai 1");
}

#[tokio::test]
async fn a_page_that_became_an_alias_while_in_flight_stores_no_second_article() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://www.a.example/1?x=1", "http://a.example/1"]).await;
    let claims = fixture.store.claim(at(0), 9, &HashSet::new()).await.expect("claims");
    fixture.store.record(aliased(&claims[0], at(0), "t", "http://a.example/1")).await.expect("records");

    let late = fixture.store.record(article_visit(&claims[1], at(0), article("t", &["b"]))).await.expect("records");

    assert_eq!(late.article, ArticleChange::None);
    assert_eq!(fixture.number("select count(*) from articles").await, 1);
    assert_eq!(fixture.text("select state from pages where id = 2").await, "alias");
}

// Group commit

#[tokio::test]
async fn a_visit_that_breaks_a_rule_is_rolled_back_alone() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1", "http://b.example/1", "http://c.example/1"]).await;
    let claims = fixture.store.claim(at(0), 9, &HashSet::new()).await.expect("claims");
    let good = |n: usize| article_visit(&claims[n], at(0), article("t", &["b"]));
    let mut bad = good(1);
    bad.plan.admit = vec![admission("http://new.example/")];
    bad.fetched.receipt.robots = RobotsUse::Known(murasil::model::RobotsId(77));

    let (first, second, third) =
        tokio::join!(fixture.store.record(good(0)), fixture.store.record(bad), fixture.store.record(good(2)));

    assert!(first.is_ok() && third.is_ok());
    assert!(matches!(second, Err(StoreError::Constraint { .. })), "{second:?}");
    assert_eq!(fixture.number("select count(*) from articles").await, 2);
    assert_eq!(fixture.number("select count(*) from pages").await, 3);
    assert_eq!(fixture.store.claim(at(0), 9, &HashSet::new()).await.expect("claims"), claims[1..2]);
    // What the writer remembered of the undone visit is forgotten: its host has a row again.
    assert_eq!(fixture.store.admit(vec![admission("http://new.example/")], at(1)).await.expect("admits"), 1);
    assert_eq!(fixture.number("select count(*) from hosts").await, 4);
}

#[tokio::test]
async fn an_article_that_was_undone_is_nobodys_copy_and_can_be_recorded_after_all() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1", "http://b.example/1", "http://c.example/1"]).await;
    let claims = fixture.store.claim(at(0), 9, &HashSet::new()).await.expect("claims");
    let text = (0..60).map(|n| format!("word{n} ")).collect::<Vec<_>>().concat();
    let good = |n: usize| article_visit(&claims[n], at(0), article(&format!("title {n}"), &[&text]));
    let mut bad = good(0);
    bad.fetched.receipt.robots = RobotsUse::Known(murasil::model::RobotsId(77));

    let (undone, kept) = tokio::join!(fixture.store.record(bad), fixture.store.record(good(1)));
    assert!(undone.is_err() && kept.is_ok());
    fixture.store.record(good(2)).await.expect("records");
    let pairs =
        "select group_concat(article_id || '-' || other_id, ' ' order by article_id, other_id) from near_copies";
    assert_eq!(fixture.text(pairs).await, "1-2");

    fixture.store.record(good(0)).await.expect("records");
    assert_eq!(fixture.text(pairs).await, "1-2 1-3 2-3");
}

#[tokio::test]
async fn many_visits_at_once_are_all_answered() {
    let fixture = Fixture::new().await;
    let urls: Vec<String> = (0..200).map(|n| format!("http://h{n}.example/")).collect();
    fixture.admit(&urls.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let claims = fixture.store.claim(at(0), 500, &HashSet::new()).await.expect("claims");
    assert_eq!(claims.len(), 200);

    let mut tasks = tokio::task::JoinSet::new();
    for claim in claims {
        let store = fixture.store.clone();
        tasks.spawn(async move { store.record(article_visit(&claim, at(0), article("t", &["b"]))).await });
    }
    let answers = tasks.join_all().await;

    assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|recorded| recorded.article == ArticleChange::New)));
    assert_eq!(fixture.number("select count(*) from articles").await, 200);
}

#[tokio::test]
async fn a_write_lock_of_another_program_is_waited_for() {
    let fixture = Fixture::new().await;
    let mut other = connect(&fixture.path()).await;
    sqlx::query("begin immediate").execute(&mut other).await.expect("locks");
    let store = fixture.store.clone();

    let waiting = tokio::spawn(async move { store.admit(vec![admission("http://a.example/")], at(0)).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    sqlx::query("rollback").execute(&mut other).await.expect("unlocks");

    assert_eq!(waiting.await.expect("no panic").expect("admits"), 1);
}

// Reading

#[tokio::test]
async fn search_finds_every_spelling_of_an_arabic_word() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1", "http://b.example/1"]).await;
    let claims = fixture.store.claim(at(0), 9, &HashSet::new()).await.expect("claims");
    let arabic = article("تُرحِّب المدينة بالأطفال", &["في عام ٢٠١٦ افتُتِحت مكتبـــة إلى جوار الحديقة", "نص آخر"]);
    fixture.store.record(article_visit(&claims[0], at(0), arabic)).await.expect("records");
    let english = article("A quiet harbour", &["Boats \"rest\" here - at night."]);
    fixture.store.record(article_visit(&claims[1], at(0), english)).await.expect("records");
    let reader = fixture.store.reader();

    for (query, expected) in [
        ("ترحب", 1),
        ("تُرَحِّبُ", 1),
        ("المدينه", 1),
        ("بالاطفال", 1),
        ("2016", 1),
        ("٢٠١٦", 1),
        ("مكتبة الي", 1),
        ("اخر", 1),
        ("غائب", 0),
        ("HARBOUR boats", 1),
        ("harbour غائب", 0),
        ("rest AND", 0),
        ("\"rest", 1),
        ("title:quiet*", 0),
        ("(", 0),
        ("", 0),
        ("- * ^ : NEAR(", 0),
    ] {
        let found = reader.search(query, 9).await.expect("never errors");
        assert_eq!(found.len(), expected, "{query}");
    }
    let found = reader.search("harbour", 9).await.expect("searches");
    assert_eq!(found[0].snippet.as_deref(), Some("a quiet [harbour]"));
    assert_eq!(found[0].title.as_deref(), Some("A quiet harbour"));
}

#[tokio::test]
async fn articles_are_filtered_and_come_newest_first() {
    let fixture = Fixture::new().await;
    let days = [("a", 1), ("b", 3), ("c", 2)];
    fixture.admit(&days.map(|(host, _)| format!("http://{host}.example/")).each_ref().map(String::as_str)).await;
    let claims = fixture.store.claim(at(0), 9, &HashSet::new()).await.expect("claims");
    for (claim, (name, day)) in claims.iter().zip(days) {
        let mut dated = article(name, &["b"]);
        dated.published = Some(found(When::day(jiff::civil::date(2015, 2, day), "")));
        dated.language = Some(found(if name == "a" { "fr".into() } else { "ar".into() }));
        fixture.store.record(article_visit(claim, at(0), dated)).await.expect("records");
    }
    let reader = Reader::open(&fixture.path()).await.expect("opens beside the writer");
    let all = ArticleFilter { limit: 9, ..ArticleFilter::default() };
    let day = |day| Some(jiff::civil::date(2015, 2, day));

    for (filter, expected) in [
        (all.clone(), vec!["b", "c", "a"]),
        (ArticleFilter { limit: 1, ..all.clone() }, vec!["b"]),
        (ArticleFilter { since: day(2), ..all.clone() }, vec!["b", "c"]),
        (ArticleFilter { since: day(2), until: day(3), ..all.clone() }, vec!["c"]),
        (ArticleFilter { language: Some("fr".into()), ..all.clone() }, vec!["a"]),
        (ArticleFilter { site: Some("paper".into()), ..all.clone() }, vec!["b", "c", "a"]),
        (ArticleFilter { site: Some("none".into()), ..all.clone() }, vec![]),
    ] {
        assert_eq!(summaries(&reader.articles(&filter).await.expect("reads")), expected, "{filter:?}");
    }
}

#[tokio::test]
async fn the_status_counts_what_is_there() {
    let fixture = Fixture::new().await;
    let run = fixture.store.begin_run(at(0)).await.expect("begins");
    fixture.admit(&["http://a.example/1", "http://a.example/2"]).await;
    let claim = fixture.claim_one(at(0)).await;
    fixture.store.record(article_visit(&claim, at(0), article("t", &["b"]))).await.expect("records");
    fixture.store.end_run(run.run, at(9)).await.expect("ends");

    let status = fixture.store.reader().status(at(9)).await.expect("a status");

    assert_eq!((status.articles, status.versions), (1, 1));
    let site = &status.sites[0];
    assert_eq!((site.site.as_str(), site.articles, site.queued, site.scheduled), ("paper", 1, 1, 1));
    assert_eq!(status.hosts[0].next_at, "2025-06-15T15:06:45.000Z");
    assert_eq!(status.pages.len(), 2);
    assert_eq!(status.last_run_ended_at.as_deref(), Some("2025-06-15T15:06:49Z"));
    assert_eq!(status.outcomes_24h[0].outcome, "page");
}

#[tokio::test]
async fn integrity_is_checked_and_what_is_broken_is_named() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1"]).await;
    let claim = fixture.claim_one(at(0)).await;
    fixture.store.record(article_visit(&claim, at(0), article("t", &["b"]))).await.expect("records");
    assert!(fixture.store.reader().integrity().await.expect("checks").is_empty());

    execute(&fixture.path(), "delete from article_search").await;

    let findings = fixture.store.reader().integrity().await.expect("checks");
    assert_eq!(findings, ["articles without their search text: 1"]);
}

#[tokio::test]
async fn upkeep_deletes_what_is_too_old_and_nothing_else() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1"]).await;
    for (now, title) in [(at(0), "old"), (at(100 * 86400), "new")] {
        let claim = fixture.claim_one(now).await;
        fixture.store.record(article_visit(&claim, now, article(title, &["b"]))).await.expect("records");
    }
    let keep = Retention { raw_pages: Duration::from_hours(24), fetch_log: Duration::from_hours(24) };

    fixture.store.upkeep(&keep, at(100 * 86400)).await.expect("keeps up");

    assert_eq!(fixture.number("select count(*) from fetches").await, 1);
    assert_eq!(number(&fixture.folder.path().join("pages.db"), "select count(*) from raw_pages").await, 1);
    assert_eq!(fixture.number("select count(*) from article_versions").await, 2);
}

#[tokio::test]
async fn every_view_can_be_read() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1"]).await;
    let claim = fixture.claim_one(at(0)).await;
    fixture.store.record(article_visit(&claim, at(0), article("t", &["b"]))).await.expect("records");
    let mut conn = connect(&fixture.path()).await;
    let names = sqlx::query("select name from sqlite_schema where type = 'view'").fetch_all(&mut conn).await;
    let names: Vec<String> = names.expect("reads").iter().map(|row| row.get(0)).collect();

    assert!(names.len() >= 10, "{names:?}");
    for name in names {
        let sql = sqlx::AssertSqlSafe(format!("select * from {name}"));
        sqlx::query(sql).fetch_all(&mut conn).await.expect("the view works");
    }
}

// The pages that describe it

fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    std::fs::read_to_string(path).expect("the page is there")
}

/// Tables and views of a file with their columns, without what SQLite and the migrator keep for themselves.
async fn columns(path: &Path) -> std::collections::BTreeMap<String, Vec<String>> {
    let mut conn = connect(path).await;
    let rows = sqlx::query(
        "select m.name, c.name
         from sqlite_schema m
         join pragma_table_xinfo(m.name) c on c.hidden <> 1
         where m.type in ('table', 'view')
           and m.name not glob 'sqlite_*'
           and m.name not glob '_sqlx_*'
           and m.name not glob 'article_fts_*'",
    );
    let mut columns = std::collections::BTreeMap::<String, Vec<String>>::new();
    for row in rows.fetch_all(&mut conn).await.expect("reads") {
        columns.entry(row.get(0)).or_default().push(row.get(1));
    }
    columns
}

#[tokio::test]
async fn the_schema_page_names_every_table_view_and_column() {
    let fixture = Fixture::new().await;
    let page = document("SCHEMA.md");
    let mut sections: std::collections::BTreeMap<&str, &str> = page
        .split("\n### ")
        .skip(1)
        .filter_map(|section| section.split_once('\n'))
        .map(|(name, text)| (name, text.split("\n## ").next().unwrap_or_default()))
        .collect();
    let mut tables = columns(&fixture.path()).await;
    tables.extend(columns(&fixture.folder.path().join("pages.db")).await);

    for (table, columns) in tables {
        let text = sections.remove(table.as_str()).unwrap_or_else(|| panic!("{table} is not described"));
        if table == "v_articles_today" {
            continue; // "The same columns."
        }
        for column in columns {
            assert!(text.contains(&format!("`{column}`")), "{table}.{column} is not described");
        }
    }
    assert!(sections.is_empty(), "described but not there: {sections:?}");
}

#[tokio::test]
async fn every_recipe_runs() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1"]).await;
    let claim = fixture.claim_one(at(0)).await;
    fixture.store.record(article_visit(&claim, at(0), article("A harbour", &["b"]))).await.expect("records");
    let page = document("QUERIES.md");
    let archive = fixture.folder.path().join("pages.db");
    let page = page.replace("'murasil-pages.db'", &format!("'{}'", archive.display()));
    let mut conn = connect(&fixture.path()).await;
    let mut count = 0;

    for block in page.split("```").skip(1).step_by(2) {
        let (language, text) = block.split_once('\n').expect("a fence has a language");
        let statement = match language {
            "sql" => text,
            "sh" | "python" => text.split('"').find(|part| part.starts_with("select ")).expect("a statement"),
            other => panic!("a block in {other}"),
        };
        let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned()));
        sql.fetch_all(&mut conn).await.unwrap_or_else(|error| panic!("{error}\n{statement}"));
        count += 1;
    }
    assert!(count >= 12, "{count} blocks");
}

#[tokio::test]
async fn the_search_index_works_in_any_sqlite() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1"]).await;
    let claim = fixture.claim_one(at(0)).await;
    fixture.store.record(article_visit(&claim, at(0), article("A harbour", &["b"]))).await.expect("records");

    // Compares the index with the texts; then builds it anew from them.
    execute(&fixture.path(), "insert into article_fts (article_fts, rank) values ('integrity-check', 1)").await;
    execute(&fixture.path(), "insert into article_fts (article_fts) values ('rebuild')").await;

    assert_eq!(fixture.number("select rowid from article_fts where article_fts match 'harbour'").await, 1);
}

#[tokio::test]
async fn a_log_that_a_reader_pins_pauses_claims_until_the_reader_ends() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/1", "http://b.example/1"]).await;
    let claim = fixture.claim_one(at(0)).await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(fixture.path());
    let mut reader = <SqliteConnection as sqlx::Connection>::connect_with(&options).await.expect("a reader");
    sqlx::query("begin").execute(&mut reader).await.expect("begins");
    sqlx::query("select count(*) from pages").fetch_one(&mut reader).await.expect("takes a snapshot");
    fixture.store.limit_wal(32 << 10);
    fixture.store.record(article_visit(&claim, at(1), article("t", &["b"]))).await.expect("records");

    assert_eq!(fixture.store.claim(at(2), 9, &HashSet::new()).await.expect("claims"), []);
    sqlx::query("rollback").execute(&mut reader).await.expect("ends");

    assert_eq!(fixture.store.claim(at(2), 9, &HashSet::new()).await.expect("claims").len(), 1);
}

#[tokio::test]
async fn the_reasons_for_a_kind_are_stored_and_outlive_a_visit_that_judged_nothing() {
    let fixture = Fixture::new().await;
    fixture.admit(&["http://a.example/"]).await;
    let claim = fixture.claim_one(at(0)).await;
    let mut judged = visit(&claim, at(0));
    judged.parsed.signals.reasons = vec!["url-root", "text-none"];
    judged.plan.settled = Some("stays-front");

    fixture.store.record(judged).await.expect("records");
    fixture.store.record(failed_visit(&claim, at(10), at(20))).await.expect("records");

    let sql = "select count(*) from pages where kind_reasons = 'url-root,text-none,stays-front'";
    assert_eq!(number(&fixture.path(), sql).await, 1);
}
