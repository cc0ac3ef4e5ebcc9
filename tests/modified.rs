//! What a page tells of its times arrives whole, in the database and in what is read from it.

mod support;

use murasil::export::{Exporter, Format};
use murasil::model::query::ArticleFilter;
use murasil::model::{PageUrl, Timestamp};
use murasil::store::{Reader, Store, key_hash};
use support::room::Room;
use support::{execute, number, old_file, rows};

const SITES: &str = "
[[site]]
name = 'paper'
domains = ['paper.example']
seeds = ['https://paper.example/news/the-long-road-home']
";
const ADDRESS: &str = "https://paper.example/news/the-long-road-home";

/// What JSON-LD says of an article, and the first word of its text.
fn page(times: &str, word: &str) -> String {
    let more = "and the road went on through the valley, past the mill and the two farms that nobody had left.";
    let paragraphs = format!("<p>{word} was a season like all others, {more}</p>").repeat(6);
    format!(
        "<html lang=en><head><title>The long road home</title><script type='application/ld+json'>\
         {{\"@type\": \"NewsArticle\", \"headline\": \"The long road home\"{times}}}</script></head>\
         <body><article><h1>The long road home</h1>{paragraphs}</article></body></html>"
    )
}

/// A newspaper of one article.
struct Paper {
    room: Room,
    /// Visits so far: the test's clock.
    visits: std::cell::Cell<i64>,
}

impl Paper {
    async fn new() -> Paper {
        let room = Room::new(SITES).await;
        room.store.admit(room.frontier.seeds(at(0)), at(0)).await.expect("admits");
        Paper { room, visits: 0.into() }
    }

    /// Visits the article, which is this page at present.
    async fn read(&self, page: &str) {
        self.visits.set(self.visits.get() + 1);
        let now = at(self.visits.get());
        let url = PageUrl::parse(ADDRESS).expect("an address");
        let claim = self.room.store.claim_url(&url).await.expect("claims").expect("is known");
        let parsed = self.room.parse(&claim, page, now);
        self.room.visit(&claim, parsed, now).await;
    }

    /// Both times as the view has them, and who found the second.
    async fn times(&self) -> [String; 3] {
        let sql = "select
             concat_ws(' ', v.published_at, v.published_day, v.published_precision,
               ifnull(v.published_offset_minutes, '-'), quote(v.published_raw), v.published_source),
             concat_ws(' ', v.modified_at, v.modified_day, v.modified_precision,
               ifnull(v.modified_offset_minutes, '-'), quote(v.modified_raw), v.modified_source),
             a.found_by ->> 'modified'
           from v_articles v
           join articles a on a.id = v.id";
        rows(&self.room.path(), sql).await.remove(0).try_into().expect("three columns")
    }

    async fn versions(&self) -> i64 {
        number(&self.room.path(), "select count(*) from article_versions").await
    }
}

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(1_764_000_000 + hour * 3_600).expect("in range")
}

const PUBLISHED: &str = r#", "datePublished": "2025-11-20T08:00:00Z""#;

/// A page that says when it was changed.
fn modified(time: &str, word: &str) -> String {
    page(&format!(r#"{PUBLISHED}, "dateModified": "{time}""#), word)
}

#[tokio::test]
async fn a_time_with_a_zone_arrives_whole() {
    let paper = Paper::new().await;

    paper.read(&modified("2025-11-21T00:30+03:00", "Winter")).await;

    assert_eq!(
        paper.times().await,
        [
            "2025-11-20T08:00:00Z 2025-11-20 second 0 '2025-11-20T08:00:00Z' json-ld",
            "2025-11-20T21:30:00Z 2025-11-21 minute 180 '2025-11-21T00:30+03:00' json-ld",
            "json-ld dateModified"
        ]
    );
}

#[tokio::test]
async fn a_day_arrives_as_a_day() {
    let paper = Paper::new().await;

    paper.read(&page(r#", "datePublished": "2025-11-20", "dateModified": "2025-11-22""#, "Winter")).await;

    assert_eq!(
        paper.times().await,
        [
            "2025-11-20T00:00:00Z 2025-11-20 day - '2025-11-20' json-ld",
            "2025-11-22T00:00:00Z 2025-11-22 day - '2025-11-22' json-ld",
            "json-ld dateModified"
        ]
    );
}

#[tokio::test]
async fn a_modified_time_follows_the_page_and_makes_no_version() {
    let paper = Paper::new().await;
    let none = "- NULL";
    for (page, expected, found_by) in [
        (page(PUBLISHED, "Winter"), none, ""),
        (
            modified("2025-11-21T00:30:10+03:00", "Winter"),
            "2025-11-20T21:30:10Z 2025-11-21 second 180 '2025-11-21T00:30:10+03:00' json-ld",
            "json-ld dateModified",
        ),
        (
            modified("2025-11-22", "Winter"),
            "2025-11-22T00:00:00Z 2025-11-22 day - '2025-11-22' json-ld",
            "json-ld dateModified",
        ),
        (page(PUBLISHED, "Winter"), none, ""),
    ] {
        paper.read(&page).await;

        let [_, modified, by] = paper.times().await;
        assert_eq!((modified.as_str(), by.as_str()), (expected, found_by));
        assert_eq!(paper.versions().await, 1);
    }
    let title = "select found_by ->> 'title' from articles";
    assert!(!rows(&paper.room.path(), title).await[0][0].is_empty(), "who found the rest stays");
}

#[tokio::test]
async fn a_new_version_has_the_times_of_its_page() {
    let paper = Paper::new().await;
    paper.read(&modified("2025-11-21", "Winter")).await;
    paper.read(&modified("2025-11-22", "Spring")).await;
    assert!(paper.times().await[1].starts_with("2025-11-22T00:00:00Z 2025-11-22 day"));
    paper.read(&page(PUBLISHED, "Summer")).await;
    assert_eq!(paper.times().await[1..], ["- NULL", ""]);
    assert_eq!(paper.versions().await, 3);
}

#[tokio::test]
async fn an_article_of_an_older_program_is_completed_by_its_next_visit() {
    let paper = Paper::new().await;
    paper.read(&modified("2025-11-21T00:30+03:00", "Winter")).await;
    let whole = paper.times().await;
    execute(
        &paper.room.path(),
        "update articles
         set modified_day = null, modified_precision = null, modified_offset_minutes = null, modified_raw = null,
           modified_source = null",
    )
    .await;
    assert_eq!(paper.times().await[1], "2025-11-20T21:30:00Z - NULL");

    paper.read(&modified("2025-11-21T00:30+03:00", "Winter")).await;

    assert_eq!(paper.times().await, whole);
    assert_eq!(paper.versions().await, 1);
}

#[tokio::test]
async fn exports_have_the_columns_of_the_view_in_its_order() {
    let paper = Paper::new().await;
    paper.read(&modified("2025-11-21T00:30-03:30", "Winter")).await;
    let reader = Reader::open(&paper.room.path()).await.expect("opens");
    let filter = ArticleFilter { limit: 9, ..ArticleFilter::default() };
    let article = reader.exported(&filter, 0).await.expect("reads").remove(0);
    let export = |format| {
        let mut exporter = Exporter::new(format, Vec::new()).expect("begins");
        exporter.write(&article).expect("writes");
        String::from_utf8(exporter.finish().expect("ends")).expect("is text")
    };

    let columns = rows(&paper.room.path(), "select group_concat(name) from pragma_table_info('v_articles')").await;
    let csv = export(Format::Csv);
    assert_eq!(csv.lines().next(), Some(columns[0][0].as_str()));
    let expected = "2025-11-21T04:00:00Z,2025-11-21,minute,-210,2025-11-21T00:30-03:30,json-ld\r\n";
    assert!(csv.ends_with(expected), "{csv}");
    let line: serde_json::Value = serde_json::from_str(&export(Format::Jsonl)).expect("is JSON");
    assert_eq!(line["modified_offset_minutes"], -210);
    assert_eq!(line["published_raw"], "2025-11-20T08:00:00Z");
    assert!(columns[0][0].split(',').all(|column| line.get(column).is_some()), "{line}");
}

/// The last version that kept of a modified time only the instant.
const BEFORE: i64 = 21;

const OLD_ROWS: &str = "
insert into sites (id, name) values (1, 'paper');
insert into hosts (id, name, next_at_ms, day) values (1, 'paper.example', 0, '2026-01-01');
insert into pages (id, key_hash, url, site_id, host_id, kind, depth, priority, found_by, found_at_s)
values (1, ?1, 'https://paper.example/a', 1, 1, 'article', 1, 0, 'seed', 0);
insert into articles (
  page_id, site_id, title, published_at, published_day, published_precision, published_raw, published_source,
  published_offset_minutes, modified_at, word_count, found_by, hash, version, first_seen_at, fetched_at, changed_at,
  kicker, body_html)
values (
  1, 1, 'A wall', '2026-02-01T22:00:00Z', '2026-02-02', 'minute', '2 Feb 2026 01:00', 'meta', 180, '2026-02-02T09:00:00Z',
  3, '{\"modified\": \"meta x\"}', zeroblob(16), 1, '2026-02-02T00:00:00Z', '2026-02-02T00:00:00Z',
  '2026-02-02T00:00:00Z', 'Town', '<p>x</p>');
insert into article_versions (article_id, version, seen_at, changed) values (1, 1, '2026-02-02T00:00:00Z', '');
insert into article_search (article_id, title, subtitle, body) values (1, 'a wall', '', '');";

#[tokio::test]
async fn a_file_from_before_is_read_and_its_views_keep_their_columns_in_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("m.db");
    let mut old = old_file(&path, BEFORE).await;
    sqlx::query(OLD_ROWS).bind(key_hash("paper.example/a")).execute(&mut old).await.expect("writes");
    sqlx::Connection::close(old).await.expect("closes");
    let columns = "select v.name, group_concat(c.name order by c.cid)
                   from sqlite_schema v
                   join pragma_table_info(v.name) c
                   where v.type = 'view'
                   group by v.name
                   order by v.name";
    let (views, article) = (rows(&path, columns).await, rows(&path, "select * from v_articles").await.remove(0));

    let store = Store::open(&path, None).await.expect("migrates");

    for (before, after) in views.iter().zip(rows(&path, columns).await) {
        assert!(after[1].starts_with(&before[1]), "{before:?} {after:?}");
        assert_eq!(after[0], before[0]);
    }
    let migrated = rows(&path, "select * from v_articles").await.remove(0);
    let (kept, new) = migrated.split_at(article.len());
    assert_eq!(kept, article);
    assert_eq!(new, ["180", "2 Feb 2026 01:00", "meta", "2026-02-02T09:00:00Z", "", "", "", "", ""]);
    let shown = store.reader().article(1).await.expect("reads").expect("is there");
    assert_eq!(shown.modified_at.as_deref(), Some("2026-02-02T09:00:00Z"));
    assert_eq!((shown.published_offset_minutes, shown.modified_offset_minutes), (Some(180), None));
    assert_eq!(
        [shown.modified_day, shown.modified_precision, shown.modified_raw, shown.modified_source],
        [const { None }; 4]
    );
    assert_eq!(store.reader().integrity().await.expect("checks"), Vec::<String>::new());
}
