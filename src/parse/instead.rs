//! Pages that a server sends in place of an article: bot checks, refusals, "not found" with status 200.

use std::sync::LazyLock;

use regex::Regex;

use super::article::text::fold;
use crate::model::arabic::normalise;

/// Longest text of such a page, in characters; an article about an error is longer.
const MAX_CHARS: usize = 600;

/// Whole headlines of such pages, letters and digits only, one form of each letter.
static HEADLINES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&normalise(concat!(
        r"^(?:just a moment|attention required(?: cloudflare)?|checking your browser.{0,60}|ddos guard|are you a robot|are you human|robot check|security check|bot verification|",
        r"please verify you are(?: a)? human|verify you are human|pardon our interruption|access (?:to this page )?(?:has been |is )?denied|(?:error )?403(?: forbidden)?|forbidden|",
        r"(?:error )?404|(?:error )?404(?: error)? (?:page )?not found|(?:page|file|article) not found|not found|(?:oops )?(?:this |that |the )?page (?:can t|cannot|could not) be found|",
        r"50[0234](?: [a-z ]{3,30})?|service (?:temporarily )?unavailable|bad gateway|internal server error|(?:site )?under maintenance|account suspended|",
        r"(?:عذرا )?(?:هذه )?الصفحه (?:المطلوبه |التي تبحث عنها )?غير موجوده|(?:عذرا )?لم يتم العثور علي الصفحه|خطا 404|صفحه (?:مورد نظر )?(?:شما )?(?:يافت|پيدا) نشد|خطاي 404|",
        r"seite (?:wurde )?nicht gefunden|page (?:non trouvee|introuvable)|erreur 404|pagina no encontrada|pagina non trovata|pagina nao encontrada|pagina niet gevonden|",
        r"страница не найдена|ошибка 404|η σελιδα δεν βρεθηκε|הדף לא נמצא|העמוד לא נמצא|ページが見つかりません(?:でした)?|お探しのページは見つかりません(?:でした)?|页面不存在|找不到页面|ไม่พบหน้า.{0,30}|पृष्ठ नहीं मिला)$",
    )))
    .expect("a constant pattern, checked by every test here")
});

/// How a page shows that it stands in place of an article; `None` if it does not.
///
/// `titles` are its headline and `<title>`, `chars` the length of its text.
pub(crate) fn instead_of_article(titles: &[&str], chars: usize) -> Option<String> {
    if chars > MAX_CHARS {
        return None;
    }
    let hit = titles.iter().find(|title| HEADLINES.is_match(&fold(&normalise(title))))?;
    Some(format!("the headline is {}", hit.chars().take(100).collect::<String>()))
}
