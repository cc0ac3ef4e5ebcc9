//! Numbers of pages: in addresses, where the last number of a slug may as well be a word of its headline, and in texts.

use crate::model::PageUrl;

/// Highest number of a page that counts as one of a text.
const MAX_PAGE: u32 = 50;
/// Parameters whose value is the number of a page.
const PARAMETERS: [&str; 7] = ["page", "p", "pg", "paged", "pagenum", "pagina", "seite"];

/// How an address tells which page of a text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// By a parameter, or not at all: `…?page=2`.
    Query,
    /// By a part of its path: `…/page/2/`, `…/2`, `…,2`.
    Segment,
    /// By the end of its slug, which must be proved: `…-2.html`, `…_2`. `…-covid-19` is no page 19.
    Slug,
}

/// A page of a text: the address without the page's number, and that number.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) stem: String,
    pub(super) number: u32,
    form: Form,
}

/// Which page of a text an address is, and which it would be if the end of its slug were a page's number.
pub(super) struct Pages {
    plain: Page,
    slug: Option<Page>,
}

impl Pages {
    pub(super) fn of(url: &PageUrl) -> Pages {
        let key = url.key();
        let key = key.as_str().trim_end_matches('/');
        let (path, query) = key.split_once('?').unwrap_or((key, ""));
        let mut page = 1;
        let kept: Vec<&str> = query
            .split('&')
            .filter(|pair| {
                let number =
                    pair.split_once('=').filter(|(name, _)| PARAMETERS.contains(&name.to_ascii_lowercase().as_str()));
                match number.and_then(|(_, value)| in_bounds(value, 2)) {
                    Some(number) => {
                        page = number;
                        false
                    }
                    None => !pair.is_empty(),
                }
            })
            .collect();
        let kept = kept.join("&");
        let whole = |path: &str| if kept.is_empty() { path.to_owned() } else { format!("{path}?{kept}") };
        let of_path = |form| {
            let (stem, number) = path_number(path, form).filter(|_| page == 1)?;
            Some(Page { stem: whole(&stem), number, form })
        };
        Pages {
            plain: of_path(Form::Segment).unwrap_or_else(|| Page {
                stem: whole(path),
                number: page,
                form: Form::Query,
            }),
            slug: of_path(Form::Slug),
        }
    }

    /// Which page this one is if that address is the next of the same text, and how that address tells it.
    pub(super) fn step(&self, next: &PageUrl) -> Option<(Form, &Page)> {
        let next = Pages::of(next);
        let follows = |page: &&Page, next: &Page| next.number == page.number + 1 && next.stem == page.stem;
        if follows(&&self.plain, &next.plain) {
            return Some((next.plain.form, &self.plain));
        }
        let first = Some(&self.plain).filter(|page| page.number == 1);
        let next = next.slug?;
        let here = self.slug.as_ref().into_iter().chain(first).find(|page| follows(page, &next))?;
        Some((Form::Slug, here))
    }

    /// Whether the address may be this page of a text.
    pub(super) fn are(&self, stem: &str, number: u32) -> bool {
        [Some(&self.plain), self.slug.as_ref()].into_iter().flatten().any(|it| it.number == number && it.stem == stem)
    }
}

fn path_number(path: &str, form: Form) -> Option<(String, u32)> {
    let (head, ending) = match path.rsplit_once('.') {
        Some((head, ending)) if ["html", "htm", "php", "shtml"].contains(&ending) => (head, format!(".{ending}")),
        _ => (path, String::new()),
    };
    let at = head.rfind(['/', '-', '_', ','])?;
    let in_slug = head[at..].starts_with(['-', '_']);
    if in_slug != (form == Form::Slug) {
        return None;
    }
    // Only of a slug is the first page one that may be numbered.
    let number = in_bounds(&head[at + 1..], if in_slug { 1 } else { 2 })?;
    let stem = head[..at].strip_suffix("/page").unwrap_or(&head[..at]);
    // The number of a page is small; that of an article is not, nor is a day of the month a page.
    let is_date =
        stem.rsplit('/').next().is_some_and(|part| part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit()));
    (!is_date).then(|| (format!("{stem}{ending}"), number))
}

fn in_bounds(text: &str, least: u32) -> Option<u32> {
    text.parse().ok().filter(|number| (least..=MAX_PAGE).contains(number) && !text.starts_with(['0', '+']))
}

/// A number of at most two digits, of any script.
pub(super) fn digits(text: &str) -> Option<u32> {
    let text = text.trim();
    let digit = |c: char| match u32::from(c) {
        code @ 0x30..=0x39 => Some(code - 0x30),
        code @ 0x660..=0x669 => Some(code - 0x660),
        code @ 0x6f0..=0x6f9 => Some(code - 0x6f0),
        code @ 0x966..=0x96f => Some(code - 0x966),
        _ => None,
    };
    let is_short = !text.is_empty() && text.chars().nth(2).is_none();
    text.chars().try_fold(0, |number, c| Some(number * 10 + digit(c)?)).filter(|_| is_short)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(url: &str) -> Pages {
        Pages::of(&PageUrl::parse(url).expect("an address"))
    }

    #[test]
    fn the_number_of_a_page_is_told_from_the_rest_of_its_address() {
        for (url, stem, number) in [
            ("https://a.example/news/a-long-story?page=2", "a.example/news/a-long-story", 2),
            ("https://a.example/news/a-long-story/3", "a.example/news/a-long-story", 3),
            ("https://a.example/news/a-long-story/page/2/", "a.example/news/a-long-story", 2),
            ("https://a.example/a-long-story-2.html", "a.example/a-long-story-2.html", 1),
            ("https://a.example/news/covid-19?page=2", "a.example/news/covid-19", 2),
            ("https://a.example/node/48213", "a.example/node/48213", 1),
            ("https://a.example/2024/03/05", "a.example/2024/03/05", 1),
            ("https://a.example/2024/3/5", "a.example/2024/3/5", 1),
        ] {
            let page = pages(url).plain;
            assert_eq!((page.stem.as_str(), page.number), (stem, number), "{url}");
        }
    }

    #[test]
    fn the_end_of_a_slug_may_be_a_number() {
        for (url, expected) in [
            ("https://a.example/a-long-story-2.html", Some(("a.example/a-long-story.html", 2))),
            ("https://a.example/a_long_story_1", Some(("a.example/a_long_story", 1))),
            ("https://a.example/covid-19?id=7", Some(("a.example/covid?id=7", 19))),
            ("https://a.example/covid-19?page=2", None),
            ("https://a.example/the-year-2024", None),
            ("https://a.example/a-long-story/3", None),
        ] {
            let slug = pages(url).slug;
            assert_eq!(slug.as_ref().map(|page| (page.stem.as_str(), page.number)), expected, "{url}");
        }
    }

    #[test]
    fn a_step_leads_from_a_page_to_the_next() {
        for (from, to, expected) in [
            ("/a-story-19", "/a-story-19?page=2", Some((Form::Query, 1))),
            ("/a-story/2", "/a-story/3", Some((Form::Segment, 2))),
            ("/a-story-4", "/a-story-5", Some((Form::Slug, 4))),
            ("/a-story-1", "/a-story-2", Some((Form::Slug, 1))),
            ("/a-story", "/a-story-2", Some((Form::Slug, 1))),
            ("/a-story-19", "/a-story-19-2", Some((Form::Slug, 1))),
            ("/a-story", "/a-story-3", None),
            ("/a-story/2", "/a-story-3", None),
            ("/a-story", "/a-story", None),
        ] {
            let next = PageUrl::parse(&format!("https://a.example{to}")).expect("an address");
            let here = pages(&format!("https://a.example{from}"));
            let found = here.step(&next).map(|(form, page)| (form, page.number));
            assert_eq!(found, expected, "{from} → {to}");
        }
    }

    #[test]
    fn numbers_are_read_in_the_digits_of_many_scripts() {
        for (text, number) in [
            ("2", Some(2)),
            (" ٢ ", Some(2)),
            ("۱۲", Some(12)),
            ("१", Some(1)),
            ("123", None),
            ("", None),
            ("2nd", None),
        ] {
            assert_eq!(digits(text), number, "{text}");
        }
    }
}
