//! A date text cut into numbers, words and signs.

use unicode_normalization::char::is_combining_mark;

use super::words::{self, MAX_WORDS};
use crate::model::arabic::{ascii_digits, normalise};

/// One piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Blank before it, or nothing at all.
    pub(super) spaced: bool,
    /// All its letters are Latin capitals.
    pub(super) capital: bool,
    /// It is a word with which some name of our tables begins.
    known: bool,
    /// Where it begins and ends in the text, in bytes.
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Decimal digits of any script; more than eighteen of them are no number.
    Number { value: u64, digits: usize },
    /// Letters with their marks, normalised.
    Word(String),
    /// Any other sign; dashes, colons and commas of all scripts in their ASCII form.
    Sign(char),
}

/// A text as tokens.
#[derive(Debug)]
pub(super) struct Tokens(pub(super) Vec<Token>);

impl Tokens {
    pub(super) fn of(text: &str) -> Tokens {
        let mut tokens: Vec<Token> = Vec::new();
        let mut spaced = true;
        let mut rest = text.char_indices().peekable();
        while let Some((start, c)) = rest.next() {
            if c.is_whitespace() {
                spaced = true;
                continue;
            }
            if is_invisible(c) {
                continue;
            }
            let class = Class::of(c);
            let mut end = start + c.len_utf8();
            while let Some((at, next)) = rest.peek().copied() {
                if !(class.continues_with(next)) {
                    break;
                }
                end = at + next.len_utf8();
                rest.next();
            }
            let mut start = start;
            while start < end {
                let piece = &text[start..end];
                let piece = if class == Class::Letter { words::first_of_joined(piece) } else { piece };
                let capital = piece.bytes().all(|b| b.is_ascii_uppercase());
                let kind = kind(class, piece, c);
                let known = matches!(&kind, Kind::Word(word) if words::begins_a_name(word));
                tokens.push(Token { kind, spaced, capital, known, start, end: start + piece.len() });
                start += piece.len();
                spaced = false;
            }
        }
        Tokens(tokens)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<&Token> {
        self.0.get(at)
    }

    pub(super) fn spaced(&self, at: usize) -> bool {
        self.get(at).is_none_or(|token| token.spaced)
    }

    pub(super) fn capital(&self, at: usize) -> bool {
        self.get(at).is_some_and(|token| token.capital)
    }

    pub(super) fn sign(&self, at: usize) -> Option<char> {
        match self.get(at)?.kind {
            Kind::Sign(sign) => Some(sign),
            Kind::Number { .. } | Kind::Word(_) => None,
        }
    }

    pub(super) fn is_sign(&self, at: usize, sign: char) -> bool {
        self.sign(at) == Some(sign)
    }

    pub(super) fn word(&self, at: usize) -> Option<&str> {
        match &self.get(at)?.kind {
            Kind::Word(word) => Some(word),
            Kind::Number { .. } | Kind::Sign(_) => None,
        }
    }

    /// A number and how many digits it was written with.
    pub(super) fn number(&self, at: usize) -> Option<(u64, usize)> {
        match self.get(at)?.kind {
            Kind::Number { value, digits } => Some((value, digits)),
            Kind::Word(_) | Kind::Sign(_) => None,
        }
    }

    /// A number of at most `digits` digits.
    pub(super) fn short_number(&self, at: usize, digits: usize) -> Option<u32> {
        let (value, written) = self.number(at)?;
        // A superfluous zero is forgiven ("2003-012-31").
        (written <= digits || (written == digits + 1 && value < 10u64.pow(digits as u32)))
            .then(|| u32::try_from(value).ok())?
    }

    /// The longest name that begins here and that `lookup` knows, with the place after it.
    ///
    /// Words of a name are parted by blanks, dots (`a.m.`, `พ.ค.`), hyphens or apostrophes, or by nothing but a counter
    /// in the name (`昨日`).
    pub(super) fn name<T>(&self, at: usize, lookup: impl Fn(&str) -> Option<T>) -> Option<(T, usize)> {
        if !self.get(at)?.known {
            return None;
        }
        let mut name = self.word(at)?.to_owned();
        let mut best = lookup(&name).map(|it| (it, at + 1));
        let mut next = at + 1;
        for _ in 1..=MAX_WORDS {
            let (joint, word_at) = match self.sign(next) {
                Some(sign @ ('.' | '-' | '\'')) if !self.spaced(next) => (sign, next + 1),
                Some(_) => break,
                None => (' ', next),
            };
            let Some(word) = self.word(word_at) else { break };
            match joint {
                _ if self.spaced(word_at) => name.push(' '),
                ' ' => {}
                sign => name.push(sign),
            }
            name.push_str(word);
            next = word_at + 1;
            if let Some(it) = lookup(&name) {
                best = Some((it, next));
            }
        }
        best
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Digit,
    Letter,
    /// A letter that is a word by itself: the counters of Chinese, Japanese and Korean dates.
    Counter,
    Sign,
}

impl Class {
    fn of(c: char) -> Class {
        if is_digit(c) {
            Class::Digit
        } else if !c.is_ascii() && "年月日號号時时分秒点點년월일시분초前전约約".contains(c) {
            Class::Counter
        } else if c.is_alphabetic() {
            Class::Letter
        } else {
            Class::Sign
        }
    }

    fn continues_with(self, c: char) -> bool {
        match self {
            Class::Digit => is_digit(c),
            Class::Letter => Class::of(c) == Class::Letter || is_combining_mark(c) || is_invisible(c),
            Class::Counter | Class::Sign => is_combining_mark(c),
        }
    }
}

/// The first word of a name as [`Tokens`] cuts it.
pub(super) fn first_word(name: &str) -> &str {
    let class = name.chars().next().map(Class::of);
    let end = name.char_indices().skip(1).find(|(_, c)| class.is_some_and(|class| !class.continues_with(*c)));
    end.map_or(name, |(end, _)| &name[..end])
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric() && ascii_digits(c.encode_utf8(&mut [0; 4])).is_ascii())
}

/// Direction and zero-width marks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{061C}' | '\u{FEFF}' | '\u{00AD}')
}

fn kind(class: Class, text: &str, first: char) -> Kind {
    match class {
        Class::Digit => {
            let digits = text.chars().count();
            match ascii_digits(text).parse() {
                Ok(value) if digits <= 18 => Kind::Number { value, digits },
                _ => Kind::Sign('#'),
            }
        }
        Class::Letter | Class::Counter => Kind::Word(normalise(text)),
        Class::Sign => Kind::Sign(plain_sign(first)),
    }
}

fn plain_sign(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}' | '\u{FE63}' => '-',
        '：' | '\u{FE55}' | '∶' => ':',
        '،' | '，' | '、' | '\u{066B}' => ',',
        '／' | '\u{2044}' | '\u{2215}' => '/',
        '．' | '。' => '.',
        '’' | '‘' | '′' | '＇' | '`' | 'ʻ' => '\'',
        '（' => '(',
        '）' => ')',
        '＋' => '+',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_into_numbers_words_and_signs() {
        let tokens = Tokens::of("٢٠ ذو الحجة\u{200F} ١٤٣٧هـ – 10h30");
        let kinds: Vec<String> = tokens
            .0
            .iter()
            .map(|token| match &token.kind {
                Kind::Number { value, digits } => format!("{value}/{digits}"),
                Kind::Word(word) => word.clone(),
                Kind::Sign(sign) => sign.to_string(),
            })
            .collect();
        assert_eq!(kinds, ["20/2", "ذو", "الحجه", "1437/4", "ه", "-", "10/2", "h", "30/2"]);
    }

    #[test]
    fn counters_of_east_asia_are_words_of_their_own() {
        let tokens = Tokens::of("2020年5月1日星期五");
        assert_eq!(tokens.len(), 7);
        assert_eq!(tokens.word(5), Some("日"));
    }
}
