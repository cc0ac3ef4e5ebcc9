//! What first visits of a site's pages turned out to be, by the shape of their addresses.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::{Row, SqlitePool};

use super::error::Fault;
use super::prepare::Prepared;
use super::sql::{self, Connection};
use super::values::unknown_word;
use crate::model::learning::shape;
use crate::model::{Outcome, PageKind, SiteLearning};

/// Rows that are kept of a site: shape and kind.
const MOST_ROWS: i64 = 200;
/// Claims of a site after which its counts are read anew.
const STALE_AFTER: u32 = 32;

/// Counts what a first visit found. Not counted: what the operator named, and what says itself that it is a list for
/// programs.
pub(super) fn count(conn: &Connection, p: &Prepared, site: i64) -> Result<(), Fault> {
    let visit = &p.visit;
    let kind = visit.plan.kind;
    let counts = match kind {
        PageKind::Article | PageKind::Section | PageKind::Tag | PageKind::Author | PageKind::Other => true,
        PageKind::Unknown | PageKind::Front | PageKind::Feed | PageKind::Sitemap => false,
    };
    let first = visit.claim.history.successes == 0 && visit.claim.depth > 0;
    if !counts
        || !first
        || !matches!(visit.fetched.outcome, Outcome::Page(_))
        || visit.parsed.signals.not_content.is_some()
    {
        return Ok(());
    }
    let row = sql::query(
        "insert into learnt (site_id, shape, kind, times, last_at)
         values (?1, ?2, ?3, 1, ?4)
         on conflict do update set times = times + 1, last_at = excluded.last_at
         returning times",
    )
    .bind(site)
    .bind(shape(&visit.claim.url))
    .bind(kind.as_str())
    .bind(&p.at)
    .fetch_one(conn)?;
    if row.get::<i64>(0) == 1 {
        drop_rarest(conn, site)?;
    }
    Ok(())
}

/// Keeps a site's rows within the bound: the rarest and oldest go.
fn drop_rarest(conn: &Connection, site: i64) -> Result<(), Fault> {
    sql::query(
        "delete from learnt
         where (site_id, shape, kind) in (
           select site_id, shape, kind
           from learnt
           where site_id = ?1
           order by times, last_at
           limit max(0, (select count(*) from learnt where site_id = ?1) - ?2))",
    )
    .bind(site)
    .bind(MOST_ROWS)
    .execute(conn)?;
    Ok(())
}

/// What is known of a site.
pub(super) async fn load(pool: &SqlitePool, site: &str) -> Result<SiteLearning, sqlx::Error> {
    let rows = sqlx::query(
        "select l.shape, l.kind, l.times
         from sites s
         cross join learnt l on l.site_id = s.id
         where s.name = ?1",
    )
    .bind(site)
    .fetch_all(pool)
    .await?;
    let mut learning = SiteLearning::default();
    for row in rows {
        let kind: &str = row.get(1);
        let kind = PageKind::from_word(kind).ok_or_else(|| unknown_word("learnt.kind", kind))?;
        learning.shapes.entry(row.get(0)).or_default().push((kind, row.try_get(2)?));
    }
    Ok(learning)
}

/// The counts of the sites at work: one entry a configured site. They may be some visits old.
#[derive(Default)]
pub(super) struct Cache {
    sites: HashMap<String, (u32, Arc<SiteLearning>)>,
}

impl Cache {
    /// The counts of a site, unless they must be read.
    pub(super) fn find(&mut self, site: &str) -> Option<Arc<SiteLearning>> {
        let (uses, learning) = self.sites.get_mut(site)?;
        *uses += 1;
        (*uses <= STALE_AFTER).then(|| learning.clone())
    }

    pub(super) fn put(&mut self, site: &str, learning: Arc<SiteLearning>) {
        self.sites.insert(site.to_owned(), (0, learning));
    }
}
