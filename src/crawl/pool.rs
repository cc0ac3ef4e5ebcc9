//! Parsing on threads of its own, with two bounded queues and a slot file that tells which page killed us.
//!
//! Large pages have a queue of their own and never all workers, so that those of one bad host, each a second's work,
//! do not keep the small pages of all good ones waiting.

use std::collections::{HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::sync::{Semaphore, oneshot};

use super::CrawlError;
use super::suspects::{Slots, Suspects};
use crate::config::Config;
use crate::model::{Boilerplate, Claim, Page, PageId, PageKind, PageUrl, ParseWarning, Parsed, Timestamp};
use crate::parse::{Input, Parser, Proposal};

/// Pages of either size that wait or are parsed, per worker; beyond that the visits wait.
const QUEUE_PER_WORKER: u32 = 4;
/// Bytes of a body from which on a page is large. Five of six pages of newspapers are smaller, and none of those costs
/// more than some tens of milliseconds, whatever it consists of.
const LARGE: usize = 256 << 10;
/// The tree builder is iterative; this leaves room for deep but legal pages.
const STACK_BYTES: usize = 8 << 20;

/// A page to understand, with what its site says about it.
#[derive(Clone)]
pub(super) struct ParseJob {
    id: PageId,
    site: String,
    kind: PageKind,
    page: Page,
    profile: Option<String>,
    zone: String,
    robot_name: String,
    feed_text: Option<String>,
    boilerplate: Arc<Boilerplate>,
}

impl ParseJob {
    pub(super) fn new(config: &Config, claim: &Claim, page: Page) -> ParseJob {
        let site = config.site(&claim.site);
        ParseJob {
            id: claim.page,
            site: claim.site.clone(),
            kind: claim.kind,
            page,
            profile: site.and_then(|site| site.profile.clone()),
            zone: site.and_then(|site| site.timezone.as_ref()).unwrap_or(&config.crawler.timezone).clone(),
            robot_name: config.crawler.product_token().to_owned(),
            feed_text: claim.history.feed_text.clone(),
            boilerplate: claim.history.boilerplate.clone(),
        }
    }

    fn is_large(&self) -> bool {
        self.page.body.len() >= LARGE
    }

    /// Name of its site.
    pub(super) fn site(&self) -> &str {
        &self.site
    }

    /// Its address.
    pub(super) fn url(&self) -> &PageUrl {
        &self.page.url
    }

    /// Understands the page on the calling thread.
    pub(super) fn parse(&self, parser: &Parser) -> Parsed {
        parser.parse(&self.input())
    }

    /// Selectors for the wanted fields of the page, worked out on the calling thread.
    pub(super) fn propose(&self, parser: &Parser, wanted: impl Fn(&str) -> bool) -> Vec<Proposal> {
        parser.propose(&self.input(), wanted)
    }

    fn input(&self) -> Input<'_> {
        Input {
            url: &self.page.url,
            kind: self.kind,
            profile: self.profile.as_deref(),
            zone: &self.zone,
            content_type: self.page.content_type.as_deref(),
            charset: None,
            robots_tags: &self.page.robots_tags,
            canonical: self.page.links.canonical.as_ref(),
            feed_text: self.feed_text.as_deref(),
            boilerplate: Some(&self.boilerplate),
            body: &self.page.body,
            now: Timestamp::now(),
            visited: Some(Timestamp::now()),
            robot_name: &self.robot_name,
        }
    }
}

/// How a page is parsed.
type Parse = dyn Fn(&ParseJob) -> Parsed + Send + Sync;
type Work = (ParseJob, oneshot::Sender<Parsed>);

/// What waits for a worker. Bounded by the permits.
#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    small: VecDeque<Work>,
    large: VecDeque<Work>,
    /// Large pages that are being parsed.
    large_at_work: usize,
    last_was_large: bool,
    closed: bool,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, work: Work) {
        let mut waiting = self.lock();
        if work.0.is_large() {
            waiting.large.push_back(work);
        } else {
            waiting.small.push_back(work);
        }
        drop(waiting);
        self.changed.notify_all();
    }

    /// The next page: a large one if a worker is left for the small ones, else a small one; `None` once closed.
    fn take(&self, workers: usize) -> Option<Work> {
        let mut waiting = self.lock();
        loop {
            // A single worker takes turns.
            let is_their_turn = waiting.small.is_empty() || !waiting.last_was_large;
            if waiting.large_at_work < (workers - 1).max(usize::from(is_their_turn))
                && let Some(work) = waiting.large.pop_front()
            {
                waiting.large_at_work += 1;
                waiting.last_was_large = true;
                return Some(work);
            }
            if let Some(work) = waiting.small.pop_front() {
                waiting.last_was_large = false;
                return Some(work);
            }
            if waiting.closed {
                return None;
            }
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn large_is_done(&self) {
        self.lock().large_at_work -= 1;
        self.changed.notify_all();
    }
}

/// Worker threads that parse. They end when the pool is dropped.
pub(super) struct ParsePool {
    queue: Arc<Queue>,
    /// Bound the queues: at most [`QUEUE_PER_WORKER`] pages a worker in each.
    small: Semaphore,
    large: Semaphore,
    all: u32,
    suspects: Mutex<Suspects>,
    suspected: HashSet<PageId>,
}

impl ParsePool {
    /// Starts the workers; tells which pages were found in the slots of three dead processes.
    pub(super) fn start(parser: &Arc<Parser>, database: &Path) -> Result<(ParsePool, Vec<PageId>), CrawlError> {
        let parser = parser.clone();
        let parse: Arc<Parse> = Arc::new(move |job: &ParseJob| job.parse(&parser));
        ParsePool::start_with(&parse, database)
    }

    fn start_with(parse: &Arc<Parse>, database: &Path) -> Result<(ParsePool, Vec<PageId>), CrawlError> {
        let workers = thread::available_parallelism().map_or(1, std::num::NonZero::get) as u32;
        let mut suspects = Suspects::load(database)?;
        let (slots, found) = Slots::open(database, workers)?;
        let quarantined = suspects.accuse(&found)?;
        let queue = Arc::new(Queue::default());
        let slots = Arc::new(slots);
        for index in 0..workers {
            let (parse, queue, slots) = (parse.clone(), queue.clone(), slots.clone());
            thread::Builder::new()
                .name(format!("parse-{index}"))
                .stack_size(STACK_BYTES)
                .spawn(move || serve(index, workers as usize, &*parse, &queue, &slots))
                .map_err(|source| CrawlError::Slots { path: database.to_owned(), source })?;
        }
        let all = workers * QUEUE_PER_WORKER;
        let suspected = suspects.pages();
        let (small, large) = (Semaphore::new(all as usize), Semaphore::new(all as usize));
        Ok((ParsePool { queue, small, large, all, suspects: Mutex::new(suspects), suspected }, quarantined))
    }

    /// Parses a page. A suspect has the pool for itself, so that its death accuses no other.
    pub(super) async fn parse(&self, job: ParseJob) -> Parsed {
        let (id, kind) = (job.id, job.kind);
        let suspected = self.suspected.contains(&id);
        let (small, large) = match (suspected, job.is_large()) {
            (true, _) => (self.all, self.all),
            (false, true) => (0, 1),
            (false, false) => (1, 0),
        };
        let permits = (self.small.acquire_many(small).await, self.large.acquire_many(large).await);
        let (reply, parsed) = oneshot::channel();
        self.queue.put((job, reply));
        let parsed = parsed.await;
        drop(permits);
        match parsed {
            Ok(parsed) => {
                if suspected {
                    self.suspects.lock().unwrap_or_else(PoisonError::into_inner).free(id);
                }
                parsed
            }
            Err(_) => gone(kind, "the parser's thread is gone"),
        }
    }
}

/// Who understands pages.
pub(super) enum Reader<'a> {
    /// The workers of a crawl.
    Pool(&'a ParsePool),
    /// The calling thread.
    Here(&'a Parser),
}

impl Reader<'_> {
    /// Understands a page.
    pub(super) async fn parse(&self, job: ParseJob) -> Parsed {
        match self {
            Reader::Pool(pool) => pool.parse(job).await,
            Reader::Here(parser) => job.parse(parser),
        }
    }
}

impl Drop for ParsePool {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.changed.notify_all();
    }
}

/// A worker's life.
fn serve(index: u32, workers: usize, parse: &Parse, queue: &Queue, slots: &Slots) {
    while let Some((job, reply)) = queue.take(workers) {
        slots.enter(index, job.id);
        let parsed = catch_unwind(AssertUnwindSafe(|| parse(&job)));
        slots.leave(index);
        let parsed = parsed.unwrap_or_else(|panic| {
            let words = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            tracing::error!(url = %job.page.url, panic = words, "parsing panicked: the page is quarantined");
            gone(job.kind, words.unwrap_or("a panic without words"))
        });
        if job.is_large() {
            queue.large_is_done();
        }
        // The visit may have been dropped in the meantime; then nobody wants the answer.
        let _ = reply.send(parsed);
    }
}

fn gone(kind: PageKind, detail: &str) -> Parsed {
    let warning = ParseWarning { code: "panic", detail: detail.chars().take(200).collect() };
    Parsed { warnings: vec![warning], ..Parsed::nothing(kind) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{PageUrl, Validators};

    fn job(id: i64, body: Vec<u8>) -> ParseJob {
        let page = Page {
            url: PageUrl::parse("https://news.example/").expect("an address"),
            status: 200,
            content_type: None,
            robots_tags: Vec::new(),
            links: crate::model::HeaderLinks::default(),
            validators: Validators::default(),
            fresh_for: None,
            body: body.into(),
        };
        let kind = PageKind::Article;
        let (site, zone, robot_name) = (String::new(), String::new(), String::new());
        ParseJob {
            id: PageId(id),
            site,
            kind,
            page,
            profile: None,
            zone,
            robot_name,
            feed_text: None,
            boilerplate: Arc::default(),
        }
    }

    fn put(queue: &Queue, body_bytes: usize) {
        queue.put((job(1, vec![0; body_bytes]), oneshot::channel().0));
    }

    fn take_large(queue: &Queue, workers: usize) -> bool {
        queue.take(workers).expect("a page waits").0.is_large()
    }

    #[test]
    fn a_worker_is_always_left_to_small_pages() {
        let queue = Queue::default();
        for bytes in [LARGE, LARGE, LARGE, 1, 1] {
            put(&queue, bytes);
        }

        assert_eq!([(); 4].map(|()| take_large(&queue, 3)), [true, true, false, false]);
        queue.large_is_done();
        assert!(take_large(&queue, 3));
    }

    #[tokio::test]
    async fn a_panic_costs_its_page_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("m.db");
        let parse: Arc<Parse> = Arc::new(|job: &ParseJob| {
            assert!(job.page.body != "bad", "a bug met page {}", job.id.0);
            Parsed::nothing(PageKind::Other)
        });
        let (pool, _) = ParsePool::start_with(&parse, &database).expect("starts");

        // More bad pages than there are workers, so that each of these meets one and goes on.
        for id in 0..i64::from(pool.all) {
            let (bad, good) = tokio::join!(pool.parse(job(id, b"bad".to_vec())), pool.parse(job(-1, b"good".to_vec())));
            let warning = ParseWarning { code: "panic", detail: format!("a bug met page {id}") };
            assert_eq!(bad, Parsed { warnings: vec![warning], ..Parsed::nothing(PageKind::Article) });
            assert_eq!(good, Parsed::nothing(PageKind::Other));
        }

        let (_, found) = Slots::open(&database, 1).expect("opens");
        assert!(found.is_empty(), "no page is suspected of killing the process: {found:?}");
    }

    #[test]
    fn a_single_worker_takes_turns() {
        let queue = Queue::default();
        for bytes in [LARGE, LARGE, 1, 1] {
            put(&queue, bytes);
        }

        let taken = [(); 4].map(|()| {
            let large = take_large(&queue, 1);
            if large {
                queue.large_is_done();
            }
            large
        });
        assert_eq!(taken, [true, false, true, false]);
    }
}
