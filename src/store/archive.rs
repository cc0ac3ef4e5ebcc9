//! Raw pages, in a file of their own: written in the same group as the article, and committed before it.

use super::error::Fault;
use super::prepare::{Prepared, RawPage};
use super::sql;
use super::values::clean;
use super::writer::Writer;
use crate::model::Outcome;

/// Keeps the page; gives its row, or `None` if there is no archive.
pub(super) fn keep(w: &mut Writer, p: &Prepared, raw: &RawPage) -> Result<Option<i64>, Fault> {
    let Some(archive) = &w.archive else { return Ok(None) };
    let Outcome::Page(page) = &p.visit.fetched.outcome else { return Ok(None) };
    if !w.archive_began {
        sql::query("begin immediate").execute(archive).map_err(Fault::Archive)?;
        w.archive_began = true;
    }
    let tags = (!page.robots_tags.is_empty()).then(|| clean(&page.robots_tags.join("\n")).into_owned());
    let row = sql::query(
        "insert into raw_pages (key, url, fetched_at, status, content_type, robots_tags, body, body_bytes)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         returning id",
    )
    .bind(p.visit.claim.url.key().as_str())
    .bind(page.url.as_str())
    .bind(&p.at)
    .bind(page.status)
    .bind(page.content_type.as_deref().map(clean))
    .bind(tags)
    .bind(&raw.body)
    .bind(raw.body_bytes)
    .fetch_one(archive)
    .map_err(Fault::Archive)?;
    Ok(Some(row.get(0)))
}
