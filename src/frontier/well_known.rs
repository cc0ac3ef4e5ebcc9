//! Places where lists usually are, tried once where a site offers none itself: few, because each may be asked in vain.

use super::admit;
use crate::model::{
    Admission, Claim, Fetched, FoundBy, Outcome, PageKind, PageUrl, RobotsStatus, RobotsUse, Timestamp,
};

/// Where sitemaps are looked for if robots.txt names none.
const SITEMAPS: [&str; 2] = ["/sitemap.xml", "/news-sitemap.xml"];
/// Where feeds are looked for if the front page offers none.
const FEEDS: [&str; 2] = ["/feed", "/rss.xml"];

/// Adds guesses for what the site does not offer itself.
///
/// Only where robots.txt was just read and a page was had, so that a site that is down, or sends every request
/// elsewhere, is not asked in vain.
pub(super) fn admit(claim: &Claim, kind: PageKind, fetched: &Fetched, now: Timestamp, admit: &mut Vec<Admission>) {
    let is_new_front = kind == PageKind::Front && claim.depth == 0 && claim.history.successes == 0;
    let answered = match &fetched.receipt.robots {
        RobotsUse::Read(copy) => copy.failed_at.is_none() && copy.status != RobotsStatus::Unreachable,
        // The front page at the end of redirects: robots.txt was read before the first of them.
        RobotsUse::Known(_) => is_new_front && claim.hops > 0,
        RobotsUse::None => false,
    };
    if !answered || !matches!(fetched.outcome, Outcome::Page(_) | Outcome::NotModified { .. }) {
        return;
    }
    if admit.iter().all(|admission| admission.found_by != FoundBy::Robots) {
        guess(claim, PageKind::Sitemap, &SITEMAPS, now, admit);
    }
    if is_new_front && admit.iter().all(|admission| admission.kind != PageKind::Feed) {
        guess(claim, PageKind::Feed, &FEEDS, now, admit);
    }
}

fn guess(claim: &Claim, kind: PageKind, paths: &[&str], now: Timestamp, admit: &mut Vec<Admission>) {
    for path in paths {
        let Ok(url) = claim.url.join(path) else { continue };
        if is_known(&url, admit) || url.key() == claim.url.key() {
            continue;
        }
        // One link away: a guess that fails is given up like any page.
        let found_by = FoundBy::WellKnown;
        admit.push(Admission { kind, ..admit::list_at(claim, url, 1, found_by, now) });
    }
}

fn is_known(url: &PageUrl, admit: &[Admission]) -> bool {
    admit.iter().any(|admission| admission.url.key() == url.key())
}
