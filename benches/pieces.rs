//! What a page costs, piece by piece, and what one of its links costs.
//!
//! `cargo bench --bench pieces`, or `-- NAME` for some of them. Page, robots.txt and addresses are made here; nothing is read.
//! Claims and commits are measured by `--bench frontier`, real pages by `--bench reading`.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use murasil::config::Config;
use murasil::crawl::extract::{self, PageFile};
use murasil::fetch::robots::Rules;
use murasil::model::arabic::normalise;
use murasil::model::boilerplate::Paragraph;
use murasil::model::simhash::simhash;
use murasil::model::{PageKind, PageUrl, ParagraphCounts, Timestamp};
use murasil::parse::Parser;
use murasil::parse::decode::decode;
use murasil::parse::pieces::Page;
use url::Url;

/// Links of one turn: those of some fifty pages.
const LINKS: usize = 10_000;

criterion_group!(pieces, pages, boilerplate, copies, robots, links);
criterion_main!(pieces);

/// The steps of reading one page of some 75 KB.
fn pages(criterion: &mut Criterion) {
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
    let mut group = criterion.benchmark_group("page");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("decode", |b| b.iter(|| decode(file.body.as_slice(), Some("text/html; charset=utf-8"))));
    group.bench_function("scraper's tree, to compare", |b| {
        b.iter_with_large_drop(|| scraper::Html::parse_document(&text));
    });
    group.bench_function("parse", |b| b.iter_with_large_drop(|| Page::parse(&text)));
    group.bench_function("walk", |b| b.iter_with_large_drop(|| black_box(tree.walk())));
    group.bench_function("walk and links", |b| b.iter_with_large_drop(|| black_box(tree.walk_and_link(&url))));
    let read = || extract::extract(&parser, &config, &file, PageKind::Article, Timestamp::UNIX_EPOCH);
    group.bench_function("extraction: all of these and every field", |b| b.iter_with_large_drop(read));
}

/// What a host prints on page after page.
fn boilerplate(criterion: &mut Criterion) {
    let mut counts = ParagraphCounts::default();
    for n in 0..50 {
        counts.count(&body(n));
    }
    let (stored, another) = (counts.to_bytes(), body(51));
    let mut group = criterion.benchmark_group("boilerplate");
    group.bench_function("fingerprints of 25 paragraphs", |b| b.iter(|| body(1)));
    group.bench_function("counting them, with the host's counts from bytes to bytes", |b| {
        b.iter(|| {
            let mut counts = ParagraphCounts::from_bytes(&stored);
            let before = counts.boilerplate();
            counts.count(&another);
            (before == counts.boilerplate(), counts.to_bytes())
        });
    });
}

/// What tells whether another paper printed the same text.
fn copies(criterion: &mut Criterion) {
    let word = |n: usize| ["harbour", "the", "council's", "wall", "2026", "of", "whatever", "and"][n * n % 61 % 8];
    let latin = (0..700).map(|n| format!("{}{}", word(n), &"mqrst"[..n % 5])).collect::<Vec<_>>().join(" ");
    let arabic = (0..700).map(|n| ["الميناء", "من", "المدينة", "تُرحِّب"][n * n % 61 % 4]).collect::<Vec<_>>().join(" ");
    let mut group = criterion.benchmark_group("an article of 700 words");
    for (name, text) in [("Latin", normalise(&latin)), ("Arabic", normalise(&arabic))] {
        group.bench_function(format!("simhash, {name}"), |b| b.iter(|| simhash(&text)));
    }
    group.bench_function("normalisation before it (search needs it too), Arabic", |b| b.iter(|| normalise(&arabic)));
}

fn robots(criterion: &mut Criterion) {
    let rules = (0..500).map(|n| format!("Disallow: /section-{n}/*?page=\nAllow: /section-{n}/story-1$\n"));
    let text = format!("User-agent: *\n{}", rules.collect::<Vec<_>>().concat());
    let rules = Rules::parse(&text, "murasil");
    let paths: Vec<String> = (0..1_000).map(|n| format!("/section-{}/story-{n}?page=2", n % 40)).collect();
    let mut group = criterion.benchmark_group("robots.txt of 500 rules");
    group.bench_function("parse", |b| b.iter(|| Rules::parse(&text, "murasil")));
    group.throughput(Throughput::Elements(paths.len() as u64));
    group.bench_function("verdicts", |b| b.iter(|| paths.iter().map(|path| rules.verdict(path)).collect::<Vec<_>>()));
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

/// What a link costs: resolving it, its key, its shape, the first time and again.
fn links(criterion: &mut Criterion) {
    let base = PageUrl::parse("https://www.paper.example/news/2026/11/24/").expect("an address");
    let plain = Url::parse(base.as_str()).expect("an address");
    let links: Vec<String> = (0..LINKS).map(link).collect();
    let join = || links.iter().filter_map(|link| base.join(link).ok()).collect::<Vec<PageUrl>>();
    let urls = join();
    let mut group = criterion.benchmark_group("links");
    group.throughput(Throughput::Elements(LINKS as u64));
    group.bench_function("the url crate alone", |b| {
        b.iter_with_large_drop(|| links.iter().map(|link| plain.join(link)).collect::<Vec<_>>());
    });
    group.bench_function("canonicaliser", |b| b.iter_with_large_drop(join));
    let keys = || join().iter().map(PageUrl::key).collect::<Vec<_>>();
    group.bench_function("canonicaliser and key", |b| b.iter_with_large_drop(keys));
    let shapes = || join().iter().map(PageUrl::shape).collect::<Vec<_>>();
    group.bench_function("canonicaliser and shape", |b| b.iter_with_large_drop(shapes));
    group.bench_function("key, again", |b| {
        b.iter_with_large_drop(|| urls.iter().map(PageUrl::key).collect::<Vec<_>>());
    });
    group.bench_function("same site as the page", |b| {
        b.iter(|| urls.iter().filter(|url| url.is_same_site(&base)).count());
    });
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
