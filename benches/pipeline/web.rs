//! A web of real pages over TLS: those of the extraction corpora, zipped, their anchors led to each other.
//!
//! It runs in a process of its own, so that its CPU is nobody's. A line on its input is answered with the number of
//! pages sent since the last one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use regex::bytes::{Captures, Regex};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::Trouble;

/// Where every host listens, at its own address.
const PORT: u16 = 8843;
/// Hosts, each with its share of the pages.
pub(super) const HOSTS: usize = 20;
/// Folders of the corpora, beside the project.
const CORPORA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/extraction");
/// Those whose pages are taken.
const TAKEN: [&str; 4] = ["daniel", "scrapinghub", "trafilatura", "wcxb"];
/// Larger pages are left out, so that those that stay are of the size that the design's figures are for: 76 KB.
const MAX_BYTES: usize = 150_000;
/// The argument by which this program becomes the server.
pub(super) const SERVE: &str = "--serve";

/// A configuration of the daemon for the first hosts of this web.
pub(super) fn config(hosts: usize) -> String {
    let common = include_str!("../newsweb.toml").replace("ports = [8800]", &format!("ports = [{PORT}]"));
    let sites = fronts(hosts).enumerate().map(|(number, front)| {
        format!("[[site]]\nname = \"host{number}\"\nseeds = [\"{front}\"]\ntls = \"unverified\"\n")
    });
    common + "\n" + &sites.collect::<String>()
}

/// The front page of each of the first hosts.
pub(super) fn fronts(hosts: usize) -> impl Iterator<Item = String> {
    (0..hosts).map(|host| format!("https://{}/", address(host)))
}

fn address(host: usize) -> SocketAddr {
    SocketAddr::from(([127, 0, 9, host as u8 + 1], PORT))
}

/// The server's process.
pub(super) struct Web {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Web {
    /// Starts the server; `None` if the corpora are missing. What it says of itself is printed.
    pub(super) fn start() -> Result<Option<Web>, Trouble> {
        if !Path::new(CORPORA).is_dir() {
            println!("SKIP: {CORPORA} is missing");
            return Ok(None);
        }
        let mut child =
            Command::new(std::env::current_exe()?).arg(SERVE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take().ok_or("no input")?;
        let output = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut web = Web { child, input, output };
        println!("{}", web.line()?);
        Ok(Some(web))
    }

    /// Pages sent since the last question.
    pub(super) fn pages(&mut self) -> Result<u64, Trouble> {
        writeln!(self.input)?;
        Ok(self.line()?.parse()?)
    }

    fn line(&mut self) -> Result<String, Trouble> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until the input ends.
pub(super) async fn serve() -> Result<(), Trouble> {
    let pages = read_pages()?;
    let bytes: usize = pages.iter().map(|(_, page)| page.len()).sum();
    let sent = Arc::new(AtomicU64::new(0));
    let acceptor = acceptor()?;
    let count = pages.len();
    for (host, paths) in hosts(&pages)?.into_iter().enumerate() {
        let listener = TcpListener::bind(address(host)).await?;
        tokio::spawn(listen(listener, acceptor.clone(), Arc::new(paths), sent.clone()));
    }
    println!("{count} pages of {} KB on {HOSTS} hosts", bytes / 1000 / count.max(1));
    tokio::task::spawn_blocking(move || {
        for _ in std::io::stdin().lines() {
            println!("{}", sent.swap(0, Ordering::Relaxed));
        }
    })
    .await?;
    Ok(())
}

/// Pages with their names, in the order of these.
fn read_pages() -> Result<Vec<(String, Vec<u8>)>, Trouble> {
    let mut pages = Vec::new();
    for corpus in TAKEN {
        for file in std::fs::read_dir(Path::new(CORPORA).join(corpus).join("html"))? {
            let path = file?.path();
            let mut page = Vec::new();
            GzDecoder::new(std::fs::File::open(&path)?).read_to_end(&mut page)?;
            if page.len() <= MAX_BYTES && std::str::from_utf8(&page).is_ok() {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let letters = name.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '-' });
                pages.push((letters.collect(), page));
            }
        }
    }
    pages.sort();
    Ok(pages)
}

/// Answers by path, for each host.
fn hosts(pages: &[(String, Vec<u8>)]) -> Result<Vec<BTreeMap<String, Vec<u8>>>, Trouble> {
    let target = Regex::new(r#"(?i)(<a\s(?:[^>]*?\s)?href\s*=\s*)(?:"[^"]*"|'[^']*'|[^\s>]+)"#)?;
    let base = Regex::new(r"(?i)<base\s")?;
    let mut hosts = Vec::new();
    for host in 0..HOSTS {
        let own: Vec<_> = pages.iter().skip(host).step_by(HOSTS).collect();
        let paths: Vec<String> = own
            .iter()
            .enumerate()
            .map(|(number, (name, _))| format!("/news/{name}-{}.html", 10_000 + number))
            .collect();
        let mut answers = BTreeMap::new();
        for (number, (_, page)) in own.iter().enumerate() {
            let mut next = number;
            let linked = target.replace_all(page, |found: &Captures<'_>| {
                next += 1;
                [&found[1], b"\"", paths[next % paths.len()].as_bytes(), b"\""].concat()
            });
            answers.insert(paths[number].clone(), answer(&base.replace_all(&linked, &b"<x "[..]))?);
        }
        let mut list = String::new();
        for path in &paths {
            writeln!(list, "<li><a href=\"{path}\">A headline of {path}</a>")?;
        }
        answers.insert("/".into(), answer(format!("<title>Paper</title><ul>{list}</ul>").as_bytes())?);
        hosts.push(answers);
    }
    Ok(hosts)
}

/// A whole answer with this page.
fn answer(page: &[u8]) -> Result<Vec<u8>, Trouble> {
    let mut zipped = GzEncoder::new(Vec::new(), flate2::Compression::default());
    zipped.write_all(page)?;
    let zipped = zipped.finish()?;
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        zipped.len()
    );
    Ok([head.as_bytes(), &zipped].concat())
}

fn acceptor() -> Result<TlsAcceptor, Trouble> {
    let pair = include_bytes!("../../tests/fetch/self_signed.pem");
    let tls = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from_pem_slice(pair)?], PrivateKeyDer::from_pem_slice(pair)?)?;
    Ok(TlsAcceptor::from(Arc::new(tls)))
}

async fn listen(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    answers: Arc<BTreeMap<String, Vec<u8>>>,
    sent: Arc<AtomicU64>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(talk(stream, acceptor.clone(), answers.clone(), sent.clone()));
    }
}

/// Answers one connection until the other side ends it or asks for what is too long.
async fn talk(stream: TcpStream, acceptor: TlsAcceptor, answers: Arc<BTreeMap<String, Vec<u8>>>, sent: Arc<AtomicU64>) {
    const MISSING: &[u8] = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let mut head = Vec::new();
    let mut read = [0; 4096];
    while head.len() < 64 << 10 {
        if head.ends_with(b"\r\n\r\n") {
            let line = String::from_utf8_lossy(&head);
            let found = line.split(' ').nth(1).and_then(|path| answers.get(path));
            sent.fetch_add(u64::from(found.is_some()), Ordering::Relaxed);
            head.clear();
            if stream.write_all(found.map_or(MISSING, Vec::as_slice)).await.is_err() {
                return;
            }
        }
        match stream.read(&mut read).await {
            Ok(count) if count > 0 => head.extend_from_slice(&read[..count]),
            _ => return,
        }
    }
}
