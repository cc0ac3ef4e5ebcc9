//! Printing results to standard output: text, JSON, tables.

use std::io::{IsTerminal, Write as _};

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use super::{Global, text, wants_color};

/// Blanks between two columns.
const GAP: usize = 2;
/// The column that gives way keeps this width, however narrow the terminal.
const LEAST_WIDTH: usize = 16;

/// Prints text as it is.
///
/// # Errors
/// Standard output could not be written; a closed pipe is told apart by `exit::report`.
pub fn print(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Prints one JSON document over several lines.
///
/// # Errors
/// As [`print()`].
pub fn print_document(value: &impl Serialize) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(value)?;
    Ok(print(&format!("{}\n", text::terminal_safe_json(&json)))?)
}

/// Prints one line of JSON for each member.
///
/// # Errors
/// As [`print()`].
pub fn print_lines<T: Serialize>(values: impl IntoIterator<Item = T>) -> anyhow::Result<()> {
    let mut lines = String::new();
    for value in values {
        lines.push_str(&text::terminal_safe_json(&serde_json::to_string(&value)?));
        lines.push('\n');
    }
    Ok(print(&lines)?)
}

/// A line of a record: its name and its value, which may come from the web.
pub fn field(name: &str, value: &str) -> String {
    format!("{name:<14} {}\n", text::isolated(value))
}

/// As [`field`], cut into lines at blanks where the terminal ends. Text from right to left is left whole.
pub fn field_within(style: Style, name: &str, value: &str) -> String {
    const INDENT: usize = 15;
    let shown = text::isolated(value);
    let Some(width) = style.width.filter(|width| INDENT + shown.width() > *width && shown == value) else {
        return field(name, value);
    };
    let room = width.saturating_sub(INDENT).max(LEAST_WIDTH);
    let lead: String = value.chars().take_while(|c| *c == ' ').collect();
    let mut lines: Vec<String> = Vec::new();
    for word in value.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut().filter(|line| line.width() + 1 + word.width() <= room) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(format!("{lead}{word}")),
        }
    }
    let indent = "\n".to_owned() + &" ".repeat(INDENT);
    format!("{name:<14} {}\n", lines.join(&indent))
}

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Text, as wide as its longest cell.
    Text,
    /// Numbers, flush right.
    Number,
    /// Text that is cut where the terminal ends; at most one of a table, and best the last.
    Rest,
}

/// How a table is printed.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Columns of the terminal; `None` where output is no terminal and nothing is cut.
    pub width: Option<usize>,
    /// Whether headings are bold.
    pub bold: bool,
}

impl Style {
    /// The style of standard output.
    pub fn of_stdout(global: &Global) -> Style {
        let stdout = std::io::stdout();
        let width = stdout.is_terminal().then(terminal_size::terminal_size).flatten();
        Style { width: width.map(|(width, _)| usize::from(width.0)), bold: wants_color(global.color, &stdout) }
    }
}

/// A table without lines. Cells may come from the web: they are made harmless here.
pub fn table(style: Style, columns: &[(&str, Column)], rows: &[Vec<String>]) -> String {
    let limit = rest_width(style, columns, rows);
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(columns.iter().map(|(name, column)| Cell::new(name).set_alignment(alignment(*column))));
    for row in rows {
        table.add_row(row.iter().zip(columns).map(|(content, (_, column))| {
            let content = match (column, limit) {
                (Column::Rest, Some(limit)) => text::fitted(content, limit),
                (Column::Rest | Column::Text | Column::Number, _) => text::isolated(content),
            };
            Cell::new(content).set_alignment(alignment(*column))
        }));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, GAP as u16));
    }
    let lines = table.lines().enumerate().map(|(n, line)| match (n, style.bold) {
        (0, true) => format!("\u{1b}[1m{}\u{1b}[0m\n", line.trim_end()),
        (_, _) => format!("{}\n", line.trim_end()),
    });
    lines.collect()
}

fn alignment(column: Column) -> CellAlignment {
    match column {
        Column::Number => CellAlignment::Right,
        Column::Text | Column::Rest => CellAlignment::Left,
    }
}

/// What the terminal leaves for the column that gives way.
fn rest_width(style: Style, columns: &[(&str, Column)], rows: &[Vec<String>]) -> Option<usize> {
    let others: usize = columns
        .iter()
        .enumerate()
        .filter(|(_, (_, column))| *column != Column::Rest)
        .map(|(n, (name, _))| {
            let cells = rows.iter().filter_map(|row| row.get(n)).map(|cell| text::visible(cell).width());
            cells.chain([name.width()]).max().unwrap_or_default() + GAP
        })
        .sum();
    Some(style.width?.saturating_sub(others).max(LEAST_WIDTH))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[(&str, Column)] = &[("id", Column::Number), ("site", Column::Text), ("title", Column::Rest)];

    fn rows(titles: &[&str]) -> Vec<Vec<String>> {
        titles.iter().enumerate().map(|(n, title)| vec![(n * 10).to_string(), "a".into(), (*title).into()]).collect()
    }

    #[test]
    fn a_table_has_no_lines_and_no_trailing_blanks() {
        let style = Style { width: None, bold: false };
        let text = table(style, COLUMNS, &rows(&["one", "two\nlines"]));
        assert_eq!(text, "id  site  title\n 0  a     one\n10  a     two\\nlines\n");
    }

    #[test]
    fn the_last_column_is_cut_where_the_terminal_ends() {
        let style = Style { width: Some(40), bold: false };
        let text = table(style, COLUMNS, &rows(&[&"خ".repeat(50)]));
        let line = text.lines().nth(1).expect("a row");
        assert_eq!(line.width(), 40, "{line}");
        assert!(line.ends_with("…\u{2069}"), "{line}");
    }

    #[test]
    fn a_long_field_goes_on_below_its_value() {
        let style = Style { width: Some(40), bold: false };
        let text = field_within(style, "blocked", "  not due: a source is visited at its own pace");
        assert_eq!(text, "blocked          not due: a source is\n                 visited at its own pace\n");
        assert_eq!(field_within(style, "x", "short"), field("x", "short"));
        let arabic = "خبر ".repeat(20);
        assert_eq!(field_within(style, "x", &arabic), field("x", &arabic), "isolates are not torn");
    }

    #[test]
    fn headings_are_bold_only_if_asked() {
        let bold = table(Style { width: None, bold: true }, COLUMNS, &rows(&["x"]));
        assert!(bold.contains("\u{1b}[1m"), "{bold:?}");
    }
}
