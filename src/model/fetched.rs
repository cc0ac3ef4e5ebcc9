//! What came back from the network. Failure is an answer, never an error.

use std::time::Duration;

use bytes::Bytes;

use super::{PageUrl, RobotsCopy, RobotsId, Timestamp, Validators};

/// The answer to one claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetched {
    /// What came back.
    pub outcome: Outcome,
    /// What was sent and what it cost.
    pub receipt: Receipt,
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// 200 with a complete body.
    Page(Page),
    /// 304 to a conditional request of ours.
    NotModified {
        /// Validators that the 304 carried; empty fields keep the old ones.
        validators: Validators,
        /// How long the answer says that it stays fresh; `None` if it does not say.
        fresh_for: Option<Duration>,
    },
    /// 3xx with a usable `Location`. A redirect is a link.
    Redirect {
        /// Where it points.
        to: PageUrl,
        /// 301 and 308.
        permanent: bool,
    },
    /// We did not ask, or did not read on.
    Refused(Refusal),
    /// We asked and got nothing that we can use.
    Failed(Failure),
}

/// A page as it arrived.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The address that answered.
    pub url: PageUrl,
    /// HTTP status; 200 for files.
    pub status: u16,
    /// `Content-Type` as received; `None` if it was missing.
    pub content_type: Option<String>,
    /// What the answer asks of its reader: `X-Robots-Tag` values as received, in order; then `name: value` of the headers
    /// `tdm-reservation`, `tdm-policy`, `content-signal` and `refresh`, and of what the host's robots.txt and tdmrep.json
    /// say where the answer itself does not.
    pub robots_tags: Vec<String>,
    /// What its `Link` headers name.
    pub links: HeaderLinks,
    /// Validators for the next visit.
    pub validators: Validators,
    /// How long the answer says that it stays fresh; `None` if it does not say.
    pub fresh_for: Option<Duration>,
    /// Decoded body, at most `fetch.max_body` bytes.
    pub body: Bytes,
}

/// What `Link` headers name, resolved against the page.
///
/// # Source
/// RFC 8288 §3; RFC 6596; WebSub §4.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeaderLinks {
    /// `rel=canonical`, the first; `None` if missing or unusable.
    pub canonical: Option<PageUrl>,
    /// `rel=hub`: WebSub hubs, each once, at most 50.
    pub hubs: Vec<PageUrl>,
    /// `rel=self`, the first: the page's own address at the hubs; `None` if missing or unusable.
    pub topic: Option<PageUrl>,
}

/// Why we did not ask, or did not read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A rule of robots.txt forbids it.
    Robots {
        /// The line that decided.
        rule: String,
    },
    /// robots.txt cannot be read and no copy is young enough.
    RobotsUnreachable {
        /// What happened to the request.
        reason: String,
        /// What `Retry-After` of its answer asks for, from the time of the answer; `None` if it asks for nothing.
        retry_after: Option<Duration>,
    },
    /// The host asked for a rest when something else was asked of it that had to be known first.
    AskedToWait {
        /// Its answer, in words.
        reason: String,
        /// What `Retry-After` asks for, from the time of the answer.
        retry_after: Duration,
    },
    /// The site asks for a longer delay than the configured cap.
    CrawlDelay {
        /// What it asks for.
        asked: Duration,
    },
    /// The host's address may not be dialled.
    Address {
        /// The address.
        address: String,
    },
    /// The port is not configured.
    Port {
        /// The port.
        port: u16,
    },
    /// The media type is none that we read.
    MediaType {
        /// What it was.
        media_type: String,
    },
    /// Larger than `fetch.max_body`.
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
}

/// Why an answer cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The name does not resolve, or the resolver did not answer.
    Dns(String),
    /// No connection.
    Connect(String),
    /// TLS failed.
    Tls(String),
    /// Too slow, in any phase.
    Timeout(String),
    /// The connection or the message broke.
    Protocol(String),
    /// The body ended early, or its encoding is broken.
    Truncated(String),
    /// A status that is no page: 4xx, 5xx, an unasked 304, 204, 206.
    Status {
        /// The status.
        status: u16,
        /// What `Retry-After` asks for, from the time of the answer; `None` if missing or unreadable.
        retry_after: Option<Duration>,
    },
    /// 3xx without a usable `Location`.
    BadRedirect(String),
    /// 200 with an empty body.
    Empty,
    /// A bot challenge in place of the page.
    Challenge {
        /// Whose it is.
        whose: String,
        /// What `Retry-After` asks for, from the time of the answer; `None` if missing or unreadable.
        retry_after: Option<Duration>,
    },
    /// A captive portal answered in the site's place: the trouble is our network's.
    Portal,
    /// Nobody can be reached from here, or no connection opened: the trouble is ours.
    Offline(String),
}

/// What was sent, and what it cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// Every request of the claim in the order they were sent; empty if none was.
    pub requests: Vec<Request>,
    /// The robots.txt that decided.
    pub robots: RobotsUse,
    /// `Crawl-delay` that holds for us; `None` if robots.txt states none or is unknown.
    pub crawl_delay: Option<Duration>,
    /// `Sitemap:` lines, only from a newly read robots.txt.
    pub sitemaps: Vec<PageUrl>,
}

impl Receipt {
    /// The request that the answer came to: the claimed page's, or the last of a visit without one; `None` if nothing was
    /// sent.
    pub fn decisive(&self) -> Option<&Request> {
        self.requests.iter().rfind(|request| request.kind == RequestKind::Page).or(self.requests.last())
    }
}

/// The robots.txt that decided.
#[derive(Debug, Clone, PartialEq)]
pub enum RobotsUse {
    /// None was needed or none could be had.
    None,
    /// The stored copy.
    Known(RobotsId),
    /// One that was read (or failed to be read) for this claim and must be stored.
    Read(RobotsCopy),
}

/// One request on the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What it was for.
    pub kind: RequestKind,
    /// The address.
    pub url: PageUrl,
    /// When it was sent.
    pub started_at: Timestamp,
    /// Until the last byte or the failure.
    pub elapsed: Duration,
    /// HTTP status; `None` if there was no answer.
    pub status: Option<u16>,
    /// Bytes of body on the wire.
    pub wire_bytes: u64,
    /// Bytes of decoded body.
    pub body_bytes: u64,
    /// The address that was dialled; `None` if unknown.
    pub remote: Option<std::net::IpAddr>,
    /// What went wrong, in words; `None` if nothing did.
    pub error: Option<String>,
}

/// What a request was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKind {
    /// What is asked to know what may be asked and believed: robots.txt, a hop of its redirects, tdmrep.json, an address
    /// that the host cannot have.
    Robots,
    /// The claimed page.
    Page,
}

impl RequestKind {
    /// The word for it in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            RequestKind::Robots => "robots",
            RequestKind::Page => "page",
        }
    }
}

impl Outcome {
    /// One word for SQL, logs and `status`: `page`, `not-modified`, `redirect`, `refused` or `failed`.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Page(_) => "page",
            Outcome::NotModified { .. } => "not-modified",
            Outcome::Redirect { .. } => "redirect",
            Outcome::Refused(_) => "refused",
            Outcome::Failed(_) => "failed",
        }
    }
}

impl Outcome {
    /// Whether the page failed, by its own trouble or its host's.
    pub fn is_failure_of_site(&self) -> bool {
        matches!(self, Outcome::Failed(_)) && !self.is_trouble_of_ours()
    }

    /// Whether nobody is to blame for it but our machine or its network.
    pub fn is_trouble_of_ours(&self) -> bool {
        matches!(self, Outcome::Failed(Failure::Portal | Failure::Offline(_)))
    }
}

impl Refusal {
    /// One word for SQL and counts.
    pub fn word(&self) -> &'static str {
        match self {
            Refusal::Robots { .. } => "robots",
            Refusal::RobotsUnreachable { .. } => "robots-unreachable",
            Refusal::AskedToWait { .. } => "asked-to-wait",
            Refusal::CrawlDelay { .. } => "crawl-delay",
            Refusal::Address { .. } => "address",
            Refusal::Port { .. } => "port",
            Refusal::MediaType { .. } => "media-type",
            Refusal::TooLarge { .. } => "too-large",
        }
    }
}

/// The words for a wait that a server asks for, behind what it did.
struct RetryAfter(Option<Duration>);

impl std::fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.map_or(Ok(()), |after| write!(f, ", retry after {} s", after.as_secs()))
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::Robots { rule } => write!(f, "robots.txt: {rule}"),
            Refusal::RobotsUnreachable { reason, retry_after } => {
                write!(f, "robots.txt unreachable: {reason}{}", RetryAfter(*retry_after))
            }
            Refusal::AskedToWait { reason, retry_after } => write!(f, "{reason}{}", RetryAfter(Some(*retry_after))),
            Refusal::CrawlDelay { asked } => write!(f, "crawl-delay of {} s is above the cap", asked.as_secs()),
            Refusal::Address { address } => write!(f, "address {address} may not be dialled"),
            Refusal::Port { port } => write!(f, "port {port} is not configured"),
            Refusal::MediaType { media_type } => write!(f, "media type {media_type} is not read"),
            Refusal::TooLarge { limit } => write!(f, "larger than {limit} bytes"),
        }
    }
}

impl Failure {
    /// One word for SQL and counts.
    pub fn word(&self) -> &'static str {
        match self {
            Failure::Dns(_) => "dns",
            Failure::Connect(_) => "connect",
            Failure::Tls(_) => "tls",
            Failure::Timeout(_) => "timeout",
            Failure::Protocol(_) => "protocol",
            Failure::Truncated(_) => "truncated",
            Failure::Status { status, .. } => match status {
                204 | 205 => "no-content",
                206 => "partial-content",
                304 => "unasked-not-modified",
                520..=530 => "cdn",
                _ => "status",
            },
            Failure::BadRedirect(_) => "bad-redirect",
            Failure::Empty => "empty",
            Failure::Challenge { .. } => "challenge",
            Failure::Portal => "captive-portal",
            Failure::Offline(_) => "offline",
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Dns(what) => write!(f, "name resolution: {what}"),
            Failure::Connect(what) => write!(f, "connection: {what}"),
            Failure::Tls(what) => write!(f, "TLS: {what}"),
            Failure::Timeout(what) => write!(f, "timeout: {what}"),
            Failure::Protocol(what) => write!(f, "protocol: {what}"),
            Failure::Truncated(what) => write!(f, "truncated: {what}"),
            Failure::Status { status, retry_after } => {
                write!(f, "status {status}{}{}", status_meaning(*status), RetryAfter(*retry_after))
            }
            Failure::BadRedirect(what) => write!(f, "redirect: {what}"),
            Failure::Empty => f.write_str("empty body"),
            Failure::Challenge { whose, retry_after } => {
                write!(f, "challenge: {whose}{}", RetryAfter(*retry_after))
            }
            Failure::Offline(what) => write!(f, "trouble on our side: {what}"),
            Failure::Portal => f.write_str("a captive portal answered in the site's place"),
        }
    }
}

/// What a status says that not everybody knows; empty for the others.
fn status_meaning(status: u16) -> &'static str {
    match status {
        204 | 205 => ", no content",
        206 => ", a part that nobody asked for",
        304 => ", though nobody asked whether it was modified",
        410 => ", gone for good",
        451 => ", kept back for legal reasons",
        520..=530 => ", a CDN in front of a site in trouble",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_lists_every_reason() {
        let page = include_str!("../../docs/SCHEMA.md");
        let text = String::new;
        let status = |status| Failure::Status { status, retry_after: None };
        let failures = [
            Failure::Dns(text()),
            Failure::Connect(text()),
            Failure::Tls(text()),
            Failure::Timeout(text()),
            Failure::Protocol(text()),
            Failure::Truncated(text()),
            status(404),
            status(204),
            status(206),
            status(304),
            status(521),
            Failure::BadRedirect(text()),
            Failure::Empty,
            Failure::Challenge { whose: text(), retry_after: None },
            Failure::Portal,
            Failure::Offline(text()),
        ];
        let refusals = [
            Refusal::Robots { rule: text() },
            Refusal::RobotsUnreachable { reason: text(), retry_after: None },
            Refusal::AskedToWait { reason: text(), retry_after: Duration::ZERO },
            Refusal::CrawlDelay { asked: Duration::ZERO },
            Refusal::Address { address: text() },
            Refusal::Port { port: 0 },
            Refusal::MediaType { media_type: text() },
            Refusal::TooLarge { limit: 0 },
        ];
        for word in failures.iter().map(Failure::word).chain(refusals.iter().map(Refusal::word)) {
            assert!(page.contains(&format!("`{word}`")), "docs/SCHEMA.md lacks `{word}`");
        }
    }
}
