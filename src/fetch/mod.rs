//! The only door to the network: one claim in, one answer out.
//!
//! Asks robots.txt before the page, keeps the distance between any two requests to a host, dials only addresses
//! that may be dialled, and reads no more than it must. It follows no redirect of a page: a redirect is a link.
//! It tries once; when to come back is decided in the frontier. `tests/fetch.rs` shows it against local servers.

pub mod address;
mod challenge;
pub mod content_coding;
mod gate;
mod headers;
mod http;
mod media;
mod memory;
mod resolver;
pub mod retry_after;
pub mod robots;
pub mod robots_copy;
mod swept;
mod text;

use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use tokio::time::Instant;

use crate::config::Config;
use crate::model::{
    Authority, Claim, Failure, Fetched, Host, Outcome, Page, PageUrl, Receipt, Refusal, RequestKind, RobotsStatus,
    RobotsUse, Timestamp,
};

use address::AddressFilter;
use gate::Gate;
use http::{Body, Http, Order, Reply};
use memory::{Known, Memory};
use resolver::{FilteringResolver, ResolveError};
use robots::Verdict;
use robots_copy::{Reading, Standing, StatusMeaning};
use swept::{Swept, locked};

/// Redirects of a robots.txt that are followed (RFC 9309 §2.3.1.2 asks for at least five).
const MAX_ROBOTS_REDIRECTS: usize = 5;

/// Why no fetcher can be made of a configuration.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// A range of `fetch.allow_private` is none.
    #[error("fetch.allow_private: `{0}` is no address range (for example 127.0.0.0/8)")]
    Range(String),
    /// The proxy's address cannot be used.
    #[error("fetch.proxy: {0}")]
    Proxy(String),
    /// The user agent cannot be sent.
    #[error("crawler.user_agent or crawler.contact: `{0}` cannot stand in a header")]
    UserAgent(String),
    /// The resolver cannot be set up.
    #[error("fetch.resolver: {0}")]
    Resolver(String),
    /// The HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
}

/// Fetches claims. Cheap to clone; clones share connections, pace and memory.
#[derive(Clone)]
pub struct Fetcher(Arc<Inner>);

struct Inner {
    config: Arc<Config>,
    token: String,
    filter: Arc<AddressFilter>,
    resolver: FilteringResolver,
    /// With a proxy, names are resolved there.
    has_proxy: bool,
    gate: Gate,
    http: Http,
    memory: Memory,
    /// One reader of a robots.txt at a time.
    readers: Mutex<Swept<Authority, Arc<tokio::sync::Mutex<()>>>>,
}

/// Why a request gave no answer.
enum Trouble {
    Refused(Refusal),
    Failed(Failure),
}

impl Trouble {
    fn outcome(self) -> Outcome {
        match self {
            Trouble::Refused(refusal) => Outcome::Refused(refusal),
            Trouble::Failed(failure) => Outcome::Failed(failure),
        }
    }

    fn words(&self) -> String {
        match self {
            Trouble::Refused(refusal) => refusal.to_string(),
            Trouble::Failed(failure) => failure.to_string(),
        }
    }
}

impl Fetcher {
    /// A fetcher for this configuration, with an empty memory.
    ///
    /// # Errors
    /// [`FetchError`] names the key whose value cannot be used.
    pub fn new(config: Arc<Config>) -> Result<Fetcher, FetchError> {
        let filter = Arc::new(AddressFilter::new(&config.fetch)?);
        let proxy = match http::proxy_url(&config.fetch) {
            Some(text) => Some(url::Url::parse(text).map_err(|error| FetchError::Proxy(error.to_string()))?),
            None => None,
        };
        let proxy_host = proxy.as_ref().and_then(url::Url::host_str).map(Arc::from);
        let resolver = FilteringResolver::new(&config.fetch, filter.clone(), proxy_host)?;
        Ok(Fetcher(Arc::new(Inner {
            token: config.crawler.product_token().to_owned(),
            http: Http::new(&config, &resolver)?,
            filter,
            resolver,
            has_proxy: proxy.is_some(),
            gate: Gate::new(config.politeness.per_ip),
            memory: Memory::default(),
            readers: Mutex::new(Swept::new()),
            config,
        })))
    }

    /// Asks for the page of a claim, and for its robots.txt first if no copy holds.
    ///
    /// Waits for the host's pace: neither before `claim.pace.next_at`, nor sooner than the site's delay or a
    /// longer `Crawl-delay` after the last request to the host. Dropping the future ends the request.
    pub async fn fetch(&self, claim: &Claim) -> Fetched {
        let mut visit = Visit {
            inner: &self.0,
            claim,
            receipt: Receipt { requests: Vec::new(), robots: RobotsUse::None, crawl_delay: None, sitemaps: Vec::new() },
            delay: self.0.config.delay_of(&claim.site),
            not_before: self.0.not_before(claim),
        };
        let outcome = visit.outcome().await.unwrap_or_else(Trouble::outcome);
        Fetched { outcome, receipt: visit.receipt }
    }

    /// The smallest gap between the starts of two requests to each host since the start, for hosts asked more than
    /// once; at most 4096 hosts are measured.
    pub fn smallest_gaps(&self) -> Vec<(Host, Duration)> {
        self.0.gate.smallest_gaps()
    }
}

impl Inner {
    /// `claim.pace.next_at` on the monotonic clock. A claim is handed out when its host is ready, so what lies
    /// further ahead than the longest delay is a wall clock that was set back.
    fn not_before(&self, claim: &Claim) -> Instant {
        let ahead = Duration::try_from(claim.pace.next_at.duration_since(Timestamp::now())).unwrap_or_default();
        let politeness = &self.config.politeness;
        Instant::now() + ahead.min(politeness.max_crawl_delay.max(self.config.delay_of(&claim.site)))
    }

    /// Resolves and checks where a request will go; `None` if a proxy will find out.
    async fn destination(&self, url: &PageUrl) -> Result<Option<IpAddr>, Trouble> {
        self.filter.check(url).map_err(Trouble::Refused)?;
        match url.host_address() {
            Some(url::Host::Ipv4(address)) => Ok(Some(address.into())),
            Some(url::Host::Ipv6(address)) => Ok(Some(address.into())),
            Some(url::Host::Domain(_)) if self.has_proxy => Ok(None),
            Some(url::Host::Domain(name)) => self.resolve(name).await.map(Some),
            None => Ok(None),
        }
    }

    async fn resolve(&self, name: &str) -> Result<IpAddr, Trouble> {
        let resolved = tokio::time::timeout(self.config.fetch.timeout, self.resolver.resolve(name)).await;
        match resolved {
            Ok(Ok(addresses)) => addresses
                .first()
                .copied()
                .ok_or_else(|| Trouble::Failed(Failure::Dns(format!("{name} has no address")))),
            Ok(Err(ResolveError::Address(address))) => {
                Err(Trouble::Refused(Refusal::Address { address: address.to_string() }))
            }
            Ok(Err(ResolveError::Dns(what))) => Err(Trouble::Failed(Failure::Dns(what))),
            Err(_) => Err(Trouble::Failed(Failure::Dns(format!("no answer about {name}")))),
        }
    }

    fn reader(&self, authority: &Authority) -> Arc<tokio::sync::Mutex<()>> {
        let is_needed = |lock: &Arc<tokio::sync::Mutex<()>>| Arc::strong_count(lock) > 1;
        locked(&self.readers).entry(authority.clone(), is_needed, Arc::default).clone()
    }
}

/// One claim on its way.
struct Visit<'a> {
    inner: &'a Inner,
    claim: &'a Claim,
    receipt: Receipt,
    /// Between two requests to the claim's host.
    delay: Duration,
    not_before: Instant,
}

impl Visit<'_> {
    async fn outcome(&mut self) -> Result<Outcome, Trouble> {
        let claim = self.claim;
        // A host that cannot be dialled has no robots.txt to ask for.
        self.inner.destination(&claim.url).await?;
        let rules = self.rules().await?;
        if let Some(asked) = rules.crawl_delay() {
            self.receipt.crawl_delay = Some(asked);
            if asked > self.inner.config.politeness.max_crawl_delay {
                return Ok(Outcome::Refused(Refusal::CrawlDelay { asked }));
            }
            self.delay = self.delay.max(asked);
        }
        if let Verdict::Disallowed { rule } = rules.verdict(&claim.url.path_and_query()) {
            return Ok(Outcome::Refused(Refusal::Robots { rule }));
        }
        let conditions = headers::conditions(&claim.validators);
        let was_conditional = !conditions.is_empty();
        let limit = self.inner.config.fetch.max_body;
        let order = Order { kind: RequestKind::Page, url: &claim.url, conditions, limit };
        let reply = self.request(order).await?;
        Ok(self.understand(reply, was_conditional))
    }

    /// One request through the gate.
    async fn request(&mut self, order: Order<'_>) -> Result<Reply, Trouble> {
        let host = order.url.host();
        let own = host == self.claim.url.host();
        let (delay, not_before) = if own {
            (self.delay, self.not_before)
        } else {
            let config = &self.inner.config;
            let delay = config.site_of(&host).and_then(|site| site.delay).unwrap_or(config.politeness.delay);
            (delay, Instant::now())
        };
        let mut turn = self.inner.gate.enter(&host).await;
        let address = self.inner.destination(order.url).await?;
        turn.wait(delay, not_before).await;
        let _connection = match address {
            Some(address) => self.inner.gate.connection(address).await,
            None => None,
        };
        let (request, reply) = self.inner.http.exchange(order, &mut turn).await;
        self.receipt.requests.push(request);
        reply.map_err(Trouble::Failed)
    }

    /// The rules that hold for the claim's authority, read anew if no copy is in force.
    async fn rules(&mut self) -> Result<Arc<robots::Rules>, Trouble> {
        let authority = self.claim.url.authority();
        let lock = self.inner.reader(&authority);
        let _reader = lock.lock().await;
        let claimed = self.claim.robots.as_ref().filter(|copy| copy.authority == authority);
        let known = self.inner.memory.recall(&authority, claimed, &self.inner.token);
        let standing = robots_copy::standing(known.as_ref().map(Known::copy), Timestamp::now());
        match (standing, known) {
            (Standing::InForce, Some(known)) => {
                self.receipt.robots = known.used();
                Ok(known.rules)
            }
            (Standing::Closed, Some(known)) => {
                self.receipt.robots = known.used();
                Err(unreachable("it could not be read a short while ago".into()))
            }
            (Standing::InForce | Standing::Closed | Standing::Due, known) => self.read_rules(&authority, known).await,
        }
    }

    async fn read_rules(&mut self, authority: &Authority, known: Option<Known>) -> Result<Arc<robots::Rules>, Trouble> {
        if let Some(crawl_delay) = known.as_ref().and_then(|known| known.rules.crawl_delay()) {
            self.delay = self.delay.max(crawl_delay.min(self.inner.config.politeness.max_crawl_delay));
        }
        let (reading, sitemaps) = self.read_robots(authority).await;
        let now = Timestamp::now();
        let reason = match &reading {
            Reading::Failed(reason) => Some(reason.clone()),
            Reading::Text(_) | Reading::Absent => None,
        };
        let copy = robots_copy::after(known.as_ref().map(Known::copy), authority, reading, now);
        if let (Some(known), true) = (&known, reason.is_some() && copy.status != RobotsStatus::Unreachable) {
            let known = known.failed(now);
            self.inner.memory.keep(known.clone());
            self.receipt.robots = match known.with_text(self.claim.robots.as_ref()) {
                Some(copy) => RobotsUse::Read(copy),
                None => known.used(),
            };
            return Ok(known.rules);
        }
        let known = Known::parse(&copy, &self.inner.token);
        self.inner.memory.keep(known.clone());
        self.receipt.robots = RobotsUse::Read(copy);
        self.receipt.sitemaps = sitemaps;
        match reason {
            Some(reason) => Err(unreachable(reason)),
            None => Ok(known.rules),
        }
    }

    /// Reads robots.txt, through its redirects.
    async fn read_robots(&mut self, authority: &Authority) -> (Reading, Vec<PageUrl>) {
        let none = Vec::new();
        let Ok(mut url) = authority.robots_url() else { return (Reading::Failed("no address".into()), none) };
        for _ in 0..=MAX_ROBOTS_REDIRECTS {
            let limit = robots::MAX_BYTES as u64;
            let order = Order { kind: RequestKind::Robots, url: &url, conditions: HeaderMap::new(), limit };
            let reply = match self.request(order).await {
                Ok(reply) => reply,
                Err(trouble) => return (Reading::Failed(trouble.words()), none),
            };
            match robots_copy::meaning(reply.status) {
                StatusMeaning::Read => {
                    let text = match reply.body {
                        Body::Whole(body) | Body::Head(body) => robots::text_of(&body, false),
                        Body::Cut(body) => robots::text_of(&body, true),
                        Body::Unwanted(_) => String::new(),
                    };
                    let sitemaps = robots::sitemaps(&text, &url);
                    return (Reading::Text(text), sitemaps);
                }
                StatusMeaning::Absent => return (Reading::Absent, none),
                StatusMeaning::Failed => return (Reading::Failed(format!("status {}", reply.status)), none),
                StatusMeaning::Redirect => match headers::redirect_target(&reply.headers, &url) {
                    Ok(target) => url = target,
                    Err(what) => return (Reading::Failed(format!("redirect: {}", text::printable(&what))), none),
                },
            }
        }
        (Reading::Absent, none)
    }

    /// What an answer to the page's request is.
    fn understand(&self, reply: Reply, was_conditional: bool) -> Outcome {
        let url = &self.claim.url;
        let now = Timestamp::now();
        if let Some(whose) = challenge::in_headers(&reply.headers) {
            return Outcome::Failed(Failure::Challenge(whose.to_owned()));
        }
        match reply.status {
            200 => self.page(reply, now),
            304 if was_conditional => Outcome::NotModified {
                validators: headers::validators(&reply.headers),
                fresh_for: headers::fresh_for(&reply.headers, now),
            },
            301 | 302 | 303 | 307 | 308 => match headers::redirect_target(&reply.headers, url) {
                Ok(to) if to == *url => Outcome::Failed(Failure::BadRedirect("to itself".into())),
                Ok(to) => Outcome::Redirect { to, permanent: matches!(reply.status, 301 | 308) },
                Err(what) => Outcome::Failed(Failure::BadRedirect(text::printable(&what))),
            },
            status => Outcome::Failed(self.status_failure(status, &reply, now)),
        }
    }

    fn status_failure(&self, status: u16, reply: &Reply, now: Timestamp) -> Failure {
        if let Body::Head(head) = &reply.body
            && let Some(whose) = challenge::in_body(status, head)
        {
            return Failure::Challenge(whose.to_owned());
        }
        let cap = self.inner.config.politeness.max_retry_after;
        let retry_after = headers::text(&reply.headers, reqwest::header::RETRY_AFTER)
            .and_then(|value| retry_after::retry_after(&value, now, cap));
        Failure::Status { status, retry_after }
    }

    fn page(&self, reply: Reply, now: Timestamp) -> Outcome {
        let limit = self.inner.config.fetch.max_body;
        let body = match reply.body {
            Body::Whole(body) | Body::Head(body) => body,
            Body::Cut(_) => return Outcome::Refused(Refusal::TooLarge { limit }),
            Body::Unwanted(media_type) => return Outcome::Refused(Refusal::MediaType { media_type }),
        };
        if body.is_empty() {
            return Outcome::Failed(Failure::Empty);
        }
        Outcome::Page(Page {
            url: self.claim.url.clone(),
            status: reply.status,
            content_type: headers::content_type(&reply.headers),
            robots_tags: headers::robots_tags(&reply.headers),
            canonical: headers::canonical(&reply.headers, &self.claim.url),
            validators: headers::validators(&reply.headers),
            fresh_for: headers::fresh_for(&reply.headers, now),
            body: Bytes::from(body),
        })
    }
}

fn unreachable(reason: String) -> Trouble {
    Trouble::Refused(Refusal::RobotsUnreachable { reason })
}
