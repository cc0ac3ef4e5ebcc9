//! Pages of our own: see `tests/pages/README.md`.

#[path = "pages/render.rs"]
mod render;

use std::collections::BTreeMap;

use murasil::config::Config;
use murasil::crawl::extract::{PageFile, Parser, extract, read_url};
use murasil::model::{Article, FlagKind, Found, PageKind};
use render::Page;

#[test]
fn every_page_shows_its_story() {
    let pages = render::pages();
    assert!(pages.len() >= 60, "{} pages", pages.len());
    for page in &pages {
        if let Ok(folder) = std::env::var("MURASIL_OWN_PAGES") {
            let file = format!("{folder}/{}.html", page.name.replace('/', "-"));
            std::fs::write(file, &page.bytes).expect("the page is written");
        }
        let (html, ..) = match page.name.split('/').next() {
            Some("tables") => encoding_rs::WINDOWS_1256.decode(&page.bytes),
            _ => encoding_rs::UTF_8.decode(&page.bytes),
        };
        assert!(page.url.starts_with("http"), "{}", page.name);
        let title = page.text("title").replace('"', "&quot;");
        assert!(html.contains(&title), "{}: the title", page.name);
        for paragraph in page.body() {
            assert!(html.contains(&paragraph.replace('"', "&quot;")), "{}: {paragraph}", page.name);
        }
        assert!(page.texts("authors").iter().all(|it| html.contains(it)), "{}: the authors", page.name);
    }
}

/// One field of all pages: how many are right, and which are not.
#[derive(Default)]
struct Tally {
    right: usize,
    all: usize,
    misses: Vec<String>,
}

impl Tally {
    fn note<T: PartialEq + std::fmt::Debug>(&mut self, page: &str, expected: &T, found: &T) {
        self.all += 1;
        if expected == found {
            self.right += 1;
        } else {
            self.misses.push(format!("{page}\n    expected {expected:?}\n    found    {found:?}"));
        }
    }

    fn share(&self) -> f64 {
        self.right as f64 / self.all.max(1) as f64
    }
}

#[test]
fn title_day_and_body_of_our_pages_are_exact() {
    let config = Config::default();
    let parser = Parser::new(&config).expect("built-in profiles compile");
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for page in render::pages() {
        let file = PageFile { body: page.bytes.clone(), url: read_url(&page.url).ok(), ..PageFile::default() };
        let now = "2024-12-01T12:00:00Z".parse().expect("a timestamp");
        let parsed = extract(&parser, &config, &file, PageKind::Unknown, now);
        let Some(article) = parsed.article else {
            tallies.entry("is an article").or_default().note(&page.name, &Vec::new(), &parsed.signals.reasons);
            for field in ["title", "day", "body"] {
                tallies.entry(field).or_default().note(&page.name, &"", &"none");
            }
            continue;
        };
        tallies.entry("is an article").or_default().note(&page.name, &true, &true);
        compare(&page, &article, &mut tallies);
    }
    for (field, tally) in &tallies {
        println!("{field}: {} of {}", tally.right, tally.all);
        tally.misses.iter().for_each(|it| println!("  {it}"));
    }
    for field in ["title", "day", "body", "is an article", "kind", "entries"] {
        assert!(tallies[field].share() >= 0.95, "{field}: {} of {}", tallies[field].right, tallies[field].all);
    }
}

fn compare(page: &Page, article: &Article, tallies: &mut BTreeMap<&'static str, Tally>) {
    let name = page.name.as_str();
    let text = |found: &Option<Found<String>>| found.as_ref().map(|it| it.value.clone()).unwrap_or_default();
    let mut note = |field, expected: Vec<String>, found: Vec<String>| {
        tallies.entry(field).or_default().note(name, &expected, &found);
    };
    note("title", vec![page.text("title").into()], vec![text(&article.title)]);
    let day = article.published.as_ref().map(|it| it.value.day.to_string()).unwrap_or_default();
    note("day", vec![page.text("published")[..10].into()], vec![day]);
    note("subtitle", vec![page.text("subtitle").into()], vec![text(&article.subtitle)]);
    let authors = article.authors.as_ref().map(|it| it.value.clone()).unwrap_or_default();
    note("authors", page.texts("authors").into_iter().map(str::to_owned).collect(), authors);
    note("language", vec![page.text("language").into()], vec![text(&article.language)]);
    note("section", vec![page.text("section").into()], vec![text(&article.section)]);
    let image = article.image.as_ref().map(|it| it.value.as_str().to_owned()).unwrap_or_default();
    let file = |url: &str| url.rsplit('/').next().unwrap_or_default().to_owned();
    note("image", vec![file(page.text("image"))], vec![file(&image)]);
    let caption = article.pictures.first().and_then(|it| it.caption.clone()).unwrap_or_default();
    note("caption", vec![page.text("caption").into()], vec![caption]);
    note(
        "source",
        vec![page.text("source").into()],
        vec![article.source.as_ref().map_or("", |it| it.value.as_str()).into()],
    );
    note("kind", vec![page.text("kind").into()], vec![kind_of(article).into()]);
    let entries = article.entries.iter().map(|it| {
        let at = it.at.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{} {} {}", at.get(11..16).unwrap_or_default(), it.title.as_deref().unwrap_or_default(), it.text)
    });
    note("entries", page.entries(), entries.collect());
    let mut body: Vec<String> = article.paragraphs().iter().map(|it| plain(it)).collect();
    if body.first().is_some_and(|first| *first == plain(page.text("subtitle"))) {
        body.remove(0);
    }
    note("body", page.body().iter().map(|it| plain(it)).collect(), body);
}

/// The word of the truth for what the flags say.
fn kind_of(article: &Article) -> &'static str {
    let has = |kind| article.flags.iter().any(|flag| flag.kind == kind);
    [FlagKind::Live, FlagKind::Opinion, FlagKind::Video]
        .into_iter()
        .find(|kind| has(*kind))
        .map_or("news", FlagKind::as_str)
}

/// A paragraph with single blanks and without the mark of a list item.
fn plain(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.trim_start_matches(['•', '-', '–']).trim_start().to_owned()
}
