//! Sitemaps: urlset, index and plain lists, with the Google News extension and language alternates.
//!
//! Compression is undone before; feeds that serve as sitemaps go through `feed`. Entries for other hosts are returned
//! too: whether they may enter is the frontier's decision.
//!
//! # Source
//! sitemaps.org protocol 0.9, Google's news extension 0.9, `xhtml:link` alternates.

use super::dates::{DateContext, feed_date};
use super::xml::{Piece, Pieces, Tag, collapse, cut, local};
use crate::model::{Lastmods, PageUrl, ParseWarning, Timestamp, When};

/// sitemaps.org allows 50,000 entries in a file.
pub(crate) const MAX_ENTRIES: usize = 50_000;
/// Elements nested deeper than this are ignored.
const MAX_DEPTH: usize = 64;
/// Longest text of a field, in bytes.
const MAX_TEXT: usize = 64 * 1024;
/// Alternates of one entry that are kept.
const MAX_ALTERNATES: usize = 50;
/// Dates of change that are kept of one sitemap.
const MAX_LASTMODS: usize = 1_000;
/// Dates from which on it is suspicious that they are all the same.
const MANY_DATES: usize = 10;
/// Dates within so many seconds count as the same: the file was written, or the answer made, in that time.
const SAME_SECONDS: i64 = 120;
/// Bytes that all addresses of a sitemap may take: short relative ones each bring the whole of the base.
const MAX_ADDRESS_BYTES: usize = 16 << 20;
/// Warnings of one sitemap.
const MAX_WARNINGS: usize = 10;

/// What a sitemap says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SitemapParse {
    /// Pages, at most 50,000.
    pub urls: Vec<SitemapEntry>,
    /// Further sitemaps (the entries of an index), at most 50,000.
    pub maps: Vec<SitemapEntry>,
    /// What was odd.
    pub warnings: Vec<ParseWarning>,
}

impl SitemapParse {
    /// When the pages changed, by their entries, the newest first; and whether the dates are worth anything.
    ///
    /// They are not where many are all the same, or where all are the time of the request.
    pub fn lastmods(&self, now: Timestamp) -> Lastmods {
        let change = |entry: &SitemapEntry| Some((entry.url.clone(), entry.lastmod.as_ref()?.at));
        let mut dates: Vec<(PageUrl, Timestamp)> = self.urls.iter().filter_map(change).collect();
        dates.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
        let uniform = match (dates.first(), dates.last()) {
            (Some((_, newest)), Some((_, oldest))) => {
                let same = newest.as_second() - oldest.as_second() <= SAME_SECONDS;
                let made_now = (now.as_second() - newest.as_second()).abs() <= SAME_SECONDS;
                same && (dates.len() >= MANY_DATES || (dates.len() > 1 && made_now))
            }
            _ => false,
        };
        dates.truncate(MAX_LASTMODS);
        Lastmods { uniform, dates }
    }
}

/// One entry of a sitemap.
#[derive(Debug, Clone, PartialEq)]
pub struct SitemapEntry {
    /// The address.
    pub url: PageUrl,
    /// When it changed, as the sitemap says.
    pub lastmod: Option<When>,
    /// What the news extension says.
    pub news: Option<NewsEntry>,
    /// Addresses of the same page in other languages (`xhtml:link rel=alternate`), at most 50.
    pub alternates: Vec<PageUrl>,
}

/// The Google News extension of an entry.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewsEntry {
    /// The article's title.
    pub title: Option<String>,
    /// When it was published.
    pub published: Option<When>,
    /// The publication's language tag.
    pub language: Option<String>,
    /// The publication's name.
    pub publication: Option<String>,
}

/// Reads a sitemap; `None` if the text is none.
///
/// Relative addresses, which the protocol forbids, are resolved against `base`. What was complete before a truncation
/// is kept.
pub fn parse(text: &str, base: &PageUrl, ctx: &DateContext) -> Option<SitemapParse> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    if text.starts_with('<') { parse_xml(text, base, ctx) } else { parse_list(text) }
}

/// One absolute address a line. At least half of the lines must be addresses.
fn parse_list(text: &str) -> Option<SitemapParse> {
    let mut sitemap = SitemapParse::default();
    let (mut lines, mut bad) = (0usize, 0usize);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MAX_ENTRIES) {
        lines += 1;
        match PageUrl::parse(line) {
            Ok(url) => sitemap.urls.push(entry(url)),
            Err(_) => bad += 1,
        }
    }
    if bad > 0 {
        sitemap.warnings.push(warning(&format!("{bad} of {lines} lines are no addresses")));
    }
    (!sitemap.urls.is_empty() && bad * 2 <= lines).then_some(sitemap)
}

fn entry(url: PageUrl) -> SitemapEntry {
    SitemapEntry { url, lastmod: None, news: None, alternates: Vec::new() }
}

fn parse_xml(text: &str, base: &PageUrl, ctx: &DateContext) -> Option<SitemapParse> {
    let mut reader = Reading {
        base,
        ctx,
        sitemap: SitemapParse::default(),
        path: Vec::new(),
        text: String::new(),
        draft: Draft::default(),
        is_index: false,
        address_bytes: 0,
    };
    let mut pieces = Pieces::of(text);
    let root = pieces.by_ref().find_map(|piece| match piece {
        Piece::Open(tag) => Some(tag),
        Piece::Close(_) | Piece::Text(_) => None,
    })?;
    match local(&root.name).to_ascii_lowercase().as_str() {
        "urlset" => {}
        "sitemapindex" => reader.is_index = true,
        _ => return None,
    }
    for piece in pieces.by_ref() {
        match piece {
            Piece::Open(tag) => reader.open(&tag),
            Piece::Close(name) => reader.close(&name),
            Piece::Text(text) if reader.text.len() < MAX_TEXT => reader.text.push_str(cut(&text, MAX_TEXT)),
            Piece::Text(_) => {}
        }
        if reader.sitemap.urls.len() >= MAX_ENTRIES || reader.sitemap.maps.len() >= MAX_ENTRIES {
            reader.warn(&format!("more than {MAX_ENTRIES} entries"));
            break;
        }
        if reader.address_bytes > MAX_ADDRESS_BYTES {
            reader.warn("the addresses are too long to keep them all");
            break;
        }
    }
    reader.finish_entry();
    if let Some(problem) = pieces.problem {
        reader.warn(&problem);
    }
    Some(reader.sitemap)
}

/// An entry while it is read.
#[derive(Default)]
struct Draft {
    url: Option<PageUrl>,
    lastmod: Option<When>,
    news: Option<NewsEntry>,
    alternates: Vec<PageUrl>,
    /// Text directly in the entry, where an address may stand without `<loc>`.
    loose: String,
}

struct Reading<'a> {
    base: &'a PageUrl,
    ctx: &'a DateContext<'a>,
    sitemap: SitemapParse,
    /// Local names of the open elements below the root, lower case.
    path: Vec<String>,
    text: String,
    draft: Draft,
    is_index: bool,
    /// Bytes of all addresses so far.
    address_bytes: usize,
}

impl Reading<'_> {
    fn open(&mut self, tag: &Tag) {
        let name = local(&tag.name).to_ascii_lowercase();
        self.keep_loose_text();
        // An entry opened inside of another means that the closing tag is missing (but `<loc><url>` is a slip).
        if matches!(name.as_str(), "url" | "sitemap") && self.path.last().is_none_or(|it| it != "loc") {
            self.finish_entry();
            self.path.clear();
        }
        if name == "link" && self.path.last().is_some_and(|it| it == "url") {
            self.add_alternate(tag);
        }
        if self.path.len() < MAX_DEPTH {
            self.path.push(name);
        }
    }

    fn keep_loose_text(&mut self) {
        let is_entry = matches!(self.path.last().map(String::as_str), Some("url" | "sitemap"));
        if is_entry && self.draft.loose.len() < MAX_TEXT {
            self.draft.loose.push_str(&self.text);
        }
        if self.path.last().is_none_or(|it| it != "loc") {
            self.text.clear();
        }
    }

    fn add_alternate(&mut self, tag: &Tag) {
        let alternate = tag.attribute("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("alternate"));
        if let Some(url) = tag.attribute("href").filter(|_| alternate).and_then(|href| self.base.join(href.trim()).ok())
            && self.draft.alternates.len() < MAX_ALTERNATES
        {
            self.address_bytes += url.as_str().len();
            self.draft.alternates.push(url);
        }
    }

    fn close(&mut self, name: &str) {
        let name = local(name).to_ascii_lowercase();
        // A closing tag without its opening one is skipped.
        let Some(depth) = self.path.iter().rposition(|it| *it == name) else { return };
        let parent = depth.checked_sub(1).and_then(|at| self.path.get(at)).cloned().unwrap_or_default();
        let inside_loc = parent == "loc";
        if matches!(name.as_str(), "url" | "sitemap") && !inside_loc {
            self.keep_loose_text();
            self.finish_entry();
        } else if !inside_loc {
            let text = std::mem::take(&mut self.text);
            self.field(&name, &parent, text.trim());
        }
        self.path.truncate(depth);
    }

    fn field(&mut self, name: &str, parent: &str, text: &str) {
        match (parent, name) {
            ("url" | "sitemap", "loc") => self.set_location(text),
            ("url" | "sitemap", "lastmod") if !text.is_empty() => self.draft.lastmod = self.date(text),
            ("news", "title") => self.news().title = some(text),
            ("news", "publication_date") => {
                let published = self.date(text);
                self.news().published = published;
            }
            ("publication", "name") => self.news().publication = some(text),
            ("publication", "language") => self.news().language = some(text),
            _ => {}
        }
    }

    fn set_location(&mut self, text: &str) {
        if self.draft.url.is_some() {
            // Several addresses in one entry: the closing and opening tags between them are missing.
            self.finish_entry();
        }
        match self.base.join(text) {
            Ok(url) if !text.is_empty() => self.draft.url = Some(url),
            Ok(_) => {}
            Err(error) => self.warn(&format!("{}: {error}", cut(text, 100))),
        }
    }

    fn date(&mut self, text: &str) -> Option<When> {
        let date = feed_date(text, self.ctx);
        if date.is_none() {
            self.warn(&format!("no date: {}", cut(text, 100)));
        }
        date
    }

    fn news(&mut self) -> &mut NewsEntry {
        self.draft.news.get_or_insert_default()
    }

    fn finish_entry(&mut self) {
        let draft = std::mem::take(&mut self.draft);
        let loose = draft.loose.trim();
        let bare =
            (loose.starts_with("http") && !loose.contains(char::is_whitespace)).then(|| self.base.join(loose).ok());
        if let Some(url) = draft.url.or(bare.flatten()) {
            self.address_bytes += url.as_str().len();
            let entry = SitemapEntry { url, lastmod: draft.lastmod, news: draft.news, alternates: draft.alternates };
            if self.is_index { self.sitemap.maps.push(entry) } else { self.sitemap.urls.push(entry) }
        }
    }

    fn warn(&mut self, detail: &str) {
        if self.sitemap.warnings.len() < MAX_WARNINGS {
            self.sitemap.warnings.push(warning(detail));
        }
    }
}

fn some(text: &str) -> Option<String> {
    let text = collapse(text);
    (!text.is_empty()).then_some(text)
}

fn warning(detail: &str) -> ParseWarning {
    ParseWarning { code: "sitemap", detail: cut(detail, 200).to_owned() }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn read(text: &str) -> Option<SitemapParse> {
        let base = PageUrl::parse("https://paper.example/sitemap.xml").expect("an address");
        let zone = TimeZone::UTC;
        let now = "2026-03-15T12:00:00Z".parse().expect("a timestamp");
        parse(text, &base, &DateContext { now, visited: Some(now), zone: &zone, language: None, day_first: None })
    }

    fn urls(text: &str) -> Vec<String> {
        let sitemap = read(text).unwrap_or_default();
        sitemap.urls.iter().chain(&sitemap.maps).map(|entry| entry.url.as_str().to_owned()).collect()
    }

    #[test]
    fn the_news_extension_is_read() {
        let sitemap = read(
            "<urlset xmlns:n='x'><url><loc> https://paper.example/1 </loc><lastmod>2026-03-14T10:00:00+03:00</lastmod>\
             <n:news><n:publication><n:name>الجريدة</n:name><n:language>ar</n:language></n:publication>\
             <n:publication_date>2026-03-14</n:publication_date><n:title>عنوان &amp; خبر</n:title></n:news></url></urlset>",
        )
        .expect("a sitemap");
        let entry = &sitemap.urls[0];
        let news = entry.news.as_ref().expect("news");
        assert_eq!(entry.lastmod.as_ref().map(ToString::to_string).as_deref(), Some("2026-03-14T10:00:00+03:00"));
        assert_eq!(news.title.as_deref(), Some("عنوان & خبر"));
        assert_eq!((news.publication.as_deref(), news.language.as_deref()), (Some("الجريدة"), Some("ar")));
        assert_eq!(news.published.as_ref().map(ToString::to_string).as_deref(), Some("2026-03-14"));
    }

    #[test]
    fn dates_that_are_all_the_same_say_nothing() {
        let map = |dates: &[&str]| {
            let entry = |(at, date): (usize, &&str)| format!("<url><loc>/{at}</loc><lastmod>{date}</lastmod></url>");
            let entries: String = dates.iter().enumerate().map(entry).collect();
            read(&format!("<urlset>{entries}</urlset>")).expect("a sitemap")
        };
        let now: Timestamp = "2026-03-15T12:00:00Z".parse().expect("a timestamp");
        let uniform = |dates: &[&str]| map(dates).lastmods(now).uniform;

        assert!(uniform(&["2026-01-01"; 10]) && !uniform(&["2026-01-01"; 9]));
        assert!(uniform(&["2026-03-15T11:59:58Z", "2026-03-15T12:00:00Z"]));
        assert!(!uniform(&["2026-03-14T08:00:00Z", "2026-03-15T12:00:00Z"]) && !uniform(&[]));
        let newest_first = map(&["2026-01-01", "2026-02-01"]).lastmods(now).dates;
        assert_eq!(newest_first[0].0.path(), "/1");
    }

    #[test]
    fn a_truncated_or_broken_sitemap_keeps_its_good_entries() {
        let first = ["https://paper.example/1"];
        assert_eq!(urls("<urlset><url><loc>https://paper.example/1</loc></url><url><loc>https://pap"), first);
        assert_eq!(urls("<urlset><url><loc>/1</loc><url><lastmod>x</lastmod></url>"), first);
        assert_eq!(urls("\u{FEFF}\n<sitemapindex><sitemap>https://paper.example/1</sitemap></sitemapindex>"), first);
        assert_eq!(urls("https://paper.example/1\n\nnonsense"), first);
    }

    #[test]
    fn other_documents_are_none() {
        for other in ["", "words", "<html></html>", "<rss></rss>", "{}", "<!-- x -->"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
