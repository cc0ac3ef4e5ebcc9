//! When to come back to a page, and when not.

use std::time::Duration;

use super::pace::{capped, challenge_rest, daily_pages, later, midnight_after};
use super::source_interval::{self, SourcePolicy, SourceRule, SourceVisit, next_interval};
use crate::config::Config;
use crate::model::{
    Claim, Failure, Fetched, NextVisit, Outcome, PageKind, Parsed, Refusal, Retired, SourceHealth, SourceHints,
    SourceStep, Timestamp,
};

/// The longest that a feed's `ttl` or a cache header can hold a source back: they are hints, often copied from examples.
const MAX_HINT: Duration = Duration::from_hours(6);
/// When a refused source is first looked at again: robots.txt and addresses change. From then on the time doubles.
const REFUSED_SOURCE: Duration = Duration::from_hours(24);
/// Revisits in a row that changed nothing, after which an article is left alone.
const UNCHANGED_ENOUGH: u32 = 3;
/// Numbers of new items for which a source's next visit is planned.
const YIELDS: [u32; 12] = [0, 1, 2, 3, 4, 6, 8, 12, 16, 32, 64, 128];
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
            after_answer(config, claim, kind, parsed.feed.hints.asking(page.fresh_for), parsed, now)
        }
        Outcome::NotModified { fresh_for, .. } => {
            after_answer(config, claim, kind, claim.history.source.hints.asking(*fresh_for), parsed, now)
        }
        Outcome::Redirect { permanent, .. } => {
            if kind.is_source() && !permanent {
                NextVisit::At(later(now, rarely(config, claim, now)))
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
            // Our trouble: the host's pace rests, the page itself stays as due as it was.
            Failure::Portal | Failure::Offline(_) => NextVisit::At(now),
            Failure::Challenge { retry_after, .. } => match after_failure(config, claim, kind, None, now) {
                NextVisit::At(at) => NextVisit::At(at.max(later(now, challenge_rest(config, *retry_after)))),
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
    hints: SourceHints,
    parsed: &Parsed,
    now: Timestamp,
) -> NextVisit {
    match kind {
        PageKind::Section | PageKind::Tag | PageKind::Author if claim.depth > 1 => NextVisit::Never(Retired::Done),
        // A list that nobody offered as one is read once.
        PageKind::Section | PageKind::Tag | PageKind::Author if !claim.kind.is_source() && claim.depth > 0 => {
            NextVisit::Never(Retired::Done)
        }
        PageKind::Front | PageKind::Section | PageKind::Tag | PageKind::Author | PageKind::Feed | PageKind::Sitemap => {
            NextVisit::ByYield(source_steps(config, claim, kind, hints, now))
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
        NextVisit::ByYield(_) | NextVisit::Never(_) => NextVisit::At(other),
    }
}

/// A source's next visit for each number of items that the visit may turn out to have brought.
fn source_steps(config: &Config, claim: &Claim, kind: PageKind, hints: SourceHints, now: Timestamp) -> Vec<SourceStep> {
    let history = &claim.history;
    let bounds = &config.schedule.sources;
    let floor = hints.ttl.unwrap_or_default().min(MAX_HINT).min(bounds.max).max(claim.pace.delay);
    let policy = SourcePolicy { min: bounds.min, max: bounds.max, rule: SourceRule::default() };
    // What the operator named is watched at its own pace, whatever it gathers.
    let policy = if kind.gathers() && claim.depth > 0 { policy.slow() } else { policy };
    let since = |at: Timestamp| Duration::try_from(now.duration_since(at)).unwrap_or_default();
    let elapsed = history.visited_at.filter(|_| history.successes > 0).map(since);
    let age = history.found_at.map(since).unwrap_or_default();
    let step = |brought: u32| {
        let visit = SourceVisit { elapsed, age, barren: history.unchanged, brought };
        let pace = next_interval(&policy, &history.source, &visit);
        let at = source_interval::outside_skipped(later(now, pace.interval.max(floor)), hints);
        SourceStep { brought, at, gap: pace.gap, health: pace.health }
    };
    YIELDS.into_iter().map(step).collect()
}

/// The plan for a source that gave nothing: one step, whatever others brought meanwhile.
pub(super) fn failing(config: &Config, claim: &Claim, at: Timestamp) -> NextVisit {
    let lost = claim.history.failures + 1 >= config.schedule.retry.give_up;
    let health = if lost { SourceHealth::Dead } else { SourceHealth::Failing };
    NextVisit::ByYield(vec![SourceStep { brought: 0, at, gap: claim.history.source.gap, health }])
}

/// How long a refused source is left alone: a day, then twice as long each time.
fn rarely(config: &Config, claim: &Claim, now: Timestamp) -> Duration {
    let last = claim.history.visited_at.map(|at| now.duration_since(at));
    let last = last.and_then(|last| Duration::try_from(last).ok()).unwrap_or_default();
    last.saturating_mul(2).max(REFUSED_SOURCE).min(config.schedule.sources.max)
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
        Refusal::RobotsUnreachable { .. } | Refusal::AskedToWait { .. } | Refusal::CrawlDelay { .. } => {
            NextVisit::At(now)
        }
        Refusal::Robots { .. }
        | Refusal::Address { .. }
        | Refusal::Port { .. }
        | Refusal::MediaType { .. }
        | Refusal::TooLarge { .. } => {
            if is_lasting(claim, kind) {
                NextVisit::At(later(now, rarely(config, claim, now)))
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
    NextVisit::At(later(now, capped(config, retry_after).unwrap_or(doubled.min(limit))))
}
