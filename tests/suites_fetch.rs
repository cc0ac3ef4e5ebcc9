//! The public suites that speak about what `fetch` decides, one printed figure each.
//!
//! The case files lie in the shared folder beside the project; without it the tests say SKIP, unless
//! `MURASIL_REQUIRE_SHARED=1`.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use murasil::config::{self, Config, Cookies, Secret, Site};
use murasil::fetch::Fetcher;
use murasil::fetch::address::AddressFilter;
use murasil::fetch::content_coding::{CodingError, Decoder};
use murasil::fetch::grants::Grants;
use murasil::fetch::headers::{conditions, redirect_target, validators};
use murasil::fetch::mime_type::{self, MimeType};
use murasil::fetch::retry_after::retry_after;
use murasil::fetch::robots::{self, Rules, Verdict};
use murasil::fetch::robots_copy::{self, Reading, Standing, StatusMeaning};
use murasil::model::{
    Authority, Claim, Failure, History, HostId, HostPace, Outcome, PageId, PageKind, PageUrl, RobotsCopy, RobotsStatus,
    Timestamp, Validators,
};
use murasil::parse::{Input, Parser};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

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

/// What came of a suite.
#[derive(Default)]
struct Score {
    passed: usize,
    failed: Vec<String>,
}

impl Score {
    fn count(&mut self, is_right: bool, case: impl FnOnce() -> String) {
        if is_right {
            self.passed += 1;
        } else {
            self.failed.push(case());
        }
    }

    fn figure(&self) -> String {
        let all = self.passed + self.failed.len();
        format!("{}/{all} = {:.2} %", self.passed, self.share() * 100.0)
    }

    fn share(&self) -> f64 {
        self.passed as f64 / (self.passed + self.failed.len()).max(1) as f64
    }

    /// Prints the figure and demands a share.
    fn demand(&self, what: &str, share: f64) {
        println!("{what}: {} (demanded {:.2} %)", self.figure(), share * 100.0);
        for case in self.failed.iter().take(20) {
            println!("  not as expected: {case}");
        }
        assert!(self.passed > 0 && self.share() >= share, "{what}: {} is below {share}", self.figure());
    }
}

fn base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut buffer, mut bits) = (0u32, 0);
    for c in text.bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        buffer = buffer << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
        }
    }
    bytes
}

fn bytes(value: &Value) -> Vec<u8> {
    match value["text"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => base64(value["b64"].as_str().expect("text or b64")),
    }
}

fn text(value: &Value) -> String {
    robots::text_of(&bytes(value), false)
}

/// Path and query of an address as it stands, not normalised.
fn path_of(url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let rest = match url.find("://") {
        Some(at) => &url[at + 3..],
        None if url.starts_with('/') => return url.to_owned(),
        None => url,
    };
    match rest.find(['/', '?', ';']) {
        Some(at) if rest[at..].starts_with('/') => rest[at..].to_owned(),
        Some(at) => format!("/{}", &rest[at..]),
        None => "/".to_owned(),
    }
}

fn token(agent: &str) -> &str {
    agent.split('/').next().unwrap_or_default()
}

/// The rules for the first of several names that has a group of its own, else for everybody.
fn rules_for(text: &str, agents: &[&str]) -> Rules {
    let others = Rules::parse(text, "nobody-is-called-so");
    agents.iter().map(|agent| Rules::parse(text, token(agent))).find(|rules| *rules != others).unwrap_or(others)
}

fn agents(input: &Value) -> Vec<&str> {
    match input["user_agents"].as_array() {
        Some(list) => list.iter().filter_map(Value::as_str).collect(),
        None => input["user_agent"].as_str().into_iter().collect(),
    }
}

fn allows(input: &Value, path: &str) -> bool {
    rules_for(&text(&input["robots_txt"]), &agents(input)).verdict(path) == Verdict::Allowed
}

/// Google's own tests give addresses as they stand to a matcher that does not encode; all others are encoded first,
/// as they are in a request.
fn path_in(suite: &str, input: &Value) -> String {
    let written = input["url"].as_str().expect("an address");
    match url::Url::parse(written) {
        Ok(url) if !suite.starts_with("robots-google") => path_of(url.as_str()),
        Ok(_) | Err(_) => path_of(written),
    }
}

fn has_tag(case: &Value, tag: &str) -> bool {
    case["tags"].as_array().is_some_and(|tags| tags.iter().any(|it| it == tag))
}

fn shown(case: &Value) -> String {
    case.to_string().chars().take(600).collect()
}

fn robots_allowed(suite: &str, counts: impl Fn(&Value) -> bool) {
    let Some(cases) = cases(suite) else { return };
    let mut score = Score::default();
    let mut rest = Score::default();
    let asks = |case: &&Value| case["expected"]["allowed"].is_boolean() && case["input"]["url"].is_string();
    for case in cases.iter().filter(asks) {
        let is_right = case["expected"]["allowed"] == allows(&case["input"], &path_in(suite, &case["input"]));
        let side = if counts(case) { &mut score } else { &mut rest };
        side.count(is_right, || shown(case));
    }
    println!("{suite}, cases that are not demanded: {}", rest.figure());
    score.demand(suite, 1.0);
}

#[test]
fn robots_google_all_of_level_must() {
    robots_allowed("robots-google", |case| case["level"] == "must");
}

#[test]
fn robots_google_ctc_all_of_level_must() {
    robots_allowed("robots-google-ctc", |case| case["level"] == "must");
}

#[test]
fn robots_of_other_crawlers_where_google_and_protego_agree() {
    for suite in ["robots-protego", "robots-crawlercommons", "robots-parser-samclarke", "robots-reppy"] {
        robots_allowed(suite, |case| has_tag(case, "google-agrees") && has_tag(case, "protego-agrees"));
    }
}

#[test]
fn robots_real_files_are_read_as_google_and_protego_read_them() {
    let Some(cases) = cases("robots-real") else { return };
    let mut score = Score::default();
    let mut sitemaps = Score::default();
    let mut delays = Score::default();
    let started = Instant::now();
    for case in &cases {
        let text = text(&case["input"]["robots_txt"]);
        let expected = &case["expected"];
        for agent in ["NewsPoliteBot", "Googlebot-News"] {
            if let Some(seconds) = expected["crawl_delay_s"].get(agent) {
                let ours = Rules::parse(&text, agent).crawl_delay().map(|delay| delay.as_secs_f64());
                delays.count(ours == seconds.as_f64(), || format!("{agent} {ours:?} {seconds} {}", case["id"]));
            }
        }
        if let Some(count) = expected["sitemaps"].as_u64() {
            let home = PageUrl::parse("https://site.example/robots.txt").expect("an address");
            let ours = robots::sitemaps(&text, &home).len() as u64;
            sitemaps.count(ours == count, || format!("{} {ours} {count}", case["id"]));
        }
        let mut parsed: Vec<(&str, Rules)> = Vec::new();
        for check in expected["checks"].as_array().expect("checks") {
            let agent = check[0].as_str().expect("an agent");
            if !parsed.iter().any(|(name, _)| *name == agent) {
                parsed.push((agent, Rules::parse(&text, token(agent))));
            }
            let (_, rules) = parsed.iter().find(|(name, _)| *name == agent).expect("parsed above");
            let allowed = rules.verdict(check[1].as_str().expect("a path")) == Verdict::Allowed;
            score.count(check[2] == allowed, || format!("{} {check}", case["id"]));
        }
    }
    let elapsed = started.elapsed();
    println!("robots-real took {} ms", elapsed.as_millis());
    for (what, score) in [("crawl-delay", delays), ("sitemaps", sitemaps)] {
        println!("robots-real {what}, not demanded: {}", score.figure());
        println!("  {:?}", score.failed.iter().take(5).collect::<Vec<_>>());
    }
    score.demand("robots-real", 0.999);
    assert!(elapsed < Duration::from_secs(10), "robots-real took {elapsed:?}");
}

#[test]
fn robots_meta_sitemaps_and_crawl_delays() {
    let Some(cases) = cases("robots-crawlercommons-meta") else { return };
    let mut sitemaps = Score::default();
    let mut delays = Score::default();
    let cap = config::Politeness::default().max_crawl_delay;
    for case in &cases {
        let (input, expected) = (&case["input"], &case["expected"]);
        let text = text(&input["robots_txt"]);
        let base = input["robots_url"].as_str().unwrap_or_default();
        let base = PageUrl::parse(base).or_else(|_| PageUrl::parse(&format!("http://{base}"))).expect("an address");
        let found: Vec<String> = robots::sitemaps(&text, &base).iter().map(ToString::to_string).collect();
        let wanted: Vec<_> =
            expected["sitemaps"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        sitemaps.count(found == wanted, || format!("{found:?} {}", shown(case)));
        // A longer delay than the cap pauses the host: no delay is kept, in that suite's crawler as in ours.
        let delay = rules_for(&text, &agents(input)).crawl_delay().filter(|delay| *delay <= cap);
        let delay = delay.map(|delay| delay.as_millis() as u64);
        delays.count(delay == expected["crawl_delay_ms"].as_u64(), || format!("{delay:?} {expected} {}", shown(case)));
    }
    sitemaps.demand("robots-crawlercommons-meta sitemaps", 1.0);
    delays.demand("robots-crawlercommons-meta crawl-delay", 0.98);
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().expect("an instant")
}

fn copy(status: RobotsStatus, hours_old: i64) -> RobotsCopy {
    RobotsCopy {
        id: None,
        authority: Authority::from_stored("http://a.example"),
        fetched_at: now() - jiff::SignedDuration::from_hours(hours_old),
        status,
        text: String::new(),
        failed_at: None,
    }
}

/// How a fetch result of robots.txt is read, in the suite's words.
fn robots_mode(input: &Value) -> &'static str {
    let authority = Authority::from_stored("http://a.example");
    let mode_after = |reading: Reading| match robots_copy::after(None, &authority, reading, now()).status {
        RobotsStatus::Rules => "rules",
        RobotsStatus::Absent => "allow_all",
        RobotsStatus::Unreachable => "disallow_all",
    };
    if let Some(hours) = input["cached_age_hours"].as_i64() {
        return match robots_copy::standing(Some(&copy(RobotsStatus::Rules, hours)), now()) {
            Standing::InForce => "cached",
            Standing::Due => "refetch",
            Standing::Closed => "disallow_all",
        };
    }
    if input["error"].is_string() {
        return mode_after(Reading::Failed("no answer".to_owned().into()));
    }
    let status = input["status"].as_u64().expect("a status");
    match robots_copy::meaning(u16::try_from(status).expect("a status")) {
        StatusMeaning::Read => mode_after(Reading::Text(input["body"].as_str().unwrap_or_default().to_owned())),
        StatusMeaning::Absent => mode_after(Reading::Absent),
        StatusMeaning::Failed => mode_after(Reading::Failed("status".to_owned().into())),
        StatusMeaning::Redirect => "redirect",
    }
}

/// Whether a rule that begins so many KiB into the file is obeyed.
fn rule_is_obeyed_at(kib: u64) -> bool {
    let mut body = b"User-agent: *\n".to_vec();
    while (body.len() as u64) < kib << 10 {
        body.extend_from_slice(b"# nothing to see here\n");
    }
    body.extend_from_slice(b"Disallow: /late\n");
    let rules = Rules::parse(&robots::text_of(&body, false), "murasil");
    matches!(rules.verdict("/late"), Verdict::Disallowed { .. })
}

#[test]
fn robots_status_all_of_level_must() {
    let Some(cases) = cases("robots-status-rfc9309") else { return };
    let mut score = Score::default();
    for case in cases.iter().filter(|case| case["level"] != "info") {
        let input = &case["input"];
        let is_right = match input["rule_at_kib"].as_u64() {
            Some(kib) => case["expected"]["rule_obeyed"] == rule_is_obeyed_at(kib),
            None => case["expected"]["mode"].as_str().expect("a mode").starts_with(robots_mode(input)),
        };
        score.count(is_right, || shown(case));
    }
    score.demand("robots-status-rfc9309", 1.0);
}

#[test]
fn ssrf_addresses_all() {
    let Some(cases) = cases("ssrf-addresses") else { return };
    let filter = AddressFilter::new(&config::Fetch::default()).expect("the default is valid");
    let mut score = Score::default();
    for case in &cases {
        let input = &case["input"];
        let written = input["url"].as_str().expect("an address");
        let base = PageUrl::parse(input["base"].as_str().unwrap_or("http://example.com/")).expect("an address");
        let resolved: Vec<IpAddr> = match input["resolves_to"].as_array() {
            Some(list) => list.iter().filter_map(|address| address.as_str()?.parse().ok()).collect(),
            // What every resolver says about this name (RFC 6761 §6.3).
            None if written.to_ascii_lowercase().contains("localhost") => vec![IpAddr::from([127, 0, 0, 1])],
            None => Vec::new(),
        };
        let allowed = base.join(written).is_ok_and(|url| filter.check(&url).is_ok())
            && resolved.iter().all(|address| filter.permits(*address));
        score.count(case["expected"]["allowed"] == allowed, || shown(case));
    }
    score.demand("ssrf-addresses", 1.0);
}

#[test]
fn http_retry_after_all() {
    let Some(cases) = cases("http-retry-after") else { return };
    let cap = Duration::from_hours(24);
    let mut score = Score::default();
    for case in &cases {
        let input = &case["input"];
        let at: Timestamp = input["now"].as_str().expect("an instant").parse().expect("an instant");
        let seconds = retry_after(input["retry_after"].as_str().expect("a value"), at, cap).map(|wait| wait.as_secs());
        let is_right = match case["expected"]["seconds"].as_str() {
            Some("cap") => seconds == Some(cap.as_secs()),
            Some("60_or_null") => matches!(seconds, Some(60) | None),
            Some(other) => panic!("unknown expectation {other}"),
            None => seconds == case["expected"]["seconds"].as_u64(),
        };
        score.count(is_right, || format!("{seconds:?} {}", shown(case)));
    }
    score.demand("http-retry-after", 1.0);
}

#[test]
fn http_compression_all() {
    use sha2::Digest;
    let Some(cases) = cases("http-compression-scrapy") else { return };
    let mut score = Score::default();
    for case in &cases {
        let expected = &case["expected"];
        let limit = expected["must_stop_at_limit"].as_u64().unwrap_or(10_000_000);
        let coding = case["input"]["content_encoding"].as_str().expect("codings");
        let body = base64(case["input"]["body_b64"].as_str().expect("a body"));
        let decoded = Decoder::new(coding, 0, limit).and_then(|mut decoder| {
            // Byte by byte, so that every state meets every border.
            for byte in &body {
                decoder.push(&[*byte])?;
            }
            decoder.finish()
        });
        let is_right = match (&decoded, expected["sha256_of_decoded"].as_str()) {
            (Ok(body), Some(sum)) => {
                let ours =
                    sha2::Sha256::digest(body).iter().fold(String::new(), |sum, byte| sum + &format!("{byte:02x}"));
                ours == sum
            }
            (Err(CodingError::TooLarge), None) => has_tag(case, "bomb"),
            (Err(CodingError::Truncated(_) | CodingError::Broken(_)), None) => has_tag(case, "truncated"),
            (Err(_), _) | (Ok(_), None) => false,
        };
        let result = decoded.map(|body| body.len());
        score.count(is_right, || format!("{result:?} {expected} {}", case["id"]));
    }
    score.demand("http-compression-scrapy", 1.0);
}

#[test]
fn http_mime_wpt_all_of_level_must() {
    let Some(cases) = cases("http-mime-wpt") else { return };
    let mut score = Score::default();
    for case in cases.iter().filter(|case| case["level"] == "must") {
        // Bytes of a header are Latin-1.
        let written: String = bytes(&case["input"]["content_type"]).iter().map(|byte| char::from(*byte)).collect();
        let written = case["input"]["content_type"]["text"].as_str().unwrap_or(&written);
        let parsed = MimeType::parse(written).map(|found| found.to_string());
        score.count(parsed.as_deref() == case["expected"]["parsed"].as_str(), || format!("{parsed:?} {}", shown(case)));
    }
    score.demand("http-mime-wpt (type and parameters, level must)", 1.0);
}

#[test]
fn http_content_type_wpt_all() {
    let Some(cases) = cases("http-content-type-wpt") else { return };
    let mut score = Score::default();
    for case in &cases {
        let values: Vec<&str> =
            case["input"]["headers"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        let found = mime_type::extract(&values.join(", ")).map(|found| found.to_string());
        score.count(found.as_deref() == case["expected"]["mime"].as_str(), || format!("{found:?} {}", shown(case)));
    }
    score.demand("http-content-type-wpt", 1.0);
}

/// A claim of an address whose host has no robots.txt.
fn open_claim(url: &PageUrl) -> Claim {
    let robots =
        RobotsCopy { authority: url.authority(), fetched_at: Timestamp::now(), ..copy(RobotsStatus::Absent, 0) };
    Claim {
        page: PageId(1),
        host_id: HostId(1),
        site: String::new(),
        url: url.clone(),
        kind: PageKind::Article,
        depth: 0,
        hops: 0,
        validators: Validators::default(),
        history: History::default(),
        pace: HostPace::new(url.host(), Duration::ZERO, Timestamp::now()),
        robots: Some(robots),
    }
}

/// Serves one answer, byte for byte, and what came of fetching it.
async fn fetch_bytes(answer: Vec<u8>) -> Outcome {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let address = listener.local_addr().expect("has an address");
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let _ = stream.read(&mut [0; 4096]).await;
        let _ = stream.write_all(&answer).await;
    });
    let mut config = Config::default();
    config.fetch.allow_private = vec!["127.0.0.1".into()];
    config.fetch.ports = vec![address.port()];
    config.fetch.timeout = Duration::from_secs(5);
    config.politeness.delay = Duration::ZERO;
    let url = PageUrl::parse(&format!("http://{address}/a")).expect("an address");
    Fetcher::new(Arc::new(config)).expect("a valid configuration").fetch(&open_claim(&url)).await.outcome
}

#[tokio::test]
async fn http_content_length_wpt_all_of_level_must() {
    let Some(cases) = cases("http-content-length-wpt") else { return };
    let (mut must, mut info) = (Score::default(), Score::default());
    for case in &cases {
        let header = case["input"]["header"].as_str().expect("a header");
        let body = "a".repeat(case["input"]["actual_body_bytes"].as_u64().expect("a number") as usize);
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{header}\r\n\r\n{body}");

        let outcome = fetch_bytes(answer.into_bytes()).await;

        let length = if let Outcome::Page(page) = &outcome { Some(page.body.len() as u64) } else { None };
        assert!(!matches!(outcome, Outcome::Failed(Failure::Timeout(_))), "{header} must not hang");
        let score = if case["level"] == "must" { &mut must } else { &mut info };
        score.count(length == case["expected"]["body_bytes"].as_u64(), || format!("{length:?} {}", shown(case)));
    }
    println!(
        "http-content-length-wpt, cases of level info (a length that is none is an error for us): {}",
        info.figure()
    );
    for case in &info.failed {
        println!("  stricter than a browser: {case}");
    }
    must.demand("http-content-length-wpt, level must", 1.0);
}

/// The headers of a scripted answer; numbers are dates, so many seconds from now.
fn scripted_headers(script: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for pair in script.as_array().into_iter().flatten() {
        let name: HeaderName = pair[0].as_str().expect("a name").parse().expect("a name");
        let value = match pair[1].as_i64() {
            Some(seconds) => {
                let distance = Duration::from_secs(seconds.unsigned_abs());
                let now = SystemTime::now();
                httpdate::fmt_http_date(if seconds < 0 { now - distance } else { now + distance }).into_bytes()
            }
            // Text of a header is Latin-1.
            None => pair[1].as_str().expect("a text").chars().map(|c| u32::from(c) as u8).collect(),
        };
        headers.insert(name, HeaderValue::from_bytes(&value).expect("a value"));
    }
    headers
}

/// We keep no answers for others: of a cache's duties ours is to resend what validates, byte for byte as it came.
#[test]
fn http_cache_tests_conditional() {
    let Some(cases) = cases("http-cache-tests") else { return };
    let (mut score, mut stated) = (Score::default(), Score::default());
    for case in cases.iter().filter(|case| has_tag(case, "conditional-inm") || has_tag(case, "conditional-lm")) {
        let requests = case["input"]["requests"].as_array().expect("a list");
        let answer = scripted_headers(&requests[0]["response_headers"]);
        let name = case["input"]["name"].as_str().expect("a name");
        if requests.len() < 2 {
            // A cache adds quotes to a client's own question; there are no clients here.
            println!("  not ours: {name}");
            continue;
        }
        let resent = conditions(&validators(&answer));
        let is_right = resent.get(header::IF_NONE_MATCH) == answer.get(header::ETAG)
            && resent.get(header::IF_MODIFIED_SINCE) == answer.get(header::LAST_MODIFIED);
        score.count(is_right, || format!("{resent:?} {}", shown(case)));
        // Of the headers that the suite states ours are the validators; it would repair a tag that came without quotes.
        let is_sound = answer.get(header::ETAG).is_none_or(|tag| tag.as_bytes().ends_with(b"\""));
        for expected in requests[1]["expected_request_headers"].as_array().into_iter().flatten() {
            match expected[0].as_str() {
                Some("If-None-Match") if is_sound => {
                    let ours = resent.get(header::IF_NONE_MATCH).map(HeaderValue::as_bytes);
                    stated.count(ours == expected[1].as_str().map(str::as_bytes), || shown(case));
                }
                Some("If-None-Match") => println!("  {name} No: byte for byte, as it came"),
                other => println!("  not ours: {other:?} of {name}"),
            }
        }
    }
    assert_eq!(stated.passed + stated.failed.len(), 2, "cases that state If-None-Match for a sound tag");
    stated.demand("http-cache-tests, conditional-*: the stated If-None-Match", 1.0);
    score.demand("http-cache-tests, conditional-*: resent byte for byte", 1.0);
}

/// Where an answer leads, by `Location` or meta refresh; `None` if nowhere that we would go.
fn target(case: &Value, from: &PageUrl, parser: &Parser) -> Option<PageUrl> {
    let answer = &case["input"]["response"];
    if has_tag(case, "MetaRefreshMiddleware") {
        let body = bytes(&answer["body"]);
        let input = Input {
            url: from,
            kind: PageKind::Unknown,
            profile: None,
            zone: "UTC",
            content_type: Some("text/html"),
            charset: None,
            robots_tags: &[],
            canonical: None,
            body: &body,
            now: now(),
            visited: None,
            feed_text: None,
            boilerplate: None,
            robot_name: "murasil",
        };
        return parser.parse(&input).signals.refresh;
    }
    let mut headers = HeaderMap::new();
    for value in answer["headers"]["Location"].as_array().into_iter().flatten() {
        let latin1: Vec<u8> = value.as_str().expect("a text").chars().map(|c| u32::from(c) as u8).collect();
        headers.append(header::LOCATION, HeaderValue::from_bytes(&latin1).expect("a value"));
    }
    redirect_target(&headers, from).ok()
}

/// What we would send with a request for `to` if what was sent with the one for `from` had been configured for it, and
/// its cookies set by it.
fn sent_on(case: &Value, from: &PageUrl, to: &PageUrl) -> HeaderMap {
    let mut secrets = std::collections::BTreeMap::new();
    let mut cookies = Vec::new();
    for (name, values) in case["input"]["request"]["headers"].as_object().expect("headers") {
        match name.as_str() {
            "Cookie" => cookies.extend(values[0].as_str()),
            "Authorization" | "A" | "X-Custom" => {
                secrets.insert(name.clone(), serde_json::from_value(values[0].clone()).expect("a text"));
            }
            _ => {}
        }
    }
    let secret = Secret { origin: from.authority().as_str().to_owned(), headers: secrets };
    let site = Site { cookies: Cookies::Session, secrets: vec![secret], ..Site::from_seed(from) };
    let grants = Grants::new(Arc::new(Config { sites: vec![site], ..Config::default() })).expect("valid");
    let secure = if from.scheme() == "https" { "; Secure" } else { "" };
    for cookie in cookies {
        let mut set = HeaderMap::new();
        set.insert(header::SET_COOKIE, HeaderValue::from_str(&format!("{cookie}{secure}")).expect("a value"));
        grants.learn(from, &set);
    }
    grants.headers(to)
}

/// Why a case says nothing about us; `None` if it does.
fn not_ours(case: &Value) -> Option<&'static str> {
    let meta = &case["input"]["request"]["meta"];
    let expected = &case["expected"];
    let asks_twice = |key: &str| !meta[key].is_null();
    if case["input"]["request"]["method"] != "GET" {
        Some("we only send GET, and never a body")
    } else if expected["ignored"].is_string() {
        Some("the number of hops is counted in the frontier")
    } else if asks_twice("handle_httpstatus_list")
        || asks_twice("handle_httpstatus_all")
        || has_tag(case, "test_spider_handling")
    {
        Some("a switch of that crawler")
    } else {
        None
    }
}

#[test]
fn http_redirect_scrapy_all_header_stripping_and_scheme_cases() {
    let Some(cases) = cases("http-redirect-scrapy") else { return };
    let parser = Parser::new(&Config::default()).expect("built-in profiles compile");
    let mut score = Score::default();
    let mut left_out = std::collections::BTreeMap::<&str, usize>::new();
    for case in &cases {
        if let Some(reason) = not_ours(case) {
            *left_out.entry(reason).or_default() += 1;
            continue;
        }
        let expected = &case["expected"]["new_request"];
        let from = PageUrl::parse(case["input"]["request"]["url"].as_str().expect("an address"));
        // What is no web address was never asked for.
        let to = from.as_ref().ok().and_then(|from| target(case, from, &parser));
        let wanted = expected["url"].as_str().map(|url| PageUrl::parse(url).expect("an address"));
        let mut is_right = to == wanted;
        if let (Ok(from), Some(to)) = (&from, &to) {
            let sent = sent_on(case, from, to);
            let same_origin = from.authority() == to.authority();
            for name in ["Authorization", "Cookie", "A", "X-Custom", "Proxy-Authorization", "Referer"] {
                let theirs = expected["headers"][name][0].as_str();
                let ours = sent.get(name).map(|value| value.to_str().expect("text"));
                // Never where it must not go; and where it came from it goes again. A Referer is never sent, and what
                // belongs to a proxy belongs to the proxy alone.
                let must_go = same_origin && !matches!(name, "Proxy-Authorization" | "Referer");
                is_right &= ours.is_none() || ours == theirs;
                is_right &= !must_go || ours == theirs;
            }
        }
        score.count(is_right, || format!("{:?} {}", to.as_ref().map(PageUrl::as_str), shown(case)));
    }
    println!("http-redirect-scrapy, not ours: {}", json!(left_out));
    score.demand("http-redirect-scrapy: targets, schemes and headers", 1.0);
}
