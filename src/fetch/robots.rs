//! robots.txt: text → the rules that hold for us, and their verdict on a path. Pure.
//!
//! Reads what Google's parser reads (typos, missing colons, any line end), because that is what site owners
//! test with. `tests/suites_fetch.rs` runs the public suites against it.
//!
//! # Source
//! RFC 9309 §2.2; `Crawl-delay` and `Sitemap` are in no RFC but in common use.

use std::time::Duration;

use crate::model::PageUrl;

use super::pattern::{Pattern, Side, normal, push_escape};

/// Bytes of a body that are read. RFC 9309 §2.5 asks for at least 500 KiB.
pub const MAX_BYTES: usize = 500 << 10;
/// `Sitemap` lines that are taken from one file; the largest real files name a few hundred.
const MAX_SITEMAPS: usize = 1000;
/// `Content-Signal` lines of a group that are taken, and the longest of them.
const MAX_SIGNALS: usize = 20;
const MAX_SIGNAL_BYTES: usize = 200;
/// Longest line that is read, in bytes: what Google's parser takes (eight times the longest address).
const MAX_LINE_BYTES: usize = 2083 * 8;

/// The rules of one robots.txt that hold for one product token.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    /// Most specific first; of equals those that allow first.
    paths: Vec<Rule>,
    crawl_delay: Option<Duration>,
    /// `Content-Signal` lines with the path that they begin with, if any.
    signals: Vec<(Option<Pattern>, Box<str>)>,
}

/// What robots.txt says about a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may be requested.
    Allowed,
    /// It may not.
    Disallowed {
        /// The line that decided, with its number.
        rule: String,
    },
}

#[derive(Debug, Clone, PartialEq)]
struct Rule {
    allow: bool,
    line: u32,
    /// As written, for people.
    written: Box<str>,
    pattern: Pattern,
}

impl Rules {
    /// Reads the groups that hold for a product token, compared without case.
    ///
    /// All groups that name the token are one; without any, those for `*` are. Never fails: a line that is none
    /// of ours is passed over, so an HTML page has no rules.
    pub fn parse(text: &str, token: &str) -> Rules {
        let mut own = Group::default();
        let mut others = Group::default();
        let mut scope = Scope::default();
        for (line, key, value) in lines(text) {
            match key {
                Key::UserAgent => scope.agent(value, token),
                Key::Allow | Key::Disallow => {
                    scope.rules_seen = true;
                    scope.delay_seen = true;
                    let allow = matches!(key, Key::Allow);
                    if scope.rules_own {
                        own.add(allow, line, value);
                    }
                    if scope.rules_others {
                        others.add(allow, line, value);
                    }
                }
                Key::CrawlDelay => {
                    scope.delay_seen = true;
                    let delay = crawl_delay(value);
                    if scope.delay_own {
                        own.crawl_delay = own.crawl_delay.or(delay);
                    }
                    if scope.delay_others {
                        others.crawl_delay = others.crawl_delay.or(delay);
                    }
                }
                // It ends no list of agents: RFC 9309 §2.2.4 lets no other record interfere with rules.
                Key::ContentSignal => {
                    if scope.rules_own {
                        own.add_signal(value);
                    }
                    if scope.rules_others {
                        others.add_signal(value);
                    }
                }
                Key::Sitemap => {}
            }
        }
        let chosen = if scope.ever_own { own } else { others };
        chosen.into_rules()
    }

    /// Whether a path with its query may be requested.
    ///
    /// The path is percent-encoded, as [`PageUrl::path_and_query`] gives it. The longest matching pattern wins; of equally long ones the one that allows. Costs at most the length of
    /// the path times the number of rules, whatever the patterns are.
    ///
    /// # Source
    /// RFC 9309 §2.2.2.
    pub fn verdict(&self, path_and_query: &str) -> Verdict {
        let path = normal(path_and_query, Side::Path);
        match self.paths.iter().find(|rule| rule.pattern.matches(&path)) {
            Some(rule) if !rule.allow => {
                let shown: String = rule.written.chars().take(150).collect();
                Verdict::Disallowed { rule: format!("Disallow: {shown} (line {})", rule.line) }
            }
            Some(_) | None => Verdict::Allowed,
        }
    }

    /// `Crawl-delay` of our group; `None` if it states none that makes sense.
    pub fn crawl_delay(&self) -> Option<Duration> {
        self.crawl_delay
    }

    /// `Content-Signal` of our group for a path, as written; `None` if it states none. Of several lines those with the
    /// longest matching path hold, joined by commas.
    ///
    /// # Source
    /// contentsignals.org; an optional path in front as in draft-ietf-aipref-attach.
    pub fn content_signal(&self, path_and_query: &str) -> Option<String> {
        if self.signals.is_empty() {
            return None;
        }
        let path = normal(path_and_query, Side::Path);
        let weight = |pattern: &Option<Pattern>| match pattern {
            Some(pattern) => pattern.matches(&path).then_some(pattern.weight),
            None => Some(0),
        };
        let most = self.signals.iter().filter_map(|(pattern, _)| weight(pattern)).max()?;
        let holding = self.signals.iter().filter(|(pattern, _)| weight(pattern) == Some(most));
        Some(holding.map(|(_, signal)| signal.as_ref()).collect::<Vec<_>>().join(", "))
    }

    /// Roughly what the rules occupy, in bytes.
    pub fn weight(&self) -> usize {
        let rules = self.paths.iter().map(|rule| rule.written.len() + rule.pattern.len() + 64).sum::<usize>();
        rules + self.signals.iter().map(|(_, signal)| signal.len() + 64).sum::<usize>() + 64
    }
}

/// The addresses of all `Sitemap` lines, each once, resolved against the address of the file.
///
/// They belong to no group. Lines that are no http address are passed over; at most a thousand are taken.
pub fn sitemaps(text: &str, robots_url: &PageUrl) -> Vec<PageUrl> {
    let mut found: Vec<PageUrl> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (_, key, value) in lines(text) {
        if !matches!(key, Key::Sitemap) || value.is_empty() {
            continue;
        }
        if let Ok(url) = robots_url.join(value)
            && seen.insert(url.as_str().to_owned())
        {
            found.push(url);
            if found.len() == MAX_SITEMAPS {
                break;
            }
        }
    }
    found
}

/// The body of a robots.txt as text, of at most [`MAX_BYTES`] of the body.
///
/// A byte order mark is dropped. A byte that is not UTF-8 becomes its percent escape, which is what it would be
/// in an address; so does NUL: the text has at most three times the bytes. With `cut` the body is known to go on,
/// and its last line, which may be half, is left out.
pub fn text_of(body: &[u8], cut: bool) -> String {
    let bytes = &body[..body.len().min(MAX_BYTES)];
    let mut text = utf16(bytes).unwrap_or_else(|| escaped_text(without_mark(bytes)));
    if cut || bytes.len() < body.len() {
        text.truncate(text.rfind(['\n', '\r']).map_or(0, |at| at + 1));
    }
    text
}

/// Bytes as text; what is no UTF-8, and NUL, becomes its percent escape.
fn escaped_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for (i, part) in chunk.valid().split('\0').enumerate() {
            if i > 0 {
                text.push_str("%00");
            }
            text.push_str(part);
        }
        for byte in chunk.invalid() {
            push_escape(&mut text, *byte);
        }
    }
    text
}

/// The bytes behind a byte order mark. Half a mark of UTF-8 is dropped too: it is the work of an editor that cut it.
fn without_mark(bytes: &[u8]) -> &[u8] {
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe").or_else(|| bytes.strip_prefix(b"\xfe\xff")) {
        return rest;
    }
    let half = b"\xef\xbb\xbf".iter().zip(bytes).take_while(|(mark, byte)| mark == byte).count();
    &bytes[half..]
}

/// The text of a file that is UTF-16, which Windows editors write; `None` for all others.
///
/// The mark alone is not believed: with ASCII keywords UTF-16 has zero bytes, and some files have only the mark.
fn utf16(bytes: &[u8]) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, rest @ ..] if rest.contains(&0) => u16::from_le_bytes,
        [0xfe, 0xff, rest @ ..] if rest.contains(&0) => u16::from_be_bytes,
        _ => return None,
    };
    let units = bytes.chunks_exact(2).skip(1).filter_map(|pair| pair.first_chunk().copied().map(unit));
    let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(text.filter(|c| *c != '\0').collect())
}

/// Whose lines these are while reading.
///
/// A rule ends the list of agents before it. `Crawl-delay` ends it only for the next `Crawl-delay`: many files
/// give each agent a delay and nothing else, while for rules RFC 9309 lets such a line not end a group.
#[derive(Default)]
struct Scope {
    rules_own: bool,
    rules_others: bool,
    rules_seen: bool,
    delay_own: bool,
    delay_others: bool,
    delay_seen: bool,
    ever_own: bool,
}

impl Scope {
    fn agent(&mut self, value: &str, token: &str) {
        if self.rules_seen {
            (self.rules_own, self.rules_others, self.rules_seen) = (false, false, false);
        }
        if self.delay_seen {
            (self.delay_own, self.delay_others, self.delay_seen) = (false, false, false);
        }
        let others = value.starts_with('*') && !value[1..].starts_with(|c: char| !c.is_whitespace());
        let own = !others && names(value, token);
        self.rules_own |= own;
        self.delay_own |= own;
        self.ever_own |= own;
        self.rules_others |= others;
        self.delay_others |= others;
    }
}

/// Whether the value of a `User-agent` line names a token: `murasil`, `Murasil/2.1`, `murasil (news)`.
fn names(value: &str, token: &str) -> bool {
    let letters = value.find(|c: char| !c.is_ascii_alphabetic() && c != '-' && c != '_').unwrap_or(value.len());
    let word = value.find(|c: char| c == '/' || c.is_whitespace()).unwrap_or(value.len());
    !token.is_empty() && (value[..letters].eq_ignore_ascii_case(token) || value[..word].eq_ignore_ascii_case(token))
}

#[derive(Default)]
struct Group {
    rules: Vec<Rule>,
    crawl_delay: Option<Duration>,
    signals: Vec<(Option<Pattern>, Box<str>)>,
}

impl Group {
    /// Adds a rule. An empty pattern matches nothing and is none.
    ///
    /// Who allows a directory's `index.html` allows the directory, as Google reads it.
    fn add(&mut self, allow: bool, line: u32, value: &str) {
        if value.is_empty() {
            return;
        }
        let mut add = |pattern: &str| {
            self.rules.push(Rule { allow, line, written: value.into(), pattern: Pattern::new(pattern) });
        };
        add(value);
        if allow
            && let Some(slash) = value.rfind('/')
            && value[slash..].starts_with("/index.htm")
        {
            add(&format!("{}$", &value[..=slash]));
        }
    }

    /// Adds a `Content-Signal`, which may begin with the path that it is about.
    fn add_signal(&mut self, value: &str) {
        let (path, signal) = match value.split_once([' ', '\t']) {
            Some((path, signal)) if path.starts_with(['/', '*']) => (Some(Pattern::new(path)), signal.trim()),
            Some(_) | None => (None, value),
        };
        if !signal.is_empty() && signal.len() <= MAX_SIGNAL_BYTES && self.signals.len() < MAX_SIGNALS {
            self.signals.push((path, signal.into()));
        }
    }

    fn into_rules(self) -> Rules {
        let mut rules = self.rules;
        rules.sort_by(|a, b| b.pattern.weight.cmp(&a.pattern.weight).then(b.allow.cmp(&a.allow)));
        Rules { paths: rules, crawl_delay: self.crawl_delay, signals: self.signals }
    }
}

/// Seconds, whole or with a fraction. Negative, infinite and unreadable values are none; what follows a number
/// (`10 seconds`, `10s`, `10<br>`) is passed over.
fn crawl_delay(value: &str) -> Option<Duration> {
    let digits = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    let (number, rest) = value.split_at(digits);
    let number = if rest.starts_with([' ', '\t', 's', 'S', '<', ';', ',']) { number } else { value };
    let seconds: f64 = number.parse().ok()?;
    if !seconds.is_finite() || seconds < 0.0 {
        return None;
    }
    // A century and more is one wish; the cap decides about it.
    Some(Duration::from_secs_f64(seconds.min(4e9)))
}

#[derive(Clone, Copy)]
enum Key {
    UserAgent,
    Allow,
    Disallow,
    CrawlDelay,
    ContentSignal,
    Sitemap,
}

/// Lines with a key that means something to us: number, key, value without comment and blanks.
fn lines(text: &str) -> impl Iterator<Item = (u32, Key, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut number = 0;
    text.split('\n').flat_map(|part| part.strip_suffix('\r').unwrap_or(part).split('\r')).filter_map(move |line| {
        number += 1;
        let line = &line[..line.floor_char_boundary(MAX_LINE_BYTES)];
        let line = line.split('#').next().unwrap_or_default().trim();
        let (key, value) = key_and_value(line)?;
        Some((number, key_of(key)?, value))
    })
}

/// Splits at the colon, or at the blank where exactly two words stand without one.
fn key_and_value(line: &str) -> Option<(&str, &str)> {
    if let Some((key, value)) = line.split_once(':') {
        return Some((key.trim(), value.trim()));
    }
    let (key, value) = line.split_once([' ', '\t'])?;
    let value = value.trim();
    (!value.is_empty() && !value.contains([' ', '\t'])).then_some((key, value))
}

/// Keys are compared without case and by their beginning, common typos included, as Google's parser does.
fn key_of(key: &str) -> Option<Key> {
    const KEYS: [(&str, Key); 14] = [
        ("user-agent", Key::UserAgent),
        ("useragent", Key::UserAgent),
        ("user agent", Key::UserAgent),
        ("disallow", Key::Disallow),
        ("dissallow", Key::Disallow),
        ("dissalow", Key::Disallow),
        ("disalow", Key::Disallow),
        ("diasllow", Key::Disallow),
        ("disallaw", Key::Disallow),
        ("allow", Key::Allow),
        ("crawl-delay", Key::CrawlDelay),
        ("content-signal", Key::ContentSignal),
        ("sitemap", Key::Sitemap),
        ("site-map", Key::Sitemap),
    ];
    KEYS.iter()
        .find(|(name, _)| {
            key.as_bytes().get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes()))
        })
        .map(|(_, key)| *key)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, path: &str, allowed: bool) {
        let verdict = Rules::parse(text, "murasil").verdict(path);
        assert_eq!(verdict == Verdict::Allowed, allowed, "{path} in {text:?}: {verdict:?}");
    }

    #[test]
    fn the_longest_pattern_wins_and_of_equals_the_one_that_allows() {
        let text = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /*.pdf$\nAllow: /x\nDisallow: /x\n";
        for (path, allowed) in [
            ("/", true),
            ("/a", false),
            ("/a/b/c", true),
            ("/q.pdf", false),
            ("/q.pdf?x", true),
            ("/q.PDF", true),
            ("/x", true),
        ] {
            check(text, path, allowed);
        }
    }

    #[test]
    fn patterns_are_compared_in_one_spelling() {
        for (pattern, path, matches) in [
            ("/caf\u{e9}", "/caf%C3%A9", true),
            ("/caf%c3%a9", "/caf%C3%A9", true),
            ("/%7Euser", "/~user", true),
            ("/a%2Fb", "/a/b", false),
            ("/a%2a", "/a*", true),
            ("/a%2a", "/ab", false),
            ("/a$b", "/a$b", true),
            ("/a*$", "/abc", true),
            ("/*/*/end$", "/x/y/end", true),
            ("/*/*/end$", "/x/end", false),
            ("a", "/a", false),
            ("*a", "/a", true),
            ("/100%", "/100%", true),
        ] {
            check(&format!("User-agent: *\nDisallow: {pattern}\n"), path, !matches);
        }
    }

    #[test]
    fn our_group_is_found_by_its_exact_token_and_else_the_one_for_everybody() {
        let forbids = |agents: &str| format!("User-agent: other\nDisallow:\n{agents}\nDisallow: /a\n");
        check(&forbids("User-agent: murasil"), "/a", false);
        check(&forbids("User-agent: MURASIL/2.1 (news)"), "/a", false);
        check(&forbids("User-agent: x\n# between\n\nuser-agent : murasil\nUser-agent: y"), "/a", false);
        check(&forbids("User-agent: *"), "/a", false);
        check(&forbids("User-agent: murasilic"), "/a", true);
        check(&forbids("User-agent: mura"), "/a", true);
        check("User-agent: *\nDisallow: /\nUser-agent: murasil\nDisallow: /b\n", "/a", true);
        check(
            "User-agent: murasil\nDisallow: /b\nUser-agent: q\nDisallow:\nUser-agent: murasil\nDisallow: /a",
            "/a",
            false,
        );
    }

    #[test]
    fn a_crawl_delay_is_read_for_our_group_if_it_makes_sense() {
        for (value, expected) in [
            ("5", Some(5_000)),
            ("0.5", Some(500)),
            ("10 seconds", Some(10_000)),
            ("10s", Some(10_000)),
            ("1e12", Some(4_000_000_000_000)),
            ("-5", None),
            ("NaN", None),
            ("inf", None),
            ("", None),
            ("soon", None),
        ] {
            let rules = Rules::parse(&format!("User-agent: *\nCrawl-delay: {value}\n"), "murasil");
            assert_eq!(rules.crawl_delay().map(|delay| delay.as_millis()), expected, "{value}");
        }
    }

    #[test]
    fn a_content_signal_holds_for_its_group_and_path() {
        let text = "User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n\n\
                    User-agent: murasil\nContent-signal: ai-train=yes\nContent-Signal: /closed/ search=no\nDisallow: /x\n";
        let signal = |token: &str, path: &str| Rules::parse(text, token).content_signal(path);
        assert_eq!(signal("otherbot", "/a").as_deref(), Some("search=yes, ai-train=no"));
        assert_eq!(signal("murasil", "/a").as_deref(), Some("ai-train=yes"));
        assert_eq!(signal("murasil", "/closed/a").as_deref(), Some("search=no"));
        assert_eq!(Rules::parse("User-agent: *\nDisallow: /x\n", "murasil").content_signal("/a"), None);
        let between = "User-agent: murasil\nContent-Signal: ai-train=no\nUser-agent: b\nDisallow: /x\n";
        check(between, "/x", false);
        let many = format!("User-agent: *\n{}", "Content-Signal: /a ai-train=no\n".repeat(100_000));
        assert!(Rules::parse(&many, "murasil").weight() < 10_000);
    }

    #[test]
    fn a_body_is_read_whatever_its_bytes_and_line_ends() {
        assert_eq!(text_of(b"\xef\xbb\xbfa\0b\xe9", false), "a%00b%E9");
        assert_eq!(text_of(b"Disallow: /a\nDisallow: /", true), "Disallow: /a\n");
        let binary = [b"Disallow: /a\n".to_vec(), vec![0xe9; 600_000]].concat();
        assert_eq!(text_of(&binary, false), "Disallow: /a\n");
        let legacy = [b"# \xce\xc8\xd1\n".repeat(60_000), b"Disallow: /a\n".to_vec()].concat();
        assert!(legacy.len() > 300 << 10 && text_of(&legacy, false).ends_with("\nDisallow: /a\n"));
        assert!(text_of(&b"\xe9\xe9\xe9\n".repeat(200_000), false).len() <= 3 * MAX_BYTES);
        let utf_16: Vec<u8> = "\u{feff}a: b\nc: d".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text_of(&utf_16, true), "a: b\n", "a cut file stays in its encoding");
        assert_eq!(text_of("Disallow: /a\n".repeat(100_000).as_bytes(), false).len() % 13, 0);
        for text in
            ["User-agent: *\rDisallow: /a\r", "User-agent: *\r\nDisallow: /a", "\u{feff}user-agent *\ndisalow /a"]
        {
            check(text, "/a", false);
        }
    }

    #[test]
    fn stars_cost_no_more_than_letters() {
        let text = format!("User-agent: *\nDisallow: /{}b$\n", "*a".repeat(8000)).repeat(20);
        let rules = Rules::parse(&text, "murasil");
        let path = format!("/{}", "a".repeat(2000));

        let started = Instant::now();
        assert_eq!(rules.verdict(&path), Verdict::Allowed);

        assert!(started.elapsed() < Duration::from_millis(200), "{:?}", started.elapsed());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(body in proptest::collection::vec(any::<u8>(), 0..500), path in "/[ -~]{0,40}") {
            let text = text_of(&body, false);
            let _ = Rules::parse(&text, "murasil").verdict(&path);
            let lines = format!("User-agent: *\nDisallow: {text}\nAllow: {path}\nSitemap: {text}");
            let _ = Rules::parse(&lines, "murasil").verdict(&path);
            let home = PageUrl::parse("https://a.example/robots.txt").expect("an address");
            let _ = sitemaps(&lines, &home);
        }
    }
}
