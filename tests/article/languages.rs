//! No language is second class: title, day, body and words of a page in each, dated as its papers date.

use super::article;
use murasil::model::Direction;

struct Story {
    language: &'static str,
    title: &'static str,
    date: &'static str,
    body: [&'static str; 3],
    /// What the share bar, the heading of other stories and the foot of such a page say.
    furniture: [&'static str; 3],
    words: usize,
}

const DAY: &str = "2024-03-12";

fn check(story: &Story) {
    let Story { language, title, date, body, furniture: [share, others, foot], words } = story;
    let paragraphs: String = body.iter().map(|text| format!("<p>{text}</p>")).collect();
    let found = article(&format!(
        "<!doctype html><html lang={language}><head><meta charset=utf-8><title>{title}</title></head><body>\
         <nav><a href=/>1</a><a href=/a>2</a></nav><div class=story><h1>{title}</h1><div class=date>{date}</div>\
         <div class=share>{share}</div><div class=text>{paragraphs}</div></div>\
         <div class=more><h3>{others}</h3><ul><li><a href=/n/1>{0}</a></li><li><a href=/n/2>{1}</a></li></ul></div>\
         <footer><p>{foot}</p></footer></body></html>",
        body[0], body[1]
    ));
    assert_eq!(found.title.as_ref().map(|it| it.value.as_str()), Some(*title), "{language}");
    assert_eq!(found.published.as_ref().map(|it| it.value.day.to_string()).as_deref(), Some(DAY), "{language}: {date}");
    assert_eq!(found.paragraphs(), body, "{language}");
    assert_eq!(found.language.as_ref().map(|it| it.value.as_str()), Some(*language));
    assert_eq!(found.word_count(), *words, "{language}");
    let direction = if ["ar", "fa", "he"].contains(language) { Direction::Rtl } else { Direction::Ltr };
    assert_eq!(found.direction(), Some(direction), "{language}");
    let html: String = body.iter().map(|text| format!("<p>{text}</p>")).collect();
    assert_eq!(found.body_html.as_deref(), Some(html.as_str()), "{language}");
}

#[test]
fn arabic() {
    check(&Story {
        language: "ar",
        title: "المخابز القديمة تعود إلى حيّ النحّاسين",
        date: "الثلاثاء ١٢ آذار (مارس) ٢٠٢٤",
        body: [
            "عاد الدخان إلى مداخن ثلاثة أفران حجرية في حيّ النحّاسين، بعد أن بقيت مطفأة منذ الفيضان الذي أغرق السوق قبل تسعة أعوام.",
            "ويقول الفرّان أبو سليم إن أول رغيف خرج من فرنه أُعطي للجيران، لأنهم «حفظوا المفتاح كل هذه السنوات».",
            "وتعتزم البلدية رصف الزقاق بالحجر الأسود قبل الصيف، وإعادة القنطرة التي كانت تظلّل باعة السمسم.",
        ],
        furniture: ["شارك", "أخبار أخرى", "جميع الحقوق محفوظة"],
        words: 55,
    });
}

#[test]
fn persian() {
    check(&Story {
        language: "fa",
        title: "کتابخانهٔ روستا با کتاب‌های دست‌دوم دوباره باز شد",
        date: "سه‌شنبه ۲۲ اسفند ۱۴۰۲",
        body: [
            "درِ کتابخانهٔ کوچک روستای «چشمه‌سرخ» پس از چهار سال دوباره باز شد و بچه‌ها همان روز نخست همهٔ داستان‌ها را امانت گرفتند.",
            "کتابدار، که خود آموزگار بازنشسته است، می‌گوید بیشتر کتاب‌ها را دانش‌آموزان شهر فرستاده‌اند و نام خود را در صفحهٔ اول نوشته‌اند.",
            "قرار است هر پنجشنبه عصر یکی از مادربزرگ‌ها برای کودکان قصه بگوید و قصه‌ها ضبط شود.",
        ],
        furniture: ["اشتراک‌گذاری", "خبرهای دیگر", "همهٔ حقوق محفوظ است"],
        words: 59,
    });
}

#[test]
fn hebrew() {
    check(&Story {
        language: "he",
        title: "התחנה הישנה נפתחה מחדש אחרי שיפוץ ארוך",
        date: "12 במרץ 2024",
        body: [
            "תחנת הרכבת הישנה של העיירה נפתחה אתמול מחדש לאחר שיפוץ שנמשך שש שנים, ותושבים רבים באו לראות את השעון שחזר לפעול.",
            "האדריכלית אמרה כי הקירות נוקו ביד, וכי תחת הטיח התגלה ציור של עץ תפוזים שאיש לא ידע על קיומו.",
            "העירייה מתכננת לפתוח במקום שוק קטן בימי שישי, ולהחזיר את הספסלים שנשמרו במחסן במשך שנים.",
        ],
        furniture: ["שתפו", "עוד חדשות", "כל הזכויות שמורות"],
        words: 55,
    });
}

#[test]
fn chinese() {
    check(&Story {
        language: "zh",
        title: "老桥修复后重新开放",
        date: "2024年3月12日 08:30",
        body: [
            "经过三年的修复，城南的老石桥昨天重新向行人开放。桥面换上了原来的青石，栏杆上的小狮子也一只一只找了回来，许多老人一早就来散步。",
            "负责工程的工匠说，最难的是找到同样颜色的石头，他们走了六个村子，最后在一座旧磨坊里找到了足够的石料。",
            "市里计划在桥边种二百棵柳树，并在夏天举办夜间集市，让两岸的居民都能参加。",
        ],
        furniture: ["分享", "其他新闻", "版权所有"],
        words: 69,
    });
}

#[test]
fn japanese() {
    check(&Story {
        language: "ja",
        title: "古い灯台に三十年ぶりの明かり",
        date: "2024年3月12日 8時30分",
        body: [
            "岬の古い灯台に十二日の夜、三十年ぶりに明かりがともった。地元の漁師や子どもたちが集まり、海に向かって伸びる光を静かに見守った。",
            "修理を続けてきた元灯台守の男性は「もう一度この光を見るまで、毎日窓を拭いていた」と話した。",
            "町は来月から週末に限って灯台の中を公開し、古い日誌も展示する予定だ。",
        ],
        furniture: ["シェア", "ほかのニュース", "無断転載を禁じます"],
        words: 67,
    });
}

#[test]
fn thai() {
    check(&Story {
        language: "th",
        title: "ตลาดน้ำเก่าแก่กลับมาเปิดอีกครั้งหลังน้ำลด",
        date: "12 มีนาคม 2567",
        body: [
            "ตลาดน้ำเก่าแก่ของตำบลบางสวนกลับมาเปิดอีกครั้งเมื่อวานนี้ หลังจากปิดไปนานกว่าหนึ่งปีเพราะน้ำท่วม ชาวบ้านพายเรือมาขายผลไม้และขนมตั้งแต่เช้ามืด",
            "ป้าสมศรีซึ่งขายก๋วยเตี๋ยวเรือมาสี่สิบปีบอกว่าเรือลำเดิมของเธอยังใช้ได้ดี เพียงแต่ต้องทาสีใหม่เท่านั้น",
            "เทศบาลจะติดตั้งไฟริมคลองก่อนถึงเดือนเมษายน เพื่อให้เปิดตลาดตอนกลางคืนได้ด้วย",
        ],
        furniture: ["แชร์", "ข่าวอื่น", "สงวนลิขสิทธิ์"],
        words: 63,
    });
}

#[test]
fn greek() {
    check(&Story {
        language: "el",
        title: "Το παλιό πλοίο επέστρεψε στο λιμάνι",
        date: "Τρίτη, 12 Μαρτίου 2024",
        body: [
            "Το παλιό ξύλινο πλοίο του νησιού επέστρεψε χθες στο λιμάνι, ύστερα από δύο χρόνια εργασιών στο μικρό ναυπηγείο της απέναντι ακτής.",
            "Ο καπετάνιος είπε ότι κράτησαν κάθε σανίδα που άντεχε ακόμη, και ότι το πανί το έραψαν οι γυναίκες του χωριού.",
            "Από τον Μάιο το πλοίο θα κάνει ξανά το δρομολόγιο προς τις αλυκές, με παιδιά των σχολείων ως πρώτους επιβάτες.",
        ],
        furniture: ["Μοιραστείτε", "Άλλα νέα", "Με επιφύλαξη παντός δικαιώματος"],
        words: 61,
    });
}

#[test]
fn russian() {
    check(&Story {
        language: "ru",
        title: "Старую мельницу запустили к ярмарке",
        date: "12 марта 2024, 08:30",
        body: [
            "Водяную мельницу на окраине посёлка запустили вчера впервые за сорок лет, и первый мешок муки раздали тем, кто пришёл посмотреть на колесо.",
            "Мастер рассказал, что жернова нашлись в огороде у соседей, где они служили столом, а чертежи пришлось восстанавливать по старым снимкам.",
            "К ярмарке в мельнице откроют пекарню, а школьники будут водить по ней гостей и показывать, как сеют муку.",
        ],
        furniture: ["Поделиться", "Другие новости", "Все права защищены"],
        words: 60,
    });
}

#[test]
fn hindi() {
    check(&Story {
        language: "hi",
        title: "गाँव की पुरानी बावड़ी में फिर लौटा पानी",
        date: "12 मार्च 2024",
        body: [
            "तीन साल की मेहनत के बाद गाँव की पुरानी बावड़ी में फिर से पानी लौट आया है, और सुबह से ही औरतें घड़े लेकर सीढ़ियों पर बैठी थीं।",
            "बावड़ी की सफ़ाई करने वाले राजमिस्त्री ने बताया कि सबसे नीचे की सीढ़ी पर एक शिलालेख मिला, जिसे पढ़ने के लिए शहर से विद्वान बुलाए गए।",
            "पंचायत अब आसपास सौ पेड़ लगाना चाहती है ताकि बरसात का पानी ज़मीन में उतर सके।",
        ],
        furniture: ["साझा करें", "अन्य समाचार", "सर्वाधिकार सुरक्षित"],
        words: 70,
    });
}
