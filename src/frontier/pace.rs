//! When a host may be asked again.

use std::time::Duration;

use jiff::{SignedDuration, ToSpan};

use crate::config::Config;
use crate::model::page::day_of;
use crate::model::{Claim, Failure, Fetched, HostPace, Outcome, Refusal, RequestKind, Timestamp};

/// How long a host rests at least that answered with a bot challenge: it was asked not to be asked by programs.
const CHALLENGE_REST: Duration = Duration::from_hours(1);
/// How long a host rests after trouble of our own. It is the same each time, so that all come back soon after it is over,
/// one request at a time.
const OFFLINE_REST: Duration = Duration::from_mins(2);
/// How long a host rests that asks for more than `politeness.max_crawl_delay`.
const CRAWL_DELAY_REST: SignedDuration = SignedDuration::from_hours(24);

/// The host's pace after a visit.
///
/// `before` is what held when the claim was asked for. `now` and the result are UTC instants. The spacing is the configured
/// delay or a longer `Crawl-delay`; signs of overload double a back-off between `schedule.retry.first` and
/// `schedule.retry.max`, a good answer halves it, and `Retry-After` wins over it. A spent daily budget closes the host until
/// midnight (UTC). Unchanged if nothing was asked and nothing refused on the host's account.
///
/// # Source
/// RFC 9110 §10.2.3 (`Retry-After`), RFC 6585 §4 (429). `Crawl-delay` is in no RFC; it is obeyed as a minimum,
/// because it is the site's stated wish.
pub(super) fn next_pace(
    config: &Config,
    claim: &Claim,
    before: &HostPace,
    fetched: &Fetched,
    now: Timestamp,
) -> HostPace {
    let mut pace = before.clone();
    pace.crawl_delay = fetched.receipt.crawl_delay.or(pace.crawl_delay.filter(|_| fetched.receipt.requests.is_empty()));
    pace.delay = config.delay_of(&claim.site).max(pace.crawl_delay.unwrap_or_default());
    pace.note = None;
    count_pages(&mut pace, claim, fetched, now);

    let retry = &config.schedule.retry;
    match strain(&fetched.outcome) {
        Strain::Overload { retry_after } => {
            pace.failures = pace.failures.saturating_add(1);
            pace.backoff = (pace.backoff * 2).clamp(retry.first, retry.max);
            let rest = capped(config, retry_after).unwrap_or(pace.backoff);
            pace.next_at = later(now, rest.max(pace.delay));
            pace.note = Some(note(&fetched.outcome));
        }
        Strain::Challenged { retry_after } => {
            pace.failures = pace.failures.saturating_add(1);
            pace.next_at = later(now, challenge_rest(config, retry_after).max(pace.delay));
            pace.note = Some(note(&fetched.outcome));
        }
        Strain::Ours => {
            pace.next_at = later(now, OFFLINE_REST.max(pace.delay));
            pace.note = Some(note(&fetched.outcome));
        }
        Strain::TooSlowForUs => {
            pace.next_at = now.saturating_add(CRAWL_DELAY_REST).unwrap_or(now);
            pace.note = Some(note(&fetched.outcome));
        }
        Strain::Good => {
            pace.failures = 0;
            pace.backoff /= 2;
            if pace.backoff < pace.delay {
                pace.backoff = Duration::ZERO;
            }
            pace.next_at = after_last_request(&pace, fetched);
        }
        Strain::None => pace.next_at = after_last_request(&pace, fetched),
    }
    close_for_the_day(config, claim, &mut pace);
    pace
}

/// What an outcome says about the host's health.
enum Strain {
    /// It answers well.
    Good,
    /// It is overloaded, down, or tells us to go away.
    Overload { retry_after: Option<Duration> },
    /// It wants to be asked by people only.
    Challenged { retry_after: Option<Duration> },
    /// Nothing: it could not be asked from here.
    Ours,
    /// It wants a longer delay than the operator grants.
    TooSlowForUs,
    /// Nothing: one page's own trouble, or nothing was asked.
    None,
}

fn strain(outcome: &Outcome) -> Strain {
    match outcome {
        Outcome::Page(_) | Outcome::NotModified { .. } | Outcome::Redirect { .. } => Strain::Good,
        Outcome::Failed(failure) => match failure {
            Failure::Status { status: 429 | 502..=504 | 520..=530, retry_after } => {
                Strain::Overload { retry_after: *retry_after }
            }
            Failure::Status { retry_after: Some(after), .. } => Strain::Overload { retry_after: Some(*after) },
            Failure::Status { status: 400..=499, .. } => Strain::Good,
            Failure::Dns(_)
            | Failure::Connect(_)
            | Failure::Tls(_)
            | Failure::Timeout(_)
            | Failure::Protocol(_)
            | Failure::Portal => Strain::Overload { retry_after: None },
            Failure::Offline(_) => Strain::Ours,
            Failure::Challenge { retry_after, .. } => Strain::Challenged { retry_after: *retry_after },
            Failure::Status { .. } | Failure::Truncated(_) | Failure::BadRedirect(_) | Failure::Empty => Strain::None,
        },
        Outcome::Refused(refusal) => match refusal {
            Refusal::RobotsUnreachable { retry_after, .. } => Strain::Overload { retry_after: *retry_after },
            Refusal::AskedToWait { retry_after, .. } => Strain::Overload { retry_after: Some(*retry_after) },
            Refusal::CrawlDelay { .. } => Strain::TooSlowForUs,
            Refusal::Robots { .. }
            | Refusal::Address { .. }
            | Refusal::Port { .. }
            | Refusal::MediaType { .. }
            | Refusal::TooLarge { .. } => Strain::None,
        },
    }
}

/// What `Retry-After` asks for, as far as the operator lets it.
pub(super) fn capped(config: &Config, retry_after: Option<Duration>) -> Option<Duration> {
    retry_after.map(|after| after.min(config.politeness.max_retry_after))
}

/// How long a host and its page rest after a bot challenge.
pub(super) fn challenge_rest(config: &Config, retry_after: Option<Duration>) -> Duration {
    CHALLENGE_REST.max(capped(config, retry_after).unwrap_or_default())
}

fn note(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Failed(failure) => failure.to_string(),
        Outcome::Refused(refusal) => refusal.to_string(),
        Outcome::Page(_) | Outcome::NotModified { .. } | Outcome::Redirect { .. } => String::new(),
    }
}

/// The last request's start plus the spacing in force; unchanged if nothing was sent.
fn after_last_request(pace: &HostPace, fetched: &Fetched) -> Timestamp {
    match fetched.receipt.requests.iter().rfind(|request| request.url.host() == pace.host) {
        Some(request) => later(request.started_at, pace.delay.max(pace.backoff)),
        None => pace.next_at,
    }
}

fn count_pages(pace: &mut HostPace, claim: &Claim, fetched: &Fetched, now: Timestamp) {
    let today = day_of(now);
    if pace.day != today {
        pace.day = today;
        pace.pages_today = 0;
        pace.revisits_today = 0;
    }
    let pages = fetched.receipt.requests.iter().filter(|request| request.kind == RequestKind::Page).count() as u32;
    pace.pages_today += pages;
    if claim.history.article.is_some() {
        pace.revisits_today += pages;
    }
}

fn close_for_the_day(config: &Config, claim: &Claim, pace: &mut HostPace) {
    let budget = daily_pages(config, &claim.site);
    if pace.pages_today >= budget {
        pace.next_at = pace.next_at.max(midnight_after(pace));
        pace.note = Some(format!("the day's budget of {budget} pages is spent"));
    }
}

/// Pages of a site's host and day.
pub(super) fn daily_pages(config: &Config, site: &str) -> u32 {
    config.site(site).and_then(|site| site.daily_pages).unwrap_or(config.politeness.daily_pages)
}

/// The end of the day that the pace counts.
pub(super) fn midnight_after(pace: &HostPace) -> Timestamp {
    let tomorrow = pace.day.saturating_add(1.day());
    jiff::tz::Offset::UTC.to_timestamp(tomorrow.at(0, 0, 0, 0)).unwrap_or(pace.next_at)
}

/// An instant after another; the last representable one on overflow.
pub(super) fn later(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| at.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}
