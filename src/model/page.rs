//! A page of the frontier, its host, and what we remember of both.

use std::sync::Arc;
use std::time::Duration;

use super::{ArticleHash, Authority, Boilerplate, Date, Host, PageUrl, SiteLearning, SourceMemory, Timestamp};

/// Row of a page in the frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageId(pub i64);

/// Row of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostId(pub i64);

/// Row of a stored robots.txt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RobotsId(pub i64);

/// What a page is for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PageKind {
    /// Not visited yet and its address does not tell.
    Unknown,
    /// A site's front page.
    Front,
    /// A list of articles: a section, a category, an archive.
    Section,
    /// A list of the articles under a tag or topic.
    Tag,
    /// A list of one author's articles.
    Author,
    /// RSS, Atom or JSON Feed.
    Feed,
    /// Sitemap or sitemap index.
    Sitemap,
    /// One article.
    Article,
    /// Visited, and none of the above.
    Other,
}

impl PageKind {
    /// All kinds, in the order of their declaration.
    pub const ALL: [PageKind; 9] = [
        PageKind::Unknown,
        PageKind::Front,
        PageKind::Section,
        PageKind::Tag,
        PageKind::Author,
        PageKind::Feed,
        PageKind::Sitemap,
        PageKind::Article,
        PageKind::Other,
    ];

    /// The word for it in SQL, configuration and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            PageKind::Unknown => "unknown",
            PageKind::Front => "front",
            PageKind::Section => "section",
            PageKind::Tag => "tag",
            PageKind::Author => "author",
            PageKind::Feed => "feed",
            PageKind::Sitemap => "sitemap",
            PageKind::Article => "article",
            PageKind::Other => "other",
        }
    }

    /// The kind that a word names; `None` for any other word.
    pub fn from_word(word: &str) -> Option<PageKind> {
        PageKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// True for pages that are visited again and again because they list new ones.
    pub fn is_source(self) -> bool {
        match self {
            PageKind::Front
            | PageKind::Section
            | PageKind::Tag
            | PageKind::Author
            | PageKind::Feed
            | PageKind::Sitemap => true,
            PageKind::Unknown | PageKind::Article | PageKind::Other => false,
        }
    }

    /// True for lists that gather, under a tag or an author, what other lists have brought: they are watched slowly.
    pub fn gathers(self) -> bool {
        match self {
            PageKind::Tag | PageKind::Author => true,
            PageKind::Unknown
            | PageKind::Front
            | PageKind::Section
            | PageKind::Feed
            | PageKind::Sitemap
            | PageKind::Article
            | PageKind::Other => false,
        }
    }
}

/// A due page whose host is ready and that nobody else holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Row of the page.
    pub page: PageId,
    /// Row of its host.
    pub host_id: HostId,
    /// Name of the configured site that it belongs to.
    pub site: String,
    /// The address to request.
    pub url: PageUrl,
    /// What we take the page for.
    pub kind: PageKind,
    /// Links between a seed and this page; 0 for a seed.
    pub depth: u16,
    /// Redirects that led here; 0 for a page that was linked or seeded.
    pub hops: u8,
    /// What the last answer gave for a conditional request.
    pub validators: Validators,
    /// What earlier visits brought.
    pub history: History,
    /// The host's pace as stored.
    pub pace: HostPace,
    /// The stored robots.txt of the page's authority; `None` if it was never read.
    pub robots: Option<RobotsCopy>,
}

/// Validators of the last 200, resent byte for byte.
///
/// # Source
/// RFC 9110 §8.8.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag` as received, quotes included.
    pub etag: Option<String>,
    /// `Last-Modified` as received.
    pub last_modified: Option<String>,
}

/// What earlier visits of a page brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// When the page entered the frontier; `None` only for pages outside a database.
    pub found_at: Option<Timestamp>,
    /// Start of the last visit; `None` before the first.
    pub visited_at: Option<Timestamp>,
    /// Visits that ended with 200 or 304.
    pub successes: u32,
    /// Failures in a row since the last success.
    pub failures: u32,
    /// Successes in a row that changed nothing (304, or the same fields).
    pub unchanged: u32,
    /// The stored article's fields; `None` if none is stored.
    pub article: Option<ArticleHash>,
    /// When the article was published or, without a date, first seen; `None` if none is stored.
    pub article_at: Option<Timestamp>,
    /// What is remembered of it as a source; empty for other pages.
    pub source: SourceMemory,
    /// Paragraphs, parted by a blank line, that a feed gave as the page's full text; `None` if none did.
    pub feed_text: Option<String>,
    /// What visits of the site's pages showed about the shapes of its addresses.
    pub learning: Arc<SiteLearning>,
    /// Paragraphs that are left out of its body: what the host prints in article after article. For a stored article,
    /// without those that its body has.
    pub boilerplate: Arc<Boilerplate>,
}

/// A host's stored pace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPace {
    /// The host.
    pub host: Host,
    /// Not asked before this instant.
    pub next_at: Timestamp,
    /// Spacing between two request starts in force: the configured delay or a longer `Crawl-delay`.
    pub delay: Duration,
    /// `Crawl-delay` of its robots.txt; `None` if it states none.
    pub crawl_delay: Option<Duration>,
    /// Present back-off, which doubles with each sign of overload; zero in good times.
    pub backoff: Duration,
    /// Failures of the host itself in a row (no answer, 5xx, 429).
    pub failures: u32,
    /// The UTC day that `pages_today` counts.
    pub day: Date,
    /// Pages requested on that day.
    pub pages_today: u32,
    /// Of these, visits to articles that were stored before.
    pub revisits_today: u32,
    /// Why the host is not asked at the moment, for people; `None` in good times.
    pub note: Option<String>,
}

impl HostPace {
    /// The pace of a host that was never asked.
    pub fn new(host: Host, delay: Duration, now: Timestamp) -> HostPace {
        HostPace {
            host,
            next_at: now,
            delay,
            crawl_delay: None,
            backoff: Duration::ZERO,
            failures: 0,
            day: day_of(now),
            pages_today: 0,
            revisits_today: 0,
            note: None,
        }
    }
}

/// The UTC calendar day of an instant.
pub fn day_of(at: Timestamp) -> Date {
    jiff::tz::Offset::UTC.to_datetime(at).date()
}

/// A stored robots.txt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotsCopy {
    /// Its row; `None` before it is recorded.
    pub id: Option<RobotsId>,
    /// Whose rules it holds.
    pub authority: Authority,
    /// When it was read.
    pub fetched_at: Timestamp,
    /// What the server answered.
    pub status: RobotsStatus,
    /// The text, at most 500 KiB; empty if there is none.
    pub text: String,
    /// When an attempt to read it anew failed; `None` if the last attempt succeeded.
    pub failed_at: Option<Timestamp>,
}

/// What an answer to `/robots.txt` means.
///
/// # Source
/// RFC 9309 §2.3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RobotsStatus {
    /// A text was read: its rules hold.
    Rules,
    /// 4xx: everything is allowed.
    Absent,
    /// 5xx, 429, no answer or a cut-off one, and no copy younger than 48 h: everything is forbidden.
    Unreachable,
}

impl RobotsStatus {
    /// The word for it in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            RobotsStatus::Rules => "rules",
            RobotsStatus::Absent => "absent",
            RobotsStatus::Unreachable => "unreachable",
        }
    }

    /// The status that a word names; `None` for any other word.
    pub fn from_word(word: &str) -> Option<RobotsStatus> {
        [RobotsStatus::Rules, RobotsStatus::Absent, RobotsStatus::Unreachable].into_iter().find(|s| s.as_str() == word)
    }
}
