//! What claiming and recording cost in a frontier of a given size: `cargo bench --bench frontier -- 1000000`.
//!
//! Builds a database with that many addresses in at most 10,000 hosts, stops clean, opens it again, then claims pages
//! and records visits with an article and sixty links each, in the groups in which a crawl would. Prints one line.

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use murasil::model::{
    Admission, Article, Claim, Extractor, Fetched, Found, FoundBy, HostPace, NextVisit, Outcome, Page, PageKind,
    PageUrl, Parsed, Place, Plan, Receipt, Request, RequestKind, Retired, RobotsUse, Timestamp, Validators, Visit,
};
use murasil::store::{SiteRecord, Store};

/// Hosts, unless there are fewer addresses.
const HOSTS: usize = 10_000;
/// Addresses in one call while the database is built.
const BATCH: usize = 5_000;
/// Pages in one round of claims.
const ROUND: usize = 64;
/// Rounds that are measured, after two that are not.
const ROUNDS: usize = 30;
/// Links of a visit; one of six is new.
const LINKS: usize = 60;

type Trouble = Box<dyn std::error::Error>;

fn main() -> Result<(), Trouble> {
    // The harness of `cargo test` and `cargo bench` may add flags of its own.
    let urls = std::env::args().skip(1).find_map(|text| text.parse().ok()).unwrap_or(10_000);
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(measure(urls))
}

async fn measure(urls: usize) -> Result<(), Trouble> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("frontier.db");
    let start = Instant::now();
    build(&path, urls).await?;
    let built = start.elapsed();
    let bytes = std::fs::metadata(&path)?.len();

    let start = Instant::now();
    let store = Store::open(&path, None).await?;
    let run = store.begin_run(Timestamp::now()).await?;
    store.claim(Timestamp::now(), 1, &HashSet::new()).await?;
    let ready = start.elapsed();

    let (mut claiming, mut recording, mut visits) = (Duration::ZERO, Duration::ZERO, 0);
    let mut cpu = cpu_time();
    for round in 0..ROUNDS + 2 {
        if round == 2 {
            (claiming, recording, visits, cpu) = (Duration::ZERO, Duration::ZERO, 0, cpu_time());
        }
        let start = Instant::now();
        let claims = store.claim(Timestamp::now(), ROUND, &HashSet::new()).await?;
        claiming += start.elapsed();
        let round_visits: Vec<Visit> =
            claims.iter().enumerate().map(|(n, claim)| visit(claim, urls, round * ROUND + n)).collect();
        visits += round_visits.len();
        let start = Instant::now();
        let tasks: Vec<_> = round_visits
            .into_iter()
            .map(|visit| {
                let store = store.clone();
                tokio::spawn(async move { store.record(visit).await })
            })
            .collect();
        for task in tasks {
            task.await??;
        }
        recording += start.elapsed();
    }
    let cpu = cpu_time().saturating_sub(cpu);
    store.end_run(run.run, Timestamp::now()).await?;
    store.close().await?;
    let each = |time: Duration| time.as_secs_f64() * 1e6 / visits.max(1) as f64;
    println!(
        "urls {urls} built_s {:.1} file_mb_per_million {:.0} ready_ms {:.0} claim_us_a_page {:.0} record_us_a_page {:.0} \
         cpu_us_a_page {:.0} peak_rss_mb {}",
        built.as_secs_f64(),
        bytes as f64 / urls as f64,
        ready.as_secs_f64() * 1e3,
        each(claiming),
        each(recording),
        each(cpu),
        peak_memory_mb(),
    );
    Ok(())
}

async fn build(path: &Path, urls: usize) -> Result<(), Trouble> {
    let store = Store::open(path, None).await?;
    let now = Timestamp::now();
    let run = store.begin_run(now).await?;
    store.sync_sites(&[SiteRecord { name: "papers".into() }], Vec::new(), now).await?;
    let numbers: Vec<usize> = (0..urls).collect();
    for batch in numbers.chunks(BATCH) {
        store.admit(batch.iter().map(|n| admission(*n, urls)).collect(), now).await?;
    }
    store.end_run(run.run, now).await?;
    store.close().await?;
    Ok(())
}

fn url(n: usize, urls: usize) -> PageUrl {
    let text = format!("http://host{}.example/politics/2026/11/harbour-wall-repair-{n}", n % HOSTS.min(urls));
    PageUrl::parse(&text).expect("an address")
}

fn admission(n: usize, urls: usize) -> Admission {
    Admission {
        url: url(n, urls),
        site: "papers".into(),
        kind: PageKind::Article,
        depth: 1,
        hops: 0,
        priority: -(n as i64),
        dated: true,
        found_by: FoundBy::Link(Place::Main),
    }
}

/// A visit that stores an article of 3,000 bytes and finds sixty links.
fn visit(claim: &Claim, urls: usize, n: usize) -> Visit {
    let now = Timestamp::now();
    let found = |text: &str| Found::new(text.to_owned(), Extractor::Html, "bench");
    let paragraph =
        "The harbour master said that the wall would hold for another winter, whatever the council decides. ";
    let body = (0..10).map(|at| format!("{n} {at} {}", paragraph.repeat(3))).collect();
    let article = Article {
        title: Some(found(&format!("Harbour wall repair {n} approved"))),
        body: Some(Found::new(body, Extractor::Html, "bench")),
        ..Article::default()
    };
    let request = Request {
        kind: RequestKind::Page,
        url: claim.url.clone(),
        started_at: now,
        elapsed: Duration::from_millis(12),
        status: Some(200),
        wire_bytes: 12_000,
        body_bytes: 50_000,
        remote: None,
        error: None,
    };
    let page = Page {
        url: claim.url.clone(),
        status: 200,
        content_type: Some("text/html".into()),
        robots_tags: Vec::new(),
        links: murasil::model::HeaderLinks::default(),
        validators: Validators::default(),
        fresh_for: None,
        body: Bytes::new(),
    };
    let mut next_pace = HostPace::new(claim.url.host(), Duration::from_secs(5), now);
    next_pace.next_at = now + Duration::from_hours(1);
    // Old addresses are drawn from the whole table: a multiplier prime to any count of ours spreads them.
    let old = |at: usize| admission((n * LINKS + at).wrapping_mul(7_919) % urls, urls);
    let new = |at: usize| admission(urls + n * LINKS + at, urls);
    let plan = Plan {
        kind: PageKind::Article,
        settled: None,
        next: NextVisit::Never(Retired::Done),
        pace: next_pace,
        admit: (0..LINKS).map(|at| if at % 6 == 0 { new(at) } else { old(at) }).collect(),
        turned_away: Vec::new(),
        store_article: true,
        keep_raw: false,
        alias_of: None,
        steers: false,
    };
    let receipt = Receipt { requests: vec![request], robots: RobotsUse::None, crawl_delay: None, sitemaps: Vec::new() };
    let parsed = Parsed { article: Some(article), ..Parsed::nothing(PageKind::Article) };
    Visit::new(claim.clone(), Fetched { outcome: Outcome::Page(page), receipt }, parsed, plan, now)
}

/// CPU time of this process so far, as Linux counts it in hundredths of a second; zero elsewhere.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Peak resident memory of this process in MB; zero where it cannot be told.
fn peak_memory_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
}
