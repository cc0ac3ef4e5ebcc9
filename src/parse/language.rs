//! The language of a text, from what the page declares, what the profile says, and the text itself.

use whatlang::{Detector, Lang, Script};

use super::first_chars;
use crate::model::Extractor;
use crate::model::letters::is_letter;

/// How much of a text is looked at, in characters.
const WINDOW: usize = 3000;
/// Letters below which the text is too short to overrule a declaration.
const ENOUGH_LETTERS: usize = 40;
/// The same where it is written in the letters of the declared language.
const MANY_LETTERS: usize = 200;
/// Words at the beginning of a text among which some of the commonest of its language stand.
const FIRST_WORDS: usize = 60;
/// Of so many words at least one is of the commonest; real texts have three or four times as many.
const ONE_OF: usize = 12;

/// The language as a lower-case primary subtag, and who says so.
///
/// `declared` is `<html lang>` or `og:locale`, `profile` what the site's profile states. The script of the text must
/// agree with a declaration, and its commonest words: an Arabic text under `lang="en"` is Arabic, a Turkish one Turkish.
/// Without a usable declaration the text is judged by its letters and trigrams. `None` if nothing tells.
pub fn detect(declared: Option<&str>, profile: Option<&str>, sample: &str) -> Option<(String, Extractor)> {
    let letters = Letters::count(sample);
    if let Some(language) = profile.and_then(primary_subtag) {
        return Some((language, Extractor::Profile));
    }
    let declared = declared.and_then(primary_subtag);
    if let Some(language) = declared.as_deref().filter(|it| letters.allow(it)) {
        let other = (letters.total >= MANY_LETTERS && lacks_words_of(language, sample)).then(|| reliable(sample));
        return Some(match other.flatten().filter(|other| !is_same(other, language)) {
            Some(other) => (other.to_owned(), Extractor::Text),
            None => (language.to_owned(), Extractor::Meta),
        });
    }
    from_text(sample, &letters).map(|language| (language, Extractor::Text)).or_else(|| {
        let declared = declared.filter(|_| letters.total < ENOUGH_LETTERS)?;
        Some((declared, Extractor::Meta))
    })
}

/// `ar` of `ar-SA`, `ar_SA` or `AR`; `None` for what is no language tag.
fn primary_subtag(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_', ',', ';', ' ']).next()?.to_ascii_lowercase();
    let plausible = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase());
    (plausible && !matches!(primary.as_str(), "und" | "mul" | "zxx" | "mis")).then_some(primary)
}

/// How many letters of each family a text has.
#[derive(Default)]
struct Letters {
    total: usize,
    arabic: usize,
    persian: usize,
    urdu: usize,
    latin: usize,
    cyrillic: usize,
    greek: usize,
    hebrew: usize,
}

impl Letters {
    fn count(sample: &str) -> Letters {
        let mut letters = Letters::default();
        let sample = first_chars(sample, WINDOW);
        letters.latin = sample.bytes().filter(u8::is_ascii_alphabetic).count();
        letters.total = letters.latin;
        for c in sample.chars().filter(|c| !c.is_ascii() && is_letter(*c)) {
            letters.total += 1;
            match c {
                'ٹ' | 'ڈ' | 'ڑ' | 'ں' | 'ے' | 'ھ' | 'ہ' => {
                    letters.urdu += 1;
                    letters.arabic += 1;
                }
                'پ' | 'چ' | 'ژ' | 'گ' | 'ی' | 'ک' => {
                    letters.persian += 1;
                    letters.arabic += 1;
                }
                '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' | '\u{FB50}'..='\u{FEFC}' => letters.arabic += 1,
                '\u{00C0}'..='\u{024F}' | '\u{1E00}'..='\u{1EFF}' => letters.latin += 1,
                '\u{0400}'..='\u{052F}' => letters.cyrillic += 1,
                '\u{0370}'..='\u{03FF}' => letters.greek += 1,
                '\u{0590}'..='\u{05FF}' => letters.hebrew += 1,
                _ => {}
            }
        }
        letters
    }

    /// Whether a text in this language may look like this.
    fn allow(&self, language: &str) -> bool {
        if self.total < ENOUGH_LETTERS {
            return true;
        }
        let mostly = |count: usize| count * 2 > self.total;
        match language {
            "ar" => mostly(self.arabic) && self.in_arabic_script() == "ar",
            "fa" | "ur" | "ps" | "ug" | "ckb" | "sd" => mostly(self.arabic),
            "he" | "yi" => mostly(self.hebrew),
            "ru" | "uk" | "bg" | "be" | "mk" => mostly(self.cyrillic),
            "el" => mostly(self.greek),
            "en" | "fr" | "de" | "es" | "it" | "pt" | "nl" | "sv" | "da" | "no" | "nb" | "fi" | "pl" | "cs" | "tr" => {
                mostly(self.latin)
            }
            _ => true,
        }
    }

    /// Arabic, Persian or Urdu by the letters that only the latter two have.
    fn in_arabic_script(&self) -> &'static str {
        if self.urdu * 20 > self.arabic {
            "ur"
        } else if self.persian * 25 > self.arabic {
            "fa"
        } else {
            "ar"
        }
    }
}

/// Whether hardly any of the commonest words of a language stand at the beginning of a text; false for languages whose
/// words are not known here.
fn lacks_words_of(language: &str, sample: &str) -> bool {
    let Some(common) = common_words(language) else { return false };
    let is_common = |word: &str| match word.len() {
        0..=8 if word.is_ascii() => common.iter().any(|known| word.eq_ignore_ascii_case(known)),
        0..=8 => common.contains(&word.to_lowercase().as_str()),
        _ => false,
    };
    let mut words = sample.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).take(FIRST_WORDS);
    let (mut all, mut found) = (0, 0);
    let enough = words.any(|word| {
        all += 1;
        found += usize::from(is_common(word));
        found * ONE_OF >= FIRST_WORDS
    });
    !enough && found * ONE_OF < all
}

/// The commonest words of the languages that pages most often declare, right or wrong.
fn common_words(language: &str) -> Option<&'static [&'static str]> {
    Some(match language {
        "en" => {
            &["the", "of", "and", "to", "a", "in", "is", "that", "for", "was", "with", "on", "it", "as", "said", "by"]
        }
        "fr" => &[
            "le", "la", "les", "de", "des", "du", "et", "un", "une", "en", "est", "que", "qui", "dans", "pour", "l",
            "d",
        ],
        "de" => &[
            "der", "die", "das", "und", "in", "den", "von", "zu", "mit", "ist", "des", "ein", "eine", "im", "auf",
            "nicht",
        ],
        "es" => {
            &["el", "la", "los", "las", "de", "del", "y", "que", "en", "un", "una", "se", "por", "con", "para", "es"]
        }
        "it" => &[
            "il", "la", "le", "di", "e", "che", "un", "una", "in", "del", "della", "per", "con", "non", "è", "si", "l",
            "i",
        ],
        "pt" => {
            &["o", "a", "os", "as", "de", "do", "da", "e", "que", "em", "um", "uma", "para", "com", "no", "na", "não"]
        }
        "nl" => &["de", "het", "een", "van", "en", "in", "is", "dat", "op", "te", "met", "voor", "zijn", "niet", "die"],
        "sv" => &["och", "i", "att", "det", "som", "en", "på", "är", "av", "för", "med", "den", "till", "har", "inte"],
        "da" | "no" | "nb" => &[
            "og", "i", "at", "å", "det", "som", "en", "er", "på", "for", "av", "af", "med", "den", "til", "har",
            "ikke", "de",
        ],
        "fi" => &["ja", "on", "ei", "että", "se", "oli", "ovat", "myös", "kun", "hän", "joka", "mutta", "sen", "ole"],
        "pl" => &["w", "i", "na", "z", "do", "się", "nie", "jest", "to", "że", "o", "od", "po", "jak", "przez"],
        "cs" => &["a", "v", "na", "se", "je", "že", "s", "z", "to", "do", "o", "by", "ve", "za", "jsou", "pro", "i"],
        "tr" => &[
            "ve", "bir", "bu", "da", "de", "için", "ile", "olarak", "en", "çok", "olan", "daha", "göre", "sonra",
            "gibi",
        ],
        _ => return None,
    })
}

/// Whether two subtags mean the same: Norwegian has three.
fn is_same(one: &str, other: &str) -> bool {
    let norwegian = |tag: &str| matches!(tag, "no" | "nb" | "nn");
    one == other || norwegian(one) && norwegian(other)
}

/// The language of a text whose trigrams leave no doubt.
fn reliable(sample: &str) -> Option<&'static str> {
    let info = Detector::new().detect(first_chars(sample, WINDOW))?;
    info.is_reliable().then(|| two_letters(info.lang()))
}

fn from_text(sample: &str, letters: &Letters) -> Option<String> {
    if letters.total == 0 {
        return None;
    }
    if letters.arabic * 2 > letters.total {
        return Some(letters.in_arabic_script().to_owned());
    }
    let info = Detector::new().detect(first_chars(sample, WINDOW))?;
    let tells_by_script = !matches!(info.script(), Script::Latin | Script::Cyrillic | Script::Devanagari);
    (info.is_reliable() || tells_by_script || letters.total >= 60).then(|| two_letters(info.lang()).to_owned())
}

/// ISO 639-1 for the languages that whatlang knows; its own three letters where there is none.
fn two_letters(language: Lang) -> &'static str {
    #[rustfmt::skip]
    const TABLE: &[(Lang, &str)] = &[
        (Lang::Epo, "eo"), (Lang::Eng, "en"), (Lang::Rus, "ru"), (Lang::Cmn, "zh"), (Lang::Spa, "es"),
        (Lang::Por, "pt"), (Lang::Ita, "it"), (Lang::Ben, "bn"), (Lang::Fra, "fr"), (Lang::Deu, "de"),
        (Lang::Ukr, "uk"), (Lang::Kat, "ka"), (Lang::Ara, "ar"), (Lang::Hin, "hi"), (Lang::Jpn, "ja"),
        (Lang::Heb, "he"), (Lang::Yid, "yi"), (Lang::Pol, "pl"), (Lang::Amh, "am"), (Lang::Jav, "jv"),
        (Lang::Kor, "ko"), (Lang::Nob, "no"), (Lang::Dan, "da"), (Lang::Swe, "sv"), (Lang::Fin, "fi"),
        (Lang::Tur, "tr"), (Lang::Nld, "nl"), (Lang::Hun, "hu"), (Lang::Ces, "cs"), (Lang::Ell, "el"),
        (Lang::Bul, "bg"), (Lang::Bel, "be"), (Lang::Mar, "mr"), (Lang::Kan, "kn"), (Lang::Ron, "ro"),
        (Lang::Slv, "sl"), (Lang::Hrv, "hr"), (Lang::Srp, "sr"), (Lang::Mkd, "mk"), (Lang::Lit, "lt"),
        (Lang::Lav, "lv"), (Lang::Est, "et"), (Lang::Tam, "ta"), (Lang::Vie, "vi"), (Lang::Urd, "ur"),
        (Lang::Tha, "th"), (Lang::Guj, "gu"), (Lang::Uzb, "uz"), (Lang::Pan, "pa"), (Lang::Aze, "az"),
        (Lang::Ind, "id"), (Lang::Tel, "te"), (Lang::Pes, "fa"), (Lang::Mal, "ml"), (Lang::Ori, "or"),
        (Lang::Mya, "my"), (Lang::Nep, "ne"), (Lang::Sin, "si"), (Lang::Khm, "km"), (Lang::Tuk, "tk"),
        (Lang::Zul, "zu"), (Lang::Sna, "sn"), (Lang::Afr, "af"), (Lang::Lat, "la"), (Lang::Slk, "sk"),
        (Lang::Cat, "ca"), (Lang::Tgl, "tl"), (Lang::Hye, "hy"), (Lang::Cym, "cy"), (Lang::Aka, "ak"),
    ];
    TABLE.iter().find(|(it, _)| *it == language).map_or(language.code(), |(_, code)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARABIC: &str = "قالت الصحيفة إن الوزير افتتح اليوم المدرسة الجديدة في العاصمة بحضور عدد كبير من السكان";
    const PERSIAN: &str =
        "وزیر آموزش گفت که مدرسه جدید در پایتخت با حضور شمار زیادی از مردم گشایش یافت و چند برنامه دیگر";
    const URDU: &str = "وزیر نے کہا ہے کہ نیا اسکول دارالحکومت میں کھول دیا گیا ہے اور بہت سے لوگ وہاں موجود تھے";
    const ENGLISH: &str = "The minister said on Monday that the new school would be opened before the end of the year.";
    const FRENCH: &str = "Le ministre a déclaré lundi que la nouvelle école serait ouverte avant la fin de l'année.";

    const LONG_TURKISH: &str = "Belediye başkanı pazartesi günü yaptığı açıklamada yeni okulun yıl sonuna kadar açılacağını \
        söyledi. Açılışa çok sayıda vatandaş katıldı ve bölgedeki ulaşım sorunlarının bu proje ile birlikte çözüleceği \
        belirtildi. Yetkililer önümüzdeki ay için başka bir toplantı daha planladıklarını bildirdi.";
    const LONG_GERMAN: &str = "Der Bürgermeister sagte am Montag, dass die neue Schule vor dem Ende des Jahres eröffnet werde. \
        Viele Bürger kamen zur Feier, und die Stadt will im nächsten Jahr auch die Straße erneuern. Das Geld dafür stammt \
        nach seinen Worten vom Land und von einem Verein, der sich seit langem um die Kinder kümmert.";
    const LONG_INDONESIAN: &str = "Wali kota mengatakan pada hari Senin bahwa sekolah baru itu akan dibuka sebelum akhir tahun. \
        Banyak warga datang ke acara tersebut dan pemerintah akan memperbaiki jalan di sekitarnya tahun depan. Dana untuk \
        pekerjaan ini berasal dari provinsi dan dari sebuah yayasan yang sudah lama bekerja untuk anak-anak.";

    fn check(declared: Option<&str>, profile: Option<&str>, sample: &str, expected: Option<(&str, Extractor)>) {
        let found = detect(declared, profile, sample);
        assert_eq!(found.as_ref().map(|(language, by)| (language.as_str(), *by)), expected, "{declared:?} {sample}");
    }

    #[test]
    fn a_declaration_is_believed_unless_letters_or_words_deny_it() {
        check(Some("en-US"), None, ENGLISH, Some(("en", Extractor::Meta)));
        check(Some("en"), None, ARABIC, Some(("ar", Extractor::Text)));
        check(Some("ar_SA"), None, ARABIC, Some(("ar", Extractor::Meta)));
        check(Some("ar"), None, PERSIAN, Some(("fa", Extractor::Text)));
        for (text, language) in [(LONG_TURKISH, "tr"), (LONG_GERMAN, "de"), (LONG_INDONESIAN, "id")] {
            check(Some("en-US"), None, text, Some((language, Extractor::Text)));
            check(Some("fr"), None, text, Some((language, Extractor::Text)));
            check(Some(language), None, text, Some((language, Extractor::Meta)));
        }
        check(Some("fr"), None, &ENGLISH.repeat(4), Some(("en", Extractor::Text)));
        check(Some("en"), None, FRENCH, Some(("en", Extractor::Meta)));
        check(Some("fr"), None, "", Some(("fr", Extractor::Meta)));
        check(None, Some("ar"), ARABIC, Some(("ar", Extractor::Profile)));
    }

    #[test]
    fn without_a_declaration_the_text_tells() {
        check(None, None, ARABIC, Some(("ar", Extractor::Text)));
        check(None, None, PERSIAN, Some(("fa", Extractor::Text)));
        check(None, None, URDU, Some(("ur", Extractor::Text)));
        check(None, None, ENGLISH, Some(("en", Extractor::Text)));
        check(Some("x-default"), None, FRENCH, Some(("fr", Extractor::Text)));
        check(None, None, "", None);
    }
}
