//! `murasil schema`: the JSON schema of the configuration.

use std::process::ExitCode;

use super::exit::Exit;
use super::output;

/// Prints the schema.
pub(super) fn run() -> anyhow::Result<ExitCode> {
    output::print_document(&crate::config::schema())?;
    Ok(Exit::Done.into())
}
