//! Tags: names, attributes and their bound.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag, TagKind, TagToken, TokenSink};
use html5ever::{Attribute, LocalName, QualName, ns};
use memchr::{memchr, memchr3};

use super::Tokens;

/// Attributes of one tag that are kept; the richest tags that we know have some sixty.
pub(in super::super) const MAX_ATTRIBUTES: usize = 256;
/// Names that are remembered; a power of two.
const SLOTS: usize = 1024;

/// Names of tags and attributes met before: finding one here is cheaper than interning it.
#[derive(Default)]
pub(in super::super) struct Names {
    slots: Vec<Option<Known>>,
}

#[derive(Clone)]
struct Known {
    last_letters: u64,
    length: usize,
    name: LocalName,
}

impl Names {
    /// A name of lower-case letters that stands in the text; with its last eight letters, which most names have no more of.
    #[inline]
    fn get(&mut self, name: &str, last_letters: u64) -> LocalName {
        if self.slots.is_empty() {
            self.slots.resize(SLOTS, None);
        }
        // The upper bits of a product depend on all bits; the factor is 2⁶⁴ by the golden ratio.
        let slot = &mut self.slots[(last_letters.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % SLOTS];
        let length = name.len();
        let is_same = |known: &&Known| {
            known.last_letters == last_letters && known.length == length && (length <= 8 || *known.name == *name)
        };
        if let Some(known) = slot.as_ref().filter(is_same) {
            return known.name.clone();
        }
        let new = LocalName::from(name);
        *slot = Some(Known { last_letters, length, name: new.clone() });
        new
    }
}

/// What a byte is in tags: each is asked about every byte of every name.
const ENDS_NAME: u8 = 1;
const EQUALS: u8 = 2;
/// No part of a name as it stands.
const ODD: u8 = 4;
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'\t' | b'\n' | b'\x0c' | b' ' | b'/' | b'>' => ENDS_NAME,
            b'=' => EQUALS,
            b'A'..=b'Z' | 0 => ODD,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

/// Whether a byte ends a tag's name.
pub(super) fn ends_name(byte: u8) -> bool {
    CLASSES[usize::from(byte)] == ENDS_NAME
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b' ')
}

/// How many of the first eight bytes are letters of a name as they stand, and these as one number; none where fewer
/// bytes are left, and too few before a rare sign.
///
/// All eight are asked at once: how long a name is nobody can foretell, processors neither.
fn first_letters(text: &[u8]) -> (usize, u64) {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHEST: u64 = ONES << 7;
    let Some(first) = text.first_chunk() else { return (0, 0) };
    let bytes = u64::from_le_bytes(*first);
    // The highest bits of bytes that are zero; of those behind the first such byte, too, perhaps.
    let zeros = |bytes: u64| bytes.wrapping_sub(ONES) & !bytes & HIGHEST;
    let blanks = bytes.wrapping_sub(ONES * 0x21) & !bytes & HIGHEST;
    let slashes = zeros(bytes ^ (ONES * 0x2f));
    // `<` to `?`, and capital letters with the signs beside them.
    let signs = zeros(bytes & (ONES * 0xfc) ^ (ONES * 0x3c)) | zeros(bytes & (ONES * 0xe0) ^ (ONES * 0x40));
    let length = (blanks | slashes | signs).trailing_zeros() / 8;
    let letters = bytes.swap_bytes().checked_shr(64 - 8 * length).unwrap_or(0);
    (length as usize, letters)
}

impl<S: TokenSink> Tokens<'_, S> {
    /// A tag, from its `<`; the end of the text in it swallows it.
    pub(super) fn tag(&mut self, kind: TagKind) {
        self.at += if kind == TagKind::StartTag { "<".len() } else { "</".len() };
        let name = self.name(ENDS_NAME);
        let mut attrs = if kind == TagKind::StartTag { self.spare.take() } else { Vec::new() };
        let mut had_duplicate_attributes = false;
        let self_closing = loop {
            self.skip_blanks();
            match self.byte() {
                None => return,
                Some(b'>') => break false,
                Some(b'/') => {
                    self.at += 1;
                    if self.byte() == Some(b'>') {
                        break true;
                    }
                    continue;
                }
                Some(_) => {}
            }
            let wanted = kind == TagKind::StartTag && attrs.len() < MAX_ATTRIBUTES;
            let Some((local, value)) = self.attribute(wanted) else { continue };
            if attrs.iter().any(|known| known.name.local == local) {
                had_duplicate_attributes = true;
            } else {
                attrs.push(Attribute { name: QualName::new(None, ns!(), local), value });
            }
        };
        self.at += 1;
        if kind == TagKind::StartTag {
            self.opened = name.clone();
        }
        self.emit(TagToken(Tag { kind, name, self_closing, attrs, had_duplicate_attributes }));
    }

    /// An attribute; `None` if it is not wanted.
    fn attribute(&mut self, wanted: bool) -> Option<(LocalName, StrTendril)> {
        let name = if wanted {
            Some(self.name(ENDS_NAME | EQUALS))
        } else {
            // An equals sign before a name is part of it.
            self.at += 1;
            self.skip(|byte| !ends_name(byte) && byte != b'=');
            None
        };
        self.skip_blanks();
        let value = if self.byte() == Some(b'=') {
            self.at += 1;
            self.skip_blanks();
            self.attribute_value(wanted)
        } else {
            StrTendril::new()
        };
        name.map(|name| (name, value))
    }

    fn attribute_value(&mut self, wanted: bool) -> StrTendril {
        let quote = self.byte().filter(|byte| matches!(byte, b'"' | b'\''));
        let from = self.at + usize::from(quote.is_some());
        self.at = from;
        if let Some(quote) = quote {
            let rest = self.rest().as_bytes();
            let end = memchr3(quote, b'&', 0, rest).unwrap_or(rest.len());
            if rest.get(end) == Some(&quote) {
                self.at += end + 1;
                return if wanted { self.slice(from, from + end) } else { StrTendril::new() };
            }
            self.at += memchr(quote, rest).unwrap_or(rest.len());
        } else {
            self.skip(|byte| !is_blank(byte) && byte != b'>');
        }
        let value = if wanted { self.value(from, self.at, true, true) } else { StrTendril::new() };
        self.at += usize::from(quote.is_some() && self.at < self.text.len());
        value
    }

    /// A name of at least one character.
    fn name(&mut self, ends: u8) -> LocalName {
        let rest = self.rest();
        let (mut length, mut last_letters) = first_letters(rest.as_bytes());
        for byte in &rest.as_bytes()[length..] {
            if CLASSES[usize::from(*byte)] != 0 {
                break;
            }
            last_letters = last_letters << 8 | u64::from(*byte);
            length += 1;
        }
        let is_over = rest.as_bytes().get(length).is_none_or(|byte| CLASSES[usize::from(*byte)] & ends != 0);
        if length == 0 || !is_over {
            return self.odd_name(ends);
        }
        self.at += length;
        self.names.get(&rest[..length], last_letters)
    }

    /// A name that begins with the sign for its end, or holds what does not stand in it as it is written.
    fn odd_name(&mut self, ends: u8) -> LocalName {
        let rest = self.rest();
        let end = rest.bytes().skip(1).position(|byte| CLASSES[usize::from(byte)] & ends != 0);
        let length = end.map_or(rest.len(), |end| end + 1);
        self.at += length;
        LocalName::from(rest[..length].replace('\0', "\u{fffd}").to_ascii_lowercase())
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, what: impl Fn(u8) -> bool) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|byte| !what(*byte)).unwrap_or(rest.len());
    }

    fn skip_blanks(&mut self) {
        self.skip(is_blank);
    }
}
