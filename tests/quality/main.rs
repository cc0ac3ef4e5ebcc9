//! Floors of accuracy: what was reached on the shared corpora cannot be lost unseen.

mod score;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Corpus, measure, floor (of `wrong` dates the ceiling). Each lies just beside what was reached; `docs/EXTRACTION.md` has the figures.
const FLOORS: &[(&str, &str, f64)] = &[
    ("arabic", "body", 0.997),
    ("arabic", "title", 0.99),
    ("arabic", "date", 0.99),
    ("arabic", "author", 0.99),
    ("arabic", "image", 0.68),
    ("daniel", "body", 0.926),
    ("fundus-eval", "body", 0.976),
    ("fundus-tests", "body", 0.967),
    ("fundus-tests", "title", 0.88),
    ("fundus-tests", "date", 0.99),
    ("fundus-tests", "wrong", 0.01),
    ("fundus-tests", "author", 0.91),
    ("fundus-tests", "subtitle", 0.89),
    ("fundus-tests", "image", 0.82),
    ("scrapinghub", "body", 0.977),
    ("wcxb", "body", 0.964),
    ("wcxb", "segments", 0.932),
    ("wcxb", "title", 0.88),
    ("wcxb", "date", 0.915),
    ("wcxb", "wrong", 0.036),
    ("wcxb", "author", 0.85),
    ("trafilatura", "segments", 0.934),
    ("trafilatura", "title", 0.895),
    ("trafilatura", "date", 0.915),
    ("trafilatura", "wrong", 0.067),
    ("trafilatura", "author", 0.78),
    ("htmldate-default", "date", 0.89),
    ("htmldate-default", "wrong", 0.045),
    ("htmldate-mediacloud", "date", 0.938),
    ("htmldate-mediacloud", "wrong", 0.031),
    ("postlight", "title", 0.95),
    ("postlight", "date", 0.83),
    ("postlight", "wrong", 0.15),
    ("postlight", "author", 0.77),
    ("postlight", "subtitle", 0.85),
    ("postlight", "image", 0.85),
];

fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus")).join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var("MURASIL_REQUIRE_SHARED").is_err(), "{} is missing", path.display());
    eprintln!("SKIP: {} is missing", path.display());
    None
}

#[test]
fn accuracy_on_the_corpora_stays_above_its_floors() {
    let Some(root) = shared("extraction") else { return };
    let figures = score::figures(&root);
    let mut report = String::new();
    let mut lost = false;
    for (corpus, name, floor) in FLOORS {
        let value = figures.get(&(*corpus, *name)).copied().unwrap_or_default();
        // Of wrong dates the figure is a ceiling.
        let bad = if *name == "wrong" { value > *floor } else { value < *floor };
        lost |= bad;
        let mark = if bad { "LOST" } else { "ok" };
        writeln!(report, "{corpus:<20} {name:<8} {value:.4} (floor {floor}) {mark}").expect("a string");
    }
    eprintln!("{report}");
    assert!(!lost, "accuracy was lost:\n{report}");
}

#[test]
fn headline_links_of_front_pages_are_found_and_little_else() {
    let Some(root) = shared("fronts") else { return };
    let score::Fronts { found, links, wrong, judged } = score::fronts(&root);
    eprintln!("fronts: {found} of {links} links found, {wrong} of {judged} headlines are none");
    assert!(found * 100 >= links * 98, "{found} of {links} links found");
    assert!(wrong * 100 <= judged * 5, "{wrong} of {judged} headlines are none");
}
