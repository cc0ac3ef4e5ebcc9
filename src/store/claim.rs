//! What is to be visited next. Two steps in one statement, each by an index, so that the cost does not grow with the
//! frontier: hosts that are ready, then the next page of each.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::sql::{self, Connection, Row};
use super::values::{from_millis, from_seconds, from_utc_text, host_list, json, unknown_word, unreadable};
use crate::model::{
    ArticleHash, Boilerplate, Claim, Date, History, Host, HostId, HostPace, LastmodRecord, PageId, PageKind, PageUrl,
    SourceHints, SourceMemory, Timestamp, Validators,
};

/// Columns of a claim, from pages `p`, hosts `h`, sites `s`, articles `a`, sources `o` and feed texts `t`.
macro_rules! claim_columns {
    () => {
        "p.id, p.url, p.kind, p.depth, p.hops, p.etag, p.last_modified,
         p.found_at_s, p.visited_at_ms, p.successes, p.failures, p.unchanged,
         a.hash, coalesce(a.published_at, a.first_seen_at), o.interval_ms,
         s.name,
         h.id, h.name, h.next_at_ms, h.delay_ms, h.crawl_delay_ms, h.backoff_ms, h.failures, h.day, h.pages_today,
         h.revisits_today, h.note,
         o.gap_ms, coalesce(o.echoes, 0), o.ttl_ms, coalesce(o.skip_hours, 0), coalesce(o.skip_days, 0),
         coalesce(o.lastmod_right, 0), coalesce(o.lastmod_wrong, 0),
         (
           select group_concat(vh.name, ' ')
           from vouchers v
           cross join hosts vh on vh.id = v.host_id
           where v.sitemap_id = o.page_id
         ),
         t.text, a.left_out"
    };
}

/// The next page of each ready host, and everything about it. `+?1` and `+?3` hide the values from the planner,
/// which would otherwise plan anew at every call (SQLite compiled with STAT4). The page is null if the host's wake-up time is wrong.
const DUE: &str = concat!(
    "select ",
    claim_columns!(),
    ", due.wake
from (
  select
    h.id as host,
    h.wake_at_ms as wake,
    coalesce(
      (
        select id
        from pages indexed by pages_source
        where host_id = h.id and lane = 'source' and due_at_ms <= +?1
        order by due_at_ms
        limit 1
      ),
      (
        select id
        from pages indexed by pages_new
        where host_id = h.id and lane = 'new'
        order by priority, id
        limit 1
      ),
      (
        select id
        from pages indexed by pages_revisit
        where host_id = h.id and lane = 'revisit' and due_at_ms <= +?1
        order by due_at_ms
        limit 1
      )) as page
  from hosts h indexed by hosts_wake
  where h.wake_at_ms <= +?1
    and h.id not in (select value from json_each(?2))
  order by h.wake_at_ms
  limit +?3
) due
cross join hosts h on h.id = due.host
left join pages p on p.id = due.page
left join sites s on s.id = p.site_id
left join articles a on a.page_id = p.id
left join sources o on o.page_id = p.id
left join feed_texts t on t.page_id = p.id"
);

/// The earliest wake-up of a host that is not busy.
const WAKE: &str = "
select wake_at_ms
from hosts indexed by hosts_wake
where wake_at_ms is not null
  and id not in (select value from json_each(?1))
order by wake_at_ms
limit 1";

/// Everything about some pages, in the order of the list.
const LOAD: &str = concat!(
    "select ",
    claim_columns!(),
    "
from json_each(?1) wanted
cross join pages p on p.id = wanted.value
cross join hosts h on h.id = p.host_id
cross join sites s on s.id = p.site_id
left join articles a on a.page_id = p.id
left join sources o on o.page_id = p.id
left join feed_texts t on t.page_id = p.id
order by wanted.key"
);

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) claims: Vec<Claim>,
    /// Pages whose row cannot be turned into a claim, with the reason.
    pub(super) unreadable: Vec<(PageId, sql::Error)>,
    /// Hosts that woke for nothing.
    pub(super) idle: Vec<HostId>,
}

impl Found {
    fn new(rows: &[Row]) -> Found {
        let mut found = Found { claims: Vec::with_capacity(rows.len()), ..Found::default() };
        for row in rows {
            let Some(page) = row.get::<Option<i64>>(0) else {
                found.idle.push(HostId(row.get(16)));
                continue;
            };
            match claim(row) {
                Ok(claim) => found.claims.push(claim),
                Err(error) => found.unreadable.push((PageId(page), error)),
            }
        }
        found
    }
}

pub(super) fn due(
    conn: &Connection,
    now: Timestamp,
    limit: usize,
    busy: &HashSet<HostId>,
) -> Result<Found, sql::Error> {
    let mut rows = sql::query(DUE)
        .bind(now.as_millisecond())
        .bind(host_list(busy))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(conn)?;
    rows.sort_by_key(|row| row.get::<i64>(37));
    Ok(Found::new(&rows))
}

pub(super) fn next_wake(conn: &Connection, busy: &HashSet<HostId>) -> Result<Option<Timestamp>, sql::Error> {
    let row = sql::query(WAKE).bind(host_list(busy)).fetch_optional(conn)?;
    Ok(row.map(|row| from_millis(row.get(0))))
}

/// Loads pages, due or not; unknown ones are left out.
pub(super) fn load(conn: &Connection, pages: &[PageId]) -> Result<Found, sql::Error> {
    let ids: Vec<i64> = pages.iter().map(|page| page.0).collect();
    let rows = sql::query(LOAD).bind(json(&ids)).fetch_all(conn)?;
    Ok(Found::new(&rows))
}

fn claim(row: &Row) -> Result<Claim, sql::Error> {
    let kind: &str = row.get(2);
    Ok(Claim {
        page: PageId(row.get(0)),
        host_id: HostId(row.get(16)),
        site: row.try_get(15)?,
        url: PageUrl::parse(row.get(1)).map_err(unreadable)?,
        kind: PageKind::from_word(kind).ok_or_else(|| unknown_word("pages.kind", kind))?,
        depth: row.try_get(3)?,
        hops: row.try_get(4)?,
        validators: Validators { etag: row.get(5), last_modified: row.get(6) },
        history: history(row)?,
        pace: pace(row, 17)?,
        robots: None,
    })
}

fn history(row: &Row) -> Result<History, sql::Error> {
    let article: Option<&[u8]> = row.get(12);
    let article = article.map(|hash| hash.try_into().map(ArticleHash));
    Ok(History {
        found_at: Some(from_seconds(row.get(7))),
        visited_at: row.get::<Option<i64>>(8).map(from_millis),
        successes: row.try_get(9)?,
        failures: row.try_get(10)?,
        unchanged: row.try_get(11)?,
        article: article.transpose().map_err(unreadable)?,
        article_at: row.get::<Option<&str>>(13).map(from_utc_text).transpose()?,
        source: source(row)?,
        feed_text: row.get(35),
        // The store adds it, and to the boilerplate that of the host.
        learning: Arc::default(),
        boilerplate: left_out(row)?,
    })
}

/// What was left out of the body of the stored article.
fn left_out(row: &Row) -> Result<Arc<Boilerplate>, sql::Error> {
    let Some(list) = row.get::<Option<&str>>(36) else { return Ok(Arc::default()) };
    let paragraphs = serde_json::from_str(list).map_err(unreadable)?;
    Ok(Arc::new(Boilerplate { paragraphs }))
}

fn source(row: &Row) -> Result<SourceMemory, sql::Error> {
    let vouched_by = row.get::<Option<&str>>(34).unwrap_or_default();
    Ok(SourceMemory {
        interval: row.get::<Option<i64>>(14).map(millis),
        gap: row.get::<Option<i64>>(27).map(millis),
        echoes: row.try_get(28)?,
        hints: SourceHints {
            ttl: row.get::<Option<i64>>(29).map(millis),
            skip_hours: row.try_get(30)?,
            skip_days: row.try_get(31)?,
        },
        lastmod: LastmodRecord { right: row.try_get(32)?, wrong: row.try_get(33)? },
        vouched_by: vouched_by.split_ascii_whitespace().map(Host::from_stored).collect(),
    })
}

/// A host's pace from ten columns, the first of them at `at`.
pub(super) fn pace(row: &Row, at: usize) -> Result<HostPace, sql::Error> {
    let day: Date = row.get::<&str>(at + 6).parse().map_err(unreadable)?;
    Ok(HostPace {
        host: Host::from_stored(row.get::<String>(at)),
        next_at: from_millis(row.get(at + 1)),
        delay: millis(row.get(at + 2)),
        crawl_delay: row.get::<Option<i64>>(at + 3).map(millis),
        backoff: millis(row.get(at + 4)),
        failures: row.try_get(at + 5)?,
        day,
        pages_today: row.try_get(at + 7)?,
        revisits_today: row.try_get(at + 8)?,
        note: row.get(at + 9),
    })
}

fn millis(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::open;

    /// Lines of SQLite's plan for a statement.
    fn plan(conn: &Connection, sql: &str) -> Vec<String> {
        let rows = sql::query(&format!("explain query plan {sql}")).fetch_all(conn);
        rows.expect("explains").iter().map(|row| row.get(3)).collect()
    }

    #[tokio::test]
    async fn claiming_looks_at_no_more_than_it_takes() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("m.db");
        let conn = open::results(&path).await.expect("creates");
        let reading = open::for_reading(&path).expect("opens");
        for statistics in ["select 1", "analyze"] {
            sql::query(statistics).execute(&conn).expect("executes");
            for sql in [DUE, WAKE, LOAD] {
                let plan = plan(&reading, sql);
                for line in plan.iter().filter(|line| line.starts_with("SCAN")) {
                    let bounded = ["json_each", "wanted", "hosts_wake", "due"].iter().any(|name| line.contains(name));
                    assert!(bounded, "{line} in {plan:#?}");
                }
                let sorts = plan.iter().any(|line| line.contains("TEMP B-TREE"));
                assert!(!sorts || sql == LOAD, "only the claims themselves are sorted: {plan:#?}");
            }
        }
    }
}
