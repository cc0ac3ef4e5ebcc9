//! Whether what was written has the shape of [`Config`]: known keys, right types, units, words and ranges.
//!
//! The JSON schema of the types is the one description; this walks the written tree along it, so that all
//! slips are found at once, each with its line. What concerns several keys is in `validate`.

use serde_json::Value as Json;

use super::origin::{KeyPath, Node, Value};
use super::problem::Problem;
use super::{Config, units};

/// The JSON schema of the configuration, for editors and for `murasil schema`.
pub fn schema() -> Json {
    schemars::schema_for!(Config).to_value()
}

/// Checks the tree and takes out what is wrong, so that the rest can still be looked at.
pub(super) fn check(root: &mut Node, schema: &Json) -> Vec<Problem> {
    let names = root.clone();
    let mut shape = Shape { schema, names: &names, keys: leaf_keys(schema), problems: Vec::new() };
    shape.check(root, schema, &KeyPath::default());
    shape.problems
}

/// Every key that holds a value, dotted; tables of lists and maps are entered: `site.name`, `profile.*.title.css`.
pub(super) fn leaf_keys(schema: &Json) -> Vec<String> {
    let mut keys = Vec::new();
    collect_keys(schema, schema, String::new(), &mut Vec::new(), &mut keys);
    keys
}

/// `above` are the tables around; one that may lie within itself is entered once.
fn collect_keys<'s>(
    root: &'s Json,
    schema: &'s Json,
    prefix: String,
    above: &mut Vec<&'s Json>,
    keys: &mut Vec<String>,
) {
    let schema = resolve(root, schema);
    let inner = [Some(schema), schema.get("items").map(|items| resolve(root, items))]
        .into_iter()
        .flatten()
        .chain(branches(schema).map(|branch| resolve(root, branch)))
        .find(|inner| inner.get("properties").is_some() || map_values(inner).is_some());
    let Some(inner) = inner.filter(|inner| !above.iter().any(|table| std::ptr::eq(*table, *inner))) else {
        keys.push(prefix);
        return;
    };
    above.push(inner);
    let join = |key: &str| if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") };
    for (key, child) in properties(inner) {
        collect_keys(root, child, join(key), above, keys);
    }
    if let Some(values) = map_values(inner) {
        collect_keys(root, values, join("*"), above, keys);
    }
    above.pop();
}

/// The schema of the part at a path of plain keys; `None` if there is no such key.
pub(super) fn find<'s>(root: &'s Json, keys: &[String]) -> Option<&'s Json> {
    find_in(root, root, keys)
}

/// The schema of the part at a path of plain keys below `start`.
pub(super) fn find_in<'s>(root: &'s Json, start: &'s Json, keys: &[String]) -> Option<&'s Json> {
    let mut schema = resolve(root, start);
    for key in keys {
        let object = std::iter::once(schema)
            .chain(branches(schema).map(|branch| resolve(root, branch)))
            .find(|inner| inner.get("properties").is_some() || map_values(inner).is_some())?;
        schema = resolve(root, object.get("properties").and_then(|all| all.get(key)).or_else(|| map_values(object))?);
    }
    Some(schema)
}

/// Whether only a text fits here.
pub(super) fn is_text(schema: &Json) -> bool {
    types(schema).all(|name| name == "string" || name == "null") && types(schema).next().is_some()
}

struct Shape<'s> {
    schema: &'s Json,
    /// The tree before anything was taken out, for names of sites.
    names: &'s Node,
    keys: Vec<String>,
    problems: Vec<Problem>,
}

impl Shape<'_> {
    /// Returns false if the node cannot be used.
    fn check(&mut self, node: &mut Node, schema: &Json, path: &KeyPath) -> bool {
        let schema = resolve(self.schema, schema);
        let words = words(schema);
        if !words.is_empty() {
            return self.check_word(node, &words, schema, path);
        }
        let choices: Vec<&Json> = branches(schema).map(|branch| resolve(self.schema, branch)).collect();
        if !choices.is_empty() {
            let fitting = choices.iter().find(|choice| has_type_of(choice, node));
            return match fitting {
                Some(choice) => self.check_choice(node, choice, schema, path),
                None => self.refuse(node, path, must_be(self.schema, schema)),
            };
        }
        if !has_type_of(schema, node) {
            return self.refuse(node, path, must_be(self.schema, schema));
        }
        match &mut node.value {
            Value::Leaf(toml::Value::String(text)) => match check_format(schema, text) {
                Ok(()) => true,
                Err(what) => self.refuse(node, path, what),
            },
            Value::Leaf(toml::Value::Integer(number)) => {
                in_range(schema, *number) || self.refuse(node, path, must_be(self.schema, schema))
            }
            Value::Leaf(_) => true,
            Value::List(_) => self.check_list(node, schema, path),
            Value::Table(_) => self.check_table(node, schema, path),
        }
    }

    /// A word among alternatives is refused with all of them, not only with its own branch.
    fn check_choice(&mut self, node: &mut Node, choice: &Json, all: &Json, path: &KeyPath) -> bool {
        let words = words(choice);
        if words.is_empty() { self.check(node, choice, path) } else { self.check_word(node, &words, all, path) }
    }

    fn check_word(&mut self, node: &Node, words: &[&str], schema: &Json, path: &KeyPath) -> bool {
        let Value::Leaf(toml::Value::String(text)) = &node.value else {
            return self.refuse(node, path, must_be(self.schema, schema));
        };
        if words.contains(&text.as_str()) {
            return true;
        }
        let hint = closest(text, words.iter().copied()).map_or_else(String::new, did_you_mean);
        self.refuse(node, path, format!("{}{hint}", must_be(self.schema, schema)))
    }

    fn check_list(&mut self, node: &mut Node, schema: &Json, path: &KeyPath) -> bool {
        let Value::List(list) = &mut node.value else { return true };
        let items = schema.get("items").unwrap_or(&Json::Bool(true));
        let length = list.len();
        let mut number = 0;
        list.retain_mut(|item| {
            number += 1;
            self.check(item, items, &path.index(number - 1))
        });
        // A list that lost its last member says nothing any more.
        length == 0 || !list.is_empty()
    }

    fn check_table(&mut self, node: &mut Node, schema: &Json, path: &KeyPath) -> bool {
        let Value::Table(table) = &mut node.value else { return true };
        let known = schema.get("properties");
        let others = map_values(schema);
        let mut kept = true;
        table.retain(|key, child| {
            let inner = path.key(key);
            if let Some(schema) = known.and_then(|all| all.get(key)).or(others) {
                return self.check(child, schema, &inner);
            }
            let what = self.unknown_key(key, &inner, schema);
            self.refuse(child, &inner, what)
        });
        for key in schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str) {
            if !table.contains_key(key) {
                kept = false;
                self.report_missing(node.place.clone(), key, schema, path);
            }
        }
        kept
    }

    /// A key that is required and was refused is not reported a second time.
    fn report_missing(&mut self, place: super::Place, key: &str, schema: &Json, path: &KeyPath) {
        let path = path.key(key);
        if self.names.find(&path).is_some() {
            return;
        }
        let form = schema.get("properties").and_then(|all| all.get(key)).map(|schema| form(self.schema, schema));
        let what = format!("is missing; it must be {}", form.unwrap_or_default());
        self.problems.push(Problem { place, key: self.names.name_of(&path), value: None, what });
    }

    fn refuse(&mut self, node: &Node, path: &KeyPath, what: String) -> bool {
        let key = self.names.name_of(path);
        self.problems.push(Problem { place: node.place.clone(), key, value: node.text(), what });
        false
    }

    fn unknown_key(&self, key: &str, path: &KeyPath, schema: &Json) -> String {
        let siblings: Vec<&str> = properties(schema).map(|(key, _)| key.as_str()).collect();
        if let Some(near) = closest(key, siblings.iter().copied()) {
            return format!("unknown key{}", did_you_mean(near));
        }
        // The right key in the wrong table, or no table at all.
        let own = self.names.name_of(path);
        let elsewhere = self.keys.iter().find(|known| known.rsplit('.').next() == Some(key) && !known.contains('*'));
        match elsewhere {
            Some(known) if *known != own => format!("unknown key{}", did_you_mean(known)),
            Some(_) | None => format!("unknown key; here are allowed: {}", siblings.join(", ")),
        }
    }
}

pub(super) fn did_you_mean(word: &str) -> String {
    format!("; did you mean \"{word}\"?")
}

/// The word that somebody who wrote `text` most likely meant.
pub(super) fn closest<'w>(text: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let text = text.to_lowercase();
    words
        .map(|word| (strsim::damerau_levenshtein(&text, word), word))
        .filter(|(distance, word)| *distance <= 1 + word.chars().count() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

fn resolve<'s>(root: &'s Json, schema: &'s Json) -> &'s Json {
    let target = schema.get("$ref").and_then(Json::as_str).and_then(|target| target.strip_prefix("#/$defs/"));
    target.and_then(|name| root.get("$defs")?.get(name)).unwrap_or(schema)
}

fn properties(schema: &Json) -> impl Iterator<Item = (&String, &Json)> {
    schema.get("properties").and_then(Json::as_object).into_iter().flatten()
}

/// The schema of a map's values.
fn map_values(schema: &Json) -> Option<&Json> {
    schema.get("additionalProperties").filter(|values| values.is_object())
}

/// The alternatives of an untagged choice, without `null`, which TOML cannot write.
fn branches(schema: &Json) -> impl Iterator<Item = &Json> {
    ["anyOf", "oneOf"]
        .into_iter()
        .filter_map(|key| schema.get(key)?.as_array())
        .flatten()
        .filter(|branch| branch.get("type").and_then(Json::as_str) != Some("null"))
}

/// The words of a closed choice; empty if this is none.
fn words(schema: &Json) -> Vec<&str> {
    let listed = schema.get("enum").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    let own = schema.get("const").and_then(Json::as_str);
    let mut words: Vec<&str> = listed.chain(own).collect();
    let inner: Vec<Option<&str>> = branches(schema).map(|branch| branch.get("const").and_then(Json::as_str)).collect();
    if inner.iter().all(Option::is_some) {
        words.extend(inner.into_iter().flatten());
    }
    words
}

fn types(schema: &Json) -> impl Iterator<Item = &str> {
    let one = schema.get("type").and_then(Json::as_str);
    let many = schema.get("type").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    one.into_iter().chain(many)
}

fn has_type_of(schema: &Json, node: &Node) -> bool {
    let own = match &node.value {
        Value::Leaf(toml::Value::String(_)) => "string",
        Value::Leaf(toml::Value::Integer(_)) => "integer",
        Value::Leaf(toml::Value::Float(_)) => "number",
        Value::Leaf(toml::Value::Boolean(_)) => "boolean",
        Value::Leaf(_) => "date",
        Value::List(_) => "array",
        Value::Table(_) => "object",
    };
    match types(schema).next() {
        Some(_) => types(schema).any(|name| name == own),
        None if words(schema).is_empty() => true,
        None => own == "string",
    }
}

fn check_format(schema: &Json, text: &str) -> Result<(), String> {
    match schema.get("format").and_then(Json::as_str) {
        Some(units::DURATION_FORMAT) => units::parse_duration(text).map(drop),
        Some(units::BYTES_FORMAT) => units::parse_bytes(text).map(drop),
        Some(units::SOCKET_FORMAT) => {
            text.parse::<std::net::SocketAddr>().map(drop).map_err(|_| format!("must be {SOCKET_FORM}"))
        }
        Some(_) | None => Ok(()),
    }
}

const SOCKET_FORM: &str = "an address with its port (\"127.0.0.1:53\", \"[::1]:53\")";

fn in_range(schema: &Json, number: i64) -> bool {
    let (low, high) = range(schema);
    low.is_none_or(|low| number >= low) && high.is_none_or(|high| number <= high)
}

fn range(schema: &Json) -> (Option<i64>, Option<i64>) {
    let bound = |key| schema.get(key).and_then(Json::as_i64);
    let width = match schema.get("format").and_then(Json::as_str) {
        Some("uint16") => Some(i64::from(u16::MAX)),
        Some("uint32") => Some(i64::from(u32::MAX)),
        Some(_) | None => None,
    };
    (bound("minimum"), bound("maximum").or(width))
}

fn must_be(root: &Json, schema: &Json) -> String {
    format!("must be {}", form(root, schema))
}

/// What is allowed here, in words.
fn form(root: &Json, schema: &Json) -> String {
    let schema = resolve(root, schema);
    let words = words(schema);
    match words.as_slice() {
        [] => {}
        [only] => return format!("\"{only}\", the only value"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|word| format!("\"{word}\"")).collect();
            return format!("{} or \"{last}\"", first.join(", "));
        }
    }
    let choices: Vec<String> = branches(schema).map(|branch| branch_form(root, branch)).collect();
    if !choices.is_empty() {
        return choices.join(" or ");
    }
    match types(schema).find(|name| *name != "null") {
        Some("string") => text_form(schema),
        Some("integer") => number_form(schema),
        Some("boolean") => "true or false".into(),
        Some("array") => list_form(root, schema),
        Some("object") => "a table".into(),
        Some(_) | None => "another value".into(),
    }
}

fn branch_form(root: &Json, branch: &Json) -> String {
    let branch = resolve(root, branch);
    match words(branch).as_slice() {
        [only] => format!("\"{only}\""),
        _ => match properties(branch).map(|(key, _)| format!("{key} = …")).collect::<Vec<_>>() {
            keys if keys.is_empty() => form(root, branch),
            keys => format!("a table {{ {} }}", keys.join(", ")),
        },
    }
}

fn text_form(schema: &Json) -> String {
    match schema.get("format").and_then(Json::as_str) {
        Some(units::DURATION_FORMAT) => units::DURATION_FORM.into(),
        Some(units::BYTES_FORMAT) => units::BYTES_FORM.into(),
        Some(units::SOCKET_FORMAT) => SOCKET_FORM.into(),
        Some(_) | None => "a text in quotes".into(),
    }
}

fn number_form(schema: &Json) -> String {
    match range(schema) {
        (Some(low), Some(high)) if low == high => format!("{low}, the only value"),
        (Some(low), Some(high)) => format!("a whole number from {low} to {high}"),
        (Some(low), None) => format!("a whole number from {low}"),
        (None, Some(high)) => format!("a whole number up to {high}"),
        (None, None) => "a whole number".into(),
    }
}

fn list_form(root: &Json, schema: &Json) -> String {
    let Some(items) = schema.get("items").map(|items| resolve(root, items)) else { return "a list [ … ]".into() };
    match types(items).next() {
        Some("object") => "a list of tables, which is written with double brackets: [[…]]".into(),
        Some(_) | None => format!("a list [ … ]; each of its members {}", form(root, items)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn problems(text: &str) -> Vec<String> {
        let mut root = Node::parse(&Arc::new("a.toml".into()), text).expect("parses");
        check(&mut root, &schema()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_fits_the_types_is_let_through() {
        let none: &[&str] = &[];
        assert_eq!(problems(""), none);
        let text = r#"
            fetch = { resolver = ["127.0.0.1:53"], ports = [80] }
            politeness.opt_out.noai = "skip"
            [[site]]
            name = "a"
            seeds = ["https://a.example/", { url = "https://a.example/feed", kind = "feed" }]
            delay = "7s"
            [profile.p]
            title = { css = ["h1"] }
            [[profile.p.test]]
            file = "x"
            expect = { title = "t" }
        "#;
        assert_eq!(problems(text), none);
    }

    #[test]
    fn all_slips_are_found_at_once_and_each_key_once() {
        let text = "[politeness]\ndelai = \"5s\"\ndelay = 5\nper_ip = 65\nrobots = \"ignore\"\n[[site]]\nseeds = 5\n";
        assert_eq!(
            problems(text),
            [
                "a.toml:2: politeness.delai = \"5s\": unknown key; did you mean \"delay\"?",
                "a.toml:3: politeness.delay = 5: must be a number with a unit: ms, s, m, h or d \
                 (\"500ms\", \"5s\", \"10m\", \"24h\", \"14d\")",
                "a.toml:4: politeness.per_ip = 65: must be a whole number from 1 to 64",
                "a.toml:5: politeness.robots = \"ignore\": must be \"obey\", the only value",
                "a.toml:7: site[#1].seeds = 5: must be a list [ … ]; each of its members a text in quotes \
                 or a table { kind = …, url = … }",
                "a.toml:6: site[#1].name: is missing; it must be a text in quotes",
            ]
        );
    }

    #[test]
    fn a_word_among_alternatives_is_refused_with_all_of_them() {
        assert_eq!(
            problems("fetch.resolver = \"sistem\""),
            ["a.toml:1: fetch.resolver = \"sistem\": must be \"system\" or a list [ … ]; each of its members \
              an address with its port (\"127.0.0.1:53\", \"[::1]:53\"); did you mean \"system\"?"]
        );
    }

    #[test]
    fn a_key_in_the_wrong_table_is_shown_its_place() {
        assert_eq!(
            problems("user_agent = \"x/1\"")[0],
            "a.toml:1: user_agent = \"x/1\": unknown key; did you mean \"crawler.user_agent\"?"
        );
    }

    #[test]
    fn leaf_keys_reach_into_sites_and_profiles() {
        let keys = leaf_keys(&schema());
        for key in ["crawler.user_agent", "politeness.opt_out.noindex", "site.follow.deny", "profile.*.title.css"] {
            assert!(keys.iter().any(|known| known == key), "{key} not in {keys:?}");
        }
    }
}
