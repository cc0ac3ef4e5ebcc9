//! The fields of an article as its row keeps them.

use std::collections::BTreeMap;

use super::lists;
use super::values::{clean, clean_owned, json};
use super::when::StoredWhen;
use crate::model::{Article, Direction, Extractor, Found, PageUrl};

/// Names of the compared fields, in the order of [`Fields::compared`].
pub(super) const COMPARED: [&str; 8] =
    ["title", "subtitle", "authors", "publisher", "published", "section", "body", "source_url"];

/// The fields of an article as its row keeps them, without `modified`, which follows the page.
pub(super) struct Fields {
    pub(super) title: Option<String>,
    pub(super) subtitle: Option<String>,
    pub(super) kicker: Option<String>,
    pub(super) authors: Vec<String>,
    pub(super) agency: Option<String>,
    pub(super) dateline: Option<String>,
    pub(super) publisher: Option<String>,
    /// As the page tells it.
    pub(super) published: Option<String>,
    pub(super) published_when: StoredWhen,
    pub(super) language: Option<String>,
    pub(super) section: Option<String>,
    pub(super) body: Option<String>,
    pub(super) body_html: Option<String>,
    pub(super) direction: Option<&'static str>,
    pub(super) word_count: i64,
    pub(super) image_url: Option<String>,
    pub(super) canonical_url: Option<String>,
    pub(super) amp_url: Option<String>,
    pub(super) source_url: Option<String>,
    pub(super) source_id: Option<String>,
    /// JSON object.
    pub(super) found_by: String,
}

impl Fields {
    pub(super) fn new(article: &Article) -> Fields {
        let Article {
            title,
            subtitle,
            kicker,
            authors,
            agency,
            dateline,
            publisher,
            published,
            modified: _,
            language,
            section,
            tags: _,
            body: _,
            body_html,
            image,
            canonical,
            amp,
            source,
            source_id,
            flags: _,
            pictures: _,
            entries: _,
        } = article;
        Fields {
            title: text(title.as_ref()),
            subtitle: text(subtitle.as_ref()),
            kicker: text(kicker.as_ref()),
            authors: lists::names(authors.as_ref()),
            agency: text(agency.as_ref()),
            dateline: text(dateline.as_ref()),
            publisher: text(publisher.as_ref()),
            published: published.as_ref().map(|found| found.value.to_string()),
            published_when: StoredWhen::new(published.as_ref()),
            language: text(language.as_ref()),
            section: text(section.as_ref()),
            body: clean_owned(article.body_text().as_deref()),
            body_html: clean_owned(body_html.as_deref()),
            direction: article.direction().map(Direction::as_str),
            word_count: article.word_count() as i64,
            image_url: address(image.as_ref()),
            canonical_url: address(canonical.as_ref()),
            amp_url: address(amp.as_ref()),
            source_url: address(source.as_ref()),
            source_id: text(source_id.as_ref()),
            found_by: json(&provenance(article)),
        }
    }

    /// Authors as versions keep them; `None` without any.
    pub(super) fn author_lines(&self) -> Option<String> {
        (!self.authors.is_empty()).then(|| self.authors.join("\n"))
    }

    /// The fields in the order of [`COMPARED`].
    pub(super) fn compared(&self) -> Vec<Option<String>> {
        vec![
            self.title.clone(),
            self.subtitle.clone(),
            self.author_lines(),
            self.publisher.clone(),
            self.published.clone(),
            self.section.clone(),
            self.body.clone(),
            self.source_url.clone(),
        ]
    }
}

fn text(found: Option<&Found<String>>) -> Option<String> {
    clean_owned(found.map(|found| found.value.as_str()))
}

fn address(found: Option<&Found<PageUrl>>) -> Option<String> {
    found.map(|found| found.value.as_str().to_owned())
}

/// Who found the fields that follow the page, as a patch for `found_by`: a JSON object, null for what is not found.
pub(super) fn followed(article: &Article) -> String {
    let found_by = provenance(article);
    json(&BTreeMap::from(["image", "modified"].map(|field| (field, found_by.get(field)))))
}

/// Field → "extractor rule", for every field that was found.
fn provenance(article: &Article) -> BTreeMap<&'static str, String> {
    let note = |by: Extractor, rule: &str| clean(&format!("{} {rule}", by.as_str())).into_owned();
    article.found_by().into_iter().map(|(field, by, rule)| (field, note(by, rule))).collect()
}
