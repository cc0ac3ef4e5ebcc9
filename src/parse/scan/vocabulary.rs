//! Words of classes and ids that say something of an element, in many languages.

use std::iter::Peekable;
use std::str::Chars;
use std::sync::LazyLock;

use super::around::Around;

/// Longest run of words that makes one entry of the vocabulary.
const MAX_RUN: usize = 4;

/// Words of `class` and `id` by what they say of an element: `|` between alternatives, `?` behind a letter or group that
/// may be missing, `*` at the end for any other letters, `-` between words, which may also be written as one.
const VOCABULARY: &[(Around, &str)] = &[
    (
        Around::COMMENTS,
        "comments?|commentaires?|kommentare?|comentarios?|disqus|reactions?|respond|replies|livefyre|viafoura|coral|talk|leserkommentare?|taliqat|diskussion|comment-?(list|section|area|box|form|wrapper|container|body|content|text|item|thread)",
    ),
    (
        Around::RELATED.with(Around::OTHER_STORIES),
        "related|relateds|similar|recommend(ed|ations?|s)?|recirc(ulation)?|more-(from|on|stories|news|articles|in|posts|like)|read-?(more|next|also|on)|see-?also|also-?(read|like)|readmore|teasers?|outbrain|taboola|you-?may|crosslinks?|next-?(article|story|post|up)|prev(ious)?-?(article|story|post)|post-?(navigation|nav)|up-?next|relacionad(o|a)s?|relacionadas|similaires?|weiterlesen|mehr-zum-thema|lesetipps?|dossier|most-?(read|popular|viewed|recent)|popular|trending|trends|latest|recent-?(posts|articles|news)|meistgelesen|inline-?(promo|related)|story-?links|topic-?links|in-?(other|more)-news|linked-?(stories|articles)|dont-?miss|jp-relatedposts|internal-?link|suggest(ed|ions?)?|promoted|moreon|linkbox|link-?list|mashareb|articles-?list|posts-?list|headline-?list|alsoread|zergnet|revcontent|related-?(articles?|posts?|stories|content|links?|news|items?|topics?|box|video)|(articles?|posts?|news|stories)-?related",
    ),
    (Around::RELATED, "(post-?)?pagination|nav-?links"),
    (
        Around::SHARE,
        "share|sharing|shares|social|socials|sharebar|sharedaddy|addthis|addtoany|a2a|ssba|socialmedia|follow-?us|partage|compartir|teilen|condividi|sns|jiathis|bdshare|shareaholic|whatsapp|sharethis|heateor|shariff|embed-tools|social-?(share|icons?|links?|media|bar|buttons?)|share-?(buttons?|bar|links?|tools?|icons?|box|this)",
    ),
    (
        Around::NEWSLETTER,
        "newsletters?|news-?letter|subscribe|subscription|signup|sign-?up|subscribers?|optin|opt-in|mailchimp|mc4wp|email-?(form|capture|signup)|abo-?(box|teaser)|registration|registerwall|app-?(promo|download)|cta|call-to-action|membership|donate|donation|spenden|support-us|dons|telegram",
    ),
    (
        Around::AUTHOR_BOX,
        "author-?(bio|box|info|card|description|profile|desc|about|section|block|details?)|about-?(the-)?authors?|bio|biography|post-?author-?(box|bio)|authorbox|author-?container|abh|writer-?(bio|info)|contributor-?(bio|info)|authors-?bios?|saboxplugin|molongui",
    ),
    (
        Around::ADVERT,
        "ads?|advert|adverts|advertisement|advertising|advertorial|adsense|adsbygoogle|adslot|ad-?(slot|unit|container|wrapper|box|banner|placeholder|block|label)|dfp|gpt|sponsor(ed|s|ship)?|werbung|anzeige|anzeigen|publicidad|publicite|banner|banners|mpu|leaderboard|google-?ad|reklama|affiliate|partner-?(box|content)|commercial|promo|promos|promotion|promobox|shop|shopping|product-?(box|card)|jobs|kooperation",
    ),
    (
        Around::BYLINE,
        "byline|bylines|by-?line|meta|metadata|entry-?meta|post-?meta|article-?meta|article-?info|post-?info|dateline|infos?|author-?(and-)?date|credits?-?line|article-?(header|head)-?(meta|info)|details-?bar|signature|published-?by",
    ),
    (
        Around::CAPTION,
        "caption|captions|wp-?caption(-text)?|image-?(caption|credit|source|description)|photo-?(caption|credit)|img-?(caption|desc)|legend|legende|credit|credits|copyright|bildunterschrift|bildtext|bildquelle|media-?caption|figcaption|foto-?(credit|caption)|pie-?de-?foto|didascalia|photographer|picture-?(caption|desc)|cutline|zdjecie-opis|rights|bu|quelle",
    ),
    (
        Around::FIGURE,
        "gallery|galleria|galerie|slideshow|carousel|slider|swiper|slick|lightbox|video-?(player|container|wrapper|js|embed|box)|player|jwplayer|brightcove|photo-?(gallery|set)|bildergalerie|image-?gallery|diaporama|vjs|audio-?player|podcast-?player|mediaplayer|poll|quiz|fotostrecke|infogram|datawrapper",
    ),
    (
        Around::NAV,
        "nav|navbar|navigation|menu|menus|submenu|megamenu|topbar|top-?bar|mainmenu|main-?nav|site-?nav|skip-?(link|to|nav)|offcanvas|hamburger|toolbar|mobile-?menu|languages?|lang-?switcher|toc|table-of-contents|ez-toc*|jump-?(links?|nav)",
    ),
    (
        Around::TAGS,
        "tags|tag-?(list|links?|cloud|s)|taglist|keywords|topics|breadcrumbs?|bread-?crumbs?|categories|category|cat-?links|ariane|labels|post-?tags|entry-?tags|article-?tags|schlagworte|etiquetas|themen|themes|kicker|eyebrow|overline|rubric|rubrik|rubrique|tagcloud|posted-in|filed-under|hashtags?",
    ),
    (
        Around::FOOTER,
        "footer|site-?footer|page-?footer|global-?footer|bottom-?bar|colophon|copyrights?|legal|disclaimer|impressum",
    ),
    (
        Around::ASIDE,
        "sidebar|side-?bar|aside|widgets?|widget-?area|rail|right-?rail|left-?rail|right-?(col|column)|left-?(col|column)|secondary|side-?(col|column|content|box)|col-?right|rightcol|marginal|marginalspalte|randspalte|complementary|rechte-?spalte|extra-?content",
    ),
    (
        Around::DIALOG,
        "modal|modals|dialog|popup|pop-?up|overlay|cookie|cookies|cookie-?(notice|banner|bar|consent|law)|consent|gdpr|lightbox-?overlay|ui-dialog|cmp-?(box|banner|wrapper|consent|overlay|modal|dialog|popup)|interstitial|toast|tooltip|onetrust*|adblock|privacy|noscript|browser-?(warning|update)|outdated|flash-?message|alert|alerts|notification|notifications",
    ),
    (
        Around::MOST_READ,
        "most-?(read|popular|viewed|shared|commented|clicked)|mostread|mostpopular|popular(-?(posts|articles|news|stories))?|trending|top-?(stories|news|articles|posts|read|viewed)|meistgelesen(e)?|plus-?lus|mas-?(leidas?|leidos?|vistas?|visto)|aktharqiraa|bestseller|top10|top5",
    ),
    (
        Around::TICKER,
        "ticker|tickers|news-?ticker|newsticker|marquee|breaking-?(news|bar|ticker)|breakingnews|flash-?news|news-?flash|newsbar|news-?bar|live-?ticker|urgent|ajel|headlines-?ticker|bn-?news|bn-?bar|scrolling-?news|running-?text",
    ),
    (
        Around::SUBTITLE,
        "sub-?title|sub-?titles|sub-?headline|sub-?heading|subhead|sub-?head|dek|deck|standfirst|stand-first|lead|lede|leadin|lead-?(text|paragraph)|intro|introduction|chapo|chapeau|teaser-?text|article-?(summary|intro|lead|description|subtitle|excerpt|dek|deck|standfirst|abstract|teaser|sapo)|summary|excerpt|entradilla|bajada|sommario|occhiello|vorspann|anreisser|untertitel|ingress|manchet|strapline|sapo|sumario|copete|abstract|catenaccio|kurztext|hook|tagline|lid|perex|resumo|excert|volanta|nadpis|underrubrik|underrubrik|preamble|description|headline-?sub|post-?excerpt",
    ),
    (
        Around::BODY_CLASS,
        "article-?(body|content|text|main|copy|detail|page-body|paragraphs?|fulltext|story)|articlebody|articlecontent|articletext|story-?(body|content|text|copy)|storybody|storycontent|storytext|post-?(body|content|text|entry)|postcontent|postbody|entry-?(content|body|text)|entrycontent|news-?(body|content|text|detail|desc)|newsbody|newstext|newscontent|content-?(body|text|article|detail)|contentbody|body-?(text|content|copy)|bodytext|bodycopy|text-?(body|content|detail)|main-?(text|content-body)|paywall-?content|wysiwyg|rich-?text|richtext|field-name-body|field--name-body|detail-?(text|content|body)|single-?content|td-?post-?content|cuerpo|cuerpo-?(noticia|texto)|texto|texto-?(noticia|contenido)|artikel-?(text|body|inhalt)|artikeltext|artikelbody|article-?body|node-?content|cms-?content|fulltext|main-?article|cikk-?(torzs|body)|corps-?(article|texte)|texte|itemfulltext|item-?fulltext|the-?content|blog-?(content|post-content|body)|clanek|vijest-?text|article-?section|copy|prose",
    ),
    (
        Around::TITLE,
        "title|headline|head-?line|article-?(title|headline)|post-?title|entry-?title|story-?(title|headline)|news-?title|page-?title|single-?title|titulo|titel|titre|articletitle|main-?title|storyheadline|posttitle|newstitle",
    ),
    (
        Around::AUTHOR,
        "author|authors|author-?(name|names|link)|byline|by-?line|bylines|by|writer|writers|reporter|journalist|contributor|contributors|autor|autoren|auteur|auteurs|autore|firma|signature|post-?author|article-?author|articleauthor|entry-?author|story-?author|news-?author|authorname|vcard|fn|redakteur|skribent|creator|posted-?by|written-?by|kateb|redactor|nombre-?autor|columnist|art-author|authored-by|writtenby|submitted",
    ),
    (
        Around::DATE,
        "date|dates|datetime|date-?time|time|timestamp|published|pubdate|pub-?date|publish-?(date|time|ed)?|post-?date|entry-?date|article-?(date|time|published)|created|updated|updates|posted|posted-on|publication-?(date|time)|datum|fecha|dateline|modified|last-?(update|updated|modified)|day|news-?date|story-?date|articledate|newsdate|tarih|data|horario|uhrzeit|metadata-?date|written-on|timeago|release-?date|dt-published|dtstamp",
    ),
    (
        Around::META_BAR,
        "tools|article-?tools|utility-?(bar|nav|links?|menu)|utilities|actions?|action-?bar|toolbar|print|bookmark|save|font-?size|rating|ratings|stars|votes?|likes?|counter|views|reading-?time|read-?time|listen|audio|text-?to-?speech|report|errors?|post-?actions|translate",
    ),
    (
        Around::CARD,
        "card|cards|teaser|teasers|promo-?(item|card)|story-?card|article-?(card|item|teaser|preview)|news-?(item|card|block)|list-?item|thumb|thumbnail|thumbnails|grid-?item|tile|tiles|media-?object|post-?(item|card|preview)|headlines|feed-?item|item",
    ),
    (
        Around::UNLIKELY,
        "login|log-?in|search|breadcrumb|cookie|masthead|site-?header|page-?header-nav|topnav|hidden|hide|visually-?hidden|sr-?only|screen-?reader(-text)?|a11y|skip|weather|stocks?|quotes?-ticker|calendar|sitemap|jumbotron-ad|embed-?promo|games?|crossword|horoscope|wetter|boerse|tv-?guide|traffic|print-?only|printonly|no-?print-show|assistive|audio-?native|lottery|edition",
    ),
    (
        Around::PAYWALL,
        "paywall|pay-?wall|piano|regwall|premium-?(box|teaser|wall)|subscriber-?(wall|only-box)|metered|meter|barrier|login-?wall|offer|offers|abo-wall|gate|gated",
    ),
    (
        Around::SECTION_NAME,
        "section-?(name|title|label|link)|article-?(section|category)|post-?(category|categories|cat)|kicker|rubrik|rubrique|channel|ressort|entry-?category|cat-?(name|title)|category-?(name|title|link)",
    ),
    (
        Around::FACTBOX,
        "fact-?box|factbox|info-?box|infobox|pull-?quote|pullquote|inset|sidebar-?box|box-?info|zitat|call-?out|callout|highlight-?box|explainer|timeline",
    ),
    (
        Around::SUMMARY,
        "key-?(points|takeaways|facts|highlights)|takeaways|at-a-glance|bullets|tl-?dr|highlights|summary-?(list|box|points)|article-?summary|story-?highlights",
    ),
    (Around::CORRECTION, "correction|corrections|editors?-?note|clarification|update-?note"),
    (Around::FAQ, "faqs?|accordion*|questions?|answers?|collapse|collapsible|toggle"),
];

/// The vocabulary, each entry written as one word, as a tree of letters: most words of names leave it at their second.
pub(super) struct Vocabulary {
    nodes: Vec<Node>,
    /// What entries say that end at a node; the first is nothing.
    ends: Vec<End>,
    /// Beginnings of entries, a bit each: most words of names show here that they begin none.
    heads: Vec<u64>,
}

/// Where reading a letter leads.
#[derive(Clone, Copy, Default)]
struct Node {
    /// A bit for each letter that may follow; what they lead to stands side by side from `first`.
    letters: u64,
    first: u32,
    /// The number of what entries say that end here.
    end: u32,
}

/// What the entries say that end at one place.
#[derive(Clone, Copy, Default)]
struct End {
    whole: Around,
    /// Of entries that any other letters may follow.
    start: Around,
}

impl Vocabulary {
    /// `entries` are sorted.
    fn new(entries: &[(String, Around)]) -> Vocabulary {
        let mut nodes = vec![Node::default()];
        let mut ends = vec![End::default()];
        let mut heads = vec![0; HEADS / 64];
        for (entry, _) in entries {
            for length in 1..=entry.len().min(HEAD) {
                let head = head(&entry.as_bytes()[..length]);
                heads[head / 64] |= 1 << (head % 64);
            }
        }
        // Nodes whose letters are to be filled in: the entries that begin with them, and how far these are read.
        // The one found last is filled in next: what a word's letters lead to then stands close together.
        let mut open = vec![(0, entries, 0)];
        while let Some((at, mut entries, depth)) = open.pop() {
            let rest = |entry: &(String, Around)| entry.0.as_bytes().get(depth).copied().filter(|byte| *byte != b'*');
            nodes[at].first = nodes.len() as u32;
            while let Some((entry, facts)) = entries.first() {
                let Some(letter) = rest(&entries[0]) else {
                    if nodes[at].end == 0 {
                        nodes[at].end = ends.len() as u32;
                        ends.push(End::default());
                    }
                    let end = &mut ends[nodes[at].end as usize];
                    let known = if entry.len() > depth { &mut end.start } else { &mut end.whole };
                    *known = known.with(*facts);
                    entries = &entries[1..];
                    continue;
                };
                let (same, others) = entries.split_at(entries.partition_point(|entry| rest(entry) <= Some(letter)));
                nodes[at].letters |= BITS[usize::from(letter)];
                open.push((nodes.len(), same, depth + 1));
                nodes.push(Node::default());
                entries = others;
            }
        }
        Vocabulary { nodes, ends, heads }
    }

    /// What all entries say that a run of words is or begins with; a line parts words, and two lines end the run.
    pub(super) fn facts(&self, run: &[u8]) -> Around {
        let mut facts = Around::NONE;
        let head = head(run);
        if self.heads[head / 64] & (1 << (head % 64)) == 0 {
            return facts;
        }
        let mut node = &self.nodes[0];
        let mut words = 0;
        for (at, byte) in run.iter().enumerate() {
            if *byte == b'-' {
                facts = facts.with(self.ends[node.end as usize].whole);
                words += 1;
                if words == MAX_RUN || run.get(at + 1) == Some(&b'-') {
                    break;
                }
                continue;
            }
            let bit = BITS[usize::from(*byte)];
            if node.letters & bit == 0 {
                break;
            }
            // Far from the root most nodes have one letter, and counting bits costs more than asking.
            let before = node.letters & (bit - 1);
            let nth = if before == 0 { 0 } else { before.count_ones() };
            node = &self.nodes[(node.first + nth) as usize];
            facts = facts.with(self.ends[node.end as usize].start);
        }
        facts
    }
}

/// How many numbers [`head`] gives.
const HEADS: usize = 1 << 15;
/// Letters of a word that [`head`] tells apart from other words; entries that end in `*` have as many.
const HEAD: usize = 5;

const ONES: u64 = u64::from_ne_bytes([1; 8]);

/// A number for the first letters of a run's first word. Others may share it.
fn head(run: &[u8]) -> usize {
    let mut short = [b'-'; 8];
    let first = run.first_chunk().unwrap_or_else(|| {
        short[..run.len()].copy_from_slice(run);
        &short
    });
    let letters = u64::from_le_bytes(*first);
    // The highest bits of bytes that are lines; of those behind the first one, too, perhaps.
    let lines = letters ^ (ONES * u64::from(b'-'));
    let lines = lines.wrapping_sub(ONES) & !lines & (ONES << 7);
    let length = (lines.trailing_zeros() / 8).min(HEAD as u32);
    let letters = letters & ((1 << (8 * length)) - 1);
    // The upper bits of a product depend on all bits; the factor is 2⁶⁴ by the golden ratio.
    (letters.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % HEADS
}

/// A bit for each letter and digit of the vocabulary; 0 for all else.
static BITS: [u64; 256] = {
    let mut bits = [0; 256];
    let mut nth = 0;
    while nth < 36 {
        bits[b"0123456789abcdefghijklmnopqrstuvwxyz"[nth] as usize] = 1 << nth;
        nth += 1;
    }
    bits
};

/// The vocabulary.
pub(super) static WORDS: LazyLock<Vocabulary> = LazyLock::new(|| {
    let texts = |pattern: &str| alternatives(&mut pattern.chars().peekable());
    let entries = VOCABULARY.iter().flat_map(|(facts, pattern)| texts(pattern).into_iter().map(|text| (text, *facts)));
    let mut entries: Vec<(String, Around)> = entries.map(|(text, facts)| (text.replace('-', ""), facts)).collect();
    entries.sort_by(|one, other| one.0.cmp(&other.0));
    Vocabulary::new(&entries)
});

/// All texts that the rest of a pattern, or of a group in it, stands for.
fn alternatives(rest: &mut Peekable<Chars>) -> Vec<String> {
    let mut all = Vec::new();
    let mut current = vec![String::new()];
    while let Some(c) = rest.next() {
        let piece = match c {
            ')' => break,
            '|' => {
                all.append(&mut current);
                current.push(String::new());
                continue;
            }
            '(' => alternatives(rest),
            letter => vec![letter.to_string()],
        };
        let mut next = if rest.next_if_eq(&'?').is_some() { current.clone() } else { Vec::new() };
        next.extend(current.iter().flat_map(|start| piece.iter().map(move |end| format!("{start}{end}"))));
        current = next;
    }
    all.append(&mut current);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found_with_its_lines_and_without() {
        for (facts, pattern) in VOCABULARY {
            for text in alternatives(&mut pattern.chars().peekable()) {
                // Two lines would end the run.
                let word = text.trim_end_matches('*').replace("--", "-");
                assert!(!text.ends_with('*') || word.replace('-', "").len() >= HEAD, "{text}");
                for run in [format!("{word}--"), format!("{}--", word.replace('-', ""))] {
                    assert!(WORDS.facts(run.as_bytes()).has(*facts), "{run}");
                }
            }
        }
        assert_eq!(WORDS.facts(b"nothing-of-that--"), Around::NONE);
    }

    #[test]
    fn patterns_stand_for_their_texts() {
        let texts = |pattern: &str| alternatives(&mut pattern.chars().peekable());
        assert_eq!(texts("a|b-?(c|d)e?"), ["a", "bc", "bd", "b-c", "b-d", "bce", "bde", "b-ce", "b-de"]);
        assert_eq!(texts("x(y)?"), ["x", "xy"]);
    }
}
