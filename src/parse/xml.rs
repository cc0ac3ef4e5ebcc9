//! XML as feeds and sitemaps have it in the wild: a lenient stream of opening tags, closing tags and text.
//!
//! Built on quick-xml's tokens. Nothing is fetched or read, no entity of a DOCTYPE is expanded (its reference stays as
//! it is written), HTML's named entities are resolved, stray ampersands and unmatched tags are forgiven. Whether tags
//! nest is the reader's business.

use std::borrow::Cow;

use html5ever::data::NAMED_ENTITIES;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// Errors of the tokenizer after which a document is given up.
const MAX_ERRORS: usize = 200;
/// Attributes of a tag that are looked at.
const MAX_ATTRIBUTES: usize = 64;

/// One piece of a document.
#[derive(Debug)]
pub(super) enum Piece<'a> {
    /// A tag; an empty element gives an `Open` and a `Close`.
    Open(Tag),
    Close(String),
    /// Text with its references resolved, or the inside of a CDATA section.
    Text(Cow<'a, str>),
}

/// An opening tag. Names are as written, with their prefix.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
}

impl Tag {
    /// The attribute with this name, prefix included.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// The name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Pieces of a document in order.
pub(super) struct Pieces<'a> {
    reader: Reader<&'a [u8]>,
    /// What went wrong first, for a warning.
    pub(super) problem: Option<String>,
    errors: usize,
    done: bool,
}

impl<'a> Pieces<'a> {
    pub(super) fn of(text: &'a str) -> Pieces<'a> {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        config.expand_empty_elements = true;
        Pieces { reader, problem: None, errors: 0, done: false }
    }

    fn note(&mut self, error: &quick_xml::Error) {
        self.problem.get_or_insert_with(|| error.to_string());
        self.errors += 1;
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        while !self.done {
            let before = self.reader.buffer_position();
            match self.reader.read_event() {
                Ok(Event::Start(tag) | Event::Empty(tag)) => return Some(Piece::Open(open(&tag))),
                Ok(Event::End(tag)) => return Some(Piece::Close(tag.name().as_ref().to_owned())),
                Ok(Event::Text(text)) => return Some(Piece::Text(text.into_inner())),
                Ok(Event::CData(text)) => return Some(Piece::Text(text.into_inner())),
                Ok(Event::GeneralRef(name)) => return Some(Piece::Text(Cow::Owned(resolve(&name)))),
                Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
                Ok(Event::Eof) => self.done = true,
                Err(error) => {
                    self.note(&error);
                    self.done = self.errors > MAX_ERRORS || self.reader.buffer_position() == before;
                }
            }
        }
        None
    }
}

fn open(tag: &BytesStart) -> Tag {
    let attributes = tag
        .html_attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .take(MAX_ATTRIBUTES)
        .map(|attribute| (attribute.key.as_ref().to_owned(), unescape(&attribute.value).into_owned()))
        .collect();
    Tag { name: tag.name().as_ref().to_owned(), attributes }
}

/// The character or characters of a reference without `&` and `;`; an unknown one stays as it is written.
fn resolve(name: &str) -> String {
    character(name).unwrap_or_else(|| format!("&{name};"))
}

fn character(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return Some(numbered(code).to_string());
    }
    let (first, second) = NAMED_ENTITIES.get(format!("{name};").as_str()).copied()?;
    let text: String = [first, second].into_iter().filter(|c| *c != 0).filter_map(char::from_u32).collect();
    (!text.is_empty()).then_some(text)
}

/// A character by number; those of windows-1252 that are written by their byte are read as browsers do.
fn numbered(code: u32) -> char {
    match code {
        0 => '\u{FFFD}',
        0x80..=0x9F => {
            let byte = [code as u8];
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte).0.chars().next().unwrap_or('\u{FFFD}')
        }
        _ => char::from_u32(code).unwrap_or('\u{FFFD}'),
    }
}

/// The text with its references resolved once.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    /// The longest name in HTML's table has 31 letters.
    const LONGEST: usize = 33;
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let end = tail.bytes().take(LONGEST).position(|b| b == b';');
        if let Some((text, end)) = end.and_then(|end| character(&tail[..end]).map(|text| (text, end))) {
            out.push_str(&text);
            rest = &tail[end + 1..];
        } else {
            out.push('&');
            rest = tail;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// HTML as plain text: tags and comments dropped, references resolved, blanks collapsed.
///
/// For titles and names. A `<` that begins no tag is text.
pub(super) fn html_to_text(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    // Where no closing sign is left, none is looked for again: a text of opening ones costs no more than any other.
    let (mut comments_close, mut tags_close) = (true, true);
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        let end = if tail.starts_with("<!--") {
            close_of(tail, "-->", &mut comments_close)
        } else if tail[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            close_of(tail, ">", &mut tags_close)
        } else {
            None
        };
        if let Some(end) = end {
            if breaks_line(&tail[1..end]) {
                out.push(' ');
            }
            rest = &tail[end..];
        } else {
            out.push('<');
            rest = &tail[1..];
        }
    }
    out.push_str(rest);
    collapse(&unescape(&out))
}

/// The place after the closing sign; notes in `may_close` that there is none.
fn close_of(text: &str, sign: &str, may_close: &mut bool) -> Option<usize> {
    let end = may_close.then(|| text.find(sign)).flatten().map(|end| end + sign.len());
    *may_close = end.is_some();
    end
}

fn breaks_line(tag: &str) -> bool {
    let name = tag.trim_start_matches('/');
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    ["br", "p", "div", "li", "td"].iter().any(|it| name[..end].eq_ignore_ascii_case(it))
}

/// The text with every run of blanks as one space, trimmed.
pub(super) fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// At most this many bytes of the text, cut between characters.
pub(super) fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(document: &str) -> String {
        Pieces::of(document)
            .filter_map(|piece| match piece {
                Piece::Text(text) => Some(text.into_owned()),
                Piece::Open(_) | Piece::Close(_) => None,
            })
            .collect()
    }

    #[test]
    fn references_are_resolved_and_entities_of_the_document_are_not() {
        assert_eq!(text_of("<a>&eacute;&#233;&#xE9; &amp;amp; AT&T & x &#146;</a>"), "ééé &amp; AT&T & x ’");
        assert_eq!(text_of("<!DOCTYPE a [<!ENTITY b \"boom\">]><a>&b;</a>"), "&b;");
        assert_eq!(text_of("<a><![CDATA[<b>&amp;]]></a>"), "<b>&amp;");
    }

    #[test]
    fn html_becomes_plain_text() {
        assert_eq!(html_to_text("<b>AT&amp;T</b> 1 < 2<br/>x <!-- y -->z"), "AT&T 1 < 2 x z");
        assert_eq!(html_to_text("a <3 b"), "a <3 b");
    }

    #[test]
    fn broken_documents_end() {
        for broken in [
            "<",
            "<a",
            "<a b='",
            "<!--",
            "<![CDATA[",
            "<!DOCTYPE [",
            "&",
            "<a></b></c>",
            "<a><",
            "</",
            "<?",
            "<a b=c d>",
        ] {
            assert!(Pieces::of(broken).count() < 20, "{broken}");
        }
    }
}
