//! Words around names in bylines, in many languages.

use std::sync::LazyLock;

use regex::Regex;

/// Words before a name, in lower case.
pub(super) static BY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:(?:written|posted|published|reported|reviewed|edited|words|text|story|article|analysis|opinion|photos?|recipe|contributed|created|compiled|authored|updated|submitted) by|by ?by|by|authors?|(?:veröffentlicht|verfasst|geschrieben|erstellt|ein (?:beitrag|artikel|gastbeitrag|kommentar)|artikel|eine analyse|interview|protokoll|text|aufgezeichnet|kommentar|fotos?) von|von|vom|",
        r"(?:eingestellt|gespeichert|hochgeladen|text und foto|text und fotos) von|(?:interview|bericht|reportage|porträt|analyse|kommentar|redaktion|foto|fotos|editor|reporter) ?:|aus .{2,20} berichtet|es berichtet|autorin ?/ ?autor|autor ?/ ?in|auteurs?|autrice|autores?|rédaction :|autore?n?|autorin|textes?|texto|testo|text|redaktion:|par|publié par|écrit par|rédigé par|propos recueillis par|avec|por|escrito por|publicado por|redacción:|di|scritto da|a cura di|de|door|av|af|tekst|skrevet av|forfatter|skribent|av:|przez|opr\.|oprac\.|autor|автор|текст|του|της|γράφει (?:ο|η)|yazan|haber|",
        r"über (?:den autor|die autorin)|about the author|about|über|rechtsanw[aä]lt(?:in)?|بقلم|كتبت?|يكتبها|تحرير|إعداد|اعداد|متابعة|تقرير|نوشته|نویسنده|خبرنگار|به قلم|作者|文|撰文|撰稿|本报记者|本報記者|记者|記者|来源|責任編集|執筆|取材|文・|ผู้เขียน|เขียนโดย|รายงานโดย|เรื่องโดย|เรื่อง|โดย|기자|מאת|כתב|כתבה|כתבו|авторы|корреспондент|συντάκτη?ς|συντάκτρια|κείμενο|ρεπορτάζ|γράφουν (?:οι|η|ο)|लेखक|लेखिका|रिपोर्ट|संवाददाता)",
        r"(?: ?[:/|｜：–-] ?| )",
    ))
    .expect("a constant pattern, checked by every test here")
});

/// Words that end a name: what follows is a role, a tool, a date.
pub(super) static AFTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:[ ,(\[]|^)(?:staff|senior|contributing|contributor|special to|for the|writer|editor|editorial|reporter|correspondent|columnist|freelance|associate|political|chief|managing|deputy|executive|director|producer|published|updated|posted|last updated|",
        r"view (?:author|all|profile|bio)|follow|read more|more (?:by|from|posts)|see all|min(?:ute)?s? read|[0-9]+ min|twitter|facebook|email|e-mail|contact|bio|link copied|share|comments?|projektleiter(?:in)?|leiter(?:in)? (?:der|des|von)|pressesprecher(?:in)?|redakteur(?:in)?|volontär(?:in)?|reporter(?:in)?|korrespondent(?:in)?|",
        r"journalist(?:in|e)?|chefredakteur(?:in)?|autor(?:in)? bei|veröffentlicht|aktualisiert|stand:|publié|mis à jour|publicado|actualizado|pubblicato|in \p{Lu}|zum thema|alle (?:beiträge|artikel|posts|berichte)|(?:zeige|mehr) (?:alle|artikel|von|beiträge)|weitere artikel|zur (?:artikel|autoren)|tous (?:les|ses)|voir tous|todos los|tutti gli|usa today|associated press|ap$|afp$|dpa$|reuters$|is an? |ist ein|آخر تحديث|تاريخ النشر|نشر في|نُشر|تم النشر|منذ|مراسل|صحفي|صحافي|كاتب|корреспондент|обозреватель|спецкор|संवाददाता|ผู้สื่อข่าว)",
    ))
    .expect("a constant pattern, checked by every test here")
});

/// Roles that are part of a name where no person is left without them: "Daily Staff", "Community Editor".
pub(super) static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:staff(?: reports?| writers?)?|editors?|team|desk|newsroom|editorial(?: team| board)?|reporters?)$",
    )
    .expect("a constant pattern, checked by every test here")
});

/// Offices before a name, with the blank or sign behind them.
pub(super) static OFFICE: LazyLock<Regex> = LazyLock::new(|| {
    let editor = r"(?:نائبة? )?(?:رئيسة?|مديرة?|سكرتيرة?) (?:التحرير|تحرير (?:صحيفة|جريدة|موقع|مجلة|وكالة) \S+)";
    let writer = concat!(
        r"(?:(?:صحفي|صحافي|كاتب)|ال(?:كاتب|صحفي|صحافي|[إا]علامي|محلل|باحث|مراسل|محرر|خبير|[أا]كاديمي|ناقد|شاعر|روائي|[أا]ديب|مفكر|مؤرخ|مصور|مدون|معلق|زميل))ة?",
        r"(?: (?:صحفي|صحافي|ال(?:سياسي|اقتصادي|رياضي|صحفي|صحافي|[إا]ستراتيجي|عسكري|[أا]مني|قانوني|فني|[أا]دبي|ثقافي|دولي|[إا]علامي|مالي|عربي|مصري|لبناني|سوري|فلسطيني|عراقي|[أا]ردني|سعودي|يمني|مغربي|تونسي|جزائري|ليبي|سوداني|كويتي|قطري|عماني|بحريني|[إا]ماراتي))ة?){0,3}",
    );
    let western = concat!(
        r"(?i:unser(?:e[mnr]?)? (?:korrespondent(?:en|in)?|reporter(?:in)?|redakteur(?:in|s)?|redaktionsmitglied|mitarbeiter(?:in)?)|our (?:(?:own|special|foreign) )?(?:correspondent|reporter)|",
        r"notre (?:correspondante?|envoyée? spéciale?|journaliste)|nuestr[oa] (?:corresponsal|enviad[oa] especial|redactora?)|(?:il nostro|la nostra|nostr[oa]) (?:corrispondente|inviat[oa])|noss[oa] correspondente)",
    );
    let sent = r"مراسل(?:نا|تنا|ونا|و|ة)?(?: \S+){0,2} في \S+(?: \S+)? ?[:/–-]";
    let place = r"(?i: (?:in|aus|à|au|en) \S+(?: \S+)?,)?";
    Regex::new(&format!(
        r"^(?:{sent} ?|(?:(?:{editor}|{writer})(?: ?و ?(?:{editor}|{writer}))*|مراسل(?:نا|تنا|ونا)|{western}{place})(?: ?[:/–-] ?| ))"
    ))
    .expect("a constant pattern, checked by every test here")
});

/// Roles that stand behind a name, with a blank or without one.
pub(super) const GLUED_ROLES: &[&str] = &[
    "編集委員",
    "論説委員",
    "特派員",
    "記者",
    "记者",
    "编辑",
    "編輯",
    "报道",
    "報道",
    "선임기자",
    "전문기자",
    "수습기자",
    "인턴기자",
    "논설위원",
    "특파원",
    "기자",
];

/// Small words that a date leaves behind.
pub(super) const BEFORE_DATES: &[&str] =
    &["am", "on", "den", "le", "at", "il", "um", "kl", "el", "em", "dne", "vom", "op"];

/// A date or time, from the name of its month on.
pub(super) static WHEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:^|[ ,(|•·–-])(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?,? )?(?:on )?(?:",
        r"jan(?:uary|uar|\.)?|feb(?:ruary|ruar|\.)?|mar(?:ch|\.)?|märz|apr(?:il|\.)?|may|mai|june?|juni|july?|juli|aug(?:ust|\.)?|sept?(?:ember|\.)?|o[ck]t(?:ober|\.)?|nov(?:ember|\.)?|de[cz](?:ember|\.)?)",
        r" ?[0-9]{1,4}(?:[^0-9]|$)|[0-9]",
    ))
    .expect("a constant pattern, checked by every test here")
});

/// Offices and leavings of templates, folded: never authors.
pub(super) const NEVER: &[&str] = &[
    "agency",
    "agentur",
    "agence",
    "agencia",
    "admin",
    "administrator",
    "editor",
    "editors",
    "correspondent",
    "reporter",
    "guest",
    "contributor",
    "unknown",
    "anonymous",
    "webmaster",
    "wordpressadmin",
    "unbekannt",
    "وكالة",
    "التحرير",
    "المحرر",
    "email protected",
    "twitter",
    "facebook",
    "instagram",
    "share",
    "home",
    "article information",
    "contact",
    "date",
    "published",
    "updated",
    "author",
    "by",
    "von",
    "writer",
    "staff",
    "author of the article",
    "the",
    "in",
    "press",
    "news",
    "uncategorized",
    "nachrichtenagentur",
    "nachrichtenagenturen",
    "publisher",
    "allgemein",
    "profile",
    "آخر تحديث",
    "über den autor",
    "über die autorin",
    "über den autorin",
    "about the author",
    "about the authors",
    "about",
    "view",
    "view comments",
    "view all",
    "comments",
    "subscribe",
    "sign up",
    "gesponserte inhalte",
    "sponsored content",
    "weiterführender link",
    "weiterführende links",
    "weiterlesen",
    "mehr zum thema",
    "mehr infos",
    "read more",
    "related articles",
    "share this",
    "quelle",
    "quellen",
    "source",
    "sources",
    "impressum",
    "à propos de l auteur",
    "sobre el autor",
    "sobre o autor",
    "sull autore",
];
/// Words of organisations, folded: whoever has one in the name is no person.
pub(super) const ORGANISATION: &[&str] = &[
    "redaktion",
    "editorial",
    "staff",
    "team",
    "newsroom",
    "desk",
    "agency",
    "agentur",
    "press",
    "news",
    "online",
    "redaction",
    "rédaction",
    "redacción",
    "redacao",
    "redazione",
    "redakcja",
    "redactie",
    "редакция",
    "verlag",
    "media",
    "magazine",
    "group",
    "institute",
    "university",
    "foundation",
    "company",
    "gmbh",
    "corporation",
    "zeitung",
    "times",
    "post",
    "وكالة",
    "تحرير",
    "admin",
    "store",
    "nachrichten",
    "daily",
    "journal",
];

/// Parts of addresses under which sites keep their authors' pages.
pub(super) const AUTHOR_PAGES: &[&str] = &[
    "author",
    "authors",
    "autor",
    "autoren",
    "autores",
    "autore",
    "autori",
    "auteur",
    "auteurs",
    "autorzy",
    "reporter",
    "reporters",
    "journalist",
    "journalists",
    "journaliste",
    "journalistes",
    "periodista",
    "periodistas",
    "profile",
    "profil",
    "contributor",
    "contributors",
    "columnist",
    "columnists",
    "writer",
    "writers",
    "redaktion",
    "redakteur",
    "by",
    "people",
    "person",
    "newsteam",
    "editors",
    "forfatter",
    "skribent",
    "yazar",
    "yazarlar",
    "firmas",
    "kateb",
    "byline",
    "staff",
    "mitarbeiter",
    "signature",
    "auther",
];
/// Those of them that name nothing but authors.
pub(super) const STRICT_PAGES: &[&str] =
    &["author", "authors", "autor", "autoren", "autores", "autore", "auteur", "auteurs"];

/// Lines that are the name of what the next line says: who wrote it.
pub(super) const LABELS: &[&str] = &[
    "author",
    "authors",
    "by",
    "written by",
    "words",
    "text by",
    "autor",
    "autorin",
    "autoren",
    "autor/in",
    "von",
    "verfasser",
    "verfasst von",
    "geschrieben von",
    "auteur",
    "auteurs",
    "par",
    "écrit par",
    "autores",
    "por",
    "escrito por",
    "autore",
    "autori",
    "a cura di",
    "scritto da",
    "door",
    "forfatter",
    "skribent",
    "автор",
    "авторы",
    "συντάκτης",
    "yazar",
    "yazan",
    "بقلم",
    "الكاتب",
    "كاتب",
    "نویسنده",
    "作者",
    "記者",
    "记者",
    "撰文",
    "文",
    "執筆者",
    "筆者",
    "מאת",
    "ผู้เขียน",
    "โดย",
    "लेखक",
    "κείμενο",
];

/// Beginnings of lines that nothing but a name follows.
pub(super) const POSTED_BY: &[&str] = &[
    "posted by ",
    "written by ",
    "geschrieben von ",
    "verfasst von ",
    "veröffentlicht von ",
    "publié par ",
    "écrit par ",
    "publicado por ",
    "escrito por ",
    "scritto da ",
    "geplaatst door ",
    "skrevet av ",
];
