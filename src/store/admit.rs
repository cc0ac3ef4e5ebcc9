//! Addresses enter the frontier: one statement for all of them, whatever their number.

use std::collections::HashSet;

use serde::Serialize;
use sqlx::{Row, SqliteConnection};

use super::error::Fault;
use super::record::rewake;
use super::values::{json, source_kinds, utc_text};
use super::writer::Writer;
use crate::model::{Admission, HostId, PageId, PageKey, PageUrl, Timestamp};

/// What was admitted.
#[derive(Debug, Clone, Default)]
pub(super) struct Admitted {
    /// Pages that were not known before.
    pub(super) new_pages: u32,
    /// Hosts of all the addresses, known or not; empty if nothing changed.
    pub(super) hosts: HashSet<HostId>,
    /// How many addresses did not enter because too many pages of their host wait already, and the last of them.
    pub(super) crowded: Option<(u32, PageUrl)>,
}

/// A row of `pages`, in the order that the statement reads.
#[derive(Serialize)]
struct PageRow<'a>(
    #[serde(serialize_with = "as_text")] /* key */ PageKey,
    /* url */ &'a str,
    /* site_id */ i64,
    /* host_id */ i64,
    /* kind */ &'a str,
    /* depth */ u16,
    /* hops */ u8,
    /* priority */ i64,
    /* found_by */ &'a str,
);

fn as_text<S: serde::Serializer>(key: &PageKey, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(key.as_str())
}

impl Admitted {
    /// Takes in what another slice of the same list came to.
    pub(super) fn add(&mut self, other: Admitted) {
        self.new_pages += other.new_pages;
        self.hosts.extend(other.hosts);
        let turned_away = self.crowded.as_ref().map_or(0, |(count, _)| *count);
        if let Some((count, last)) = other.crowded {
            self.crowded = Some((turned_away + count, last));
        }
    }
}

/// Admits addresses outside a visit, or before it is recorded, and wakes their hosts.
pub(super) async fn admit_alone(
    w: &mut Writer,
    admissions: &[Admission],
    found_on: Option<PageId>,
    now: Timestamp,
) -> Result<Admitted, Fault> {
    let admitted = admit(w, admissions, found_on, now).await?;
    for host in &admitted.hosts {
        rewake(&mut w.conn, *host).await?;
    }
    Ok(admitted)
}

/// Admits addresses. A page that is known keeps its row; while it is still new, a better kind, a shallower depth and
/// a better priority are taken over; one that rested out of scope comes back.
///
/// The caller wakes the hosts.
pub(super) async fn admit(
    w: &mut Writer,
    admissions: &[Admission],
    found_on: Option<PageId>,
    now: Timestamp,
) -> Result<Admitted, Fault> {
    let mut rows = Vec::with_capacity(admissions.len());
    let mut hosts = HashSet::new();
    let mut crowded = None;
    for admission in admissions {
        let key = admission.url.key();
        if w.names.pages.adds_nothing(&key, admission) {
            continue;
        }
        let Admission { url, site, kind, depth, hops, priority, dated: _, found_by } = admission;
        let Some(host) = host_with_room(w, admission, rows.len(), now).await? else {
            w.names.pages.forget(&key);
            let (count, _) = crowded.unwrap_or((0, url.clone()));
            crowded = Some((count + 1, url.clone()));
            continue;
        };
        let site = w.names.site(&mut w.conn, site).await?;
        hosts.insert(host);
        rows.push(PageRow(key, url.as_str(), site, host.0, kind.as_str(), *depth, *hops, *priority, found_by.as_str()));
    }
    if rows.is_empty() {
        return Ok(Admitted { crowded, ..Admitted::default() });
    }
    let touched = upsert_pages(w, &rows, found_on, now).await?;
    let new_pages = count_new(w, &touched).await?;
    if !touched.is_empty() {
        watch_sources(&mut w.conn, admissions).await?;
    }
    Ok(Admitted { new_pages, hosts: if touched.is_empty() { HashSet::new() } else { hosts }, crowded })
}

/// The host of an address; `None` if it has its share already: too many names below its domain, or too many pages that
/// wait.
async fn host_with_room(
    w: &mut Writer,
    admission: &Admission,
    pending: usize,
    now: Timestamp,
) -> Result<Option<HostId>, sqlx::Error> {
    let host = admission.url.host();
    if !w.names.is_welcome(&mut w.conn, &host).await? {
        return Ok(None);
    }
    let host = w.names.host(&mut w.conn, host, now).await?;
    Ok(w.names
        .has_room(&mut w.conn, host, admission, u32::try_from(pending).unwrap_or(u32::MAX))
        .await?
        .then_some(host))
}

/// Inserts or improves; gives the rows that were touched, in the order of the input.
async fn upsert_pages(
    w: &mut Writer,
    rows: &[PageRow<'_>],
    found_on: Option<PageId>,
    now: Timestamp,
) -> Result<Vec<i64>, sqlx::Error> {
    // The number of the newest page must be known before rows are added.
    w.names.newest_page(&mut w.conn).await?;
    let touched = sqlx::query(concat!(
        "insert into pages (key, url, site_id, host_id, kind, depth, hops, priority, found_by, found_on, found_at)
         select
           value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
           value ->> 8, ?2, ?3
         from json_each(?1)
         where true
         on conflict (key) do update set
           site_id = iif(state = 'out-of-scope', excluded.site_id, site_id),
           kind = iif(
             kind = 'unknown' or (
               excluded.kind in ",
        source_kinds!(),
        "
               and kind not in ",
        source_kinds!(),
        "),
             excluded.kind, kind),
           depth = min(depth, excluded.depth),
           hops = min(hops, excluded.hops),
           priority = min(priority, excluded.priority),
           lane = case
             when state <> 'out-of-scope' or visited_at_ms is null then 'new'
             when kind in ",
        source_kinds!(),
        " then 'source'
             else 'revisit'
           end,
           due_at_ms = iif(state = 'out-of-scope' and visited_at_ms is not null, ?4, null),
           state = iif(state = 'out-of-scope' and visited_at_ms is not null, 'scheduled', 'new')
         where state = 'out-of-scope'
           or (state = 'new' and (
             excluded.priority < priority
             or excluded.depth < depth
             or (kind = 'unknown' and excluded.kind <> 'unknown')
             or (
               excluded.kind in ",
        source_kinds!(),
        "
               and kind not in ",
        source_kinds!(),
        ")))
         returning id"
    ))
    .bind(json(rows)?)
    .bind(found_on.map(|page| page.0))
    .bind(utc_text(now))
    .bind(now.as_millisecond())
    .fetch_all(&mut w.conn)
    .await?;
    Ok(touched.iter().map(|row| row.get(0)).collect())
}

/// How many of the touched rows were inserted: their numbers are higher than any before.
async fn count_new(w: &mut Writer, touched: &[i64]) -> Result<u32, sqlx::Error> {
    let mut newest = w.names.newest_page(&mut w.conn).await?;
    let mut count = 0;
    for id in touched {
        if *id > newest {
            newest = *id;
            count += 1;
        }
    }
    w.names.saw_page(newest);
    Ok(count)
}

/// Gives every admitted source its row, so that it is shown before its first visit.
async fn watch_sources(conn: &mut SqliteConnection, admissions: &[Admission]) -> Result<(), sqlx::Error> {
    let keys: Vec<String> = admissions
        .iter()
        .filter(|admission| admission.kind.is_source())
        .map(|admission| admission.url.key().as_str().to_owned())
        .collect();
    if keys.is_empty() {
        return Ok(());
    }
    sqlx::query(concat!(
        "insert into sources (page_id)
         select p.id
         from json_each(?1) wanted
         cross join pages p on p.key = wanted.value
         where p.kind in ",
        source_kinds!(),
        "
         on conflict (page_id) do nothing"
    ))
    .bind(json(&keys)?)
    .execute(conn)
    .await?;
    Ok(())
}

/// A page as identity rules need it.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) id: PageId,
    /// Never visited, no source and no alias: it may still become another page's alias.
    pub(super) untouched: bool,
    pub(super) has_article: bool,
    /// Title of its article.
    pub(super) title: Option<String>,
}

/// The page with a key, or the one that is kept in its place.
pub(super) async fn resolve(conn: &mut SqliteConnection, key: &PageKey) -> Result<Option<Known>, sqlx::Error> {
    let row = sqlx::query(concat!(
        "with recursive kept (id, alias_of, steps) as (
           select id, alias_of, 0
           from pages
           where key = ?1
           union all
           select p.id, p.alias_of, steps + 1
           from kept
           join pages p on p.id = kept.alias_of
           where steps < 10
         )
         select
           p.id,
           p.state = 'new' and p.visited_at_ms is null and p.kind not in ",
        source_kinds!(),
        ",
           a.id is not null,
           a.title
         from kept
         join pages p on p.id = kept.id
         left join articles a on a.page_id = p.id
         order by steps desc
         limit 1"
    ))
    .bind(key.as_str())
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Known {
        id: PageId(row.get(0)),
        untouched: row.get(1),
        has_article: row.get(2),
        title: row.get(3),
    }))
}
