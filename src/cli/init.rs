//! `murasil init`: the commented configuration as a file to begin with.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;

use super::exit::Exit;
use super::{Global, output, text};
use crate::config::{SEARCHED, SHIPPED};

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(super) struct InitArgs {}

/// Writes the file that `-c` names, else ./crawler.toml; a file that is there already is never touched.
pub(super) fn run(_: &InitArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let path = global.config.clone().unwrap_or_else(|| PathBuf::from(SEARCHED[0]));
    let name = text::visible(&path.to_string_lossy());
    let mut file = match OpenOptions::new().write(true).create_new(true).open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{name} is there already and was not touched; move it away, or name another file with --config")
        }
        Err(error) => return Err(error).with_context(|| format!("creating {name}")),
    };
    file.write_all(SHIPPED.as_bytes()).and_then(|()| file.sync_all()).with_context(|| format!("writing {name}"))?;
    if global.json {
        output::print_document(&serde_json::json!({ "written": path }))?;
    } else {
        output::print(&format!(
            "{name} is written, with the seven sister sites as seeds. Set crawler.contact, then:\n  \
             murasil check\n  murasil run --once --for 10m\n"
        ))?;
    }
    Ok(Exit::Done.into())
}
