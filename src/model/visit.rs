//! What a page said ([`Parsed`]), what follows from it ([`Plan`]), and both as one thing to remember ([`Visit`]).

use super::{
    Article, Claim, Essence, FeedNotice, Fetched, Headline, HostPace, Lastmods, LeftOut, PageKind, PageUrl, Rel,
    SourceStep, Timestamp,
};

/// Everything that one page says.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// What the page turned out to be.
    pub kind: PageKind,
    /// The article; `None` on every page that is none.
    pub article: Option<Article>,
    /// Paragraphs that were left out of its body, in page order: the host prints them in article after article.
    pub left_out: Vec<LeftOut>,
    /// What it says without its own address and without what feeds say of it; empty for other documents than HTML. Boxed for their
    /// sake.
    pub essence: Box<Essence>,
    /// Headlines in page order, each role with its own positions.
    pub headlines: Vec<Headline>,
    /// Addresses worth knowing, in page order, each once.
    pub discovered: Vec<Discovered>,
    /// What the page says about itself and to us.
    pub signals: Signals,
    /// What a feed says beside its entries; empty for other pages, and boxed for their sake.
    pub feed: Box<FeedNotice>,
    /// When its pages changed, as a sitemap says; empty for other pages.
    pub lastmods: Lastmods,
    /// What was odd; never more than 20.
    pub warnings: Vec<ParseWarning>,
}

impl Parsed {
    /// What is known of a page that gave no body.
    pub fn nothing(kind: PageKind) -> Parsed {
        Parsed {
            kind,
            article: None,
            left_out: Vec::new(),
            essence: Box::default(),
            headlines: Vec::new(),
            discovered: Vec::new(),
            signals: Signals::default(),
            feed: Box::default(),
            lastmods: Lastmods::default(),
            warnings: Vec::new(),
        }
    }
}

/// Most pages of one text that are read and joined.
pub const MAX_TEXT_PAGES: u16 = 20;

/// What a page says about itself and to us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signals {
    /// The page is not to be stored: `noindex` or `none` in meta robots or X-Robots-Tag, for everybody or for us, an
    /// `unavailable_after` that has passed, or `Content-Signal: search=no`.
    pub noindex: bool,
    /// `nofollow` likewise.
    pub nofollow: bool,
    /// `noarchive` likewise.
    pub noarchive: bool,
    /// `rel=canonical`, or `og:url` without it; `None` if missing or not an address.
    pub canonical: Option<PageUrl>,
    /// Target of a meta refresh or `Refresh` header within 10 s; a redirect in effect.
    pub refresh: Option<PageUrl>,
    /// The page on which the text of this article goes on; `None` if it ends here.
    pub next_page: Option<PageUrl>,
    /// A bot challenge, captive portal or error page in place of the article, and how it was recognised.
    pub not_content: Option<String>,
    /// Reasons for `kind`: stable words, listed in `docs/EXTRACTION.md`, in the order in which they were weighed.
    pub reasons: Vec<&'static str>,
    /// The body was cut by a budget.
    pub truncated: bool,
    /// All wishes beyond robots.txt, obeyed or not; at most one of a kind.
    pub opt_outs: Vec<OptOut>,
}

/// A wish beyond robots.txt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOut {
    /// What is asked for.
    pub kind: OptOutKind,
    /// As the page states it, at most 200 characters.
    pub value: String,
}

/// What a wish beyond robots.txt asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OptOutKind {
    /// `noindex`, or `none`: not to be kept.
    NoIndex,
    /// `nofollow`, or `none`: links are not to be followed.
    NoFollow,
    /// `noarchive`: no copy of the page is to be kept.
    NoArchive,
    /// `unavailable_after`: not to be kept after a time.
    UnavailableAfter,
    /// A rule for another crawler, by its name.
    OtherAgent,
    /// `tdm-reservation: 1`: no text and data mining without a licence.
    ///
    /// # Source
    /// TDM Reservation Protocol, W3C Community Group Report: header and meta element.
    TdmReservation,
    /// `tdm-policy`: where the terms of a licence stand.
    TdmPolicy,
    /// `noai`: no training.
    NoAi,
    /// `noimageai`: no training with the pictures.
    NoImageAi,
    /// `Content-Signal: search=no`: not to be found by a search.
    ///
    /// # Source
    /// contentsignals.org: header and line of robots.txt.
    SignalSearch,
    /// `Content-Signal: ai-input=no`: not to be given to a model with a question.
    SignalAiInput,
    /// `Content-Signal: ai-train=no`: no training.
    SignalAiTrain,
}

impl OptOutKind {
    /// The word for it in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            OptOutKind::NoIndex => "noindex",
            OptOutKind::NoFollow => "nofollow",
            OptOutKind::NoArchive => "noarchive",
            OptOutKind::UnavailableAfter => "unavailable-after",
            OptOutKind::OtherAgent => "other-agent",
            OptOutKind::TdmReservation => "tdm-reservation",
            OptOutKind::TdmPolicy => "tdm-policy",
            OptOutKind::NoAi => "noai",
            OptOutKind::NoImageAi => "noimageai",
            OptOutKind::SignalSearch => "content-signal-search",
            OptOutKind::SignalAiInput => "content-signal-ai-input",
            OptOutKind::SignalAiTrain => "content-signal-ai-train",
        }
    }
}

/// Something odd in a page that did not stop us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseWarning {
    /// One word: `charset`, `json-ld`, `budget`, `feed`, `sitemap`, `date` …
    pub code: &'static str,
    /// The detail, at most 200 characters.
    pub detail: String,
}

/// An address that a page named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovered {
    /// The address.
    pub url: PageUrl,
    /// What the place where it stood says that it is; `Unknown` for ordinary anchors.
    pub kind: PageKind,
    /// The link's or entry's text; empty if it has none.
    pub text: String,
    /// Where it stood.
    pub place: Place,
    /// When the entry says that the page was published or changed; `None` if it does not say.
    pub published: Option<Timestamp>,
    /// What the link says of it.
    pub rel: Rel,
}

/// An anchor with its place in the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Where it leads.
    pub url: PageUrl,
    /// Its text, blanks collapsed.
    pub text: String,
    /// Where it stands.
    pub place: Place,
    /// What the link says of it.
    pub rel: Rel,
}

/// Where an address stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// `<nav>`, header menus.
    Navigation,
    /// The main column, or the text itself.
    Main,
    /// A ticker.
    Ticker,
    /// Side columns and related boxes.
    Aside,
    /// The foot of the page.
    Footer,
    /// An entry of a feed.
    Feed,
    /// An entry of a sitemap.
    Sitemap,
    /// `<link>`, `<meta>` or an HTTP header.
    Head,
}

impl Place {
    /// The word for it in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Place::Navigation => "navigation",
            Place::Main => "main",
            Place::Ticker => "ticker",
            Place::Aside => "aside",
            Place::Footer => "footer",
            Place::Feed => "feed",
            Place::Sitemap => "sitemap",
            Place::Head => "head",
        }
    }
}

/// What to do next about a page and its host.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What the page counts as from now on.
    pub kind: PageKind,
    /// Why that is not what it was judged to be, as one more word of [`Signals::reasons`]; `None`: it is, or nothing
    /// was judged.
    pub settled: Option<&'static str>,
    /// When to come back.
    pub next: NextVisit,
    /// The host's pace from now on.
    pub pace: HostPace,
    /// Addresses that enter the frontier, in order of wish.
    pub admit: Vec<Admission>,
    /// Addresses that did not, by reason.
    pub turned_away: Vec<TurnedAway>,
    /// Whether the article, if there is one, is stored.
    pub store_article: bool,
    /// Whether the raw page goes to the archive when the article is new or changed.
    pub keep_raw: bool,
    /// The page's canonical address on the same site, where it is believed and differs from the page's own.
    pub alias_of: Option<PageUrl>,
    /// Stored articles that a sitemap says have changed are visited soon: its dates proved right.
    pub steers: bool,
}

/// When to come back to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextVisit {
    /// At this instant.
    At(Timestamp),
    /// A source: the last step whose number of items, new to the database, the visit reached. The first is for none;
    /// the numbers rise.
    ByYield(Vec<SourceStep>),
    /// Not again, and why.
    Never(Retired),
}

/// Why a page is not visited again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retired {
    /// Read, and old enough to stay as it is, or of no interest.
    Done,
    /// It redirects; the target is a page of its own, or this one in another spelling: then it is admitted under
    /// the same key and the row takes the new spelling.
    Redirected,
    /// Another spelling of a page that is kept.
    Alias,
    /// 404, 410 or 451.
    Gone,
    /// Refused by rule: robots.txt, opt-out, media type, size, address.
    Refused,
    /// Failed too often.
    GaveUp,
    /// Its parsing killed the process repeatedly.
    Quarantined,
}

impl Retired {
    /// The word for it in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Retired::Done => "done",
            Retired::Redirected => "redirected",
            Retired::Alias => "alias",
            Retired::Gone => "gone",
            Retired::Refused => "refused",
            Retired::GaveUp => "gave-up",
            Retired::Quarantined => "quarantined",
        }
    }
}

/// An address that enters the frontier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// The address.
    pub url: PageUrl,
    /// Name of the site that it belongs to.
    pub site: String,
    /// What we take it for.
    pub kind: PageKind,
    /// Links between a seed and it.
    pub depth: u16,
    /// Redirects that led to it.
    pub hops: u8,
    /// Lower goes first among new pages of a host.
    pub priority: i64,
    /// Whether the priority follows from a stated date. Otherwise it follows from the time at which the address was found, and
    /// finding it again makes it no newer.
    pub dated: bool,
    /// How it was found.
    pub found_by: FoundBy,
}

/// Addresses that did not enter the frontier for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnedAway {
    /// One word of `docs/ADDRESSES.md`: `scope`, `sitemap-host`, `denied`, `not-allowed`, `nofollow`, `depth`, `hops`,
    /// `media`, `utility`, `trap-…`.
    pub reason: &'static str,
    /// How many on this page.
    pub count: u32,
    /// The last of them.
    pub example: PageUrl,
}

/// How an address was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FoundBy {
    /// Configured, or given on the command line.
    Seed,
    /// A link on a page, by its place.
    Link(Place),
    /// A redirect or meta refresh.
    Redirect,
    /// A `Sitemap:` line of robots.txt.
    Robots,
    /// A well-known address that was tried.
    WellKnown,
}

impl FoundBy {
    /// The word for it in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            FoundBy::Seed => "seed",
            FoundBy::Link(place) => place.as_str(),
            FoundBy::Redirect => "redirect",
            FoundBy::Robots => "robots",
            FoundBy::WellKnown => "well-known",
        }
    }
}

/// One visit, whole: recorded in one transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// What was claimed.
    pub claim: Claim,
    /// What came back.
    pub fetched: Fetched,
    /// What it said.
    pub parsed: Parsed,
    /// What follows.
    pub plan: Plan,
    /// When the plan was made; every `*_at` of this visit's rows.
    pub at: Timestamp,
}

impl Visit {
    /// Puts the parts of a visit together.
    pub fn new(claim: Claim, fetched: Fetched, parsed: Parsed, plan: Plan, at: Timestamp) -> Visit {
        Visit { claim, fetched, parsed, plan, at }
    }
}
