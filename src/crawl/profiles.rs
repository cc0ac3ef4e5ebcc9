//! Profiles at work: their own tests, and proposals for new ones. `murasil profile` prints what comes out.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use jiff::tz::Offset;
use serde_json::Value;

use super::CrawlError;
use super::extract::{self, ExtractError, PageFile};
use super::ledger::Ledger;
use crate::config::{Config, Profile, ProfileTest, Site, profile::Rule};
use crate::fetch::Fetcher;
use crate::frontier::Frontier;
use crate::model::{Date, Extractor, Outcome, PageKind, PageUrl, Parsed, Timestamp};
use crate::parse::{Parser, Proposal};

/// Fields that a proposed profile may hold, in the order in which they are written.
const FIELDS: [&str; 8] = ["title", "subtitle", "authors", "publisher", "published", "section", "body", "image"];
/// Selectors of a field that are kept in a proposal: the first, and others for pages where it finds nothing.
const MAX_SELECTORS: usize = 2;
/// Selectors of a field that are tried in a profile.
const MAX_TRIED: usize = 6;

/// What one test of a profile came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestOutcome {
    /// The page, for people: its file, or its address, or its number.
    pub page: String,
    /// Fields that came out otherwise.
    pub misses: Vec<Miss>,
    /// Why the page could not be read; `None` if it could.
    pub error: Option<String>,
}

/// A field that came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// The field.
    pub field: String,
    /// What the test expects; empty: nothing.
    pub expected: String,
    /// What came out; empty: nothing.
    pub found: String,
}

/// Runs a profile's own tests.
pub fn run_tests(parser: &Parser, config: &Config, name: &str, profile: &Profile, now: Timestamp) -> Vec<TestOutcome> {
    let mut outcomes = Vec::new();
    for (n, test) in profile.test.iter().enumerate() {
        let page = test.file.clone().or_else(|| test.url.clone()).unwrap_or_else(|| format!("test {}", n + 1));
        outcomes.push(match test_page(test) {
            Ok(mut file) => {
                // Where the kind itself is in question, nothing is said about it beforehand.
                let kind = if test.expect.contains_key("kind") { PageKind::Unknown } else { PageKind::Article };
                file.visited = test.fetched.as_deref().and_then(noon);
                let parsed = extract_with(parser, config, name, &file, kind, now);
                TestOutcome { page, misses: misses(test, &parsed), error: None }
            }
            Err(error) => TestOutcome { page, misses: Vec::new(), error: Some(chain(&error)) },
        });
    }
    outcomes
}

/// Noon (UTC) of a day; `None` if it is none.
fn noon(day: &str) -> Option<Timestamp> {
    let day: Date = day.parse().ok()?;
    Offset::UTC.to_timestamp(day.at(12, 0, 0, 0)).ok()
}

fn test_page(test: &ProfileTest) -> Result<PageFile, ExtractError> {
    let body = match (&test.file, &test.page) {
        (Some(file), _) => extract::read_page(Path::new(file))?,
        (None, page) => page.clone().unwrap_or_default().into_bytes(),
    };
    let url = test.url.as_deref().map(extract::read_url).transpose()?;
    Ok(PageFile { body, url, content_type: None, charset: None, visited: None })
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// Extracts a page that is taken for `kind` as a site would that names this profile.
fn extract_with(
    parser: &Parser,
    config: &Config,
    profile: &str,
    file: &PageFile,
    kind: PageKind,
    now: Timestamp,
) -> Parsed {
    let own = with_site(config, profile, file.url.as_ref());
    extract::extract(parser, own.as_ref().unwrap_or(config), file, kind, now)
}

/// The configuration with a site around the address that names the profile; `None` if there is no address.
fn with_site(config: &Config, profile: &str, url: Option<&PageUrl>) -> Option<Config> {
    let mut site = Site::from_seed(url?);
    site.profile = Some(profile.to_owned());
    Some(Config { sites: vec![site], ..config.clone() })
}

fn misses(test: &ProfileTest, parsed: &Parsed) -> Vec<Miss> {
    let record = extract::record(parsed);
    let differs = |(field, expected): (&String, &String)| {
        let found = text_of(&record, field);
        let same = lines(&found) == lines(expected);
        (!same).then(|| Miss { field: field.clone(), expected: expected.clone(), found })
    };
    test.expect.iter().filter_map(differs).collect()
}

/// A field of a record as tests write it.
fn text_of(record: &Value, field: &str) -> String {
    let name = match field {
        "published" => "published_at",
        "modified" => "modified_at",
        other => other,
    };
    match record.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => {
            let text = |item| Value::as_str(item).or_else(|| item.get("flag")?.as_str());
            let items: Vec<&str> = items.iter().filter_map(text).collect();
            items.join(if name == "body" { "\n\n" } else { "; " })
        }
        _ => String::new(),
    }
}

/// The lines that say something, so that a test's layout does not matter.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// Fetches a page and, if it is no article or more are wanted, articles that it links to: at most `count` pages, as
/// polite as the daemon. Redirects are not followed. Each page comes with its address; what failed is left out and told.
///
/// # Errors
/// A part cannot be built; the first page did not come; the database refuses, or a host rests ([`CrawlError::NotNow`]).
pub async fn fetch_pages(config: Arc<Config>, first: PageUrl, count: usize) -> Result<Vec<PageFile>, FetchPagesError> {
    let ledger = Ledger::open(config.clone()).await.map_err(CrawlError::from)?;
    let pages = ask_for_pages(config, &ledger, first, count).await;
    ledger.close().await.map_err(CrawlError::from)?;
    pages
}

async fn ask_for_pages(
    config: Arc<Config>,
    ledger: &Ledger,
    first: PageUrl,
    count: usize,
) -> Result<Vec<PageFile>, FetchPagesError> {
    let frontier = Frontier::new(config.clone()).map_err(CrawlError::from)?;
    let door = Fetcher::new(config.clone()).map_err(CrawlError::from)?;
    let parser = Parser::new(&config).map_err(CrawlError::from)?;
    let (mut pages, mut asked) = (Vec::new(), BTreeSet::new());
    let mut queue = VecDeque::from([first.clone()]);
    while let Some(url) = queue.pop_front().filter(|_| pages.len() < count && asked.len() < count * 3) {
        if !asked.insert(url.key()) {
            continue;
        }
        let claim = match ledger.claim(&url).await {
            Err(CrawlError::NotNow(not_now)) if url != first => {
                tracing::warn!("passed over {url}: {not_now}");
                continue;
            }
            claim => claim?,
        };
        let fetched = door.fetch(&claim).await;
        let now = Timestamp::now();
        let file = page_file(&fetched.outcome, now);
        let parsed = match &file {
            Some(file) => extract::extract(&parser, &config, file, PageKind::Unknown, now),
            None => Parsed::nothing(claim.kind),
        };
        let plan = frontier.plan(&claim, &fetched, &parsed, now);
        ledger.note(&plan.pace, &fetched.receipt).await.map_err(CrawlError::from)?;
        let Some(file) = file else {
            if url == first {
                return Err(FetchPagesError::First { url, outcome: Box::new(fetched.outcome) });
            }
            tracing::warn!("passed over {url}: {}", fetched.outcome.word());
            continue;
        };
        let mut links = plan.admit;
        links.retain(|link| !link.kind.is_source());
        links.sort_by_key(|link| (link.kind != PageKind::Article, link.priority));
        queue.extend(links.into_iter().take(count * 2).map(|link| link.url));
        if parsed.kind == PageKind::Article {
            pages.push(file);
        }
    }
    Ok(pages)
}

/// A page that came; `None` for every outcome without one.
fn page_file(outcome: &Outcome, now: Timestamp) -> Option<PageFile> {
    let Outcome::Page(page) = outcome else { return None };
    Some(PageFile {
        body: page.body.to_vec(),
        url: Some(page.url.clone()),
        content_type: page.content_type.clone(),
        charset: None,
        visited: Some(now),
    })
}

/// Why pages for a proposal cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum FetchPagesError {
    /// A part cannot be built.
    #[error(transparent)]
    Crawl(#[from] CrawlError),
    /// The first page did not come.
    #[error("{url}: {}", .outcome.word())]
    First {
        /// Its address.
        url: PageUrl,
        /// What came instead.
        outcome: Box<Outcome>,
    },
}

/// A proposed profile and how it did on the pages that it was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The profile.
    pub profile: Profile,
    /// Field → (pages on which it gives what the general extractor gave, pages that have the field).
    pub hits: BTreeMap<&'static str, (usize, usize)>,
    /// Pages that are articles; the others were passed over.
    pub pages: usize,
}

/// Proposes a profile from pages of one site: for each field the selectors that give, on most of the pages, what the
/// general extractor is sure of. Every selector was tried in the finished profile.
///
/// Two pages at least must agree; with one page there is nothing to agree with, and all of it is a guess.
pub fn draft(config: &Config, pages: &[PageFile], now: Timestamp) -> Draft {
    let general = general(config);
    let Ok(parser) = Parser::new(&general) else { return Draft::empty() };
    let articles: Vec<(&PageFile, Parsed, Vec<Proposal>)> = pages
        .iter()
        .map(|page| (page, extract::extract(&parser, &general, page, PageKind::Unknown, now)))
        .filter(|(_, parsed)| parsed.kind == PageKind::Article)
        .map(|(page, parsed)| (page, parsed, extract::propose(&parser, &general, page, now)))
        .collect();
    let hosts: BTreeSet<String> =
        articles.iter().filter_map(|(page, _, _)| Some(page.url.as_ref()?.host_name().to_owned())).collect();
    let mut draft = Draft { pages: articles.len(), ..Draft::empty() };
    draft.profile.domains = hosts.into_iter().collect();
    for field in FIELDS {
        let with: Vec<&(&PageFile, Parsed, Vec<Proposal>)> =
            articles.iter().filter(|(_, parsed, _)| !text_of(&extract::record(parsed), field).is_empty()).collect();
        let mut css: Vec<String> = Vec::new();
        let mut best = 0;
        for selector in ranked(field, &articles).into_iter().take(MAX_TRIED) {
            let mut trial = css.clone();
            trial.push(selector);
            let Some(trial_run) = Trial::new(&general, field, &trial) else { continue };
            let hits = with.iter().filter(|(page, parsed, _)| trial_run.agrees(page, parsed, now)).count();
            if hits > best {
                (best, css) = (hits, trial);
            }
            if css.len() == MAX_SELECTORS || best == with.len() {
                break;
            }
        }
        if best > 0 && best * 2 > with.len() && (best > 1 || articles.len() == 1) {
            set(&mut draft.profile, field, css);
            draft.hits.insert(field, (best, with.len()));
        }
    }
    draft
}

impl Draft {
    fn empty() -> Draft {
        Draft { profile: Profile::default(), hits: BTreeMap::new(), pages: 0 }
    }
}

/// The configuration without profiles and sites: only the general extractor speaks.
fn general(config: &Config) -> Config {
    Config { profiles: BTreeMap::new(), sites: Vec::new(), ..config.clone() }
}

/// Selectors for a field, those that hold on most pages first, then the steadiest.
fn ranked(field: &str, articles: &[(&PageFile, Parsed, Vec<Proposal>)]) -> Vec<String> {
    let mut votes: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (_, _, proposals) in articles {
        for proposal in proposals
            .iter()
            .filter(|proposal| proposal.field == field && (!proposal.value.is_empty() || field == "body"))
        {
            for (rank, css) in proposal.css.iter().enumerate() {
                let vote = votes.entry(css).or_insert((0, rank));
                *vote = (vote.0 + 1, vote.1.max(rank));
            }
        }
    }
    let mut all: Vec<(&str, (usize, usize))> = votes.into_iter().collect();
    all.sort_by_key(|(css, (count, rank))| (std::cmp::Reverse(*count), *rank, css.len()));
    all.into_iter().map(|(css, _)| css.to_owned()).collect()
}

/// A profile of one rule, ready to be tried on pages.
struct Trial {
    field: &'static str,
    config: Config,
    parser: Parser,
}

impl Trial {
    const NAME: &str = "draft";

    /// `None` if a selector is none.
    fn new(general: &Config, field: &'static str, css: &[String]) -> Option<Trial> {
        let mut profile = Profile::default();
        set(&mut profile, field, css.to_vec());
        let config = Config { profiles: BTreeMap::from([(Trial::NAME.to_owned(), profile)]), ..general.clone() };
        let parser = Parser::new(&config).ok()?;
        Some(Trial { field, config, parser })
    }

    /// Whether the rule gives what the general extractor gave.
    fn agrees(&self, page: &PageFile, parsed: &Parsed, now: Timestamp) -> bool {
        let own = extract_with(&self.parser, &self.config, Trial::NAME, page, PageKind::Article, now);
        let by_profile = own.article.as_ref().is_some_and(|article| {
            article.found_by().iter().any(|(name, by, _)| *name == self.field && *by == Extractor::Profile)
        });
        by_profile && text_of(&extract::record(&own), self.field) == text_of(&extract::record(parsed), self.field)
    }
}

fn set(profile: &mut Profile, field: &str, css: Vec<String>) {
    let rule = Some(Rule { css, ..Rule::default() });
    match field {
        "title" => profile.title = rule,
        "subtitle" => profile.subtitle = rule,
        "authors" => profile.authors = rule,
        "publisher" => profile.publisher = rule,
        "published" => profile.published = rule,
        "section" => profile.section = rule,
        "body" => profile.body = rule,
        "image" => profile.image = rule,
        _ => {}
    }
}

/// The rule of a field in a drafted profile.
fn rule<'p>(profile: &'p Profile, field: &str) -> Option<&'p Rule> {
    match field {
        "title" => profile.title.as_ref(),
        "subtitle" => profile.subtitle.as_ref(),
        "authors" => profile.authors.as_ref(),
        "publisher" => profile.publisher.as_ref(),
        "published" => profile.published.as_ref(),
        "section" => profile.section.as_ref(),
        "body" => profile.body.as_ref(),
        "image" => profile.image.as_ref(),
        _ => None,
    }
}

/// The draft as a table for the configuration.
pub fn to_toml(name: &str, draft: &Draft) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let list = |all: &[String]| all.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ");
    let mut out = format!("[profile.{}]\n", if is_bare(name) { name.to_owned() } else { quoted(name) });
    let description = quoted(&format!("Proposed from {} pages", draft.pages));
    let _ = writeln!(out, "description = {description}\ndomains = [{}]", list(&draft.profile.domains));
    for field in FIELDS {
        if let (Some(rule), Some((hits, pages))) = (rule(&draft.profile, field), draft.hits.get(field)) {
            let _ = writeln!(out, "{field} = {{ css = [{}] }}  # {hits} of {pages} pages", list(&rule.css));
        }
    }
    out
}

/// Whether TOML takes the name as a key without quotes.
fn is_bare(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
