//! What one link costs, piece by piece: resolving it, its key, its shape, the first time and again.
//!
//! `cargo bench --bench pieces`. The addresses are made here; nothing is read.

use std::hint::black_box;
use std::time::{Duration, Instant};

use murasil::model::PageUrl;
use url::Url;

/// Links of one turn: those of some fifty pages.
const LINKS: usize = 10_000;
/// Turns, of which the shortest counts: other programs share the cores.
const TURNS: usize = 9;

fn main() {
    let base = PageUrl::parse("https://www.paper.example/news/2026/11/24/").expect("an address");
    let plain = Url::parse(base.as_str()).expect("an address");
    let links: Vec<String> = (0..LINKS).map(link).collect();

    let print = |what: &str, time: Duration| {
        println!("{what:<52} {:>6.0} ns a link", time.as_secs_f64() * 1e9 / LINKS as f64);
    };
    let join = || links.iter().filter_map(|link| base.join(link).ok()).collect::<Vec<PageUrl>>();
    let urls = join();
    print("the url crate alone: join", shortest(|| links.iter().map(|link| plain.join(link)).collect::<Vec<_>>()));
    print("PageUrl::join", shortest(join));
    print("PageUrl::join, key", shortest(|| join().iter().map(PageUrl::key).collect::<Vec<_>>()));
    print("PageUrl::join, shape", shortest(|| join().iter().map(PageUrl::shape).collect::<Vec<_>>()));
    print("key, again", shortest(|| urls.iter().map(PageUrl::key).collect::<Vec<_>>()));
    print("shape, again", shortest(|| urls.iter().map(PageUrl::shape).collect::<Vec<_>>()));
    print("copy", shortest(|| urls.clone()));
    print("same site as the page", shortest(|| urls.iter().filter(|url| url.is_same_site(&base)).count()));
}

/// Links as pages have them: relative, absolute, with tracking, in Arabic, with queries.
fn link(n: usize) -> String {
    match n % 6 {
        0 => format!("/politics/harbour-wall-repair-approved-by-council-{n}"),
        1 => format!("https://www.paper.example/sport/{n}"),
        2 => format!("https://paper.example/2026/11/{:02}/story-{n}?utm_source=front&utm_medium=teaser", n % 28 + 1),
        3 => format!("/اقتصاد/خبر-عن-ميناء-المدينة-{n}"),
        4 => format!("list.php?section=4&id={n}#comments"),
        _ => format!("https://elsewhere.example/a/{n}.html"),
    }
}

/// The shortest of some turns; what a turn makes is dropped outside the time.
fn shortest<T>(run: impl Fn() -> T) -> Duration {
    let turn = |_| {
        let started = Instant::now();
        let made = black_box(run());
        let time = started.elapsed();
        drop(made);
        time
    };
    (0..TURNS).map(turn).min().unwrap_or_default()
}
