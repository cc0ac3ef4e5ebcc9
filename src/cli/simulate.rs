//! `murasil simulate`: recorded history under other schedules, requests against lateness.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use clap::Args;
use serde_json::{Value as Json, json};

use super::exit::Exit;
use super::output::{Column, Style};
use super::status::interval;
use super::{Global, block_on, output};
use crate::config::Config;
use crate::config::units::{format_duration, parse_duration};
use crate::crawl::simulate::{self, Lateness, Replay, SourcePolicy, SourceRule};
use crate::model::recording::Recording;
use crate::store::Reader;

/// No source is replayed more often; it bounds the work, too.
const LEAST_INTERVAL: Duration = Duration::from_mins(1);
/// Times within which the table counts what was found, with their headings.
const WITHIN: [(Duration, &str); 4] = [
    (Duration::from_mins(15), "15 min"),
    (Duration::from_hours(1), "1 h"),
    (Duration::from_hours(6), "6 h"),
    (Duration::from_hours(24), "24 h"),
];
/// What is compared if no policy is named, beside the current one.
const USUAL: [&str; 5] = ["fixed:15m", "fixed:1h", "fixed:6h", "adaptive:5m..6h", "halving:10m..24h"];

/// Arguments of `simulate`.
#[derive(Debug, Args)]
#[command(after_help = POLICIES)]
pub(super) struct SimulateArgs {
    /// A schedule to compare; may be given several times. Without it the usual ones are.
    #[arg(long = "policy", value_name = "POLICY", value_parser = parse_policy)]
    policies: Vec<Named>,
    /// Of this site only.
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
}

const POLICIES: &str = "\
Policies:
  current           as `run` schedules sources: by each one's own rate, between schedule.sources.min and max
  adaptive:5m..6h   the same between other bounds
  halving:5m..6h    half the interval after a visit that brought something, one and a half of it after one that did not
  fixed:15m         the same interval for every source";

/// A policy and how it was written.
#[derive(Debug, Clone)]
struct Named {
    name: String,
    /// `None`: the configuration's own.
    policy: Option<SourcePolicy>,
}

fn parse_policy(text: &str) -> Result<Named, String> {
    let (rule, rest) = text.split_once(':').unwrap_or((text, ""));
    let policy = match rule {
        "current" if rest.is_empty() => None,
        "fixed" => {
            let interval = parse_interval(rest)?;
            Some(SourcePolicy { min: interval, max: interval, rule: SourceRule::Fixed(interval) })
        }
        "adaptive" => Some(bounded(rest, SourceRule::default())?),
        "halving" => Some(bounded(rest, SourceRule::Halving)?),
        _ => return Err("must be current, fixed:TIME, adaptive:MIN..MAX or halving:MIN..MAX".into()),
    };
    Ok(Named { name: text.to_owned(), policy })
}

fn bounded(text: &str, rule: SourceRule) -> Result<SourcePolicy, String> {
    let (min, max) = text.split_once("..").ok_or("needs two times, as in 5m..6h")?;
    let (min, max) = (parse_interval(min)?, parse_interval(max)?);
    if min > max {
        return Err(format!("{} is more than {}", format_duration(min), format_duration(max)));
    }
    Ok(SourcePolicy { min, max, rule })
}

fn parse_interval(text: &str) -> Result<Duration, String> {
    let interval = parse_duration(text).map_err(|what| format!("a time {what}"))?;
    if interval < LEAST_INTERVAL {
        return Err(format!("a time must be at least {}", format_duration(LEAST_INTERVAL)));
    }
    Ok(interval)
}

/// Replays the history and prints one line a policy.
pub(super) fn run(args: &SimulateArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let config = global.load()?.config;
    let path = &config.crawler.database;
    let recording = block_on(async { Reader::open(path).await?.recording(args.site.as_deref()).await })??;
    let Some(recording) = recording else {
        match &args.site {
            Some(site) => bail!("{}: no visit of a source of the site {site:?} is recorded", path.display()),
            None => bail!("{}: no visit of a source is recorded", path.display()),
        }
    };
    let replays = replays(args, &config, &recording);
    if global.json {
        output::print_document(&document(&recording, &replays))?;
    } else {
        output::print(&report(&recording, &replays, Style::of_stdout(global)))?;
    }
    Ok(Exit::Done.into())
}

fn replays(args: &SimulateArgs, config: &Config, recording: &Recording) -> Vec<(String, Replay)> {
    let current = simulate::current_policy(config);
    let named = |text: &str| parse_policy(text).expect("the usual policies are constants, read by a test below");
    let mut policies = args.policies.clone();
    if policies.is_empty() {
        policies.push(named("current"));
        policies.extend(USUAL.iter().map(|text| named(text)));
    }
    let mut replays = vec![("as recorded".to_owned(), simulate::as_recorded(recording))];
    replays.extend(policies.into_iter().map(|Named { name, policy }| {
        let policy = policy.unwrap_or_else(|| current.clone());
        (name, simulate::replay(recording, &policy))
    }));
    replays
}

fn report(recording: &Recording, replays: &[(String, Replay)], style: Style) -> String {
    let days = days(recording);
    let measured = recording.items.iter().filter(|item| item.measured);
    let exact = measured.clone().filter(|item| item.exact).count();
    let measured = measured.count();
    let sites: std::collections::BTreeSet<&str> = recording.sources.iter().map(|source| source.site.as_str()).collect();
    let span = format!("{} to {}, {days:.1} days", to_the_minute(recording.from), to_the_minute(recording.until));
    let mut out = output::field("recorded", &span);
    out += &output::field("sources", &format!("{} of {} sites", recording.sources.len(), sites.len()));
    let before = recording.items.len() - measured;
    out += &output::field("articles", &format!("{measured}; {before} that were there at the first visit do not count"));
    let share = 100.0 * exact as f64 / measured.max(1) as f64;
    let times = format!("{share:.0} % as published; the others in the middle between two visits");
    out += &output::field("appeared", &times);
    if measured == 0 {
        return out + "\nno article appeared between two visits: there is nothing to compare\n";
    }
    let mut columns = vec![
        ("policy", Column::Text),
        ("requests", Column::Number),
        ("a day", Column::Number),
        ("median", Column::Number),
        ("p90", Column::Number),
        ("mean", Column::Number),
    ];
    columns.extend(WITHIN.iter().map(|(_, name)| (*name, Column::Number)));
    let rows: Vec<Vec<String>> = replays.iter().map(|(name, replay)| row(name, replay, days)).collect();
    out.push('\n');
    out += &output::table(style, &columns, &rows);
    out + "\nmedian, p90, mean: how late an article was found; the last columns: the share found within that time\n"
}

fn row(name: &str, replay: &Replay, days: f64) -> Vec<String> {
    let Replay { requests, lateness } = replay;
    let late = |time: Option<Duration>| time.map_or_else(|| "-".into(), |time| interval(time.as_secs() as i64));
    let mut row = vec![
        name.to_owned(),
        requests.to_string(),
        format!("{:.0}", *requests as f64 / days),
        late(lateness.quantile(0.5)),
        late(lateness.quantile(0.9)),
        late(lateness.mean()),
    ];
    row.extend(WITHIN.iter().map(|(time, _)| format!("{:.0} %", 100.0 * lateness.within(*time))));
    row
}

fn days(recording: &Recording) -> f64 {
    let seconds = recording.until.as_second() - recording.from.as_second();
    (seconds as f64 / 86_400.0).max(1.0 / 1440.0)
}

fn to_the_minute(at: crate::model::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

fn document(recording: &Recording, replays: &[(String, Replay)]) -> Json {
    let measured = recording.items.iter().filter(|item| item.measured);
    let policies: Vec<Json> = replays.iter().map(|(name, replay)| policy_json(name, replay)).collect();
    json!({
        "from": recording.from.to_string(),
        "until": recording.until.to_string(),
        "sources": recording.sources.len(),
        "articles": measured.clone().count(),
        "articles_with_exact_time": measured.filter(|item| item.exact).count(),
        "articles_before": recording.items.iter().filter(|item| !item.measured).count(),
        "policies": policies,
    })
}

fn policy_json(name: &str, replay: &Replay) -> Json {
    let lateness = &replay.lateness;
    let seconds = |time: Option<Duration>| time.map(|time| time.as_secs());
    let within = |lateness: &Lateness, at: usize| WITHIN.get(at).map(|(time, _)| lateness.within(*time));
    json!({
        "policy": name,
        "requests": replay.requests,
        "median_seconds": seconds(lateness.quantile(0.5)),
        "p90_seconds": seconds(lateness.quantile(0.9)),
        "mean_seconds": seconds(lateness.mean()),
        "within_15_minutes": within(lateness, 0),
        "within_1_hour": within(lateness, 1),
        "within_6_hours": within(lateness, 2),
        "within_24_hours": within(lateness, 3),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_read_as_it_is_written_and_a_slip_is_explained() {
        for text in USUAL.iter().chain(&["current", "fixed:1m", "halving:1h..1h"]) {
            assert!(parse_policy(text).is_ok(), "{text}");
        }
        for (text, expected) in [
            ("often", "must be current"),
            ("current:5m", "must be current"),
            ("fixed:5", "a time must be a number with a unit"),
            ("fixed:5s", "at least 1m"),
            ("adaptive:5m", "needs two times"),
            ("adaptive:6h..5m", "6h is more than 5m"),
        ] {
            let error = parse_policy(text).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
