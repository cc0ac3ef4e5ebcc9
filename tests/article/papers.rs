//! Every field that a paper's page shows is read in every language: pages of our own, built as papers of these countries
//! build theirs, without a word for machines.

use super::{PAPER, parse_visited};
use murasil::model::{Article, FlagKind, Found, PageKind};

/// What a page shows.
struct Paper {
    language: &'static str,
    page: &'static str,
    title: &'static str,
    subtitle: &'static str,
    kicker: &'static str,
    authors: &'static [&'static str],
    agency: &'static str,
    section: &'static str,
    tags: &'static [&'static str],
    published: &'static str,
    modified: &'static str,
    image: &'static str,
    caption: &'static str,
    credit: &'static str,
    flag: Option<FlagKind>,
}

fn article(page: &str) -> Article {
    let parsed = parse_visited(PageKind::Article, PAPER, page, Some("2024-03-20T12:00:00Z"));
    parsed.article.expect("the page is an article")
}

/// Every field that differs, so that one run shows all.
fn check(paper: &Paper) {
    let found = article(paper.page);
    let text = |found: Option<&Found<String>>| found.map(|it| it.value.clone()).unwrap_or_default();
    let list = |found: Option<&Found<Vec<String>>>| found.map(|it| it.value.join(", ")).unwrap_or_default();
    let picture = found.pictures.first();
    let flags: Vec<FlagKind> = found.flags.iter().map(|flag| flag.kind).collect();
    let fields = [
        ("language", text(found.language.as_ref()), paper.language.to_owned()),
        ("title", text(found.title.as_ref()), paper.title.to_owned()),
        ("subtitle", text(found.subtitle.as_ref()), paper.subtitle.to_owned()),
        ("kicker", text(found.kicker.as_ref()), paper.kicker.to_owned()),
        ("authors", list(found.authors.as_ref()), paper.authors.join(", ")),
        ("agency", text(found.agency.as_ref()), paper.agency.to_owned()),
        ("section", text(found.section.as_ref()), paper.section.to_owned()),
        ("tags", list(found.tags.as_ref()), paper.tags.join(", ")),
        (
            "published",
            found.published.as_ref().map(|it| it.value.to_string()).unwrap_or_default(),
            paper.published.to_owned(),
        ),
        (
            "modified",
            found.modified.as_ref().map(|it| it.value.to_string()).unwrap_or_default(),
            paper.modified.to_owned(),
        ),
        (
            "image",
            found.image.as_ref().map(|it| it.value.path().to_owned()).unwrap_or_default(),
            paper.image.to_owned(),
        ),
        ("caption", picture.and_then(|it| it.caption.clone()).unwrap_or_default(), paper.caption.to_owned()),
        ("credit", picture.and_then(|it| it.credit.clone()).unwrap_or_default(), paper.credit.to_owned()),
        ("flags", format!("{flags:?}"), format!("{:?}", paper.flag.iter().collect::<Vec<_>>())),
    ];
    let misses: Vec<String> = fields
        .iter()
        .filter(|(_, found, expected)| found != expected)
        .map(|(field, found, expected)| format!("{field}: {found:?}, not {expected:?}"))
        .collect();
    assert!(misses.is_empty(), "{}:\n{}", paper.language, misses.join("\n"));
    // A standfirst between headline and text opens the body; what a wall says is none of it.
    let paragraphs = paper.page.split("<p>").skip(1).filter_map(|it| it.split("</p>").next());
    let expected: Vec<&str> = paragraphs.filter(|it| it.len() > 120 && *it != paper.subtitle).collect();
    let body: Vec<&str> = found.paragraphs().iter().map(String::as_str).filter(|it| *it != paper.subtitle).collect();
    assert_eq!(body, expected, "{}", paper.language);
}

#[test]
fn arabic() {
    check(&Paper {
        language: "ar",
        page: include_str!("papers/ar.html"),
        title: "لجنة الأسعار تؤجل رفع تعرفة المياه إلى الخريف",
        subtitle: "اللجنة طلبت من الشركة كشوف الكلفة للسنوات الثلاث الماضية قبل أن تنظر في أي زيادة جديدة على المشتركين",
        kicker: "خدمات",
        authors: &["هالة منصور", "سليم العطار"],
        agency: "Reuters",
        section: "اقتصاد",
        tags: &["المياه", "الأسعار"],
        published: "2024-03-12T08:30:00+00:00",
        modified: "2024-03-13T10:15:00+00:00",
        image: "/media/2024/water-tower-1200.jpg",
        caption: "برج المياه في ساحة المدينة القديمة",
        credit: "نادر حداد",
        flag: None,
    });
}

#[test]
fn persian() {
    check(&Paper {
        language: "fa",
        page: include_str!("papers/fa.html"),
        title: "نان‌پزی‌های قدیمی شهر دوباره روشن می‌شوند",
        subtitle: "شورای شهر تصمیم گرفته است که اجارهٔ پنج سالهٔ تنورهای سنگی را به نانوایان جوان بدهد و هزینهٔ تعمیر را خود بپردازد.",
        kicker: "میراث خوراکی",
        authors: &["مریم دریایی"],
        agency: "ISNA",
        section: "جامعه",
        tags: &["نان", "شورای شهر"],
        published: "2024-03-12T10:30:00+00:00",
        modified: "2024-03-13T09:15:00+00:00",
        image: "/d/2024/03/12/4/oven-main.jpg",
        caption: "تنور سنگی محلهٔ بالا، که از سال‌ها پیش خاموش مانده است.",
        credit: "کاوه بردبار",
        flag: Some(FlagKind::Paywalled),
    });
}

#[test]
fn hebrew() {
    check(&Paper {
        language: "he",
        page: include_str!("papers/he.html"),
        title: "הנמל הישן ייפתח לשיט ציבורי כבר באביב",
        subtitle: "העירייה תפעיל שתי סירות חשמליות בין המזח המערבי לבין שפך הנחל, ומחיר הנסיעה יהיה כמחיר נסיעה באוטובוס",
        kicker: "תחבורה ימית",
        authors: &["דנה לביא", "יוסי כהן"],
        agency: "",
        section: "מקומי",
        tags: &["נמל", "שיט", "תחבורה"],
        published: "2024-03-12T10:30:00+00:00",
        modified: "2024-03-13T08:05:00+00:00",
        image: "/pics/harbour_980.jpg",
        caption: "המזח המערבי, שבו יעגנו הסירות",
        credit: "רון שגיא",
        flag: Some(FlagKind::Paywalled),
    });
}

#[test]
fn chinese() {
    check(&Paper {
        language: "zh",
        page: include_str!("papers/zh.html"),
        title: "视频：城北旧粮仓改建为社区图书馆",
        subtitle: "六个月的施工保留了原来的木梁和砖墙，居民捐出了两万册图书",
        kicker: "旧城新貌",
        authors: &["张伟", "李娜"],
        agency: "Xinhua",
        section: "文化",
        tags: &["图书馆", "粮仓", "城北"],
        published: "2024-03-12T08:30:00+00:00",
        modified: "2024-03-13T09:10:00+00:00",
        image: "/photo/2024/0312/granary_950.jpg",
        caption: "读者在旧粮仓的木梁下看书。",
        credit: "王芳",
        flag: Some(FlagKind::Video),
    });
}

#[test]
fn japanese() {
    check(&Paper {
        language: "ja",
        page: include_str!("papers/ja.html"),
        title: "山あいの鉄道、冬も毎日運行へ",
        subtitle: "沿線の三町が除雪の費用を分担することで合意し、十年ぶりに冬の間も列車が毎日走ることになった",
        kicker: "地域の足",
        authors: &["山田太郎"],
        agency: "Kyodo",
        section: "社会",
        tags: &["鉄道", "雪"],
        published: "2024-03-12T08:30:00+00:00",
        modified: "2024-03-13T10:00:00+00:00",
        image: "/img/20240312/railway_main.jpg",
        caption: "雪の峠を越える始発列車",
        credit: "佐藤花子",
        flag: Some(FlagKind::Paywalled),
    });
}

#[test]
fn thai() {
    check(&Paper {
        language: "th",
        page: include_str!("papers/th.html"),
        title: "ชาวบ้านริมคลองได้เรือไฟฟ้าใช้แทนรถประจำทาง",
        subtitle: "เทศบาลเริ่มเดินเรือวันละยี่สิบเที่ยว เก็บค่าโดยสารคนละสิบบาท และให้นักเรียนนั่งฟรีตลอดทั้งปี",
        kicker: "คมนาคม",
        authors: &["สมชาย ใจดี"],
        agency: "Reuters",
        section: "ท้องถิ่น",
        tags: &["เรือไฟฟ้า", "คลอง"],
        published: "2024-03-12T10:30:00+00:00",
        modified: "2024-03-13T09:15:00+00:00",
        image: "/uploads/2024/03/canal-boat-1024.jpg",
        caption: "เรือไฟฟ้าลำแรกที่ท่าน้ำวัดเก่า",
        credit: "มาลี สุขใจ",
        flag: Some(FlagKind::Paywalled),
    });
}

#[test]
fn greek() {
    check(&Paper {
        language: "el",
        page: include_str!("papers/el.html"),
        title: "Το θερινό σινεμά της πλατείας ανοίγει ξανά",
        subtitle: "Ο δήμος αγόρασε τις παλιές μηχανές προβολής και οι γείτονες έβαψαν μόνοι τους την οθόνη και τα καθίσματα.",
        kicker: "Ιστορίες της πόλης",
        authors: &["Γιώργου Παπαδάκη"],
        agency: "AMNA",
        section: "Απόψεις",
        tags: &["σινεμά", "πλατεία"],
        published: "2024-03-12T10:30:00+00:00",
        modified: "2024-03-13T08:15:00+00:00",
        image: "/wp-content/uploads/2024/03/cinema-large.jpg",
        caption: "Η παλιά οθόνη πριν από τη βαφή.",
        credit: "Ελένη Μακρή",
        flag: Some(FlagKind::Opinion),
    });
}

#[test]
fn russian() {
    check(&Paper {
        language: "ru",
        page: include_str!("papers/ru.html"),
        title: "Трамвай вернётся на набережную к осени",
        subtitle: "Рельсы уложат на бетонное основание, чтобы вагоны шли тише, а остановки сделают вровень с полом вагона",
        kicker: "Транспорт",
        authors: &["Ирина Соколова", "Пётр Волков"],
        agency: "TASS",
        section: "Город",
        tags: &["трамвай", "набережная"],
        published: "2024-03-12T10:30:00+00:00",
        modified: "2024-03-13T09:15:00+00:00",
        image: "/images/2024/03/12/tram_1280.jpg",
        caption: "Старый вагон на площади у вокзала.",
        credit: "Олег Титов",
        flag: Some(FlagKind::Paywalled),
    });
}

#[test]
fn hindi() {
    check(&Paper {
        language: "hi",
        page: include_str!("papers/hi.html"),
        title: "पुराने पुल पर फिर चलेगी खिलौना रेल",
        subtitle: "रेलवे ने पुल की जाँच पूरी कर ली है और पहले महीने में स्कूली बच्चों से कोई किराया नहीं लिया जाएगा",
        kicker: "पर्यटन",
        authors: &["अनिता शर्मा", "रमेश वर्मा"],
        agency: "PTI",
        section: "राज्य",
        tags: &["रेल", "पुल"],
        published: "2024-03-12T10:30:00+00:00",
        modified: "2024-03-13T09:15:00+00:00",
        image: "/images/2024/toy-train-main.jpg",
        caption: "पुल पर परीक्षण के दौरान इंजन।",
        credit: "सुनील यादव",
        flag: Some(FlagKind::Paywalled),
    });
}

/// A page whose only date is a line below the headline.
fn dated(language: &str, line: &str, visited: Option<&str>) -> Option<String> {
    let paper = match language {
        "ar" => include_str!("papers/ar.html"),
        "fa" => include_str!("papers/fa.html"),
        "he" => include_str!("papers/he.html"),
        "ja" => include_str!("papers/ja.html"),
        "th" => include_str!("papers/th.html"),
        "el" => include_str!("papers/el.html"),
        "hi" => include_str!("papers/hi.html"),
        "zh" => include_str!("papers/zh.html"),
        _ => include_str!("papers/ru.html"),
    };
    // The paragraphs of the paper behind a headline and the line.
    let paragraphs = paper.split("<p>").skip(1).filter_map(|it| it.split("</p>").next());
    let paragraphs = paragraphs.map(|it| format!("<p>{it}</p>")).collect::<Vec<_>>().concat();
    let page = format!(
        "<html lang={language}><body><main><article><h1>Bridge Bridge Bridge</h1><div class=date>{line}</div>{paragraphs}\
         </article></main></body></html>"
    );
    let article = parse_visited(PageKind::Article, PAPER, &page, visited).article?;
    article.published.map(|found| found.value.to_string())
}

#[test]
fn relative_dates_count_from_the_visit_in_every_language() {
    for (language, hours, yesterday) in [
        ("ar", "منذ 3 ساعات", "أمس"),
        ("fa", "۳ ساعت پیش", "دیروز"),
        ("he", "לפני 3 שעות", "אתמול"),
        ("ja", "3時間前", "昨日"),
        ("th", "3 ชั่วโมงที่แล้ว", "เมื่อวานนี้"),
        ("el", "πριν από 3 ώρες", "χθες"),
        ("hi", "3 घंटे पहले", "कल"),
        ("zh", "3小时前", "昨天"),
        ("ru", "3 часа назад", "вчера"),
    ] {
        let visited = Some("2024-03-12T10:30:00Z");
        assert_eq!(dated(language, hours, visited).as_deref(), Some("2024-03-12T07:30:00+00:00"), "{language}");
        assert_eq!(
            dated(language, &format!("{yesterday} 10:30"), visited).as_deref(),
            Some("2024-03-11T10:30:00+00:00"),
            "{language}"
        );
        assert_eq!(dated(language, yesterday, visited).as_deref(), Some("2024-03-11"), "{language}");
        assert_eq!(dated(language, hours, None), None, "{language}: nobody knows when the file was fetched");
    }
}
