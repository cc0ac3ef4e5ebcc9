//! Site profiles: selectors and patterns for the fields of one site or family, as data.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// The profiles that come with the program: file stem in `sites/` and text.
const BUILTIN: &[(&str, &str)] = &[
    ("arabress", include_str!("../../sites/arabress.toml")),
    ("blogger", include_str!("../../sites/blogger.toml")),
    ("drupal", include_str!("../../sites/drupal.toml")),
    ("ghost", include_str!("../../sites/ghost.toml")),
    ("joomla", include_str!("../../sites/joomla.toml")),
    ("wordpress", include_str!("../../sites/wordpress.toml")),
];

/// The profiles that come with the program, by name.
pub fn builtin_profiles() -> BTreeMap<String, Profile> {
    BUILTIN
        .iter()
        .map(|(name, text)| {
            let profile = toml::from_str(text).expect("checked by test `built_in_profiles_are_sound`");
            ((*name).to_owned(), profile)
        })
        .collect()
}

/// How one site or family marks its fields.
///
/// Selectors are CSS; `@attr` at the end takes an attribute instead of the text. Patterns are regular
/// expressions whose named groups become fields (`publisher`, `date`, `author`, `source_id` …) that have no rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// A sentence for people.
    pub description: Option<String>,
    /// Domains that it serves, with all their subdomains, where no site names a profile.
    pub domains: Vec<String>,
    /// Regular expression over the path of an article; its named groups become fields, such as `source_id` or `section`.
    pub article_url: Option<String>,
    /// Language of the pages (BCP 47 primary).
    pub language: Option<String>,
    /// IANA zone of dates that state none.
    pub timezone: Option<String>,
    /// Headline.
    pub title: Option<Rule>,
    /// Standfirst.
    pub subtitle: Option<Rule>,
    /// The line above the headline.
    pub kicker: Option<Rule>,
    /// Authors; every match is one.
    pub authors: Option<Rule>,
    /// News agencies that sign it.
    pub agency: Option<Rule>,
    /// The place with which the text begins.
    pub dateline: Option<Rule>,
    /// The newspaper.
    pub publisher: Option<Rule>,
    /// Publication date. The pattern's groups `date` and `publisher` are used.
    pub published: Option<Rule>,
    /// Date of change.
    pub modified: Option<Rule>,
    /// Section.
    pub section: Option<Rule>,
    /// Keywords; every match is one.
    pub tags: Option<Rule>,
    /// Text blocks, joined in page order; `<br>` and block elements part paragraphs.
    pub body: Option<Rule>,
    /// Lead picture.
    pub image: Option<Rule>,
    /// The original that an aggregator points to.
    pub source_url: Option<Rule>,
    /// The link to the next page of the same text.
    pub next_page: Option<Rule>,
    /// What stands on a page whose text is for subscribers only.
    pub paywall: Option<Rule>,
    /// Boxes whose links are headlines.
    pub headlines: Vec<HeadlineRule>,
    /// Earlier designs of the site: what was otherwise then. Their pages may still lie in an archive.
    pub version: Vec<Profile>,
    /// Of a version: the last day (`YYYY-MM-DD`, UTC) on which fetched pages looked like this.
    pub until: Option<String>,
    /// Pages with the fields that must come out, run by `murasil profile test`.
    pub test: Vec<ProfileTest>,
}

impl Profile {
    /// The rules for single fields that it has, by the names of their keys.
    pub fn rules(&self) -> Vec<(&'static str, &Rule)> {
        let Profile {
            description: _,
            domains: _,
            article_url: _,
            language: _,
            timezone: _,
            title,
            subtitle,
            kicker,
            authors,
            agency,
            dateline,
            publisher,
            published,
            modified,
            section,
            tags,
            body,
            image,
            source_url,
            next_page,
            paywall,
            headlines: _,
            version: _,
            until: _,
            test: _,
        } = self;
        [
            ("title", title),
            ("subtitle", subtitle),
            ("kicker", kicker),
            ("authors", authors),
            ("agency", agency),
            ("dateline", dateline),
            ("publisher", publisher),
            ("published", published),
            ("modified", modified),
            ("section", section),
            ("tags", tags),
            ("body", body),
            ("image", image),
            ("source_url", source_url),
            ("next_page", next_page),
            ("paywall", paywall),
        ]
        .into_iter()
        .filter_map(|(name, rule)| Some((name, rule.as_ref()?)))
        .collect()
    }

    /// The profile as it was in one of its versions: what the version does not say holds as it does today.
    #[must_use]
    pub fn as_it_was(&self, version: &Profile) -> Profile {
        let (old, now) = (version.clone(), self.clone());
        Profile {
            description: now.description,
            domains: now.domains,
            article_url: now.article_url,
            language: old.language.or(now.language),
            timezone: old.timezone.or(now.timezone),
            title: old.title.or(now.title),
            subtitle: old.subtitle.or(now.subtitle),
            kicker: old.kicker.or(now.kicker),
            authors: old.authors.or(now.authors),
            agency: old.agency.or(now.agency),
            dateline: old.dateline.or(now.dateline),
            publisher: old.publisher.or(now.publisher),
            published: old.published.or(now.published),
            modified: old.modified.or(now.modified),
            section: old.section.or(now.section),
            tags: old.tags.or(now.tags),
            body: old.body.or(now.body),
            image: old.image.or(now.image),
            source_url: old.source_url.or(now.source_url),
            next_page: old.next_page.or(now.next_page),
            paywall: old.paywall.or(now.paywall),
            headlines: if old.headlines.is_empty() { now.headlines } else { old.headlines },
            version: Vec::new(),
            until: old.until,
            test: Vec::new(),
        }
    }
}

/// The field that a pattern's named group gives, if it names one.
pub fn group_field(name: &str) -> Option<&'static str> {
    const FIELDS: [&str; 12] = [
        "title",
        "subtitle",
        "kicker",
        "authors",
        "agency",
        "dateline",
        "publisher",
        "published",
        "modified",
        "section",
        "tags",
        "source_id",
    ];
    match name {
        "author" => Some("authors"),
        "date" => Some("published"),
        "tag" => Some("tags"),
        _ => FIELDS.into_iter().find(|field| *field == name),
    }
}

/// Where one field stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// Selectors; the first that matches something non-blank wins.
    pub css: Vec<String>,
    /// Selectors of parts that are left out.
    pub remove: Vec<String>,
    /// Regular expressions of paragraphs that are left out whole.
    pub drop: Vec<String>,
    /// Regular expression over the text; its named groups become fields, else its first group, else its match is the value.
    pub pattern: Option<String>,
    /// IANA zone for a date of this rule that states none.
    pub timezone: Option<String>,
    /// Formats of its dates, tried in order (`%d/%m/%Y %H:%M`, as in strftime); others are read as dates are anywhere.
    pub formats: Vec<String>,
    /// The site's own names of the twelve months, several for one parted by `|`; common ones are known.
    pub months: Vec<String>,
}

/// A rule's selector without the attribute that it takes instead of the text, and that attribute: `img@src`.
pub(crate) fn selector_and_attribute(text: &str) -> (&str, Option<&str>) {
    let is_name = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte))
    };
    match text.rsplit_once('@') {
        Some((css, attribute)) if is_name(attribute) => (css, Some(attribute)),
        Some(_) | None => (text, None),
    }
}

/// A box whose links are headlines.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeadlineRule {
    /// Selectors of the anchors.
    pub css: Vec<String>,
    /// `ticker`, `front`, `related` or `most-read`.
    pub role: String,
}

/// A page with the fields that must come out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProfileTest {
    /// The page's file, relative to the configuration file; `.gz` is decompressed.
    pub file: Option<String>,
    /// The page itself, in place of a file.
    pub page: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// The day (`YYYY-MM-DD`, UTC) on which it was fetched, for tests of a version; today if left out.
    pub fetched: Option<String>,
    /// Field → expected text, by the names of [`TESTED`]; lists are joined by `; `, paragraphs by a blank line, and
    /// an empty text expects that there is none.
    pub expect: BTreeMap<String, String>,
}

/// Fields that a test may expect, by their names in `murasil extract --json`; `published` and `modified` stand for
/// `published_at` and `modified_at`, `flags` for their names.
pub const TESTED: [&str; 19] = [
    "kind",
    "title",
    "subtitle",
    "kicker",
    "authors",
    "agency",
    "dateline",
    "publisher",
    "published",
    "published_day",
    "modified",
    "language",
    "section",
    "tags",
    "body",
    "image",
    "source_url",
    "source_id",
    "flags",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_profiles_are_sound() {
        let built_in = builtin_profiles();
        assert_eq!(built_in.len(), BUILTIN.len());
        for (name, profile) in built_in {
            assert_eq!(super::super::validate::profile_slips(&profile), [], "{name}");
        }
    }

    #[test]
    fn every_file_in_sites_is_built_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/sites");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder is there")
            .map(|entry| entry.expect("readable").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
            .map(|path| path.file_stem().expect("has a name").to_string_lossy().into_owned())
            .collect();
        files.sort();
        let names: Vec<&str> = BUILTIN.iter().map(|(name, _)| *name).collect();
        assert_eq!(files, names);
    }
}
