//! Pages that a host answers everything with: a crawl asks each host for an address that it cannot have, and what says
//! the same is no article.

#[allow(dead_code, reason = "the door's own tests use the rest")]
#[path = "fetch/wire.rs"]
mod wire;

mod support;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use murasil::config::{Config, Seed, SeedKind, Site};
use support::{crawl, execute, rows};
use wire::{Answer, Seen, Server, answer, html, not_found};

const DELAY: Duration = Duration::from_millis(40);
/// Nothing more is waited for; what failed is tried again after a minute.
const SOON: Duration = Duration::from_secs(2);

/// What an article's page says, at the least.
const STORY: &str = "<p>The council has decided on the new bridge after a long debate, and work begins in spring.</p>\
                     <p>The old bridge was closed a year ago, when cracks were found in two of its four pillars.</p>\
                     <p>Until the new one is opened, buses go by way of the harbour, every ten minutes.</p>";

fn story(title: &str) -> Answer {
    html(format!(
        "<title>{title} | The Paper</title><article><h1>{title}</h1>{STORY}<p>{title}, they said.</p></article>"
    ))
}

/// What nobody would take for an error page by its words.
fn gibberish(path: &str) -> Answer {
    html(format!(
        "<title>Blorf zu nix | The Paper</title><article><h1>Blorf zu nix</h1>\
         <p>Wurbel gnarf {path} onk plim, sed vosk naddel hurn tolpa mirk in grabel fusk lorin.</p>\
         <p>Dask wenno plurt, holka min trasel vung, ettel nask borin wulp, zarrel oschen tum plekka.</p>\
         <p>Runkel mosk fassa trilk, gonder hulf netzel barin, wosk lummel trenk, assel vorn kuddel.</p></article>"
    ))
}

fn front() -> Answer {
    let link = |path: &str| format!("<li><a href='{path}'>A headline of some words, {path}</a></li>");
    let links = ["real-story-of-a-bridge-1001", "real-story-of-a-harbour-1002", "dead-story-of-a-mill-1003"];
    html(format!("<title>The Paper</title><ul>{}</ul>", links.map(|name| link(&format!("/news/{name}"))).concat()))
}

/// A paper whose dead links get `dead`, an answer to their path.
fn paper(seen: &Seen, dead: impl Fn(&str) -> Answer) -> Answer {
    match seen.path.as_str() {
        "/" => front(),
        "/news/real-story-of-a-bridge-1001" => story("A bridge is built"),
        "/news/real-story-of-a-harbour-1002" => story("A harbour opens"),
        "/robots.txt" | "/sitemap.xml" | "/news-sitemap.xml" | "/feed" | "/rss.xml" => not_found(),
        path => dead(path),
    }
}

fn config(servers: &[&Server], seeds: impl Fn(&Server) -> Vec<Seed>) -> Config {
    let mut config = wire::config(servers);
    config.politeness.delay = DELAY;
    config.politeness.floor = Duration::ZERO;
    config.sites =
        servers.iter().map(|server| Site { seeds: seeds(server), ..Site::from_seed(&server.url("/")) }).collect();
    config
}

fn front_page(server: &Server) -> Vec<Seed> {
    vec![Seed::Url(server.url("/").as_str().to_owned())]
}

/// Paths of one segment of many letters, which no page names.
fn strangers(server: &Server) -> Vec<String> {
    let is_stranger = |path: &String| path.len() == 21 && path[1..].bytes().all(|byte| byte.is_ascii_lowercase());
    server.paths().into_iter().filter(is_stranger).collect()
}

/// One request at a time, none sooner than the delay.
fn assert_polite(server: &Server) {
    assert_eq!(server.gauge.most.load(Ordering::SeqCst), 1);
    for pair in server.seen().windows(2) {
        let gap = pair[1].at - pair[0].at;
        // The server's clock runs when a busy machine lets it read.
        assert!(gap + DELAY / 2 > DELAY, "{gap:?} between {} and {}", pair[0].path, pair[1].path);
    }
}

async fn titles(database: &Path) -> Vec<String> {
    rows(database, "select title from articles order by title").await.into_iter().flatten().collect()
}

/// Pages that were taken for what their host answers everything with.
async fn alike(database: &Path) -> Vec<String> {
    let sql = "select url from pages where kind_reasons like '%answers-alike%' order by 1";
    rows(database, sql).await.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_link_that_is_answered_in_unknown_words_is_not_stored_and_articles_are() {
    let server = Server::start(|seen| paper(seen, gibberish)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");

    crawl(&config(&[&server], front_page), &database, SOON).await;

    assert_eq!(titles(&database).await, ["A bridge is built", "A harbour opens"]);
    assert_eq!(alike(&database).await, [server.url("/news/dead-story-of-a-mill-1003").as_str()]);
    assert_eq!(strangers(&server).len(), 1, "{:?}", server.paths());
    assert_polite(&server);
    let failures = "select failures, state from pages where kind_reasons like '%answers-alike%'";
    assert_eq!(rows(&database, failures).await, [["1", "scheduled"]], "it is tried again, ever more rarely");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_article_that_its_site_has_no_more_keeps_its_last_version() {
    let is_gone = Arc::new(AtomicBool::new(false));
    let gone = is_gone.clone();
    let server = Server::start(move |seen| match seen.path.as_str() {
        path if path.starts_with("/news/") && gone.load(Ordering::SeqCst) => gibberish(path),
        _ => paper(seen, gibberish),
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");
    crawl(&config(&[&server], front_page), &database, SOON).await;

    is_gone.store(true, Ordering::SeqCst);
    execute(&database, "update pages set due_at_ms = 0 where state = 'scheduled'").await;
    execute(&database, "update hosts set next_at_ms = 0, wake_at_ms = 0").await;
    crawl(&config(&[&server], front_page), &database, SOON).await;

    assert_eq!(alike(&database).await.len(), 3, "all were read again");
    let versions = "select title, version from articles order by title";
    assert_eq!(rows(&database, versions).await, [["A bridge is built", "1"], ["A harbour opens", "1"]]);
    assert_eq!(strangers(&server).len(), 2, "once by each crawler");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_before_plain_http_has_no_article_of_any_site_stored_from_the_first_on() {
    let login = || {
        html(format!(
            "<title>Hotel Miramar</title><h1>Hotel Miramar</h1><form>Room <input></form>{}",
            STORY.replace("bridge", "guest")
        ))
    };
    let mut servers = Vec::new();
    for last in 1..=3 {
        let at = SocketAddr::from(([127, 0, 0, last], 0));
        servers.push(Server::start_at(at, Arc::default(), move |_| login()).await);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");
    let articles = |server: &Server| {
        let seed = |name: &str| Seed::Known { url: server.url(name).as_str().to_owned(), kind: SeedKind::Article };
        vec![seed("/news/story-of-a-bridge-1001"), seed("/news/story-of-a-harbour-1002")]
    };

    for count in 1..=3 {
        let some: Vec<&Server> = servers.iter().take(count).collect();
        crawl(&config(&some, articles), &database, SOON).await;
        assert_eq!(titles(&database).await, [""; 0], "behind {count} sites");
    }

    assert!(!alike(&database).await.is_empty(), "pages looked like articles");
    servers.iter().for_each(assert_polite);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_has_one_page_for_everything_has_that_stored() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/robots.txt" => not_found(),
        _ => story("A bridge is built"),
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");
    let article = |server: &Server| {
        let url = server.url("/news/story-of-a-bridge-1001").as_str().to_owned();
        vec![Seed::Known { url, kind: SeedKind::Article }]
    };

    crawl(&config(&[&server], article), &database, SOON).await;

    assert_eq!(titles(&database).await, ["A bridge is built"]);
    assert_eq!(strangers(&server).len(), 1);
    assert_polite(&server);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_says_honestly_that_it_has_no_such_page_is_asked_once_and_one_without_articles_never() {
    let honest = Server::start(|seen| paper(seen, |_| not_found())).await;
    let listless = Server::start(|seen| if seen.path == "/" { front() } else { not_found() }).await;
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");

    crawl(&config(&[&honest, &listless], front_page), &database, SOON).await;

    assert_eq!(titles(&database).await.len(), 2);
    assert_eq!((strangers(&honest).len(), strangers(&listless).len()), (1, 0));
    let told = "select p.status, p.outcome from pages p join articles a on a.page_id = p.id";
    assert_eq!(
        rows(&database, told).await,
        [["200", "page"], ["200", "page"]],
        "the page's answer, not the stranger's"
    );
    assert_polite(&honest);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_robots_txt_forbids_is_not_asked_of_a_host_and_its_articles_are_believed() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/robots.txt" => Answer::Send(answer("200 OK", "", "User-agent: *\nDisallow: /\nAllow: /$\nAllow: /news/\n")),
        _ => paper(seen, gibberish),
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");

    crawl(&config(&[&server], front_page), &database, SOON).await;

    assert_eq!(titles(&database).await.len(), 3);
    assert_eq!(strangers(&server), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_answers_a_stranger_with_a_wish_to_be_left_alone_is_left_alone() {
    let busy = |_: &str| Answer::Send(answer("429 Slow Down", "Retry-After: 3600\r\n", ""));
    let server = Server::start(move |seen| paper(seen, busy)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");

    crawl(&config(&[&server], front_page), &database, SOON).await;

    assert_eq!(titles(&database).await.len(), 1, "the article that was there is stored");
    let seen = server.paths();
    assert_eq!(seen.last(), strangers(&server).last(), "nothing is asked after that: {seen:?}");
    let rest = "select note, (next_at_ms - unixepoch() * 1000) / 60000 between 58 and 60 from hosts where requests > 0";
    assert_eq!(rows(&database, rest).await, [["status 429, retry after 3600 s", "1"]]);
}
