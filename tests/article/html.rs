//! `body_html` holds the listed elements and nothing else, whatever the page holds, and says the same words as `body`.

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use quick_xml::events::Event;
use serde_json::Value;

use super::{PROSE, article, page, parse};
use murasil::model::Article;

const ALLOWED: [&str; 18] = [
    "p",
    "h2",
    "h3",
    "h4",
    "ul",
    "ol",
    "li",
    "blockquote",
    "table",
    "tr",
    "th",
    "td",
    "figure",
    "figcaption",
    "a",
    "strong",
    "em",
    "tbody",
];

/// Checks the promise by two parsers: html5ever's tree as browsers build it, and a strict reader of XML.
fn check(article: &Article, case: &str) {
    let html = article.body_html.as_deref().expect("a body has HTML");
    assert!(!html.contains("<html") && !html.contains("<body"), "{case}: {html}");
    let tree = scraper::Html::parse_fragment(html);
    for node in tree.tree.nodes().skip(1) {
        match node.value() {
            // The roots that the parser of fragments adds.
            scraper::Node::Element(element) if !matches!(element.name(), "html" | "body") => {
                assert!(ALLOWED.contains(&element.name()), "{case}: <{}> in {html}", element.name());
                for (name, value) in element.attrs() {
                    assert!(
                        element.name() == "a" && name == "href",
                        "{case}: {name} on <{}> in {html}",
                        element.name()
                    );
                    assert!(value.starts_with("http://") || value.starts_with("https://"), "{case}: {value}");
                    assert!(url::Url::parse(value).is_ok(), "{case}: {value}");
                }
            }
            scraper::Node::Element(_) | scraper::Node::Text(_) | scraper::Node::Fragment => {}
            other => panic!("{case}: {other:?} in {html}"),
        }
    }
    let words = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let shown: String = tree.root_element().text().collect();
    assert_eq!(words(&shown), words(&article.paragraphs().join(" ")), "{case}: the words of body and body_html");
    well_formed(html, case);
}

fn well_formed(html: &str, case: &str) {
    let wrapped = format!("<body>{html}</body>");
    let mut reader = quick_xml::Reader::from_str(&wrapped);
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return,
            Ok(Event::Start(_) | Event::End(_) | Event::Text(_) | Event::GeneralRef(_)) => {}
            other => panic!("{case}: {other:?} in {html}"),
        }
    }
}

/// Cases of a suite; `None` with a loud line where the shared folder is missing.
fn cases(suite: &str) -> Option<Vec<Value>> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/suites")).join(suite).join("cases.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        assert_ne!(std::env::var("MURASIL_REQUIRE_SHARED").as_deref(), Ok("1"), "missing: {}", path.display());
        println!("SKIP: {} is missing; nothing was tested", path.display());
        return None;
    };
    Some(text.lines().map(|line| serde_json::from_str(line).expect("a case is JSON")).collect())
}

/// A text with its character references read once.
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
}

/// Four paragraphs around a fragment, which stands in a paragraph and by itself.
fn around(fragment: &str) -> String {
    let inner =
        format!("{PROSE}<p>Some say that {fragment} is what the council wanted from the beginning of it all.</p>");
    page("A bridge is built over the river", "", &format!("{inner}<div>{fragment}</div>{PROSE}"))
}

#[test]
fn hostile_markup_of_feedparser_leaves_only_what_is_listed() {
    let Some(cases) = cases("html-sanitize-feedparser") else { return };
    let mut reached = 0;
    for case in &cases {
        let feed = case["input"]["feed"]["text"].as_str().unwrap_or_default();
        let fragment = unescaped(feed.split_once("-->").map_or(feed, |(_, rest)| rest));
        let found = parse("https://paper.example/news/2024/a-bridge-is-built", &around(&fragment));
        let Some(found) = found.article.filter(|found| found.body_html.is_some()) else { continue };
        check(&found, case["id"].as_str().unwrap_or_default());
        reached += 1;
    }
    println!(
        "html-sanitize-feedparser: {reached} of {} hostile fragments read, and only what is listed left",
        cases.len()
    );
    assert!(reached * 10 >= cases.len() * 9, "{reached} of {}", cases.len());
}

#[test]
fn naughty_strings_stay_text() {
    let Some(cases) = cases("strings-naughty") else { return };
    for case in &cases {
        let text = case["input"]["string"]["text"].as_str().unwrap_or_default();
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let id = case["id"].as_str().unwrap_or_default();
        check(&article(&around(&escaped)), id);
        check(&article(&around(&format!("<a href=\"{escaped}\">{escaped}</a> <b>{escaped}</b>"))), id);
        if let Some(found) = parse("https://paper.example/news/2024/a-bridge-is-built", &around(text)).article
            && found.body_html.is_some()
        {
            check(&found, id);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_soup_of_tags_leaves_only_what_is_listed(
        pieces in prop::collection::vec(
            prop_oneof![
                "[a-z \u{627}-\u{64a}<>&\"';=/]{0,12}",
                prop::sample::select(vec![
                    "<b>", "</b>", "<i>", "</i>", "<a href='javascript:alert(1)'>", "<a href=\"/x?a=1&b=2\">", "</a>", "<p>",
                    "</p>", "<script>alert(1)</script>", "<style>p{}</style>", "<img src=x onerror=alert(1)>", "<svg onload=x>",
                    "</svg>", "<table><tr><td>", "</td><td>", "</table>", "<ul><li>", "</li></ul>", "<!--", "-->", "<blockquote>",
                    "</blockquote>", "<iframe srcdoc='<p>'>", "</iframe>", "<span hidden>", "</span>", "<h2 onclick=x>", "</h2>",
                    "<textarea>", "</textarea>", "<math><mi>", "</math>", "<p style='display:none'>", "<em class=\"x\">", "</em>",
                    "&#0;", "&lt;script&gt;", "\u{202e}", "<br>", "<base href='data:text/html,x'>", "<object data=x>", "</object>",
                    "<form action=x><input value=y>", "</form>", "<a href='  https://b.example/\"onmouseover=x '>",
                ])
                .prop_map(str::to_owned),
            ],
            0..30,
        ),
    ) {
        let found = parse("https://paper.example/news/2024/a-bridge-is-built", &around(&pieces.concat()));
        if let Some(found) = found.article.filter(|found| found.body_html.is_some()) {
            check(&found, "soup");
        }
    }
}

#[test]
fn structure_links_and_emphasis_of_the_text_are_kept() {
    let text = format!(
        "{PROSE}<h2>What <em>comes</em> next</h2><p>The plan is <a href='/plan?a=1&amp;b=2'>open to <b>all</b></a>, says \
         <a href='mailto:a@b.example'>the clerk</a>.</p><ol><li>First the northern bank is cleared of trees.</li><li>Then \
         the <strong>southern</strong> one.</li></ol><blockquote><p>Nobody asked the river about any of this, and it \
         was here before.</p></blockquote><table><tr><th>Year</th><th>Cost</th></tr><tr><td>2025</td><td>4 \
         million</td></tr></table>{PROSE}"
    );
    let found = article(&page("A bridge is built over the river", "", &text));
    check(&found, "structure");
    let html = found.body_html.expect("HTML");
    for part in [
        "<h2>What <em>comes</em> next</h2>",
        "<p>The plan is <a href=\"https://paper.example/plan?a=1&amp;b=2\">open to</a> \
         <a href=\"https://paper.example/plan?a=1&amp;b=2\"><strong>all</strong></a>, says the clerk.</p>",
        "<ol><li>First the northern bank is cleared of trees.</li><li>Then the <strong>southern</strong> one.</li></ol>",
        "<blockquote><p>Nobody asked",
        "<table><tr><th>Year</th><th>Cost</th></tr><tr><td>2025</td><td>4 million</td></tr></table>",
    ] {
        assert!(html.contains(part), "{part}\nin {html}");
    }
}

#[test]
fn the_listed_elements_are_those_that_the_documentation_names() {
    let page = include_str!("../../docs/FIELDS.md");
    let line = page.lines().find(|line| line.starts_with("| `body_html` |")).expect("a row for body_html");
    let named: BTreeSet<&str> = line.split('`').skip(3).step_by(2).collect();
    for name in ALLOWED.iter().filter(|name| **name != "tbody") {
        assert!(named.contains(name), "docs/FIELDS.md does not name {name}");
    }
}
