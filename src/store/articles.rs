//! Articles and their versions. An article is what its fields say: the same fields are the same version.

use super::error::Fault;
use super::fields::COMPARED;
use super::prepare::{Prepared, PreparedArticle, SearchText, Written};
use super::sql::{self, Connection};
use super::writer::Writer;
use super::{ArticleChange, archive, lists};
use crate::model::simhash::simhash;
use crate::model::{Article, NextVisit, Outcome, Retired};

/// The article that a page already has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) hash: Vec<u8>,
    /// Number of its current version.
    pub(super) version: i64,
}

/// Stores what the visit says about its article.
pub(super) fn record(w: &mut Writer, p: &Prepared, site: i64, known: Option<&Known>) -> Result<ArticleChange, Fault> {
    let page = p.visit.claim.page.0;
    let (Some(prepared), Some(article)) = (&p.article, &p.visit.parsed.article) else {
        touch(&w.conn, p)?;
        return Ok(ArticleChange::None);
    };
    if p.visit.claim.history.article == Some(prepared.hash) && confirm(w, p, article, prepared)? {
        return Ok(ArticleChange::Unchanged);
    }
    let made;
    let written = if let Some(written) = &prepared.written {
        written
    } else {
        // The claim knew these fields, but its row is gone or was changed since.
        made = Written::new(article);
        &made
    };
    let Written { fields: row, search, simhash } = written;
    let Some(known) = known else {
        let raw = keep_raw(w, p, prepared)?;
        store(&w.conn, INSERT, p, written, prepared, site, "", raw)?;
        let id = article_of(&w.conn, page)?;
        lists::store_new(&w.conn, p, id, article, &prepared.details)?;
        w.search.add(id, search.clone());
        w.near.record_new(&w.conn, id, *simhash)?;
        return Ok(ArticleChange::New);
    };
    let (before, simhash_before) = current(&w.conn, page)?;
    let changed = differences(&before, &row.compared());
    if known.hash == prepared.hash.0 || changed.is_empty() {
        confirm(w, p, article, prepared)?;
        return Ok(ArticleChange::Unchanged);
    }
    let raw = keep_raw(w, p, prepared)?;
    store(&w.conn, UPDATE, p, written, prepared, known.version + 1, &changed, raw)?;
    let id = article_of(&w.conn, page)?;
    lists::store_other(&w.conn, p, id, article, &prepared.details)?;
    w.search.add(id, search.clone());
    if *simhash != simhash_before {
        w.near.record_changed(&w.conn, id, *simhash)?;
    }
    Ok(ArticleChange::Changed)
}

fn article_of(conn: &Connection, page: i64) -> Result<i64, Fault> {
    Ok(sql::query("select id from articles where page_id = ?1").bind(page).fetch_one(conn)?.get(0))
}

fn keep_raw(w: &mut Writer, p: &Prepared, prepared: &PreparedArticle) -> Result<Option<i64>, Fault> {
    match &prepared.raw {
        Some(raw) => archive::keep(w, p, raw),
        None => Ok(None),
    }
}

/// A visit without an article may still say that a stored one is there (304) or gone.
fn touch(conn: &Connection, p: &Prepared) -> Result<(), Fault> {
    if p.visit.claim.history.article.is_none() {
        return Ok(());
    }
    if let Outcome::NotModified { .. } = p.visit.fetched.outcome {
        sql::query("update articles set fetched_at = ?2, removed_at = null where page_id = ?1")
            .bind(p.visit.claim.page.0)
            .bind(&p.at)
            .execute(conn)?;
    } else if p.visit.plan.next == NextVisit::Never(Retired::Gone) {
        sql::query("update articles set removed_at = coalesce(removed_at, ?2) where page_id = ?1")
            .bind(p.visit.claim.page.0)
            .bind(&p.at)
            .execute(conn)?;
    }
    Ok(())
}

/// The article's words are as they were; what stands beside them follows the page. False if none is stored.
fn confirm(w: &mut Writer, p: &Prepared, article: &Article, prepared: &PreparedArticle) -> Result<bool, Fault> {
    let query = sql::query(
        "update articles
         set
           fetched_at = ?2, removed_at = null, found_by = json_patch(found_by, ?3), modified_at = ?4,
           modified_day = ?5, modified_precision = ?6, modified_offset_minutes = ?7, modified_raw = ?8,
           modified_source = ?9
         where page_id = ?1
         returning id, details_hash, simhash is null",
    )
    .bind(p.visit.claim.page.0)
    .bind(&p.at)
    .bind(&prepared.followed);
    let Some(row) = prepared.modified.bind(query).fetch_optional(&w.conn)? else { return Ok(false) };
    // Null: stored before details were hashed.
    if row.get::<Option<&[u8]>>(1) != Some(prepared.details.hash.as_slice()) {
        lists::refresh(&w.conn, row.get(0), article, &prepared.details)?;
    }
    if row.get(2) {
        add_simhash(w, row.get(0), article)?;
    }
    Ok(true)
}

/// An article that was stored before there were simhashes gets its own; one that is too short has none again.
fn add_simhash(w: &mut Writer, id: i64, article: &Article) -> Result<(), Fault> {
    let Some(simhash) = simhash(&SearchText::new(article).body) else { return Ok(()) };
    sql::query("update articles set simhash = ?2 where id = ?1").bind(id).bind(simhash as i64).execute(&w.conn)?;
    w.near.record_new(&w.conn, id, Some(simhash))
}

/// The compared fields of the current version, `None` each for what it has not; and its simhash.
fn current(conn: &Connection, page: i64) -> Result<(Vec<Option<String>>, Option<u64>), Fault> {
    let row = sql::query(
        "select v.title, v.subtitle, v.authors, v.publisher, v.published, v.section, v.body, v.source_url,
           a.simhash
         from articles a
         join article_versions v on v.article_id = a.id and v.version = a.version
         where a.page_id = ?1",
    )
    .bind(page)
    .fetch_one(conn)?;
    let simhash: Option<i64> = row.get(COMPARED.len());
    Ok(((0..COMPARED.len()).map(|column| row.get(column)).collect(), simhash.map(|simhash| simhash as u64)))
}

/// Names of the fields that differ, comma-separated.
fn differences(before: &[Option<String>], after: &[Option<String>]) -> String {
    let differing = COMPARED.iter().zip(before.iter().zip(after)).filter(|(_, (before, after))| before != after);
    differing.map(|(name, _)| *name).collect::<Vec<_>>().join(",")
}

/// The current state of an article as a new version of it: the second statement of [`INSERT`] and [`UPDATE`].
macro_rules! version_sql {
    () => {
        "insert into article_versions (
           article_id, version, seen_at, changed, title, subtitle, authors, publisher, published, section, body,
           source_url, raw_page_id)
         select id, version, ?23, ?24, ?3, ?4, ?25, ?5, ?26, ?14, ?15, ?19, ?27
         from articles
         where page_id = ?1"
    };
}

/// A new article; ?2 is its site.
const INSERT: &str = concat!(
    "insert into articles (
       page_id, site_id, title, subtitle, publisher, published_at, published_day, published_precision,
       published_offset_minutes, published_raw, published_source, details_hash, language, section, body, word_count,
       image_url, canonical_url, source_url, source_id, found_by, hash, version, first_seen_at, fetched_at,
       changed_at, kicker, agency, dateline, body_html, direction, amp_url, left_out, modified_at, modified_day,
       modified_precision, modified_offset_minutes, modified_raw, modified_source, simhash)
     values (
       ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, 1, ?23,
       ?23, ?23, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39, ?40, ?41);",
    version_sql!()
);

/// A changed article; ?2 is the number of its version.
const UPDATE: &str = concat!(
    "update articles
     set
       version = ?2, title = ?3, subtitle = ?4, publisher = ?5, published_at = ?6, published_day = ?7,
       published_precision = ?8, published_offset_minutes = ?9, published_raw = ?10, published_source = ?11,
       details_hash = ?12, language = ?13, section = ?14, body = ?15, word_count = ?16, image_url = ?17,
       canonical_url = ?18, source_url = ?19, source_id = ?20, found_by = ?21, hash = ?22, fetched_at = ?23,
       changed_at = ?23, removed_at = null, kicker = ?28, agency = ?29, dateline = ?30,
       body_html = ?31, direction = ?32, amp_url = ?33, left_out = ?34, modified_at = ?35,
       modified_day = ?36, modified_precision = ?37, modified_offset_minutes = ?38, modified_raw = ?39,
       modified_source = ?40, simhash = ?41
     where page_id = ?1;",
    version_sql!()
);

/// Runs [`INSERT`] or [`UPDATE`].
#[allow(clippy::too_many_arguments)] // Both statements take exactly these.
fn store(
    conn: &Connection,
    sql: &'static str,
    p: &Prepared,
    written: &Written,
    prepared: &PreparedArticle,
    second: i64,
    changed: &str,
    raw_page: Option<i64>,
) -> Result<(), Fault> {
    let Written { fields: row, search: _, simhash } = written;
    let query = sql::query(sql)
        .bind(p.visit.claim.page.0)
        .bind(second)
        .bind(&row.title)
        .bind(&row.subtitle)
        .bind(&row.publisher);
    let query = row
        .published_when
        .bind(query)
        .bind(&prepared.details.hash)
        .bind(&row.language)
        .bind(&row.section)
        .bind(&row.body)
        .bind(row.word_count)
        .bind(&row.image_url)
        .bind(&row.canonical_url)
        .bind(&row.source_url)
        .bind(&row.source_id)
        .bind(&row.found_by)
        .bind(prepared.hash.0.as_slice())
        .bind(&p.at)
        .bind(changed)
        .bind(row.author_lines())
        .bind(&row.published)
        .bind(raw_page)
        .bind(&row.kicker)
        .bind(&row.agency)
        .bind(&row.dateline)
        .bind(&row.body_html)
        .bind(row.direction)
        .bind(&row.amp_url)
        .bind(&prepared.details.left_out);
    prepared.modified.bind(query).bind(simhash.map(|simhash| simhash as i64)).execute(conn)?;
    Ok(())
}
