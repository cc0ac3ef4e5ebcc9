//! The only door to the network: one claim in, one answer out.
//!
//! Asks robots.txt before the page, keeps the distance between any two requests to a host, dials only addresses
//! that may be dialled, and reads no more than it must. It follows no redirect of a page: a redirect is a link.
//! It tries once; when to come back is decided in the frontier. `tests/fetch.rs` shows it against local servers.

pub mod address;
mod challenge;
mod connections;
pub mod content_coding;
mod gate;
pub mod grants;
pub mod headers;
mod http;
mod media;
mod memory;
pub mod mime_type;
mod offline;
mod pattern;
pub(crate) mod portal;
mod resolver;
pub mod retry_after;
pub mod robots;
pub mod robots_copy;
pub(crate) mod swept;
mod tdmrep;
mod text;
mod visit;

use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use crate::config::Config;
use crate::model::{Authority, Claim, Failure, Fetched, Host, Outcome, PageUrl, Receipt, Refusal, Timestamp};

use address::AddressFilter;
use connections::Connections;
use gate::Gate;
use http::Http;
use memory::Memory;
use resolver::{FilteringResolver, ResolveError};
use swept::{Swept, locked};
use tdmrep::Reservations;
use visit::Visit;

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
    /// Headers of a site cannot be sent.
    #[error("site.secrets: the headers for `{0}` cannot be sent, or it is no origin")]
    Secret(String),
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
    gate: Arc<Gate>,
    connections: Connections,
    http: Http,
    memory: Memory,
    portal: portal::Watch,
    offline: offline::Watch,
    /// What tdmrep.json says, by authority, for sites that are asked for it.
    reservations: Mutex<Swept<Authority, Read>>,
    /// One reader of a robots.txt at a time.
    readers: Mutex<Swept<Authority, Arc<tokio::sync::Mutex<()>>>>,
}

/// A tdmrep.json that was read, or looked for.
#[derive(Default)]
struct Read {
    says: Arc<Reservations>,
    /// Not asked for again before; `None` if it was never asked for.
    until: Option<Instant>,
}

impl Read {
    fn holds(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() < until)
    }
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
        Fetcher::build(config, Arc::new(Gate::new()))
    }

    /// A fetcher for another configuration that keeps the distance from the requests of this one.
    ///
    /// # Errors
    /// As [`Fetcher::new`].
    pub fn renewed(&self, config: Arc<Config>) -> Result<Fetcher, FetchError> {
        Fetcher::build(config, self.0.gate.clone())
    }

    fn build(config: Arc<Config>, gate: Arc<Gate>) -> Result<Fetcher, FetchError> {
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
            gate,
            connections: Connections::new(config.politeness.per_ip, http::longest_idle(&config)),
            memory: Memory::default(),
            portal: portal::Watch::default(),
            offline: offline::Watch::default(),
            reservations: Mutex::new(Swept::new()),
            readers: Mutex::new(Swept::new()),
            config,
        })))
    }

    /// Asks for the page of a claim, and for its robots.txt first if no copy holds.
    ///
    /// Waits for the host's pace: neither before `claim.pace.next_at`, nor sooner than the site's delay or a
    /// longer `Crawl-delay` after the last request to the host. Dropping the future ends the request.
    pub async fn fetch(&self, claim: &Claim) -> Fetched {
        let mut visit = Visit::new(&self.0, claim);
        let outcome = visit.outcome().await.unwrap_or_else(Trouble::outcome);
        Fetched { outcome, receipt: visit.receipt }
    }

    /// Asks for robots.txt alone, if no copy holds: `None` if the claim's page may be asked for, else why not.
    pub async fn permission(&self, claim: &Claim) -> (Option<Outcome>, Receipt) {
        let mut visit = Visit::new(&self.0, claim);
        let refused = visit.permission().await.err().map(Trouble::outcome);
        (refused, visit.receipt)
    }

    /// Whether an answer from this address is certain to come from its host: it comes over verified TLS.
    pub fn is_authentic(&self, url: &PageUrl) -> bool {
        self.0.http.is_authentic(url)
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
        let failed = |what: String| Trouble::Failed(self.offline.judge(name, Failure::Dns(what)));
        match resolved {
            Ok(Ok(addresses)) => addresses.first().copied().ok_or_else(|| failed(format!("{name} has no address"))),
            Ok(Err(ResolveError::Address(address))) => {
                Err(Trouble::Refused(Refusal::Address { address: address.to_string() }))
            }
            Ok(Err(ResolveError::Dns(what))) => Err(failed(what)),
            Err(_) => Err(failed(format!("no answer about {name}"))),
        }
    }

    fn reader(&self, authority: &Authority) -> Arc<tokio::sync::Mutex<()>> {
        let is_needed = |lock: &Arc<tokio::sync::Mutex<()>>| Arc::strong_count(lock) > 1;
        locked(&self.readers).entry(authority.clone(), is_needed, Arc::default).clone()
    }
}
