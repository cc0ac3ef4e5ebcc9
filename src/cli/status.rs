//! `murasil status`: sites, sources, hosts, what happened in the last day.

use std::process::ExitCode;

use super::exit::Exit;
use super::output::{Column, Style};
use super::{Global, block_on, output};
use crate::model::Timestamp;
use crate::model::query::{HostStatus, OutcomeCount, SiteStatus, SourceStatus, StateCount, Status};
use crate::store::Reader;

/// Prints the state of everything.
pub(super) fn run(global: &Global) -> anyhow::Result<ExitCode> {
    let path = global.database()?;
    let status = block_on(async { Reader::open(&path).await?.status(Timestamp::now()).await })??;
    if global.json {
        output::print_document(&status)?;
    } else {
        output::print(&status_text(&status, Style::of_stdout(global)))?;
    }
    Ok(Exit::Done.into())
}

fn status_text(status: &Status, style: Style) -> String {
    let Status {
        sites,
        hosts,
        sources,
        outcomes_24h,
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
    for section in [sites_table(sites, style), sources_table(sources, style), hosts_table(hosts, style)] {
        if !section.is_empty() {
            out.push('\n');
            out += &section;
        }
    }
    out
}

fn counts(counts: impl Iterator<Item = (String, i64)>) -> String {
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

fn sources_table(sources: &[SourceStatus], style: Style) -> String {
    let columns = [
        ("site", Column::Text),
        ("source", Column::Text),
        ("every", Column::Number),
        ("due", Column::Text),
        ("visits", Column::Number),
        ("brought", Column::Number),
        ("failures", Column::Number),
        ("last error", Column::Text),
        ("address", Column::Rest),
    ];
    let rows = sources.iter().map(|line| {
        let SourceStatus { site, url, kind, interval_seconds, due_at, visits, brought, failures, error } = line;
        vec![
            site.clone(),
            kind.clone(),
            interval_seconds.map_or_else(|| "-".into(), interval),
            or_dash(due_at.as_deref()),
            visits.to_string(),
            brought.to_string(),
            failures.to_string(),
            or_dash(error.as_deref()),
            url.clone(),
        ]
    });
    table_unless_empty(style, &columns, &rows.collect::<Vec<_>>())
}

fn hosts_table(hosts: &[HostStatus], style: Style) -> String {
    let columns = [
        ("host", Column::Text),
        ("not before", Column::Text),
        ("requests", Column::Number),
        ("pages today", Column::Number),
        ("back-off", Column::Number),
        ("failures", Column::Number),
        ("note", Column::Rest),
    ];
    let rows = hosts.iter().map(|line| {
        let HostStatus { host, next_at, requests, pages_today, backoff_ms, failures, note } = line;
        vec![
            host.clone(),
            next_at.clone(),
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

/// Seconds for people: `90s`, `15m`, `3.5h`, `2.0d`.
fn interval(seconds: i64) -> String {
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
    fn intervals_are_short() {
        for (seconds, text) in [(0, "0s"), (90, "90s"), (900, "15m"), (12_600, "3.5h"), (200_000, "2.3d")] {
            assert_eq!(interval(seconds), text);
        }
    }
}
