//! Names out of bylines: what is cut off, what is no name.

use super::super::super::scan::collapse;
use super::super::text::{fold, same_letters, unescape};
use super::agency::agency;
use super::places::{after_place, is_city};
use super::words::{AFTER, BEFORE_DATES, BY, GLUED_ROLES, NEVER, OFFICE, ORGANISATION, ROLE, WHEN};

/// Authors of one article that are kept.
const MAX_AUTHORS: usize = 30;

/// Clean names from raw texts, without doubles and without those of the site.
pub(crate) fn names(raw: &[String], sites: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for text in raw {
        let text = unescape(text);
        // Addresses, and names of sites with theirs beside them.
        if (text.contains("://") && !text.contains(' ')) || text.contains("www.") || sites.contains(&fold(&text)) {
            continue;
        }
        let signs = [',', '&', '|', '•', '·', '،', '/', '؛', '、', '～', '–', '—'];
        let parts = text.split([';', '\n']).map(after_place).flat_map(|part| {
            // Initials of desks and agencies are one signature: "dpa/lno", "det/dpa".
            if is_signature(part) {
                return vec![part.trim().to_owned()];
            }
            let part = without_office(part);
            part.split(signs).flat_map(|part| part.split(" - ")).flat_map(split_and).collect()
        });
        for part in parts {
            let Some(name) = clean(&part) else { continue };
            let folded = fold(&name);
            if sites.iter().any(|site| same_letters(site, &folded))
                || out.iter().any(|known| fold(known) == folded)
                || out.len() >= MAX_AUTHORS
            {
                continue;
            }
            out.push(name);
        }
    }
    // Beside another name, what begins with the site's is a desk of it.
    if out.len() > 1 {
        let of_site = |name: &String| {
            let folded = if name.contains('/') { String::new() } else { fold(name) };
            sites.iter().any(|site| folded.strip_prefix(site.as_str()).is_some_and(|rest| rest.starts_with(' ')))
        };
        let desks = out.iter().filter(|name| of_site(name)).count();
        if desks < out.len() {
            out.retain(|name| !of_site(name));
        }
    }
    // Beside a full name, single words are cities, roles and papers.
    if out.iter().any(|name| looks_like_person(name)) {
        out.retain(|name| looks_like_person(name));
    }
    out
}

/// Arabic names that begin with the letter that is "and" before another word, without it.
const WITH_WAW: &[&str] = &["ليد", "ائل", "سام", "جدي", "فاء", "هيب", "اصف", "دود", "ليام", "ردة"];

/// The same of Hebrew.
const WITH_VAV: &[&str] =
    &["רד", "רדה", "רדית", "יקי", "יקטור", "יקטוריה", "לדימיר", "אסילי", "ולף", "ילנאי", "יינשטיין", "ייס"];

fn has_two_words(text: &str) -> bool {
    text.split_whitespace().nth(1).is_some()
}

/// Short codes parted by a stroke, without blanks.
fn is_signature(text: &str) -> bool {
    let text = text.trim();
    let code = |part: &str| (2..=6).contains(&part.chars().count()) && part.chars().all(char::is_alphabetic);
    text.contains('/') && text.len() <= 20 && text.split('/').all(code)
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
                | "avec"
                | "και"
                | "и"
                | "i"
                | "และ"
                | "और"
                | "एवं"
        ) || (lower == "و" && out.last().is_some_and(|last| has_two_words(last)))
        {
            out.push(String::new());
            blank = "";
            continue;
        }
        // Arabic and Hebrew write "and" as a letter before the word.
        if let Some(rest) = word.strip_prefix(['و', 'ו'])
            && rest.chars().count() >= 2
            && (!rest.starts_with('و') || WITH_WAW.contains(&rest.trim_start_matches('و')))
            && out.last().is_some_and(|last| has_two_words(last))
            && !WITH_WAW.contains(&rest)
            && !WITH_VAV.contains(&rest)
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

/// A name that a template prints twice, once.
fn once(text: String) -> String {
    let half = text.char_indices().nth(text.chars().count().div_ceil(2)).map_or(text.len(), |(at, _)| at);
    let (one, other) = text.split_at(half);
    if text.len() > 8 && one.trim() == other.trim() { one.trim().to_owned() } else { text }
}

/// One name, or nothing.
fn clean(part: &str) -> Option<String> {
    let mut text = once(collapse(part));
    if NEVER.contains(&fold(&text).as_str()) {
        return None;
    }
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
        let Some(end) = end_of_by(&text) else { break };
        text = text.get(end..).unwrap_or_default().trim().to_owned();
    }
    text = without_office(&text).to_owned();
    if let Some(found) = WHEN.find(&text) {
        text.truncate(found.start());
        if let Some((rest, last)) = text.trim_end().rsplit_once(' ')
            && BEFORE_DATES.contains(&last.to_lowercase().as_str())
        {
            text.truncate(rest.len());
        }
    }
    if let Some(found) = AFTER.find(&text) {
        let role = ROLE.is_match(&text) && text.split(' ').count() <= 5;
        if role && found.start() > 0 && !looks_like_person(&text[..found.start()]) {
            return None;
        }
        text.truncate(found.start());
    }
    if let Some(at) = text.find(" من ").filter(|_| is_arabic(&text)) {
        text.truncate(at);
    }
    // The paper of a guest: "Ann Lee of The Harbour Post".
    if let Some(at) = text.find(" of ").filter(|at| looks_like_person(&text[..*at])) {
        text.truncate(at);
    }
    if let Some(end) = sentence_end(&text) {
        text.truncate(end);
    }
    let text = text
        .trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != '\'' && !is_mark(c))
        .trim_start_matches('.')
        .trim()
        .to_owned();
    let mut text = once(text);
    let named = GLUED_ROLES.iter().find_map(|role| text.strip_suffix(role)).filter(|name| looks_like_person(name));
    if let Some(end) = named.map(|name| name.trim_end().len()) {
        text.truncate(end);
    }
    let folded = fold(&text);
    let count = text.chars().count();
    let words = folded.split(' ').count();
    let unfit = !(2..=60).contains(&count)
        || words > 7
        || !text.chars().any(char::is_alphabetic)
        || text.contains("://")
        || NEVER.contains(&folded.as_str())
        || agency(&text).is_some()
        || text.contains(':')
        || folded.split(' ').any(|word| ORGANISATION.contains(&word))
        || is_domain(&text)
        || is_city(&text);
    (!unfit).then_some(text)
}

/// Where the word for "by" at the head of a text ends.
fn end_of_by(text: &str) -> Option<usize> {
    // Lower case may change lengths; letters of all these words do not.
    BY.find(&text.to_lowercase()).map(|found| found.end())
}

/// A text without the office of the person whom it names: "رئيس التحرير أحمد منصور". "By" goes with it.
fn without_office(text: &str) -> &str {
    let start = end_of_by(text).unwrap_or(0);
    let Some(rest) = text.get(start..).map(str::trim_start) else { return text };
    let Some(found) = OFFICE.find(rest) else { return text };
    let name = rest[found.end()..].trim();
    let first = name.split([',', '،', '/', '|', '–', '—']).next().unwrap_or_default();
    if looks_like_person(first) { name } else { text }
}

/// Where a sentence ends within a text: a full stop behind a word too long to be an abbreviation.
fn sentence_end(text: &str) -> Option<usize> {
    text.match_indices(". ").map(|(at, _)| at).find(|at| {
        let word = text[..*at].rsplit([' ', '.', '-']).next().unwrap_or_default();
        word.chars().count() >= 5 && word.chars().skip(1).all(char::is_lowercase)
    })
}

/// `example.org` or the like in Arabic letters, and nothing else.
fn is_domain(text: &str) -> bool {
    const ARABIC: &[&str] = &[".نت", " نت", ".كوم", " كوم", ".أورغ", " أونلاين", " اونلاين", " أون لاين"];
    if ARABIC.iter().any(|ending| text.ends_with(ending)) {
        return true;
    }
    let Some((_, ending)) = text.rsplit_once('.') else { return false };
    !text.contains(' ')
        && text.chars().all(|c| !c.is_uppercase())
        && (2..=4).contains(&ending.len())
        && ending.bytes().all(|b| b.is_ascii_lowercase())
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn is_arabic(text: &str) -> bool {
    text.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c))
}

/// Small words in names of people.
const PARTICLES: &[&str] = &[
    "van", "von", "vom", "de", "der", "den", "da", "di", "du", "dos", "das", "do", "del", "della", "dela", "dalla",
    "la", "le", "las", "los", "el", "al", "bin", "bint", "ibn", "ben", "ter", "ten", "te", "zu", "zum", "zur", "y",
    "e", "af", "av", "st.", "ap", "o",
];

/// Two to five words that begin with capitals, or the like in scripts without them.
pub(super) fn looks_like_person(text: &str) -> bool {
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
            if !PARTICLES.contains(&word) && !word.contains(['\'', '’', '-']) {
                return false;
            }
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
    (2..=5).contains(&words) && small <= words && text.chars().count() <= 50
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
        check("Gespeichert von rasos am 24. Juli 2017", &["rasos"]);
        check("Interview: Julia Laut", &["Julia Laut"]);
        check("det/dpa", &["det/dpa"]);
        check("Daily Planet Staff", &[]);
        check("Ann Lee Staff Writer", &["Ann Lee"]);
        check("حسام أبو العلا - القاهرة", &["حسام أبو العلا"]);
        check(
            "يوان يانج ونيان ليو وسو لين وونج وكيان ليو من بكين",
            &["يوان يانج", "نيان ليو", "سو لين وونج", "كيان ليو"],
        );
        check("بقلم: يورو • آخر تحديث: 23/05/2020", &["يورو"]);
        check("Reuters", &[]);
        check("dp/kesm;hosb", &["dp/kesm", "hosb"]);
        check("Ann Lee, Daily Post North", &["Ann Lee"]);
        check("© Ann Lee Ann Lee", &["Ann Lee"]);
        check("Ann Lee, Malerin und Bergführerin. Seit 2002 dabei", &["Ann Lee"]);
        check("Autorin: Uta Berg, Projektleiterin der Stiftung", &["Uta Berg"]);
        check("Über den Autor", &[]);
        check("About Ann Lee", &["Ann Lee"]);
        check("מאת דנה לביא ויוסי כהן", &["דנה לביא", "יוסי כהן"]);
        check("מאת: ורד כהן ווילי לוי", &["ורד כהן", "וילי לוי"]);
        check("作者：张伟、李娜", &["张伟", "李娜"]);
        check("【山田太郎記者】", &["山田太郎"]);
        check("โดย สมชาย ใจดี และ มาลี สุขใจ", &["สมชาย ใจดี", "มาลี สุขใจ"]);
        check("लेखक: अनिता शर्मा और रमेश वर्मा", &["अनिता शर्मा", "रमेश वर्मा"]);
        check("Του Γιώργου Παπαδάκη και της Ελένης Μακρή", &["Γιώργου Παπαδάκη", "Ελένης Μακρή"]);
        check("Автор: Ирина Соколова, корреспондент отдела", &["Ирина Соколова"]);
        check("خبرنگار: مریم دریایی و کاوه بردبار", &["مریم دریایی", "کاوه بردبار"]);
        check("김철수 기자", &["김철수"]);
        check("Texte: Anne Roy et Luc Besson", &["Anne Roy", "Luc Besson"]);
        check("Par Jean Dupont avec AFP", &["Jean Dupont"]);
        check("By Ann Mason of The Harbour Post", &["Ann Mason"]);
        check("Ann Mason, Bo Reed of The Harbour Post", &["Ann Mason", "Bo Reed"]);
    }

    #[test]
    fn names_lose_places() {
        check("دبي – العربية.نت", &[]);
        check("خاص - الجزيرة نت", &[]);
        check("رام الله - محمد علي", &["محمد علي"]);
        check("محمد علي - رام الله", &["محمد علي"]);
        check("القاهرة - محمد علي - رويترز", &["محمد علي"]);
        check("عمان - بترا", &[]);
        check("القاهرة (أ ف ب)", &[]);
        check("بغداد/ واع", &[]);
        check("Ann Lee, New York", &["Ann Lee"]);
    }

    #[test]
    fn names_lose_offices() {
        check("بقلم رئيس التحرير أحمد منصور", &["أحمد منصور"]);
        check("بقلم الكاتب والمحلل السياسي خالد منصور", &["خالد منصور"]);
        check("الكاتبة الصحفية سارة حسن ومحمود جابر", &["سارة حسن", "محمود جابر"]);
        check("مراسلنا في بيروت: علي حسين", &["علي حسين"]);
        check("Von unserem Korrespondenten Karl Müller", &["Karl Müller"]);
        check("Par notre correspondante Anne Roy", &["Anne Roy"]);
        check("De notre correspondant à Rome, Jean Valjean", &["Jean Valjean"]);
        check("الدكتور خالد منصور", &["الدكتور خالد منصور"]);
        check("أديب قاسم منصور", &["أديب قاسم منصور"]);
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
