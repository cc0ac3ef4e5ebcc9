//! Which addresses enter the frontier, and as what.

use super::trap::trap;
use super::{Frontier, MAX_HOPS, SiteRules, learning, sitemap};
use crate::config::Nofollow;
use crate::model::{
    Admission, Claim, Discovered, Fetched, FoundBy, MAX_TEXT_PAGES, PageKind, PageUrl, Place, Rel, Timestamp,
    TurnedAway,
};

/// How much later than a dated article an undated page of unknown kind is taken, in seconds.
const UNKNOWN_PENALTY: i64 = 12 * 3600;

/// Judges a link of a page, whose text may go on at `next_page`.
///
/// # Errors
/// The reason, one word, why it does not enter.
pub(super) fn link(
    frontier: &Frontier,
    claim: &Claim,
    page_kind: PageKind,
    found: &Discovered,
    next_page: Option<&PageUrl>,
    rank: usize,
    now: Timestamp,
) -> Result<Admission, &'static str> {
    if found.rel.is_nofollow() && frontier.config.politeness.opt_out.nofollow == Nofollow::Obey {
        return Err("nofollow");
    }
    let (site, rules) = frontier.site_of(&found.url).ok_or("scope")?;
    if found.place == Place::Sitemap && !sitemap::speaks_for(claim, &found.url) {
        return Err("sitemap-host");
    }
    let depth = claim.depth.saturating_add(1);
    let kind = allowed_kind(rules, &found.url, found.kind, found.place, now)?;
    if kind == PageKind::Sitemap && depth > sitemap::MAX_DEPTH {
        return Err("trap-sitemaps");
    }
    let learns = rules.article.is_none() && !found.kind.is_source();
    let kind = if learns { learning::adjust(&claim.history.learning, &found.url, kind).0 } else { kind };
    let kind = source_or_page(said(kind, found.rel), page_kind, found.place, depth);
    // Behind the first page of a text lies the rest of it, and nothing else that is new.
    let goes_on = next_page.is_some_and(|next| next.key() == found.url.key());
    let reach = site.follow.depth.saturating_add(if goes_on { MAX_TEXT_PAGES } else { 0 });
    if depth > reach && !listed(found.place) {
        return Err("depth");
    }
    let published = age(found, now);
    Ok(Admission {
        url: found.url.clone(),
        site: site.name.clone(),
        kind,
        depth,
        hops: 0,
        priority: priority(kind, depth, published, rank, now),
        dated: published.is_some(),
        found_by: FoundBy::Link(found.place),
    })
}

/// Judges the target of a redirect. It keeps the place of the page that led to it.
///
/// # Errors
/// The reason, one word, why it does not enter.
pub(super) fn redirect_target(
    frontier: &Frontier,
    claim: &Claim,
    to: &PageUrl,
    now: Timestamp,
) -> Result<Admission, &'static str> {
    if claim.hops >= MAX_HOPS {
        return Err("hops");
    }
    let (site, rules) = frontier.site_of(to).ok_or("scope")?;
    let hint = if claim.kind.is_source() { claim.kind } else { PageKind::Unknown };
    let kind = match allowed_kind(rules, to, hint, Place::Head, now)? {
        // A list is visited again only where a list was asked for.
        PageKind::Section | PageKind::Tag | PageKind::Author | PageKind::Front if !claim.kind.is_source() => {
            PageKind::Unknown
        }
        kind => kind,
    };
    Ok(Admission {
        url: to.clone(),
        site: site.name.clone(),
        kind,
        depth: claim.depth,
        hops: claim.hops + 1,
        priority: priority(kind, claim.depth, None, 0, now),
        dated: false,
        found_by: FoundBy::Redirect,
    })
}

/// Sitemaps that a robots.txt names which was just read.
///
/// A sitemap may lie anywhere: robots.txt is the host's own word. What it names must be of a configured site.
pub(super) fn sitemaps(
    frontier: &Frontier,
    claim: &Claim,
    fetched: &Fetched,
    now: Timestamp,
    admit: &mut Vec<Admission>,
) {
    for url in fetched.receipt.sitemaps.iter().take(sitemap::MAX_NAMED) {
        let site = frontier.site_of(url).map_or(&claim.site, |(site, _)| &site.name).clone();
        admit.push(Admission { site, ..list_at(claim, url.clone(), 0, FoundBy::Robots, now) });
    }
}

/// A sitemap that is looked for at an address.
pub(super) fn list_at(claim: &Claim, url: PageUrl, depth: u16, found_by: FoundBy, now: Timestamp) -> Admission {
    let priority = -now.as_second();
    Admission {
        url,
        site: claim.site.clone(),
        kind: PageKind::Sitemap,
        depth,
        hops: 0,
        priority,
        dated: false,
        found_by,
    }
}

/// Counts one address that did not enter.
pub(super) fn count(turned_away: &mut Vec<TurnedAway>, reason: &'static str, url: &PageUrl) {
    match turned_away.iter_mut().find(|known| known.reason == reason) {
        Some(known) => {
            known.count += 1;
            known.example = url.clone();
        }
        None => turned_away.push(TurnedAway { reason, count: 1, example: url.clone() }),
    }
}

/// Where listing itself is the recommendation: depth does not count.
fn listed(place: Place) -> bool {
    match place {
        Place::Feed | Place::Sitemap => true,
        Place::Navigation | Place::Main | Place::Ticker | Place::Aside | Place::Footer | Place::Head => false,
    }
}

/// The kind under which an address may enter its site.
fn allowed_kind(
    rules: &SiteRules,
    url: &PageUrl,
    hint: PageKind,
    place: Place,
    now: Timestamp,
) -> Result<PageKind, &'static str> {
    let address = url.path_and_query();
    if rules.deny.iter().any(|deny| deny.is_match(&address)) {
        return Err("denied");
    }
    if hint.is_source() {
        return Ok(hint);
    }
    if let Some(trap) = trap(url, now) {
        return Err(trap);
    }
    let allowed = rules.allow.is_empty() || rules.allow.iter().any(|allow| allow.is_match(&address));
    let kind = match &rules.article {
        Some(article) if article.is_match(url.path()) => PageKind::Article,
        Some(_) => match likely_kind(url) {
            PageKind::Article => PageKind::Unknown,
            kind => kind,
        },
        None if listed(place) && likely_kind(url) == PageKind::Unknown => PageKind::Article,
        None => likely_kind(url),
    };
    match kind {
        PageKind::Article | PageKind::Unknown | PageKind::Other if !allowed => Err("not-allowed"),
        kind => Ok(kind),
    }
}

/// What an address says of its page before a visit; services and files are unknown until they are seen.
fn likely_kind(url: &PageUrl) -> PageKind {
    match url.shape().kind {
        PageKind::Other => PageKind::Unknown,
        kind => kind,
    }
}

/// The kind that the link itself tells, where neither the address nor the site's other pages do.
fn said(kind: PageKind, rel: Rel) -> PageKind {
    match kind {
        PageKind::Unknown if rel.has(Rel::TAG) => PageKind::Tag,
        PageKind::Unknown if rel.has(Rel::AUTHOR) => PageKind::Author,
        kind => kind,
    }
}

/// A list becomes a source only where the site itself offers it: one link from a seed. Deeper lists and further
/// pages of a list are read once, as pages of unknown kind, so that a trap cannot breed sources.
fn source_or_page(kind: PageKind, page_kind: PageKind, place: Place, depth: u16) -> PageKind {
    match kind {
        PageKind::Section | PageKind::Tag | PageKind::Author if depth > 1 || page_kind != PageKind::Front => {
            PageKind::Unknown
        }
        PageKind::Front if depth > 0 && page_kind != PageKind::Front && !matches!(place, Place::Head) => {
            PageKind::Unknown
        }
        PageKind::Section
        | PageKind::Tag
        | PageKind::Author
        | PageKind::Front
        | PageKind::Unknown
        | PageKind::Feed
        | PageKind::Sitemap
        | PageKind::Article
        | PageKind::Other => kind,
    }
}

/// The latest moment at which a page can have been published: what its entry says, but not after the day in its address.
fn age(found: &Discovered, now: Timestamp) -> Option<Timestamp> {
    let by_address = found.url.shape().date.and_then(|day| {
        let midnight = day.tomorrow().ok()?.to_datetime(jiff::civil::Time::midnight());
        jiff::tz::Offset::UTC.to_timestamp(midnight).ok().filter(|end| *end <= now)
    });
    match (found.published, by_address) {
        (Some(stated), Some(by_address)) => Some(stated.min(by_address)),
        (stated, by_address) => stated.or(by_address),
    }
}

/// Newest first: minus the second of publication, as far as it is known.
fn priority(kind: PageKind, depth: u16, published: Option<Timestamp>, rank: usize, now: Timestamp) -> i64 {
    let at = match published {
        Some(at) => at.min(now).as_second(),
        // Undated links are taken as news of the hour, those nearer to a seed first, in page order.
        None => now.as_second() - i64::from(depth) * 3600 - rank as i64,
    };
    let penalty = match kind {
        // What gathers articles has few that no other list has.
        PageKind::Unknown | PageKind::Other | PageKind::Tag | PageKind::Author => UNKNOWN_PENALTY,
        PageKind::Front | PageKind::Section | PageKind::Feed | PageKind::Sitemap | PageKind::Article => 0,
    };
    -(at - penalty)
}
