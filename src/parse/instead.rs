//! Pages that a server sends in place of an article: bot checks, refusals, "not found" with status 200.

use std::sync::LazyLock;

use regex::Regex;

use super::article::text::fold;
use super::scan::{BlockKind, Scan, collapse};
use crate::model::arabic::normalise;

/// Longest text of such a page, in characters; an article about an error is longer.
const MAX_CHARS: usize = 600;
/// The same where both the title and a heading say what it is: such pages list what else there is to read.
const MAX_CHARS_BOTH: usize = 1_500;

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
        r"^(?:just a moment|one moment please|(?:vercel )?security checkpoint|client challenge|making sure you (?:re|are) not a bot|verifying (?:that )?you are (?:a )?human|bot check|browser check|",
        r"attention required(?: cloudflare)?|checking your browser.{0,60}|ddos guard|are you a robot|are you human|robot check|security check|bot verification|",
        r"please verify you are(?: a)? human|verify you are human|pardon our interruption|access (?:to this page )?(?:has been |is )?denied|(?:error )?403(?: forbidden)?|forbidden|",
        r"oops|whoops|(?:oops |whoops )?(?:something went wrong|(?:an )?(?:unexpected )?error (?:has )?occurred|there was an error)|error(?: page)?|",
        r"(?:oops |whoops )?(?:we (?:re|are) )?(?:so )?(?:sorry )?(?:but )?(?:we )?(?:can t|cannot|couldn t|could not|were unable to) find (?:that|the|this|your) (?:article|page|story|content)(?: you .{3,30})?|",
        r"(?:sorry )?(?:this |that |the )?(?:page|article|story|content|post)(?: you .{3,30})? (?:(?:can t|cannot|couldn t|could not) be found|(?:is |was )?not found|(?:is )?(?:no longer|not|currently not|un) ?available|no longer exists|(?:does not|doesn t) exist|has been (?:removed|deleted))|",
        r"(?:error )?404|(?:http )?error 404|(?:error )?404(?: error)? (?:page )?not found|(?:page|file|article) not found|not found|(?:oops )?(?:this |that |the )?page (?:can t|cannot|could not) be found|",
        r"50[0234](?: [a-z ]{3,30})?|service (?:temporarily )?unavailable|bad gateway|internal server error|(?:site )?under maintenance|account suspended|",
        r"error establishing a database connection|(?:this )?page does not exist|page (?:is )?no longer available|human verification|welcome to nginx|410 gone|",
        r"(?:عذرا )?(?:ان )?(?:هذا |هذه )?(?:الخبر|المقال|المقاله|الموضوع|المحتوي|الماده|الصفحه)(?: (?:المطلوبه?|الذي تبحث عنه|التي تبحث عنها))? (?:غير (?:موجوده?|متوفره?|متاحه?)|لم (?:يعد|تعد) (?:موجوده?|متوفره?|متاحه?))(?: حاليا)?|",
        r"(?:عذرا )?لم يتم العثور علي (?:الصفحه|المقال|الخبر)(?: المطلوبه?)?|(?:عذرا )?(?:لقد )?حدث خطا(?: ما| غير متوقع)?|الموقع تحت الصيانه|",
        r"خطا 404|(?:صفحه|خبر) (?:مورد نظر )?(?:شما )?(?:يافت|پيدا) نشد|خطاي 404|",
        r"(?:die |diese |der |dieser )?(?:seite|artikel|beitrag|inhalt) (?:wurde |ist |existiert )?(?:leider )?nicht(?: mehr)?(?: gefunden| verfugbar)?|(?:ein )?fehler(?: 404| ist aufgetreten)|404 fehler|",
        r"(?:cette |la )?page (?:demandee )?(?:non trouvee|introuvable|n existe (?:pas|plus))|(?:cet )?article (?:non trouve|introuvable|indisponible|n est plus disponible)|erreur 404|une erreur (?:est survenue|s est produite)|oups|",
        r"(?:la |esta )?pagina (?:no encontrada|no existe)|(?:articulo|contenido) no (?:encontrado|disponible)|noticia no encontrada|(?:se )?ha (?:ocurrido|producido) un error|",
        r"(?:la )?pagina non (?:trovata|esiste)|(?:articolo|contenuto) non (?:trovato|disponibile)|(?:artigo|conteudo) (?:nao encontrado|indisponivel)|(?:pagina|noticia) nao encontrada|",
        r"(?:deze )?pagina (?:niet gevonden|bestaat niet(?: meer)?)|artikel niet (?:gevonden|(?:meer )?beschikbaar)|(?:aradiginiz )?(?:sayfa|haber) bulunamadi|",
        r"(?:страница|статья|новость) не найдена|материал не найден|произошла ошибка|ошибка 404|η σελιδα δεν βρεθηκε|הדף לא נמצא|העמוד לא נמצא|ページが見つかりません(?:でした)?|お探しのページは見つかりません(?:でした)?|页面不存在|找不到页面|ไม่พบหน้า.{0,30}|पृष्ठ नहीं मिला)$",
    )))
    .expect("a constant pattern, checked by every test here")
});

/// How a page shows that it stands in place of an article; `None` if it does not.
///
/// `headline` is its own, `title` its `<title>`; a part between separators counts like the whole, and so does a heading.
/// `source` is the page as it came, decoded, `chars` the length of its text.
pub(crate) fn instead_of_article(
    scan: &Scan,
    headline: Option<&str>,
    title: Option<&str>,
    source: &str,
    chars: usize,
) -> Option<String> {
    if chars > MAX_CHARS_BOTH {
        return None;
    }
    let headings = headings(scan);
    let by_title = title.and_then(telling);
    let by_heading = || headline.into_iter().chain(headings.iter().map(String::as_str)).find_map(telling);
    let hit =
        if chars > MAX_CHARS { by_title.filter(|_| by_heading().is_some()) } else { by_title.or_else(by_heading) };
    if let Some(hit) = hit {
        return Some(format!("the headline is {}", hit.chars().take(100).collect::<String>()));
    }
    if chars > MAX_CHARS || scan.text.len() >= MAX_CHALLENGE_TEXT {
        return None;
    }
    let head = source[..source.floor_char_boundary(HEAD_BYTES)].to_ascii_lowercase();
    CODE.iter().find(|code| head.contains(*code)).map(|code| format!("the code of a bot check: {code}"))
}

/// The part of a title that says that the page is none.
fn telling(text: &str) -> Option<&str> {
    parts(text).find(|part| HEADLINES.is_match(&fold(&normalise(part))))
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
        instead_of_article(&scan, None, metas.title.as_deref(), page, chars)
    }

    #[test]
    fn an_error_page_is_known_by_what_it_says_in_full() {
        for page in [
            "<title>404 Not Found</title><h1>Not Found</h1><p>The requested URL was not found.",
            "<title>Page not found | The Daily</title><p>Sorry.",
            "<title>The Daily</title><h1>الصفحة غير موجودة</h1>",
            "<title>Seite nicht gefunden – Zeitung</title>",
            "<title>Error establishing a database connection</title>",
            "<title>Oops!</title>",
            "<title>The Daily</title><h1>Sorry, we can’t find that article</h1>",
            "<title>Sorry, we cannot find that article - The Daily</title>",
            "<title>This story is no longer available | The Daily</title>",
            "<title>An error occurred</title>",
            "<title>Artikel nicht mehr verfügbar | Zeitung</title>",
            "<title>Cet article n’est plus disponible</title>",
            "<title>Página no encontrada</title>",
            "<title>Sayfa bulunamadı</title>",
            "<title>Статья не найдена</title>",
            "<h1>المقال المطلوب غير متوفر</h1>",
            "<h1>عذراً، الصفحة التي تبحث عنها غير موجودة</h1>",
            "<h1>لم يتم العثور على الخبر</h1>",
        ] {
            assert!(of(page, 100).is_some(), "{page}");
        }
        for page in [
            "<title>Lost hikers not found after three days | The Daily</title><h1>Lost hikers not found</h1>",
            "<title>404 people rescued</title><h1>404 people rescued</h1>",
            "<title>The Daily</title><h1>A page is turned</h1>",
            "<title>Oops! She did it again | The Daily</title>",
            "<title>An error occurred in the count of votes</title>",
            "<title>Der Artikel 5 gilt nicht</title>",
            "<h1>الدواء غير متوفر في الصيدليات</h1>",
            "",
        ] {
            assert_eq!(of(page, 100), None, "{page}");
        }
        assert_eq!(of("<title>Page not found</title>", 5_000), None, "an article may have that title");
        let both = "<title>Page not found | The Daily</title><h1>Oops!</h1><p>What others read";
        assert!(of(both, 1_400).is_some() && of(both, 1_600).is_none());
        assert_eq!(of("<title>Page not found | The Daily</title><h1>A bridge</h1>", 1_400), None);
    }

    #[test]
    fn a_challenge_is_known_by_its_title_or_its_code() {
        for page in [
            "<title>Just a moment...</title><p>Verify you are human",
            "<title>Attention Required! | Cloudflare</title>",
            "<title>Vercel Security Checkpoint</title>",
            "<title>Making sure you&#39;re not a bot!</title>",
            "<title>Making sure you are not a bot!</title>",
            "<title>Client Challenge</title>",
            "<title>paper.example</title><script>window._cf_chl_opt = {}</script><p>Enable JavaScript",
            "<p>Please enable JS<script src='https://geo.captcha-delivery.com/captcha/'></script>",
        ] {
            assert!(of(page, 50).is_some(), "{page}");
        }
        let story = format!("<title>A story</title><script>_cf_chl_opt</script><p>{}", "word ".repeat(200));
        assert_eq!(of(&story, 500), None, "ordinary pages hold such code, too");
    }
}
