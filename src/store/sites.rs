//! The configured sites and their seeds, brought in line with the configuration.

use std::collections::HashSet;

use serde::Serialize;

use super::SiteRecord;
use super::admit;
use super::error::Fault;
use super::hosts::rewake;
use super::keys::Sought;
use super::sql::{self, Connection};
use super::values::{json, source_kinds};
use super::writer::Writer;
use crate::model::{Admission, HostId, Timestamp};

/// A seed in the order that the statements read.
#[derive(Serialize)]
struct SeedRow<'a>(/* key */ Sought, /* url */ &'a str, /* site_id */ i64, /* kind */ &'a str);

/// Sites that are no longer configured rest; configured ones that rested come back; seeds enter the frontier.
pub(super) fn sync(w: &mut Writer, sites: &[SiteRecord], seeds: &[Admission], now: Timestamp) -> Result<(), Fault> {
    let names: Vec<&str> = sites
        .iter()
        .map(|site| site.name.as_str())
        .chain(seeds.iter().map(|seed| seed.site.as_str()))
        .collect::<HashSet<_>>()
        .into_iter()
        .collect();
    let names = json(&names);
    insert_sites(&w.conn, &names)?;
    let rested = rest_others(&w.conn, &names)?;
    let returned = bring_back(&w.conn, &names, now)?;

    // Rows change here in ways that the writer's memory does not follow.
    w.names.forget();
    let admitted = admit::admit(w, seeds, None, now)?;
    let mut hosts = admitted.hosts;
    let rows = seed_rows(w, seeds)?;
    hosts.extend(claim_seeds(&w.conn, &rows, now)?);
    store_seeds(&w.conn, &rows)?;
    w.names.forget_fronts();

    if rested || returned {
        hosts.extend(all_hosts(&w.conn)?);
    }
    for host in hosts {
        rewake(&w.conn, host)?;
    }
    Ok(())
}

fn insert_sites(conn: &Connection, names: &str) -> Result<(), Fault> {
    sql::query(
        "insert into sites (name)
         select value
         from json_each(?1)
         where true
         on conflict (name) do nothing",
    )
    .bind(names)
    .execute(conn)?;
    Ok(())
}

/// Pages of sites that are no longer configured leave their lanes. True if there was such a site.
fn rest_others(conn: &Connection, names: &str) -> Result<bool, Fault> {
    let gone = sql::query(
        "update sites
         set active = 0
         where active = 1
           and name not in (select value from json_each(?1))",
    )
    .bind(names)
    .execute(conn)?;
    if gone == 0 {
        return Ok(false);
    }
    // A walk over all pages: it happens only when the operator takes a site away.
    sql::query(
        "update pages
         set state = 'out-of-scope', lane = null, due_at_ms = null
         where lane is not null
           and site_id in (select id from sites where active = 0)",
    )
    .execute(conn)?;
    Ok(true)
}

/// Pages of sites that are configured again take their places. True if there was such a site.
fn bring_back(conn: &Connection, names: &str, now: Timestamp) -> Result<bool, Fault> {
    let back = sql::query(
        "update sites
         set active = 1
         where active = 0
           and name in (select value from json_each(?1))",
    )
    .bind(names)
    .execute(conn)?;
    if back == 0 {
        return Ok(false);
    }
    sql::query(concat!(
        "update pages
         set
           state = iif(visited_at_ms is null, 'new', 'scheduled'),
           lane = case
             when visited_at_ms is null then 'new'
             when kind in ",
        source_kinds!(),
        " then 'source'
             else 'revisit'
           end,
           due_at_ms = iif(visited_at_ms is null, null, ?1)
         where state = 'out-of-scope'
           and site_id in (select id from sites where active = 1)"
    ))
    .bind(now.as_millisecond())
    .execute(conn)?;
    Ok(true)
}

fn seed_rows<'a>(w: &mut Writer, seeds: &'a [Admission]) -> Result<Vec<SeedRow<'a>>, Fault> {
    let mut rows = Vec::with_capacity(seeds.len());
    for seed in seeds {
        let site = w.names.site(&w.conn, &seed.site)?;
        rows.push(SeedRow(Sought::new(&seed.url), seed.url.as_str(), site, seed.kind.as_str()));
    }
    Ok(rows)
}

/// A known page that is now a seed belongs to the seed's site. If it is now a source by configuration, it is watched
/// from now on, also where it was put aside as an ordinary page. Gives the hosts that this touched.
fn claim_seeds(conn: &Connection, rows: &[SeedRow<'_>], now: Timestamp) -> Result<Vec<HostId>, Fault> {
    let changed = sql::query(concat!(
        "update pages
         set
           site_id = seed.site_id,
           kind = iif(seed.becomes_source, seed.kind, pages.kind),
           state = iif(seed.becomes_source and pages.state = 'done', 'scheduled', pages.state),
           lane = iif(seed.becomes_source and pages.state in ('done', 'scheduled'), 'source', pages.lane),
           due_at_ms = iif(seed.becomes_source and pages.state in ('done', 'scheduled'), ?2, pages.due_at_ms)
         from (
           select
             p.id,
             j.value ->> 2 as site_id,
             j.value ->> 3 as kind,
             j.value ->> 3 in ",
        source_kinds!(),
        "
               and p.kind not in ",
        source_kinds!(),
        " as becomes_source
           from json_each(?1) j
           -- No `cross join`, which would put the updated table before this one: a walk over all pages.
           join pages p indexed by pages_key
             on p.key_hash = j.value ->> '$[0][0]' and p.key = j.value ->> '$[0][1]'
         ) seed
         where pages.id = seed.id
           and (seed.becomes_source or pages.site_id <> seed.site_id)
         returning host_id"
    ))
    .bind(json(rows))
    .bind(now.as_millisecond())
    .fetch_all(conn)?;
    Ok(changed.iter().map(|row| HostId(row.get(0))).collect())
}

fn store_seeds(conn: &Connection, rows: &[SeedRow<'_>]) -> Result<(), Fault> {
    let rows = json(rows);
    sql::query(
        "delete from seeds
         where page_id not in (
           select p.id
           from json_each(?1) j
           cross join pages p on p.key_hash = j.value ->> '$[0][0]' and p.key = j.value ->> '$[0][1]')",
    )
    .bind(&rows)
    .execute(conn)?;
    sql::query(
        "insert into seeds (site_id, page_id, url)
         select j.value ->> 2, p.id, j.value ->> 1
         from json_each(?1) j
         cross join pages p on p.key_hash = j.value ->> '$[0][0]' and p.key = j.value ->> '$[0][1]'
         where true
         on conflict (page_id) do update set site_id = excluded.site_id, url = excluded.url",
    )
    .bind(&rows)
    .execute(conn)?;
    Ok(())
}

fn all_hosts(conn: &Connection) -> Result<Vec<HostId>, Fault> {
    let rows = sql::query("select id from hosts").fetch_all(conn)?;
    Ok(rows.iter().map(|row| HostId(row.get(0))).collect())
}
