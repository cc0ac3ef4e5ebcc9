//! What reading sixty real pages costs, in times of `scraper::Html::parse_document` on the same pages: everything that
//! murasil reads, and what dom_smoothie does. `cargo run --release --manifest-path benches/peers/Cargo.toml` from the
//! project's folder; needs the corpora beside it.

#[path = "../../sample/mod.rs"]
mod sample;

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use dom_smoothie::Readability;
use murasil::config::Config;
use murasil::crawl::extract;
use murasil::model::{PageKind, Timestamp};
use murasil::parse::Parser;
use sample::{PAGES, TURNS, cost};

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/extraction/scrapinghub");

fn main() {
    let Some(pages) = sample::pages(Path::new(CORPUS)) else { return };
    let config = Config::default();
    let parser = Parser::new(&config).expect("built-in profiles compile");
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
