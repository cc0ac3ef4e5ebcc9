//! `murasil discover`: what a site offers, by a look at a few of its pages. Nothing is stored.
//!
//! The door, the parser and the frontier are those of the crawl: robots.txt, pace and address rules hold, and only what
//! would enter the frontier is looked at. `tests/verbs.rs` shows it at work.

mod found;
mod waiting;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::CrawlError;
use super::ledger::{Ledger, fresh_claim};
use super::pool::ParseJob;
use super::visit::log;
use crate::config::{Config, Site};
use crate::fetch::Fetcher;
use crate::frontier::Frontier;
use crate::model::{
    Admission, Authority, Claim, Discovered, Fetched, FoundBy, Host, HostPace, Outcome, PageKey, PageKind, PageUrl,
    Parsed, Place, RobotsCopy, RobotsId, RobotsUse, Timestamp, TurnedAway,
};
use crate::parse::{Parser, platform};

pub use found::{Discovery, Look, RobotsFound, Role, SuggestedSeed, Trouble, Unread};

use waiting::{Class, Pending, Waiting};

/// Addresses that were found and not looked at, of each kind, in the answer.
const MAX_UNREAD: usize = 50;
/// Entries of feeds and sitemaps that are remembered, so that repetition is seen.
const MAX_KNOWN: usize = 200_000;

/// Looks at the site of an address; at most `pages` pages are asked for, and robots.txt of each authority once.
///
/// Nothing is stored but the pace of the hosts, and this only where the configured database exists.
///
/// The configuration must know the address's site (`Loaded::add_seed`); `configured` tells whether it did before.
/// Pages are taken in turn from feeds, sitemaps, sections and articles, the newest articles first and few of them. A
/// host that shows strain is left alone. `progress` is told each address before it is asked for.
///
/// # Errors
/// A part cannot be built, the database refuses, or the address's host rests ([`CrawlError::NotNow`]).
pub async fn discover(
    config: Arc<Config>,
    given: PageUrl,
    configured: bool,
    pages: usize,
    progress: impl Fn(&PageUrl),
) -> Result<Discovery, CrawlError> {
    let ledger = Ledger::open(config.clone()).await?;
    let found = survey(config, &ledger, given, configured, pages, progress).await;
    ledger.close().await?;
    found
}

async fn survey(
    config: Arc<Config>,
    ledger: &Ledger,
    given: PageUrl,
    configured: bool,
    pages: usize,
    progress: impl Fn(&PageUrl),
) -> Result<Discovery, CrawlError> {
    // Other hosts that rest are passed over.
    ledger.claim(&given).await?;
    let site = config.site_of(&given.host()).cloned().unwrap_or_else(|| Site::from_seed(&given));
    let mut survey = Survey {
        frontier: Frontier::new(config.clone())?,
        door: Fetcher::new(config.clone())?,
        parser: Parser::new(&config)?,
        config,
        ledger,
        robots: HashMap::new(),
        paces: HashMap::new(),
        closed: HashSet::new(),
        waiting: Waiting::default(),
        known: HashMap::new(),
        links: Vec::new(),
        found: Discovery {
            given: given.clone(),
            site,
            configured,
            robots: Vec::new(),
            looks: Vec::new(),
            unread: Vec::new(),
            platform: Vec::new(),
            turned_away: Vec::new(),
            requests: 0,
        },
    };
    survey.begin(&given);
    for _ in 0..pages {
        let Some(next) = survey.next() else { break };
        progress(&next.admission.url);
        survey.look(next).await?;
    }
    Ok(survey.finish())
}

struct Survey<'a> {
    config: Arc<Config>,
    ledger: &'a Ledger,
    frontier: Frontier,
    door: Fetcher,
    parser: Parser,
    /// robots.txt of each authority as it was read.
    robots: HashMap<Authority, RobotsCopy>,
    /// Each host's pace as the last visit left it.
    paces: HashMap<Host, HostPace>,
    /// Hosts that showed strain.
    closed: HashSet<Host>,
    waiting: Waiting,
    /// When feeds and sitemaps say that a page was published.
    known: HashMap<PageKey, Option<Timestamp>>,
    /// Links of pages to what look like articles, by the place of the look.
    links: Vec<(usize, Vec<PageKey>)>,
    found: Discovery,
}

impl Survey<'_> {
    /// The given address and its root, as the seeds that they are or would be.
    fn begin(&mut self, given: &PageUrl) {
        let now = Timestamp::now();
        let seeds = self.frontier.seeds(now);
        let root = given.join("/").unwrap_or_else(|_| given.clone());
        for (url, role) in [(given, Role::Given), (&root, Role::Root)] {
            let configured = seeds.iter().find(|seed| seed.url == *url).cloned();
            let kind = if url.path() == "/" && url.query().is_none() { PageKind::Front } else { PageKind::Unknown };
            let admission = configured.unwrap_or_else(|| Admission {
                url: url.clone(),
                site: self.found.site.name.clone(),
                kind,
                depth: 0,
                hops: 0,
                priority: -now.as_second(),
                dated: false,
                found_by: FoundBy::Seed,
            });
            self.waiting.push(Pending { admission, role, name: String::new() });
        }
    }

    fn next(&mut self) -> Option<Pending> {
        self.waiting.take(&self.closed)
    }

    async fn look(&mut self, pending: Pending) -> Result<(), CrawlError> {
        let claim = match self.claim(&pending.admission).await {
            Err(CrawlError::NotNow(not_now)) => {
                tracing::warn!("{not_now}");
                self.closed.insert(not_now.host);
                self.waiting.list(Class::of(&pending)).push(pending);
                return Ok(());
            }
            claim => claim?,
        };
        let fetched = self.door.fetch(&claim).await;
        let parsed = match &fetched.outcome {
            Outcome::Page(page) => ParseJob::new(&self.config, &claim, page.clone()).parse(&self.parser),
            Outcome::NotModified { .. } | Outcome::Redirect { .. } | Outcome::Refused(_) | Outcome::Failed(_) => {
                Parsed::nothing(claim.kind)
            }
        };
        log(&claim, &fetched, &parsed);
        let plan = self.frontier.plan(&claim, &fetched, &parsed, Timestamp::now());
        self.ledger.note(&plan.pace, &fetched.receipt).await?;
        self.note_robots(&fetched);
        if plan.pace.note.is_some() {
            self.closed.insert(claim.url.host());
        }
        self.paces.insert(claim.url.host(), plan.pace);
        if let (true, Outcome::Page(page)) = (self.found.platform.is_empty(), &fetched.outcome)
            && matches!(plan.kind, PageKind::Front | PageKind::Section | PageKind::Article)
        {
            self.found.platform = platform::hints(&page.body);
        }
        for away in &plan.turned_away {
            add_away(&mut self.found.turned_away, away);
        }
        let names = names(&parsed);
        let look = self.describe(pending.clone(), plan.kind, &fetched, parsed, &plan.admit);
        self.enter(&pending, &look, plan.admit, &names);
        self.found.looks.push(look);
        Ok(())
    }

    /// The page with what was learnt of its host since the survey began, else with what was known before.
    async fn claim(&self, admission: &Admission) -> Result<Claim, CrawlError> {
        let url = &admission.url;
        let known = match self.paces.get(&url.host()) {
            Some(pace) => Claim { pace: pace.clone(), ..fresh_claim(&self.config, url) },
            None => self.ledger.claim(url).await?,
        };
        Ok(Claim {
            site: admission.site.clone(),
            kind: admission.kind,
            depth: admission.depth,
            hops: admission.hops,
            // Read anew even where a copy is stored, because only a reading tells the sitemaps.
            robots: self.robots.get(&url.authority()).cloned(),
            ..known
        })
    }

    fn note_robots(&mut self, fetched: &Fetched) {
        let receipt = &fetched.receipt;
        self.found.requests += receipt.requests.len();
        if let RobotsUse::Read(copy) = &receipt.robots {
            // A row's number tells the door that the copy is known, and the frontier that its sitemaps have been seen.
            let known = RobotsCopy { id: Some(RobotsId(0)), ..copy.clone() };
            self.robots.insert(copy.authority.clone(), known);
            self.found.robots.push(RobotsFound {
                authority: copy.authority.clone(),
                status: copy.status,
                crawl_delay: receipt.crawl_delay,
                sitemaps: receipt.sitemaps.len(),
            });
        }
    }

    fn describe(
        &mut self,
        pending: Pending,
        kind: PageKind,
        fetched: &Fetched,
        parsed: Parsed,
        admitted: &[Admission],
    ) -> Look {
        let listed = matches!(kind, PageKind::Feed | PageKind::Sitemap);
        let keys: Vec<PageKey> = if listed {
            parsed.discovered.iter().filter(|found| !found.kind.is_source()).map(|found| found.url.key()).collect()
        } else {
            let articles = admitted.iter().filter(|admission| admission.kind == PageKind::Article);
            articles.map(|admission| admission.url.key()).collect()
        };
        let own = keys.iter().filter(|key| !self.known.contains_key(*key)).count();
        let entries = keys.len();
        let times = if listed { self.remember(&parsed.discovered) } else { Vec::new() };
        if !listed {
            self.links.push((self.found.looks.len(), keys));
        }
        let Pending { admission, role, name } = pending;
        Look {
            url: admission.url,
            role,
            taken_for: admission.kind,
            kind,
            found_by: admission.found_by,
            name,
            trouble: self.trouble(&fetched.outcome),
            entries,
            own,
            maps: parsed.discovered.iter().filter(|found| listed && found.kind == PageKind::Sitemap).count(),
            is_news: kind == PageKind::Sitemap && parsed.discovered.iter().any(|found| found.kind == PageKind::Article),
            newest: times.iter().copied().max(),
            oldest: times.iter().copied().min(),
            article: parsed.article,
            opt_outs: parsed.signals.opt_outs,
        }
    }

    /// Remembers a list's entries; gives their times.
    fn remember(&mut self, discovered: &[Discovered]) -> Vec<Timestamp> {
        let entries = discovered.iter().filter(|entry| !entry.kind.is_source());
        for entry in entries.clone() {
            if self.known.len() < MAX_KNOWN {
                let known = self.known.entry(entry.url.key()).or_default();
                *known = known.or(entry.published);
            }
        }
        entries.filter_map(|entry| entry.published).collect()
    }

    fn trouble(&self, outcome: &Outcome) -> Option<Trouble> {
        match outcome {
            Outcome::Page(_) | Outcome::NotModified { .. } => None,
            Outcome::Redirect { to, .. } => {
                let own = self.config.site_of(&to.host()).is_some_and(|site| site.name == self.found.site.name);
                Some(Trouble::Redirect { to: to.clone(), own })
            }
            Outcome::Refused(refusal) => Some(Trouble::Refused(refusal.to_string())),
            Outcome::Failed(failure) => Some(Trouble::Failed(failure.to_string())),
        }
    }

    /// What the page admits to the frontier waits for a look, the newest first.
    fn enter(&mut self, from: &Pending, look: &Look, mut admitted: Vec<Admission>, names: &HashMap<PageKey, String>) {
        let redirect = match &look.trouble {
            Some(Trouble::Redirect { to, own: true }) => Some(to),
            Some(_) | None => None,
        };
        if matches!(look.kind, PageKind::Feed | PageKind::Sitemap) {
            admitted.sort_by_key(|admission| admission.priority);
        }
        for admission in admitted.into_iter().filter(|admission| admission.site == self.found.site.name) {
            let key = admission.url.key();
            if redirect == Some(&admission.url) {
                // The target takes the page's place, also where it is the same page in another spelling.
                self.waiting.seen.remove(&key);
                self.waiting.push(Pending { admission, role: from.role, name: from.name.clone() });
            } else if !is_service(&admission) {
                let name = names.get(&key).cloned().unwrap_or_default();
                self.waiting.push(Pending { admission, role: Role::Found, name });
            }
        }
    }

    fn finish(mut self) -> Discovery {
        // Only now is it known what feeds and sitemaps say of a page's links.
        for (at, keys) in &self.links {
            let Some(look) = self.found.looks.get_mut(*at) else { continue };
            let times = keys.iter().filter_map(|key| self.known.get(key).copied().flatten());
            look.own = keys.iter().filter(|key| !self.known.contains_key(*key)).count();
            (look.newest, look.oldest) = (times.clone().max(), times.min());
        }
        for class in [Class::Feed, Class::Sitemap, Class::Section] {
            for pending in self.waiting.list(class).drain(..).take(MAX_UNREAD) {
                let Pending { admission, role: _, name } = pending;
                self.found.unread.push(Unread { url: admission.url, kind: admission.kind, name });
            }
        }
        self.found
    }
}

/// Texts of the links of a page; entries of lists have titles, which name articles and no sources.
fn names(parsed: &Parsed) -> HashMap<PageKey, String> {
    let links = parsed.discovered.iter().filter(|found| !matches!(found.place, Place::Feed | Place::Sitemap));
    links.filter(|found| !found.text.is_empty()).map(|found| (found.url.key(), found.text.clone())).collect()
}

/// Imprints and the like, which tell nothing about articles.
fn is_service(admission: &Admission) -> bool {
    matches!(admission.found_by, FoundBy::Link(Place::Footer | Place::Navigation))
        && matches!(admission.kind, PageKind::Unknown | PageKind::Other)
}

fn add_away(all: &mut Vec<TurnedAway>, away: &TurnedAway) {
    match all.iter_mut().find(|known| known.reason == away.reason) {
        Some(known) => known.count += away.count,
        None => all.push(away.clone()),
    }
}
