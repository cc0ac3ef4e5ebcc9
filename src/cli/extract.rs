//! `murasil extract`: fields of a page from a file, or of many.

use std::io::{self, BufReader, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::config::Config;
use crate::crawl::extract::{self, PageFile};
use crate::model::Timestamp;
use crate::parse::{Candidate, Parser};

/// Print the fields of an article page.
#[derive(Debug, Clone, clap::Args)]
pub struct ExtractArgs {
    /// The page; `.gz` is decompressed
    #[arg(required_unless_present = "jsonl", conflicts_with = "jsonl")]
    pub file: Option<PathBuf>,
    /// The page's address: links are resolved against it, and it names the site
    #[arg(long)]
    pub url: Option<String>,
    /// Label of the page's encoding, if known
    #[arg(long)]
    pub charset: Option<String>,
    /// Print the record as JSON
    #[arg(long)]
    pub json: bool,
    /// Print every candidate for every field
    #[arg(long)]
    pub explain: bool,
    /// Read requests {"id","file","url"?,"charset"?} from stdin, one a line; write one record a line
    #[arg(long, conflicts_with_all = ["url", "charset", "json", "explain"])]
    pub jsonl: bool,
    /// Folder that the files of --jsonl lie in
    #[arg(long, default_value = ".", requires = "jsonl")]
    pub root: PathBuf,
}

/// Runs the verb.
///
/// # Errors
/// If the page cannot be read, the address is none, or a profile is broken.
pub fn run(args: &ExtractArgs, config: &Config) -> anyhow::Result<ExitCode> {
    let parser = Parser::new(config)?;
    let now = Timestamp::now();
    if args.jsonl {
        let summary = extract::batch(&parser, config, &args.root, BufReader::new(io::stdin()), io::stdout(), now)
            .context("reading requests and writing records")?;
        eprintln!("{} records, {} errors", summary.records, summary.errors);
        return Ok(ExitCode::SUCCESS);
    }
    let Some(file) = &args.file else { bail!("a file is needed") };
    let url = args.url.as_deref().map(extract::read_url).transpose()?;
    let page = PageFile { body: extract::read_page(file)?, url, charset: args.charset.clone() };
    let explanation = extract::explain(&parser, config, &page, now);
    let mut record = extract::record(&explanation.parsed);
    let mut out = io::stdout().lock();
    if args.json {
        if args.explain
            && let Some(map) = record.as_object_mut()
        {
            map.insert("candidates".into(), extract::candidates(&explanation.candidates));
        }
        writeln!(out, "{}", serde_json::to_string_pretty(&record)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    print_record(&mut out, &record)?;
    if args.explain {
        writeln!(out)?;
        for candidate in &explanation.candidates {
            print_candidate(&mut out, candidate)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print_record(out: &mut impl Write, record: &serde_json::Value) -> io::Result<()> {
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
