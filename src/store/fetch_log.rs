//! The log of requests, table `fetches`.

use super::error::Fault;
use super::prepare::Prepared;
use super::record::explain;
use super::sql::Connection;
use super::values::{clean_owned, utc_text};
use crate::model::{Request, RequestKind, RobotsId};

/// One row a request; one for a refusal that sent none for the page.
pub(super) fn record(conn: &Connection, p: &Prepared, robots: Option<RobotsId>) -> Result<(), Fault> {
    let visit = &p.visit;
    let outcome = &visit.fetched.outcome;
    let (page, robots) = (visit.claim.page.0, robots.map(|id| id.0));
    let (word, (reason, detail)) = (outcome.word(), explain(outcome));
    let mut row = conn.prepare(
        "insert into fetches (
           page_id, kind, url, started_at, sent, elapsed_ms, status, wire_bytes, body_bytes, remote, outcome,
           reason, error, robots_id, started_at_ms)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?;
    let requests = &visit.fetched.receipt.requests;
    for Request { kind, url, started_at, elapsed, status, wire_bytes, body_bytes, remote, error } in requests {
        let decided = *kind == RequestKind::Page;
        row.run((
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
        ))?;
    }
    if requests.iter().all(|request| request.kind != RequestKind::Page) {
        let (kind, url) = (RequestKind::Page.as_str(), visit.claim.url.as_str());
        let (at, error) = (utc_text(visit.at), clean_owned(detail.as_deref()));
        let (none, at_ms) = (None::<i64>, visit.at.as_millisecond());
        row.run((page, kind, url, at, false, 0, none, 0, 0, none, word, reason, error, robots, at_ms))?;
    }
    Ok(())
}
