//! Keys from the environment: `MURASIL_POLITENESS__DELAY=2s` sets `politeness.delay`.
//!
//! Two underscores part the levels. A site is called by its name (`MURASIL_SITE__SAURESS__DELAY`), in upper
//! case and with an underscore for every other sign. A value is TOML if it reads as such, else a text.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::origin::{Node, Value};
use super::problem::{Place, Problem};
use super::shape;

const PREFIX: &str = "MURASIL_";
/// Variables of the program that are no keys.
const OTHERS: &[&str] = &["FUZZ_SECONDS", "FUZZ_SEED", "LOG", "REQUIRE_SHARED"];
/// Kubernetes sets these for every pod beside a service that is called `murasil`.
const KUBERNETES: &[&str] = &["SERVICE_HOST", "SERVICE_PORT", "PORT"];

/// Lays the variables over the tree; other variables than ours are passed over.
pub(super) fn apply(root: &mut Node, schema: &Json, variables: impl Iterator<Item = (String, String)>) -> Vec<Problem> {
    let mut ours: Vec<(String, String)> = variables.filter(|(name, _)| is_key(name)).collect();
    ours.sort();
    ours.iter().filter_map(|(name, text)| set(root, schema, name, text).err()).collect()
}

fn is_key(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(PREFIX) else { return false };
    let of_kubernetes = KUBERNETES
        .iter()
        .any(|known| rest.strip_prefix(known).is_some_and(|tail| tail.is_empty() || tail.starts_with('_')));
    !OTHERS.contains(&rest) && !of_kubernetes
}

fn set(root: &mut Node, schema: &Json, name: &str, text: &str) -> Result<(), Problem> {
    let place = Place::Variable(name.into());
    let levels: Vec<String> = name[PREFIX.len()..].split("__").map(str::to_lowercase).collect();
    let (site, keys) = match levels.split_first() {
        Some((first, [site, rest @ ..])) if first == "site" => (Some(site), rest),
        Some(_) | None => (None, levels.as_slice()),
    };
    let known = match site {
        Some(_) => schema.pointer("/$defs/Site").and_then(|site| shape::find_in(schema, site, keys)),
        None => shape::find(schema, keys).filter(|_| keys.len() > 1),
    };
    let Some(known) = known else { return Err(unknown(place, name, text, schema)) };
    let start = match site {
        Some(site) => find_site(root, site).ok_or_else(|| {
            let what = format!("no [[site]] has the name \"{site}\"");
            Problem { place: place.clone(), key: levels.join("."), value: Some(text.to_owned()), what }
        })?,
        None => root,
    };
    let leaf = Node { place: place.clone(), value: value_of(known, text, &place) };
    let nested = keys.iter().rev().fold(leaf, |inner, key| Node {
        place: inner.place.clone(),
        value: Value::Table(BTreeMap::from([(key.clone(), inner)])),
    });
    start.merge(nested);
    Ok(())
}

fn unknown(place: Place, name: &str, text: &str, schema: &Json) -> Problem {
    let flat = |key: &str| key.replace("__", "_").to_lowercase();
    let names: Vec<String> = shape::leaf_keys(schema)
        .iter()
        .filter(|key| !key.contains('*') && !key.starts_with("site."))
        .map(|key| format!("{PREFIX}{}", key.replace('.', "__").to_uppercase()))
        .collect();
    let wanted = flat(name);
    let near = names
        .iter()
        .map(|known| (strsim::damerau_levenshtein(&wanted, &flat(known)), known))
        .filter(|(distance, _)| *distance <= 3)
        .min_by_key(|(distance, _)| *distance);
    let hint = near.map_or_else(
        || "; names are MURASIL_TABLE__KEY, with two underscores between the levels".to_owned(),
        |(_, known)| shape::did_you_mean(known),
    );
    Problem { place, key: String::new(), value: Some(format!("\"{text}\"")), what: format!("sets no known key{hint}") }
}

fn find_site<'n>(root: &'n mut Node, wanted: &str) -> Option<&'n mut Node> {
    let Value::Table(table) = &mut root.value else { return None };
    let Value::List(sites) = &mut table.get_mut("site")?.value else { return None };
    sites.iter_mut().find(|site| match &site.value {
        Value::Table(keys) => match keys.get("name").map(|name| &name.value) {
            Some(Value::Leaf(toml::Value::String(name))) => variable_form(name) == wanted,
            Some(_) | None => false,
        },
        Value::Leaf(_) | Value::List(_) => false,
    })
}

fn variable_form(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}

/// A text where only a text fits, unless it is quoted; else what TOML makes of it, else a text.
fn value_of(schema: &Json, text: &str, place: &Place) -> Value {
    let path = Arc::new(std::path::PathBuf::new());
    let plain = || Value::Leaf(toml::Value::String(text.to_owned()));
    let Ok(parsed) = Node::parse(&path, &format!("v = {text}")) else { return plain() };
    let Value::Table(mut table) = parsed.value else { return plain() };
    // A line break in the text could have brought other keys.
    let (Some(mut node), true) = (table.remove("v"), table.is_empty()) else { return plain() };
    if shape::is_text(schema) && !matches!(node.value, Value::Leaf(toml::Value::String(_))) {
        return plain();
    }
    node.set_place(place);
    node.value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(variables: &[(&str, &str)]) -> (String, Vec<String>) {
        let text = "[[site]]\nname = \"my paper\"\nseeds = []\n";
        let mut root = Node::parse(&Arc::new("a.toml".into()), text).expect("parses");
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let problems = apply(&mut root, &shape::schema(), variables);
        (root.into_toml().to_string(), problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_variable_sets_its_key_with_the_type_of_the_key() {
        for (name, value, expected) in [
            ("MURASIL_POLITENESS__DELAY", "2s", "politeness = { delay = \"2s\" }"),
            ("MURASIL_POLITENESS__PER_IP", "4", "politeness = { per_ip = 4 }"),
            ("MURASIL_CRAWLER__CONTACT", "5", "crawler = { contact = \"5\" }"),
            ("MURASIL_CRAWLER__CONTACT", "\"5\"", "crawler = { contact = \"5\" }"),
            ("MURASIL_FETCH__PORTS", "[80, 8080]", "fetch = { ports = [80, 8080] }"),
            ("MURASIL_SCHEDULE__RETRY__FIRST", "5s", "schedule = { retry = { first = \"5s\" } }"),
            ("MURASIL_SITE__MY_PAPER__DELAY", "9s", "delay = \"9s\", name = \"my paper\""),
        ] {
            let (tree, problems) = applied(&[(name, value)]);
            assert!(tree.contains(expected), "{name}: {tree}");
            assert_eq!(problems, [""; 0], "{name}");
        }
    }

    #[test]
    fn variables_that_set_nothing_are_named() {
        let (_, problems) = applied(&[
            ("HOME", "/"),
            ("MURASIL_LOG", "debug"),
            ("MURASIL_PORT_8686_TCP", "tcp://10.0.0.1:8686"),
            ("MURASIL_POLITENESS_DELAY", "2s"),
            ("MURASIL_POLITNESS__DELAY", "2s"),
            ("MURASIL_SITE__OTHER__DELAY", "2s"),
            ("MURASIL_FRONT", "x"),
        ]);
        assert_eq!(
            problems,
            [
                "MURASIL_FRONT: \"x\": sets no known key; names are MURASIL_TABLE__KEY, with two underscores between the levels",
                "MURASIL_POLITENESS_DELAY: \"2s\": sets no known key; did you mean \"MURASIL_POLITENESS__DELAY\"?",
                "MURASIL_POLITNESS__DELAY: \"2s\": sets no known key; did you mean \"MURASIL_POLITENESS__DELAY\"?",
                "MURASIL_SITE__OTHER__DELAY: site.other.delay = 2s: no [[site]] has the name \"other\"",
            ]
        );
    }
}
