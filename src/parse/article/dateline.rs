//! How the text begins and ends: the place and the agencies that it names there.

use std::sync::LazyLock;

use regex::Regex;

use super::super::scan::Around;
use super::body::Body;
use super::people::agency::agencies;
use super::title::Place;
use super::{Context, people};
use crate::model::{Extractor, Found};

/// Longest beginning or signature that is looked at, in characters.
const REACH: usize = 120;

/// The words before the first dash or parenthesis of a text, and what stands in the parenthesis.
static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<place>\p{L}[\p{L}\p{M}0-9'’. ,،/-]{0,58}?)\s*(?:[,،]?\s*\((?P<credit>[^()]{2,40})\))?\s*(?P<dash>[-–—―]{1,2}|:|\.\s?[-–—])\s+\S")
        .expect("a constant pattern, checked by every test here")
});
/// The same where a parenthesis stands without a dash: `BERLIN (dpa) Der Minister …`.
static CREDITED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<place>\p{L}[\p{L}\p{M}0-9'’. ,،/-]{0,58}?)\s*[,،]?\s*\((?P<credit>[^()]{2,40})\)\s*\S")
        .expect("a constant pattern, checked by every test here")
});

/// The day of a Chinese dispatch.
static SENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[0-9]{1,2}月[0-9]{1,2}日\s?[电電讯訊]").expect("a constant pattern, checked by every test here")
});
/// The reporters whom the head of a Chinese text names: `（记者张伟、李娜）`, `本报记者 张伟`.
static REPORTERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^.{0,40}?[（(](?:本[报報])?(?:记者|記者)\s*[:：]?\s*(?P<names>[^）()（]{2,40})[）)]")
        .expect("a constant pattern, checked by every test here")
});

/// A text's opening in two: place and credit.
fn opening(text: &str) -> Option<(&str, Option<&str>)> {
    let text = text.char_indices().nth(REACH).map_or(text, |(end, _)| &text[..end]);
    if let Some(found) = eastern(text) {
        return Some(found);
    }
    if !may_open(text) {
        return None;
    }
    if let Some(found) = OPENING.captures(text) {
        let dash = found.name("dash").map_or("", |dash| dash.as_str());
        let credit = found.name("credit").map(|credit| credit.as_str());
        if dash != ":" || credit.is_some() {
            return Some((without_day(found.name("place")?.as_str()), credit));
        }
    }
    let found = CREDITED.captures(text)?;
    let credit = found.name("credit")?.as_str();
    (!agencies(credit).is_empty()).then_some((without_day(found.name("place")?.as_str()), Some(credit)))
}

/// The opening of East Asian papers: `新华社北京3月12日电`, `【北京共同】`, `【パリ＝山田太郎】`.
fn eastern(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some((inner, _)) = text.strip_prefix('【').and_then(|rest| rest.split_once('】')) {
        let (place, writer) = inner.split_once(['＝', '=']).unwrap_or((inner, ""));
        let borders = || place.char_indices().map(|(at, _)| at).skip(1);
        return match borders().find(|at| agency_named(&place[*at..])) {
            Some(at) => Some((place[..at].trim(), Some(&place[at..]))),
            None => (!writer.is_empty()).then_some((place.trim(), None)),
        };
    }
    let (head, rest) = text.split_at(text.find(|c: char| c.is_ascii_digit())?);
    if !SENT.is_match(rest) {
        return None;
    }
    let mut borders = head.char_indices().map(|(at, _)| at).skip(1);
    let at = borders.find(|at| agency_named(&head[..*at]))?;
    Some((head[at..].trim(), Some(&head[..at])))
}

fn agency_named(text: &str) -> bool {
    people::agency::agency(text).is_some()
}

/// Whether a text holds what both patterns ask for, a dash or colon before a blank or a parenthesis: most hold none.
fn may_open(text: &str) -> bool {
    let mut before = ' ';
    text.chars().any(|c| {
        let found = c == '(' || c.is_whitespace() && matches!(before, '-' | '–' | '—' | '―' | ':');
        before = c;
        found
    })
}

/// `LONDON` of `LONDON, May 3`.
fn without_day(place: &str) -> &str {
    let day = place.find(|c: char| c.is_numeric()).and_then(|number| place[..number].rfind([',', '،']));
    place[..day.unwrap_or(place.len())].trim()
}

/// The place with which the text begins.
pub(crate) fn dateline(ctx: &Context, body: Option<&Body>) -> Option<Found<String>> {
    if let Some(found) = ctx.profiled("dateline") {
        return Some(found);
    }
    for paragraph in body?.paragraphs.iter().take(3) {
        let Some((place, credit)) = opening(paragraph) else { continue };
        let credited = credit.is_some_and(|credit| !agencies(credit).is_empty());
        let rule = if credited { "before an agency in parentheses" } else { "words before the first dash" };
        let fit = is_place(place, credited);
        ctx.note("dateline", place, Extractor::Html, rule, fit, "head of the text");
        if fit {
            return Some(Found::new(place.trim_matches([',', '،', ' ']).to_owned(), Extractor::Html, rule));
        }
    }
    None
}

/// Whether words before a dash may be a place: an agency follows, or they are in capitals (or few, in scripts without).
fn is_place(words: &str, credited: bool) -> bool {
    let count = words.split_whitespace().count();
    let letters = || words.chars().filter(|c| c.is_alphabetic());
    let cased = letters().any(|c| c.is_uppercase() || c.is_lowercase());
    let capitals = cased && letters().all(|c| !c.is_lowercase()) && letters().count() >= 3;
    match (credited, cased) {
        (true, true) => count <= 5 && words.chars().next().is_some_and(char::is_uppercase),
        (true, false) => count <= 4,
        (false, true) => capitals && count <= 4,
        (false, false) => count <= 2,
    }
}

/// The agencies that sign the article: those of the byline, of the text's head, of its last line.
pub(crate) fn agency(
    ctx: &Context,
    byline: Option<Found<String>>,
    place: &Place,
    body: Option<&Body>,
) -> Option<Found<String>> {
    if let Some(found) = ctx.profiled("agency") {
        return Some(found);
    }
    let mut all: Vec<Found<String>> = byline.into_iter().collect();
    let mut add = |names: Vec<String>, rule: &'static str| {
        if !names.is_empty() {
            all.push(Found::new(names.join(", "), Extractor::Html, rule));
        }
    };
    add(beside(ctx, place), "beside the headline");
    if let Some(body) = body {
        let head = body.paragraphs.iter().take(3).find_map(|text| opening(text)?.1.map(agencies));
        add(head.unwrap_or_default(), "head of the text");
        if let Some(last) = body.paragraphs.last() {
            add(agencies(signature(last)), "end of the text");
        }
    }
    let chosen = all.first().cloned();
    ctx.note_all("agency", &all, chosen.as_ref(), "first in order");
    chosen
}

/// The reporters in parentheses at the head of the text, who are its authors where no byline names any.
pub(crate) fn reporters(body: Option<&Body>) -> Option<Found<Vec<String>>> {
    let found = body?.paragraphs.iter().take(3).find_map(|text| REPORTERS.captures(text))?;
    let list = people::names_in(found.name("names")?.as_str());
    (!list.is_empty()).then(|| Found::new(list, Extractor::Html, "reporters at the head of the text"))
}

/// The signature at the head of the text, as it is written: who signs where nobody is named.
pub(crate) fn signed(body: Option<&Body>) -> Option<Found<Vec<String>>> {
    let credit = body?.paragraphs.iter().take(3).find_map(|text| opening(text)?.1)?;
    let signs = !agencies(credit).is_empty();
    signs.then(|| Found::new(vec![credit.trim().to_owned()], Extractor::Html, "agency at the head of the text"))
}

/// The agency that an element of a line beside the headline names, and nothing else.
fn beside(ctx: &Context, place: &Place) -> Vec<String> {
    /// How far behind the headline, in bytes of the page's text.
    const BEHIND: usize = 1_500;
    let away = Around::NAV.with(Around::RELATED).with(Around::CARD).with(Around::TAGS).with(Around::CAPTION);
    let away = away.without(place.around);
    if place.range.end == 0 {
        return Vec::new();
    }
    let stretch = place.range.end..(place.range.end + BEHIND).min(ctx.scan.text.len());
    let lines = ctx.scan.blocks_in(&stretch).iter().filter(|block| block.chars <= 120 && !block.around.has(away));
    let named = |part: &String| {
        let credit = people::after_by(part.rsplit_once([':', '：']).map_or(part.as_str(), |(_, credit)| credit));
        people::agency::agency(credit)
    };
    lines.take(12).find_map(|block| ctx.scan.parts(block).iter().find_map(named)).into_iter().collect()
}

/// What may be a signature: a short last line, or the last words in parentheses.
fn signature(last: &str) -> &str {
    let last = last.trim_end_matches(['.', ' ']);
    if let Some(inner) = last.strip_suffix(')')
        && let Some(at) = inner.rfind('(')
    {
        return &inner[at + 1..];
    }
    if last.chars().count() > 60 {
        return "";
    }
    // "Source: AFP" in any language.
    let last = last.rsplit_once(':').map_or(last, |(_, credit)| credit.trim());
    people::after_by(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_begins_with_its_place() {
        let check = |text: &str, expected: Option<(&str, Option<&str>)>| assert_eq!(opening(text), expected, "{text}");
        check("BERLIN (dpa) – Der Minister sagte", Some(("BERLIN", Some("dpa"))));
        check("LONDON, May 3 (Reuters) - The bank", Some(("LONDON", Some("Reuters"))));
        check("القاهرة (رويترز) - قالت وزارة", Some(("القاهرة", Some("رويترز"))));
        check("Oslo – The king", Some(("Oslo", None)));
        check("Hamburg (dpa/lno) Trotz eines Gesprächs", Some(("Hamburg", Some("dpa/lno"))));
        check("新华社北京3月12日电（记者张伟）经过", Some(("北京", Some("新华社"))));
        check("【北京共同】中国の", Some(("北京", Some("共同"))));
        check("【パリ＝山田太郎】フランスの", Some(("パリ", None)));
        check("【速報】地震が", None);
        check("城北的旧粮仓3月12日重新开放", None);
        check("He said: the end", None);
        check("The king went home.", None);
    }

    #[test]
    fn not_every_word_before_a_dash_is_a_place() {
        assert!(is_place("NEW YORK", false) && is_place("Oslo", true) && is_place("القاهرة", true));
        assert!(!is_place("But", false) && !is_place("The king of all Norway", false) && !is_place("he said", false));
        assert!(!is_place("وقال الوزير أمس", false));
    }

    #[test]
    fn a_signature_stands_at_the_end() {
        assert_eq!(agencies(signature("So hieß es am Abend. (dpa/AFP)")), ["dpa", "AFP"]);
        assert_eq!(agencies(signature("المصدر: وكالات")), ["وكالات"]);
        assert!(
            agencies(signature("A long last paragraph of the text that ends with the word of no agency, AFP"))
                .is_empty()
        );
    }
}
