//! A paper whose pages link to nothing: its articles are found by the feed that the front page declares and by the
//! compressed news sitemap that robots.txt leads to.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::super::dice::Dice;
use super::super::edition::{Edition, Press, Reply, Section, Story, Wanted, escape};
use super::super::words::ENGLISH;
use super::{PICTURE, story_at};
use crate::model::Precision;

/// The paper without links.
pub(super) const PRESS: Press = Press {
    name: "feed-only",
    title: "Lantern Hill Bulletin",
    words: &ENGLISH,
    language: "en",
    zone: "Europe/London",
    precision: Precision::Second,
    gzip: false,
    profile: None,
    seeds: &[("/", None)],
    sections: &[Section { key: "civic", path: "news", name: "News" }],
    first_id: 9_000,
    least_articles: 1,
    names_itself: true,
    style,
    address,
    answer,
    crawl_delay: None,
    robots: Some("User-agent: *\nDisallow:\n\nSitemap: {authority}/sitemap-index.xml\n"),
};

/// Entries of the feed; the sitemap has the rest.
const FEED_ENTRIES: usize = 8;

fn style(story: &mut Story, _: &mut Dice) {
    story.authors.truncate(1);
    story.subtitle = None;
}

fn address(story: &Story) -> String {
    format!("/{}/{}", story.published.strftime("%Y/%m"), story.id)
}

fn answer(edition: &Edition, wanted: &Wanted<'_>) -> Option<Reply> {
    let revision = edition.revision;
    match wanted.path {
        "/" => Some(Reply::html(front(edition), revision)),
        "/feed.xml" => Some(Reply::typed("application/atom+xml", atom(edition), revision)),
        "/sitemap-index.xml" => Some(Reply::typed("application/xml", sitemap_index(edition), revision)),
        "/sitemap-news.xml.gz" => Some(Reply::typed("application/gzip", gzip(&news_sitemap(edition)), revision)),
        path if path.starts_with("/pictures/") => Some(Reply::typed("image/png", PICTURE, 0)),
        path => story_at(edition, path).map(|story| Reply::html(article(edition, story), story.changed)),
    }
}

fn front(edition: &Edition) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <link rel=\"alternate\" type=\"application/atom+xml\" title=\"{title}\" href=\"/feed.xml\">\n</head>\n<body>\n\
         <h1>{title}</h1>\n<p>Our pages are read in a feed reader. Copy this page's address into yours.</p>\n\
         </body>\n</html>\n",
        title = edition.press.title
    )
}

fn atom(edition: &Edition) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n\
         <title>{}</title>\n<id>{authority}/</id>\n<link rel=\"self\" href=\"{authority}/feed.xml\"/>\n\
         <link rel=\"alternate\" href=\"{authority}/\"/>\n<updated>{}</updated>\n",
        edition.press.title,
        edition.modified_at(edition.revision),
        authority = edition.authority,
    );
    for story in edition.listed().take(FEED_ENTRIES) {
        let _ = write!(
            out,
            "<entry>\n<title type=\"html\">{}</title>\n<id>{url}</id>\n<link href=\"{url}?utm_source=feed\"/>\n\
             <published>{}</published>\n<updated>{}</updated>\n<author><name>{}</name></author>\n\
             <summary>{}</summary>\n</entry>\n",
            escape(&escape(&story.title)),
            edition.iso(story),
            edition.iso(story),
            escape(&story.authors.join(", ")),
            escape(story.paragraphs.first().map_or("", String::as_str)),
            url = edition.url(story),
        );
    }
    out.push_str("</feed>\n");
    out
}

fn sitemap_index(edition: &Edition) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n<sitemap>\n\
         <loc>{}/sitemap-news.xml.gz</loc>\n<lastmod>{}</lastmod>\n</sitemap>\n</sitemapindex>\n",
        edition.authority,
        edition.modified_at(edition.revision),
    )
}

fn news_sitemap(edition: &Edition) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n",
    );
    for story in edition.listed() {
        let _ = write!(
            out,
            "<url>\n<loc>{}</loc>\n<news:news>\n<news:publication><news:name>{}</news:name>\
             <news:language>en</news:language></news:publication>\n\
             <news:publication_date>{}</news:publication_date>\n<news:title>{}</news:title>\n</news:news>\n</url>\n",
            edition.url(story),
            edition.press.title,
            edition.iso(story),
            escape(&story.title),
        );
    }
    out.push_str("</urlset>\n");
    out
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(text.as_bytes());
    encoder.finish().unwrap_or_default()
}

fn article(edition: &Edition, story: &Story) -> String {
    let title = escape(&story.title);
    let (class, body) = if edition.redesigned { ("note", "wide") } else { ("post", "content") };
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title} - {site}</title>\n\
         <meta name=\"author\" content=\"{author}\">\n<meta property=\"og:site_name\" content=\"{site}\">\n</head>\n<body>\n\
         <article class=\"{class}\">\n<header><h1>{title}</h1>\n<p>by <span rel=\"author\">{author}</span>, \
         <time datetime=\"{iso}\">{date}</time></p></header>\n<div class=\"{body}\">\n",
        site = edition.press.title,
        author = escape(&story.authors.join(", ")),
        iso = edition.iso(story),
        date = edition.local(story).strftime("%-d %B %Y, %H:%M"),
    );
    for paragraph in &story.paragraphs {
        let _ = writeln!(out, "<p>{}</p>", escape(paragraph));
    }
    out.push_str("</div>\n</article>\n</body>\n</html>\n");
    out
}
