//! What answers that are no pages come to: each is stored with its outcome and its reason, and `why` explains it.

mod support;

use std::time::{Duration, SystemTime};

use support::pages::{Pages, bare_config, code, json, run, stderr, stdout};

/// An answer and what becomes of it.
struct Case {
    /// Status and headers; the body is empty.
    head: String,
    reason: &'static str,
    /// How the reason is told.
    detail: &'static str,
    /// What the page counts as.
    state: &'static str,
    /// The host is left alone for hours.
    rests: bool,
}

fn cases() -> Vec<Case> {
    let later = httpdate::fmt_http_date(SystemTime::now() + Duration::from_hours(2));
    let case = |head: &str, reason, detail, state| Case { head: head.to_owned(), reason, detail, state, rests: false };
    let busy = |status: &str, after: &str, detail| Case {
        rests: true,
        ..case(&format!("{status}\r\nretry-after: {after}"), "status", detail, "scheduled")
    };
    vec![
        case("200 OK\r\ncontent-type: text/html", "empty", "empty body", "scheduled"),
        case("204 No Content", "no-content", "status 204, no content", "scheduled"),
        case("206 Partial Content", "partial-content", "status 206, a part that nobody asked for", "scheduled"),
        case("304 Not Modified", "unasked-not-modified", "status 304, though nobody asked whether", "scheduled"),
        case("404 Not Found", "status", "status 404", "gone"),
        case("410 Gone", "status", "status 410, gone for good", "gone"),
        case("451 Unavailable", "status", "status 451, kept back for legal reasons", "gone"),
        case("500 Trouble", "status", "status 500", "scheduled"),
        case("520 Unknown", "cdn", "status 520, a CDN in front of a site in trouble", "scheduled"),
        case("521 Down", "cdn", "status 521, a CDN in front of a site in trouble", "scheduled"),
        case("525 Handshake", "cdn", "status 525, a CDN in front of a site in trouble", "scheduled"),
        busy("503 Later", "7200", "status 503, retry after 7200 s"),
        busy("503 Later", &later, "status 503, retry after 7"),
        busy("429 Slow Down", "7200", "status 429, retry after 7200 s"),
        busy("429 Slow Down", &later, "status 429, retry after 7"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_that_is_no_page_is_stored_with_its_reason_and_explained() {
    let cases = cases();
    let sites: Vec<Pages> = cases
        .iter()
        .map(|case| Pages::start(&[("/robots.txt", "text/plain", ""), ("/story", &case.head, "")]))
        .collect();
    let ports: Vec<&str> = sites.iter().filter_map(|site| site.address.rsplit(':').next()).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let config = bare_config(folder.path(), &ports.join(", "));
    for (Case { head, reason, detail, state, rests }, site) in cases.iter().zip(&sites) {
        let url = format!("{}/story", site.address);
        let fetched = run(&config, &["fetch", &url, "--json"]).await;
        assert_eq!(code(&fetched), 1, "{head}: {}", stderr(&fetched));

        let why = json(&run(&config, &["why", &url, "--json"]).await);
        let told = stdout(&run(&config, &["why", &url]).await);

        let page = &why["page"];
        assert_eq!((&page["outcome"], &page["reason"]), (&"failed".into(), &(*reason).into()), "{head}: {page}");
        assert_eq!(page["status"].to_string(), head[..3], "{head}");
        assert!(page["detail"].as_str().is_some_and(|text| text.starts_with(detail)), "{head}: {}", page["detail"]);
        assert_eq!((&page["state"], &page["article"]), (&(*state).into(), &serde_json::Value::Null), "{head}");
        let last = &page["fetches"][0];
        assert_eq!((&last["outcome"], &last["reason"]), (&page["outcome"], &page["reason"]), "{head}: {last}");
        assert!(told.contains(&format!("failed: {detail}")), "{head}: {told}");
        let blocked: Vec<&str> =
            why["blocked_by"].as_array().expect("a list").iter().filter_map(|it| it["what"].as_str()).collect();
        assert_eq!(blocked.contains(&"retired"), *state == "gone", "{head}: {blocked:?}");
        if *rests {
            assert!(blocked.contains(&"host"), "{head}: {blocked:?}");
            assert_eq!(code(&run(&config, &["fetch", &url]).await), 75, "{head}");
        }
    }
}
