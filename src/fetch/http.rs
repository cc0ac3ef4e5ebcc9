//! One request on the wire: sent once, read within a deadline and a size, never followed.
//!
//! Redirects, referers, proxies of the environment and retries are all off: what a claim may ask for is decided above,
//! hop by hop. Cookies and headers of single sites come from [`super::grants`].

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{self, HeaderMap, HeaderValue};
use tokio::time::Instant;

use crate::config::Config;
use crate::model::{Failure, PageUrl, Request, RequestKind, Timestamp};

use super::content_coding::{CodingError, Decoder};
use super::gate::Turn;
use super::grants::Grants;
use super::media::{self, Declared, SNIFF_BYTES};
use super::resolver::{FilteringResolver, ResolveError};
use super::swept::locked;
use super::text::printable;
use super::{FetchError, challenge, headers};

/// Longest time until a connection stands, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Bounds of the time that an unused connection is kept; between them it is twice the longest delay.
const IDLE_TIMEOUT: (Duration, Duration) = (Duration::from_secs(20), Duration::from_mins(10));
/// Longest time spent on the body of an answer that is no page.
const ERROR_BODY_TIMEOUT: Duration = Duration::from_secs(3);
/// Most that is read of such a body; read to its end, the connection can be used again.
const MAX_ERROR_BODY: u64 = 64 << 10;
/// Wire bytes beyond the limit of decoded ones that a body may have (headers of codings, incompressible parts).
const WIRE_SLACK: u64 = 64 << 10;
/// Longest headers of an answer together, in bytes.
const MAX_HEADER_BYTES: u32 = 256 << 10;
/// Most header lines; a few papers come near a hundred.
const MAX_HEADER_LINES: usize = 256;
/// A head that does not come within this part of the deadline is given up, counted from the connection: 15 s of the
/// default's 30. Until then a server may send interim answers as fast as it can, and nobody counts their bytes: the
/// client shows us neither them nor the connection.
const HEAD_PART: u32 = 2;
/// A body whose next byte does not come within this part of the deadline is given up: 10 s of the default's 30.
const IDLE_PART: u32 = 3;
/// A body that has come for that long must have brought so many bytes a second; a modem of 1985 did.
const SLOWEST: u64 = 100;
/// ENFILE and EMFILE on every Unix: the machine or the process may open nothing more.
const TOO_MANY_FILES: [i32; 2] = [23, 24];
/// Wire bytes that are decoded at a time until it is known what a body is.
const SNIFF_STEP: usize = 256;
/// gzip files inside a body that are unpacked (sitemaps that are `.xml.gz` files).
const MAX_FILE_LAYERS: usize = 2;

/// What is asked for.
pub(super) struct Order<'a> {
    pub(super) kind: RequestKind,
    pub(super) url: &'a PageUrl,
    /// Headers of a conditional request.
    pub(super) conditions: HeaderMap,
    /// Decoded bytes that are read.
    pub(super) limit: u64,
    /// Decoded bytes that are read of a page that begins like a feed or a sitemap.
    pub(super) list_limit: u64,
    /// Whether the next request is spaced from the answer instead of from the sending: where the site stated the delay
    /// itself, nothing on the way may bring two requests closer together than it asked for.
    pub(super) spaced_from_answer: bool,
}

/// An answer.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
}

/// What was read of a body.
pub(super) enum Body {
    /// All of it.
    Whole(Vec<u8>),
    /// The beginning; it goes on beyond the limit.
    Cut { head: Vec<u8>, limit: u64 },
    /// Nothing that counts, because its type is none that we read.
    Unwanted(String),
    /// The beginning of the body of an answer that is no page.
    Head(Vec<u8>),
}

/// Sends requests.
pub(super) struct Http {
    verified: Clients,
    /// For sites whose certificates are not verified; `None` if there are none.
    unverified: Option<Clients>,
    grants: Grants,
    timeout: Duration,
}

struct Clients {
    /// Connections stay open for the next request.
    keeping: reqwest::Client,
    /// Connections are closed after one request.
    closing: reqwest::Client,
}

impl Clients {
    fn new(builder: impl Fn() -> Result<reqwest::ClientBuilder, FetchError>) -> Result<Clients, FetchError> {
        let broken = |error: reqwest::Error| FetchError::Client(chain(&error));
        Ok(Clients {
            keeping: builder()?.build().map_err(broken)?,
            closing: builder()?.pool_max_idle_per_host(0).build().map_err(broken)?,
        })
    }
}

tokio::task_local! {
    /// When the connection that the current request asked for stood; unset if it was there already. Later, for
    /// requests that are spaced from their answer, when its head came.
    static CONNECTED: Arc<Mutex<Option<Instant>>>;
}

impl Http {
    pub(super) fn new(cfg: &Arc<Config>, resolver: &FilteringResolver) -> Result<Http, FetchError> {
        let plain = || builder(cfg, resolver);
        let verified = match Clients::new(plain) {
            Err(FetchError::Client(error)) => {
                // A machine without certificates can still read http; every https site will say why it fails.
                tracing::warn!("no TLS certificates of the system can be used: {error}");
                Clients::new(|| Ok(plain()?.tls_certs_only([])))?
            }
            clients => clients?,
        };
        let grants = Grants::new(cfg.clone())?;
        let lenient = || Ok(plain()?.tls_danger_accept_invalid_certs(true));
        let unverified = if grants.has_unverified() { Some(Clients::new(lenient)?) } else { None };
        Ok(Http { verified, unverified, grants, timeout: cfg.fetch.timeout })
    }

    /// Whether an answer from this address is certain to come from its host: it came over verified TLS.
    pub(super) fn is_authentic(&self, url: &PageUrl) -> bool {
        url.scheme() == "https" && !self.grants.trusts_any_certificate(url)
    }

    fn client_for(&self, url: &PageUrl, may_stay: bool) -> &reqwest::Client {
        let clients = match &self.unverified {
            Some(unverified) if self.grants.trusts_any_certificate(url) => unverified,
            Some(_) | None => &self.verified,
        };
        if may_stay { &clients.keeping } else { &clients.closing }
    }

    /// Sends one request and reads its answer; its connection may stay open afterwards or not. The record is complete
    /// in every case.
    pub(super) async fn exchange(
        &self,
        order: Order<'_>,
        turn: &mut Turn,
        may_stay: bool,
    ) -> (Request, Result<Reply, Failure>) {
        let started = turn.start();
        let mut request = Request {
            kind: order.kind,
            url: order.url.clone(),
            started_at: Timestamp::now(),
            elapsed: Duration::ZERO,
            status: None,
            wire_bytes: 0,
            body_bytes: 0,
            remote: None,
            error: None,
        };
        let deadline = started + self.timeout;
        let client = self.client_for(order.url, may_stay);
        let connected = Arc::new(Mutex::new(None));
        let answered = CONNECTED.scope(connected.clone(), self.converse(client, order, deadline, &mut request));
        let reply = match tokio::time::timeout_at(deadline, answered).await {
            Ok(reply) => reply,
            Err(_) => Err(Failure::Timeout(format!("no complete answer within {} ms", self.timeout.as_millis()))),
        };
        if let Some(at) = *locked(&connected) {
            turn.sent(at);
            // What is stored of the pace has to hold after a restart as well.
            request.started_at = request.started_at.checked_add(at - started).unwrap_or(request.started_at);
        }
        request.elapsed = started.elapsed();
        request.error = reply.as_ref().err().map(ToString::to_string);
        (request, reply)
    }

    async fn converse(
        &self,
        client: &reqwest::Client,
        order: Order<'_>,
        deadline: Instant,
        request: &mut Request,
    ) -> Result<Reply, Failure> {
        let granted = self.grants.headers(order.url);
        let sent = client.get(order.url.as_str()).headers(granted).headers(order.conditions);
        let mut response = head(sent.send(), self.timeout / HEAD_PART).await?;
        if order.spaced_from_answer {
            CONNECTED.with(|clock| *locked(clock) = Some(Instant::now()));
        }
        let status = response.status().as_u16();
        request.status = Some(status);
        request.remote = response.remote_addr().map(|address| address.ip());
        let headers = response.headers().clone();
        if headers::size(&headers) > MAX_HEADER_BYTES as usize {
            return Err(Failure::Protocol("headers are too large".into()));
        }
        if !headers::has_one_length(&headers) {
            return Err(Failure::Protocol("several values of Content-Length".into()));
        }
        self.grants.learn(order.url, &headers);
        // 203 is a 200 that somebody on the way has changed: no page, but rules all the same.
        let is_read = status == 200 || status == 203 && order.kind == RequestKind::Robots;
        let body = if is_read {
            let (limit, list_limit) = (order.limit, order.list_limit);
            let stream = Stream { response, idle: self.timeout / IDLE_PART, started: Instant::now(), request };
            read(stream, &headers, limit, list_limit).await?
        } else {
            let deadline = deadline.min(Instant::now() + ERROR_BODY_TIMEOUT);
            Body::Head(read_error_body(&mut response, &headers, deadline, request).await)
        };
        Ok(Reply { status, headers, body })
    }
}

/// Waits for the head of an answer, for so long from when its connection stands.
async fn head(
    sent: impl Future<Output = reqwest::Result<reqwest::Response>>,
    most: Duration,
) -> Result<reqwest::Response, Failure> {
    let mut sent = std::pin::pin!(sent);
    let mut until = Instant::now() + most;
    loop {
        if let Ok(answer) = tokio::time::timeout_at(until, sent.as_mut()).await {
            return answer.map_err(|error| failure(&error, Phase::Head));
        }
        match CONNECTED.with(|clock| *locked(clock)).map(|connected| connected + most) {
            Some(later) if later > until => until = later,
            Some(_) | None => return Err(Failure::Timeout(format!("no answer for {} ms", most.as_millis()))),
        }
    }
}

fn builder(cfg: &Config, resolver: &FilteringResolver) -> Result<reqwest::ClientBuilder, FetchError> {
    let agent = cfg.crawler.user_agent_header();
    let agent = HeaderValue::from_str(&agent).map_err(|_| FetchError::UserAgent(printable(&agent)))?;
    let mut headers = HeaderMap::new();
    headers.insert(header::USER_AGENT, agent);
    let accept = "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/feed+json,\
                  application/xml;q=0.9,text/*;q=0.8,*/*;q=0.1";
    headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
    headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("*"));
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, br, zstd, deflate"));
    let builder = reqwest::Client::builder()
        .default_headers(headers)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT.min(cfg.fetch.timeout))
        .pool_idle_timeout(idle_timeout(cfg))
        .pool_max_idle_per_host(1)
        .http1_max_headers(MAX_HEADER_LINES)
        .http2_max_header_list_size(MAX_HEADER_BYTES)
        .connector_layer(ConnectionClock)
        .dns_resolver(resolver.clone());
    Ok(match proxy_url(&cfg.fetch) {
        Some(url) => builder.proxy(reqwest::Proxy::all(url).map_err(|error| FetchError::Proxy(chain(&error)))?),
        None => builder,
    })
}

/// The configured proxy; `None` if there is none.
pub(super) fn proxy_url(cfg: &crate::config::Fetch) -> Option<&str> {
    Some(cfg.proxy.trim()).filter(|proxy| !proxy.is_empty() && *proxy != "none")
}

/// The longest that an unused connection lives: the pool looks for those that are over as often as one may last.
pub(super) fn longest_idle(cfg: &Config) -> Duration {
    idle_timeout(cfg) * 2
}

/// Long enough for connections to live across the delay of every site.
fn idle_timeout(cfg: &Config) -> Duration {
    let delays = cfg.sites.iter().filter_map(|site| site.delay).chain([cfg.politeness.delay]);
    (delays.max().unwrap_or_default() * 2).clamp(IDLE_TIMEOUT.0, IDLE_TIMEOUT.1)
}

/// A body on its way.
struct Stream<'r> {
    response: reqwest::Response,
    /// How long its next byte may take.
    idle: Duration,
    started: Instant,
    request: &'r mut Request,
}

impl Stream<'_> {
    /// The next bytes; `None` at the end. Gives up a body that has stopped, or that only trickles.
    async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        let Ok(next) = tokio::time::timeout(self.idle, self.response.chunk()).await else {
            return Err(Failure::Timeout(format!("no byte for {} ms", self.idle.as_millis())));
        };
        let next = next.map_err(|error| failure(&error, Phase::Body))?;
        self.request.wire_bytes += next.as_ref().map_or(0, |bytes| bytes.len() as u64);
        let elapsed = self.started.elapsed();
        if next.is_some() && elapsed > self.idle && self.request.wire_bytes < elapsed.as_secs().max(1) * SLOWEST {
            return Err(Failure::Timeout(format!("less than {SLOWEST} bytes a second")));
        }
        Ok(next)
    }

    fn is_page(&self) -> bool {
        self.request.kind == RequestKind::Page
    }
}

/// What a body turned out to be, and the limit that holds for it.
struct Sniffer {
    declared: Declared,
    limit: u64,
    list_limit: u64,
    is_done: bool,
}

impl Sniffer {
    /// Looks at the first bytes once there are enough, or all of them. Gives the body's end, if it ends here.
    fn look(&mut self, decoder: &mut Decoder, is_whole: bool) -> Option<Body> {
        if self.is_done || !is_whole && decoder.body().len() < SNIFF_BYTES {
            return None;
        }
        self.is_done = true;
        if let Some(found) = media::not_text(self.declared, decoder.body()) {
            return Some(Body::Unwanted(found.to_owned()));
        }
        if media::is_list(decoder.body()) {
            self.limit = self.limit.max(self.list_limit);
        }
        let is_within = decoder.set_limit(self.limit);
        (!is_within).then(|| Body::Cut { head: Vec::new(), limit: self.limit })
    }
}

/// Reads the body of an answer that counts.
async fn read(mut stream: Stream<'_>, headers: &HeaderMap, limit: u64, list_limit: u64) -> Result<Body, Failure> {
    let content_type = headers::content_type(headers);
    let declared = media::declared(content_type.as_deref());
    let is_page = stream.is_page();
    // A robots.txt is read to its limit, however long it is.
    let announced = stream.response.content_length().filter(|_| is_page).unwrap_or_default();
    let mut sniffer = Sniffer { declared, limit, list_limit, is_done: !is_page };
    if is_page && declared == Declared::Other {
        return Ok(Body::Unwanted(media::shown(content_type.as_deref())));
    }
    if is_page && announced > limit.max(list_limit) + WIRE_SLACK {
        return Ok(Body::Cut { head: Vec::new(), limit });
    }
    let files = if is_page { MAX_FILE_LAYERS } else { 0 };
    let coding = headers::list(headers, &header::CONTENT_ENCODING);
    let mut decoder = Decoder::new(&coding, files, limit).map_err(|error| coding_failure(&error))?;
    while let Some(chunk) = stream.next().await? {
        let mut rest = &chunk[..];
        while !rest.is_empty() {
            let step = if sniffer.is_done { rest.len() } else { rest.len().min(SNIFF_STEP) };
            let pushed = decoder.push(&rest[..step]);
            rest = &rest[step..];
            stream.request.body_bytes = decoder.body().len() as u64;
            if let Some(end) = sniffer.look(&mut decoder, false) {
                return Ok(end);
            }
            match pushed {
                Ok(()) => {}
                Err(CodingError::TooLarge) => return Ok(Body::Cut { head: decoder.into_body(), limit: sniffer.limit }),
                Err(error) => return Err(coding_failure(&error)),
            }
        }
        if stream.request.wire_bytes.max(announced) > sniffer.limit + WIRE_SLACK && sniffer.is_done {
            return Ok(Body::Cut { head: decoder.into_body(), limit: sniffer.limit });
        }
    }
    // Short bodies are looked at when they are whole.
    let end = sniffer.look(&mut decoder, true);
    let body = decoder.finish().map_err(|error| coding_failure(&error))?;
    stream.request.body_bytes = body.len() as u64;
    Ok(end.unwrap_or(Body::Whole(body)))
}

/// Reads the beginning of the body of an answer that is no page. What goes wrong does not matter.
async fn read_error_body(
    response: &mut reqwest::Response,
    headers: &HeaderMap,
    deadline: Instant,
    request: &mut Request,
) -> Vec<u8> {
    let coding = headers::list(headers, &header::CONTENT_ENCODING);
    let Ok(mut decoder) = Decoder::new(&coding, 0, MAX_ERROR_BODY) else { return Vec::new() };
    while let Ok(Ok(Some(chunk))) = tokio::time::timeout_at(deadline, response.chunk()).await {
        request.wire_bytes += chunk.len() as u64;
        let pushed = decoder.push(&chunk);
        request.body_bytes = decoder.body().len() as u64;
        if pushed.is_err() || request.wire_bytes > MAX_ERROR_BODY {
            break;
        }
    }
    let mut head = decoder.into_body();
    head.truncate(challenge::HEAD_BYTES);
    head
}

fn coding_failure(error: &CodingError) -> Failure {
    let what = printable(&error.to_string());
    match error {
        CodingError::Unknown(_) | CodingError::TooMany | CodingError::TooLarge => Failure::Protocol(what),
        CodingError::Broken(_) | CodingError::Truncated(_) => Failure::Truncated(what),
    }
}

/// How far a request had come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Head,
    Body,
}

fn failure(error: &reqwest::Error, phase: Phase) -> Failure {
    let what = chain(error);
    if let Some(failure) = known_cause(error, &what) {
        return failure;
    }
    if error.is_timeout() {
        return Failure::Timeout(what);
    }
    match phase {
        Phase::Head if error.is_connect() => Failure::Connect(what),
        Phase::Head => Failure::Protocol(what),
        Phase::Body => Failure::Truncated(what),
    }
}

/// Looks for a cause whose type says more than reqwest does.
fn known_cause(error: &(dyn std::error::Error + 'static), what: &str) -> Option<Failure> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(resolve) = cause.downcast_ref::<ResolveError>() {
            return Some(Failure::Dns(resolve.to_string()));
        }
        if cause.is::<rustls::Error>() {
            return Some(Failure::Tls(what.to_owned()));
        }
        let io = cause.downcast_ref::<std::io::Error>();
        if io.and_then(std::io::Error::raw_os_error).is_some_and(|code| TOO_MANY_FILES.contains(&code)) {
            return Some(Failure::Offline("too many open files".into()));
        }
        // The error inside an I/O error is not its source, but what it is.
        let inner = io.and_then(|io| io.get_ref());
        next = match inner {
            Some(inner) => Some(inner as &(dyn std::error::Error + 'static)),
            None => cause.source(),
        };
    }
    None
}

/// The messages of an error and its causes, without the address, which the receipt has anyway.
fn chain(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        let text = cause.to_string();
        // hyper's own frame around the cause says nothing.
        if !text.starts_with("client error (") && parts.last().is_none_or(|last| !last.contains(&text)) {
            parts.push(text);
        }
        next = cause.source();
    }
    if parts.is_empty() {
        parts.push(if error.is_timeout() { "timed out".into() } else { "request failed".into() });
    }
    printable(&parts.join(": "))
}

/// Notes when connections stand, for the request that asked for them.
#[derive(Clone)]
struct ConnectionClock;

#[derive(Clone)]
struct ClockedConnector<S>(S);

impl<S> tower_layer::Layer<S> for ConnectionClock {
    type Service = ClockedConnector<S>;

    fn layer(&self, inner: S) -> ClockedConnector<S> {
        ClockedConnector(inner)
    }
}

impl<S, R> tower_service::Service<R> for ClockedConnector<S>
where
    S: tower_service::Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, target: R) -> Self::Future {
        // A connection that is made for later use has no request that waits for it.
        let clock = CONNECTED.try_with(Arc::clone).ok();
        let connecting = self.0.call(target);
        Box::pin(async move {
            let connected = connecting.await;
            if let Some(clock) = clock {
                *locked(&clock) = Some(Instant::now());
            }
            connected
        })
    }
}
