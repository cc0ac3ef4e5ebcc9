//! What a reader should know of an article: who may read it, what form it has, whose opinion it is, who paid for it.
//!
//! Each flag needs evidence that can be named; a word in running text is none. `tests/flags.rs` has pages for and
//! against each flag.

use std::sync::LazyLock;

use regex::Regex;

use super::super::scan::{Around, Block, collapse};
use super::super::tree::{Tag, Tree};
use super::body::Body;
use super::phrases::Phrases;
use super::section::lone_link;
use super::text::{fold, fold_start};
use super::{Context, pages};
use crate::model::arabic::normalise;
use crate::model::{Extractor, Flag, FlagKind, Found, LiveEntry, When};

/// How far behind the text a notice still speaks of it, in bytes of the page's text.
const BEHIND: usize = 1_500;
/// How far before and behind the headline a label is the article's, in bytes of the page's text.
const LABEL: usize = 400;
/// Longest reason, in characters.
const MAX_REASON: usize = 300;
/// Nodes of a page among which a film is looked for.
const MAX_NODES: usize = 20_000;
/// Longest text of a page that is mainly a film or pictures, in characters.
const LITTLE_TEXT: usize = 1_200;

macro_rules! pattern {
    ($name:ident, $doc:literal, $($part:literal),+ $(,)?) => {
        #[doc = $doc]
        static $name: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(concat!($($part),+)).expect("a constant pattern, checked by every test here")
        });
    };
}

/// Like [`pattern!`], for texts in the form of [`label`].
macro_rules! label_pattern {
    ($name:ident, $doc:literal, $($part:literal),+ $(,)?) => {
        #[doc = $doc]
        static $name: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(&normalise(concat!($($part),+))).expect("a constant pattern, checked by every test here")
        });
    };
}

/// Sentences that stand in place of the rest of a text.
static WALL: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(WALL_STEMS, WALL_PHRASES));
const WALL_STEMS: &[&str] = &[
    "continue reading",
    "keep reading",
    "subscribe",
    " to unlock",
    " to read th",
    "to read the",
    "ou have reached",
    "ou have now reached",
    "ve reached",
    "ve now reached",
    "verify access",
    "lesen sie weiter mit",
    "abonn",
    "vous reste",
    "weiterlesen",
    "suscr",
    "abbonati",
    "assin",
    "подпис",
    "ПОДПИС",
    "συνδρομητ",
    "ΣΥΝΔΡΟΜΗΤ",
    "مشتركين",
    "اشترك",
    "ل الدخول ل",
    "القراءة",
    "مشترکان",
    "برای خواندن ادامه",
    "למנויים",
    "会員限定",
    "この記事は有料",
    "订阅",
    "付费",
    "สำหรับสมาชิก",
    "केवल ग्राहकों",
];
const WALL_PHRASES: &str = concat!(
    r"(?i)(?:^|[.!?:;,…|»”–—(-]\s*|(?:^|\s)(?:please|you (?:must|can|need to|have to))\s+)(?:subscribe|sign (?:in|up)|log in|register|become a member|create (?:a|your) free account)[a-z' ]{0,20} to (?:(?:continue|keep) reading|unlock|read (?:this|the))|",
    r"to (?:(?:continue|keep) reading|read the (?:full|whole|rest of the))(?: (?:this|the))?(?: (?:article|story|report))?,? (?:please )?(?:subscribe|sign|log|register|create)|",
    r"this (?:article|story|content|report|page) is (?:exclusively |only )?(?:for|available to|reserved for) (?:our |paying )?subscribers|^\W{0,3}(?:exclusively|only) (?:for|available to|reserved for) (?:our |paying )?subscribers|",
    r"you(?:['’]ve| have) (?:now )?reached (?:your|the) (?:monthly )?(?:limit of|article limit)|thank you for your patience while we verify access|lesen sie weiter mit |exclusief voor abonnees|",
    r"réservée?s? (?:à nos|aux) abonnés|il vous reste [0-9.,]+ ?% de cet article|nur für abonnenten|weiterlesen mit |jetzt (?:abonnieren und )?weiterlesen|mit .{1,20}abo weiterlesen|",
    r"(?:exclusivo|exclusiva|solo) para suscriptores|suscríbete para (?:seguir|continuar)|(?:riservato|solo) (?:agli|per gli) abbonati|abbonati per continuare|exclusivo para assinantes|assine para continuar|",
    r"alleen voor abonnees|только для подписчиков|доступн[а-я]+ (?:только )?по подписке|только по подписке|μόνο για συνδρομητές|",
    r"(?:هذا )?(?:المحتوى|المقال)? ?(?:خاص|متاح|حصري)[ء-ي]* ?(?:فقط )?(?:ل|بـ?|لل)مشتركين|للمشتركين فقط|اشترك (?:الآن )?(?:ل(?:متابعة|قراءة|إكمال))|سج[ّ]?ل الدخول ل(?:متابعة|قراءة|إكمال)|لقراءة (?:المقال|الخبر|النص) كاملا.{0,12}اشترك|(?:للاستمرار في|لمتابعة|لإكمال) القراءة.{0,12}(?:الاشتراك|اشترك|سج[ّ]?ل)|(?:ویژه|ویژهٔ|مخصوص) مشترکان|برای خواندن ادامه.{0,30}(?:مشترک|اشتراک)|",
    r"למנויים בלבד|כתבה (?:זו )?למנויים|有料会員限定|この記事は有料|会員限定記事|订阅后?(?:继续|可)阅读|付费(?:内容|阅读)|仅限订阅|สำหรับสมาชิกเท่านั้น|केवल ग्राहकों के लिए",
);
pattern!(
    LIVE,
    "Beginnings and ends of headlines that announce a live blog.",
    r"(?i)^(?:live ?blog|live(?: updates?)?|en direct|direct|live-?ticker|newsblog|en vivo|en directo|minuto a minuto|diretta|ao vivo|онлайн|прямая трансляция|текстовая трансляция|canlı|ζωντανά|שידור חי|速報|直播|文字直播|",
    r"مباشر|بث مباشر|تغطية مباشرة|تغطية مستمرة|لحظة بلحظة|لحظه.?به.?لحظه|پوشش زنده)(?: ?[:：|.–—-]|\s)|(?i)(?:[–—:|-]|\bas it happened|:)\s*(?:live|live updates|live ?blog|as it happened|live-?ticker|minuto a minuto|تحديثات مباشرة.*|مباشر|لحظة بلحظة|لحظه.?به.?لحظه)$|تحديثات مباشرة",
);
label_pattern!(
    OPINION,
    "Names of sections that hold opinions.",
    r"^(?:opinions?|opinion and analysis|comment|comments? (?:and|&) (?:analysis|debate)|comment is free|commentary|columns?|columnists?|editorials?|op ?ed|op ?eds|leaders?|letters?|views?|viewpoint|voices|perspectives?|",
    r"meinung|kommentare?|leitartikel|kolumnen?|gastbeitrag|debatte|opinions?|tribunes?|éditos?|éditorial|editorial|chroniques?|idées|points? de vue|opinión|columnas?|tribuna|opinioni|editoriale|commenti|opinião|colunas?|colunistas|opinie|",
    r"мнения?|колонки?|авторские колонки|γνώμη|γνώμες|άποψη|απόψεις|דעות|טורים|社説|オピニオン|論説|コラム|评论|社论|观点|ความคิดเห็น|บทความ|राय|विचार|संपादकीय|",
    r"راي|اراء|الراي|مقالات الراي|مقالات|مقال|كتاب وآراء|كتاب واراء|اعمدة|زوايا|افتتاحية|منبر|يادداشت|یادداشت|دیدگاه|ديدگاه|سرمقاله|نظر)$",
);
label_pattern!(
    SPONSORED,
    "Labels of articles that somebody paid for.",
    r"^(?:sponsored|sponsored (?:content|post|by .+|article)|paid (?:content|post|partnership|for by .+)|advertorial|advertisement feature|partner content|in partnership with .+|presented by .+|brand(?:ed)? content|",
    r"contenu sponsoris[ée]|publi ?r[ée]dactionnel|publi ?reportage|contenu partenaire|contenido patrocinado|publirreportaje|contenuto sponsorizzato|conte[úu]do patrocinado|publieditorial|gesponsert|bezahlter inhalt|gesponserde inhoud|",
    r"на правах рекламы|партн[её]рский материал|спецпроект партн[её]ра|χορηγούμενο|תוכן שיווקי|תוכן ממומן|pr記事|広告記事|タイアップ広告|推广内容|赞助内容|บทความประชาสัมพันธ์|प्रायोजित|",
    r"محتوي (?:مدفوع|ممول|برعاية.*)|ماده اعلانيه|مادة اعلانية|تقرير اعلاني|اعلان تحريري|برعاية .+|رپرتاژ(?: اگهي| آگهي| اگهی| آگهی)?|رپورتاژ(?: اگهی| آگهی| اگهي)?)$",
);
pattern!(
    CORRECTED,
    "Beginnings of lines in which a paper corrects itself.",
    r"(?i)^\W{0,3}(?:corrections?(?: and clarifications?)?\s*[:：(—–-]|clarification\s*[:：]|editor.?s note\s*[:：].*\b(?:correct|earlier version|updated|amended)|this (?:article|story|piece|report) (?:was|has been) (?:amended|corrected|updated to correct)|an earlier version of this|",
    r"korrektur\s*[:：]|korrekturhinweis|anmerkung der redaktion\s*[:：].*(?:früheren|ursprünglichen) version|in einer früheren version|rectificatif|erratum|correction\s*[:：]|une version (?:antérieure|précédente)|fe de errat|corrección\s*[:：]|una versión anterior|errata\s*[:：]|rettifica|correção\s*[:：]|",
    r"исправление\s*[:：]|уточнение\s*[:：]|в более ранней версии|διόρθωση\s*[:：]|תיקון\s*[:：]|תיקון טעות|訂正\s*[:：]|【訂正】|お詫びと訂正|更正\s*[:：]|更正启事|แก้ไข\s*[:：]|भूल सुधार|सुधार\s*[:：]|",
    r"تصحيح\s*[:：]|تصويب\s*[:：]|استدراك\s*[:：]|تنويه وتصحيح|ورد في نسخة سابقة|نسخة سابقة من هذا|اصلاحیه|اصلاحيه|تصحیح\s*[:：]|در نسخهٔ? پیشین)",
);
pattern!(
    FILM,
    "Beginnings of headlines that announce a film.",
    r"(?i)^\W{0,2}(?:watch|video|vídeo|vidéo|видео|βίντεο|וידאו|視頻|视频|動画|วิดีโอ|वीडियो|فيديو|بالفيديو|شاهد(?: بالفيديو)?|فیلم|ویدئو|ویدیو|ببینید)(?:\s?[:：|.…-]|\.\.)",
);
pattern!(
    PHOTOS,
    "Beginnings of headlines that announce pictures.",
    r"(?i)^\W{0,2}(?:in pictures|photos|gallery|photo gallery|photo essay|en images|diaporama|fotos|bilder|bildergalerie|fotostrecke|fotogaleria|fotogalería|фоторепортаж|фото|בתמונות|組図|组图|高清组图|写真特集|प्रमुख तस्वीरें|صور|بالصور|ألبوم صور|عکس|گزارش تصویری)(?:\s?[:：|.…-]|\.\.)",
);

/// Path segments that name a form.
const OPINION_PATHS: &[&str] = &[
    "opinion",
    "opinions",
    "comment",
    "commentisfree",
    "columns",
    "columnists",
    "column",
    "editorial",
    "editorials",
    "op-ed",
    "oped",
    "meinung",
    "kommentar",
    "kommentare",
    "kolumne",
    "tribune",
    "tribunes",
    "opinie",
    "opiniao",
    "opinioni",
    "mnenie",
    "mneniya",
    "ara",
    "araa",
    "yaddasht",
];
const SPONSORED_PATHS: &[&str] = &[
    "sponsored",
    "sponsored-content",
    "advertorial",
    "advertorials",
    "partner-content",
    "partnercontent",
    "paid-content",
    "paid-post",
    "brandvoice",
    "brand-studio",
    "branded-content",
    "publireportage",
    "publi-reportage",
];
const VIDEO_PATHS: &[&str] = &["video", "videos", "watch", "mediathek"];
const GALLERY_PATHS: &[&str] = &[
    "gallery",
    "galleries",
    "photos",
    "photo-gallery",
    "photogallery",
    "bildergalerie",
    "fotostrecke",
    "diaporama",
    "diaporamas",
    "galeria",
    "fotogaleria",
    "in-pictures",
    "pictures",
];

/// What is judged.
pub(crate) struct Evidence<'a> {
    /// The headline.
    pub(crate) title: Option<&'a Found<String>>,
    /// Where it stands in the page's text; an empty range at 0 if nowhere.
    pub(crate) place: std::ops::Range<usize>,
    /// When it was published.
    pub(crate) published: Option<&'a When>,
    /// The section.
    pub(crate) section: Option<&'a Found<String>>,
    /// The text.
    pub(crate) body: Option<&'a Body>,
    /// Pictures that the page shows in its text.
    pub(crate) pictures: usize,
}

/// The flags of an article, and the entries if it is a live blog.
pub(crate) fn flags(ctx: &Context, evidence: &Evidence) -> (Vec<Flag>, Vec<LiveEntry>) {
    let mut flags = Vec::new();
    let mut note = |kind, reason: Option<String>| {
        if let Some(reason) = reason {
            let reason = reason.chars().take(MAX_REASON).collect();
            flags.push(Flag { kind, reason });
        }
    };
    note(FlagKind::Paywalled, paywalled(ctx, evidence));
    note(FlagKind::Truncated, truncated(ctx, evidence));
    let (live, entries) = live(ctx, evidence);
    note(FlagKind::Live, live);
    note(FlagKind::Opinion, opinion(ctx, evidence));
    note(FlagKind::Sponsored, sponsored(ctx, evidence));
    note(FlagKind::Correction, correction(ctx, evidence));
    note(FlagKind::Video, video(ctx, evidence));
    note(FlagKind::Gallery, gallery(ctx, evidence));
    note(FlagKind::MultiPage, pages::next(ctx).map(|url| url.as_str().to_owned()));
    for flag in &flags {
        ctx.note("flags", flag.kind.as_str(), Extractor::Html, "flags", true, &flag.reason);
    }
    for entry in &entries {
        ctx.note("entries", &entry.text, Extractor::Html, "live entry", true, &entry.raw);
    }
    (flags, entries)
}

fn paywalled(ctx: &Context, evidence: &Evidence) -> Option<String> {
    if let Some(answer) = ctx.answer("paywall") {
        return Some(format!("the profile says so: {}", answer.rule));
    }
    if ctx.graph.is_locked() {
        return Some("JSON-LD isAccessibleForFree is false".into());
    }
    if let Some(tier @ ("locked" | "metered")) = ctx.metas.first("article:content_tier") {
        return Some(format!("article:content_tier is {tier}"));
    }
    let hit = story_blocks(ctx, evidence).find(|block| {
        let text = text_of(ctx, block);
        let beside =
            Around::NAV.with(Around::FOOTER).with(Around::COMMENTS).with(Around::RELATED).with(Around::MOST_READ);
        block.chars <= 400 && !block.around.has(beside) && WALL.is_match(text)
    })?;
    Some(format!("the page says: {}", text_of(ctx, hit)))
}

/// Whether a line stands in place of the rest of a text.
pub(crate) fn is_wall(text: &str) -> bool {
    WALL.is_match(text)
}

fn truncated(ctx: &Context, evidence: &Evidence) -> Option<String> {
    let body = evidence.body?;
    if ctx.scan.tree.cut.is_some() {
        return Some("the page was longer than the budget for reading it".into());
    }
    if let Some(stated) = ctx.graph.text("articleBody") {
        let (length, found) = (stated.chars().count(), body_chars(evidence));
        let start = |text: &str| fold_start(text, 60);
        let same = || body.paragraphs.iter().take(3).any(|it| start(it) == start(&stated));
        if length > found * 2 && start(&stated).chars().count() == 60 && same() {
            return Some(format!("JSON-LD articleBody has {length} characters, the page shows {found}"));
        }
    }
    let last = body.paragraphs.last()?.trim_end();
    let open = ["…", "...", "[…]", "[...]", "(...)"].iter().any(|mark| last.ends_with(mark));
    // A story may end in an open sentence; a stub of one has a link to the rest, or a wall.
    let leads_on = || {
        ctx.scan.blocks_in(&(body.range.start..(body.range.end + 200).min(ctx.scan.text.len()))).iter().any(|block| {
            block.chars <= 40 && block.link_chars * 2 > block.chars && MORE.is_match(&label(text_of(ctx, block)))
        })
    };
    let walled = || ctx.scan.blocks.iter().any(|block| block.around.has(Around::PAYWALL));
    (open && (leads_on() || walled())).then(|| "the text breaks off before a link to the rest".to_owned())
}

label_pattern!(
    MORE,
    "Links to the rest of a text.",
    r"^(?:read more|continue reading|read (?:the )?(?:full|whole|rest).{0,30}|full (?:story|article)|more|weiterlesen|mehr lesen|lire la suite|leer más|seguir leyendo|leggi tutto|continua|ler mais|lees verder|читать (?:далее|полностью)|περισσότερα|",
    r"המשך קריאה|続きを読む|全文|阅读全文|อ่านต่อ|आगे पढ़ें|اقرا المزيد|المزيد|اقرا الخبر كاملا|التفاصيل|ادامه مطلب|بیشتر بخوانید|بيشتر بخوانيد|متن کامل)$",
);

fn live(ctx: &Context, evidence: &Evidence) -> (Option<String>, Vec<LiveEntry>) {
    let title = evidence.title.map(|title| title.value.as_str()).unwrap_or_default();
    let by_type = if ctx.graph.has_type("LiveBlogPosting") { Some("JSON-LD names a LiveBlogPosting") } else { None };
    let by_title = LIVE.is_match(title).then_some("the headline announces it");
    let by_path = segments(ctx)
        .any(|it| {
            ["live", "liveblog", "live-blog", "liveticker", "live-ticker", "live-updates", "newsblog"].contains(&it)
        })
        .then_some("the address says so");
    let Some(why) = by_type.or(by_title).or(by_path) else { return (None, Vec::new()) };
    let stated = super::live::stated(ctx);
    let mut entries = if stated.is_empty() { super::live::shown(ctx) } else { stated };
    super::entry_times::date(ctx, &mut entries, evidence.published);
    // Words alone are as well those of a match report, or of a report on a broadcast.
    if by_type.is_none() && entries.is_empty() {
        return (None, Vec::new());
    }
    (Some(format!("{why}; {} entries", entries.len())), entries)
}

fn opinion(ctx: &Context, evidence: &Evidence) -> Option<String> {
    if ctx.graph.has_type("OpinionNewsArticle") {
        return Some("JSON-LD names an OpinionNewsArticle".into());
    }
    if let Some(section) = evidence.section
        && OPINION.is_match(&label(&section.value))
    {
        return Some(format!("its section is {}", section.value));
    }
    if let Some(segment) = segments(ctx).rev().skip(1).find(|it| OPINION_PATHS.contains(it)) {
        return Some(format!("the address has {segment}"));
    }
    let found = labels(ctx, evidence).find(|it| OPINION.is_match(&label(it)))?;
    Some(format!("the label beside the headline is {found}"))
}

fn sponsored(ctx: &Context, evidence: &Evidence) -> Option<String> {
    if ctx.graph.has_type("AdvertiserContentArticle") {
        return Some("JSON-LD names an AdvertiserContentArticle".into());
    }
    if let Some(segment) = segments(ctx).find(|it| SPONSORED_PATHS.contains(it)) {
        return Some(format!("the address has {segment}"));
    }
    let section = evidence.section.map(|section| section.value.clone());
    let found = labels(ctx, evidence).chain(section).find(|it| SPONSORED.is_match(&label(it)))?;
    Some(format!("the label is {found}"))
}

fn correction(ctx: &Context, evidence: &Evidence) -> Option<String> {
    let away = Around::COMMENTS.with(Around::RELATED).with(Around::NAV).with(Around::MOST_READ).with(Around::HIDDEN);
    let hit = story_blocks(ctx, evidence).find(|block| {
        let text = text_of(ctx, block);
        let marked = block.around.has(Around::CORRECTION) && block.chars >= 25;
        !block.around.has(away) && block.link_chars * 2 <= block.chars && (marked || CORRECTED.is_match(text))
    })?;
    Some(format!("the page says: {}", text_of(ctx, hit)))
}

fn video(ctx: &Context, evidence: &Evidence) -> Option<String> {
    let title = evidence.title.map(|title| title.value.as_str()).unwrap_or_default();
    let little = body_chars(evidence) <= LITTLE_TEXT;
    if ctx.metas.first("og:type").is_some_and(|kind| kind.starts_with("video")) {
        return Some("og:type is a kind of video".into());
    }
    if ctx.graph.has_type("VideoObject") && ctx.graph.article_type().is_none() && little {
        return Some("JSON-LD names a film and no article".into());
    }
    if little && segments(ctx).rev().skip(1).any(|it| VIDEO_PATHS.contains(&it)) && shows_film(ctx) {
        return Some("the address says so, and a film is shown".into());
    }
    (little && FILM.is_match(title)).then(|| "the headline announces it".to_owned())
}

fn shows_film(ctx: &Context) -> bool {
    let tree = ctx.scan.tree;
    let is_film = |node| tree.tag(node) == Tag::Video;
    ctx.graph.has_type("VideoObject") || tree.descendants(Tree::root()).take(MAX_NODES).any(is_film)
}

fn gallery(ctx: &Context, evidence: &Evidence) -> Option<String> {
    let title = evidence.title.map(|title| title.value.as_str()).unwrap_or_default();
    if ctx.graph.has_type("ImageGallery") || ctx.graph.has_type("MediaGallery") {
        return Some("JSON-LD names a gallery".into());
    }
    let pictures = evidence.pictures;
    if pictures < 4 || body_chars(evidence) > LITTLE_TEXT {
        return None;
    }
    if segments(ctx).rev().skip(1).any(|it| GALLERY_PATHS.contains(&it)) {
        return Some(format!("the address says so; {pictures} pictures"));
    }
    PHOTOS.is_match(title).then(|| format!("the headline announces it; {pictures} pictures"))
}

fn body_chars(evidence: &Evidence) -> usize {
    evidence.body.map_or(0, |body| body.paragraphs.iter().map(|it| it.chars().count()).sum())
}

/// A short text in a form for comparison: letters and digits only, one form of each letter.
fn label(text: &str) -> String {
    fold(&normalise(text))
}

/// Segments of the path.
fn segments<'a>(ctx: &'a Context) -> impl DoubleEndedIterator<Item = &'a str> + 'a {
    ctx.url.path().split('/').filter(|segment| !segment.is_empty())
}

fn text_of<'a>(ctx: &'a Context, block: &Block) -> &'a str {
    ctx.scan.text.get(block.range.clone()).unwrap_or_default()
}

/// Blocks from the headline to some way behind the text.
fn story_blocks<'a>(ctx: &'a Context, evidence: &Evidence) -> impl Iterator<Item = &'a Block> + 'a {
    let end = evidence.body.map_or(evidence.place.end, |body| body.range.end) + BEHIND;
    let start = evidence.body.map_or(0, |body| body.range.start);
    let start = if evidence.place.end == 0 { start } else { evidence.place.start.min(start) };
    ctx.scan.blocks.iter().filter(move |block| block.range.start >= start && block.range.start <= end)
}

/// Short lines beside the headline that stand alone, as labels do.
fn labels<'a>(ctx: &'a Context, evidence: &Evidence) -> impl Iterator<Item = String> + 'a {
    let place = evidence.place.clone();
    let away = Around::NAV
        .with(Around::ADVERT)
        .with(Around::RELATED)
        .with(Around::TICKER)
        .with(Around::ASIDE)
        .with(Around::MOST_READ)
        .with(Around::CARD)
        .with(Around::FOOTER);
    let blocks = ctx.scan.blocks.iter().enumerate().filter(move |(at, block)| {
        place.end > 0
            && block.range.start + LABEL >= place.start
            && block.range.start <= place.end + LABEL
            && block.chars <= 60
            && !block.around.has(away)
            && (block.link_chars == 0 || lone_link(ctx.scan, *at).is_some())
    });
    blocks.map(|(_, block)| collapse(text_of(ctx, block)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_sentence_of_a_wall_holds_a_stem() {
        super::WALL.check();
    }
}
