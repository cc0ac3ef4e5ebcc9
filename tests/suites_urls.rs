//! The public suites that speak about addresses, one printed figure each.
//!
//! Where we differ on purpose each case is put into a class of `docs/decisions/0005-addresses.md`, and the numbers of
//! all classes are pinned: a change of one of them is seen. The case files lie in the shared folder beside the project;
//! without it the tests say SKIP, unless `MURASIL_REQUIRE_SHARED=1`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use encoding_rs::Encoding;
use murasil::config::Config;
use murasil::model::{Discovered, PageKind, PageUrl, Parsed, Timestamp, UrlError, learning};
use murasil::parse::{Input, Parser};
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use serde_json::Value;
use url::Url;

/// The cases of a suite, or `None` where the shared folder is missing.
fn cases(suite: &str) -> Option<Vec<Value>> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "shared", "suites", suite, "cases.jsonl"].iter().collect();
    let Ok(text) = std::fs::read_to_string(&path) else {
        assert!(std::env::var("MURASIL_REQUIRE_SHARED").as_deref() != Ok("1"), "{} is missing", path.display());
        println!("SKIP {suite}: {} is missing", path.display());
        return None;
    };
    Some(text.lines().map(|line| serde_json::from_str(line).expect("a case is JSON")).collect())
}

/// How often each class of outcome was met, with the cases of all but the first.
#[derive(Default)]
struct Tally(BTreeMap<&'static str, Vec<String>>);

impl Tally {
    fn count(&mut self, class: &'static str, case: impl FnOnce() -> String) {
        self.0.entry(class).or_default().push(case());
    }

    /// Prints the classes and holds them to what was reached, in the order of the words.
    fn demand(&self, suite: &str, expected: &[(&str, usize)]) {
        let all: usize = self.0.values().map(Vec::len).sum();
        println!("{suite}: {all} cases");
        for (class, cases) in &self.0 {
            println!("  {:>5}  {class}", cases.len());
            if !class.starts_with("equal") && !class.starts_with("not compared") {
                for case in cases.iter().take(if class.contains("UNEXPLAINED") { 60 } else { 6 }) {
                    println!("             {case}");
                }
            }
        }
        let counts: Vec<(&str, usize)> = self.0.iter().map(|(class, cases)| (*class, cases.len())).collect();
        assert_eq!(counts, expected, "{suite}");
    }
}

/// A text argument; bytes stand under `__bytes__`.
fn text(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value["__bytes__"]["text"].as_str())
}

fn ours(text: &str) -> Result<String, UrlError> {
    PageUrl::parse(text).map(|url| url.as_str().to_owned())
}

/// What the URL crate makes of an address, without fragment and credentials: what is left to us is noise.
fn crate_reading(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    let _ = url.set_username("");
    let _ = url.set_password(None);
    if url.query() == Some("") {
        url.set_query(None);
    }
    url.into()
}

#[test]
fn addresses_are_read_as_the_url_standard_reads_them() {
    let Some(cases) = cases("urls-wpt") else { return };
    let mut tally = Tally::default();
    let mut misses = (0, 0);
    for case in &cases {
        let input = case["input"]["input"].as_str().expect("an input");
        let base = case["input"]["base"].as_str();
        let by_crate = match base {
            Some(base) => Url::parse(base).and_then(|base| base.join(input)),
            None => Url::parse(input),
        };
        let expected = case["expected"]["href"].as_str();
        if by_crate.as_ref().ok().map(Url::as_str) != expected {
            misses.0 += 1;
        }
        let known =
            case["tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag == "known-failing-in-rust-url"));
        misses.1 += usize::from(known);
        let base_page = base.map(PageUrl::parse);
        let by_us = match &base_page {
            Some(Ok(base)) => base.join(input),
            Some(Err(_)) => {
                tally.count("not compared: the base is no page", String::new);
                continue;
            }
            None => PageUrl::parse(input),
        };
        let class = match (&by_crate, &by_us) {
            (Err(_), Err(UrlError::Invalid(_))) => "equal: refused",
            (Ok(url), Err(UrlError::Scheme(_))) if !matches!(url.scheme(), "http" | "https") => {
                "equal: another scheme, refused"
            }
            (Ok(url), Ok(ours)) if crate_reading(url) == ours.as_str() => "equal",
            (Ok(_) | Err(_), _) => "UNEXPLAINED",
        };
        tally.count(class, || format!("{input:?} on {base:?}: crate {by_crate:?}, ours {by_us:?}"));
    }
    println!("urls-wpt: the url crate itself misses {} of {}; {} are tagged so", misses.0, cases.len(), misses.1);
    tally.demand(
        "urls-wpt",
        &[
            ("equal", 117),
            ("equal: another scheme, refused", 130),
            ("equal: refused", 141),
            ("not compared: the base is no page", 67),
        ],
    );
}

#[test]
fn international_names_become_ascii_as_the_url_crate_does_it() {
    let Some(cases) = cases("urls-idna") else { return };
    let mut tally = Tally::default();
    for case in &cases {
        let field = &case["input"]["domain"];
        let Some(domain) = field["text"].as_str() else {
            tally.count("not compared: lone surrogates, which no text of ours can hold", || field.to_string());
            continue;
        };
        let address = format!("http://{domain}/");
        let by_us = PageUrl::parse(&address).map(|url| url.host_name().to_owned());
        if by_us == Err(UrlError::LongHost) {
            assert!(case["expected"]["ok"] == false, "{domain:?}");
            tally.count("a name that DNS cannot carry is refused, as the suite wants", || domain.to_owned());
            continue;
        }
        let by_crate = Url::parse(&address).ok().and_then(|url| url.host_str().map(str::to_owned));
        let expected = case["expected"]["to_ascii"]["text"].as_str().unwrap_or_default();
        let is_ok = case["expected"]["ok"] == true;
        let status: Vec<&str> = case["expected"]["status"]
            .as_array()
            .map(|s| s.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let only =
            |words: &[&str]| status.iter().filter(|word| !word.starts_with("A4")).all(|word| words.contains(word));
        let class = if by_us.as_ref().ok() == by_crate.as_ref() {
            match (&by_us, is_ok) {
                (Ok(host), true) if host == expected => "equal: accepted",
                (Err(_), false) => "equal: refused",
                (Ok(_), true) => "UNEXPLAINED: another name",
                (Err(_), true) => "UNEXPLAINED: refused",
                (Ok(_), false) if domain.contains(['/', '?', '#', ':', '@', '\\', '%']) => {
                    "the text holds a delimiter of URLs: the host ends there"
                }
                (Ok(_), false) if only(&[]) => {
                    "lengths and empty labels are left to DNS (VerifyDnsLength is false in the URL Standard)"
                }
                (Ok(_), false) if only(&["V2", "V3"]) => "hyphens are free (CheckHyphens is false in the URL Standard)",
                (Ok(_), false) if only(&["U1"]) => {
                    "signs of ASCII are judged by the URL Standard's own list (UseSTD3ASCIIRules is false)"
                }
                (Ok(_), false) if only(&["V7"]) => "letters that a later Unicode has and the suite's does not",
                (Ok(_), false) => "UNEXPLAINED: accepted",
            }
        } else {
            "UNEXPLAINED: not as the url crate"
        };
        tally.count(class, || format!("{domain:?} {status:?}: expected {expected:?}, ours {by_us:?}"));
    }
    tally.demand(
        "urls-idna",
        &[
            ("a name that DNS cannot carry is refused, as the suite wants", 8),
            ("equal: accepted", 277),
            ("equal: refused", 2726),
            ("hyphens are free (CheckHyphens is false in the URL Standard)", 37),
            ("lengths and empty labels are left to DNS (VerifyDnsLength is false in the URL Standard)", 72),
            ("letters that a later Unicode has and the suite's does not", 4),
            ("signs of ASCII are judged by the URL Standard's own list (UseSTD3ASCIIRules is false)", 4),
            ("the text holds a delimiter of URLs: the host ends there", 44),
        ],
    );
}

#[test]
fn the_registrable_domain_is_that_of_the_public_suffix_list() {
    let Some(cases) = cases("urls-psl") else { return };
    let mut tally = Tally::default();
    for case in &cases {
        let Some(host) = case["input"]["host"].as_str() else {
            tally.count("not compared: no host", || case["input"].to_string());
            continue;
        };
        let ascii = |name: &str| PageUrl::parse(&format!("http://{name}/")).map(|url| url.host_name().to_owned());
        let expected = case["expected"]["registrable_domain"].as_str();
        let found = PageUrl::parse(&format!("http://{host}/")).map(|url| url.registrable_domain().to_owned());
        let class = match (expected, &found) {
            (Some(expected), Ok(found)) if ascii(expected).as_ref() == Ok(found) => "equal",
            (None, Ok(found)) if ascii(host).as_ref() == Ok(found) => "equal: a public suffix stands for itself",
            (None, Err(_)) => "equal: refused",
            (None, Ok(_)) if host.starts_with('.') => "a host that begins with a dot is one for the URL Standard",
            _ => "UNEXPLAINED",
        };
        tally.count(class, || format!("{host}: expected {expected:?}, ours {found:?}"));
    }
    tally.demand(
        "urls-psl",
        &[
            ("a host that begins with a dot is one for the URL Standard", 1),
            ("equal", 27),
            ("equal: a public suffix stands for itself", 9),
            ("not compared: no host", 1),
        ],
    );
}

#[test]
fn references_are_resolved() {
    let Some(cases) = cases("urls-resolve-crawlercommons") else { return };
    let mut tally = Tally::default();
    for case in &cases {
        let (input, base) =
            (text(&case["input"]["input"]).expect("an input"), text(&case["input"]["base"]).expect("a base"));
        let expected = case["expected"]["resolved"].as_str().expect("an address");
        let found = PageUrl::parse(base).and_then(|base| base.join(input));
        let class = match &found {
            Ok(found) if found.as_str() == expected => "equal",
            Ok(found) if Some(found.as_str()) == expected.split('#').next() => "equal but for the fragment",
            _ => "UNEXPLAINED",
        };
        tally.count(class, || format!("{input} on {base}: expected {expected}, ours {found:?}"));
    }
    tally.demand("urls-resolve-crawlercommons", &[("equal", 10), ("equal but for the fragment", 1)]);
}

#[test]
fn the_normaliser_of_crawler_commons_is_followed_or_answered() {
    let Some(cases) = cases("urls-crawlercommons-normalizer") else { return };
    let mut tally = Tally::default();
    for case in &cases {
        let input = case["input"]["url"].as_str().expect("an address");
        let expected = case["expected"]["normalized"].as_str();
        let by_us = PageUrl::parse(input);
        tally.count(compare(input, expected, &by_us), || format!("{input:?}: expected {expected:?}, ours {by_us:?}"));
    }
    tally.demand(
        "urls-crawlercommons-normalizer",
        &[
            ("a host that the URL Standard refuses", 5),
            ("a text without scheme and host is a reference, not an address", 3),
            ("equal", 84),
            ("equal as identity: the key has their spelling, the request keeps the page's", 14),
            ("equal: refused", 24),
            ("escapes, blanks and empty values are kept as browsers send them", 4),
            ("the host never changes, not even by its last dot", 1),
        ],
    );
}

/// The class of a difference between another normaliser and ours.
fn compare(input: &str, expected: Option<&str>, by_us: &Result<PageUrl, UrlError>) -> &'static str {
    let theirs = expected.and_then(|expected| PageUrl::parse(expected).ok());
    match (expected, by_us) {
        (Some(expected), Ok(ours)) if ours.as_str() == expected => "equal",
        (None, Err(_)) => "equal: refused",
        (Some(_), Ok(ours)) if theirs.as_ref().is_some_and(|theirs| theirs.key() == ours.key()) => {
            "equal as identity: the key has their spelling, the request keeps the page's"
        }
        (Some(_), Err(UrlError::Scheme(_))) => "another scheme than http and https is refused",
        (Some(_), Err(UrlError::LongHost)) => "a name that DNS cannot carry is refused",
        (Some(_), Err(UrlError::Invalid(_))) => match input.split_once("://") {
            None => "a text without scheme and host is a reference, not an address",
            Some(("http" | "https", _)) => "a host that the URL Standard refuses",
            Some(_) => "a scheme that the URL Standard does not read as one",
        },
        (Some(expected), Ok(ours)) if loose(expected) == loose(ours.as_str()) => {
            "escapes, blanks and empty values are kept as browsers send them"
        }
        (Some(_), Ok(ours)) if ours.host_name().ends_with('.') => "the host never changes, not even by its last dot",
        _ => "UNEXPLAINED",
    }
}

/// An address without what spellings of one query differ in: order, escapes, plus signs, the sign of an empty value.
fn loose(address: &str) -> (String, Vec<String>) {
    let plain = |text: &str| {
        let bytes = text.bytes().collect::<Vec<u8>>();
        let mut out = Vec::new();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let escaped = text.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
            match (byte, escaped) {
                (b'%', Some(value)) => {
                    out.push(value);
                    at += 2;
                }
                (b'+', _) => out.push(b' '),
                _ => out.push(*byte),
            }
            at += 1;
        }
        String::from_utf8_lossy(&out).trim_end_matches('=').to_owned()
    };
    let address = address.split('#').next().unwrap_or_default();
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut pairs: Vec<String> = query.split('&').map(plain).collect();
    pairs.sort();
    (plain(path), pairs)
}

#[test]
fn the_functions_of_w3lib_are_followed_or_answered() {
    let Some(cases) = cases("urls-w3lib") else { return };
    let mut tally = Tally::default();
    for case in &cases {
        let (input, expected) = (&case["input"], &case["expected"]);
        let class = w3lib(input, expected);
        tally.count(class, || format!("{input} expected {expected}, ours {:?}", text(&input["args"][0]).map(ours)));
    }
    tally.demand(
        "urls-w3lib",
        &[
            ("a host that the URL Standard refuses", 5),
            ("a letter that the page's encoding lacks: they go over to UTF-8", 2),
            ("a name that DNS cannot carry is refused", 1),
            ("a scheme that the URL Standard does not read as one", 23),
            ("a text without scheme and host is a reference, not an address", 5),
            ("another scheme than http and https is refused", 16),
            ("equal", 63),
            ("equal as identity: the key has their spelling, the request keeps the page's", 69),
            ("equal: refused", 30),
            ("escapes, blanks and empty values are kept as browsers send them", 9),
            ("not compared: a tool that we have no counterpart for", 53),
            ("not compared: bytes that are no text", 6),
            ("the path is UTF-8 in every page, by the URL Standard", 2),
        ],
    );
}

fn w3lib(input: &Value, expected: &Value) -> &'static str {
    let function = input["function"].as_str().expect("a function");
    if !matches!(function, "canonicalize_url" | "safe_url_string" | "is_url") {
        return "not compared: a tool that we have no counterpart for";
    }
    let Some(address) = text(&input["args"][0]) else { return "not compared: bytes that are no text" };
    if function == "is_url" {
        return if expected["result"] == PageUrl::parse(address).is_ok() {
            "equal"
        } else {
            "another scheme than http and https is refused"
        };
    }
    if input["kwargs"]["path_encoding"].is_string() {
        return "the path is UTF-8 in every page, by the URL Standard";
    }
    // "latin-1" is Python's spelling.
    let label = input["kwargs"]["encoding"].as_str().map(|label| label.replace("latin-1", "latin1"));
    let encoding = label.and_then(|label| Encoding::for_label(label.as_bytes()));
    let by_us = match encoding {
        Some(encoding) => {
            let base = PageUrl::parse("http://base.example/").expect("an address");
            base.join_encoded(address, &|query| encoding.encode(query).0)
        }
        None => PageUrl::parse(address),
    };
    match compare(address, text(&expected["result"]), &by_us) {
        "UNEXPLAINED" if encoding.is_some() => "a letter that the page's encoding lacks: they go over to UTF-8",
        class => class,
    }
}

#[test]
fn the_functions_of_courlan_are_followed_or_answered() {
    let Some(cases) = cases("urls-courlan") else { return };
    let mut tally = Tally::default();
    for case in &cases {
        let (input, expected) = (&case["input"], &case["expected"]);
        tally.count(courlan(input, expected), || format!("{input} expected {expected}"));
    }
    tally.demand(
        "urls-courlan",
        &[
            ("a file, or a host of a form that they find unlikely", 7),
            ("a path may end with an ampersand", 1),
            ("a text without scheme and host is a reference, not an address", 1),
            ("equal", 57),
            ("equal as identity: the key has their spelling, the request keeps the page's", 9),
            ("equal: refused", 4),
            ("nofollow links are found and marked; whether they are followed is the operator's word", 1),
            ("not compared: a filter of their own policy (kind, language or spam by words)", 31),
            ("not compared: the base is no page", 1),
            ("other lists of endings: they take upper case, and no ending that they do not know", 2),
            ("their filter of navigation", 3),
            ("their strict or fast mode, a language asked for, or the network", 16),
            ("they cut at quotes and angle brackets, browsers do not", 2),
        ],
    );
}

fn courlan(input: &Value, expected: &Value) -> &'static str {
    let class = courlan_function(input, expected);
    if class != "UNEXPLAINED" {
        return class;
    }
    let has = |word: &str| !input["kwargs"][word].is_null();
    if has("strict") || has("language") || has("with_redirects") || has("fast") {
        return "their strict or fast mode, a language asked for, or the network";
    }
    match input["function"].as_str().unwrap_or_default() {
        "clean_url" => "they cut at quotes and angle brackets, browsers do not",
        "extension_filter" => "other lists of endings: they take upper case, and no ending that they do not know",
        "check_url" | "validate_url" | "is_valid_url" => "a file, or a host of a form that they find unlikely",
        _ => class,
    }
}

fn courlan_function(input: &Value, expected: &Value) -> &'static str {
    let result = &expected["result"];
    let argument = |at: usize| text(&input["args"][at]).unwrap_or_default();
    let page = PageUrl::parse(argument(0));
    let authority = page.as_ref().map(|page| page.authority().to_string()).unwrap_or_default();
    let same = |is_same: bool| if is_same { "equal" } else { "UNEXPLAINED" };
    match input["function"].as_str().expect("a function") {
        "normalize_url" | "clean_url" => compare(argument(0), text(result), &page),
        "check_url" => compare(argument(0), text(&result[0]), &page),
        "fix_relative_urls" => {
            let found = PageUrl::parse(argument(0)).and_then(|base| base.join(argument(1)));
            compare(argument(1), text(result), &found)
        }
        "extract_domain" => same(page.ok().as_ref().map(PageUrl::registrable_domain) == text(result)),
        "validate_url" => same(result[0] == page.is_ok()),
        "is_valid_url" => same(*result == page.is_ok()),
        "get_base_url" => same(Some(&*authority) == text(result)),
        "get_hostinfo" => same(Some(&*authority) == text(&result[1])),
        "get_host_and_path" => match page {
            Ok(page) => {
                same(Some(&*authority) == text(&result[0]) && Some(&*page.path_and_query()) == text(&result[1]))
            }
            Err(_) => same(expected["raises"].is_string()),
        },
        "is_known_link" => {
            let known = addresses(&input["args"][1]);
            same(*result == page.is_ok_and(|page| known.contains(&page.key().to_string())))
        }
        "is_external" => {
            let other = PageUrl::parse(argument(1)).expect("an address");
            same(*result != page.expect("an address").is_same_site(&other))
        }
        "extension_filter" => {
            let base = PageUrl::parse("https://example.org/").expect("an address");
            same(*result == (base.join(argument(0)).expect("an address").shape().reason != "url-file"))
        }
        "extract_links" => links(input, result),
        "type_filter" | "lang_filter" | "path_filter" | "domain_filter" | "is_navigation_page" | "is_not_crawlable" => {
            "not compared: a filter of their own policy (kind, language or spam by words)"
        }
        _ => "UNEXPLAINED",
    }
}

/// Keys of the addresses of a set, sorted.
fn addresses(set: &Value) -> Vec<String> {
    let texts = set["__set__"].as_array().map(Vec::as_slice).unwrap_or_default().iter().filter_map(text);
    let mut keys: Vec<String> =
        texts.filter_map(|text| PageUrl::parse(text).ok()).map(|url| url.key().to_string()).collect();
    keys.sort();
    keys
}

fn parse(body: &str, url: &PageUrl) -> Parsed {
    let parser = Parser::new(&Config::default()).expect("built-in profiles compile");
    parser.parse(&Input {
        url,
        kind: PageKind::Front,
        profile: None,
        zone: "UTC",
        content_type: Some("text/html; charset=utf-8"),
        charset: None,
        robots_tags: &[],
        canonical: None,
        body: body.as_bytes(),
        now: "2026-11-24T12:00:00Z".parse::<Timestamp>().expect("a timestamp"),
        visited: None,
        feed_text: None,
        boilerplate: None,
        robot_name: "murasil",
    })
}

/// Links of a page: theirs are those on the same site, or those elsewhere.
fn links(input: &Value, result: &Value) -> &'static str {
    let (body, base) = (text(&input["args"][0]).unwrap_or_default(), text(&input["args"][1]).unwrap_or_default());
    let Ok(base) = PageUrl::parse(base) else { return "not compared: the base is no page" };
    let external = input["args"][2].as_bool().or(input["kwargs"]["external_bool"].as_bool()).unwrap_or_default();
    let parsed = parse(body, &base).discovered;
    let of_kind = |found: &&Discovered| found.url.is_same_site(&base) != external;
    let mut found: Vec<String> = parsed.iter().filter(of_kind).map(|found| found.url.key().to_string()).collect();
    found.sort();
    if found == addresses(result) {
        return "equal";
    }
    if parsed.iter().any(|found| found.rel.is_nofollow()) {
        return "nofollow links are found and marked; whether they are followed is the operator's word";
    }
    if body.contains("/page/") {
        return "their filter of navigation";
    }
    if body.contains("/&") { "a path may end with an ampersand" } else { "UNEXPLAINED" }
}

#[test]
fn naughty_strings_are_read_or_refused_everywhere() {
    let Some(cases) = cases("strings-naughty") else { return };
    let base = PageUrl::parse("https://paper.example/a/b?c").expect("an address");
    let mut read = 0;
    for case in &cases {
        let text = case["input"]["string"]["text"].as_str().expect("a text");
        for address in [
            text.to_owned(),
            format!("http://{text}/"),
            format!("http://paper.example/{text}"),
            format!("http://paper.example/?{text}={text}"),
            format!("http://paper.example:{text}/"),
        ] {
            for url in [PageUrl::parse(&address), base.join(&address)].into_iter().flatten() {
                assert_sound(&url);
                read += 1;
            }
        }
    }
    println!(
        "strings-naughty: {} strings, {read} of {} readings are addresses, all sound",
        cases.len(),
        cases.len() * 10
    );
    assert!(read > cases.len());
}

/// What holds of every address.
fn assert_sound(url: &PageUrl) {
    let again = PageUrl::parse(url.as_str()).expect("an address is one again");
    assert_eq!(again.as_str(), url.as_str(), "normalising again changes nothing");
    assert_eq!(again.key(), url.key());
    assert!(url.as_str().len() <= murasil::model::url::MAX_URL_BYTES && url.as_str().is_ascii());
    assert!(matches!(url.scheme(), "http" | "https") && !url.as_str().contains('#'));
    assert!(murasil::model::reason::meaning(url.shape().reason).is_some());
    let _ = (learning::shape(url), url.registrable_domain(), url.host(), url.authority());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn normalising_is_idempotent_and_keeps_the_host(
        path in "(/|//|;|\\.|\\.\\.|%2e|%|[a-zA-Z0-9é\u{627}%_~-]{1,6}|;jsessionid=1|\\(S\\(aaaaaaaaaaaaaaaaaaaaaaaa\\)\\)|index\\.html){0,12}",
        query in "((&|\\?|;|=|%26|[a-c]{1,2}|utm_source|fbclid|sid|phpsessid|[0-9a-f]{16})(=|&)?){0,10}",
    ) {
        let address = format!("https://www.Paper.example/{path}?{query}#f");
        let url = PageUrl::parse(&address).expect("an address");
        prop_assert_eq!(url.host_name(), "www.paper.example");
        assert_sound(&url);
        // The key is an address again, of the same page.
        let of_key = PageUrl::parse(&format!("http://{}", url.key())).expect("a key is an address");
        prop_assert_eq!(of_key.key(), url.key());
        prop_assert!(!url.key().as_str().starts_with("www."));
    }

    #[test]
    fn any_text_is_an_address_or_none(text in any::<String>()) {
        let base = PageUrl::parse("https://paper.example/a/b?c").expect("an address");
        for url in [PageUrl::parse(&text), base.join(&text)].into_iter().flatten() {
            assert_sound(&url);
        }
    }
}
