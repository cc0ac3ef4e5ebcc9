//! Text made comparable: for search and comparison only, never for what is stored or shown.
//!
//! Written for Arabic script, where one word has many spellings; Latin letters lose case and diacritics too, so that
//! one function serves a whole index. The query must go through the same function as the text.

use std::borrow::Cow;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use super::letters::{LISTED, is_stable, list};

/// The text as search sees it.
///
/// Presentation forms are resolved (NFKC); alef, ya, ta marbuta, Persian ya and kaf are folded; tatweel, vowel marks,
/// bidi and zero-width marks vanish; Arabic-Indic and Persian digits become ASCII; Latin, Greek and Cyrillic letters
/// lose case and diacritics. Blanks and punctuation stay as they are. Idempotent.
pub fn normalise(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // No character acts across a blank, so a rare one concerns its own word only.
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(' ') {
        let start = out.len();
        if !push_listed(&mut out, word) {
            out.truncate(start);
            push_any(&mut out, word);
        }
    }
    out
}

fn push_any(out: &mut String, text: &str) {
    // Marks go first: without them, what stood on both sides may compose.
    for c in text.chars().filter(|c| !is_dropped(*c)).nfkc().filter(|c| !is_dropped(*c)) {
        push_folded(out, c);
    }
}

/// What the listed characters become, each alone: another character, [`DROPPED`] or [`UNLISTED`].
static NORMAL: LazyLock<[char; LISTED]> = LazyLock::new(|| list(normal_alone));
const DROPPED: char = '\u{fffe}';
/// Depends on its neighbours, or becomes several characters.
const UNLISTED: char = '\u{ffff}';

fn normal_alone(c: char) -> char {
    if is_dropped(c) {
        return DROPPED;
    }
    let mut out = String::new();
    push_folded(&mut out, c);
    let mut chars = out.chars();
    match (chars.next(), chars.next()) {
        (Some(one), None) if is_stable(c) => one,
        _ => UNLISTED,
    }
}

/// Signs beyond the list.
fn normal_sign(c: char) -> char {
    match c {
        _ if is_dropped(c) => DROPPED,
        '\u{2010}' | '\u{2012}'..='\u{2016}' | '\u{2018}'..='\u{2023}' => c,
        _ => UNLISTED,
    }
}

/// Normalises a text of listed characters; false if there is another one.
fn push_listed(out: &mut String, text: &str) -> bool {
    let table = &*NORMAL;
    for c in text.chars() {
        match table.get(c as usize).copied().unwrap_or_else(|| normal_sign(c)) {
            UNLISTED => return false,
            DROPPED => {}
            normal => out.push(normal),
        }
    }
    true
}

/// The text with Arabic-Indic, Persian and other decimal digits in ASCII.
///
/// Every digit maps to one digit, so numbers keep their length in characters.
pub fn ascii_digits(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.chars().any(|c| digit(c).is_some()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| digit(c).unwrap_or(c)).collect())
}

/// The ASCII digit for a decimal digit of another script that newspapers print.
fn digit(c: char) -> Option<char> {
    /// First digits of the blocks: Arabic-Indic, Persian, Devanagari, Bengali, Thai, full-width.
    const ZEROS: [u32; 6] = [0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0xFF10];
    let code = u32::from(c);
    let zero = ZEROS.into_iter().find(|zero| (*zero..zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// Marks that carry no letter: diacritics, tatweel, Arabic vowel marks, zero-width and direction marks.
fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\u{0300}'..='\u{036F}' | '\u{0640}' | '\u{064B}'..='\u{0655}' | '\u{0670}' | '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
    )
}

fn push_folded(out: &mut String, c: char) {
    match c {
        '\0'..='\x7f' => out.push(c.to_ascii_lowercase()),
        'آ' | 'أ' | 'إ' | 'ٱ' => out.push('ا'),
        'ى' | 'ی' => out.push('ي'),
        'ة' => out.push('ه'),
        'ک' => out.push('ك'),
        '\u{00C0}'..='\u{04FF}' | '\u{1E00}'..='\u{1FFF}' => push_base_letter(out, c),
        _ => match digit(c) {
            Some(digit) => out.push(digit),
            None => out.extend(c.to_lowercase()),
        },
    }
}

/// A Latin, Greek or Cyrillic letter without its diacritics, in lower case.
fn push_base_letter(out: &mut String, c: char) {
    for lower in c.to_lowercase() {
        decompose_canonical(lower, |part| match part {
            'ς' => out.push('σ'),
            'ß' => out.push_str("ss"),
            'ı' => out.push('i'),
            'ø' => out.push('o'),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'đ' => out.push('d'),
            'ł' => out.push('l'),
            _ if is_combining_mark(part) => {}
            _ => out.push(part),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &str) {
        let once = normalise(input);
        assert_eq!(once, expected, "{input}");
        assert_eq!(normalise(&once), once, "idempotent: {input}");
    }

    #[test]
    fn the_list_says_what_the_whole_of_unicode_does() {
        for c in '\0'..='\u{30ff}' {
            for text in [format!("ä{c}É"), format!("{c}ي"), format!("لا{c}"), format!("é{c} {c}ü")] {
                let mut whole = String::new();
                push_any(&mut whole, &text);
                assert_eq!(normalise(&text), whole, "{text:?}");
            }
        }
        let mut listed = String::new();
        assert!(push_listed(&mut listed, "«الأُمّة» – “٢٠١٦”"));
        assert_eq!(listed, "«الامه» – “2016”");
    }

    #[test]
    fn spellings_of_one_arabic_word_become_one() {
        check("تُرحِّب", "ترحب");
        check("الأحــــداث", "الاحداث");
        check("إلى آخره", "الي اخره");
        check("مدرسة", "مدرسه");
        check("کتاب فارسی", "كتاب فارسي");
        check("\u{FEFB}", "لا");
        check("\u{200F}سنة ٢٠١٦ و۱۳۹۹\u{200E}", "سنه 2016 و1399");
        check("الرحمٰن", "الرحمن");
    }

    #[test]
    fn latin_letters_lose_case_and_marks() {
        check("Été À L'ŒUVRE", "ete a l'oeuvre");
        check("Straße ÅNGSTRÖM Łódź", "strasse angstrom lodz");
        check("İstanbul ILICA", "istanbul ilica");
        check("ΑΘΉΝΑΣ", "αθηνασ");
        check("Ёлка", "елка");
    }

    #[test]
    fn digits_of_other_scripts_become_ascii() {
        assert_eq!(ascii_digits("٩ /١١ /١٤٤١هـ"), "9 /11 /1441هـ");
        assert_eq!(ascii_digits("۱۲"), "12");
        assert!(matches!(ascii_digits("2015"), Cow::Borrowed(_)));
    }
}
