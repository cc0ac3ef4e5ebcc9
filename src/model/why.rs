//! What is known of one page or one site, for `murasil why`: everything that decides when it is visited next.

use serde::Serialize;

use super::query::{OutcomeCount, SourceStatus, StateCount};
use super::{PageKind, Timestamp};

/// A page of the frontier with its whole story.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageStory {
    /// Its row.
    pub id: i64,
    /// The spelling that is requested.
    pub url: String,
    /// Name of its site.
    pub site: String,
    /// Whether the site was configured when the crawl last began.
    pub site_active: bool,
    /// What it counts as.
    #[serde(serialize_with = "as_word")]
    pub kind: PageKind,
    /// Why, in the words of [`reason`](super::reason); empty before the first document.
    pub kind_reasons: Vec<String>,
    /// `new`, `scheduled`, or why it is not visited again.
    pub state: String,
    /// The queue in which it waits: `source`, `new`, `revisit`; `None`: none.
    pub lane: Option<String>,
    /// Links between a seed and it.
    pub depth: u16,
    /// Redirects that led to it.
    pub hops: u8,
    /// How it was found.
    pub found_by: String,
    /// What the link says of it, where an article's link led to it first; `None` if it says nothing that matters.
    pub found_rel: Option<String>,
    /// When it was found.
    pub found_at: Timestamp,
    /// The pages that led to it, from the one that named it back to a seed; at most ten.
    pub trail: Vec<TrailStep>,
    /// Start of its last visit.
    pub visited_at: Option<Timestamp>,
    /// When it is due; `None` for pages that are due as soon as their host is, and for those that are never.
    pub due_at: Option<Timestamp>,
    /// Visits that ended with 200 or 304.
    pub successes: i64,
    /// Failures in a row since.
    pub failures: i64,
    /// Visits in a row that changed nothing.
    pub unchanged: i64,
    /// Status of the last answer.
    pub status: Option<i64>,
    /// What the last visit came to.
    pub outcome: Option<String>,
    /// Why, in one word.
    pub reason: Option<String>,
    /// Why, in a sentence.
    pub detail: Option<String>,
    /// The page that is kept in its place, or to which it leads.
    pub alias_of: Option<String>,
    /// Other addresses of this page; at most ten.
    pub aliases: Vec<String>,
    /// What it is as a source; `None` for pages that are none.
    pub source: Option<SourceStory>,
    /// Its host.
    pub host: HostStory,
    /// Pages of its host that come before it; counted up to 10,000.
    pub ahead: i64,
    /// Its last requests, the newest first; at most ten.
    pub fetches: Vec<FetchLine>,
    /// Wishes beyond robots.txt that it states.
    pub opt_outs: Vec<OptOutLine>,
    /// The article that it became.
    pub article: Option<ArticleLine>,
    /// Headlines that lead to it, the first seen first; at most five.
    pub headlines: Vec<HeadlineLine>,
}

/// A page on the way from a seed to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrailStep {
    /// Its address.
    pub url: String,
    /// What it counts as.
    pub kind: String,
    /// How it was found itself.
    pub found_by: String,
}

/// A source's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceStory {
    /// Interval in seconds; `None` before its first answer.
    pub interval_seconds: Option<i64>,
    /// Visits with an answer.
    pub visits: i64,
    /// New pages and headlines that it brought in all.
    pub brought: i64,
    /// How it does: `new`, `good`, `repeats`, `silent`, `failing`, `dead`.
    pub health: String,
    /// Mean time between new items, in seconds; `None` before its second answer.
    pub gap_seconds: Option<i64>,
    /// When it last brought one; UTC text.
    pub brought_at: Option<String>,
    /// Failures in a row.
    pub failures: i64,
    /// What went wrong last; `None` if the last visit was fine.
    pub error: Option<String>,
}

/// A host and its pace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HostStory {
    /// Its name.
    pub host: String,
    /// Not asked before this instant.
    pub next_at: Timestamp,
    /// Spacing between two requests, in milliseconds; 0 before the first visit.
    pub delay_ms: i64,
    /// What robots.txt asks for, in milliseconds.
    pub crawl_delay_ms: Option<i64>,
    /// Present back-off, in milliseconds.
    pub backoff_ms: i64,
    /// Failures in a row.
    pub failures: i64,
    /// The UTC day that `pages_today` counts.
    pub day: String,
    /// Pages that were asked for on that day.
    pub pages_today: i64,
    /// Requests in all.
    pub requests: i64,
    /// Why it is not asked at the moment.
    pub note: Option<String>,
    /// When something of it is next due; `None`: never.
    pub wake_at: Option<Timestamp>,
}

/// A request, or a refusal without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FetchLine {
    /// UTC text.
    pub started_at: String,
    /// `robots` or `page`.
    pub kind: String,
    /// The address.
    pub url: String,
    /// Whether a request was sent.
    pub sent: bool,
    /// Status of the answer.
    pub status: Option<i64>,
    /// Milliseconds to the last byte.
    pub elapsed_ms: i64,
    /// Decoded bytes.
    pub body_bytes: i64,
    /// What the visit came to, on its page request.
    pub outcome: Option<String>,
    /// Why, in one word.
    pub reason: Option<String>,
    /// What went wrong, in words.
    pub error: Option<String>,
    /// When the copy of robots.txt that decided was last read; UTC text.
    pub robots_fetched_at: Option<String>,
}

/// A robots.txt in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RobotsLine {
    /// Whose rules these are.
    pub authority: String,
    /// `rules`, `absent` or `unreachable`.
    pub status: String,
    /// When it was last read; UTC text.
    pub fetched_at: String,
    /// When it is read again; UTC text.
    pub expires_at: String,
    /// When reading it anew failed.
    pub failed_at: Option<String>,
    /// Length of the text.
    pub body_bytes: i64,
}

/// A wish beyond robots.txt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OptOutLine {
    /// What is asked for.
    pub kind: String,
    /// As it is stated.
    pub value: String,
    /// The last visit that found it; UTC text.
    pub last_seen_at: String,
}

/// The article of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArticleLine {
    /// Its number.
    pub id: i64,
    /// Its headline.
    pub title: Option<String>,
    /// UTC text.
    pub published_at: Option<String>,
    /// UTC text.
    pub first_seen_at: String,
    /// Number of the current version.
    pub version: i64,
    /// UTC text; `None` while it is there.
    pub removed_at: Option<String>,
    /// Paragraphs that were left out of its body: its host prints them in article after article.
    pub left_out: Vec<String>,
}

/// A headline that leads to a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeadlineLine {
    /// Its text.
    pub text: String,
    /// Where it stood.
    pub page_url: String,
    /// In which list there.
    pub role: String,
    /// UTC text.
    pub first_seen_at: String,
    /// UTC text.
    pub last_seen_at: String,
}

/// A site with its whole story.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SiteStory {
    /// Its name.
    pub site: String,
    /// Whether it was configured when the crawl last began.
    pub active: bool,
    /// Articles stored.
    pub articles: i64,
    /// When the newest of them was first seen; UTC text.
    pub newest_at: Option<String>,
    /// Pages by state.
    pub pages: Vec<StateCount>,
    /// Its sources.
    pub sources: Vec<SourceStatus>,
    /// Its hosts.
    pub hosts: Vec<HostStory>,
    /// robots.txt of its authorities.
    pub robots: Vec<RobotsLine>,
    /// What visits came to in the last 24 hours.
    pub outcomes_24h: Vec<OutcomeCount>,
    /// Its last failures and refusals within these, the newest first; at most ten.
    pub errors: Vec<FetchLine>,
    /// Links that did not enter the frontier, by reason.
    pub turned_away: Vec<AwayLine>,
    /// Pages by the wishes that they state: kind, value, count.
    pub opt_outs: Vec<(String, String, i64)>,
}

/// Links that did not enter the frontier for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AwayLine {
    /// The reason's word.
    pub reason: String,
    /// How often.
    pub times: i64,
    /// The last one.
    pub example_url: String,
    /// When that was; UTC text.
    pub last_at: String,
}

/// The last start of the daemon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastRun {
    /// UTC text.
    pub started_at: String,
    /// UTC text; `None` while it runs or after a crash.
    pub ended_at: Option<String>,
}

/// Something that keeps a page from being visited now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Obstacle {
    /// One word: `not-configured`, `retired`, `quarantine`, `not-due`, `robots`, `host`, `budget`, `queue`, `no-run`.
    pub what: &'static str,
    /// In a sentence.
    pub why: String,
    /// When it ends; `None`: it does not end by itself, or nobody knows.
    pub until: Option<Timestamp>,
}

/// What becomes of an address under the present configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It enters the frontier when a page of its site links to it.
    Enters(super::Admission),
    /// It does not.
    TurnedAway {
        /// The reason's word, as in [`TurnedAway`](super::TurnedAway).
        reason: &'static str,
        /// The pattern or limit that decided; `None` if it is not the operator's.
        rule: Option<String>,
    },
}

/// What robots.txt says about an address at present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RobotsView {
    /// It was never read.
    Unread,
    /// It may be asked for.
    Allowed(RobotsLine),
    /// A rule forbids it.
    Forbidden(RobotsLine, String),
    /// The file could not be read: nothing may be asked for.
    Unreachable(RobotsLine),
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "how serde hands a field over")]
fn as_word<S: serde::Serializer>(kind: &PageKind, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(kind.as_str())
}
