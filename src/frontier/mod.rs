//! Pure decisions: what enters the frontier, when to come back, how soon a host may be asked again.
//!
//! Every function is told `now`; the same input gives the same answer. Nothing here does I/O or can fail on
//! what the web says. `plan` is shown at work by its table tests below.

mod admit;
pub mod learning;
pub mod obstacles;
mod pace;
mod schedule;
pub mod simulate;
mod sitemap;
pub mod source_interval;
#[cfg(test)]
mod tests;
mod trap;
mod well_known;

use std::sync::Arc;

use regex::Regex;

use crate::config::{Config, Noarchive, Nofollow, Noindex, SeedKind, Site, SiteIndex, Wish};
use crate::model::{
    Admission, Claim, Fetched, FoundBy, HostPace, NextVisit, OptOutKind, Outcome, PageKind, PageUrl, Parsed, Plan,
    Retired, Timestamp, TurnedAway,
};

/// A redirect chain ends after so many hops.
///
/// # Source
/// The Fetch Standard's 20 is for browsers; ten is what most crawlers allow.
const MAX_HOPS: u8 = 10;

/// The frontier's rules, compiled from the configuration.
#[derive(Debug, Clone)]
pub struct Frontier {
    config: Arc<Config>,
    sites: SiteIndex,
    /// In the order of the configured sites.
    rules: Vec<SiteRules>,
}

/// One site's compiled patterns.
#[derive(Debug, Clone, Default)]
struct SiteRules {
    allow: Vec<Regex>,
    deny: Vec<Regex>,
    article: Option<Regex>,
}

impl SiteRules {
    fn new(site: &Site, article_url: Option<&str>) -> Result<SiteRules, regex::Error> {
        let compile = |patterns: &[String]| patterns.iter().map(|p| Regex::new(p)).collect::<Result<Vec<_>, _>>();
        Ok(SiteRules {
            allow: compile(&site.follow.allow)?,
            deny: compile(&site.follow.deny)?,
            article: article_url.map(Regex::new).transpose()?,
        })
    }
}

impl Frontier {
    /// Compiles the patterns of all sites.
    ///
    /// # Errors
    /// A pattern that is no regular expression; a validated configuration has none.
    pub fn new(config: Arc<Config>) -> Result<Frontier, regex::Error> {
        let mut rules = Vec::with_capacity(config.sites.len());
        for site in &config.sites {
            let profile = site.profile.as_deref().and_then(|name| config.profile(name));
            let article_url = profile.and_then(|profile| profile.article_url);
            rules.push(SiteRules::new(site, article_url.as_deref())?);
        }
        Ok(Frontier { sites: SiteIndex::new(&config.sites), config, rules })
    }

    /// The site to which an address belongs, with its rules.
    fn site_of(&self, url: &PageUrl) -> Option<(&Site, &SiteRules)> {
        let at = self.sites.find(&url.host())?;
        Some((self.config.sites.get(at)?, self.rules.get(at)?))
    }

    /// The configured seeds as admissions.
    pub fn seeds(&self, now: Timestamp) -> Vec<Admission> {
        let mut seeds = Vec::new();
        for site in &self.config.sites {
            for seed in &site.seeds {
                // A validated configuration holds only usable addresses.
                let Ok(url) = PageUrl::parse(seed.url()) else { continue };
                let kind = match seed {
                    crate::config::Seed::Known { kind, .. } => seed_kind(*kind),
                    crate::config::Seed::Url(_) if url.path() == "/" && url.query().is_none() => PageKind::Front,
                    crate::config::Seed::Url(_) => PageKind::Unknown,
                };
                seeds.push(Admission {
                    url,
                    site: site.name.clone(),
                    kind,
                    depth: 0,
                    hops: 0,
                    priority: -now.as_second(),
                    dated: false,
                    found_by: FoundBy::Seed,
                });
            }
        }
        seeds
    }

    /// What follows from a visit.
    ///
    /// `parsed` is empty for every outcome but a page. `now` is the end of the visit.
    pub fn plan(&self, claim: &Claim, fetched: &Fetched, parsed: &Parsed, now: Timestamp) -> Plan {
        let opt_out = &self.config.politeness.opt_out;
        let (kind, settled) = settled_kind(claim, fetched, parsed);
        let mut admit = Vec::new();
        let mut turned_away = Vec::new();
        admit::sitemaps(self, claim, fetched, now, &mut admit);
        let respelled = self.follow_redirect(claim, fetched, parsed, now, &mut admit, &mut turned_away);
        let is_other_answer = listed_kind(claim.kind) && !listed_kind(parsed.kind);
        if !(is_other_answer || parsed.signals.nofollow && opt_out.nofollow == Nofollow::Obey) {
            self.admit_links(claim, kind, parsed, now, &mut admit, &mut turned_away);
        }
        well_known::admit(claim, kind, fetched, now, &mut admit);
        let next = if respelled {
            NextVisit::Never(Retired::Redirected)
        } else {
            match schedule::next_visit(&self.config, claim, kind, fetched, parsed, now) {
                NextVisit::At(at) if kind.is_source() && !fetched.outcome.is_trouble_of_ours() => {
                    schedule::failing(&self.config, claim, at)
                }
                next => next,
            }
        };
        Plan {
            kind,
            settled,
            next,
            pace: pace::next_pace(&self.config, claim, &claim.pace, fetched, now),
            admit,
            turned_away,
            store_article: self.stores(claim, parsed),
            keep_raw: !(parsed.signals.noarchive && opt_out.noarchive == Noarchive::NoRaw),
            alias_of: self.believed_canonical(claim, parsed),
            steers: sitemap::steers(claim, parsed),
        }
    }

    /// Whether a page is an article that is stored.
    pub fn stores(&self, claim: &Claim, parsed: &Parsed) -> bool {
        let noindex = parsed.signals.noindex && self.config.politeness.opt_out.noindex == Noindex::Skip;
        parsed.article.is_some()
            && !noindex
            && !parsed.signals.opt_outs.iter().any(|wish| self.skips(wish.kind))
            && parsed.signals.not_content.is_none()
            && is_place_of_article(claim)
    }

    /// The pace of a claim's host after another answer of it than the one that `pace` was planned for.
    pub fn pace_after(&self, claim: &Claim, pace: &HostPace, fetched: &Fetched, now: Timestamp) -> HostPace {
        pace::next_pace(&self.config, claim, pace, fetched, now)
    }

    /// Whether the operator keeps out what bears this wish.
    fn skips(&self, kind: OptOutKind) -> bool {
        let opt_out = &self.config.politeness.opt_out;
        let wish = match kind {
            OptOutKind::TdmReservation => opt_out.tdmrep,
            OptOutKind::NoAi | OptOutKind::NoImageAi => opt_out.noai,
            OptOutKind::SignalAiInput | OptOutKind::SignalAiTrain => opt_out.content_signal,
            // What follows from the first four is in `Signals`; the others ask nothing of us.
            OptOutKind::NoIndex
            | OptOutKind::SignalSearch
            | OptOutKind::UnavailableAfter
            | OptOutKind::NoFollow
            | OptOutKind::NoArchive
            | OptOutKind::TdmPolicy
            | OptOutKind::OtherAgent => Wish::Record,
        };
        wish == Wish::Skip
    }

    /// A redirect is a link: its target enters. True if that is this page in another spelling.
    fn follow_redirect(
        &self,
        claim: &Claim,
        fetched: &Fetched,
        parsed: &Parsed,
        now: Timestamp,
        admit: &mut Vec<Admission>,
        turned_away: &mut Vec<TurnedAway>,
    ) -> bool {
        let to = match (&fetched.outcome, &parsed.signals.refresh) {
            (Outcome::Redirect { to, .. }, _) => to,
            (Outcome::Page(_), Some(to)) if parsed.article.is_none() && *to != claim.url => to,
            _ => return false,
        };
        match admit::redirect_target(self, claim, to, now) {
            Ok(admission) => {
                admit.push(admission);
                to.key() == claim.url.key()
            }
            Err(reason) => {
                admit::count(turned_away, reason, to);
                false
            }
        }
    }

    fn admit_links(
        &self,
        claim: &Claim,
        kind: PageKind,
        parsed: &Parsed,
        now: Timestamp,
        admit: &mut Vec<Admission>,
        turned_away: &mut Vec<TurnedAway>,
    ) {
        let own = claim.url.key();
        let mut maps = 0;
        for (rank, found) in parsed.discovered.iter().enumerate() {
            if found.url.key() == own {
                continue;
            }
            maps += usize::from(found.kind == PageKind::Sitemap);
            if maps > sitemap::MAX_MAPS && found.kind == PageKind::Sitemap {
                admit::count(turned_away, "trap-sitemaps", &found.url);
                continue;
            }
            match admit::link(self, claim, kind, found, parsed.signals.next_page.as_ref(), rank, now) {
                Ok(admission) => admit.push(admission),
                Err(reason) => admit::count(turned_away, reason, &found.url),
            }
        }
    }

    /// The canonical address, where an article's claim of it can be believed: the same site, not its root.
    fn believed_canonical(&self, claim: &Claim, parsed: &Parsed) -> Option<PageUrl> {
        let canonical = parsed.signals.canonical.as_ref()?;
        let site = self.config.site(&claim.site)?;
        let believed = parsed.article.is_some()
            && canonical.key() != claim.url.key()
            && canonical.path() != "/"
            && canonical.registrable_domain() == claim.url.registrable_domain()
            && site.contains(&canonical.host());
        believed.then(|| canonical.clone())
    }
}

/// Whether an article may stand at this address: not at a site's root, and not where a feed or sitemap was looked for.
/// A server that answers there with an article answers everything with it.
fn is_place_of_article(claim: &Claim) -> bool {
    !listed_kind(claim.kind) && (claim.url.path() != "/" || claim.url.query().is_some())
}

/// Kinds of documents that only programs read.
fn listed_kind(kind: PageKind) -> bool {
    match kind {
        PageKind::Feed | PageKind::Sitemap => true,
        PageKind::Front
        | PageKind::Section
        | PageKind::Tag
        | PageKind::Author
        | PageKind::Article
        | PageKind::Unknown
        | PageKind::Other => false,
    }
}

/// What a page counts as after a visit: what it turned out to be, if it answered; and why not, if it is not that.
fn settled_kind(claim: &Claim, fetched: &Fetched, parsed: &Parsed) -> (PageKind, Option<&'static str>) {
    match fetched.outcome {
        Outcome::Page(_) => match (claim.kind, parsed.kind) {
            // A configured front page stays one whatever it looks like today.
            (
                PageKind::Front,
                PageKind::Section | PageKind::Tag | PageKind::Author | PageKind::Other | PageKind::Unknown,
            ) => (PageKind::Front, Some("stays-front")),
            // A stored article that once looks like none keeps its row and its revisits.
            (PageKind::Article, PageKind::Other | PageKind::Unknown) if claim.history.article.is_some() => {
                (PageKind::Article, Some("stays-article"))
            }
            // A broken answer does not unmake a feed or sitemap that worked before.
            (PageKind::Feed | PageKind::Sitemap, found) if claim.history.successes > 0 => {
                (claim.kind, (found != claim.kind).then_some("stays-list"))
            }
            (PageKind::Feed | PageKind::Sitemap, found) if !listed_kind(found) => {
                (PageKind::Other, (found != PageKind::Other).then_some("answers-anything"))
            }
            (PageKind::Front, PageKind::Article) if !is_place_of_article(claim) => (PageKind::Front, Some("no-place")),
            (_, PageKind::Article) if !is_place_of_article(claim) => (PageKind::Other, Some("no-place")),
            (_, found) => (found, None),
        },
        Outcome::NotModified { .. } | Outcome::Redirect { .. } | Outcome::Refused(_) | Outcome::Failed(_) => {
            (claim.kind, None)
        }
    }
}

fn seed_kind(kind: SeedKind) -> PageKind {
    match kind {
        SeedKind::Feed => PageKind::Feed,
        SeedKind::Sitemap => PageKind::Sitemap,
        SeedKind::Front => PageKind::Front,
        SeedKind::Section => PageKind::Section,
        SeedKind::Article => PageKind::Article,
    }
}
