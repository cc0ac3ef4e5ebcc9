//! The generated newspaper web as a reader sees it: a raw HTTP client of a few lines asks, nothing of murasil parses.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use flate2::read::GzDecoder;
use murasil::demo::{Fault, Web, WebOptions};

/// An answer as it came.
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// The body in the paper's charset.
    fn text(&self, paper: &str) -> String {
        if paper == "windows-1256" {
            return encoding_rs::WINDOWS_1256.decode_without_bom_handling(&self.body).0.into_owned();
        }
        String::from_utf8(self.body.clone()).expect("UTF-8")
    }

    /// The text without elements.
    fn readable(&self, paper: &str) -> String {
        let page = self.text(paper);
        let pieces = page.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
        pieces.collect()
    }
}

/// Asks for an absolute address on a connection of its own.
async fn get(url: &str, headers: &[(&str, &str)]) -> Answer {
    let rest = url.strip_prefix("http://").expect("http");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request += name;
        request += ": ";
        request += value;
        request += "\r\n";
    }
    request += "\r\n";
    let host = host.to_owned();
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(host).expect("connects");
        stream.write_all(request.as_bytes()).expect("is sent");
        let mut raw = Vec::new();
        stream.read_to_end(&mut raw).expect("is answered");
        let end = raw.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8(raw[..end].to_vec()).expect("ASCII");
        let status = head[9..12].parse().expect("a status");
        Answer { status, head, body: raw[end + 4..].to_vec() }
    })
    .await
    .expect("the client lives")
}

async fn web() -> Web {
    Web::start(WebOptions::default()).await.expect("ports are free")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[tokio::test]
async fn every_expected_article_is_served_with_its_truth() {
    let web = web().await;

    for paper in web.papers() {
        assert!(paper.expected.len() >= 12, "{}", paper.name);
        for truth in &paper.expected {
            let answer = get(&truth.url, &[]).await;
            assert_eq!(answer.status, 200, "{}", truth.url);
            let text = answer.readable(paper.name);
            let body = truth.body.iter().chain([&truth.title]);
            for part in body.chain(&truth.authors).chain(&truth.subtitle) {
                assert!(text.contains(&escaped(part)), "{}: {part}", truth.url);
            }
        }
    }
}

#[tokio::test]
async fn one_seed_makes_one_web_and_another_seed_another() {
    let texts = |web: &Web| -> Vec<(String, Vec<String>, String)> {
        let all = web.papers().iter().flat_map(|paper| &paper.expected);
        all.map(|truth| (truth.title.clone(), truth.body.clone(), truth.published.clone())).collect()
    };
    let options = WebOptions::default();

    let first = Web::start(options.clone()).await.expect("starts");
    let second = Web::start(options.clone()).await.expect("starts");
    let other = Web::start(WebOptions { seed: 7, ..options }).await.expect("starts");

    assert_eq!(texts(&first), texts(&second));
    assert_ne!(texts(&first), texts(&other));
    for paper in first.papers() {
        let titles: HashSet<&str> = paper.expected.iter().map(|truth| truth.title.as_str()).collect();
        assert_eq!(titles.len(), paper.expected.len(), "{}", paper.name);
    }
}

#[tokio::test]
async fn every_page_answers_304_to_its_own_validators() {
    let web = web().await;

    for paper in web.papers() {
        for url in [&paper.seeds[0].0, &paper.expected[0].url, &format!("{}/robots.txt", paper.authority)] {
            let first = get(url, &[]).await;
            if first.status == 404 {
                continue;
            }
            let tag = first.header("etag").expect("a tag");
            let modified = first.header("last-modified").expect("a time");
            for condition in [("If-None-Match", tag), ("If-Modified-Since", modified)] {
                let second = get(url, &[condition]).await;
                assert_eq!((second.status, second.body.len()), (304, 0), "{url} {condition:?}");
                assert_eq!(second.header("etag"), Some(tag));
            }
            let stale = [("If-None-Match", "\"old\""), ("If-Modified-Since", modified)];
            assert_eq!(get(url, &stale).await.status, 200, "the tag wins: {url}");
        }
    }
}

#[tokio::test]
async fn the_ticker_has_58_headlines_that_lead_to_articles_and_58_others_after_it_turned() {
    let web = web().await;
    let paper = web.paper("family").clone();

    let before = web.ticker("family");
    check_ticker(&paper.authority, &before).await;
    web.rotate_ticker();
    let after = web.ticker("family");
    check_ticker(&paper.authority, &after).await;

    assert!(before.iter().all(|headline| !after.contains(headline)));
    let kept = web.expected("family").split_off(58);
    assert_eq!(kept, paper.expected);
    assert_eq!(web.ticker("json-ld"), []);
}

async fn check_ticker(authority: &str, headlines: &[(String, String)]) {
    let page = get(&format!("{authority}/"), &[]).await.text("family");
    assert!(page.starts_with("<?xml version='1.0' encoding='UTF-8' ?>"));
    assert!(!page.contains(" dir=") && !page.contains(" lang="));
    let (_, rest) = page.split_once("<span class=\"marquee\">").expect("a ticker");
    let (ticker, _) = rest.split_once("</span>").expect("its end");
    let items: Vec<&str> = ticker.split("&nbsp;&nbsp;&nbsp;&nbsp;").collect();
    assert_eq!((headlines.len(), items.len(), items[58]), (58, 59, ""));
    for (item, (title, url)) in items.iter().zip(headlines) {
        let path = url.strip_prefix(authority).expect("on this host");
        assert_eq!(*item, format!("<a href=\"{path}\">{}</a>", escaped(title)));
        assert_eq!(get(url, &[]).await.status, 200, "{url}");
    }
}

#[tokio::test]
async fn every_link_of_the_family_s_lists_leads_somewhere() {
    let web = web().await;
    let authority = &web.paper("family").authority;
    let front = get(&format!("{authority}/"), &[]).await.text("family");

    let mut paths: HashSet<String> = HashSet::new();
    for part in front.split("href=\"").skip(1) {
        paths.extend(part.split('"').next().filter(|path| path.starts_with('/')).map(str::to_owned));
    }

    assert!(paths.iter().any(|path| path.starts_with("/author/")) && paths.contains("/rss"));
    for path in paths.iter().filter(|path| !path.starts_with("/resources/")) {
        let sent: String = path.bytes().map(escape_byte).collect();
        assert_eq!(get(&format!("{authority}{sent}"), &[]).await.status, 200, "{path}");
    }
}

fn escape_byte(byte: u8) -> String {
    if byte.is_ascii() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

#[tokio::test]
async fn a_form_s_state_differs_in_every_answer_while_the_tag_stays() {
    let web = web().await;
    let url = &web.paper("family").expected[3].url;

    let (one, two) = (get(url, &[]).await, get(url, &[]).await);

    assert_ne!(one.body, two.body);
    assert_eq!(one.header("etag"), two.header("etag"));
    assert!(one.header("etag").is_some_and(|tag| tag.starts_with("W/")));
}

#[tokio::test]
async fn headers_lie_about_the_charset_and_the_meta_element_does_not() {
    let web = web().await;
    let mut told = HashSet::new();

    for truth in &web.paper("windows-1256").expected {
        let answer = get(&truth.url, &[]).await;
        told.insert(answer.header("content-type").map(str::to_owned));
        assert!(String::from_utf8_lossy(&answer.body).contains("charset=windows-1256"));
        assert!(std::str::from_utf8(&answer.body).is_err(), "not UTF-8");
    }

    assert_eq!(told, HashSet::from([None, Some("text/html; charset=iso-8859-1".to_owned())]));
}

#[tokio::test]
async fn half_of_the_papers_compress_for_those_who_ask() {
    let web = web().await;
    let mut compressed = 0;

    for paper in web.papers() {
        let plain = get(&paper.expected[0].url, &[]).await;
        let asked = get(&paper.expected[0].url, &[("Accept-Encoding", "gzip, br")]).await;
        assert_eq!(plain.header("content-encoding"), None);
        if asked.header("content-encoding") == Some("gzip") {
            compressed += 1;
            assert!(gunzip(&asked.body).contains(&escaped(&paper.expected[0].title)));
        }
    }

    assert_eq!(compressed, 3);
}

fn gunzip(bytes: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).expect("gzip");
    text
}

#[tokio::test]
async fn each_paper_has_the_robots_that_it_is_there_for() {
    let web = web().await;

    for (name, status, line) in [
        ("family", 200, "Content-Signal:"),
        ("windows-1256", 200, "Disallow: /admin/"),
        ("json-ld", 200, "Disallow: /account/"),
        ("open-graph", 404, "404"),
        ("feed-only", 200, "Sitemap: http://127.0.0.1:"),
        ("refusals", 200, "Crawl-delay: 0.2"),
    ] {
        let answer = get(&format!("{}/robots.txt", web.paper(name).authority), &[]).await;
        assert_eq!(answer.status, status, "{name}");
        assert!(answer.text(name).contains(line), "{name}");
    }
}

#[tokio::test]
async fn the_sitemap_decodes_and_names_every_article_while_the_front_page_links_to_none() {
    let web = web().await;
    let paper = web.paper("feed-only");

    let front = get(&paper.seeds[0].0, &[]).await.text(paper.name);
    let index = get(&format!("{}/sitemap-index.xml", paper.authority), &[]).await.text(paper.name);
    let location = index.split("<loc>").nth(1).and_then(|rest| rest.split("</loc>").next()).expect("a sitemap");
    let sitemap = get(location, &[]).await;
    let text = gunzip(&sitemap.body);
    let feed = get(&format!("{}/feed.xml", paper.authority), &[]).await.text(paper.name);

    assert!(!front.contains("<a ") && front.contains("application/atom+xml"));
    assert_eq!(sitemap.header("content-type"), Some("application/gzip"));
    for truth in &paper.expected {
        assert!(text.contains(&format!("<loc>{}</loc>", truth.url)));
    }
    assert_eq!(feed.matches("<entry>").count(), 8);
}

#[tokio::test]
async fn the_archive_s_pages_lead_to_every_french_article() {
    let web = web().await;
    let paper = web.paper("open-graph");
    let mut seen = String::new();
    let mut next = Some("/archives/".to_owned());

    while let Some(path) = next {
        let page = get(&format!("{}{path}", paper.authority), &[]).await.text(paper.name);
        next = page.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
        seen.push_str(&page);
    }

    for truth in &paper.expected {
        let path = truth.url.strip_prefix(&paper.authority).expect("on this host");
        assert!(seen.contains(path), "{path}");
    }
}

#[tokio::test]
async fn there_is_something_to_refuse_of_every_kind() {
    let web = web().await;
    let paper = web.paper("refusals");
    let at = |path: &str| format!("{}{path}", paper.authority);
    let front = get(&at("/"), &[]).await.text(paper.name);

    for link in
        ["/private/accounts", "/calendar/", "/go/ledger", "/go/round", "/gone", "/missing", "/pictures/plan.png"]
    {
        assert!(front.contains(&format!("href=\"{link}")), "{link}");
    }
    assert!(front.contains("nofollow") && front.contains("elsewhere.example"));
    for (path, status, header, value) in [
        ("/go/ledger", 301, "location", Some("/private/ledger")),
        ("/go/round", 301, "location", Some("/go/about")),
        ("/go/about", 301, "location", Some("/go/round")),
        ("/gone", 410, "location", None),
        ("/missing", 404, "location", None),
        ("/embargo", 200, "x-robots-tag", Some("noindex")),
        ("/pictures/plan.png", 200, "content-type", Some("image/png")),
    ] {
        let answer = get(&at(path), &[]).await;
        assert_eq!((answer.status, answer.header(header)), (status, value), "{path}");
    }
    assert!(get(&at("/draft"), &[]).await.text(paper.name).contains("noindex"));
    assert!(get(&at("/calendar/2031/12"), &[]).await.text(paper.name).contains("/calendar/2032/01"));
}

#[tokio::test]
async fn an_edited_article_changes_its_page_and_its_truth_and_no_other() {
    let web = web().await;

    for paper in web.papers() {
        let url = &paper.expected[1].url;
        let before = get(url, &[]).await;
        web.edit(paper.name, 1);
        let after = get(url, &[]).await;

        let now = web.expected(paper.name);
        assert_eq!(now[1].url, *url);
        assert_ne!(now[1].title, paper.expected[1].title);
        assert_ne!(now[1].body.last(), paper.expected[1].body.last());
        assert_eq!(now[1].body[0], paper.expected[1].body[0]);
        assert!(after.readable(paper.name).contains(&escaped(&now[1].title)), "{}", paper.name);
        assert_ne!(before.header("etag"), after.header("etag"));
        assert_ne!(before.header("last-modified"), after.header("last-modified"));
        assert_eq!((&now[0], &now[2..]), (&paper.expected[0], &paper.expected[2..]));
    }
}

#[tokio::test]
async fn published_articles_are_listed_first() {
    let web = web().await;

    for paper in web.papers() {
        web.publish(paper.name, 2);
        let now = web.expected(paper.name);
        assert_eq!(now.len(), paper.expected.len() + 2);
        assert_eq!(now[2..], paper.expected[..]);
        for truth in &now[..2] {
            assert_eq!(get(&truth.url, &[]).await.status, 200, "{}", truth.url);
        }
    }

    let newest = |name: &str| web.expected(name)[0].url.clone();
    let ticker = web.ticker("family");
    assert_eq!((ticker.len(), ticker[0].1.clone()), (58, newest("family")));
    for (name, path) in [("family", "/rss"), ("feed-only", "/feed.xml")] {
        let feed = get(&format!("{}{path}", web.paper(name).authority), &[]).await.text(name);
        assert!(feed.contains(&newest(name)), "{name}");
    }
}

#[tokio::test]
async fn faults_come_and_go() {
    let web = web().await;
    let paper = web.paper("json-ld").clone();
    let robots = format!("{}/robots.txt", paper.authority);
    let url = &paper.expected[0].url;

    for (fault, page, rules) in [
        (Fault::Down, 500, 200),
        (Fault::TooMany { retry_after: 7 }, 429, 200),
        (Fault::RobotsDown, 200, 503),
        (Fault::SlowMs(120), 200, 200),
        (Fault::None, 200, 200),
    ] {
        web.set_fault("json-ld", fault);
        let start = std::time::Instant::now();
        let answer = get(url, &[]).await;
        let elapsed = start.elapsed();
        assert_eq!((answer.status, get(&robots, &[]).await.status), (page, rules), "{fault:?}");
        assert_eq!(answer.header("retry-after"), (page == 429).then_some("7"));
        assert!(fault != Fault::SlowMs(120) || elapsed >= Duration::from_millis(120));
    }
}

#[tokio::test]
async fn a_redesign_changes_the_markup_and_not_the_truth() {
    let web = web().await;

    for name in ["windows-1256", "json-ld", "open-graph", "feed-only", "refusals"] {
        let truth = web.paper(name).expected[0].clone();
        let before = get(&truth.url, &[]).await;
        web.redesign(name);
        let after = get(&truth.url, &[]).await;

        assert_ne!(before.body, after.body, "{name}");
        for paragraph in &truth.body {
            assert!(after.readable(name).contains(&escaped(paragraph)), "{name}");
        }
        assert_eq!(web.expected(name)[0], truth);
    }
}

#[tokio::test]
async fn the_log_tells_every_request_in_order_and_how_many_there_were_at_once() {
    let web = web().await;
    let paper = web.paper("refusals").clone();
    let url = format!("{}/go/ledger?a=b", paper.authority);

    get(&url, &[("User-Agent", "tester/1"), ("If-None-Match", "\"x\"")]).await;
    get(&format!("{}/missing", paper.authority), &[]).await;
    web.set_fault("refusals", Fault::SlowMs(200));
    tokio::join!(get(&url, &[]), get(&url, &[]), get(&url, &[]));
    let log = web.log();

    assert_eq!(log.len(), 5);
    assert!(log.windows(2).all(|pair| pair[0].at <= pair[1].at));
    assert_eq!((log[0].paper, log[0].path.as_str(), log[0].status), ("refusals", "/go/ledger?a=b", 301));
    assert_eq!((log[0].conditional, log[0].user_agent.as_str(), log[0].concurrent), (true, "tester/1", 1));
    assert_eq!((log[1].status, log[1].conditional, log[1].concurrent), (404, false, 1));
    assert_eq!(log.iter().map(|arrival| arrival.concurrent).max(), Some(3));
    web.clear_log();
    assert!(web.log().is_empty());
}

#[tokio::test]
async fn a_stopped_web_answers_no_more() {
    let web = web().await;
    let address = web.papers()[0].authority.strip_prefix("http://").expect("http").to_owned();

    web.stop().await;

    assert!(TcpStream::connect(address).is_err());
}

#[tokio::test]
async fn the_configuration_names_every_paper_and_lets_nothing_else_in() {
    let web = web().await;
    let delay = Duration::from_millis(50);

    let config = web.config(delay);

    assert_eq!((config.sites.len(), config.fetch.ports.len()), (6, 6));
    assert_eq!(config.fetch.allow_private, ["127.0.0.0/8"]);
    assert_eq!((config.politeness.delay, config.politeness.floor), (delay, delay));
    for (site, paper) in config.sites.iter().zip(web.papers()) {
        let seed = murasil::model::PageUrl::parse(site.seeds[0].url()).expect("an address");
        assert_eq!(site.name, paper.name);
        assert_eq!(config.site_of(&seed.host()).map(|site| site.name.as_str()), Some(paper.name));
    }
}
