//! The vocabulary that the six verbs share: plain values that cross a boundary.
//!
//! Nothing here does I/O, is async or reads a clock. See `docs/ARCHITECTURE.md`, "Boundary types".

pub mod arabic;
pub mod article;
pub mod boilerplate;
pub mod detail;
pub mod drift;
pub mod essence;
pub mod fetched;
pub mod learning;
pub mod letters;
pub mod page;
pub mod query;
pub mod reason;
pub mod recording;
pub mod rel;
pub mod shape;
pub mod simhash;
pub mod source;
pub mod url;
pub mod visit;
pub mod why;

pub use self::url::{Authority, Host, PageKey, PageUrl, UrlError, without_userinfo};
pub use article::{Article, ArticleHash, Extractor, Found, Headline, HeadlineRole, Precision, When};
pub use boilerplate::{Boilerplate, LeftOut, ParagraphCounts};
pub use detail::{Direction, Flag, FlagKind, LiveEntry, Picture};
pub use drift::{Drift, FieldHealth};
pub use essence::Essence;
pub use fetched::{Failure, Fetched, HeaderLinks, Outcome, Page, Receipt, Refusal, Request, RequestKind, RobotsUse};
pub use jiff::Timestamp;
pub use jiff::civil::Date;
pub use learning::SiteLearning;
pub use page::{Claim, History, HostId, HostPace, PageId, PageKind, RobotsCopy, RobotsId, RobotsStatus, Validators};
pub use query::ArticleFilter;
pub use rel::Rel;
pub use shape::Shape;
pub use source::{FeedNotice, FeedText, LastmodRecord, Lastmods, SourceHealth, SourceHints, SourceMemory, SourceStep};
pub use visit::{
    Admission, Anchor, Discovered, FoundBy, MAX_TEXT_PAGES, NextVisit, OptOut, OptOutKind, ParseWarning, Parsed, Place,
    Plan, Retired, Signals, TurnedAway, Visit,
};
