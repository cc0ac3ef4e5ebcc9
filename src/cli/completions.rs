//! `murasil completions SHELL`.

use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::Shell;

use super::exit::Exit;
use super::output;

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell that will read the script.
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script; `packaging/README.md` says where each shell looks for it.
pub(super) fn run(args: &CompletionsArgs, command: &mut Command) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "murasil", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done.into())
}
