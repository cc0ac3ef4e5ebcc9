//! Selectors that would give a page's fields: for `murasil profile new`, and for alerts when a field stops being found.
//!
//! Works from the answer back to the markup: a field's value is known, the elements that hold it are looked up, and of
//! all short selectors that lead to one of them the steadiest are kept (a microdata property, an id, a class, then with
//! a parent), as long as they lead nowhere else on this page.

use std::collections::{BTreeMap, HashSet};

use scraper::Selector;

use super::profile::{Mirror, paragraphs};
use super::scan::{collapse, is_unread};
use super::tree::{Data, Element, NodeId, Tag, Tree};
use crate::model::{Article, Extractor, PageUrl};

/// Elements that are tried as the place of one value.
const MAX_PLACES: usize = 12;
/// Elements between a piece of text and the element that holds the whole value.
const MAX_CLIMB: usize = 5;
/// Ancestors that may stand before an element in its selector.
const MAX_CONTEXT: usize = 4;
/// Selectors that are tried for one field, and kept.
const MAX_TRIED: usize = 120;
const MAX_KEPT: usize = 12;
/// What may stand around a value in its element: "By …", "Published: …".
const MAX_AROUND: usize = 40;
/// Longest name of a class or id that is taken; longer ones are made by machines.
const MAX_NAME: usize = 40;

/// Words in classes, ids and properties that name a field's place even if its value is not known.
const WORDS: [(&str, &[&str]); 4] = [
    ("title", &["headline", "title", "titre", "titel", "titulo", "onwan"]),
    ("authors", &["byline", "author", "auteur", "autor", "writer", "katib"]),
    ("published", &["published", "pubdate", "dateline", "date", "time", "tarikh"]),
    ("subtitle", &["standfirst", "subtitle", "subheadline", "lead", "lede", "chapo", "summary"]),
];

/// What a field of a page could be read with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The field, by the name of its key in a profile.
    pub field: &'static str,
    /// Its value on this page; empty if the field was not found and the selectors are guessed by their names.
    pub value: String,
    /// Selectors in the language of profiles, the steadiest first; never empty.
    pub css: Vec<String>,
}

/// Proposes selectors for every wanted field that the article has, and by their names for some that it lacks.
pub(super) fn propose(tree: &Tree, article: &Article, base: &PageUrl, wanted: impl Fn(&str) -> bool) -> Vec<Proposal> {
    let page = Page { tree, mirror: Mirror::of(tree) };
    let mut proposals = Vec::new();
    let mut add = |field: &'static str, value: &str, css: Vec<String>| {
        if !css.is_empty() {
            proposals.push(Proposal { field, value: value.to_owned(), css });
        }
    };
    let one = |found: &Option<crate::model::Found<String>>| found.as_ref().map(|found| found.value.clone());
    let published = article.published.as_ref().map(|found| found.value.raw.clone());
    for (field, value) in [
        ("title", one(&article.title)),
        ("subtitle", one(&article.subtitle)),
        ("section", one(&article.section)),
        ("publisher", one(&article.publisher)),
        ("published", published),
    ] {
        if !wanted(field) {
            continue;
        }
        match value.as_deref().map(collapse).filter(|value| !value.is_empty()) {
            Some(value) => add(field, &value, page.for_text(&value)),
            None => add(field, "", page.by_name(field)),
        }
    }
    match &article.authors {
        _ if !wanted("authors") => {}
        Some(authors) => add("authors", &authors.value.join("; "), page.for_list(&authors.value)),
        None => add("authors", "", page.by_name("authors")),
    }
    if let Some(body) = article.body.as_ref().filter(|_| wanted("body")) {
        add("body", "", page.for_body(&body.value));
    }
    if let Some(image) = article.image.as_ref().filter(|_| wanted("image")) {
        add("image", image.value.as_str(), page.for_image(&image.value, base));
    }
    // A field of the page's own metadata needs no selector.
    let stated = |by: Extractor| matches!(by, Extractor::JsonLd | Extractor::Microdata | Extractor::Meta);
    let section_stated = article.section.as_ref().is_some_and(|found| stated(found.by));
    let publisher_stated = article.publisher.as_ref().is_some_and(|found| stated(found.by));
    proposals.retain(|proposal| match proposal.field {
        "section" => !section_stated,
        "publisher" => !publisher_stated,
        _ => true,
    });
    proposals
}

struct Page<'a> {
    tree: &'a Tree,
    mirror: Mirror,
}

impl Page<'_> {
    /// Selectors whose first match holds the text.
    fn for_text(&self, value: &str) -> Vec<String> {
        let mut places = self.places(value, 0);
        if places.is_empty() {
            places = self.places(value, MAX_AROUND);
        }
        let fits = |found: &[NodeId]| found.first().is_some_and(|first| places.contains(first));
        let mut kept = self.selectors(&places, "", fits);
        if kept.is_empty() {
            kept = self.for_attribute(value);
        }
        kept
    }

    /// Selectors of `<time>` and the like whose attribute holds the text.
    fn for_attribute(&self, value: &str) -> Vec<String> {
        for name in ["datetime", "content", "title"] {
            let holds = |id: &NodeId| {
                let element = self.tree.element(*id);
                element.is_some_and(|e| {
                    e.tag != Tag::Meta && e.attribute_named(name).is_some_and(|v| collapse(v) == value)
                })
            };
            let places: Vec<NodeId> = self.tree.descendants(Tree::root()).filter(holds).take(MAX_PLACES).collect();
            let fits = |found: &[NodeId]| found.first().is_some_and(|first| places.contains(first));
            let kept = self.selectors(&places, &format!("@{name}"), fits);
            if !kept.is_empty() {
                return kept;
            }
        }
        Vec::new()
    }

    /// Selectors that match one element for each value and nothing else.
    fn for_list(&self, values: &[String]) -> Vec<String> {
        let mut places = Vec::new();
        for value in values {
            let mut own = self.places(&collapse(value), 0);
            if own.is_empty() {
                own = self.places(&collapse(value), MAX_AROUND);
            }
            places.extend(own);
        }
        let wanted: HashSet<String> = values.iter().map(|value| collapse(value)).collect();
        let fits = |found: &[NodeId]| {
            let texts: HashSet<String> = found.iter().map(|id| self.text(*id)).collect();
            !found.is_empty()
                && found.len() <= values.len() + 1
                && wanted.iter().all(|value| texts.iter().any(|text| text.contains(value.as_str())))
                && found.iter().all(|id| places.contains(id))
        };
        self.selectors(&places, "", fits)
    }

    /// Selectors of the element that holds the paragraphs, and of the paragraphs in it.
    fn for_body(&self, values: &[String]) -> Vec<String> {
        let mut parents: BTreeMap<NodeId, usize> = BTreeMap::new();
        for value in values.iter().take(40) {
            if let Some(parent) = self.container(&collapse(value)) {
                *parents.entry(parent).or_default() += 1;
            }
        }
        let Some((container, count)) = parents.into_iter().max_by_key(|(_, count)| *count) else { return Vec::new() };
        if count * 2 < values.len().min(40) {
            return Vec::new();
        }
        let fits = |found: &[NodeId]| found.len() == 1 && found.first() == Some(&container);
        let whole = self.selectors(&[container], "", fits);
        // The paragraphs alone leave out boxes that stand between them.
        whole.iter().map(|css| format!("{css} > p")).chain(whole.iter().cloned()).take(MAX_KEPT).collect()
    }

    /// The element around a paragraph: the parent of its own element, or, where line breaks part paragraphs, the
    /// innermost element that holds more than it.
    fn container(&self, value: &str) -> Option<NodeId> {
        if let Some(place) = self.places(value, 0).first() {
            return self.tree.parent(*place);
        }
        let starts = |id: &NodeId| match self.tree.data(*id) {
            Data::Text(text) => {
                let piece = collapse(text);
                !piece.is_empty() && value.starts_with(&piece)
            }
            Data::Element(_) | Data::Void => false,
        };
        let piece = self.tree.descendants(Tree::root()).find(starts)?;
        self.tree.ancestors(piece).take(MAX_CLIMB).find(|above| self.text(*above).contains(value))
    }

    fn for_image(&self, image: &PageUrl, base: &PageUrl) -> Vec<String> {
        for name in ["src", "data-src"] {
            let holds = |id: &NodeId| {
                let element = self.tree.element(*id).filter(|element| element.tag == Tag::Img);
                let source = element.and_then(|element| element.attribute_named(name));
                source.and_then(|source| base.join(source).ok()).is_some_and(|url| url.as_str() == image.as_str())
            };
            let places: Vec<NodeId> = self.tree.descendants(Tree::root()).filter(holds).take(MAX_PLACES).collect();
            let fits = |found: &[NodeId]| found.first().is_some_and(|first| places.contains(first));
            let kept = self.selectors(&places, &format!("@{name}"), fits);
            if !kept.is_empty() {
                return kept;
            }
        }
        Vec::new()
    }

    /// Elements whose names say what they hold, for a field whose value nobody knows.
    fn by_name(&self, field: &str) -> Vec<String> {
        let Some((_, words)) = WORDS.iter().find(|(name, _)| *name == field) else { return Vec::new() };
        let named = |id: &NodeId| {
            let Some(element) = self.tree.element(*id) else { return false };
            let names = ["itemprop", "rel", "class", "id"].into_iter().filter_map(|name| element.attribute_named(name));
            let hit = names.flat_map(str::split_whitespace).any(|name| {
                let name = name.to_ascii_lowercase();
                words.iter().any(|word| name.split(['-', '_']).any(|part| part == *word))
            });
            hit && !is_unread(element) && (2..=200).contains(&self.text(*id).chars().count())
        };
        let place = self.tree.descendants(Tree::root()).find(named);
        let fits = |found: &[NodeId]| found.first() == place.as_ref();
        self.selectors(place.as_slice(), "", fits)
    }

    fn text(&self, id: NodeId) -> String {
        paragraphs(self.tree, id, &HashSet::new()).join(" ")
    }

    /// The innermost elements whose text is the value, with at most `around` more bytes beside it; in page order.
    fn places(&self, value: &str, around: usize) -> Vec<NodeId> {
        let mut places = Vec::new();
        let mut at = self.tree.following(Tree::root(), Tree::root());
        while let Some(id) = at {
            match self.tree.data(id) {
                Data::Element(element) if is_unread(element) || element.tag == Tag::Head => {
                    at = self.tree.after(id, Tree::root());
                    continue;
                }
                Data::Text(text) => {
                    let piece = collapse(text);
                    let related = !piece.is_empty() && (value.contains(&piece) || piece.contains(value));
                    if related
                        && let Some(place) = self.holder(id, value, around)
                        && !places.contains(&place)
                    {
                        places.push(place);
                        if places.len() == MAX_PLACES {
                            break;
                        }
                    }
                }
                Data::Element(_) | Data::Void => {}
            }
            at = self.tree.following(id, Tree::root());
        }
        places
    }

    /// The innermost element around a piece of text that holds the whole value.
    fn holder(&self, piece: NodeId, value: &str, around: usize) -> Option<NodeId> {
        for id in self.tree.ancestors(piece).take(MAX_CLIMB) {
            let text = self.text(id);
            if text.len() > value.len() + around {
                return None;
            }
            if text == value || (around > 0 && text.contains(value)) {
                return Some(id);
            }
        }
        None
    }

    /// Selectors of these elements, the steadiest first, of which `fits` takes the matches.
    fn selectors(&self, places: &[NodeId], attribute: &str, fits: impl Fn(&[NodeId]) -> bool) -> Vec<String> {
        let mut kept: Vec<String> = Vec::new();
        let mut tried = HashSet::new();
        for place in places {
            for css in self.candidates(*place) {
                if tried.len() >= MAX_TRIED || kept.len() >= MAX_KEPT {
                    return kept;
                }
                if !tried.insert(css.clone()) {
                    continue;
                }
                let Ok(selector) = Selector::parse(&css) else { continue };
                if fits(&self.mirror.select(&selector)) {
                    kept.push(format!("{css}{attribute}"));
                }
            }
        }
        kept
    }

    fn candidates(&self, id: NodeId) -> Vec<String> {
        let Some(element) = self.tree.element(id) else { return Vec::new() };
        let own = simple(element);
        let name: &str = element.name.local.as_ref();
        let mut all = own.clone();
        for above in self.tree.ancestors(id).take(MAX_CONTEXT).filter_map(|above| self.tree.element(above)) {
            for context in simple(above) {
                all.extend(own.iter().map(|own| format!("{context} {own}")));
                all.push(format!("{context} {name}"));
            }
        }
        if element.tag == Tag::H1 || name == "time" {
            all.push(name.to_owned());
        }
        all
    }
}

/// Selectors of one element by its own names, the steadiest first; empty if it has none that a person gave it.
fn simple(element: Element) -> Vec<String> {
    let name: &str = element.name.local.as_ref();
    let mut all = Vec::new();
    let property = element.attribute_named("itemprop").filter(|property| is_given(property));
    all.extend(property.map(|property| format!("{name}[itemprop=\"{property}\"]")));
    let rel = element.attribute_named("rel").filter(|rel| *rel == "author");
    all.extend(rel.map(|rel| format!("{name}[rel=\"{rel}\"]")));
    all.extend(element.attribute_named("id").filter(|id| is_given(id)).map(|id| format!("{name}#{id}")));
    let classes = element.attribute_named("class").unwrap_or_default();
    all.extend(classes.split_ascii_whitespace().filter(|class| is_given(class)).map(|class| format!("{name}.{class}")));
    all
}

/// Whether a person gave this name: short, letters and hyphens, no digits (which number or hash).
fn is_given(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() <= MAX_NAME
        && bytes.next().is_some_and(|first| first.is_ascii_alphabetic())
        && bytes.all(|b| b.is_ascii_alphabetic() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Found;

    const PAGE: &str = "<html><head><title>Wall approved - Paper</title></head><body>
        <div class='menu'><a class='item'>Wall approved</a></div>
        <main class='css-1x2y3z story'>
        <h1 class='headline'>Wall <b>approved</b></h1>
        <p class='by'>By <a class='writer' href='/a'>Ann Mason</a> and <a class='writer' href='/b'>Bo Reed</a></p>
        <time class='stamp' datetime='2020-05-17T10:00'>17 May</time>
        <figure class='lead'><img src='/wall.jpg'></figure>
        <div id='text'><p>The first paragraph of it.</p><div class='box'>Buy this</div><p>And the second one.</p></div>
        </main></body></html>";

    fn found(value: &str) -> Found<String> {
        Found::new(value.to_owned(), Extractor::Html, "test")
    }

    fn proposals(article: &Article) -> BTreeMap<&'static str, Vec<String>> {
        let base = PageUrl::parse("https://paper.example/1").expect("an address");
        let all = propose(&Tree::parse(PAGE), article, &base, |_| true);
        all.into_iter().map(|proposal| (proposal.field, proposal.css)).collect()
    }

    #[test]
    fn a_value_leads_back_to_the_elements_that_hold_it() {
        let article = Article {
            title: Some(found("Wall approved")),
            authors: Some(Found::new(vec!["Ann Mason".into(), "Bo Reed".into()], Extractor::Html, "test")),
            body: Some(Found::new(
                vec!["The first paragraph of it.".into(), "And the second one.".into()],
                Extractor::Html,
                "test",
            )),
            image: Some(Found::new(
                PageUrl::parse("https://paper.example/wall.jpg").expect("an address"),
                Extractor::Html,
                "test",
            )),
            ..Article::default()
        };
        let all = proposals(&article);
        assert!(all["title"].contains(&"h1.headline".to_owned()), "{all:?}");
        assert_eq!(all["authors"][0], "a.writer");
        assert_eq!(all["body"][0], "div#text > p");
        assert_eq!(all["image"][0], "figure.lead img@src");
    }

    #[test]
    fn a_field_that_nobody_found_is_guessed_by_the_names_of_elements() {
        let all = proposals(&Article::default());
        assert_eq!(all["title"][0], "h1.headline");
        assert!(!all.contains_key("body"), "{all:?}");
    }

    #[test]
    fn names_that_machines_made_are_not_taken() {
        for (name, given) in
            [("headline", true), ("sub-title_x", true), ("css-1x2y3z", false), ("", false), ("a:b", false)]
        {
            assert_eq!(is_given(name), given, "{name}");
        }
    }
}
