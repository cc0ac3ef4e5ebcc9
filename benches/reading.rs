//! Decoding, tree and all fields of real pages against scraper's bare tree, in one run; then how accurate the fields are.
//!
//! `cargo bench --bench reading`; needs the corpora beside the project.

mod sample;
#[path = "../tests/quality/score.rs"]
mod score;

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use murasil::config::Config;
use murasil::crawl::extract;
use murasil::model::{PageKind, Timestamp};
use murasil::parse::Parser;
use sample::{TURNS, cost};

fn main() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/extraction/scrapinghub"));
    let Some(pages) = sample::pages(root) else { return };
    let config = Config::default();
    let parser = Parser::new(&config).expect("built-in profiles compile");
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
