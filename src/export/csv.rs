//! Rows of comma-separated values that no spreadsheet runs.
//!
//! # Source
//! RFC 4180; OWASP "CSV Injection" for the characters that begin a formula.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::model::query::ExportedArticle;

/// Names the columns, which are those of the view `v_articles`, once for the header and for the cells.
macro_rules! columns {
    ($($column:ident,)*) => {
        /// Names of the columns.
        pub(super) const HEADER: &[&str] = &[$(stringify!($column)),*];

        /// The cells of one article, in the order of [`HEADER`].
        pub(super) fn cells(article: &ExportedArticle) -> Vec<Cow<'_, str>> {
            let ExportedArticle { $($column),* } = article;
            vec![$($column.cell()),*]
        }
    };
}

columns! {
    id,
    site,
    url,
    title,
    subtitle,
    authors,
    publisher,
    published_at,
    published_day,
    published_precision,
    language,
    section,
    body,
    word_count,
    source_url,
    image_url,
    first_seen_at,
    fetched_at,
    changed_at,
    version,
    removed_at,
    kicker,
    agency,
    dateline,
    direction,
    flags,
    body_html,
    published_offset_minutes,
    published_raw,
    published_source,
    modified_at,
    modified_day,
    modified_precision,
    modified_offset_minutes,
    modified_raw,
    modified_source,
}

/// What a cell is made of.
trait Cell {
    fn cell(&self) -> Cow<'_, str>;
}

impl Cell for i64 {
    fn cell(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

impl Cell for i32 {
    fn cell(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

impl Cell for String {
    fn cell(&self) -> Cow<'_, str> {
        text(self)
    }
}

impl<T: Cell> Cell for Option<T> {
    fn cell(&self) -> Cow<'_, str> {
        self.as_ref().map_or(Cow::Borrowed(""), Cell::cell)
    }
}

/// A cell of text. One that a spreadsheet would take for a formula gets an apostrophe in front.
fn text(value: &str) -> Cow<'_, str> {
    // Full-width signs are folded to plain ones by some spreadsheets.
    if value.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        Cow::Owned(format!("'{value}"))
    } else {
        Cow::Borrowed(value)
    }
}

/// Writes one row with its line end.
pub(super) fn write_row<C: AsRef<str>>(out: &mut impl Write, cells: impl IntoIterator<Item = C>) -> io::Result<()> {
    for (n, cell) in cells.into_iter().enumerate() {
        if n > 0 {
            out.write_all(b",")?;
        }
        let cell = cell.as_ref();
        if cell.contains([',', '"', '\n', '\r']) {
            write!(out, "\"{}\"", cell.replace('"', "\"\""))?;
        } else {
            out.write_all(cell.as_bytes())?;
        }
    }
    out.write_all(b"\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe() {
        for (value, expected) in [
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\t=1", "'\t=1"),
            ("＝1", "'＝1"),
            ("خبر = عاجل", "خبر = عاجل"),
            ("", ""),
        ] {
            assert_eq!(text(value), expected);
        }
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let mut out = Vec::new();
        write_row(&mut out, ["a", "b,c", "say \"so\"", "two\nlines", ""]).expect("written");
        assert_eq!(String::from_utf8(out).expect("text"), "a,\"b,c\",\"say \"\"so\"\"\",\"two\nlines\",\r\n");
    }
}
