//! Pages are found by a number: files from before there was one, and keys that share one.

mod support;

use std::path::Path;

use murasil::model::{Admission, FoundBy, PageKind, PageUrl, Place, Timestamp};
use murasil::store::{Reader, Store, StoreError, key_hash};
use sqlx::migrate::Migrator;
use sqlx::{ConnectOptions, Row, SqliteConnection};

/// The last version without the number.
const BEFORE: i64 = 16;

/// The last version whose numbers say nothing of the site's own count.
const BEFORE_COUNTS: i64 = 23;

/// Two keys that share a number.
const TWINS: [&str; 2] = ["paper.example/aaimb", "paper.example/abntq"];

/// Pages in every spelling, as a program of that version wrote them: number, key, address.
const OLD_PAGES: [(i64, &str, &str); 8] = [
    (1, "paper.example/", "https://www.paper.example/"),
    (2, "paper.example/a", "http://paper.example/a"),
    (3, "www.paper.example/a", "http://www.www.paper.example/a"),
    (5, "paper.example/b?a=2&b=1", "https://paper.example/b?b=1&a=2"),
    (6, "paper.example/c/", "https://www.paper.example/c/index.html"),
    (7, "paper.example:8080/d", "http://www.paper.example:8080/d"),
    (11, TWINS[0], "http://paper.example/aaimb"),
    (12, TWINS[1], "http://paper.example/abntq"),
];

const OLD_ROWS: &str = "
insert into sites (id, name) values (1, 'paper');
insert into hosts (id, name, next_at_ms, day) values (1, 'paper.example', 0, '2026-01-01');
insert into pages (id, key, url, site_id, host_id, kind, depth, priority, found_by, found_on, found_at)
select value ->> 0, value ->> 1, value ->> 2, 1, 1, 'article', 1, 10 - (value ->> 0), 'main', iif(value ->> 0 = 1, null, 1),
  printf('2026-02-%02dT03:04:05Z', value ->> 0)
from json_each(?1);
update pages set state = 'done', lane = null, visited_at_ms = 1000, etag = '\"x\"', kind_reasons = 'a,b' where id = 2;
update pages set state = 'alias', lane = null, alias_of = 2 where id = 3;
insert into seeds (site_id, page_id, url) values (1, 1, 'https://www.paper.example/');
insert into articles (page_id, site_id, title, word_count, found_by, hash, version, first_seen_at, fetched_at, changed_at)
values (2, 1, 'A wall', 3, '{}', zeroblob(16), 1, '2026-02-02T00:00:00Z', '2026-02-02T00:00:00Z', '2026-02-02T00:00:00Z');
insert into article_versions (article_id, version, seen_at, changed) values (1, 1, '2026-02-02T00:00:00Z', '');
insert into article_search (article_id, title, subtitle, body) values (1, 'a wall', '', '');
insert into links (from_page_id, to_page_id, place) values (2, 5, 'main');";

/// Everything that there was to see of pages.
const VISIBLE: &str = "
select json_array(
  p.id, p.key, p.url, p.site_id, p.host_id, p.kind, p.depth, p.hops, p.state, p.lane, p.due_at_ms, p.priority, p.alias_of,
  p.found_by, p.found_on, p.found_at, p.visited_at_ms, p.successes, p.failures, p.unchanged, p.etag, p.last_modified,
  p.status, p.outcome, p.reason, p.detail, p.kind_reasons, v.found_on_url, v.found_at, v.alias_of_url)
from pages p
join v_pages v on v.id = p.id
order by p.id";

async fn connect(path: &Path) -> SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
    options.foreign_keys(false).connect().await.expect("connects")
}

async fn texts(path: &Path, sql: &str) -> Vec<String> {
    let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()));
    let rows = sql.fetch_all(&mut connect(path).await).await.unwrap_or_else(|error| panic!("{error}"));
    let cell = |row: &sqlx::sqlite::SqliteRow, at| row.try_get_unchecked::<Option<String>, _>(at).expect("a text");
    rows.iter()
        .map(|row| (0..row.len()).map(|at| cell(row, at).unwrap_or_default()).collect::<Vec<_>>().join(" "))
        .collect()
}

/// A file as a program of the version before wrote it.
async fn old_file(path: &Path) {
    let mut conn = support::old_file(path, BEFORE).await;
    let pages = serde_json::to_string(&OLD_PAGES).expect("encodes");
    sqlx::query(OLD_ROWS).bind(pages).execute(&mut conn).await.expect("writes");
}

fn admission(address: &str) -> Admission {
    Admission {
        url: PageUrl::parse(address).expect("an address"),
        site: "paper".into(),
        kind: PageKind::Article,
        depth: 2,
        hops: 0,
        priority: 0,
        dated: true,
        found_by: FoundBy::Link(Place::Main),
    }
}

/// What recipes name and files from before do not have.
const YOUNGER: [&str; 2] = ["near_copies", "distance"];

/// The statements of docs/QUERIES.md that read the results file and that a file from before can answer.
fn recipes() -> Vec<String> {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/QUERIES.md"));
    let page = page.expect("the page is there");
    let blocks = page.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_owned());
    let is_asked = |block: &String| !block.contains("attach") && YOUNGER.iter().all(|name| !block.contains(name));
    blocks.filter(is_asked).collect()
}

#[tokio::test]
async fn a_file_from_before_keeps_its_pages_and_every_recipe_its_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("m.db");
    old_file(&path).await;
    let before = texts(&path, VISIBLE).await;
    let mut answers = Vec::new();
    for recipe in recipes() {
        answers.push(texts(&path, &recipe).await);
    }

    let store = Store::open(&path, None).await.expect("migrates");

    assert_eq!(texts(&path, VISIBLE).await, before);
    for (recipe, answer) in recipes().iter().zip(answers) {
        assert_eq!(texts(&path, recipe).await, answer, "{recipe}");
    }
    for (id, key, address) in OLD_PAGES {
        let claim = store.claim_url(&PageUrl::parse(address).expect("an address")).await.expect("claims");
        assert_eq!(claim.map(|claim| claim.page.0), Some(id), "{key}");
    }
    let known = OLD_PAGES.map(|(_, _, address)| admission(address)).to_vec();
    assert_eq!(store.admit(known, Timestamp::UNIX_EPOCH).await.expect("admits"), 0);
    assert!(store.reader().integrity().await.expect("checks").is_empty());
}

#[tokio::test]
async fn pages_with_numbers_of_the_older_rule_get_new_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("m.db");
    let mut old = support::old_file(&path, BEFORE_COUNTS).await;
    let pages = serde_json::to_string(&OLD_PAGES).expect("encodes");
    sqlx::query(
        "insert into sites (id, name) values (1, 'paper');
         insert into hosts (id, name, next_at_ms, day) values (1, 'paper.example', 0, '2026-01-01');
         insert into pages (id, key_hash, own_key, url, site_id, host_id, kind, depth, priority, found_by, found_at_s)
         select value ->> 0, value ->> 0, value ->> 1, value ->> 2, 1, 1, 'article', 1, 0, 'main', 0 from json_each(?1)",
    )
    .bind(pages)
    .execute(&mut old)
    .await
    .expect("writes");
    drop(old);
    let before = texts(&path, VISIBLE).await;

    let store = Store::open(&path, None).await.expect("migrates");

    assert_eq!(texts(&path, VISIBLE).await, before);
    let numbers = OLD_PAGES.map(|(id, key, _)| format!("{id} {}", key_hash(key)));
    assert_eq!(texts(&path, "select id, cast(key_hash as text) from pages order by id").await, numbers);
    for (id, key, address) in OLD_PAGES {
        let claim = store.claim_url(&PageUrl::parse(address).expect("an address")).await.expect("claims");
        assert_eq!(claim.map(|claim| claim.page.0), Some(id), "{key}");
    }
}

#[tokio::test]
async fn only_keys_that_are_not_the_rest_of_their_address_are_stored() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("m.db");
    old_file(&path).await;
    let migrated = Store::open(&path, None).await.expect("migrates");
    let own = "select id from pages where own_key is not null order by id";
    assert_eq!(texts(&path, own).await, ["5", "6"]);
    migrated.close().await.expect("closes");

    let fresh = folder.path().join("fresh.db");
    let store = Store::open(&fresh, None).await.expect("creates");
    let known = OLD_PAGES.map(|(_, _, address)| admission(address)).to_vec();
    assert_eq!(store.admit(known, Timestamp::UNIX_EPOCH).await.expect("admits"), 8);

    let rows = "select key_hash, own_key, key from pages order by id";
    assert_eq!(texts(&fresh, rows).await, texts(&path, rows).await, "a new file has what an old one becomes");
}

#[tokio::test]
async fn a_migration_that_dies_leaves_the_file_as_it_was_and_is_done_at_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("m.db");
    old_file(&path).await;
    let before = texts(&path, VISIBLE).await;
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let migrator = Migrator::new(migrations).await.expect("reads the migrations");
    // One page has no number: the statement that fills the new table fails in the middle of the migration.
    let mut conn = connect(&path).await;
    sqlx::query(
        "create table temp.page_hashes (id integer primary key, key_hash integer not null);
         insert into temp.page_hashes select id, id from pages where id < 12",
    )
    .execute(&mut conn)
    .await
    .expect("prepares");
    assert!(migrator.run_direct(None, &mut conn, false).await.is_err());
    drop(conn);

    assert_eq!(texts(&path, VISIBLE).await, before);
    assert!(matches!(Reader::open(&path).await, Err(StoreError::Older { .. })), "readers say what is missing");

    let store = Store::open(&path, None).await.expect("migrates");

    assert_eq!(texts(&path, VISIBLE).await, before);
    assert!(store.reader().integrity().await.expect("checks").is_empty());
}

#[tokio::test]
async fn keys_that_share_a_number_are_two_pages() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("m.db"), None).await.expect("creates");
    assert_eq!(key_hash(TWINS[0]), key_hash(TWINS[1]));
    let address = TWINS.map(|key| format!("http://{key}"));
    let url = |at: usize| PageUrl::parse(&address[at]).expect("an address");

    assert_eq!(store.admit(vec![admission(&address[0])], Timestamp::UNIX_EPOCH).await.expect("admits"), 1);
    assert!(store.claim_url(&url(1)).await.expect("claims").is_none());
    let both = address.iter().map(|address| Admission { priority: -1, ..admission(address) }).collect();
    assert_eq!(store.admit(both, Timestamp::UNIX_EPOCH).await.expect("admits"), 1);

    for at in [0, 1] {
        let claim = store.claim_url(&url(at)).await.expect("claims").expect("is known");
        assert_eq!(claim.url, url(at));
    }
}

#[tokio::test]
async fn an_address_that_comes_twice_at_once_is_one_page_with_the_better_of_both() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("m.db");
    let store = Store::open(&path, None).await.expect("creates");
    let spellings = ["http://paper.example/a?x=1&y=2", "https://www.paper.example/a?y=2&x=1", "http://paper.example/b"];
    let [first, second, other] = spellings.map(admission);
    let better = Admission { kind: PageKind::Feed, priority: -7, ..second };

    let new = store.admit(vec![first, better, other], Timestamp::UNIX_EPOCH).await.expect("admits");

    assert_eq!(new, 2);
    let rows = "select json_array(url, kind, priority) from pages order by id";
    let expected = [r#"["http://paper.example/a?x=1&y=2","feed",-7]"#, r#"["http://paper.example/b","article",0]"#];
    assert_eq!(texts(&path, rows).await, expected);
}

#[tokio::test]
async fn a_page_that_is_there_twice_is_named_by_the_check() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("m.db");
    let store = Store::open(&path, None).await.expect("creates");
    store
        .admit(TWINS.map(|key| admission(&format!("http://{key}"))).to_vec(), Timestamp::UNIX_EPOCH)
        .await
        .expect("admits");
    assert!(store.reader().integrity().await.expect("checks").is_empty());

    let double = "insert into pages (key_hash, url, site_id, host_id, kind, depth, priority, found_by, found_at_s)
                  select key_hash, url, site_id, host_id, kind, depth, priority, found_by, found_at_s from pages limit 1";
    sqlx::query(double).execute(&mut connect(&path).await).await.expect("writes");

    assert_eq!(store.reader().integrity().await.expect("checks"), ["pages that are there more than once: 1"]);
}
