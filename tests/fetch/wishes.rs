//! Wishes beyond robots.txt on their way to the page that they are about.

use std::time::Duration;

use murasil::config::{Config, Wish};
use murasil::fetch::Fetcher;
use murasil::model::{Claim, Refusal, RobotsStatus};

use super::wire::{Answer, Seen, Server, answer, claim, config, copy, fetcher, html, not_found, page, refusal};

const RULES: &str = "User-agent: *\nContent-Signal: search=yes, ai-train=no\nDisallow: /no\n";

/// A site that says everything in robots.txt and tdmrep.json, and nothing in its answers but what `/own` says.
fn wishful(seen: &Seen) -> Answer {
    match seen.path.as_str() {
        "/robots.txt" => Answer::Send(answer("200 OK", "", RULES)),
        "/.well-known/tdmrep.json" => Answer::Send(answer(
            "200 OK",
            "Content-Type: application/json\r\n",
            r#"[{"location": "/", "tdm-reservation": 1, "tdm-policy": "https://a.example/terms"},
                {"location": "/free", "tdm-reservation": 0}]"#,
        )),
        "/own" => {
            let headers = "Content-Type: text/html\r\nX-Robots-Tag: googlebot: noindex\r\nTDM-Reservation: 0\r\n\
                           Content-Signal: ai-input=no\r\nRefresh: 0; url=/elsewhere\r\n";
            Answer::Send(answer("200 OK", headers, "<p>x</p>"))
        }
        _ => html("<p>x</p>"),
    }
}

fn door(server: &Server, tdmrep: Wish) -> Fetcher {
    let mut config: Config = config(&[server]);
    config.politeness.opt_out.tdmrep = tdmrep;
    fetcher(config)
}

#[tokio::test]
async fn what_a_host_says_holds_where_the_answer_says_nothing() {
    let server = Server::start(wishful).await;
    let door = door(&server, Wish::Skip);

    let plain = page(door.fetch(&claim(&server.url("/a"))).await);
    assert_eq!(
        plain.robots_tags,
        ["content-signal: search=yes, ai-train=no", "tdm-reservation: 1", "tdm-policy: https://a.example/terms"]
    );
    let free = page(door.fetch(&claim(&server.url("/free"))).await);
    assert_eq!(free.robots_tags, ["content-signal: search=yes, ai-train=no", "tdm-reservation: 0"]);
    let own = page(door.fetch(&claim(&server.url("/own"))).await);
    assert_eq!(
        own.robots_tags,
        ["googlebot: noindex", "tdm-reservation: 0", "content-signal: ai-input=no", "refresh: 0; url=/elsewhere"]
    );
    assert_eq!(
        server.paths(),
        ["/robots.txt", "/.well-known/tdmrep.json", "/a", "/free", "/own"],
        "each is asked once"
    );
}

#[tokio::test]
async fn tdmrep_json_is_asked_for_only_where_it_is_acted_on_and_may_be_read() {
    let server = Server::start(wishful).await;
    page(door(&server, Wish::Record).fetch(&claim(&server.url("/a"))).await);
    assert_eq!(server.paths(), ["/robots.txt", "/a"]);

    let url = server.url("/b");
    let closed = "User-agent: *\nDisallow: /.well-known/\n";
    let claim = Claim { robots: Some(copy(&url, RobotsStatus::Rules, closed, 0)), ..claim(&url) };
    page(door(&server, Wish::Skip).fetch(&claim).await);
    assert_eq!(server.paths(), ["/robots.txt", "/a", "/b"]);
}

#[tokio::test]
async fn a_site_without_tdmrep_json_reserves_nothing_and_is_asked_once() {
    let server = Server::start(|seen| {
        if seen.path == "/robots.txt" || seen.path.starts_with("/.well-known/") {
            not_found()
        } else {
            html("<p>x</p>")
        }
    })
    .await;
    let door = door(&server, Wish::Skip);

    for path in ["/a", "/b"] {
        assert!(page(door.fetch(&claim(&server.url(path))).await).robots_tags.is_empty());
    }

    assert_eq!(server.paths(), ["/robots.txt", "/.well-known/tdmrep.json", "/a", "/b"]);
}

#[tokio::test]
async fn who_answers_for_tdmrep_json_that_he_wants_to_be_left_alone_is_left_alone() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/.well-known/tdmrep.json" => Answer::Send(answer("429 Slow Down", "Retry-After: 600\r\n", "")),
        "/robots.txt" => not_found(),
        _ => html("<p>x</p>"),
    })
    .await;
    let door = door(&server, Wish::Skip);

    let (reason, retry_after) = ("status 429 for tdmrep.json".to_owned(), Duration::from_mins(10));
    let refused = refusal(door.fetch(&claim(&server.url("/a"))).await);
    assert_eq!(refused, Refusal::AskedToWait { reason, retry_after });
    assert_eq!(server.paths(), ["/robots.txt", "/.well-known/tdmrep.json"]);

    // The frontier lets the host rest; after that the file is asked for as seldom as after any failure.
    page(door.fetch(&claim(&server.url("/a"))).await);
    assert_eq!(server.paths(), ["/robots.txt", "/.well-known/tdmrep.json", "/a"]);
}
