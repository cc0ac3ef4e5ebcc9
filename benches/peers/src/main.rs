//! What reading sixty real pages costs, in times of `scraper::Html::parse_document` on the same pages: everything that
//! murasil reads, and what dom_smoothie does. `cargo run --release --manifest-path benches/peers/Cargo.toml` from the
//! project's folder; needs the corpora beside it.

use std::hint::black_box;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use dom_smoothie::Readability;
use flate2::read::GzDecoder;
use murasil::config::Config;
use murasil::crawl::extract::{self, PageFile};
use murasil::model::{PageKind, PageUrl, Timestamp};
use murasil::parse::Parser;
use serde_json::Value;

/// Pages that are read.
const PAGES: usize = 60;
/// Turns, of which the cheapest of each counts: other programs share the cores.
const TURNS: usize = 20;
const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/extraction/scrapinghub");

fn main() {
    let root = Path::new(CORPUS);
    let Ok(truth) = std::fs::read_to_string(root.join("truth.jsonl")) else {
        println!("SKIP: {CORPUS} is missing");
        return;
    };
    let config = Config::default();
    let parser = Parser::new(&config).expect("built-in profiles compile");
    let pages: Vec<PageFile> = truth.lines().take(PAGES).map(|line| page(root, line)).collect();
    let texts: Vec<_> = pages.iter().map(|page| String::from_utf8_lossy(&page.body)).collect();
    let now = Timestamp::now();
    let trees = || texts.iter().for_each(|text| drop(black_box(scraper::Html::parse_document(text))));
    let all = || {
        for page in &pages {
            drop(black_box(extract::extract(&parser, &config, page, PageKind::Article, now)));
        }
    };
    let peer = || {
        for text in &texts {
            let read = Readability::new(text.as_ref(), None, None).and_then(|mut page| page.parse());
            drop(black_box(read));
        }
    };
    let mut best = [Duration::MAX; 3];
    for _ in 0..TURNS {
        for (best, took) in best.iter_mut().zip([cost(trees), cost(all), cost(peer)]) {
            *best = took.min(*best);
        }
    }
    let [trees, all, peer] = best.map(|best| best.as_secs_f64());
    println!("scraper's tree: {:.0} µs a page", trees * 1e6 / PAGES as f64);
    println!("murasil, decoding, tree and all fields: {:.2} times", all / trees);
    println!("dom_smoothie, its own tree included: {:.2} times; that is {:.2} times murasil", peer / trees, peer / all);
}

fn page(root: &Path, line: &str) -> PageFile {
    let truth: Value = serde_json::from_str(line).expect("JSON");
    let name = truth["file"].as_str().expect("a file").trim_start_matches("scrapinghub/");
    let mut body = Vec::new();
    let file = std::fs::File::open(root.join(name)).expect("a page");
    GzDecoder::new(file).read_to_end(&mut body).expect("gzip");
    let url = truth["url"].as_str().and_then(|url| PageUrl::parse(url).ok());
    PageFile { body, url, content_type: None, charset: None, visited: None }
}

/// Time that this thread had on a core, as Linux tells it.
fn cost(run: impl Fn()) -> Duration {
    let before = cpu_time();
    run();
    cpu_time().saturating_sub(before)
}

fn cpu_time() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    Duration::from_nanos(told.split(' ').next().and_then(|text| text.parse().ok()).expect("nanoseconds"))
}
