//! An Arabic paper of an older make: windows-1256 bytes under a header that lies, addresses that are all query,
//! dates in four traditions of month names, `كتب:` before the writer, text parted by `<br>` inside a form.

use std::fmt::Write as _;

use jiff::civil::{DateTime, Weekday};

use super::super::dice::Dice;
use super::super::edition::{Edition, Press, Reply, Section, Story, Wanted, escape};
use super::super::words::ARABIC;
use super::PICTURE;
use crate::config::SeedKind;
use crate::model::Precision;

/// The older paper.
pub(super) const PRESS: Press = Press {
    name: "windows-1256",
    title: "جريدة الضفة الأخرى",
    words: &ARABIC,
    language: "ar",
    zone: "Asia/Riyadh",
    precision: Precision::Minute,
    gzip: false,
    profile: None,
    seeds: &[("/", Some(SeedKind::Front))],
    sections: &[
        Section { key: "civic", path: "1", name: "محليات" },
        Section { key: "economy", path: "2", name: "اقتصاد" },
        Section { key: "sport", path: "3", name: "ملاعب" },
        Section { key: "society", path: "4", name: "ناس" },
        Section { key: "culture", path: "5", name: "أوراق" },
        Section { key: "health", path: "6", name: "عافية" },
    ],
    first_id: 4_700,
    least_articles: 1,
    names_itself: false,
    style,
    address,
    answer,
    crawl_delay: None,
    robots: Some("User-agent: *\r\nDisallow: /admin/\r\nDisallow: /search.php\r\n"),
};

fn style(story: &mut Story, _: &mut Dice) {
    story.subtitle = None;
    story.authors.truncate(1);
}

fn address(story: &Story) -> String {
    format!("/news.php?action=show&id={}", story.id)
}

fn answer(edition: &Edition, wanted: &Wanted<'_>) -> Option<Reply> {
    let revision = edition.revision;
    match wanted.path {
        "/" | "/index.php" => Some(encoded(&front(edition), Some("text/html; charset=iso-8859-1"), revision)),
        "/section.php" => {
            let section = edition.section_at(parameter(wanted.query, "s")?)?;
            Some(encoded(&listing(edition, section), Some("text/html; charset=iso-8859-1"), revision))
        }
        "/news.php" if parameter(wanted.query, "action") == Some("show") => {
            let story = edition.story(parameter(wanted.query, "id")?.parse().ok()?)?;
            let lie = (story.id % 2 == 0).then_some("text/html; charset=iso-8859-1");
            Some(encoded(&article(edition, story), lie, story.changed))
        }
        "/picture.php" => Some(Reply::typed("image/png", PICTURE, 0)),
        _ => None,
    }
}

/// The value of a query parameter.
fn parameter<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name)).map(|(_, value)| value)
}

/// Characters that windows-1256 lacks (Arabic-Indic digits) become numeric references.
fn encoded(page: &str, content_type: Option<&'static str>, changed: u32) -> Reply {
    let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode(page);
    Reply { status: 200, content_type, headers: Vec::new(), body: bytes.into_owned(), changed }
}

fn head(edition: &Edition, title: &str) -> String {
    let mut out = format!(
        "<html dir=\"rtl\" lang=\"ar\">\n<head>\n\
         <meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1256\">\n\
         <title>{title}</title>\n<style>.wr {{ color: #600 }}</style>\n</head>\n<body bgcolor=\"#ffffff\">\n\
         <center><a href=\"/\"><img src=\"/picture.php?n=logo\" alt=\"{site}\" border=\"0\"></a></center>\n\
         <div id=\"menu\">",
        site = edition.press.title
    );
    for section in edition.press.sections {
        let _ = write!(out, "<a href=\"section.php?s={}\">{}</a> | ", section.path, section.name);
    }
    out.push_str("</div>\n<hr>\n");
    out
}

fn foot() -> &'static str {
    "<hr>\n<div id=\"foot\">جميع المواد مولدة آلياً لغرض التجربة <a href=\"mailto:desk@diffa.example\">راسلنا</a></div>\n\
     </body>\n</html>\n"
}

fn front(edition: &Edition) -> String {
    let mut out = head(edition, edition.press.title);
    out.push_str("<table width=\"100%\"><tr><td valign=\"top\">\n");
    for (at, story) in edition.listed().take(10).enumerate() {
        let summary = escape(story.paragraphs.first().map_or("", String::as_str));
        let _ = write!(
            out,
            "<div class=\"slot\"><h3><a href=\"{href}\">{title}</a></h3>\n<p>{summary} \
             <a href=\"{href}#comments\">التعليقات</a></p></div>\n",
            href = link(story, at),
            title = escape(&story.title),
        );
    }
    out.push_str("</td></tr></table>\n");
    out + foot()
}

/// One article has many spellings.
fn link(story: &Story, at: usize) -> String {
    match at % 3 {
        0 => format!("news.php?action=show&amp;id={}", story.id),
        1 => format!("/news.php?id={}&amp;action=show", story.id),
        _ => format!("/news.php?action=show&amp;id={}&amp;utm_source=front&amp;utm_medium=web", story.id),
    }
}

fn listing(edition: &Edition, section: &Section) -> String {
    let mut out = head(edition, section.name);
    let _ = writeln!(out, "<h2>{}</h2>\n<ul>", section.name);
    for (at, story) in edition.listed().filter(|story| edition.is_in(story, section)).enumerate() {
        let _ = writeln!(out, "<li><a href=\"{}\">{}</a></li>", link(story, at), escape(&story.title));
    }
    out.push_str("</ul>\n");
    out + foot()
}

fn article(edition: &Edition, story: &Story) -> String {
    let title = escape(&story.title);
    let mut out = head(edition, &format!("{title} - {}", edition.press.title));
    let (title_class, body_id) = if edition.redesigned { ("headline", "nass") } else { ("news-title", "khabar") };
    let byline = match story.id % 4 {
        0 => format!("كتب: {}", story.authors.join("")),
        1 => format!("متابعة: {}", story.authors.join("")),
        2 => format!("بقلم / {}", story.authors.join("")),
        _ => format!("كتب : {}", story.authors.join("")),
    };
    let _ = write!(
        out,
        "<form name=\"f\" action=\"/search.php\">\n<table width=\"100%\"><tr><td>\n\
         <h1 class=\"{title_class}\">{title}</h1>\n\
         <div class=\"dt\">نشر يوم {date}</div>\n<div class=\"wr\">{byline}</div>\n\
         <img src=\"/picture.php?n={id}\" width=\"300\">\n<div id=\"{body_id}\">\n{text}\n</div>\n\
         <div class=\"tools\"><a href=\"javascript:print()\">طباعة</a> <a href=\"#\">تكبير الخط</a></div>\n\
         </td><td valign=\"top\" width=\"200\"><b>الأكثر قراءة</b><ol class=\"most\">\n",
        date = printed_date(edition.local(story), story.id),
        id = story.id,
        text = story.paragraphs.iter().map(|paragraph| escape(paragraph)).collect::<Vec<_>>().join("\n<br><br>\n"),
    );
    for (at, other) in edition.related(story, 4).into_iter().enumerate() {
        let _ = writeln!(out, "<li><a href=\"{}\">{}</a></li>", link(other, at), escape(&other.title));
    }
    out.push_str("</ol></td></tr></table>\n</form>\n<a name=\"comments\"></a>\n<div>تعليقات القراء (0)</div>\n");
    out + foot()
}

const WEEKDAYS: [&str; 7] = ["الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"];
const EGYPT: [&str; 12] =
    ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"];
const LEVANT: [&str; 12] = [
    "كانون الثاني",
    "شباط",
    "آذار",
    "نيسان",
    "أيار",
    "حزيران",
    "تموز",
    "آب",
    "أيلول",
    "تشرين الأول",
    "تشرين الثاني",
    "كانون الأول",
];
const MOROCCO: [&str; 12] =
    ["يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"];
const ALGERIA: [&str; 12] =
    ["جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"];

/// A date in one of five fashions, by the article's number.
fn printed_date(at: DateTime, id: u64) -> String {
    let weekday = WEEKDAYS[usize::try_from(at.date().weekday().since(Weekday::Monday)).unwrap_or_default() % 7];
    let name = |months: &[&'static str; 12]| months[(at.month() as usize).saturating_sub(1) % 12];
    let (day, year) = (at.day(), at.year());
    let clock = format!("{:02}:{:02}", at.hour(), at.minute());
    let half = if at.hour() < 12 { "صباحاً" } else { "مساءً" };
    let twelve = format!("{:02}:{:02}", (at.hour() + 11) % 12 + 1, at.minute());
    match id % 5 {
        0 => format!("{weekday} {day} {} {year} {twelve} {half}", name(&EGYPT)),
        1 => format!("{weekday} {day} {} {year} - {clock}", name(&LEVANT)),
        2 => format!("{weekday} {day} {} {year} على الساعة {clock}", name(&MOROCCO)),
        3 => arabic_digits(&format!("{day} {} {year} {twelve} {half}", name(&EGYPT))),
        _ => format!("{weekday}، {day} {} {year} {clock}", name(&ALGERIA)),
    }
}

fn arabic_digits(text: &str) -> String {
    text.chars().map(|c| c.to_digit(10).and_then(|d| char::from_u32(0x660 + d)).unwrap_or(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_printed_in_five_fashions() {
        let at = jiff::civil::date(2024, 11, 7).at(14, 5, 0, 0);
        assert_eq!(printed_date(at, 0), "الخميس 7 نوفمبر 2024 02:05 مساءً");
        assert_eq!(printed_date(at, 1), "الخميس 7 تشرين الثاني 2024 - 14:05");
        assert_eq!(printed_date(at, 2), "الخميس 7 نونبر 2024 على الساعة 14:05");
        assert_eq!(printed_date(at, 3), "٧ نوفمبر ٢٠٢٤ ٠٢:٠٥ مساءً");
        assert_eq!(printed_date(at, 4), "الخميس، 7 نوفمبر 2024 14:05");
        assert!(printed_date(jiff::civil::date(2024, 11, 7).at(0, 5, 0, 0), 0).ends_with("12:05 صباحاً"));
    }
}
