//! What visits of a site's pages taught about the shapes of its addresses: the guess for a new one.

use std::fmt;

use crate::model::learning::shape;
use crate::model::{PageKind, PageUrl, SiteLearning};

/// Visits after which a shape says something.
const ENOUGH: u32 = 8;

/// What a site's pages of one shape turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learnt {
    /// The shape of their addresses.
    pub shape: String,
    /// What at least nine in ten of them are.
    pub kind: PageKind,
    /// How many that is.
    pub times: u32,
}

impl fmt::Display for Learnt {
    /// The reason as `why` shows it: `learnt:/news/*=article(37)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "learnt:{}={}({})", self.shape, self.kind.as_str(), self.times)
    }
}

/// What the site's visits say about an address; `None` where they were few or disagree.
pub fn learnt(learning: &SiteLearning, url: &PageUrl) -> Option<Learnt> {
    if learning.shapes.is_empty() {
        return None;
    }
    let shape = shape(url);
    let counts = learning.shapes.get(&shape)?;
    let all: u32 = counts.iter().map(|(_, times)| *times).sum();
    let (kind, times) = counts.iter().max_by_key(|(_, times)| *times)?;
    (all >= ENOUGH && times * 10 >= all * 9).then_some(Learnt { shape, kind: *kind, times: *times })
}

/// The guess for an address, corrected by what the site's visits say; the reason where it was.
///
/// Lists are never learnt from what an address alone called an article: a mistake there would breed sources.
pub(super) fn adjust(learning: &SiteLearning, url: &PageUrl, guess: PageKind) -> (PageKind, Option<Learnt>) {
    use PageKind::{Article, Author, Feed, Front, Other, Section, Sitemap, Tag, Unknown};
    let Some(learnt) = learnt(learning, url) else { return (guess, None) };
    match (guess, learnt.kind) {
        (Unknown, Article | Other | Section | Tag | Author)
        | (Article, Other)
        | (Other | Section | Tag | Author, Article)
        | (Section, Tag | Author) => (learnt.kind, Some(learnt)),
        (Unknown | Article | Other | Section | Tag | Author | Front | Feed | Sitemap, _) => (guess, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learning(shape: &str, counts: &[(PageKind, u32)]) -> SiteLearning {
        SiteLearning { shapes: [(shape.to_owned(), counts.to_vec())].into() }
    }

    fn adjusted(learning: &SiteLearning, path: &str, guess: PageKind) -> (PageKind, Option<String>) {
        let url = PageUrl::parse(&format!("https://paper.example{path}")).expect("an address");
        let (kind, reason) = adjust(learning, &url, guess);
        (kind, reason.map(|reason| reason.to_string()))
    }

    #[test]
    fn what_visits_showed_decides_about_a_new_address() {
        let short = learning("/n/+", &[(PageKind::Article, 37), (PageKind::Other, 2)]);
        assert_eq!(
            adjusted(&short, "/n/storm", PageKind::Unknown),
            (PageKind::Article, Some("learnt:/n/+=article(37)".to_owned()))
        );
        assert_eq!(adjusted(&short, "/n/storm", PageKind::Section).0, PageKind::Article);
        assert_eq!(adjusted(&short, "/topic/storm", PageKind::Tag), (PageKind::Tag, None), "of another shape");
        assert_eq!(adjusted(&short, "/m/storm", PageKind::Unknown), (PageKind::Unknown, None));

        let writers = learning("/+", &[(PageKind::Author, 20), (PageKind::Section, 1)]);
        assert_eq!(adjusted(&writers, "/ann", PageKind::Section).0, PageKind::Author);
        let older = learning("/tag/+", &[(PageKind::Section, 50)]);
        assert_eq!(adjusted(&older, "/tag/storm", PageKind::Tag), (PageKind::Tag, None), "counted before tags were a kind");

        let shop = learning("/shop/#", &[(PageKind::Other, 9)]);
        assert_eq!(adjusted(&shop, "/shop/4711", PageKind::Article).0, PageKind::Other);
    }

    #[test]
    fn few_or_divided_visits_say_nothing_and_no_article_becomes_a_source() {
        let few = learning("/n/+", &[(PageKind::Article, 7)]);
        assert_eq!(adjusted(&few, "/n/storm", PageKind::Unknown), (PageKind::Unknown, None));
        let divided = learning("/n/+", &[(PageKind::Article, 30), (PageKind::Section, 10)]);
        assert_eq!(adjusted(&divided, "/n/storm", PageKind::Unknown), (PageKind::Unknown, None));
        let lists = learning("/n/#", &[(PageKind::Section, 50)]);
        assert_eq!(adjusted(&lists, "/n/4711", PageKind::Article), (PageKind::Article, None));
    }
}
