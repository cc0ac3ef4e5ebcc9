//! Flags: pages for and against each, in several languages.

use super::{PROSE, article_at, page};
use murasil::model::{FlagKind, PageKind};

const URL: &str = "https://paper.example/news/2024/a-bridge-is-built-over-the-river";
const TITLE: &str = "A bridge is built over the river";

fn flagged(url: &str, html: &str, kind: FlagKind) -> Option<String> {
    let article = article_at(url, html);
    article.flags.into_iter().find(|flag| flag.kind == kind).map(|flag| flag.reason)
}

#[track_caller]
fn yes(kind: FlagKind, url: &str, html: &str) {
    let reason = flagged(url, html, kind);
    assert!(reason.is_some_and(|reason| !reason.is_empty()), "{} at {url}: {html}", kind.as_str());
}

#[track_caller]
fn no(kind: FlagKind, url: &str, html: &str) {
    assert_eq!(flagged(url, html, kind), None, "{} at {url}: {html}", kind.as_str());
}

fn ld(json: &str) -> String {
    format!("<script type=application/ld+json>{{\"@context\":\"https://schema.org\",{json}}}</script>")
}

#[test]
fn an_ordinary_report_has_no_flag() {
    let html = page(
        TITLE,
        &ld(r#""@type":"NewsArticle","headline":"A bridge is built over the river","isAccessibleForFree":true"#),
        PROSE,
    );
    assert_eq!(article_at(URL, &html).flags, []);
}

#[test]
fn a_paywall_is_told_by_statement_or_by_the_sentence_in_place_of_the_rest() {
    for statement in [r#""isAccessibleForFree":false"#, r#""isAccessibleForFree":"False""#] {
        yes(
            FlagKind::Paywalled,
            URL,
            &page(TITLE, &ld(&format!(r#""@type":"NewsArticle","headline":"{TITLE}",{statement}"#)), PROSE),
        );
    }
    yes(FlagKind::Paywalled, URL, &page(TITLE, "<meta property='article:content_tier' content='locked'>", PROSE));
    for wall in [
        "Subscribe to continue reading",
        "To continue reading this article, subscribe or log in.",
        "To read the full story, subscribe or sign in",
        "You have reached your limit of free articles.",
        "Create a free account to read this article",
        "Subscribe to unlock this article",
        "You must log in to keep reading.",
        "This story is exclusively for our subscribers.",
        "Lesen Sie weiter mit Plus",
        "Dit artikel is exclusief voor abonnees",
        "سجل الدخول لمتابعة القراءة",
        "لقراءة المقال كاملا اشترك الآن",
        "للاستمرار في القراءة يرجى الاشتراك أو تسجيل الدخول.",
        "Cet article est réservé aux abonnés",
        "Dieser Artikel ist nur für Abonnenten",
        "Contenido exclusivo para suscriptores",
        "هذا المحتوى متاح للمشتركين فقط",
        "این مطلب ویژه مشترکان است",
        "この記事は有料会員限定です",
        "Материал доступен только по подписке",
        "הכתבה למנויים בלבד",
    ] {
        yes(FlagKind::Paywalled, URL, &page(TITLE, "", &format!("{PROSE}<div class=wall><p>{wall}</p></div>")));
    }
    for text in [
        "<p>The library wants its readers to subscribe to the newsletter, in which new books are shown each week.</p>",
        "<p>Readers who subscribe to continue reading the paper pay more than those of its rival, she said on Monday.</p>",
        "<p>The company said the show is exclusively available to subscribers from May, and no cinema will show it.</p>",
        "<p>The paper said that readers must subscribe to continue reading its articles from May onwards.</p>",
        "<p>يقول المشتركون في الخدمة إن الأسعار ارتفعت مرتين هذا العام من دون إعلان مسبق من الشركة المشغلة.</p>",
    ] {
        no(FlagKind::Paywalled, URL, &page(TITLE, "", &format!("{PROSE}{text}")));
    }
    no(FlagKind::Paywalled, URL, &page(TITLE, "<meta property='article:content_tier' content='free'>", PROSE));
}

#[test]
fn a_text_that_breaks_off_before_a_link_to_the_rest_is_truncated() {
    let stub =
        |last: &str, more: &str| page(TITLE, "", &format!("{PROSE}<p>{last}</p><p><a href=/full>{more}</a></p>"));
    yes(
        FlagKind::Truncated,
        URL,
        &stub("The mayor was not to be reached for comment on the cost of the work, but …", "Read more"),
    );
    yes(
        FlagKind::Truncated,
        URL,
        &stub("وقال المتحدث باسم البلدية إن الأعمال ستبدأ في الربيع المقبل عندما ينخفض ...", "اقرأ المزيد"),
    );
    yes(
        FlagKind::Truncated,
        URL,
        &stub("Мэр города не ответил на вопросы о стоимости работ, однако его заместитель…", "Читать далее"),
    );
    no(
        FlagKind::Truncated,
        URL,
        &stub("The mayor was not to be reached for comment on the cost of the work today.", "Read more"),
    );
    no(
        FlagKind::Truncated,
        URL,
        &page(TITLE, "", &format!("{PROSE}<p>And so the river waits, as it always did, for what comes next…</p>")),
    );
    let whole = "The council has decided to build a second bridge over the river, after a debate that lasted most of the night. ".repeat(12);
    yes(
        FlagKind::Truncated,
        URL,
        &page(TITLE, &ld(&format!(r#""@type":"NewsArticle","headline":"{TITLE}","articleBody":"{whole}""#)), PROSE),
    );
}

#[test]
fn a_live_blog_has_entries_with_their_times() {
    let updates = r#""@type":"LiveBlogPosting","headline":"A bridge is built over the river","liveBlogUpdate":[
        {"@type":"BlogPosting","headline":"The vote","articleBody":"The vote is over.","datePublished":"2024-03-05T18:30:00+01:00"},
        {"@type":"BlogPosting","headline":"The debate","articleBody":"The debate goes on.","datePublished":"2024-03-05T17:10:00+01:00"}]"#;
    let html = page(TITLE, &ld(updates), PROSE);
    yes(FlagKind::Live, URL, &html);
    let entries = article_at(URL, &html).entries;
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0].title.as_deref(), Some("The vote"));
    assert_eq!(entries[0].text, "The vote is over.");
    assert_eq!(entries[0].at.as_ref().map(ToString::to_string).as_deref(), Some("2024-03-05T18:30:00+01:00"));
    assert_eq!(entries[1].raw, "2024-03-05T17:10:00+01:00");
}

/// Entries as a page shows them, without JSON-LD.
fn shown_entries(texts: &[(&str, &str)]) -> String {
    let entry = |(clock, text): &(&str, &str)| {
        format!(
            "<div class=entry><time datetime='2024-03-05T{clock}:00+03:00'>{clock}</time><div><p>{text}</p></div></div>"
        )
    };
    texts.iter().map(entry).collect::<Vec<_>>().concat()
}

#[test]
fn entries_are_read_from_markup_where_the_headline_announces_a_live_blog() {
    let texts = [
        ("18:30", "أغلقت صناديق الاقتراع أبوابها في جميع المراكز، وبدأ فرز الأصوات بحضور المراقبين."),
        ("15:05", "مدّدت اللجنة التصويت ساعة واحدة في مركزين بسبب الازدحام الشديد أمامهما."),
        ("09:00", "فتحت المراكز أبوابها في موعدها، واصطف الناخبون قبل ذلك بساعة كاملة."),
    ];
    let entries = shown_entries(&texts);
    for title in [
        "لحظة بلحظة: انتخابات البلدية",
        "Live updates: the city votes",
        "En direct : la ville vote",
        "Liveticker: Die Stadt wählt",
    ] {
        let html = page(title, "", &format!("{PROSE}{entries}"));
        yes(FlagKind::Live, URL, &html);
        let found = article_at(URL, &html).entries;
        assert_eq!(
            found.iter().map(|entry| entry.text.as_str()).collect::<Vec<_>>(),
            texts.map(|(_, text)| text),
            "{title}"
        );
        assert_eq!(found[0].raw, "18:30");
        assert_eq!(found[2].at.as_ref().map(ToString::to_string).as_deref(), Some("2024-03-05T09:00:00+03:00"));
    }
    // A report on a live broadcast, and a report with a list of dated events, are none.
    no(FlagKind::Live, URL, &page("مباشر التلفزيون يعود بعد غياب", "", PROSE));
    no(FlagKind::Live, URL, &page("Live music returns to the old bridge", "", PROSE));
    no(FlagKind::Live, URL, &page(TITLE, "", &format!("{PROSE}{entries}")));
}

#[test]
fn an_opinion_is_told_by_type_section_address_or_label() {
    yes(
        FlagKind::Opinion,
        URL,
        &page(TITLE, &ld(&format!(r#""@type":"OpinionNewsArticle","headline":"{TITLE}""#)), PROSE),
    );
    for section in [
        "Opinion",
        "Meinung",
        "آراء",
        "الرأي",
        "یادداشت",
        "Editorial",
        "Мнения",
        "评论",
        "社説",
        "דעות",
        "Γνώμη",
        "राय",
    ] {
        yes(
            FlagKind::Opinion,
            URL,
            &page(TITLE, &format!("<meta property='article:section' content='{section}'>"), PROSE),
        );
    }
    yes(FlagKind::Opinion, "https://paper.example/opinion/2024/a-bridge-too-far-for-the-town", &page(TITLE, "", PROSE));
    let label = |label: &str| format!("<div class=label><a href=/c>{label}</a></div>{PROSE}");
    yes(FlagKind::Opinion, URL, &page(TITLE, "", &label("مقالات الرأي")));
    for section in ["Politics", "سياسة", "Public opinion research", "جامعه"] {
        no(
            FlagKind::Opinion,
            URL,
            &page(TITLE, &format!("<meta property='article:section' content='{section}'>"), PROSE),
        );
    }
    no(FlagKind::Opinion, "https://paper.example/news/2024/court-gives-opinion-on-bridge", &page(TITLE, "", PROSE));
    no(FlagKind::Opinion, URL, &page(TITLE, "", &format!("{PROSE}<aside><a href=/opinion>Opinion</a></aside>")));
}

#[test]
fn paid_articles_are_told_by_type_address_or_label() {
    yes(
        FlagKind::Sponsored,
        URL,
        &page(TITLE, &ld(&format!(r#""@type":"AdvertiserContentArticle","headline":"{TITLE}""#)), PROSE),
    );
    yes(FlagKind::Sponsored, "https://paper.example/sponsored/2024/a-bridge-for-your-garden", &page(TITLE, "", PROSE));
    for label in [
        "Sponsored content",
        "محتوى مدفوع",
        "مادة إعلانية",
        "رپرتاژ آگهی",
        "Contenu sponsorisé",
        "На правах рекламы",
        "תוכן שיווקי",
        "PR記事",
    ] {
        yes(FlagKind::Sponsored, URL, &page(TITLE, "", &format!("<p class=label>{label}</p>{PROSE}")));
    }
    for slot in ["<div class=ad><span>Sponsored</span><a href=//b.example>Buy</a></div>", "<div class=ad>إعلان</div>"]
    {
        no(FlagKind::Sponsored, URL, &page(TITLE, "", &format!("{PROSE}{slot}{PROSE}")));
    }
    no(
        FlagKind::Sponsored,
        URL,
        &page(
            TITLE,
            "",
            &format!("{PROSE}<p>The race is sponsored by the bakers of the old town, who give bread to all.</p>"),
        ),
    );
}

#[test]
fn corrections_are_told_by_their_first_words_or_their_box() {
    for notice in [
        "Correction: an earlier version of this article gave the wrong year.",
        "This article was amended on 5 March 2024 to correct the name of the engineer.",
        "تصحيح: ورد في نسخة سابقة من هذا الخبر أن الجسر بُني عام 1950، والصحيح 1960.",
        "اصلاحیه: در نسخهٔ پیشین این خبر سال ساخت پل اشتباه آمده بود.",
        "Korrektur: In einer früheren Version stand ein falsches Jahr.",
        "Исправление: в более ранней версии был указан неверный год.",
        "訂正：以前の記事では年が間違っていました。",
    ] {
        yes(FlagKind::Correction, URL, &page(TITLE, "", &format!("{PROSE}<p><em>{notice}</em></p>")));
    }
    yes(
        FlagKind::Correction,
        URL,
        &page(
            TITLE,
            "",
            &format!("{PROSE}<div class=correction><p>The bridge was built in 1960 and not in 1950.</p></div>"),
        ),
    );
    no(
        FlagKind::Correction,
        URL,
        &page(
            TITLE,
            "",
            &format!(
                "{PROSE}<p>The correction of the river bed took ten years and changed the course of the water for good.</p>"
            ),
        ),
    );
    no(
        FlagKind::Correction,
        URL,
        &page(
            TITLE,
            "",
            &format!("{PROSE}<p>تصحيح مجرى النهر استغرق عشر سنوات وغيّر مسار المياه إلى الأبد بحسب المهندسين.</p>"),
        ),
    );
}

#[test]
fn films_and_galleries_are_told_from_reports_that_have_one() {
    let film = r#""@type":"VideoObject","name":"A bridge is built over the river","uploadDate":"2024-03-05""#;
    yes(FlagKind::Video, URL, &page(TITLE, &ld(film), PROSE));
    yes(
        FlagKind::Video,
        "https://paper.example/video/2024/a-bridge-is-built",
        &page(TITLE, "", &format!("<video src=a.mp4></video>{PROSE}")),
    );
    for title in [
        "فيديو: الجسر من الجو",
        "شاهد.. الجسر من الجو",
        "ببینید | پل از آسمان",
        "Watch: the bridge from the air",
        "Видео: мост с воздуха",
    ] {
        yes(FlagKind::Video, URL, &page(title, "", PROSE));
    }
    no(FlagKind::Video, URL, &page(TITLE, "", &format!("{PROSE}<video src=a.mp4></video>{PROSE}")));
    no(FlagKind::Video, URL, &page("Video games are played on the bridge", "", PROSE));

    let pictures = |count: usize| {
        let figures = (0..count).map(|at| format!("<figure><img src=/p/{at}.jpg width=800 height=600></figure>"));
        figures.collect::<Vec<_>>().concat()
    };
    for title in [
        "In pictures: the bridge is built",
        "بالصور.. بناء الجسر",
        "Bilder: Die Brücke wächst",
        "گزارش تصویری | ساخت پل",
    ] {
        yes(
            FlagKind::Gallery,
            URL,
            &page(
                title,
                "",
                &format!(
                    "<p>{}</p>{}",
                    "The bridge grows each day, and our photographer has been there since the first stone was laid in spring.",
                    pictures(6)
                ),
            ),
        );
        no(FlagKind::Gallery, URL, &page(title, "", &format!("{PROSE}{}", pictures(1))));
    }
    yes(FlagKind::Gallery, URL, &page(TITLE, &ld(&format!(r#""@type":"ImageGallery","name":"{TITLE}""#)), PROSE));
    no(FlagKind::Gallery, URL, &page(TITLE, "", &format!("{PROSE}{}", pictures(6))));
}

#[test]
fn a_text_on_several_pages_names_the_next_one() {
    let next = |href: &str| page(TITLE, &format!("<link rel=next href='{href}'>"), PROSE);
    assert_eq!(flagged(URL, &next(&format!("{URL}?page=2")), FlagKind::MultiPage), Some(format!("{URL}?page=2")));
    assert_eq!(flagged(&format!("{URL}/2"), &next(&format!("{URL}/3")), FlagKind::MultiPage), Some(format!("{URL}/3")));
    // `rel=next` leads as often to the next article.
    no(FlagKind::MultiPage, URL, &next("/news/2024/another-story-of-the-day"));
    let numbers = |first: &str, second: &str| {
        format!("{PROSE}<ul class=pages><li>{first}<li><a href='{URL}/2'>{second}</a></ul>")
    };
    yes(FlagKind::MultiPage, URL, &page(TITLE, "", &numbers("1", "2")));
    yes(FlagKind::MultiPage, URL, &page(TITLE, "", &numbers("١", "٢")));
    yes(FlagKind::MultiPage, URL, &page(TITLE, "", &numbers("۱", "۲")));
    no(
        FlagKind::MultiPage,
        URL,
        &page(TITLE, "", &format!("{PROSE}<p>See <a href='{URL}#2'>2</a> and <a href='/news/2'>2</a>.</p>")),
    );
}

#[test]
fn a_mere_gallery_is_an_article_without_a_body() {
    let html = |title: &str, text: &str| page(title, "", &format!("<time>5 March 2024</time>{text}"));
    let captioned = |count: usize| {
        let figure = |n| {
            format!(
                "<figure><img src=/p/{n}.jpg width=800 height=500><figcaption>The bridge in year {n}</figcaption></figure>"
            )
        };
        (0..count).map(figure).collect::<String>()
    };
    let article = super::parse_as(PageKind::Unknown, URL, &html("In pictures: the bridge", &captioned(6)));
    let article = article.article.expect("an article");
    assert!(article.flags.iter().any(|flag| flag.kind == FlagKind::Gallery), "{:?}", article.flags);
    assert_eq!((article.body, article.pictures.len()), (None, 6));
    for (title, pictures) in [("In pictures: the bridge", 1), (TITLE, 6)] {
        let parsed = super::parse_as(PageKind::Unknown, URL, &html(title, &captioned(pictures)));
        assert_eq!(parsed.kind, PageKind::Other, "{title} with {pictures} pictures");
    }
}

#[test]
fn what_stands_in_place_of_an_article_is_none() {
    for (title, text) in [
        (
            "Just a moment...",
            "Checking your browser before accessing the site. This process is automatic. Enable cookies and wait a few seconds until the check is over.",
        ),
        (
            "404 Not Found",
            "The page that you were looking for is not here. It may have been moved or removed. Try the search or go to the front page of the paper.",
        ),
        (
            "الصفحة غير موجودة",
            "عذراً، الصفحة التي تبحث عنها غير موجودة أو نُقلت إلى مكان آخر. يمكنك العودة إلى الصفحة الرئيسية أو استخدام البحث للوصول إلى ما تريد.",
        ),
        (
            "صفحه یافت نشد",
            "متأسفیم، صفحه‌ای که به دنبال آن بودید پیدا نشد. شاید نشانی آن تغییر کرده باشد؛ می‌توانید به صفحهٔ نخست برگردید یا جست‌وجو کنید.",
        ),
        (
            "Access Denied",
            "You do not have permission to access this page on this server. If you think that this is an error, write to the owner of the site.",
        ),
    ] {
        let parsed = super::parse(URL, &page(title, "", &format!("<p>{text}</p>")));
        assert!(parsed.signals.not_content.is_some(), "{title}");
    }
    let parsed = super::parse(URL, &page("404 Not Found: the story of an error", "", PROSE));
    assert_eq!(parsed.signals.not_content, None);
    let parsed = super::parse(URL, &page("Access denied to the old bridge", "", PROSE));
    assert_eq!(parsed.signals.not_content, None);
}
