//! Trouble on our side: a network in which nobody can be reached, a process that may open no more files.

#[allow(dead_code, reason = "the door's own tests use the rest")]
#[path = "fetch/wire.rs"]
mod wire;

mod support;

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use murasil::config::{Config, Seed, Site};
use murasil::model::PageUrl;
use support::{crawl, execute, number};
use wire::{Server, html, not_found};

/// Addresses that count as different sites.
fn hosts(count: u8) -> impl Iterator<Item = Ipv4Addr> {
    (1..=count).map(|last| Ipv4Addr::new(127, 0, 0, last))
}

/// Answers at all of them, with a front page and nothing else.
async fn start(port: u16) -> Server {
    let everywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
    Server::start_at(everywhere, Arc::default(), |seen| if seen.path == "/" { html("<p>front") } else { not_found() })
        .await
}

/// Nobody waits for hosts that rest, nor for what was tried a short while ago.
async fn wake(database: &Path) {
    execute(database, "update pages set due_at_ms = 0 where state = 'scheduled'").await;
    execute(database, "update hosts set next_at_ms = 0, wake_at_ms = 0").await;
    execute(database, "update robots set failed_at = '2026-01-01T00:00:00.000Z' where failed_at is not null").await;
}

const READ: &str = "select count(*) from pages where outcome = 'page'";
const OFFLINE: &str = "select count(*) from pages where reason = 'offline' and failures = 0";

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_is_down_is_held_against_nobody_and_all_are_read_when_it_is_back() {
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");
    let mut config = Config::default();
    config.fetch.allow_private = vec!["127.0.0.0/8".into()];
    config.fetch.ports = vec![port];
    config.politeness.delay = Duration::from_millis(20);
    config.politeness.floor = Duration::ZERO;
    let home = |host: Ipv4Addr| format!("http://{host}:{port}/");
    let site = |host| {
        let url = PageUrl::parse(&home(host)).expect("an address");
        Site { seeds: vec![Seed::Url(home(host))], ..Site::from_seed(&url) }
    };
    config.sites = hosts(20).map(site).collect();

    crawl(&config, &database, Duration::from_secs(1)).await;
    assert_eq!(number(&database, OFFLINE).await, 18, "all but the two by which it was noticed");
    for _ in 0..8 {
        wake(&database).await;
        crawl(&config, &database, Duration::from_secs(1)).await;
    }
    let punished = "select count(*) from pages p join sources o on o.page_id = p.id
                    where p.state <> 'scheduled' or o.health not in ('new', 'failing')";
    assert_eq!(number(&database, punished).await, 0);

    let _server = start(port).await;
    wake(&database).await;
    crawl(&config, &database, Duration::from_secs(1)).await;
    assert_eq!(number(&database, READ).await, 20);
}

/// `run --once` by a process that may open so many files.
async fn run_with_files(files: u32, config: &Path) -> Output {
    let shell = format!("ulimit -n {files}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command
        .args(["-c", &shell, env!("CARGO_BIN_EXE_murasil"), "-c"])
        .arg(config)
        .args(["run", "--once", "--wait", "1s"]);
    command.env_remove("MURASIL_LOG");
    tokio::task::spawn_blocking(move || command.output().expect("the binary runs")).await.expect("no panic")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_may_open_few_files_asks_fewer_hosts_says_so_once_and_blames_none() {
    const HOSTS: u8 = 120;
    let server = start(0).await;
    let port = server.address.port();
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("murasil.db");
    let mut text = format!(
        "[crawler]\ncontact = 'https://example.org/bot'\narchive = 'none'\n[politeness]\ndelay = '20ms'\nfloor = '20ms'\n\
         [fetch]\nallow_private = ['127.0.0.0/8']\nports = [{port}]\n[serve]\nlisten = 'off'\n"
    );
    for host in hosts(HOSTS) {
        let site =
            format!("[[site]]\nname = '{host}'\ndomains = ['{host}:{port}']\nseeds = ['http://{host}:{port}/']\n");
        text.write_str(&site).expect("a string takes text");
    }
    let config = folder.path().join("crawler.toml");
    std::fs::write(&config, text).expect("is written");

    let few = run_with_files(64, &config).await;

    let log = String::from_utf8_lossy(&few.stderr);
    assert!(few.status.code().is_some_and(|code| code == 0 || code == 3), "it ends by itself: {log}");
    assert_eq!(log.matches("too many open files: some hosts wait").count(), 1, "{log}");
    let (read, waiting) = (number(&database, READ).await, number(&database, OFFLINE).await);
    assert!(read > 10 && waiting > 10 && read + waiting == i64::from(HOSTS), "{read} read, {waiting} waiting");

    wake(&database).await;
    let many = run_with_files(1024, &config).await;
    assert_eq!(number(&database, READ).await, i64::from(HOSTS), "{}", String::from_utf8_lossy(&many.stderr));
}
