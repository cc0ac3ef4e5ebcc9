//! Two weeks of three invented newspapers, recorded as the daemon would have: the real frontier plans, the real store
//! records, and only what would come over the network is made up, with a clock that is moved by hand.
//!
//! The papers publish 60, 15 and 2 articles a day, most of them by day. Front pages show two of three articles, feeds
//! and sections all, news sitemaps all after a quarter of an hour.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use murasil::config::{Config, Schedule, Seed, SeedKind, Site};
use murasil::frontier::Frontier;
use murasil::model::{
    Article, Claim, Discovered, Extractor, Fetched, Found, Outcome, Page, PageKind, PageUrl, Parsed, Place, Precision,
    Receipt, Request, RequestKind, RobotsUse, Timestamp, Validators, Visit, When,
};
use murasil::store::{SiteRecord, Store};

/// Monday, 2026-03-02, at midnight.
const BEGIN: i64 = 1_772_409_600;
const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;
/// How long the papers are watched.
pub(crate) const DAYS: i64 = 14;
/// Shares of a day's articles by its hours, from midnight on.
const HOURS: [i64; 24] = [1, 0, 0, 0, 1, 2, 4, 6, 8, 9, 9, 8, 7, 7, 8, 8, 7, 6, 5, 4, 3, 2, 2, 1];
const SECTIONS: [&str; 3] = ["politics", "sport", "culture"];

/// A paper and what it publishes.
struct Paper {
    host: &'static str,
    /// Times of publication, in order.
    published: Vec<i64>,
    has_sections: bool,
}

impl Paper {
    fn new(host: &'static str, per_day: i64, has_sections: bool) -> Paper {
        let all: i64 = HOURS.iter().sum();
        let mut published = Vec::new();
        // The day before is there already when the crawl begins.
        for n in -per_day..per_day * DAYS {
            // Even steps over the day's work, so that busy hours have more; a jitter keeps them off the full minute.
            let (day, nth) = (n.div_euclid(per_day), n.rem_euclid(per_day));
            let mut work = nth * all * HOUR / per_day + all * HOUR / per_day / 2;
            let hour = HOURS.iter().position(|share| {
                let within = work < share * HOUR;
                work -= if within { 0 } else { share * HOUR };
                within
            });
            let hour = i64::try_from(hour.unwrap_or(23)).expect("a small number");
            let within = work / HOURS[usize::try_from(hour).expect("an hour")].max(1);
            published.push(BEGIN + day * DAY + hour * HOUR + within + n.rem_euclid(7) * 11);
        }
        published.sort_unstable();
        Paper { host, published, has_sections }
    }

    fn url(&self, path: &str) -> PageUrl {
        PageUrl::parse(&format!("https://{}{path}", self.host)).expect("an address")
    }

    fn site(&self) -> Site {
        let mut seeds = vec![(self.url("/"), SeedKind::Front), (self.url("/feed.xml"), SeedKind::Feed)];
        if self.has_sections {
            seeds.push((self.url("/sitemap-news.xml"), SeedKind::Sitemap));
            seeds.extend(SECTIONS.iter().map(|name| (self.url(&format!("/{name}")), SeedKind::Section)));
        }
        let known = |(url, kind): (PageUrl, SeedKind)| Seed::Known { url: url.as_str().to_owned(), kind };
        Site { seeds: seeds.into_iter().map(known).collect(), ..Site::from_seed(&self.url("/")) }
    }

    /// What a page says at an instant.
    fn parsed(&self, claim: &Claim, now: i64) -> Parsed {
        let (kind, place, lag, most) = match claim.url.path() {
            "/" => (PageKind::Front, Place::Main, 0, 30),
            "/feed.xml" => (PageKind::Feed, Place::Feed, 5 * 60, 20),
            "/sitemap-news.xml" => (PageKind::Sitemap, Place::Sitemap, 15 * 60, 150),
            path if SECTIONS.contains(&path.trim_start_matches('/')) => (PageKind::Section, Place::Main, 0, 20),
            _ => return self.article(claim),
        };
        let section = SECTIONS.iter().position(|name| claim.url.path() == format!("/{name}"));
        let shown = |n: &usize| match (kind, section) {
            (PageKind::Front, _) => !n.is_multiple_of(3),
            (_, Some(section)) => n % SECTIONS.len() == section,
            _ => true,
        };
        let until = self.published.partition_point(|at| at + lag <= now);
        let listed = (0..until).rev().filter(shown).take(most);
        let dated = place != Place::Main;
        let entry = |n: usize| Discovered {
            url: self.story(n),
            kind: if dated { PageKind::Article } else { PageKind::Unknown },
            text: format!("Story {n} of the paper"),
            place,
            published: dated.then(|| at(self.published[n])),
            rel: murasil::model::Rel::NONE,
        };
        Parsed { discovered: listed.map(entry).collect(), ..Parsed::nothing(kind) }
    }

    fn story(&self, n: usize) -> PageUrl {
        self.url(&format!("/news/story-of-the-paper-{}.html", 100_000 + n))
    }

    fn article(&self, claim: &Claim) -> Parsed {
        let number = claim.url.path().trim_end_matches(".html").rsplit('-').next().and_then(|n| n.parse().ok());
        let Some(published) = number.and_then(|n: usize| self.published.get(n.checked_sub(100_000)?)) else {
            return Parsed::nothing(PageKind::Other);
        };
        let when = When {
            day: murasil::model::page::day_of(at(*published)),
            at: at(*published),
            precision: Precision::Second,
            offset_seconds: 0,
            offset_stated: true,
            raw: at(*published).to_string(),
        };
        let article = Article {
            title: Some(found(format!("Story {} of {}", claim.url.path(), self.host))),
            published: Some(found(when)),
            body: Some(found(vec![format!("What happened at {published} is told here.")])),
            ..Article::default()
        };
        Parsed { article: Some(article), ..Parsed::nothing(PageKind::Article) }
    }
}

fn found<T>(value: T) -> Found<T> {
    Found::new(value, Extractor::Meta, "invented")
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a timestamp")
}

/// Records the two weeks into a new database; gives the configuration by which they were crawled.
pub(crate) async fn record(database: &Path) -> Config {
    let papers = [
        Paper::new("morning.example", 60, true),
        Paper::new("region.example", 15, true),
        Paper::new("weekly.example", 2, false),
    ];
    let config = Config {
        schedule: Schedule { revisit: Vec::new(), ..Schedule::default() },
        sites: papers.iter().map(Paper::site).collect(),
        ..Config::default()
    };
    let frontier = Frontier::new(Arc::new(config.clone())).expect("no patterns");
    let store = Store::open(database, None).await.expect("the database opens");
    let sites: Vec<SiteRecord> = config.sites.iter().map(|site| SiteRecord { name: site.name.clone() }).collect();
    let mut now = at(BEGIN);
    store.sync_sites(&sites, frontier.seeds(now), now).await.expect("the sites enter");
    let none = HashSet::new();
    while now < at(BEGIN + DAYS * DAY) {
        let claims = store.claim(now, 10, &none).await.expect("claims");
        if claims.is_empty() {
            let wake = store.next_wake(&none).expect("a time").expect("sources are always due again");
            now = wake.max(now + Duration::from_millis(1));
            continue;
        }
        for claim in claims {
            let paper = papers.iter().find(|paper| claim.url.host_name() == paper.host).expect("one of the papers");
            let parsed = paper.parsed(&claim, now.as_second());
            let fetched = fetched(&claim, now);
            let plan = frontier.plan(&claim, &fetched, &parsed, now);
            store.record(Visit::new(claim, fetched, parsed, plan, now)).await.expect("is recorded");
        }
    }
    store.close().await.expect("the database closes");
    config
}

fn fetched(claim: &Claim, now: Timestamp) -> Fetched {
    let page = Page {
        url: claim.url.clone(),
        status: 200,
        content_type: None,
        robots_tags: Vec::new(),
        links: murasil::model::HeaderLinks::default(),
        validators: Validators::default(),
        fresh_for: None,
        body: "invented".into(),
    };
    let request = Request {
        kind: RequestKind::Page,
        url: claim.url.clone(),
        started_at: now,
        elapsed: Duration::from_millis(100),
        status: Some(200),
        wire_bytes: 0,
        body_bytes: 0,
        remote: None,
        error: None,
    };
    let receipt = Receipt { requests: vec![request], robots: RobotsUse::None, crawl_delay: None, sitemaps: Vec::new() };
    Fetched { outcome: Outcome::Page(page), receipt }
}
