//! RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, and JSON Feed, as found in the wild.
//!
//! An own reader: `docs/decisions/0002-own-feed-reader.md` says why. Good entries of a broken or truncated document are
//! kept. Not read: CDF, OPML, enclosures other than pictures, and the many extensions that say nothing about an article.

pub(crate) mod full_text;
mod json;
mod markup;

use std::time::Duration;

use super::dates::DateContext;
use super::xml::cut;
use crate::model::{FeedNotice, FeedText, PageUrl, ParseWarning, SourceHints, When};

/// Most entries of a feed that are kept.
const MAX_ITEMS: usize = 2_000;
/// Longest text of a field, in bytes.
const MAX_TEXT: usize = 64 * 1024;
/// Longest full text of an entry, in bytes.
const MAX_CONTENT: usize = 512 * 1024;
/// Authors or categories of an entry that are kept.
const MAX_NAMES: usize = 50;
/// Entries whose full texts are kept.
const MAX_TEXTS: usize = 100;
/// Warnings of one feed.
const MAX_WARNINGS: usize = 10;
/// No feed is left alone for longer because it says so.
const MAX_TTL: Duration = Duration::from_hours(24 * 30);

/// What a feed says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeedParse {
    /// Its entries in the feed's order, at most 2,000.
    pub items: Vec<FeedItem>,
    /// The feed's title as plain text.
    pub title: Option<String>,
    /// The site's address as the feed gives it.
    pub link: Option<PageUrl>,
    /// The feed's language tag as written.
    pub language: Option<String>,
    /// What it asks about the times of visits; `ttl` is at most 30 days.
    pub hints: SourceHints,
    /// WebSub hubs, at most 50.
    pub hubs: Vec<PageUrl>,
    /// Its own address (`rel=self`, `feed_url`), which is its name at the hubs; `None` if it does not say.
    pub topic: Option<PageUrl>,
    /// What was odd; never more than 10.
    pub warnings: Vec<ParseWarning>,
}

/// One entry of a feed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeedItem {
    /// `guid`, `id` or `rdf:about`, as written.
    pub id: Option<String>,
    /// Where the entry leads; `None` if it gives no usable address.
    pub url: Option<PageUrl>,
    /// Its title as plain text, blanks collapsed; empty if it has none.
    pub title: String,
    /// Its short text, HTML as written, at most 64 KiB.
    pub summary: Option<String>,
    /// Its full text, HTML as written, at most 512 KiB.
    pub content: Option<String>,
    /// Names of its authors, without doubles.
    pub authors: Vec<String>,
    /// Its categories, without doubles.
    pub categories: Vec<String>,
    /// When it was published.
    pub published: Option<When>,
    /// When it was changed.
    pub updated: Option<When>,
    /// A picture that stands for it.
    pub image: Option<PageUrl>,
}

impl FeedParse {
    /// What the feed says beside the addresses of its entries.
    pub fn notice(&self) -> FeedNotice {
        let text = |item: &FeedItem| {
            let content = item.content.as_deref().map(|html| (html, full_text::LEAST_CONTENT));
            let (html, least) = content.or(item.summary.as_deref().map(|html| (html, full_text::LEAST_SUMMARY)))?;
            Some(FeedText { url: item.url.clone()?, text: full_text::full_text(html, least)? })
        };
        FeedNotice {
            hints: self.hints,
            hubs: self.hubs.clone(),
            topic: self.topic.clone(),
            texts: self.items.iter().filter_map(text).take(MAX_TEXTS).collect(),
        }
    }
}

impl FeedItem {
    /// Adds a name once.
    fn add_name(names: &mut Vec<String>, name: String) {
        if !name.is_empty() && names.len() < MAX_NAMES && !names.contains(&name) {
            names.push(name);
        }
    }
}

/// Reads a feed; `None` if the text is none.
///
/// `base` is the feed's own address, against which relative links are resolved where no `xml:base` says otherwise.
/// Dates without a zone are taken in the context's zone.
pub fn parse(text: &str, base: &PageUrl, ctx: &DateContext) -> Option<FeedParse> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    if text.starts_with('{') { json::parse(text, base, ctx) } else { markup::parse(text, base, ctx) }
}

fn warn(feed: &mut FeedParse, detail: &str) {
    if feed.warnings.len() < MAX_WARNINGS {
        feed.warnings.push(ParseWarning { code: "feed", detail: cut(detail, 200).to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn read(text: &str) -> Option<FeedParse> {
        let base = PageUrl::parse("https://paper.example/rss/feed.xml").expect("an address");
        let zone = TimeZone::UTC;
        let now = "2026-03-15T12:00:00Z".parse().expect("a timestamp");
        parse(text, &base, &DateContext { now, visited: Some(now), zone: &zone, language: None, day_first: None })
    }

    fn time(when: Option<&When>) -> String {
        when.map(ToString::to_string).unwrap_or_default()
    }

    #[test]
    fn rss_with_arabic_dates_and_extensions() {
        let feed = read(
            "<?xml version='1.0'?><rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' \
             xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:media='http://search.yahoo.com/mrss/' \
             xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' xmlns:a='http://www.w3.org/2005/Atom'>\
             <channel><title>الجريدة</title><link>/</link><language>ar</language><ttl>30</ttl>\
             <a:link rel='hub' href='https://hub.example/'/><a:link rel='self' href='own.xml'/>\
             <skipHours><hour>4</hour><hour>24</hour><hour>77</hour></skipHours><skipDays><day>Saturday</day></skipDays>\
             <image><title>logo</title><link>https://other.example/</link></image>\
             <item><title><![CDATA[عنوان &quot;خبر&quot; <b>مهم</b>]]></title><link> ../news/1 </link><guid>tag:1</guid>\
             <dc:creator>محمد</dc:creator><category>رياضة</category><pubDate>الجمعة 6 فبراير 2015 10:30</pubDate>\
             <description>&lt;p&gt;موجز&lt;/p&gt;</description><content:encoded><![CDATA[<p>نص</p>]]></content:encoded>\
             <media:content url='/p.jpg' medium='image'><media:title>لا</media:title></media:content></item></channel></rss>",
        )
        .expect("a feed");

        assert_eq!((feed.title.as_deref(), feed.hints.ttl), (Some("الجريدة"), Some(Duration::from_mins(30))));
        assert_eq!(feed.hubs.iter().map(PageUrl::as_str).collect::<Vec<_>>(), ["https://hub.example/"]);
        assert_eq!(feed.topic.as_ref().map(PageUrl::as_str), Some("https://paper.example/rss/own.xml"));
        assert_eq!((feed.hints.skip_hours, feed.hints.skip_days), (1 << 4 | 1, 1 << 6));
        let item = &feed.items[0];
        assert_eq!(item.title, "عنوان \"خبر\" مهم");
        assert_eq!(item.url.as_ref().map(PageUrl::as_str), Some("https://paper.example/news/1"));
        assert_eq!((item.id.as_deref(), item.authors.join("|").as_str()), (Some("tag:1"), "محمد"));
        assert_eq!(time(item.published.as_ref()), "2015-02-06T10:30:00+00:00");
        assert_eq!((item.summary.as_deref(), item.content.as_deref()), (Some("<p>موجز</p>"), Some("<p>نص</p>")));
        assert_eq!(item.image.as_ref().map(PageUrl::as_str), Some("https://paper.example/p.jpg"));
        assert_eq!(item.categories, ["رياضة"]);
    }

    #[test]
    fn atom_with_xml_base_and_xhtml() {
        let feed = read(
            "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://b.example/x/'><title type='html'>A &amp;amp; B</title>\
             <link href='/'/><entry xml:base='y/'><id>urn:1</id><title type='text'>1 &lt; 2 &amp;amp;</title>\
             <link rel='enclosure' href='a.mp3'/><link href='z'/><author><name>Jane</name></author>\
             <published>2020-05-01T10:30:00Z</published><updated>2020-05-02T10:30:00Z</updated>\
             <summary type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>a &lt; b</p></div></summary></entry></feed>",
        )
        .expect("a feed");

        assert_eq!(feed.title.as_deref(), Some("A & B"));
        let item = &feed.items[0];
        assert_eq!((item.title.as_str(), item.id.as_deref()), ("1 < 2 &amp;", Some("urn:1")));
        assert_eq!(item.url.as_ref().map(PageUrl::as_str), Some("https://b.example/x/y/z"));
        assert_eq!(time(item.updated.as_ref()), "2020-05-02T10:30:00+00:00");
        assert_eq!(item.summary.as_deref(), Some("<p>a &lt; b</p>"));
    }

    #[test]
    fn json_feed_is_read() {
        let feed = read(
            "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"T\",\"items\":[{\"id\":7,\"url\":\"/1\",\
             \"title\":\"a\",\"content_html\":\"<p>x</p>\",\"date_published\":\"2020-05-01T10:30:00Z\",\
             \"authors\":[{\"name\":\"Jane\"}],\"tags\":[\"t\"]},3]}",
        )
        .expect("a feed");
        assert_eq!((feed.items[0].id.as_deref(), feed.items.len()), (Some("7"), 1));
        assert_eq!(feed.items[0].authors, ["Jane"]);
    }

    #[test]
    fn entries_are_bounded_also_where_each_lies_in_the_one_before() {
        for text in ["<rss><item>".to_owned() + &"<item>".repeat(3_000), "<feed>".to_owned() + &"<entry>".repeat(3_000)]
        {
            let feed = read(&text).expect("a feed");
            assert!((1..=MAX_ITEMS).contains(&feed.items.len()), "{}", feed.items.len());
        }
    }

    #[test]
    fn good_entries_of_a_broken_feed_are_kept() {
        let feed = read("<rss><channel><item><title>a & b</title><link>http://e.example/1</link></item><item><title>c")
            .expect("a feed");
        assert_eq!(feed.items.iter().map(|item| item.title.as_str()).collect::<Vec<_>>(), ["a & b", "c"]);
        let feed = read("<rss><channel><item><title>a</b></title><item><title>b</channel>").expect("a feed");
        assert_eq!(feed.items.len(), 2);
    }

    #[test]
    fn other_documents_are_none() {
        for other in ["", "words", "<html><rss/></html>", "<urlset/>", "{}", "[]", "{\"version\":1}"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
