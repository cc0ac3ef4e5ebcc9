//! The words of dates, in the languages of the newspapers that we know.
//!
//! Tables are written as people write the words and looked up as [`normalise`] leaves them: lower case, without
//! diacritics, Arabic letters folded. A word of two months in two languages is left out of one of them (Croatian months
//! are not here because Czech and Polish use the same words for others).

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use unicode_normalization::char::is_combining_mark;

use super::token::first_word;
use crate::model::arabic::normalise;

/// Which calendar a month's name belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Calendar {
    Gregorian,
    /// Hijri, by the Umm al-Qura tables.
    Hijri,
    /// Solar Hijri, the calendar of Iran.
    Jalali,
}

/// A month by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Month {
    pub(super) calendar: Calendar,
    /// From 1.
    pub(super) number: u8,
}

/// A span of time by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// A zone by name: a fixed offset, or a place whose clock changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// Seconds east of UTC.
    Fixed(i32),
    /// An IANA name.
    Place(&'static str),
}

/// Half of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    Morning,
    Afternoon,
}

/// Most words that one name has ("كانون الثاني", "ربيع الآخر", "e mërkurë").
pub(super) const MAX_WORDS: usize = 3;

const GREGORIAN: [&str; 12] = [
    "january|jan|janvier|janv|januar|jänner|enero|ene|gennaio|gen|janeiro|januari|styczeń|stycznia|sty|январь|января|янв|\
     ocak|oca|ιανουάριος|ιανουαρίου|ιαν|leden|ledna|tammikuu|tammikuuta|ianuarie|ian|január|січень|січня|січ|ژانویه|ינואר|בינואר|\
     जनवरी|มกราคม|ม.ค|يناير|كانون الثاني|كانون ثاني|جانفي|януари|جنوری|জানুয়ারি|gener|januára|gennaro|janúar|jaanuar|sausio|janvāris|janvārī",
    "february|feb|février|févr|fevr|fév|februar|feber|febrero|febbraio|fevereiro|fev|februari|luty|lutego|lut|февраль|февраля|\
     фев|февр|şubat|şub|φεβρουάριος|φεβρουαρίου|φεβ|únor|února|helmikuu|helmikuuta|februarie|február|febr|лютий|лютого|лют|فوریه|פברואר|\
     בפברואר|फरवरी|फ़रवरी|กุมภาพันธ์|ก.พ|فبراير|شباط|فيفري|февруари|فروری|ফেব্রুয়ারি|febrer|februára|febrúar|veebruar|vasario|februāris|februārī",
    "march|mar|mars|märz|mär|marzo|março|maart|mrt|maret|marzec|marca|март|марта|мар|mart|μάρτιος|μαρτίου|μαρ|březen|března|\
     maaliskuu|maaliskuuta|martie|március|márc|березень|березня|бер|مارس|מרץ|מרס|במרץ|מארס|मार्च|มีนาคม|มี.ค|آذار|اذار|مارچ|মার্চ|març|marec|märts|kovo|marts|martā|mrz",
    "april|apr|avril|avr|abril|abr|aprile|kwiecień|kwietnia|kwi|апрель|апреля|апр|nisan|nis|απρίλιος|απριλίου|απρ|duben|dubna|\
     huhtikuu|huhtikuuta|aprilie|április|ápr|квітень|квітня|квіт|آوریل|אפריל|באפריל|अप्रैल|เมษายน|เม.ย|أبريل|إبريل|نيسان|أفريل|април|اپریل|এপ্রিল|apríl|apríla|aprill|balandžio|aprīlis|aprīlī",
    "may|mai|mayo|maggio|mag|maio|mei|maj|maja|май|мая|mayıs|μάιος|μαΐου|μάϊος|μαι|květen|května|toukokuu|toukokuuta|május|máj|\
     травень|травня|трав|مه|מאי|במאי|मई|พฤษภาคม|พ.ค|مايو|أيار|ماي|مئی|মে|maig|mája|maí|gegužės|maijs|maijā|maí",
    "june|jun|juin|juni|junio|giugno|giu|junho|czerwiec|czerwca|cze|июнь|июня|июн|haziran|haz|ιούνιος|ιουνίου|ιουν|červen|\
     června|kesäkuu|kesäkuuta|iunie|iun|június|jún|червень|червня|черв|ژوئن|יוני|ביוני|जून|มิถุนายน|มิ.ย|يونيو|يونيه|حزيران|جوان|юни|جون|জুন|juny|júna|júní|juuni|birželio|jūnijs|jūnijā",
    "july|jul|juillet|juil|juill|juli|julio|luglio|lug|julho|lipiec|lipca|lip|июль|июля|июл|temmuz|tem|ιούλιος|ιουλίου|ιουλ|\
     červenec|července|heinäkuu|heinäkuuta|iulie|iul|július|júl|липень|липня|лип|ژوئیه|جولای|יולי|ביולי|जुलाई|กรกฎาคม|ก.ค|يوليو|يوليه|تموز|جويلية|\
     يوليوز|юли|جولائی|জুলাই|juliol|júla|júlí|juuli|liepos|jūlijs|jūlijā",
    "august|aug|août|aout|agosto|ago|agustus|ags|agt|augustus|augusti|sierpień|sierpnia|sie|август|августа|авг|ağustos|ağu|\
     αύγουστος|αυγούστου|αυγ|srpen|srpna|elokuu|elokuuta|augusztus|серпень|серпня|серп|اوت|אוגוסט|באוגוסט|अगस्त|สิงหาคม|ส.ค|أغسطس|آب|أوت|غشت|أغشت|اگست|\
     আগস্ট|agost|augusta|ágúst|rugpjūčio|augusts|augustā|august",
    "september|sep|sept|septembre|settembre|set|septiembre|setiembre|setembro|wrzesień|września|wrz|сентябрь|сентября|сен|\
     сент|eylül|eyl|σεπτέμβριος|σεπτεμβρίου|σεπ|σεπτ|září|syyskuu|syyskuuta|septembrie|szeptember|szept|вересень|вересня|вер|سپتامبر|ספטמבר|\
     בספטמבר|सितंबर|सितम्बर|กันยายน|ก.ย|سبتمبر|أيلول|شتنبر|شتمبر|септември|ستمبر|সেপ্টেম্বর|setembre|septembra|rugsėjo|septembris|septembrī",
    "october|oct|octobre|oktober|okt|octubre|ottobre|ott|outubro|out|październik|października|paź|октябрь|октября|окт|ekim|eki|\
     οκτώβριος|οκτωβρίου|οκτ|říjen|října|lokakuu|lokakuuta|octombrie|október|жовтень|жовтня|жовт|اکتبر|אוקטובר|באוקטובר|अक्टूबर|अक्तूबर|\
     ตุลาคม|ต.ค|أكتوبر|تشرين الأول|تشرين اول|октомври|اکتوبر|অক্টোবর|octubre|októbra|oktoober|spalio|oktobris|oktobrī",
    "november|nov|novembre|noviembre|novembro|listopad|listopada|lis|ноябрь|ноября|ноя|нояб|kasım|kas|νοέμβριος|νοεμβρίου|νοε|\
     marraskuu|marraskuuta|noiembrie|noi|листопад|листопада|листоп|نوامبر|נובמבר|בנובמבר|नवंबर|नवम्बर|พฤศจิกายน|พ.ย|نوفمبر|تشرين الثاني|تشرين ثاني|\
     نونبر|ноември|نومبر|নভেম্বর|novembra|nóvember|lapkričio|novembris|novembrī",
    "december|dec|décembre|déc|dezember|dez|diciembre|dic|dicembre|dezembro|desember|des|grudzień|grudnia|gru|декабрь|декабря|\
     дек|aralık|ara|δεκέμβριος|δεκεμβρίου|δεκ|prosinec|prosince|joulukuu|joulukuuta|decembrie|грудень|грудня|груд|دسامبر|דצמבר|בדצמבר|\
     दिसंबर|दिसम्बर|ธันวาคม|ธ.ค|ديسمبر|كانون الأول|كانون اول|دجنبر|دجمبر|декември|دسمبر|ডিসেম্বর|desembre|decembra|detsember|gruodžio|decembris|decembrī",
];

const HIJRI: [&str; 12] = [
    "محرم|المحرم|محرم الحرام|muharram",
    "صفر|صفر الخير|safar",
    "ربيع الأول|ربيع أول|rabi al-awwal|rabi i",
    "ربيع الآخر|ربيع الثاني|ربيع ثاني|ربيع آخر|rabi al-thani|rabi ii",
    "جمادى الأولى|جمادى الاول|جمادى أولى|جمادي الاولى|jumada al-awwal|jumada i",
    "جمادى الآخرة|جمادى الثانية|جمادى الآخر|جمادى الثاني|جمادى ثانية|جمادي الآخرة|jumada al-thani|jumada ii",
    "رجب|رجب المرجب|rajab",
    "شعبان|shaban",
    "رمضان|رمضان المبارك|ramadan",
    "شوال|shawwal",
    "ذو القعدة|ذي القعدة|ذوالقعدة|ذو القعده",
    "ذو الحجة|ذي الحجة|ذوالحجة|ذو الحجه",
];

const JALALI: [&str; 12] =
    ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"];

/// Monday first, as ISO 8601 counts.
const WEEKDAYS: [&str; 7] = [
    "monday|mon|lundi|lun|montag|lunes|lunedì|segunda|maandag|poniedziałek|понедельник|пн|pazartesi|senin|δευτέρα|pondělí|måndag|\
     mandag|maanantai|maanantaina|luni|hétfő|понеділок|יום שני|الاثنين|الإثنين|اثنين|دوشنبه|सोमवार|월요일|月曜日|星期一|周一|週一|จันทร์",
    "tuesday|tue|tues|mardi|dienstag|di|martes|martedì|terça|dinsdag|wtorek|вторник|вт|salı|selasa|τρίτη|úterý|tisdag|tirsdag|\
     tiistai|tiistaina|marți|kedd|вівторок|الثلاثاء|ثلاثاء|سه شنبه|سه‌شنبه|मंगलवार|화요일|화|火|火曜日|יום שלישי|星期二|周二|週二|อังคาร",
    "wednesday|wed|mercredi|mer|mittwoch|mi|miércoles|mercoledì|quarta|woensdag|środa|среда|ср|çarşamba|rabu|τετάρτη|středa|onsdag|\
     keskiviikko|keskiviikkona|miercuri|szerda|середа|الأربعاء|اربعاء|چهارشنبه|चهارशنبه|बुधवार|수요일|수|水|水曜日|יום רביעי|星期三|周三|週三|พุธ",
    "thursday|thu|thur|thurs|jeudi|jeu|donnerstag|do|jueves|giovedì|quinta|donderdag|czwartek|четверг|чт|perşembe|kamis|πέμπτη|\
     čtvrtek|torsdag|torstai|torstaina|joi|csütörtök|четвер|الخميس|خميس|پنجشنبه|پنج‌شنبه|गुरुवार|목요일|목|木|木曜日|יום חמישי|星期四|周四|週四|พฤหัสบดี",
    "friday|fri|vendredi|ven|freitag|fr|viernes|venerdì|sexta|vrijdag|piątek|пятница|пт|cuma|jumat|παρασκευή|pátek|fredag|\
     perjantai|perjantaina|vineri|péntek|п'ятниця|الجمعة|جمعة|جمعه|शुक्रवार|금요일|금|金|金曜日|יום שישי|星期五|周五|週五|ศุกร์",
    "saturday|sat|samedi|sam|samstag|sonnabend|sábado|sabato|zaterdag|sobota|суббота|сб|cumartesi|sabtu|σάββατο|lördag|lørdag|\
     lauantai|lauantaina|sâmbătă|szombat|субота|السبت|سبت|شنبه|शनिवार|토요일|토|土|土曜日|שבת|星期六|周六|週六|เสาร์",
    "sunday|sun|dimanche|dim|sonntag|so|domingo|domenica|zondag|niedziela|воскресенье|вс|pazar|minggu|κυριακή|neděle|söndag|\
     søndag|sunnuntai|sunnuntaina|duminică|vasárnap|неділя|الأحد|احد|یکشنبه|रविवार|일요일|日曜日|יום ראשון|星期日|星期天|周日|週日|อาทิตย์",
];

/// Words that may stand between the parts of a date, or before it.
const FILLERS: &str = "of|the|de|del|di|do|da|den|der|d|le|el|il|il giorno|am|an|on|at|à|a|as|às|ás|um|uhr|kl|klo|klokken|o|godz|\
     alle|ore|ora|h|la|las|los|в|во|у|о|saat|jam|pukul|om|em|en|dem|t|και|στις|v|ve|na|γ|г|г г|года|год|р|року|r|roku|год|j|\
     من|يوم|في|عام|سنة|لعام|لسنة|الموافق|موافق|شهر|الساعة|على|علي|عند|تمام|ساعة|بتوقيت|توقيت|و|م|ميلادي|ميلادية|ه|هجري|هجرية|ليوم|ق|\
     بتاريخ|تاريخ|النشر|نشر|نشرت|نشر في|تم|التحديث|آخر|اخر|تحديث|المحدثة|ساعت|در|الحالي|الجاري|published|updated|posted|last|modified|\
     time|by|date|publié|publie|mis|jour|mise|modifié|le|veröffentlicht|aktualisiert|stand|publicado|actualizado|atualizado|\
     pubblicato|aggiornato|опубликовано|обновлено|dodano|opublikowano|güncelleme|yayın|tarihi|terbit|julkaistu|dernière|\
     a las|à las|st|nd|rd|th|er|ère|e|ο|η|º|ª|º|วันที่|เวลา|น|พ.ศ|年|月|日|号|號|년|월|일|ที่|วัน|des|eo|ad|ce|ah|of the|ब|को|on the|\
     hrs|heure|heures|hours|hod|hodin|óra|órakor|τ|τις|das|dos|'|’|wib|wita|ngày|lúc|tháng|năm|pm|published on|last updated|it|et|יום|ביום|בשעה|פורסם|עודכן|תאריך|ώρα|ώρες|δημοσίευση|δημοσιεύθηκε|ημερομηνία|เผยแพร่|เผยแพร่เมื่อ|เมื่อ|โพสต์เมื่อ|บันทึก|อัปเดต|อัพเดต|ล่าสุด|बजे|पर|प्रकाशित|अपडेट|अपडेटेड|दिनांक|منتشر|انتشار|شده|تاریخ انتشار|به روز رسانی|发布|發布|發佈|发布时间|发布时间|发表|發表|时间|時間|更新|更新日|公開|公開日|掲載|配信|投稿|投稿日|最終更新|дата|публикации|изменено|曜日|किया|गया|को प्रकाशित";

/// Suffixes and words that make a year Hijri. The ASCII abbreviation of "after Hijra" is among them.
const HIJRI_MARKS: &str = "ه|هجري|هجرية|هجريه|ah|هجریه";
/// Words that say "of this year".
const CURRENT: &str = "الحالي|الجاري|جاري|الحالى";

const MORNING: &str = "am|a.m|ص|صباحا|صباحًا|صباحاً|فجرا|الفجر|오전|上午|午前|早上|凌晨|πμ|π.μ|ق.ظ|قبل الظهر|सुबह|öö|صبح";
const AFTERNOON: &str =
    "pm|p.m|م|مساء|مساءً|ظهرا|عصرا|بعد الظهر|الظهر|العصر|오후|下午|午後|晚上|中午|μμ|μ.μ|ب.ظ|शाम|दोपहर|ös|عصر";

const UNITS: [(Unit, &str); 7] = [
    (
        Unit::Second,
        "second|seconds|sec|secs|s|seconde|secondes|sekunde|sekunden|segundo|segundos|secondo|secondi|seconden|sekunda|sekundy|\
         sekund|секунда|секунду|секунды|секунд|сек|saniye|detik|δευτερόλεπτα|δευτερόλεπτο|δευτ|sekunder|sekuntia|secunde|másodperc|vteřin|vteřiny|\
         ثانية|ثوان|ثواني|ثانیه|שניות|सेकंड|초|秒|секунди|วินาที|giây",
    ),
    (
        Unit::Minute,
        "minute|minutes|min|mins|minuten|minuto|minutos|minuti|minuut|minuta|minuty|minut|минута|минуту|минуты|минут|мин|dakika|dk|\
         menit|λεπτά|λεπτό|minutter|minuter|minuuttia|perc|perce|minutou|minutami|хвилин|хвилини|хвилину|دقيقة|دقائق|دقيقه|دقایق|דקות|דקה|मिनट|분|\
         分|分钟|分鐘|分間|m|นาที|phút|минути",
    ),
    (
        Unit::Hour,
        "hour|hours|hr|hrs|h|heure|heures|stunde|stunden|std|hora|horas|ore|ora|uur|uren|godzina|godzinę|godziny|godzin|час|часа|часов|\
         ч|saat|sa|jam|ώρα|ώρες|hodina|hodinu|hodiny|hodin|hodinami|timer|time|timmar|timme|tuntia|tunti|óra|órája|година|годину|години|годин|ساعة|ساعات|ساعه|ساعت|שעות|\
         שעה|घंटे|घंटा|घट|시간|小时|小時|時間|个小时|個小時|ชั่วโมง|giờ|часа|ชม|घण्टे|घण्टा|घंटों",
    ),
    (
        Unit::Day,
        "day|days|d|jour|jours|j|tag|tage|tagen|día|días|dia|dias|giorno|giorni|dag|dagen|dni|dzień|день|дня|дней|gün|hari|ημέρα|\
         ημέρες|μέρες|den|dny|dnů|dage|dagar|päivää|päivä|zi|zile|nap|napja|днів|дні|يوم|أيام|يوما|روز|ימים|יום|दिन|일|天|日|วัน|ngày|дни",
    ),
    (
        Unit::Week,
        "week|weeks|wk|semaine|semaines|woche|wochen|semana|semanas|settimana|settimane|weken|tydzień|tygodnie|tygodni|неделя|\
         неделю|недели|недель|hafta|minggu|εβδομάδα|εβδομάδες|týden|týdny|týdnů|tydnu|uge|uger|vecka|veckor|viikkoa|viikko|uke|uker|săptămâni|hét|hete|тиждень|\
         тижні|тижнів|أسبوع|أسابيع|هفته|שבועות|שבוע|सप्ताह|주|周|週|週間|个星期|สัปดาห์|tuần|седмици|седмица",
    ),
    (
        Unit::Month,
        "month|months|mons|mois|monat|monate|monaten|mes|meses|mês|mese|mesi|maand|maanden|miesiąc|miesiące|miesięcy|месяц|месяца|месяцев|\
         ay|bulan|bln|μήνας|μήνες|měsíc|měsíce|měsíců|måned|måneder|månad|månader|kuukausi|kuukautta|lună|luni|hónap|hónapja|місяць|місяці|місяців|شهر|أشهر|شهور|\
         ماه|חודשים|חודש|महीने|महीना|개월|个月|個月|か月|ヶ月|เดือน|tháng|месеца|месец",
    ),
    (
        Unit::Year,
        "year|years|yr|yrs|y|an|ans|année|années|jahr|jahre|jahren|año|años|ano|anos|anno|anni|jaar|rok|lata|lat|год|года|лет|yıl|tahun|χρόνια|\
         έτος|έτη|roky|roků|år|vuotta|vuosi|ani|év|éve|рік|роки|років|سنة|سنوات|عام|أعوام|سال|שנים|שנה|वर्ष|साल|년|年|ปี|năm|години|година",
    ),
];

/// Dual nouns of Arabic and Hebrew: the number is in the word.
const DUALS: [(Unit, &str); 7] = [
    (Unit::Second, "ثانيتين|ثانيتان"),
    (Unit::Minute, "دقيقتين|دقيقتان"),
    (Unit::Hour, "ساعتين|ساعتان|שעתיים"),
    (Unit::Day, "يومين|يومان|יומיים"),
    (Unit::Week, "أسبوعين|أسبوعان|שבועיים"),
    (Unit::Month, "شهرين|شهران|חודשיים"),
    (Unit::Year, "سنتين|عامين|سنتان|عامان|שנתיים"),
];

/// Small numbers as words; Arabic ones as they stand before a plural.
const NUMBERS: [(u32, &str); 12] = [
    (
        1,
        "a|an|one|un|une|ein|eine|einer|einem|einen|una|uno|um|uma|een|jeden|jedną|один|одну|bir|se|en|ett|et|egy|o|ενα|μια|واحد|واحدة|یک|एक|jedna",
    ),
    (
        2,
        "two|deux|zwei|dos|due|dois|duas|twee|dwa|dwie|два|две|iki|dua|δυο|dva|dvě|to|två|kaksi|doi|două|két|אثنين|دو|दो",
    ),
    (3, "three|trois|drei|tres|tre|três|drie|trzy|три|üç|tiga|τρεις|tři|kolme|trei|három|ثلاث|ثلاثة|سه|तीन"),
    (
        4,
        "four|quatre|vier|cuatro|quattro|quatro|cztery|четыре|dört|empat|čtyři|fire|fyra|neljä|patru|négy|أربع|أربعة|چهار|चार",
    ),
    (5, "five|cinq|fünf|cinco|cinque|vijf|pięć|пять|beş|lima|pět|fem|viisi|cinci|öt|خمس|خمسة|پنج|पांच"),
    (6, "six|sechs|seis|sei|zes|sześć|шесть|altı|enam|šest|seks|sex|kuusi|șase|hat|ست|ستة|شش|छह"),
    (
        7,
        "seven|sept|sieben|siete|sette|sete|zeven|siedem|семь|yedi|tujuh|sedm|syv|sju|seitsemän|șapte|hét|سبع|سبعة|هفت|सात",
    ),
    (
        8,
        "eight|huit|acht|ocho|otto|oito|osiem|восемь|sekiz|delapan|osm|otte|åtta|kahdeksan|opt|nyolc|ثمان|ثماني|ثمانية|هشت|आठ",
    ),
    (
        9,
        "nine|neuf|neun|nueve|nove|negen|dziewięć|девять|dokuz|sembilan|devět|ni|nio|yhdeksän|nouă|kilenc|تسع|تسعة|نه|नौ",
    ),
    (10, "ten|dix|zehn|diez|dieci|dez|tien|dziesięć|десять|on|sepuluh|deset|ti|tio|kymmenen|zece|tíz|عشر|عشرة|ده|दस"),
    (11, "eleven"),
    (12, "twelve"),
];

/// Words before an amount that make it past.
const AGO_BEFORE: &str =
    "منذ|قبل|il y a|il ya|vor|hace|há|ha|πριν|πριν από|před|for|acum|לפני|пре|преди|moins de|حوالي|منذ حوالي";
/// Words after an amount that make it past.
const AGO_AFTER: &str = "ago|fa|geleden|siden|sedan|sitten|temu|назад|тому назад|önce|lalu|yang lalu|тому|پیش|قبل|पहले|पहल|前|전|ที่แล้ว|ก่อน|ที่ผ่านมา|前に|之前|पूर्व|πριν|trước|atrás|ezelőtt|\
     earlier|före|مضت|dernière|před|pred";
/// Words before an amount that make it future.
const FUTURE_BEFORE: &str =
    "in|dans|en|im|za|σε|dalam|tra|fra|over|om|dentro de|dentro|em|daqui a|через|за|بعد|خلال|peste|för";
/// Words that may stand inside an amount.
const AMOUNT_FILLERS: &str = "and|et|und|y|e|i|en|og|och|ja|ve|dan|και|si|și|és|и|и|та|a|و|about|environ|etwa|cerca|de|cerca de|circa|ungefähr|около|约|約|حوالي|نحو|من|ما يقرب من|just|over|almost|از|απο|από|prieš|před|pred";
/// Words that name a day relative to today.
const RELATIVE_DAYS: [(i8, &str); 5] = [
    (
        0,
        "today|aujourd'hui|aujourd hui|heute|hoy|oggi|hoje|vandaag|dzisiaj|dziś|сегодня|bugün|hari ini|σήμερα|dnes|i dag|idag|tänään|azi|astăzi|ma|\
         сьогодні|اليوم|امروز|היום|आज|오늘|今天|今日|วันนี้|本日|きょう|hôm nay|днес",
    ),
    (
        -1,
        "yesterday|hier|gestern|ayer|ieri|ontem|gisteren|wczoraj|вчера|dün|kemarin|χθες|χτες|včera|i går|igår|eilen|tegnap|вчора|\
         أمس|الأمس|يوم أمس|البارحة|ديروز|دیروز|אתמול|कल|어제|昨天|昨日|เมื่อวาน|เมื่อวานนี้|วานนี้|きのう|אמש|hôm qua|снощи",
    ),
    (
        -2,
        "the day before yesterday|day before yesterday|avant-hier|avant hier|vorgestern|anteayer|anteontem|l'altro ieri|eergisteren|przedwczoraj|\
         позавчера|evvelsi gün|προχθές|předevčírem|i förrgår|toissapäivänä|alaltăieri|tegnapelőtt|позавчора|أول أمس|أمس الأول|پریروز|שלשום|그제|前天|一昨日|おととい|เมื่อวานซืน|परसों",
    ),
    (
        2,
        "day after tomorrow|the day after tomorrow|après-demain|übermorgen|pasado mañana|dopodomani|послезавтра|بعد غد",
    ),
    (
        1,
        "tomorrow|demain|morgen|mañana|domani|amanhã|jutro|завтра|yarın|besok|αύριο|zítra|i morgon|imorgen|huomenna|mâine|holnap|غدا|فردا|מחר|내일|明天|明日",
    ),
];
/// Words for the moment itself.
const NOW: &str = "now|just now|maintenant|à l'instant|a l instant|jetzt|gerade eben|ahora|adesso|agora|nu|teraz|сейчас|только что|şimdi|az önce|sekarang|τώρα|teď|\
     الآن|قبل قليل|منذ قليل|منذ لحظات|قبل لحظات|اکنون|עכשיו|अभी|방금|刚刚|剛剛|たった今|เมื่อสักครู่|เมื่อครู่|เมื่อครู่นี้|לפני רגע|זה עתה|ממש עכשיו|μόλις τώρα|πριν από λίγο|πριν λίγο|अभी अभी|لحظاتی پیش|دقایقی پیش|هم اکنون";

/// Words that announce a time of day.
const TIME_INTRODUCERS: &str = "at|à|a|as|às|ás|um|kl|klo|klokken|ore|ora|alle|o|o godz|godz|в|о|у|saat|jam|pukul|om|a las|στις|v|الساعة|ساعت|เวลา|lúc|ساعة|בשעה|ώρα";

/// Zones by abbreviation or city. An abbreviation that names two zones (IST, CST in Asia) goes by its most frequent use
/// in feeds; `AST` means Arabia in Arabic text and the Atlantic elsewhere.
const ZONES: &[(&str, Zone)] = &[
    ("utc|gmt|z|ut|uct|غرينتش|جرينتش|غرينيتش|جرينيتش|غرينتش الموحد|greenwich|мск гринвич", Zone::Fixed(0)),
    ("est", Zone::Fixed(-5 * 3600)),
    ("edt", Zone::Fixed(-4 * 3600)),
    ("cst", Zone::Fixed(-6 * 3600)),
    ("cdt", Zone::Fixed(-5 * 3600)),
    ("mst", Zone::Fixed(-7 * 3600)),
    ("mdt", Zone::Fixed(-6 * 3600)),
    ("pst", Zone::Fixed(-8 * 3600)),
    ("pdt", Zone::Fixed(-7 * 3600)),
    ("akst", Zone::Fixed(-9 * 3600)),
    ("hst", Zone::Fixed(-10 * 3600)),
    ("adt", Zone::Fixed(-3 * 3600)),
    ("et|eastern time", Zone::Place("America/New_York")),
    ("ct", Zone::Place("America/Chicago")),
    ("mt", Zone::Place("America/Denver")),
    ("pt|pacific time", Zone::Place("America/Los_Angeles")),
    ("at", Zone::Place("America/Halifax")),
    ("nst", Zone::Fixed(-12600)),
    ("brt|art", Zone::Fixed(-3 * 3600)),
    ("wet|azot", Zone::Fixed(0)),
    ("cet|mez|bst|west|wat", Zone::Fixed(3600)),
    ("cest|mesz|eet|sast|cat|met dst", Zone::Fixed(2 * 3600)),
    ("met", Zone::Fixed(3600)),
    (
        "eest|msk|мск|trt|tsi|ksa|eat|مكة المكرمة|مكة|السعودية|الرياض|بغداد|الكويت|الدوحة|قطر|صنعاء|عدن|المنامة|mecca",
        Zone::Fixed(3 * 3600),
    ),
    ("irst", Zone::Fixed(12600)),
    ("gst|دبي|أبوظبي|ابو ظبي|الإمارات|مسقط", Zone::Fixed(4 * 3600)),
    ("pkt", Zone::Fixed(5 * 3600)),
    ("ist", Zone::Fixed(19800)),
    ("ict|wib", Zone::Fixed(7 * 3600)),
    ("hkt|sgt|wita|awst|pht|myt", Zone::Fixed(8 * 3600)),
    ("jst|kst|wit", Zone::Fixed(9 * 3600)),
    ("aest", Zone::Fixed(10 * 3600)),
    ("aedt", Zone::Fixed(11 * 3600)),
    ("acst", Zone::Fixed(34200)),
    ("nzst", Zone::Fixed(12 * 3600)),
    ("nzdt", Zone::Fixed(13 * 3600)),
    ("القاهرة|مصر", Zone::Place("Africa/Cairo")),
    ("الجزائر", Zone::Place("Africa/Algiers")),
    ("تونس", Zone::Place("Africa/Tunis")),
    ("المغرب|الرباط", Zone::Place("Africa/Casablanca")),
    ("ليبيا|طرابلس", Zone::Place("Africa/Tripoli")),
    ("الخرطوم|السودان", Zone::Place("Africa/Khartoum")),
    ("بيروت|لبنان", Zone::Place("Asia/Beirut")),
    ("دمشق|سوريا", Zone::Place("Asia/Damascus")),
    ("القدس", Zone::Place("Asia/Jerusalem")),
    ("paris", Zone::Place("Europe/Paris")),
    ("london", Zone::Place("Europe/London")),
    ("new york", Zone::Place("America/New_York")),
];

/// Reigns that count their own years, by the year before their first: of Japan, and of the Republic of China.
const ERAS: [(u32, &str); 5] =
    [(2018, "令和"), (1988, "平成"), (1925, "昭和"), (1911, "大正"), (1911, "民國|民国|中華民國|中华民国")];

type Table<T> = LazyLock<HashMap<String, T>>;

static MONTH_TABLE: Table<Month> = LazyLock::new(|| {
    let mut table = HashMap::new();
    for (calendar, months) in
        [(Calendar::Jalali, &JALALI), (Calendar::Hijri, &HIJRI), (Calendar::Gregorian, &GREGORIAN)]
    {
        for (number, names) in (1u8..).zip(months) {
            add(&mut table, names, Month { calendar, number });
        }
    }
    table
});
static WEEKDAY_TABLE: Table<u8> = LazyLock::new(|| {
    let mut table = HashMap::new();
    for (number, names) in (1u8..).zip(WEEKDAYS) {
        add(&mut table, names, number);
    }
    table
});
static UNIT_TABLE: Table<Unit> = LazyLock::new(|| pairs(&UNITS));
static DUAL_TABLE: Table<Unit> = LazyLock::new(|| pairs(&DUALS));
static NUMBER_TABLE: Table<u32> = LazyLock::new(|| pairs(&NUMBERS));
static RELATIVE_DAY_TABLE: Table<i8> = LazyLock::new(|| pairs(&RELATIVE_DAYS));
static ZONE_TABLE: Table<Zone> = LazyLock::new(|| {
    let mut table = HashMap::new();
    for (names, zone) in ZONES {
        add(&mut table, names, *zone);
    }
    table
});
static HALF_TABLE: Table<Half> = LazyLock::new(|| pairs(&[(Half::Morning, MORNING), (Half::Afternoon, AFTERNOON)]));
static FILLER_TABLE: Table<()> = LazyLock::new(|| pairs(&[((), FILLERS)]));
static HIJRI_MARK_TABLE: Table<()> = LazyLock::new(|| pairs(&[((), HIJRI_MARKS)]));
static ERA_TABLE: Table<u32> = LazyLock::new(|| pairs(&ERAS));
static CURRENT_TABLE: Table<()> = LazyLock::new(|| pairs(&[((), CURRENT)]));
static AGO_BEFORE_TABLE: Table<()> = LazyLock::new(|| pairs(&[((), AGO_BEFORE)]));
static FUTURE_BEFORE_TABLE: Table<()> = LazyLock::new(|| pairs(&[((), FUTURE_BEFORE)]));
static AGO_AFTER_TABLE: Table<()> = LazyLock::new(|| pairs(&[((), AGO_AFTER)]));
static AMOUNT_FILLER_TABLE: Table<()> = LazyLock::new(|| pairs(&[((), AMOUNT_FILLERS)]));
static TIME_INTRODUCER_TABLE: Table<()> = LazyLock::new(|| pairs(&[((), TIME_INTRODUCERS)]));
static NOW_TABLE: Table<()> = LazyLock::new(|| pairs(&[((), NOW)]));

/// All names of these tables as they are written.
fn all_names() -> impl Iterator<Item = &'static str> {
    let lists: [&[&'static str]; 5] = [
        &GREGORIAN,
        &HIJRI,
        &JALALI,
        &WEEKDAYS,
        &[
            FILLERS,
            HIJRI_MARKS,
            CURRENT,
            MORNING,
            AFTERNOON,
            AGO_BEFORE,
            AGO_AFTER,
            FUTURE_BEFORE,
            AMOUNT_FILLERS,
            NOW,
            TIME_INTRODUCERS,
            "ast",
        ],
    ];
    let lists = lists.into_iter().flatten().copied();
    let lists = lists.chain(UNITS.iter().chain(&DUALS).map(|(_, names)| *names));
    let lists =
        lists.chain(NUMBERS.iter().map(|(_, names)| *names)).chain(RELATIVE_DAYS.iter().map(|(_, names)| *names));
    let lists = lists.chain(ERAS.iter().map(|(_, names)| *names));
    lists.chain(ZONES.iter().map(|(names, _)| *names)).flat_map(|names| names.split('|')).map(str::trim)
}

/// First words of all names, so that most words of a line cost one look.
static FIRST_WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let first =
        |name: &str| first_word(normalise(name).split([' ', '-', '.', '\'']).next().unwrap_or_default()).to_owned();
    all_names().map(first).collect()
});

/// Names in a script without blanks between words.
static JOINED: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| all_names().filter(|name| is_thai(name) && !name.contains('.')).collect());

fn is_thai(text: &str) -> bool {
    text.starts_with(|c| ('\u{0E00}'..='\u{0E7F}').contains(&c))
}

/// The first word of a run of letters: in Thai, which writes words without blanks, the longest name of these tables with
/// which it begins; else all of it.
pub(super) fn first_of_joined(run: &str) -> &str {
    /// Longest name of Thai, in letters and marks.
    const LONGEST: usize = 16;
    if !is_thai(run) {
        return run;
    }
    // A border before a vowel or tone mark would cut a letter.
    let ends = run.char_indices().skip(2).take(LONGEST).filter(|(_, c)| !is_combining_mark(*c)).map(|(end, _)| end);
    let longest = ends.filter(|end| JOINED.contains(&run[..*end])).last();
    longest.filter(|_| !JOINED.contains(run)).map_or(run, |end| &run[..end])
}

/// Whether some name of these tables begins with this word.
pub(super) fn begins_a_name(word: &str) -> bool {
    FIRST_WORDS.contains(word)
}

fn pairs<T: Copy>(rows: &[(T, &str)]) -> HashMap<String, T> {
    let mut table = HashMap::new();
    for (value, names) in rows {
        add(&mut table, names, *value);
    }
    table
}

fn add<T: Copy>(table: &mut HashMap<String, T>, names: &str, value: T) {
    for name in names.split('|') {
        table.insert(normalise(name.trim()), value);
    }
}

pub(super) fn month(name: &str) -> Option<Month> {
    MONTH_TABLE.get(name).copied()
}

/// The Gregorian year before the first of an era.
pub(super) fn era(name: &str) -> Option<u32> {
    ERA_TABLE.get(name).copied()
}

/// Monday is 1.
pub(super) fn weekday(name: &str) -> Option<u8> {
    WEEKDAY_TABLE.get(name).copied()
}

pub(super) fn unit(name: &str) -> Option<Unit> {
    UNIT_TABLE.get(name).copied()
}

pub(super) fn dual(name: &str) -> Option<Unit> {
    DUAL_TABLE.get(name).copied()
}

pub(super) fn number(name: &str) -> Option<u32> {
    NUMBER_TABLE.get(name).copied()
}

pub(super) fn relative_day(name: &str) -> Option<i8> {
    RELATIVE_DAY_TABLE.get(name).copied()
}

pub(super) fn zone(name: &str) -> Option<Zone> {
    ZONE_TABLE.get(name).copied()
}

pub(super) fn half(name: &str) -> Option<Half> {
    HALF_TABLE.get(name).copied()
}

pub(super) fn is_filler(name: &str) -> bool {
    FILLER_TABLE.contains_key(name) || WEEKDAY_TABLE.contains_key(name)
}

pub(super) fn is_hijri_mark(name: &str) -> bool {
    HIJRI_MARK_TABLE.contains_key(name)
}

pub(super) fn means_current_year(name: &str) -> bool {
    CURRENT_TABLE.contains_key(name)
}

pub(super) fn is_ago_before(name: &str) -> bool {
    AGO_BEFORE_TABLE.contains_key(name)
}

pub(super) fn is_future_before(name: &str) -> bool {
    FUTURE_BEFORE_TABLE.contains_key(name)
}

pub(super) fn is_ago_after(name: &str) -> bool {
    AGO_AFTER_TABLE.contains_key(name)
}

pub(super) fn is_amount_filler(name: &str) -> bool {
    AMOUNT_FILLER_TABLE.contains_key(name)
}

pub(super) fn introduces_time(name: &str) -> bool {
    TIME_INTRODUCER_TABLE.contains_key(name)
}

pub(super) fn means_now(name: &str) -> bool {
    NOW_TABLE.contains_key(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_two_months() {
        let mut seen: HashMap<String, Month> = HashMap::new();
        for (calendar, months) in
            [(Calendar::Jalali, &JALALI), (Calendar::Hijri, &HIJRI), (Calendar::Gregorian, &GREGORIAN)]
        {
            for (number, names) in (1u8..).zip(months) {
                for name in names.split('|') {
                    let month = Month { calendar, number };
                    let before = seen.insert(normalise(name.trim()), month);
                    assert!(before.is_none_or(|it| it == month), "{name}: {before:?} and {month:?}");
                }
            }
        }
    }

    #[test]
    fn no_name_has_more_words_than_are_looked_at() {
        let counts = |table: &HashMap<String, Month>| table.keys().map(|name| name.split(' ').count()).max();
        assert!(counts(&MONTH_TABLE).is_some_and(|most| most <= MAX_WORDS));
    }
}
