//! What the host prints in article after article, as the crawl has learnt: it is left out of the text.

use super::super::super::scan::{BlockKind, Scan};
use super::super::Context;
use crate::model::{Boilerplate, LeftOut};

/// A shorter text is left out only along with a longer one: "More", a name and the like stand in many an article.
const LEAST_CHARS: u32 = 40;

/// Takes what is known to be boilerplate out of the blocks of a text, unless that were most of it; notes what was
/// taken, and gives it.
pub(super) fn take(ctx: &Context, blocks: &mut Vec<usize>) -> Vec<usize> {
    let Some(known) = ctx.boilerplate.filter(|known| !known.paragraphs.is_empty()) else { return Vec::new() };
    let scan = ctx.scan;
    let places = places(scan, known, blocks);
    let chars = |places: &mut dyn Iterator<Item = usize>| places.map(|block| scan.blocks[block].chars).sum::<u32>();
    let all = chars(&mut blocks.iter().copied());
    if places.is_empty() || chars(&mut places.iter().map(|at| blocks[*at])) * 2 > all {
        return Vec::new();
    }
    let left_out: Vec<usize> = places.iter().map(|at| blocks[*at]).collect();
    let text = |block: usize| scan.text.get(scan.blocks[block].range.clone()).unwrap_or_default().to_owned();
    ctx.left_out.replace(places.iter().map(|at| LeftOut { at: *at, text: text(blocks[*at]) }).collect());
    let mut at = 0;
    blocks.retain(|_| {
        at += 1;
        places.binary_search(&(at - 1)).is_err()
    });
    left_out
}

/// Which of the blocks are boilerplate: runs of known ones of which one is long, but not the heading of what follows.
fn places(scan: &Scan, known: &Boilerplate, blocks: &[usize]) -> Vec<usize> {
    let is_known =
        |at: usize| scan.text.get(scan.blocks[blocks[at]].range.clone()).is_some_and(|text| known.holds(text));
    let is_heading = |at: usize| matches!(scan.blocks[blocks[at]].kind, BlockKind::Heading(_));
    let all: Vec<usize> = (0..blocks.len()).filter(|at| is_known(*at)).collect();
    let mut places = Vec::new();
    for run in all.chunk_by(|at, next| at + 1 == *next) {
        let is_long = run.iter().any(|at| !is_heading(*at) && scan.blocks[blocks[*at]].chars >= LEAST_CHARS);
        let end = run.iter().rposition(|at| !is_heading(*at)).map_or(0, |last| last + 1);
        if is_long {
            places.extend(&run[..end]);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use crate::model::boilerplate::fingerprint;
    use crate::model::{Boilerplate, PageKind, PageUrl, Parsed};
    use crate::parse::{Input, Parser};

    const LETTER: &str = "Every Friday our reporters pick the best of the week and send it to you before breakfast.";
    const OWN: [&str; 3] = [
        "The council has decided on the new bridge after a long debate, and work begins in spring.",
        "Two of the pillars will stand on the island, where the ferry has had its landing until now.",
        "Nobody expects that the old bridge is missed, for it has been closed to lorries for a year.",
    ];

    fn parse(body: &str, known: &[&str]) -> Parsed {
        let known = Boilerplate { paragraphs: known.iter().filter_map(|text| fingerprint(text)).collect() };
        let page = format!("<html lang=en><h1>A bridge is built</h1><article>{body}</article>");
        Parser::new(&Config::default()).expect("built-in profiles compile").parse(&Input {
            kind: PageKind::Article,
            boilerplate: Some(&known),
            ..Input::bare(
                &PageUrl::parse("https://example.org/news/some-title-of-a-page").expect("an address"),
                page.as_bytes(),
            )
        })
    }

    fn check(body: &str, known: &[&str], expected: &[&str]) {
        let parsed = parse(body, known);
        let article = parsed.article.expect("an article");
        assert_eq!(article.paragraphs(), expected);
        let html = article.body_html.expect("HTML");
        for left_out in parsed.left_out {
            assert!(!html.contains(&left_out.text), "{html}");
        }
    }

    #[test]
    fn what_is_known_is_left_out_with_its_heading_and_the_short_lines_around() {
        let [one, two, three] = OWN;
        let letter = format!("<h3>Our letter</h3><p>{LETTER}</p><p>Read by many.</p>");
        let body = format!("<p>{one}</p><p>{two}</p>{letter}<h3>What is next</h3><p>{three}</p>");
        let known = ["Our letter", LETTER, "Read by many.", "What is next"];
        check(&body, &known, &[one, two, "What is next", three]);
        check(&body, &[], &[one, two, "Our letter", LETTER, "Read by many.", "What is next", three]);

        let left_out = parse(&body, &known).left_out;
        assert_eq!(left_out.iter().map(|it| it.at).collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!(left_out[1].text, LETTER);
    }

    #[test]
    fn a_short_line_alone_stays() {
        let [one, two, three] = OWN;
        let body = format!("<p>{one}</p><p>Yes, he says.</p><p>{two}</p><h3>What is next</h3><p>{three}</p>");
        check(&body, &["Yes, he says.", "What is next"], &[one, "Yes, he says.", two, "What is next", three]);
    }

    #[test]
    fn most_of_a_text_is_never_left_out() {
        let [one, two, three] = OWN;
        let body = format!("<p>{one}</p><p>{two}</p><p>{three}</p>");
        check(&body, &[one, two], &[one, two, three]);
        assert_eq!(parse(&body, &[one, two]).left_out, []);
        check(&body, &[one], &[two, three]);
    }
}
