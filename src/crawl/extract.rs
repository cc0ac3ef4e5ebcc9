//! The `extract` verb: pages from files through the same parser, as records for people and programs.
//!
//! Nothing here touches the network or a database. `tests/seed.rs` and `tests/quality` show it in use.

use std::fs::File;
use std::io::{self, BufRead, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::config::Config;
use crate::model::{Article, Direction, Extractor, Found, LiveEntry, PageKind, PageUrl, Parsed, Timestamp, When};
use crate::parse::{Input, Proposal};

pub use crate::parse::{Candidate, Explanation, Parser};

/// Longest page that is read, in decompressed bytes.
const MAX_PAGE: u64 = 32 << 20;
/// Address of a page that was given without one (RFC 2606 keeps the name free); nothing is fetched from it.
const NOWHERE: &str = "http://page.invalid/page";

/// Why a file cannot be extracted.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// The file could not be read.
    #[error("reading {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The file holds more than a page may.
    #[error("{0} holds more than 32 MiB")]
    TooLong(PathBuf),
    /// The file lies outside of the folder that was named.
    #[error("{0:?} does not lie below the root folder")]
    Outside(String),
    /// The address is none.
    #[error("{url:?} is no address: {source}")]
    Url {
        /// The text.
        url: String,
        /// What is wrong with it.
        #[source]
        source: crate::model::UrlError,
    },
}

/// One page to extract, as bytes.
#[derive(Debug, Clone, Default)]
pub struct PageFile {
    /// The decompressed bytes.
    pub body: Vec<u8>,
    /// Its address; `None` if unknown.
    pub url: Option<PageUrl>,
    /// `Content-Type` that it came with; `None` for files.
    pub content_type: Option<String>,
    /// Label of its encoding, if the caller knows it.
    pub charset: Option<String>,
    /// When it was fetched; `None` if unknown, as of most files, and then "yesterday" is no date.
    pub visited: Option<Timestamp>,
}

/// Reads a page from a file; `.gz` is decompressed.
///
/// # Errors
/// [`ExtractError`] if the file cannot be read or is too long.
pub fn read_page(path: &Path) -> Result<Vec<u8>, ExtractError> {
    let failed = |source| ExtractError::Read { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let mut body = Vec::new();
    if path.extension().is_some_and(|ending| ending == "gz") {
        flate2::read::MultiGzDecoder::new(file).take(MAX_PAGE + 1).read_to_end(&mut body).map_err(failed)?;
    } else {
        file.take(MAX_PAGE + 1).read_to_end(&mut body).map_err(failed)?;
    }
    if body.len() as u64 > MAX_PAGE {
        return Err(ExtractError::TooLong(path.to_owned()));
    }
    Ok(body)
}

/// Reads an address.
///
/// # Errors
/// [`ExtractError::Url`] says what is wrong with it.
pub fn read_url(text: &str) -> Result<PageUrl, ExtractError> {
    PageUrl::parse(text).map_err(|source| ExtractError::Url { url: text.to_owned(), source })
}

/// Extracts one page, with every candidate.
pub fn explain(parser: &Parser, config: &Config, page: &PageFile, now: Timestamp) -> Explanation {
    with_input(config, page, PageKind::Unknown, now, |input| parser.explain(input))
}

/// Extracts one page that its owner takes for `kind`.
pub fn extract(parser: &Parser, config: &Config, page: &PageFile, kind: PageKind, now: Timestamp) -> Parsed {
    with_input(config, page, kind, now, |input| parser.parse(input))
}

/// Selectors that would give a page's fields.
pub fn propose(parser: &Parser, config: &Config, page: &PageFile, now: Timestamp) -> Vec<Proposal> {
    with_input(config, page, PageKind::Unknown, now, |input| parser.propose(input, |_| true))
}

fn with_input<T>(config: &Config, page: &PageFile, kind: PageKind, now: Timestamp, run: impl FnOnce(&Input) -> T) -> T {
    let nowhere = PageUrl::parse(NOWHERE).expect("a constant address");
    let url = page.url.as_ref().unwrap_or(&nowhere);
    let site = config.site_of(&url.host());
    run(&Input {
        url,
        kind,
        profile: site.and_then(|site| site.profile.as_deref()),
        zone: site.and_then(|site| site.timezone.as_deref()).unwrap_or(&config.crawler.timezone),
        content_type: page.content_type.as_deref(),
        charset: page.charset.as_deref(),
        robots_tags: &[],
        canonical: None,
        feed_text: None,
        boilerplate: None,
        body: &page.body,
        now: page.visited.unwrap_or(now),
        visited: page.visited,
        robot_name: config.crawler.product_token(),
    })
}

/// The record of one page as JSON: the article's fields, kind, headlines, and who found what.
pub fn record(parsed: &Parsed) -> Value {
    let mut out = Map::new();
    out.insert("kind".into(), json!(parsed.kind.as_str()));
    if let Some(article) = &parsed.article {
        fields(article, &mut out);
        out.insert("body".into(), json!(article.paragraphs()));
        out.insert("text".into(), json!(article.body_text()));
        out.insert("word_count".into(), json!(article.word_count()));
        out.insert("found_by".into(), found_by(article));
    }
    let headlines: Vec<Value> = parsed
        .headlines
        .iter()
        .map(|h| json!({"role": h.role.as_str(), "position": h.position, "text": h.text, "target": h.target.as_str()}))
        .collect();
    out.insert("headlines".into(), Value::Array(headlines));
    out.insert("reasons".into(), json!(parsed.signals.reasons));
    out.insert("not_content".into(), json!(parsed.signals.not_content));
    let warnings: Vec<Value> = parsed.warnings.iter().map(|w| json!({"code": w.code, "detail": w.detail})).collect();
    out.insert("warnings".into(), Value::Array(warnings));
    Value::Object(out)
}

/// Candidates as JSON.
pub fn candidates(all: &[Candidate]) -> Value {
    all.iter()
        .map(|c| json!({"field": c.field, "value": c.value, "by": c.by.as_str(), "rule": c.rule, "chosen": c.chosen, "note": c.note}))
        .collect()
}

fn fields(article: &Article, out: &mut Map<String, Value>) {
    let Article {
        title,
        subtitle,
        kicker,
        authors,
        agency,
        dateline,
        publisher,
        published,
        modified,
        language,
        section,
        tags,
        body: _,
        body_html,
        image,
        canonical,
        amp,
        source,
        source_id,
        flags,
        pictures,
        entries,
    } = article;
    let text = |found: &Option<Found<String>>| json!(found.as_ref().map(|found| &found.value));
    let list = |found: &Option<Found<Vec<String>>>| json!(found.as_ref().map(|f| f.value.clone()).unwrap_or_default());
    let address = |found: &Option<Found<PageUrl>>| json!(found.as_ref().map(|found| found.value.as_str()));
    out.insert("title".into(), text(title));
    out.insert("subtitle".into(), text(subtitle));
    out.insert("kicker".into(), text(kicker));
    out.insert("authors".into(), list(authors));
    out.insert("agency".into(), text(agency));
    out.insert("dateline".into(), text(dateline));
    out.insert("publisher".into(), text(publisher));
    for (name, found) in [("published", published), ("modified", modified)] {
        let when = found.as_ref().map(|found| &found.value);
        out.insert(format!("{name}_at"), json!(when.map(ToString::to_string)));
        out.insert(format!("{name}_day"), json!(when.map(|when| when.day.to_string())));
        out.insert(format!("{name}_precision"), json!(when.map(|when| when.precision.as_str())));
        out.insert(format!("{name}_offset_minutes"), json!(when.and_then(When::stated_offset_minutes)));
        out.insert(format!("{name}_raw"), json!(when.map(|when| &when.raw)));
    }
    out.insert("language".into(), text(language));
    out.insert("section".into(), text(section));
    out.insert("tags".into(), list(tags));
    out.insert("image".into(), address(image));
    out.insert("canonical_url".into(), address(canonical));
    out.insert("amp_url".into(), address(amp));
    out.insert("source_url".into(), address(source));
    out.insert("source_id".into(), text(source_id));
    out.insert("body_html".into(), json!(body_html));
    out.insert("direction".into(), json!(article.direction().map(Direction::as_str)));
    let flags: Vec<Value> =
        flags.iter().map(|flag| json!({"flag": flag.kind.as_str(), "reason": flag.reason})).collect();
    out.insert("flags".into(), Value::Array(flags));
    let pictures: Vec<Value> = pictures
        .iter()
        .map(|picture| json!({"url": picture.url.as_str(), "caption": picture.caption, "credit": picture.credit}))
        .collect();
    out.insert("images".into(), Value::Array(pictures));
    let at = |entry: &LiveEntry| entry.at.as_ref().map(ToString::to_string);
    let entries: Vec<Value> = entries
        .iter()
        .map(|entry| json!({"at": at(entry), "at_raw": entry.raw, "title": entry.title, "text": entry.text}))
        .collect();
    out.insert("entries".into(), Value::Array(entries));
}

fn found_by(article: &Article) -> Value {
    let note = |by: Extractor, rule: &str| json!(format!("{} {rule}", by.as_str()));
    article.found_by().into_iter().map(|(field, by, rule)| (field.to_owned(), note(by, rule))).collect()
}

/// A line of `--jsonl` input.
#[derive(Debug, Deserialize)]
struct BatchRequest {
    id: Value,
    file: String,
    url: Option<String>,
    charset: Option<String>,
    visited: Option<Timestamp>,
}

/// A line of `--jsonl` output for a page that failed.
#[derive(Debug, Serialize)]
struct BatchError<'a> {
    id: &'a Value,
    error: String,
}

/// What a batch did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BatchSummary {
    /// Records written.
    pub records: u64,
    /// Error records written.
    pub errors: u64,
}

/// Extracts every page that `input` asks for as an article, on all cores; one line out for each line in, in any order.
///
/// # Errors
/// Only if `input` cannot be read or `output` not be written: a page that fails gives an error record.
pub fn batch(
    parser: &Parser,
    config: &Config,
    root: &Path,
    input: impl BufRead + Send,
    output: impl Write + Send,
    now: Timestamp,
) -> io::Result<BatchSummary> {
    let lines = Mutex::new(input.split(b'\n'));
    let output = Mutex::new(io::BufWriter::new(output));
    let summary = Mutex::new(BatchSummary::default());
    let failure: Mutex<Option<io::Error>> = Mutex::new(None);
    let stop = AtomicBool::new(false);
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let outcome = work(parser, config, root, &lines, &output, &summary, &stop, now);
                if let Err(problem) = outcome {
                    stop.store(true, Ordering::Relaxed);
                    lock(&failure).get_or_insert(problem);
                }
            });
        }
    });
    lock(&output).flush()?;
    match failure.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        Some(problem) => Err(problem),
        None => Ok(*lock(&summary)),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[allow(clippy::too_many_arguments)] // The threads of one batch share exactly these.
fn work<R: BufRead, W: Write>(
    parser: &Parser,
    config: &Config,
    root: &Path,
    lines: &Mutex<io::Split<R>>,
    output: &Mutex<io::BufWriter<W>>,
    summary: &Mutex<BatchSummary>,
    stop: &AtomicBool,
    now: Timestamp,
) -> io::Result<()> {
    while !stop.load(Ordering::Relaxed) {
        let Some(line) = lock(lines).next().transpose()? else { return Ok(()) };
        if line.trim_ascii().is_empty() {
            continue;
        }
        let (record, failed) = answer(parser, config, root, &line, now);
        {
            let mut output = lock(output);
            output.write_all(record.as_bytes())?;
            output.write_all(b"\n")?;
        }
        let mut summary = lock(summary);
        if failed {
            summary.errors += 1;
        } else {
            summary.records += 1;
        }
    }
    Ok(())
}

/// The line that answers a line, and whether it is an error record.
fn answer(parser: &Parser, config: &Config, root: &Path, line: &[u8], now: Timestamp) -> (String, bool) {
    let (id, outcome) = match serde_json::from_slice::<BatchRequest>(line) {
        Ok(request) => {
            let outcome = load(root, &request)
                .map(|page| batch_record(&request.id, &extract(parser, config, &page, PageKind::Article, now)));
            (request.id, outcome)
        }
        Err(problem) => {
            let id = serde_json::from_str::<Value>(&String::from_utf8_lossy(line))
                .ok()
                .and_then(|v| v.get("id").cloned())
                .unwrap_or(Value::Null);
            let error = format!("not a request: {problem}");
            return (json!({"id": id, "error": error}).to_string(), true);
        }
    };
    match outcome {
        Ok(record) => (record.to_string(), false),
        Err(problem) => {
            let error = BatchError { id: &id, error: with_sources(&problem) };
            (serde_json::to_string(&error).unwrap_or_default(), true)
        }
    }
}

fn with_sources(problem: &dyn std::error::Error) -> String {
    let mut text = problem.to_string();
    let mut source = problem.source();
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        source = inner.source();
    }
    text
}

fn load(root: &Path, request: &BatchRequest) -> Result<PageFile, ExtractError> {
    let body = read_page(&below(root, &request.file)?)?;
    // A batch goes on without an address that is none: most fields do not need it.
    let url = request.url.as_deref().and_then(|url| PageUrl::parse(url).ok());
    Ok(PageFile { body, url, content_type: None, charset: request.charset.clone(), visited: request.visited })
}

/// A file below the root folder, links resolved.
fn below(root: &Path, file: &str) -> Result<PathBuf, ExtractError> {
    let outside = || ExtractError::Outside(file.to_owned());
    let relative = Path::new(file);
    if !relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(outside());
    }
    let path = root.join(relative);
    let failed = |source| ExtractError::Read { path: path.clone(), source };
    let real_root = root.canonicalize().map_err(failed)?;
    let real = path.canonicalize().map_err(failed)?;
    if real.starts_with(&real_root) { Ok(path) } else { Err(outside()) }
}

fn batch_record(id: &Value, parsed: &Parsed) -> Value {
    let mut out = Map::new();
    out.insert("id".into(), id.clone());
    out.insert("kind".into(), json!(parsed.kind.as_str()));
    let none = Article::default();
    let article = parsed.article.as_ref().unwrap_or(&none);
    fields(article, &mut out);
    out.insert("body".into(), json!(article.body_text()));
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_text_fails_alone() {
        let root = tempfile::tempdir().expect("a folder");
        std::fs::write(root.path().join("a.html"), "<p>x").expect("a file");
        let config = Config::default();
        let parser = Parser::new(&config).expect("the built-in profiles");
        let mut input = b"{\"id\":1,\"file\":\"\xff.html\"}\n".to_vec();
        input.extend(b"junk\r\n\n{\"id\":2,\"file\":\"a.html\"}\r\n{\"id\":3,\"file\":\"a.html\"}");
        let mut out = Vec::new();

        let summary = batch(&parser, &config, root.path(), &input[..], &mut out, Timestamp::now()).expect("goes on");

        assert_eq!(summary, BatchSummary { records: 2, errors: 2 });
        let records: Vec<Value> =
            out.split(|b| *b == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
        let ids: Vec<&Value> = records.iter().filter(|r| r.get("error").is_some()).map(|r| &r["id"]).collect();
        assert!(ids.contains(&&json!(1)) && ids.contains(&&Value::Null), "{ids:?}");
    }

    #[test]
    fn yesterday_in_a_file_counts_from_the_visit_and_from_nothing_else() {
        let prose =
            "<p>The council of the town met for three hours and spoke about the new bridge and its cost.</p>".repeat(4);
        let body = format!("<h1>Council puts the bridge off</h1><p class=date>yesterday</p>{prose}").into_bytes();
        let config = Config::default();
        let parser = Parser::new(&config).expect("the built-in profiles");
        let day = |visited: Option<&str>| {
            let visited = visited.map(|at| at.parse().expect("a timestamp"));
            let page = PageFile { body: body.clone(), visited, ..PageFile::default() };
            let article = extract(&parser, &config, &page, PageKind::Article, Timestamp::now()).article?;
            article.published.map(|found| found.value.day.to_string())
        };

        assert_eq!(day(Some("2024-03-12T10:30:00Z")).as_deref(), Some("2024-03-11"));
        assert_eq!(day(None), None);
    }

    #[test]
    fn a_request_cannot_leave_the_root_folder() {
        let root = tempfile::tempdir().expect("a folder");
        std::fs::write(root.path().join("a.html"), "x").expect("a file");
        assert!(below(root.path(), "a.html").is_ok());
        assert!(below(root.path(), "./a.html").is_ok());
        for bad in ["../a.html", "/etc/passwd", "x/../../a", ""] {
            assert!(below(root.path(), bad).is_err() || bad.is_empty(), "{bad}");
        }
    }
}
