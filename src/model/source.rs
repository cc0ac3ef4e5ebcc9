//! Pages that are watched because they list others: what is remembered of each, and what a visit makes of it.

use std::time::Duration;

use super::{Host, PageUrl, Timestamp};

/// What earlier visits of a source left behind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceMemory {
    /// The interval by which it was scheduled last; `None` before the first success.
    pub interval: Option<Duration>,
    /// Mean time between two items that it was the first to bring; `None` before the second success.
    pub gap: Option<Duration>,
    /// Items that it listed anew, in its present run of visits that brought nothing, and that others had brought before.
    pub echoes: u32,
    /// What it asks about the times of visits.
    pub hints: SourceHints,
    /// What a sitemap's `lastmod` dates proved worth.
    pub lastmod: LastmodRecord,
    /// Other hosts whose robots.txt names this sitemap, or the index above it.
    pub vouched_by: Vec<Host>,
}

/// What a feed asks about the times of visits: hints, obeyed within bounds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceHints {
    /// How long it asks to be left alone (`ttl`, `sy:updatePeriod`); `None` if it does not say.
    pub ttl: Option<Duration>,
    /// Hours of the day, UTC, in which it asks not to be read: bit 0 is midnight to one.
    pub skip_hours: u32,
    /// Days on which it asks not to be read: bit 0 is Sunday.
    pub skip_days: u8,
}

impl SourceHints {
    /// The same, with a longer time to be left alone where an answer says that it stays fresh for it.
    #[must_use]
    pub fn asking(mut self, fresh_for: Option<Duration>) -> SourceHints {
        self.ttl = self.ttl.max(fresh_for);
        self
    }
}

/// What a feed says beside the addresses of its entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedNotice {
    /// What it asks about the times of visits.
    pub hints: SourceHints,
    /// WebSub hubs, at most 50.
    pub hubs: Vec<PageUrl>,
    /// Its own address at them (`rel=self`); `None` if it does not say.
    pub topic: Option<PageUrl>,
    /// Full texts of its entries, at most 100.
    pub texts: Vec<FeedText>,
}

/// The full text of a feed's entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedText {
    /// The entry's page.
    pub url: PageUrl,
    /// Paragraphs parted by a blank line, at most 64 KiB.
    pub text: String,
}

/// What a sitemap's `lastmod` dates proved worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LastmodRecord {
    /// Pages that had changed when it said so.
    pub right: u32,
    /// Pages that had not.
    pub wrong: u32,
}

/// What a sitemap says about changes of its pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lastmods {
    /// All dates are one or the time of the request: they say nothing about the pages.
    pub uniform: bool,
    /// Page and date, the newest first, at most 1,000.
    pub dates: Vec<(PageUrl, Timestamp)>,
}

/// When a source is visited next if the visit brought at least so many new items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceStep {
    /// The least number of items for which this holds.
    pub brought: u32,
    /// The next visit.
    pub at: Timestamp,
    /// The source's mean time between new items from now on; `None` before the second success.
    pub gap: Option<Duration>,
    /// How it does.
    pub health: SourceHealth,
}

/// How a source does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceHealth {
    /// It was read once at most; its rate is not known yet.
    New,
    /// It brings something at its pace.
    Good,
    /// It only repeats what other sources bring first, and is looked at rarely.
    Repeats,
    /// It has brought nothing for so long that its interval is the longest one.
    Silent,
    /// Its last visits failed or were refused.
    Failing,
    /// It failed so often that it is tried ever more rarely.
    Dead,
}

impl SourceHealth {
    /// The word for it in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            SourceHealth::New => "new",
            SourceHealth::Good => "good",
            SourceHealth::Repeats => "repeats",
            SourceHealth::Silent => "silent",
            SourceHealth::Failing => "failing",
            SourceHealth::Dead => "dead",
        }
    }
}
