//! One visit is remembered: page, host, article, headlines, links, log, all in one savepoint.

use super::error::Fault;
use super::hosts::{self, rewake};
use super::keys::plain_key;
use super::prepare::Prepared;
use super::sql::{self, Connection};
use super::values::{clean, clean_owned};
use super::writer::Writer;
use super::{
    ArticleChange, Recorded, admit, aliases, articles, boilerplate, fetch_log, headlines, learnt, parts, robots,
    sources,
};
use crate::model::{
    Failure, HostId, NextVisit, Outcome, PageId, PageUrl, Refusal, Retired, RobotsId, SourceStep, Timestamp,
    Validators, Visit,
};

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

pub(super) fn record(w: &mut Writer, p: &Prepared) -> Result<Stored, Fault> {
    let visit = &p.visit;
    let page = visit.claim.page;
    let now = load(&w.conn, page, p.started)?;
    let robots = robots::record(&w.conn, p)?;
    let mut admitted = admit::admit(w, &visit.plan.admit, Some(page), visit.at)?;
    admitted.add(p.admitted.clone());
    let new_headlines = headlines::record(w, p, now.site_id)?;
    let found = sources::count_yield(&w.conn, p, &admitted, new_headlines)?;

    let mut next = next_of(visit, found.brought);
    if now.alias {
        next = Next::retired(Retired::Alias, None);
    }
    let mut article = ArticleChange::None;
    if let Some(part) = &now.part {
        article = parts::record(w, p, part)?;
    } else if !now.alias {
        let kept = aliases::settle_alias(w, p)?;
        let kept = match kept {
            Some(kept) => Some(kept),
            None => aliases::copy_of(&w.conn, p, now.site_id)?,
        };
        if let Some(kept) = kept {
            next = Next::retired(Retired::Alias, Some(kept));
        } else {
            article = articles::record(w, p, now.site_id, now.article.as_ref())?;
            parts::follow(w, p, article, now.has_parts)?;
        }
        if next.state == Retired::Redirected.as_str() {
            next.alias_of = aliases::redirect_target(&w.conn, visit)?;
        }
    }
    update_page(w, p, &next, found.brought, article)?;
    if !now.repeated {
        fetch_log::record(&w.conn, p, robots)?;
    }
    aliases::respell(w, visit, &next)?;
    sources::update(&w.conn, p, &next, &found, now.repeated)?;
    let touched = record_word_of_lists(w, p, &next, article)?;
    if !now.repeated {
        learnt::count(&w.conn, p, now.site_id)?;
    }
    let is_new = article == ArticleChange::New;
    let boilerplate_changed = is_new && boilerplate::count(&w.conn, p, now.site_id)?;
    record_opt_outs(&w.conn, p)?;
    let away = if now.repeated { Vec::new() } else { hosts::turned_away(visit, &admitted, now.site_id) };
    let requests = if now.repeated { 0 } else { visit.fetched.receipt.requests.len() };
    hosts::update(&w.conn, visit.claim.host_id, &visit.plan.pace, requests, &away)?;
    hosts::wake_others(w, visit.claim.host_id, &admitted)?;
    hosts::rewake_all(&w.conn, &touched)?;
    let alerts = if now.repeated { Vec::new() } else { w.watch.observe(&w.conn, p, now.site_id, article)? };
    let recorded = Recorded { article, new_pages: admitted.new_pages, new_headlines, alerts };
    Ok(Stored { recorded, robots, boilerplate_changed })
}

/// What feeds and sitemaps say about other pages, and what this visit says about their word. Gives the hosts of pages
/// that are due because of it.
fn record_word_of_lists(
    w: &mut Writer,
    p: &Prepared,
    next: &Next,
    article: ArticleChange,
) -> Result<Vec<HostId>, Fault> {
    let target = next.alias_of.filter(|_| next.state == Retired::Redirected.as_str());
    sources::keep_vouchers(&w.conn, &p.visit, target)?;
    sources::drop_feed_text(&w.conn, p)?;
    sources::check_lastmod(&w.conn, p, article)?;
    let mut hosts = sources::keep_feed_texts(&w.conn, p)?;
    hosts.extend(sources::keep_lastmods(&w.conn, p)?);
    Ok(hosts)
}

/// A page that broke us is put aside; its host goes on.
pub(super) fn quarantine(conn: &Connection, page: PageId, until: Timestamp) -> Result<(), Fault> {
    let row = sql::query(
        "update pages
         set state = 'scheduled', lane = 'revisit', due_at_ms = ?2, outcome = 'failed', reason = 'quarantined',
           detail = 'put aside: it broke the process or could not be recorded'
         where id = ?1
         returning host_id",
    )
    .bind(page.0)
    .bind(until.as_millisecond())
    .fetch_optional(conn)?;
    if let Some(row) = row {
        rewake(conn, HostId(row.get(0)))?;
    }
    Ok(())
}

fn load(conn: &Connection, page: PageId, started: Timestamp) -> Result<Now, sql::Error> {
    let row = sql::query(
        "select p.site_id, p.state = 'alias', p.visited_at_ms, a.hash, a.version, t.article_id, t.number, t.body,
           exists (select 1 from article_parts following where following.article_id = a.id)
         from pages p
         left join articles a on a.page_id = p.id
         left join article_parts t on t.page_id = p.id
         where p.id = ?1",
    )
    .bind(page.0)
    .fetch_one(conn)?;
    let hash: Option<Vec<u8>> = row.get(3);
    Ok(Now {
        site_id: row.get(0),
        alias: row.get(1),
        repeated: row.get::<Option<i64>>(2) == Some(started.as_millisecond()),
        article: hash.map(|hash| articles::Known { hash, version: row.get(4) }),
        has_parts: row.get(8),
        part: row.get::<Option<i64>>(5).map(|article| parts::Part { article, number: row.get(6), body: row.get(7) }),
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

/// Writes the page's row from the claim and the outcome alone, so that recording twice gives the same row.
fn update_page(w: &mut Writer, p: &Prepared, next: &Next, brought: u32, article: ArticleChange) -> Result<(), Fault> {
    let visit = &p.visit;
    let history = &visit.claim.history;
    let outcome = &visit.fetched.outcome;
    let success = succeeded(outcome);
    let failed = outcome.is_failure_of_site();
    // What stands in a page's place is tried again like a failure, ever more rarely, and then given up.
    let stands_in = visit.parsed.signals.not_content.is_some() && !visit.plan.kind.is_source();
    let failures = if success && !stands_in { 0 } else { history.failures + u32::from(failed || stands_in) };
    let unchanged = if success { unchanged_after(visit, brought, article) } else { history.unchanged };
    let validators = validators_after(visit);
    let (reason, detail) = explain(outcome);
    let url = spelling(visit);
    sql::query(
        "update pages
         set
           url = ?2, own_key = nullif(key, ?19), kind = ?3, state = ?4, lane = ?5, due_at_ms = ?6,
           alias_of = iif(?4 in ('alias', 'redirected'), coalesce(?7, alias_of), null),
           visited_at_ms = ?8, successes = ?9, failures = ?10, unchanged = ?11, etag = ?12, last_modified = ?13,
           status = ?14, outcome = ?15, reason = ?16, detail = ?17, kind_reasons = coalesce(?18, kind_reasons)
         where id = ?1",
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
    .bind(visit.fetched.receipt.decisive().and_then(|request| request.status))
    .bind(outcome.word())
    .bind(reason)
    .bind(clean_owned(detail.as_deref()))
    .bind(kind_reasons(visit))
    .bind(plain_key(url))
    .execute(&w.conn)?;
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

/// What the page wishes beyond robots.txt: rarely more than one row.
fn record_opt_outs(conn: &Connection, p: &Prepared) -> Result<(), Fault> {
    for wish in &p.visit.parsed.signals.opt_outs {
        sql::query(
            "insert into opt_outs (page_id, kind, value, first_seen_at, last_seen_at)
             values (?1, ?2, ?3, ?4, ?4)
             on conflict do update set value = excluded.value, last_seen_at = excluded.last_seen_at",
        )
        .bind(p.visit.claim.page.0)
        .bind(wish.kind.as_str())
        .bind(clean(&wish.value))
        .bind(&p.at)
        .execute(conn)?;
    }
    Ok(())
}
