//! What untrusted input may cost: time in proportion to its size, whatever it consists of, and bounded memory.
//!
//! Time is a processor's, not the clock's, and mostly judged by comparison: twice the input may cost at most three
//! times as much. The ceilings in seconds are those of a denial of service, not of a benchmark.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use murasil::config::Config;
use murasil::fetch::robots::{self, Rules};
use murasil::model::{PageKind, PageUrl, Parsed, Timestamp};
use murasil::parse::dates::DateContext;
use murasil::parse::{Input, Parser, feed, sitemap};

/// The larger of two inputs, in bytes.
const SIZE: usize = 1 << 20;
/// Largest body that is taken by default.
const MAX_BODY: usize = 5 << 20;
/// No single page, whatever it is, may cost more.
fn ceiling() -> Duration {
    // Two seconds are promised of the release build.
    Duration::from_secs(if env!("BUILD_OPT_LEVEL") == "0" { 4 } else { 2 })
}
/// Differences below this are the machine's.
const NOISE: Duration = Duration::from_millis(60);

/// What this thread has used of a processor; where the system does not tell, what the clock says.
fn cpu_time() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split_whitespace().next().and_then(|it| it.parse().ok()));
    nanoseconds.map_or_else(|| START.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}

/// Input of about so many bytes.
type Make = fn(usize) -> String;

/// Reads each input at half and at whole size and holds the costs against each other.
///
/// A measurement that says too much is repeated, and the least of all counts: only a cause in the input is there every
/// time.
fn costs_grow_in_proportion(reader: impl Fn(&str), cases: &[(&str, Make)]) {
    let mut wrong = Vec::new();
    for (name, make) in cases {
        let (half, whole) = (make(SIZE / 2), make(SIZE));
        let measure = |text: &str| {
            let before = cpu_time();
            reader(text);
            cpu_time().saturating_sub(before)
        };
        let (mut small, mut large) = (Duration::MAX, Duration::MAX);
        for _ in 0..5 {
            small = small.min(measure(&half));
            large = large.min(measure(&whole));
            if is_in_proportion(small, large) {
                break;
            }
        }
        println!("{name}: {} KiB {small:?}, {} KiB {large:?}", half.len() >> 10, whole.len() >> 10);
        if !is_in_proportion(small, large) {
            wrong.push(format!("{name}: {small:?} and {large:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn is_in_proportion(small: Duration, large: Duration) -> bool {
    large <= small * 3 + NOISE && large <= ceiling()
}

fn filled(unit: &str, size: usize) -> String {
    unit.repeat(size / unit.len())
}

/// Units that all differ by a number.
fn numbered(size: usize, unit: impl Fn(usize) -> String) -> String {
    let mut out = String::with_capacity(size + 100);
    let mut number = 0;
    while out.len() < size {
        out.push_str(&unit(number));
        number += 1;
    }
    out
}

/// So many units that differ by a number.
fn counted(count: usize, unit: impl Fn(usize) -> String) -> String {
    (0..count).map(unit).collect()
}

fn wrapped(before: &str, inside: &str, after: &str) -> String {
    [before, inside, after].concat()
}

fn home() -> PageUrl {
    PageUrl::parse("https://news.example/2026/11/some-title-of-a-story-123456.html").expect("an address")
}

fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().expect("an instant")
}

fn read_page(parser: &Parser, profile: Option<&str>, page: &str) -> Parsed {
    parser.parse(&Input {
        url: &home(),
        kind: PageKind::Unknown,
        profile,
        zone: "UTC",
        content_type: Some("text/html; charset=utf-8"),
        charset: None,
        robots_tags: &[],
        feed_text: None,
        boilerplate: None,
        canonical: None,
        body: page.as_bytes(),
        now: now(),
        visited: Some(now()),
        robot_name: "murasil",
    })
}

fn parser() -> Parser {
    Parser::new(&Config::default()).expect("the built-in profiles compile")
}

const HEAD: &str = "<!DOCTYPE html><html lang=en><title>Some title of a story</title><h1>Some title of a story</h1>";
const PROSE: &str =
    "<p>The council met on Friday evening and spoke for two hours about the bridge in the old town.</p>";

const MARKUP: &[(&str, Make)] = &[
    ("attributes of one element", |size| wrapped("<p ", &numbered(size, |n| format!("a{n} ")), ">x")),
    ("values of one element", |size| wrapped("<p ", &numbered(size, |n| format!("a{n}='{n}' ")), ">x")),
    ("attributes in tags of some size", |size| {
        let tag = format!("<p {}>x", numbered(12 << 10, |n| format!("a{n} ")));
        filled(&tag, size)
    }),
    ("one attribute", |size| wrapped("<p title=\"", &filled("x &amp; y ", size), "\">x")),
    ("formatting with attributes", |size| {
        let bold: String = counted(100, |n| format!("<b {}>", numbered(200, |at| format!("a{n}x{at} "))));
        wrapped(&bold, &filled("<p>x</p>", size), "")
    }),
    ("elements in elements", |size| filled("<div>", size)),
    ("elements in elements with text", |size| filled("<div>some words ", size)),
    ("lists in lists", |size| filled("<ul><li>", size)),
    ("bold in bold", |size| filled("<b>", size)),
    ("bold across paragraphs", |size| filled("<b><p>x</b>", size)),
    ("many kinds of formatting", |size| filled("<b><i><u><em><code><a><p>x</b></i></u>", size)),
    ("tables in tables", |size| filled("<table><tr><td>", size)),
    ("what no table holds", |size| wrapped("<table>", &filled("<b>x<a>y", size), "")),
    ("foreign elements", |size| wrapped(HEAD, &filled("<svg><g><math><mi><title>", size), "")),
    ("attributes of many roots", |size| numbered(size, |n| format!("<html a{n} b{n} c{n} d{n}>"))),
    ("anchors in anchors", |size| {
        let links: String = counted(200, |n| format!("<a href=/news/story-{n}.html><marquee>"));
        wrapped(&links, &filled("some words of a headline ", size), "")
    }),
    ("end tags", |size| filled("</div></b></a></table>", size)),
    ("open comments", |size| filled("<!-- ", size)),
    ("one open comment", |size| wrapped("<!-- ", &filled("- -- -> ", size), "")),
    ("declarations", |size| filled("<!x <? </ ", size)),
    ("opening brackets", |size| filled("<", size)),
    ("ampersands", |size| filled("&", size)),
    ("references", |size| filled("&amp;&notit;&#1;&#x41;&ampx", size)),
    ("nothing but blanks", |size| filled(" \n\t", size)),
    ("nothing but letters", |size| filled("x", size)),
    ("line breaks", |size| filled("x<br>", size)),
    ("selects", |size| filled("<select><option>x", size)),
    ("templates", |size| filled("<template><p>x", size)),
    ("frames and forms", |size| filled("<form><frameset><input></form>", size)),
    ("half scripts", |size| filled("<script><!--<script></script>", size)),
    ("plain text", |size| wrapped("<plaintext>", &filled("<p>x", size), "")),
];

#[test]
fn markup_costs_time_in_proportion_to_its_size() {
    let parser = parser();
    costs_grow_in_proportion(|page| drop(read_page(&parser, None, page)), MARKUP);
}

const CONTENT: &[(&str, Make)] = &[
    ("paragraphs", |size| wrapped(HEAD, &filled(PROSE, size), "")),
    ("one paragraph", |size| wrapped(HEAD, "<p>", &filled("The council met and spoke. ", size))),
    ("links", |size| {
        wrapped(HEAD, "", &numbered(size, |n| format!("<a href=/news/story-number-{n}.html>A story</a>")))
    }),
    ("links to one page", |size| wrapped(HEAD, "", &filled("<a href=/x>A story of the day</a> ", size))),
    ("one long link", |size| wrapped("<a href='/", &filled("x/../", size), "'>x</a>")),
    ("classes", |size| {
        numbered(size, |n| format!("<div class='{}'>x</div>", numbered(400, |at| format!("c{n}w{at}-"))))
    }),
    ("classes of one element", |size| wrapped("<div class='", &filled("comment related-", size), "'><p>x")),
    ("headings in regions", |size| filled("<aside class=related><h1>Some title of a story</h1><p>words</aside>", size)),
    ("title", |size| wrapped("<title>", &filled("Some title | of a - page ", size), "</title><h1>Some title</h1>")),
    ("titles", |size| filled("<title>Some title | of a page</title>", size)),
    ("heading", |size| wrapped(HEAD, "<h1>", &filled("Some title of a page ", size))),
    ("metas", |size| filled("<meta property=og:title content='Some title of a page'>", size)),
    ("metas of many names", |size| numbered(size, |n| format!("<meta name=n{n} content='words {n}'>"))),
    ("heads", |size| filled("<link rel=alternate type=application/rss+xml href=/rss><base href=/x>", size)),
    ("pictures", |size| wrapped(HEAD, "<article>", &filled("<img src=/a.jpg alt=x>", size))),
    ("candidates of a picture", |size| {
        wrapped(HEAD, "<article><img srcset='", &numbered(size, |n| format!("/a{n}.jpg {n}w, ")))
    }),
    ("a date", |size| wrapped(HEAD, "<p class=date><time datetime='", &filled("2026-11-20T10:00:00", size))),
    ("dates", |size| wrapped(HEAD, "<p class=date>", &filled("20 November 2026 at 10:00, ", size))),
    ("arabic dates", |size| wrapped(HEAD, "<p class=date>", &filled("الجمعة 20 نوفمبر 2026 ", size))),
    ("elements of dates", |size| wrapped(HEAD, "", &filled("<time class=date>20 November 2026</time> ", size))),
    ("digits", |size| wrapped(HEAD, "<p class=date>", &filled("20261120", size))),
    ("authors", |size| wrapped(HEAD, "<p class=byline>By ", &filled("Ann Lee, Bob Roe and ", size))),
    ("authors' elements", |size| wrapped(HEAD, "", &filled("<span class=author>By Ann Lee</span>", size))),
    ("authors of many names", |size| {
        wrapped(HEAD, "", &numbered(size, |n| format!("<a rel=author href=/a>Ann Lee{n}</a>")))
    }),
    ("keywords", |size| wrapped("<meta name=keywords content='", &numbered(size, |n| format!("word {n}, ")), "'>")),
    ("lists of teasers", |size| wrapped(HEAD, "<ul>", &filled("<li><a href=/a/1>xx yy zz</a><p>some prose", size))),
    ("cells", |size| wrapped(HEAD, "<table>", &filled("<tr><td>some prose<td>and more of it", size))),
    ("rows of one cell", |size| wrapped(HEAD, "<article><table>", &filled(&format!("<tr><td>{PROSE}"), size))),
    ("cells of two blocks", |size| {
        wrapped(HEAD, "<article><table>", &filled(&format!("<tr><td>{PROSE}{PROSE}<td>{PROSE}"), size))
    }),
    ("hidden", |size| wrapped(HEAD, "", &filled("<p style='display:none'>some prose</p>", size))),
    ("marks around all", |size| {
        let marks = "<div class=author itemprop=author><div class=date><div class=subtitle>".repeat(150);
        wrapped(HEAD, &marks, &filled("By Ann Lee, 20 November 2026. ", size))
    }),
    ("microdata", |size| filled("<div itemscope itemtype=https://schema.org/Person><b itemprop=name>Ann</b>", size)),
    ("a language without blanks", |size| wrapped(HEAD, "<p>", &filled("議会は金曜日の夜に開かれた", size))),
    ("marks without letters", |size| wrapped(HEAD, "<p>", &filled("\u{64b}\u{301}", size))),
    ("no letters", |size| wrapped(HEAD, "<p>", &filled("\u{200b}\u{202e}\u{feff} ", size))),
];

#[test]
fn content_costs_time_in_proportion_to_its_size() {
    let parser = parser();
    costs_grow_in_proportion(|page| drop(read_page(&parser, None, page)), CONTENT);
}

/// A script of JSON-LD; the reader takes at most a megabyte.
fn script(inside: &str) -> String {
    wrapped(HEAD, "<script type=application/ld+json>", &wrapped(inside, "</script>", PROSE))
}

/// Objects in objects, as deep as the reader of JSON goes, around a text.
fn nested_items(inside: &str) -> String {
    wrapped(&r#"{"@type":"NewsArticle","item":"#.repeat(120), inside, &"}".repeat(120))
}

const JSON: &[(&str, Make)] = &[
    ("brackets", |size| script(&filled("[", size))),
    ("objects", |size| script(&wrapped("[", &filled("{\"\":0},", size - 400), "0]"))),
    ("numbers", |size| script(&wrapped("[", &filled("0,", size - 400), "0]"))),
    ("articles", |size| {
        let article = |n| format!("{{\"@type\":\"NewsArticle\",\"@id\":\"#{n}\",\"headline\":\"Some title {n}\"}},");
        script(&wrapped("{\"@graph\":[", &numbered(size - 500, article), "0]}"))
    }),
    ("items in items", |size| script(&nested_items(&wrapped("{\"name\":\"", &filled("x", size - 5_000), "\"}")))),
    ("authors", |size| {
        let author = |n| format!("{{\"@id\":\"#{n}\"}},");
        let authors = wrapped("{\"@type\":\"NewsArticle\",\"author\":[", &numbered(size / 2, author), "0]}");
        let people = numbered(size / 4, |n| format!("{{\"@id\":\"#{n}\",\"name\":\"Ann Lee{n}\"}},"));
        script(&wrapped("[", &people, &wrapped(&authors, "]", "")))
    }),
    ("names of an author", |size| {
        let names = numbered(size / 2, |n| format!("\"Ann Lee{n}\","));
        script(&format!("{{\"@type\":\"NewsArticle\",\"author\":{{\"name\":[{names}0]}}}}"))
    }),
    ("keywords by reference", |size| {
        let words = filled("{\"@id\":\"#\"},", size / 2);
        let people = numbered(size / 4, |n| format!("{{\"@id\":\"#{n}\"}},"));
        script(&format!("[{people}{{\"@type\":\"NewsArticle\",\"keywords\":[{words}0]}}]"))
    }),
    ("keywords", |size| {
        let words = numbered(size / 2, |n| format!("\"word {n}\","));
        script(&format!("{{\"@type\":\"NewsArticle\",\"keywords\":[{words}0]}}"))
    }),
    ("a body", |size| {
        script(&format!(
            "{{\"@type\":\"NewsArticle\",\"articleBody\":\"{}\"}}",
            filled("A word.\\n\\u0041 &lt;p> ", size / 2)
        ))
    }),
    ("a headline", |size| {
        script(&format!("{{\"@type\":\"NewsArticle\",\"headline\":\"{}\"}}", filled("Some title | ", size / 2)))
    }),
];

#[test]
fn json_ld_costs_time_in_proportion_to_its_size() {
    let parser = parser();
    costs_grow_in_proportion(|page| drop(read_page(&parser, None, page)), JSON);
}

/// Pages against a profile whose patterns and selectors a careless operator might write.
#[test]
fn a_careless_profile_costs_time_in_proportion_to_the_page() {
    let mut config = Config::default();
    let profile = "description = 'careless'\ntitle = { css = ['h1', 'div b'] }\n\
                   authors = { css = ['div div', '.a .a .a'], pattern = '^(.*a)*(?<value>x+x+)+y' }\n\
                   tags = { css = ['div'] }\nbody = { css = ['div'], remove = ['div p'], drop = ['(x+x+)+y'] }";
    config.profiles.insert("careless".into(), toml::from_str(profile).expect("a profile"));
    let parser = Parser::new(&config).expect("the profile compiles");
    costs_grow_in_proportion(
        |page| drop(read_page(&parser, Some("careless"), page)),
        &[
            ("nested matches", |size| wrapped(&"<div class=a>".repeat(400), &filled("<p>x<b>y</b>", size), "")),
            ("matches", |size| filled("<div class=a>xxxx <b>y</b></div>", size)),
            ("text", |size| wrapped("<div class=a><h1>", &filled("xxxxa ", size), "")),
        ],
    );
}

fn date_context(zone: &TimeZone) -> DateContext<'_> {
    DateContext { now: now(), visited: Some(now()), zone, language: None, day_first: None }
}

const FEEDS: &[(&str, Make)] = &[
    ("empty entries", |size| wrapped("<rss><channel>", &filled("<item/>", size), "")),
    ("entries without end", |size| wrapped("<rss><channel>", &filled("<item>", size), "")),
    ("titles of one entry", |size| wrapped("<rss><channel><item>", &filled("<title>a</title>", size), "")),
    ("elements in elements", |size| wrapped("<rss><channel><item>", &filled("<a>", size), "")),
    ("elements in a text", |size| wrapped("<feed><entry><content type='xhtml'>", &filled("<div>x<br/>", size), "")),
    ("end tags", |size| wrapped("<rss><channel><item>", &filled("</b>", size), "")),
    ("names", |size| {
        let names = numbered(size, |n| format!("<category>word {n}</category>"));
        wrapped("<rss><channel><item>", &names, "")
    }),
    ("attributes", |size| wrapped("<rss ", &numbered(size, |n| format!("a{n}='x' ")), "><channel><item>")),
    ("declarations", |size| {
        filled("<rss xmlns:a='http://purl.org/dc/elements/1.1/' xmlns:b='x'><a:title>x</a:title>", size)
    }),
    ("brackets in a title", |size| wrapped("<rss><channel><item><title>", &filled("&lt;b ", size), "</title>")),
    ("comments in a title", |size| wrapped("<rss><channel><item><title>", &filled("&lt;!-- ", size), "</title>")),
    ("references", |size| wrapped("<rss><channel><item><title>", &filled("&amp;amp;&x;&#1;", size), "</title>")),
    ("open sections", |size| wrapped("<rss><channel><item><title>", &filled("<![CDATA[", size), "")),
    ("open comments", |size| wrapped("<rss>", &filled("<!--", size), "")),
    ("a document type", |size| wrapped("<!DOCTYPE a [", &filled("<!ENTITY b \"&b;&b;\">", size), "]><rss>")),
    ("a date", |size| wrapped("<rss><channel><item><pubDate>", &filled("Fri, 20 Nov 2026 ", size), "</pubDate>")),
    ("base64", |size| wrapped("<feed><entry><content type='base64'>", &filled("PHA+", size), "</content>")),
    ("objects", |size| {
        wrapped("{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[", &filled("{\"\":0},", size), "0]}")
    }),
    ("tags", |size| {
        let tags = numbered(size, |n| format!("\"word {n}\","));
        wrapped("{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{\"tags\":[", &tags, "0]}]}")
    }),
];

#[test]
fn a_feed_costs_time_in_proportion_to_its_size() {
    let zone = TimeZone::UTC;
    costs_grow_in_proportion(|text| drop(feed::parse(text, &home(), &date_context(&zone))), FEEDS);
}

const SITEMAPS: &[(&str, Make)] = &[
    ("entries", |size| {
        wrapped("<urlset>", &numbered(size, |n| format!("<url><loc>https://news.example/{n}</loc></url>")), "")
    }),
    ("entries without end", |size| wrapped("<urlset>", &filled("<url>", size), "")),
    ("entries in an address", |size| wrapped("<urlset><url><loc>", &filled("<url>x", size), "")),
    ("addresses of one entry", |size| wrapped("<urlset><url>", &filled("<loc>/a</loc>", size), "")),
    ("alternates", |size| {
        wrapped("<urlset><url>", &filled("<link rel='alternate' href='/a'/>", size), "<loc>/a</loc></url>")
    }),
    ("elements in elements", |size| wrapped("<urlset>", &filled("<a>", size), "")),
    ("end tags", |size| wrapped("<urlset>", &filled("</a>", size), "")),
    ("one text", |size| wrapped("<urlset><url><loc>", &filled("x&amp;", size), "")),
    ("a list", |size| numbered(size, |n| format!("https://news.example/{n}\n"))),
    ("a list of something else", |size| wrapped("https://news.example/\n", &filled("x\n", size), "")),
];

#[test]
fn a_sitemap_costs_time_in_proportion_to_its_size() {
    let zone = TimeZone::UTC;
    costs_grow_in_proportion(|text| drop(sitemap::parse(text, &home(), &date_context(&zone))), SITEMAPS);
}

const ROBOTS: &[(&str, Make)] = &[
    ("stars", |size| wrapped("User-agent: *\nDisallow: /", &filled("*a", size), "b$")),
    ("rules of stars", |size| wrapped("User-agent: *\n", &filled("Disallow: /*a*a*a*a*a*a*b$\n", size), "")),
    ("rules", |size| wrapped("User-agent: *\n", &numbered(size, |n| format!("Disallow: /{n}\n")), "")),
    ("agents", |size| numbered(size, |n| format!("User-agent: a{n}\n"))),
    ("groups", |size| filled("User-agent: murasil\nDisallow: /a\n", size)),
    ("one line", |size| wrapped("User-agent: ", &filled("murasil ", size), "")),
    ("line ends", |size| filled("\r\n\r", size)),
    ("addresses", |size| numbered(size, |n| format!("Sitemap: /{n}.xml\n"))),
    ("escapes", |size| wrapped("User-agent: *\nDisallow: /", &filled("%e9\u{e9}%", size), "")),
    ("bytes that are no text", |size| filled("\0\0", size)),
];

#[test]
fn robots_txt_costs_time_in_proportion_to_its_size() {
    let path = format!("/{}", "a".repeat(2_000));
    let home = PageUrl::parse("https://news.example/robots.txt").expect("an address");
    costs_grow_in_proportion(
        |body| {
            let text = robots::text_of(body.as_bytes(), false);
            drop(Rules::parse(&text, "murasil").verdict(&path));
            drop(robots::sitemaps(&text, &home));
        },
        ROBOTS,
    );
}

#[test]
fn bombs_of_html_cost_less_than_two_seconds_each() {
    let parser = parser();
    let mut attributes = String::from("<p ");
    (0..100_000).for_each(|n| write!(attributes, "a{n}='' ").expect("a string takes text"));
    for (name, page) in [
        ("100,000 elements in each other", "<div>".repeat(100_000)),
        ("100,000 bold ones", "<b>".repeat(100_000)),
        ("100,000 list items", "<ul><li>".repeat(50_000)),
        ("100,000 attributes", attributes),
        ("100,000 open comments", "<!--".repeat(100_000)),
        ("200,000 links", "<a href=/x>x</a>".repeat(200_000)),
        ("a title of 5 MB", format!("<title>{}", "Some title | ".repeat(400_000))),
        ("a million paragraphs", "<p>xx".repeat(1_000_000)),
    ] {
        let before = cpu_time();
        let parsed = read_page(&parser, None, &page);
        let cost = cpu_time().saturating_sub(before);
        println!("{name}: {cost:?}, {:?}", parsed.warnings.first().map(|warning| &warning.detail));
        assert!(cost < ceiling(), "{name} cost {cost:?}");
    }
}

/// Documents that grow in the reader's memory, each in a process of its own.
#[cfg(target_os = "linux")]
#[test]
fn no_document_of_the_largest_size_fills_the_memory() {
    const MOST_MB: usize = 160;
    let nested = "[".to_owned() + &"{\"\":0},".repeat(120_000) + "0]";
    let links: String = counted(240, |n| format!("<a href=/news/story-{n}.html><marquee>"));
    let bold: String = counted(60, |n| format!("<b {}>", numbered(800, |at| format!("a{n}x{at} "))));
    let cases = [
        (
            "objects of a feed",
            format!(
                "{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{}0]}}",
                filled("{\"\":0},", MAX_BODY)
            ),
        ),
        ("objects of JSON-LD", script(&wrapped("[", &filled("{\"\":0},", 1_000_000), "0]")).repeat(5)),
        ("objects in items", script(&nested_items(&nested))),
        ("text in items", script(&nested_items(&format!("\"{}\"", "x".repeat(1_000_000))))),
        ("anchors around all", links + &filled("some words of a headline ", MAX_BODY)),
        ("attributes again and again", bold + &filled("<p>x</p>", 1 << 20)),
        (
            "links of a body",
            wrapped(
                HEAD,
                "<article><p>",
                &filled("Some words of prose, and <a href=x>a</a> <a href=y>b</a>.", MAX_BODY),
            ),
        ),
        (
            "a link around pieces",
            wrapped(
                HEAD,
                "<article><p>Some words of prose, more of them, and then a link: <a href=x>",
                &filled("some <b>words</b> ", MAX_BODY),
            ),
        ),
        ("short addresses", format!("<urlset>{}", filled("<url><loc>a</loc></url>", MAX_BODY))),
        (
            "alternates",
            format!(
                "<urlset>{}",
                filled(&format!("<url><loc>a</loc>{}</url>", "<link rel='alternate' href='a'/>".repeat(50)), MAX_BODY)
            ),
        ),
        ("nodes", filled("<p>x", MAX_BODY)),
        ("empty comments", filled("<!---->", MAX_BODY)),
        ("line breaks", filled("x<br>", MAX_BODY)),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("https://news.example/{}/", "long/".repeat(400));
    let mut wrong = Vec::new();
    for (at, (name, text)) in cases.iter().enumerate() {
        let path = folder.path().join(format!("{at}.html"));
        std::fs::write(&path, text).expect("a file is written");
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_murasil"))
            .args(["extract", "--json", "--url", &url])
            .arg(&path)
            .current_dir(folder.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut peak = 0;
        let status = loop {
            peak = peak.max(peak_mb(child.id()));
            if let Some(status) = child.try_wait().expect("the program can be waited for") {
                break status;
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        println!("{name}: {} KiB, {peak} MB, {status}", text.len() >> 10);
        if status.code().is_none_or(|code| code > 100) || peak > MOST_MB {
            wrong.push(format!("{name}: {peak} MB, {status}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The most memory that a process had so far, in MB of 10^6 bytes; 0 once it has ended.
#[cfg(target_os = "linux")]
fn peak_mb(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes: usize = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0);
    kilobytes * 1024 / 1_000_000
}
