//! Rows that every visit asks for by name: sites, hosts and each site's front page.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use super::known::KnownPages;
use super::recall;
use super::sql::{self, Connection};
use crate::model::page::day_of;
use crate::model::url::registrable_domain;
use crate::model::{Admission, FoundBy, Host, HostId, PageId, Place, Timestamp};

/// Entries after which a map is emptied: a bound, far above what a working set needs.
const MOST_NAMES: usize = 20_000;

/// Headlines after which all are forgotten: those of a thousand front pages.
const MOST_HEADLINES: usize = 100_000;

/// Pages of one host that may wait for their first visit: ten days' work of a host at the default daily budget. The
/// double of it for what feeds and seeds' pages announce, so that news enters also where the queue is full.
const MOST_WAITING: u32 = 100_000;
/// Hosts below one registrable domain: a server that answers under every name gets no more turns than that.
const MOST_HOSTS: i64 = 500;
/// Admissions after which the pages that wait at a full host are counted anew.
const RECOUNT: u32 = 10_000;

/// What the writer knows by heart. Only the writer changes these rows, so nothing goes stale;
/// after a rollback everything is forgotten.
#[derive(Default)]
pub(super) struct Names {
    sites: HashMap<String, i64>,
    hosts: HashMap<Host, HostId>,
    fronts: HashMap<i64, Option<PageId>>,
    /// Shared with the thread that fills it.
    pub(super) pages: Arc<Mutex<KnownPages>>,
    waiting: HashMap<HostId, Waiting>,
    /// Fingerprints of headlines that are stored.
    headlines: HashSet<i64>,
    /// Registrable domains that have [`MOST_HOSTS`].
    full_domains: HashSet<String>,
}

/// Pages of a host that wait for their first visit.
struct Waiting {
    /// When they were counted last.
    counted: u32,
    /// Admissions since: at most so many more wait now.
    since: u32,
}

impl Names {
    pub(super) fn forget(&mut self) {
        let pages = self.pages.clone();
        recall::lock(&pages).empty();
        *self = Names { pages, ..Names::default() };
    }

    /// Row of a site; created if it is new.
    pub(super) fn site(&mut self, conn: &Connection, name: &str) -> Result<i64, sql::Error> {
        if let Some(id) = self.sites.get(name) {
            return Ok(*id);
        }
        let known = sql::query("select id from sites where name = ?1").bind(name).fetch_optional(conn)?;
        let id = if let Some(row) = known {
            row.get(0)
        } else {
            sql::query("insert into sites (name) values (?1) returning id").bind(name).fetch_one(conn)?.get(0)
        };
        bound(&mut self.sites);
        self.sites.insert(name.to_owned(), id);
        Ok(id)
    }

    /// Row of a host; created if it is new, ready to be asked at once, with nothing to do yet.
    pub(super) fn host(&mut self, conn: &Connection, host: Host, now: Timestamp) -> Result<HostId, sql::Error> {
        if let Some(id) = self.hosts.get(&host) {
            return Ok(*id);
        }
        let known = sql::query("select id from hosts where name = ?1").bind(host.as_str()).fetch_optional(conn)?;
        let row = if let Some(row) = known {
            row
        } else {
            sql::query("insert into hosts (name, next_at_ms, day) values (?1, ?2, ?3) returning id")
                .bind(host.as_str())
                .bind(now.as_millisecond())
                .bind(day_of(now).to_string())
                .fetch_one(conn)?
        };
        let id = HostId(row.get(0));
        bound(&mut self.hosts);
        self.hosts.insert(host, id);
        Ok(id)
    }

    /// The page that a site's ticker belongs to: its configured front page, else another configured HTML page.
    pub(super) fn front(&mut self, conn: &Connection, site: i64) -> Result<Option<PageId>, sql::Error> {
        if let Some(front) = self.fronts.get(&site) {
            return Ok(*front);
        }
        let row = sql::query(
            "select p.id
             from seeds s
             join pages p on p.id = s.page_id
             where s.site_id = ?1
               and p.kind not in ('feed', 'sitemap')
             order by p.kind <> 'front', s.id
             limit 1",
        )
        .bind(site)
        .fetch_optional(conn)?;
        let front = row.map(|row| PageId(row.get(0)));
        bound(&mut self.fronts);
        self.fronts.insert(site, front);
        Ok(front)
    }

    /// True if a host is known or may become so; a domain itself and its `www.` always may.
    pub(super) fn is_welcome(&mut self, conn: &Connection, host: &Host) -> Result<bool, sql::Error> {
        let (name, domain) = (host.name(), registrable_domain(host.name()));
        if self.hosts.contains_key(host) || name == domain || name.strip_prefix("www.") == Some(domain) {
            return Ok(true);
        }
        let known = sql::query("select 1 from hosts where name = ?1").bind(host.as_str()).fetch_optional(conn);
        if known?.is_some() {
            return Ok(true);
        }
        if self.full_domains.contains(domain) {
            return Ok(false);
        }
        // A walk over all hosts: it happens once for each new host.
        let row = sql::query("select count(*) from hosts where name like '%.' || ?1").bind(domain).fetch_one(conn)?;
        let is_full = row.get::<i64>(0) >= MOST_HOSTS;
        if is_full {
            if self.full_domains.len() >= MOST_NAMES {
                self.full_domains.clear();
            }
            self.full_domains.insert(domain.to_owned());
        }
        Ok(!is_full)
    }

    /// True if one more page may wait at its host; sources always may. The page is counted.
    pub(super) fn has_room(
        &mut self,
        conn: &Connection,
        host: HostId,
        admission: &Admission,
    ) -> Result<bool, sql::Error> {
        if admission.kind.is_source() {
            return Ok(true);
        }
        let is_announced = admission.depth <= 1 || admission.found_by == FoundBy::Link(Place::Feed);
        let most = if is_announced { 2 * MOST_WAITING } else { MOST_WAITING };
        let known = self.waiting.get(&host);
        if known.is_none_or(|known| known.counted.saturating_add(known.since) >= most && known.since >= RECOUNT) {
            let is_first = known.is_none();
            if self.waiting.len() >= MOST_NAMES {
                // What was counted by heart lacks what was admitted since.
                recall::lock(&self.pages).forget_waiting();
                self.waiting.clear();
            }
            let by_heart = if is_first { recall::lock(&self.pages).waiting_at(host) } else { None };
            let counted = by_heart.map_or_else(|| count_waiting(conn, host), Ok)?;
            self.waiting.insert(host, Waiting { counted, since: 0 });
        }
        let Some(known) = self.waiting.get_mut(&host) else { return Ok(true) };
        let has_room = known.counted.saturating_add(known.since) < most;
        known.since += 1;
        Ok(has_room)
    }

    /// Whether a headline may be new; it is remembered as stored.
    pub(super) fn is_new_headline(&mut self, fingerprint: i64) -> bool {
        if self.headlines.len() >= MOST_HEADLINES {
            self.headlines.clear();
        }
        self.headlines.insert(fingerprint)
    }

    /// The kind of a seed changed: front pages are looked up anew.
    pub(super) fn forget_fronts(&mut self) {
        self.fronts.clear();
    }
}

/// Pages of a host that wait for their first visit, as far as they matter.
fn count_waiting(conn: &Connection, host: HostId) -> Result<u32, sql::Error> {
    // Index pages_new; at most so many entries of it. The plus hides the value from the planner, see `keys`.
    let row = sql::query(
        "select count(*)
         from (select 1 from pages indexed by pages_new where host_id = ?1 and lane = 'new' limit +?2)",
    )
    .bind(host.0)
    .bind(2 * MOST_WAITING)
    .fetch_one(conn)?;
    Ok(row.get(0))
}

fn bound<K, V>(map: &mut HashMap<K, V>) {
    if map.len() >= MOST_NAMES {
        map.clear();
    }
}
