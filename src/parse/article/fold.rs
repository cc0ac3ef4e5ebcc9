//! The form of a text in which titles, names and sentences are compared.

use std::sync::LazyLock;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use crate::model::letters::{LISTED, is_letter_or_number, is_stable, list};

/// A form for comparing titles: compatibility composition, lower case, letters and digits only, single blanks.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return fold_ascii(text);
    }
    fold_listed(text).unwrap_or_else(|| fold_any(text))
}

/// The first characters of a folded text; of a long one not all is folded for them.
pub(crate) fn fold_start(text: &str, chars: usize) -> String {
    // No letter is composed with one behind a blank.
    let far = text.as_bytes().iter().skip(8 * chars).position(|byte| *byte == b' ').map(|at| at + 8 * chars);
    let folded = far.map(|end| fold(&text[..end])).filter(|folded| folded.chars().count() >= chars);
    folded.unwrap_or_else(|| fold(text)).chars().take(chars).collect()
}

static FOLDED_ASCII: [u8; 256] = {
    let mut folded = [b' '; 256];
    let mut byte = 0;
    while byte < 256 {
        if (byte as u8).is_ascii_alphanumeric() {
            folded[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    folded
};

fn fold_ascii(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut previous = b' ';
    for byte in text.bytes() {
        let folded = FOLDED_ASCII[usize::from(byte)];
        if folded != b' ' || previous != b' ' {
            out.push(folded);
        }
        previous = folded;
    }
    if previous == b' ' {
        out.pop();
    }
    String::from_utf8(out).unwrap_or_default()
}

fn fold_any(text: &str) -> String {
    if is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        fold_chars(text.len(), text.chars().flat_map(char::to_lowercase))
    } else {
        fold_chars(text.len(), text.nfkc().flat_map(char::to_lowercase))
    }
}

/// What the listed characters fold to, each alone: their lower case, [`GAP`] or [`UNLISTED`].
static FOLDED: LazyLock<[char; LISTED]> = LazyLock::new(|| list(folded_alone));
/// No part of folded texts.
const GAP: char = ' ';
/// Depends on its neighbours, or becomes several characters.
const UNLISTED: char = char::MAX;

fn folded_alone(c: char) -> char {
    if !is_stable(c) {
        return UNLISTED;
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) if is_folded(lower) => lower,
        (Some(_), None) => GAP,
        _ => UNLISTED,
    }
}

/// What signs beyond the list fold to: dashes, quotation marks and the like are gaps.
fn folded_sign(c: char) -> char {
    if matches!(c, '\u{200b}'..='\u{2016}' | '\u{2018}'..='\u{2027}') { GAP } else { UNLISTED }
}

/// Folds a text of listed characters; `None` if there is another one.
fn fold_listed(text: &str) -> Option<String> {
    let table = &*FOLDED;
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for c in text.chars() {
        match table.get(c as usize).copied().unwrap_or_else(|| folded_sign(c)) {
            UNLISTED => return None,
            GAP => blank = true,
            folded => {
                if std::mem::take(&mut blank) && !out.is_empty() {
                    out.push(' ');
                }
                out.push(folded);
            }
        }
    }
    Some(out)
}

fn fold_chars_to(chars: impl Iterator<Item = char>, folded: &str) -> bool {
    let mut rest = folded.chars();
    let mut blank = false;
    for c in chars {
        if !is_folded(c) {
            blank = true;
            continue;
        }
        let inner = std::mem::take(&mut blank) && rest.as_str().len() < folded.len();
        if inner && rest.next() != Some(' ') || rest.next() != Some(c) {
            return false;
        }
    }
    rest.as_str().is_empty()
}

/// Whether a character is part of folded texts.
fn is_folded(c: char) -> bool {
    is_letter_or_number(c) || (!c.is_ascii() && is_combining_mark(c))
}

fn fold_chars(length: usize, chars: impl Iterator<Item = char>) -> String {
    let mut out = String::with_capacity(length);
    let mut blank = false;
    for c in chars {
        if is_folded(c) {
            if blank && !out.is_empty() {
                out.push(' ');
            }
            blank = false;
            out.push(c);
        } else {
            blank = true;
        }
    }
    out
}

/// Whether a text folds to `folded`: most texts show at their first letters that they do not.
pub(crate) fn folds_to(text: &str, folded: &str) -> bool {
    let may = text.len() * 3 >= folded.len() && text.len() <= folded.len() * 3 + 40;
    may && if text.is_ascii() {
        fold_chars_to(text.bytes().map(|byte| char::from(byte.to_ascii_lowercase())), folded)
    } else {
        fold_chars_to(text.nfkc().flat_map(char::to_lowercase), folded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_text_folds_as_the_whole_does() {
        for text in ["", " - ", "Une «très» longue  PHRASE, E\u{301}té ﬁn", "ÄÖ \u{301}x \u{e000}ﬀ ", "a — b"]
        {
            for text in [text.to_owned(), text.repeat(20), format!("{} {text}", "x - ".repeat(30))] {
                for chars in [1, 3, 10, 60] {
                    let whole: String = fold(&text).chars().take(chars).collect();
                    assert_eq!(fold_start(&text, chars), whole, "{text:?} {chars}");
                }
            }
        }
        assert_eq!(fold("  A--b, C!! "), "a b c");
    }

    #[test]
    fn the_list_folds_as_the_whole_of_unicode_does() {
        for c in '\0'..='\u{2fff}' {
            for text in [format!("ä{c}É"), format!("{c}ي"), format!("ö {c}")] {
                let listed = fold_listed(&text);
                assert!(listed.is_none() || listed == Some(fold_any(&text)), "{text:?}: {listed:?}");
            }
        }
        assert_eq!(fold_listed("«Ägypten» – الأخبار: “НОВОСТИ”").as_deref(), Some("ägypten الأخبار новости"));
    }
}
