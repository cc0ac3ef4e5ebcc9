//! How the text begins and ends: the place and the agencies that it names there.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::char::is_combining_mark;

use super::super::scan::Around;
use super::body::Body;
use super::people::agency::{agencies, only_agencies};
use super::title::Place;
use super::{Context, people};
use crate::model::letters::is_letter;
use crate::model::{Extractor, Found};

/// Longest beginning or signature that is looked at, in characters.
const REACH: usize = 120;

/// Longest place, in characters.
const MAX_PLACE: usize = 59;

/// The day of a Chinese dispatch.
static SENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[0-9]{1,2}月[0-9]{1,2}日\s?[电電讯訊]").expect("a constant pattern, checked by every test here")
});
/// The reporters whom the head of a Chinese text names: `（记者张伟、李娜）`, `本报记者 张伟`.
static REPORTERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^.{0,40}?[（(](?:本[报報])?(?:记者|記者)\s*[:：]?\s*(?P<names>[^）()（]{2,40})[）)]")
        .expect("a constant pattern, checked by every test here")
});

/// Longest credit between two signs, in characters.
const MAX_CREDIT: usize = 40;

/// A text's opening in two: place and credit. The place is all words before an agency between two signs (`القاهرة - أ ش أ:`),
/// else before the first dash, or before the first parenthesis that names an agency (`BERLIN (dpa) Der Minister …`).
fn opening(text: &str) -> Option<(&str, Option<&str>)> {
    let text = text.char_indices().nth(REACH).map_or(text, |(end, _)| &text[..end]);
    if let Some(found) = eastern(text) {
        return Some(found);
    }
    if !text.contains(['(', ':', '-', '–', '—', '―']) {
        return None;
    }
    let between = place_ends(text).find_map(|end| Some((end, between_signs(&text[end..])?)));
    if let Some((end, credit)) = between {
        return Some((without_day(&text[..end]), Some(credit)));
    }
    let dashed = place_ends(text).find_map(|end| Some((end, before_dash(&text[end..])?)));
    if let Some((end, (credit, dash))) = dashed
        && (dash != ':' || credit.is_some())
    {
        return Some((without_day(&text[..end]), credit));
    }
    let (end, (credit, rest)) = place_ends(text).find_map(|end| Some((end, parenthesis(&text[end..])?)))?;
    let is_credited = !rest.trim_start().is_empty() && !agencies(credit).is_empty();
    is_credited.then_some((without_day(&text[..end]), Some(credit)))
}

/// Where a place at the head of a text may end, the nearest first.
fn place_ends(text: &str) -> impl Iterator<Item = usize> {
    let most = if text.starts_with(is_letter) { MAX_PLACE } else { 0 };
    text.char_indices().take(most).take_while(|(_, c)| is_of_place(*c)).map(|(at, c)| at + c.len_utf8())
}

fn is_of_place(c: char) -> bool {
    is_letter(c)
        || is_combining_mark(c)
        || c.is_ascii_digit()
        || matches!(c, '\'' | '’' | '.' | ' ' | ',' | '،' | '/' | '-')
}

/// The agencies between a sign at the head of `rest` and the one with which the sentence begins, without the marks around
/// them: `– "رويترز": `, `/ الأناضول: `, ` — (AP) — `.
fn between_signs(rest: &str) -> Option<&str> {
    let (is_spaced, rest) = (rest.starts_with(' '), rest.trim_start());
    // A hyphen within a word parts nothing.
    let is_hyphen = |after: &str| !is_spaced && rest.starts_with('-') && after.starts_with(|c: char| c.is_lowercase());
    let rest = rest.strip_prefix(DASHES).or_else(|| rest.strip_prefix('/')).filter(|after| !is_hyphen(after))?;
    // Words in small letters are no agency unless it writes itself so.
    let is_name = |credit: &&str| {
        credit.contains(|c: char| is_letter(c) && !c.is_lowercase())
            || agencies(credit).iter().any(|name| name == credit)
    };
    let credit = |at: usize| rest[..at].trim_matches(|c: char| !is_letter(c) && !is_combining_mark(c));
    let ends = rest.char_indices().take(MAX_CREDIT).map(|(at, _)| at).filter(|at| dash(&rest[*at..]).is_some());
    ends.map(credit).find(|credit| only_agencies(credit) && is_name(credit))
}

/// What a parenthesis at the head of `rest` credits, and the sign after it (`-`, `:` or `.` for `.–`) with which the sentence
/// begins.
fn before_dash(rest: &str) -> Option<(Option<&str>, char)> {
    let credited = parenthesis(rest).and_then(|(credit, rest)| Some((Some(credit), dash(rest)?)));
    credited.or_else(|| Some((None, dash(rest)?)))
}

/// The words in a parenthesis at the head of `rest`, and what follows it.
fn parenthesis(rest: &str) -> Option<(&str, &str)> {
    let rest = rest.trim_start();
    let rest = rest.strip_prefix([',', '،']).unwrap_or(rest).trim_start().strip_prefix('(')?;
    let (credit, rest) = rest.split_at(rest.find(['(', ')'])?);
    (2..=MAX_CREDIT).contains(&credit.chars().count()).then_some((credit, rest.strip_prefix(')')?))
}

const DASHES: [char; 4] = ['-', '–', '—', '―'];

/// The sign at the head of `rest` if words follow it after a blank.
fn dash(rest: &str) -> Option<char> {
    let rest = rest.trim_start();
    let (sign, rest) = match rest.chars().next()? {
        ':' => (':', &rest[1..]),
        '.' => {
            let rest = &rest[1..];
            ('.', rest.strip_prefix(char::is_whitespace).unwrap_or(rest).strip_prefix(DASHES)?)
        }
        _ => {
            let rest = rest.strip_prefix(DASHES)?;
            ('-', rest.strip_prefix(DASHES).unwrap_or(rest))
        }
    };
    (rest.starts_with(char::is_whitespace) && !rest.trim_start().is_empty()).then_some(sign)
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
        let rule = if credited { "before an agency" } else { "words before the first dash" };
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
    let may_name = |text: &&String| text.contains("记者") || text.contains("記者");
    let found = body?.paragraphs.iter().take(3).filter(may_name).find_map(|text| REPORTERS.captures(text))?;
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
        check("KAIRO. – Der Minister sagte", Some(("KAIRO", None)));
        check("ST. LOUIS, Mo. (AP) -- The river", Some(("ST. LOUIS, Mo.", Some("AP"))));
        check("Rom, (ANSA): Der Papst", Some(("Rom", Some("ANSA"))));
        check("Aix-en-Provence – Le maire", Some(("Aix-en-Provence", None)));
        check("قال الوزير (الاثنين) إن", None);
        check("القاهرة - أ ش أ: قال الوزير", Some(("القاهرة", Some("أ ش أ"))));
        check("الرياض - واس: قال الوزير", Some(("الرياض", Some("واس"))));
        check("بيروت - \"رويترز\": قال الوزير", Some(("بيروت", Some("رويترز"))));
        check("القاهرة — رويترز — قال الوزير", Some(("القاهرة", Some("رويترز"))));
        check("واشنطن – (أ ب) – قال الوزير", Some(("واشنطن", Some("أ ب"))));
        check("غزة/ الأناضول: قال الوزير", Some(("غزة", Some("الأناضول"))));
        check("رام الله - رويترز، أ ف ب - قال الوزير", Some(("رام الله", Some("رويترز، أ ف ب"))));
        check("Aix-en-Provence – AFP – Le maire", Some(("Aix-en-Provence", Some("AFP"))));
        check("BERLIN/dpa - Der Minister", Some(("BERLIN", Some("dpa"))));
        check("القاهرة - قال الوزير: نعم", Some(("القاهرة", None)));
        check("Road-map: the way", None);
        check("The treasure – map: the way", Some(("The treasure", None)));
        check("القاهرة - رويترز", Some(("القاهرة", None)));
        check("OSLO ——— The king", None);
        check("OSLO – ", None);
        check("12 – Der", None);
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
