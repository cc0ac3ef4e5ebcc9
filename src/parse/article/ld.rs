//! JSON-LD: the object that describes the article, found in whatever nesting a page prints it.

use serde_json::{Map, Value};

use super::super::json;
use super::super::scan::{Scan, collapse};
use crate::model::{PageUrl, ParseWarning};

/// Objects of a page that are looked at.
const MAX_OBJECTS: usize = 2_000;
/// Longest JSON-LD script that is read, in bytes.
const MAX_SCRIPT: usize = 1 << 20;
/// Members of a list that are taken.
const MAX_TEXTS: usize = 200;

/// All JSON-LD objects of a page, outer ones first.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    objects: Vec<Map<String, Value>>,
    /// The object that is the article.
    article: Option<usize>,
    /// The object that is the page.
    page: Option<usize>,
    /// What the objects may still occupy, in bytes.
    room: usize,
    /// What was odd.
    pub(crate) warnings: Vec<ParseWarning>,
}

/// Types that say "this is an article".
const ARTICLE_TYPES: &[&str] = &[
    "NewsArticle",
    "Article",
    "BlogPosting",
    "ReportageNewsArticle",
    "AnalysisNewsArticle",
    "OpinionNewsArticle",
    "BackgroundNewsArticle",
    "ReviewNewsArticle",
    "AskPublicNewsArticle",
    "AdvertiserContentArticle",
    "SatiricalArticle",
    "ScholarlyArticle",
    "TechArticle",
    "LiveBlogPosting",
    "SocialMediaPosting",
    "Report",
    "Review",
    "Recipe",
    "HowTo",
];
const PAGE_TYPES: &[&str] = &["WebPage", "ItemPage", "AboutPage", "QAPage", "FAQPage", "VideoObject"];

impl Graph {
    /// Reads all scripts of a page.
    pub(crate) fn read(scan: &Scan, url: &PageUrl) -> Graph {
        let mut graph = Graph { room: json::MAX_BYTES, ..Graph::default() };
        for script in scan.scripts.iter().take(50) {
            let text = scan.raw_text(*script);
            if text.len() > MAX_SCRIPT || !graph.has_room(json::size_of_text(&text)) {
                continue;
            }
            match parse(&text) {
                Ok(value) => graph.gather(value),
                Err(problem) if !text.trim().is_empty() => {
                    graph.warnings.push(ParseWarning { code: "json-ld", detail: problem.chars().take(200).collect() });
                }
                Err(_) => {}
            }
        }
        graph.article = graph.best(ARTICLE_TYPES, url);
        graph.page = graph.best(PAGE_TYPES, url);
        graph
    }

    /// Takes so many bytes; false where they are too many.
    fn has_room(&mut self, bytes: usize) -> bool {
        let rest = self.room.checked_sub(bytes);
        self.room = rest.unwrap_or(self.room);
        rest.is_some()
    }

    /// Flattens a value into objects without recursion.
    fn gather(&mut self, value: Value) {
        let mut queue = std::collections::VecDeque::from([value]);
        while let Some(value) = queue.pop_front() {
            match value {
                Value::Array(items) => queue.extend(items),
                Value::Object(map) => {
                    if self.objects.len() >= MAX_OBJECTS {
                        return;
                    }
                    for key in
                        ["@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart", "subjectOf"]
                    {
                        if let Some(inner) = map.get(key)
                            && (inner.is_object() || inner.is_array())
                            && self.has_room(json::size_of_value(inner, self.room))
                        {
                            queue.push_back(inner.clone());
                        }
                    }
                    self.objects.push(map);
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
    }

    fn best(&self, types: &[&str], url: &PageUrl) -> Option<usize> {
        let key = url.key();
        let score = |object: &Map<String, Value>| {
            let mut score = 0;
            let addresses = ["url", "mainEntityOfPage", "@id"];
            let about_us = addresses
                .iter()
                .filter_map(|name| address(object.get(*name)?))
                .any(|text| PageUrl::parse(&text).is_ok_and(|other| other.key() == key));
            score += i32::from(about_us) * 8;
            score += i32::from(object.contains_key("articleBody")) * 4;
            score += i32::from(object.contains_key("headline")) * 3;
            score += i32::from(object.contains_key("datePublished")) * 2;
            score += i32::from(object.contains_key("author"));
            score
        };
        let mut best: Option<(usize, i32)> = None;
        for (at, object) in self.objects.iter().enumerate() {
            if !kinds(object).iter().any(|kind| types.contains(kind)) {
                continue;
            }
            let score = score(object);
            if best.is_none_or(|(_, known)| score > known) {
                best = Some((at, score));
            }
        }
        best.map(|(at, _)| at)
    }

    fn article(&self) -> Option<&Map<String, Value>> {
        self.article.and_then(|at| self.objects.get(at))
    }

    fn page(&self) -> Option<&Map<String, Value>> {
        self.page.and_then(|at| self.objects.get(at))
    }

    /// The type of the article object.
    pub(crate) fn article_type(&self) -> Option<&str> {
        self.article().and_then(|object| kinds(object).into_iter().find(|kind| ARTICLE_TYPES.contains(kind)))
    }

    /// How many objects say that they are articles.
    pub(crate) fn article_count(&self) -> usize {
        self.objects.iter().filter(|object| kinds(object).iter().any(|kind| ARTICLE_TYPES.contains(kind))).count()
    }

    /// Whether some object has this type.
    pub(crate) fn has_type(&self, kind: &str) -> bool {
        self.objects.iter().any(|object| kinds(object).contains(&kind))
    }

    /// A text property of the article object.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.article().and_then(|object| string(object.get(name)?))
    }

    /// A text property of the page object.
    pub(crate) fn page_text(&self, name: &str) -> Option<String> {
        self.page().and_then(|object| string(object.get(name)?))
    }

    /// A text property of the only film of a page that names no article.
    pub(crate) fn film_text(&self, name: &str) -> Option<String> {
        let mut films = self.objects.iter().filter(|object| kinds(object).contains(&"VideoObject"));
        let film = films.next().filter(|_| self.article.is_none() && films.next().is_none())?;
        string(film.get(name)?)
    }

    /// Names of the people that a page without an article object names: its author, else its only person.
    pub(crate) fn page_people(&self) -> Vec<String> {
        if self.article.is_some() {
            return Vec::new();
        }
        let of_page = self.page().and_then(|page| page.get("author")).and_then(|author| self.name_of(author));
        if let Some(name) = of_page {
            return vec![name];
        }
        let mut people: Vec<String> = self
            .objects
            .iter()
            .filter(|object| kinds(object).contains(&"Person"))
            .filter_map(|object| string(object.get("name")?))
            .collect();
        people.dedup();
        if people.len() == 1 { people } else { Vec::new() }
    }

    /// A list of texts: `keywords` as a list or divided by commas.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let Some(value) = self.article().and_then(|object| object.get(name)) else { return Vec::new() };
        match value {
            Value::Array(items) => {
                items.iter().take(MAX_TEXTS).filter_map(|item| string(item).or_else(|| self.name_of(item))).collect()
            }
            Value::String(text) => vec![plain(text)],
            Value::Object(_) => self.name_of(value).into_iter().collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
        }
    }

    /// Names of the persons and organisations under a property, with whether they are persons for sure.
    pub(crate) fn names(&self, name: &str) -> Vec<(String, Option<bool>)> {
        let Some(value) = self.article().and_then(|object| object.get(name)) else { return Vec::new() };
        let items = match value {
            Value::Array(items) => items.as_slice(),
            other => std::slice::from_ref(other),
        };
        let mut out = Vec::new();
        for item in items.iter().take(50) {
            if let Value::Object(map) = item
                && let Some(Value::Array(names)) = map.get("name")
            {
                out.extend(names.iter().filter_map(string).map(|name| (name, None)));
                continue;
            }
            let person = self.resolve(item).map(kinds).and_then(|kinds| {
                if kinds.contains(&"Person") {
                    Some(true)
                } else {
                    (kinds.contains(&"Organization") || kinds.contains(&"NewsMediaOrganization")).then_some(false)
                }
            });
            if let Some(name) = self.name_of(item) {
                out.push((name, person));
            }
        }
        out
    }

    /// Follows `@id` to the object that it names.
    fn resolve<'a>(&'a self, value: &'a Value) -> Option<&'a Map<String, Value>> {
        let map = value.as_object()?;
        if map.contains_key("name") || map.contains_key("@type") && map.len() > 2 {
            return Some(map);
        }
        let id = map.get("@id")?.as_str()?;
        self.objects
            .iter()
            .find(|object| object.contains_key("name") && object.get("@id").and_then(Value::as_str) == Some(id))
            .or(Some(map))
    }

    fn name_of(&self, value: &Value) -> Option<String> {
        match value {
            Value::String(text) => Some(plain(text)).filter(|name| !name.is_empty()),
            Value::Object(_) => {
                let map = self.resolve(value)?;
                string(map.get("name").or_else(|| map.get("@value")).or_else(|| map.get("alternateName"))?)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
        }
    }

    /// The first address under a property that may be a text, an object with `url`, or a list of these.
    pub(crate) fn address(&self, name: &str) -> Option<String> {
        let value = self.article()?.get(name)?;
        let direct = value.get("url").or_else(|| value.get("contentUrl")).is_some();
        let id = value.get("@id").and_then(Value::as_str).filter(|_| !direct);
        let named = id.and_then(|id| {
            let map = self.objects.iter().find(|o| {
                o.get("@id").and_then(Value::as_str) == Some(id)
                    && (o.contains_key("url") || o.contains_key("contentUrl"))
            })?;
            address(map.get("url").or_else(|| map.get("contentUrl"))?)
        });
        named.or_else(|| address(value)).or_else(|| {
            let map = self.resolve(value)?;
            address(map.get("url").or_else(|| map.get("contentUrl"))?)
        })
    }

    /// Entries of a live blog: heading, text and time of each, as they stand.
    pub(crate) fn updates(&self) -> Vec<(Option<String>, Option<String>, Option<String>)> {
        let updates = self.article().and_then(|object| object.get("liveBlogUpdate")).and_then(Value::as_array);
        let entry = |update: &Value| {
            let of = |names: &[&str]| names.iter().find_map(|name| string(update.get(*name)?));
            (
                of(&["headline", "name"]),
                of(&["articleBody", "text", "description"]),
                of(&["datePublished", "dateCreated"]),
            )
        };
        updates.map(|all| all.iter().map(entry).collect()).unwrap_or_default()
    }

    /// Whether the article object, or a part of it, is said not to be free to read.
    pub(crate) fn is_locked(&self) -> bool {
        let locked = |object: &Map<String, Value>| match object.get("isAccessibleForFree") {
            Some(Value::Bool(free)) => !free,
            Some(Value::String(text)) => {
                matches!(text.trim().rsplit('/').next(), Some("false" | "False" | "FALSE" | "no"))
            }
            _ => false,
        };
        let Some(article) = self.article() else { return false };
        let parts = match article.get("hasPart") {
            Some(Value::Array(parts)) => parts.as_slice(),
            Some(part) => std::slice::from_ref(part),
            None => &[],
        };
        // The article's own word wins: of a free article, parts are locked for other reasons.
        if article.contains_key("isAccessibleForFree") {
            locked(article)
        } else {
            parts.iter().filter_map(Value::as_object).any(locked)
        }
    }

    /// Names of organisations that say they publish or own the site.
    pub(crate) fn organisations(&self) -> Vec<String> {
        self.objects
            .iter()
            .filter(|object| {
                kinds(object).iter().any(|kind| matches!(*kind, "Organization" | "NewsMediaOrganization" | "WebSite"))
            })
            .filter_map(|object| string(object.get("name")?))
            .collect()
    }
}

fn kinds(object: &Map<String, Value>) -> Vec<&str> {
    match object.get("@type") {
        Some(Value::String(kind)) => vec![short_type(kind)],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).map(short_type).collect(),
        _ => Vec::new(),
    }
}

fn short_type(kind: &str) -> &str {
    kind.rsplit(['/', '#', ':']).next().unwrap_or(kind)
}

fn string(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => plain(text),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => return items.iter().find_map(|item| item.as_str().map(plain).filter(|t| !t.is_empty())),
        Value::Object(map) => plain(map.get("@value").or_else(|| map.get("name"))?.as_str()?),
        Value::Null | Value::Bool(_) => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

fn address(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|t| !t.is_empty()),
        Value::Array(items) => items.iter().take(10).find_map(|item| match item {
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Object(map) => {
                map.get("url").or_else(|| map.get("contentUrl")).or_else(|| map.get("@id"))?.as_str().map(str::to_owned)
            }
            _ => None,
        }),
        Value::Object(map) => {
            map.get("url").or_else(|| map.get("contentUrl")).or_else(|| map.get("@id")).and_then(|inner| match inner {
                Value::String(text) => Some(text.trim().to_owned()),
                Value::Array(items) => items.first()?.as_str().map(str::to_owned),
                _ => None,
            })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Text without tags and entities: publishers put HTML into JSON strings.
pub(crate) fn plain(text: &str) -> String {
    let text = super::text::unescape(text);
    if text.contains('<') && text.contains('>') { collapse(&super::text::strip_tags(&text)) } else { collapse(&text) }
}

/// Reads JSON as pages print it: in comments, with raw control characters, trailing commas or semicolons.
fn parse(text: &str) -> Result<Value, String> {
    let trimmed = trim_wrapping(text);
    let first = match serde_json::from_str(trimmed) {
        Ok(value) => return Ok(value),
        Err(problem) => problem,
    };
    // Several objects one after the other.
    let mut stream = serde_json::Deserializer::from_str(trimmed).into_iter::<Value>();
    let values: Vec<Value> = stream.by_ref().map_while(Result::ok).take(100).collect();
    if !values.is_empty() {
        return Ok(Value::Array(values));
    }
    serde_json::from_str(&mend(trimmed)).map_err(|_| first.to_string())
}

fn trim_wrapping(text: &str) -> &str {
    let mut text = text.trim();
    for prefix in ["<!--", "//<![CDATA[", "/*<![CDATA[*/", "<![CDATA[", "//"] {
        text = text.strip_prefix(prefix).unwrap_or(text).trim_start();
    }
    for suffix in ["-->", "//]]>", "/*]]>*/", "]]>", "//", ";"] {
        text = text.strip_suffix(suffix).unwrap_or(text).trim_end();
    }
    text
}

/// Escapes control characters inside strings and drops trailing commas outside of them.
fn mend(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    let mut escaped = false;
    for c in text.chars() {
        if inside {
            match c {
                _ if escaped => {
                    escaped = false;
                    if !"\"\\/bfnrtu".contains(c) {
                        out.pop();
                    }
                    out.push(if c.is_control() { ' ' } else { c });
                    continue;
                }
                '\\' => escaped = true,
                '"' => inside = false,
                _ => {}
            }
            out.push(if c.is_control() { ' ' } else { c });
            continue;
        }
        if c == '"' {
            inside = true;
        }
        if matches!(c, '}' | ']') {
            let kept = out.trim_end().len();
            if out[..kept].ends_with(',') {
                out.truncate(kept - 1);
            }
        }
        out.push(c);
    }
    out
}
