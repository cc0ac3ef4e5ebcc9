//! The fetcher against small servers on loopback that answer byte for byte what a case needs.

mod grants;
mod portal;
mod wire;
mod wishes;

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use murasil::config::{Config, Resolver};
use murasil::fetch::Fetcher;
use murasil::model::{
    Claim, Failure, Fetched, Outcome, PageKind, PageUrl, Refusal, RequestKind, RobotsId, RobotsStatus, RobotsUse,
    Timestamp, Validators,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

use wire::{
    Answer, Gauge, Seen, Server, answer, claim, config, copy, failure, fetch_from, fetcher, html, not_found,
    open_claim, page, page_server, refusal,
};

// ---- the page -------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_page_comes_with_everything_its_headers_say() {
    let server = Server::start(|seen| {
        if seen.path == "/robots.txt" {
            let text = "User-agent: *\nDisallow: /no\nCrawl-delay: 0.1\nSitemap: /map.xml\n";
            return Answer::Send(answer("200 OK", "Content-Type: text/plain\r\n", text));
        }
        let headers = "Content-Type: text/html; charset=windows-1256\r\nETag: W/\"a\"\r\nX-Robots-Tag: noarchive\r\n\
                       X-Robots-Tag: murasil: nofollow\r\nLast-Modified: Mon, 23 Nov 2026 12:00:00 GMT\r\n\
                       Cache-Control: private, max-age=90\r\nAge: 30\r\n\
                       Link: </feed>; rel=alternate, </canon>; rel=\"canonical\"\r\n";
        Answer::Send(answer("200 OK", headers, "<p>hello</p>"))
    })
    .await;

    let fetched = fetch_from(&server, "/a").await;

    let receipt = fetched.receipt.clone();
    let page = page(fetched);
    assert_eq!(&page.body[..], b"<p>hello</p>");
    assert_eq!(page.content_type.as_deref(), Some("text/html; charset=windows-1256"));
    assert_eq!(page.robots_tags, ["noarchive", "murasil: nofollow"]);
    assert_eq!(page.links.canonical, Some(server.url("/canon")));
    assert_eq!(page.validators.etag.as_deref(), Some("W/\"a\""));
    assert_eq!(page.validators.last_modified.as_deref(), Some("Mon, 23 Nov 2026 12:00:00 GMT"));
    assert_eq!(page.fresh_for, Some(Duration::from_mins(1)));
    assert_eq!(server.paths(), ["/robots.txt", "/a"]);
    assert_eq!(receipt.requests.iter().map(|it| it.kind).collect::<Vec<_>>(), [RequestKind::Robots, RequestKind::Page]);
    assert_eq!(receipt.requests[1].wire_bytes, 12);
    assert_eq!(receipt.requests[1].remote, Some(IpAddr::from([127, 0, 0, 1])));
    assert_eq!(receipt.crawl_delay, Some(Duration::from_millis(100)));
    assert_eq!(receipt.sitemaps, [server.url("/map.xml")]);
    assert!(matches!(receipt.robots, RobotsUse::Read(copy) if copy.status == RobotsStatus::Rules));
    let seen = server.seen();
    assert!(seen[1].at - seen[0].at >= Duration::from_millis(95), "Crawl-delay holds from the next request on");
    assert_eq!(seen[0].connection, seen[1].connection, "the connection is used again");
}

#[tokio::test]
async fn a_request_says_who_asks_and_nothing_else() {
    let server = page_server(|| html("<p>x</p>")).await;
    let mut config = config(&[&server]);
    config.crawler.user_agent = "murasil/0.1".into();
    config.crawler.contact = "https://crawler.example/".into();

    page(fetcher(config).fetch(&open_claim(&server.url("/a"))).await);

    let head = server.seen()[0].head.to_ascii_lowercase();
    assert!(head.contains("user-agent: murasil/0.1 (+https://crawler.example/)\r\n"), "{head}");
    assert!(head.contains("accept-encoding: gzip, br, zstd, deflate\r\n"), "{head}");
    for absent in ["cookie:", "referer:", "if-none-match:", "authorization:"] {
        assert!(!head.contains(absent), "{head}");
    }
}

#[tokio::test]
async fn validators_are_sent_back_byte_for_byte_and_304_counts_only_then() {
    let server = page_server(|| Answer::Send(b"HTTP/1.1 304 Not Modified\r\nETag: \"new\"\r\n\r\n".to_vec())).await;
    let door = fetcher(config(&[&server]));
    let mut claim = open_claim(&server.url("/a"));
    assert_eq!(failure(door.fetch(&claim).await), Failure::Status { status: 304, retry_after: None });
    claim.validators =
        Validators { etag: Some("w/ \"a\\b,c' é".into()), last_modified: Some("yesterday,  about noon".into()) };

    let outcome = door.fetch(&claim).await.outcome;

    let expected = Validators { etag: Some("\"new\"".into()), last_modified: None };
    assert_eq!(outcome, Outcome::NotModified { validators: expected, fresh_for: None });
    let head = &server.seen()[1].head;
    // The server reads bytes as Latin-1.
    assert!(head.contains(": w/ \"a\\b,c' Ã©\r\n"), "{head}");
    assert!(head.contains(": yesterday,  about noon\r\n"), "{head}");
}

#[tokio::test]
async fn every_status_has_its_own_outcome() {
    let status =
        |status, seconds: Option<u64>| Failure::Status { status, retry_after: seconds.map(Duration::from_secs) };
    let challenge = |seconds: Option<u64>| Failure::Challenge {
        whose: "Cloudflare".into(),
        retry_after: seconds.map(Duration::from_secs),
    };
    let cases: Vec<(Vec<u8>, Failure)> = vec![
        (b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(), status(204, None)),
        (answer("206 Partial Content", "Content-Range: bytes 0-3/9\r\n", "part"), status(206, None)),
        (answer("200 OK", "", ""), Failure::Empty),
        (answer("404 Not Found", "", "no"), status(404, None)),
        (answer("410 Gone", "", "no"), status(410, None)),
        (answer("451 Unavailable", "", "no"), status(451, None)),
        (answer("429 Slow Down", "Retry-After: 7\r\n", ""), status(429, Some(7))),
        (answer("503 Later", "Retry-After: 99999999999999999999\r\n", ""), status(503, Some(86_400))),
        (answer("503 Later", "Retry-After: soon\r\n", ""), status(503, None)),
        (answer("521 Down", "", "<title>origin down</title>"), status(521, None)),
        (answer("511 Network Authentication Required", "", "<title>Log in</title>"), Failure::Portal),
        (answer("403 No", "", "<title>Just a moment...</title>"), challenge(None)),
        (answer("403 No", "cf-mitigated: challenge\r\n", ""), challenge(None)),
        (answer("429 No", "Retry-After: 14400\r\n", "<title>Just a moment...</title>"), challenge(Some(14_400))),
        (answer("403 No", "cf-mitigated: challenge\r\nRetry-After: 7\r\n", ""), challenge(Some(7))),
        (answer("403 No", "", "forbidden"), status(403, None)),
        (answer("300 Choose", "", ""), status(300, None)),
        (answer("302 Found", "", ""), Failure::BadRedirect("no Location".into())),
        (answer("302 Found", "Location: \r\n", ""), Failure::BadRedirect("empty Location".into())),
        (answer("302 Found", "Location: /a#b\r\n", ""), Failure::BadRedirect("to itself".into())),
    ];
    for (bytes, expected) in cases {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let server = page_server(move || Answer::Send(bytes.clone())).await;
        assert_eq!(failure(fetch_from(&server, "/a").await), expected, "{shown}");
    }
}

#[tokio::test]
async fn a_redirect_is_a_link_and_is_not_followed() {
    for (location, expected) in [
        ("/b?utm_source=x", Some("/b")),
        ("b%C3%A9", Some("/b%C3%A9")),
        ("b\u{e9}", Some("/b%C3%A9")),
        ("file:///etc/passwd", None),
        ("gopher://127.0.0.1/", None),
        ("javascript:alert(1)", None),
        ("http://", None),
    ] {
        let headers = format!("Location: {location}\r\n");
        let server = page_server(move || Answer::Send(answer("301 Moved", &headers, "moved"))).await;

        let outcome = fetch_from(&server, "/a").await.outcome;

        match expected {
            Some(path) => assert_eq!(outcome, Outcome::Redirect { to: server.url(path), permanent: true }),
            None => assert!(matches!(outcome, Outcome::Failed(Failure::BadRedirect(_))), "{location}: {outcome:?}"),
        }
        assert_eq!(server.paths(), ["/robots.txt", "/a"]);
    }
}

// ---- robots.txt -----------------------------------------------------------------------------------------------

/// Fetches a page from a server with this robots.txt, and says whether the page was asked for.
async fn page_is_asked_for(robots: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> (bool, Fetched) {
    let server = Server::start(move |seen| if seen.path == "/a" { html("<p>x</p>") } else { robots(seen) }).await;
    let mut config = config(&[&server]);
    config.fetch.timeout = Duration::from_millis(300);
    let fetched = fetcher(config).fetch(&claim(&server.url("/a"))).await;
    (server.paths().contains(&"/a".to_owned()), fetched)
}

#[tokio::test]
async fn what_robots_txt_answers_decides_whether_the_page_is_asked_for() {
    type Make = fn() -> Answer;
    let status: [(&str, Make, bool); 14] = [
        ("404", || Answer::Send(answer("404 No", "", "")), true),
        ("403", || Answer::Send(answer("403 No", "", "")), true),
        ("429", || Answer::Send(answer("429 Slow", "", "")), false),
        ("500", || Answer::Send(answer("500 Oh", "", "")), false),
        ("503", || Answer::Send(answer("503 Oh", "", "")), false),
        ("reset", || Answer::Close(Vec::new()), false),
        (
            "cut off",
            || Answer::Close(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nUser-agent: *\n".to_vec()),
            false,
        ),
        ("silent", || Answer::Hang(Vec::new()), false),
        (
            "203 cut off",
            || Answer::Close(b"HTTP/1.1 203 Other\r\nContent-Length: 5000\r\n\r\nUser-agent: *\n".to_vec()),
            false,
        ),
        (
            "203 forbids",
            || {
                let text = format!("{}User-agent: *\nDisallow: /a\n", "# more and more\n".repeat(10_000));
                Answer::Send(answer("203 Other", "", text))
            },
            false,
        ),
        (
            "windows-1256 forbids",
            || {
                let text = b"# \xce\xc8\xd1 \xce\xc8\xd1 \xce\xc8\xd1\n".repeat(22_000);
                assert!(text.len() > 300 << 10);
                Answer::Send(answer("200 OK", "", [&text[..], b"User-agent: *\nDisallow: /a\n"].concat()))
            },
            false,
        ),
        ("html", || html("<html><title>Welcome</title><p>Disallow everything: /</html>"), true),
        ("forbids", || Answer::Send(answer("200 OK", "", "User-agent: murasil/2\nDisallow: /a\n")), false),
        ("other agent", || Answer::Send(answer("200 OK", "", "User-agent: murasilic\nDisallow: /a\n")), true),
    ];
    for (name, make, expected) in status {
        let (asked, fetched) = page_is_asked_for(move |_| make()).await;
        assert_eq!(asked, expected, "{name}: {fetched:?}");
        if !asked && !name.ends_with("forbids") {
            assert!(matches!(refusal(fetched.clone()), Refusal::RobotsUnreachable { .. }), "{name}");
            assert!(
                matches!(fetched.receipt.robots, RobotsUse::Read(copy) if copy.status == RobotsStatus::Unreachable)
            );
        }
    }
}

#[tokio::test]
async fn an_endless_robots_txt_is_read_to_its_limit_and_obeyed() {
    let first = b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /a\n".to_vec();
    let (asked, fetched) =
        page_is_asked_for(move |_| Answer::Repeat(first.clone(), b"# more and more\n".repeat(4096), Duration::ZERO))
            .await;
    assert!(!asked);
    assert_eq!(refusal(fetched.clone()), Refusal::Robots { rule: "Disallow: /a (line 2)".into() });
    assert!(fetched.receipt.requests[0].wire_bytes < 1 << 20);
}

/// `/robots.txt` redirects so many times before it forbids everything.
fn robots_behind(redirects: usize) -> impl Fn(&Seen) -> Answer {
    move |seen| {
        let hop: usize = seen.path.trim_start_matches("/hop").parse().unwrap_or(0);
        if hop < redirects {
            Answer::Send(answer("302 Found", &format!("Location: /hop{}\r\n", hop + 1), ""))
        } else {
            Answer::Send(answer("200 OK", "", "User-agent: *\nDisallow: /\n"))
        }
    }
}

#[tokio::test]
async fn five_redirects_of_robots_txt_are_followed_and_more_mean_there_is_none() {
    let (asked, fetched) = page_is_asked_for(robots_behind(5)).await;
    assert!(!asked, "{fetched:?}");
    let (asked, fetched) = page_is_asked_for(robots_behind(6)).await;
    assert!(asked, "{fetched:?}");
    assert_eq!(fetched.receipt.requests.len(), 7);
}

#[tokio::test]
async fn a_robots_txt_that_redirects_to_a_private_address_closes_the_host() {
    let inner = Server::start_at(SocketAddr::from(([127, 0, 0, 9], 0)), Arc::default(), |_| html("secret")).await;
    let target = format!("Location: {}\r\n", inner.url("/"));
    let outer = Server::start(move |_| Answer::Send(answer("302 Found", &target, ""))).await;
    let mut config = config(&[&outer, &inner]);
    config.fetch.allow_private = vec!["127.0.0.1/32".into()];

    let fetched = fetcher(config).fetch(&claim(&outer.url("/a"))).await;

    let reason = "address 127.0.0.9 may not be dialled".into();
    assert_eq!(refusal(fetched), Refusal::RobotsUnreachable { reason, retry_after: None });
    assert!(inner.seen().is_empty());
}

#[tokio::test]
async fn a_known_copy_is_asked_for_again_only_when_due_and_holds_while_it_is_young() {
    let rules = "User-agent: *\nDisallow: /no\n";
    let minutes = |count| Timestamp::now() - jiff::SignedDuration::from_mins(count);
    // hours old, minutes since a failed attempt → robots.txt is asked for, the page is
    for (hours, failed, asks_robots, asks_page) in [
        (23, None, false, true),
        (25, None, true, true),
        (25, Some(10), false, true),
        (25, Some(61), true, true),
        (47, Some(61), true, true),
        (49, Some(10), true, false),
        (49, None, true, false),
    ] {
        let server = Server::start(|seen| {
            if seen.path == "/robots.txt" { Answer::Send(answer("503 Oh", "", "")) } else { html("<p>x</p>") }
        })
        .await;
        let url = server.url("/a");
        let mut known = copy(&url, RobotsStatus::Rules, rules, hours);
        known.failed_at = failed.map(minutes);
        let door = fetcher(config(&[&server]));

        let fetched = door.fetch(&Claim { robots: Some(known.clone()), ..claim(&url) }).await;

        let case = format!("{hours} h, failed {failed:?}: {fetched:?}");
        assert_eq!(server.paths().contains(&"/robots.txt".into()), asks_robots, "{case}");
        assert_eq!(server.paths().contains(&"/a".into()), asks_page, "{case}");
        match fetched.receipt.robots {
            RobotsUse::Known(id) => assert!(id == RobotsId(7) && !asks_robots, "{case}"),
            RobotsUse::Read(read) if asks_page => {
                assert_eq!((read.status, read.fetched_at), (RobotsStatus::Rules, known.fetched_at), "{case}");
                assert_eq!(read.text, rules, "{case}");
                assert!(read.failed_at.is_some_and(|at| at > minutes(1)), "{case}");
            }
            RobotsUse::Read(read) => assert_eq!(read.status, RobotsStatus::Unreachable, "{case}"),
            RobotsUse::None => panic!("{case}"),
        }
        let forbidden = Claim { robots: Some(known), ..claim(&server.url("/no")) };
        assert!(matches!(door.fetch(&forbidden).await.outcome, Outcome::Refused(_)), "{case}");
        assert!(!server.paths().contains(&"/no".into()), "{case}");
    }
}

#[tokio::test]
async fn whatever_keeps_robots_txt_from_being_read_anew_leaves_the_known_copy_in_force() {
    type Make = fn() -> Answer;
    let troubles: [(&str, Make); 6] = [
        ("500", || Answer::Send(answer("500 Oh", "", ""))),
        ("429", || Answer::Send(answer("429 Slow", "", ""))),
        ("429 until now", || Answer::Send(answer("429 Slow", "Retry-After: 0\r\n", ""))),
        ("silent", || Answer::Hang(Vec::new())),
        ("reset", || Answer::Close(Vec::new())),
        ("cut off", || Answer::Close(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nUser-agent: *\n".to_vec())),
    ];
    for (name, make) in troubles {
        let server =
            Server::start(move |seen| if seen.path == "/robots.txt" { make() } else { html("<p>x</p>") }).await;
        let mut config = config(&[&server]);
        config.fetch.timeout = Duration::from_millis(300);
        let door = fetcher(config);
        let rules = |path: &str| {
            let url = server.url(path);
            let robots = copy(&url, RobotsStatus::Rules, "User-agent: *\nDisallow: /no\n", 47);
            Claim { robots: Some(robots), ..claim(&url) }
        };

        page(door.fetch(&rules("/a")).await);

        assert!(matches!(refusal(door.fetch(&rules("/no")).await), Refusal::Robots { .. }), "{name}");
        assert_eq!(server.paths(), ["/robots.txt", "/a"], "{name}");
    }
}

#[tokio::test]
async fn who_answers_for_robots_txt_that_he_wants_to_be_left_alone_is_left_alone_whatever_the_known_copy_says() {
    let server = Server::start(|seen| {
        let later = answer("503 Later", "Retry-After: 3600\r\n", "");
        if seen.path == "/robots.txt" { Answer::Send(later) } else { html("<p>x</p>") }
    })
    .await;
    let url = server.url("/a");
    for known in [None, Some(copy(&url, RobotsStatus::Rules, "User-agent: *\nDisallow: /no\n", 30))] {
        let door = fetcher(config(&[&server]));

        let fetched = door.fetch(&Claim { robots: known.clone(), ..claim(&url) }).await;

        let status = if known.is_some() { RobotsStatus::Rules } else { RobotsStatus::Unreachable };
        assert!(matches!(&fetched.receipt.robots, RobotsUse::Read(copy) if copy.status == status), "{fetched:?}");
        let (reason, wait) = ("status 503".to_owned(), Some(Duration::from_hours(1)));
        assert_eq!(refusal(fetched), Refusal::RobotsUnreachable { reason, retry_after: wait });
        assert!(!server.paths().contains(&"/a".to_owned()));
        // The frontier lets the host rest; after that a copy that is young enough holds.
        if known.is_some() {
            page(door.fetch(&claim(&url)).await);
        }
    }
}

#[tokio::test]
async fn a_host_without_robots_txt_stays_closed_for_a_while_after_a_failure() {
    let server = Server::start(|_| Answer::Send(answer("503 Oh", "", ""))).await;
    let door = fetcher(config(&[&server]));

    for path in ["/a", "/b", "/c"] {
        assert!(matches!(refusal(door.fetch(&claim(&server.url(path))).await), Refusal::RobotsUnreachable { .. }));
    }

    assert_eq!(server.paths(), ["/robots.txt"]);
}

#[tokio::test]
async fn a_crawl_delay_above_the_cap_pauses_the_host() {
    let (asked, fetched) =
        page_is_asked_for(|_| Answer::Send(answer("200 OK", "", "User-agent: *\nCrawl-delay: 1e12\n"))).await;
    assert!(!asked);
    assert!(matches!(refusal(fetched), Refusal::CrawlDelay { asked } if asked > Duration::from_hours(1000)));
}

// ---- pace -----------------------------------------------------------------------------------------------------

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_to_a_host_keep_their_distance_however_many_claims_there_are() {
    const DELAY: Duration = Duration::from_millis(50);
    let server = Server::start(|seen| {
        if seen.path == "/robots.txt" { Answer::Send(answer("200 OK", "", "")) } else { html("<p>x</p>") }
    })
    .await;
    let mut config = config(&[&server]);
    config.politeness.delay = DELAY;
    let door = fetcher(config);

    let started = Instant::now();
    let claims = (0..30).map(|i| {
        let (door, url) = (door.clone(), server.url(&format!("/{i}")));
        tokio::spawn(async move { page(door.fetch(&claim(&url)).await) })
    });
    for claim in claims.collect::<Vec<_>>() {
        claim.await.expect("no panic");
    }
    let span = started.elapsed();

    let seen = server.seen();
    assert_eq!(seen.len(), 31, "robots.txt is asked for once");
    let gaps: Vec<Duration> = seen.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
    let smallest = gaps.iter().min().expect("gaps");
    assert!(*smallest + Duration::from_millis(5) >= DELAY, "{gaps:?}");
    let (host, own) = door.smallest_gaps().into_iter().next().expect("one host");
    assert_eq!(host, server.url("/").host());
    assert!(own >= DELAY, "{own:?}");
    assert_eq!(server.gauge.most.load(Ordering::SeqCst), 1, "one request at a time");
    println!("30 claims: smallest gap {own:?} sent, {smallest:?} arrived; span {span:?} of ideal {:?}", DELAY * 30);
    assert!(span < DELAY * 30 * 12 / 10, "{span:?}");
}

#[tokio::test]
async fn the_stored_pace_is_waited_for_and_an_absurd_one_is_not() {
    let server = page_server(|| html("<p>x</p>")).await;
    let mut config = config(&[&server]);
    config.politeness.max_crawl_delay = Duration::from_millis(200);
    let door = fetcher(config);
    let mut claim = open_claim(&server.url("/a"));

    for (ahead, at_least) in [(100, 95), (365 * 86_400_000, 195)] {
        claim.pace.next_at = Timestamp::now() + jiff::SignedDuration::from_millis(ahead);
        let started = Instant::now();
        page(door.fetch(&claim).await);
        let waited = started.elapsed();
        assert!(waited >= Duration::from_millis(at_least) && waited < Duration::from_secs(3), "{ahead}: {waited:?}");
    }
}

#[tokio::test]
async fn one_address_is_asked_by_few_connections_whatever_the_number_of_hosts() {
    let gauge: Arc<Gauge> = Arc::default();
    let mut servers = Vec::new();
    for _ in 0..8 {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        servers.push(Server::start_at(any_port, gauge.clone(), |_| html("<p>x</p>")).await);
    }
    let mut config = config(&servers.iter().collect::<Vec<_>>());
    config.politeness.per_ip = 2;
    let door = fetcher(config);

    let fetches = servers.iter().map(|server| {
        let (door, url) = (door.clone(), server.url("/a"));
        tokio::spawn(async move { page(door.fetch(&open_claim(&url)).await) })
    });
    for fetch in fetches.collect::<Vec<_>>() {
        fetch.await.expect("no panic");
    }

    assert_eq!(gauge.most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn idle_connections_to_one_address_are_half_of_those_that_are_allowed() {
    let gauge: Arc<Gauge> = Arc::default();
    let mut servers = Vec::new();
    for _ in 0..6 {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        servers.push(Server::start_at(any_port, gauge.clone(), |_| html("<p>x</p>")).await);
    }
    let mut config = config(&servers.iter().collect::<Vec<_>>());
    config.politeness.per_ip = 4;
    let door = fetcher(config);

    for path in ["/a", "/b"] {
        for server in &servers {
            page(door.fetch(&open_claim(&server.url(path))).await);
        }
    }

    // The servers see a moment later that a connection was closed.
    let settled = async {
        while gauge.connections.load(Ordering::SeqCst) != 2 {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(5), settled).await.is_ok(), "{:?}", gauge.connections);
    let reused = servers.iter().filter(|server| server.seen().iter().all(|seen| seen.connection == 0)).count();
    assert_eq!(reused, 2, "the first hosts keep their connection, the others make one for each request");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_behind_one_address_do_not_wait_for_each_other() {
    const DELAY: Duration = Duration::from_millis(300);
    const HOSTS: usize = 12;
    let mut servers = Vec::new();
    for _ in 0..HOSTS {
        servers.push(page_server(|| html("<p>x</p>")).await);
    }
    let mut config = config(&servers.iter().collect::<Vec<_>>());
    config.politeness.delay = DELAY;
    config.politeness.per_ip = 2;
    let door = fetcher(config);

    let started = Instant::now();
    let visits = servers.iter().map(|server| {
        let (door, urls) = (door.clone(), [server.url("/a"), server.url("/b")]);
        tokio::spawn(async move {
            for url in urls {
                page(door.fetch(&open_claim(&url)).await);
            }
        })
    });
    for visit in visits.collect::<Vec<_>>() {
        visit.await.expect("no panic");
    }

    let span = started.elapsed();
    assert!(span >= DELAY && span < DELAY * 3, "{HOSTS} hosts of two pages took {span:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_distance_holds_through_redirects_failures_retries_and_robots_txt() {
    const DELAY: Duration = Duration::from_millis(80);
    let server = Server::start(|seen| match seen.path.as_str() {
        "/robots.txt" => Answer::Send(answer("302 Found", "Location: /other.txt\r\n", "")),
        "/other.txt" => Answer::Send(answer("200 OK", "", "User-agent: *\nDisallow: /no\n")),
        "/moved" => Answer::Send(answer("301 Moved", "Location: /target\r\n", "")),
        "/broken" => Answer::Close(Vec::new()),
        "/error" => Answer::Send(answer("500 Oh", "", "")),
        "/short" => Answer::Close(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx".to_vec()),
        _ => html("<p>x</p>"),
    })
    .await;
    let mut config = config(&[&server]);
    config.politeness.delay = DELAY;
    let door = fetcher(config);

    let paths = ["/a", "/moved", "/target", "/broken", "/broken", "/error", "/short", "/no", "/z"];
    let visits = paths.map(|path| {
        let (door, url) = (door.clone(), server.url(path));
        tokio::spawn(async move { door.fetch(&claim(&url)).await })
    });
    for visit in visits {
        visit.await.expect("no panic");
    }

    let seen = server.seen();
    assert_eq!(seen.len(), 2 + paths.len() - 1, "{:?}", server.paths());
    let allowed = DELAY.saturating_sub(Duration::from_millis(5).max(DELAY / 50));
    let gaps: Vec<Duration> = seen.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
    assert!(gaps.iter().all(|gap| *gap >= allowed), "{gaps:?}");
    let (_, own) = door.smallest_gaps().into_iter().next().expect("one host");
    assert!(own >= DELAY, "{own:?}");
    assert_eq!(server.gauge.most.load(Ordering::SeqCst), 1, "one request at a time");
}

#[tokio::test]
async fn a_crawl_delay_that_is_known_of_another_host_holds_when_robots_txt_leads_there() {
    let target = Server::start(|seen| {
        let text = "User-agent: *\nCrawl-delay: 0.3\n";
        if seen.path == "/robots.txt" { Answer::Send(answer("200 OK", "", text)) } else { html("<p>x</p>") }
    })
    .await;
    let location = format!("Location: {}\r\n", target.url("/robots.txt"));
    let first = Server::start(move |seen| {
        if seen.path == "/robots.txt" { Answer::Send(answer("302 Found", &location, "")) } else { html("<p>x</p>") }
    })
    .await;
    let door = fetcher(config(&[&target, &first]));

    page(door.fetch(&claim(&target.url("/a"))).await);
    page(door.fetch(&claim(&first.url("/a"))).await);

    let seen = target.seen();
    assert_eq!(target.paths(), ["/robots.txt", "/a", "/robots.txt"]);
    assert!(seen[2].at - seen[1].at >= Duration::from_millis(295), "{:?}", seen[2].at - seen[1].at);
}

// ---- bodies ---------------------------------------------------------------------------------------------------

const TEXT: &str = "<html><body><p>The same text, said again and again. </p></body></html>";

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).expect("writes");
    encoder.finish().expect("finishes")
}

fn zlib(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(body).expect("writes");
    encoder.finish().expect("finishes")
}

fn raw_deflate(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(body).expect("writes");
    encoder.finish().expect("finishes")
}

fn zstd(body: &[u8]) -> Vec<u8> {
    zstd::encode_all(body, 3).expect("encodes")
}

/// A brotli stream of one uncompressed block of at most 64 KiB.
fn brotli(body: &[u8]) -> Vec<u8> {
    let header = (body.len() - 1) << 4 | 1 << 20;
    let mut stream = header.to_le_bytes()[..3].to_vec();
    stream.extend_from_slice(body);
    stream.push(3);
    stream
}

async fn fetch_coded(coding: &str, body: Vec<u8>) -> Fetched {
    let headers = format!("Content-Type: text/html\r\nContent-Encoding: {coding}\r\n");
    let server = page_server(move || Answer::Send(answer("200 OK", &headers, &body))).await;
    let mut config = config(&[&server]);
    config.fetch.max_body = 100_000;
    fetcher(config).fetch(&claim(&server.url("/a"))).await
}

#[tokio::test]
async fn every_content_coding_gives_the_same_page() {
    let plain = TEXT.as_bytes();
    let two_members = [gzip(&plain[..20]), gzip(&plain[20..])].concat();
    let junk_behind = [gzip(plain), b"\0\0junk".to_vec()].concat();
    for (coding, body) in [
        ("identity", plain.to_vec()),
        ("gzip", gzip(plain)),
        ("X-GZip", gzip(plain)),
        ("gzip", two_members),
        ("gzip", junk_behind),
        ("gzip", plain.to_vec()),
        ("deflate", zlib(plain)),
        ("deflate", raw_deflate(plain)),
        ("br", brotli(plain)),
        ("zstd", zstd(plain)),
        ("zstd", [zstd(&plain[..9]), zstd(&plain[9..])].concat()),
        ("gzip, Br", brotli(&gzip(plain))),
        ("br, deflate, gzip", gzip(&zlib(&brotli(plain)))),
        // A file that is gzip in itself, as sitemaps are.
        ("identity", gzip(plain)),
        ("gzip", gzip(&gzip(plain))),
    ] {
        let fetched = fetch_coded(coding, body.clone()).await;
        let request = fetched.receipt.requests[1].clone();
        let page = page(fetched);
        assert_eq!(std::str::from_utf8(&page.body), Ok(TEXT), "{coding}");
        assert_eq!((request.wire_bytes, request.body_bytes), (body.len() as u64, TEXT.len() as u64), "{coding}");
    }
}

#[tokio::test]
async fn a_broken_body_is_never_a_page() {
    let plain = TEXT.as_bytes();
    let cut = |mut body: Vec<u8>| {
        body.truncate(body.len() - 5);
        body
    };
    let mut wrong_sum = gzip(plain);
    let at = wrong_sum.len() - 6;
    wrong_sum[at] ^= 1;
    for (coding, body) in [
        ("gzip", cut(gzip(plain))),
        ("gzip", wrong_sum),
        ("deflate", cut(zlib(plain))),
        ("deflate", cut(raw_deflate(plain))),
        ("br", cut(brotli(plain))),
        ("zstd", cut(zstd(plain))),
        ("zstd", plain.to_vec()),
        ("br", plain.to_vec()),
    ] {
        let failure = failure(fetch_coded(coding, body).await);
        assert!(matches!(failure, Failure::Truncated(_)), "{coding}: {failure:?}");
    }
    for coding in ["snappy", "gzip, gzip, gzip, gzip", &"gzip,".repeat(40)] {
        let failure = failure(fetch_coded(coding, gzip(plain)).await);
        assert!(matches!(failure, Failure::Protocol(_)), "{coding}: {failure:?}");
    }
}

#[tokio::test]
async fn a_bomb_costs_what_it_cost_to_send() {
    let zeros = vec![b' '; 30_000_000];
    for (coding, body) in [
        ("gzip", gzip(&zeros)),
        ("deflate", zlib(&zeros)),
        ("zstd", zstd(&zeros)),
        ("gzip, gzip", gzip(&gzip(&zeros))),
        ("identity", gzip(&gzip(&zeros))),
    ] {
        let started = Instant::now();
        let fetched = fetch_coded(coding, body).await;
        assert!(fetched.receipt.requests[1].body_bytes <= 100_000, "{coding}");
        assert_eq!(refusal(fetched), Refusal::TooLarge { limit: 100_000 }, "{coding}");
        assert!(started.elapsed() < Duration::from_secs(2), "{coding}: {:?}", started.elapsed());
    }
}

#[tokio::test]
async fn a_body_above_the_limit_is_not_read_to_its_end() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";
    let announced = format!("{head}Content-Length: 9223372036854775807\r\n\r\n<p>");
    let endless = format!("{head}\r\n<p>");
    for first in [announced, endless] {
        let server =
            page_server(move || Answer::Repeat(first.clone().into(), b"x".repeat(65536), Duration::ZERO)).await;
        let mut config = config(&[&server]);
        config.fetch.max_body = 1_000_000;

        let fetched = fetcher(config).fetch(&claim(&server.url("/a"))).await;

        assert!(fetched.receipt.requests[1].wire_bytes < 1_200_000);
        assert_eq!(refusal(fetched), Refusal::TooLarge { limit: 1_000_000 });
    }
}

#[tokio::test]
async fn what_begins_like_a_sitemap_may_be_larger_than_a_page_whatever_it_was_taken_for() {
    let entry = "<url><loc>https://a.example/some/article/of/the/paper</loc></url>\n";
    let map = format!("<?xml version=\"1.0\"?>\n<urlset>{}</urlset>", entry.repeat(30_000));
    let page_of_html = format!("<html><p>{}", entry.repeat(30_000));
    let packed = gzip(map.as_bytes());
    for (content_type, body, expected) in [
        ("application/xml", map.clone().into_bytes(), Some(map.len())),
        ("text/html", map.clone().into_bytes(), Some(map.len())),
        ("application/gzip", packed, Some(map.len())),
        ("text/html", page_of_html.clone().into_bytes(), None),
        ("text/html", gzip(page_of_html.as_bytes()), None),
    ] {
        let headers = format!("Content-Type: {content_type}\r\n");
        let server = page_server(move || Answer::Send(answer("200 OK", &headers, &body))).await;
        let mut config = config(&[&server]);
        config.fetch.max_body = 1_000_000;
        let claim = Claim { kind: PageKind::Unknown, ..open_claim(&server.url("/map")) };

        let outcome = fetcher(config).fetch(&claim).await.outcome;

        match (&outcome, expected) {
            (Outcome::Page(page), Some(length)) => assert_eq!(page.body.len(), length, "{content_type}"),
            (Outcome::Refused(refusal), None) => assert_eq!(*refusal, Refusal::TooLarge { limit: 1_000_000 }),
            (other, _) => panic!("{content_type}: {}", format!("{other:?}").chars().take(200).collect::<String>()),
        }
    }
}

#[tokio::test]
async fn a_length_that_lies_is_an_error_and_a_short_one_is_the_length() {
    for (head, expected) in [
        ("Content-Length: 100", None),
        ("Content-Length: 42\r\nContent-Length: 30", None),
        ("Content-Length: -1", None),
        ("Content-Length: 42, 30", None),
        ("Transfer-Encoding: chunked", None),
        ("Content-Length: 30", Some(30)),
        ("Content-Length: 42", Some(42)),
        ("X-Nothing: 1", Some(42)),
    ] {
        let bytes = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{}", "a".repeat(42));
        let server = page_server(move || Answer::Close(bytes.clone().into())).await;

        let outcome = fetch_from(&server, "/a").await.outcome;

        let length = if let Outcome::Page(page) = &outcome { Some(page.body.len()) } else { None };
        assert_eq!(length, expected, "{head}: {outcome:?}");
    }
}

#[tokio::test]
async fn what_is_no_page_is_refused_before_its_body_is_read() {
    let more = b"\x01\x02\x03".repeat(20_000);
    for (content_type, first) in [
        ("video/mp4", &b"x"[..]),
        ("application/pdf", b"x"),
        ("text/html", b"%PDF-1.7 and so on, and so on"),
        ("text/html", b"\x89PNG\r\n\x1a\n"),
        ("application/octet-stream", b"\x01\x02"),
        ("", b"PK\x03\x04"),
    ] {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n\r\n");
        let first = [head.as_bytes(), first].concat();
        let more = more.clone();
        let server = page_server(move || Answer::Repeat(first.clone(), more.clone(), Duration::from_millis(1))).await;

        let fetched = fetch_from(&server, "/a").await;

        assert!(fetched.receipt.requests[1].wire_bytes < 200_000, "{content_type}");
        let refusal = refusal(fetched);
        assert!(matches!(refusal, Refusal::MediaType { .. }), "{content_type}: {refusal:?}");
    }
}

// ---- time -----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn an_answer_must_be_whole_within_the_deadline_however_it_trickles() {
    type Make = Box<dyn Fn() -> Answer + Send + Sync>;
    let pause = Duration::from_millis(20);
    let cases: [(&str, Make); 5] = [
        ("silent", Box::new(|| Answer::Hang(Vec::new()))),
        ("slow headers", Box::new(move || Answer::Repeat(b"HTTP/1.1 200 OK\r\nX: ".to_vec(), b"x".to_vec(), pause))),
        (
            "slow body",
            Box::new(move || {
                Answer::Repeat(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n".to_vec(), b"x".to_vec(), pause)
            }),
        ),
        ("stall", Box::new(|| Answer::Hang(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<p>".to_vec()))),
        (
            "interim answers",
            Box::new(move || Answer::Repeat(Vec::new(), b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec(), pause)),
        ),
    ];
    for (name, make) in cases {
        let server = page_server(make).await;
        let mut config = config(&[&server]);
        config.fetch.timeout = Duration::from_millis(250);

        let started = Instant::now();
        let fetched = fetcher(config).fetch(&open_claim(&server.url("/a"))).await;

        assert!(started.elapsed() < Duration::from_secs(1), "{name}: {:?}", started.elapsed());
        assert!(fetched.receipt.requests[0].error.is_some());
        let failure = failure(fetched);
        assert!(matches!(failure, Failure::Timeout(_)), "{name}: {failure:?}");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_stops_or_trickles_is_given_up_long_before_the_deadline() {
    type Make = fn() -> Answer;
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>";
    let cases: [(&str, Make); 4] = [
        ("no answer for 1500 ms", || Answer::Hang(Vec::new())),
        ("no answer for 1500 ms", || {
            Answer::Repeat(Vec::new(), b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(2_000), Duration::ZERO)
        }),
        ("no byte for 1000 ms", || Answer::Hang(HEAD.to_vec())),
        ("bytes a second", || Answer::Repeat(HEAD.to_vec(), b"x".to_vec(), Duration::from_millis(50))),
    ];
    for (words, make) in cases {
        let server = page_server(make).await;
        let mut config = config(&[&server]);
        config.fetch.timeout = Duration::from_secs(3);

        let started = Instant::now();
        let failure = failure(fetcher(config).fetch(&open_claim(&server.url("/a"))).await);

        assert!(started.elapsed() < Duration::from_millis(2_500), "{words}: {:?}", started.elapsed());
        assert!(matches!(&failure, Failure::Timeout(what) if what.contains(words)), "{words}: {failure:?}");
    }
}

#[tokio::test]
async fn a_rubbish_answer_is_an_error_in_printable_words() {
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n<p>", "X: y\r\n".repeat(20_000));
    let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n<p>", "y".repeat(1_000_000));
    for bytes in [
        b"\x1b[2J rubbish \r\n\r\n".to_vec(),
        b"<p>HTTP/0.9</p>".to_vec(),
        b"HTTP/3.7 200 OK\r\n\r\n<p>".to_vec(),
        b"HTTP/1.1 000 No\r\n\r\n<p>".to_vec(),
        many.into_bytes(),
        long.into_bytes(),
        Vec::new(),
    ] {
        let server = page_server(move || Answer::Close(bytes.clone())).await;
        let failure = failure(fetch_from(&server, "/a").await);
        let words = failure.to_string();
        assert!(matches!(failure, Failure::Protocol(_) | Failure::Connect(_)), "{failure:?}");
        assert!(!words.contains(char::is_control) && words.len() < 400, "{words}");
    }
}

#[tokio::test]
async fn a_refused_connection_is_a_robots_txt_that_cannot_be_read() {
    let server = page_server(|| html("<p>x</p>")).await;
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        listener.local_addr().expect("has an address").port()
    };
    let mut config = config(&[&server]);
    config.fetch.ports.push(port);
    let url = PageUrl::parse(&format!("http://127.0.0.1:{port}/a")).expect("an address");
    let door = fetcher(config);
    assert!(matches!(refusal(door.fetch(&claim(&url)).await), Refusal::RobotsUnreachable { .. }));

    let failure = failure(door.fetch(&open_claim(&url)).await);

    assert!(matches!(failure, Failure::Connect(_)), "{failure:?}");
}

// ---- addresses ------------------------------------------------------------------------------------------------

#[tokio::test]
async fn nothing_private_is_dialled_in_whatever_notation() {
    let server = page_server(|| html("secret")).await;
    let port = server.address.port();
    let mut config = config(&[&server]);
    config.fetch.allow_private.clear();
    let door = fetcher(config);
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "127.0.0.1.",
        "127。0。0。1",
        "localhost",
        "LOCALHOST.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "0.0.0.0",
        "169.254.169.254",
        "user:secret@127.0.0.1",
    ] {
        let url = PageUrl::parse(&format!("http://{host}:{port}/a")).expect("an address");
        let fetched = door.fetch(&open_claim(&url)).await;
        assert!(fetched.receipt.requests.is_empty(), "{host}");
        let refusal = refusal(fetched);
        assert!(matches!(refusal, Refusal::Address { .. }), "{host}: {refusal:?}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn the_target_of_a_redirect_is_checked_like_every_address() {
    let server = Server::start(|seen| {
        let host = seen.path.trim_start_matches("/to/").to_owned();
        match host.as_str() {
            "/robots.txt" => not_found(),
            _ => Answer::Send(answer("302 Found", &format!("Location: http://{host}/secret\r\n"), "")),
        }
    })
    .await;
    let port = server.address.port();
    let mut config = config(&[&server]);
    config.fetch.allow_private = vec!["127.0.0.1/32".into()];
    config.fetch.ports.push(80);
    let door = fetcher(config);
    for host in ["127.0.0.2", "2130706434", "0x7f.2", "[::ffff:7f00:2]", "0177.0.0.2", "169.254.169.254", "[fd00::1]"] {
        let fetched = door.fetch(&open_claim(&server.url(&format!("/to/{host}:{port}")))).await;
        let Outcome::Redirect { to, .. } = fetched.outcome else { panic!("{host}: {:?}", fetched.outcome) };

        let fetched = door.fetch(&open_claim(&to)).await;

        assert!(fetched.receipt.requests.is_empty(), "{host}");
        assert!(matches!(refusal(fetched), Refusal::Address { .. }), "{host}");
    }
}

#[tokio::test]
async fn only_configured_ports_are_dialled() {
    let server = page_server(|| html("<p>x</p>")).await;
    let mut config = config(&[&server]);
    config.fetch.ports = vec![80, 443];
    let fetched = fetcher(config).fetch(&claim(&server.url("/a"))).await;
    assert_eq!(refusal(fetched), Refusal::Port { port: server.address.port() });
    assert!(server.seen().is_empty());
}

/// A name server that answers questions for IPv4 addresses with these lists in turn, to be forgotten at once.
async fn name_server(answers: Vec<Vec<Ipv4Addr>>) -> (SocketAddr, Arc<AtomicUsize>) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("binds");
    let address = socket.local_addr().expect("has an address");
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    tokio::spawn(async move {
        let mut packet = [0; 1500];
        while let Ok((length, client)) = socket.recv_from(&mut packet).await {
            let query = &packet[..length];
            let name_end = 12 + query[12..].iter().position(|byte| *byte == 0).expect("a name") + 1;
            let is_a = query[name_end..name_end + 2] == [0, 1];
            let turn = if is_a { count.fetch_add(1, Ordering::SeqCst) } else { 0 };
            let addresses = if is_a { &answers[turn % answers.len()][..] } else { &[] };
            let mut reply = [&query[..2], &[0x81, 0x80, 0, 1, 0, addresses.len() as u8, 0, 0, 0, 0]].concat();
            reply.extend_from_slice(&query[12..name_end + 4]);
            for address in addresses {
                reply.extend_from_slice(&[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]);
                reply.extend_from_slice(&address.octets());
            }
            let _ = socket.send_to(&reply, client).await;
        }
    });
    (address, asked)
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_refused() {
    let server = page_server(|| html("secret")).await;
    let (names, asked) = name_server(vec![vec![Ipv4Addr::LOCALHOST]]).await;
    let mut config = config(&[&server]);
    config.fetch.resolver = Resolver::Servers(vec![names]);
    config.fetch.allow_private.clear();
    let url = PageUrl::parse(&format!("http://paper.example:{}/a", server.address.port())).expect("an address");

    let fetched = fetcher(config).fetch(&claim(&url)).await;

    assert_eq!(refusal(fetched), Refusal::Address { address: "127.0.0.1".into() });
    assert!(asked.load(Ordering::SeqCst) > 0 && server.seen().is_empty());
}

#[tokio::test]
async fn a_name_that_changes_its_address_cannot_lead_behind_the_check() {
    let public = page_server(|| html("<p>public</p>")).await;
    let port = public.address.port();
    let private = Server::start_at(SocketAddr::from(([127, 0, 0, 2], port)), Arc::default(), |_| html("secret")).await;
    let (names, _) = name_server(vec![vec![Ipv4Addr::LOCALHOST], vec![Ipv4Addr::new(127, 0, 0, 2)]]).await;
    let mut config = config(&[&public]);
    config.fetch.resolver = Resolver::Servers(vec![names]);
    config.fetch.allow_private = vec!["127.0.0.1".into()];
    let door = fetcher(config);

    for path in ["/a", "/b", "/c"] {
        let url = PageUrl::parse(&format!("http://paper.example:{port}{path}")).expect("an address");
        let fetched = door.fetch(&claim(&url)).await;
        assert!(matches!(fetched.outcome, Outcome::Page(_) | Outcome::Refused(Refusal::Address { .. })), "{fetched:?}");
    }

    assert!(private.seen().is_empty());
    assert!(!public.seen().is_empty());
}

#[tokio::test]
async fn the_address_that_answered_in_another_s_place_is_dialled_first_from_then_on() {
    let (dead, alive) = (Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3));
    let server = Server::start_at(SocketAddr::from((alive, 0)), Arc::default(), |_| html("<p>x</p>")).await;
    let port = server.address.port();
    let (names, _) = name_server(vec![vec![dead, alive]]).await;
    let mut config = config(&[&server]);
    config.fetch.resolver = Resolver::Servers(vec![names]);
    // No connection is kept.
    config.politeness.per_ip = 1;
    let door = fetcher(config);
    let url = PageUrl::parse(&format!("http://paper.example:{port}/a")).expect("an address");
    page(door.fetch(&open_claim(&url)).await);

    // It would answer by now.
    let late = Server::start_at(SocketAddr::from((dead, port)), Arc::default(), |_| html("<p>x</p>")).await;
    let fetched = door.fetch(&open_claim(&url)).await;

    assert_eq!(fetched.receipt.requests[0].remote, Some(IpAddr::from(alive)));
    page(fetched);
    assert!(late.seen().is_empty());
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_a_failure_of_names() {
    let silent = UdpSocket::bind("127.0.0.1:0").await.expect("binds");
    let mut config = Config::default();
    config.fetch.resolver = Resolver::Servers(vec![silent.local_addr().expect("has an address")]);
    config.fetch.timeout = Duration::from_millis(200);
    let url = PageUrl::parse("http://paper.example/a").expect("an address");

    let started = Instant::now();
    let failure = failure(fetcher(config).fetch(&claim(&url)).await);

    assert!(matches!(failure, Failure::Dns(_)), "{failure:?}");
    assert!(started.elapsed() < Duration::from_secs(1));
}

/// Runs a test of this file again in a process whose environment has these variables.
fn run_again(test: &str, variables: &[(&str, &str)]) {
    let mut again = std::process::Command::new(std::env::current_exe().expect("this test"));
    again.env_remove("NO_PROXY").env_remove("no_proxy").envs(variables.iter().copied());
    let output = again.args(["--exact", test]).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_not_looked_at() {
    const PROXY: &str = "http://127.0.0.1:1";
    if std::env::var("HTTP_PROXY").as_deref() != Ok(PROXY) {
        let variables = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"].map(|name| (name, PROXY));
        return run_again("a_proxy_of_the_environment_is_not_looked_at", &variables);
    }
    let server = page_server(|| html("<p>x</p>")).await;
    page(fetch_from(&server, "/a").await);
}

#[tokio::test]
async fn a_machine_without_certificates_still_reads_http() {
    const NONE: &str = "/dev/null";
    if std::env::var("SSL_CERT_FILE").as_deref() != Ok(NONE) {
        let variables = [("SSL_CERT_FILE", NONE), ("SSL_CERT_DIR", "/dev/null/none")];
        return run_again("a_machine_without_certificates_still_reads_http", &variables);
    }
    let server = page_server(|| html("<p>x</p>")).await;
    page(fetch_from(&server, "/a").await);
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_a_failure_of_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let port = listener.local_addr().expect("has an address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nhello").await;
            let _ = stream.read(&mut [0; 1000]).await;
        }
    });
    let mut config = Config::default();
    config.fetch.allow_private = vec!["127.0.0.0/8".into()];
    config.fetch.ports = vec![port];
    let url = PageUrl::parse(&format!("https://127.0.0.1:{port}/a")).expect("an address");

    let failure = failure(fetcher(config).fetch(&open_claim(&url)).await);

    assert!(matches!(failure, Failure::Tls(_)), "{failure:?}");
}

#[tokio::test]
async fn a_server_that_is_silent_where_tls_should_begin_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let port = listener.local_addr().expect("has an address").port();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    let mut config = Config::default();
    config.fetch.allow_private = vec!["127.0.0.0/8".into()];
    config.fetch.ports = vec![port];
    config.fetch.timeout = Duration::from_millis(300);
    let url = PageUrl::parse(&format!("https://127.0.0.1:{port}/a")).expect("an address");

    let started = Instant::now();
    let failure = failure(fetcher(config).fetch(&open_claim(&url)).await);

    assert!(matches!(failure, Failure::Timeout(_)), "{failure:?}");
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_configured_proxy_is_used_even_at_a_private_address() {
    let proxy =
        Server::start(|seen| if seen.path.ends_with("/robots.txt") { not_found() } else { html("<p>x</p>") }).await;
    let mut config = Config::default();
    config.fetch.proxy = format!("http://{}", proxy.address);
    config.politeness.delay = Duration::ZERO;
    let url = PageUrl::parse("http://paper.example/a").expect("an address");

    page(fetcher(config).fetch(&claim(&url)).await);

    assert_eq!(proxy.paths(), ["http://paper.example/robots.txt", "http://paper.example/a"]);
}

#[test]
fn a_configuration_that_cannot_be_used_is_named() {
    type Break = fn(&mut Config);
    let cases: [(Break, &str); 3] = [
        (|config| config.fetch.allow_private = vec!["127.0.0.1/33".into()], "fetch.allow_private"),
        (|config| config.fetch.proxy = "nonsense".into(), "fetch.proxy"),
        (|config| config.crawler.contact = "a\nb".into(), "crawler.contact"),
    ];
    for (spoil, key) in cases {
        let mut config = Config::default();
        spoil(&mut config);
        let Err(error) = Fetcher::new(Arc::new(config)) else { panic!("{key}") };
        assert!(error.to_string().contains(key), "{error}");
    }
}
