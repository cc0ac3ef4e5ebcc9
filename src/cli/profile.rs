//! `murasil profile`: run profiles' own tests, propose a new profile, see how well fields are found.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value as Json, json};

use super::exit::Exit;
use super::output::{Column, Style};
use super::{Global, block_on, output, runtime, status, text};
use crate::config::{Profile, builtin_profiles};
use crate::crawl::extract::{self, PageFile, Parser};
use crate::crawl::profiles::{self, Draft, TestOutcome};
use crate::model::query::{AlertSummary, FillRow, Period};
use crate::model::{PageUrl, Timestamp};
use crate::store::Reader;

/// What to do with profiles.
#[derive(Debug, Subcommand)]
pub(super) enum ProfileVerb {
    /// Run the tests that profiles keep; exit code 4 if one fails.
    Test(TestArgs),
    /// Propose a profile from a few articles of one site.
    New(NewArgs),
    /// Show which share of the stored articles has each field, over time, and what stopped being found.
    Stats(StatsArgs),
}

/// Arguments of `profile test`.
#[derive(Debug, Args)]
pub(super) struct TestArgs {
    /// Names of profiles; without any, all that have tests.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

/// Arguments of `profile new`.
#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// An address of the site (an article, or a page that links to articles), or files of articles.
    #[arg(required = true, value_name = "URL|FILE")]
    pages: Vec<String>,
    /// Articles to look at when an address is given.
    #[arg(long = "pages", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=20), value_name = "N")]
    count: u8,
    /// Address that the files are taken to come from.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Name of the profile; without it the first word of the site's domain.
    #[arg(long)]
    name: Option<String>,
}

/// Arguments of `profile stats`.
#[derive(Debug, Args)]
pub(super) struct StatsArgs {
    /// Name of a site; without it all.
    site: Option<String>,
    /// Length of a period.
    #[arg(long, value_enum, default_value_t = By::Week)]
    by: By,
}

/// A span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// UTC days.
    Day,
    /// Weeks, from Monday.
    Week,
    /// Calendar months.
    Month,
}

/// Runs the verb.
pub(super) fn run(verb: &ProfileVerb, global: &Global) -> anyhow::Result<ExitCode> {
    match verb {
        ProfileVerb::Test(args) => test(args, global),
        ProfileVerb::New(args) => new(args, global),
        ProfileVerb::Stats(args) => stats(args, global),
    }
}

fn test(args: &TestArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let config = global.load()?.config;
    let parser = Parser::new(&config)?;
    let mut all = builtin_profiles();
    all.extend(config.profiles.clone());
    if let Some(unknown) = args.names.iter().find(|name| !all.contains_key(*name)) {
        let known: Vec<&str> = all.keys().map(String::as_str).collect();
        bail!("there is no profile {unknown:?}; there are: {}", known.join(", "));
    }
    let wanted = |(name, profile): &(&String, &Profile)| {
        if args.names.is_empty() { !profile.test.is_empty() } else { args.names.contains(name) }
    };
    let now = Timestamp::now();
    let outcomes: Vec<(&String, Vec<TestOutcome>)> = all
        .iter()
        .filter(wanted)
        .map(|(name, profile)| (name, profiles::run_tests(&parser, &config, name, profile, now)))
        .collect();
    if global.json {
        output::print_lines(
            outcomes.iter().flat_map(|(name, of)| of.iter().map(|outcome| outcome_json(name, outcome))),
        )?;
    } else {
        output::print(&outcomes.iter().map(|(name, of)| outcomes_text(name, of)).collect::<String>())?;
    }
    let failed = outcomes.iter().flat_map(|(_, of)| of).any(|outcome| !passed(outcome));
    Ok(if failed { Exit::ProfileTestFailed } else { Exit::Done }.into())
}

fn passed(outcome: &TestOutcome) -> bool {
    outcome.error.is_none() && outcome.misses.is_empty()
}

fn outcome_json(name: &str, outcome: &TestOutcome) -> Json {
    let misses: Vec<Json> = outcome
        .misses
        .iter()
        .map(|miss| json!({ "field": miss.field, "expected": miss.expected, "found": miss.found }))
        .collect();
    json!({
        "profile": name, "page": outcome.page, "passed": passed(outcome), "error": outcome.error, "misses": misses,
    })
}

fn outcomes_text(name: &str, outcomes: &[TestOutcome]) -> String {
    if outcomes.is_empty() {
        return format!("{name}: no tests\n");
    }
    let good = outcomes.iter().filter(|outcome| passed(outcome)).count();
    let mut out = format!("{name}: {good} of {} pages as expected\n", outcomes.len());
    for outcome in outcomes.iter().filter(|outcome| !passed(outcome)) {
        let _ = writeln!(out, "  {}", text::isolated(&outcome.page));
        if let Some(error) = &outcome.error {
            let _ = writeln!(out, "    {}", text::isolated(error));
        }
        for miss in &outcome.misses {
            let shown = |value: &str| if value.is_empty() { "nothing".to_owned() } else { text::isolated(value) };
            let (expected, found) = (shown(&miss.expected), shown(&miss.found));
            let _ = writeln!(out, "    {}: expected {expected}\n      found {found}", miss.field);
        }
    }
    out
}

fn new(args: &NewArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let mut loaded = global.load()?;
    let pages = match args.pages.as_slice() {
        [one] if PageUrl::parse(one).is_ok() => {
            let url = PageUrl::parse(one)?;
            loaded.add_seed(&url)?;
            let config = Arc::new(loaded.config.clone());
            runtime()?.block_on(profiles::fetch_pages(config, url, usize::from(args.count)))?
        }
        files => read_files(files, args.url.as_deref())?,
    };
    let draft = profiles::draft(&loaded.config, &pages, Timestamp::now());
    if draft.hits.is_empty() {
        bail!(
            "nothing to propose: {} of {} pages are articles, and no selector gives a field on most of them",
            draft.pages,
            pages.len()
        );
    }
    let name = args.name.clone().unwrap_or_else(|| name_of(&draft));
    if global.json {
        output::print_document(&draft_json(&name, &draft))?;
    } else {
        output::print(&profiles::to_toml(&name, &draft))?;
    }
    Ok(Exit::Done.into())
}

fn read_files(files: &[String], url: Option<&str>) -> anyhow::Result<Vec<PageFile>> {
    let url = url.map(extract::read_url).transpose()?;
    let read = |file: &String| {
        let body = extract::read_page(Path::new(file))
            .with_context(|| format!("{file} is neither an address (only one may be given) nor a readable file"))?;
        Ok(PageFile { body, url: url.clone(), content_type: None, charset: None, visited: None })
    };
    files.iter().map(read).collect()
}

fn name_of(draft: &Draft) -> String {
    let domain = draft.profile.domains.first().map(|domain| domain.trim_start_matches("www."));
    domain.and_then(|domain| domain.split('.').next()).unwrap_or("new").to_owned()
}

fn draft_json(name: &str, draft: &Draft) -> Json {
    let hits: serde_json::Map<String, Json> = draft
        .hits
        .iter()
        .map(|(field, (hits, pages))| ((*field).to_owned(), json!({ "hits": hits, "pages": pages })))
        .collect();
    json!({ "name": name, "pages": draft.pages, "fields": hits, "toml": profiles::to_toml(name, draft) })
}

fn stats(args: &StatsArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let path = global.database()?;
    let period = match args.by {
        By::Day => Period::Day,
        By::Week => Period::Week,
        By::Month => Period::Month,
    };
    let (rows, mut alerts) = block_on(async {
        let reader = Reader::open(&path).await?;
        Ok::<_, crate::store::StoreError>((
            reader.fill_rates(args.site.as_deref(), period).await?,
            reader.alerts(false).await?,
        ))
    })??;
    if let (Some(site), true) = (&args.site, rows.is_empty()) {
        bail!("no article of a site {site:?} is stored; `murasil status` lists the sites");
    }
    alerts.retain(|alert| args.site.as_ref().is_none_or(|site| *site == alert.site));
    if global.json {
        output::print_document(&json!({ "periods": rows, "alerts": alerts }))?;
    } else {
        output::print(&stats_text(&rows, &alerts, Style::of_stdout(global)))?;
    }
    Ok(Exit::Done.into())
}

fn stats_text(rows: &[FillRow], alerts: &[AlertSummary], style: Style) -> String {
    if rows.is_empty() {
        return "no article is stored yet\n".to_owned();
    }
    let columns = [
        ("site", Column::Text),
        ("since", Column::Text),
        ("articles", Column::Number),
        ("title", Column::Number),
        ("subtitle", Column::Number),
        ("authors", Column::Number),
        ("date", Column::Number),
        ("section", Column::Number),
        ("body", Column::Number),
        ("chars", Column::Number),
        ("image", Column::Number),
        ("profile", Column::Number),
    ];
    let share = |share: f64| format!("{:.0}%", share * 100.0);
    let cells = rows.iter().map(|row| {
        vec![
            row.site.clone(),
            row.period.clone(),
            row.articles.to_string(),
            share(row.title),
            share(row.subtitle),
            share(row.authors),
            share(row.published),
            share(row.section),
            share(row.body),
            row.body_chars.to_string(),
            share(row.image),
            share(row.by_profile),
        ]
    });
    let mut out = output::table(style, &columns, &cells.collect::<Vec<_>>());
    if !alerts.is_empty() {
        out += "\nalerts, the newest first:\n";
        out.extend(alerts.iter().map(status::alert_text));
    }
    out
}
