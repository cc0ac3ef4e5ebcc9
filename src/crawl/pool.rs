//! Parsing on threads of its own, with a bounded queue and a slot file that tells which page killed us.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::{Semaphore, oneshot};

use super::CrawlError;
use super::suspects::{Slots, Suspects};
use crate::config::Config;
use crate::model::{Claim, Page, PageId, PageKind, ParseWarning, Parsed, Timestamp};
use crate::parse::{Input, Parser};

/// Pages that wait per worker; beyond that the visits wait.
const QUEUE_PER_WORKER: u32 = 4;
/// The tree builder is iterative; this leaves room for deep but legal pages.
const STACK_BYTES: usize = 8 << 20;

/// A page to understand, with what its site says about it.
pub(super) struct ParseJob {
    id: PageId,
    kind: PageKind,
    page: Page,
    profile: Option<String>,
    zone: String,
    robot_name: String,
    feed_text: Option<String>,
}

impl ParseJob {
    pub(super) fn new(config: &Config, claim: &Claim, page: Page) -> ParseJob {
        let site = config.site(&claim.site);
        ParseJob {
            id: claim.page,
            kind: claim.kind,
            page,
            profile: site.and_then(|site| site.profile.clone()),
            zone: site.and_then(|site| site.timezone.as_ref()).unwrap_or(&config.crawler.timezone).clone(),
            robot_name: config.crawler.product_token().to_owned(),
            feed_text: claim.history.feed_text.clone(),
        }
    }

    /// Understands the page on the calling thread.
    pub(super) fn parse(&self, parser: &Parser) -> Parsed {
        let input = Input {
            url: &self.page.url,
            kind: self.kind,
            profile: self.profile.as_deref(),
            zone: &self.zone,
            content_type: self.page.content_type.as_deref(),
            charset: None,
            robots_tags: &self.page.robots_tags,
            canonical: self.page.canonical.as_ref(),
            feed_text: self.feed_text.as_deref(),
            body: &self.page.body,
            now: Timestamp::now(),
            robot_name: &self.robot_name,
        };
        parser.parse(&input)
    }
}

type Work = (ParseJob, oneshot::Sender<Parsed>);

/// Worker threads that parse. They end when the pool is dropped.
pub(super) struct ParsePool {
    work: Sender<Work>,
    /// Bounds the queue: at most [`QUEUE_PER_WORKER`] pages a worker.
    permits: Arc<Semaphore>,
    all: u32,
    suspects: Mutex<Suspects>,
    suspected: HashSet<PageId>,
}

impl ParsePool {
    /// Starts the workers; tells which pages were found in the slots of three dead processes.
    pub(super) fn start(parser: &Arc<Parser>, database: &Path) -> Result<(ParsePool, Vec<PageId>), CrawlError> {
        let workers = thread::available_parallelism().map_or(1, std::num::NonZero::get) as u32;
        let mut suspects = Suspects::load(database)?;
        let (slots, found) = Slots::open(database, workers)?;
        let quarantined = suspects.accuse(&found)?;
        let (work, queue) = mpsc::channel::<Work>();
        let queue = Arc::new(Mutex::new(queue));
        let slots = Arc::new(slots);
        for index in 0..workers {
            let (parser, queue, slots) = (parser.clone(), queue.clone(), slots.clone());
            thread::Builder::new()
                .name(format!("parse-{index}"))
                .stack_size(STACK_BYTES)
                .spawn(move || serve(index, &parser, &queue, &slots))
                .map_err(|source| CrawlError::Slots { path: database.to_owned(), source })?;
        }
        let all = workers * QUEUE_PER_WORKER;
        let suspected = suspects.pages();
        let permits = Arc::new(Semaphore::new(all as usize));
        Ok((ParsePool { work, permits, all, suspects: Mutex::new(suspects), suspected }, quarantined))
    }

    /// Parses a page. A suspect has the pool for itself, so that its death accuses no other.
    pub(super) async fn parse(&self, job: ParseJob) -> Parsed {
        let (id, kind) = (job.id, job.kind);
        let suspected = self.suspected.contains(&id);
        let wanted = if suspected { self.all } else { 1 };
        let permit = self.permits.acquire_many(wanted).await;
        let (reply, parsed) = oneshot::channel();
        let sent = self.work.send((job, reply)).is_ok();
        let parsed = parsed.await;
        drop(permit);
        match parsed {
            Ok(parsed) if sent => {
                if suspected {
                    self.suspects.lock().unwrap_or_else(PoisonError::into_inner).free(id);
                }
                parsed
            }
            _ => gone(kind, "the parser's thread is gone"),
        }
    }
}

/// A worker's life.
fn serve(index: u32, parser: &Parser, queue: &Mutex<Receiver<Work>>, slots: &Slots) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((job, reply)) = next else { return };
        slots.enter(index, job.id);
        let parsed = catch_unwind(AssertUnwindSafe(|| job.parse(parser)));
        slots.leave(index);
        let parsed = parsed.unwrap_or_else(|panic| {
            let words = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            tracing::error!(url = %job.page.url, panic = words, "parsing panicked: the page is quarantined");
            gone(job.kind, words.unwrap_or("a panic without words"))
        });
        // The visit may have been dropped in the meantime; then nobody wants the answer.
        let _ = reply.send(parsed);
    }
}

fn gone(kind: PageKind, detail: &str) -> Parsed {
    let warning = ParseWarning { code: "panic", detail: detail.chars().take(200).collect() };
    Parsed { warnings: vec![warning], ..Parsed::nothing(kind) }
}
