//! Parse arguments, run, turn the result into an exit code.

use std::process::ExitCode;

use clap::Parser as _;
use murasil::cli::extract::{self, ExtractArgs};
use murasil::config::Config;

#[derive(clap::Parser)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    Extract(ExtractArgs),
}

fn main() -> anyhow::Result<ExitCode> {
    let Verb::Extract(args) = Arguments::parse().verb;
    extract::run(&args, &Config::default())
}
