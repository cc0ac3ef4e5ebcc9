//! What must hold for any bytes at all: one function for each reader of untrusted input.
//!
//! Shared by `tests/fuzz/main.rs` (stable, in every test run) and by the targets of `fuzz/` (libFuzzer). A property
//! panics where it does not hold; a reader that panics, hangs or eats memory is caught by whoever calls.

use std::sync::OnceLock;
use std::time::Duration;

use murasil::config::Config;
use murasil::fetch::retry_after::{http_date, retry_after};
use murasil::fetch::robots::{self, Rules, Verdict};
use murasil::model::{PageKind, PageUrl, ParseWarning, Parsed, Timestamp, When};
use murasil::parse::dates::DateContext;
use murasil::parse::{Input, Parser, decode, feed, sitemap};

/// Text that may come of one byte of input. A character reference of five bytes stands for at most six, and the same
/// words may be a title, a headline, a link's text and a paragraph.
const GROWTH: usize = 16;
/// Text that may come of nothing: names of rules, reasons, warnings.
const FIXED: usize = 64 << 10;

/// robots.txt. First line: product token; second: path; the rest is the body.
#[allow(dead_code, reason = "each fuzz target uses one of these")]
pub(crate) fn robots(data: &[u8]) {
    let (token, rest) = line(data);
    let (path, body) = line(rest);
    let (token, path) = (text(token), format!("/{}", text(path).trim_start_matches('/')));
    let text = robots::text_of(body, false);
    assert!(text.len() <= 3 * robots::MAX_BYTES && !text.contains('\0'));
    assert!(robots::text_of(body, true).len() <= text.len(), "a cut file is no longer than a whole one");

    let rules = Rules::parse(&text, &token);
    let verdict = rules.verdict(&path);
    if let Verdict::Disallowed { rule } = &verdict {
        assert!(rule.chars().count() <= 200);
    }
    assert_eq!(rules, Rules::parse(&text, &token.to_ascii_uppercase()), "names have no case");
    assert_eq!(rules, Rules::parse(&format!("{text}\n# a last word"), &token), "a comment says nothing");
    if !text.contains('\r') {
        assert_eq!(rules, Rules::parse(&text.replace('\n', "\r\n"), &token), "line ends are all alike");
    }
    let later = Rules::parse(&format!("# a first word\n{}", text.strip_prefix('\u{feff}').unwrap_or(&text)), &token);
    assert_eq!(is_allowed(&later.verdict(&path)), is_allowed(&verdict), "a line's number says nothing");
    if let Some(letter) = path.find(|c: char| c.is_ascii_alphabetic())
        && path.is_ascii()
        && !path.contains('%')
    {
        let escaped = format!("{}%{:02x}{}", &path[..letter], path.as_bytes()[letter], &path[letter + 1..]);
        assert_eq!(rules.verdict(&escaped), verdict, "an escaped letter is a letter: {escaped}");
    }
    for pattern in text.lines().take(20) {
        agrees_with_the_definition(pattern.trim(), &path);
    }
    let home = address("https://news.example/robots.txt");
    let found = robots::sitemaps(&text, &home);
    assert!(found.len() <= 1000);
    found.iter().for_each(sound_url);
}

fn is_allowed(verdict: &Verdict) -> bool {
    *verdict == Verdict::Allowed
}

/// The matcher against the definition of RFC 9309 §2.2.3 written down without any thought of speed, for patterns and
/// paths without escapes.
fn agrees_with_the_definition(pattern: &str, path: &str) {
    let plain = |text: &str, extra: &[u8]| text.bytes().all(|b| b.is_ascii_alphanumeric() || extra.contains(&b));
    if pattern.is_empty() || pattern.len() > 60 || path.len() > 200 || !plain(pattern, b"/*$.-") || !plain(path, b"/.-")
    {
        return;
    }
    let rules = Rules::parse(&format!("User-agent: *\nDisallow: {pattern}\n"), "murasil");
    let (body, to_end) = pattern.strip_suffix('$').map_or((pattern, false), |body| (body, true));
    let expected = matches_by_definition(body.as_bytes(), path.as_bytes(), to_end);
    assert_eq!(!is_allowed(&rules.verdict(path)), expected, "{pattern} on {path}");
}

fn matches_by_definition(pattern: &[u8], path: &[u8], to_end: bool) -> bool {
    // `reached[i]`: what was read of the pattern so far matches the first `i` bytes of the path.
    let mut reached = vec![false; path.len() + 1];
    reached[0] = true;
    for byte in pattern {
        let before = reached.clone();
        for at in 0..reached.len() {
            reached[at] = if *byte == b'*' {
                before[..=at].contains(&true)
            } else {
                at > 0 && before[at - 1] && path[at - 1] == *byte
            };
        }
    }
    if to_end { reached[path.len()] } else { reached.contains(&true) }
}

/// The canonicaliser. First line: an address; second: a reference on that page.
#[allow(dead_code, reason = "each fuzz target uses one of these")]
pub(crate) fn url(data: &[u8]) {
    let (first, rest) = line(data);
    let (written, reference) = (text(first), text(line(rest).0));
    let Ok(url) = PageUrl::parse(&written) else { return };
    sound_url(&url);
    if let Ok(bare) = url::Url::parse(&written) {
        assert_eq!(bare.host_str(), Some(url.host_name()), "the host is never changed");
        assert_eq!((bare.scheme(), bare.port_or_known_default()), (url.scheme(), Some(url.port())));
    }
    assert_eq!(url.join(url.as_str()).as_ref(), Ok(&url), "an address leads to itself from anywhere");
    assert_eq!(url.authority().robots_url().map(|it| it.authority()), Ok(url.authority()));
    if let Ok(found) = url.join(&reference) {
        sound_url(&found);
    }
}

fn sound_url(url: &PageUrl) {
    let text = url.as_str();
    assert!(text.len() <= murasil::model::url::MAX_URL_BYTES, "{text}");
    assert!(matches!(url.scheme(), "http" | "https") && !url.host_name().is_empty(), "{text}");
    assert!(text.is_ascii() && !text.contains(|c: char| c.is_ascii_control() || matches!(c, ' ' | '#')), "{text:?}");
    let authority = text.split('/').nth(2).unwrap_or_default();
    assert!(!authority.contains('@'), "no credentials: {text}");
    let again = PageUrl::parse(text);
    assert_eq!(again.as_ref(), Ok(url), "normalising again changes nothing");
    assert_eq!(again.map(|it| it.key()), Ok(url.key()));
    // The key is an address itself, and names the same page, where all its escapes are whole.
    let escapes =
        text.split('%').skip(1).all(|it| it.as_bytes().iter().take_while(|b| b.is_ascii_hexdigit()).count() >= 2);
    if escapes
        && !url.host_name().starts_with("www.")
        && let Ok(by_key) = PageUrl::parse(&format!("{}://{}", url.scheme(), url.key()))
    {
        assert_eq!(by_key.key(), url.key(), "a key's key is the key: {text}");
    }
}

/// The charset decision. First line: `Content-Type`; the rest is the body.
#[allow(dead_code, reason = "each fuzz target uses one of these")]
pub(crate) fn charset(data: &[u8]) {
    let (header, body) = line(data);
    let header = text(header);
    let header = Some(header.as_str()).filter(|it| !it.is_empty());
    let decoded = decode::decode(body, header);
    // A byte is at most one character of three bytes; half a character at the end counts as one.
    assert!(decoded.text.len() <= body.len() * 3 + 3, "{} bytes of {}", decoded.text.len(), body.len());
    assert!(!decoded.text.contains('\0'));
    let known = decode::label_charset(decoded.encoding);
    assert!(known == Some(decoded.encoding) || decoded.encoding.starts_with("utf-32"), "{}", decoded.encoding);
    decoded.warning.iter().for_each(sound_warning);
    if let Some(header) = header {
        assert_eq!(decode::decode(body, Some(&header.to_ascii_uppercase())), decoded, "labels have no case");
    }
    if !decoded.text.starts_with('\u{feff}') {
        let again = decode::decode(decoded.text.as_bytes(), Some("text/plain; charset=utf-8"));
        assert_eq!((&*again.text, again.encoding, again.warning), (&*decoded.text, "utf-8", None));
    }
    if let Some(label) = header.and_then(decode::header_charset) {
        assert_eq!(decode::decode_with_label(body, label), decoded, "a label is a label wherever it stands");
    }
}

/// `Retry-After`. Lines: value, cap in seconds, the time in seconds since 1970.
#[allow(dead_code, reason = "each fuzz target uses one of these")]
pub(crate) fn retry_after_value(data: &[u8]) {
    let (value, rest) = line(data);
    let (cap, rest) = line(rest);
    let value = text(value);
    let number = |bytes: &[u8], otherwise: i64| text(bytes).trim().parse::<i64>().unwrap_or(otherwise);
    let cap = Duration::from_secs(number(cap, 86_400).unsigned_abs());
    let now = Timestamp::from_second(number(line(rest).0, 1_795_000_000)).unwrap_or(Timestamp::UNIX_EPOCH);

    let wait = retry_after(&value, now, cap);
    assert!(wait.is_none_or(|wait| wait <= cap), "{wait:?} is above {cap:?}");
    assert_eq!(wait, retry_after(&format!(" {value}\t"), now, cap), "blanks around it say nothing");
    assert!(retry_after(&value, now, cap * 2 / 3) <= wait, "a lower cap never waits longer");
    let trimmed = value.trim();
    if !trimmed.is_empty() && trimmed.bytes().all(|byte| byte.is_ascii_digit()) {
        assert!(wait.is_some(), "seconds are seconds");
    }
    if let Some(at) = http_date(&value) {
        assert_eq!(retry_after(&value, at, cap), Some(Duration::ZERO), "the time has come");
        let later = now.checked_add(Duration::from_mins(1)).unwrap_or(Timestamp::MAX);
        assert!(retry_after(&value, later, cap) <= wait, "who asks later waits less");
    }
}

/// A sitemap.
#[allow(dead_code, reason = "each fuzz target uses one of these")]
pub(crate) fn sitemap(data: &[u8]) {
    let (base, ctx) = (address("https://news.example/sitemaps/news.xml"), date_context());
    let text = decode::decode(data, Some("application/xml; charset=utf-8")).text;
    let Some(found) = sitemap::parse(&text, &base, &ctx) else { return };
    assert!(found.urls.len() <= 50_000 && found.maps.len() <= 50_000 && found.warnings.len() <= 10);
    found.warnings.iter().for_each(sound_warning);
    let mut bytes = 0;
    for entry in found.urls.iter().chain(&found.maps) {
        sound_url(&entry.url);
        assert!(entry.alternates.len() <= 50);
        entry.alternates.iter().for_each(sound_url);
        entry.lastmod.iter().for_each(sound_when);
        if let Some(news) = &entry.news {
            news.published.iter().for_each(sound_when);
            for field in [&news.title, &news.language, &news.publication].into_iter().flatten() {
                bytes += field.len();
                sound_line(field);
            }
        }
    }
    assert!(bytes <= text.len() * GROWTH + FIXED);
    // What was complete before a truncation is kept.
    if text.trim_start().starts_with('<') {
        let half = &text[..text.floor_char_boundary(text.len() / 2)];
        let kept = sitemap::parse(half, &base, &ctx).unwrap_or_default().urls;
        let whole = kept.len().saturating_sub(1);
        assert_eq!(kept[..whole], found.urls[..whole.min(found.urls.len())]);
    }
}

/// A feed.
#[allow(dead_code, reason = "each fuzz target uses one of these")]
pub(crate) fn feed(data: &[u8]) {
    let (base, ctx) = (address("https://news.example/rss/feed.xml"), date_context());
    let text = decode::decode(data, Some("application/xml; charset=utf-8")).text;
    let Some(found) = feed::parse(&text, &base, &ctx) else { return };
    assert!(found.items.len() <= 2_000 && found.warnings.len() <= 10 && found.hubs.len() <= 50);
    let hints = found.hints;
    assert!(hints.ttl.is_none_or(|ttl| ttl <= Duration::from_hours(24 * 30)), "{hints:?}");
    assert!(hints.skip_hours < 1 << 24 && hints.skip_days < 1 << 7, "{hints:?}");
    let notice = found.notice();
    assert!(notice.texts.len() <= 100 && notice.texts.iter().all(|it| it.text.len() <= 64 * 1024));
    found.warnings.iter().for_each(sound_warning);
    found.link.iter().for_each(sound_url);
    let mut bytes = found.title.as_ref().map_or(0, String::len);
    for item in &found.items {
        item.url.iter().chain(&item.image).for_each(sound_url);
        item.published.iter().chain(&item.updated).for_each(sound_when);
        assert!(item.authors.len() <= 50 && item.categories.len() <= 50 && item.title.len() <= 64 << 10);
        assert!(item.summary.as_ref().is_none_or(|it| it.len() <= 64 << 10));
        assert!(item.content.as_ref().is_none_or(|it| it.len() <= 512 << 10));
        bytes += item.title.len()
            + [&item.summary, &item.content, &item.id].into_iter().flatten().map(String::len).sum::<usize>();
        for name in item.authors.iter().chain(&item.categories) {
            bytes += name.len();
            sound_line(name);
        }
        sound_line(&item.title);
    }
    assert!(bytes <= text.len() * GROWTH + FIXED, "{bytes} bytes of {}", text.len());
}

/// A page of HTML (or what says that it is one).
#[allow(dead_code, reason = "each fuzz target uses one of these")]
pub(crate) fn html(data: &[u8]) {
    static PARSER: OnceLock<Parser> = OnceLock::new();
    let parser = PARSER.get_or_init(|| Parser::new(&Config::default()).expect("the built-in profiles compile"));
    let url = address("https://news.example/2026/11/some-title-of-a-story-123456.html");
    let tags = ["noarchive".to_owned()];
    let input = Input {
        url: &url,
        kind: PageKind::Unknown,
        profile: None,
        zone: "Asia/Riyadh",
        content_type: Some("text/html"),
        charset: None,
        robots_tags: &tags,
        canonical: None,
        feed_text: None,
        boilerplate: None,
        body: data,
        now: now(),
        visited: Some(now()),
        robot_name: "murasil",
    };
    let parsed = parser.parse(&input);
    sound_page(&parsed, data.len());
    if data.len() < 4 << 10 {
        assert_eq!(parser.explain(&input).parsed, parsed, "to be asked for reasons changes nothing");
    }
}

fn sound_page(parsed: &Parsed, input_bytes: usize) {
    assert!(parsed.warnings.len() <= 20 && parsed.headlines.len() <= 1_000 && parsed.discovered.len() <= 60_000);
    assert!(parsed.signals.noarchive, "the header's word holds whatever the page is");
    parsed.warnings.iter().for_each(sound_warning);
    parsed.signals.canonical.iter().chain(&parsed.signals.refresh).for_each(sound_url);
    let mut bytes = 0;
    for headline in &parsed.headlines {
        sound_url(&headline.target);
        sound_line(&headline.text);
        bytes += headline.text.len();
    }
    for found in &parsed.discovered {
        sound_url(&found.url);
        bytes += found.text.len();
    }
    if let Some(article) = &parsed.article {
        let lines = [&article.title, &article.subtitle, &article.kicker, &article.agency, &article.dateline];
        for found in lines.into_iter().chain([&article.publisher, &article.section]).flatten() {
            sound_line(&found.value);
            assert!(!found.value.trim().is_empty() && found.value.chars().count() <= 4_000);
            bytes += found.value.len();
        }
        for list in [&article.authors, &article.tags].into_iter().flatten() {
            assert!(list.value.len() <= 100);
            for member in &list.value {
                sound_line(member);
                assert!(member.chars().count() <= 300);
                bytes += member.len();
            }
        }
        for paragraph in article.paragraphs() {
            assert!(!paragraph.trim().is_empty() && !paragraph.contains('\0'), "{paragraph:?}");
            bytes += paragraph.len();
        }
        if let Some(html) = &article.body_html {
            bytes += html.len();
            sound_html(html, article.paragraphs());
        }
        assert!(article.pictures.len() <= 100);
        article.pictures.iter().for_each(|picture| sound_url(&picture.url));
        bytes += article.entries.iter().map(|entry| entry.text.len()).sum::<usize>();
        article.published.iter().chain(&article.modified).for_each(|found| sound_when(&found.value));
        for found in [&article.image, &article.canonical, &article.source].into_iter().flatten() {
            sound_url(&found.value);
        }
        let _ = article.hash();
    }
    assert!(bytes <= input_bytes * GROWTH + FIXED, "{bytes} bytes of text of {input_bytes}");
}

/// Nothing but tags of our own, each closed, and the body's words.
fn sound_html(html: &str, paragraphs: &[String]) {
    const NAMES: [&str; 18] = [
        "p",
        "h2",
        "h3",
        "h4",
        "ul",
        "ol",
        "li",
        "blockquote",
        "figure",
        "figcaption",
        "table",
        "tr",
        "th",
        "td",
        "a",
        "strong",
        "em",
        "br",
    ];
    let mut open = Vec::new();
    let mut words = String::new();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        words.push_str(text);
        let (tag, after) = after.split_once('>').expect("every tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "in {html}");
            continue;
        }
        let name = tag.split(' ').next().unwrap_or_default();
        assert!(NAMES.contains(&name), "<{tag}> in {html}");
        if let Some(attributes) = tag.strip_prefix(name).filter(|it| !it.is_empty()) {
            let href = attributes.strip_prefix(" href=\"").and_then(|it| it.strip_suffix('"'));
            let href = href.filter(|it| name == "a" && !it.contains('"')).expect("no attribute but a link's");
            sound_url(&address(&href.replace("&amp;", "&")));
        }
        open.push(name);
    }
    words.push_str(rest);
    assert!(open.is_empty() && !words.contains(['>', '\0']), "{html}");
    let words = words.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    assert_eq!(bare(&words), bare(&paragraphs.concat()), "the words are the body's");
}

fn sound_warning(warning: &ParseWarning) {
    assert!(!warning.code.is_empty() && warning.detail.chars().count() <= 200, "{warning:?}");
}

fn sound_when(when: &When) {
    assert!((1800..=2030).contains(&when.day.year()), "{when:?}");
    assert!(when.raw.chars().count() <= 200 && when.offset_seconds.abs() <= 26 * 3600, "{when:?}");
    let _ = when.to_string();
}

/// A short text that is one line without NUL.
fn sound_line(text: &str) {
    assert!(!text.contains(['\0', '\n', '\r']), "{text:?}");
}

/// The first line without its end, and what follows it.
fn line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, &[]),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn address(text: &str) -> PageUrl {
    PageUrl::parse(text).expect("an address")
}

fn now() -> Timestamp {
    Timestamp::from_second(1_795_000_000).expect("an instant")
}

fn date_context() -> DateContext<'static> {
    static UTC: jiff::tz::TimeZone = jiff::tz::TimeZone::UTC;
    DateContext { now: now(), visited: Some(now()), zone: &UTC, language: None, day_first: None }
}
