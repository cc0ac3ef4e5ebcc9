//! Texts for the full-text index: those of a group are written in one statement, as the last of its transaction.
//!
//! FTS5 writes its pending words to disk whenever a later statement of the transaction could be undone alone. One
//! article after the other would therefore cost one segment of the index each.

use super::error::Fault;
use super::prepare::SearchText;
use super::sql::{self, Connection};
use super::values::json;

/// JSON text from which a queue is written before the end of its group: a bound on memory.
pub(super) const LARGE_QUEUE: usize = 1 << 20;

/// Rows of `article_search` that wait for the end of their group.
#[derive(Debug, Default)]
pub(super) struct SearchQueue {
    /// Rows as JSON, comma-separated.
    rows: String,
}

impl SearchQueue {
    /// Adds or replaces the text of a page's article.
    pub(super) fn add(&mut self, page: i64, text: &SearchText) {
        let SearchText { title, subtitle, body } = text;
        if !self.rows.is_empty() {
            self.rows.push(',');
        }
        self.rows.push_str(&json(&(page, title, subtitle, body)));
    }

    pub(super) fn is_large(&self) -> bool {
        self.rows.len() >= LARGE_QUEUE
    }

    /// Forgets what waits.
    pub(super) fn clear(&mut self) {
        self.rows.clear();
    }

    /// Writes what waits.
    pub(super) fn write(&mut self, conn: &Connection) -> Result<(), Fault> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let rows = format!("[{}]", std::mem::take(&mut self.rows));
        sql::query(
            "insert into article_search (article_id, title, subtitle, body)
             select a.id, j.value ->> 1, j.value ->> 2, j.value ->> 3
             from json_each(?1) j
             cross join articles a on a.page_id = j.value ->> 0
             where true
             on conflict (article_id) do update set
               title = excluded.title, subtitle = excluded.subtitle, body = excluded.body",
        )
        .bind(rows)
        .execute(conn)?;
        Ok(())
    }
}
