//! A paper full of things that a polite crawler leaves alone: a forbidden folder, a delay that it asks for,
//! `nofollow`, `noindex`, a calendar without end, redirects into the forbidden folder and in a circle, pages that are
//! gone. Its articles are marked with microdata.

use std::fmt::Write as _;
use std::time::Duration;

use super::super::dice::Dice;
use super::super::edition::{Edition, Press, Reply, Section, Story, Wanted, escape};
use super::super::words::ENGLISH;
use super::{PICTURE, story_at};
use crate::config::SeedKind;
use crate::model::Precision;

/// The paper with things to refuse.
pub(super) const PRESS: Press = Press {
    name: "refusals",
    title: "Mill Reach Gazette",
    words: &ENGLISH,
    language: "en",
    zone: "Europe/London",
    precision: Precision::Second,
    gzip: false,
    profile: None,
    seeds: &[("/", Some(SeedKind::Front))],
    sections: &[Section { key: "civic", path: "all", name: "All stories" }],
    first_id: 300,
    least_articles: 1,
    names_itself: true,
    style,
    address,
    answer,
    crawl_delay: Some(Duration::from_millis(200)),
    robots: Some("User-agent: *\nCrawl-delay: 0.2\nDisallow: /private/\nDisallow: /*.pdf$\n"),
};

fn style(story: &mut Story, _: &mut Dice) {
    story.authors.truncate(1);
    story.subtitle = None;
}

fn address(story: &Story) -> String {
    format!("/story/{}-{}", story.slug, story.id)
}

fn answer(edition: &Edition, wanted: &Wanted<'_>) -> Option<Reply> {
    let path = wanted.path;
    if let Some(story) = story_at(edition, path) {
        return Some(Reply::html(article(edition, story), story.changed));
    }
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let reply = match parts.as_slice() {
        [""] => Reply::html(front(edition), edition.revision),
        ["all"] => Reply::html(listing(edition), edition.revision),
        ["private", ..] => Reply::html(plain_page("Nobody should have asked for this page."), 0),
        ["sponsored", _] => Reply::html(plain_page("An advertisement in the shape of an article."), 0),
        ["draft"] => Reply::html(draft("<meta name=\"robots\" content=\"noindex, nofollow\">", edition), 0),
        ["embargo"] => {
            let mut reply = Reply::html(draft("", edition), 0);
            reply.headers.push(("x-robots-tag", "noindex".into()));
            reply
        }
        ["calendar", year, month] => Reply::html(calendar(year.parse().ok()?, month.parse().ok()?)?, 0),
        ["go", "ledger"] => Reply::moved("/private/ledger".into()),
        ["go", "round"] => Reply::moved("/go/about".into()),
        ["go", "about"] => Reply::moved("/go/round".into()),
        ["old-story"] => Reply::moved(edition.listed().next().map(address)?),
        ["gone"] => Reply { status: 410, ..Reply::html(plain_page("This page was taken down."), 0) },
        ["pictures", _] => Reply::typed("image/png", PICTURE, 0),
        _ => return None,
    };
    Some(reply)
}

fn document(title: &str, extra: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n{extra}\n</head>\n\
         <body>\n{body}</body>\n</html>\n"
    )
}

fn plain_page(text: &str) -> String {
    document(text, "", &format!("<p>{text}</p>\n"))
}

/// A page that looks like an article and asks not to be kept.
fn draft(meta: &str, edition: &Edition) -> String {
    let mut body = String::new();
    for paragraph in edition.stories.first().into_iter().flat_map(|story| &story.paragraphs) {
        let _ = writeln!(body, "<p>{}</p>", escape(paragraph));
    }
    let title = "Not for the shelves yet";
    document(title, meta, &format!("<article><h1>{title}</h1>\n{body}<a href=\"/private/notes\">notes</a></article>\n"))
}

/// A month with links to the months around it, for ever.
fn calendar(year: u32, month: u32) -> Option<String> {
    if !(1..=12).contains(&month) || !(1..=9998).contains(&year) {
        return None;
    }
    let link = |count: u32| format!("<a href=\"/calendar/{}/{:02}\">", count / 12, count % 12 + 1);
    let count = year * 12 + month - 1;
    let body = format!(
        "<h1>What is on in {year}-{month:02}</h1><p>Nothing is planned for this month.</p>\n\
         <nav>{}Month before</a> {}Month after</a></nav>\n",
        link(count - 1),
        link(count + 1)
    );
    Some(document("Calendar", "", &body))
}

fn story_links(edition: &Edition, count: usize) -> String {
    let mut out = String::from("<ul class=\"stories\">\n");
    for story in edition.listed().take(count) {
        let _ = writeln!(out, "<li><h2><a href=\"{}\">{}</a></h2></li>", address(story), escape(&story.title));
    }
    out.push_str("</ul>\n");
    out
}

fn front(edition: &Edition) -> String {
    let neighbour = edition.neighbours.first().map_or("", String::as_str);
    let traps = format!(
        "<nav class=\"odds-and-ends\">\n<a href=\"/all\">All stories</a>\n<a href=\"/private/accounts\">Accounts</a>\n\
         <a href=\"/private/letters?page=2\">Letters to the editor</a>\n\
         <a rel=\"nofollow sponsored\" href=\"/sponsored/mattresses\">Sleep better</a>\n<a href=\"/draft\">Tomorrow</a>\n\
         <a href=\"/embargo\">Under embargo</a>\n<a href=\"/calendar/{month}\">Calendar</a>\n\
         <a href=\"/go/ledger\">Ledger</a>\n<a href=\"/go/round\">Round trip</a>\n<a href=\"/old-story\">As told before</a>\n\
         <a href=\"/gone\">Withdrawn</a>\n<a href=\"/missing\">Misprinted address</a>\n\
         <a href=\"/pictures/plan.png\">Plan of the new pier</a>\n<a href=\"/minutes.pdf\">Minutes</a>\n\
         <a href=\"http://elsewhere.example/story/1\">A story elsewhere</a>\n<a href=\"{neighbour}/\">Our neighbours</a>\n\
         <a href=\"mailto:desk@mill-reach.example\">Write to us</a>\n<a href=\"javascript:void(0)\">Larger letters</a>\n\
         </nav>\n",
        month = edition.modified_at(0).strftime("%Y/%m"),
    );
    let body = format!("<h1>{}</h1>\n{}{traps}", edition.press.title, story_links(edition, 8));
    document(edition.press.title, "", &body)
}

fn listing(edition: &Edition) -> String {
    let body = format!("<h1>All stories</h1>\n{}", story_links(edition, usize::MAX));
    document("All stories", "", &body)
}

fn article(edition: &Edition, story: &Story) -> String {
    let title = escape(&story.title);
    let class = if edition.redesigned { "text" } else { "copy" };
    let mut body = format!(
        "<div itemscope itemtype=\"https://schema.org/NewsArticle\">\n<h1 itemprop=\"headline\">{title}</h1>\n\
         <p>Words by <span itemprop=\"author\" itemscope itemtype=\"https://schema.org/Person\">\
         <span itemprop=\"name\">{author}</span></span>, <meta itemprop=\"datePublished\" content=\"{iso}\">{date}</p>\n\
         <div itemprop=\"publisher\" itemscope itemtype=\"https://schema.org/Organization\">\
         <meta itemprop=\"name\" content=\"{site}\"></div>\n<div itemprop=\"articleBody\" class=\"{class}\">\n",
        author = escape(&story.authors.join(", ")),
        iso = edition.iso(story),
        date = edition.local(story).strftime("%A %-d %B %Y"),
        site = edition.press.title,
    );
    for paragraph in &story.paragraphs {
        let _ = writeln!(body, "<p>{}</p>", escape(paragraph));
    }
    let _ = write!(
        body,
        "</div>\n</div>\n<p><a href=\"/\">Front page</a> <a href=\"/private/comment?story={}\">Comment</a></p>\n",
        story.id
    );
    document(&format!("{title} | {}", edition.press.title), "", &body)
}
