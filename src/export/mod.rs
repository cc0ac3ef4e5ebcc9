//! Stored articles as files for other programs: CSV and JSON Lines.
//!
//! Texts come from the web and go to spreadsheets: a cell that one would run as a formula is neutralised. A file
//! appears whole or not at all. `tests/cli.rs` shows `murasil export` at work.

mod csv;
mod file;

use std::io::{self, Write};

use crate::model::query::ExportedArticle;

pub use file::{ExportError, NewFile};

/// Form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, UTF-8, one header line.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

/// Writes articles one after the other.
#[derive(Debug)]
pub struct Exporter<W> {
    format: Format,
    out: W,
}

impl<W: Write> Exporter<W> {
    /// Begins an export.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn new(format: Format, mut out: W) -> io::Result<Exporter<W>> {
        if format == Format::Csv {
            csv::write_row(&mut out, csv::HEADER)?;
        }
        Ok(Exporter { format, out })
    }

    /// Writes one article.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn write(&mut self, article: &ExportedArticle) -> io::Result<()> {
        match self.format {
            Format::Csv => csv::write_row(&mut self.out, csv::cells(article)),
            Format::Jsonl => {
                serde_json::to_writer(&mut self.out, article)?;
                self.out.write_all(b"\n")
            }
        }
    }

    /// Ends the export and gives back what it was written to.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}
