//! `murasil demo`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::Args;

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Keep the files in this folder; without it they go to a temporary one, whose name is printed.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// Runs the demonstration.
pub(super) fn run(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    bail!("not wired yet: demo (keep: {:?})", args.keep)
}
