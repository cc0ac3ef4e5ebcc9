//! Texts on several pages: the pages after the first are parts of its article and no articles themselves.
//!
//! A page that leads to the next one of its text makes that page a part; the part is read in a visit of its own, like
//! every page. The text of an article's own row is never touched: the view `v_articles` joins the parts to it.

use std::sync::Arc;

use super::error::Fault;
use super::hosts::rewake;
use super::prepare::{Prepared, SearchText};
use super::sql::{self, Connection};
use super::values::clean_owned;
use super::writer::Writer;
use super::{ArticleChange, keys};
use crate::model::{HostId, MAX_TEXT_PAGES};

/// Which part of an article a page is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) article: i64,
    pub(super) number: i64,
    /// Its text as stored; `None` if it was never read.
    pub(super) body: Option<String>,
}

/// Stores what a visit says about a part.
pub(super) fn record(w: &mut Writer, p: &Prepared, part: &Part) -> Result<ArticleChange, Fault> {
    let Some(article) = p.visit.parsed.article.as_ref().filter(|_| p.article.is_some()) else {
        return Ok(ArticleChange::None);
    };
    let follows = expect_next(&w.conn, p, part.article, part.number)?;
    let body = clean_owned(article.body_text().as_deref());
    let is_same = body == part.body;
    if !is_same {
        sql::query(
            "update article_parts
             set body = ?2, body_html = ?3, word_count = ?4, changed_at = ?5
             where page_id = ?1",
        )
        .bind(p.visit.claim.page.0)
        .bind(&body)
        .bind(clean_owned(article.body_html.as_deref()))
        .bind(article.word_count() as i64)
        .bind(&p.at)
        .execute(&w.conn)?;
    }
    if !is_same || follows == Follows::Others {
        index(w, part.article)?;
    }
    Ok(match &part.body {
        _ if is_same => ArticleChange::Unchanged,
        Some(_) => ArticleChange::Changed,
        None => ArticleChange::None,
    })
}

/// The page of an article was visited: its text may go on, or no longer. `has_parts`: it went on before.
pub(super) fn follow(w: &mut Writer, p: &Prepared, change: ArticleChange, has_parts: bool) -> Result<(), Fault> {
    if p.article.is_none() || p.visit.parsed.signals.next_page.is_none() && !has_parts {
        return Ok(());
    }
    let row = sql::query("select id from articles where page_id = ?1").bind(p.visit.claim.page.0);
    let Some(row) = row.fetch_optional(&w.conn)? else { return Ok(()) };
    let article = row.get(0);
    let follows = expect_next(&w.conn, p, article, 1)?;
    // A changed article has put the text of its first page alone into the index.
    if has_parts && (change == ArticleChange::Changed || follows == Follows::Others) {
        index(w, article)?;
    }
    Ok(())
}

/// What follows a page of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Follows {
    /// The parts that followed before, or still none.
    Same,
    /// Other parts than before.
    Others,
}

/// Makes the next page of a text, if there is one, the part after this one; without one the text ends here.
fn expect_next(conn: &Connection, p: &Prepared, article: i64, number: i64) -> Result<Follows, Fault> {
    let next = p.visit.parsed.signals.next_page.as_ref().filter(|_| number < i64::from(MAX_TEXT_PAGES));
    let Some(next) = next else {
        let dropped = sql::query("delete from article_parts where article_id = ?1 and number > ?2")
            .bind(article)
            .bind(number)
            .execute(conn)?;
        return Ok(if dropped == 0 { Follows::Same } else { Follows::Others });
    };
    let Some(page) = keys::find(conn, &next.key())? else { return Ok(Follows::Same) };
    // What is an article already, or a part of one, stays what it is.
    let made = sql::query(
        "insert into article_parts (article_id, number, page_id)
         select ?1, ?2, p.id
         from pages p
         where p.id = ?3
           and not exists (select 1 from articles a where a.page_id = p.id)
         on conflict (page_id) do nothing
         on conflict (article_id, number) do update set
           page_id = excluded.page_id, body = null, body_html = null, word_count = 0, changed_at = null",
    )
    .bind(article)
    .bind(number + 1)
    .bind(page.0)
    .execute(conn)?;
    if made == 0 {
        return Ok(Follows::Same);
    }
    // It may have been taken for another address of the first page before.
    let row = sql::query(
        "update pages
         set state = 'new', lane = 'new', due_at_ms = null, alias_of = null
         where id = ?1 and state = 'alias'
         returning host_id",
    )
    .bind(page.0)
    .fetch_optional(conn)?;
    if let Some(row) = row {
        rewake(conn, HostId(row.get(0)))?;
    }
    Ok(Follows::Others)
}

/// The whole text of an article goes into the index anew.
fn index(w: &mut Writer, article: i64) -> Result<(), Fault> {
    let row = sql::query(
        "select title, subtitle, body
         from v_articles
         where id = ?1",
    )
    .bind(article)
    .fetch_one(&w.conn)?;
    let text = |column: usize| row.get::<Option<String>>(column).unwrap_or_default();
    w.search.add(article, Arc::new(SearchText::of(&text(0), &text(1), &text(2))));
    Ok(())
}
