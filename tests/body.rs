//! The body of articles of our own making, in many scripts and with everything around it that is no text.

use murasil::config::Config;
use murasil::model::{PageKind, PageUrl};
use murasil::parse::{Input, Parser};

fn paragraphs(page: &str) -> Vec<String> {
    let parser = Parser::new(&Config::default()).expect("built-in profiles compile");
    let parsed = parser.parse(&Input {
        url: &PageUrl::parse("https://example.org/news/2025/01/02/the-story-of-a-bridge").expect("an address"),
        kind: PageKind::Article,
        profile: None,
        zone: "UTC",
        content_type: Some("text/html; charset=utf-8"),
        charset: None,
        robots_tags: &[],
        canonical: None,
        body: page.as_bytes(),
        now: "2025-02-01T00:00:00Z".parse().expect("a timestamp"),
        visited: None,
        feed_text: None,
        boilerplate: None,
        robot_name: "murasil",
    });
    parsed.article.and_then(|article| article.body).map(|body| body.value).unwrap_or_default()
}

/// What a newspaper says in one language.
struct Paper {
    language: &'static str,
    headline: &'static str,
    text: [&'static str; 3],
    heading: &'static str,
    item: &'static str,
    quote: &'static str,
    related: &'static str,
    comments: &'static str,
}

const PAPERS: &[Paper] = &[
    Paper {
        language: "ar",
        headline: "المجلس يقر بناء الجسر الجديد فوق النهر",
        text: [
            "أقر مجلس المدينة مساء أمس بناء جسر جديد فوق النهر بعد نقاش طويل استمر أكثر من خمس ساعات بين الأعضاء.",
            "وقال رئيس المجلس إن العمل سيبدأ في الربيع المقبل، وإن الكلفة لن تتجاوز ما رصد في ميزانية العام الحالي.",
            "ويأمل سكان الضفتين أن يخفف الجسر من الازدحام الذي يعانونه كل صباح في طريقهم إلى أعمالهم ومدارسهم.",
        ],
        heading: "ما الذي سيتغير",
        item: "إغلاق الطريق القديم أمام الشاحنات",
        quote: "هذا يوم طيب للمدينة كلها، وقد انتظرناه زمنا طويلا",
        related: "اقرأ أيضا",
        comments: "التعليقات",
    },
    Paper {
        language: "fa",
        headline: "شورای شهر ساخت پل تازه را تصویب کرد",
        text: [
            "شورای شهر دیشب پس از گفتگویی پنج ساعته ساخت پلی تازه بر روی رودخانه را با اکثریت آرا تصویب کرد.",
            "رئیس شورا گفت که کار در بهار آینده آغاز می‌شود و هزینه آن از بودجه امسال بیشتر نخواهد شد و تأخیری ندارد.",
            "ساکنان دو سوی رودخانه امیدوارند که این پل از ترافیک سنگین هر روز صبح در مسیر کار و مدرسه بکاهد.",
        ],
        heading: "چه چیزی تغییر می‌کند",
        item: "بسته شدن راه قدیمی به روی کامیون‌ها",
        quote: "امروز روز خوبی برای همه شهر است و ما مدت‌ها چشم به راه آن بودیم",
        related: "بیشتر بخوانید",
        comments: "نظرات",
    },
    Paper {
        language: "he",
        headline: "המועצה אישרה את בניית הגשר החדש",
        text: [
            "מועצת העיר אישרה אמש את בנייתו של גשר חדש מעל הנהר לאחר דיון ארוך שנמשך יותר מחמש שעות בין חבריה.",
            "יושב ראש המועצה אמר כי העבודה תתחיל באביב הקרוב וכי העלות לא תחרוג ממה שהוקצב בתקציב של השנה הזאת.",
            "תושבי שתי הגדות מקווים שהגשר יקל על העומס שהם סובלים ממנו מדי בוקר בדרכם לעבודה ולבתי הספר.",
        ],
        heading: "מה ישתנה",
        item: "סגירת הכביש הישן למשאיות",
        quote: "זה יום טוב לעיר כולה, וחיכינו לו זמן רב מאוד",
        related: "קראו גם",
        comments: "תגובות",
    },
    Paper {
        language: "zh",
        headline: "市议会批准在河上建造新桥",
        text: [
            "经过五个多小时的长时间讨论，市议会昨晚批准在河上建造一座新桥，多数议员投了赞成票，少数人弃权。",
            "议长表示，工程将于明年春天开工，费用不会超过今年预算中所列的数额，工期预计为两年左右，不会拖延。",
            "两岸居民希望这座桥能够缓解他们每天早上上班和上学途中所遭受的交通拥堵，让生活变得更加方便一些。",
        ],
        heading: "将有哪些变化",
        item: "旧路禁止卡车通行",
        quote: "今天对全城来说都是好日子，我们等了很久很久",
        related: "相关阅读",
        comments: "评论",
    },
    Paper {
        language: "ja",
        headline: "市議会が新しい橋の建設を承認",
        text: [
            "市議会は昨夜、五時間を超える長い議論の末、川に新しい橋を架ける計画を賛成多数で承認したと発表した。",
            "議長は、工事は来年の春に始まり、費用は今年度の予算に計上された額を超えることはないと説明している。",
            "両岸の住民は、毎朝の通勤や通学の途中で悩まされている渋滞がこの橋によって和らぐことを期待している。",
        ],
        heading: "何が変わるのか",
        item: "古い道路は貨物車の通行を禁止",
        quote: "今日は町全体にとって良い日で、長い間待っていた",
        related: "関連記事",
        comments: "コメント",
    },
    Paper {
        language: "th",
        headline: "สภาเมืองอนุมัติสร้างสะพานใหม่ข้ามแม่น้ำ",
        text: [
            "สภาเมืองอนุมัติเมื่อคืนนี้ให้สร้างสะพานใหม่ข้ามแม่น้ำหลังจากการอภิปรายที่ยาวนานกว่าห้าชั่วโมงในหมู่สมาชิก",
            "ประธานสภากล่าวว่างานจะเริ่มในฤดูใบไม้ผลิหน้า และค่าใช้จ่ายจะไม่เกินที่ตั้งไว้ในงบประมาณของปีนี้อย่างแน่นอน",
            "ชาวบ้านทั้งสองฝั่งหวังว่าสะพานจะช่วยลดการจราจรติดขัดที่พวกเขาต้องเผชิญทุกเช้าระหว่างทางไปทำงานและโรงเรียน",
        ],
        heading: "อะไรจะเปลี่ยนไป",
        item: "ปิดถนนสายเก่าสำหรับรถบรรทุก",
        quote: "วันนี้เป็นวันที่ดีของทั้งเมือง และเรารอคอยมานานมากแล้ว",
        related: "ข่าวที่เกี่ยวข้อง",
        comments: "ความคิดเห็น",
    },
    Paper {
        language: "el",
        headline: "Το συμβούλιο ενέκρινε τη νέα γέφυρα",
        text: [
            "Το δημοτικό συμβούλιο ενέκρινε χθες το βράδυ την κατασκευή νέας γέφυρας πάνω από τον ποταμό μετά από μακρά συζήτηση.",
            "Ο πρόεδρος του συμβουλίου είπε ότι οι εργασίες θα αρχίσουν την άνοιξη και ότι το κόστος δεν θα υπερβεί τον προϋπολογισμό.",
            "Οι κάτοικοι των δύο οχθών ελπίζουν ότι η γέφυρα θα μειώσει την κίνηση που υπομένουν κάθε πρωί πηγαίνοντας στη δουλειά.",
        ],
        heading: "Τι θα αλλάξει",
        item: "Ο παλιός δρόμος κλείνει για τα φορτηγά",
        quote: "Είναι μια καλή μέρα για όλη την πόλη και την περιμέναμε πολύ καιρό",
        related: "Διαβάστε επίσης",
        comments: "Σχόλια",
    },
    Paper {
        language: "ru",
        headline: "Совет одобрил строительство нового моста",
        text: [
            "Городской совет вчера вечером одобрил строительство нового моста через реку после долгого обсуждения, длившегося пять часов.",
            "Председатель совета сказал, что работы начнутся весной, а расходы не превысят суммы, заложенной в бюджет этого года.",
            "Жители обоих берегов надеются, что мост уменьшит пробки, в которых они стоят каждое утро по дороге на работу и в школу.",
        ],
        heading: "Что изменится",
        item: "Старую дорогу закроют для грузовиков",
        quote: "Это хороший день для всего города, и мы долго его ждали",
        related: "Читайте также",
        comments: "Комментарии",
    },
    Paper {
        language: "hi",
        headline: "परिषद ने नए पुल के निर्माण को मंजूरी दी",
        text: [
            "नगर परिषद ने कल रात पाँच घंटे से अधिक चली लंबी चर्चा के बाद नदी पर एक नए पुल के निर्माण को बहुमत से मंजूरी दे दी है।",
            "परिषद के अध्यक्ष ने कहा कि काम अगले वसंत में शुरू होगा और खर्च इस वर्ष के बजट में रखी गई राशि से अधिक नहीं होगा।",
            "दोनों किनारों के निवासियों को उम्मीद है कि पुल से हर सुबह काम और स्कूल जाते समय होने वाली भीड़ कम हो जाएगी।",
        ],
        heading: "क्या बदलेगा",
        item: "पुरानी सड़क ट्रकों के लिए बंद होगी",
        quote: "आज पूरे शहर के लिए अच्छा दिन है और हमने इसका लंबे समय तक इंतजार किया",
        related: "ये भी पढ़ें",
        comments: "टिप्पणियाँ",
    },
];

fn page(paper: &Paper) -> String {
    let Paper { language, headline, text: [one, two, three], heading, item, quote, related, comments } = paper;
    let link = format!("<a href=/news/2024/12/30/another-story-of-the-town>{headline} ({heading})</a>");
    format!(
        "<!doctype html><html lang={language}><head><meta charset=utf-8><title>{headline} - Example</title></head><body>
        <nav class=main-menu><ul><li><a href=/a>{item}</a><li><a href=/b>{heading}</a></ul></nav>
        <main><article><h1>{headline}</h1>
        <div class=meta><span class=author>Example</span> <time datetime=2025-01-02T10:00:00Z>2025-01-02</time></div>
        <div class=share-buttons><a href=/f>Facebook</a> <a href=/x>X</a></div>
        <figure><img src=/a.jpg><figcaption>{three}</figcaption></figure>
        <div class=article-body><p>{one}</p><div class=related-box><h3>{related}</h3>{link}</div>
        <p>{two}</p><h2>{heading}</h2><ul><li>{item}</li></ul><blockquote><p>{quote}</p></blockquote>
        <div class=newsletter-signup><p>{two}</p></div><p>{three}</p>
        <p><strong>{related}</strong></p><ul><li>{link}</li></ul></div>
        <section id=comments><h2>{comments}</h2><p>{one} {two}</p><p>{three} {one}</p></section></article></main>
        <footer><p>© Example {one}</p></footer></body></html>"
    )
}

#[test]
fn every_script_keeps_its_story_and_nothing_else() {
    for paper in PAPERS {
        let Paper { language, text: [one, two, three], heading, item, quote, .. } = paper;
        assert_eq!(paragraphs(&page(paper)), [*one, *two, *heading, *item, *quote, *three], "{language}");
    }
}

const ONE: &str =
    "The council has decided on the new bridge after a long debate that went on until well after midnight.";
const TWO: &str =
    "Work begins in spring, said the mayor, and the cost will stay within what the budget of this year allows.";
const THREE: &str =
    "People on both banks hope that the bridge will end the queues in which they wait on every single morning.";
const FOUR: &str =
    "The old road will be closed to lorries as soon as the first of the two lanes over the river is opened.";

fn article(body: &str) -> Vec<String> {
    paragraphs(&format!(
        "<title>A bridge is built over the river</title><h1>A bridge is built over the river</h1>{body}"
    ))
}

#[test]
fn inline_markup_neither_glues_nor_splits_words() {
    let body = format!(
        "<div><p>{ONE} Un<b>broken</b> words, <a href=/x>a link</a>, <em>two</em> <i>words</i>.<p>{TWO} One<br>two.</div>"
    );
    let found = article(&body);
    assert_eq!(found[0], format!("{ONE} Unbroken words, a link, two words."));
    assert_eq!(found[1..], [format!("{TWO} One"), "two.".to_owned()]);
}

#[test]
fn paragraphs_that_each_have_a_wrapper_of_their_own_are_one_text() {
    let wrapped = |text: &str| format!("<div class=a><div class=b><div><div><p>{text}</p></div></div></div></div>");
    let body = [ONE, TWO, THREE, FOUR].map(wrapped).concat();
    assert_eq!(article(&format!("<article>{body}</article>")), [ONE, TWO, THREE, FOUR]);
}

#[test]
fn the_text_goes_on_behind_a_box_of_links() {
    let links = "<p><strong>Read more</strong></p><p><a href=/a>The bridge in pictures</a></p><p><a href=/b>What it costs</a></p>";
    let body = format!("<article><p>{ONE}</p><p>{TWO}</p><p>{FOUR}</p>{links}<p>{THREE}</p></article>");
    assert_eq!(article(&body), [ONE, TWO, FOUR, THREE]);
}

#[test]
fn teasers_behind_the_text_are_not_its_end() {
    let teaser = |text: &str| format!("<div><a href=/a>Another story of the town</a></div><p>{text}</p>");
    let teasers = [THREE, FOUR].map(teaser).concat();
    let body = format!(
        "<article><p>{ONE}</p><p>{TWO}</p><h4>You may also like</h4>{teasers}<a href=/c>More of it</a></article>"
    );
    assert_eq!(article(&body), [ONE, TWO]);
}

#[test]
fn headings_that_are_anchors_stay_and_linked_headings_of_boxes_go() {
    let body = format!(
        "<article><p>{ONE}</p><h2><a href=#cost>What it costs</a></h2><p>{TWO}</p><p>{THREE}</p>\
         <div class=related><h3><a href=/a>Another story of the town</a></h3></div><p>{FOUR}</p></article>"
    );
    assert_eq!(article(&body), [ONE, "What it costs", TWO, THREE, FOUR]);
}

#[test]
fn tables_stay_also_in_a_figure() {
    let table = "<figure class=wp-block-table><table><tr><td>Lane</td><td>Metres</td></tr></table></figure>";
    assert_eq!(article(&format!("<article><p>{ONE}</p>{table}<p>{TWO}</p></article>")), [ONE, "Lane", "Metres", TWO]);
}

#[test]
fn a_post_that_the_story_quotes_stays_with_its_lists_and_headings() {
    let post = "<blockquote class=twitter-tweet><p>The bridge will be built, and it will be built this year.</p>&mdash; \
                Ann Lee (@annlee) <a href=https://t.example/1>2 January 2025</a></blockquote><script async src=w.js></script>";
    let list = "<ul><li>The old road is closed to lorries</li><li>The ferry runs until autumn</li></ul>";
    let body =
        format!("<article><p>{ONE}</p>{post}<p>{TWO}</p><h2>What will change</h2>{list}<p>{THREE}</p></article>");
    let found = article(&body);
    for kept in [
        "The bridge will be built, and it will be built this year.",
        "What will change",
        "The ferry runs until autumn",
        THREE,
    ] {
        assert!(found.iter().any(|it| it == kept), "{kept}: {found:?}");
    }
}

#[test]
fn a_copy_for_machines_is_not_the_text_again() {
    let texts = [ONE, TWO, THREE, FOUR].iter().cycle().take(12).enumerate();
    let texts: Vec<String> = texts.map(|(at, text)| format!("{text} This is paragraph {at}.")).collect();
    let shown = texts.iter().map(|text| format!("<p>{text}</p>")).collect::<Vec<_>>().concat();
    assert_eq!(article(&format!("<article>{shown}<div>{}</div></article>", texts.join(" "))), texts);
}

#[test]
fn questions_with_answers_belong_to_the_end() {
    let answers = format!("<div class=faq><div class=accordion-item><h3>When?</h3><p>{FOUR} {ONE}</p></div></div>");
    let body = format!("<article><div class=text><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></div>{answers}</article>");
    assert_eq!(article(&body), [ONE, TWO, THREE, "When?", &format!("{FOUR} {ONE}")]);
}

#[test]
fn a_text_that_json_ld_states_is_kept_whatever_surrounds_it() {
    let stated = [ONE, TWO, THREE, FOUR].join(" ");
    let page = format!(
        "<title>A bridge</title><script type=application/ld+json>{{\"@type\":\"NewsArticle\",\"headline\":\"A bridge\",\
         \"articleBody\":\"{stated}\"}}</script><h1>A bridge</h1><div><p>{ONE}</p><div class=promo-item><p>{TWO}</p></div>\
         <p>{THREE}</p><p>{FOUR}</p><p>This paper has been printed in this town for more than one hundred years now.</p></div>"
    );
    assert_eq!(paragraphs(&page), [ONE, TWO, THREE, FOUR]);
}

#[test]
fn a_standfirst_above_the_element_of_the_text_leads_it_in() {
    let lead = "A second crossing will join the two halves of the town, and nobody is quite sure who pays for it.";
    let body = format!(
        "<p class=standfirst>{lead}</p><div class=byline><time>2 January 2025</time></div>\
         <div class=article-body><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></div>"
    );
    assert_eq!(article(&body), [lead, ONE, TWO, THREE]);
}

#[test]
fn what_stands_around_a_story_stays_out() {
    let body = format!(
        "<div class=cookie-notice><p>{FOUR} We use cookies.</p></div><article><time>2 January 2025, 10:00</time>\
         <p>{ONE}</p><figure><img src=/a.jpg><figcaption>The bridge seen from the old mill (Photo: Ann Lee)</figcaption></figure>\
         <p>{TWO}</p><div class=ticker><p>{FOUR} Live.</p></div><p>{THREE}</p><div class=paywall><p>Subscribe to read on.</p></div>\
         <div class=author-bio><p>Ann Lee writes about bridges for this paper and lives on the left bank of the river.</p></div>\
         <div class=share>Share this</div><aside><h3>Most read</h3><p>{FOUR} Aside.</p></aside></article>"
    );
    assert_eq!(article(&body), [ONE, TWO, THREE]);
}

#[test]
fn code_keeps_its_place_whatever_its_language_is_called() {
    let code = "<pre class=language-menu><code class=toolbar>let bridge = river.cross();</code></pre>";
    let body = format!("<article><p>{ONE}</p>{code}<p>{TWO}</p><p>{THREE}</p></article>");
    assert_eq!(article(&body), [ONE, "let bridge = river.cross();", TWO, THREE]);
}

#[test]
fn a_heading_is_judged_by_its_class_and_not_by_the_id_that_repeats_it() {
    let body =
        format!("<article><p>{ONE}</p><h2 id=related-tools>Related tools</h2><p>{TWO}</p><p>{THREE}</p></article>");
    assert_eq!(article(&body), [ONE, "Related tools", TWO, THREE]);
}

#[test]
fn sections_called_like_menus_all_along_the_text_are_the_text() {
    let section = |text: &str| format!("<p>{text}</p><section class=jumplinks><p>{text} On foot too.</p></section>");
    let body = [ONE, TWO, THREE, FOUR].map(section).concat();
    assert_eq!(article(&format!("<article>{body}</article>")).len(), 8);
}

#[test]
fn other_articles_behind_the_text_are_not_its_rest_however_long_they_are() {
    let own: Vec<String> = (0..12).map(|at| format!("{ONE} This is paragraph {at}.")).collect();
    let others = (0..30).map(|at| format!("<div class=rich-text><p>{TWO} Elsewhere, part {at}.</p></div>"));
    let body = format!(
        "<main><div class=rich-text><p>{}</p></div><section class=related-list><h2>Read on</h2>{}</section></main>",
        own.join("</p><p>"),
        others.collect::<String>()
    );
    assert_eq!(article(&body), own);
}

#[test]
fn of_a_header_only_paragraphs_lead_into_the_text() {
    let lead = "A second crossing will join the two halves of the town, and nobody is quite sure who pays for it.";
    let page = |standfirst: &str| {
        paragraphs(&format!(
            "<title>A bridge</title><article><header><h1>A bridge</h1>{standfirst}</header>\
             <div class=article-body><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></div></article>"
        ))
    };
    assert_eq!(page(&format!("<h2 class=dek>{lead}</h2>")), [ONE, TWO, THREE]);
    assert_eq!(page(&format!("<div class=dek>{lead}</div>")), [ONE, TWO, THREE]);
    assert_eq!(page(&format!("<p class=dek>{lead}</p>")), [lead, ONE, TWO, THREE]);
}

#[test]
fn what_stands_outside_the_main_part_is_no_text() {
    let main = [ONE, TWO, THREE].map(|text| format!("<p>{text} It has been so for years.</p>")).concat();
    let page = format!("<div><main><div>{main}</div></main><div><p>{FOUR}</p></div></div>");
    assert!(!article(&page).contains(&FOUR.to_owned()));
}

#[test]
fn addresses_behind_short_lines_of_the_text_stay() {
    let line = |what: &str| format!("<p>{what}</p><p><a href=http://a.example/{what}>http://a.example/{what}</a></p>");
    let body = format!("<article><p>{ONE}</p><p>{TWO}</p>{}{}<p>{THREE}</p></article>", line("bridge"), line("mill"));
    let lines = ["bridge", "http://a.example/bridge", "mill", "http://a.example/mill"];
    assert_eq!(article(&body), [&[ONE, TWO], &lines[..], &[THREE]].concat());
}

#[test]
fn instructions_of_the_writing_system_and_placeholders_are_no_text() {
    let noise = "<p>[button link=\"http://a.example/\" type=\"big\"] Send it[/button]</p><p>Advert</p>\
                 <h3>Externer Inhalt nicht verfügbar</h3>";
    let body =
        format!("<article><p>{ONE}</p>{noise}<p>{TWO}</p><p>[sic] is what they wrote.</p><p>{THREE}</p></article>");
    assert_eq!(article(&body), [ONE, TWO, "[sic] is what they wrote.", THREE]);
}

#[test]
fn paragraphs_in_the_cells_of_a_table_in_a_figure_stay() {
    let table = "<figure><table><tr><td><p>Lane</p></td><td><p>Metres</p></td></tr></table></figure>";
    assert_eq!(article(&format!("<article><p>{ONE}</p>{table}<p>{TWO}</p></article>")), [ONE, "Lane", "Metres", TWO]);
}

#[test]
fn a_line_with_a_date_above_the_text_is_no_text() {
    let date = "<p>05/10/2018 - Posted by: Ann Lee - Section: Town</p>";
    let body = format!("<div>{date}<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></div>");
    assert_eq!(article(&body), [ONE, TWO, THREE]);
}

#[test]
fn a_text_goes_on_in_frames_of_the_same_class() {
    let frame = |texts: &[&str]| {
        let texts = texts.join("</p><p>");
        format!("<div class=block><div class=center><div><p>{texts}</p></div></div></div>")
    };
    let body = format!("<div class=essay>{}<img src=/a.jpg>{}</div>", frame(&[ONE, TWO]), frame(&[THREE, FOUR]));
    assert_eq!(article(&body), [ONE, TWO, THREE, FOUR]);
}

#[test]
fn what_is_hidden_from_screen_readers_is_no_text() {
    let hidden = format!("<div aria-hidden=true><p>{FOUR}</p></div>");
    let body = format!("<article><p>{ONE}</p>{hidden}<p>{TWO}</p><p>{THREE}</p></article>");
    assert_eq!(article(&body), [ONE, TWO, THREE]);
}

#[test]
fn a_body_that_a_table_of_contents_leads_to_is_the_text() {
    let body = format!(
        "<div class=content_body id=TOC_1><p>{ONE}</p></div><div class=content_body id=TOC_2><p>{TWO}</p><p>{THREE}</p></div>"
    );
    assert_eq!(article(&format!("<article>{body}</article>")), [ONE, TWO, THREE]);
}

#[test]
fn a_text_for_readers_without_scripts_is_read_where_it_is_the_text() {
    let body = format!(
        "<article><h1>A bridge is built</h1><div class=post-body><noscript><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></noscript>\
         <script type=text/template>&lt;p>{FOUR}&lt;/p></script></div></article>"
    );
    assert_eq!(article(&body), [ONE, TWO, THREE]);
    let hint = "<noscript><div><p>Please turn on JavaScript in your browser to see this page as it is meant.</p></div></noscript>";
    let twice = format!("<noscript><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></noscript>");
    let body = format!("{hint}<article><p>{ONE}</p>{hint}<p>{TWO}</p><p>{THREE}</p></article>{twice}");
    assert_eq!(article(&body), [ONE, TWO, THREE]);
    let within = "<img class=smile data-src=/s.png><noscript><img src=/s.png alt=smile></noscript>";
    let (one, rest) = TWO.split_at(TWO.find(' ').expect("words"));
    let body = format!("<article><p>{ONE}</p><p>{one}{within}{rest}</p><p>{THREE}</p></article>");
    assert_eq!(article(&body), [ONE, TWO, THREE], "a picture parts no paragraph");
}
