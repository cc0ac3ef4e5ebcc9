//! `murasil fetch URL`: one address through the same door and the same extraction as a crawl.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;

use super::Global;
use crate::model::{PageUrl, UrlError};

/// Arguments of `fetch`.
#[derive(Debug, Args)]
pub(super) struct FetchArgs {
    /// The address.
    #[arg(value_parser = parse_url)]
    url: PageUrl,
    /// Store nothing, not even the copy of robots.txt.
    #[arg(long)]
    dry_run: bool,
}

fn parse_url(text: &str) -> Result<PageUrl, UrlError> {
    PageUrl::parse(text)
}

/// Fetches the page and prints its record.
pub(super) fn run(args: &FetchArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let loaded = global.load()?;
    bail!("not wired yet: fetch {} (dry run: {}, {} sites)", args.url, args.dry_run, loaded.config.sites.len())
}
