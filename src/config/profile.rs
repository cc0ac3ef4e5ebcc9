//! Site profiles: selectors and patterns for the fields of one site or family, as data.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// How one site or family marks its fields.
///
/// Selectors are CSS; `@attr` at the end takes an attribute instead of the text. Patterns are regular
/// expressions whose named groups become fields (`publisher`, `date`, `author`, `source_id` …).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// A sentence for people.
    pub description: Option<String>,
    /// Domains that it serves, with all their subdomains, where no site names a profile.
    pub domains: Vec<String>,
    /// Regular expression over the path of an article; its named groups may give `source_id` and `publisher_slug`.
    pub article_url: Option<String>,
    /// Language of the pages (BCP 47 primary).
    pub language: Option<String>,
    /// IANA zone of dates that state none.
    pub timezone: Option<String>,
    /// Headline.
    pub title: Option<Rule>,
    /// Standfirst.
    pub subtitle: Option<Rule>,
    /// Authors; every match is one.
    pub authors: Option<Rule>,
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
    /// Boxes whose links are headlines.
    pub headlines: Vec<HeadlineRule>,
    /// Pages with the fields that must come out, run by `murasil profile test`.
    pub test: Vec<ProfileTest>,
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
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileTest {
    /// The page, relative to the profile's file.
    pub file: String,
    /// Its address.
    #[serde(default)]
    pub url: Option<String>,
    /// Field → expected text.
    pub expect: BTreeMap<String, String>,
}
// `Eq` on the test needs no floats: all expectations are text.
impl Eq for ProfileTest {}
