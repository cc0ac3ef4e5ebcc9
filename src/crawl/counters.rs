//! Figures of the running process, for progress lines and metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::Outcome;
use crate::store::{ArticleChange, Recorded};

/// Counts since the start of the process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Visits under way.
    pub in_flight: u64,
    /// Visits recorded.
    pub visits: u64,
    /// Answers of 200 with a body.
    pub pages: u64,
    /// Answers of 304.
    pub not_modified: u64,
    /// Articles stored for the first time.
    pub new_articles: u64,
    /// New versions of stored articles.
    pub changed_articles: u64,
    /// Headlines that were new.
    pub new_headlines: u64,
    /// Visits refused by rule.
    pub refused: u64,
    /// Visits that failed.
    pub failed: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    in_flight: AtomicU64,
    visits: AtomicU64,
    pages: AtomicU64,
    not_modified: AtomicU64,
    new_articles: AtomicU64,
    changed_articles: AtomicU64,
    new_headlines: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
}

impl Counters {
    pub(super) fn begin(&self) {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn end(&self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn count_outcome(&self, outcome: &Outcome) {
        let counter = match outcome {
            Outcome::Page(_) => &self.pages,
            Outcome::NotModified { .. } => &self.not_modified,
            Outcome::Redirect { .. } => return,
            Outcome::Refused(_) => &self.refused,
            Outcome::Failed(_) => &self.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_recorded(&self, recorded: &Recorded) {
        self.visits.fetch_add(1, Ordering::Relaxed);
        self.new_headlines.fetch_add(u64::from(recorded.new_headlines), Ordering::Relaxed);
        let counter = match recorded.article {
            ArticleChange::New => &self.new_articles,
            ArticleChange::Changed => &self.changed_articles,
            ArticleChange::None | ArticleChange::Unchanged => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn snapshot(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            in_flight: read(&self.in_flight),
            visits: read(&self.visits),
            pages: read(&self.pages),
            not_modified: read(&self.not_modified),
            new_articles: read(&self.new_articles),
            changed_articles: read(&self.changed_articles),
            new_headlines: read(&self.new_headlines),
            refused: read(&self.refused),
            failed: read(&self.failed),
        }
    }
}
