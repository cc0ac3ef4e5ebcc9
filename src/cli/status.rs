//! `murasil status`: sites, sources, hosts, what happened in the last day.

use std::fmt::Write as _;
use std::process::ExitCode;

use super::check::problem_json;
use super::exit::Exit;
use super::output::{Column, Style};
use super::{Global, block_on, output, text};
use crate::model::Timestamp;
use crate::model::query::{AlertSummary, HostStatus, OutcomeCount, SiteStatus, SourceStatus, StateCount, Status};
use crate::store::Reader;

/// Prints the state of everything, and what every start warns of.
pub(super) fn run(global: &Global) -> anyhow::Result<ExitCode> {
    let path = global.database()?;
    let status = block_on(async { Reader::open(&path).await?.status(Timestamp::now()).await })??;
    let warnings = global.warnings();
    if global.json {
        let mut document = serde_json::to_value(&status)?;
        document["warnings"] = warnings.iter().map(problem_json).collect();
        output::print_document(&document)?;
    } else {
        output::print(&status_text(&status, Style::of_stdout(global)))?;
        let lines: Vec<String> = warnings.iter().map(|warning| format!("\nwarning: {warning}\n")).collect();
        output::print(&lines.concat())?;
    }
    Ok(Exit::Done.into())
}

fn status_text(status: &Status, style: Style) -> String {
    let Status {
        sites,
        hosts,
        sources,
        outcomes_24h,
        alerts,
        pages,
        articles,
        versions,
        headlines,
        sightings,
        last_run_started_at,
        last_run_ended_at,
    } = status;
    let run = match (last_run_started_at, last_run_ended_at) {
        (Some(start), Some(end)) => format!("{start} to {end}"),
        (Some(start), None) => format!("{start}; running, or it crashed"),
        (None, _) => "never".into(),
    };
    let mut out = output::field("last run", &run);
    out += &output::field("articles", &format!("{articles} in {versions} versions"));
    out += &output::field("headlines", &format!("{headlines}, seen {sightings} times"));
    out += &output::field("pages", &counts(pages.iter().map(|StateCount { state, count }| (state.clone(), *count))));
    let outcomes = outcomes_24h.iter().map(|OutcomeCount { outcome, reason, count }| match reason {
        Some(reason) => (format!("{outcome} ({reason})"), *count),
        None => (outcome.clone(), *count),
    });
    out += &output::field("last 24 hours", &counts(outcomes));
    let sections = [
        alerts_text(alerts),
        sites_table(sites, style),
        sources_table(sources, style),
        errors_text(sources),
        hosts_table(hosts, style),
    ];
    for section in sections {
        if !section.is_empty() {
            out.push('\n');
            out += &section;
        }
    }
    out
}

/// Fields that are not found any more, a few lines each.
fn alerts_text(alerts: &[AlertSummary]) -> String {
    let entries: String = alerts.iter().map(alert_text).collect();
    if entries.is_empty() { entries } else { format!("no longer found:\n{entries}") }
}

/// One alert: what, since when, on which page, and what might find it.
pub(super) fn alert_text(alert: &AlertSummary) -> String {
    let AlertSummary { site, field, raised_at, example_url, usual, suggestion, ended_at } = alert;
    let what = match field.strip_prefix("profile:") {
        Some(field) => format!("{field} by the profile"),
        None if field == "article" => "articles".to_owned(),
        None => field.clone(),
    };
    let ended = ended_at.as_deref().map(|at| format!(", until {}", to_the_minute(at))).unwrap_or_default();
    let mut out = format!(
        "  {}: {what}, since {}{ended} (before: {:.0} % of the articles)\n    on {}\n",
        text::isolated(site),
        to_the_minute(raised_at),
        usual * 100.0,
        text::isolated(example_url)
    );
    if let Some(suggestion) = suggestion {
        let _ = writeln!(out, "    may be found by {}", text::isolated(suggestion));
    }
    out
}

pub(super) fn counts(counts: impl Iterator<Item = (String, i64)>) -> String {
    let parts: Vec<String> = counts.map(|(word, count)| format!("{count} {word}")).collect();
    if parts.is_empty() { "none".into() } else { parts.join(", ") }
}

fn sites_table(sites: &[SiteStatus], style: Style) -> String {
    let columns = [
        ("site", Column::Text),
        ("articles", Column::Number),
        ("queued", Column::Number),
        ("scheduled", Column::Number),
        ("newest article seen", Column::Text),
    ];
    let rows = sites.iter().map(|line| {
        let SiteStatus { site, articles, queued, scheduled, newest_at } = line;
        vec![
            site.clone(),
            articles.to_string(),
            queued.to_string(),
            scheduled.to_string(),
            or_dash(newest_at.as_deref()),
        ]
    });
    table_unless_empty(style, &columns, &rows.collect::<Vec<_>>())
}

pub(super) fn sources_table(sources: &[SourceStatus], style: Style) -> String {
    let columns = [
        ("site", Column::Text),
        ("source", Column::Text),
        ("every", Column::Number),
        ("due", Column::Text),
        ("new", Column::Number),
        ("health", Column::Text),
        ("address", Column::Rest),
    ];
    let rows = sources.iter().map(|line| {
        // How often it was visited and failed is in `--json`; a terminal has no room for it.
        let SourceStatus {
            site,
            url,
            kind,
            interval_seconds,
            due_at,
            visits: _,
            brought,
            health,
            failures: _,
            error: _,
        } = line;
        vec![
            site.clone(),
            kind.clone(),
            interval_seconds.map_or_else(|| "-".into(), interval),
            due_at.as_deref().map_or_else(|| "-".into(), to_the_minute),
            brought.to_string(),
            health.clone(),
            url.clone(),
        ]
    });
    table_unless_empty(style, &columns, &rows.collect::<Vec<_>>())
}

/// Sources whose last visit failed, two lines each: an address and a reason are too long for a table.
pub(super) fn errors_text(sources: &[SourceStatus]) -> String {
    let entries = sources.iter().filter_map(|source| {
        let error = text::isolated(source.error.as_deref()?);
        let rests = if source.due_at.is_some() { "" } else { "; not visited any more" };
        let often =
            if source.health == "dead" { format!("; {} times in a row", source.failures) } else { String::new() };
        Some(format!("  {}\n    {error}{often}{rests}\n", text::isolated(&source.url)))
    });
    let entries: String = entries.collect();
    if entries.is_empty() { entries } else { format!("last visit of a source failed:\n{entries}") }
}

fn hosts_table(hosts: &[HostStatus], style: Style) -> String {
    let columns = [
        ("host", Column::Text),
        ("not before", Column::Text),
        ("requests", Column::Number),
        ("today", Column::Number),
        ("back-off", Column::Number),
        ("fails", Column::Number),
        ("note", Column::Rest),
    ];
    let rows = hosts.iter().map(|line| {
        let HostStatus { host, next_at, requests, pages_today, backoff_ms, failures, note } = line;
        vec![
            host.clone(),
            to_the_minute(next_at),
            requests.to_string(),
            pages_today.to_string(),
            interval(backoff_ms / 1000),
            failures.to_string(),
            or_dash(note.as_deref()),
        ]
    });
    table_unless_empty(style, &columns, &rows.collect::<Vec<_>>())
}

fn table_unless_empty(style: Style, columns: &[(&str, Column)], rows: &[Vec<String>]) -> String {
    if rows.is_empty() { String::new() } else { output::table(style, columns, rows) }
}

/// `2026-11-25T00:53:40Z` as `11-25 00:53`; lists have no room for more, and `--json` has it.
fn to_the_minute(at: &str) -> String {
    at.get(5..16).map_or_else(|| at.to_owned(), |at| at.replace('T', " "))
}

/// Seconds for people: `90s`, `15m`, `3.5h`, `2.0d`.
pub(super) fn interval(seconds: i64) -> String {
    match seconds {
        ..=119 => format!("{seconds}s"),
        120..=7199 => format!("{}m", seconds / 60),
        7200..=172_799 => format!("{:.1}h", seconds as f64 / 3600.0),
        172_800.. => format!("{:.1}d", seconds as f64 / 86_400.0),
    }
}

fn or_dash(value: Option<&str>) -> String {
    value.unwrap_or("-").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_database_has_a_short_status() {
        let status = Status {
            sites: Vec::new(),
            hosts: Vec::new(),
            sources: Vec::new(),
            outcomes_24h: Vec::new(),
            alerts: Vec::new(),
            pages: Vec::new(),
            articles: 0,
            versions: 0,
            headlines: 0,
            sightings: 0,
            last_run_started_at: None,
            last_run_ended_at: None,
        };
        let text = status_text(&status, Style { width: None, bold: false });
        assert_eq!(
            text,
            "last run       never\narticles       0 in 0 versions\nheadlines      0, seen 0 times\n\
             pages          none\nlast 24 hours  none\n"
        );
    }

    #[test]
    fn sources_fit_eighty_columns_and_their_errors_are_whole() {
        let error = "robots.txt unreachable: connection refused".to_owned();
        let source = SourceStatus {
            site: "windows-1256".into(),
            url: "https://a.example/sitemap-news.xml".into(),
            kind: "section".into(),
            interval_seconds: Some(600),
            due_at: Some("2026-11-25T00:53:40Z".into()),
            visits: 1000,
            brought: 1000,
            health: "repeats".into(),
            failures: 6,
            error: Some(error.clone()),
        };
        let style = Style { width: Some(80), bold: false };
        let table = sources_table(std::slice::from_ref(&source), style);
        assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
        assert!(table.contains("11-25 00:53"), "{table}");
        let errors = errors_text(&[source]);
        assert_eq!(
            errors,
            format!("last visit of a source failed:\n  https://a.example/sitemap-news.xml\n    {error}\n")
        );
    }

    #[test]
    fn intervals_are_short() {
        for (seconds, text) in [(0, "0s"), (90, "90s"), (900, "15m"), (12_600, "3.5h"), (200_000, "2.3d")] {
            assert_eq!(interval(seconds), text);
        }
    }
}
