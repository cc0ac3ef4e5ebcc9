//! What a host prints in article after article leaves their bodies once it is learnt; their own text never does.

mod support;

use std::time::Duration;

use murasil::model::{Admission, Claim, FoundBy, PageKind, PageUrl, Place, Timestamp};
use murasil::store::Store;
use support::room::Room;
use support::serve::{Answer, feed_of, serve};
use support::{crawl, number, rows};

const SITES: &str = "
[[site]]
name = 'paper'
domains = ['paper.example']
seeds = ['https://paper.example/']
";
const LETTER: &str = "Every Friday our reporters pick the best of the week and send it to you before breakfast.";
const OTHER_LETTER: &str = "Our reporters now write to you twice a week, and tell what they found but could not print.";

/// A page of an article that has six paragraphs of its own, named by a word, with another one in their midst.
fn page(title: &str, word: &str, between: &[&str]) -> String {
    let own = |n| {
        format!("<p>Paragraph {n} of {word}: and the road went on through the valley, past the mill and two farms.</p>")
    };
    let between = format!("<p>{}</p>", between.join("</p><p>"));
    let (above, below): (String, String) = ((0..3).map(own).collect(), (3..6).map(own).collect());
    format!(
        "<html lang=en><head><title>{title}</title><meta property=og:type content=article>\
         <meta property=article:published_time content=2025-11-20T08:00:00Z></head>\
         <body><article><h1>{title}</h1>{above}{between}{below}</article></body></html>"
    )
}

/// A newspaper whose pages are visited when the test says so.
struct Paper {
    room: Room,
    /// Visits so far: the test's clock.
    visits: std::cell::Cell<i64>,
}

impl Paper {
    async fn new() -> Paper {
        Paper { room: Room::new(SITES).await, visits: 0.into() }
    }

    async fn claim(&self, number: usize, now: Timestamp) -> Claim {
        let url =
            PageUrl::parse(&format!("https://paper.example/news/story-of-the-valley-{number}")).expect("an address");
        let admission = Admission {
            url: url.clone(),
            site: "paper".into(),
            kind: PageKind::Article,
            depth: 1,
            hops: 0,
            priority: 0,
            dated: false,
            found_by: FoundBy::Link(Place::Main),
        };
        self.room.store.admit(vec![admission], now).await.expect("admits");
        self.room.store.claim_url(&url).await.expect("claims").expect("is known")
    }

    /// Visits the article with this number, which is this page at present.
    async fn read(&self, number: usize, page: &str) {
        self.visits.set(self.visits.get() + 1);
        let now = Timestamp::from_second(1_764_000_000 + self.visits.get() * 3_600).expect("in range");
        let claim = self.claim(number, now).await;
        let parsed = self.room.parse(&claim, page, now);
        self.room.visit(&claim, parsed, now).await;
    }

    /// Visits articles with these numbers and this text beside their own.
    async fn read_all(&self, numbers: std::ops::Range<usize>, between: &[&str]) {
        for number in numbers {
            self.read(number, &page(&format!("Title {number}"), &format!("story {number}"), between)).await;
        }
    }

    /// Another process with the same database.
    async fn restart(&mut self) {
        self.room.store.clone().close().await.expect("closes");
        self.room.store = Store::open(&self.room.path(), None).await.expect("opens");
    }

    /// Of each article, whether text and HTML have this paragraph.
    async fn with(&self, paragraph: &str) -> Vec<bool> {
        let rows = rows(&self.room.path(), "select body, body_html from v_articles order by id").await;
        let has = |row: Vec<String>| {
            assert_eq!(row[0].contains(paragraph), row[1].contains(paragraph), "{row:?}");
            row[0].contains(paragraph)
        };
        rows.into_iter().map(has).collect()
    }

    async fn number(&self, sql: &'static str) -> i64 {
        number(&self.room.path(), sql).await
    }

    /// Versions of all articles.
    async fn versions(&self) -> i64 {
        self.number("select count(*) from article_versions").await
    }
}

#[tokio::test]
async fn a_newsletter_is_gone_from_the_fourth_article_on_and_after_a_restart() {
    let mut paper = Paper::new().await;
    paper.read_all(0..3, &[LETTER]).await;
    paper.read(3, &page("Title 3", "story 3", &[LETTER])).await;
    assert_eq!(paper.with(LETTER).await, [true, true, true, false]);

    paper.restart().await;
    paper.read_all(4..6, &[LETTER]).await;
    assert_eq!(paper.with(LETTER).await, [true, true, true, false, false, false]);
    let whole = "select count(*) from v_articles where body like '%Paragraph 0 of%' and body like '%Paragraph 5 of%'";
    assert_eq!(paper.number(whole).await, 6);
    assert_eq!(rows(&paper.room.path(), "select text from boilerplate").await, [[LETTER]]);
    assert_eq!(paper.number("select count(*) from articles where json_array_length(left_out) = 1").await, 3);
}

#[tokio::test]
async fn what_is_learnt_makes_no_version_and_a_version_shows_only_what_was_edited() {
    let paper = Paper::new().await;
    paper.read_all(0..5, &[LETTER]).await;
    paper.read_all(0..5, &[LETTER]).await;
    assert_eq!(paper.versions().await, 5, "versions are edits");
    assert_eq!(paper.with(LETTER).await, [true, true, true, false, false]);

    paper.read(0, &page("Title 0", "another story", &[LETTER])).await;
    paper.read(4, &page("Title 4", "a different story", &[LETTER])).await;
    assert_eq!(paper.versions().await, 7);
    assert_eq!(paper.with(LETTER).await, [true, true, true, false, false], "as before");
}

#[tokio::test]
async fn what_is_forgotten_makes_no_version_either() {
    let mut paper = Paper::new().await;
    paper.read_all(0..4, &[LETTER]).await;
    paper.read_all(4..30, &[]).await;
    assert_eq!(paper.number("select count(*) from boilerplate").await, 0, "few articles have it");

    paper.restart().await;
    paper.read_all(0..4, &[LETTER]).await;
    assert_eq!(paper.versions().await, 30);
    assert!(!paper.with(LETTER).await[3]);
    paper.read_all(30..31, &[LETTER]).await;
    assert!(paper.with(LETTER).await[30]);
}

#[tokio::test]
async fn a_newsletter_that_is_added_to_old_pages_is_no_edit() {
    let paper = Paper::new().await;
    paper.read_all(0..4, &[LETTER]).await;
    paper.read_all(4..10, &[OTHER_LETTER]).await;
    paper.read_all(3..4, &[OTHER_LETTER]).await;
    assert_eq!(paper.versions().await, 10);
    assert!(!paper.with(OTHER_LETTER).await[3]);
}

#[tokio::test]
async fn a_story_under_several_addresses_and_titles_keeps_its_text() {
    let paper = Paper::new().await;
    for number in 0..8 {
        paper.read(number, &page(&format!("Title {number}"), "the same story", &[])).await;
        // The same title, another text around a paragraph of the story.
        paper.read(100 + number, &page("News in brief", &format!("brief {number}"), &[LETTER])).await;
        paper.read(number, &page(&format!("Title {number}"), "the same story", &[])).await;
    }
    assert_eq!(paper.number("select count(*) from boilerplate").await, 0);
    let whole = "select count(*) from v_articles where body like '%Paragraph 0 of%' and body like '%Paragraph 5 of%'";
    assert_eq!(paper.number(whole).await, 16);
}

#[tokio::test]
async fn a_page_that_is_visited_again_and_again_counts_once() {
    let paper = Paper::new().await;
    for visit in 0..6 {
        paper.read(0, &page(&format!("Title {visit}"), &format!("story {visit}"), &[LETTER])).await;
        paper.read(1, &page(&format!("Headline {visit}"), &format!("tale {visit}"), &[LETTER])).await;
    }
    assert_eq!(paper.number("select count(*) from boilerplate").await, 0);
    assert_eq!(paper.with(LETTER).await, [true, true]);
}

#[tokio::test]
async fn a_copy_of_an_article_that_was_stored_with_its_newsletter_is_still_its_copy() {
    let paper = Paper::new().await;
    paper.read_all(0..4, &[LETTER]).await;
    paper.read(50, &page("Title 0", "story 0", &[LETTER])).await;
    assert_eq!(paper.number("select count(*) from articles").await, 4);
    assert_eq!(paper.number("select count(*) from pages where state = 'alias'").await, 1);
}

/// A feed of six articles, and these, with the newsletter.
fn answer(path: &str) -> Answer {
    let address = |number: usize| format!("/news/story-of-the-valley-{number}");
    if path == "/feed.xml" {
        let item = |number| format!("<item><title>Title {number}</title><link>{}</link></item>", address(number));
        let items: String = (0..6).map(item).collect();
        return ("200 OK", "text/xml", format!("<rss version='2.0'><channel><title>t</title>{items}</channel></rss>"));
    }
    match (0..6).find(|number| path == address(*number)) {
        Some(number) => {
            ("200 OK", "text/html", page(&format!("Title {number}"), &format!("story {number}"), &[LETTER]))
        }
        None => ("404 Not Found", "text/html", String::new()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_leaves_out_what_its_first_three_articles_taught() {
    let config = feed_of(&serve(answer).await);
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");

    crawl(&config, &database, Duration::from_secs(2)).await;

    let stored = "select body like '%before breakfast%', body_html like '%before breakfast%', body like '%Paragraph 5%'
                  from articles
                  order by id";
    let expected = [["1", "1", "1"]; 3].into_iter().chain([["0", "0", "1"]; 3]);
    assert_eq!(rows(&database, stored).await, expected.collect::<Vec<_>>());
}
