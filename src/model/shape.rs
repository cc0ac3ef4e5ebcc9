//! What an address alone tells of its page. One judge for the whole program: the frontier asks it before a visit,
//! the parser as one witness among others. `tests/quality` holds it to front pages of newspapers.

use std::borrow::Cow;

use jiff::civil::Date;

use super::{PageKind, PageUrl};

/// What an address looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// What its page likely is; [`PageKind::Unknown`] where the address does not tell.
    pub kind: PageKind,
    /// The rule that decided: one of the words `url-…` in [`REASONS`](super::reason::REASONS).
    pub reason: &'static str,
    /// The last day that the address can mean: `/2020/05/17/…` is that day, `/2020/05/…` the end of the month; `None`
    /// if it names none. A page is not younger than its address says.
    pub date: Option<Date>,
}

/// Years that can stand in an address.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2100;

/// What an address looks like.
///
/// Lists have short, wordy paths or say what they are; articles carry a date, a number or a slug. The first rule that
/// fits decides.
pub fn shape(url: &PageUrl) -> Shape {
    let path = lower(url.path());
    let query = url.query().unwrap_or_default();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    // The year of a date has four digits.
    let digits = longest_digits(&path);
    let dated = if digits >= 4 { dated(&segments) } else { None };
    let (kind, reason) = judge(&segments, query, digits, dated.as_ref());
    Shape { kind, reason, date: dated.map(|dated| dated.last_day) }
}

fn judge(segments: &[&str], query: &str, digits: usize, dated: Option<&Dated>) -> (PageKind, &'static str) {
    let Some(last) = segments.last().copied() else {
        return match query {
            "" => (PageKind::Front, "url-root"),
            _ if has_number(query) => (PageKind::Article, "url-query"),
            _ => (PageKind::Other, "url-unclear"),
        };
    };
    let (stem, ending) = last.rsplit_once('.').unwrap_or((last, ""));
    if let Some(judged) = document(last, ending) {
        return judged;
    }
    if let Some(dated) = dated {
        return if dated.is_list(segments) {
            (PageKind::Section, "url-archive")
        } else {
            (PageKind::Article, "url-date")
        };
    }
    let (words, escapes) = (words(last), last.matches('%').count());
    if let Some(judged) = named(segments, stem, digits) {
        return judged;
    }
    if names_article(query) || segments.len() <= 2 && has_number(query) {
        return (PageKind::Article, "url-query");
    }
    if digits >= 5 {
        return (PageKind::Article, "url-number");
    }
    // A script without Latin letters: six signs an escaped letter, so that three words of some length are a slug.
    if words >= 4 || words >= 3 && (escapes >= 24 || ending == "html") {
        return (PageKind::Article, "url-slug");
    }
    if digits >= 3 && segments.len() >= 2 || digits >= 4 && !ending.is_empty() {
        return (PageKind::Article, "url-number");
    }
    let is_plain = match segments.len() {
        1 => words <= 2 && digits < 3,
        2 => words <= 1 && digits == 0,
        _ => false,
    };
    if is_plain && ending.is_empty() && query.is_empty() {
        (PageKind::Section, "url-plain")
    } else {
        (PageKind::Unknown, "url-unclear")
    }
}

/// Feeds, sitemaps and files tell by their names.
fn document(last: &str, ending: &str) -> Option<(PageKind, &'static str)> {
    if matches!(
        last,
        "rss" | "feed" | "feeds" | "atom" | "rss.xml" | "feed.xml" | "atom.xml" | "index.rdf" | "feed.json" | "rss.php"
    ) {
        return Some((PageKind::Feed, "url-feed"));
    }
    if (ending == "xml" || last.ends_with(".xml.gz")) && last.contains("sitemap") {
        return Some((PageKind::Sitemap, "url-sitemap"));
    }
    let is_file = matches!(
        ending,
        "jpg"
            | "jpeg"
            | "png"
            | "gif"
            | "webp"
            | "svg"
            | "pdf"
            | "mp3"
            | "mp4"
            | "zip"
            | "xml"
            | "css"
            | "js"
            | "ico"
            | "apk"
            | "rss"
    );
    is_file.then_some((PageKind::Other, "url-file"))
}

/// Lists and services that a segment names. A number of five digits says more than such a word, unless the path
/// begins with one that no article stands under.
fn named(segments: &[&str], stem: &str, digits: usize) -> Option<(PageKind, &'static str)> {
    let is_home = |segment: &str| {
        matches!(
            segment,
            "tag"
                | "tags"
                | "author"
                | "authors"
                | "category"
                | "search"
                | "user"
                | "wp-content"
                | "wp-admin"
                | "cdn-cgi"
                | "cdn"
        )
    };
    if digits >= 5 && !segments.first().is_some_and(|first| is_home(first)) {
        return None;
    }
    if segments.iter().any(|segment| is_author_word(segment)) {
        return Some((PageKind::Author, "url-author"));
    }
    if segments.iter().any(|segment| is_tag_word(segment)) {
        return Some((PageKind::Tag, "url-tag"));
    }
    if segments.iter().any(|segment| is_list_word(segment)) {
        return Some((PageKind::Section, "url-list"));
    }
    let is_service = segments.iter().any(|segment| is_service_word(segment)) || is_service_word(stem);
    is_service.then_some((PageKind::Other, "url-service"))
}

fn is_author_word(word: &str) -> bool {
    matches!(word, "author" | "authors" | "autor" | "autoren" | "auteur" | "auteurs" | "profile" | "user" | "users")
}

fn is_tag_word(word: &str) -> bool {
    matches!(
        word,
        "tag" | "tags" | "topic" | "topics" | "keyword" | "keywords" | "label" | "labels" | "thema" | "themen"
    )
}

fn is_list_word(word: &str) -> bool {
    matches!(
        word,
        "category"
            | "categories"
            | "section"
            | "sections"
            | "rubrique"
            | "rubriques"
            | "ressort"
            | "archive"
            | "archives"
            | "page"
            | "album"
            | "albums"
            | "program"
            | "programs"
            | "video"
            | "videos"
            | "gallery"
            | "galleries"
            | "live"
            | "podcasts"
            | "weather"
            | "tv"
            | "radio"
    )
}

fn is_service_word(word: &str) -> bool {
    matches!(
        word,
        "search"
            | "about"
            | "about-us"
            | "contact"
            | "contact-us"
            | "privacy"
            | "privacy-policy"
            | "terms"
            | "terms-of-use"
            | "login"
            | "register"
            | "subscribe"
            | "newsletter"
            | "newsletters"
            | "sitemap"
            | "sitemaps"
            | "account"
            | "jobs"
            | "advertise"
            | "advertising"
            | "help"
            | "faq"
            | "shop"
            | "legal"
            | "cookies"
            | "impressum"
            | "kontakt"
            | "datenschutz"
            | "wp-login.php"
            | "wp-content"
            | "wp-admin"
            | "cart"
            | "cdn-cgi"
            | "cdn"
            | "share"
            | "print"
            | "rss"
            | "feed"
            | "feeds"
    )
}

/// A date in a path.
struct Dated {
    /// The day, or the last one of the month.
    last_day: Date,
    /// Number of segments up to and with the date.
    end: usize,
    /// It shares its last segment with other words.
    has_slug: bool,
}

impl Dated {
    /// Whether the date names a list, an archive of that day or month: nothing but a page number follows it and no slug
    /// stands beside or before it.
    fn is_list(&self, segments: &[&str]) -> bool {
        let (before, after) = segments.split_at(self.end.min(segments.len()));
        let is_bare = match after.first() {
            None => true,
            Some(first) => *first == "page" || first.starts_with("index."),
        };
        is_bare && !self.has_slug && before.iter().all(|segment| words(segment) < 4)
    }
}

/// The date of a path: a day, else a month.
fn dated(segments: &[&str]) -> Option<Dated> {
    let segments = &segments[..segments.len().min(20)];
    let three = segments.windows(3).enumerate().find_map(|(at, parts)| {
        let [year, month, day] = parts else { return None };
        let digits = leading_digits(day);
        Some(Dated { last_day: day_of(year, month, digits)?, end: at + 3, has_slug: words(&day[digits.len()..]) > 0 })
    });
    let one = || {
        segments.iter().enumerate().find_map(|(at, segment)| {
            Some(Dated { last_day: date_in(segment)?, end: at + 1, has_slug: has_name(segment) })
        })
    };
    let two = || {
        segments.windows(2).enumerate().find_map(|(at, parts)| {
            let [year, month] = parts else { return None };
            Some(Dated { last_day: day_of(year, month, "1")?.last_of_month(), end: at + 2, has_slug: false })
        })
    };
    three.or_else(one).or_else(two)
}

/// Whether letters stand beside the numbers of a segment: a part of two or more signs with one, its ending aside.
fn has_name(segment: &str) -> bool {
    let stem = segment.rsplit_once('.').map_or(segment, |(stem, _)| stem);
    stem.split(['-', '_']).any(|part| part.len() >= 2 && part.bytes().any(|b| b.is_ascii_alphabetic() || b == b'%'))
}

/// The day that a path names in full: `/2020/05/01/…`, `/2020/may/01/…`, `/2020-05-01-…`, `/20200501/`.
///
/// Years from 1990 to 2100; two parts (`/2020/05/`) are no day.
pub fn url_date(path: &str) -> Option<Date> {
    let path = lower(path.split(['?', '#']).next().unwrap_or_default());
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).take(20).collect();
    let three = segments.windows(3).find_map(|parts| match parts {
        [year, month, day] => day_of(year, month, leading_digits(day)),
        _ => None,
    });
    three.or_else(|| segments.iter().find_map(|segment| date_in(segment)))
}

/// `2020-05-01`, `2020_05_01` or `20200501` at either end of a segment, or standing free in it.
fn date_in(segment: &str) -> Option<Date> {
    if longest_digits(segment) < 4 {
        return None;
    }
    let mut parts = segment.split(['-', '_', '.']).filter(|part| !part.is_empty());
    let parts: Vec<&str> = parts.by_ref().take(60).collect();
    parts
        .windows(3)
        .find_map(|parts| match parts {
            [year, month, day] if month.len() == 2 && day.len() == 2 => day_of(year, month, day),
            // Day first, where the numbers leave no choice.
            [day, month, year] if month.len() == 2 && day.len() == 2 && *day > "12" => day_of(year, month, day),
            _ => None,
        })
        .or_else(|| parts.iter().find_map(|part| compact(part)))
}

fn compact(part: &str) -> Option<Date> {
    let digits = part.len() == 8 && part.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| day_of(&part[..4], &part[4..6], &part[6..]))?
}

fn day_of(year: &str, month: &str, day: &str) -> Option<Date> {
    if year.len() != 4 || day.is_empty() || day.len() > 2 || month.is_empty() || month.len() > 9 {
        return None;
    }
    let year: i16 = digits(year)?;
    let month = match digits::<i8>(month) {
        Some(month) if month > 0 && month < 13 => month,
        _ => named_month(month)?,
    };
    YEARS.contains(&year).then(|| Date::new(year, month, digits(day)?).ok())?
}

/// English names, as addresses have them: whole, or their first three letters.
fn named_month(name: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let at = MONTHS.iter().position(|month| name == *month || name.len() == 3 && month.starts_with(name));
    at.and_then(|at| i8::try_from(at + 1).ok()).or((name == "sept").then_some(9))
}

fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The day of `01-slug` or `01.html`.
fn leading_digits(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if text[end..].starts_with(char::is_alphanumeric) { "" } else { &text[..end] }
}

/// A query with a number of two or more digits that is no page of a list and no year.
fn has_number(query: &str) -> bool {
    numbers(query).any(|name| {
        !matches!(
            &*lower(name),
            "page"
                | "paged"
                | "cat"
                | "start"
                | "offset"
                | "pageid"
                | "page_id"
                | "section"
                | "sectionid"
                | "year"
                | "month"
        )
    })
}

/// `?p=1234`, `?id=77`: a number under a name that articles are called by.
fn names_article(query: &str) -> bool {
    numbers(query).any(|name| {
        matches!(&*lower(name), "p" | "id" | "article" | "articleid" | "newsid" | "nid" | "story" | "storyid" | "aid")
    })
}

/// Names of the pairs whose value is a number of two or more digits.
fn numbers(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter_map(|pair| pair.split_once('=')).filter_map(|(name, value)| {
        let is_number = value.len() >= 2 && value.bytes().all(|b| b.is_ascii_digit());
        is_number.then_some(name)
    })
}

/// Words of a slug: parts of two or more bytes between hyphens, underscores, plus signs and escaped blanks.
fn words(segment: &str) -> usize {
    let is_sign = |byte: &u8| matches!(byte, b'-' | b'_' | b'+');
    let words = |text: &str| text.as_bytes().split(is_sign).filter(|part| part.len() >= 2).count();
    if segment.contains('%') { segment.split("%20").map(words).sum() } else { words(segment) }
}

/// Length of the longest run of digits outside percent escapes.
fn longest_digits(path: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        run = if byte.is_ascii_digit() { run + 1 } else { 0 };
        longest = longest.max(run);
        if byte == b'%' {
            bytes.next();
            bytes.next();
        }
    }
    longest
}

/// The text in lower case; copied only if that changes it.
fn lower(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn of(path: &str) -> Shape {
        shape(&PageUrl::parse(&format!("https://paper.example{path}")).expect("an address"))
    }

    #[test]
    fn an_address_is_judged_by_its_shape_and_says_why() {
        let check = |path: &str, kind: PageKind, reason: &str| {
            let shape = of(path);
            assert_eq!((shape.kind, shape.reason), (kind, reason), "{path}");
            assert!(crate::model::reason::meaning(shape.reason).is_some(), "{reason} is documented");
        };
        check("/", PageKind::Front, "url-root");
        check("/?p=4711", PageKind::Article, "url-query");
        check("/?lang=ar", PageKind::Other, "url-unclear");
        check("/politics", PageKind::Section, "url-plain");
        check("/world/europe/", PageKind::Section, "url-plain");
        check("/%D8%AE%D8%A8%D8%B1", PageKind::Section, "url-plain");
        check("/tag/elections", PageKind::Tag, "url-tag");
        check("/Tag/story-20201234", PageKind::Tag, "url-tag");
        check("/author/ann-lee", PageKind::Author, "url-author");
        check("/politics/page/7", PageKind::Section, "url-list");
        check("/2020/05/", PageKind::Section, "url-archive");
        check("/news/2020/05/17/page/2", PageKind::Section, "url-archive");
        check("/20200517/", PageKind::Section, "url-archive");
        check("/2020-05-17.html", PageKind::Section, "url-archive");
        check("/harbour-20200517", PageKind::Article, "url-date");
        check("/2020/05/17/harbour", PageKind::Article, "url-date");
        check("/2020/05/17-harbour-wall", PageKind::Article, "url-date");
        check("/2020/05/harbour/", PageKind::Article, "url-date");
        check("/2020-05-17-harbour-wall.html", PageKind::Article, "url-date");
        check("/why-has-the-harbour-wall-fallen/2025/11", PageKind::Article, "url-date");
        check("/alriyadh/1019284", PageKind::Article, "url-number");
        check("/thema/1019284", PageKind::Article, "url-number");
        check("/n/123", PageKind::Article, "url-number");
        check("/news/harbour-wall-repair-approved.html", PageKind::Article, "url-slug");
        check("/news/harbour-wall-repair-approved", PageKind::Article, "url-slug");
        check("/index.php?id=77", PageKind::Article, "url-query");
        check("/a/b/story?id=104746419", PageKind::Article, "url-query");
        check("/list?page=77", PageKind::Unknown, "url-unclear");
        check("/rss", PageKind::Feed, "url-feed");
        check("/sitemap-news.xml.gz", PageKind::Sitemap, "url-sitemap");
        check("/photo.JPG", PageKind::Other, "url-file");
        check("/about.html", PageKind::Other, "url-service");
        check("/privacy-policy", PageKind::Other, "url-service");
        check("/some-page.html", PageKind::Unknown, "url-unclear");
        check("/a/b/c", PageKind::Unknown, "url-unclear");
    }

    #[test]
    fn a_path_tells_the_last_day_that_it_can_mean() {
        let check = |path: &str, day: Option<Date>| assert_eq!(of(path).date, day, "{path}");
        check("/2020/05/17/harbour", Some(date(2020, 5, 17)));
        check("/2020/May/17/harbour", Some(date(2020, 5, 17)));
        check("/harbour-20200517", Some(date(2020, 5, 17)));
        check("/2020/02/harbour", Some(date(2020, 2, 29)));
        check("/2020/12/", Some(date(2020, 12, 31)));
        check("/2020/13/harbour", None);
        check("/1019284", None);
        check("/2020/may-day", None);
        check("/politics/2020/5-things-to-know", None);
    }

    #[test]
    fn an_address_tells_its_day_only_in_full() {
        let check = |path: &str, expected: Option<Date>| assert_eq!(url_date(path), expected, "{path}");
        check("/2020/05/01/slug", Some(date(2020, 5, 1)));
        check("/news/2020/5/1", Some(date(2020, 5, 1)));
        check("/world/2020/may/01/slug", Some(date(2020, 5, 1)));
        check("/2020-05-01-slug.html", Some(date(2020, 5, 1)));
        check("/a/slug-2020-05-01", Some(date(2020, 5, 1)));
        check("/20200501/x", Some(date(2020, 5, 1)));
        check("/2020/02/31/x", None);
        check("/2020/05/", None);
        check("/2020/05/slug", None);
        check("/1019284", None);
        check("/20201301/", None);
        check("/id/12345678", None);
        check("/2020/05/01a", None);
    }
}
