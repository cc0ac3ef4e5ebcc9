//! One visit is remembered: page, host, article, headlines, links, log, all in one savepoint.

use serde::Serialize;
use sqlx::{Row, SqliteConnection};

use super::admit::{self, Admitted, Known};
use super::error::Fault;
use super::keys::{key_hash, plain_key};
use super::prepare::{Prepared, Written};
use super::values::{clean, clean_owned, host_list, json, utc_text};
use super::writer::Writer;
use super::{ArticleChange, Recorded, articles, boilerplate, headlines, keys, learnt, parts, robots, sources};
use crate::model::{
    Failure, HostId, HostPace, NextVisit, Outcome, PageId, PageUrl, Refusal, Request, RequestKind, Retired, RobotsId,
    SourceStep, Timestamp, Validators, Visit,
};

/// Words from which on two articles of a site with the same fields are one; shorter ones may be stubs.
const MIN_COPY_WORDS: i64 = 25;

/// What `record` did; the caller of the store sees the first part.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) recorded: Recorded,
    /// Row of the robots.txt that was stored with it.
    pub(super) robots: Option<RobotsId>,
    /// The boilerplate of the page's host is another now.
    pub(super) boilerplate_changed: bool,
}

/// The page's row as it is now; it may have changed since the claim.
struct Now {
    site_id: i64,
    /// It became another page's alias while this visit was under way.
    alias: bool,
    /// This very visit is recorded already.
    repeated: bool,
    article: Option<articles::Known>,
    /// Its article goes on on other pages.
    has_parts: bool,
    /// It carries a part of another page's article.
    part: Option<parts::Part>,
}

/// What became of the page, in the words of its row.
pub(super) struct Next {
    pub(super) state: &'static str,
    pub(super) lane: Option<&'static str>,
    pub(super) due: Option<Timestamp>,
    pub(super) alias_of: Option<PageId>,
    /// What was planned for what a source brought.
    pub(super) step: Option<SourceStep>,
}

impl Next {
    /// Not visited again, for a reason in one word.
    fn retired(retired: Retired, alias_of: Option<PageId>) -> Next {
        Next { state: retired.as_str(), lane: None, due: None, alias_of, step: None }
    }
}

pub(super) async fn record(w: &mut Writer, p: &Prepared) -> Result<Stored, Fault> {
    let visit = &p.visit;
    let page = visit.claim.page;
    let now = load(&mut w.conn, page, p.started).await?;
    let robots = robots::record(&mut w.conn, p).await?;
    let mut admitted = admit::admit(w, &visit.plan.admit, Some(page), visit.at).await?;
    admitted.add(p.admitted.clone());
    let new_headlines = headlines::record(w, p, now.site_id).await?;
    let found = sources::count_yield(&mut w.conn, p, &admitted, new_headlines).await?;

    let mut next = next_of(visit, found.brought);
    if now.alias {
        next = Next::retired(Retired::Alias, None);
    }
    let mut article = ArticleChange::None;
    if let Some(part) = &now.part {
        article = parts::record(w, p, part).await?;
    } else if !now.alias {
        let kept = settle_alias(w, p).await?;
        let kept = match kept {
            Some(kept) => Some(kept),
            None => copy_of(&mut w.conn, p, now.site_id).await?,
        };
        if let Some(kept) = kept {
            next = Next::retired(Retired::Alias, Some(kept));
        } else {
            article = articles::record(w, p, now.site_id, now.article.as_ref()).await?;
            parts::follow(w, p, article, now.has_parts).await?;
        }
        if next.state == Retired::Redirected.as_str() {
            next.alias_of = redirect_target(&mut w.conn, visit).await?;
        }
    }
    let log = if now.repeated { Vec::new() } else { fetches(p, robots) };
    update_page(w, p, &next, found.brought, article, &log).await?;
    respell(w, visit, &next).await?;
    sources::update(&mut w.conn, p, &next, &found, now.repeated).await?;
    let touched = record_word_of_lists(w, p, &next, article).await?;
    if !now.repeated {
        learnt::count(&mut w.conn, p, now.site_id).await?;
    }
    let is_new = article == ArticleChange::New;
    let boilerplate_changed = is_new && boilerplate::count(&mut w.conn, p, now.site_id).await?;
    record_opt_outs(&mut w.conn, p).await?;
    let away = if now.repeated { Vec::new() } else { turned_away(visit, &admitted, now.site_id) };
    let requests = if now.repeated { 0 } else { visit.fetched.receipt.requests.len() };
    update_host(&mut w.conn, visit.claim.host_id, &visit.plan.pace, requests, &away).await?;
    wake_others(w, visit.claim.host_id, &admitted).await?;
    rewake_all(&mut w.conn, &touched).await?;
    let alerts = if now.repeated { Vec::new() } else { w.watch.observe(&mut w.conn, p, now.site_id, article).await? };
    let recorded = Recorded { article, new_pages: admitted.new_pages, new_headlines, alerts };
    Ok(Stored { recorded, robots, boilerplate_changed })
}

/// What feeds and sitemaps say about other pages, and what this visit says about their word. Gives the hosts of pages
/// that are due because of it.
async fn record_word_of_lists(
    w: &mut Writer,
    p: &Prepared,
    next: &Next,
    article: ArticleChange,
) -> Result<Vec<HostId>, Fault> {
    let target = next.alias_of.filter(|_| next.state == Retired::Redirected.as_str());
    sources::keep_vouchers(&mut w.conn, &p.visit, target).await?;
    sources::drop_feed_text(&mut w.conn, p).await?;
    sources::check_lastmod(&mut w.conn, p, article).await?;
    let mut hosts = sources::keep_feed_texts(&mut w.conn, p).await?;
    hosts.extend(sources::keep_lastmods(&mut w.conn, p).await?);
    Ok(hosts)
}

/// A page that broke us is put aside; its host goes on.
pub(super) async fn quarantine(conn: &mut SqliteConnection, page: PageId, until: Timestamp) -> Result<(), Fault> {
    let row = sqlx::query(
        "update pages
         set state = 'scheduled', lane = 'revisit', due_at_ms = ?2, outcome = 'failed', reason = 'quarantined',
           detail = 'put aside: it broke the process or could not be recorded'
         where id = ?1
         returning host_id",
    )
    .bind(page.0)
    .bind(until.as_millisecond())
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(row) = row {
        rewake(conn, HostId(row.get(0))).await?;
    }
    Ok(())
}

/// Computes anew when hosts have something to do.
pub(super) async fn rewake_all(conn: &mut SqliteConnection, hosts: &[HostId]) -> Result<(), Fault> {
    for host in hosts {
        rewake(conn, *host).await?;
    }
    Ok(())
}

/// Computes anew when host ?1 has something to do. Three looks at three indexes, whatever the number of its pages.
macro_rules! wake_sql {
    () => {
        "update hosts
         set wake_at_ms = nullif(
           max(
             next_at_ms,
             min(
               iif(exists (select 1 from pages where host_id = ?1 and lane = 'new'), 0, 9223372036854775807),
               -- index pages_source
               coalesce(
                 (select due_at_ms from pages where host_id = ?1 and lane = 'source' order by due_at_ms limit 1),
                 9223372036854775807),
               -- index pages_revisit
               coalesce(
                 (select due_at_ms from pages where host_id = ?1 and lane = 'revisit' order by due_at_ms limit 1),
                 9223372036854775807))),
           9223372036854775807)
         where id = ?1"
    };
}

/// Computes anew when a host has something to do.
pub(super) async fn rewake(conn: &mut SqliteConnection, host: HostId) -> Result<(), sqlx::Error> {
    sqlx::query(wake_sql!()).bind(host.0).execute(conn).await?;
    Ok(())
}

async fn load(conn: &mut SqliteConnection, page: PageId, started: Timestamp) -> Result<Now, sqlx::Error> {
    let row = sqlx::query(
        "select p.site_id, p.state = 'alias', p.visited_at_ms, a.hash, a.version, t.article_id, t.number, t.body,
           exists (select 1 from article_parts following where following.article_id = a.id)
         from pages p
         left join articles a on a.page_id = p.id
         left join article_parts t on t.page_id = p.id
         where p.id = ?1",
    )
    .bind(page.0)
    .fetch_one(conn)
    .await?;
    let hash: Option<Vec<u8>> = row.get(3);
    Ok(Now {
        site_id: row.get(0),
        alias: row.get(1),
        repeated: row.get::<Option<i64>, _>(2) == Some(started.as_millisecond()),
        article: hash.map(|hash| articles::Known { hash, version: row.get(4) }),
        has_parts: row.get(8),
        part: row.get::<Option<i64>, _>(5).map(|article| parts::Part { article, number: row.get(6), body: row.get(7) }),
    })
}

fn next_of(visit: &Visit, brought: u32) -> Next {
    let (due, step) = match &visit.plan.next {
        NextVisit::At(at) => (*at, None),
        NextVisit::ByYield(steps) => match steps.iter().rfind(|step| step.brought <= brought) {
            Some(step) => (step.at, Some(step.clone())),
            None => return Next::retired(Retired::Done, None),
        },
        NextVisit::Never(retired) => return Next::retired(*retired, None),
    };
    // A first visit that failed is tried again before new pages, or a long back-fill would bury it.
    let never_read = visit.claim.history.successes == 0 && !succeeded(&visit.fetched.outcome);
    let lane = if visit.plan.kind.is_source() || never_read { "source" } else { "revisit" };
    Next { state: "scheduled", lane: Some(lane), due: Some(due), alias_of: None, step }
}

/// Whether the outcome is a 200 or a 304.
pub(super) fn succeeded(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Page(_) | Outcome::NotModified { .. } => true,
        Outcome::Redirect { .. } | Outcome::Refused(_) | Outcome::Failed(_) => false,
    }
}

/// Decides which of two addresses keeps an article. Gives the page that is kept if this one becomes its alias.
async fn settle_alias(w: &mut Writer, p: &Prepared) -> Result<Option<PageId>, Fault> {
    let visit = &p.visit;
    let page = visit.claim.page;
    let (Some(canonical), true) = (&visit.plan.alias_of, p.article.is_some()) else { return Ok(None) };
    let title = visit.parsed.article.as_ref().and_then(|article| article.title.as_ref());
    let title = title.map(|title| clean(&title.value).into_owned());
    let Some(kept) = admit::resolve(&mut w.conn, &canonical.key()).await? else {
        insert_alias(w, visit, canonical).await?;
        return Ok(None);
    };
    let Known { id, untouched, has_article, title: kept_title } = kept;
    if id == page {
        return Ok(None);
    }
    if has_article && kept_title == title && visit.claim.history.article.is_none() {
        return Ok(Some(id));
    }
    if untouched {
        make_alias(&mut w.conn, id, page).await?;
    }
    Ok(None)
}

/// The page of the same site that keeps this very article already; `None` if there is none or this page has one.
async fn copy_of(conn: &mut SqliteConnection, p: &Prepared, site: i64) -> Result<Option<PageId>, Fault> {
    let Some(prepared) = &p.article else { return Ok(None) };
    let Some(Written { fields, search: _ }) = &prepared.written else { return Ok(None) };
    if p.visit.claim.history.article.is_some() || fields.title.is_none() || fields.word_count < MIN_COPY_WORDS {
        return Ok(None);
    }
    let row = sqlx::query(
        "select p.id
         from articles a indexed by articles_title
         join pages p on p.id = a.page_id
         where a.title = ?1 and a.hash in (?2, ?5) and a.site_id = ?3 and a.removed_at is null and p.id <> ?4
           and p.state in ('scheduled', 'done', 'new')
         limit 1",
    )
    .bind(&fields.title)
    .bind(prepared.hash.0.to_vec())
    .bind(site)
    .bind(p.visit.claim.page.0)
    .bind(prepared.whole_hash.map(|hash| hash.0.to_vec()))
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| PageId(row.get(0))))
}

/// An address that nobody has linked yet is remembered as another name of the page.
async fn insert_alias(w: &mut Writer, visit: &Visit, canonical: &PageUrl) -> Result<(), Fault> {
    let site = w.names.site(&mut w.conn, &visit.claim.site).await?;
    let host = w.names.host(&mut w.conn, canonical.host(), visit.at).await?;
    let key = canonical.key();
    sqlx::query(
        "insert into pages (
           key_hash, own_key, url, site_id, host_id, kind, depth, hops, state, lane, priority, alias_of, found_by, found_on,
           found_at_s)
         values (?1, nullif(?9, ?10), ?2, ?3, ?4, 'article', ?5, ?6, 'alias', null, 0, ?7, 'head', ?7, ?8)",
    )
    .bind(key_hash(key.as_str()))
    .bind(canonical.as_str())
    .bind(site)
    .bind(host.0)
    .bind(visit.claim.depth)
    .bind(visit.claim.hops)
    .bind(visit.claim.page.0)
    .bind(visit.at.as_second())
    .bind(key.as_str())
    .bind(plain_key(canonical))
    .execute(&mut w.conn)
    .await?;
    Ok(())
}

async fn make_alias(conn: &mut SqliteConnection, page: PageId, kept: PageId) -> Result<(), sqlx::Error> {
    let row = sqlx::query(
        "update pages
         set state = 'alias', lane = null, due_at_ms = null, alias_of = ?2
         where id = ?1
         returning host_id",
    )
    .bind(page.0)
    .bind(kept.0)
    .fetch_one(&mut *conn)
    .await?;
    rewake(conn, HostId(row.get(0))).await
}

/// The row that a redirect or meta refresh leads to; `None` if it was not admitted or is this page itself.
async fn redirect_target(conn: &mut SqliteConnection, visit: &Visit) -> Result<Option<PageId>, sqlx::Error> {
    let to = match &visit.fetched.outcome {
        Outcome::Redirect { to, .. } => Some(to),
        Outcome::Page(_) | Outcome::NotModified { .. } | Outcome::Refused(_) | Outcome::Failed(_) => {
            visit.parsed.signals.refresh.as_ref()
        }
    };
    let Some(to) = to else { return Ok(None) };
    let target = keys::find(conn, &to.key()).await?;
    Ok(target.filter(|id| *id != visit.claim.page))
}

/// A redirect to another spelling of the same page (http → https, apex → www): the row takes the new spelling.
async fn respell(w: &mut Writer, visit: &Visit, next: &Next) -> Result<(), Fault> {
    if next.state != Retired::Redirected.as_str() {
        return Ok(());
    }
    let own = visit.claim.url.key();
    let Some(admission) = visit.plan.admit.iter().find(|admission| admission.url.key() == own) else { return Ok(()) };
    let host = w.names.host(&mut w.conn, admission.url.host(), visit.at).await?;
    sqlx::query(
        "update pages
         set
           url = ?2, own_key = nullif(key, ?6), host_id = ?3, hops = ?4, priority = ?5, state = 'new', lane = 'new',
           due_at_ms = null
         where id = ?1",
    )
    .bind(visit.claim.page.0)
    .bind(admission.url.as_str())
    .bind(host.0)
    .bind(admission.hops)
    .bind(admission.priority)
    .bind(plain_key(&admission.url))
    .execute(&mut w.conn)
    .await?;
    if host != visit.claim.host_id {
        rewake(&mut w.conn, host).await?;
    }
    Ok(())
}

/// Writes the page's row from the claim and the outcome alone, so that recording twice gives the same row; and the log.
async fn update_page(
    w: &mut Writer,
    p: &Prepared,
    next: &Next,
    brought: u32,
    article: ArticleChange,
    log: &[Logged<'_>],
) -> Result<(), Fault> {
    let visit = &p.visit;
    let history = &visit.claim.history;
    let outcome = &visit.fetched.outcome;
    let success = succeeded(outcome);
    let failed = matches!(outcome, Outcome::Failed(_));
    let failures = if success { 0 } else { history.failures + u32::from(failed) };
    let unchanged = if success { unchanged_after(visit, brought, article) } else { history.unchanged };
    let validators = validators_after(visit);
    let (reason, detail) = explain(outcome);
    let url = spelling(visit);
    sqlx::query(
        "update pages
         set
           url = ?2, own_key = nullif(key, ?20), kind = ?3, state = ?4, lane = ?5, due_at_ms = ?6,
           alias_of = iif(?4 in ('alias', 'redirected'), coalesce(?7, alias_of), null),
           visited_at_ms = ?8, successes = ?9, failures = ?10, unchanged = ?11, etag = ?12, last_modified = ?13,
           status = ?14, outcome = ?15, reason = ?16, detail = ?17, kind_reasons = coalesce(?19, kind_reasons)
         where id = ?1;
         insert into fetches (
           page_id, kind, url, started_at, sent, elapsed_ms, status, wire_bytes, body_bytes, remote, outcome,
           reason, error, robots_id, started_at_ms)
         select
           value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
           value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14
         from json_each(?18)",
    )
    .bind(visit.claim.page.0)
    .bind(url.as_str())
    .bind(visit.plan.kind.as_str())
    .bind(next.state)
    .bind(next.lane)
    .bind(next.due.map(Timestamp::as_millisecond))
    .bind(next.alias_of.map(|page| page.0))
    .bind(p.started.as_millisecond())
    .bind(history.successes + u32::from(success))
    .bind(failures)
    .bind(unchanged)
    .bind(clean_owned(validators.etag.as_deref()))
    .bind(clean_owned(validators.last_modified.as_deref()))
    .bind(visit.fetched.receipt.requests.last().and_then(|request| request.status))
    .bind(outcome.word())
    .bind(reason)
    .bind(clean_owned(detail.as_deref()))
    .bind(json(log)?)
    .bind(kind_reasons(visit))
    .bind(plain_key(url))
    .execute(&mut w.conn)
    .await?;
    if visit.plan.kind != visit.claim.kind && visit.claim.depth == 0 {
        w.names.forget_fronts();
    }
    Ok(())
}

/// Why the page counts as what it does; `None` if the visit brought nothing to judge.
fn kind_reasons(visit: &Visit) -> Option<String> {
    let words: Vec<&str> = visit.parsed.signals.reasons.iter().copied().chain(visit.plan.settled).collect();
    (!words.is_empty()).then(|| words.join(","))
}

/// The address that answered, if it is another spelling of this page on the same host; else the one that was asked.
fn spelling(visit: &Visit) -> &PageUrl {
    if let Outcome::Page(page) = &visit.fetched.outcome
        && page.url.host() == visit.claim.url.host()
        && page.url.key() == visit.claim.url.key()
    {
        return &page.url;
    }
    &visit.claim.url
}

/// Successes in a row that changed nothing, this one counted.
fn unchanged_after(visit: &Visit, brought: u32, article: ArticleChange) -> u32 {
    let same = match &visit.fetched.outcome {
        Outcome::NotModified { .. } => true,
        Outcome::Page(_) | Outcome::Redirect { .. } | Outcome::Refused(_) | Outcome::Failed(_) => {
            article == ArticleChange::Unchanged || (visit.plan.kind.is_source() && brought == 0)
        }
    };
    if same { visit.claim.history.unchanged + 1 } else { 0 }
}

fn validators_after(visit: &Visit) -> Validators {
    let known = &visit.claim.validators;
    match &visit.fetched.outcome {
        // What stood in the page's place must not be confirmed by a 304 the next time.
        Outcome::Page(_) if visit.parsed.signals.not_content.is_some() => Validators::default(),
        Outcome::Page(page) => page.validators.clone(),
        Outcome::NotModified { validators, .. } => Validators {
            etag: validators.etag.clone().or_else(|| known.etag.clone()),
            last_modified: validators.last_modified.clone().or_else(|| known.last_modified.clone()),
        },
        Outcome::Redirect { .. } | Outcome::Refused(_) | Outcome::Failed(_) => known.clone(),
    }
}

/// Reason in one word, and in a sentence.
pub(super) fn explain(outcome: &Outcome) -> (Option<&'static str>, Option<String>) {
    match outcome {
        Outcome::Page(_) | Outcome::NotModified { .. } => (None, None),
        Outcome::Redirect { to, .. } => (None, Some(format!("to {to}"))),
        Outcome::Refused(refusal) => (Some(Refusal::word(refusal)), Some(refusal.to_string())),
        Outcome::Failed(failure) => (Some(Failure::word(failure)), Some(failure.to_string())),
    }
}

/// A row of `fetches`, in the order that the statement reads.
#[derive(Debug, Serialize)]
struct Logged<'a>(
    /* page_id */ i64,
    /* kind */ &'a str,
    /* url */ &'a str,
    /* started_at */ String,
    /* sent */ bool,
    /* elapsed_ms */ i64,
    /* status */ Option<u16>,
    /* wire_bytes */ i64,
    /* body_bytes */ i64,
    /* remote */ Option<String>,
    /* outcome */ Option<&'a str>,
    /* reason */ Option<&'a str>,
    /* error */ Option<String>,
    /* robots_id */ Option<i64>,
    /* started_at_ms */ i64,
);

/// One row a request; one for a refusal that sent none for the page.
fn fetches(p: &Prepared, robots: Option<RobotsId>) -> Vec<Logged<'_>> {
    let visit = &p.visit;
    let outcome = &visit.fetched.outcome;
    let (page, robots) = (visit.claim.page.0, robots.map(|id| id.0));
    let (word, reason) = (outcome.word(), explain(outcome).0);
    let requests = &visit.fetched.receipt.requests;
    let mut log: Vec<Logged> = Vec::with_capacity(requests.len() + 1);
    for Request { kind, url, started_at, elapsed, status, wire_bytes, body_bytes, remote, error } in requests {
        let decided = *kind == RequestKind::Page;
        log.push(Logged(
            page,
            kind.as_str(),
            url.as_str(),
            utc_text(*started_at),
            true,
            elapsed.as_millis() as i64,
            *status,
            *wire_bytes as i64,
            *body_bytes as i64,
            remote.map(|address| address.to_string()),
            decided.then_some(word),
            reason.filter(|_| decided),
            clean_owned(error.as_deref()),
            robots,
            started_at.as_millisecond(),
        ));
    }
    if requests.iter().all(|request| request.kind != RequestKind::Page) {
        log.push(Logged(
            page,
            RequestKind::Page.as_str(),
            visit.claim.url.as_str(),
            utc_text(visit.at),
            false,
            0,
            None,
            0,
            0,
            None,
            Some(word),
            reason,
            clean_owned(explain(outcome).1.as_deref()),
            robots,
            visit.at.as_millisecond(),
        ));
    }
    log
}

/// A row of `turned_away`, in the order that the statement reads: site, reason, times, example and when.
type Away<'a> = (i64, &'a str, u32, &'a str, String);

/// Addresses that were turned away, one row a reason.
fn turned_away<'a>(visit: &'a Visit, admitted: &'a Admitted, site: i64) -> Vec<Away<'a>> {
    let at = utc_text(visit.at);
    let planned = visit.plan.turned_away.iter().map(|away| (away.reason, away.count, away.example.as_str()));
    let crowded = admitted.crowded.iter().map(|(count, example)| ("share", *count, example.as_str()));
    planned.chain(crowded).map(|(reason, count, example)| (site, reason, count, example, at.clone())).collect()
}

/// What the page wishes beyond robots.txt: rarely more than one row.
async fn record_opt_outs(conn: &mut SqliteConnection, p: &Prepared) -> Result<(), Fault> {
    for wish in &p.visit.parsed.signals.opt_outs {
        sqlx::query(
            "insert into opt_outs (page_id, kind, value, first_seen_at, last_seen_at)
             values (?1, ?2, ?3, ?4, ?4)
             on conflict do update set value = excluded.value, last_seen_at = excluded.last_seen_at",
        )
        .bind(p.visit.claim.page.0)
        .bind(wish.kind.as_str())
        .bind(clean(&wish.value))
        .bind(&p.at)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Writes the host's pace and computes anew when it has something to do, after the pages; and counts what was turned
/// away. One call.
pub(super) async fn update_host(
    conn: &mut SqliteConnection,
    host: HostId,
    pace: &HostPace,
    requests: usize,
    away: &[Away<'_>],
) -> Result<(), sqlx::Error> {
    let HostPace { host: _, next_at, delay, crawl_delay, backoff, failures, day, pages_today, revisits_today, note } =
        pace;
    sqlx::query(concat!(
        "update hosts
         set
           next_at_ms = ?2, delay_ms = ?3, crawl_delay_ms = ?4, backoff_ms = ?5, failures = ?6, day = ?7,
           pages_today = ?8, revisits_today = ?9, note = ?10, requests = requests + ?11
         where id = ?1;",
        wake_sql!(),
        ";
         insert into turned_away (site_id, reason, times, example_url, last_at)
         select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
         from json_each(?12)
         where true
         on conflict do update set
           times = times + excluded.times, example_url = excluded.example_url, last_at = excluded.last_at"
    ))
    .bind(host.0)
    .bind(next_at.as_millisecond())
    .bind(delay.as_millis() as i64)
    .bind(crawl_delay.map(|delay| delay.as_millis() as i64))
    .bind(backoff.as_millis() as i64)
    .bind(*failures)
    .bind(day.to_string())
    .bind(*pages_today)
    .bind(*revisits_today)
    .bind(clean_owned(note.as_deref()))
    .bind(requests as i64)
    .bind(json(away)?)
    .execute(conn)
    .await?;
    Ok(())
}

/// Other hosts that got new pages wake when they may be asked.
async fn wake_others(w: &mut Writer, own: HostId, admitted: &Admitted) -> Result<(), Fault> {
    let others = admitted.hosts.iter().copied().filter(|host| *host != own).collect::<std::collections::HashSet<_>>();
    if others.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "update hosts
         set wake_at_ms = next_at_ms
         where id in (select value from json_each(?1))
           and (wake_at_ms is null or wake_at_ms > next_at_ms)
           and exists (select 1 from pages where host_id = hosts.id and lane = 'new')",
    )
    .bind(host_list(&others))
    .execute(&mut w.conn)
    .await?;
    Ok(())
}
