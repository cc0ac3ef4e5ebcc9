//! What enters the frontier, from a page's bytes to the rows: parse, plan, record, claim; no network.

mod support;

use std::fmt::Write as _;
use std::time::Duration;

use murasil::model::reason::meaning;
use murasil::model::{Admission, Claim, Discovered, FoundBy, PageKind, PageUrl, Parsed, Place, Timestamp};
use murasil::store::SiteRecord;
use support::room::Room;
use support::{number, rows};

const SITES: &str = "
[[site]]
name = 'hostile'
domains = ['hostile.example']
seeds = ['https://hostile.example/']
[[site]]
name = 'paper'
domains = ['paper.example']
seeds = ['https://paper.example/']
";

fn url(text: &str) -> PageUrl {
    PageUrl::parse(text).expect("an address")
}

/// The test's clock: seconds after an instant of our own.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_764_000_000 + seconds).expect("in range")
}

fn link(address: &str) -> Discovered {
    Discovered {
        url: url(address),
        kind: PageKind::Unknown,
        text: String::new(),
        place: Place::Main,
        published: None,
        rel: murasil::model::Rel::NONE,
    }
}

fn admission(address: &str, site: &str, depth: u16) -> Admission {
    Admission {
        url: url(address),
        site: site.into(),
        kind: PageKind::Article,
        depth,
        hops: 0,
        priority: 0,
        dated: true,
        found_by: FoundBy::Link(Place::Main),
    }
}

/// A hundred thousand addresses of one host: calendars, facets, sessions, repeated segments, and plain made-up pages.
fn hostile_links() -> Vec<Discovered> {
    (0..100_000)
        .map(|n| {
            let path = match n % 5 {
                0 => format!("calendar/{}/{:02}", 1900 + n / 12, n % 12 + 1),
                1 => format!("list?sort=a{n}&view=b&page={n}"),
                2 => format!("list?usersession=abcdef012345{n}"),
                3 => format!("a/a/a/{n}"),
                _ => format!("made-up-page-number-{n}"),
            };
            link(&format!("https://hostile.example/{path}"))
        })
        .collect()
}

#[tokio::test]
async fn a_page_of_a_hundred_thousand_traps_keeps_no_other_host_waiting() {
    let room = Room::new(SITES).await;
    room.store.admit(room.frontier.seeds(at(0)), at(0)).await.expect("admits");
    let claims = room.claim(at(0)).await;
    let of = |claims: &[Claim], site: &str| claims.iter().find(|claim| claim.site == site).cloned();
    let (hostile, paper) = (of(&claims, "hostile").expect("due"), of(&claims, "paper").expect("due"));

    let traps = Parsed { discovered: hostile_links(), ..Parsed::nothing(PageKind::Front) };
    room.visit(&hostile, traps, at(0)).await;
    let news = (0..20).map(|n| link(&format!("https://paper.example/news/2000{n}"))).collect();
    room.visit(&paper, Parsed { discovered: news, ..Parsed::nothing(PageKind::Front) }, at(0)).await;

    // One page a host and delay: the paper's twenty pages take twenty rounds, whatever waits elsewhere.
    for round in 1..=20 {
        let now = at(round * 5);
        let claims = room.claim(now).await;
        let paper = of(&claims, "paper").expect("the paper has its turn in every round");
        assert!(claims.len() <= 2, "one page a host");
        for claim in &claims {
            room.visit(claim, Parsed::nothing(PageKind::Other), now).await;
        }
        assert_eq!(paper.depth, 1);
    }

    assert_eq!(of(&room.claim(at(105)).await, "paper"), None, "all twenty are done");
    let reasons = rows(&room.path(), "select reason, times from turned_away order by reason").await;
    let expected =
        [("trap-calendar", 20_000), ("trap-facets", 20_000), ("trap-repeat", 20_000), ("trap-session", 20_000)];
    assert_eq!(reasons, expected.map(|(reason, times)| vec![reason.to_owned(), times.to_string()]));
    assert_eq!(number(&room.path(), "select count(*) from pages where key like 'hostile.example/%'").await, 20_001);
}

#[tokio::test]
async fn the_queue_of_a_host_is_bounded_and_news_enters_all_the_same() {
    let room = Room::new(SITES).await;
    room.store.admit(room.frontier.seeds(at(0)), at(0)).await.expect("admits");
    let old = |from: u32, to: u32, depth| {
        (from..to).map(|n| admission(&format!("https://hostile.example/old/{n}"), "hostile", depth)).collect::<Vec<_>>()
    };
    for batch in 0..11 {
        room.store.admit(old(batch * 10_000, (batch + 1) * 10_000, 2), at(1)).await.expect("admits");
    }
    let waiting = "select count(*) from pages where lane = 'new' and key like 'hostile.example/old/%'";
    let full = number(&room.path(), waiting).await;
    assert!((99_990..=100_000).contains(&full), "{full} wait");

    // What the front page links to, and what lies elsewhere, enters.
    room.store.admit(old(500_000, 500_010, 1), at(2)).await.expect("admits");
    assert_eq!(number(&room.path(), waiting).await, full + 10);
    room.store.admit(vec![admission("https://paper.example/a/12345", "paper", 2)], at(2)).await.expect("admits");
    assert_eq!(number(&room.path(), "select count(*) from pages where key = 'paper.example/a/12345'").await, 1);

    // What did not enter is reported with the visit that found it.
    let claims = room.claim(at(3)).await;
    let mut deep = claims.into_iter().find(|claim| claim.site == "hostile").expect("due");
    deep.depth = 1;
    let parsed =
        Parsed { discovered: vec![link("https://hostile.example/old/777777")], ..Parsed::nothing(PageKind::Other) };
    room.visit(&deep, parsed, at(3)).await;
    let reasons = rows(&room.path(), "select reason, times, example_url from turned_away").await;
    assert_eq!(reasons, [["share", "1", "https://hostile.example/old/777777"].map(str::to_owned)]);

    // The same where the pages that wait were counted while the frontier was read into memory.
    let sites = ["hostile", "paper"].map(|name| SiteRecord { name: name.into() });
    room.store.sync_sites(&sites, Vec::new(), at(4)).await.expect("syncs");
    let reading = async {
        while !room.store.knows_the_frontier() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reading).await.expect("is read");
    assert_eq!(room.store.admit(old(600_000, 600_010, 2), at(5)).await.expect("admits"), 0);
    let news = vec![admission("https://paper.example/a/12346", "paper", 2)];
    assert_eq!(room.store.admit([old(600_000, 600_010, 1), news].concat(), at(5)).await.expect("admits"), 11);
}

#[tokio::test]
async fn a_server_that_answers_under_every_name_gets_five_hundred_turns_at_most() {
    let room = Room::new(SITES).await;
    let made_up = |n: u32| admission(&format!("https://x{n}.hostile.example/a/12345"), "hostile", 2);
    room.store.admit((0..700).map(made_up).collect(), at(0)).await.expect("admits");
    room.store.admit((0..100).map(made_up).collect(), at(1)).await.expect("admits");
    room.store.admit(vec![admission("https://www.hostile.example/b/1", "hostile", 2)], at(1)).await.expect("admits");
    room.store.admit(vec![admission("https://news.paper.example/b/1", "paper", 2)], at(1)).await.expect("admits");

    assert_eq!(number(&room.path(), "select count(*) from hosts where name like 'x%.hostile.example'").await, 500);
    assert_eq!(number(&room.path(), "select count(*) from hosts").await, 502);
    assert_eq!(number(&room.path(), "select count(*) from pages").await, 502);
}

/// A page that is an article by every sign.
fn article(head: &str) -> String {
    let mut body = String::new();
    for n in 1..12 {
        write!(
            body,
            "<p>Sentence {n} tells that the harbour wall will be repaired before winter, says the council.</p>"
        )
        .expect("a string takes text");
    }
    format!(
        "<html lang=en><head><title>Harbour wall is repaired</title><meta property=og:type content=article>{head}</head>\
         <body><article><h1>Harbour wall is repaired</h1><time datetime='2025-11-20T10:00:00Z'>20 November 2025</time>\
         {body}</article></body></html>"
    )
}

#[tokio::test]
async fn a_claim_to_be_a_page_of_another_site_is_recorded_and_not_believed() {
    for head in [
        "<link rel=canonical href='https://victim.example/real/12345'>",
        "<meta property=og:url content='https://victim.example/real/12345'>",
    ] {
        let room = Room::new(SITES).await;
        room.store.admit(vec![admission("https://paper.example/a/12345", "paper", 1)], at(0)).await.expect("admits");
        let claim = room.claim(at(0)).await.remove(0);

        let parsed = room.parse(&claim, &article(head), at(0));
        room.visit(&claim, parsed, at(0)).await;

        let sql = "select p.url, p.state, a.canonical_url from articles a join pages p on p.id = a.page_id";
        let stored = rows(&room.path(), sql).await;
        let expected = ["https://paper.example/a/12345", "scheduled", "https://victim.example/real/12345"];
        assert_eq!(stored, [expected.map(str::to_owned)], "{head}");
        assert_eq!(number(&room.path(), "select count(*) from pages where key like 'victim%'").await, 0);
        assert_eq!(number(&room.path(), "select count(*) from hosts where name like 'victim%'").await, 0);
    }
}

#[tokio::test]
async fn print_and_amp_variants_become_aliases_by_their_canonical_address() {
    let room = Room::new(SITES).await;
    let addresses = ["/a/12345", "/a/12345?print=yes", "/amp/a/12345", "/a/12345/"];
    for address in addresses {
        let address = format!("https://paper.example{address}");
        room.store.admit(vec![admission(&address, "paper", 1)], at(0)).await.expect("admits");
    }
    let head = "<link rel=canonical href='/a/12345'><link rel=amphtml href='/amp/a/12345'>";

    for round in 0..4 {
        let now = at(round * 5);
        for claim in room.claim(now).await {
            let parsed = room.parse(&claim, &article(head), now);
            assert!(parsed.discovered.is_empty(), "{:?}", parsed.discovered);
            room.visit(&claim, parsed, now).await;
        }
    }

    assert_eq!(number(&room.path(), "select count(*) from articles").await, 1);
    assert_eq!(number(&room.path(), "select count(*) from pages where state = 'alias'").await, 3);
}

#[tokio::test]
async fn the_reasons_for_a_kind_are_stored_with_the_page() {
    let room = Room::new(SITES).await;
    room.store.admit(vec![admission("https://paper.example/a/12345", "paper", 1)], at(0)).await.expect("admits");
    let claim = room.claim(at(0)).await.remove(0);

    let parsed = room.parse(&claim, &article(""), at(0));
    room.visit(&claim, parsed, at(0)).await;

    let stored = rows(&room.path(), "select kind, kind_reasons from pages").await.remove(0);
    assert_eq!(stored[0], "article");
    let reasons: Vec<&str> = stored[1].split(',').collect();
    assert!(reasons.starts_with(&["url-number", "announced-article", "og-article", "date", "text"]), "{reasons:?}");
    assert!(reasons.iter().all(|word| meaning(word).is_some()), "{reasons:?}");
}
