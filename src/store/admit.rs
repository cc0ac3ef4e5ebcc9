//! Addresses enter the frontier: those that are not known by heart are looked up, what changes is written in one statement.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::error::Fault;
use super::hosts::rewake;
use super::keys::{self, Sought, plain_key};
use super::recall;
use super::sql::{self, Connection};
use super::values::{json, source_kinds};
use super::writer::Writer;
use crate::model::{Admission, HostId, PageId, PageKey, PageUrl, Timestamp};

/// What was admitted.
#[derive(Debug, Clone, Default)]
pub(super) struct Admitted {
    /// Pages that were not known before.
    pub(super) new_pages: u32,
    /// Hosts of the addresses that changed something.
    pub(super) hosts: HashSet<HostId>,
    /// How many addresses did not enter because too many pages of their host wait already, and the last of them.
    pub(super) crowded: Option<(u32, PageUrl)>,
}

/// A row of `pages`, in the order that the statements read.
#[derive(Serialize)]
struct PageRow<'a>(
    /* id, null if it is not there yet */ Option<i64>,
    /* key */ &'a Sought,
    /* has its own_key */ bool,
    /* url */ &'a str,
    /* site_id */ i64,
    /* host_id */ i64,
    /* kind */ &'a str,
    /* depth */ u16,
    /* hops */ u8,
    /* priority */ i64,
    /* found_by */ &'a str,
);

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
pub(super) fn admit_alone(
    w: &mut Writer,
    admissions: &[Admission],
    found_on: Option<PageId>,
    now: Timestamp,
) -> Result<Admitted, Fault> {
    let admitted = admit(w, admissions, found_on, now)?;
    for host in &admitted.hosts {
        rewake(&w.conn, *host)?;
    }
    Ok(admitted)
}

/// Admits addresses. A page that is known keeps its row; while it is still new, a better kind, a shallower depth and
/// a better priority are taken over; one that rested out of scope comes back.
///
/// The caller wakes the hosts.
pub(super) fn admit(
    w: &mut Writer,
    admissions: &[Admission],
    found_on: Option<PageId>,
    now: Timestamp,
) -> Result<Admitted, Fault> {
    let mut admitted = Admitted::default();
    for group in without_doubles(wanted(w, admissions)) {
        admit_distinct(w, &group, found_on, now, &mut admitted)?;
    }
    if !admitted.hosts.is_empty() {
        watch_sources(&w.conn, admissions)?;
    }
    Ok(admitted)
}

/// The addresses that are not known to change nothing.
fn wanted<'a>(w: &Writer, admissions: &'a [Admission]) -> Vec<Wanted<'a>> {
    let mut known = recall::lock(&w.names.pages);
    let mut wanted = Vec::with_capacity(admissions.len());
    for admission in admissions {
        let key = admission.url.key();
        if !known.adds_nothing(&key, admission) {
            wanted.push(Wanted { key: key.into(), admission });
        }
    }
    wanted
}

/// An address that may change something.
struct Wanted<'a> {
    key: Sought,
    admission: &'a Admission,
}

/// Addresses in groups in which no key stands twice: all in one, but for keys that came again in a better form.
fn without_doubles(all: Vec<Wanted<'_>>) -> Vec<Vec<Wanted<'_>>> {
    let mut times: HashMap<PageKey, usize> = HashMap::with_capacity(all.len());
    let mut groups: Vec<Vec<Wanted>> = Vec::new();
    for wanted in all {
        let before = times.entry(wanted.key.key().clone()).or_default();
        if groups.len() == *before {
            groups.push(Vec::new());
        }
        groups[*before].push(wanted);
        *before += 1;
    }
    groups
}

/// Admits addresses of which no two share a key. Only for those that change something is their host looked up.
fn admit_distinct(
    w: &mut Writer,
    group: &[Wanted<'_>],
    found_on: Option<PageId>,
    now: Timestamp,
    admitted: &mut Admitted,
) -> Result<(), Fault> {
    let mut rows = Vec::new();
    let mut hosts = Vec::new();
    for (place, id) in changes(&w.conn, group)? {
        let Some(Wanted { key, admission }) = group.get(place) else { continue };
        let Admission { url, site, kind, depth, hops, priority, dated: _, found_by } = admission;
        let Some(host) = host_with_room(w, admission, rows.len(), now)? else {
            recall::lock(&w.names.pages).forget(key.key());
            let (count, _) = admitted.crowded.take().unwrap_or((0, url.clone()));
            admitted.crowded = Some((count + 1, url.clone()));
            continue;
        };
        let site = w.names.site(&w.conn, site)?;
        hosts.push(host);
        rows.push(PageRow(
            id,
            key,
            key.key().as_str() != plain_key(url),
            url.as_str(),
            site,
            host.0,
            kind.as_str(),
            *depth,
            *hops,
            *priority,
            found_by.as_str(),
        ));
    }
    if !rows.is_empty() && write_pages(&w.conn, &rows, found_on, now)? > 0 {
        admitted.hosts.extend(hosts);
        admitted.new_pages += rows.iter().map(|row| u32::from(row.0.is_none())).sum::<u32>();
    }
    Ok(())
}

/// The host of an address; `None` if it has its share already: too many names below its domain, or too many pages that
/// wait.
fn host_with_room(
    w: &mut Writer,
    admission: &Admission,
    pending: usize,
    now: Timestamp,
) -> Result<Option<HostId>, sql::Error> {
    let host = admission.url.host();
    if !w.names.is_welcome(&w.conn, &host)? {
        return Ok(None);
    }
    let host = w.names.host(&w.conn, host, now)?;
    Ok(w.names.has_room(&w.conn, host, admission, u32::try_from(pending).unwrap_or(u32::MAX))?.then_some(host))
}

/// Of addresses that share no key: the places of those that are new, and of those that may better what is there, with its
/// row.
fn changes(conn: &Connection, group: &[Wanted<'_>]) -> Result<Vec<(usize, Option<i64>)>, sql::Error> {
    // The plus hides the value from the planner, see `keys`.
    let mut look_up = conn.prepare(
        "select
           id,
           state = 'out-of-scope' or (state = 'new' and (kind <> ?3 or depth > ?4 or priority > ?5))
         from pages indexed by pages_key
         where key_hash = +?1 and key = ?2",
    )?;
    let mut changing = Vec::new();
    for (place, Wanted { key, admission }) in group.iter().enumerate() {
        // An undated address that is found again is no newer.
        let priority = admission.dated.then_some(admission.priority);
        let kind = admission.kind.as_str();
        let values = (key.hash(), key.key().as_str(), kind, admission.depth, priority);
        let known: Option<(i64, Option<bool>)> = look_up.first(values)?;
        match known {
            None => changing.push((place, None)),
            Some((id, Some(true))) => changing.push((place, Some(id))),
            Some((_, Some(false) | None)) => {}
        }
    }
    Ok(changing)
}

/// Inserts or improves; gives how many rows were touched.
fn write_pages(
    conn: &Connection,
    rows: &[PageRow<'_>],
    found_on: Option<PageId>,
    now: Timestamp,
) -> Result<u64, sql::Error> {
    let done = sql::query(concat!(
        "insert into pages (
           id, key_hash, own_key, url, site_id, host_id, kind, depth, hops, priority, found_by, found_on, found_at_s)
         select
           j.value ->> 0, j.value ->> '$[1][0]', iif(j.value ->> 2, j.value ->> '$[1][1]', null), j.value ->> 3,
           j.value ->> 4, j.value ->> 5, j.value ->> 6, j.value ->> 7, j.value ->> 8, j.value ->> 9, j.value ->> 10, ?2, ?3
         from jsonb_each(?1) j
         where true
         on conflict (id) do update set
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
        ")))"
    ))
    .bind(json(rows))
    .bind(found_on.map(|page| page.0))
    .bind(now.as_second())
    .bind(now.as_millisecond())
    .execute(conn)?;
    Ok(done)
}

/// Gives every admitted source its row, so that it is shown before its first visit.
fn watch_sources(conn: &Connection, admissions: &[Admission]) -> Result<(), sql::Error> {
    let sources = admissions.iter().filter(|admission| admission.kind.is_source());
    let keys: Vec<Sought> = sources.map(|admission| Sought::new(&admission.url)).collect();
    if keys.is_empty() {
        return Ok(());
    }
    sql::query(concat!(
        "insert into sources (page_id)
         select p.id
         from json_each(?1) j
         cross join pages p on p.key_hash = j.value ->> 0 and p.key = j.value ->> 1
         where p.kind in ",
        source_kinds!(),
        "
         on conflict (page_id) do nothing"
    ))
    .bind(json(&keys))
    .execute(conn)?;
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
pub(super) fn resolve(conn: &Connection, key: &PageKey) -> Result<Option<Known>, sql::Error> {
    let Some(page) = keys::find(conn, key)? else { return Ok(None) };
    let row = sql::query(concat!(
        "with recursive kept (id, alias_of, steps) as (
           select id, alias_of, 0
           from pages
           where id = ?1
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
    .bind(page.0)
    .fetch_optional(conn)?;
    Ok(row.map(|row| Known {
        id: PageId(row.get(0)),
        untouched: row.get(1),
        has_article: row.get(2),
        title: row.get(3),
    }))
}
