//! What verbs that ask without storing pages share with the crawl: the pace of hosts and the copies of robots.txt in the
//! configured database, and the trace that they leave there themselves.

use std::sync::Arc;
use std::time::Duration;

use super::CrawlError;
use crate::config::Config;
use crate::model::{Claim, History, Host, HostId, HostPace, PageId, PageKind, PageUrl, Receipt, Timestamp, Validators};
use crate::store::{Reader, Store, StoreError};

/// How long a host is waited for by a verb that somebody waits for; a longer delay of the host is waited for as well.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a host is not asked at present.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{host} is not asked{}: {reason}", until.map(|at| format!(" before {at:.0}")).unwrap_or_default())]
pub struct NotNow {
    /// The host.
    pub host: Host,
    /// When it may be asked again; `None` if nobody can say.
    pub until: Option<Timestamp>,
    /// Why, for people.
    pub reason: String,
}

/// What is known of hosts while a verb runs.
pub(super) struct Ledger {
    config: Arc<Config>,
    book: Book,
}

enum Book {
    /// There is no database, so that nothing is known and nobody else asks.
    None,
    /// Nobody else uses the database.
    Own(Store),
    /// A crawl uses it and keeps the pace of the hosts in it: two processes cannot keep one.
    Others(Reader),
}

impl Ledger {
    /// Opens the configured database if there is one; it is nobody else's until [`Ledger::close`].
    ///
    /// # Errors
    /// As [`Store::open`], except that another process may own the database.
    pub(super) async fn open(config: Arc<Config>) -> Result<Ledger, StoreError> {
        let path = &config.crawler.database;
        let book = if path.exists() {
            match Store::open(path, None).await {
                Ok(store) => Book::Own(store),
                Err(StoreError::Locked { .. }) => Book::Others(Reader::open(path).await?),
                Err(error) => return Err(error),
            }
        } else {
            Book::None
        };
        Ok(Ledger { config, book })
    }

    /// A claim of a page that may be asked for now, or within a time that is waited for.
    ///
    /// # Errors
    /// [`CrawlError::NotNow`], or the database cannot be read.
    pub(super) async fn claim(&self, url: &PageUrl) -> Result<Claim, CrawlError> {
        let (claim, not_now) = self.recall(url).await?;
        not_now.map_or(Ok(claim), |not_now| Err(not_now.into()))
    }

    /// A claim of a page with what is known of its host, and why this is not asked now.
    ///
    /// # Errors
    /// The database cannot be read.
    pub(super) async fn recall(&self, url: &PageUrl) -> Result<(Claim, Option<NotNow>), StoreError> {
        let mut claim = fresh_claim(&self.config, url);
        let reader = match &self.book {
            Book::None => return Ok((claim, None)),
            Book::Own(store) => store.reader(),
            Book::Others(reader) => reader,
        };
        claim.robots = reader.robots_in_force(&url.authority()).await?.map(|(copy, _)| copy);
        let Some(pace) = reader.host_pace(&url.host())? else { return Ok((claim, None)) };
        claim.pace = pace;
        let not_now = match &self.book {
            Book::Others(_) => Some(NotNow {
                host: url.host(),
                until: None,
                reason: format!("the crawl that uses {} keeps its pace", self.config.crawler.database.display()),
            }),
            Book::None | Book::Own(_) => {
                allow_for_a_crash(&self.config, reader, &mut claim).await?;
                patience(&self.config, &claim).err()
            }
        };
        Ok((claim, not_now))
    }

    /// Notes a host's pace, if the host was asked.
    ///
    /// # Errors
    /// If the disk fails.
    pub(super) async fn note(&self, pace: &HostPace, receipt: &Receipt) -> Result<(), StoreError> {
        match &self.book {
            Book::Own(store) if !receipt.requests.is_empty() => {
                store.note_pace(pace.clone(), receipt.requests.len(), Timestamp::now()).await
            }
            Book::None | Book::Own(_) | Book::Others(_) => Ok(()),
        }
    }

    /// Lets the database go.
    ///
    /// # Errors
    /// If the disk fails.
    pub(super) async fn close(self) -> Result<(), StoreError> {
        match self.book {
            Book::Own(store) => store.close().await,
            Book::None | Book::Others(_) => Ok(()),
        }
    }
}

/// A crawl that did not end well may have asked the host just before it died: its delay is waited for once more, as
/// every crawl does at its start.
///
/// # Errors
/// The database cannot be read.
pub(super) async fn allow_for_a_crash(config: &Config, reader: &Reader, claim: &mut Claim) -> Result<(), StoreError> {
    if reader.last_run().await?.is_some_and(|run| run.ended_at.is_none()) {
        let pace = &mut claim.pace;
        let delay = pace.delay.max(config.delay_of(&claim.site));
        pace.next_at = pace.next_at.max(Timestamp::now().saturating_add(delay).unwrap_or(Timestamp::MAX));
    }
    Ok(())
}

/// Whether the page's host may be asked within the time that is waited for.
///
/// # Errors
/// It rests longer.
pub(super) fn patience(config: &Config, claim: &Claim) -> Result<(), NotNow> {
    let pace = &claim.pace;
    let wait = Duration::try_from(pace.next_at.duration_since(Timestamp::now())).unwrap_or_default();
    let delay = config.delay_of(&claim.site);
    // The door waits no longer than this.
    let longest = config.politeness.max_crawl_delay.max(delay);
    if wait <= PATIENCE.max(delay).max(pace.delay).min(longest) {
        return Ok(());
    }
    let reason = pace.note.clone().unwrap_or_else(|| "its delay".to_owned());
    Err(NotNow { host: pace.host.clone(), until: Some(pace.next_at), reason })
}

/// A claim of a page that no database knows.
pub(super) fn fresh_claim(config: &Config, url: &PageUrl) -> Claim {
    let site = config.site_of(&url.host()).map(|site| site.name.clone()).unwrap_or_default();
    Claim {
        page: PageId(0),
        host_id: HostId(0),
        pace: HostPace::new(url.host(), config.delay_of(&site), Timestamp::now()),
        site,
        url: url.clone(),
        kind: PageKind::Unknown,
        depth: 0,
        hops: 0,
        validators: Validators::default(),
        history: History::default(),
        robots: None,
    }
}
