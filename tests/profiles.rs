//! Profiles: their own tests, proposals for new ones, and what happens when a site is redesigned.

mod support;

use std::path::Path;
use std::process::Output;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use murasil::config::Config;
use murasil::demo::{Web, WebOptions};
use murasil::model::Timestamp;
use murasil::store::Reader;
use support::{crawl, execute, murasil, write_config};

const DELAY: Duration = Duration::from_millis(10);
/// A paper whose article pages a redesign changes.
const PAPER: &str = "windows-1256";

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    murasil().current_dir(folder).args(arguments).output().expect("runs")
}

#[test]
fn every_built_in_profile_passes_its_own_tests() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run(folder.path(), &["profile", "test"]);
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    let shown = text(&output.stdout);
    for name in ["arabress", "blogger", "drupal", "ghost", "joomla", "wordpress"] {
        assert!(shown.contains(&format!("{name}: ")), "{shown}");
    }
    assert!(!shown.contains("no tests"), "{shown}");
}

#[test]
fn a_failing_test_says_what_was_expected_and_exits_with_4() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = "[profile.mine]\ntitle = { css = ['h1.gone', 'h2'] }\n[[profile.mine.test]]\nfile = 'page.html'\n\
                  url = 'https://a.example/1'\nexpect = { title = 'One' }\n\
                  [[profile.mine.test]]\nfile = 'missing.html'\nexpect = { title = 'One' }\n";
    std::fs::write(folder.path().join("crawler.toml"), config).expect("a file");
    let paragraph = "Some words of a text, which goes on for a while and says nothing that anybody would miss.";
    let page = format!(
        "<meta property='og:type' content='article'><title>Two</title><article><h2>Two</h2>{}</article>",
        format!("<p>{paragraph}</p>").repeat(8)
    );
    std::fs::write(folder.path().join("page.html"), page).expect("a file");
    let output = run(folder.path(), &["profile", "test", "mine"]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    assert!(shown.contains("mine: 0 of 2 pages as expected"), "{shown}");
    assert!(shown.contains("title: expected One\n      found Two"), "{shown}");
    assert!(shown.contains("missing.html"), "{shown}");

    let output = run(folder.path(), &["profile", "test", "mine", "--json"]);
    let line: serde_json::Value =
        serde_json::from_slice(output.stdout.split(|b| *b == b'\n').next().expect("a line")).expect("JSON");
    assert_eq!(line["misses"][0]["found"], "Two", "{line}");

    let output = run(folder.path(), &["profile", "test", "none"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("there are: arabress"), "{}", text(&output.stderr));
}

#[test]
fn a_version_holds_for_pages_that_were_fetched_until_its_day() {
    let folder = tempfile::tempdir().expect("a folder");
    let paragraph = "<p>Some words of a text, which goes on for a while and says nothing that anybody would miss.</p>";
    let page = format!(
        "<meta property='og:type' content='article'><h4>New</h4><h5>Old</h5><h6>Older</h6><i class=locked>Join</i>\
         <article>{}</article><p><a class=on href='/story/part-two'>on</a>",
        paragraph.repeat(8)
    );
    std::fs::write(folder.path().join("page.html"), page).expect("a file");
    let test = |fetched: &str, title: &str, flags: &str| {
        format!(
            "[[profile.mine.test]]\nfile = 'page.html'\nurl = 'https://a.example/story'\n{fetched}\n\
             expect = {{ title = '{title}', flags = '{flags}' }}\n"
        )
    };
    let config = [
        "[profile.mine]\ntitle = { css = ['h4'] }\nnext_page = { css = ['a.on@href'] }\npaywall = { css = ['.none'] }\n".into(),
        "[[profile.mine.version]]\nuntil = '2024-12-31'\ntitle = { css = ['h5'] }\npaywall = { css = ['.locked'] }\n".into(),
        "[[profile.mine.version]]\nuntil = '2020-12-31'\ntitle = { css = ['h6'] }\n".into(),
        test("", "New", "multi-page"),
        test("fetched = '2025-01-01'", "New", "multi-page"),
        test("fetched = '2024-12-31'", "Old", "paywalled; multi-page"),
        test("fetched = '2021-01-01'", "Old", "paywalled; multi-page"),
        test("fetched = '2020-12-31'", "Older", "multi-page"),
    ];
    std::fs::write(folder.path().join("crawler.toml"), config.concat()).expect("a file");
    let output = run(folder.path(), &["profile", "test", "mine"]);
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    assert!(text(&output.stdout).contains("mine: 5 of 5 pages as expected"), "{}", text(&output.stdout));
}

#[test]
fn formats_months_and_named_groups_give_fields() {
    let folder = tempfile::tempdir().expect("a folder");
    let paragraph = "<p>Some words of a text, which goes on for a while and says nothing that anybody would miss.</p>";
    let page = format!(
        "<html lang=en><meta property='og:type' content='article'><h1>One</h1>\
         <b class=line>The Old Paper, 03/04/2020 17.05, from Oslo by Ann Lee</b><i class=change>12 Awussu 2020</i>\
         <article>{}</article>",
        paragraph.repeat(8)
    );
    std::fs::write(folder.path().join("page.html"), page).expect("a file");
    let config = "[profile.mine]\n\
        article_url = '^/(?<section>[a-z]+)/(?<source_id>\\d+)$'\n\
        published = { css = ['.line'], formats = ['%d/%m/%Y %H.%M'], timezone = 'Asia/Riyadh', \
        pattern = '^(?<publisher>[^,]+), (?<date>[\\d/]+ [\\d.]+), from (?<dateline>\\w+) by (?<author>.+)$' }\n\
        modified = { css = ['.change'], months = ['yannayer', 'furar', 'meghres', 'yebrir', 'mayyu', 'yunyu', 'yulyu', \
        'ghuct|awussu', 'ctember', 'tuber', 'wamber', 'dujember'] }\n\
        [[profile.mine.test]]\nfile = 'page.html'\nurl = 'https://a.example/town/5512'\n\
        [profile.mine.test.expect]\npublished = '2020-04-03T17:05:00+03:00'\nmodified = '2020-08-12'\nsection = 'town'\n\
        source_id = '5512'\npublisher = 'The Old Paper'\ndateline = 'Oslo'\nauthors = 'Ann Lee'\n";
    std::fs::write(folder.path().join("crawler.toml"), config).expect("a file");
    let output = run(folder.path(), &["profile", "test", "mine"]);
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    for (written, told) in [
        ("published = { formats = ['%H:%M'] }", "\"%H:%M\" is no format of a date"),
        ("modified = { months = ['May'] }", "1 months: it must be twelve"),
    ] {
        std::fs::write(folder.path().join("crawler.toml"), format!("[profile.mine]\n{written}\n")).expect("a file");
        let output = run(folder.path(), &["check"]);
        let said = text(&output.stderr);
        assert!(said.contains(told) && said.contains("crawler.toml:2"), "{written}: {said}");
    }
}

#[test]
fn a_rule_for_the_body_has_neither_pattern_nor_attribute() {
    let folder = tempfile::tempdir().expect("a folder");
    let allowed = "it has `css` without \"@attr\", `remove` and `drop`";
    for (written, key, wrong) in [
        ("body = { css = ['.text'], pattern = 'x' }", "profile.mine.body.pattern", "a pattern picks a part"),
        ("body = { css = ['.text', '.text@title'] }", "profile.mine.body.css", "\".text@title\" takes an attribute"),
    ] {
        let version = format!("[[profile.mine.version]]\nuntil = '2024-12-31'\n{written}");
        for (written, key) in [(written.to_owned(), key.to_owned()), (version, key.replace("mine", "mine.version"))] {
            std::fs::write(folder.path().join("crawler.toml"), format!("[profile.mine]\n{written}\n")).expect("a file");
            let output = run(folder.path(), &["check"]);
            let said = text(&output.stderr);
            let is_told = ["crawler.toml:", &key, wrong, allowed].iter().all(|part| said.contains(part));
            assert!(!output.status.success() && is_told, "{written}: {said}");
        }
    }
    std::fs::write(
        folder.path().join("crawler.toml"),
        "[profile.mine]\nbody = { css = ['.text[title*=\"a@b\"]'], remove = ['.box'], drop = ['^Read'] }\n",
    )
    .expect("a file");
    let output = run(folder.path(), &["check"]);
    assert!(!text(&output.stderr).contains("body"), "{}", text(&output.stderr));
}

#[test]
fn a_version_that_makes_no_sense_is_an_error_of_the_configuration() {
    let folder = tempfile::tempdir().expect("a folder");
    for (written, told) in [
        ("title = { css = ['h1'] }", "profile.mine.version: a version needs `until`"),
        ("until = 'spring'", "profile.mine.version.until: \"spring\" is no day"),
        ("until = '2024-12-31'\ndomains = ['a.example']", "all else belongs to the profile"),
        ("until = '2024-12-31'\ntitle = { pattern = '(' }", "profile.mine.version.title.pattern"),
    ] {
        let config = format!("[profile.mine]\n[[profile.mine.version]]\n{written}\n");
        std::fs::write(folder.path().join("crawler.toml"), config).expect("a file");
        let output = run(folder.path(), &["check"]);
        let said = text(&output.stderr);
        assert!(!output.status.success() && said.contains(told) && said.contains("crawler.toml:"), "{written}: {said}");
    }
}

#[test]
fn a_test_that_cannot_be_run_is_an_error_of_the_configuration() {
    let folder = tempfile::tempdir().expect("a folder");
    for (written, told) in [
        ("expect = { title = 'x' }", "either `file` or `page`"),
        ("page = '<p>'\nexpect = {}", "needs `expect`"),
        ("page = '<p>'\nexpect = { titel = 'x' }", "did you mean \"title\""),
        ("page = '<p>'\nurl = 'x'\nexpect = { title = 'x' }", "url is no address"),
    ] {
        let config = format!("[profile.mine]\n[[profile.mine.test]]\n{written}\n");
        std::fs::write(folder.path().join("crawler.toml"), config).expect("a file");
        let output = run(folder.path(), &["check"]);
        assert_eq!(output.status.code(), Some(78), "{written}");
        let shown = text(&output.stderr);
        assert!(shown.contains(told) && shown.contains("crawler.toml:"), "{shown}");
    }
}

#[tokio::test]
async fn a_profile_is_proposed_from_a_site_and_works() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let config = write_config(&web, folder.path(), DELAY);
    let paper = web.papers().iter().find(|paper| paper.name == PAPER).expect("the paper").clone();
    let front = paper.seeds[0].0.clone();
    let ask = {
        let config = config.clone();
        let folder = folder.path().to_owned();
        tokio::task::spawn_blocking(move || {
            run(&folder, &["-c", config.to_str().expect("text"), "profile", "new", &front, "--name", "mine"])
        })
    };
    let output = ask.await.expect("ends");
    let proposed = text(&output.stdout);
    assert!(output.status.success(), "{proposed}{}", text(&output.stderr));
    assert!(proposed.contains("title = { css = [") && proposed.contains("5 of 5 pages"), "{proposed}");
    assert!(proposed.contains("body = { css = ["), "{proposed}");
    let profile: Config = toml::from_str(&proposed).expect("a configuration");
    assert!(profile.profiles.contains_key("mine"), "{proposed}");
    web.stop().await;
}

#[tokio::test]
async fn a_redesign_raises_alerts_with_a_selector_that_works() {
    let web = Web::start(WebOptions::default()).await.expect("the papers start");
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");
    let mut config = web.config(DELAY);
    config.sites.retain(|site| site.name == PAPER);
    config.sites[0].profile = Some("mine".into());
    let old = "title = { css = ['h1.news-title'] }\nbody = { css = ['#khabar'] }";
    config.profiles.insert("mine".into(), toml::from_str(old).expect("a profile"));

    crawl(&config, &database, Duration::from_secs(5)).await;
    let reader = Reader::open(&database).await.expect("opens");
    assert!(reader.alerts(false).await.expect("reads").is_empty());
    drop(reader);

    web.redesign(PAPER);
    web.publish(PAPER, 8);
    make_sources_due(&database).await;
    let log = Log::default();
    {
        let written = log.clone();
        let to_log = tracing_subscriber::fmt().with_writer(move || written.clone()).with_ansi(false).finish();
        let _guard = tracing::subscriber::set_default(to_log);
        crawl(&config, &database, Duration::from_secs(5)).await;
    }

    let reader = Reader::open(&database).await.expect("opens");
    let alerts = reader.alerts(true).await.expect("reads");
    let title = alerts.iter().find(|alert| alert.field == "profile:title").expect("an alert");
    assert_eq!(title.site, PAPER);
    assert!(title.usual > 0.9 && title.example_url.starts_with("http://"), "{title:?}");
    assert!(title.suggestion.as_deref().is_some_and(|css| css.contains("headline")), "{title:?}");
    let status = reader.status(Timestamp::now()).await.expect("reads");
    assert_eq!(status.alerts.len(), alerts.len());
    // The log and `status` say the same: site, field, day, example and the selector that may find it.
    let suggestion = title.suggestion.as_deref().expect("a selector");
    let log = text(&log.0.lock().expect("no panic"));
    let said = log
        .lines()
        .find(|line| line.contains("a field that used to be found is missing") && line.contains("profile:title"));
    let said = said.unwrap_or_else(|| panic!("{log}"));
    assert!(said.contains(PAPER) && said.contains(suggestion) && said.contains(&title.example_url), "{said}");
    assert!(said.starts_with(&title.raised_at[..10]), "{said}");
    std::fs::write(folder.path().join("crawler.toml"), "[crawler]\ndatabase = 'm.db'\n").expect("a file");
    let shown = text(&run(folder.path(), &["status"]).stdout);
    for part in [PAPER, "title by the profile", &title.raised_at[..10], &title.example_url, suggestion] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let output = run(folder.path(), &["profile", "stats", PAPER, "--by", "day", "--json"]);
    let rates: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(rates["periods"][0]["title"].as_f64().is_some_and(|share| share > 0.9), "{rates}");
    assert!(
        rates["alerts"].as_array().is_some_and(|all| all.iter().any(|it| it["field"] == "profile:title")),
        "{rates}"
    );
    let shown = text(&run(folder.path(), &["profile", "stats", "--by", "month"]).stdout);
    assert!(shown.starts_with("site") && shown.contains(PAPER) && shown.contains('%'), "{shown}");
    let fills = reader.fill_rates(Some(PAPER), murasil::model::query::Period::Day).await.expect("reads");
    let (articles, titles): (i64, f64) = fills.iter().fold((0, 0.0), |(n, t), row| (n + row.articles, t + row.title));
    assert!(articles > 15 && titles > 0.9, "{fills:?}");

    // The old design comes back: the alert ends by itself.
    web.redesign(PAPER);
    web.publish(PAPER, 4);
    make_sources_due(&database).await;
    crawl(&config, &database, Duration::from_secs(5)).await;
    assert!(reader.alerts(true).await.expect("reads").iter().all(|alert| alert.field != "profile:title"));
    web.stop().await;
}

/// What is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// As if the interval of every source were over.
async fn make_sources_due(database: &Path) {
    execute(database, "update pages set due_at_ms = 0 where lane = 'source'").await;
    execute(database, "update hosts set wake_at_ms = 0").await;
}
