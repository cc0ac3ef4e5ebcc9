//! What a host prints in article after article, learnt from the articles that are stored for the first time.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::error::Fault;
use super::prepare::Prepared;
use super::sql::{self, Connection};
use super::values::{clean, host_list, json};
use crate::model::boilerplate::{Paragraph, fingerprint};
use crate::model::{Article, Boilerplate, Extractor, HostId, LeftOut, PageId, ParagraphCounts};

/// Hosts that are known by heart; then all are forgotten and read again when needed.
const MOST_HOSTS: usize = 4_000;

/// An article's paragraphs as its page has them, those that were left out included; none if they are not the page's
/// own.
pub(super) fn paragraphs(article: &Article, left_out: &[LeftOut]) -> Vec<Paragraph> {
    let Some(body) = article.body.as_ref().filter(|body| body.by == Extractor::Html) else { return Vec::new() };
    let texts = body.value.iter().chain(left_out.iter().map(|it| &it.text));
    texts.map(|text| Paragraph::new(text)).collect()
}

/// Counts the paragraphs of an article that was stored for the first time; true if the host's boilerplate is another
/// now. An article under a title that another one of the site has teaches nothing: it may be the same.
pub(super) fn count(conn: &Connection, p: &Prepared, site: i64) -> Result<bool, Fault> {
    let (Some(prepared), Some(article)) = (&p.article, &p.visit.parsed.article) else { return Ok(false) };
    let Some(title) = article.title.as_ref().filter(|_| !prepared.paragraphs.is_empty()) else { return Ok(false) };
    let host = p.visit.claim.host_id.0;
    let row = sql::query(
        "select
           (select counts from paragraph_counts where host_id = ?1),
           exists (
             select 1
             from articles indexed by articles_title
             where title = ?2 and site_id = ?3 and page_id <> ?4)",
    )
    .bind(host)
    .bind(clean(&title.value))
    .bind(site)
    .bind(p.visit.claim.page.0)
    .fetch_one(conn)?;
    let mut counts = row.get::<Option<&[u8]>>(0).map(ParagraphCounts::from_bytes).unwrap_or_default();
    let before = counts.boilerplate();
    if row.get(1) || !counts.count(&prepared.paragraphs) {
        return Ok(false);
    }
    sql::query("insert into paragraph_counts (host_id, counts) values (?1, ?2) on conflict do update set counts = ?2")
        .bind(host)
        .bind(counts.to_bytes())
        .execute(conn)?;
    let after = counts.boilerplate();
    if after == before {
        return Ok(false);
    }
    let all = article.paragraphs().iter().chain(p.visit.parsed.left_out.iter().map(|it| &it.text));
    let learnt = all.filter_map(|text| Some((fingerprint(text)?, clean(text))));
    let learnt: Vec<_> = learnt.filter(|(it, _)| after.paragraphs.contains(it)).collect();
    sql::query(
        "delete from boilerplate
         where host_id = ?1 and fingerprint not in (select value from json_each(?2));
         insert into boilerplate (host_id, fingerprint, text, learnt_at)
         select ?1, value ->> 0, value ->> 1, ?4
         from json_each(?3)
         where true
         on conflict do nothing",
    )
    .bind(host)
    .bind(json(&after.paragraphs))
    .bind(json(&learnt))
    .bind(&p.at)
    .execute(conn)?;
    Ok(true)
}

/// The boilerplate of some hosts; of those without one there is none.
pub(super) fn load(conn: &Connection, hosts: &HashSet<HostId>) -> Result<HashMap<HostId, Boilerplate>, sql::Error> {
    let rows = sql::query(
        "select host_id, fingerprint
         from boilerplate
         where host_id in (select value from json_each(?1))",
    )
    .bind(host_list(hosts))
    .fetch_all(conn)?;
    let mut all: HashMap<HostId, Boilerplate> = HashMap::new();
    for row in rows {
        all.entry(HostId(row.get(0))).or_default().paragraphs.insert(row.get(1));
    }
    Ok(all)
}

/// What is left out of the body of a page whose article is stored: what was left out before, and what its host prints
/// and its body does not have. So nothing that is learnt or forgotten looks like an edit.
pub(super) fn for_stored(
    conn: &Connection,
    page: PageId,
    left_out: &Boilerplate,
    of_host: &Boilerplate,
) -> Result<Boilerplate, sql::Error> {
    let row = sql::query("select body from articles where page_id = ?1").bind(page.0).fetch_optional(conn)?;
    let body = row.as_ref().and_then(|row| row.get::<Option<&str>>(0)).unwrap_or_default();
    let mut paragraphs = of_host.paragraphs.clone();
    for text in body.split("\n\n") {
        if let Some(known) = fingerprint(text) {
            paragraphs.remove(&known);
        }
    }
    paragraphs.extend(&left_out.paragraphs);
    Ok(Boilerplate { paragraphs })
}

/// The boilerplate of the hosts at work; what changes is taken out.
#[derive(Default)]
pub(super) struct Cache {
    hosts: HashMap<HostId, Arc<Boilerplate>>,
}

impl Cache {
    pub(super) fn find(&self, host: HostId) -> Option<Arc<Boilerplate>> {
        self.hosts.get(&host).cloned()
    }

    pub(super) fn put(&mut self, host: HostId, boilerplate: Arc<Boilerplate>) {
        if self.hosts.len() >= MOST_HOSTS {
            self.hosts.clear();
        }
        self.hosts.insert(host, boilerplate);
    }

    pub(super) fn forget(&mut self, host: HostId) {
        self.hosts.remove(&host);
    }
}
