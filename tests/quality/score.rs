//! Accuracy on the shared corpora, for tests and benches.
//!
//! The measures are those of `score.py` beside the corpora: body by word 4-grams and by segments that must and must not
//! be in it, titles after folding, dates by the day, authors as sets of names, standfirsts roughly, lead pictures by file
//! name, headline links of front pages by their address.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use murasil::config::Config;
use murasil::crawl::extract::{self, PageFile};
use murasil::model::{PageKind, PageUrl, Parsed, Timestamp};
use murasil::parse::Parser;
use regex::Regex;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// The corpora whose truth others wrote without regard to us.
const CORPORA: [&str; 10] = [
    "arabic",
    "daniel",
    "fundus-eval",
    "fundus-tests",
    "htmldate-default",
    "htmldate-mediacloud",
    "postlight",
    "scrapinghub",
    "trafilatura",
    "wcxb",
];

/// What was reached: corpus and measure with a value from 0 to 1.
pub(crate) fn figures(root: &Path) -> BTreeMap<(&'static str, &'static str), f64> {
    let scorer = Scorer::new();
    let run = |task: &Task, parsed: &Parsed| (task.corpus, measure(&scorer, task, parsed));
    let mut sums: BTreeMap<(&str, &str), Sums> = BTreeMap::new();
    for (corpus, measures) in extract_all(&tasks(root), PageKind::Article, run) {
        for (name, more) in measures {
            sums.entry((corpus, name)).or_default().add(more);
        }
    }
    sums.into_iter().map(|(key, sums)| (key, sums.value())).collect()
}

/// Links of front pages.
pub(crate) struct Fronts {
    /// Those that a reader is sure of and that were found.
    pub(crate) found: usize,
    /// Those that a reader is sure of.
    pub(crate) links: usize,
    /// Headlines that are none.
    pub(crate) wrong: usize,
    /// All headlines.
    pub(crate) judged: usize,
}

/// What was found on the front pages.
pub(crate) fn fronts(root: &Path) -> Fronts {
    let text = std::fs::read_to_string(root.join("truth.jsonl")).expect("a truth file");
    let task = |line: &str| {
        let truth: Value = serde_json::from_str(line).expect("JSON");
        let file = root.join(truth["file"].as_str().expect("a file"));
        Task { corpus: "fronts", truth, file }
    };
    let tasks: Vec<Task> = text.lines().map(task).collect();
    let counts = extract_all(&tasks, PageKind::Unknown, |task, parsed| {
        let base = PageUrl::parse(task.truth["url"].as_str().expect("text")).expect("an address");
        let known: HashSet<String> = parsed.headlines.iter().map(|h| h.target.key().to_string()).collect();
        let links = task.truth["links"].as_array().expect("a list");
        let found = links.iter().filter(|link| {
            base.join(link["href"].as_str().expect("text")).is_ok_and(|url| known.contains(url.key().as_str()))
        });
        let article = Regex::new(task.truth["article_href_re"].as_str().expect("text")).expect("a pattern");
        let wrong = parsed
            .headlines
            .iter()
            .filter(|h| !article.is_match(h.target.as_str()) && !article.is_match(&h.target.path_and_query()));
        Fronts { found: found.count(), links: links.len(), wrong: wrong.count(), judged: parsed.headlines.len() }
    });
    counts.into_iter().fold(Fronts { found: 0, links: 0, wrong: 0, judged: 0 }, |a, b| Fronts {
        found: a.found + b.found,
        links: a.links + b.links,
        wrong: a.wrong + b.wrong,
        judged: a.judged + b.judged,
    })
}

fn now() -> Timestamp {
    "2027-01-01T00:00:00Z".parse().expect("a timestamp")
}

struct Task {
    corpus: &'static str,
    truth: Value,
    file: PathBuf,
}

fn tasks(root: &Path) -> Vec<Task> {
    let mut out = Vec::new();
    for corpus in CORPORA {
        let text = std::fs::read_to_string(root.join(corpus).join("truth.jsonl")).expect("a truth file");
        for line in text.lines() {
            let truth: Value = serde_json::from_str(line).expect("JSON");
            let file = truth["file"].as_str().expect("a file");
            let file = if file.starts_with(corpus) { root.join(file) } else { root.join(corpus).join(file) };
            out.push(Task { corpus, truth, file });
        }
    }
    out
}

fn extract_all<T: Send>(tasks: &[Task], kind: PageKind, run: impl Fn(&Task, &Parsed) -> T + Sync) -> Vec<T> {
    let config = Config::default();
    let parser = Parser::new(&config).expect("built-in profiles compile");
    let next = AtomicUsize::new(0);
    let out = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get) {
            scope.spawn(|| {
                while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let page = PageFile {
                        content_type: None,
                        body: extract::read_page(&task.file).expect("a page"),
                        url: task.truth["url"].as_str().and_then(|url| PageUrl::parse(url).ok()),
                        charset: task.truth["encoding"].as_str().map(str::to_owned),
                        visited: None,
                    };
                    let parsed = extract::extract(&parser, &config, &page, kind, now());
                    let result = run(task, &parsed);
                    out.lock().expect("no thread panicked").push(result);
                }
            });
        }
    });
    out.into_inner().expect("no thread panicked")
}

/// Sums of one measure, each with its number: precision and recall for bodies, hits for all else.
#[derive(Default, Clone, Copy)]
struct Sums {
    precision: (f64, u32),
    recall: (f64, u32),
    hits: (f64, u32),
}

impl Sums {
    fn hit(hit: bool) -> Sums {
        Sums { hits: (f64::from(u8::from(hit)), 1), ..Sums::default() }
    }

    fn add(&mut self, other: Sums) {
        for (sum, more) in
            [(&mut self.precision, other.precision), (&mut self.recall, other.recall), (&mut self.hits, other.hits)]
        {
            *sum = (sum.0 + more.0, sum.1 + more.1);
        }
    }

    fn value(&self) -> f64 {
        let mean = |(sum, count): (f64, u32)| if count == 0 { 0.0 } else { sum / f64::from(count) };
        if self.recall.1 == 0 {
            return mean(self.hits);
        }
        let (p, r) = (mean(self.precision), mean(self.recall));
        if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 }
    }
}

struct Scorer {
    token: Regex,
    /// What parts names.
    parting: Regex,
    /// The word before a name.
    by: Regex,
    /// Mail addresses and parentheses.
    beside: Regex,
}

type Shingles<'t> = HashMap<&'t [&'t str], i64>;

impl Scorer {
    fn new() -> Scorer {
        let dense = r"\u{3040}-\u{30ff}\u{3400}-\u{4dbf}\u{4e00}-\u{9fff}\u{f900}-\u{faff}\u{e00}-\u{e7f}";
        let pattern = |text: &str| Regex::new(text).expect("a pattern");
        Scorer {
            token: pattern(&format!(r"[{dense}]|[\w--[{dense}]]+")),
            parting: pattern(r"(?i)[,;&/|\n•·،]|\s(?:and|und|et|y|e|i|og|och|with|mit)\s"),
            by: pattern(
                r"(?i)^\s*(?:by|von|par|por|di|de la rédaction de|text|autor|author|written by|posted by|بقلم|كتب)[:\s]\s*",
            ),
            beside: pattern(r"\S+@\S+|\([^)]*\)"),
        }
    }

    /// The set of folded names.
    fn names(&self, texts: &[String]) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        for text in texts {
            let text = self.beside.replace_all(text, " ");
            let parts = self.parting.split(&text).map(|part| folded(&self.by.replace(part, "")));
            out.extend(parts.filter(|name| !name.is_empty()));
        }
        out
    }

    fn tokens<'t>(&self, text: &'t str) -> Vec<&'t str> {
        self.token.find_iter(text).map(|found| found.as_str()).collect()
    }

    /// Precision (if something was found) and recall of a body.
    fn body(&self, truth: &str, found: &str) -> Sums {
        let (truth, found) = (self.tokens(truth), self.tokens(found));
        let (a, b) = (shingles(&truth), shingles(&found));
        let shared: i64 = a.iter().map(|(key, count)| (*count).min(b.get(key).copied().unwrap_or(0))).sum();
        let extra = b.values().sum::<i64>() - shared;
        let missed = a.values().sum::<i64>() - shared;
        let share = |part: i64, other: i64| if part + other == 0 { 1.0 } else { part as f64 / (part + other) as f64 };
        let precision = if shared + extra > 0 { (share(shared, extra), 1) } else { (0.0, 0) };
        Sums { precision, recall: (share(shared, missed), 1), ..Sums::default() }
    }
}

/// Segments that were found among those that must be there, and among these and those that must not.
fn segments(truth: &Value, found: &str) -> Option<Sums> {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let found = plain(found);
    let count = |key: &str| texts(&truth[key]).iter().filter(|segment| found.contains(&plain(segment))).count() as u32;
    let wanted = texts(&truth["with"]).len() as u32;
    let (right, wrong) = (count("with"), count("without"));
    let share = |all: u32| (f64::from(right), all);
    (wanted > 0).then(|| Sums { precision: share(right + wrong), recall: share(wanted), ..Sums::default() })
}

fn shingles<'t>(tokens: &'t [&'t str]) -> Shingles<'t> {
    let mut out = HashMap::new();
    if tokens.is_empty() {
        return out;
    }
    for window in tokens.windows(4.min(tokens.len())) {
        *out.entry(window).or_insert(0) += 1;
    }
    out
}

fn folded(text: &str) -> String {
    let text: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let words = text.split(|c: char| !c.is_alphanumeric() && !unicode_normalization::char::is_combining_mark(c));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The reference body without optional paragraphs that were not found.
fn reference(truth: &Value, found: &str) -> Option<String> {
    let body = truth["body"].as_str()?;
    let optional: HashSet<&str> = truth["body_optional"]
        .as_array()
        .map(|items| items.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    if optional.is_empty() {
        return Some(body.to_owned());
    }
    let found = folded(found);
    let kept = body.split("\n\n").filter(|part| !optional.contains(part) || found.contains(&folded(part)));
    Some(kept.collect::<Vec<_>>().join("\n\n"))
}

fn measure(scorer: &Scorer, task: &Task, parsed: &Parsed) -> Vec<(&'static str, Sums)> {
    let article = parsed.article.as_ref();
    let mut out = Vec::new();
    let text = article.and_then(murasil::model::Article::body_text).unwrap_or_default();
    if let Some(reference) = reference(&task.truth, &text) {
        out.push(("body", scorer.body(&reference, &text)));
    }
    out.extend(segments(&task.truth, &text).map(|sums| ("segments", sums)));
    if let Some(title) = task.truth["title"].as_str() {
        let found = article.and_then(|a| a.title.as_ref()).map(|found| folded(&found.value)).unwrap_or_default();
        out.push(("title", Sums::hit(found == folded(title))));
    }
    if let Some(day) =
        task.truth["date"].as_str().and_then(|date| date.get(..10)).filter(|day| day.starts_with(['1', '2']))
    {
        let found = article.and_then(|a| a.published.as_ref()).map(|found| found.value.day.to_string());
        out.push(("date", Sums::hit(found.as_deref() == Some(day))));
        out.push(("wrong", Sums::hit(found.as_deref().is_some_and(|found| found != day))));
    }
    let mut hit = |name, hit: bool| out.push((name, Sums::hit(hit)));
    let authors = scorer.names(&texts(&task.truth["author"]));
    if !authors.is_empty() {
        let found = article.and_then(|a| a.authors.as_ref()).map(|found| found.value.clone()).unwrap_or_default();
        hit("author", scorer.names(&found) == authors);
    }
    if let Some(subtitle) = task.truth["subtitle"].as_str() {
        let found = article.and_then(|a| a.subtitle.as_ref()).map(|found| folded(&found.value)).unwrap_or_default();
        hit("subtitle", is_nearly(&folded(subtitle), &found));
    }
    let images = texts(&task.truth["image"]);
    if !images.is_empty() {
        let found = article.and_then(|a| a.image.as_ref()).map(|found| file_name(found.value.as_str()));
        hit("image", found.is_some_and(|found| images.iter().any(|image| file_name(image) == found)));
    }
    out
}

/// Share of two texts that is common, as Python's `difflib` counts it: the longest common piece, then those on both
/// sides of it.
fn likeness(one: &str, other: &str) -> f64 {
    fn common(a: &[char], b: &[char]) -> usize {
        let (mut best, mut at_a, mut at_b) = (0, 0, 0);
        let mut row = vec![0_usize; b.len() + 1];
        for (i, left) in a.iter().enumerate() {
            let mut diagonal = 0;
            for (j, right) in b.iter().enumerate() {
                let above = row[j + 1];
                row[j + 1] = if left == right { diagonal + 1 } else { 0 };
                if row[j + 1] > best {
                    (best, at_a, at_b) = (row[j + 1], i + 1 - row[j + 1], j + 1 - row[j + 1]);
                }
                diagonal = above;
            }
        }
        if best == 0 {
            return 0;
        }
        best + common(&a[..at_a], &b[..at_b]) + common(&a[at_a + best..], &b[at_b + best..])
    }
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    2.0 * common(&a, &b) as f64 / (a.len() + b.len()).max(1) as f64
}

/// Equal, nearly equal, or one the better part of the other.
fn is_nearly(truth: &str, found: &str) -> bool {
    let part = |long: &str, short: &str| long.contains(short) && short.len() * 10 >= long.len() * 6;
    truth == found
        || (!truth.is_empty()
            && !found.is_empty()
            && (part(truth, found) || part(found, truth) || likeness(truth, found) >= 0.9))
}

/// The last part of an address's path.
fn file_name(address: &str) -> String {
    let path = address.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let name = path.rsplit('/').next().unwrap_or_default().as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(byte) = name.get(at) {
        let escaped =
            name.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        let escaped = escaped.filter(|_| *byte == b'%');
        out.push(escaped.unwrap_or(*byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).to_lowercase()
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}
