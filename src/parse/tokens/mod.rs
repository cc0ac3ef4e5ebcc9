//! A text of HTML cut into the tokens from which html5ever builds its tree.
//!
//! html5ever has a tokenizer of its own. It reads character by character, because its input arrives in pieces, and that
//! was half the cost of a tree. Here the whole text is at hand: each state is a search for the bytes that end it, and
//! what lies between is a slice of the text, not a copy. The tokens are the same but for three things: a tag keeps its
//! first [`MAX_ATTRIBUTES`] attributes (each is compared with all before it), comments are empty, and of many blanks
//! between two tags the last two stand for all (nobody reads more of them, and html5ever looks at each). Which blanks
//! nobody reads at all is known where the tree is built: `tree/gate.rs`.
//!
//! # Source
//! HTML Standard §13.2.5; the tests compare the trees, and what is read of them, with those from html5ever's tokenizer.

mod reference;
mod tag;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::rc::Rc;

use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    CharacterTokens, CommentToken, Doctype, DoctypeToken, EOFToken, NullCharacterToken, TagKind, Token, TokenSink,
    TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::{Attribute, LocalName, local_name};
use memchr::{memchr, memchr_iter, memchr2, memchr3, memmem};

pub(super) use tag::{MAX_ATTRIBUTES, Names};

/// Bytes that a tendril holds itself.
const INLINE: usize = 8;
/// Blanks that are left of more than [`INLINE`] between two tags: one more than the newline that `<pre>` swallows.
const INDENT: usize = 2;

/// What the text at hand is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Text, tags and comments.
    Data,
    /// Text up to the end tag of the element that was opened last, character references resolved.
    Escapable,
    /// The same with references as they stand.
    Raw,
    /// The same with the rules for comments in scripts.
    Script,
    /// Text up to the end.
    Plain,
}

/// The text as the states see it: newlines in one form, no byte order mark.
pub(super) fn prepared(text: &str) -> StrTendril {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if memchr(b'\r', text.as_bytes()).is_none() {
        return StrTendril::from_slice(text);
    }
    let mut out = StrTendril::with_capacity(text.len() as u32);
    let mut from = 0;
    for at in memchr_iter(b'\r', text.as_bytes()) {
        out.push_slice(&text[from..at]);
        // A newline behind it stays with the next line.
        from = at + 1;
        if text.as_bytes().get(from) != Some(&b'\n') {
            out.push_char('\n');
        }
    }
    out.push_slice(&text[from..]);
    out
}

/// The vector that the sink has emptied, for the attributes of the next tag.
pub(super) type Spare = Rc<Cell<Vec<Attribute>>>;

/// Gives the tokens of a text to a sink, one at a step.
pub(super) struct Tokens<'t, S> {
    whole: &'t StrTendril,
    text: &'t str,
    /// Place of the next character.
    at: usize,
    mode: Mode,
    /// Name of the element that was opened last; its end tag ends raw text.
    opened: LocalName,
    names: &'t mut Names,
    spare: Spare,
    /// What receives the tokens.
    pub(super) sink: S,
}

impl<'t, S: TokenSink> Tokens<'t, S> {
    /// Tokens of a text that was [`prepared`].
    pub(super) fn new(whole: &'t StrTendril, names: &'t mut Names, spare: Spare, sink: S) -> Tokens<'t, S> {
        Tokens { whole, text: whole, at: 0, mode: Mode::Data, opened: local_name!(""), names, spare, sink }
    }

    /// Gives the next token or two; false at the end of the text.
    pub(super) fn step(&mut self) -> bool {
        let Some(first) = self.text.as_bytes().get(self.at) else { return false };
        match (self.mode, first) {
            (Mode::Data, b'<') => self.markup(),
            (Mode::Data, 0) => {
                self.at += 1;
                self.emit(NullCharacterToken);
            }
            (Mode::Data, _) => self.data(),
            (Mode::Escapable | Mode::Raw, _) => self.raw(),
            (Mode::Script, _) => self.script(),
            (Mode::Plain, _) => self.text_to(self.text.len(), false),
        }
        true
    }

    /// Says that the text has ended.
    pub(super) fn finish(&mut self) {
        self.emit(EOFToken);
        self.sink.end();
    }

    fn emit(&mut self, token: Token) {
        match self.sink.process_token(token, 1) {
            TokenSinkResult::RawData(RawKind::Rcdata) => self.mode = Mode::Escapable,
            TokenSinkResult::RawData(RawKind::Rawtext) => self.mode = Mode::Raw,
            TokenSinkResult::RawData(RawKind::ScriptData | RawKind::ScriptDataEscaped(_)) => self.mode = Mode::Script,
            TokenSinkResult::Plaintext => self.mode = Mode::Plain,
            TokenSinkResult::Continue | TokenSinkResult::Script(_) | TokenSinkResult::EncodingIndicator(_) => {}
        }
    }

    /// A stretch of the text without an allocation.
    fn slice(&self, from: usize, to: usize) -> StrTendril {
        if to - from <= INLINE {
            return StrTendril::from_slice(&self.text[from..to]);
        }
        self.whole.subtendril(from as u32, (to - from) as u32)
    }

    /// The rest of the text.
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Text up to the next tag, comment or NUL.
    fn data(&mut self) {
        let rest = self.rest().as_bytes();
        let end = memchr3(b'<', b'&', 0, rest).unwrap_or(rest.len());
        if rest.get(end) == Some(&b'&') {
            let end = memchr2(b'<', 0, rest).unwrap_or(rest.len());
            self.text_to(self.at + end, true);
        } else {
            let shown = if is_indent(&rest[..end]) { INDENT } else { end };
            self.at += end;
            let text = self.slice(self.at - shown, self.at);
            self.emit(CharacterTokens(text));
        }
    }

    /// Text up to a place, NUL replaced and, if asked, references resolved.
    fn text_to(&mut self, end: usize, references: bool) {
        if self.at == end {
            return;
        }
        let text = self.value(self.at, end, references, false);
        self.at = end;
        self.emit(CharacterTokens(text));
    }

    /// A stretch of the text, NUL replaced and, if asked, references resolved, by the rules of attributes or of text.
    fn value(&self, from: usize, to: usize, references: bool, attribute: bool) -> StrTendril {
        let bytes = &self.text.as_bytes()[from..to];
        let special = if references { memchr2(b'&', 0, bytes) } else { memchr(0, bytes) };
        if special.is_none() {
            return self.slice(from, to);
        }
        let text = self.text[from..to].replace('\0', "\u{fffd}");
        StrTendril::from(if references { reference::resolved(&text, attribute) } else { text })
    }

    /// What begins with `<`.
    fn markup(&mut self) {
        let rest = self.rest();
        match rest.as_bytes().get(1) {
            Some(b'!') => self.declaration(),
            Some(b'/') => match rest.as_bytes().get(2) {
                Some(letter) if letter.is_ascii_alphabetic() => self.tag(TagKind::EndTag),
                Some(b'>') => self.at += 3,
                Some(_) => self.bogus_comment(),
                None => self.text_to(self.text.len(), false),
            },
            Some(letter) if letter.is_ascii_alphabetic() => self.tag(TagKind::StartTag),
            Some(b'?') => self.bogus_comment(),
            _ => self.text_to(self.at + 1, false),
        }
    }

    fn declaration(&mut self) {
        let rest = self.rest();
        if rest.starts_with("<!--") {
            self.comment();
        } else if starts_with(&rest[2..], "doctype") {
            self.doctype();
        } else if rest.starts_with("<![CDATA[") && self.sink.adjusted_current_node_present_but_not_in_html_namespace() {
            self.cdata();
        } else {
            self.bogus_comment();
        }
    }

    fn comment(&mut self) {
        let text = &self.text[self.at + "<!--".len()..];
        let end = if text.starts_with('>') {
            1
        } else if text.starts_with("->") {
            2
        } else {
            end_of_comment(text)
        };
        self.at += "<!--".len() + end;
        self.emit(CommentToken(StrTendril::new()));
    }

    fn bogus_comment(&mut self) {
        let rest = self.rest();
        self.at += memchr(b'>', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
        self.emit(CommentToken(StrTendril::new()));
    }

    /// One a page, in sixteen states: html5ever reads it.
    fn doctype(&mut self) {
        let rest = self.rest();
        let end = memchr(b'>', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
        let reader = Tokenizer::new(Captured::default(), TokenizerOpts::default());
        let input = BufferQueue::default();
        input.push_back(self.slice(self.at, self.at + end));
        let _fed = reader.feed(&input);
        reader.end();
        self.at += end;
        self.emit(DoctypeToken(reader.sink.0.take()));
    }

    /// Text in foreign elements up to `]]>`.
    fn cdata(&mut self) {
        self.at += "<![CDATA[".len();
        let rest = self.rest();
        let end = memmem::find(rest.as_bytes(), b"]]>");
        let inside = self.at + end.unwrap_or(rest.len());
        while self.at < inside {
            if self.text.as_bytes()[self.at] == 0 {
                self.at += 1;
                self.emit(NullCharacterToken);
            } else {
                let part = &self.text.as_bytes()[self.at..inside];
                let text_end = memchr(0, part).map_or(inside, |end| self.at + end);
                self.text_to(text_end, false);
            }
        }
        self.at = if end.is_some() { inside + "]]>".len() } else { inside };
    }

    /// Text up to the end tag of the element that was opened last, and that tag.
    fn raw(&mut self) {
        let end = self.end_tag_from(self.at);
        self.text_to(end.unwrap_or(self.text.len()), self.mode == Mode::Escapable);
        self.close(end);
    }

    /// A script up to its end tag, and that tag. In a comment `<script>` begins a script whose end tag is text.
    fn script(&mut self) {
        let mut from = self.at;
        let mut end = self.end_tag_from(from);
        let end = loop {
            if end.is_some_and(|end| end < from) {
                end = self.end_tag_from(from);
            }
            let before = &self.text[from..end.unwrap_or(self.text.len())];
            let Some(comment) = memmem::find(before.as_bytes(), b"<!--") else { break end };
            match self.in_script_comment(from + comment + "<!".len()) {
                ScriptComment::Over(at) => from = at,
                ScriptComment::EndTag(at) => break Some(at),
                ScriptComment::Open => break None,
            }
        };
        self.text_to(end.unwrap_or(self.text.len()), false);
        self.close(end);
    }

    fn in_script_comment(&self, from: usize) -> ScriptComment {
        let text = self.text;
        let end = memmem::find(&text.as_bytes()[from..], b"-->").map_or(text.len(), |end| from + end);
        let mut at = from;
        let mut nested = false;
        while let Some(found) = memchr(b'<', &text.as_bytes()[at..end]) {
            at += found + 1;
            let inner = &text[at..];
            if inner.starts_with('/') && is_named(&inner[1..], "script") {
                if !nested {
                    return ScriptComment::EndTag(at - 1);
                }
                nested = false;
            } else if is_named(inner, "script") {
                nested = true;
            }
        }
        if end == text.len() { ScriptComment::Open } else { ScriptComment::Over(end + "-->".len()) }
    }

    fn close(&mut self, end_tag: Option<usize>) {
        if end_tag.is_some() {
            self.mode = Mode::Data;
            self.tag(TagKind::EndTag);
        }
    }

    /// Where the end tag of the element that was opened last begins.
    fn end_tag_from(&self, from: usize) -> Option<usize> {
        let mut at = from;
        while let Some(found) = memchr(b'<', &self.text.as_bytes()[at..]) {
            at += found;
            let rest = &self.text[at + 1..];
            if rest.starts_with('/') && is_named(&rest[1..], &self.opened) {
                return Some(at);
            }
            at += 1;
        }
        None
    }
}

/// Whether a text is many blanks and nothing else.
fn is_indent(text: &[u8]) -> bool {
    let are_blank = |text: &[u8]| text.iter().all(|byte| tag::is_blank(*byte));
    let (eights, rest) = text.as_chunks::<INLINE>();
    text.len() > INLINE && are_blank(rest) && eights.iter().all(|eight| *eight == [b' '; INLINE] || are_blank(eight))
}

/// Whether a text that [`Tokens`] gives is blanks and nothing else; long ones were shortened.
pub(super) fn is_blank(text: &str) -> bool {
    text.len() <= INLINE && text.bytes().all(tag::is_blank)
}

/// Where the comment in a script ends.
enum ScriptComment {
    /// Behind `-->`.
    Over(usize),
    /// At the script's end tag.
    EndTag(usize),
    /// Nowhere.
    Open,
}

/// Length of a comment with its end, `-->` or `--!>`.
fn end_of_comment(text: &str) -> usize {
    memmem::find_iter(text.as_bytes(), b"--")
        .map(|at| (at, &text[at + 2..]))
        .find_map(|(at, rest)| {
            // Of a row of dashes the last two count.
            let dashes = rest.len() - rest.trim_start_matches('-').len();
            let rest = &rest[dashes..];
            if rest.starts_with('>') {
                Some(at + dashes + "-->".len())
            } else {
                rest.starts_with("!>").then_some(at + dashes + "--!>".len())
            }
        })
        .unwrap_or(text.len())
}

/// Whether a text begins with a word of ASCII letters, in whatever case.
fn starts_with(text: &str, word: &str) -> bool {
    text.as_bytes().get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether a tag's name begins here and is this one.
fn is_named(text: &str, name: &str) -> bool {
    starts_with(text, name) && text.as_bytes().get(name.len()).is_some_and(|end| tag::ends_name(*end))
}

/// Holds a doctype.
#[derive(Default)]
struct Captured(std::cell::RefCell<Doctype>);

impl TokenSink for Captured {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let DoctypeToken(doctype) = token {
            self.0.replace(doctype);
        }
        TokenSinkResult::Continue
    }
}
