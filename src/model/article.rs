//! An article's fields, each with the extractor that found it, and the headlines that stood beside it.

use std::borrow::Cow;

use jiff::civil::Date;
use jiff::tz::Offset;
use sha2::{Digest, Sha256};

use super::detail::{self, Direction, Flag, LiveEntry, Picture};
use super::{PageUrl, Timestamp};

/// An article as one visit found it.
///
/// A field that no extractor found is `None` or empty. Text is valid Unicode without NUL, blanks collapsed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Article {
    /// The headline, without the site's name.
    pub title: Option<Found<String>>,
    /// The standfirst below the headline.
    pub subtitle: Option<Found<String>>,
    /// The short line above the headline.
    pub kicker: Option<Found<String>>,
    /// Who wrote it, in the page's order: people, without roles, agencies and cities; where nobody is named, the
    /// newsroom or agency that signs it.
    pub authors: Option<Found<Vec<String>>>,
    /// News agencies that the byline or the end of the text names, parted by commas.
    pub agency: Option<Found<String>>,
    /// The place with which the text begins: `BERLIN`, `القاهرة`.
    pub dateline: Option<Found<String>>,
    /// Who published it first, as the page names it: the newspaper.
    pub publisher: Option<Found<String>>,
    /// When it was published.
    pub published: Option<Found<When>>,
    /// When it was changed, as the page says.
    pub modified: Option<Found<When>>,
    /// BCP 47 primary language, lower case: `ar`, `en`, `fr`.
    pub language: Option<Found<String>>,
    /// The section's name.
    pub section: Option<Found<String>>,
    /// Keywords, in the page's order, without doubles.
    pub tags: Option<Found<Vec<String>>>,
    /// Paragraphs of the body in order; never empty when present, no paragraph is blank.
    pub body: Option<Found<Vec<String>>>,
    /// The body as HTML of a small safe subset, with the same words; `None` without a body.
    pub body_html: Option<String>,
    /// The lead picture's address.
    pub image: Option<Found<PageUrl>>,
    /// `rel=canonical` or `og:url`, as the page claims it.
    pub canonical: Option<Found<PageUrl>>,
    /// `rel=amphtml`: the same article for Accelerated Mobile Pages.
    pub amp: Option<Found<PageUrl>>,
    /// The original that an aggregator points to.
    pub source: Option<Found<PageUrl>>,
    /// The aggregator's or paper's own number for it (from a profile's address pattern).
    pub source_id: Option<Found<String>>,
    /// What a reader should know of it, each kind at most once.
    pub flags: Vec<Flag>,
    /// Pictures, the lead picture first; at most 100.
    pub pictures: Vec<Picture>,
    /// Entries of a live blog in the page's order; empty for everything else.
    pub entries: Vec<LiveEntry>,
}

impl Article {
    /// Words of the body, as [`detail::word_count`] counts them.
    pub fn word_count(&self) -> usize {
        self.paragraphs().iter().map(|paragraph| detail::word_count(paragraph)).sum()
    }

    /// In which direction the body, else the title, is read; `None` without letters.
    pub fn direction(&self) -> Option<Direction> {
        let body = self.body.as_ref().and_then(|body| Direction::of(&body.value.join(" ")));
        body.or_else(|| Direction::of(&self.title.as_ref()?.value))
    }

    /// The paragraphs; empty without a body.
    pub fn paragraphs(&self) -> &[String] {
        self.body.as_ref().map_or(&[], |body| &body.value)
    }

    /// The body as one text, paragraphs parted by a blank line; `None` without a body.
    pub fn body_text(&self) -> Option<String> {
        self.body.as_ref().map(|body| body.value.join("\n\n"))
    }

    /// Every field that was found, by its name, with the evidence and the rule; in the order of the struct.
    pub fn found_by(&self) -> Vec<(&'static str, Extractor, &str)> {
        fn of<'a, T>(name: &'static str, found: Option<&'a Found<T>>) -> Option<(&'static str, Extractor, &'a str)> {
            found.map(|found| (name, found.by, found.rule.as_ref()))
        }
        let Article {
            title,
            subtitle,
            kicker,
            authors,
            agency,
            dateline,
            publisher,
            published,
            modified,
            language,
            section,
            tags,
            body,
            body_html: _,
            image,
            canonical,
            amp,
            source,
            source_id,
            flags: _,
            pictures: _,
            entries: _,
        } = self;
        let all = [
            of("title", title.as_ref()),
            of("subtitle", subtitle.as_ref()),
            of("kicker", kicker.as_ref()),
            of("authors", authors.as_ref()),
            of("agency", agency.as_ref()),
            of("dateline", dateline.as_ref()),
            of("publisher", publisher.as_ref()),
            of("published", published.as_ref()),
            of("modified", modified.as_ref()),
            of("language", language.as_ref()),
            of("section", section.as_ref()),
            of("tags", tags.as_ref()),
            of("body", body.as_ref()),
            of("image", image.as_ref()),
            of("canonical", canonical.as_ref()),
            of("amp", amp.as_ref()),
            of("source", source.as_ref()),
            of("source_id", source_id.as_ref()),
        ];
        all.into_iter().flatten().collect()
    }

    /// The article with every short field within its limit and without control characters, so that a hostile page
    /// cannot fill a list or steer a screen. Joiners and marks of direction stay: they belong to the text.
    #[must_use]
    pub fn bounded(mut self) -> Article {
        // Characters of a title, a standfirst and another short field; members of a list.
        const TITLE: usize = 1000;
        const SUBTITLE: usize = 4000;
        const SHORT: usize = 300;
        const MEMBERS: usize = 100;
        fn cut(text: &mut String, limit: usize) {
            drop_controls(text);
            if text.len() > limit
                && let Some((at, _)) = text.char_indices().nth(limit)
            {
                text.truncate(at);
            }
            text.truncate(text.trim_end().len());
        }
        for (field, limit) in [
            (&mut self.title, TITLE),
            (&mut self.subtitle, SUBTITLE),
            (&mut self.kicker, SHORT),
            (&mut self.agency, SHORT),
            (&mut self.dateline, SHORT),
            (&mut self.publisher, SHORT),
            (&mut self.section, SHORT),
            (&mut self.source_id, SHORT),
        ] {
            if let Some(found) = field {
                cut(&mut found.value, limit);
            }
            if field.as_ref().is_some_and(|found| found.value.is_empty()) {
                *field = None;
            }
        }
        for field in [&mut self.authors, &mut self.tags] {
            if let Some(list) = field {
                list.value.truncate(MEMBERS);
                list.value.iter_mut().for_each(|member| cut(member, SHORT));
                list.value.retain(|member| !member.is_empty());
            }
            if field.as_ref().is_some_and(|list| list.value.is_empty()) {
                *field = None;
            }
        }
        if let Some(body) = &mut self.body {
            let is_kept = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
            for paragraph in body.value.iter_mut().filter(|paragraph| may_hold_controls(paragraph)) {
                paragraph.retain(is_kept);
            }
            body.value.retain(|paragraph| !paragraph.trim().is_empty());
        }
        if let Some(html) = &mut self.body_html
            && may_hold_controls(html)
        {
            html.retain(|c| !c.is_control() || matches!(c, '\n' | '\t'));
        }
        if self.body.as_ref().is_some_and(|body| body.value.is_empty()) {
            self.body = None;
        }
        self
    }

    /// Fingerprint of what a reader would call the article. Two visits with the same hash are one version.
    ///
    /// `modified` is left out: many sites print the time of the request there. So are provenance, the addresses of
    /// pictures, which content networks rewrite, kicker, agency and dateline, which come and go with an edition, and
    /// what only follows from the body or the page around it: HTML, flags, live entries.
    pub fn hash(&self) -> ArticleHash {
        let mut hasher = Sha256::new();
        let mut field = |name: &str, value: &str| {
            hasher.update((name.len() as u64).to_le_bytes());
            hasher.update(name);
            hasher.update((value.len() as u64).to_le_bytes());
            hasher.update(value);
        };
        let text = |found: &Option<Found<String>>| found.as_ref().map(|f| f.value.clone()).unwrap_or_default();
        let list = |found: &Option<Found<Vec<String>>>| found.as_ref().map(|f| f.value.join("\n")).unwrap_or_default();
        field("title", &text(&self.title));
        field("subtitle", &text(&self.subtitle));
        field("authors", &list(&self.authors));
        field("publisher", &text(&self.publisher));
        field("published", &self.published.as_ref().map(|f| f.value.to_string()).unwrap_or_default());
        field("section", &text(&self.section));
        field("body", &list(&self.body));
        field("source", self.source.as_ref().map_or("", |f| f.value.as_str()));
        let digest = hasher.finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        ArticleHash(bytes)
    }
}

/// Removes control characters (C0, DEL, C1) from a text of one line.
pub fn drop_controls(text: &mut String) {
    if may_hold_controls(text) {
        text.retain(|c| !c.is_control());
    }
}

/// Whether a control character may stand in a text: in most there is no byte with which one begins. All bytes are looked
/// at, many at once.
fn may_hold_controls(text: &str) -> bool {
    text.bytes().fold(false, |any, byte| any | matches!(byte, 0..b' ' | 0x7f | 0xc2))
}

/// First 128 bits of SHA-256 over an article's fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ArticleHash(pub [u8; 16]);

/// A value and who found it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<T> {
    /// The value.
    pub value: T,
    /// The kind of evidence.
    pub by: Extractor,
    /// The exact rule: a selector, a property name, a key path.
    pub rule: Cow<'static, str>,
}

impl<T> Found<T> {
    /// A value found by a rule whose name is fixed or composed.
    pub fn new(value: T, by: Extractor, rule: impl Into<Cow<'static, str>>) -> Found<T> {
        Found { value, by, rule: rule.into() }
    }
}

/// The kinds of evidence, in their usual order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Extractor {
    /// A site profile's selector or pattern.
    Profile,
    /// JSON-LD.
    JsonLd,
    /// Microdata or RDFa attributes.
    Microdata,
    /// OpenGraph and other `<meta>` elements, `<link>` and `<title>`.
    Meta,
    /// Visible markup: headings, bylines, `<time>`, text blocks.
    Html,
    /// The feed or sitemap entry that led here.
    Feed,
    /// The address itself.
    Url,
    /// Computed from the text (language detection).
    Text,
}

impl Extractor {
    /// The word for it in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Extractor::Profile => "profile",
            Extractor::JsonLd => "json-ld",
            Extractor::Microdata => "microdata",
            Extractor::Meta => "meta",
            Extractor::Html => "html",
            Extractor::Feed => "feed",
            Extractor::Url => "url",
            Extractor::Text => "text",
        }
    }
}

/// How exactly a page tells a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// Only the calendar day.
    Day,
    /// Hours and minutes.
    Minute,
    /// Seconds.
    Second,
}

impl Precision {
    /// The word for it in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Precision::Day => "day",
            Precision::Minute => "minute",
            Precision::Second => "second",
        }
    }
}

/// A time as a page tells it.
///
/// `Display` writes the day (`2015-02-06`), or the local time with its offset (`2020-05-01T01:00:00+03:00`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// The calendar day as the page prints it, in the page's own zone, never shifted.
    pub day: Date,
    /// The instant; with day precision that day at `T00:00:00Z` by convention.
    pub at: Timestamp,
    /// How exactly it is told.
    pub precision: Precision,
    /// Seconds east of UTC by which `day` and `at` belong together; zero with day precision.
    pub offset_seconds: i32,
    /// True if the page states the offset, false if it was assumed from configuration. False with day precision.
    pub offset_stated: bool,
    /// The text it was read from, at most 200 characters.
    pub raw: String,
}

impl When {
    /// A day without a time.
    pub fn day(day: Date, raw: impl Into<String>) -> When {
        let at = Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH);
        When { day, at, precision: Precision::Day, offset_seconds: 0, offset_stated: false, raw: raw.into() }
    }

    /// The offset in whole minutes if the page states it, as SQL keeps it.
    pub fn stated_offset_minutes(&self) -> Option<i32> {
        self.offset_stated.then_some(self.offset_seconds / 60)
    }
}

impl std::fmt::Display for When {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.precision == Precision::Day {
            return write!(f, "{}", self.day);
        }
        let offset = Offset::from_seconds(self.offset_seconds).unwrap_or(Offset::UTC);
        let local = offset.to_datetime(self.at);
        let sign = if self.offset_seconds < 0 { '-' } else { '+' };
        let minutes = self.offset_seconds.unsigned_abs() / 60;
        write!(f, "{}{sign}{:02}:{:02}", local.strftime("%Y-%m-%dT%H:%M:%S"), minutes / 60, minutes % 60)
    }
}

/// A headline: a text that leads to an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headline {
    /// Its text, blanks collapsed; empty for an anchor without text, whose link is kept.
    pub text: String,
    /// Where it leads.
    pub target: PageUrl,
    /// The kind of place it stood in.
    pub role: HeadlineRole,
    /// Its place within that role on the page, from 1.
    pub position: u32,
}

/// The kind of place a headline stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HeadlineRole {
    /// A moving line of the newest headlines.
    Ticker,
    /// A slot of a front or section page.
    Front,
    /// A box of related articles beside or below an article.
    Related,
    /// A list of the most read articles.
    MostRead,
}

impl HeadlineRole {
    /// All roles.
    pub const ALL: [HeadlineRole; 4] =
        [HeadlineRole::Ticker, HeadlineRole::Front, HeadlineRole::Related, HeadlineRole::MostRead];

    /// The word for it in SQL, profiles and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            HeadlineRole::Ticker => "ticker",
            HeadlineRole::Front => "front",
            HeadlineRole::Related => "related",
            HeadlineRole::MostRead => "most-read",
        }
    }

    /// The role that a word names; `None` for any other word.
    pub fn from_word(word: &str) -> Option<HeadlineRole> {
        HeadlineRole::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_the_pages_own_zone() {
        let when = When {
            day: jiff::civil::date(2020, 5, 1),
            at: "2020-04-30T22:00:00Z".parse().expect("a timestamp"),
            precision: Precision::Minute,
            offset_seconds: 3 * 3600,
            offset_stated: true,
            raw: String::new(),
        };
        assert_eq!(when.to_string(), "2020-05-01T01:00:00+03:00");
        assert_eq!(When::day(jiff::civil::date(2015, 2, 6), "x").to_string(), "2015-02-06");
    }

    #[test]
    fn short_fields_are_cut_between_characters() {
        let found = |value: String| Some(Found::new(value, Extractor::Html, "h1"));
        let list = vec!["ب".repeat(400); 300];
        let article = Article {
            title: found("ع".repeat(2000)),
            section: found("Sport".into()),
            tags: Some(Found::new(list, Extractor::Meta, "keywords")),
            ..Article::default()
        };
        let article = article.bounded();
        assert_eq!(article.title.map(|title| title.value.chars().count()), Some(1000));
        assert_eq!(article.section.map(|section| section.value), Some("Sport".into()));
        let tags = article.tags.expect("tags").value;
        assert_eq!((tags.len(), tags[0].chars().count()), (100, 300));
    }

    #[test]
    fn no_field_keeps_control_characters_and_none_loses_its_joiners() {
        let found = |value: &str| Some(Found::new(value.to_owned(), Extractor::Html, "h1"));
        let list = |values: &[&str]| {
            Some(Found::new(values.iter().map(|&value| value.to_owned()).collect(), Extractor::Html, "p"))
        };
        let article = Article {
            title: found("می\u{200c}خواهم\u{1b}[2J \u{202e}x\u{202c}\u{9b}31m\u{7f}"),
            section: found("\u{0}\u{85}"),
            authors: list(&["A\u{7}nn", "\u{1}"]),
            body: list(&["one\ntwo\u{1b}", "\u{8}"]),
            ..Article::default()
        };
        let article = article.bounded();
        assert_eq!(article.title.expect("a title").value, "می\u{200c}خواهم[2J \u{202e}x\u{202c}31m");
        assert_eq!(article.section, None);
        assert_eq!(article.authors.expect("authors").value, ["Ann"]);
        assert_eq!(article.body.expect("a body").value, ["one\ntwo"]);
    }

    #[test]
    fn the_hash_sees_every_field_a_reader_would_call_the_article() {
        let mut article = Article::default();
        let plain = article.hash();
        article.subtitle = Some(Found::new("x".into(), Extractor::Meta, "t"));
        assert_ne!(article.hash(), plain);
        article.title = article.subtitle.take();
        let titled = article.hash();
        article.modified = Some(Found::new(When::day(jiff::civil::date(2015, 2, 6), ""), Extractor::Meta, "t"));
        article.title.as_mut().expect("set above").by = Extractor::Html;
        assert_eq!(article.hash(), titled);
        article.body_html = Some("<p>x</p>".into());
        article.flags.push(Flag { kind: detail::FlagKind::Opinion, reason: String::new() });
        article.pictures.push(Picture {
            url: PageUrl::parse("http://a.example/1.jpg").expect("an address"),
            caption: None,
            credit: None,
        });
        article.entries.push(LiveEntry { at: None, raw: String::new(), title: None, text: "x".into() });
        assert_eq!(article.hash(), titled);
    }
}
