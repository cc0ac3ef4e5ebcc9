//! Texts for the full-text index: those of a group are written in one statement, as the last of its transaction.
//!
//! FTS5 writes its pending words to disk whenever a later statement of the transaction could be undone alone. One
//! article after the other would therefore cost one segment of the index each.

use std::sync::Arc;

use super::error::Fault;
use super::prepare::SearchText;
use super::sql::{self, Connection};

/// Bytes of text at which a queue is written before the end of its group: a bound on memory.
const LARGE_QUEUE: usize = 1 << 20;
/// Rows of one statement; its text is kept for every number of them.
const MOST_ROWS: usize = 16;

/// Rows of `article_search` that wait for the end of their group.
#[derive(Default)]
pub(super) struct SearchQueue {
    /// Article and text.
    rows: Vec<(i64, Arc<SearchText>)>,
    bytes: usize,
}

impl SearchQueue {
    /// Adds or replaces the text of an article.
    pub(super) fn add(&mut self, article: i64, text: Arc<SearchText>) {
        self.bytes += text.title.len() + text.subtitle.len() + text.body.len();
        self.rows.push((article, text));
    }

    pub(super) fn is_large(&self) -> bool {
        self.bytes >= LARGE_QUEUE
    }

    /// Forgets what waits.
    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.bytes = 0;
    }

    /// Writes what waits.
    pub(super) fn write(&mut self, conn: &Connection) -> Result<(), Fault> {
        for rows in self.rows.chunks(MOST_ROWS) {
            let statement = statement(rows.len());
            let mut query = sql::query(&statement);
            for (article, text) in rows {
                let SearchText { title, subtitle, body } = text.as_ref();
                query = query.bind(*article).bind(title).bind(subtitle).bind(body);
            }
            query.execute(conn)?;
        }
        self.clear();
        Ok(())
    }
}

/// Stores so many rows.
fn statement(rows: usize) -> String {
    format!(
        "insert into article_search (article_id, title, subtitle, body)
         values {}
         on conflict (article_id) do update set
           title = excluded.title, subtitle = excluded.subtitle, body = excluded.body",
        vec!["(?, ?, ?, ?)"; rows].join(", ")
    )
}
