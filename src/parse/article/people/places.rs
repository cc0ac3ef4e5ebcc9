//! Places before names: cities from which papers report, and the heads of bylines that only name one.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::super::text::fold;
use super::agency::only_agencies;
use crate::model::arabic::normalise;

/// Capitals and larger cities of the Arab world and of the news, parted by strokes. Cities that are given names, too
/// (Sydney, Florence), are none here.
const CITIES: &[&str] = &[
    "القاهرة|الإسكندرية|الجيزة|بورسعيد|بور سعيد|السويس|الإسماعيلية|المنصورة|طنطا|الزقازيق|أسيوط|أسوان|الأقصر|سوهاج|المنيا|الفيوم|بني سويف|قنا|دمياط|\
     كفر الشيخ|دمنهور|شرم الشيخ|الغردقة|العريش|مرسى مطروح|العلمين|العاصمة الإدارية",
    "بيروت|طرابلس|صيدا|صور|زحلة|بعلبك|النبطية|جونية|دمشق|حلب|حمص|حماة|اللاذقية|طرطوس|درعا|السويداء|دير الزور|الرقة|الحسكة|القامشلي|إدلب|القنيطرة|ريف دمشق|\
     عمّان|عمان|إربد|الزرقاء|العقبة|الكرك|مادبا|المفرق|معان|السلط|جرش",
    "القدس|القدس المحتلة|رام الله|رام الله المحتلة|غزة|قطاع غزة|خان يونس|رفح|دير البلح|جباليا|الخليل|نابلس|جنين|طولكرم|قلقيلية|بيت لحم|أريحا|سلفيت|حيفا|يافا|عكا|الناصرة|\
     أم الفحم|تل أبيب|بئر السبع",
    "بغداد|البصرة|الموصل|أربيل|السليمانية|دهوك|كركوك|النجف|النجف الأشرف|كربلاء|كربلاء المقدسة|الأنبار|الرمادي|الفلوجة|تكريت|سامراء|بعقوبة|الحلة|الديوانية|الناصرية|العمارة|الكوت|ذي قار|ديالى|نينوى",
    "الرياض|جدة|مكة|مكة المكرمة|المدينة المنورة|الدمام|الخبر|الظهران|الطائف|تبوك|أبها|جازان|جيزان|نجران|حائل|بريدة|الأحساء|الهفوف|القطيف|الجبيل|ينبع|عرعر|نيوم|\
     أبوظبي|أبو ظبي|دبي|الشارقة|عجمان|رأس الخيمة|الفجيرة|أم القيوين|الدوحة|المنامة|الكويت|مدينة الكويت|مسقط|صلالة|صحار|نزوى",
    "صنعاء|عدن|تعز|الحديدة|المكلا|مأرب|إب|حضرموت|سيئون|الخرطوم|أم درمان|بورتسودان|بور سودان|الفاشر|ود مدني|نيالا|كسلا|مقديشو|هرجيسا|جيبوتي|موروني|نواكشوط|نواذيبو",
    "طرابلس الغرب|بنغازي|مصراتة|سبها|سرت|طبرق|درنة|الزاوية|تونس|تونس العاصمة|صفاقس|سوسة|القيروان|بنزرت|قابس|قفصة|الجزائر|الجزائر العاصمة|وهران|قسنطينة|عنابة|سطيف|باتنة|تلمسان|بجاية|\
     الرباط|الدار البيضاء|مراكش|فاس|طنجة|أكادير|مكناس|وجدة|تطوان|القنيطرة|العيون|الداخلة|سلا",
    "واشنطن|نيويورك|لوس أنجلوس|لوس أنجليس|سان فرانسيسكو|شيكاغو|بوسطن|هيوستن|ميامي|أتلانتا|لاس فيغاس|أوتاوا|تورونتو|مونتريال|مكسيكو سيتي|مكسيكو|هافانا|بوغوتا|ليما|كراكاس|برازيليا|ساو باولو|\
     ريو دي جانيرو|بوينس آيرس|بوينس أيرس|سانتياغو",
    "لندن|باريس|مرسيليا|برلين|ميونيخ|ميونخ|فرانكفورت|هامبورغ|فيينا|جنيف|زيورخ|زيوريخ|برن|روما|ميلانو|الفاتيكان|مدريد|برشلونة|لشبونة|بروكسل|بروكسيل|أمستردام|لاهاي|ستوكهولم|\
     أوسلو|كوبنهاغن|هلسنكي|دبلن|أثينا|نيقوسيا|وارسو|براغ|بودابست|بوخارست|بلغراد|سراييفو|زغرب|موسكو|سان بطرسبورغ|كييف|مينسك|ستراسبورغ|لوكسمبورغ|دافوس",
    "أنقرة|إسطنبول|اسطنبول|إزمير|غازي عنتاب|طهران|أصفهان|مشهد|كابل|كابول|إسلام آباد|كراتشي|لاهور|نيودلهي|نيو دلهي|دلهي|مومباي|دكا|كولومبو|كاتماندو|بكين|شنغهاي|هونغ كونغ|تايبيه|طوكيو|سيول|\
     سول|بيونغ يانغ|هانوي|بانكوك|مانيلا|جاكرتا|كوالالمبور|كوالا لمبور|سنغافورة|سيدني|كانبرا|باكو|يريفان|تبليسي|طشقند|أستانا|أديس أبابا|أديس ابابا|نيروبي|كمبالا|جوبا|نجامينا|داكار|باماكو|نيامي|\
     واغادوغو|أبوجا|لاغوس|أكرا|كينشاسا|جوهانسبرغ|كيب تاون|بريتوريا|أسمرة",
    "تهران|مشهد|اصفهان|شیراز|تبریز|اهواز|قم|کرمان|رشت|یزد|بندر عباس|תל אביב|ירושלים|באר שבע|חיפה",
    "abu dhabi|addis ababa|algiers|amman|amsterdam|ankara|athens|baghdad|bangkok|beijing|beirut|belgrade|berlin|bern|bogotá|brasília|bratislava|brussels|bruxelles|brüssel|bucharest|budapest|buenos aires|\
     cairo|canberra|cape town|caracas|copenhagen|damascus|den haag|doha|dubai|dublin|frankfurt|frankfurt am main|gaza|gaza city|genève|geneva|genf|hamburg|hanoi|havana|helsinki|hong kong|islamabad|istanbul|\
     jakarta|jerusalem|kabul|karachi|khartoum|kiew|kuala lumpur|kuwait city|kyiv|köln|lagos|las vegas|le caire|lisbon|ljubljana|london|londres|los angeles|madrid|manila|mexico city|milano|minsk|\
     mogadishu|moscow|moskau|moscou|mumbai|münchen|nairobi|new delhi|new york|new york city|nicosia|oslo|ottawa|paris|peking|prag|prague|pretoria|rabat|ramallah|reykjavik|rio de janeiro|riyadh|\
     roma|rome|san francisco|san juan|sao paulo|sarajevo|seoul|singapore|skopje|stockholm|straßburg|strasbourg|taipei|tallinn|tehran|tel aviv|the hague|tokyo|toronto|tripoli|tunis|vienna|vilnius|\
     warsaw|washington|washington dc|wien|zagreb|zürich|zurich",
];

/// Words in the place of a place: "exclusive".
const EXCLUSIVE: &str = "خاص|حصري|خاص جدا";

static KNOWN: LazyLock<HashSet<String>> =
    LazyLock::new(|| CITIES.iter().flat_map(|list| list.split('|')).map(|city| form(city.trim())).collect());
static HEADS: LazyLock<HashSet<String>> = LazyLock::new(|| EXCLUSIVE.split('|').map(form).collect());

/// The form in which cities are compared.
fn form(text: &str) -> String {
    fold(&normalise(text))
}

/// Whether a text is the name of a city and nothing else.
pub(super) fn is_city(text: &str) -> bool {
    text.len() <= 80 && KNOWN.contains(&form(text))
}

/// A byline without the place at its head: `PLACE – NAME`, `PLACE/ NAME`, `PLACE (AGENCY)`. The head is a place where it
/// is a known city, or one word before an agency.
pub(super) fn after_place(text: &str) -> &str {
    /// Longest head that is looked at, in bytes.
    const MAX_HEAD: usize = 80;
    let Some((at, sign)) = text.char_indices().take_while(|(at, _)| *at <= MAX_HEAD).find(|(at, c)| match c {
        '-' | 'ـ' => text[..*at].ends_with(' ') && text[at + c.len_utf8()..].starts_with(' '),
        '–' | '—' | '/' | ':' | '(' | '|' => true,
        _ => false,
    }) else {
        return text;
    };
    let head = text[..at].trim();
    let rest = text[at + sign.len_utf8()..].trim();
    let (rest, bracketed) = match rest.strip_suffix(')').filter(|_| sign == '(') {
        Some(inner) => (inner.trim(), true),
        None => (rest, false),
    };
    let agencies = || only_agencies(rest);
    let is_place = match sign {
        ':' => is_city(head),
        '(' => bracketed && (is_city(head) || is_word(head)) && agencies(),
        _ => is_city(head) || HEADS.contains(&form(head)) || (is_word(head) && !is_code(text) && agencies()),
    };
    if is_place && !rest.is_empty() { rest } else { text }
}

fn is_word(head: &str) -> bool {
    head.chars().any(char::is_alphabetic) && !head.contains(' ')
}

/// Small letters before an agency are a code of a desk: `det/dpa`.
fn is_code(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.is_ascii_alphabetic()) && !text.contains(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_at_the_head_of_a_byline_is_cut_off() {
        let check = |text: &str, expected: &str| assert_eq!(after_place(text), expected, "{text}");
        check("دبي – العربية.نت", "العربية.نت");
        check("رام الله - محمد علي", "محمد علي");
        check("القاهرة - محمد علي - رويترز", "محمد علي - رويترز");
        check("بغداد/ واع", "واع");
        check("بغداد/واع", "واع");
        check("القاهرة (أ ف ب)", "أ ف ب");
        check("عفرين - رويترز", "رويترز");
        check("Berlin/dpa", "dpa");
        check("New York — Ann Lee", "Ann Lee");
        check("det/dpa", "det/dpa");
        check("Ann Lee/Reuters", "Ann Lee/Reuters");
        check("محمد علي - رويترز", "محمد علي - رويترز");
        check("القاهرة -", "القاهرة -");
        check("Foto: dpa", "Foto: dpa");
        check("Jean-Luc Petit", "Jean-Luc Petit");
    }

    #[test]
    fn cities_are_known_in_every_spelling() {
        for yes in ["القاهره", "أبو ظبي", "إسطنبول", "ZÜRICH", "Tel Aviv"] {
            assert!(is_city(yes), "{yes}");
        }
        for no in ["محمد علي", "Sydney", "", "القاهرة والناس"] {
            assert!(!is_city(no), "{no}");
        }
    }
}
