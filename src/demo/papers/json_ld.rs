//! An English paper that describes its articles in JSON-LD, with everything around the text that is not text:
//! cookie notice, author box, newsletter, related articles, comments.

use std::fmt::Write as _;

use serde_json::json;

use super::super::dice::Dice;
use super::super::edition::{Edition, Press, Reply, Section, Story, Wanted, escape};
use super::super::words::ENGLISH;
use super::{PICTURE, marked_paragraphs, story_at};
use crate::config::SeedKind;
use crate::model::Precision;

/// The paper with JSON-LD.
pub(super) const PRESS: Press = Press {
    name: "json-ld",
    title: "The Estuary Ledger",
    words: &ENGLISH,
    language: "en",
    zone: "Europe/London",
    precision: Precision::Second,
    gzip: true,
    profile: None,
    seeds: &[("/", Some(SeedKind::Front))],
    sections: &[
        Section { key: "civic", path: "town-hall", name: "Town Hall" },
        Section { key: "economy", path: "trade", name: "Trade" },
        Section { key: "sport", path: "sport", name: "Sport" },
        Section { key: "culture", path: "arts", name: "Arts" },
        Section { key: "health", path: "health", name: "Health" },
    ],
    first_id: 51_200,
    least_articles: 1,
    names_itself: true,
    style,
    address,
    answer,
    crawl_delay: None,
    robots: Some("User-agent: *\nDisallow: /account/\nDisallow: /*?print=\nAllow: /\n"),
};

fn style(story: &mut Story, dice: &mut Dice) {
    story.authors.truncate(if dice.chance(30) { 2 } else { 1 });
    story.authors.dedup();
}

fn address(story: &Story) -> String {
    format!("/{}/{}-{}", section_path(story), story.slug, story.id)
}

fn section_path(story: &Story) -> &'static str {
    PRESS.sections.iter().find(|section| section.key == story.section).map_or("town-hall", |section| section.path)
}

fn answer(edition: &Edition, wanted: &Wanted<'_>) -> Option<Reply> {
    let path = wanted.path.trim_end_matches('/');
    if path.is_empty() {
        return Some(Reply::html(front(edition), edition.revision));
    }
    if path.starts_with("/images/") {
        return Some(Reply::typed("image/png", PICTURE, 0));
    }
    if let Some(section) = edition.section_at(path.trim_start_matches('/')) {
        return Some(Reply::html(listing(edition, section), edition.revision));
    }
    story_at(edition, path).map(|story| Reply::html(article(edition, story), story.changed))
}

fn head(edition: &Edition, title: &str, extra: &str) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>{title}</title>\n<meta name=\"viewport\" content=\"width=device-width\">\n{extra}</head>\n<body>\n\
         <div class=\"cookie-notice\" role=\"dialog\"><p>We keep a few small files on your device so that the page \
         remembers your choices. You may refuse all of them, accept all of them, or choose one by one.</p>\
         <button>Accept all</button><button>Refuse</button></div>\n\
         <header><a class=\"brand\" href=\"/\">{site}</a>\n<nav><ul>\n",
        site = edition.press.title,
    );
    for section in edition.press.sections {
        let _ = writeln!(out, "<li><a href=\"/{}\">{}</a></li>", section.path, section.name);
    }
    out.push_str("</ul></nav></header>\n");
    out
}

fn foot(edition: &Edition) -> String {
    format!(
        "<footer><nav><a href=\"/account/login\">Log in</a> <a href=\"/account/subscribe\">Subscribe</a></nav>\n\
         <p>{} is generated for a demonstration. No such towns, no such people.</p></footer>\n</body>\n</html>\n",
        edition.press.title
    )
}

fn front(edition: &Edition) -> String {
    let mut out = head(edition, edition.press.title, "");
    out.push_str("<main>\n<section class=\"lead\">\n");
    for (at, story) in edition.listed().take(9).enumerate() {
        let spelling = match at % 4 {
            0 => String::new(),
            1 => "?utm_source=home&amp;utm_campaign=top".to_owned(),
            2 => "#comments".to_owned(),
            _ => "?fbclid=abc123".to_owned(),
        };
        let _ = writeln!(
            out,
            "<article class=\"card\"><h2><a href=\"{}{spelling}\">{}</a></h2><p>{}</p></article>",
            address(story),
            escape(&story.title),
            story.subtitle.as_deref().map(escape).unwrap_or_default(),
        );
    }
    out.push_str("</section>\n");
    for section in edition.press.sections {
        let _ = writeln!(out, "<section><h3><a href=\"/{}/\">{}</a></h3><ul>", section.path, section.name);
        for story in edition.listed().filter(|story| edition.is_in(story, section)).take(3) {
            let _ = writeln!(out, "<li><a href=\"{}\">{}</a></li>", edition.url(story), escape(&story.title));
        }
        out.push_str("</ul></section>\n");
    }
    out.push_str("</main>\n");
    out + &foot(edition)
}

fn listing(edition: &Edition, section: &Section) -> String {
    let mut out = head(edition, &format!("{} | {}", section.name, edition.press.title), "");
    let _ = writeln!(out, "<main><h1>{}</h1>", section.name);
    for story in edition.listed().filter(|story| edition.is_in(story, section)) {
        let _ = writeln!(
            out,
            "<article class=\"card\"><h2><a href=\"{}\">{}</a></h2><time datetime=\"{}\">{}</time></article>",
            address(story),
            escape(&story.title),
            edition.iso(story),
            edition.local(story).strftime("%-d %B %Y"),
        );
    }
    out.push_str("</main>\n");
    out + &foot(edition)
}

fn linked_data(edition: &Edition, story: &Story) -> String {
    let url = edition.url(story);
    let home = format!("{}/", edition.authority);
    let publisher = format!("{home}#publisher");
    let authors: Vec<_> = story
        .authors
        .iter()
        .map(|name| json!({ "@type": "Person", "name": name, "url": format!("{home}people") }))
        .collect();
    let modified = edition.modified_at(story.changed).to_string();
    let graph = json!({
        "@context": "https://schema.org",
        "@graph": [
            { "@type": "NewsMediaOrganization", "@id": publisher, "name": edition.press.title, "url": home },
            { "@type": "WebSite", "@id": format!("{home}#site"), "name": edition.press.title,
              "publisher": { "@id": publisher } },
            { "@type": "BreadcrumbList", "itemListElement": [
                { "@type": "ListItem", "position": 1, "name": "Home", "item": home },
                { "@type": "ListItem", "position": 2, "name": edition.section(story).name } ] },
            { "@type": "NewsArticle", "@id": format!("{url}#article"), "mainEntityOfPage": url,
              "headline": story.title, "description": story.subtitle, "datePublished": edition.iso(story),
              "dateModified": modified, "author": authors, "publisher": { "@id": publisher },
              "articleSection": edition.section(story).name, "inLanguage": "en-GB", "keywords": story.tags,
              "image": [format!("{home}images/{}.png", story.id)] },
        ],
    });
    // Escaped as real sites must, so that no text can end the element.
    graph.to_string().replace('<', "\\u003c")
}

fn article(edition: &Edition, story: &Story) -> String {
    let title = escape(&story.title);
    let extra = format!(
        "<link rel=\"canonical\" href=\"{}\">\n<script type=\"application/ld+json\">{}</script>\n",
        edition.url(story),
        linked_data(edition, story),
    );
    let mut out = head(edition, &format!("{title} | {}", edition.press.title), &extra);
    let (body_class, paragraph_class) = if edition.redesigned { ("x9a", "x1") } else { ("story-body", "p") };
    let _ = write!(
        out,
        "<main>\n<article>\n<h1>{title}</h1>\n<p class=\"standfirst\">{}</p>\n\
         <p class=\"byline\">By {} <time datetime=\"{}\">{}</time></p>\n\
         <figure><img src=\"/images/{}.png\" alt=\"\"><figcaption>Photograph: Ledger archive</figcaption></figure>\n\
         <div class=\"{body_class}\">\n",
        story.subtitle.as_deref().map(escape).unwrap_or_default(),
        escape(&story.authors.join(" and ")),
        edition.iso(story),
        edition.local(story).strftime("%-d %B %Y %H:%M"),
        story.id,
    );
    let text = marked_paragraphs(edition, story, paragraph_class);
    // A box in the middle of the text.
    let (first, rest) = text.split_at(text.find("</p>\n").map_or(text.len(), |at| at + 5));
    let _ = write!(out, "{first}{}{rest}</div>\n{}</article>\n", newsletter(), author_box(story));
    out.push_str(&surroundings(edition, story));
    out.push_str("</main>\n");
    out + &foot(edition)
}

fn newsletter() -> &'static str {
    "<aside class=\"newsletter\"><h4>The week in one letter</h4><p>Every Sunday evening our editors send you what \
     mattered between the weir and the sea, in five minutes of reading. Enter your address and we will do the rest.</p>\
     <form><input type=\"email\"><button>Sign up</button></form></aside>\n"
}

fn author_box(story: &Story) -> String {
    format!(
        "<div class=\"author-box\"><h4>About the writer</h4><p>{} has covered the estuary for this newspaper since the \
         ferry still carried horses, and keeps bees. Letters are answered on Fridays, usually.</p></div>\n",
        escape(story.authors.first().map_or("Our writer", String::as_str))
    )
}

fn surroundings(edition: &Edition, story: &Story) -> String {
    let mut out = String::from("<aside class=\"related\"><h3>More on this</h3><ul>\n");
    for other in edition.related(story, 4) {
        let _ =
            writeln!(out, "<li><a href=\"{}?utm_medium=related\">{}</a></li>", address(other), escape(&other.title));
    }
    out.push_str(
        "</ul></aside>\n<section id=\"comments\" class=\"comments\"><h3>2 comments</h3>\n\
         <div class=\"comment\"><b>lanternman</b><p>I have said for years that somebody ought to look into this, and \
         I am glad that at last somebody has, although I would have started with the drains.</p></div>\n\
         <div class=\"comment\"><b>Old Mrs Tern</b><p>My grandmother used to tell the same story about the other bridge, \
         and she never got an answer either. Well written, thank you.</p></div>\n</section>\n",
    );
    out
}
