//! `murasil articles`, `search` and `show`: what is stored.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;

use super::exit::Exit;
use super::output::{Column, Style};
use super::{Global, block_on, output, text};
use crate::model::Date;
use crate::model::query::{ArticleFilter, ArticleSummary, CopySummary, StoredArticle, VersionSummary};
use crate::store::Reader;

/// Arguments of `articles`.
#[derive(Debug, Args)]
pub(super) struct ArticlesArgs {
    /// Of this site only.
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
    /// Published on this day or later, as the pages print it.
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<Date>,
    /// Published before this day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<Date>,
    /// In this language (BCP 47 primary: ar, fr, en).
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// At most so many, newest first.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: u32,
}

/// Arguments of `search`.
#[derive(Debug, Args)]
pub(super) struct SearchArgs {
    /// Words that must all occur; spellings of Arabic words find each other.
    query: String,
    /// At most so many, best first.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: u32,
}

/// Arguments of `show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// Its number in lists.
    id: i64,
}

/// Lists articles, newest first.
pub(super) fn list(args: &ArticlesArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let ArticlesArgs { site, since, until, language, limit } = args;
    let filter =
        ArticleFilter { site: site.clone(), since: *since, until: *until, language: language.clone(), limit: *limit };
    let path = global.database()?;
    let articles = block_on(async { Reader::open(&path).await?.articles(&filter).await })??;
    if global.json {
        output::print_lines(&articles)?;
    } else {
        output::print(&articles_table(&articles, Style::of_stdout(global)))?;
    }
    Ok(Exit::Done.into())
}

/// Lists articles that match, best first.
pub(super) fn search(args: &SearchArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let path = global.database()?;
    let found = block_on(async { Reader::open(&path).await?.search(&args.query, args.limit).await })??;
    if global.json {
        output::print_lines(&found)?;
    } else {
        output::print(&found_text(&found))?;
    }
    Ok(Exit::Done.into())
}

/// Prints one article whole.
pub(super) fn show(args: &ShowArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let path = global.database()?;
    let article = block_on(async { Reader::open(&path).await?.article(args.id).await })??;
    let Some(article) = article else {
        bail!("there is no article {}; `murasil articles` lists them", args.id);
    };
    if global.json {
        output::print_document(&article)?;
    } else {
        output::print(&article_text(&article))?;
    }
    Ok(Exit::Done.into())
}

fn articles_table(articles: &[ArticleSummary], style: Style) -> String {
    if articles.is_empty() {
        return "no articles\n".into();
    }
    let columns = [
        ("id", Column::Number),
        ("published", Column::Text),
        ("site", Column::Text),
        ("publisher", Column::Text),
        ("title", Column::Rest),
    ];
    let rows: Vec<Vec<String>> = articles
        .iter()
        .map(|article| {
            vec![
                article.id.to_string(),
                or_dash(article.published_day.as_deref()),
                article.site.clone(),
                or_dash(article.publisher.as_deref()),
                or_dash(article.title.as_deref()),
            ]
        })
        .collect();
    output::table(style, &columns, &rows)
}

/// Two lines a find: a snippet is too long for a table.
fn found_text(found: &[ArticleSummary]) -> String {
    if found.is_empty() {
        return "nothing found\n".into();
    }
    let entries = found.iter().map(|article| {
        let day = or_dash(article.published_day.as_deref());
        let title = text::isolated(&or_dash(article.title.as_deref()));
        let snippet = article.snippet.as_deref().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{}  {day}  {}  {title}\n    {}\n", article.id, text::visible(&article.site), text::isolated(&snippet))
    });
    entries.collect()
}

fn article_text(article: &StoredArticle) -> String {
    let StoredArticle {
        summary,
        subtitle,
        kicker,
        agency,
        dateline,
        published_raw,
        published_precision,
        published_offset_minutes,
        published_source,
        modified_at,
        modified_day,
        modified_precision,
        modified_offset_minutes,
        modified_raw,
        modified_source,
        section,
        tags,
        body,
        body_html: _,
        direction,
        flags,
        image_url,
        canonical_url,
        source_url,
        first_seen_at,
        fetched_at,
        changed_at,
        versions,
        copies,
        found_by,
    } = article;
    let [published, date] = when(
        summary.published_at.as_deref(),
        summary.published_day.as_deref(),
        published_precision.as_deref(),
        *published_offset_minutes,
    );
    let [modified, modified_date] =
        when(modified_at.as_deref(), modified_day.as_deref(), modified_precision.as_deref(), *modified_offset_minutes);
    let words = |value: &Option<String>| value.clone().unwrap_or_default();
    let fields = [
        ("kicker", words(kicker)),
        ("subtitle", words(subtitle)),
        ("authors", summary.authors.join(", ")),
        ("agency", words(agency)),
        ("dateline", words(dateline)),
        ("publisher", words(&summary.publisher)),
        ("published", published),
        ("date", date),
        ("date text", words(published_raw)),
        ("date found by", words(published_source)),
        ("modified", modified),
        ("modified date", modified_date),
        ("modified text", words(modified_raw)),
        ("modified by", words(modified_source)),
        ("section", words(section)),
        ("tags", tags.join(", ")),
        ("language", words(&summary.language)),
        ("direction", words(direction)),
        ("flags", flags.iter().map(|(flag, reason)| format!("{flag}: {reason}")).collect::<Vec<_>>().join("; ")),
        ("site", summary.site.clone()),
        ("url", summary.url.clone()),
        ("canonical", words(canonical_url)),
        ("source", words(source_url)),
        ("image", words(image_url)),
        ("first seen", first_seen_at.clone()),
        ("fetched", fetched_at.clone()),
        ("changed", changed_at.clone()),
        ("words", summary.word_count.to_string()),
        ("found by", found_by.iter().map(|(field, by)| format!("{field}: {by}")).collect::<Vec<_>>().join("; ")),
    ];
    let mut out = format!("{}\n\n", text::isolated(summary.title.as_deref().unwrap_or("(no title)")));
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        out.push_str(&output::field(name, value));
    }
    for paragraph in body {
        out.push('\n');
        out.push_str(&text::isolated(paragraph));
        out.push('\n');
    }
    out.push_str(&copies_text(copies));
    out.push_str(&versions_text(versions));
    out
}

/// A time, and how the page tells it: the day alone where it tells no more.
fn when(at: Option<&str>, day: Option<&str>, precision: Option<&str>, offset: Option<i32>) -> [String; 2] {
    let (at, day) = (at.unwrap_or_default().to_owned(), day.unwrap_or_default().to_owned());
    match precision {
        None => [at, String::new()],
        Some("day") => [day, String::new()],
        Some(precision) => [at, format!("{day}, to the {precision}, {}", zone(offset))],
    }
}

/// A page's zone for people.
fn zone(offset_minutes: Option<i32>) -> String {
    let Some(minutes) = offset_minutes else { return "no zone stated".into() };
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.unsigned_abs();
    format!("zone {sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Who printed the text too, if anybody did.
fn copies_text(copies: &[CopySummary]) -> String {
    if copies.is_empty() {
        return String::new();
    }
    let lines = copies.iter().map(|CopySummary { id, printed_at, site, url, distance: _ }| {
        format!("also printed by {}, {printed_at}: {id}  {}\n", text::visible(site), text::visible(url))
    });
    format!("\n{}", lines.collect::<String>())
}

/// The history of an article that has one.
fn versions_text(versions: &[VersionSummary]) -> String {
    if versions.len() < 2 {
        return String::new();
    }
    let lines = versions.iter().map(|VersionSummary { version, seen_at, changed, title }| {
        let what = if changed.is_empty() { "first seen" } else { changed };
        let title = text::isolated(title.as_deref().unwrap_or_default());
        format!("version {version}, {seen_at}: {}  {title}\n", text::visible(what))
    });
    format!("\n{}", lines.collect::<String>())
}

fn or_dash(value: Option<&str>) -> String {
    value.filter(|value| !value.is_empty()).unwrap_or("-").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(title: Option<&str>) -> ArticleSummary {
        ArticleSummary {
            id: 7,
            site: "a".into(),
            url: "https://a.example/7".into(),
            title: title.map(str::to_owned),
            authors: Vec::new(),
            publisher: Some("الخبر".into()),
            published_at: Some("2015-02-06T00:00:00Z".into()),
            published_day: Some("2015-02-06".into()),
            language: Some("ar".into()),
            word_count: 2,
            version: 1,
            snippet: Some("one\n [two]".into()),
        }
    }

    fn stored() -> StoredArticle {
        StoredArticle {
            summary: summary(Some("عنوان\u{1b}[2J")),
            subtitle: None,
            kicker: None,
            agency: None,
            dateline: None,
            published_raw: None,
            published_precision: Some("day".into()),
            published_offset_minutes: None,
            published_source: None,
            modified_at: Some("2015-02-06T22:30:00Z".into()),
            modified_day: Some("2015-02-07".into()),
            modified_precision: Some("minute".into()),
            modified_offset_minutes: Some(210),
            modified_raw: Some("2015-02-07T02:00+03:30".into()),
            modified_source: Some("json-ld".into()),
            section: None,
            tags: Vec::new(),
            body: vec!["one".into(), "اثنان".into()],
            body_html: None,
            direction: Some("rtl".into()),
            flags: std::collections::BTreeMap::new(),
            image_url: None,
            canonical_url: None,
            source_url: None,
            first_seen_at: "f".into(),
            fetched_at: "g".into(),
            changed_at: "h".into(),
            versions: Vec::new(),
            copies: Vec::new(),
            found_by: [("title".to_owned(), "html h1".to_owned())].into(),
        }
    }

    #[test]
    fn right_to_left_cells_do_not_turn_their_line_around() {
        let style = Style { width: None, bold: false };
        let text = articles_table(&[summary(Some("عاجل")), summary(None)], style);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].starts_with(" 7  2015-02-06  a     \u{2068}الخبر\u{2069}"), "{text:?}");
        assert!(lines[1].ends_with("\u{2068}عاجل\u{2069}"), "{text:?}");
        assert!(lines[2].ends_with('-'), "{text:?}");
    }

    #[test]
    fn a_find_is_two_lines() {
        let text = found_text(&[summary(Some("t"))]);
        assert_eq!(text, "7  2015-02-06  a  t\n    one [two]\n");
    }

    #[test]
    fn an_article_is_shown_with_those_who_printed_it_too() {
        let (printed_at, url) = ("2015-02-06T09:00:00Z".into(), "https://b.example/8".into());
        let copy = CopySummary { id: 8, printed_at, site: "b".into(), url, distance: 2 };
        let text = article_text(&StoredArticle { copies: vec![copy], ..stored() });
        assert!(text.ends_with("\n\nalso printed by b, 2015-02-06T09:00:00Z: 8  https://b.example/8\n"), "{text:?}");
    }

    #[test]
    fn an_article_is_shown_by_its_day_where_the_page_tells_no_time() {
        let text = article_text(&stored());
        assert!(text.starts_with("\u{2068}عنوان\\u{1b}[2J\u{2069}\n\n"), "{text:?}");
        assert!(text.contains("published      2015-02-06\n"), "{text:?}");
        assert!(!text.contains("\ndate "), "the day says it all: {text:?}");
        assert!(text.ends_with("\none\n\n\u{2068}اثنان\u{2069}\n"), "{text:?}");
    }

    #[test]
    fn a_time_is_shown_with_the_day_precision_and_zone_that_the_page_tells() {
        let text = article_text(&stored());
        assert!(text.contains("modified       2015-02-06T22:30:00Z\n"), "{text:?}");
        assert!(text.contains("modified date  2015-02-07, to the minute, zone +03:30\n"), "{text:?}");
        assert!(text.contains("modified text  2015-02-07T02:00+03:30\nmodified by    json-ld\n"), "{text:?}");

        let old = StoredArticle {
            modified_day: None,
            modified_precision: None,
            modified_offset_minutes: None,
            modified_raw: None,
            modified_source: None,
            ..stored()
        };
        let text = article_text(&old);
        assert!(text.contains("modified       2015-02-06T22:30:00Z\n"), "{text:?}");
        assert!(!text.contains("modified date"), "{text:?}");
        for (minutes, expected) in [(Some(-210), "zone -03:30"), (Some(0), "zone +00:00"), (None, "no zone stated")] {
            assert_eq!(zone(minutes), expected);
        }
    }
}
