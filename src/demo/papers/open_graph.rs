//! A French paper with OpenGraph and nothing else for machines: byline and date are only printed. Its sections have
//! pages, and it has no robots.txt.

use std::fmt::Write as _;

use super::super::dice::Dice;
use super::super::edition::{Edition, Press, Reply, Section, Story, Wanted, escape};
use super::super::words::FRENCH;
use super::{PICTURE, marked_paragraphs, story_at};
use crate::config::SeedKind;
use crate::model::Precision;

/// The French paper.
pub(super) const PRESS: Press = Press {
    name: "open-graph",
    title: "Le Quotidien du Phare",
    words: &FRENCH,
    language: "fr",
    zone: "Europe/Paris",
    precision: Precision::Minute,
    gzip: true,
    profile: None,
    seeds: &[("/", Some(SeedKind::Front)), ("/archives/", Some(SeedKind::Section))],
    sections: &[
        Section { key: "civic", path: "commune", name: "Commune" },
        Section { key: "economy", path: "economie", name: "Économie" },
        Section { key: "sport", path: "sport", name: "Sport" },
        Section { key: "culture", path: "culture", name: "Culture" },
        Section { key: "health", path: "sante", name: "Santé" },
    ],
    first_id: 830,
    least_articles: 1,
    names_itself: true,
    style,
    address,
    answer,
    crawl_delay: None,
    robots: None,
};

/// Articles on one page of the archive.
const PER_PAGE: usize = 5;
const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

fn style(story: &mut Story, _: &mut Dice) {
    story.authors.truncate(1);
}

fn address(story: &Story) -> String {
    let section = PRESS.sections.iter().find(|section| section.key == story.section).map_or("commune", |s| s.path);
    format!("/{section}/{}-{}.html", story.slug, story.id)
}

fn answer(edition: &Edition, wanted: &Wanted<'_>) -> Option<Reply> {
    if let Some(story) = story_at(edition, wanted.path) {
        return Some(Reply::html(article(edition, story), story.changed));
    }
    let parts: Vec<&str> = wanted.path.trim_matches('/').split('/').collect();
    let page = match parts.as_slice() {
        [""] => front(edition),
        ["medias", _] => return Some(Reply::typed("image/png", PICTURE, 0)),
        ["archives"] => archive(edition, 1)?,
        ["archives", "page", number] => archive(edition, number.parse().ok()?)?,
        [path] => listing(edition, edition.section_at(path)?),
        _ => return None,
    };
    Some(Reply::html(page, edition.revision))
}

fn head(edition: &Edition, title: &str, extra: &str) -> String {
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"fr\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n{extra}</head>\n\
         <body>\n<div id=\"entete\"><a href=\"/\">{site}</a><ul class=\"menu\">\n",
        site = edition.press.title,
    );
    for section in edition.press.sections {
        let _ = writeln!(out, "<li><a href=\"/{}/\">{}</a></li>", section.path, section.name);
    }
    out.push_str("<li><a href=\"/archives/\">Toutes les dépêches</a></li>\n</ul></div>\n");
    out
}

fn foot(edition: &Edition) -> String {
    format!(
        "<div id=\"pied\"><p>{} est un journal imaginaire, écrit par un programme.</p></div>\n</body>\n</html>\n",
        edition.press.title
    )
}

fn slot(edition: &Edition, story: &Story) -> String {
    format!(
        "<div class=\"vignette\"><h2><a href=\"{}\">{}</a></h2><p class=\"chapo\">{}</p><span>{}</span></div>\n",
        address(story),
        escape(&story.title),
        story.subtitle.as_deref().map(escape).unwrap_or_default(),
        printed_date(edition, story),
    )
}

fn front(edition: &Edition) -> String {
    let mut out = head(edition, edition.press.title, "<meta property=\"og:type\" content=\"website\">\n");
    out.push_str("<div id=\"une\">\n");
    edition.listed().take(4).for_each(|story| out.push_str(&slot(edition, story)));
    out.push_str("</div>\n");
    out + &foot(edition)
}

fn listing(edition: &Edition, section: &Section) -> String {
    let mut out = head(edition, section.name, "");
    let _ = writeln!(out, "<h1>{}</h1>\n<div class=\"liste\">", section.name);
    let stories = edition.listed().filter(|story| edition.is_in(story, section)).take(3);
    stories.for_each(|story| out.push_str(&slot(edition, story)));
    out.push_str("</div>\n");
    out + &foot(edition)
}

/// One page of the list of everything; `None` past its end.
fn archive(edition: &Edition, number: usize) -> Option<String> {
    let stories: Vec<&Story> = edition.listed().skip(number.checked_sub(1)? * PER_PAGE).take(PER_PAGE + 1).collect();
    if stories.is_empty() {
        return None;
    }
    let next = (stories.len() > PER_PAGE).then(|| format!("/archives/page/{}/", number + 1));
    let extra = next.as_ref().map(|next| format!("<link rel=\"next\" href=\"{next}\">\n")).unwrap_or_default();
    let mut out = head(edition, &format!("Toutes les dépêches, page {number}"), &extra);
    out.push_str("<h1>Toutes les dépêches</h1>\n<div class=\"liste\">\n");
    stories.iter().take(PER_PAGE).for_each(|story| out.push_str(&slot(edition, story)));
    out.push_str("</div>\n");
    if let Some(next) = next {
        let _ = writeln!(out, "<p class=\"pagination\"><a href=\"{next}\">Page suivante</a></p>");
    }
    Some(out + &foot(edition))
}

fn printed_date(edition: &Edition, story: &Story) -> String {
    let local = edition.local(story);
    let month = MONTHS[(local.month() as usize).saturating_sub(1) % 12];
    let day = if local.day() == 1 { "1er".to_owned() } else { local.day().to_string() };
    format!("{day} {month} {} à {:02}h{:02}", local.year(), local.hour(), local.minute())
}

fn article(edition: &Edition, story: &Story) -> String {
    let title = escape(&story.title);
    let subtitle = story.subtitle.as_deref().map(escape).unwrap_or_default();
    let extra = format!(
        "<meta property=\"og:type\" content=\"article\">\n<meta property=\"og:title\" content=\"{title}\">\n\
         <meta property=\"og:description\" content=\"{subtitle}\">\n<meta property=\"og:url\" content=\"{url}\">\n\
         <meta property=\"og:image\" content=\"{authority}/medias/{id}.png\">\n\
         <meta property=\"og:site_name\" content=\"{site}\">\n<meta property=\"og:locale\" content=\"fr_FR\">\n",
        url = edition.url(story),
        authority = edition.authority,
        id = story.id,
        site = edition.press.title,
    );
    let mut out = head(edition, &format!("{title} – {}", edition.press.title), &extra);
    let (body, paragraph) = if edition.redesigned { ("corps-v2", "para") } else { ("texte-article", "txt") };
    let _ = write!(
        out,
        "<div id=\"page\"><div class=\"fil\"><a href=\"/\">Accueil</a> &gt; {section}</div>\n<h1>{title}</h1>\n\
         <h2 class=\"chapo\">{subtitle}</h2>\n<div class=\"signature\"><span class=\"auteur\">Par {author}</span> \
         <span class=\"date\">Publié le {date}</span></div>\n<div class=\"{body}\">\n{text}</div>\n\
         <div class=\"partage\"><a href=\"#\">Partager</a> <a href=\"#\">Imprimer</a></div>\n\
         <div class=\"lire-aussi\"><h3>À lire aussi</h3><ul>\n",
        section = edition.section(story).name,
        author = escape(&story.authors.join(", ")),
        date = printed_date(edition, story),
        text = marked_paragraphs(edition, story, paragraph),
    );
    for other in edition.related(story, 3) {
        let _ = writeln!(out, "<li><a href=\"{}\">{}</a></li>", address(other), escape(&other.title));
    }
    out.push_str("</ul></div></div>\n");
    out + &foot(edition)
}
