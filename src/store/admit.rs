//! Addresses enter the frontier: those that are not known by heart are looked up, what changes is written in one statement.

use std::collections::{HashMap, HashSet};

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
    let mut wanted = Vec::new();
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
    for (place, id) in changes(&w.conn, group)? {
        let Some(wanted) = group.get(place) else { continue };
        let Admission { url, site, .. } = wanted.admission;
        let Some(host) = host_with_room(w, wanted.admission, now)? else {
            recall::lock(&w.names.pages).forget(wanted.key.key());
            let (count, _) = admitted.crowded.take().unwrap_or((0, url.clone()));
            admitted.crowded = Some((count + 1, url.clone()));
            continue;
        };
        let site = w.names.site(&w.conn, site)?;
        if write_page(&w.conn, wanted, &Row { id, site, host, found_on, now })? {
            admitted.hosts.insert(host);
            admitted.new_pages += u32::from(id.is_none());
        }
    }
    Ok(())
}

/// The host of an address; `None` if it has its share already: too many names below its domain, or too many pages that
/// wait.
fn host_with_room(w: &mut Writer, admission: &Admission, now: Timestamp) -> Result<Option<HostId>, sql::Error> {
    let host = admission.url.host();
    if !w.names.is_welcome(&w.conn, &host)? {
        return Ok(None);
    }
    let host = w.names.host(&w.conn, host, now)?;
    Ok(w.names.has_room(&w.conn, host, admission)?.then_some(host))
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

/// What a row of `pages` has beside the address.
struct Row {
    /// `None` if it is not there yet.
    id: Option<i64>,
    site: i64,
    host: HostId,
    found_on: Option<PageId>,
    now: Timestamp,
}

/// Inserts or improves a page; false if there was nothing to improve.
fn write_page(conn: &Connection, wanted: &Wanted<'_>, row: &Row) -> Result<bool, sql::Error> {
    match row.id {
        None => insert(conn, wanted, row),
        Some(id) => improve(conn, id, wanted.admission, row),
    }
}

/// One row in one plain statement: SQLite then keeps no copies of what it changes to undo a part of it.
fn insert(conn: &Connection, wanted: &Wanted<'_>, row: &Row) -> Result<bool, sql::Error> {
    let Wanted { key, admission } = wanted;
    let Admission { url, site: _, kind, depth, hops, priority, dated: _, found_by } = admission;
    let own_key = Some(key.key().as_str()).filter(|key| *key != plain_key(url));
    let mut page = conn.prepare(
        "insert into pages (
           key_hash, own_key, url, site_id, host_id, kind, depth, hops, priority, found_by, found_on, found_at_s)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let written = page.run((
        key.hash(),
        own_key,
        url.as_str(),
        row.site,
        row.host.0,
        kind.as_str(),
        *depth,
        *hops,
        *priority,
        found_by.as_str(),
        row.found_on.map(|page| page.0),
        row.now.as_second(),
    ))?;
    Ok(written > 0)
}

/// Takes over what is better than what the row has.
fn improve(conn: &Connection, id: i64, admission: &Admission, row: &Row) -> Result<bool, sql::Error> {
    let Admission { url: _, site: _, kind, depth, hops, priority, dated: _, found_by: _ } = admission;
    let mut page = conn.prepare(concat!(
        "update pages
         set
           site_id = iif(state = 'out-of-scope', ?2, site_id),
           kind = iif(
             kind = 'unknown' or (
               ?3 in ",
        source_kinds!(),
        "
               and kind not in ",
        source_kinds!(),
        "),
             ?3, kind),
           depth = min(depth, ?4),
           hops = min(hops, ?5),
           priority = min(priority, ?6),
           lane = case
             when state <> 'out-of-scope' or visited_at_ms is null then 'new'
             when kind in ",
        source_kinds!(),
        " then 'source'
             else 'revisit'
           end,
           due_at_ms = iif(state = 'out-of-scope' and visited_at_ms is not null, ?7, null),
           state = iif(state = 'out-of-scope' and visited_at_ms is not null, 'scheduled', 'new')
         where id = ?1
           and (
             state = 'out-of-scope'
             or (state = 'new' and (
               ?6 < priority
               or ?4 < depth
               or (kind = 'unknown' and ?3 <> 'unknown')
               or (
                 ?3 in ",
        source_kinds!(),
        "
                 and kind not in ",
        source_kinds!(),
        "))))"
    ))?;
    let written = page.run((id, row.site, kind.as_str(), *depth, *hops, *priority, row.now.as_millisecond()))?;
    Ok(written > 0)
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
