//! What readers ask of the store, and what they get.

use serde::Serialize;

use super::Date;

/// Which articles are wanted. Everything that is `None` does not limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArticleFilter {
    /// Name of a site.
    pub site: Option<String>,
    /// Published on this day or later, in the page's own zone.
    pub since: Option<Date>,
    /// Published before this day.
    pub until: Option<Date>,
    /// BCP 47 primary language.
    pub language: Option<String>,
    /// At most so many, newest first.
    pub limit: u32,
}

/// An article in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArticleSummary {
    /// Its row.
    pub id: i64,
    /// Name of the site.
    pub site: String,
    /// The spelling of its address that last answered 200.
    pub url: String,
    /// The headline; `None` if none was found.
    pub title: Option<String>,
    /// Names, in order.
    pub authors: Vec<String>,
    /// The newspaper.
    pub publisher: Option<String>,
    /// UTC instant as text; `None` without a date.
    pub published_at: Option<String>,
    /// The day as the page prints it.
    pub published_day: Option<String>,
    /// Language.
    pub language: Option<String>,
    /// Words of the body.
    pub word_count: i64,
    /// Number of the current version, from 1.
    pub version: i64,
    /// Part of the text around the match, for a search; `None` in other lists.
    pub snippet: Option<String>,
}

/// An article with everything that is stored of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoredArticle {
    /// The fields of its line in lists.
    #[serde(flatten)]
    pub summary: ArticleSummary,
    /// The standfirst.
    pub subtitle: Option<String>,
    /// The line above the headline.
    pub kicker: Option<String>,
    /// News agencies named, parted by commas.
    pub agency: Option<String>,
    /// The place with which the text begins.
    pub dateline: Option<String>,
    /// The text the date was read from.
    pub published_raw: Option<String>,
    /// `day`, `minute` or `second`.
    pub published_precision: Option<String>,
    /// Minutes east of UTC of the page's zone; `None` if it states none.
    pub published_offset_minutes: Option<i32>,
    /// Which extractor found the date.
    pub published_source: Option<String>,
    /// When it was changed, as the page says; UTC text.
    pub modified_at: Option<String>,
    /// The day as the page prints it; `None` also where the article was stored before this was, as all of `modified_…`
    /// below.
    pub modified_day: Option<String>,
    /// `day`, `minute` or `second`.
    pub modified_precision: Option<String>,
    /// Minutes east of UTC of the page's zone; `None` if it states none.
    pub modified_offset_minutes: Option<i32>,
    /// The text it was read from.
    pub modified_raw: Option<String>,
    /// Which extractor found it.
    pub modified_source: Option<String>,
    /// Section.
    pub section: Option<String>,
    /// Keywords.
    pub tags: Vec<String>,
    /// Paragraphs.
    pub body: Vec<String>,
    /// The body as HTML of a small safe subset.
    pub body_html: Option<String>,
    /// `ltr` or `rtl`.
    pub direction: Option<String>,
    /// Flags: word → reason.
    pub flags: std::collections::BTreeMap<String, String>,
    /// Lead picture.
    pub image_url: Option<String>,
    /// As the page claims it.
    pub canonical_url: Option<String>,
    /// The original that an aggregator points to.
    pub source_url: Option<String>,
    /// First seen by us; UTC text.
    pub first_seen_at: String,
    /// Last fetched; UTC text.
    pub fetched_at: String,
    /// Last new version; UTC text.
    pub changed_at: String,
    /// Every version, oldest first.
    pub versions: Vec<VersionSummary>,
    /// Other articles with nearly the same text, fifty at most, in order of time.
    pub copies: Vec<CopySummary>,
    /// Who found which field: field → `extractor rule`.
    pub found_by: std::collections::BTreeMap<String, String>,
}

/// A line of the view `v_articles`, as exports carry it; times are UTC text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExportedArticle {
    /// Its row.
    pub id: i64,
    /// Name of the site.
    pub site: String,
    /// The spelling of its address that last answered 200.
    pub url: String,
    /// The headline.
    pub title: Option<String>,
    /// The standfirst.
    pub subtitle: Option<String>,
    /// Names, in order, parted by commas.
    pub authors: Option<String>,
    /// The newspaper.
    pub publisher: Option<String>,
    /// When it was published.
    pub published_at: Option<String>,
    /// The day as the page prints it.
    pub published_day: Option<String>,
    /// `day`, `minute` or `second`.
    pub published_precision: Option<String>,
    /// Language.
    pub language: Option<String>,
    /// Section.
    pub section: Option<String>,
    /// Paragraphs, parted by blank lines.
    pub body: Option<String>,
    /// Words of the body.
    pub word_count: i64,
    /// The original that an aggregator points to.
    pub source_url: Option<String>,
    /// Lead picture.
    pub image_url: Option<String>,
    /// First seen by us.
    pub first_seen_at: String,
    /// Last fetched.
    pub fetched_at: String,
    /// Last new version.
    pub changed_at: String,
    /// Number of the current version, from 1.
    pub version: i64,
    /// Gone since.
    pub removed_at: Option<String>,
    /// The line above the headline.
    pub kicker: Option<String>,
    /// News agencies named, parted by commas.
    pub agency: Option<String>,
    /// The place with which the text begins.
    pub dateline: Option<String>,
    /// `ltr` or `rtl`.
    pub direction: Option<String>,
    /// Words for its flags, parted by commas.
    pub flags: Option<String>,
    /// The body as HTML of a small safe subset.
    pub body_html: Option<String>,
    /// Minutes east of UTC of the page's zone; `None` if it states none.
    pub published_offset_minutes: Option<i32>,
    /// The text the date was read from.
    pub published_raw: Option<String>,
    /// Which extractor found the date.
    pub published_source: Option<String>,
    /// When it was changed, as the page says.
    pub modified_at: Option<String>,
    /// The day as the page prints it.
    pub modified_day: Option<String>,
    /// `day`, `minute` or `second`.
    pub modified_precision: Option<String>,
    /// Minutes east of UTC of the page's zone; `None` if it states none.
    pub modified_offset_minutes: Option<i32>,
    /// The text it was read from.
    pub modified_raw: Option<String>,
    /// Which extractor found it.
    pub modified_source: Option<String>,
}

/// One state of an article.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VersionSummary {
    /// From 1.
    pub version: i64,
    /// When we saw it first; UTC text.
    pub seen_at: String,
    /// Fields that differ from the version before, comma-separated; empty for the first.
    pub changed: String,
    /// The headline of that version.
    pub title: Option<String>,
}

/// Another article with nearly the same text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CopySummary {
    /// Its row.
    pub id: i64,
    /// When it was published, or else seen first; UTC text.
    pub printed_at: String,
    /// Name of the site.
    pub site: String,
    /// Its address.
    pub url: String,
    /// Bits in which the simhashes differ.
    pub distance: u32,
}

/// The state of everything, for `murasil status`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// One line a site.
    pub sites: Vec<SiteStatus>,
    /// One line a host.
    pub hosts: Vec<HostStatus>,
    /// One line a source.
    pub sources: Vec<SourceStatus>,
    /// Outcomes of the last 24 hours: (outcome word, reason word, count).
    pub outcomes_24h: Vec<OutcomeCount>,
    /// Open alerts, the newest first.
    pub alerts: Vec<AlertSummary>,
    /// Pages known, by state.
    pub pages: Vec<StateCount>,
    /// Articles stored.
    pub articles: i64,
    /// Versions stored.
    pub versions: i64,
    /// Headlines stored.
    pub headlines: i64,
    /// Sightings stored.
    pub sightings: i64,
    /// Start of the last run; UTC text.
    pub last_run_started_at: Option<String>,
    /// Its clean end; `None` while it runs or after a crash.
    pub last_run_ended_at: Option<String>,
}

/// A field that used to be found on a site and is not any more.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlertSummary {
    /// Name of the site.
    pub site: String,
    /// The field; `profile:title` if the site's profile used to give it; `article` if pages that look like articles
    /// are none.
    pub field: String,
    /// When it was noticed; UTC text.
    pub raised_at: String,
    /// A page on which it was missed.
    pub example_url: String,
    /// Share of the site's articles that had it before.
    pub usual: f64,
    /// A selector that finds it on that page; `None` if none could be proposed.
    pub suggestion: Option<String>,
    /// When it was found again, or its absence had become usual; `None`: open.
    pub ended_at: Option<String>,
}

/// A span of time for [`FillRow`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// A UTC day.
    Day,
    /// From Monday.
    Week,
    /// A calendar month.
    Month,
}

impl Period {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Period::Day => "day",
            Period::Week => "week",
            Period::Month => "month",
        }
    }
}

/// Shares of a site's articles, first seen in one period, that have each field: 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FillRow {
    /// Name of the site.
    pub site: String,
    /// The day, the Monday of the week, or the month.
    pub period: String,
    /// Articles first seen in it.
    pub articles: i64,
    /// With a headline.
    pub title: f64,
    /// With a standfirst.
    pub subtitle: f64,
    /// With at least one author.
    pub authors: f64,
    /// With a newspaper's name.
    pub publisher: f64,
    /// With a date.
    pub published: f64,
    /// With a section.
    pub section: f64,
    /// With at least one tag.
    pub tags: f64,
    /// With a text.
    pub body: f64,
    /// With a lead picture.
    pub image: f64,
    /// Whose headline the site's profile gave.
    pub by_profile: f64,
    /// Mean length of their texts, in characters.
    pub body_chars: i64,
}

/// A site's figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SiteStatus {
    /// Its name.
    pub site: String,
    /// Articles stored.
    pub articles: i64,
    /// Pages waiting for their first visit.
    pub queued: i64,
    /// Pages that will be visited again.
    pub scheduled: i64,
    /// The newest article's first sighting; UTC text.
    pub newest_at: Option<String>,
}

/// A host's figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HostStatus {
    /// The host.
    pub host: String,
    /// Not asked before; UTC text with milliseconds.
    pub next_at: String,
    /// Requests logged.
    pub requests: i64,
    /// Pages requested today (UTC).
    pub pages_today: i64,
    /// Present back-off in milliseconds.
    pub backoff_ms: i64,
    /// Failures in a row.
    pub failures: i64,
    /// Why it is not asked at the moment.
    pub note: Option<String>,
}

/// A source's figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceStatus {
    /// Name of the site.
    pub site: String,
    /// Its address.
    pub url: String,
    /// Kind of source.
    pub kind: String,
    /// Interval in seconds; `None` before its first visit.
    pub interval_seconds: Option<i64>,
    /// Next visit; UTC text, `None` if retired.
    pub due_at: Option<String>,
    /// Visits with an answer.
    pub visits: i64,
    /// New pages or headlines that it brought in all.
    pub brought: i64,
    /// How it does: `new`, `good`, `repeats`, `silent`, `failing` or `dead`.
    pub health: String,
    /// Failures in a row.
    pub failures: i64,
    /// What went wrong last; `None` if the last visit was fine.
    pub error: Option<String>,
}

/// How often an outcome happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutcomeCount {
    /// The outcome's word.
    pub outcome: String,
    /// The reason's word; `None` for pages and 304s.
    pub reason: Option<String>,
    /// How often.
    pub count: i64,
}

/// How many pages are in a state.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StateCount {
    /// `new`, `scheduled`, or why it was retired.
    pub state: String,
    /// How many.
    pub count: i64,
}

/// Addresses that were left alone for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The reason in a few words.
    pub reason: String,
    /// How many pages; for links that did not enter the frontier, how often they were seen.
    pub count: i64,
    /// One of them.
    pub example: String,
}
