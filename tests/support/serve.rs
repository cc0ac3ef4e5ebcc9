//! A small site on loopback whose pages are what a test says.

use std::time::Duration;

use murasil::config::{Config, Seed, SeedKind, Site};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Status, media type and body.
pub(crate) type Answer = (&'static str, &'static str, String);

/// Answers each path on loopback until it is dropped; gives its authority.
pub(crate) async fn serve(answer: fn(&str) -> Answer) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let authority = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 4096];
            let Ok(read) = stream.read(&mut head).await else { continue };
            let text = String::from_utf8_lossy(&head[..read]).into_owned();
            let (status, kind, body) = answer(text.split(' ').nth(1).unwrap_or_default());
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            // A client that is gone wants no answer.
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    authority
}

/// A site whose seed is the feed of such an authority.
pub(crate) fn feed_of(authority: &str) -> Config {
    let port: u16 = authority.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let site: Site = toml::from_str("name = 'paper'\nseeds = ['http://127.0.0.1/']").expect("a site");
    let seeds = vec![Seed::Known { url: format!("{authority}/feed.xml"), kind: SeedKind::Feed }];
    let mut config =
        Config { sites: vec![Site { seeds, domains: vec!["127.0.0.1".into()], ..site }], ..Config::default() };
    config.politeness.delay = Duration::from_millis(10);
    config.politeness.floor = Duration::ZERO;
    config.fetch.allow_private = vec!["127.0.0.0/8".parse().expect("a range")];
    config.fetch.ports = vec![port];
    config
}
