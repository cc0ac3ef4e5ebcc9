//! Small servers on loopback that answer byte for byte what a case needs, and fetchers for them.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use murasil::config::Config;
use murasil::fetch::Fetcher;
use murasil::model::{
    Claim, Failure, Fetched, History, HostId, HostPace, Outcome, Page, PageId, PageKind, PageUrl, Refusal, RobotsCopy,
    RobotsId, RobotsStatus, Timestamp, Validators,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// When its head had arrived whole.
    pub(crate) at: Instant,
    pub(crate) connection: usize,
    pub(crate) path: String,
    pub(crate) head: String,
}

/// What the server does about a request.
pub(crate) enum Answer {
    /// Sends this and reads the next request.
    Send(Vec<u8>),
    /// Sends this and closes.
    Close(Vec<u8>),
    /// Sends this and nothing more, and stays connected.
    Hang(Vec<u8>),
    /// Sends the first, then the second again and again until the client goes.
    Repeat(Vec<u8>, Vec<u8>, Duration),
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) seen: Arc<Mutex<Vec<Seen>>>,
    pub(crate) gauge: Arc<Gauge>,
}

/// Requests that are open now, the most that ever were, and connections that are open now.
#[derive(Default)]
pub(crate) struct Gauge {
    pub(crate) connections: AtomicUsize,
    pub(crate) open: AtomicUsize,
    pub(crate) most: AtomicUsize,
}

impl Server {
    pub(crate) async fn start(answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Server {
        Server::start_at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), Arc::default(), answer).await
    }

    pub(crate) async fn start_at(
        at: SocketAddr,
        gauge: Arc<Gauge>,
        answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static,
    ) -> Server {
        let listener = TcpListener::bind(at).await.expect("binds");
        let address = listener.local_addr().expect("has an address");
        let server = Server { address, seen: Arc::default(), gauge: gauge.clone() };
        let seen = server.seen.clone();
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            for connection in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                let (answer, seen, gauge) = (answer.clone(), seen.clone(), gauge.clone());
                tokio::spawn(async move {
                    gauge.connections.fetch_add(1, Ordering::SeqCst);
                    serve(stream, connection, answer, seen, &gauge).await;
                    gauge.connections.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        server
    }

    pub(crate) fn url(&self, path: &str) -> PageUrl {
        PageUrl::parse(&format!("http://{}{path}", self.address)).expect("an address")
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("not poisoned").clone()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.path).collect()
    }
}

async fn serve<F: Fn(&Seen) -> Answer>(
    mut stream: TcpStream,
    connection: usize,
    answer: Arc<F>,
    log: Arc<Mutex<Vec<Seen>>>,
    gauge: &Gauge,
) {
    let mut buffer = Vec::new();
    loop {
        let Some(head) = next_head(&mut stream, &mut buffer).await else { return };
        let now = gauge.open.fetch_add(1, Ordering::SeqCst) + 1;
        gauge.most.fetch_max(now, Ordering::SeqCst);
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let seen = Seen { at: Instant::now(), connection, path, head };
        log.lock().expect("not poisoned").push(seen.clone());
        let answer = answer(&seen);
        // The request stays open for a moment, so that two at a time would be seen.
        tokio::time::sleep(Duration::from_millis(2)).await;
        gauge.open.fetch_sub(1, Ordering::SeqCst);
        let is_over = match answer {
            Answer::Send(bytes) => stream.write_all(&bytes).await.is_err(),
            Answer::Close(bytes) => {
                let _ = stream.write_all(&bytes).await;
                true
            }
            Answer::Hang(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.read(&mut [0; 1]).await;
                true
            }
            Answer::Repeat(first, again, pause) => {
                let mut sent = stream.write_all(&first).await;
                while sent.is_ok() {
                    tokio::time::sleep(pause).await;
                    sent = stream.write_all(&again).await;
                }
                true
            }
        };
        if is_over {
            return;
        }
    }
}

async fn next_head(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head: Vec<u8> = buffer.drain(..end + 4).collect();
            return Some(head.iter().map(|byte| char::from(*byte)).collect());
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => buffer.extend_from_slice(&chunk[..count]),
        }
    }
}

/// A complete answer with a length.
pub(crate) fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub(crate) fn html(body: impl AsRef<[u8]>) -> Answer {
    Answer::Send(answer("200 OK", "Content-Type: text/html\r\n", body))
}

pub(crate) fn not_found() -> Answer {
    Answer::Send(answer("404 Not Found", "", "gone"))
}

/// A server without robots.txt that gives one answer to everything else.
pub(crate) async fn page_server(make: impl Fn() -> Answer + Send + Sync + 'static) -> Server {
    Server::start(move |seen| if seen.path == "/robots.txt" { not_found() } else { make() }).await
}

pub(crate) fn config(servers: &[&Server]) -> Config {
    let mut config = Config::default();
    config.fetch.allow_private = vec!["127.0.0.0/8".into()];
    config.fetch.ports = servers.iter().map(|server| server.address.port()).collect();
    config.fetch.timeout = Duration::from_secs(5);
    config.politeness.delay = Duration::ZERO;
    config
}

pub(crate) fn fetcher(config: Config) -> Fetcher {
    Fetcher::new(Arc::new(config)).expect("a valid configuration")
}

pub(crate) fn claim(url: &PageUrl) -> Claim {
    Claim {
        page: PageId(1),
        host_id: HostId(1),
        site: "test".into(),
        url: url.clone(),
        kind: PageKind::Article,
        depth: 0,
        hops: 0,
        validators: Validators::default(),
        history: History::default(),
        pace: HostPace::new(url.host(), Duration::ZERO, Timestamp::now()),
        robots: None,
    }
}

/// A claim whose robots.txt is known to be absent.
pub(crate) fn open_claim(url: &PageUrl) -> Claim {
    Claim { robots: Some(copy(url, RobotsStatus::Absent, "", 0)), ..claim(url) }
}

pub(crate) fn copy(url: &PageUrl, status: RobotsStatus, text: &str, hours_old: i64) -> RobotsCopy {
    RobotsCopy {
        id: Some(RobotsId(7)),
        authority: url.authority(),
        fetched_at: Timestamp::now() - jiff::SignedDuration::from_hours(hours_old),
        status,
        text: text.into(),
        failed_at: None,
    }
}

pub(crate) async fn fetch_from(server: &Server, path: &str) -> Fetched {
    fetcher(config(&[server])).fetch(&claim(&server.url(path))).await
}

pub(crate) fn page(fetched: Fetched) -> Page {
    match fetched.outcome {
        Outcome::Page(page) => page,
        other => panic!("expected a page, got {other:?}"),
    }
}

pub(crate) fn failure(fetched: Fetched) -> Failure {
    match fetched.outcome {
        Outcome::Failed(failure) => failure,
        other => panic!("expected a failure, got {other:?}"),
    }
}

pub(crate) fn refusal(fetched: Fetched) -> Refusal {
    match fetched.outcome {
        Outcome::Refused(refusal) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}
