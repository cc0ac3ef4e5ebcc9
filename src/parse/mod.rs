//! Bytes to facts. Pure, total, synchronous: junk gives an empty answer and a warning, never an error or a panic.
//!
//! No I/O, no async; the time of the visit arrives as an argument. One tree and one walk serve all fields.
//! `tests/seed.rs` shows the module in use.

mod article;
pub mod dates;
pub mod decode;
pub mod feed;
mod headlines;
mod instead;
mod json;
mod kind;
pub mod language;
mod links;
pub mod pieces;
pub mod platform;
mod profile;
mod propose;
mod scan;
pub mod sitemap;
pub mod sniff;
mod tokens;
mod tree;
mod wishes;
mod xml;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::config::Config;
use crate::model::article::drop_controls;
use crate::model::page::day_of;
use crate::model::{
    Article, Boilerplate, Discovered, Essence, Extractor, FlagKind, Found, Headline, Host, PageKind, PageUrl,
    ParseWarning, Parsed, Place, Rel, Timestamp,
};
pub use article::Candidate;
use article::Context;
use article::ld::Graph;
use article::meta::Metas;
use dates::DateContext;
use profile::Compiled;
pub use profile::ProfileError;
pub use propose::Proposal;
use scan::Scan;
use sniff::DocumentType;
use tree::Tree;

/// A map of what a page holds. Its hash costs a fraction of the standard library's and is seeded as well.
type Map<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;

/// Warnings of a page that are kept.
const MAX_WARNINGS: usize = 20;

/// Understands pages; holds the compiled profiles and nothing else.
#[derive(Debug)]
pub struct Parser {
    profiles: BTreeMap<String, Compiled>,
}

/// One page and what is known about it.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// Its address.
    pub url: &'a PageUrl,
    /// What it was taken for.
    pub kind: PageKind,
    /// Name of its profile; `None`: a built-in profile if one names its domain.
    pub profile: Option<&'a str>,
    /// IANA zone of times that state none.
    pub zone: &'a str,
    /// `Content-Type` as received.
    pub content_type: Option<&'a str>,
    /// Label of its encoding, given by the caller; counts like one of the header.
    pub charset: Option<&'a str>,
    /// `X-Robots-Tag` values as received.
    pub robots_tags: &'a [String],
    /// `rel=canonical` of the `Link` header.
    pub canonical: Option<&'a PageUrl>,
    /// The full text that a feed gave for it, paragraphs parted by a blank line.
    pub feed_text: Option<&'a str>,
    /// Paragraphs that its host prints in article after article, if that is known.
    pub boilerplate: Option<&'a Boilerplate>,
    /// The decompressed body.
    pub body: &'a [u8],
    /// Time of reading: nothing is of much later.
    pub now: Timestamp,
    /// Time of the visit, from which "3 hours ago" counts; `None` where nobody knows when the page was fetched.
    pub visited: Option<Timestamp>,
    /// Our product token, for meta robots meant for us alone.
    pub robot_name: &'a str,
}

/// A page with every candidate for every field.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// What [`Parser::parse`] says.
    pub parsed: Parsed,
    /// The candidates, field by field.
    pub candidates: Vec<Candidate>,
}

impl Parser {
    /// Compiles the built-in profiles and the operator's.
    ///
    /// # Errors
    /// [`ProfileError`] names the profile, the key and what is wrong with its value.
    pub fn new(config: &Config) -> Result<Parser, ProfileError> {
        Ok(Parser { profiles: profile::compile_all(config)? })
    }

    /// The built-in profile that serves a host without being configured.
    pub fn profile_for(&self, host: &Host) -> Option<&str> {
        self.profiles.values().find(|profile| profile.serves(host.name())).map(|profile| profile.name.as_str())
    }

    /// Whether an address is an article's by the word of a profile; `None` if it has no word.
    pub fn is_article_url(&self, profile: Option<&str>, url: &PageUrl) -> Option<bool> {
        self.compiled(profile, url)?.is_article_url(url)
    }

    fn compiled(&self, name: Option<&str>, url: &PageUrl) -> Option<&Compiled> {
        match name {
            Some(name) => self.profiles.get(name),
            None => self.profiles.values().find(|profile| profile.serves(url.host_name())),
        }
    }

    /// What a page says.
    pub fn parse(&self, input: &Input) -> Parsed {
        self.understand(input, None).0
    }

    /// What a page says, with every candidate for every field.
    pub fn explain(&self, input: &Input) -> Explanation {
        let (parsed, candidates) = self.understand(input, Some(RefCell::default()));
        Explanation { parsed, candidates }
    }

    /// Selectors that would give the wanted fields of an HTML page; see [`Proposal`]. Parses the page twice: not for every page.
    pub fn propose(&self, input: &Input, wanted: impl Fn(&str) -> bool) -> Vec<Proposal> {
        let parsed = self.parse(input);
        let decoded = decoded(input);
        let tree = Tree::parse(&decoded.text);
        propose::propose(&tree, &parsed.article.unwrap_or_default(), input.url, wanted)
    }

    /// As [`Parser::read`], the texts of all lists without control characters; the article's are out already.
    fn understand(&self, input: &Input, trace: Option<RefCell<Vec<Candidate>>>) -> (Parsed, Vec<Candidate>) {
        let (mut parsed, candidates) = self.read(input, trace);
        parsed.headlines.iter_mut().for_each(|headline| drop_controls(&mut headline.text));
        parsed.discovered.iter_mut().for_each(|found| drop_controls(&mut found.text));
        (parsed, candidates)
    }

    fn read(&self, input: &Input, trace: Option<RefCell<Vec<Candidate>>>) -> (Parsed, Vec<Candidate>) {
        let decoded = decoded(input);
        let mut warnings: Vec<ParseWarning> = decoded.warning.iter().cloned().collect();
        let text = &*decoded.text;
        let zone = TimeZone::get(input.zone).unwrap_or(TimeZone::UTC);
        let mut kind = sniff::document_type(input.content_type, input.url.path(), text);
        if matches!(kind, DocumentType::Feed | DocumentType::Sitemap) {
            let dates =
                DateContext { now: input.now, visited: input.visited, zone: &zone, language: None, day_first: None };
            if let Some(parsed) = feed_or_sitemap(kind, text, input, &dates, &mut warnings) {
                return (parsed, Vec::new());
            }
            // It says that it is one and is none; often a page of HTML under a feed's address.
            kind =
                if text.contains("<html") || text.contains("<HTML") { DocumentType::Html } else { DocumentType::Other };
        }
        match kind {
            DocumentType::Html => self.page(input, &decoded, &zone, warnings, trace),
            DocumentType::Feed | DocumentType::Sitemap | DocumentType::Text | DocumentType::Other => {
                let mut parsed = Parsed::nothing(PageKind::Other);
                parsed.signals.reasons.push("document-other");
                parsed.signals = robots_only(parsed.signals, input);
                parsed.warnings = warnings;
                (parsed, Vec::new())
            }
        }
    }

    fn page(
        &self,
        input: &Input,
        decoded: &decode::Decoded,
        zone: &TimeZone,
        mut warnings: Vec<ParseWarning>,
        trace: Option<RefCell<Vec<Candidate>>>,
    ) -> (Parsed, Vec<Candidate>) {
        let tree = Tree::parse(&decoded.text);
        if let Some(budget) = tree.cut {
            warnings.push(ParseWarning { code: "budget", detail: format!("the page was cut: {budget}") });
        }
        let scan = scan::scan(&tree);
        let base = links::base(&scan, input.url);
        let anchors = links::anchors(&scan, &base, decoded.encoding);
        let metas = Metas::read(&scan);
        let mut graph = Graph::read(&scan, input.url);
        warnings.append(&mut graph.warnings);
        let compiled = self.compiled(input.profile, input.url).map(|profile| profile.on(day_of(input.now)));
        let answers = compiled.map(|compiled| compiled.apply(&tree, input.url));
        let profile = compiled.zip(answers.as_ref());
        let declared = declared_language(&scan, &metas, &graph);
        let language = page_language(&scan, declared.as_ref(), compiled);
        let ctx = Context {
            url: input.url,
            base: &base,
            scan: &scan,
            anchors: &anchors,
            metas: &metas,
            graph: &graph,
            profile,
            zone: compiled.and_then(|compiled| compiled.zone.as_ref()).unwrap_or(zone),
            now: input.now,
            visited: input.visited,
            language,
            trace,
            boilerplate: input.boilerplate,
            headed: Cell::default(),
            left_out: RefCell::default(),
            bad_dates: RefCell::default(),
            locale: std::cell::OnceCell::new(),
        };
        note_language(&ctx, declared.as_ref());
        let mut article = article::extract(&ctx);
        let own_chars = article.paragraphs().iter().map(|paragraph| paragraph.chars().count()).sum();
        let essence = Box::new(Essence::of(&article, &ctx.left_out.borrow(), input.url));
        if let Some(text) = input.feed_text {
            ctx.note_candidate(feed::full_text::complete(&mut article, text));
        }
        let own = ctx.answer("body").is_some();
        let by_profile = compiled.and_then(|compiled| compiled.is_article_url(input.url)).map(|by_url| by_url || own);
        let body_chars = text_weight(&article);
        let (kind, mut reasons) = kind::judge(&kind::Evidence {
            url: input.url,
            expected: input.kind,
            graph: &graph,
            metas: &metas,
            article: &article,
            by_profile,
            headed: ctx.headed.get(),
            anchors: &anchors,
            body_chars,
        });
        for raw in ctx.bad_dates.borrow().iter().take(3) {
            warnings.push(ParseWarning { code: "date", detail: raw.chars().take(200).collect() });
        }
        if scan.too_many_links {
            warnings.push(ParseWarning {
                code: "links",
                detail: format!("only the first {} links were read", scan::MAX_ANCHORS),
            });
        }
        warnings.truncate(MAX_WARNINGS);
        let mut signals = wishes::read(&metas, &base, input.robots_tags, input.robot_name, input.now);
        signals.canonical =
            article.canonical.as_ref().map(|found| found.value.clone()).or_else(|| input.canonical.cloned());
        signals.truncated = tree.cut.is_some();
        let goes_on = kind == PageKind::Article && article.flags.iter().any(|flag| flag.kind == FlagKind::MultiPage);
        signals.next_page = if goes_on { article::pages::next(&ctx) } else { None };
        let headline = article.title.as_ref().map(|title| title.value.as_str());
        signals.not_content =
            instead::instead_of_article(&scan, headline, metas.title.as_deref(), &decoded.text, own_chars);
        reasons.extend(signals.not_content.is_some().then_some("stand-in"));
        signals.reasons = reasons;
        let headlines: Vec<Headline> = headlines::headlines(&scan, input.url, kind, &anchors, profile);
        let article = (kind == PageKind::Article).then(|| article.bounded());
        let is_own = article.as_ref().and_then(|it| it.body.as_ref()).is_some_and(|body| body.by == Extractor::Html);
        let left_out = if is_own { ctx.left_out.take() } else { Vec::new() };
        let candidates = ctx.trace.map(RefCell::into_inner).unwrap_or_default();
        let discovered = links::discovered(&scan, &base, input.url, anchors);
        let parsed = Parsed {
            kind,
            article,
            left_out,
            essence,
            headlines,
            discovered,
            signals,
            warnings,
            ..Parsed::nothing(kind)
        };
        (parsed, candidates)
    }
}

/// Letters of an article's text. The captions of a mere gallery count as its text, and as a little one at most: lists of
/// galleries have captions as well.
fn text_weight(article: &Article) -> usize {
    let weight = |text: &str| scan::weight(text) as usize;
    let is_gallery = article.flags.iter().any(|flag| flag.kind == FlagKind::Gallery);
    if !article.paragraphs().is_empty() || !is_gallery {
        return article.paragraphs().iter().map(|paragraph| weight(paragraph)).sum();
    }
    let captions: usize = article.pictures.iter().filter_map(|it| it.caption.as_deref()).map(weight).sum();
    captions.min(kind::MUCH_OF_LITTLE)
}

fn decoded<'b>(input: &Input<'b>) -> decode::Decoded<'b> {
    match input.charset {
        Some(label) => decode::decode_with_label(input.body, label),
        None => decode::decode(input.body, input.content_type),
    }
}

fn robots_only(mut signals: crate::model::Signals, input: &Input) -> crate::model::Signals {
    let read = wishes::read(&Metas::default(), input.url, input.robots_tags, input.robot_name, input.now);
    signals.refresh = read.refresh;
    signals.noindex = read.noindex;
    signals.nofollow = read.nofollow;
    signals.noarchive = read.noarchive;
    signals.opt_outs = read.opt_outs;
    signals
}

/// The language that the page declares, as it stands there.
fn declared_language(scan: &Scan, metas: &Metas, graph: &Graph) -> Option<Found<String>> {
    let stated = |name| scan.html.and_then(|html| scan.attribute(html, name)).filter(|lang| !lang.trim().is_empty());
    let of_html = stated("lang").or_else(|| stated("xml:lang"));
    let found = |text: &str, by, rule| Some(Found::new(text.to_owned(), by, rule));
    of_html
        .and_then(|text| found(text, Extractor::Html, "html lang"))
        .or_else(|| found(&graph.text("inLanguage")?, Extractor::JsonLd, "inLanguage"))
        .or_else(|| {
            let (key, value) = metas.any(&["content-language", "language", "dc.language", "og:locale"])?;
            found(value, Extractor::Meta, key)
        })
}

/// The page's language: what it declares, checked against its text.
fn page_language(scan: &Scan, declared: Option<&Found<String>>, profile: Option<&Compiled>) -> Option<Found<String>> {
    let text = declared.map(|found| found.value.as_str());
    let (language, by) = language::detect(text, profile.and_then(|p| p.language.as_deref()), &sample(scan))?;
    let rule = match by {
        Extractor::Profile => "language",
        Extractor::Text => "letters and words",
        _ => "declared",
    };
    Some(Found::new(language, by, rule))
}

/// Notes what was said of the language, and what the text said to that.
fn note_language(ctx: &Context, declared: Option<&Found<String>>) {
    let chosen = ctx.language.as_ref();
    let believed = chosen.is_some_and(|chosen| !matches!(chosen.by, Extractor::Profile | Extractor::Text));
    if let Some(found) = declared {
        let note = match chosen.map(|chosen| chosen.by) {
            Some(Extractor::Profile) => "",
            Some(Extractor::Text) => "the text denies it",
            _ => "the text does not deny it",
        };
        ctx.note("language", &found.value, found.by, &found.rule, believed, note);
    }
    if let Some(found) = chosen.filter(|_| !believed) {
        ctx.note("language", &found.value, found.by, &found.rule, true, "");
    }
}

/// Prose of the page, for telling its language; at most some 4,000 bytes.
fn sample(scan: &Scan) -> String {
    let mut blocks: Vec<&scan::Block> = scan.blocks.iter().filter(|block| block.link_chars * 2 < block.chars).collect();
    blocks.sort_by_key(|block| std::cmp::Reverse(block.chars));
    let mut out = String::new();
    for block in blocks {
        if out.len() > 4_000 {
            break;
        }
        out.push_str(first_chars(scan.text.get(block.range.clone()).unwrap_or_default(), 1_000));
        out.push('\n');
    }
    out
}

/// The first characters of a text.
fn first_chars(text: &str, count: usize) -> &str {
    if text.len() <= count {
        return text;
    }
    // Characters alone are skipped many at a time.
    let mut rest = text.chars();
    let _last = count.checked_sub(1).and_then(|last| rest.nth(last));
    &text[..text.len() - rest.as_str().len()]
}

fn feed_or_sitemap(
    kind: DocumentType,
    text: &str,
    input: &Input,
    dates: &DateContext,
    warnings: &mut Vec<ParseWarning>,
) -> Option<Parsed> {
    let mut parsed = Parsed::nothing(PageKind::Other);
    if kind == DocumentType::Feed {
        let feed = feed::parse(text, input.url, dates)?;
        parsed.kind = PageKind::Feed;
        parsed.feed = Box::new(feed.notice());
        warnings.extend(feed.warnings);
        for item in feed.items {
            let Some(url) = item.url else { continue };
            let published = item.published.or(item.updated).map(|when| when.at);
            parsed.discovered.push(entry(url, PageKind::Article, item.title, Place::Feed, published));
        }
    } else {
        let map = sitemap::parse(text, input.url, dates)?;
        parsed.kind = PageKind::Sitemap;
        parsed.lastmods = map.lastmods(input.now);
        warnings.extend(map.warnings);
        for found in map.maps {
            parsed.discovered.push(entry(
                found.url,
                PageKind::Sitemap,
                String::new(),
                Place::Sitemap,
                found.lastmod.map(|when| when.at),
            ));
        }
        for found in map.urls {
            // Dates that are all the same are no dates of pages.
            let lastmod = found.lastmod.filter(|_| !parsed.lastmods.uniform);
            let (kind, text, published) = match found.news {
                Some(news) => (PageKind::Article, news.title.unwrap_or_default(), news.published.or(lastmod)),
                None => (PageKind::Unknown, String::new(), lastmod),
            };
            let published = published.map(|when| when.at);
            parsed.discovered.push(entry(found.url, kind, text, Place::Sitemap, published));
            let room = sitemap::MAX_ENTRIES.saturating_sub(parsed.discovered.len());
            let others = found.alternates.into_iter().take(room);
            parsed.discovered.extend(others.map(|url| entry(url, kind, String::new(), Place::Sitemap, published)));
        }
    }
    parsed.signals.reasons.push(if kind == DocumentType::Feed { "document-feed" } else { "document-sitemap" });
    parsed.signals = robots_only(parsed.signals, input);
    parsed.warnings = std::mem::take(warnings);
    parsed.warnings.truncate(MAX_WARNINGS);
    Some(parsed)
}

fn entry(url: PageUrl, kind: PageKind, text: String, place: Place, published: Option<Timestamp>) -> Discovered {
    Discovered { url, kind, text, place, published, rel: Rel::NONE }
}

#[cfg(test)]
impl<'a> Input<'a> {
    /// A page of which nothing is known but its address, read on the first day of 2025.
    fn bare(url: &'a PageUrl, body: &'a [u8]) -> Input<'a> {
        Input {
            url,
            kind: PageKind::Unknown,
            profile: None,
            zone: "UTC",
            content_type: None,
            charset: None,
            robots_tags: &[],
            canonical: None,
            feed_text: None,
            boilerplate: None,
            body,
            now: "2025-01-01T00:00:00Z".parse().expect("a timestamp"),
            visited: None,
            robot_name: "murasil",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn parse(page: &str) -> Parsed {
        let parser = Parser::new(&Config::default()).expect("built-in profiles compile");
        parser.parse(&Input {
            kind: PageKind::Article,
            ..Input::bare(
                &PageUrl::parse("https://example.org/news/some-title-of-a-page").expect("an address"),
                page.as_bytes(),
            )
        })
    }

    /// The entries of a document as it came.
    fn entries(content_type: &str, body: &[u8]) -> Vec<(String, String)> {
        let parser = Parser::new(&Config::default()).expect("built-in profiles compile");
        let parsed = parser.parse(&Input {
            kind: PageKind::Feed,
            content_type: Some(content_type),
            ..Input::bare(&PageUrl::parse("https://paper.example/rss/").expect("an address"), body)
        });
        parsed.discovered.into_iter().map(|found| (found.url.as_str().to_owned(), found.text)).collect()
    }

    #[test]
    fn a_feed_is_one_whatever_it_is_called_and_its_good_entries_are_kept() {
        let title = "\u{62e}\u{628}\u{631} \u{639}\u{627}\u{62c}\u{644}";
        let item = format!("<item><title>{title}</title><link>../n/1</link></item>");
        let whole = format!("<rss version='2.0'><channel>{item}</channel></rss>");
        let wanted = [("https://paper.example/n/1".to_owned(), title.to_owned())];
        for content_type in ["text/html", "text/plain", "application/octet-stream", "application/rss+xml", ""] {
            assert_eq!(entries(content_type, whole.as_bytes()), wanted, "{content_type}");
        }
        // A header that lies, as servers' defaults do; a prolog that lies; and one that alone tells the truth.
        assert_eq!(entries("text/xml; charset=iso-8859-1", whole.as_bytes()), wanted);
        let lying = format!("<?xml version='1.0' encoding='iso-8859-1'?>{whole}");
        assert_eq!(entries("text/xml", lying.as_bytes()), wanted);
        let mut old = b"<?xml version='1.0' encoding='windows-1256'?><rss><channel><item><title>".to_vec();
        old.extend_from_slice(b"\xCE\xC8\xD1 \xDA\xC7\xCC\xE1</title><link>/n/1</link></item></channel></rss>");
        assert_eq!(entries("text/xml", &old), wanted);
        for cut in [1, 16, 23] {
            assert_eq!(entries("text/xml", &whole.as_bytes()[..whole.len() - cut]), wanted, "{cut} bytes missing");
        }
        let two = whole.replace("</channel>", "<item><link>https://paper.example/n/123");
        assert_eq!(
            entries("text/xml", two.trim_end_matches("</rss>").as_bytes()),
            wanted,
            "an address that is cut off"
        );
        let based = whole.replace("<channel>", "<channel xml:base='https://paper.example/n/2/'>");
        assert_eq!(entries("text/xml", based.as_bytes())[0].0, "https://paper.example/n/n/1");
    }

    #[test]
    fn a_sitemaps_other_languages_and_plain_dates_are_told() {
        let entry = |at: u32| {
            format!(
                "<url><loc>/{at}</loc><lastmod>2024-12-0{at}</lastmod><image:image><image:loc>/x.jpg</image:loc></image:image>\
                 <video:video><video:player_loc>/v</video:player_loc></video:video>\
                 <xhtml:link rel='alternate' hreflang='fr' href='/fr/{at}'/></url>"
            )
        };
        let map = format!("<urlset>{}{}</urlset>", entry(1), entry(2));
        let found: Vec<String> = entries("text/xml", map.as_bytes()).into_iter().map(|(url, _)| url).collect();
        assert_eq!(found, ["/1", "/fr/1", "/2", "/fr/2"].map(|path| format!("https://paper.example{path}")));
    }

    #[test]
    fn hostile_pages_are_read_in_seconds() {
        let head = "<title>Some title</title><h1>Some title</h1>";
        let cases = [
            ("paragraphs", format!("{head}{}", "<p>word word word, and more words here.</p>".repeat(100_000))),
            ("title", format!("<title>{}</title>", "a | b - ".repeat(100_000))),
            ("references", format!("<title>{}</title>", "&amp;amp;".repeat(100_000))),
            ("lists", format!("{head}<ul>{}", "<li><a href=/a/1>xx yy zz</a><p>some prose of a teaser".repeat(20_000))),
            ("brackets", format!("{head}<script type=application/ld+json>{}</script>", "[".repeat(200_000))),
            ("classes", format!("{head}<div class=\"{}\"><p>x", "comment related-".repeat(50_000))),
            ("bylines", format!("{head}<p>{}", "<span class=author>By Ann Lee</span>".repeat(50_000))),
            ("nesting", format!("{head}{}", "<div>some text in here ".repeat(50_000))),
        ];
        for (name, page) in cases {
            let started = Instant::now();
            let parsed = parse(&page);
            assert!(started.elapsed() < Duration::from_secs(10), "{name} took {:?}", started.elapsed());
            assert!(parsed.warnings.len() <= MAX_WARNINGS, "{name}");
            assert!(parsed.discovered.len() <= scan::MAX_ANCHORS + 500, "{name}");
        }
    }

    #[test]
    fn hidden_text_is_no_part_of_the_article() {
        let prose = "The council has decided on the new bridge after a long debate, and work begins in spring.";
        let page = format!(
            "<h1>A bridge is built</h1><div><p>{prose}</p><p style='display: none'>{prose} Hidden one.</p><p hidden>{prose} \
             Hidden two.</p><p>{prose} In<b>side</b> words, <a href=/x>links</a>.</p></div>"
        );
        let article = parse(&page).article.expect("an article");
        let text = article.body_text().expect("a body");
        assert!(!text.contains("Hidden"), "{text}");
        assert!(text.ends_with("Inside words, links."), "{text}");
    }

    #[test]
    fn what_stands_in_an_article_s_place_is_none() {
        let prose =
            "<p>The page that you asked for was moved or never existed, so please use the search.</p>".repeat(3);
        let parsed = parse(&format!("<title>Page not found | Paper</title><h1>Page not found</h1>{prose}"));
        assert!(parsed.signals.not_content.is_some_and(|what| what.contains("Page not found")));
        let parsed = parse(&format!("<title>Bridge opens</title><h1>Bridge opens</h1>{prose}"));
        assert_eq!((parsed.kind, parsed.signals.not_content), (PageKind::Article, None));
    }

    #[test]
    fn lists_keep_no_control_characters() {
        let parsed = parse("<h1>x</h1><a href=/news/a-story-with-a-title-1>A story\u{1b}[2J with\u{9d} a title</a>");
        assert!(!parsed.discovered.is_empty());
        assert!(
            parsed.discovered.iter().all(|found| !found.text.contains(char::is_control)),
            "{:?}",
            parsed.discovered
        );
    }

    #[test]
    fn robots_rules_for_us_and_for_all_are_read() {
        let signals = parse("<meta name=robots content=noindex><meta name=murasil content=nofollow><p>x").signals;
        assert!(signals.noindex && signals.nofollow && !signals.noarchive);
        let signals =
            parse("<meta name=otherbot content=noindex><meta http-equiv=refresh content='0; url=/y'>").signals;
        assert!(!signals.noindex);
        assert_eq!(signals.refresh.map(|url| url.as_str().to_owned()), Some("https://example.org/y".to_owned()));
    }
}
