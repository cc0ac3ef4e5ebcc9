//! The language of a text, from what the page declares, what the profile says, and the text itself.

use whatlang::{Detector, Lang, Script};

use super::first_chars;
use crate::model::Extractor;
use crate::model::letters::is_letter;

/// How much of a text is looked at, in characters.
const WINDOW: usize = 3000;
/// Letters below which the text is too short to overrule a declaration.
const ENOUGH_LETTERS: usize = 40;

/// The language as a lower-case primary subtag, and who says so.
///
/// `declared` is `<html lang>` or `og:locale`, `profile` what the site's profile states. The script of the text must
/// agree with a declaration: an Arabic text under `lang="en"` is Arabic. Without a usable declaration the text is
/// judged by its letters and trigrams. `None` if nothing tells.
pub fn detect(declared: Option<&str>, profile: Option<&str>, sample: &str) -> Option<(String, Extractor)> {
    let letters = Letters::count(sample);
    if let Some(language) = profile.and_then(primary_subtag) {
        return Some((language, Extractor::Profile));
    }
    let declared = declared.and_then(primary_subtag);
    if let Some(language) = declared.as_deref().filter(|it| letters.allow(it)) {
        return Some((language.to_owned(), Extractor::Meta));
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

fn from_text(sample: &str, letters: &Letters) -> Option<String> {
    if letters.total == 0 {
        return None;
    }
    if letters.arabic * 2 > letters.total {
        return Some(letters.in_arabic_script().to_owned());
    }
    let sample: String = sample.chars().take(WINDOW).collect();
    let info = Detector::new().detect(&sample)?;
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

    fn check(declared: Option<&str>, profile: Option<&str>, sample: &str, expected: Option<(&str, Extractor)>) {
        let found = detect(declared, profile, sample);
        assert_eq!(found.as_ref().map(|(language, by)| (language.as_str(), *by)), expected, "{declared:?} {sample}");
    }

    #[test]
    fn a_declaration_is_believed_unless_the_letters_deny_it() {
        check(Some("en-US"), None, ENGLISH, Some(("en", Extractor::Meta)));
        check(Some("en"), None, ARABIC, Some(("ar", Extractor::Text)));
        check(Some("ar_SA"), None, ARABIC, Some(("ar", Extractor::Meta)));
        check(Some("ar"), None, PERSIAN, Some(("fa", Extractor::Text)));
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
