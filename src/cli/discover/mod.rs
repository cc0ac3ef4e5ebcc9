//! `murasil discover URL`: what a site offers, and a ready `[[site]]` block.

mod block;

use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use indicatif::ProgressBar;
use serde_json::{Value as Json, json};

use super::exit::Exit;
use super::output::{Column, Style};
use super::status::interval;
use super::{Global, exit, output, runtime, text};
use crate::config::Config;
use crate::config::units::format_duration;
use crate::crawl::discover::{self, Discovery, Look, Role, Trouble, Unread};
use crate::model::{PageKind, PageUrl, RobotsStatus, Timestamp, UrlError};
use block::block;

/// The progress line is drawn anew this often.
const REDRAW: Duration = Duration::from_millis(100);
/// Columns of a section's name in the table.
const NAME_WIDTH: usize = 24;
/// Addresses of one list that were found and not asked for, in the text.
const MOST_LISTED: usize = 10;

/// Arguments of `discover`.
#[derive(Debug, Args)]
pub(super) struct DiscoverArgs {
    /// The site's front page, or any page of it.
    #[arg(value_parser = parse_url)]
    url: PageUrl,
    /// Pages that are asked for at most, at the site's pace; robots.txt comes on top.
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..=200))]
    pages: u16,
    /// Print the [[site]] block alone, to be appended to crawler.toml.
    #[arg(long, conflicts_with = "json")]
    block: bool,
}

fn parse_url(text: &str) -> Result<PageUrl, UrlError> {
    PageUrl::parse(text)
}

/// Looks at the site and prints what it offers; exit code 1 if no page came back.
pub(super) fn run(args: &DiscoverArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let mut loaded = global.load()?;
    let configured = loaded.config.site_of(&args.url.host()).is_some();
    loaded.add_seed(&args.url)?;
    let config = Arc::new(loaded.config);
    let line = ProgressBar::new_spinner();
    line.enable_steady_tick(REDRAW);
    let progress = |url: &PageUrl| line.set_message(format!("asking for {url}"));
    let survey = discover::discover(config.clone(), args.url.clone(), configured, usize::from(args.pages), progress);
    let found = runtime()?.block_on(survey);
    line.finish_and_clear();
    let found = found?;
    let now = Timestamp::now();
    let problem = problem(&found);
    if global.json {
        output::print_document(&document(&found, &config, problem.as_deref()))?;
    } else if args.block {
        // Of a site that gave nothing there is nothing to append.
        output::print(&if problem.is_none() { block(&found, &config) } else { String::new() })?;
    } else {
        output::print(&report(&found, &config, Style::of_stdout(global), now))?;
    }
    Ok(match problem {
        Some(problem) => exit::report(&anyhow::anyhow!(problem)).into(),
        None => Exit::Done.into(),
    })
}

/// Why nothing is known of the site; `None` if a page came back.
fn problem(found: &Discovery) -> Option<String> {
    if found.pages().next().is_some() {
        return None;
    }
    let look = found.looks.first()?;
    Some(match &look.trouble {
        Some(Trouble::Redirect { to, own: false }) => {
            format!("{} leads to another site; try: murasil discover {to}", look.url)
        }
        Some(trouble) => format!("nothing could be read of {}: {}", look.url, trouble_text(trouble)),
        None => return None,
    })
}

fn trouble_text(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Redirect { to, own: true } => format!("leads to {to}"),
        Trouble::Redirect { to, own: false } => format!("leads to {to}, another site"),
        Trouble::Refused(reason) | Trouble::Failed(reason) => reason.clone(),
    }
}

fn report(found: &Discovery, config: &Config, style: Style, now: Timestamp) -> String {
    let mut out = facts(found);
    let lists = [
        (PageKind::Feed, "feeds"),
        (PageKind::Sitemap, "sitemaps"),
        (PageKind::Section, "sections"),
        (PageKind::Article, "sample articles"),
    ];
    for (kind, title) in lists {
        let looks: Vec<&Look> = found.pages().filter(|look| listed_as(look) == kind).collect();
        if !looks.is_empty() {
            let rows = match kind {
                PageKind::Article => articles_text(&looks),
                PageKind::Feed => feeds_table(&looks, style, now),
                PageKind::Sitemap => sitemaps_table(&looks, style, now),
                PageKind::Section
                | PageKind::Tag
                | PageKind::Author
                | PageKind::Front
                | PageKind::Unknown
                | PageKind::Other => sections_table(&looks, style, now),
            };
            let _ = write!(out, "\n{title}\n{rows}");
        }
    }
    out += &troubles_text(found);
    out += &unread_text(found, style);
    if found.pages().next().is_some() {
        let _ = write!(out, "\n{}", block(found, config));
    }
    out
}

/// Under which heading a page is shown.
fn listed_as(look: &Look) -> PageKind {
    match look.kind {
        PageKind::Front | PageKind::Section | PageKind::Tag | PageKind::Author => PageKind::Section,
        // A list that does not look like one, or whose links do not look like articles.
        PageKind::Unknown | PageKind::Other if look.role != Role::Found || look.taken_for.is_source() => {
            PageKind::Section
        }
        kind => kind,
    }
}

fn facts(found: &Discovery) -> String {
    let domains = found.site.domains.join(", ");
    let domains = if domains == found.site.name { String::new() } else { format!(" ({domains})") };
    let mut out = output::field("site", &format!("{}{domains}", found.site.name));
    if found.configured {
        out += &output::field("", "is in the configuration; the block below shows it with what was found");
    }
    for robots in &found.robots {
        let status = match robots.status {
            RobotsStatus::Rules => "rules",
            RobotsStatus::Absent => "none; everything is allowed",
            RobotsStatus::Unreachable => "unreachable; nothing is allowed",
        };
        let delay = robots.crawl_delay.map(|delay| format!(", crawl-delay {}", format_duration(delay)));
        let sitemaps = (robots.sitemaps > 0).then(|| format!(", names {}", counted(robots.sitemaps, "sitemap")));
        let extra = format!("{}{}", delay.unwrap_or_default(), sitemaps.unwrap_or_default());
        out += &output::field("robots.txt", &format!("{status}{extra}  {}", robots.authority));
    }
    if let Some((language, count, all)) = found.language() {
        out += &output::field("language", &format!("{language} ({count} of {})", counted(all, "sample article")));
    }
    if !found.platform.is_empty() {
        out += &output::field("made with", &found.platform.join(", "));
    }
    let opt_outs = opt_outs(found);
    if !opt_outs.is_empty() {
        out += &output::field("opt-outs", &opt_outs.join(", "));
    }
    let away: Vec<String> = found.turned_away.iter().map(|away| format!("{} {}", away.count, away.reason)).collect();
    if !away.is_empty() {
        out += &output::field("left alone", &format!("links, by reason: {}", away.join(", ")));
    }
    out + &output::field(
        "asked",
        &format!("{} in {}", counted(found.looks.len(), "page"), counted(found.requests, "request")),
    )
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Wishes beyond robots.txt, each with the number of pages that state it.
fn opt_outs(found: &Discovery) -> Vec<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for wish in found.looks.iter().flat_map(|look| &look.opt_outs) {
        let name = format!("{} \"{}\"", wish.kind.as_str(), wish.value);
        match counts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => counts.push((name, 1)),
        }
    }
    counts.into_iter().map(|(name, count)| format!("{name} on {}", counted(count, "page"))).collect()
}

fn feeds_table(looks: &[&Look], style: Style, now: Timestamp) -> String {
    let columns = [
        ("entries", Column::Number),
        ("own", Column::Number),
        ("newest", Column::Number),
        ("a day", Column::Number),
        ("address", Column::Rest),
    ];
    let row = |look: &&Look| {
        vec![
            look.entries.to_string(),
            look.own.to_string(),
            age(look.newest, now),
            a_day(look).map_or_else(|| "-".into(), |rate| format!("{rate:.1}")),
            look.url.to_string(),
        ]
    };
    output::table(style, &columns, &looks.iter().map(row).collect::<Vec<_>>())
}

fn sitemaps_table(looks: &[&Look], style: Style, now: Timestamp) -> String {
    let columns = [
        ("kind", Column::Text),
        ("entries", Column::Number),
        ("own", Column::Number),
        ("newest", Column::Number),
        ("address", Column::Rest),
    ];
    let row = |look: &&Look| {
        let entries = if look.maps > 0 { look.maps } else { look.entries };
        vec![
            sitemap_kind(look).into(),
            entries.to_string(),
            look.own.to_string(),
            age(look.newest, now),
            look.url.to_string(),
        ]
    };
    output::table(style, &columns, &looks.iter().map(row).collect::<Vec<_>>())
}

fn sitemap_kind(look: &Look) -> &'static str {
    match (look.is_news, look.maps) {
        (true, _) => "news",
        (false, 0) => "pages",
        (false, _) => "index",
    }
}

fn sections_table(looks: &[&Look], style: Style, now: Timestamp) -> String {
    let columns = [
        ("kind", Column::Text),
        ("articles", Column::Number),
        ("own", Column::Number),
        ("newest", Column::Number),
        ("name", Column::Text),
        ("address", Column::Rest),
    ];
    let row = |look: &&Look| {
        vec![
            look.kind.as_str().into(),
            look.entries.to_string(),
            look.own.to_string(),
            age(look.newest, now),
            text::fitted(&look.name, NAME_WIDTH),
            look.url.to_string(),
        ]
    };
    output::table(style, &columns, &looks.iter().map(row).collect::<Vec<_>>())
}

/// Two lines an article: titles and addresses are too long for a table.
fn articles_text(looks: &[&Look]) -> String {
    let mut out = String::new();
    for look in looks {
        let Some(article) = &look.article else { continue };
        let published = article.published.as_ref().map_or_else(|| "undated".into(), |found| found.value.to_string());
        let language = article.language.as_ref().map_or("-", |found| found.value.as_str());
        let title = article.title.as_ref().map_or("(without a title)", |found| found.value.as_str());
        let authors = article.authors.as_ref().map(|found| found.value.join(", ")).unwrap_or_default();
        let by = if authors.is_empty() { String::new() } else { format!(", by {}", text::isolated(&authors)) };
        let words = counted(article.word_count(), "word");
        let _ = writeln!(out, "  {}", text::isolated(title));
        let _ = writeln!(out, "    {published}, {language}, {words}{by}");
        let _ = writeln!(out, "    {}", look.url);
    }
    out
}

fn troubles_text(found: &Discovery) -> String {
    let mut lines = String::new();
    for (look, trouble) in found.looks.iter().filter_map(|look| Some((look, look.trouble.as_ref()?))) {
        let _ = writeln!(lines, "  {}\n    {}", look.url, text::visible(&trouble_text(trouble)));
    }
    if lines.is_empty() { lines } else { format!("\ngave no page\n{lines}") }
}

fn unread_text(found: &Discovery, style: Style) -> String {
    if found.unread.is_empty() {
        return String::new();
    }
    let columns = [("kind", Column::Text), ("name", Column::Text), ("address", Column::Rest)];
    let row = |unread: &Unread| {
        let name = if unread.name.is_empty() { "-".into() } else { text::fitted(&unread.name, NAME_WIDTH) };
        vec![unread.kind.as_str().into(), name, unread.url.to_string()]
    };
    let rows: Vec<Vec<String>> = found.unread.iter().take(MOST_LISTED).map(row).collect();
    let table = output::table(style, &columns, &rows);
    let mut out = format!("\nfound and not asked for (--pages raises the limit)\n{table}");
    if found.unread.len() > MOST_LISTED {
        let _ = writeln!(out, "and {} more", found.unread.len() - MOST_LISTED);
    }
    out
}

/// How long ago, for people.
fn age(at: Option<Timestamp>, now: Timestamp) -> String {
    at.map_or_else(|| "-".into(), |at| interval((now.as_second() - at.as_second()).max(0)))
}

/// Entries a day between the oldest and the newest; `None` if they do not tell.
fn a_day(look: &Look) -> Option<f64> {
    let days = (look.newest?.as_second() - look.oldest?.as_second()) as f64 / 86_400.0;
    (days > 0.0 && look.entries > 1).then(|| (look.entries - 1) as f64 / days)
}

fn document(found: &Discovery, config: &Config, problem: Option<&str>) -> Json {
    let looks: Vec<Json> = found.looks.iter().map(look_json).collect();
    let robots = found.robots.iter().map(|robots| {
        json!({
            "authority": robots.authority.as_str(),
            "status": robots.status.as_str(),
            "crawl_delay_ms": robots.crawl_delay.map(|delay| delay.as_millis() as u64),
            "sitemaps": robots.sitemaps,
        })
    });
    let unread = found
        .unread
        .iter()
        .map(|unread| json!({ "url": unread.url.as_str(), "kind": unread.kind.as_str(), "name": unread.name }));
    let away = found
        .turned_away
        .iter()
        .map(|away| json!({ "reason": away.reason, "count": away.count, "example": away.example.as_str() }));
    json!({
        "url": found.given.as_str(),
        "site": found.site.name,
        "domains": found.site.domains,
        "configured": found.configured,
        "robots": robots.collect::<Vec<_>>(),
        "language": found.language().map(|(language, _, _)| language),
        "platform": found.platform,
        "requests": found.requests,
        "pages": looks,
        "unread": unread.collect::<Vec<_>>(),
        "turned_away": away.collect::<Vec<_>>(),
        "block": problem.is_none().then(|| block(found, config)),
        "problem": problem,
    })
}

fn look_json(look: &Look) -> Json {
    let article = look.article.as_ref().map(|article| {
        json!({
            "title": article.title.as_ref().map(|found| &found.value),
            "published_at": article.published.as_ref().map(|found| found.value.to_string()),
            "authors": article.authors.as_ref().map(|found| &found.value),
            "language": article.language.as_ref().map(|found| &found.value),
            "words": article.word_count(),
        })
    });
    let opt_outs: Vec<Json> =
        look.opt_outs.iter().map(|wish| json!({ "kind": wish.kind.as_str(), "value": wish.value })).collect();
    json!({
        "url": look.url.as_str(),
        "kind": look.kind.as_str(),
        "found_by": look.found_by.as_str(),
        "name": look.name,
        "trouble": look.trouble.as_ref().map(trouble_text),
        "entries": look.entries,
        "own": look.own,
        "sitemaps": look.maps,
        "news": look.is_news,
        "newest_at": look.newest.map(|at| at.to_string()),
        "oldest_at": look.oldest.map(|at| at.to_string()),
        "article": article,
        "opt_outs": opt_outs,
    })
}
