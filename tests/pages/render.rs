//! Fills the page templates of `tests/pages` with their stories. See the README there for the format.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// A story with the page that shows it.
pub(crate) struct Page {
    /// Layout and number, such as `gulf/03`.
    pub name: String,
    /// Where the page is said to be.
    pub url: String,
    /// The bytes a server would send.
    pub bytes: Vec<u8>,
    /// What is true of the page.
    pub story: Table,
}

impl Page {
    /// A text of the story; empty if it has none.
    pub(crate) fn text(&self, key: &str) -> &str {
        text(&self.story, key)
    }

    /// A list of texts of the story; empty if it has none.
    pub(crate) fn texts(&self, key: &str) -> Vec<&str> {
        texts(&self.story, key)
    }

    /// Clock, heading and text of each live entry.
    pub(crate) fn entries(&self) -> Vec<String> {
        let entries = tables(&self.story, "entries");
        entries.iter().map(|it| format!("{} {} {}", text(it, "at"), text(it, "title"), text(it, "text"))).collect()
    }

    /// The paragraphs of the body, without their marks, then those of the live entries.
    pub(crate) fn body(&self) -> Vec<String> {
        let marked = self.texts("body").into_iter().map(|it| block(it).1.to_owned());
        let entries = tables(&self.story, "entries");
        let entries = entries.iter().flat_map(|it| [text(it, "title").to_owned(), text(it, "text").to_owned()]);
        marked.chain(entries).collect()
    }
}

/// All pages, in the order of their names.
pub(crate) fn pages() -> Vec<Page> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let layouts = sorted(&root).into_iter().filter(|it| it.is_dir());
    let layouts: Vec<(String, Layout)> = layouts.map(|it| (stem(&it), Layout::load(&it))).collect();
    let everything: Vec<&Table> =
        layouts.iter().flat_map(|(_, it)| it.stories.iter().map(|(_, story)| story)).collect();
    let mut pages = Vec::new();
    for (name, layout) in &layouts {
        for (number, story) in &layout.stories {
            let at = pages.len();
            let html = Room { layout, story, at, everything: &everything }.page();
            let charset = text(&layout.settings, "charset");
            let encoding = encoding_rs::Encoding::for_label(charset.as_bytes()).unwrap_or(encoding_rs::UTF_8);
            pages.push(Page {
                name: format!("{name}/{number}"),
                url: format!("{}{}", text(&layout.settings, "base"), text(story, "url")),
                bytes: encoding.encode(&html).0.into_owned(),
                story: story.clone(),
            });
        }
    }
    pages
}

struct Layout {
    settings: Table,
    template: String,
    stories: Vec<(String, Table)>,
}

impl Layout {
    fn load(folder: &Path) -> Self {
        let stories = sorted(folder).into_iter().filter(|it| stem(it).parse::<u32>().is_ok());
        Self {
            settings: toml_at(&folder.join("layout.toml")),
            template: std::fs::read_to_string(folder.join("page.html")).expect("a layout has a template"),
            stories: stories.map(|it| (stem(&it), toml_at(&it))).collect(),
        }
    }
}

/// One page being built.
struct Room<'a> {
    layout: &'a Layout,
    story: &'a Table,
    /// The page's number among all.
    at: usize,
    everything: &'a [&'a Table],
}

impl Room<'_> {
    fn page(&self) -> String {
        let page = self.fill(&self.layout.template, &Table::new());
        assert!(!page.contains("{{"), "an unfilled place: {}", &page[page.find("{{").unwrap_or(0)..][..60]);
        page
    }

    /// `template` with its places filled; `local` goes before everything else.
    fn fill(&self, template: &str, local: &Table) -> String {
        let mut out = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            out.push_str(before);
            let (place, after) = after.split_once("}}").expect("a place is closed");
            let (verb, key) = place.split_once(' ').unwrap_or((place, ""));
            rest = match (verb, key) {
                ("others", count) => {
                    let (inner, after) = section(after, "others");
                    self.others(count.parse().expect("a count"), inner, local, &mut out);
                    after
                }
                ("sections", _) => {
                    let (inner, after) = section(after, "sections");
                    self.sections(inner, &mut out);
                    after
                }
                ("each", "tags") => {
                    let (inner, after) = section(after, "each");
                    for tag in texts(self.story, "tags") {
                        out.push_str(&self.fill(inner, &one("tag", tag)));
                    }
                    after
                }
                ("json", key) => {
                    out.push_str(&json(&self.value(key, local)));
                    after
                }
                (condition, _) if condition.starts_with('?') => {
                    let (inner, after) = section(after, &condition[1..]);
                    if !self.value(&condition[1..], local).is_empty() {
                        out.push_str(&self.fill(inner, local));
                    }
                    after
                }
                (key, _) => {
                    out.push_str(&self.place(key, local));
                    after
                }
            };
        }
        out.push_str(rest);
        out
    }

    /// What a simple place shows: ready markup, or escaped text.
    fn place(&self, key: &str, local: &Table) -> String {
        match key {
            "body" => self.body(),
            "entries" => self.entries(),
            "people" => {
                let people = texts(self.story, "authors");
                let people = people.iter().map(|it| format!(r#"{{"@type":"Person","name":"{}"}}"#, json(it)));
                people.collect::<Vec<_>>().join(",")
            }
            "json_tags" => {
                let tags = texts(self.story, "tags");
                tags.iter().map(|it| format!("\"{}\"", json(it))).collect::<Vec<_>>().join(",")
            }
            "live_updates" => {
                let entries = tables(self.story, "entries");
                let entries = entries.iter().map(|it| {
                    let (title, text) = (json(text(it, "title")), json(text(it, "text")));
                    let at = self.moment(it);
                    format!(
                        r#"{{"@type":"BlogPosting","headline":"{title}","articleBody":"{text}","datePublished":"{at}"}}"#
                    )
                });
                entries.collect::<Vec<_>>().join(",")
            }
            key => escape(&self.value(key, local)),
        }
    }

    fn value(&self, key: &str, local: &Table) -> String {
        match key {
            "tag_list" => return texts(self.story, "tags").join(","),
            "number" => return (4400 + self.at * 7).to_string(),
            "writer" => return texts(self.story, "authors").first().copied().unwrap_or_default().to_owned(),
            "first" => return texts(self.story, "body").first().copied().unwrap_or_default().to_owned(),
            "web_url" => return text(self.story, "url").trim_start_matches("/amp").to_owned(),
            _ => {}
        }
        let none = Table::new();
        let shown = self.story.get("shown").and_then(Value::as_table).unwrap_or(&none);
        let words = self.layout.settings.get(text(self.story, "language")).and_then(Value::as_table).unwrap_or(&none);
        let places = [local, shown, self.story, words, &self.layout.settings];
        places.iter().map(|it| text(it, key)).find(|it| !it.is_empty()).unwrap_or_default().to_owned()
    }

    fn body(&self) -> String {
        let mut out = String::new();
        let mut list = false;
        for (at, paragraph) in texts(self.story, "body").into_iter().enumerate() {
            let (kind, inner) = block(paragraph);
            if list != (kind == "item") {
                out.push_str(if list { "</ul>\n" } else { "<ul>\n" });
                list = !list;
            }
            let wrap = match text(&self.layout.settings, kind) {
                "" => text(&self.layout.settings, "paragraph"),
                wrap => wrap,
            };
            out.push_str(&wrap.replace("{}", &escape(inner)));
            out.push('\n');
            let after = self.layout.settings.get("after").and_then(Value::as_table);
            if let Some(noise) = after.map(|it| text(it, &(at + 1).to_string())).filter(|it| !it.is_empty() && !list) {
                out.push_str(&self.fill(noise, &Table::new()));
                out.push('\n');
            }
        }
        if list {
            out.push_str("</ul>\n");
        }
        out
    }

    fn entries(&self) -> String {
        let mut out = String::new();
        for entry in tables(self.story, "entries") {
            let mut local = one("at", text(entry, "at"));
            local.insert("at_iso".into(), Value::String(self.moment(entry)));
            local.insert("at_slug".into(), Value::String(text(entry, "at").replace(':', "")));
            local.insert("entry_title".into(), Value::String(text(entry, "title").to_owned()));
            local.insert("entry_text".into(), Value::String(text(entry, "text").to_owned()));
            out.push_str(&self.fill(text(&self.layout.settings, "entry"), &local));
        }
        out
    }

    /// When a live entry was written: the page's day and offset with the entry's clock.
    fn moment(&self, entry: &Table) -> String {
        let published = text(self.story, "published");
        format!("{}T{}:00{}", &published[..10], text(entry, "at"), &published[19..])
    }

    /// Other stories of the same language, beginning at a place of the page's own.
    fn others(&self, count: usize, inner: &str, local: &Table, out: &mut String) {
        let language = text(self.story, "language");
        let same =
            self.everything.iter().filter(|it| text(it, "language") == language && !std::ptr::eq(**it, self.story));
        let same: Vec<_> = same.collect();
        for step in 0..count {
            let other = same[(self.at * 5 + count * 3 + step * 7) % same.len()];
            let mut local = local.clone();
            for (name, key) in [("other_title", "title"), ("other_url", "url"), ("other_image", "image")] {
                local.insert(name.into(), Value::String(text(other, key).to_owned()));
            }
            local.insert("other_site".into(), Value::String(text(other, "section").to_owned()));
            out.push_str(&self.fill(inner, &local));
        }
    }

    /// The sections of the layout's stories in this language, as a menu has them.
    fn sections(&self, inner: &str, out: &mut String) {
        let language = text(self.story, "language");
        let mut seen = Vec::new();
        for story in self.everything.iter().filter(|it| text(it, "language") == language) {
            let name = text(story, "section");
            if seen.len() < 9 && !seen.contains(&name) {
                seen.push(name);
                let mut local = one("section", name);
                local.insert("at".into(), Value::String(seen.len().to_string()));
                out.push_str(&self.fill(inner, &local));
            }
        }
    }
}

/// What stands before `{{/name}}`, and what follows it.
fn section<'t>(text: &'t str, name: &str) -> (&'t str, &'t str) {
    text.split_once(&format!("{{{{/{name}}}}}")).unwrap_or_else(|| panic!("{name} is not closed"))
}

/// A paragraph's kind by its mark, and its text.
fn block(paragraph: &str) -> (&'static str, &str) {
    let marks = [("## ", "heading"), ("> ", "quote"), ("- ", "item")];
    let found = marks.iter().find_map(|(mark, kind)| Some((*kind, paragraph.strip_prefix(mark)?)));
    found.unwrap_or(("paragraph", paragraph))
}

fn text<'t>(table: &'t Table, key: &str) -> &'t str {
    table.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn texts<'t>(table: &'t Table, key: &str) -> Vec<&'t str> {
    table.get(key).and_then(Value::as_array).map(|it| it.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

fn tables<'t>(table: &'t Table, key: &str) -> Vec<&'t Table> {
    table
        .get(key)
        .and_then(Value::as_array)
        .map(|it| it.iter().filter_map(Value::as_table).collect())
        .unwrap_or_default()
}

fn one(key: &str, value: &str) -> Table {
    Table::from_iter([(key.to_owned(), Value::String(value.to_owned()))])
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The inside of a JSON text.
fn json(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control if control.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out
}

fn stem(path: &Path) -> String {
    path.file_stem().expect("a name").to_string_lossy().into_owned()
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a readable folder");
    let mut paths: Vec<PathBuf> = entries.map(|it| it.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn toml_at(path: &Path) -> Table {
    let text = std::fs::read_to_string(path).expect("a readable file");
    text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
