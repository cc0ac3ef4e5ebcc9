//! The running papers: start and stop, what tests and the demo may change, the log of arrivals.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::tz::Offset;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::edition::Edition;
use super::papers::PAPERS;
use super::server::{self, Desk};
use crate::config::{
    Bounds, Config, Cookies, Crawler, Fetch, Follow, Politeness, Retry, Schedule, Seed, SeedKind, Site, Tls,
};
use crate::model::page::day_of;
use crate::model::{Date, Timestamp};

/// How a web is made.
#[derive(Debug, Clone)]
pub struct WebOptions {
    /// The same seed and the same `newest` give the same articles.
    pub seed: u64,
    /// Articles a paper at the start; the paper with the ticker has at least 60.
    pub articles_per_paper: usize,
    /// When the latest article appeared; the others are some hours apart before it.
    pub newest: Timestamp,
    /// Where papers are served, by name. The others are not; empty: all six, each on a free port of 127.0.0.1.
    pub places: Vec<(&'static str, SocketAddr)>,
}

impl Default for WebOptions {
    /// Twelve articles a paper, the latest two hours before today (UTC) began.
    fn default() -> WebOptions {
        let midnight = Offset::UTC.to_timestamp(day_of(Timestamp::now()).at(0, 0, 0, 0)).unwrap_or_default();
        let newest = Timestamp::from_second(midnight.as_second() - 2 * 3600).unwrap_or_default();
        WebOptions { seed: 2015, articles_per_paper: 12, newest, places: Vec::new() }
    }
}

/// A paper as the crawler's operator knows it.
#[derive(Debug, Clone)]
pub struct Paper {
    /// Its name as a site: `family`, `windows-1256`, `json-ld`, `open-graph`, `feed-only`, `refusals`.
    pub name: &'static str,
    /// Its name as printed.
    pub title: String,
    /// `http://127.0.0.1:PORT`, each paper on a port of its own.
    pub authority: String,
    /// Where a crawl begins, and as what; `None` leaves it to be seen.
    pub seeds: Vec<(String, Option<SeedKind>)>,
    /// Its profile in `sites/`; `None`: general extraction.
    pub profile: Option<&'static str>,
    /// What its robots.txt asks for between two requests; `None` if it does not say.
    pub crawl_delay: Option<Duration>,
    /// The articles at the start, newest first, as a perfect reader would take them; see [`Web::expected`].
    pub expected: Vec<Expected>,
}

/// An article's truth, made from what the page is made from and never from the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Its canonical address.
    pub url: String,
    /// The headline.
    pub title: String,
    /// The standfirst; `None` if the page has none.
    pub subtitle: Option<String>,
    /// Names in the page's order.
    pub authors: Vec<String>,
    /// The newspaper; `None` if only the page's looks tell it.
    pub publisher: Option<String>,
    /// The day as the page prints it.
    pub published_day: Date,
    /// That day, or the local time with its offset, as [`crate::model::When`] is written; where the page states no
    /// offset it is the one of the site's configured zone.
    pub published: String,
    /// BCP 47 primary language.
    pub language: &'static str,
    /// Paragraphs.
    pub body: Vec<String>,
    /// The original that an aggregator points to.
    pub source_url: Option<String>,
}

/// One request as the server saw it.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The paper's name.
    pub paper: &'static str,
    /// When its head had been read, before an answer was made.
    pub at: Instant,
    /// Path and query.
    pub path: String,
    /// Status of the answer; 0 while it is being made.
    pub status: u16,
    /// Whether it carried `If-None-Match` or `If-Modified-Since`.
    pub conditional: bool,
    /// `User-Agent`; empty if missing.
    pub user_agent: String,
    /// Requests that this paper was answering, this one included.
    pub concurrent: u32,
}

/// What is wrong with a paper at the moment. robots.txt is answered well except in `RobotsDown` and `SlowMs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// 500 for every page.
    Down,
    /// 429 for every page.
    TooMany {
        /// Seconds in `Retry-After`.
        retry_after: u64,
    },
    /// 503 for robots.txt; pages are answered.
    RobotsDown,
    /// Every answer, robots.txt included, waits so many milliseconds.
    SlowMs(u64),
}

/// Running servers, one a paper; they stop when this is dropped.
pub struct Web {
    papers: Vec<Paper>,
    desks: Vec<Arc<Desk>>,
    log: Arc<Mutex<Vec<Arrival>>>,
    stop: CancellationToken,
    servers: Vec<JoinHandle<()>>,
}

impl Web {
    /// Starts the papers.
    ///
    /// # Errors
    /// If a place cannot be had.
    pub async fn start(options: WebOptions) -> std::io::Result<Web> {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut listeners = Vec::new();
        let mut authorities = Vec::new();
        for press in PAPERS {
            let place = options.places.iter().find(|(name, _)| *name == press.name);
            if place.is_none() && !options.places.is_empty() {
                continue;
            }
            let listener = TcpListener::bind(place.map_or(anywhere, |(_, address)| *address)).await?;
            authorities.push(format!("http://{}", listener.local_addr()?));
            listeners.push((press, listener));
        }
        let log = Arc::new(Mutex::new(Vec::new()));
        let stop = CancellationToken::new();
        let mut web = Web { papers: Vec::new(), desks: Vec::new(), log: Arc::clone(&log), stop, servers: Vec::new() };
        for ((press, listener), authority) in listeners.into_iter().zip(&authorities) {
            let mut edition =
                Edition::new(press, authority.clone(), options.seed, options.articles_per_paper, options.newest);
            edition.neighbours = authorities.iter().filter(|other| *other != authority).cloned().collect();
            web.papers.push(paper(&edition));
            let desk = Arc::new(Desk::new(edition, Arc::clone(&log)));
            web.servers.push(tokio::spawn(server::serve(listener, Arc::clone(&desk), web.stop.clone())));
            web.desks.push(desk);
        }
        Ok(web)
    }

    /// The papers as they were at the start.
    pub fn papers(&self) -> &[Paper] {
        &self.papers
    }

    /// The paper of this name.
    ///
    /// # Panics
    /// If there is none: the names are fixed.
    pub fn paper(&self, name: &str) -> &Paper {
        &self.papers[self.place(name)]
    }

    /// A paper's articles as they stand now, newest first; of the ticker paper also those that only the ticker names.
    pub fn expected(&self, name: &str) -> Vec<Expected> {
        let edition = self.edition(name);
        edition.stories.iter().rev().map(|story| edition.truth(story)).collect()
    }

    /// The ticker paper's headlines and where they lead, in order; empty for the others.
    pub fn ticker(&self, name: &str) -> Vec<(String, String)> {
        let edition = self.edition(name);
        if name != PAPERS[0].name {
            return Vec::new();
        }
        edition.ticker().map(|story| (story.title.clone(), edition.url(story))).collect()
    }

    /// Every request so far in the order of arrival, recorded before its answer was made.
    pub fn log(&self) -> Vec<Arrival> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets the requests so far.
    pub fn clear_log(&self) {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The article changes its title and last paragraph. `index` counts the listed articles from the newest, 0.
    pub fn edit(&self, name: &str, index: usize) {
        self.edition(name).edit(index);
    }

    /// So many new articles appear on the front page, in feed, sitemap and ticker.
    pub fn publish(&self, name: &str, count: usize) {
        self.edition(name).publish(count, None);
    }

    /// One new article appears likewise, which says that it was published at this instant.
    pub fn publish_at(&self, name: &str, at: Timestamp) {
        self.edition(name).publish(1, Some(at));
    }

    /// The ticker paper shows 58 other headlines from now on, whose articles no list names.
    pub fn rotate_ticker(&self) {
        self.edition(PAPERS[0].name).rotate_ticker();
    }

    /// What is wrong with a paper from now on.
    pub fn set_fault(&self, name: &str, fault: Fault) {
        *self.desks[self.place(name)].fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// A paper's article pages get other class names; again, and they are as before. The ticker paper has one design.
    pub fn redesign(&self, name: &str) {
        self.edition(name).redesign();
    }

    /// A whole configuration that crawls these papers: one site each, the delay everywhere (also as floor), quick
    /// retries. The database's paths are the defaults; the caller sets them.
    ///
    /// Sources come due after a minute at the earliest, articles at the usual ages: one pass visits each page once.
    pub fn config(&self, delay: Duration) -> Config {
        let ports = self.papers.iter().filter_map(|paper| paper.authority.rsplit(':').next()?.parse().ok());
        Config {
            crawler: Crawler { contact: "https://murasil.example/demo".into(), ..Crawler::default() },
            politeness: Politeness { delay, floor: delay, ..Politeness::default() },
            schedule: Schedule {
                sources: Bounds { min: Duration::from_mins(1), max: Duration::from_hours(1) },
                retry: Retry { first: Duration::from_secs(1), max: Duration::from_secs(8), give_up: 3 },
                ..Schedule::default()
            },
            fetch: Fetch {
                timeout: Duration::from_secs(10),
                ports: ports.collect(),
                allow_private: vec!["127.0.0.0/8".into()],
                ..Fetch::default()
            },
            sites: self.papers.iter().map(site).collect(),
            ..Config::default()
        }
    }

    /// Stops the servers and waits until their ports are free.
    pub async fn stop(mut self) {
        self.stop.cancel();
        for server in std::mem::take(&mut self.servers) {
            // A server that panicked has stopped, too.
            let _ = server.await;
        }
    }

    fn place(&self, name: &str) -> usize {
        let place = self.papers.iter().position(|paper| paper.name == name);
        place.unwrap_or_else(|| panic!("no paper is called {name}"))
    }

    fn edition(&self, name: &str) -> MutexGuard<'_, Edition> {
        self.desks[self.place(name)].edition()
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// An edition as its reader knows it.
fn paper(edition: &Edition) -> Paper {
    let press = edition.press;
    Paper {
        name: press.name,
        title: press.title.to_owned(),
        authority: edition.authority.clone(),
        seeds: press.seeds.iter().map(|(path, kind)| (format!("{}{path}", edition.authority), *kind)).collect(),
        profile: press.profile,
        crawl_delay: press.crawl_delay,
        expected: edition.listed().map(|story| edition.truth(story)).collect(),
    }
}

/// A paper's entry in the configuration.
fn site(paper: &Paper) -> Site {
    let seeds = paper.seeds.iter().cloned();
    let zone = PAPERS.iter().find(|press| press.name == paper.name).map(|press| press.zone.to_owned());
    let follow = match paper.profile {
        Some(_) => Follow { deny: vec!["^/author/".into()], ..Follow::default() },
        None => Follow::default(),
    };
    Site {
        name: paper.name.to_owned(),
        domains: vec![paper.authority.trim_start_matches("http://").to_owned()],
        seeds: seeds
            .map(|(url, kind)| match kind {
                Some(kind) => Seed::Known { url, kind },
                None => Seed::Url(url),
            })
            .collect(),
        follow,
        profile: paper.profile.map(str::to_owned),
        timezone: zone,
        delay: None,
        daily_pages: None,
        tls: Tls::default(),
        cookies: Cookies::default(),
        secrets: Vec::new(),
    }
}
