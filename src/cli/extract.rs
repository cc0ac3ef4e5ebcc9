//! `murasil extract FILE|URL`.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;

use crate::config::Config;

/// Arguments of `extract`.
#[derive(Debug, Args)]
pub(super) struct ExtractArgs {
    /// A file or an address.
    input: Option<String>,
}

/// Prints the record.
pub(super) fn run(args: &ExtractArgs, config: &Config) -> anyhow::Result<ExitCode> {
    bail!("not wired yet: extract {:?} ({} sites)", args.input, config.sites.len())
}
