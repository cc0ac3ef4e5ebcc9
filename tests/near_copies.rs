//! Which other papers printed a text: found when it is stored, forgotten when it is changed.

mod support;

use murasil::model::{PageUrl, Timestamp};
use murasil::store::{Reader, Store, key_hash};
use support::room::Room;
use support::{execute, number, old_file, rows};

/// More papers than an article brings pairs.
const PAPERS: usize = 30;

/// What stands in `near_copies`.
const PAIRS: &str = "select article_id, other_id, distance from near_copies order by article_id, other_id";
/// The same without the distance.
const WHO: &str = "select article_id, other_id from near_copies order by article_id, other_id";

/// A news agency's text.
fn story(words: usize) -> Vec<String> {
    (0..words).map(|n| format!("word{}", n * 7_919 % 10_007)).collect()
}

/// The story with one other word.
fn touched(at: usize) -> Vec<String> {
    let mut story = story(300);
    story[at] = "other".into();
    story
}

/// Another text of that length.
fn other_story(seed: usize) -> Vec<String> {
    (0..300).map(|n| format!("term{}", (n * 7_919 + seed * 104_729) % 10_007)).collect()
}

fn page(title: &str, words: &[String]) -> String {
    let sentences = words.chunks(20).map(|words| format!("{}.", words.join(" ")));
    let paragraphs = sentences.map(|sentence| format!("<p>{sentence}</p>")).collect::<Vec<_>>().concat();
    format!(
        "<html lang=en><head><title>{title}</title><meta property='og:type' content='article'></head>\
         <body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )
}

/// Papers with one address each.
struct Press {
    room: Room,
    /// Visits so far: the test's clock.
    visits: i64,
}

impl Press {
    async fn new() -> Press {
        let site = |n| format!("[[site]]\nname = 'p{n}'\ndomains = ['p{n}.example']\nseeds = ['{}']\n", address(n));
        let room = Room::new(&(0..PAPERS).map(site).collect::<Vec<_>>().concat()).await;
        room.store.admit(room.frontier.seeds(at(0)), at(0)).await.expect("admits");
        Press { room, visits: 0 }
    }

    /// Visits a paper's article, which says this at present.
    async fn print(&mut self, paper: usize, words: &[String]) {
        self.print_as(paper, &format!("What paper {paper} calls it"), words).await;
    }

    async fn print_as(&mut self, paper: usize, title: &str, words: &[String]) {
        self.visits += 1;
        self.visit(paper, title, words).await;
    }

    /// Visits it at the instant of the visit before.
    async fn visit(&mut self, paper: usize, title: &str, words: &[String]) {
        let now = at(self.visits);
        let url = PageUrl::parse(&address(paper)).expect("an address");
        let claim = self.room.store.claim_url(&url).await.expect("claims").expect("is known");
        let parsed = self.room.parse(&claim, &page(title, words), now);
        self.room.visit(&claim, parsed, now).await;
    }

    async fn rows(&self, sql: &'static str) -> Vec<Vec<String>> {
        rows(&self.room.path(), sql).await
    }

    async fn pairs(&self) -> Vec<[i64; 2]> {
        let number = |text: &String| text.parse().expect("a number");
        self.rows(WHO).await.iter().map(|row| [number(&row[0]), number(&row[1])]).collect()
    }

    /// Ends the daemon and begins another; another file stands in meanwhile.
    async fn restart(&mut self) {
        let other = Store::open(&self.room.folder.path().join("other.db"), None).await.expect("opens");
        let store = std::mem::replace(&mut self.room.store, other);
        store.close().await.expect("closes");
        self.room.store = Store::open(&self.room.path(), None).await.expect("opens");
    }
}

fn address(paper: usize) -> String {
    format!("https://p{paper}.example/news/the-long-road-home")
}

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(1_764_000_000 + hour * 3_600).expect("in range")
}

#[tokio::test]
async fn a_text_that_two_papers_print_is_a_pair() {
    let mut press = Press::new().await;

    press.print(0, &story(300)).await;
    press.print(1, &other_story(1)).await;
    press.print(2, &touched(150)).await;
    press.print(3, &story(300)).await;

    assert_eq!(press.pairs().await, [[1, 3], [1, 4], [3, 4]]);
    let distances = press.rows(PAIRS).await;
    assert_eq!(distances[1][2], "0");
    assert_eq!(distances[0][2], distances[2][2]);
}

#[tokio::test]
async fn an_article_names_its_copies_in_order_of_time() {
    let mut press = Press::new().await;
    for paper in [0, 2, 1] {
        press.print(paper, &story(300)).await;
    }

    let reader = Reader::open(&press.room.path()).await.expect("opens");
    let second = reader.article(2).await.expect("reads").expect("is there");

    let copies: Vec<_> = second.copies.iter().map(|copy| (copy.id, copy.site.as_str(), copy.distance)).collect();
    assert_eq!(copies, [(1, "p0", 0), (3, "p1", 0)]);
    assert!(second.copies[0].printed_at < second.copies[1].printed_at);
    assert_eq!(second.copies[1].url, address(1));
}

#[tokio::test]
async fn a_short_text_has_no_copies() {
    let mut press = Press::new().await;

    press.print(0, &story(40)).await;
    press.print(1, &story(40)).await;

    assert_eq!(number(&press.room.path(), "select count(*) from articles where simhash is null").await, 2);
    assert!(press.pairs().await.is_empty());
}

#[tokio::test]
async fn a_text_that_changed_leaves_its_pairs_and_finds_others() {
    let mut press = Press::new().await;
    press.print(0, &story(300)).await;
    press.print(1, &story(300)).await;
    press.print(2, &other_story(1)).await;

    press.print(1, &other_story(1)).await;
    assert_eq!(press.pairs().await, [[2, 3]]);

    // The first of a pair, too.
    press.print(1, &other_story(2)).await;
    assert!(press.pairs().await.is_empty());
    press.print(0, &other_story(2)).await;
    assert_eq!(press.pairs().await, [[1, 2]]);
    press.print(0, &story(40)).await;
    assert!(press.pairs().await.is_empty());
}

#[tokio::test]
async fn what_an_article_said_before_is_no_copy() {
    let mut press = Press::new().await;
    press.print(0, &story(300)).await;
    press.print(0, &other_story(1)).await;

    press.print(1, &story(300)).await;

    assert!(press.pairs().await.is_empty());
}

#[tokio::test]
async fn recording_a_text_twice_gives_the_same_rows() {
    let mut press = Press::new().await;
    press.print(0, &story(300)).await;
    press.print_as(1, "The same", &touched(10)).await;
    let before = press.rows(PAIRS).await;

    press.visit(1, "The same", &touched(10)).await;
    assert_eq!(press.rows(PAIRS).await, before);

    // Another headline is another version of the same text.
    press.print_as(1, "Under another headline", &touched(10)).await;
    assert_eq!(press.rows(PAIRS).await, before);
    assert_eq!(number(&press.room.path(), "select max(version) from articles").await, 2);
}

#[tokio::test]
async fn articles_of_an_earlier_run_are_found() {
    let mut press = Press::new().await;
    press.print(0, &story(300)).await;
    press.print(1, &other_story(1)).await;

    press.restart().await;
    press.print(2, &touched(20)).await;

    assert_eq!(press.pairs().await, [[1, 3]]);
}

#[tokio::test]
async fn an_article_brings_a_bounded_number_of_pairs_and_these_with_the_first() {
    let mut press = Press::new().await;

    for paper in 0..PAPERS {
        press.print(paper, &story(300)).await;
    }

    let pairs = press.pairs().await;
    assert_eq!(pairs.len(), (0..PAPERS).map(|before| before.min(20)).sum::<usize>());
    let of_last: Vec<i64> = pairs.iter().filter(|pair| pair[1] == PAPERS as i64).map(|pair| pair[0]).collect();
    assert_eq!(of_last, (1..=20).collect::<Vec<_>>());
}

#[tokio::test]
async fn pairs_go_with_their_article() {
    let mut press = Press::new().await;
    press.print(0, &story(300)).await;
    press.print(1, &story(300)).await;
    press.print(2, &story(300)).await;
    press.restart().await;

    execute(
        &press.room.path(),
        "delete from article_versions where article_id = 1;
         delete from article_search where article_id = 1;
         delete from articles where id = 1",
    )
    .await;

    assert_eq!(press.pairs().await, [[2, 3]]);
}

#[tokio::test]
async fn the_view_has_each_pair_once_and_says_how_near() {
    let mut press = Press::new().await;
    press.print_as(0, "Wall", &story(300)).await;
    press.print_as(1, "Wall", &story(300)).await;
    press.print_as(2, "Harbour wall", &story(300)).await;
    press.print_as(3, "Wall", &other_story(1)).await;

    let view = press.rows("select article_id, other_id, same, distance from v_duplicates order by 1, 2").await;

    assert_eq!(
        view,
        [
            ["1", "2", "title", "0"],
            ["1", "3", "text", "0"],
            ["1", "4", "title", ""],
            ["2", "3", "text", "0"],
            ["2", "4", "title", ""]
        ]
    );
}

#[tokio::test]
async fn an_article_of_an_older_program_is_found_once_it_was_visited_again() {
    let mut press = Press::new().await;
    press.print(0, &story(300)).await;
    press.print(1, &story(40)).await;
    execute(&press.room.path(), "update articles set simhash = null").await;
    press.restart().await;

    press.print(2, &story(300)).await;
    assert!(press.pairs().await.is_empty());

    press.print(0, &story(300)).await;
    press.print(1, &story(40)).await;
    assert_eq!(press.pairs().await, [[1, 3]]);
    assert_eq!(number(&press.room.path(), "select count(simhash) from articles").await, 2);
    assert_eq!(number(&press.room.path(), "select count(*) from article_versions").await, 3);
}

const OLD_ROWS: &str = "
insert into sites (id, name) values (1, 'paper');
insert into hosts (id, name, next_at_ms, day) values (1, 'paper.example', 0, '2026-01-01');
insert into pages (id, key_hash, url, site_id, host_id, kind, depth, priority, found_by, found_at_s)
values (1, ?1, 'https://paper.example/a', 1, 1, 'article', 1, 0, 'seed', 0),
       (2, ?2, 'https://paper.example/b', 1, 1, 'article', 1, 0, 'seed', 0);
insert into articles (
  id, page_id, site_id, title, word_count, found_by, hash, version, first_seen_at, fetched_at, changed_at)
values
  (1, 1, 1, 'A wall', 3, '{}', zeroblob(16), 1, '2026-02-02T00:00:00Z', '2026-02-02T00:00:00Z', '2026-02-02T00:00:00Z'),
  (2, 2, 1, 'A wall', 3, '{}', zeroblob(16), 1, '2026-02-02T00:00:00Z', '2026-02-02T00:00:00Z', '2026-02-02T00:00:00Z');
insert into article_versions (article_id, version, seen_at, changed)
values (1, 1, '2026-02-02T00:00:00Z', ''), (2, 1, '2026-02-02T00:00:00Z', '');
insert into article_search (article_id, title, subtitle, body) values (1, 'a wall', '', ''), (2, 'a wall', '', '');";

#[tokio::test]
async fn a_file_from_before_keeps_all_that_it_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("m.db");
    let mut old = old_file(&path, 22).await;
    let query = sqlx::query(OLD_ROWS).bind(key_hash("paper.example/a")).bind(key_hash("paper.example/b"));
    query.execute(&mut old).await.expect("writes");
    sqlx::Connection::close(old).await.expect("closes");
    let (articles, view) =
        (rows(&path, "select * from articles order by id").await, rows(&path, "select * from v_duplicates").await);
    assert_eq!(view.len(), 1);

    let store = Store::open(&path, None).await.expect("migrates");

    for (before, after) in articles.iter().zip(rows(&path, "select * from articles order by id").await) {
        assert_eq!(after, [before.as_slice(), &[String::new()]].concat());
    }
    let migrated = rows(&path, "select * from v_duplicates").await;
    assert_eq!(migrated, [[view[0].as_slice(), &[String::new()]].concat()]);
    assert_eq!(store.reader().integrity().await.expect("checks"), Vec::<String>::new());
}
