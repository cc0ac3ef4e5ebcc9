//! Sixty real pages, and what reading them costs: shared by `benches/reading.rs` and `benches/peers`.

use std::path::Path;
use std::time::Duration;

use murasil::crawl::extract::{self, PageFile};
use murasil::model::PageUrl;
use serde_json::Value;

/// Pages that are read.
pub(crate) const PAGES: usize = 60;
/// Turns, of which the cheapest of each side counts: other programs share the cores.
pub(crate) const TURNS: usize = 15;
/// Passes of a turn.
const PASSES: u32 = 5;

/// The pages of a corpus; `None`, and a line that says so, if its folder is missing.
pub(crate) fn pages(root: &Path) -> Option<Vec<PageFile>> {
    let Ok(truth) = std::fs::read_to_string(root.join("truth.jsonl")) else {
        println!("SKIP: {} is missing", root.display());
        return None;
    };
    Some(truth.lines().take(PAGES).map(|line| page(root, line)).collect())
}

fn page(root: &Path, line: &str) -> PageFile {
    let truth: Value = serde_json::from_str(line).expect("JSON");
    let name = truth["file"].as_str().expect("a file").trim_start_matches("scrapinghub/");
    let body = extract::read_page(&root.join(name)).expect("a page");
    let url = truth["url"].as_str().and_then(|url| PageUrl::parse(url).ok());
    PageFile { body, url, content_type: None, charset: None, visited: None }
}

/// Time that this thread had on a core meanwhile, so that other programs count little; by the clock where the kernel
/// does not tell. Kernels may count by ticks of four milliseconds: one of several passes is what counts.
pub(crate) fn cost(run: impl Fn()) -> Duration {
    let (started, before) = (std::time::Instant::now(), cpu_time());
    for _ in 0..PASSES {
        run();
    }
    let spent = |before| Some(cpu_time()?.saturating_sub(before));
    before.and_then(spent).unwrap_or_else(|| started.elapsed()) / PASSES
}

fn cpu_time() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
