//! The daemon beside a perfect pipeline on the same web of real pages, in turns within one run: `cargo bench --bench
//! pipeline`; needs the extraction corpora beside the project.
//!
//! The pipeline does on one thread what no crawler can leave out (keep-alive fetch over TLS with gzip, one tree, one
//! walk, an in-memory set of seen links, statements of many rows) and nothing else: no robots.txt, no pace, no retries,
//! no encodings, no choice of fields. What the daemon costs above it is the price of being a crawler.
//!
//! What a page costs is what more hosts cost more: the start of a process, with its patterns compiled, its key material
//! made and its file created, is paid once in months. It is printed by itself.

mod web;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use scraper::{ElementRef, Html, Node};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, QueryBuilder, Sqlite};
use tokio::task::JoinSet;
use url::Url;
use web::Web;

/// Requests in flight.
const CONCURRENCY: usize = 64;
/// Pages in one transaction.
const BATCH: usize = 50;
/// Times that each side runs, in turns; the cheapest run of each counts.
const ROUNDS: usize = 5;
/// Hosts of the short run, which is mostly start, and of the long one.
const HOSTS: [usize; 2] = [2, web::HOSTS];

type Trouble = Box<dyn std::error::Error>;

/// What one page came to.
struct Understood {
    url: Url,
    title: String,
    body: String,
    links: Vec<(Url, String)>,
}

/// CPU time and pages of one run.
struct Cost {
    cpu: Duration,
    pages: u64,
}

fn main() -> Result<(), Trouble> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build()?;
    if std::env::args().any(|argument| argument == web::SERVE) {
        return runtime.block_on(web::serve());
    }
    let Some(mut web) = Web::start()? else { return Ok(()) };
    runtime.block_on(measure(&mut web))
}

async fn measure(web: &mut Web) -> Result<(), Trouble> {
    let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(4).tls_danger_accept_invalid_certs(true);
    let client = client.build()?;
    let (mut ideal, mut daemon) = ([const { Vec::new() }; 2], [const { Vec::new() }; 2]);
    for _ in 0..ROUNDS {
        for (at, hosts) in HOSTS.into_iter().enumerate() {
            let folder = tempfile::tempdir()?;
            ideal[at].push(run_pipeline(web, hosts, &client, &folder.path().join("pipeline.db")).await?);
            daemon[at].push(run_daemon(web, hosts, folder.path())?);
        }
    }
    let ideal = report("pipeline", &ideal);
    let daemon = report("daemon", &daemon);
    println!("a page: {:.2} times", daemon / ideal);
    Ok(())
}

/// Prints what short and long runs cost; gives the microseconds of a page more.
fn report(name: &str, runs: &[Vec<Cost>; 2]) -> f64 {
    let [short, long] = runs.each_ref().map(|runs| {
        let all: Vec<_> = runs.iter().map(|cost| format!("{:.2}", cost.cpu.as_secs_f64())).collect();
        let pages = runs.first().map_or(0, |cost| cost.pages);
        println!("{name}: {pages} pages in {} s of CPU", all.join(", "));
        (runs.iter().map(|cost| cost.cpu.as_secs_f64()).fold(f64::INFINITY, f64::min), pages as f64)
    });
    let a_page = (long.0 - short.0) / (long.1 - short.1);
    let (whole, start) = (long.0 / long.1 * 1e6, (short.0 - short.1 * a_page) * 1e3);
    println!("{name}: {:.0} µs a page and {start:.0} ms to start ({whole:.0} µs a page with it)", a_page * 1e6);
    a_page
}

fn run_daemon(web: &mut Web, hosts: usize, folder: &Path) -> Result<Cost, Trouble> {
    let config = folder.join("crawler.toml");
    std::fs::write(&config, web::config(hosts))?;
    let before = cpu_time(CHILDREN);
    let status = Command::new(env!("CARGO_BIN_EXE_murasil"))
        .arg("-c")
        .arg(&config)
        .arg("-d")
        .arg(folder.join("daemon.db"))
        .args(["-qq", "run", "--once", "--wait", "1s"])
        .status()?;
    let cpu = cpu_time(CHILDREN).saturating_sub(before);
    if !status.success() {
        return Err(format!("the daemon ended with {status}").into());
    }
    Ok(Cost { cpu, pages: web.pages()? })
}

async fn run_pipeline(web: &mut Web, hosts: usize, client: &reqwest::Client, path: &Path) -> Result<Cost, Trouble> {
    let before = cpu_time(OWN);
    let mut store = open(path).await?;
    let mut queue: Vec<Url> = web::fronts(hosts).map(|front| Url::parse(&front)).collect::<Result<_, _>>()?;
    let mut seen: HashSet<u64> = queue.iter().map(identity).collect();
    let mut batch = Vec::new();
    let mut flying = JoinSet::new();
    loop {
        while flying.len() < CONCURRENCY {
            let Some(url) = queue.pop() else { break };
            flying.spawn(fetch(client.clone(), url));
        }
        let Some(answer) = flying.join_next().await else { break };
        let Some((url, text)) = answer? else { continue };
        let page = read(url, &text);
        let wanted = |link: &&(Url, String)| link.0.host() == page.url.host();
        queue.extend(
            page.links.iter().filter(wanted).map(|(url, _)| url).filter(|url| seen.insert(identity(url))).cloned(),
        );
        batch.push(page);
        if batch.len() == BATCH {
            store_pages(&mut store, &std::mem::take(&mut batch)).await?;
        }
    }
    store_pages(&mut store, &batch).await?;
    store.close().await?;
    Ok(Cost { cpu: cpu_time(OWN).saturating_sub(before), pages: web.pages()? })
}

/// The decoded page; `None` for whatever is no page.
async fn fetch(client: reqwest::Client, url: Url) -> Option<(Url, String)> {
    let answer = client.get(url).header("accept-encoding", "gzip").send().await.ok()?;
    let html = answer.headers().get("content-type")?.to_str().ok()?.starts_with("text/html");
    if !answer.status().is_success() || !html {
        return None;
    }
    let zipped = answer.headers().contains_key("content-encoding");
    let (url, body) = (answer.url().clone(), answer.bytes().await.ok()?);
    let mut text = String::new();
    if zipped {
        flate2::read::GzDecoder::new(body.as_ref()).read_to_string(&mut text).ok()?;
    } else {
        text.push_str(std::str::from_utf8(&body).ok()?);
    }
    Some((url, text))
}

/// One tree, one walk: headline, paragraphs, links with their texts.
fn read(url: Url, text: &str) -> Understood {
    let tree = Html::parse_document(text);
    let mut page = Understood { url, title: String::new(), body: String::new(), links: Vec::new() };
    for node in tree.tree.nodes() {
        let Node::Element(element) = node.value() else { continue };
        let text = || ElementRef::wrap(node).map(|element| element.text().collect::<String>()).unwrap_or_default();
        match element.name() {
            "h1" => page.title = text(),
            "p" => {
                page.body.push_str(text().trim());
                page.body.push_str("\n\n");
            }
            "a" => {
                if let Some(Ok(target)) = element.attr("href").map(|href| page.url.join(href)) {
                    page.links.push((target, text()));
                }
            }
            _ => {}
        }
    }
    page
}

fn identity(url: &Url) -> u64 {
    let mut hasher = DefaultHasher::new();
    (url.host_str(), url.path(), url.query()).hash(&mut hasher);
    hasher.finish()
}

async fn open(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal);
    let mut store = options.connect().await?;
    sqlx::raw_sql(
        "create table articles (id integer primary key, url text, title text, body text);
         create table links (article text, url text, text text);",
    )
    .execute(&mut store)
    .await?;
    Ok(store)
}

async fn store_pages(store: &mut SqliteConnection, pages: &[Understood]) -> Result<(), sqlx::Error> {
    if pages.is_empty() {
        return Ok(());
    }
    let mut transaction = store.begin().await?;
    let mut articles = QueryBuilder::<Sqlite>::new("insert into articles (url, title, body) ");
    articles.push_values(pages, |mut row, page| {
        row.push_bind(page.url.as_str()).push_bind(&page.title).push_bind(&page.body);
    });
    articles.build().execute(&mut *transaction).await?;
    let links: Vec<_> = pages.iter().flat_map(|page| page.links.iter().map(move |link| (&page.url, link))).collect();
    for links in links.chunks(1_000) {
        let mut rows = QueryBuilder::<Sqlite>::new("insert into links (article, url, text) ");
        rows.push_values(links, |mut row, (from, (to, text))| {
            row.push_bind(from.as_str()).push_bind(to.as_str()).push_bind(text);
        });
        rows.build().execute(&mut *transaction).await?;
    }
    transaction.commit().await
}

/// Places of user and system time in `/proc/self/stat`, after the program's name.
const OWN: usize = 11;
/// The same of children that were waited for.
const CHILDREN: usize = 13;

/// CPU time so far, as Linux counts it in hundredths of a second; zero elsewhere.
fn cpu_time(place: usize) -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(place).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
