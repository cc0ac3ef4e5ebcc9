//! `murasil export`: all articles, or those of a site or time, as one file.

use std::io::{BufWriter, IsTerminal as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::{Global, block_on};
use crate::export::{Exporter, Format, NewFile};
use crate::model::Date;
use crate::model::query::ArticleFilter;
use crate::store::Reader;

/// Articles that are read at a time.
const BATCH: u32 = 500;

/// Arguments of `export`.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// File to write; without it standard output, unless that is a terminal.
    file: Option<PathBuf>,
    /// Form of the file.
    #[arg(long, value_enum, value_name = "FORM", default_value_t = Form::Csv)]
    format: Form,
    /// Replace the file if it exists.
    #[arg(long, requires = "file")]
    force: bool,
    /// Of this site only.
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
    /// Published on this day or later, as the pages print it.
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<Date>,
    /// Published before this day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<Date>,
    /// In this language (BCP 47 primary: ar, fr, en).
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
}

/// Form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Comma-separated values; cells that a spreadsheet would run begin with an apostrophe.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

/// Writes the articles.
pub(super) fn run(args: &ExportArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let path = global.database()?;
    if let Some(file) = &args.file {
        let file = NewFile::create(file, args.force)?;
        let (file, articles) = block_on(write(args, &path, file))??;
        file.finish()?;
        eprintln!("{articles} articles");
    } else {
        let stdout = std::io::stdout();
        if stdout.is_terminal() {
            bail!(
                "texts from the web do not belong on a terminal as they are; name a file, or send the output into a pipe"
            );
        }
        block_on(write(args, &path, BufWriter::new(stdout.lock())))??;
    }
    Ok(Exit::Done.into())
}

async fn write<W: Write>(args: &ExportArgs, path: &std::path::Path, out: W) -> anyhow::Result<(W, u64)> {
    let ExportArgs { site, since, until, language, .. } = args;
    let filter =
        ArticleFilter { site: site.clone(), since: *since, until: *until, language: language.clone(), limit: BATCH };
    let format = match args.format {
        Form::Csv => Format::Csv,
        Form::Jsonl => Format::Jsonl,
    };
    let reader = Reader::open(path).await?;
    let mut exporter = Exporter::new(format, out)?;
    let (mut after, mut articles) = (0, 0);
    loop {
        let batch = reader.exported(&filter, after).await?;
        for article in &batch {
            exporter.write(article)?;
            articles += 1;
        }
        match batch.last() {
            Some(last) => after = last.id,
            None => return Ok((exporter.finish()?, articles)),
        }
    }
}
