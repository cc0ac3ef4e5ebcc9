//! Pages that a server sends in place of an article: bot checks, refusals, "not found" with status 200.

use std::sync::LazyLock;

use regex::Regex;

use super::article::text::fold;
use super::scan::{BlockKind, Scan, collapse};
use crate::model::arabic::normalise;

/// Longest text of such a page, in characters; an article about an error is longer.
const MAX_CHARS: usize = 600;

/// Text of a whole page, in bytes, below which the code of a challenge says that it is one.
const MAX_CHALLENGE_TEXT: usize = 400;
/// Bytes of the page in which that code is looked for.
const HEAD_BYTES: usize = 64 << 10;
/// Headings that are looked at beside the titles.
const MAX_HEADINGS: usize = 3;

/// Parts of the code of challenges, lower case. Ordinary pages of the same services have some of them, too.
const CODE: &[&str] = &[
    "_cf_chl_opt",
    "captcha-delivery.com",
    "px-captcha",
    "_incapsula_resource",
    "sucuri_cloudproxy",
    "awswafcookiedomainlist",
    "/.well-known/sgcaptcha",
];

/// Whole headlines of such pages, letters and digits only, one form of each letter.
static HEADLINES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&normalise(concat!(
        r"^(?:just a moment|attention required(?: cloudflare)?|checking your browser.{0,60}|ddos guard|are you a robot|are you human|robot check|security check|bot verification|",
        r"please verify you are(?: a)? human|verify you are human|pardon our interruption|access (?:to this page )?(?:has been |is )?denied|(?:error )?403(?: forbidden)?|forbidden|",
        r"(?:error )?404|(?:error )?404(?: error)? (?:page )?not found|(?:page|file|article) not found|not found|(?:oops )?(?:this |that |the )?page (?:can t|cannot|could not) be found|",
        r"50[0234](?: [a-z ]{3,30})?|service (?:temporarily )?unavailable|bad gateway|internal server error|(?:site )?under maintenance|account suspended|",
        r"error establishing a database connection|(?:this )?page does not exist|page (?:is )?no longer available|human verification|welcome to nginx|410 gone|",
        r"(?:هذا )?(?:الخبر|المقال) غير موجود|الموقع تحت الصيانه|",
        r"(?:عذرا )?(?:هذه )?الصفحه (?:المطلوبه |التي تبحث عنها )?غير موجوده|(?:عذرا )?لم يتم العثور علي الصفحه|خطا 404|صفحه (?:مورد نظر )?(?:شما )?(?:يافت|پيدا) نشد|خطاي 404|",
        r"seite (?:wurde )?nicht gefunden|page (?:non trouvee|introuvable)|erreur 404|pagina no encontrada|pagina non trovata|pagina nao encontrada|pagina niet gevonden|",
        r"страница не найдена|ошибка 404|η σελιδα δεν βρεθηκε|הדף לא נמצא|העמוד לא נמצא|ページが見つかりません(?:でした)?|お探しのページは見つかりません(?:でした)?|页面不存在|找不到页面|ไม่พบหน้า.{0,30}|पृष्ठ नहीं मिला)$",
    )))
    .expect("a constant pattern, checked by every test here")
});

/// How a page shows that it stands in place of an article; `None` if it does not.
///
/// `titles` are its headline and `<title>`, of which a part between separators counts like the whole; so does a heading.
/// `source` is the page as it came, decoded, `chars` the length of its text.
pub(crate) fn instead_of_article(scan: &Scan, titles: &[&str], source: &str, chars: usize) -> Option<String> {
    if chars > MAX_CHARS {
        return None;
    }
    let headings = headings(scan);
    let said = titles.iter().copied().chain(headings.iter().map(String::as_str)).flat_map(parts);
    if let Some(hit) = said.into_iter().find(|text| HEADLINES.is_match(&fold(&normalise(text)))) {
        return Some(format!("the headline is {}", hit.chars().take(100).collect::<String>()));
    }
    if scan.text.len() >= MAX_CHALLENGE_TEXT {
        return None;
    }
    let head = source[..source.floor_char_boundary(HEAD_BYTES)].to_ascii_lowercase();
    CODE.iter().find(|code| head.contains(*code)).map(|code| format!("the code of a bot check: {code}"))
}

/// The first headings.
fn headings(scan: &Scan) -> Vec<String> {
    let headings = scan.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Heading(1 | 2)));
    let texts = headings.take(MAX_HEADINGS).map(|block| scan.text.get(block.range.clone()).unwrap_or_default());
    texts.filter(|text| text.len() < 500).map(collapse).collect()
}

/// A title, and its parts between separators.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let separators = [" - ", " | ", " – ", " — ", " :: ", " » "];
    std::iter::once(text).chain(separators.into_iter().flat_map(move |separator| text.split(separator)))
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::super::tree::Tree;
    use super::*;

    fn of(page: &str, chars: usize) -> Option<String> {
        let tree = Tree::parse(page);
        let scan = scan(&tree);
        let metas = super::super::article::meta::Metas::read(&scan);
        let titles: Vec<&str> = metas.title.as_deref().into_iter().collect();
        instead_of_article(&scan, &titles, page, chars)
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
            assert!(of(page, 100).is_some(), "{page}");
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
            assert!(of(page, 50).is_some(), "{page}");
        }
        let story = format!("<title>A story</title><script>_cf_chl_opt</script><p>{}", "word ".repeat(200));
        assert_eq!(of(&story, 500), None, "ordinary pages hold such code, too");
    }
}
