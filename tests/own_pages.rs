//! Pages of our own: see `tests/pages/README.md`.

#[path = "pages/render.rs"]
mod render;

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
