//! What a page says without saying its own address: enough to tell whether two addresses were answered with one page.
//!
//! A site that answers an address which it cannot have with a page answers a dead link with the same one, in whatever
//! words. `murasil::crawl` asks for such an address; this file judges.

use std::borrow::Cow;
use std::collections::HashSet;

use super::boilerplate::{LeftOut, Paragraph, identity};
use super::{Article, PageUrl};

/// Paragraphs that are looked at; a page that says that there is nothing has fewer.
const MOST_PARAGRAPHS: usize = 100;
/// Shortest part of an address that is taken out, in bytes: less may be a word of the text.
const SHORTEST_ECHO: usize = 6;

/// A page's title and paragraphs, by their fingerprints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Essence {
    /// `None` without a title.
    title: Option<i64>,
    paragraphs: Vec<Paragraph>,
    /// What was left out because the host prints it in article after article.
    left_out: Vec<Paragraph>,
    /// It says when it was published or who wrote it, as no error page does.
    is_signed: bool,
}

impl Essence {
    /// What an article says, as it was read at this address.
    pub fn of(article: &Article, left_out: &[LeftOut], url: &PageUrl) -> Essence {
        let echo = Echo::new(url);
        let title = article.title.as_ref().and_then(|title| identity(&echo.taken_out(&title.value)));
        let left_out = left_out.iter().map(|it| it.text.as_str());
        Essence {
            title,
            paragraphs: echo.paragraphs(article.paragraphs().iter().map(String::as_str)),
            left_out: echo.paragraphs(left_out),
            is_signed: article.published.is_some() || article.authors.is_some(),
        }
    }

    /// Whether this page is nothing but what its host answered to an address that it cannot have.
    ///
    /// It is, if the titles are the same and more than half of the text is (by its length), or neither has a text. Both,
    /// because a front page that is served for everything may hold a short article whole, and a site may give all of its
    /// pages one title. A host whose answer is dated or signed shows an article for everything, and that is one.
    pub fn is_answer_to_anything(&self, answer: &Essence) -> bool {
        if *answer == Essence::default() || answer.is_signed || self.title != answer.title {
            return false;
        }
        let own = if self.paragraphs.is_empty() { &self.left_out } else { &self.paragraphs };
        let said: HashSet<Option<i64>> = answer.all().map(|it| it.fingerprint).collect();
        let all: usize = own.iter().map(|it| it.bytes).sum();
        let shared: usize = own.iter().filter(|it| said.contains(&it.fingerprint)).map(|it| it.bytes).sum();
        if all == 0 { said.is_empty() } else { shared * 2 > all }
    }

    /// Whether it says when it was published or who wrote it.
    pub fn is_signed(&self) -> bool {
        self.is_signed
    }

    fn all(&self) -> impl Iterator<Item = &Paragraph> {
        self.paragraphs.iter().chain(&self.left_out)
    }
}

/// The parts of an address that a page may repeat, the longest first.
struct Echo {
    parts: Vec<String>,
    /// One of these is in each of the parts.
    kernel: Vec<String>,
}

impl Echo {
    fn new(url: &PageUrl) -> Echo {
        let address = url.as_str();
        let asked = url.path_and_query();
        let name = url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let bare = |text: &str| text.trim_start_matches('/').to_owned();
        let without_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
        let spellings = [address, without_scheme, &asked, &bare(&asked), url.path(), &bare(url.path()), name];
        let both = spellings.into_iter().flat_map(|text| [text.to_owned(), unescaped(text)]);
        let mut parts: Vec<String> = both.filter(|part| part.len() >= SHORTEST_ECHO && !name.is_empty()).collect();
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        parts.dedup();
        let mut kernel = vec![name.to_owned(), unescaped(name)];
        kernel.dedup();
        Echo { parts, kernel }
    }

    /// A text without them.
    fn taken_out<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !self.kernel.iter().any(|name| text.contains(name.as_str())) {
            return Cow::Borrowed(text);
        }
        Cow::Owned(self.parts.iter().fold(text.to_owned(), |text, part| text.replace(part.as_str(), "")))
    }

    fn paragraphs<'t>(&self, texts: impl Iterator<Item = &'t str>) -> Vec<Paragraph> {
        let paragraph = |text: &str| {
            let text = self.taken_out(text);
            let fingerprint = identity(&text)?;
            Some(Paragraph { fingerprint: Some(fingerprint), bytes: text.len() })
        };
        texts.take(MOST_PARAGRAPHS).filter_map(paragraph).collect()
    }
}

/// A text with its percent escapes read; bytes that are no UTF-8 become the sign for that.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Extractor, Found};

    const STRANGER: &str = "https://paper.example/qvhxkzwbnmtrpl";
    const DEAD: &str = "https://paper.example/news/2026/old-story-of-a-bridge";

    fn essence(url: &str, title: &str, paragraphs: &[&str]) -> Essence {
        let body: Vec<String> = paragraphs.iter().map(|text| (*text).to_owned()).collect();
        let article = Article {
            title: (!title.is_empty()).then(|| Found::new(title.to_owned(), Extractor::Html, "h1")),
            body: (!body.is_empty()).then(|| Found::new(body, Extractor::Html, "p")),
            ..Article::default()
        };
        Essence::of(&article, &[], &PageUrl::parse(url).expect("an address"))
    }

    #[test]
    fn an_error_page_in_unknown_words_is_known_by_its_like() {
        for (title, text) in [
            ("Blorf zu nix", "Hier wohnt kein Mensch, und niemand hat je hier gewohnt."),
            ("ما وجدنا شيئا هنا", "يا صديقنا، هذا الرابط لا يقود إلى أي مكان نعرفه."),
        ] {
            let answer = essence(STRANGER, title, &[text, "Most read: a bridge opens"]);
            assert!(essence(DEAD, title, &[text, "Most read: a harbour closes"]).is_answer_to_anything(&answer));
            assert!(!essence(DEAD, "A bridge", &[text, "Most read: a bridge opens"]).is_answer_to_anything(&answer));
            assert!(!essence(DEAD, title, &["What the council decided yesterday."]).is_answer_to_anything(&answer));
        }
    }

    #[test]
    fn an_address_that_a_page_repeats_makes_no_difference() {
        let says = |url: &str, echo: &str| {
            let text = format!("There is nothing at {echo} and there never was.");
            essence(url, &format!("{echo} is nowhere"), &[&text])
        };
        let arabic = "https://paper.example/news/%D8%AC%D8%B3%D8%B1-%D9%82%D8%AF%D9%8A%D9%85";
        let answer = says(STRANGER, STRANGER);
        for echo in [DEAD, "paper.example/news/2026/old-story-of-a-bridge", "/news/2026/old-story-of-a-bridge"] {
            assert!(says(DEAD, echo).is_answer_to_anything(&answer), "{echo}");
        }
        for echo in ["old-story-of-a-bridge", "news/2026/old-story-of-a-bridge"] {
            assert!(says(DEAD, echo).is_answer_to_anything(&says(STRANGER, "qvhxkzwbnmtrpl")), "{echo}");
        }
        for echo in ["/news/%D8%AC%D8%B3%D8%B1-%D9%82%D8%AF%D9%8A%D9%85", "/news/جسر-قديم"] {
            assert!(says(arabic, echo).is_answer_to_anything(&answer), "{echo}");
        }
        assert!(!says(DEAD, "the old bridge").is_answer_to_anything(&answer));
    }

    #[test]
    fn a_front_page_for_everything_swallows_no_article() {
        let brief = "The bridge is closed today.";
        let front = essence(STRANGER, "The Daily Paper", &[brief, "A harbour opens.", "The council meets."]);
        assert!(!essence(DEAD, "Bridge closed", &[brief]).is_answer_to_anything(&front));
    }

    #[test]
    fn an_article_that_is_served_for_everything_is_one() {
        let story = essence(DEAD, "Bridge closed", &["The bridge is closed today."]);
        assert!(story.is_answer_to_anything(&story));
        assert!(!story.is_answer_to_anything(&Essence { is_signed: true, ..story.clone() }));
    }

    #[test]
    fn one_title_for_all_pages_swallows_no_article() {
        let answer = essence(STRANGER, "The Daily Paper", &["We have nothing there.", "Imprint and contact."]);
        let story = ["The council has decided on the new bridge after a long debate.", "Imprint and contact."];
        assert!(!essence(DEAD, "The Daily Paper", &story).is_answer_to_anything(&answer));
        assert!(essence(DEAD, "The Daily Paper", &["We have nothing there."]).is_answer_to_anything(&answer));
    }

    #[test]
    fn pages_without_paragraphs_are_alike_by_their_title_and_a_page_without_anything_is_like_nothing() {
        let answer = essence(STRANGER, "Hotel Miramar", &[]);
        assert!(essence(DEAD, "Hotel Miramar", &[]).is_answer_to_anything(&answer));
        assert!(!essence(DEAD, "Hotel Miramar", &["A story."]).is_answer_to_anything(&answer));
        assert!(!essence(DEAD, "A story", &[]).is_answer_to_anything(&answer));
        let nothing = essence(STRANGER, "", &[]);
        assert!(!essence(DEAD, "", &[]).is_answer_to_anything(&nothing));
    }

    #[test]
    fn what_was_left_out_as_boilerplate_counts_where_nothing_else_is_left() {
        let of = |body: &[&str], left_out: &[&str]| {
            let left_out = left_out.iter().map(|text| LeftOut { at: 0, text: (*text).to_owned() }).collect::<Vec<_>>();
            Essence {
                left_out: Echo::new(&url()).paragraphs(left_out.iter().map(|it| it.text.as_str())),
                ..essence(DEAD, "x", body)
            }
        };
        let answer = essence(STRANGER, "x", &["Nothing is here.", "Read our newsletter."]);
        assert!(of(&[], &["Nothing is here."]).is_answer_to_anything(&answer));
        assert!(!of(&["News."], &["Read our newsletter.", "Nothing is here."]).is_answer_to_anything(&answer));
        let learnt = of(&[], &["Nothing is here."]);
        assert!(essence(DEAD, "x", &["Nothing is here."]).is_answer_to_anything(&learnt));
    }

    fn url() -> PageUrl {
        PageUrl::parse(DEAD).expect("an address")
    }
}
