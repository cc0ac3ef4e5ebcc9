//! Who may import whom (docs/ARCHITECTURE.md, "Who may import whom"), checked by reading the sources.
//!
//! Comments and texts in quotes do not count; test modules do. A path is read with its groups: `crate::{a, b::c}`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Our modules: each with those that it may name besides itself.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    ("cli", &["daemon", "crawl", "store", "export", "config", "demo", "model"]),
    ("daemon", &["crawl", "serve", "store", "fetch", "parse", "config", "model"]),
    ("crawl", &["frontier", "fetch", "parse", "store", "config", "model"]),
    ("serve", &["store", "config", "model"]),
    ("export", &["config", "model"]),
    ("demo", &["config", "model"]),
    ("frontier", &["config", "model"]),
    ("fetch", &["config", "model"]),
    ("parse", &["config", "model"]),
    ("store", &["config", "model"]),
    ("config", &["model"]),
    ("model", &[]),
];

/// External crates: each with the modules that may name it.
const HOMES: &[(&str, &[&str])] = &[
    ("reqwest", &["fetch"]),
    ("hickory_resolver", &["fetch"]),
    ("cookie_store", &["fetch"]),
    ("rusqlite", &["store"]),
    ("sqlx", &["store"]),
    ("scraper", &["parse"]),
    ("html5ever", &["parse"]),
    ("ego_tree", &["parse"]),
    ("feed_rs", &["parse"]),
    ("foldhash", &["parse"]),
    ("memchr", &["parse"]),
    ("quick_xml", &["parse"]),
    ("simdutf8", &["parse"]),
    ("axum", &["serve", "demo"]),
    ("clap", &["cli", "main"]),
    ("clap_complete", &["cli"]),
    ("comfy_table", &["cli"]),
    ("indicatif", &["cli"]),
    ("tracing_subscriber", &["cli"]),
    ("anyhow", &["cli", "daemon", "main"]),
    ("tokio", &["cli", "daemon", "crawl", "serve", "demo", "fetch", "store"]),
];

/// What pure modules never say: no files, no sockets, no clock.
const NEVER: &[(&str, &[&str])] = &[
    ("std::fs", &["model", "frontier", "parse"]),
    ("std::net::TcpStream", &["model", "config", "frontier", "parse", "store"]),
    ("std::net::UdpSocket", &["model", "config", "frontier", "parse", "store"]),
    ("Timestamp::now", &["model", "config", "frontier", "parse", "store"]),
    ("SystemTime::now", &["model", "config", "frontier", "parse", "store"]),
    ("println!", &["model", "config", "frontier", "fetch", "parse", "store", "crawl", "serve"]),
];

/// A source file: its module, how deep it lies below `src`, and its text without comments and texts in quotes.
struct Source {
    name: String,
    module: String,
    depth: usize,
    code: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Source {
        let parts: Vec<&str> = path.split('/').collect();
        let module = parts[0].trim_end_matches(".rs").to_owned();
        let is_top = parts.len() == 1 || parts.last() == Some(&"mod.rs");
        let depth = if is_top { parts.len() - 1 } else { parts.len() };
        Source { name: path.to_owned(), module, depth, code: without_comments_and_texts(text) }
    }

    fn is_root(&self) -> bool {
        self.module == "lib"
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(&root).expect("lies below src").to_string_lossy().replace('\\', "/");
        Source::new(&name, &fs::read_to_string(path).expect("readable"))
    };
    files.iter().map(read).collect()
}

/// Blanks out comments and the insides of texts, so that only code is left. Raw and byte strings included.
fn without_comments_and_texts(text: &str) -> String {
    let pattern = [
        r"//[^\n]*",                      // line comments
        r"/\*.*?\*/",                     // block comments
        r##"\bb?r#+".*?"#+"##,            // raw texts with hashes: as far as the next quote with a hash
        r#"\bb?r"[^"]*""#,                // raw texts
        r#""(?:[^"\\]|\\.)*""#,           // texts
        r"'(?:[^'\\\n]|\\[^\n]{1,10}?)'", // characters, so that a quote in one opens no text
    ];
    let pattern = format!("(?s){}", pattern.join("|"));
    let skipped = Regex::new(&pattern).expect("a pattern");
    skipped.replace_all(text, " ").into_owned()
}

/// Names that follow `prefix`: of `crate::{a, b::{c}}` and `crate::d` these are a, b and d.
fn heads(code: &str, prefix: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let starts = Regex::new(&format!(r"(?:^|[^\w:.]){prefix}\s*::\s*")).expect("a pattern");
    for start in starts.find_iter(code) {
        let rest = &code[start.end()..];
        match rest.strip_prefix('{') {
            Some(group) => names.extend(group_heads(group)),
            None => names.extend(first_word(rest)),
        }
    }
    names
}

fn group_heads(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut names = Vec::new();
    let mut piece = String::new();
    for c in group.chars() {
        match (c, depth) {
            ('{', _) => depth += 1,
            ('}', 0) => break,
            ('}', _) => depth -= 1,
            (',', 0) => names.extend(first_word(&std::mem::take(&mut piece))),
            (_, 0) => piece.push(c),
            (_, _) => {}
        }
    }
    names.extend(first_word(&piece));
    names
}

fn first_word(text: &str) -> Option<String> {
    let word: String = text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    Some(word).filter(|word| !word.is_empty())
}

/// Our modules that a file names: by `crate::`, by `murasil::`, or by climbing up to the root.
fn imports(source: &Source) -> BTreeSet<String> {
    let mut names = heads(&source.code, "crate");
    names.extend(heads(&source.code, "murasil"));
    for climbs in source.depth.max(1)..source.depth.max(1) + 3 {
        let chain = vec!["super"; climbs].join(r"\s*::\s*");
        names.extend(heads(&source.code, &chain));
    }
    names.retain(|name| MAY_IMPORT.iter().any(|(module, _)| module == name));
    names
}

/// Everything in a file that the tables forbid.
fn violations(source: &Source) -> Vec<String> {
    if source.is_root() {
        return Vec::new();
    }
    let module = source.module.as_str();
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == module) else {
        return vec![format!("{}: module {module} is not in the table of tests/architecture.rs", source.name)];
    };
    let own = imports(source).into_iter().filter(|name| name != module && !allowed.contains(&name.as_str()));
    let mut found: Vec<String> = own.map(|name| format!("{}: {module} may not name {name}", source.name)).collect();
    for (name, homes) in HOMES {
        let path = Regex::new(&format!(r"(?:^|[^\w:.]){name}\s*(?:::|;| as )")).expect("a pattern");
        if path.is_match(&source.code) && !homes.contains(&module) {
            found.push(format!("{}: the crate {name} is at home in {homes:?}, not in {module}", source.name));
        }
    }
    for (text, modules) in NEVER {
        // A module's tests may read pages and say that they are missing.
        if source.code.contains(text) && modules.contains(&module) && !source.name.ends_with("/tests.rs") {
            found.push(format!("{}: {module} never says {text}", source.name));
        }
    }
    found
}

#[test]
fn nobody_imports_what_the_architecture_forbids() {
    let found: Vec<String> = sources().iter().flat_map(violations).collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn every_module_of_the_library_is_in_the_table() {
    let library = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")).expect("readable");
    for module in Regex::new(r"(?m)^pub mod (\w+);").expect("a pattern").captures_iter(&library) {
        assert!(MAY_IMPORT.iter().any(|(name, _)| *name == &module[1]), "{}", &module[1]);
    }
}

#[test]
fn a_violation_is_caught_however_it_is_written() {
    for (path, text, expected) in [
        ("frontier/mod.rs", "use crate::fetch::Fetcher;", "frontier/mod.rs: frontier may not name fetch"),
        ("frontier/pace.rs", "fn f() { crate :: store::open() }", "frontier/pace.rs: frontier may not name store"),
        (
            "parse/a/b.rs",
            "use crate::{\n  model::{PageUrl, Host},\n  store::Store,\n};",
            "parse/a/b.rs: parse may not name store",
        ),
        ("store/mod.rs", "use super::fetch::Gate;", "store/mod.rs: store may not name fetch"),
        ("store/queue.rs", "use super::super::parse;", "store/queue.rs: store may not name parse"),
        ("store/queue.rs", "mod tests { use super::super::super::parse; }", "store/queue.rs: store may not name parse"),
        ("main.rs", "fn main() { murasil::daemon::run() }", "main.rs: main may not name daemon"),
        ("model/url.rs", "use crate::config::Config;", "model/url.rs: model may not name config"),
        ("cli/run.rs", "use crate::fetch::Fetcher;", "cli/run.rs: cli may not name fetch"),
        ("crawl/visit.rs", "use sqlx::Row;", "crawl/visit.rs: the crate sqlx is at home in [\"store\"], not in crawl"),
        ("frontier/mod.rs", "let x = tokio::spawn(y);", "frontier/mod.rs: the crate tokio is at home in"),
        ("parse/mod.rs", "use reqwest as r;", "parse/mod.rs: the crate reqwest is at home in"),
        ("frontier/mod.rs", "let now = Timestamp::now();", "frontier/mod.rs: frontier never says Timestamp::now"),
        ("attic/mod.rs", "", "attic/mod.rs: module attic is not in the table"),
    ] {
        let found = violations(&Source::new(path, text));
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].starts_with(expected), "{found:?}");
    }
}

#[test]
fn what_is_allowed_and_what_is_only_told_is_let_through() {
    for (path, text) in [
        (
            "frontier/mod.rs",
            "use crate::model::Host; use crate::config; use crate::frontier::pace; use super::model::Date;",
        ),
        (
            "frontier/mod.rs",
            "//! crate::fetch asks.\n/* crate::store */ fn f() { say(\"crate::parse\", r#\"sqlx::Row\"#, '\"'); }",
        ),
        ("crawl/mod.rs", "use crate::{fetch, frontier, parse, store};"),
        ("cli/run.rs", "use super::fetch; use super::demo::DemoArgs;"),
        ("fetch/mod.rs", "let x = self.sqlx::<u8>(); my::reqwest::get();"),
        ("lib.rs", "pub mod fetch;"),
    ] {
        let found = violations(&Source::new(path, text));
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}

/// The text of every source and test.
fn all_code() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src"), root.join("tests")];
    let mut code = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                code.push_str(&fs::read_to_string(&path).expect("readable"));
            }
        }
    }
    code
}

#[test]
fn every_test_that_the_security_page_names_exists() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/SECURITY.md")).expect("readable");
    let code = all_code();
    let names = Regex::new(r"`([a-z0-9]+(?:_[a-z0-9]+){2,})`").expect("a pattern");
    let missing: Vec<&str> = names
        .captures_iter(&page)
        .filter_map(|name| name.get(1))
        .map(|name| name.as_str())
        .filter(|name| !code.contains(&format!("fn {name}(")))
        .collect();
    assert!(missing.is_empty(), "docs/SECURITY.md names tests that are not there: {missing:?}");
    assert!(names.captures_iter(&page).count() > 30, "the page names its tests");
}
