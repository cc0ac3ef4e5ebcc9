//! What `why` prints of a page.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::super::output::{Column, Style, field_within};
use super::super::status::interval;
use super::super::{output, text};
use super::{counted, moment, seconds, short, today};
use crate::config::Config;
use crate::config::units::format_duration;
use crate::crawl::why::PageReport;
use crate::model::why::{FetchLine, HostStory, Judgement, PageStory, RobotsLine, RobotsView};
use crate::model::{Timestamp, reason};

/// The whole report, for people.
pub(super) fn text_report(report: &PageReport, config: &Config, style: Style, now: Timestamp) -> String {
    let mut out = format!("{}\n", report.url);
    if let Some(story) = &report.story {
        out += &story_text(story, report, config, style, now);
    } else {
        out += &field_within(style, "known", "no");
        out += &field_within(style, "site", report.site.as_deref().unwrap_or("none has this host"));
    }
    match (&report.story, &report.judgement) {
        (None, judgement) => out += &field_within(style, "if linked", &judgement_text(judgement)),
        (Some(_), Judgement::TurnedAway { .. }) => {
            let what = "a new address like this one would not enter; what is known is visited";
            out += &field_within(style, "new rules", &format!("{what}: {}", judgement_text(&report.judgement)));
        }
        (Some(_), Judgement::Enters(_)) => {}
    }
    if let Some(learnt) = &report.learnt {
        out += &field_within(style, "learnt", &format!("{learnt}: what pages of this site at such addresses were"));
    }
    if let Some(away) = &report.turned_away {
        let times = if away.times == 1 { "1 link".to_owned() } else { format!("{} links", away.times) };
        out += &field_within(
            style,
            "turned away",
            &format!("{times} of the site for this reason; the last at {}:", short(&away.last_at)),
        );
        out += &field_within(style, "", &away.example_url);
    }
    out += &field_within(style, "robots.txt", &robots_text(&report.robots));
    if let Some(story) = &report.story {
        out += &tables(story, style);
    }
    out
}

/// The facts about a known page.
fn story_text(story: &PageStory, report: &PageReport, config: &Config, style: Style, now: Timestamp) -> String {
    let mut out = String::new();
    if story.url != report.url.as_str() {
        out += &field_within(style, "requested as", &story.url);
    }
    out += &field_within(
        style,
        "known",
        &format!("since {}, as page {} of the site {}", short(&seconds(story.found_at)), story.id, story.site),
    );
    out += &field_within(style, "found by", &found_text(story));
    for step in &story.trail {
        out += &field_within(style, "", &format!("  {} ({}), found by {}", step.url, step.kind, step.found_by));
    }
    out += &field_within(style, "kind", story.kind.as_str());
    for word in &story.kind_reasons {
        out += &field_within(style, "", &format!("  {word}: {}", meaning_of_kind(word)));
    }
    out += &field_within(style, "state", &state_text(story, now));
    for (n, obstacle) in report.obstacles.iter().enumerate() {
        let until = obstacle.until.map(|until| format!(", until {}", moment(until, now))).unwrap_or_default();
        out += &field_within(style, if n == 0 { "blocked" } else { "" }, &format!("{}{until}", obstacle.why));
    }
    if report.obstacles.is_empty() {
        out += &field_within(style, "blocked", "by nothing: it is due");
    }
    if let Some(visited) = story.visited_at {
        out += &field_within(style, "last visit", &format!("{}: {}", moment(visited, now), outcome_text(story)));
    }
    if let Some(source) = story.source.as_ref().filter(|source| source.visits + source.failures > 0) {
        let every = source.interval_seconds.map(|it| format!("every {}, ", interval(it))).unwrap_or_default();
        let last = source.brought_at.as_ref().map(|at| format!(", the last at {}", short(at))).unwrap_or_default();
        let gap = source.gap_seconds.map(|gap| format!("; one in {} on average", interval(gap))).unwrap_or_default();
        let visits = counted(source.visits, "answer");
        let brought = format!("{visits} brought {} new{last}{gap}", source.brought);
        out += &field_within(style, "source", &format!("{every}{}; {brought}", source.health));
        if let Some(error) = source.error.as_ref().filter(|_| source.failures > 0) {
            let times = counted(source.failures, "failure");
            out += &field_within(style, "", &format!("{times} in a row: {error}"));
        }
    }
    out += &field_within(
        style,
        "host",
        &host_text(&story.host, config.site(&story.site).and_then(|site| site.daily_pages), config),
    );
    for alias in &story.aliases {
        out += &field_within(style, "also known as", alias);
    }
    for wish in &story.opt_outs {
        out += &field_within(
            style,
            "opt-out",
            &format!("{} \"{}\", last seen {}", wish.kind, wish.value, short(&wish.last_seen_at)),
        );
    }
    match &story.article {
        Some(article) => {
            let removed =
                article.removed_at.as_ref().map(|at| format!(", gone since {}", short(at))).unwrap_or_default();
            let published = article
                .published_at
                .as_deref()
                .map_or_else(|| "undated".into(), |at| format!("published {}", short(at)));
            out += &field_within(
                style,
                "article",
                &format!("{}, version {}, {published}{removed}", article.id, article.version),
            );
            out += &field_within(style, "", article.title.as_deref().unwrap_or("(without a title)"));
            for text in &article.left_out {
                out += &field_within(style, "left out", &format!("{text} (boilerplate of the host)"));
            }
        }
        None => out += &field_within(style, "article", "none"),
    }
    out
}

/// What a reason of a page's kind means.
fn meaning_of_kind(word: &str) -> &'static str {
    match reason::meaning(word) {
        Some(meaning) => meaning,
        None if word.starts_with("learnt:") => "what pages of the site at such addresses were, and how many",
        None => "a word of another version",
    }
}

fn found_text(story: &PageStory) -> String {
    match story.found_by.as_str() {
        "seed" => "the configuration: it is a seed".into(),
        "redirect" => "a redirect from".into(),
        "robots" => "a Sitemap line of robots.txt, with a visit of".into(),
        "well-known" => "a try at a well-known place, with a visit of".into(),
        "feed" | "sitemap" => format!("an entry of the {}", story.found_by),
        "head" => "a <link> of".into(),
        place => {
            let rel = story.found_rel.as_deref().map(|rel| format!(" (rel {rel})")).unwrap_or_default();
            format!("a link{rel} in the {place} part of")
        }
    }
}

fn state_text(story: &PageStory, now: Timestamp) -> String {
    match (story.lane.as_deref(), story.due_at) {
        (Some("new"), _) => "new: it waits for its first visit".into(),
        (Some(_), Some(due)) if due > now => format!("{}; next visit {}", story.state, moment(due, now)),
        (Some(_), Some(due)) => format!("{}; due since {}", story.state, moment(due, now)),
        (Some(_), None) => story.state.clone(),
        (None, _) => format!("{}; not visited again", story.state),
    }
}

fn outcome_text(story: &PageStory) -> String {
    let status = story.status.map(|status| format!(", status {status}")).unwrap_or_default();
    let outcome = story.outcome.as_deref().unwrap_or("not finished");
    match &story.detail {
        Some(detail) => format!("{outcome}: {detail}"),
        None => format!("{outcome}{status}"),
    }
}

fn host_text(host: &HostStory, daily: Option<u32>, config: &Config) -> String {
    let ms = |ms: i64| format_duration(Duration::from_millis(ms.max(0).unsigned_abs()));
    let asks = host.crawl_delay_ms.map(|delay| format!(" (robots.txt asks for {})", ms(delay))).unwrap_or_default();
    let backoff = if host.backoff_ms > 0 { format!(", back-off {}", ms(host.backoff_ms)) } else { String::new() };
    let today = if host.day == today() { host.pages_today } else { 0 };
    let budget = daily.unwrap_or(config.politeness.daily_pages);
    format!("{}: one request in {}{asks}{backoff}; {today} of {budget} pages today", host.host, ms(host.delay_ms))
}

fn judgement_text(judgement: &Judgement) -> String {
    match judgement {
        Judgement::Enters(admission) => format!("it enters as {}", admission.kind.as_str()),
        Judgement::TurnedAway { reason, rule } => {
            let rule = rule.as_ref().map(|rule| format!(" ({rule})")).unwrap_or_default();
            format!("it is turned away, {reason}: {}{rule}", meaning(reason))
        }
    }
}

/// What a reason of being turned away means, in short; `docs/ADDRESSES.md` has the whole.
fn meaning(reason: &str) -> &'static str {
    match reason {
        "scope" => "no configured site has this host",
        "denied" => "a pattern of follow.deny matches",
        "not-allowed" => "no pattern of follow.allow matches",
        "nofollow" => "the link or its page says nofollow",
        "depth" => "too many links away from a seed",
        "hops" => "at the end of too many redirects",
        "media" => "the address is a file's that is no page",
        "utility" => "the address is a service's: login, search, print",
        "sitemap-host" => "a sitemap of another host may not speak for it",
        "trap-host" => "the host has too many labels",
        "trap-session" => "the address carries a session",
        "share" => "too many pages of the host wait already",
        "trap-depth" => "the path has too many parts",
        "trap-repeat" => "the path repeats a part",
        "trap-facets" => "the query is one of a faceted search",
        "trap-calendar" => "a calendar has no end",
        _ => "the rules of the frontier keep it out",
    }
}

fn robots_text(robots: &RobotsView) -> String {
    let read = |line: &RobotsLine| {
        let failed =
            line.failed_at.as_ref().map(|at| format!("; reading it anew failed at {}", short(at))).unwrap_or_default();
        format!("{} (read {}, again {}{failed})", line.authority, short(&line.fetched_at), short(&line.expires_at))
    };
    match robots {
        RobotsView::Unread => "not read yet".into(),
        RobotsView::Allowed(line) if line.status == "absent" => format!("none, so that all is allowed: {}", read(line)),
        RobotsView::Allowed(line) => format!("allows it: {}", read(line)),
        RobotsView::Forbidden(line, rule) => format!("forbids it, {rule}: {}", read(line)),
        RobotsView::Unreachable(line) => format!("unreachable, so that nothing is allowed: {}", read(line)),
    }
}

fn tables(story: &PageStory, style: Style) -> String {
    let mut out = String::new();
    if !story.fetches.is_empty() {
        let _ = write!(out, "\nlast requests, the newest first\n{}", fetches_table(&story.fetches, style));
    }
    if !story.headlines.is_empty() {
        out.push_str("\nannounced as\n");
        for line in &story.headlines {
            let _ = writeln!(out, "  {}", text::isolated(&line.text));
            let _ = writeln!(
                out,
                "    {} of {}, {} to {}",
                line.role,
                line.page_url,
                short(&line.first_seen_at),
                short(&line.last_seen_at)
            );
        }
    }
    out
}

fn fetches_table(fetches: &[FetchLine], style: Style) -> String {
    let columns = [
        ("started", Column::Text),
        ("what", Column::Text),
        ("status", Column::Number),
        ("ms", Column::Number),
        ("bytes", Column::Number),
        ("came to", Column::Rest),
    ];
    let row = |line: &FetchLine| {
        let outcome = line.outcome.clone().unwrap_or_else(|| "-".into());
        let reason = line.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
        let error = line.error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
        vec![
            line.started_at.clone(),
            if line.sent { line.kind.clone() } else { "not sent".into() },
            line.status.map_or_else(|| "-".into(), |status| status.to_string()),
            line.elapsed_ms.to_string(),
            line.body_bytes.to_string(),
            format!("{outcome}{reason}{error}"),
        ]
    };
    output::table(style, &columns, &fetches.iter().map(row).collect::<Vec<_>>())
}

/// The whole report, as JSON.
pub(super) fn document(report: &PageReport) -> Json {
    let judgement = match &report.judgement {
        Judgement::Enters(admission) => json!({ "enters_as": admission.kind.as_str() }),
        Judgement::TurnedAway { reason, rule } => json!({ "turned_away": reason, "rule": rule }),
    };
    let (verdict, rule, line) = match &report.robots {
        RobotsView::Unread => ("unread", None, None),
        RobotsView::Allowed(line) => ("allowed", None, Some(line)),
        RobotsView::Forbidden(line, rule) => ("forbidden", Some(rule), Some(line)),
        RobotsView::Unreachable(line) => ("unreachable", None, Some(line)),
    };
    json!({
        "url": report.url.as_str(),
        "known": report.story.is_some(),
        "site": report.site,
        "page": report.story,
        "blocked_by": report.obstacles,
        "if_linked": judgement,
        "learnt": report.learnt,
        "turned_away": report.turned_away,
        "robots": { "verdict": verdict, "rule": rule, "copy": line },
    })
}
