//! Bylines and heads of texts: names alone, agencies apart, places off; and lines about the page that are no text.

use super::{PROSE, article, page};
use murasil::model::Article;

fn with_byline(byline: &str) -> Article {
    article(&page("A bridge is built over the river", "", &format!("<p class=byline>{byline}</p>{PROSE}")))
}

fn agency(found: &Article) -> &str {
    found.agency.as_ref().map(|found| found.value.as_str()).unwrap_or_default()
}

/// Where nobody is named, the agency or newsroom that signs is the author.
#[test]
fn bylines_name_people_without_places_offices_and_agencies() {
    for (byline, authors, wire) in [
        ("دبي – العربية.نت", &["العربية.نت"][..], ""),
        ("رام الله - محمد علي", &["محمد علي"], ""),
        ("عمان - بترا", &["بترا"], "Petra"),
        ("القاهرة (أ ف ب)", &["أ ف ب"], "AFP"),
        ("بغداد/ واع", &["واع"], "INA"),
        ("القاهرة - محمد علي - رويترز", &["محمد علي"], "Reuters"),
        ("بقلم رئيس التحرير أحمد منصور", &["أحمد منصور"], ""),
        ("بقلم الكاتب والمحلل السياسي خالد منصور", &["خالد منصور"], ""),
        ("مراسلنا في بيروت: علي حسين", &["علي حسين"], ""),
        ("Par Jean Dupont avec AFP", &["Jean Dupont"], "AFP"),
        ("By Ann Mason of The Harbour Post", &["Ann Mason"], ""),
        ("Von unserem Korrespondenten Karl Müller", &["Karl Müller"], ""),
        ("Texte: Anne Roy et Luc Besson", &["Anne Roy", "Luc Besson"], ""),
        ("김철수 기자", &["김철수"], ""),
    ] {
        let found = with_byline(byline);
        let names = found.authors.as_ref().map(|found| found.value.clone()).unwrap_or_default();
        assert_eq!(
            (names.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), agency(&found)),
            (authors, wire),
            "{byline}"
        );
    }
}

const ARABIC: &str =
    "قال رئيس البلدية إن أعمال ترميم الجسر القديم ستبدأ في الأسبوع المقبل بعد أن وافق المجلس على الميزانية.";

fn arabic(head: &str, line: &str) -> Article {
    let body = format!("<p>{head}{ARABIC}</p><p>وأضاف: {ARABIC}</p>{line}<p>وكان السكان قد طالبوا بذلك. {ARABIC}</p>");
    article(&page("البلدية تقر ترميم الجسر القديم", "", &body))
}

#[test]
fn the_head_of_a_text_names_place_and_agency() {
    for (head, place, wire) in [
        ("القاهرة - أ ش أ: ", "القاهرة", "MENA"),
        ("الرياض - واس: ", "الرياض", "SPA"),
        ("بيروت - \"رويترز\": ", "بيروت", "Reuters"),
        ("القاهرة — رويترز — ", "القاهرة", "Reuters"),
        ("واشنطن – (أ ب) – ", "واشنطن", "AP"),
        ("غزة/ الأناضول: ", "غزة", "Anadolu"),
    ] {
        let found = arabic(head, "");
        assert_eq!(found.dateline.as_ref().map(|it| it.value.as_str()), Some(place), "{head}");
        assert_eq!(agency(&found), wire, "{head}");
    }
}

#[test]
fn lines_that_ask_to_follow_share_or_accept_are_no_text() {
    for line in [
        "تابعوا آخر الأخبار عبر قناتنا على تلغرام",
        "تابعوا آخر الأخبار عبر قناتنا على تلغرام.",
        "شارك هذا الخبر",
        "By continuing to browse you accept cookies.",
        "Si continúa navegando, acepta el uso de cookies.",
    ] {
        let found = arabic("", &format!("<p>{line}</p>"));
        assert_eq!(found.paragraphs().len(), 3, "{line}");
    }
    let head = page("A bridge is built", "", &format!("<p>By continuing to browse you accept cookies.</p>{PROSE}"));
    assert_eq!(article(&head).paragraphs().len(), 3);
    for line in [
        "تابع الوزير قائلا إن العمل يمضي وفق الخطة المعلنة في الصيف الماضي.",
        "تابعوا المباراة الأخيرة على شاشة كبيرة في الساحة وسط حضور كثيف.",
        "شارك الخبراء في ندوة عن الجسور القديمة في المدينة يوم الأحد الماضي.",
    ] {
        assert_eq!(arabic("", &format!("<p>{line}</p>")).paragraphs().len(), 4, "{line}");
    }
}
