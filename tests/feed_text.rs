//! A page that shows only the beginning takes its text from the feed's entry, also where a feed comes after the page and
//! where the process died in between.

mod support;

use std::sync::Arc;
use std::time::Duration;

use murasil::config::Config;
use murasil::crawl::{Crawler, Limits};
use murasil::model::Timestamp;
use murasil::store::Store;
use support::serve::{Answer, feed_of, serve};
use support::{crawl, rows};
use tokio_util::sync::CancellationToken;

const PROSE: &str = "The harbour wall is repaired before the winter comes, as the council said on Tuesday evening. ";

fn answer(path: &str) -> Answer {
    match path {
        "/feed.xml" => ("200 OK", "text/plain", feed()),
        "/news/harbour-wall-is-repaired-1001" => ("200 OK", "text/html", article("Subscribe to read on.")),
        "/news/fishing-fleet-returns-late-1002" => ("200 OK", "text/html", article(&PROSE.repeat(30))),
        _ => ("404 Not Found", "text/html", String::new()),
    }
}

fn feed() -> String {
    let item = |slug: &str| {
        format!(
            "<item><title>The harbour wall</title><link>/news/{slug}</link>\
             <content:encoded><![CDATA[<p>{0}</p><p>From the feed. {0}</p>]]></content:encoded></item>",
            PROSE.repeat(6)
        )
    };
    format!(
        "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>t</title>{}{}\
         </channel></rss>",
        item("harbour-wall-is-repaired-1001"),
        item("fishing-fleet-returns-late-1002")
    )
}

fn article(text: &str) -> String {
    format!(
        "<html lang='en'><head><title>The harbour wall is repaired</title>\
         <meta property='og:type' content='article'></head><body><article><h1>The harbour wall is repaired</h1>\
         <p>{PROSE}</p><p>{text}</p></article></body></html>"
    )
}

/// Visits the feed and stops, as a process that is killed after its first commit.
async fn visit_the_feed_alone(config: &Config, database: &std::path::Path) {
    let store = Store::open(database, None).await.expect("opens");
    let crawler = Crawler::new(Arc::new(config.clone()), store.clone(), database).await.expect("is built");
    let stop = CancellationToken::new();
    let watch = async {
        while store.reader().status(Timestamp::now()).await.expect("a status").sources.iter().all(|it| it.visits == 0) {
            tokio::task::yield_now().await;
        }
        stop.cancel();
    };
    let (ended, ()) = tokio::join!(crawler.run(&stop, Limits::default()), watch);
    ended.expect("the crawl runs");
    drop(crawler);
    store.close().await.expect("closes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stub_takes_its_text_from_the_feed_and_a_whole_page_keeps_its_own() {
    let authority = serve(answer).await;
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("m.db");
    let config = feed_of(&authority);

    visit_the_feed_alone(&config, &database).await;
    crawl(&config, &database, Duration::from_secs(2)).await;

    let stored = "select p.url, a.body like '%From the feed.%', a.found_by like '%feed entry content%', a.version
                  from articles a join pages p on p.id = a.page_id order by 1";
    let stored = rows(&database, stored).await;
    let said: Vec<(&str, &str, &str, &str)> = stored
        .iter()
        .map(|row| (row[0].rsplit('-').next().unwrap_or_default(), row[1].as_str(), row[2].as_str(), row[3].as_str()))
        .collect();
    assert_eq!(said, [("1002", "0", "0", "1"), ("1001", "1", "1", "1")]);
    let waiting = rows(&database, "select count(*) from feed_texts").await;
    assert_eq!(waiting[0][0], "1", "the stub keeps it for its next visit");
}
