//! An Arabic aggregator in the layout of the Sauress family: XML prolog, neither `lang` nor `dir`, a ticker of 58
//! headlines on every page, layout tables, several `span.articlecontent`, a report dialog amid the content.

use std::fmt::Write as _;

use super::super::dice::Dice;
use super::super::edition::{Edition, Press, Reply, Section, Story, Wanted, escape};
use super::super::words::ARABIC;
use super::{PICTURE, plain};
use crate::config::SeedKind;
use crate::model::Precision;

/// The aggregator.
pub(super) const PRESS: Press = Press {
    name: "family",
    title: "مرسال",
    words: &ARABIC,
    language: "ar",
    zone: "Asia/Riyadh",
    precision: Precision::Day,
    gzip: true,
    profile: Some("arabress"),
    seeds: &[("/", Some(SeedKind::Front)), ("/rss", Some(SeedKind::Feed))],
    sections: &[
        Section { key: "civic", path: "politics", name: "السياسية" },
        Section { key: "economy", path: "economics", name: "الاقتصادية" },
        Section { key: "abroad", path: "international", name: "الدولية" },
        Section { key: "sport", path: "sports", name: "الرياضية" },
        Section { key: "society", path: "society", name: "الاجتماعية" },
        Section { key: "culture", path: "culture", name: "الثقافية" },
        Section { key: "health", path: "health", name: "الصحية" },
    ],
    first_id: 2_104_000,
    least_articles: 60,
    names_itself: false,
    style,
    address,
    answer,
    crawl_delay: None,
    robots: Some(
        "# All may read here.\n# Content-Signal tells what may be done with it.\nContent-Signal: search=yes\n",
    ),
};

/// Invented newspapers that the aggregator copies.
const NEWSPAPERS: &[(&str, &str)] = &[
    ("daftaralmina", "دفتر الميناء"),
    ("barizaytoun", "بريد الزيتون"),
    ("akhbartall", "أخبار التل"),
    ("sadamarjan", "صدى المرجان"),
    ("nashratassarw", "نشرة السرو"),
];

/// Takes the place of the form state, which the server fills in anew for each request.
pub(in crate::demo) const VIEW_STATE: &str = "@view-state@";

fn style(story: &mut Story, dice: &mut Dice) {
    story.newspaper = Some(NEWSPAPERS[dice.between(0, NEWSPAPERS.len() as u64 - 1) as usize]);
    story.authors.truncate(usize::from(dice.chance(60)));
    if dice.chance(45) {
        story.subtitle = None;
    }
}

fn slug_of(story: &Story) -> &'static str {
    story.newspaper.map_or("", |(slug, _)| slug)
}

fn name_of(story: &Story) -> &'static str {
    story.newspaper.map_or("", |(_, name)| name)
}

fn address(story: &Story) -> String {
    format!("/{}/{}", slug_of(story), story.id)
}

fn answer(edition: &Edition, wanted: &Wanted<'_>) -> Option<Reply> {
    let parts: Vec<&str> = wanted.path.trim_matches('/').split('/').collect();
    let revision = edition.revision;
    let page = match parts.as_slice() {
        [""] => front(edition),
        ["rss"] => return Some(Reply::typed("application/rss+xml; charset=utf-8", rss(edition), revision)),
        ["about" | "widget" | "advertisement"] => about(edition),
        ["img", ..] => return Some(Reply::typed("image/png", PICTURE, 0)),
        ["author", name] => by_author(edition, name)?,
        [slug, id] => article(edition, edition.story(id.parse().ok()?).filter(|story| slug_of(story) == *slug)?),
        [path] => listing(edition, path)?,
        _ => return None,
    };
    Some(Reply::html(page, revision))
}

/// What every page has above its content; `title` is the document's.
fn head(edition: &Edition, title: &str, meta: &str) -> String {
    let mut out = format!(
        "<?xml version='1.0' encoding='UTF-8' ?>\n<!DOCTYPE html>\n\
         <html xmlns=\"//www.w3.org/1999/xhtml\"><head id=\"j_idt19\">\
         <script type=\"text/javascript\">if(window.PrimeFaces){{PrimeFaces.settings.locale='en_US';}}</script>\n\
         <meta http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\" />\n\
         <link href=\"/resources/layout_ar.css\" rel=\"stylesheet\" type=\"text/css\" />\n{meta}\
         <title>{site} : {title}\n        </title></head>\
         <body class=\"Link body\" onload=\"document.getElementById('queryText').focus()\">\n<div class=\"wrap\">\n\
         <div id=\"container\">\n<div class=\"header\"><table style=\"height: 100%\"><tr><td><a href=\"/\">\
         <img src=\"/img/logo\" alt=\"{site}\" /></a></td></tr></table></div>\n\
         <form id=\"j_idt54\" method=\"post\" action=\"/faces/showarticle.xhtml\">\n\
         <div id=\"centeredmenu\" class=\"ui-menu ui-menubar\" role=\"menubar\"><ul class=\"ui-menu-list\">",
        site = edition.press.title,
    );
    let item = |href: &str, name: &str| {
        format!(
            "<li class=\"ui-menuitem\" role=\"menuitem\"><a class=\"ui-menuitem-link ui-corner-all\" href=\"/{href}\">\
             <span class=\"ui-menuitem-text\">{name}</span></a></li>"
        )
    };
    out.push_str(&item("", "الرئيسية"));
    for section in edition.press.sections {
        out.push_str(&item(section.path, section.name));
    }
    for (slug, name) in NEWSPAPERS {
        out.push_str(&item(slug, name));
    }
    let _ = writeln!(
        out,
        "</ul></div><input type=\"hidden\" name=\"javax.faces.ViewState\" value=\"{VIEW_STATE}\" />\n</form>"
    );
    out.push_str(&ticker(edition));
    out
}

/// 58 links, each followed by four no-break spaces.
fn ticker(edition: &Edition) -> String {
    let mut out = String::from(
        "<div id=\"belowheader\">\n<marquee direction=\"right\" id=\"marquee\" onmouseout=\"this.start();\" \
         onmouseover=\"this.stop();\"><span class=\"marquee\">",
    );
    for story in edition.ticker() {
        let _ = write!(out, "<a href=\"{}\">{}</a>&nbsp;&nbsp;&nbsp;&nbsp;", address(story), escape(&story.title));
    }
    out.push_str("</span>\n</marquee>\n</div>\n<br /><br />\n");
    out
}

fn foot(edition: &Edition) -> String {
    format!(
        "<div id=\"footer\"><div id=\"footermenu\"><ul>\n<li><a href=\"/about\">حول {title}</a></li>\n\
         <li><a href=\"/widget\">صندوق الأخبار</a></li>\n<li><a href=\"/advertisement\">الإعلانات</a></li>\n\
         <li><span style=\"font-weight: bold\">لدينا {count} خبرا ومقالا مفهرسا.</span></li>\n</ul></div></div>\n\
         </div></div>\n<form id=\"j_idt348\" method=\"post\"><button class=\"report\" type=\"submit\">\
         <span class=\"ui-button-text\">أبلغ عن إشهار غير لائق</span></button>\
         <input type=\"hidden\" name=\"javax.faces.ViewState\" value=\"{VIEW_STATE}\" /></form></body>\n</html>",
        title = edition.press.title,
        count = edition.stories.len(),
    )
}

/// The beginning of a text as lists show it.
fn excerpt(story: &Story) -> String {
    let words: Vec<&str> = story.paragraphs.iter().flat_map(|p| p.split(' ')).take(30).collect();
    format!("{} (...)", words.join(" "))
}

fn author_links(story: &Story) -> String {
    let mut out = String::new();
    for author in &story.authors {
        let _ = writeln!(
            out,
            "<a class=\"teaserauthor\" href=\"/author/{}\">{}</a>",
            author.replace(' ', "+"),
            escape(author)
        );
    }
    let _ = writeln!(out, "<a class=\"teasernewspaper\" href=\"/{}\">{}</a>", slug_of(story), name_of(story));
    out
}

fn teaser(story: &Story) -> String {
    let href = address(story);
    let title = escape(&story.title);
    format!(
        "<div class=\"teasercontainer\">\n<div class=\"teaserimagewrapper\">\n<a href=\"{href}\" class=\"teaserimagelink\">\n\
         <img class=\"teaserimage\" src=\"/img{href}/thumb\" alt=\"{title}\" />\n</a>\n</div>\n\
         <div class=\"teasercontentwrapper\">\n<div class=\"teasertitlewrapper\"><table>\n<tbody>\n<tr>\n\
         <td><a href=\"{href}\" class=\"teasertitle\">\n{title}\n</a></td>\n</tr>\n<tr>\n\
         <td><a href=\"{href}\" class=\"teasersubtitle\">\n{subtitle}</a></td>\n</tr>\n</tbody>\n</table>\n</div>\n\
         <div class=\"teaserauthorwrapper\">\n{authors}</div>\n</div>\n</div>\n",
        subtitle = story.subtitle.as_deref().map(escape).unwrap_or_default(),
        authors = author_links(story),
    )
}

fn lead_slot(story: &Story) -> String {
    let href = address(story);
    let title = escape(&story.title);
    format!(
        "<li class=\"ui-carousel-item\">\n<div class=\"maincontainer\">\n<div class=\"mainimagewrapper\">\n\
         <a class=\"mainimagelink\" href=\"{href}\">\n<img class=\"mainimage\" src=\"/img{href}\" alt=\"{title}\" />\n</a>\n\
         </div>\n<div class=\"maincontentwrapper\">\n<div class=\"maintitlewrapper\">\
         <a href=\"{href}\" class=\"teasertitle\">\n{title}\n</a>\n<br /><a href=\"{href}\" class=\"teasersubtitle\">\n</a>\
         <table class=\"maincontent\">\n<tbody>\n<tr>\n<td>\n{}\n</td>\n</tr>\n</tbody>\n</table>\n</div>\n\
         <div class=\"mainauthorwrapper\">\n{}</div>\n</div>\n</div></li>",
        escape(&excerpt(story)),
        author_links(story),
    )
}

fn page_title(name: &str) -> String {
    format!(
        "<div id=\"mainContent\">\n<div class=\"pagetitlewraper\">\n<span class=\"pagetitle\">{name}</span>\n\
         <a title=\"اشترك في أخبار الصفحة الرئيسية\" href=\"/rss\">\n<img class=\"rssimage\" src=\"/img/rss\" alt=\"rss\" />\n\
         </a>\n</div>\n"
    )
}

fn front(edition: &Edition) -> String {
    let mut out = head(edition, "الصفحة الرئيسية", "");
    out.push_str(&page_title("الصفحة الرئيسية"));
    out.push_str("<div class=\"carousel\"><ul class=\"ui-carousel-items\">");
    for story in edition.listed().take(6) {
        out.push_str(&lead_slot(story));
    }
    out.push_str("</ul></div>\n");
    for section in edition.press.sections {
        let _ = writeln!(
            out,
            "<div class=\"column\">\n<div class=\"tablesgroup\">\n<div class=\"tableheader\">{}</div>",
            section.name
        );
        for story in edition.listed().filter(|story| edition.is_in(story, section)).take(4) {
            out.push_str(&teaser(story));
        }
        out.push_str("</div>\n</div>\n");
    }
    out.push_str("</div>\n");
    out + &foot(edition)
}

/// A section's or a newspaper's page.
fn listing(edition: &Edition, path: &str) -> Option<String> {
    let section = edition.section_at(path);
    let newspaper = NEWSPAPERS.iter().find(|(slug, _)| *slug == path);
    let name = section.map(|section| section.name).or(newspaper.map(|(_, name)| *name))?;
    let wanted = |story: &&Story| match section {
        Some(section) => edition.is_in(story, section),
        None => slug_of(story) == path,
    };
    Some(teasers(edition, name, edition.listed().filter(wanted)))
}

fn by_author(edition: &Edition, encoded: &str) -> Option<String> {
    let name = plain(&encoded.replace('+', " "));
    let stories: Vec<&Story> = edition.listed().filter(|story| story.authors.contains(&name)).collect();
    (!stories.is_empty()).then(|| teasers(edition, &escape(&name), stories.into_iter()))
}

fn teasers<'e>(edition: &Edition, name: &str, stories: impl Iterator<Item = &'e Story>) -> String {
    let mut out = head(edition, name, "");
    out.push_str(&page_title(name));
    out.push_str("<div class=\"column\">\n");
    stories.for_each(|story| out.push_str(&teaser(story)));
    out.push_str("</div></div>\n");
    out + &foot(edition)
}

fn about(edition: &Edition) -> String {
    let text = "<div id=\"mainContent\"><p>هذا موقع تجريبي مولد آلياً، لا صحف وراءه ولا محررون.</p></div>\n";
    head(edition, "حول الموقع", "") + text + &foot(edition)
}

fn article(edition: &Edition, story: &Story) -> String {
    let title = escape(&story.title);
    let meta = format!(
        "<meta property=\"og:title\" content=\"{title}\" />\n<meta property=\"og:type\" content=\"article\" />\n\
         <meta property=\"og:url\" content=\"{url}\" />\n\
         <meta property=\"og:image\" content=\"{authority}/img{path}\" />\n\
         <meta property=\"og:site_name\" content=\"{site}\" />\n",
        url = edition.url(story),
        authority = edition.authority,
        path = address(story),
        site = edition.press.title,
    );
    let mut out = head(edition, &title, &meta);
    out.push_str(
        "<div align=\"center\"><table class=\"articlepagecontainer\" cellspacing=\"10\">\n<tbody>\n<tr>\n\
         <td><table class=\"articlewrapper\">\n<tbody>\n<tr>\n<td>\n",
    );
    out.push_str(&margin(edition, story));
    out.push_str(&heading(edition, story));
    out.push_str(&content(edition, story));
    let _ = write!(
        out,
        "\n<br /><br />\n<div style=\"width: 610px; font-size: larger\">\nانقر\n\
         <a target=\"_blank\" href=\"{}\" class=\"link\">هنا</a>\nلقراءة الخبر من مصدره.\n</div>\n\
         </td>\n</tr>\n</tbody>\n</table>\n</td>\n</tr>\n</tbody>\n</table>\n</div>\n",
        story.source_url().unwrap_or_default(),
    );
    out + &foot(edition)
}

/// The side column: picture, report dialog, related articles.
fn margin(edition: &Edition, story: &Story) -> String {
    let mut out = format!(
        "<div class=\"articlemargin\">\n<span id=\"imageGroup\" class=\"articleimagegroup\">\
         <img src=\"/img{path}\" style=\"width: 250px; float: left\" />\n<form id=\"j_idt256\" method=\"post\">\
         <button id=\"reportimage\" title=\"أبلغ عن صورة غير لائقة\" type=\"submit\"></button>\
         <input type=\"hidden\" name=\"javax.faces.ViewState\" value=\"{VIEW_STATE}\" /></form></span>\n\
         <br /><div id=\"j_idt266\" class=\"ui-dialog ui-widget ui-hidden-container\">\
         <div class=\"ui-dialog-titlebar\"><span class=\"ui-dialog-title\">تم تسجيل البلاغ</span></div>\
         <div class=\"ui-dialog-content\">تختفي الصورة من الصفحة متى أبلغ عنها عدد كاف من القراء.<br>\n<br />\n\
         <form method=\"post\"><button type=\"submit\"><span class=\"ui-button-text\">موافق</span></button></form></div></div>\n\
         <div class=\"tablesgroup\" style=\"width: 326px;\">\n<div class=\"tableheader\">مواضيع ذات صلة</div>\n",
        path = address(story),
    );
    for other in edition.related(story, 5) {
        let _ = write!(
            out,
            "<div class=\"teasercontainer\" style=\"height: auto; padding: 8px\"><a href=\"{href}\" class=\"teasertitle\">\n\
             {title}\n</a>\n<br /><a href=\"{href}\" class=\"teasersubtitle\">\n</a>\n</div>\n",
            href = address(other),
            title = escape(&other.title),
        );
    }
    out.push_str("</div>\n</div>\n");
    out
}

fn heading(edition: &Edition, story: &Story) -> String {
    let mut out = format!(
        "<div style=\"padding-bottom: 20px\"><span id=\"referer\" style=\"color: red\"></span>\n\
         <span class=\"articletitle\">{}</span>\n<br /><span class=\"articlesubtitle\">{}</span>\n\
         <div style=\"padding-top: 10px; \">\n",
        escape(&story.title),
        story.subtitle.as_deref().map(escape).unwrap_or_default(),
    );
    for author in &story.authors {
        let _ = writeln!(
            out,
            "<a href=\"/author/{}\" charset=\"UTF-8\" class=\"articleauthor link\">{}</a>",
            author.replace(' ', "+"),
            escape(author)
        );
    }
    let _ = write!(
        out,
        "<span class=\"articlenewspaper\">نشر في <a href=\"/{}\" class=\"articlenewspaper link\" style=\"float: none\">{}</a> \
         يوم {}</span>\n</div>\n</div>\n<br />",
        slug_of(story),
        name_of(story),
        edition.local(story).strftime("%d - %m - %Y"),
    );
    out
}

/// The first paragraph, an advertisement, then the rest parted by `<br />`, with the town as an inline link.
fn content(edition: &Edition, story: &Story) -> String {
    let city = story.tags.last().map(|city| escape(city)).unwrap_or_default();
    let link = format!("<a href=\"/politics\" class=\"link\">{city}</a>");
    let paragraphs: Vec<String> =
        story.paragraphs.iter().map(|paragraph| escape(paragraph).replacen(&city, &link, 1)).collect();
    let Some((first, rest)) = paragraphs.split_first() else { return String::new() };
    let (middle, last) = rest.split_at(rest.len() / 2);
    let mut out = format!(
        "<span class=\"articlecontent\">{first} </span>\n<br /><span style=\"width:582px; display: block\">\
         <script type=\"text/javascript\">(function(){{var ad=\"{}\";}})();</script></span>",
        edition.press.name,
    );
    for part in [middle, last].into_iter().filter(|part| !part.is_empty()) {
        let _ = write!(out, "<span class=\"articlecontent\">{}</span>\n<br />", part.join("<br />"));
    }
    out
}

fn rss(edition: &Edition) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n\
         <channel>\n<title>{title}</title>\n<link>{authority}/</link>\n<description>{title}</description>\n",
        title = edition.press.title,
        authority = edition.authority,
    );
    for story in edition.listed().take(20) {
        let _ = write!(
            out,
            "<item>\n<title>{}</title>\n<link>{}</link>\n<description>{}</description>\n\
             <dc:creator>{}</dc:creator>\n<pubDate>{}</pubDate>\n</item>\n",
            escape(&story.title),
            edition.url(story),
            escape(&excerpt(story)),
            name_of(story),
            story.published.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        );
    }
    out.push_str("</channel>\n</rss>\n");
    out
}
