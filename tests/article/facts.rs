//! Section, tags, publisher, addresses, pictures: each found where a page states or shows it.

use super::{PROSE, article, article_at, page, parse_as};
use murasil::model::{Article, Direction, Found, PageKind, PageUrl};

const TITLE: &str = "A bridge is built over the river";

fn text(found: Option<&Found<String>>) -> &str {
    found.map(|found| found.value.as_str()).unwrap_or_default()
}

fn address(found: Option<&Found<PageUrl>>) -> &str {
    found.map(|found| found.value.as_str()).unwrap_or_default()
}

fn with_head(head: &str) -> Article {
    article(&page(TITLE, head, PROSE))
}

#[test]
fn the_section_is_stated_or_shown_or_a_step_of_the_path() {
    let section = |html: &str| text(article(html).section.as_ref()).to_owned();
    assert_eq!(section(&page(TITLE, "<meta property='article:section' content='Local'>", PROSE)), "Local");
    assert_eq!(
        section(&page(
            TITLE,
            "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"articleSection\":\"محليات\"}</script>",
            PROSE
        )),
        "محليات"
    );
    let shown = |markup: &str| page(TITLE, "", PROSE).replace("<h1>", &format!("{markup}<h1>"));
    assert_eq!(section(&shown("<meta itemprop=articleSection content=Regional>")), "Regional");
    assert_eq!(section(&shown("<div><a href=/c/4>اقتصاد</a></div>")), "اقتصاد");
    let path = "<ol class=breadcrumb><li><a href=/>Home</a></li><li><a href=/n>News</a></li><li><a href=/n/l>Town hall</a></li><li><a href=/x>A bridge is built over the river</a></li></ol>";
    assert_eq!(section(&shown(path)), "Town hall");
    assert_eq!(section(&shown(&format!("{path}<p class=kicker>Bridges</p>"))), "Town hall", "a kicker is a topic");
    assert_eq!(section(&shown("<p class=kicker>Bridges</p>")), "Bridges");
    assert_eq!(section(&shown("<ol class=breadcrumb><li><a href=/>Home</a></li></ol>")), "");
    assert_eq!(section(&page(TITLE, "", PROSE)), "");
}

#[test]
fn tags_are_read_from_statements_without_doubles() {
    let tags = |head: &str| with_head(head).tags.map(|tags| tags.value).unwrap_or_default();
    assert_eq!(tags("<meta name=keywords content='جسر، نهر، جسر, بلدية'>"), ["جسر", "نهر", "بلدية"]);
    assert_eq!(
        tags("<meta property='article:tag' content=Bridge><meta property='article:tag' content=River>"),
        ["Bridge", "River"]
    );
    assert_eq!(
        tags("<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"keywords\":[\"橋\",\"川\"]}</script>"),
        ["橋", "川"]
    );
    assert_eq!(tags("<meta name=keywords content='图书馆，粮仓、城北'>"), ["图书馆", "粮仓", "城北"]);
    let linked = |box_class: &str| {
        let links = format!(
            "{PROSE}<div class={box_class}><a rel=tag href=/t/1>#Bridge</a> <a rel='nofollow tag' href=/t/2>River</a></div>"
        );
        article(&page(TITLE, "", &links)).tags.map(|tags| tags.value).unwrap_or_default()
    };
    assert_eq!(linked("post-tags"), ["Bridge", "River"]);
    assert!(linked("related-posts").is_empty(), "those of other articles");
}

#[test]
fn the_newspaper_is_told_from_the_site_that_copies_it() {
    let found = with_head(
        "<meta property='og:site_name' content='Copy Desk'><meta name=original-source content='https://first.example/a/1'>\
         <script type=application/ld+json>{\"@type\":\"NewsArticle\",\"publisher\":{\"@type\":\"Organization\",\"name\":\"The First\"}}</script>",
    );
    assert_eq!(text(found.publisher.as_ref()), "The First");
    assert_eq!(address(found.source.as_ref()), "https://first.example/a/1");
    let own = with_head(
        "<meta property='og:site_name' content='The Paper'><meta name=original-source content='https://paper.example/a/1'>",
    );
    assert_eq!(text(own.publisher.as_ref()), "The Paper");
    assert_eq!(address(own.source.as_ref()), "", "a page is no copy of its own site's page");
}

#[test]
fn a_copy_leads_to_its_original_by_a_link_that_says_so() {
    let copy = |anchor: &str| article(&page(TITLE, "", &format!("{PROSE}<p>{anchor}</p>")));
    for words in [
        "Read the original article",
        "انقر هنا لقراءة الخبر من مصدره.",
        "برای خواندن خبر در منبع اصلی اینجا کلیک کنید.",
        "Lire l'article original",
        "Zum Originalartikel",
        "Источник: оригинал статьи",
    ] {
        let found = copy(&format!("<a href='http://first.example/news/55120'>{words}</a>"));
        assert_eq!(address(found.source.as_ref()), "http://first.example/news/55120", "{words}");
    }
    for anchor in
        ["<a href='/news/55120'>Read the original article</a>", "<a href='http://first.example/'>The First</a>"]
    {
        assert_eq!(address(copy(anchor).source.as_ref()), "", "{anchor}");
    }
}

#[test]
fn canonical_and_amp_addresses_are_read() {
    let found = with_head("<link rel=canonical href='/news/bridge'><link rel=amphtml href='/amp/news/bridge'>");
    assert_eq!(address(found.canonical.as_ref()), "https://paper.example/news/bridge");
    assert_eq!(address(found.amp.as_ref()), "https://paper.example/amp/news/bridge");
    let found = with_head("<meta property='og:url' content='https://paper.example/n/1'>");
    assert_eq!(address(found.canonical.as_ref()), "https://paper.example/n/1");
    assert_eq!(address(found.amp.as_ref()), "");
}

#[test]
fn language_and_direction_follow_the_text_where_the_page_declares_another() {
    let arabic = "<p>قرر المجلس البلدي بناء جسر ثان فوق النهر بعد نقاش استمر معظم الليل وانتهى بتصويت متقارب لمصلحة الخطة الأقل كلفة.</p>".repeat(3);
    let html = page("المجلس يقر بناء جسر ثان", "", &arabic).replace("<html>", "<html lang=en dir=ltr>");
    let found = article(&html);
    assert_eq!(text(found.language.as_ref()), "ar");
    assert_eq!(found.direction(), Some(Direction::Rtl));
    let found = article(&page(TITLE, "", PROSE).replace("<html>", "<html lang=ar dir=rtl>"));
    assert_eq!(text(found.language.as_ref()), "en");
    assert_eq!(found.direction(), Some(Direction::Ltr));
}

#[test]
fn pictures_come_with_captions_and_credits_the_lead_picture_first() {
    let body = format!(
        "<figure><img src=/p/one.jpg width=800 height=600><figcaption>The bridge at dawn. Photo: Ann Lee</figcaption></figure>\
         {PROSE}<figure><picture><img data-src=/p/two.jpg></picture><figcaption>الجسر من الجو <span class=credit>هدى شرف</span></figcaption></figure>\
         <div class=wp-caption><img src=/p/three.jpg><p class=wp-caption-text>Workers on the northern bank</p></div>\
         <img src=/img/logo.png><img src=/p/dot.gif width=1 height=1>{PROSE}\
         <aside class=related><img src=/p/other.jpg></aside>"
    );
    let found = article(&page(TITLE, "<meta property='og:image' content='/p/one.jpg'>", &body));
    let rows: Vec<(&str, Option<&str>, Option<&str>)> =
        found.pictures.iter().map(|it| (it.url.path(), it.caption.as_deref(), it.credit.as_deref())).collect();
    assert_eq!(
        rows,
        [
            ("/p/one.jpg", Some("The bridge at dawn."), Some("Ann Lee")),
            ("/p/two.jpg", Some("الجسر من الجو"), Some("هدى شرف")),
            ("/p/three.jpg", Some("Workers on the northern bank"), None),
        ]
    );
    let stated = with_head("<meta property='og:image' content='/p/only.jpg'>");
    assert_eq!(stated.pictures.iter().map(|it| it.url.path()).collect::<Vec<_>>(), ["/p/only.jpg"]);
    assert_eq!(article_at("https://paper.example/news/2024/no-picture-here", &page(TITLE, "", PROSE)).pictures, []);
}

#[test]
fn a_picture_that_waits_for_a_script_is_read_from_what_is_meant_for_readers_without() {
    let lazy = |holder: &str, file: &str| format!("{holder}<noscript><img src=/p/{file}.jpg alt=bridge></noscript>");
    let body = format!(
        "<figure>{}<figcaption>The bridge at dawn</figcaption></figure>{PROSE}<figure>{}</figure>{}{PROSE}",
        lazy("<img class=lazy src='data:image/gif;base64,R0lGOD'>", "one"),
        lazy("<img class=lazy data-src=/p/two-300.jpg>", "two-1200"),
        lazy("<div class=placeholder></div>", "three"),
    );
    let counter =
        "<noscript><img src='https://count.example/hit/55120' alt=''><img height=1 width=1 src=/p/dot.gif></noscript>";
    let found = article(&page(TITLE, "", &format!("{counter}{body}")));
    let shown: Vec<&str> = found.pictures.iter().map(|it| it.url.path()).collect();
    assert_eq!(shown, ["/p/one.jpg", "/p/two-300.jpg", "/p/three.jpg"]);
    assert_eq!(found.image.map(|it| it.value.path().to_owned()).as_deref(), Some("/p/one.jpg"));
    assert_eq!(found.pictures[0].caption.as_deref(), Some("The bridge at dawn"));
    // Such a picture is a small one: a stated one of the same name goes before it.
    let stated = "<meta property='og:image' content='/large/the-bridge-at-dawn.jpg'>";
    let small = lazy("<div class=placeholder></div>", "small/the-bridge-at-dawn");
    let found = article(&page(TITLE, stated, &format!("{small}{PROSE}")));
    assert_eq!(found.image.map(|it| it.value.path().to_owned()).as_deref(), Some("/large/the-bridge-at-dawn.jpg"));
}

#[test]
fn what_noscript_says_of_the_page_is_meant_for_others() {
    let other = "<noscript><meta http-equiv=refresh content='0; url=/no-scripts'><link rel=canonical href=/no-scripts>\
                 <title>No scripts</title></noscript>";
    for html in [page(TITLE, other, PROSE), page(TITLE, "", &format!("{other}{PROSE}"))] {
        let parsed = super::parse(super::PAPER, &html);
        assert_eq!(parsed.signals.refresh, None);
        let found = parsed.article.expect("an article");
        assert_eq!((text(found.title.as_ref()), address(found.canonical.as_ref())), (TITLE, ""));
    }
}

#[test]
fn a_page_about_the_paper_itself_is_no_article_unless_it_is_dated() {
    let kind = |url: &str, above: &str| {
        parse_as(PageKind::Unknown, url, &page("About the paper", "", &format!("{above}{PROSE}"))).kind
    };
    assert_eq!(kind("https://paper.example/about", ""), PageKind::Other);
    assert_eq!(kind("https://paper.example/about", "<time datetime=2024-05-04>4 May 2024</time>"), PageKind::Article);
    assert_eq!(kind("https://paper.example/the-paper-and-its-readers", ""), PageKind::Article);
}
