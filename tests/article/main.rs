//! What an article has beside title, date and body: safe HTML, flags, live entries, pictures; and that all of it works
//! in every language alike. Pages and texts are our own.

mod bylines;
mod entries;
mod explain;
mod facts;
mod flags;
mod html;
mod languages;
mod papers;

use murasil::config::Config;
use murasil::crawl::extract::{PageFile, Parser, extract, read_url};
use murasil::model::{Article, PageKind, Parsed};

/// Reads a page at an address, taken for an article.
fn parse(url: &str, page: &str) -> Parsed {
    parse_as(PageKind::Article, url, page)
}

fn parse_as(kind: PageKind, url: &str, page: &str) -> Parsed {
    parse_visited(kind, url, page, None)
}

/// Reads a page that was fetched at this time, if it is known.
fn parse_visited(kind: PageKind, url: &str, page: &str, visited: Option<&str>) -> Parsed {
    thread_local! {
        static PARSER: (Config, Parser) = {
            let config = Config::default();
            let parser = Parser::new(&config).expect("built-in profiles compile");
            (config, parser)
        };
    }
    let visited = visited.map(|at| at.parse().expect("a timestamp"));
    let file = PageFile { body: page.as_bytes().to_vec(), url: read_url(url).ok(), visited, ..PageFile::default() };
    let now = "2025-01-01T00:00:00Z".parse().expect("a timestamp");
    PARSER.with(|(config, parser)| extract(parser, config, &file, kind, now))
}

/// An ordinary address.
const PAPER: &str = "https://paper.example/news/2024/a-bridge-is-built-over-the-river";

/// The article of a page at an ordinary address.
fn article(page: &str) -> Article {
    article_at(PAPER, page)
}

/// The article of a page.
fn article_at(url: &str, page: &str) -> Article {
    parse(url, page).article.expect("the page is an article")
}

/// A page with a headline and a text.
fn page(title: &str, head: &str, body: &str) -> String {
    format!(
        "<!doctype html><html><head><meta charset=utf-8><title>{title}</title>{head}</head><body>\
         <nav><a href=/>Home</a><a href=/sport>Sport</a></nav><main><article><h1>{title}</h1>{body}</article></main>\
         <footer>Paper</footer></body></html>"
    )
}

/// Three paragraphs that are about nothing in particular.
const PROSE: &str = "<p>The council has decided to build a second bridge over the river, after a debate that lasted \
    most of the night and ended with a narrow vote in favour of the cheaper plan.</p><p>Work on the foundations is to \
    begin in spring, when the water is low, and the old ferry will run until the first cars can cross, said the \
    engineer who drew the plan.</p><p>Fishermen on both banks fear for their nets. They have been promised a place \
    below the weir, and say that they will believe it when they see it.</p>";
