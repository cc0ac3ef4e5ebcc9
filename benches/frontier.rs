//! What claiming and recording cost, by the size of the database: `cargo bench --bench frontier -- 10000 100000 1000000`.
//!
//! Each size is `URLS[:HOSTS[:ARTICLES]]`. For each a database with so many addresses, all new, is built and stopped clean;
//! then another process opens it, waits until the addresses are known by heart ("recall"), claims pages and records visits
//! with an article and sixty links each, in the groups in which a crawl would. Prints a table; ratios are against the first
//! size.
//!
//! * `--admit`: builds through `Store::admit`, as a crawl would, instead of writing the rows in bulk.
//! * `--far`: links lead anywhere; without it nine of ten lead to pages of the visited host, as on the web.
//! * `--cold`: does not wait for the addresses.
//! * `--keep FOLDER`: leaves the databases there as they were before the visits; what is there already is not built anew.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bytes::Bytes;
use murasil::model::{
    Admission, Article, Claim, Extractor, Fetched, Found, FoundBy, HostPace, NextVisit, Outcome, Page, PageKind,
    PageUrl, Parsed, Place, Plan, Receipt, Request, RequestKind, Retired, RobotsUse, Timestamp, Validators, Visit,
};
use murasil::store::{SiteRecord, Store, key_hash};
use sqlx::{ConnectOptions, Connection};

/// Hosts, unless the size names them or there are fewer addresses.
const HOSTS: usize = 10_000;
/// Addresses in one call or statement while the database is built.
const BATCH: usize = 5_000;
/// Pages in one round of claims.
const ROUND: usize = 64;
/// Rounds that are not measured: a crawl of months has filled its caches and the length of its log.
const WARM_UP: usize = 32;
/// Rounds that are measured after them.
const ROUNDS: usize = 30;
/// Links of a visit; one of six is new.
const LINKS: usize = 60;
/// New links of a visit.
const NEW: usize = LINKS / 6;
/// The clock's step between two rounds: every host may be asked again.
const STEP: Duration = Duration::from_hours(2);
/// The first argument of the process that measures.
const MEASURE: &str = "--measure";

type Trouble = Box<dyn std::error::Error>;

/// Numbers of a row, in the order of the table.
const COLUMNS: [&str; 7] = ["MB per 10^6", "ready ms", "recall ms", "claim us", "record us", "CPU us", "peak MB"];

/// How large a database is.
#[derive(Debug, Clone, Copy)]
struct Size {
    urls: usize,
    hosts: usize,
    /// Of the pages, those that were visited and have an article.
    articles: usize,
}

impl Size {
    fn parse(text: &str) -> Result<Size, Trouble> {
        let numbers = text.split(':').map(str::parse).collect::<Result<Vec<usize>, _>>();
        let numbers = numbers.map_err(|e| format!("{text}: {e}"))?;
        let urls = numbers.first().copied().unwrap_or_default().max(1);
        let hosts = numbers.get(1).copied().unwrap_or(HOSTS).clamp(1, urls);
        Ok(Size { urls, hosts, articles: numbers.get(2).copied().unwrap_or(0) })
    }

    /// Pages that come one after another from one host, as a visit finds them.
    fn run(self) -> usize {
        (self.urls / self.hosts).min(NEW)
    }

    /// The host of the page `n`.
    fn host_of(self, n: usize) -> usize {
        n / self.run() % self.hosts
    }

    /// The page of a host that corresponds to the page `n` of the whole table: a new one to a new one.
    fn on_host(self, n: usize, host: usize) -> usize {
        let known = self.urls / self.hosts;
        let place = if n < self.urls { n % known } else { n - self.urls + known };
        place / self.run() * self.run() * self.hosts + host * self.run() + place % self.run()
    }

    /// The number that its host gave the page `n`: each counts its own.
    fn number(self, n: usize) -> usize {
        n / self.run() / self.hosts * self.run() + n % self.run()
    }

    fn name(self) -> String {
        format!("{}:{}:{}", self.urls, self.hosts, self.articles)
    }
}

/// Where links lead, and whether their targets are known by heart.
#[derive(Debug, Clone, Copy, Default)]
struct Links {
    are_far: bool,
    is_cold: bool,
}

/// What the command line asks for.
struct Wish {
    sizes: Vec<Size>,
    admit: bool,
    links: Links,
    keep: Option<PathBuf>,
}

fn main() -> Result<(), Trouble> {
    // `cargo bench` adds a flag of its own.
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let [first, path, size, links] = args.as_slice()
        && first == MEASURE
    {
        let links = Links { are_far: links.contains("far"), is_cold: links.contains("cold") };
        return runtime.block_on(measure(Path::new(path), Size::parse(size)?, links));
    }
    let wish = wish(&args)?;
    wish.keep.as_ref().map_or(Ok(()), std::fs::create_dir_all)?;
    table(&wish, &runtime)
}

fn wish(args: &[String]) -> Result<Wish, Trouble> {
    let mut wish = Wish { sizes: Vec::new(), admit: false, links: Links::default(), keep: None };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--admit" => wish.admit = true,
            "--far" => wish.links.are_far = true,
            "--cold" => wish.links.is_cold = true,
            "--keep" => wish.keep = Some(args.next().ok_or("--keep needs a folder")?.into()),
            size => wish.sizes.push(Size::parse(size)?),
        }
    }
    if wish.sizes.is_empty() {
        wish.sizes.push(Size::parse("10000")?);
    }
    Ok(wish)
}

/// Builds and measures each size; prints as it goes.
fn table(wish: &Wish, runtime: &tokio::runtime::Runtime) -> Result<(), Trouble> {
    let titles = COLUMNS.map(|title| format!(" {title} | x |")).concat();
    println!("| addresses | hosts | articles | built s |{titles}\n|{}", "---|".repeat(4 + 2 * COLUMNS.len()));
    let mut first: Option<Vec<f64>> = None;
    for size in &wish.sizes {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("frontier.db");
        let built = runtime.block_on(built(&path, *size, wish))?;
        let links = format!(
            "{} {}",
            if wish.links.are_far { "far" } else { "near" },
            if wish.links.is_cold { "cold" } else { "known" }
        );
        let child =
            Command::new(std::env::current_exe()?).arg(MEASURE).arg(&path).args([&size.name(), &links]).output()?;
        if !child.status.success() {
            return Err(String::from_utf8_lossy(&child.stderr).into());
        }
        let line = String::from_utf8(child.stdout)?;
        let numbers = line.split_whitespace().map(str::parse).collect::<Result<Vec<f64>, _>>()?;
        let first = first.get_or_insert_with(|| numbers.clone());
        let pairs = numbers.iter().zip(first.iter());
        let cells = pairs.map(|(n, one)| format!(" {n:.0} | {:.2} |", n / one)).collect::<Vec<_>>().concat();
        println!("| {} | {} | {} | {:.1} |{cells}", size.urls, size.hosts, size.articles, built.as_secs_f64());
    }
    Ok(())
}

/// Puts a database of a size at a path, from the folder of kept ones if it is there; gives the time that building took.
async fn built(path: &Path, size: Size, wish: &Wish) -> Result<Duration, Trouble> {
    let start = Instant::now();
    let kept = wish.keep.as_ref().map(|folder| folder.join(format!("frontier-{}.db", size.name().replace(':', "-"))));
    if let Some(kept) = kept.as_ref().filter(|kept| kept.exists()) {
        std::fs::copy(kept, path)?;
        return Ok(Duration::ZERO);
    }
    create(path).await?;
    if wish.admit {
        admit_all(path, size).await?;
    } else {
        write_hosts_and_pages(path, size).await?;
    }
    store_articles(path, size).await?;
    let built = start.elapsed();
    if let Some(kept) = kept {
        std::fs::copy(path, kept)?;
    }
    Ok(built)
}

/// An empty database with one site, stopped clean.
async fn create(path: &Path) -> Result<(), Trouble> {
    let store = Store::open(path, None).await?;
    let run = store.begin_run(start()).await?;
    store.sync_sites(&[SiteRecord { name: "papers".into() }], Vec::new(), start()).await?;
    store.end_run(run.run, start()).await?;
    Ok(store.close().await?)
}

async fn admit_all(path: &Path, size: Size) -> Result<(), Trouble> {
    let store = Store::open(path, None).await?;
    for first in (0..size.urls).step_by(BATCH) {
        let batch = first..size.urls.min(first + BATCH);
        store.admit(batch.map(|n| admission(n, size)).collect(), start()).await?;
    }
    Ok(store.close().await?)
}

/// Writes the rows that [`admit_all`] would, through the same indexes in the same order, in one transaction that no crash
/// need survive.
async fn write_hosts_and_pages(path: &Path, size: Size) -> Result<(), Trouble> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).foreign_keys(false);
    let options = options.pragma("synchronous", "off").pragma("journal_mode", "off").pragma("cache_size", "-2000000");
    let mut conn = options.disable_statement_logging().connect().await?;
    sqlx::query("begin").execute(&mut conn).await?;
    sqlx::query(
        "with recursive host (n) as (values (0) union all select n + 1 from host where n + 1 < ?1)
         insert into hosts (id, name, next_at_ms, day, wake_at_ms)
         select n + 1, 'host' || n || '.example', ?2, ?3, ?2 from host",
    )
    .bind(i64::try_from(size.hosts)?)
    .bind(start().as_millisecond())
    .bind(murasil::model::page::day_of(start()).to_string())
    .execute(&mut conn)
    .await?;
    for first in (0..size.urls).step_by(BATCH) {
        let rows: Vec<_> = (first..size.urls.min(first + BATCH)).map(|n| page_row(n, size)).collect();
        sqlx::query(
            "insert into pages (key_hash, url, site_id, host_id, kind, depth, hops, priority, found_by, found_at_s)
             select value ->> 0, value ->> 1, 1, value ->> 2, 'article', 1, 0, value ->> 3, 'main', ?2
             from json_each(?1)",
        )
        .bind(serde_json::to_string(&rows)?)
        .bind(start().as_second())
        .execute(&mut conn)
        .await?;
    }
    sqlx::query("commit").execute(&mut conn).await?;
    Ok(conn.close().await?)
}

fn page_row(n: usize, size: Size) -> (i64, String, usize, i64) {
    let Admission { url, priority, .. } = admission(n, size);
    (key_hash(url.key().as_str()), url.as_str().to_owned(), size.host_of(n) + 1, priority)
}

/// Visits so many pages, each of which brings an article and no link.
async fn store_articles(path: &Path, size: Size) -> Result<(), Trouble> {
    let store = Store::open(path, None).await?;
    let mut now = start();
    let mut left = size.articles.min(size.urls);
    while left > 0 {
        let claims = store.claim(now, ROUND.min(left), &HashSet::new()).await?;
        left -= claims.len();
        let visits = claims.iter().enumerate().map(|(n, claim)| visit(claim, left + n, Vec::new(), now)).collect();
        record_all(&store, visits).await?;
        now += STEP;
    }
    Ok(store.close().await?)
}

async fn record_all(store: &Store, visits: Vec<Visit>) -> Result<(), Trouble> {
    let record = |visit| {
        let store = store.clone();
        tokio::spawn(async move { store.record(visit).await })
    };
    for task in visits.into_iter().map(record).collect::<Vec<_>>() {
        task.await??;
    }
    Ok(())
}

/// Opens the database, claims and records; prints the numbers of [`COLUMNS`].
async fn measure(path: &Path, size: Size, links: Links) -> Result<(), Trouble> {
    let bytes = std::fs::metadata(path)?.len();
    let mut now = start() + STEP * (1 + u32::try_from(size.articles)?);
    let began = Instant::now();
    let store = Store::open(path, None).await?;
    let run = store.begin_run(now).await?;
    store.sync_sites(&[SiteRecord { name: "papers".into() }], Vec::new(), now).await?;
    store.claim(now, 1, &HashSet::new()).await?;
    let ready = began.elapsed();
    while !links.is_cold && !store.knows_the_frontier() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let recalled = began.elapsed();

    let (mut claiming, mut recording, mut visits) = (Duration::ZERO, Duration::ZERO, 0);
    let mut cpu = cpu_time();
    for round in 0..WARM_UP + ROUNDS {
        if round == WARM_UP {
            (claiming, recording, visits, cpu) = (Duration::ZERO, Duration::ZERO, 0, cpu_time());
        }
        let start = Instant::now();
        let claims = store.claim(now, ROUND, &HashSet::new()).await?;
        claiming += start.elapsed();
        let found = |n: usize, claim: &Claim| admissions(round * ROUND + n, claim, size, links.are_far);
        let round_visits: Vec<Visit> =
            claims.iter().enumerate().map(|(n, claim)| visit(claim, n, found(n, claim), now)).collect();
        visits += round_visits.len();
        let start = Instant::now();
        record_all(&store, round_visits).await?;
        recording += start.elapsed();
        now += STEP;
    }
    let cpu = cpu_time().saturating_sub(cpu);
    store.end_run(run.run, now).await?;
    store.close().await?;
    let each = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(u32::try_from(visits).unwrap_or(0).max(1));
    println!(
        "{} {} {} {} {} {} {}",
        bytes as f64 / size.urls as f64,
        ready.as_secs_f64() * 1e3,
        recalled.as_secs_f64() * 1e3,
        each(claiming),
        each(recording),
        each(cpu),
        peak_memory_mb(),
    );
    Ok(())
}

/// When databases are built; fixed, so that two of them can be compared.
fn start() -> Timestamp {
    Timestamp::from_second(1_790_000_000).expect("a time")
}

fn url(n: usize, size: Size) -> PageUrl {
    let (host, number) = (size.host_of(n), 100_000 + size.number(n));
    let text = format!("http://host{host}.example/politics/2026/11/harbour-wall-repair-{number}");
    PageUrl::parse(&text).expect("an address")
}

fn admission(n: usize, size: Size) -> Admission {
    Admission {
        url: url(n, size),
        site: "papers".into(),
        kind: PageKind::Article,
        depth: 1,
        hops: 0,
        priority: -(n as i64),
        dated: true,
        found_by: FoundBy::Link(Place::Main),
    }
}

/// Sixty links of the visit with a number.
fn admissions(visit: usize, claim: &Claim, size: Size, far: bool) -> Vec<Admission> {
    let own = usize::try_from(claim.host_id.0).unwrap_or(1) - 1;
    let link = |at: usize| {
        let stays = !far && at % 10 != 5;
        let at = visit * LINKS + at;
        let new = at.is_multiple_of(6);
        // Old addresses are drawn from the whole table: a multiplier prime to any count of ours spreads them.
        let n = if new { size.urls + at } else { at.wrapping_mul(7_919) % size.urls };
        admission(if stays { size.on_host(n, own) } else { n }, size)
    };
    (0..LINKS).map(link).collect()
}

/// A visit that stores an article of 3,000 bytes and finds some links.
fn visit(claim: &Claim, n: usize, admit: Vec<Admission>, now: Timestamp) -> Visit {
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
    let plan = Plan {
        kind: PageKind::Article,
        settled: None,
        next: NextVisit::Never(Retired::Done),
        pace: next_pace,
        admit,
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
