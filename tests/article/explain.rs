//! `extract --explain` shows of every field who said what, whom it was taken from, and why.

use super::{PAPER, PROSE};
use murasil::config::Config;
use murasil::crawl::extract::{Candidate, PageFile, Parser, explain, read_url};

/// A page that states and shows all that an article can have, much of it twice.
fn page() -> String {
    let ld = r#"{"@type":"NewsArticle","headline":"A bridge is built over the river","author":{"@type":"Person","name":"Ann Lee"},
        "publisher":{"@type":"Organization","name":"The First"},"articleSection":"Local","keywords":["Bridge","River"],
        "datePublished":"2024-03-05T08:30:00+01:00","dateModified":"2024-03-06T10:00:00+01:00","inLanguage":"en-GB",
        "image":"/p/stated.jpg","isAccessibleForFree":false}"#;
    format!(
        "<html lang=ar><head><title>A bridge is built over the river | Copy Desk</title>\
         <script type=application/ld+json>{ld}</script><meta property=og:site_name content='Copy Desk'>\
         <meta property=og:title content='A bridge is built over the river'><meta name=keywords content='Bridge, Town'>\
         <meta property=article:section content=News><meta property=article:published_time content='2024-03-05T07:30:00Z'>\
         <meta name=author content='Ann Lee'><meta property=og:image content='/p/one-picture.jpg'>\
         <meta property=og:description content='The council has made up its mind after a long night'>\
         <meta property=og:url content='https://paper.example/n/1'><meta name=original-source content='https://first.example/a/1'>\
         <link rel=canonical href=/n/canonical><link rel=amphtml href=/amp/n></head><body><main><article>\
         <p class=kicker>Town hall</p><h1>A bridge is built over the river</h1>\
         <h2 class=standfirst>The council has made up its mind after a long night</h2>\
         <p class=byline>By Ann Lee, Reuters</p><time datetime='2024-03-05T08:30:00+01:00'>5 March 2024</time>\
         <p class=modified>Updated 6 March 2024</p>\
         <figure><img src=/p/one-picture.jpg><figcaption>The bridge at dawn. Photo: Bo Ray</figcaption></figure>\
         <p>OSLO (Reuters) - The council of the town met on Monday evening and spoke for three hours about the bridge.</p>{PROSE}\
         <p>Correction: an earlier version of this article gave the wrong year.</p>\
         <a rel=tag href=/t/1>Bridge</a></article></main></body></html>"
    )
}

fn candidates(url: &str, page: &str) -> Vec<Candidate> {
    let config = Config::default();
    let parser = Parser::new(&config).expect("built-in profiles compile");
    let file = PageFile { body: page.as_bytes().to_vec(), url: read_url(url).ok(), ..PageFile::default() };
    explain(&parser, &config, &file, "2025-01-01T00:00:00Z".parse().expect("a timestamp")).candidates
}

#[test]
fn every_field_names_who_said_it_and_by_which_rule() {
    let all = candidates(PAPER, &page());
    let shown = |field: &str, chosen: bool| -> Vec<String> {
        let of = all.iter().filter(|it| it.field == field && it.chosen == chosen);
        of.map(|it| format!("{} {}", it.by.as_str(), it.rule)).collect()
    };
    let expected: &[(&str, &str, &[&str])] = &[
        ("title", "html h1", &["meta title element"]),
        ("subtitle", "html standfirst class", &["meta og:description"]),
        ("kicker", "html kicker class", &[]),
        ("authors", "json-ld author.name", &["meta author", "html author class"]),
        ("agency", "html author class", &[]),
        ("dateline", "html before an agency", &[]),
        ("publisher", "json-ld publisher.name", &["meta og:site_name"]),
        ("published", "json-ld datePublished", &["meta article:published_time"]),
        ("modified", "json-ld dateModified", &[]),
        ("language", "text letters and words", &["html html lang"]),
        ("section", "json-ld articleSection", &["meta article:section"]),
        ("tags", "json-ld keywords", &["meta keywords", "html rel=tag"]),
        ("body", "html article", &[]),
        ("image", "html picture beside the headline", &["json-ld image", "meta og:image"]),
        ("images", "html picture beside the headline", &[]),
        ("canonical", "meta link rel=canonical", &["meta og:url"]),
        ("amp", "meta link rel=amphtml", &[]),
        ("source", "meta original-source", &[]),
        ("flags", "html flags", &[]),
    ];
    let mut misses = Vec::new();
    for (field, winner, losers) in expected {
        let (won, lost) = (shown(field, true), shown(field, false));
        if !won.iter().any(|it| it == winner) || losers.iter().any(|it| !lost.iter().any(|lost| lost == it)) {
            misses.push(format!("{field}: chosen {won:?}, not {winner:?}; others {lost:?}, not {losers:?}"));
        }
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
    let reason =
        |value: &str| all.iter().find(|it| it.field == "flags" && it.value == value).map(|it| it.note.as_str());
    assert_eq!(
        reason("correction"),
        Some("the page says: Correction: an earlier version of this article gave the wrong year.")
    );
}

#[test]
fn entries_of_a_live_blog_are_told_with_their_times() {
    let updates = r#"{"@type":"LiveBlogPosting","headline":"The town votes","liveBlogUpdate":[
        {"@type":"BlogPosting","headline":"The vote","articleBody":"The vote is over.","datePublished":"2024-03-05T18:30:00+01:00"},
        {"@type":"BlogPosting","headline":"The debate","articleBody":"It goes on.","datePublished":"2024-03-05T17:10:00+01:00"}]}"#;
    let html = super::page("The town votes", &format!("<script type=application/ld+json>{updates}</script>"), PROSE);
    let all = candidates(PAPER, &html);
    let entries = all.iter().filter(|it| it.field == "entries").map(|it| (it.value.as_str(), it.note.as_str()));
    let expected = [("The vote is over.", "2024-03-05T18:30:00+01:00"), ("It goes on.", "2024-03-05T17:10:00+01:00")];
    assert_eq!(entries.collect::<Vec<_>>(), expected);
}

#[test]
fn what_the_language_was_checked_against_is_told() {
    let note = |html: &str| {
        let all = candidates(PAPER, html);
        all.into_iter().find(|it| it.field == "language").map(|it| (it.value, it.chosen, it.note))
    };
    let denied = ("ar".to_owned(), false, "the text denies it".to_owned());
    assert_eq!(note(&page()), Some(denied));
    let agreed = ("en-GB".to_owned(), true, "the text does not deny it".to_owned());
    assert_eq!(note(&page().replace("<html lang=ar>", "<html>")), Some(agreed));
}

#[test]
fn a_change_before_the_publication_is_told_and_not_believed() {
    let html = page().replace("2024-03-06T10:00:00+01:00", "2024-03-04T10:00:00+01:00");
    let all = candidates(PAPER, &html);
    let first = all.iter().find(|it| it.field == "modified").expect("a candidate");
    assert_eq!(first.rule, "dateModified");
    assert_eq!(first.note, "first in order, but before the publication: none is believed");
    assert!(!all.iter().any(|it| it.field == "modified" && it.chosen), "{all:?}");
}

#[test]
fn a_profile_goes_before_all_else() {
    let html = format!(
        "<html><body><h1>Another headline</h1><span class=articletitle>A bridge</span>\
                        <span class=articlecontent>{PROSE}</span></body></html>"
    );
    let all = candidates("https://www.maghress.com/attajdid/3107", &html);
    let chosen =
        |field| all.iter().find(|it| it.field == field && it.chosen).map(|it| (it.by.as_str(), it.value.as_str()));
    assert_eq!(chosen("title"), Some(("profile", "A bridge")));
    assert_eq!(chosen("source_id"), Some(("profile", "3107")));
}
