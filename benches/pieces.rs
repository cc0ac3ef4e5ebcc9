//! What a page costs, piece by piece, and what one of its links costs.
//!
//! `cargo bench --bench pieces`. Page, robots.txt and addresses are made here; nothing is read. Claims and commits are
//! measured by `--bench frontier`, real pages by `--bench reading`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use murasil::config::Config;
use murasil::crawl::extract::{self, PageFile};
use murasil::fetch::robots::Rules;
use murasil::model::boilerplate::Paragraph;
use murasil::model::{PageKind, PageUrl, ParagraphCounts, Timestamp};
use murasil::parse::Parser;
use murasil::parse::decode::decode;
use murasil::parse::pieces::Page;
use url::Url;

/// Links of one turn: those of some fifty pages.
const LINKS: usize = 10_000;
/// Turns, of which the shortest counts: other programs share the cores.
const TURNS: usize = 9;

fn main() {
    pages();
    links();
}

/// The steps of reading one page of some 75 KB.
fn pages() {
    let config = Config::default();
    let parser = Parser::new(&config).expect("built-in profiles compile");
    let url = PageUrl::parse("https://www.paper.example/news/2026/11/24/").expect("an address");
    let text = page();
    let tree = Page::parse(&text);
    let file = PageFile {
        body: text.clone().into_bytes(),
        url: Some(url.clone()),
        content_type: None,
        charset: None,
        visited: None,
    };
    let rules = Rules::parse(&robots(), "murasil");
    let paths: Vec<String> = (0..1_000).map(|n| format!("/section-{}/story-{n}?page=2", n % 40)).collect();
    let print = |what: &str, time: Duration| println!("{what:<57} {:>6.0} µs", time.as_secs_f64() * 1e6);
    println!("a page of {} KB with {} nodes", text.len() / 1000, tree.nodes());
    print("decode", shortest(|| decode(file.body.as_slice(), Some("text/html; charset=utf-8"))));
    print("scraper's tree, to compare", shortest(|| scraper::Html::parse_document(&text)));
    print("tree", shortest(|| Page::parse(&text)));
    print("walk", shortest(|| tree.walk()));
    print("walk and links", shortest(|| tree.walk_and_link(&url)));
    let read = || extract::extract(&parser, &config, &file, PageKind::Article, Timestamp::UNIX_EPOCH);
    print("all: decode, tree, walk, links and every field", shortest(read));
    let counts = || {
        let mut counts = ParagraphCounts::default();
        for n in 0..50 {
            counts.count(&body(n));
        }
        counts
    };
    let stored = counts().to_bytes();
    print("fingerprints of 25 paragraphs", shortest(|| body(1)));
    print("counting them, with the host's counts from bytes to bytes", {
        let another = body(51);
        shortest(|| {
            let mut counts = ParagraphCounts::from_bytes(&stored);
            let before = counts.boilerplate();
            counts.count(&another);
            (before == counts.boilerplate(), counts.to_bytes())
        })
    });
    print("robots.txt of 500 rules: read", shortest(|| Rules::parse(&robots(), "murasil")));
    print("the same: 1,000 verdicts", shortest(|| paths.iter().map(|path| rules.verdict(path)).collect::<Vec<_>>()));
}

/// The paragraphs of an article of some 5 KB.
fn body(article: usize) -> Vec<Paragraph> {
    let text = "The harbour master said that the wall would hold for another winter, whatever the council decides. ";
    (0..25).map(|n| Paragraph::new(&format!("{n} of {article}: {}", text.repeat(2)))).collect()
}

/// A page of sixty paragraphs and a hundred links, with scripts and styles as pages have them.
fn page() -> String {
    let paragraph = "<p>The harbour master said that the wall would hold for <b>another winter</b>, whatever the council \
                     decides &ndash; and that <a href=\"/people/harbour-master\">he</a> would not wait for it.</p>\n";
    let card = |n: usize| {
        format!(
            "<li class=\"teaser teaser--small\" data-id=\"{n}\"><a class=\"teaser__link\" href=\"{}\"><img \
             src=\"/img/{n}.jpg\" alt=\"\" width=\"320\" height=\"180\" loading=\"lazy\"><h3 \
             class=\"teaser__title\">What the council said of wall {n}</h3></a></li>\n",
            link(n)
        )
    };
    let script =
        "window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments);}if(1<2){gtag('js');}\n";
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Harbour wall approved</title>\
         <meta property=\"og:title\" content=\"Harbour wall approved\"><script>{}</script></head><body>\
         <header class=\"site-header\"><nav class=\"main-nav\"><ul>{}</ul></nav></header><main><article>\
         <h1>Harbour wall approved</h1><time datetime=\"2026-11-24T08:00:00Z\">24 November</time>\
         <div class=\"article-body\">{}</div></article><aside class=\"related\"><ul>{}</ul></aside></main></body></html>",
        script.repeat(150),
        (0..20).map(card).collect::<Vec<_>>().concat(),
        paragraph.repeat(60),
        (20..100).map(card).collect::<Vec<_>>().concat(),
    )
}

fn robots() -> String {
    let rules = (0..500).map(|n| format!("Disallow: /section-{n}/*?page=\nAllow: /section-{n}/story-1$\n"));
    format!("User-agent: *\n{}", rules.collect::<Vec<_>>().concat())
}

/// What a link costs: resolving it, its key, its shape, the first time and again.
fn links() {
    let base = PageUrl::parse("https://www.paper.example/news/2026/11/24/").expect("an address");
    let plain = Url::parse(base.as_str()).expect("an address");
    let links: Vec<String> = (0..LINKS).map(link).collect();

    let print = |what: &str, time: Duration| {
        println!("{what:<52} {:>6.0} ns a link", time.as_secs_f64() * 1e9 / LINKS as f64);
    };
    let join = || links.iter().filter_map(|link| base.join(link).ok()).collect::<Vec<PageUrl>>();
    let urls = join();
    print("the url crate alone: join", shortest(|| links.iter().map(|link| plain.join(link)).collect::<Vec<_>>()));
    print("PageUrl::join", shortest(join));
    print("PageUrl::join, key", shortest(|| join().iter().map(PageUrl::key).collect::<Vec<_>>()));
    print("PageUrl::join, shape", shortest(|| join().iter().map(PageUrl::shape).collect::<Vec<_>>()));
    print("key, again", shortest(|| urls.iter().map(PageUrl::key).collect::<Vec<_>>()));
    print("shape, again", shortest(|| urls.iter().map(PageUrl::shape).collect::<Vec<_>>()));
    print("copy", shortest(|| urls.clone()));
    print("same site as the page", shortest(|| urls.iter().filter(|url| url.is_same_site(&base)).count()));
}

/// Links as pages have them: relative, absolute, with tracking, in Arabic, with queries.
fn link(n: usize) -> String {
    match n % 6 {
        0 => format!("/politics/harbour-wall-repair-approved-by-council-{n}"),
        1 => format!("https://www.paper.example/sport/{n}"),
        2 => format!("https://paper.example/2026/11/{:02}/story-{n}?utm_source=front&utm_medium=teaser", n % 28 + 1),
        3 => format!("/اقتصاد/خبر-عن-ميناء-المدينة-{n}"),
        4 => format!("list.php?section=4&id={n}#comments"),
        _ => format!("https://elsewhere.example/a/{n}.html"),
    }
}

/// The shortest of some turns; what a turn makes is dropped outside the time.
fn shortest<T>(run: impl Fn() -> T) -> Duration {
    let turn = |_| {
        let started = Instant::now();
        let made = black_box(run());
        let time = started.elapsed();
        drop(made);
        time
    };
    (0..TURNS).map(turn).min().unwrap_or_default()
}
