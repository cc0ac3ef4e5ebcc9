//! One page through the same pipeline, outside the loop: `murasil fetch` and `murasil extract URL`; and the robots.txt
//! of every seed for `murasil check --network`.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::CrawlError;
use super::ledger::{Ledger, NotNow, allow_for_a_crash, fresh_claim, patience};
use super::pool::{ParseJob, Reader};
use super::stranger::{self, Strangers};
use crate::config::Config;
use crate::fetch::Fetcher;
use crate::fetch::robots_copy::{Standing, standing};
use crate::frontier::Frontier;
use crate::model::{
    Admission, Claim, Failure, Fetched, FoundBy, HostPace, Outcome, PageKind, PageUrl, Parsed, Receipt, Timestamp,
    Visit,
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

/// What is kept of answers.
enum Keep<'a> {
    /// All that the daemon keeps.
    All(&'a Store),
    /// The pace of their hosts, where there is a database.
    Pace(Ledger),
}

/// Fetches one address, follows its redirects within the configured sites, understands the answer, and records every
/// answer as the daemon would.
///
/// # Errors
/// A part cannot be built, the database refuses, or a host rests ([`CrawlError::NotNow`]).
pub async fn fetch_once(config: Arc<Config>, url: PageUrl, store: &Store) -> Result<Once, CrawlError> {
    follow(config, url, &Keep::All(store)).await
}

/// The same, and nothing is stored but the pace of the hosts, and this only where the configured database exists.
///
/// # Errors
/// As [`fetch_once`].
pub async fn look_once(config: Arc<Config>, url: PageUrl) -> Result<Once, CrawlError> {
    let keep = Keep::Pace(Ledger::open(config.clone()).await?);
    let once = follow(config, url, &keep).await;
    if let Keep::Pace(ledger) = keep {
        ledger.close().await?;
    }
    once
}

async fn follow(config: Arc<Config>, url: PageUrl, keep: &Keep<'_>) -> Result<Once, CrawlError> {
    let frontier = Frontier::new(config.clone())?;
    let door = Fetcher::new(config.clone())?;
    let parser = Parser::new(&config)?;
    let strangers = Strangers::new();
    let mut asked = Vec::new();
    let mut next = url;
    loop {
        let claim = match keep {
            Keep::All(store) => enter(&config, store, &next).await?,
            Keep::Pace(ledger) => ledger.claim(&next).await?,
        };
        asked.push(next);
        let mut fetched = door.fetch(&claim).await;
        let mut parsed = match &fetched.outcome {
            Outcome::Page(page) => ParseJob::new(&config, &claim, page.clone()).parse(&parser),
            Outcome::NotModified { .. } | Outcome::Redirect { .. } | Outcome::Refused(_) | Outcome::Failed(_) => {
                Parsed::nothing(claim.kind)
            }
        };
        let mut strange = Vec::new();
        if matches!(keep, Keep::All(_)) && frontier.stores(&claim, &parsed) {
            let reader = Reader::Here(&parser);
            strange = strangers.compare((&config, &door), &claim, &mut fetched, &mut parsed, &reader).await;
        }
        let now = Timestamp::now();
        let plan = stranger::plan(&frontier, &claim, &mut fetched, &parsed, strange, now);
        let target = match &fetched.outcome {
            Outcome::Redirect { to, .. } if asked.len() < MAX_HOPS && config.site_of(&to.host()).is_some() => {
                Some(to.clone())
            }
            _ => None,
        };
        let recorded = match keep {
            Keep::All(store) => {
                Some(store.record(Visit::new(claim, fetched.clone(), parsed.clone(), plan, now)).await?)
            }
            Keep::Pace(ledger) => {
                ledger.note(&plan.pace, &fetched.receipt).await?;
                None
            }
        };
        match target {
            Some(to) => next = to,
            None => return Ok(Once { asked, fetched, parsed, recorded }),
        }
    }
}

/// The page as the database knows it, entered if need be.
async fn enter(config: &Config, store: &Store, url: &PageUrl) -> Result<Claim, CrawlError> {
    let now = Timestamp::now();
    let fresh = fresh_claim(config, url);
    let admission = Admission {
        url: url.clone(),
        site: fresh.site.clone(),
        kind: PageKind::Unknown,
        depth: 0,
        hops: 0,
        priority: -now.as_second(),
        dated: false,
        found_by: FoundBy::Seed,
    };
    store.admit(vec![admission], now).await?;
    let mut claim = store.claim_url(url).await?.unwrap_or(fresh);
    allow_for_a_crash(config, store.reader(), &mut claim).await?;
    patience(config, &claim)?;
    Ok(claim)
}

/// What robots.txt says to one seed.
#[derive(Debug)]
pub struct SeedPermission {
    /// Name of the site.
    pub site: String,
    /// The seed.
    pub url: PageUrl,
    /// Why it may not be asked for; `None` if it may, or if nobody knows.
    pub refused: Option<Outcome>,
    /// Why robots.txt, of which no copy holds, was not read; `None` if it was, or a copy holds.
    pub not_now: Option<NotNow>,
    /// `Crawl-delay` that holds for us.
    pub crawl_delay: Option<Duration>,
}

/// Reads the robots.txt of every seed, and nothing else; in the order of the configuration. Where the configured
/// database exists, its copies hold, and the pace of its hosts.
///
/// # Errors
/// The network door cannot be built, or the database refuses.
pub async fn seed_permissions(config: Arc<Config>) -> Result<Vec<SeedPermission>, CrawlError> {
    let ledger = Ledger::open(config.clone()).await?;
    let permissions = ask_for_seeds(&config, &ledger).await;
    ledger.close().await?;
    permissions
}

async fn ask_for_seeds(config: &Arc<Config>, ledger: &Ledger) -> Result<Vec<SeedPermission>, CrawlError> {
    let fetcher = Fetcher::new(config.clone())?;
    let frontier = Frontier::new(config.clone())?;
    let room = Arc::new(Semaphore::new(config.fetch.concurrency as usize));
    let mut asked = Vec::new();
    for site in &config.sites {
        for url in site.seeds.iter().filter_map(|seed| PageUrl::parse(seed.url()).ok()) {
            let (claim, not_now) = ledger.recall(&url).await?;
            let needs_no_request = standing(claim.robots.as_ref(), Timestamp::now()) != Standing::Due;
            let not_now = not_now.filter(|_| !needs_no_request);
            let (fetcher, room) = (fetcher.clone(), room.clone());
            asked.push(tokio::spawn(async move {
                let _permit = room.acquire_owned().await;
                let answer = if not_now.is_none() { Some(fetcher.permission(&claim).await) } else { None };
                (claim, not_now, answer)
            }));
        }
    }
    let (mut permissions, mut paces) = (Vec::new(), Vec::new());
    for task in asked {
        // A task that panicked is a bug; the others still have something to say.
        let Ok((claim, not_now, answer)) = task.await else { continue };
        let (refused, receipt) = answer.map_or((None, None), |(refused, receipt)| (refused, Some(receipt)));
        let crawl_delay = receipt.as_ref().and_then(|receipt| receipt.crawl_delay);
        if let Some(receipt) = receipt {
            paces.push(pace_after(&frontier, &claim, refused.clone(), receipt));
        }
        permissions.push(SeedPermission { site: claim.site, url: claim.url, refused, not_now, crawl_delay });
    }
    // Of several authorities of one host the one that was asked last decides.
    paces.sort_by_key(|(pace, _)| pace.next_at);
    for (pace, receipt) in &paces {
        ledger.note(pace, receipt).await?;
    }
    Ok(permissions)
}

/// The host's pace after nothing but robots.txt was asked for.
fn pace_after(frontier: &Frontier, claim: &Claim, refused: Option<Outcome>, receipt: Receipt) -> (HostPace, Receipt) {
    // Of a host that lets us in, no page says how it is.
    let outcome = refused.unwrap_or(Outcome::Failed(Failure::Empty));
    let fetched = Fetched { outcome, receipt };
    let plan = frontier.plan(claim, &fetched, &Parsed::nothing(claim.kind), Timestamp::now());
    (plan.pace, fetched.receipt)
}
