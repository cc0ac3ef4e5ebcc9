//! Lines that are no text, by their words: what follows is over, leads elsewhere, or speaks of the page.

use std::sync::LazyLock;

use regex::Regex;

use super::super::super::first_chars;
use super::super::super::scan::Block;
use super::super::flags::is_wall;
use super::super::phrases::Phrases;

/// What a line says of what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Links to other articles; the text may go on behind them.
    Leads,
    /// Nothing of the text.
    Over,
}

/// Lines that lead to other articles, in lower case, without marks around them.
static LEADS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:related(?: (?:resources?|articles?|stor(?:y|ies)|posts?|links?|content|reading|news|topics|coverage))?|read (?:more|next|also)|more (?:from|on|in|stories|news|like this|articles|posts)(?: .{0,40})?|more (?:great )?[^ ]{2,20} stories|more about|",
        r"you (?:may|might) also (?:like|enjoy|be interested in)|recommended(?: for you| reading| articles| stories)?|see also|further reading|most (?:read|popular|viewed)|trending(?: now)?|",
        r"latest (?:news|stories|posts|articles)|recent (?:posts|articles|news)|popular (?:posts|articles|now)|what to read next|don.t miss|up next|also on .{2,30}|",
        r"lesen sie auch|mehr zum thema(?: .{0,40})?|meist-?(?:gelesen|diskutiert|kommentiert|geteilt)|das könnte (?:sie|dich) auch interessieren|weitere (?:artikel|themen|nachrichten|meldungen|beiträge)|ähnliche (?:artikel|beiträge)|auch interessant|schon gelesen|mehr themen|zum weiterlesen|weiterlesen|lust auf mehr|auch lesenswert|weitere aktuelle themen(?: .{0,40})?|",
        r"à lire aussi|lire aussi|voir aussi|(?:articles |vidéos |audios |audios et vidéos )?sur le (?:même )?(?:sujet|thème)|articles (?:similaires|liés)|à découvrir|les plus lus|vous aimerez aussi|",
        r"leer más|lea también|te puede interesar|le puede interesar|también te puede interesar|noticias relacionadas|artículos relacionados|relacionados|más (?:noticias|información|leído|sobre)|",
        r"leggi anche|articoli correlati|potrebbe interessarti(?: anche)?|leia (?:também|mais)|notícias relacionadas|veja também|saiba mais|lees ook|lees meer|gerelateerde? .{0,20}|läs (?:mer|också|även)|les også|læs også|lue myös|",
        r"czytaj (?:też|także|więcej)|zobacz (?:też|także|również)|przeczytaj (?:też|także|również)|warto przeczytać|powiązane|читайте (?:также|ещё|еще)|по теме|также по теме|ссылки по теме|смотрите также|материалы по теме|другие новости|читайте по теме|",
        r"διαβάστε (?:επίσης|ακόμα|περισσότερα)|σχετικά (?:άρθρα|θέματα)|δείτε (?:επίσης|ακόμα)|ilgili haberler|benzer haberler|",
        r"(?:اقرأ|إقرأ) أيضا?ً?|اقرأ المزيد|مواضيع ذات صلة|أخبار ذات صلة|مقالات ذات صلة|موضوعات متعلقة|قد يعجبك أيضا?ً?|شاهد أيضا?ً?|ذات صلة|الأكثر قراءة|بیشتر بخوانید|مطالب مرتبط|اخبار مرتبط|",
        r"קראו (?:גם|עוד)|כתבות נוספות|ये भी पढ़ें|यह भी पढ़ें|อ่านเพิ่มเติม|ข่าวที่เกี่ยวข้อง|相关(?:新闻|阅读|报道|文章|链接)|相關(?:新聞|閱讀|報導|文章)|延伸阅读|延伸閱讀|推荐阅读|关联记事|関連記事|関連ニュース|あわせて読みたい|おすすめ記事|관련 ?기사)$",
    ))
    .expect("a constant pattern, checked by every test here")
});

/// Lines after which the text is over, in lower case, without marks around them.
static OVER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:(?:[0-9]+ )?(?:comments?|replies|responses|reactions|kommentare?|commentaires?|comentarios?|reacties|kommentarer)(?: \([0-9]+)?|(?:no|one) (?:comments?|responses?|replies)(?: (?:so far|yet))?|(?:noch )?keine? kommentare?|aucun commentaire|(?:sin|no hay) comentarios|nessun commento|nenhum comentário|brak komentarzy|нет комментариев|(?:لا توجد|لا) تعليقات|leave a (?:comment|reply)|post a comment|join the (?:conversation|discussion)|add (?:a|your) comment|write a comment|",
        r"about the authors?|about author|über den autor|share this(?: (?:article|story|post|page|entry))?|share(?: on)?|filed under|tags|keywords|topics|categories|related topics|",
        r"sign up (?:for|to) .{0,60}|subscribe(?: to .{0,60}| now)?|newsletter|get (?:the|our) .{0,30}newsletter|follow us(?: on .{0,40})?|connect with us|",
        r"themen|schlagworte|schlagwörter|temas|etiquetas|комментарии|",
        r"التعليقات|كلمات مفتاحية|الكلمات الدلالية|وسوم|تعليقات|برچسب.?ها|نظرات|תגובות|टिप्पणियाँ|评论|コメント)$",
    ))
    .expect("a constant pattern, checked by every test here")
});

/// Beginnings of paragraphs that only lead to another article.
static ASIDES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:read more|read also|also read|see also|related(?: (?:article|story|video|coverage))?|more|watch(?: more| now| the)?|listen|don.t miss|in pictures|recommended|",
        r"lire aussi|à lire aussi|lire également|voir aussi|à lire|lesen sie (?:auch|mehr)|lesen sie hier|mehr zum thema|mehr dazu|auch interessant|siehe auch|lea también|lee también|leer más|[lt]e puede interesar|también [lt]e puede|ver también|",
        r"leggi anche|guarda anche|leia (?:também|mais)|veja também|saiba mais|lees ook|läs också|läs även|les også|læs også|lue myös|czytaj (?:też|także|więcej)|zobacz (?:też|także)|przeczytaj (?:też|także)|читайте также|читайте ещё|смотрите также|",
        r"διαβάστε (?:επίσης|ακόμα|ακόμη)|δείτε (?:επίσης|ακόμα)|(?:اقرأ|إقرأ) أيضا?ً?|اقرأ المزيد|شاهد أيضا?ً?|بیشتر بخوانید|ilgili haber|相关阅读|延伸阅读|関連記事) ?(?:[:：—–|…-]|$|[^ ]+ ?:)",
    ))
    .expect("a constant pattern, checked by every test here")
});

/// Short lines about the page itself, whole or by their beginning.
static LINES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:(?:adverts?|advertisement|advertising|anzeige|werbung|publicité|publicidad|pubblicità|reklama?|реклама|إعلان|آگهی|تبلیغات|広告|广告|sponsored|loading|close|caption|hide caption|toggle caption|enlarge(?: this image)?|view comments|print|share|copy link|copied|",
        r"video|foto|photo|image|gallery|play video|skip(?: ad| advertisement)?|story continues below(?: advertisement)?|article continues (?:below|after)(?: ad| advertisement| this ad)?|continue reading(?: the main story)?|(?:advertisement - )?scroll to continue.*|",
        r"wird geladen.*|externer inhalt(?: nicht verfügbar)?|ein klick für den datenschutz|empfohlener (?:externer|redaktioneller) inhalt.*|back to top|nach oben|beitragsbild|titelbild|bild anzeigen|انتهای پیام|پایان پیام|انتهى|انتهى الخبر|next|previous|save|follow|subscribe(?: now)?|sign up|log ?in|register|contact us|getty images|reuters|afp|ap photo|dpa)$|",
        r"(?:photo|foto|bild|fotó|picture|image|photos|video|credit|credits|photograph|fotos|immagine|crédito|zdjęcie|zdj\.|fot\.|фото|صورة|عکس)(?: by| credit| courtesy(?: of)?)? ?[:/©]|(?:bildnachweis|(?:titel|beitrags|teaser|aufmacher|header|vorschau)bild|crédits? photos?|(?:featured|header|cover) (?:image|photo)) ?:|(?:photo|foto|image|picture) (?:by|credit|courtesy) |",
        r"(?:authors?|autor(?:in|en|es)?|auteurs?|autori?|автор|συντάκτης|בעריכת|מאת|بقلم|نویسنده|خبرنگار|作者|记者|記者|ผู้เขียน|लेखक) ?[:：] ?.{2,60}$|",
        r"(?:permalink|permalien|permanentlink|enlace permanente) ?(?:[:：]|https?[:/]|$)|(?:warning|notice|fatal error|parse error|deprecated|strict standards) ?: .{3,200} in [^ ]*[/\\][^ ]+ on line [0-9]+|",
        r"this (?:entry|post) was (?:posted|published|written) (?:on|by|in|at) |posted in .{2,80} (?:tagged|by|on) |(?:der|dieser) (?:beitrag|eintrag|artikel) wurde (?:am|unter|von|veröffentlicht) |(?:cette entrée|ce billet) a été (?:publiée?|postée?) |esta entrada (?:fue|ha sido|se) public|questa voce è stata pubblicata|(?:este post|esta entrada) foi publicad|dit bericht (?:werd|is) geplaatst|ten wpis (?:został|opublikowano)|запись опубликована|",
        r"(?:subscribe|sign up|register|log in|follow us|click here to|join our|follow .{1,60} on (?:twitter|facebook|instagram|tiktok)|for the latest .{0,80}(?:download|follow|visit)|download (?:the|our)|get (?:our|the|unlimited) .{0,40}(?:newsletter|app|email|access)|like us on|abonnieren sie|jetzt abonnieren|folgen sie uns|suivez-nous|síguenos|seguici|siga-nos|puedes? (?:escribirnos|seguir(?:nos)?) (?:a|en) |inscrivez-vous|abonnez-vous|suscríbete|iscriviti|assine|подпис(?:ывайтесь|аться)|تابعونا|اشترك) .{0,200}$)",
    ))
    .expect("a constant pattern, checked by every test here")
});

/// Words that only notices hold: consent, script, subscription, rights, and requests to follow the paper.
static NOTICES: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(NOTICE_STEMS, NOTICE_PHRASES));
const NOTICE_STEMS: &[&str] = &[
    "javascript",
    "browser does",
    "refresh the page",
    "einwilligung in",
    "um eingebettete",
    "ausgewählten",
    "damit einverstanden",
    "daten an dritt",
    "privatsphäre-",
    "datenschutzein",
    "aux abonnés",
    "vous reste",
    "déjà abonné",
    "already a subscriber",
    "already have an account",
    "continue reading",
    "schon abonnent",
    "bereits abonnent",
    "contenido exclusivo",
    "rights reserved",
    "rechte vorbehalten",
    "droits réservés",
    "derechos reservados",
    "direitos reservados",
    "diritti riservati",
    "wszelkie prawa",
    "права защищены",
    "με επιφύλαξη",
    "جميع الحقوق",
    "版权所有",
    "material may not",
    "an unsere netiquette",
    "our com",
    "charte de mod",
    "cookie",
    "تابع",
    "انضم",
    "تطبيقنا",
    "شارك",
    "by continu",
    "if you continu",
    "al contin",
    "si contin",
    "en continuant",
    "continuando la",
    "poursuivant",
    "proseguendo",
    "by using",
    "by browsing",
    "by visiting",
    "durch die weitere nutzung",
    "مواصلتك",
    "استمرارك",
];
const NOTICE_PHRASES: &str = concat!(
    r"enable javascript|activate javascript|turn on javascript|browser does not support|browser doesn.t support|refresh the page or navigate|einwilligung in die übermittlung|einwilligung in die verarbeitung|um eingebettete inhalte|ausgewählten,? extern|damit einverstanden, dass mir|daten an drittplattformen|privatsphäre-einstellungen|datenschutzeinstellungen|",
    r"réservé aux abonnés|réservée aux abonnés|il vous reste [0-9.,]+ ?%|déjà abonné|already a subscriber|already have an account|to continue reading|schon abonnent|bereits abonnent|contenido exclusivo para suscriptores|",
    r"all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|todos os direitos reservados|tutti i diritti riservati|wszelkie prawa zastrzeżone|все права защищены|με επιφύλαξη παντός δικαιώματος|جميع الحقوق محفوظة|版权所有|material may not be published, broadcast|",
    r"an unsere netiquette|our (?:community|comment(?:ing)?) (?:guidelines|policy|rules)|charte de modération|",
    r"we use cookies|uses cookies|verwendet cookies|utilise des cookies|utiliza cookies|uso de cookies|cookie policy|",
    // To follow the paper, to share its text, to let it have its cookies; in sentences somebody "follows" or "shares", too.
    r"^(?:تابع(?:وا)? (?:(?:صفحتنا|صفحاتنا|قناتنا|قنواتنا|حسابنا|حساباتنا|[أا]خبارنا)|(?:آخر|[أا]حدث|[أا]هم|المزيد|جميع|كل|[أا]خبار) .{0,120}(?:صفحتنا|صفحاتنا|قناتنا|قنواتنا|حسابنا|حساباتنا|منصاتنا|تطبيقنا|نشرتنا|تل[يغ]|تيل[يغ]|تلجرام|واتس|تويتر|فيسبوك|[إا]نست[غج]رام|يوتيوب|تيك ?توك|(?:غوغل|جوجل) نيوز)).{0,80}$|",
    r"لمتابعة (?:آخر|[أا]حدث|[أا]هم|المزيد من) (?:ال)?[أا]خبار.{0,160}$|انضم(?:وا)?(?: الآن)? (?:[إا]لى|ل).{0,40}(?:قناتنا|قنواتنا|مجموعتنا).{0,80}$|حمّ?ل(?:وا)?(?: الآن)? تطبيقنا.{0,80}$|",
    r"شارك(?:وا)?(?: هذا| هذه)? ال(?:خبر|مقالة?|موضوع|صفحة|تقرير)(?: (?:على|عبر|مع) .{0,60})?$|مشاركة(?: هذا)? ال(?:خبر|مقال|موضوع)$|",
    r"(?:by|if you) continu(?:e|ing) (?:to|using|browsing) ?.{0,80}you (?:accept|agree|consent) .{0,150}$|by (?:using|browsing|visiting) (?:this|our) (?:web ?)?site,? you (?:accept|agree|consent) .{0,150}$|en (?:poursuivant|continuant) votre navigation.{0,200}$|durch die weitere nutzung .{0,120}cookies.{0,80}$|",
    r"(?:al|si) contin[uú]a[rs]? navegando.{0,200}$|(?:proseguendo|continuando) la navigazione.{0,200}$|(?:باستمرارك|بمواصلتك|بمتابعتك) (?:في )?(?:تصفح|استخدام|زيارة).{0,200}$)",
);

/// The beginning of a text in lower case, without marks around it.
fn plain_line(text: &str) -> String {
    let text = first_chars(text, 320);
    if text.is_ascii() {
        return text.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_ascii_lowercase();
    }
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() { line.push(c.to_ascii_lowercase()) } else { line.extend(c.to_lowercase()) }
    }
    let is_mark = |c: char| !c.is_alphanumeric();
    line.truncate(line.trim_end_matches(is_mark).len());
    line.drain(..line.len() - line.trim_start_matches(is_mark).len());
    line
}

/// Whether a text speaks of the page, of rights, of other articles.
pub(super) fn is_notice(text: &str, block: &Block) -> bool {
    if block.chars > 700 {
        return false;
    }
    let line = plain_line(text);
    (block.chars <= 250 && block.link_chars * 3 > block.chars && ASIDES.is_match(&line))
        || (block.chars <= 300 && (is_shortcode(text) || LINES.is_match(&line) || text.starts_with('©')))
        || NOTICES.is_match(&line)
        || (block.chars <= 160 && is_wall(text))
}

/// Whether a text is an instruction of the writing system that nobody carried out: `[button link="…"]`.
fn is_shortcode(text: &str) -> bool {
    let Some((name, rest)) = text.strip_prefix('[').and_then(|text| text.split_once([' ', ']'])) else { return false };
    let named = name.len() >= 2 && name.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-'));
    named && ["=\"", "=”", "=“", "=″"].iter().any(|sign| rest.contains(sign))
}

/// What a short line says of what follows it; `None`: nothing.
pub(super) fn ending(text: &str, block: &Block) -> Option<Ending> {
    if block.chars > 80 {
        return None;
    }
    let line = plain_line(text);
    if LEADS.is_match(&line) {
        return Some(Ending::Leads);
    }
    OVER.is_match(&line).then_some(Ending::Over)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_notice_holds_a_stem() {
        super::NOTICES.check();
    }
}
