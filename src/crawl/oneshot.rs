//! One page through the same pipeline, outside the loop: `murasil fetch` and `murasil extract URL`.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::CrawlError;
use super::pool::ParseJob;
use crate::config::Config;
use crate::fetch::Fetcher;
use crate::frontier::Frontier;
use crate::model::{
    Admission, Claim, Fetched, FoundBy, History, HostId, HostPace, Outcome, PageId, PageKind, PageUrl, Parsed,
    Timestamp, Validators, Visit,
};
use crate::parse::Parser;
use crate::store::{Recorded, Store};

/// Redirects that are followed by hand, each through robots, pace and address rules of its own.
const MAX_HOPS: usize = 10;

/// What one address gave.
#[derive(Debug)]
pub struct Once {
    /// The addresses that were asked, in order: the given one and the targets of redirects.
    pub asked: Vec<PageUrl>,
    /// The answer of the last.
    pub fetched: Fetched,
    /// What it says.
    pub parsed: Parsed,
    /// What was stored; `None` for a dry run.
    pub recorded: Option<Recorded>,
}

/// Fetches one address, follows its redirects within the configured sites, and understands the answer.
///
/// With a store every answer is recorded as the daemon would; without one nothing is written.
///
/// # Errors
/// A part cannot be built, or the database refuses.
pub async fn fetch_once(config: Arc<Config>, url: PageUrl, store: Option<&Store>) -> Result<Once, CrawlError> {
    let frontier = Frontier::new(config.clone())?;
    let door = Fetcher::new(config.clone())?;
    let parser = Parser::new(&config)?;
    let mut asked = Vec::new();
    let mut next = url;
    loop {
        let claim = claim_of(&config, store, &next).await?;
        asked.push(next);
        let fetched = door.fetch(&claim).await;
        let parsed = match &fetched.outcome {
            Outcome::Page(page) => ParseJob::new(&config, &claim, page.clone()).parse(&parser),
            Outcome::NotModified { .. } | Outcome::Redirect { .. } | Outcome::Refused(_) | Outcome::Failed(_) => {
                Parsed::nothing(claim.kind)
            }
        };
        let now = Timestamp::now();
        let plan = frontier.plan(&claim, &fetched, &parsed, now);
        let target = match &fetched.outcome {
            Outcome::Redirect { to, .. } if asked.len() < MAX_HOPS && config.site_of(&to.host()).is_some() => {
                Some(to.clone())
            }
            _ => None,
        };
        let recorded = match store {
            Some(store) => Some(store.record(Visit::new(claim, fetched.clone(), parsed.clone(), plan, now)).await?),
            None => None,
        };
        match target {
            Some(to) => next = to,
            None => return Ok(Once { asked, fetched, parsed, recorded }),
        }
    }
}

/// What robots.txt says to one seed.
#[derive(Debug)]
pub struct SeedPermission {
    /// Name of the site.
    pub site: String,
    /// The seed.
    pub url: PageUrl,
    /// Why it may not be asked for; `None` if it may.
    pub refused: Option<Outcome>,
    /// `Crawl-delay` that holds for us.
    pub crawl_delay: Option<Duration>,
}

/// Reads the robots.txt of every seed, and nothing else; in the order of the configuration.
///
/// # Errors
/// The network door cannot be built.
pub async fn seed_permissions(config: Arc<Config>) -> Result<Vec<SeedPermission>, CrawlError> {
    let fetcher = Fetcher::new(config.clone())?;
    let room = Arc::new(Semaphore::new(config.fetch.concurrency as usize));
    let mut asked = Vec::new();
    for site in &config.sites {
        for url in site.seeds.iter().filter_map(|seed| PageUrl::parse(seed.url()).ok()) {
            let (fetcher, room, claim) = (fetcher.clone(), room.clone(), fresh_claim(&config, &url));
            asked.push(tokio::spawn(async move {
                let _permit = room.acquire_owned().await;
                let (refused, receipt) = fetcher.permission(&claim).await;
                SeedPermission { site: claim.site, url: claim.url, refused, crawl_delay: receipt.crawl_delay }
            }));
        }
    }
    let mut permissions = Vec::new();
    for task in asked {
        // A task that panicked is a bug; the others still have something to say.
        permissions.extend(task.await.ok());
    }
    Ok(permissions)
}

/// The page as the database knows it, entered if need be; or as if it had never been seen.
async fn claim_of(config: &Config, store: Option<&Store>, url: &PageUrl) -> Result<Claim, CrawlError> {
    let now = Timestamp::now();
    let site = config.site_of(&url.host()).map(|site| site.name.clone()).unwrap_or_default();
    if let Some(store) = store {
        let admission = Admission {
            url: url.clone(),
            site: site.clone(),
            kind: PageKind::Unknown,
            depth: 0,
            hops: 0,
            priority: -now.as_second(),
            dated: false,
            found_by: FoundBy::Seed,
        };
        store.admit(vec![admission], now).await?;
        if let Some(claim) = store.claim_url(url).await? {
            return Ok(claim);
        }
    }
    Ok(fresh_claim(config, url))
}

/// A claim of a page that no database knows.
pub(super) fn fresh_claim(config: &Config, url: &PageUrl) -> Claim {
    let site = config.site_of(&url.host()).map(|site| site.name.clone()).unwrap_or_default();
    Claim {
        page: PageId(0),
        host_id: HostId(0),
        pace: HostPace::new(url.host(), config.delay_of(&site), Timestamp::now()),
        site,
        url: url.clone(),
        kind: PageKind::Unknown,
        depth: 0,
        hops: 0,
        validators: Validators::default(),
        history: History::default(),
        robots: None,
    }
}
