//! Articles on several pages: the pages become one article, whatever comes in between.

mod support;

use murasil::config::Config;
use murasil::crawl::extract::{PageFile, Parser, extract, read_url};
use murasil::model::{Claim, PageKind, PageUrl, Parsed, Timestamp};
use murasil::store::Reader;
use support::room::Room;
use support::{number, rows};

const SITES: &str = "
[[site]]
name = 'paper'
domains = ['paper.example']
seeds = ['https://paper.example/news/the-long-road-home']
";
const FIRST: &str = "https://paper.example/news/the-long-road-home";

/// A page of the story, as long as it says.
fn page(number: usize, last: usize, words: &str) -> String {
    let more = "and the road went on through the valley, past the mill and the two farms that nobody had left.";
    let paragraphs: Vec<_> = (0..5).map(|n| format!("<p>Part {number}, paragraph {n}: {words}, {more}</p>")).collect();
    let paragraphs = paragraphs.concat();
    let next =
        if number < last { format!("<link rel=next href='{FIRST}?page={}'>", number + 1) } else { String::new() };
    format!(
        "<html lang=en><head><title>The long road home</title><meta property=og:type content=article>{next}\
         <meta property=article:published_time content=2025-11-20T08:00:00Z><link rel=canonical href='{FIRST}'></head>\
         <body><article><h1>The long road home</h1>{paragraphs}</article></body></html>"
    )
}

struct Story {
    room: Room,
}

impl Story {
    async fn new() -> Story {
        let room = Room::new(SITES).await;
        let begin = at(0, 0);
        room.store.admit(room.frontier.seeds(begin), begin).await.expect("admits");
        Story { room }
    }

    /// Visits all pages that are due on this day; they are these, from the first. Gives the numbers of those visited.
    async fn read(&self, day: i64, pages: &[String]) -> Vec<usize> {
        let mut visited = Vec::new();
        for minute in 0.. {
            let now = at(day, minute);
            let Some(claim) = self.room.claim(now).await.pop() else { break };
            let number = claim.url.query().map_or(1, |query| query["page=".len()..].parse().expect("a number"));
            self.record(&claim, now, &pages[number - 1]).await;
            visited.push(number);
        }
        visited
    }

    async fn record(&self, claim: &Claim, now: Timestamp, body: &str) {
        let parsed = self.room.parse(claim, body, now);
        self.room.visit(claim, parsed, now).await;
    }

    async fn bodies(&self) -> Vec<String> {
        let rows = rows(&self.room.path(), "select body from v_articles").await;
        rows.into_iter().map(|mut row| row.remove(0)).collect()
    }

    async fn number(&self, sql: &'static str) -> i64 {
        number(&self.room.path(), sql).await
    }

    /// Articles in which a word is found.
    async fn found(&self, word: &str) -> usize {
        let reader = Reader::open(&self.room.path()).await.expect("opens");
        reader.search(word, 9).await.expect("searches").len()
    }
}

/// The test's clock.
fn at(day: i64, minute: i64) -> Timestamp {
    Timestamp::from_second(1_764_000_000 + day * 86_400 + minute * 60).expect("in range")
}

/// A story of as many pages as there are words.
fn pages(words: &[&str]) -> Vec<String> {
    words.iter().enumerate().map(|(at, word)| page(at + 1, words.len(), word)).collect()
}

#[tokio::test]
async fn the_pages_of_a_text_are_one_article() {
    let story = Story::new().await;
    let pages = pages(&["winter", "spring", "summer"]);
    assert_eq!(story.read(0, &pages).await, [1, 2, 3]);

    let bodies = story.bodies().await;
    assert_eq!(bodies.len(), 1, "parts are no articles");
    let paragraphs: Vec<&str> = bodies[0].split("\n\n").collect();
    assert_eq!(paragraphs.len(), 15);
    for (at, paragraph) in paragraphs.iter().enumerate() {
        assert!(paragraph.starts_with(&format!("Part {}, paragraph {}", at / 5 + 1, at % 5)), "{at}: {paragraph}");
    }
    let sql = "select count(*) from v_articles
               where word_count > 250 and body_html like '%summer%' and flags like '%multi-page%'";
    assert_eq!(story.number(sql).await, 1);
    assert_eq!(story.found("summer").await, 1, "all of the text is searched");
    assert_eq!(story.found("winter").await, 1);
}

#[tokio::test]
async fn a_visit_that_is_recorded_twice_doubles_no_part() {
    let story = Story::new().await;
    let pages = pages(&["winter", "spring"]);
    for (minute, page) in pages.iter().enumerate() {
        let now = at(0, minute as i64);
        let claim = story.room.claim(now).await.pop().expect("due");
        story.record(&claim, now, page).await;
        story.record(&claim, now, page).await;
    }
    assert_eq!(story.bodies().await[0].split("\n\n").count(), 10);
    assert_eq!(story.number("select count(*) from article_parts").await, 1);
}

#[tokio::test]
async fn revisits_keep_the_text_whole_and_follow_its_changes() {
    let story = Story::new().await;
    story.read(0, &pages(&["winter", "spring"])).await;

    assert_eq!(story.read(9, &pages(&["winter", "spring"])).await, [1, 2]);
    assert!(story.bodies().await[0].contains("spring"));
    assert_eq!(story.number("select count(*) from article_versions").await, 1, "a join is no edit");

    assert_eq!(story.read(40, &pages(&["autumn", "frost"])).await, [1, 2]);
    let body = story.bodies().await.remove(0);
    assert!(body.contains("autumn") && body.contains("frost") && !body.contains("spring"), "{body}");
    assert_eq!(story.found("frost").await, 1);
    assert_eq!(story.found("spring").await, 0);
}

#[tokio::test]
async fn a_text_that_has_one_page_again_loses_its_parts() {
    let story = Story::new().await;
    story.read(0, &pages(&["winter", "spring"])).await;
    story.read(9, &[page(1, 1, "all on one page"), page(2, 2, "spring")]).await;

    assert_eq!(story.bodies().await[0].split("\n\n").count(), 5);
    assert_eq!(story.found("spring").await, 0);
}

#[tokio::test]
async fn a_part_whose_page_is_gone_keeps_its_text_while_the_page_before_leads_there() {
    let story = Story::new().await;
    let pages = pages(&["winter", "spring"]);
    story.read(0, &pages).await;
    let part = PageUrl::parse(&format!("{FIRST}?page=2")).expect("an address");
    let claim = story.room.store.claim_url(&part).await.expect("claims").expect("is known");
    story.room.find_gone(&claim, at(8, 0)).await;
    assert_eq!(story.number("select count(*) from pages where state = 'gone'").await, 1);

    assert_eq!(story.read(9, &pages).await, [1]);
    assert!(story.bodies().await[0].contains("spring"));
    story.read(40, &[page(1, 1, "winter")]).await;
    assert!(!story.bodies().await[0].contains("spring"));
}

#[tokio::test]
async fn a_page_that_leads_no_further_ends_the_text_though_it_says_the_same() {
    for last in [1, 2] {
        let story = Story::new().await;
        let mut pages = pages(&["winter", "spring", "summer"]);
        story.read(0, &pages).await;
        assert_eq!(story.found("summer").await, 1);

        let words = ["winter", "spring"];
        pages[last - 1] = page(last, last, words[last - 1]);
        story.read(9, &pages).await;

        assert_eq!(story.bodies().await[0].split("\n\n").count(), 5 * last, "{last}");
        assert_eq!(story.found("summer").await, 0, "{last}");
    }
}

#[tokio::test]
async fn a_text_has_twenty_pages_at_most() {
    let story = Story::new().await;
    story.read(0, &pages(&["spring"; 30])).await;
    assert_eq!(story.number("select max(number) from article_parts").await, 20);
}

/// The numbers of a text's pages, the present one no link, and a word for the next one.
fn pager(class: &str, present: usize, last: usize, address: impl Fn(usize) -> String) -> String {
    let number = |n| if n == present { format!("<b>{n}</b>") } else { format!("<a href='{}'>{n}</a>", address(n)) };
    let numbers: String = (1..=last).map(number).collect();
    let next = if present < last { format!("<a href='{}'>Next</a>", address(present + 1)) } else { String::new() };
    format!("<div class='{class}'>{numbers}{next}</div>")
}

#[tokio::test]
async fn the_pages_of_a_pager_are_joined_without_it() {
    for class in ["pagination", "nav-links", "post-pagination"] {
        let story = Story::new().await;
        let pages: Vec<_> = ["winter", "spring", "summer"]
            .iter()
            .enumerate()
            .map(|(at, words)| {
                let address = |n| if n == 1 { FIRST.to_owned() } else { format!("{FIRST}?page={n}") };
                let pager = pager(class, at + 1, 3, address);
                page(at + 1, at + 1, words).replace("</article>", &format!("{pager}</article>"))
            })
            .collect();
        assert_eq!(story.read(0, &pages).await, [1, 2, 3], "{class}");
        let body = story.bodies().await.remove(0);
        assert_eq!(body.split("\n\n").count(), 15, "{class}: {body}");
        assert!(!body.contains("Next"), "{class}: {body}");
    }
}

/// What a page of the story says of itself, with this in its head and this below its text.
fn read(path: &str, head: &str, below: &str) -> Parsed {
    let html = page(1, 1, "winter").replace("<link rel=canonical", &format!("{head}<link rel=canonical"));
    let html = html.replace("</article>", &format!("{below}</article>"));
    let config = Config::default();
    let parser = Parser::new(&config).expect("built-in profiles compile");
    let url = read_url(&format!("https://paper.example{path}")).ok();
    let file = PageFile { body: html.into_bytes(), url, ..PageFile::default() };
    extract(&parser, &config, &file, PageKind::Article, at(0, 0))
}

#[track_caller]
fn leads(path: &str, head: &str, below: &str, expected: Option<&str>) {
    let next = read(path, head, below).signals.next_page;
    let next = next.map(|url| url.path_and_query());
    assert_eq!(next.as_deref(), expected, "{path}: {head}{below}");
}

#[test]
fn a_pager_leads_on_by_number_word_or_relation() {
    let story = "/news/the-long-road-home";
    for class in
        ["pagination", "nav-links", "post-pagination", "pages", "related", "post-navigation", "most-read", "ticker"]
    {
        let rel = format!("<div class={class}><a rel=next href='{story}/2'>Next page</a></div>");
        leads(story, "", &rel, Some("/news/the-long-road-home/2"));
        let others = format!("<div class={class}><a rel=next href='/news/another-road'>Next story</a></div>");
        leads(story, "", &others, None);
    }
    for class in ["pagination", "nav-links", "post-pagination"] {
        let below = |text: &str| format!("<div class={class}><a href='{story}/page/2/'>{text}</a></div>");
        leads(story, "", &below("2"), Some("/news/the-long-road-home/page/2/"));
        leads(story, "", &below("Page suivante"), Some("/news/the-long-road-home/page/2/"));
        leads(story, "", &format!("<div class=related>{}</div>", below("2")), None);
        leads(story, "", &format!("<div class=comments>{}</div>", below("2")), None);
    }
    let parsed = read(story, "", "<div class=pagination><h2><a href='/news/the-long-road-home/2'>Next</a></h2></div>");
    let article = parsed.article.expect("an article");
    assert_eq!(article.title.map(|found| found.value).as_deref(), Some("The long road home"));
}

#[test]
fn the_neighbour_of_a_numbered_post_is_no_page_of_it() {
    for class in ["nav-links", "post-navigation", "pagination"] {
        let below = format!("<div class={class}><a href=/post/4>The mill</a><a href=/post/6>The farms</a></div>");
        leads("/post/5", "", &below, None);
    }
    let below =
        "<div class=post-navigation><a rel=prev href=/post/4>The mill</a><a rel=next href=/post/6>The farms</a></div>";
    leads("/post/5", "", below, None);
}

#[test]
fn a_slug_may_end_in_a_number_and_go_on() {
    for story in ["/news/life-with-covid-19", "/news/the-top-10", "/news/story-of-the-town-4", "/news/the_top_10.html"]
    {
        let second = format!("{story}?page=2");
        leads(story, &format!("<link rel=next href='{second}'>"), "", Some(&second));
        leads(story, "", &pager("pagination", 1, 3, |n| format!("{story}?page={n}")), Some(&second));
    }
}

#[test]
fn the_number_of_a_slug_is_a_page_only_where_the_page_proves_it() {
    let town = |n: usize| if n == 1 { "/news/town".to_owned() } else { format!("/news/town-{n}") };
    let link = |n: usize, text: &str| format!("<a href='{}'>{text}</a>", town(n));
    // Parts of a series, and a later story of the same name.
    leads(&town(4), "", &format!("<p>{}</p>", link(5, "5")), None);
    leads(&town(4), "", &format!("<p>{} {}</p>", link(3, "3"), link(5, "5")), None);
    leads(&town(1), "", &link(2, "2"), None);
    leads(&town(1), "", &format!("<div class=nav-links>{}</div>", link(2, "The town")), None);
    leads(&town(1), "<link rel=next title='The town' href='/news/town-2'>", "", None);
    leads(&town(1), "", "<div class=nav-links><a rel=next href='/news/town-2'>The town</a></div>", None);
    // Relations.
    for number in [1, 4] {
        let next = town(number + 1);
        leads(&town(number), &format!("<link rel=next href='{next}'>"), "", Some(&next));
        leads(&town(number), "", &format!("<p><a rel=next href='{next}'>Next page</a></p>"), Some(&next));
    }
    leads(&town(4), "<link rel=prev href='/news/town-3'>", &link(5, "5"), Some("/news/town-5"));
    leads(&town(4), "<link rel=prev href='/news/town'>", &link(5, "5"), None);
    // Pagers.
    for class in ["pagination", "pages"] {
        for number in [1, 2, 4] {
            leads(&town(number), "", &pager(class, number, 6, town), Some(&town(number + 1)));
        }
        leads(&town(6), "", &pager(class, 6, 6, town), None);
    }
    leads(&town(4), "", &format!("<ul><li>{}<li>4<li>{}</ul>", link(1, "1"), link(5, "5")), Some("/news/town-5"));
    leads(&town(4), "", &format!("<p>1 … 3 <b>4</b> {}</p>", link(5, "5")), Some("/news/town-5"));
    leads(&town(4), "", &format!("<p>3 <b>4</b> {}</p>", link(5, "5")), None);
    // A text that speaks of its neighbours is no pager.
    let prose =
        "The town has had its own paper since the days of the mill, and every year one of its stories is told again.";
    leads(&town(4), "", &format!("<p>{prose} 1 and 4, {}. {}</p>", link(1, "one"), link(5, "5")), None);
}
