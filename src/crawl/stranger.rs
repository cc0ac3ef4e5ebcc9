//! What a host answers to an address that it cannot have: an article that says the same is none.
//!
//! A site that calls its error page 200 shows it so in whatever words, and so does a network that answers in the site's
//! place. Asked for is one path of random letters right below the root, never a changed address of an article: sites that
//! find their articles by a number in it would answer with the article. The door asks it like any page.

use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;
use std::time::Duration;

use super::pool::{ParseJob, Reader};
use crate::config::Config;
use crate::fetch::swept::{Swept, locked};
use crate::fetch::{Fetcher, portal};
use crate::frontier::Frontier;
use crate::model::{
    Authority, Claim, Essence, Failure, Fetched, Outcome, Page, Parsed, Plan, Refusal, RequestKind, Timestamp,
    Validators,
};

/// Letters of the path.
const LETTERS: usize = 20;
/// An answer over verified TLS holds for as long as a robots.txt.
const FRESH: Duration = Duration::from_hours(24);
/// Without it, somebody else may answer in the host's place later; and what brought no answer is asked for again after this.
const RETRY: Duration = Duration::from_hours(1);
/// The same for an article that is neither dated nor signed, as what answers in the host's place is.
const RETRY_UNSIGNED: Duration = Duration::from_mins(1);
/// Places at which an answer repeats its address that are looked at.
const MOST_ECHOES: usize = 100;

/// What hosts answered, by authority; what is older than it holds is dropped as the number grows. An answer takes some
/// kilobytes at the most, an honest one next to nothing.
pub(super) struct Strangers {
    /// The path that is asked for. It is the same at all hosts: mirrors that are asked alike may answer alike, only a portal
    /// answers different questions so.
    path: String,
    known: Mutex<Swept<Authority, Known>>,
}

/// What one host answered.
#[derive(Default)]
struct Known {
    /// `None`: not with a page, or nobody knows.
    page: Option<Essence>,
    asked_at: Timestamp,
    lasts: Duration,
    lasts_unsigned: Duration,
}

impl Known {
    fn holds(&self) -> bool {
        self.age() < self.lasts
    }

    fn holds_for(&self, article: &Essence) -> bool {
        self.age() < if article.is_signed() { self.lasts } else { self.lasts_unsigned }
    }

    /// By the wall clock, which goes on while a machine sleeps and wakes in another network.
    fn age(&self) -> Duration {
        Timestamp::now().duration_since(self.asked_at).unsigned_abs()
    }
}

impl Strangers {
    pub(super) fn new() -> Strangers {
        let random = RandomState::new();
        let letter = |at: usize| char::from(b'a' + (random.hash_one(at) % 26) as u8);
        let path = std::iter::once('/').chain((0..LETTERS).map(letter)).collect();
        Strangers { path, known: Mutex::new(Swept::new()) }
    }

    /// Holds an article against what its host answers to a stranger, which is asked for unless it is known; gives the
    /// answers that there were.
    pub(super) async fn compare(
        &self,
        (config, door): (&Config, &Fetcher),
        claim: &Claim,
        fetched: &mut Fetched,
        parsed: &mut Parsed,
        reader: &Reader<'_>,
    ) -> Vec<Fetched> {
        let authority = claim.url.authority();
        let is_known = locked(&self.known).get(&authority).is_some_and(|known| known.holds_for(&parsed.essence));
        let mut asked = Vec::new();
        if !is_known && let Some(answer) = self.ask(door, claim, &self.path).await {
            let outcome = &answer.outcome;
            if let Outcome::Failed(Failure::Portal) = outcome {
                fetched.outcome = Outcome::Failed(Failure::Portal);
                *parsed = Parsed::nothing(claim.kind);
                return vec![answer];
            }
            let (tells, asks) = (tells(outcome), asks(outcome));
            let mut page = self.essence(config, claim, outcome, reader).await;
            asked.push(answer);
            // A host of one page has no other for strangers. One that asks for something, as each does that lets people into a
            // network, may well stand at every root.
            if let Some(essence) = page.as_ref().filter(|_| !asks)
                && let Some(root) = self.ask(door, claim, "/").await
            {
                let at_root = self.essence(config, claim, &root.outcome, reader).await;
                if at_root.is_some_and(|at_root| at_root.is_answer_to_anything(essence)) {
                    page = None;
                }
                asked.push(root);
            }
            let mut known = locked(&self.known);
            let known = known.entry(authority.clone(), Known::holds, Known::default);
            known.asked_at = Timestamp::now();
            (known.lasts, known.lasts_unsigned) = match (tells, door.is_authentic(&claim.url)) {
                (true, true) => (FRESH, FRESH),
                (true, false) => (RETRY, RETRY_UNSIGNED),
                (false, _) => (RETRY, RETRY),
            };
            // An answer that tells nothing changes nothing.
            if tells {
                known.page = page;
            }
        }
        let known = locked(&self.known);
        let answer = known.get(&authority).and_then(|known| known.page.as_ref());
        if answer.is_some_and(|answer| parsed.essence.is_answer_to_anything(answer)) {
            let words = "its host answers an address that it cannot have with the same page";
            parsed.signals.not_content = Some(words.to_owned());
            parsed.signals.reasons.push("answers-alike");
        }
        drop(known);
        asked
    }

    /// What an answer says as a page; `None` if it is none.
    async fn essence(&self, config: &Config, claim: &Claim, outcome: &Outcome, reader: &Reader<'_>) -> Option<Essence> {
        match outcome {
            Outcome::Page(page) => Some(*reader.parse(self.job(config, claim, page)).await.essence),
            Outcome::NotModified { .. } | Outcome::Redirect { .. } | Outcome::Refused(_) | Outcome::Failed(_) => None,
        }
    }

    /// Asks like for any page: by robots.txt, at the host's pace. `None` if there is no such address.
    async fn ask(&self, door: &Fetcher, claim: &Claim, path: &str) -> Option<Fetched> {
        let url = claim.url.join(path).ok()?;
        let mut asked = door.fetch(&Claim { url, validators: Validators::default(), ..claim.clone() }).await;
        asked.receipt.requests.iter_mut().for_each(|request| request.kind = RequestKind::Robots);
        Some(asked)
    }

    /// The answer as though it stood at the claim's address, also where it repeats its own.
    fn job(&self, config: &Config, claim: &Claim, page: &Page) -> ParseJob {
        let own = claim.url.path_and_query();
        let body = replaced(&page.body, &self.path.as_bytes()[1..], &own.as_bytes()[1..]);
        ParseJob::new(config, claim, Page { url: claim.url.clone(), body: body.into(), ..page.clone() })
    }
}

/// What follows from a visit, and from answers that were asked for with it.
pub(super) fn plan(
    frontier: &Frontier,
    claim: &Claim,
    fetched: &mut Fetched,
    parsed: &Parsed,
    asked: Vec<Fetched>,
    now: Timestamp,
) -> Plan {
    let mut plan = frontier.plan(claim, fetched, parsed, now);
    for answer in asked {
        plan.pace = frontier.pace_after(claim, &plan.pace, &answer, now);
        fetched.receipt.requests.extend(answer.receipt.requests);
    }
    plan
}

/// Whether an outcome says what the host does about addresses that it does not have.
fn tells(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Page(_) | Outcome::NotModified { .. } | Outcome::Redirect { .. } => true,
        Outcome::Refused(refusal) => match refusal {
            Refusal::MediaType { .. } | Refusal::TooLarge { .. } => true,
            Refusal::Robots { .. }
            | Refusal::RobotsUnreachable { .. }
            | Refusal::AskedToWait { .. }
            | Refusal::CrawlDelay { .. }
            | Refusal::Address { .. }
            | Refusal::Port { .. } => false,
        },
        Outcome::Failed(failure) => match failure {
            Failure::Status { status, .. } => *status < 500 && *status != 429,
            // Who wants to be asked by people only is not asked again soon.
            Failure::BadRedirect(_) | Failure::Empty | Failure::Challenge { .. } => true,
            Failure::Dns(_)
            | Failure::Connect(_)
            | Failure::Tls(_)
            | Failure::Timeout(_)
            | Failure::Protocol(_)
            | Failure::Truncated(_)
            | Failure::Portal
            | Failure::Offline(_) => false,
        },
    }
}

/// Whether an answer is a page that asks its reader for something.
fn asks(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Page(page) => portal::has_any(&page.body, &[b"<form", b"<input", b"<button"]),
        Outcome::NotModified { .. } | Outcome::Redirect { .. } | Outcome::Refused(_) | Outcome::Failed(_) => false,
    }
}

/// Bytes with the first [`MOST_ECHOES`] occurrences of some replaced by others.
fn replaced(body: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    for _ in 0..MOST_ECHOES {
        let Some(at) = rest.windows(from.len()).position(|window| window == from) else { break };
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Article, Extractor, Found, PageUrl};

    #[test]
    fn over_plain_http_an_answer_lasts_a_minute_only_for_what_is_neither_dated_nor_signed() {
        let author = Found::new(vec!["A. Writer".to_owned()], Extractor::Html, "byline");
        let url = PageUrl::parse("http://paper.example/news/1").expect("an address");
        let signed = Essence::of(&Article { authors: Some(author), ..Article::default() }, &[], &url);
        let two_minutes_ago = Timestamp::now() - Duration::from_mins(2);
        let (lasts, lasts_unsigned) = (RETRY, RETRY_UNSIGNED);
        let known = Known { page: None, asked_at: two_minutes_ago, lasts, lasts_unsigned };
        assert!(known.holds() && known.holds_for(&signed) && !known.holds_for(&Essence::default()));
    }

    #[test]
    fn what_is_asked_for_is_one_segment_of_letters_that_nobody_can_foresee() {
        let path = Strangers::new().path;
        assert!(path.len() == LETTERS + 1 && path[1..].bytes().all(|byte| byte.is_ascii_lowercase()), "{path}");
        assert_ne!(path, Strangers::new().path);
    }

    #[test]
    fn an_answer_that_repeats_its_address_grows_within_bounds() {
        assert_eq!(replaced(b"<p>/abc, abc</p>ab", b"abc", b"news/1"), b"<p>/news/1, news/1</p>ab");
        assert_eq!(replaced(&b"abc".repeat(1_000), b"abc", &[b'x'; 2_083]).len(), 100 * 2_083 + 900 * 3);
        assert_eq!(replaced(b"", b"abc", b"x"), b"");
    }
}
