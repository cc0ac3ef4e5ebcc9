//! A small site of a few pages that a test makes up, on threads of its own, and the binary that is run against it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use super::murasil;

/// A site of a few pages: path → content type and body, `{site}` standing for its address. The type `redirect` makes
/// the body a `Location`; a type that begins with a digit is a status with headers.
pub(crate) struct Pages {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<(Instant, String)>>>,
}

impl Pages {
    pub(crate) fn start(pages: &[(&str, &str, &str)]) -> Pages {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let asked: Arc<Mutex<Vec<(Instant, String)>>> = Arc::default();
        let text = |text: &str| text.replace("{site}", &address);
        let pages: HashMap<String, (String, String)> =
            pages.iter().map(|(path, kind, body)| ((*path).to_owned(), ((*kind).to_owned(), text(body)))).collect();
        let (log, pages) = (asked.clone(), Arc::new(pages));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (log, pages) = (log.clone(), pages.clone());
                std::thread::spawn(move || serve(stream, &log, &pages));
            }
        });
        Pages { address, asked }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no panic").iter().map(|(_, path)| path.clone()).collect()
    }

    /// The smallest gap between two requests.
    pub(crate) fn smallest_gap(&self) -> Duration {
        let asked = self.asked.lock().expect("no panic");
        asked.windows(2).map(|pair| pair[1].0 - pair[0].0).min().expect("two requests")
    }

    /// A configuration that knows the port and no site.
    pub(crate) fn config(&self, folder: &Path) -> PathBuf {
        bare_config(folder, self.address.rsplit(':').next().expect("a port"))
    }
}

/// Answers requests of one connection, which is closed after each.
fn serve(mut stream: TcpStream, log: &Mutex<Vec<(Instant, String)>>, pages: &HashMap<String, (String, String)>) {
    let mut lines = BufReader::new(stream.try_clone().expect("a second handle")).lines().map_while(Result::ok);
    let Some(path) = lines.next().and_then(|line| line.split(' ').nth(1).map(str::to_owned)) else { return };
    for line in lines {
        if line.is_empty() {
            break;
        }
    }
    log.lock().expect("no panic").push((Instant::now(), path.clone()));
    let (status, kind, body) = match pages.get(&path) {
        Some((kind, body)) => ("200 OK", kind.as_str(), body.as_str()),
        None => ("404 Not Found", "text/plain", "no such page"),
    };
    let head = match kind {
        "redirect" => format!("302 Found\r\nlocation: {body}"),
        _ if kind.starts_with(|c: char| c.is_ascii_digit()) => kind.to_owned(),
        _ => format!("{status}\r\ncontent-type: {kind}"),
    };
    let answer = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    // A client that went away is no concern of ours.
    let _ = stream.write_all(answer.as_bytes());
}

/// A configuration that knows ports and no site.
pub(crate) fn bare_config(folder: &Path, ports: &str) -> PathBuf {
    let path = folder.join("bare.toml");
    let text = format!(
        "[crawler]\ncontact = 'https://example.org/bot'\narchive = 'none'\n[politeness]\ndelay = '20ms'\nfloor = '20ms'\n\
         [fetch]\nallow_private = ['127.0.0.0/8']\nports = [{ports}]\n[serve]\nlisten = 'off'\n"
    );
    std::fs::write(&path, text).expect("is written");
    path
}

/// Runs the binary without blocking the papers.
pub(crate) async fn run(config: &Path, arguments: &[&str]) -> Output {
    let mut command = murasil();
    command.arg("-c").arg(config).args(arguments).env_remove("MURASIL_LOG").env_remove("RUST_LOG");
    tokio::task::spawn_blocking(move || command.output().expect("the binary runs")).await.expect("no panic")
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().expect("it ended by itself")
}

pub(crate) fn json(output: &Output) -> Json {
    serde_json::from_str(&stdout(output))
        .unwrap_or_else(|error| panic!("{error}: {}{}", stdout(output), stderr(output)))
}
