//! The log of requests, table `fetches`.

use serde::Serialize;

use super::prepare::Prepared;
use super::record::explain;
use super::values::{clean_owned, utc_text};
use crate::model::{Request, RequestKind, RobotsId};

/// A row of `fetches`, in the order that the statement reads.
#[derive(Debug, Serialize)]
pub(super) struct Logged<'a>(
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
pub(super) fn fetches(p: &Prepared, robots: Option<RobotsId>) -> Vec<Logged<'_>> {
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
