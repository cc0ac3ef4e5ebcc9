//! One claim on its way: robots.txt if no copy holds, then the page, each through the gate.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{self, HeaderMap};
use tokio::time::Instant;

use crate::config::Wish;
use crate::model::{
    Authority, Claim, Failure, Host, Outcome, Page, PageUrl, Receipt, Refusal, RequestKind, RobotsStatus, RobotsUse,
    Timestamp,
};

use super::connections::Connection;
use super::http::{Body, Order, Reply};
use super::memory::Known;
use super::portal::Look;
use super::robots::{self, Rules, Verdict};
use super::robots_copy::{self, Reading, Standing, StatusMeaning, Unread};
use super::swept::locked;
use super::tdmrep::{self, Reservation, Reservations};
use super::text::printable;
use super::{Inner, Read, Trouble, challenge, headers, retry_after};

/// Redirects of a robots.txt that are followed (RFC 9309 §2.3.1.2 asks for at least five).
const MAX_ROBOTS_REDIRECTS: usize = 5;
/// Decoded bytes of what begins like a feed or sitemap, where `fetch.max_body` is less: a sitemap of 50,000 addresses has
/// some ten million (the protocol allows fifty).
const MAX_LIST_BYTES: u64 = 20 << 20;
/// tdmrep.json is asked for as often as robots.txt.
const RESERVATIONS_FRESH: Duration = Duration::from_hours(24);
/// Where it could not be read, it is asked for again after this.
const RESERVATIONS_RETRY: Duration = Duration::from_hours(1);

/// One claim on its way.
pub(super) struct Visit<'a> {
    inner: &'a Inner,
    claim: &'a Claim,
    pub(super) receipt: Receipt,
    /// Between two requests to the claim's host.
    delay: Duration,
    not_before: Instant,
    /// `Content-Signal` of robots.txt for the page.
    content_signal: Option<String>,
    /// What tdmrep.json says about the page.
    reservation: Option<Reservation>,
}

impl<'a> Visit<'a> {
    pub(super) fn new(inner: &'a Inner, claim: &'a Claim) -> Visit<'a> {
        Visit {
            inner,
            claim,
            receipt: Receipt { requests: Vec::new(), robots: RobotsUse::None, crawl_delay: None, sitemaps: Vec::new() },
            delay: inner.config.delay_of(&claim.site),
            not_before: inner.not_before(claim),
            content_signal: None,
            reservation: None,
        }
    }

    /// Does all that a claim asks for.
    pub(super) async fn outcome(&mut self) -> Result<Outcome, Trouble> {
        let rules = self.permission().await?;
        let claim = self.claim;
        self.content_signal = rules.content_signal(&claim.url.path_and_query());
        if self.inner.config.politeness.opt_out.tdmrep == Wish::Skip {
            self.reservation = self.reservations(&rules).await?.of(&claim.url.path_and_query());
        }
        let conditions = headers::conditions(&claim.validators);
        let was_conditional = !conditions.is_empty();
        let order = Order { conditions, ..self.order(RequestKind::Page, &claim.url) };
        let reply = self.request(order).await?;
        Ok(self.understand(reply, was_conditional))
    }

    /// A request without conditions.
    fn order<'u>(&self, kind: RequestKind, url: &'u PageUrl) -> Order<'u> {
        let limit = match kind {
            RequestKind::Page => self.inner.config.fetch.max_body,
            RequestKind::Robots => robots::MAX_BYTES as u64,
        };
        Order {
            kind,
            url,
            conditions: HeaderMap::new(),
            limit,
            list_limit: limit.max(MAX_LIST_BYTES),
            // What robots.txt asks for is not known before it is read.
            spaced_from_answer: kind == RequestKind::Robots || self.receipt.crawl_delay.is_some(),
        }
    }

    /// Whether the page may be asked for: by its address, and by robots.txt, which is read if no copy holds.
    pub(super) async fn permission(&mut self) -> Result<Arc<Rules>, Trouble> {
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
            Verdict::Allowed => Ok(rules),
        }
    }

    /// What the site's tdmrep.json reserves; read at most once a day, and only if robots.txt lets it be read.
    async fn reservations(&mut self, rules: &Rules) -> Result<Arc<Reservations>, Trouble> {
        let authority = self.claim.url.authority();
        let lock = self.inner.reader(&authority);
        let _reader = lock.lock().await;
        if let Some(known) = self.known_reservations(&authority) {
            return Ok(known);
        }
        let url = self.claim.url.join("/.well-known/tdmrep.json").ok();
        let url = url.filter(|url| rules.verdict(&url.path_and_query()) == Verdict::Allowed);
        let reply = match &url {
            Some(url) => {
                let order = Order { limit: tdmrep::MAX_BYTES, ..self.order(RequestKind::Robots, url) };
                Some(self.request(order).await)
            }
            None => None,
        };
        let wait = match &reply {
            Some(Ok(reply)) => self.asked_to_wait(reply),
            Some(Err(_)) | None => None,
        };
        let (says, fresh) = match reply {
            Some(Ok(Reply { status: 200, body: Body::Whole(body), .. })) => {
                (Reservations::parse(&body), RESERVATIONS_FRESH)
            }
            Some(Ok(Reply { status: 0..500, .. })) | None => (Reservations::default(), RESERVATIONS_FRESH),
            Some(Ok(_) | Err(_)) => (Reservations::default(), RESERVATIONS_RETRY),
        };
        let says = Arc::new(says);
        let read = Read { says: says.clone(), until: Some(Instant::now() + fresh) };
        *locked(&self.inner.reservations).entry(authority, Read::holds, Read::default) = read;
        wait.map_or(Ok(says), |refusal| Err(Trouble::Refused(refusal)))
    }

    /// The rest that the answer for tdmrep.json asks for; `None` if for none.
    fn asked_to_wait(&self, reply: &Reply) -> Option<Refusal> {
        let is_busy = robots_copy::meaning(reply.status) == StatusMeaning::Failed;
        let retry_after = self.retry_after(reply, Timestamp::now()).filter(|wait| is_busy && !wait.is_zero())?;
        Some(Refusal::AskedToWait { reason: format!("status {} for tdmrep.json", reply.status), retry_after })
    }

    fn known_reservations(&self, authority: &Authority) -> Option<Arc<Reservations>> {
        let mut all = locked(&self.inner.reservations);
        let known = all.entry(authority.clone(), Read::holds, Read::default);
        known.holds().then(|| known.says.clone())
    }

    /// One request through the gate.
    async fn request(&mut self, order: Order<'_>) -> Result<Reply, Trouble> {
        let host = order.url.host();
        let own = host == self.claim.url.host();
        let (delay, not_before) =
            if own { (self.delay, self.not_before) } else { (self.delay_elsewhere(&host, order.url), Instant::now()) };
        let mut turn = self.inner.gate.enter(&host).await;
        let address = self.inner.destination(order.url).await?;
        turn.wait(delay, not_before).await;
        let url = order.url;
        let connection = match address {
            Some(address) => self.inner.connections.enter(address, url.authority()).await,
            None => None,
        };
        let may_stay = connection.as_ref().is_none_or(Connection::may_stay);
        let (request, reply) = self.inner.http.exchange(order, &mut turn, may_stay).await;
        if let (Some(connection), Ok(_)) = (connection, &reply) {
            connection.keep();
        }
        if let (Some(first), Some(remote), Some(url::Host::Domain(name))) =
            (address, request.remote, url.host_address())
            && remote != first
        {
            self.inner.resolver.prefer(name, remote);
        }
        let has_begun = request.status.is_some();
        self.receipt.requests.push(request);
        let offline = &self.inner.offline;
        if has_begun {
            offline.answered(url.host_name());
        }
        let blamed = |failure| if has_begun { failure } else { offline.judge(url.host_name(), failure) };
        let reply = reply.map_err(|failure| Trouble::Failed(blamed(failure)))?;
        if self.is_portal(url, &reply) { Err(Trouble::Failed(Failure::Portal)) } else { Ok(reply) }
    }

    /// The delay of another host than the claim's, to which robots.txt led: what is configured, or a longer
    /// `Crawl-delay` that is known.
    fn delay_elsewhere(&self, host: &Host, url: &PageUrl) -> Duration {
        let config = &self.inner.config;
        let delay = config.site_of(host).and_then(|site| site.delay).unwrap_or(config.politeness.delay);
        let known = self.inner.memory.recall(&url.authority(), None, &self.inner.token);
        let asked = known.and_then(|known| known.rules.crawl_delay()).unwrap_or_default();
        delay.max(asked.min(config.politeness.max_crawl_delay))
    }

    /// Whether a captive portal gave this answer.
    fn is_portal(&self, url: &PageUrl, reply: &Reply) -> bool {
        let target = headers::redirect_target(&reply.headers, url);
        let look = match (reply.status, &reply.body, &target) {
            (511, _, _) => return true,
            _ if self.inner.http.is_authentic(url) => Look::Own,
            (300..=399, _, Ok(to)) if self.inner.config.site_of(&to.host()).is_none() => Look::Elsewhere(to),
            (400.., _, _) => Look::Unclear,
            (200, Body::Whole(body), _) if body.trim_ascii_start().starts_with(b"<") => Look::Html(body),
            _ => Look::Own,
        };
        self.inner.portal.is_portal(url, &look)
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
                Err(unreachable("it could not be read a short while ago".to_owned().into()))
            }
            (Standing::InForce | Standing::Closed | Standing::Due, known) => self.read_rules(&authority, known).await,
        }
    }

    async fn read_rules(&mut self, authority: &Authority, known: Option<Known>) -> Result<Arc<Rules>, Trouble> {
        if let Some(crawl_delay) = known.as_ref().and_then(|known| known.rules.crawl_delay()) {
            self.delay = self.delay.max(crawl_delay.min(self.inner.config.politeness.max_crawl_delay));
        }
        let (reading, sitemaps) = self.read_robots(authority).await?;
        let now = Timestamp::now();
        let unread = match &reading {
            Reading::Failed(unread) => Some(unread.clone()),
            Reading::Text(_) | Reading::Absent => None,
        };
        let copy = robots_copy::after(known.as_ref().map(Known::copy), authority, reading, now);
        if let (Some(known), true) = (&known, unread.is_some() && copy.status != RobotsStatus::Unreachable) {
            let known = known.failed(now);
            self.inner.memory.keep(known.clone());
            self.receipt.robots = match known.with_text(self.claim.robots.as_ref()) {
                Some(copy) => RobotsUse::Read(copy),
                None => known.used(),
            };
            // The rules hold, but who asks to be left alone is left alone.
            return match unread.filter(|unread| unread.retry_after.is_some_and(|wait| !wait.is_zero())) {
                Some(unread) => Err(unreachable(unread)),
                None => Ok(known.rules),
            };
        }
        let known = Known::parse(&copy, &self.inner.token);
        self.inner.memory.keep(known.clone());
        self.receipt.robots = RobotsUse::Read(copy);
        self.receipt.sitemaps = sitemaps;
        match unread {
            Some(unread) => Err(unreachable(unread)),
            None => Ok(known.rules),
        }
    }

    /// Reads robots.txt, through its redirects. Trouble of our own says nothing about it.
    async fn read_robots(&mut self, authority: &Authority) -> Result<(Reading, Vec<PageUrl>), Trouble> {
        let unlisted = |reading: Reading| Ok((reading, Vec::new()));
        let failed = |reason: String| unlisted(Reading::Failed(reason.into()));
        let Ok(mut url) = authority.robots_url() else { return failed("no address".into()) };
        for _ in 0..=MAX_ROBOTS_REDIRECTS {
            let reply = match self.request(self.order(RequestKind::Robots, &url)).await {
                Ok(reply) => reply,
                Err(trouble @ Trouble::Failed(Failure::Offline(_))) => return Err(trouble),
                Err(trouble) => return failed(trouble.words()),
            };
            match robots_copy::meaning(reply.status) {
                StatusMeaning::Read => {
                    let text = match reply.body {
                        Body::Whole(body) | Body::Head(body) => robots::text_of(&body, false),
                        Body::Cut { head, .. } => robots::text_of(&head, true),
                        Body::Unwanted(_) => String::new(),
                    };
                    let sitemaps = robots::sitemaps(&text, &url);
                    return Ok((Reading::Text(text), sitemaps));
                }
                StatusMeaning::Absent => return unlisted(Reading::Absent),
                StatusMeaning::Failed => {
                    let reason = format!("status {}", reply.status);
                    let retry_after = self.retry_after(&reply, Timestamp::now());
                    return unlisted(Reading::Failed(Unread { reason, retry_after }));
                }
                StatusMeaning::Redirect => match headers::redirect_target(&reply.headers, &url) {
                    Ok(target) => url = target,
                    Err(what) => return failed(format!("redirect: {}", printable(&what))),
                },
            }
        }
        unlisted(Reading::Absent)
    }

    /// What an answer to the page's request is.
    fn understand(&self, reply: Reply, was_conditional: bool) -> Outcome {
        let url = &self.claim.url;
        let now = Timestamp::now();
        if let Some(whose) = challenge::in_headers(&reply.headers) {
            let retry_after = self.retry_after(&reply, now);
            return Outcome::Failed(Failure::Challenge { whose: whose.to_owned(), retry_after });
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

    /// How long the server of an answer wants to be left alone.
    fn retry_after(&self, reply: &Reply, now: Timestamp) -> Option<Duration> {
        let value = headers::text(&reply.headers, header::RETRY_AFTER)?;
        retry_after::retry_after(&value, now, self.inner.config.politeness.max_retry_after)
    }

    fn status_failure(&self, status: u16, reply: &Reply, now: Timestamp) -> Failure {
        let retry_after = self.retry_after(reply, now);
        if let Body::Head(head) = &reply.body
            && let Some(whose) = challenge::in_body(status, head)
        {
            return Failure::Challenge { whose: whose.to_owned(), retry_after };
        }
        Failure::Status { status, retry_after }
    }

    fn page(&self, reply: Reply, now: Timestamp) -> Outcome {
        let body = match reply.body {
            Body::Whole(body) | Body::Head(body) => body,
            Body::Cut { limit, .. } => return Outcome::Refused(Refusal::TooLarge { limit }),
            Body::Unwanted(media_type) => return Outcome::Refused(Refusal::MediaType { media_type }),
        };
        if body.is_empty() {
            return Outcome::Failed(Failure::Empty);
        }
        Outcome::Page(Page {
            url: self.claim.url.clone(),
            status: reply.status,
            content_type: headers::content_type(&reply.headers),
            robots_tags: headers::robots_tags(
                &reply.headers,
                self.content_signal.as_deref(),
                self.reservation.as_ref(),
            ),
            links: headers::links(&reply.headers, &self.claim.url),
            validators: headers::validators(&reply.headers),
            fresh_for: headers::fresh_for(&reply.headers, now),
            body: Bytes::from(body),
        })
    }
}

fn unreachable(unread: Unread) -> Trouble {
    let Unread { reason, retry_after } = unread;
    Trouble::Refused(Refusal::RobotsUnreachable { reason, retry_after })
}
