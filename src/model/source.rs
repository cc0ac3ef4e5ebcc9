//! Pages that are watched because they list others: what is remembered of each, and what a visit makes of it.

use std::time::Duration;

use super::Timestamp;

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
    /// It was read once; its rate is not known yet.
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
