//! The binary as a service: signals, limits, locks, kill -9 and resume.

mod support;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use murasil::demo::{Web, WebOptions};
use support::{assert_polite, murasil, number, write_config};

fn start(config: &Path, arguments: &[&str]) -> Child {
    murasil()
        .arg("-c")
        .arg(config)
        .arg("run")
        .args(arguments)
        .env_remove("MURASIL_LOG")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts")
}

/// Reads the log until a line contains the word, then keeps draining it in the background.
fn wait_for_line(child: &mut Child, word: &str) {
    wait_for_lines(child, word, 1);
}

fn wait_for_lines(child: &mut Child, word: &str, times: usize) {
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let found = lines.by_ref().map_while(Result::ok).filter(|line| line.contains(word)).take(times).count();
    assert_eq!(found, times, "lines with {word:?}");
    std::thread::spawn(move || lines.for_each(drop));
}

/// Runs to its end; gives its exit code and the smallest gap between two requests to one host that it logged last.
fn finish(mut child: Child) -> (Option<i32>, Duration) {
    let lines = BufReader::new(child.stderr.take().expect("piped")).lines().map_while(Result::ok);
    let told = lines.filter_map(|line| line.split_once("smallest_gap_us=").map(|(_, rest)| rest.to_owned())).last();
    let digits: String = told.expect("a gap is told").chars().take_while(char::is_ascii_digit).collect();
    (child.wait().expect("it ends").code(), Duration::from_micros(digits.parse().expect("a number")))
}

async fn failing_sources(database: &Path) -> Vec<Vec<String>> {
    let sql = "select p.url, o.error from sources o join pages p on p.id = o.page_id where o.error is not null and p.lane is not null";
    support::rows(database, sql).await
}

fn signal(child: &Child, name: &str) {
    let status = std::process::Command::new("kill").args([name, &child.id().to_string()]).status().expect("kill runs");
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn once_ends_by_itself_and_names_no_failed_source() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let config = write_config(&web, folder.path(), support::DELAY);

    let status = tokio::task::spawn_blocking(move || {
        let mut child = start(&config, &["--once", "--wait", "5s"]);
        wait_for_line(&mut child, "crawling");
        child.wait().expect("it ends")
    })
    .await
    .expect("no panic");

    assert_eq!(failing_sources(&folder.path().join("murasil.db")).await, Vec::<Vec<String>>::new());
    assert_eq!(status.code(), Some(0));
    let wanted: usize = web.papers().iter().map(|paper| web.expected(paper.name).len()).sum();
    let database = folder.path().join("murasil.db");
    assert_eq!(number(&database, "select count(*) from articles").await, wanted as i64);
    assert_eq!(number(&database, "select count(*) from runs where ended_at is not null").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_source_is_exit_code_three() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let config = write_config(&web, folder.path(), support::DELAY);
    web.set_fault("open-graph", murasil::demo::Fault::Down);

    let status = tokio::task::spawn_blocking(move || {
        start(&config, &["--once", "--wait", "2s", "--for", "60s"]).wait().expect("it ends")
    })
    .await
    .expect("no panic");

    assert_eq!(status.code(), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_drains_and_ends_with_success() {
    for name in ["-TERM", "-INT"] {
        let web = Web::start(WebOptions::default()).await.expect("the papers start");
        let folder = tempfile::tempdir().expect("a folder");
        let config = write_config(&web, folder.path(), support::DELAY);

        let (code, took) = tokio::task::spawn_blocking(move || {
            let mut child = start(&config, &[]);
            wait_for_line(&mut child, "fetched");
            let asked = Instant::now();
            signal(&child, name);
            (child.wait().expect("it ends").code(), asked.elapsed())
        })
        .await
        .expect("no panic");

        assert_eq!(code, Some(0), "{name}");
        assert!(took < Duration::from_secs(10), "{name} took {took:?}");
        let database = folder.path().join("murasil.db");
        assert_eq!(number(&database, "select count(*) from runs where ended_at is not null").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_manager_hears_of_us_twice_within_its_time() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let config = write_config(&web, folder.path(), support::DELAY);
    let path = folder.path().join("notify.sock");
    let socket = std::os::unix::net::UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_secs(30))).expect("a time limit");

    let signs = tokio::task::spawn_blocking(move || {
        let mut daemon = murasil();
        daemon.arg("-c").arg(&config).arg("run").env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "1000000");
        let mut child = daemon.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
        let mut told = [0; 100];
        let mut signs = Vec::new();
        while signs.len() < 4 {
            let length = socket.recv(&mut told).expect("a sign of life");
            if told[..length].starts_with(b"WATCHDOG=1") {
                signs.push(Instant::now());
            }
        }
        signal(&child, "-TERM");
        child.wait().expect("it ends");
        signs
    })
    .await
    .expect("no panic");

    // Ten seconds apart, as it was once for every limit, would be too late by far.
    assert!(signs[3].duration_since(signs[0]) < Duration::from_secs(5), "{signs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_nine_loses_nothing_doubles_nothing_and_stays_polite() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let config = write_config(&web, folder.path(), support::DELAY);
    let database = folder.path().join("murasil.db");

    // A stop and a start anew are as polite.
    let config_again = config.clone();
    let (code, gap) =
        tokio::task::spawn_blocking(move || finish(start(&config_again, &["--for", "500ms"]))).await.expect("no panic");
    assert_eq!(code, Some(0));
    assert!(gap >= support::DELAY, "{gap:?}");
    for death in 0..4 {
        let config = config.clone();
        tokio::task::spawn_blocking(move || {
            let mut child = start(&config, &[]);
            // Several visits are under way by the time the first is logged, and some are recorded by the later ones.
            wait_for_lines(&mut child, "fetched", 1 + 4 * death);
            child.kill().expect("it is killed");
            child.wait().expect("it is gone");
        })
        .await
        .expect("no panic");
        assert_eq!(
            number(&database, "select count(*) from pragma_integrity_check where integrity_check = 'ok'").await,
            1
        );
        assert_eq!(number(&database, "select count(*) from pragma_foreign_key_check").await, 0);
    }
    let config_again = config.clone();
    let (code, gap) = tokio::task::spawn_blocking(move || finish(start(&config_again, &["--once", "--wait", "5s"])))
        .await
        .expect("no panic");

    assert_eq!(failing_sources(&folder.path().join("murasil.db")).await, Vec::<Vec<String>>::new());
    assert_eq!(code, Some(0));
    assert!(gap >= support::DELAY, "by its own clock: {gap:?}");
    let wanted: Vec<String> =
        web.papers().iter().flat_map(|paper| web.expected(paper.name)).map(|article| article.url).collect();
    // On a busy machine one page may be at work at three of the deaths: it is accused of them, put aside for a day and named.
    let put_aside = support::rows(&database, "select url from pages where reason = 'quarantined'").await;
    let missed = put_aside.iter().filter(|row| wanted.contains(&row[0])).count();
    let stored = number(&database, "select count(*) from articles").await;
    assert_eq!(stored, (wanted.len() - missed) as i64, "put aside: {put_aside:?}");
    assert_eq!(number(&database, "select count(*) from article_versions").await, stored);
    assert_eq!(number(&database, "select count(*) from runs where ended_at is null").await, 4);
    assert_polite(&web, &web.log(), &database, support::DELAY).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_daemon_on_the_same_database_is_told_so() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let config = write_config(&web, folder.path(), support::DELAY);

    let (code, took) = tokio::task::spawn_blocking(move || {
        let mut first = start(&config, &[]);
        wait_for_line(&mut first, "crawling");
        let asked = Instant::now();
        let second = start(&config, &[]).wait().expect("it ends");
        let took = asked.elapsed();
        first.kill().expect("it is killed");
        first.wait().expect("it is gone");
        (second.code(), took)
    })
    .await
    .expect("no panic");

    assert_eq!(code, Some(5));
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_configuration_is_not_reloaded() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let config = write_config(&web, folder.path(), support::DELAY);

    tokio::task::spawn_blocking(move || {
        let mut child = start(&config, &[]);
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines().map_while(Result::ok);
        assert!(lines.any(|line| line.contains("crawling")));
        let good = std::fs::read_to_string(&config).expect("readable");
        std::fs::write(&config, "[politeness]\ndelay = 'soon'\n").expect("writable");
        signal(&child, "-HUP");
        assert!(lines.any(|line| line.contains("the old one stays in force")));
        std::fs::write(&config, format!("{good}\n[profile.p]\ntitle = {{ css = ['h1[['] }}\n")).expect("writable");
        signal(&child, "-HUP");
        assert!(lines.any(|line| line.contains("not a CSS selector")));
        std::fs::write(&config, good).expect("writable");
        signal(&child, "-HUP");
        assert!(lines.any(|line| line.contains("configuration reloaded")));
        assert!(lines.any(|line| line.contains("crawling")));
        signal(&child, "-TERM");
        lines.for_each(drop);
        assert_eq!(child.wait().expect("it ends").code(), Some(0));
    })
    .await
    .expect("no panic");
}

/// Sends so many SIGHUPs as fast as a shell can.
fn storm(child: &Child, signals: u32) {
    let shell = format!("for i in $(seq {signals}); do kill -HUP {}; done", child.id());
    assert!(std::process::Command::new("sh").args(["-c", &shell]).status().expect("a shell").success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_reloads_also_at_the_start_breaks_nothing_and_a_stop_in_it_is_obeyed() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let config = write_config(&web, folder.path(), support::DELAY);

    tokio::task::spawn_blocking(move || {
        let mut killed = start(&config, &[]);
        wait_for_line(&mut killed, "fetched");
        killed.kill().expect("it is killed");
        killed.wait().expect("it is gone");

        let mut child = start(&config, &[]);
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines().map_while(Result::ok);
        // The first thing it says, long before it crawls.
        assert!(lines.any(|line| line.contains("ended without a clean stop")));
        storm(&child, 20);
        assert!(lines.any(|line| line.contains("crawling")));
        storm(&child, 200);
        assert!(lines.any(|line| line.contains("configuration reloaded")));
        assert!(lines.any(|line| line.contains("fetched")), "it goes on");
        storm(&child, 20);
        signal(&child, "-TERM");
        let asked = Instant::now();
        storm(&child, 5);
        lines.for_each(drop);
        assert_eq!(child.wait().expect("it ends").code(), Some(0));
        assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
    })
    .await
    .expect("no panic");

    assert_polite(&web, &web.log(), &folder.path().join("murasil.db"), support::DELAY).await;
}
