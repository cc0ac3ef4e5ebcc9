//! Captive portals: a network that answers for everybody.

use std::net::SocketAddr;
use std::sync::Arc;

use murasil::model::{Failure, Outcome, Refusal};

use super::wire::{Answer, Server, answer, claim, config, failure, fetcher, html, open_claim, page, refusal};

/// Servers at addresses that count as different sites.
async fn sites(count: u8, make: impl Fn() -> Answer + Send + Sync + Copy + 'static) -> Vec<Server> {
    let mut servers = Vec::new();
    for last in 1..=count {
        let at = SocketAddr::from(([127, 0, 0, last], 0));
        servers.push(Server::start_at(at, Arc::default(), move |_| make()).await);
    }
    servers
}

#[tokio::test]
async fn the_page_that_every_site_answers_with_is_nobodys_page() {
    let login = || html("<html><title>Hotel</title><form>Room number</form></html>");
    let servers = sites(4, login).await;
    let own = Server::start_at(SocketAddr::from(([127, 0, 0, 9], 0)), Arc::default(), |_| html("<a>my own</a>")).await;
    let door = fetcher(config(&servers.iter().chain([&own]).collect::<Vec<_>>()));

    for server in &servers[..2] {
        page(door.fetch(&open_claim(&server.url("/a"))).await);
    }
    assert_eq!(failure(door.fetch(&open_claim(&servers[2].url("/c"))).await), Failure::Portal);
    // What answers for robots.txt is no robots.txt either: the host is closed, not open.
    let closed = refusal(door.fetch(&claim(&servers[3].url("/a"))).await);
    assert!(
        matches!(&closed, Refusal::RobotsUnreachable { reason, .. } if reason.contains("captive portal")),
        "{closed:?}"
    );

    page(door.fetch(&open_claim(&own.url("/a"))).await);
    page(door.fetch(&open_claim(&servers[2].url("/b"))).await);
}

#[tokio::test]
async fn redirects_of_every_site_to_one_strange_host_are_nobodys_redirects() {
    let to_login = || Answer::Send(answer("302 Found", "Location: http://login.portal.example/?from=x\r\n", ""));
    let servers = sites(3, to_login).await;
    let door = fetcher(config(&servers.iter().collect::<Vec<_>>()));

    for server in &servers[..2] {
        let outcome = door.fetch(&open_claim(&server.url("/a"))).await.outcome;
        assert!(matches!(outcome, Outcome::Redirect { .. }), "{outcome:?}");
    }

    assert_eq!(failure(door.fetch(&open_claim(&servers[2].url("/c"))).await), Failure::Portal);
}
