//! `murasil why URL|SITE`: what is known, what was decided, what blocks it now. Works beside a running daemon.

mod page;
mod site;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;
use clap::Args;
use serde_json::Value as Json;

use super::exit::Exit;
use super::output::Style;
use super::status::interval;
use super::{Global, block_on, output};
use crate::config::Config;
use crate::crawl::why;
use crate::model::{PageUrl, Timestamp};
use crate::store::Reader;

/// Arguments of `why`.
#[derive(Debug, Args)]
pub(super) struct WhyArgs {
    /// An address, or the name of a site.
    #[arg(value_name = "URL|SITE")]
    subject: String,
}

/// Prints everything about a page or a site.
pub(super) fn run(args: &WhyArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let config = Arc::new(global.load()?.config);
    let path = config.crawler.database.clone();
    let subject = args.subject.trim();
    let style = Style::of_stdout(global);
    let now = Timestamp::now();
    block_on(async {
        let reader = Reader::open(&path).await?;
        let report = if is_site(subject, &config, &reader).await? {
            let report = why::site(&config, &reader, subject).await?;
            if global.json {
                Report::Json(site::document(&report))
            } else {
                Report::Text(site::text_report(&report, style))
            }
        } else {
            let url = read_url(subject, &config, &reader).await?;
            let report = why::page(config.clone(), &reader, url).await?;
            if global.json {
                Report::Json(page::document(&report))
            } else {
                Report::Text(page::text_report(&report, &config, style, now))
            }
        };
        match report {
            Report::Json(document) => output::print_document(&document)?,
            Report::Text(text) => output::print(&text)?,
        }
        Ok(Exit::Done.into())
    })?
}

/// A report as it is printed.
enum Report {
    Json(Json),
    Text(String),
}

async fn is_site(subject: &str, config: &Config, reader: &Reader) -> anyhow::Result<bool> {
    Ok(config.site(subject).is_some() || reader.site_names().await?.iter().any(|name| name == subject))
}

/// The address; one without a scheme is taken for https, as people write it.
async fn read_url(subject: &str, config: &Config, reader: &Reader) -> anyhow::Result<PageUrl> {
    match PageUrl::parse(subject) {
        Ok(url) => Ok(url),
        Err(error) if subject.contains("://") => bail!("{subject}: {error}"),
        Err(_) if subject.contains('.') => Ok(PageUrl::parse(&format!("https://{subject}"))?),
        Err(_) => {
            let mut names = reader.site_names().await?;
            names.extend(config.sites.iter().map(|site| site.name.clone()));
            names.sort();
            names.dedup();
            let known = if names.is_empty() { "there are none".to_owned() } else { names.join(", ") };
            bail!("{subject:?} is neither an address nor a site; sites: {known}")
        }
    }
}

/// The UTC day of now, as the database writes it.
fn today() -> String {
    crate::model::page::day_of(Timestamp::now()).to_string()
}

fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `2026-11-25T03:17:41Z` without its seconds.
fn short(at: &str) -> String {
    at.get(..16).map_or_else(|| at.to_owned(), |minute| format!("{minute}Z"))
}

fn counted(count: i64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// An instant and how far it is away.
fn moment(at: Timestamp, now: Timestamp) -> String {
    let away = at.as_second() - now.as_second();
    match away {
        0 => format!("{} (now)", short(&seconds(at))),
        1.. => format!("{} (in {})", short(&seconds(at)), interval(away)),
        _ => format!("{} ({} ago)", short(&seconds(at)), interval(-away)),
    }
}
