//! Decoding, tree and all fields of real pages against scraper's bare tree, in one run; then how accurate the fields are.
//!
//! `cargo bench --bench reading`; needs the corpora beside the project.

#[path = "../tests/quality/score.rs"]
mod score;

use std::hint::black_box;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use murasil::config::Config;
use murasil::crawl::extract::{self, PageFile};
use murasil::model::{PageKind, PageUrl, Timestamp};
use murasil::parse::Parser;
use serde_json::Value;

/// Pages that are read.
const PAGES: usize = 60;
/// Turns, of which the cheapest counts: other programs share the cores.
const TURNS: usize = 15;

fn main() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/extraction/scrapinghub"));
    let Ok(truth) = std::fs::read_to_string(root.join("truth.jsonl")) else {
        println!("SKIP: {} is missing", root.display());
        return;
    };
    let config = Config::default();
    let parser = Parser::new(&config).expect("built-in profiles compile");
    let pages: Vec<PageFile> = truth.lines().take(PAGES).map(|line| page(root, line)).collect();
    let texts: Vec<_> = pages.iter().map(|page| String::from_utf8_lossy(&page.body)).collect();
    let bytes: usize = pages.iter().map(|page| page.body.len()).sum();
    let read_tree = || texts.iter().for_each(|text| drop(black_box(scraper::Html::parse_document(text))));
    let now = Timestamp::now();
    let read_all = || {
        for page in &pages {
            drop(black_box(extract::extract(&parser, &config, page, PageKind::Article, now)));
        }
    };
    let (mut tree, mut all) = (Duration::MAX, Duration::MAX);
    for _ in 0..TURNS {
        tree = tree.min(cost(read_tree));
        all = all.min(cost(read_all));
    }
    let ratio = all.as_secs_f64() / tree.as_secs_f64();
    let rate = pages.len() as f64 / all.as_secs_f64();
    println!("{} pages, {} KiB a page", pages.len(), bytes / 1024 / pages.len().max(1));
    println!(
        "scraper's tree {tree:?}; decoding, tree and all fields {all:?}: {ratio:.2} times, {rate:.0} pages a second"
    );
    print_accuracy(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus")));
}

fn print_accuracy(corpora: &Path) {
    for ((corpus, measure), value) in score::figures(&corpora.join("extraction")) {
        println!("{corpus:<20} {measure:<9} {value:.3}");
    }
    let score::Fronts { found, links, wrong, judged } = score::fronts(&corpora.join("fronts"));
    println!("front pages: {found} of {links} links found; {wrong} of {judged} headlines are none");
}

fn page(root: &Path, line: &str) -> PageFile {
    let truth: Value = serde_json::from_str(line).expect("JSON");
    let name = truth["file"].as_str().expect("a file").trim_start_matches("scrapinghub/").to_owned();
    let body = extract::read_page(&root.join(name)).expect("a page");
    let url = truth["url"].as_str().and_then(|url| PageUrl::parse(url).ok());
    PageFile { body, url, content_type: None, charset: None, visited: None }
}

fn cost(run: impl Fn()) -> Duration {
    let started = cpu_time();
    run();
    cpu_time().saturating_sub(started)
}

/// Time that this thread has had on a core, so that other programs count little; by the clock where the kernel does not
/// tell.
fn cpu_time() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}
