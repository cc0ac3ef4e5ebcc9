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
pub(super) struct Names {
    slots: Vec<Option<LocalName>>,
}

impl Names {
    /// A name that stands in the text, in lower case.
    fn get(&mut self, name: &str, plain: bool, hash: usize) -> LocalName {
        if !plain {
            return LocalName::from(name.replace('\0', "\u{fffd}").to_ascii_lowercase());
        }
        if self.slots.is_empty() {
            self.slots.resize(SLOTS, None);
        }
        let slot = &mut self.slots[hash % SLOTS];
        if let Some(known) = slot.as_ref().filter(|known| ***known == *name) {
            return known.clone();
        }
        let new = LocalName::from(name);
        *slot = Some(new.clone());
        new
    }
}

/// Whether a byte ends a tag's name.
pub(super) fn ends_name(byte: u8) -> bool {
    is_blank(byte) || matches!(byte, b'/' | b'>')
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b' ')
}

impl<S: TokenSink> Tokens<'_, S> {
    /// A tag, from its `<`; the end of the text in it swallows it.
    pub(super) fn tag(&mut self, kind: TagKind) {
        self.at += if kind == TagKind::StartTag { "<".len() } else { "</".len() };
        let name = self.name(ends_name);
        let mut attrs: Vec<Attribute> = Vec::new();
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
            Some(self.name(|byte| ends_name(byte) || byte == b'='))
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
    fn name(&mut self, ends: impl Fn(u8) -> bool) -> LocalName {
        let text = self.text;
        let from = self.at;
        let (mut hash, mut plain) = (0_usize, true);
        for byte in &text.as_bytes()[from..] {
            if self.at > from && ends(*byte) {
                break;
            }
            hash = hash.wrapping_mul(31).wrapping_add(usize::from(*byte));
            plain &= !byte.is_ascii_uppercase() && *byte != 0;
            self.at += 1;
        }
        self.names.get(&text[from..self.at], plain, hash)
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
