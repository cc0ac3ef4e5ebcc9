//! Configuration as written: a tree whose every node knows where it comes from.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::problem::{Place, Problem};

/// Most syntax errors of a file that are reported; later ones are usually echoes.
const MAX_SYNTAX_ERRORS: usize = 20;

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

/// A value as TOML knows it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Anything but an array or a table.
    Leaf(toml::Value),
    List(Vec<Node>),
    Table(BTreeMap<String, Node>),
}

/// One step from a node to a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// The way from the root to a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct KeyPath(pub(super) Vec<Step>);

impl KeyPath {
    /// A path of plain keys: `politeness.delay`.
    pub(super) fn dotted(text: &str) -> KeyPath {
        KeyPath(text.split('.').map(|key| Step::Key(key.to_owned())).collect())
    }

    pub(super) fn key(&self, key: &str) -> KeyPath {
        self.with(Step::Key(key.to_owned()))
    }

    pub(super) fn index(&self, index: usize) -> KeyPath {
        self.with(Step::Index(index))
    }

    fn with(&self, step: Step) -> KeyPath {
        let mut steps = self.0.clone();
        steps.push(step);
        KeyPath(steps)
    }
}

impl Node {
    /// An empty table that was written nowhere.
    pub(super) fn empty() -> Node {
        Node { place: Place::Default, value: Value::Table(BTreeMap::new()) }
    }

    /// Reads a file's text.
    ///
    /// # Errors
    /// One problem a syntax error, with its line.
    pub(super) fn parse(path: &Arc<PathBuf>, text: &str) -> Result<Node, Vec<Problem>> {
        let lines = Lines::of(path, text);
        let (table, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Ok(Node { place: lines.place(0), value: lines.table(table.into_inner()) });
        }
        let problems = errors.iter().take(MAX_SYNTAX_ERRORS).map(|error| {
            let at = error.span().map_or(text.len(), |span| span.start).min(text.len());
            let place = lines.place(at);
            let line = match &place {
                Place::File(_, Some(line)) => text.lines().nth(line - 1).unwrap_or_default().trim(),
                Place::File(_, None) | Place::Variable(_) | Place::Default => "",
            };
            let is_shown = !line.is_empty() && !is_secret(text, at, line);
            Problem {
                place,
                key: String::new(),
                value: is_shown.then(|| line.to_owned()),
                what: format!("not TOML: {}", error.message()),
            }
        });
        Err(problems.collect())
    }

    /// Lays another tree over this one: tables merge, `[[site]]` lists append, everything else is replaced.
    pub(super) fn merge(&mut self, over: Node) {
        self.merge_at(over, true);
    }

    fn merge_at(&mut self, over: Node, at_root: bool) {
        match (&mut self.value, over.value) {
            (Value::Table(mine), Value::Table(theirs)) => {
                if self.place == Place::Default {
                    self.place = over.place;
                }
                for (key, node) in theirs {
                    match mine.get_mut(&key) {
                        Some(Node { value: Value::List(sites), .. }) if at_root && key == "site" => match node.value {
                            Value::List(more) => sites.extend(more),
                            Value::Leaf(_) | Value::Table(_) => drop(mine.insert(key, node)),
                        },
                        Some(present) => present.merge_at(node, false),
                        None => drop(mine.insert(key, node)),
                    }
                }
            }
            (_, value) => *self = Node { place: over.place, value },
        }
    }

    /// Says of this node and all its parts that they were written there.
    pub(super) fn set_place(&mut self, place: &Place) {
        self.place = place.clone();
        match &mut self.value {
            Value::Leaf(_) => {}
            Value::List(list) => list.iter_mut().for_each(|node| node.set_place(place)),
            Value::Table(table) => table.values_mut().for_each(|node| node.set_place(place)),
        }
    }

    /// The part at the end of a path; `None` if it was not written.
    pub(super) fn find(&self, path: &KeyPath) -> Option<&Node> {
        let (node, rest) = self.deepest(path);
        rest.is_empty().then_some(node)
    }

    /// Where a part was written, or the nearest table or list around it.
    pub(super) fn place_of(&self, path: &KeyPath) -> Place {
        self.deepest(path).0.place.clone()
    }

    fn deepest<'n, 'p>(&'n self, path: &'p KeyPath) -> (&'n Node, &'p [Step]) {
        let mut node = self;
        for (n, step) in path.0.iter().enumerate() {
            let next = match (&node.value, step) {
                (Value::Table(table), Step::Key(key)) => table.get(key),
                (Value::List(list), Step::Index(index)) => list.get(*index),
                (Value::Leaf(_) | Value::List(_) | Value::Table(_), Step::Key(_) | Step::Index(_)) => None,
            };
            match next {
                Some(next) => node = next,
                None => return (node, &path.0[n..]),
            }
        }
        (node, &[])
    }

    /// A path as people write it; a site is called by its name, other members of lists by their number from 1.
    pub(super) fn name_of(&self, path: &KeyPath) -> String {
        let mut name = String::new();
        for (n, step) in path.0.iter().enumerate() {
            match step {
                Step::Key(key) if name.is_empty() => name.push_str(key),
                Step::Key(key) => {
                    // Writing to a string cannot fail.
                    let _ = write!(name, ".{key}");
                }
                Step::Index(index) => {
                    let own = self.find(&KeyPath(path.0[..=n].to_vec()).key("name"));
                    let _ = match own {
                        Some(Node { value: Value::Leaf(toml::Value::String(own)), .. }) => write!(name, "[{own}]"),
                        Some(_) | None => write!(name, "[#{}]", index + 1),
                    };
                }
            }
        }
        name
    }

    /// The value as TOML on one line; `None` for tables, which are too long to help.
    pub(super) fn text(&self) -> Option<String> {
        match &self.value {
            Value::Leaf(toml::Value::String(text)) => Some(format!("\"{text}\"")),
            Value::Leaf(leaf) => Some(leaf.to_string()),
            Value::List(list) => {
                let parts: Option<Vec<String>> = list.iter().map(Node::text).collect();
                Some(format!("[{}]", parts?.join(", ")))
            }
            Value::Table(_) => None,
        }
    }

    /// The tree without its places, for serde.
    pub(super) fn into_toml(self) -> toml::Value {
        match self.value {
            Value::Leaf(leaf) => leaf,
            Value::List(list) => toml::Value::Array(list.into_iter().map(Node::into_toml).collect()),
            Value::Table(table) => {
                toml::Value::Table(table.into_iter().map(|(key, node)| (key, node.into_toml())).collect())
            }
        }
    }
}

/// Whether a line that is no TOML may hold a secret: by its words, or by the table that it stands in.
fn is_secret(text: &str, at: usize, line: &str) -> bool {
    let before = text.get(..at).unwrap_or(text);
    let table = before.lines().rev().find(|line| line.trim_start().starts_with('['));
    let speaks = |text: &str| ["secrets", "headers", "proxy"].iter().any(|word| text.contains(word));
    speaks(line) || table.is_some_and(|table| table.contains("secrets"))
}

/// Turns offsets into lines.
struct Lines<'t> {
    path: &'t Arc<PathBuf>,
    starts: Vec<usize>,
}

impl Lines<'_> {
    fn of<'t>(path: &'t Arc<PathBuf>, text: &str) -> Lines<'t> {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Lines { path, starts }
    }

    fn place(&self, offset: usize) -> Place {
        Place::File(Arc::clone(self.path), Some(self.starts.partition_point(|start| *start <= offset).max(1)))
    }

    fn table(&self, table: DeTable<'_>) -> Value {
        let entries = table.into_iter().map(|(key, value)| {
            let place = self.place(key.span().start);
            (key.into_inner().into_owned(), Node { place, value: self.value(value.into_inner()) })
        });
        Value::Table(entries.collect())
    }

    fn value(&self, value: DeValue<'_>) -> Value {
        Value::Leaf(match value {
            DeValue::Array(list) => {
                let nodes = list.into_iter().map(|item| {
                    let place = self.place(item.span().start);
                    Node { place, value: self.value(item.into_inner()) }
                });
                return Value::List(nodes.collect());
            }
            DeValue::Table(table) => return self.table(table),
            DeValue::String(text) => toml::Value::String(text.into_owned()),
            DeValue::Boolean(flag) => toml::Value::Boolean(flag),
            DeValue::Datetime(when) => toml::Value::Datetime(when),
            // A number too large for TOML is kept as its text, and the type check refuses it.
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or_else(|_| toml::Value::String(number.to_string()), toml::Value::Integer),
            DeValue::Float(number) => {
                number.as_str().parse().map_or_else(|_| toml::Value::String(number.to_string()), toml::Value::Float)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Node {
        Node::parse(&Arc::new("a.toml".into()), text).expect("parses")
    }

    fn line(node: &Node, path: &KeyPath) -> String {
        node.place_of(path).to_string()
    }

    #[test]
    fn every_key_knows_its_line() {
        let root = tree("[crawler]\ncontact = \"x\"\n\n[[site]]\nname = \"one\"\nseeds = [\n  \"a\",\n  \"b\",\n]\n");
        let seeds = KeyPath::dotted("site").index(0).key("seeds");
        assert_eq!(line(&root, &KeyPath::dotted("crawler.contact")), "a.toml:2");
        assert_eq!(line(&root, &KeyPath::dotted("crawler.nothing")), "a.toml:1");
        assert_eq!(line(&root, &seeds.index(1)), "a.toml:8");
        assert_eq!(root.name_of(&seeds.index(1)), "site[one].seeds[#2]");
        assert_eq!(line(&root, &KeyPath::dotted("site").index(0)), "a.toml:4");
    }

    #[test]
    fn tables_merge_and_sites_append_and_scalars_are_replaced() {
        let mut root =
            tree("fetch.ports = [1]\nfetch.proxy = \"none\"\n[[site]]\nname = \"one\"\n[profile.a]\nlanguage = \"ar\"");
        root.merge(tree("fetch.ports = [2]\n[[site]]\nname = \"two\"\n[profile.b]\n[profile.a]\ntimezone = \"UTC\""));
        let text = root.into_toml().to_string();
        assert_eq!(
            text,
            "{ fetch = { ports = [2], proxy = \"none\" }, \
             profile = { a = { language = \"ar\", timezone = \"UTC\" }, b = {} }, \
             site = [{ name = \"one\" }, { name = \"two\" }] }"
        );
    }

    #[test]
    fn every_syntax_error_of_a_file_has_its_line() {
        let problems = Node::parse(&Arc::new("a.toml".into()), "a = 1\nb =\n[c\nd = 1\nd = 2\n").expect_err("broken");
        let lines: Vec<String> = problems.iter().map(|p| p.place.to_string()).collect();
        assert!(lines.contains(&"a.toml:2".to_owned()), "{problems:?}");
        assert!(lines.contains(&"a.toml:3".to_owned()), "{problems:?}");
    }

    #[test]
    fn a_broken_line_that_may_hold_a_secret_is_not_shown() {
        for text in ["[[site.secrets]]\norigin = \"x\"\nAuthorization = Bearer hush\n", "headers = { A = \"hush }\n"] {
            let problems = Node::parse(&Arc::new("a.toml".into()), text).expect_err("broken");
            assert!(problems.iter().all(|problem| !problem.to_string().contains("hush")), "{problems:?}");
        }
    }
}
