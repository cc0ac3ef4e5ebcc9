//! The seed page and its family, through the parser and through the program.

use std::path::{Path, PathBuf};
use std::process::Command;

use murasil::config::Config;
use murasil::crawl::extract::{self, PageFile};
use murasil::model::{HeadlineRole, PageKind, PageUrl, Parsed, Timestamp};
use murasil::parse::Parser;
use serde_json::Value;

const SEED_URL: &str = "https://sauress.com/alriyadh/1019284";

fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/seed")).join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var("MURASIL_REQUIRE_SHARED").is_err(), "{} is missing", path.display());
    eprintln!("SKIP: {} is missing", path.display());
    None
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("a readable file")).expect("JSON")
}

fn now() -> Timestamp {
    "2024-11-20T12:00:00Z".parse().expect("a timestamp")
}

fn parse(body: Vec<u8>, url: &str) -> Parsed {
    let config = Config::default();
    let parser = Parser::new(&config).expect("built-in profiles compile");
    let page = PageFile {
        body,
        url: Some(PageUrl::parse(url).expect("an address")),
        content_type: None,
        charset: None,
        visited: None,
    };
    extract::extract(&parser, &config, &page, PageKind::Unknown, now())
}

fn program(path: &Path, url: &str) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_murasil"))
        .arg("extract")
        .arg(path)
        .args(["--url", url, "--json"])
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(|item| item.as_str().expect("text")).collect()
}

fn ticker(record: &Value) -> (Vec<&str>, Vec<&str>) {
    let all = record["headlines"].as_array().expect("a list");
    let ticker = all.iter().filter(|headline| headline["role"] == "ticker");
    ticker.map(|h| (h["text"].as_str().expect("text"), h["target"].as_str().expect("text"))).unzip()
}

fn check_seed(record: &Value, expected: &Value) {
    assert_eq!(record["title"], expected["headline"]);
    assert_eq!(record["subtitle"], expected["subtitle"]);
    assert_eq!(record["publisher"], expected["publisher"]);
    assert_eq!(record["published_day"], expected["published_date"]);
    assert_eq!(record["published_precision"], expected["published_precision"]);
    assert_eq!(record["published_raw"], expected["published_raw"]);
    assert_eq!(record["published_at"], expected["published_date"]);
    assert_eq!(record["language"], expected["lang"]);
    assert_eq!(record["body"], expected["body_paragraphs"]);
    assert_eq!(record["source_url"], expected["source_url"]);
    assert_eq!(record["source_id"], expected["source_article_id"]);
    assert_eq!(record["authors"], serde_json::json!([]));
    let (headlines, targets) = ticker(record);
    assert_eq!(headlines, texts(&expected["ticker_headlines"]));
    assert_eq!(targets, texts(&expected["ticker_targets"]));
    let text = record["text"].as_str().expect("text");
    for notice in texts(&expected["notices_removed"]) {
        assert!(!text.contains(notice), "{notice}");
    }
}

#[test]
fn the_seed_page_equals_its_record_through_the_parser() {
    let (Some(page), Some(record)) = (shared("sauress_article_1019284.html"), shared("seed_expected_record.json"))
    else {
        return;
    };
    let parsed = parse(extract::read_page(&page).expect("a page"), SEED_URL);

    assert_eq!(parsed.kind, PageKind::Article);
    check_seed(&extract::record(&parsed), &json(&record));
}

#[test]
fn the_seed_page_equals_its_record_through_the_program() {
    let (Some(page), Some(record)) = (shared("sauress_article_1019284.html"), shared("seed_expected_record.json"))
    else {
        return;
    };

    check_seed(&program(&page, SEED_URL), &json(&record));
}

#[test]
fn the_familys_real_article_equals_its_record_in_every_field() {
    let (Some(page), Some(record)) =
        (shared("maghress_article_1384068.html.gz"), shared("maghress_1384068_expected_record.json"))
    else {
        return;
    };
    let expected = json(&record);
    let found = program(&page, expected["url"].as_str().expect("text"));

    for field in ["title", "subtitle", "authors", "publisher", "language", "image", "source_url"] {
        assert_eq!(found[field], expected[field], "{field}");
    }
    for field in ["published_day", "published_raw", "published_precision"] {
        assert_eq!(found[field], expected[field], "{field}");
    }
    assert_eq!(found["text"], expected["body"]);
    let ticker: Vec<&Value> =
        found["headlines"].as_array().expect("a list").iter().filter(|h| h["role"] == "ticker").collect();
    assert_eq!(ticker, expected["headlines"].as_array().expect("a list").iter().collect::<Vec<_>>());
}

#[test]
fn the_familys_front_page_gives_all_its_headline_links() {
    let (Some(page), Some(record)) = (shared("maghress_home.html.gz"), shared("maghress_home_expected.json")) else {
        return;
    };
    let expected = json(&record);
    let base = PageUrl::parse(expected["url"].as_str().expect("text")).expect("an address");
    let found = program(&page, base.as_str());

    assert_eq!(found["kind"], "front");
    let found: std::collections::HashSet<(&str, &str)> = found["headlines"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|h| (h["text"].as_str().expect("text"), h["target"].as_str().expect("text")))
        .collect();
    let links = expected["links"].as_array().expect("a list");
    assert_eq!(links.len(), 58);
    for link in links {
        let target = base.join(link["href"].as_str().expect("text")).expect("an address");
        assert!(found.contains(&(link["text"].as_str().expect("text"), target.as_str())), "{link}");
    }
}

// Mutations of a page of our own text in the family's markup.

const OWN: &str = include_str!("fixtures/arabress/article.html");
const OWN_URL: &str = "https://www.sauress.com/jarida/700100";

fn own(edit: impl FnOnce(&str) -> String) -> Parsed {
    parse(edit(OWN).into_bytes(), OWN_URL)
}

fn replaced(from: &str, to: &str) -> Parsed {
    assert!(OWN.contains(from), "{from}");
    own(|page| page.replace(from, to))
}

#[test]
fn the_page_of_our_own_is_read_whole() {
    let parsed = own(str::to_owned);
    let article = parsed.article.as_ref().expect("an article");

    assert_eq!(article.title.as_ref().expect("a title").value, "المكتبة الجديدة تفتح أبوابها لسكان الحي القديم");
    assert_eq!(article.subtitle.as_ref().expect("a subtitle").value, "آلاف الكتب بجهد متطوعين");
    assert_eq!(article.publisher.as_ref().expect("a publisher").value, "الجريدة");
    assert_eq!(article.published.as_ref().expect("a date").value.to_string(), "2019-09-03");
    assert_eq!(article.source.as_ref().expect("a source").value.as_str(), "http://jarida.example/news/700100");
    assert_eq!(article.authors, None);
    assert_eq!(article.paragraphs().len(), 3);
    assert_eq!(article.word_count(), article.paragraphs().iter().map(|p| p.split(' ').count()).sum::<usize>());
    let roles: Vec<HeadlineRole> = parsed.headlines.iter().map(|headline| headline.role).collect();
    assert_eq!(roles, [HeadlineRole::Ticker, HeadlineRole::Ticker, HeadlineRole::Ticker, HeadlineRole::Related]);
}

#[test]
fn without_a_subtitle_there_is_none() {
    let parsed = replaced("آلاف الكتب بجهد متطوعين", "");
    assert_eq!(parsed.article.expect("an article").subtitle, None);
}

#[test]
fn an_author_is_read_and_a_masked_address_is_none() {
    let with = |name: &str| {
        replaced(
            r#"<span class="articlenewspaper">"#,
            &format!(r#"<a href="/author/x" class="articleauthor link">{name}</a> <span class="articlenewspaper">"#),
        )
    };
    let authors = |parsed: Parsed| parsed.article.expect("an article").authors.map(|found| found.value);
    assert_eq!(authors(with("ليلى الحداد")), Some(vec!["ليلى الحداد".to_owned()]));
    assert_eq!(authors(with("email protected")), None);
    assert_eq!(authors(with("و م ع")), None);
}

#[test]
fn a_day_that_cannot_be_is_no_date_and_is_told() {
    let parsed = replaced("03 - 09 - 2019", "31 - 02 - 2015");
    assert_eq!(parsed.article.expect("an article").published, None);
    let told = parsed.warnings.iter().any(|w| w.code == "date" && w.detail == "31 - 02 - 2015");
    assert!(told, "{:?}", parsed.warnings);
}

#[test]
fn empty_ticker_anchors_keep_their_links() {
    let parsed = replaced("الفريق الأزرق يفوز في مباراة الإياب", "");
    let second = &parsed.headlines[1];
    assert_eq!((second.text.as_str(), second.position), ("", 2));
    assert_eq!(second.target.as_str(), "https://www.sauress.com/masaa/800002");
    assert_eq!(parsed.headlines.iter().filter(|h| h.role == HeadlineRole::Ticker).count(), 3);
}

#[test]
fn a_body_in_several_blocks_is_joined_in_order() {
    let whole = own(str::to_owned).article.expect("an article").body.expect("a body").value;
    let split = replaced(
        "واحد.<br />",
        r#"واحد.</span><br /><span style="display: block"><script>x()</script></span><span class="articlecontent">"#,
    );
    assert_eq!(split.article.expect("an article").body.expect("a body").value, whole);
}

#[test]
fn inline_links_neither_vanish_nor_glue() {
    let whole = own(str::to_owned).article.expect("an article").body.expect("a body").value;
    let linked = replaced("سكان الحي القديم، وحضر", r#"سكان <a class="link" href="/city/x">الحي القديم</a>، وحضر"#);
    assert_eq!(linked.article.expect("an article").body.expect("a body").value, whole);
}

#[test]
fn one_profile_serves_all_seven_sites() {
    let parser = Parser::new(&Config::default()).expect("built-in profiles compile");
    for site in ["yemeress", "sauress", "masress", "sudaress", "turess", "djazairess", "maghress"] {
        let url = PageUrl::parse(&format!("https://www.{site}.com/paper/12345")).expect("an address");
        assert_eq!(parser.profile_for(&url.host()), Some("arabress"), "{site}");
        assert_eq!(parser.is_article_url(None, &url), Some(true), "{site}");
    }
    let other = PageUrl::parse("https://notmaghress.com/paper/12345").expect("an address");
    assert_eq!(parser.profile_for(&other.host()), None);
}
