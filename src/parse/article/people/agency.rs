//! News agencies: a byline may name one beside people or in their place.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::text::fold;

/// Agencies by the name under which they are kept, with the forms in which papers write them, folded.
const AGENCIES: &[(&str, &[&str])] = &[
    ("AAP", &["aap", "australian associated press"]),
    ("Adnkronos", &["adnkronos"]),
    (
        "AFP",
        &[
            "afp",
            "agence france presse",
            "l afp",
            "فرانس برس",
            "وكالة فرانس برس",
            "أ ف ب",
            "ا ف ب",
            "اف ب",
            "وكالة الصحافة الفرنسية",
            "وكالة الأنباء الفرنسية",
            "法新社",
            "เอเอฟพี",
            "एएफपी",
        ],
    ),
    ("AGI", &["agi"]),
    ("Agência Brasil", &["agência brasil"]),
    ("AMNA", &["αμνα", "απε μπε", "αθηναϊκό πρακτορείο"]),
    ("Anadolu", &["anadolu", "anadolu agency", "anadolu ajansı", "الأناضول", "وكالة الأناضول", "الاناضول"]),
    ("ANI", &["ani", "asian news international", "एएनआई"]),
    ("ANP", &["anp"]),
    ("ANSA", &["ansa", "agenzia ansa"]),
    (
        "AP",
        &[
            "ap",
            "associated press",
            "the associated press",
            "أسوشيتد برس",
            "اسوشيتد برس",
            "أسوشييتد برس",
            "اسوشييتد برس",
            "أ ب",
            "美联社",
            "美聯社",
            "เอพี",
            "एपी",
        ],
    ),
    ("APA", &["apa"]),
    ("APS", &["aps", "وأج"]),
    ("Belga", &["belga"]),
    ("BNA", &["وكالة أنباء البحرين"]),
    ("Bloomberg", &["bloomberg", "bloomberg news", "بلومبرغ", "بلومبيرغ"]),
    ("CNS", &["中新社", "中国新闻社"]),
    ("CNA", &["中央社"]),
    ("ČTK", &["čtk", "ctk"]),
    ("dpa", &["dpa", "deutsche presse agentur", "dpa afx", "د ب أ", "د ب ا", "الألمانية", "وكالة الأنباء الألمانية"]),
    ("EFE", &["efe", "agencia efe"]),
    ("epd", &["epd"]),
    ("Europa Press", &["europa press"]),
    ("IANS", &["ians", "आईएएनएस"]),
    ("INA", &["واع", "وكالة الأنباء العراقية"]),
    ("Interfax", &["interfax", "интерфакс"]),
    ("IRNA", &["irna", "ایرنا", "إرنا"]),
    ("ISNA", &["isna", "ایسنا"]),
    ("Keystone-SDA", &["keystone sda", "sda"]),
    ("Jiji", &["jiji", "jiji press", "時事", "時事通信"]),
    ("KNA", &["kna"]),
    ("KUNA", &["kuna", "كونا"]),
    ("Kyodo", &["kyodo", "kyodo news", "共同", "共同通信"]),
    ("Lusa", &["lusa", "agência lusa"]),
    ("MAP", &["map", "و م ع", "وكالة المغرب العربي للأنباء"]),
    ("Mehr", &["mehr", "خبرگزاری مهر"]),
    ("MENA", &["mena", "أ ش أ", "ا ش ا", "وكالة أنباء الشرق الأوسط"]),
    ("MTI", &["mti"]),
    ("NNA", &["الوكالة الوطنية للإعلام"]),
    ("NTB", &["ntb"]),
    ("ONA", &["العمانية", "وكالة الأنباء العمانية"]),
    ("PA", &["pa", "pa media", "press association"]),
    ("PAP", &["pap"]),
    ("Petra", &["petra", "بترا", "وكالة الأنباء الأردنية"]),
    ("PTI", &["pti", "press trust of india", "पीटीआई"]),
    ("QNA", &["قنا", "وكالة الأنباء القطرية"]),
    (
        "Reuters",
        &[
            "reuters",
            "thomson reuters",
            "رويترز",
            "وكالة رويترز",
            "路透社",
            "路透",
            "ロイター",
            "רויטרס",
            "รอยเตอร์",
            "रॉयटर्स",
            "рейтер",
        ],
    ),
    ("RIA Novosti", &["ria novosti", "риа новости"]),
    ("Ritzau", &["ritzau"]),
    ("Saba", &["سبأ", "سبأنت"]),
    ("SANA", &["سانا"]),
    ("SID", &["sid"]),
    ("SPA", &["spa", "واس", "وكالة الأنباء السعودية"]),
    ("Sputnik", &["sputnik", "سبوتنيك"]),
    ("STT", &["stt"]),
    ("SUNA", &["سونا"]),
    ("TAP", &["وات", "وكالة تونس أفريقيا للأنباء"]),
    ("TASS", &["tass", "тасс"]),
    ("Tasnim", &["tasnim", "تسنیم"]),
    ("The Canadian Press", &["the canadian press", "canadian press", "la presse canadienne"]),
    ("TT", &["tt"]),
    ("Ukrinform", &["ukrinform", "укринформ", "укрінформ"]),
    ("UPI", &["upi"]),
    ("WAFA", &["وفا"]),
    ("WAM", &["وام"]),
    ("Xinhua", &["xinhua", "新华社", "新華社", "شينخوا"]),
    ("Yonhap", &["yonhap", "연합뉴스"]),
    (
        "وكالات",
        &[
            "وكالات",
            "الوكالات",
            "وكالات الأنباء",
            "agencies",
            "agenturen",
            "agences",
            "agencias",
            "agenzie",
            "סוכנויות הידיעות",
            "סוכנויות",
            "агентства",
            "πρακτορεία",
            "通讯社",
            "سرویس خبر",
        ],
    ),
];

static BY_FORM: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| AGENCIES.iter().flat_map(|(name, forms)| forms.iter().map(move |form| (*form, *name))).collect());

/// The agency that a text names and nothing else; "agencies" in any language stays as it is written.
pub(crate) fn agency(text: &str) -> Option<String> {
    let name = *BY_FORM.get(fold(text).as_str())?;
    let unnamed = name == "وكالات";
    Some(if unnamed { text.trim().to_owned() } else { name.to_owned() })
}

/// What a credit says, one by one.
fn parts(credit: &str) -> impl Iterator<Item = &str> {
    let signs = [',', ';', '/', '&', '|', '+', '،', '؛', '•', '·', '\n', '–', '—', '(', ')'];
    credit.split(signs).flat_map(|part| part.split(" - ")).map(str::trim).take(20)
}

/// Whether a credit names agencies and nothing else.
pub(crate) fn only_agencies(credit: &str) -> bool {
    let mut parts = parts(credit).filter(|part| !part.is_empty()).peekable();
    parts.peek().is_some() && parts.all(|part| agency(part).is_some())
}

/// All agencies that a credit names: `dpa/AFP`, `Reuters, AP`, `وكالات`.
pub(crate) fn agencies(credit: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for part in parts(credit) {
        let words: Vec<&str> = part.split_whitespace().collect();
        let whole = agency(part).into_iter();
        let halves = words
            .split(|word| matches!(*word, "and" | "und" | "et" | "y" | "e" | "mit" | "with" | "avec" | "con" | "مع"));
        for name in whole.chain(halves.filter_map(|half| agency(&half.join(" ")))) {
            if !out.contains(&name) {
                out.push(name);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_name_agencies_in_many_spellings() {
        let check = |credit: &str, expected: &[&str]| assert_eq!(agencies(credit), expected, "{credit}");
        check("dpa/AFP", &["dpa", "AFP"]);
        check("The Associated Press", &["AP"]);
        check("Ann Lee and Reuters", &["Reuters"]);
        check("FR mit dpa", &["dpa"]);
        check("رويترز - أ ف ب", &["Reuters", "AFP"]);
        check("وكالات", &["وكالات"]);
        check("Ann Lee, Oslo", &[]);
        check("Jean Dupont avec AFP", &["AFP"]);
        check("أ ف ب (القاهرة)", &["AFP"]);
    }
}
