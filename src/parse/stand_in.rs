//! Pages that stand in an article's place although the server says 200: error pages, bot challenges, default pages.
//!
//! They are known by what their title or first heading says in full, never by a word inside it, and only where there is
//! hardly any text beside: an article about a missing page has one.

use super::scan::{BlockKind, Scan, collapse};

/// An error page has less text of its own than this, in characters.
const MOST_TEXT: usize = 1_500;
/// So has a challenge, and without a telling title it has hardly any.
const MOST_TEXT_OF_CHALLENGE: usize = 400;
/// Headings that are looked at.
const MAX_HEADINGS: usize = 3;
/// Bytes of the page in which the marks of challenges are looked for.
const HEAD_BYTES: usize = 64 << 10;

/// Titles and headings of error pages and default pages, whole or as a part between separators; lower case.
const ERRORS: &[&str] = &[
    "404",
    "404 error",
    "404 not found",
    "404 page not found",
    "error 404",
    "http 404",
    "not found",
    "page not found",
    "page not found!",
    "page not found (404)",
    "file not found",
    "article not found",
    "sorry, page not found",
    "oops! page not found",
    "page does not exist",
    "this page does not exist",
    "this page could not be found",
    "the page could not be found",
    "the page cannot be found",
    "the page you requested could not be found",
    "the page you are looking for could not be found",
    "the page you are looking for does not exist",
    "page no longer available",
    "410 gone",
    "403 forbidden",
    "403 - forbidden",
    "forbidden",
    "access denied",
    "internal server error",
    "500 internal server error",
    "502 bad gateway",
    "bad gateway",
    "503 service unavailable",
    "service unavailable",
    "service temporarily unavailable",
    "error establishing a database connection",
    "site under maintenance",
    "under maintenance",
    "down for maintenance",
    "account suspended",
    "this account has been suspended",
    "welcome to nginx!",
    "apache2 default page",
    "الصفحة غير موجودة",
    "الصفحة غير متوفرة",
    "الصفحة المطلوبة غير موجودة",
    "صفحة غير موجودة",
    "عفوا الصفحة غير موجودة",
    "لم يتم العثور على الصفحة",
    "لم يتم العثور على الصفحة المطلوبة",
    "الخبر غير موجود",
    "المقال غير موجود",
    "خطأ 404",
    "الموقع تحت الصيانة",
    "page introuvable",
    "page non trouvée",
    "cette page n'existe pas",
    "erreur 404",
    "seite nicht gefunden",
    "fehler 404",
    "página no encontrada",
    "página não encontrada",
    "pagina non trovata",
    "pagina niet gevonden",
    "страница не найдена",
    "sayfa bulunamadı",
    "صفحه یافت نشد",
    "صفحه مورد نظر یافت نشد",
    "صفحه مورد نظر پیدا نشد",
    "خطای 404",
    "ошибка 404",
    "η σελίδα δεν βρέθηκε",
    "הדף לא נמצא",
    "העמוד לא נמצא",
    "ページが見つかりません",
    "ページが見つかりませんでした",
    "お探しのページは見つかりません",
    "页面不存在",
    "找不到页面",
    "ไม่พบหน้าที่คุณต้องการ",
    "पृष्ठ नहीं मिला",
];

/// Titles of challenges.
const CHALLENGES: &[&str] = &[
    "just a moment",
    "attention required!",
    "checking your browser",
    "verifying you are human",
    "are you a robot?",
    "are you human?",
    "human verification",
    "security check",
    "pardon our interruption",
    "access to this page has been denied",
    "ddos-guard",
    "please verify you are a human",
];

/// Parts of the code of challenges; ordinary pages of the same services have some of them, too.
const MARKS: &[&str] = &[
    "_cf_chl_opt",
    "captcha-delivery.com",
    "px-captcha",
    "_incapsula_resource",
    "sucuri_cloudproxy",
    "awswafcookiedomainlist",
    "/.well-known/sgcaptcha",
];

/// What stands in the article's place; `None` if nothing betrays it.
///
/// `text_chars` counts the characters of the page's body text, `source` is the page as it arrived, decoded.
pub(crate) fn recognise(scan: &Scan, title: Option<&str>, source: &str, text_chars: usize) -> Option<String> {
    if text_chars >= MOST_TEXT {
        return None;
    }
    let title = title.map(str::to_lowercase);
    let headings = headings(scan);
    let said: Vec<&str> = title.iter().chain(&headings).flat_map(|text| parts(text)).collect();
    if let Some(phrase) = CHALLENGES.iter().find(|phrase| said.contains(*phrase)) {
        return Some(format!("a bot challenge: \"{phrase}\""));
    }
    if let Some(phrase) = ERRORS.iter().find(|phrase| said.contains(*phrase)) {
        return Some(format!("an error page: \"{phrase}\""));
    }
    if scan.text.len() < MOST_TEXT_OF_CHALLENGE {
        let head = source[..source.floor_char_boundary(HEAD_BYTES)].to_ascii_lowercase();
        let mark = MARKS.iter().find(|mark| head.contains(*mark))?;
        return Some(format!("a bot challenge: {mark}"));
    }
    None
}

/// The first headings, lower case.
fn headings(scan: &Scan) -> Vec<String> {
    let headings = scan.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Heading(1 | 2)));
    let texts = headings.take(MAX_HEADINGS).map(|block| scan.text.get(block.range.clone()).unwrap_or_default());
    texts.filter(|text| text.len() < 500).map(|text| collapse(text).to_lowercase()).collect()
}

/// A title, and its parts between separators, without dots and blanks at their ends.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let split = [" - ", " | ", " – ", " — ", " :: ", " » ", ": "];
    let pieces = split.into_iter().flat_map(move |separator| text.split(separator));
    std::iter::once(text).chain(pieces).map(|part| part.trim_matches(['.', '…', ' ']))
}

#[cfg(test)]
mod tests {
    use super::super::article::meta::Metas;
    use super::super::scan::scan;
    use super::super::tree::Tree;
    use super::*;

    fn of(page: &str, text_chars: usize) -> Option<String> {
        let tree = Tree::parse(page);
        let scan = scan(&tree);
        recognise(&scan, Metas::read(&scan).title.as_deref(), page, text_chars)
    }

    #[test]
    fn an_error_page_is_known_by_what_it_says_in_full() {
        for page in [
            "<title>404 Not Found</title><h1>Not Found</h1><p>The requested URL was not found.",
            "<title>Page not found | The Daily</title><p>Sorry.",
            "<title>The Daily</title><h1>الصفحة غير موجودة</h1>",
            "<title>Seite nicht gefunden – Zeitung</title>",
            "<title>Error establishing a database connection</title>",
        ] {
            assert!(of(page, 100).is_some_and(|what| what.starts_with("an error page")), "{page}");
        }
        for page in [
            "<title>Lost hikers not found after three days | The Daily</title><h1>Lost hikers not found</h1>",
            "<title>404 people rescued</title><h1>404 people rescued</h1>",
            "<title>The Daily</title><h1>A page is turned</h1>",
            "",
        ] {
            assert_eq!(of(page, 100), None, "{page}");
        }
        assert_eq!(of("<title>Page not found</title>", 5_000), None, "an article may have that title");
    }

    #[test]
    fn a_challenge_is_known_by_its_title_or_its_code() {
        for page in [
            "<title>Just a moment...</title><p>Verify you are human",
            "<title>Attention Required! | Cloudflare</title>",
            "<title>paper.example</title><script>window._cf_chl_opt = {}</script><p>Enable JavaScript",
            "<p>Please enable JS<script src='https://geo.captcha-delivery.com/captcha/'></script>",
        ] {
            assert!(of(page, 50).is_some_and(|what| what.starts_with("a bot challenge")), "{page}");
        }
        let story = format!("<title>A story</title><script>_cf_chl_opt</script><p>{}", "word ".repeat(200));
        assert_eq!(of(&story, 1_000), None, "ordinary pages hold such code, too");
    }
}
