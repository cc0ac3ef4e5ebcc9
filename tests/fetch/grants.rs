//! What the operator grants to single sites stays with them: headers, cookies, unverified certificates.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use murasil::config::{Config, Cookies, Secret, SecretText, Site, Tls};
use murasil::model::{Failure, Outcome, PageUrl};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::wire::{Answer, Server, answer, claim, config, failure, fetcher, html, not_found, open_claim, page};

/// Signed by itself; serves these tests and nothing else.
const SELF_SIGNED: &str = include_str!("self_signed.pem");

fn secret(text: &str) -> SecretText {
    serde_json::from_value(text.into()).expect("a text")
}

fn header(seen: &str, name: &str) -> Option<String> {
    let line = seen.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}: ")))?;
    Some(line[name.len() + 2..].to_owned())
}

#[tokio::test]
async fn a_secret_reaches_its_exact_origin_and_no_redirect_carries_it_on() {
    let other = Server::start(|seen| if seen.path == "/robots.txt" { not_found() } else { html("<p>x</p>") }).await;
    let elsewhere = format!("Location: {}\r\n", other.url("/a"));
    let api = Server::start(move |seen| match seen.path.as_str() {
        "/robots.txt" => not_found(),
        _ => Answer::Send(answer("302 Found", &elsewhere, "")),
    })
    .await;
    let mut config = config(&[&api, &other]);
    let headers = BTreeMap::from([
        ("Authorization".to_owned(), secret("Bearer hush")),
        ("X-Api-Key".to_owned(), secret("whisper")),
    ]);
    let origin = format!("http://{}", api.address);
    // Both hosts are the site's own: the origin alone decides.
    config.sites = vec![Site {
        domains: vec![api.address.to_string(), other.address.to_string()],
        secrets: vec![Secret { origin, headers }],
        ..Site::from_seed(&api.url("/"))
    }];
    assert!(!format!("{config:?}").contains("hush"), "a secret is never shown");
    let door = fetcher(config);

    let Outcome::Redirect { to, .. } = door.fetch(&claim(&api.url("/a"))).await.outcome else { panic!("a redirect") };
    page(door.fetch(&claim(&to)).await);

    for seen in api.seen() {
        assert_eq!(header(&seen.head, "authorization").as_deref(), Some("Bearer hush"), "{}", seen.path);
        assert_eq!(header(&seen.head, "x-api-key").as_deref(), Some("whisper"), "{}", seen.path);
    }
    assert_eq!(other.paths(), ["/robots.txt", "/a"]);
    for seen in other.seen() {
        assert!(!seen.head.contains("hush") && !seen.head.contains("whisper"), "{}", seen.head);
    }
}

#[tokio::test]
async fn a_secret_does_not_follow_robots_txt_elsewhere() {
    let other = Server::start(|_| Answer::Send(answer("200 OK", "", "User-agent: *\nDisallow:\n"))).await;
    let elsewhere = format!("Location: {}\r\n", other.url("/robots.txt"));
    let api = Server::start(move |seen| match seen.path.as_str() {
        "/robots.txt" => Answer::Send(answer("302 Found", &elsewhere, "")),
        _ => html("<p>x</p>"),
    })
    .await;
    let mut config = config(&[&api, &other]);
    let headers = BTreeMap::from([("Authorization".to_owned(), secret("Bearer hush"))]);
    let secrets = vec![Secret { origin: format!("http://{}", api.address), headers }];
    config.sites = vec![Site { secrets, ..Site::from_seed(&api.url("/")) }];

    page(fetcher(config).fetch(&claim(&api.url("/a"))).await);

    assert_eq!(other.seen().len(), 1);
    assert!(!other.seen()[0].head.contains("hush"));
    assert!(api.seen().iter().all(|seen| seen.head.contains("hush")));
}

/// A server that sets a cookie in every answer.
async fn cookie_server() -> Server {
    Server::start(|seen| {
        if seen.path == "/robots.txt" {
            return not_found();
        }
        let headers = "Content-Type: text/html\r\nSet-Cookie: session=s1; Path=/; HttpOnly\r\n";
        Answer::Send(answer("200 OK", headers, "<p>x</p>"))
    })
    .await
}

#[tokio::test]
async fn cookies_are_off_unless_a_site_asks_for_them_and_then_they_are_its_own() {
    let (with, without) = (cookie_server().await, cookie_server().await);
    let mut config = config(&[&with, &without]);
    let with_cookies = Site { cookies: Cookies::Session, ..Site::from_seed(&with.url("/")) };
    config.sites = vec![with_cookies, Site::from_seed(&without.url("/"))];
    let door = fetcher(config.clone());

    for server in [&with, &without] {
        for path in ["/a", "/b"] {
            page(door.fetch(&open_claim(&server.url(path))).await);
        }
    }

    let sent = |server: &Server| server.seen().iter().map(|seen| header(&seen.head, "cookie")).collect::<Vec<_>>();
    assert_eq!(sent(&with), [None, Some("session=s1".to_owned())]);
    assert_eq!(sent(&without), [None, None]);
    page(fetcher(config).fetch(&open_claim(&with.url("/c"))).await);
    assert_eq!(sent(&with).last(), Some(&None), "they are gone with the process");
}

/// A server with a certificate that nobody vouches for.
async fn self_signed_server(address: [u8; 4]) -> SocketAddr {
    let certificate = CertificateDer::from_pem_slice(SELF_SIGNED.as_bytes()).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(SELF_SIGNED.as_bytes()).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a pair");
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind(SocketAddr::from((address, 0))).await.expect("binds");
    let bound = listener.local_addr().expect("has an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut request = [0; 4096];
                while stream.read(&mut request).await.is_ok_and(|count| count > 0) {
                    let body = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 8\r\n\r\n<p>x</p>";
                    if stream.write_all(body.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    bound
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_taken_from_the_hosts_of_a_site_that_says_so_and_from_nobody_else() {
    let (excepted, other) = (self_signed_server([127, 0, 0, 1]).await, self_signed_server([127, 0, 0, 2]).await);
    let url = |at: SocketAddr| PageUrl::parse(&format!("https://{at}/a")).expect("an address");
    let mut config = Config::default();
    config.fetch.allow_private = vec!["127.0.0.0/8".into()];
    config.fetch.ports = vec![excepted.port(), other.port()];
    config.politeness.delay = std::time::Duration::ZERO;

    let refused = failure(fetcher(config.clone()).fetch(&open_claim(&url(excepted))).await);
    assert!(matches!(refused, Failure::Tls(_)), "{refused:?}");

    config.sites = vec![Site { tls: Tls::Unverified, ..Site::from_seed(&url(excepted)) }];
    let door = fetcher(config);
    let fetched = door.fetch(&open_claim(&url(excepted))).await;
    assert_eq!(fetched.receipt.requests[0].remote, Some(IpAddr::from([127, 0, 0, 1])));
    page(fetched);
    let refused = failure(door.fetch(&open_claim(&url(other))).await);
    assert!(matches!(refused, Failure::Tls(_)), "{refused:?}");
}
