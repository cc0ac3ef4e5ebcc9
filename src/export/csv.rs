//! Rows of comma-separated values that no spreadsheet runs.
//!
//! # Source
//! RFC 4180; OWASP "CSV Injection" for the characters that begin a formula.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::model::query::ExportedArticle;

/// Names of the columns; those of the view `v_articles`.
pub(super) const HEADER: [&str; 27] = [
    "id",
    "site",
    "url",
    "title",
    "subtitle",
    "authors",
    "publisher",
    "published_at",
    "published_day",
    "published_precision",
    "language",
    "section",
    "body",
    "word_count",
    "source_url",
    "image_url",
    "first_seen_at",
    "fetched_at",
    "changed_at",
    "version",
    "removed_at",
    "kicker",
    "agency",
    "dateline",
    "direction",
    "flags",
    "body_html",
];

/// The cells of one article, in the order of [`HEADER`].
pub(super) fn cells(article: &ExportedArticle) -> [Cow<'_, str>; 27] {
    let ExportedArticle {
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
    } = article;
    let number = |value: &i64| Cow::Owned(value.to_string());
    [
        number(id),
        text(Some(site)),
        text(Some(url)),
        text(title.as_ref()),
        text(subtitle.as_ref()),
        text(authors.as_ref()),
        text(publisher.as_ref()),
        text(published_at.as_ref()),
        text(published_day.as_ref()),
        text(published_precision.as_ref()),
        text(language.as_ref()),
        text(section.as_ref()),
        text(body.as_ref()),
        number(word_count),
        text(source_url.as_ref()),
        text(image_url.as_ref()),
        text(Some(first_seen_at)),
        text(Some(fetched_at)),
        text(Some(changed_at)),
        number(version),
        text(removed_at.as_ref()),
        text(kicker.as_ref()),
        text(agency.as_ref()),
        text(dateline.as_ref()),
        text(direction.as_ref()),
        text(flags.as_ref()),
        text(body_html.as_ref()),
    ]
}

/// A cell of text. One that a spreadsheet would take for a formula gets an apostrophe in front.
fn text(value: Option<&String>) -> Cow<'_, str> {
    let Some(value) = value else { return Cow::Borrowed("") };
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
            assert_eq!(text(Some(&value.to_owned())), expected);
        }
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let mut out = Vec::new();
        write_row(&mut out, ["a", "b,c", "say \"so\"", "two\nlines", ""]).expect("written");
        assert_eq!(String::from_utf8(out).expect("text"), "a,\"b,c\",\"say \"\"so\"\"\",\"two\nlines\",\r\n");
    }
}
