//! The verbs that ask: `discover`, `why`, `simulate`, and over HTTP also `fetch`, `extract` and `check --network`.
//!
//! The binary runs against the demo newspapers, and against small sites of a few pages that a test makes up.

#[path = "support/history.rs"]
mod history;
mod support;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use murasil::demo::{Fault, Web, WebOptions};
use serde_json::Value as Json;
use support::pages::{Pages, bare_config, code, json, run, stderr, stdout};
use support::{DELAY, crawl, murasil, rows, write_config};
use tempfile::TempDir;

/// A configuration that knows the ports of all papers and no site.
fn without_sites(web: &Web, folder: &Path) -> PathBuf {
    let ports: Vec<&str> = web.papers().iter().filter_map(|paper| paper.authority.rsplit(':').next()).collect();
    bare_config(folder, &ports.join(", "))
}

/// What is appended to a configuration must be accepted by `check`; gives the site as `check` understands it.
async fn checked(config: &Path, block: &str) -> Json {
    let whole = config.with_file_name("whole.toml");
    let text = std::fs::read_to_string(config).expect("is there");
    std::fs::write(&whole, format!("{text}{block}")).expect("is written");
    let check = run(&whole, &["check", "--json"]).await;
    assert_eq!(code(&check), 0, "{block}\n{}", stderr(&check));
    json(&check)["sites"][0].clone()
}

/// Values of a key among the looked-at pages of a kind.
fn values<'a>(found: &'a Json, kind: &str, key: &str) -> Vec<&'a Json> {
    let pages = found["pages"].as_array().expect("a list");
    pages.iter().filter(|page| page["kind"] == kind && page["trouble"].is_null()).map(|page| &page[key]).collect()
}

// ---- discover -------------------------------------------------------------------------------------------------

#[tokio::test(flavor = "multi_thread")]
async fn discover_finds_what_each_paper_offers_and_check_accepts_its_block() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let config = without_sites(&web, folder.path());
    for paper in web.papers() {
        let home = format!("{}/", paper.authority);

        let output = run(&config, &["discover", &home, "--json"]).await;

        let found = json(&output);
        assert_eq!(code(&output), 0, "{}: {}", paper.name, stderr(&output));
        let site = checked(&config, found["block"].as_str().expect("a block")).await;
        let seeds: Vec<&str> = site["seeds"].as_array().expect("a list").iter().filter_map(Json::as_str).collect();
        assert_eq!(seeds[0], home, "{}", paper.name);
        assert_eq!(found["language"], web.expected(paper.name)[0].language, "{}", paper.name);
        let titles: Vec<String> = web.expected(paper.name).into_iter().map(|expected| expected.title).collect();
        let samples = values(&found, "article", "article");
        assert!(!samples.is_empty(), "{}", paper.name);
        for sample in samples {
            let title = sample["title"].as_str().expect("a title");
            assert!(titles.iter().any(|known| known == title), "{}: {title}", paper.name);
        }
    }
    let entries = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(entries, 2, "nothing is stored beside the two configurations");
}

#[tokio::test(flavor = "multi_thread")]
async fn discover_reads_the_declared_feed_and_the_news_sitemap_behind_robots_txt() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let config = without_sites(&web, folder.path());
    let paper = web.paper("feed-only");

    let output = run(&config, &["discover", &paper.authority]).await;

    let text = stdout(&output);
    for line in
        ["names 1 sitemap", "feeds\n", "news ", "index ", "kind = \"feed\"", "kind = \"sitemap\"", "en (4 of 4 "]
    {
        assert!(text.contains(line), "{line:?} is not in\n{text}");
    }
    let log = web.log();
    assert_eq!(log.iter().filter(|arrival| arrival.path == "/robots.txt").count(), 1);
    assert!(log.iter().all(|arrival| arrival.path != "/sitemap.xml"), "robots.txt names a sitemap: none is guessed");
}

#[tokio::test(flavor = "multi_thread")]
async fn discover_obeys_robots_txt_pace_and_the_limit() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let config = without_sites(&web, folder.path());
    let paper = web.paper("refusals");

    let output = run(&config, &["discover", &paper.authority, "--pages", "6", "--json"]).await;

    let found = json(&output);
    assert_eq!(found["robots"][0]["crawl_delay_ms"], 200);
    assert_eq!(found["pages"].as_array().map(Vec::len), Some(6));
    let log = web.log();
    assert!((4..=7).contains(&log.len()), "robots.txt and at most six pages, of which some are forbidden: {log:?}");
    assert!(log.iter().all(|arrival| !arrival.path.starts_with("/private/")));
    assert!(log.windows(2).all(|pair| (pair[1].at - pair[0].at).as_millis() >= 190), "two requests are too close");
}

#[tokio::test(flavor = "multi_thread")]
async fn discover_says_why_nothing_may_be_asked() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let closed =
        Pages::start(&[("/robots.txt", "text/plain", "User-agent: *\nDisallow: /\n"), ("/", "text/html", "no")]);

    let output = run(&closed.config(folder.path()), &["discover", &closed.address]).await;
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("robots.txt: Disallow: / (line 2)"), "{}", stderr(&output));
    assert!(!stdout(&output).contains("[[site]]"), "{}", stdout(&output));
    assert_eq!(closed.asked(), ["/robots.txt"]);
    let output = run(&closed.config(folder.path()), &["discover", &closed.address, "--block"]).await;
    assert_eq!((code(&output), stdout(&output).as_str()), (1, ""));

    let paper = web.paper("json-ld");
    web.set_fault("json-ld", Fault::RobotsDown);
    let output = run(&without_sites(&web, folder.path()), &["discover", &paper.authority, "--json"]).await;
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("robots.txt unreachable: status 503"), "{}", stderr(&output));
    assert_eq!((&json(&output)["block"], web.log().len()), (&Json::Null, 1), "asked once");
}

#[tokio::test(flavor = "multi_thread")]
async fn discover_of_a_dead_host_is_a_clear_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
    let config = bare_config(folder.path(), &port.to_string());
    let url = format!("http://127.0.0.1:{port}/");

    let output = run(&config, &["discover", &url]).await;

    assert_eq!(code(&output), 1);
    let error = stderr(&output);
    assert!(error.starts_with(&format!("murasil: nothing could be read of {url}: ")), "{error}");
    assert!(error.contains("connection"), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");

    let output = run(&config, &["discover", "http://127.0.0.1:9/"]).await;
    assert_eq!(code(&output), 78, "a port that is not configured: {}", stderr(&output));
}

const STORY: &str = "<html lang=ar><head><title>افتتاح الجسر الجديد في المدينة</title><meta property='og:type' content='article'>\
    <meta property='article:published_time' content='2026-03-01T10:00:00+03:00'></head><body><article>\
    <h1>افتتاح الجسر الجديد في المدينة</h1><p>افتتح رئيس البلدية صباح اليوم الجسر الجديد الذي يربط بين ضفتي النهر بعد \
    ثلاث سنوات من العمل المتواصل وسط حضور كبير من الأهالي والمسؤولين في المدينة.</p><p>وقال المهندس المشرف على المشروع إن \
    الجسر سيخفف الازدحام عن وسط المدينة ويوفر على السكان وقتا كبيرا في تنقلاتهم اليومية بين الأحياء القديمة والجديدة.</p>\
    <p>ومن المتوقع أن تستكمل أعمال الإنارة والتشجير خلال الشهر المقبل بحسب البلدية.</p></article></body></html>";
const FEED: &str = "<rss version='2.0'><channel><title>الجريدة</title><item><title>افتتاح الجسر الجديد في المدينة</title>\
    <link>{site}/news/1001-new-bridge-opens-in-town</link><pubDate>Sun, 01 Mar 2026 07:00:00 GMT</pubDate></item></channel></rss>";

#[tokio::test(flavor = "multi_thread")]
async fn discover_finds_a_feed_that_is_only_linked() {
    let folder = tempfile::tempdir().expect("a folder");
    let site = Pages::start(&[
        (
            "/",
            "text/html",
            "<title>الجريدة</title><img src='/wp-content/logo.png'><p>اقرأ <a href='/feed/'>خلاصاتنا</a>",
        ),
        ("/feed/", "application/xml", FEED),
        ("/news/1001-new-bridge-opens-in-town", "text/html; charset=utf-8", STORY),
    ]);
    let config = site.config(folder.path());

    let output = run(&config, &["discover", &site.address]).await;

    let text = stdout(&output);
    assert_eq!(code(&output), 0, "{text}{}", stderr(&output));
    for line in [
        "made with      WordPress",
        "language       ar (1 of 1 sample article)",
        "\u{2068}افتتاح الجسر الجديد في المدينة\u{2069}",
    ] {
        assert!(text.contains(line), "{line:?} is not in\n{text}");
    }
    let block = run(&config, &["discover", &site.address, "--block"]).await;
    let sites = checked(&config, &stdout(&block)).await;
    assert_eq!(sites["seeds"], serde_json::json!([format!("{}/", site.address), format!("{}/feed/", site.address)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn discover_of_an_article_finds_the_site_that_has_only_a_sitemap() {
    let folder = tempfile::tempdir().expect("a folder");
    let map = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>{site}/news/1001-new-bridge-opens-in-town</loc>\
               <lastmod>2026-03-01</lastmod></url></urlset>";
    let site = Pages::start(&[
        ("/", "text/html", "<title>الجريدة</title><p>أهلا"),
        ("/sitemap.xml", "application/xml", map),
        ("/news/1001-new-bridge-opens-in-town", "text/html; charset=utf-8", STORY),
    ]);
    let config = site.config(folder.path());
    let article = format!("{}/news/1001-new-bridge-opens-in-town", site.address);

    let output = run(&config, &["discover", &article, "--json"]).await;

    let found = json(&output);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(values(&found, "sitemap", "entries"), [1]);
    let sites = checked(&config, found["block"].as_str().expect("a block")).await;
    assert_eq!(
        sites["seeds"],
        serde_json::json!([format!("{}/", site.address), format!("{}/sitemap.xml", site.address)])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn discover_follows_a_redirect_within_the_site_and_names_another_site() {
    let folder = tempfile::tempdir().expect("a folder");
    let site = Pages::start(&[("/", "redirect", "/ar/"), ("/ar/", "text/html", "<title>الجريدة</title><p>أهلا")]);
    let config = site.config(folder.path());

    let output = run(&config, &["discover", &site.address, "--block"]).await;
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let seeds = checked(&config, &stdout(&output)).await["seeds"].clone();
    assert_eq!(seeds, serde_json::json!([format!("{}/ar/", site.address)]));

    let moved = Pages::start(&[("/", "redirect", "https://elsewhere.example/")]);
    let output = run(&moved.config(folder.path()), &["discover", &moved.address]).await;
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("try: murasil discover https://elsewhere.example/"), "{}", stderr(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn discover_of_a_configured_site_keeps_what_was_configured() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let config = write_config(&web, folder.path(), DELAY);
    let paper = web.paper("family");

    let output = run(&config, &["discover", &paper.authority, "--pages", "3", "--json"]).await;

    let found = json(&output);
    assert_eq!((&found["site"], &found["configured"]), (&"family".into(), &true.into()));
    assert!(found["block"].as_str().expect("a block").contains("profile = \"arabress\""), "{}", found["block"]);
    let bare = without_sites(&web, folder.path());
    assert_eq!(checked(&bare, found["block"].as_str().expect("a block")).await["profile"], "arabress");
}

// ---- why ------------------------------------------------------------------------------------------------------

/// A crawl of the papers, with its configuration file and its database beside it.
async fn crawled(web: &Web) -> (TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let config = write_config(web, folder.path(), DELAY);
    let database = folder.path().join("murasil.db");
    crawl(&web.config(DELAY), &database, Duration::from_secs(20)).await;
    (folder, config, database)
}

#[tokio::test(flavor = "multi_thread")]
async fn why_tells_a_pages_whole_story() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let (_folder, config, _) = crawled(&web).await;
    let refusals = web.paper("refusals").authority.clone();

    let article = web.expected("windows-1256").remove(0);
    let output = run(&config, &["why", &article.url]).await;
    let text = stdout(&output);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    for part in [
        "of the site windows-1256",
        "kind           article",
        "last visit ",
        "page, status 200",
        "next visit 20",
        &article.title,
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    assert!(text.contains("found by seed"), "the trail leads back to a seed:\n{text}");

    let answer = json(&run(&config, &["why", &format!("{refusals}/private/accounts"), "--json"]).await);
    assert_eq!((&answer["known"], &answer["page"]["state"]), (&true.into(), &"refused".into()));
    assert_eq!(answer["robots"]["rule"], "Disallow: /private/ (line 3)");
    assert_eq!(answer["page"]["fetches"][0]["sent"], false);
    assert_eq!(answer["blocked_by"][0]["what"], "retired");
    assert_eq!(answer["page"]["trail"][0]["url"], format!("{refusals}/"));

    let gone = json(&run(&config, &["why", &format!("{refusals}/gone"), "--json"]).await);
    assert!(gone["blocked_by"][0]["why"].as_str().expect("words").contains("status 410"), "{gone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn why_says_which_rule_would_turn_an_unknown_address_away() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let (_folder, config, _) = crawled(&web).await;
    let text = std::fs::read_to_string(&config).expect("is there");
    std::fs::write(&config, format!("{text}[site.follow]\ndeny = ['^/go/']\n")).expect("is written");
    let refusals = web.paper("refusals").authority.clone();

    for (url, expected) in [
        ("https://elsewhere.example/story/1".to_owned(), "scope"),
        (format!("{refusals}/go/nowhere"), "denied"),
        (format!("{refusals}/calendar/2020/01/x"), "trap-calendar"),
        (format!("{refusals}/plan.png"), "media"),
    ] {
        let answer = json(&run(&config, &["why", &url, "--json"]).await);
        assert_eq!((&answer["known"], &answer["if_linked"]["turned_away"]), (&false.into(), &expected.into()), "{url}");
    }
    let output = run(&config, &["why", &format!("{refusals}/go/nowhere")]).await;
    assert!(stdout(&output).contains("(follow.deny \"^/go/\")"), "{}", stdout(&output));
    let output = run(&config, &["why", &format!("{refusals}/story/a-story-that-nobody-linked-77777")]).await;
    assert!(stdout(&output).contains("if linked      it enters as article"), "{}", stdout(&output));
    assert!(stdout(&output).contains("allows it"), "{}", stdout(&output));

    let output = run(&config, &["why", "nonsense"]).await;
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("neither an address nor a site; sites: family,"), "{}", stderr(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn why_of_a_site_shows_its_sources_pace_robots_and_errors() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let (_folder, config, _) = crawled(&web).await;

    let output = run(&config, &["why", "refusals"]).await;

    let text = stdout(&output);
    for part in [
        "refusals: configured",
        "does not run; last from",
        "next request   20",
        "given up ",
        "Disallow: /private/",
        "rules; read 20",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    let answer = json(&run(&config, &["why", "refusals", "--json"]).await);
    assert_eq!(answer["site"]["hosts"][0]["crawl_delay_ms"], 200);
    assert!(
        answer["site"]["turned_away"]
            .as_array()
            .is_some_and(|list| list.iter().any(|line| line["reason"] == "nofollow"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn why_reads_beside_the_running_daemon() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let config = write_config(&web, folder.path(), DELAY);
    let (file, home) = (config.clone(), format!("{}/", web.paper("json-ld").authority));

    let answer = tokio::task::spawn_blocking(move || {
        let mut daemon = murasil();
        daemon.arg("-c").arg(&file).arg("run").stderr(std::process::Stdio::piped()).env_remove("MURASIL_LOG");
        let mut daemon = daemon.spawn().expect("the daemon starts");
        let mut lines = BufReader::new(daemon.stderr.take().expect("piped")).lines().map_while(Result::ok);
        assert!(lines.by_ref().any(|line| line.contains("fetched")), "a page was fetched");
        std::thread::spawn(move || lines.for_each(drop));
        let answer = murasil().arg("-c").arg(&file).args(["why", &home, "--json"]).output().expect("the binary runs");
        daemon.kill().expect("is killed");
        daemon.wait().expect("is gone");
        answer
    })
    .await
    .expect("no panic");

    let answer = json(&answer);
    assert_eq!((&answer["known"], &answer["page"]["found_by"]), (&true.into(), &"seed".into()));
    let run = answer["blocked_by"].as_array().expect("a list").iter().any(|obstacle| obstacle["what"] == "no-run");
    assert!(!run, "a run is under way: {answer}");
}

// ---- simulate -------------------------------------------------------------------------------------------------

#[tokio::test(flavor = "multi_thread")]
async fn simulate_replays_two_weeks_of_three_papers() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("history.db");
    Box::pin(history::record(&database)).await;
    let config = bare_config(folder.path(), "443");
    let name = database.to_str().expect("text");

    let output = run(&config, &["-d", name, "simulate"]).await;

    println!("{}", stdout(&output));
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let answer = json(&run(&config, &["-d", name, "simulate", "--json"]).await);
    let policies = answer["policies"].as_array().expect("a list");
    let number = |policy: &str, key: &str| {
        let line = policies.iter().find(|line| line["policy"] == policy).unwrap_or_else(|| panic!("{policy}"));
        line[key].as_f64().unwrap_or_else(|| panic!("{policy} {key}"))
    };
    assert!(policies.len() >= 4);
    assert!(answer["articles"].as_u64() > Some(77 * 12), "nearly all articles are measured: {answer}");
    assert!(number("fixed:15m", "mean_seconds") < number("fixed:1h", "mean_seconds"));
    assert!(number("fixed:15m", "requests") > 3.5 * number("fixed:1h", "requests"));
    // Half of the interval, but for the grain of single articles.
    assert!((number("fixed:15m", "mean_seconds") - 450.0).abs() < 30.0, "{answer}");
    assert!(number("current", "requests") < number("fixed:15m", "requests"), "the present policy costs less than this");

    let one = json(
        &run(&config, &["-d", name, "simulate", "--json", "--site", "weekly.example", "--policy", "fixed:1h"]).await,
    );
    assert_eq!((&one["sources"], one["policies"].as_array().map(Vec::len)), (&2.into(), Some(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn simulate_without_history_says_so() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let (_folder, config, _) = crawled(&web).await;

    let output = run(&config, &["simulate"]).await;
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).contains("no article appeared between two visits"), "{}", stdout(&output));
    let output = run(&config, &["simulate", "--site", "nobody"]).await;
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("no visit of a source of the site \"nobody\""), "{}", stderr(&output));
    let output = run(&config, &["simulate", "--policy", "often"]).await;
    assert_eq!(code(&output), 2);
}

// ---- fetch, extract, check over HTTP --------------------------------------------------------------------------

#[tokio::test(flavor = "multi_thread")]
async fn fetch_stores_one_page_and_a_dry_run_nothing() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let config = write_config(&web, folder.path(), DELAY);
    let database = folder.path().join("murasil.db");
    let expected = web.expected("json-ld").remove(0);

    let dry = json(&run(&config, &["fetch", &expected.url, "--dry-run", "--json"]).await);
    assert_eq!((&dry["outcome"], &dry["stored"]), (&"page".into(), &Json::Null));
    assert_eq!(dry["record"]["title"], expected.title);
    assert!(!database.exists());

    for stored in ["new article", "unchanged"] {
        let fetched = json(&run(&config, &["fetch", &expected.url, "--json"]).await);
        assert_eq!(fetched["stored"], stored);
    }
    let articles = rows(&database, "select title from articles").await;
    assert_eq!(articles, [[expected.title]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn fetch_follows_redirects_by_hand_and_says_what_refused() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let config = write_config(&web, folder.path(), DELAY);
    let refusals = web.paper("refusals").authority.clone();

    let output = run(&config, &["fetch", &format!("{refusals}/go/ledger"), "--dry-run"]).await;
    assert_eq!(code(&output), 1);
    assert!(stdout(&output).contains(&format!("redirected: {refusals}/go/ledger")), "{}", stdout(&output));
    assert!(stdout(&output).contains("refused: robots.txt: Disallow: /private/ (line 3)"), "{}", stdout(&output));

    let output = run(&config, &["fetch", &format!("{refusals}/old-story"), "--dry-run"]).await;
    assert_eq!(code(&output), 0);
    assert!(stdout(&output).contains(&web.expected("refusals")[0].title), "{}", stdout(&output));

    web.set_fault("json-ld", Fault::Down);
    let output = run(&config, &["fetch", &format!("{}/", web.paper("json-ld").authority), "--dry-run"]).await;
    assert_eq!(code(&output), 1);
    assert!(stdout(&output).contains("failed: status 500"), "{}", stdout(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn extract_reads_an_address_as_it_reads_a_file() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let config = write_config(&web, folder.path(), DELAY);
    let expected = web.expected("windows-1256").remove(0);

    let record = json(&run(&config, &["extract", &expected.url, "--json"]).await);

    assert_eq!((&record["title"], &record["language"]), (&expected.title.clone().into(), &expected.language.into()));
    assert!(!folder.path().join("murasil.db").exists());
    let output = run(&config, &["extract", &format!("{}/private/x", web.paper("refusals").authority)]).await;
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("Disallow: /private/"), "{}", stderr(&output));
}

// ---- one pace for all verbs -------------------------------------------------------------------------------------

const ROBOTS: (&str, &str, &str) = ("/robots.txt", "text/plain", "");
const SPACING: Duration = Duration::from_millis(1200);

/// A configuration with [`SPACING`] between two requests.
fn slow_config(site: &Pages, folder: &Path) -> PathBuf {
    let path = site.config(folder);
    let text = std::fs::read_to_string(&path).expect("is there");
    std::fs::write(&path, text.replacen("delay = '20ms'", "delay = '1200ms'", 1)).expect("is written");
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn verbs_that_store_no_page_keep_the_pace_of_the_database_and_leave_theirs() {
    let site = Pages::start(&[ROBOTS, ("/", "text/html", "<p>a</p>"), ("/story", "text/html; charset=utf-8", STORY)]);
    let folder = tempfile::tempdir().expect("a folder");
    let config = slow_config(&site, folder.path());
    let (home, story) = (format!("{}/", site.address), format!("{}/story", site.address));

    for arguments in [
        &["fetch", &home][..],
        &["extract", &story],
        &["fetch", &home, "--dry-run"],
        &["discover", &home, "--pages", "1"],
        &["profile", "new", &story, "--pages", "1"],
        &["fetch", &home],
    ] {
        let output = run(&config, arguments).await;
        assert_eq!(code(&output), 0, "{arguments:?}: {}", stderr(&output));
    }

    let asked = site.asked();
    assert!(asked.len() >= 7, "{asked:?}");
    assert_eq!(asked.iter().filter(|path| *path == "/robots.txt").count(), 2, "once by discover: {asked:?}");
    assert!(site.smallest_gap() + Duration::from_millis(25) >= SPACING, "{:?} between {asked:?}", site.smallest_gap());
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_each_verb_waits_the_delay_of_the_host() {
    let site = Pages::start(&[ROBOTS, ("/", "text/html", "<p>a</p>")]);
    let folder = tempfile::tempdir().expect("a folder");
    let config = slow_config(&site, folder.path());
    let home = format!("{}/", site.address);
    assert_eq!(code(&run(&config, &["fetch", &home]).await), 0);
    let database = folder.path().join("murasil.db");
    support::execute(&database, "insert into runs (started_at) values ('2026-01-01T00:00:00.000Z')").await;
    support::execute(&database, "update hosts set next_at_ms = 0").await;

    for arguments in [&["fetch", &home][..], &["extract", &home]] {
        let started = std::time::Instant::now();
        assert_eq!(code(&run(&config, arguments).await), 0, "{arguments:?}");
        assert!(started.elapsed() >= SPACING, "{arguments:?} took {:?}", started.elapsed());
        support::execute(&database, "update hosts set next_at_ms = 0").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_rests_is_asked_by_no_verb() {
    let rests = ("/busy", "503 Service Unavailable\r\nretry-after: 7200", "");
    let site = Pages::start(&[ROBOTS, ("/", "text/html", "<p>a</p>"), rests]);
    let folder = tempfile::tempdir().expect("a folder");
    let config = site.config(folder.path());
    let (home, busy) = (format!("{}/", site.address), format!("{}/busy", site.address));
    assert_eq!(code(&run(&config, &["fetch", &busy]).await), 1);
    let asked = site.asked();

    for arguments in [
        &["fetch", &home][..],
        &["fetch", &home, "--dry-run"],
        &["extract", &home],
        &["discover", &home],
        &["profile", "new", &home],
    ] {
        let output = run(&config, arguments).await;
        let error = stderr(&output);
        assert_eq!(code(&output), 75, "{arguments:?}: {error}");
        let host = site.address.trim_start_matches("http://");
        assert!(error.contains(&format!("not now: {host} is not asked before 20")), "{error}");
        assert!(error.contains("status 503, retry after 7200 s"), "{error}");
    }

    assert_eq!(site.asked(), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rest_that_a_dry_run_was_told_is_kept() {
    let site = Pages::start(&[ROBOTS, ("/busy", "429 Too Many Requests\r\nretry-after: 7200", "")]);
    let folder = tempfile::tempdir().expect("a folder");
    let config = site.config(folder.path());
    let busy = format!("{}/busy", site.address);
    // Without a database nothing is known, and none is made.
    for _ in 0..2 {
        assert_eq!(code(&run(&config, &["fetch", &busy, "--dry-run"]).await), 1);
    }
    let database = folder.path().join("murasil.db");
    assert!(!database.exists());
    murasil::store::Store::open(&database, None).await.expect("opens").close().await.expect("closes");

    let codes = [run(&config, &["extract", &busy]).await, run(&config, &["extract", &busy]).await];

    assert_eq!(codes.map(|output| code(&output)), [1, 75]);
    assert_eq!(rows(&database, "select count(*), (select count(*) from pages) from hosts").await, [["1", "0"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_a_crawl_only_hosts_are_asked_that_it_does_not_know() {
    let site = Pages::start(&[ROBOTS, ("/", "text/html", "<p>a</p>")]);
    let other = Pages::start(&[ROBOTS, ("/story", "text/html; charset=utf-8", STORY)]);
    let folder = tempfile::tempdir().expect("a folder");
    let ports = [&site, &other].map(|site| site.address.rsplit(':').next().expect("a port"));
    let config = bare_config(folder.path(), &ports.join(", "));
    let home = format!("{}/", site.address);
    assert_eq!(code(&run(&config, &["fetch", &home]).await), 0);
    let asked = site.asked();

    let crawl = murasil::store::Store::open(&folder.path().join("murasil.db"), None).await.expect("opens");
    for arguments in [&["fetch", &home, "--dry-run"][..], &["extract", &home], &["discover", &home]] {
        let output = run(&config, arguments).await;
        assert_eq!(code(&output), 75, "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains("the crawl that uses"), "{}", stderr(&output));
    }
    assert_eq!(code(&run(&config, &["fetch", &home]).await), 5);
    assert_eq!(code(&run(&config, &["extract", &format!("{}/story", other.address)]).await), 0);
    crawl.close().await.expect("closes");

    assert_eq!(site.asked(), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_over_the_network_keeps_the_pace_of_the_database() {
    let site = Pages::start(&[("/robots.txt", "503 Service Unavailable\r\nretry-after: 7200", "")]);
    let folder = tempfile::tempdir().expect("a folder");
    let config = site.config(folder.path());
    let text = std::fs::read_to_string(&config).expect("is there");
    let home = format!("{}/", site.address);
    std::fs::write(&config, format!("{text}[[site]]\nname = 'paper'\nseeds = ['{home}']\n")).expect("is written");
    assert_eq!(code(&run(&config, &["fetch", &home]).await), 1);
    // The last look at robots.txt counts as long past, the host still rests.
    let database = folder.path().join("murasil.db");
    support::execute(&database, "update robots set failed_at = '2020-01-01T00:00:00.000Z'").await;
    support::execute(&database, "update hosts set next_at_ms = next_at_ms + 7200000").await;

    let output = run(&config, &["check", "--network", "--json"]).await;

    assert_eq!(code(&output), 75, "{}{}", stdout(&output), stderr(&output));
    let seed = json(&output)["seeds"][0].clone();
    assert_eq!(seed["allowed"], Json::Null);
    assert!(seed["reason"].as_str().is_some_and(|reason| reason.starts_with("not now: ")), "{seed}");
    assert_eq!(site.asked(), ["/robots.txt"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_over_the_network_asks_for_robots_txt_alone() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let config = write_config(&web, folder.path(), DELAY);

    let output = run(&config, &["check", "--network"]).await;
    assert_eq!(code(&output), 0, "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("allowed, crawl-delay 200ms"), "{}", stdout(&output));
    assert!(web.log().iter().all(|arrival| arrival.path == "/robots.txt"));

    web.set_fault("feed-only", Fault::RobotsDown);
    let output = run(&config, &["check", "--network", "--json"]).await;
    assert_eq!(code(&output), 1);
    let seeds = json(&output)["seeds"].clone();
    let refused: Vec<&Json> =
        seeds.as_array().expect("a list").iter().filter(|seed| seed["allowed"] == false).collect();
    assert_eq!(refused.len(), 1, "{seeds}");
    assert_eq!(refused[0]["reason"], "robots.txt unreachable: status 503");
}

/// One letter of it is Cyrillic.
const LOOK_ALIKE: &str = "http://\u{430}pple.example/news/1001";

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_looks_like_another_is_shown_in_ascii_and_never_taken_for_it() {
    let feed = format!(
        "<rss><channel><item><title>One</title><link>{LOOK_ALIKE}</link></item>\
         <item><title>Two</title><link>http://apple.example/news/1001</link></item></channel></rss>"
    );
    let site = Pages::start(&[ROBOTS, ("/feed", "application/rss+xml", &feed)]);
    let folder = tempfile::tempdir().expect("a folder");
    let config = site.config(folder.path());
    let feed = format!("{}/feed", site.address);
    let sites = |domains: &str| {
        let text = std::fs::read_to_string(&config).expect("is readable");
        // Hosts out in the world are asked at a decent pace.
        let own = text.split("[[site]]").next().expect("a beginning").replace("20ms", "1s");
        let domain = site.address.trim_start_matches("http://");
        let text = format!("{own}[[site]]\nname = 'papers'\ndomains = ['{domain}', {domains}]\nseeds = ['{feed}']\n");
        std::fs::write(&config, text).expect("is written");
    };
    let database = folder.path().join("murasil.db");
    let stored = "select host_id || ' ' || url from pages where url like '%/news/1001' order by url";

    // Only the true one belongs to the site: the other is turned away under its own name.
    sites("'apple.example'");
    let fetched = run(&config, &["fetch", &feed]).await;
    assert_eq!(code(&fetched), 0, "{}", stderr(&fetched));
    let known: Vec<String> = rows(&database, "select url from pages where url like '%/news/1001'").await.concat();
    assert_eq!(known, ["http://apple.example/news/1001"]);
    let why = run(&config, &["why", LOOK_ALIKE]).await;
    assert!(stdout(&why).contains("http://xn--pple-43d.example/news/1001"), "{}{}", stdout(&why), stderr(&why));
    assert!(!stdout(&why).contains('\u{430}'), "{}", stdout(&why));
    let of_site = stdout(&run(&config, &["why", "papers", "--json"]).await);
    assert!(of_site.contains("http://xn--pple-43d.example/news/1001"), "what was left alone is named: {of_site}");

    // Where both are configured they are two hosts with a page each.
    sites("'apple.example', 'xn--pple-43d.example'");
    support::execute(&database, "update hosts set next_at_ms = 0").await;
    assert_eq!(code(&run(&config, &["fetch", &feed]).await), 0);
    let both = rows(&database, stored).await.concat();
    let urls: Vec<&str> = both.iter().filter_map(|row| row.split(' ').nth(1)).collect();
    assert_eq!(urls, ["http://apple.example/news/1001", "http://xn--pple-43d.example/news/1001"]);
    assert_ne!(both[0].split(' ').next(), both[1].split(' ').next(), "two hosts: {both:?}");
}
