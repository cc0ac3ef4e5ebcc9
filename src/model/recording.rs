//! What a database recorded of its sources' visits, so that they can be replayed under another schedule.

use std::time::Duration;

use super::Timestamp;

/// The history of all sources of a database, or of one site's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The first visit of a source.
    pub from: Timestamp,
    /// The last.
    pub until: Timestamp,
    /// Visits of sources between them that were answered.
    pub visits: u64,
    /// Least time between two requests, for each host.
    pub hosts: Vec<Duration>,
    /// Front pages, sections, feeds and sitemaps that were read at least once.
    pub sources: Vec<RecordedSource>,
    /// Articles that sources brought.
    pub items: Vec<RecordedItem>,
}

/// A source and what appeared on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedSource {
    /// Its address.
    pub url: String,
    /// Name of its site.
    pub site: String,
    /// Its host's place in [`Recording::hosts`].
    pub host: usize,
    /// It gathers what other lists bring, and the operator did not name it: it is watched slowly.
    pub slow: bool,
    /// Its first visit that was answered.
    pub first_visit: Timestamp,
    /// When articles appeared on it, in order, and their places in [`Recording::items`].
    pub appearances: Vec<(Timestamp, usize)>,
}

/// An article that a source brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedItem {
    /// When it appeared on the first source that had it.
    pub appeared: Timestamp,
    /// Whether that is its time of publication; else it is the middle between the visit that brought it and the one before.
    pub exact: bool,
    /// When it was found.
    pub found: Timestamp,
    /// False for what was there at the first visit already: nobody knows since when.
    pub measured: bool,
}
