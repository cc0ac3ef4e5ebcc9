//! Twenty good newspapers on loopback, 127.0.7.1 to 127.0.7.20, to see whether bad hosts slow good ones:
//! `cargo run --release --example good_papers`.
//!
//! They are those of the demo's papers that list all their articles, with more articles than any run reads. Prints their sites as
//! the configuration has them, then a line `serving`; when standard input ends, prints one JSON object, host → times of
//! arrival (Unix seconds) of all requests but robots.txt, and ends.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use murasil::demo::{Paper, Web, WebOptions};

const PORT: u16 = 18081;
/// They take turns, each host with articles of its own.
const PAPERS: [&str; 3] = ["windows-1256", "open-graph", "feed-only"];
const HOSTS: u8 = 20;
const ARTICLES: usize = 2000;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut webs = Vec::new();
    for n in 1..=HOSTS {
        let paper = PAPERS[usize::from(n) % PAPERS.len()];
        let places = vec![(paper, SocketAddr::from(([127, 0, 7, n], PORT)))];
        let options = WebOptions { seed: u64::from(n), articles_per_paper: ARTICLES, places, ..WebOptions::default() };
        webs.push(Web::start(options).await?);
    }
    for paper in webs.iter().flat_map(Web::papers) {
        print!("{}", site(paper));
    }
    println!("serving");
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink())).await??;
    println!("{}", serde_json::to_string(&arrivals(&webs))?);
    Ok(())
}

/// A paper's entry in the configuration.
fn site(paper: &Paper) -> String {
    let seeds = paper.seeds.iter().map(|(url, kind)| match kind {
        Some(kind) => format!("{{ url = \"{url}\", kind = \"{}\" }}", format!("{kind:?}").to_lowercase()),
        None => format!("\"{url}\""),
    });
    let authority = paper.authority.trim_start_matches("http://");
    format!(
        "[[site]]\nname = \"good-{host}\"\ndomains = [\"{authority}\"]\nseeds = [{seeds}]\ndelay = \"200ms\"\n\
         daily_pages = 100000\n\n",
        host = host(paper),
        seeds = seeds.collect::<Vec<_>>().join(", "),
    )
}

fn host(paper: &Paper) -> &str {
    paper.authority.trim_start_matches("http://").trim_end_matches(&format!(":{PORT}"))
}

fn arrivals(webs: &[Web]) -> BTreeMap<&str, Vec<f64>> {
    let (now, clock) = (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default());
    let mut arrivals: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for web in webs {
        for arrival in web.log().iter().filter(|arrival| arrival.path != "/robots.txt") {
            let at = clock.saturating_sub(now.duration_since(arrival.at)).as_secs_f64();
            arrivals.entry(host(web.paper(arrival.paper))).or_default().push(at);
        }
    }
    arrivals
}
