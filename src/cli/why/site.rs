//! What `why` prints of a site.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::super::output::{Column, Style, field_within};
use super::super::status::{counts, errors_text, sources_table};
use super::super::{output, text};
use super::{moment, short, today};
use crate::config::units::format_duration;
use crate::crawl::why::SiteReport;
use crate::model::Timestamp;
use crate::model::query::SourceStatus;
use crate::model::why::{HostStory, LastRun, RobotsLine, SiteStory};

/// The whole report, for people.
pub(super) fn text_report(report: &SiteReport, style: Style) -> String {
    let Some(story) = &report.story else {
        return field_within(style, "site", "it is configured; no crawl has begun with it");
    };
    let now = Timestamp::now();
    let SiteStory {
        site,
        active,
        articles,
        newest_at,
        pages,
        sources,
        hosts,
        robots,
        outcomes_24h,
        errors,
        turned_away,
        opt_outs,
    } = story;
    let configured = match (report.configured, active) {
        (true, true) => "configured",
        (true, false) => "configured, but not when the crawl last began",
        (false, _) => "not configured: its pages rest until it is",
    };
    let mut out = field_within(style, "site", &format!("{site}: {configured}"));
    out += &field_within(style, "crawl", &run_text(report.run.as_ref()));
    let newest = newest_at.as_ref().map(|at| format!(", the newest first seen {}", short(at))).unwrap_or_default();
    out += &field_within(style, "articles", &format!("{articles}{newest}"));
    out += &field_within(style, "pages", &counts(pages.iter().map(|line| (line.state.clone(), line.count))));
    let next = hosts.iter().filter_map(|host| host.wake_at).min();
    let next = next.map_or_else(|| "nothing is due, ever".into(), |at| moment(at.max(now), now));
    out += &field_within(style, "next request", &next);
    let outcomes = outcomes_24h.iter().map(|line| match &line.reason {
        Some(reason) => (format!("{} ({reason})", line.outcome), line.count),
        None => (line.outcome.clone(), line.count),
    });
    out += &field_within(style, "last 24 hours", &counts(outcomes));
    if !turned_away.is_empty() {
        out += &field_within(
            style,
            "left alone",
            &counts(turned_away.iter().map(|line| (line.reason.clone(), line.times))),
        );
    }
    for (kind, value, count) in opt_outs {
        out += &field_within(style, "opt-out", &format!("{kind} \"{value}\" on {count} pages"));
    }
    for line in robots {
        out += &field_within(style, "robots.txt", &site_robots_text(line));
    }
    let (watched, retired): (Vec<SourceStatus>, Vec<SourceStatus>) = sources
        .iter()
        .cloned()
        .partition(|source| source.due_at.is_some() || source.visits + source.failures == 0 && source.error.is_none());
    if !retired.is_empty() {
        let kinds = counts(by_kind(&retired).into_iter());
        out += &field_within(style, "given up", &format!("{kinds}; --json lists them"));
    }
    if !watched.is_empty() {
        let _ = write!(out, "\n{}{}", sources_table(&watched, style), errors_text(&watched));
    }
    let _ = write!(out, "\n{}", hosts_text(hosts, now, style));
    if !errors.is_empty() {
        out.push_str("\nlast failures and refusals\n");
        for line in errors {
            let reason = line.error.as_deref().or(line.reason.as_deref()).unwrap_or("-");
            let _ =
                writeln!(out, "  {}\n    {}  {}", text::isolated(&line.url), line.started_at, text::isolated(reason));
        }
    }
    out
}

/// How many sources of each kind there are.
fn by_kind(sources: &[SourceStatus]) -> Vec<(String, i64)> {
    let mut kinds: Vec<(String, i64)> = Vec::new();
    for source in sources {
        match kinds.iter_mut().find(|(kind, _)| *kind == source.kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((source.kind.clone(), 1)),
        }
    }
    kinds
}

fn site_robots_text(line: &RobotsLine) -> String {
    let meaning = match line.status.as_str() {
        "rules" => "rules",
        "absent" => "none, all is allowed",
        _ => "unreachable, nothing is allowed",
    };
    let failed = line.failed_at.as_ref().map(|at| format!(", failed {}", short(at))).unwrap_or_default();
    format!(
        "{}: {meaning}; read {}, again {}{failed}",
        line.authority,
        short(&line.fetched_at),
        short(&line.expires_at)
    )
}

fn run_text(run: Option<&LastRun>) -> String {
    match run {
        None => "never ran".into(),
        Some(LastRun { started_at, ended_at: None }) => format!("runs since {}, or was killed", short(started_at)),
        Some(LastRun { started_at, ended_at: Some(ended) }) => {
            format!("does not run; last from {} to {}", short(started_at), short(ended))
        }
    }
}

fn hosts_text(hosts: &[HostStory], now: Timestamp, style: Style) -> String {
    let columns = [
        ("host", Column::Text),
        ("delay", Column::Number),
        ("back-off", Column::Number),
        ("today", Column::Number),
        ("not before", Column::Text),
        ("note", Column::Rest),
    ];
    let row = |host: &HostStory| {
        let ms = |ms: i64| format_duration(Duration::from_millis(ms.max(0).unsigned_abs()));
        vec![
            host.host.clone(),
            ms(host.delay_ms),
            if host.backoff_ms > 0 { ms(host.backoff_ms) } else { "-".into() },
            if host.day == today() { host.pages_today.to_string() } else { "0".into() },
            if host.next_at > now { moment(host.next_at, now) } else { "now".into() },
            host.note.clone().unwrap_or_else(|| "-".into()),
        ]
    };
    output::table(style, &columns, &hosts.iter().map(row).collect::<Vec<_>>())
}

/// The whole report, as JSON.
pub(super) fn document(report: &SiteReport) -> Json {
    json!({ "configured": report.configured, "last_run": report.run, "site": report.story })
}
