//! Bytes to text: which encoding a body has.
//!
//! The order is the HTML Standard's: byte order mark, HTTP header, what the document declares about itself, then
//! UTF-8 if the bytes are valid, then a guess by the bytes. We differ where a label is proved wrong:
//!
//! 1. A label that says UTF-8 while the bytes are not, in more than isolated spots, is passed over.
//! 2. A Western label (which servers send unasked) is passed over if the bytes are Arabic in windows-1256 beyond doubt.
//! 3. Any single-byte label is passed over if the bytes are valid UTF-8 with several multi-byte characters, which no
//!    text in another encoding is by accident.
//!
//! Each of these leaves a warning. `tests/suites_parse.rs` shows the module on the encoding suites of others.

mod prescan;

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, WINDOWS_1256};
use simdutf8::basic::from_utf8;

use crate::model::ParseWarning;

/// A body as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'b> {
    /// The text, without byte order mark and NUL; what no character could be read from is U+FFFD.
    pub text: Cow<'b, str>,
    /// The encoding's name in the Encoding Standard, lower case (and `utf-32be`, `utf-32le`, which that does not know).
    pub encoding: &'static str,
    /// What was odd about it: a label that was passed over, or bytes that could not be read.
    pub warning: Option<ParseWarning>,
}

/// How much of a body the guess looks at, in bytes.
const GUESS_WINDOW: usize = 256 * 1024;
/// Broken places in UTF-8 that are taken for isolated however short the text is.
const ISOLATED: usize = 2;
/// Multi-byte characters that prove UTF-8.
const PROOF: usize = 4;

/// Decodes a body.
///
/// `content_type` is the HTTP header's value as received. A body that is UTF-8 and says so costs one validation and
/// no copy.
pub fn decode<'b>(body: &'b [u8], content_type: Option<&str>) -> Decoded<'b> {
    decode_labelled(body, content_type.and_then(header_label))
}

/// Decodes a body whose encoding somebody named: the label counts like one in the HTTP header.
///
/// An unknown label counts as none.
pub fn decode_with_label<'b>(body: &'b [u8], label: &str) -> Decoded<'b> {
    decode_labelled(body, Encoding::for_label(label.as_bytes()))
}

/// The encoding that a `Content-Type` names, by its name in the Encoding Standard, lower case; `None` without a usable one.
pub fn header_charset(content_type: &str) -> Option<&'static str> {
    header_label(content_type).map(lower_name)
}

/// The encoding that a label stands for, by its name in the Encoding Standard, lower case.
pub fn label_charset(label: &str) -> Option<&'static str> {
    Encoding::for_label(label.as_bytes()).map(lower_name)
}

/// The encoding that a document declares in a `<meta>` or an XML declaration.
pub fn declared_charset(body: &[u8]) -> Option<&'static str> {
    prescan::declared(body).map(lower_name)
}

fn header_label(content_type: &str) -> Option<&'static Encoding> {
    prescan::header_parameter(content_type).and_then(|label| Encoding::for_label(label.as_bytes()))
}

fn decode_labelled<'b>(body: &'b [u8], header: Option<&'static Encoding>) -> Decoded<'b> {
    if let Some(decoded) = by_byte_order_mark(body) {
        return decoded;
    }
    match header.or_else(|| prescan::declared(body)) {
        Some(label) => by_label(body, label),
        None => by_bytes(body),
    }
}

fn by_byte_order_mark(body: &[u8]) -> Option<Decoded<'_>> {
    match body {
        [0xFF, 0xFE, 0, 0, rest @ ..] => Some(utf_32(rest, "utf-32le", u32::from_le_bytes)),
        [0, 0, 0xFE, 0xFF, rest @ ..] => Some(utf_32(rest, "utf-32be", u32::from_be_bytes)),
        _ => Encoding::for_bom(body).map(|(encoding, length)| with(encoding, &body[length..])),
    }
}

/// UTF-32 is not in the Encoding Standard; some feeds have it, and its byte order mark is unmistakable.
fn utf_32(bytes: &[u8], encoding: &'static str, read: fn([u8; 4]) -> u32) -> Decoded<'static> {
    let (words, rest) = bytes.as_chunks::<4>();
    let mut text: String = words.iter().map(|word| char::from_u32(read(*word)).unwrap_or('\u{FFFD}')).collect();
    if !rest.is_empty() {
        text.push('\u{FFFD}');
    }
    Decoded { text: without_nul(text.into()), encoding, warning: None }
}

fn by_label<'b>(body: &'b [u8], label: &'static Encoding) -> Decoded<'b> {
    if label == UTF_8 {
        return match from_utf8(body) {
            Ok(text) => Decoded { text: without_nul(text.into()), encoding: "utf-8", warning: None },
            Err(_) => by_doubtful_utf_8(body),
        };
    }
    if label == UTF_16LE && is_big_endian(body) {
        return with(UTF_16BE, body);
    }
    if label.is_single_byte() && is_proved_utf_8(body) {
        return passed_over(label, with(UTF_8, body));
    }
    if label == WINDOWS_1252 && is_arabic(body) {
        return passed_over(label, with(WINDOWS_1256, body));
    }
    with(label, body)
}

/// A body that is labelled UTF-8 and is not valid.
fn by_doubtful_utf_8(body: &[u8]) -> Decoded<'_> {
    let damage = Damage::of(body);
    if damage.broken <= ISOLATED || damage.broken <= damage.sound {
        return with(UTF_8, body);
    }
    passed_over(UTF_8, with(guess(body), body))
}

fn by_bytes(body: &[u8]) -> Decoded<'_> {
    let hint = prescan::hinted(body);
    if let Ok(text) = from_utf8(body) {
        // Plain ASCII is in every encoding, so it is in the one that was meant.
        let encoding = hint.filter(|it| text.is_ascii() && it.is_ascii_compatible()).map_or("utf-8", lower_name);
        return Decoded { text: without_nul(text.into()), encoding, warning: None };
    }
    if let Some(hint) = hint.filter(|it| *it != UTF_8) {
        return by_label(body, hint);
    }
    let encoding = guess(body);
    // One truncated character at the end of a page does not make it anything but UTF-8.
    let damage = Damage::of(body);
    let mostly_utf_8 = damage.sound > 10 * damage.broken;
    let mut decoded = with(if mostly_utf_8 { UTF_8 } else { encoding }, body);
    decoded.warning = Some(warning(format!("no encoding is named; guessed {}", decoded.encoding)));
    decoded
}

/// How far a body is from being UTF-8, judged by its first part.
struct Damage {
    /// Places that are no UTF-8.
    broken: usize,
    /// Characters of more than one byte that are.
    sound: usize,
}

impl Damage {
    fn of(body: &[u8]) -> Damage {
        let mut damage = Damage { broken: 0, sound: 0 };
        for chunk in body[..body.len().min(GUESS_WINDOW)].utf8_chunks() {
            damage.broken += usize::from(!chunk.invalid().is_empty());
            damage.sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        }
        damage
    }
}

fn guess(body: &[u8]) -> &'static Encoding {
    if is_arabic(body) {
        return WINDOWS_1256;
    }
    let window = &body[..body.len().min(GUESS_WINDOW)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(window, window.len() == body.len());
    detector.guess(None, Utf8Detection::Allow)
}

/// Whether these bytes are Arabic in windows-1256 beyond doubt.
///
/// Almost all bytes above ASCII must be Arabic letters, and almost all of those must stand beside another one: accented
/// letters of Western text stand alone between Latin ones.
fn is_arabic(body: &[u8]) -> bool {
    const ENOUGH: usize = 12;
    let window = &body[..body.len().min(GUESS_WINDOW)];
    let (mut high, mut letters, mut neighbours) = (0usize, 0usize, 0usize);
    let mut before = false;
    for byte in window {
        let letter = is_arabic_letter(*byte);
        high += usize::from(*byte >= 0x80);
        letters += usize::from(letter);
        neighbours += usize::from(letter && before);
        before = letter;
    }
    letters >= ENOUGH && letters * 10 >= high * 9 && neighbours * 10 >= letters * 6 && has_common_letters(window)
}

/// Arabic letters of windows-1256; its Latin letters (à, â, ç, è, é, ê, ë, î, ï, ô, ù, û, ü) are left out.
fn is_arabic_letter(byte: u8) -> bool {
    matches!(byte, 0xC0..=0xD6 | 0xD8..=0xDF | 0xE1 | 0xE3..=0xE6 | 0xEC | 0xED)
}

/// Alef and lam make a fifth or more of all letters in Arabic text, in Cyrillic or Greek bytes other letters do.
fn has_common_letters(window: &[u8]) -> bool {
    let letters = window.iter().filter(|byte| is_arabic_letter(**byte)).count();
    let common = window.iter().filter(|byte| matches!(byte, 0xC7 | 0xE1)).count();
    common * 100 >= letters * 15
}

fn is_proved_utf_8(body: &[u8]) -> bool {
    from_utf8(body).is_ok_and(|text| text.chars().filter(|c| !c.is_ascii()).take(PROOF).count() == PROOF)
}

/// Latin text in UTF-16 with the high bytes first.
fn is_big_endian(body: &[u8]) -> bool {
    let (pairs, _) = body.as_chunks::<2>();
    let pairs = &pairs[..pairs.len().min(512)];
    let zeros = |at: usize| pairs.iter().filter(|pair| pair[at] == 0).count();
    zeros(0) > zeros(1)
}

fn with<'b>(encoding: &'static Encoding, body: &'b [u8]) -> Decoded<'b> {
    let (text, broken) = encoding.decode_without_bom_handling(body);
    let name = lower_name(encoding);
    let warning = broken.then(|| warning(format!("some bytes are not valid {name}")));
    Decoded { text: without_nul(text), encoding: name, warning }
}

fn passed_over<'b>(label: &'static Encoding, mut decoded: Decoded<'b>) -> Decoded<'b> {
    let detail = format!("labelled {}, but the bytes are {}", lower_name(label), decoded.encoding);
    decoded.warning = Some(warning(detail));
    decoded
}

fn warning(detail: String) -> ParseWarning {
    ParseWarning { code: "charset", detail }
}

fn without_nul(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(0, text.as_bytes()).is_some() { text.replace('\0', "").into() } else { text }
}

/// The name in lower case without an allocation.
fn lower_name(encoding: &'static Encoding) -> &'static str {
    const NAMES: &[&str] = &[
        "utf-8",
        "ibm866",
        "iso-8859-2",
        "iso-8859-3",
        "iso-8859-4",
        "iso-8859-5",
        "iso-8859-6",
        "iso-8859-7",
        "iso-8859-8",
        "iso-8859-8-i",
        "iso-8859-10",
        "iso-8859-13",
        "iso-8859-14",
        "iso-8859-15",
        "iso-8859-16",
        "koi8-r",
        "koi8-u",
        "macintosh",
        "windows-874",
        "windows-1250",
        "windows-1251",
        "windows-1252",
        "windows-1253",
        "windows-1254",
        "windows-1255",
        "windows-1256",
        "windows-1257",
        "windows-1258",
        "x-mac-cyrillic",
        "gbk",
        "gb18030",
        "big5",
        "euc-jp",
        "iso-2022-jp",
        "shift_jis",
        "euc-kr",
        "replacement",
        "utf-16be",
        "utf-16le",
        "x-user-defined",
    ];
    NAMES.iter().find(|name| name.eq_ignore_ascii_case(encoding.name())).copied().unwrap_or(encoding.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARABIC: &str =
        "قالت الصحيفة إن الوزير افتتح اليوم المدرسة الجديدة في العاصمة، وحضر الحفل عدد كبير من السكان.";
    const FRENCH: &str =
        "Le ministre a déclaré à la presse que l'école serait réouverte dès la rentrée, où elle était fermée.";

    fn check(body: &[u8], content_type: Option<&str>, encoding: &str, text: &str) {
        let decoded = decode(body, content_type);
        assert_eq!((decoded.encoding, &*decoded.text), (encoding, text), "{content_type:?}");
    }

    fn windows_1256(text: &str) -> Vec<u8> {
        WINDOWS_1256.encode(text).0.into_owned()
    }

    #[test]
    fn windows_1256_under_a_lying_header_comes_out_readable() {
        let body = windows_1256(ARABIC);
        for header in [
            None,
            Some("text/html"),
            Some("text/html; charset=utf-8"),
            Some("text/html; charset=ISO-8859-1"),
            Some("text/html; charset=windows-1252"),
            Some("text/html; charset=windows-1256"),
            Some("text/html; charset=bogus"),
        ] {
            check(&body, header, "windows-1256", ARABIC);
        }
        let page = format!("<html><head><meta charset=utf-8><title>x</title></head><body>{ARABIC}</body></html>");
        check(&windows_1256(&page), None, "windows-1256", &page);
        assert!(decode(&body, Some("text/html; charset=utf-8")).warning.is_some_and(|it| it.code == "charset"));
    }

    #[test]
    fn western_text_keeps_its_western_label() {
        let body = WINDOWS_1252.encode(FRENCH).0.into_owned();
        for header in [None, Some("text/html; charset=iso-8859-1"), Some("text/html; charset=utf-8")] {
            check(&body, header, "windows-1252", FRENCH);
        }
    }

    #[test]
    fn utf_8_under_a_single_byte_label_is_utf_8() {
        check(ARABIC.as_bytes(), Some("text/html; charset=windows-1256"), "utf-8", ARABIC);
        check("café".as_bytes(), Some("text/html; charset=windows-1252"), "windows-1252", "cafÃ©");
    }

    #[test]
    fn isolated_damage_does_not_cost_utf_8() {
        let mut body = ARABIC.as_bytes().to_vec();
        body[31] = 0xFF;
        body.truncate(body.len() - 2);
        for header in [None, Some("text/html; charset=utf-8")] {
            let decoded = decode(&body, header);
            assert_eq!(decoded.encoding, "utf-8");
            assert!(decoded.text.contains("الصحيفة") && decoded.warning.is_some());
        }
    }

    #[test]
    fn byte_order_marks_win() {
        check(b"\xEF\xBB\xBFhi", Some("text/html; charset=windows-1252"), "utf-8", "hi");
        check(b"\xFE\xFF\0h\0i", None, "utf-16be", "hi");
        check(b"\xFF\xFEh\0i\0", Some("x/x; charset=utf-8"), "utf-16le", "hi");
        check(b"\0\0\xFE\xFF\0\0\0h\0\0\0i", None, "utf-32be", "hi");
    }

    #[test]
    fn nul_is_dropped_and_every_name_is_known() {
        check(b"a\0b", None, "utf-8", "ab");
        for label in ["latin1", "utf-16", "x-user-defined", "shift_jis", "koi8", "gb2312", "hz-gb-2312"] {
            let name = label_charset(label).expect("a known label");
            assert_eq!(name, name.to_ascii_lowercase());
        }
    }
}
