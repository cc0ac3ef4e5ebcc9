//! One claim on its way: robots.txt if no copy holds, then the page, each through the gate.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{self, HeaderMap};
use tokio::time::Instant;

use crate::model::{
    Authority, Claim, Failure, Outcome, Page, PageKind, PageUrl, Receipt, Refusal, RequestKind, RobotsStatus,
    RobotsUse, Timestamp,
};

use super::http::{Body, Order, Reply};
use super::memory::Known;
use super::robots::{self, Rules, Verdict};
use super::robots_copy::{self, Reading, Standing, StatusMeaning};
use super::text::printable;
use super::{Inner, Trouble, challenge, headers, retry_after};

/// Redirects of a robots.txt that are followed (RFC 9309 §2.3.1.2 asks for at least five).
const MAX_ROBOTS_REDIRECTS: usize = 5;
/// Decoded bytes of a feed or sitemap, where `fetch.max_body` is less: a sitemap of 50,000 addresses has some ten
/// million (the protocol allows fifty).
const MAX_LIST_BYTES: u64 = 20 << 20;

/// One claim on its way.
pub(super) struct Visit<'a> {
    inner: &'a Inner,
    claim: &'a Claim,
    pub(super) receipt: Receipt,
    /// Between two requests to the claim's host.
    delay: Duration,
    not_before: Instant,
}

impl<'a> Visit<'a> {
    pub(super) fn new(inner: &'a Inner, claim: &'a Claim) -> Visit<'a> {
        Visit {
            inner,
            claim,
            receipt: Receipt { requests: Vec::new(), robots: RobotsUse::None, crawl_delay: None, sitemaps: Vec::new() },
            delay: inner.config.delay_of(&claim.site),
            not_before: inner.not_before(claim),
        }
    }

    /// Does all that a claim asks for.
    pub(super) async fn outcome(&mut self) -> Result<Outcome, Trouble> {
        self.permission().await?;
        let claim = self.claim;
        let conditions = headers::conditions(&claim.validators);
        let was_conditional = !conditions.is_empty();
        let spaced_from_answer = self.receipt.crawl_delay.is_some();
        let order =
            Order { kind: RequestKind::Page, url: &claim.url, conditions, limit: self.limit(), spaced_from_answer };
        let reply = self.request(order).await?;
        Ok(self.understand(reply, was_conditional))
    }

    /// Whether the page may be asked for: by its address, and by robots.txt, which is read if no copy holds.
    pub(super) async fn permission(&mut self) -> Result<(), Trouble> {
        let claim = self.claim;
        // A host that cannot be dialled has no robots.txt to ask for.
        self.inner.destination(&claim.url).await?;
        let rules = self.rules().await?;
        if let Some(asked) = rules.crawl_delay() {
            self.receipt.crawl_delay = Some(asked);
            if asked > self.inner.config.politeness.max_crawl_delay {
                return Err(Trouble::Refused(Refusal::CrawlDelay { asked }));
            }
            self.delay = self.delay.max(asked);
        }
        match rules.verdict(&claim.url.path_and_query()) {
            Verdict::Disallowed { rule } => Err(Trouble::Refused(Refusal::Robots { rule })),
            Verdict::Allowed => Ok(()),
        }
    }

    /// Decoded bytes that are read of the page.
    fn limit(&self) -> u64 {
        let limit = self.inner.config.fetch.max_body;
        match self.claim.kind {
            PageKind::Feed | PageKind::Sitemap => limit.max(MAX_LIST_BYTES),
            PageKind::Unknown | PageKind::Front | PageKind::Section | PageKind::Article | PageKind::Other => limit,
        }
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
    async fn rules(&mut self) -> Result<Arc<Rules>, Trouble> {
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

    async fn read_rules(&mut self, authority: &Authority, known: Option<Known>) -> Result<Arc<Rules>, Trouble> {
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
            // What it asks for is not known yet.
            let spaced_from_answer = true;
            let conditions = HeaderMap::new();
            let order = Order { kind: RequestKind::Robots, url: &url, conditions, limit, spaced_from_answer };
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
                    Err(what) => return (Reading::Failed(format!("redirect: {}", printable(&what))), none),
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
                Err(what) => Outcome::Failed(Failure::BadRedirect(printable(&what))),
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
        let retry_after = headers::text(&reply.headers, header::RETRY_AFTER)
            .and_then(|value| retry_after::retry_after(&value, now, cap));
        Failure::Status { status, retry_after }
    }

    fn page(&self, reply: Reply, now: Timestamp) -> Outcome {
        let limit = self.limit();
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
