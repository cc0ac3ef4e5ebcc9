//! `murasil run`: the daemon in the foreground.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use clap::Args;

use super::Global;
use crate::config::units;

/// Arguments of `run`.
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// End when every page is done, refused, given up, or next due more than --wait away; exit code 3 if a source failed.
    #[arg(long)]
    once: bool,
    /// With --once: pages that are due within this time are waited for.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = units::parse_duration, requires = "once")]
    wait: Duration,
    /// End after this time at the latest.
    #[arg(long = "for", value_name = "TIME", value_parser = units::parse_duration)]
    limit: Option<Duration>,
    /// Also begin at these addresses, one a line.
    #[arg(long, value_name = "FILE")]
    seeds: Option<PathBuf>,
}

/// Loads the configuration, adds the seeds, and hands over to the daemon.
pub(super) fn run(args: &RunArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let mut loaded = global.load()?;
    if let Some(seeds) = &args.seeds {
        loaded.add_seeds(seeds)?;
    }
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    bail!("not wired yet: run (once: {}, wait: {:?}, for: {:?})", args.once, args.wait, args.limit)
}
