//! HTTP around an edition: log, faults, validators, compression.

use std::io::Write as _;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::edition::{Edition, Reply, Wanted};
use super::papers::VIEW_STATE;
use super::web::{Arrival, Fault};
use crate::model::Timestamp;

/// Where one paper answers its readers.
pub(super) struct Desk {
    edition: Mutex<Edition>,
    pub(super) fault: Mutex<Fault>,
    log: Arc<Mutex<Vec<Arrival>>>,
    /// Requests being answered.
    busy: AtomicU32,
    /// Counts answers, for what real sites change with each of them.
    serial: AtomicU64,
}

impl Desk {
    /// A desk for an edition; all papers share one log.
    pub(super) fn new(edition: Edition, log: Arc<Mutex<Vec<Arrival>>>) -> Desk {
        Desk {
            edition: Mutex::new(edition),
            fault: Mutex::new(Fault::None),
            log,
            busy: AtomicU32::new(0),
            serial: AtomicU64::new(0),
        }
    }

    /// The edition, locked.
    pub(super) fn edition(&self) -> MutexGuard<'_, Edition> {
        self.edition.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log(&self) -> MutexGuard<'_, Vec<Arrival>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers until told to stop.
pub(super) async fn serve(listener: TcpListener, desk: Arc<Desk>, stop: CancellationToken) {
    let router = Router::new().fallback(answer).with_state(desk);
    let server = axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
    tokio::select! {
        // axum retries what `accept` reports and never returns an error.
        _ = server => {}
        // Readers that keep a connection busy are not waited for longer than this.
        () = async { stop.cancelled().await; tokio::time::sleep(Duration::from_millis(500)).await } => {}
    }
}

/// A request that is being answered: its place in the log, and the count of busy ones.
struct Open<'a> {
    desk: &'a Desk,
    arrived: Instant,
    place: usize,
}

impl<'a> Open<'a> {
    fn new(desk: &'a Desk, request: &Request) -> Open<'a> {
        let concurrent = desk.busy.fetch_add(1, Ordering::SeqCst) + 1;
        let name = desk.edition().press.name;
        let headers = request.headers();
        let mut log = desk.log();
        let arrived = Instant::now();
        log.push(Arrival {
            paper: name,
            at: arrived,
            path: request.uri().path_and_query().map_or_else(String::new, ToString::to_string),
            status: 0,
            conditional: headers.contains_key(header::IF_NONE_MATCH) || headers.contains_key(header::IF_MODIFIED_SINCE),
            user_agent: text(headers, &header::USER_AGENT).to_owned(),
            concurrent,
        });
        Open { desk, arrived, place: log.len() - 1 }
    }

    fn answered(&self, status: u16) {
        let mut log = self.desk.log();
        // The log may have been cleared meanwhile.
        if let Some(arrival) = log.get_mut(self.place).filter(|arrival| arrival.at == self.arrived) {
            arrival.status = status;
        }
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.desk.busy.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn answer(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let open = Open::new(&desk, &request);
    let fault = *desk.fault.lock().unwrap_or_else(PoisonError::into_inner);
    let robots = request.uri().path() == "/robots.txt";
    let response = match fault {
        Fault::SlowMs(wait) => {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            page(&desk, &request)
        }
        Fault::RobotsDown if robots => trouble(StatusCode::SERVICE_UNAVAILABLE, None),
        Fault::Down if !robots => trouble(StatusCode::INTERNAL_SERVER_ERROR, None),
        Fault::TooMany { retry_after } if !robots => trouble(StatusCode::TOO_MANY_REQUESTS, Some(retry_after)),
        Fault::None | Fault::RobotsDown | Fault::Down | Fault::TooMany { .. } => page(&desk, &request),
    };
    open.answered(response.status().as_u16());
    response
}

fn trouble(status: StatusCode, retry_after: Option<u64>) -> Response {
    let mut response = Response::new(Body::from("the press has stopped\n"));
    *response.status_mut() = status;
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn page(desk: &Desk, request: &Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return trouble(StatusCode::METHOD_NOT_ALLOWED, None);
    }
    let edition = desk.edition();
    let wanted = Wanted { path: request.uri().path(), query: request.uri().query().unwrap_or_default() };
    let reply = if wanted.path == "/robots.txt" {
        let text = edition.press.robots.map(|text| text.replace("{authority}", &edition.authority));
        text.map(|text| Reply::typed("text/plain; charset=utf-8", text, 0))
    } else {
        (edition.press.answer)(&edition, &wanted)
    };
    let gzip = edition.press.gzip;
    match reply {
        Some(reply) if reply.status == 200 => {
            let modified = edition.modified_at(reply.changed);
            drop(edition);
            validated(desk, request.headers(), reply, modified, gzip)
        }
        Some(reply) => bare(reply),
        None => {
            let body = "<!doctype html><title>Not found</title><h1>404</h1>";
            bare(Reply { status: 404, ..Reply::html(body.into(), 0) })
        }
    }
}

/// A reply without validators.
fn bare(reply: Reply) -> Response {
    let mut builder = Response::builder().status(reply.status);
    if let Some(content_type) = reply.content_type {
        builder = builder.header(header::CONTENT_TYPE, content_type);
    }
    for (name, value) in reply.headers {
        builder = builder.header(name, value);
    }
    builder.body(Body::from(reply.body)).unwrap_or_else(|_| trouble(StatusCode::INTERNAL_SERVER_ERROR, None))
}

/// A reply with validators, as 304 if the reader has it, compressed if the paper does so and the reader asks.
fn validated(desk: &Desk, asked: &HeaderMap, mut reply: Reply, modified: Timestamp, gzip: bool) -> Response {
    let tag = format!("\"{:016x}\"", fingerprint(&reply.body));
    let state = format!("{:016x}", desk.serial.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    // A page that differs in each answer can only be equivalent, never the same (RFC 9110 §8.8.1).
    let tag = if put_in(&mut reply.body, VIEW_STATE, &state) { format!("W/{tag}") } else { tag };
    let known = is_known(asked, &tag, modified);
    let gzip = gzip && !known && accepts_gzip(asked);
    let mut reply = if known { Reply { status: 304, content_type: None, body: Vec::new(), ..reply } } else { reply };
    if gzip {
        reply.body = compressed(&reply.body);
        reply.headers.push(("content-encoding", "gzip".into()));
        reply.headers.push(("vary", "accept-encoding".into()));
    }
    reply.headers.push(("etag", tag));
    reply.headers.push(("last-modified", modified.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()));
    bare(reply)
}

/// Whether the reader's copy is still good. `If-None-Match` wins over `If-Modified-Since` (RFC 9110 §13.2.2).
fn is_known(asked: &HeaderMap, tag: &str, modified: Timestamp) -> bool {
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    if asked.contains_key(header::IF_NONE_MATCH) {
        return text(asked, &header::IF_NONE_MATCH).split(',').any(|one| strong(one) == strong(tag));
    }
    let since = text(asked, &header::IF_MODIFIED_SINCE).trim_end_matches("GMT").trim_end();
    jiff::civil::DateTime::strptime("%a, %d %b %Y %H:%M:%S", since)
        .ok()
        .and_then(|at| jiff::tz::Offset::UTC.to_timestamp(at).ok())
        .is_some_and(|since| modified <= since)
}

fn accepts_gzip(asked: &HeaderMap) -> bool {
    text(asked, &header::ACCEPT_ENCODING).split(',').any(|coding| coding.trim().starts_with("gzip"))
}

fn text<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Replaces every occurrence of a marker of ASCII text; false if there is none.
fn put_in(body: &mut Vec<u8>, marker: &str, value: &str) -> bool {
    let Ok(page) = std::str::from_utf8(body) else { return false };
    if !page.contains(marker) {
        return false;
    }
    *body = page.replace(marker, value).into_bytes();
    true
}

/// FNV-1a: tells pages apart, nothing more.
fn fingerprint(body: &[u8]) -> u64 {
    body.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn compressed(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 3), Compression::fast());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default()
}
