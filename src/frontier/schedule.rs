//! When to come back to a page, and when not.

use std::time::Duration;

use super::pace::{daily_pages, later, midnight_after};
use crate::config::Config;
use crate::model::{Claim, Failure, Fetched, NextVisit, Outcome, PageKind, Parsed, Refusal, Retired, Timestamp};

/// A source's first interval, in units of the shortest one: cautious until its own rate is known.
const FIRST_INTERVAL: u32 = 2;
/// The longest that a feed's `ttl` or a cache header can hold a source back: they are hints, often copied from examples.
const MAX_HINT: Duration = Duration::from_hours(6);
/// When a refused source is looked at again: robots.txt and addresses change.
const REFUSED_SOURCE: Duration = Duration::from_hours(24);
/// How long a host rests that answered with a bot challenge: it was asked not to be asked by programs.
pub(super) const CHALLENGE_REST: Duration = Duration::from_hours(1);
/// Revisits in a row that changed nothing, after which an article is left alone.
const UNCHANGED_ENOUGH: u32 = 3;
/// When a vanished article is looked at once more before it counts as gone.
const GONE_CHECK: Duration = Duration::from_hours(24);

/// When to come back to a page.
///
/// `kind` is what the page counts as after this visit.
pub(super) fn next_visit(
    config: &Config,
    claim: &Claim,
    kind: PageKind,
    fetched: &Fetched,
    parsed: &Parsed,
    now: Timestamp,
) -> NextVisit {
    if parsed.warnings.iter().any(|warning| warning.code == "panic") {
        return NextVisit::Never(Retired::Quarantined);
    }
    match &fetched.outcome {
        Outcome::Page(page) => {
            if parsed.signals.not_content.is_some() && !kind.is_source() {
                return after_failure(config, claim, kind, None, now);
            }
            after_answer(config, claim, kind, page.fresh_for, parsed, now)
        }
        Outcome::NotModified { fresh_for, .. } => after_answer(config, claim, kind, *fresh_for, parsed, now),
        Outcome::Redirect { permanent, .. } => {
            if kind.is_source() && !permanent {
                NextVisit::At(later(now, REFUSED_SOURCE.min(config.schedule.sources.max)))
            } else {
                NextVisit::Never(Retired::Redirected)
            }
        }
        Outcome::Refused(refusal) => after_refusal(config, claim, kind, refusal, now),
        Outcome::Failed(failure) => match failure {
            Failure::Status { status: 404 | 410 | 451, .. } if !is_lasting(claim, kind) => gone(claim, failure, now),
            Failure::Status { retry_after, .. } => after_failure(config, claim, kind, *retry_after, now),
            Failure::Dns(_)
            | Failure::Connect(_)
            | Failure::Tls(_)
            | Failure::Timeout(_)
            | Failure::Protocol(_)
            | Failure::Truncated(_)
            | Failure::BadRedirect(_)
            | Failure::Empty => after_failure(config, claim, kind, None, now),
            // Our network's trouble: the host's pace rests, the page itself stays as due as it was.
            Failure::Portal => NextVisit::At(now),
            Failure::Challenge(_) => match after_failure(config, claim, kind, None, now) {
                NextVisit::At(at) => NextVisit::At(at.max(later(now, CHALLENGE_REST))),
                other => other,
            },
        },
    }
}

/// A source that the operator or robots.txt named, or that has worked before, is never given up.
fn is_lasting(claim: &Claim, kind: PageKind) -> bool {
    kind.is_source() && (claim.depth == 0 || claim.history.successes > 0)
}

fn after_answer(
    config: &Config,
    claim: &Claim,
    kind: PageKind,
    fresh_for: Option<Duration>,
    parsed: &Parsed,
    now: Timestamp,
) -> NextVisit {
    match kind {
        PageKind::Section if claim.depth > 1 => NextVisit::Never(Retired::Done),
        // A list that nobody offered as one is read once.
        PageKind::Section if !claim.kind.is_source() && claim.depth > 0 => NextVisit::Never(Retired::Done),
        PageKind::Front | PageKind::Section | PageKind::Feed | PageKind::Sitemap => {
            source_interval(config, claim, parsed.ttl.max(fresh_for), now)
        }
        PageKind::Article if is_seed(claim) => {
            sooner(&revisit(config, claim, parsed, now), watch(config, claim, parsed, now))
        }
        PageKind::Article => revisit(config, claim, parsed, now),
        PageKind::Unknown | PageKind::Other if is_seed(claim) => NextVisit::At(watch(config, claim, parsed, now)),
        PageKind::Unknown | PageKind::Other => NextVisit::Never(Retired::Done),
    }
}

/// Whether the operator named this address.
fn is_seed(claim: &Claim) -> bool {
    claim.depth == 0 && claim.hops == 0
}

/// When an address that the operator named is looked at again, though it is no list: as often as a source, and ever
/// more rarely while nothing changes.
fn watch(config: &Config, claim: &Claim, parsed: &Parsed, now: Timestamp) -> Timestamp {
    let bounds = &config.schedule.sources;
    let last = match claim.history.visited_at {
        Some(at) => Duration::try_from(now.duration_since(at)).unwrap_or_default(),
        None => bounds.min,
    };
    let changed = parsed.article.as_ref().is_some_and(|article| claim.history.article != Some(article.hash()));
    let next = if changed { last / 2 } else { last.saturating_mul(2) };
    later(now, next.clamp(bounds.min, bounds.max))
}

fn sooner(one: &NextVisit, other: Timestamp) -> NextVisit {
    match one {
        NextVisit::At(at) => NextVisit::At((*at).min(other)),
        NextVisit::ByYield { .. } | NextVisit::Never(_) => NextVisit::At(other),
    }
}

/// A source's next visit: sooner after a visit that brought something, later after one that did not.
fn source_interval(config: &Config, claim: &Claim, hint: Option<Duration>, now: Timestamp) -> NextVisit {
    let bounds = &config.schedule.sources;
    let last = claim.history.interval.unwrap_or(bounds.min * FIRST_INTERVAL);
    let floor = hint.unwrap_or_default().min(MAX_HINT).clamp(bounds.min, bounds.max);
    let fresh = (last / 2).clamp(floor, bounds.max);
    let stale = (last + last / 2).clamp(floor, bounds.max);
    NextVisit::ByYield { fresh: later(now, fresh), stale: later(now, stale) }
}

/// An article's next visit: the next of the configured ages that it has not reached yet.
fn revisit(config: &Config, claim: &Claim, parsed: &Parsed, now: Timestamp) -> NextVisit {
    let history = &claim.history;
    let is_copy = parsed.article.as_ref().is_some_and(|article| article.source.is_some());
    // The count is of earlier visits: this one is the second of a copy, or one more that changed nothing.
    if (is_copy && history.successes >= 1) || history.unchanged >= UNCHANGED_ENOUGH {
        return NextVisit::Never(Retired::Done);
    }
    let published = parsed.article.as_ref().and_then(|a| a.published.as_ref()).map(|found| found.value.at);
    let born = history.article_at.or(published).unwrap_or(now).min(now);
    let Some(at) = config.schedule.revisit.iter().map(|age| later(born, *age)).find(|at| *at > now) else {
        return NextVisit::Never(Retired::Done);
    };
    let third = daily_pages(config, &claim.site) / 3;
    if claim.pace.revisits_today >= third.max(1) {
        return NextVisit::At(at.max(midnight_after(&claim.pace)));
    }
    NextVisit::At(at)
}

fn after_refusal(config: &Config, claim: &Claim, kind: PageKind, refusal: &Refusal, now: Timestamp) -> NextVisit {
    match refusal {
        // The host is closed by its pace; the page itself stays as due as it was.
        Refusal::RobotsUnreachable { .. } | Refusal::CrawlDelay { .. } => NextVisit::At(now),
        Refusal::Robots { .. }
        | Refusal::Address { .. }
        | Refusal::Port { .. }
        | Refusal::MediaType { .. }
        | Refusal::TooLarge { .. } => {
            if is_lasting(claim, kind) {
                NextVisit::At(later(now, REFUSED_SOURCE.min(config.schedule.sources.max)))
            } else {
                NextVisit::Never(Retired::Refused)
            }
        }
    }
}

/// A stored article is looked at once more before its absence is believed; 410 and 451 are believed at once.
fn gone(claim: &Claim, failure: &Failure, now: Timestamp) -> NextVisit {
    let certain = matches!(failure, Failure::Status { status: 410 | 451, .. });
    if certain || claim.history.article.is_none() || claim.history.failures > 0 {
        NextVisit::Never(Retired::Gone)
    } else {
        NextVisit::At(later(now, GONE_CHECK))
    }
}

/// The one retry policy: doubling from `retry.first`; `Retry-After` wins; lasting sources are never given up.
fn after_failure(
    config: &Config,
    claim: &Claim,
    kind: PageKind,
    retry_after: Option<Duration>,
    now: Timestamp,
) -> NextVisit {
    let retry = &config.schedule.retry;
    let failures = claim.history.failures;
    if failures + 1 >= retry.give_up && !is_lasting(claim, kind) {
        return NextVisit::Never(Retired::GaveUp);
    }
    let doubled = retry.first.saturating_mul(2_u32.saturating_pow(failures.min(30)));
    let limit = if failures >= retry.give_up { config.schedule.sources.max } else { retry.max };
    let wait = match retry_after {
        Some(after) => after.min(config.politeness.max_retry_after),
        None => doubled.min(limit),
    };
    NextVisit::At(later(now, wait))
}
