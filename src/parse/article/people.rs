//! Authors: names of people, without roles, agencies, cities, mail addresses and the word "by".

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::scan::{Around, Mark, collapse};
use super::super::tree::{NodeId, Tag};
use super::text::{fold, unescape};
use super::{Context, from_meta};
use crate::model::{Extractor, Found};

/// Authors of one article that are kept.
const MAX_AUTHORS: usize = 30;
/// Longest line that is read as a byline, in characters.
const MAX_LINE: usize = 300;

/// Keys of `<meta>` that name authors.
const KEYS: &[&str] = &[
    "author",
    "article:author",
    "article:author_name",
    "article:author:name",
    "og:article:author",
    "parsely-author",
    "byl",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "cxenseparse:author",
    "citation_author",
    "authors",
    "creator",
];

/// Words before a name, in lower case.
static BY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:(?:written|posted|published|reported|reviewed|edited|words|text|story|article|analysis|opinion|photos?|recipe|contributed|created|compiled|authored|updated|submitted) by|by ?by|by|authors?|(?:veröffentlicht|verfasst|geschrieben|erstellt|ein (?:beitrag|artikel|gastbeitrag|kommentar)|artikel|eine analyse|interview|protokoll|text|aufgezeichnet|kommentar|fotos?) von|von|vom|",
        r"aus .{2,20} berichtet|es berichtet|autore?n?|autorin|text|redaktion:|par|publié par|écrit par|rédigé par|propos recueillis par|avec|por|escrito por|publicado por|redacción:|di|scritto da|a cura di|de|door|av|af|tekst|skrevet av|forfatter|skribent|av:|przez|opr\.|oprac\.|autor|автор|текст|του|της|γράφει (?:ο|η)|yazan|haber|",
        r"بقلم|كتبت?|يكتبها|تحرير|إعداد|اعداد|متابعة|تقرير|نوشته|نویسنده|خبرنگار|作者|文|撰文|记者|記者|来源|責任編集|取材|文・|ผู้เขียน|โดย|기자)",
        r"(?: ?[:/|｜：–-] ?| )",
    ))
    .expect("a constant pattern, checked by every test here")
});

/// Words that end a name: what follows is a role, a tool, a date.
static AFTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:[ ,(\[]|^)(?:staff|senior|contributing|contributor|special to|for the|writer|editor|editorial|reporter|correspondent|columnist|freelance|associate|political|chief|managing|deputy|executive|director|producer|published|updated|posted|last updated|",
        r"view (?:author|all|profile|bio)|follow|read more|more (?:by|from|posts)|see all|min(?:ute)?s? read|[0-9]+ min|twitter|facebook|email|e-mail|contact|bio|link copied|share|comments?|redakteur(?:in)?|volontär(?:in)?|reporter(?:in)?|korrespondent(?:in)?|",
        r"journalist(?:in|e)?|chefredakteur(?:in)?|autor(?:in)? bei|veröffentlicht|aktualisiert|stand:|publié|mis à jour|publicado|actualizado|pubblicato|in \p{Lu}|zum thema|usa today|associated press|ap$|afp$|dpa$|reuters$|is an? |ist ein)",
    ))
    .expect("a constant pattern, checked by every test here")
});

/// A date or time, from the name of its month on.
static WHEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:^|[ ,(|•·–-])(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?,? )?(?:on )?(?:",
        r"jan(?:uary|uar|\.)?|feb(?:ruary|ruar|\.)?|mar(?:ch|\.)?|märz|apr(?:il|\.)?|may|mai|june?|juni|july?|juli|aug(?:ust|\.)?|sept?(?:ember|\.)?|o[ck]t(?:ober|\.)?|nov(?:ember|\.)?|de[cz](?:ember|\.)?)",
        r" ?[0-9]{1,4}(?:[^0-9]|$)|[0-9]",
    ))
    .expect("a constant pattern, checked by every test here")
});

/// Agencies, offices and leavings of templates, folded: never authors.
const NEVER: &[&str] = &[
    "reuters",
    "afp",
    "dpa",
    "apa",
    "ansa",
    "efe",
    "associated press",
    "the associated press",
    "ap",
    "agency",
    "agencies",
    "agentur",
    "agenturen",
    "agence",
    "agencia",
    "bloomberg",
    "admin",
    "administrator",
    "editor",
    "editors",
    "correspondent",
    "reporter",
    "guest",
    "contributor",
    "unknown",
    "anonymous",
    "webmaster",
    "wordpressadmin",
    "unbekannt",
    "وكالات",
    "واس",
    "وكالة",
    "ا ف ب",
    "أ ف ب",
    "رويترز",
    "التحرير",
    "المحرر",
    "و م ع",
    "email protected",
    "twitter",
    "facebook",
    "instagram",
    "share",
    "home",
    "article information",
    "contact",
    "date",
    "published",
    "updated",
    "author",
    "by",
    "von",
    "writer",
    "staff",
    "author of the article",
    "the",
    "in",
    "press",
    "news",
];
/// Words of organisations, folded: whoever has one in the name is no person.
const ORGANISATION: &[&str] = &[
    "redaktion",
    "editorial",
    "staff",
    "team",
    "newsroom",
    "desk",
    "agency",
    "agentur",
    "press",
    "news",
    "online",
    "redaction",
    "rédaction",
    "redacción",
    "redacao",
    "redazione",
    "redakcja",
    "redactie",
    "редакция",
    "verlag",
    "media",
    "magazine",
    "group",
    "institute",
    "university",
    "foundation",
    "company",
    "gmbh",
    "corporation",
    "zeitung",
    "times",
    "post",
    "وكالة",
    "تحرير",
    "admin",
    "store",
    "nachrichten",
    "daily",
    "journal",
];

/// The authors.
pub(crate) fn authors(
    ctx: &Context,
    title: Option<&Found<String>>,
    publisher: Option<&Found<String>>,
) -> Option<Found<Vec<String>>> {
    if let Some((_, answers)) = ctx.profile
        && (ctx.answer("authors").is_some() || answers.fields.contains_key("title"))
    {
        let answer = ctx.answer("authors")?;
        let list = names(&answer.values, &[]);
        for value in &answer.values {
            ctx.note("authors", value, Extractor::Profile, &answer.rule, !list.is_empty(), "profile");
        }
        return (!list.is_empty()).then(|| Found::new(list, Extractor::Profile, answer.rule.clone()));
    }
    let mut sites = super::title::site_names(ctx);
    sites.extend(publisher.map(|found| fold(&found.value)));
    let mut chosen: Option<Found<Vec<String>>> = None;
    let stated = stated(ctx);
    for (raw, by, rule, sure) in stated.iter().cloned().chain(shown(ctx, title)) {
        let list = names(&raw, if sure { &[] } else { &sites });
        let hit = chosen.is_none() && !list.is_empty();
        for value in &raw {
            ctx.note("authors", value, by, rule, hit, "");
        }
        if hit {
            chosen = Some(Found::new(list, by, rule));
        }
    }
    // Where no person is named, the newsroom that the page states is its author.
    chosen.or_else(|| {
        stated.iter().find_map(|(raw, by, rule, _)| {
            let list: Vec<String> = raw.iter().filter_map(|text| organisation(text)).take(3).collect();
            (!list.is_empty()).then(|| Found::new(list, *by, *rule))
        })
    })
}

/// The name of an organisation that is no agency; nothing for addresses and leavings of templates.
fn organisation(text: &str) -> Option<String> {
    let text = collapse(&unescape(text));
    let folded = fold(&text);
    let count = text.chars().count();
    let fit =
        (2..=60).contains(&count) && !text.contains("://") && !text.contains('@') && !NEVER.contains(&folded.as_str());
    fit.then_some(text)
}

type Raw = (Vec<String>, Extractor, &'static str, bool);

/// What JSON-LD and meta elements state; the flag says that these are people for sure.
fn stated(ctx: &Context) -> Vec<Raw> {
    let mut out = Vec::new();
    for property in ["author", "creator"] {
        let found = ctx.graph.names(property);
        let people: Vec<String> =
            found.iter().filter(|(_, person)| *person == Some(true)).map(|(name, _)| name.clone()).collect();
        let sure = people.iter().all(|name| looks_like_person(name)) && !people.is_empty();
        let all = found.into_iter().map(|(name, _)| name).collect();
        out.push((all, Extractor::JsonLd, "author.name", sure));
    }
    for found in from_meta(ctx.metas, KEYS) {
        let Some(key) = KEYS.iter().find(|key| **key == found.rule) else { continue };
        out.push((ctx.metas.all(key).to_vec(), Extractor::Meta, key, false));
    }
    out
}

/// What the page shows: marked names near the headline, then lines that begin with "by".
fn shown(ctx: &Context, title: Option<&Found<String>>) -> Vec<Raw> {
    let scan = ctx.scan;
    let away = Around::COMMENTS
        .with(Around::RELATED)
        .with(Around::HIDDEN)
        .with(Around::NAV)
        .with(Around::FOOTER)
        .with(Around::ASIDE)
        .with(Around::MOST_READ)
        .with(Around::ADVERT)
        .with(Around::CARD);
    let marks: Vec<&Mark> = scan.marks.iter().filter(|mark| is_author(ctx, mark) && !mark.around.has(away)).collect();
    let place = super::title::place(ctx, title);
    let near = |mark: &&&Mark| mark.range.start + 800 >= place.start && mark.range.start <= place.end + 3_000;
    let mut out = Vec::new();
    for group in [marks.iter().filter(near).copied().collect::<Vec<_>>(), marks.clone()] {
        for mark in group.iter().take(12) {
            let raw = names_in(ctx, mark);
            if !names(&raw, &[]).is_empty() {
                out.push((raw, Extractor::Html, "author class", false));
            }
        }
    }
    out.extend(byline(ctx, &place));
    out
}

fn is_author(ctx: &Context, mark: &Mark) -> bool {
    let attribute = |name| ctx.scan.attribute(mark.node, name).unwrap_or_default();
    mark.own.has(Around::AUTHOR)
        || attribute("rel").contains("author")
        || matches!(attribute("itemprop"), "author" | "creator")
}

/// The names in a marked element: its links, if there are several, else its lines.
fn names_in(ctx: &Context, mark: &Mark) -> Vec<String> {
    let line = ctx.scan.line(&mark.range);
    if line.chars().count() > MAX_LINE {
        return Vec::new();
    }
    let anchors: Vec<String> = ctx
        .scan
        .anchors
        .iter()
        .filter(|anchor| anchor.range.start >= mark.range.start && anchor.range.end <= mark.range.end)
        .map(|anchor| ctx.scan.line(&anchor.range))
        .filter(|text| looks_like_person(text))
        .collect();
    if anchors.len() >= 2 || (anchors.len() == 1 && !is_below(ctx, mark.node, Tag::A)) {
        return anchors;
    }
    let parts: Vec<String> = ctx
        .scan
        .marks
        .iter()
        .filter(|inner| {
            inner.node != mark.node
                && inner.own.has(Around::AUTHOR)
                && ctx.scan.tree.ancestors(inner.node).take(4).any(|a| a == mark.node)
        })
        .map(|inner| ctx.scan.line(&inner.range))
        .filter(|text| looks_like_person(text))
        .collect();
    if parts.len() >= 2 {
        return parts;
    }
    // Blocks part names from roles and dates.
    ctx.scan
        .blocks_in(&mark.range)
        .iter()
        .filter(|block| !block.around.has(Around::HIDDEN))
        .filter_map(|block| {
            ctx.scan.text.get(block.range.start.max(mark.range.start)..block.range.end.min(mark.range.end))
        })
        .map(str::to_owned)
        .collect()
}

fn is_below(ctx: &Context, node: NodeId, tag: Tag) -> bool {
    ctx.scan.tree.tag(node) == tag || ctx.scan.tree.ancestors(node).take(3).any(|above| ctx.scan.tree.tag(above) == tag)
}

/// A line after the headline that begins with "by" and goes on with a name.
fn byline(ctx: &Context, place: &Range<usize>) -> Option<Raw> {
    let scan = ctx.scan;
    let away = Around::HIDDEN
        .with(Around::NAV)
        .with(Around::FOOTER)
        .with(Around::COMMENTS)
        .with(Around::RELATED)
        .with(Around::CAPTION)
        .with(Around::ASIDE);
    let end = (place.end + 1_500).min(scan.text.len());
    scan.blocks_in(&(place.end..end)).iter().take(25).find_map(|block| {
        if block.around.has(away) || block.chars > 120 || block.chars < 5 {
            return None;
        }
        let text = scan.text.get(block.range.clone())?;
        let lower = text.to_lowercase();
        let by = BY.find(&lower)?;
        // "de" and its like begin many lines that are no bylines.
        if by.as_str().trim().chars().count() < 2 || matches!(by.as_str().trim(), "de" | "di" | "avec" | "av" | "af") {
            return None;
        }
        let list = names(&[text.to_owned()], &[]);
        (!list.is_empty() && list.iter().all(|name| looks_like_person(name)))
            .then(|| (vec![text.to_owned()], Extractor::Html, "line with by", false))
    })
}

/// Clean names from raw texts, without doubles and without those of the site.
pub(crate) fn names(raw: &[String], sites: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for text in raw {
        let text = unescape(text);
        if text.contains("://") && !text.contains(' ') {
            continue;
        }
        for part in
            text.split([',', ';', '&', '|', '\n', '•', '·', '،', '/', '؛', '、', '～', '–', '—']).flat_map(split_and)
        {
            let Some(name) = clean(&part) else { continue };
            let folded = fold(&name);
            let glued: String = folded.split(' ').collect();
            let is_site = sites.iter().any(|site| *site == folded || site.split(' ').collect::<String>() == glued);
            if is_site || out.iter().any(|known| fold(known) == folded) || out.len() >= MAX_AUTHORS {
                continue;
            }
            out.push(name);
        }
    }
    // Beside a full name, single words are cities, roles and papers.
    if out.iter().any(|name| looks_like_person(name)) {
        out.retain(|name| looks_like_person(name));
    }
    out
}

/// Divides at the words for "and" where both sides may be names.
fn split_and(part: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut blank = "";
    for word in part.split_whitespace() {
        let lower = word.to_lowercase();
        if matches!(
            lower.as_str(),
            "and"
                | "und"
                | "et"
                | "y"
                | "e"
                | "og"
                | "och"
                | "en"
                | "ve"
                | "und:"
                | "sowie"
                | "with"
                | "mit"
                | "και"
                | "и"
                | "i"
        ) {
            out.push(String::new());
            blank = "";
            continue;
        }
        // Arabic writes "and" as a letter before the word.
        if let Some(rest) = word.strip_prefix('و')
            && rest.chars().count() >= 3
            && out.last().is_some_and(|last| last.split(' ').filter(|w| !w.is_empty()).count() >= 2)
            && !matches!(rest, "ليد" | "ائل" | "سام" | "جدي" | "فاء" | "هيب" | "اصف" | "دود" | "ليام" | "ردة")
        {
            out.push(rest.to_owned());
            blank = " ";
            continue;
        }
        if let Some(last) = out.last_mut() {
            last.push_str(blank);
            last.push_str(word);
        }
        blank = " ";
    }
    out
}

/// One name, or nothing.
fn clean(part: &str) -> Option<String> {
    let mut text = collapse(part);
    if let Some(at) = text.find(['(', '[', '<', '@']) {
        if text[at..].starts_with('@') || text.contains("[at]") {
            // A mail address goes with the word it stands in.
            let start = text[..at].rfind(' ').map_or(0, |blank| blank);
            text.truncate(start);
        } else {
            text.truncate(at);
        }
    }
    for _ in 0..3 {
        let lower = text.to_lowercase();
        let Some(found) = BY.find(&lower) else { break };
        // Lower case may change lengths; letters of all these words do not.
        text = text.get(found.end()..).unwrap_or_default().trim().to_owned();
    }
    if let Some(found) = WHEN.find(&text) {
        text.truncate(found.start());
    }
    if let Some(found) = AFTER.find(&text) {
        text.truncate(found.start());
    }
    if let Some(at) = text.find(" من ").filter(|_| is_arabic(&text)) {
        text.truncate(at);
    }
    let text = text
        .trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != '\'' && !is_mark(c))
        .trim_start_matches('.')
        .trim()
        .to_owned();
    let folded = fold(&text);
    let count = text.chars().count();
    let words = folded.split(' ').count();
    let unfit = count < 2
        || count > 60
        || words > 7
        || !text.chars().any(char::is_alphabetic)
        || text.contains("://")
        || NEVER.contains(&folded.as_str())
        || folded.split(' ').any(|word| ORGANISATION.contains(&word))
        || text.ends_with(".com")
        || text.ends_with(".de");
    (!unfit).then_some(text)
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn is_arabic(text: &str) -> bool {
    text.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c))
}

/// Two to five words that begin with capitals, or the like in scripts without them.
pub(crate) fn looks_like_person(text: &str) -> bool {
    let mut words = 0;
    let mut small = 0;
    let mut all = 0;
    for word in text.split_whitespace() {
        all += 1;
        let Some(first) = word.chars().find(|c| c.is_alphabetic()) else { return false };
        if word.chars().any(|c| c.is_ascii_digit()) {
            return false;
        }
        if first.is_lowercase() {
            small += 1;
        } else {
            words += 1;
        }
    }
    let cjk =
        text.chars().filter(|c| matches!(u32::from(*c), 0x3040..=0x30ff | 0x4e00..=0x9fff | 0xac00..=0xd7af)).count();
    if cjk >= 2 {
        return cjk <= 8 && all <= 3;
    }
    (2..=5).contains(&words) && small <= 2 && small < words && text.chars().count() <= 50
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, expected: &[&str]) {
        assert_eq!(names(&[raw.to_owned()], &["daily post".to_owned()]), expected, "{raw}");
    }

    #[test]
    fn names_lose_what_is_no_name() {
        check("By Ann Lee", &["Ann Lee"]);
        check("by Ann Lee Contributing Writer", &["Ann Lee"]);
        check("Von Anna Weiß und Karl Groß, Berlin", &["Anna Weiß", "Karl Groß"]);
        check("Par Jean-Luc Petit (avec AFP)", &["Jean-Luc Petit"]);
        check("بقلم / محمد الحميدي", &["محمد الحميدي"]);
        check("كتب: سارة الطالبي", &["سارة الطالبي"]);
        check("كايلا إبستين وأنجليكا كاساس", &["كايلا إبستين", "أنجليكا كاساس"]);
        check("Ann Lee ann@example.org", &["Ann Lee"]);
        check("Ann Lee - Aug 10, 2016 11:15 am UTC", &["Ann Lee"]);
        check("Daily Post", &[]);
        check("email protected", &[]);
        check("و م ع", &[]);
        check("https://example.org/people/1", &[]);
    }

    #[test]
    fn a_person_has_two_names() {
        for yes in ["Ann Lee", "Ludwig van Beethoven", "J.R. Stone", "محمد الحميدي", "山田太郎"] {
            assert!(looks_like_person(yes), "{yes}");
        }
        for no in ["Ann", "read more about it", "The Very Long Name Of Some Great Institution", "Room 12"] {
            assert!(!looks_like_person(no), "{no}");
        }
    }
}
