//! `murasil run`: the daemon in the foreground.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::exit::Exit;
use super::{Global, allocator, runtime};
use crate::config::{Config, units};
use crate::crawl::Limits;
use crate::daemon::{self, RunEnd, RunOptions};

/// Arguments of `run`.
#[derive(Debug, Clone, Args)]
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
    allocator::settle();
    let config = configuration(args, global)?;
    let options = RunOptions {
        database: config.crawler.database.clone(),
        limits: Limits { idle: args.once.then_some(args.wait), time: args.limit },
        reload: reload(args.clone(), global.clone()),
    };
    match runtime()?.block_on(daemon::run(config, options))? {
        RunEnd::SourcesFailed(sources) if args.once => {
            for source in sources {
                tracing::warn!("source failed: {source}");
            }
            Ok(Exit::SomeSourcesFailed.into())
        }
        RunEnd::Done | RunEnd::SourcesFailed(_) => Ok(Exit::Done.into()),
    }
}

fn configuration(args: &RunArgs, global: &Global) -> anyhow::Result<Config> {
    let mut loaded = global.load()?;
    if let Some(seeds) = &args.seeds {
        loaded.add_seeds(seeds)?;
    }
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    Ok(loaded.config)
}

fn reload(args: RunArgs, global: Global) -> daemon::Reload {
    Box::new(move || configuration(&args, &global).map_err(|error| format!("{error:#}")))
}
