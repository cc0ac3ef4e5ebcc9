//! Text from the web on its way to a terminal: no control characters, right-to-left parts isolated, cut to width.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// First strong isolate and its end: what stands between them does not reorder its surroundings.
///
/// # Source
/// Unicode Standard Annex #9, explicit directional isolates.
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

/// Text on one line that moves no cursor: control characters are written as escapes, and characters that
/// turn the direction of what follows are left out.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            // Line and paragraph separators break lines in some terminals and viewers.
            '\u{2028}' | '\u{2029}' => out.extend(c.escape_unicode()),
            c if c.is_control() => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

/// [`visible`] text, between isolates if any of it runs from right to left.
pub fn isolated(text: &str) -> String {
    isolate(visible(text))
}

/// [`isolated`] text that takes at most `columns` of a terminal; an ellipsis marks the cut.
pub fn fitted(text: &str, columns: usize) -> String {
    isolate(cut(visible(text), columns))
}

fn isolate(text: String) -> String {
    if text.chars().any(is_right_to_left) { format!("{}{text}{}", ISOLATE.0, ISOLATE.1) } else { text }
}

fn cut(text: String, columns: usize) -> String {
    if text.width() <= columns {
        return text;
    }
    let mut used = 1;
    let kept = text.chars().take_while(|c| {
        used += c.width().unwrap_or_default();
        used <= columns
    });
    let mut out: String = kept.collect();
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// The blocks of right-to-left scripts.
///
/// # Source
/// Unicode Standard, DerivedBidiClass: default ranges of R and AL.
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// JSON without the control characters that JSON allows in strings but terminals obey (DEL and C1).
pub fn terminal_safe_json(json: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if matches!(c, '\u{7f}'..='\u{9f}') {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_and_overrides_do_not_reach_the_terminal() {
        assert_eq!(visible("a\u{1b}[31mb\r\nc\u{9b}d\u{2028}e"), "a\\u{1b}[31mb\\r\\nc\\u{9b}d\\u{2028}e");
        assert_eq!(visible("a\u{202e}b\u{2069}c"), "abc");
    }

    #[test]
    fn only_right_to_left_text_is_isolated() {
        assert_eq!(isolated("plain"), "plain");
        assert_eq!(isolated("خبر"), "\u{2068}خبر\u{2069}");
        assert_eq!(isolated("x خبر\u{2069} y"), "\u{2068}x خبر y\u{2069}");
    }

    #[test]
    fn text_is_cut_to_columns_inside_its_isolates() {
        assert_eq!(fitted("abcdef", 6), "abcdef");
        assert_eq!(fitted("abcdef", 4), "abc…");
        assert_eq!(fitted("ab cdef", 4), "ab…");
        assert_eq!(fitted("新聞新聞", 5), "新聞…");
        assert_eq!(fitted("خبر عاجل", 4), "\u{2068}خبر…\u{2069}");
        assert_eq!(isolated("خبر").width(), 3);
    }

    #[test]
    fn json_stays_json_and_moves_no_cursor() {
        let json = serde_json::to_string("a\u{9b}\u{7f}b").expect("serialises");
        let safe = terminal_safe_json(&json);
        assert_eq!(safe, "\"a\\u009b\\u007fb\"");
        assert_eq!(serde_json::from_str::<String>(&safe).expect("parses"), "a\u{9b}\u{7f}b");
    }
}
