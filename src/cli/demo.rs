//! `murasil demo`: a small newspaper web on loopback is crawled end to end into a fresh database.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use indicatif::ProgressBar;

use super::exit::Exit;
use super::runtime;
use crate::config::Config;
use crate::crawl::Limits;
use crate::daemon::{self, RunOptions};
use crate::demo::report::{DemoReport, Harvest};
use crate::demo::{Web, WebOptions};
use crate::model::{ArticleFilter, Timestamp};
use crate::store::Reader;

/// Between two requests to a paper; they are ours, and a minute of waiting would help nobody.
const DELAY: Duration = Duration::from_millis(50);
/// The progress line is drawn anew this often.
const REDRAW: Duration = Duration::from_millis(100);

/// Sources are due again after a minute; that is later.
const IDLE: Duration = Duration::from_secs(20);
/// A demo that takes longer is broken.
const LONGEST: Duration = Duration::from_mins(2);

/// Arguments of `murasil demo`.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct DemoArgs {
    /// Folder for the files; without it a new one among the temporary files, which is kept, too
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// Runs the demonstration with the pipeline of `murasil run`.
pub(super) fn main(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    runtime()?.block_on(run(args, &mut io::stdout().lock(), harvest))?;
    Ok(Exit::Done.into())
}

/// Crawls until no page is due soon, and reads what the database then holds.
async fn harvest(config: Config) -> anyhow::Result<Harvest> {
    let database = config.crawler.database.clone();
    let limits = Limits { idle: Some(IDLE), time: Some(LONGEST) };
    let reload: daemon::Reload = Box::new(|| Err("the demo has no configuration file".into()));
    daemon::run(config, RunOptions { database: database.clone(), limits, reload }).await?;
    let reader = Reader::open(&database).await?;
    let status = reader.status(Timestamp::now()).await?;
    Ok(Harvest {
        articles: reader.articles(&ArticleFilter { limit: u32::MAX, ..ArticleFilter::default() }).await?,
        headlines: status.headlines,
        sightings: status.sightings,
        refused: reader.refused().await?,
    })
}

/// Starts the papers, lets `crawl` read them, writes what came out to `out`.
///
/// `crawl` gets a whole configuration, paths included; it returns when every page is done or next due later than
/// the configured minimum for sources.
///
/// # Errors
/// If files or ports cannot be had, if `crawl` fails, if it brought nothing, or if it was not polite.
async fn run(
    args: &DemoArgs,
    out: &mut impl Write,
    crawl: impl AsyncFnOnce(Config) -> anyhow::Result<Harvest>,
) -> anyhow::Result<()> {
    let folder = folder(args.keep.as_deref())?;
    let web = Web::start(WebOptions::default()).await.context("starting the papers on 127.0.0.1")?;
    let config = placed(web.config(DELAY), &folder);
    let database = config.crawler.database.clone();
    let started = Instant::now();
    let harvest = watched(&web, crawl(config)).await?;
    let report = DemoReport::new(&web, DELAY, harvest, database, started.elapsed());
    report.print(out).and_then(|()| out.flush()).context("writing the report")?;
    web.stop().await;
    ensure!(!report.harvest.articles.is_empty(), "the crawl stored no article");
    ensure!(report.is_polite(), "a host was asked sooner than configured; see the report");
    Ok(())
}

/// The folder that was named, which must not hold an earlier demo, or a new one.
fn folder(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    let Some(folder) = named else {
        let fresh = tempfile::Builder::new().prefix("murasil-demo-").tempdir();
        return Ok(fresh.context("making a folder for the files")?.keep());
    };
    std::fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
    if folder.join(DATABASE).exists() {
        bail!("{} holds a database already; name an empty folder", folder.display());
    }
    Ok(folder.to_owned())
}

const DATABASE: &str = "murasil.db";

/// The configuration with its files in the folder and without a web page of its own.
fn placed(mut config: Config, folder: &Path) -> Config {
    config.crawler.database = folder.join(DATABASE);
    config.crawler.archive = folder.join("murasil-pages.db").display().to_string();
    config.serve.listen = "off".into();
    config.serve.socket = folder.join("murasil.sock");
    config
}

/// Waits for the crawl while a line tells what the papers see of it; no line where stderr is no terminal.
async fn watched<T>(web: &Web, crawl: impl Future<Output = T>) -> T {
    let line = ProgressBar::new_spinner();
    let mut redraw = tokio::time::interval(REDRAW);
    tokio::pin!(crawl);
    loop {
        tokio::select! {
            result = &mut crawl => {
                line.finish_and_clear();
                return result;
            }
            _ = redraw.tick() => {
                line.set_message(progress(web));
                line.tick();
            }
        }
    }
}

/// How often each paper was asked, and for what last.
fn progress(web: &Web) -> String {
    let log = web.log();
    let counts: Vec<String> = web
        .papers()
        .iter()
        .map(|paper| format!("{} {}", paper.name, log.iter().filter(|arrival| arrival.paper == paper.name).count()))
        .collect();
    let last = log.last().map(|arrival| arrival.path.as_str()).unwrap_or_default();
    format!("{} · {last}", counts.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_an_earlier_demo_is_not_taken() {
        let folder_of_test = tempfile::tempdir().expect("a folder");
        let named = folder_of_test.path().join("new");
        assert_eq!(folder(Some(&named)).expect("is made"), named);
        std::fs::write(named.join(DATABASE), "").expect("is written");
        let error = folder(Some(&named)).expect_err("is refused").to_string();
        assert!(error.contains("name an empty folder"), "{error}");
    }

    #[tokio::test]
    async fn a_crawl_that_brings_nothing_is_a_failure() {
        let folder = tempfile::tempdir().expect("a folder");
        let args = DemoArgs { keep: Some(folder.path().to_owned()) };

        let mut out = Vec::new();
        let result = run(&args, &mut out, async |config: Config| {
            assert_eq!(config.crawler.database, folder.path().join(DATABASE));
            Ok(Harvest::default())
        });

        assert!(result.await.expect_err("nothing came").to_string().contains("no article"));
        assert!(String::from_utf8(out).expect("UTF-8").contains("0 articles from 6 papers"));
    }
}
