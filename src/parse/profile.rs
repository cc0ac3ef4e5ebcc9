//! Site profiles, compiled: selectors and patterns that name one site's fields, and how they are applied.
//!
//! Built-in profiles lie in `sites/` and are part of the binary; the operator's own hide those of the same name.
//! Selectors run on a copy of the tree that scraper understands; it is made for pages with a profile only.

use std::collections::{BTreeMap, HashSet};

use html5ever::Attribute;
use jiff::tz::TimeZone;
use regex::Regex;
use scraper::{ElementRef, Html, Node, Selector};

use super::dates::Form;
use super::scan::collapse;
use super::tree::{Data, NodeId, Tag, Tree};
use crate::config::{Config, Profile, builtin_profiles, profile};
use crate::model::{Date, HeadlineRole, PageUrl};

/// A profile that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("profile.{profile}: {key} = {value:?}: {problem}")]
pub struct ProfileError {
    /// Name of the profile.
    pub profile: String,
    /// The key within it.
    pub key: String,
    /// The value that is wrong.
    pub value: String,
    /// What is wrong with it.
    pub problem: String,
}

/// A profile, ready for use.
#[derive(Debug)]
pub(crate) struct Compiled {
    /// Its name.
    pub(crate) name: String,
    /// Domains that it serves without being configured.
    domains: Vec<String>,
    article_url: Option<Regex>,
    /// Language of its pages.
    pub(crate) language: Option<String>,
    /// Zone of its dates.
    pub(crate) zone: Option<TimeZone>,
    fields: BTreeMap<&'static str, CompiledRule>,
    headlines: Vec<(Vec<Query>, HeadlineRole)>,
    /// Earlier designs with the last day of each, the earliest first.
    versions: Vec<(Date, Compiled)>,
}

#[derive(Debug)]
struct CompiledRule {
    queries: Vec<Query>,
    remove: Vec<Selector>,
    drop: Vec<Regex>,
    pattern: Option<Regex>,
    zone: Option<TimeZone>,
    form: Form,
}

/// A selector, perhaps with the attribute that is taken instead of the text.
#[derive(Debug)]
struct Query {
    text: String,
    selector: Selector,
    attribute: Option<String>,
}

/// A profile's answer for one field.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    /// Values in page order; one for most fields.
    pub(crate) values: Vec<String>,
    /// The selector that matched.
    pub(crate) rule: String,
    /// Named groups of the pattern.
    groups: Vec<(String, String)>,
    /// Zone of the rule, for dates.
    pub(crate) zone: Option<TimeZone>,
    /// How the rule's dates are written.
    pub(crate) form: Form,
}

/// A profile's answers for one page.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// Field → answer.
    pub(crate) fields: BTreeMap<&'static str, Answer>,
    /// Anchors of headline boxes with their role, in page order a role.
    pub(crate) headlines: Vec<(NodeId, HeadlineRole)>,
    /// The profile names headline boxes of this page.
    pub(crate) has_boxes: bool,
}

/// Compiles the built-in profiles and the operator's.
pub(crate) fn compile_all(config: &Config) -> Result<BTreeMap<String, Compiled>, ProfileError> {
    let mut all = BTreeMap::new();
    for (name, profile) in builtin_profiles().iter().chain(&config.profiles) {
        all.insert(name.clone(), compile(name, profile)?);
    }
    Ok(all)
}

fn error(profile: &str, key: &str, value: &str, problem: &str) -> ProfileError {
    ProfileError { profile: profile.into(), key: key.into(), value: value.into(), problem: problem.into() }
}

fn compile(name: &str, profile: &Profile) -> Result<Compiled, ProfileError> {
    let mut fields = BTreeMap::new();
    for (key, rule) in profile.rules() {
        fields.insert(key, compile_rule(name, key, rule)?);
    }
    let mut headlines = Vec::new();
    for rule in &profile.headlines {
        let role = HeadlineRole::from_word(&rule.role)
            .ok_or_else(|| error(name, "headlines.role", &rule.role, "must be ticker, front, related or most-read"))?;
        headlines.push((queries(name, "headlines.css", &rule.css)?, role));
    }
    Ok(Compiled {
        name: name.to_owned(),
        domains: profile.domains.clone(),
        article_url: pattern(name, "article_url", profile.article_url.as_deref())?,
        language: profile.language.clone(),
        zone: zone(name, "timezone", profile.timezone.as_deref())?,
        fields,
        headlines,
        versions: versions(name, profile)?,
    })
}

fn versions(name: &str, profile: &Profile) -> Result<Vec<(Date, Compiled)>, ProfileError> {
    let mut versions = Vec::new();
    for version in &profile.version {
        let until = version.until.as_deref().unwrap_or_default();
        let day = until.parse().map_err(|_| error(name, "version.until", until, "not a day (as in \"2025-03-31\")"))?;
        versions.push((day, compile(name, &profile.as_it_was(version))?));
    }
    versions.sort_by_key(|(day, _)| *day);
    Ok(versions)
}

fn compile_rule(name: &str, key: &str, rule: &profile::Rule) -> Result<CompiledRule, ProfileError> {
    let remove =
        rule.remove.iter().map(|css| selector(name, &format!("{key}.remove"), css)).collect::<Result<_, _>>()?;
    let drop = rule.drop.iter().map(|text| regex(name, &format!("{key}.drop"), text)).collect::<Result<_, _>>()?;
    Ok(CompiledRule {
        queries: queries(name, &format!("{key}.css"), &rule.css)?,
        remove,
        drop,
        pattern: pattern(name, &format!("{key}.pattern"), rule.pattern.as_deref())?,
        zone: zone(name, &format!("{key}.timezone"), rule.timezone.as_deref())?,
        form: Form::new(&rule.formats, &rule.months),
    })
}

fn queries(name: &str, key: &str, css: &[String]) -> Result<Vec<Query>, ProfileError> {
    css.iter()
        .map(|text| {
            let (css, attribute) = profile::selector_and_attribute(text);
            let attribute = attribute.map(str::to_owned);
            Ok(Query { text: text.clone(), selector: selector(name, key, css)?, attribute })
        })
        .collect()
}

fn selector(name: &str, key: &str, css: &str) -> Result<Selector, ProfileError> {
    Selector::parse(css).map_err(|_| error(name, key, css, "not a CSS selector"))
}

fn regex(name: &str, key: &str, text: &str) -> Result<Regex, ProfileError> {
    Regex::new(text).map_err(|e| {
        let problem = e.to_string();
        error(
            name,
            key,
            text,
            &format!("not a regular expression: {}", problem.lines().last().unwrap_or_default().trim()),
        )
    })
}

fn pattern(name: &str, key: &str, text: Option<&str>) -> Result<Option<Regex>, ProfileError> {
    text.map(|text| regex(name, key, text)).transpose()
}

fn zone(name: &str, key: &str, text: Option<&str>) -> Result<Option<TimeZone>, ProfileError> {
    text.map(|text| {
        TimeZone::get(text).map_err(|_| error(name, key, text, "not an IANA time zone (as in \"Asia/Riyadh\")"))
    })
    .transpose()
}

impl Compiled {
    /// The profile as it was for pages that were fetched on this day (UTC).
    pub(crate) fn on(&self, day: Date) -> &Compiled {
        self.versions.iter().find(|(until, _)| day <= *until).map_or(self, |(_, version)| version)
    }

    /// Whether the profile serves this host without being configured.
    pub(crate) fn serves(&self, host: &str) -> bool {
        self.domains
            .iter()
            .any(|domain| host.strip_suffix(domain.as_str()).is_some_and(|head| head.is_empty() || head.ends_with('.')))
    }

    /// Whether an address is an article's; `None` if the profile does not say.
    pub(crate) fn is_article_url(&self, url: &PageUrl) -> Option<bool> {
        self.article_url.as_ref().map(|pattern| pattern.is_match(url.path()))
    }

    /// Applies all rules to a page.
    pub(crate) fn apply(&self, tree: &Tree, url: &PageUrl) -> Answers {
        let mirror = Mirror::of(tree);
        let mut answers = Answers { has_boxes: !self.headlines.is_empty(), ..Answers::default() };
        for (field, rule) in &self.fields {
            let answer = if *field == "body" { rule.body(tree, &mirror) } else { rule.answer(tree, &mirror) };
            if let Some(answer) = answer {
                answers.fields.insert(field, answer);
            }
        }
        self.add_groups(url, &mut answers.fields);
        let mut taken = HashSet::new();
        for (queries, role) in &self.headlines {
            for query in queries {
                for node in mirror.select(&query.selector) {
                    if taken.insert(node) {
                        answers.headlines.push((node, *role));
                    }
                }
            }
        }
        answers
    }

    /// Named groups of the rules' patterns, then of that of addresses, become fields that have no answer yet.
    fn add_groups(&self, url: &PageUrl, fields: &mut BTreeMap<&'static str, Answer>) {
        let mut named: Vec<((String, String), String)> = Vec::new();
        for (field, answer) in fields.iter_mut() {
            named.extend(
                std::mem::take(&mut answer.groups).into_iter().map(|group| (group, format!("{field}.pattern"))),
            );
        }
        let of_url = self.article_url.as_ref().map(|pattern| groups(pattern, url.path())).unwrap_or_default();
        named.extend(of_url.into_iter().map(|group| (group, "article_url".to_owned())));
        for ((name, value), rule) in named {
            let value = collapse(&value);
            if let Some(field) = profile::group_field(&name).filter(|_| !value.is_empty()) {
                fields.entry(field).or_insert_with(|| Answer { values: vec![value], rule, ..Answer::default() });
            }
        }
    }
}

fn groups(pattern: &Regex, text: &str) -> Vec<(String, String)> {
    let Some(found) = pattern.captures(text) else { return Vec::new() };
    pattern
        .capture_names()
        .flatten()
        .filter_map(|name| Some((name.to_owned(), found.name(name)?.as_str().to_owned())))
        .collect()
}

impl CompiledRule {
    fn answer(&self, tree: &Tree, mirror: &Mirror) -> Option<Answer> {
        self.queries.iter().find_map(|query| {
            let removed = self.removed(mirror);
            let mut values = Vec::new();
            let mut found_groups = Vec::new();
            let nodes: Vec<NodeId> = mirror.select(&query.selector).into_iter().take(500).collect();
            let all: HashSet<NodeId> = nodes.iter().copied().collect();
            for node in nodes {
                // What lies in another match is part of its text; to read it again at every depth would cost the square.
                if query.attribute.is_none() && tree.ancestors(node).any(|above| all.contains(&above)) {
                    continue;
                }
                let text = match &query.attribute {
                    Some(name) => {
                        tree.element(node).and_then(|e| e.attribute_named(name)).map(collapse).unwrap_or_default()
                    }
                    None => paragraphs(tree, node, &removed).join(" "),
                };
                if text.is_empty() || self.drop.iter().any(|drop| drop.is_match(&text)) {
                    continue;
                }
                match &self.pattern {
                    None => values.push(text),
                    Some(pattern) => {
                        let Some(value) = matched(pattern, &text) else { continue };
                        if found_groups.is_empty() {
                            found_groups = groups(pattern, &text);
                        }
                        values.push(value);
                    }
                }
            }
            (!values.is_empty()).then(|| Answer {
                values,
                rule: query.text.clone(),
                groups: found_groups,
                zone: self.zone.clone(),
                form: self.form.clone(),
            })
        })
    }

    fn body(&self, tree: &Tree, mirror: &Mirror) -> Option<Answer> {
        let removed = self.removed(mirror);
        self.queries.iter().find_map(|query| {
            let nodes = mirror.select(&query.selector);
            let all: HashSet<NodeId> = nodes.iter().copied().collect();
            let values: Vec<String> = nodes
                .into_iter()
                .filter(|node| !tree.ancestors(*node).any(|above| all.contains(&above)))
                .flat_map(|node| paragraphs(tree, node, &removed))
                .filter(|text| !self.drop.iter().any(|drop| drop.is_match(text)))
                .collect();
            (!values.is_empty()).then(|| Answer { values, rule: query.text.clone(), ..Answer::default() })
        })
    }

    fn removed(&self, mirror: &Mirror) -> HashSet<NodeId> {
        self.remove.iter().flat_map(|selector| mirror.select(selector)).collect()
    }
}

/// The part of a text that a pattern names: the group `value` or `date`, else the first group, else the whole match.
fn matched(pattern: &Regex, text: &str) -> Option<String> {
    let found = pattern.captures(text)?;
    let part = found.name("value").or_else(|| found.name("date")).or_else(|| found.get(1)).or_else(|| found.get(0))?;
    Some(collapse(part.as_str())).filter(|value| !value.is_empty())
}

/// The paragraphs at and below a node: `<br>` and block elements part them, inline elements neither glue nor split.
pub(crate) fn paragraphs(tree: &Tree, top: NodeId, removed: &HashSet<NodeId>) -> Vec<String> {
    let mut out = Vec::new();
    let mut open = String::new();
    // Where each open block ends: the node after all that lies in it.
    let mut blocks: Vec<Option<NodeId>> = Vec::new();
    let mut at = Some(top);
    let flush = |open: &mut String, out: &mut Vec<String>| {
        let text = collapse(open);
        if !text.is_empty() {
            out.push(text);
        }
        open.clear();
    };
    while let Some(id) = at {
        while blocks.last().is_some_and(|end| *end == at) {
            blocks.pop();
            flush(&mut open, &mut out);
        }
        let mut skip = removed.contains(&id);
        match tree.data(id) {
            Data::Text(text) if !skip => open.push_str(text),
            Data::Void | Data::Text(_) => {}
            Data::Element(element) => {
                skip |= super::scan::is_unread(element);
                if element.tag == Tag::Br {
                    flush(&mut open, &mut out);
                } else if !skip && super::tree::is_block(element.tag) {
                    flush(&mut open, &mut out);
                    blocks.push(tree.after(id, top));
                }
            }
        }
        at = if skip { tree.after(id, top) } else { tree.following(id, top) };
    }
    flush(&mut open, &mut out);
    out
}

/// The tree as scraper wants it, with the way back to our numbers.
pub(super) struct Mirror {
    html: Html,
    /// Our number of each of scraper's nodes, by the order of their making.
    numbers: std::collections::HashMap<ego_tree::NodeId, NodeId>,
}

impl Mirror {
    pub(super) fn of(tree: &Tree) -> Mirror {
        let mut html = Html::new_document();
        let mut numbers = std::collections::HashMap::with_capacity(tree.len());
        let mut theirs = vec![None; tree.len()];
        let root = Tree::root();
        theirs[root.index()] = Some(html.tree.root().id());
        for id in tree.descendants(root).skip(1) {
            let Some(parent) = tree.parent(id).and_then(|parent| theirs[parent.index()]) else { continue };
            let Data::Element(element) = tree.data(id) else { continue };
            let attributes: Vec<Attribute> = element.attributes.to_vec();
            let node = Node::Element(scraper::node::Element::new(element.name.clone(), attributes));
            if let Some(mut parent) = html.tree.get_mut(parent) {
                let made = parent.append(node).id();
                theirs[id.index()] = Some(made);
                numbers.insert(made, id);
            }
        }
        Mirror { html, numbers }
    }

    pub(super) fn select(&self, selector: &Selector) -> Vec<NodeId> {
        self.html.select(selector).filter_map(|found: ElementRef| self.numbers.get(&found.id()).copied()).collect()
    }
}
