//! `murasil check`: is the configuration right, and what does it say in short?

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value as Json, json};

use super::exit::Exit;
use super::output::{Column, Style};
use super::{Global, block_on, output, runtime, text};
use crate::config::units::format_duration;
use crate::config::{ConfigErrors, Loaded, Place, Problem};
use crate::crawl::oneshot::{self, SeedPermission};
use crate::store::Reader;

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Also read the robots.txt of every seed.
    #[arg(long)]
    network: bool,
    /// Also look whether the database is whole, as does --database without a file; takes long if it is large.
    #[arg(long)]
    integrity: bool,
}

/// Checks and prints a summary; exit code 78 if the configuration is wrong.
pub(super) fn run(args: &CheckArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let loaded = match global.load() {
        Ok(loaded) => loaded,
        Err(error) => {
            if let (true, Some(ConfigErrors(problems))) = (global.json, error.downcast_ref::<ConfigErrors>()) {
                let problems: Vec<Json> = problems.iter().map(problem_json).collect();
                output::print_document(&json!({ "ok": false, "problems": problems }))?;
            }
            return Err(error);
        }
    };
    let damage = if args.integrity || matches!(global.database, Some(None)) {
        let path = &loaded.config.crawler.database;
        Some(block_on(async { Reader::open(path).await?.integrity().await })??)
    } else {
        None
    };
    let permissions = if args.network {
        Some(runtime()?.block_on(oneshot::seed_permissions(Arc::new(loaded.config.clone())))?)
    } else {
        None
    };
    if global.json {
        let mut document = summary_json(&loaded, damage.as_deref());
        document["seeds"] = permissions.as_deref().map_or(Json::Null, permissions_json);
        output::print_document(&document)?;
    } else {
        output::print(&summary(&loaded, Style::of_stdout(global)))?;
        output::print(&damage.as_deref().map_or_else(String::new, damage_text))?;
        output::print(&permissions.as_deref().map_or_else(String::new, permissions_text))?;
    }
    let is_sound = damage.is_none_or(|findings| findings.is_empty());
    let seeds = permissions.unwrap_or_default();
    Ok(if !is_sound || seeds.iter().any(|seed| seed.refused.is_some()) {
        Exit::Error
    } else if seeds.iter().any(|seed| seed.not_now.is_some()) {
        Exit::Temporary
    } else {
        Exit::Done
    }
    .into())
}

/// Why a seed may not be asked for, or why nobody knows; `None` if it may.
fn verdict(seed: &SeedPermission) -> Option<String> {
    let not_now = seed.not_now.as_ref().map(|not_now| format!("not now: {not_now}"));
    not_now.or_else(|| seed.refused.as_ref().and_then(super::fetch::reason))
}

fn permissions_text(seeds: &[SeedPermission]) -> String {
    let line = |seed: &SeedPermission| {
        let verdict = verdict(seed).unwrap_or_else(|| "allowed".into());
        let delay =
            seed.crawl_delay.map(|delay| format!(", crawl-delay {}", format_duration(delay))).unwrap_or_default();
        format!("{}  {}  {}{delay}\n", text::visible(&seed.site), seed.url, text::visible(&verdict))
    };
    format!("\nrobots.txt of each seed:\n{}", seeds.iter().map(line).collect::<String>())
}

fn permissions_json(seeds: &[SeedPermission]) -> Json {
    let one = |seed: &SeedPermission| {
        json!({
            "site": seed.site,
            "url": seed.url.as_str(),
            "allowed": seed.not_now.is_none().then_some(seed.refused.is_none()),
            "reason": verdict(seed),
            "crawl_delay_ms": seed.crawl_delay.map(|delay| delay.as_millis() as u64),
        })
    };
    seeds.iter().map(one).collect()
}

fn damage_text(findings: &[String]) -> String {
    if findings.is_empty() {
        return "\nthe database is sound\n".into();
    }
    let lines: Vec<String> = findings.iter().map(|line| format!("  {}\n", text::visible(line))).collect();
    format!("\nthe database is damaged:\n{}", lines.concat())
}

fn summary(loaded: &Loaded, style: Style) -> String {
    let config = &loaded.config;
    let files: Vec<String> = loaded.files.iter().map(|file| text::visible(&file.to_string_lossy())).collect();
    let read = if files.is_empty() { "no file; the defaults hold".to_owned() } else { files.join(", ") };
    let seeds: usize = config.sites.iter().map(|site| site.seeds.len()).sum();
    let mut out = format!(
        "configuration  {read}\nuser agent     {}\ndatabase       {}\nraw pages      {}\npace           {} between requests \
         to a host, {} requests in flight at most\nsites          {} with {seeds} seeds\n",
        text::visible(&config.crawler.user_agent_header()),
        text::visible(&config.crawler.database.to_string_lossy()),
        text::visible(&config.crawler.archive),
        format_duration(config.politeness.delay),
        config.fetch.concurrency,
        config.sites.len(),
    );
    if !config.sites.is_empty() {
        let columns = [
            ("site", Column::Text),
            ("seeds", Column::Number),
            ("delay", Column::Number),
            ("profile", Column::Text),
            ("domains", Column::Rest),
        ];
        let rows: Vec<Vec<String>> = config
            .sites
            .iter()
            .map(|site| {
                let delay = format_duration(site.delay.unwrap_or(config.politeness.delay));
                let profile = site.profile.clone().unwrap_or_else(|| "-".into());
                vec![site.name.clone(), site.seeds.len().to_string(), delay, profile, site.domains.join(" ")]
            })
            .collect();
        out.push('\n');
        out.push_str(&output::table(style, &columns, &rows));
    }
    let warnings: Vec<String> = loaded.warnings.iter().map(|warning| format!("\nwarning: {warning}\n")).collect();
    out.push_str(&warnings.concat());
    out
}

fn summary_json(loaded: &Loaded, damage: Option<&[String]>) -> Json {
    let config = &loaded.config;
    let sites: Vec<Json> = config
        .sites
        .iter()
        .map(|site| {
            let seeds: Vec<&str> = site.seeds.iter().map(crate::config::Seed::url).collect();
            let delay_ms = site.delay.unwrap_or(config.politeness.delay).as_millis() as u64;
            json!({ "name": site.name, "domains": site.domains, "seeds": seeds, "profile": site.profile, "delay_ms": delay_ms })
        })
        .collect();
    json!({
        "ok": damage.is_none_or(<[String]>::is_empty),
        "files": loaded.files,
        "user_agent": config.crawler.user_agent_header(),
        "database": config.crawler.database,
        "archive": config.crawler.archive,
        "sites": sites,
        "damage": damage,
        "warnings": loaded.warnings.iter().map(problem_json).collect::<Vec<Json>>(),
    })
}

/// A problem with its place.
pub(super) fn problem_json(problem: &Problem) -> Json {
    let (file, line, variable) = match &problem.place {
        Place::File(path, line) => (Some(path.to_string_lossy().into_owned()), *line, None),
        Place::Variable(name) => (None, None, Some(name.to_string())),
        Place::Default => (None, None, None),
    };
    json!({ "file": file, "line": line, "variable": variable, "key": problem.key, "value": problem.value, "what": problem.what })
}
