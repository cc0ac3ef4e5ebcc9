//! `murasil fetch URL`: one address through the same door and the same extraction as a crawl.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value as Json, json};

use super::exit::Exit;
use super::{Global, extract, output, runtime, text};
use crate::config::Config;
use crate::crawl::oneshot::{self, Once};
use crate::crawl::{self, CrawlError};
use crate::daemon;
use crate::model::{Outcome, PageUrl, Request, UrlError};
use crate::store::Store;

/// Arguments of `fetch`.
#[derive(Debug, Args)]
pub(super) struct FetchArgs {
    /// The address.
    #[arg(value_parser = parse_url)]
    url: PageUrl,
    /// Store nothing, not even the copy of robots.txt; only when the host was asked, if there is a database.
    #[arg(long)]
    dry_run: bool,
}

fn parse_url(text: &str) -> Result<PageUrl, UrlError> {
    PageUrl::parse(text)
}

/// Fetches the page and prints its record; exit code 1 if no page came back.
pub(super) fn run(args: &FetchArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let mut loaded = global.load()?;
    loaded.add_seed(&args.url)?;
    let once = runtime()?.block_on(fetch(loaded.config, &args.url, args.dry_run))?;
    if global.json {
        output::print_document(&document(&once))?;
    } else {
        print(&mut io::stdout().lock(), &once)?;
    }
    Ok(match once.fetched.outcome {
        Outcome::Page(_) | Outcome::NotModified { .. } => Exit::Done.into(),
        Outcome::Redirect { .. } | Outcome::Refused(_) | Outcome::Failed(_) => Exit::Error.into(),
    })
}

async fn fetch(config: Config, url: &PageUrl, dry_run: bool) -> anyhow::Result<Once> {
    let config = Arc::new(config);
    if dry_run {
        return Ok(oneshot::look_once(config, url.clone()).await?);
    }
    let archive = daemon::archive_path(&config);
    let store = Store::open(&config.crawler.database, archive.as_deref()).await.context("opening the database")?;
    let once: Result<Once, CrawlError> = oneshot::fetch_once(config, url.clone(), &store).await;
    store.close().await.context("closing the database")?;
    Ok(once?)
}

fn document(once: &Once) -> Json {
    json!({
        "asked": once.asked.iter().map(PageUrl::as_str).collect::<Vec<_>>(),
        "outcome": once.fetched.outcome.word(),
        "reason": reason(&once.fetched.outcome),
        "requests": once.fetched.receipt.requests.iter().map(request_json).collect::<Vec<_>>(),
        "stored": stored_word(once),
        "record": crawl::extract::record(&once.parsed),
    })
}

fn request_json(request: &Request) -> Json {
    json!({
        "kind": request.kind.as_str(),
        "url": request.url.as_str(),
        "started_at": request.started_at.to_string(),
        "elapsed_ms": request.elapsed.as_millis() as u64,
        "status": request.status,
        "wire_bytes": request.wire_bytes,
        "body_bytes": request.body_bytes,
        "error": request.error,
    })
}

/// Why an outcome is no page, in words; `None` if it is one.
pub(super) fn reason(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Page(_) | Outcome::NotModified { .. } => None,
        Outcome::Redirect { to, .. } => Some(format!("to {to}")),
        Outcome::Refused(refusal) => Some(refusal.to_string()),
        Outcome::Failed(failure) => Some(failure.to_string()),
    }
}

/// What was stored; `None` for a dry run.
fn stored_word(once: &Once) -> Option<&'static str> {
    use crate::store::ArticleChange;
    let change = once.recorded.as_ref()?.article;
    Some(match (change, &once.fetched.outcome) {
        (ArticleChange::None, Outcome::NotModified { .. }) | (ArticleChange::Unchanged, _) => "unchanged",
        (ArticleChange::None, _) => "no article",
        (ArticleChange::New, _) => "new article",
        (ArticleChange::Changed, _) => "new version",
    })
}

fn print(out: &mut impl Write, once: &Once) -> anyhow::Result<()> {
    for hop in once.asked.iter().take(once.asked.len().saturating_sub(1)) {
        writeln!(out, "redirected: {hop}")?;
    }
    for request in &once.fetched.receipt.requests {
        let status = request.status.map_or_else(|| "-".to_owned(), |status| status.to_string());
        let error = request.error.as_deref().map(|error| format!("  {}", text::visible(error))).unwrap_or_default();
        let elapsed_ms = request.elapsed.as_millis();
        writeln!(
            out,
            "{:6} {status} {elapsed_ms:>5} ms {:>8} B  {}{error}",
            request.kind.as_str(),
            request.body_bytes,
            request.url
        )?;
    }
    let outcome = &once.fetched.outcome;
    let reason = reason(outcome).map(|reason| format!(": {}", text::visible(&reason))).unwrap_or_default();
    writeln!(out, "{}{reason}", outcome.word())?;
    if let Some(stored) = stored_word(once) {
        writeln!(out, "stored: {stored}")?;
    }
    if matches!(outcome, Outcome::Page(_)) {
        writeln!(out)?;
        extract::print_record(out, &crawl::extract::record(&once.parsed))?;
    }
    Ok(())
}
