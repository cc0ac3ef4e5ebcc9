//! Letters and digits, asked of every character of every text.
//!
//! The standard library searches its tables anew for each character beyond ASCII. Here the answers for the scripts below
//! U+0800 (Latin, Greek, Cyrillic, Hebrew, Arabic) stand in a list.

use std::sync::LazyLock;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, is_nfkc_quick};

/// Characters whose answers are listed.
pub const LISTED: usize = 0x800;
const LETTER: u8 = 1;
const NUMBER: u8 = 2;

static KINDS: LazyLock<[u8; LISTED]> =
    LazyLock::new(|| list(|c| u8::from(c.is_alphabetic()) * LETTER + u8::from(c.is_numeric()) * NUMBER));

/// What a function says of each listed character.
pub fn list<T>(answer: impl Fn(char) -> T) -> [T; LISTED] {
    // There are no surrogates below U+0800.
    std::array::from_fn(|code| answer(u32::try_from(code).ok().and_then(char::from_u32).unwrap_or_default()))
}

/// What [`char::is_alphabetic`] says.
pub fn is_letter(c: char) -> bool {
    KINDS.get(c as usize).map_or_else(|| c.is_alphabetic(), |kind| kind & LETTER != 0)
}

/// What [`char::is_numeric`] says.
pub fn is_number(c: char) -> bool {
    KINDS.get(c as usize).map_or_else(|| c.is_numeric(), |kind| kind & NUMBER != 0)
}

/// What [`char::is_alphanumeric`] says.
pub fn is_letter_or_number(c: char) -> bool {
    KINDS.get(c as usize).map_or_else(|| c.is_alphanumeric(), |kind| *kind != 0)
}

/// How many letters make a word, on average, in the scripts that are written without blanks: two of Han and kana, four of
/// Thai, Lao, Khmer and Burmese; `None` for all other characters.
pub fn letters_of_a_word(c: char) -> Option<usize> {
    // Nearly always; asked apart, it costs nothing.
    if c < '\u{0e00}' {
        return None;
    }
    match u32::from(c) {
        0x3005..=0x3007
        | 0x3040..=0x30ff
        | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xf900..=0xfaff
        | 0x2_0000..=0x3_ffff => Some(2),
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff => Some(4),
        _ => None,
    }
}

/// Whether compatibility composition (NFKC) leaves a character as it is, whatever such characters stand beside it.
pub fn is_stable(c: char) -> bool {
    canonical_combining_class(c) == 0 && is_nfkc_quick(std::iter::once(c)) == IsNormalized::Yes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_gets_the_standard_answer() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_letter(c), c.is_alphabetic(), "{c:?}");
            assert_eq!(is_number(c), c.is_numeric(), "{c:?}");
            assert_eq!(is_letter_or_number(c), c.is_alphanumeric(), "{c:?}");
        }
    }
}
