//! What is kept of pages that list others: interval and health, a feed's wishes and full texts, a sitemap's word.

use super::ArticleChange;
use super::admit::Admitted;
use super::error::Fault;
use super::keys::Sought;
use super::prepare::Prepared;
use super::record::{Next, explain, succeeded};
use super::sql::{self, Connection};
use super::values::{clean, clean_owned, json, source_kinds};
use crate::model::{
    Extractor, FeedNotice, HostId, Outcome, PageId, PageKind, PageUrl, Retired, RobotsStatus, RobotsUse, SourceHints,
    Visit,
};

/// Links of a visit that are looked up to see what others had found.
const MOST_LISTED: usize = 500;
/// Articles that one visit of a sitemap makes due.
const MOST_STEERED: usize = 100;
/// WebSub hubs that are kept of a feed.
const MAX_HUBS: usize = 50;
/// Checked claims of a sitemap from which on older ones count half.
const MANY_CLAIMS: i64 = 64;

/// What a source's visit came to.
pub(super) struct Yield {
    /// Pages and headlines that it was the first to bring.
    pub(super) brought: u32,
    /// Pages that it listed and that were found since its visit before, whoever found them.
    pub(super) listed: u32,
    /// Of these, those that others had found.
    pub(super) echoes: u32,
}

/// Counts what a source's visit brought and what it repeats.
pub(super) fn count_yield(
    conn: &Connection,
    p: &Prepared,
    admitted: &Admitted,
    new_headlines: u32,
) -> Result<Yield, Fault> {
    let visit = &p.visit;
    let brought = admitted.new_pages + new_headlines;
    let (Some(before), true, true) =
        (visit.claim.history.visited_at, visit.claim.history.successes > 0, visit.plan.kind.is_source())
    else {
        return Ok(Yield { brought, listed: admitted.new_pages, echoes: 0 });
    };
    let pages = visit.plan.admit.iter().filter(|admission| !admission.kind.is_source());
    let keys: Vec<Sought> = pages.take(MOST_LISTED).map(|it| Sought::new(&it.url)).collect();
    if keys.is_empty() {
        return Ok(Yield { brought, listed: 0, echoes: 0 });
    }
    let row = sql::query(
        "select count(*)
         from json_each(?1) j
         cross join pages p on p.key_hash = j.value ->> 0 and p.key = j.value ->> 1
         where p.found_at_s > ?2",
    )
    .bind(json(&keys))
    .bind(before.as_second())
    .fetch_one(conn)?;
    let listed: u32 = row.get(0);
    Ok(Yield { brought, listed, echoes: listed.saturating_sub(admitted.new_pages) })
}

/// Interval and health of a page that lists others.
pub(super) fn update(conn: &Connection, p: &Prepared, next: &Next, found: &Yield, repeated: bool) -> Result<(), Fault> {
    let visit = &p.visit;
    if !visit.plan.kind.is_source() {
        if visit.claim.kind.is_source() {
            sql::query("delete from sources where page_id = ?1").bind(visit.claim.page.0).execute(conn)?;
        }
        return Ok(());
    }
    let outcome = &visit.fetched.outcome;
    let known = &visit.claim.history.source;
    let success = succeeded(outcome);
    let interval = next.due.filter(|_| success).map(|due| (due.as_millisecond() - visit.at.as_millisecond()).max(0));
    let failed = outcome.is_failure_of_site();
    let (visits, brought, listed) =
        if repeated { (0, 0, 0) } else { (i64::from(success), found.brought, found.listed) };
    let echoes = if found.brought > 0 { 0 } else { known.echoes.saturating_add(found.echoes) };
    let gap = next.step.as_ref().map_or(known.gap, |step| step.gap);
    sql::query(
        "insert into sources (
           page_id, interval_ms, visits, brought, brought_at, failures, error, gap_ms, listed, echoes, health)
         values (?1, ?2, ?3, ?4, iif(?4 > 0, ?5, null), ?6, ?7, ?8, ?9, ?10, coalesce(?11, 'new'))
         on conflict (page_id) do update set
           interval_ms = coalesce(excluded.interval_ms, interval_ms),
           visits = visits + excluded.visits,
           brought = brought + excluded.brought,
           brought_at = coalesce(excluded.brought_at, brought_at),
           failures = excluded.failures,
           error = excluded.error,
           gap_ms = excluded.gap_ms,
           listed = listed + excluded.listed,
           echoes = excluded.echoes,
           health = coalesce(?11, health)",
    )
    .bind(visit.claim.page.0)
    .bind(interval)
    .bind(visits)
    .bind(brought)
    .bind(&p.at)
    .bind(if success { 0 } else { visit.claim.history.failures + u32::from(failed) })
    .bind(clean_owned(if success { None } else { explain(outcome).1 }.as_deref()))
    .bind(gap.map(|gap| gap.as_millis() as i64))
    .bind(listed)
    .bind(echoes)
    .bind(health(next))
    .execute(conn)?;
    keep_notice(conn, visit)
}

/// What a feed or sitemap that was read says about itself.
fn keep_notice(conn: &Connection, visit: &Visit) -> Result<(), Fault> {
    let for_programs = matches!(visit.plan.kind, PageKind::Feed | PageKind::Sitemap);
    let Outcome::Page(page) = &visit.fetched.outcome else { return Ok(()) };
    if !for_programs {
        return Ok(());
    }
    let FeedNotice { hints: SourceHints { ttl, skip_hours, skip_days }, hubs, topic, texts: _ } =
        visit.parsed.feed.as_ref();
    // Headers go before the document: WebSub §4.
    let mut named: Vec<&str> = Vec::new();
    for hub in page.links.hubs.iter().chain(hubs).map(PageUrl::as_str) {
        if named.len() < MAX_HUBS && !named.contains(&hub) {
            named.push(hub);
        }
    }
    sql::query(
        "update sources
         set ttl_ms = ?2, skip_hours = ?3, skip_days = ?4, hubs = ?5, topic_url = ?6, lastmod_uniform = ?7
         where page_id = ?1",
    )
    .bind(visit.claim.page.0)
    .bind(ttl.map(|ttl| ttl.as_millis() as i64))
    .bind(*skip_hours)
    .bind(*skip_days)
    .bind(if named.is_empty() { None } else { Some(named.join("\n")) })
    .bind(page.links.topic.as_ref().or(topic.as_ref()).map(PageUrl::as_str))
    .bind(visit.parsed.lastmods.uniform)
    .execute(conn)?;
    Ok(())
}

/// The word for how the source does; `None` leaves it as it was.
fn health(next: &Next) -> Option<&'static str> {
    if let Some(step) = &next.step {
        return Some(step.health.as_str());
    }
    let lost = [Retired::Gone, Retired::GaveUp, Retired::Refused, Retired::Quarantined];
    lost.iter().any(|retired| retired.as_str() == next.state).then_some("dead")
}

/// Keeps full texts that a feed carries, for pages that were not read yet or gave less. A page that was read and is no
/// article, or a stub of one, falls due once. Gives the hosts of those.
pub(super) fn keep_feed_texts(conn: &Connection, p: &Prepared) -> Result<Vec<HostId>, Fault> {
    let visit = &p.visit;
    let texts = &visit.parsed.feed.texts;
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let row = |text: &crate::model::FeedText| {
        (Sought::new(&text.url), clean(&text.text).into_owned(), text.text.split_whitespace().count())
    };
    let rows: Vec<(Sought, String, usize)> = texts.iter().map(row).collect();
    let kept = sql::query(concat!(
        "insert into feed_texts (page_id, feed_id, seen_at, text)
         select p.id, ?2, ?3, j.value ->> 1
         from json_each(?1) j
         cross join pages p on p.key_hash = j.value ->> '$[0][0]' and p.key = j.value ->> '$[0][1]'
         left join articles a on a.page_id = p.id
         where p.kind not in ",
        source_kinds!(),
        "
           and (p.visited_at_ms is null or a.id is null or a.word_count * 2 <= j.value ->> 2)
         on conflict (page_id) do update set text = excluded.text
         where excluded.text <> text
         returning page_id, seen_at"
    ))
    .bind(json(&rows))
    .bind(visit.claim.page.0)
    .bind(&p.at)
    .fetch_all(conn)?;
    let new: Vec<i64> = kept.iter().filter(|row| row.get::<&str>(1) == p.at).map(|row| row.get(0)).collect();
    make_due(conn, &new, p.visit.at.as_millisecond())
}

/// A page that gave its own whole text needs none of a feed.
pub(super) fn drop_feed_text(conn: &Connection, p: &Prepared) -> Result<(), Fault> {
    let visit = &p.visit;
    let body = visit.parsed.article.as_ref().and_then(|article| article.body.as_ref());
    if visit.claim.history.feed_text.is_some() && body.is_some_and(|body| body.by != Extractor::Feed) {
        sql::query("delete from feed_texts where page_id = ?1").bind(visit.claim.page.0).execute(conn)?;
    }
    Ok(())
}

/// Lets read pages fall due now; gives their hosts.
fn make_due(conn: &Connection, pages: &[i64], now_ms: i64) -> Result<Vec<HostId>, Fault> {
    if pages.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sql::query(
        "update pages
         set state = 'scheduled', lane = 'revisit', due_at_ms = ?2
         where id in (select value from json_each(?1))
           and visited_at_ms is not null
           and state in ('done', 'scheduled')
         returning host_id",
    )
    .bind(json(pages))
    .bind(now_ms)
    .fetch_all(conn)?;
    let mut hosts: Vec<HostId> = rows.iter().map(|row| HostId(row.get(0))).collect();
    hosts.sort_unstable();
    hosts.dedup();
    Ok(hosts)
}

/// Notes which stored articles a sitemap says have changed since they were read. If its word proved right before, they
/// fall due now; gives their hosts.
pub(super) fn keep_lastmods(conn: &Connection, p: &Prepared) -> Result<Vec<HostId>, Fault> {
    let visit = &p.visit;
    let lastmods = &visit.parsed.lastmods;
    if lastmods.uniform || lastmods.dates.is_empty() {
        return Ok(Vec::new());
    }
    let dates = lastmods.dates.iter().filter(|(_, at)| *at <= visit.at);
    let rows: Vec<(Sought, i64)> = dates.map(|(url, at)| (Sought::new(url), at.as_millisecond())).collect();
    let noted = sql::query(
        "insert into lastmods (page_id, sitemap_id, lastmod_ms)
         select p.id, ?2, j.value ->> 1
         from json_each(?1) j
         cross join pages p on p.key_hash = j.value ->> '$[0][0]' and p.key = j.value ->> '$[0][1]'
         join articles a on a.page_id = p.id
         where p.visited_at_ms < j.value ->> 1
         on conflict (page_id) do update set sitemap_id = excluded.sitemap_id, lastmod_ms = excluded.lastmod_ms
         where excluded.lastmod_ms > lastmod_ms
         returning page_id",
    )
    .bind(json(&rows))
    .bind(visit.claim.page.0)
    .fetch_all(conn)?;
    if !visit.plan.steers {
        return Ok(Vec::new());
    }
    let pages: Vec<i64> = noted.iter().take(MOST_STEERED).map(|row| row.get(0)).collect();
    make_due(conn, &pages, visit.at.as_millisecond())
}

/// A visit of a stored article shows whether the sitemap was right that said it had changed.
pub(super) fn check_lastmod(conn: &Connection, p: &Prepared, article: ArticleChange) -> Result<(), Fault> {
    let visit = &p.visit;
    if visit.claim.history.article.is_none() || !succeeded(&visit.fetched.outcome) {
        return Ok(());
    }
    let row = sql::query("delete from lastmods where page_id = ?1 returning sitemap_id")
        .bind(visit.claim.page.0)
        .fetch_optional(conn)?;
    let Some(row) = row else { return Ok(()) };
    sql::query(
        "update sources
         set
           lastmod_right = iif(lastmod_right + lastmod_wrong >= ?3, lastmod_right / 2, lastmod_right) + ?2,
           lastmod_wrong = iif(lastmod_right + lastmod_wrong >= ?3, lastmod_wrong / 2, lastmod_wrong) + 1 - ?2
         where page_id = ?1",
    )
    .bind(row.get::<i64>(0))
    .bind(i64::from(article == ArticleChange::Changed))
    .bind(MANY_CLAIMS)
    .execute(conn)?;
    Ok(())
}

/// Keeps for which hosts sitemaps of other hosts may speak: those whose robots.txt names them, or that redirect to them;
/// what an index may say, its sitemaps may say.
pub(super) fn keep_vouchers(conn: &Connection, visit: &Visit, target: Option<PageId>) -> Result<(), Fault> {
    if let RobotsUse::Read(copy) = &visit.fetched.receipt.robots
        && copy.failed_at.is_none()
        && copy.status != RobotsStatus::Unreachable
    {
        name_sitemaps(conn, visit)?;
    }
    if visit.claim.kind != PageKind::Sitemap {
        return Ok(());
    }
    if let Some(target) = target {
        vouch(conn, visit, &[target.0], true)?;
    }
    if !visit.claim.history.source.vouched_by.is_empty() {
        let maps = visit.plan.admit.iter().filter(|admission| admission.kind == PageKind::Sitemap);
        let keys: Vec<Sought> = maps.map(|admission| Sought::new(&admission.url)).collect();
        let rows = sql::query(
            "select p.id
             from json_each(?1) j
             cross join pages p on p.key_hash = j.value ->> 0 and p.key = j.value ->> 1",
        )
        .bind(json(&keys))
        .fetch_all(conn)?;
        let children: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
        vouch(conn, visit, &children, false)?;
    }
    Ok(())
}

/// The sitemaps that a host's robots.txt names, in place of those that it named before.
fn name_sitemaps(conn: &Connection, visit: &Visit) -> Result<(), Fault> {
    let keys: Vec<Sought> = visit.fetched.receipt.sitemaps.iter().map(Sought::new).collect();
    let keys = json(&keys);
    sql::query(
        "delete from vouchers
         where host_id = ?1
           and (
             json_array_length(?2) = 0
             or exists (
               select 1
               from pages p
               where p.id = sitemap_id
                 and p.found_by = 'robots'
                 and p.key not in (select value ->> 1 from json_each(?2))));
         insert into vouchers (sitemap_id, host_id)
         select p.id, ?1
         from json_each(?2) j
         cross join pages p on p.key_hash = j.value ->> 0 and p.key = j.value ->> 1
         where p.host_id <> ?1
         on conflict do nothing",
    )
    .bind(visit.claim.host_id.0)
    .bind(keys)
    .execute(conn)?;
    Ok(())
}

/// Whoever vouches for the visited sitemap vouches for these, and its own host too if it led there.
fn vouch(conn: &Connection, visit: &Visit, sitemaps: &[i64], led: bool) -> Result<(), Fault> {
    sql::query(
        "insert into vouchers (sitemap_id, host_id)
         select j.value, v.host_id
         from json_each(?1) j
         join (
           select host_id from vouchers where sitemap_id = ?2
           union
           select ?3 where ?4
         ) v
         where true
         on conflict do nothing",
    )
    .bind(json(sitemaps))
    .bind(visit.claim.page.0)
    .bind(visit.claim.host_id.0)
    .bind(led)
    .execute(conn)?;
    Ok(())
}
