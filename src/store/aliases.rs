//! Which of several addresses keeps a page: aliases, copies, redirects to another spelling.

use super::admit::{self, Known};
use super::error::Fault;
use super::hosts::rewake;
use super::keys::{self, key_hash, plain_key};
use super::prepare::{Prepared, Written};
use super::record::Next;
use super::sql::{self, Connection};
use super::values::clean;
use super::writer::Writer;
use crate::model::{HostId, Outcome, PageId, PageUrl, Retired, Visit};

/// Words from which on two articles of a site with the same fields are one; shorter ones may be stubs.
const MIN_COPY_WORDS: i64 = 25;

/// Decides which of two addresses keeps an article. Gives the page that is kept if this one becomes its alias.
pub(super) fn settle_alias(w: &mut Writer, p: &Prepared) -> Result<Option<PageId>, Fault> {
    let visit = &p.visit;
    let page = visit.claim.page;
    let (Some(canonical), true) = (&visit.plan.alias_of, p.article.is_some()) else { return Ok(None) };
    let title = visit.parsed.article.as_ref().and_then(|article| article.title.as_ref());
    let title = title.map(|title| clean(&title.value).into_owned());
    let Some(kept) = admit::resolve(&w.conn, &canonical.key())? else {
        insert_alias(w, visit, canonical)?;
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
        make_alias(&w.conn, id, page)?;
    }
    Ok(None)
}

/// The page of the same site that keeps this very article already; `None` if there is none or this page has one.
pub(super) fn copy_of(conn: &Connection, p: &Prepared, site: i64) -> Result<Option<PageId>, Fault> {
    let Some(prepared) = &p.article else { return Ok(None) };
    let Some(Written { fields, search: _, simhash: _ }) = &prepared.written else { return Ok(None) };
    if p.visit.claim.history.article.is_some() || fields.title.is_none() || fields.word_count < MIN_COPY_WORDS {
        return Ok(None);
    }
    let row = sql::query(
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
    .fetch_optional(conn)?;
    Ok(row.map(|row| PageId(row.get(0))))
}

/// An address that nobody has linked yet is remembered as another name of the page.
fn insert_alias(w: &mut Writer, visit: &Visit, canonical: &PageUrl) -> Result<(), Fault> {
    let site = w.names.site(&w.conn, &visit.claim.site)?;
    let host = w.names.host(&w.conn, canonical.host(), visit.at)?;
    let key = canonical.key();
    sql::query(
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
    .execute(&w.conn)?;
    Ok(())
}

fn make_alias(conn: &Connection, page: PageId, kept: PageId) -> Result<(), sql::Error> {
    let row = sql::query(
        "update pages
         set state = 'alias', lane = null, due_at_ms = null, alias_of = ?2
         where id = ?1
         returning host_id",
    )
    .bind(page.0)
    .bind(kept.0)
    .fetch_one(conn)?;
    rewake(conn, HostId(row.get(0)))
}

/// The row that a redirect or meta refresh leads to; `None` if it was not admitted or is this page itself.
pub(super) fn redirect_target(conn: &Connection, visit: &Visit) -> Result<Option<PageId>, sql::Error> {
    let to = match &visit.fetched.outcome {
        Outcome::Redirect { to, .. } => Some(to),
        Outcome::Page(_) | Outcome::NotModified { .. } | Outcome::Refused(_) | Outcome::Failed(_) => {
            visit.parsed.signals.refresh.as_ref()
        }
    };
    let Some(to) = to else { return Ok(None) };
    let target = keys::find(conn, &to.key())?;
    Ok(target.filter(|id| *id != visit.claim.page))
}

/// A redirect to another spelling of the same page (http → https, apex → www): the row takes the new spelling.
pub(super) fn respell(w: &mut Writer, visit: &Visit, next: &Next) -> Result<(), Fault> {
    if next.state != Retired::Redirected.as_str() {
        return Ok(());
    }
    let own = visit.claim.url.key();
    let Some(admission) = visit.plan.admit.iter().find(|admission| admission.url.key() == own) else { return Ok(()) };
    let host = w.names.host(&w.conn, admission.url.host(), visit.at)?;
    sql::query(
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
    .execute(&w.conn)?;
    if host != visit.claim.host_id {
        rewake(&w.conn, host)?;
    }
    Ok(())
}
