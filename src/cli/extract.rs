//! `murasil extract`: fields of a page from a file, from the web, or of many files.

use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};

use super::exit::Exit;
use super::{Global, output, runtime, text};
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
    /// When the page was fetched, as 2025-05-01T10:30:00Z: "3 hours ago" in a file counts from then, and is no date without it
    #[arg(long, value_name = "TIME")]
    visited: Option<Timestamp>,
    /// Print every candidate for every field
    #[arg(long)]
    explain: bool,
    /// Read requests {"id","file","url"?,"charset"?,"visited"?} from stdin, one a line; write one record a line
    #[arg(long, conflicts_with_all = ["url", "charset", "visited", "explain"])]
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
            visited: args.visited,
        },
    };
    let parser = Parser::new(&loaded.config)?;
    print(args, global, &parser, &loaded.config, &page, now)
}

/// The page at an address; an error if none came back.
fn fetched(config: crate::config::Config, url: PageUrl) -> anyhow::Result<PageFile> {
    let once = runtime()?.block_on(oneshot::look_once(Arc::new(config), url))?;
    match once.fetched.outcome {
        Outcome::Page(page) => Ok(PageFile {
            body: page.body.to_vec(),
            url: Some(page.url),
            content_type: page.content_type,
            charset: None,
            visited: Some(Timestamp::now()),
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

/// Names that people look for first, and those that are long and come last.
const FIRST: &[&str] = &[
    "kind",
    "title",
    "subtitle",
    "authors",
    "publisher",
    "published_at",
    "published_precision",
    "published_raw",
    "modified_at",
    "language",
    "section",
    "tags",
];
const LAST: &[&str] = &["reasons", "warnings", "body", "headlines"];

/// Writes a record for people, one field a line.
pub(super) fn print_record(out: &mut impl Write, record: &serde_json::Value) -> io::Result<()> {
    let Some(map) = record.as_object() else { return Ok(()) };
    let named = |names: &'static [&'static str]| names.iter().filter_map(|name| map.get_key_value(*name));
    let others = map.iter().filter(|(name, _)| !FIRST.contains(&name.as_str()) && !LAST.contains(&name.as_str()));
    for (name, value) in named(FIRST).chain(others).chain(named(LAST)) {
        print_field(out, name, value)?;
    }
    Ok(())
}

fn print_field(out: &mut impl Write, name: &str, value: &serde_json::Value) -> io::Result<()> {
    match value {
        serde_json::Value::Null | serde_json::Value::Object(_) => Ok(()),
        serde_json::Value::Array(items) if items.is_empty() => Ok(()),
        serde_json::Value::Array(items) if name == "headlines" => {
            writeln!(out, "headlines:")?;
            items.iter().try_for_each(|item| print_headline(out, item))
        }
        serde_json::Value::Array(items) if name == "body" => {
            writeln!(out, "body:")?;
            items.iter().try_for_each(|item| writeln!(out, "  {}", text_of(item)))
        }
        serde_json::Value::Array(items) => {
            writeln!(out, "{name}: {}", items.iter().map(text_of).collect::<Vec<_>>().join("; "))
        }
        _ if name == "text" => Ok(()),
        other => writeln!(out, "{name}: {}", text_of(other)),
    }
}

fn print_headline(out: &mut impl Write, item: &serde_json::Value) -> io::Result<()> {
    let field = |name: &str| item.get(name).map(text_of).unwrap_or_default();
    writeln!(out, "  {} {}. {} <{}>", field("role"), field("position"), field("text"), field("target"))
}

fn text_of(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text::isolated(text),
        other => text::isolated(&other.to_string()),
    }
}

fn print_candidate(out: &mut impl Write, candidate: &Candidate) -> io::Result<()> {
    let mark = if candidate.chosen { '*' } else { ' ' };
    writeln!(
        out,
        "{mark} {:<10} {:<9} {:<28} {} {}",
        candidate.field,
        candidate.by.as_str(),
        text::isolated(&candidate.rule),
        text::isolated(&candidate.value),
        if candidate.note.is_empty() { String::new() } else { format!("({})", text::isolated(&candidate.note)) }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_for_people_begins_with_its_title_and_commands_no_terminal() {
        let record = serde_json::json!({
            "body": ["one\u{1b}[2J", "\u{202e}two"],
            "authors": [],
            "title": "عنوان (x)",
            "kind": "article",
            "text": "one",
            "canonical_url": null,
            "headlines": [{"role": "ticker", "position": 1, "text": "عاجل", "target": "https://a.example/1"}],
        });
        let mut out = Vec::new();
        print_record(&mut out, &record).expect("written");
        assert_eq!(
            String::from_utf8(out).expect("text"),
            "kind: article\ntitle: \u{2068}عنوان (x)\u{2069}\nbody:\n  one\\u{1b}[2J\n  two\nheadlines:\n  \
             ticker 1. \u{2068}عاجل\u{2069} <https://a.example/1>\n"
        );
    }
}
