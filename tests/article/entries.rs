//! Entries of live blogs that show a clock only: of which day they are.

use super::{PAPER, PROSE, page, parse_visited};
use murasil::model::PageKind;

/// When the entries of a live blog of this day are, as far as it is told; they show these clocks only.
fn clocks(published: &str, clocks: &[&str], visited: Option<&str>) -> Vec<String> {
    let entry = |clock: &&str| {
        format!(
            "<div class=entry><span class=time>{clock}</span><p>At this hour, {clock}, the council went on with its debate.</p></div>"
        )
    };
    let entries = clocks.iter().map(entry).collect::<String>();
    let head = format!("<meta property='article:published_time' content='{published}'>");
    let html = page("Live updates: the city votes", &head, &format!("{PROSE}{entries}"));
    let found = parse_visited(PageKind::Article, PAPER, &html, visited).article.expect("an article");
    let at = found.entries.iter().map(|entry| entry.at.as_ref().map(ToString::to_string).unwrap_or_default());
    at.collect()
}

#[test]
fn an_entry_that_shows_a_clock_is_of_the_articles_day() {
    let east = "2024-03-05T09:00:00+03:00";
    let check = |published: &str, shown: &[&str], expected: &[&str]| {
        assert_eq!(clocks(published, shown, None), expected, "{published} {shown:?}");
    };
    check(
        east,
        &["14:05", "12:30", "09:10"],
        &["2024-03-05T14:05:00+03:00", "2024-03-05T12:30:00+03:00", "2024-03-05T09:10:00+03:00"],
    );
    // Over midnight, backwards and forwards.
    check(
        east,
        &["00:30", "23:50", "22:10"],
        &["2024-03-06T00:30:00+03:00", "2024-03-05T23:50:00+03:00", "2024-03-05T22:10:00+03:00"],
    );
    check(
        east,
        &["22:10", "23:50", "00:30"],
        &["2024-03-05T22:10:00+03:00", "2024-03-05T23:50:00+03:00", "2024-03-06T00:30:00+03:00"],
    );
    // No zone is known: that of the configuration, which a machine's UTC does not change.
    for published in ["2024-03-05", "2024-03-05T09:00:00Z"] {
        check(
            published,
            &["14:05", "12:30", "09:10"],
            &["2024-03-05T14:05:00+00:00", "2024-03-05T12:30:00+00:00", "2024-03-05T09:10:00+00:00"],
        );
    }
    // A pinned entry may be of any day.
    check(
        east,
        &["10:00", "18:30", "17:40", "15:05"],
        &["", "2024-03-05T18:30:00+03:00", "2024-03-05T17:40:00+03:00", "2024-03-05T15:05:00+03:00"],
    );
    check(east, &["Mon 14:05", "Mon 12:30", "Mon 09:10"], &["", "", ""]);
}

#[test]
fn no_entry_is_younger_than_the_visit() {
    let found = clocks("2024-03-05T00:20:00+03:00", &["00:30", "23:50", "22:10"], Some("2024-03-05T01:00:00Z"));
    assert_eq!(found, ["2024-03-05T00:30:00+03:00", "2024-03-04T23:50:00+03:00", "2024-03-04T22:10:00+03:00"]);
}
