//! `<meta>` and `<link>` elements, by lower-case key.

use html5ever::local_name;

use super::super::Map;
use super::super::scan::{Scan, collapse};
use super::text::unescape;

/// Metas of a page that are looked at.
const MAX_METAS: usize = 1_000;

/// The page's `<meta>` values and `<title>`.
#[derive(Debug, Default)]
pub(crate) struct Metas {
    values: Map<String, Vec<String>>,
    /// `<title>`.
    pub(crate) title: Option<String>,
}

impl Metas {
    /// Reads them.
    pub(crate) fn read(scan: &Scan) -> Metas {
        let mut values: Map<String, Vec<String>> = Map::default();
        for id in scan.metas.iter().take(MAX_METAS) {
            let Some(element) = scan.tree.element(*id) else { continue };
            let content = [local_name!("content"), local_name!("value"), local_name!("datetime")];
            let Some(content) = content.iter().find_map(|name| element.attribute(name)) else {
                continue;
            };
            let content = collapse(&unescape(content));
            if content.is_empty() || content.len() > 20_000 {
                continue;
            }
            for name in ["property", "name", "itemprop", "http-equiv", "pubdate"] {
                if let Some(key) = element.attribute_named(name) {
                    for key in key.split_ascii_whitespace() {
                        values.entry(key.to_ascii_lowercase()).or_default().push(content.clone());
                    }
                }
            }
        }
        let short = |id| scan.raw_text(id).chars().take(4_000).collect::<String>();
        let title = scan.title.map(|id| collapse(&unescape(&short(id)))).filter(|t| !t.is_empty());
        Metas { values, title }
    }

    /// The first value of a key.
    pub(crate) fn first(&self, key: &str) -> Option<&str> {
        self.values.get(key).and_then(|values| values.first()).map(String::as_str)
    }

    /// All values of a key.
    pub(crate) fn all(&self, key: &str) -> &[String] {
        self.values.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// The first of several keys that has a value, with that key.
    pub(crate) fn any<'k>(&self, keys: &[&'k str]) -> Option<(&'k str, &str)> {
        keys.iter().find_map(|key| self.first(key).map(|value| (*key, value)))
    }
}
