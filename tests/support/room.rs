//! The crawl without the network: pages are parsed, planned, recorded and claimed at times that a test chooses.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use murasil::config::Config;
use murasil::frontier::Frontier;
use murasil::model::{
    Claim, Failure, Fetched, Outcome, Page, PageUrl, Parsed, Receipt, Request, RequestKind, RobotsUse, Timestamp,
    Validators, Visit,
};
use murasil::parse::{Input, Parser};
use murasil::store::Store;

/// Store, frontier and parser of one configuration.
pub(crate) struct Room {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) store: Store,
    pub(crate) frontier: Frontier,
    pub(crate) parser: Parser,
}

impl Room {
    pub(crate) async fn new(sites: &str) -> Room {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("m.db"), None).await.expect("opens");
        let config: Config = toml::from_str(sites).expect("a configuration");
        let parser = Parser::new(&config).expect("compiles");
        let frontier = Frontier::new(Arc::new(config)).expect("compiles");
        Room { folder, store, frontier, parser }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("m.db")
    }

    pub(crate) async fn claim(&self, now: Timestamp) -> Vec<Claim> {
        self.store.claim(now, 64, &HashSet::new()).await.expect("claims")
    }

    pub(crate) fn parse(&self, claim: &Claim, body: &str, now: Timestamp) -> Parsed {
        self.parser.parse(&Input {
            url: &claim.url,
            kind: claim.kind,
            profile: None,
            zone: "UTC",
            content_type: Some("text/html; charset=utf-8"),
            charset: None,
            robots_tags: &[],
            canonical: None,
            body: body.as_bytes(),
            now,
            visited: Some(now),
            feed_text: None,
            boilerplate: Some(&claim.history.boilerplate),
            robot_name: "murasil",
        })
    }

    /// Visits a claimed page that says this, as the crawl would.
    pub(crate) async fn visit(&self, claim: &Claim, parsed: Parsed, now: Timestamp) {
        self.record(claim, page(&claim.url), parsed, now).await;
    }

    /// Visits a claimed page that is not there any more.
    pub(crate) async fn find_gone(&self, claim: &Claim, now: Timestamp) {
        let gone = Outcome::Failed(Failure::Status { status: 404, retry_after: None });
        self.record(claim, gone, Parsed::nothing(claim.kind), now).await;
    }

    async fn record(&self, claim: &Claim, outcome: Outcome, parsed: Parsed, now: Timestamp) {
        let fetched = Fetched { outcome, receipt: receipt(claim, now) };
        let plan = self.frontier.plan(claim, &fetched, &parsed, now);
        self.store.record(Visit::new(claim.clone(), fetched, parsed, plan, now)).await.expect("records");
    }
}

fn page(url: &PageUrl) -> Outcome {
    Outcome::Page(Page {
        url: url.clone(),
        status: 200,
        content_type: Some("text/html".into()),
        robots_tags: Vec::new(),
        links: murasil::model::HeaderLinks::default(),
        validators: Validators::default(),
        fresh_for: None,
        body: Bytes::new(),
    })
}

fn receipt(claim: &Claim, now: Timestamp) -> Receipt {
    let request = Request {
        kind: RequestKind::Page,
        url: claim.url.clone(),
        started_at: now,
        elapsed: Duration::from_millis(20),
        status: Some(200),
        wire_bytes: 0,
        body_bytes: 0,
        remote: None,
        error: None,
    };
    Receipt { requests: vec![request], robots: RobotsUse::None, crawl_delay: None, sitemaps: Vec::new() }
}
