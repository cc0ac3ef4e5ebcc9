//! The command line: one file a verb or a family of verbs. It prints; nothing here is wanted by another caller.
//!
//! Results go to standard output, progress, logs and errors to standard error. `tests/cli.rs` runs the binary.

mod allocator;
mod articles;
mod check;
mod completions;
mod demo;
mod discover;
pub mod exit;
mod export;
mod extract;
mod fetch;
mod init;
mod log;
pub mod output;
mod profile;
mod run;
mod schema;
mod simulate;
mod status;
pub mod text;
mod why;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::error::{ContextKind, ContextValue};
use clap::{Args, ColorChoice, CommandFactory, FromArgMatches, Subcommand, ValueEnum};

use crate::config::{self, Loaded, Problem};
use crate::crawl::extract::Parser;
use crate::model::without_userinfo;
use exit::Exit;

/// A polite news crawler: who published what, when, under which headline, and how it was edited later.
#[derive(Debug, clap::Parser)]
#[command(name = "murasil", version, propagate_version = true, after_help = AFTER_HELP)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Verb,
}

const AFTER_HELP: &str = "\
Exit codes: 0 done, 1 error, 2 usage, 3 some sources failed (run --once), 4 a profile's test failed,
5 another instance uses the database, 6 disk full, 75 try again later, 78 configuration.";

/// What holds for every verb.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Configuration file; without it ./crawler.toml, then /etc/murasil/crawler.toml.
    #[arg(short, long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Results file, instead of the configured one; raw pages go beside it, into NAME-pages.db.
    #[arg(short, long, global = true, value_name = "FILE", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "how clap tells `--database` alone, which `check` knows, from none")]
    database: Option<Option<PathBuf>>,
    /// Log more; twice: everything.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Log less: warnings only; twice: errors only.
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "verbose")]
    pub quiet: u8,
    /// Print JSON: one document, or one line for each member of a list.
    #[arg(long, global = true)]
    pub json: bool,
    /// Colours.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = When::Auto)]
    pub color: When,
    /// Form of the log on standard error.
    #[arg(long, global = true, value_enum, value_name = "FORM", default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// When colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One line for people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Crawl a small newspaper on loopback end to end and show what came out; needs no network.
    Demo(demo::DemoArgs),
    /// Crawl: the daemon, in the foreground.
    Run(run::RunArgs),
    /// Write crawler.toml with every key explained.
    Init(init::InitArgs),
    /// Check the configuration; nothing is fetched unless --network is given.
    Check(check::CheckArgs),
    /// Find feeds, sitemaps and sections of a site; print a ready [[site]] block. Stores nothing.
    Discover(discover::DiscoverArgs),
    /// One address through robots.txt, pace, fetch and extraction; prints the record.
    Fetch(fetch::FetchArgs),
    /// Extract an article from a file or an address.
    Extract(extract::ExtractArgs),
    /// List stored articles, newest first.
    Articles(articles::ArticlesArgs),
    /// Show one article with everything that is stored of it.
    Show(articles::ShowArgs),
    /// Search titles and texts.
    Search(articles::SearchArgs),
    /// Show sites, sources, hosts and what happened in the last 24 hours.
    Status,
    /// Tell what is known of a page or a site: how it was found, what was decided, what blocks it now.
    Why(why::WhyArgs),
    /// Replay recorded history under other schedules: requests spent against how late articles were found.
    Simulate(simulate::SimulateArgs),
    /// Write stored articles to a file, as CSV or JSON Lines.
    Export(export::ExportArgs),
    /// Try profiles, propose new ones, and see how well fields are found.
    #[command(subcommand)]
    Profile(profile::ProfileVerb),
    /// Print the JSON schema of crawler.toml, for editors.
    Schema,
    /// Print a completion script.
    Completions(completions::CompletionsArgs),
}

impl Global {
    /// Reads the configuration, with the database that the command line names, and tries its profiles.
    ///
    /// # Errors
    /// [`config::ConfigErrors`], or a database whose name has no file part.
    pub fn load(&self) -> anyhow::Result<Loaded> {
        let loaded = self.read()?;
        Parser::new(&loaded.config).map_err(|error| {
            loaded.problem(&format!("profile.{}.{}", error.profile, error.key), &error.value, &error.problem)
        })?;
        Ok(loaded)
    }

    fn read(&self) -> anyhow::Result<Loaded> {
        let mut loaded = config::load(self.config.as_deref(), environment())?;
        if let Some(Some(database)) = &self.database {
            let crawler = &mut loaded.config.crawler;
            if crawler.archive != "none" {
                crawler.archive = pages_beside(database)?;
            }
            crawler.database.clone_from(database);
        }
        Ok(loaded)
    }

    /// The results file alone; a broken configuration does not matter if the command line names the file.
    ///
    /// # Errors
    /// As [`Global::load`].
    pub fn database(&self) -> anyhow::Result<PathBuf> {
        match &self.database {
            Some(Some(database)) => Ok(database.clone()),
            Some(None) | None => Ok(self.read()?.config.crawler.database),
        }
    }

    /// What every start warns of; nothing where no file configures anything, or the file is broken.
    pub(crate) fn warnings(&self) -> Vec<Problem> {
        self.read().ok().filter(|loaded| !loaded.files.is_empty()).map(|loaded| loaded.warnings).unwrap_or_default()
    }
}

/// `x/news.db` → `x/news-pages.db`.
fn pages_beside(database: &Path) -> anyhow::Result<String> {
    let stem = database.file_stem().context("--database must name a file")?;
    let pages = database.with_file_name(format!("{}-pages.db", stem.to_string_lossy()));
    Ok(pages.to_string_lossy().into_owned())
}

/// The environment as text; what is not Unicode is read as far as it can be, so that it is refused by name.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
}

/// The asynchronous runtime of a verb that needs one.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the asynchronous runtime")
}

/// Runs the program: arguments and environment in, exit code out.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let cli = match parse(&arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let error = hushed(error);
            // If even this cannot be printed, the exit code still tells.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    match dispatch(&cli) {
        Ok(code) => code,
        Err(error) => exit::report(&error).into(),
    }
}

/// The same without user and password of an address that is no argument.
fn hushed(mut error: clap::Error) -> clap::Error {
    for kind in [ContextKind::InvalidValue, ContextKind::InvalidArg] {
        if let Some(ContextValue::String(text)) = error.get(kind) {
            let text = ContextValue::String(without_userinfo(text));
            error.insert(kind, text);
        }
    }
    error
}

fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let mut command = Cli::command().color(help_color(arguments));
    let matches = command.try_get_matches_from_mut(arguments)?;
    let cli = Cli::from_arg_matches(&matches)?;
    if matches!(cli.global.database, Some(None)) && !matches!(cli.verb, Verb::Check(_)) {
        return Err(command.error(clap::error::ErrorKind::InvalidValue, "--database needs a file"));
    }
    Ok(cli)
}

/// Help and usage errors are printed before the arguments are known, so `--color` is looked for by hand.
fn help_color(arguments: &[OsString]) -> ColorChoice {
    let words = arguments.iter().filter_map(|word| word.to_str());
    let after = words.clone().zip(words.skip(1)).find_map(|(name, value)| (name == "--color").then_some(value));
    let joined = arguments.iter().find_map(|word| word.to_str()?.strip_prefix("--color="));
    match after.or(joined) {
        Some("never") => ColorChoice::Never,
        Some("always") => ColorChoice::Always,
        Some(_) | None => ColorChoice::Auto,
    }
}

/// Whether colours go to this stream.
///
/// # Source
/// <https://no-color.org>: any value but the empty one turns colours off; the command line wins.
fn wants_color(when: When, stream: &impl IsTerminal) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    }
}

/// Runs a question to the store; one thread is enough for it and starts fastest.
///
/// # Errors
/// The operating system gives no event queue.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting the runtime")?;
    Ok(runtime.block_on(future))
}

fn dispatch(cli: &Cli) -> anyhow::Result<ExitCode> {
    let global = &cli.global;
    log::start(global, matches!(cli.verb, Verb::Run(_) | Verb::Fetch(_)))?;
    match &cli.verb {
        Verb::Demo(args) => demo::main(args),
        Verb::Run(args) => run::run(args, global),
        Verb::Init(args) => init::run(args, global),
        Verb::Check(args) => check::run(args, global),
        Verb::Discover(args) => discover::run(args, global),
        Verb::Fetch(args) => fetch::run(args, global),
        Verb::Extract(args) => extract::run(args, global),
        Verb::Articles(args) => articles::list(args, global),
        Verb::Show(args) => articles::show(args, global),
        Verb::Search(args) => articles::search(args, global),
        Verb::Why(args) => why::run(args, global),
        Verb::Simulate(args) => simulate::run(args, global),
        Verb::Export(args) => export::run(args, global),
        Verb::Status => status::run(global),
        Verb::Profile(verb) => profile::run(verb, global),
        Verb::Schema => schema::run(),
        Verb::Completions(args) => completions::run(args, &mut Cli::command()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_wrong_address_is_shown_without_its_password() {
        for arguments in [&["murasil", "fetch", "ftp://me:hush@a.example/"][..], &["murasil", "status", "//me:hush@a"]]
        {
            let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
            let error = hushed(parse(&arguments).expect_err("wrong")).to_string();
            assert!(!error.contains("hush") && error.contains("…@a"), "{error}");
        }
    }

    #[test]
    fn raw_pages_lie_beside_a_database_named_on_the_command_line() {
        assert_eq!(pages_beside(Path::new("x/news.db")).expect("a file"), "x/news-pages.db");
        assert_eq!(pages_beside(Path::new("news")).expect("a file"), "news-pages.db");
        assert!(pages_beside(Path::new("/")).is_err());
    }
}
