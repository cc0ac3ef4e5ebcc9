//! `murasil extract`: fields of a page from a file, from the web, or of many files.

use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};

use super::exit::Exit;
use super::{Global, output, runtime};
use crate::crawl::extract::{self, Candidate, PageFile, Parser};
use crate::crawl::oneshot;
use crate::model::{Outcome, PageUrl, Timestamp};

/// Print the fields of an article page.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct ExtractArgs {
    /// The page: a file (`.gz` is decompressed), or an address, which is fetched as by `fetch --dry-run`
    #[arg(required_unless_present = "jsonl", conflicts_with = "jsonl", value_name = "FILE|URL")]
    page: Option<String>,
    /// The page's address: links are resolved against it, and it names the site
    #[arg(long)]
    url: Option<String>,
    /// Label of the page's encoding, if known
    #[arg(long)]
    charset: Option<String>,
    /// Print every candidate for every field
    #[arg(long)]
    explain: bool,
    /// Read requests {"id","file","url"?,"charset"?} from stdin, one a line; write one record a line
    #[arg(long, conflicts_with_all = ["url", "charset", "explain"])]
    jsonl: bool,
    /// Folder that the files of --jsonl lie in
    #[arg(long, default_value = ".", requires = "jsonl")]
    root: PathBuf,
}

/// Runs the verb.
pub(super) fn run(args: &ExtractArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let mut loaded = global.load()?;
    let now = Timestamp::now();
    if args.jsonl {
        let parser = Parser::new(&loaded.config)?;
        let summary =
            extract::batch(&parser, &loaded.config, &args.root, BufReader::new(io::stdin()), io::stdout(), now)
                .context("reading requests and writing records")?;
        eprintln!("{} records, {} errors", summary.records, summary.errors);
        return Ok(Exit::Done.into());
    }
    let Some(page) = &args.page else { bail!("a file or an address is needed") };
    let page = match PageUrl::parse(page) {
        Ok(url) => {
            loaded.add_seed(&url)?;
            fetched(loaded.config.clone(), url)?
        }
        Err(_) => PageFile {
            body: extract::read_page(Path::new(page))?,
            url: args.url.as_deref().map(extract::read_url).transpose()?,
            content_type: None,
            charset: args.charset.clone(),
        },
    };
    let parser = Parser::new(&loaded.config)?;
    print(args, global, &parser, &loaded.config, &page, now)
}

/// The page at an address; an error if none came back.
fn fetched(config: crate::config::Config, url: PageUrl) -> anyhow::Result<PageFile> {
    let once = runtime()?.block_on(oneshot::fetch_once(Arc::new(config), url, None))?;
    match once.fetched.outcome {
        Outcome::Page(page) => Ok(PageFile {
            body: page.body.to_vec(),
            url: Some(page.url),
            content_type: page.content_type,
            charset: None,
        }),
        Outcome::NotModified { .. } => bail!("not modified, although nothing was asked conditionally"),
        Outcome::Redirect { to, .. } => bail!("redirected to {to}, which is not followed"),
        Outcome::Refused(refusal) => bail!("{refusal}"),
        Outcome::Failed(failure) => bail!("{failure}"),
    }
}

fn print(
    args: &ExtractArgs,
    global: &Global,
    parser: &Parser,
    config: &crate::config::Config,
    page: &PageFile,
    now: Timestamp,
) -> anyhow::Result<ExitCode> {
    let explanation = extract::explain(parser, config, page, now);
    let mut record = extract::record(&explanation.parsed);
    if global.json {
        if args.explain
            && let Some(map) = record.as_object_mut()
        {
            map.insert("candidates".into(), extract::candidates(&explanation.candidates));
        }
        output::print_document(&record)?;
        return Ok(Exit::Done.into());
    }
    let mut out = io::stdout().lock();
    print_record(&mut out, &record)?;
    if args.explain {
        writeln!(out)?;
        for candidate in &explanation.candidates {
            print_candidate(&mut out, candidate)?;
        }
    }
    Ok(Exit::Done.into())
}

/// Writes a record for people, one field a line.
pub(super) fn print_record(out: &mut impl Write, record: &serde_json::Value) -> io::Result<()> {
    let Some(map) = record.as_object() else { return Ok(()) };
    for (name, value) in map {
        match value {
            serde_json::Value::Null | serde_json::Value::Object(_) => {}
            serde_json::Value::Array(items) if items.is_empty() => {}
            serde_json::Value::Array(items) if name == "headlines" => {
                writeln!(out, "headlines:")?;
                for item in items {
                    let field = |name: &str| item.get(name).map(text_of).unwrap_or_default();
                    writeln!(
                        out,
                        "  {} {}. {} <{}>",
                        field("role"),
                        field("position"),
                        field("text"),
                        field("target")
                    )?;
                }
            }
            serde_json::Value::Array(items) if name == "body" => {
                writeln!(out, "body:")?;
                for item in items {
                    writeln!(out, "  {}", text_of(item))?;
                }
            }
            serde_json::Value::Array(items) => {
                writeln!(out, "{name}: {}", items.iter().map(text_of).collect::<Vec<_>>().join("; "))?;
            }
            _ if name == "text" => {}
            other => writeln!(out, "{name}: {}", text_of(other))?,
        }
    }
    Ok(())
}

fn text_of(value: &serde_json::Value) -> String {
    let text = match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    printable(&text)
}

/// Text without what could command a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn print_candidate(out: &mut impl Write, candidate: &Candidate) -> io::Result<()> {
    let mark = if candidate.chosen { '*' } else { ' ' };
    writeln!(
        out,
        "{mark} {:<10} {:<9} {:<28} {} {}",
        candidate.field,
        candidate.by.as_str(),
        printable(&candidate.rule),
        printable(&candidate.value),
        if candidate.note.is_empty() { String::new() } else { format!("({})", candidate.note) }
    )
}
