//! Decisions as tables.

use std::time::Duration;

use super::*;
use crate::model::{
    Article, ArticleHash, Discovered, Extractor, Failure, Found, History, HostId, HostPace, LastmodRecord, Lastmods,
    OptOut, Page, PageId, Place, Receipt, Refusal, Rel, Request, RequestKind, RobotsCopy, RobotsStatus, RobotsUse,
    SiteLearning, SourceHealth, SourceHints, Validators, When,
};

const NOW: &str = "2026-11-24T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().expect("a timestamp")
}

fn after(by: Duration) -> Timestamp {
    pace::later(now(), by)
}

fn url(text: &str) -> PageUrl {
    PageUrl::parse(text).expect("an address")
}

fn frontier(site: &str) -> Frontier {
    let config = Config { sites: vec![toml::from_str(site).expect("a site")], ..Config::default() };
    Frontier::new(Arc::new(config)).expect("patterns")
}

fn paper() -> Frontier {
    frontier("name = 'paper'\ndomains = ['paper.example']\nseeds = ['https://paper.example/']")
}

fn claim(address: &str, kind: PageKind) -> Claim {
    let url = url(address);
    Claim {
        page: PageId(1),
        host_id: HostId(1),
        site: "paper".into(),
        pace: HostPace::new(url.host(), Duration::from_secs(5), now()),
        url,
        kind,
        depth: 0,
        hops: 0,
        validators: Validators::default(),
        history: History::default(),
        robots: None,
    }
}

/// A page that a link led to.
fn linked(address: &str, kind: PageKind) -> Claim {
    Claim { depth: 1, ..claim(address, kind) }
}

fn fetched(claim: &Claim, outcome: Outcome) -> Fetched {
    let request = Request {
        kind: RequestKind::Page,
        url: claim.url.clone(),
        started_at: now(),
        elapsed: Duration::from_millis(80),
        status: None,
        wire_bytes: 0,
        body_bytes: 0,
        remote: None,
        error: None,
    };
    let receipt = Receipt { requests: vec![request], robots: RobotsUse::None, crawl_delay: None, sitemaps: vec![] };
    Fetched { outcome, receipt }
}

fn page(claim: &Claim) -> Outcome {
    Outcome::Page(Page {
        url: claim.url.clone(),
        status: 200,
        content_type: None,
        robots_tags: vec![],
        links: crate::model::HeaderLinks::default(),
        validators: Validators::default(),
        fresh_for: None,
        body: bytes::Bytes::new(),
    })
}

fn failed(status: u16) -> Outcome {
    Outcome::Failed(Failure::Status { status, retry_after: None })
}

fn article() -> Parsed {
    let title = Found::new("A title".to_owned(), Extractor::Html, "h1");
    Parsed { article: Some(Article { title: Some(title), ..Article::default() }), ..Parsed::nothing(PageKind::Article) }
}

fn link(address: &str) -> Discovered {
    Discovered {
        url: url(address),
        kind: PageKind::Unknown,
        text: String::new(),
        place: Place::Main,
        published: None,
        rel: Rel::NONE,
    }
}

/// When a page comes next where the plan has one answer whatever the visit brought.
fn comes(plan: Plan) -> NextVisit {
    match plan.next {
        NextVisit::ByYield(steps) if steps.len() == 1 => NextVisit::At(steps[0].at),
        next => next,
    }
}

type Reasons = Vec<(&'static str, u32)>;

fn reasons(plan: &Plan) -> Reasons {
    plan.turned_away.iter().map(|away| (away.reason, away.count)).collect()
}

fn admitted(frontier: &Frontier, links: Vec<Discovered>) -> (Vec<(String, PageKind)>, Reasons) {
    let claim = claim("https://paper.example/", PageKind::Front);
    let parsed = Parsed { discovered: links, ..Parsed::nothing(PageKind::Front) };
    let plan = frontier.plan(&claim, &fetched(&claim, page(&claim)), &parsed, now());
    let admitted = plan.admit.iter().map(|a| (a.url.path_and_query(), a.kind)).collect();
    (admitted, reasons(&plan))
}

#[test]
fn links_enter_by_scope_shape_and_rule() {
    let frontier = frontier(
        "name = 'paper'\ndomains = ['paper.example']\nseeds = ['https://paper.example/']\nfollow = { deny = ['^/shop/'] }",
    );
    let nofollow = Discovered { rel: Rel::parse("ugc"), ..link("https://paper.example/a/12345") };

    let (admitted, turned_away) = admitted(
        &frontier,
        vec![
            link("https://paper.example/politics"),
            link("https://news.paper.example/a/12345"),
            link("https://other.example/a/12345"),
            link("https://paper.example/shop/12345"),
            link("https://paper.example/a/photo-12345.jpg"),
            link("https://paper.example/calendar/2031/05/"),
            link("https://paper.example/x/a/a/a/12345"),
            link("https://paper.example/login?next=1"),
            link("https://paper.example/#top"),
            nofollow,
        ],
    );

    assert_eq!(admitted, [("/politics".to_owned(), PageKind::Section), ("/a/12345".to_owned(), PageKind::Article)]);
    for reason in ["scope", "denied", "media", "trap-calendar", "trap-repeat", "utility", "nofollow"] {
        assert!(turned_away.contains(&(reason, 1)), "{reason}: {turned_away:?}");
    }
}

#[test]
fn an_allow_list_speaks_of_articles_and_leaves_sections_alone() {
    let frontier = frontier(
        "name = 'paper'\ndomains = ['paper.example']\nseeds = ['https://paper.example/']\nfollow = { allow = ['^/n/\\d+$'] }",
    );

    let (admitted, turned_away) = admitted(
        &frontier,
        vec![
            link("https://paper.example/sports"),
            link("https://paper.example/n/12345"),
            link("https://paper.example/m/12345"),
        ],
    );

    assert_eq!(admitted, [("/sports".to_owned(), PageKind::Section), ("/n/12345".to_owned(), PageKind::Article)]);
    assert_eq!(turned_away, [("not-allowed", 1)]);
}

#[test]
fn depth_counts_links_but_not_listings() {
    let frontier = paper();
    let mut claim = claim("https://paper.example/a/12345", PageKind::Article);
    claim.depth = 3;
    let listed = Discovered { place: Place::Feed, ..link("https://paper.example/a/22222") };
    let parsed = Parsed { discovered: vec![link("https://paper.example/a/11111"), listed], ..article() };

    let plan = frontier.plan(&claim, &fetched(&claim, page(&claim)), &parsed, now());

    assert_eq!(plan.admit.len(), 1);
    assert_eq!(plan.admit[0].url.path(), "/a/22222");
    assert_eq!(reasons(&plan), [("depth", 1)]);
}

#[test]
fn newer_articles_go_first_and_unknown_pages_last() {
    let frontier = paper();
    let dated = |address: &str, hours: u64| Discovered {
        published: Some(now() - jiff::SignedDuration::from_hours(hours as i64)),
        place: Place::Feed,
        ..link(address)
    };
    let claim = claim("https://paper.example/", PageKind::Front);
    let links = vec![
        link("https://paper.example/some-page.html"),
        dated("https://paper.example/a/10001", 48),
        link("https://paper.example/a/10002"),
        dated("https://paper.example/a/10003", 0),
    ];
    let parsed = Parsed { discovered: links, ..Parsed::nothing(PageKind::Front) };

    let mut plan = frontier.plan(&claim, &fetched(&claim, page(&claim)), &parsed, now());

    plan.admit.sort_by_key(|a| a.priority);
    let order: Vec<&str> = plan.admit.iter().map(|a| a.url.path()).collect();
    assert_eq!(order, ["/a/10003", "/a/10002", "/some-page.html", "/a/10001"]);
}

#[test]
fn a_redirect_is_a_link_and_one_to_the_same_page_is_a_spelling() {
    let frontier = paper();
    let claim = claim("http://paper.example/a/12345", PageKind::Article);
    let redirect = |to: &str| Outcome::Redirect { to: url(to), permanent: true };
    let nothing = Parsed::nothing(PageKind::Article);

    let plan = frontier.plan(&claim, &fetched(&claim, redirect("https://www.paper.example/a/12345")), &nothing, now());
    assert_eq!(plan.next, NextVisit::Never(Retired::Redirected));
    assert_eq!((plan.admit[0].url.as_str(), plan.admit[0].hops), ("https://www.paper.example/a/12345", 1));

    let plan = frontier.plan(&claim, &fetched(&claim, redirect("https://paper.example/b/777777")), &nothing, now());
    assert_eq!(plan.next, NextVisit::Never(Retired::Redirected));
    assert_eq!((plan.admit[0].hops, plan.admit[0].depth, plan.admit[0].found_by), (1, 0, FoundBy::Redirect));

    let plan = frontier.plan(&claim, &fetched(&claim, redirect("https://evil.example/")), &nothing, now());
    assert_eq!((plan.admit.len(), reasons(&plan)), (0, vec![("scope", 1)]));

    let tired = Claim { hops: MAX_HOPS, ..claim };
    let plan = frontier.plan(&tired, &fetched(&tired, redirect("https://paper.example/c/777777")), &nothing, now());
    assert_eq!((plan.admit.len(), reasons(&plan)), (0, vec![("hops", 1)]));
}

/// The source's next visits if this one brought nothing, and if it brought much.
fn extremes(claim: &Claim, hints: SourceHints) -> (Timestamp, Timestamp) {
    let mut parsed = Parsed::nothing(claim.kind);
    parsed.feed.hints = hints;
    match paper().plan(claim, &fetched(claim, page(claim)), &parsed, now()).next {
        NextVisit::ByYield(steps) => (steps[0].at, steps[steps.len() - 1].at),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_source_comes_back_sooner_after_news_and_later_without() {
    let mut claim = claim("https://paper.example/", PageKind::Front);
    let none = SourceHints::default();
    let minutes = |n| after(Duration::from_mins(n));

    assert_eq!(extremes(&claim, none), (minutes(20), minutes(20)), "the first visit tells no rate");
    claim.history.successes = 1;
    claim.history.found_at = Some(now() - jiff::SignedDuration::from_hours(48));
    claim.history.visited_at = Some(now() - jiff::SignedDuration::from_mins(80));
    claim.history.source.interval = Some(Duration::from_mins(80));
    claim.history.source.gap = Some(Duration::from_mins(160));
    let (nothing, much) = extremes(&claim, none);
    assert!(nothing > minutes(90) && nothing < minutes(160), "{nothing}");
    assert_eq!(much, minutes(10));
    claim.history.source.interval = Some(Duration::from_hours(14 * 24));
    claim.history.source.gap = Some(Duration::from_hours(100 * 24));
    assert_eq!(extremes(&claim, none).0, after(Duration::from_hours(14 * 24)));
}

#[test]
fn a_feeds_wishes_hold_it_back_also_when_it_answers_that_nothing_changed() {
    let mut claim = claim("https://paper.example/rss", PageKind::Feed);
    let hour = SourceHints { ttl: Some(Duration::from_hours(1)), ..SourceHints::default() };
    let noon = SourceHints { skip_hours: 1 << 12, ..SourceHints::default() };
    let always = SourceHints { ttl: Some(Duration::from_hours(999)), ..SourceHints::default() };

    assert_eq!(extremes(&claim, hour).1, after(Duration::from_hours(1)));
    // It is noon.
    assert_eq!(extremes(&claim, noon).1, after(Duration::from_hours(1)));
    assert_eq!(extremes(&claim, always).1, after(Duration::from_hours(6)), "a hint is no order");
    claim.history.source.hints = hour;
    let same = Outcome::NotModified { validators: Validators::default(), fresh_for: None };
    match paper().plan(&claim, &fetched(&claim, same), &Parsed::nothing(PageKind::Feed), now()).next {
        NextVisit::ByYield(steps) => assert_eq!(steps[0].at, after(Duration::from_hours(1))),
        other => panic!("{other:?}"),
    }
    claim.pace.delay = Duration::from_hours(2);
    assert_eq!(extremes(&claim, hour).1, after(Duration::from_hours(2)), "never below politeness");
}

#[test]
fn a_source_that_fails_is_tried_ever_more_rarely_and_counts_as_dead() {
    let mut claim = claim("https://paper.example/rss", PageKind::Feed);
    let step = |claim: &Claim, outcome| match paper()
        .plan(claim, &fetched(claim, outcome), &Parsed::nothing(PageKind::Feed), now())
        .next
    {
        NextVisit::ByYield(steps) => (steps[0].at, steps[0].health),
        other => panic!("{other:?}"),
    };
    let robots = || Outcome::Refused(Refusal::Robots { rule: "Disallow: /".into() });

    assert_eq!(step(&claim, failed(410)), (after(Duration::from_mins(1)), SourceHealth::Failing));
    claim.history.failures = 40;
    assert_eq!(step(&claim, failed(410)), (after(Duration::from_hours(14 * 24)), SourceHealth::Dead));
    assert_eq!(step(&claim, robots()).0, after(Duration::from_hours(24)));
    claim.history.visited_at = Some(now() - jiff::SignedDuration::from_hours(24));
    assert_eq!(step(&claim, robots()).0, after(Duration::from_hours(48)));
}

#[test]
fn a_sitemap_speaks_for_its_own_host_and_for_those_that_name_it() {
    let frontier = frontier("name = 'paper'\ndomains = ['paper.example']\nseeds = ['https://paper.example/']");
    let mut claim = claim("https://www.paper.example/sitemap.xml", PageKind::Sitemap);
    let entry = |address: &str| Discovered { place: Place::Sitemap, ..link(address) };
    let admitted = |claim: &Claim| {
        let discovered = vec![
            entry("https://paper.example/a/11111"),
            entry("https://blog.paper.example/a/22222"),
            entry("https://other.example/a/33333"),
        ];
        let parsed = Parsed { discovered, ..Parsed::nothing(PageKind::Sitemap) };
        let plan = frontier.plan(claim, &fetched(claim, page(claim)), &parsed, now());
        (plan.admit.iter().map(|a| a.url.path().to_owned()).collect::<Vec<_>>(), reasons(&plan))
    };

    assert_eq!(admitted(&claim), (vec!["/a/11111".to_owned()], vec![("sitemap-host", 1), ("scope", 1)]));
    claim.history.source.vouched_by =
        vec![url("https://blog.paper.example/").host(), url("https://other.example/").host()];
    assert_eq!(admitted(&claim).0, ["/a/11111", "/a/22222"]);
}

#[test]
fn an_endless_chain_of_indexes_ends() {
    let frontier = paper();
    let deep = Claim { depth: sitemap::MAX_DEPTH, ..claim("https://paper.example/s.xml", PageKind::Sitemap) };
    let map = |at: usize| Discovered {
        place: Place::Sitemap,
        kind: PageKind::Sitemap,
        ..link(&format!("https://paper.example/s{at}.xml"))
    };
    let parsed = Parsed { discovered: vec![map(1), map(2)], ..Parsed::nothing(PageKind::Sitemap) };
    let plan = frontier.plan(&deep, &fetched(&deep, page(&deep)), &parsed, now());
    assert_eq!((plan.admit.len(), reasons(&plan)), (0, vec![("trap-sitemaps", 2)]));

    let wide = claim("https://paper.example/s.xml", PageKind::Sitemap);
    let parsed = Parsed { discovered: (0..5_000).map(map).collect(), ..Parsed::nothing(PageKind::Sitemap) };
    let plan = frontier.plan(&wide, &fetched(&wide, page(&wide)), &parsed, now());
    assert_eq!((plan.admit.len(), reasons(&plan)), (sitemap::MAX_MAPS, vec![("trap-sitemaps", 4_000)]));
}

#[test]
fn a_sitemaps_dates_steer_only_where_they_proved_right() {
    let frontier = paper();
    let mut claim = claim("https://paper.example/sitemap.xml", PageKind::Sitemap);
    let steers = |claim: &Claim, uniform| {
        let dates = vec![(url("https://paper.example/a/12345"), now())];
        let parsed = Parsed { lastmods: Lastmods { uniform, dates }, ..Parsed::nothing(PageKind::Sitemap) };
        frontier.plan(claim, &fetched(claim, page(claim)), &parsed, now()).steers
    };

    assert!(!steers(&claim, false), "nothing is known yet");
    claim.history.source.lastmod = LastmodRecord { right: 6, wrong: 2 };
    assert!(steers(&claim, false));
    assert!(!steers(&claim, true), "dates that are all the same");
    claim.history.source.lastmod = LastmodRecord { right: 6, wrong: 3 };
    assert!(!steers(&claim, false), "one in three was wrong");
}

#[test]
fn what_a_sites_visits_taught_decides_about_its_new_addresses() {
    let frontier = paper();
    let mut claim = claim("https://paper.example/", PageKind::Front);
    let kinds = |claim: &Claim| {
        let links = vec![link("https://paper.example/n/storm"), link("https://paper.example/shop/1019284")];
        let parsed = Parsed { discovered: links, ..Parsed::nothing(PageKind::Front) };
        let plan = frontier.plan(claim, &fetched(claim, page(claim)), &parsed, now());
        plan.admit.iter().map(|a| a.kind).collect::<Vec<_>>()
    };

    assert_eq!(kinds(&claim), [PageKind::Section, PageKind::Article]);
    let shapes =
        [("/n/+".to_owned(), vec![(PageKind::Article, 9)]), ("/shop/#".to_owned(), vec![(PageKind::Other, 9)])];
    claim.history.learning = Arc::new(SiteLearning { shapes: shapes.into() });
    assert_eq!(kinds(&claim), [PageKind::Article, PageKind::Other]);
}

#[test]
fn an_article_is_revisited_at_the_configured_ages() {
    let frontier = paper();
    let next = |age_hours: i64, change: fn(&mut History)| {
        let mut claim = linked("https://paper.example/a/12345", PageKind::Article);
        claim.history.article_at = Some(now() - jiff::SignedDuration::from_hours(age_hours));
        claim.history.article = Some(ArticleHash([0; 16]));
        change(&mut claim.history);
        frontier.plan(&claim, &fetched(&claim, page(&claim)), &article(), now()).next
    };
    let hours = |n| NextVisit::At(after(Duration::from_hours(n)));

    assert_eq!(next(0, |_| ()), hours(1));
    assert_eq!(next(1, |_| ()), hours(5));
    assert_eq!(next(10, |_| ()), hours(14));
    assert_eq!(next(30 * 24, |_| ()), NextVisit::Never(Retired::Done));
    assert_eq!(next(1, |h| h.unchanged = 3), NextVisit::Never(Retired::Done));
}

#[test]
fn a_copy_on_an_aggregator_is_revisited_once() {
    let frontier = paper();
    let mut claim = linked("https://paper.example/a/12345", PageKind::Article);
    let mut copy = article();
    copy.article.as_mut().expect("an article").source =
        Some(Found::new(url("https://original.example/1"), Extractor::Profile, "a"));

    assert!(matches!(frontier.plan(&claim, &fetched(&claim, page(&claim)), &copy, now()).next, NextVisit::At(_)));
    claim.history.successes = 1;
    assert_eq!(
        frontier.plan(&claim, &fetched(&claim, page(&claim)), &copy, now()).next,
        NextVisit::Never(Retired::Done)
    );
}

#[test]
fn failures_are_retried_with_doubling_until_they_are_given_up() {
    let frontier = paper();
    let next = |kind, failures, outcome: Outcome| {
        let mut claim = claim("https://paper.example/a/12345", kind);
        claim.history.failures = failures;
        comes(frontier.plan(&claim, &fetched(&claim, outcome), &Parsed::nothing(kind), now()))
    };
    let minutes = |n| NextVisit::At(after(Duration::from_mins(n)));

    assert_eq!(next(PageKind::Article, 0, failed(500)), minutes(1));
    assert_eq!(next(PageKind::Article, 3, failed(500)), minutes(8));
    assert_eq!(next(PageKind::Article, 5, failed(500)), NextVisit::Never(Retired::GaveUp));
    assert_eq!(next(PageKind::Feed, 5, failed(404)), minutes(32));
    assert_eq!(next(PageKind::Feed, 40, failed(404)), NextVisit::At(after(Duration::from_hours(14 * 24))));
    let asked = Outcome::Failed(Failure::Status { status: 503, retry_after: Some(Duration::from_secs(7)) });
    assert_eq!(next(PageKind::Article, 2, asked), NextVisit::At(after(Duration::from_secs(7))));
}

#[test]
fn lists_of_tags_and_authors_are_sources_of_a_slow_pace() {
    let frontier = paper();
    let said =
        |path: &str, rel: &str| Discovered { rel: Rel::parse(rel), ..link(&format!("https://paper.example{path}")) };
    let links = vec![
        said("/tag/harbour", ""),
        said("/author/ann-lee", ""),
        said("/a/b/c", "tag"),
        said("/a/b/d", "author noopener"),
        said("/politics", "tag"),
        said("/a/12345", "author"),
    ];
    let (entered, _) = admitted(&frontier, links);
    let kind = |path: &str| entered.iter().find(|(known, _)| known == path).map(|(_, kind)| *kind);
    for (path, expected) in [
        ("/tag/harbour", PageKind::Tag),
        ("/author/ann-lee", PageKind::Author),
        ("/a/b/c", PageKind::Tag),
        ("/a/b/d", PageKind::Author),
        ("/politics", PageKind::Section),
        ("/a/12345", PageKind::Article),
    ] {
        assert_eq!(kind(path), Some(expected), "{path}");
    }

    let next = |kind: PageKind, depth: u16| {
        let claim = Claim { depth, ..claim("https://paper.example/tag/harbour", kind) };
        match frontier.plan(&claim, &fetched(&claim, page(&claim)), &Parsed::nothing(kind), now()).next {
            NextVisit::ByYield(steps) => steps.first().map(|step| step.at),
            NextVisit::At(_) | NextVisit::Never(_) => None,
        }
    };
    let slow = Some(after(Duration::from_hours(12)));
    assert_eq!((next(PageKind::Tag, 1), next(PageKind::Author, 1)), (slow, slow));
    assert!(next(PageKind::Section, 1) < slow);
    assert_eq!(next(PageKind::Tag, 0), next(PageKind::Section, 0), "what the operator named keeps its pace");
    assert_eq!(next(PageKind::Tag, 2), None, "a deeper one is read once");
}

#[test]
fn a_section_that_never_was_one_is_given_up_like_any_page() {
    let frontier = paper();
    let mut claim = Claim { depth: 1, ..claim("https://paper.example/politics", PageKind::Section) };
    let next = |claim: &Claim| {
        comes(frontier.plan(claim, &fetched(claim, failed(404)), &Parsed::nothing(PageKind::Section), now()))
    };

    assert_eq!(next(&claim), NextVisit::Never(Retired::Gone));
    claim.history.successes = 1;
    assert_eq!(next(&claim), NextVisit::At(after(Duration::from_mins(1))));
}

#[test]
fn gone_is_believed_at_once_for_new_pages_and_after_a_second_look_for_stored_ones() {
    let frontier = paper();
    let next = |stored: bool, failures, status| {
        let mut claim = claim("https://paper.example/a/12345", PageKind::Article);
        claim.history.article = stored.then_some(ArticleHash([0; 16]));
        claim.history.failures = failures;
        frontier.plan(&claim, &fetched(&claim, failed(status)), &Parsed::nothing(PageKind::Article), now()).next
    };

    assert_eq!(next(false, 0, 404), NextVisit::Never(Retired::Gone));
    assert_eq!(next(true, 0, 404), NextVisit::At(after(Duration::from_hours(24))));
    assert_eq!(next(true, 1, 404), NextVisit::Never(Retired::Gone));
    assert_eq!(next(true, 0, 410), NextVisit::Never(Retired::Gone));
}

#[test]
fn a_refused_page_is_left_and_a_closed_host_keeps_its_pages_due() {
    let frontier = paper();
    let next = |kind, refusal| {
        let claim = claim("https://paper.example/a/12345", kind);
        frontier.plan(&claim, &fetched(&claim, Outcome::Refused(refusal)), &Parsed::nothing(kind), now())
    };
    let robots = || Refusal::Robots { rule: "Disallow: /a/".into() };

    assert_eq!(next(PageKind::Article, robots()).next, NextVisit::Never(Retired::Refused));
    assert_eq!(comes(next(PageKind::Front, robots())), NextVisit::At(after(Duration::from_hours(24))));
    let plan = next(PageKind::Article, Refusal::RobotsUnreachable { reason: "503".into(), retry_after: None });
    assert_eq!(plan.next, NextVisit::At(now()));
    assert_eq!(plan.pace.next_at, after(Duration::from_mins(1)));
    let hour = Some(Duration::from_hours(1));
    let plan = next(PageKind::Article, Refusal::RobotsUnreachable { reason: "503".into(), retry_after: hour });
    assert_eq!((plan.next, plan.pace.next_at), (NextVisit::At(now()), after(Duration::from_hours(1))));
    let plan = next(PageKind::Article, Refusal::CrawlDelay { asked: Duration::from_secs(9_999) });
    assert_eq!(plan.pace.next_at, after(Duration::from_hours(24)));
}

#[test]
fn a_host_is_asked_again_after_its_delay_and_backs_off_when_it_strains() {
    let frontier = paper();
    let mut claim = claim("https://paper.example/a/12345", PageKind::Article);
    let pace = |claim: &Claim, outcome: Outcome, crawl_delay: Option<u64>| {
        let mut fetched = fetched(claim, outcome);
        fetched.receipt.crawl_delay = crawl_delay.map(Duration::from_secs);
        frontier.plan(claim, &fetched, &Parsed::nothing(PageKind::Article), now()).pace
    };

    let good = pace(&claim, page(&claim), None);
    assert_eq!((good.next_at, good.backoff, good.pages_today), (after(Duration::from_secs(5)), Duration::ZERO, 1));
    assert_eq!(pace(&claim, page(&claim), Some(20)).next_at, after(Duration::from_secs(20)));
    assert_eq!(pace(&claim, failed(404), None).backoff, Duration::ZERO);
    assert_eq!(pace(&claim, failed(500), None).backoff, Duration::ZERO);

    let first = pace(&claim, failed(503), None);
    assert_eq!((first.backoff, first.failures), (Duration::from_mins(1), 1));
    claim.pace = first;
    let second = pace(&claim, Outcome::Failed(Failure::Timeout("30 s".into())), None);
    assert_eq!((second.backoff, second.next_at), (Duration::from_mins(2), after(Duration::from_mins(2))));
    let told = Outcome::Failed(Failure::Status { status: 429, retry_after: Some(Duration::from_secs(30)) });
    assert_eq!(pace(&claim, told, None).next_at, after(Duration::from_secs(30)));
    let year = Outcome::Failed(Failure::Status { status: 429, retry_after: Some(Duration::from_hours(9000)) });
    assert_eq!(pace(&claim, year, None).next_at, after(Duration::from_hours(24)));
    claim.pace = second;
    assert_eq!(pace(&claim, page(&claim), None).backoff, Duration::from_mins(1));
    claim.pace.backoff = Duration::from_secs(8);
    assert_eq!(pace(&claim, page(&claim), None).backoff, Duration::ZERO);
}

#[test]
fn a_spent_budget_closes_the_host_until_midnight() {
    let frontier =
        frontier("name = 'paper'\ndomains = ['paper.example']\nseeds = ['https://paper.example/']\ndaily_pages = 2");
    let mut claim = claim("https://paper.example/a/12345", PageKind::Article);
    claim.pace.pages_today = 1;

    let pace = frontier.plan(&claim, &fetched(&claim, page(&claim)), &article(), now()).pace;

    assert_eq!(pace.next_at, "2026-11-25T00:00:00Z".parse().expect("a timestamp"));
    assert!(pace.note.expect("a note").contains("budget of 2"));
}

#[test]
fn only_a_canonical_of_the_same_site_is_believed() {
    let frontier = paper();
    let claim = claim("https://paper.example/print/12345", PageKind::Article);
    let believed = |canonical: &str| {
        let mut parsed = article();
        parsed.signals.canonical = Some(url(canonical));
        frontier.plan(&claim, &fetched(&claim, page(&claim)), &parsed, now()).alias_of
    };

    assert_eq!(believed("https://www.paper.example/a/12345"), Some(url("https://www.paper.example/a/12345")));
    assert_eq!(believed("https://paper.example/"), None);
    assert_eq!(believed("https://evil.example/a/12345"), None);
    assert_eq!(believed("https://www.paper.example/print/12345"), None);
}

#[test]
fn noindex_keeps_the_article_out_and_nofollow_its_links() {
    let frontier = paper();
    let claim = claim("https://paper.example/a/12345", PageKind::Article);
    let mut parsed = Parsed { discovered: vec![link("https://paper.example/a/54321")], ..article() };
    assert!(frontier.plan(&claim, &fetched(&claim, page(&claim)), &parsed, now()).store_article);

    parsed.signals.noindex = true;
    parsed.signals.nofollow = true;
    parsed.signals.noarchive = true;
    let plan = frontier.plan(&claim, &fetched(&claim, page(&claim)), &parsed, now());

    assert!(!plan.store_article && !plan.keep_raw && plan.admit.is_empty());
}

#[test]
fn a_first_sight_counts_age_from_publication() {
    let frontier = paper();
    let claim = linked("https://paper.example/a/12345", PageKind::Article);
    let mut parsed = article();
    let day = jiff::civil::date(2026, 11, 24);
    parsed.article.as_mut().expect("an article").published =
        Some(Found::new(When::day(day, "24 November"), Extractor::Meta, "date"));

    let next = frontier.plan(&claim, &fetched(&claim, page(&claim)), &parsed, now()).next;

    // Born at midnight, twelve hours old: the next age is one day.
    assert_eq!(next, NextVisit::At(after(Duration::from_hours(12))));
}

#[test]
fn a_robots_txt_without_sitemaps_leads_to_the_well_known_ones_once() {
    let frontier = paper();
    let claim = claim("https://paper.example/", PageKind::Front);
    let admitted = |robots: RobotsUse, sitemaps: Vec<PageUrl>| {
        let mut fetched = fetched(&claim, page(&claim));
        fetched.receipt.robots = robots;
        fetched.receipt.sitemaps = sitemaps;
        let plan = frontier.plan(&claim, &fetched, &Parsed::nothing(PageKind::Front), now());
        plan.admit.iter().map(|a| (a.url.as_str().to_owned(), a.depth)).collect::<Vec<_>>()
    };
    let read = |status| {
        let (authority, fetched_at) = (claim.url.authority(), now());
        RobotsUse::Read(RobotsCopy { id: None, authority, fetched_at, status, text: String::new(), failed_at: None })
    };
    let (named, foreign) = (url("https://paper.example/news.xml"), url("https://other.example/news.xml"));

    let guesses = ["sitemap.xml", "news-sitemap.xml", "feed", "rss.xml"];
    let guesses = guesses.map(|path| (format!("https://paper.example/{path}"), 1));
    let found = admitted(read(RobotsStatus::Rules), vec![named, foreign]);
    assert_eq!(
        found[..2],
        [("https://paper.example/news.xml".to_owned(), 0), ("https://other.example/news.xml".to_owned(), 0)],
        "a host's robots.txt may name a sitemap anywhere"
    );
    assert_eq!(found[2..], guesses[2..], "and no sitemap is guessed then");
    assert_eq!(admitted(read(RobotsStatus::Absent), vec![]), guesses);
    assert_eq!(admitted(read(RobotsStatus::Unreachable), vec![]), []);
    assert_eq!(admitted(RobotsUse::Known(crate::model::RobotsId(1)), vec![]), []);
}

#[test]
fn sitemaps_are_looked_for_behind_the_redirect_of_a_front_page_and_of_no_article() {
    let claim = Claim { hops: 1, ..claim("https://paper.example/en/", PageKind::Front) };
    let mut fetched = fetched(&claim, page(&claim));
    fetched.receipt.robots = RobotsUse::Known(crate::model::RobotsId(1));
    let guesses = |parsed: &Parsed| {
        let plan = paper().plan(&claim, &fetched, parsed, now());
        plan.admit.iter().filter(|admission| admission.kind == PageKind::Sitemap).count()
    };

    assert_eq!(guesses(&Parsed::nothing(PageKind::Front)), 2);
    assert_eq!(guesses(&article()), 0);
}

#[test]
fn no_feed_is_guessed_where_the_front_page_offers_one() {
    let claim = claim("https://paper.example/", PageKind::Front);
    let mut fetched = fetched(&claim, page(&claim));
    let (authority, fetched_at, status) = (claim.url.authority(), now(), RobotsStatus::Absent);
    let copy = RobotsCopy { id: None, authority, fetched_at, status, text: String::new(), failed_at: None };
    fetched.receipt.robots = RobotsUse::Read(copy);
    let offered = Discovered { place: Place::Head, kind: PageKind::Feed, ..link("https://paper.example/all.atom") };
    for discovered in [offered, link("https://paper.example/rss")] {
        let parsed = Parsed { discovered: vec![discovered], ..Parsed::nothing(PageKind::Front) };
        let plan = paper().plan(&claim, &fetched, &parsed, now());
        let guessed = plan.admit.iter().filter(|a| a.kind == PageKind::Feed && a.found_by == FoundBy::WellKnown);
        assert_eq!(guessed.count(), 0);
    }
}

#[test]
fn a_site_that_answers_with_less_than_a_page_is_not_asked_for_a_sitemap() {
    let frontier = paper();
    let claim = claim("https://paper.example/", PageKind::Front);
    let admitted = |outcome: Outcome| {
        let mut fetched = fetched(&claim, outcome);
        let (authority, fetched_at, status) = (claim.url.authority(), now(), RobotsStatus::Absent);
        let copy = RobotsCopy { id: None, authority, fetched_at, status, text: String::new(), failed_at: None };
        fetched.receipt.robots = RobotsUse::Read(copy);
        let plan = frontier.plan(&claim, &fetched, &Parsed::nothing(PageKind::Front), now());
        plan.admit.iter().map(|a| a.url.path().to_owned()).collect::<Vec<_>>()
    };

    assert_eq!(admitted(page(&claim)), ["/sitemap.xml", "/news-sitemap.xml", "/feed", "/rss.xml"]);
    assert_eq!(admitted(failed(500)), [""; 0]);
    assert_eq!(admitted(Outcome::Redirect { to: url("https://paper.example/en/"), permanent: false }), ["/en/"]);
}

#[test]
fn an_address_that_was_named_is_watched_whatever_it_is() {
    let frontier = paper();
    let next = |age_minutes: i64, known: bool| {
        let mut claim = claim("https://paper.example/a/12345", PageKind::Article);
        let parsed = article();
        let hash = parsed.article.as_ref().map(Article::hash);
        claim.history.visited_at = Some(now() - jiff::SignedDuration::from_mins(age_minutes));
        claim.history.article_at = Some(now() - jiff::SignedDuration::from_hours(40 * 24));
        claim.history.article = hash.filter(|_| known);
        frontier.plan(&claim, &fetched(&claim, page(&claim)), &parsed, now()).next
    };
    let minutes = |n| NextVisit::At(after(Duration::from_mins(n)));

    assert_eq!(next(40, true), minutes(80), "nothing changed");
    assert_eq!(next(40, false), minutes(20), "something changed");
    assert_eq!(next(4, false), minutes(10), "never below the shortest interval");
}

#[test]
fn an_article_at_the_root_or_in_place_of_a_sitemap_is_not_believed() {
    let frontier = paper();
    for (address, kind, stored, settled) in [
        ("https://paper.example/a/12345", PageKind::Unknown, true, PageKind::Article),
        ("https://paper.example/?p=12345", PageKind::Unknown, true, PageKind::Article),
        ("https://paper.example/", PageKind::Front, false, PageKind::Front),
        ("https://paper.example/", PageKind::Unknown, false, PageKind::Other),
        ("https://paper.example/sitemap.xml", PageKind::Sitemap, false, PageKind::Other),
        ("https://paper.example/feed", PageKind::Feed, false, PageKind::Other),
    ] {
        let claim = linked(address, kind);
        let parsed = Parsed { discovered: vec![link("https://paper.example/a/54321")], ..article() };
        let plan = frontier.plan(&claim, &fetched(&claim, page(&claim)), &parsed, now());
        assert_eq!((plan.store_article, plan.kind), (stored, settled), "{address} as {kind:?}");
        let is_list = matches!(kind, PageKind::Sitemap | PageKind::Feed);
        assert_eq!(plan.admit.is_empty(), is_list, "{address} as {kind:?}");
    }
}

#[test]
fn a_host_that_shows_a_challenge_rests_for_an_hour_or_for_as_long_as_it_asks() {
    let frontier = paper();
    let claim = linked("https://paper.example/a/12345", PageKind::Article);
    let plan = |retry_after: Option<Duration>| {
        let challenge = Outcome::Failed(Failure::Challenge { whose: "Cloudflare".into(), retry_after });
        frontier.plan(&claim, &fetched(&claim, challenge), &Parsed::nothing(PageKind::Article), now())
    };
    assert_eq!(plan(None).pace.note.as_deref(), Some("challenge: Cloudflare"));
    for (asked, rest) in [(None, 1), (Some(4), 4), (Some(9000), 24)] {
        let plan = plan(asked.map(Duration::from_hours));
        let until = after(Duration::from_hours(rest));
        assert_eq!((plan.next, plan.pace.next_at), (NextVisit::At(until), until), "the longer wait, and no absurd one");
    }
    let soon = plan(Some(Duration::from_secs(5)));
    assert_eq!(soon.pace.next_at, after(Duration::from_hours(1)));
}

#[test]
fn a_wish_keeps_an_article_out_where_the_operator_says_so() {
    let frontier = |tdmrep| {
        let mut config = Config::default();
        config.politeness.opt_out.tdmrep = tdmrep;
        Frontier::new(Arc::new(config)).expect("compiles")
    };
    let claim = linked("https://paper.example/a/12345", PageKind::Article);
    let mut parsed = article();
    parsed.signals.opt_outs = vec![OptOut { kind: OptOutKind::TdmReservation, value: "1".into() }];
    for (wish, stored) in [(Wish::Record, true), (Wish::Skip, false)] {
        let plan = frontier(wish).plan(&claim, &fetched(&claim, page(&claim)), &parsed, now());
        assert_eq!(plan.store_article, stored, "{wish:?}");
    }
}

#[test]
fn traps_are_recognised_by_name_and_addresses_of_news_are_none() {
    let check = |address: &str, expected: Option<&str>| {
        let (_, turned_away) = admitted(&paper(), vec![link(address)]);
        assert_eq!(turned_away.first().map(|(reason, _)| *reason), expected, "{address}");
    };
    for (path, reason) in [
        ("/a/b/c/d/e/f/g/h/i/j/k/l/m", "trap-depth"),
        ("/a/x/b/x/c/x/d", "trap-repeat"),
        ("/en/news/en/news/today", "trap-repeat"),
        ("/calendar/1999/05/", "trap-calendar"),
        ("/events/2027/01/", "trap-calendar"),
        ("/events?year=2020&month=5", "trap-calendar"),
        ("/events?date=2027-01-05", "trap-calendar"),
        ("/events?tribe-bar-date=2020-05-01", "trap-calendar"),
        ("/list?usersession=8a7f6e5d4c3b2a19", "trap-session"),
        ("/list?token=zz77aa88bb99cc", "trap-session"),
        ("/list?a=1&b=2&c=3&d=4&e=5&f=6", "trap-facets"),
        ("/list?sort=date&view=grid", "trap-facets"),
        ("/list?color=red&size=7&order=asc", "trap-facets"),
        ("/list?f=1&f=2&f=3", "trap-facets"),
        ("/a/photo.JPG", "media"),
        ("/download/paper.pdf", "media"),
        ("/search?q=harbour", "utility"),
        ("/a/12345/print", "utility"),
    ] {
        check(&format!("https://paper.example{path}"), Some(reason));
    }
    check("https://a.b.c.d.e.paper.example/x", Some("trap-host"));
    check("https://a.a.a.paper.example/x", Some("trap-host"));
    for path in [
        "/2011/11/11/eleven-things-to-do",
        "/2026/11/24/the-day-itself",
        "/news/politics/2026/harbour-wall-11-11-11",
        "/list?sort=date",
        "/article.php?id=12&section=3&lang=ar",
        "/calendar",
        "/story?token=harbour-token-of-trust",
        "/news/news/12345",
    ] {
        check(&format!("https://paper.example{path}"), None);
    }
    check("https://www.de.news.paper.example/x", None);
}

#[test]
fn the_day_in_an_address_bounds_the_age_of_its_page() {
    let frontier = paper();
    let entry =
        |address: &str, published: Option<Timestamp>| Discovered { published, place: Place::Sitemap, ..link(address) };
    let claim = claim("https://paper.example/sitemap.xml", PageKind::Sitemap);
    let parsed = Parsed {
        discovered: vec![
            // Every page of the site was generated anew today.
            entry("https://paper.example/2019/05/17/an-old-story", Some(now())),
            entry("https://paper.example/2026/11/20/a-story-of-friday", None),
            entry("https://paper.example/2026/08/a-story-of-august", None),
            entry("https://paper.example/2026/11/24/a-story-of-today", None),
            entry("https://paper.example/a/12345", Some(now() - jiff::SignedDuration::from_hours(30))),
        ],
        ..Parsed::nothing(PageKind::Sitemap)
    };

    let mut plan = frontier.plan(&claim, &fetched(&claim, page(&claim)), &parsed, now());

    plan.admit.sort_by_key(|a| a.priority);
    let order: Vec<&str> = plan.admit.iter().map(|a| a.url.path()).collect();
    assert_eq!(
        order,
        [
            "/2026/11/24/a-story-of-today",
            "/a/12345",
            "/2026/11/20/a-story-of-friday",
            "/2026/08/a-story-of-august",
            "/2019/05/17/an-old-story",
        ]
    );
}

#[test]
fn a_canonical_address_on_another_site_is_not_believed() {
    let frontier = paper();
    let claim = linked("https://paper.example/a/12345", PageKind::Article);
    let alias = |canonical: &str| {
        let mut parsed = article();
        parsed.signals.canonical = Some(url(canonical));
        frontier
            .plan(&claim, &fetched(&claim, page(&claim)), &parsed, now())
            .alias_of
            .map(|url| url.as_str().to_owned())
    };
    assert_eq!(alias("https://www.paper.example/b/12345"), Some("https://www.paper.example/b/12345".to_owned()));
    assert_eq!(alias("https://paper.example/a/12345?utm_source=self"), None);
    assert_eq!(alias("https://other.example/a/12345"), None);
    assert_eq!(alias("https://paper.example.other.example/a/12345"), None);
    assert_eq!(alias("https://paper.example/"), None);
}

#[test]
fn signals_about_models_are_only_recorded_unless_the_operator_says_otherwise() {
    let stored = |wish, kind| {
        let mut config = Config::default();
        config.politeness.opt_out.content_signal = wish;
        let frontier = Frontier::new(Arc::new(config)).expect("compiles");
        let claim = linked("https://paper.example/a/12345", PageKind::Article);
        let mut parsed = article();
        parsed.signals.opt_outs = vec![OptOut { kind, value: "x".into() }];
        frontier.plan(&claim, &fetched(&claim, page(&claim)), &parsed, now()).store_article
    };
    for kind in [OptOutKind::SignalAiInput, OptOutKind::SignalAiTrain] {
        assert!(stored(Wish::Record, kind) && !stored(Wish::Skip, kind), "{kind:?}");
    }
    for kind in [OptOutKind::OtherAgent, OptOutKind::TdmPolicy] {
        assert!(stored(Wish::Skip, kind), "{kind:?} asks nothing of us");
    }
}

#[test]
fn a_captive_portal_rests_the_host_and_leaves_the_page_as_due_as_it_was() {
    let frontier = paper();
    let mut claim = linked("https://paper.example/a/12345", PageKind::Article);
    claim.history.failures = 99;
    let portal = Outcome::Failed(Failure::Portal);
    let plan = frontier.plan(&claim, &fetched(&claim, portal), &Parsed::nothing(PageKind::Article), now());
    assert_eq!(plan.next, NextVisit::At(now()));
    assert_eq!(plan.pace.next_at, after(Duration::from_mins(1)));
    assert!(plan.pace.note.is_some_and(|note| note.contains("captive portal")));
}

#[test]
fn trouble_of_our_own_is_held_against_nobody() {
    let frontier = paper();
    for kind in [PageKind::Article, PageKind::Feed] {
        let mut claim = linked("https://paper.example/a/12345", kind);
        (claim.history.failures, claim.pace.failures, claim.pace.backoff) = (99, 3, Duration::from_mins(4));
        let offline = Outcome::Failed(Failure::Offline("connection: no route".into()));

        let plan = frontier.plan(&claim, &fetched(&claim, offline), &Parsed::nothing(kind), now());

        assert_eq!(plan.next, NextVisit::At(now()), "as due as it was, and a source as healthy");
        assert_eq!(plan.pace.next_at, after(Duration::from_mins(2)));
        assert_eq!((plan.pace.failures, plan.pace.backoff), (3, Duration::from_mins(4)));
    }
}

#[test]
fn a_host_that_asks_for_a_rest_beside_the_page_gets_it() {
    let frontier = paper();
    let claim = linked("https://paper.example/a/12345", PageKind::Article);
    let hour = Duration::from_hours(1);

    let tdmrep = Refusal::AskedToWait { reason: "status 429 for tdmrep.json".into(), retry_after: hour };
    let refused = fetched(&claim, Outcome::Refused(tdmrep));
    let plan = frontier.plan(&claim, &refused, &Parsed::nothing(PageKind::Article), now());
    assert_eq!((plan.next, plan.pace.next_at), (NextVisit::At(now()), after(hour)));

    let plan = frontier.plan(&claim, &fetched(&claim, page(&claim)), &article(), now());
    assert!(plan.pace.next_at < after(hour) && plan.pace.note.is_none());
    let busy = Outcome::Failed(Failure::Status { status: 503, retry_after: Some(hour) });
    let pace = frontier.pace_after(&claim, &plan.pace, &fetched(&claim, busy), now());
    assert_eq!((pace.next_at, pace.note.as_deref()), (after(hour), Some("status 503, retry after 3600 s")));
}

#[test]
fn what_stands_in_an_article_s_place_is_not_stored_and_tried_again() {
    let frontier = paper();
    let claim = linked("https://paper.example/a/12345", PageKind::Article);
    let mut parsed = article();
    parsed.signals.not_content = Some("an error page".into());
    let plan = frontier.plan(&claim, &fetched(&claim, page(&claim)), &parsed, now());
    assert!(!plan.store_article);
    assert_eq!(plan.next, NextVisit::At(after(Duration::from_mins(1))));
}

#[test]
fn a_cache_header_holds_a_source_back_for_six_hours_at_most() {
    let frontier = paper();
    let claim = claim("https://paper.example/", PageKind::Front);
    for (fresh_for, expected) in [
        (None, Duration::from_mins(20)),
        (Some(Duration::from_mins(1)), Duration::from_mins(20)),
        (Some(Duration::from_mins(40)), Duration::from_mins(40)),
        (Some(Duration::from_hours(30 * 24)), Duration::from_hours(6)),
    ] {
        let Outcome::Page(answer) = page(&claim) else { panic!("a page") };
        let answer = Outcome::Page(Page { fresh_for, ..answer });
        let plan = frontier.plan(&claim, &fetched(&claim, answer), &Parsed::nothing(PageKind::Front), now());
        let unchanged = Outcome::NotModified { validators: Validators::default(), fresh_for };
        let again = frontier.plan(&claim, &fetched(&claim, unchanged), &Parsed::nothing(PageKind::Front), now());
        for plan in [plan, again] {
            let NextVisit::ByYield(steps) = plan.next else { panic!("a source: {:?}", plan.next) };
            assert_eq!(steps[0].at, after(expected), "{fresh_for:?}");
        }
    }
}

#[test]
fn the_next_page_of_a_section_is_followed_and_does_not_become_a_source() {
    let frontier = paper();
    let claim = linked("https://paper.example/politics", PageKind::Section);
    let next = |path: &str| Discovered { place: Place::Head, ..link(&format!("https://paper.example{path}")) };
    let parsed = Parsed {
        discovered: vec![next("/politics?page=2"), next("/politics/page/2")],
        ..Parsed::nothing(PageKind::Section)
    };

    let plan = frontier.plan(&claim, &fetched(&claim, page(&claim)), &parsed, now());

    let admitted: Vec<_> = plan.admit.iter().map(|a| (a.url.path_and_query(), a.kind, a.depth)).collect();
    let expected = ["/politics?page=2", "/politics/page/2"];
    assert_eq!(admitted, expected.map(|path| (path.to_owned(), PageKind::Unknown, 2)));
}
