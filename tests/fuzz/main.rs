//! Fuzzing that needs nothing but `cargo test`: every reader of untrusted input against inputs made from a corpus and
//! a dictionary of our own, for a time. `fuzz/` holds the same properties for libFuzzer.
//!
//! `MURASIL_FUZZ_SECONDS` (one if unset) is the time for each reader, `MURASIL_FUZZ_SEED` (1 if unset) the beginning
//! of the dice. A finding is written to the folder for temporary files and named with the seed; once it is minimised
//! it belongs into `tests/fixtures/fuzz/READER/`, which is read first, whatever the time.

mod mutate;
mod properties;

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// No input may cost more of a processor's time; they are at most 96 KiB. Generous, for slow and busy machines.
const CEILING: Duration = Duration::from_secs(5);

/// Runs a property on the corpus, then on what becomes of it.
fn fuzz(reader: &str, property: fn(&[u8])) {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect(name));
    let time = Duration::from_secs(number("MURASIL_FUZZ_SECONDS").unwrap_or(1));
    let seed = number("MURASIL_FUZZ_SEED").unwrap_or(1);
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = files(&home.join("tests/fixtures/fuzz").join(reader));
    let words = dictionary(&home.join("fuzz/dictionaries").join(reader).with_extension("dict"));
    assert!(corpus.len() > 2 && words.len() > 5, "{reader} has a corpus and a dictionary");

    let mut dice = mutate::Dice::new(seed);
    let mut made = 0_u64;
    for input in &corpus {
        run(reader, "a file of the corpus", property, input);
    }
    let started = Instant::now();
    while started.elapsed() < time {
        let input = mutate::input(&mut dice, &corpus, &words);
        made += 1;
        run(reader, &format!("MURASIL_FUZZ_SEED={seed}, input {made}"), property, &input);
    }
    println!("{reader}: {} files and {made} made inputs hold, seed {seed}", corpus.len());
}

fn run(reader: &str, origin: &str, property: fn(&[u8]), input: &[u8]) {
    let before = cpu_time();
    let result = catch_unwind(AssertUnwindSafe(|| property(input)));
    let cost = cpu_time().saturating_sub(before);
    if result.is_err() || cost > CEILING {
        let path = std::env::temp_dir().join(format!("murasil-fuzz-{reader}-{}", std::process::id()));
        // The finding is printed as well, so a full disk loses nothing.
        let _ = std::fs::write(&path, input);
        let mut shown = String::new();
        input.iter().take(2_000).for_each(|byte| {
            write!(shown, "{}", byte.escape_ascii()).expect("a string takes text");
        });
        println!("{reader}: {origin}, {} bytes in {}, {cost:?}: {shown}", input.len(), path.display());
    }
    match result {
        Err(panic) => resume_unwind(panic),
        Ok(()) => assert!(cost <= CEILING, "{reader} took {cost:?} of a processor's time"),
    }
}

/// What this thread has used of a processor; where the system does not tell, what the clock says.
fn cpu_time() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split_whitespace().next().and_then(|it| it.parse().ok()));
    nanoseconds.map_or_else(|| START.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a folder's entry").path())
        .collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).expect("a file of the corpus")).collect()
}

/// The words of a dictionary in libFuzzer's form: one a line, in quotes, `\xNN`, `\"` and `\\` escaped.
fn dictionary(path: &Path) -> Vec<Vec<u8>> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().filter_map(|line| line.split_once('"')?.1.rsplit_once('"').map(|(word, _)| unescape(word))).collect()
}

fn unescape(word: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = word.as_bytes();
    while let [first, after @ ..] = rest {
        let (byte, next) = match (first, after) {
            (b'\\', [b'x', high, low, next @ ..]) => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16).expect("a hexadecimal digit") as u8;
                (digit(high) << 4 | digit(low), next)
            }
            (b'\\', [byte, next @ ..]) | (byte, next) => (*byte, next),
        };
        out.push(byte);
        rest = next;
    }
    out
}

#[test]
fn robots_txt_is_read_whatever_it_is() {
    fuzz("robots", properties::robots);
}

#[test]
fn an_address_normalised_again_stays_as_it_is() {
    fuzz("url", properties::url);
}

#[test]
fn any_bytes_become_text() {
    fuzz("charset", properties::charset);
}

#[test]
fn no_retry_after_asks_for_more_than_the_cap() {
    fuzz("retry_after", properties::retry_after_value);
}

#[test]
fn a_sitemap_is_read_within_its_bounds() {
    fuzz("sitemap", properties::sitemap);
}

#[test]
fn a_feed_is_read_within_its_bounds() {
    fuzz("feed", properties::feed);
}

#[test]
fn a_page_is_read_within_its_bounds() {
    fuzz("html", properties::html);
}
